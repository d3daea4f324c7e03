"""Links of a finished site that lead nowhere, also those from one rule year to another."""

from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

NOT_FOUND = "404.html"


class _Page(HTMLParser):
    """The addresses a page links to, and those it has."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note links and anchors."""
        for name, value in attrs:
            if value and name == "id":
                self.anchors.add(value)
            elif value and ((tag == "a" and name == "href") or (tag in ("script", "img") and name == "src")):
                self.links.append(value)


def broken_links(site: Path) -> list[str]:
    """Each link to a page or an anchor that is not in the site."""
    root = site.resolve()
    pages = {path.resolve(): _read(path) for path in sorted(site.rglob("*.html"))}
    return [
        f"{path.relative_to(root).as_posix()}: lenken «{link}» fører ingen steder"
        for path, page in pages.items()
        for link in sorted(set(page.links))
        if not _leads(path, _from_root(link) if path == root / NOT_FOUND else link, pages)
    ]


def _from_root(link: str) -> str:
    """A link of the page that a server shows for every address that is not there: it is from the root of the site."""
    return f".{link}" if link.startswith("/") else link


def _leads(path: Path, link: str, pages: Mapping[Path, _Page]) -> bool:
    """Whether a link leaves the site or leads to something in it."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target.is_dir():
        target /= "index.html"
    if target not in pages:
        return target.is_file()
    return not parts.fragment or unquote(parts.fragment) in pages[target].anchors


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page
