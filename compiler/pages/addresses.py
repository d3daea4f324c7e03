"""Where each definition is shown: its home on a chapter's page, and its address on a list page, which never changes."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from compiler import model
from compiler.names import slug
from compiler.pages.shown import shown
from compiler.words import day_shown, spoken

Key = tuple[str, str]
"""The type and id of a definition."""

LISTS = {
    "grupper": ("gruppe", "gruppering"),
    "regeltabeller": ("regeltabell",),
    "takster": ("takst",),
    "kodesett": ("kodesett",),
    "satser": ("sats",),
    "begreper": ("begrep",),
    "krav": ("krav",),
    "unntak": ("unntak",),
    "presiseringer": ("presisering",),
    "kodeverk": ("kodeverk",),
    "tabeller": ("tabell",),
    "opplysninger": ("opplysninger",),
    "samlinger": ("samling",),
    "eksempler": ("eksempel", "eksempler"),
    "kilder": ("kilde",),
}
"""The types that each list page holds."""

_ALIASES = {"beregning": "begrep"}
"""What the language calls some definitions, and the type that they are kept under."""

PATHWAY = "forlop.md"
"""The page of the examples that are shown as figures and in tables."""

TRY_IT = "prov.md"
"""The page where a record is filled in and answered."""

CHANGES = "endringer.md"
"""The page of what is new from the year that a year builds on."""

_CHANGES = "endringer-fra-"

_RESERVED = {"index", "endringer", "forlop", "prov", "systemer", "assets", "search", "404", *LISTS}


class ExampleTable(model.Definition):
    """Examples that stand in one table."""

    rows: tuple[model.Example, ...]


@dataclass(frozen=True)
class Addresses:
    """The addresses of one rule year."""

    rulebook: model.Rulebook
    definitions: Mapping[Key, model.Definition | model.Source] = field(init=False)
    rows: Mapping[Key, str] = field(init=False)
    """The anchor of each definition on its list page."""
    anchors: Mapping[Key, str] = field(init=False)
    """The anchor of each definition on its chapter's page."""
    homes: Mapping[Key, str] = field(init=False)
    """The file of the chapter that shows each definition."""

    def __post_init__(self) -> None:
        """Work out every address once."""
        found = dict(_definitions(self.rulebook))
        rows: dict[Key, str] = {}
        for page, kinds in LISTS.items():
            rows |= _distinct(found, ((key, slug(key[1])) for key in found if key[0] in kinds), page)
        anchors = _distinct(found, ((key, f"{key[0]}-{slug(key[1])}") for key in found), "")
        homes: dict[Key, str] = {}
        for placed in (True, False):
            for chapter in self.rulebook.chapters:
                for part in chapter.parts if placed else chapter.carried:
                    if isinstance(part, model.RuleAt) and (part.type, part.id) in found:
                        homes.setdefault((part.type, part.id), chapter_file(chapter))
        for key, definition in found.items():
            if isinstance(definition, ExampleTable) and key in homes:
                homes |= {("eksempel", row.id): homes[key] for row in definition.rows}
            if isinstance(definition, model.RuleTable) and key in homes:
                rules = shown(self.rulebook.rules_of(definition.id))
                homes |= {("regel", rule.id): homes[key] for rule in rules}
        object.__setattr__(self, "definitions", found)
        object.__setattr__(self, "rows", rows)
        object.__setattr__(self, "anchors", anchors)
        object.__setattr__(self, "homes", homes)

    def home(self, key: Key) -> str | None:
        """The link to where a definition stands; None for what the rulebook does not have."""
        key = canonical(key)
        definition = self.definitions.get(key)
        if definition is None:
            return None
        if key[0] != "kilde" and key in self.homes:
            return f"{self.homes[key]}#{self.anchors[key]}"
        return self.home(("regeltabell", definition.table)) if isinstance(definition, model.Rule) else self.listed(key)

    def listed(self, key: Key) -> str:
        """The link to a definition's row on its list page."""
        key = canonical(key)
        page = next(page for page, kinds in LISTS.items() if key[0] in kinds)
        return f"{page}.md#{self.rows[key]}"

    def every(self) -> Iterator[str]:
        """Every link to the year: its pages, and each definition where it stands and on its list page."""
        listed = {kind: page for page, kinds in LISTS.items() for kind in kinds}
        yield from ("index.md", *(chapter_file(chapter) for chapter in self.rulebook.chapters))
        for key in self.definitions:
            if key[0] in listed:
                yield f"{listed[key[0]]}.md"
                yield self.listed(key)
            if key in self.homes and key[0] != "kilde":
                yield f"{self.homes[key]}#{self.anchors[key]}"

    def prose_target(self, target: str, inherited: bool) -> str | None:
        """The address for a relative link in a chapter's prose: another chapter, or another year's folder."""
        path, hash_, anchor = target.partition("#")
        if not re.fullmatch(r"[\w\-./]*", path) or not re.fullmatch(r"[\w\-]*", anchor):
            return None
        if not path and anchor:
            return target
        chapters = self.rulebook.chapters
        files = {f"{one.id}{suffix}": chapter_file(one) for one in chapters for suffix in (".md", ".regel")}
        if path in files:
            return f"{files[path]}{hash_}{anchor}"
        if path.startswith("../"):
            return f"../{_as_folder(path)}{hash_}{anchor}"
        return None if inherited else target if path.endswith(".md") and not path.startswith("/") else None


def canonical(key: Key) -> Key:
    """The key that a definition is kept under, from what the language calls it."""
    return _ALIASES.get(key[0], key[0]), key[1]


def chapter_file(chapter: model.Chapter) -> str:
    """The file of a chapter's page."""
    name = slug(chapter.id)
    return f"kapittel-{name}.md" if _is_reserved(name) else f"{name}.md"


def changes_file(year: int) -> str:
    """The file of the comparison with another year than the one that a year builds on."""
    return f"{_CHANGES}{year}.md"


def _is_reserved(name: str) -> bool:
    """Whether a page that is no chapter has the name."""
    return name in _RESERVED or name.startswith(_CHANGES)


def name_of(kind: str, definition: model.Definition | model.Source) -> str:
    """What a definition is called in a heading or a link."""
    if isinstance(definition, model.Group) and definition.scheme is None and definition.title:
        return definition.title
    if isinstance(definition, model.Group | model.Row):
        shown = f"takst {definition.shown}" if kind == "takst" else spoken(definition.shown)
        return f"{shown} {definition.title}" if definition.title and definition.title != shown else shown
    if isinstance(definition, model.RuleTable):
        return definition.title or f"Rader for {spoken(definition.id)}"
    if isinstance(definition, model.Rule):
        return f"Rad {definition.id}"
    if isinstance(definition, model.Clarification):
        return f"Presisering {day_shown(definition.day)}"
    return definition.title or spoken(definition.id)


def _as_folder(path: str) -> str:
    """The address of another year's page, from the name of its file."""
    head, _, last = path.rpartition("/")
    if not last.endswith((".md", ".regel")):
        return path
    name = slug(last.rsplit(".", 1)[0])
    return f"{head}/{f'kapittel-{name}' if _is_reserved(name) else name}/"


def _definitions(rulebook: model.Rulebook) -> Iterator[tuple[Key, model.Definition | model.Source]]:
    """Everything that has an address."""
    more: tuple[tuple[str, Iterable[model.Definition | model.Source]], ...] = (
        ("kodeverk", rulebook.code_systems),
        ("eksempler", _example_tables(rulebook)),
        ("kilde", rulebook.sources),
    )
    for kind, one in rulebook.definitions():
        yield (kind, one.id), one
    for kind, definitions in more:
        for definition in definitions:
            yield (kind, definition.id), definition


def _example_tables(rulebook: model.Rulebook) -> Iterator[ExampleTable]:
    """The tables of examples, with the title that the titles of their rows begin with."""
    for id_ in dict.fromkeys(example.table for example in rulebook.examples if example.table):
        rows = tuple(example for example in rulebook.examples if example.table == id_)
        first = rows[0]
        title = (first.title or id_).rsplit(", rad ", 1)[0]
        yield ExampleTable(
            id=id_, title=title, place=first.place, citations=first.citations, since=first.since, rows=rows
        )


def _distinct(
    found: Mapping[Key, model.Definition | model.Source], wanted: Iterable[tuple[Key, str]], taken: str
) -> dict[Key, str]:
    """An anchor for each; where two would be alike the oldest keeps it and the others get a mark made from their id."""
    anchors: dict[Key, str] = {}
    used = {taken}
    for key, anchor in sorted(wanted, key=lambda pair: (found[pair[0]].since, pair[0])):
        if anchor in used:
            anchor = f"{anchor}-{sha256(key[1].encode()).hexdigest()[:8]}"
        used.add(anchor)
        anchors[key] = anchor
    return anchors
