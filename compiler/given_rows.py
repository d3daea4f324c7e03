"""The rows of a table in an example, by the names in its first row."""

from collections.abc import Collection, Iterable

from compiler.state import State
from compiler.table_rows import cells_match
from dsl import tree
from dsl.diagnostics import nearest


def rows_of(state: State, fact: tree.Fact, columns: Collection[str] | None) -> tuple[dict[str, str], ...]:
    """The rows of a table, by the names in its first row."""
    head, *rest = fact.rows
    for name in _unknown(head.cells, columns):
        hint = nearest(name, columns or ()) or f"kolonnene er {', '.join(columns or ())}"
        state.fault("R201", f"ukjent kolonne «{name}» i «{fact.name}»", head.span, hint)
    for row in rest:
        cells_match(state, row, head)
    return tuple(dict(zip(head.cells, row.cells, strict=False)) for row in rest)


def _unknown(names: Iterable[str], columns: Collection[str] | None) -> list[str]:
    return [name for name in names if columns is not None and name not in columns]
