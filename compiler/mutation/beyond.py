"""Codes that a cell can lose and nothing be noticed: what is held against its column is never one of them."""

from collections.abc import Iterator

from compiler import model
from compiler.mutation.mutants import Mutant
from compiler.walk import nodes


def is_beyond(rulebook: model.Rulebook, changed: model.Rulebook, mutant: Mutant) -> bool:
    """Whether a cell lost codes that its column is only ever asked of fields about, and that no such field can have.

    A field that has its codes from tables has only what is a key of one of them.
    """
    gone = lost(changed, mutant)
    items = _asked_of(rulebook, mutant.type.split(" ", 1)[1], mutant.column or "") if gone else None
    return items is not None and all(_never(rulebook, item, gone) for item in items)


def lost(changed: model.Rulebook, mutant: Mutant) -> frozenset[str]:
    """The single codes that a cell has lost; none where something else is changed."""
    row = mutant.definition
    if mutant.kind != "kode" or mutant.column is None or not isinstance(row, model.Row):
        return frozenset()
    before = row.values[mutant.column]
    after = changed.table(mutant.type.split(" ", 1)[1]).by_key[row.key].values[mutant.column]
    if not isinstance(before, model.CodeSet) or not isinstance(after, model.CodeSet):
        return frozenset()
    same = before.model_copy(update={"codes": after.codes}) == after
    return frozenset(before.codes) - {*after.codes} if same else frozenset()


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


def _never(rulebook: model.Rulebook, item: model.Expr, codes: frozenset[str]) -> bool:
    """Whether a field, of whatever record that has one by the name, gets its codes from tables that lack some codes."""
    if not isinstance(item, model.Get):
        return False
    fields = [field for record in rulebook.records if (field := record.field(item.field)) is not None]
    tables = {table.id: table for table in rulebook.tables}
    return bool(fields) and all(
        field.kind == "kode"
        and field.origins
        and all(origin in tables and codes.isdisjoint(tables[origin].by_key) for origin in field.origins)
        for field in fields
    )
