"""Files of records in, files of answers out: CSV and JSONL. One row in is one row out."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from compiler import model
from compiler.names import identifier
from compiler.runtime.svar import Grunn, Svar, Verdi
from dsl.diagnostics import nearest

RESULT = ("status", "gruppe", "gruppe_oppgitt", "grunn", "varsel")
Row = dict[str, Any]


@dataclass
class Table:
    """The rows of a file: their columns in order, how it is written, and its rows one by one."""

    columns: list[str]
    rows: Iterator[Row]
    delimiter: str | None
    """The delimiter of a CSV file; None for JSONL."""


class UnreadableFile(Exception):
    """The file cannot be read; the text says why."""


def read(path: Path, stream: TextIO) -> Table:
    """The rows of a file, by the end of its name."""
    if path.suffix.lower() in (".jsonl", ".ndjson", ".json"):
        return Table([], _json_rows(stream), None)
    if path.suffix.lower() in (".csv", ".txt", ".tsv", ""):
        return _csv(stream)
    raise UnreadableFile(f"«{path.name}» er verken CSV eller JSONL: filnavnet må slutte på .csv eller .jsonl")


def _csv(stream: TextIO) -> Table:
    head = stream.readline()
    delimiter = max(";\t,", key=head.count) if any(c in head for c in ";\t,") else ","
    columns = next(csv.reader([head], delimiter=delimiter), [])
    columns = [column.strip() for column in columns]
    doubled = sorted({column for column in columns if columns.count(column) > 1})
    if doubled:
        raise UnreadableFile(f"kolonnen «{doubled[0]}» står to ganger")
    return Table(columns, _csv_rows(stream, columns, delimiter), delimiter)


def _csv_rows(stream: TextIO, columns: list[str], delimiter: str) -> Iterator[Row]:
    for cells in csv.reader(stream, delimiter=delimiter):
        if not cells:
            continue
        row: Row = dict(zip(columns, cells, strict=False))
        if len(cells) != len(columns):
            row["_feil"] = f"raden har {len(cells)} celler, overskriften har {len(columns)}"
        yield row


def _json_rows(stream: TextIO) -> Iterator[Row]:
    for line in stream:
        if not line.strip():
            continue
        try:
            found = json.loads(line, parse_float=Decimal)
        except ValueError as fault:
            yield {"_feil": f"linjen er ikke JSON: {fault}", "_linje": line.strip()[:200]}
            continue
        yield (
            found
            if isinstance(found, dict)
            else {"_feil": "linjen er ikke et JSON-objekt", "_linje": line.strip()[:200]}
        )


def record_for(rulebook: model.Rulebook, columns: Iterable[str]) -> model.Record:
    """The kind of record that the columns of a file fit best; the first declared where they fit alike."""
    names = {identifier(column) for column in columns}

    def fit(record: model.Record) -> int:
        grouping = rulebook.grouping_of(record.id)
        return len(names & ({f.identifier for f in record.fields} | ({grouping.identifier} if grouping else set())))

    return max(rulebook.top_records(), key=fit)


def field_names(rulebook: model.Rulebook, record: model.Record) -> list[str]:
    """The names that a column of data may have."""
    grouping = rulebook.grouping_of(record.id)
    return [
        *(f.name for f in record.fields),
        *(f.identifier for f in record.fields),
        *([grouping.id] if grouping else []),
    ]


def unknown_columns(rulebook: model.Rulebook, record: model.Record, columns: Iterable[str]) -> str | None:
    """A note on the columns that the rulebook does not have, with the nearest field where one looks misspelt."""
    known = field_names(rulebook, record)
    strange = [column for column in columns if column not in known and not column.startswith("_")]
    if not strange:
        return None
    notes = []
    for column in strange:
        near = nearest(column, known)
        notes.append(f"«{column}» ({near})" if near else f"«{column}»")
    several = "kolonnene" if len(strange) > 1 else "kolonnen"
    return f"{several} {', '.join(notes)} er ikke i regelverket og er tatt med uendret"


@dataclass
class Tally:
    """How many rows got each status."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, status: str) -> None:
        """Count one row."""
        self.counts[status] = self.counts.get(status, 0) + 1

    def text(self) -> str:
        """«3 gruppert, 1 uavklart»."""
        return ", ".join(
            f"{count} {status}" for status, count in sorted(self.counts.items(), key=lambda c: (-c[1], c[0]))
        )


Judge = Callable[[Mapping[str, Any]], Svar]


def answer(row: Row, judge: Judge) -> Svar:
    """The answer for a row as read; a row that could not be read has the status «feil i data»."""
    fault = row.get("_feil")
    return Svar("feil i data", grunner=(Grunn("data", str(fault)),)) if fault else judge(row)


def result_columns(rulebooks: Sequence[model.Rulebook], record: str) -> list[str]:
    """The columns of the answer, over the rule years that a file may need."""
    names: dict[str, None] = dict.fromkeys(RESULT[:3])
    for rulebook in rulebooks:
        grouping = rulebook.grouping_of(record)
        if grouping is None:
            names.pop("gruppe", None)
            names.pop("gruppe_oppgitt", None)
        names |= dict.fromkeys(t.identifier for t in rulebook.terms if t.in_result and t.record == record)
    return [*names, *RESULT[3:], "regelverk"]


def flat(svar: Svar, name: str) -> dict[str, Any]:
    """An answer as columns."""
    cells: dict[str, Any] = {
        "status": svar.status,
        "gruppe": svar.gruppe,
        "gruppe_oppgitt": svar.gruppe_oppgitt if svar.gruppe else None,
        "grunn": "; ".join(dict.fromkeys(grunn.tekst for grunn in svar.grunner)),
        "varsel": "; ".join(dict.fromkeys(varsel.tekst for varsel in svar.varsler)),
        "regelverk": name,
    }
    return cells | {identifier(key): value for key, value in svar.verdier.items()}


class Writer:
    """Writes rows with their answers, in the manner of the file they came from or of the name of the output."""

    def __init__(self, stream: TextIO, columns: list[str], results: list[str], delimiter: str | None) -> None:
        self.stream = stream
        self.columns = columns
        self.results = results
        self.delimiter = delimiter
        self.renamed = {column: f"inn_{column}" for column in columns if column in results}
        if delimiter is not None:
            self.csv = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
            self.csv.writerow([*(self.renamed.get(c, c) for c in columns), *results])

    def write(self, row: Row, svar: Svar, name: str) -> None:
        """One row out."""
        cells = flat(svar, name)
        if self.delimiter is None:
            self.stream.write(json.dumps(self._object(row, svar, cells), ensure_ascii=False) + "\n")
            return
        inn = [_cell(row.get(column), self.delimiter) for column in self.columns]
        self.csv.writerow([*inn, *(_cell(cells.get(column), self.delimiter) for column in self.results)])

    def _object(self, row: Row, svar: Svar, cells: dict[str, Any]) -> dict[str, Any]:
        """A row and its answer as one JSON object; the lines of a list carry their own answers."""
        made = {f"inn_{key}" if key in self.results else key: _plain(value) for key, value in row.items()}
        for name, lines in svar.lister.items():
            key = next((k for k in made if identifier(k) == name), name)
            given = made.get(key)
            for line, judged in zip(given if isinstance(given, list) else [], lines, strict=False):
                if isinstance(line, dict):
                    line |= {
                        "inngår": judged.inngaar,
                        "grunner": [{"id": g.id, "tekst": g.tekst} for g in judged.grunner],
                        **{identifier(k): _plain(v) for k, v in judged.verdier.items()},
                    }
        made |= {column: _plain(cells.get(column)) for column in self.results if column not in ("grunn", "varsel")}
        made["grunner"] = [{"id": g.id, "tekst": g.tekst, "felt": list(g.felt)} for g in svar.grunner]
        made["varsler"] = [{"id": g.id, "tekst": g.tekst} for g in svar.varsler]
        if svar.mulige:
            made["mulige"] = list(svar.mulige)
        return made


def _cell(value: Any, delimiter: str) -> str:
    """A value in a CSV file; a file with semicolons has decimal commas, as spreadsheets in Norwegian do."""
    if isinstance(value, bool):
        return "ja" if value else "nei"
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",") if delimiter == ";" else f"{value:f}"
    return "" if value is None else str(value)


def _plain(value: Verdi | object) -> Any:
    """A value in JSON: a number where it is exact as one, else its digits as text."""
    if isinstance(value, Decimal):
        if value == value.to_integral_value() and abs(value) < 2**53:
            return int(value)
        number = float(value)
        return number if Decimal(repr(number)) == value else f"{value:f}"
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return value if value is None or isinstance(value, str | bool | int) else str(value)
