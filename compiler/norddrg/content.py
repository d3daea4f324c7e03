"""What a year of DRG logic says, as plain text by key: the form in which tables and rulebooks are compared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from compiler import model
from compiler.norddrg.names import Names

SCHEME = "DRG"
"""The scheme of the groups: «DRG 290»."""
Cells = dict[str, str]
"""Cells by column, without those that are empty; a list is its codes, sorted."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the rulebook: its file, its columns, and how many of them are the key."""

    file: str
    columns: tuple[str, ...]
    keys: int = 1

    def key(self, row: Mapping[str, str]) -> str:
        """The key of a row; codes have no spaces, so that two make one text."""
        return " ".join(row[column] for column in self.columns[: self.keys])


TABLES = {
    "diagnosekoder": Table(
        "diagnoser", ("kode", "dgkat", "pdgprop", "dgprop", "procprop", "diagnoseoperasjon", "kompl")
    ),
    "diagnosepar": Table(
        "diagnosepar", ("kode", "tilleggskode", "par_dgkat", "par_pdgprop", "par_dgprop", "par_kompl"), 2
    ),
    "prosedyrekoder": Table(
        "prosedyrer", ("prosedyrekode", "pros_procprop", "pros_dgprop", "pros_operasjon", "pros_nivå")
    ),
    "kategorier": Table(
        "kategorier",
        ("kategorikode", "hdg_til_kategori", "kategori_for_mann", "kategori_for_kvinne", "kategorinavn"),
    ),
    "egenskaper_og_kjønn": Table(
        "egenskaper", ("egenskapskode", "egenskap_for_mann", "egenskap_for_kvinne", "egenskapsnavn")
    ),
    "komplikasjonskategorier": Table(
        "komplikasjoner",
        (
            *("komplikasjonskode", "nivå", "familie", "krever_inklusjon", "inklusjon", "utelukket_av"),
            "komplikasjonsnavn",
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of a rule table."""

    group: str
    rtc: str
    cells: Cells


@dataclass(frozen=True, slots=True)
class Group:
    """A group: its title, and the MDC it is written under, where that is known."""

    title: str
    mdc: str | None


@dataclass(frozen=True, slots=True)
class Content:
    """The rows of each table by key, the rules by id in the order they are tried, and the groups."""

    tables: dict[str, dict[str, Cells]]
    rules: dict[str, Rule]
    groups: dict[str, Group]


def group_of(drg: str) -> str:
    """The group of a DRG code."""
    return f"{SCHEME} {drg}"


def listed(codes: Iterable[str]) -> str:
    """A list in a cell."""
    return " ".join(sorted(set(codes)))


# ---- of a rulebook


def of_rulebook(rulebook: model.Rulebook) -> Content:
    """What a rulebook says, so far as definition tables say it."""
    tables = {
        table.id: {TABLES[table.id].key(cells): cells for cells in map(_cells, table.rows)}
        for table in rulebook.tables
        if table.id in TABLES
    }
    groups = {
        group.id: Group(group.title or group.id, _mdc_of(group.place.chapter))
        for group in rulebook.groups
        if group.scheme == SCHEME
    }
    rules = {rule.id: Rule(rule.group, rule.results.get("returkode", ""), rule.cells) for rule in rulebook.rules}
    return Content(tables, rules, groups)


def _cells(row: model.Row) -> Cells:
    """The cells of a row as they are written."""
    found = {column: _written(value) for column, value in row.values.items()}
    return {column: cell for column, cell in found.items() if cell}


def _written(value: model.Cell) -> str:
    match value:
        case bool():
            return "ja" if value else "nei"
        case model.CodeSet(codes=codes):
            return listed(codes)
        case Decimal():
            return f"{value:f}"
        case str():
            return value


CHAPTER = "hdg-"
"""What the id of the chapter of an MDC begins with."""


def _mdc_of(chapter: str) -> str | None:
    """The MDC that a chapter is of."""
    return chapter.removeprefix(CHAPTER) if chapter.startswith(CHAPTER) else None


def names_in(rulebook: model.Rulebook) -> Names:
    """The names that a rulebook has, for tables that come without names."""
    found = of_rulebook(rulebook)
    columns = {
        "dgcat": ("kategorier", "kategorinavn"),
        "dgprop": ("egenskaper_og_kjønn", "egenskapsnavn"),
        "compl": ("komplikasjonskategorier", "komplikasjonsnavn"),
    }
    by_kind = {
        kind: {key: row[column] for key, row in found.tables.get(table, {}).items() if column in row}
        for kind, (table, column) in columns.items()
    }
    by_kind["drg"] = {
        id_.removeprefix(f"{SCHEME} "): group.title for id_, group in found.groups.items() if group.title != id_
    }
    by_kind["mdc"] = {
        mdc: chapter.title.removeprefix(f"HDG {mdc}").strip()
        for chapter in rulebook.chapters
        if (mdc := _mdc_of(chapter.id)) is not None
    }
    return Names(None, by_kind)
