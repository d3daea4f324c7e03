"""Walking the nodes of a rulebook: every node under one, and every definition that it refers to."""

from collections.abc import Iterator

from compiler import model


def nodes(node: object) -> Iterator[model.Node]:
    """The node and every node under it, in order."""
    if isinstance(node, model.Row):  # There are many, and most have only texts and sets of single codes in them.
        yield node
        for value in node.values.values():
            if isinstance(value, model.CodeSet):
                yield from (value,) if value.is_listed else nodes(value)
    elif isinstance(node, model.Node):
        yield node
        for name in type(node).model_fields:
            yield from nodes(getattr(node, name))
    elif isinstance(node, tuple):
        for part in node:
            if not isinstance(part, str):  # Most parts are codes.
                yield from nodes(part)
    elif isinstance(node, dict):
        for part in node.values():
            yield from nodes(part)


def references(node: object) -> Iterator[tuple[str, str]]:
    """Type and id of each definition that a node refers to; strings are groups and codes alike."""
    for found in nodes(node):
        match found:
            case model.CodeSet(sets=sets):  # First, since there are by far the most of them.
                if sets:
                    yield from (("kodesett", id_) for id_ in sets)
            case model.RateRef(id=id_):
                yield "sats", id_
            case model.TermRef(id=id_) | model.TermElements(id=id_):
                yield "begrep", id_
            case model.SetRef(id=id_):
                yield "kodesett", id_
            case model.GroupRef(grouping=id_) | model.Chosen(grouping=id_):
                yield "gruppering", id_
            case model.ColumnRef(table=id_) | model.Family(table=id_) | model.StepSum(table=id_):
                yield "tabell", id_
            case model.StringValue(value=value):
                yield "gruppe", value
            case model.Rule(group=id_):
                yield "gruppe", id_
            case model.Grouping(otherwise=str(id_)):
                yield "gruppe", id_
            case _:
                pass
