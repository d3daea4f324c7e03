"""The rows of tables, in the rulebook's text or in a CSV file, and the amendments of them."""

import csv
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from posixpath import dirname, join, normpath
from typing import Any

from compiler import model
from compiler.fields import felt
from compiler.names import normal_code
from compiler.runtime.lesing import les
from compiler.runtime.verdier import Mangler, noekkel, tidspunkt_tekst
from compiler.state import State
from compiler.words import number
from dsl import tree
from dsl.diagnostics import Span, nearest

_IN, _OUT = "inn", "ut"
_EMPTY = "en tom celle skrives som | |"
_MOST_KEPT = 64
_KEPT: OrderedDict[tuple[object, ...], tuple[model.Row, ...]] = OrderedDict()
"""The rows of files without faults, by all that decides them: an editor reads the same large tables again and again."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row as written: its cells by column, where it and they stand, and the block or file name it comes from."""

    cells: dict[str, str]
    span: Span
    home: Span
    places: dict[str, Span]

    def at(self, column: str) -> Span:
        """Where a cell stands, or else the row."""
        return self.places.get(column, self.span)


def file_place(file: tree.FromFile) -> str:
    """The path of a CSV file as diagnostics show it: from the folder of the block that reads it."""
    return normpath(join(dirname(file.span.path), file.path))


def written_rows(
    state: State, rows: tuple[tree.Row, ...], columns: list[str], needed: list[str] | None = None
) -> Iterator[Line]:
    """The rows of a table in the text, by the names in the first; `needed` are the columns it must have, else all."""
    if not rows:
        return
    head, *rest = rows
    if not _check_head(state, list(head.cells), columns, head.span, head.places, needed):
        return
    for row in rest:
        if cells_match(state, row, head):
            places = dict(zip(head.cells, row.places, strict=False))
            yield Line(dict(zip(head.cells, row.cells, strict=True)), row.span, row.span, places)


def cells_match(state: State, row: tree.Row, head: tree.Row) -> bool:
    """Whether a row has as many cells as the first; a fault where it has not."""
    if len(row.cells) == len(head.cells):
        return True
    message = f"raden har {_cells(len(row.cells))}, overskriften har {len(head.cells)}"
    state.fault("R218", message, row.span, _EMPTY)
    return False


def file_rows(state: State, file: tree.FromFile, columns: list[str], needed: list[str] | None = None) -> Iterator[Line]:
    """The rows of a CSV file, by the names in its first line; `needed` are the columns it must have, else all."""
    found = list(_csv(state, file))
    if not found:
        return
    (span, head), *rest = found
    if not _check_head(state, head, columns, span, needed=needed):
        return
    for place, cells in rest:
        if len(cells) != len(head):
            message = f"raden har {_cells(len(cells))}, overskriften har {len(head)}"
            hint = 'sjekk skilletegnet, og sett " rundt tekst med skilletegn i'
            state.fault("R218", message, place, hint)
            continue
        yield Line(dict(zip(head, cells, strict=True)), place, file.span, {})


def _csv(state: State, file: tree.FromFile) -> Iterator[tuple[Span, list[str]]]:
    """The rows of a CSV file that are not empty, and where each ends."""
    text = state.files.get(file.path)
    if text is None:
        return
    path = file_place(file)
    lines = text.split("\n")
    delimiter = max(";,\t", key=lines[0].count)
    found = csv.reader(lines, delimiter=delimiter)
    try:
        for cells in found:
            row = lines[found.line_num - 1]
            if any(cell.strip() for cell in cells):
                place = Span(path, found.line_num, 1, found.line_num, max(len(row), 1) + 1)
                yield place, [cell.strip() for cell in cells]
    except csv.Error:
        place = Span(path, max(found.line_num, 1), 1, max(found.line_num, 1), 2)
        state.fault("R115", "raden kan ikke leses som CSV", place, "sjekk anførselstegnene på raden")


def _cells(count: int) -> str:
    return f"{count} {'celle' if count == 1 else 'celler'}"


def _check_head(
    state: State,
    head: list[str],
    columns: list[str],
    span: Span,
    places: tuple[Span, ...] = (),
    needed: list[str] | None = None,
) -> bool:
    """Report columns that the table does not have, that stand twice, or else that are missing."""
    before = len(state.faults)
    for at, name in enumerate(head):
        place = places[at] if places else span
        if name not in columns:
            hint = nearest(name, columns) or f"kolonnene er {', '.join(columns)}"
            state.fault("R205", f"ukjent kolonne «{name}»", place, hint)
        elif name in head[:at]:
            state.fault("R202", f"kolonnen «{name}» står to ganger", place, "ta bort den ene")
    missing = [name for name in (columns if needed is None else needed) if name not in head]
    if missing and len(state.faults) == before:
        listed = ", ".join(f"«{name}»" for name in missing)
        hint = "skriv alle kolonnene, i valgfri rekkefølge; en celle kan være tom"
        hint = hint if needed is None else f"hver rad trenger {listed}"
        state.fault("R205", f"overskriften mangler {listed}", span, hint)
    return len(state.faults) == before


def table_of_file(state: State, table: model.Table, file: tree.FromFile, tail: tree.Tail) -> model.Table:
    """The table with the rows of a file; they are read once for as long as nothing that decides them is another."""
    text = state.files.get(file.path)
    key = (table.fields, table.keys, file, tail, state.year, text)
    if key in _KEPT:
        _KEPT.move_to_end(key)
        return table.model_copy(update={"rows": _KEPT[key]})
    before = len(state.faults)
    made = add_rows(state, table, file_rows(state, file, [field.name for field in table.fields]), tail)
    if len(state.faults) == before:
        _KEPT[key] = made.rows
        if len(_KEPT) > _MOST_KEPT:
            _KEPT.popitem(last=False)
    return made


def add_rows(state: State, table: model.Table, lines: Iterator[Line], tail: tree.Tail) -> model.Table:
    """The table with more rows."""
    rows = {row.key: row for row in table.rows}
    places: dict[str, Span] = {}
    read = _Reader(state, table, tail)
    for line in lines:
        row = read.row(line)
        if row is None:
            continue
        if row.key in rows:
            inherited = rows[row.key].place
            other = places.get(row.key) or Span(inherited.path, inherited.line, 1, inherited.line, 2)
            hint = "hver rad skal ha sin egen nøkkel: ta bort den ene"
            if row.key not in places:
                hint = "skriv også raden slik den var, med «ut»"
            state.fault("R202", f"raden {row.shown} finnes fra før i «{table.id}»", line.span, hint, other)
            continue
        rows[row.key] = row
        places[row.key] = line.span
    return table.model_copy(update={"rows": tuple(rows.values())})


class _Reader:
    """Reads the rows of a table: what they have in common is found once."""

    def __init__(self, state: State, table: model.Table, tail: tree.Tail) -> None:
        self.state = state
        self.table = table
        self.tail = tail
        self.felter = tuple(felt(field) for field in table.fields)
        self.needed = {f.name for f in table.fields if not (f.may_lack or f.yearly or f.kind == "koder")}
        self.common: dict[Span, dict[str, Any]] = {}
        self.sets: dict[tuple[str, ...], model.CodeSet] = {}

    def row(self, line: Line) -> model.Row | None:
        """One row, with its cells read; None where one cannot be."""
        post, faults, _ = les(self.felter, line.cells)
        for fault in faults:
            self.state.fault("R302", fault.tekst, line.at(fault.id))
        if faults:
            return None
        found: dict[str, Any] = {}
        for field in self.table.fields:
            value = getattr(post, field.identifier)
            if not isinstance(value, Mangler):
                found[field.name] = value
            elif field.name in self.table.keys:
                hint = "alle rader trenger nøkkelen de slås opp med"
                self.state.fault("R214", f"raden mangler nøkkelen «{field.name}»", line.at(field.name), hint)
                return None
            elif field.name in self.needed:
                hint = "skriv verdien, eller «kan mangle» ved kolonnen"
                self.state.fault("R214", f"raden mangler «{field.name}»", line.at(field.name), hint)
        key = noekkel(*(found[name] for name in self.table.keys))
        shown = ", ".join(line.cells.get(name, "") for name in self.table.keys)
        values = {name: self._stored(value) for name, value in found.items()}
        return model.Row.model_construct(**self._common(line.home), id=key, key=key, values=values, shown=shown)

    def _common(self, home: Span) -> dict[str, Any]:
        """What all rows from one block or file have."""
        if home not in self.common:
            self.common[home] = self.state.common("", None, home, self.tail)
            del self.common[home]["id"]
        return self.common[home]

    def _stored(self, value: Any) -> Any:
        """A value as a row keeps it; equal sets are one."""
        if isinstance(value, tuple):
            return self.sets.setdefault(value, model.CodeSet(codes=value))
        if isinstance(value, datetime):
            return tidspunkt_tekst(value)
        return value.isoformat() if isinstance(value, date) else value


def amend_table(state: State, block: tree.AmendTableDecl) -> None:
    """Take rows out of an inherited table and put rows into it."""
    table = state.tables.get(block.name)
    if table is None or table.since == state.year:
        _not_inherited(state, block, table)
        return
    columns = ["endring", *(field.name for field in table.fields)]
    before = len(state.faults)
    lines = list(file_rows(state, block.file, columns) if block.file else written_rows(state, block.rows, columns))
    if block.file is not None and block.file.path not in state.files:
        return
    rows = {row.key: row for row in table.rows}
    read = _Reader(state, table, block.tail)
    new: list[Line] = []
    for line in lines:
        verb = line.cells.pop("endring", "").lower()
        if verb == _IN:
            new.append(line)
        elif verb == _OUT:
            _take_out(read, rows, line)
        else:
            message = f"ukjent endring «{verb}»" if verb else "raden sier ikke om den går inn eller ut"
            state.fault("R205", message, line.at("endring"), "skriv «inn» eller «ut»")
    if not lines and len(state.faults) == before:
        state.fault("R403", "endringen endrer ingenting", block.span, "skriv rader med «inn» eller «ut»")
    change = model.Change(year=state.year, kind="endret", because=block.tail.because)
    left = table.model_copy(update={"rows": tuple(rows.values()), "changes": (*table.changes, change)})
    state.tables[table.id] = add_rows(state, left, _changing(read, rows, new), block.tail)


def _not_inherited(state: State, block: tree.AmendTableDecl, table: model.Table | None) -> None:
    """R206: the table that is amended was not there the year before."""
    hint = nearest(block.name, state.tables)
    if state.base is None:
        hint = f"skriv «bygger på {state.header.scheme} …» i «regelverk»"
    elif table is not None:
        hint = "den er ny i år: rett den der den står"
    year = state.base.year if state.base else "året før"
    state.fault("R206", f"«{block.name}» finnes ikke som tabell i {year} og kan ikke endres", block.span, hint)


def _changing(read: _Reader, left: dict[str, model.Row], new: list[Line]) -> Iterator[Line]:
    """The new rows, less those that are the same as a row that was taken out."""
    state, table = read.state, read.table
    for line in new:
        before = len(state.faults)
        row = read.row(line)
        old = table.row(row.key) if row is not None else None
        if row is not None and old is not None and row.key not in left and old.values == row.values:
            state.fault("R403", f"raden {row.shown} er den samme ut som inn", line.span, "ta begge radene bort")
        elif len(state.faults) == before:
            yield line


def _take_out(read: _Reader, rows: dict[str, model.Row], line: Line) -> None:
    """Take one row out; it must be there just as it is written."""
    state, table = read.state, read.table
    row = read.row(line)
    if row is None:
        return
    found = rows.get(row.key)
    if found is None:
        again = table.row(row.key) is not None
        message = f"raden {row.shown} er alt tatt ut" if again else f"raden {row.shown} finnes ikke i «{table.id}»"
        state.fault("R402", message, line.span, "ta bort raden, eller rett nøkkelen")
        return
    for field in table.fields:
        was, said = found.values.get(field.name), row.values.get(field.name)
        if was != said:
            message = f"«{field.name}» er {_shown(was, field)} i raden {row.shown} i året før"
            state.fault("R402", message, line.at(field.name), "skriv raden slik den var")
            return
    del rows[row.key]


def _shown(value: object, field: model.RecordField) -> str:
    """A value of a row as its author writes it."""
    match value:
        case None:
            return "tom"
        case bool():
            return "ja" if value else "nei"
        case Decimal():
            return number(value, field.unit)
        case model.CodeSet(codes=codes):
            return " ".join(codes) or "tom"
        case _:
            return str(value)


def code_system(state: State, block: tree.CodeSystemDecl) -> None:
    """Take in the valid codes of a code system."""
    inherited = state.code_systems.pop(block.name, None)
    if not state.declare("kodeverk", block.name, block.span, {}):
        if inherited is not None:
            state.code_systems[block.name] = inherited
        return
    (span, head), *rest = list(_csv(state, block.file)) or [(block.file.span, ["kode"])]
    codes: dict[str, str] = {}
    if "kode" not in head:
        hint = "den første linjen er kode;tekst"
        state.fault("R205", "kodeverket har ingen kolonne «kode»", span, hint)
    else:
        at, text_at = head.index("kode"), head.index("tekst") if "tekst" in head else None
        for _, cells in rest:
            if len(cells) > at and cells[at]:
                codes[normal_code(cells[at])] = cells[text_at] if text_at is not None and len(cells) > text_at else ""
    common = state.common(block.name, None, block.span, block.tail)
    if inherited is not None:
        change = model.Change(year=state.year, kind="endret", because=block.tail.because)
        common |= {"since": inherited.since, "changes": (*inherited.changes, change)}
    state.code_systems[block.name] = model.CodeSystem(**common, codes=codes)
