"""How fast the site of large rulebooks is built, how big it becomes, and how soon a reader gets an answer from it."""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import mange_grupper
from nettsted_svar import answers

from tests.norddrg_aar import REAL_2015, REAL_2016, made_up_year, real_year

_ROOT = Path(__file__).parents[1]
_TABLES = _ROOT.parent / "shared" / "norddrg"
_GROUPS, _YEARS = 1_000, 8
_BUILD = """
import sys, time
from pathlib import Path
from compiler.build import build_site
from compiler.pipeline import load
start = time.perf_counter()
library = load(Path(sys.argv[1]))
read = time.perf_counter()
warnings = build_site(library, Path(sys.argv[2]), lambda text: None)
print(read - start, time.perf_counter() - read)
assert warnings == [], warnings[:5]
"""


@dataclass(frozen=True, slots=True)
class Built:
    """A site, and the seconds that it took: to read the rulebooks, to build all pages, to build with nothing new."""

    folder: Path
    reading: float
    building: float
    again: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--grupper", type=int, default=_GROUPS, help="grupper i hvert oppdiktet år")
    parser.add_argument("--aar", type=int, default=_YEARS, help="hvor mange oppdiktede år")
    given = parser.parse_args()
    with _folder() as folder:
        _report("NordDRG, to år", _norddrg(folder), "E105", "sykdommer")
    with _folder() as folder:
        mange_grupper.write(folder / "regelverk", given.aar, given.grupper)
        _report(f"{given.aar} oppdiktede år med {given.grupper} grupper", folder, "DRG 500", "gruppe")


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder for one site and what it is made of."""
    with TemporaryDirectory() as name:
        yield Path(name)


def _norddrg(folder: Path) -> Path:
    """Two years of NordDRG as rulebooks; made-up tables where the real ones are not."""
    place = folder / "regelverk"
    if (_TABLES / REAL_2015).is_file():
        first = real_year(place, _TABLES / REAL_2015, 2015)
        real_year(place, _TABLES / REAL_2016, 2016, first.rulebook)
    else:
        print("tabellene finnes ikke på denne maskinen; målt med oppdiktede")
        first = made_up_year(place, 2030)
        made_up_year(place, 2031, first.rulebook)
    return folder


def _built(folder: Path) -> Built:
    """The site of the rulebooks in a folder, built, and built again."""
    (reading, building), (_, again) = _build(folder), _build(folder)
    return Built(folder / "ut" / "site", reading, building, again)


def _build(folder: Path) -> tuple[float, float]:
    """The seconds of reading and of building, in a process of its own."""
    command = [sys.executable, "-c", _BUILD, str(folder / "regelverk"), str(folder / "ut")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=_ROOT)
    reading, building = map(float, done.stdout.split())
    return reading, building


def _report(title: str, folder: Path, code: str, word: str) -> None:
    """Build a site and say what it came to, and how soon it answers to a code and to a word."""
    site = _built(folder)
    files = [path for path in site.folder.rglob("*") if path.is_file()]
    pages = [path for path in files if path.suffix == ".html"]
    largest = max(pages, key=lambda path: path.stat().st_size)
    print(f"\n{title}")
    print(f"  lese regelverkene            {site.reading:8.1f} s")
    print(f"  bygge nettstedet             {site.building:8.1f} s")
    print(f"  bygge igjen, ingenting nytt  {site.again:8.1f} s")
    print(f"  {len(pages)} sider, {sum(path.stat().st_size for path in files) / 1e6:.1f} MB i {len(files)} filer")
    print(f"  største side: {largest.relative_to(site.folder)}, {largest.stat().st_size / 1e3:.0f} kB")
    for one in answers(site.folder, code, word):
        took = f"etter {one.first:.0f} ms og {one.read:.0f} kB, igjen {one.again:.0f} ms"
        print(f"  «{one.asked}»: {one.found} svar {took}")


if __name__ == "__main__":
    main()
