"""The site: Markdown and settings on disk, built by MkDocs; one build for the front and one for each rule year."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from compiler import model
from compiler.compare import Comparison
from compiler.examples import Answers
from compiler.pages.links import broken_links
from compiler.pages.render import front, navigation, pages, year_folder
from compiler.pages.text import plain
from compiler.words import year_shown

ROOT = Path(__file__).parent.parent.parent
"""Where `mkdocs.yml` and the folder `site` are."""

_ENVIRONMENT = {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "0", "PYTHONHASHSEED": "0"}
_AT_A_TIME = 2
_KEYED = re.compile(r'<div class="tabell nokler-(\d+)[^"]*">\s*<table>.*?</table>', re.DOTALL)
"""A table of the rulebook, and how many of its first columns are the keys of its rows."""
_LABELS = {
    'aria-label="Header"': 'aria-label="Topp"',
    'aria-label="Footer"': 'aria-label="Bunn"',
    'class="md-search" data-md-component="search" role="dialog"': (
        'class="md-search" data-md-component="search" role="search" aria-label="Søk i regelverket"'
    ),
}
"""What the theme says in English, or leaves without a name."""


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
        """The Markdown of the year."""
        return pages(self.rulebook, self.answers, self.changes, self.earlier)


def write_site(years: Sequence[SiteYear], target: Path, root: Path = ROOT) -> list[str]:
    """Build the site into `target/site` and return every warning.

    The Markdown stays in `target/sider`. A site that was there is replaced only when the whole new one is built.
    """
    sources, new = target / "sider", target / "site.ny"
    for folder in (sources, new):
        shutil.rmtree(folder, ignore_errors=True)
    settings = [_write_front(root, [year.rulebook for year in years], sources, new)]
    settings += [_write_year(root, year, sources, new) for year in years]
    warnings = _build(settings)
    if not warnings:
        _finish(new)
        warnings = broken_links(new)
    if not warnings:
        shutil.rmtree(target / "site", ignore_errors=True)
        new.rename(target / "site")
    return warnings


def _write_front(root: Path, rulebooks: Sequence[model.Rulebook], sources: Path, new: Path) -> Path:
    """The front's pages and settings: what is generated, and the pages written by hand."""
    docs = sources / "forside"
    shutil.copytree(root / "site" / "pages", docs)
    _write_pages(root, docs, front(rulebooks))
    return _write_settings(root, sources / "mkdocs.yml", {"docs_dir": "forside"}, new)


def _write_year(root: Path, year: SiteYear, sources: Path, new: Path) -> Path:
    """A year's pages and settings."""
    rulebook, written = year.rulebook, year.pages()
    folder = sources / year_folder(rulebook)
    _write_pages(root, folder / "sider", written)
    settings = {
        "site_name": plain(f"{rulebook.scheme} {year_shown(rulebook)}"),
        "docs_dir": "sider",
        "nav": navigation(rulebook, written),
        "extra": {"homepage": "../.."},
    }
    return _write_settings(root, folder / "mkdocs.yml", settings, new / year_folder(rulebook))


def _write_pages(root: Path, docs: Path, written: Mapping[str, str]) -> None:
    """The Markdown files, and the assets beside them."""
    shutil.copytree(root / "site" / "assets", docs / "assets", dirs_exist_ok=True)
    for name, text in sorted(written.items()):
        (docs / name).write_text(text, encoding="utf-8")


def _write_settings(root: Path, path: Path, settings: Mapping[str, Any], site: Path) -> Path:
    """Settings that inherit the root's."""
    inherited = os.path.relpath(root / "mkdocs.yml", path.parent)
    whole = {"INHERIT": inherited, **settings, "site_dir": os.path.relpath(site, path.parent)}
    path.write_text(yaml.safe_dump(whole, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def _build(settings: Sequence[Path]) -> list[str]:
    """Build the front, then the years two at a time; every line that MkDocs complains with."""
    warnings = _mkdocs(settings[0])
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        for found in pool.map(_mkdocs, settings[1:]):
            warnings += found
    return warnings


def _mkdocs(settings: Path) -> list[str]:
    """One strict build; what it warns of, or that it failed."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--config-file", str(settings)]
    done = subprocess.run(command, env={**os.environ, **_ENVIRONMENT}, capture_output=True, text=True, check=False)
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    if done.returncode and not lines:
        lines = [f"mkdocs avsluttet med kode {done.returncode}"]
    return [f"{settings.as_posix()}: {line.strip()}" for line in lines]


def _finish(site: Path) -> None:
    """Mend what the theme leaves: headers of tables, names in English, and files that say nothing."""
    for path in _generated(site):
        if path.suffix == ".html" and path.name != "404.html":
            path.write_text(_mended(path.read_text(encoding="utf-8")), encoding="utf-8")
        else:
            path.unlink()


def _generated(site: Path) -> Iterator[Path]:
    """Pages, and the files that MkDocs adds and nothing uses without an address for the site."""
    yield from sorted([*site.rglob("*.html"), *site.rglob("sitemap.xml*"), *site.rglob("objects.inv")])


def _mended(html: str) -> str:
    """A page with what accessibility needs and the theme leaves out."""
    for old, new in _LABELS.items():
        html = html.replace(old, new)
    html = _KEYED.sub(lambda table: _with_row_headers(table[0], int(table[1])), html)
    return re.sub(r"<th(?=[ >])(?![^>]*scope=)", '<th scope="col"', html)


def _with_row_headers(table: str, keys: int) -> str:
    """A table whose first cells in each row are headers of the row."""

    def with_headers(row: re.Match[str]) -> str:
        return re.sub(r"<td([^>]*)>(.*?)</td>", r'<th scope="row"\1>\2</th>', row[0], count=keys, flags=re.DOTALL)

    head, body, rest = table.partition("<tbody>")
    return head + body + re.sub(r"<tr>.*?</tr>", with_headers, rest, flags=re.DOTALL)
