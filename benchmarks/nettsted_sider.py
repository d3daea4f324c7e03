"""How soon a page of a site is there, and how much script it reads, in a browser that has read nothing before."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Response

from tests.nettleser import served, started

_ROUNDS = 5
_KINDS = ("document", "script")
_LARGEST = """() => new Promise(done => new PerformanceObserver(
    list => done(list.getEntries().at(-1).startTime)).observe({type: "largest-contentful-paint", buffered: true}))"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: the milliseconds to its largest content, and the kB of the page and of scripts that came with it."""

    page: str
    largest: float
    html: float
    scripts: float


def shown(site: Path, pages: Sequence[str]) -> Iterator[Shown]:
    """Each page, opened some times; the medians."""
    with started() as browser, served(site) as address:
        for page in pages:
            rounds = [_opened(browser, address, page) for _ in range(_ROUNDS)]
            yield Shown(page, statistics.median(one.largest for one in rounds), rounds[0].html, rounds[0].scripts)


def _opened(browser: Browser, address: str, path: str) -> Shown:
    """A page opened in a browser of its own."""
    context = browser.new_context()
    page, read = context.new_page(), list[Response]()
    page.on("response", lambda one: read.append(one))
    page.goto(f"{address}{path}")
    page.wait_for_load_state("networkidle")
    largest = page.evaluate(_LARGEST)
    sizes = {kind: sum(len(one.body()) for one in read if one.request.resource_type == kind) for kind in _KINDS}
    context.close()
    return Shown(path, largest, sizes["document"] / 1000, sizes["script"] / 1000)
