"""A chart of a figure through the years: a bar for each, with the years downwards so that it is read on a phone."""

from decimal import Decimal

from compiler.pages.history import Point, Series
from compiler.pages.text import Md, escape

_WIDTH, _ROW, _LETTER = 360, 24, 7
_GAP = 12
_OWN = ' class="historikk-naa"'
"""What marks the year of the page."""


def chart(id_: str, title: str, series: Series) -> Md:
    """The chart, named by its title; the table beside it has the same figures."""
    left = _LETTER * max(len(point.label) for point in series.points) + _GAP
    right = _LETTER * max(len(point.shown) for point in series.points if point.value is not None) + _GAP
    place = _Scale([point.value for point in series.points if point.value is not None], left, _WIDTH - right)
    height = _ROW * len(series.points) + 4
    rows = [(point, 2 + number * _ROW) for number, point in enumerate(series.points)]
    parts = [
        Md(f'<svg class="historikk" role="img" aria-labelledby="{id_}-t" viewBox="0 0 {_WIDTH} {height}" '),
        Md(f'xmlns="http://www.w3.org/2000/svg"><title id="{id_}-t">') + escape(title) + Md("</title>"),
        Md(f'<path class="historikk-null" d="M{place.zero} 0V{height}"/>'),
        *(_text(point, 0, top, point.label) for point, top in rows),
        Md('<g class="historikk-stolper">'),
        *(_bar(point, point.value, top, place) for point, top in rows if point.value is not None),
        Md('</g><g class="historikk-tall">'),
        *(_figure(point, point.value, top, place) for point, top in rows if point.value is not None),
        Md('</g><g class="historikk-mangler">'),
        *(_text(point, place.left + 4, top, point.shown) for point, top in rows if point.value is None),
        Md("</g></svg>"),
    ]
    return Md("").join(parts)


class _Scale:
    """Where a value is, from zero and not from the least of them: a bar is as long as what it shows."""

    def __init__(self, values: list[Decimal], left: int, right: int) -> None:
        self._low, high = min(Decimal(0), *values), max(Decimal(0), *values)
        self._left = left
        self._step = (right - left) / float(high - self._low or 1)
        self.left = left
        self.zero = self.of(Decimal(0))

    def of(self, value: Decimal) -> int:
        """How far from the left edge a value is."""
        return round(self._left + float(value - self._low) * self._step)


def _bar(point: Point, value: Decimal, top: int, place: _Scale) -> Md:
    start, stop = sorted((place.zero, place.of(value)))
    size = f'x="{start}" y="{top + 3}" width="{max(stop - start, 1)}" height="{_ROW - 8}"'
    return Md(f"<rect{_OWN if point.own else ''} {size}/>")


def _figure(point: Point, value: Decimal, top: int, place: _Scale) -> Md:
    """The figure at the end of its bar."""
    return _text(point, max(place.zero, place.of(value)) + 5, top, point.shown)


def _text(point: Point, x: int, top: int, text: str) -> Md:
    place = f'x="{x}" y="{top + 15}"' if x else f'y="{top + 15}"'
    return Md(f"<text{_OWN if point.own else ''} {place}>") + escape(text) + Md("</text>")
