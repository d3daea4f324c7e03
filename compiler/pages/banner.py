"""The line above every page of a year that is not the newest, with a link to the newest."""

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from compiler import model
from compiler.pages.render import year_folder
from compiler.pages.year_menu import beside, page_of
from compiler.words import year_shown


def banners(rulebooks: Sequence[model.Rulebook], site: Path) -> Iterator[tuple[Path, str]]:
    """Each page in a site that needs the line, with the line: to the same page in the newest year, if that has it."""
    newest = {one.scheme: one for one in sorted(rulebooks, key=lambda one: one.year)}
    for rulebook in rulebooks:
        last = newest[rulebook.scheme]
        if last is rulebook:
            continue
        folder, other = site / year_folder(rulebook), site / year_folder(last)
        for path in sorted(folder.rglob("*.html")):
            page = page_of(path, folder)
            yield path, line(rulebook, last, beside(page, last.year, (other / page / "index.html").is_file()))


def line(rulebook: model.Rulebook, last: model.Rulebook, address: str) -> str:
    """What the line says."""
    status = "" if last.status == "endelig" else f" ({last.status})"
    return (
        '<aside class="md-banner nyere" aria-label="Eldre regelår"><div class="md-banner__inner md-grid md-typeset">'
        f"<p>Dette er regelverket for {escape(year_shown(rulebook))}. "
        f'Nyere: <a href="{address}">{escape(year_shown(last))}</a>{escape(status)}</p></div></aside>'
    )
