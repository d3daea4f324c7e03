"""Built parts of the site that are used again: as long as all that they are made of is the same."""

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path

from compiler.kept import fingerprint
from compiler.pages.links import Links

_TOOLS = ("regelverk", "mkdocs", "mkdocs-material", "markdown", "jinja2", "pymdown-extensions", "pygments", "pagefind")
_SHARED = ("assets", "pages", "vis")
"""The folders of `site` that make no difference to the pages of a rule year."""
_MOST = 100
"""How many parts are kept that the site does not use."""
_MANIFEST, _LINKS = "innhold.json", "lenker.json"
_SITE, _SOURCES = "sider", "kilder"


@dataclass(frozen=True, slots=True)
class Reuse:
    """The built parts that are kept in a folder, each under the fingerprint of all that it was made from.

    A part is a rule year, or the front. What holds between the years is put in when the site is put together, so that
    a year that comes makes no other year stale.
    """

    place: Path
    whole: dict[str, bool] = field(default_factory=dict)
    """The parts that have been asked for, and whether they are as they were built."""

    def recalled(self, key: str) -> Path | None:
        """The pages of a part; None where it is not kept, or not as it was built."""
        folder = self.place / key
        if key not in self.whole:
            try:
                manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
            except (OSError, ValueError):
                return None
            self.whole[key] = manifest == _hashes(folder)
        return folder / _SITE if self.whole[key] else None

    def building(self, key: str) -> Path:
        """An empty place to build a part in, which counts as kept only after `keep`."""
        folder = self.place / key
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.whole.pop(key, None)
        return folder / _SITE

    def keep_pages(self, key: str, sources: Path, links: Mapping[str, Links]) -> None:
        """A part with pages is built and finished: what it was made of, and the links of its pages."""
        folder = self.place / key
        shutil.copytree(sources, folder / _SOURCES)
        (folder / _LINKS).write_text(json.dumps(links), encoding="utf-8")
        self.keep(key)

    def keep(self, key: str) -> None:
        """A part is built and finished."""
        folder = self.place / key
        (folder / _MANIFEST).write_text(json.dumps(_hashes(folder)), encoding="utf-8")
        self.whole[key] = True

    def sources(self, key: str) -> Path:
        """The Markdown that a part which is kept was made of."""
        return self.place / key / _SOURCES

    def links(self, key: str) -> dict[str, Links]:
        """The links of the pages of a part that is kept."""
        found = json.loads((self.place / key / _LINKS).read_text(encoding="utf-8"))
        return {page: Links(*map(tuple, links)) for page, links in found.items()}

    def forget(self) -> None:
        """Drop the oldest of the parts that nobody has asked for, as after going from one version to another."""
        unused = [folder for folder in self.place.iterdir() if folder.name not in self.whole]
        for folder in sorted(unused, key=lambda folder: (folder.stat().st_mtime, folder.name))[:-_MOST]:
            shutil.rmtree(folder)


def key_of(name: str, made_of: Iterable[bytes], root: Path) -> str:
    """What a part is kept under: its name, and the hash of all that decides what it becomes."""
    found = hashlib.sha256(tools(root).encode())
    for one in made_of:
        found.update(hashlib.sha256(one).digest())
    return f"{name.replace('/', '-')}-{found.hexdigest()[:32]}"


def contents(folder: Path) -> Iterator[bytes]:
    """What a folder has, as a part is made of it."""
    for path, content in _contents(folder):
        yield path.encode()
        yield content


@cache
def tools(root: Path) -> str:
    """The fingerprint of what makes the pages: versions, settings, templates, and the compiler itself."""
    found = hashlib.sha256(json.dumps({name: version(name) for name in _TOOLS}).encode())
    found.update(fingerprint().encode())
    site = root / "site"
    ours = [path for path in site.rglob("*") if path.is_file() and path.relative_to(site).parts[0] not in _SHARED]
    for path in [root / "mkdocs.yml", *sorted(ours)]:
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def _hashes(folder: Path) -> dict[str, str]:
    """The fingerprint of each file in a folder."""
    return {path: hashlib.sha256(content).hexdigest() for path, content in _contents(folder) if path != _MANIFEST}


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Each file in a folder, by its path there."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        yield path.relative_to(folder).as_posix(), path.read_bytes()
