"""A new rule year from the last: the files that an author begins with."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from compiler import model
from compiler.rule_blocks import taken_from
from compiler.words import year_shown

_FIRST = "01-om-regelverket"


def new_year(last: model.Rulebook, year: int) -> dict[str, str]:
    """The text of each file of a new year, by name; every chapter in prose has one, ready to be filled in."""
    chapters = [chapter for chapter in last.chapters if any(isinstance(p, model.Prose) for p in chapter.parts)]
    titles = {chapter.id: _moved(chapter.title, last, year) for chapter in chapters}
    titles = titles or {_FIRST: f"Om regelverket for {year}"}
    first = min(titles)
    files = {}
    for id_, title in titles.items():
        parts = [f"# {title}", _sentence(last, year)]
        parts += [_fence(header(last, year))] if id_ == first else []
        rates = list(_rates(last, id_, first, set(titles)))
        parts += [_fence(rates)] if rates else []
        files[f"{id_}.md"] = "\n\n".join(parts) + "\n"
    return files


def header(last: model.Rulebook, year: int) -> list[str]:
    """The block `regelverk` of the new year."""
    years = year - last.year
    start = _later(last.valid_from, years)
    until = f" til og med {_last_day(last.valid_to, years).isoformat()}" if last.valid_to else ""
    uses = [f"    bruker {last.uses.scheme} {last.uses.year}"] if last.uses is not None else []
    extract = [f"    utdrag «{last.extract}»"] if last.extract else []
    return [
        f"regelverk {last.scheme} {year} «{_moved(last.title, last, year)}»",
        f"    bygger på {last.scheme} {last.year}",
        *uses,
        f"    gjelder fra {start.isoformat()}{until}",
        "    status utkast",
        *extract,
    ]


def _sentence(last: model.Rulebook, year: int) -> str:
    """What stands in a chapter until its author writes it."""
    shown = year_shown(last.model_copy(update={"year": year}))
    return (
        f"Her skrives det som er nytt i dette kapitlet for {shown}. "
        f"Det som ikke er nevnt, gjelder videre fra {year_shown(last)}."
    )


def _rates(last: model.Rulebook, chapter: str, first: str, written: set[str]) -> Iterator[str]:
    """The yearly rates of a chapter; those of chapters without a file stand in the first."""
    for rate in last.rates:
        place = rate.place.chapter if rate.place.chapter in written else first
        if rate.yearly and place == chapter:
            yield f"årlig sats {rate.id} = ukjent" if rate.fetched is None else _taken_again(rate, rate.fetched)


def _taken_again(rate: model.Rate, place: model.Fetched) -> str:
    """A rate that is taken from another rule year, unknown until its author says which; the last stands beside it."""
    return f"årlig sats {rate.id} = ukjent  # var{taken_from(rate, place)}"


def _fence(lines: list[str]) -> str:
    return "\n".join(["```regel", *lines, "```"])


def _moved(text: str, last: model.Rulebook, year: int) -> str:
    """A title with the new year where the old one stands: «2020/21» becomes «2021/22»."""
    new = year_shown(last.model_copy(update={"year": year}))
    text = text.replace(year_shown(last), new)
    return re.sub(rf"\b{last.year}\b(?!/)", str(year), text) if new not in text else text


def _later(day: date, years: int) -> date:
    """The same day some years later; the last of February where there is no such day."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _last_day(day: date, years: int) -> date:
    """The last day some years later: the last of a month stays the last."""
    return _later(day + timedelta(days=1), years) - timedelta(days=1)
