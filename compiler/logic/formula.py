"""Formulas for the solver, made without its slow checks of arguments, and truths of three values as two formulas."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import count
from typing import Any, NamedTuple, TypeAlias

import z3

Formula: TypeAlias = bool | z3.BoolRef
"""True, False, or something that the solver decides."""

_context = z3.Context()
_fresh = count()


def restart() -> z3.Solver:
    """A solver that knows nothing of what was asked before: the same rulebook always gets the same answers."""
    global _context, _fresh
    _context, _fresh = z3.Context(), count()
    return z3.Solver(ctx=_context)


def variable(name: str) -> z3.BoolRef:
    """A formula that is free to hold or not; no other has its name."""
    return z3.Bool(f"{name}#{next(_fresh)}", _context)


def whole_number(name: str) -> z3.ArithRef:
    """A whole number that is free."""
    return z3.Int(f"{name}#{next(_fresh)}", _context)


def real_number(name: str) -> z3.ArithRef:
    """A number that is free."""
    return z3.Real(f"{name}#{next(_fresh)}", _context)


def number(value: Decimal | int) -> z3.ArithRef:
    """A known number as the solver has it."""
    if value == int(value):
        return z3.IntVal(int(value), _context)
    return z3.RealVal(f"{value:f}", _context)


def fraction(over: int, under: int) -> z3.ArithRef:
    """A known fraction as the solver has it."""
    return z3.Q(over, under, _context)


def total(parts: Iterable[z3.ArithRef]) -> z3.ArithRef:
    """The sum of some numbers, 0 of none."""
    return z3.Sum([number(0), *parts])


def both(parts: Iterable[Formula]) -> Formula:
    """All of some formulas hold."""
    kept: dict[int, z3.BoolRef] = {}
    for part in parts:
        if part is False:
            return False
        if not isinstance(part, bool):
            kept[part.get_id()] = part
    return _joined(list(kept.values()), z3.Z3_mk_and, empty=True)


def either(parts: Iterable[Formula]) -> Formula:
    """At least one of some formulas holds."""
    kept: dict[int, z3.BoolRef] = {}
    for part in parts:
        if part is True:
            return True
        if not isinstance(part, bool):
            kept[part.get_id()] = part
    return _joined(list(kept.values()), z3.Z3_mk_or, empty=False)


def _joined(parts: Sequence[z3.BoolRef], make: Any, empty: bool) -> Formula:
    if len(parts) < 2:
        return parts[0] if parts else empty
    found = (z3.Ast * len(parts))(*[part.as_ast() for part in parts])
    return z3.BoolRef(make(_context.ref(), len(parts), found), _context)


def negated(part: Formula) -> Formula:
    """The formula does not hold."""
    if isinstance(part, bool):
        return not part
    if z3.is_not(part):
        return part.arg(0)
    return z3.BoolRef(z3.Z3_mk_not(_context.ref(), part.as_ast()), _context)


def implied(condition: Formula, follows: Formula) -> Formula:
    """What follows from a condition holds when it does."""
    return either((negated(condition), follows))


def alike(one: Formula, other: Formula) -> Formula:
    """Two formulas hold together or not at all."""
    if isinstance(one, bool):
        return other if one else negated(other)
    if isinstance(other, bool):
        return one if other else negated(one)
    return one == other


def as_bool(part: Formula) -> z3.BoolRef:
    """A formula as the solver has it."""
    return z3.BoolVal(part, _context) if isinstance(part, bool) else part


class Truth(NamedTuple):
    """When a condition surely holds and when it surely does not; otherwise it is undecided."""

    yes: Formula
    no: Formula

    @property
    def decided(self) -> Formula:
        """It is not undecided."""
        return either((self.yes, self.no))


def surely(part: Formula) -> Truth:
    """A truth that is never undecided."""
    return Truth(part, negated(part))


def every(parts: Iterable[Truth]) -> Truth:
    """All of some truths."""
    found = list(parts)
    return Truth(both(part.yes for part in found), either(part.no for part in found))


def opposite(part: Truth) -> Truth:
    """A truth turned around."""
    return Truth(part.no, part.yes)


def at_least(wanted: int, parts: Iterable[Truth]) -> Truth:
    """At least so many of some truths."""
    found = list(parts)
    if wanted <= 1:
        return surely(True) if wanted < 1 else Truth(either(p.yes for p in found), both(p.no for p in found))
    return Truth(
        _so_many(wanted, [part.yes for part in found]),
        _so_many(len(found) - wanted + 1, [part.no for part in found]),
    )


def _so_many(wanted: int, parts: Sequence[Formula]) -> Formula:
    """At least so many of some formulas."""
    sure = sum(part is True for part in parts)
    open_ = [part for part in parts if not isinstance(part, bool)]
    if wanted <= sure:
        return True
    if wanted - sure > len(open_):
        return False
    if wanted - sure == 1:
        return either(open_)
    return z3.PbGe([(part, 1) for part in open_], wanted - sure)
