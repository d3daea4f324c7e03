"""The rows of a file, read as they are asked for."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Protocol, TextIO

Row = dict[str, Any]
LARGE = 20_000_000
"""From so many bytes on, reading takes long enough to be followed."""


class UnreadableFile(Exception):
    """The file cannot be read; the text says why."""


class Source(Protocol):
    """A file of rows."""

    columns: list[str]
    """The columns, in order."""

    @property
    def delimiter(self) -> str | None:
        """What a CSV file with the answers has between its cells; None when they are rather JSONL."""

    def rows(self) -> Iterator[Row]:
        """The rows one by one."""

    def large(self) -> bool:
        """Whether it takes long to read."""

    def progress(self) -> float:
        """How much of the file is read, from 0 to 1."""


class _TextSource:
    """What is common to files of text."""

    def __init__(self, stream: TextIO, size: int) -> None:
        self.stream = stream
        self.size = size
        """How many bytes there are; 0 when nobody knows."""

    def large(self) -> bool:
        return self.size >= LARGE

    def progress(self) -> float:
        return self.stream.buffer.tell() / self.size


class CsvSource(_TextSource):
    """A CSV file; what is between its cells is seen from its heading."""

    delimiter: str

    def __init__(self, stream: TextIO, size: int = 0) -> None:
        super().__init__(stream, size)
        head = stream.readline()
        self.delimiter = max(";\t,", key=head.count) if any(c in head for c in ";\t,") else ","
        self.columns = [column.strip() for column in next(csv.reader([head], delimiter=self.delimiter), [])]
        refuse_doubled(self.columns)
        if head and not self.columns:
            raise UnreadableFile("den første linjen er tom; der skal navnene på kolonnene stå")

    def rows(self) -> Iterator[Row]:
        for cells in self.cells():
            row: Row = dict(zip(self.columns, cells, strict=False))
            if fault := self.fault(cells):
                row["_feil"] = fault
            yield row

    def cells(self) -> Iterator[list[str]]:
        """The cells of each row that has any."""
        reader = csv.reader(self.stream, delimiter=self.delimiter)
        try:
            yield from filter(None, reader)
        except csv.Error as fault:
            raise UnreadableFile(f"linje {reader.line_num + 1} kan ikke leses som CSV: {fault}") from None

    def fault(self, cells: Sequence[str]) -> str | None:
        """What is wrong with a row that has not a cell for each column."""
        if len(cells) == len(self.columns):
            return None
        return f"raden har {len(cells)} celler, overskriften har {len(self.columns)}"


class JsonSource(_TextSource):
    """A file of JSON objects: one to a line, or one alone, or a list of them over many lines.

    Its columns are known when someone has read it all.
    """

    delimiter = None

    def __init__(self, stream: TextIO, size: int = 0) -> None:
        super().__init__(stream, size)
        self.columns: list[str] = []

    def rows(self) -> Iterator[Row]:
        self.stream.seek(0)
        whole = self._whole()
        if whole is not None:
            yield from map(_row_of, whole)
            return
        self.stream.seek(0)
        for line in self.stream:
            if line.strip():
                yield _json_row(line)

    def _whole(self) -> list[Any] | None:
        """The objects of a file whose first line is no object; None of a file of lines, or one that is large."""
        first = next(filter(str.strip, self.stream), "")
        if self.size > LARGE or isinstance(_parsed(first), dict):
            return None
        self.stream.seek(0)
        found = _parsed(self.stream.read())
        return [found] if isinstance(found, dict) else found if isinstance(found, list) else None


def _parsed(text: str) -> Any:
    """What a text is in JSON; None where it is not."""
    try:
        return json.loads(text, parse_float=Decimal)
    except ValueError:
        return None


def _row_of(found: Any) -> Row:
    """An object of a list as a row."""
    if isinstance(found, dict):
        return found
    return {"_feil": "listen skal ha JSON-objekter", "_linje": str(found)[:200]}


def _json_row(line: str) -> Row:
    try:
        found = json.loads(line, parse_float=Decimal)
    except ValueError as fault:
        return {"_feil": f"linjen er ikke JSON: {fault}", "_linje": line.strip()[:200]}
    if isinstance(found, dict):
        return found
    return {"_feil": "linjen er ikke et JSON-objekt", "_linje": line.strip()[:200]}


def columns_of(rows: Iterable[Row]) -> list[str]:
    """The columns of JSON rows, in the order they were first seen."""
    seen: dict[str, None] = {}
    for row in rows:
        seen |= dict.fromkeys(row)
    return [key for key in seen if not key.startswith("_")]


def refuse_doubled(columns: list[str]) -> None:
    """Refuse a file with two columns of the same name."""
    doubled = sorted({column for column in columns if columns.count(column) > 1})
    if doubled:
        raise UnreadableFile(f"kolonnen «{doubled[0]}» står to ganger")


def has_arrow() -> bool:
    """Whether rows can be read and judged in columns."""
    try:
        import numpy  # noqa: F401
        import pyarrow  # noqa: F401
    except ImportError:
        return False
    return True
