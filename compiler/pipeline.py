"""Folders of rulebooks to rulebooks: the one place, beside the command line, that reads and writes files."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compiler.checks import check
from compiler.model import Rulebook
from compiler.resolve import header_of, resolve
from compiler.table_rows import file_place
from dsl import tree
from dsl.diagnostics import Diagnostic, Span, error, has_errors, in_order, nearest
from dsl.parser import no_collector, parse
from dsl.places import printable
from dsl.source import Source, clean

SUFFIXES = (".md", ".regel")
_READS_FILES = tree.TableDecl | tree.AmendTableDecl | tree.CodeSystemDecl | tree.RuleTableDecl | tree.AmendGroupingDecl
"""The blocks that may say `fra «fil.csv»`."""
_HEAD = re.compile(r"^\s*regelverk\s+(\w+)\s+\d{4}", re.M)
_MENTIONED = re.compile(r"^(?:\s+(?:bygger\s+på|bruker)|(?:årlig\s+)?sats\b.*\sfra)\s+(\w+)\s+\d{4}", re.M)
"""Another scheme that a year needs: it builds on it, uses it, or takes a rate from it."""


Parsed = tuple[tree.Document, list[Diagnostic]]


class Reader:
    """Reads files from disk; an editor reads those that are open as they stand there."""

    def files(self, root: Path) -> list[Path]:
        """The rule files under a folder."""
        return list(rule_files(root))

    def document(self, path: Path, shown: str) -> Parsed:
        """The syntax tree of a rule file, and what is wrong with its writing."""
        source, unreadable = Source.read(path, shown)
        document, found = parse(source)
        return document, [*unreadable, *found]

    def text(self, path: Path) -> str:
        """The text of another file."""
        return clean(path.read_text(encoding="utf-8-sig"))


@dataclass
class Year:
    """One rule year as read: its folder, its documents, what became of them and what is wrong."""

    folder: Path
    documents: tuple[tree.Document, ...]
    faults: list[Diagnostic]
    header: tree.RulebookHeader | None
    rulebook: Rulebook | None = None
    unreadable: frozenset[str] = frozenset()
    """Names in blocks that could not be read, here or in the years it builds on."""
    mentions: dict[Span, tuple[str, str]] = field(default_factory=dict)
    """What the names in its expressions mean: type and id, by where they stand."""
    made_of: tuple[Any, ...] = ()
    """What it was resolved from."""
    found: list[Diagnostic] = field(default_factory=list)
    """What was wrong when it was resolved."""

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
    reader: Reader = field(default_factory=Reader)
    before: "dict[str, Year]" = field(default_factory=dict)
    """The years as they last were: one that would be made of the same is not made again."""

    def diagnostics(self) -> list[Diagnostic]:
        """Every fault in every year, by place."""
        found = [*self.faults, *(fault for year in self.years.values() for fault in year.faults)]
        return in_order(set(found))

    def rulebooks(self) -> list[Rulebook]:
        """The rulebooks without errors, by scheme and year."""
        good = [y.rulebook for y in self.years.values() if y.rulebook is not None and not has_errors(y.faults)]
        return sorted(good, key=lambda r: (r.scheme, r.year))

    def scheme(self, name: str) -> list[Rulebook]:
        """The years of a scheme, oldest first."""
        return [rulebook for rulebook in self.rulebooks() if rulebook.scheme.lower() == name.lower()]


def load(
    root: Path,
    shown: Path | None = None,
    schemes: Collection[str] = (),
    reader: Reader | None = None,
    before: Library | None = None,
) -> Library:
    """The rule years in a folder, resolved and checked; paths are shown relative to `shown`.

    With `schemes`, only the years of those and of the schemes that they use, if there are any of those. With the
    library as it was `before`, only the years that something has changed for are made anew.
    """
    library = Library(root, reader=reader or Reader(), before=before.years if before is not None else {})
    files: dict[Path, list[Path]] = {}
    for path in library.reader.files(root):
        files.setdefault(path.parent, []).append(path)
    folders = sorted(files)
    if schemes:
        folders = _of_schemes(folders, schemes) or folders
    if not folders:
        place = Span(_shown(root, shown), 1, 1, 1, 2)
        hint = "legg regelfiler (.md eller .regel) i MAPPE/ordning/år"
        message = "mappen har ingen regelverk" if root.is_dir() else "mappen finnes ikke"
        library.faults.append(error("R114", message, place, hint))
    for folder in folders:
        year = _read(library, folder, files[folder], shown)
        if year.name in library.years:
            other = library.years[year.name].header
            span = year.header.span if year.header else Span(_shown(folder, shown), 1, 1, 1, 2)
            message = f"«{year.name}» finnes i to mapper"
            hint = "rett året i den ene, eller ta den bort"
            year.faults.append(error("R202", message, span, hint, other.span if other else None))
            library.years[f"{year.name} ({folder})"] = year
        else:
            library.years[year.name] = year
    done: set[str] = set()
    with no_collector():
        for name in sorted(library.years):
            _resolve(library, name, done, ())
    library.before = {}
    return library


def _of_schemes(folders: Sequence[Path], schemes: Collection[str]) -> list[Path]:
    """The folders with years of some schemes, and of those that they mention; a name is read where a header has it.

    A folder beside them whose header cannot be read comes along, so that its fault is told.
    """
    own: dict[Path, set[str]] = {}
    mentioned: dict[Path, set[str]] = {}
    for folder in folders:
        text = "\n".join(clean(path.read_text(encoding="utf-8-sig", errors="replace")) for path in _files_in(folder))
        own[folder] = {name.lower() for name in _HEAD.findall(text)}
        mentioned[folder] = {name.lower() for name in _MENTIONED.findall(text)}
    wanted: set[str] = set()
    coming = {scheme.lower() for scheme in schemes}
    while coming - wanted:
        wanted |= coming
        coming = set().union(*(mentioned[folder] for folder in folders if own[folder] & wanted))
    chosen = {folder for folder in folders if own[folder] & wanted}
    beside = {folder.parent for folder in chosen}
    return [folder for folder in folders if folder in chosen or (not own[folder] and folder.parent in beside)]


def _files_in(folder: Path) -> list[Path]:
    """The rule files of one folder."""
    return [path for path in rule_files(folder) if path.parent == folder]


def rule_files(root: Path) -> Iterator[Path]:
    """The rule files under a folder; a README is about the folder and no part of the text."""
    for path in sorted(root.rglob("*")):
        if path.suffix in SUFFIXES and path.is_file() and path.stem.upper() != "README":
            yield path


def read_documents(paths: Sequence[Path], shown: Path | None) -> tuple[list[tree.Document], list[Diagnostic]]:
    """The syntax trees of some files, and what is wrong with their writing."""
    return _documents(Reader(), paths, shown)


def _documents(
    reader: Reader, paths: Sequence[Path], shown: Path | None
) -> tuple[list[tree.Document], list[Diagnostic]]:
    """The same, as a reader reads them."""
    read = [reader.document(path, _shown(path, shown)) for path in paths]
    return [document for document, _ in read], [fault for _, faults in read for fault in faults]


def _read(library: Library, folder: Path, files: Sequence[Path], shown: Path | None) -> Year:
    """The documents of one folder."""
    documents, faults = _documents(library.reader, files, shown)
    library.sources |= {document.source.path: document.source for document in documents}
    header, header_faults = header_of(documents)
    return Year(folder, tuple(documents), faults if header else [*faults, *header_faults], header)


def _resolve(library: Library, name: str, done: set[str], waiting: tuple[str, ...]) -> Year:
    """Resolve a year after the one it builds on; a year whose base is not there is left as it is."""
    year = library.years[name]
    if name in done:
        return year
    header = year.header
    base: Year | None = None
    if header is not None and header.base is not None:
        base_name = f"{header.base[0].lower()}-{header.base[1]}"
        fault = _base_fault(library, header, name, base_name, waiting)
        if fault is not None:
            year.faults.append(fault)
        else:
            base = _resolve(library, base_name, done, (*waiting, name))
    if name in done:
        return year
    done.add(name)
    if header is None or (header.base is not None and (base is None or base.rulebook is None)):
        return year
    year.unreadable = (base.unreadable if base else frozenset()).union(*(d.unreadable for d in year.documents))
    files, unreadable_files = _files(library, year)
    year.faults += unreadable_files
    of_base = base.rulebook if base else None
    used = _used(library, year, of_base, done, (*waiting, name))
    taken = list(_taken(library, year, done, (*waiting, name)))
    unreadable = year.unreadable.union(*(other.unreadable for other in taken))
    rulebooks = [other.rulebook for other in taken if other.rulebook is not None]
    year.made_of = (year.documents, of_base, unreadable, tuple(files.items()), used, *rulebooks)
    kept = library.before.get(name)
    if kept is not None and _same(kept.made_of, year.made_of):
        year.rulebook, year.mentions, year.found = kept.rulebook, kept.mentions, kept.found
        year.faults += year.found
        return year
    year.rulebook, faults = resolve(year.documents, of_base, unreadable, files, used, rulebooks, year.mentions)
    sound = year.rulebook is not None and not has_errors([*year.faults, *faults])
    before = None if base is None or has_errors(base.faults) else of_base
    checked = check(year.rulebook, year.documents, before) if sound and year.rulebook is not None else ()
    year.found = [*faults, *checked]
    year.faults += year.found
    return year


def _same(kept: tuple[Any, ...], now: tuple[Any, ...]) -> bool:
    """Whether a year was made of the same: a rulebook is the same only where it was not made again."""
    if len(kept) != len(now):
        return False
    return all(a is b or (not isinstance(a, Rulebook) and a == b) for a, b in zip(kept, now, strict=True))


def _used(
    library: Library, year: Year, base: Rulebook | None, done: set[str], waiting: tuple[str, ...]
) -> Rulebook | None:
    """The rulebook that a year uses, or that the year before used."""
    assert year.header is not None
    wanted = year.header.uses or ((base.uses.scheme, base.uses.year) if base is not None and base.uses else None)
    if wanted is None:
        return None
    name = f"{wanted[0].lower()}-{wanted[1]}"
    span = year.header.place("bruker") if year.header.uses else year.header.span
    if name in waiting:
        message = f"regelverkene bruker hverandre i ring: {' → '.join([*waiting, name])}"
        year.faults.append(error("R222", message, span, "bare det ene kan bruke det andre"))
        return None
    if name not in library.years:
        hint = _nearest_year(library, year, *wanted)
        year.faults.append(error("R222", f"regelverket bruker {wanted[0]} {wanted[1]}, som ikke finnes", span, hint))
        return None
    return _resolve(library, name, done, waiting).rulebook


def _taken(library: Library, year: Year, done: set[str], waiting: tuple[str, ...]) -> Iterator[Year]:
    """The rule years that a year takes rates from; a fault for each rate whose year is not there."""
    blocks = tree.blocks_of(year.documents)
    for wanted in (block.value for block in blocks if isinstance(block, tree.RateDecl)):
        if not isinstance(wanted, tree.Fetched):
            continue
        name = f"{wanted.scheme.lower()}-{wanted.year}"
        if name in waiting:
            ring = " → ".join([*waiting[waiting.index(name) :], name])
            hint = "skriv satsen i det ene regelverket, og hent den i det andre"
            year.faults.append(error("R223", f"regelverkene henter fra hverandre i ring: {ring}", wanted.span, hint))
        elif name not in library.years:
            hint = _nearest_year(library, year, wanted.scheme, wanted.year)
            message = f"satsen hentes fra {wanted.scheme} {wanted.year}, som ikke finnes"
            year.faults.append(error("R223", message, wanted.span, hint))
        else:
            yield _resolve(library, name, done, waiting)


def _nearest_year(library: Library, year: Year, scheme: str, number: int) -> str:
    """The rule year that was perhaps meant, or what to do where there is none like it."""
    others = [f"{y.header.scheme} {y.header.year}" for y in library.years.values() if y.header and y is not year]
    return nearest(f"{scheme} {number}", others) or f"lag mappen for {scheme} {number} først"


def _files(library: Library, year: Year) -> tuple[dict[str, str], list[Diagnostic]]:
    """The text of the CSV files that a year reads from; only files in the scheme's own folder are read."""
    texts: dict[str, str] = {}
    faults: list[Diagnostic] = []
    scheme = year.folder.parent.resolve()
    for document in year.documents:
        for block in document.blocks:
            file = block.file if isinstance(block, _READS_FILES) else None
            if file is None or file.path in texts:
                continue
            path = (year.folder / file.path).resolve()
            if not path.is_relative_to(scheme):
                message = f"filen «{printable(file.path)}» ligger utenfor mappen til regelverket og kan ikke leses"
                faults.append(error("R115", message, file.span, "et regelverk leser bare filer i sin egen mappe"))
                continue
            try:
                text = library.reader.text(path)
            except UnicodeDecodeError:
                message = f"filen «{printable(file.path)}» er ikke UTF-8"
                faults.append(error("R115", message, file.span, "lagre filen som CSV med tegnkodingen UTF-8"))
            except (OSError, ValueError):
                near = nearest(path.name, [p.name for p in path.parent.glob("*.csv")]) if path.parent.is_dir() else None
                hint = near or "filen skal ligge i mappen til regelåret"
                faults.append(error("R115", f"filen «{printable(file.path)}» finnes ikke", file.span, hint))
            else:
                texts[file.path] = text
                shown = file_place(file)
                library.sources[shown] = Source(shown, tuple(text.split("\n")), ())
    return texts, faults


def _base_fault(
    library: Library, header: tree.RulebookHeader, name: str, base_name: str, waiting: tuple[str, ...]
) -> Diagnostic | None:
    """R208: the year that a year builds on is not there, or builds on it in turn."""
    assert header.base is not None
    scheme, number = header.base
    if base_name in (*waiting, name):
        ring = [*waiting, name, base_name]
        message = f"regelverkene bygger på hverandre i ring: {' → '.join(ring[ring.index(base_name) :])}"
        if base_name == name:
            message = "regelverket bygger på seg selv"
        return error("R208", message, header.place("bygger"), "det eldste året skal ikke bygge på noe")
    if base_name in library.years:
        return None
    others = [year for year in library.years if year.rsplit("-", 1)[0] == scheme.lower() and year != name]
    hint = f"årene som finnes, er {', '.join(sorted(others))}" if others else f"lag mappen for {scheme} {number} først"
    message = f"regelverket bygger på {scheme} {number}, som ikke finnes"
    return error("R208", message, header.place("bygger"), hint)


def _shown(path: Path, shown: Path | None) -> str:
    """The path as an author knows it."""
    if shown is not None:
        try:
            return path.resolve().relative_to(shown.resolve()).as_posix()
        except ValueError:
            pass
    return path.as_posix()
