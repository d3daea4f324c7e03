"""Where a name is declared and used: in the files of a rule year, in other years and in other schemes."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from compiler.editor.names import Occurrence, Symbol, occurrences
from compiler.pipeline import Library, Year
from dsl.diagnostics import Span


class Found(NamedTuple):
    """A name under the cursor, and the rule year that it stands in."""

    year: Year
    occurrence: Occurrence

    @property
    def symbol(self) -> Symbol:
        """What the name means."""
        return self.occurrence.symbol


class Names:
    """The names of a library; those of a year are found when they are first asked for."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._of_year: dict[int, list[Occurrence]] = {}

    def of_year(self, year: Year) -> list[Occurrence]:
        """The names in a year, by place."""
        if id(year) not in self._of_year:
            self._of_year[id(year)] = occurrences(year)
        return self._of_year[id(year)]

    def at(self, path: Path, line: int, column: int) -> Found | None:
        """The name at a place; the place just after a name is also of it."""
        year = next((year for year in self.library.years.values() if year.folder == path.parent), None)
        if year is None:
            return None
        shown = path.as_posix()
        on_line = [one for one in self.of_year(year) if one.span.path == shown and one.span.line == line]
        here = [one for one in on_line if one.span.column <= column <= one.span.end_column]
        return Found(year, here[-1]) if here else None

    def definitions(self, found: Found) -> list[Span]:
        """Where a name is declared or last changed; from such a place, where it was in the years before."""
        years = list(self._back(self._home(found)))
        if found.occurrence.declares and years[0] is found.year:
            years = years[1:]
        for year in years:
            declared = [one.span for one in self.of_year(year) if one.declares and one.symbol == found.symbol]
            if declared:
                return declared
        return [found.occurrence.span] if found.occurrence.declares else []

    def references(self, found: Found, with_declarations: bool = True) -> list[Span]:
        """Every place where the same is meant: in the years that it goes through, and where others take from them."""
        root = self._root(self._home(found))
        spans = {
            one.span
            for year in self.library.years.values()
            for one in self.of_year(year)
            if one.symbol == found.symbol
            and (with_declarations or not one.declares)
            and self._root(self._home(Found(year, one))) is root
        }
        return sorted(spans)

    def family(self, found: Found) -> list[Year]:
        """The rule years that a name goes through: those that build on each other."""
        root = self._root(self._home(found))
        return [year for year in self.library.years.values() if self._root(year) is root]

    def _home(self, found: Found) -> Year:
        """The rule year that a name is of."""
        return self.library.years.get(found.occurrence.book or "", found.year)

    def _root(self, year: Year) -> Year:
        """The oldest year that a year builds on."""
        *_, oldest = self._back(year)
        return oldest

    def _back(self, year: Year) -> Iterator[Year]:
        """A year and those that it builds on, the newest first."""
        seen: list[Year] = []
        after: Year | None = year
        while after is not None and after not in seen:
            yield after
            seen.append(after)
            base = after.header.base if after.header is not None else None
            after = self.library.years.get(f"{base[0].lower()}-{base[1]}") if base is not None else None
