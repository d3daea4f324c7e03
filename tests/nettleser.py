"""A real browser and Node for the tests of the site: found on the machine, and counted as skipped where they are not.

`REGELVERK_NETTLESER=krev` makes what is missing a failure: `.ci/run` sets it, after installing them.
"""

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, sync_playwright

_FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
"""A sandbox inside a container does not start, and a browser in a test asks nobody for news."""


def program(*names: str) -> str:
    """The first of some programs that is on the machine; skips the test where none is, or fails where one must be."""
    for name in names:
        if (found := shutil.which(name)) is not None:
            return found
    missing = f"{names[0]} finnes ikke på denne maskinen; på Debian: apt-get install {names[0]}"
    if os.environ.get("REGELVERK_NETTLESER") == "krev":
        pytest.fail(missing, pytrace=False)
    pytest.skip(missing)


@contextmanager
def started() -> Iterator[Browser]:
    """Chromium without a window."""
    executable = program("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def served(folder: Path, headers: dict[str, str] | None = None) -> Iterator[str]:
    """A folder as a plain static host shows it; the address, which ends with «/»."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            super().end_headers()

        def log_message(self, *_: Any) -> None:
            """A server in a test says nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


def violations(page: Page, part: str | None = None) -> list[str]:
    """What axe finds against WCAG 2.1 A and AA on a page, or in a part of it, and where."""
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
    found = Axe().run(page, context=part, options=rules).response["violations"]
    return [f"{one['id']}: {node['target']} {node['html'][:200]}" for one in found for node in one["nodes"]]
