"""What an amendment changed: the year before beside this year, from the comparison of the two."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from compiler.compare import CodesChange, Comparison, Detail, FigureChange, Item
from compiler.compare_facts import ORDER, Line, titled
from compiler.compare_words import growth
from compiler.pages.text import Md, escape, joined
from compiler.words import spoken

_KINDS = {"begrep": ("begrep", "beregning"), "beregning": ("begrep", "beregning"), "tabell": ("tabell", "rad")}


@dataclass(frozen=True, slots=True)
class Told:
    """What differs about a definition: a row for each thing, with both years; and codes that came and went."""

    before: str
    after: str
    rows: tuple[tuple[Md, Md, Md, Md], ...]
    """What, before, after, and how much a figure has changed."""
    codes: tuple[tuple[Md, Md], ...]

    @property
    def has_growth(self) -> bool:
        """Whether any row has something in the last column."""
        return any(growth for *_, growth in self.rows)


def told(comparison: Comparison | None, kind: str, id_: str, moved: bool | None = None) -> Told | None:
    """What the comparison says of a definition; `moved` tells only of its place in the order, or of all else."""
    if comparison is None:
        return None
    rows: list[tuple[Md, Md, Md, Md]] = []
    codes: list[tuple[Md, Md]] = []
    for item in comparison.items:
        if not _is_about(item, kind, id_):
            continue
        name = item.name.partition(": ")[2] if item.kind == "rad" else ""
        for detail in item.details:
            if moved is not None and (detail.aspect == ORDER) != moved:
                continue
            if isinstance(detail, CodesChange) and item.kind != "rad":
                codes += _codes(detail)
            else:
                rows.append(_row(item, detail, name))
    found = Told(comparison.old.label, comparison.new.label, tuple(rows), tuple(codes))
    return found if rows or codes else None


def _is_about(item: Item, kind: str, id_: str) -> bool:
    """Whether an item of the comparison is about a definition, or about a row of a table."""
    if item.kind not in _KINDS.get(kind, (kind,)):
        return False
    return item.id.startswith(f"{id_} ") if item.kind == "rad" else item.id == id_


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


def _codes(detail: CodesChange) -> Iterator[tuple[Md, Md]]:
    """Codes that came and went."""
    for word, codes in (("ut", detail.removed), ("inn", detail.added)):
        if codes:
            yield escape(f"{_capital(spoken(detail.aspect))} {word}"), joined(titled(c.code, c.text) for c in codes)


def _lines(lines: Sequence[Line]) -> Md:
    """Words in a cell, with a line for each and a dash for what stands under another."""
    return Md("<br>").join(Md("– " * line.depth) + escape(line.text) for line in lines) or Md("–")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
