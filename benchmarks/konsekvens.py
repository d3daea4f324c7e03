"""The same contacts by two years of NordDRG: the time of `konsekvens` held against that of two runs of `grupper`.

The contacts are drawn as in `norddrg.py`, with a hospital each. Every command is a process of its own, and the time is
that of the whole command, with the reading of the rulebooks.
"""

import argparse
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import maaling
import norddrg_parti
import numpy as np
import pyarrow as pa

from compiler import model
from tests.norddrg_aar import REAL_2015, REAL_2016, made_up_year, real_year
from tests.norddrg_koder import Codes

_ROOT = Path(__file__).parents[1]
_TABLES = _ROOT.parent / "shared" / "norddrg"
_CONTACTS = 200_000
_ROUNDS = 3
_HOSPITALS = 24
_RUN = """
import resource, sys, time
from compiler.cli import main
start = time.perf_counter()
sys.argv = ["regelverk", *sys.argv[1:]]
try:
    main()
except SystemExit:
    pass
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kontakter", type=int, default=_CONTACTS)
    contacts = parser.parse_args().kontakter
    with TemporaryDirectory() as name:
        folder = Path(name)
        first, second = _years(folder / "regler")
        norddrg_parti.write(folder / "kontakter.parquet", _with_hospital, Codes(first), contacts)
        _measured(folder, first, second, contacts)


def _years(rules: Path) -> tuple[model.Rulebook, model.Rulebook]:
    """The real years where their tables are there, else the made-up ones."""
    if _TABLES.is_dir():
        first = real_year(rules, _TABLES / REAL_2015, 2015).rulebook
        return first, real_year(rules, _TABLES / REAL_2016, 2016, first).rulebook
    print(f"{_TABLES} finnes ikke: alt måles på oppdiktede tabeller, som er svært små")
    first = made_up_year(rules, 2030).rulebook
    return first, made_up_year(rules, 2031, first).rulebook


def _with_hospital(codes: Codes, number: int, random: np.random.Generator) -> pa.RecordBatch:
    """Contacts as they usually come, each at a hospital."""
    names = pa.array([f"Sykehus {place}" for place in range(1, _HOSPITALS + 1)])
    hospitals = names.take(pa.array(random.integers(0, _HOSPITALS, number)))
    return norddrg_parti.typical(codes, number, random).append_column("sykehus", hospitals)


def _measured(folder: Path, first: model.Rulebook, second: model.Rulebook, contacts: int) -> None:
    """Show what each command takes; the two runs of `grupper` are the baseline."""
    data, shared = str(folder / "kontakter.parquet"), ("--mappe", str(folder / "regler"))
    compare = ("konsekvens", first.name, second.name, data, *shared, "--enhet", "sykehus")
    commands = {
        "grupper": ("grupper", first.name, data, *shared, "-o", str(folder / "en.parquet")),
        "grupper igjen": ("grupper", second.name, data, *shared, "-o", str(folder / "to.parquet")),
        "konsekvens til HTML": (*compare, "-o", str(folder / "ut.html")),
        "konsekvens med alle kontakter som CSV": (
            *compare,
            "-o",
            str(folder / "ut.html"),
            "--csv",
            str(folder / "csv"),
        ),
    }
    runs: dict[str, list[tuple[float, int]]] = {name: [] for name in commands}
    for _ in range(_ROUNDS):
        for name, arguments in commands.items():
            runs[name].append(maaling.of_process(_RUN, *arguments))
    took = {name: median(seconds for seconds, _ in found) for name, found in runs.items()}
    baseline = took["grupper"] + took["grupper igjen"]
    title = f"{contacts:,} kontakter etter {first.name} og {second.name}".replace(",", " ")
    maaling.heading(title, f"to kjøringer av grupper, {baseline:.1f} s")
    for name, seconds in took.items():
        memory = median(used for _, used in runs[name]) / 1024
        maaling.report(name, f"{seconds:.1f} s", seconds / baseline)
        print(f"    mest minne {memory:.0f} MB")


if __name__ == "__main__":
    main()
