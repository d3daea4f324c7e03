"""The outline of a file: its headings, and under each the blocks that stand there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from dsl import tree
from dsl.diagnostics import Span
from dsl.keywords import BLOCK_WORDS
from dsl.source import Source

_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_HEAD = re.compile(r"^(?:(?:årlig|erstatter|endrer|opphever|flytter) +)*\w+")


class Part(NamedTuple):
    """A block or a heading: what it is called, where the name stands, and all of it."""

    name: str
    word: str
    """The word of the block; empty for a heading."""
    span: Span
    whole: Span


@dataclass
class Node:
    """A part with the parts under it."""

    part: Part
    level: int
    under: "list[Node]" = field(default_factory=list)


def outline(document: tree.Document) -> list[Node]:
    """The parts of a file, those under a heading inside it."""
    top: list[Node] = []
    open_: list[Node] = []
    parts = sorted([*_headings(document.source), *_blocks(document)], key=lambda node: node.part.span.line)
    for node in parts:
        while open_ and open_[-1].level >= node.level:
            open_.pop()
        (open_[-1].under if open_ else top).append(node)
        if not node.part.word:
            open_.append(node)
    return top


def _headings(source: Source) -> Iterator[Node]:
    """The headings of the prose, each with all lines up to the next of its level."""
    found = []
    for segment in source.segments if source.path.endswith(".md") else ():
        for number in range(segment.start, segment.end) if not segment.is_rules else ():
            match = _HEADING.match(source.line(number))
            if match is not None:
                found.append((number, len(match[1]), match))
    for at, (number, level, match) in enumerate(found):
        after = next((line for line, other, _ in found[at + 1 :] if other <= level), len(source.lines) + 1)
        name = Span(source.path, number, match.start(2) + 1, number, match.end(2) + 1)
        whole = Span(source.path, number, 1, after - 1, len(source.line(after - 1)) + 1)
        yield Node(Part(match[2] or "–", "", name, whole), level)


def _blocks(document: tree.Document) -> Iterator[Node]:
    """The blocks, each with the lines that are its own."""
    source = document.source
    for block in document.blocks:
        line = source.line(block.span.line)
        head = _HEAD.match(line)
        word = head[0].split()[-1] if head is not None else ""
        last = block.span.line
        while source.line(last + 1).startswith(" ") and source.line(last + 1).strip():
            last += 1
        title = re.split(r"\s*(?:=|«|\")", line, maxsplit=1)[0].strip() or line.strip()
        texts = re.findall(r"[«\"]([^»\"]*)[»\"]", line)
        name = f"{title} «{texts[0]}»" if texts else title
        whole = Span(source.path, block.span.line, 1, last, len(source.line(last)) + 1)
        yield Node(Part(name, word if word in BLOCK_WORDS else "regelverk", _on_first(block.span, whole), whole), 9)


def _on_first(span: Span, whole: Span) -> Span:
    """The span of a name, kept inside its block."""
    return span if span.end_line <= whole.end_line else whole
