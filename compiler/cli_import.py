"""The commands `regelverk importer …`: rules from lists and tables that others publish."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import click

from compiler import import_weights
from compiler.cli_library import FAULTS, FINE, load_folder, show
from compiler.helfo import Choice, DamagedList, tariffs_of
from compiler.imported import Imported
from compiler.lists import UnreadableList
from compiler.model import Rulebook
from compiler.norddrg import files_of
from compiler.norddrg.names import read as read_names
from compiler.norddrg.names import writable
from compiler.norddrg.report import Damaged, Report
from compiler.norddrg.write import Edition
from compiler.norwegian import Group
from dsl.diagnostics import has_errors, nearest

_SHOWN_FAULTS = 30
_SCHEME = re.compile(r"[^\W\d]\w*")


@click.group(cls=Group)
def importer() -> None:
    """Lag regler av lister som noen har utgitt."""


@importer.command()
@click.argument("tables", metavar="TABELLER", type=click.Path(path_type=Path))
@click.option(
    "--navn",
    "names",
    metavar="MAPPE",
    type=click.Path(path_type=Path),
    help="Mappen med navn: drg.csv, mdc.csv, dgcat.csv …",
)
@click.option(
    "--til", "target", required=True, metavar="MAPPE", type=click.Path(path_type=Path), help="Mappen til regelåret."
)
@click.option("--ordning", "scheme", default="DRG", metavar="ORDNING", help="Hva ordningen heter; ellers DRG.")
@click.option("--aar", "year", required=True, metavar="ÅR", type=click.IntRange(1900, 2099), help="Regelåret.")
@click.option(
    "--bygger-paa", "before", metavar="REGELVERK", help="Regelverket som det skrives som endringer i: drg-2015."
)
@click.option(
    "--mappe", "folder", type=click.Path(path_type=Path), help="Mappen med regelverkene; ellers den to over --til."
)
def norddrg(
    tables: Path, names: Path | None, target: Path, scheme: str, year: int, before: str | None, folder: Path | None
) -> int:
    """Lag et regelverk av definisjonstabellene til NordDRG, i JSON, zip eller Excel.

    Med --bygger-paa skrives bare det som er nytt siden det regelverket.
    """
    if target.exists() and any(target.iterdir() if target.is_dir() else [target]):
        raise click.ClickException(f"«{target.as_posix()}» finnes fra før; velg en ny mappe, eller ta den bort")
    if not _SCHEME.fullmatch(scheme):
        raise click.UsageError(f"«{scheme}» kan ikke være navnet på en ordning; skriv ett ord, som DRG")
    report = Report()
    try:
        known = read_names(names.resolve().name, _csv_files(names)) if names is not None else None
        base = _base(before, folder or target.resolve().parent.parent, year) if before is not None else None
        edition = Edition(scheme, year, writable(tables.name), writable(names.resolve().name) if names else None)
        files = files_of(tables.name, _bytes(tables), known, base, edition, report)
    except UnreadableList as fault:
        raise click.ClickException(str(fault)) from None
    except Damaged:
        return _show_faults(report.faults, f"tabellene i «{tables}» har feil")
    for name, text in files.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text(text, encoding="utf-8", newline="\n")
    for warning in report.warnings:
        click.echo(f"advarsel: {warning}", err=True)
    left = sum(report.left(table) for table in report.read)
    click.echo(f"{target.as_posix()}: {len(files)} filer er skrevet; README.md sier hva som er med")
    click.echo(f"{sum(report.read.values())} rader lest, {left} ikke tatt med", err=True)
    return FINE


def _bytes(file: Path) -> bytes:
    """What is in a file."""
    try:
        return file.read_bytes()
    except OSError:
        raise click.ClickException(
            f"«{file}» kan ikke leses" if file.exists() else f"filen «{file}» finnes ikke"
        ) from None


def _csv_files(folder: Path) -> dict[str, bytes]:
    """The CSV files in a folder by name."""
    if not folder.is_dir():
        raise click.UsageError(f"mappen «{folder}» finnes ikke")
    return {path.name: _bytes(path) for path in sorted(folder.glob("*.csv"))}


def _base(name: str, folder: Path, year: int) -> Rulebook:
    """The rulebook that a new year builds on."""
    library = load_folder(folder)
    found = library.years.get(name.lower())
    if found is None:
        hint = nearest(name.lower(), library.years) or f"regelverkene er {', '.join(library.years)}"
        raise click.UsageError(f"ukjent regelverk «{name}»: {hint}")
    if found.rulebook is None or has_errors(found.faults):
        show(found.faults, library, "tekst")
        raise click.ClickException(f"{found.name} har feil som må rettes først")
    if found.rulebook.year >= year:
        raise click.UsageError(f"{year} kan ikke bygge på {found.name}: det må være et tidligere år")
    return found.rulebook


@importer.command()
@click.argument("file", metavar="FIL", type=click.Path(path_type=Path))
@click.option(
    "--til", "target", required=True, metavar="MAPPE", type=click.Path(path_type=Path), help="Mappen til regelåret."
)
@click.option("--kilde", "source", metavar="ID", help="Kilden som vektene er hentet fra.")
def vekter(file: Path, target: Path, source: str | None) -> int:
    """Lag vekter.regel av en liste i CSV eller Excel, med kolonnene gruppe og vekt, og navn om du vil.

    En vekt som er den samme som i regelverket, blir ikke skrevet. «fordi» skriver du selv.
    """
    rulebook, before = _year_in(target)
    out = _new_file(target / "vekter.regel")
    _require_source(rulebook, source)
    try:
        lines, unused = import_weights.read(file.name, _bytes(file))
        made = import_weights.imported(lines, rulebook, before, source)
    except UnreadableList as fault:
        raise click.ClickException(str(fault)) from None
    for column in unused:
        click.echo(f"kolonnen «{column}» er ikke brukt", err=True)
    _write(out, made, f"{made.new} nye grupper, {made.changed} med ny vekt")
    click.echo(f"{len(lines)} rader lest, {made.unchanged} uendret, {len(made.left_out)} ikke tatt med", err=True)
    return FAULTS if made.left_out else FINE


@importer.command()
@click.argument("file", metavar="FIL", type=click.Path(path_type=Path))
@click.option(
    "--til", "target", required=True, metavar="MAPPE", type=click.Path(path_type=Path), help="Mappen til regelåret."
)
@click.option(
    "--aar", "year", metavar="ÅR", type=click.IntRange(1900, 2099), help="Regelåret, når --til er mappen til ordningen."
)
@click.option("--dato", "written_day", metavar="ÅÅÅÅ-MM-DD", help="Dagen takstene gjelder; ellers regelårets første.")
@click.option("--fagomraade", "area", metavar="KODE", help="Bare takster for dette fagområdet, som LE eller FY.")
@click.option("--kilde", "source", metavar="ID", help="Kilden som takstene er hentet fra.")
def takster(
    file: Path, target: Path, year: int | None, written_day: str | None, area: str | None, source: str | None
) -> int:
    """Lag takster.regel av Helfos åpne data i JSON, eller av en liste med de samme feltene i CSV eller Excel.

    Bygger regelåret på et annet, skrives det som er nytt: «endrer takst», nye takster og «opphever takst».
    """
    folder = target / str(year) if year is not None and target.name != str(year) else target
    rulebook, before = _year_in(folder)
    out = _new_file(folder / "takster.regel")
    _require_source(rulebook, source)
    choice = Choice(_day(written_day, rulebook), area)
    try:
        made = tariffs_of(file.name, _bytes(file), rulebook, before, choice, source)
    except UnreadableList as fault:
        raise click.ClickException(str(fault)) from None
    except DamagedList as damaged:
        return _show_faults(damaged.faults, f"listen i «{file}» har feil")
    new = "1 ny takst" if made.new == 1 else f"{made.new} nye takster"
    _write(out, made, f"{new}, {made.changed} endret, {made.repealed} opphevet")
    counts = [f"{made.unchanged} uendret", *made.not_meant, f"{len(made.left_out)} ikke tatt med"]
    click.echo(f"{made.read} rader lest, {', '.join(counts)}", err=True)
    return FAULTS if made.left_out else FINE


# ---- what imports share


def _day(written: str | None, rulebook: Rulebook) -> date:
    """The day that a list is read for, which the rule year must have in it."""
    if written is None:
        return rulebook.valid_from
    try:
        day = datetime.strptime(written, "%Y-%m-%d").date()
    except ValueError:
        raise click.UsageError(f"«{written}» er ikke en dato; skriv den som 2020-07-01") from None
    last = rulebook.valid_to or day
    if not rulebook.valid_from <= day <= last:
        until = f" til og med {last}" if rulebook.valid_to else ""
        raise click.UsageError(f"{rulebook.name} gjelder fra {rulebook.valid_from}{until}, ikke {day}")
    return day


def _new_file(out: Path) -> Path:
    """A file to write, which must not be there."""
    if out.exists():
        raise click.ClickException(f"«{out.as_posix()}» finnes fra før; ta den bort for å lese inn listen på nytt")
    return out


def _require_source(rulebook: Rulebook, id_: str | None) -> None:
    """Refuse a source that the rulebook does not have."""
    sources = [found.id for found in rulebook.sources]
    if id_ is not None and id_ not in sources:
        hint = nearest(id_, sources) or "skriv kilden i regelverket først"
        raise click.UsageError(f"{rulebook.name} har ingen kilde «{id_}»: {hint}")


def _write(out: Path, made: Imported, summary: str) -> None:
    """Write the rules of a list, and say what an author should know of them."""
    for line in [*(why for _, why in made.left_out), *made.notes]:
        click.echo(line, err=True)
    if made.text:
        out.write_text(made.text, encoding="utf-8", newline="\n")
        click.echo(f"{out.as_posix()}: {summary}")
    else:
        click.echo("ingen fil er skrevet", err=True)


def _show_faults(faults: Sequence[str], conclusion: str) -> int:
    """Show what is wrong with what should have been imported."""
    for fault in faults[:_SHOWN_FAULTS]:
        click.echo(f"feil: {fault}", err=True)
    if len(faults) > _SHOWN_FAULTS:
        click.echo(f"… og {len(faults) - _SHOWN_FAULTS} feil til", err=True)
    click.echo(f"ingenting er skrevet: {conclusion}", err=True)
    return FAULTS


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
