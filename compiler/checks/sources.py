"""Checks of sources."""

from collections.abc import Iterator, Sequence

from compiler.model import Definition, Rate, Rulebook
from dsl import tree
from dsl.diagnostics import Diagnostic, Span, warning


def without_source(rulebook: Rulebook, _: Sequence[tree.Document]) -> Iterator[Diagnostic]:
    """R501: a rate, group, tariff or requirement that this year wrote cites no source."""
    used = {(group.id, group.place) for group in rulebook.used.groups} if rulebook.used is not None else set()
    own = tuple(group for group in rulebook.groups if (group.id, group.place) not in used)
    rows = [row for table in rulebook.tables if table.key == "takst" for row in table.rows]
    lists: tuple[tuple[str, tuple[Definition, ...]], ...] = (
        ("sats", rulebook.rates),
        ("gruppe", own),
        ("krav", rulebook.requirements),
        ("takst", tuple(rows)),
    )
    for kind, definitions in lists:
        for definition in definitions:
            unknown = isinstance(definition, Rate) and definition.value is None and not definition.periods
            if definition.last_changed == rulebook.year and not definition.citations and not unknown:
                place = definition.place
                span = Span(place.path, place.line, 1, place.line, 2)
                hint = "skriv «kilde NAVN «sted»» under blokken"
                yield warning("R501", f"{kind} «{definition.id}» har ingen kilde", span, hint)
