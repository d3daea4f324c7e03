"""What a reader searches with: the code look-up and the full-text index of a site that is built."""

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from compiler import model
from compiler.pages.addresses import LISTS
from compiler.pages.code_files import as_json, code_files, folded
from compiler.pages.codes import year_codes
from compiler.pages.front import newest_first, scheme_title
from compiler.pages.render import year_folder

CODES = "oppslag"
"""The folder of the page for looking up codes, and of the files that it and the search read."""
FULL_TEXT = "pagefind"

_ARTICLE = re.compile(r'<article class="md-content__inner md-typeset"[^>]*>.*?</article>', re.DOTALL)
_WORD = re.compile(r"[^\W\d_]{2,}")
_LEFT_OUT = (".headerlink", ".regel-fot", "svg", "script")
"""What of a page is no text to search in."""
_UNUSED = ("pagefind-*ui*", "pagefind-highlight.js", "wasm.unknown.pagefind")
"""Pagefind's own views, which the site does not show."""
_REPEATING = (*LISTS, "endringer", "forlop", "opphevet", "prov", "systemer")
"""Pages of a year that repeat what its chapters say; a chapter comes first."""
_BETWEEN = "endringer-"
"""How the pages of changes between years far apart begin; the pages of each year have the changes too."""
_SIGNED = len("pagefind_dcd")


class _Page(NamedTuple):
    """A page as Pagefind knows it."""

    id: str
    title: str
    address: str
    text: str


def write_search(site: Path, target: Path, rulebooks: Sequence[model.Rulebook]) -> list[str]:
    """Write into a folder all that a reader searches a built site with; every line that Pagefind complains with."""
    years = newest_first(rulebooks)
    titles: dict[str, str] = {}
    for one in years:
        titles.setdefault(one.scheme, scheme_title(one))
    files = code_files([year_codes(one) for one in years], titles)
    warnings = _index(site, target)
    if not warnings:
        pages = list(_indexed(target))
        words = _vocabulary(pages)
        content = {"bokstaver": "".join(words), "sider": _pages(pages, [f"{year_folder(one)}/" for one in years])}
        files |= {"sider.json": as_json(content)} | {
            f"ord-{letter}.json": as_json(some) for letter, some in words.items()
        }
        _write(target / CODES, files)
    return warnings


def _write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files into a folder."""
    folder.mkdir()
    for name, text in sorted(files.items()):
        (folder / name).write_text(text, encoding="utf-8")


def _index(site: Path, target: Path) -> list[str]:
    """Let Pagefind index the text of every page, without the menus around it."""
    with TemporaryDirectory() as folder:
        _copy_texts(site, Path(folder))
        command = [
            *(sys.executable, "-m", "pagefind", "--quiet", "--force-language", "nb"),
            *("--site", folder, "--output-path", str((target / FULL_TEXT).resolve())),
            *("--exclude-selectors", ",".join(_LEFT_OUT)),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return [f"pagefind: {line}" for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    for pattern in _UNUSED:
        for path in (target / FULL_TEXT).glob(pattern):
            path.unlink()
    return []


def _copy_texts(site: Path, target: Path) -> None:
    """The text of each page, at the same address below another folder."""
    for path in sorted(site.rglob("index.html")):
        place = path.relative_to(site)
        found = _ARTICLE.search(path.read_text(encoding="utf-8"))
        if found is None or place.parts[0] == CODES or place.parent.name.startswith(_BETWEEN):
            continue
        text = found[0].replace("<article", "<article data-pagefind-body", 1)
        (target / place).parent.mkdir(parents=True, exist_ok=True)
        (target / place).write_text(f"<html lang=nb><body>{text}</body></html>", encoding="utf-8")


def _indexed(target: Path) -> Iterator[_Page]:
    """The pages that Pagefind found, by address."""
    found = []
    for path in (target / FULL_TEXT / "fragment").iterdir():
        page: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes())[_SIGNED:])
        address = page["url"].lstrip("/")
        found.append(_Page(path.stem, page["meta"].get("title", address), address, page["content"]))
    yield from sorted(found, key=lambda page: page.address)


def _pages(pages: Iterable[_Page], folders: Sequence[str]) -> dict[str, tuple[int | None, str, str, bool]]:
    """Each page by Pagefind's id: the number of its rule year, title, address there, and whether it repeats others.

    With it a search is narrowed, and the pages of several years brought together, before any of them is fetched.
    """
    found: dict[str, tuple[int | None, str, str, bool]] = {}
    for page in pages:
        year = next((at for at, folder in enumerate(folders) if page.address.startswith(folder)), None)
        address = page.address if year is None else page.address.removeprefix(folders[year])
        repeats = year is not None and address.rstrip("/") in _REPEATING
        found[page.id] = (year, page.title, address, repeats)
    return found


def _vocabulary(pages: Iterable[_Page]) -> dict[str, list[str]]:
    """The words of the site by their first letter as it is folded: «kjonn» is looked up there and found as «kjønn»."""
    words = sorted({word for page in pages for word in _WORD.findall(page.text.lower())}, key=lambda w: (folded(w), w))
    by_letter = groupby((word for word in words if folded(word)), key=lambda word: folded(word)[0])
    return {letter: list(some) for letter, some in by_letter}
