"""What is wrong with a point of a list that does not stand on a level with the points above it."""

import re
from collections.abc import Iterator

from dsl.diagnostics import Correction, Span
from dsl.places import whole_line
from dsl.source import Source

_POINT = re.compile(r"( *)[-−]\s")
_COUNTED = {1: "ett", 2: "to", 3: "tre", 4: "fire", 8: "åtte"}


def beside_those_above(source: Source, number: int) -> tuple[Correction, Span] | None:
    """How a point comes on a level with one above it, and the place to change; None where there is none to stand by."""
    point = _POINT.match(source.line(number))
    levels = [] if point is None else list(_levels_above(source, number))
    if point is None or not levels:
        return None
    own = len(point[1])
    level = min(levels, key=lambda other: (abs(other - own), -other))
    steps = abs(level - own)
    amount = f"{_COUNTED.get(steps, steps)} mellomrom"
    if level > own:
        text = f"rykk inn punktet {amount} til, på linje med punktet over"
        return Correction(text, "", " " * steps), whole_line(source, number)
    if level < own:
        text = f"rykk punktet ut {amount}, på linje med punktet over"
        return Correction(text, " " * steps, ""), Span(source.path, number, level + 1, number, own + 1)
    return None


def _levels_above(source: Source, number: int) -> Iterator[int]:
    """How far in the points right above a line stand, the nearest first."""
    for above in range(number - 1, 0, -1):
        row = source.line(above)
        point = _POINT.match(row)
        if point is not None:
            yield len(point[1])
        elif row.strip() and not row.lstrip().startswith("#"):
            return
