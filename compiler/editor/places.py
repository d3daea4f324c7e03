"""Places in a file, as the compiler counts them and as the editor does."""

import re

from lsprotocol import types as lsp
from pygls.workspace import PositionCodec

from dsl.diagnostics import Span
from dsl.source import clean

_LINE_END = re.compile(r"\r\n|\r|\n")


class Places:
    """Places of one file: the compiler's lines and columns, and the editor's positions.

    The compiler reads tabs, composed letters and odd spaces as plain ones, so its columns may be others than the
    author's; the editor counts in UTF-16 or what was agreed.
    """

    def __init__(self, text: str, codec: PositionCodec) -> None:
        self.lines = _LINE_END.split(text)
        self.codec = codec

    def range(self, span: Span) -> lsp.Range:
        """A span as the editor counts."""
        return lsp.Range(self.position(span.line, span.column), self.position(span.end_line, span.end_column))

    def position(self, line: int, column: int) -> lsp.Position:
        """A line and a column, both counted from one, as the editor counts; past the end of a line is its end."""
        if line > len(self.lines):
            line, column = len(self.lines), len(self.lines[-1]) * 4 + 1
        row = self.lines[line - 1]
        return lsp.Position(line - 1, self.codec.client_num_units(row[: _raw_index(row, column - 1)]))

    def place(self, position: lsp.Position) -> tuple[int, int]:
        """The line and the column of a position, both counted from one."""
        if position.line >= len(self.lines):
            return len(self.lines), len(clean(self.lines[-1])) + 1
        row = self.lines[position.line]
        return position.line + 1, len(clean(row[: self._index(row, position.character)])) + 1

    def _index(self, row: str, units: int) -> int:
        """How many letters of a line come before so many of the editor's units."""
        for index in range(len(row) + 1):
            if self.codec.client_num_units(row[:index]) >= units:
                return index
        return len(row)

    def whole(self, text: str) -> list[lsp.TextEdit]:
        """The smallest run of lines to write anew for the file to become another text; nothing where it is the same."""
        new = _LINE_END.split(text)
        shortest = min(len(self.lines), len(new))
        first = next((i for i in range(shortest) if self.lines[i] != new[i]), shortest)
        if first == len(self.lines) == len(new):
            return []
        left = shortest - first
        same = next((i for i in range(left) if self.lines[-1 - i] != new[-1 - i]), left)
        end = (_LINE_END.search(text) or ["\n"])[0]
        written = [*new[first : len(new) - same], ""] if same else new[first:]
        start, stop = (first, 0), (len(self.lines) - same, 0)
        if not same:
            stop = len(self.lines) - 1, self.codec.client_num_units(self.lines[-1])
            if first == len(self.lines):
                start, written = stop, ["", *written]
        return [lsp.TextEdit(lsp.Range(lsp.Position(*start), lsp.Position(*stop)), end.join(written))]


def _raw_index(row: str, column: int) -> int:
    """How many letters of a line as written come before a column of it as the compiler reads it."""
    if clean(row) == row:
        return min(column, len(row))
    return next((i for i in range(len(row) + 1) if len(clean(row[:i])) >= column), len(row))
