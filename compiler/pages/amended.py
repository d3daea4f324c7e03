"""What an amendment changed: the year before beside this year, from the comparison of the two."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from compiler.compare import CodesChange, Comparison, Detail, FigureChange, Item
from compiler.compare_facts import ORDER, Kind, Line, titled
from compiler.compare_words import growth, rows_lines, told_together
from compiler.pages.text import Md, escape, joined
from compiler.words import spoken

_KINDS: dict[str, tuple[Kind, ...]] = {
    "begrep": ("begrep", "beregning"),
    "beregning": ("begrep", "beregning"),
    "tabell": ("tabell", "rad"),
    "gruppering": ("gruppering", "regel"),
}

_MOST = 60
"""How many lines about rows are shown; the page of all changes has the rest."""


@dataclass(frozen=True, slots=True)
class Told:
    """What differs about a definition: a row for each thing, with both years; codes that came and went; and rows."""

    before: str
    after: str
    rows: tuple[tuple[Md, Md, Md, Md], ...]
    """What, before, after, and how much a figure has changed."""
    codes: tuple[tuple[Md, Md], ...]
    lines: tuple[Md, ...] = ()
    """What differs about rows that are told together, as a list."""
    left_out: int = 0
    """How many such lines there are no room for."""

    @property
    def has_growth(self) -> bool:
        """Whether any row has something in the last column."""
        return any(growth for *_, growth in self.rows)


def told(
    comparison: Comparison | None, kind: str, id_: str, moved: bool | None = None, rules: Collection[str] | None = None
) -> Told | None:
    """What the comparison says of a definition.

    `moved` tells only of its place in the order, or of all else; `rules` are the rows of rule tables to tell of.
    """
    if comparison is None:
        return None
    rows: list[tuple[Md, Md, Md, Md]] = []
    codes: list[tuple[Md, Md]] = []
    lines: list[Line] = []
    together = [(of, rows) for part in _KINDS.get(kind, ()) for of, rows in told_together(comparison, part)]
    for of, items in together:
        about = [item for item in items if _is_about(item, kind, id_) and (rules is None or item.id in rules)]
        lines += rows_lines(of, about) if about else ()
    told_before = {id(item) for _, items in together for item in items}
    parts = _KINDS.get(kind, (kind,))
    candidates = comparison.items if "rad" in parts or "regel" in parts else comparison.about(parts, id_)
    for item in candidates:
        if id(item) in told_before or not _is_about(item, kind, id_):
            continue
        name = item.name.partition(": ")[2] if item.kind == "rad" else ""
        for detail in item.details:
            if moved is not None and (detail.aspect == ORDER) != moved:
                continue
            if isinstance(detail, CodesChange) and item.kind != "rad":
                codes += codes_told(detail)
            else:
                rows.append(_row(item, detail, name))
    listed = tuple(Md("    " * line.depth + "- ") + escape(line.text) for line in lines[:_MOST])
    left_out = max(len(lines) - _MOST, 0)
    found = Told(comparison.old.label, comparison.new.label, tuple(rows), tuple(codes), listed, left_out)
    return found if rows or codes or lines else None


def _is_about(item: Item, kind: str, id_: str) -> bool:
    """Whether an item of the comparison is about a definition, or about a row of a table."""
    if item.kind not in _KINDS.get(kind, (kind,)):
        return False
    return item.kind == "regel" or (item.id.startswith(f"{id_} ") if item.kind == "rad" else item.id == id_)


def _row(item: Item, detail: Detail, name: str) -> tuple[Md, Md, Md, Md]:
    """One thing that differs."""
    whole = item.change if item.kind == "rad" and item.change != "endret" else ""
    what = escape(_capital(f"{name}: {spoken(detail.aspect)}" if name else spoken(detail.aspect)))
    if isinstance(detail, FigureChange):
        old, new = (escape(figure.shown if figure else "–") for figure in (detail.old, detail.new))
        return what, old, new, escape(growth(detail) if item.change == "endret" else whole)
    if isinstance(detail, CodesChange):
        old, new = (escape(", ".join(one.code for one in codes) or "–") for codes in (detail.removed, detail.added))
        return what, old, new, Md(whole or "koder ut og inn")
    same = Md("viser til noe annet enn før") if detail.old == detail.new else Md("")
    return what, _lines(detail.old), _lines(detail.new), same if item.change == "endret" else Md(whole)


def side_by_side(item: Item, detail: Detail) -> tuple[Md, Md, Md]:
    """One thing that differs: what, before and after; words that are the same and mean another thing say so."""
    what, old, new, note = _row(item, detail, "")
    return what, old, new + Md("<br>") + Md(f"({note})") if note else new


def codes_told(detail: CodesChange) -> Iterator[tuple[Md, Md]]:
    """Codes that came and went."""
    for word, codes in (("ut", detail.removed), ("inn", detail.added)):
        if codes:
            yield escape(f"{_capital(spoken(detail.aspect))} {word}"), joined(titled(c.code, c.text) for c in codes)


def _lines(lines: Sequence[Line]) -> Md:
    """Words in a cell, with a line for each and a dash for what stands under another."""
    return Md("<br>").join(Md("– " * line.depth) + escape(line.text) for line in lines) or Md("–")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
