"""The command `regelverk styrkeproeve`: which changes to the rules no example notices, and what would."""

from collections.abc import Iterable
from pathlib import Path

import click

from compiler.cli_library import FAULTS, FINE, folder_option, sound, years_named
from compiler.logic.check import is_large
from compiler.model import Rulebook
from compiler.mutation.mutants import Mutant
from compiler.norwegian import Command
from compiler.pipeline import Library
from dsl.diagnostics import nearest


@click.command(cls=Command)
@click.argument("names", nargs=-1, metavar="[REGELVERK]…")
@click.option("--regel", "rule", metavar="ID", help="Endre bare denne regelen, raden, satsen eller koden.")
@click.option("--format", "form", type=click.Choice(["tekst", "json"]), default="tekst", help="Hvordan svaret vises.")
@click.option(
    "--minst",
    "least",
    metavar="PROSENT",
    type=click.IntRange(0, 100),
    default=0,
    help="Avslutt med kode 1 når eksemplene merker færre av endringene enn dette.",
)
@folder_option
def styrkeproeve(names: tuple[str, ...], rule: str | None, form: str, least: int, folder: Path) -> int:
    """Endre én ting om gangen i reglene, og finn endringene som ingen eksempler merker.

    REGELVERK er et år eller en ordning; uten det prøves alle. Det som endres, er vilkår, grenser, koder, beløp og
    satser, linjer, krav, unntak, rader og rekkefølgen. Det et år har arvet, endres i året det er skrevet, og da kan
    også eksemplene i årene etter merke det. For hver endring som ikke merkes, vises et eksempel som ville gjort det.
    """
    from compiler.mutation.judge import judged
    from compiler.mutation.report import Figures, Finding, as_json, as_text, examined

    library = sound(folder, *names)
    if library is None:
        return FAULTS
    meant = _meant(library, names)
    for name in [rulebook.name for rulebook in meant if rule is None and is_large(rulebook)]:
        click.echo(f"{name} har så mange regler at det tar lang tid; --regel ID prøver én av dem", err=True)

    def wanted(mutant: Mutant) -> bool:
        return rule is None or mutant.definition.id == rule

    figures: dict[str, Figures] = {rulebook.name: Figures() for rulebook in meant}
    findings: list[Finding] = []
    schemes = {rulebook.scheme for rulebook in meant}
    years = [rulebook for rulebook in library.rulebooks() if rulebook.scheme in schemes]
    changes = judged(years, lambda rulebook: rulebook.name in figures, wanted=wanted)
    for one, counted, finding in examined(changes, library.sources):
        figures[one.year.rulebook.name] += counted
        findings += [finding] if finding is not None else []
    whole = sum(figures.values(), Figures())
    if rule is not None and not whole.tried:
        raise click.UsageError(_nothing(meant, rule))
    told = as_text(figures, findings) if form == "tekst" else [as_json(figures, findings)]
    for line in told:
        click.echo(line)
    return FAULTS if whole.share_of_examples * 100 < least else FINE


def _meant(library: Library, names: Iterable[str]) -> list[Rulebook]:
    """The years that are named, or all, each once."""
    named = [rulebook for name in names for rulebook in years_named(library, name)]
    return list({rulebook.name: rulebook for rulebook in named or library.rulebooks()}.values())


def _nothing(meant: Iterable[Rulebook], rule: str) -> str:
    """Why there is nothing to change in a rule: it is not there, or another year states it."""
    every = {one.id: rulebook for rulebook in meant for _, one in rulebook.definitions()}
    if rule not in every:
        hint = nearest(rule, list(every))
        return f"ingen regel heter «{rule}»{f'; {hint}' if hint else ''}"
    return f"det er ikke noe å endre i «{rule}» her: prøv året den er skrevet, eller hele ordningen"
