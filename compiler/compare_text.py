"""A comparison of two rule years as text, Markdown and JSON."""

import re
from collections.abc import Callable, Iterator, Sequence

from compiler.compare import Comparison, Item
from compiler.compare_facts import KINDS, Kind, Line
from compiler.compare_words import (
    capital,
    figure_cells,
    figures_by_aspect,
    is_step,
    item_lines,
    reasons_lines,
    remark,
    rows_lines,
    told_one_by_one,
    told_together,
)


def title(comparison: Comparison) -> str:
    """«Endringer fra ISF 2020 til ISF 2021»."""
    old, new = comparison.old, comparison.new
    return f"Endringer fra {old.scheme} {old.label} til {new.scheme} {new.label}"


def cautions(comparison: Comparison) -> Iterator[str]:
    """What a reader must know of the two rulebooks before the list."""
    sides = (comparison.old, comparison.new)
    for side in sides:
        if side.status != "endelig":
            yield f"{side.scheme} {side.label} har status {side.status}."
        if side.extract:
            yield f"{side.scheme} {side.label} er et utdrag: {side.extract}."
    if any(side.extract for side in sides):
        yield "En regel som ikke er med i et utdrag, kan likevel gjelde."
    if not comparison.items:
        yield "Ingen endringer."


def as_text(comparison: Comparison) -> str:
    """The comparison for a terminal."""
    parts = ["\n".join([title(comparison), *(f"  {caution}" for caution in cautions(comparison))])]
    for kind, (heading, *_) in KINDS.items():
        lines = list(_lines_of_kind(comparison, kind, figures=True))
        if lines:
            parts.append("\n".join([heading, *(f"{'  ' * (line.depth + 1)}{line.text}" for line in lines)]))
    return "\n\n".join(parts) + "\n"


def _lines_of_kind(comparison: Comparison, kind: Kind, figures: bool) -> Iterator[Line]:
    """What differs of one kind; without figures where a table has them."""
    for item in told_one_by_one(comparison, kind):
        yield from item_lines(comparison, item, figures)
    for name, items in told_together(comparison, kind):
        yield from rows_lines(name, items)
        yield from reasons_lines(items)


def as_json(comparison: Comparison) -> str:
    """The comparison as JSON.

    `old` and `new` say which years; `items` has one object for each definition that differs: `kind`, `id`, `name`,
    `change` («ny», «endret», «utgått»), `because` and `details`; a row also has `of`, what the table or the group that
    it belongs to is called, and `row`, what it is called there. A detail's `what` is «tall» (`old` and `new` figures
    with `value` in base units, null where it is not stated, and `percent`), «ord» (`old` and `new` lines with `depth`
    and `text`) or «koder» (`removed` and `added`); `aspect` says what it is about.
    """
    return comparison.model_dump_json(indent=1) + "\n"


def escape_markdown(text: str) -> str:
    """Text that Markdown and HTML show as it is, on one line, wherever on a line it stands."""
    text = re.sub(r"[\x00- \x7f-\x9f\u2028\u2029]+", " ", text).strip(" ")
    text = re.sub(r"([\\`*_{}\[\]#!+])", r"\\\1", text)
    text = re.sub(r"[&<>\"|~^=$@]|:(?=\S)|^[-:?/.%;,'(]", lambda m: f"&#{ord(m[0])};", text)
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", text)


def as_markdown(comparison: Comparison, escape: Callable[[str], str] = escape_markdown) -> str:
    """The comparison as a page; `escape` makes text from the rulebooks safe in Markdown."""
    parts = [f"# {escape(title(comparison))}", *(escape(caution) for caution in cautions(comparison))]
    for kind, (heading, *_) in KINDS.items():
        if comparison.of_kind(kind):
            parts += [f"## {heading}", *_tables(comparison, told_one_by_one(comparison, kind), escape)]
            lines = list(_lines_of_kind(comparison, kind, figures=False))
            parts += ["\n".join(f"{'    ' * line.depth}- {escape(line.text)}" for line in lines)] if lines else []
    return "\n\n".join(parts) + "\n"


def _tables(comparison: Comparison, items: Sequence[Item], escape: Callable[[str], str]) -> Iterator[str]:
    """A table of figures for each column that differs."""
    for aspect, figures in figures_by_aspect(items).items():
        step = is_step(figures[0][1])
        if items[0].kind != "sats" or step:
            yield f"### {escape(capital(aspect))}"
        rows = [(*figure_cells(item, detail), remark(comparison, item, detail)) for item, detail in figures]
        sides = ["Før", "Etter"] if step else [comparison.old.label, comparison.new.label]
        head = [KINDS[items[0].kind][1], *sides, "Endring", "Merknad"]
        wide = 5 if any(row[4] for row in rows) else 4
        rule = ["---", "---:", "---:", "---:", "---"]
        table = [head, rule, *([escape(cell) for cell in row] for row in rows)]
        yield "\n".join(f"| {' | '.join(row[:wide])} |" for row in table)
