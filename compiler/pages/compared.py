"""A rule year beside an earlier one: they are compared when a page asks what differs."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from compiler import model
from compiler.compare import Comparison, compare, sides


@dataclass(frozen=True)
class Compared:
    """A comparison with an earlier year, which may not have been made yet."""

    year: int
    """The earlier year."""
    since: str
    """The same, as a heading shows it."""
    make: Callable[[], Comparison]

    @cached_property
    def comparison(self) -> Comparison:
        """What differs."""
        return self.make()


def known(comparison: Comparison) -> Compared:
    """A comparison that is made already."""
    return Compared(comparison.old.year, comparison.old.label, lambda: comparison)


def compared(old: model.Rulebook, new: model.Rulebook) -> Compared:
    """A comparison that is made the first time something asks for it."""
    return Compared(old.year, sides(old, new)[0].label, lambda: compare(old, new))
