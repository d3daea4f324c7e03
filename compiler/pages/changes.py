"""What is new from one rule year to a later one, as a page shows it: figures in tables, words side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from compiler import model
from compiler.amounts import Amount, amounts
from compiler.compare import CodesChange, Comparison, FigureChange, Item, WordsChange
from compiler.compare_facts import KINDS, ROWS, Kind, Line
from compiler.compare_text import cautions, title
from compiler.compare_words import (
    capital,
    figure_cells,
    figures_by_aspect,
    is_step,
    item_lines,
    reasons_in_table,
    reasons_lines,
    remark,
    rows_lines,
    told_one_by_one,
    told_together,
)
from compiler.csv_text import csv_text
from compiler.pages import shown
from compiler.pages.amended import codes_told, side_by_side
from compiler.pages.compared import Compared
from compiler.pages.text import Md, escape
from compiler.pages.values import result
from compiler.pages.view import View
from compiler.words import number, spoken

_MANY = 40
"""A section with more lines or rules than this is folded away."""

_UNKNOWN = "kan ikke beregnes"

Cell = tuple[str, ...]
"""The lines of a cell."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A table of figures: what stands above it, its rows as they are shown, and how many there are in all."""

    heading: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Md, ...], ...]
    count: int
    file: str
    """The file with all rows; nothing where all are shown."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A rule that is not as it was: words side by side, and codes and reasons under them."""

    head: Md
    rows: tuple[tuple[Md, ...], ...]
    lines: tuple[Md, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The differences of one kind."""

    heading: str
    figures: tuple[Figures, ...]
    changed: tuple[Changed, ...]
    lines: tuple[Md, ...]

    @property
    def folded(self) -> bool:
        """There is more than a reader wants to pass by."""
        return len(self.lines) + 3 * len(self.changed) > _MANY


class _Table(NamedTuple):
    """A table of figures before it is cut: the items that its rows are of, and the cells."""

    heading: str
    heads: tuple[str, ...]
    items: tuple[Item, ...]
    cells: tuple[tuple[Cell, ...], ...]


class Changes:
    """One comparison, for the later year's site; `before` is the earlier rulebook, for what groups came to then."""

    def __init__(self, view: View, compared: Compared, file: str, before: model.Rulebook | None) -> None:
        self.view = view
        self.compared = compared
        self.file = file
        self.before = before

    @property
    def since(self) -> str:
        """The earlier year."""
        return self.compared.since

    @property
    def comparison(self) -> Comparison:
        """What differs."""
        return self.compared.comparison

    @property
    def title(self) -> str:
        """What is compared."""
        return title(self.comparison)

    @cached_property
    def cautions(self) -> list[str]:
        """What a reader must know of the two years."""
        return list(cautions(self.comparison))

    @cached_property
    def sections(self) -> list[Section]:
        """The differences, a kind at a time."""
        return [self._section(kind) for kind in KINDS if self.comparison.of_kind(kind)]

    def files(self) -> Iterator[tuple[str, str]]:
        """The tables that are too long to be shown, as CSV."""
        for kind, tables in self._tables.items():
            for place, table in enumerate(tables):
                if len(table.cells) > shown.IN_FULL:
                    rows = (dict(zip(table.heads, map("; ".join, cells), strict=True)) for cells in table.cells)
                    yield self._file(kind, place), csv_text(table.heads, rows)

    def _file(self, kind: Kind, place: int) -> str:
        return f"{self.file.removesuffix('.md')}-{kind}-{place + 1}.csv"

    def _section(self, kind: Kind) -> Section:
        changed: list[Changed] = []
        lines: list[Md] = []
        for item in told_one_by_one(self.comparison, kind):
            words = [detail for detail in item.details if isinstance(detail, WordsChange) and detail.aspect != ROWS]
            if item.change == "endret" and words:
                changed.append(self._changed(item, words))
            else:
                lines += self._lines(item_lines(self.comparison, item, figures=False), item)
        for name, items in told_together(self.comparison, kind):
            lines += self._lines([*rows_lines(name, items), *reasons_lines(items)])
        figures = tuple(self._figures(kind, place, table) for place, table in enumerate(self._tables[kind]))
        return Section(KINDS[kind][0], figures, tuple(changed), tuple(lines))

    def _lines(self, lines: Iterator[Line] | Sequence[Line], item: Item | None = None) -> Iterator[Md]:
        """Lines as a nested list, the first of an item with a link to it."""
        for place, line in enumerate(lines):
            text = escape(line.text)
            if place == 0 and item is not None:
                text = self._linked(item, line.text)
            yield Md("    " * line.depth + "- ") + text

    def _linked(self, item: Item, text: str) -> Md:
        """A text with the name of an item in it as a link to where it stands."""
        before, name, after = text.partition(item.name)
        return escape(before) + self._name(item) + escape(after) if name else escape(text)

    def _name(self, item: Item) -> Md:
        """What an item is called, as a link where the later year has it."""
        return self.view.link(item.kind, item.id, item.name)

    def _changed(self, item: Item, words: Sequence[WordsChange]) -> Changed:
        """A rule with what it said beside what it says."""
        lines = [
            Md("**") + what + Md(":** ") + codes
            for detail in item.details
            if isinstance(detail, CodesChange)
            for what, codes in codes_told(detail)
        ]
        told = reasons_in_table(item) if any(isinstance(detail, FigureChange) for detail in item.details) else ()
        lines += [Md("Begrunnelse: ") + escape(reason) for reason in item.because if reason not in told]
        return Changed(self._name(item), tuple(side_by_side(item, detail) for detail in words), tuple(lines))

    # ---- figures

    def _figures(self, kind: Kind, place: int, table: _Table) -> Figures:
        """A table with as many rows as a page shows."""
        cells = shown.shown(table.cells)
        rows = (
            (self._name(item), *(Md("<br>").join(map(escape, cell)) for cell in one[1:]))
            for item, one in zip(table.items, cells, strict=False)
        )
        file = self._file(kind, place) if len(cells) < len(table.cells) else ""
        return Figures(table.heading, table.heads, tuple(rows), len(table.cells), file)

    @cached_property
    def _tables(self) -> Mapping[Kind, tuple[_Table, ...]]:
        """A table for each figure that differs."""
        return {kind: tuple(self._tables_of(kind)) for kind in KINDS}

    def _tables_of(self, kind: Kind) -> Iterator[_Table]:
        for aspect, figures in figures_by_aspect(told_one_by_one(self.comparison, kind)).items():
            yield self._table(kind, aspect, figures)

    def _table(self, kind: Kind, aspect: str, figures: Sequence[tuple[Item, FigureChange]]) -> _Table:
        step = is_step(figures[0][1])
        sides = ("Før", "Etter") if step else (self.comparison.old.label, self.comparison.new.label)
        rows: list[tuple[Cell, ...]] = [tuple((text,) for text in figure_cells(*one)) for one in figures]
        heads: tuple[str, ...] = (KINDS[kind][1], *sides, "Endring")
        in_kroner = [_difference(detail) for _, detail in figures]
        if any(in_kroner):
            heads = (*heads, "Endring i kroner")
            rows = [(*row, (kroner or "–",)) for row, kroner in zip(rows, in_kroner, strict=True)]
        elif kind == "gruppe" and any(self._worth(item)[0] or self._worth(item)[1] for item, _ in figures):
            heads = (*heads, *(f"Kroner {side}" for side in sides), "Endring i kroner")
            rows = [(*row, *self._kroner(item)) for row, (item, _) in zip(rows, figures, strict=True)]
        remarks = [remark(self.comparison, item, detail) for item, detail in figures]
        if any(remarks):
            heads = (*heads, "Merknad")
            rows = [(*row, (remark,)) for row, remark in zip(rows, remarks, strict=True)]
        heading = "" if kind == "sats" and not step else capital(aspect)
        return _Table(heading, heads, tuple(item for item, _ in figures), tuple(rows))

    # ---- kroner of groups

    @cached_property
    def _amounts(self) -> tuple[Mapping[str, tuple[Amount, ...]], Mapping[str, tuple[Amount, ...]]]:
        """What groups came to in the earlier year, and what they come to in the later."""
        return (amounts(self.before), amounts(self.view.rulebook)) if self.before is not None else ({}, {})

    def _worth(self, item: Item) -> tuple[tuple[Amount, ...], tuple[Amount, ...]]:
        old, new = self._amounts
        return old.get(item.id, ()), new.get(item.id, ())

    def _kroner(self, item: Item) -> tuple[Cell, Cell, Cell]:
        """What a group came to, what it comes to, and the difference where both are known."""
        old, new = self._worth(item)
        known = {(one.term, one.choices): one for one in old if one.value is not None}
        both = [(known[one.term, one.choices], one) for one in new if (one.term, one.choices) in known]
        grown = tuple(
            self._amount(after, after.value - before.value, signed=True)
            for before, after in both
            if before.value is not None and after.value is not None
        )
        return self._cell(old), self._cell(new), grown or ((_UNKNOWN,) if old and new else ("–",))

    def _cell(self, found: Sequence[Amount]) -> Cell:
        """The amounts that can be known, each with what it is for."""
        known = tuple(self._amount(one, one.value) for one in found if one.value is not None)
        return known or ((_UNKNOWN,) if found else ("–",))

    def _amount(self, amount: Amount, value: Decimal, signed: bool = False) -> str:
        """«28 241 kr», with the choices that it is for."""
        unit = self.view.rulebook.term(amount.term) if amount.term in self._terms else None
        text = ("+" if signed and value > 0 else "") + result(unit, value).unescape()
        return f"{text} ({', '.join(amount.choices)})" if amount.choices else text

    @cached_property
    def _terms(self) -> set[str]:
        return {term.id for term in self.view.rulebook.terms}


def _difference(change: FigureChange) -> str:
    """How many kroner a figure in kroner has changed by: «+911 kr per poeng»."""
    old, new = change.old, change.new
    if old is None or new is None or old.value is None or new.value is None or new.unit is None:
        return ""
    if not spoken(new.unit.shown).startswith("kr") or old.unit != new.unit:
        return ""
    grown = new.value - old.value
    return ("+" if grown > 0 else "") + number(grown, new.unit)
