"""Tables that are filtered and ordered, in a real browser: a page as the site makes it, without the theme around it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect
from playwright.sync_api import Page as Tab

from compiler.csv_text import csv_text
from tests.nettleser import served
from tests.test_markdown_safety import html

pytestmark = pytest.mark.xdist_group("nettleser")

ASSETS = Path(__file__).parent.parent / "site" / "assets"
_SHOWN, _ALL = 50, 620
_POLICY = {"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"}


def _rows(count: int) -> list[dict[str, str]]:
    """Rows whose numbers go up and down, and one with letters that Markdown, HTML and CSV read as more."""
    rows = [
        {"kode": f"K{number:03}", "pris": f"{number * 7 % 100},50", "merknad": "ja" if number % 2 else "nei"}
        for number in range(count)
    ]
    rows[-1]["merknad"] = '<b>siste</b>; "sitert"'
    return rows


def _markdown() -> str:
    """A table in part with its file, as the templates write it, and a short one."""
    rows = "\n".join(f"| [{r['kode']}](#x) | {r['pris']} | {r['merknad']} |" for r in _rows(_ALL)[:_SHOWN])
    return f"""
{_ALL} rader. Her er de første {_SHOWN}, og [alle radene som CSV](alle.csv).

<div class="tabell nokler-1 lang" markdown="1">

| Kode | Pris (kr) | Merknad |
|---|---:|---|
{rows}

</div>

## Priser

| Sats | Endring |
|---|---:|
| a | −2,0 % |
| b | +10,5 % |
| c | 1 200 kr |
| d | – |
| e | 0 |
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page, its script and the file with all rows."""
    folder = tmp_path_factory.mktemp("tabeller")
    shutil.copy(ASSETS / "tabeller.js", folder)
    page = f"<article>{html(_markdown())}</article><script src='tabeller.js'></script>"
    (folder / "index.html").write_text(f"<!doctype html><html lang='nb'><meta charset='utf-8'>{page}", encoding="utf-8")
    (folder / "alle.csv").write_text(csv_text(["kode", "pris", "merknad"], _rows(_ALL)), encoding="utf-8")
    return folder


@pytest.fixture
def tab(browser: Browser, folder: Path) -> Iterator[Tab]:
    """The page, with the policy of the site."""
    with served(folder, _POLICY) as address:
        page = browser.new_page()
        page.goto(address)
        yield page
        page.close()


def _column(table: Locator, number: int) -> list[str]:
    return table.locator(f"tbody tr > :nth-child({number})").all_inner_texts()


def test_the_filter_finds_rows_that_the_page_does_not_show_and_says_how_many(tab: Tab) -> None:
    table = tab.locator("table").first
    assert table.locator("tbody tr").count() == _SHOWN
    tab.get_by_label("Filtrer radene").fill("k61")
    expect(tab.get_by_role("status")).to_have_text(f"10 av {_ALL} rader.")
    assert _column(table, 1) == [f"K{number}" for number in range(610, 620)]
    assert table.locator("tbody tr").last.inner_text().endswith('<b>siste</b>; "sitert"')
    tab.get_by_label("Filtrer radene").fill("NEI k00")
    expect(tab.get_by_role("status")).to_have_text(f"5 av {_ALL} rader.")
    assert table.locator("tbody a").count() == 5
    tab.get_by_label("Filtrer radene").fill("")
    expect(tab.get_by_role("status")).to_have_text(f"{_ALL} av {_ALL} rader. Her er de første 500.")


def test_a_column_is_ordered_by_its_numbers_from_the_keyboard(tab: Tab) -> None:
    table = tab.locator("table").nth(1)
    head = table.get_by_role("columnheader", name="Endring")
    head.get_by_role("button").focus()
    tab.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert _column(table, 1) == ["a", "e", "b", "c", "d"]
    tab.keyboard.press("Space")
    expect(head).to_have_attribute("aria-sort", "descending")
    assert _column(table, 1) == ["c", "b", "e", "a", "d"]
    table.get_by_role("button", name="Sats").click()
    assert table.locator("th[aria-sort]").all_inner_texts() == ["Sats"]


def test_all_rows_are_ordered_also_those_in_the_file(tab: Tab) -> None:
    table = tab.locator("table").first
    table.get_by_role("button", name="Pris (kr)").click()
    expect(table.get_by_role("columnheader", name="Pris (kr)")).to_have_attribute("aria-sort", "ascending")
    expect(table.locator("tbody tr")).to_have_count(500)
    prices = [float(price.replace(",", ".")) for price in _column(table, 2)]
    assert prices == sorted(prices)
    assert prices[6] == 0.5


def test_without_the_file_the_rows_of_the_page_are_filtered_and_the_reader_is_told(
    browser: Browser, folder: Path
) -> None:
    with served(folder) as address:
        page = browser.new_page()
        page.route("**/alle.csv", lambda route: route.abort())
        page.goto(address)
        page.get_by_label("Filtrer radene").fill("k04")
        status = page.get_by_role("status")
        expect(status).to_have_text(f"10 av {_SHOWN} rader. Filen med alle radene kunne ikke hentes.")
        page.close()
