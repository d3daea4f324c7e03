"""The command `regelverk konsekvens`: the same contacts by two rulebooks, and who moved."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import click

from compiler.bulk.columns import unknown_columns
from compiler.bulk.sources import JsonSource, columns_of, has_arrow
from compiler.cli_group import followed, is_parquet, require_writable, row_source, whole
from compiler.cli_library import FAULTS, FINE, folder_option, load_folder, one, record_named, show
from compiler.consequences.comparison import Asked, Comparison, prepared
from compiler.consequences.explained import Behind, Texts, behind
from compiler.consequences.files import ContactsWriter, counted, tables
from compiler.consequences.findings import Findings
from compiler.consequences.fit import DoNotFit
from compiler.consequences.html import as_html
from compiler.consequences.recode import Mapped, read_table
from compiler.consequences.tally import MOST_UNITS, TooManyUnits
from compiler.consequences.text import as_markdown, as_text
from compiler.lists import UnreadableList
from compiler.model import Record, Rulebook
from compiler.norwegian import Command
from compiler.pipeline import Library
from dsl.diagnostics import has_errors, nearest

_FORMS = {".txt": "tekst", ".md": "markdown", ".html": "html", ".htm": "html"}
_ROWS = {"tekst": 20, "markdown": 50, "html": 50}
_CONTACTS = {"tekst": 0, "markdown": 2, "html": 2}
_KEPT = 3
"""So many contacts at least are kept of each cell."""
_WIDTH = 110
"""The width of the text where it is not written to a terminal."""


@click.command(cls=Command)
@click.argument("old", metavar="FRA")
@click.argument("new", metavar="TIL")
@click.argument("inn", metavar="DATA", type=click.Path(path_type=Path, allow_dash=True))
@folder_option
@click.option(
    "--mot-mappe",
    "other",
    type=click.Path(path_type=Path),
    help="Mappen TIL ligger i, når det er en annen.",
)
@click.option("--opplysninger", "record", help="Hva slags opplysninger radene er; ellers etter kolonnene.")
@click.option(
    "--samling", "collection", metavar="NAVN", help="Samlingen radene samles i; så er det samlingene som sammenlignes."
)
@click.option("--enhet", "unit", metavar="KOLONNE", help="Kolonnen med sykehus eller annet som det skal summeres for.")
@click.option("--beregning", "measures", multiple=True, metavar="NAVN", help="Det som summeres; kan gis flere ganger.")
@click.option(
    "--omkoding",
    "table",
    type=click.Path(path_type=Path),
    help="CSV eller Excel med kolonnene fra og til: koder i dataene som er gått ut, og hva de heter i TIL.",
)
@click.option("--format", "form", type=click.Choice(list(_ROWS)), help="Ellers som filnavnet sier, eller tekst.")
@click.option(
    "-o", "--ut", "out", type=click.Path(path_type=Path), help="Filen rapporten skrives til; ellers på skjermen."
)
@click.option("--csv", "csv_folder", type=click.Path(path_type=Path), help="Mappen alt skrives til som CSV.")
@click.option(
    "--rader",
    "most",
    metavar="TALL",
    type=click.IntRange(1),
    help="Så mange rader har hver tabell; ellers 20 eller 50.",
)
@click.option(
    "--kontakter",
    "contacts",
    metavar="TALL",
    type=click.IntRange(0, 20),
    help="Så mange kontakter i hver celle forklares.",
)
def konsekvens(
    old: str,
    new: str,
    inn: Path,
    folder: Path,
    other: Path | None,
    record: str | None,
    collection: str | None,
    unit: str | None,
    measures: tuple[str, ...],
    table: Path | None,
    form: str | None,
    out: Path | None,
    csv_folder: Path | None,
    most: int | None,
    contacts: int | None,
) -> int:
    """Grupper de samme kontaktene etter to regelverk: hvem som flytter, og hva det blir i poeng og kroner.

    FRA og TIL er for eksempel isf-2020 og isf-2021. Med --mot-mappe kan de være det samme året i to mapper: slik det
    er, og et utkast. DATA er CSV, JSONL eller Parquet, som for «grupper», også regninger. Rapporten er tekst, Markdown
    eller én HTML-fil, som navnet etter -o sier. Eksemplene i et utkast behøver ikke stemme ennå.
    """
    form = _form(form, out)
    _refuse_unusable(old, new, inn, other)
    if out is not None:
        require_writable(out)
    if csv_folder is not None:
        _make_folder(csv_folder)
    shown = _CONTACTS[form] if contacts is None else contacts
    most = most or _ROWS[form]
    name = None if table is None else table.name
    asked = Asked(record or "", collection, unit, measures, _mapped(table), name, max(shown, _KEPT))
    rulebooks = _rulebooks(folder, old, new, other)
    if rulebooks is None:
        return FAULTS
    with _compared(rulebooks, inn, asked, csv_folder) as (found, texts):
        text = _rendered(form, found, behind(found, texts, most, shown) if shown else [], most)
    _write(out, text)
    if csv_folder is not None:
        for name, content in tables(found):
            _write(csv_folder / name, content)
    statuses = {place.status for places in found.tally.cells for place in places}
    return FAULTS if "feil i data" in statuses else FINE


def _form(form: str | None, out: Path | None) -> str:
    """The form of the report: what is asked for, or what the name of the file says."""
    if out is None:
        return form or "tekst"
    named = _FORMS.get(out.suffix.lower())
    if named is None and form is None:
        raise click.UsageError(f"«{out.name}» må slutte på .html, .md eller .txt, eller si hva det er med --format")
    return form or str(named)


def _refuse_unusable(old: str, new: str, inn: Path, other: Path | None) -> None:
    """Refuse what cannot be done, before anything is read."""
    if old.lower() == new.lower() and other is None:
        message = f"«{old}» og «{new}» er det samme regelverket; velg et annet år, eller si hvor det andre ligger"
        raise click.UsageError(f"{message} med --mot-mappe")
    if is_parquet(inn) and not has_arrow():
        raise click.UsageError('Parquet krever pyarrow; installer det med «pip install "regelverk[masse]"»')


def _make_folder(folder: Path) -> None:
    """The folder for CSV."""
    if folder.is_file():
        raise click.UsageError(f"«{folder}» er en fil; --csv skal være en mappe")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise click.ClickException(f"mappen «{folder}» kan ikke lages") from None
    require_writable(folder / "celler.csv")


def _mapped(table: Path | None) -> list[Mapped]:
    """The rows of the table that codes are mapped by."""
    if table is None:
        return []
    try:
        return read_table(table.name, table.read_bytes())
    except FileNotFoundError:
        raise click.ClickException(f"filen «{table}» finnes ikke") from None
    except OSError:
        raise click.ClickException(f"«{table}» kan ikke leses") from None
    except UnreadableList as fault:
        raise click.ClickException(str(fault)) from None


def _rulebooks(folder: Path, old: str, new: str, other: Path | None) -> tuple[Rulebook, Rulebook] | None:
    """The two rulebooks; None, with the faults shown, where something is wrong."""
    names = (old, new) if other is None else (old,)
    first = _library(folder, *names)
    second = first if other is None else _library(other, new)
    return None if first is None or second is None else (one(first, old), one(second, new))


def _library(folder: Path, *names: str) -> Library | None:
    """What some names need, when it has no errors; the examples of a draft need not be right yet."""
    library = load_folder(folder, *names)
    found = library.diagnostics()
    if has_errors(found):
        show(found, library, "tekst")
        return None
    return library


def _names(rulebooks: tuple[Rulebook, Rulebook]) -> tuple[str, str]:
    """What the two are called in the report."""
    before, after = (rulebook.name for rulebook in rulebooks)
    return (before, after) if before != after else (before, f"{after} ny")


# ---- the comparison


@contextmanager
def _compared(
    rulebooks: tuple[Rulebook, Rulebook], inn: Path, asked: Asked, csv_folder: Path | None
) -> Iterator[tuple[Findings, Texts]]:
    """What came of the comparison, and what explains contacts while the packages are there."""
    with ExitStack() as stack:
        source = stack.enter_context(row_source(inn))
        if isinstance(source, JsonSource):
            source.columns = columns_of(followed("leser kolonnene", source.rows(), source))
        asked = _fitted(rulebooks, source.columns, asked)
        try:
            comparison = stack.enter_context(prepared(*rulebooks, source.columns, asked, _names(rulebooks)))
        except DoNotFit as fault:
            raise click.UsageError(str(fault)) from None
        tally = comparison.tally()
        writer = None if csv_folder is None else stack.enter_context(_contacts(csv_folder, comparison))
        try:
            for part, read in comparison.parts(source, lambda rows: followed("grupperer", rows, source)):
                tally.add(part)
                if writer is not None:
                    writer.write(part, read)
        except TooManyUnits:
            limit = f"mer enn {MOST_UNITS} ulike verdier"
            raise click.UsageError(f"kolonnen «{asked.unit}» har {limit}; --enhet er for sykehus og slikt") from None
        data = "standard inn" if str(inn) == "-" else str(inn)
        yield comparison.findings(tally, f"Data: {data}"), comparison.texts()


def _fitted(rulebooks: tuple[Rulebook, Rulebook], columns: Sequence[str], asked: Asked) -> Asked:
    """What is asked for, on data with some columns."""
    before, _ = rulebooks
    if asked.unit is not None and asked.unit not in columns:
        hint = nearest(asked.unit, columns) or f"kolonnene er {', '.join(columns)}"
        raise click.UsageError(f"dataene har ingen kolonne «{asked.unit}»: {hint}")
    collection = None if asked.collection is None else _collection_named(before, asked.collection)
    kind = record_named([before], asked.kind or None, columns) if collection is None else _gathered(collection, asked)
    others = [column for column in columns if column != asked.unit]
    note = unknown_columns(before, before.record(kind), others)
    if note:
        click.echo(note, err=True)
    return replace(asked, kind=kind, collection=None if collection is None else collection.id)


def _collection_named(rulebook: Rulebook, name: str) -> Record:
    """The collection with a name."""
    known = {record.id: record for record in rulebook.records if record.gathering is not None}
    for id_, record in known.items():
        if id_.lower() == name.lower():
            return record
    hint = nearest(name, list(known)) or (f"samlingene er {', '.join(known)}" if known else "den har ingen")
    raise click.UsageError(f"{rulebook.name} har ingen samling «{name}»: {hint}")


def _gathered(collection: Record, asked: Asked) -> str:
    """The kind of record that a collection is made of."""
    assert collection.gathering is not None
    if asked.kind and asked.kind.lower() != collection.gathering.of.lower():
        raise click.UsageError(f"{collection.id} samles av {collection.gathering.of}, og ikke av «{asked.kind}»")
    return collection.gathering.of


@contextmanager
def _contacts(folder: Path, comparison: Comparison) -> Iterator[ContactsWriter]:
    """Writes all contacts to a file in the folder."""
    name = f"{counted(comparison.nouns)}.csv"
    with whole(folder / name) as part, part.open("w", encoding="utf-8", newline="") as stream:
        yield ContactsWriter(stream, comparison.nouns, comparison.told_columns, comparison.measures)


# ---- what is written


def _rendered(form: str, found: Findings, shown: Sequence[Behind], most: int) -> str:
    """The report in the form that is asked for."""
    if form == "html":
        return as_html(found, shown, most)
    if form == "markdown":
        return as_markdown(found, shown, most)
    on_screen = sys.stdout.isatty()
    return as_text(found, shown, most, shutil.get_terminal_size().columns if on_screen else _WIDTH)


def _write(out: Path | None, text: str) -> None:
    """A text to a file, or to the screen."""
    if out is None:
        click.echo(text, nl=False)
        return
    with whole(out) as part:
        part.write_text(text, encoding="utf-8", newline="\n")
    click.echo(f"{out} er skrevet", err=True)
