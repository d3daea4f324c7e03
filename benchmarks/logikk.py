"""How long the analysis of the logic takes, of the rulebooks here and of a year of NordDRG."""

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import maaling

from compiler.cli_library import checked
from compiler.logic.check import Logic, checked_logic
from compiler.pipeline import load
from tests.norddrg_aar import REAL_2015, made_up_year, real_year

_ROOT = Path(__file__).parents[1]
_TABLES = _ROOT.parent / "shared" / "norddrg"
_ROUNDS = 3


def main() -> None:
    _measure("regelverkene her", _ROOT / "rulebooks", _ROUNDS, aim=None)
    with TemporaryDirectory() as folder:
        is_real = _TABLES.is_dir()
        if is_real:
            real_year(Path(folder), _TABLES / REAL_2015, 2015)
        else:
            made_up_year(Path(folder), 2030)
        _measure("NordDRG 2015" if is_real else "oppdiktede tabeller", Path(folder), 1, aim=60 if is_real else None)


def _measure(title: str, folder: Path, rounds: int, aim: int | None) -> None:
    """The lines about one folder: reading and checking it without the logic, and the logic alone."""
    library = load(folder)
    plain, proved, found = [], [], Logic(())
    for _ in range(rounds):
        start = perf_counter()
        checked(load(folder))
        between = perf_counter()
        found = checked_logic(library, wanted=True)
        plain.append(between - start)
        proved.append(perf_counter() - between)
    without, logic = median(plain), median(proved)
    maaling.heading(f"Logikken i {title}", f"lesing og sjekk av det samme uten logikken, {without:.2f} s")
    rules = found.reached + found.never + found.undecided
    told = "" if aim is None else f"mål {aim} s"
    maaling.report(f"{rules} regler", f"{logic:.1f} s", logic / without, told, aim is None or logic < aim)
    print(f"  nådd {found.reached}, aldri nådd {found.never}, ikke avgjort {found.undecided}")


if __name__ == "__main__":
    main()
