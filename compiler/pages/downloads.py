"""The files that stand beside a year's pages: the model as JSON, what it lists as CSV, and what version it is."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.metadata import version
from typing import Any

from compiler import export, model, rule_rows
from compiler.compare import CodesChange, Comparison, Detail, FigureChange, Item
from compiler.compare_facts import Line
from compiler.csv_text import csv_text
from compiler.pages.addresses import Addresses
from compiler.words import number

VERSION = "versjon.json"
GROUPED = "\u00a0"
"""What stands between the digits of a large number where people read it."""
SCHEMA = "regelverk.schema.json"
"""The schema of all the years' JSON, at the root of the site."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file beside the pages: what it has, and how many rows where it is a table."""

    name: str
    what: str
    text: str
    rows: int | None = None


def downloads(rulebook: model.Rulebook, changes: Comparison | None, addresses: Addresses) -> tuple[Download, ...]:
    """The files of a rule year, in the order that they are listed."""
    found = [Download(f"{rulebook.name}.json", "Hele regelåret som JSON", export.as_json(rulebook))]
    for name, what, (columns, rows) in _tables(rulebook, changes, addresses):
        if rows:
            found.append(Download(f"{name}.csv", what, csv_text(columns, rows), len(rows)))
    files = [one.name for one in found]
    return (*found, Download(VERSION, "Hva dette er, og hvor filene er", _as_json(about(rulebook, files))))


def about(rulebook: model.Rulebook, files: Sequence[str], folder: str = "") -> dict[str, Any]:
    """What a rule year is, as other systems ask for it; addresses begin with `folder`."""
    return {
        "regelverk": rulebook.name,
        "ordning": rulebook.scheme,
        "aar": rulebook.year,
        "tittel": rulebook.title,
        "status": rulebook.status,
        "utdrag": rulebook.extract,
        "gjelder_fra": rulebook.valid_from.isoformat(),
        "gjelder_til": rulebook.valid_to.isoformat() if rulebook.valid_to else None,
        "publisert": rulebook.published.isoformat() if rulebook.published else None,
        "innhold": export.content_hash(rulebook),
        "modellversjon": rulebook.model_version,
        "kompilator": version("regelverk"),
        "sider": folder or "./",
        "filer": [f"{folder}{name}" for name in files],
    }


def versions(years: Mapping[str, dict[str, Any]]) -> str:
    """What every rule year of the site is, by its folder: the file `versjon.json` at the root."""
    found = []
    for folder, one in sorted(years.items()):
        files = [f"{folder}/{name}" for name in one["filer"]]
        found.append({**one, "sider": f"{folder}/", "versjon": f"{folder}/{VERSION}", "filer": files})
    return _as_json({"kompilator": version("regelverk"), "skjema": SCHEMA, "regelverk": found})


def _as_json(found: object) -> str:
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


# ---- the tables

_Table = tuple[Sequence[str], Sequence[Mapping[str, str]]]
"""The columns and the rows of a file."""


def _tables(
    rulebook: model.Rulebook, changes: Comparison | None, addresses: Addresses
) -> Iterator[tuple[str, str, _Table]]:
    """Each table of a rule year: the name of the file, and what is in it."""
    yield "grupper", "Gruppene", _groups(rulebook)
    yield "takster", "Takstene", _tariffs(rulebook)
    yield "kodesett", "Kodesettene, én rad for hver kode", _sets(rulebook)
    yield "kodeverk", "Kodeverkene, én rad for hver kode", _code_systems(rulebook)
    yield "satser", "Satsene, én rad for hver verdi", _rates(rulebook)
    for table in rulebook.tables:
        if table.keys not in (("gruppe",), ("takst",)):
            rows = [
                {_named(field): _cell(field, row.values.get(field.name)) for field in table.fields}
                for row in table.rows
            ]
            name, what = addresses.anchors["tabell", table.id], f"Tabellen «{table.title or table.id}»"
            yield name, what, ([_named(field) for field in table.fields], rows)
    yield "regeltabeller", "Radene i regeltabellene, i den rekkefølgen de prøves", _rules(rulebook)
    yield "endringer", "Endringene fra året før", _changes(changes)


def _groups(rulebook: model.Rulebook) -> _Table:
    """The groups, with what the tables of groups say of each."""
    keyed = [table for table in rulebook.tables if table.keys == ("gruppe",)]
    columns = ["gruppe", "tittel", *(_named(field) for table in keyed for field in _said(table))]
    rows = []
    for group in rulebook.groups:
        row = {"gruppe": group.id, "tittel": group.title or ""}
        for table in keyed:
            row |= _cells(table, group.id)
        rows.append(row)
    return list(dict.fromkeys(columns)), rows


def _tariffs(rulebook: model.Rulebook) -> _Table:
    """The tariffs, with what every table of tariffs says of each."""
    keyed = [table for table in rulebook.tables if table.keys == ("takst",)]
    columns = ["takst", "tittel", *(_named(field) for table in keyed for field in _said(table))]
    found: dict[str, dict[str, str]] = {}
    for table in keyed:
        for row in table.rows:
            one = found.setdefault(row.key, {"takst": row.key, "tittel": row.title or ""})
            one |= _cells(table, row.key)
    return list(dict.fromkeys(columns)), list(found.values())


def _said(table: model.Table) -> list[model.RecordField]:
    """The columns that say something of what a row is looked up by."""
    return [field for field in table.fields if field.name not in table.keys]


def _named(field: model.RecordField) -> str:
    """What a column is called, with its unit."""
    return f"{field.name} ({field.unit.shown})" if field.unit and field.unit.shown else field.name


def _cells(table: model.Table, key: str) -> dict[str, str]:
    """What a table says of a group or a tariff."""
    row = table.row(key)
    return {_named(field): _cell(field, row.values.get(field.name) if row else None) for field in _said(table)}


def _cell(field: model.RecordField, value: model.Cell | None) -> str:
    """A value in the unit of its column, as a spreadsheet reads it: «1234,5»."""
    match value:
        case bool():
            return "ja" if value else "nei"
        case Decimal():
            unit = field.unit.model_copy(update={"shown": ""}) if field.unit else None
            return number(value, unit).replace(GROUPED, "").replace("−", "-")
        case model.CodeSet(codes=codes):
            return " ".join(codes)
        case None:
            return ""
        case str():
            return value


def _sets(rulebook: model.Rulebook) -> _Table:
    """The codes of each set; those that it leaves out are marked."""
    columns = ("kodesett", "tittel", "slag", "kode", "til", "unntatt", "betydning")
    return columns, [
        {"kodesett": one.id, "tittel": one.title or "", **code, "betydning": one.texts.get(code["kode"], "")}
        for one in rulebook.sets
        for code in _codes(one.codes)
    ]


def _codes(codes: model.CodeSet, without: str = "") -> Iterator[dict[str, str]]:
    """The parts of a set: codes, intervals, beginnings and other sets, and then those that it leaves out."""
    if codes.everything:
        yield {"slag": "alle", "kode": "", "unntatt": without}
    for code in codes.codes:
        yield {"slag": "kode", "kode": code, "unntatt": without}
    for low, high in codes.intervals:
        yield {"slag": "intervall", "kode": low, "til": high, "unntatt": without}
    for prefix in codes.prefixes:
        yield {"slag": "begynner med", "kode": prefix, "unntatt": without}
    for name in codes.sets:
        yield {"slag": "kodesett", "kode": name, "unntatt": without}
    if codes.without is not None:
        yield from _codes(codes.without, "" if without else "ja")


def _code_systems(rulebook: model.Rulebook) -> _Table:
    columns = ("kodeverk", "kode", "betydning")
    return columns, [
        {"kodeverk": one.id, "kode": code, "betydning": text}
        for one in rulebook.code_systems
        for code, text in one.codes.items()
    ]


def _rates(rulebook: model.Rulebook) -> _Table:
    """The rates; one that changes within the year has a row for each value, with the day that it holds from."""
    columns = ("sats", "tittel", "gjelder fra", "vist", "verdi", "ukjent fordi", "utledet", "kilde")
    rows = []
    for rate in rulebook.rates:
        values: list[tuple[str, model.Rate | model.RatePeriod]] = [("", rate)]
        values += [(period.start.isoformat(), period) for period in rate.periods]
        for start, one in values:
            sources = (f"{cited.source}, {cited.place}" if cited.place else cited.source for cited in one.citations)
            row = {"sats": rate.id, "tittel": rate.title or "", "gjelder fra": start, "vist": one.shown}
            value = f"{one.value:f}" if one.value is not None else ""
            said = {"verdi": value, "ukjent fordi": one.reason or "", "utledet": one.derived or ""}
            rows.append({**row, **said, "kilde": "; ".join(sources)})
    return columns, rows


def _rules(rulebook: model.Rulebook) -> _Table:
    """The rows of every rule table."""
    if not rulebook.rules:
        return (), ()
    used = {name for rule in rulebook.rules for name in (*rule.cells, *rule.results)}
    grouping = rulebook.rule_grouping
    first, *results = grouping.results
    named = [name for name in (*(column.name for column in grouping.columns), *results) if name in used]
    columns = ["regeltabell", first, rule_rows.GROUP, *named]
    return columns, [{"regeltabell": rule.table, **rule_rows.cells(rulebook, rule)} for rule in rulebook.rules]


# ---- changes


def _changes(comparison: Comparison | None) -> _Table:
    """What differs from the year before, one row for each thing about a definition."""
    columns = ("slag", "id", "navn", "endring", "hva", "før", "etter", "prosent", "begrunnelse")
    rows = []
    for item in comparison.items if comparison is not None else ():
        about = {"slag": item.kind, "id": item.id, "navn": _name(item), "endring": item.change}
        because = {"begrunnelse": "; ".join(item.because)}
        rows += [{**about, **_detail(detail), **because} for detail in item.details] or [{**about, **because}]
    return columns, rows


def _name(item: Item) -> str:
    """What a definition is called; a row with what it belongs to."""
    return f"{item.of}: {item.row}" if item.of and item.row else item.name


def _detail(detail: Detail) -> dict[str, str]:
    """One thing that differs."""
    match detail:
        case FigureChange(old=old, new=new, percent=percent):
            shown = {"før": old.shown if old else "", "etter": new.shown if new else ""}
            return {
                "hva": detail.aspect,
                **shown,
                "prosent": f"{percent:f}".replace(".", ",") if percent is not None else "",
            }
        case CodesChange(removed=removed, added=added):
            codes = {"før": " ".join(one.code for one in removed), "etter": " ".join(one.code for one in added)}
            return {"hva": f"{detail.aspect}: ut og inn", **codes}
        case _:
            return {"hva": detail.aspect, "før": _lines(detail.old), "etter": _lines(detail.new)}


def _lines(lines: Sequence[Line]) -> str:
    return "\n".join(f"{'  ' * line.depth}{line.text}" for line in lines)
