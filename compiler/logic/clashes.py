"""Exceptions from the same term that can hold at once and say different things."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import localcontext
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

from compiler import model
from compiler.evaluate import Case
from compiler.logic.sought import Data, least, outermost
from compiler.runtime.verdier import REGNING, Mangler

if TYPE_CHECKING:
    from compiler.logic.search import Search


@dataclass(frozen=True, slots=True)
class Clash:
    """Two exceptions, and a case in which both hold with different values; no case where that was not decided."""

    one: model.TermException
    other: model.TermException
    case: Data | None


def pairs(rulebook: model.Rulebook, record: model.Record) -> Iterator[tuple[model.TermException, model.TermException]]:
    """The exceptions from the same term, two by two, about what comes in with a record."""
    for term in rulebook.terms:
        found = [
            exception
            for exception in rulebook.exceptions_from(term.id)
            if outermost(rulebook, rulebook.record(exception.record)) == record.id
        ]
        yield from combinations(found, 2)


def clashes(search: "Search", rulebook: model.Rulebook, record: model.Record) -> Iterator[Clash]:
    """The pairs that can hold at once and differ; those that surely cannot are passed over."""
    for one, other in pairs(rulebook, record):
        cases, decided = search.both_hold(one, other)
        test = partial(differ, rulebook, record, one, other)
        found = next(filter(test, cases), None)
        if found is not None or not decided:
            yield Clash(one, other, None if found is None else least(found, test))


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two groups or rules of a grouping where no two should hold, and a case that both take; or none, undecided."""

    one: model.Group | model.Rule
    other: model.Group | model.Rule
    case: Data | None


def overlaps(search: "Search", rulebook: model.Rulebook, record: model.Record) -> Iterator[Overlap]:
    """The pairs that give different groups and can hold at once, in a grouping that says that none do."""
    grouping = rulebook.grouping_of(record.id)
    if grouping is None or not grouping.alone:
        return
    rules = [one for one in search.sought if one.kind != "krav"]
    for one, other in combinations(rules, 2):
        if one.group == other.group:
            continue
        cases, decided = search.both_reach(one, other)
        test = partial(both_take, rulebook, record, one.definition, other.definition)
        found = next(filter(test, cases), None)
        if found is not None or not decided:
            assert not isinstance(one.definition, model.Requirement)
            assert not isinstance(other.definition, model.Requirement)
            yield Overlap(one.definition, other.definition, None if found is None else least(found, test))


def both_take(
    rulebook: model.Rulebook, record: model.Record, one: model.Definition, other: model.Definition, data: Data
) -> bool:
    """Whether the conditions of two groups or rules both hold of a case that is grouped."""
    case = Case(rulebook, record)
    with localcontext(REGNING):
        if case.answer(data).gruppe is None:
            return False
        conditions = [rulebook.condition_of(one) for one in (one, other) if isinstance(one, model.Group | model.Rule)]
        return all(case.truth(condition, case.env) for condition in conditions)


def differ(
    rulebook: model.Rulebook, record: model.Record, one: model.TermException, other: model.TermException, data: Data
) -> bool:
    """Whether both exceptions hold of a case, or of an element in it, and have different values."""
    case = Case(rulebook, record)
    with localcontext(REGNING):
        if case.answer(data).status == "feil i data":
            return False
        own = rulebook.record(one.record).variable
        lines = [line.post for lines in case.lists.values() for line in lines]
        scopes = [case.env] if own in case.env else [{**case.env, own: post} for post in lines]
        for env in scopes:
            if case.truth(one.when, env) and case.truth(other.when, env):
                values = case.value(one.value, env), case.value(other.value, env)
                if not any(isinstance(value, Mangler) for value in values) and values[0] != values[1]:
                    return True
    return False
