"""Values that are not known: what they can be, and when they are there."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import z3

from compiler.logic import formula
from compiler.logic.domains import Bag, Choice, CodeVariable, Finite, Looked, Members, Merged, One, Probe
from compiler.logic.formula import Formula, Truth, as_bool, both, either, negated, total

if TYPE_CHECKING:
    from compiler.logic.posts import Post

CHOICES = (CodeVariable, Probe, One, Finite, Looked, Merged)
MOST_TERMS = 200
"""How many values a number that is one of some is spelt out for."""


@dataclass(frozen=True, eq=False, slots=True)
class Flag:
    """«ja» when the formula holds, else «nei»."""

    holds: Formula


@dataclass(frozen=True, eq=False, slots=True)
class Number:
    """A number, a date as its day, or a point in time as its second."""

    term: z3.ArithRef


@dataclass(frozen=True, eq=False, slots=True)
class Slots:
    """The first elements of a list, each when it is there; `more` when the list may be longer than what is seen."""

    items: "tuple[tuple[Formula, Value], ...]"
    more: Formula


@dataclass(frozen=True, eq=False, slots=True)
class Narrowed:
    """The elements of a list that pass a test."""

    items: "Listing"
    test: "Callable[[Value], Truth]"


@dataclass(frozen=True, eq=False, slots=True)
class Known:
    """A set of codes that is written: what it contains, and its codes where they can be listed."""

    contains: Callable[[str], bool]
    listed: frozenset[str] | None


@dataclass(frozen=True, eq=False, slots=True)
class Beyond:
    """Something that is not reckoned with here: it can be anything."""

    reason: str


Listing = Slots | Bag | Members | Narrowed
Content = Choice | Flag | Number | Listing | Known | Beyond
"""What a value is; a record is there too, as `Post`."""


class Value(NamedTuple):
    """A value, and when it is there. Else it does not exist (`empty`), was not stated, or cannot be had."""

    content: "Content | Post"
    there: Formula = True
    empty: Formula = False
    unstated: Formula = False


def constant(value: object) -> Value:
    """A value that is known."""
    return Value(One(value))


def behind(before: Value, found: Value) -> Value:
    """What is found by way of another value: where that does not exist, neither does this."""
    return Value(
        found.content,
        both((before.there, found.there)),
        either((before.empty, both((before.there, found.empty)))),
        either((before.unstated, both((before.there, found.unstated)))),
    )


def number_term(content: "Content | Post") -> z3.ArithRef | None:
    """A number as the solver has it; None of one that cannot be spelt out."""
    match content:
        case Number(term=term):
            return term
        case One(value=Decimal() as number):
            return formula.number(number)
        case CodeVariable() | Probe() | One():
            return None
        case Finite() | Looked() | Merged():
            values = [value for value in content.possible() if isinstance(value, Decimal)]
            if not values or len(values) > MOST_TERMS or len(values) < len(content.possible()):
                return None
            return total(z3.If(as_bool(content.among((one,))), formula.number(one), 0) for one in sorted(values))
        case _:
            return None


def flag_of(content: "Content | Post") -> Formula | None:
    """When a value that is «ja» or «nei» is «ja»; None of other values."""
    match content:
        case Flag(holds=holds):
            return holds
        case One(value=bool(value)):
            return value
        case Finite() | Looked() | Merged() if content.possible() <= {True, False}:
            return content.among((True,))
        case _:
            return None


def members_of(value: Value) -> Members | None:
    """A code, a list of codes or a set of codes as a set; None of other values, and of sets that cannot be listed."""
    content, there = value.content, value.there
    match content:
        case Known(listed=listed) if listed is not None:
            return Members(listed, lambda code: both((there, code in listed)))
        case Bag() | Members():
            return Members(content.candidates(), lambda code: both((there, content.has(code))))
        case CodeVariable() | Probe() | One() | Finite() | Looked() | Merged():
            possible = frozenset(one for one in content.possible() if isinstance(one, str))
            return Members(possible, lambda code: both((there, content.among((code,)))))
        case _:
            return None


def missing(value: Value) -> Formula:
    """The value was not stated, or does not exist."""
    return either((value.empty, value.unstated))


def undecided(value: Value) -> Formula:
    """The value should be there, and is not."""
    return negated(either((value.there, value.empty)))
