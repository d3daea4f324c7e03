"""Definition tables as they are published: JSON, alone or in a zip, or Excel with a sheet for each table.

The JSON has a byte-order mark, trailing commas and raw control characters.
"""

import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import zip_longest
from pathlib import PurePath
from typing import Any, NamedTuple
from zipfile import BadZipFile, ZipFile

from compiler.lists import UnreadableList, json_faults, sheets, tidy

_STRING_OR_TRAILING_COMMA = re.compile(r'("(?:[^"\\]++|\\.)*+")|,(?=\s*[}\]])', re.DOTALL)


class Row(NamedTuple):
    """A row as published: its number in the table (in Excel: in the sheet) and its cells by column."""

    number: int
    cells: dict[str, str]


Tables = dict[str, list[Row]]


def read(name: str, data: bytes) -> Tables:
    """The tables of a file by name, told apart by the end of its own; names of tables and columns in small letters."""
    suffix = PurePath(name).suffix.lower()
    if suffix == ".zip":
        return _json(*_zipped(name, data))
    if suffix == ".json":
        return _json(name, data)
    if suffix in (".xlsx", ".xlsm"):
        return _by_name(name, ((title, list(_sheet(title, rows))) for title, rows in sheets(name, data)))
    raise UnreadableList(f"«{name}» kan ikke leses: filnavnet må slutte på .json, .zip eller .xlsx")


def _by_name(name: str, tables: Iterable[tuple[str, list[Row]]]) -> Tables:
    """The tables by name, which each has alone."""
    found: Tables = {}
    for title, rows in tables:
        key = _normal(title)
        if key in found:
            raise UnreadableList(f"tabellen «{key}» står to ganger i «{name}»")
        found[key] = rows
    return found


@cache
def _normal(title: str) -> str:
    """The name of a table or a column, however its spaces and capitals are."""
    return tidy(title).casefold()


# ---- JSON


def _zipped(name: str, data: bytes) -> tuple[str, bytes]:
    """The name and the bytes of the one JSON file in a zip."""
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            inside = [member for member in archive.namelist() if member.lower().endswith(".json")]
            if len(inside) != 1:
                raise UnreadableList(f"«{name}» skal ha én JSON-fil i seg, men har {len(inside)}")
            return inside[0], archive.read(inside[0])
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error):
        raise UnreadableList(f"«{name}» kan ikke pakkes ut") from None


def _json(name: str, data: bytes) -> Tables:
    """The tables of a JSON file; an object is read as its pairs, so that nothing that stands twice is lost."""
    with json_faults(name, "et sett av tabeller"):
        text = _STRING_OR_TRAILING_COMMA.sub(r"\1", data.decode("utf-8-sig"))
        found = json.loads(text, strict=False, object_pairs_hook=tuple, parse_int=str, parse_float=str)
    if not isinstance(found, tuple):
        raise UnreadableList(f"«{name}» er ikke et sett av tabeller")
    return _by_name(name, ((title, list(_json_rows(title, rows))) for title, rows in found))


def _json_rows(table: str, rows: Any) -> Iterator[Row]:
    """The rows of one table."""
    if not isinstance(rows, list):
        raise UnreadableList(f"«{table}» er ikke en liste av rader")
    for number, pairs in enumerate(rows, 1):
        if not isinstance(pairs, tuple):
            raise UnreadableList(f"{table}, rad {number}: dette er ikke en rad med kolonner")
        cells = {_normal(column): _json_cell(table, number, column, value) for column, value in pairs}
        if len(cells) != len(pairs):
            raise UnreadableList(f"{table}, rad {number}: en kolonne står to ganger")
        yield Row(number, cells)


def _json_cell(table: str, number: int, column: str, value: object) -> str:
    match value:
        case str():
            return tidy(value)
        case None:
            return ""
        case _:
            raise UnreadableList(f"{table}, rad {number}: «{_normal(column)}» er verken tekst eller tall")


# ---- Excel


def _sheet(table: str, rows: Iterable[list[str]]) -> Iterator[Row]:
    """The rows of one sheet under the names in its first row; empty rows are passed over."""
    filled = ((number, cells) for number, cells in enumerate(rows, 1) if any(cells))
    _, head = next(filled, (0, []))
    columns = [_normal(cell) for cell in head]
    named = [column for column in columns if column]
    if len(named) != len(set(named)):
        raise UnreadableList(f"en kolonne står to ganger i «{table}»")
    for number, cells in filled:
        found = list(zip_longest(columns, cells, fillvalue=""))
        if any(cell and not column for column, cell in found):
            raise UnreadableList(f"{table}, rad {number}: en celle står i en kolonne uten navn")
        yield Row(number, {column: cell for column, cell in found if column})
