"""Code sets that should have no code in common."""

from collections.abc import Iterator, Sequence

from compiler import model
from compiler.checks.codes import place_of
from compiler.logic.universe import Universe, by_length
from compiler.walk import nodes
from dsl import tree
from dsl.diagnostics import Diagnostic, error

_MOST_SHOWN = 5


def meeting_sets(rulebook: model.Rulebook, documents: Sequence[tree.Document]) -> Iterator[Diagnostic]:
    """R418: two sets of which one says that they have no code in common, and that have some."""
    promised = [(one, id_) for one in rulebook.sets for id_ in one.disjoint]
    if not promised:
        return
    universe = Universe(rulebook)
    named = {one.id: one for one in rulebook.sets}
    told: set[frozenset[str]] = set()
    for one, id_ in promised:
        pair = frozenset((one.id, id_))
        codes, possible = _common(rulebook, universe, one, named[id_])
        if possible and pair not in told:
            told.add(pair)
            yield _told(one, named[id_], codes, possible, documents)


def _common(
    rulebook: model.Rulebook, universe: Universe, one: model.NamedSet, other: model.NamedSet
) -> tuple[frozenset[str], frozenset[str]]:
    """The codes that two sets have in common: those that are written or exist, and all that there could be."""
    every = universe.mentioned
    common = universe.contained(one.codes, every) & universe.contained(other.codes, every)
    known = {code for system in rulebook.code_systems for code in system.codes}
    for named in rulebook.sets:
        known |= {code for node in nodes(named) if isinstance(node, model.CodeSet) for code in node.codes}
    return common & known, common


def _told(
    one: model.NamedSet,
    other: model.NamedSet,
    codes: frozenset[str],
    possible: frozenset[str],
    documents: Sequence[tree.Document],
) -> Diagnostic:
    """What is said of two sets: where the first of the codes stands in what this year wrote, and in the other."""
    found = sorted(codes) or sorted(possible, key=by_length)[:1]
    more = len(found) - _MOST_SHOWN
    shown = ", ".join(found[:_MOST_SHOWN]) + (f" og {more} til" if more > 0 else "")
    has = "har" if codes else "kan ha for eksempel"
    message = f"kodesettene «{one.id}» og «{other.id}» skulle ikke ha noen kode felles, og {has} {shown}"
    first = found[0] if len(found) == 1 else "kodene"
    hint = f"ta {first} ut av det ene, eller ta bort «ingen felles med {other.id}» i «{one.id}»"
    places = [place_of(named, found[0], documents) for named in (one, other)]
    own, others = [place or named.place.span for place, named in zip(places, (one, other), strict=True)]
    if places[0] is None and places[1] is not None:
        own, others = others, own
    return error("R418", message, own, hint, others)
