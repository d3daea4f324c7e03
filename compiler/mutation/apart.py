"""A case that tells a changed rulebook from the one it was made of, by the solver; or a proof that there is none.

What the answers are made of is asked of both on the same record: whether each requirement is met, what each
calculation comes to, and whether each group's condition holds. Where none of it can be different, the answers cannot.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import z3

from compiler import model
from compiler.logic import arithmetic
from compiler.logic.encoder import Encoder, Env
from compiler.logic.formula import Formula, alike, both, either, negated
from compiler.logic.posts import Read
from compiler.logic.search import Search
from compiler.logic.sought import Data, outermost
from compiler.logic.values import Flag, Value
from compiler.mutation.beyond import is_beyond
from compiler.mutation.mutants import Mutant
from compiler.walk import nodes, references

_EFFORT = 3_000_000
"""How much the solver works on one question."""
_TRIES = 12
"""How many of the cases that it finds are tried in each way of asking."""


@dataclass(frozen=True, slots=True)
class Untouched:
    """No case can be answered otherwise: it is proved."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """Something that answers are made of, before and after the change; `is_value` when it is a value."""

    about: str
    before: model.Expr
    after: model.Expr
    is_value: bool = False


def solved(
    rulebook: model.Rulebook, changed: model.Rulebook, mutant: Mutant, apart: Callable[[str, Data], bool]
) -> tuple[str, Data] | Untouched | None:
    """The kind of record and a case that is answered otherwise; or a proof that there is none; or neither."""
    if _is_never_read(rulebook, mutant) or is_beyond(rulebook, changed, mutant):
        return Untouched()
    seen = list(_seen(rulebook, changed, mutant))
    proved = _is_whole(rulebook, mutant)
    tops = dict.fromkeys(_top(rulebook, one.about) for one in seen)
    for top in tops:
        record = rulebook.record(top)
        of_top = [one for one in seen if _top(rulebook, one.about) == top]
        search = _Differing(rulebook, changed, record, of_top, list(_tried_before(rulebook, record, mutant)))
        for case in search.cases_apart():
            if apart(top, case):
                return top, case
        proved = proved and search.nothing_differs()
    return Untouched() if proved else None


def _tried_before(rulebook: model.Rulebook, record: model.Record, mutant: Mutant) -> Iterator[model.Expr]:
    """The conditions of the groups and rules that are tried before the one that is changed."""
    ids = [found.id for _, found in rulebook.in_order]
    about = mutant.swapped[0].id if mutant.swapped else mutant.definition.id
    if about in ids and record.id == rulebook.rule_grouping.record:
        yield from (rulebook.condition_of(found) for _, found in rulebook.in_order[: ids.index(about)])


def _is_never_read(rulebook: model.Rulebook, mutant: Mutant) -> bool:
    """Whether a cell of a table is in a column that no rule reads."""
    if mutant.column is None:
        return False
    table = mutant.type.split(" ", 1)[1]
    rules = (rulebook.records, rulebook.terms, rulebook.requirements, rulebook.exceptions, rulebook.groups)
    return not any(
        isinstance(node, model.ColumnRef | model.StepSum | model.Family)
        and (node.table, node.column) == (table, mutant.column)
        for part in (*rules, rulebook.groupings)
        for node in nodes(part)
    )


def _top(rulebook: model.Rulebook, about: str) -> str:
    return outermost(rulebook, rulebook.record(about))


def _is_whole(rulebook: model.Rulebook, mutant: Mutant) -> bool:
    """Whether what is asked about is all that the change can touch."""
    if mutant.kind == "rad" or isinstance(mutant.definition, model.Record):
        return False
    if mutant.kind == "rekkefølge":
        return all(group.uses is None for group in rulebook.groups)
    touched = _touched(rulebook, mutant)
    unasked: list[object] = [record.gathering for record in rulebook.records]
    unasked += [group.uses for group in rulebook.groups]
    unasked += [value for requirement in rulebook.requirements for value in requirement.values]
    nested = (one for one in nodes(rulebook.sets) if isinstance(one, model.CodeSet))
    inner = {("kodesett", id_) for codes in nested for id_ in codes.sets}
    inner |= {("kodesett", id_) for codes in _sets_in(rulebook) for id_ in codes.sets}
    return not touched & ({*references(tuple(one for one in unasked if one is not None))} | inner)


def _sets_in(rulebook: model.Rulebook) -> Iterator[model.CodeSet]:
    """The sets written in the rules."""
    parts = (rulebook.terms, rulebook.requirements, rulebook.exceptions, rulebook.groups, rulebook.groupings)
    return (one for part in parts for one in nodes(part) if isinstance(one, model.CodeSet))


def _touched(rulebook: model.Rulebook, mutant: Mutant) -> set[tuple[str, str]]:
    """What the change can reach: type and id of each definition that refers to it, through others too."""
    one = mutant.definition
    match one:
        case model.TermException(target=target):
            first = ("begrep", target)
        case model.Row():
            first = ("tabell", mutant.type.split(" ", 1)[1])
        case _:
            first = (mutant.type, one.id)
    uses: dict[tuple[str, str], set[tuple[str, str]]] = {}
    owners: list[tuple[tuple[str, str], object]] = [
        *((("begrep", term.id), term) for term in rulebook.terms),
        *((("begrep", exception.target), exception) for exception in rulebook.exceptions),
        *((("kodesett", named.id), named.codes) for named in rulebook.sets),
    ]
    for owner, node in owners:
        for reference in references(node):
            uses.setdefault(reference, set()).add(owner)
    found, waiting = set[tuple[str, str]](), [first]
    while waiting:
        found.add(at := waiting.pop())
        waiting += uses.get(at, set()) - found
    return found


def _seen(rulebook: model.Rulebook, changed: model.Rulebook, mutant: Mutant) -> Iterator[_Seen]:
    """What answers are made of that the change can touch."""
    touched = _touched(rulebook, mutant)
    if mutant.kind == "rekkefølge":
        yield _both(rulebook, mutant)
        return

    def is_touched(type_: str, id_: str, node: object) -> bool:
        return (type_, id_) in touched or any(reference in touched for reference in references(node))

    requirements = {requirement.id: requirement for requirement in changed.requirements}
    for requirement in rulebook.tried_requirements:
        if is_touched("krav", requirement.id, requirement):
            now = requirements.get(requirement.id)
            yield _Seen(requirement.record, _whole(requirement), _whole(now) if now is not None else _YES)
    for term in rulebook.terms:
        if term.in_result and term.parameter is None and ("begrep", term.id) in touched:
            value = model.TermRef(id=term.id, variable=rulebook.record(term.record).variable)
            yield _Seen(term.record, value, value, is_value=True)
    groups = {group.id: group for group in changed.groups}
    for group in rulebook.groups:
        if group.when is not None and group.uses is None and is_touched("gruppe", group.id, group.when):
            grouping = rulebook.grouping_with(group)
            assert grouping is not None
            yield _Seen(grouping.record, group.when, groups[group.id].when or _NO)
    yield from _seen_rules(rulebook, changed, mutant)


def _both(rulebook: model.Rulebook, mutant: Mutant) -> _Seen:
    """That two neighbours hold at once, or may do so: else their order makes no difference."""
    record = mutant.grouping(rulebook).record
    pair = [rulebook.condition_of(one) for one in mutant.swapped]
    return _Seen(record, model.All(parts=tuple(pair)), _NO)


_YES, _NO = model.BoolValue(value=True), model.BoolValue(value=False)


def _whole(requirement: model.Requirement) -> model.Expr:
    """What must hold always: that the requirement does not apply, or what it requires."""
    if requirement.when is None:
        return requirement.requires
    return model.Any(parts=(model.Not(operand=requirement.when), requirement.requires))


def _seen_rules(rulebook: model.Rulebook, changed: model.Rulebook, mutant: Mutant) -> Iterator[_Seen]:
    """The rows of rule tables that the change can touch."""
    if not rulebook.rules:
        return
    record = rulebook.rule_grouping.record
    now = {rule.id: rule for rule in changed.rules}
    touched = _touched(rulebook, mutant)
    before, after = rulebook.rule_grouping.condition, changed.rule_grouping.condition
    other = {
        cell
        for cell, condition in before.items()
        if condition != after.get(cell) or any(reference in touched for reference in references(condition))
    }
    for rule in rulebook.rules:
        same = rule.id in now and now[rule.id].cells == rule.cells
        if not same or not other.isdisjoint(rule.cells.items()):
            condition = changed.condition_of(now[rule.id]) if rule.id in now else _NO
            yield _Seen(record, rulebook.condition_of(rule), condition)


class _Answers(Encoder):
    """The rules as they answer: a rate that is unknown is never there, while a rule that needs it may be right."""

    def rate(self, rate: model.Rate, name: str | None, env: Env) -> Value:
        """A rate: known, not there, or by the date."""
        if not rate.periods and rate.value is None:
            return Value(Flag(False), False)
        return super().rate(rate, name, env)


class _Differing(Search):
    """The records of one kind that two rulebooks answer otherwise."""

    def __init__(
        self,
        rulebook: model.Rulebook,
        changed: model.Rulebook,
        record: model.Record,
        seen: Sequence[_Seen],
        before: Sequence[model.Expr],
    ) -> None:
        self._changed, self._seen, self._in_front = changed, seen, before
        self._free: list[Formula] = []
        """That no group or rule before the changed one takes the record."""
        self._unlike: Formula = False
        super().__init__(rulebook, record, ())
        self.solver.set("rlimit", _EFFORT)

    def _encoder(self, rulebook: model.Rulebook) -> Encoder:
        return _Answers(self.world, rulebook)

    def _tell(self) -> None:
        other = self._encoder(self._changed)
        self._unlike = either(part for one in self._seen for part in self._differs(other, one))
        self._free = [self.encoder.truth(when, self.env).no for when in self._in_front]
        for formula in (self._unlike, *self._free):
            self._proxy(formula)
        super()._tell()

    def _differs(self, other: Encoder, one: _Seen) -> Iterator[Formula]:
        """That something is not the same by both, of each record that it may be about."""
        for guard, scope in self._scopes(self.rulebook.record(one.about)):
            if one.is_value:
                yield both((guard, self._values_differ(other, one, scope)))
                continue
            before, after = self.encoder.truth(one.before, scope), other.truth(one.after, scope)
            yield both((guard, negated(both((alike(before.yes, after.yes), alike(before.no, after.no))))))

    def _values_differ(self, other: Encoder, one: _Seen, scope: Env) -> Formula:
        before, after = self.encoder.value(one.before, scope), other.value(one.after, scope)
        unlike = arithmetic.compared(self.encoder, "!=", before.content, after.content)
        return either(
            (
                negated(alike(before.there, after.there)),
                negated(alike(before.empty, after.empty)),
                both((before.there, after.there, _unless_same(before, after, unlike))),
            )
        )

    def nothing_differs(self) -> bool:
        """Whether it is proved that nothing can differ."""
        return bool(self._check({"ulikt": self._unlike}, ()) == z3.unsat)

    def cases_apart(self) -> Iterator[Data]:
        """Some cases where something differs: first plain ones that are grouped, then any."""
        if self._unlike is False:
            return
        short, given = self._plain()
        context = list(self.context.values())
        for wishes in (
            [short, given, *self.world.filled, *context, *self._free],
            [short, given, *self.world.filled, *context],
            [short, given, *context],
            [short, *context],
            [short],
        ):
            refused: list[Formula] = []
            while len(refused) < _TRIES and self._check({"ulikt": self._unlike}, [*wishes, *refused]) == z3.sat:
                chosen = self.solver.model()
                case = self.post.case(Read(chosen))
                yield case
                grouping = self.rulebook.grouping_of(self.record.id)
                if grouping is not None and grouping.id in case:
                    yield {name: value for name, value in case.items() if name != grouping.id}
                refused.append(self._another(chosen))


def _unless_same(before: Value, after: Value, unlike: Formula) -> Formula:
    return False if before.content is after.content else unlike
