"""One file as its author sees it, with the rule text set apart from the prose."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dsl.diagnostics import Diagnostic, Span, error

_FENCE = re.compile(r"^\s*(?P<mark>`{3,}|~{3,})\s*(?P<info>[^`]*)$")
_ODD_SPACE = re.compile("[\xa0\u202f\u2009\u2007\u2002\u2003]")


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of lines that are all prose or all rules; lines are 1-based and the end is exclusive."""

    is_rules: bool
    start: int
    end: int
    closed: bool = True
    """False where the fence around rules is never closed."""


@dataclass(frozen=True, slots=True)
class Source:
    """A rulebook file: its path as shown to the author, its lines, and which of them are rules."""

    path: str
    lines: tuple[str, ...]
    segments: tuple[Segment, ...] = field(repr=False)

    @staticmethod
    def from_text(path: str, text: str) -> "Source":
        """The source for a text; a file that does not end in .md is all rules."""
        lines = tuple(clean(text).split("\n"))
        if not path.endswith(".md"):
            return Source(path, lines, (Segment(True, 1, len(lines) + 1),))
        return Source(path, lines, tuple(_segments(lines)))

    @staticmethod
    def read(path: Path, shown: str) -> "tuple[Source, list[Diagnostic]]":
        """The source for a file, and a diagnostic where it is not UTF-8."""
        data = path.read_bytes()
        try:
            return Source.from_text(shown, data.decode("utf-8")), []
        except UnicodeDecodeError as fault:
            lines = tuple(clean(data.decode("utf-8", "replace")).split("\n"))
            line = data.count(b"\n", 0, fault.start) + 1
            start = data.rfind(b"\n", 0, fault.start) + 1
            column = len(clean(data[start : fault.start].decode("utf-8", "replace"))) + 1
            place = Span(shown, line, column, line, column + 1)
            hint = "lagre filen med tegnkodingen UTF-8"
            message = f"filen er ikke UTF-8: byte {data[fault.start]:#04x} kan ikke leses"
            return Source(shown, lines, ()), [error("R108", message, place, hint)]

    def line(self, number: int) -> str:
        """The text of a 1-based line; empty past the end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def rule_segments(self) -> Iterator[Segment]:
        """The segments that hold rules."""
        return (segment for segment in self.segments if segment.is_rules)

    def prose_lines(self, segment: Segment) -> Iterator[int]:
        """The numbers of the lines of prose in a segment: not those in other fences or in comments."""
        mark, hidden = "", False
        for number in range(segment.start, segment.end):
            line = self.line(number)
            fence = None if hidden else _FENCE.match(line)
            if fence is not None:
                mark = fence["mark"] if not mark else "" if _closes(fence, mark) else mark
            elif not mark:
                if not hidden:
                    yield number
                hidden = line.rfind("<!--") > line.rfind("-->") or (hidden and "-->" not in line)

    def text(self, segment: Segment) -> str:
        """The text of a segment."""
        return "\n".join(self.lines[segment.start - 1 : segment.end - 1])


def clean(text: str) -> str:
    """The text in NFC with plain spaces and line ends."""
    text = _ODD_SPACE.sub(" ", unicodedata.normalize("NFC", text).replace("\ufeff", ""))
    return text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)


def _segments(lines: tuple[str, ...]) -> Iterator[Segment]:
    """Prose and rules in turn; the fence lines themselves belong to neither."""
    start, mark, rules = 1, "", False
    for number, line in enumerate(lines, 1):
        fence = _FENCE.match(line)
        if fence is None:
            continue
        opens = _is_rules(fence["info"])
        if not mark or (rules and opens):
            if rules or opens:
                yield Segment(rules, start, number, closed=not rules)
                start = number + 1
            mark, rules = fence["mark"], opens
        elif _closes(fence, mark):
            if rules:
                yield Segment(True, start, number)
                start = number + 1
            mark, rules = "", False
    yield Segment(rules, start, len(lines) + 1, closed=not rules)


def _closes(fence: re.Match[str], mark: str) -> bool:
    """Whether a line of a fence closes the one that was opened with a mark."""
    return fence["mark"][0] == mark[0] and len(fence["mark"]) >= len(mark) and not fence["info"].strip()


def _is_rules(info: str) -> bool:
    """Whether the words after a fence say that it holds rules."""
    return info.strip().lower() == "regel"


def fence_mark(line: str) -> str | None:
    """The words after a fence that opens, in lower case; None for other lines."""
    fence = _FENCE.match(line)
    return fence["info"].strip().lower() or None if fence else None
