"""The rulebooks of a folder while they are written, and what is shown at each address."""

import mimetypes
import posixpath
import re
import traceback
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from pathlib import Path
from threading import Condition, RLock
from typing import NamedTuple

from compiler.editor.desk import Desk
from compiler.model import Rulebook
from compiler.pages.banner import line
from compiler.pages.downloads import VERSION, versions
from compiler.pages.finish import with_banner
from compiler.pages.front import newest_first
from compiler.pages.render import year_folder
from compiler.pages.security import with_policy
from compiler.pages.site import ROOT
from compiler.pages.year_menu import PLACE, beside, menu
from compiler.pipeline import Library, Year
from compiler.preview.panel import Panel, panel
from compiler.preview.shown import Front, ShownYear
from compiler.preview.theme import Part, Theme
from dsl.diagnostics import Diagnostic, has_errors
from dsl.parser import no_collector

_OF_YEAR = re.compile(r"([^/]+/\d{4})/(.*)")
_BODY = re.compile(r"<body[^>]*>")
_OURS = '<link rel="stylesheet" href="/assets/vis.css"><script src="/assets/vis.js" defer></script>'
_OWN_FAULT = "Dette er en feil i kompilatoren, ikke i regelverket. Hva som gikk galt, står i terminalen."
_NOT_FOUND = re.compile(r"<h1>Siden finnes ikke</h1>\s*<p>.*?</p>", re.DOTALL)


class Answer(NamedTuple):
    """What is answered at an address."""

    status: int
    kind: str
    content: bytes


class _Page(NamedTuple):
    """A page before the panel is put on it, how it is answered, and the name of the rule year it is of."""

    html: str
    status: int
    year: str | None


@dataclass(frozen=True, slots=True)
class State:
    """What an open page asks about: what is wrong, and whether the page is still as it was."""

    panel: Panel
    mark: str
    """Another when the page is another."""


class Preview:
    """The pages of the rulebooks in a folder, made when they are asked for, as the files then are."""

    def __init__(self, folder: Path, schemes: Collection[str] = (), root: Path = ROOT) -> None:
        self.root = root
        self.theme = Theme(root)
        self.number = 0
        """How many times there has been something new to show."""
        self._desk = Desk(folder)
        self._bench = self._desk.bench(folder)
        self._bench.schemes = schemes
        self._lock = RLock()
        self._new = Condition()
        self._years: dict[str, ShownYear] = {}
        self._front = Front(self.theme, {})
        self._stale: set[str] = set()
        self._broken = ""

    @property
    def library(self) -> Library:
        """The rulebooks as they were last read."""
        return self._bench.library

    def look(self) -> list[Diagnostic]:
        """Read what has changed on disk; all that is known to be wrong now."""
        with self._lock:
            try:
                self._desk.look_again()
                self._desk.check(self._bench)
                self._take_in()
                self._broken = ""
            except Exception:
                traceback.print_exc()
                self._broken = _OWN_FAULT
            found = self._bench.diagnostics()
        self._tell()
        return found

    def _take_in(self) -> None:
        """Show the rule years that can be made as they now are, and the others as they last were."""
        years = {name: year for name, year in self.library.years.items() if year.header is not None}
        good = {name: one for name, year in years.items() if (one := _good(self.library, year)) is not None}
        rulebooks = {name: shown.rulebook for name, shown in self._years.items() if name in self.library.years} | good
        shown = {}
        for name, rulebook in sorted(rulebooks.items()):
            earlier = tuple(one for one in _of_scheme(rulebooks, rulebook) if one.year < rulebook.year)
            before = self._years.get(name)
            kept = before is not None and (name not in good or before.is_of(rulebook, earlier))
            shown[name] = before if kept and before is not None else ShownYear(self.theme, rulebook, earlier)
        self._stale = {name for name in self.library.years if name not in good}
        if shown != self._years:
            self._years, self._front = shown, Front(self.theme, shown)

    # ---- what is new

    def wait(self, number: int, seconds: float) -> int:
        """The number of what is newest, once it is another than this or the time is out."""
        with self._new:
            self._new.wait(0 if self.number != number else seconds)
            return self.number

    def wake(self) -> None:
        """Let those that wait see whether they still are to."""
        with self._new:
            self._new.notify_all()

    def _tell(self) -> None:
        with self._new:
            self.number += 1
            self._new.notify_all()

    # ---- examples

    def try_example(self) -> bool:
        """Try one example that has not been tried; whether there was one."""
        with self._lock:
            for name, year in self._years.items():
                tried = year.try_one()
                self._note_examples(name)
                if tried:
                    return True
            return False

    def _note_examples(self, name: str) -> None:
        """Tell of the examples of a year that fail, once all are tried."""
        year = self._years[name]
        noted = self._bench.examples.get(name)
        if year.is_tried and (noted is None or noted[0] is not year.rulebook):
            before = self._bench.diagnostics()
            self._bench.examples[name] = (year.rulebook, list(year.failing))
            if self._bench.diagnostics() != before:
                self._tell()

    # ---- what is shown

    def answer(self, address: str) -> Answer:
        """The page or the file at an address, which begins with «/»."""
        with self._lock:
            name = posixpath.normpath(address).lstrip("/")
            if "." in posixpath.basename(name) and not name.endswith(".html"):
                return self._file(name)
            page = self._page(address)
            html = self._with_panel(page, self._state(page))
            return Answer(page.status, "text/html; charset=utf-8", html.encode())

    def state(self, address: str) -> State:
        """What is to be said above the page at an address."""
        with self._lock:
            return self._state(self._page(address))

    def _state(self, page: _Page) -> State:
        return State(self._panel(page), sha256(page.html.encode()).hexdigest()[:16])

    def _page(self, address: str) -> _Page:
        """A page with all that the site has on it; a fault of our own is told in its place."""
        of_year = _OF_YEAR.fullmatch(address.lstrip("/"))
        name = of_year[1].replace("/", "-") if of_year else None
        try:
            with no_collector():
                html = self._html(name, of_year[2] if of_year else address)
        except Exception:
            traceback.print_exc()
            html = _NOT_FOUND.sub("<h1>Siden kan ikke vises</h1>", self._front.part.not_found)
            return _Page(html, 500, name)
        return _Page(self._front.part.not_found, 404, name) if html is None else _Page(html, 200, name)

    def _html(self, name: str | None, address: str) -> str | None:
        """A page of the front, or of a rule year with a name; None where it is not there."""
        year = self._years.get(name or "")
        part = self._front.part if name is None else year.part if year is not None else None
        file = _page_file(part, address) if part is not None else None
        if part is None or file is None:
            return None
        html = part.html(file)
        if name is not None and year is not None:
            html = self._beside(html, year.rulebook, "" if file == "index.md" else file.removesuffix(".md"))
            self._note_examples(name)
        return html.replace(PLACE, "")

    def _beside(self, html: str, own: Rulebook, page: str) -> str:
        """A page of a rule year with what leads to the other years."""
        years = {one.rulebook.year: one for one in self._years.values() if one.rulebook.scheme == own.scheme}
        last = years[max(years)]
        listed = [(one, years[one.year].has(page)) for one in newest_first(one.rulebook for one in years.values())]
        html = html.replace(PLACE, menu(own, page, listed))
        if last.rulebook is own:
            return html
        return with_banner(html, line(own, last.rulebook, beside(page, last.rulebook.year, last.has(page))))

    def _file(self, name: str) -> Answer:
        """A file of the site, or of a part of it."""
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if name.startswith("assets/"):
            found = self._asset(name.removeprefix("assets/"))
            return Answer(200, kind, found) if found is not None else _missing(name)
        of_year = _OF_YEAR.fullmatch(name)
        if name == VERSION:
            text: str | None = versions({year_folder(y.rulebook): y.about() for y in self._years.values()})
        elif of_year:
            year = self._years.get(of_year[1].replace("/", "-"))
            text = year.file(of_year[2]) if year is not None else None
        else:
            text = self._front.file(name)
        return Answer(200, f"{kind}; charset=utf-8", text.encode()) if text is not None else _missing(name)

    def _asset(self, name: str) -> bytes | None:
        """A script, a style or a picture: the preview's own, the site's or the theme's."""
        site = self.root / "site"
        for folder in (site / "vis", site / "assets", *self.theme.assets):
            path = (folder / name).resolve()
            if path.is_relative_to(folder.resolve()) and path.is_file():
                return path.read_bytes()
        return None

    # ---- the panel

    def _panel(self, page: _Page) -> Panel:
        """What is wrong, with the faults of the page's own rule year first."""
        if self._broken:
            return Panel(self._broken, "")
        own = self.library.years.get(page.year or "")
        folder = own.folder.as_posix() if own is not None else None
        found = sorted(self._bench.diagnostics(), key=lambda one: posixpath.dirname(one.span.path) != folder)
        pages = self.root / "site" / "pages"
        return panel(found, self.library.sources, len(self.library.years), self._said(page), pages)

    def _said(self, page: _Page) -> Iterator[str]:
        """What a reader must know of a page."""
        match page.status, page.year in self._stale:
            case 200, True:
                yield f"Siden er den siste gode utgaven: {page.year} kan ikke lages slik det er skrevet nå."
            case 404, True if page.year in self._years:
                yield f"{page.year} kan ikke lages slik det er skrevet nå, og siden er ikke i den siste gode utgaven."
            case 404, True:
                yield f"{page.year} kan ikke vises før feilene er rettet."
            case 404, False:
                yield "Siden finnes ikke slik regelverkene er skrevet nå."
            case 500, _:
                yield _OWN_FAULT

    def _with_panel(self, page: _Page, state: State) -> str:
        """A page as it is sent."""
        said, faults = escape(state.panel.said), state.panel.faults
        head = f'<section id="vis" aria-label="Forhåndsvisning" data-merke="{state.mark}">'
        shown = f'{head}<p class="vis-sagt" role="alert">{said}</p><div class="vis-feil">{faults}</div></section>'
        html = with_policy(page.html, self.theme.policy).replace("</head>", f"{_OURS}</head>", 1)
        return _BODY.sub(lambda body: f"{body[0]}{shown}", html, count=1)


def _good(library: Library, year: Year) -> Rulebook | None:
    """The rulebook of a year, where neither it nor a year that it builds on has errors."""
    seen: set[str] = set()
    at: Year | None = year
    while at is not None and at.name not in seen:
        if at.rulebook is None or has_errors(at.faults):
            return None
        seen.add(at.name)
        base = at.header.base if at.header is not None else None
        at = library.years.get(f"{base[0].lower()}-{base[1]}") if base is not None else None
    return year.rulebook


def _of_scheme(rulebooks: dict[str, Rulebook], own: Rulebook) -> list[Rulebook]:
    """The years of a scheme, oldest first."""
    return sorted((one for one in rulebooks.values() if one.scheme == own.scheme), key=lambda one: one.year)


def _page_file(part: Part, address: str) -> str | None:
    """The Markdown file of a page, by its address in its part: «05-refusjon/» is «05-refusjon.md»."""
    page = address.removesuffix("index.html").strip("/")
    names = (f"{page}.md", f"{page}/index.md") if page else ("index.md",)
    return next((name for name in names if name in part.names), None)


def _missing(name: str) -> Answer:
    return Answer(404, "text/plain; charset=utf-8", f"«{name}» finnes ikke i forhåndsvisningen\n".encode())
