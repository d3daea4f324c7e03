"""Parquet files of rows, read a row group at a time and written as the answers come. Needs pyarrow."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from compiler.bulk.columns import renamed
from compiler.bulk.sources import LARGE, Row, UnreadableFile, refuse_doubled
from compiler.runtime.parti import Numre, Rad, Svarkolonner, enkel, enkel_type, som_liste
from compiler.runtime.svar import Verdi

BATCH = 32_768
"""So many rows at most are read at a time."""
_ROWS = 4096
"""So many rows at most are Python values at a time."""
_ROW_GROUP = 131_072
"""So many rows at least are written in a row group, but for the last."""


class ParquetSource:
    """A Parquet file."""

    delimiter = ";"

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.file = parquet.ParquetFile(path)
        except pa.ArrowInvalid:
            raise UnreadableFile(f"«{path.name}» er ikke en Parquet-fil") from None
        except OSError:
            raise UnreadableFile(f"«{path}» kan ikke leses") from None
        found = self.file.schema_arrow
        self.schema = pa.schema([field.with_type(enkel_type(field.type)) for field in found])
        self.columns: list[str] = found.names
        refuse_doubled(self.columns)
        self.size = path.stat().st_size
        self.read = 0

    def large(self) -> bool:
        return self.size >= LARGE

    def progress(self) -> float:
        return self.read / int(self.file.metadata.num_rows)

    def batches(self, most: int | None = None) -> Iterator[pa.RecordBatch]:
        """The rows, so many at a time. A batch that spans row groups cannot have a list of dictionary-encoded codes."""
        for group in range(self.file.num_row_groups):
            for batch in self._row_group(group).to_batches(max_chunksize=most or BATCH):
                self.read += batch.num_rows
                yield pa.RecordBatch.from_arrays([enkel(column) for column in batch.columns], schema=self.schema)

    def _row_group(self, number: int) -> pa.Table:
        try:
            return self.file.read_row_group(number)
        except (pa.ArrowException, OSError) as fault:
            raise UnreadableFile(f"«{self.path.name}» kan ikke leses: {fault}") from None

    def rows(self) -> Iterator[Row]:
        for batch in self.batches():
            for start in range(0, batch.num_rows, _ROWS):
                values = [som_liste(column) for column in batch.slice(start, _ROWS).columns]
                for cells in zip(*values, strict=True):
                    yield dict(zip(self.columns, cells, strict=True))


class ParquetWriter:
    """Writes rows in columns, with the columns of their answers after their own."""

    def __init__(self, path: Path, schema: pa.Schema, results: pa.Schema) -> None:
        names = renamed(schema.names, results.names)
        fields = [field.with_name(name) for field, name in zip(schema, names, strict=True)]
        self.schema = pa.schema([*fields, *results])
        self.results = Svarkolonner(results)
        self.file = parquet.ParquetWriter(path, self.schema, compression="zstd")
        self.waiting: list[pa.RecordBatch] = []

    def cells(self, answer: Mapping[str, Verdi]) -> Rad:
        """The cells of an answer."""
        return self.results.rad(answer)

    def write_chunk(self, batch: pa.RecordBatch, answers: Sequence[Rad], numbers: Numre) -> None:
        """Rows out, each with the answer that its number says."""
        columns = [*batch.columns, *self.results.kolonner(answers, numbers)]
        self.waiting.append(pa.RecordBatch.from_arrays(columns, schema=self.schema))
        if sum(one.num_rows for one in self.waiting) >= _ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        """Write the rows that wait as a row group."""
        table = pa.Table.from_batches(self.waiting, self.schema)
        self.file.write_table(table, row_group_size=max(1, table.num_rows))
        self.waiting = []

    def close(self) -> None:
        """Write what is left."""
        if self.waiting:
            self._flush()
        self.file.close()
