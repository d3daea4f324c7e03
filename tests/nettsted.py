"""Sites that the tests build: of any rulebooks, and one of a few schemes that the browser looks at."""

from pathlib import Path
from tempfile import TemporaryDirectory

from compiler import model
from compiler.compare import compare
from compiler.examples import answers
from compiler.pages.site import SiteYear, write_site
from tests.library import LIBRARY, MADE_UP

SHOWN = ("ISF", "FORLOP", "FASTLEGE", "OPPDIKTET")
"""Contacts that are grouped, a pathway, claims with tariffs, and a rulebook that uses every construct."""


_KEPT = TemporaryDirectory(prefix="regelverk-nettsted-")
"""The rule years that the tests have built, for those that do not test the building itself."""


def site(folder: Path, *rulebooks: model.Rulebook, kept: Path | None = Path(_KEPT.name), at: str = "/") -> list[str]:
    """Build the site of some rule years into `folder/site`; every warning."""
    by_year = {(rulebook.scheme, rulebook.year): rulebook for rulebook in rulebooks}
    years = []
    for rulebook in rulebooks:
        before = by_year.get((rulebook.scheme, rulebook.base or 0))
        changes = compare(before, rulebook) if before else None
        earlier = tuple(one for one in rulebooks if one.scheme == rulebook.scheme and one.year < rulebook.year)
        years.append(SiteYear(rulebook, answers(rulebook), changes, earlier))
    return write_site(years, folder, at=at, kept=kept)


def some_schemes(folder: Path) -> Path:
    """The folder of a site with all years of a few schemes."""
    chosen = [one for one in (*LIBRARY.rulebooks(), *MADE_UP.rulebooks()) if one.scheme in SHOWN]
    assert site(folder, *chosen) == []
    return folder / "site"
