"""The command `regelverk samle`: what many records are together, over a month or a stay, and where each went."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from compiler.bulk.columns import unknown_columns
from compiler.bulk.gathering import as_gathered, needed
from compiler.bulk.sources import CsvSource, JsonSource, columns_of, has_arrow
from compiler.bulk.tables import beside, columns_of_table, length, only, rows_of, write_table
from compiler.cli_group import JSONL, PARQUET, row_source, whole
from compiler.cli_library import FAULTS, FINE, folder_option, one, sound
from compiler.gather import gathered_kinds
from compiler.model import Rulebook
from compiler.names import identifier
from compiler.norwegian import Command
from compiler.packages import imported
from compiler.runtime.forklaring import vist
from compiler.runtime.verdier import lest
from dsl.diagnostics import nearest

SHOWN = 40
"""So many collections of each kind, and so many records, are shown on the screen."""
_WIDEST = 100
_FORMS = {"csv": ".csv", "jsonl": ".jsonl", "parquet": ".parquet"}


@click.command(cls=Command)
@click.argument("name", metavar="REGELVERK")
@click.argument("inn", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "-o", "--ut", "out", type=click.Path(path_type=Path), help="Mappen svarene skrives til; ellers på skjermen."
)
@click.option("--opplysninger", "record", help="Hva slags opplysninger radene er; ellers det første som samles.")
@click.option("--samling", "wanted", multiple=True, metavar="NAVN", help="Bare denne samlingen; kan gis flere ganger.")
@click.option("--form", type=click.Choice(list(_FORMS)), help="Hva slags filer; ellers som radene kom.")
@folder_option
def samle(
    name: str, inn: Path, out: Path | None, record: str | None, wanted: tuple[str, ...], form: str | None, folder: Path
) -> int:
    """Samle kontakter fra CSV, JSONL eller Parquet etter pasient og periode, og grupper hver samling.

    REGELVERK er isf-2023. I mappen blir det én fil for hver samling, med nøklene, antallet og svaret, og én med
    kontaktene, der hver rad sier hvilken samling og gruppe den gikk til, eller hvorfor ikke. Filen må ha alle
    kontaktene til hver pasient; rekkefølgen på radene har ingenting å si.
    """
    form = form or _form_of(inn)
    if form == "parquet" and not has_arrow():
        raise click.UsageError('Parquet krever pyarrow; installer det med «pip install "regelverk[masse]"»')
    library = sound(folder, name)
    if library is None:
        return FAULTS
    rulebook = one(library, name)
    kind = _kind(rulebook, record)
    with imported([rulebook]) as package:
        module = package.aar(rulebook.year)
        rules = _chosen(rulebook, module.SAMLINGER[kind], wanted)
        rows, columns = _read(inn)
        note = unknown_columns(rulebook, rulebook.record(kind), columns)
        if note:
            click.echo(note, err=True)
        tables = _gathered(package, rules, rows)
        rules = [rule for rule in rules if not wanted or rule.navn.lower() in {one.lower() for one in wanted}]
        told_of = import_module("._runtime.samling", package.__name__).sporkolonner
        tables[kind] = only(tables[kind], [column for rule in rules for column in told_of(rule)])
        if out is None:
            _show(rulebook, rules, rows, tables)
        else:
            _write(out, _FORMS[form], rules, beside(rows, tables[kind]), tables)
        for line in _summary(rules, tables):
            click.echo(line, err=True)
    return FINE


def _form_of(inn: Path) -> str:
    """The form of file that the rows came in."""
    suffix = inn.suffix.lower()
    return "parquet" if suffix in PARQUET else "jsonl" if suffix in JSONL else "csv"


def _kind(rulebook: Rulebook, record: str | None) -> str:
    """The kind of record that is gathered."""
    kinds = gathered_kinds(rulebook)
    if not kinds:
        raise click.UsageError(f"{rulebook.name} har ingen samlinger")
    if record is None:
        return kinds[0]
    known = next((kind for kind in kinds if kind.lower() == record.lower()), None)
    if known is None:
        raise click.UsageError(f"«{record}» samles ikke: {nearest(record, kinds) or 'velg mellom ' + ', '.join(kinds)}")
    return known


def _chosen(rulebook: Rulebook, rules: Sequence[Any], wanted: Sequence[str]) -> list[Any]:
    """The collections asked for, and those whose terms they can name."""
    if not wanted:
        return list(rules)
    known = {rule.navn.lower(): rule for rule in rules}
    for name in wanted:
        if name.lower() not in known:
            names = [rule.navn for rule in rules]
            hint = nearest(name, names) or f"samlingene er {', '.join(names)}"
            raise click.UsageError(f"{rulebook.name} har ingen samling «{name}»: {hint}")
    return needed(rules, wanted)


# ---- rows in


def _read(inn: Path) -> tuple[Any, list[str]]:
    """The rows of a file: in columns when it is Parquet, else one by one."""
    with row_source(inn) as source:
        if not isinstance(source, CsvSource | JsonSource):
            import pyarrow as pa

            return pa.Table.from_batches(source.batches(), schema=source.schema), source.columns
        rows = list(source.rows())
        columns = source.columns if isinstance(source, CsvSource) else columns_of(rows)
        return [as_gathered(row) for row in rows], columns


def _gathered(package: ModuleType, rules: Sequence[Any], rows: Any) -> dict[str, Any]:
    """The collections of each kind, and what became of each record: tables of rows, or in columns."""
    table = _as_columns(rows)
    if table is not None:
        found: dict[str, Any] = import_module("._runtime.samling_parti", package.__name__).samle_parti(rules, table)
        return found
    runtime = import_module("._runtime.samling", package.__name__)
    told: dict[str, Any] = runtime.som_rader(rules, runtime.samle(rules, rows))
    return told


def _as_columns(rows: Any) -> Any:
    """The rows in columns, where that is how they are or can be; None where they must be taken one by one."""
    if not isinstance(rows, list):
        return rows
    if not has_arrow() or not all(isinstance(row, dict) for row in rows):
        return None
    import pyarrow as pa

    names = dict.fromkeys(name for row in rows for name in row)
    try:
        return pa.table({name: pa.array([row.get(name) for row in rows]) for name in names}) if names else None
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return None


def _write(out: Path, suffix: str, rules: Sequence[Any], records: Any, tables: Mapping[str, Any]) -> None:
    """A file for each collection, and one for the records."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise click.ClickException(f"mappen «{out}» kan ikke lages") from None
    named = {rule.kolonne: tables[rule.navn] for rule in rules} | {identifier(rules[0].post).lower(): records}
    for name, table in named.items():
        with whole(out / f"{name}{suffix}") as path:
            write_table(path, suffix, table)


# ---- on the screen


def _show(rulebook: Rulebook, rules: Sequence[Any], rows: Any, tables: Mapping[str, Any]) -> None:
    """The tables on the screen: the collections, and what became of each record."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    for rule in rules:
        console.print(_drawn(rulebook.record(rule.navn).title or rule.navn, rule, tables[rule.navn]))
    console.print(f"Hvor hver {lest(rules[0].post).lower()} ble av", style="italic")
    fates = tables[rules[0].post]
    shown = zip(range(SHOWN), rows if isinstance(rows, list) else rows_of(rows), rows_of(fates), strict=False)
    for number, row, fate in shown:
        console.print(f"  {number + 1}. {_short(row)}", markup=False)
        for line in _fate(rules, fate):
            console.print(f"       {line}", markup=False)
    if length(fates) > SHOWN:
        console.print(f"  … og {_number(length(fates) - SHOWN)} rader til")


def _drawn(title: str, rule: Any, table: Any) -> Any:
    """The collections of one kind as a table; the columns that say nothing are left out."""
    from rich import box
    from rich.table import Table

    names = {key.felt: key.navn for key in rule.noekler} | {b.kolonne: b.id for b in rule.regler.beregninger}
    shown = [row for _, row in zip(range(SHOWN), rows_of(table), strict=False)]
    filled = [column for column in columns_of_table(table) if any(row.get(column) not in (None, "") for row in shown)]
    drawn = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    columns = [column for column in filled if column != "gruppe"]
    for column in columns:
        drawn.add_column(lest(names.get(column, column)), overflow="fold")
    for row in shown:
        drawn.add_row(*("" if row.get(column) is None else vist(row[column]) for column in columns))
    if length(table) > SHOWN:
        drawn.caption = f"… og {_number(length(table) - SHOWN)} til"
    return drawn


def _short(row: Any) -> str:
    """A record by what it says first."""
    if not isinstance(row, dict):
        return str(row)
    return " · ".join(str(value) for value in row.values() if value not in (None, "", []))[:_WIDEST]


def _fate(rules: Sequence[Any], fate: Mapping[str, Any]) -> Iterator[str]:
    """What became of a record: where it went, and why no group uses it; the same reason once."""
    told: set[str] = set()
    for rule in rules:
        number, groups = fate[rule.kolonne], fate.get(f"{rule.kolonne}_grupper")
        reason = fate[f"{rule.kolonne}_grunn"]
        where = rule.navn if number is None else f"{rule.navn} {number}"
        said = groups or (reason if reason not in told else "")
        told.add(reason)
        if number is not None or said:
            yield f"{where}{f': {said}' if said else ''}"


def _summary(rules: Sequence[Any], tables: Mapping[str, Any]) -> Iterator[str]:
    """How many there are of each collection, by status."""
    for rule in rules:
        table = tables[rule.navn]
        statuses = [row["status"] for row in table] if isinstance(table, list) else table.column("status").to_pylist()
        counts = Counter(statuses)
        told = ", ".join(f"{_number(counts[status])} {status}" for status in sorted(counts))
        yield f"{rule.navn}: {_number(len(statuses))}{f' ({told})' if told else ''}"


def _number(number: int) -> str:
    return f"{number:,}".replace(",", " ")
