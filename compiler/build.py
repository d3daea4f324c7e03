"""Everything that a folder of rulebooks becomes: packages, wheels, JSON and the site."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from compiler import compare, export
from compiler.examples import answers
from compiler.model import Rulebook
from compiler.packages import wheel, write
from compiler.pipeline import Library
from compiler.python import generate

Say = Callable[[str], None]


def schemes(library: Library) -> Iterator[list[Rulebook]]:
    """The rule years of each scheme, oldest first."""
    for scheme in sorted({rulebook.scheme for rulebook in library.rulebooks()}):
        yield library.scheme(scheme)


def build_packages(library: Library, target: Path, say: Say) -> None:
    """The Python packages, as folders and as wheels."""
    _empty(target / "python")
    _empty(target / "dist")
    for years in schemes(library):
        files = generate(years)
        write(files, target / "python")
        made = wheel(years, files, target / "dist")
        say(f"{target / 'python' / made.name.split('-')[0]} og {made}")


def build_json(library: Library, target: Path, say: Say) -> None:
    """Each rulebook as JSON, the schema they follow, and the changes from the year before."""
    _empty(target / "json")
    files = {"regelverk.schema.json": export.schema()}
    for years in schemes(library):
        for rulebook in years:
            files[f"{rulebook.name}.json"] = export.as_json(rulebook)
    write(files, target / "json")
    say(f"{target / 'json'} ({len(files) - 1} regelverk og skjemaet)")


def changes_from_base(library: Library, rulebook: Rulebook) -> compare.Comparison | None:
    """What differs from the year that a rulebook builds on."""
    before = next((r for r in library.scheme(rulebook.scheme) if r.year == rulebook.base), None)
    return compare.compare(before, rulebook) if before is not None else None


def earlier_years(library: Library, rulebook: Rulebook) -> tuple[Rulebook, ...]:
    """The years of a rulebook's scheme before it, oldest first."""
    return tuple(one for one in library.scheme(rulebook.scheme) if one.year < rulebook.year)


def build_site(library: Library, target: Path, say: Say, at: str = "/") -> list[str]:
    """The site, for a server that has it under the path `at`; what mkdocs warns of comes back as text."""
    from compiler.pages.site import SiteYear, write_site

    years = [
        SiteYear(rulebook, answers(rulebook), changes_from_base(library, rulebook), earlier_years(library, rulebook))
        for rulebook in library.rulebooks()
    ]
    warnings = write_site(years, target, at=at)
    say(f"{target / 'site' / 'index.html'}")
    return warnings


def _empty(folder: Path) -> None:
    """An empty folder in place of what was there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
