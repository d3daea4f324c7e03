"""Built parts of the site that are used again: as long as their Markdown, their settings and the tools are the same."""

import hashlib
import json
import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from compiler.pages.links import Links

_TOOLS = ("mkdocs", "mkdocs-material", "markdown", "jinja2", "pymdown-extensions", "pygments")
_APART = ("assets", "pages", "templates")
"""The folders of `site` that pages do not hold: files that they share, and what is in their Markdown already."""
_MOST = 100
"""How many parts are kept that the site does not use."""
_MANIFEST, _LINKS = "innhold.json", "lenker.json"
_SITE = "sider"


@dataclass(frozen=True, slots=True)
class Reuse:
    """The built parts that are kept in a folder, each under the fingerprint of all that it was made from.

    A part is a rule year, or the front. What holds between the years is put in when the site is put together, so that
    a year that comes makes no other year stale.
    """

    place: Path

    def recalled(self, key: str) -> Path | None:
        """The pages of a part; None where it is not kept, or not as it was built."""
        folder = self.place / key
        try:
            manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return folder / _SITE if manifest == _hashes(folder) else None

    def building(self, key: str) -> Path:
        """An empty place to build a part in, which counts as kept only after `keep`."""
        folder = self.place / key
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder / _SITE

    def keep(self, key: str, links: Mapping[str, Links]) -> None:
        """A part is built and finished; its pages have these links."""
        folder = self.place / key
        (folder / _LINKS).write_text(json.dumps(links), encoding="utf-8")
        (folder / _MANIFEST).write_text(json.dumps(_hashes(folder)), encoding="utf-8")

    def links(self, key: str) -> dict[str, Links]:
        """The links of the pages of a part that is kept."""
        found = json.loads((self.place / key / _LINKS).read_text(encoding="utf-8"))
        return {page: Links(*map(tuple, links)) for page, links in found.items()}

    def forget(self, used: Collection[str]) -> None:
        """Drop the oldest of the parts that this site does not use, as after going from one version to another."""
        unused = [folder for folder in self.place.iterdir() if folder.name not in used]
        for folder in sorted(unused, key=lambda folder: (folder.stat().st_mtime, folder.name))[:-_MOST]:
            shutil.rmtree(folder)


def fingerprint(name: str, docs: Path, settings: Mapping[str, object], root: Path) -> str:
    """What a part is kept under: its name and the hash of its sources, its settings, and what pages are made with."""
    found = hashlib.sha256(json.dumps([name, settings, tools(root)], sort_keys=True).encode())
    for path, content in _contents(docs):
        found.update(f"{path}\0{hashlib.sha256(content).hexdigest()}\0".encode())
    return f"{name.replace('/', '-')}-{found.hexdigest()[:32]}"


@cache
def tools(root: Path) -> str:
    """The fingerprint of what makes pages of Markdown: versions, settings, and code and templates of our own."""
    found = hashlib.sha256(json.dumps({name: version(name) for name in _TOOLS}).encode())
    site = root / "site"
    ours = [path for path in site.rglob("*") if path.is_file() and path.relative_to(site).parts[0] not in _APART]
    for path in [root / "mkdocs.yml", *sorted(Path(__file__).parent.glob("*.py")), *sorted(ours)]:
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def _hashes(folder: Path) -> dict[str, str]:
    """The fingerprint of each file in a folder."""
    return {path: hashlib.sha256(content).hexdigest() for path, content in _contents(folder) if path != _MANIFEST}


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Each file in a folder, by its path there."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        yield path.relative_to(folder).as_posix(), path.read_bytes()
