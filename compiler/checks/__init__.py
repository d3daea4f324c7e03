"""Checks that see a whole rulebook: each is a function and a place in a tuple."""

from collections.abc import Callable, Iterator

from compiler.checks.sources import without_source
from compiler.model import Rulebook
from dsl.diagnostics import Diagnostic

Check = Callable[[Rulebook], Iterator[Diagnostic]]

CHECKS: tuple[Check, ...] = (without_source,)


def check(rulebook: Rulebook) -> list[Diagnostic]:
    """What the checks find, in their order."""
    return [found for one in CHECKS for found in one(rulebook)]
