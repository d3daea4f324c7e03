"""The page «Prøv» in a real browser: what is filled in is answered as the packages answer it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from compiler.evaluate import evaluate
from compiler.pages.render import year_folder
from tests.library import LIBRARY, MADE_UP
from tests.nettleser import served

pytestmark = pytest.mark.xdist_group("nettleser")

RULEBOOKS = {rulebook.name: rulebook for rulebook in (*LIBRARY.rulebooks(), *MADE_UP.rulebooks())}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'"
)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own, where nothing goes wrong unseen."""
    context = browser.new_context()
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert wrong == []


def opened(page: Page, address: str, name: str, case: str = "") -> Page:
    """The page of a rule year, with a case where one is given."""
    page.goto("about:blank")
    page.goto(f"{address}{year_folder(RULEBOOKS[name])}/prov/{case}")
    expect(page.get_by_role("heading", name="Svaret")).to_be_visible()
    return page


def status(page: Page) -> str:
    """The status that the page shows."""
    return page.locator(".prov-status strong").inner_text()


def test_a_contact_is_grouped_while_it_is_filled_in(page: Page, address: str) -> None:
    example = next(
        one for one in RULEBOOKS["isf-2020"].examples if one.status == "gruppert" and one.record == "Kontakt"
    )
    answer = evaluate(RULEBOOKS["isf-2020"], example.given, "Kontakt")
    opened(page, address, "isf-2020")
    page.get_by_label("Fyll ut fra et eksempel").select_option(label=example.title)
    assert status(page) == "Gruppert"
    assert answer.gruppe is not None
    group = page.locator(".prov-gruppe a")
    expect(group).to_contain_text(answer.gruppe)
    group.click()
    expect(page.locator(":target")).to_contain_text(answer.gruppe)


def test_a_line_of_a_claim_is_refused_with_the_rule_it_breaks(page: Page, address: str) -> None:
    opened(page, address, "fastlege-2021")
    for tariff in ("2ad", "2ak"):
        page.get_by_role("button", name="Legg til linje").click()
        page.get_by_role("combobox", name="Takst", exact=True).last.fill(tariff)
    answer = evaluate(RULEBOOKS["fastlege-2021"], {"linjer": [{"takst": "2ad"}, {"takst": "2ak"}]})
    rows = page.locator(".prov-linjer tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.locator("strong")).to_have_text(
        [{True: "Inngår", False: "Inngår ikke", None: "Uavklart"}[line.inngaar] for line in answer.lister["linjer"]]
    )
    refused = next(line for line in answer.lister["linjer"] if line.inngaar is False)
    expect(rows.filter(has_text="Inngår ikke").first).to_contain_text(refused.grunner[0].tekst[1:])
    rows.filter(has_text="Inngår ikke").locator("li a").first.click()
    expect(page.locator(":target")).to_be_visible()


def test_bad_input_is_told_at_the_field_in_the_words_of_the_package(page: Page, address: str) -> None:
    opened(page, address, "fastlege-2021")
    age = page.get_by_label("Alder")
    age.fill("tre")
    (reason,) = evaluate(RULEBOOKS["fastlege-2021"], {"alder": "tre"}).grunner
    expect(age).to_have_attribute("aria-invalid", "true")
    expect(age).to_have_accessible_description(re.compile(re.escape(reason.tekst[1:])))
    assert status(page) == "Feil i data"
    age.fill("41")
    expect(age).not_to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize(
    ("name", "example", "field"),
    [
        ("isf-2020", "Videokonsultasjon, rad 4", "Sikkerhetsgodkjent utstyr"),
        ("fastlege-2021", "Tiden er ikke oppgitt", "Tid (minutter)"),
    ],
)
def test_what_is_missing_is_said_at_the_field(page: Page, address: str, name: str, example: str, field: str) -> None:
    opened(page, address, name)
    page.get_by_label("Fyll ut fra et eksempel").select_option(label=example)
    assert status(page) == "Uavklart"
    asked = page.get_by_label(field, exact=True).last
    expect(asked).to_be_visible()
    expect(asked).to_have_accessible_description(re.compile("Trengs for å avgjøre svaret"))


def test_a_case_is_in_the_address(page: Page, address: str) -> None:
    lines = json.dumps([{"takst": "2ad"}, {"takst": "H1", "ganger": "2"}])
    opened(page, address, "fastlege-2021", f"#Regning?alder=40&linjer={quote(lines)}")
    assert page.get_by_label("Alder").input_value() == "40"
    assert [one.input_value() for one in page.get_by_role("combobox", name="Takst", exact=True).all()] == ["2ad", "H1"]
    before = page.locator(".prov-verdier").inner_text()
    page.get_by_role("button", name="Legg til linje").click()
    page.get_by_role("combobox", name="Takst", exact=True).last.fill("2bd")
    expect(page.locator(".prov-linjer tbody tr")).to_have_count(3)
    changed = page.locator(".prov-verdier").inner_text()
    assert changed != before
    sent = page.url
    page.goto("about:blank")
    page.goto(sent)
    expect(page.locator(".prov-linjer tbody tr")).to_have_count(3)
    assert page.locator(".prov-verdier").inner_text() == changed
    assert page.url == sent
    page.evaluate("location.hash = 'prv'")
    expect(page.locator(".prov-linjer tbody tr")).to_have_count(3)
    page.get_by_role("button", name="Tøm skjemaet").click()
    expect(page.locator(".prov-linjer")).to_have_count(0)


def test_all_by_keyboard(page: Page, address: str) -> None:
    """A claim is written, mended and read without a mouse, and focus is never lost."""
    opened(page, address, "fastlege-2021")
    page.get_by_label("Fyll ut fra et eksempel").focus()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Legg til linje":
            break
    page.keyboard.press("Enter")
    page.keyboard.type("2ad")
    expect(page.locator(".prov-linjer tbody tr")).to_have_count(1)
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.get_by_role("button", name="Fjern linje 1").focus()
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.textContent") == "Legg til linje"
    expect(page.locator(".prov-linjer")).to_have_count(0)


@pytest.mark.parametrize("name", ["oppdiktet-2021", pytest.param("fastlege-2022", marks=pytest.mark.langt)])
def test_every_example_comes_out_as_the_reference_says(page: Page, address: str, name: str) -> None:
    rulebook = RULEBOOKS[name]
    opened(page, address, name)
    for kind in dict.fromkeys(one.record for one in rulebook.examples):
        if len(rulebook.top_records()) > 1:
            page.get_by_label("Hva vil du prøve?").select_option(kind)
        examples = [one for one in rulebook.examples if one.record == kind and not one.gathers]
        for number, example in enumerate(examples, 1):
            page.get_by_label("Fyll ut fra et eksempel").select_option(index=number)
            wanted = evaluate(rulebook, example.given, kind)
            assert status(page).lower() == wanted.status, example.title
            told = page.locator(".prov-kort").inner_text()
            assert (wanted.gruppe or "") in told, example.title


def test_what_is_written_stays_text(page: Page, address: str) -> None:
    nasty = '"><img src=x onerror="window.tatt=1"><script>window.tatt=1</script>'
    lines = json.dumps([{"takst": nasty, "tid": nasty}])
    opened(page, address, "fastlege-2021", f"#Regning?dato={quote(nasty)}&linjer={quote(lines)}")
    assert status(page) == "Feil i data"
    assert page.locator("#prov img, #prov script").count() == 0
    assert page.evaluate("window.tatt") is None
    opened(page, address, "fastlege-2021", f"#{quote(nasty)}?{quote(nasty)}=1&linjer=%5B1")
    assert page.evaluate("window.tatt") is None


def test_no_more_is_needed_than_scripts_of_the_site(browser: Browser, shown_site: Path) -> None:
    with served(shown_site, {"Content-Security-Policy": POLICY}) as address:
        page = browser.new_page()
        refused: list[str] = []
        page.on("console", lambda message: refused.append(message.text) if "prov" in message.text else None)
        opened(page, address, "fastlege-2021", "#Regning?linjer=%5B%7B%22takst%22%3A%222ad%22%7D%5D")
        expect(page.locator(".prov-linjer tbody tr")).to_have_count(1)
        page.close()
        assert refused == []


@pytest.mark.parametrize("colours", ["light", pytest.param("dark", marks=pytest.mark.langt)])
def test_form_and_answer_are_accessible(browser: Browser, address: str, colours: Literal["light", "dark"]) -> None:
    """No violations of WCAG 2.1 AA when the form has faults, and with all of an answer unfolded."""
    page = browser.new_page(color_scheme=colours)
    wrong, right = ([{"takst": "2ad", "tid": time}, {"takst": "2ak"}] for time in ("x", "25"))
    for case in (
        "",
        f"#Regning?alder=tre&linjer={quote(json.dumps(wrong))}",
        f"#Regning?linjer={quote(json.dumps(right))}",
    ):
        opened(page, address, "fastlege-2021", case)
        page.evaluate("for (const one of document.querySelectorAll('#prov details')) one.open = true")
        assert [(one["id"], one["nodes"][0]["html"]) for one in Axe().run(page, "#prov").response["violations"]] == []
    page.close()


def test_the_form_fits_a_narrow_screen(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 640})
    opened(page, address, "isf-2023")
    page.get_by_label("Fyll ut fra et eksempel").select_option(index=1)
    page.get_by_text("Flere opplysninger").click()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320
    page.close()


def test_without_javascript_the_page_says_so(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}isf/2023/prov/")
    expect(page.get_by_text("Det trenger JavaScript")).to_be_visible()
    context.close()


@pytest.mark.parametrize("name", ["isf-2023", "fastlege-2021", "oppdiktet-2020"])
def test_every_address_leads_somewhere(shown_site: Path, name: str) -> None:
    """The links of the answer, which no one sees until they are made, lead to pages and anchors that are there."""
    folder = shown_site / year_folder(RULEBOOKS[name])
    form = json.loads((folder / "prov-skjema.json").read_text(encoding="utf-8"))
    links = {*form["steder"].values(), *(one["adresse"] for one in form["navn"].values())}
    assert links
    anchors: dict[Path, set[str]] = {}
    for link in links:
        path, _, anchor = link.partition("#")
        page = (folder / "prov" / path / "index.html").resolve()
        if page not in anchors:
            anchors[page] = set(re.findall(r'id="([^"]*)"', page.read_text(encoding="utf-8")))
        assert anchor in anchors[page], link
