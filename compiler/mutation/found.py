"""A case that would have noticed a change that nothing did, from the solver or beside the cases there are."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from compiler.examples import gathered_rows
from compiler.logic.sought import least
from compiler.model import Rulebook
from compiler.mutation.answers import Data, answered
from compiler.mutation.apart import Untouched, solved
from compiler.mutation.mutants import Mutant
from compiler.mutation.nearby import Seed, nearby


@dataclass(frozen=True, slots=True)
class Telling:
    """A case that the rulebook and the changed one answer otherwise."""

    record: str
    data: Data


class Finder:
    """What a rulebook answers the cases that are tried, each worked out once."""

    def __init__(self, rulebook: Rulebook, more: Iterable[Seed] = ()) -> None:
        self.rulebook = rulebook
        self.seeds: list[Seed] = [*seeds(rulebook), *more]
        self._answers: dict[str, dict[str, Any]] = {}

    def answered(self, record: str, data: Data) -> dict[str, Any]:
        """What the rulebook answers."""
        key = json.dumps([record, data])
        if key not in self._answers:
            self._answers[key] = answered(self.rulebook, record, data)
        return self._answers[key]

    def telling(self, mutant: Mutant) -> Telling | Untouched | None:
        """A case that tells the changed rulebook apart, a proof that there is none, or neither."""
        changed = mutant.make()

        def apart(record: str, data: Data) -> bool:
            return bool(data) and self.answered(record, data) != answered(changed, record, data)

        found = solved(self.rulebook, changed, mutant, apart)
        if isinstance(found, Untouched):
            return found
        case = found or nearby(self.rulebook, mutant, self.seeds, apart)
        return Telling(*case) if case is not None else None


def seeds(rulebook: Rulebook) -> list[Seed]:
    """What the examples give."""
    return [(e.record, gathered_rows(e) if e.gathers else dict(e.given)) for e in rulebook.examples]


def smallest(found: Telling, still: Callable[[Telling], bool]) -> Telling:
    """The case without what it can do without and still be what it is."""
    if isinstance(found.data, dict):
        return Telling(found.record, least(found.data, lambda tried: still(Telling(found.record, tried))))
    fewer = least({"poster": found.data}, lambda tried: still(Telling(found.record, tried["poster"])))
    return Telling(found.record, fewer["poster"])
