"""The site: Markdown and settings on disk, built by MkDocs; one build for the front and one for each rule year."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

from compiler import model
from compiler.pages import front, navigation, year_folder
from compiler.pages_text import plain
from compiler.pages_view import year_shown
from compiler.site_links import broken_links

_ENVIRONMENT = {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "0", "PYTHONHASHSEED": "0"}
_AT_A_TIME = 2
_LABELS = {
    'aria-label="Header"': 'aria-label="Topp"',
    'aria-label="Footer"': 'aria-label="Bunn"',
    'class="md-search" data-md-component="search" role="dialog"': (
        'class="md-search" data-md-component="search" role="search" aria-label="Søk i regelverket"'
    ),
}
"""What the theme says in English, or leaves without a name."""


def write_site(
    root: Path, rulebooks: Sequence[model.Rulebook], written: Mapping[str, Mapping[str, str]], out: Path
) -> list[str]:
    """Build the site into `out/site` and return every warning; the pages of each year are `written` by its name.

    The Markdown stays in `out/sider`. A site that was there is replaced only when the whole new one is built.
    """
    sources, new = out / "sider", out / "site.ny"
    for folder in (sources, new):
        shutil.rmtree(folder, ignore_errors=True)
    settings = [_write_front(root, rulebooks, sources, new)]
    settings += [_write_year(root, rulebook, written[rulebook.name], sources, new) for rulebook in rulebooks]
    warnings = _build(settings)
    if not warnings:
        _finish(new)
        warnings = broken_links(new)
    if not warnings:
        shutil.rmtree(out / "site", ignore_errors=True)
        new.rename(out / "site")
    return warnings


def _write_front(root: Path, rulebooks: Sequence[model.Rulebook], sources: Path, new: Path) -> Path:
    """The front's pages and settings: what is generated, and the pages written by hand."""
    docs = sources / "forside"
    shutil.copytree(root / "site" / "pages", docs, dirs_exist_ok=True)
    _write_pages(root, docs, front(rulebooks))
    return _write_settings(root, sources / "mkdocs.yml", {"docs_dir": "forside"}, new)


def _write_year(root: Path, rulebook: model.Rulebook, written: Mapping[str, str], sources: Path, new: Path) -> Path:
    """A year's pages and settings."""
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
    return re.sub(r"<th(?=[ >])(?![^>]*scope=)", '<th scope="col"', html)
