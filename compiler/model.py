"""One complete rule year, in frozen nodes: what evaluation, generation, pages and comparison all start from.

Numbers are exact and in base units: kroner, poeng, days, minutes, months; a percentage is its fraction.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    StrictStr,
    WithJsonSchema,
)

from compiler.runtime.lesing import Felt
from dsl.diagnostics import Span

if TYPE_CHECKING:
    from compiler.amounts import Amount

MODEL_VERSION = 4
"""The version of the JSON that a rulebook is exported as."""


class Node(BaseModel):
    """A frozen node."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def model_copy(self, *, update: Mapping[str, object] | None = None, deep: bool = False) -> Self:
        """A copy, without what was worked out from the old one and kept."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied


def _digits(value: Decimal) -> str:
    """An exact number as JSON has it: all its digits, and never an exponent."""
    return f"{value:f}"


def _from_cell(value: object) -> object:
    """The number in a cell of a row; only what JSON marks as a number is one, so that «010» stays a text."""
    match value:
        case Decimal():
            return value
        case {"kind": "number", "value": str(digits), **rest} if not rest:
            return digits
        case _:
            raise ValueError('skriv tallet som {"kind": "number", "value": "1.5"}')


def _to_cell(value: Decimal) -> dict[str, str]:
    """The number in a cell of a row as JSON has it."""
    return {"kind": "number", "value": _digits(value)}


_DIGITS = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
_NUMBER_CELL = {
    "type": "object",
    "properties": {"kind": {"const": "number"}, "value": _DIGITS},
    "required": ["kind", "value"],
    "additionalProperties": False,
}

Number = Annotated[Decimal, PlainSerializer(_digits, when_used="json"), WithJsonSchema(_DIGITS)]
"""An exact number in base units: a string in JSON."""


def _is_empty(value: object) -> bool:
    """Whether a value says nothing, so that JSON leaves its key out."""
    return not value


NumberCell = Annotated[
    Decimal, BeforeValidator(_from_cell), PlainSerializer(_to_cell, when_used="json"), WithJsonSchema(_NUMBER_CELL)
]


class Place(Node):
    """Where a definition stands in the rulebook's text."""

    path: str
    line: int
    chapter: str
    """The chapter's id: the name of its file, without suffix."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"

    @property
    def span(self) -> Span:
        """The line, where it is all that is known of the place."""
        return Span(self.path, self.line, 1, self.line, 2)


class Citation(Node):
    """A source, and where in it."""

    source: str
    place: str | None = None


class Change(Node):
    """What a rule year said about a definition it inherited or made."""

    year: int
    kind: Literal["ny", "endret", "opphevet"]
    because: str | None = None


class Definition(Node):
    """What all definitions have: an id that never changes, words, place, sources and history."""

    id: str
    title: str | None = None
    place: Place
    citations: tuple[Citation, ...] = ()
    derived: str | None = None
    since: int
    """The rule year that declared it."""
    changes: tuple[Change, ...] = ()
    ends: date | None = None
    """The day from which it no longer holds, when it ends within the year."""
    starts: date | None = None
    """The day from which it holds, when it begins within the year."""

    @property
    def last_changed(self) -> int:
        """The last rule year that declared or changed this definition."""
        return max([self.since, *(change.year for change in self.changes)])


# ---- expressions


class NumberValue(Node):
    """A number in base units, with the author's writing of it."""

    kind: Literal["number"] = "number"
    value: Number
    shown: str


class BoolValue(Node):
    """«ja» or «nei»."""

    kind: Literal["bool"] = "bool"
    value: bool


class StringValue(Node):
    """A code, a choice, a group or a text."""

    kind: Literal["string"] = "string"
    value: str
    shown: str


class DateConstant(Node):
    """A date."""

    kind: Literal["date"] = "date"
    value: date


class MomentConstant(Node):
    """A point in time."""

    kind: Literal["moment"] = "moment"
    value: datetime


class Get(Node):
    """A field of a record; `variable` names the record."""

    kind: Literal["get"] = "get"
    variable: str
    field: str
    lenient: bool = False
    """A field that was not given counts as one that may be missing: «mangler teller som nei»."""
    required: bool = False
    """A field that may be missing counts as one that was not given: a rule for part of a year asks for the date."""


class Element(Node):
    """An element of a list of codes; `variable` names it."""

    kind: Literal["element"] = "element"
    variable: str


class FieldOf(Node):
    """A field of the record that an expression comes to: «kode av hoveddiagnose»."""

    kind: Literal["field_of"] = "field_of"
    record: "Expr"
    field: str
    lenient: bool = False


class RateRef(Node):
    """The value of a rate; `variable` names the record whose date says which, where it changes within the year."""

    kind: Literal["rate"] = "rate"
    id: str
    variable: str | None = None


class TermRef(Node):
    """The value of a term or calculation, of the record that `variable` names.

    `argument` is the code that the term is about, or else the record itself where no variable names it.
    """

    kind: Literal["term"] = "term"
    id: str
    variable: str
    argument: "Expr | None" = None


class GroupRef(Node):
    """The group that a grouping gives the record that `variable` names."""

    kind: Literal["group"] = "group"
    grouping: str
    variable: str


class ColumnRef(Node):
    """A column of a table, looked up by its key."""

    kind: Literal["column"] = "column"
    table: str
    column: str
    key: "Expr"
    more_keys: tuple["Expr", ...] = ()

    @property
    def keys(self) -> tuple["Expr", ...]:
        """What the row is looked up by."""
        return (self.key, *self.more_keys)


class StepSum(Node):
    """A number shared out on the steps of a table, each part times what the column says of its step.

    The table's key is the last number of each step. There is no value of a number above the last step.
    """

    kind: Literal["steps"] = "steps"
    table: str
    column: str
    amount: "Expr"


class GroupCode(Node):
    """The code of a group without its scheme: «290» of DRG 290."""

    kind: Literal["group_code"] = "group_code"
    value: "Expr"


class First(Node):
    """The first element of a list."""

    kind: Literal["first"] = "first"
    items: "ListExpr"


class DatePart(Node):
    """The year, tertial, month or day of the week of a date or a point in time, as a number; or the latter's date."""

    kind: Literal["date_part"] = "date_part"
    part: Literal["år", "måned", "tertial", "ukedag", "dato"]
    value: "Expr"


class SetRef(Node):
    """A named code set."""

    kind: Literal["set"] = "set"
    id: str


class Family(Node):
    """The keys of a table whose rows have a value in a column: «dgprop 90X13»."""

    kind: Literal["family"] = "family"
    table: str
    column: str
    value: str


class Union(Node):
    """The elements of several sets, and codes, as one set."""

    kind: Literal["union"] = "union"
    values: tuple["Expr", ...]


class CodeSet(Node):
    """A set of codes: single codes, intervals and prefixes, less some; or everything except those (`everything`)."""

    kind: Literal["codes"] = "codes"
    codes: tuple[str, ...] = ()
    intervals: tuple[tuple[str, str], ...] = ()
    prefixes: tuple[str, ...] = ()
    without: "CodeSet | None" = None
    everything: bool = False
    sets: tuple[str, ...] = ()
    """Named sets that are part of this one."""

    @property
    def is_listed(self) -> bool:
        """Whether the set is just the single codes that are written."""
        return not (self.intervals or self.prefixes or self.sets or self.without or self.everything)

    def has(self, code: str, named: "Callable[[str], CodeSet]") -> bool:
        """Whether a code is in the set; `named` finds the sets that are part of it."""
        inside = (
            self.everything
            or code in self.codes
            or any(code.startswith(prefix) for prefix in self.prefixes)
            or any(low <= code and code[: len(high)] <= high for low, high in self.intervals)
            or any(named(id_).has(code, named) for id_ in self.sets)
        )
        return inside and not (self.without is not None and self.without.has(code, named))


class Compare(Node):
    """Two values compared."""

    kind: Literal["compare"] = "compare"
    operator: Literal["==", "!=", "<", "<=", ">", ">="]
    left: "Expr"
    right: "Expr"


class InSet(Node):
    """Whether a code is in a set."""

    kind: Literal["in"] = "in"
    item: "Expr"
    codes: "Expr"


class InInterval(Node):
    """Whether a number lies between two others, both included."""

    kind: Literal["between"] = "between"
    item: "Expr"
    low: NumberValue
    high: NumberValue


class Lacks(Node):
    """Whether a value is missing."""

    kind: Literal["lacks"] = "lacks"
    item: "Expr"


class All(Node):
    """All parts hold."""

    kind: Literal["all"] = "all"
    parts: tuple["Expr", ...]


class Any(Node):
    """At least `number` of the parts hold."""

    kind: Literal["any"] = "any"
    parts: tuple["Expr", ...]
    number: int = 1


class Not(Node):
    """The operand does not hold."""

    kind: Literal["not"] = "not"
    operand: "Expr"


class Elements(Node):
    """The elements of a list field."""

    kind: Literal["elements"] = "elements"
    variable: str
    field: str
    lenient: bool = False


class TermElements(Node):
    """The elements of a term whose value is a list or a set of codes."""

    kind: Literal["term_elements"] = "term_elements"
    id: str
    variable: str


class SetElements(Node):
    """The codes of a set that a value is: a column of codes, looked up."""

    kind: Literal["set_elements"] = "set_elements"
    value: "Expr"


class Chosen(Node):
    """The groups that a grouping of a collection chose, each by its id."""

    kind: Literal["chosen"] = "chosen"
    grouping: str
    variable: str


class Rest(Node):
    """The elements of a list after the first."""

    kind: Literal["rest"] = "rest"
    items: "ListExpr"


class ListValue(Node):
    """A list as a value: what a term whose value is a list stands for."""

    kind: Literal["list"] = "list"
    items: "ListExpr"


class Related(Node):
    """The elements before the one that `variable` names in its list, or all others in it, that count."""

    kind: Literal["related"] = "related"
    variable: str
    which: Literal["tidligere", "andre"]


class Where(Node):
    """A list narrowed by a condition on its elements."""

    kind: Literal["where"] = "where"
    items: "ListExpr"
    variable: str
    condition: "Expr"


class Quantified(Node):
    """How many elements satisfy a condition; without a condition, how many there are."""

    kind: Literal["quantified"] = "quantified"
    quantifier: Literal["minst", "høyst", "nøyaktig", "ingen", "alle"]
    number: int
    items: "ListExpr"
    variable: str
    condition: "Expr | None"


Function = Literal["sum", "høyeste", "laveste", "gjennomsnitt", "standardavvik"]
"""What several numbers come to; the standard deviation is that of a sample, over n − 1."""


class Aggregate(Node):
    """A value over the elements of a list: what their numbers come to, or all their codes as one set (`samlet`)."""

    kind: Literal["aggregate"] = "aggregate"
    function: Function | Literal["samlet"]
    items: "ListExpr"
    variable: str
    value: "Expr"


class CountOf(Node):
    """The number of elements of a list."""

    kind: Literal["count"] = "count"
    items: "ListExpr"


class Arithmetic(Node):
    """Two numbers joined."""

    kind: Literal["arithmetic"] = "arithmetic"
    operator: Literal["+", "−", "×", "÷"]
    left: "Expr"
    right: "Expr"


class TimeBetween(Node):
    """The time from one date to another in days, or from one point in time to another in minutes."""

    kind: Literal["time_between"] = "time_between"
    unit: Literal["dag", "minutt"]
    left: "Expr"
    """The later of the two, or the time is negative."""
    right: "Expr"

    @property
    def operator(self) -> Literal["−"]:
        """How it is written."""
        return "−"


class OfMany(Node):
    """What some values come to."""

    kind: Literal["of_many"] = "of_many"
    function: Function
    values: tuple["Expr", ...]


class Rounding(Node):
    """Rounding to a step in base units: half away from zero unless up or down."""

    step: Number
    direction: Literal["opp", "ned"] | None = None
    shown: str


class Round(Node):
    """A rounded value."""

    kind: Literal["round"] = "round"
    value: "Expr"
    rounding: Rounding


class UnknownValue(Node):
    """A value that the rulebook says is unknown, with the reason."""

    kind: Literal["unknown"] = "unknown"
    reason: str


ListExpr = Annotated[
    Elements | TermElements | SetElements | Chosen | Rest | Related | Where, Field(discriminator="kind")
]
Expr = Annotated[
    NumberValue
    | BoolValue
    | StringValue
    | DateConstant
    | MomentConstant
    | Get
    | Element
    | FieldOf
    | First
    | RateRef
    | TermRef
    | GroupRef
    | GroupCode
    | ColumnRef
    | StepSum
    | DatePart
    | SetRef
    | Family
    | Union
    | ListValue
    | CodeSet
    | Compare
    | InSet
    | InInterval
    | Lacks
    | All
    | Any
    | Not
    | Quantified
    | Aggregate
    | CountOf
    | Arithmetic
    | TimeBetween
    | OfMany
    | Round
    | UnknownValue,
    Field(discriminator="kind"),
]


class ValueLine(Node):
    """A value, and when it is the one."""

    value: Expr
    when: Expr | None = None


# ---- definitions


class Unit(Node):
    """How a number is shown: the words after it, and the factor from shown to base units as a fraction."""

    shown: str
    numerator: int = 1
    denominator: int = 1


FieldKind = Literal[
    "ja/nei",
    "heltall",
    "desimaltall",
    "dato",
    "tidspunkt",
    "tekst",
    "kode",
    "koder",
    "valg",
    "gruppe",
    "liste",
]
TermKind = FieldKind | Literal["post"]
"""What a term's value can be: also a record, as «første av diagnoser» is."""


class RecordField(Node):
    """A field of a record or a column of a table."""

    name: str
    identifier: str
    """The name in Python, JSON and CSV: ASCII, from the name."""
    kind: FieldKind
    unit: Unit | None = None
    choices: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    """Code systems, the table whose keys are the codes, or the scheme of groups."""
    of: str | None = None
    """The record that a list holds."""
    may_lack: bool = False
    yearly: bool = False
    element: str | None = None
    """What one element of the list is called."""
    ordered_by: str | None = None
    """The field of the elements that a list is put in order by; without it the list stands as given."""
    text: str | None = None
    since: int


class GatherKey(Node):
    """What the records of one collection have in common: a value of each, or the period that a date is in."""

    name: str
    value: Expr
    period: Literal["år", "tertial", "måned"] | None = None


class Gap(Node):
    """How near two records must follow each other to be of one collection: from the end of one to the next start."""

    end: Expr
    start: Expr
    limit: Number
    shown: str


class Gathering(Node):
    """How records of a collection (`samling`) are made of many others."""

    elements: str
    """The field that holds the records it is made of."""
    of: str
    """The kind of record that it is made of."""
    keys: tuple[GatherKey, ...] = ()
    where: Expr | None = None
    gap: Gap | None = None
    rest: Literal["hver for seg", "utelates"] | None = None
    """What becomes of the records that `where` leaves out."""
    around: str | None = None
    """The collection of everything, without keys, whose terms can be named here."""


class Record(Definition):
    """Information that comes in, or that is gathered from what comes in."""

    fields: tuple[RecordField, ...]
    variable: str
    """What the record is called in expressions."""
    outer: str | None = None
    """The record whose list holds records of this kind."""
    gathering: Gathering | None = None
    """How it is made, where it is a collection."""

    def field(self, name: str) -> RecordField | None:
        """The field with a name, if there is one."""
        return next((field for field in self.fields if field.name == name), None)

    @property
    def date(self) -> RecordField | None:
        """The first field that is a date: it decides what holds within the year."""
        return next((field for field in self.fields if field.kind == "dato"), None)


def reached_from(record: Record) -> str | None:
    """The record whose fields and terms can be named in rules about this one: the outer, or the collection around."""
    return record.outer if record.gathering is None else record.gathering.around


Cell = Annotated[StrictStr | StrictBool | CodeSet | NumberCell, Field(union_mode="left_to_right")]
"""A value of a row; a number is marked as one in JSON."""


class Row(Definition):
    """A row of a table: its key and its values; numbers are in base units."""

    key: str
    values: dict[str, Cell]
    shown: str


class Table(Definition):
    """A table: each column that is not the key is a function of the key."""

    key: str
    more_keys: tuple[str, ...] = ()
    fields: tuple[RecordField, ...]
    rows: tuple[Row, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that a row is looked up by."""
        return (self.key, *self.more_keys)

    def field(self, name: str) -> RecordField | None:
        """The column with a name, if there is one."""
        return next((field for field in self.fields if field.name == name), None)

    @cached_property
    def by_key(self) -> dict[str, Row]:
        """The rows by their keys."""
        return {row.key: row for row in self.rows}

    def row(self, key: str) -> Row | None:
        """The row with a key, if there is one."""
        return self.by_key.get(key)


class Source(Node):
    """A source that rules cite."""

    id: str
    title: str
    address: str | None = None
    year: int | None = None
    """The year the source speaks for, when its id ends in one."""
    since: int


class NamedSet(Definition):
    """A code set with a name, and what its codes mean."""

    codes: CodeSet
    texts: dict[str, str] = {}
    expected: int | None = None
    disjoint: tuple[str, ...] = Field(default=(), exclude_if=_is_empty)
    """The sets that it should have no code in common with."""


class RatePeriod(Node):
    """What a rate is from a day within the year."""

    start: date
    value: Number | None
    shown: str
    reason: str | None = None
    """Why it is unknown, when it is."""
    citations: tuple[Citation, ...] = ()
    derived: str | None = None


class Fetched(Node):
    """Where a rate was taken from: a rate of another rule year, or a column of a row of a table there."""

    scheme: str
    year: int
    rate: str | None = None
    table: str | None = None
    column: str | None = None
    key: str | None = None

    @property
    def rulebook(self) -> str:
        """The rulebook as it is written: «ISF 2021»."""
        return f"{self.scheme} {self.year}"


class CodeSystem(Definition):
    """The valid codes of a year, with what they mean."""

    codes: dict[str, str]


class Rate(Definition):
    """A figure with a name; None means that it is unknown, for the stated reason."""

    value: Number | None
    unit: Unit | None
    yearly: bool
    shown: str
    reason: str | None = None
    periods: tuple[RatePeriod, ...] = ()
    """What it is from later days within the year, in order."""
    fetched: Fetched | None = Field(default=None, exclude_if=_is_empty)
    """Where it was taken from, when that is another rule year."""


class Term(Definition):
    """A term (`begrep`) or a calculation (`beregning`): a condition, or value lines tried in order."""

    identifier: str
    record: str
    condition: Expr | None = None
    lines: tuple[ValueLine, ...] = ()
    rounding: Rounding | None = None
    in_result: bool
    kind: TermKind
    """What the value is; a condition is «ja/nei»."""
    unit: Unit | None = None
    element: str | None = None
    of: str | None = None
    """The record that the value is, or that the list which it is holds."""
    parameter: str | None = None
    """What the code that the term is about is called in it, when it is about a code."""
    choices: tuple[str, ...] = ()
    """The texts that the value can be, where it is one of some written in the term."""


class TextValue(Node):
    """A value in a text, in the place of «{…}»."""

    value: Expr
    unit: Unit | None = None


class Requirement(Definition):
    """What must hold for a record, or an element of its list, to count; or for each row of a table of the rulebook."""

    record: str
    """The record; empty where it is about the rows of a table."""
    table: str | None = None
    """The table whose rows must fulfil it: it is tried when the rulebook is built, and never on data."""
    when: Expr | None = None
    requires: Expr
    outcome: Literal["inngår ikke", "varsel", "uavklart", "feil"]
    """What follows when it does not hold; «feil» and «varsel» of a row are told when the rulebook is built."""
    text: str
    values: tuple[TextValue, ...] = ()
    """The values in the text, in the order of their «{…}»."""


class TermException(Definition):
    """An exception from a term or a calculation: when it holds, its value takes the place of the term's."""

    target: str
    record: str
    when: Expr
    value: Expr


class Clarification(Definition):
    """A dated interpretation of a rule."""

    day: date
    text: str
    about_type: str
    about: str


class Group(Definition):
    """A group that a record can be given; without a condition only as given in the data."""

    scheme: str | None
    shown: str
    grouping: str | None = None
    """The grouping that it is a group of."""
    uses: ListExpr | None = None
    """The records of a collection that it takes when it is chosen, so that no later group sees them."""
    when: Expr | None = None
    origin: str | None = None
    """The rulebook that finds it, when that is another: «DRG 2015»."""


class RuleColumn(Node):
    """A column of a grouping's rule tables: what its cells say something of."""

    name: str
    subject: Expr
    unit: Unit | None = None


class CellCondition(Node):
    """What a cell of a rule table says, as a condition."""

    column: str
    text: str
    condition: Expr


class PromisedOrder(Node):
    """An order that the groups and rules of a grouping should stand in, by what each has in a column."""

    column: str
    first: Literal["høyeste", "laveste"] | None = None
    """Whether the highest or the lowest number stands first; None of values whose order is written."""
    kinds: tuple[tuple[str, ...], ...] = ()
    """The values that stand first, those after them, and so on."""
    within: str | None = None
    """Only between those that have the same in this column."""


class Grouping(Definition):
    """An ordered list of groups and rules for a record; the first that holds is the answer."""

    identifier: str
    record: str
    chooses: Literal["første", "alle"] = "første"
    """Whether the first group that holds is the answer, or all that do, each with what it uses."""
    alone: bool = Field(default=False, exclude_if=_is_empty)
    """No two groups hold for the same record («velger eneste»): the order they stand in makes no difference."""
    element: str | None = None
    """What one of the groups that are chosen is called."""
    order_by: str | None = None
    """The result field by whose text the rules are ordered; without it they stand as written."""
    orders: tuple[PromisedOrder, ...] = Field(default=(), exclude_if=_is_empty)
    """The orders that they should stand in: nothing but the checks of the logic asks."""
    results: tuple[str, ...] = ()
    """The result fields of a rule; the first is the rule's id."""
    columns: tuple[RuleColumn, ...] = ()
    cells: tuple[CellCondition, ...] = ()
    """Each different cell of the rules, once."""
    otherwise: str | None = None
    """The group of a record that no group or rule takes."""
    names: dict[str, str] = {}
    """What codes are called after them in the cells, for the reader."""

    @cached_property
    def condition(self) -> dict[tuple[str, str], Expr]:
        """Column and text of a cell -> what it says."""
        return {(cell.column, cell.text): cell.condition for cell in self.cells}


class RuleTable(Definition):
    """A rule table: of one group, whose name it has, or with the group in each row."""


class Rule(Definition):
    """A row of a rule table: the group it gives, its result fields, and its cells by column."""

    group: str
    results: dict[str, str]
    """The result fields after the first, which is the id."""
    cells: dict[str, str]
    """The text of each cell that is not empty, without the names written for the reader."""
    table: str
    """The rule table that it stands in."""


class Expected(Node):
    """What an example expects of one name: a value, rows, or that it cannot be had."""

    name: str
    value: str | None = None
    rows: tuple[dict[str, str], ...] = ()
    nothing: Literal["kan ikke beregnes", "mangler"] | None = None
    line: int | None = None
    """Where it stands in the example's file."""


class Shows(Node):
    """A list of an example that is shown as a figure and in tables, shared out by some of its fields."""

    list: str
    by: tuple[str, ...]


class Example(Definition):
    """A record given, and what is expected of the answer."""

    record: str
    gathers: bool = False
    """The records given are gathered, and what is expected is of the collections; `record` is what they are."""
    given: dict[str, str | tuple[dict[str, str], ...]]
    status: str | None = None
    reason: str | None = None
    reason_id: str | None = None
    """The requirement or calculation that the reason must be of."""
    status_line: int | None = Field(default=None, exclude=True, repr=False)
    """Where the status and the reason stand in the example's file."""
    table: str | None = None
    """The table of examples that it is a row of."""
    expected: tuple[Expected, ...] = ()
    shows: tuple[Shows, ...] = Field(default=(), exclude_if=_is_empty)


class Prose(Node):
    """Text between rules, as written."""

    kind: Literal["prose"] = "prose"
    text: str
    path: str
    line: int


class RuleAt(Node):
    """A definition shown at this place of a chapter."""

    kind: Literal["rule"] = "rule"
    type: str
    id: str


class AmendmentAt(Node):
    """An amendment shown at this place of a chapter."""

    kind: Literal["amendment"] = "amendment"
    type: str
    id: str
    verb: Literal["endrer", "opphever", "flytter"]
    changes: tuple[str, ...] = ()
    """The fields that come to a record; the rows of rule tables that go out or in."""
    because: str | None = None


ChapterPart = Annotated[Prose | RuleAt | AmendmentAt, Field(discriminator="kind")]


class Chapter(Node):
    """A chapter of one rule year; `since` is the year whose prose it is."""

    id: str
    title: str
    since: int
    parts: tuple[ChapterPart, ...]
    carried: tuple[ChapterPart, ...] = ()
    """Inherited rules of this chapter that the year's own text does not place."""


class Correction(Node):
    """A republication."""

    date: date
    text: str


class Uses(Node):
    """Another rulebook that this one rests on, and its content."""

    scheme: str
    year: int
    content: str
    """The fingerprint of that rulebook."""


class Repealed(Node):
    """A definition that this year ended."""

    type: str
    id: str
    title: str | None
    because: str | None = None


class Rulebook(Node):
    """One complete rule year of one scheme."""

    model_version: int = MODEL_VERSION
    scheme: str
    year: int
    title: str
    base: int | None = None
    """The year this one is written as changes to."""
    valid_from: date
    valid_to: date | None = None
    published: date | None = None
    corrected: tuple[Correction, ...] = ()
    status: str
    extract: str | None = None
    sources: tuple[Source, ...] = ()
    records: tuple[Record, ...] = ()
    tables: tuple[Table, ...] = ()
    sets: tuple[NamedSet, ...] = ()
    rates: tuple[Rate, ...] = ()
    terms: tuple[Term, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    exceptions: tuple[TermException, ...] = ()
    clarifications: tuple[Clarification, ...] = ()
    code_systems: tuple[CodeSystem, ...] = ()
    groupings: tuple[Grouping, ...] = ()
    groups: tuple[Group, ...] = ()
    rule_tables: tuple[RuleTable, ...] = ()
    rules: tuple[Rule, ...] = ()
    """The rules of the grouping, in the order they are tried, after the groups that have a condition of their own."""
    examples: tuple[Example, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    repealed: tuple[Repealed, ...] = ()
    uses: Uses | None = None
    """The rulebook whose answer is taken as input: it finds the group."""
    used: "Rulebook | None" = Field(default=None, exclude=True, repr=False)
    """The rulebook that this one uses; it is exported on its own."""
    takes: tuple[Uses, ...] = Field(default=(), exclude_if=_is_empty)
    """The rule years that rates are taken from."""
    taken: tuple["Rulebook", ...] = Field(default=(), exclude=True, repr=False)
    """Those rulebooks; they are exported on their own."""

    @property
    def name(self) -> str:
        """The name on the command line: «isf-2020»."""
        return f"{self.scheme.lower()}-{self.year}"

    @cached_property
    def read_as(self) -> "dict[str, tuple[Record | None, tuple[Felt, ...]]]":
        """How each record that has been asked for is read, by its id."""
        return {}

    @cached_property
    def worth(self) -> "dict[str, tuple[Amount, ...]]":
        """What the groups that have been asked for come to in kroner, by id."""
        return {}

    @cached_property
    def tried_requirements(self) -> tuple[Requirement, ...]:
        """The requirements that data is held against."""
        return tuple(requirement for requirement in self.requirements if requirement.table is None)

    def definitions(self) -> Iterator[tuple[str, Definition]]:
        """Each definition that a block can write, after the keyword of its type, in an order that reads well."""
        definitions: tuple[tuple[str, Sequence[Definition]], ...] = (
            ("opplysninger", [record for record in self.records if record.gathering is None]),
            ("samling", [record for record in self.records if record.gathering is not None]),
            ("gruppering", self.groupings),
            ("tabell", self.tables),
            ("kodesett", self.sets),
            ("sats", self.rates),
            ("begrep", self.terms),
            ("krav", self.requirements),
            ("unntak", self.exceptions),
            ("presisering", self.clarifications),
            ("gruppe", self.groups),
            ("regeltabell", self.rule_tables),
            ("regel", self.rules),
            ("takst", [row for table in self.tables if table.key == "takst" for row in table.rows]),
            ("eksempel", self.examples),
        )
        for kind, ones in definitions:
            for one in ones:
                yield kind, one

    def confirmed(self, definition: Definition) -> int | None:
        """The newest year that the sources of an inherited rule speak for, when it is older than this year."""
        cited = {citation.source for citation in definition.citations}
        newest = max((s.year for s in self.sources if s.id in cited and s.year is not None), default=None)
        inherited = definition.last_changed < self.year
        return newest if inherited and newest is not None and newest < self.year else None

    @cached_property
    def last_confirmed(self) -> dict[str, int]:
        """The requirements, groups and calculations whose sources are older than the year, and of what year."""
        judged = (*self.tried_requirements, *self.groups, *(term for term in self.terms if term.in_result))
        return {found.id: year for found in judged if (year := self.confirmed(found)) is not None}

    def exceptions_from(self, term: str) -> tuple[TermException, ...]:
        """The exceptions from a term."""
        return tuple(exception for exception in self.exceptions if exception.target == term)

    def date_of(self, variable: str | None) -> RecordField | None:
        """The date of the record that a variable holds, by which a rate that changes within the year is chosen."""
        own = (variable or "").removeprefix("tidligere_").removeprefix("andre_")
        by_name = {record.variable: record for record in self.records}
        record = by_name.get(variable or "", by_name.get(own))
        return None if record is None else record.date

    @cached_property
    def _rules_by_table(self) -> dict[str, tuple[Rule, ...]]:
        found: dict[str, list[Rule]] = {}
        for rule in self.rules:
            found.setdefault(rule.table, []).append(rule)
        return {table: tuple(rules) for table, rules in found.items()}

    def rules_of(self, table: str) -> tuple[Rule, ...]:
        """The rows of a rule table, in the order they are tried."""
        return self._rules_by_table.get(table, ())

    def record(self, id_: str) -> Record:
        """The record with an id."""
        return next(record for record in self.records if record.id == id_)

    @cached_property
    def _terms_by_id(self) -> dict[str, Term]:
        return {term.id: term for term in self.terms}

    def term(self, id_: str) -> Term:
        """The term or calculation with an id."""
        return self._terms_by_id[id_]

    def table(self, id_: str) -> Table:
        """The table with an id."""
        return next(table for table in self.tables if table.id == id_)

    def top_records(self) -> tuple[Record, ...]:
        """The records that are judged on their own: those that come in, as declared, and then the collections."""
        alone = [record for record in self.records if record.outer is None]
        return tuple(sorted(alone, key=lambda record: record.gathering is not None))

    def collections_of(self, record: str) -> tuple[Record, ...]:
        """The collections that are made of a kind of record, those of everything first."""
        made = [r for r in self.records if r.gathering is not None and r.gathering.of == record]
        return tuple(sorted(made, key=lambda r: bool(r.gathering is not None and r.gathering.keys)))

    def condition_of(self, found: Group | Rule) -> Expr:
        """What must hold for a group or for a rule: of a rule, all that its cells say."""
        if isinstance(found, Group):
            return found.when if found.when is not None else BoolValue(value=False)
        conditions = self.rule_grouping.condition
        return All(parts=tuple(conditions[cell] for cell in found.cells.items()))

    def judged_lists(self, record: Record) -> tuple[RecordField, ...]:
        """The lists of a record whose elements there are requirements or calculations about."""
        about = {r.record for r in self.requirements}
        if record.gathering is None:
            about |= {t.record for t in self.terms if t.in_result}
        return tuple(field for field in record.fields if field.kind == "liste" and field.of in about)

    @cached_property
    def record_grouping(self) -> Grouping | None:
        """The grouping of a record that comes in; the others are of collections."""
        gathered = {record.id for record in self.records if record.gathering is not None}
        return next((grouping for grouping in self.groupings if grouping.record not in gathered), None)

    @property
    def rule_grouping(self) -> Grouping:
        """The grouping of a record that comes in, in a rulebook that has one."""
        assert self.record_grouping is not None
        return self.record_grouping

    def groups_of(self, grouping: Grouping) -> tuple[Group, ...]:
        """The groups of a grouping, in the order they are tried."""
        return tuple(group for group in self.groups if group.grouping == grouping.id)

    @cached_property
    def in_order(self) -> tuple[tuple[str, Group | Rule], ...]:
        """What the grouping of a record tries: the group that each group with a condition and each rule gives."""
        own = self.groups_of(self.record_grouping) if self.record_grouping is not None else ()
        groups = [(group.id, group) for group in own if group.when is not None]
        return (*groups, *((rule.group, rule) for rule in self.rules))

    @property
    def tried(self) -> list[str]:
        """The groups with a condition, a grouping at a time, in the order they are tried."""
        order = {grouping.id: at for at, grouping in enumerate(self.groupings)}
        found = [group for group in self.groups if group.when is not None]
        return [group.id for group in sorted(found, key=lambda group: order.get(group.grouping or "", len(order)))]

    def grouping_with(self, group: Group) -> Grouping | None:
        """The grouping that a group is one of."""
        return next((grouping for grouping in self.groupings if grouping.id == group.grouping), None)

    def grouping_of(self, record: str) -> Grouping | None:
        """The grouping of a record, if it has one."""
        return next((grouping for grouping in self.groupings if grouping.record == record), None)
