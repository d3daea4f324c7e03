"""Pages as the theme shows them, made by MkDocs in this process, one at a time."""

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import jinja2
from mkdocs.commands.build import get_context
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation, get_navigation

from compiler.pages.finish import finished, not_found
from compiler.pages.security import policy, scripts
from compiler.pages.year_menu import PLACE

_BESIDE = (".csv", ".json", ".js")
"""What the files beside the pages end with; links to them are written as to pages."""


class Theme:
    """The theme of the site, and what its pages may do in a browser."""

    def __init__(self, root: Path) -> None:
        os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
        logger = logging.getLogger("mkdocs")  # What it warns of are links, which `regelverk bygg` tells of.
        logger.propagate = False
        logger.addHandler(logging.NullHandler())
        self.root = root
        self._read: dict[str, MkDocsConfig] = {}

    def settings(self, folder: str) -> MkDocsConfig:
        """The settings of the site, for the pages of a part."""
        if folder not in self._read:
            self._read[folder] = _settings(self.root)
        return self._read[folder]

    @property
    def templates(self) -> jinja2.Environment:
        """The templates of the pages."""
        return _templates(self.root)

    @cached_property
    def assets(self) -> list[Path]:
        """The folders with the theme's scripts and styles."""
        return [Path(folder) / "assets" for folder in self.settings("").theme.dirs]

    @cached_property
    def policy(self) -> str:
        """The security policy of the pages: no scripts but the theme's own, which a page without text has."""
        page = Part(self, "404.html", {"nav": [{"Forside": "index.md"}]}, ["index.md"], lambda _: "")
        return policy(scripts(page.not_found))


def _settings(root: Path) -> MkDocsConfig:
    """The settings of the site; the pages are on no disk, so any folder is theirs."""
    return load_config(str(root / "mkdocs.yml"), docs_dir=str(root / "site" / "pages"))


@cache
def _templates(root: Path) -> jinja2.Environment:
    """The templates of a site, read once for all pages."""
    return _settings(root).theme.get_env()


class _Files(Files):
    """The files of a part of the site; those that are no pages are made when they are asked for."""

    def get_file_from_path(self, path: str) -> File | None:
        """The page or the file with a path."""
        found = super().get_file_from_path(path)
        return _file(path) if found is None and path.endswith(_BESIDE) and not path.startswith("..") else found


def _file(path: str) -> File:
    return File(path, None, "", use_directory_urls=True)


class Part:
    """A part of the site that has its own menu: the front, or a rule year."""

    def __init__(
        self, theme: Theme, folder: str, said: Mapping[str, Any], names: Sequence[str], text: Callable[[str], str]
    ) -> None:
        self.theme = theme
        self.folder = folder
        self.names = frozenset(names)
        self._said = said
        self._text = text
        self._made: dict[str, str] = {}

    def html(self, name: str) -> str:
        """A page, without what depends on other parts."""
        if name not in self._made:
            self._made[name] = self._html(name)
        return self._made[name]

    @cached_property
    def not_found(self) -> str:
        """The page for addresses that are not there."""
        context = get_context(self._menu, self._files, self._settings, base_url="/")
        html = self.theme.templates.get_template("404.html").render(context)
        return not_found(finished(html, 0), "/").replace(PLACE, "")

    def _html(self, name: str) -> str:
        menu = self._menu  # Which gives every file its page.
        file = self._files.get_file_from_path(name)
        assert file is not None
        page = file.page
        assert page is not None
        file.content_string = self._text(name)
        page.read_source(self._settings)
        page.render(self._settings, self._files)
        page.active = True
        context = get_context(menu, self._files, self._settings, page)
        html = self.theme.templates.get_template("main.html").render(context)
        page.active = False
        depth = self.folder.count("/") + 1 if self.folder else 0
        return finished(html, depth, str(self._said.get("site_name", "")))

    @cached_property
    def _settings(self) -> MkDocsConfig:
        found = self.theme.settings(self.folder)
        found.nav = self._said["nav"]
        found.site_name = self._said.get("site_name", found.site_name)
        found.extra.update(self._said.get("extra", {}))
        return found

    @cached_property
    def _files(self) -> _Files:
        return _Files([_file(name) for name in sorted(self.names)])

    @cached_property
    def _menu(self) -> Navigation:
        return get_navigation(self._files, self._settings)
