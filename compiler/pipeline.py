"""Folders of rulebooks to rulebooks: the one place, beside the command line, that reads and writes files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from compiler.checks import check
from compiler.model import Rulebook
from compiler.resolve import header_of, resolve
from dsl import tree
from dsl.diagnostics import Diagnostic, Span, error, has_errors, nearest
from dsl.parser import parse
from dsl.source import Source

SUFFIXES = (".md", ".regel")


@dataclass
class Year:
    """One rule year as read: its folder, its documents, what became of them and what is wrong."""

    folder: Path
    documents: tuple[tree.Document, ...]
    faults: list[Diagnostic]
    header: tree.RulebookHeader | None
    rulebook: Rulebook | None = None

    @property
    def name(self) -> str:
        """The name on the command line, from the header or else from the folder."""
        if self.header is not None:
            return f"{self.header.scheme.lower()}-{self.header.year}"
        return f"{self.folder.parent.name}-{self.folder.name}"


@dataclass
class Library:
    """All rule years found in a folder, by name, with the sources that diagnostics point into."""

    root: Path
    years: dict[str, Year] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    faults: list[Diagnostic] = field(default_factory=list)

    def diagnostics(self) -> list[Diagnostic]:
        """Every fault in every year, by place."""
        found = [*self.faults, *(fault for year in self.years.values() for fault in year.faults)]
        return sorted(set(found), key=lambda d: (d.span.path, d.span.line, d.span.column, d.code))

    def rulebooks(self) -> list[Rulebook]:
        """The rulebooks without errors, by scheme and year."""
        good = [y.rulebook for y in self.years.values() if y.rulebook is not None and not has_errors(y.faults)]
        return sorted(good, key=lambda r: (r.scheme, r.year))

    def scheme(self, name: str) -> list[Rulebook]:
        """The years of a scheme, oldest first."""
        return [rulebook for rulebook in self.rulebooks() if rulebook.scheme.lower() == name.lower()]


def load(root: Path, shown: Path | None = None) -> Library:
    """The rule years in a folder, resolved and checked; paths are shown relative to `shown`."""
    library = Library(root)
    folders = sorted({path.parent for path in rule_files(root)})
    if not folders:
        place = Span(_shown(root, shown), 1, 1, 1, 2)
        hint = "legg rulebook-filer (.md eller .regel) i MAPPE/ordning/år"
        library.faults.append(error("R114", "mappen har ingen regelverk", place, hint))
    for folder in folders:
        year = _read(library, folder, shown)
        if year.header is None and not year.faults and not any(document.blocks for document in year.documents):
            continue
        if year.name in library.years:
            other = library.years[year.name].header
            span = year.header.span if year.header else Span(_shown(folder, shown), 1, 1, 1, 2)
            message = f"{year.name} finnes i to mapper"
            year.faults.append(error("R202", message, span, None, other.span if other else None))
            library.years[f"{year.name} ({folder})"] = year
        else:
            library.years[year.name] = year
    done: set[str] = set()
    for name in sorted(library.years):
        _resolve(library, name, done, ())
    return library


def rule_files(root: Path) -> Iterator[Path]:
    """The rule files under a folder; a README is about the folder and no part of the text."""
    for path in sorted(root.rglob("*")):
        if path.suffix in SUFFIXES and path.is_file() and path.stem.upper() != "README":
            yield path


def read_documents(paths: Sequence[Path], shown: Path | None) -> tuple[list[tree.Document], list[Diagnostic]]:
    """The syntax trees of some files, and what is wrong with their writing."""
    documents, faults = [], []
    for path in paths:
        source, unreadable = Source.read(path, _shown(path, shown))
        document, found = parse(source)
        documents.append(document)
        faults += [*unreadable, *found]
    return documents, faults


def _read(library: Library, folder: Path, shown: Path | None) -> Year:
    """The documents of one folder."""
    paths = [path for path in rule_files(folder) if path.parent == folder]
    documents, faults = read_documents(paths, shown)
    library.sources |= {document.source.path: document.source for document in documents}
    header, header_faults = header_of(documents)
    return Year(folder, tuple(documents), faults if header else [*faults, *header_faults], header)


def _resolve(library: Library, name: str, done: set[str], waiting: tuple[str, ...]) -> Rulebook | None:
    """Resolve a year after the one it builds on."""
    year = library.years[name]
    if name in done:
        return year.rulebook
    header = year.header
    base = None
    if header is not None and header.base is not None:
        base_name = f"{header.base[0].lower()}-{header.base[1]}"
        if base_name in (*waiting, name):
            message = f"regelverkene bygger på hverandre i ring: {' → '.join([*waiting, name, base_name])}"
            year.faults.append(error("R208", message, header.span))
        elif base_name not in library.years:
            hint = nearest(base_name, library.years) or f"lag mappen for {header.base[0]} {header.base[1]}"
            message = f"regelverket bygger på {header.base[0]} {header.base[1]}, som ikke finnes"
            year.faults.append(error("R208", message, header.span, hint))
        else:
            base = _resolve(library, base_name, done, (*waiting, name))
    if name in done:
        return year.rulebook
    done.add(name)
    if header is None:
        return None
    year.rulebook, faults = resolve(year.documents, base)
    year.faults += faults
    if year.rulebook is not None and not has_errors(year.faults):
        year.faults += check(year.rulebook)
    return year.rulebook


def _shown(path: Path, shown: Path | None) -> str:
    """The path as an author knows it."""
    if shown is not None:
        try:
            return path.resolve().relative_to(shown.resolve()).as_posix()
        except ValueError:
            pass
    return path.as_posix()
