"""The built site in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.nettleser import served

pytestmark = pytest.mark.xdist_group("nettleser")


@pytest.fixture(scope="session")
def address(shown_site: Path) -> Iterator[str]:
    """The site, served."""
    with served(shown_site) as found:
        yield found


def test_nothing_is_asked_of_another_host(browser: Browser, address: str) -> None:
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    for path in ("", "isf/2020/", "isf/2021/grupper/", "forlop/2021/forlop/"):
        page.goto(address + path)
    page.close()
    assert asked
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
