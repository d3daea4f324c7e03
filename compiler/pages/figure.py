"""A figure of what happens in time: a lane for each actor, time downwards, and a box for each event, as SVG.

What is not paid has a broken border, a hatched ground and its own words, so that nothing rests on colour alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from textwrap import wrap
from typing import Literal

from compiler.pages.text import Md, escape
from compiler.words import day_shown

Look = Literal["betalt", "ubetalt", "ukjent", "utenfor"]

LOOKS: dict[Look, str] = {
    "betalt": "heltrukken ramme: blir betalt",
    "ubetalt": "stiplet ramme og skravert: ikke betalt",
    "ukjent": "prikket ramme: beløpet kan ikke beregnes",
    "utenfor": "tynn ramme: inngår ikke",
}

_DATES, _LANE, _GAP, _PAD = 68, 134, 8, 9
_LINE, _HEAD, _LETTERS = 15, 46, 17
_MOST = 19
"""A line with more letters than this is one long word, and is squeezed to fit."""


@dataclass(frozen=True, slots=True)
class Box:
    """One event: who, when, what, and what it gives."""

    lane: str
    day: date
    label: str
    amount: str
    note: str
    look: Look

    @property
    def lines(self) -> list[str]:
        """The label, broken to fit."""
        return wrap(self.label, _LETTERS, break_long_words=False) or [""]

    @property
    def height(self) -> int:
        """How high the box is."""
        return 2 * _PAD + _LINE * (len(self.lines) + len(self.notes)) + _LINE + 3

    @property
    def notes(self) -> list[str]:
        """The note under the amount, broken to fit."""
        return wrap(self.note, _LETTERS + 2, break_long_words=False)


def figure(id_: str, title: str, lanes: Sequence[tuple[str, str]], boxes: Sequence[Box]) -> Md:
    """The figure; each lane has its name and its sum. The id sets its parts apart from those of other figures."""
    by_day = [(day, list(found)) for day, found in groupby(sorted(boxes, key=lambda b: b.day), lambda b: b.day)]
    width = _DATES + len(lanes) * (_LANE + _GAP)
    rows: list[Md] = []
    top = _HEAD + _GAP
    for day, found in by_day:
        high = 0
        rows.append(_text("forlop-dato", 0, top + 16, _short(day)))
        rows.append(Md(f'<circle class="forlop-punkt" cx="{_DATES - 8}" cy="{top + 12}" r="4"/>'))
        for at, (lane, _) in enumerate(lanes):
            y = top
            for box in (box for box in found if box.lane == lane):
                rows += _box(id_, box, _DATES + at * (_LANE + _GAP), y)
                y += box.height + _GAP
            high = max(high, y - top)
        top += high + _GAP
    parts = [
        Md(f'<svg class="forlop" role="img" aria-labelledby="{id_}-t" aria-describedby="{id_}-d" '),
        Md(f'viewBox="0 0 {width} {top}" xmlns="http://www.w3.org/2000/svg">'),
        Md(f'<title id="{id_}-t">') + escape(title) + Md(f'</title><desc id="{id_}-d">'),
        escape(_told(lanes, boxes)) + Md("</desc>"),
        Md(f'<defs><pattern id="{id_}-s" width="7" height="7" patternUnits="userSpaceOnUse" '),
        Md('patternTransform="rotate(45)"><line class="forlop-strek" x1="0" y1="0" x2="0" y2="7"/></pattern></defs>'),
        Md(f'<line class="forlop-tid" x1="{_DATES - 8}" y1="{_HEAD}" x2="{_DATES - 8}" y2="{top - _GAP}"/>'),
        *_lanes(lanes, top),
        *rows,
        Md("</svg>"),
    ]
    return Md("").join(parts)


def _lanes(lanes: Sequence[tuple[str, str]], height: int) -> Iterator[Md]:
    """The lanes, each with its name and its sum."""
    for at, (name, total) in enumerate(lanes):
        x = _DATES + at * (_LANE + _GAP)
        yield Md(f'<rect class="forlop-bane" x="{x - 2}" y="0" width="{_LANE + 4}" height="{height}" rx="3"/>')
        yield _text("forlop-aktor", x + _PAD, 19, name)
        yield _text("forlop-sum", x + _PAD, 37, total)


def _box(id_: str, box: Box, x: int, y: int) -> Iterator[Md]:
    """A box with what happens, what it gives, and by what scheme."""
    size = f'x="{x}" y="{y}" width="{_LANE}" height="{box.height}" rx="3"'
    yield Md(f'<rect class="forlop-boks forlop-{box.look}" {size}/>')
    if box.look == "ubetalt":
        yield Md(f'<rect fill="url(#{id_}-s)" {size}/>')
    at = y + _PAD + 11
    for line in box.lines:
        yield _text("forlop-hva", x + _PAD, at, line)
        at += _LINE
    yield _text("forlop-belop", x + _PAD, at + 2, box.amount)
    for line in box.notes:
        at += _LINE
        yield _text("forlop-note", x + _PAD, at + 3, line)


def _text(look: str, x: int, y: int, text: str) -> Md:
    squeezed = f' textLength="{_LANE - 2 * _PAD}" lengthAdjust="spacingAndGlyphs"' if len(text) > _MOST else ""
    return Md(f'<text class="{look}" x="{x}" y="{y}"{squeezed}>') + escape(text) + Md("</text>")


def _short(day: date) -> str:
    """«3. feb.»: the day and the month, and not the year, which stands in the table."""
    number, month, _ = day_shown(day).replace("\u00a0", " ").split(" ")
    return f"{number} {month if len(month) <= 4 else f'{month[:3]}.'}"


def _told(lanes: Sequence[tuple[str, str]], boxes: Sequence[Box]) -> str:
    """What the figure shows, in words; the table beside it has all of it."""
    sums = "; ".join(f"{name}: {total}" for name, total in lanes)
    counts = [(look, sum(box.look == look for box in boxes)) for look in LOOKS]
    words = {"betalt": "blir betalt", "ubetalt": "ikke betalt", "ukjent": "ukjent beløp", "utenfor": "inngår ikke"}
    told = ", ".join(f"{count} {words[look]}" for look, count in counts if count)
    return f"Tiden går nedover, med én bane for hver aktør. {len(boxes)} hendelser: {told}. {sums}. Tabellen har alt."
