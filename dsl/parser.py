"""Text to syntax tree, block by block, so that one fault does not hide the next."""

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

from lark import UnexpectedCharacters, UnexpectedToken
from lark.indenter import DedentError

from dsl import faults, tree
from dsl.builder import Builder
from dsl.diagnostics import Correction, Diagnostic, Span, alike, error, warning
from dsl.keywords import BLOCK_WORDS, terminals
from dsl.layout import Layout
from dsl.lexer import BlockLexer
from dsl.places import Place, short, whole_line
from dsl.reductions import Grammar
from dsl.source import Segment, Source, fence_mark

MAX_DEPTH = 100
"""How many levels the tree of a block may have."""
MAX_REPAIRED = 20_000
"""Blocks longer than this are not read again to find the word that was meant."""

_BLOCK_START = re.compile(rf"(?:{'|'.join(BLOCK_WORDS)})\b")
"""A line that can begin a block."""
_WITH_FIELDS = frozenset({"opplysninger", "tabell", "endrer"})


class Found(NamedTuple):
    """What became of the text of one block: its first and last line, and a block or a fault."""

    first: int
    last: int
    block: tree.Block | None
    fault: Diagnostic | None


Memory = dict[tuple[int, str], Found]
"""The blocks of a file as they last were read: where each stood, and its text."""


@cache
def block_grammar() -> tuple[Grammar, Layout, Builder]:
    """The parser, its layout and what builds the nodes, made once."""
    layout, builder = Layout(), Builder()
    return Grammar(grammar_text(), builder, lexer=BlockLexer, postlex=layout), layout, builder


def grammar_text() -> str:
    """The grammar, with the words of the language declared."""
    words = sorted(terminals().keys() - {"ENHET"})
    return files("dsl").joinpath("grammar.lark").read_text(encoding="utf-8") + f"%declare {' '.join(words)}\n"


@contextmanager
def no_collector() -> Iterator[None]:
    """The cyclic collector off: trees have no cycles, and walking them again and again is what it would do."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def parse(source: Source, memory: Memory | None = None) -> tuple[tree.Document, list[Diagnostic]]:
    """The blocks of a source, and the first fault of each block that has one.

    With a memory of the same file, a block that stands as it did is not read again.
    """
    before = dict(memory) if memory is not None else {}
    now: Memory = {}
    blocks: list[tree.Block] = []
    found_faults = [*_fence_faults(source), *_rules_in_prose(source)]
    unread = not source.segments or any(fault.code == "R116" for fault in found_faults)
    unreadable: set[str] = _words(" ".join(source.lines)) if unread else set()
    with no_collector():
        for segment in source.rule_segments():
            for found in _segment(source, segment, before, now):
                if found.block is not None:
                    blocks.append(found.block)
                else:
                    unreadable |= _declared(source.lines[found.first - 1 : found.last])
                if found.fault is not None:
                    found_faults.append(found.fault)
    if memory is not None:
        memory.clear()
        memory |= now
    return tree.Document(source, tuple(blocks), frozenset(unreadable)), found_faults


# ---- blocks


def _segment(source: Source, segment: Segment, before: Memory, now: Memory) -> Iterator[Found]:
    """What became of the blocks of a segment, without the faults that follow from the one before."""
    texts = list(_block_texts(source.text(segment).split("\n"), segment.start))
    found = [before.get(at) or _parse_block(source, *at) for at in texts]
    now |= {at: one for at, one in zip(texts, found, strict=True) if one.fault is None}
    if not segment.closed:
        found = list(_until_prose(found))
    return _without_echoes(source, found)


def _block_texts(lines: list[str], first: int) -> Iterator[tuple[int, str]]:
    """Line number and text of each block: from a line in column 0 to the next."""
    starts = [i for i, line in enumerate(lines) if line[:1].strip() and not line.startswith("#")]
    before = lines[: starts[0]] if starts else lines
    stray = [i for i, line in enumerate(before) if line.strip() and line.strip()[0] != "#"]
    if stray:
        yield first + stray[0], "\n".join(before[stray[0] :]).rstrip() + "\n"
    for start, end in pairwise([*starts, len(lines)]):
        yield first + start, "\n".join(lines[start:end]).rstrip() + "\n"


def _until_prose(found: list[Found]) -> Iterator[Found]:
    """The blocks of an open fence, up to what can only be prose."""
    for each in found:
        if each.fault is not None and each.fault.code == "R101":
            return
        yield each


def _without_echoes(source: Source, found: list[Found]) -> Iterator[Found]:
    """The blocks, with one fault where lines lost their indentation and cut a block in pieces."""
    cut = False
    for this, after in pairwise([*found, None]):
        assert this is not None
        touches = after is not None and after.first == this.last + 1
        was_cut, cut = cut, touches and (faults.is_loose_line(this.fault) or (cut and this.fault is not None))
        if was_cut and this.fault is not None:
            yield this._replace(fault=None)
        elif this.fault is None or not touches or after is None or after.fault is None:
            yield this
        elif faults.is_loose_line(after.fault):
            yield this if this.fault.code not in ("R102", "R105") else this._replace(fault=None)
        elif faults.lacks_body(this.fault) and after.fault.code == "R101":
            cut = True
            yield this._replace(fault=faults.loose_line(source, after.first))
        else:
            yield this


def _parse_block(source: Source, line: int, text: str) -> Found:
    """The block at a line, or what is wrong with it."""
    last = line + text.count("\n") - 1
    block, fault = _read(source, line, text)
    if isinstance(fault, UnexpectedToken | UnexpectedCharacters):
        place = Place(source, line, text)
        found = faults.syntax_fault(place, fault)
        if found.code == "R102" and len(text) < MAX_REPAIRED and isinstance(fault, UnexpectedToken):
            found = _misspelt(place, faults.line_of(place, fault)) or found
        return Found(line, last, None, found)
    return Found(line, last, block, fault)


def _read(
    source: Source, line: int, text: str
) -> tuple[tree.Block | None, Diagnostic | UnexpectedToken | UnexpectedCharacters | None]:
    """The block, a fault that is known, or what the parser stopped at."""
    fault = faults.block_word_fault(source, line, text)
    if fault is not None:
        return None, fault
    grammar, layout, builder = block_grammar()
    builder.begin(source.path, line - 1)
    try:
        found = grammar.read(text)
    except (UnexpectedToken, UnexpectedCharacters) as stopped:
        return None, stopped
    except DedentError:
        at = layout.last_newline
        return None, faults.uneven(source, line + (at.end_line or 1) - 1 if at is not None else line)
    if found.levels > MAX_DEPTH:
        return None, faults.too_deep(source, line)
    return (None, builder.fault) if builder.fault is not None else (found.values[0], None)


def read_expression(text: str, span: Span) -> tree.Expr | None:
    """A value written on its own, as in a text; its places are all near the span's line. None where it is not one."""
    grammar, _, builder = block_grammar()
    builder.begin(span.path, span.line - 1)
    try:
        found = grammar.read(f"sats verdi = {text}\n")
    except (UnexpectedToken, UnexpectedCharacters, DedentError):
        return None
    block = found.values[0]
    whole = isinstance(block, tree.RateDecl) and builder.fault is None and found.levels <= MAX_DEPTH
    return block.value if whole and not isinstance(block.value, tree.Fetched) else None


def _misspelt(place: Place, number: int) -> Diagnostic | None:
    """The word on a line that, written as the word it looks like, lets the block be read past the line."""
    for word, span, meant in faults.likely_words(place, number):
        rows = place.rows.copy()
        row = rows[number - 1]
        rows[number - 1] = row[: span.column - 1] + meant + row[span.end_column - 1 :]
        text = "\n".join(rows) + "\n"
        _, fault = _read(place.source, place.line, text)
        again = Place(place.source, place.line, text)
        if fault is None or (not isinstance(fault, Diagnostic) and faults.line_of(again, fault) > number):
            hint = f"mente du «{meant}»?" if meant else f"ta bort «{word}»"
            return error("R102", f"ukjent ord «{word}»", span, Correction(hint, word, meant))
    return None


# ---- fences, and what could not be read


def _fence_faults(source: Source) -> Iterator[Diagnostic]:
    """R109 and R116: a fence around rules that is never closed, or whose mark is misspelt."""
    for segment in source.segments:
        if not segment.closed:
            span = whole_line(source, segment.start - 1)
            hint, next_ = "avslutt reglene med en linje med ```", None
            if segment.end <= len(source.lines):
                hint, next_ = f"{hint} før de neste begynner", whole_line(source, segment.end)
            yield error("R109", "gjerdet rundt reglene er ikke lukket", span, hint, next_)
        if segment.is_rules:
            continue
        for number in range(segment.start, segment.end):
            mark = fence_mark(source.line(number))
            if mark and mark != "regel" and alike(mark, ["regel"]):
                span = whole_line(source, number)
                yield error("R116", f"ukjent merke «{short(mark)}» på gjerdet", span, "mente du «regel»?")


def _rules_in_prose(source: Source) -> Iterator[Diagnostic]:
    """R119: what is written as a rule among the prose; one warning where several follow each other."""
    for segment in source.segments:
        if segment.is_rules:
            continue
        follows = False
        for number in source.prose_lines(segment):
            row = source.line(number)
            if not row.strip() or row.startswith(" "):
                continue
            found = _BLOCK_START.match(row) is not None and _reads_as_rule(source, number, segment.end)
            if found and not follows:
                message = "dette ser ut som en regel, men står utenfor gjerdet og er bare tekst"
                yield warning("R119", message, whole_line(source, number), "sett den mellom ```regel og ```")
            follows = found


def _reads_as_rule(source: Source, number: int, end: int) -> bool:
    """Whether a line of prose, with the lines indented under it, begins as a block and is no part of a sentence."""
    under = number + 1
    while under < end and source.line(under).startswith("    "):
        under += 1
    before = source.line(number - 1)
    if under == number + 1 and before.strip() and not before.startswith(("#", " ", "`", "~")):
        return False
    text = "\n".join(source.lines[number - 1 : under - 1]) + "\n"
    block, fault = _read(source, number, text)
    if isinstance(fault, UnexpectedToken | UnexpectedCharacters):
        return faults.line_of(Place(source, number, text), fault) > 1
    return block is not None


def _declared(lines: tuple[str, ...]) -> set[str]:
    """The names that a block with a fault would have declared, as far as its text shows."""
    head = re.split("[=«]", lines[0])[0]
    first, *_ = head.split() or [""]
    if first not in BLOCK_WORDS:
        head = " ".join([*alike(first, BLOCK_WORDS), head])
    if first in _WITH_FIELDS or first not in BLOCK_WORDS:
        return _words(head) | _words(" ".join(lines[1:]))
    return _words(head)


def _words(text: str) -> set[str]:
    """The words of a text, and each two that follow each other: «DRG 442»."""
    words = re.findall(r"[\w-]+", text)
    return set(words) | {f"{first} {second}" for first, second in pairwise(words)}
