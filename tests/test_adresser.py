"""Links never break: every address of the last release is still there.

`tests/adresser.txt` has a line for each page of a scheme and some years: the scheme, the years, the page, and what on
it can be linked to in all of them. `--nye-adresser` adds what is new to it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from compiler import model
from compiler.pages import pages
from compiler.pages.addresses import CHANGES, TRY_IT, Addresses, changes_file
from compiler.pages.links import links_of
from tests.library import LIBRARY, MADE_UP
from tests.nettsted import SHOWN
from tests.test_pages import base_of

PLACE = Path(__file__).parent / "adresser.txt"

Address = tuple[str, int, str, str]
"""Scheme, year, page, and what on it; nothing for the page itself."""


def addresses(rulebooks: Iterable[model.Rulebook]) -> Iterator[Address]:
    """The addresses of some rule years."""
    known = list(rulebooks)
    for rulebook in known:
        before = [one.year for one in known if one.scheme == rulebook.scheme and one.year < rulebook.year]
        more = ["systemer.md", *(CHANGES if year == rulebook.base else changes_file(year) for year in before)]
        more += [TRY_IT] if rulebook.top_records() else []
        for link in (*Addresses(rulebook).every(), *more):
            file, _, anchor = link.partition("#")
            yield rulebook.scheme.lower(), rulebook.year, file.removesuffix(".md"), anchor


def as_text(found: Iterable[Address]) -> str:
    """The addresses, with years and anchors that go together on one line."""
    years = defaultdict(set)
    for scheme, year, page, anchor in found:
        years[scheme, page, anchor].add(year)
    anchors = defaultdict(list)
    for (scheme, page, anchor), of in years.items():
        anchors[scheme, tuple(sorted(of)), page].append(anchor or ".")
    lines = ((scheme, ",".join(map(str, of)), page, *sorted(some)) for (scheme, of, page), some in anchors.items())
    return "".join(f"{' '.join(line)}\n" for line in sorted(lines))


def read(text: str) -> set[Address]:
    """The addresses again."""
    found = set()
    for line in text.splitlines():
        scheme, years, page, *anchors = line.split(" ")
        found |= {(scheme, int(year), page, "" if one == "." else one) for year in years.split(",") for one in anchors}
    return found


def shown(address: Address) -> str:
    """The address as a reader has it."""
    scheme, year, page, anchor = address
    return f"{scheme}/{year}/{'' if page == 'index' else f'{page}/'}{f'#{anchor}' if anchor else ''}"


def missing(released: set[Address], now: set[Address]) -> str:
    """What to do about addresses that are gone; nothing where none is."""
    gone = [shown(one) for one in released - now]
    if not gone:
        return ""
    some = "".join(f"\n  {one}" for one in sorted(gone)[:20])
    return (
        f"{len(gone)} adresser fra forrige utgivelse er borte:{some}\n"
        "Noen kan ha lenket til dem. Gi regelen tilbake id-en den hadde; skal den ikke gjelde lenger, bruk «opphever» "
        "i et nytt regelår. Må en adresse bort, fjern den fra tests/adresser.txt for hånd, og si hvorfor."
    )


def test_every_address_of_the_last_release_is_still_there(request: pytest.FixtureRequest) -> None:
    now = set(addresses(LIBRARY.rulebooks()))
    released = read(PLACE.read_text(encoding="utf-8"))
    if request.config.getoption("--nye-adresser"):
        PLACE.write_text(as_text(released | now), encoding="utf-8", newline="\n")
    elif fault := missing(released, now):
        pytest.fail(fault, pytrace=False)


def test_a_rule_that_loses_its_id_is_told_with_what_to_do() -> None:
    isf = next(one for one in LIBRARY.rulebooks() if one.name == "isf-2020")
    released = set(addresses([isf]))
    renamed = tuple(one.model_copy(update={"id": f"{one.id}X"}) for one in isf.groups)
    fault = missing(released, set(addresses([isf.model_copy(update={"groups": renamed})])))
    assert "isf/2020/grupper/#drg-27\n" in fault
    assert "bruk «opphever» i et nytt regelår" in fault


def test_addresses_are_read_as_they_are_written() -> None:
    found = set(addresses(MADE_UP.rulebooks()))
    assert read(as_text(found)) == found
    assert as_text(found) == as_text(sorted(found, reverse=True))


@pytest.mark.parametrize("name", ["oppdiktet-2021", "rader-2021", "perioder-2023"])
def test_every_address_is_on_its_page(name: str) -> None:
    rulebook = next(one for one in MADE_UP.rulebooks() if one.name == name)
    written = pages(rulebook, {}, base_of(rulebook))
    for link in Addresses(rulebook).every():
        file, _, anchor = link.partition("#")
        assert file in written, link
        assert not anchor or f'id="{anchor}"' in written[file], link


def test_what_a_year_ends_keeps_its_address_there() -> None:
    rulebook = next(one for one in MADE_UP.rulebooks() if one.name == "oppdiktet-2021")
    written = pages(rulebook, {}, base_of(rulebook))
    page = written["unntak.md"].split("## Opphevet i 2021")[1]
    assert "Dette gjaldt [året før](../../2020/unntak/)" in page
    assert '- <a id="belop-lange-opphold"></a>Unntak: Lange opphold (unntak fra beløp), fordi «ikke i bruk»' in page
    assert '<section class="regel regel-endring" id="unntak-belop-lange-opphold"' in "".join(written.values())


@pytest.mark.langt
@pytest.mark.xdist_group("nettleser")
def test_every_address_is_in_the_shown_site(shown_site: Path) -> None:
    rulebooks = [one for one in (*LIBRARY.rulebooks(), *MADE_UP.rulebooks()) if one.scheme in SHOWN]
    anchors = {path: links_of(path.read_text(encoding="utf-8")).anchors for path in shown_site.rglob("*.html")}
    for address in addresses(rulebooks):
        page, _, anchor = shown(address).partition("#")
        assert not anchor or anchor in anchors[shown_site / page / "index.html"], address
        assert shown_site / page / "index.html" in anchors, address
