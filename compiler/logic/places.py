"""Where what is found out of the logic is told."""

from compiler import model
from dsl.diagnostics import Span


def at(definition: model.Definition) -> Span:
    """The line that a definition begins on."""
    place = definition.place
    return Span(place.path, place.line, 1, place.line, 2)
