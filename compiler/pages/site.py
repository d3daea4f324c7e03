"""The site: Markdown and settings on disk, built by MkDocs in parts, one for the front and one for each rule year."""

import json
import os
import posixpath
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from compiler import export, model
from compiler.compare import Comparison
from compiler.examples import Answers
from compiler.pages import try_it
from compiler.pages.addresses import TRY_IT, Addresses
from compiler.pages.banner import banners
from compiler.pages.downloads import SCHEMA, VERSION, downloads, versions
from compiler.pages.finish import finished, not_found, with_banner
from compiler.pages.front import front, front_menu, newest_first, year_name
from compiler.pages.links import NOT_FOUND, broken_links, links_of
from compiler.pages.render import navigation, pages, year_folder
from compiler.pages.reuse import Reuse, contents, key_of
from compiler.pages.search import write_search
from compiler.pages.security import nginx, policy, scripts, static_host, with_policy
from compiler.pages.systems import SYSTEMS, for_systems
from compiler.pages.text import plain
from compiler.pages.year_menu import add_year_menus

ROOT = Path(__file__).parent.parent.parent
"""Where `mkdocs.yml` and the folder `site` are."""

_ENVIRONMENT = {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "0", "PYTHONHASHSEED": "0"}
_AT_A_TIME = 2
_FRONT, _SEARCH = "forside", "sok"
_UNUSED = ("*.map", "lunr", "workers", "sitemap.xml*", "objects.inv")
"""What the theme and MkDocs write and no page asks for."""


@dataclass(frozen=True, slots=True)
class SiteYear:
    """A rule year with what its pages show beside the rules."""

    rulebook: model.Rulebook
    answers: Answers
    """Of its examples."""
    changes: Comparison | None
    """From the year that it builds on."""
    earlier: tuple[model.Rulebook, ...] = ()
    """The years of the scheme before it: what figures have been, and other years to compare it with."""

    def pages(self) -> dict[str, str]:
        """The Markdown of the year, and the files beside it."""
        files = downloads(self.rulebook, self.changes, Addresses(self.rulebook))
        written = pages(self.rulebook, self.answers, self.changes, self.earlier)
        written[SYSTEMS] = for_systems(self.rulebook, self.answers, files)
        written |= try_it.files(self.rulebook) if TRY_IT in written else {}
        return written | {one.name: one.text for one in files}

    def made_of(self) -> Iterator[bytes]:
        """All that decides what the pages say: a rulebook that is used has its fingerprint in the one that uses it."""
        for one in fields(self):
            value = getattr(self, one.name)
            yield from map(_as_bytes, value if isinstance(value, tuple) else (value,))


def _as_bytes(value: object) -> bytes:
    """A value, the same each time."""
    return (value.model_dump_json() if isinstance(value, model.Node) else repr(value)).encode()


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the site that is built by itself: where its Markdown is, its settings, and what it is kept under."""

    folder: str
    """Its place in the site: «isf/2020», and nothing for the front."""
    docs: Path
    settings: Mapping[str, Any]
    key: str

    @property
    def depth(self) -> int:
        """How many folders down it lies."""
        return self.folder.count("/") + 1 if self.folder else 0


def write_site(
    years: Sequence[SiteYear], target: Path, root: Path = ROOT, at: str = "/", kept: Path | None = None
) -> list[str]:
    """Build the site into `target/site` and return every warning; `at` is the path that a server has it under.

    The Markdown stays in `target/sider`. A site that was there is replaced only when the whole new one is built. Built
    rule years are kept in `kept`, or in `target/.nettsted`.
    """
    sources, new, reuse = target / "sider", target / "site.ny", Reuse(kept or target / ".nettsted")
    for folder in (sources, new):
        shutil.rmtree(folder, ignore_errors=True)
    parts = [_front_part(root, years, sources), *(_year_part(root, year, sources, reuse) for year in years)]
    warnings = _build(parts, reuse, root)
    if not warnings:
        _put_together(parts, years, reuse, new, root)
        found = ((part.folder, page, links) for part in parts for page, links in reuse.links(part.key).items())
        warnings = broken_links(new, {posixpath.join(folder, page): links for folder, page, links in found})
    if not warnings:
        warnings = _add_search(parts, years, reuse, new, root)
    if not warnings:
        _make_ready(new, at, target / "publisering")
        shutil.rmtree(target / "site", ignore_errors=True)
        new.rename(target / "site")
        reuse.forget()
    return warnings


# ---- the sources of the parts


def _front_part(root: Path, years: Sequence[SiteYear], sources: Path) -> _Part:
    """The front's pages and settings: what is generated, and the pages written by hand."""
    docs = sources / _FRONT / "sider"
    shutil.copytree(root / "site" / "pages", docs)
    rulebooks = [year.rulebook for year in years]
    _write_pages(docs, front(rulebooks, {year.rulebook.name: year.changes for year in years if year.changes}))
    written = yaml.safe_load((root / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    return _Part("", docs, {"nav": front_menu(rulebooks, written)}, key_of(_FRONT, contents(docs), root))


def _year_part(root: Path, year: SiteYear, sources: Path, reuse: Reuse) -> _Part:
    """A year's pages and settings; where the year is kept, nothing but its Markdown is needed."""
    folder, key = year_folder(year.rulebook), key_of(year_folder(year.rulebook), year.made_of(), root)
    docs = sources / folder / "sider"
    if reuse.recalled(key) is not None:
        shutil.copytree(reuse.sources(key), docs)
        return _Part(folder, docs, {}, key)
    written = year.pages()
    _write_pages(docs, written)
    return _Part(folder, docs, year_settings(year.rulebook, list(written)), key)


def year_settings(rulebook: model.Rulebook, written: Collection[str]) -> dict[str, Any]:
    """What the settings of a year's pages say beside those of the whole site."""
    return {
        "site_name": plain(year_name(rulebook)),
        "nav": navigation(rulebook, written),
        "extra": {"homepage": "../.."},
    }


def _write_pages(docs: Path, written: Mapping[str, str]) -> None:
    """The Markdown files, and the files beside them."""
    for name, text in sorted(written.items()):
        path = docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


# ---- building


def _build(parts: Sequence[_Part], reuse: Reuse, root: Path) -> list[str]:
    """Build the front and then the years, two at a time, where they are not kept; all that MkDocs complains of."""
    warnings = _build_part(parts[0], reuse, root)
    if warnings:
        return warnings
    front_pages = reuse.recalled(parts[0].key)
    assert front_pages is not None
    allowed = scripts((front_pages / NOT_FOUND).read_text(encoding="utf-8"))
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        found = pool.map(lambda part: _build_part(part, reuse, root, allowed), parts[1:])
        return list(chain.from_iterable(found))


def _build_part(part: _Part, reuse: Reuse, root: Path, allowed: set[str] | None = None) -> list[str]:
    """Build a part and keep it, if it is not kept already.

    The only scripts in a page are the theme's own: what they are is known from the page that no rulebook has a word in.
    """
    if reuse.recalled(part.key) is not None:
        return []
    site = reuse.building(part.key)
    warnings = _mkdocs(_write_settings(root, part, site))
    if not warnings:
        warnings = _finish(part, site, allowed)
    if not warnings:
        pages = {path.relative_to(site).as_posix(): path for path in site.rglob("*.html")}
        reuse.keep_pages(
            part.key, part.docs, {page: links_of(path.read_text(encoding="utf-8")) for page, path in pages.items()}
        )
    return warnings


def _write_settings(root: Path, part: _Part, site: Path) -> Path:
    """Settings that inherit the root's."""
    path = part.docs.parent / "mkdocs.yml"
    places = {"docs_dir": part.docs.name, "site_dir": os.path.relpath(site, path.parent)}
    theme = {"custom_dir": os.path.relpath(root / "site" / "theme", path.parent)}
    whole = {"INHERIT": os.path.relpath(root / "mkdocs.yml", path.parent), **part.settings, "theme": theme, **places}
    path.write_text(yaml.safe_dump(whole, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def _mkdocs(settings: Path) -> list[str]:
    """One strict build; what it warns of, or that it failed."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--config-file", str(settings)]
    done = subprocess.run(command, env={**os.environ, **_ENVIRONMENT}, capture_output=True, text=True, check=False)
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    if done.returncode and not lines:
        lines = [f"mkdocs avsluttet med kode {done.returncode}"]
    return [f"{settings.as_posix()}: {line.strip()}" for line in lines]


def _finish(part: _Part, site: Path, allowed: set[str] | None) -> list[str]:
    """Mend the pages of a part, and drop what the site has once or not at all."""
    for path in chain.from_iterable(site.rglob(pattern) for pattern in _UNUSED):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    if part.folder:
        shutil.rmtree(site / "assets")
        (site / NOT_FOUND).unlink()
    name = str(part.settings.get("site_name", ""))
    made = {path: finished(path.read_text(encoding="utf-8"), part.depth, name) for path in sorted(site.rglob("*.html"))}
    known = scripts(made[site / NOT_FOUND]) if allowed is None else allowed
    found = policy(known)
    for path, html in made.items():
        if not scripts(html) <= known:
            return [f"{part.folder}/{path.relative_to(site).as_posix()}: siden har et skript som ikke er temaets"]
        path.write_text(with_policy(html, found), encoding="utf-8")
    return []


# ---- the whole


def _put_together(parts: Sequence[_Part], years: Sequence[SiteYear], reuse: Reuse, new: Path, root: Path) -> None:
    """The site from its parts: the assets that they share, and what holds between the years."""
    for part in parts:
        kept = reuse.recalled(part.key)
        assert kept is not None
        shutil.copytree(kept, new / part.folder, dirs_exist_ok=True)
    shutil.copytree(root / "site" / "assets", new / "assets", dirs_exist_ok=True)
    rulebooks = [year.rulebook for year in years]
    versions_of = {part.folder: json.loads((new / part.folder / VERSION).read_text("utf-8")) for part in parts[1:]}
    (new / VERSION).write_text(versions(versions_of), encoding="utf-8")
    (new / SCHEMA).write_text(export.schema(), encoding="utf-8")
    add_year_menus(new, newest_first(rulebooks))
    for path, banner in banners(rulebooks, new):
        path.write_text(with_banner(path.read_text(encoding="utf-8"), banner), encoding="utf-8")


def _add_search(parts: Sequence[_Part], years: Sequence[SiteYear], reuse: Reuse, new: Path, root: Path) -> list[str]:
    """What the site is searched with, which is kept as long as all parts are the same; what Pagefind warns of."""
    key = key_of(_SEARCH, (part.key.encode() for part in parts), root)
    kept = reuse.recalled(key)
    if kept is None:
        kept = reuse.building(key)
        warnings = write_search(new, kept, [year.rulebook for year in years])
        if warnings:
            return warnings
        reuse.keep(key)
    shutil.copytree(kept, new, dirs_exist_ok=True)
    return []


def _make_ready(new: Path, at: str, beside: Path) -> None:
    """What a server needs: the headers, and a page for addresses that are not there, which works from all of them."""
    path = new / NOT_FOUND
    html = path.read_text(encoding="utf-8")
    found = policy(scripts(html))
    path.write_text(not_found(html, at), encoding="utf-8")
    (new / "_headers").write_text(static_host(found), encoding="utf-8")
    (new / ".nojekyll").write_text("", encoding="utf-8")
    beside.mkdir(parents=True, exist_ok=True)
    (beside / "nginx.conf").write_text(nginx(found), encoding="utf-8")
