"""How fast a year of NordDRG is imported, checked, loaded and used: one contact at a time, and many in columns."""

import argparse
import importlib
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import maaling
import norddrg_parti
import pakker
import pyarrow.parquet as pq

from compiler import model
from compiler.evaluate import evaluate
from compiler.names import identifier
from compiler.norddrg import files_of
from compiler.norddrg.report import Report
from compiler.norddrg.write import Edition
from tests.norddrg_aar import REAL_2015, Imported, made_up_year, published_cases, real_names, real_year
from tests.norddrg_koder import Codes
from tests.norddrg_laget import as_json, first_year
from tests.norddrg_poster import Contact, Drawn

_ROOT = Path(__file__).parents[1]
_SHARED = _ROOT.parent / "shared"
_TABLES = _SHARED / "norddrg"
_PROTOTYPE = _SHARED / "prototyper/norddrg/rask.py"
_CONTACTS = 2_000_000
_DISTINCT, _REFERENCE = 20_000, 300
"""How many distinct contacts are drawn, and how many contacts the reference gets."""
_ROUNDS = 5
_COLUMN_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Year:
    """A rule year: imported, its module, and contacts that are known to be of it."""

    imported: Imported
    module: ModuleType
    known: list[Contact]
    is_real: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kontakter", type=int, default=_CONTACTS, help="hvor mange kontakter partiene har i alt")
    contacts = parser.parse_args().kontakter
    with TemporaryDirectory() as name:
        folder = Path(name)
        sys.path.insert(0, name)
        year = _year(folder)
        if not year.is_real:
            print(f"{_TABLES} finnes ikke: alt måles på oppdiktede tabeller, som er svært små")
        _one_by_one(year)
        for title, draw in (("som i virkeligheten", norddrg_parti.typical), ("uavhengige", norddrg_parti.independent)):
            _in_columns(year, folder, f"{contacts} kontakter i Parquet, {title}", draw, contacts)
        _getting_ready(year, folder)


def _year(folder: Path) -> Year:
    """The real year where its tables are there, else the made-up one; its package is written to the folder."""
    rules = folder / "regler"
    is_real = _TABLES.is_dir()
    imported = real_year(rules, _TABLES / REAL_2015, 2015) if is_real else made_up_year(rules, 2030)
    package = importlib.import_module(pakker.write_package([imported.rulebook], folder))
    module = package.aar(imported.rulebook.year)
    if is_real:
        known = [case.contact for case in published_cases(_TABLES)]
    else:
        known = list(Drawn(Codes(imported.rulebook), seed=1).contacts(716))
    return Year(imported, module, known, is_real)


# ---- one contact at a time


def _one_by_one(year: Year) -> None:
    """Contacts in a second: the reference, the prototype, and the package in all its ways."""
    rulebook, module = year.imported.rulebook, year.module
    drawn = _distinct(rulebook)
    fast = module._raskt()
    known, others = _as_class(module, year.known), _as_class(module, drawn)

    def forgetting() -> None:
        for memory in (fast.rader, fast.svarene, fast.av_klassen):
            memory.clear()
        for contact in others:
            module.grupper(contact)

    timed: dict[str, tuple[int, Callable[[], object]]] = {
        "evaluate": (_REFERENCE, lambda: [evaluate(rulebook, one) for one in year.known[:_REFERENCE]]),
        "grupper_data": (len(known), lambda: [module.grupper_data(one) for one in year.known]),
        "grupper": (len(known), lambda: [module.grupper(one) for one in known]),
        "begrunn": (len(known), lambda: [module.begrunn(one) for one in known]),
        "grupper, alle ulike": (len(others), lambda: [module.grupper(one) for one in others]),
        "grupper, alle ulike og glemt": (len(others), forgetting),
    }
    prototype = _prototype()
    if prototype is not None and year.is_real:
        timed |= _by_prototype(prototype, module, year.known, drawn)
    took = maaling.medians({name: function for name, (_, function) in timed.items()}, _ROUNDS)
    baseline = "rask.py" if "rask.py" in took else "evaluate"
    rates = {name: timed[name][0] / seconds for name, seconds in took.items()}
    maaling.heading(_title(year), f"{baseline}, {rates[baseline]:.0f} kontakter i sekundet")
    for name, rate in rates.items():
        maaling.report(name, f"{rate:.0f} kontakter/s", rate / rates[baseline])


def _distinct(rulebook: model.Rulebook) -> list[Contact]:
    """Contacts that are all different."""
    found: dict[str, Contact] = {}
    for contact in Drawn(Codes(rulebook), seed=1).contacts(_DISTINCT * 2):
        found.setdefault(repr(contact), contact)
    return list(found.values())[:_DISTINCT]


def _as_class(module: ModuleType, contacts: Sequence[Contact]) -> list[Any]:
    return [module.Opphold(**{identifier(name): value for name, value in contact.items()}) for contact in contacts]


def _title(year: Year) -> str:
    rulebook = year.imported.rulebook
    return f"{rulebook.scheme} {rulebook.year}{'' if year.is_real else ' (oppdiktet)'}, én kontakt om gangen"


def _prototype() -> Any:
    """The feasibility measure that the package is held against, where it is there."""
    if not _PROTOTYPE.is_file():
        return None
    spec = importlib.util.spec_from_file_location("rask", _PROTOTYPE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _by_prototype(
    prototype: Any, module: ModuleType, known: Sequence[Contact], drawn: Sequence[Contact]
) -> dict[str, tuple[int, Callable[[], object]]]:
    """The prototype on the same contacts, after it is seen that it groups them alike."""
    group = prototype.Fast(prototype.load(str(_TABLES / REAL_2015))).group
    cases, others = [_as_case(one) for one in known], [_as_case(one) for one in drawn]
    for contact, case in zip(known, cases, strict=True):
        assert module.grupper_data(contact).verdier["drg"] == group(case)[1], contact
    return {
        "rask.py": (len(cases), lambda: [group(case) for case in cases]),
        "rask.py, alle ulike": (len(others), lambda: [group(case) for case in others]),
    }


def _as_case(contact: Contact) -> tuple[Any, ...]:
    """A contact as the prototype has it."""
    sex = {"mann": "M", "kvinne": "F"}.get(contact["kjønn"])
    discharge = {"levende": "H", "død": "E", "overført": "R"}[contact["utskrivning"]]
    pairs = [code.partition("+")[::2] for code in contact["diagnoser"]] or [("", "")]
    return sex, contact["alder"], discharge, contact["liggetid"], pairs, contact["prosedyrer"]


# ---- many in columns

_TIMED_COLUMNS = """
import json, resource, sys, time
sys.path.insert(0, {folder!r})
import pyarrow.parquet as pq
import {package}
module = {package}.aar({year})

def timed(function):
    start = time.perf_counter()
    rows = sum(function(batch).num_rows for batch in pq.ParquetFile({path!r}).iter_batches(100_000))
    return time.perf_counter() - start, rows

start = time.perf_counter()
module._kjerne()
found = {{"klar": time.perf_counter() - start, "lest": [], "gruppert": []}}
for _ in range({rounds}):
    for name, function in (("lest", lambda batch: batch), ("gruppert", module.grupper_parti)):
        seconds, rows = timed(function)
        assert rows == {rows}
        found[name].append(seconds)
found["minne"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps(found))
"""


def _in_columns(year: Year, folder: Path, title: str, draw: norddrg_parti.Draw, contacts: int) -> None:
    """Contacts in a second from a Parquet file, and the most memory that it takes, in a process of its own."""
    path = folder / "kontakter.parquet"
    norddrg_parti.write(path, draw, Codes(year.imported.rulebook), contacts)
    package, number = year.module.__name__.split(".")[0], year.imported.rulebook.year
    what = {"folder": str(folder), "package": package, "year": number, "path": str(path)}
    found = json.loads(_python(_TIMED_COLUMNS.format(**what, rounds=_COLUMN_ROUNDS, rows=contacts)))
    read, grouped, first = median(found["lest"]), median(found["gruppert"]), found["gruppert"][0]
    size = path.stat().st_size / 1e6
    maaling.heading(title, f"lesing av filen ({size:.0f} MB), {contacts / read:.0f} kontakter i sekundet")
    for name, seconds in (("lese og gruppere", grouped), ("det samme første gang", first)):
        maaling.report(name, f"{contacts / seconds:.0f} kontakter/s", seconds / read)
    maaling.report("gruppere alene", f"{contacts / (grouped - read):.0f} kontakter/s", (grouped - read) / read)
    print(f"  gjøre kjernen klar {found['klar']:.2f} s, mest minne {found['minne'] / 1024:.0f} MB")
    print(f"  {norddrg_parti.described(pq.ParquetFile(path))}")


def _python(code: str) -> str:
    """What a new process prints."""
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=_ROOT).stdout


# ---- before the first contact


def _getting_ready(year: Year, folder: Path) -> None:
    """The seconds it takes to import the tables, to check the rulebook, and to have a package ready."""
    rules = str(year.imported.folder)
    package, number = year.module.__name__.split(".")[0], year.imported.rulebook.year
    ready = f"import sys; sys.path.insert(0, {str(folder)!r}); import {package}; m = {package}.aar({number})"
    contact = {name: value for name, value in year.known[0].items() if value is not None}
    took = maaling.medians(
        {
            "en tom prosess": lambda: _python("pass"),
            "importere tabellene": lambda: _import(year),
            "regelverk sjekk": lambda: _python(_check(rules)),
            "importere pakken": lambda: _python(ready),
            "importere pakken og få det første svaret": lambda: _python(f"{ready}; m.grupper_data({contact!r})"),
        },
        runs=_COLUMN_ROUNDS,
    )
    empty = took["en tom prosess"]
    maaling.heading("Før den første kontakten", f"en tom prosess, {empty * 1000:.0f} ms")
    for name, seconds in took.items():
        maaling.report(name, f"{seconds:.2f} s", seconds / empty)


def _import(year: Year) -> None:
    """The import of the tables, without writing the files."""
    if year.is_real:
        path = _TABLES / REAL_2015
        names, data, edition = real_names(_TABLES), path.read_bytes(), Edition("DRG", 2015, path.name, "navn_2014")
    else:
        names, data, edition = None, as_json(first_year()), Edition("DRG", 2030, "t.json", None)
    files_of(edition.file, data, names, None, edition, Report())


def _check(rules: str) -> str:
    """The command as a new process runs it."""
    arguments = ["regelverk", "sjekk", "--mappe", rules]
    return f"import sys; from compiler.cli import main; sys.argv = {arguments!r}\ntry: main()\nexcept SystemExit: pass"


if __name__ == "__main__":
    main()
