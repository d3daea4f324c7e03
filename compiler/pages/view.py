"""What the templates ask about one rule year: names, links, values and conditions, as safe Markdown."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from compiler import model
from compiler.chapters import names_for_prose
from compiler.pages.addresses import LISTS, Addresses, chapter_file, name_of
from compiler.pages.text import Md, Prose, code, escape, external, joined, link
from compiler.runtime.svar import Verdi
from compiler.words import Words, number, spoken, year_shown

_TYPES = {
    "gruppe": "Gruppe",
    "gruppering": "Gruppering",
    "takst": "Takst",
    "kodesett": "Kodesett",
    "sats": "Sats",
    "begrep": "Begrep",
    "krav": "Krav",
    "tabell": "Tabell",
    "opplysninger": "Opplysninger",
    "eksempel": "Eksempel",
    "kilde": "Kilde",
}
_MONTHS = (
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
)
_KINDS = {"desimaltall": "tall", "heltall": "helt tall", "koder": "koder", "kode": "kode", "gruppe": "gruppe"}

MANY_CODES = 12
"""A longer table of codes is folded away."""


@dataclass(frozen=True, slots=True)
class LinkedWords(Words):
    """Expressions in words, with links to terms, sets, rates and groups."""

    addresses: Addresses

    def ref(self, kind: str, id_: str, text: str) -> str:
        """A link where the definition has an address."""
        address = self.addresses.home((kind, id_)) if kind in _TYPES else None
        return f"[{text}]({address})" if address else text

    def text(self, text: str) -> str:
        """The text escaped."""
        return str(escape(text))


@dataclass(frozen=True, slots=True)
class Rule:
    """A definition as it is shown at a place of a page."""

    type: str
    definition: model.Definition
    name: str
    anchor: str
    level: int
    """The level of its heading."""

    @property
    def type_name(self) -> str:
        """What kind of rule it is, as the page says it."""
        if self.type == "begrep" and isinstance(self.definition, model.Term) and self.definition.lines:
            return "Beregning"
        if self.type == "sats" and isinstance(self.definition, model.Rate) and self.definition.yearly:
            return "Årlig sats"
        return _TYPES[self.type]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a chapter's page: prose, a rule, some sources, an amendment, or a link to a rule shown elsewhere."""

    kind: Literal["prose", "rule", "sources", "amendment", "elsewhere"]
    text: Md | None = None
    rule: Rule | None = None
    sources: tuple[model.Source, ...] = ()
    amendment: model.AmendmentAt | None = None


class View:
    """One rule year as the templates see it."""

    def __init__(self, rulebook: model.Rulebook) -> None:
        self.rulebook = rulebook
        self.addresses = Addresses(rulebook)
        self.words = LinkedWords(rulebook, self.addresses)
        self.sources = {source.id: source for source in rulebook.sources}
        self._named = names_for_prose(rulebook)

    # ---- names and links

    def name(self, kind: str, id_: str) -> str:
        """What a definition is called; its id when the year does not have it."""
        found = self.addresses.definitions.get((kind, id_))
        return _capital(name_of(kind, found)) if found else spoken(id_)

    def link(self, kind: str, id_: str, text: object = None) -> Md:
        """A link to where a definition stands, or its name alone when it has no address."""
        shown = self.name(kind, id_) if text is None else text
        address = self.addresses.home((kind, id_))
        return link(shown, address) if address else escape(shown)

    def kind_of(self, id_: str) -> str | None:
        """The type of the requirement, term or group with an id, which is what an answer gives as a reason."""
        return next(
            (kind for kind in ("krav", "begrep", "gruppering", "gruppe") if (kind, id_) in self.addresses.rows), None
        )

    def anchored(self, kind: str, id_: str) -> Md:
        """The address of a definition on its list page."""
        return Md(f'<a id="{self.addresses.rows[kind, id_]}"></a>')

    def listed(self, kind: str, id_: str) -> Md:
        """The address of a definition that never changes: its row on a list page."""
        return Md(self.addresses.listed((kind, id_)))

    def file(self, chapter: model.Chapter) -> Md:
        """The file of a chapter's page."""
        return Md(chapter_file(chapter))

    def type_name(self, kind: str) -> str:
        """A type as a person says it."""
        return _TYPES[kind]

    def spoken(self, name: str) -> str:
        """A name as it is read."""
        return spoken(name)

    def used(self, source: str) -> int:
        """How many definitions cite a source."""
        found = self.addresses.definitions.values()
        cited = [one for one in found if isinstance(one, model.Definition)]
        return sum(any(c.source == source for c in one.citations) for one in cited)

    def is_first(self, record: str) -> bool:
        """The record is the first that comes in: what most rules are about."""
        return self.rulebook.top_records()[:1] == (self.rulebook.record(record),)

    def source(self, citation: model.Citation) -> Md:
        """A citation as a link to the source, with the place in it."""
        linked = self.link("kilde", citation.source)
        return linked + Md(", ") + escape(citation.place) if citation.place else linked

    def external(self, source: model.Source) -> Md:
        """A source's title, as a link where it has an address."""
        return external(source.title, source.address or "")

    # ---- the year

    @property
    def year(self) -> str:
        """The rule year as it is said: «2020», or «2020/21» when it is no calendar year."""
        return year_shown(self.rulebook)

    def date(self, day: date) -> str:
        """A date in words."""
        return f"{day.day}. {_MONTHS[day.month - 1]} {day.year}"

    def inherited(self, definition: model.Definition) -> bool:
        """The year has said nothing of the definition."""
        return definition.last_changed < self.rulebook.year

    def confirmed(self, definition: model.Definition) -> int | None:
        """The newest year that the sources of an inherited rule speak for, when it is older than this year."""
        years = [self.sources[c.source].year for c in definition.citations if c.source in self.sources]
        newest = max((year for year in years if year is not None), default=None)
        return newest if self.inherited(definition) and newest is not None and newest < self.rulebook.year else None

    # ---- expressions

    def inline(self, expr: model.Expr) -> Md:
        """An expression on one line."""
        return Md(self.words.inline(expr))

    def condition(self, label: str, expr: model.Expr) -> Md:
        """A condition after its label: on the same line, or as a nested list under it."""
        (_, first), *rest = self.words.lines(expr)
        if not rest:
            return Md(f"**{label}** {first}")
        bullets = "\n".join(f"{'    ' * (depth - 1)}- {text}" for depth, text in rest)
        return Md(f"**{label}** {first}:\n\n{bullets}")

    def rounding(self, rounding: model.Rounding) -> Md:
        """How a value is rounded."""
        return Md(self.words.rounding(rounding))

    # ---- values

    def rate(self, rate: model.Rate) -> Md:
        """A rate's value."""
        if rate.value is None:
            return Md("ukjent")
        return escape(number(rate.value, rate.unit, _written_places([rate.value], rate.unit)))

    def result(self, term: model.Term | None, value: Verdi) -> Md:
        """A computed value, which is in shown units already."""
        match value:
            case None:
                return Md("kan ikke beregnes")
            case bool():
                return Md("ja" if value else "nei")
            case Decimal():
                shown = term.unit.shown if term is not None and term.unit is not None else ""
                places = _places(term.rounding.step) if term is not None and term.rounding is not None else None
                return escape(number(value, model.Unit(shown=shown), places))
            case date():
                return escape(self.date(value))
            case str():
                return escape(value)

    def cell(self, table: model.Table, field: model.RecordField, row: model.Row) -> Md:
        """A value of a row; a yearly one that the year does not state is said to be missing."""
        value = row.values.get(field.name)
        match value:
            case None:
                return Md("ikke oppgitt for ") + escape(self.year) if field.yearly else Md("–")
            case bool():
                return Md("ja" if value else "nei")
            case Decimal():
                return escape(number(value, field.unit, _written_places(_column(table, field), field.unit)))
            case model.CodeSet():
                return Md(self.words.codes(value))
            case str():
                return escape(value)

    def columns(self, key: str, id_: str) -> Iterator[tuple[str, Md]]:
        """The columns of every table with a kind of key, and what they hold for one key."""
        for table in self.rulebook.tables:
            if table.key == key:
                row = table.row(id_)
                for field in table.fields:
                    if field.name != key:
                        yield _capital(spoken(field.name)), self.cell(table, field, row) if row else Md("–")

    def codes(self, codes: model.CodeSet) -> Md:
        """A code set on one line."""
        return Md(self.words.codes(codes))

    def code_rows(self, named: model.NamedSet) -> list[tuple[str, str]]:
        """The codes of a set with their texts: single codes, intervals and prefixes."""
        codes = named.codes
        shown = [*codes.codes, *(f"{low}–{high}" for low, high in codes.intervals), *(f"{p}*" for p in codes.prefixes)]
        return [(one, named.texts.get(one, "")) for one in shown]

    def field_kind(self, field: model.RecordField) -> Md:
        """What a field holds."""
        if field.kind == "valg":
            return Md("én av: ") + joined(code(choice) for choice in field.choices)
        if field.kind == "liste" and field.of:
            return Md("liste av ") + self.link("opplysninger", field.of)
        shown = escape(_KINDS.get(field.kind, field.kind))
        if field.origins:
            return shown + Md(" fra ") + joined(field.origins)
        return shown + Md(" (") + escape(field.unit.shown) + Md(")") if field.unit else shown

    # ---- chapters

    def rule(self, kind: str, id_: str, level: int) -> Rule:
        """A definition to be shown under a heading of a level."""
        definition = self.addresses.definitions[kind, id_]
        assert not isinstance(definition, model.Source)
        return Rule(kind, definition, self.name(kind, id_), self.addresses.anchors[kind, id_], level)

    def parts(self, chapter: model.Chapter) -> list[Part]:
        """The year's own text of a chapter: its prose, with the rules in place."""
        prose = Prose(lambda target: self._prose_target(target, chapter), self._prose_name)
        parts: list[Part] = []
        level = 2
        for part in chapter.parts:
            if isinstance(part, model.Prose):
                text = part.text if parts else _without_title(part.text)
                level = min(_last_level(text, level - 1) + 1, 6)
                parts.append(Part("prose", text=prose.blocks(text)))
            else:
                parts += self._rule_parts(chapter, part, level, parts)
        return parts

    def carried(self, chapter: model.Chapter) -> list[Part]:
        """The rules of a chapter that the year's own text does not place."""
        parts: list[Part] = []
        for part in chapter.carried:
            parts += self._rule_parts(chapter, part, 3, parts)
        return [part for part in parts if part.kind == "rule"]

    def _rule_parts(
        self, chapter: model.Chapter, part: model.ChapterPart, level: int, before: list[Part]
    ) -> Iterator[Part]:
        """What is shown for a place of a chapter; sources that follow each other become one list."""
        match part:
            case model.AmendmentAt():
                yield Part("amendment", amendment=part)
            case model.RuleAt(type="kilde", id=id_):
                if id_ in self.sources:
                    listed = before.pop().sources if before and before[-1].kind == "sources" else ()
                    yield Part("sources", sources=(*listed, self.sources[id_]))
            case model.RuleAt(type=kind, id=id_):
                if (kind, id_) in self.addresses.definitions:
                    rule = self.rule(kind, id_, level)
                    here = (self.addresses.home((kind, id_)) or "").startswith(f"{chapter_file(chapter)}#")
                    yield Part("rule" if here else "elsewhere", rule=rule)

    def _prose_target(self, target: str, chapter: model.Chapter) -> str | None:
        return self.addresses.prose_target(target, inherited=chapter.since < self.rulebook.year)

    def _prose_name(self, name: str, linked: bool) -> Md | None:
        """What a name in prose is replaced by: a rate's value, or the name; None for what is unknown."""
        if name not in self._named:
            return None
        kind, definition = self._named[name]
        text = self.rate(definition) if isinstance(definition, model.Rate) else escape(spoken(name))
        return self.link(kind, name, text) if linked else text


def list_pages(view: View) -> Mapping[str, int]:
    """The list pages that are not empty, and how many each lists."""
    counts = {
        page: sum(
            1 for kind, _ in view.addresses.definitions if kind == kinds[0] or (page != "grupper" and kind in kinds)
        )
        for page, kinds in LISTS.items()
    }
    return {page: count for page, count in counts.items() if count}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _places(step: Decimal) -> int:
    """The decimals of a number rounded to a step."""
    exponent = step.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _written_places(values: Sequence[Decimal], unit: model.Unit | None) -> int | None:
    """The decimals that numbers are written with, where they are written in base units."""
    if unit is not None and (unit.numerator, unit.denominator) != (1, 1):
        return None
    exponents = [value.as_tuple().exponent for value in values]
    return max((-e for e in exponents if isinstance(e, int) and e < 0), default=0)


def _column(table: model.Table, field: model.RecordField) -> list[Decimal]:
    """The numbers of a column."""
    return [value for row in table.rows if isinstance(value := row.values.get(field.name), Decimal)]


def _without_title(text: str) -> str:
    """Prose without the chapter's title, which the page has already."""
    return re.sub(r"^#\s.*$", "", text, count=1, flags=re.MULTILINE)


def _last_level(text: str, before: int) -> int:
    """The level of the last heading of some prose."""
    levels = [len(line) - len(line.lstrip("#")) for line in text.split("\n") if line.startswith("##")]
    return levels[-1] if levels else before
