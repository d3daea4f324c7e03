"""Who refers to a definition: the rules of the year that name it in a condition, a calculation or a row."""

from collections.abc import Iterator, Mapping

from compiler import model
from compiler.pages.addresses import Key, canonical
from compiler.walk import nodes, references

_SHOWN = ("gruppering", "gruppe", "begrep", "krav", "unntak", "kodesett", "sats", "regeltabell", "samling", "tabell")
"""The types that are told to refer to something, in the order they are told."""


def referrers(rulebook: model.Rulebook) -> Mapping[Key, list[Key]]:
    """For each definition that is referred to, the definitions that do so, each once and by type."""
    known = {canonical((kind, one.id)) for kind, one in rulebook.definitions()}
    tariffs = {id_ for kind, id_ in known if kind == "takst"}
    found: dict[Key, dict[Key, None]] = {}
    for kind, definition in rulebook.definitions():
        by = ("regeltabell", definition.table) if isinstance(definition, model.Rule) else (kind, definition.id)
        if by[0] not in _SHOWN:
            continue
        for key in (*references(definition), *_more(definition, tariffs)):
            if canonical(key) in known and canonical(key) != by:
                found.setdefault(canonical(key), {})[by] = None
    return {key: sorted(by, key=lambda one: _SHOWN.index(one[0])) for key, by in found.items()}


def _more(definition: model.Definition, tariffs: set[str]) -> Iterator[Key]:
    """What the walk does not tell: the term of an exception, and tariffs in sets of codes or alone."""
    if isinstance(definition, model.TermException):
        yield "begrep", definition.target
    if isinstance(definition, model.Row | model.Table) or not tariffs:
        return
    for node in nodes(definition):
        if isinstance(node, model.CodeSet):
            yield from (("takst", code) for code in node.codes if code in tariffs)
        elif isinstance(node, model.StringValue) and node.value in tariffs:
            yield "takst", node.value
