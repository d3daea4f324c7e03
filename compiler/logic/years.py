"""Rule years of one scheme whose dates meet or leave days between them."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from compiler.pipeline import Year
from compiler.words import day_shown
from dsl.diagnostics import Diagnostic, Severity, Span

_DAY = timedelta(days=1)


def year_findings(years: Sequence[Year]) -> Iterator[Diagnostic]:
    """R414: years of a scheme, in order, where a day has two rulebooks, or none though the next year is there."""
    for earlier, later in pairwise(years):
        if earlier.rulebook is None or later.rulebook is None or earlier.rulebook.scheme != later.rulebook.scheme:
            continue
        last, first = earlier.rulebook.valid_to, later.rulebook.valid_from
        if last is None or last >= first:
            message = f"{_day(first)} gjelder både {earlier.name} og {later.name}"
            before = (first - _DAY).isoformat()
            yield _told(message, earlier, later, f"skriv «til og med {before}» i {earlier.name}")
        elif last + _DAY < first and later.rulebook.year == earlier.rulebook.year + 1:
            days = (first - last).days - 1
            gap = _day(last + _DAY) if days == 1 else f"fra {_day(last + _DAY)} til {_day(first - _DAY)}"
            hint = f"la {later.name} gjelde fra {(last + _DAY).isoformat()}, eller {earlier.name} lenger"
            yield _told(f"{gap} gjelder verken {earlier.name} eller {later.name}", earlier, later, hint)


def _day(day: date) -> str:
    return day_shown(day).replace("\u00a0", " ")


def _told(message: str, earlier: Year, later: Year, hint: str) -> Diagnostic:
    return Diagnostic("R414", Severity.WARNING, message, _place(later), hint, _place(earlier))


def _place(year: Year) -> Span:
    """Where a year says when it holds."""
    assert year.header is not None
    return year.header.place("gjelder")
