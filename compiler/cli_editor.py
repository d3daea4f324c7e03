"""The commands that stay while rules are written: the language server, and the check that follows the files."""

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import click

from compiler.cli_library import FINE, folder_option
from compiler.editor.desk import Desk
from compiler.following import INSTALL, changes, named
from compiler.norwegian import Command
from compiler.pipeline import Library
from dsl.diagnostics import Diagnostic


@click.command(cls=Command)
@folder_option
@click.option(
    "--nettsted",
    "site",
    metavar="ADRESSE",
    help="Hvor nettstedet ligger: ord og meldinger får lenker til sidene om dem.",
)
def spraaktjener(folder: Path, site: str | None) -> int:
    """Hjelp editoren mens regler skrives: den starter tjeneren selv, og snakker med den på standard inn og ut."""
    try:
        from compiler.editor.server import server
    except ImportError:
        raise click.UsageError(f"språktjeneren krever pygls; {INSTALL}") from None
    if site is not None and not site.startswith(("https://", "http://", "file://")):
        raise click.UsageError(f"«{site}» er ikke en adresse; den begynner med https://, http:// eller file://")
    if sys.stdin.isatty():
        click.echo("språktjeneren venter på en editor; avslutt med Ctrl-C", err=True)
    server(folder, site).start_io()
    return FINE


def followed(folder: Path, tell: Callable[[Library, Sequence[Diagnostic]], int]) -> int:
    """Check, and again at each change of the files in a folder; the outcome of the last check, at Ctrl-C."""
    desk = Desk(folder)
    bench = desk.bench(folder)
    code = FINE
    with suppress(KeyboardInterrupt):
        for names in changes(folder, "--folg"):
            if names:
                click.echo(f"\n{named(names)} er endret", err=True)
            desk.look_again()
            code = tell(desk.checked(bench), bench.diagnostics())
            click.echo(f"følger «{folder}»; avslutt med Ctrl-C", err=True)
    return code
