"""The command `vis`: the pages of the rulebooks as the site will have them, while they are written."""

import errno
import re
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from compiler.cli_library import FINE, folder_option, require_folder
from compiler.following import changes, named
from compiler.norwegian import Command
from compiler.pipeline import Library
from compiler.report import summary
from dsl.diagnostics import nearest

if TYPE_CHECKING:
    from compiler.preview import Preview

_YEAR = re.compile(r"-\d+$")


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[REGELVERK]…")
@folder_option
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    help="Porten på denne maskinen, ellers 8000; 0 er en som er ledig.",
)
def vis(names: tuple[str, ...], folder: Path, port: int) -> int:
    """Vis sidene slik de blir, og vis hver endring når den er lagret, med feilene øverst på siden.

    Med navn på regelverk vises bare ordningene de er i, og dem de bruker: det går fortere.
    """
    from compiler.preview import Preview, serving

    require_folder(folder)
    preview = Preview(folder, [_YEAR.sub("", name).lower() for name in names])
    rounds = changes(folder, "vis")
    with suppress(KeyboardInterrupt), ExitStack() as stack:
        next(rounds)
        told = _told(preview)
        for name in names:
            _check_name(name, preview.library)
        try:
            address = stack.enter_context(serving(preview, port))
        except OSError as fault:
            raise click.UsageError(_why_not(fault, port)) from None
        click.echo(f"{told}\nviser {address}{_first(names)}; avslutt med Ctrl-C", err=True)
        for saved in rounds:
            click.echo(f"{named(saved)} er endret: {_told(preview)}", err=True)
    return FINE


def _told(preview: "Preview") -> str:
    """Look at the files, and say how many faults there are."""
    return summary(preview.look(), len(preview.library.years))


def _check_name(name: str, library: Library) -> None:
    """Refuse a name that is neither a scheme nor a rule year."""
    schemes = {_YEAR.sub("", year) for year in library.years}
    if name.lower() not in {*schemes, *library.years}:
        hint = nearest(name.lower(), sorted({*schemes, *library.years}))
        raise click.UsageError(f"ukjent regelverk «{name}»{f': {hint}' if hint else ''}")


def _first(names: tuple[str, ...]) -> str:
    """The page to begin with."""
    return f"{names[0].lower().replace('-', '/')}/" if len(names) == 1 else ""


def _why_not(fault: OSError, port: int) -> str:
    """Why the pages cannot be served on a port."""
    if fault.errno == errno.EADDRINUSE:
        return f"port {port} er opptatt, kanskje av en annen «regelverk vis»; velg en annen med --port"
    if fault.errno == errno.EACCES:
        return f"port {port} er forbeholdt systemet; velg en over 1023 med --port"
    return f"port {port} kan ikke brukes: {fault.strerror}"
