"""The language server as an editor meets it: a process of its own, asked over its standard input and output."""

from pathlib import Path

import pytest
from lsprotocol import types as lsp

from tests.spraaktjener_laget import AFTER, CODES, EXAMPLE, EXAMPLES, MAIN, RULES, Editor, client, editor, folder

__all__ = ["client", "editor", "folder"]

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("spraaktjener")]


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
    """A warning says that it is prose; nothing is said of what it would have been as a rule."""
    editor.open(MAIN)
    await editor.faults(MAIN, 0)
    editor.replace(MAIN, "# Prøvetjenesten 😀\n", "# Prøvetjenesten\n\nkrav dette\n    krvr ingenting\n")
    assert [fault.code for fault in await editor.faults(MAIN, 1)] == ["R119"]
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
