"""How many contacts NordDRG takes in a second, one by one and in columns, against a plain program for it.

    python benchmarks/norddrg.py [MAPPE]

MAPPE is the folder of the definition tables, else ../shared/norddrg. Without it, small made-up tables are used.
"""

import csv
import importlib
import importlib.util
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from types import ModuleType
from typing import Any

import maaling
import numpy as np
import pakker
import pyarrow as pa
import pyarrow.parquet as pq

from compiler.evaluate import evaluate
from compiler.model import Rulebook
from compiler.pipeline import load
from tests.norddrg_aar import made_up_year, published_cases, real_year
from tests.norddrg_koder import Codes
from tests.norddrg_poster import Drawn, in_columns

_ROOT = Path(__file__).parents[1]
_TABLES = "DefinitionData_NOR_2015_Pr1cN.zip"
_DRAWN, _BASE = 20_000, 20_000
_ROWS, _CHUNK = 2_000_000, 131_072
_SLOW = 200
"""How many contacts the reference gets."""
_SEED = 2015


def main() -> None:
    shared = Path(sys.argv[1]) if len(sys.argv) > 1 else _ROOT.parent / "shared/norddrg"
    with TemporaryDirectory() as name:
        folder = Path(name)
        sys.path.insert(0, name)
        rulebook, year = _rulebook(shared, folder / "regler")
        package = importlib.import_module(pakker.write_package([rulebook], folder))
        module = package.aar(year)
        real = (shared / _TABLES).exists()
        cases = [case.contact for case in published_cases(shared)] if real else []
        drawn = list(Drawn(Codes(rulebook), _SEED).contacts(_DRAWN))
        _scalar(rulebook, module, cases or drawn[:716], drawn, shared if real else None)
        for kind in ("som likner på hverandre", "der kodene er trukket hver for seg"):
            _columns(folder, module, year, kind, drawn)
        _import(folder, package.__name__, year)


def _rulebook(shared: Path, root: Path) -> tuple[Rulebook, int]:
    """The rulebook of 2015, imported and checked, or a made-up one; with the seconds it took."""
    start = perf_counter()
    if (shared / _TABLES).exists():
        year = 2015
        real_year(root, shared / _TABLES, year)
    else:
        year = 2030
        print(f"{shared} finnes ikke: målt på små, oppdiktede tabeller")
        made_up_year(root, year)
    print(f"\nimport av et år (tabeller til regelverk, med sjekk): {perf_counter() - start:.1f} s   mål under 20 s")
    command = [str(Path(sys.executable).parent / "regelverk"), "sjekk", "--mappe", str(root)]
    for what, more in (("kald", ["--paa-nytt"]), ("uendret", [])):
        took = [_seconds([*command, *more]) for _ in range(3)]
        print(f"sjekk, {what}: {sorted(took)[1]:.2f} s   mål {'5' if more else '1'} s")
    [rulebook] = load(root).scheme("drg")
    return rulebook, year


def _seconds(command: list[str]) -> float:
    start = perf_counter()
    subprocess.run(command, check=True, cwd=_ROOT, capture_output=True, env={**os.environ, "PYTHONPATH": str(_ROOT)})
    return perf_counter() - start


# ---- one by one


def _scalar(rulebook: Rulebook, module: ModuleType, cases: list[Any], drawn: list[Any], shared: Path | None) -> None:
    """The reference, the plain program, and the package with an answer and with an explanation."""
    posts, others = _posts(module, cases), _posts(module, drawn)
    fast = module._raskt()
    timed: dict[str, Any] = {"evaluate": lambda: [evaluate(rulebook, case) for case in cases[:_SLOW]]}
    counts = {"evaluate": min(_SLOW, len(cases))}
    plain = _plain(shared)
    if plain is not None:
        timed["rask.py"], counts["rask.py"] = plain, 10 * len(cases)
    timed |= {
        "grupper": lambda: [module.grupper(post) for _ in range(10) for post in posts],
        "grupper, uten minne om like poster": lambda: (fast.rader.clear(), [module.grupper(post) for post in others]),
        "grupper_data (oppslag med norske navn)": lambda: [module.grupper_data(case) for case in cases],
        "begrunn (svar med begrunnelse)": lambda: [module.begrunn(post) for _ in range(10) for post in posts],
        "forklar (alt som ble regnet ut)": lambda: [module.forklar(post) for post in posts[:_SLOW]],
    }
    counts |= dict.fromkeys(("grupper", "begrunn (svar med begrunnelse)"), 10 * len(cases))
    counts |= {"grupper, uten minne om like poster": len(drawn), "grupper_data (oppslag med norske navn)": len(cases)}
    counts |= {"forklar (alt som ble regnet ut)": min(_SLOW, len(cases))}
    took = maaling.medians(timed, runs=5)
    rates = {name: counts[name] / seconds for name, seconds in took.items()}
    base = "rask.py" if plain is not None else "grupper"
    maaling.heading("Én kontakt om gangen", f"{base}, {rates[base]:.0f} kontakter i sekundet på de samme kontaktene")
    for name, rate in rates.items():
        maaling.report(name, f"{rate:.0f} kontakter/s", rate / rates[base])
    print(f"  grupper er {rates['grupper'] / rates['evaluate']:.0f} × evaluate (mål 20 ×)")
    share = rates["begrunn (svar med begrunnelse)"] / rates["grupper"]
    print(f"  begrunn er {share:.2f} × grupper (mål 0,20 ×)")


def _posts(module: ModuleType, cases: list[Any]) -> list[Any]:
    return [module.Opphold(**{("kjonn" if name == "kjønn" else name): v for name, v in c.items()}) for c in cases]


def _plain(shared: Path | None) -> Any:
    """The plain program on the published cases, ten times over; None where it is not there."""
    path = shared.parent / "prototyper/norddrg/rask.py" if shared is not None else None
    if shared is None or path is None or not path.exists():
        return None
    spec = importlib.util.spec_from_file_location("rask_prototype", path)
    assert spec is not None
    assert spec.loader is not None
    plain = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(plain)
    grouper = plain.Fast(plain.load(str(shared / _TABLES)))
    with (shared / "TestDataFull_del1_2015.csv").open(encoding="utf-8-sig") as stream:
        rows = [row for row in list(csv.reader(stream, delimiter=";"))[1:] if len(row) > 4]
    cases = [plain.parse(row[3]) for row in rows]
    return lambda: [grouper.group(case) for _ in range(10) for case in cases]


# ---- in columns


def _columns(folder: Path, module: ModuleType, year: int, kind: str, drawn: list[Any]) -> None:
    """The kernel on many contacts in Parquet, reading that Parquet alone, and the memory that it takes."""
    path = folder / "kontakter.parquet"
    writer = None
    for batch in _batches(module, drawn, alike=kind.startswith("som")):
        writer = writer or pq.ParquetWriter(path, batch.schema)
        writer.write_batch(batch)
    assert writer is not None
    writer.close()
    runs = [json.loads(_child(folder, module.__name__.split(".")[0], year, path)) for _ in range(3)]
    took = sorted(run["sekunder"] for run in runs)[1]
    read = sorted(run["lest"] for run in runs)[1]
    memory = max(run["minne"] for run in runs)
    scalar = sorted(run["skalar"] for run in runs)[1]
    maaling.heading(f"{_ROWS} kontakter i Parquet, {kind}", f"grupper på de samme, {scalar:.0f} i sekundet")
    rate = _ROWS / took
    maaling.report("kjernen, med lesing", f"{rate:.0f} kontakter/s", rate / scalar, "mål 7 ×", rate >= 7 * scalar)
    maaling.report("lesing alene", f"{_ROWS / read:.0f} kontakter/s", _ROWS / read / scalar)
    print(f"  høyeste minne: {memory:.0f} MB (mål 500 MB)")


def _batches(module: ModuleType, drawn: list[Any], alike: bool) -> Iterator[pa.RecordBatch]:
    """Made-up contacts: variations of typical ones, some far more usual than others; or codes drawn one by one."""
    random, numbers = Random(_SEED), np.random.default_rng(_SEED)
    diagnoses, procedures = list(module.TABELL_DIAGNOSEKODER), list(module.TABELL_PROSEDYREKODER)
    random.shuffle(diagnoses)
    random.shuffle(procedures)
    typical = drawn[:_BASE]
    for start in range(0, _ROWS, _CHUNK):
        size = min(_CHUNK, _ROWS - start)
        contacts = []
        kinds = _usual(numbers, len(typical), size)
        codes = iter(_usual(numbers, len(diagnoses), size * 4))
        others = iter(_usual(numbers, len(procedures), size * 4))
        for kind in kinds:
            if alike:
                contact = dict(typical[kind])
                if random.random() < 0.5:
                    contact["diagnoser"] = [*contact["diagnoser"], diagnoses[next(codes)]]
            else:
                contact = {
                    "kjønn": random.choice(("mann", "kvinne")),
                    "utskrivning": "levende" if random.random() < 0.97 else "død",
                    "diagnoser": [diagnoses[next(codes)] for _ in range(random.choice((1, 1, 2, 3, 4)))],
                    "prosedyrer": [procedures[next(others)] for _ in range(random.choice((0, 0, 1, 2, 4)))],
                }
            contact["alder"] = random.randrange(36_500)
            contact["liggetid"] = random.choice((0, 0, 0, 1, 1, 2, 3, 4, 5, 8, 13))
            contacts.append(contact)
        yield in_columns(contacts)


def _usual(numbers: np.random.Generator, count: int, size: int) -> Any:
    """Places in a list, the first far more often than the last (Zipf's law)."""
    weights = 1 / np.arange(1, count + 1)
    return numbers.choice(count, size, p=weights / weights.sum()).tolist()


def _child(folder: Path, package: str, year: int, path: Path) -> str:
    command = [sys.executable, __file__, "--barn", str(folder), package, str(year), str(path)]
    env = {**os.environ, "PYTHONPATH": str(_ROOT)}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=env).stdout


def _in_a_process_of_its_own(folder: str, package: str, year: str, path: str) -> None:
    """Group the file, and say how long it took and how much memory there was in use at most."""
    sys.path.insert(0, folder)
    module = importlib.import_module(package).aar(int(year))
    file = pq.ParquetFile(path)
    start = perf_counter()
    for number in range(file.num_row_groups):
        for batch in file.read_row_group(number).to_batches():
            batch.num_rows  # noqa: B018
    read = perf_counter() - start
    start = perf_counter()
    rows = 0
    for number in range(file.num_row_groups):
        for batch in file.read_row_group(number).to_batches():
            rows += module.grupper_parti(batch).num_rows
    took = perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    some = _posts(module, file.read_row_group(file.num_row_groups - 1).slice(0, 50_000).to_pylist())
    start = perf_counter()
    for post in some:
        module.grupper(post)
    scalar = len(some) / (perf_counter() - start)
    print(json.dumps({"sekunder": took, "lest": read, "minne": memory, "rader": rows, "skalar": scalar}))


# ---- importing


def _import(folder: Path, package: str, year: int) -> None:
    """The time to import the module of a year, in a new process, with what Python itself takes taken away."""
    code = f"import sys; sys.path.insert(0, {str(folder)!r}); import {package}; {package}.aar({year})"
    took = sorted(_seconds([sys.executable, "-c", code]) for _ in range(7))[3]
    empty = sorted(_seconds([sys.executable, "-c", "import sys"]) for _ in range(7))[3]
    print(f"\nimport av modulen: {1000 * (took - empty):.0f} ms   mål 200 ms")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--barn"]:
        _in_a_process_of_its_own(*sys.argv[2:])
    else:
        main()
