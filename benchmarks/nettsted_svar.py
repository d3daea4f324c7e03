"""How soon a reader gets the first answer from a site: from the code look-up, and from the full text."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.nettleser import served, started

_ROUNDS = 3
_CODE = "import('/assets/sok/koder.js').then(m => m.slaaOpp(new URL('/', location.href), tekst))"
_TEXT = "import('/assets/sok/fulltekst.js').then(m => m.finn(new URL('/', location.href), tekst, [], () => true))"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked, how many answers came, the milliseconds to the first and to the same again, and the kB read."""

    asked: str
    found: int
    first: float
    again: float
    read: float


def answers(site: Path, code: str, word: str) -> Iterator[Answer]:
    """The answers to a code and to a word, each in a browser that has read nothing of the site's search before."""
    with started() as browser, served(site) as address:
        yield _median([_asked(browser, address, _CODE, code) for _ in range(_ROUNDS)])
        yield _median([_asked(browser, address, _TEXT, word) for _ in range(_ROUNDS)])


def _asked(browser: Browser, address: str, script: str, text: str) -> Answer:
    """One answer, and the same again."""
    with _page(browser, address) as (page, sizes):
        call = f"async tekst => (await {script}).length"
        start = time.perf_counter()
        found = page.evaluate(call, text)
        first = time.perf_counter()
        page.evaluate(call, text)
        again = time.perf_counter()
        return Answer(text, found, 1000 * (first - start), 1000 * (again - first), sum(sizes) / 1000)


@contextmanager
def _page(browser: Browser, address: str) -> Iterator[tuple[Page, list[int]]]:
    """A page of the site with nothing kept, and the sizes of what it reads from then on."""
    context = browser.new_context()
    page, sizes = context.new_page(), list[int]()
    page.goto(f"{address}om/")
    page.on("response", lambda response: sizes.append(len(response.body())))
    try:
        yield page, sizes
    finally:
        context.close()


def _median(rounds: list[Answer]) -> Answer:
    one = rounds[0]
    first, again = (statistics.median(getattr(answer, name) for answer in rounds) for name in ("first", "again"))
    return Answer(one.asked, one.found, first, again, one.read)
