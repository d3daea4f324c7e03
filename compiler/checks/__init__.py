"""Checks that see a whole rulebook: each is a function and a place in a tuple."""

from collections.abc import Callable, Iterator, Sequence

from compiler.checks.codes import unknown_codes
from compiler.checks.rates import forgotten_rates
from compiler.checks.rows import broken_rows
from compiler.checks.sets import meeting_sets
from compiler.checks.sources import without_source
from compiler.model import Rulebook
from dsl import tree
from dsl.diagnostics import Diagnostic

Check = Callable[[Rulebook, Sequence[tree.Document]], Iterator[Diagnostic]]

CHECKS: tuple[Check, ...] = (unknown_codes, meeting_sets, broken_rows, without_source)


def check(
    rulebook: Rulebook, documents: Sequence[tree.Document] = (), before: Rulebook | None = None
) -> list[Diagnostic]:
    """What the checks find, in their order; the documents are what the year itself wrote, to point into."""
    found = [found for one in CHECKS for found in one(rulebook, documents)]
    return [*found, *forgotten_rates(rulebook, documents, before)]
