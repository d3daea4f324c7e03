"""What commands have in common: exit codes, the folder of rulebooks, its faults, and what an author names in it."""

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import click

from compiler.bulk.columns import record_for
from compiler.examples import failing_examples
from compiler.model import Rulebook
from compiler.pipeline import Library, load
from compiler.report import as_github, as_json, as_text, summary
from compiler.sarif import as_sarif
from dsl.diagnostics import Diagnostic, has_errors, in_order, nearest

_YEAR = re.compile(r"-\d+$")
FINE, FAULTS, WRONG_USE, BROKEN = 0, 1, 2, 3
_FOR_PROGRAMS = {"json": as_json, "sarif": as_sarif}
"""The forms that tell of all diagnostics in one text."""

folder_option = click.option(
    "--mappe",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("rulebooks"),
    help="Mappen med regelverkene, som MAPPE/ordning/år; ellers rulebooks.",
)


def checked(library: Library) -> list[Diagnostic]:
    """Every fault in a library, the examples included, by place."""
    found = [d for rulebook in library.rulebooks() for d in failing_examples(rulebook)]
    return in_order({*library.diagnostics(), *found})


def require_folder(folder: Path) -> None:
    """Refuse a folder that is not there."""
    if not folder.is_dir():
        raise click.UsageError(f"mappen «{folder}» finnes ikke; gå til mappen med «rulebooks», eller skriv --mappe")


def load_folder(folder: Path, *names: str) -> Library:
    """The library in a folder; with names of schemes or years, what those need."""
    require_folder(folder)
    return load(folder, schemes={_YEAR.sub("", name) for name in names})


def sound(folder: Path, *names: str) -> Library | None:
    """The library, or what some names of schemes or years need, when it has no errors; else its faults are shown."""
    library = load_folder(folder, *names)
    found = checked(library)
    if has_errors(found):
        show(found, library, "tekst")
        return None
    return library


def show(
    found: Sequence[Diagnostic], library: Library, form: str, with_summary: bool = True, years: int | None = None
) -> None:
    """Show diagnostics: in colour on a terminal, plain elsewhere."""
    for text, err in shown(found, library, form, with_summary, years):
        click.echo(text, err=err)
    if form == "tekst" and with_summary:
        for line in read_more(found):
            click.echo(line, err=True)


def read_more(found: Sequence[Diagnostic]) -> Iterator[str]:
    """Where the first of some diagnostics is explained."""
    for diagnostic in found[:1]:
        yield f"les mer: regelverk melding {diagnostic.code}"


def shown(
    found: Sequence[Diagnostic], library: Library, form: str, with_summary: bool = True, years: int | None = None
) -> Iterator[tuple[str, bool]]:
    """Diagnostics as they are written, each with whether it is for standard error."""
    if form in _FOR_PROGRAMS:
        yield _FOR_PROGRAMS[form](found, library.sources), False
        return
    for diagnostic in found:
        if form == "github":
            yield as_github(diagnostic), False
        else:
            yield as_text(diagnostic, library.sources), True
    if form == "tekst" and with_summary:
        yield summary(found, len(library.years) if years is None else years), True


def one(library: Library, name: str) -> Rulebook:
    """The rulebook with a name."""
    for rulebook in library.rulebooks():
        if rulebook.name == name.lower():
            return rulebook
    known = [rulebook.name for rulebook in library.rulebooks()]
    hint = nearest(name, known) or f"regelverkene er {', '.join(known)}"
    raise click.UsageError(f"ukjent regelverk «{name}»: {hint}")


def years_named(library: Library, name: str) -> list[Rulebook]:
    """The rulebook with a name, or all years of the scheme with that name."""
    return library.scheme(name) or [one(library, name)]


def record_named(years: Sequence[Rulebook], record: str | None, columns: Any) -> str:
    """The kind of record asked for, or the one that columns fit best."""
    tops = [r.id for r in years[-1].top_records()]
    if record is None:
        return record_for(years[-1], columns).id
    for known in tops:
        if known.lower() == record.lower():
            return known
    raise click.UsageError(
        f"ukjente opplysninger «{record}»: {nearest(record, tops) or 'velg mellom ' + ', '.join(tops)}"
    )


@contextmanager
def opened(path: Path) -> Iterator[TextIO]:
    """A file to read, or standard input for «-»."""
    if str(path) == "-":
        yield sys.stdin
        return
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield stream
    except FileNotFoundError:
        raise click.ClickException(f"filen «{path}» finnes ikke") from None
    except (IsADirectoryError, PermissionError):
        raise click.ClickException(f"«{path}» kan ikke leses") from None
    except UnicodeDecodeError:
        raise click.ClickException(f"«{path}» er ikke UTF-8; lagre filen med den tegnkodingen") from None
