"""How many rows of a table a page shows."""

from collections.abc import Sequence
from typing import TypeVar

IN_FULL = 200
"""A longer table is shown by its first rows, with all of them in a file beside the page."""

_FIRST = 50
"""How many rows of such a table are shown."""

R = TypeVar("R")


def shown(rows: Sequence[R]) -> Sequence[R]:
    """The rows that a page shows."""
    return rows if len(rows) <= IN_FULL else rows[:_FIRST]
