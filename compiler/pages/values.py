"""Values as the pages show them: rates with their periods, cells of tables, and computed results."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from compiler import model
from compiler.pages.text import Md, escape, joined
from compiler.runtime.svar import Verdi
from compiler.words import day_shown, moment_shown, number, spoken


@dataclass(frozen=True, slots=True)
class Period:
    """What a rate is in a part of the year."""

    when: str
    value: Md
    citations: tuple[model.Citation, ...]
    derived: str | None


def periods(rate: model.Rate) -> Iterator[Period]:
    """What a rate is, from day to day; one period where it is the same all year."""
    starts = [None, *(one.start for one in rate.periods)]
    ends = [*(one.start - timedelta(days=1) for one in rate.periods), None]
    stated: list[model.Rate | model.RatePeriod] = [rate, *rate.periods]
    places = places_shown([one.value for one in stated if one.value is not None], rate.unit)
    for start, end, one in zip(starts, ends, stated, strict=True):
        shown = Md("ukjent") if one.value is None else escape(number(one.value, rate.unit, places))
        words = [f"fra og med {day_shown(start)}" if start else "", f"til og med {day_shown(end)}" if end else ""]
        yield Period(" ".join(filter(None, words)), shown, one.citations, one.derived)


def rate_value(rate: model.Rate) -> Md:
    """A rate's value on one line, with what it becomes within the year."""
    first, *later = periods(rate)
    changes = Md(", ").join(one.value + Md(" ") + escape(one.when.split(" til og med ")[0]) for one in later)
    return first.value + Md(" (") + changes + Md(")") if later else first.value


def result(term: model.Term | None, value: Verdi | frozenset[str]) -> Md:
    """A computed value, which is in shown units already; of codes, all of them."""
    match value:
        case frozenset():
            return joined(sorted(value)) or Md("ingen")
        case None:
            return Md("kan ikke beregnes")
        case bool():
            return Md("ja" if value else "nei")
        case Decimal():
            shown = term.unit.shown if term is not None and term.unit is not None else ""
            places = _places(term.rounding.step) if term is not None and term.rounding is not None else None
            return escape(number(value, model.Unit(shown=shown), with_oere([value], shown, places)))
        case datetime():
            return escape(moment_shown(value))
        case date():
            return escape(day_shown(value))
        case str():
            return escape(value)


def figure(field: model.RecordField, value: Decimal, places: int | None, with_unit: bool = True) -> Md:
    """A number of a column, with as many decimals as the column has; the unit may stand in the heading instead."""
    unit = field.unit if with_unit or field.unit is None else field.unit.model_copy(update={"shown": ""})
    return escape(number(value, unit, places))


def key_shown(field: model.RecordField, value: model.Cell) -> Md:
    """A key of a row, which is a name even where it is a number: a year has no space in it."""
    return escape(f"{value:f}".replace(".", ",")) if isinstance(value, Decimal) else text_shown(field, str(value))


def text_shown(field: model.RecordField | None, text: str) -> Md:
    """A text of a field: a choice or a group as words, a date or a point in time as it is read."""
    if field is not None and field.kind in ("valg", "gruppe"):
        return escape(spoken(text).strip())
    if field is not None and field.kind == "dato":
        return day_or_text(text)
    if field is not None and field.kind == "tidspunkt":
        with suppress(ValueError):
            return escape(moment_shown(datetime.fromisoformat(text)))
    return escape(text)


def day_or_text(text: str) -> Md:
    """A date as it is read; what is none, as it stands."""
    with suppress(ValueError):
        return escape(day_shown(date.fromisoformat(text)))
    return escape(text)


def heading(field: model.RecordField) -> Md:
    """What stands above a column: its name, and the unit of its numbers."""
    name = spoken(field.name)
    unit = f" ({field.unit.shown})" if field.unit is not None and field.unit.shown else ""
    return escape(f"{name[:1].upper()}{name[1:]}{unit}")


def _places(step: Decimal) -> int:
    """The decimals that a number needs, as the step that others are rounded to."""
    exponent = step.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def places_shown(values: Sequence[Decimal], unit: model.Unit | None) -> int | None:
    """The decimals that numbers are shown with: as they are written, where they are written in base units."""
    if unit is not None and (unit.numerator, unit.denominator) != (1, 1):
        return None
    exponents = [value.as_tuple().exponent for value in values]
    places = max((-e for e in exponents if isinstance(e, int) and e < 0), default=0)
    return with_oere(values, unit.shown if unit is not None else "", places)


def with_oere(values: Sequence[Decimal], unit: str, places: int | None) -> int | None:
    """The decimals of kroner: two where there are øre, «519,50 kr»; more where the numbers have more."""
    if unit.split(" ")[0] != "kr" or all(value == value.to_integral_value() for value in values):
        return places
    if places is not None:
        return max(places, 2)
    return max(2, *(_places(value) for value in values))


def places_of_column(table: model.Table, field: model.RecordField) -> int | None:
    """The decimals that the numbers of a column are shown with."""
    values = [value for row in table.rows if isinstance(value := row.values.get(field.name), Decimal)]
    return places_shown(values, field.unit)
