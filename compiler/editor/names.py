"""What the names in a rule year mean and where each stands: in its blocks, its expressions and its prose."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import NamedTuple

from compiler import model
from compiler.chapters import names_for_prose
from compiler.names import normal_code, slug
from compiler.pipeline import Year
from dsl import tree
from dsl.diagnostics import Span
from dsl.source import Source

_IN_BRACES = re.compile(r"\{([^{}]*)\}")
_WORD = re.compile(r"[^\W\d]\w*")
_OF = re.compile(r" +av ")
"""What comes after the name of a column: «{vekt av drg}»."""
_CANONICAL = {"beregning": "begrep", "samling": "opplysninger"}
"""What the language calls some definitions, and the type that they are kept under."""


_CALLED_OTHERWISE = frozenset({"takst", "regelverk", "opplysninger"})
"""What is not written as its id everywhere: «1F» is takst 1f, and one Linje is «linje» in rules."""


class Symbol(NamedTuple):
    """What a name means: the type and the id of a definition; of a field or a column, with what it is in."""

    kind: str
    id: str

    @property
    def name(self) -> str:
        """How it is written where it is used."""
        return self.id.split(".", 1)[1] if self.kind in ("felt", "kolonne") else self.id


class Occurrence(NamedTuple):
    """A name in the text, what it means, and whether it is declared or changed there."""

    span: Span
    symbol: Symbol
    declares: bool = False
    book: str | None = None
    """The rule year that it is a name of, where that is another than the one it stands in."""


def occurrences(year: Year) -> list[Occurrence]:
    """Every name in a rule year that is known to mean something, by place."""
    rulebook = year.rulebook
    if rulebook is None:
        return []
    found: dict[Span, Occurrence] = {}
    for span, (kind, id_) in year.mentions.items():
        found[span] = Occurrence(span, Symbol(kind, id_), book=_origin(rulebook, kind, id_))
    for document in year.documents:
        for block in document.blocks:
            for one in _Blocks(rulebook, document.source).block(block):
                found[one.span] = one
        for one in _in_braces(document.source, rulebook):
            found[one.span] = one
    sources = {document.source.path: document.source for document in year.documents}
    same = _same_fields(rulebook)
    named = (one._replace(symbol=same.get(one.symbol, one.symbol)) for one in found.values())
    return sorted(one for one in named if _is_written(one, sources.get(one.span.path)))


def _same_fields(rulebook: model.Rulebook) -> dict[Symbol, Symbol]:
    """The fields that a collection has from the records it is made of: «per pasient»."""
    return {
        Symbol("felt", f"{record.id}.{key.name}"): Symbol("felt", f"{record.gathering.of}.{key.name}")
        for record in rulebook.records
        if record.gathering is not None
        for key in record.gathering.keys
        if rulebook.record(record.gathering.of).field(key.name) is not None
    }


def fields_of(rulebook: model.Rulebook) -> Iterator[model.RecordField]:
    """The fields of every record and the columns of every table."""
    for record in rulebook.records:
        yield from record.fields
    for table in rulebook.tables:
        yield from table.fields


def _is_written(one: Occurrence, source: Source | None) -> bool:
    """Whether the name does stand where it is said to."""
    span = one.span
    if source is None or span.line != span.end_line:
        return False
    text = source.line(span.line)[span.column - 1 : span.end_column - 1]
    kind, name = one.symbol.kind, one.symbol.name
    if kind in _CALLED_OTHERWISE:
        return bool(text)
    return " ".join(text.split()) == name


def _origin(rulebook: model.Rulebook, kind: str, id_: str) -> str | None:
    """The rule year that a group comes from, where that is another: «drg-2015»."""
    if kind != "gruppe":
        return None
    group = next((group for group in rulebook.groups if group.id == id_), None)
    return _book(*group.origin.rsplit(" ", 1)) if group is not None and group.origin else None


def _book(scheme: str, year: str | int) -> str:
    return f"{scheme.lower()}-{year}"


def _in_braces(source: Source, rulebook: model.Rulebook) -> Iterator[Occurrence]:
    """The names in «{…}», in prose and in the texts of rules."""
    known = names_for_prose(rulebook)
    own: dict[str, set[str]] = {}
    for record in rulebook.records:
        for field in record.fields:
            own.setdefault(field.name, set()).add(record.id)
    columns: dict[str, set[str]] = {}
    for table in rulebook.tables:
        for field in table.fields:
            columns.setdefault(field.name, set()).add(table.id)
    for number, line in enumerate(source.lines, 1):
        if "{" not in line:
            continue
        for braces in _IN_BRACES.finditer(line):
            for word in _WORD.finditer(braces[1]):
                start = braces.start(1) + word.start() + 1
                span = Span(source.path, number, start, number, start + len(word[0]))
                if _OF.match(braces[1], word.end()) and len(columns.get(word[0], ())) == 1:
                    (table_id,) = columns[word[0]]
                    yield Occurrence(span, Symbol("kolonne", f"{table_id}.{word[0]}"))
                elif word[0] in known:
                    yield Occurrence(span, Symbol(known[word[0]][0], word[0]))
                elif len(own.get(word[0], ())) == 1:
                    (record_id,) = own[word[0]]
                    yield Occurrence(span, Symbol("felt", f"{record_id}.{word[0]}"))


class _Blocks:
    """Finds the names that the lines of blocks say, expressions apart."""

    def __init__(self, rulebook: model.Rulebook, source: Source) -> None:
        self.rulebook = rulebook
        self.source = source
        self.records = {record.id: record for record in rulebook.records}
        self.groups = {group.id for group in rulebook.groups}
        self.requirements = {one.id for one in rulebook.requirements}
        self.first: tuple[str, ...] = ()
        """The records whose fields are meant first, in the example that is read."""

    def block(self, block: tree.Block) -> Iterator[Occurrence]:
        """The names in a block."""
        for cites in _all(block, tree.Cites):
            yield Occurrence(cites.span, Symbol("kilde", cites.source))
        match block:
            case tree.RulebookHeader():
                yield from self._header(block)
            case tree.SourceDecl(id=id_):
                yield Occurrence(block.span, Symbol("kilde", id_), True)
            case tree.RecordDecl(name=name) | tree.AmendRecordsDecl(record=name):
                yield Occurrence(block.span, Symbol("opplysninger", name), True)
                yield from self._fields("felt", name, block.fields)
            case tree.CollectionDecl():
                yield from self._collection(block)
            case tree.TableDecl(name=name):
                yield Occurrence(block.span, Symbol("tabell", name), True)
                after = block.span._replace(column=block.span.end_column)
                written = {field.name for field in block.fields}
                for key in (block.key, *block.more_keys):
                    yield from self._word(after, key, Symbol("kolonne", f"{name}.{key}"), declares=key not in written)
                yield from self._fields("kolonne", name, block.fields)
                yield from self._rows(block.rows, lambda column: Symbol("kolonne", f"{name}.{column}"))
            case tree.AmendTableDecl(name=name):
                yield Occurrence(block.span, Symbol("tabell", name), True)
                yield from self._rows(block.rows, lambda column: Symbol("kolonne", f"{name}.{column}"))
            case tree.AmendGroupingDecl(name=name):
                yield Occurrence(block.span, Symbol("gruppering", name), True)
            case tree.RuleTableDecl(ref=ref):
                is_group = str(ref) in self.groups
                yield self._ref("gruppe" if is_group else "regeltabell", ref, not is_group)
            case tree.ReplaceDecl(block=inner):
                yield from self.block(inner)
            case tree.AmendDecl(kind=kind, ref=ref):
                yield self._ref(kind, ref, True)
                yield from self._columns(kind, block.changes)
            case tree.RepealDecl(kind="unntak", ref=ref) | tree.ClarificationDecl(kind="unntak", ref=ref):
                target = ref.id.split(":")[0]
                yield from self._word(ref.span, target, Symbol("begrep", target))
            case tree.RepealDecl(kind=kind, ref=ref) | tree.ClarificationDecl(kind=kind, ref=ref):
                yield self._ref(kind, ref)
            case tree.MoveDecl(kind=kind, ref=ref, other=other):
                yield from (self._ref(kind, ref), self._ref(kind, other))
            case tree.ExampleDecl() | tree.ExamplesDecl():
                yield from self._example(block)
            case _:
                yield from self._declared(block)

    def _declared(self, block: tree.Block) -> Iterator[Occurrence]:
        """What is declared by the blocks that have little beside an expression."""
        match block:
            case tree.CodeSystemDecl(name=name):
                yield Occurrence(block.span, Symbol("kodeverk", name), True)
            case tree.CodeSetDecl(name=name):
                yield Occurrence(block.span, Symbol("kodesett", name), True)
            case tree.RateDecl(name=name, value=value):
                yield Occurrence(block.span, Symbol("sats", name), True)
                if isinstance(value, tree.Fetched):
                    yield from self._fetched(name, value)
            case tree.TermDecl(name=name, record=record):
                yield Occurrence(block.span, Symbol("begrep", name), True)
                yield from self._each(record)
            case tree.RequirementDecl(name=name, record=record):
                yield Occurrence(block.span, Symbol("krav", name), True)
                yield from self._each(record)
            case tree.GroupingDecl(name=name, record=record):
                yield Occurrence(block.span, Symbol("gruppering", name), True)
                yield from self._each(record)
            case tree.GroupDecl(ref=ref, columns=columns):
                yield self._ref("gruppe", ref, True)
                yield from self._columns("gruppe", columns)
            case tree.TariffDecl(code=code, columns=columns):
                yield Occurrence(block.span, Symbol("takst", normal_code(code)), True)
                yield from self._columns("takst", columns)
            case tree.ExceptionDecl(target=target):
                yield Occurrence(block.span, Symbol("begrep", target))
            case _:
                return

    def _header(self, block: tree.RulebookHeader) -> Iterator[Occurrence]:
        """The rulebook itself, and those that it builds on and uses."""
        own = _book(block.scheme, block.year)
        yield Occurrence(block.span, Symbol("regelverk", own), True, own)
        for word, other in (("bygger", block.base), ("bruker", block.uses)):
            if other is not None:
                yield from self._rulebook(block.place(word), *other)

    def _rulebook(self, near: Span, scheme: str, year: int) -> Iterator[Occurrence]:
        """«ISF 2020» on a line."""
        found = re.search(rf"\b{re.escape(scheme)} +{year}\b", self.source.line(near.line))
        if found is not None:
            span = Span(near.path, near.line, found.start() + 1, near.line, found.end() + 1)
            yield Occurrence(span, Symbol("regelverk", _book(scheme, year)), book=_book(scheme, year))

    def _fetched(self, name: str, value: tree.Fetched) -> Iterator[Occurrence]:
        """A rate taken from another rule year."""
        yield from self._rulebook(value.span, value.scheme, value.year)
        book = _book(value.scheme, value.year)
        if value.name and value.key is None:
            yield from self._word(value.span, value.name, Symbol("sats", value.name), book)
        for table in (t for taken in self.rulebook.taken if taken.name == book for t in taken.tables):
            if value.key is not None and table.field(value.name) is not None:
                yield from self._word(value.span, value.name, Symbol("kolonne", f"{table.id}.{value.name}"), book)

    def _fields(self, kind: str, owner: str, declared: Sequence[tree.Field]) -> Iterator[Occurrence]:
        """The fields of a record or the columns of a table, and what their types name."""
        for field in declared:
            yield Occurrence(field.span, Symbol(kind, f"{owner}.{field.name}"), True)
            after = field.type.span._replace(column=field.type.span.end_column)
            if field.type.of is not None:
                yield from self._word(after, field.type.of, Symbol("opplysninger", field.type.of))
            if field.ordered_by is not None and field.type.of is not None:
                symbol = Symbol("felt", f"{field.type.of}.{field.ordered_by}")
                yield from self._word(after, field.ordered_by, symbol)
            for origin in field.type.origins:
                for what, known in (("kodeverk", self.rulebook.code_systems), ("tabell", self.rulebook.tables)):
                    if any(one.id == origin for one in known):
                        yield from self._word(after, origin, Symbol(what, origin))

    def _collection(self, block: tree.CollectionDecl) -> Iterator[Occurrence]:
        """A collection, and the fields of the records it is made of that it is gathered by."""
        yield Occurrence(block.span, Symbol("opplysninger", block.name), True)
        yield from self._fields("felt", block.name, (block.field,))
        of = block.field.type.of
        for key in block.keys:
            yield from self._word(key.span, key.name, Symbol("felt", f"{of}.{key.name}"), last=True)
        for name in (block.gap.end, block.gap.start) if block.gap is not None else ():
            yield from self._word(
                block.gap.span if block.gap else name.span, name.name, Symbol("felt", f"{of}.{name.name}")
            )

    def _each(self, name: tree.Name | None) -> Iterator[Occurrence]:
        """«for hver linje»: the record, where it is one."""
        if name is None:
            return
        for record in self.rulebook.records:
            if name.name in (record.id, record.id.lower(), record.variable):
                yield Occurrence(name.span, Symbol("opplysninger", record.id))
                return

    def _ref(self, kind: str, ref: tree.Ref, declares: bool = False) -> Occurrence:
        """What a block is about."""
        kind = _CANONICAL.get(kind, kind)
        id_ = normal_code(ref.id) if kind == "takst" else str(ref)
        return Occurrence(ref.span, Symbol(kind, id_), declares, _origin(self.rulebook, kind, id_))

    def _columns(
        self, kind: str, written: Iterable[tree.Column | tree.Changed | tree.Added | tree.Removed]
    ) -> Iterator[Occurrence]:
        """The columns that a group or a tariff has values of."""
        table = next((table for table in self.rulebook.tables if table.key == kind), None)
        for one in written if table is not None else ():
            name = one.name if isinstance(one, tree.Column) else one.column if isinstance(one, tree.Changed) else None
            if name is not None and table is not None:
                yield from self._word(one.span, name, Symbol("kolonne", f"{table.id}.{name}"))

    # ---- examples

    def _example(self, block: tree.ExampleDecl | tree.ExamplesDecl) -> Iterator[Occurrence]:
        """The fields that are given and what is expected."""
        self.first = self._records_of(slug(block.title))
        if isinstance(block, tree.ExamplesDecl):
            expected = {name.name for name in block.expected}
            yield from self._facts(block.given)
            for name in block.expected:
                yield from self._named(name.name, name.span, is_answer=True)
            yield from self._table(block.rows, expected)
            return
        yield from self._facts(block.given)
        for line in block.expected:
            if isinstance(line, tree.Fact):
                yield from self._fact(line, is_answer=True)
            elif isinstance(line, tree.ExpectNothing):
                yield from self._named(line.name, line.span, is_answer=True)
        for shown in block.shows:
            yield from self._named(shown.list, shown.span)
            first = self.first
            self.first = (*self._listed(shown.list), *first)
            for name in shown.by:
                yield from self._named(name.name, name.span)
            self.first = first

    def _records_of(self, example: str) -> tuple[str, ...]:
        """The record that an example is about, those in its lists, and the collections that are made of it."""
        about = {one.record for one in self.rulebook.examples if example in (one.id, one.table)}
        inner = [record.id for record in self.rulebook.records if record.outer in about]
        return (*sorted(about), *inner)

    def _listed(self, name: str) -> tuple[str, ...]:
        """The record that a collection is, or that the lists with a name hold."""
        lists = [field.of for field in fields_of(self.rulebook) if field.name == name and field.of is not None]
        return (name,) if name in self.records else tuple(lists[:1])

    def _facts(self, facts: Iterable[tree.Fact]) -> Iterator[Occurrence]:
        for fact in facts:
            yield from self._fact(fact, is_answer=False)

    def _fact(self, fact: tree.Fact, is_answer: bool) -> Iterator[Occurrence]:
        """A name in an example with its value or its rows."""
        yield from self._named(fact.name, fact.span, is_answer=is_answer)
        first = self.first
        self.first = (*self._listed(fact.name), *first)
        yield from self._table(fact.rows, {*fact.rows[0].cells} if is_answer and fact.rows else set())
        for value in fact.items.values if fact.items is not None else ():
            if isinstance(value, tree.Name | tree.Member):
                id_ = value.name if isinstance(value, tree.Name) else f"{value.scheme} {value.id}"
                if id_ in self.groups:
                    yield Occurrence(value.span, Symbol("gruppe", id_), book=_origin(self.rulebook, "gruppe", id_))
        self.first = first

    def _table(self, rows: Sequence[tree.Row], answers: set[str]) -> Iterator[Occurrence]:
        """The headings of a table in an example, and the groups in its cells."""
        for row in rows[:1]:
            for cell, span in zip(row.cells, row.places, strict=False):
                yield from self._named(cell, span, is_answer=cell in answers)
        yield from self._cells(rows[1:])
        for row in rows[1:]:
            for head, cell, span in zip(rows[0].cells, row.cells, row.places, strict=False):
                yield from self._reasons(cell, span) if head == "grunn" else ()

    def _reasons(self, cell: str, span: Span) -> Iterator[Occurrence]:
        """The ids in a cell of reasons, of which there can be many: «gjentak grunntakst»."""
        for word in re.finditer(r"\S+", cell):
            start = span.column + word.start()
            here = Span(span.path, span.line, start, span.line, start + len(word[0]))
            if word[0] in self.requirements:
                yield Occurrence(here, Symbol("krav", word[0]))
            else:
                yield from self._named(word[0], here, is_answer=True)

    def _named(self, name: str, span: Span, is_answer: bool = False) -> Iterator[Occurrence]:
        """A field, or a result; a name of both is the one that its place asks for."""
        owners = [record.id for record in self.rulebook.records if record.field(name) is not None]
        owners.sort(key=lambda owner: self.first.index(owner) if owner in self.first else len(self.first))
        as_field = [Symbol("felt", f"{owners[0]}.{name}")] if owners else []
        as_result = [Symbol("begrep", name)] if any(term.id == name for term in self.rulebook.terms) else []
        as_result += [Symbol("gruppering", name)] if any(one.id == name for one in self.rulebook.groupings) else []
        as_result += [Symbol("opplysninger", name)] if name in self.records else []
        for symbol in ([*as_result, *as_field] if is_answer else [*as_field, *as_result])[:1]:
            yield Occurrence(span, symbol)

    # ---- rows and words

    def _rows(self, rows: Sequence[tree.Row], column: Callable[[str], Symbol]) -> Iterator[Occurrence]:
        """The headings of a table, and the groups in its cells."""
        for row in rows[:1]:
            for cell, span in zip(row.cells, row.places, strict=False):
                if cell != "endring":
                    yield Occurrence(span, column(cell))
        yield from self._cells(rows[1:])

    def _cells(self, rows: Sequence[tree.Row]) -> Iterator[Occurrence]:
        """The groups in the cells of rows."""
        for row in rows:
            for cell, span in zip(row.cells, row.places, strict=False):
                if cell in self.groups:
                    yield Occurrence(span, Symbol("gruppe", cell), book=_origin(self.rulebook, "gruppe", cell))
                elif cell in self.requirements:
                    yield Occurrence(span, Symbol("krav", cell))

    def _word(
        self,
        near: Span,
        word: str,
        symbol: Symbol,
        book: str | None = None,
        last: bool = False,
        declares: bool = False,
    ) -> Iterator[Occurrence]:
        """A word on a line, from a column on."""
        line = self.source.line(near.line)
        at = [m.start() for m in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", line) if m.start() >= near.column - 1]
        if at:
            start = at[-1 if last and len(at) > 1 and at[-1] < near.end_column - 1 else 0] + 1
            span = Span(near.path, near.line, start, near.line, start + len(word))
            yield Occurrence(span, symbol, declares, book)


def _all(node: object, kind: type[tree.Cites]) -> Iterator[tree.Cites]:
    """Every node of a kind in the lines at the ends of a block."""
    if isinstance(node, kind):
        yield node
    elif isinstance(node, tuple):
        for part in node:
            yield from _all(part, kind)
    elif isinstance(node, tree.Tail | tree.ReplaceDecl) or (is_dataclass(node) and hasattr(node, "tail")):
        for field in fields(node):
            if field.name in ("tail", "cites", "block"):
                yield from _all(getattr(node, field.name), kind)
