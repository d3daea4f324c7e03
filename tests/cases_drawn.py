"""Random cases for a rulebook, drawn from the codes, choices and borders that its rules mention."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from compiler import model
from compiler.walk import nodes

Case = dict[str, Any]


def cases(rulebook: model.Rulebook, record: model.Record) -> st.SearchStrategy[Case]:
    """Data for one record: each field given or missing, and in every eighth case a value that is wrong."""
    right, wrong = _case(rulebook, record, wrong=False), _case(rulebook, record, wrong=True)
    # `one_of` would take seven of the same for one.
    return st.integers(0, 7).flatmap(lambda number: right if number else wrong)


def _case(rulebook: model.Rulebook, record: model.Record, wrong: bool) -> st.SearchStrategy[Case]:
    codes, numbers = _mentioned(rulebook)
    fields = {field.name: _field(rulebook, field, codes, numbers, wrong) for field in record.fields}
    grouping = rulebook.grouping_of(record.id)
    if grouping is not None and record.gathering is None:
        known = [group.id for group in rulebook.groups]
        fields[grouping.id] = st.one_of(
            st.none(), st.none(), st.sampled_from(known or ["x"]), st.just("DRG 999" if wrong else known[0])
        )
    return st.fixed_dictionaries({}, optional=fields)


def mentioned_codes(rulebook: model.Rulebook) -> list[str]:
    """The codes that rules mention."""
    return _mentioned(rulebook)[0]


def drawn_field(rulebook: model.Rulebook, field: model.RecordField) -> st.SearchStrategy[Any]:
    """A value of a field, or none, that is never wrong."""
    return _field(rulebook, field, *_mentioned(rulebook), wrong=False)


def _mentioned(rulebook: model.Rulebook) -> tuple[list[str], list[Decimal]]:
    """The codes and numbers that rules mention, with numbers just beside them."""
    codes: set[str] = {"XX99"}
    others = {choice for record in rulebook.records for field in record.fields for choice in field.choices}
    others |= {group.id for group in rulebook.groups}
    numbers: set[Decimal] = {Decimal(0), Decimal(1)}
    for node in nodes(rulebook):
        match node:
            case model.StringValue(value=value):
                codes.add(value)
            case model.CodeSet(codes=found, intervals=intervals, prefixes=prefixes):
                codes |= {*found, *prefixes, *(code for pair in intervals for code in pair)}
            case model.NumberValue(value=number):
                numbers |= {number - 1, number, number + 1}
            case model.Rate(value=Decimal() as number) if number < 1000:
                numbers |= {number - 1, number, number + 1}
            case _:
                pass
    return sorted(code for code in codes - others if code.isalnum()), sorted(numbers)


def _field(
    rulebook: model.Rulebook, field: model.RecordField, codes: list[str], numbers: list[Decimal], wrong: bool
) -> st.SearchStrategy[Any]:
    match field.kind:
        case "ja/nei":
            good: st.SearchStrategy[Any] = st.sampled_from([True, "ja", True, "ja", False, "nei"])
        case "heltall" | "desimaltall":
            good = _number(field, numbers)
        case "valg":
            good = st.sampled_from(field.choices)
        case "koder":
            good = st.lists(st.sampled_from(codes), max_size=3)
        case "kode":
            good = st.sampled_from(codes)
        case "gruppe":
            good = st.sampled_from([group.id for group in rulebook.groups])
        case "dato":
            good = st.one_of(st.sampled_from(_days(rulebook)), st.dates()).map(lambda day: day.isoformat())
        case "tidspunkt":
            near = st.sampled_from(_moments(rulebook))
            some = st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)).map(
                lambda moment: moment.replace(microsecond=0)
            )
            good = st.one_of(near, near, some, near.map(lambda moment: moment.isoformat(" ", "minutes")))
        case "liste":
            inner = rulebook.record(field.of or "")
            keys = {f.name: _keys(rulebook, f) for f in inner.fields}
            parts = {
                f.name: st.sampled_from(keys[f.name]) if keys[f.name] else _field(rulebook, f, codes, numbers, wrong)
                for f in inner.fields
            }
            good = st.lists(st.fixed_dictionaries(parts), max_size=5)
        case _:
            good = st.text(max_size=5)
    if not wrong:
        return st.one_of(good, good, good, st.none())
    return st.one_of(good, st.none(), st.sampled_from(["tre", "«", "-5,5,5", "1.2.3", -1, True]))


def _keys(rulebook: model.Rulebook, field: model.RecordField) -> list[str]:
    """The keys of the tables that a field's codes are from."""
    return [row.key for table in rulebook.tables if table.id in field.origins for row in table.rows]


def _days(rulebook: model.Rulebook) -> list[date]:
    """The days that rules mention, and those beside them."""
    days = {rulebook.valid_from, rulebook.valid_to or rulebook.valid_from}
    days |= {period.start for rate in rulebook.rates for period in rate.periods}
    days |= {node.value for node in nodes(rulebook.requirements) if isinstance(node, model.DateConstant)}
    return sorted({day + timedelta(days=n) for day in days for n in (-1, 0, 1)})


def _moments(rulebook: model.Rulebook) -> list[datetime]:
    """The points in time that rules mention, the last of the days before and those just beside them."""
    moments = {datetime.combine(day, time(7, 45)) for day in _days(rulebook)}
    moments |= {node.value for node in nodes(rulebook.terms) if isinstance(node, model.MomentConstant)}
    moments |= {node.value for node in nodes(rulebook.requirements) if isinstance(node, model.MomentConstant)}
    hours = [timedelta(seconds=n) for n in (-28_800, -60, -1, 0, 1, 60, 28_740, 28_800)]
    return sorted({moment + hour for moment in moments for hour in hours})


def _number(field: model.RecordField, numbers: list[Decimal]) -> st.SearchStrategy[Any]:
    """A number in the field's own unit, at or near one that a rule mentions."""
    unit = field.unit or model.Unit(shown="")
    shown = [number * unit.denominator / unit.numerator for number in numbers]
    whole = [int(number) for number in shown if number == number.to_integral_value() and number >= 0]
    if field.kind == "heltall":
        return st.sampled_from(sorted(set(whole)))
    some = [number for number in shown if len(str(number)) < 12]
    return st.one_of(st.sampled_from(some), st.decimals(-999, 9999, places=3, allow_nan=False, allow_infinity=False))
