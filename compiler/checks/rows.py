"""Requirements about the rows of a table: tried here, once, and never on data."""

from collections.abc import Iterator, Sequence

from compiler.evaluate import row_faults
from compiler.model import Rulebook
from dsl import tree
from dsl.diagnostics import Diagnostic, error, warning


def broken_rows(rulebook: Rulebook, _: Sequence[tree.Document]) -> Iterator[Diagnostic]:
    """R407: a row of a table that breaks a requirement about the rows."""
    for requirement in rulebook.requirements:
        for row, fault in row_faults(rulebook, requirement) if requirement.table is not None else ():
            message = f"«{row.shown}» i tabellen «{requirement.table}»: {fault}"
            hint = f"kravet er «{requirement.id}», {requirement.place}"
            told = warning if requirement.outcome == "varsel" else error
            yield told("R407", message, row.place.span, hint)
