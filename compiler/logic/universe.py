"""The codes that are worth trying: every code that the rules mention, and one on each side of every border."""

import re
from collections.abc import Iterator
from functools import cached_property

from compiler import model
from compiler.walk import nodes

Codes = frozenset[str]
_OTHER = "X"
"""A code that no rule mentions, with what follows it."""
_MORE = ("0", "0Q")
"""What makes a code that lies just after a border."""
_CODE = re.compile(r"\w{1,20}")
_LAST = "z"
"""The last character of codes: a border after it is none."""


def by_length(code: str) -> tuple[int, str]:
    """The shortest code first, so that the smallest is chosen."""
    return len(code), code


class Universe:
    """The codes of a rulebook: no two codes that its rules tell apart are without one here that is like each."""

    def __init__(self, rulebook: model.Rulebook) -> None:
        self.rulebook = rulebook
        self._keys = [frozenset(key for row in table.rows for key in row.key.split("|")) for table in rulebook.tables]
        self._systems = [frozenset(system.codes) for system in rulebook.code_systems]
        self._contained: dict[tuple[int, int], Codes] = {}
        self._kept: list[object] = []

    def of(self, field: model.RecordField) -> Codes:
        """What a field of codes, a choice, a group or a text can be."""
        if field.kind == "valg":
            return frozenset(field.choices)
        if field.kind == "gruppe":
            return frozenset(group.id for group in self.rulebook.groups)
        tables = [table for table in self.rulebook.tables if table.id in field.origins]
        if tables:
            return frozenset(row.key for table in tables for row in table.rows)
        return self.codes if field.kind in ("kode", "koder") else self.mentioned

    @cached_property
    def mentioned(self) -> Codes:
        """Every code and text that is mentioned, and those beside."""
        borders = {*_borders(self.rulebook), _OTHER}
        beside = {f"{code}{more}" for code in borders for more in _MORE}
        return frozenset().union(*self._keys, *self._systems, _written(self.rulebook), borders, beside)

    @cached_property
    def codes(self) -> Codes:
        """Those that can be codes in data."""
        return frozenset(code for code in self.mentioned if _CODE.fullmatch(code))

    def contained(self, codes: model.CodeSet, universe: Codes) -> Codes:
        """The codes of a universe that a set has."""
        if codes.is_listed:
            return universe & frozenset(codes.codes)
        key = (id(codes), id(universe))
        if key not in self._contained:
            self._kept += [codes, universe]  # So that no other gets the same id.
            self._contained[key] = frozenset(code for code in universe if self.contains(codes, code))
        return self._contained[key]

    def contains(self, codes: model.CodeSet, code: str) -> bool:
        """Whether a set has a code."""
        return codes.has(code, self._set)

    def listed(self, codes: model.CodeSet) -> Codes | None:
        """All the codes of a set; None of one with intervals, beginnings or everything."""
        if codes.everything or codes.intervals or codes.prefixes:
            return None
        found = set(codes.codes)
        for id_ in codes.sets:
            inner = self.listed(self._set(id_))
            if inner is None:
                return None
            found |= inner
        return frozenset(code for code in found if codes.without is None or not self.contains(codes.without, code))

    def _set(self, id_: str) -> model.CodeSet:
        return next(found.codes for found in self.rulebook.sets if found.id == id_)


def _sets(rulebook: model.Rulebook) -> Iterator[model.CodeSet]:
    """Every set of codes that rules mention, outside tables."""
    parts = (rulebook.sets, rulebook.terms, rulebook.requirements, rulebook.exceptions, rulebook.groups)
    conditions = (*rulebook.groupings, *(record.gathering for record in rulebook.records if record.gathering))
    for node in (one for part in (*parts, conditions) for one in nodes(part)):
        if isinstance(node, model.CodeSet):
            yield node


def _borders(rulebook: model.Rulebook) -> Iterator[str]:
    """Where intervals and beginnings start, and the first code after each."""
    for codes in _sets(rulebook):
        for low, high in codes.intervals:
            yield from (low, high, *_after(high))
        for prefix in codes.prefixes:
            yield from (prefix, *_after(prefix))


def _after(code: str) -> Iterator[str]:
    """The first code after all that begin with one."""
    if code and code[-1] < _LAST:
        following = next(c for c in map(chr, range(ord(code[-1]) + 1, ord(_LAST) + 1)) if c.isalnum())
        yield code[:-1] + following


def _written(rulebook: model.Rulebook) -> Codes:
    """Single codes, and other texts that values are held against."""
    found = {code for codes in _sets(rulebook) for code in codes.codes}
    parts = (rulebook.terms, rulebook.requirements, rulebook.exceptions, rulebook.groups, rulebook.groupings)
    found |= {node.value for part in parts for node in nodes(part) if isinstance(node, model.StringValue)}
    cells = (value for table in rulebook.tables for row in table.rows for value in row.values.values())
    return frozenset(found).union(*(value.codes if isinstance(value, model.CodeSet) else () for value in cells))
