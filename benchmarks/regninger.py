"""A million claims from a file, priced and written with the answer for each line: seconds and memory.

The claims are drawn for the tariff year fastlege-2021, in two ways: as claims are, where a few kinds are most of them,
and with all fields drawn alike, so that few are the same to the rules. The ratio is to reading the file alone.
"""

import argparse
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import maaling
import pyarrow as pa
import pyarrow.parquet as pq

from compiler.evaluate import evaluate
from compiler.packages import imported
from compiler.pipeline import load

_ROOT = Path(__file__).parents[1]
_YEAR = "fastlege-2021"
_CLAIMS = 1_000_000
_CHECKED = 500
"""So many claims are held against the reference before anything is measured."""
_ROUNDS = 3
_SEED = 2021
_FIRST_DAY = date(2021, 7, 1)
_KINDS: tuple[tuple[int, tuple[str, ...]], ...] = (
    *((30, ("2ad",)), (14, ("1bd",)), (10, ("2ad", "2cd")), (10, ("1ad",)), (6, ("2ae",)), (5, ("2ak",))),
    *((4, ("2ad", "2cd", "2bd")), (3, ("2ae", "2cd")), (3, ("1be",)), (2, ("2ad", "H1")), (2, ("11ad",)), (2, ("1f",))),
    *((1, ("2ad", "2ak")), (1, ("2ad", "1ad")), (1, ("14",)), (1, ("2ad", "2cd", "2bd", "H1", "1be", "2ak"))),
)
"""How often each kind of claim is drawn: made up, to be like a practice where the consultation is most of the day."""

_READ = """
import json, sys, time
path = sys.argv[1]
if path.endswith(".parquet"):
    import pyarrow.parquet as pq
start = time.perf_counter()
if path.endswith(".parquet"):
    count = sum(pq.ParquetFile(path).read_row_group(n).num_rows for n in range(pq.ParquetFile(path).num_row_groups))
else:
    count = sum(1 for line in open(path, encoding="utf-8") if json.loads(line))
print(count, time.perf_counter() - start, int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]))
"""
_JUDGE = """
import sys, time
from compiler.cli import main
start = time.perf_counter()
sys.argv = ["regelverk", "vurder", *sys.argv[1:]]
try:
    main()
except SystemExit:
    pass
print(0, time.perf_counter() - start, int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]))
"""

Claim = dict[str, Any]
Draw = Callable[[random.Random], Claim]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--regninger", type=int, default=_CLAIMS)
    likely = parser.parse_args().regninger
    for title, draw, number in (("som regninger er", _likely, likely), ("alt trukket likt", _alike, likely // 10)):
        _agree(draw)
        with TemporaryDirectory() as name:
            _measured(f"{number:,}".replace(",", " ") + f" regninger {title}", draw, number, Path(name))


# ---- the claims


def _likely(drawn: random.Random) -> Claim:
    """A claim of a kind that is common, with the patient's age and the day."""
    (_, tariffs), *_ = drawn.choices(_KINDS, [weight for weight, _ in _KINDS])
    return _claim(drawn, tariffs, drawn.randint(15, 45))


def _alike(drawn: random.Random) -> Claim:
    """A claim of one to six tariffs, each as likely as the others."""
    known = sorted({tariff for _, tariffs in _KINDS for tariff in tariffs})
    claim = _claim(drawn, drawn.choices(known, k=drawn.randint(1, 6)), drawn.randint(1, 120))
    claim["resept"], claim["legevakt"] = drawn.random() < 0.5, drawn.random() < 0.5
    for line in claim["linjer"]:
        line["ganger"] = drawn.randint(1, 3)
    return claim


def _claim(drawn: random.Random, tariffs: tuple[str, ...] | list[str], minutes: int) -> Claim:
    """The lines of a claim; a supplement for time has the minutes."""
    day = _FIRST_DAY + timedelta(days=drawn.randrange(365))
    return {
        "pasient": drawn.randrange(2000),
        "dato": day.isoformat(),
        "alder": min(drawn.randint(0, 100), drawn.randint(0, 100)),
        "resept": drawn.random() < 0.3,
        "legevakt": False,
        "linjer": [{"takst": tariff, "ganger": 1, "tid": minutes if tariff == "2cd" else None} for tariff in tariffs],
    }


def _drawn(draw: Draw, number: int) -> Iterator[Claim]:
    """The claims, the same each time."""
    source = random.Random(_SEED)
    return (draw(source) for _ in range(number))


def _agree(draw: Draw) -> None:
    """Hold some claims against the reference: a fast wrong answer is worth nothing."""
    years = load(_ROOT / "rulebooks", _ROOT, schemes=["fastlege"]).scheme("fastlege")
    rulebook = next(year for year in years if year.name == _YEAR)
    with imported(years) as package:
        module = package.aar(rulebook.year)
        for claim in _drawn(draw, _CHECKED):
            answer, expected = module.vurder_data(claim), evaluate(rulebook, claim)
            told = [line.inngaar for line in answer.lister.get("linjer", ())]
            wanted = [line.inngaar for line in expected.lister.get("linjer", ())]
            assert (answer.status, answer.verdier, told) == (expected.status, expected.verdier, wanted), claim


# ---- reading, and judging


def _measured(title: str, draw: Draw, number: int, folder: Path) -> None:
    """Show what reading the file takes, and what judging and writing it takes."""
    lines, columns = folder / "inn.jsonl", folder / "inn.parquet"
    _write(lines, columns, draw, number)
    for path, out in ((lines, folder / "ut.jsonl"), (columns, folder / "ut.parquet")):
        runs: dict[str, list[tuple[float, int]]] = {"lesing": [], "vurder": []}
        for _ in range(_ROUNDS):
            runs["lesing"].append(_ran(_READ, str(path)))
            runs["vurder"].append(_ran(_JUDGE, _YEAR, str(path), "-o", str(out)))
        reading, memory = (median(run[n] for run in runs["lesing"]) for n in (0, 1))
        took, peak = (median(run[n] for run in runs["vurder"]) for n in (0, 1))
        size = path.stat().st_size / 1e6
        maaling.heading(f"{title}, {path.suffix[1:]} ({size:.0f} MB)", f"lesing alene, {reading:.1f} s")
        maaling.report("regelverk vurder", f"{took:.1f} s", took / reading)
        maaling.report("regninger i sekundet", f"{number / took:,.0f}".replace(",", " "), took / reading)
        maaling.report("minne", f"{peak / 1024:.0f} MB", peak / memory)


def _write(lines: Path, columns: Path, draw: Draw, number: int) -> None:
    """The claims as JSONL and as Parquet."""
    line = pa.struct([("takst", pa.string()), ("ganger", pa.int64()), ("tid", pa.int64())])
    kinds = {"pasient": pa.int64(), "dato": pa.string(), "alder": pa.int64(), "resept": pa.bool_()}
    schema = pa.schema([*kinds.items(), ("legevakt", pa.bool_()), ("linjer", pa.list_(line))])
    waiting: list[Claim] = []
    with lines.open("w", encoding="utf-8") as stream, pq.ParquetWriter(columns, schema) as writer:
        for place, claim in enumerate(_drawn(draw, number), 1):
            stream.write(json.dumps(claim, ensure_ascii=False) + "\n")
            waiting.append(claim)
            if len(waiting) == 100_000 or place == number:
                writer.write_table(pa.Table.from_pylist(waiting, schema))
                waiting = []


def _ran(code: str, *arguments: str) -> tuple[float, int]:
    """The seconds and the memory, in kB, that some code used in a process of its own."""
    command = [sys.executable, "-c", code, *arguments]
    out = subprocess.run(command, check=True, capture_output=True, text=True, cwd=_ROOT).stdout
    _, seconds, memory = out.split()[-3:]
    return float(seconds), int(memory)


if __name__ == "__main__":
    main()
