"""Tables of collections and of what became of records, in rows or in columns, and the files they are written to."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from compiler.bulk.columns import renamed
from compiler.bulk.writers import cell

_CHUNK = 4096

Table = Any
"""A list of rows, or a table or a batch of Arrow."""


def rows_of(table: Table) -> Iterator[dict[str, Any]]:
    """The rows of a table, one by one, with no zeros after the last decimal that says anything."""
    if isinstance(table, list):
        yield from table
        return
    for start in range(0, table.num_rows, _CHUNK):
        for row in table.slice(start, _CHUNK).to_pylist():
            yield {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    return Decimal(f"{value.normalize():f}") if isinstance(value, Decimal) else value


def columns_of_table(table: Table) -> list[str]:
    """The columns of a table, in order."""
    if isinstance(table, list):
        return list(dict.fromkeys(name for row in table for name in row))
    return list(table.schema.names)


def only(table: Table, columns: Sequence[str]) -> Table:
    """Some of the columns of a table."""
    if isinstance(table, list):
        return [{column: row.get(column) for column in columns} for row in table]
    return table.select(list(columns))


def length(table: Table) -> int:
    """How many rows a table has."""
    return len(table) if isinstance(table, list) else int(table.num_rows)


def beside(rows: Table, fates: Table) -> Table:
    """The records with what became of each, under names of their own where both have a column of a name."""
    own = columns_of_table([row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else rows)
    names = renamed(own, columns_of_table(fates))
    if not isinstance(rows, list) and not isinstance(fates, list):
        import pyarrow as pa

        columns = {name: rows.column(column) for name, column in zip(names, own, strict=True)}
        return pa.table(columns | {column: fates.column(column) for column in fates.schema.names})
    told = dict(zip(own, names, strict=True))
    return [{**_named(row, told), **fate} for row, fate in zip(_any_rows(rows), rows_of(fates), strict=True)]


def _any_rows(rows: Table) -> Iterator[Any]:
    yield from rows if isinstance(rows, list) else rows_of(rows)


def _named(row: Any, names: Mapping[str, str]) -> dict[str, Any]:
    """A record under the names it has in the table; one that could not be read is told as it is."""
    if not isinstance(row, dict):
        return {"feil": row}
    return {names[column]: value for column, value in row.items()}


def write_table(path: Path, suffix: str, table: Table) -> None:
    """One table, in the manner of files whose names end so."""
    if suffix == ".parquet":
        _write_parquet(path, table)
        return
    with path.open("w", encoding="utf-8", newline="") as stream:
        lines = _csv_lines(table) if suffix == ".csv" else _json_lines(table)
        stream.writelines(lines)


def _write_parquet(path: Path, table: Table) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    whole = pa.Table.from_pylist(table) if isinstance(table, list) else table
    whole = pa.Table.from_batches([whole]) if isinstance(whole, pa.RecordBatch) else whole
    parquet.write_table(whole, path, compression="zstd")


def _csv_lines(table: Table) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\n")
    columns = columns_of_table(table)
    writer.writerow(columns)
    for row in rows_of(table):
        writer.writerow([cell(row.get(column), ";") for column in columns])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _json_lines(table: Table) -> Iterator[str]:
    columns: Sequence[str] = columns_of_table(table)
    for row in rows_of(table):
        yield json.dumps({column: _as_json(row.get(column)) for column in columns}, ensure_ascii=False) + "\n"


def _as_json(value: Any) -> Any:
    """A value as JSON has it: exact numbers as the numbers they are."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value if value is None or isinstance(value, bool | int | float | str | list) else cell(value, ";")
