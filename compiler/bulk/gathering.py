"""What the commands that gather records have in common: the rows as they are gathered, and the rules needed."""

from collections.abc import Iterable, Sequence
from typing import Any

from compiler.bulk.sources import Row


def as_gathered(row: Row) -> object:
    """A row as it is gathered: of one that could not be read, what is wrong with it, which is no record."""
    return row.get("_feil", row)


def needed(rules: Sequence[Any], names: Iterable[str]) -> list[Any]:
    """The rules of the collections with some names, and those of everything where the terms of that can be named."""
    wanted = {name.lower() for name in names}
    chosen = [rule for rule in rules if rule.navn.lower() in wanted]
    needs_all = any(rule.regler.rundt is not None for rule in chosen)
    return [rule for rule in rules if rule in chosen or (needs_all and not rule.noekler)]
