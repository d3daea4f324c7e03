"""Places in the text of a block, and how what stands there is shown in a message."""

from dataclasses import dataclass

from dsl.diagnostics import Span
from dsl.source import Source


@dataclass(frozen=True, slots=True)
class Place:
    """A block's text, and where it stands in its source."""

    source: Source
    line: int
    text: str

    @property
    def rows(self) -> list[str]:
        """The lines of the block."""
        return self.text.rstrip("\n").split("\n")

    @property
    def word(self) -> str:
        """The word that says what the block is."""
        words = self.rows[0].split()
        return words[1] if words[:1] == ["årlig"] and len(words) > 1 else words[0]

    def span(self, number: int, column: int, length: int = 1) -> Span:
        """A place on a line of the block, counted from one."""
        line = self.line + number - 1
        return Span(self.source.path, line, column, line, column + length)


def printable(text: str) -> str:
    """The text with characters that cannot be seen written as their number."""
    return "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in text)


def short(text: str) -> str:
    """The first line of a text, cut to something that fits in a message."""
    row = text.strip().split("\n")[0]
    return row if len(row) <= 40 else row[:39] + "…"


def whole_line(source: Source, number: int) -> Span:
    """The span of what is written on a line."""
    row = source.line(number)
    start = len(row) - len(row.lstrip()) + 1
    return Span(source.path, number, start, number, max(len(row.rstrip()), start) + 1)
