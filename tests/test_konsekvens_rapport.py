"""What a comparison writes: pages, Markdown and CSV, in which nothing from the data is read as anything but letters."""

import csv
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

from compiler.consequences.html import whole
from tests.konsekvens_laget import ROWS
from tests.library import ROOT
from tests.nettleser import started
from tests.test_cli import Run, run
from tests.test_konsekvens import NASTY, compare, data, folder

__all__ = ["compare", "data", "folder", "run"]


class Seen(HTMLParser):
    """The elements and the addresses of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [f"{name}={value}" for name, value in attrs if name in ("src", "href") or name[:2] == "on"]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def nasty_rows() -> str:
    """The contacts with markup in a value, in a unit and in the name of a column."""
    head, first, *rest = ROWS.splitlines()
    cell = '"{}"'.format(NASTY.replace('"', '""'))
    return "\n".join([f"{head};{cell}", f"{first.replace('Nord', cell)};{cell}", *(f"{row};" for row in rest)]) + "\n"


def test_nothing_from_the_data_is_read_as_markup(compare: Run, data: Path, tmp_path: Path) -> None:
    data.write_text(nasty_rows(), encoding="utf-8")
    assert compare("--enhet", "sykehus", "-o", tmp_path / "ut.html").code == 1
    page = (tmp_path / "ut.html").read_text(encoding="utf-8")
    seen = Seen()
    seen.feed(page)
    assert seen.tags <= {
        *(
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "main",
            "h1",
            "h2",
            "h3",
            "h4",
            "p",
            "dl",
            "dt",
            "dd",
            "div",
        ),
        *(
            "br",
            "span",
            "code",
            "ul",
            "li",
            "figure",
            "svg",
            "rect",
            "figcaption",
            "section",
            "table",
            "thead",
            "tbody",
        ),
        *("tr", "th", "td", "details", "summary", "article", "pre", "mark"),
    }
    assert seen.addresses == []
    assert "".join(seen.text).count(NASTY) >= 3
    assert compare("--enhet", "sykehus", "-o", tmp_path / "ut.md").code == 1
    markdown = (tmp_path / "ut.md").read_text(encoding="utf-8")
    outside = re.sub(r"^(`{3,})text\n.*?^\1$", "", markdown, flags=re.M | re.S)
    assert "<" not in outside
    assert "script" in outside


def test_the_page_says_in_words_what_it_draws(compare: Run, tmp_path: Path) -> None:
    compare("--enhet", "sykehus", "-o", tmp_path / "ut.html")
    page = (tmp_path / "ut.html").read_text(encoding="utf-8")
    assert '<html lang="nb">' in page
    assert "3 av 8 kontakter flyttet.</title>" in page
    assert page.count('role="img"') == page.count("<title id=")
    assert len(re.findall(r'<td class="utslag" aria-hidden="true">', page)) == len(
        re.findall(r'class="(?:ned|opp)"', page)
    )
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'aria-labelledby="([^"]+)"', page)) <= set(ids)
    assert page.count("<mark>") > 2
    assert "Status: kan ikke beregnes" in page


def test_names_and_numbers_on_the_page_are_whole_and_can_be_copied() -> None:
    text = whole("6 234 <b> i isf-2020, 37,7 % med --mot-mappe")
    assert text == (
        '<span class="hel">6 234</span> &lt;b&gt; i <span class="hel">isf-2020</span>, <span class="hel">37,7 %</span> '
        'med <span class="hel">--mot-mappe</span>'
    )


def test_the_files_have_every_contact_and_the_same_sums(compare: Run, tmp_path: Path) -> None:
    folder = tmp_path / "alt"
    compare("--enhet", "sykehus", "--csv", folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "celler.csv",
        "enheter.csv",
        "grupper.csv",
        "koder.csv",
        "kontakter.csv",
    ]
    contacts, cells = read(folder / "kontakter.csv"), read(folder / "celler.csv")
    assert [row["id"] for row in contacts] == list("abcdefgh")
    assert contacts[1] == {
        "rad": "2",
        "id": "b",
        "sykehus": "Nord",
        "alder": "40",
        "hovedtilstand": "S721",
        "prosedyrer": "NFB10",
        "døgn": "2",
        "flyttet": "ja",
        "fra_status": "gruppert",
        "fra_gruppe": "DRG 1",
        "fra_refusjon": "4000",
        "fra_poeng": "4",
        "til_status": "gruppert",
        "til_gruppe": "DRG 2",
        "til_refusjon": "2750",
        "til_poeng": "2,50",
        "endring_refusjon": "-1250",
        "endring_poeng": "-1,50",
    }
    for name in ("fra_refusjon", "til_poeng", "endring_refusjon"):
        assert total(contacts, name) == total(cells, name) == total(read(folder / "enheter.csv"), name)
    assert sum(int(row["kontakter"]) for row in cells) == 8
    assert [row["kode"] for row in read(folder / "koder.csv")] == ["S721"]


def test_a_spreadsheet_reads_no_formula_in_the_files(compare: Run, data: Path, tmp_path: Path) -> None:
    data.write_text(ROWS.replace("Nord", "=1+1").replace(";id", ";@id").replace("b;", "-2+3;"), encoding="utf-8")
    compare("--enhet", "sykehus", "--csv", tmp_path / "alt")
    contacts, units = read(tmp_path / "alt/kontakter.csv"), read(tmp_path / "alt/enheter.csv")
    assert [row["sykehus"] for row in contacts[:3]] == ["'=1+1", "'=1+1", "Sør"]
    assert (contacts[1]["id"], contacts[1]["endring_refusjon"]) == ("'-2+3", "-1250")
    assert {row["sykehus"] for row in units} == {"'=1+1", "Sør", "ikke oppgitt"}


def test_a_sum_that_nobody_has_an_amount_for_is_not_nothing(compare: Run, tmp_path: Path) -> None:
    compare("--enhet", "sykehus", "--csv", tmp_path / "alt")
    south = next(row for row in read(tmp_path / "alt/enheter.csv") if row["sykehus"] == "Sør")
    assert (south["fra_refusjon"], south["fra_uten_refusjon"]) == ("3000", "2")
    assert (south["til_refusjon"], south["til_uten_refusjon"], south["endring_refusjon"]) == ("", "3", "")


def read(path: Path) -> list[Mapping[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def total(rows: Sequence[Mapping[str, str]], name: str) -> Decimal:
    return sum((Decimal(row[name].replace(",", ".")) for row in rows if row[name]), Decimal(0))


def test_explanations_follow_each_cell(compare: Run) -> None:
    out = compare("--kontakter", "1").out
    assert "DRG 1 → DRG 2: 1 kontakt" in out
    part = out[out.index("DRG 1 → DRG 2: 1 kontakt") :]
    assert "Rad 2: id = b, sykehus = Nord, alder = 40" in part
    assert part.index("Etter liten-2021:") < part.index("Gruppe: DRG 1") < part.index("Etter liten-2022:")
    assert "› Gruppe: DRG 2" in part


def test_the_page_has_every_choice_that_the_command_has(run: Run) -> None:
    page = (ROOT / "site/pages/konsekvens.md").read_text(encoding="utf-8")
    choices = set(re.findall(r"--[a-z][a-z-]+", run("konsekvens", "--hjelp").out)) - {"--hjelp", "--help", "--ut"}
    assert choices == set(re.findall(r"--[a-z][a-z-]+", page))


@pytest.mark.langt
def test_the_page_is_accessible_and_no_wider_than_the_screen(compare: Run, data: Path, tmp_path: Path) -> None:
    data.write_text(nasty_rows(), encoding="utf-8")
    compare("--enhet", "sykehus", "-o", tmp_path / "ut.html")
    with started() as browser:
        for width, colours in product((1400, 390), ("light", "dark")):
            size: Any = {"width": width, "height": 900}
            page = browser.new_context(viewport=size, color_scheme=colours, bypass_csp=True).new_page()  # type: ignore[arg-type]
            page.goto((tmp_path / "ut.html").as_uri())
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            assert Axe().run(page).response["violations"] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page = browser.new_context(viewport={"width": 718, "height": 1000}, color_scheme="dark").new_page()  # A4
        page.emulate_media(media="print")
        page.goto((tmp_path / "ut.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 718
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
