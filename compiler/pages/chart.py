"""A chart of a figure through the years: a bar for each, with the years downwards so that it is read on a phone."""

from collections.abc import Iterator
from decimal import Decimal

from compiler.pages.history import Point, Series
from compiler.pages.text import Md, escape

_WIDTH, _ROW, _LETTER = 360, 24, 7
_GAP = 8


def chart(id_: str, title: str, series: Series) -> Md:
    """The chart, named by its title; the table beside it has the same figures."""
    left = _LETTER * max(len(point.label) for point in series.points) + _GAP
    right = _LETTER * max(len(point.shown) for point in series.points if point.value is not None) + _GAP
    place = _Scale([point.value for point in series.points if point.value is not None], left, _WIDTH - right)
    height = _ROW * len(series.points) + 4
    parts = [
        Md(f'<svg class="historikk" role="img" aria-labelledby="{id_}-t" viewBox="0 0 {_WIDTH} {height}" '),
        Md(f'xmlns="http://www.w3.org/2000/svg"><title id="{id_}-t">') + escape(title) + Md("</title>"),
        Md(f'<line class="historikk-null" x1="{place.zero}" y1="0" x2="{place.zero}" y2="{height}"/>'),
        *(row for number, point in enumerate(series.points) for row in _row(point, 2 + number * _ROW, place)),
        Md("</svg>"),
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


def _row(point: Point, top: int, place: _Scale) -> Iterator[Md]:
    """A time with its bar and its figure; where there is no figure, why."""
    own = " historikk-naa" if point.own else ""
    yield _text(f"historikk-aar{own}", 0, top + 15, point.label)
    if point.value is None:
        yield _text("historikk-mangler", place.left + 4, top + 15, point.shown)
        return
    end = place.of(point.value)
    start, stop = sorted((place.zero, end))
    yield Md(f'<rect class="historikk-stolpe{own}" x="{start}" y="{top + 3}" ')
    yield Md(f'width="{max(stop - start, 1)}" height="{_ROW - 8}"/>')
    yield _text(f"historikk-tall{own}", stop + 5, top + 15, point.shown)


def _text(look: str, x: int, y: int, text: str) -> Md:
    return Md(f'<text class="{look}" x="{x}" y="{y}">') + escape(text) + Md("</text>")
