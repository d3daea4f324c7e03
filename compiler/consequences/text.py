"""The report as text for a terminal, and as Markdown."""

import re
from collections.abc import Iterator, Sequence
from io import StringIO

from compiler.consequences.explained import Behind, Explained, Line
from compiler.consequences.findings import Findings, number, told
from compiler.consequences.report import Table, tables
from compiler.pages.text import escape

_TITLE = "Konsekvenser: fra {} til {}"
_FENCE = re.compile("`{3,}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def title(found: Findings) -> str:
    """What the report is called."""
    return _TITLE.format(found.before.name, found.after.name)


def as_text(found: Findings, behind: Sequence[Behind], most: int, width: int | None) -> str:
    """The report for a terminal of some width."""
    from rich.console import Console

    out = StringIO()
    console = Console(file=out, width=width, highlight=False, no_color=True)

    def say(text: str) -> None:
        console.print(_CONTROL.sub(" ", text), markup=False, soft_wrap=True)

    say(title(found))
    say(found.data)
    for line in told(found):
        say(line)
    for table in tables(found, most):
        say("")
        say(table.title)
        console.print(_rich(table))
        if table.more:
            say(f"  {table.more}")
    for cell in behind:
        say("")
        say(_cell_title(found, cell))
        for contact in cell.contacts:
            for line in _explained(found, contact):
                say(line)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _rich(table: Table) -> object:
    """A table as the terminal shows it."""
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    made = RichTable(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in table.columns:
        if not column.only_wide:
            made.add_column(Text(_CONTROL.sub(" ", column.name)), justify="right" if column.kind == "tall" else "left")
    for row in table.rows:
        cells = [cell for cell, column in zip(row.cells, table.columns, strict=True) if not column.only_wide]
        made.add_row(*(Text(_CONTROL.sub(" ", cell)) for cell in cells))
    return made


def _cell_title(found: Findings, cell: Behind) -> str:
    """«DRG 1 → DRG 2: 12 kontakter»."""
    count = f"{number(cell.count)} {found.nouns.one if cell.count == 1 else found.nouns.many}"
    if cell.before == cell.after:
        return f"{cell.before}, ikke flyttet: {count}"
    return f"{cell.before} → {cell.after}: {count}"


def _explained(found: Findings, contact: Explained) -> Iterator[str]:
    """A contact with both explanations; a line that the other lacks is marked."""
    yield f"  {contact.name}: {', '.join(f'{name} = {value}' for name, value in contact.given)}"
    for side, lines in ((found.before, contact.before), (found.after, contact.after)):
        yield f"  Etter {side.name}:"
        yield from (f"  {_marked(line)}" for line in lines if line.text.strip())


def _marked(line: Line) -> str:
    return f"{'›' if line.differs else ' '} {line.text}"


# ---- Markdown


def as_markdown(found: Findings, behind: Sequence[Behind], most: int) -> str:
    """The report as Markdown, where nothing from the data or the rulebooks is read as more than letters."""
    parts = [f"# {escape(title(found))}", f"{escape(found.data)}"]
    parts.append("\n".join(f"- {escape(line)}" for line in told(found)))
    for table in tables(found, most):
        parts += [f"## {escape(table.title)}", escape(table.about), _markdown_table(table)]
        parts += [escape(table.more)] if table.more else []
    if behind:
        parts.append(f"## {found.nouns.them.capitalize()} bak")
    for cell in behind:
        parts.append(f"### {escape(_cell_title(found, cell))}")
        for contact in cell.contacts:
            parts.append(_fenced("\n".join(_explained(found, contact))))
    return "\n\n".join(parts) + "\n"


def _markdown_table(table: Table) -> str:
    """A table."""
    heads = [str(escape(column.name)) for column in table.columns]
    below = ["---:" if column.kind == "tall" else "---" for column in table.columns]
    rows = [[str(escape(cell)) for cell in row.cells] for row in table.rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, below, *rows))


def _fenced(text: str) -> str:
    """Text as it is, in a fence that it cannot end."""
    longest = max(map(len, _FENCE.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{_CONTROL.sub(' ', text)}\n{fence}"
