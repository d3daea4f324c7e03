"""Rows answered and written many at a time, in columns. Needs numpy and pyarrow."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import pyarrow as pa

from compiler.bulk.columns import flat
from compiler.bulk.judge import Judge, Tally, unreadable
from compiler.bulk.parquet import ParquetSource, ParquetWriter
from compiler.bulk.sources import CsvSource, Row
from compiler.bulk.writers import CsvWriter, cell
from compiler.runtime.parti import Numre, Rad, som_liste, svarskjema
from compiler.runtime.svar import Svar, Verdi

TEXT_BATCH = 16_384
"""So many rows of text are held at a time."""

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Chunk:
    """Some rows, and what is wrong with those that could not be read, by their place."""

    batch: pa.RecordBatch
    faults: Mapping[int, str] = field(default_factory=dict)


def chunks(source: CsvSource | ParquetSource, most: int | None = None) -> Iterator[Chunk]:
    """The rows of a file, many at a time; `most` is how many of a file that has them in columns."""
    if isinstance(source, ParquetSource):
        yield from map(Chunk, source.batches(most))
        return
    rows = source.cells()
    schema = text_schema(source.columns)
    while some := list(islice(rows, TEXT_BATCH)):
        faults = {place: fault for place, cells in enumerate(some) if (fault := source.fault(cells))}
        whole = [_filled(cells, len(schema)) if place in faults else cells for place, cells in enumerate(some)]
        yield Chunk(_text_batch(whole, schema), faults)


def text_schema(columns: Sequence[str]) -> pa.Schema:
    """Columns of text."""
    return pa.schema([(column, pa.string()) for column in columns])


def _text_batch(rows: Sequence[Sequence[str | None]], schema: pa.Schema) -> pa.RecordBatch:
    """Rows of text in columns."""
    columns = [pa.array(cells, pa.string()) for cells in zip(*rows, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _filled(cells: list[str], width: int) -> list[str | None]:
    """The cells of a row that has too many or too few."""
    return [*cells[:width], *[None] * (width - len(cells))]


# ---- the answers


class ChunkJudge:
    """The answers for the rows of a chunk."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.numbered = import_module("._runtime.parti", judge.package.__name__).fordelt
        """That of the package, since its rules only know values of its own runtime."""

    def numbers(self, chunk: Chunk, number: Callable[[str, Svar], int]) -> Numre:
        """The number that `number` gives the name of the rulebook and its answer, for each row."""
        places, no_year = self._places(chunk.batch)
        numbers: Numre = np.full(len(places), -1, np.int32)
        names = [*(year.name for year in self.judge.years), ""]
        for row, fault in {**no_year, **chunk.faults}.items():
            numbers[row] = number(names[places[row]], unreadable(fault))
        for place, rules in enumerate(self.judge.rules()):
            rows = np.flatnonzero((places == place) & (numbers < 0))
            if len(rows):
                batch = chunk.batch if len(rows) == len(places) else chunk.batch.take(pa.array(rows))
                numbers[rows] = self.numbered(rules, batch, partial(number, names[place]))
        return numbers

    def _places(self, batch: pa.RecordBatch) -> tuple[Numre, dict[int, str]]:
        """Which of the years each row is judged by, −1 for none, and what is wrong where it is none."""
        if len(self.judge.years) == 1:
            return np.zeros(batch.num_rows, np.int32), {}
        values, rows = _distinct(batch, self.judge.date_column)
        by_value = [-1 if (place := self.judge.place(value)) is None else place for value in values]
        places = np.array(by_value, np.int32)[rows]
        return places, {row: self.judge.no_year(values[rows[row]]) for row in np.flatnonzero(places < 0).tolist()}


def _distinct(batch: pa.RecordBatch, column: str) -> tuple[list[Any], Numre]:
    """The distinct values of a column, and which of them each row has; all are None where there is no such column."""
    if column not in batch.schema.names:
        return [None], np.zeros(batch.num_rows, np.int32)
    found = batch.column(column)
    encoded = found if pa.types.is_dictionary(found.type) else found.dictionary_encode()
    values = [*som_liste(encoded.dictionary), None]
    return values, encoded.indices.cast(pa.int32()).fill_null(len(values) - 1).to_numpy(zero_copy_only=False)


class Answers(Generic[Answer]):
    """The answers of a chunk, each as it is written, with a number."""

    def __init__(self, form: Callable[[Mapping[str, Verdi]], Answer]) -> None:
        self.form = form
        self.made: list[Answer] = []
        self.statuses: list[str] = []

    def number(self, name: str, svar: Svar) -> int:
        """The number of an answer."""
        self.made.append(self.form(flat(svar, name)))
        self.statuses.append(svar.status)
        return len(self.made) - 1

    def count(self, numbers: Numre, tally: Tally) -> None:
        """Count the rows of each status."""
        for status, rows in zip(self.statuses, np.bincount(numbers).tolist(), strict=False):
            tally.add(status, rows)


def answer_schema(judge: Judge, results: Sequence[str]) -> pa.Schema:
    """The columns of the answers; one that is of different types in different years, is text."""
    types: dict[str, pa.DataType] = {}
    for rules in judge.rules():
        for found in svarskjema(rules):
            types[found.name] = _united(types.get(found.name, found.type), found.type)
    return pa.schema([(name, types.get(name, pa.string())) for name in results])


def _united(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    """The type of a column that is of two types in two years: of the answers for lines, one with the fields of both."""
    if one == other:
        return one
    if not (pa.types.is_list(one) and pa.types.is_list(other)):
        return pa.string()
    fields = {each.name: each.type for each in one.value_type}
    for each in other.value_type:
        fields[each.name] = _united(fields.get(each.name, each.type), each.type)
    return pa.list_(pa.struct([*fields.items()]))


# ---- writing


class ChunkWriter(Protocol[Answer]):
    """Writes rows with their answers, many at a time."""

    def cells(self, answer: Mapping[str, Verdi]) -> Answer:
        """The cells of an answer."""

    def write_chunk(self, batch: pa.RecordBatch, answers: Sequence[Answer], numbers: Numre) -> None:
        """Rows out, each with the answer that its number says."""


def group(source: Iterable[Chunk], judge: Judge, writer: ChunkWriter[Answer]) -> Tally:
    """Answer and write the rows of all chunks."""
    tally = Tally()
    chunk_judge = ChunkJudge(judge)
    for chunk in source:
        answers = Answers(writer.cells)
        numbers = chunk_judge.numbers(chunk, answers.number)
        writer.write_chunk(chunk.batch, answers.made, numbers)
        answers.count(numbers, tally)
    return tally


class CsvChunkWriter(CsvWriter):
    """Writes CSV of rows in columns."""

    def write_chunk(self, batch: pa.RecordBatch, answers: Sequence[list[str]], numbers: Numre) -> None:
        rows = zip(*map(self._texts, batch.columns), strict=True)
        self.csv.writerows([*row, *answers[number]] for row, number in zip(rows, numbers.tolist(), strict=True))

    def _texts(self, column: pa.Array) -> list[str | None]:
        """The cells of a column."""
        values = som_liste(column)
        return values if pa.types.is_string(column.type) else [cell(value, self.delimiter) for value in values]


class ParquetRowWriter:
    """Writes Parquet of rows that come one by one, as columns of text."""

    def __init__(self, writer: ParquetWriter, columns: Sequence[str]) -> None:
        self.writer = writer
        self.columns = columns
        self.rows: list[list[str | None]] = []
        self.answers: list[Rad] = []

    def write(self, row: Row, svar: Svar, name: str) -> None:
        given = map(row.get, self.columns)
        self.rows.append([None if value is None else cell(value, ",") for value in given])
        self.answers.append(self.writer.cells(flat(svar, name)))
        if len(self.rows) == TEXT_BATCH:
            self._flush()

    def _flush(self) -> None:
        """Write the rows that wait."""
        batch = _text_batch(self.rows, text_schema(self.columns))
        self.writer.write_chunk(batch, self.answers, np.arange(len(self.rows), dtype=np.int32))
        self.rows, self.answers = [], []

    def close(self) -> None:
        """Write what is left."""
        if self.rows:
            self._flush()
