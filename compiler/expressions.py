"""From the expressions an author wrote to typed expressions of the model: names, kinds and units."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, Protocol

from compiler import model
from compiler.kinds import (
    BOOL,
    UNKNOWN,
    Kind,
    dimension_text,
    exchange_hint,
    field_kind,
    in_base,
    rate_kind,
    times,
    unit_of,
    without_shown,
)
from compiler.names import normal_code
from dsl import tree
from dsl.diagnostics import Correction, Diagnostic, Span, error, nearest

DATE_PARTS = ("år", "måned", "tertial", "ukedag")
DATE_OF = "dato"
_UNIT_BETWEEN: dict[str, Literal["dag", "minutt"]] = {"dato": "dag", "tidspunkt": "minutt"}
"""What is counted between two dates, and between two points in time."""
LIST_PARTS = ("første", "etter_første")
GROUP_CODE = "gruppekode"
STEP_SUM = "trinnsum"
Resolved = tuple[model.Expr, Kind]
_MOST_NUMBERED = 10_000
"""How many codes an interval of numbers may stand for."""
_OR_MORE = dict.fromkeys(("mer", "flere", "eldre", "lengre"), "skriv «er minst» foran tallet") | dict.fromkeys(
    ("mindre", "færre", "yngre", "kortere"), "skriv «er høyst» foran tallet"
)
"""What to write instead of «18 år eller mer», by the word that is read as a name."""
_NOTHING: model.Expr = model.BoolValue(value=False)


@dataclass(frozen=True, slots=True)
class Frame:
    """A record in scope: the variable that holds it, its type, and how «tidligere linje» and the like name it."""

    variable: str
    record: model.Record | None
    relative: str | None = None
    """«tidligere» or «andre» for the elements of such a list."""
    codes: Kind | None = None
    """The kind of the element, when it is a code and not a record."""
    element: str | None = None
    """What an element of the list is called, where that is not the variable."""


class Names(Protocol):
    """What a rulebook knows by name while its expressions are resolved."""

    records: dict[str, model.Record]
    tables: dict[str, model.Table]
    sets: dict[str, model.NamedSet]
    rates: dict[str, model.Rate]
    groupings: dict[str, model.Grouping]
    groups: dict[str, model.Group]

    def term_kind(self, id_: str) -> Kind | None:
        """The kind of a term, resolved now if it must be; None where there is no such term."""

    def term_record(self, id_: str) -> str:
        """The record that a term is about."""

    def term_parameter(self, id_: str) -> str | None:
        """What the code that a term is about is called in it, when it is about a code."""

    def term_element(self, id_: str) -> str | None:
        """What an element of a term is called, when its value is a list or a set that says so."""

    def terms_with_element(self, element: str) -> list[str]:
        """The terms whose elements are called that."""

    def all_names(self) -> Iterable[str]:
        """Every name that an expression may use, for suggestions."""

    def mention(self, span: Span, kind: str, id_: str) -> None:
        """Take note of what a name in the text means: the type and id of it."""


@dataclass
class Expressions:
    """Resolves expressions in the scope of some records."""

    names: Names
    report: Callable[[Diagnostic], None]
    frames: list[Frame] = field(default_factory=list)
    lenient: bool = False
    """Whether fields that were not given count as no: «mangler teller som nei»."""

    def inside(self, frame: Frame) -> "Expressions":
        """The same names with one more record in scope."""
        return Expressions(self.names, self.report, [*self.frames, frame], self.lenient)

    def fault(self, code: str, message: str, span: Span, hint: str | None = None) -> Resolved:
        """Report a fault, and go on with a value that fits everywhere."""
        self.report(error(code, message, span, hint))
        return _NOTHING, UNKNOWN

    # ---- conditions

    def condition(self, expr: tree.Expr) -> model.Expr:
        """The expression as a condition."""
        found, kind = self.value(expr)
        if kind.name in ("ja/nei", "ukjent") and not isinstance(found, model.RateRef):
            return found
        kind = Kind("tall") if kind is UNKNOWN else kind
        hint = "skriv hva som skal gjelde, for eksempel «… er …»"
        if kind.name in ("liste", "mengde"):
            hint = f"skriv «minst én av {expr.name} …»" if isinstance(expr, tree.Name) else "skriv «minst én av …»"
        elif isinstance(expr, tree.Codes | tree.Quantity | tree.Member):
            hint = "skriv flere koder med komma: «er i …, …»"
        return self.fault("R303", f"her ventes et vilkår, ikke {kind.words}", expr.span, hint)[0]

    def chain(self, expr: tree.AnyOf | tree.AllOf) -> tuple[model.Expr, ...]:
        """The parts of a chain; a bare value after «eller» takes over the last subject and predicate."""
        parts: list[model.Expr] = []
        last: tree.Comparison | None = None
        one_of: tree.Quantified | None = None
        for part in expr.parts:
            if (
                one_of is not None
                and isinstance(part, tree.Codes)
                and isinstance(expr, tree.AnyOf)
                and not expr.is_list
            ):
                parts.append(self._one_more(one_of, part))
                continue
            one_of = part if isinstance(part, tree.Quantified) and _says_one_is(part) else None
            if last is not None and not expr.is_list and self._is_bare_value(part, last, isinstance(expr, tree.AllOf)):
                parts.append(self._continued(part, last, isinstance(expr, tree.AllOf)))
                continue
            if isinstance(part, tree.Comparison):
                last = part
            elif isinstance(part, tree.Quantified) and isinstance(part.body, tree.Comparison):
                last = None
            parts.append(self.condition(part))
        return tuple(parts)

    def _one_more(self, quantified: tree.Quantified, code: tree.Codes) -> model.Expr:
        """«minst én av L er A eller B»: the same of one more code."""
        body = quantified.body
        assert isinstance(body, tree.Comparison)
        said = tree.Comparison(body.subject, body.predicate, code, code.span)
        return self._quantified(tree.Quantified(quantified.quantifier, said, code.span))

    def _continued(self, part: tree.Expr, last: tree.Comparison, is_and: bool) -> model.Expr:
        """A bare value in a chain, as the comparison before it with this value."""
        if is_and:
            hint = "skriv «eller» foran verdien, eller hele vilkåret om igjen"
            return self.fault("R303", "«og» kan ikke stå mellom to verdier", part.span, hint)[0]
        if last.predicate in ("er ikke", "ikke i"):
            hint = "skriv en liste under «ingen av disse er oppfylt»"
            return self.fault("R304", f"«{last.predicate} … eller …» kan leses på to måter", part.span, hint)[0]
        return self.comparison(tree.Comparison(last.subject, last.predicate, part, part.span))

    def _is_bare_value(self, part: tree.Expr, last: tree.Comparison, only_choices: bool) -> bool:
        """Whether a link of a chain is a value for the comparison before it."""
        if isinstance(part, _BARE_VALUE):
            return True
        if not isinstance(part, tree.Name):
            return False
        if self._is_choice(part.name, last.subject):
            return True
        return not only_choices and self._field_or_term(part) is None

    def _is_choice(self, name: str, subject: tree.Expr) -> bool:
        return name in self.quietly(subject).choices

    def quietly(self, expr: tree.Expr) -> Kind:
        """The kind of an expression, without reporting its faults."""
        return Expressions(self.names, lambda _: None, self.frames).value(expr)[1]

    def comparison(self, expr: tree.Comparison) -> model.Expr:
        """«subject predicate value» as a condition."""
        subject, kind = self.value(expr.subject)
        if kind.name in ("liste", "mengde") and expr.predicate not in ("mangler", "finnes"):
            name = expr.subject.name if isinstance(expr.subject, tree.Name) else "…"
            hint = f"skriv «minst én av {name} …», «ingen av {name} …» eller «alle {name} …»"
            return self.fault("R305", "en liste kan ikke sammenlignes direkte", expr.subject.span, hint)[0]
        return self.predicate(subject, kind, expr)

    def predicate(self, subject: model.Expr, kind: Kind, expr: tree.Comparison) -> model.Expr:
        """What is said of a resolved subject."""
        if expr.predicate == "mangler":
            return model.Lacks(item=subject)
        if expr.predicate == "finnes":
            return model.Not(operand=model.Lacks(item=subject))
        assert expr.value is not None
        if expr.predicate in ("i", "ikke i"):
            found = self._membership(subject, kind, expr.value)
            return model.Not(operand=found) if expr.predicate == "ikke i" else found
        operators: dict[str, Literal["==", "!=", "<", "<=", ">", ">="]] = {
            "er": "==",
            "er ikke": "!=",
            "minst": ">=",
            "høyst": "<=",
            "over": ">",
            "under": "<",
        }
        operator = operators[expr.predicate]
        if operator not in ("==", "!=") and kind.name not in ("tall", "dato", "tidspunkt", "ukjent"):
            message = f"«{expr.predicate}» gjelder tall, datoer og tidspunkter, ikke {kind.words}"
            return self.fault("R306", message, expr.span, "skriv «er», eller «er i» med en liste")[0]
        if isinstance(expr.value, tree.Interval) and kind.name == "tall":
            hint = f"skriv «er i {expr.value.text}{f' {expr.value.unit.word}' if expr.value.unit else ''}»"
            return self.fault("R307", "et intervall kan bare stå etter «er i»", expr.value.span, hint)[0]
        value, value_kind = self.value(expr.value, kind)
        self._check_comparable(kind, value_kind, expr)
        if subject == value and not isinstance(subject, model.BoolValue):
            hint = "skriv «av linje» eller «av tidligere linje» for å si hvilken det gjelder"
            self.fault("R405", "et navn er sammenlignet med seg selv", expr.span, hint)
        return model.Compare(operator=operator, left=subject, right=value)

    def _check_comparable(self, left: Kind, right: Kind, expr: tree.Comparison) -> None:
        """Report two kinds that cannot be compared."""
        if "ukjent" in (left.name, right.name):
            return
        assert expr.value is not None
        if left.name == right.name == "tall":
            if left.dimension != right.dimension:
                self._unit_fault(left, right, expr.value)
        elif left.name != right.name:
            message = f"{left.words} kan ikke sammenlignes med {right.words}"
            self.fault("R302", message, expr.span, _date_and_moment(left, right))

    def _unit_fault(self, left: Kind, right: Kind, at: tree.Expr) -> None:
        """Report two numbers that are compared and whose units differ."""
        unit = left.shown.shown if left.shown is not None else dimension_text(left.dimension)
        other = right.shown.shown if right.shown is not None else dimension_text(right.dimension)
        if not right.dimension and isinstance(at, tree.Quantity | tree.Interval):
            percent = at.unit is not None
            whole = f"{at.text} {unit}"
            hint = f"skriv tallet i {unit}" if percent else Correction(f"skriv «{whole}»", at.text, whole)
            message = f"«{at.text}» mangler enhet" if not percent else f"prosent kan ikke sammenlignes med {unit}"
            self.fault("R301", message, at.span, hint)
        elif not left.dimension:
            self.fault("R301", f"et tall uten enhet kan ikke sammenlignes med {other}", at.span)
        else:
            written = at.unit if isinstance(at, tree.Quantity | tree.Interval) else None
            in_unit = Correction(f"skriv tallet i {unit}", written.text, unit) if written is not None else None
            exchange = exchange_hint(left.dimension, right.dimension)
            self.fault("R301", f"{unit} kan ikke sammenlignes med {other}", at.span, exchange or in_unit)

    def _membership(self, item: model.Expr, kind: Kind, expr: tree.Expr) -> model.Expr:
        """Whether an item is in what an expression names: a set, a list of codes, or an interval."""
        if isinstance(expr, tree.Interval):
            dimension, factor, unit_shown = unit_of(expr.unit)
            if expr.low > expr.high:
                hint = "det minste tallet står først"
                return self.fault("R309", f"intervallet «{expr.text}» er tomt", expr.span, hint)[0]
            if kind.name not in ("tall", "ukjent"):
                return self.fault(
                    "R302",
                    f"{kind.words} kan ikke ligge i et intervall av tall",
                    expr.span,
                    "skriv verdiene med «eller»",
                )[0]
            if kind.name == "tall" and kind.dimension != dimension:
                self._unit_fault(kind, Kind("tall", dimension, shown=unit_shown), expr)
            unit = f" {expr.unit.word}" if expr.unit else ""
            low = model.NumberValue(value=in_base(expr.low, factor), shown=f"{expr.low}".replace(".", ",") + unit)
            high = model.NumberValue(value=in_base(expr.high, factor), shown=f"{expr.high}".replace(".", ",") + unit)
            return model.InInterval(item=item, low=low, high=high)
        if kind.name not in ("kode", "valg", "gruppe", "tekst", "ukjent"):
            return self.fault("R302", f"{kind.words} kan ikke stå i en liste med koder", expr.span)[0]
        codes, codes_kind = self.value(expr, Kind("mengde", origins=kind.origins))
        if codes_kind.name == "kode" and isinstance(codes, model.StringValue):
            codes, codes_kind = model.CodeSet(codes=(codes.value,)), Kind("mengde")
        if codes_kind.name not in ("mengde", "ukjent"):
            message = f"her ventes et kodesett eller koder, ikke {codes_kind.words}"
            return self.fault("R302", message, expr.span)[0]
        return model.InSet(item=item, codes=codes)

    # ---- values

    def value(self, expr: tree.Expr, wanted: Kind = UNKNOWN) -> Resolved:
        """The expression and its kind; `wanted` is what the place it stands in expects."""
        match expr:
            case tree.Quantity():
                return self._quantity(expr, wanted)
            case tree.Codes():
                return self._codes(expr, wanted)
            case tree.Text(value=text):
                return model.StringValue(value=text, shown=f"«{text}»"), Kind("tekst")
            case tree.DateValue(value=day):
                return model.DateConstant(value=day), Kind("dato")
            case tree.MomentValue(value=moment):
                return model.MomentConstant(value=moment), Kind("tidspunkt")
            case tree.YesNo(value=yes):
                return model.BoolValue(value=yes), BOOL
            case tree.Name():
                return self._name(expr, wanted)
            case tree.Member():
                return self._member(expr)
            case tree.Call():
                return self._call(expr)
            case tree.Arithmetic():
                return self._arithmetic(expr)
            case tree.Aggregate():
                return self._aggregate(expr)
            case tree.OfMany():
                return self._of_many(expr)
            case tree.Count():
                items, frame = self.items(expr.items)
                return (model.CountOf(items=items), Kind("tall")) if items and frame else (_NOTHING, UNKNOWN)
            case tree.Rounded(value=inner, rounding=rounding):
                found, kind = self.value(inner)
                if kind.name not in ("tall", "ukjent"):
                    return self.fault("R302", f"bare tall kan avrundes, ikke {kind.words}", inner.span)
                return model.Round(value=found, rounding=self.rounding(rounding, kind)), kind
            case tree.Unknown(reason=reason):
                return model.UnknownValue(reason=reason or "verdien er ukjent"), UNKNOWN
            case tree.Members(values=values):
                return self.code_set(values), Kind("mengde")
            case tree.AllItems():
                return self.code_set((expr,)), Kind("mengde")
            case tree.Comparison():
                return self.comparison(expr), BOOL
            case tree.AllOf():
                return model.All(parts=self.chain(expr)), BOOL
            case tree.AnyOf():
                return model.Any(parts=self.chain(expr), number=expr.number), BOOL
            case tree.NoneOf(parts=parts):
                return model.Not(operand=model.Any(parts=tuple(map(self.condition, parts)))), BOOL
            case tree.Negation(operand=operand):
                return model.Not(operand=self.condition(operand)), BOOL
            case tree.Quantified():
                return self._quantified(expr), BOOL
            case tree.Interval():
                return self.fault("R307", "et intervall kan bare stå etter «er i»", expr.span, "skriv «er i …»")
            case tree.Filtered():
                hint = "skriv «minst én av … der …», «ingen av … der …» eller «antall (… der …)»"
                return self.fault("R307", "en liste med «der» kan ikke stå her", expr.span, hint)
            case tree.Relative():
                hint = f"skriv hva det gjelder: «… av {expr.word} {expr.name}»"
                return self.fault("R307", f"«{expr.word} {expr.name}» kan ikke stå alene her", expr.span, hint)

    def _quantity(self, expr: tree.Quantity, wanted: Kind) -> Resolved:
        if expr.unit is None and wanted.name in ("kode", "valg", "mengde", "gruppe"):
            text = expr.text.replace(" ", "")
            if wanted.name == "mengde":
                return model.CodeSet(codes=(text,)), wanted
            if wanted.name == "valg":
                return self._choice(text, wanted, expr.span)
            return model.StringValue(value=text, shown=text), wanted
        dimension, factor, unit = unit_of(expr.unit)
        shown = f"{expr.text} {unit.shown}" if unit else expr.text
        return model.NumberValue(value=in_base(expr.value, factor), shown=shown), Kind("tall", dimension, shown=unit)

    def _codes(self, expr: tree.Codes, wanted: Kind) -> Resolved:
        if wanted.name == "valg":
            return self._choice(expr.text, wanted, expr.span)
        single = len(expr.parts) == 1 and "–" not in expr.text and "*" not in expr.text
        if single and wanted.name != "mengde":
            return model.StringValue(value=normal_code(expr.text), shown=expr.text), Kind("kode")
        return self.code_set((expr,)), Kind("mengde")

    def _choice(self, word: str, wanted: Kind, span: Span) -> Resolved:
        if word not in wanted.choices:
            hint = nearest(word, wanted.choices) or "velg mellom " + ", ".join(wanted.choices)
            return self.fault("R203", f"«{word}» er ikke blant valgene her", span, hint)
        return model.StringValue(value=word, shown=word), wanted

    def _name(self, expr: tree.Name, wanted: Kind) -> Resolved:
        name = expr.name
        if wanted.name == "valg" and name in wanted.choices:
            return model.StringValue(value=name, shown=name), wanted
        found = self._field_or_term(expr)
        if found is not None:
            return found
        if name in self.names.rates:
            self.names.mention(expr.span, "sats", name)
            rate = self.names.rates[name]
            return model.RateRef(id=name, variable=self._dated()), rate_kind(rate)
        if name in self.names.sets:
            self.names.mention(expr.span, "kodesett", name)
            return model.SetRef(id=name), Kind("mengde")
        if name in self.names.groups:
            self.names.mention(expr.span, "gruppe", name)
            return model.StringValue(value=name, shown=name), Kind("gruppe")
        columns = [table for table in self.names.tables.values() if table.field(name) is not None]
        if columns:
            hint = f"skriv hva det gjelder: «{name} av {self._key_name(columns[0])}»"
            return self.fault("R204", f"«{name}» er en kolonne og trenger en nøkkel", expr.span, hint)
        if wanted.name == "valg":
            return self._choice(name, wanted, expr.span)
        known = set(self.names.all_names())
        if name in known:
            own = self.frames[-1].record if self.frames else None
            where = f" for {own.id}" if own is not None else " her"
            hint = self._of_collection(own, name) or f"«{name}» hører til andre opplysninger"
            return self.fault("R201", f"ukjent navn «{name}»{where}", expr.span, hint)
        meant = _OR_MORE.get(name) or self._owner_of_choice(name) or nearest(name, known)
        return self.fault("R201", f"ukjent navn «{name}»", expr.span, meant)

    def _of_collection(self, record: model.Record | None, name: str) -> str | None:
        """A hint where a name is of the records that a collection is made of, or of a collection."""
        owner = self.names.records.get(self.names.term_record(name))
        if owner is not None and owner.gathering is not None:
            return f"«{name}» er sagt om hver {owner.id}"
        if record is None or record.gathering is None:
            return None
        inner = self.names.records[record.gathering.of]
        if inner.field(name) is None and self.names.term_record(name) != inner.id:
            return None
        listed = record.gathering.elements
        return f"«{name}» er sagt om hver {inner.id}: skriv for eksempel «minst én av {listed} der …»"

    def _dated(self) -> str | None:
        """The variable of the innermost record that has a date."""
        for frame in reversed(self.frames):
            if frame.record is not None and frame.record.date is not None:
                return frame.variable
        return None

    def _key_name(self, table: model.Table) -> str:
        """A name in scope that a table can be looked up with; else the table's own word for its key."""
        groupings = [grouping.id for grouping in self.names.groupings.values()] if table.key == "gruppe" else []
        fields = [f.name for frame in self.frames if frame.record for f in frame.record.fields]
        keys = [f.name for fr in self.frames if fr.record for f in fr.record.fields if table.id in f.origins]
        return next(iter([*groupings, *keys, *(name for name in fields if name == table.key)]), table.key)

    def _owner_of_choice(self, name: str) -> str | None:
        """A hint, where the name is a choice of a field in scope."""
        for frame in reversed(self.frames):
            for found in frame.record.fields if frame.record is not None else ():
                if name in found.choices:
                    return f"«{name}» er et valg i «{found.name}»: skriv «{found.name} er {name}»"
        return None

    def _field_or_term(self, expr: tree.Name) -> Resolved | None:
        """A field, term or grouping of the innermost record that has one by this name; or the element itself."""
        for frame in reversed(self.frames):
            if frame.codes is not None and expr.name in (frame.variable, frame.element):
                return model.Element(variable=frame.variable), frame.codes
            if frame.codes is not None and self._is_about(expr.name, frame):
                self.names.mention(expr.span, "begrep", expr.name)
                return self._about_element(expr.name, frame)
            if frame.record is not None:
                found = self._of_record(expr.name, frame)
                if found is not None:
                    self._mention(expr.span, expr.name, frame.record)
                    return found
        return None

    def _is_about(self, name: str, frame: Frame) -> bool:
        """Whether a term is about codes that are called what the elements of a frame are called."""
        return self.names.term_parameter(name) in (frame.variable, frame.element or frame.variable)

    def _about_element(self, name: str, frame: Frame) -> Resolved | None:
        """A term about a code, of the element in scope."""
        kind = self.names.term_kind(name)
        owner = self._frame_of(self.names.term_record(name))
        if kind is None or owner is None:
            return None
        return model.TermRef(id=name, variable=owner.variable, argument=model.Element(variable=frame.variable)), kind

    def _of_record(self, name: str, frame: Frame) -> Resolved | None:
        """A field, term or grouping of one record."""
        record = frame.record
        assert record is not None
        found = record.field(name)
        if found is not None:
            return model.Get(variable=frame.variable, field=name, lenient=self.lenient), field_kind(found)
        grouping = self.names.groupings.get(name)
        if grouping is not None and grouping.record == record.id and grouping.chooses == "alle":
            return model.ListValue(items=model.Chosen(grouping=name, variable=frame.variable)), Kind("liste")
        if grouping is not None and grouping.record == record.id:
            return model.GroupRef(grouping=name, variable=frame.variable), Kind("gruppe")
        is_own = self.names.term_record(name) == record.id and self.names.term_parameter(name) is None
        kind = self.names.term_kind(name) if is_own else None
        if kind is not None:
            return model.TermRef(id=name, variable=frame.variable), kind
        return None

    def _mention(self, span: Span, name: str, record: model.Record) -> None:
        """Take note of a name that is a field, a grouping or a term of a record."""
        if record.field(name) is not None:
            self.names.mention(span, "felt", f"{record.id}.{name}")
        else:
            self.names.mention(span, "gruppering" if name in self.names.groupings else "begrep", name)

    def _member(self, expr: tree.Member) -> Resolved:
        shown = f"{expr.scheme} {expr.id}"
        table = next(
            (t for t in self.names.tables.values() if t.field(expr.scheme) and expr.scheme not in t.keys), None
        )
        if table is not None and shown not in self.names.groups:
            return self._family(table, expr)
        if shown in self.names.groups:
            self.names.mention(expr.span, "gruppe", shown)
            return model.StringValue(value=shown, shown=shown), Kind("gruppe")
        schemes = {id_.split(" ")[0] for id_ in self.names.groups}
        if expr.scheme not in schemes and not expr.scheme.isupper():
            columns = [field.name for table in self.names.tables.values() for field in table.fields]
            return self.fault("R201", f"ukjent kolonne «{expr.scheme}»", expr.span, nearest(expr.scheme, columns))
        hint = nearest(shown, self.names.groups) or "en gruppe må være skrevet med «gruppe» før den kan nevnes"
        return self.fault("R201", f"ukjent gruppe «{shown}»", expr.span, hint)

    def _family(self, table: model.Table, expr: tree.Member) -> Resolved:
        """«dgprop 90X13»: the keys of a table whose rows have a value in a column."""
        if len(table.keys) > 1:
            message = f"tabellen «{table.id}» slås opp med flere nøkler, og gir ikke en mengde av koder"
            return self.fault("R302", message, expr.span)
        span = expr.span._replace(end_column=expr.span.column + len(expr.scheme))
        self.names.mention(span, "kolonne", f"{table.id}.{expr.scheme}")
        key = table.field(table.key)
        origins = key.origins if key is not None else ()
        return model.Family(table=table.id, column=expr.scheme, value=expr.id), Kind("mengde", origins=origins)

    def _call(self, expr: tree.Call) -> Resolved:
        """A function of a record (its field or term) or of a key (a column of a table)."""
        frame = self._frame_named(expr.argument)
        if frame is not None and frame.record is not None:
            self.names.mention(expr.argument.span, "opplysninger", frame.record.id)
            found = self._of_record(expr.function, frame)
            if found is not None:
                self._mention(_function_span(expr), expr.function, frame.record)
                return found
            if not isinstance(expr.argument, tree.Name) or frame.record.field(expr.argument.name) is None:
                return self._not_in_record(expr, frame.record)
        if expr.function in LIST_PARTS:
            return self._list_part(expr)
        if expr.function == GROUP_CODE:
            return self._group_code(expr)
        if expr.function == STEP_SUM:
            return self._step_sum(expr)
        if self.names.term_parameter(expr.function) is not None:
            return self._term_of_code(expr)
        record = self._record_valued(expr.argument)
        if record is not None:
            return self._of_record_value(expr, record)
        tables = self._tables_with(expr.function)
        if not tables and expr.function in (*DATE_PARTS, DATE_OF):
            return self._date_part(expr)
        if not tables:
            known = [*self._columns(), *DATE_PARTS, DATE_OF, *LIST_PARTS, GROUP_CODE, STEP_SUM]
            hint = nearest(expr.function, known) or self._not_a_column(expr.function)
            of = self.quietly(expr.argument)
            if hint is None and of.name in _UNIT_BETWEEN:
                parts = DATE_PARTS if of.name == "dato" else (*DATE_PARTS, DATE_OF)
                hint = f"av {of.words} finnes {', '.join(parts)}"
            own = self.frames[-1].record if self.frames else None
            hint = hint or self._of_collection(own, expr.function)
            return self.fault("R201", f"ukjent kolonne «{expr.function}»", _function_span(expr), hint)
        table = tables[0]
        written = expr.argument.values if isinstance(expr.argument, tree.Members) else (expr.argument,)
        if len(written) != len(table.keys):
            listed = ", ".join(table.keys)
            hint = f"skriv «{expr.function} av {listed if len(table.keys) == 1 else f'({listed})'}»"
            return self.fault("R302", f"tabellen «{table.id}» slås opp med {listed}", expr.argument.span, hint)
        keys = [self._key(table, name, key) for name, key in zip(table.keys, written, strict=True)]
        column = table.field(expr.function)
        assert column is not None
        self.names.mention(_function_span(expr), "kolonne", f"{table.id}.{column.name}")
        node = model.ColumnRef(table=table.id, column=column.name, key=keys[0], more_keys=tuple(keys[1:]))
        return node, field_kind(column)

    def _not_in_record(self, expr: tree.Call, record: model.Record) -> Resolved:
        """Report a function that is neither a field nor a term of a record."""
        known = [f.name for f in record.fields]
        message = f"ukjent navn «{expr.function}» i {record.id}"
        return self.fault("R201", message, _function_span(expr), nearest(expr.function, known))

    def _record_valued(self, expr: tree.Expr) -> model.Record | None:
        """The record that an argument comes to, where it is a term that is one: «kode av hoveddiagnose»."""
        if not isinstance(expr, tree.Name):
            return None
        kind = self.quietly(expr)
        return self.names.records.get(kind.record or "") if kind.name == "post" else None

    def _of_record_value(self, expr: tree.Call, record: model.Record) -> Resolved:
        """A field or a term of the record that a term is."""
        value, _ = self.value(expr.argument)
        found = record.field(expr.function)
        if found is not None or self.names.term_record(expr.function) == record.id:
            self._mention(_function_span(expr), expr.function, record)
        if found is not None:
            return model.FieldOf(record=value, field=found.name, lenient=self.lenient), field_kind(found)
        if self.names.term_record(expr.function) == record.id:
            kind = self.names.term_kind(expr.function) or UNKNOWN
            return model.TermRef(id=expr.function, variable=record.variable, argument=value), kind
        return self._not_in_record(expr, record)

    def _term_of_code(self, expr: tree.Call) -> Resolved:
        """A term that is about a code, of the code that is written."""
        self.names.mention(_function_span(expr), "begrep", expr.function)
        kind = self.names.term_kind(expr.function) or UNKNOWN
        frame = self._frame_of(self.names.term_record(expr.function))
        value, of = self.value(expr.argument, Kind("kode"))
        if of.name not in ("kode", "ukjent"):
            element = self.names.term_parameter(expr.function)
            message = f"«{expr.function}» gjelder en kode, ikke {of.words}"
            return self.fault("R302", message, expr.argument.span, f"den er skrevet «for hver {element}»")
        if frame is None:
            return self.fault("R201", f"«{expr.function}» hører til andre opplysninger", _function_span(expr))
        return model.TermRef(id=expr.function, variable=frame.variable, argument=value), kind

    def _frame_of(self, record: str) -> Frame | None:
        """The innermost frame that holds a record of a type."""
        return next((f for f in reversed(self.frames) if f.record is not None and f.record.id == record), None)

    def _list_part(self, expr: tree.Call) -> Resolved:
        """«første av diagnoser», «etter_første av diagnoser»."""
        items, frame = self.items(expr.argument)
        if items is None or frame is None:
            return _NOTHING, UNKNOWN
        one = Kind("post", record=frame.record.id) if frame.record is not None else frame.codes or UNKNOWN
        if expr.function == "første":
            return model.First(items=items), one
        many = Kind("liste", record=one.record) if frame.record is not None else Kind("mengde", origins=one.origins)
        return model.ListValue(items=model.Rest(items=items)), many

    def _group_code(self, expr: tree.Call) -> Resolved:
        """«gruppekode av drg»: the code of a group, without the scheme."""
        value, kind = self.value(expr.argument, Kind("gruppe"))
        if kind.name not in ("gruppe", "ukjent"):
            groupings = list(self.names.groupings)
            hint = f"skriv «gruppekode av {groupings[0]}»" if groupings else None
            return self.fault("R302", f"«gruppekode av» gjelder grupper, ikke {kind.words}", expr.argument.span, hint)
        return model.GroupCode(value=value), Kind("tekst")

    def _step_sum(self, expr: tree.Call) -> Resolved:
        """«trinnsum av (innbyggere, tilskudd)»: a number shared out on the steps of the table that has the column."""
        written = expr.argument.values if isinstance(expr.argument, tree.Members) else ()
        if len(written) != 2 or not isinstance(written[1], tree.Name):
            hint = "skriv «trinnsum av (antall, kolonne)»"
            return self.fault("R302", "«trinnsum av» trenger et tall og en kolonne", expr.argument.span, hint)
        name = written[1].name
        tables = self._tables_with(name)
        if not tables:
            return self.fault("R201", f"ukjent kolonne «{name}»", written[1].span, nearest(name, self._columns()))
        table = tables[0]
        key, column = table.field(table.key), table.field(name)
        assert column is not None
        self.names.mention(written[1].span, "kolonne", f"{table.id}.{name}")
        amount, kind = self.value(written[0])
        of_key = field_kind(key) if key is not None else Kind("kode")
        if len(table.keys) > 1 or of_key.name != "tall" or field_kind(column).name != "tall":
            hint = "nøkkelen er det siste tallet i hvert trinn, og kolonnen det trinnet er verdt"
            message = f"tabellen «{table.id}» har ikke trinn med tall"
            return self.fault("R302", message, written[1].span, hint)
        if kind.name not in ("tall", "ukjent"):
            return self.fault("R302", f"«trinnsum av» gjelder tall, ikke {kind.words}", written[0].span)
        if kind.name == "tall" and kind.dimension != of_key.dimension:
            message = f"trinnene er {_in_unit(of_key)}, ikke {_in_unit(kind)}"
            return self.fault("R301", message, written[0].span, "antallet og trinnene må ha samme enhet")
        made = model.StepSum(table=table.id, column=name, amount=amount)
        return made, Kind("tall", times(of_key.dimension, field_kind(column).dimension))

    def _tables_with(self, column: str) -> list[model.Table]:
        """The tables that have a column which is no key."""
        return [t for t in self.names.tables.values() if t.field(column) is not None and column not in t.keys]

    def _columns(self) -> list[str]:
        """The names of the columns of all tables."""
        return [field.name for table in self.names.tables.values() for field in table.fields]

    def _key(self, table: model.Table, name: str, written: tree.Expr) -> model.Expr:
        """One of the keys that a table is looked up by, with its kind checked."""
        field = table.field(name)
        wanted = Kind("gruppe") if name == "gruppe" else field_kind(field) if field is not None else Kind("kode")
        key, kind = self.value(written, wanted)
        alike = {"kode", "valg", "tekst"}
        if kind.name not in (wanted.name, "ukjent") and not {kind.name, wanted.name} <= alike:
            message = f"tabellen «{table.id}» slås opp med {name}, ikke med {kind.words}"
            self.fault("R302", message, written.span, self._each_chosen(key))
        return key

    def _each_chosen(self, key: model.Expr) -> str | None:
        """A hint where something is looked up by all groups that a grouping chose."""
        if not isinstance(key, model.ListValue) or not isinstance(key.items, model.Chosen):
            return None
        element = self.names.groupings[key.items.grouping].element
        of_each = f"skriv «sum av … av {element} for hver {element}»" if element else "skriv «hver en …» etter navnet"
        return f"grupperingen kan gi flere grupper: {of_each}"

    def _date_part(self, expr: tree.Call) -> Resolved:
        """«år av dato» and the like, and «dato av inn»."""
        value, kind = self.value(expr.argument)
        kind = Kind("tall") if isinstance(value, model.RateRef) else kind
        to_date = expr.function == DATE_OF
        if kind.name not in ("tidspunkt", "ukjent", *(() if to_date else ("dato",))):
            wanted = "tidspunkter" if to_date else "datoer og tidspunkter"
            message = f"«{expr.function} av» gjelder {wanted}, ikke {kind.words}"
            plain = to_date and kind.name == "dato" and isinstance(expr.argument, tree.Name)
            hint = f"skriv bare «{expr.argument.name}»" if plain and isinstance(expr.argument, tree.Name) else None
            return self.fault("R302", message, expr.argument.span, hint)
        part: Literal["år", "måned", "tertial", "ukedag", "dato"] = expr.function  # type: ignore[assignment]
        return model.DatePart(part=part, value=value), Kind("dato" if to_date else "tall")

    def _not_a_column(self, name: str) -> str | None:
        """A hint, where what is applied is known as something else."""
        plain = self._field_or_term(tree.Name(name, Span("", 1, 1, 1, 1))) is not None or name in self.names.rates
        return f"«{name}» slås ikke opp med noe: skriv bare «{name}»" if plain else None

    def _frame_named(self, expr: tree.Expr) -> Frame | None:
        """The record in scope that an argument names: «linje», «tidligere linje»."""
        for frame in reversed(self.frames):
            if isinstance(expr, tree.Relative) and frame.relative == _relation(expr.word):
                return frame
            if isinstance(expr, tree.Name) and frame.relative is None and self._names_record(expr.name, frame):
                return frame
        return None

    def _names_record(self, name: str, frame: Frame) -> bool:
        return frame.record is not None and name in (frame.variable, frame.record.id, frame.record.id.lower())

    # ---- arithmetic

    def _arithmetic(self, expr: tree.Arithmetic) -> Resolved:
        if expr.operator == "unntatt":
            return self.code_set((expr,)), Kind("mengde")
        left, left_kind = self.value(expr.left)
        right, right_kind = self.value(expr.right)
        if expr.operator == "−" and {left_kind.name, right_kind.name} & _UNIT_BETWEEN.keys():
            return self._between(expr, (left, left_kind), (right, right_kind))
        for side, kind in ((expr.left, left_kind), (expr.right, right_kind)):
            if kind.name not in ("tall", "ukjent"):
                listed = isinstance(side, tree.Name) and kind.name in ("liste", "mengde")
                hint = f"skriv «antall {side.name}»" if listed and isinstance(side, tree.Name) else None
                return self.fault("R302", f"det kan ikke regnes med {kind.words}", side.span, hint)
        node = model.Arithmetic(operator=expr.operator, left=left, right=right)
        if "ukjent" in (left_kind.name, right_kind.name):
            return node, UNKNOWN
        if expr.operator in ("+", "−"):
            if left_kind.dimension != right_kind.dimension:
                verb = "legges sammen" if expr.operator == "+" else "trekkes fra hverandre"
                message = f"{_in_unit(left_kind)} og {_in_unit(right_kind)} kan ikke {verb}"
                hint = exchange_hint(left_kind.dimension, right_kind.dimension) or "begge sider må ha samme enhet"
                return self.fault("R301", message, expr.span, hint)
            return node, without_shown(left_kind)
        sign = 1 if expr.operator == "×" else -1
        return node, Kind("tall", times(left_kind.dimension, right_kind.dimension, sign))

    def _between(self, expr: tree.Arithmetic, left: Resolved, right: Resolved) -> Resolved:
        """«ut − inn»: the time between two dates or points in time."""
        kinds = [kind for _, kind in (left, right) if kind.name != "ukjent"]
        if len({kind.name for kind in kinds}) > 1:
            message = f"{right[1].words} kan ikke trekkes fra {left[1].words}"
            hint = _date_and_moment(*kinds) or "bare en dato kan trekkes fra en dato, og et tidspunkt fra et tidspunkt"
            return self.fault("R302", message, expr.span, hint)
        unit = _UNIT_BETWEEN[kinds[0].name]
        return model.TimeBetween(unit=unit, left=left[0], right=right[0]), Kind("tall", ((unit, 1),))

    def _of_many(self, expr: tree.OfMany) -> Resolved:
        found = [self.value(value) for value in expr.values]
        if expr.kind == "samlet":
            for value, (_, kind) in zip(expr.values, found, strict=True):
                self._check_gathered(value, kind)
            return model.Union(values=tuple(value for value, _ in found)), Kind("mengde")
        for value, (_, kind) in zip(expr.values, found, strict=True):
            if kind.name not in ("tall", "ukjent"):
                return self.fault("R302", f"«{expr.kind} av» gjelder tall, ikke {kind.words}", value.span)
        kinds = [kind for _, kind in found if kind.name != "ukjent"]
        if kinds and any(kind.dimension != kinds[0].dimension for kind in kinds):
            other = next(k for k in kinds if k.dimension != kinds[0].dimension)
            message = f"{_in_unit(kinds[0])} og {_in_unit(other)} kan ikke sammenlignes"
            hint = exchange_hint(kinds[0].dimension, other.dimension) or "alle verdiene må ha samme enhet"
            return self.fault("R301", message, expr.span, hint)
        function: model.Function = expr.kind  # type: ignore[assignment]
        node = model.OfMany(function=function, values=tuple(value for value, _ in found))
        return node, without_shown(kinds[0]) if kinds else UNKNOWN

    def _aggregate(self, expr: tree.Aggregate) -> Resolved:
        items, frame = self._each(expr.element)
        if items is None or frame is None:
            return _NOTHING, UNKNOWN
        inner = self.inside(frame)
        if expr.condition is not None:
            condition = inner.condition(expr.condition)
            items = model.Where(items=items, variable=frame.variable, condition=condition)
        value, kind = inner.value(expr.value)
        if expr.kind == "samlet":
            inner._check_gathered(expr.value, kind)
            made = model.Aggregate(function="samlet", items=items, variable=frame.variable, value=value)
            return made, Kind("mengde")
        if kind.name not in ("tall", "ukjent"):
            return self.fault("R302", f"«{expr.kind} av» gjelder tall, ikke {kind.words}", expr.value.span)
        function: model.Function = expr.kind  # type: ignore[assignment]
        node = model.Aggregate(function=function, items=items, variable=frame.variable, value=value)
        return node, without_shown(kind)

    def _check_gathered(self, written: tree.Expr, kind: Kind) -> None:
        """Report what «samlet av» cannot gather."""
        if kind.name not in ("mengde", "kode", "tekst", "ukjent"):
            hint = "skriv «sum av …», «høyeste av …» eller «laveste av …»" if kind.name == "tall" else None
            self.fault("R302", f"«samlet av» gjelder koder, ikke {kind.words}", written.span, hint)

    def rounding(self, rounding: tree.Rounding, kind: Kind) -> model.Rounding:
        """What a value of a kind is rounded to."""
        dimension, factor, unit = unit_of(rounding.unit)
        percent = unit is not None and not dimension
        if unit is not None and kind.name == "tall" and kind.dimension != dimension and not percent:
            own = dimension_text(kind.dimension)
            message = (
                f"verdien er {f'i {own}' if kind.dimension else 'uten enhet'} og kan ikke avrundes til {unit.shown}"
            )
            hint = f"skriv «avrundet til hele {own}»" if len(kind.dimension) == 1 else None
            self.fault("R301", message, rounding.span, hint)
        elif kind.name not in ("tall", "ukjent"):
            self.fault("R302", f"bare tall kan avrundes, ikke {kind.words}", rounding.span)
        shown = unit.shown if unit else "hele tall"
        step = in_base(Decimal(1), factor)
        return model.Rounding(step=step, direction=rounding.direction, shown=shown)

    # ---- lists

    def _quantified(self, expr: tree.Quantified) -> model.Expr:
        """«minst én av L P», with P a comparison of the elements or a condition after «der»."""
        body, condition = expr.body, None
        subject: tree.Expr = body.subject if isinstance(body, tree.Comparison) else body
        inner_condition: tree.Expr | None = None
        if isinstance(subject, tree.Filtered):
            inner_condition = subject.condition
            subject = subject.items
        items, frame = self.items(subject)
        if items is None or frame is None:
            return _NOTHING
        inside = self.inside(frame)
        if inner_condition is not None:
            condition = inside.condition(inner_condition)
        if isinstance(body, tree.Comparison):
            said = self._said_of_elements(expr, body, inside, frame)
            condition = said if condition is None else model.All(parts=(condition, said))
        elif expr.quantifier.kind == "alle":
            name = subject.name if isinstance(subject, tree.Name) else "…"
            hint = f"skriv «alle {name} er …», eller «ingen av {name} der … ikke …»"
            return self.fault("R308", "«alle» mangler det som skal gjelde for elementene", expr.span, hint)[0]
        return model.Quantified(
            quantifier=expr.quantifier.kind,
            number=expr.quantifier.number,
            items=items,
            variable=frame.variable,
            condition=condition,
        )

    def _said_of_elements(
        self, expr: tree.Quantified, body: tree.Comparison, inside: "Expressions", frame: Frame
    ) -> model.Expr:
        """What a quantifier says of each element, which must be a code."""
        if frame.codes is None:
            quantifier = {"alle": "ingen av", "ingen": "ingen av"}.get(expr.quantifier.kind, "minst én av")
            hint = f"skriv hvilket felt det gjelder: «{quantifier} … der …»"
            return self.fault("R305", "elementene er opplysninger og kan ikke sammenlignes", body.span, hint)[0]
        return inside.predicate(model.Element(variable=frame.variable), frame.codes, body)

    def items(self, expr: tree.Expr) -> tuple[model.ListExpr | None, Frame | None]:
        """The list that an expression names, and the frame of its elements."""
        if isinstance(expr, tree.Relative):
            return self._related(expr)
        if isinstance(expr, tree.Filtered):
            items, frame = self.items(expr.items)
            if items is None or frame is None:
                return None, None
            condition = self.inside(frame).condition(expr.condition)
            return model.Where(items=items, variable=frame.variable, condition=condition), frame
        if isinstance(expr, tree.Name):
            for frame in reversed(self.frames):
                found = frame.record.field(expr.name) if frame.record is not None else None
                if frame.record is not None and found is not None and found.kind in ("liste", "koder"):
                    self._mention(expr.span, expr.name, frame.record)
                    return self._list_field(found, frame)
                chosen = self._chosen(frame, lambda grouping: grouping.id == expr.name)
                if chosen is not None:
                    self.names.mention(expr.span, "gruppering", expr.name)
                    return chosen
                if frame.record is not None and self.names.term_record(expr.name) == frame.record.id:
                    of_term = self._list_term(expr.name, frame)
                    if of_term is not None:
                        self.names.mention(expr.span, "begrep", expr.name)
                        return of_term
        if isinstance(expr, tree.Call) and self.quietly(expr).name == "mengde":
            value, kind = self.value(expr)
            element = set_element(self.names.tables.values(), value)
            return model.SetElements(value=value), Frame(element, None, codes=Kind("kode", origins=kind.origins))
        lists = self._lists()
        listed = f"listene er {', '.join(lists)}" if lists else "ingen av opplysningene er en liste"
        if isinstance(expr, tree.Name) and self._field_or_term(expr) is None:
            self.fault("R201", f"ukjent liste «{expr.name}»", expr.span, nearest(expr.name, lists) or listed)
        elif isinstance(expr, tree.Name):
            self.fault("R305", f"«{expr.name}» er ikke en liste", expr.span, nearest(expr.name, lists) or listed)
        else:
            self.fault("R305", "her ventes en liste", expr.span, listed)
        return None, None

    def _list_field(self, found: model.RecordField, frame: Frame) -> tuple[model.ListExpr, Frame]:
        items = model.Elements(variable=frame.variable, field=found.name, lenient=self.lenient)
        if found.kind == "koder":
            name = found.element or f"{found.name}_element"
            return items, Frame(name, None, codes=Kind("kode", origins=found.origins))
        record = self.names.records.get(found.of or "")
        return items, Frame(record.variable if record else found.name, record)

    def _chosen(self, frame: Frame, is_meant: Callable[[model.Grouping], bool]) -> tuple[model.ListExpr, Frame] | None:
        """The groups that a grouping of a record chooses, where it chooses several."""
        for grouping in self.names.groupings.values():
            own = frame.record is not None and grouping.record == frame.record.id and grouping.chooses == "alle"
            if own and is_meant(grouping):
                items = model.Chosen(grouping=grouping.id, variable=frame.variable)
                return items, Frame(grouping.element or f"{grouping.id}_gruppe", None, codes=Kind("gruppe"))
        return None

    def _list_term(self, id_: str, owner: Frame) -> tuple[model.ListExpr, Frame] | None:
        """The elements of a term whose value is a list or a set."""
        kind = self.names.term_kind(id_)
        if kind is None or kind.name not in ("liste", "mengde"):
            return None
        items = model.TermElements(id=id_, variable=owner.variable)
        element = self.names.term_element(id_)
        if kind.name == "mengde":
            return items, Frame(element or f"{id_}_element", None, codes=Kind("kode", origins=kind.origins))
        record = self.names.records.get(kind.record or "")
        return items, Frame(element or (record.variable if record else id_), record)

    def _related(self, expr: tree.Relative) -> tuple[model.ListExpr | None, Frame | None]:
        """«tidligere linjer» and «andre linjer» of the element in scope."""
        for frame in reversed(self.frames):
            if frame.record is None or frame.record.outer is None or frame.relative is not None:
                continue
            outer = self.names.records[frame.record.outer]
            listed = next((f for f in outer.fields if f.of == frame.record.id), None)
            if listed is not None and expr.name in (listed.name, listed.element, frame.record.variable):
                if expr.name == listed.name:
                    name = expr.span._replace(column=expr.span.end_column - len(expr.name))
                    self.names.mention(name, "felt", f"{outer.id}.{listed.name}")
                which = _relation(expr.word)
                items = model.Related(variable=frame.variable, which=which)
                return items, Frame(f"{which}_{frame.variable}", frame.record, relative=which)
        hint = "«tidligere» og «andre» brukes i en regel «for hver» element i en liste"
        self.fault("R201", f"«{expr.word} {expr.name}» viser ikke til noen liste her", expr.span, hint)
        return None, None

    def _each(self, element: tree.Name | tree.Relative) -> tuple[model.ListExpr | None, Frame | None]:
        """The list whose elements «for hver» names."""
        if isinstance(element, tree.Relative):
            return self._related(element)
        for frame in reversed(self.frames):
            for found in frame.record.fields if frame.record is not None else ():
                names = {found.element}
                if found.kind == "liste" and found.of:
                    inner = self.names.records.get(found.of)
                    names |= {inner.variable, found.of} if inner else {found.of}
                if found.kind in ("liste", "koder") and element.name in names:
                    if found.of is not None:
                        self.names.mention(element.span, "opplysninger", found.of)
                    return self._list_field(found, frame)
            chosen = self._chosen(frame, lambda grouping: element.name in (grouping.element, grouping.id))
            if chosen is not None:
                return chosen
            for id_ in self.names.terms_with_element(element.name):
                if frame.record is not None and self.names.term_record(id_) == frame.record.id:
                    of_term = self._list_term(id_, frame)
                    if of_term is not None:
                        return of_term
        elements = [f.element for frame in self.frames if frame.record for f in frame.record.fields if f.element]
        hint = nearest(element.name, elements) or (f"elementene heter {', '.join(elements)}" if elements else None)
        self.fault("R201", f"«{element.name}» er ikke navnet på elementene i noen liste", element.span, hint)
        return None, None

    def _lists(self) -> list[str]:
        return [f.name for fr in self.frames if fr.record for f in fr.record.fields if f.kind in ("liste", "koder")]

    # ---- code sets

    def code_set(self, values: Iterable[tree.Expr]) -> model.CodeSet:
        """The set that a list of codes, intervals, names of sets, «alle» and «unntatt» makes."""
        codes: list[str] = []
        intervals: list[tuple[str, str]] = []
        prefixes: list[str] = []
        sets: list[str] = []
        without: list[tree.Expr] = []
        everything = False
        for value in values:
            match value:
                case tree.Codes(parts=parts):
                    for part in parts:
                        low, _, high = part.partition("–")
                        if high:
                            intervals.append((normal_code(low), normal_code(high)))
                            if normal_code(low) > normal_code(high):
                                hint = "den minste koden står først"
                                self.fault("R309", f"intervallet «{part}» er tomt", value.span, hint)
                        elif part.endswith("*"):
                            prefixes.append(normal_code(part[:-1]))
                        else:
                            codes.append(normal_code(part))
                case tree.Quantity(unit=None, text=text):
                    codes.append(text.replace(" ", ""))
                case tree.Interval(unit=None):
                    codes += self._numbered(value)
                case tree.Name(name=name) if name in self.names.sets:
                    self.names.mention(value.span, "kodesett", name)
                    sets.append(name)
                case tree.AllItems(exceptions=exceptions):
                    everything = True
                    if exceptions is not None:
                        without.append(exceptions)
                case tree.Arithmetic(operator="unntatt", left=left, right=right):
                    while isinstance(left, tree.Arithmetic) and left.operator == "unntatt":
                        without.append(left.right)
                        left = left.left
                    part_set = self.code_set((left,))
                    codes += part_set.codes
                    intervals += part_set.intervals
                    prefixes += part_set.prefixes
                    sets += part_set.sets
                    everything = everything or part_set.everything
                    without.append(right)
                case tree.Name(name=name):
                    self.fault("R201", f"ukjent kodesett «{name}»", value.span, nearest(name, self.names.sets))
                case _:
                    hint = "koder skrives med komma mellom: «JAB10, JAH01»"
                    self.fault("R302", "her ventes koder eller navn på kodesett", value.span, hint)
        left_out = self.code_set(without) if without else None
        return model.CodeSet(
            codes=tuple(codes),
            intervals=tuple(intervals),
            prefixes=tuple(prefixes),
            sets=tuple(sets),
            without=left_out,
            everything=everything,
        )

    def _numbered(self, interval: tree.Interval) -> list[str]:
        """The codes of an interval of whole numbers, as long as the first is written: «001–010»."""
        first, last = interval.text.split("–")
        if interval.low > interval.high:
            hint = "det minste tallet står først"
            self.fault("R309", f"intervallet «{interval.text}» er tomt", interval.span, hint)
        elif interval.high - interval.low > _MOST_NUMBERED or "," in interval.text:
            hint = f"et intervall går mellom hele tall og har høyst {_MOST_NUMBERED} koder"
            self.fault("R309", f"intervallet «{first}–{last}» kan ikke skrives ut", interval.span, hint)
        else:
            width = len(first) if first.startswith("0") else 0
            return [str(n).zfill(width) for n in range(int(interval.low), int(interval.high) + 1)]
        return []


def set_element(tables: Iterable[model.Table], value: model.Expr) -> str:
    """What an element of a set is called: what the column says, where the set is one of a table's columns."""
    if not isinstance(value, model.ColumnRef):
        return "element"
    column = next(table.field(value.column) for table in tables if table.id == value.table)
    return (column.element if column is not None else None) or f"{value.column}_element"


def _says_one_is(part: tree.Quantified) -> bool:
    """Whether a link of a chain says that at least one of a list is something."""
    one = part.quantifier.kind == "minst" and part.quantifier.number == 1
    return one and isinstance(part.body, tree.Comparison) and part.body.predicate == "er"


_BARE_VALUE = tree.Codes | tree.Quantity | tree.Member | tree.Interval | tree.DateValue | tree.MomentValue | tree.Text
"""What can stand alone in a chain and mean a value for the comparison before it."""


def _date_and_moment(left: Kind, right: Kind) -> str | None:
    """A hint, where one is a date and the other a point in time."""
    return "skriv «dato av …» om tidspunktet" if {left.name, right.name} == {"dato", "tidspunkt"} else None


def _function_span(expr: tree.Call) -> Span:
    """The span of the name that is applied."""
    return expr.span._replace(end_line=expr.span.line, end_column=expr.span.column + len(expr.function))


def _in_unit(kind: Kind) -> str:
    """A number's unit, as a message about it says."""
    if not kind.dimension:
        return "tall uten enhet"
    return kind.shown.shown if kind.shown is not None else dimension_text(kind.dimension)


def _relation(word: str) -> Literal["tidligere", "andre"]:
    """Which related elements a word names."""
    return "tidligere" if word == "tidligere" else "andre"
