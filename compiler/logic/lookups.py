"""What tables have for keys that are not known."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from compiler import model
from compiler.logic.domains import Choice, Finite, Looked, Members, One
from compiler.logic.formula import Formula, both, either, negated, number
from compiler.logic.values import CHOICES, Number, Value, behind, flag_of

if TYPE_CHECKING:
    from compiler.logic.encoder import Encoder, Env


class Column:
    """A column of a table: which keys have what."""

    def __init__(self, encoder: "Encoder", table: model.Table, field: model.RecordField) -> None:
        self.field = field
        self.table = table
        self.cells = {row.key: row.values.get(field.name) for row in table.rows}
        self.filled = any(cell is not None for cell in self.cells.values())
        """Some row has something: where none has, it may come."""
        self.unlisted = False
        """Some cell has a set that cannot be listed."""
        self.values: dict[object, object] = {}
        """What each key has, of a column that is no set."""
        self.keys: frozenset[object] = frozenset()
        """The keys that there is a row of."""
        self.have: frozenset[object] = frozenset()
        """The keys that have something in the column."""
        self.by_code: dict[str, frozenset[object]] = {}
        """The keys that have each code, of a column of codes."""
        self.codes: dict[object, frozenset[str]] = {}
        """The codes that each key has."""
        if len(table.keys) == 1:
            self._by_key(encoder)

    def _by_key(self, encoder: "Encoder") -> None:
        typed = {_typed(self.table.field(self.table.key), row): cell for row, cell in self.cells.items()}
        known = {key: cell for key, cell in typed.items() if cell is not None}
        self.keys = frozenset(typed)
        self.have = frozenset(known) if self.field.kind != "koder" or self.field.may_lack else self.keys
        if self.field.kind != "koder":
            self.values = {key: _value(self.field, cell) for key, cell in known.items()}
            return
        by_code: dict[str, set[object]] = {}
        for key, cell in known.items():
            codes = _listed(encoder, cell)
            self.unlisted = self.unlisted or codes is None
            self.codes[key] = codes or frozenset()
            for code in codes or ():
                by_code.setdefault(code, set()).add(key)
        self.by_code = {code: frozenset(keys) for code, keys in by_code.items()}

    def of(self, key: Choice) -> Value | None:
        """What there is of a key that is one of some values."""
        if self.unlisted:
            return None
        have = key.among(self.have)
        if self.field.kind == "koder" and isinstance(key, One):
            own = self.codes.get(key.value, frozenset())
            return Value(Members(own, lambda code: code in own), have, negated(have))
        if self.field.kind == "koder":
            members = Members(frozenset(self.by_code), lambda code: key.among(self.by_code.get(code, frozenset())))
            return Value(members, have, negated(have))
        if isinstance(key, One):
            found = One(self.values[key.value]) if key.value in self.values else Finite({})
            return Value(found, have, key.value not in self.keys if self.field.yearly else negated(have))
        rowless = negated(key.among(self.keys)) if self.field.yearly else negated(have)
        return Value(Looked(key, self.values), have, rowless)


def column(encoder: "Encoder", expr: model.ColumnRef, env: "Env") -> Value:
    """A column of the row that keys name."""
    keys = [encoder.value(key, env) for key in expr.keys]
    there = both(key.there for key in keys)
    empty: Formula = False
    for key in reversed(keys):
        empty = either((key.empty, both((key.there, empty))))
    index = encoder.column(expr.table, expr.column)
    if not index.filled:
        return behind(keys[0], encoder.anything(f"{expr.column}, som ingen rad i tabellen {expr.table} har"))
    if there is False:
        return Value(Members(frozenset(), lambda _: False) if index.field.kind == "koder" else Finite({}), False, empty)
    if len(keys) == 1 and isinstance(keys[0].content, CHOICES):
        found = index.of(keys[0].content)
    else:
        found = _by_rows(encoder, index, keys)
    if found is None:
        return encoder.anything("et oppslag i en tabell")
    return Value(
        found.content,
        both((there, found.there)),
        either((empty, both((there, found.empty)))),
        either(key.unstated for key in keys),
    )


def _by_rows(encoder: "Encoder", index: Column, keys: list[Value]) -> Value | None:
    """Looked up row by row, by several keys or by a number."""
    table, field = index.table, index.field
    rows: list[tuple[Formula, model.Cell | None]] = []
    for row, cell in index.cells.items():
        parts = row.split("|") if len(table.keys) > 1 else [row]
        fits = [_fits(table.field(name), key, part) for name, key, part in zip(table.keys, keys, parts, strict=True)]
        if any(fit is None for fit in fits):
            return None
        rows.append((both(fit for fit in fits if fit is not None), cell))
    rows = [(when, cell) for when, cell in rows if when is not False]
    have = either(when for when, cell in rows if cell is not None)
    if field.kind == "koder":
        return _codes_of_rows(encoder, field, rows)
    by_value: dict[object, list[Formula]] = {}
    for when, cell in rows:
        if cell is not None:
            by_value.setdefault(_value(field, cell), []).append(when)
    rowless = negated(either(when for when, _ in rows))
    cases = {value: either(whens) for value, whens in by_value.items()}
    return Value(Finite(cases), have, rowless if field.yearly else negated(have))


def _codes_of_rows(
    encoder: "Encoder", field: model.RecordField, rows: list[tuple[Formula, model.Cell | None]]
) -> Value | None:
    """A column of codes, looked up row by row."""
    by_code: dict[str, list[Formula]] = {}
    for when, cell in rows:
        codes = frozenset[str]() if cell is None else _listed(encoder, cell)
        if codes is None:
            return None
        for code in codes:
            by_code.setdefault(code, []).append(when)
    have = either(when for when, cell in rows if cell is not None or not field.may_lack)
    return Value(Members(frozenset(by_code), lambda code: either(by_code.get(code, ()))), have, negated(have))


def _fits(field: model.RecordField | None, key: Value, text: str) -> Formula | None:
    """When a key that is there is what a row has; None where that is not reckoned with."""
    value = _typed(field, text)
    if isinstance(key.content, CHOICES):
        return key.content.among((value,))
    flag = flag_of(key.content)
    if flag is not None and isinstance(value, bool):
        return flag if value else negated(flag)
    if isinstance(key.content, Number) and isinstance(value, Decimal):
        return key.content.term == number(value)
    return None


def _typed(field: model.RecordField | None, text: str) -> object:
    """A key of a row as the value that it is."""
    from compiler.logic.encoder import on_line

    match field.kind if field is not None else "kode":
        case "heltall" | "desimaltall":
            return Decimal(text)
        case "dato":
            return on_line(date.fromisoformat(text))
        case "tidspunkt":
            return on_line(datetime.fromisoformat(text))
        case "ja/nei":
            return text == "ja"
        case _:
            return text


def _value(field: model.RecordField, cell: model.Cell) -> object:
    return _typed(field, cell) if isinstance(cell, str) else cell


def _listed(encoder: "Encoder", cell: model.Cell) -> frozenset[str] | None:
    """The codes in a cell; None of those that cannot be listed."""
    return encoder.world.codes.listed(cell) if isinstance(cell, model.CodeSet) else frozenset((str(cell),))


def family(encoder: "Encoder", expr: model.Family) -> Value:
    """The keys of the rows that have a value in a column."""
    rows = encoder.rulebook.table(expr.table).rows
    keys = frozenset(row.key for row in rows if expr.value in _texts(row.values.get(expr.column)))
    return Value(Members(keys, lambda code: code in keys))


def _texts(cell: model.Cell | None) -> Iterator[str]:
    if isinstance(cell, model.CodeSet):
        yield from cell.codes
    elif isinstance(cell, str):
        yield cell
