"""The pages of one rule year, as Markdown: a page for each chapter, and list pages that look things up."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache, cached_property

from jinja2 import Environment
from markupsafe import Markup

from compiler import model
from compiler.compare import Comparison
from compiler.examples import Answers
from compiler.names import slug
from compiler.own_files import ROOT
from compiler.pages.about import About
from compiler.pages.addresses import CHANGES, LISTS, PATHWAY, TRY_IT, changes_file, chapter_file
from compiler.pages.changes import Changes
from compiler.pages.compared import Compared, compared, known
from compiler.pages.ended import ended, ended_anchor
from compiler.pages.examples import Outcome, outcome, tabulated
from compiler.pages.gathered import answered, gathered
from compiler.pages.pathway import Pathway, pathways
from compiler.pages.text import Md, code, escape, plain
from compiler.pages.view import MANY_CODES, MANY_ROWS, View, list_pages
from compiler.runtime.samlet import Samlet
from compiler.runtime.svar import Svar
from compiler.templates import environment

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


class YearPages:
    """The Markdown of a rule year, a page at a time as each is asked for.

    `answers` gives the answers of the examples by id, `compared` is the comparison with the year that this one builds
    on, and `earlier` are the years of the scheme before this one.
    """

    def __init__(
        self,
        rulebook: model.Rulebook,
        answers: Callable[[], Answers],
        compared: Compared | None = None,
        earlier: Sequence[model.Rulebook] = (),
    ) -> None:
        self.rulebook = rulebook
        self.view = View(rulebook, compared)
        self.changes = [Changes(self.view, *one) for one in _compared(rulebook, compared, earlier)]
        self.lists = list_pages(self.view)
        self._answers = answers
        self._earlier = earlier
        self._chapters = {chapter_file(chapter): chapter for chapter in rulebook.chapters}

    def files(self) -> Iterator[str]:
        """The pages, in the order of the menu."""
        yield "index.md"
        yield from self._chapters
        yield from (f"{page}.md" for page in LISTS if self.has(f"{page}.md"))
        yield from (file for file in (TRY_IT, PATHWAY) if self.has(file))
        yield from (one.file for one in self.changes)

    def has(self, file: str) -> bool:
        """Whether the year has a page."""
        page = file.removesuffix(".md")
        if page in LISTS:
            return page in self.lists or bool(ended(self.view, page))
        if file == TRY_IT:
            return bool(self.rulebook.top_records())
        if file == PATHWAY:
            return any(example.shows and not example.gathers for example in self.rulebook.examples)
        return file in ("index.md", *self._chapters, *(one.file for one in self.changes))

    def text(self, file: str) -> str:
        """A page of the year."""
        page = file.removesuffix(".md")
        if page in LISTS:
            return self._list_page(page)
        if file in self._chapters:
            return write_page("kapittel", {**self._given, "chapter": self._chapters[file]})
        change = next((one for one in self.changes if one.file == file), None)
        if change is not None:
            return write_page("endringer", {**self._given, "change": change})
        return write_page({TRY_IT: "prov", PATHWAY: "forlop"}.get(file, page), self._given)

    def tables(self) -> dict[str, str]:
        """The tables of the year that are too long to be shown, as CSV."""
        return dict(self.view.rows.files())

    @cached_property
    def pathways(self) -> list[Pathway]:
        """The examples that ask to be shown as figures."""
        return pathways(self.view, self._answers())

    @cached_property
    def _given(self) -> dict[str, object]:
        """What the templates know."""
        view, answers = self.view, self._answers()
        return {
            "view": view,
            "about": About(view, answers, self._earlier),
            "changes": self.changes,
            "lists": self.lists,
            "pathways": self.pathways,
            "titles": TITLES,
            "outcome": lambda example: _outcome(view, example, answers.get(example.id)),
            "answered": lambda example: answered(view, example, answers.get(example.id)),
            "ended_anchor": lambda amendment: ended_anchor(view, amendment),
            "tabulated": lambda table: tabulated(view, table, answers),
        }

    def _list_page(self, page: str) -> str:
        """A list page with what it lists, and then what the year has ended of it."""
        gone = ended(self.view, page)
        text = write_page(page, self._given) if page in self.lists else f"# {TITLES[page]}\n"
        if not gone or self.view.compared is None:
            return text
        about = {"view": self.view, "page": Md(page), "old": self.view.compared, "ended": gone}
        return f"{text}\n{write_page('opphevet', about)}"


def pages(
    rulebook: model.Rulebook,
    answers: Answers,
    comparison: Comparison | None = None,
    earlier: Sequence[model.Rulebook] = (),
) -> dict[str, str]:
    """All pages of a rule year as Markdown by file name, and long tables as CSV; see `YearPages`."""
    year = YearPages(rulebook, lambda: answers, known(comparison) if comparison is not None else None, earlier)
    written = {file: year.text(file) for file in year.files() if file != PATHWAY or year.pathways}
    for one in year.changes:
        written |= dict(one.files())
    return written | year.tables()


def _compared(
    rulebook: model.Rulebook, base: Compared | None, earlier: Sequence[model.Rulebook]
) -> Iterator[tuple[Compared, str, model.Rulebook | None]]:
    """The comparisons with earlier years, each with its page: first with the year built on, then the newest first."""
    before = {one.year: one for one in earlier if one.year < rulebook.year}
    if base is not None:
        yield base, CHANGES, before.pop(base.year, None)
    for year in sorted(before, reverse=True):
        yield compared(before[year], rulebook), changes_file(year), before[year]


def _outcome(view: View, example: model.Example, answer: Svar | Samlet | None) -> Outcome:
    """An example beside its answer."""
    if example.gathers:
        return gathered(view, example, answer if isinstance(answer, Samlet) else None)
    return outcome(view, example, answer if isinstance(answer, Svar) else None)


def navigation(rulebook: model.Rulebook, written: Collection[str]) -> list[dict[str, object]]:
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
    templates = environment(TEMPLATES, finalize=lambda value: value if isinstance(value, Markup) else escape(value))
    templates.globals |= {"code": code, "slug": slug, "many_codes": MANY_CODES, "many_rows": MANY_ROWS}
    return templates
