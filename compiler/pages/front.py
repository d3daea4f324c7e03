"""The pages before the rule years: the front with every scheme and what is new, and a page for each scheme."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from compiler import model
from compiler.compare import Comparison
from compiler.pages.render import write_page, year_folder
from compiler.pages.text import Md, escape, plain
from compiler.words import day_shown, number, year_shown

_YEAR_LAST = re.compile(r"[\s,]*\b\d{4}(\s*[/–-]\s*\d{2,4})?\s*$")
_SHORT = 3
"""The longest id that is read as an abbreviation: ISF, RBF, DRG."""


@dataclass(frozen=True, slots=True)
class _Year:
    """A rule year in a list of years."""

    shown: str
    address: Md
    title: str
    status: str
    valid: str
    extract: str
    content: str
    """How much there is in it: «1 200 grupper, 14 satser»."""
    changes: Md | None
    """The address of its changes, where it builds on a year."""


@dataclass(frozen=True, slots=True)
class _Scheme:
    """A scheme with its years, the newest first."""

    title: str
    folder: Md
    years: tuple[_Year, ...]

    @property
    def newest(self) -> _Year:
        """The last of its years."""
        return self.years[0]


@dataclass(frozen=True, slots=True)
class _News:
    """How much is new in the newest year of a scheme."""

    title: str
    shown: str
    address: Md
    count: str
    """«8 nye, 3 endrede og 1 utgått»."""


def front(rulebooks: Sequence[model.Rulebook], changes: Mapping[str, Comparison] | None = None) -> dict[str, str]:
    """The front page, and a page for each scheme; `changes` are those from the year before, by the year's name."""
    found = {} if changes is None else changes
    schemes = {years[0].scheme: _scheme(years, found) for years in _schemes(rulebooks)}
    news = [_news(years[0], found[years[0].name]) for years in _schemes(rulebooks) if years[0].name in found]
    written = {"index.md": write_page("forside", {"schemes": list(schemes.values()), "news": news, "status": _status})}
    for scheme, shown in schemes.items():
        written[f"{scheme.lower()}/index.md"] = write_page("ordning", {"scheme": shown, "status": _status})
    return written


def front_menu(rulebooks: Sequence[model.Rulebook], written: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The menu of the front: what is written in `mkdocs.yml`, with the schemes after the first page."""
    schemes = [{plain(scheme_title(years[0])): f"{years[0].scheme.lower()}/index.md"} for years in _schemes(rulebooks)]
    return [written[0], {"Regelverk": schemes}, *written[1:]] if schemes else list(written)


def scheme_title(newest: model.Rulebook) -> str:
    """What a scheme is called: «Innsatsstyrt finansiering (ISF)», from the title of its newest year."""
    title, scheme = _without_year(newest), newest.scheme
    known = scheme.lower() in title.lower() or len(scheme) > _SHORT
    return title if title and known else f"{title} ({scheme})" if title else scheme


def year_name(rulebook: model.Rulebook) -> str:
    """What a rule year is called above its pages: «ISF 2023», «Egenandel på blå resept 2025»."""
    title, scheme = _without_year(rulebook), rulebook.scheme
    short = not title or (len(scheme) <= _SHORT and not title.lower().startswith(scheme.lower()))
    return f"{scheme if short else title} {year_shown(rulebook)}"


def _without_year(rulebook: model.Rulebook) -> str:
    """The title of a rule year without the year that it ends in."""
    return _YEAR_LAST.sub("", rulebook.title).removesuffix(" for").strip()


def newest_first(rulebooks: Iterable[model.Rulebook]) -> list[model.Rulebook]:
    """The rule years by scheme, the newest first in each, as menus and lists have them."""
    return sorted(rulebooks, key=lambda one: (one.scheme, -one.year))


def _schemes(rulebooks: Sequence[model.Rulebook]) -> list[list[model.Rulebook]]:
    """The rule years of each scheme, the newest first; the schemes by what they are called."""
    schemes: dict[str, list[model.Rulebook]] = {}
    for rulebook in newest_first(rulebooks):
        schemes.setdefault(rulebook.scheme, []).append(rulebook)
    return sorted(schemes.values(), key=lambda years: scheme_title(years[0]).lower())


def _scheme(years: Sequence[model.Rulebook], changes: Mapping[str, Comparison]) -> _Scheme:
    shown = tuple(_year(one, one.name in changes) for one in years)
    return _Scheme(scheme_title(years[0]), Md(f"{years[0].scheme.lower()}/"), shown)


def _year(rulebook: model.Rulebook, compared: bool) -> _Year:
    until = f" til {day_shown(rulebook.valid_to)}" if rulebook.valid_to else ""
    return _Year(
        shown=year_shown(rulebook),
        address=Md(f"{year_folder(rulebook)}/"),
        title=rulebook.title,
        status=rulebook.status,
        valid=f"{day_shown(rulebook.valid_from)}{until}",
        extract=rulebook.extract or "",
        content=", ".join(_content(rulebook)),
        changes=Md(f"{rulebook.year}/endringer/") if compared else None,
    )


def _content(rulebook: model.Rulebook) -> Iterator[str]:
    """How many there are of what readers look for."""
    tariffs = sum(len(table.rows) for table in rulebook.tables if table.keys == ("takst",))
    kinds = (
        (len(rulebook.groups), "gruppe", "grupper"),
        (tariffs, "takst", "takster"),
        (len(rulebook.requirements), "krav", "krav"),
        (len(rulebook.rates), "sats", "satser"),
        (len(rulebook.examples), "eksempel", "eksempler"),
    )
    for count, one, many in kinds:
        if count:
            yield f"{number(Decimal(count))} {one if count == 1 else many}"


def _status(year: _Year) -> Md:
    """The status of a year, marked where it is not final."""
    return (
        escape(f"({year.status})")
        if year.status == "endelig"
        else Md(f'<span class="merke">{escape(year.status)}</span>')
    )


def _news(newest: model.Rulebook, changes: Comparison) -> _News:
    count: Counter[str] = Counter(item.change for item in changes.items)
    words = (("ny", "ny", "nye"), ("endret", "endret", "endrede"), ("utgått", "utgått", "utgåtte"))
    some = [f"{count[change]} {one if count[change] == 1 else many}" for change, one, many in words if count[change]]
    said = " og ".join(filter(None, (", ".join(some[:-1]), *some[-1:]))) or "ingen endringer"
    return _News(scheme_title(newest), year_shown(newest), Md(f"{year_folder(newest)}/"), said)
