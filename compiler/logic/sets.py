"""Code sets that nothing uses, and those that are the same or nearly so under two names."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from compiler import model
from compiler.logic.universe import Universe
from compiler.walk import references
from dsl.diagnostics import Diagnostic, warning

_ALIKE = 5
"""How many codes two sets must have in common before one that differs is asked about."""


def unused_sets(years: Sequence[model.Rulebook]) -> Iterator[Diagnostic]:
    """R412: a set that no rule, table or other set uses, in any of the years of a scheme that have it."""
    used = {id_ for rulebook in years for id_ in _used(rulebook)}
    told: set[str] = set()
    for rulebook in years:
        for named in rulebook.sets:
            if named.id not in used and named.id not in told:
                told.add(named.id)
                hint = "bruk det i en regel med «er i», eller ta det bort"
                yield warning("R412", f"ingen regel bruker kodesettet «{named.id}»", named.place.span, hint)


def _used(rulebook: model.Rulebook) -> Iterator[str]:
    """The sets that something in a rulebook uses."""
    parts = (
        *(rulebook.records, rulebook.tables, rulebook.terms, rulebook.requirements),
        *(rulebook.exceptions, rulebook.groupings, rulebook.groups, tuple(named.codes for named in rulebook.sets)),
    )
    yield from (id_ for part in parts if rulebook.sets for kind, id_ in references(part) if kind == "kodesett")


def like_sets(rulebook: model.Rulebook) -> Iterator[Diagnostic]:
    """R413: two sets with the same codes, or with the same but one."""
    if not rulebook.sets:
        return
    universe = Universe(rulebook)
    codes = {named.id: universe.contained(named.codes, universe.mentioned) for named in rulebook.sets}
    for one, other in combinations(rulebook.sets, 2):
        if not codes[one.id]:
            continue
        extra = codes[one.id] ^ codes[other.id]
        if not extra:
            message = f"kodesettene «{one.id}» og «{other.id}» har de samme kodene"
            hint = f"behold ett av dem, eller skriv «{one.id}» i «{other.id}» i stedet for kodene"
            yield warning("R413", message, other.place.span, hint, one.place.span)
        elif len(extra) == 1 and len(codes[one.id] & codes[other.id]) >= _ALIKE:
            (code,) = extra
            having, lacking = (one, other) if code in codes[one.id] else (other, one)
            message = f"kodesettene «{one.id}» og «{other.id}» er like, bortsett fra at bare «{having.id}» har {code}"
            hint = f"er det meningen? Ellers: ta {code} inn i «{lacking.id}», eller ut av «{having.id}»"
            yield warning("R413", message, other.place.span, hint, one.place.span)
