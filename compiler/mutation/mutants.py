"""The rulebook with one thing changed, each way there is: what a year's own text states is changed, each thing once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise

from compiler import model
from compiler.evaluate import row_faults
from compiler.mutation.changes import Change, Kind, step_of, stepped, variants, without_one
from compiler.rule_text import code_terms, number

Key = tuple[str, str, Kind, str, int]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change to a rulebook."""

    kind: Kind
    type: str
    """The keyword of what is changed."""
    definition: model.Definition
    part: str
    """What is changed in it, and to what: the same in every year that has it."""
    make: Callable[[], model.Rulebook] = field(compare=False, repr=False)
    """The rulebook with the change."""
    after: model.Definition | None = None
    """The definition as it became, where it is still there."""
    said: tuple[str, str] | None = None
    """What was there and what came instead, where the author's line does not show it."""
    column: str | None = None
    """The column of a table that a cell was changed in."""
    swapped: tuple[model.Group | model.Rule, ...] = ()
    """The two that have changed places."""
    number: int = 0
    """Which it is, where the same is changed in the same way in several places of a definition."""

    @property
    def key(self) -> Key:
        """What it is: the same in every year that has what is changed."""
        return self.type, self.definition.id, self.kind, self.part, self.number

    def grouping(self, rulebook: model.Rulebook) -> model.Grouping:
        """The grouping that two rules which have changed places are tried in."""
        group = self.swapped[0]
        found = rulebook.grouping_with(group) if isinstance(group, model.Group) else None
        return found or rulebook.rule_grouping


def mutants(rulebook: model.Rulebook) -> dict[Key, Mutant]:
    """Every change to what holds in a year, also that which it inherited."""
    found: dict[Key, Mutant] = {}
    for mutant in _every(rulebook):
        same = 0
        while (*mutant.key[:-1], same) in found:
            same += 1
        numbered = replace(mutant, number=same)
        found[numbered.key] = numbered
    return found


def _every(rulebook: model.Rulebook) -> Iterator[Mutant]:
    for requirement in rulebook.tried_requirements:
        yield from _of_requirement(rulebook, requirement)
    for exception in rulebook.exceptions:
        yield _dropped(rulebook, "exceptions", "unntak", "unntak", exception)
        yield from _of_expressions(rulebook, "exceptions", "unntak", exception, ("when", "value"))
    for term in rulebook.terms:
        yield from _of_term(rulebook, term)
    yield from _of_groups(rulebook)
    yield from _of_rules(rulebook)
    for record in rulebook.records:
        if record.gathering is not None:
            yield from _of_gathering(rulebook, record, record.gathering)
    for rate in rulebook.rates:
        if rate.fetched is None:
            yield from _of_rate(rulebook, rate)
    for named in rulebook.sets:
        for codes in without_one(named.codes):
            after = named.model_copy(update={"codes": codes})
            yield _code_out(rulebook, named, after)
    for table in rulebook.tables:
        yield from _of_table(rulebook, table)


def _with(rulebook: model.Rulebook, name: str, before: model.Node, *after: model.Node) -> model.Rulebook:
    """The rulebook with something else, or nothing, instead of one of its definitions."""
    ones: Sequence[model.Node] = getattr(rulebook, name)
    changed = [new for one in ones for new in (after if one is before else (one,))]
    return rulebook.model_copy(update={name: tuple(changed)})


def _dropped(rulebook: model.Rulebook, name: str, kind: Kind, type_: str, one: model.Definition) -> Mutant:
    """A whole definition taken out."""
    make = partial(_with, rulebook, name, one)
    return Mutant(kind, type_, one, "bort", make, said=(f"{type_} {one.id}", "tatt bort"))


def _changed(
    rulebook: model.Rulebook,
    name: str,
    type_: str,
    one: model.Definition,
    change: tuple[Kind, str],
    **update: object,
) -> Mutant:
    """A definition with one thing in it changed."""
    kind, part = change
    after = one.model_copy(update=update)
    return Mutant(kind, type_, one, part, partial(_with, rulebook, name, one, after), after)


def _part(change: Change) -> tuple[Kind, str]:
    return change.kind, f"{change.before} → {change.after}"


def _of_expressions(
    rulebook: model.Rulebook, name: str, type_: str, one: model.Definition, parts: Sequence[str]
) -> Iterator[Mutant]:
    """A definition with one thing changed in one of its expressions."""
    for part in parts:
        whole = getattr(one, part)
        for change in variants(whole) if whole is not None else ():
            yield _changed(rulebook, name, type_, one, _part(change), **{part: change.whole})


def _of_requirement(rulebook: model.Rulebook, requirement: model.Requirement) -> Iterator[Mutant]:
    yield _dropped(rulebook, "requirements", "krav", "krav", requirement)
    if requirement.when is not None:
        yield _changed(rulebook, "requirements", "krav", requirement, ("vilkår", "når bort"), when=None)
    yield from _of_expressions(rulebook, "requirements", "krav", requirement, ("when", "requires"))


def _of_term(rulebook: model.Rulebook, term: model.Term) -> Iterator[Mutant]:
    yield from _of_expressions(rulebook, "terms", "begrep", term, ("condition",))
    for at, line in enumerate(term.lines):
        rest = (*term.lines[:at], *term.lines[at + 1 :])
        told = line.model_dump_json()
        if rest:
            yield _changed(rulebook, "terms", "begrep", term, ("linje", f"{told} bort"), lines=rest)
        if line.when is not None:
            always = (*term.lines[:at], line.model_copy(update={"when": None}), *term.lines[at + 1 :])
            yield _changed(rulebook, "terms", "begrep", term, ("vilkår", f"når bort i {told}"), lines=always)
        for change in variants(line):
            lines = (*term.lines[:at], change.whole, *term.lines[at + 1 :])
            yield _changed(rulebook, "terms", "begrep", term, _part(change), lines=lines)


def _of_groups(rulebook: model.Rulebook) -> Iterator[Mutant]:
    for group in rulebook.groups:
        if group.when is not None:
            after = group.model_copy(update={"when": None})
            make = partial(_with, rulebook, "groups", group, after)
            yield Mutant("regel", "gruppe", group, "bort", make, said=(f"gruppe {group.id}", "tas ikke av noe vilkår"))
            yield from _of_expressions(rulebook, "groups", "gruppe", group, ("when", "uses"))
    for grouping in rulebook.groupings:
        tried = [group for group in rulebook.groups_of(grouping) if group.when is not None]
        for one, other in () if grouping.alone else pairwise(tried):
            yield _swapped(rulebook, "groups", "gruppe", one, other)


def _swapped(
    rulebook: model.Rulebook, name: str, type_: str, one: model.Group | model.Rule, other: model.Group | model.Rule
) -> Mutant:
    """Two neighbours in the order that rules are tried in, each in the other's place."""

    def make() -> model.Rulebook:
        places = {id(one): other, id(other): one}
        return rulebook.model_copy(update={name: tuple(places.get(id(x), x) for x in getattr(rulebook, name))})

    said = f"{one.id} før {other.id}", f"{other.id} før {one.id}"
    return Mutant("rekkefølge", type_, other, f"før {one.id}", make, said=said, swapped=(one, other))


def _of_rules(rulebook: model.Rulebook) -> Iterator[Mutant]:
    """The rows of rule tables, and what their cells say."""
    if not rulebook.rules:
        return
    grouping = rulebook.rule_grouping
    for rule in rulebook.rules:
        yield _dropped(rulebook, "rules", "regel", "regel", rule)
        for column, text in rule.cells.items():
            cells = {name: cell for name, cell in rule.cells.items() if name != column}
            make = partial(_with, rulebook, "rules", rule, rule.model_copy(update={"cells": cells}))
            said = f"{column} {text}", "cellen er tom"
            yield Mutant("vilkår", "regel", rule, f"{column} {text} bort", make, said=said)
    if grouping.order_by is None and not grouping.alone:
        yield from (_swapped(rulebook, "rules", "regel", one, other) for one, other in pairwise(rulebook.rules))
    with_cell: dict[tuple[str, str], model.Rule] = {}
    for rule in rulebook.rules:
        for cell in rule.cells.items():
            with_cell.setdefault(cell, rule)
    for at, cell_ in enumerate(grouping.cells):
        if (cell_.column, cell_.text) not in with_cell:
            continue
        for change in variants(cell_.condition):
            meaning = cell_.model_copy(update={"condition": change.whole})
            cells_ = (*grouping.cells[:at], meaning, *grouping.cells[at + 1 :])
            make = partial(_with, rulebook, "groupings", grouping, grouping.model_copy(update={"cells": cells_}))
            kind, part = _part(change)
            said = f"{cell_.column} {cell_.text}", f"{kind} i det cellen sier"
            owner = with_cell[cell_.column, cell_.text]
            yield Mutant(kind, "regel", owner, f"{cell_.column} {cell_.text}: {part}", make, said=said)


def _of_gathering(rulebook: model.Rulebook, record: model.Record, gathering: model.Gathering) -> Iterator[Mutant]:
    """How records are gathered: which, and how near they must be."""

    def changed(change: tuple[Kind, str], **update: object) -> Mutant:
        now = gathering.model_copy(update=update)
        return _changed(rulebook, "records", "samling", record, change, gathering=now)

    if gathering.where is not None:
        yield changed(("vilkår", "der bort"), where=None, rest=None)
        for change in variants(gathering.where):
            yield changed(_part(change), where=change.whole)
    if gathering.gap is not None:
        border = model.NumberValue(value=gathering.gap.limit, shown=gathering.gap.shown)
        for up in (-1, 1):
            moved = stepped(border, up)
            gap = gathering.gap.model_copy(update={"limit": moved.value, "shown": moved.shown})
            yield changed(("grense", f"{border.shown} → {moved.shown}"), gap=gap)


def _of_rate(rulebook: model.Rulebook, rate: model.Rate) -> Iterator[Mutant]:
    """A rate of another size, and from another day."""
    if rate.value is not None:
        moved = stepped(model.NumberValue(value=rate.value, shown=rate.shown), 1)
        change: tuple[Kind, str] = "beløp", f"{rate.shown} → {moved.shown}"
        yield _changed(rulebook, "rates", "sats", rate, change, value=moved.value, shown=moved.shown)
    for at, period in enumerate(rate.periods):
        ways: list[tuple[tuple[Kind, str], dict[str, object]]] = []
        if period.value is not None:
            moved = stepped(model.NumberValue(value=period.value, shown=period.shown), 1)
            told = f"{period.start}: {period.shown} → {moved.shown}"
            ways.append((("beløp", told), {"value": moved.value, "shown": moved.shown}))
        for day in (period.start - _DAY, period.start + _DAY):
            ways.append((("grense", f"{period.start} → {day}"), {"start": day}))
        for change, update in ways:
            periods = (*rate.periods[:at], period.model_copy(update=update), *rate.periods[at + 1 :])
            yield _changed(rulebook, "rates", "sats", rate, change, periods=periods)


def _code_out(rulebook: model.Rulebook, before: model.NamedSet, after: model.NamedSet) -> Mutant:
    """A named set without one of the codes written in it."""
    gone = _gone(before.codes, after.codes)
    make = partial(_with, rulebook, "sets", before, after)
    return Mutant("kode", "kodesett", before, gone, make, after, said=(gone, "tatt ut"))


def _gone(before: model.CodeSet, after: model.CodeSet) -> str:
    """What a set has that another has not, as it is written."""
    left = set(code_terms(after, runs=False))
    return ", ".join(term for term in code_terms(before, runs=False) if term not in left)


def _of_table(rulebook: model.Rulebook, table: model.Table) -> Iterator[Mutant]:
    """A table without a row, or with another figure, answer or code in a cell."""
    for row in table.rows:
        make = partial(_with_row, rulebook, table, row)
        said = f"raden {row.shown}", "tatt bort"
        yield Mutant("rad", f"tabell {table.id}", row, "bort", make, said=said)
        for name, value in row.values.items():
            column = table.field(name)
            assert column is not None
            if name in table.keys:
                continue
            for kind, before, after, changed in _cells(column, value):
                now = row.model_copy(update={"values": {**row.values, name: changed}})
                make = partial(_with_row, rulebook, table, row, now)
                said = f"{row.shown}: {name} {before}", after
                yield Mutant(
                    kind, f"tabell {table.id}", row, f"{name} {before} → {after}", make, said=said, column=name
                )


def _cells(column: model.RecordField, value: object) -> Iterator[tuple[Kind, str, str, object]]:
    """What else can stand in a cell: kind, the text before and after, and the value."""
    unit = column.unit or model.Unit(shown="")
    match value:
        case bool():
            yield "vilkår", "ja" if value else "nei", "nei" if value else "ja", not value
        case Decimal():
            shown = value * unit.denominator / unit.numerator
            step = step_of(shown) * unit.numerator / unit.denominator
            yield "beløp", number(value, column.unit), number(value + step, column.unit), value + step
        case model.CodeSet():
            for fewer in without_one(value):
                yield "kode", _gone(value, fewer), "tatt ut", fewer
        case _:
            return


def _with_row(
    rulebook: model.Rulebook, table: model.Table, row: model.Row, now: model.Row | None = None
) -> model.Rulebook:
    """The rulebook with another row, or none, instead of one."""
    new = () if now is None else (now,)
    rows = tuple(found for one in table.rows for found in (new if one is row else (one,)))
    return _with(rulebook, "tables", table, table.model_copy(update={"rows": rows}))


def stopped(rulebook: model.Rulebook, mutant: Mutant) -> bool:
    """Whether the rulebook itself refuses a change: a set has not so many codes, or a row breaks a requirement."""
    if isinstance(mutant.definition, model.NamedSet):
        return mutant.definition.expected is not None
    if not isinstance(mutant.definition, model.Row):
        return False
    demands = [r for r in rulebook.requirements if r.table is not None and r.outcome != "varsel"]
    changed = mutant.make() if demands else rulebook
    return any(next(row_faults(changed, demand), None) is not None for demand in demands)
