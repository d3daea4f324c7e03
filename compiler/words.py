"""Expressions of the model in Norwegian words, for pages and explanations alike."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from compiler import model
from compiler.runtime.forklaring import TEXT_VALUE
from compiler.walk import nodes

_OPERATORS = {"==": "er", "!=": "er ikke", ">=": "er minst", "<=": "er høyst", ">": "er over", "<": "er under"}
_OF_DATES = {"<": "er før", "<=": "er til og med", ">": "er etter", ">=": "er fra og med"}
_MONTHS = (
    *("januar", "februar", "mars", "april", "mai", "juni"),
    *("juli", "august", "september", "oktober", "november", "desember"),
)
_NAMES = {2: "to", 3: "tre", 4: "fire", 5: "fem", 6: "seks", 7: "sju", 8: "åtte", 9: "ni", 10: "ti"}


def number(value: Decimal, unit: model.Unit | None = None, places: int | None = None) -> str:
    """A number in base units as it is written: «45 808 kr per poeng», «80 %», «−112,721 poeng»."""
    if unit is not None:
        exact = Fraction(value) * unit.denominator / unit.numerator
        value = Decimal(exact.numerator) / Decimal(exact.denominator)
    text = f"{abs(value):,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".") if places is None else text
    if places is not None:
        text = f"{abs(value):,.{places}f}"
    text = text.replace(",", "\u00a0").replace(".", ",")
    sign = "−" if value < 0 else ""
    return f"{sign}{text}\u00a0{unit.shown}" if unit is not None and unit.shown else f"{sign}{text}"


def day_shown(day: date) -> str:
    """A date as it is read: «1. juli 2020»."""
    return f"{day.day}.\u00a0{_MONTHS[day.month - 1]} {day.year}"


def moment_shown(moment: datetime) -> str:
    """A point in time as it is read: «1. juli 2020 kl. 14.30»."""
    clock = f"{moment:%H.%M.%S}" if moment.second else f"{moment:%H.%M}"
    return f"{day_shown(moment)} kl.\u00a0{clock}"


@dataclass(frozen=True, slots=True)
class Words:
    """Writes expressions in words; a subclass decides how names and texts are shown."""

    rulebook: model.Rulebook
    groups: frozenset[str] = field(init=False, repr=False)
    """The ids of the groups, which texts are looked up in."""
    choices: frozenset[str] = field(init=False, repr=False)
    """What fields of choices can be, which is read as words."""

    def __post_init__(self) -> None:
        """Collect the ids once."""
        object.__setattr__(self, "groups", frozenset(group.id for group in self.rulebook.groups))
        fields = [one for record in self.rulebook.records for one in record.fields]
        fields += [one for table in self.rulebook.tables for one in table.fields]
        object.__setattr__(self, "choices", frozenset(choice for one in fields for choice in one.choices))

    def ref(self, kind: str, id_: str, text: str) -> str:
        """How a reference to a definition is shown; the text has been through `text`."""
        return text

    def text(self, text: str) -> str:
        """How a piece of an author's text is shown."""
        return text

    # ---- conditions as lines

    def lines(self, expr: model.Expr, depth: int = 0) -> Iterator[tuple[int, str]]:
        """The condition as lines with a depth: a header and what stands under it, or one line."""
        header = self._header(expr)
        if header is None:
            yield depth, self.inline(expr)
            return
        text, parts = header
        yield depth, text
        for part in parts:
            yield from self.lines(part, depth + 1)

    def _header(self, expr: model.Expr) -> tuple[str, tuple[model.Expr, ...]] | None:
        """The line above a list of conditions, and the conditions; None where one line says it all."""
        match expr:
            case model.All(parts=parts) if len(parts) > 1:
                return "alle disse er oppfylt", parts
            case model.Any(parts=parts, number=count) if len(parts) > 1:
                short = all(isinstance(part, model.Compare | model.InSet) for part in parts) and len(parts) < 4
                if count == 1 and (short or _one_of(parts)):
                    return None
                return f"minst {_count(count)} av disse er oppfylt", parts
            case model.Not(operand=model.Any(parts=parts)):
                return "ingen av disse er oppfylt", parts
            case model.Quantified(condition=condition) if condition is not None and self._header(condition):
                return f"{self._quantifier(expr)} {self.items(expr.items)} der", (condition,)
            case _:
                return None

    # ---- one line

    def inline(self, expr: model.Expr) -> str:
        """The expression on one line."""
        match expr:
            case model.NumberValue(shown=shown):
                return self.text(shown)
            case model.BoolValue(value=yes):
                return "ja" if yes else "nei"
            case model.StringValue(value=value, shown=shown):
                if value in self.groups:
                    return self.ref("gruppe", value, self.text(shown))
                return self.text(spoken(shown) if value in self.choices else shown)
            case model.DateConstant(value=day):
                return day_shown(day)
            case model.MomentConstant(value=moment):
                return moment_shown(moment)
            case model.Get(variable=variable, field=name):
                return self.ref("felt", f"{variable}.{name}", self._of(spoken(name), variable))
            case model.Element(variable=variable):
                return self.text(spoken(variable))
            case model.FieldOf(record=record, field=name):
                return f"{self.text(spoken(name))} av {self.inline(record)}"
            case model.First(items=items):
                return f"første av {self.items(items)}"
            case model.ListValue(items=items):
                return self.items(items)
            case model.RateRef(id=id_):
                return self.ref("sats", id_, self.text(spoken(id_)))
            case model.TermRef(id=id_, argument=argument) if argument is not None:
                return f"{self.ref('begrep', id_, self.text(spoken(id_)))} av {self.inline(argument)}"
            case model.TermRef(id=id_, variable=variable):
                return self.ref("begrep", id_, self._of(spoken(id_), variable))
            case model.GroupRef(grouping=id_):
                return self.ref("gruppering", id_, self.text(spoken(id_)))
            case model.GroupCode(value=value):
                return f"gruppekode av {self.inline(value)}"
            case model.Family(column=column, value=value):
                return f"{self.text(spoken(column))} {self.text(value)}"
            case model.Union(values=values):
                return f"samlet av ({', '.join(map(self.inline, values))})"
            case model.ColumnRef(column=column, keys=(key,)):
                return f"{self.text(spoken(column))} av {self.inline(key)}"
            case model.ColumnRef(column=column, keys=keys):
                return f"{self.text(spoken(column))} av ({', '.join(map(self.inline, keys))})"
            case model.StepSum(column=column, amount=amount):
                return f"trinnsum av ({self.inline(amount)}, {self.text(spoken(column))})"
            case model.DatePart(part=part, value=value):
                return f"{part} av {self.inline(value)}"
            case model.SetRef(id=id_):
                return self.ref("kodesett", id_, self.text(spoken(id_)))
            case model.CodeSet():
                return self.codes(expr)
            case model.Compare(
                operator=operator, left=left, right=model.DateConstant() | model.MomentConstant() as right
            ):
                return f"{self.inline(left)} {(_OPERATORS | _OF_DATES)[operator]} {self.inline(right)}"
            case model.Compare(operator=operator, left=left, right=right):
                return f"{self.inline(left)} {_OPERATORS[operator]} {self.inline(right)}"
            case model.InSet(item=item, codes=codes):
                return f"{self.inline(item)} er i {self.inline(codes)}"
            case model.InInterval(item=item, low=low, high=high):
                first = low.shown.split(" ")[0]
                return f"{self.inline(item)} er i {self.text(first)}–{self.text(high.shown)}"
            case model.Lacks(item=item):
                return f"{self.inline(item)} mangler"
            case model.All(parts=parts):
                return " og ".join(map(self._part, parts)) or "alltid"
            case model.Any(parts=parts, number=1) if _one_of(parts):
                others = [self.inline(part.right) for part in parts[1:] if isinstance(part, model.Compare)]
                return f"{', '.join([self.inline(parts[0]), *others[:-1]])} eller {others[-1]}"
            case model.Any(parts=parts, number=1):
                return " eller ".join(map(self._part, parts))
            case model.Any(parts=parts, number=count):
                return f"minst {_count(count)} av disse: " + "; ".join(map(self.inline, parts))
            case model.Not(operand=operand):
                return self._negated(operand)
            case model.Quantified():
                return self._quantified(expr)
            case model.Aggregate(function=function, items=items, value=value):
                return f"{function} av {self.inline(value)} for hver i {self.items(items)}"
            case model.CountOf(items=items):
                return f"antall {self.items(items)}"
            case model.Arithmetic() | model.TimeBetween():
                return self._calculation(expr)
            case model.OfMany(function=function, values=values):
                return f"{function} av ({', '.join(map(self.inline, values))})"
            case model.Round(value=value, rounding=rounding):
                return f"({self.inline(value)} {self.rounding(rounding)})"
            case model.UnknownValue(reason=reason):
                return f"ukjent ({self.text(reason)})"

    def filled(self, requirement: model.Requirement) -> str:
        """The text of a requirement, with words for the values in it."""
        if not requirement.values:
            return self.text(requirement.text)
        first, *rest = map(self.text, TEXT_VALUE.split(requirement.text, len(requirement.values)))
        said = (f"({self.inline(value.value)})" for value in requirement.values)
        return "".join([first, *(f"{value}{text}" for value, text in zip(said, rest, strict=False))])

    def rounding(self, rounding: model.Rounding) -> str:
        """«avrundet til hele kroner»."""
        direction = f" {rounding.direction}" if rounding.direction else ""
        whole = "hele " if rounding.step == 1 and rounding.shown != "hele tall" else ""
        return f"avrundet{direction} til {whole}{self.text(rounding.shown)}"

    def items(self, items: model.ListExpr) -> str:
        """A list in words."""
        match items:
            case model.Elements(field=name):
                return self.text(spoken(name))
            case model.TermElements(id=id_):
                return self.ref("begrep", id_, self.text(spoken(id_)))
            case model.SetElements(value=value):
                return self.inline(value)
            case model.Chosen(grouping=id_):
                return self.ref("gruppering", id_, self.text(spoken(id_)))
            case model.Rest(items=inner):
                return f"{self.items(inner)} etter den første"
            case model.Related(variable=variable, which=which):
                listed = self._list_of(variable)
                return f"{which} {self.text(spoken(listed))}"
            case model.Where(items=inner, condition=condition):
                return f"{self.items(inner)} der {self.inline(condition)}"

    def gather_keys(self, gathering: model.Gathering) -> str:
        """What the records of a collection have in common: «pasient og måned av dato»."""
        said = [
            self.inline(key.value) if key.period is None else f"{key.period} av {self.inline(key.value)}"
            for key in gathering.keys
        ]
        return f"{', '.join(said[:-1])} og {said[-1]}" if len(said) > 1 else "".join(said)

    def gap(self, gap: model.Gap) -> str:
        """How near the records of a collection must follow each other: «under 2 døgn fra ut til neste inn»."""
        return f"under {self.text(gap.shown)} fra {self.inline(gap.end)} til neste {self.inline(gap.start)}"

    def codes(self, codes: model.CodeSet) -> str:
        """A set of codes in words."""
        parts = ["alle"] if codes.everything else []
        parts += [self.ref("kodesett", id_, self.text(spoken(id_))) for id_ in codes.sets]
        parts += [self.ref("kode", code, self.text(code)) for code in codes.codes]
        parts += [f"{self.text(low)}–{self.text(high)}" for low, high in codes.intervals]
        parts += [f"{self.text(prefix)}*" for prefix in codes.prefixes]
        text = ", ".join(parts) or "ingen"
        return f"{text} unntatt {self.codes(codes.without)}" if codes.without else text

    def _negated(self, operand: model.Expr) -> str:
        """The negation of a condition, as a sentence where there is one."""
        match operand:
            case model.Lacks(item=item):
                return f"{self.inline(item)} finnes"
            case model.InSet(item=item, codes=codes):
                return f"{self.inline(item)} er ikke i {self.inline(codes)}"
            case model.Any(parts=parts):
                return "ingen av disse: " + "; ".join(map(self.inline, parts))
            case _:
                return f"ikke {self._part(operand)}"

    def _quantifier(self, expr: model.Quantified) -> str:
        if expr.quantifier == "alle":
            return "alle"
        return "ingen av" if expr.quantifier == "ingen" else f"{expr.quantifier} {_count(expr.number)} av"

    def _quantified(self, expr: model.Quantified) -> str:
        head = f"{self._quantifier(expr)} {self.items(expr.items)}"
        match expr.condition:
            case None:
                return head
            case model.Compare(operator=operator, left=model.Element(), right=right):
                return f"{head} {_OPERATORS[operator]} {self.inline(right)}"
            case model.InSet(item=model.Element(), codes=codes):
                return f"{head} er i {self.inline(codes)}"
            case model.Not(operand=model.InSet(item=model.Element(), codes=codes)):
                return f"{head} er ikke i {self.inline(codes)}"
            case condition:
                return f"{head} der {self.inline(condition)}"

    def _part(self, part: model.Expr) -> str:
        """A part of a chain, in parentheses where it is a chain itself."""
        text = self.inline(part)
        return f"({text})" if isinstance(part, model.All | model.Any) and len(part.parts) > 1 else text

    def _calculation(self, expr: model.Arithmetic | model.TimeBetween) -> str:
        """Two values with the sign between them."""
        left = self._factor(expr.left, expr.operator)
        left = f"({left})" if _is_open(expr.left) else left
        return f"{left} {expr.operator} {self._factor(expr.right, expr.operator)}"

    def _factor(self, part: model.Expr, operator: str) -> str:
        """A side of a calculation, in parentheses where it must be."""
        text = self.inline(part)
        inner = isinstance(part, model.Arithmetic | model.TimeBetween) and (
            (operator in ("×", "÷") and part.operator in ("+", "−")) or operator == "÷" or operator == "−"
        )
        return f"({text})" if inner else text

    def _of(self, name: str, variable: str) -> str:
        """A name with the record it belongs to, where that is not plain."""
        which, _, rest = variable.partition("_")
        if which in ("tidligere", "andre") and rest:
            article = "tidligere" if which == "tidligere" else "annen"
            return f"{self.text(name)} av {article} {self.text(spoken(rest))}"
        return self.text(name)

    def _list_of(self, variable: str) -> str:
        """The name of the list whose elements a variable holds."""
        for record in self.rulebook.records:
            for one in record.fields:
                if one.of and variable in (one.element, self.rulebook.record(one.of).variable):
                    return one.name
        return variable


@dataclass(frozen=True, slots=True)
class Holds:
    """The part of the year that a rule holds in, and what else must hold for it."""

    start: date | None
    """Its first day, where that is after the year's first."""
    before: date | None
    """The day from which it no longer holds, where that is within the year."""
    rest: model.Expr | None

    @property
    def shown(self) -> str | None:
        """«fra og med 1. juli 2020», «til 1. mai 2021»; None for a rule that holds all year."""
        start = f"fra og med {day_shown(self.start)}" if self.start else ""
        end = f"til {day_shown(self.before)}" if self.before else ""
        return " ".join(filter(None, [start, end])) or None


def holds(rulebook: model.Rulebook, when: model.Expr | None) -> Holds:
    """A condition with the days taken out that «fra og med» put into it."""
    found = _without_days(when)
    start = found.start if found.start is not None and found.start > rulebook.valid_from else None
    return Holds(start, found.before, found.rest)


def _without_days(when: model.Expr | None) -> Holds:
    """The days of a condition, and the condition without them."""
    match when:
        case model.Compare(operator=">=", left=model.Get(required=True), right=model.DateConstant(value=day)):
            return Holds(day, None, None)
        case model.Compare(operator="<", left=model.Get(required=True), right=model.DateConstant(value=day)):
            return Holds(None, day, None)
        case model.All(parts=parts):
            found = [_without_days(part) for part in parts]
            start = max((one.start for one in found if one.start is not None), default=None)
            before = min((one.before for one in found if one.before is not None), default=None)
            if start is None and before is None:
                return Holds(None, None, when)
            rest = tuple(one.rest for one in found if one.rest is not None)
            return Holds(start, before, model.All(parts=rest) if len(rest) > 1 else rest[0] if rest else None)
        case _:
            return Holds(None, None, when)


def lenient_fields(node: object) -> tuple[str, ...]:
    """The fields whose conditions count as «nei» where the field was not given: «mangler teller som nei»."""
    fields = (one for one in nodes(node) if isinstance(one, model.Get | model.FieldOf | model.Elements))
    return tuple(dict.fromkeys(spoken(one.field) for one in fields if one.lenient))


def _is_open(part: model.Expr) -> bool:
    """Whether a value ends in a list, perhaps with a condition, that what follows would be read as part of."""
    narrowed = isinstance(part, model.CountOf) and isinstance(part.items, model.Where)
    return narrowed or isinstance(part, model.Aggregate)


def _one_of(parts: tuple[model.Expr, ...]) -> bool:
    """Whether the parts say that one thing is one of several values."""
    same = [part for part in parts if isinstance(part, model.Compare) and part.operator == "=="]
    return len(parts) > 1 and len(same) == len(parts) and all(part.left == same[0].left for part in same)


def spoken(name: str) -> str:
    """A name as it is read: words for underscores."""
    return name.replace("_", " ")


def not_stated(title_or_name: str, year: str, key: str | None = None) -> str:
    """The reason that a rate, or a column's value for a key, is unknown: «enhetsprisen er ikke oppgitt for 2021/22»."""
    text = spoken(title_or_name)
    starts_small = text[:1].lower() + text[1:] if text[1:2].islower() else text
    of_key = f" for {key}" if key is not None else ""
    return f"{starts_small}{of_key} er ikke oppgitt for {year}"


def not_before(name: str, day: date) -> str:
    """The reason that a rate is unknown before the first day that it is stated for."""
    return f"{spoken(name)} er ikke oppgitt før {day.isoformat()}"


def order_words(order: model.PromisedOrder) -> str:
    """An order that groups should stand in: «høyeste vekt først», «etter type, kirurgisk før medisinsk»."""
    column = spoken(order.column)
    said = f"{order.first} {column} først"
    if order.first is None:
        said = f"etter {column}, {' før '.join(' eller '.join(values) for values in order.kinds)}"
    return f"{said}, innen samme {spoken(order.within)}" if order.within is not None else said


def year_shown(rulebook: model.Rulebook) -> str:
    """«2020», or «2020/21» for a rule year that runs into the next."""
    return year_from(rulebook.year, rulebook.valid_from)


def year_from(year: int, start: date) -> str:
    """A rule year that begins on a day, as it is read."""
    return str(year) if (start.month, start.day) == (1, 1) else f"{year}/{(year + 1) % 100:02d}"


def _count(count: int) -> str:
    return "én" if count == 1 else _NAMES.get(count, str(count))
