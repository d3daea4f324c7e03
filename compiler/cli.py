"""The command `regelverk`."""

import json
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

import click

from compiler import bulk, compare, compare_text, consolidate, import_weights
from compiler.examples import answers, failing_examples
from compiler.model import Rulebook
from compiler.new_year import new_year
from compiler.norwegian import Group, norwegian_help
from compiler.packages import imported
from compiler.pipeline import SUFFIXES, Library, Year, load, rule_files
from compiler.report import as_github, as_json, as_text, summary
from compiler.runtime.forklaring import samlede_grunner, vist
from compiler.runtime.svar import Svar
from compiler.runtime.verdier import lest
from dsl.diagnostics import Diagnostic, has_errors, nearest
from dsl.formatter import formatted
from dsl.source import Source

FINE, FAULTS, WRONG_USE, BROKEN = 0, 1, 2, 3

folder_option = click.option(
    "--mappe",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("rulebooks"),
    help="Mappen med regelverkene, som MAPPE/ordning/år; ellers rulebooks.",
)


def main() -> None:
    """Run the command; a fault of our own is told as such, with exit code 3."""
    try:
        code = cli.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else FINE)
    except click.exceptions.Abort:
        click.echo("avbrutt", err=True)
        sys.exit(FAULTS)
    except click.ClickException as fault:
        click.echo(f"feil: {norwegian_help(fault)}", err=True)
        sys.exit(WRONG_USE if isinstance(fault, click.UsageError) else FAULTS)
    except BrokenPipeError:
        sys.exit(FINE)
    except Exception:
        traceback.print_exc()
        click.echo("Dette er en feil i kompilatoren, ikke i regelverket. Meld den gjerne, med teksten over.", err=True)
        sys.exit(BROKEN)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--hjelp", "--help"], "max_content_width": 110})
@click.version_option(package_name="regelverk", message="regelverk %(version)s", help="Vis versjonen.")
def cli() -> None:
    """Regelverk for helsefinansiering: fra tekst til Python-pakke og nettsted."""


@cli.command()
@click.argument("paths", nargs=-1, metavar="[STI]…", type=click.Path(path_type=Path))
@folder_option
@click.option(
    "--format", "form", type=click.Choice(["tekst", "json", "github"]), default="tekst", help="Hvordan feil vises."
)
def sjekk(paths: tuple[Path, ...], folder: Path, form: str) -> int:
    """Finn alle feil i regelverkene, eksemplene medregnet."""
    library = _load(folder)
    for path in paths:
        _check_path(path, folder)
    found = [d for d in checked(library) if not paths or _is_under(Path(d.span.path), paths)]
    years = [y for y in library.years.values() if not paths or any(_is_under(f, paths) for f in rule_files(y.folder))]
    faulty = [] if has_errors(found) else [y for y in years if _faulty_base(library, y)]
    _show(found, library, form, with_summary=not faulty, years=len(years))
    for year in faulty:
        click.echo(f"{year.name} bygger på {_faulty_base(library, year)}, som har feil", err=True)
    return FAULTS if has_errors(found) or faulty else FINE


def _check_path(path: Path, folder: Path) -> None:
    """Refuse a path that is not there, or that holds none of the rules in the folder."""
    if not path.exists():
        raise click.UsageError(f"«{path}» finnes ikke")
    if not _is_under(path, [folder]) and not _is_under(folder, [path]):
        raise click.UsageError(f"«{path}» ligger utenfor «{folder}»; si hvor regelverkene ligger med --mappe")
    if not any(_is_under(file, [path]) for file in rule_files(folder)):
        raise click.UsageError(f"«{path}» har ingen regler; de står i MAPPE/ordning/år")


def _is_under(path: Path, folders: Sequence[Path]) -> bool:
    """Whether a path is one of some others, or in one of them."""
    return any(path.resolve().is_relative_to(folder.resolve()) for folder in folders)


def _faulty_base(library: Library, year: Year) -> str | None:
    """The name of a year that a year builds on, and that has errors."""
    seen: set[str] = set()
    while year.header is not None and year.header.base is not None and year.name not in seen:
        seen.add(year.name)
        scheme, number = year.header.base
        base = library.years.get(f"{scheme.lower()}-{number}")
        if base is None:
            return None
        if has_errors(base.faults):
            return base.name
        year = base
    return None


@cli.command()
@folder_option
@click.option(
    "--til", "target", type=click.Path(path_type=Path), default=Path("build"), help="Hvor det bygges; ellers i build."
)
@click.option("--uten-nettsted", is_flag=True, help="Bare pakker og JSON.")
def bygg(folder: Path, target: Path, uten_nettsted: bool) -> int:
    """Bygg pakkene, JSON og nettstedet av alle regelverkene."""
    from compiler.build import build_json, build_packages, build_site

    library = _sound(folder)
    if library is None:
        return FAULTS
    build_packages(library, target, click.echo)
    build_json(library, target, click.echo)
    if not uten_nettsted:
        warnings = build_site(library, target, click.echo)
        for warning in warnings:
            click.echo(warning, err=True)
        if warnings:
            return FAULTS
    return FINE


@cli.command()
@folder_option
def test(folder: Path) -> int:
    """Kjør eksemplene i alle regelverkene, med referansen og med de genererte pakkene."""
    library = _load(folder)
    if has_errors(library.diagnostics()):
        _show(library.diagnostics(), library, "tekst")
        return FAULTS
    faults = 0
    for years in _by_scheme(library):
        with imported(years) as package:
            for rulebook in years:
                faults += _test_year(rulebook, package, library)
    return FAULTS if faults else FINE


def _test_year(rulebook: Rulebook, package: ModuleType, library: Library) -> int:
    """Run the examples of one rule year; the number that fail."""
    module = package.aar(rulebook.year)
    by_package = {e.id: module.grupper_data(e.given, e.record) for e in rulebook.examples}
    found = [*failing_examples(rulebook, answers(rulebook)), *failing_examples(rulebook, by_package)]
    _show(sorted(set(found), key=lambda d: d.span), library, "tekst", with_summary=False)
    failing = len({diagnostic.message for diagnostic in found})
    count = len(rulebook.examples)
    click.echo(f"{rulebook.name}: {count - failing} av {count} eksempler stemmer")
    return failing


@cli.command()
@click.argument("name", metavar="REGELVERK")
@click.argument("inn", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "-o", "--ut", "out", type=click.Path(path_type=Path), help="Filen svarene skrives til; ellers på skjermen."
)
@click.option(
    "--opplysninger", "record", help="Hva slags opplysninger radene er; ellers det kolonnene passer best med."
)
@click.option(
    "--dato", "date_column", default="dato", help="Kolonnen som velger regelår når REGELVERK er uten år; ellers «dato»."
)
@click.option("--vis", is_flag=True, help="Vis svarene som en tabell på skjermen.")
@folder_option
def grupper(
    name: str, inn: Path, out: Path | None, record: str | None, date_column: str, vis: bool, folder: Path
) -> int:
    """Grupper og pris kontakter fra CSV eller JSONL: én rad inn er én rad ut.

    REGELVERK er isf-2020, eller isf når datoen på hver kontakt skal velge regelåret.
    Lister i CSV er skilt med mellomrom.
    """
    library = _sound(folder)
    if library is None:
        return FAULTS
    years = _years(library, name)
    with ExitStack() as stack:
        package = stack.enter_context(imported(library.scheme(years[0].scheme)))
        source = stack.enter_context(_opened(inn))
        table = bulk.read(Path("-.csv") if str(inn) == "-" else inn, source)
        rows = _peeked(table)
        kind = _record(years, record, table.columns or sorted({key for row in rows[:100] for key in row}))
        _note_columns(years[-1], kind, table, rows, date_column if len(years) > 1 else None)
        results = bulk.result_columns(years, kind)
        stream = stack.enter_context(_written(out)) if not vis or out is not None else None
        delimiter = _delimiter(out, table)
        writer = (
            bulk.Writer(stream, table.columns or _columns(rows), results, delimiter) if stream is not None else None
        )
        judge = _Judge(years, package, kind, date_column)
        tally = bulk.Tally()
        shown: list[tuple[bulk.Row, Svar]] = []
        for row in rows:
            svar, rulebook_name = judge(row)
            tally.add(svar.status)
            if writer is not None:
                writer.write(row, svar, rulebook_name)
            if vis:
                shown.append((row, svar))
    if vis:
        _show_table(years[-1], kind, shown)
    click.echo(f"{sum(tally.counts.values())} rader: {tally.text()}", err=True)
    return FAULTS if tally.counts.get("feil i data") else FINE


@cli.command()
@click.argument("name", metavar="REGELVERK")
@click.argument("inn", metavar="KONTAKT.json", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--opplysninger", "record", help="Hva slags opplysninger det er.")
@click.option("--hvorfor-ikke", "why_not", metavar="GRUPPE", help="Forklar hvorfor kontakten ikke får denne gruppen.")
@folder_option
def forklar(name: str, inn: Path, record: str | None, why_not: str | None, folder: Path) -> int:
    """Forklar svaret på én kontakt: hva som ble prøvd, hva som holdt, og hvor det står."""
    library = _sound(folder)
    if library is None:
        return FAULTS
    rulebook = _years(library, name)[-1]
    with _opened(inn) as source:
        text = source.read()
    try:
        data = json.loads(text)
    except ValueError as fault:
        raise click.ClickException(f"«{inn}» er ikke JSON: {fault}") from None
    if not isinstance(data, dict):
        raise click.ClickException(f"«{inn}» skal være ett JSON-objekt med feltene til kontakten")
    kind = _record([rulebook], record, data)
    note = bulk.unknown_columns(rulebook, rulebook.record(kind), data)
    if note:
        click.echo(note, err=True)
    if why_not is not None and why_not not in [group.id for group in rulebook.groups]:
        hint = nearest(why_not, [group.id for group in rulebook.groups])
        raise click.UsageError(f"{rulebook.name} har ingen gruppe «{why_not}»{f'; {hint}' if hint else ''}")
    with imported(library.scheme(rulebook.scheme)) as package:
        module = package.aar(rulebook.year)
        click.echo(
            module.forklar(data, kind) if why_not is None else module.hvorfor_ikke(data, why_not, kind), nl=False
        )
        return FAULTS if module.grupper_data(data, kind).status == "feil i data" else FINE


@cli.command()
@click.argument("old", metavar="FRA")
@click.argument("new", metavar="TIL")
@click.option(
    "--format",
    "form",
    type=click.Choice(["tekst", "markdown", "json"]),
    default="tekst",
    help="Hvordan endringene vises.",
)
@folder_option
def endringer(old: str, new: str, form: str, folder: Path) -> int:
    """Vis hva som er endret fra ett regelår til et annet."""
    library = _sound(folder)
    if library is None:
        return FAULTS
    found = compare.compare(_one(library, old), _one(library, new))
    render = {"tekst": compare_text.as_text, "markdown": compare_text.as_markdown, "json": compare_text.as_json}[form]
    click.echo(render(found), nl=False)
    return FINE


@cli.command("format")
@click.argument("paths", nargs=-1, metavar="[STI]…", type=click.Path(path_type=Path))
@click.option("--sjekk", "only_check", is_flag=True, help="Skriv ingenting; si hvilke filer som ville blitt endret.")
@folder_option
def format_(paths: tuple[Path, ...], only_check: bool, folder: Path) -> int:
    """Rett oppsettet av reglene i alle filene, eller i dem som er nevnt. Prosa og kommentarer står som de er."""
    files = [file for path in paths or (folder,) for file in _rule_files(path)]
    settled = {path: _settled(path) for path in files}
    unsettled = {path: text for path, text in settled.items() if text is not None and text != path.read_bytes()}
    for path, text in unsettled.items():
        click.echo(f"{path.as_posix()} {'ville blitt endret' if only_check else 'er endret'}")
        if not only_check:
            path.write_bytes(text)
    what = "ville blitt" if only_check else "er"
    click.echo(f"{len(unsettled)} av {len(files)} filer {what} endret", err=True)
    return FAULTS if None in settled.values() or (only_check and unsettled) else FINE


def _settled(path: Path) -> bytes | None:
    """The settled text of a file; None, with its faults shown, where it cannot be read."""
    source, faults = Source.read(path, path.as_posix())
    text = ""
    if not faults:
        text, faults = formatted(path.as_posix(), path.read_bytes().decode("utf-8"))
    for fault in faults:
        click.echo(as_text(fault, source), err=True)
    return None if has_errors(faults) else text.encode()


def _rule_files(path: Path) -> list[Path]:
    """The rule files under a folder, or the one file that is named."""
    if path.is_dir():
        return list(rule_files(path))
    if not path.is_file():
        raise click.UsageError(f"«{path}» finnes ikke")
    if path.suffix not in SUFFIXES:
        raise click.UsageError(f"«{path}» er ingen regelfil: den slutter ikke på {' eller '.join(SUFFIXES)}")
    return [path]


@cli.command()
@click.argument("name", metavar="REGELVERK")
@click.option(
    "--format",
    "form",
    type=click.Choice(["tekst", "markdown"]),
    default="tekst",
    help="Regler med prosaen som kommentarer, eller Markdown.",
)
@folder_option
def konsolider(name: str, form: str, folder: Path) -> int:
    """Vis hele regelverket for ett år i regelspråket, med alt som er arvet, skrevet ut."""
    library = _sound(folder)
    if library is None:
        return FAULTS
    rulebook = _one(library, name)
    render, path = {"tekst": (consolidate.as_text, "k.regel"), "markdown": (consolidate.as_markdown, "k.md")}[form]
    text = render(rulebook)
    click.echo(text, nl=False)
    if not consolidate.says_the_same(rulebook, text, path):
        note = "lest som et eget regelverk sier teksten ikke i alt det samme som"
        click.echo(f"advarsel: {note} {rulebook.name}: noe der kan ikke skrives uten året før", err=True)
    return FINE


@cli.command()
@click.argument("scheme", metavar="ORDNING")
@click.argument("year", metavar="ÅR", type=click.IntRange(1900, 2099))
@folder_option
def ny(scheme: str, year: int, folder: Path) -> int:
    """Lag mappen for et nytt regelår, med det siste året som grunnlag."""
    library = _sound(folder)
    if library is None:
        return FAULTS
    years = library.scheme(scheme)
    if not years:
        known = sorted({rulebook.scheme.lower() for rulebook in library.rulebooks()})
        hint = nearest(scheme, known) or f"ordningene er {', '.join(known)}"
        raise click.UsageError(f"ukjent ordning «{scheme}»: {hint}")
    last = years[-1]
    target = library.years[last.name].folder.parent / str(year)
    if target.exists() or f"{last.scheme.lower()}-{year}" in library.years:
        raise click.ClickException(f"«{target.as_posix()}» finnes fra før")
    if year < last.year:
        raise click.UsageError(f"{last.name} er det siste året; et nytt år må komme etter det")
    target.mkdir()
    for file, text in new_year(last, year).items():
        (target / file).write_text(text, encoding="utf-8", newline="\n")
        click.echo(f"{(target / file).as_posix()} er laget")
    return FINE


@cli.group(cls=Group)
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
    except import_weights.UnreadableList as fault:
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
    library = _load(folder.resolve().parent.parent)
    found = next((y for y in library.years.values() if y.folder.resolve() == folder.resolve()), None)
    if found is None or found.rulebook is None or has_errors(found.faults):
        _show(found.faults if found else library.diagnostics(), library, "tekst")
        raise click.ClickException(f"regelverket i «{folder}» har feil som må rettes først")
    before = f"{found.rulebook.scheme.lower()}-{found.rulebook.base}"
    return found.rulebook, library.years[before].rulebook if before in library.years else None


# ---- loading


def checked(library: Library) -> list[Diagnostic]:
    """Every fault in a library, the examples included, by place."""
    found = [d for rulebook in library.rulebooks() for d in failing_examples(rulebook)]
    return sorted({*library.diagnostics(), *found}, key=lambda d: (d.span.path, d.span.line, d.span.column, d.code))


def _load(folder: Path) -> Library:
    if not folder.is_dir():
        raise click.UsageError(f"mappen «{folder}» finnes ikke; gå til mappen med «rulebooks», eller skriv --mappe")
    return load(folder)


def _sound(folder: Path) -> Library | None:
    """The library when it has no errors; else its faults are shown."""
    library = _load(folder)
    found = checked(library)
    if has_errors(found):
        _show(found, library, "tekst")
        return None
    return library


def _show(
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


def _by_scheme(library: Library) -> Iterator[list[Rulebook]]:
    for scheme in sorted({rulebook.scheme for rulebook in library.rulebooks()}):
        yield library.scheme(scheme)


def _one(library: Library, name: str) -> Rulebook:
    """The rulebook with a name."""
    for rulebook in library.rulebooks():
        if rulebook.name == name.lower():
            return rulebook
    known = [rulebook.name for rulebook in library.rulebooks()]
    hint = nearest(name, known) or f"regelverkene er {', '.join(known)}"
    raise click.UsageError(f"ukjent regelverk «{name}»: {hint}")


def _years(library: Library, name: str) -> list[Rulebook]:
    """The rulebook with a name, or all years of the scheme with that name."""
    return library.scheme(name) or [_one(library, name)]


def _record(years: Sequence[Rulebook], record: str | None, columns: Any) -> str:
    """The kind of record asked for, or the one that columns fit best."""
    tops = [r.id for r in years[-1].top_records()]
    if record is None:
        return bulk.record_for(years[-1], columns).id
    for known in tops:
        if known.lower() == record.lower():
            return known
    raise click.UsageError(
        f"ukjente opplysninger «{record}»: {nearest(record, tops) or 'velg mellom ' + ', '.join(tops)}"
    )


# ---- rows


class _Judge:
    """The answer for a row: by the one rule year, or by the year that the row's date says."""

    def __init__(self, years: Sequence[Rulebook], package: ModuleType, record: str, date_column: str) -> None:
        self.modules = {year.year: (package.aar(year.year), year.name) for year in years}
        self.package = package
        self.years = years
        self.record = record
        self.date_column = date_column

    def __call__(self, row: bulk.Row) -> tuple[Svar, str]:
        if len(self.years) == 1:
            module, name = self.modules[self.years[0].year]
            return bulk.answer(row, lambda data: module.grupper_data(data, self.record)), name
        given = row.get(self.date_column)
        try:
            day = date.fromisoformat(str(given)[:10])
            year = next(
                y for y in reversed(self.years) if y.valid_from <= day and (y.valid_to is None or day <= y.valid_to)
            )
        except (ValueError, StopIteration):
            what = f"{self.date_column} er «{given or ''}»; ventet en dato som et regelår gjelder for, som 2020-12-31"
            return bulk.answer({"_feil": row.get("_feil", what)}, self.modules[self.years[0].year][0].grupper_data), ""
        module, name = self.modules[year.year]
        return bulk.answer(row, lambda data: module.grupper_data(data, self.record)), name


def _peeked(table: bulk.Table) -> list[bulk.Row]:
    """The rows of a file."""
    return list(table.rows)


def _columns(rows: Sequence[bulk.Row]) -> list[str]:
    """The columns of JSON rows, in the order they were first seen."""
    return list(dict.fromkeys(key for row in rows for key in row if not key.startswith("_")))


def _note_columns(
    rulebook: Rulebook, kind: str, table: bulk.Table, rows: Sequence[bulk.Row], date_column: str | None
) -> None:
    """Name the columns that the rulebook lacks, once."""
    columns = [c for c in (table.columns or _columns(rows)) if c != date_column]
    note = bulk.unknown_columns(rulebook, rulebook.record(kind), columns)
    if note:
        click.echo(note, err=True)


def _delimiter(out: Path | None, table: bulk.Table) -> str | None:
    """How the answers are written: by the name of the file, or as the rows came."""
    if out is None:
        return table.delimiter
    if out.suffix.lower() in (".jsonl", ".ndjson", ".json"):
        return None
    if out.suffix.lower() not in (".csv", ".txt", ".tsv"):
        raise click.UsageError(f"«{out.name}» må slutte på .csv eller .jsonl")
    return table.delimiter or ";"


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
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
    except bulk.UnreadableFile as fault:
        raise click.ClickException(str(fault)) from None


@contextmanager
def _written(path: Path | None) -> Iterator[TextIO]:
    """A file to write, or the screen."""
    if path is None:
        yield sys.stdout
        return
    try:
        with path.open("w", encoding="utf-8", newline="") as stream:
            yield stream
    except (FileNotFoundError, PermissionError, IsADirectoryError):
        raise click.ClickException(f"«{path}» kan ikke skrives") from None


def _show_table(rulebook: Rulebook, kind: str, shown: Sequence[tuple[bulk.Row, Svar]]) -> None:
    """The answers as a table on the screen, with the reasons under it."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    terms = [t for t in rulebook.terms if t.in_result and t.record == kind]
    grouping = rulebook.grouping_of(kind)
    first = next((key for row, _ in shown for key in row), "rad")
    table = Table(title=f"{rulebook.title} ({rulebook.name})", box=box.SIMPLE_HEAD, title_justify="left")
    for heading in [first, "status", *(["gruppe"] if grouping else [])]:
        table.add_column(heading, no_wrap=True)
    for term in terms:
        unit = f" ({term.unit.shown})" if term.unit and term.unit.shown != term.id else ""
        table.add_column(f"{lest(term.id)}{unit}", justify="right")
    notes = []
    for row, svar in shown:
        values = ["–" if (value := svar.verdier.get(t.id)) is None else vist(value) for t in terms]
        group = [svar.gruppe or "–"] if grouping else []
        table.add_row(str(row.get(first, "")), svar.status, *group, *values)
        because = [*samlede_grunner(svar), *(f"varsel: {varsel.tekst}" for varsel in svar.varsler)]
        notes += [f"  {row.get(first, '')}: {text}" for text in because]
    console = Console(width=None if sys.stdout.isatty() else 110, highlight=False)
    console.print(table)
    if notes:
        console.print("Merknader:\n" + "\n".join(notes), markup=False)
