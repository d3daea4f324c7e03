"""All that is found out of the logic of one rulebook."""

from collections.abc import Iterator
from dataclasses import dataclass

from compiler import model
from compiler.logic.clashes import Clash, Overlap, clashes, overlaps
from compiler.logic.order import Misplaced, misplaced
from compiler.logic.search import Search, Verdict
from compiler.logic.sieve import searched
from compiler.logic.sought import Claim, Data, Sought, claims_in, sought_in


@dataclass(frozen=True, slots=True)
class Gap:
    """A case that no group takes, in a rulebook that should have all."""

    grouping: model.Grouping
    case: Data


@dataclass(frozen=True, slots=True)
class Impossible:
    """A condition that cannot hold, with the parts that cannot hold together; or what is before it takes all."""

    claim: Claim
    parts: tuple[int, ...]
    taken: bool
    """The conditions before it take all that satisfy it."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was found out of one rulebook."""

    rulebook: model.Rulebook
    verdicts: tuple[tuple[Sought, Verdict], ...]
    impossible: tuple[Impossible, ...] = ()
    gaps: tuple[Gap, ...] = ()
    clashes: tuple[Clash, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    misplaced: tuple[Misplaced, ...] = ()


def analysed(rulebook: model.Rulebook) -> Analysis:
    """The whole analysis of a rulebook."""
    verdicts: list[tuple[Sought, Verdict]] = []
    impossible: list[Impossible] = []
    gaps: list[Gap] = []
    clashing: list[Clash] = []
    overlapping: list[Overlap] = []
    out_of_order: list[Misplaced] = []
    every = list(sought_in(rulebook))
    for record in rulebook.top_records():
        sought = [one for one in every if one.record.id == record.id]
        claims = [claim for claim in claims_in(rulebook) if claim.record.id == record.id]
        if not sought and not claims:
            continue
        search = searched(rulebook, record, sought, claims)
        verdicts += [(one, search.verdict(one)) for one in sought]
        impossible += _impossible(search, claims)
        gaps += _gap(search, record)
        clashing += clashes(search, rulebook, record)
        overlapping += overlaps(search, rulebook, record)
        out_of_order += misplaced(search, rulebook, record)
    return Analysis(
        rulebook,
        tuple(verdicts),
        tuple(impossible),
        tuple(gaps),
        tuple(clashing),
        tuple(overlapping),
        tuple(out_of_order),
    )


def _impossible(search: Search, claims: list[Claim]) -> Iterator[Impossible]:
    """The conditions that cannot hold."""
    for at, claim in enumerate(claims):
        parts = search.impossible(at)
        if parts is not None:
            own = tuple(part for part in parts if part < len(claim.parts))
            yield Impossible(claim, own, taken=len(own) < len(parts))


def _gap(search: Search, record: model.Record) -> Iterator[Gap]:
    """A case that no group takes, where the rulebook is whole and says nothing of the rest."""
    rulebook = search.rulebook
    grouping = rulebook.grouping_of(record.id)
    whole = rulebook.extract is None and rulebook.used is None and record.gathering is None
    if grouping is None or grouping.otherwise is not None or not whole:
        return
    if any(one.kind != "krav" for one in search.sought):
        case = search.gap(grouping)
        if case is not None:
            yield Gap(grouping, case)
