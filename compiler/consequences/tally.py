"""Counts and exact sums of what two rulebooks make of the same contacts, in bounded memory.

A contact has a place by each rulebook. The cells of the matrix are pairs of places. A sum never leaves a contact out in
silence: beside each stands how many contacts had no such amount.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal
from typing import Any, NamedTuple

_EXACT = Context(prec=1000)
"""Values have 60 digits at most, so that sums of any number of them are exact and come out the same in any order."""
_ZERO = Decimal(0)


class Place(NamedTuple):
    """Where a contact ends: its status, and its group where it has one."""

    status: str
    group: str | None


class Answer(NamedTuple):
    """What a rulebook says of a contact: its place, and the amount of each measure where it has one."""

    place: Place
    amounts: tuple[Decimal | None, ...]


@dataclass(slots=True)
class Amounts:
    """One measure over some contacts: the sum by each rulebook, and the change for those that have both amounts."""

    before: Decimal = _ZERO
    after: Decimal = _ZERO
    change: Decimal = _ZERO
    lack_before: int = 0
    lack_after: int = 0
    lack_either: int = 0

    def add(self, before: Decimal | None, after: Decimal | None, times: int) -> None:
        """Count some contacts with these amounts."""
        if before is None:
            self.lack_before += times
        else:
            self.before = _EXACT.fma(before, times, self.before)
        if after is None:
            self.lack_after += times
        else:
            self.after = _EXACT.fma(after, times, self.after)
        if before is None or after is None:
            self.lack_either += times
        else:
            self.change = _EXACT.fma(minus(after, before), times, self.change)

    def merge(self, other: "Amounts") -> None:
        """Add what is summed elsewhere."""
        self.before = _EXACT.add(self.before, other.before)
        self.after = _EXACT.add(self.after, other.after)
        self.change = _EXACT.add(self.change, other.change)
        self.lack_before += other.lack_before
        self.lack_after += other.lack_after
        self.lack_either += other.lack_either


class Contact(NamedTuple):
    """A contact that is shown: its row in the data, what it holds, and both answers."""

    row: int
    data: Mapping[str, Any]
    before: Answer
    after: Answer

    def change(self, measure: int) -> Decimal | None:
        """How much its amount of a measure changed."""
        return difference(self.before, self.after, measure)


def difference(before: Answer, after: Answer, measure: int) -> Decimal | None:
    """How much the amount of a measure changed; None where one of the two is not known, or there is no measure."""
    if not before.amounts:
        return None
    first, second = before.amounts[measure], after.amounts[measure]
    return None if first is None or second is None else minus(second, first)


def minus(one: Decimal, other: Decimal) -> Decimal:
    """The exact difference of two amounts or sums."""
    return _EXACT.subtract(one, other)


@dataclass(slots=True)
class Total:
    """Some contacts: how many, how many of them moved, and each measure."""

    measures: int
    count: int = 0
    moved: int = 0
    amounts: list[Amounts] = field(init=False)

    def __post_init__(self) -> None:
        """Begin at nothing."""
        self.amounts = [Amounts() for _ in range(self.measures)]

    def add(self, before: Answer, after: Answer, times: int) -> None:
        """Count some contacts with the same answers."""
        self.count += times
        self.moved += times if before.place != after.place else 0
        for amounts, first, second in zip(self.amounts, before.amounts, after.amounts, strict=True):
            amounts.add(first, second, times)

    def merge(self, other: "Total") -> None:
        """Add contacts that are counted elsewhere."""
        self.count += other.count
        self.moved += other.moved
        for amounts, more in zip(self.amounts, other.amounts, strict=True):
            amounts.merge(more)


@dataclass(slots=True)
class Cell(Total):
    """The contacts with one place by the one rulebook and one by the other, a few of which are kept."""

    contacts: list[Contact] = field(default_factory=list)
    """Those whose first amount changed most, and then the first in the data."""


class Part(NamedTuple):
    """Some rows of the data with both answers: the different answers, and which of them each row has."""

    before: Sequence[Answer]
    after: Sequence[Answer]
    numbers_before: Sequence[int]
    numbers_after: Sequence[int]
    units: Sequence[str] | None
    row: Callable[[int], Mapping[str, Any]]
    """What a row holds."""


class TooManyUnits(Exception):
    """The column of units has more values than units can be."""


MOST_UNITS = 10_000


@dataclass(slots=True)
class Tally:
    """What all contacts come to."""

    measures: int
    kept: int
    """So many contacts at most are kept of each cell."""
    cells: dict[tuple[Place, Place], Cell] = field(default_factory=dict)
    units: dict[str, Total] = field(default_factory=dict)
    rows: int = 0

    def add(self, part: Part) -> None:
        """Count the contacts of a part, which follow those counted before."""
        pairs = list(zip(part.numbers_before, part.numbers_after, strict=True))
        counts = Counter(pairs)
        for (first, second), times in counts.items():
            self._cell(part, first, second).add(part.before[first], part.after[second], times)
        if part.units is not None:
            self._add_units(part, pairs)
        if self.kept:
            self._keep(part, pairs, counts)
        self.rows += len(pairs)

    def _cell(self, part: Part, first: int, second: int) -> Cell:
        places = part.before[first].place, part.after[second].place
        cell = self.cells.get(places)
        if cell is None:
            cell = self.cells[places] = Cell(self.measures)
        return cell

    def _add_units(self, part: Part, pairs: Sequence[tuple[int, int]]) -> None:
        """Count the contacts of each unit."""
        assert part.units is not None
        for (unit, (first, second)), times in Counter(zip(part.units, pairs, strict=True)).items():
            total = self.units.get(unit)
            if total is None:
                if len(self.units) == MOST_UNITS:
                    raise TooManyUnits
                total = self.units[unit] = Total(self.measures)
            total.add(part.before[first], part.after[second], times)

    # ---- the contacts that are shown

    def _keep(self, part: Part, pairs: Sequence[tuple[int, int]], different: Iterable[tuple[int, int]]) -> None:
        """Keep the contacts that come before those kept of their cells."""
        wanted = {pair for pair in different if self._is_wanted(part, *pair)}
        if not wanted:
            return
        found: dict[tuple[int, int], list[int]] = {}
        for row, pair in enumerate(pairs):
            if pair in wanted:
                rows = found.setdefault(pair, [])
                rows.append(row)
                if len(rows) == self.kept:
                    wanted.discard(pair)
        for cell, of_cell in self._rows_of_cells(part, found):
            new = [(row, part.before[first], part.after[second]) for row, first, second in of_cell]
            _keep_first(cell.contacts, new, self.rows, part.row, self.kept)

    def _is_wanted(self, part: Part, first: int, second: int) -> bool:
        """Whether a contact with these answers comes before one that is kept."""
        contacts = self._cell(part, first, second).contacts
        if len(contacts) < self.kept:
            return True
        last = contacts[-1]
        return _weight(part.before[first], part.after[second]) > _weight(last.before, last.after)

    def _rows_of_cells(
        self, part: Part, found: Mapping[tuple[int, int], Sequence[int]]
    ) -> Iterator[tuple[Cell, list[tuple[int, int, int]]]]:
        """The rows that may be kept, cell by cell."""
        by_places: dict[tuple[Place, Place], list[tuple[int, int, int]]] = {}
        for (first, second), rows in found.items():
            places = part.before[first].place, part.after[second].place
            by_places.setdefault(places, []).extend((row, first, second) for row in rows)
        for places, of_cell in by_places.items():
            yield self.cells[places], of_cell


def _weight(before: Answer, after: Answer) -> Decimal:
    """How much the first measure changed, up or down; of contacts without the amounts it is less than nothing."""
    change = difference(before, after, 0)
    return Decimal(-1) if change is None else abs(change)


def _keep_first(
    contacts: list[Contact],
    new: Iterable[tuple[int, Answer, Answer]],
    start: int,
    data: Callable[[int], Mapping[str, Any]],
    most: int,
) -> None:
    """Take in the contacts that come first, with what they hold, and let the others go."""
    coming = [Contact(start + row, {}, before, after) for row, before, after in new]
    ordered = sorted([*contacts, *coming], key=lambda one: (-_weight(one.before, one.after), one.row))
    contacts[:] = [one if one.row < start else one._replace(data=data(one.row - start)) for one in ordered[:most]]
