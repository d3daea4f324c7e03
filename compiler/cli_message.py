"""The command `regelverk melding`: what a message means, without the site."""

import shutil

import click

from compiler.cli_library import FINE
from compiler.message_pages import as_text
from compiler.norwegian import Command
from dsl.codes import CODES
from dsl.diagnostics import nearest

_WIDEST = 100


@click.command(cls=Command)
@click.argument("code", metavar="[KODE]", required=False)
def melding(code: str | None) -> int:
    """Forklar en melding, som R201: hva den betyr, og hva som er galt og riktig. Uten KODE vises alle kodene."""
    if code is None:
        for known, meaning in CODES.items():
            click.echo(f"{known}  {meaning}")
        return FINE
    wanted = code.upper().strip("[]")
    wanted = wanted if wanted.startswith("R") else f"R{wanted}"
    if wanted not in CODES:
        hint = nearest(wanted, CODES) or "«regelverk melding» viser dem som er"
        raise click.UsageError(f"ukjent kode «{code}»: {hint}")
    click.echo(as_text(wanted, min(shutil.get_terminal_size().columns, _WIDEST)), nl=False)
    return FINE
