"""Both answers for the rows of a file, many at a time in columns. Needs numpy and pyarrow."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from compiler.bulk.batches import Chunk, ChunkJudge
from compiler.bulk.judge import Judge
from compiler.bulk.writers import cell
from compiler.consequences.beside import begun, numbered
from compiler.consequences.fit import Measure
from compiler.consequences.pairs import Parts, unit_shown
from compiler.consequences.recode import Recoding
from compiler.consequences.tally import Part
from compiler.runtime.lesing import Felt
from compiler.runtime.parti import enkel, som_liste

BATCH = 131_072
"""So many rows at most are judged at a time: a code is looked up once in each batch, so large ones are faster."""


class ColumnsRead:
    """Rows in columns."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        self.batch = batch

    def texts(self) -> Iterator[Sequence[str | None]]:
        yield from zip(*map(_texts, self.batch.columns), strict=True)


def _texts(column: pa.Array) -> list[str | None]:
    values = som_liste(column)
    return values if pa.types.is_string(column.type) else [cell(value, ";") for value in values]


def parts(
    chunks: Iterable[Chunk],
    judges: tuple[Judge, Judge],
    measures: Sequence[Measure],
    recoding: Recoding,
    unit: str | None,
    rows: int,
) -> Parts:
    """The rows of a file with both answers, a chunk at a time; `rows` is how many there are, as far as is known."""
    before, after = map(ChunkJudge, judges)
    with begun(before, measures, rows) as begin:
        for chunk in chunks:
            first = begin(chunk)
            mapped = Chunk(recoded(recoding, chunk.batch), chunk.faults)
            numbers_after, answers_after = numbered(after, measures, mapped)
            numbers_before, answers_before = first()
            units = None if unit is None else _units(chunk.batch.column(unit))
            numbers = numbers_before.tolist(), numbers_after.tolist()
            yield Part(answers_before, answers_after, *numbers, units, _row_of(chunk)), ColumnsRead(chunk.batch)


def _row_of(chunk: Chunk) -> Callable[[int], Mapping[str, Any]]:
    """What gives one row of a chunk, with what is wrong with it where it could not be read."""

    def row(number: int) -> Mapping[str, Any]:
        one = chunk.batch.slice(number, 1)
        found = {name: som_liste(column)[0] for name, column in zip(one.schema.names, one.columns, strict=True)}
        fault = chunk.faults.get(number)
        return found if fault is None else found | {"_feil": fault}

    return row


def _units(column: pa.Array) -> list[str]:
    """The unit of each row."""
    if pa.types.is_nested(column.type):
        return [unit_shown(value) for value in som_liste(column)]
    values, numbers = _split(column)
    shown = [*map(unit_shown, values), unit_shown(None)]
    return [shown[number] for number in numbers.tolist()]


def _split(column: pa.Array) -> tuple[list[Any], Any]:
    """The different values of a column, and the number of the one on each place; −1 where there is none."""
    encoded = column if isinstance(column, pa.DictionaryArray) else column.dictionary_encode()
    numbers = pc.fill_null(encoded.indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
    return som_liste(encoded.dictionary), numbers


# ---- codes mapped


def recoded(recoding: Recoding, batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch with its codes mapped; the codes in it are seen by the way."""
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    for felt in recoding.fields:
        for name in {felt.id, felt.navn} & columns.keys():
            columns[name] = _mapped(recoding, felt, enkel(columns[name]))
    return pa.RecordBatch.from_pydict(columns)


def _mapped(recoding: Recoding, felt: Felt, column: pa.Array) -> pa.Array:
    """A column with its codes mapped."""
    if _is_text(column.type):
        return _values_mapped(recoding, felt, column)
    if pa.types.is_list(column.type) and _is_text(column.type.value_type):
        flat = column.flatten()
        lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False)
        offsets = pa.array(np.concatenate(([0], np.cumsum(lengths))), pa.int32())
        mapped = _values_mapped(recoding, felt, flat)
        return column if mapped is flat else pa.ListArray.from_arrays(offsets, mapped, mask=column.is_null())
    if pa.types.is_nested(column.type):
        return pa.array([recoding.value(felt, value) for value in som_liste(column)], column.type)
    return _values_mapped(recoding, felt, column.cast(pa.string())) if pa.types.is_integer(column.type) else column


def _is_text(type_: pa.DataType) -> bool:
    """Whether values are texts."""
    own = type_.value_type if pa.types.is_dictionary(type_) else type_
    return bool(pa.types.is_string(own) or pa.types.is_large_string(own))


def _values_mapped(recoding: Recoding, felt: Felt, column: pa.Array) -> pa.Array:
    """Texts mapped, each different one once; the column itself where nothing is changed."""
    values, numbers = _split(column)
    times = np.bincount(numbers + 1, minlength=len(values) + 1)[1:].tolist()
    changed = [recoding.value(felt, value, count) for value, count in zip(values, times, strict=True)]
    if changed == values:
        return column
    places = np.where(numbers < 0, len(values), numbers)
    return pa.array([*changed, None], pa.string()).take(pa.array(places))
