"""The syntax tree: what an author wrote, block by block. Frozen nodes, each with its place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as Date
from datetime import datetime as DateTime
from decimal import Decimal
from typing import Literal

from dsl.diagnostics import Span
from dsl.source import Source

# ---- values and conditions


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as written: «kr per poeng» is word «kr» and per «poeng»."""

    word: str
    per: str | None
    span: Span

    @property
    def text(self) -> str:
        """The unit as it is written."""
        return f"{self.word} per {self.per}" if self.per else self.word


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with the unit written after it, if any."""

    value: Decimal
    unit: Unit | None
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval of numbers: «1–3 døgn»."""

    low: Decimal
    high: Decimal
    unit: Unit | None
    text: str
    """The two numbers as written: «001–010»."""
    span: Span


@dataclass(frozen=True, slots=True)
class Codes:
    """One or more codes on a line, with intervals and prefixes, as one token."""

    text: str
    span: Span

    @property
    def parts(self) -> tuple[str, ...]:
        """The codes, intervals (`E00–E07`) and prefixes (`E10*`) one by one."""
        return tuple(part.strip() for part in self.text.split(","))


@dataclass(frozen=True, slots=True)
class Text:
    """A text in quotes."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class DateValue:
    """A date."""

    value: Date
    span: Span


@dataclass(frozen=True, slots=True)
class MomentValue:
    """A point in time."""

    value: DateTime
    span: Span


@dataclass(frozen=True, slots=True)
class YesNo:
    """«ja» or «nei»."""

    value: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Name:
    """A bare name: a field, a rate, a term, a set, a group or a choice."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a scheme: «DRG 442»."""

    scheme: str
    id: str
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """Application: «vekt av drg»."""

    function: str
    argument: "Expr"
    span: Span


@dataclass(frozen=True, slots=True)
class Relative:
    """«tidligere linje», «annen linje», «andre linjer»."""

    word: str
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two values joined by + − × ÷ or «unntatt»."""

    operator: Literal["+", "−", "×", "÷", "unntatt"]
    left: "Expr"
    right: "Expr"
    span: Span


@dataclass(frozen=True, slots=True)
class Filtered:
    """«prosedyrer der …»."""

    items: "Expr"
    condition: "Expr"
    span: Span


@dataclass(frozen=True, slots=True)
class Aggregate:
    """«sum av … for hver linje der …»."""

    kind: str
    value: "Expr"
    element: "Name | Relative"
    condition: "Expr | None"
    span: Span


@dataclass(frozen=True, slots=True)
class OfMany:
    """«høyeste av (a, b)»."""

    kind: str
    values: "tuple[Expr, ...]"
    span: Span


@dataclass(frozen=True, slots=True)
class Count:
    """«antall linjer»."""

    items: "Expr"
    span: Span


@dataclass(frozen=True, slots=True)
class Rounding:
    """«avrundet [opp|ned] til [hele] enhet»."""

    direction: Literal["opp", "ned"] | None
    unit: Unit | None
    span: Span


@dataclass(frozen=True, slots=True)
class Rounded:
    """A value rounded inside an expression."""

    value: "Expr"
    rounding: Rounding
    span: Span


@dataclass(frozen=True, slots=True)
class Unknown:
    """«ukjent», with the reason if stated."""

    reason: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class AllItems:
    """«alle» or «alle unntatt …» in the place of a list."""

    exceptions: "Expr | None"
    span: Span


@dataclass(frozen=True, slots=True)
class Members:
    """Several codes, names of sets and intervals after «er i»."""

    values: "tuple[Expr, ...]"
    span: Span


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of a bulleted list, or a chain of «og»."""

    parts: "tuple[Expr, ...]"
    is_list: bool
    span: Span


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least so many of a bulleted list, or a chain of «eller»."""

    parts: "tuple[Expr, ...]"
    number: int
    is_list: bool
    span: Span


@dataclass(frozen=True, slots=True)
class NoneOf:
    """None of a bulleted list."""

    parts: "tuple[Expr, ...]"
    span: Span


@dataclass(frozen=True, slots=True)
class Negation:
    """«ikke …»."""

    operand: "Expr"
    span: Span


Predicate = Literal["er", "er ikke", "i", "ikke i", "minst", "høyst", "over", "under", "mangler", "finnes"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A subject and what is said of it."""

    subject: "Expr"
    predicate: Predicate
    value: "Expr | None"
    span: Span


@dataclass(frozen=True, slots=True)
class Quantifier:
    """How many elements must satisfy: «minst 2 av», «ingen av», «alle»."""

    kind: Literal["minst", "høyst", "nøyaktig", "ingen", "alle"]
    number: int
    span: Span


@dataclass(frozen=True, slots=True)
class Quantified:
    """«minst én av L P»: the list, and what its elements must satisfy (None: be there at all)."""

    quantifier: Quantifier
    body: "Expr"
    span: Span


Expr = (
    Quantity
    | Interval
    | Codes
    | Text
    | DateValue
    | MomentValue
    | YesNo
    | Name
    | Member
    | Call
    | Relative
    | Arithmetic
    | Filtered
    | Aggregate
    | OfMany
    | Count
    | Rounded
    | Unknown
    | AllItems
    | Members
    | AllOf
    | AnyOf
    | NoneOf
    | Negation
    | Comparison
    | Quantified
)


@dataclass(frozen=True, slots=True)
class Items:
    """A list of values after a name or an equals sign."""

    values: tuple[Expr, ...]
    span: Span


# ---- the lines of blocks


@dataclass(frozen=True, slots=True)
class Cites:
    """«kilde X «kap. 6.1»»."""

    source: str
    place: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Tail:
    """What stands at the end of a block: its sources, why it changed, how a figure was found, how it is rounded."""

    cites: tuple[Cites, ...] = ()
    because: str | None = None
    derived: str | None = None
    rounding: Rounding | None = None
    lenient: bool = False
    """«mangler teller som nei»."""
    from_day: "FromDay | None" = None


@dataclass(frozen=True, slots=True)
class FromDay:
    """«fra og med DATO»."""

    day: Date
    span: Span


@dataclass(frozen=True, slots=True)
class FromFile:
    """«fra «fil.csv»»."""

    path: str
    span: Span


@dataclass(frozen=True, slots=True)
class TypeRef:
    """A type as written: «desimaltall kr», «kode fra ICD-10», «valg a, b», «liste av Linje»."""

    name: str
    unit: Unit | None
    values: tuple[str, ...]
    origins: tuple[str, ...]
    of: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record, or a column of a table."""

    name: str
    type: TypeRef
    may_lack: bool
    yearly: bool
    element: str | None
    text: str | None
    span: Span
    ordered_by: str | None = None


@dataclass(frozen=True, slots=True)
class ValueLine:
    """«= value [når condition]»."""

    value: Expr
    condition: Expr | None
    span: Span


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a group or a tariff, and its values."""

    name: str
    items: Items
    span: Span


@dataclass(frozen=True, slots=True)
class Ref:
    """What a block is about: «DRG 442», «2ad», «minste_undervisning»."""

    scheme: str | None
    id: str
    span: Span

    def __str__(self) -> str:
        return f"{self.scheme} {self.id}" if self.scheme else self.id


# ---- blocks


@dataclass(frozen=True, slots=True)
class Correction:
    """«rettet DATO «…»»."""

    date: Date
    text: str


@dataclass(frozen=True, slots=True)
class RulebookHeader:
    """The block `regelverk`."""

    scheme: str
    year: int
    title: str | None
    base: tuple[str, int] | None
    uses: tuple[str, int] | None
    valid_from: Date | None
    valid_to: Date | None
    published: Date | None
    corrected: tuple[Correction, ...]
    status: str | None
    extract: str | None
    span: Span
    lines: tuple[tuple[str, Span], ...] = ()
    """The first word of each line, and where the line stands."""

    def place(self, word: str) -> Span:
        """Where the line that begins with a word stands; the header where there is none."""
        return dict(self.lines).get(word, self.span)


@dataclass(frozen=True, slots=True)
class SourceDecl:
    """The block `kilde`."""

    id: str
    title: str
    address: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class RecordDecl:
    """The block `opplysninger`."""

    name: str
    title: str | None
    fields: tuple[Field, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class GatherKey:
    """«pasient», «måned av dato»: what the records of a collection have in common."""

    part: str | None
    """The part of a date: «måned»."""
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Gap:
    """«avbrudd under 8 timer fra ut til neste inn»."""

    limit: Quantity
    end: Name
    start: Name
    span: Span


@dataclass(frozen=True, slots=True)
class Rest:
    """«resten utelates», «resten hver for seg»."""

    apart: bool
    span: Span


@dataclass(frozen=True, slots=True)
class CollectionDecl:
    """The block `samling`: records that are made of many others."""

    name: str
    title: str | None
    field: Field
    """The list of the records that are gathered."""
    keys: tuple[GatherKey, ...]
    where: Expr | None
    gap: Gap | None
    rest: Rest | None
    tail: Tail
    span: Span


@dataclass(frozen=True, slots=True)
class TableDecl:
    """The block `tabell`."""

    name: str
    key: str
    title: str | None
    fields: tuple[Field, ...]
    tail: Tail
    span: Span
    more_keys: tuple[str, ...] = ()
    rows: "tuple[Row, ...]" = ()
    file: FromFile | None = None


@dataclass(frozen=True, slots=True)
class CodeText:
    """A code with what it means."""

    code: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class CodeSetDecl:
    """The block `kodesett`."""

    name: str
    title: str | None
    lines: tuple[Items | CodeText, ...]
    expected: int | None
    tail: Tail
    span: Span
    disjoint: "tuple[Disjoint, ...]" = ()


@dataclass(frozen=True, slots=True)
class Disjoint:
    """«ingen felles med store_inngrep, små_inngrep»: sets that the set has no code in common with."""

    sets: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a rate takes from another rule year: a rate there, or a column of a row of a table there."""

    name: str
    """The rate, or the column where there is a key."""
    key: Ref | None
    scheme: str
    year: int
    span: Span


@dataclass(frozen=True, slots=True)
class RateDecl:
    """The block `sats`."""

    name: str
    title: str | None
    yearly: bool
    value: Expr | Fetched
    tail: Tail
    span: Span


@dataclass(frozen=True, slots=True)
class TermDecl:
    """The block `begrep` (a condition, or value lines) or `beregning` (value lines)."""

    name: str
    title: str | None
    record: Name | None
    element: str | None
    condition: Expr | None
    lines: tuple[ValueLine, ...]
    in_result: bool
    tail: Tail
    span: Span


@dataclass(frozen=True, slots=True)
class RequirementDecl:
    """The block `krav`."""

    name: str
    title: str | None
    record: Name | None
    when: Expr | None
    requires: Expr
    outcome: Literal["inngår ikke", "varsel", "uavklart"]
    text: str | None
    tail: Tail
    span: Span


@dataclass(frozen=True, slots=True)
class GroupingDecl:
    """The block `gruppering`."""

    name: str
    record: Name
    title: str | None
    chooses: Name | None
    tail: Tail
    span: Span
    ordered_by: Name | None = None
    """The result field whose text decides the order of the rows: «ordnet etter regel»."""
    gives: tuple[Name, ...] = ()
    """The result fields of a row; the first is its id."""
    columns: "tuple[RuleColumn, ...]" = ()
    otherwise: Ref | None = None
    """The group of a record that no rule takes."""
    element: str | None = None
    """What one of the groups that are chosen is called."""
    orders: "tuple[PromisedOrder, ...]" = ()


@dataclass(frozen=True, slots=True)
class PromisedOrder:
    """«rekkefølge høyeste vekt først», or «rekkefølge etter type kirurgisk før medisinsk innen hdg»."""

    column: Name
    first: Literal["høyeste", "laveste"] | None
    """Whether the highest or the lowest number stands first; None of values in an order that is written."""
    kinds: tuple[tuple[Name, ...], ...]
    """The values that stand first, those after them, and so on."""
    within: Name | None


@dataclass(frozen=True, slots=True)
class RuleColumn:
    """«kolonne hdg = hdg»: the beginning of the sentence that a cell of the column ends."""

    name: str
    subject: Expr
    span: Span


@dataclass(frozen=True, slots=True)
class RuleTableDecl:
    """The block `regeltabell`: rows of a grouping, of one group or with the group in a column."""

    ref: Ref
    title: str | None
    file: FromFile | None
    rows: "tuple[Row, ...]"
    tail: Tail
    span: Span


@dataclass(frozen=True, slots=True)
class GroupDecl:
    """The block `gruppe`."""

    ref: Ref
    title: str | None
    columns: tuple[Column, ...]
    when: Expr | None
    tail: Tail
    span: Span
    uses: Expr | None = None
    """«bruker kontakter der …»: the elements of the list that the group takes."""


@dataclass(frozen=True, slots=True)
class TariffDecl:
    """The block `takst`."""

    code: str
    title: str | None
    columns: tuple[Column, ...]
    tail: Tail
    span: Span


Kind = Literal["gruppe", "gruppering", "takst", "kodesett", "sats", "krav", "begrep", "beregning", "unntak", "samling"]


@dataclass(frozen=True, slots=True)
class Changed:
    """«vekt fra 5,719 til 5,621»."""

    column: str | None
    old: Items
    new: Items
    span: Span


@dataclass(frozen=True, slots=True)
class Added:
    """«legger til …»."""

    items: Items
    span: Span
    texts: tuple[CodeText, ...] = ()
    """What the codes mean, where it is written."""
    disjoint: Disjoint | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    """«fjerner …»."""

    items: Items
    span: Span
    disjoint: Disjoint | None = None


@dataclass(frozen=True, slots=True)
class AmendDecl:
    """The block `endrer`."""

    kind: Kind
    ref: Ref
    changes: tuple[Changed | Added | Removed, ...]
    tail: Tail
    span: Span


@dataclass(frozen=True, slots=True)
class AmendRecordsDecl:
    """The block `endrer opplysninger`."""

    record: str
    fields: tuple[Field, ...]
    tail: Tail
    span: Span


@dataclass(frozen=True, slots=True)
class RepealDecl:
    """The block `opphever`."""

    kind: Kind
    ref: Ref
    tail: Tail
    span: Span
    from_day: FromDay | None = None


@dataclass(frozen=True, slots=True)
class AmendTableDecl:
    """The block `endrer tabell`: rows in and out."""

    name: str
    file: FromFile | None
    rows: "tuple[Row, ...]"
    tail: Tail
    span: Span


@dataclass(frozen=True, slots=True)
class AmendGroupingDecl:
    """The block `endrer gruppering`: rows of its rule tables in and out."""

    name: str
    file: FromFile | None
    rows: "tuple[Row, ...]"
    tail: Tail
    span: Span


@dataclass(frozen=True, slots=True)
class MoveDecl:
    """The block `flytter`."""

    kind: Kind
    ref: Ref
    before: bool
    other: Ref
    tail: Tail
    span: Span


@dataclass(frozen=True, slots=True)
class ExceptionDecl:
    """The block `unntak fra`."""

    target: str
    title: str
    when: Expr
    value: Expr
    tail: Tail
    span: Span


@dataclass(frozen=True, slots=True)
class ReplaceDecl:
    """The block `erstatter`: a whole new block in place of the inherited one."""

    block: "TermDecl | RequirementDecl | ExceptionDecl | GroupDecl | CollectionDecl | GroupingDecl"
    span: Span


@dataclass(frozen=True, slots=True)
class ClarificationDecl:
    """The block `presisering`."""

    day: Date
    text: str
    kind: Kind
    ref: Ref
    tail: Tail
    span: Span


@dataclass(frozen=True, slots=True)
class CodeSystemDecl:
    """The block `kodeverk`."""

    name: str
    file: FromFile
    tail: Tail
    span: Span


@dataclass(frozen=True, slots=True)
class Fact:
    """«name = value», or a name with a table under it."""

    name: str
    items: Items | None
    rows: "tuple[Row, ...]"
    span: Span


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table."""

    cells: tuple[str, ...]
    span: Span
    places: tuple[Span, ...] = ()
    """Where each cell stands."""


@dataclass(frozen=True, slots=True)
class ExpectStatus:
    """«inngår ikke «…»», «uavklart», «ikke i utdraget»."""

    status: str
    text: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class ExpectNothing:
    """«refusjon kan ikke beregnes», «drg mangler»."""

    name: str
    how: Literal["kan ikke beregnes", "mangler"]
    span: Span


@dataclass(frozen=True, slots=True)
class Shows:
    """The line `viser`: a list to be shown as a figure and in tables, and the fields that it is shared out by."""

    list: str
    by: tuple[Name, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class ExampleDecl:
    """The block `eksempel`."""

    title: str
    given: tuple[Fact, ...]
    expected: "tuple[Expectation, ...]"
    span: Span
    shows: tuple[Shows, ...] = ()


@dataclass(frozen=True, slots=True)
class ExamplesDecl:
    """The block `eksempler`: facts in common, the columns that are expected, and one example a row."""

    title: str
    given: tuple[Fact, ...]
    expected: tuple[Name, ...]
    rows: tuple[Row, ...]
    span: Span


Expectation = Fact | ExpectStatus | ExpectNothing

Block = (
    RulebookHeader
    | SourceDecl
    | RecordDecl
    | CollectionDecl
    | TableDecl
    | CodeSetDecl
    | RateDecl
    | TermDecl
    | RequirementDecl
    | GroupingDecl
    | RuleTableDecl
    | GroupDecl
    | TariffDecl
    | AmendDecl
    | AmendRecordsDecl
    | RepealDecl
    | AmendTableDecl
    | AmendGroupingDecl
    | MoveDecl
    | ExceptionDecl
    | ReplaceDecl
    | ClarificationDecl
    | CodeSystemDecl
    | ExampleDecl
    | ExamplesDecl
)


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its source and its blocks in order."""

    source: Source
    blocks: tuple[Block, ...]
    unreadable: frozenset[str] = frozenset()
    """The names that blocks with faults would have declared: whoever uses them is not at fault."""


def blocks_of(documents: Iterable[Document]) -> list[Block]:
    """The blocks of some files, in order."""
    return [block for document in documents for block in document.blocks]
