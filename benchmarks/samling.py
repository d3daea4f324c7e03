"""A million contacts of 200,000 patients, gathered by month, tertial and year and written: seconds and memory.

The contacts are drawn for isf-2023 in two ways: as contacts are, where most carry no group of a period, and with all
that the rules read drawn alike. The ratio is to sorting the file alone, by patient and date, and writing it.
"""

import argparse
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import maaling
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from compiler.gather import gather
from compiler.packages import imported
from compiler.pipeline import load

_ROOT = Path(__file__).parents[1]
_YEAR = "isf-2023"
_CONTACTS = 1_000_000
_PER_PATIENT = 5
_CHECKED = 2000
"""So many contacts are held against the reference before anything is measured."""
_ROUNDS = 3
_SEED = 2023
_COLLECTIONS = ("Pasientmåned", "Pasienttertial", "Pasientår")

_MEMORY = 'int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])'
_SORT = f"""
import sys, time
import pyarrow.parquet as pq
start = time.perf_counter()
table = pq.read_table(sys.argv[1]).sort_by([("pasient", "ascending"), ("dato", "ascending")])
pq.write_table(table, sys.argv[2], compression="zstd")
print(time.perf_counter() - start, {_MEMORY})
"""
_GATHER = f"""
import sys, time
from compiler.cli import main
start = time.perf_counter()
sys.argv = ["regelverk", "samle", *sys.argv[1:]]
try:
    main()
except SystemExit:
    pass
print(time.perf_counter() - start, {_MEMORY})
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kontakter", type=int, default=_CONTACTS)
    number = parser.parse_args().kontakter
    for title, alike in (("som kontakter er", False), ("alt trukket likt", True)):
        _agree(alike)
        with TemporaryDirectory() as folder:
            _measured(f"{number:,}".replace(",", " ") + f" kontakter {title}", number, alike, Path(folder))


def _drawn(number: int, alike: bool) -> pa.Table:
    """Contacts of a fifth as many patients, over a year."""
    drawn = np.random.default_rng(_SEED)

    def one_of(likely: dict[str | None, float]) -> pa.Array:
        values = list(likely)
        odds = None if alike else np.array(list(likely.values())) / sum(likely.values())
        return pa.array(values, pa.string()).take(pa.array(drawn.choice(len(values), number, p=odds)))

    days = np.datetime64("2023-01-01") + drawn.integers(0, 365, number)
    return pa.table(
        {
            "pasient": pa.array(drawn.integers(0, max(1, number // _PER_PATIENT), number)).cast(pa.string()),
            "dato": pa.array(days.astype("datetime64[D]")),
            "sektor": one_of({"somatikk": 80, "phv_voksne": 15, "tsb": 5}),
            "prosedyrer": one_of({None: 90, "WPBA10": 3, "WPBA15": 3, "WPBA20": 2, "WRBA24": 1, "B0044": 1}),
            "drg": one_of({None: 60, "DRG 290": 36, "STG TS02": 3, "TFG AT01": 1}),
            "omsorgsnivå": one_of({"3": 85, "2": 5, "1": 10}),
            "debitor": one_of({"1": 98, "60": 2}),
            **{name: one_of({"ja": 9, "nei": 1}) for name in ("samarbeid_er_hovedformålet", "med_instans_utenfor")},
            **{name: one_of({"ja": 9, "nei": 1}) for name in ("utskrivningsklar", "går_ut_over_vanlig_koordinering")},
            **{name: one_of({"ja": 9, "nei": 1}) for name in ("sammen_med_kommunen", "forankret_i_samarbeidsavtale")},
        }
    )


def _agree(alike: bool) -> None:
    """Hold some contacts against the reference: a fast wrong answer is worth nothing."""
    years = load(_ROOT / "rulebooks", _ROOT, schemes=["isf"]).scheme("isf")
    rulebook = next(year for year in years if year.name == _YEAR)
    table = _drawn(_CHECKED, alike)
    expected = gather(rulebook, table.to_pylist(), "Kontakt")
    with imported(years) as package:
        found = package.aar(rulebook.year).samle_parti(table, "Kontakt")
    for name in _COLLECTIONS:
        told = [(row["antall"], row["status"], row["gruppe"]) for row in found[name].to_pylist()]
        wanted = [(len(one.plasser), one.svar.status, one.svar.gruppe) for one in expected.samlinger[name]]
        assert told == wanted, name


def _measured(title: str, number: int, alike: bool, folder: Path) -> None:
    """Show what sorting the file takes, and what gathering and writing takes."""
    inn = folder / "inn.parquet"
    pq.write_table(_drawn(number, alike), inn)
    asked = [part for name in _COLLECTIONS for part in ("--samling", name)]
    runs: dict[str, list[tuple[float, int]]] = {"sortering": [], "samle": []}
    for _ in range(_ROUNDS):
        runs["sortering"].append(maaling.of_process(_SORT, str(inn), str(folder / "sortert.parquet")))
        runs["samle"].append(maaling.of_process(_GATHER, _YEAR, str(inn), "-o", str(folder / "ut"), *asked))
    sorting, memory = (median(run[n] for run in runs["sortering"]) for n in (0, 1))
    took, peak = (median(run[n] for run in runs["samle"]) for n in (0, 1))
    made = {name: pq.ParquetFile(path).metadata.num_rows for name, path in _files(folder / "ut")}
    maaling.heading(f"{title} ({inn.stat().st_size / 1e6:.0f} MB)", f"sortering av filen alene, {sorting:.1f} s")
    maaling.report("regelverk samle", f"{took:.1f} s", took / sorting)
    maaling.report("kontakter i sekundet", f"{number / took:,.0f}".replace(",", " "), took / sorting)
    maaling.report("minne", f"{peak / 1024:.0f} MB", peak / memory)
    print(f"  samlinger: {', '.join(f'{count:,} {name}'.replace(',', ' ') for name, count in made.items())}")


def _files(folder: Path) -> list[tuple[str, Path]]:
    """The files with collections."""
    return sorted((path.stem, path) for path in folder.glob("pasient*.parquet"))


if __name__ == "__main__":
    main()
