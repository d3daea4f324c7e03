"""What may stand where the cursor is: the words that the grammar allows there, and the names that fit."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, get_args

from lark import Token

from compiler import model
from compiler.chapters import names_for_prose
from compiler.editor.describe import code_texts
from compiler.editor.names import fields_of
from compiler.editor.word_meanings import meaning_of
from compiler.expressions import DATE_PARTS, GROUP_CODE, LIST_PARTS, STEP_SUM
from compiler.resolve import STATUSES
from compiler.words import number, spoken
from dsl.keywords import UNITS
from dsl.legal import Legal, legal_after
from dsl.source import Source

MOST = 200
"""How many codes are offered at a time."""
_PARTIAL = re.compile(r"[\w.]*$|%$")
_BRACE = re.compile(r"\{([^{}]*)$")
_TYPES = tuple(kind for kind in get_args(model.FieldKind) if kind not in ("koder", "liste"))
_WITH_FIELDS = frozenset({"opplysninger", "tabell", "samling"})
_KINDS = {
    "_GRUPPE": "gruppe",
    "_TAKST": "takst",
    "_KODESETT": "kodesett",
    "_SATS": "sats",
    "_KRAV": "krav",
    "_BEGREP": "begrep",
    "_BEREGNING": "beregning",
    "_SAMLING": "samling",
    "_GRUPPERING": "gruppering",
    "_OPPLYSNINGER": "opplysninger",
    "_TABELL": "tabell",
    "_REGELTABELL": "gruppe",
}
_AMENDING = frozenset({"_ENDRER", "_OPPHEVER", "_FLYTTER", "_ERSTATTER", "_PRESISERING", "_REGELTABELL"})
"""Blocks that are about something that is declared elsewhere."""
_SUBJECT_ENDS = frozenset({"_ER", "_I", "_IKKE", "_ELLER", "_KOMMA", "KODE", "NAVN", "HELTALL", "EQUAL", "_UNNTATT"})

ItemKind = Literal["ord", "enhet", "navn", "kode", "valg", "type"]


class Item(NamedTuple):
    """Something that may be written: how, what sort of thing it is, and a few words about it."""

    label: str
    kind: ItemKind
    detail: str = ""


class Offer(NamedTuple):
    """What may stand at a place, from which column on it would be written, and whether that is all there is."""

    items: tuple[Item, ...]
    column: int
    complete: bool = True


def offered(rulebook: model.Rulebook | None, years: Iterable[str], source: Source, line: int, column: int) -> Offer:
    """What may be written at a place of a file; `years` are the rule years that there are: «ISF 2020»."""
    text = source.line(line)[: column - 1]
    if not any(segment.is_rules and segment.start <= line < segment.end for segment in source.segments):
        return _in_prose(rulebook, text, column)
    partial = _PARTIAL.search(text)
    assert partial is not None
    legal = legal_after(_before(source, line, text[: partial.start()]))
    if legal is None or text.lstrip().startswith(("|", "#")):
        return Offer((), column)
    words = [Item(word, "enhet" if word in UNITS else "ord", _meaning(word)) for word in legal.words]
    names: list[Item] = []
    if legal.terminals & {"NAVN", "KODE", "TEKST"} and rulebook is not None:
        names = list(_Names(rulebook, tuple(years), legal, partial[0]).items())
    complete = len(names) < MOST
    found = dict.fromkeys([*names[:MOST], *words])
    return Offer(tuple(found), column - len(partial[0]), complete)


def _in_prose(rulebook: model.Rulebook | None, text: str, column: int) -> Offer:
    """In prose, the names that may stand in «{…}»."""
    brace = _BRACE.search(text)
    if brace is None or rulebook is None:
        return Offer((), column)
    known = names_for_prose(rulebook).values()
    items = tuple(Item(one.id, "navn", _detail(kind, one)) for kind, one in known)
    return Offer(items, column - len(brace[1]))


def _before(source: Source, line: int, text: str) -> str:
    """The block up to the cursor."""
    if not text.strip() and not text:
        return ""
    rows = [text]
    number = line
    while rows[0][:1] in ("", " ", "#") and number > 1:
        number -= 1
        row = source.line(number)
        if any(not segment.is_rules and segment.start <= number < segment.end for segment in source.segments):
            break
        rows.insert(0, row)
        if row[:1].strip() and not row.startswith("#"):
            break
    return "\n".join(rows)


def _meaning(word: str) -> str:
    found = meaning_of(word)
    return found.text if found is not None else ""


def _detail(kind: str, one: model.Definition) -> str:
    """A few words about a definition."""
    value = ""
    if isinstance(one, model.Rate):
        value = number(one.value, one.unit) if one.value is not None else "ukjent"
    return " ".join(part for part in (kind, value, one.title or "") if part)


class _Names:
    """Finds the names that fit in a place."""

    def __init__(self, rulebook: model.Rulebook, years: tuple[str, ...], legal: Legal, partial: str) -> None:
        self.rulebook = rulebook
        self.years = years
        self.legal = legal
        self.partial = partial
        self.tokens = legal.tokens
        self.kinds = [token.type for token in legal.tokens]
        words = [token.value for token in self.tokens if token.type not in ("_INDENT", "_DEDENT", "_NL")]
        self.block = next((word for word in words if word not in ("årlig", "erstatter", "endrer")), "")
        self.opener = self.kinds[0] if self.kinds else ""
        self.in_head = "_NL" not in self.kinds

    @property
    def before(self) -> str:
        """The terminal before the cursor."""
        return next((kind for kind in reversed(self.kinds) if kind not in ("_INDENT", "_DEDENT")), "")

    @property
    def line(self) -> list[Token]:
        """The tokens on the cursor's line."""
        starts = [at for at, kind in enumerate(self.kinds) if kind == "_NL"]
        return [t for t in self.tokens[starts[-1] + 1 if starts else 0 :] if t.type not in ("_INDENT", "_DEDENT")]

    def items(self) -> Iterator[Item]:
        """What fits, the likeliest first."""
        if self.in_head:
            yield from self._in_head()
        elif self.before == "_KILDE":
            yield from (Item(one.id, "navn", one.title) for one in self.rulebook.sources)
        elif self.block == "regelverk":
            yield from self._in_header()
        elif self.block in _WITH_FIELDS:
            yield from self._in_fields()
        elif self.block in ("gruppe", "takst") and not self.line:
            yield from self._columns_of(self.block)
        elif self.block in ("eksempel", "eksempler"):
            yield from self._in_example()
        elif any(token.type == "_FELLES" for token in self.line):
            yield from self._of("kodesett", self.rulebook.sets)
        elif self.line and self.line[0].type == "_REKKEFOLGE":
            yield from self._in_order(self.line)
        elif self.block == "kodesett":
            yield from (*self._codes(()), *self._of("kodesett", self.rulebook.sets))
        elif self.block == "kilde":
            return
        else:
            yield from self._in_expression()

    # ---- the first line of a block

    def _in_head(self) -> Iterator[Item]:
        """What a block is about, where that is declared elsewhere, and what comes after the name."""
        if self.before == "_HVER":
            yield from self._elements()
        elif self.before in ("_FRA", "_AV") and self.opener == "_UNNTAK":
            yield from self._of("begrep", self.rulebook.terms)
        elif self.before == "EQUAL" or "EQUAL" in self.kinds:
            yield from self._in_expression()
        elif self.opener in _AMENDING and self.before in _KINDS:
            yield from self._declared(_KINDS[self.before])
        elif self.opener == "_UNNTAK" or self.before == "_FRA":
            yield from (Item(name, "navn", "regelverk") for name in self.years)

    def _declared(self, kind: str) -> Iterator[Item]:
        """The definitions of a type."""
        for word, one in self.rulebook.definitions():
            is_term = isinstance(one, model.Term) and kind in ("begrep", "beregning")
            if (word == kind and not isinstance(one, model.Term)) or (
                is_term and isinstance(one, model.Term) and one.in_result == (kind == "beregning")
            ):
                yield Item(one.id, "navn", _detail(kind, one))

    def _elements(self) -> Iterator[Item]:
        """What the elements of lists are called, and the records themselves."""
        for record in self.rulebook.records:
            yield Item(record.id if record.outer is None else record.variable, "navn", record.title or "opplysninger")
            for field in record.fields:
                if field.element is not None:
                    yield Item(field.element, "navn", f"ett element av {field.name}")

    # ---- lines

    def _in_header(self) -> Iterator[Item]:
        """The words of the header that are no keywords, and the other rule years."""
        if self.before == "_STATUS":
            yield from (Item(status, "valg", "status") for status in STATUSES)
        elif self.before in ("_PAA", "_BRUKER"):
            yield from (Item(name, "navn", "regelverk") for name in self.years)

    def _in_fields(self) -> Iterator[Item]:
        """The types of fields, and what they name."""
        if len(self.line) == 1 and self.before == "NAVN":
            yield from (Item(kind, "type", "type") for kind in (*_TYPES, "koder", "liste"))
        elif self.before == "_AV":
            yield from self._of("opplysninger", self.rulebook.records)
        elif self.before in ("_FRA", "_KOMMA") and any(token.type == "_FRA" for token in self.line):
            yield from self._of("kodeverk", self.rulebook.code_systems)
            yield from self._of("tabell", self.rulebook.tables)
        elif self.before in ("_PER", "ETTER", "_DER", "_OG") or any(t.type == "_DER" for t in self.line):
            yield from self._in_expression()

    def _columns_of(self, key: str) -> Iterator[Item]:
        """The columns that a group or a tariff can have."""
        for table in self.rulebook.tables:
            if table.key == key:
                yield from (self._field(field, "kolonne") for field in table.fields if field.name != key)

    def _in_example(self) -> Iterator[Item]:
        """The fields that can be given, what can be expected, and their values."""
        if self.line and self.line[0].type == "NAVN":
            yield from self._values(self._fields_named(self.line[0].value))
            return
        answers = "_SAA" in self.kinds
        for record in self.rulebook.top_records():
            given = [field for field in record.fields if not answers or field.kind == "liste"]
            yield from (self._field(field, record.id) for field in given)
            if answers and record.gathering is not None:
                yield Item(record.id, "navn", record.title or "samling")
        if answers:
            yield from (
                Item(term.id, "navn", _detail("beregning", term)) for term in self.rulebook.terms if term.in_result
            )
            yield from self._of("gruppering", self.rulebook.groupings)
            yield from (Item(name, "navn", "i svaret") for name in ("gruppe", "status", "grunn"))

    def _in_order(self, line: list[Token]) -> Iterator[Item]:
        """The columns that groups can be held in order by, and their values."""
        if self.before in ("AGG", "ETTER", "_INNEN"):
            yield from self._columns_of("gruppe")
            for grouping in self.rulebook.groupings:
                yield from (Item(name, "navn", "felt i radene") for name in grouping.results)
                yield from (Item(column.name, "navn", "kolonne i radene") for column in grouping.columns)
        elif len(line) > 2:
            yield from self._values(self._fields_named(line[2].value))

    # ---- expressions

    def _in_expression(self) -> Iterator[Item]:
        """Values of what is compared, where something is, and else every name."""
        compared = self._compared()
        if compared:
            yield from self._values(compared)
        if self.before in ("_HVER", "RELATIV"):
            yield from self._elements()
            return
        for record in self.rulebook.records:
            yield from (self._field(field, record.id) for field in record.fields)
        yield from self._of("begrep", self.rulebook.terms)
        yield from self._of("sats", self.rulebook.rates)
        yield from self._of("kodesett", self.rulebook.sets)
        yield from self._of("gruppering", self.rulebook.groupings)
        for table in self.rulebook.tables:
            yield from (self._field(field, table.id) for field in table.fields if field.name not in table.keys)
        yield from (Item(name, "navn", "av …") for name in (*DATE_PARTS, *LIST_PARTS, GROUP_CODE, STEP_SUM))

    def _compared(self) -> list[model.RecordField]:
        """The fields that the cursor is at a value of: «sektor er …»."""
        line = self.line
        at = next((i for i in range(len(line) - 1, -1, -1) if line[i].type in ("_ER", "_I")), None)
        if at is None or any(token.type not in _SUBJECT_ENDS for token in line[at:]):
            return []
        while at > 0 and line[at].type in ("_ER", "_I", "_IKKE"):
            at -= 1
        return self._fields_named(line[at].value) if line[at].type == "NAVN" else []

    def _fields_named(self, name: str) -> list[model.RecordField]:
        """The fields and columns with a name; of a grouping, one whose values are its groups."""
        found = [field for field in fields_of(self.rulebook) if field.name == name]
        if any(name in (grouping.id, "gruppe") for grouping in self.rulebook.groupings):
            found.append(model.RecordField(name=name, identifier=name, kind="gruppe", since=self.rulebook.year))
        return found

    def _values(self, fields: Iterable[model.RecordField]) -> Iterator[Item]:
        """What fields can be."""
        for field in fields:
            yield from (Item(choice, "valg", f"valg i {field.name}") for choice in field.choices)
            if field.kind == "ja/nei":
                yield from (Item("ja", "valg", field.name), Item("nei", "valg", field.name))
            elif field.kind == "gruppe":
                yield from self._of("gruppe", self.rulebook.groups)
            elif field.kind in ("kode", "koder"):
                yield from self._of("kodesett", self.rulebook.sets)
                yield from self._codes(field.origins)

    def _codes(self, origins: tuple[str, ...]) -> Iterator[Item]:
        """The codes that begin as the author has begun, with what they mean."""
        if not self.partial:
            return
        systems = [one for one in self.rulebook.code_systems if not origins or one.id in origins]
        known: dict[str, str] = code_texts(self.rulebook) if not systems else {}
        for system in systems:
            known |= system.codes
        begun = self.partial.upper().replace(".", "")
        yield from (Item(code, "kode", text) for code, text in sorted(known.items()) if code.startswith(begun))

    def _of(self, kind: str, definitions: Iterable[model.Definition]) -> Iterator[Item]:
        for one in definitions:
            yield Item(one.id, "navn", _detail(kind, one))

    def _field(self, field: model.RecordField, owner: str) -> Item:
        """A field, with what it holds."""
        unit = f" {field.unit.shown}" if field.unit is not None and field.unit.shown else ""
        return Item(field.name, "navn", f"{spoken(owner)}: {field.kind}{unit}{f', {field.text}' if field.text else ''}")
