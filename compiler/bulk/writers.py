"""Rows written with their answers, as CSV or as JSONL."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import Any, Protocol, TextIO

from compiler.bulk.columns import flat, renamed
from compiler.bulk.sources import Row
from compiler.names import identifier
from compiler.runtime.svar import Linjesvar, Svar, Verdi, linjekolonne

_MOST_TOLD = 20_000
"""So many answers are kept as JSON has them, for the rows that have the same."""


class Writer(Protocol):
    """Writes rows with their answers."""

    def write(self, row: Row, svar: Svar, name: str) -> None:
        """One row out, with the name of the rulebook that answered it."""


class CsvWriter:
    """Writes CSV."""

    def __init__(self, stream: TextIO, columns: Sequence[str], results: Sequence[str], delimiter: str) -> None:
        self.columns = columns
        self.results = results
        self.delimiter = delimiter
        self.csv = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
        self.csv.writerow([*renamed(columns, results), *results])

    def write(self, row: Row, svar: Svar, name: str) -> None:
        inn = [cell(row.get(column), self.delimiter) for column in self.columns]
        self.csv.writerow([*inn, *self.cells(flat(svar, name))])

    def cells(self, answer: Mapping[str, Verdi]) -> list[str]:
        """The cells of an answer."""
        return [cell(answer.get(column), self.delimiter) for column in self.results]


@dataclass(frozen=True, slots=True)
class _Told:
    """An answer as JSON has it: what each line of a list gets, the columns, and the reasons."""

    svar: Svar
    name: str
    lines: dict[str, list[dict[str, Any]]]
    columns: dict[str, Any]
    reasons: dict[str, Any]


class JsonWriter:
    """Writes JSONL."""

    def __init__(self, stream: TextIO, results: Sequence[str]) -> None:
        self.stream = stream
        self.results = results
        self.told: dict[int, _Told] = {}
        """The answers that many rows have, by which they are."""

    def write(self, row: Row, svar: Svar, name: str) -> None:
        self.stream.write(json.dumps(self._object(row, svar, name), ensure_ascii=False) + "\n")

    def _object(self, row: Row, svar: Svar, name: str) -> dict[str, Any]:
        """A row and its answer as one JSON object; the lines of a list carry their own answers."""
        made = {f"inn_{key}" if key in self.results else key: _plain(value) for key, value in row.items()}
        told = self.told.get(id(svar))
        if told is None or told.name != name:
            told = self._of(svar, name)
            if len(self.told) < _MOST_TOLD:
                self.told[id(svar)] = told
        given = {identifier(key): value for key, value in made.items() if isinstance(value, list)}
        for field, lines in told.lines.items():
            for line, judged in zip(given.get(field, ()), lines, strict=False):
                if isinstance(line, dict):
                    line |= judged
        carried = {linjekolonne(field) for field in told.lines if field in given}
        made |= {column: value for column, value in told.columns.items() if column not in carried}
        return made | told.reasons

    def _of(self, svar: Svar, name: str) -> _Told:
        """An answer, in parts."""
        cells = flat(svar, name)
        lines = {field: [_line(line) for line in judged] for field, judged in svar.lister.items()}
        columns = {column: _plain(cells.get(column)) for column in self.results if column not in ("grunn", "varsel")}
        reasons: dict[str, Any] = {
            "grunner": [{"id": g.id, "tekst": g.tekst, "felt": list(g.felt)} for g in svar.grunner],
            "varsler": [{"id": g.id, "tekst": g.tekst} for g in svar.varsler],
        }
        if svar.mulige:
            reasons["mulige"] = list(svar.mulige)
        return _Told(svar, name, lines, columns, reasons)


def _line(judged: Linjesvar) -> dict[str, Any]:
    """What a line gets: whether it counts, why not, and its calculations."""
    notices = [{"id": g.id, "tekst": g.tekst} for g in judged.varsler]
    return {
        "inngår": judged.inngaar,
        "grunner": [{"id": g.id, "tekst": g.tekst} for g in judged.grunner],
        "varsler": notices,
        **{identifier(name): _plain(value) for name, value in judged.verdier.items()},
    }


def cell(value: Any, delimiter: str) -> str:
    """A value in a CSV file; a file with semicolons has decimal commas, as spreadsheets in Norwegian do."""
    if isinstance(value, bool):
        return "ja" if value else "nei"
    if isinstance(value, Decimal | float):
        number = f"{Decimal(str(value)):f}"
        return number.replace(".", ",") if delimiter == ";" else number
    if isinstance(value, list | tuple | dict):
        return _composite_cell(value)
    return "" if value is None else str(value)


def _composite_cell(value: Sequence[Any] | Mapping[str, Any]) -> str:
    """A list in a CSV file, as it is read again: codes with space between them, and lines as JSON."""
    if isinstance(value, Mapping) or any(isinstance(part, dict | list) for part in value):
        return json.dumps(_plain(value), ensure_ascii=False)
    return " ".join(map(str, value))


def _plain(value: Verdi | object) -> Any:
    """A value in JSON: a number where it is exact as one, else its digits as text."""
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    if isinstance(value, Decimal):
        if value == value.to_integral_value() and abs(value) < 2**53:
            return int(value)
        number = float(value)
        return number if Decimal(repr(number)) == value else f"{value:f}"
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return value if value is None or isinstance(value, str | bool | int) else str(value)
