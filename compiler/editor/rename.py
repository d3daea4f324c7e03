"""A new name for something, in every place; refused where it cannot be, or where it would change anything else."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from compiler.editor.desk import Desk
from compiler.editor.names import Symbol, fields_of
from compiler.editor.navigation import Found, Names
from compiler.model import Rulebook
from compiler.names import identifier
from compiler.pipeline import Library, load
from dsl.diagnostics import Diagnostic, Severity, Span
from dsl.keywords import BLOCK_WORDS, UNITS, is_reserved_name

_NAME = re.compile(r"[^\W\d]\w*")
_FIXED = {
    "gruppe": "en gruppe heter det kilden kaller den",
    "takst": "en takst har koden sin fra kilden",
    "regelverk": "et regelverk heter det samme fra år til år; endre «regelverk» og mappen for hånd",
    "kodeverk": "et kodeverk heter det utgiveren kaller det",
    "opplysninger": "opplysningene heter det samme i filene som kommer inn",
}
"""What keeps its name, and why."""


class RefusedError(Exception):
    """A rename that cannot be done, with the reason for the author."""


def renamed(desk: Desk, found: Found | None, new: str, library: Library) -> dict[str, list[Span]]:
    """The places to write a new name, by file."""
    symbol = changeable(found)
    assert found is not None
    names = Names(library)
    years = names.family(found)
    _check_name(symbol, new, [year.rulebook for year in years if year.rulebook is not None])
    for document in (document for year in years for document in year.documents):
        if document.unreadable:
            file = Path(document.source.path).name
            raise RefusedError(f"rett først det som ikke kan leses i {file}: navnet kan stå der også")
    places: dict[str, list[Span]] = {}
    for span in names.references(found):
        places.setdefault(span.path, []).append(span)
    _check_outcome(desk, library, places, new)
    return places


def changeable(found: Found | None) -> Symbol:
    """What the name means, where it can have another."""
    if found is None:
        raise RefusedError("her står det ikke noe navn som kan endres")
    if found.symbol.kind in _FIXED:
        raise RefusedError(f"«{found.symbol.name}» kan ikke få et nytt navn: {_FIXED[found.symbol.kind]}")
    return found.symbol


def _check_name(symbol: Symbol, new: str, rulebooks: Sequence[Rulebook]) -> None:
    """Refuse what cannot be a name, and what something else is called in any of the years."""
    if not _NAME.fullmatch(new):
        raise RefusedError(f"«{new}» kan ikke være et navn: bruk bokstaver, tall og understrek, med en bokstav først")
    if is_reserved_name(new) or new in UNITS or new in BLOCK_WORDS:
        raise RefusedError(f"«{new}» er et ord i språket")
    for rulebook in rulebooks:
        taken = {identifier(name) for name in _names(rulebook) - {symbol.name}}
        if identifier(new) in taken:
            raise RefusedError(f"«{new}» er for likt navnet på noe annet i {rulebook.name}")


def _names(rulebook: Rulebook) -> set[str]:
    """Everything that has a name in a rulebook, and the choices that fields have."""
    found = {definition.id for _, definition in rulebook.definitions()} | {one.id for one in rulebook.sources}
    for field in fields_of(rulebook):
        found |= {field.name, *field.choices, *([field.element] if field.element else [])}
    return found | {record.variable for record in rulebook.records} | {t.element for t in rulebook.terms if t.element}


def _check_outcome(desk: Desk, library: Library, places: Mapping[str, Sequence[Span]], new: str) -> None:
    """Refuse a change after which anything would be wrong that is not so now."""
    kept = dict(desk.texts.open)
    try:
        for path, spans in places.items():
            desk.texts.open[Path(path)] = replaced(library.sources[path].lines, spans, new)
        after = load(library.root, reader=desk.texts, before=library)
    finally:
        desk.texts.open = kept
    before = [_said(fault) for fault in library.diagnostics()]
    for fault in after.diagnostics():
        if fault.severity is Severity.ERROR and _said(fault) not in before:
            place = f"{Path(fault.span.path).name}, linje {fault.span.line}"
            raise RefusedError(f"navnet kan ikke endres uten at noe blir feil: {fault.message} ({place})")


def _said(fault: Diagnostic) -> tuple[str, str, str, int]:
    """A fault, told apart from others; a new name does not move lines."""
    return fault.code, fault.message, fault.span.path, fault.span.line


def replaced(lines: Sequence[str], spans: Sequence[Span], new: str) -> str:
    """A text with some places written anew."""
    rows = list(lines)
    for span in sorted(spans, reverse=True):
        row = rows[span.line - 1]
        rows[span.line - 1] = row[: span.column - 1] + new + row[span.end_column - 1 :]
    return "\n".join(rows)
