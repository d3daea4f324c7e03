"""What the templates ask about one rule year: names, links, values and conditions, as safe Markdown."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from compiler import model
from compiler.chapters import names_for_prose
from compiler.compare import Comparison
from compiler.pages import values
from compiler.pages.addresses import LISTS, Addresses, Key, canonical, chapter_file, name_of
from compiler.pages.amended import Told, told
from compiler.pages.compared import Compared
from compiler.pages.rows import Rows
from compiler.pages.text import Md, Prose, code, escape, external, joined, link
from compiler.runtime.svar import Verdi
from compiler.words import Holds, Words, day_shown, holds, lenient_fields, spoken, year_shown

_TYPES = {
    "gruppe": "Gruppe",
    "gruppering": "Gruppering",
    "regeltabell": "Regeltabell",
    "regel": "Rad",
    "takst": "Takst",
    "kodesett": "Kodesett",
    "sats": "Sats",
    "begrep": "Begrep",
    "krav": "Krav",
    "unntak": "Unntak",
    "presisering": "Presisering",
    "kodeverk": "Kodeverk",
    "tabell": "Tabell",
    "opplysninger": "Opplysninger",
    "samling": "Samling",
    "eksempel": "Eksempel",
    "eksempler": "Eksempler",
    "kilde": "Kilde",
}
_OUTCOMES = {
    "inngår ikke": "Ellers inngår den ikke:",
    "varsel": "Ellers gis et varsel:",
    "uavklart": "Ellers er svaret uavklart:",
    "feil": "En rad som bryter det, er en feil:",
}
_KINDS = {"desimaltall": "tall", "heltall": "helt tall", "koder": "koder", "kode": "kode", "gruppe": "gruppe"}

MANY_CODES = 12
"""A longer table of codes is folded away."""

MANY_ROWS = 25
"""A longer table scrolls in a frame of its own."""


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
    told: Told | None = None
    """What an amendment, or a rule that replaces another, has changed."""


class View:
    """One rule year as the templates see it."""

    def __init__(self, rulebook: model.Rulebook, compared: Compared | None = None) -> None:
        self.rulebook = rulebook
        self.compared = compared
        self.addresses = Addresses(rulebook)
        self.words = LinkedWords(rulebook, self.addresses)
        self.rows = Rows(rulebook, self.addresses)
        self.sources = {source.id: source for source in rulebook.sources}
        self._named = names_for_prose(rulebook)
        self._column_places: dict[tuple[str, str], int | None] = {}

    @property
    def comparison(self) -> Comparison | None:
        """What differs from the year that this one builds on."""
        return self.compared.comparison if self.compared is not None else None

    # ---- names and links

    def name(self, kind: str, id_: str) -> str:
        """What a definition is called; its id when the year does not have it."""
        found = self.addresses.definitions.get(canonical((kind, id_)))
        if found is not None:
            return _capital(name_of(kind, found))
        gone = next((one for one in self.rulebook.repealed if (one.type, one.id) == (kind, id_)), None)
        return _capital(gone.title) if gone is not None and gone.title else spoken(id_)

    def link(self, kind: str, id_: str, text: object = None) -> Md:
        """A link to where a definition stands, or its name alone when it has no address."""
        shown = self.name(kind, id_) if text is None else text
        address = self.addresses.home((kind, id_))
        return link(shown, address) if address else escape(shown)

    def record(self, id_: str, text: object = None) -> Md:
        """A link to the information that comes in, or to the collection, that a rule is about."""
        return self.link(self._kind_of_record(id_), id_, text)

    def _kind_of_record(self, id_: str) -> str:
        """Whether a record is a collection, by the keyword of its block."""
        return "samling" if ("samling", id_) in self.addresses.definitions else "opplysninger"

    def gives_the_rest(self, group: model.Group) -> bool:
        """A record that no group or row takes is given the group."""
        return any(grouping.otherwise == group.id for grouping in self.rulebook.groupings)

    def kind_of(self, id_: str) -> str | None:
        """The type of the requirement, term or group with an id, which is what an answer gives as a reason."""
        return next(
            (
                kind
                for kind in ("krav", "begrep", "unntak", "gruppering", "gruppe", "regel", "samling")
                if (kind, id_) in self.addresses.definitions
            ),
            None,
        )

    def anchored(self, kind: str, id_: str) -> Md:
        """The address of a definition on its list page."""
        return Md(f'<a id="{self.address(kind, id_)}"></a>')

    def address(self, kind: str, id_: str) -> Md:
        """The part of the address after the list page's."""
        return Md(self.addresses.rows[kind, id_])

    def listed(self, kind: str, id_: str) -> Md:
        """The address of a definition that never changes: its row on a list page."""
        return Md(self.addresses.listed((kind, id_)))

    def file(self, chapter: model.Chapter) -> Md:
        """The file of a chapter's page."""
        return Md(chapter_file(chapter))

    def type_name(self, kind: str) -> str:
        """A type as a person says it."""
        return _TYPES.get(kind, _capital(kind))

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

    def ends(self, amendment: model.AmendmentAt) -> date | None:
        """The day within the year that an amendment ends a rule from."""
        definition = self.addresses.definitions.get(canonical((amendment.type, amendment.id)))
        return definition.ends if isinstance(definition, model.Definition) else None

    # ---- the year

    @property
    def year(self) -> str:
        """The rule year as it is said: «2020», or «2020/21» when it is no calendar year."""
        return year_shown(self.rulebook)

    def date(self, day: date) -> str:
        """A date in words."""
        return day_shown(day)

    def inherited(self, definition: model.Definition) -> bool:
        """The year has said nothing of the definition."""
        return definition.last_changed < self.rulebook.year

    def confirmed(self, definition: model.Definition) -> int | None:
        """The newest year that the sources of an inherited rule speak for, when it is older than this year."""
        return self.rulebook.confirmed(definition)

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

    def holds(self, when: model.Expr | None) -> Holds:
        """A condition with the part of the year that it names taken out."""
        return holds(self.rulebook, when)

    # ---- collections

    def gather_keys(self, gathering: model.Gathering) -> Md:
        """What the records of a collection have in common."""
        return Md(self.words.gather_keys(gathering))

    def gap(self, gap: model.Gap) -> Md:
        """How near the records of a collection must follow each other."""
        return Md(self.words.gap(gap))

    def about(self, record: model.Record) -> Iterator[tuple[str, Md]]:
        """The rules about a collection, a kind at a time, and the requirements to the records that it is made of."""
        assert record.gathering is not None
        of = record.gathering.of
        terms = [term for term in self.rulebook.terms if term.record == record.id]
        required = self.rulebook.tried_requirements
        kinds: tuple[tuple[str, str, Sequence[model.Definition]], ...] = (
            ("Gruppering", "gruppering", [g for g in self.rulebook.groupings if g.record == record.id]),
            ("Begreper", "begrep", [term for term in terms if not term.in_result]),
            ("Beregninger", "begrep", [term for term in terms if term.in_result]),
            ("Krav til samlingen", "krav", [rule for rule in required if rule.record == record.id]),
            (f"Krav til hver {spoken(of)} i den", "krav", [rule for rule in required if rule.record == of]),
        )
        for heading, kind, found in kinds:
            if found:
                yield heading, joined(self.link(kind, one.id) for one in found)

    def seen_from(self, record: model.Record) -> Md:
        """The collections whose rules can name what is said of everything."""
        inner = [r for r in self.rulebook.records if r.gathering is not None and r.gathering.around == record.id]
        return joined(self.record(one.id) for one in inner)

    def collection_of(self, grouping: str | None) -> model.Record | None:
        """The collection that a grouping is of; None where it is of what comes in."""
        found = next((one for one in self.rulebook.groupings if one.id == grouping), None)
        record = self.rulebook.record(found.record) if found is not None and found.record else None
        return record if record is not None and record.gathering is not None else None

    def chooses_all(self, grouping: str) -> bool:
        """Whether all groups of a grouping that hold are given, each with what it uses."""
        return any(one.id == grouping and one.chooses == "alle" for one in self.rulebook.groupings)

    def lenient(self, definition: model.Definition) -> str:
        """The fields that count as «nei» where they are not given: «liggetid eller alder»."""
        *others, last = lenient_fields(definition) or ("",)
        return f"{', '.join(others)} eller {last}" if others else last

    def otherwise(self, rule: model.Requirement) -> str:
        """What follows when a requirement does not hold."""
        return _OUTCOMES[rule.outcome]

    def text_of(self, rule: model.Requirement) -> Md:
        """The text of a requirement, with words for the values in it."""
        return Md(self.words.filled(rule))

    def clarifications(self, kind: str, id_: str) -> list[model.Clarification]:
        """The interpretations of a rule, the newest first."""
        about = canonical((kind, id_))
        found = [one for one in self.rulebook.clarifications if canonical((one.about_type, one.about)) == about]
        return sorted(found, key=lambda one: one.day, reverse=True)

    def rounding(self, rounding: model.Rounding) -> Md:
        """How a value is rounded."""
        return Md(self.words.rounding(rounding))

    # ---- values

    def rate(self, rate: model.Rate) -> Md:
        """A rate's value."""
        return values.rate_value(rate)

    def taken_from(self, rate: model.Rate) -> Md:
        """Where a rate is taken from, as a link to it there; nothing where it is stated here."""
        place = rate.fetched
        others = [one for one in self.rulebook.taken if place and (one.scheme, one.year) == (place.scheme, place.year)]
        if place is None or not others:
            return Md("")
        page, _, anchor = Addresses(others[0]).listed(_key_there(others[0], place)).partition(".md")
        return link(place.rulebook, f"../../../{place.scheme.lower()}/{place.year}/{page}/{anchor}")

    def periods(self, rate: model.Rate) -> list[values.Period]:
        """What a rate is in each part of the year, where it changes."""
        return list(values.periods(rate)) if rate.periods else []

    def result(self, term: model.Term | None, value: Verdi) -> Md:
        """A computed value."""
        return values.result(term, value)

    def cell(self, table: model.Table, field: model.RecordField, row: model.Row, with_unit: bool = True) -> Md:
        """A value of a row; a yearly one that the year does not state is said to be missing."""
        value = row.values.get(field.name)
        match value:
            case None:
                return Md("ikke oppgitt for ") + escape(self.year) if field.yearly else Md("–")
            case _ if field.name in table.keys:
                return values.key_shown(field, value)
            case bool():
                return Md("ja" if value else "nei")
            case Decimal():
                return values.figure(field, value, self._places(table, field), with_unit)
            case model.CodeSet():
                return Md(self.words.codes(value)) if value != model.CodeSet() else Md("–")
            case str():
                return values.text_shown(field, value)

    def _places(self, table: model.Table, field: model.RecordField) -> int | None:
        """The decimals of a column, found once."""
        key = table.id, field.name
        if key not in self._column_places:
            self._column_places[key] = values.places_of_column(table, field)
        return self._column_places[key]

    def given(self, record: str, name: str, value: str) -> Md:
        """A value given in an example."""
        return values.text_shown(self.rulebook.record(record).field(name), value)

    def fields(self, table: model.Table) -> list[model.RecordField]:
        """The columns of a table, those that a row is looked up by first."""
        keys = [field for name in table.keys if (field := table.field(name)) is not None]
        return [*keys, *(field for field in table.fields if field.name not in table.keys)]

    def heading(self, field: model.RecordField) -> Md:
        """What stands above a column."""
        return values.heading(field)

    def columns(self, key: str, id_: str) -> Iterator[tuple[str, Md]]:
        """The columns of every table with a kind of key, and what they hold for one key."""
        for table in self.rulebook.tables:
            if table.keys == (key,):
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
        return [(one, named.texts.get(one) or self._system_text(one)) for one in shown]

    def _system_text(self, one: str) -> str:
        """What a code means in the only code system that has it."""
        found = [system.codes[one] for system in self.rulebook.code_systems if one in system.codes]
        return found[0] if len(found) == 1 else ""

    def field_kind(self, field: model.RecordField) -> Md:
        """What a field holds."""
        if field.kind == "valg":
            return Md("én av: ") + joined(code(choice) for choice in field.choices)
        if field.kind == "liste" and field.of:
            return Md("liste av ") + self.record(field.of)
        shown = escape(_KINDS.get(field.kind, field.kind))
        if field.origins:
            systems = (
                self.link("kodeverk", one) if ("kodeverk", one) in self.addresses.rows else one for one in field.origins
            )
            return shown + Md(" fra ") + joined(systems)
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
        return [Part("rule", rule=part.rule) for part in parts if part.kind == "rule"]

    def _rule_parts(
        self, chapter: model.Chapter, part: model.ChapterPart, level: int, before: list[Part]
    ) -> Iterator[Part]:
        """What is shown for a place of a chapter; sources that follow each other become one list."""
        match part:
            case model.AmendmentAt(type=kind, id=id_, verb=verb):
                moved = verb == "flytter" if kind == "gruppe" else None
                rules = part.changes if kind == "gruppering" else None
                yield Part("amendment", amendment=part, told=told(self.comparison, kind, id_, moved, rules))
            case model.RuleAt(type="kilde", id=id_):
                if id_ in self.sources:
                    listed = before.pop().sources if before and before[-1].kind == "sources" else ()
                    yield Part("sources", sources=(*listed, self.sources[id_]))
            case model.RuleAt(type=kind, id=id_):
                key = canonical((kind, id_))
                if key in self.addresses.definitions:
                    yield from self._rule_part(chapter, self.rule(*key, level), before)

    def _rule_part(self, chapter: model.Chapter, rule: Rule, before: list[Part]) -> Iterator[Part]:
        """A rule where it is shown; where it stands again, as a rate does that changes within the year, a link."""
        key = (rule.type, rule.definition.id)
        shown = [(part.rule.type, part.rule.definition.id) for part in before if part.rule is not None]
        if shown and shown[-1] == key:
            return
        here = (self.addresses.home(key) or "").startswith(f"{chapter_file(chapter)}#")
        year = self.rulebook.year
        changed = chapter.since == year and rule.definition.since < year == rule.definition.last_changed
        yield Part(
            "rule" if here and key not in shown else "elsewhere",
            rule=rule,
            told=told(self.comparison, *key) if changed else None,
        )

    def _prose_target(self, target: str, chapter: model.Chapter) -> str | None:
        return self.addresses.prose_target(target, inherited=chapter.since < self.rulebook.year)

    def _prose_name(self, name: str, linked: bool) -> Md | None:
        """What a name in prose is replaced by: a rate's value, or the name; None for what is unknown."""
        if name not in self._named:
            return None
        kind, definition = self._named[name]
        text = self.rate(definition) if isinstance(definition, model.Rate) else escape(spoken(name))
        return self.link(kind, name, text) if linked else text


def _key_there(other: model.Rulebook, place: model.Fetched) -> Key:
    """The definition in another rule year that a rate is taken from: a rate, a group or a tariff, or a table."""
    if place.rate is not None:
        return "sats", place.rate
    key = other.table(place.table or "").key
    return (key, place.key or "") if key in ("gruppe", "takst") else ("tabell", place.table or "")


def list_pages(view: View) -> Mapping[str, int]:
    """The list pages that are not empty, and how many each lists."""
    counts = {
        page: sum(1 for kind, _ in view.addresses.definitions if kind == kinds[0]) for page, kinds in LISTS.items()
    }
    return {page: count for page, count in counts.items() if count}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _without_title(text: str) -> str:
    """Prose without the chapter's title, which the page has already."""
    return re.sub(r"^#\s.*$", "", text, count=1, flags=re.MULTILINE)


def _last_level(text: str, before: int) -> int:
    """The level of the last heading of some prose."""
    levels = [len(line) - len(line.lstrip("#")) for line in text.split("\n") if line.startswith("##")]
    return levels[-1] if levels else before
