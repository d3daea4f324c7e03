"""Codes that a cell can lose and nothing be noticed: no field that its column is asked of can have them."""

from collections.abc import Iterator

from compiler import model
from compiler.logic.universe import Universe
from compiler.mutation.mutants import Mutant
from compiler.walk import nodes


def is_beyond(rulebook: model.Rulebook, changed: model.Rulebook, mutant: Mutant) -> bool:
    """Whether a cell lost codes, and its column is only asked whether it has those of fields that cannot have them.

    A field that has its codes from tables has only what is a key of one of them.
    """
    if mutant.kind != "kode" or mutant.column is None:
        return False
    items = _asked_of(rulebook, mutant.type.split(" ", 1)[1], mutant.column)
    keys = [known for item in items or () if (known := _keys(rulebook, item)) is not None]
    if not items or len(keys) < len(items):
        return False
    return not lost(rulebook, changed, mutant, frozenset().union(*keys))


def lost(rulebook: model.Rulebook, changed: model.Rulebook, mutant: Mutant, among: frozenset[str]) -> frozenset[str]:
    """Which of some codes a cell had and has no more; none where it is no set of codes that is changed."""
    row = mutant.definition
    if mutant.kind != "kode" or mutant.column is None or not isinstance(row, model.Row):
        return frozenset()
    before = row.values[mutant.column]
    after = changed.table(mutant.type.split(" ", 1)[1]).by_key[row.key].values[mutant.column]
    assert isinstance(before, model.CodeSet)
    assert isinstance(after, model.CodeSet)
    universe = Universe(rulebook)
    return universe.contained(before, among) ^ universe.contained(after, among)


def keys_of(rulebook: model.Rulebook) -> frozenset[str]:
    """What rows of tables are looked up by."""
    return frozenset(key for table in rulebook.tables for key in table.by_key)


def _asked_of(rulebook: model.Rulebook, table: str, column: str) -> list[model.Expr] | None:
    """All that is asked whether it is in a column, also by a name for it; None where the column is used otherwise."""
    names: set[str] = set()
    while True:
        items: list[model.Expr] = []
        more: set[str] = set()
        for owner, parent, part in _uses(rulebook, table, column, names):
            if isinstance(parent, model.InSet) and part is parent.codes:
                items.append(parent.item)
            elif isinstance(parent, model.ValueLine) and isinstance(owner, model.Term) and not owner.in_result:
                more.add(owner.id)
            else:
                return None
        if more <= names:
            return items
        names |= more


def _uses(
    rulebook: model.Rulebook, table: str, column: str, names: set[str]
) -> Iterator[tuple[model.Definition, model.Node, model.Node]]:
    """Each place where a column, or a name for it, stands: the definition, the node that it is a part of, and it."""
    parts = (rulebook.records, rulebook.terms, rulebook.requirements, rulebook.exceptions, rulebook.groups)
    for owner in (one for part in (*parts, rulebook.groupings) for one in part):
        for parent in nodes(owner):
            for part in _parts(parent):
                of_column = isinstance(part, model.ColumnRef) and (part.table, part.column) == (table, column)
                if of_column or (isinstance(part, model.TermRef) and part.id in names):
                    yield owner, parent, part
                elif isinstance(part, model.Family | model.StepSum) and (part.table, part.column) == (table, column):
                    yield owner, owner, part


def _parts(node: model.Node) -> Iterator[model.Node]:
    """The nodes right under a node."""
    for name in type(node).model_fields:
        value = getattr(node, name)
        yield from (one for one in (value if isinstance(value, tuple) else (value,)) if isinstance(one, model.Node))


def _keys(rulebook: model.Rulebook, item: model.Expr) -> frozenset[str] | None:
    """All that a field can have, in whatever record that has one by the name; None where it is not from tables."""
    if not isinstance(item, model.Get):
        return None
    fields = [field for record in rulebook.records if (field := record.field(item.field)) is not None]
    tables = {table.id: table for table in rulebook.tables}
    bounded = all(field.kind == "kode" and field.origins and tables.keys() >= {*field.origins} for field in fields)
    if not fields or not bounded:
        return None
    return frozenset(key for field in fields for origin in field.origins for key in tables[origin].by_key)
