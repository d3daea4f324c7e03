"""The examples of a rule: those that it hits, and those where all but one of its conditions hold.

A group and a term are made of the conditions that must all hold; a requirement of what it asks «når», and that what
it requires does not hold. An example is near when exactly one of at least two such conditions did not hold: for a
requirement, that is a record which broke nothing, or which the requirement would have refused but for one thing. A
group is also near where all its conditions held and it was not given: another was tried first, or a requirement broke.
"""

from collections.abc import Iterator, Mapping
from decimal import localcontext
from typing import Any, NamedTuple

from compiler import model
from compiler.evaluate import Case
from compiler.examples import Answers
from compiler.runtime.samlet import Samlet
from compiler.runtime.svar import Linjesvar, Svar
from compiler.runtime.verdier import REGNING

Key = tuple[str, str]


class Near(NamedTuple):
    """An example that all but one of the conditions of a rule held for, and that one."""

    example: model.Example
    missing: model.Expr | None
    """None for a requirement that was asked and is met, and for a group that was not reached, or is not given."""


class Found(NamedTuple):
    """The examples of a rule in the order of the text, the nearest of those that are near first."""

    hits: list[model.Example]
    near: list[Near]


class _Rule(NamedTuple):
    """A rule with the conditions that must all hold for it to take effect."""

    key: Key
    record: str
    parts: tuple[model.Expr, ...]

    @property
    def said(self) -> tuple[model.Expr | None, ...]:
        """The conditions as an author wrote them: of a requirement, not the one that it is broken."""
        return (*self.parts[:-1], None) if self.key[0] == "krav" else self.parts


def examples_of_rules(rulebook: model.Rulebook, answers: Answers) -> Mapping[Key, Found]:
    """The examples of each rule that has any."""
    rules = list(_rules(rulebook))
    found: dict[Key, Found] = {}
    for example in rulebook.examples:
        answer = answers.get(example.id)
        if answer is None:
            continue
        hit = set(_hit(rulebook, answer))
        states = _states(rulebook, example) if isinstance(answer, Svar) else {}
        for rule in rules:
            held = [_held(states["case"], rule, env) for env in states.get(rule.record, ())]
            if rule.key[0] == "begrep" and any(all(one) for one in held):
                hit.add(rule.key)
            near = next((one for one in held if _is_near(rule, one)), None)
            if rule.key not in hit and near is not None:
                missing = None if all(near) else rule.said[near.index(False)]
                found.setdefault(rule.key, Found([], [])).near.append(Near(example, missing))
        for key in sorted(hit):
            found.setdefault(key, Found([], [])).hits.append(example)
    for of_rule in found.values():
        of_rule.near.sort(key=lambda one: one.missing is not None)
    return found


def _is_near(rule: _Rule, held: list[bool]) -> bool:
    """Whether one thing alone stands in the way: a condition, or, of a group, that something came before it."""
    return held.count(False) == 1 and len(held) > 1 if not all(held) else rule.key[0] == "gruppe"


def _rules(rulebook: model.Rulebook) -> Iterator[_Rule]:
    """The groups, terms and requirements with conditions."""
    gathered = {record.id for record in rulebook.records if record.gathering is not None}
    for group in rulebook.groups:
        grouping = rulebook.grouping_with(group)
        if group.when is not None and grouping is not None and grouping.record not in gathered:
            yield _Rule(("gruppe", group.id), grouping.record, tuple(_parts(group.when)))
    for term in rulebook.terms:
        if term.condition is not None and term.parameter is None:
            yield _Rule(("begrep", term.id), term.record, tuple(_parts(term.condition)))
    for rule in rulebook.tried_requirements:
        when = () if rule.when is None else tuple(_parts(rule.when))
        yield _Rule(("krav", rule.id), rule.record, (*when, model.Not(operand=rule.requires)))


def _parts(condition: model.Expr) -> Iterator[model.Expr]:
    """The conditions that must all hold."""
    if isinstance(condition, model.All):
        for part in condition.parts:
            yield from _parts(part)
    else:
        yield condition


def _hit(rulebook: model.Rulebook, answer: Svar | Samlet) -> Iterator[Key]:
    """The groups given, the reasons told and the calculations that came to something."""
    every = [answer] if isinstance(answer, Svar) else [one.svar for ones in answer.samlinger.values() for one in ones]
    requirements = {rule.id for rule in rulebook.tried_requirements}
    calculations = {term.id for term in rulebook.terms if term.in_result}
    for svar in every:
        lines = [line for lines in svar.lister.values() for line in lines]
        groups = [svar.gruppe, *(one.gruppe for one in svar.valgte)]
        yield from (("gruppe", group) for group in groups if group is not None)
        judged: list[Svar | Linjesvar] = [svar, *lines]
        told = {reason.id for one in judged for reason in (*one.grunner, *one.varsler)}
        yield from (("krav", id_) for id_ in told & requirements)
        values = {id_ for one in judged for id_, value in one.verdier.items() if value is not None}
        yield from (("begrep", id_) for id_ in values & calculations)


def _states(rulebook: model.Rulebook, example: model.Example) -> dict[str, Any]:
    """The record as it was judged, and what stands for each kind of record in it while its rules are tried."""
    record = rulebook.record(example.record)
    if record.gathering is not None:
        return {}
    case = Case(rulebook, record)
    with localcontext(REGNING):
        case.answer(example.given)
    if case.known is None:  # It could not be read.
        return {}
    states: dict[str, Any] = {"case": case, record.id: [case.env]}
    for listed in rulebook.judged_lists(record):
        inner = rulebook.record(listed.of or "")
        lines = case.lists.get(listed.identifier, ())
        states[inner.id] = [{**case.env, inner.variable: line.post} for line in lines]
    return states


def _held(case: Case, rule: _Rule, env: Mapping[str, Any]) -> list[bool]:
    """For each condition of a rule, whether it surely held; what is undecided did not."""
    with localcontext(REGNING):
        return [case.truth(part, env) is True for part in rule.parts]
