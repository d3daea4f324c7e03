"""Expressions of the model as an author would write them: what reading them again turns into the same expression."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from compiler import model
from compiler.expressions import set_element
from compiler.runtime.verdier import tidspunkt_tekst

OPERATORS = {"==": "er", "!=": "er ikke", ">=": "er minst", "<=": "er høyst", ">": "er over", "<": "er under"}
_CHAINED = 2
"""How many parts a condition may have before it becomes a list."""
_LONG = 90
"""How long a condition may be before it becomes a list."""
_RUN = 3
"""How many numbers in a row are written as an interval."""
_PLAIN_CODE = re.compile(r"(?:[A-ZÆØÅ]{1,5}\d|\d)[\wÆØÅæøå.]*")


@dataclass(frozen=True, slots=True)
class Frame:
    """A record, or a code of a list, that names are looked up in."""

    variable: str
    record: model.Record | None
    relative: str | None = None
    """«tidligere» or «andre» for the elements of such a list."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes expressions in the scope of some records, the innermost last."""

    rulebook: model.Rulebook
    frames: tuple[Frame, ...] = ()

    def about(self, record_id: str, code: str | None = None) -> "Writer":
        """The writer for what is said of a record, or of a code that stands in one."""
        record = self.rulebook.record(record_id)
        frames = [Frame(record.variable, record)]
        while (outer := model.reached_from(record)) is not None:
            record = self.rulebook.record(outer)
            frames.insert(0, Frame(record.variable, record))
        of_code = [Frame(code, None)] if code is not None else []
        return replace(self, frames=(*frames, *of_code))

    def of_rows(self, table: str) -> "Writer":
        """The writer for what is said of the rows of a table."""
        return replace(self, frames=tuple(Frame(key, None) for key in self.rulebook.table(table).keys))

    def inside(self, items: model.ListExpr) -> "Writer":
        """The writer for what is said of the elements of a list."""
        return replace(self, frames=(*self.frames, self._frame(items)))

    # ---- conditions over several lines

    def condition(self, head: str, expr: model.Expr) -> Iterator[str]:
        """The lines of a condition after the words that lead to it: one line, or a list with bullets."""
        match expr:
            case model.Quantified(condition=inner, items=items) if inner is not None and self._is_listed(expr):
                said = f"{head}{quantifier(expr)} {self.items(items)} der "
                yield from self.inside(items).condition(said, inner)
            case model.All(parts=parts) if self._is_listed(expr):
                yield f"{head}alle disse er oppfylt"
                yield from self._bullets(parts)
            case model.Any(parts=parts, number=number) if self._is_listed(expr):
                yield f"{head}minst {count(number)} av disse er oppfylt"
                yield from self._bullets(parts)
            case model.Not(operand=model.Any(parts=parts)) if self._is_listed(expr):
                yield f"{head}ingen av disse er oppfylt"
                yield from self._bullets(parts)
            case _:
                yield f"{head}{self.inline(expr)}"

    def _bullets(self, parts: Sequence[model.Expr]) -> Iterator[str]:
        """The parts of a list, each with its bullet."""
        for part in parts:
            first, *rest = self.condition("", part)
            yield f"    - {first}"
            yield from (f"    {line}" for line in rest)

    def _is_listed(self, expr: model.Expr) -> bool:
        """Whether a condition is better, or only, written as a list."""
        match expr:
            case model.Any(number=number) if number > 1:
                return True
            case model.All(parts=parts) | model.Any(parts=parts):
                several = len(parts) > _CHAINED or len(parts) == 1 or any(map(self._is_listed, parts))
                return several or len(self.inline(expr)) > _LONG
            case model.Not(operand=model.Any(number=1) as operand):
                return self._is_listed(operand)
            case model.Quantified(condition=inner, items=items) if inner is not None and expr.quantifier != "alle":
                return _said_of(inner, items, self) is None and self.inside(items)._is_listed(inner)
            case _:
                return False

    # ---- one line

    def value(self, expr: model.Expr) -> str:
        """The expression in the place of a value, where a condition stands in parentheses."""
        return f"({self.inline(expr)})" if is_condition(expr) else self.inline(expr)

    def inline(self, expr: model.Expr) -> str:
        """The expression on one line."""
        match expr:
            case model.NumberValue(shown=shown) | model.StringValue(shown=shown):
                return shown
            case model.BoolValue(value=yes):
                return "ja" if yes else "nei"
            case model.DateConstant(value=day):
                return day.isoformat()
            case model.MomentConstant(value=moment):
                return tidspunkt_tekst(moment)
            case model.TermRef(id=name, argument=model.Element(variable=code)) if self._is_parameter(name, code):
                return name
            case model.TermRef(id=name, argument=argument) if argument is not None:
                return f"{name} av {self._argument(argument)}"
            case model.Get(variable=variable, field=name) | model.TermRef(id=name, variable=variable):
                return self._name(name, variable)
            case model.FieldOf(record=record, field=name):
                return f"{name} av {self._argument(record)}"
            case model.First(items=items):
                return f"første av {self._listed(items)}"
            case model.ListValue(items=items):
                return self.items(items)
            case model.GroupCode(value=value):
                return f"gruppekode av {self._argument(value)}"
            case model.Family(column=column, value=value):
                return f"{column} {code_or_text(value)}"
            case model.GroupRef(grouping=name, variable=variable):
                return self._name(name, variable)
            case model.Element(variable=name) | model.RateRef(id=name) | model.SetRef(id=name):
                return name
            case model.ColumnRef(column=column, keys=(key,)):
                return f"{column} av {self._argument(key)}"
            case model.ColumnRef(column=column, keys=keys):
                return f"{column} av {self._many(keys)}"
            case model.StepSum(column=column, amount=amount):
                return f"trinnsum av ({self._side(amount)}, {column})"
            case model.DatePart(part=part, value=value):
                return f"{part} av {self._argument(value)}"
            case model.CodeSet():
                return ", ".join(code_terms(expr))
            case model.UnknownValue(reason=reason):
                return f"ukjent {quoted(reason)}"
            case model.Round(value=value, rounding=rounding):
                return f"{self._side(value)} {rounded(rounding)}"
            case model.CountOf(items=items):
                return f"antall {self._listed(items)}"
            case model.Arithmetic() | model.TimeBetween() | model.Aggregate() | model.OfMany() | model.Union():
                return self._computed(expr)
            case _:
                return self._said(expr)

    def _computed(
        self, expr: model.Arithmetic | model.TimeBetween | model.Aggregate | model.OfMany | model.Union
    ) -> str:
        """A calculation on one line."""
        match expr:
            case model.Union(values=values):
                return f"samlet av {self._many(values)}"
            case model.Arithmetic() | model.TimeBetween():
                sign = expr.operator
                return f"{self._operand(expr.left, sign, first=True)} {sign} {self._operand(expr.right, sign)}"
            case model.OfMany(function=function, values=values):
                return f"{function} av {self._many(values)}"
            case model.Aggregate(function=function, items=items, value=value):
                inner = self.inside(items)
                narrowed = f" der {inner._part(items.condition)}" if isinstance(items, model.Where) else ""
                return f"{function} av {inner._side(value)} for hver {self._each(items)}{narrowed}"

    def _said(self, expr: model.Expr) -> str:
        """A condition on one line."""
        match expr:
            case model.Compare(left=left):
                return f"{self._side(left)} {self._predicate(expr)}"
            case model.InSet(item=item) | model.InInterval(item=item) | model.Lacks(item=item):
                return f"{self._side(item)} {self._predicate(expr)}"
            case model.Not(operand=model.InSet(item=item) | model.Lacks(item=item)):
                return f"{self._side(item)} {self._predicate(expr)}"
            case model.Not(operand=operand):
                return f"ikke {self._part(operand)}"
            case model.All(parts=parts):
                return " og ".join(map(self._part, parts))
            case model.Any(parts=parts):
                return " eller ".join(map(self._part, parts))
            case model.Quantified():
                return self._quantified(expr)
            case _:
                raise AssertionError(f"{expr.kind} is not a condition")

    def _predicate(self, expr: model.Expr) -> str:
        """What is said of the subject of a comparison."""
        match expr:
            case model.Compare(operator=operator, right=right):
                return f"{OPERATORS[operator]} {self._side(right)}"
            case model.InSet(codes=codes):
                return f"er i {self._side(codes)}"
            case model.Not(operand=model.InSet(codes=codes)):
                return f"er ikke i {self._side(codes)}"
            case model.InInterval(low=low, high=high):
                return f"er i {low.shown.split(' ')[0]}–{high.shown}"
            case model.Not(operand=model.Lacks()):
                return "finnes"
            case _:
                return "mangler"

    def _quantified(self, expr: model.Quantified) -> str:
        """«minst én av L P», on one line."""
        items, condition, said = expr.items, expr.condition, quantifier(expr)
        if condition is None:
            return f"{said} {self._listed(items)}"
        inner = self.inside(items)
        predicate = _said_of(condition, items, self)
        if predicate is not None:
            return f"{said} {self._listed(items)} {inner._predicate(predicate)}"
        match condition:
            case model.All(parts=(first, second)) if _said_of(second, items, self) is not None:
                return f"{said} ({self._listed(items)} der {inner._part(first)}) {inner._predicate(second)}"
            case _:
                return f"{said} {self._listed(items)} der {inner._part(condition)}"

    # ---- parts and their parentheses

    def _part(self, part: model.Expr) -> str:
        """A part of a chain, in parentheses where it is a chain itself."""
        text = self.inline(part)
        return f"({text})" if isinstance(part, model.All | model.Any) else text

    def _side(self, side: model.Expr) -> str:
        """A side of a comparison or the value of a sum: a calculation, with anything else in parentheses."""
        text = self.inline(side)
        return f"({text})" if isinstance(side, model.Aggregate | model.Round) or is_condition(side) else text

    def _operand(self, side: model.Expr, operator: str, first: bool = False) -> str:
        """A side of a calculation, in parentheses where it would be read otherwise."""
        if not isinstance(side, model.Arithmetic | model.TimeBetween):
            return self._side(side)
        loose, tight = side.operator in ("+", "−"), operator in ("×", "÷")
        unlike = (loose and (tight or not first)) or (tight and not first)
        return f"({self.inline(side)})" if unlike else self.inline(side)

    def _many(self, values: Sequence[model.Expr]) -> str:
        """Several values in parentheses; what narrows a list has parentheses of its own."""
        return f"({', '.join(self.inline(one) if _is_whole(one) else self._side(one) for one in values)})"

    def _argument(self, expr: model.Expr) -> str:
        """What stands after «av», in parentheses where it is more than a name."""
        text = self.inline(expr)
        plain = isinstance(expr, _AFTER_OF)
        return text if plain or (isinstance(expr, model.StringValue) and text[:1].isalpha()) else f"({text})"

    # ---- names and lists

    def _name(self, name: str, variable: str) -> str:
        """A field, term or grouping by its name, and by its record where another would be meant."""
        known = [frame for frame in self.frames if self._has(frame, name)]
        target = next((frame for frame in known if frame.variable == variable), None)
        if target is None or (target is known[-1] and (target.relative is None or len(known) == 1)):
            return name
        return f"{name} av {_spoken(target)}"

    def _has(self, frame: Frame, name: str) -> bool:
        """Whether a name means something of the record in a frame."""
        if frame.record is None:
            return False
        own = (term for term in self.rulebook.terms if term.record == frame.record.id and term.parameter is None)
        terms = any(term.id == name for term in own)
        groupings = any(g.id == name and g.record == frame.record.id for g in self.rulebook.groupings)
        return terms or groupings or frame.record.field(name) is not None

    def _is_parameter(self, term: str, code: str) -> bool:
        """Whether a term about a code is of the code in scope by its name alone."""
        return self.rulebook.term(term).parameter == code and not any(self._has(frame, term) for frame in self.frames)

    def items(self, items: model.ListExpr) -> str:
        """A list by its name, or narrowed by a condition."""
        match items:
            case model.Elements(field=name) | model.TermElements(id=name):
                return name
            case model.Chosen(grouping=id_):
                return id_
            case model.SetElements(value=value):
                return self.inline(value)
            case model.Rest(items=inner):
                return f"etter_første av {self._listed(inner)}"
            case model.Related(variable=variable, which=which):
                return f"{which} {self._field_of(variable).name}"
            case model.Where(items=inner, condition=condition):
                return f"{self.items(inner)} der {self.inside(inner)._part(condition)}"

    def _listed(self, items: model.ListExpr) -> str:
        """A list, in parentheses where it is narrowed."""
        return f"({self.items(items)})" if isinstance(items, model.Where) else self.items(items)

    def _each(self, items: model.ListExpr) -> str:
        """What one element of a list is called after «for hver»."""
        match items:
            case model.Where(items=inner) | model.Rest(items=inner):
                return self._each(inner)
            case model.Related(variable=variable, which=which):
                return f"{'tidligere' if which == 'tidligere' else 'annen'} {variable}"
            case model.Elements() | model.TermElements() | model.SetElements() | model.Chosen():
                return self._frame(items).variable

    def _frame(self, items: model.ListExpr) -> Frame:
        """The frame of the elements of a list."""
        match items:
            case model.Where(items=inner) | model.Rest(items=inner):
                return self._frame(inner)
            case model.TermElements(id=id_):
                term = self.rulebook.term(id_)
                of_term = self.rulebook.record(term.of) if term.of is not None else None
                default = f"{id_}_element" if of_term is None else of_term.variable
                return Frame(term.element or default, of_term)
            case model.Chosen(grouping=id_):
                grouping = next(grouping for grouping in self.rulebook.groupings if grouping.id == id_)
                return Frame(grouping.element or f"{id_}_gruppe", None)
            case model.SetElements(value=value):
                return Frame(set_element(self.rulebook.tables, value), None)
            case model.Related(variable=variable, which=which):
                return Frame(f"{which}_{variable}", self._record(variable), which)
            case model.Elements(variable=variable, field=name):
                record = self._record(variable)
                field = record.field(name) if record else None
                if field is None or field.of is None:
                    return Frame((field.element if field else None) or f"{name}_element", None)
                inner_record = self.rulebook.record(field.of)
                return Frame(inner_record.variable, inner_record)

    def _record(self, variable: str) -> model.Record | None:
        """The record that a variable holds."""
        return next((frame.record for frame in reversed(self.frames) if frame.variable == variable), None)

    def _field_of(self, variable: str) -> model.RecordField:
        """The list that the record of a variable stands in."""
        record = self._record(variable)
        assert record is not None
        outer = self.rulebook.record(record.outer or "")
        return next(field for field in outer.fields if field.of == record.id)


_AFTER_OF = (
    model.Get
    | model.TermRef
    | model.FieldOf
    | model.First
    | model.GroupRef
    | model.GroupCode
    | model.ColumnRef
    | model.Family
    | model.Element
    | model.RateRef
)
"""What can stand after «av» without parentheses."""


def _is_whole(expr: model.Expr) -> bool:
    """Whether an expression is a value over a whole list, which needs no parentheses among others."""
    return isinstance(expr, model.Aggregate) and not isinstance(expr.items, model.Where)


def is_condition(expr: model.Expr) -> bool:
    """Whether an expression is a condition that is more than a name."""
    kinds = model.Compare | model.InSet | model.InInterval | model.Lacks | model.All | model.Any | model.Not
    return isinstance(expr, kinds | model.Quantified)


def _said_of(condition: model.Expr, items: model.ListExpr, writer: Writer) -> model.Expr | None:
    """The condition, when it is said directly of the elements of a list of codes: «… er A0099»."""
    match condition:
        case model.Compare(left=model.Element(variable=name)):
            pass
        case model.InSet(item=model.Element(variable=name)) | model.Lacks(item=model.Element(variable=name)):
            pass
        case model.Not(operand=model.InSet(item=model.Element(variable=name))):
            pass
        case _:
            return None
    return condition if writer._frame(items).variable == name else None


def _spoken(frame: Frame) -> str:
    """What a record in scope is called after «av»."""
    if frame.relative is None:
        return frame.variable
    name = frame.variable.removeprefix(f"{frame.relative}_")
    return f"{'tidligere' if frame.relative == 'tidligere' else 'annen'} {name}"


def quantifier(expr: model.Quantified) -> str:
    """«minst én av», «alle», «ingen av»."""
    if expr.quantifier == "alle":
        return "alle"
    return "ingen av" if expr.quantifier == "ingen" else f"{expr.quantifier} {count(expr.number)} av"


def count(number: int) -> str:
    """A number of elements."""
    return "én" if number == 1 else str(number)


def code_or_text(value: str) -> str:
    """A code as it stands in a line: in quotes where it could be read as something else."""
    return value if _PLAIN_CODE.fullmatch(value) else quoted(value)


def quoted(text: str) -> str:
    """A text in quotes."""
    return f"«{text}»"


def rounded(rounding: model.Rounding) -> str:
    """«avrundet til hele kroner»."""
    direction = f" {rounding.direction}" if rounding.direction else ""
    if rounding.shown == "hele tall":
        return f"avrundet{direction} til hele"
    return f"avrundet{direction} til {'hele ' if rounding.step == 1 else ''}{rounding.shown}"


def number(value: Decimal, unit: model.Unit | None) -> str:
    """A number in base units as it is written in its unit, without the unit: every digit that was stated is kept."""
    written = value * unit.denominator / unit.numerator if unit is not None else value
    return f"{'−' if written < 0 else ''}{abs(written):,f}".replace(",", " ").replace(".", ",")


# ---- codes


def code_terms(codes: model.CodeSet, runs: bool = True) -> list[str]:
    """The parts of a set, so that those put together with commas are the set."""
    terms = [*(["alle"] if codes.everything else []), *_members(codes, runs)]
    left_out = _members(codes.without, runs) if codes.without is not None else []
    if len(left_out) > 1:
        left_out = joined(left_out)
    start = len(terms) - len(left_out)
    return [f"{term} unntatt {left_out[i - start]}" if i >= start else term for i, term in enumerate(terms)]


def _members(codes: model.CodeSet, runs: bool) -> list[str]:
    """The codes, intervals, prefixes and sets of a set, one by one."""
    intervals = [f"{low}–{high}" for low, high in codes.intervals]
    return [
        *(_runs(codes.codes) if runs else codes.codes),
        *intervals,
        *(f"{prefix}*" for prefix in codes.prefixes),
        *codes.sets,
    ]


def joined(terms: Sequence[str]) -> list[str]:
    """The terms with codes that follow each other as one: what stands after «unntatt» is one word."""
    made: list[str] = []
    for term in terms:
        if made and _is_code(term) and _is_code(made[-1].rsplit(", ", 1)[-1]):
            made[-1] += f", {term}"
        else:
            made.append(term)
    return made


def _is_code(term: str) -> bool:
    """Whether a term is a code with letters, or an interval of such, which is read together with those beside it."""
    return any(map(str.isdigit, term)) and not any(map(str.isdigit, term.split("–"))) and "_" not in term


def _runs(codes: Sequence[str]) -> Iterator[str]:
    """The codes, with numbers that follow each other as intervals: «11–15»."""
    i = 0
    while i < len(codes):
        last = i
        while last + 1 < len(codes) and _follows(codes[last], codes[last + 1]):
            last += 1
        if last - i + 1 >= _RUN:
            yield f"{codes[i]}–{codes[last]}"
        else:
            yield from codes[i : last + 1]
        i = last + 1


def _follows(code: str, other: str) -> bool:
    """Whether a code is the number after another, written as long."""
    if not (code.isdigit() and other.isdigit()):
        return False
    width = len(code) if code.startswith("0") else 0
    return str(int(code) + 1).zfill(width) == other
