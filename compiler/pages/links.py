"""Links of a finished site that lead nowhere, also those from one rule year to another."""

import posixpath
from collections.abc import Collection, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

NOT_FOUND = "404.html"
"""The page that a server shows for every address that is not there: its links are from the root of the site."""


class Links(NamedTuple):
    """The addresses that a page links to, and those that it has."""

    links: tuple[str, ...]
    anchors: tuple[str, ...]


class _Page(HTMLParser):
    """Reads the links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note links and anchors."""
        for name, value in attrs:
            if value and name == "id":
                self.anchors.add(value)
            elif value and ((tag in ("a", "link") and name == "href") or (tag in ("script", "img") and name == "src")):
                self.links.add(value)


def links_of(html: str) -> Links:
    """The links of a page, and what in it can be linked to."""
    page = _Page()
    page.feed(html)
    return Links(tuple(sorted(page.links)), tuple(sorted(page.anchors)))


def broken_links(site: Path, known: Mapping[str, Links] | None = None) -> list[str]:
    """Each link to a page or an anchor that is not in the site; `known` are the links of its pages, if read."""
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    pages = known if known is not None else _read(site, files)
    anchors = {path: set(page.anchors) for path, page in pages.items()}
    return [
        f"{path}: lenken «{link}» fører ingen steder"
        for path, page in sorted(pages.items())
        for link in page.links
        if not _leads(path, link, files, anchors)
    ]


def _read(site: Path, files: Collection[str]) -> dict[str, Links]:
    found = sorted(path for path in files if path.endswith(".html"))
    return {path: links_of((site / path).read_text(encoding="utf-8")) for path in found}


def _leads(path: str, link: str, files: Collection[str], anchors: Mapping[str, Collection[str]]) -> bool:
    """Whether a link leaves the site or leads to something in it."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    target = _target(path, unquote(parts.path))
    found = next((one for one in (target, posixpath.join(target, "index.html")) if one in files), None)
    if found is None or not parts.fragment or found not in anchors:
        return found is not None
    return unquote(parts.fragment) in anchors[found]


def _target(path: str, to: str) -> str:
    """The file or folder that a page's link is to, from the root of the site."""
    if not to:
        return path
    start = "" if path == NOT_FOUND else posixpath.dirname(path)
    to = to.lstrip("/") if path == NOT_FOUND else to
    found = posixpath.normpath(posixpath.join(start, to))
    return "" if found == "." else found
