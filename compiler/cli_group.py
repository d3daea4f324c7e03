"""The command `regelverk grupper`: the answers for a file of records."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from compiler.bulk.columns import result_columns, unknown_columns
from compiler.bulk.judge import Judge, Tally
from compiler.bulk.sources import CsvSource, JsonSource, Row, Source, UnreadableFile, columns_of, has_arrow
from compiler.bulk.writers import CsvWriter, JsonWriter, Writer
from compiler.cli_library import FAULTS, FINE, folder_option, opened, record_named, sound, years_named
from compiler.model import Rulebook
from compiler.norwegian import Command
from compiler.packages import imported
from compiler.runtime.forklaring import samlede_grunner, vist
from compiler.runtime.svar import Svar
from compiler.runtime.verdier import lest

if TYPE_CHECKING:
    import pyarrow as pa

    from compiler.bulk.batches import ChunkWriter
    from compiler.bulk.parquet import ParquetSource, ParquetWriter

CSV, JSONL, PARQUET = (".csv", ".txt", ".tsv"), (".jsonl", ".ndjson", ".json"), (".parquet",)
SHOWN = 1000
"""So many rows are shown on the screen."""

Item = TypeVar("Item")
Shown = list[tuple[Row, Svar]]


@click.command(cls=Command)
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
    """Grupper og pris kontakter fra CSV, JSONL eller Parquet: én rad inn er én rad ut.

    REGELVERK er isf-2020, eller isf når datoen på hver kontakt skal velge regelåret.
    Lister i CSV er skilt med mellomrom. Svarene skrives som filnavnet sier, ellers slik radene kom.
    """
    _refuse_unusable(inn, out, vis)
    library = sound(folder, name)
    if library is None:
        return FAULTS
    years = years_named(library, name)
    shown: Shown = []
    with ExitStack() as stack:
        package = stack.enter_context(imported(years))
        source = stack.enter_context(row_source(inn))
        if isinstance(source, JsonSource):
            source.columns = columns_of(followed("leser kolonnene", source.rows(), source))
        kind = record_named(years, record, source.columns)
        _note_columns(years, kind, source.columns, date_column)
        judge = Judge(years, package, kind, date_column)
        results = result_columns(years, kind)
        if vis or not _in_columns(source, out, judge):
            writer = stack.enter_context(_writer(source, out, judge, results)) if out is not None or not vis else None
            tally = _answered(source, judge, writer, shown if vis else None)
        else:
            tally = _answered_in_columns(source, judge, stack.enter_context(_chunk_writer(source, out, judge, results)))
    if vis:
        _show_table(years[-1], kind, shown)
        if (more := tally.rows() - len(shown)) > 0:
            click.echo(f"… og {more} rader til")
    click.echo(tally.text(), err=True)
    return FAULTS if tally.counts.get("feil i data") else FINE


vurder = Command(
    "vurder",
    callback=grupper.callback,
    params=grupper.params,
    help="""Vurder og pris regninger fra CSV, JSONL eller Parquet: én regning inn er én rad ut.

    REGELVERK er fastlege-2021, eller fastlege når datoen på hver regning skal velge regelåret.
    Linjene på en regning er JSON i CSV. I JSONL kommer hver linje ut igjen med svaret sitt. Det er det samme
    som «grupper», med navnet som passer når regelverket ikke har grupper.""",
)
"""The command `regelverk vurder`: the same as `grupper`, under the word for what is not grouped."""


def _refuse_unusable(inn: Path, out: Path | None, vis: bool) -> None:
    """Refuse what cannot be done, before anything is read."""
    if out is not None and out.suffix.lower() not in (*CSV, *JSONL, *PARQUET):
        raise click.UsageError(f"«{out.name}» må slutte på .csv, .jsonl eller .parquet")
    if (is_parquet(inn) or is_parquet(out)) and not has_arrow():
        raise click.UsageError('Parquet krever pyarrow; installer det med «pip install "regelverk[masse]"»')
    if vis and is_parquet(out):
        raise click.UsageError("«--vis» viser radene på skjermen; ta det bort når svarene skrives til Parquet")


def is_parquet(path: Path | None) -> bool:
    """Whether a file is Parquet, by its name."""
    return path is not None and path.suffix.lower() in PARQUET


def _note_columns(years: Sequence[Rulebook], kind: str, columns: Sequence[str], date_column: str) -> None:
    """Name the columns that the rulebook lacks, once."""
    others = [column for column in columns if len(years) == 1 or column != date_column]
    note = unknown_columns(years[-1], years[-1].record(kind), others)
    if note:
        click.echo(note, err=True)


# ---- rows in, answers out


def _answered(source: Source, judge: Judge, writer: Writer | None, shown: Shown | None) -> Tally:
    """Answer the rows one by one."""
    tally = Tally()
    for row in followed("grupperer", source.rows(), source):
        svar, name = judge(row)
        tally.add(svar.status)
        if writer is not None:
            writer.write(row, svar, name)
        if shown is not None and len(shown) < SHOWN:
            shown.append((row, svar))
    return tally


def _in_columns(source: Source, out: Path | None, judge: Judge) -> bool:
    """Whether the rows are grouped in columns: with Parquet, or rules that have a kernel, and never with JSONL."""
    if isinstance(source, JsonSource) or (out is not None and out.suffix.lower() in JSONL):
        return False
    in_arrow = not isinstance(source, CsvSource) or is_parquet(out)
    return in_arrow or (any(rules.kjerne is not None for rules in judge.rules()) and has_arrow())


def _answered_in_columns(source: Any, judge: Judge, writer: "ChunkWriter[Any]") -> Tally:
    """Answer the rows many at a time."""
    from compiler.bulk.batches import chunks, group

    return group(followed("grupperer", chunks(source), source), judge, writer)


def followed(what: str, items: Iterator[Item], source: Source) -> Iterator[Item]:
    """The items as they are read from a file; when that takes long, a bar on the terminal shows how far it has come."""
    if not source.large() or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as bar:
        task = bar.add_task(what, total=1)
        shown = monotonic()
        for item in items:
            if monotonic() > shown + 0.2:
                bar.update(task, completed=source.progress())
                shown = monotonic()
            yield item


# ---- files


@contextmanager
def row_source(path: Path) -> Iterator["CsvSource | JsonSource | ParquetSource"]:
    """The rows of a file, by the end of its name."""
    try:
        if is_parquet(path):
            yield _parquet_source(path)
            return
        with opened(path) as stream:
            size = 0 if str(path) == "-" else path.stat().st_size
            yield _text_source(path, stream, size)
    except UnreadableFile as fault:
        raise click.ClickException(str(fault)) from None


def _text_source(path: Path, stream: TextIO, size: int) -> CsvSource | JsonSource:
    suffix = path.suffix.lower()
    if suffix in JSONL:
        return JsonSource(stream, size)
    if suffix in (*CSV, ""):
        return CsvSource(stream, size)
    raise UnreadableFile(
        f"«{path.name}» er verken CSV, JSONL eller Parquet: filnavnet må slutte på .csv, .jsonl eller .parquet"
    )


def _parquet_source(path: Path) -> "ParquetSource":
    from compiler.bulk.parquet import ParquetSource

    if not path.exists():
        raise UnreadableFile(f"filen «{path}» finnes ikke")
    return ParquetSource(path)


@contextmanager
def _writer(source: Source, out: Path | None, judge: Judge, results: Sequence[str]) -> Iterator[Writer]:
    """What writes answers one by one, in the manner of the name of the output or of the file the rows came from."""
    if out is not None and is_parquet(out):
        from compiler.bulk.batches import ParquetRowWriter, text_schema

        with (
            _parquet_writer(out, text_schema(source.columns), judge, results) as writer,
            closing(ParquetRowWriter(writer, source.columns)) as rows,
        ):
            yield rows
        return
    with _written(out) as stream:
        delimiter = _delimiter(source, out)
        if delimiter is None:
            yield JsonWriter(stream, results)
        else:
            yield CsvWriter(stream, source.columns, results, delimiter)


@contextmanager
def _chunk_writer(source: Any, out: Path | None, judge: Judge, results: Sequence[str]) -> Iterator["ChunkWriter[Any]"]:
    """What writes answers many at a time."""
    from compiler.bulk.batches import CsvChunkWriter, text_schema

    if out is not None and is_parquet(out):
        schema = text_schema(source.columns) if isinstance(source, CsvSource) else source.schema
        with _parquet_writer(out, schema, judge, results) as writer:
            yield writer
        return
    with _written(out) as stream:
        yield CsvChunkWriter(stream, source.columns, results, _delimiter(source, out) or ";")


def _delimiter(source: Source, out: Path | None) -> str | None:
    """What is between cells in the answers; None when they are JSONL."""
    if out is None:
        return source.delimiter
    return None if out.suffix.lower() in JSONL else source.delimiter or ";"


@contextmanager
def _parquet_writer(out: Path, schema: "pa.Schema", judge: Judge, results: Sequence[str]) -> Iterator["ParquetWriter"]:
    """A Parquet file to write."""
    from compiler.bulk.batches import answer_schema
    from compiler.bulk.parquet import ParquetWriter

    with whole(out) as path, closing(ParquetWriter(path, schema, answer_schema(judge, results))) as writer:
        yield writer


@contextmanager
def _written(path: Path | None) -> Iterator[TextIO]:
    """A file to write, or the screen."""
    if path is None:
        yield sys.stdout
        return
    with whole(path) as part, part.open("w", encoding="utf-8", newline="") as stream:
        yield stream


def require_writable(path: Path) -> None:
    """Refuse a file that cannot be written."""
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise click.ClickException(f"«{path}» kan ikke skrives")


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A name beside a file, to write under; only when all is written does the file get its own name."""
    require_writable(path)
    if path.exists() and not path.is_file():
        yield path
        return
    target = path.resolve()
    part = target.with_name(f"{target.name}.{os.getpid()}.delvis")
    try:
        yield part
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


# ---- the answers on the screen


def _show_table(rulebook: Rulebook, kind: str, shown: Sequence[tuple[Row, Svar]]) -> None:
    """The answers as a table on the screen, with the reasons under it."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    terms = [t for t in rulebook.terms if t.in_result and t.record == kind]
    grouping = rulebook.grouping_of(kind)
    first = next((key for row, _ in shown for key in row), "rad")
    table = Table(title=f"{rulebook.title} ({rulebook.name})", box=box.SIMPLE_HEAD, title_justify="left")
    results = grouping.results if grouping is not None and rulebook.rules else ()
    for heading in [first, "status", *(["gruppe"] if grouping else []), *map(lest, results)]:
        table.add_column(heading, no_wrap=True)
    for term in terms:
        unit = f" ({term.unit.shown})" if term.unit and term.unit.shown != term.id else ""
        table.add_column(f"{lest(term.id)}{unit}", justify="right")
    notes = []
    for row, svar in shown:
        values = ["–" if (value := svar.verdier.get(t.id)) is None else vist(value) for t in terms]
        group = [svar.gruppe or "–"] if grouping else []
        group += [str(svar.verdier.get(name) or "–") for name in results]
        table.add_row(str(row.get(first, "")), svar.status, *group, *values)
        because = [*samlede_grunner(svar), *(f"varsel: {varsel.tekst}" for varsel in svar.varsler)]
        notes += [f"  {row.get(first, '')}: {text}" for text in because]
    console = Console(width=None if sys.stdout.isatty() else 110, highlight=False)
    console.print(table)
    if notes:
        console.print("Merknader:\n" + "\n".join(notes), markup=False)
