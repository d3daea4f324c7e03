"""Lists that others publish: what all who read them share."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import PurePath
from typing import NamedTuple
from zipfile import BadZipFile

CSV, EXCEL = (".csv", ".txt", ".tsv"), (".xlsx", ".xlsm")
"""How the names of files end."""


class UnreadableList(Exception):
    """The file cannot be used; the text says why."""


class Listing(NamedTuple):
    """The names of the columns of a list, and its rows, each with its number in the file; no row is empty."""

    head: list[str]
    rows: list[tuple[int, list[str]]]


def listing(name: str, data: bytes) -> Listing:
    """A list in CSV or Excel, by the end of the file's name; in Excel it is the first sheet."""
    suffix = PurePath(name).suffix.lower()
    if suffix in EXCEL:
        rows = _first_sheet(name, data)
    elif suffix in CSV:
        rows = csv_rows(name, data)
    else:
        raise UnreadableList(f"«{name}» er verken CSV eller Excel: filnavnet må slutte på .csv eller .xlsx")
    filled = [(number, cells) for number, cells in rows if any(cells)]
    if not filled:
        raise UnreadableList(f"«{name}» er tom")
    (_, head), *rest = filled
    return Listing(head, rest)


@contextmanager
def json_faults(name: str, wanted: str) -> Iterator[None]:
    """Say as `UnreadableList` what is wrong with a JSON file; `wanted` is what it should have been."""
    try:
        yield
    except UnicodeDecodeError:
        raise UnreadableList(f"«{name}» er ikke UTF-8") from None
    except json.JSONDecodeError as fault:
        raise UnreadableList(f"«{name}» er ikke JSON: linje {fault.lineno} kan ikke leses") from None
    except RecursionError:
        raise UnreadableList(f"«{name}» er ikke {wanted}") from None


def width_fault(cells: list[str], head: list[str]) -> str | None:
    """What is wrong with a row of too many or too few cells, which cannot be trusted."""
    return f"raden har {len(cells)} celler, overskriften har {len(head)}" if len(cells) != len(head) else None


def _first_sheet(name: str, data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet of an Excel file, all equally wide, each with its row number."""
    _, found = next(sheets(name, data), ("", iter(())))
    rows = list(enumerate(found, 1))
    width = max((len(cells) for _, cells in rows), default=0)
    yield from ((i, cells + [""] * (width - len(cells))) for i, cells in rows)


def csv_rows(name: str, data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file, each with its line number."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableList(f"«{name}» er ikke UTF-8; lagre filen med den tegnkodingen") from None
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(";\t,", key=first.count))
    try:
        for cells in reader:
            yield reader.line_num, [tidy(cell) for cell in cells]
    except csv.Error:
        raise UnreadableList(f"«{name}», linje {reader.line_num}: dette kan ikke leses som CSV") from None


def sheets(name: str, data: bytes) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """The sheets of an Excel file by name, each with its rows from the top, empty ones too."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError):
        raise UnreadableList(f"«{name}» kan ikke leses som Excel") from None
    for sheet in book.worksheets:
        yield sheet.title, ([_shown(cell) for cell in row] for row in sheet.iter_rows(values_only=True))


def _shown(cell: object) -> str:
    """A cell of Excel as text: a number with all the digits it is shown with."""
    if isinstance(cell, float):
        return f"{Decimal(repr(cell)).normalize():f}"
    return "" if cell is None else tidy(str(cell))


def tidy(text: str) -> str:
    """A cell without odd spaces."""
    return " ".join(text.split())
