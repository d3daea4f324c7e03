"""How long the author waits from a file is saved until its new text is on the page in the preview."""

import http.client
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import maaling

from tests.norddrg_aar import REAL_2015, made_up_year, real_year

_ROOT = Path(__file__).parents[1]
_TABLES = _ROOT.parent / "shared" / "norddrg"
_COMMAND = [sys.executable, "-c", "from compiler.cli import main; main()"]
_BASELINE = "«sjekk --paa-nytt --uten-logikk» av ordningen"
_ROUNDS = 7


def main() -> None:
    with TemporaryDirectory() as name:
        for scheme, chapters in (
            ("isf", ("03-grupper.md", "05-refusjon.md")),
            ("fastlege", ("02-takster.md", "03-regningen.md")),
        ):
            rules = Path(name) / scheme
            shutil.copytree(_ROOT / "rulebooks" / scheme, rules / scheme)
            _measure(rules, f"{scheme}-2023", [rules / scheme / "2023" / chapter for chapter in chapters], 1.0)
    with TemporaryDirectory() as name:
        _norddrg(Path(name) / "rulebooks")


def _norddrg(folder: Path) -> None:
    """The same for chapters of a year of NordDRG, made up where there is no real one."""
    imported = real_year(folder, _TABLES / REAL_2015, 2015) if _TABLES.is_dir() else made_up_year(folder, 2030)
    if not _TABLES.is_dir():
        print(f"{_TABLES} finnes ikke: NordDRG er oppdiktede tabeller, som er svært små")
    year = folder / "drg" / str(imported.rulebook.year)
    chapters = sorted(year.glob("hdg-*.md"), key=lambda path: path.stat().st_size)
    _measure(folder, imported.rulebook.name, [chapters[len(chapters) // 2], chapters[-1]], 2.0)


def _measure(folder: Path, name: str, chapters: list[Path], aim: float) -> None:
    """The lines about one rule year: a word more in the heading of each chapter, and a fault."""
    check = [*_COMMAND, "sjekk", "--paa-nytt", "--uten-logikk", "--mappe", str(folder)]
    whole = median(_seconds(check) for _ in range(3))
    maaling.heading(f"Fra lagret til vist i {name}", f"{_BASELINE}, {whole:.2f} s: så mange ganger kortere")
    with _preview(folder, name) as browser:
        for path in chapters:
            sound = path.read_text(encoding="utf-8")
            browser.opens(f"/{path.parent.parent.name}/{path.parent.name}/{path.stem}/")
            for what, new, texts in (
                ("ny tekst", "nytt", [sound.replace("\n", f" nytt{at}\n", 1) for at in range(_ROUNDS)]),
                ("en feil", "krvr", [f"{sound}\n```regel\nkrvr{at} x\n```\n" for at in range(_ROUNDS)]),
            ):
                took = median(browser.sees(path, text, f"{new}{at}") for at, text in enumerate(texts))
                name, shown = f"{path.name}: {what}", f"{took * 1000:.0f} ms"
                maaling.report(name, shown, whole / took, f"mål {aim:.0f} s", took < aim)
            browser.sees(path, sound, "")


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - start


class _Browser:
    """Asks as a page in a browser does: waits for word of a change, and then for what is said and the page itself."""

    def __init__(self, address: str) -> None:
        self.host = urlsplit(address).netloc
        self._events = http.client.HTTPConnection(self.host)
        self._events.request("GET", "/vis/hendelser")
        self._told = self._events.getresponse()
        self._word()

    def opens(self, page: str) -> None:
        """Go to a page."""
        self.page = page
        self._get(page)

    def sees(self, path: Path, text: str, new: str) -> float:
        """The seconds from a text is saved until something new stands on the page."""
        start = time.perf_counter()
        path.write_text(text, encoding="utf-8")
        while True:
            self._word()
            json.loads(self._get(f"/vis/tilstand?side={self.page}"))
            if new in self._get(self.page):
                return time.perf_counter() - start

    def _word(self) -> None:
        while not self._told.readline().startswith(b"data:"):
            pass

    def _get(self, path: str) -> str:
        connection = http.client.HTTPConnection(self.host)
        connection.request("GET", path)
        found = connection.getresponse().read().decode()
        connection.close()
        return found


@contextmanager
def _preview(folder: Path, name: str) -> Iterator[_Browser]:
    """The command as an author runs it, and a browser beside it, once the examples are tried."""
    command = [*_COMMAND, "vis", name, "--mappe", str(folder), "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    assert process.stderr is not None
    line = ""
    while not line.startswith("viser "):
        line = process.stderr.readline()
    try:
        time.sleep(5)
        yield _Browser(line.split()[1].rstrip(";"))
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate()


if __name__ == "__main__":
    main()
