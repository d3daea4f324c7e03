"""How long the author waits from a keystroke until the faults are told, in the checks alone and through the server."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import maaling
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from compiler.editor.desk import Desk
from tests.norddrg_aar import REAL_2015, made_up_year, real_year

_ROOT = Path(__file__).parents[1]
_TABLES = _ROOT.parent / "shared" / "norddrg"
_COMMAND = [sys.executable, "-c", "from compiler.cli import main; main()"]
_ROUNDS = 9


def main() -> None:
    rules = _ROOT / "rulebooks"
    whole = _whole(rules)
    maaling.heading("Fra tastetrykk til feil i regelverkene her", _baseline(whole))
    for name, old in (
        ("isf/2023/05-refusjon.md", "sektor er somatikk"),
        ("isf/2020/05-refusjon.md", "drg = DRG 442"),
        ("fastlege/2022/03-regningen.md", "krever at"),
        ("forlop/2021/02-hendelser.md", "valg"),
    ):
        _measure(rules, rules / name, old, whole)
    with TemporaryDirectory() as folder:
        _norddrg(Path(folder) / "rulebooks")


def _norddrg(folder: Path) -> None:
    """The same in a year of NordDRG, made up where there is no real one."""
    is_real = _TABLES.is_dir()
    imported = real_year(folder, _TABLES / REAL_2015, 2015) if is_real else made_up_year(folder, 2030)
    whole = _whole(folder)
    title = "Fra tastetrykk til feil i NordDRG 2015" if is_real else "Fra tastetrykk til feil i oppdiktede tabeller"
    maaling.heading(title, _baseline(whole))
    year = folder / "drg" / str(imported.rulebook.year)
    chapters = sorted(year.glob("hdg-*.md"), key=lambda path: path.stat().st_size)
    for path in (chapters[len(chapters) // 2], chapters[-1]):
        _measure(folder, path, "gruppe DRG", whole)


def _measure(root: Path, path: Path, old: str, whole: float) -> None:
    """The lines about one file: a letter goes away and comes back, again and again."""
    sound = path.read_text(encoding="utf-8")
    texts = [sound.replace(old, old[:-1], 1), sound]
    assert texts[0] != sound
    name = f"{path.parent.parent.name}-{path.parent.name} {path.name}"
    alone = _in_process(root, path, texts)
    through = asyncio.run(_through_server(path, texts))
    maaling.report(f"{name}: sjekken", f"{alone * 1000:.0f} ms", whole / alone)
    maaling.report(f"{name}: i editoren", f"{through * 1000:.0f} ms", whole / through, "mål 300 ms", through < 0.3)


def _baseline(whole: float) -> str:
    return f"«sjekk --paa-nytt» av hele mappen, {whole:.2f} s: så mange ganger kortere"


def _whole(folder: Path) -> float:
    """The seconds of a whole check, by the command."""
    command = [*_COMMAND, "sjekk", "--paa-nytt", "--mappe", str(folder)]
    return median(_seconds(lambda: subprocess.run(command, capture_output=True, check=True)) for _ in range(3))


def _in_process(root: Path, path: Path, texts: list[str]) -> float:
    """The seconds of one check after a change."""
    desk = Desk(root)
    bench = desk.open(path, texts[1])
    desk.checked(bench)

    def check(text: str) -> None:
        desk.open(path, text)
        desk.check(bench)
        bench.diagnostics()

    return median(_seconds(lambda at=at: check(texts[at % 2])) for at in range(_ROUNDS))  # type: ignore[misc]


def _seconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


async def _through_server(path: Path, texts: list[str]) -> float:
    """The seconds from when a change is sent until the faults of that text are told."""
    client = LanguageClient("maaling", "1")
    told: asyncio.Queue[int | None] = asyncio.Queue()

    @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def tell(params: lsp.PublishDiagnosticsParams) -> None:
        if params.uri == path.as_uri():
            told.put_nowait(params.version)

    async def until(version: int) -> None:
        while await told.get() != version:
            pass

    await client.start_io(*_COMMAND, "spraaktjener")
    await client.initialize_async(lsp.InitializeParams(capabilities=lsp.ClientCapabilities()))
    client.initialized(lsp.InitializedParams())
    client.text_document_did_open(
        lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(path.as_uri(), "regel", 0, texts[1]))
    )
    await until(0)
    await asyncio.sleep(5)  # The examples are tried once the faults are told.
    found = []
    for version in range(1, _ROUNDS + 1):
        document = lsp.VersionedTextDocumentIdentifier(version, path.as_uri())
        change = lsp.TextDocumentContentChangeWholeDocument(texts[(version + 1) % 2])
        start = time.perf_counter()
        client.text_document_did_change(lsp.DidChangeTextDocumentParams(document, [change]))
        await until(version)
        found.append(time.perf_counter() - start)
        await asyncio.sleep(1)
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()
    return median(found)


if __name__ == "__main__":
    main()
