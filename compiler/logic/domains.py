"""Codes that are free to be any: only the sets that the rules ask about tell them apart.

A code, or a bag of codes, is asked whether it is in some sets. When all has been asked, the codes are shared into
classes that every set has all or nothing of, and the solver chooses between those.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from math import isqrt
from typing import NamedTuple

import z3

from compiler.logic.formula import Formula, alike, both, either, total, variable, whole_number
from compiler.logic.universe import Codes, by_length

_FEW = 2
"""How many classes of each set are kept where some are enough."""


class Class(NamedTuple):
    """Codes that no set tells apart: the smallest of them, and the numbers of the sets that have them."""

    first: str
    sets: list[int]
    codes: Callable[[], Codes]


@lru_cache(maxsize=64)
def in_order(universe: Codes) -> tuple[str, ...]:
    """The codes, the smallest first."""
    return tuple(sorted(universe, key=by_length))


def shared_out(universe: Codes, sets: Sequence[Codes]) -> list[Class]:
    """The codes in classes; those that no set has are one class, the last."""
    found: dict[str, list[int]] = {}
    for number, codes in enumerate(sets):
        for code in codes:
            found.setdefault(code, []).append(number)
    classes: dict[tuple[int, ...], list[str]] = {}
    for code in sorted(found, key=by_length):
        classes.setdefault(tuple(found[code]), []).append(code)
    made = [
        Class(codes[0], list(numbers), lambda codes=codes: frozenset(codes))  # type: ignore[misc]
        for numbers, codes in classes.items()
    ]
    other = next((code for code in in_order(universe) if code not in found), None)
    return made if other is None else [*made, Class(other, [], lambda: universe - found.keys())]


def few(classes: Sequence[Class]) -> list[Class]:
    """Some of the classes: of each set those that the fewest other sets have, and one that no set has."""
    members: dict[int, list[Class]] = {}
    for one in sorted(classes, key=lambda one: (len(one.sets), by_length(one.first))):
        for number in one.sets:
            members.setdefault(number, []).append(one)
    kept = {one.first for found in members.values() for one in found[:_FEW]}
    return [one for one in classes if one.first in kept or not one.sets]


class Probe:
    """Stands for any code while it is found out which sets a condition asks about: only what is asked matters."""

    def __init__(self, name: str, universe: Codes) -> None:
        self.name = name
        self.universe = universe
        self.asked: dict[Codes, z3.BoolRef] = {}

    def possible(self) -> Codes:
        """What it can be."""
        return self.universe

    def among(self, values: Collection[object]) -> Formula:
        """It is one of some codes."""
        codes = self.universe & frozenset(values)
        if not codes or len(codes) == len(self.universe):
            return bool(codes)
        if codes not in self.asked:
            self.asked[codes] = variable(self.name)
        return self.asked[codes]


class CodeVariable(Probe):
    """One code that the solver chooses."""

    def __init__(self, name: str, universe: Codes) -> None:
        super().__init__(name, universe)
        self.blocks: list[Block] = []

    def definitions(self, some: bool = False) -> Iterator[Formula]:
        """What the answers mean, now that all has been asked: it is of exactly one class; perhaps only of some."""
        classes = shared_out(self.universe, list(self.asked))
        found = [(one.first, one.sets, variable(self.name)) for one in (few(classes) if some else classes)]
        self.blocks = _blocks([(code, chosen) for code, _, chosen in found])
        yield from _meant(self.blocks)
        if found:
            yield z3.PbEq([(chosen, 1) for _, _, chosen in found], 1)
        yield from _meanings(list(self.asked.values()), [(numbers, chosen) for _, numbers, chosen in found])

    def chosen(self, holds: Callable[[z3.BoolRef], bool]) -> str | None:
        """The code that the solver chose."""
        return next(
            (code for block in self.blocks if holds(block.some) for code, one in block.classes if holds(one)), None
        )


class Bag:
    """A list of codes where order is nothing: the solver chooses which, and how many of each."""

    def __init__(self, name: str, universe: Codes) -> None:
        self.name = name
        self.universe = universe
        self.asked: dict[Codes, z3.BoolRef] = {}
        self.counted: dict[Codes, z3.ArithRef] = {}
        self.blocks: list[Block] = []
        self.numbers: list[tuple[str, z3.ArithRef]] = []

    def candidates(self) -> Codes:
        """What it can have."""
        return self.universe

    def has(self, code: str) -> Formula:
        """It has a code."""
        return self.meets(frozenset((code,)))

    def meets(self, codes: Codes) -> Formula:
        """It has at least one of some codes."""
        known = self.universe & codes
        if not known:
            return False
        if known not in self.asked:
            self.asked[known] = variable(self.name)
        return self.asked[known]

    def count(self, codes: Codes) -> z3.ArithRef:
        """How many it has of some codes, each as often as it stands there."""
        known = self.universe & codes
        if known not in self.counted:
            self.counted[known] = whole_number(self.name)
        return self.counted[known]

    def definitions(self, some: bool = False) -> Iterator[Formula]:
        """What the answers mean, now that all has been asked; perhaps with only some of the classes."""
        classes = shared_out(self.universe, [*self.asked, *self.counted])
        found = [(one.first, one.sets, variable(self.name)) for one in (few(classes) if some else classes)]
        self.blocks = _blocks([(code, chosen) for code, _, chosen in found])
        yield from _meant(self.blocks)
        yield from _meanings(list(self.asked.values()), [(numbers, chosen) for _, numbers, chosen in found])
        if not self.counted:
            return
        each = [(numbers, chosen, whole_number(self.name)) for _, numbers, chosen in found]
        self.numbers = [(code, number) for (code, _, _), (_, _, number) in zip(found, each, strict=True)]
        for _, chosen, number in each:
            yield number >= 0
            yield alike(chosen, number >= 1)
        for at, many in enumerate(self.counted.values(), len(self.asked)):
            yield many == total(number for numbers, _, number in each if at in numbers)

    def chosen(self, holds: Callable[[z3.BoolRef], bool], number: Callable[[z3.ArithRef], int]) -> list[str]:
        """The codes that the solver chose."""
        if self.numbers:
            return [code for code, many in self.numbers for _ in range(number(many))]
        return [code for block in self.blocks if holds(block.some) for code, one in block.classes if holds(one)]


class Block(NamedTuple):
    """Some classes, and whether one of them is chosen: so that few have to be asked about."""

    some: z3.BoolRef
    classes: list[tuple[str, z3.BoolRef]]


def _blocks(classes: list[tuple[str, z3.BoolRef]]) -> list[Block]:
    """The classes in blocks, as many as there are classes in each."""
    size = max(1, isqrt(len(classes)))
    return [Block(variable("noen"), classes[at : at + size]) for at in range(0, len(classes), size)]


def _meant(blocks: Sequence[Block]) -> Iterator[Formula]:
    """What it means that one of a block is chosen."""
    for block in blocks:
        yield alike(block.some, either(one for _, one in block.classes))


def _meanings(answers: Sequence[z3.BoolRef], classes: Sequence[tuple[Sequence[int], z3.BoolRef]]) -> Iterator[Formula]:
    """Each answer holds when one of the classes in its set is chosen."""
    members: dict[int, list[z3.BoolRef]] = {}
    for numbers, chosen in classes:
        for number in numbers:
            members.setdefault(number, []).append(chosen)
    for number, answer in enumerate(answers):
        yield alike(answer, either(members.get(number, ())))


# ---- values that follow from a code


class One:
    """A value that is known."""

    def __init__(self, value: object) -> None:
        self.value = value

    def possible(self) -> frozenset[object]:
        """What it can be."""
        return frozenset((self.value,))

    def among(self, values: Collection[object]) -> Formula:
        """It is one of some values."""
        return self.value in values


class Finite:
    """One of some values, each when its formula holds; one of them does, wherever the value is there."""

    def __init__(self, cases: Mapping[object, Formula]) -> None:
        self.cases = {value: when for value, when in cases.items() if when is not False}

    def possible(self) -> frozenset[object]:
        """What it can be."""
        return frozenset(self.cases)

    def among(self, values: Collection[object]) -> Formula:
        """It is one of some values."""
        return either(when for value, when in self.cases.items() if value in values)


class Looked:
    """What a table has for a code that is not known."""

    def __init__(self, key: "Choice", cells: Mapping[object, object]) -> None:
        self.key = key
        self.cells = cells
        self.kept: dict[frozenset[object], Formula] = {}

    @cached_property
    def keys(self) -> dict[object, frozenset[object]]:
        """The keys that have each value."""
        found: dict[object, set[object]] = {}
        for code, value in self.cells.items():
            found.setdefault(value, set()).add(code)
        return {value: frozenset(codes) for value, codes in found.items()}

    def possible(self) -> frozenset[object]:
        """What it can be."""
        return frozenset(self.keys)

    def among(self, values: Collection[object]) -> Formula:
        """It is one of some values."""
        wanted = frozenset(values).intersection(self.keys)
        if wanted not in self.kept:
            self.kept[wanted] = self.key.among(frozenset().union(*(self.keys[value] for value in wanted)))
        return self.kept[wanted]


class Merged:
    """One of some choices, each when its formula holds."""

    def __init__(self, cases: Sequence[tuple[Formula, "Choice"]]) -> None:
        self.cases = cases

    def possible(self) -> frozenset[object]:
        """What it can be."""
        return frozenset[object]().union(*(choice.possible() for _, choice in self.cases))

    def among(self, values: Collection[object]) -> Formula:
        """It is one of some values."""
        return either(both((when, choice.among(values))) for when, choice in self.cases)


Choice = CodeVariable | Probe | One | Finite | Looked | Merged
"""A value that is one of some."""


class Members:
    """A set of codes: what it may have, and when it has each."""

    def __init__(self, candidates: frozenset[str] | None, has: Callable[[str], Formula]) -> None:
        self._candidates = candidates
        self._has = has
        self._kept: dict[str, Formula] = {}

    def candidates(self) -> frozenset[str] | None:
        """All that it may have; None where that cannot be listed."""
        return self._candidates

    def has(self, code: str) -> Formula:
        """It has a code."""
        if self._candidates is not None and code not in self._candidates:
            return False
        if code not in self._kept:
            self._kept[code] = self._has(code)
        return self._kept[code]
