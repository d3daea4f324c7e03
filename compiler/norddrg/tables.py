"""The definition tables as typed rows, each of which can be read and stands once."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from compiler.norddrg.read import Tables
from compiler.norddrg.report import Report
from dsl.diagnostics import nearest

CONDITIONS = (
    *("icd", "mdc", "pdgprop", "or", "procpro1", "dgcat1", "agelim", "compl", "sex"),
    *("dgprop1", "dgprop2", "dgprop3", "dgprop4", "secproc1", "disch", "dur"),
)
"""The columns of a rule that say what it requires."""
COLUMNS: dict[str, tuple[str, ...]] = {
    "drglogic": ("ord", "drg", "rtc", *CONDITIONS),
    "dg": ("code", "d_code", "vartype", "varval"),
    "proc": ("code", "vartype", "varval"),
    "complcat": ("compl", "inclprop"),
    "complexcl": ("compl", "code", "d_code"),
    "drgnames": ("drg", "mdc"),
}
_CODE = re.compile(r"\w+")
_CATEGORY = re.compile(r"\w{2,}")
_COMPLICATION = re.compile(r"\w{3,}")
_MDC = re.compile(r"\w\w")
_DRG = re.compile(r"(?:[A-ZÆØÅ]{1,5})?\d[\wÆØÅæøå]*")
_DIAGNOSIS_VALUES = {
    "DGCAT": _CATEGORY,
    "MDC": _MDC,
    "PDGPRO": _CODE,
    "DGPROP": _CODE,
    "COMPL": _COMPLICATION,
    "PROCPR": _CODE,
    "OR": re.compile("[12]"),
}
_PROCEDURE_VALUES = {"PROCPR": _CODE, "DGPROP": _CODE, "OR": re.compile("[12]"), "CC": re.compile("[0-9]")}


class Logic(NamedTuple):
    """A rule: its id, by whose text rules are tried, the DRG and return code it gives, and its conditions by column."""

    number: int
    ord: str
    drg: str
    rtc: str
    cells: dict[str, str]


class Feature(NamedTuple):
    """A feature of a code; with `d_code` only where that is the first code of a pair and `code` the second."""

    number: int
    code: str
    d_code: str
    kind: str
    value: str

    def __str__(self) -> str:
        return f"rad {self.number} ({pair_shown(self.code, self.d_code)} {self.kind} {self.value})"


class Category(NamedTuple):
    """A complication category, and a property that makes it active where it needs one."""

    number: int
    compl: str
    inclprop: str


class Exclusion(NamedTuple):
    """A principal diagnosis that a category cannot complicate."""

    number: int
    compl: str
    code: str
    d_code: str


class Drg(NamedTuple):
    """A DRG, and the MDC it belongs to."""

    number: int
    drg: str
    mdc: str


@dataclass(frozen=True, slots=True)
class Definitions:
    """The definition tables of one year."""

    rules: list[Logic]
    """In the order they are tried."""
    diagnoses: list[Feature]
    procedures: list[Feature]
    categories: list[Category]
    exclusions: list[Exclusion]
    drgs: list[Drg]


def pair_shown(code: str, d_code: str) -> str:
    """A code, or a pair of codes with the first first."""
    return f"{d_code}+{code}" if d_code else code


def definitions(tables: Tables, report: Report) -> Definitions:
    """The tables as typed rows; Damaged where one is missing or a row cannot be read."""
    _note_unused(tables, report)
    _check_whole(tables, report)
    report.stop_at_faults()
    found = Definitions(
        rules=sorted(_rules(tables, report), key=lambda rule: rule.ord),
        diagnoses=list(_diagnoses(tables, report)),
        procedures=list(_procedures(tables, report)),
        categories=list(_categories(tables, report)),
        exclusions=list(_exclusions(tables, report)),
        drgs=list(_drgs(tables, report)),
    )
    report.stop_at_faults()
    return found


# ---- whole tables


def _check_whole(tables: Tables, report: Report) -> None:
    """Report tables that are missing or empty, and columns that are missing."""
    for table, columns in COLUMNS.items():
        rows = tables.get(table)
        if not rows:
            hint = nearest(table, [name for name in tables if name not in COLUMNS])
            what = f"tabellen «{table}» {'finnes ikke' if rows is None else 'er tom'}"
            report.faults.append(f"{what}{f': {hint}' if hint else ''}")
            continue
        report.read[table] = len(rows)
        for column in columns:
            lacking = [row.number for row in rows if column not in row.cells]
            if len(lacking) == len(rows):
                hint = nearest(column, [name for name in rows[0].cells if name not in columns])
                report.faults.append(f"tabellen «{table}» har ingen kolonne «{column}»{f': {hint}' if hint else ''}")
            elif lacking:
                report.fault(table, lacking[0], f"kolonnen «{column}» mangler i denne raden og {len(lacking) - 1} til")


def _note_unused(tables: Tables, report: Report) -> None:
    """Note the tables and columns that the rules do not rest on."""
    for table, rows in tables.items():
        if table not in COLUMNS:
            report.note("tabeller som ikke er brukt", table)
            continue
        for column in dict.fromkeys(column for row in rows for column in row.cells):
            if column not in COLUMNS[table]:
                report.note("kolonner som ikke er brukt", f"{table}: {column}")


# ---- rows


def _filled(tables: Tables, table: str, report: Report) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table with their cells in order, less those that are empty."""
    for number, cells in tables[table]:
        found = [cells[column] for column in COLUMNS[table]]
        if any(found):
            yield number, found
        else:
            report.leave_out(table, "raden er tom", f"rad {number}")


def _rules(tables: Tables, report: Report) -> Iterator[Logic]:
    seen: dict[str, int] = {}
    for number, (ord_, drg, rtc, *cells) in _filled(tables, "drglogic", report):
        unread = {"ord": ord_, "drg": drg, "rtc": rtc}
        if all(_readable("drglogic", number, column, cell, report) for column, cell in unread.items()):
            if ord_ in seen:
                report.fault("drglogic", number, f"regelen {ord_} står også i rad {seen[ord_]}")
            seen.setdefault(ord_, number)
            yield Logic(number, ord_, drg, rtc, dict(zip(CONDITIONS, cells, strict=True)))


def _diagnoses(tables: Tables, report: Report) -> Iterator[Feature]:
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in _filled(tables, "dg", report):
        feature = Feature(number, *cells)
        if _is_feature("dg", feature, _DIAGNOSIS_VALUES, report) and not _stands("dg", feature, seen, report):
            yield feature


def _procedures(tables: Tables, report: Report) -> Iterator[Feature]:
    seen: dict[tuple[str, ...], int] = {}
    for number, (code, kind, value) in _filled(tables, "proc", report):
        feature = Feature(number, code, "", kind, value)
        if _is_feature("proc", feature, _PROCEDURE_VALUES, report) and not _stands("proc", feature, seen, report):
            yield feature


def _is_feature(table: str, feature: Feature, values: dict[str, re.Pattern[str]], report: Report) -> bool:
    """Whether a feature can be read."""
    number, code, d_code, kind, value = feature
    readable = _readable(table, number, "code", code, report)
    readable &= not d_code or _readable(table, number, "d_code", d_code, report)
    if kind not in values:
        report.fault(table, number, f"ukjent vartype «{kind}»; de kjente er {', '.join(values)}")
        return False
    return readable and _readable(table, number, "varval", value, report, values[kind])


def _categories(tables: Tables, report: Report) -> Iterator[Category]:
    seen: dict[tuple[str, ...], int] = {}
    for number, (compl, inclprop) in _filled(tables, "complcat", report):
        category = Category(number, compl, inclprop)
        if not _COMPLICATION.fullmatch(compl):
            report.leave_out("complcat", "ikke en kategori", f"rad {number} («{compl}»)")
        elif inclprop and not _readable("complcat", number, "inclprop", inclprop, report):
            continue
        elif not _stands("complcat", category, seen, report):
            yield category


def _exclusions(tables: Tables, report: Report) -> Iterator[Exclusion]:
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in _filled(tables, "complexcl", report):
        exclusion = Exclusion(number, *cells)
        readable = _readable("complexcl", number, "compl", exclusion.compl, report)
        readable &= _readable("complexcl", number, "code", exclusion.code, report)
        if readable and not _stands("complexcl", exclusion, seen, report):
            yield exclusion


def _drgs(tables: Tables, report: Report) -> Iterator[Drg]:
    seen: dict[str, Drg] = {}
    for number, (drg, mdc) in _filled(tables, "drgnames", report):
        if not _DRG.fullmatch(drg):
            report.leave_out("drgnames", "ikke en DRG", f"rad {number} («{drg}»)")
        elif not _readable("drgnames", number, "mdc", mdc, report, _MDC):
            continue
        elif drg not in seen:
            seen[drg] = Drg(number, drg, mdc)
            yield seen[drg]
        elif seen[drg].mdc == mdc:
            report.leave_out("drgnames", "raden står fra før", f"rad {number} (DRG {drg})")
        else:
            report.fault(
                "drgnames", number, f"DRG {drg} er i HDG {mdc}, men i HDG {seen[drg].mdc} i rad {seen[drg].number}"
            )


def _readable(table: str, number: int, column: str, cell: str, report: Report, form: re.Pattern[str] = _CODE) -> bool:
    """Whether a cell has the form it must have; a fault where it has not."""
    if form.fullmatch(cell):
        return True
    report.fault(table, number, f"{column} er «{cell}», som ikke kan leses" if cell else f"{column} mangler")
    return False


def _stands(table: str, row: Feature | Category | Exclusion, seen: dict[tuple[str, ...], int], report: Report) -> bool:
    """Whether the same row stands before, which is noted."""
    number, *rest = row
    key = tuple(map(str, rest))
    if key not in seen:
        seen[key] = number
        return False
    report.leave_out(table, "raden står fra før", f"rad {number} ({' '.join(filter(None, key))}, som rad {seen[key]})")
    return True
