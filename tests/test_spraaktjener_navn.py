"""The language server on names, layout, outline and quick fixes."""

import logging
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from compiler.editor.server import server
from dsl.formatter import formatted
from tests.spraaktjener_laget import AFTER, EXAMPLE, EXAMPLES, MAIN, NEXT_YEAR, RULES, Editor, client, editor, folder

__all__ = ["client", "editor", "folder"]

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("spraaktjener")]


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


async def test_that_a_name_is_refused_is_no_fault_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    server(Path("rulebooks"))
    log = logging.getLogger("pygls.protocol.json_rpc")
    for fault in (JsonRpcInvalidParams("«når» er et ord i språket"), ValueError("en feil")):
        log.error("Exception occurred", exc_info=fault)
    assert [record.exc_info and record.exc_info[1] for record in caplog.records] == [fault]
