"""Searching the site: what is known of each code, and the dialog, the look-up and the header in a real browser."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from compiler import model
from compiler.pages.code_files import code_files, folded
from compiler.pages.codes import Code, Place, YearCodes, key_of, year_codes
from compiler.pages.search import write_search
from tests.library import LIBRARY, MADE_UP, ROOT
from tests.nettleser import served, violations
from tests.test_compare import HEAD, year
from tests.test_markdown_safety import NASTY

pytestmark = pytest.mark.xdist_group("nettleser")

TEXT = """
opplysninger Kontakt
    tilstand    kode
    prosedyrer  koder kan mangle

kodesett diabetes «Diabetes»
    E10–E14 unntatt E10.9
kodesett moter «Møter»
    WPBA10 «Samarbeidsmøte <b>uten</b> pasient»
    WPBA15 «Samarbeidsmøte med pasient»
kodesett yrker «Yrker»
    10 «lege»
kodesett steder «Steder»
    10 «legekontor»

begrep har_mote «Det er et møte»
    minst én av prosedyrer er i moter

krav mote_teller «Møter teller»
    krever at har_mote
    ellers uavklart «ikke et møte»

gruppering drg for hver Kontakt
gruppe DRG 442 «Skade»
    når tilstand er S06.01
gruppe DRG 27 «Diabetes»
    når tilstand er i diabetes
"""


@pytest.fixture(scope="module")
def made() -> YearCodes:
    return year_codes(year(HEAD.format(2020, "publisert 2019-12-17") + TEXT))


def told(found: YearCodes, key: str) -> list[tuple[str, str, list[str]]]:
    """What is said of a code: as it is shown, what it means, and where it is."""
    return [(one.shown, one.text, [place.name for place in one.places]) for one in found.codes[key]]


# ---- what is known of each code


@pytest.mark.parametrize("typed", ["WPBA10", "wpba 10", "Wpba-10", "wp.ba10"])
def test_a_code_is_looked_up_however_it_is_typed(typed: str) -> None:
    assert key_of(typed) == "WPBA10"


@pytest.mark.parametrize(
    ("typed", "meant"), [("Særkode", "saerkode"), ("kjoenn", "kjønn"), ("maaned", "måned"), ("maned", "måned")]
)
def test_words_are_the_same_without_norwegian_letters(typed: str, meant: str) -> None:
    assert folded(typed) == folded(meant)


def test_a_group_is_found_with_and_without_the_name_of_its_scheme(made: YearCodes) -> None:
    assert told(made, "DRG442") == told(made, "442") == [("DRG 442", "Skade", ["DRG 442 Skade"])]


def test_a_code_in_a_condition_is_known_with_the_rule(made: YearCodes) -> None:
    assert told(made, "S0601") == [("S0601", "", ["DRG 442 Skade"])]


def test_a_code_of_a_set_tells_what_uses_it_straight_and_further_on(made: YearCodes) -> None:
    (code,) = made.codes["WPBA10"]
    (place,) = code.places
    assert (code.text, place.type, place.name) == ("Samarbeidsmøte <b>uten</b> pasient", "kodesett", "Møter")
    assert [user.name for user in place.users] == ["Det er et møte"]
    assert [user.name for user in place.through] == ["Møter teller"]


def test_a_code_that_means_two_things_stands_for_each(made: YearCodes) -> None:
    assert told(made, "10") == [("10", "lege", ["Yrker"]), ("10", "legekontor", ["Steder"])]


def test_an_interval_is_kept_with_what_it_leaves_out(made: YearCodes) -> None:
    (stretch,) = made.stretches
    assert (stretch.low, stretch.high, stretch.without) == ("E10", "E14", (("E109", "E109"),))
    assert [user.name for user in stretch.places[0].users] == ["DRG 27 Diabetes"]


@pytest.mark.parametrize("rulebook", [*LIBRARY.rulebooks(), *MADE_UP.rulebooks()], ids=lambda one: one.name)
def test_every_code_of_every_set_group_and_tariff_is_found(rulebook: model.Rulebook) -> None:
    found = year_codes(rulebook).codes
    sets = {code for named in rulebook.sets if named.codes.without is None for code in named.codes.codes}
    groups = {group.shown for group in rulebook.groups if group.scheme is not None}
    tariffs = {row.shown for table in rulebook.tables if table.key == "takst" for row in table.rows}
    assert {key_of(code) for code in sets | groups | tariffs} - set(found) == set()
    assert all(place.address for codes in found.values() for one in codes for place in one.places)


def test_many_codes_are_split_by_how_they_begin() -> None:
    place = (Place("kodesett", "Et langt navn på et sett", "sett/#sett"),)
    codes = {f"A{n:05}": [Code(f"A{n:05}", f"Betydningen av kode {n}", place)] for n in range(2000)}
    files = code_files([YearCodes("X", 2020, "2020", "x/2020/", codes, ())], {"X": "Regelverk X"})
    names = [name for name in files if name.startswith("koder-")]
    assert len(names) > 2
    assert max(len(files[name]) for name in names) <= 24_000
    assert sum(len(json.loads(files[name])["koder"]) for name in names) == 2000


# ---- the look-up in a browser, on files alone


@pytest.fixture(scope="module")
def looked_up(browser: Browser, made: YearCodes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page that can ask the look-up of the made-up rulebook."""
    folder = tmp_path_factory.mktemp("oppslag")
    shutil.copytree(ROOT / "site/assets/sok", folder / "sok")
    (folder / "oppslag").mkdir()
    for name, text in code_files([made], {"ISF": "Innsatsstyrt finansiering (ISF)"}).items():
        (folder / "oppslag" / name).write_text(text, encoding="utf-8")
    (folder / "index.html").write_text("<title>Tom</title>", encoding="utf-8")
    with served(folder) as address:
        page = browser.new_page()
        page.goto(address)
        yield page
        page.close()


def asked(page: Page, typed: str) -> list[dict[str, Any]]:
    """What the look-up answers to what is typed."""
    script = "typed => import('/sok/koder.js').then(koder => koder.slaaOpp(new URL('/', location.href), typed))"
    found: list[dict[str, Any]] = page.evaluate(script, typed)
    return found


@pytest.mark.parametrize(
    ("typed", "shown", "how"),
    [
        ("e105", "E105", "strekk"),
        ("E11.9", "E11.9", "strekk"),
        ("e14.9", "E14.9", "strekk"),
        ("wpba10", "WPBA10", "lik"),
        ("WPBA 15", "WPBA15", "lik"),
        ("drg442", "DRG 442", "lik"),
        ("drg 442", "DRG 442", "lik"),
        ("442", "DRG 442", "lik"),
        ("s06.01", "S0601", "lik"),
        ("hva er s0601 da", "S0601", "lik"),
        ("wpba", "WPBA10", "begynner"),
        ("samarbeidsmøter", "WPBA10", "navn"),
        ("SAMARBEIDSMOETE", "WPBA10", "navn"),
        ("samarbeidsmøte med", "WPBA15", "navn"),
    ],
)
def test_what_is_typed_finds_the_code(looked_up: Page, typed: str, shown: str, how: str) -> None:
    found = asked(looked_up, typed)
    assert (found[0]["vist"], found[0]["hvordan"]) == (shown, how)


@pytest.mark.parametrize("typed", ["e109", "E15", "xyz", "samarbeidspartner", "", "<b>", "'; --"])
def test_what_no_rulebook_has_finds_nothing(looked_up: Page, typed: str) -> None:
    assert asked(looked_up, typed) == []


@pytest.mark.parametrize("nasty", NASTY)
def test_texts_of_rulebooks_stay_text_in_the_answers(looked_up: Page, nasty: str) -> None:
    tags, text = looked_up.evaluate(SHOWN_AS, nasty)
    assert set(tags) <= {"LI", "H3", "A", "SPAN", "DIV", "P", "MARK", "SECTION", "CODE", "H4", "UL"}
    assert text.count(nasty) == 6


SHOWN_AS = """
async tekst => {
  const { visKode, visTreff } = await import("/sok/vis.js");
  const sted = { type: "sats", navn: tekst, adresse: "a/", brukere: [], gjennom: [] };
  const indeks = { aar: [{ ordning: "X", vist: "2020", adresse: "x/2020/" }], ordninger: { X: tekst }, typer: {} };
  const aar = [{ nummer: 0, ordning: "X", vist: "2020", adresse: "x/2020/", tekst, steder: [sted] }];
  const kode = visKode(location.href, indeks, { vist: tekst, hvordan: "lik", aar }, () => true);
  const treff = { tittel: tekst, aar: 0, adresse: "x/2020/a/", andre: [] };
  const utdrag = "<img src=x onerror=alert(1)><mark onclick=alert(1)>a <b>b</b></mark><script>alert(1)</script>";
  const side = visTreff(location.href, indeks, treff, [{ tittel: `${tekst} `, anker: "b", utdrag }]);
  const alle = [kode, side].flatMap(del => [del, ...del.querySelectorAll("*")]);
  return [alle.map(del => del.tagName), kode.textContent + side.textContent];
}
"""


# ---- the site in a browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that must not complain in the console."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.set_default_timeout(10_000)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    page.close()
    assert said == []


def search(page: Page, typed: str) -> None:
    """Search in the dialog, and wait for the answer."""
    if not page.locator("dialog[open]").count():
        page.keyboard.press("/")
    field = page.locator("#sok-felt")
    expect(field).to_be_focused()
    field.fill("")
    expect(page.locator(".sok-melding")).to_have_text("")
    field.fill(typed)
    expect(page.locator(".sok-melding")).not_to_have_text("")


def test_search_by_keyboard_alone(page: Page, address: str) -> None:
    page.goto(f"{address}isf/2021/04-hva-som-teller/")
    page.keyboard.press("s")
    expect(page.get_by_role("dialog", name="Søk i regelverket")).to_be_visible()
    search(page, "WPBA10")
    expect(page.locator(".sok-melding")).to_have_text(re.compile(r"1 kode og \d+ sider"))
    page.keyboard.press("ArrowDown")
    first = page.locator(".sok-kode a").first
    expect(first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#sok-felt")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Søk", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/isf/2021/04-hva-som-teller/#kodesett-samarbeidsaktiviteter")


def test_a_code_comes_first_with_its_uses_by_year(page: Page, address: str) -> None:
    page.goto(address)
    search(page, "wpba 10")
    code = page.locator(".sok-kode").first
    expect(code.locator("h3")).to_contain_text("WPBA10 Oppfølgings- og samarbeidsmøter uten pasient")
    expect(code.locator("h4")).to_have_text(["Innsatsstyrt finansiering (ISF)"])
    uses = code.locator("ul > li > span").first
    expect(uses).to_contain_text("Kodesett Samarbeidsaktiviteter med tjenester utenfor")
    assert [link.get_attribute("href") for link in uses.locator("a").all()] == [
        f"{address}isf/{year}/04-hva-som-teller/#kodesett-samarbeidsaktiviteter" for year in (2024, 2023, 2022, 2021)
    ]


@pytest.mark.parametrize(
    ("typed", "written"), [("særkoder", "særkode"), ("saerkode", "særkode"), ("enhetsprisene", "Enhetsprisen")]
)
def test_words_are_found_in_other_forms(page: Page, address: str, typed: str, written: str) -> None:
    page.goto(f"{address}isf/2021/")
    search(page, typed)
    expect(page.locator(".sok-sider > li").first.locator("mark").get_by_text(written).first).to_be_visible()


def test_a_name_finds_the_codes_and_the_rules(page: Page, address: str) -> None:
    page.goto(f"{address}isf/2022/")
    search(page, "samarbeidsmøte")
    expect(page.locator(".sok-kode h3 code").first).to_have_text("WPBA10")
    expect(page.locator(".sok-sider .sok-sted a").first).to_have_text("Tre samarbeidsmøter i mars gir én refusjon")


def test_a_search_keeps_to_the_year_and_is_widened(page: Page, address: str) -> None:
    page.goto(f"{address}fastlege/2021/")
    search(page, "drg 442")
    expect(page.locator("#sok-ordning")).to_have_value("FASTLEGE")
    expect(page.locator("#sok-aar")).to_have_value("2021/22")
    expect(page.locator(".sok-kode .sok-note")).to_contain_text("Koden er ikke i det regelverket")
    page.locator("#sok-ordning").select_option("ISF")
    expect(page.locator("#sok-aar")).to_have_value("")
    page.locator("#sok-aar").select_option("2020")
    expect(page.locator(".sok-sider .sok-merke").first).to_have_text("ISF 2020")
    assert set(page.locator(".sok-sider .sok-merke").all_inner_texts()) == {"ISF 2020"}


def test_what_is_not_there_is_said(page: Page, address: str) -> None:
    page.goto(f"{address}isf/2021/")
    search(page, "xyzzy")
    expect(page.locator(".sok-melding")).to_have_text("ingen koder og ingen sider")
    page.get_by_role("button", name="Søk i alle regelverk og regelår").click()
    expect(page.locator(".sok-treff")).to_contain_text("Ingen treff. Prøv et annet ord")


def test_the_look_up_has_an_address_to_share(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Slå opp en kode eller et ord").fill("2ad")
    page.keyboard.press("Enter")
    page.wait_for_url("**/oppslag/?kode=2ad")
    expect(page.locator(".sok-kode h3")).to_contain_text("2ad Konsultasjon hos allmennlege, dag")
    page.get_by_label("Kode eller ord").fill("WPBA15")
    page.wait_for_url("**/oppslag/?kode=WPBA15")
    expect(page.locator(".sok-kode h3 code")).to_have_text("WPBA15")


def test_a_search_that_cannot_be_fetched_says_so(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.route("**/assets/sok/dialog.js", lambda route: route.abort())
    page.goto(address)
    page.keyboard.press("/")
    expect(page.get_by_role("dialog")).to_contain_text("Søket kan ikke hentes")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Søk", exact=True).first).to_be_focused()
    page.close()


def test_the_year_menu_leads_to_the_same_page_and_place(page: Page, address: str) -> None:
    page.goto(f"{address}isf/2021/04-hva-som-teller/#kodesett-samarbeidsaktiviteter")
    menu = page.locator("summary").filter(has_text="Regelår")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".topp-aar a")).to_have_text(["2024", "2023", "2022", "2021", "2020", "2019", "2018"])
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/isf/2024/04-hva-som-teller/#kodesett-samarbeidsaktiviteter")


def test_the_menu_of_a_narrow_screen_by_keyboard(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{address}isf/2021/satser/")
    button = page.get_by_role("button", name="Meny")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    assert page.evaluate("document.activeElement.closest('.md-sidebar--primary') !== null")
    expect(page.locator(":focus")).to_be_in_viewport()
    for name in ("Oversikt", "Om regelverket for 2021", "Kontakten"):
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_text(name)
        expect(page.locator(":focus")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_dark_colours_are_chosen_and_kept(page: Page, address: str) -> None:
    page.goto(f"{address}isf/2021/")
    button = page.get_by_role("button", name="Mørke farger")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    page.goto(f"{address}isf/2021/grupper/")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")


LONG = pytest.mark.langt


@pytest.mark.parametrize(
    ("width", "colours"),
    [(1400, "light"), (390, "dark"), pytest.param(1400, "dark", marks=LONG), pytest.param(390, "light", marks=LONG)],
)
def test_axe_finds_nothing_with_the_search_and_the_menus_open(
    browser: Browser, address: str, width: int, colours: Any
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=colours)
    page.goto(f"{address}isf/2022/04-hva-som-teller/")
    page.locator(".topp-aar summary").click()
    faults = violations(page, ".md-header")
    page.keyboard.press("Escape")
    search(page, "samarbeidsmøte")
    page.locator(".sok-kode summary").first.click()
    faults += violations(page, "dialog")
    page.goto(f"{address}oppslag/?kode=WPBA10")
    expect(page.locator(".sok-melding")).not_to_have_text("")
    faults += violations(page, "body")
    page.close()
    assert faults == []


# ---- the index


def test_the_index_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    texts = ["<h1>Én</h1><p>særkode <b>&lt;b&gt;</b></p>", "<h1>To</h1><p>sats og vekt</p>", "<h1>Tre</h1>"]
    for name in ("en", "to"):
        for at, text in enumerate(texts):
            folder = tmp_path / name / f"side-{at}"
            folder.mkdir(parents=True)
            article = f'<article class="md-content__inner md-typeset">{text}</article>'
            (folder / "index.html").write_text(f"<html><body>{article}</body></html>", encoding="utf-8")
        assert write_search(tmp_path / name, tmp_path / f"sok-{name}", []) == []
    one, two = (
        {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*")}
        for folder in (tmp_path / "sok-en", tmp_path / "sok-to")
    )
    assert one == two
    assert json.loads(one["oppslag/ord-s.json"]) == ["særkode", "sats"]
