"""What the rules tell apart in a field: the borders it is held against, where that is all that they do with it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from compiler import model
from compiler.walk import nodes

Borders = tuple[Any, ...]
_MOST_BORDERS = 1000
"""A column with more different numbers than this is not gone through for borders."""


class Distinctions:
    """For each field by its name, the values that rules hold it against; nothing where they tell all values apart."""

    def __init__(self, rulebook: model.Rulebook) -> None:
        self.rulebook = rulebook
        self.rates = {rate.id: rate for rate in rulebook.rates}
        self.borders: dict[str, set[Any]] = {}
        self.whole: set[str] = {field.ordered_by for r in rulebook.records for field in r.fields if field.ordered_by}
        rules = (rulebook.terms, rulebook.tried_requirements, rulebook.exceptions, rulebook.groups, rulebook.groupings)
        plain: set[int] = set()
        for node in nodes(rules):
            plain |= {id(item) for item in self._held(node)}
            if isinstance(node, model.Get | model.FieldOf | model.Elements) and id(node) not in plain:
                self.whole.add(node.field)

    def of(self, field: str) -> Borders | None:
        """The borders of a field, in order; None where each value may matter."""
        found = self.borders.get(field, set())
        mixed = len({type(value) for value in found}) > 1  # Two records have a field of the name, of two kinds.
        return None if field in self.whole or mixed else tuple(sorted(found))

    def _held(self, node: model.Node) -> Iterator[model.Get]:
        """The fields that a node only holds against borders; `nodes` gives a node before what is under it."""
        match node:
            case model.Compare(left=left, right=right):
                for item, other in ((left, right), (right, left)):
                    found = self._values(other)
                    if isinstance(item, model.Get) and found is not None:
                        self._add(item.field, found)
                        yield item
            case model.InInterval(item=model.Get() as item, low=low, high=high):
                self._add(item.field, {low.value, high.value})
                yield item
            case model.Lacks(item=model.Get() as item):
                yield item
            case model.RateRef(id=id_, variable=variable):
                field = self.rulebook.date_of(variable)
                if field is not None:
                    self._add(field.name, {period.start for period in self.rates[id_].periods})
            case _:
                return

    def _add(self, field: str, values: set[Any]) -> None:
        self.borders.setdefault(field, set()).update(values)

    def _values(self, expr: model.Expr) -> set[Any] | None:
        """All that an expression can be, where those are a few numbers, dates or points in time."""
        match expr:
            case model.NumberValue(value=number):
                return {number}
            case model.DateConstant(value=day) | model.MomentConstant(value=day):
                return {day}
            case model.RateRef(id=id_):
                rate = self.rates[id_]
                return {value for value in (rate.value, *(p.value for p in rate.periods)) if value is not None}
            case model.ColumnRef(table=id_, column=column):
                table = self.rulebook.table(id_)
                found = table.field(column)
                if found is None or found.kind not in ("heltall", "desimaltall"):
                    return None
                values = {value for row in table.rows if isinstance(value := row.values.get(column), Decimal)}
                return values if len(values) <= _MOST_BORDERS else None
            case _:
                return None
