"""Lists of tariffs as they are published: Helfo's open data as JSON, or the same fields in CSV or Excel.

What types the JSON has is not documented, so numbers may be text, codes may be a list or one text, and yes or no may be
true or false. Here all cells become text, or several texts where the JSON has a list.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, NamedTuple

from compiler.imported import quotable
from compiler.lists import CSV, EXCEL, UnreadableList, json_faults, listing, tidy, width_fault
from compiler.names import identifier

_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Nested:
    """A cell that is neither a value nor a list of values."""

    shown: str


Cell = str | tuple[str, ...] | Nested
"""A cell as published; empty where nothing is said. A yes or no of JSON is «ja» or «nei»."""


class Row(NamedTuple):
    """A row: its number (in CSV the line, in Excel the row, in JSON which one it is), and its cells by key."""

    number: int
    cells: dict[str, Cell]

    def text(self, key: str) -> str:
        """A cell as text, also where it should have been but is not; empty where nothing is said."""
        return shown(self.cells.get(key, ""))


@dataclass(frozen=True, slots=True)
class TariffList:
    """The rows of a file, and what each key is called there."""

    file: str
    names: dict[str, str]
    rows: list[Row]
    faults: list[str] = field(default_factory=list)
    """Rows that cannot be read at all."""
    notes: list[str] = field(default_factory=list)


def key_of(name: str) -> str:
    """The key of a field or column: «Maks antall per år» is `maks_antall_per_aar`; one without a name has none."""
    return identifier(tidy(name)).lower() if tidy(name) else ""


def shown(cell: Cell) -> str:
    """A cell as messages show it."""
    match cell:
        case str():
            return cell
        case Nested(text):
            return text
        case tuple():
            return ", ".join(cell)


def read(file: str, data: bytes) -> TariffList:
    """The list in a file, told apart by the end of its name."""
    suffix = PurePath(file).suffix.lower()
    if suffix == ".json":
        return _json(file, data)
    if suffix not in CSV + EXCEL:
        ends = ".json, .csv eller .xlsx"
        raise UnreadableList(f"«{file}» er verken JSON, CSV eller Excel: filnavnet må slutte på {ends}")
    readable, notes = _utf8(file, data) if suffix in CSV else (data, [])
    head, rows = listing(file, readable)
    names = _names(file, head)
    keys = [key_of(cell) for cell in head]
    faults = [f"rad {number}: {fault}" for number, cells in rows if (fault := width_fault(cells, head))]
    found = [Row(number, dict(zip(keys, cells, strict=True))) for number, cells in rows if len(cells) == len(head)]
    return TariffList(file, names, found, faults, notes)


def _names(file: str, written: list[str]) -> dict[str, str]:
    """The names of columns by key."""
    found: dict[str, str] = {}
    for name in filter(None, written):
        if key_of(name) in found:
            raise UnreadableList(f"kolonnen «{quotable(name)[:_LONGEST_NAME]}» står to ganger i «{file}»")
        found[key_of(name)] = quotable(name)[:_LONGEST_NAME]
    return found


def _utf8(file: str, data: bytes) -> tuple[bytes, list[str]]:
    """CSV in UTF-8, also where it is in Windows-1252, as Excel saves it; and a note where it is."""
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    else:
        return data, []
    try:
        return data.decode("cp1252").encode(), [f"«{file}» er lest som Windows-1252"]
    except UnicodeDecodeError:
        raise UnreadableList(f"«{file}» er verken UTF-8 eller Windows-1252") from None


# ---- JSON


def _json(file: str, data: bytes) -> TariffList:
    """The list in a JSON file; numbers keep the digits they have, and an object is read as its pairs."""
    with json_faults(file, "en liste av takster"):
        text = data.decode("utf-8-sig")
        found = json.loads(text, object_pairs_hook=tuple, parse_int=str, parse_float=str, parse_constant=str)
        lists = list(_lists(found))
    lists = [rows for rows in lists if any(isinstance(row, tuple) for row in rows)] or lists
    if len(lists) != 1:
        what = f"har {len(lists)} lister" if lists else "har ingen liste av takster"
        raise UnreadableList(f"«{file}» {what}: filen skal være én liste av objekter, eller et objekt med én i seg")
    rows: list[Row] = []
    names: dict[str, str] = {}
    for number, pairs in enumerate(lists[0], 1):
        if not isinstance(pairs, tuple):
            raise UnreadableList(f"«{file}», rad {number}: dette er ikke et objekt med felt")
        names |= _names(file, [name for name, _ in pairs])
        rows.append(Row(number, {key_of(name): _cell(value) for name, value in pairs}))
    if not rows:
        raise UnreadableList(f"«{file}» er tom")
    return TariffList(file, names, rows)


def _lists(value: Any) -> Iterator[list[Any]]:
    """A list, or those that an object has in it."""
    if isinstance(value, list):
        yield value
    elif isinstance(value, tuple):
        for _, part in value:
            yield from _lists(part)


def _cell(value: Any) -> Cell:
    """A value of JSON as a cell."""
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nei"
        case str():
            return tidy(value)
        case list() if all(isinstance(part, str) for part in value):
            return tuple(filter(None, map(tidy, value)))
        case list():
            return Nested("en liste av objekter")
        case _:
            return Nested("et objekt")
