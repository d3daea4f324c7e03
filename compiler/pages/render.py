"""The pages of one rule year, as Markdown: a page for each chapter, and list pages that look things up."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from compiler import model
from compiler.compare import Comparison, compare
from compiler.examples import Answers
from compiler.names import slug
from compiler.own_files import ROOT
from compiler.pages.about import About
from compiler.pages.addresses import CHANGES, LISTS, PATHWAY, TRY_IT, changes_file, chapter_file
from compiler.pages.changes import Changes
from compiler.pages.ended import ended, ended_anchor
from compiler.pages.examples import Outcome, outcome, tabulated
from compiler.pages.gathered import answered, gathered
from compiler.pages.pathway import pathways
from compiler.pages.text import Md, code, escape, plain
from compiler.pages.view import MANY_CODES, MANY_ROWS, View, list_pages
from compiler.runtime.samlet import Samlet
from compiler.runtime.svar import Svar

TEMPLATES = ROOT / "site" / "templates"

TITLES = {
    "grupper": "Grupper",
    "regeltabeller": "Regeltabeller",
    "takster": "Takster",
    "kodesett": "Kodesett",
    "satser": "Satser",
    "begreper": "Begreper og beregninger",
    "krav": "Krav",
    "unntak": "Unntak",
    "presiseringer": "Presiseringer",
    "kodeverk": "Kodeverk",
    "tabeller": "Tabeller",
    "opplysninger": "Opplysninger",
    "samlinger": "Samlinger",
    "eksempler": "Eksempler",
    "kilder": "Kilder",
}


def pages(
    rulebook: model.Rulebook,
    answers: Answers,
    comparison: Comparison | None = None,
    earlier: Sequence[model.Rulebook] = (),
) -> dict[str, str]:
    """Markdown by file name, and long tables as CSV.

    `answers` are the answers of the examples by id, `comparison` is with the year that this one builds on, and
    `earlier` are the years of the scheme before this one.
    """
    view = View(rulebook, comparison)
    changes = list(_changes(view, comparison, earlier))
    lists = list_pages(view)
    shown = pathways(view, answers)
    given = {
        "view": view,
        "about": About(view, answers, earlier),
        "changes": changes,
        "lists": lists,
        "pathways": shown,
        "titles": TITLES,
        "outcome": lambda example: _outcome(view, example, answers.get(example.id)),
        "answered": lambda example: answered(view, example, answers.get(example.id)),
        "ended_anchor": lambda amendment: ended_anchor(view, amendment),
        "tabulated": lambda table: tabulated(view, table, answers),
    }
    written = {"index.md": write_page("index", given)}
    for chapter in rulebook.chapters:
        written[chapter_file(chapter)] = write_page("kapittel", {**given, "chapter": chapter})
    for page in LISTS:
        if text := _list_page(view, page, lists, given):
            written[f"{page}.md"] = text
    if rulebook.top_records():
        written[TRY_IT] = write_page("prov", given)
    if shown:
        written[PATHWAY] = write_page("forlop", given)
    for one in changes:
        written[one.file] = write_page("endringer", {**given, "change": one})
        written |= dict(one.files())
    return written | dict(view.rows.files())


def _changes(view: View, comparison: Comparison | None, earlier: Sequence[model.Rulebook]) -> Iterator[Changes]:
    """The comparisons with earlier years, first with the year built on, then with the others, the newest first."""
    base = comparison.old.year if comparison is not None else None
    before = {one.year: one for one in earlier if one.year < view.rulebook.year}
    if comparison is not None:
        yield Changes(view, comparison, CHANGES, before.get(comparison.old.year))
    for year in sorted(before.keys() - {base}, reverse=True):
        yield Changes(view, compare(before[year], view.rulebook), changes_file(year), before[year])


def _list_page(view: View, page: str, lists: Mapping[str, int], given: Mapping[str, object]) -> str:
    """A list page with what it lists, and then what the year has ended of it."""
    gone = ended(view, page)
    text = write_page(page, given) if page in lists else f"# {TITLES[page]}\n" if gone else ""
    if not gone or view.comparison is None:
        return text
    more = write_page("opphevet", {"view": view, "page": Md(page), "old": view.comparison.old, "ended": gone})
    return f"{text}\n{more}"


def _outcome(view: View, example: model.Example, answer: Svar | Samlet | None) -> Outcome:
    """An example beside its answer."""
    if example.gathers:
        return gathered(view, example, answer if isinstance(answer, Samlet) else None)
    return outcome(view, example, answer if isinstance(answer, Svar) else None)


def navigation(rulebook: model.Rulebook, written: Mapping[str, str]) -> list[dict[str, object]]:
    """The menu of a year: the front, the chapters, and the list pages that were written."""
    chapters: list[dict[str, str]] = [{plain(one.title): chapter_file(one)} for one in rulebook.chapters]
    lists = [{title: f"{page}.md"} for page, title in TITLES.items() if f"{page}.md" in written]
    more: list[dict[str, object]] = [
        {title: page} for title, page in (("Prøv", TRY_IT), ("Forløp", PATHWAY)) if page in written
    ]
    systems: list[dict[str, object]] = [{"For systemer": "systemer.md"}] if "systemer.md" in written else []
    first = next((file for file in written if file.startswith("endringer") and file.endswith(".md")), "")
    title = "Endringer fra i fjor" if first == CHANGES else "Endringer"
    changes: list[dict[str, object]] = [{title: first}] if first else []
    return [
        {"Oversikt": "index.md"},
        {"Kapitler": chapters},
        *more,
        {"Oppslag": lists},
        *changes,
        *systems,
        {"Alle regelverk": "../../"},
    ]


def year_folder(rulebook: model.Rulebook) -> str:
    """The part of the address that a rule year has: «isf/2020»."""
    return f"{rulebook.scheme.lower()}/{rulebook.year}"


def write_page(template: str, given: Mapping[str, object]) -> str:
    """A page from its template, with single blank lines."""
    text = _environment().get_template(f"{template}.md.jinja").render(given)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


@cache
def _environment() -> Environment:
    """The templates: every value that is not safe Markdown is escaped as it is written."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        finalize=lambda value: value if isinstance(value, Markup) else escape(value),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"code": code, "slug": slug, "many_codes": MANY_CODES, "many_rows": MANY_ROWS}
    return environment
