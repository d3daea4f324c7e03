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
    field_kind,
    in_base,
    rate_kind,
    times,
    unit_of,
    without_shown,
)
from compiler.names import normal_code
from dsl import tree
from dsl.diagnostics import Diagnostic, Span, error, nearest

Resolved = tuple[model.Expr, Kind]
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

    def all_names(self) -> Iterable[str]:
        """Every name that an expression may use, for suggestions."""


@dataclass
class Expressions:
    """Resolves expressions in the scope of some records."""

    names: Names
    report: Callable[[Diagnostic], None]
    frames: list[Frame] = field(default_factory=list)

    def inside(self, frame: Frame) -> "Expressions":
        """The same names with one more record in scope."""
        return Expressions(self.names, self.report, [*self.frames, frame])

    def fault(self, code: str, message: str, span: Span, hint: str | None = None) -> Resolved:
        """Report a fault, and go on with a value that fits everywhere."""
        self.report(error(code, message, span, hint))
        return _NOTHING, UNKNOWN

    # ---- conditions

    def condition(self, expr: tree.Expr) -> model.Expr:
        """The expression as a condition."""
        found, kind = self.value(expr)
        if kind.name in ("ja/nei", "ukjent"):
            return found
        hint = "skriv hva som skal gjelde, for eksempel «… er …»"
        if kind.name in ("liste", "mengde"):
            hint = "skriv «minst én av …»"
        return self.fault("R303", f"her ventes et vilkår, ikke {kind.words}", expr.span, hint)[0]

    def chain(self, expr: tree.AnyOf | tree.AllOf) -> tuple[model.Expr, ...]:
        """The parts of a chain; a bare value after «eller» takes over the last subject and predicate."""
        parts: list[model.Expr] = []
        last: tree.Comparison | None = None
        for part in expr.parts:
            if last is not None and isinstance(expr, tree.AnyOf) and not expr.is_list and self._is_bare_value(part, last):
                if last.predicate in ("er ikke", "ikke i"):
                    hint = "skriv en liste under «ingen av disse er oppfylt»"
                    self.fault("R304", f"«{last.predicate} … eller …» kan leses på to måter", part.span, hint)
                    continue
                parts.append(self.comparison(tree.Comparison(last.subject, last.predicate, part, part.span)))
                continue
            if isinstance(part, tree.Comparison):
                last = part
            elif isinstance(part, tree.Quantified) and isinstance(part.body, tree.Comparison):
                last = None
            parts.append(self.condition(part))
        return tuple(parts)

    def _is_bare_value(self, part: tree.Expr, last: tree.Comparison) -> bool:
        """Whether a link of a chain is a value for the comparison before it."""
        if isinstance(part, tree.Codes | tree.Quantity | tree.Member | tree.Interval | tree.DateValue | tree.Text):
            return True
        if isinstance(part, tree.Name):
            return self._field_or_term(part) is None or self._is_choice(part.name, last.subject)
        return False

    def _is_choice(self, name: str, subject: tree.Expr) -> bool:
        quiet = Expressions(self.names, lambda _: None, self.frames)
        return name in quiet.value(subject)[1].choices

    def comparison(self, expr: tree.Comparison) -> model.Expr:
        """«subject predicate value» as a condition."""
        subject, kind = self.value(expr.subject)
        if kind.name in ("liste", "mengde") and expr.predicate not in ("mangler", "finnes"):
            hint = "skriv «minst én av …» foran listen"
            return self.fault("R305", "en liste kan ikke sammenlignes", expr.subject.span, hint)[0]
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
        value, value_kind = self.value(expr.value, kind)
        self._check_comparable(kind, value_kind, expr)
        if operator not in ("==", "!=") and kind.name not in ("tall", "dato", "ukjent"):
            self.fault("R306", f"«{expr.predicate}» gjelder tall og datoer, ikke {kind.words}", expr.span)
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
            self.fault("R302", f"{left.words} kan ikke sammenlignes med {right.words}", expr.span)

    def _unit_fault(self, left: Kind, right: Kind, at: tree.Expr) -> None:
        """Report two numbers whose units differ."""
        hint = None
        if not right.dimension and isinstance(at, tree.Quantity) and left.shown is not None:
            hint = f"skriv enheten: «{at.text} {left.shown.shown}»"
        elif isinstance(at, tree.Quantity) and left.shown is not None:
            hint = f"feltet er oppgitt i {left.shown.shown}"
        message = f"enhetene passer ikke: {dimension_text(left.dimension)} mot {dimension_text(right.dimension)}"
        self.fault("R301", message, at.span, hint)

    def _membership(self, item: model.Expr, kind: Kind, expr: tree.Expr) -> model.Expr:
        """Whether an item is in what an expression names: a set, a list of codes, or an interval."""
        if isinstance(expr, tree.Interval):
            dimension, factor, _ = unit_of(expr.unit)
            if kind.name not in ("tall", "ukjent"):
                return self.fault("R302", f"{kind.words} kan ikke ligge i et intervall av tall", expr.span)[0]
            if kind.name == "tall" and kind.dimension != dimension:
                self._unit_fault(kind, Kind("tall", dimension), expr)
            unit = f" {expr.unit.word}" if expr.unit else ""
            low = model.NumberValue(value=in_base(expr.low, factor), shown=f"{expr.low}".replace(".", ",") + unit)
            high = model.NumberValue(value=in_base(expr.high, factor), shown=f"{expr.high}".replace(".", ",") + unit)
            return model.InInterval(item=item, low=low, high=high)
        if kind.name not in ("kode", "valg", "gruppe", "tekst", "ukjent"):
            return self.fault("R302", f"{kind.words} kan ikke være i en mengde", expr.span)[0]
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
                items, frame = self._items(expr.items)
                return (model.CountOf(items=items), Kind("tall")) if items and frame else (_NOTHING, UNKNOWN)
            case tree.Rounded(value=inner, rounding=rounding):
                found, kind = self.value(inner)
                return model.Round(value=found, rounding=self.rounding(rounding, kind)), kind
            case tree.Unknown(reason=reason):
                return model.UnknownValue(reason=reason or "verdien er ukjent"), UNKNOWN
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
                return self.fault("R307", "et intervall kan bare stå etter «er i»", expr.span)
            case tree.Filtered():
                return self.fault("R307", "en liste med «der» kan bare stå etter «minst én av» og lignende", expr.span)
            case tree.Relative():
                return self.fault("R307", f"«{expr.word} {expr.name}» kan ikke stå alene her", expr.span)

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
            rate = self.names.rates[name]
            return model.RateRef(id=name), rate_kind(rate)
        if name in self.names.sets:
            return model.SetRef(id=name), Kind("mengde")
        if name in self.names.groups:
            return model.StringValue(value=name, shown=name), Kind("gruppe")
        columns = [table for table in self.names.tables.values() if table.field(name) is not None]
        if columns:
            hint = f"skriv hva det gjelder: «{name} av {columns[0].key}»"
            return self.fault("R204", f"«{name}» er en kolonne og trenger en nøkkel", expr.span, hint)
        if wanted.name == "valg":
            return self._choice(name, wanted, expr.span)
        return self.fault("R201", f"ukjent navn «{name}»", expr.span, nearest(name, self.names.all_names()))

    def _field_or_term(self, expr: tree.Name) -> Resolved | None:
        """A field, term or grouping of the innermost record that has one by this name; or the element itself."""
        for frame in reversed(self.frames):
            if frame.codes is not None and frame.variable == expr.name:
                return model.Element(variable=frame.variable), frame.codes
            if frame.record is not None:
                found = self._of_record(expr.name, frame)
                if found is not None:
                    return found
        return None

    def _of_record(self, name: str, frame: Frame) -> Resolved | None:
        """A field, term or grouping of one record."""
        record = frame.record
        assert record is not None
        found = record.field(name)
        if found is not None:
            return model.Get(variable=frame.variable, field=name), field_kind(found)
        grouping = self.names.groupings.get(name)
        if grouping is not None and grouping.record == record.id:
            return model.GroupRef(grouping=name, variable=frame.variable), Kind("gruppe")
        kind = self.names.term_kind(name) if self.names.term_record(name) == record.id else None
        if kind is not None:
            return model.TermRef(id=name, variable=frame.variable), kind
        return None

    def _member(self, expr: tree.Member) -> Resolved:
        shown = f"{expr.scheme} {expr.id}"
        if shown in self.names.groups:
            return model.StringValue(value=shown, shown=shown), Kind("gruppe")
        hint = nearest(shown, self.names.groups) or "en gruppe må være skrevet med «gruppe» før den kan nevnes"
        return self.fault("R201", f"ukjent gruppe «{shown}»", expr.span, hint)

    def _call(self, expr: tree.Call) -> Resolved:
        """A function of a record (its field or term) or of a key (a column of a table)."""
        frame = self._frame_named(expr.argument)
        if frame is not None and frame.record is not None:
            found = self._of_record(expr.function, frame)
            if found is not None:
                return found
            known = [f.name for f in frame.record.fields]
            message = f"«{frame.record.id}» har ikke noe som heter «{expr.function}»"
            return self.fault("R201", message, expr.span, nearest(expr.function, known))
        tables = [table for table in self.names.tables.values() if table.field(expr.function) is not None]
        if not tables:
            columns = [f.name for table in self.names.tables.values() for f in table.fields]
            return self.fault("R201", f"ukjent kolonne «{expr.function}»", expr.span, nearest(expr.function, columns))
        table = tables[0]
        wanted = Kind("gruppe" if table.key == "gruppe" else "kode")
        key, kind = self.value(expr.argument, wanted)
        if kind.name not in (wanted.name, "ukjent"):
            message = f"tabellen «{table.id}» slås opp med {table.key}, ikke med {kind.words}"
            return self.fault("R302", message, expr.argument.span)
        column = table.field(expr.function)
        assert column is not None
        return model.ColumnRef(table=table.id, column=column.name, key=key), field_kind(column)

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
        for side, kind in ((expr.left, left_kind), (expr.right, right_kind)):
            if kind.name not in ("tall", "ukjent"):
                return self.fault("R302", f"det kan ikke regnes med {kind.words}", side.span)
        node = model.Arithmetic(operator=expr.operator, left=left, right=right)
        if "ukjent" in (left_kind.name, right_kind.name):
            return node, UNKNOWN
        if expr.operator in ("+", "−"):
            if left_kind.dimension != right_kind.dimension:
                self._unit_fault(left_kind, right_kind, expr.right)
            return node, without_shown(left_kind)
        sign = 1 if expr.operator == "×" else -1
        return node, Kind("tall", times(left_kind.dimension, right_kind.dimension, sign))

    def _of_many(self, expr: tree.OfMany) -> Resolved:
        if expr.kind == "samlet":
            return self.fault("R307", "«samlet av» over flere mengder er ikke tatt inn i språket ennå", expr.span)
        found = [self.value(value) for value in expr.values]
        kinds = [kind for _, kind in found if kind.name != "ukjent"]
        if kinds and any(kind.dimension != kinds[0].dimension for kind in kinds):
            self._unit_fault(kinds[0], next(k for k in kinds if k.dimension != kinds[0].dimension), expr.values[-1])
        function: Literal["høyeste", "laveste", "sum"] = expr.kind  # type: ignore[assignment]
        node = model.OfMany(function=function, values=tuple(value for value, _ in found))
        return node, without_shown(kinds[0]) if kinds else UNKNOWN

    def _aggregate(self, expr: tree.Aggregate) -> Resolved:
        if expr.kind == "samlet":
            return self.fault("R307", "«samlet av … for hver» er ikke tatt inn i språket ennå", expr.span)
        items, frame = self._each(expr.element)
        if items is None or frame is None:
            return _NOTHING, UNKNOWN
        inner = self.inside(frame)
        if expr.condition is not None:
            condition = inner.condition(expr.condition)
            items = model.Where(items=items, variable=frame.variable, condition=condition)
        value, kind = inner.value(expr.value)
        if kind.name not in ("tall", "ukjent"):
            return self.fault("R302", f"«{expr.kind} av» gjelder tall, ikke {kind.words}", expr.value.span)
        function: Literal["sum", "høyeste", "laveste"] = expr.kind  # type: ignore[assignment]
        node = model.Aggregate(function=function, items=items, variable=frame.variable, value=value)
        return node, without_shown(kind)

    def rounding(self, rounding: tree.Rounding, kind: Kind) -> model.Rounding:
        """What a value of a kind is rounded to."""
        dimension, factor, unit = unit_of(rounding.unit)
        if rounding.unit is not None and kind.name == "tall" and kind.dimension != dimension and unit and unit.shown != "%":
            message = f"verdien er i {dimension_text(kind.dimension)} og kan ikke avrundes til {unit.shown}"
            self.fault("R301", message, rounding.span)
        shown = unit.shown if unit else "hele tall"
        step = in_base(Decimal(1), factor)
        return model.Rounding(step=step, direction=rounding.direction, shown=shown)

    # ---- lists

    def _quantified(self, expr: tree.Quantified) -> model.Expr:
        """«minst én av L P», with P a comparison of the elements or a condition after «der»."""
        body, condition = expr.body, None
        subject = body.subject if isinstance(body, tree.Comparison) else body
        inner_condition: tree.Expr | None = None
        if isinstance(subject, tree.Filtered):
            subject, inner_condition = subject.items, subject.condition
        items, frame = self._items(subject)
        if items is None or frame is None:
            return _NOTHING
        inside = self.inside(frame)
        if inner_condition is not None:
            condition = inside.condition(inner_condition)
        if isinstance(body, tree.Comparison):
            if frame.codes is None:
                hint = f"skriv hvilket felt det gjelder, med «der»: «{expr.quantifier.kind} … av … der …»"
                return self.fault("R305", "elementene er opplysninger og kan ikke sammenlignes", body.span, hint)[0]
            said = inside.predicate(model.Element(variable=frame.variable), frame.codes, body)
            condition = said if condition is None else model.All(parts=(condition, said))
        elif expr.quantifier.kind == "alle":
            hint = "skriv «ingen av … der … ikke …»"
            return self.fault("R308", "«alle» mangler det som skal gjelde for elementene", expr.span, hint)[0]
        return model.Quantified(
            quantifier=expr.quantifier.kind,
            number=expr.quantifier.number,
            items=items,
            variable=frame.variable,
            condition=condition,
        )

    def _items(self, expr: tree.Expr) -> tuple[model.ListExpr | None, Frame | None]:
        """The list that an expression names, and the frame of its elements."""
        if isinstance(expr, tree.Relative):
            return self._related(expr)
        if isinstance(expr, tree.Filtered):
            items, frame = self._items(expr.items)
            if items is None or frame is None:
                return None, None
            condition = self.inside(frame).condition(expr.condition)
            return model.Where(items=items, variable=frame.variable, condition=condition), frame
        if isinstance(expr, tree.Name):
            for frame in reversed(self.frames):
                found = frame.record.field(expr.name) if frame.record is not None else None
                if found is not None and found.kind in ("liste", "koder"):
                    return self._list_field(found, frame)
        if isinstance(expr, tree.Name) and self._field_or_term(expr) is None:
            self.fault("R201", f"ukjent liste «{expr.name}»", expr.span, nearest(expr.name, self._lists()))
        else:
            self.fault("R305", "her ventes en liste", expr.span, nearest(getattr(expr, "name", ""), self._lists()))
        return None, None

    def _list_field(self, found: model.RecordField, frame: Frame) -> tuple[model.ListExpr, Frame]:
        items = model.Elements(variable=frame.variable, field=found.name)
        if found.kind == "koder":
            name = found.element or f"{found.name}_element"
            return items, Frame(name, None, codes=Kind("kode", origins=found.origins))
        record = self.names.records[found.of or ""]
        return items, Frame(record.variable, record)

    def _related(self, expr: tree.Relative) -> tuple[model.ListExpr | None, Frame | None]:
        """«tidligere linjer» and «andre linjer» of the element in scope."""
        for frame in reversed(self.frames):
            if frame.record is None or frame.record.outer is None or frame.relative is not None:
                continue
            outer = self.names.records[frame.record.outer]
            listed = next((f for f in outer.fields if f.of == frame.record.id), None)
            if listed is not None and expr.name in (listed.name, listed.element, frame.record.variable):
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
                    names |= {self.names.records[found.of].variable, found.of}
                if found.kind in ("liste", "koder") and element.name in names:
                    return self._list_field(found, frame)
        elements = [f.element for frame in self.frames if frame.record for f in frame.record.fields if f.element]
        hint = nearest(element.name, elements)
        self.fault("R201", f"ingen liste har elementer som heter «{element.name}»", element.span, hint)
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
                                self.fault("R309", f"intervallet «{part}» er tomt", value.span, "den minste koden står først")
                        elif part.endswith("*"):
                            prefixes.append(normal_code(part[:-1]))
                        else:
                            codes.append(normal_code(part))
                case tree.Quantity(unit=None, text=text):
                    codes.append(text.replace(" ", ""))
                case tree.Interval(low=first, high=last, unit=None):
                    if first > last:
                        self.fault("R309", f"intervallet «{first}–{last}» er tomt", value.span, "det minste tallet står først")
                    codes += [str(n) for n in range(int(first), int(last) + 1)]
                case tree.Name(name=name) if name in self.names.sets:
                    sets.append(name)
                case tree.AllItems(exceptions=exceptions):
                    everything = True
                    if exceptions is not None:
                        without.append(exceptions)
                case tree.Arithmetic(operator="unntatt", left=left, right=right):
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
                    self.fault("R302", "her ventes koder eller navn på kodesett", value.span)
        left_out = self.code_set(without) if without else None
        return model.CodeSet(
            codes=tuple(codes),
            intervals=tuple(intervals),
            prefixes=tuple(prefixes),
            sets=tuple(sets),
            without=left_out,
            everything=everything,
        )


def _relation(word: str) -> Literal["tidligere", "andre"]:
    """Which related elements a word names."""
    return "tidligere" if word == "tidligere" else "andre"

