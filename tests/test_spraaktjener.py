"""The language server as an editor meets it: a process of its own, asked over its standard input and output."""

import asyncio
import sys
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.protocol import default_converter
from pytest_lsp import ClientServerConfig, LanguageClient

from dsl.formatter import formatted

COMMAND = [sys.executable, "-c", "from compiler.cli import main; main()", "spraaktjener", "--nettsted", "https://x.no/"]
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("spraaktjener")]

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


# ---- diagnostics


async def test_faults_are_told_of_text_that_is_not_saved(editor: Editor) -> None:
    editor.open(MAIN)
    assert await editor.faults(MAIN, 0) == []
    editor.replace(MAIN, "er over 0 døgn", "er ovr 0 døgn")
    (fault,) = await editor.faults(MAIN, 1)
    assert (fault.code, fault.severity, fault.source) == ("R102", lsp.DiagnosticSeverity.Error, "regelverk")
    assert editor.said(MAIN, fault.range) == "ovr"
    assert "mente du «over»?" in fault.message
    assert fault.code_description == lsp.CodeDescription("https://x.no/feil/r102/")
    editor.replace(MAIN, "er ovr 0 døgn", "er over 0 døgn")
    assert await editor.faults(MAIN, 0) == []
    assert (editor.folder / MAIN).read_text(encoding="utf-8") == RULES
    editor.close(MAIN)


async def test_a_name_taken_away_is_a_fault_in_the_other_files_and_in_the_next_year(editor: Editor) -> None:
    editor.open(MAIN)
    await editor.faults(MAIN, 0)
    editor.replace(MAIN, "beregning refusjon", "beregning refusjonen")
    (given,) = await editor.faults(EXAMPLES, 1)
    assert "ukjent navn «refusjon»" in given.message
    editor.replace(MAIN, "beregning refusjonen", "beregning refusjon")
    assert await editor.faults(AFTER, 0) == []
    editor.close(MAIN)


async def test_an_example_that_does_not_hold_is_told_where_it_stands(editor: Editor) -> None:
    editor.open(EXAMPLES)
    editor.replace(EXAMPLES, "1 500 kr", "1 501 kr")
    (fault,) = await editor.faults(EXAMPLES, 1)
    assert fault.code == "R406"
    assert fault.range.start.line == 7
    editor.close(EXAMPLES)


async def test_columns_are_those_of_the_author(editor: Editor) -> None:
    """After an emoji, which is two in UTF-16, after a tab and after a composed letter."""
    editor.open(MAIN)
    await editor.faults(MAIN, 0)
    for written, at in (
        ("{døgnpris}", "😀😀 {døgnprs}"),
        ("    sektor ", "\tsektr\t\t\t\t\u00a0valgg a #"),
        ("krever at henvist", "krever at he\u0301nvistt"),
    ):
        editor.replace(MAIN, written, at)
        (fault,) = await editor.faults(MAIN, 1)
        assert editor.said(MAIN, fault.range) in {"{døgnprs}", "valgg", "he\u0301nvistt"}
        editor.replace(MAIN, at, written)
        await editor.faults(MAIN, 0)
    editor.close(MAIN)


async def test_prose_is_left_alone(editor: Editor) -> None:
    editor.open(MAIN)
    await editor.faults(MAIN, 0)
    editor.replace(MAIN, "# Prøvetjenesten 😀\n", "# Prøvetjenesten\n\nkrav dette\n    krvr ingenting\n")
    assert await editor.faults(MAIN, 0) == []
    assert await editor.client.text_document_hover_async(lsp.HoverParams(**editor.at(MAIN, "krav dette", 1))) is None
    offer = await completed(editor, MAIN, "krav dette", 3)
    assert offer == {}
    editor.close(MAIN)


async def test_files_that_come_and_go_are_noticed(editor: Editor) -> None:
    """One is taken away without a word; one that is saved is read, and so is a table that another program wrote."""
    editor.open(MAIN)
    await editor.faults(MAIN, 0)
    path = editor.folder / "2020" / "03-mer.regel"
    path.write_text("krav mer\n    krvr at ja\n", encoding="utf-8")
    editor.saved(MAIN)
    await editor.faults("2020/03-mer.regel", 1)
    path.unlink()
    editor.write(MAIN, RULES + "\n")
    await editor.faults("2020/03-mer.regel", 0)
    codes = editor.folder / "2020/koder.csv"
    codes.write_text(CODES.replace("M161;Annen primær hofteartrose\n", ""), encoding="utf-8")
    editor.saved(MAIN)
    this_year, next_year = sorted(await editor.faults(MAIN, 2), key=lambda fault: len(fault.message))
    assert {this_year.code, next_year.code} == {"R310"}
    assert editor.said(MAIN, this_year.range) == "M161"
    codes.write_text(CODES, encoding="utf-8")
    editor.client.workspace_did_change_watched_files(
        lsp.DidChangeWatchedFilesParams([lsp.FileEvent(codes.as_uri(), lsp.FileChangeType.Changed)])
    )
    assert await editor.faults(MAIN, 0) == []
    editor.close(MAIN)


async def test_a_file_outside_every_rulebook_is_read_alone(editor: Editor, tmp_path: Path) -> None:
    alone = Editor(editor.client, tmp_path)
    alone.open("løs.regel", "krav x\n    krvr at ja\n")
    assert [fault.code for fault in await alone.faults("løs.regel", 2)] == ["R210", "R102"]
    alone.close("løs.regel")
    alone.open("notat.md", "# Et notat\n\nkrav til alle\n\n```python\nkrav = 1\n```\n")
    assert await alone.faults("notat.md", 0) == []
    alone.close("notat.md")
    assert not editor.client.told.keys() & {tmp_path.as_uri(), alone.uri("")}


# ---- completion


async def completed(editor: Editor, name: str, words: str, into: int = 0) -> dict[str, lsp.CompletionItem]:
    """What may stand at a place, by how it is written."""
    found = await editor.client.text_document_completion_async(lsp.CompletionParams(**editor.at(name, words, into)))
    assert isinstance(found, lsp.CompletionList)
    return {item.label: item for item in found.items}


async def legal(editor: Editor, text: str) -> dict[str, lsp.CompletionItem]:
    """What may stand at «¤» in a new block at the end of the example file."""
    whole = EXAMPLE + "\n" + text
    name = EXAMPLES
    editor.write(name, whole.replace("¤", ""))
    before = whole.split("¤")[0]
    line, character = before.count("\n"), len(before.rsplit("\n", 1)[-1].encode("utf-16-le")) // 2
    place = lsp.Position(line, character)
    params = lsp.CompletionParams(lsp.TextDocumentIdentifier(editor.uri(name)), place)
    found = await editor.client.text_document_completion_async(params)
    assert isinstance(found, lsp.CompletionList)
    return {item.label: item for item in found.items}


async def test_what_may_stand_here_is_offered_and_nothing_else(editor: Editor) -> None:
    editor.open(EXAMPLES)
    await editor.faults(EXAMPLES, 0)
    for text, wanted, unwanted in (
        ("kr¤", {"krav", "sats", "eksempel"}, {"krever", "når", "sektor"}),
        ("krav x\n    ¤", {"krever", "når"}, {"krav", "gitt", "sektor"}),
        ("krav x\n    krever at ¤", {"liggetid", "sektor", "minst", "ikke"}, {"krever", "kilde", "DRG 1"}),
        ("krav x\n    krever at sektor er ¤", {"somatikk", "rus", "ikke"}, {"krever", "når"}),
        ("krav x\n    krever at liggetid er under 5 ¤", {"døgn", "dager"}, {"sektor", "er"}),
        ("krav x\n    krever at drg er ¤", {"DRG 1"}, {"M160"}),
        ("krav x\n    krever at diagnose er i ¤", {"hofter"}, {"M160"}),
        ("krav x\n    krever at diagnose er M1¤", {"M160", "M161"}, {"S720", "døgn"}),
        ("krav x\n    krever at henvist\n    kilde ¤", {"rundskriv"}, {"sektor"}),
        ("opphever ¤", {"krav", "sats"}, {"sektor", "kilde"}),
        ("opphever krav ¤", {"henvisning"}, {"døgnpris"}),
        ("endrer kodesett ¤", {"hofter"}, {"henvisning"}),
        ("gruppe DRG 2\n    ¤", {"vekt", "når", "kilde"}, {"liggetid"}),
        ("begrep x for hver ¤", {"Kontakt"}, {"sektor"}),
        ("opplysninger Annet\n    felt ¤", {"heltall", "valg", "ja/nei"}, {"sektor"}),
        ("opplysninger Annet\n    felt kode fra ¤", {"KODER"}, {"sektor"}),
        ("eksempel «a»\n    gitt\n        ¤", {"sektor", "liggetid"}, {"refusjon", "krever"}),
        ("eksempel «a»\n    gitt\n        sektor = ¤", {"somatikk", "rus"}, {"liggetid"}),
        ("eksempel «a»\n    gitt\n        sektor = rus\n    så\n        ¤", {"refusjon", "inngår"}, {"liggetid"}),
        ("sats x «en ¤", set(), {"kr", "sektor"}),
        ("krav x\n    # merk ¤", set(), {"krever"}),
    ):
        found = await legal(editor, text)
        assert wanted <= found.keys(), text
        assert not unwanted & found.keys(), (text, unwanted & found.keys())
    codes = await legal(editor, "krav x\n    krever at diagnose er M16¤")
    assert codes["M160"].detail == "Primær artrose i begge hofter"
    edit = codes["M160"].text_edit
    assert isinstance(edit, lsp.TextEdit)
    assert edit.range.end.character - edit.range.start.character == 3
    editor.close(EXAMPLES)


async def test_names_are_offered_in_braces_in_prose(editor: Editor) -> None:
    editor.open(MAIN)
    await editor.faults(MAIN, 0)
    found = await completed(editor, MAIN, "{døgnpris}", 4)
    assert found["døgnpris"].detail == "sats 1\u00a0000\u00a0kr per poeng Prisen for et døgn"
    assert "liggetid" not in found
    editor.close(MAIN)


# ---- hover


async def hovered(editor: Editor, name: str, words: str, into: int = 0) -> str:
    """What is shown at a place."""
    found = await editor.client.text_document_hover_async(lsp.HoverParams(**editor.at(name, words, into)))
    assert found is not None, words
    assert isinstance(found.contents, lsp.MarkupContent)
    return found.contents.value.replace("\u00a0", " ")


async def test_what_a_name_means_is_shown(editor: Editor) -> None:
    editor.open(MAIN)
    editor.open(AFTER)
    await editor.faults(AFTER, 0)
    for name, words, into, wanted in (
        (MAIN, "× døgnpris", 4, ("sats døgnpris", "1 000 kr per poeng", "kilde: Et 😀 rundskriv, punkt 1")),
        (AFTER, "sats døgnpris", 6, ("1 100 kr per poeng",)),
        (MAIN, "{tak}", 2, ("9 000 kr", "på nytt hvert år")),
        (MAIN, "i hofter", 4, ("Hofteslitasje", "`M160` Primær artrose i begge hofter", "`M161`")),
        (MAIN, "gruppe DRG 1", 9, ("Hofter", "vekt **1,5 poeng**", "refusjon **1 500 kr**, når bare gruppen")),
        (AFTER, "DRG 1", 2, ("vekt **1,6 poeng**", "refusjon **1 760 kr**")),
        (MAIN, "at henvist", 5, ("felt henvist", "i Kontakt", "ja/nei")),
        (MAIN, "når liggetid", 6, ("Døgn på sykehuset", "heltall (døgn)")),
        (MAIN, "vekt av", 1, ("kolonne vekt", "tabellen grupper")),
        (MAIN, "M161", 2, ("Annen primær hofteartrose", "i kodesett `hofter`")),
        (MAIN, "krever at", 1, ("det som må være oppfylt", "[Språket, Krav og grupper](https://x.no/spraaket/krav")),
        (MAIN, "0 døgn", 3, ("en tid i døgn",)),
        (AFTER, "PROVE 2020", 3, ("Prove 2020", "utkast")),
        (AFTER, "2 × refusjon", 6, ("beregning refusjon", "vekt av drg × døgnpris", "avrundet til hele kroner")),
    ):
        text = await hovered(editor, name, words, into)
        for part in wanted:
            assert part.lower() in text.lower(), (words, part, text)
    editor.close(AFTER)
    editor.close(MAIN)


# ---- definition and references


async def defined(editor: Editor, name: str, words: str, into: int = 0) -> list[tuple[str, str]]:
    """Where the name at a place is declared: the file, and the line."""
    found = await editor.client.text_document_definition_async(lsp.DefinitionParams(**editor.at(name, words, into)))
    assert isinstance(found, list)
    return [_shown(editor, one) for one in found if isinstance(one, lsp.Location)]


def _shown(editor: Editor, location: lsp.Location) -> tuple[str, str]:
    name = next(n for n in (MAIN, EXAMPLES, AFTER) if editor.uri(n) == location.uri)
    text = editor.texts.get(name) or (editor.folder / name).read_text(encoding="utf-8")
    return name, text.split("\n")[location.range.start.line].strip()


async def test_a_name_leads_to_where_it_is_declared_in_any_file_and_year(editor: Editor) -> None:
    editor.open(MAIN)
    editor.open(EXAMPLES)
    editor.open(AFTER)
    price = (MAIN, "sats døgnpris «Prisen for et døgn» = 1 000 kr per poeng")
    group = (MAIN, "gruppe DRG 1 «Hofter»")
    assert await defined(editor, MAIN, "× døgnpris", 4) == [price]
    assert await defined(editor, MAIN, "{døgnpris}", 4) == [price]
    assert await defined(editor, EXAMPLES, "refusjon =", 2) == [(MAIN, "beregning refusjon «Refusjon»")]
    assert await defined(editor, EXAMPLES, "liggetid", 2) == [(MAIN, "liggetid  heltall døgn «Døgn på sykehuset»")]
    assert await defined(editor, EXAMPLES, "DRG 1", 2) == [group]
    assert await defined(editor, AFTER, "2 × refusjon", 6) == [(MAIN, "beregning refusjon «Refusjon»")]
    assert await defined(editor, AFTER, "kilde rundskriv", 8) == [
        (MAIN, "kilde rundskriv «Et 😀 rundskriv» <https://eksempel.invalid/>")
    ]
    # What is amended leads to the year before, and so does what is stated anew.
    assert await defined(editor, AFTER, "endrer sats døgnpris", 14) == [price]
    assert await defined(editor, AFTER, "DRG 1", 1) == [group]
    assert await defined(editor, AFTER, "sats tak", 6) == [(MAIN, "årlig sats tak = 9 000 kr")]
    assert await defined(editor, AFTER, "på PROVE 2020", 4) == [(MAIN, "regelverk PROVE 2020 «Prove 2020»")]
    assert await defined(editor, MAIN, "krever at", 1) == []
    for name in (AFTER, EXAMPLES, MAIN):
        editor.close(name)


async def test_every_use_is_found_in_all_years_in_prose_and_in_examples(editor: Editor) -> None:
    editor.open(MAIN)
    editor.open(AFTER)
    params = lsp.ReferenceParams(context=lsp.ReferenceContext(True), **editor.at(MAIN, "sats døgnpris", 6))
    found = await editor.client.text_document_references_async(params)
    assert found is not None
    assert [_shown(editor, one) for one in found] == [
        (MAIN, "Prisen er {døgnpris}, og taket er {tak}."),
        (MAIN, "sats døgnpris «Prisen for et døgn» = 1 000 kr per poeng"),
        (MAIN, "= vekt av drg × døgnpris"),
        (AFTER, "endrer sats døgnpris"),
    ]
    params = lsp.ReferenceParams(context=lsp.ReferenceContext(False), **editor.at(MAIN, "    liggetid", 6))
    uses = await editor.client.text_document_references_async(params)
    assert uses is not None
    assert [editor.said(_shown(editor, one)[0], one.range) for one in uses] == ["liggetid"] * 3
    editor.close(AFTER)
    editor.close(MAIN)


# ---- rename


async def renamed(editor: Editor, name: str, words: str, into: int, new: str) -> dict[str, str]:
    """The texts of the files after a rename."""
    params = lsp.RenameParams(new_name=new, **editor.at(name, words, into))
    found = await editor.client.text_document_rename_async(params)
    assert found is not None
    assert found.changes is not None
    texts = {}
    for other in (MAIN, EXAMPLES, AFTER):
        edits = sorted(
            found.changes.get(editor.uri(other), ()), key=lambda e: (e.range.start.line, e.range.start.character)
        )
        lines = (editor.texts.get(other) or (editor.folder / other).read_text(encoding="utf-8")).split("\n")
        for edit in reversed(edits):
            row = lines[edit.range.start.line].encode("utf-16-le")
            start, end = edit.range.start.character * 2, edit.range.end.character * 2
            made = row[:start] + edit.new_text.encode("utf-16-le") + row[end:]
            lines[edit.range.start.line] = made.decode("utf-16-le")
        texts[other] = "\n".join(lines)
    return texts


async def test_a_name_is_changed_in_every_place(editor: Editor) -> None:
    editor.open(MAIN)
    editor.open(AFTER)
    texts = await renamed(editor, MAIN, "× døgnpris", 4, "pris_per_døgn")
    assert texts[MAIN] == RULES.replace("døgnpris", "pris_per_døgn")
    assert texts[AFTER] == NEXT_YEAR.replace("døgnpris", "pris_per_døgn")
    assert texts[EXAMPLES] == EXAMPLE
    texts = await renamed(editor, MAIN, "    liggetid", 6, "antall_døgn")
    assert texts[MAIN] == RULES.replace("liggetid ", "antall_døgn ").replace("{liggetid}", "{antall_døgn}")
    assert texts[EXAMPLES] == EXAMPLE.replace("liggetid", "antall_døgn")
    editor.close(AFTER)
    editor.close(MAIN)


async def test_what_cannot_have_another_name_is_refused(editor: Editor) -> None:
    editor.open(MAIN)
    for words, into, new, reason in (
        ("gruppe DRG 1", 9, "DRG 2", "det kilden kaller den"),
        ("krever at", 1, "x", "ikke noe navn som kan endres"),
        ("× døgnpris", 4, "2ord", "kan ikke være et navn"),
        ("× døgnpris", 4, "når", "er et ord i språket"),
        ("× døgnpris", 4, "henvist", "er for likt navnet på noe annet i prove-2020"),
        ("× døgnpris", 4, "dobbelt", "er for likt navnet på noe annet i prove-2021"),
    ):
        with pytest.raises(JsonRpcException, match=reason):
            await renamed(editor, MAIN, words, into, new)
    where = editor.at(MAIN, "gruppe DRG 1", 9)
    with pytest.raises(JsonRpcException, match="det kilden kaller den"):
        await editor.client.text_document_prepare_rename_async(lsp.PrepareRenameParams(**where))
    editor.replace(MAIN, "er over 0 døgn", "er ovr 0 døgn")
    with pytest.raises(JsonRpcException, match="rett først det som ikke kan leses i 01-regler"):
        await renamed(editor, MAIN, "× døgnpris", 4, "prisen")
    editor.close(MAIN)


# ---- format, outline, quick fixes


async def test_the_layout_is_settled_as_the_command_does_it(editor: Editor) -> None:
    untidy = RULES.replace("    krever at henvist\n", "    krever  at   henvist   \n").replace("1 000 kr", "1000 kr")
    editor.open(MAIN, untidy)
    options = lsp.FormattingOptions(4, True)
    params = lsp.DocumentFormattingParams(lsp.TextDocumentIdentifier(editor.uri(MAIN)), options)
    edits = await editor.client.text_document_formatting_async(params)
    assert edits is not None
    (edit,) = edits
    lines = untidy.split("\n")
    assert edit.range.start.character == edit.range.end.character == 0
    made = "\n".join(lines[: edit.range.start.line]) + "\n" + edit.new_text + "\n".join(lines[edit.range.end.line :])
    assert made == formatted(MAIN, untidy)[0] != untidy
    editor.write(MAIN, made)
    assert not await editor.client.text_document_formatting_async(params)
    editor.write(MAIN, untidy.replace("krever", "krvr"))
    assert not await editor.client.text_document_formatting_async(params)
    editor.close(MAIN)


async def test_the_outline_has_headings_and_blocks(editor: Editor) -> None:
    editor.open(MAIN)
    params = lsp.DocumentSymbolParams(lsp.TextDocumentIdentifier(editor.uri(MAIN)))
    found = await editor.client.text_document_document_symbol_async(params)
    assert found is not None
    (heading,) = found
    assert isinstance(heading, lsp.DocumentSymbol)
    assert heading.name == "Prøvetjenesten 😀"
    assert heading.children is not None
    blocks = {one.name: one for one in heading.children}
    assert [*blocks][:3] == [
        "regelverk PROVE 2020 «Prove 2020»",
        "kilde rundskriv «Et 😀 rundskriv»",
        "kodeverk KODER fra «koder.csv»",
    ]
    requirement = blocks["krav henvisning «Henvisning»"]
    assert requirement.range.end.line - requirement.range.start.line == 4
    assert editor.said(MAIN, requirement.selection_range) == "henvisning"
    editor.close(MAIN)


async def test_a_hint_that_can_be_followed_is_a_quick_fix(editor: Editor) -> None:
    editor.open(MAIN)
    await editor.faults(MAIN, 0)
    editor.replace(MAIN, "× døgnpris", "× døgnprs")
    (fault,) = await editor.faults(MAIN, 1)
    document = lsp.TextDocumentIdentifier(editor.uri(MAIN))
    params = lsp.CodeActionParams(document, fault.range, lsp.CodeActionContext([fault]))
    actions = await editor.client.text_document_code_action_async(params)
    assert actions is not None
    (action,) = actions
    assert isinstance(action, lsp.CodeAction)
    assert action.title == "Skriv «døgnpris» i stedet for «døgnprs»"
    assert action.edit is not None
    assert action.edit.changes is not None
    (edit,) = action.edit.changes[editor.uri(MAIN)]
    assert (editor.said(MAIN, edit.range), edit.new_text) == ("døgnprs", "døgnpris")
    nowhere = lsp.CodeActionParams(
        document, lsp.Range(lsp.Position(0, 0), lsp.Position(0, 1)), lsp.CodeActionContext([])
    )
    assert not await editor.client.text_document_code_action_async(nowhere)
    editor.close(MAIN)
