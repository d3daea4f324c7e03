"""The commands that stay while rules are written: the language server, and the check that follows the files."""

import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import click

from compiler.cli_library import FINE, folder_option
from compiler.editor.desk import Desk
from compiler.norwegian import Command
from compiler.pipeline import SUFFIXES, Library
from dsl.diagnostics import Diagnostic

_INSTALL = 'installer det med «pip install "regelverk[editor]"»'
_FOLLOWED = (*SUFFIXES, ".csv")
"""The files that decide what a check comes to."""
_PAUSE = 200
"""How long, in milliseconds, a round of waiting for changes is."""


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
        raise click.UsageError(f"språktjeneren krever pygls; {_INSTALL}") from None
    if site is not None and not site.startswith(("https://", "http://", "file://")):
        raise click.UsageError(f"«{site}» er ikke en adresse; den begynner med https://, http:// eller file://")
    if sys.stdin.isatty():
        click.echo("språktjeneren venter på en editor; avslutt med Ctrl-C", err=True)
    server(folder, site).start_io()
    return FINE


def followed(folder: Path, tell: Callable[[Library, Sequence[Diagnostic]], int]) -> int:
    """Check, and again at each change of the files in a folder; the outcome of the last check, at Ctrl-C."""
    try:
        from watchfiles import watch
    except ImportError:
        raise click.UsageError(f"--folg krever watchfiles; {_INSTALL}") from None
    desk = Desk(folder)
    bench = desk.bench(folder)
    code: int | None = None
    rounds = watch(
        folder,
        watch_filter=lambda _, path: path.endswith(_FOLLOWED),
        rust_timeout=_PAUSE,
        yield_on_timeout=True,  # The first round comes when the watch is set, so that nothing is missed.
        raise_interrupt=False,
    )
    with suppress(KeyboardInterrupt):
        for changes in rounds:
            if changes or code is None:
                if changes:
                    click.echo(f"\n{_named(path for _, path in changes)} er endret", err=True)
                desk.look_again()
                code = tell(desk.checked(bench), bench.diagnostics())
                click.echo(_waiting(folder), err=True)
    return FINE if code is None else code


def _waiting(folder: Path) -> str:
    return f"følger «{folder}»; avslutt med Ctrl-C"


def _named(paths: Iterable[str]) -> str:
    """The names of some files, as many as fit on a line."""
    names = sorted({Path(path).name for path in paths})
    return ", ".join(names[:3]) + (f" og {len(names) - 3} til" if len(names) > 3 else "")
