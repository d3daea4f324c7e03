"""The commands `regelverk importer …`: rules from lists and tables that others publish."""

from pathlib import Path

import click

from compiler import import_weights
from compiler.cli_common import FAULTS, FINE, load_folder, show
from compiler.lists import UnreadableList
from compiler.model import Rulebook
from compiler.norwegian import Group
from dsl.diagnostics import has_errors, nearest


@click.group(cls=Group)
def importer() -> None:
    """Lag regler av lister som noen har utgitt."""


@importer.command()
@click.argument("file", metavar="FIL", type=click.Path(path_type=Path))
@click.option(
    "--til", "target", required=True, metavar="MAPPE", type=click.Path(path_type=Path), help="Mappen til regelåret."
)
@click.option("--kilde", "cited", metavar="ID", help="Kilden som vektene er hentet fra.")
def vekter(file: Path, target: Path, cited: str | None) -> int:
    """Lag vekter.regel av en liste i CSV eller Excel, med kolonnene gruppe, vekt og navn."""
    rulebook, before = _year_in(target)
    out = target / "vekter.regel"
    if out.exists():
        raise click.ClickException(f"«{out.as_posix()}» finnes fra før; ta den bort for å lese inn listen på nytt")
    sources = [found.id for found in rulebook.sources]
    if cited is not None and cited not in sources:
        hint = nearest(cited, sources) or "skriv kilden i regelverket først"
        raise click.UsageError(f"{rulebook.name} har ingen kilde «{cited}»: {hint}")
    if not file.is_file():
        raise click.ClickException(f"filen «{file}» finnes ikke")
    try:
        lines, unused = import_weights.read(file.name, file.read_bytes())
        made = import_weights.imported(lines, rulebook, before, cited)
    except UnreadableList as fault:
        raise click.ClickException(str(fault)) from None
    for column in unused:
        click.echo(f"kolonnen «{column}» er ikke brukt", err=True)
    for line in [*(why for _, why in made.left_out), *made.notes]:
        click.echo(line, err=True)
    if made.text:
        out.write_text(made.text, encoding="utf-8", newline="\n")
        click.echo(f"{out.as_posix()}: {made.new} nye grupper, {made.changed} med ny vekt")
    click.echo(f"{len(lines)} rader lest, {len(made.left_out)} ikke tatt med", err=True)
    return FAULTS if made.left_out else FINE


def _year_in(folder: Path) -> tuple[Rulebook, Rulebook | None]:
    """The rule year in a folder, and the year that it builds on."""
    if not folder.is_dir():
        raise click.UsageError(f"mappen «{folder}» finnes ikke; lag den med «regelverk ny»")
    library = load_folder(folder.resolve().parent.parent)
    found = next((y for y in library.years.values() if y.folder.resolve() == folder.resolve()), None)
    if found is None or found.rulebook is None or has_errors(found.faults):
        show(found.faults if found else library.diagnostics(), library, "tekst")
        raise click.ClickException(f"regelverket i «{folder}» har feil som må rettes først")
    before = f"{found.rulebook.scheme.lower()}-{found.rulebook.base}"
    return found.rulebook, library.years[before].rulebook if before in library.years else None
