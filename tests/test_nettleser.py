"""The built site in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.nettleser import served, started
from tests.nettsted import some_schemes

pytestmark = pytest.mark.xdist_group("nettleser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all the tests."""
    with started() as browser:
        yield browser


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site of some schemes, served."""
    with served(some_schemes(tmp_path_factory.mktemp("nettsted"))) as found:
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
