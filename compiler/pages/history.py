"""What a rate, a weight or a tariff has been, year by year; never what it becomes after the year of the page."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from compiler import model
from compiler.pages.values import places_shown
from compiler.words import day_shown, number, spoken, year_shown

NOT_STATED = "ikke oppgitt"
NOT_THERE = "ikke med i regelverket"


class Point(NamedTuple):
    """What a figure was at a time: the number in the unit of the series, or why there is none."""

    label: str
    value: Decimal | None
    shown: str
    own: bool
    """It is of the year of the page."""


class Series(NamedTuple):
    """A figure through the years, the oldest first."""

    name: str
    unit: str
    points: tuple[Point, ...]

    @property
    def steady_since(self) -> str:
        """The first year, where the figure is known and the same in all of them; else nothing."""
        first = self.points[0]
        return first.label if all(point.value == first.value is not None for point in self.points) else ""


class _Stated(NamedTuple):
    """A figure as a year has it, or that the year is without it."""

    label: str
    value: Decimal | None
    unit: model.Unit | None
    year: int
    there: bool = True


class History:
    """The figures of a rule year and of the years before it."""

    def __init__(self, rulebook: model.Rulebook, earlier: Sequence[model.Rulebook]) -> None:
        before = [one for one in earlier if one.year < rulebook.year]
        self._years = (*sorted(before, key=lambda one: one.year), rulebook)
        self._rates = [{rate.id: rate for rate in one.rates} for one in self._years]

    def of(self, kind: str, id_: str) -> list[Series]:
        """The figures of a rate, a group or a tariff that two years or more have."""
        if len(self._years) == 1:
            return []
        found: list[tuple[str, list[_Stated]]] = []
        if kind == "sats":
            found = [("", list(self._rate(id_)))]
        elif kind in ("gruppe", "takst"):
            tables = [table for table in self._years[-1].tables if table.keys == (kind,)]
            found = [(f.name, list(self._column(table, f, id_))) for table in tables for f in table.fields]
        shown = (_series(name, stated, self._years[-1].year) for name, stated in found)
        return [series for series in shown if series is not None]

    def _rate(self, id_: str) -> Iterator[_Stated]:
        """A rate in each year, and in each part of a year where it changes."""
        for rulebook, rates in zip(self._years, self._rates, strict=True):
            rate, label = rates.get(id_), year_shown(rulebook)
            if rate is None:
                yield _Stated(label, None, None, rulebook.year, there=False)
                continue
            yield _Stated(label, rate.value, rate.unit, rulebook.year)
            for period in rate.periods:
                yield _Stated(f"fra {day_shown(period.start)}", period.value, rate.unit, rulebook.year)

    def _column(self, table: model.Table, field: model.RecordField, id_: str) -> Iterator[_Stated]:
        """A figure of a group or a tariff in each year."""
        for rulebook in self._years:
            of_year = next((one for one in rulebook.tables if one.id == table.id), None)
            column = of_year.field(field.name) if of_year is not None else None
            row = of_year.row(id_) if of_year is not None else None
            value = row.values.get(field.name) if row is not None else None
            number_of = value if isinstance(value, Decimal) else None
            known = row is not None or any(group.id == id_ for group in rulebook.groups)
            there = column is not None and column.kind in ("desimaltall", "heltall") and known
            yield _Stated(year_shown(rulebook), number_of, column.unit if column else None, rulebook.year, there)


def _series(name: str, stated: list[_Stated], year: int) -> Series | None:
    """The figure from the first year that has it; nothing where fewer than two times have a number."""
    known = [one for one in stated if one.value is not None]
    if len(known) < 2:
        return None
    unit = known[-1].unit
    words = unit.shown if unit is not None else ""
    first = next(place for place, one in enumerate(stated) if one.there)
    alike = [one.value for one in known if one.value is not None and _words(one.unit) == words]
    places = places_shown(alike, unit)
    points = tuple(_point(one, unit, places, one.year == year) for one in _with_gaps(stated[first:]))
    return Series(spoken(name), words, points)


def _point(stated: _Stated, unit: model.Unit | None, places: int | None, own: bool) -> Point:
    if stated.value is None:
        return Point(stated.label, None, NOT_STATED if stated.there else NOT_THERE, own)
    if _words(stated.unit) != _words(unit):
        return Point(stated.label, None, number(stated.value, stated.unit), own)
    shown = number(stated.value, unit.model_copy(update={"shown": ""}) if unit else None, places)
    return Point(stated.label, stated.value, shown, own)


def _with_gaps(stated: Sequence[_Stated]) -> Iterator[_Stated]:
    """The figures, with a line for the years in between that no rulebook is of."""
    for before, one in zip([None, *stated], stated, strict=False):
        if before is not None and one.year > before.year + 1:
            first, last = before.year + 1, one.year - 1
            label = str(first) if first == last else f"{first}–{last}"
            yield _Stated(label, None, None, first, there=False)
        yield one


def _words(unit: model.Unit | None) -> str:
    return unit.shown if unit is not None else ""
