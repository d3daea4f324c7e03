"""Groups and rules that do not stand in the order that their grouping says, where a case tells the difference."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from compiler import model
from compiler.logic.clashes import both_take
from compiler.logic.search import Search, Witness
from compiler.logic.sought import Data, Sought, answer, least, reaches
from compiler.words import number


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A group or a rule that should stand before another, and a case that the other takes; none where undecided."""

    late: model.Group | model.Rule
    early: model.Group | model.Rule
    order: model.PromisedOrder
    said: tuple[str, str]
    """What each of them has in the column that decides."""
    case: Data | None


def misplaced(search: Search, rulebook: model.Rulebook, record: model.Record) -> Iterator[Misplaced]:
    """Those that stand after one they should stand before: for each order the first that takes a case from it."""
    grouping = rulebook.grouping_of(record.id)
    for order in grouping.orders if grouping is not None else ():
        assert grouping is not None
        before: list[_Placed] = []
        for one in search.sought:
            if one.kind == "krav":
                continue
            placed = _Placed(one, *_rank(rulebook, grouping, order, one))
            yield from _after(search, record, order, placed, [other for other in before if placed.precedes(other)])
            before.append(placed)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A group or a rule: its place in an order, among which it is in order, and what it has in the column."""

    sought: Sought
    rank: Decimal | None
    """The lowest stands first; None where the order says nothing of it."""
    among: str | None
    shown: str

    @property
    def definition(self) -> model.Group | model.Rule:
        """The group or the rule."""
        assert not isinstance(self.sought.definition, model.Requirement)
        return self.sought.definition

    def precedes(self, other: "_Placed") -> bool:
        """Whether it should stand before another."""
        if self.rank is None or other.rank is None or self.among is None or self.among != other.among:
            return False
        return self.rank < other.rank and self.sought.group != other.sought.group


def _after(
    search: Search, record: model.Record, order: model.PromisedOrder, late: _Placed, before: list[_Placed]
) -> Iterator[Misplaced]:
    """The first rule that takes a case from one after it; else the first of which that is not decided."""
    undecided: Misplaced | None = None
    for early in before:
        both = partial(both_take, search.rulebook, record, early.definition, late.definition)
        found = search.taken_from(late.sought, early.sought, both)
        if found is None:
            continue
        said = late.shown, early.shown
        if isinstance(found, Witness):

            def still(case: Data, one: Sought = early.sought, both: "partial[bool]" = both) -> bool:
                return reaches(search.rulebook, one, answer(search.rulebook, one, case)) and both(case)

            yield Misplaced(late.definition, early.definition, order, said, least(found.case, still))
            return
        undecided = undecided or Misplaced(late.definition, early.definition, order, said, None)
    if undecided is not None:
        yield undecided


# ---- what a group or a rule has in a column


def _rank(
    rulebook: model.Rulebook, grouping: model.Grouping, order: model.PromisedOrder, one: Sought
) -> tuple[Decimal | None, str | None, str]:
    """The place of a group or a rule in an order, what it is placed among, and what decides, in words."""
    value, shown = _value(rulebook, grouping, one, order.column)
    among = _value(rulebook, grouping, one, order.within)[1] if order.within is not None else "alle"
    rank: Decimal | None = None
    if order.first is not None and isinstance(value, Decimal):
        rank = value if order.first == "laveste" else -value
    elif order.first is None:
        rank = next((Decimal(at) for at, values in enumerate(order.kinds) if shown in values), None)
    return rank, among or None, shown


def _value(
    rulebook: model.Rulebook, grouping: model.Grouping, one: Sought, column: str
) -> tuple[model.Cell | None, str]:
    """What a group or a rule has in a column: of its group, among its result fields, or in its cells; and in words."""
    table = next((table for table in rulebook.tables if table.key == "gruppe"), None)
    field = table.field(column) if table is not None else None
    value: model.Cell | None = None
    if table is not None and field is not None:
        row = table.row(one.group)
        value = row.values.get(column) if row is not None else None
    elif isinstance(one.definition, model.Rule):
        rule = one.definition
        own = {grouping.results[0]: rule.id, **rule.results} if grouping.results else {}
        value = own.get(column) or rule.cells.get(column)
    match value:
        case bool():
            return value, "ja" if value else "nei"
        case Decimal():
            return value, number(value, field.unit if field is not None else None)
        case str():
            return value, value
        case _:
            return value, ""
