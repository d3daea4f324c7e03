"""What a rule year says of each definition, as a comparison of years sees it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from compiler import model
from compiler.words import Words, not_stated, number, spoken

Kind = Literal[
    "sats",
    "gruppe",
    "takst",
    "rad",
    "kodesett",
    "krav",
    "begrep",
    "beregning",
    "gruppering",
    "opplysninger",
    "tabell",
    "kilde",
    "kapittel",
]

TITLE = "omtalt som"
"""What the title of a definition is called, in words that no column can have."""


class Line(model.Node):
    """A line of words, with its depth under the lines above it."""

    depth: int
    text: str


class Figure(model.Node):
    """A figure of one year; without a value it is not stated that year."""

    value: model.Number | None
    unit: model.Unit | None
    shown: str
    note: str | None = None
    """How the figure was derived, or why it is not known."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words, and a text that is the same where they mean the same."""

    lines: tuple[Line, ...]
    meaning: str


Fact = Figure | Said | dict[str, str]
"""A figure, words, or codes with their meanings."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A definition as a comparison sees it: its name and what is said of it."""

    kind: Kind
    id: str
    name: str
    label: str
    facts: dict[str, Fact]
    changes: list[model.Change] = field(default_factory=list)


class Entries:
    """Collects what one rulebook says."""

    def __init__(self, rulebook: model.Rulebook, label: str, order: Sequence[str]) -> None:
        self.rulebook = rulebook
        self.label = label
        self.order = order
        self.words = Words(rulebook)
        self.found: dict[tuple[Kind, str], Entry] = {}

    def all(self) -> dict[tuple[Kind, str], Entry]:
        """Every definition by kind and id."""
        rulebook = self.rulebook
        for rate in rulebook.rates:
            self._add("sats", rate, {"verdi": self._rate(rate)})
        for group in rulebook.groups:
            self._add("gruppe", group, self._condition("gruppert når", group.when), titled(group.shown, group.title))
        for table in rulebook.tables:
            self._rows(table)
        for named in rulebook.sets:
            self._add("kodesett", named, {"koder": _pieces(named.codes, named.texts)})
        for requirement in rulebook.requirements:
            self._add("krav", requirement, self._requirement(requirement))
        for term in rulebook.terms:
            self._add("beregning" if term.in_result else "begrep", term, self._term(term))
        for place, grouping in enumerate(rulebook.groupings):
            facts: dict[str, Fact] = {"gjelder for": plain(grouping.record)}
            if self.order and place == 0:
                facts["rekkefølge"] = plain(*self.order)
            self._add("gruppering", grouping, facts)
        for record in rulebook.records:
            self._add("opplysninger", record, _field_facts("felt", record.fields))
        for table in rulebook.tables:
            self._add("tabell", table, _field_facts("kolonne", table.fields))
        self._sources_and_chapters()
        return self.found

    def _add(
        self, kind: Kind, definition: model.Definition, facts: dict[str, Fact], name: str | None = None, id_: str = ""
    ) -> None:
        """Take in a definition, or more facts about one."""
        key = (kind, id_ or definition.id)
        if key not in self.found:
            shown = definition.title or spoken(definition.id)
            title: dict[str, Fact] = {TITLE: plain(definition.title)} if definition.title else {}
            self.found[key] = Entry(kind, key[1], name or shown[:1].upper() + shown[1:], self.label, title)
        entry = self.found[key]
        entry.facts.update(facts)
        entry.changes.extend(change for change in definition.changes if change not in entry.changes)

    def _rate(self, rate: model.Rate) -> Figure:
        plainly = not_stated(rate.title or rate.id, self.rulebook.year)
        missing = rate.reason if rate.reason != plainly else None
        return self._figure(rate.value, rate.unit, rate.derived, missing)

    def _figure(
        self, value: Decimal | None, unit: model.Unit | None, derived: str | None = None, missing: str | None = None
    ) -> Figure:
        if value is None:
            return Figure(value=None, unit=unit, shown=f"ikke oppgitt for {self.label}", note=missing)
        note = f"utledet: {derived}" if derived else None
        return Figure(value=value, unit=unit, shown=_shown(value, unit), note=note)

    def _rows(self, table: model.Table) -> None:
        """The rows of a table: what a group or a tariff is worth, or rows on their own."""
        kind: Kind = "gruppe" if table.key == "gruppe" else "takst" if table.key == "takst" else "rad"
        for row in table.rows:
            facts: dict[str, Fact] = {}
            for column in table.fields:
                fact = self._cell(column, row)
                if fact is not None and column.name != table.key:
                    facts[column.name] = fact
            id_ = row.key if kind != "rad" else f"{table.id} {row.key}"
            shown = row.shown if kind != "rad" else f"{spoken(table.id)} {row.shown}"
            self._add(kind, row, facts, titled(shown, row.title), id_)

    def _cell(self, column: model.RecordField, row: model.Row) -> Fact | None:
        """What a row says in a column; nothing where it is empty and need not be stated each year."""
        value = row.values.get(column.name)
        match value:
            case None:
                numeric = column.kind in ("heltall", "desimaltall")
                return self._figure(None, column.unit) if column.yearly and numeric else None
            case Decimal():
                return self._figure(value, column.unit, row.derived)
            case model.CodeSet():
                return _pieces(value, {})
            case bool():
                return plain("ja" if value else "nei")
            case _:
                return plain(value)

    def _condition(self, aspect: str, condition: model.Expr | None) -> dict[str, Fact]:
        """A condition in words; nothing where there is none."""
        if condition is None:
            return {}
        lines = tuple(Line(depth=depth, text=text) for depth, text in self.words.lines(condition))
        return {aspect: Said(lines, _meaning(condition))}

    def _requirement(self, requirement: model.Requirement) -> dict[str, Fact]:
        return {
            "gjelder for": plain(requirement.record),
            **self._condition("når", requirement.when),
            **self._condition("krever", requirement.requires),
            "ellers": plain(f"{requirement.outcome} «{requirement.text}»"),
        }

    def _term(self, term: model.Term) -> dict[str, Fact]:
        """A term: its condition, or how it is computed."""
        facts: dict[str, Fact] = {"gjelder for": plain(term.record), **self._condition("vilkår", term.condition)}
        if term.lines:
            facts["regnes ut slik"] = Said(tuple(self._value_lines(term)), _meaning((term.lines, term.rounding)))
        return facts

    def _value_lines(self, term: model.Term) -> Iterator[Line]:
        """How a term is computed, a line for each way."""
        for place, line in enumerate(term.lines):
            value = f"{'ellers ' if place else ''}{self.words.inline(line.value)}"
            head, *rest = self.words.lines(line.when) if line.when is not None else [(0, "")]
            yield Line(depth=0, text=f"{value} når {head[1]}" if line.when is not None else value)
            yield from (Line(depth=depth, text=text) for depth, text in rest)
        if term.rounding is not None:
            yield Line(depth=0, text=self.words.rounding(term.rounding))

    def _sources_and_chapters(self) -> None:
        for source in self.rulebook.sources:
            facts: dict[str, Fact] = {TITLE: plain(source.title)}
            facts |= {"adresse": plain(source.address)} if source.address else {}
            self.found["kilde", source.id] = Entry("kilde", source.id, source.title, self.label, facts)
        for chapter in self.rulebook.chapters:
            numbered = re.match(r"([\d.]*)-?(.*)", chapter.id)
            assert numbered is not None
            title = Said((Line(depth=0, text=chapter.title),), chapter.title.replace(str(chapter.since), ""))
            facts = {TITLE: title, "nummer": plain(numbered[1])} if numbered[1] else {TITLE: title}
            self.found["kapittel", numbered[2]] = Entry("kapittel", numbered[2], chapter.title, self.label, facts)


def plain(*lines: str) -> Said:
    """Plain lines, which mean what they say."""
    return Said(tuple(Line(depth=0, text=line) for line in lines), "\n".join(lines))


def titled(shown: str, title: str | None) -> str:
    return f"{shown} «{title}»" if title else shown


def _shown(value: Decimal, unit: model.Unit | None) -> str:
    """A figure with the decimals it was stated with, where it is stated in base units."""
    stated = -int(value.as_tuple().exponent)
    in_base = unit is None or unit.numerator == unit.denominator
    return number(value, unit, stated if in_base and stated >= 0 else None)


def _pieces(codes: model.CodeSet, texts: dict[str, str]) -> dict[str, str]:
    """The parts of a code set as they are written, with what they mean; exceptions are marked."""
    written = ["alle"] if codes.everything else []
    written += [spoken(id_) for id_ in codes.sets]
    written += codes.codes
    written += [f"{low}–{high}" for low, high in codes.intervals]
    written += [f"{prefix}*" for prefix in codes.prefixes]
    found = {piece: texts.get(piece, "") for piece in written}
    without = _pieces(codes.without, texts) if codes.without else {}
    return found | {f"unntatt {piece}": text for piece, text in without.items()}


def _field_facts(word: str, fields: Iterable[model.RecordField]) -> dict[str, Fact]:
    """Each field in words."""
    return {f"{word} {spoken(found.name)}": plain(_field_words(found)) for found in fields}


def _field_words(found: model.RecordField) -> str:
    """What a field holds: «valg helseforetak, kommune; kan mangle; hvem som utfører tjenesten»."""
    what = f"{found.kind} {found.unit.shown}" if found.unit else found.kind
    what += f" {', '.join(found.choices)}" if found.choices else ""
    what += f" fra {', '.join(found.origins)}" if found.origins else ""
    what += f" av {found.of}" if found.of else ""
    parts = [what, "kan mangle" if found.may_lack else "", "årlig" if found.yearly else "", found.text or ""]
    return "; ".join(filter(None, parts))


def _meaning(node: object) -> str:
    """A text that is the same for what means the same, however it is written and in whatever order."""
    match node:
        case Decimal():
            return str(Fraction(node))
        case model.CodeSet() | model.All() | model.Any():
            parts = [sorted(map(_meaning, v)) if isinstance(v, tuple) else [_meaning(v)] for _, v in node]
            return f"{node.kind}{parts}"
        case model.Node():
            return f"({' '.join(_meaning(value) for name, value in node if name != 'shown')})"
        case tuple():
            return f"[{' '.join(map(_meaning, node))}]"
        case _:
            return repr(node)
