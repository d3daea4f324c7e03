"""The language server: what the editor asks, handed to those who know, and their answers as the editor counts."""

import asyncio
import logging
import time
import traceback
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from compiler.editor import completion, hover, rename
from compiler.editor.desk import Bench, Desk
from compiler.editor.navigation import Found, Names
from compiler.editor.outline import Node, outline
from compiler.editor.places import Places
from dsl.diagnostics import Correction, Diagnostic, Severity, Span, edit
from dsl.formatter import formatted
from dsl.parser import parse
from dsl.source import Source

PAUSE, PAUSE_IN_A_RUN = 0.02, 0.15
"""How long the author must rest, in seconds, before the rulebook is checked: after one change, and after several."""
_RUN = 0.5
"""Changes that come closer than this, in seconds, are a run of them."""
_BROKEN = (
    "Regelverket kan ikke sjekkes. Dette er en feil i kompilatoren, ikke i regelverket. "
    "Meld den gjerne, med teksten i loggen til språktjeneren."
)
_SEVERITY = {Severity.ERROR: lsp.DiagnosticSeverity.Error, Severity.WARNING: lsp.DiagnosticSeverity.Warning}
_ITEM_KINDS = {
    "ord": lsp.CompletionItemKind.Keyword,
    "enhet": lsp.CompletionItemKind.Unit,
    "navn": lsp.CompletionItemKind.Variable,
    "kode": lsp.CompletionItemKind.Constant,
    "valg": lsp.CompletionItemKind.EnumMember,
    "type": lsp.CompletionItemKind.TypeParameter,
}
_SYMBOL_KINDS = {
    "": lsp.SymbolKind.String,
    "regelverk": lsp.SymbolKind.Package,
    "opplysninger": lsp.SymbolKind.Class,
    "samling": lsp.SymbolKind.Class,
    "tabell": lsp.SymbolKind.Struct,
    "kodesett": lsp.SymbolKind.Array,
    "kodeverk": lsp.SymbolKind.Array,
    "sats": lsp.SymbolKind.Number,
    "begrep": lsp.SymbolKind.Function,
    "beregning": lsp.SymbolKind.Function,
    "krav": lsp.SymbolKind.Boolean,
    "gruppe": lsp.SymbolKind.EnumMember,
    "gruppering": lsp.SymbolKind.Enum,
    "eksempel": lsp.SymbolKind.Event,
    "eksempler": lsp.SymbolKind.Event,
    "kilde": lsp.SymbolKind.File,
}


class Under(NamedTuple):
    """What is under the cursor: the bench its file is on, the names there, and the name itself if there is one."""

    bench: Bench
    names: Names
    path: Path
    place: tuple[int, int]
    found: Found | None


class Server(LanguageServer):
    """A language server for rulebooks, with the desk that its answers come from."""

    def __init__(self, folder: Path, site: str | None = None) -> None:
        super().__init__("regelverk", version("regelverk"), text_document_sync_kind=lsp.TextDocumentSyncKind.Full)
        self.desk = Desk(folder)
        self.site = site
        self._uris: dict[Path, str] = {}
        self._names: dict[Path, Names] = {}
        self._places: dict[str, tuple[str, Places]] = {}
        """The places of each file that was asked about, and the text that they are of."""
        self._last_change: dict[Path, float] = {}
        self._told: dict[str, tuple[int | None, list[lsp.Diagnostic]]] = {}
        """What was last told of each file, and of which version of it."""
        self._checking: dict[Path, asyncio.Task[None]] = {}

    # ---- files

    def path(self, uri: str) -> Path:
        """The file of an address; the editor's own way of writing it is kept."""
        path = Path(to_fs_path(uri) or uri).resolve()
        self._uris[path] = uri
        return path

    def uri(self, path: str) -> str:
        """The address of a file."""
        return self._uris.get(Path(path)) or from_fs_path(path) or path

    def places(self, path: str) -> Places:
        """Places in a file, as the editor counts."""
        text = self.desk.texts.written(Path(path))
        kept = self._places.get(path)
        if kept is None or kept[0] != text:
            kept = self._places[path] = (text, Places(text, self.workspace.position_codec))
        return kept[1]

    def location(self, span: Span) -> lsp.Location:
        """A span as the editor has it."""
        return lsp.Location(self.uri(span.path), self.places(span.path).range(span))

    def under(self, params: Any) -> Under | None:
        """What is under the cursor, with the rulebook checked as it now stands."""
        path = self.path(params.text_document.uri)
        bench = self.desk.fresh(path)
        if bench is None:
            return None
        names = self._names.get(bench.root)
        if names is None or names.library is not bench.library:
            names = self._names[bench.root] = Names(bench.library)
        line, column = self.places(path.as_posix()).place(params.position)
        return Under(bench, names, path, (line, column), names.at(path, line, column))

    # ---- diagnostics

    def soon(self, bench: Bench, path: Path) -> None:
        """Check a bench when the author rests."""
        waiting = self._checking.get(bench.root)
        if waiting is not None:
            waiting.cancel()
        now = time.monotonic()
        pause = PAUSE_IN_A_RUN if now - self._last_change.get(bench.root, 0) < _RUN else PAUSE
        self._last_change[bench.root] = now
        self._checking[bench.root] = asyncio.ensure_future(self._check(bench, path, pause))

    async def _check(self, bench: Bench, path: Path, pause: float) -> None:
        """Check a bench and tell of its faults; the examples take longer, and give way to what the editor asks."""
        await asyncio.sleep(pause)
        try:
            self.desk.check(bench)
            self.publish(bench)
            for rulebook in bench.untried([path, *sorted(self.desk.texts.open)]):
                for _ in bench.try_examples(rulebook):
                    await asyncio.sleep(0)
                self.publish(bench)
        except Exception:
            traceback.print_exc()
            self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Error, _BROKEN))

    def publish(self, bench: Bench) -> None:
        """Tell of the faults in every file that has some, or that had."""
        found: dict[str, list[Diagnostic]] = {}
        for diagnostic in bench.in_files():
            found.setdefault(diagnostic.span.path, []).append(diagnostic)
        open_ = {path.as_posix() for path in self.desk.texts.open if self.desk.root_of(path) == bench.root}
        before = {path for path in self._told if Path(path).is_relative_to(bench.root)}
        for path in sorted({*found, *before, *open_}):
            version = self.workspace.get_text_document(self.uri(path)).version if path in open_ else None
            told = version, [self._diagnostic(one) for one in found.get(path, ())]
            if self._told.get(path, (None, [])) != told:
                self._told[path] = told
                about = lsp.PublishDiagnosticsParams(self.uri(path), told[1], version)
                self.text_document_publish_diagnostics(about)

    def _diagnostic(self, one: Diagnostic) -> lsp.Diagnostic:
        """A diagnostic as the editor shows it."""
        about = f"{self.site.rstrip('/')}/feil/{one.code.lower()}/" if self.site else None
        other = [lsp.DiagnosticRelatedInformation(self.location(one.other), "se også")] if one.other else None
        return lsp.Diagnostic(
            self.places(one.span.path).range(one.span),
            f"{one.message}\ntips: {one.hint}" if one.hint else one.message,
            _SEVERITY[one.severity],
            one.code,
            lsp.CodeDescription(about) if about else None,
            "regelverk",
            related_information=other,
        )


def server(folder: Path, site: str | None = None) -> Server:
    """A server for the rulebooks in a folder; `site` is the address of the site, which words are linked to."""
    logging.getLogger("pygls.protocol.json_rpc").addFilter(_is_fault)
    made = Server(folder, site)
    for feature, options, answer in _FEATURES:
        made.feature(feature, options)(answer)
    return made


def _is_fault(record: logging.LogRecord) -> bool:
    """Whether a record of the log is about a fault; that a rename was refused, only the author needs to know."""
    return record.exc_info is None or not isinstance(record.exc_info[1], JsonRpcInvalidParams)


# ---- texts that come and go


def _opened(ls: Server, params: lsp.DidOpenTextDocumentParams) -> None:
    path = ls.path(params.text_document.uri)
    ls.soon(ls.desk.open(path, params.text_document.text), path)


def _changed(ls: Server, params: lsp.DidChangeTextDocumentParams) -> None:
    document = ls.workspace.get_text_document(params.text_document.uri)
    path = ls.path(params.text_document.uri)
    ls.soon(ls.desk.open(path, document.source), path)


def _closed(ls: Server, params: lsp.DidCloseTextDocumentParams) -> None:
    path = ls.path(params.text_document.uri)
    ls.soon(ls.desk.close(path), path)


def _files_changed(ls: Server, params: lsp.DidSaveTextDocumentParams | lsp.DidChangeWatchedFilesParams) -> None:
    ls.desk.look_again()
    for bench in ls.desk.benches.values():
        ls.soon(bench, bench.root)


def _watch(ls: Server, params: lsp.InitializedParams) -> None:
    """Ask to be told of files that change outside the editor."""
    watched = ls.client_capabilities.workspace and ls.client_capabilities.workspace.did_change_watched_files
    if watched and watched.dynamic_registration:
        patterns = [lsp.FileSystemWatcher(f"**/*.{suffix}") for suffix in ("md", "regel", "csv")]
        options = lsp.DidChangeWatchedFilesRegistrationOptions(patterns)
        wanted = lsp.Registration("filer", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        ls.client_register_capability(lsp.RegistrationParams([wanted]))


# ---- questions


def _completion(ls: Server, params: lsp.CompletionParams) -> lsp.CompletionList:
    path = ls.path(params.text_document.uri)
    text = ls.desk.texts.written(path)
    line, column = ls.places(path.as_posix()).place(params.position)
    bench = ls.desk.benches.get(ls.desk.root_of(path))
    headers = [year.header for year in bench.library.years.values() if year.header] if bench else []
    years = sorted(f"{header.scheme} {header.year}" for header in headers)
    source = Source.from_text(path.as_posix(), text)
    offer = completion.offered(ls.desk.rulebook(path), years, source, line, column)
    range_ = ls.places(path.as_posix()).range(Span(source.path, line, offer.column, line, column))
    items = [
        lsp.CompletionItem(
            one.label,
            kind=_ITEM_KINDS[one.kind],
            detail=one.detail or None,
            sort_text=f"{at:04}",
            text_edit=lsp.TextEdit(range_, one.label),
        )
        for at, one in enumerate(offer.items)
    ]
    return lsp.CompletionList(is_incomplete=not offer.complete, items=items)


def _hover(ls: Server, params: lsp.HoverParams) -> lsp.Hover | None:
    under = ls.under(params)
    source = under.bench.source(under.path) if under is not None else None
    if under is None or source is None:
        return None
    rulebook = ls.desk.rulebook(under.path)
    shown = hover.shown(under.found, under.names, rulebook, source, under.place, ls.site)
    if shown is None:
        return None
    content = lsp.MarkupContent(lsp.MarkupKind.Markdown, shown.text)
    return lsp.Hover(content, ls.places(shown.span.path).range(shown.span))


def _definition(ls: Server, params: lsp.DefinitionParams) -> list[lsp.Location]:
    under = ls.under(params)
    if under is None or under.found is None:
        return []
    return [ls.location(span) for span in under.names.definitions(under.found)]


def _references(ls: Server, params: lsp.ReferenceParams) -> list[lsp.Location]:
    under = ls.under(params)
    if under is None or under.found is None:
        return []
    spans = under.names.references(under.found, params.context.include_declaration)
    return [ls.location(span) for span in spans]


def _prepare_rename(ls: Server, params: lsp.PrepareRenameParams) -> lsp.PrepareRenamePlaceholder:
    under = ls.under(params)
    try:
        symbol = rename.changeable(under.found if under is not None else None)
    except rename.RefusedError as refused:
        raise JsonRpcInvalidParams(str(refused)) from None
    assert under is not None
    assert under.found is not None
    span = under.found.occurrence.span
    return lsp.PrepareRenamePlaceholder(ls.places(span.path).range(span), symbol.name)


def _rename(ls: Server, params: lsp.RenameParams) -> lsp.WorkspaceEdit:
    under = ls.under(params)
    try:
        if under is None:
            raise rename.RefusedError("filen er ikke en del av et regelverk")
        places = rename.renamed(ls.desk, under.found, params.new_name, under.bench.library)
    except rename.RefusedError as refused:
        raise JsonRpcInvalidParams(str(refused)) from None
    changes = {
        ls.uri(path): [lsp.TextEdit(ls.places(path).range(span), params.new_name) for span in spans]
        for path, spans in places.items()
    }
    return lsp.WorkspaceEdit(changes=changes)


def _formatting(ls: Server, params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
    path = ls.path(params.text_document.uri)
    text = ls.desk.texts.written(path)
    settled, faults = formatted(path.as_posix(), text)
    return [] if faults and settled == text else ls.places(path.as_posix()).whole(settled)


def _outline(ls: Server, params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
    path = ls.path(params.text_document.uri)
    document, _ = parse(Source.from_text(path.as_posix(), ls.desk.texts.written(path)))
    places = ls.places(path.as_posix())

    def symbol(node: Node) -> lsp.DocumentSymbol:
        part = node.part
        kind = _SYMBOL_KINDS.get(part.word, lsp.SymbolKind.Key)
        under = [symbol(one) for one in node.under]
        return lsp.DocumentSymbol(part.name, kind, places.range(part.whole), places.range(part.span), children=under)

    return [symbol(node) for node in outline(document)]


def _actions(ls: Server, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    path = ls.path(params.text_document.uri)
    bench = ls.desk.fresh(path)
    source = bench.source(path) if bench is not None else None
    if bench is None or source is None:
        return []
    places = ls.places(path.as_posix())
    first, last = places.place(params.range.start)[0], places.place(params.range.end)[0]
    found: list[lsp.CodeAction] = []
    for one in bench.in_files():
        change = edit(one, source) if one.span.path == source.path and first <= one.span.line <= last else None
        if change is not None and isinstance(one.hint, Correction):
            title = f"Skriv «{one.hint.right}» i stedet for «{one.hint.wrong}»"
            found.append(
                lsp.CodeAction(
                    title if one.hint.right else f"Ta bort «{one.hint.wrong}»",
                    lsp.CodeActionKind.QuickFix,
                    [ls._diagnostic(one)],
                    is_preferred=True,
                    edit=lsp.WorkspaceEdit(
                        {ls.uri(source.path): [lsp.TextEdit(places.range(change.span), change.text)]}
                    ),
                )
            )
    return found


_FEATURES: Sequence[tuple[str, Any, Callable[..., Any]]] = (
    (lsp.INITIALIZED, None, _watch),
    (lsp.TEXT_DOCUMENT_DID_OPEN, None, _opened),
    (lsp.TEXT_DOCUMENT_DID_CHANGE, None, _changed),
    (lsp.TEXT_DOCUMENT_DID_CLOSE, None, _closed),
    (lsp.TEXT_DOCUMENT_DID_SAVE, None, _files_changed),
    (lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, None, _files_changed),
    (lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=[" ", "{"]), _completion),
    (lsp.TEXT_DOCUMENT_HOVER, None, _hover),
    (lsp.TEXT_DOCUMENT_DEFINITION, None, _definition),
    (lsp.TEXT_DOCUMENT_REFERENCES, None, _references),
    (lsp.TEXT_DOCUMENT_PREPARE_RENAME, None, _prepare_rename),
    (lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True), _rename),
    (lsp.TEXT_DOCUMENT_FORMATTING, None, _formatting),
    (lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL, None, _outline),
    (
        lsp.TEXT_DOCUMENT_CODE_ACTION,
        lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix]),
        _actions,
    ),
)
