"""Numbers, dates and points in time that are not known."""

import operator as python
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import z3

from compiler import model
from compiler.logic.domains import Finite, Merged, One
from compiler.logic.formula import (
    Formula,
    alike,
    both,
    either,
    fraction,
    implied,
    negated,
    number,
    real_number,
    whole_number,
)
from compiler.logic.posts import LAST_DAY, Post
from compiler.logic.values import (
    CHOICES,
    Beyond,
    Content,
    Flag,
    Number,
    Value,
    flag_of,
    number_term,
)

if TYPE_CHECKING:
    from compiler.logic.encoder import Encoder

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "==": python.eq,
    "!=": python.ne,
    "<": python.lt,
    "<=": python.le,
    ">": python.gt,
    ">=": python.ge,
}
_SECONDS = {"dag": Decimal(1), "minutt": Decimal(60)}
_MOST_VALUES = 400
"""How many values two choices may share and be held against each other one by one."""
_YEARS_BEFORE, _YEARS_AFTER = 3, 5
"""How far from the rule year the parts of dates are told apart."""
_MINUTE = 60
_DAY = 86_400


def compared(encoder: "Encoder", operator: str, left: "Content | Post", right: "Content | Post") -> Formula:
    """When two values that are there compare so."""
    if isinstance(left, CHOICES) and isinstance(right, One):
        return _held_against(left, operator, right.value)
    flags = flag_of(left), flag_of(right)
    if flags[0] is not None and flags[1] is not None:
        same = alike(flags[0], flags[1])
        return same if operator == "==" else negated(same)
    if isinstance(left, CHOICES) and isinstance(right, CHOICES) and operator in ("==", "!="):
        shared = left.possible() & right.possible()
        if len(shared) <= _MOST_VALUES:
            in_order = sorted(shared, key=str)
            same = either(both((left.among((one,)), right.among((one,)))) for one in in_order)
            return same if operator == "==" else negated(same)
    numbers = number_term(left), number_term(right)
    if numbers[0] is None or numbers[1] is None:
        return encoder.unknown("to verdier sammenlignet")
    return _OPERATORS[operator](numbers[0], numbers[1])


def _held_against(left: Any, operator: str, right: object) -> Formula:
    """When one of some values compares so with a known one."""
    if operator in ("==", "!="):
        same: Formula = left.among((right,))
        return same if operator == "==" else negated(same)
    fitting = [one for one in left.possible() if isinstance(one, Decimal) and _OPERATORS[operator](one, right)]
    return left.among(fitting)


def joined(encoder: "Encoder", operator: str, left: Value, right: Value) -> Value:
    """Two numbers joined; there when both are."""
    there = both((left.there, right.there))
    empty = either((left.empty, both((left.there, right.empty))))
    unstated = either((left.unstated, both((left.there, right.unstated))))
    return Value(_result(encoder, operator, left.content, right.content), there, empty, unstated)


def _result(encoder: "Encoder", operator: str, left: "Content | Post", right: "Content | Post") -> Content:
    if isinstance(left, One) and isinstance(right, One) and operator != "÷":
        return One(_known(operator, left.value, right.value))
    terms = number_term(left), number_term(right)
    if terms[0] is None or terms[1] is None:
        encoder.beyond.append("et regnestykke")
        return Beyond("et regnestykke")
    one, other = terms[0], terms[1]
    match operator:
        case "+":
            return Number(one + other)
        case "−":
            return Number(one - other)
        case "×" if isinstance(left, One) or isinstance(right, One):
            return Number(_real(one) * _real(other))
        case "÷" if isinstance(right, One) and right.value != 0:
            return Number(_real(one) / _real(other))
        case _:
            encoder.beyond.append("to ukjente tall ganget eller delt")
            return Beyond("to ukjente tall ganget eller delt")


def _known(operator: str, left: Any, right: Any) -> Any:
    return left + right if operator == "+" else left - right if operator == "−" else left * right


def _real(term: z3.ArithRef) -> z3.ArithRef:
    return z3.ToReal(term) if term.is_int() else term


def between(encoder: "Encoder", unit: str, left: Value, right: Value) -> Value:
    """The time between two dates in days, or two points in time in minutes."""
    found = joined(encoder, "−", left, right)
    if unit == "dag" or not isinstance(found.content, Number):
        return found
    return found._replace(content=Number(_real(found.content.term) / _MINUTE))


def rounded(encoder: "Encoder", value: Value, rounding: model.Rounding) -> Value:
    """A rounded number: the whole number of steps that lies nearest, or just above or below."""
    term = number_term(value.content)
    if term is None:
        encoder.beyond.append("en avrunding")
        return value._replace(content=Beyond("en avrunding"))
    steps = _real(term) / number(rounding.step)
    whole = whole_number("steg")
    match rounding.direction:
        case "opp":
            fits = both((whole >= steps, whole < steps + 1))
        case "ned":
            fits = both((whole <= steps, whole > steps - 1))
        case None:
            half = fraction(1, 2)
            up = both((whole <= steps + half, whole > steps - half))
            down = both((whole >= steps - half, whole < steps + half))
            fits = z3.If(steps >= 0, up, down)
    encoder.world.facts.append(fits)
    return value._replace(content=Number(_real(whole) * number(rounding.step)))


def date_part(encoder: "Encoder", part: str, value: Value) -> Value:
    """The year, the month, the day of the week … of a date or a point in time."""
    content = value.content
    if not isinstance(content, Number):
        encoder.beyond.append("en del av en dato")
        return value._replace(content=Beyond("en del av en dato"))
    if part == "dato":
        return value._replace(content=Number(_day_of(content.term)))
    day = z3.If(content.term > LAST_DAY, _day_of(content.term), content.term)
    if part == "ukedag":
        return value._replace(content=Number((day - 1) % 7 + 1))
    year, month = _calendar_of(encoder, day)
    if part == "år":
        return value._replace(content=Number(year))
    return value._replace(content=Number(month if part == "måned" else (month + 3) / 4))


def _calendar_of(encoder: "Encoder", day: z3.ArithRef) -> tuple[z3.ArithRef, z3.ArithRef]:
    """The year and the month of a day, told of once."""
    known = encoder.world.calendar
    if day.get_id() not in known:
        year, month = whole_number("år"), whole_number("måned")
        encoder.world.facts += _calendar(encoder.rulebook.year, day, year, month)
        known[day.get_id()] = day, year, month
    _, year, month = known[day.get_id()]
    return year, month


def _calendar(around: int, day: z3.ArithRef, year: z3.ArithRef, month: z3.ArithRef) -> Iterator[Formula]:
    """The year and the month of a day in the years around a rule year; of others only that they are not in these."""
    years = range(around - _YEARS_BEFORE, around + _YEARS_AFTER)
    starts = [(y, m, date(y, m, 1).toordinal()) for y in years for m in range(1, 13)]
    end = date(years.stop, 1, 1).toordinal()
    yield both((month >= 1, month <= 12))
    yield implied(day < starts[0][2], year < years.start)
    yield implied(day >= end, year >= years.stop)
    for (y, m, start), following in zip(starts, [*(start for _, _, start in starts[1:]), end], strict=True):
        yield implied(both((day >= start, day < following)), both((year == y, month == m)))


def _day_of(seconds: z3.ArithRef) -> z3.ArithRef:
    return seconds / _DAY


def one_of(encoder: "Encoder", cases: list[tuple[Formula, "Content | Post"]]) -> "Content | Post":
    """Numbers, flags or choices of which one is the value, each when its formula holds."""
    contents = [content for _, content in cases]
    if len(contents) == 1:
        return contents[0]
    if not contents:
        return Flag(False)
    if all(isinstance(content, CHOICES) for content in contents):
        if all(isinstance(content, One) for content in contents):
            known: dict[object, list[Formula]] = {}
            for when, content in cases:
                assert isinstance(content, One)
                known.setdefault(content.value, []).append(when)
            return Finite({value: either(whens) for value, whens in known.items()})
        return Merged(cases)  # type: ignore[arg-type]
    flags = [flag_of(content) for content in contents]
    if all(flag is not None for flag in flags):
        return Flag(
            either(both((when, flag)) for (when, _), flag in zip(cases, flags, strict=True) if flag is not None)
        )
    numbers = [number_term(content) for content in contents]
    if all(term is not None for term in numbers):
        found: Any = numbers[-1]
        for (when, _), term in reversed(list(zip(cases[:-1], numbers[:-1], strict=True))):
            found = term if when is True else found if when is False else z3.If(when, term, found)
        return Number(found)
    encoder.beyond.append("verdier av ulike slag")
    return Beyond("verdier av ulike slag")


def extreme(
    encoder: "Encoder", function: str, found: list[tuple[Formula, Value]], more: Formula
) -> "tuple[Content | Post, Formula]":
    """The highest or lowest of those that are there, and when there is one."""
    there = [(both((guard, value.there)), value.content) for guard, value in found]
    some = either(guard for guard, _ in there)
    extra = encoder.world.extra(more, "flere verdier")
    numbers = [number_term(content) for _, content in there]
    if not there or any(term is None for term in numbers):
        if there:
            encoder.beyond.append("det høyeste eller laveste av mange")
        return Beyond("det høyeste eller laveste av mange"), either((some, extra))
    best = real_number(function)
    for (guard, _), term in zip(there, numbers, strict=True):
        assert term is not None
        encoder.world.facts.append(implied(guard, best >= term if function == "høyeste" else best <= term))
    reached = either(both((guard, best == term)) for (guard, _), term in zip(there, numbers, strict=True))
    encoder.world.facts.append(implied(some, either((reached, extra))))
    return Number(best), either((some, extra))
