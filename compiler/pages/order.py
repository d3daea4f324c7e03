"""The order that a grouping tries its groups in: where each stands, and a figure of them all."""

from collections.abc import Iterator, Sequence
from textwrap import shorten, wrap

from compiler import model
from compiler.pages.text import Md, escape

MOST = 40
"""A grouping with more groups than this has no figure, only its list."""

_WIDTH, _BOX, _HIGH, _STEP = 340, 250, 40, 62
_LETTERS, _LINE = 36, 15


def tried(rulebook: model.Rulebook, grouping: model.Grouping) -> list[str]:
    """The groups of a grouping that have a condition, in the order they are tried."""
    return [group.id for group in rulebook.groups_of(grouping) if group.when is not None or group.uses is not None]


def figure(id_: str, title: str, groups: Sequence[str], after: Sequence[str], every: bool) -> Md:
    """The groups as boxes with arrows from each to the next; `after` is what follows when none of them holds.

    `every` says that the next is tried also where one holds, so that a record may be given several.
    """
    boxes = [*((name, True) for name in groups), *((name, False) for name in after)]
    height = _STEP * len(boxes) - (_STEP - _HIGH) + 8
    parts = [
        Md(f'<svg class="rekkefolge" role="img" aria-labelledby="{id_}-t" viewBox="0 0 {_WIDTH} {height}" '),
        Md(f'xmlns="http://www.w3.org/2000/svg"><title id="{id_}-t">') + escape(title) + Md("</title>"),
    ]
    for number, (name, conditional) in enumerate(boxes):
        last = number == len(boxes) - 1
        parts += _box(number, name, conditional, "" if last else "så" if every else "nei")
    return Md("").join([*parts, Md("</svg>")])


def _box(number: int, name: str, conditional: bool, onward: str) -> Iterator[Md]:
    """A box with its number and name, what follows when it holds, and the arrow to the next."""
    top = 4 + number * _STEP
    look = "" if conditional else " rekkefolge-ellers"
    yield Md(f'<rect class="rekkefolge-boks{look}" x="2" y="{top}" width="{_BOX}" height="{_HIGH}" rx="3"/>')
    middle = top + _HIGH // 2
    label = shorten(f"{number + 1}. {name}" if conditional else name, 2 * _LETTERS - 8, placeholder=" …")
    first, second, *_ = *wrap(label, _LETTERS), "", ""
    start = middle + 4 - (_LINE // 2 if second else 0)
    yield Md(f'<text x="12" y="{start}">') + escape(first)
    yield Md(f'<tspan x="12" dy="{_LINE}">') + escape(second) + Md("</tspan></text>")
    if conditional:
        yield _arrow(_BOX + 2, middle, _BOX + 28, middle)
        yield _text(_BOX + 34, middle + 4, "ja: gis")
    if onward:
        yield _arrow(30, top + _HIGH, 30, top + _STEP)
        yield _text(40, top + _HIGH + 16, onward)


def _arrow(x: int, y: int, to_x: int, to_y: int) -> Md:
    """A line with a head at its end, which points right or down."""
    head = f"M{to_x - 6} {to_y - 4}L{to_x} {to_y}L{to_x - 6} {to_y + 4}"
    if x == to_x:
        head = f"M{to_x - 4} {to_y - 6}L{to_x} {to_y}L{to_x + 4} {to_y - 6}"
    return Md(f'<path class="rekkefolge-pil" d="M{x} {y}L{to_x} {to_y}{head}"/>')


def _text(x: int, y: int, text: str) -> Md:
    return Md(f'<text x="{x}" y="{y}">') + escape(text) + Md("</text>")
