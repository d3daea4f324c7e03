"""Examples of many records gathered: what each collection is expected to be, and where each record went."""

from collections.abc import Mapping

from compiler import model
from compiler.given_rows import rows_of
from compiler.state import State
from dsl import tree
from dsl.diagnostics import nearest

_OF_A_COLLECTION = ("gruppe", "grupper", "antall", "status", "grunn")
"""Columns of an expected collection, beside its keys and calculations."""


def gathers(state: State, block: tree.ExampleDecl) -> bool:
    """Whether what an example expects is of collections, by name: as a table, or as a column of where each went."""
    collections = {record.id for record in state.records.values() if record.gathering is not None}
    tables = [line for line in block.expected if isinstance(line, tree.Fact)]
    columns = {cell for line in tables if line.rows for cell in line.rows[0].cells}
    return not collections.isdisjoint({*(line.name for line in tables), *columns})


def gathered_example(state: State, block: tree.ExampleDecl, id_: str) -> None:
    """Take in an example of many records gathered."""
    collections = [record for record in state.records.values() if record.gathering is not None]
    fact = block.given[0]
    named = [r for r in collections if r.gathering is not None and r.gathering.elements == fact.name]
    if len(block.given) > 1 or not fact.rows or not named:
        lists = dict.fromkeys(r.gathering.elements for r in collections if r.gathering is not None)
        hint = f"skriv «{' eller «'.join(f'{name}»' for name in lists)} alene, og en tabell med | under"
        state.fault("R305", "eksempelet skal gi én liste av det som samles", fact.span, hint)
        return
    assert named[0].gathering is not None
    record = state.records[named[0].gathering.of]
    groupings = [g.id for g in state.groupings.values() if g.record == record.id]
    given = rows_of(state, fact, [*(field.name for field in record.fields), *groupings])
    expected = [e for line in block.expected if (e := _expected(state, record, fact.name, line)) is not None]
    state.examples[id_] = model.Example(
        **state.common(id_, block.title, block.span),
        record=record.id,
        gathers=True,
        given={fact.name: given},
        expected=tuple(expected),
    )


def _expected(state: State, record: model.Record, listed: str, line: tree.Expectation) -> model.Expected | None:
    """What one line expects: the rows of a collection, or where each record went."""
    made = {r.id: r for r in state.records.values() if r.gathering is not None and r.gathering.of == record.id}
    if not isinstance(line, tree.Fact) or not line.rows:
        hint = f"skriv {' eller '.join(f'«{name}»' for name in [*made, listed])} alene, og en tabell under"
        state.fault("R305", "eksempelet skal vente samlinger", line.span, hint)
        return None
    if line.name not in (*made, listed):
        hint = nearest(line.name, [*made, listed]) or f"svaret har {', '.join([*made, listed])}"
        state.fault("R201", f"ukjent navn «{line.name}» i svaret", line.span, hint)
        return None
    columns = _columns(state, made[line.name]) if line.name in made else _fate_columns(state, record, made)
    return model.Expected(name=line.name, line=line.span.line, rows=rows_of(state, line, columns))


def _columns(state: State, collection: model.Record) -> list[str]:
    """The columns that an expected collection may have."""
    assert collection.gathering is not None
    terms = [t.id for t in state.terms.values() if t.in_result and t.record == collection.id]
    groupings = [g.id for g in state.groupings.values() if g.record == collection.id]
    return [*(key.name for key in collection.gathering.keys), *groupings, *terms, *_OF_A_COLLECTION]


def _fate_columns(state: State, record: model.Record, made: Mapping[str, model.Record]) -> list[str]:
    """The columns that say where a record went: its own fields, and for each collection the number and the groups."""
    groupings = [g.id for g in state.groupings.values() if g.record in made]
    return [*(field.name for field in record.fields), *made, *groupings, "grunn"]
