"""What a rule year keeps in a data file beside its code: large tables, and the rows of its rule tables."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from compiler import model

MOST_ROWS_IN_CODE = 200
"""Tables with more rows than this are data; those with fewer stand in the code, where a person reads them."""

_KINDS = {"koder": "koder", "heltall": "tall", "desimaltall": "tall", "ja/nei": "ja/nei"}


def is_data(table: model.Table) -> bool:
    """Whether a table is kept in the data file; sets that are more than single codes cannot be."""
    cells = (cell for row in table.rows for cell in row.values.values() if isinstance(cell, model.CodeSet))
    return len(table.rows) > MOST_ROWS_IN_CODE and all(cell.is_listed for cell in cells)


def data_file(rulebook: model.Rulebook) -> str | None:
    """The data of a rule year as JSON, one row of a table to a line; None where it has none."""
    tables = [table for table in rulebook.tables if is_data(table)]
    if not tables and not rulebook.rules:
        return None
    parts = [f'"tabeller": {{{",".join(map(_table, tables))}\n}}']
    if rulebook.rules:
        parts += _rules(rulebook)
    return "{" + ",\n".join(parts) + "}\n"


def _table(table: model.Table) -> str:
    fields = [field for field in table.fields if field.name not in table.keys]
    kinds = {field.name: _KINDS.get(field.kind, "tekst") for field in fields}
    rows = ",\n".join(
        f"{_json(row.key)}:{_json([_cell(row.values.get(field.name)) for field in fields])}" for row in table.rows
    )
    return f'\n{_json(table.id)}: {{"kolonner": {_json(kinds)}, "rader": {{\n{rows}\n}}}}'


def _cell(value: Any) -> Any:
    match value:
        case model.CodeSet(codes=codes):
            return " ".join(codes)
        case Decimal():
            return f"{value:f}"
        case _:
            return value


def _rules(rulebook: model.Rulebook) -> Iterator[str]:
    """The cells, each once, and the rows with the numbers of theirs."""
    grouping = rulebook.rule_grouping
    columns = [column.name for column in grouping.columns]
    numbers = {(cell.column, cell.text): n for n, cell in enumerate(grouping.cells)}
    files = list(dict.fromkeys(rule.place.path for rule in rulebook.rules))
    file_numbers = {path: n for n, path in enumerate(files)}
    cells = ",\n".join(
        _json([columns.index(cell.column), cell.text, *_required(cell.condition)]) for cell in grouping.cells
    )
    rows = ",\n".join(
        _json(
            [
                rule.id,
                rule.group,
                [rule.results.get(name) for name in grouping.results[1:]],
                [numbers[cell] for cell in rule.cells.items()],
                [file_numbers[rule.place.path], rule.place.line],
            ]
        )
        for rule in rulebook.rules
    )
    yield f'"filer": {_json(files)}'
    yield f'"celler": [\n{cells}\n]'
    yield f'"rader": [\n{rows}\n]'


def _required(condition: model.Expr) -> tuple[list[list[Any]], bool]:
    """What a cell requires of its column's value, part by part, and whether one part is enough."""
    match condition:
        case model.All(parts=parts):
            return [_part(part) for part in parts], False
        case model.Any(parts=parts):
            return [_part(part) for part in parts], True
        case _:
            return [_part(condition)], False


_COMPARISONS = {"==": "er", ">=": "minst", "<=": "høyst", ">": "over", "<": "under"}


def _part(condition: model.Expr) -> list[Any]:
    """One part of a cell: kind, value, upper border, and whether the opposite is required."""
    match condition:
        case model.Not(operand=operand):
            kind, value, to, negated = _part(operand)
            return [kind, value, to, not negated]
        case model.Compare(operator="!=", right=right):
            return ["er", _constant(right), None, True]
        case model.Compare(operator=operator, right=right):
            return [_COMPARISONS[operator], _constant(right), None, False]
        case model.InSet(item=item):
            return ["har", _constant(item), None, False]
        case model.InInterval(low=low, high=high):
            return ["mellom", _constant(low), _constant(high), False]
        case model.Lacks():
            return ["mangler", None, None, False]
        case _:
            raise AssertionError(f"a cell cannot say {condition.kind}")


def _constant(expr: model.Expr) -> Any:
    match expr:
        case model.NumberValue(value=value):
            return {"tall": f"{value:f}"}
        case model.BoolValue(value=value) | model.StringValue(value=value):
            return value
        case _:
            raise AssertionError(f"a cell cannot have {expr.kind}")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
