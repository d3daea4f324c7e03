"""The command `regelverk`."""

import json
import re
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from compiler import compare, compare_text, consolidate
from compiler.bulk.columns import unknown_columns
from compiler.cli_consequences import konsekvens
from compiler.cli_editor import followed, spraaktjener
from compiler.cli_gather import samle
from compiler.cli_group import grupper, vurder
from compiler.cli_import import importer
from compiler.cli_library import (
    BROKEN,
    FAULTS,
    FINE,
    WRONG_USE,
    checked,
    folder_option,
    load_folder,
    one,
    opened,
    read_more,
    record_named,
    require_folder,
    show,
    shown,
    sound,
    years_named,
)
from compiler.cli_logic import vitne
from compiler.cli_message import melding
from compiler.cli_preview import vis
from compiler.cli_strength import styrkeproeve
from compiler.examples import answers, failing_examples, gathered_rows
from compiler.kept import Kept, Outcome
from compiler.logic.check import Logic, checked_logic
from compiler.model import Example, Rulebook
from compiler.new_year import new_year
from compiler.norwegian import Group, norwegian_help
from compiler.packages import imported
from compiler.pipeline import SUFFIXES, Library, Year, rule_files
from compiler.report import as_text, in_colour
from compiler.runtime.samlet import Samlet, Samling
from dsl.diagnostics import Diagnostic, has_errors, in_order, nearest
from dsl.formatter import formatted
from dsl.source import Source


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


cli.add_command(importer)
cli.add_command(spraaktjener)
cli.add_command(vis)


@cli.command()
@click.argument("paths", nargs=-1, metavar="[STI]…", type=click.Path(path_type=Path))
@folder_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["tekst", "json", "sarif", "github"]),
    default="tekst",
    help="Hvordan feil vises.",
)
@click.option(
    "--logikk/--uten-logikk",
    "logic",
    default=None,
    help="Sjekk også logikken i store regelverk, eller ikke i noen; ellers i alle som ikke tar lang tid.",
)
@click.option("--paa-nytt", "again", is_flag=True, help="Sjekk alt, også når ingenting er endret siden sist.")
@click.option("--folg", "follow", is_flag=True, help="Bli ved, og sjekk på nytt hver gang en fil blir lagret.")
def sjekk(paths: tuple[Path, ...], folder: Path, form: str, logic: bool | None, again: bool, follow: bool) -> int:
    """Finn alle feil i regelverkene, eksemplene medregnet."""
    require_folder(folder)
    for path in paths:
        _check_path(path, folder)
    if follow:
        often = logic is True
        return followed(folder, lambda library, found: _told(_outcome(library, found, paths, form, often)))
    return _check(paths, folder, form, logic, again)


def _check(paths: Sequence[Path], folder: Path, form: str, logic: bool | None, again: bool) -> int:
    """Check the rulebooks once and say what is wrong."""
    kept = Kept(folder, [*map(str, paths), form, logic, in_colour()])
    outcome = None if again else kept.recalled()
    if outcome is None:
        library = load_folder(folder)
        outcome = _outcome(library, checked(library), paths, form, logic)
        if not any(fault.code == "R115" for fault in library.diagnostics()):  # Such a file may come, or be mended.
            kept.keep(outcome, library.sources)
    return _told(outcome)


def _told(outcome: Outcome) -> int:
    """Tell what a check came to."""
    for text, err in outcome.texts:
        click.echo(text, err=err)
    return outcome.code


def _outcome(
    library: Library, faults: Sequence[Diagnostic], paths: Sequence[Path], form: str, logic: bool | None
) -> Outcome:
    """What is wrong with the rulebooks, or with those of some paths."""
    years = [y for y in library.years.values() if not paths or any(_is_under(f, paths) for f in rule_files(y.folder))]
    proved = Logic(()) if logic is False else checked_logic(library, lambda year: year in years, wanted=logic is True)
    told = in_order({*faults, *proved.findings})
    found = [d for d in told if not paths or _is_under(Path(d.span.path), paths)]
    faulty = [] if has_errors(found) else [y for y in years if _faulty_base(library, y)]
    texts = [*shown(found, library, form, with_summary=not faulty, years=len(years))]
    texts += [(line, True) for line in (*proved.summary(), *read_more(found)) if form == "tekst"]
    texts += [(f"{year.name} bygger på {_faulty_base(library, year)}, som har feil", True) for year in faulty]
    return Outcome(tuple(texts), FAULTS if has_errors(found) or faulty else FINE)


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


def _site_path(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """A path with a slash at both ends."""
    if not re.fullmatch(r"/([\w.~-]+/)*", value):
        raise click.BadParameter(f"«{value}» er ikke en sti som begynner og slutter med «/»")
    return value


@cli.command()
@folder_option
@click.option(
    "--til", "target", type=click.Path(path_type=Path), default=Path("build"), help="Hvor det bygges; ellers i build."
)
@click.option("--uten-nettsted", is_flag=True, help="Bare pakker og JSON.")
@click.option(
    "--sti",
    "at",
    default="/",
    callback=_site_path,
    help="Stien nettstedet skal ligge under på tjeneren, som «/regelverk/»; den trengs av siden for feil adresser.",
)
def bygg(folder: Path, target: Path, uten_nettsted: bool, at: str) -> int:
    """Bygg pakkene, JSON og nettstedet av alle regelverkene."""
    from compiler.build import build_json, build_packages, build_site

    library = sound(folder)
    if library is None:
        return FAULTS
    build_packages(library, target, click.echo)
    build_json(library, target, click.echo)
    if not uten_nettsted:
        warnings = build_site(library, target, click.echo, at)
        for warning in warnings:
            click.echo(warning, err=True)
        if warnings:
            return FAULTS
    return FINE


@cli.command()
@folder_option
def test(folder: Path) -> int:
    """Kjør eksemplene i alle regelverkene, med referansen og med de genererte pakkene."""
    from compiler.build import schemes

    library = load_folder(folder)
    if has_errors(library.diagnostics()):
        show(library.diagnostics(), library, "tekst")
        return FAULTS
    faults = 0
    for years in schemes(library):
        with imported(years) as package:
            for rulebook in years:
                faults += _test_year(rulebook, package, library)
    return FAULTS if faults else FINE


def _test_year(rulebook: Rulebook, package: ModuleType, library: Library) -> int:
    """Run the examples of one rule year; the number that fail."""
    module = package.aar(rulebook.year)
    by_package = {e.id: _by_package(module, e) for e in rulebook.examples}
    found = [*failing_examples(rulebook, answers(rulebook)), *failing_examples(rulebook, by_package)]
    show(sorted(set(found), key=lambda d: d.span), library, "tekst", with_summary=False)
    failing = len({diagnostic.message for diagnostic in found})
    count = len(rulebook.examples)
    click.echo(f"{rulebook.name}: {count - failing} av {count} eksempler stemmer")
    return failing


def _by_package(module: ModuleType, example: Example) -> Any:
    """What the package answers an example; the collections are told by the classes that the reference has."""
    if not example.gathers:
        return module.grupper_data(example.given, example.record)
    found = module.samle(gathered_rows(example), example.record)
    made = {name: tuple(map(_collection, of_kind)) for name, of_kind in found.samlinger.items()}
    return Samlet(made, found.spor)


def _collection(one: Any) -> Samling:
    return Samling(one.navn, one.noekler, one.plasser, one.svar)


cli.add_command(melding)
cli.add_command(vitne)
cli.add_command(styrkeproeve)
cli.add_command(grupper)
cli.add_command(vurder)
cli.add_command(samle)
cli.add_command(konsekvens)


@cli.command()
@click.argument("name", metavar="REGELVERK")
@click.argument("inn", metavar="KONTAKT.json", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--opplysninger", "record", help="Hva slags opplysninger det er.")
@click.option("--hvorfor-ikke", "why_not", metavar="GRUPPE", help="Forklar hvorfor kontakten ikke får denne gruppen.")
@folder_option
def forklar(name: str, inn: Path, record: str | None, why_not: str | None, folder: Path) -> int:
    """Forklar svaret på én kontakt: hva som ble prøvd, hva som holdt, og hvor det står."""
    library = sound(folder, name)
    if library is None:
        return FAULTS
    rulebook = years_named(library, name)[-1]
    with opened(inn) as source:
        text = source.read()
    try:
        data = json.loads(text)
    except ValueError as fault:
        raise click.ClickException(f"«{inn}» er ikke JSON: {fault}") from None
    if not isinstance(data, dict):
        raise click.ClickException(f"«{inn}» skal være ett JSON-objekt med feltene til kontakten")
    kind = record_named([rulebook], record, data)
    note = unknown_columns(rulebook, rulebook.record(kind), data)
    if note:
        click.echo(note, err=True)
    if why_not is not None and why_not not in [group.id for group in rulebook.groups]:
        hint = nearest(why_not, [group.id for group in rulebook.groups])
        raise click.UsageError(f"{rulebook.name} har ingen gruppe «{why_not}»{f'; {hint}' if hint else ''}")
    with imported([rulebook]) as package:
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
    library = sound(folder, old, new)
    if library is None:
        return FAULTS
    found = compare.compare(one(library, old), one(library, new))
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
        click.echo(as_text(fault, {source.path: source}), err=True)
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
    library = sound(folder, name)
    if library is None:
        return FAULTS
    rulebook = one(library, name)
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
    library = sound(folder, scheme)
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
