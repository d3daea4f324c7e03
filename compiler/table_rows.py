"""The rows of tables, in the rulebook's text or in a CSV file, and the amendments of them."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from compiler import model
from compiler.names import normal_code
from compiler.runtime.lesing import Felt, les
from compiler.runtime.verdier import Mangler, noekkel
from compiler.state import State
from dsl import tree
from dsl.diagnostics import Span, nearest

_IN, _OUT = "inn", "ut"


@dataclass(frozen=True, slots=True)
class Line:
    """A row as written: its cells by column, where it stands, and how a message names it."""

    cells: dict[str, str]
    span: Span
    place: str


def written_rows(state: State, rows: tuple[tree.Row, ...], columns: list[str]) -> Iterator[Line]:
    """The rows of a table in the text, by the names in the first."""
    if not rows:
        return
    head, *rest = rows
    if not _check_head(state, list(head.cells), columns, head.span):
        return
    for row in rest:
        if len(row.cells) != len(head.cells):
            message = f"raden har {len(row.cells)} celler, overskriften har {len(head.cells)}"
            state.fault("R218", message, row.span, "en tom celle skrives som | |")
            continue
        yield Line(dict(zip(head.cells, row.cells, strict=True)), row.span, f"{row.span.path}:{row.span.line}")


def file_rows(state: State, file: tree.FromFile, columns: list[str]) -> Iterator[Line]:
    """The rows of a CSV file, by the names in its first line."""
    text = state.files.get(file.path)
    if text is None:
        return
    lines = text.splitlines()
    delimiter = max(";,\t", key=lines[0].count) if lines else ";"
    found = csv.reader(lines, delimiter=delimiter)
    head = [cell.strip() for cell in next(found, [])]
    if not _check_head(state, head, columns, file.span):
        return
    for number, cells in enumerate(found, 2):
        if not any(cell.strip() for cell in cells):
            continue
        place = f"{file.path}:{number}"
        if len(cells) != len(head):
            message = f"rad {number} i «{file.path}» har {len(cells)} celler, overskriften har {len(head)}"
            state.fault("R218", message, file.span, "sjekk skilletegnet, og sett «» om tekst med skilletegn i")
            continue
        yield Line({name: cell.strip() for name, cell in zip(head, cells, strict=True)}, file.span, place)


def _check_head(state: State, head: list[str], columns: list[str], span: Span) -> bool:
    """Report columns that the table does not have, or that are missing."""
    before = len(state.faults)
    for name in head:
        if name not in columns:
            hint = nearest(name, columns) or f"kolonnene er {', '.join(columns)}"
            state.fault("R205", f"ukjent kolonne «{name}»", span, hint)
    for name in columns:
        if name not in head:
            state.fault(
                "R205", f"kolonnen «{name}» mangler i overskriften", span, "skriv alle kolonnene, i valgfri orden"
            )
    if len(set(head)) != len(head):
        state.fault("R202", "en kolonne står to ganger i overskriften", span, "ta bort den ene")
    return len(state.faults) == before


def add_rows(state: State, table: model.Table, lines: Iterator[Line], tail: tree.Tail) -> model.Table:
    """The table with more rows."""
    rows = {row.key: row for row in table.rows}
    for line in lines:
        row = _row(state, table, line, tail)
        if row is None:
            continue
        if row.key in rows:
            message = f"raden {row.shown} finnes fra før i «{table.id}»"
            state.fault("R202", message, line.span, f"den andre står i {rows[row.key].place}")
            continue
        rows[row.key] = row
    return table.model_copy(update={"rows": tuple(rows.values())})


def _row(state: State, table: model.Table, line: Line, tail: tree.Tail) -> model.Row | None:
    """One row, with its cells read; None where one cannot be."""
    felter = tuple(_felt(field) for field in table.fields)
    post, faults, _ = les(felter, {name: line.cells.get(name, "") for name in line.cells})
    for fault in faults:
        state.fault("R302", f"{fault.tekst} ({line.place})", line.span)
    if faults:
        return None
    values: dict[str, Any] = {}
    for field in table.fields:
        value = getattr(post, field.identifier)
        if isinstance(value, Mangler):
            if field.name in table.keys:
                state.fault("R214", f"raden mangler nøkkelen «{field.name}» ({line.place})", line.span)
                return None
            if not (field.may_lack or field.yearly or field.kind == "koder"):
                state.fault(
                    "R214", f"raden mangler «{field.name}» ({line.place})", line.span, "skriv «kan mangle» ved kolonnen"
                )
            continue
        values[field.name] = model.CodeSet(codes=value) if field.kind == "koder" else value
    key = noekkel(*(values[name] for name in table.keys))
    common = state.common(key, None, line.span, tail)
    shown = ", ".join(line.cells.get(name, "") for name in table.keys)
    stored = {name: value for name, value in values.items() if not hasattr(value, "isoformat")}
    stored |= {name: value.isoformat() for name, value in values.items() if hasattr(value, "isoformat")}
    return model.Row(**common, key=key, values=stored, shown=shown)


def _felt(field: model.RecordField) -> Felt:
    unit = field.unit or model.Unit(shown="")
    return Felt(
        field.name,
        field.identifier,
        "tekst" if field.kind in ("gruppe", "liste") else field.kind,
        unit.shown,
        unit.numerator,
        unit.denominator,
        valg=field.choices,
        kan_mangle=True,
    )


def amend_table(state: State, block: tree.AmendTableDecl) -> None:
    """Take rows out of an inherited table and put rows into it."""
    table = state.tables.get(block.name)
    if table is None or table.since == state.year:
        year = state.base.year if state.base else "året før"
        message = f"«{block.name}» finnes ikke som tabell i {year} og kan ikke endres"
        state.fault("R206", message, block.span, nearest(block.name, state.tables))
        return
    columns = ["endring", *(field.name for field in table.fields)]
    lines = list(file_rows(state, block.file, columns) if block.file else written_rows(state, block.rows, columns))
    if block.file is not None and block.file.path not in state.files:
        return
    rows = {row.key: row for row in table.rows}
    new: list[Line] = []
    for line in lines:
        verb = line.cells.pop("endring", "").lower()
        if verb == _IN:
            new.append(line)
        elif verb == _OUT:
            _take_out(state, table, rows, line, block.tail)
        else:
            message = f"ukjent endring «{verb}» ({line.place})"
            state.fault("R205", message, line.span, "skriv «inn» eller «ut»")
    if not lines:
        state.fault("R403", "endringen endrer ingenting", block.span, "skriv rader med «inn» eller «ut»")
    change = model.Change(year=state.year, kind="endret", because=block.tail.because)
    left = table.model_copy(update={"rows": tuple(rows.values()), "changes": (*table.changes, change)})
    added = add_rows(state, left, iter(new), block.tail)
    same = [row.key for row in added.rows if (old := table.row(row.key)) is not None and old.values == row.values]
    for row in added.rows:
        if row.key in same and row.since == state.year:
            state.fault("R403", f"raden {row.shown} er den samme ut som inn", block.span, "ta begge radene bort")
    state.tables[table.id] = added


def _take_out(state: State, table: model.Table, rows: dict[str, model.Row], line: Line, tail: tree.Tail) -> None:
    """Take one row out; it must be there just as it is written."""
    row = _row(state, table, line, tail)
    if row is None:
        return
    found = rows.get(row.key)
    if found is None or any(found.values.get(name) != value for name, value in row.values.items()):
        message = f"raden {row.shown} står ikke slik i «{table.id}» ({line.place})"
        hint = "skriv raden nøyaktig som i året før" if found else "raden finnes ikke i året før"
        state.fault("R402", message, line.span, hint)
        return
    del rows[row.key]


def code_system(state: State, block: tree.CodeSystemDecl) -> None:
    """Take in the valid codes of a code system."""
    if not state.declare("kodeverk", block.name, block.span, state.code_systems):
        if block.name not in state.code_systems or state.code_systems[block.name].since == state.year:
            return
    text = state.files.get(block.file.path)
    codes: dict[str, str] = {}
    if text is not None:
        lines = text.splitlines()
        delimiter = max(";,\t", key=lines[0].count) if lines else ";"
        head, *rest = [[cell.strip() for cell in cells] for cells in csv.reader(lines, delimiter=delimiter)] or [[]]
        if "kode" not in head:
            state.fault(
                "R205",
                f"«{block.file.path}» har ingen kolonne «kode»",
                block.file.span,
                "den første linjen er kode;tekst",
            )
            return
        at, text_at = head.index("kode"), head.index("tekst") if "tekst" in head else None
        for cells in rest:
            if len(cells) > at and cells[at]:
                codes[normal_code(cells[at])] = cells[text_at] if text_at is not None and len(cells) > text_at else ""
    common = state.common(block.name, None, block.span, block.tail)
    state.code_systems[block.name] = model.CodeSystem(**common, codes=codes)
