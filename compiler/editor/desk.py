"""What the author has in hand: the rulebooks around the open files, checked as they stand."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from compiler.editor.texts import OpenTexts
from compiler.examples import answer, failing_examples
from compiler.model import Rulebook
from compiler.pipeline import Library, Year, load
from dsl.diagnostics import Diagnostic, in_order
from dsl.source import Source


@dataclass
class Bench:
    """A folder of rulebooks, as it was last checked."""

    root: Path
    library: Library
    stale: bool = False
    """Whether something has changed since."""
    schemes: Collection[str] = ()
    """The schemes that are wanted; all, where none is named."""
    examples: dict[str, tuple[Rulebook, list[Diagnostic]]] = field(default_factory=dict)
    """The examples that fail, by name of rule year, of the rulebook that they were held against."""

    def untried(self, files: Sequence[Path] | None = None) -> list[Rulebook]:
        """The rulebooks whose examples have not been tried as they now are.

        With files, only those of their schemes, and the year of the first file before the others.
        """
        left = [one for one in self.library.rulebooks() if self._tried(one) is None]
        if files is None:
            return left
        years = [year for file in files if (year := self.year_of(file)) is not None and year.rulebook is not None]
        schemes = {year.rulebook.scheme for year in years if year.rulebook is not None}
        return sorted((one for one in left if one.scheme in schemes), key=lambda one: one is not years[0].rulebook)

    def try_examples(self, rulebook: Rulebook) -> Iterator[None]:
        """Hold the examples of a rulebook against it, with a pause after each."""
        computed = {}
        for example in rulebook.examples:
            computed[example.id] = answer(rulebook, example)
            yield
        self.examples[rulebook.name] = (rulebook, list(failing_examples(rulebook, computed)))

    def _tried(self, rulebook: Rulebook) -> list[Diagnostic] | None:
        kept = self.examples.get(rulebook.name)
        return kept[1] if kept is not None and kept[0] is rulebook else None

    def diagnostics(self) -> list[Diagnostic]:
        """Every fault, with the examples that are known to fail."""
        failing = [fault for one in self.library.rulebooks() for fault in self._tried(one) or ()]
        found = {*self.library.diagnostics(), *failing}
        return in_order(found)

    def in_files(self) -> list[Diagnostic]:
        """The faults that stand in a file; a folder with prose alone is no rulebook, and has none."""
        prose = [year for year in self.library.years.values() if year.header is None and not _has_rules(year)]
        passed = {fault for year in prose for fault in year.faults}
        return [d for d in self.diagnostics() if d.span.path in self.library.sources and d not in passed]

    def year_of(self, path: Path) -> Year | None:
        """The rule year that a file is a part of."""
        return next((year for year in self.library.years.values() if year.folder == path.parent), None)

    def source(self, path: Path) -> Source | None:
        """A file as it was last read."""
        return self.library.sources.get(path.as_posix())


def _has_rules(year: Year) -> bool:
    """Whether any file of a folder has rules."""
    return any(True for document in year.documents for _ in document.source.rule_segments())


class Desk:
    """The open texts, and a bench for each folder of rulebooks that one of them is in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.texts = OpenTexts()
        self.benches: dict[Path, Bench] = {}
        self._last_good: dict[Path, Rulebook] = {}

    def root_of(self, path: Path) -> Path:
        """The folder of rulebooks that a file is in: the one asked for, one of that name, or else its own."""
        asked = self.folder.resolve()
        if path.is_relative_to(asked):
            return asked
        named = next((above for above in path.parents if above.name == asked.name), None)
        return named or self.texts.near(path)

    def open(self, path: Path, text: str) -> Bench:
        """Take in a text as it now stands, and say which bench it is on."""
        self.texts.open[path] = text
        return self._changed(path)

    def close(self, path: Path) -> Bench:
        """Let go of a text: what is on disk counts again."""
        self.texts.open.pop(path, None)
        return self._changed(path)

    def _changed(self, path: Path) -> Bench:
        bench = self.bench(self.root_of(path))
        bench.stale = True
        return bench

    def bench(self, root: Path) -> Bench:
        """The bench of a folder of rulebooks."""
        if root not in self.benches:
            self.benches[root] = Bench(root, Library(root), stale=True)
        return self.benches[root]

    def look_again(self) -> None:
        """Files on disk have changed."""
        self.texts.forget_trees()
        for bench in self.benches.values():
            bench.stale = True

    def fresh(self, path: Path) -> Bench | None:
        """The bench that a file is on, checked as the texts now stand; None where none of it has been opened."""
        bench = self.benches.get(self.root_of(path))
        if bench is not None:
            self.check(bench)
        return bench

    def check(self, bench: Bench) -> None:
        """Check a bench again, where something has changed since it last was."""
        if not bench.stale:
            return
        try:
            bench.library = self._loaded(bench)
        except FileNotFoundError:  # Taken away since the folder was last looked into.
            self.texts.forget_trees()
            bench.library = self._loaded(bench)
        bench.stale = False
        for year in bench.library.years.values():
            if year.rulebook is not None:
                self._last_good[year.folder] = year.rulebook

    def _loaded(self, bench: Bench) -> Library:
        return load(bench.root, schemes=bench.schemes, reader=self.texts, before=bench.library)

    def checked(self, bench: Bench) -> Library:
        """What is on a bench, checked as the texts now stand, the examples included."""
        self.check(bench)
        for rulebook in bench.untried():
            for _ in bench.try_examples(rulebook):
                pass
        return bench.library

    def rulebook(self, path: Path) -> Rulebook | None:
        """The rulebook that a file is a part of, as it last could be made."""
        bench = self.benches.get(self.root_of(path))
        if bench is not None and not bench.library.years:
            self.check(bench)  # Nothing on it has been checked yet.
        return self._last_good.get(path.parent)
