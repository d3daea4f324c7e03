"""The menu in the header of a rule year's pages: the other years of the scheme, at the same page where they have it."""

from collections.abc import Sequence
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
    own = folders[here]
    up = "../" * len(path.relative_to(here).parts)
    page = path.relative_to(here).parent.as_posix()
    items = []
    for folder, one in folders.items():
        if one.scheme != own.scheme:
            continue
        same = page != "." and (folder / page / "index.html").is_file()
        address = f"{up}{one.year}/{f'{page}/' if same else ''}"
        current = ' aria-current="true"' if one is own else ""
        items.append(f'<li><a href="{escape(address)}"{current}>{escape(year_shown(one))}</a></li>')
    shown = escape(year_shown(own))
    return (
        '<details class="topp-aar" data-topp="aar">'
        f'<summary class="topp-knapp"><span class="topp-skjult">Regelår: </span>{shown}</summary>'
        f'<ul aria-label="Regelår">{"".join(items)}</ul></details>'
    )
