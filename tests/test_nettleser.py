"""The built site in a real browser."""

import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.xdist_group("nettleser")


def test_nothing_is_asked_of_another_host(browser: Browser, address: str) -> None:
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    for path in ("", "isf/2020/", "isf/2021/grupper/", "forlop/2021/forlop/"):
        page.goto(address + path)
    page.close()
    assert asked
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
