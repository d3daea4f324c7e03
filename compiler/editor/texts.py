"""The texts of files as they stand in the editor, saved or not, and places in them as the editor counts."""

import re
from pathlib import Path

from lsprotocol import types as lsp
from pygls.workspace import PositionCodec

from compiler.pipeline import SUFFIXES, Parsed, Reader
from dsl.diagnostics import Span
from dsl.parser import parse
from dsl.source import Source, clean

_LINE_END = re.compile(r"\r\n|\r|\n")


class OpenTexts(Reader):
    """Reads open files as they stand in the editor, others from disk; what has not changed is not parsed again."""

    def __init__(self) -> None:
        self.open: dict[Path, str] = {}
        self._parsed: dict[tuple[Path, str], tuple[object, Parsed]] = {}
        self._texts: dict[Path, tuple[object, str]] = {}
        self._trees: dict[Path, list[Path]] = {}
        self._near: dict[Path, str] = {}
        """The folders of files that are in no folder of rulebooks, and which files in them are read."""

    def files(self, root: Path) -> list[Path]:
        """The rule files under a folder, also those that are open and not yet on disk."""
        if root not in self._trees:
            near = self._near.get(root)
            found = root.glob(near) if near else super().files(root)
            self._trees[root] = [path for path in found if _is_rules(path) and path.is_file()]
        unsaved = {path for path in self.open if path.is_relative_to(root) and _is_rules(path)}
        return sorted({*self._trees[root], *unsaved})

    def near(self, path: Path) -> Path:
        """The folder to read for a file in no folder of rulebooks: its scheme, or else just where it is."""
        is_year = path.parent.name.isdigit()
        root = path.parent.parent if is_year else path.parent
        self._near[root] = "*/*" if is_year else "*"
        return root

    def forget_trees(self) -> None:
        """Look for files anew: some may have come or gone."""
        self._trees.clear()

    def document(self, path: Path, shown: str) -> Parsed:
        """The syntax tree of a rule file, and what is wrong with its writing."""
        mark = self._mark(path)
        kept = self._parsed.get((path, shown))
        if kept is not None and kept[0] == mark:
            return kept[1]
        if path in self.open:
            source = Source.from_text(shown, self.open[path])
            document, faults = parse(source)
            parsed = document, faults
        else:
            parsed = super().document(path, shown)
        self._parsed[path, shown] = (mark, parsed)
        return parsed

    def text(self, path: Path) -> str:
        """The text of another file."""
        mark = self._mark(path)
        kept = self._texts.get(path)
        if kept is None or kept[0] != mark:
            kept = self._texts[path] = (mark, clean(self.open[path]) if path in self.open else super().text(path))
        return kept[1]

    def written(self, path: Path) -> str:
        """A file letter by letter, as its author wrote it; empty where it cannot be read."""
        if path in self.open:
            return self.open[path]
        try:
            return path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError):
            return ""

    def _mark(self, path: Path) -> object:
        """What is another when the file has changed."""
        if path in self.open:
            return self.open[path]
        found = path.stat()
        return found.st_mtime_ns, found.st_size


def _is_rules(path: Path) -> bool:
    """Whether a file is read as rules."""
    return path.suffix in SUFFIXES and path.stem.upper() != "README"


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
