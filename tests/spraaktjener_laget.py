"""A made-up rulebook, the language server as a process of its own, and an editor that has them in front of it."""

import asyncio
import sys
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from lsprotocol import types as lsp
from pygls.protocol import default_converter
from pytest_lsp import ClientServerConfig, LanguageClient

COMMAND = [sys.executable, "-c", "from compiler.cli import main; main()", "spraaktjener", "--nettsted", "https://x.no/"]

RULES = """\
# Prøvetjenesten 😀

Prisen er {døgnpris}, og taket er {tak}.

```regel
regelverk PROVE 2020 «Prove 2020»
    gjelder fra 2020-01-01 til og med 2020-12-31
    status utkast

kilde rundskriv «Et 😀 rundskriv» <https://eksempel.invalid/>
kodeverk KODER fra «koder.csv»

opplysninger Kontakt «Et opphold»
    sektor    valg somatikk, rus kan mangle
    liggetid  heltall døgn «Døgn på sykehuset»
    diagnose  kode fra KODER kan mangle
    henvist   ja/nei

tabell grupper av gruppe
    vekt desimaltall poeng årlig

gruppering drg for hver Kontakt
    velger første

kodesett hofter «Hofteslitasje»
    M160, M161

sats døgnpris «Prisen for et døgn» = 1 000 kr per poeng
    kilde rundskriv «punkt 1»
årlig sats tak = 9 000 kr
    kilde rundskriv

gruppe DRG 1 «Hofter»
    vekt 1,5
    når diagnose er i hofter
    kilde rundskriv

krav henvisning «Henvisning»
    når liggetid er over 0 døgn
    krever at henvist
    ellers varsel «liggetiden var {liggetid}»
    kilde rundskriv

beregning refusjon «Refusjon»
    = vekt av drg × døgnpris
    avrundet til hele kroner
```
"""
EXAMPLE = """\
eksempel «Hofte»
    gitt
        liggetid = 3 døgn
        diagnose = M160
        henvist = ja
    så
        gruppe = DRG 1
        refusjon = 1 500 kr
"""
NEXT_YEAR = """\
regelverk PROVE 2021 «Prove 2021»
    bygger på PROVE 2020
    gjelder fra 2021-01-01 til og med 2021-12-31
    status utkast

endrer sats døgnpris
    fra 1 000 kr per poeng til 1 100 kr per poeng
    fordi «dyrere»
    kilde rundskriv

årlig sats tak = 9 500 kr
    kilde rundskriv

endrer gruppe DRG 1
    vekt fra 1,5 til 1,6

beregning dobbelt
    = 2 × refusjon
"""
CODES = "kode;tekst\nM160;Primær artrose i begge hofter\nM161;Annen primær hofteartrose\nS720;Brudd på lårhals\n"


VERSIONS = count(1)


class Client(LanguageClient):
    """The side of the editor that speaks with the server, and remembers what it was last told of each file."""

    def __init__(self) -> None:
        super().__init__(converter_factory=default_converter)
        self.told: dict[str, lsp.PublishDiagnosticsParams] = {}

        @self.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
        def remember(params: lsp.PublishDiagnosticsParams) -> None:
            self.told[params.uri] = params


class Editor:
    """An editor with the rulebook in front of it."""

    def __init__(self, client: "Client", folder: Path) -> None:
        self.client = client
        self.folder = folder
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str | None = None) -> None:
        """Show a file, with the text on disk or another."""
        self.texts[name] = (self.folder / name).read_text(encoding="utf-8") if text is None else text
        self.versions[name] = next(VERSIONS)
        item = lsp.TextDocumentItem(self.uri(name), "regel", self.versions[name], self.texts[name])
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    def write(self, name: str, text: str) -> None:
        """Change the text of a file, without saving it."""
        self.texts[name] = text
        self.versions[name] = next(VERSIONS)
        document = lsp.VersionedTextDocumentIdentifier(self.versions[name], self.uri(name))
        change = lsp.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(document, [change]))

    def replace(self, name: str, old: str, new: str) -> None:
        """Write one piece of a file anew."""
        assert self.texts[name].count(old) == 1, old
        self.write(name, self.texts[name].replace(old, new))

    def saved(self, name: str) -> None:
        """Say that a file has been saved."""
        self.client.text_document_did_save(lsp.DidSaveTextDocumentParams(lsp.TextDocumentIdentifier(self.uri(name))))

    def close(self, name: str) -> None:
        self.client.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(self.uri(name))))
        del self.texts[name], self.versions[name]

    def at(self, name: str, words: str, into: int = 0) -> dict[str, Any]:
        """The place of some words in a file, so many letters into them, in UTF-16 as editors count."""
        before = self.texts[name].split(words, 1)[0] + words[:into]
        line = before.count("\n")
        character = len(before.rsplit("\n", 1)[-1].encode("utf-16-le")) // 2
        document = lsp.TextDocumentIdentifier(self.uri(name))
        return {"text_document": document, "position": lsp.Position(line, character)}

    def said(self, name: str, range_: lsp.Range) -> str:
        """The text in a range of a file."""
        rows = self.texts.get(name) or (self.folder / name).read_text(encoding="utf-8")
        lines = rows.split("\n")
        assert range_.start.line == range_.end.line
        row = lines[range_.start.line].encode("utf-16-le")
        return row[range_.start.character * 2 : range_.end.character * 2].decode("utf-16-le")

    async def faults(self, name: str, wanted: int) -> list[lsp.Diagnostic]:
        """What is wrong in a file as it now stands, when so many faults are told of it."""
        async with asyncio.timeout(10):
            while True:
                told = self.client.told.get(self.uri(name)) or lsp.PublishDiagnosticsParams("", [])
                if told.version == self.versions.get(name) and len(told.diagnostics) == wanted:
                    return list(told.diagnostics)
                await asyncio.sleep(0.01)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two rule years of one scheme."""
    made = tmp_path_factory.mktemp("forfatter") / "rulebooks" / "prøve"
    for name, text in {
        "2020/01-regler.md": RULES,
        "2020/02-eksempel.regel": EXAMPLE,
        "2020/koder.csv": CODES,
        "2021/regler.regel": NEXT_YEAR,
    }.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text, encoding="utf-8")
    return made


@pytest_lsp.fixture(config=ClientServerConfig(server_command=COMMAND, client_factory=Client), scope="module")  # type: ignore[untyped-decorator]
async def client(lsp_client: Client, folder: Path) -> AsyncIterator[None]:
    """A server with the editor of a session."""
    await lsp_client.initialize_session(
        lsp.InitializeParams(capabilities=lsp.ClientCapabilities(), root_uri=folder.as_uri())
    )
    yield
    await lsp_client.shutdown_session()


@pytest.fixture
def editor(client: Client, folder: Path) -> Editor:
    return Editor(client, folder)


MAIN, EXAMPLES, AFTER = "2020/01-regler.md", "2020/02-eksempel.regel", "2021/regler.regel"
