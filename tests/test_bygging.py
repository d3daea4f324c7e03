"""How the site is built: years apart, unchanged ones again, one set of assets, and a policy that pages keep."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from datetime import date
from itertools import count, cycle
from pathlib import Path

import pytest

from compiler import export, model
from compiler.examples import answers
from compiler.packages import imported
from compiler.pages import site as building
from compiler.pages.front import front, year_name
from compiler.pages.systems import code_example
from tests.library import LIBRARY, MADE_UP
from tests.nettsted import site
from tests.test_compare import FIRST, SECOND, year
from tests.test_markdown_safety import NASTY, rendered
from tests.test_pages import base_of, files, poisoned, poisoned_answers

FIRST_YEAR = year(FIRST)
SECOND_YEAR = year(SECOND, FIRST_YEAR, "02-nytt.regel")
RULEBOOKS = {one.name: one for one in (*LIBRARY.rulebooks(), *MADE_UP.rulebooks())}


YEARS = (FIRST_YEAR, SECOND_YEAR)
pytestmark = pytest.mark.xdist_group("bygging")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site of two years, with the years kept beside it."""
    folder = tmp_path_factory.mktemp("to")
    assert built(folder, *YEARS) == ["forside", "isf-2020", "isf-2021", "sok"]
    return folder


@pytest.fixture
def folder(two: Path, tmp_path: Path) -> Path:
    """The same, to do as one likes with."""
    return Path(shutil.copytree(two, tmp_path / "to"))


def built(folder: Path, *rulebooks: model.Rulebook) -> list[str]:
    """Build a site that keeps its years beside it; what MkDocs had to build."""
    before = kept(folder)
    assert site(folder, *rulebooks, kept=None) == []
    new = {name for name, changed in kept(folder).items() if before.get(name) != changed}
    return sorted(name.rsplit("-", 1)[0] for name in new)


def kept(folder: Path) -> dict[str, int]:
    """The parts that are kept, and when each was built."""
    place = folder / ".nettsted"
    return {one.name: one.stat().st_mtime_ns for one in place.iterdir()} if place.is_dir() else {}


# ---- reuse


def test_what_has_not_changed_is_not_built_again(two: Path, folder: Path) -> None:
    assert built(folder, *YEARS) == []
    assert files(folder / "site") == files(two / "site")


def test_a_year_that_changes_is_built_again_with_those_that_tell_of_it(folder: Path) -> None:
    christmas = {"published": date(2020, 12, 24)}
    assert built(folder, FIRST_YEAR, SECOND_YEAR.model_copy(update=christmas)) == ["isf-2021", "sok"]
    assert "Publisert 24" in (folder / "site/isf/2021/index.html").read_text(encoding="utf-8")
    assert built(folder, FIRST_YEAR.model_copy(update=christmas), SECOND_YEAR) == ["isf-2020", "isf-2021", "sok"]


def test_a_year_that_goes_or_comes_changes_no_other(folder: Path) -> None:
    assert built(folder, FIRST_YEAR) == ["forside", "sok"]
    assert not (folder / "site/isf/2021").exists()
    assert "Dette er regelverket for" not in (folder / "site/isf/2020/index.html").read_text(encoding="utf-8")
    assert built(folder, *YEARS) == []


def test_a_kept_page_that_someone_changed_is_built_again(two: Path, folder: Path) -> None:
    page = next((folder / ".nettsted").glob("isf-2020-*/sider/index.html"))
    page.write_text(page.read_text(encoding="utf-8").replace("2020", "1999"), encoding="utf-8")
    assert built(folder, *YEARS) == ["isf-2020"]
    assert files(folder / "site") == files(two / "site")


def test_parts_that_no_site_has_used_for_long_are_forgotten(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compiler.pages.reuse._MOST", 1)
    for age in (3, 2):
        old = folder / ".nettsted" / f"isf-1999-{age}"
        old.mkdir()
        os.utime(old, (age * 1_000, age * 1_000))
    built(folder, *YEARS)
    assert [name for name in kept(folder) if "1999" in name] == ["isf-1999-3"]


# ---- what is shared, and what holds between the years


def test_assets_are_once_at_the_root_and_addresses_are_relative(two: Path) -> None:
    found = files(two / "site")
    assert {"assets/regelverk.css", "assets/utskrift.css", "assets/regelverk.js"} <= set(found)
    assert [path for path in found if path.endswith(".map") or "/assets/" in path] == []
    page = found["isf/2020/grupper/index.html"].decode()
    assert 'href="../../../assets/regelverk.css"' in page
    for path, content in found.items():
        if path.endswith(".html") and path != "404.html":
            assert not re.search(rb'(href|src)="/', content), path


def test_an_older_year_says_so_and_links_to_the_same_page_of_the_newest(two: Path) -> None:
    found = files(two / "site")
    said = "Dette er regelverket for 2020. Nyere: "
    assert f'{said}<a href="../../2021/grupper/">2021</a>' in found["isf/2020/grupper/index.html"].decode()
    assert f'{said}<a href="../2021/">2021</a>' in found["isf/2020/index.html"].decode()
    assert "Dette er regelverket for" not in found["isf/2021/index.html"].decode()


def test_the_page_for_wrong_addresses_works_from_all_of_them(folder: Path) -> None:
    assert site(folder, *YEARS, kept=None, at="/regler/") == []
    page = (folder / "site/404.html").read_text(encoding="utf-8")
    assert "<title>Siden finnes ikke</title>" in page
    assert '<a href="/regler/">Til forsiden</a>' in page
    assert 'href="/regler/assets/regelverk.css"' in page


@pytest.mark.parametrize(
    ("scheme", "title", "shown"),
    [
        ("ISF", "Innsatsstyrt finansiering 2020", "ISF 2020"),
        ("BLARESEPT", "Egenandel på blå resept 2020", "Egenandel på blå resept 2020"),
        (
            "UTSKRIVNINGSKLAR",
            "Betaling for utskrivningsklare pasienter",
            "Betaling for utskrivningsklare pasienter 2020",
        ),
    ],
)
def test_a_year_is_called_by_its_title_or_a_short_name(scheme: str, title: str, shown: str) -> None:
    assert year_name(FIRST_YEAR.model_copy(update={"scheme": scheme, "title": title})) == shown


# ---- the policy


def test_the_servers_send_the_policy_of_the_pages(two: Path) -> None:
    headers = (two / "site/_headers").read_text(encoding="utf-8")
    policy = headers.split("Content-Security-Policy: ")[1].split("\n")[0]
    nginx = (two / "publisering/nginx.conf").read_text(encoding="utf-8")
    assert f'add_header Content-Security-Policy "{policy}" always;' in nginx
    for path, content in files(two / "site").items():
        if path.endswith(".html"):
            assert policy.removesuffix("; frame-ancestors 'none'").encode() in content, path
            assert b" style=" not in content, path


def test_a_page_with_another_script_is_not_published(two: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages, changed = building.SiteYear.pages, FIRST_YEAR.model_copy(update={"status": "utkast"})

    def with_script(year: building.SiteYear) -> dict[str, str]:
        more = {"grupper.md": "# Grupper\n\n<script>alert(1)</script>\n"} if year.rulebook is changed else {}
        return pages(year) | more

    monkeypatch.setattr(building.SiteYear, "pages", with_script)
    warnings = site(folder, changed, SECOND_YEAR, kept=None)
    assert warnings == ["isf/2020/grupper/index.html: siden har et skript som ikke er temaets"]
    assert files(folder / "site") == files(two / "site")


@pytest.mark.parametrize("name", ["isf-2021", "fastlege-2022", "oppdiktet-2021"])
def test_texts_stay_text_on_the_pages_around_the_rules(name: str) -> None:
    tame, wild = (
        around_the_rules(RULEBOOKS[name], texts)
        for texts in ((f"tekst {number}" for number in count()), (f"{one} {n}" for n, one in enumerate(cycle(NASTY))))
    )
    assert tame.keys() == wild.keys()
    for path, page in tame.items():
        ours, theirs = rendered(page), rendered(wild[path])
        assert ours.tags == theirs.tags, path
        assert [key for key, _ in ours.attributes] == [key for key, _ in theirs.attributes], path
        assert theirs.other == [], path


def around_the_rules(rulebook: model.Rulebook, texts: Iterator[str]) -> dict[str, str]:
    """The front, the page of the scheme, the page for systems and what the year has ended, with other texts."""
    other, answered = poisoned(rulebook, texts), poisoned_answers(rulebook, texts)
    comparison = poisoned(base_of(rulebook), texts)
    written = building.SiteYear(other, answered, comparison).pages()
    ended = {path: text for path, text in written.items() if "## Opphevet i " in text}
    return front([other], {other.name: comparison}) | ended | {"systemer.md": written["systemer.md"]}


# ---- for systems


def test_versions_tell_what_is_where(two: Path) -> None:
    place = two / "site"
    whole = json.loads((place / "versjon.json").read_text(encoding="utf-8"))
    assert [one["regelverk"] for one in whole["regelverk"]] == ["isf-2020", "isf-2021"]
    for rulebook, one in zip(YEARS, whole["regelverk"], strict=True):
        assert one["innhold"] == export.content_hash(rulebook)
        own = json.loads((place / one["versjon"]).read_text(encoding="utf-8"))
        assert own["innhold"] == one["innhold"]
        assert all((place / name).is_file() for name in one["filer"])
        assert export.from_json((place / one["filer"][0]).read_text(encoding="utf-8")).name == rulebook.name
    assert json.loads((place / whole["skjema"]).read_text(encoding="utf-8"))["$id"] == export.SCHEMA_ID


def test_files_to_download_are_read_by_a_spreadsheet() -> None:
    found = building.SiteYear(RULEBOOKS["oppdiktet-2020"], {}, None).pages()
    assert found["tabell-priser.csv"].startswith("år;døgnpris (kr per døgn);merknad\n2019;900;\n2020;1000,5;")
    assert "enhetspris;Enhetsprisen;;1 000 kr per poeng;1000;" in found["satser.csv"]
    assert "enhetspris;Enhetsprisen;2020-07-01;1 100 kr per poeng;1100;" in found["satser.csv"]
    assert "små_inngrep;Små inngrep;intervall;JAB00;JAB20;;\n" in found["kodesett.csv"]
    assert "små_inngrep;Små inngrep;kode;JAB10;;ja;\n" in found["kodesett.csv"]


def test_changes_to_download_have_both_years(two: Path) -> None:
    changes = (two / "site/isf/2021/endringer.csv").read_text(encoding="utf-8").replace("\xa0", " ").splitlines()
    assert changes[0] == "slag;id;navn;endring;hva;før;etter;prosent;begrunnelse"
    said = "45 808 kr per poeng;46 719 kr per poeng;2,0;lønns- og prisvekst"
    assert f"sats;enhetspris;Enhetsprisen i somatikk;endret;verdi;{said}" in changes


def example_runs(rulebook: model.Rulebook) -> None:
    """The example on the page of a rule year gives, line for line, what the comments say."""
    lines = code_example(rulebook, answers(rulebook))
    known: dict[str, object] = {}
    with imported(LIBRARY.scheme(rulebook.scheme) or MADE_UP.scheme(rulebook.scheme)):
        exec("from decimal import Decimal\nimport datetime\n", known)
        asked = [line.split("  # ", 1) for line in lines if "  # " in line]
        exec("\n".join(line for line in lines if "  # " not in line), known)
        for expression, value in asked:
            assert eval(expression, known) == eval(value, known), (rulebook.name, expression)
    assert asked or not rulebook.examples


@pytest.mark.parametrize("name", ["isf-2020", "fastlege-2021", "perioder-2023"])
def test_the_example_on_the_page_runs(name: str) -> None:
    example_runs(RULEBOOKS[name])


@pytest.mark.langt
@pytest.mark.parametrize("name", RULEBOOKS)
def test_every_example_on_the_pages_runs(name: str) -> None:
    example_runs(RULEBOOKS[name])
