"""Definition tables, made-up and real, as rulebooks and packages, and the published cases."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from compiler import model
from compiler.norddrg import files_of
from compiler.norddrg.names import Names
from compiler.norddrg.names import read as read_names
from compiler.norddrg.report import Report
from compiler.norddrg.write import Edition
from compiler.packages import imported
from compiler.pipeline import load
from tests import norddrg_laget as laget

NAMES = read_names("navn_2030", laget.name_files())
REAL_2015 = "DefinitionData_NOR_2015_Pr1cN.zip"
REAL_2016 = "DefinitionData_NOR_2016_PR1cN.zip"
PUBLISHED = "TestDataFull_del1_2015.csv"


@dataclass(frozen=True, slots=True)
class Imported:
    """A year that is imported: its rulebook, the folder that the scheme is in, and the report."""

    rulebook: model.Rulebook
    folder: Path
    report: Report
    files: Mapping[str, str]


def year_in(folder: Path, written: Mapping[str, str], year: int) -> model.Rulebook:
    """The rulebook that files make, with those of other years in the same folder."""
    for name, text in written.items():
        path = folder / f"drg/{year}" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    library = load(folder)
    assert [fault.message for fault in library.diagnostics()] == []
    return library.scheme("drg")[-1]


def import_year(
    folder: Path, name: str, data: bytes, names: Names, year: int, base: model.Rulebook | None = None
) -> Imported:
    """A year of definition tables, in a folder; as amendments where there is a year that it builds on."""
    report = Report()
    edition = Edition("DRG", year, name, f"{names.source}")
    files = files_of(name, data, names, base, edition, report)
    return Imported(year_in(folder, files, year), folder, report, files)


def made_up_year(folder: Path, year: int, base: model.Rulebook | None = None) -> Imported:
    """One of the made-up years, 2030 or 2031."""
    tables = laget.first_year() if year == 2030 else laget.second_year()
    return import_year(folder, f"tabeller_{year}.json", laget.as_json(tables), NAMES, year, base)


def real_names(norddrg: Path) -> Names:
    """The names of a real year."""
    return read_names("navn_2014", {path.name: path.read_bytes() for path in (norddrg / "navn_2014").glob("*.csv")})


def real_year(folder: Path, path: Path, year: int, base: model.Rulebook | None = None) -> Imported:
    """A real year."""
    return import_year(folder, path.name, path.read_bytes(), real_names(path.parent), year, base)


@contextmanager
def package_of(rulebooks: Sequence[model.Rulebook]) -> Iterator[list[ModuleType]]:
    """The generated module of each year, with all that it reads when someone first asks."""
    with imported(rulebooks) as package:
        modules = [package.aar(rulebook.year) for rulebook in rulebooks]
        for module in modules:
            module._kjerne()
            module.REGLER["Opphold"].forklaringer()
        yield modules


# ---- contacts


@dataclass(frozen=True, slots=True)
class Published:
    """A published case: its number, its contact, and the DRG, rule and return code that it should get."""

    number: str
    contact: dict[str, Any]
    drg: str
    rule: str
    return_code: str


def published_cases(norddrg: Path) -> list[Published]:
    """The published cases."""
    text = (norddrg / PUBLISHED).read_text(encoding="utf-8-sig")
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=";") if row[0].isdigit()]
    return [
        Published(number, _published(case), drg.strip(), rule.strip(), code.strip())
        for number, drg, rule, case, code in rows
    ]


def _published(case: str) -> dict[str, Any]:
    """A contact as the published cases write it."""
    sex, age, discharge, days, _, *codes = case.replace("*", "").split(",")
    pairs = [f"{codes[i]}+{codes[i + 1]}".strip("+") for i in range(0, 60, 2)]
    return {
        "kjønn": {"1": "mann", "2": "kvinne"}.get(sex),
        "alder": int(age or 0),
        "utskrivning": {"H": "levende", "E": "død"}.get(discharge, "overført"),
        "liggetid": int(days or 0),
        "diagnoser": [pair for pair in pairs if pair],
        "prosedyrer": [code for code in codes[60:] if code],
    }
