"""What every page must be for every reader: no WCAG violation that axe finds, on any screen, and nothing blocked."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Page

from tests.nettleser import served, violations

pytestmark = pytest.mark.xdist_group("nettleser")

SCHEMES = ("light", "dark")
WIDTHS = (1400, 390)
NARROW = 320
KINDS = (
    *("", "404.html", "om/", "publisering/", "systemer/", "spraaket/vilkaar/", "feil/", "isf/", "isf/2020/"),
    *("isf/2020/03-grupper/", "isf/2020/05-refusjon/", "isf/2021/grupper/", "isf/2020/kodesett/", "isf/2020/satser/"),
    *("isf/2021/begreper/", "isf/2021/krav/", "isf/2021/eksempler/", "isf/2021/endringer/", "isf/2021/systemer/"),
    *(
        "isf/2024/endringer-fra-2019/",
        "isf/2024/kilder/",
        "isf/2024/opplysninger/",
        "isf/2024/samlinger/",
        "isf/2024/tabeller/",
    ),
    *("fastlege/2022/takster/", "fastlege/2022/krav/", "forlop/2021/forlop/", "oppdiktet/2020/regler/"),
    *("oppdiktet/2020/kodeverk/", "oppdiktet/2020/unntak/", "oppdiktet/2020/presiseringer/"),
    *("oppslag/?kode=WPBA10", "oppslag/?kode=samarbeid", "isf/2020/prov/", "fastlege/2021/prov/"),
)
"""A page of each kind."""
SOME = ("", "isf/2020/03-grupper/", "isf/2021/systemer/", "oppdiktet/2020/regler/", "404.html")


class Shown(NamedTuple):
    """The site as a server with the headers of the site shows it."""

    browser: Browser
    address: str


@pytest.fixture(scope="module")
def shown(browser: Browser, shown_site: Path) -> Iterator[Shown]:
    with served(shown_site, headers(shown_site)) as address:
        yield Shown(browser, address)


def headers(site: Path) -> dict[str, str]:
    """What `_headers` says of every file."""
    lines = (site / "_headers").read_text(encoding="utf-8").splitlines()
    said = itertools.takewhile(lambda line: line.startswith("  "), lines[1:])
    return dict(line.strip().split(": ", 1) for line in said)


@contextmanager
def opened(shown: Shown, path: str, width: int, scheme: Any = "light", **more: Any) -> Iterator[Page]:
    """A page on a screen of a width; at the end nothing was blocked, nothing failed, and no other host was asked."""
    context = shown.browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce", **more
    )
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: None if is_own(shown, request.url) else wrong.append(request.url))
    try:
        page.goto(shown.address + path, wait_until="load")
        yield page
    finally:
        context.close()
    assert wrong == []


def is_own(shown: Shown, url: str) -> bool:
    return url.startswith((shown.address, "data:", "blob:"))


def too_wide(page: Page) -> int:
    """How much wider than the screen a page is."""
    wide: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide


# ---- axe


@pytest.mark.parametrize(("scheme", "width"), [("light", 1400), ("dark", 390)])
def test_some_pages_have_no_violations(shown: Shown, scheme: str, width: int) -> None:
    for path in SOME[:3]:
        with opened(shown, path, width, scheme) as page:
            assert violations(page) == [], path


@pytest.mark.langt
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", KINDS)
def test_no_kind_of_page_has_violations(shown: Shown, path: str, scheme: str, width: int) -> None:
    with opened(shown, path, width, scheme) as page:
        assert violations(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_open_menu_has_no_violations(shown: Shown, scheme: str) -> None:
    with opened(shown, "isf/2020/03-grupper/", 390, scheme) as page:
        page.get_by_role("button", name="Meny", exact=True).press("Enter")
        page.locator(".md-sidebar--primary").get_by_role("link", name="Kontakten").wait_for()
        assert violations(page) == []


# ---- screens and paper


def test_no_page_scrolls_sideways_on_the_narrowest_screen(shown: Shown) -> None:
    for path in SOME:
        with opened(shown, path, NARROW) as page:
            assert too_wide(page) <= 0, path


@pytest.mark.langt
@pytest.mark.parametrize("path", KINDS)
def test_no_kind_of_page_scrolls_sideways(shown: Shown, path: str) -> None:
    with opened(shown, path, NARROW) as page:
        assert too_wide(page) <= 0


def test_the_text_can_be_read_without_scripts(shown: Shown) -> None:
    with opened(shown, "isf/2020/03-grupper/", 1400, java_script_enabled=False) as page:
        assert page.get_by_role("heading", name="DRG 27 Alvorlig traumatisk hjerneskade").is_visible()
        assert page.get_by_role("link", name="Priser og refusjon").first.is_visible()


def test_paper_has_the_text_alone_and_says_which_year_it_is(shown: Shown) -> None:
    with opened(shown, "isf/2020/03-grupper/", 800, "dark") as page:
        page.emulate_media(media="print")
        assert not page.locator(".md-header").is_visible()
        assert not page.locator(".md-sidebar--primary").is_visible()
        assert page.get_by_text("Dette er regelverket for 2020.").is_visible()
        assert too_wide(page) <= 0
        paper = """[getComputedStyle(document.body).backgroundColor,
            getComputedStyle(document.querySelector("article h1")).color,
            getComputedStyle(document.querySelector("article"), "::before").content]"""
        assert page.evaluate(paper) == ["rgb(255, 255, 255)", "rgb(0, 0, 0)", '"ISF 2020"']


# ---- the keyboard


def test_the_keyboard_skips_to_the_text_and_focus_is_seen(shown: Shown) -> None:
    with opened(shown, "isf/2020/03-grupper/", 1400) as page:
        page.keyboard.press("Tab")
        focused = "[document.activeElement.innerText.trim(), getComputedStyle(document.activeElement).outlineStyle]"
        assert page.evaluate(focused) == ["Gå til innhold", "solid"]
        page.keyboard.press("Enter")
        assert page.evaluate("location.hash") == "#grupper"


# ---- any folder of any server


def test_the_site_works_from_a_folder_of_a_server(browser: Browser, shown_site: Path) -> None:
    with served(shown_site.parent) as address:
        shown = Shown(browser, f"{address}{shown_site.name}/")
        for path in ("", "isf/", "isf/2020/03-grupper/"):
            with opened(shown, path, 1400) as page:
                assert page.evaluate("getComputedStyle(document.querySelector('.md-header')).position") == "sticky"
                assert page.locator(".md-header__button.md-logo").first.evaluate("(link) => link.href") == shown.address


# ---- what the headers allow


def test_a_script_in_a_page_does_not_run(shown: Shown) -> None:
    context = shown.browser.new_context()
    page = context.new_page()
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text))
    page.goto(shown.address)
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
    assert page.evaluate("window.ran") is None
    assert "Content Security Policy" in blocked[0]
    context.close()


def test_every_page_has_the_policy_that_the_server_sends(shown_site: Path) -> None:
    sent = headers(shown_site)["Content-Security-Policy"].removesuffix("; frame-ancestors 'none'")
    meta = f'<meta http-equiv="Content-Security-Policy" content="{sent}">'
    pages = list(shown_site.rglob("*.html"))
    assert [path for path in pages if meta not in path.read_text(encoding="utf-8")] == []
    assert "unsafe-inline" not in sent
    assert "'unsafe-eval'" not in sent
    assert len(pages) > len(KINDS)
