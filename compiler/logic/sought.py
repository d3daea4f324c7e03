"""What is sought: a case that reaches a group, a rule or a requirement, and whether a case does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from compiler import model
from compiler.evaluate import evaluate
from compiler.runtime.svar import Svar

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sought:
    """A rule that a case should reach, and the record that comes in."""

    kind: str
    definition: model.Group | model.Rule | model.Requirement
    record: model.Record
    """The record that is judged on its own: the one that comes in, or a collection."""
    about: model.Record
    """The record that the rule is about: the same, or the elements of one of its lists."""

    @property
    def id(self) -> str:
        """The id of the rule."""
        return self.definition.id

    @property
    def group(self) -> str:
        """The group that it gives."""
        return self.definition.group if isinstance(self.definition, model.Rule) else self.definition.id


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that should be possible: all of some conditions hold, and none of some that come before them."""

    owner: model.Definition
    record: model.Record
    about: model.Record
    parts: tuple[model.Expr, ...]
    after: tuple[model.Expr, ...] = ()
    parameter: str | None = None
    """What the code that the conditions are about is called, where they are about one."""


def claims_in(rulebook: model.Rulebook) -> Iterator[Claim]:
    """What every rule takes for possible, beside that a case reaches it: that each of its conditions can hold."""
    records = {record.id: record for record in rulebook.records}

    def claim(owner: model.Definition, record: str, when: model.Expr, **more: Any) -> Claim:
        about = records[record]
        return Claim(owner, records[outermost(rulebook, about)], about, parts_of(when), **more)

    for requirement in rulebook.tried_requirements:
        if requirement.when is not None:
            yield claim(requirement, requirement.record, requirement.when)
    for exception in rulebook.exceptions:
        yield claim(exception, exception.record, exception.when)
    for term in rulebook.terms:
        if term.condition is not None:
            yield claim(term, term.record, term.condition, parameter=term.parameter)
        before: list[model.Expr] = []
        for line in term.lines:
            if line.when is not None:
                yield claim(term, term.record, line.when, after=tuple(before), parameter=term.parameter)
                before.append(line.when)


def parts_of(when: model.Expr) -> tuple[model.Expr, ...]:
    """The parts of a condition, all of which must hold."""
    return when.parts if isinstance(when, model.All) else (when,)


def sought_in(rulebook: model.Rulebook) -> Iterator[Sought]:
    """Every rule that a case can reach: groups and rows with a condition, and requirements of data."""
    records = {record.id: record for record in rulebook.records}
    for grouping in rulebook.groupings:
        record = records[grouping.record]
        for group in rulebook.groups_of(grouping):
            if group.when is not None:
                yield Sought("gruppe", group, record, record)
    if rulebook.rules:
        record = records[rulebook.rule_grouping.record]
        yield from (Sought("regel", rule, record, record) for rule in rulebook.rules)
    for requirement in rulebook.tried_requirements:
        about = records[requirement.record]
        yield Sought("krav", requirement, records[outermost(rulebook, about)], about)


def outermost(rulebook: model.Rulebook, record: model.Record) -> str:
    """The record that comes in, of one that may stand in its list."""
    while record.outer is not None:
        record = rulebook.record(record.outer)
    return record.id


def answer(rulebook: model.Rulebook, sought: Sought, data: Data) -> Svar:
    """What the reference answers a case."""
    return evaluate(rulebook, data, sought.record.id)


def reaches(rulebook: model.Rulebook, sought: Sought, svar: Svar) -> bool:
    """Whether the answer is that of a case that reaches what is sought."""
    match sought.definition:
        case model.Requirement(id=id_, record=about):
            lines = [line for lines in svar.lister.values() for line in lines]
            places: list[Any] = [svar] if about == sought.record.id else lines
            stated = any(reason.id == id_ for one in places for reason in (*one.grunner, *one.varsler))
            return stated and svar.status != "feil i data" and not _undecided(sought, svar)
        case model.Rule(id=id_):
            return _grouped(svar) and taken_by(rulebook, svar) == id_
        case model.Group(id=id_) if sought.record.gathering is not None:
            return _grouped(svar) and any(one.gruppe == id_ for one in svar.valgte)
        case model.Group(id=id_):
            return _grouped(svar) and taken_by(rulebook, svar) == id_


def _grouped(svar: Svar) -> bool:
    """Whether the rules gave a group."""
    return svar.status in ("gruppert", "kan ikke beregnes") and not svar.gruppe_oppgitt


def _undecided(sought: Sought, svar: Svar) -> bool:
    """Whether a requirement was only undecided: what it says when it is broken is another text."""
    assert isinstance(sought.definition, model.Requirement)
    known = [*svar.grunner, *svar.varsler]
    known += [r for lines in svar.lister.values() for line in lines for r in (*line.grunner, *line.varsler)]
    return all(reason.felt for reason in known if reason.id == sought.id)


def taken_by(rulebook: model.Rulebook, svar: Svar) -> str | None:
    """The rule or group that took a case, or the one where it could not be decided."""
    if svar.status == "uavklart":
        return svar.grunner[0].id if svar.grunner else None
    if svar.gruppe is None:
        return None
    grouping = rulebook.record_grouping
    name = grouping.results[0] if grouping is not None and grouping.results else None
    rule = svar.verdier.get(name) if name is not None else None
    return str(rule) if rule is not None else svar.gruppe


def smallest(rulebook: model.Rulebook, sought: Sought, data: Data) -> Data:
    """The case without what it can do without and still reach what is sought."""
    return least(data, lambda tried: reaches(rulebook, sought, answer(rulebook, sought, tried)))


def least(data: Data, still: Callable[[Data], bool]) -> Data:
    """The case without what it can do without and still be what it is; nothing in it becomes empty."""
    found = data
    for name in sorted(data, key=lambda name: isinstance(data[name], list)):
        without = {key: value for key, value in found.items() if key != name}
        if without and still(without):
            found = without
        elif isinstance(found[name], list):
            found = _shortest(found, name, still)
    return found


def _shortest(data: Data, name: str, still: Callable[[Data], bool]) -> Data:
    """The case with as little as it can do with in one list."""
    found = data
    for at in range(len(found[name]) - 1, -1, -1):
        listed = found[name]
        without = {**found, name: [*listed[:at], *listed[at + 1 :]]}
        if without[name] and still(without):
            found = without
        elif isinstance(listed[at], dict):
            found = _plainest(found, name, at, still)
    return found


def _plainest(data: Data, name: str, at: int, still: Callable[[Data], bool]) -> Data:
    """The case with as few fields as it can do with in one element."""
    found = data
    for field in list(data[name][at]):
        line = {key: value for key, value in found[name][at].items() if key != field}
        tried = {**found, name: [*found[name][:at], line, *found[name][at + 1 :]]}
        if line and still(tried):
            found = tried
    return found
