"""Records that the solver fills in, and the case that is read from what it chose."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

import z3

from compiler import model
from compiler.fields import fields_of
from compiler.logic.domains import Bag, CodeVariable, Finite
from compiler.logic.formula import (
    Formula,
    both,
    either,
    fraction,
    implied,
    negated,
    real_number,
    variable,
    whole_number,
)
from compiler.logic.universe import Codes, Universe
from compiler.logic.values import Beyond, Flag, Number, Slots, Value

FIRST_DAY, LAST_DAY = date(1900, 1, 1).toordinal(), date(2100, 12, 31).toordinal()
_START = datetime(1, 1, 1)
_SECOND = timedelta(seconds=1)
_DIGITS = 12
"""How many digits after the comma a number in data can have."""


class Scope(NamedTuple):
    """How much of all cases is looked at: all but that of long lists, or only some, where a case is soon found."""

    slots: int
    """How many elements of a list of records are looked at one by one."""
    plain: bool = False
    """The elements of lists have only the codes that they must have, and those only of some classes."""
    most: int = 100_000
    """How many values the highest of some is reckoned out of; of more, it can be anything."""


class World:
    """What the records of one question have in common: the codes there are, and what is known of what was made."""

    def __init__(self, rulebook: model.Rulebook, scope: Scope) -> None:
        self.rulebook = rulebook
        self.scope = scope
        self.codes = Universe(rulebook)
        self.facts: list[Formula] = []
        self.longer: list[z3.BoolRef] = []
        """The lists that may be longer than what is seen."""
        self.calendar: dict[int, tuple[z3.ArithRef, z3.ArithRef, z3.ArithRef]] = {}
        """The days whose year and month have been told of, each with those."""
        self.given: list[z3.BoolRef] = []
        """That each field which should be given, is."""
        self.filled: list[Formula] = []
        """That each list which is given has something in it."""
        self.counted: list[z3.BoolRef] = []
        """That each element that is seen from another counts."""
        self.domains: list[CodeVariable | Bag] = []

    def code(self, name: str, universe: Codes) -> CodeVariable:
        """A code that is free."""
        made = CodeVariable(name, universe)
        self.domains.append(made)
        return made

    def extra(self, more: Formula, name: str) -> Formula:
        """Something that may be so only because of the elements that are not seen."""
        if more is False:
            return False
        found = variable(name)
        self.facts.append(implied(found, more))
        return found


class Post:
    """A record whose fields are made as they are asked for."""

    def __init__(
        self,
        world: World,
        record: model.Record,
        path: str,
        place: "tuple[Slots, int] | None" = None,
        nothing: bool = False,
    ) -> None:
        self.world = world
        self.record = record
        self.path = path
        self.place = place
        """The list that it stands in, and its number there."""
        self.nothing = nothing
        """Nothing is known of it, and it can be anything."""
        self.fields: dict[str, Value] = {}
        self.readers: dict[str, Callable[[Read], Any]] = {}
        """How the value of each field is read from what the solver chose."""
        self.outer: Post | None = None
        self.like: Post | None = None
        """The record that has its other fields, where only some are another."""
        self.notes: dict[str, z3.BoolRef] = {}
        """What is left open of it, seen from other records."""

    def field(self, name: str) -> Value:
        """The value of a field."""
        if self.like is not None and name not in self.fields:
            return self.like.field(name)
        if name not in self.fields:
            self.fields[name] = self._made(name)
        return self.fields[name]

    def instead(self, name: str, value: Value) -> "Post":
        """The same record with another value of one field."""
        changed = Post(self.world, self.record, self.path, self.place, self.nothing)
        changed.fields, changed.like, changed.outer = {name: value}, self, self.outer
        return changed

    def group(self, grouping: model.Grouping) -> Value:
        """The group of the record: one of those there are, or none."""
        if self.like is not None:
            return self.like.group(grouping)
        if grouping.id not in self.fields:
            ids = frozenset(group.id for group in self.world.rulebook.groups_of(grouping))
            self.fields[grouping.id] = self._choice(grouping.id, ids, lacks=True)
        return self.fields[grouping.id]

    def _made(self, name: str) -> Value:
        field = self.record.field(name)
        assert field is not None, f"{self.record.id} has no field {name}"
        if self.nothing:
            there, empty = variable(name), variable(name)
            self.world.facts.append(negated(both((there, empty))))
            return Value(Beyond("det som er rundt en samling"), there, empty)
        match field.kind:
            case "ja/nei":
                holds = variable(name)
                return self._there(field, Flag(holds), lambda read: "ja" if read.holds(holds) else "nei")
            case "heltall" | "desimaltall":
                return self._number(field)
            case "dato":
                day = self._between(whole_number(name), FIRST_DAY, LAST_DAY)
                return self._there(field, Number(day), lambda read: _day(read.number(day)).isoformat())
            case "tidspunkt":
                moment = self._between(whole_number(name), FIRST_DAY * 86_400, LAST_DAY * 86_400)
                return self._there(field, Number(moment), lambda read: _moment(read.number(moment)))
            case "liste":
                return self._list(field)
            case "koder":
                bag = Bag(name, self.world.codes.of(field))
                self.world.domains.append(bag)
                found = self._there(field, bag, lambda read: bag.chosen(read.holds, lambda n: int(read.number(n))))
                self.world.filled.append(implied(found.there, bag.meets(bag.universe)))
                return found
            case _:
                return self._choice(name, self.world.codes.of(field), field.may_lack)

    def _there(self, field: model.RecordField, content: Any, reader: "Callable[[Read], Any]") -> Value:
        """A field that is given or not."""
        given = variable(f"{field.name} er oppgitt")
        self.readers[field.name] = lambda read: reader(read) if read.holds(given) else None
        return self._state(content, given, field.may_lack)

    def _choice(self, name: str, universe: Codes, lacks: bool) -> Value:
        if lacks and self.world.scope.plain and self.path:
            return Value(Finite({}), False, True)
        chosen = self.world.code(name, universe)
        given = variable(f"{name} er oppgitt")
        self.readers[name] = lambda read: chosen.chosen(read.holds) if read.holds(given) else None
        return self._state(chosen, given, lacks)

    def _state(self, content: Any, given: z3.BoolRef, lacks: bool) -> Value:
        """A value that is given or not; one that may be missing does not exist where it is not."""
        absent = negated(given)
        if not lacks:
            self.world.given.append(given)
        return Value(content, given, absent if lacks else False, False if lacks else absent)

    def _between(self, term: z3.ArithRef, low: int, high: int) -> z3.ArithRef:
        self.world.facts.append(both((term >= low, term <= high)))
        return term

    def _number(self, field: model.RecordField) -> Value:
        """A number as it is given, and in base units."""
        shown = whole_number(field.name) if field.kind == "heltall" else real_number(field.name)
        read_as = next(one for one in fields_of(self.world.rulebook, self.record) if one.navn == field.name)
        if read_as.ikke_negativ:
            self.world.facts.append(shown >= 0)
        base = shown
        if (read_as.teller, read_as.nevner) != (1, 1):
            base = z3.ToReal(shown) if field.kind == "heltall" else shown
            base = base * fraction(read_as.teller, read_as.nevner)
        return self._there(field, Number(base), lambda read: _written(read.number(shown)))

    def _list(self, field: model.RecordField) -> Value:
        """A list of records: those that are seen, and whether there may be more."""
        record = self.world.rulebook.record(field.of or "")
        more = variable(f"{field.name} er lengre")
        self.world.longer.append(more)
        posts = [Post(self.world, record, f"{self.path}{field.name} {n + 1}") for n in range(self.world.scope.slots)]
        guards = [variable(f"{field.name} {n + 1}") for n in range(self.world.scope.slots)]
        self.world.facts += [
            implied(later, earlier) for earlier, later in zip(guards, [*guards[1:], more], strict=True)
        ]
        slots = Slots(tuple((guard, Value(post)) for guard, post in zip(guards, posts, strict=True)), more)
        for number, post in enumerate(posts):
            post.place, post.outer = (slots, number), self

        if field.ordered_by is not None:
            self.world.facts += _in_order(slots, field.ordered_by)

        def read_all(read: Read) -> list[dict[str, Any]]:
            return [post.case(read) for guard, post in zip(guards, posts, strict=True) if read.holds(guard)]

        found = self._there(field, slots, read_all)
        self.world.facts.append(implied(guards[0], found.there))
        self.world.filled.append(implied(found.there, guards[0]))
        return found

    def case(self, read: "Read") -> dict[str, Any]:
        """The record as data."""
        found = {name: reader(read) for name, reader in self.readers.items()}
        return {name: value for name, value in found.items() if value is not None}


class Read:
    """What the solver chose."""

    def __init__(self, chosen: z3.ModelRef) -> None:
        self.chosen = chosen
        self._true = z3.BoolVal(True, chosen.ctx).as_ast().value

    def holds(self, part: z3.BoolRef) -> bool:
        """Whether a free formula holds: asked of thousands, so it is asked as directly as can be."""
        decl = z3.Z3_get_app_decl(part.ctx_ref(), part.as_ast())
        found = z3.Z3_model_get_const_interp(part.ctx_ref(), self.chosen.model, decl)
        return found is not None and found.value == self._true

    def number(self, term: z3.ArithRef) -> Fraction:
        """The value of a number."""
        found = self.chosen.eval(term, model_completion=True)
        if z3.is_algebraic_value(found):
            found = found.approx(_DIGITS)
        return Fraction(found.as_fraction()) if z3.is_rational_value(found) else Fraction(found.as_long())


def slots_of(value: Value) -> Iterator[tuple[Formula, Post]]:
    """The records of a list, each with when it is there."""
    assert isinstance(value.content, Slots)
    for guard, element in value.content.items:
        assert isinstance(element.content, Post)
        yield either((guard,)), element.content


def _in_order(slots: Slots, by: str) -> Iterator[Formula]:
    """That a list is put in order by a field, which all its elements then have."""
    found = [(guard, element.content.field(by)) for guard, element in slots.items if isinstance(element.content, Post)]
    for guard, value in found:
        yield implied(guard, value.there)
    for (_, earlier), (guard, later) in pairwise(found):
        if isinstance(earlier.content, Number) and isinstance(later.content, Number):
            yield implied(guard, earlier.content.term <= later.content.term)


def _written(number: Fraction) -> str:
    """A number as it is given in data."""
    value = Decimal(number.numerator) / Decimal(number.denominator)
    return f"{round(value, _DIGITS).normalize():f}"


def _day(number: Fraction) -> date:
    return date.fromordinal(int(number))


def _moment(number: Fraction) -> str:
    """The point in time that many seconds after the day before the first."""
    return (_START + (int(number) - 86_400) * _SECOND).isoformat(" ")
