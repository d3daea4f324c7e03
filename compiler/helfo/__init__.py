"""Helfo's tariffs to a rulebook: the rules of a list of them, in JSON, CSV or Excel."""

from compiler import model
from compiler.helfo.convert import ImportedTariffs, imported
from compiler.helfo.read import read
from compiler.helfo.rows import Choice, DamagedList

__all__ = ["Choice", "DamagedList", "ImportedTariffs", "tariffs_of"]


def tariffs_of(
    name: str, data: bytes, rulebook: model.Rulebook, before: model.Rulebook | None, choice: Choice, source: str | None
) -> ImportedTariffs:
    """The rules for the tariffs of a file; DamagedList where rows cannot be read, UnreadableList where it cannot."""
    return imported(read(name, data), rulebook, before, choice, source)
