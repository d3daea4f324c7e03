"""Cases beside those there are: one field another, with the codes, figures and days that a change is about."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice, permutations, zip_longest
from typing import Any, NamedTuple

from compiler import model
from compiler.mutation.answers import Data
from compiler.mutation.beyond import keys_of, lost
from compiler.mutation.mutants import Mutant
from compiler.walk import nodes, references

Seed = tuple[str, Data]
"""A kind of record, and a case of it; many records where they are gathered."""
_MOST = 500
"""How many cases are tried for one change."""
_MOST_CODES = 20
"""Of more codes than this, none are put beside each other."""
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


class _Values(NamedTuple):
    """What a change is about."""

    codes: tuple[str, ...]
    together: tuple[str, ...]
    """The codes that are put beside each other two by two."""
    numbers: tuple[Decimal, ...]
    days: tuple[date, ...]
    moments: tuple[datetime, ...]


def nearby(
    rulebook: model.Rulebook, mutant: Mutant, seeds: Iterable[Seed], apart: Callable[[str, Data], bool]
) -> Seed | None:
    """The first case beside those there are that a change is answered otherwise in."""
    values = _values(rulebook, mutant)
    beside = [_all_beside(rulebook, *seed, values) for seed in seeds]
    in_turn = (found for each in zip_longest(*beside) for found in each if found is not None)
    return next((found for found in islice(in_turn, _MOST) if apart(*found)), None)


def _all_beside(rulebook: model.Rulebook, kind: str, data: Data, values: _Values) -> Iterator[Seed]:
    """The cases beside one, and itself."""
    record = rulebook.record(kind)
    if isinstance(data, list):
        yield from ((kind, rows) for rows in _many_beside(rulebook, record, data, values))
    else:
        yield from ((kind, case) for case in _beside(rulebook, record, data, values))


def _values(rulebook: model.Rulebook, mutant: Mutant) -> _Values:
    """The codes, numbers and days in what is changed, and in the rates that it refers to."""
    one = mutant.definition
    codes: set[str] = set()
    numbers: set[Decimal] = set()
    days: set[date] = set()
    moments: set[datetime] = set()
    rates = {("sats", rate.id): rate for rate in rulebook.rates}
    sets = {("kodesett", named.id): named for named in rulebook.sets}
    refers = list(references(tuple(one.values.values()) if isinstance(one, model.Row) else one))
    about: list[object] = [one, *(rates.get(r) or sets.get(r) for r in refers)]
    for node in (found for part in about if part is not None for found in nodes(part)):
        match node:
            case model.Row(key=key):
                codes |= {*key.split("|")}
            case model.StringValue(value=text):
                codes.add(text)
            case model.CodeSet(codes=some, intervals=intervals, prefixes=prefixes):
                codes |= {*some, *prefixes, *(code for pair in intervals for code in pair)}
            case model.NumberValue(value=number):
                numbers |= {number, number - 1, number + 1}
            case model.Gap(limit=number) | model.Rate(value=Decimal() as number):
                numbers |= {number, number - 1, number + 1}
            case model.DateConstant(value=day) | model.RatePeriod(start=day):
                days |= {day - _DAY, day, day + _DAY}
            case model.MomentConstant(value=moment):
                moments |= {moment - _MINUTE, moment, moment + _MINUTE}
            case _:
                pass
    gone = lost(rulebook, mutant.make(), mutant, keys_of(rulebook))
    together = {*one.key.split("|"), *gone} if gone and isinstance(one, model.Row) else codes
    return _Values(
        tuple(sorted(codes)),
        tuple(sorted(together)) if len(together) <= _MOST_CODES else (),
        tuple(sorted(numbers)),
        tuple(sorted(days)),
        tuple(sorted(moments)),
    )


def _beside(
    rulebook: model.Rulebook, record: model.Record, data: dict[str, Any], values: _Values
) -> Iterator[dict[str, Any]]:
    """The case itself, and with one field another, or none."""
    yield data
    grouping = rulebook.grouping_of(record.id)
    if grouping is not None and record.field(grouping.id) is None and record.gathering is None:
        yield from ({**data, grouping.id: code} for code in values.codes)
    for field in record.fields:
        if field.kind == "liste" and isinstance(data.get(field.name), list | tuple):
            inner = rulebook.record(field.of or "")
            for rows in _many_beside(rulebook, inner, list(data[field.name]), values):
                yield {**data, field.name: rows}
            continue
        for other in _others(rulebook, field, values):
            if other != data.get(field.name):
                yield {**data, field.name: other}
        if field.name in data:
            yield {name: value for name, value in data.items() if name != field.name}


def _many_beside(
    rulebook: model.Rulebook, record: model.Record, rows: list[Any], values: _Values
) -> Iterator[list[dict[str, Any]]]:
    """Records with one of them another, one left out, or one more like it."""
    yield rows
    for at, row in enumerate(rows):
        if not isinstance(row, dict):
            continue
        for other in _beside(rulebook, record, row, values):
            yield [*rows[:at], other, *rows[at + 1 :]]
            yield [*rows[: at + 1], other, *rows[at + 1 :]]
        yield [*rows[:at], *rows[at + 1 :]]
    yield from _pairs(record, rows, values)


def _pairs(record: model.Record, rows: list[Any], values: _Values) -> Iterator[list[dict[str, Any]]]:
    """Two records beside each other like the first, with two of the codes in a field that has a code."""
    first: dict[str, Any] = next((row for row in rows if isinstance(row, dict)), {})
    fields = [field.name for field in record.fields if field.kind in ("kode", "tekst")]
    for name in fields if first else ():
        for one, other in permutations(values.together, 2):
            yield [{**first, name: one}, {**first, name: other}]


def _others(rulebook: model.Rulebook, field: model.RecordField, values: _Values) -> Iterator[Any]:
    """Other values of a field."""
    unit = field.unit or model.Unit(shown="")
    match field.kind:
        case "ja/nei":
            yield from ("ja", "nei")
        case "valg":
            yield from field.choices
        case "kode" | "tekst":
            yield from values.codes
        case "koder":
            yield from ([code] for code in values.codes)
        case "gruppe":
            known = {group.id for group in rulebook.groups}
            yield from (code for code in values.codes if code in known)
        case "heltall" | "desimaltall":
            for number in values.numbers:
                shown = number * unit.denominator / unit.numerator
                if field.kind == "desimaltall" or shown == shown.to_integral_value():
                    yield f"{shown:f}"
        case "dato":
            yield from (day.isoformat() for day in values.days)
        case "tidspunkt":
            yield from (moment.isoformat(" ") for moment in values.moments)
        case _:
            return
