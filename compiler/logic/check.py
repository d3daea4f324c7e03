"""The checks of the logic of all rule years: what they find, and what could not be decided."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from compiler.logic.dates import date_findings
from compiler.logic.sets import like_sets, unused_sets
from compiler.logic.sought import sought_in
from compiler.logic.years import year_findings
from compiler.model import Rulebook
from compiler.pipeline import Library, Year
from dsl.diagnostics import Diagnostic, has_errors

MOST_RULES = 1_000
"""A rulebook with more rules than this is analysed only when it is asked for: it takes about a minute."""


@dataclass(frozen=True, slots=True)
class Logic:
    """What the checks found, and in figures what was decided."""

    findings: tuple[Diagnostic, ...]
    reached: int = 0
    never: int = 0
    undecided: int = 0
    skipped: tuple[str, ...] = ()
    """The rulebooks that are too large to be analysed unasked."""

    def summary(self) -> Iterator[str]:
        """What was decided, and what was not tried."""
        total = self.reached + self.never + self.undecided
        if total:
            parts = [f"{self.reached} av {total} regler er nådd av et tilfelle"]
            parts += [f"{self.never} kan aldri nås"] if self.never else []
            parts += [f"for {self.undecided} kan det ikke avgjøres"] if self.undecided else []
            more = "; «regelverk vitne REGELVERK» sier hvorfor" if self.undecided else ""
            yield f"logikken: {', '.join(parts)}{more}"
        for name in self.skipped:
            yield f"logikken i {name} er ikke sjekket, for det tar et minutt eller mer; skriv --logikk for å sjekke den"


class _Found:
    """What was found out of each rule year, once."""

    def __init__(self, library: Library, wanted: bool) -> None:
        self.library = library
        self.wanted = wanted
        self.kept: dict[str, Logic] = {}

    def of(self, rulebook: Rulebook) -> Logic:
        """What was found out of one rule year, also that which the year before had."""
        if rulebook.name not in self.kept:
            skipped = not self.wanted and is_large(rulebook)
            self.kept[rulebook.name] = Logic((), skipped=(rulebook.name,)) if skipped else _logic_of(rulebook)
        return self.kept[rulebook.name]

    def before(self, rulebook: Rulebook) -> Rulebook | None:
        """The rule year that one builds on."""
        base = f"{rulebook.scheme.lower()}-{rulebook.base}"
        return next((one for one in self.library.rulebooks() if one.name == base), None)

    def new(self, rulebook: Rulebook) -> Iterator[Diagnostic]:
        """What was found out of one rule year, and not of the year that it builds on."""
        before = self.before(rulebook)
        known = {(one.code, one.message) for one in self.of(before).findings} if before is not None else set()
        written = {document.source.path for document in self.library.years[rulebook.name].documents}
        for found in self.of(rulebook).findings:
            if (found.code, found.message) not in known:
                inherited = found.span.path not in written
                yield replace(found, message=f"{found.message}, fra {rulebook.year}") if inherited else found


def _logic_of(rulebook: Rulebook) -> Logic:
    """What is found out of one rulebook."""
    from compiler.logic.analysis import analysed
    from compiler.logic.messages import logic_findings
    from compiler.logic.search import Open, Witness

    found = analysed(rulebook)
    reached = sum(isinstance(verdict, Witness) for _, verdict in found.verdicts)
    undecided = sum(isinstance(verdict, Open) for _, verdict in found.verdicts)
    never = len(found.verdicts) - reached - undecided
    return Logic((*like_sets(rulebook), *logic_findings(found)), reached, never, undecided)


def checked_logic(library: Library, meant: Callable[[Year], bool] = lambda _: True, wanted: bool = False) -> Logic:
    """What is found out of the years without errors that are meant; of large ones only where it is wanted."""
    kept = _Found(library, wanted)
    sound = [year for year in library.years.values() if year.rulebook is not None and not has_errors(year.faults)]
    findings: list[Diagnostic] = []
    figures: list[Logic] = []
    in_order = sorted(sound, key=_order)
    for _, of_scheme in groupby(in_order, key=lambda year: _order(year)[0]):
        years = list(of_scheme)
        chosen = [year.rulebook for year in years if year.rulebook is not None and meant(year)]
        for rulebook in chosen:
            figures.append(kept.of(rulebook))
            findings += kept.new(rulebook)
            findings += date_findings(library.years[rulebook.name], kept.before(rulebook))
        if chosen:
            findings += unused_sets([year.rulebook for year in years if year.rulebook is not None])
            findings += year_findings(years)
    return Logic(
        tuple(findings),
        sum(one.reached for one in figures),
        sum(one.never for one in figures),
        sum(one.undecided for one in figures),
        tuple(name for one in figures for name in one.skipped),
    )


def _order(year: Year) -> tuple[str, str]:
    """The scheme of a year, and when it begins."""
    assert year.rulebook is not None
    return year.rulebook.scheme.lower(), year.rulebook.valid_from.isoformat()


def is_large(rulebook: Rulebook) -> bool:
    """Whether it takes a minute or more to analyse a rulebook."""
    return sum(1 for _ in sought_in(rulebook)) > MOST_RULES
