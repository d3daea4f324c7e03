"""The texts of files as they stand in the editor, saved or not."""

from pathlib import Path

from compiler.pipeline import SUFFIXES, Parsed, Reader
from dsl.parser import Memory, parse
from dsl.source import Source, clean


class OpenTexts(Reader):
    """Reads open files as they stand in the editor, others from disk; what has not changed is not parsed again."""

    def __init__(self) -> None:
        self.open: dict[Path, str] = {}
        self._parsed: dict[tuple[Path, str], tuple[object, Parsed]] = {}
        self._blocks: dict[Path, Memory] = {}
        self._texts: dict[Path, tuple[object, str]] = {}
        self._trees: dict[Path, list[Path]] = {}
        self._near: dict[Path, bool] = {}
        """The folders of files that are in no folder of rulebooks, and whether they have rule years in them."""

    def files(self, root: Path) -> list[Path]:
        """The rule files under a folder, also those that are open and not yet on disk."""
        if root not in self._trees:
            self._trees[root] = self._on_disk(root)
        unsaved = {path for path in self.open if path.is_relative_to(root) and _is_rules(path)}
        if self._near.get(root) is False:
            unsaved = {path for path in unsaved if path.parent == root}
        return sorted({*self._trees[root], *unsaved})

    def near(self, path: Path) -> Path:
        """The folder to read for a file in no folder of rulebooks: its scheme, or else just where it is."""
        is_year = path.parent.name.isdigit()
        root = path.parent.parent if is_year else path.parent
        self._near[root] = is_year
        return root

    def _on_disk(self, root: Path) -> list[Path]:
        """The rule files in a folder; of one that is no folder of rulebooks, not all that may lie under it."""
        if root not in self._near:
            return super().files(root)
        return [p for p in root.glob("*/*") if _is_rules(p) and p.is_file()] if self._near[root] else []

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
            document, faults = parse(source, self._blocks.setdefault(path, {}))
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
