"""Both answers for the rows of a file, row by row."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Protocol

from compiler.bulk.judge import Judge
from compiler.bulk.sources import Row
from compiler.bulk.writers import cell
from compiler.consequences.fit import Measure
from compiler.consequences.recode import Recoding
from compiler.consequences.tally import Answer, Part, Place
from compiler.runtime.svar import Svar

BATCH = 8192
"""So many rows are held at a time."""

Numberer = Callable[[str, Svar], int]


class Answers:
    """The different answers for some rows, each with a number."""

    def __init__(self, measures: Sequence[Measure]) -> None:
        self.ids = [measure.id for measure in measures]
        self.numbers: dict[Answer, int] = {}

    def number(self, _name: str, svar: Svar) -> int:
        """The number of an answer."""
        answer = Answer(Place(svar.status, svar.gruppe), amounts_of(svar, self.ids))
        return self.numbers.setdefault(answer, len(self.numbers))

    def made(self) -> list[Answer]:
        """The answers, by their numbers."""
        return list(self.numbers)


def amounts_of(svar: Svar, ids: Iterable[str]) -> tuple[Any, ...]:
    """The amounts of some calculations, with those of the rulebook that is used; None where there is none."""
    values = svar.verdier if svar.brukt is None else {**svar.brukt.verdier, **svar.verdier}
    return tuple(map(values.get, ids))


class Read(Protocol):
    """Some rows of a file as they were read."""

    def texts(self) -> Iterator[Sequence[str | None]]:
        """The cells of each row, as CSV has them."""


class RowsRead:
    """Rows one by one."""

    def __init__(self, rows: Sequence[Row], columns: Sequence[str]) -> None:
        self.rows = rows
        self.columns = columns

    def texts(self) -> Iterator[Sequence[str | None]]:
        for row in self.rows:
            yield [cell(row.get(column), ";") for column in self.columns]


Parts = Iterator[tuple[Part, Read]]


def parts(
    rows: Iterator[Row],
    columns: Sequence[str],
    judges: tuple[Judge, Judge],
    measures: Sequence[Measure],
    recoding: Recoding,
    unit: str | None,
) -> Parts:
    """The rows of a file with both answers, some at a time."""
    while some := list(islice(rows, BATCH)):
        first, second = Answers(measures), Answers(measures)
        numbers_before, numbers_after = [], []
        for row in some:
            svar, name = judges[0](row)
            numbers_before.append(first.number(name, svar))
            svar, name = judges[1](recoding.row(row))
            numbers_after.append(second.number(name, svar))
        units = None if unit is None else [unit_shown(row.get(unit)) for row in some]
        made = Part(first.made(), second.made(), numbers_before, numbers_after, units, some.__getitem__)
        yield made, RowsRead(some, columns)


def unit_shown(value: object) -> str:
    """A unit as it is named; «ikke oppgitt» where there is none."""
    return "ikke oppgitt" if value is None else str(value).strip() or "ikke oppgitt"
