"""What the commands share: exit codes, and the loading and showing of rulebooks."""

from collections.abc import Sequence
from pathlib import Path

import click

from compiler.pipeline import Library, load
from compiler.report import as_github, as_json, as_text, summary
from dsl.diagnostics import Diagnostic

FINE, FAULTS, WRONG_USE, BROKEN = 0, 1, 2, 3


def load_folder(folder: Path) -> Library:
    """The rulebooks in a folder, which must be there."""
    if not folder.is_dir():
        raise click.UsageError(f"mappen «{folder}» finnes ikke; gå til mappen med «rulebooks», eller skriv --mappe")
    return load(folder)


def show(
    found: Sequence[Diagnostic], library: Library, form: str, with_summary: bool = True, years: int | None = None
) -> None:
    """Show diagnostics: in colour on a terminal, plain elsewhere."""
    if form == "json":
        click.echo(as_json(found))
        return
    for diagnostic in found:
        if form == "github":
            click.echo(as_github(diagnostic))
        else:
            click.echo(as_text(diagnostic, library.sources.get(diagnostic.span.path)), err=True)
    if form == "tekst" and with_summary:
        click.echo(summary(found, len(library.years) if years is None else years), err=True)
