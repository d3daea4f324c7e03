"""The codes that a rulebook mentions: what it does not mention, can make no difference to it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from compiler import model
from compiler.walk import nodes


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes, intervals of them, and beginnings."""

    single: frozenset[str]
    intervals: tuple[tuple[str, str], ...]
    prefixes: tuple[str, ...]

    def __contains__(self, code: str) -> bool:
        return (
            code in self.single
            or any(low <= code and code[: len(high)] <= high for low, high in self.intervals)
            or code.startswith(self.prefixes)
        )


class Mentioned:
    """The codes that a rulebook mentions, and of each field whose code system it has, the codes of that."""

    def __init__(self, rulebook: model.Rulebook, kind: str) -> None:
        found = list(_rulebooks(rulebook))
        self.systems = dict(_systems(rulebook, rulebook.record(kind)))
        self.others = Codes(
            frozenset(code for one in found for code in _single(one)),
            tuple(sorted({pair for one in found for codes in _sets(one) for pair in codes.intervals})),
            tuple(sorted({prefix for one in found for codes in _sets(one) for prefix in codes.prefixes})),
        )

    def __call__(self, field: str, code: str) -> bool:
        """Whether a code of a field is mentioned."""
        return code in self.systems.get(field, self.others)


def _rulebooks(rulebook: model.Rulebook) -> Iterator[model.Rulebook]:
    yield rulebook
    if rulebook.used is not None:
        yield from _rulebooks(rulebook.used)


def _systems(rulebook: model.Rulebook, record: model.Record) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The codes of each field whose code systems the rulebook has."""
    systems = {system.id: system.codes for system in rulebook.code_systems if system.codes}
    for field in record.fields:
        if field.origins and all(origin in systems for origin in field.origins):
            yield field.name, {code: text for origin in field.origins for code, text in systems[origin].items()}


def _single(rulebook: model.Rulebook) -> Iterator[str]:
    """The single codes: in sets and conditions, as keys of tables, and the groups."""
    for node in nodes(_rules(rulebook)):
        if isinstance(node, model.CodeSet):
            yield from node.codes
        elif isinstance(node, model.StringValue):
            yield node.value
    for table in rulebook.tables:
        for row in table.rows:
            yield from row.key.split()
    for system in rulebook.code_systems:
        yield from system.codes
    yield from (group.id.replace(" ", "").upper() for group in rulebook.groups)


def _sets(rulebook: model.Rulebook) -> Iterator[model.CodeSet]:
    """The sets of codes."""
    return (node for node in nodes(_rules(rulebook)) if isinstance(node, model.CodeSet))


def _rules(rulebook: model.Rulebook) -> tuple[model.Node, ...]:
    """Everything that can say something of a code, but for the rows of tables."""
    return (
        *(*rulebook.sets, *rulebook.terms, *rulebook.requirements, *rulebook.exceptions, *rulebook.groups),
        *(*rulebook.groupings, *rulebook.records),
    )


class Strange(NamedTuple):
    """The codes of a field that a rulebook does not mention: those that the other does, and those that none does."""

    field: str
    ended: tuple[str, ...]
    neither: tuple[str, ...]


def strange_codes(seen: Mapping[str, set[str]], mapped: set[str], before: Mentioned, after: Mentioned) -> list[Strange]:
    """The codes in the data that are not mapped and that the one rulebook or both do not mention, field by field."""
    found = []
    for field, codes in sorted(seen.items()):
        left = sorted(code for code in codes - mapped if not after(field, code))
        ended = tuple(code for code in left if before(field, code))
        neither = tuple(code for code in left if not before(field, code))
        if ended or neither:
            found.append(Strange(field, ended, neither))
    return found
