"""Rules and rates that end, and what takes their place within the year: days with neither, and days with both."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from compiler import model
from compiler.pipeline import Year
from compiler.words import day_shown, not_before
from dsl import tree
from dsl.diagnostics import Diagnostic, Span, warning

_DAY = timedelta(days=1)
_NEITHER = "gjelder verken den gamle eller den nye"
_YEAR_LAST = re.compile(r"_?(?:19|20)\d\d$")


class _Ended(NamedTuple):
    """A requirement or a group that this year ends, and from which day."""

    kind: str
    id: str
    title: str | None
    day: date
    span: Span


class _Begun(NamedTuple):
    """A requirement or a group that is new this year, and from which day."""

    kind: str
    rule: model.Requirement | model.Group
    day: date
    span: Span


def date_findings(year: Year, before: model.Rulebook | None) -> Iterator[Diagnostic]:
    """R417: days of a year where what ended and what takes its place both hold, or neither does."""
    assert year.rulebook is not None
    blocks = tree.blocks_of(year.documents)
    yield from _rules(year.rulebook, blocks)
    yield from _rates(year.rulebook, before, blocks)


def _days(first: date, last: date) -> str:
    """Some days as they are read, at the beginning of a sentence."""
    days = [day_shown(day).replace("\u00a0", " ") for day in (first, last)]
    return days[0] if first == last else f"fra {days[0]} til {days[1]}"


# ---- requirements and groups


def _rules(rulebook: model.Rulebook, blocks: list[tree.Block]) -> Iterator[Diagnostic]:
    """The rules that end, each with what takes its place, where the days do not fit."""
    ended = list(_all_ended(rulebook, blocks))
    for new in _all_begun(rulebook, blocks):
        if new.rule.since < rulebook.year:
            yield _replaced(rulebook, new)
            continue
        before = [old for old in ended if _takes_the_place(new, old)]
        if not any(old.day == new.day for old in before):
            yield from (_told(old, new) for old in before[:1])


def _all_ended(rulebook: model.Rulebook, blocks: Iterable[tree.Block]) -> Iterator[_Ended]:
    """What this year ends, within it or from its first day."""
    gone = {(one.type, one.id): one.title for one in rulebook.repealed}
    for kind, rules in (("krav", rulebook.requirements), ("gruppe", rulebook.groups)):
        gone |= {(kind, rule.id): rule.title for rule in rules if rule.ends is not None}
    for block in blocks:
        if isinstance(block, tree.RepealDecl) and (block.kind, str(block.ref)) in gone:
            day = block.from_day.day if block.from_day is not None else rulebook.valid_from
            span = block.from_day.span if block.from_day is not None else block.span
            title = gone[block.kind, str(block.ref)]
            yield _Ended(block.kind, str(block.ref), title, max(day, rulebook.valid_from), span)


def _all_begun(rulebook: model.Rulebook, blocks: Iterable[tree.Block]) -> Iterator[_Begun]:
    """What is new this year, or replaced from a day within it."""
    known: dict[tuple[str, str], model.Requirement | model.Group] = {}
    known |= {("krav", one.id): one for one in rulebook.requirements if one.table is None}
    known |= {("gruppe", one.id): one for one in rulebook.groups if one.when is not None and one.origin is None}
    for written in blocks:
        block = written.block if isinstance(written, tree.ReplaceDecl) else written
        match block:
            case tree.RequirementDecl(name=name):
                key = ("krav", name)
            case tree.GroupDecl(ref=ref):
                key = ("gruppe", str(ref))
            case _:
                continue
        rule = known.get(key)
        if rule is not None and (rule.since == rulebook.year or rule.starts is not None):
            span = block.tail.from_day.span if block.tail.from_day is not None else block.span
            yield _Begun(key[0], rule, rule.starts or rulebook.valid_from, span)


def _takes_the_place(new: _Begun, old: _Ended) -> bool:
    """Whether a new rule has the name or the title of one that ends; requirements also with another year last."""
    titles = [(title or "").casefold() for title in (new.rule.title, old.title)]
    stems = [_YEAR_LAST.sub("", id_) for id_ in (new.rule.id, old.id)]
    alike = titles[0] == titles[1] != "" or (new.kind == "krav" and stems[0] == stems[1])
    return new.kind == old.kind and (alike or new.rule.id == old.id)


def _told(old: _Ended, new: _Begun) -> Diagnostic:
    """That the days of two rules do not fit."""
    names = f"«{old.id}»", f"«{new.rule.id}»"
    if old.day < new.day:
        days = _days(old.day, new.day - _DAY)
        if old.id == new.rule.id:
            return warning("R417", f"{days} {_NEITHER} {names[0]}", new.span, _another_name(new), old.span)
        hint = f"la {names[1]} gjelde fra og med {old.day.isoformat()}, eller opphev {names[0]} fra og med "
        message = f"{days} gjelder verken {names[0]} eller {names[1]}"
        return warning("R417", message, new.span, f"{hint}{new.day.isoformat()}", old.span)
    message = f"{_days(new.day, old.day - _DAY)} gjelder både {names[0]} og {names[1]}"
    hint = f"opphev {names[0]} fra og med {new.day.isoformat()}, eller la {names[1]} gjelde fra og med "
    return warning("R417", message, new.span, f"{hint}{old.day.isoformat()}", old.span)


def _replaced(rulebook: model.Rulebook, new: _Begun) -> Diagnostic:
    """That a rule put in the place of another begins within the year: the old one ended with the year before."""
    days = _days(rulebook.valid_from, new.day - _DAY)
    return warning("R417", f"{days} {_NEITHER} «{new.rule.id}»", new.span, _another_name(new))


def _another_name(new: _Begun) -> str:
    """How a rule that changes within the year is written."""
    ends = f"«opphever {new.kind} {new.rule.id} fra og med {new.day.isoformat()}»"
    return f"skriv {ends}, og den nye under et annet navn"


# ---- rates


def _rates(rulebook: model.Rulebook, before: model.Rulebook | None, blocks: list[tree.Block]) -> Iterator[Diagnostic]:
    """Yearly rates that had a value last year, and have none in the first days of this."""
    known = {rate.id: rate for rate in before.rates} if before is not None else {}
    for rate in rulebook.rates:
        old = known.get(rate.id)
        if old is None or rate.value is not None or not rate.periods:
            continue
        start = rate.periods[0].start
        last = old.periods[-1].value if old.periods else old.value
        if last is None or rate.reason != not_before(rate.id, start):
            continue
        message = f"{_days(rulebook.valid_from, start - _DAY)} har satsen «{rate.id}» ingen verdi"
        hint = f"skriv også hva den er fra {rulebook.valid_from.isoformat()}, eller «= ukjent «hvorfor»»"
        yield warning("R417", message, _first_day(blocks, rate), hint, old.place.span)


def _first_day(blocks: Iterable[tree.Block], rate: model.Rate) -> Span:
    """Where it stands from which day a rate is."""
    for block in blocks:
        if isinstance(block, tree.RateDecl) and block.name == rate.id and block.tail.from_day is not None:
            return block.tail.from_day.span
    return rate.place.span
