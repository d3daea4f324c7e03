"""Rule years of one scheme whose dates meet or leave days between them."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from compiler.model import Rulebook
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
            old, new = sorted((earlier, later), key=_number)
            hint = _begins_too_early(old.rulebook, new.rulebook) or _ends_before(first, earlier)
            yield _told(message, old, new, hint)
        elif last + _DAY < first and later.rulebook.year == earlier.rulebook.year + 1:
            days = (first - last).days - 1
            gap = _day(last + _DAY) if days == 1 else f"fra {_day(last + _DAY)} til {_day(first - _DAY)}"
            hint = f"la {later.name} gjelde fra {(last + _DAY).isoformat()}, eller {earlier.name} lenger"
            yield _told(f"{gap} gjelder verken {earlier.name} eller {later.name}", earlier, later, hint)


def _number(year: Year) -> int:
    """Which year it is."""
    assert year.rulebook is not None
    return year.rulebook.year


def _begins_too_early(old: Rulebook | None, new: Rulebook | None) -> str | None:
    """What to do where a year begins no later than the one before it, so that the one before cannot just end first."""
    if old is None or new is None or new.valid_from > old.valid_from:
        return None
    until = f"slutter {old.valid_to}" if old.valid_to is not None else f"begynner {old.valid_from}"
    return f"rett «gjelder fra» i {new.name}: den må begynne etter {old.name}, som {until}"


def _ends_before(first: date, earlier: Year) -> str:
    """That a year ends the day before the next begins."""
    return f"skriv «til og med {(first - _DAY).isoformat()}» i {earlier.name}"


def _day(day: date) -> str:
    return day_shown(day).replace("\u00a0", " ")


def _told(message: str, earlier: Year, later: Year, hint: str) -> Diagnostic:
    return Diagnostic("R414", Severity.WARNING, message, _place(later), hint, _place(earlier))


def _place(year: Year) -> Span:
    """Where a year says when it holds."""
    assert year.header is not None
    return year.header.place("gjelder")
