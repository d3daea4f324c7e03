"""The menu in the header of a rule year's pages: the other years of the scheme, at the same page where they have it."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from compiler import model
from compiler.pages.render import year_folder
from compiler.words import year_shown

PLACE = "<div data-regelaar></div>"
"""Where the header leaves room for the menu."""


def add_year_menus(site: Path, rulebooks: Sequence[model.Rulebook]) -> None:
    """Write the menu on every page of the rule years, and take away its place on all other pages.

    `rulebooks` stand in the order of the menu. The pages of a year say nothing of the other years until here, so a
    year that comes makes no other year's pages stale.
    """
    folders = {site / year_folder(one): one for one in rulebooks}
    for path in sorted(site.rglob("*.html")):
        html = path.read_text(encoding="utf-8")
        if PLACE in html:
            here = next((folder for folder in folders if folder in path.parents), None)
            path.write_text(html.replace(PLACE, _menu(path, here, folders) if here else ""), encoding="utf-8")


def _menu(path: Path, here: Path, folders: dict[Path, model.Rulebook]) -> str:
    """The menu of one page."""
    own, page = folders[here], page_of(path, here)
    years = {folder: one for folder, one in folders.items() if one.scheme == own.scheme}
    return menu(own, page, [(one, (folder / page / "index.html").is_file()) for folder, one in years.items()])


def page_of(path: Path, folder: Path) -> str:
    """The page of a rule year that a file is: «05-refusjon», and nothing for the first."""
    page = path.relative_to(folder).parent.as_posix()
    return "" if page == "." else page


def beside(page: str, year: int, same: bool) -> str:
    """The address of another year from a page of a year: the same page, where that year has it."""
    up = "../" * (len(page.split("/")) + 1 if page else 1)
    return f"{up}{year}/{f'{page}/' if page and same else ''}"


def menu(own: model.Rulebook, page: str, years: Iterable[tuple[model.Rulebook, bool]]) -> str:
    """The menu of a page: the years of the scheme, each with whether it has the same page."""
    items = []
    for one, same in years:
        current = ' aria-current="true"' if one is own else ""
        items.append(
            f'<li><a href="{escape(beside(page, one.year, same))}"{current}>{escape(year_shown(one))}</a></li>'
        )
    shown = escape(year_shown(own))
    return (
        '<details class="topp-aar" data-topp="aar">'
        f'<summary class="topp-knapp"><span class="topp-skjult">Regelår: </span>{shown}</summary>'
        f'<ul aria-label="Regelår">{"".join(items)}</ul></details>'
    )
