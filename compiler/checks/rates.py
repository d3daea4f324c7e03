"""Checks of yearly rates."""

from collections.abc import Iterator, Sequence

from compiler.model import Rate, Rulebook
from compiler.words import not_stated, year_shown
from dsl import tree
from dsl.diagnostics import Diagnostic, Span, warning


def forgotten_rates(
    rulebook: Rulebook, documents: Sequence[tree.Document], before: Rulebook | None
) -> Iterator[Diagnostic]:
    """R419: a yearly rate that had a value the year before, and that this year neither states nor gives a reason for.

    A year that is an extract may leave rates out, but a rate it writes as unknown has a reason.
    """
    known = {rate.id for rate in before.rates if _has_value(rate)} if before is not None else set()
    places = {block.name: block.span for block in tree.blocks_of(documents) if isinstance(block, tree.RateDecl)}
    year = year_shown(rulebook)
    for rate in rulebook.rates:
        if rate.id not in known or not _is_untold(rate, year) or (rulebook.extract and rate.id not in places):
            continue
        value = "verdien" if rate.id in places else f"«årlig sats {rate.id} = …»"
        hint = f"skriv {value}, eller «= ukjent «hvorfor»» når den ikke er kjent"
        span = places.get(rate.id) or _base_place(documents)
        yield warning("R419", f"satsen «{rate.id}» er ikke oppgitt for {year}", span, hint)


def _is_untold(rate: Rate, year: str) -> bool:
    """Whether a yearly rate has no value, and neither a reason nor a source of its author's own."""
    unknown = rate.yearly and rate.fetched is None and not _has_value(rate)
    return unknown and not rate.citations and rate.reason == not_stated(rate.title or rate.id, year)


def _has_value(rate: Rate) -> bool:
    """Whether a rate has a value some day of its year."""
    return rate.value is not None or any(period.value is not None for period in rate.periods)


def _base_place(documents: Sequence[tree.Document]) -> Span:
    """Where a year says which year it builds on."""
    return next(block.place("bygger") for block in tree.blocks_of(documents) if isinstance(block, tree.RulebookHeader))
