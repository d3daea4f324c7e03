"""Checks of sources."""

from collections.abc import Iterator, Sequence

from compiler.model import Definition, Rate, Rulebook
from dsl import tree
from dsl.diagnostics import Diagnostic, warning


def without_source(rulebook: Rulebook, documents: Sequence[tree.Document]) -> Iterator[Diagnostic]:
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
                hint = "skriv «kilde NAVN «sted»» under blokken"
                yield warning("R501", f"{kind} «{definition.id}» har ingen kilde", definition.place.span, hint)
    yield from _changed_rates(documents)


def _changed_rates(documents: Sequence[tree.Document]) -> Iterator[Diagnostic]:
    """The values of rates that are changed, or that begin within the year, without a source of their own."""
    seen: set[str] = set()
    for block in tree.blocks_of(documents):
        hint = "skriv «kilde NAVN «sted»» under blokken"
        match block:
            case tree.AmendDecl(kind="sats", tail=tree.Tail(cites=()), ref=ref):
                yield warning("R501", f"den nye verdien av satsen «{ref}» har ingen kilde", block.span, hint)
            case tree.RateDecl(name=name, value=value, tail=tree.Tail(cites=(), from_day=tree.FromDay(day=day))):
                if name in seen and not isinstance(value, tree.Unknown):
                    message = f"satsen «{name}» har ingen kilde fra og med {day.isoformat()}"
                    yield warning("R501", message, block.span, hint)
            case _:
                pass
        if isinstance(block, tree.RateDecl):
            seen.add(block.name)
