"""What an import has to say of the tables: rows that are left out, how the others are read, and faults."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby


class Damaged(Exception):
    """The tables have faults, and nothing can be written; the report lists them."""


@dataclass
class Found:
    """How many times something was found; `shown` names each where what is said of them does not."""

    count: int = 0
    shown: list[str] = field(default_factory=list)

    def add(self, shown: str | None, count: int) -> None:
        self.count += count
        if shown is not None:
            self.shown.append(shown)


@dataclass
class Report:
    """What was found on the way from tables to text."""

    read: dict[str, int] = field(default_factory=dict)
    """The number of rows in each table."""
    left_out: dict[tuple[str, str], Found] = field(default_factory=dict)
    """Rows, by table and reason."""
    notes: dict[str, Found] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """What stops the import."""

    def leave_out(self, table: str, reason: str, shown: str | None = None, count: int = 1) -> None:
        """Note rows that do not become part of the rulebook."""
        self.left_out.setdefault((table, reason), Found()).add(shown, count)

    def note(self, what: str, shown: str | None = None) -> None:
        """Note what an author should know of how the tables were read."""
        self.notes.setdefault(what, Found()).add(shown, 1)

    def fault(self, table: str, number: int, message: str) -> None:
        """Note what is wrong with a row."""
        self.faults.append(f"{table}, rad {number}: {message}")

    def stop_at_faults(self) -> None:
        """Go no further with tables that have faults."""
        if self.faults:
            raise Damaged

    def left(self, table: str) -> int:
        """How many rows of a table were left out."""
        return sum(found.count for (name, _), found in self.left_out.items() if name == table)


def numbers_shown(numbers: Iterable[int]) -> str:
    """Row numbers, those that follow each other as intervals: «3–5, 9»."""
    return ", ".join(_runs(sorted(numbers)))


def _runs(numbers: list[int]) -> Iterator[str]:
    for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        found = [number for _, number in run]
        yield str(found[0]) if len(found) == 1 else f"{found[0]}–{found[-1]}"
