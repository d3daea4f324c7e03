"""How long it takes to import a generated package, in a process of its own each time."""

import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import laget
import maaling
import pakker

_ROOT = Path(__file__).parents[1]
_TIMED = (
    "import sys, time; sys.path.insert(0, {folder!r}); start = time.perf_counter(); {code}; "
    "print(time.perf_counter() - start)"
)
_RUNS = 9
_GROUPS, _CODES = 1000, 40


def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        made = laget.rulebook(_GROUPS, _CODES)
        made.write(folder / "regler")
        isf = pakker.write_package(pakker.scheme(_ROOT / "rulebooks", "isf"), folder)
        large = pakker.write_package(pakker.scheme(folder / "regler", "laget"), folder)
        (folder / "tom").mkdir()
        (folder / "tom" / "__init__.py").touch()
        codes = {
            "tom": "import tom",
            "stdlib": "import dataclasses, datetime, decimal, importlib, json, re, typing",
            isf: f"import {isf}; {isf}.aar(2021)",
            large: f"import {large}; {large}.aar(2021)",
        }
        took = _medians(folder, codes)
    empty, stdlib = took["tom", True], took["stdlib", True]
    maaling.heading("Import i en ny prosess", f"en tom pakke, {empty * 1000:.1f} ms")
    maaling.report("standardbiblioteket pakkene bruker", f"{stdlib * 1000:.1f} ms", stdlib / empty)
    for package, text in ((isf, f"{isf}, 2021"), (large, f"{_GROUPS} grupper med vilkår")):
        for compiled, how in ((True, "med .pyc"), (False, "uten .pyc")):
            seconds = took[package, compiled]
            figure = f"{seconds * 1000:.1f} ms"
            maaling.report(f"{text}, {how}", figure, seconds / empty, "mål 50 ms", seconds < 0.05)


def _medians(folder: Path, codes: dict[str, str]) -> dict[tuple[str, bool], float]:
    """The median seconds of each import, with compiled files and without; all of them in turn, run after run."""
    seconds: dict[tuple[str, bool], list[float]] = {}
    for number in range(_RUNS + 1):
        for compiled in (True, False):
            for name, code in codes.items():
                took = _one(folder, code, compiled)
                if number:
                    seconds.setdefault((name, compiled), []).append(took)
    return {key: median(found) for key, found in seconds.items()}


def _one(folder: Path, code: str, compiled: bool) -> float:
    """The seconds one import takes in a new process; those of the standard library are always compiled."""
    if compiled:
        _run(folder, code)
        return _run(folder, code)
    for cache in folder.rglob("__pycache__"):
        shutil.rmtree(cache)
    return _run(folder, code, "-B")


def _run(folder: Path, code: str, *options: str) -> float:
    """The seconds that a new process says the code took."""
    timed = _TIMED.format(folder=str(folder), code=code)
    found = subprocess.run([sys.executable, "-I", *options, "-c", timed], check=True, capture_output=True, text=True)
    return float(found.stdout)


if __name__ == "__main__":
    main()
