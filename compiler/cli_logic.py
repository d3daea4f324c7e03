"""The command `regelverk vitne`: for each rule, the smallest case that reaches it, or why there is none."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import click

from compiler.cli_library import FAULTS, FINE, folder_option, load_folder, one, show, sound
from compiler.logic.sought import Sought, sought_in
from compiler.model import Rulebook
from compiler.norwegian import Command
from compiler.pipeline import Library
from dsl.diagnostics import has_errors, nearest

_FENCE = "```"


@click.command(cls=Command)
@click.argument("name", metavar="REGELVERK")
@click.argument("rule", metavar="[REGEL]", required=False)
@click.option("--skriv", "write", is_flag=True, help="Legg eksempelet til i kapitlet som regelen står i.")
@folder_option
def vitne(name: str, rule: str | None, write: bool, folder: Path) -> int:
    """Finn det minste tilfellet som når en regel, og skriv det som et eksempel.

    REGEL er en gruppe, en rad i en regeltabell eller et krav; uten den vises alle. Tilfellet er prøvd: svaret i
    eksempelet er det regelverket gir. Når ingen tilfeller når regelen, står det hvorfor.
    """
    if write and rule is None:
        raise click.UsageError("si hvilken regel eksempelet er for: regelverk vitne REGELVERK REGEL --skriv")
    library = sound(folder, name)
    if library is None:
        return FAULTS
    rulebook = one(library, name)
    found = list(_answers(rulebook, _wanted(rulebook, rule)))
    if write:
        (_, example, why), *_ = found
        if example is None:
            raise click.ClickException(f"det er ikke noe eksempel å skrive: {why}")
        return _write(folder, library, rulebook, found[0][0], example)
    for sought, example, why in found:
        click.echo("\n".join(example) + "\n" if example is not None else f"# {sought.kind} {sought.id}: {why}\n")
    return FAULTS if rule is not None and found[0][1] is None else FINE


def _wanted(rulebook: Rulebook, rule: str | None) -> list[Sought]:
    """The rule with an id, or all."""
    every = list(sought_in(rulebook))
    found = [sought for sought in every if rule in (None, sought.id)]
    if not found and rule is not None:
        hint = nearest(rule, [sought.id for sought in every]) or f"{rulebook.name} har {len(every)} regler med vilkår"
        raise click.UsageError(f"{rulebook.name} har ingen gruppe, rad eller krav «{rule}»: {hint}")
    return found if rule is None else found[:1]


def _answers(rulebook: Rulebook, wanted: list[Sought]) -> Iterator[tuple[Sought, list[str] | None, str]]:
    """Each rule with its example; or with why there is none."""
    from compiler.logic.example import Unwritable, example_lines
    from compiler.logic.messages import shown, why_none
    from compiler.logic.search import Witness
    from compiler.logic.sieve import searched

    every = list(sought_in(rulebook))
    for record, of_record in groupby(wanted, key=lambda sought: sought.record.id):
        found = list(of_record)
        sought = [one for one in every if one.record.id == record]
        search = searched(rulebook, found[0].record, sought, wanted=found)
        for asked in found:
            verdict = search.verdict(asked)
            if not isinstance(verdict, Witness):
                yield asked, None, why_none(rulebook, asked, verdict)
                continue
            try:
                yield asked, example_lines(rulebook, asked, verdict.case), ""
            except Unwritable as fault:
                yield asked, None, f"{fault}; tilfellet er {shown(verdict.case)}"


def _write(folder: Path, library: Library, rulebook: Rulebook, sought: Sought, example: list[str]) -> int:
    """Put the example last in the chapter that the rule stands in; take it out again where it is not right there."""
    path = _chapter(library, rulebook, sought)
    before = path.read_text(encoding="utf-8")
    fenced = example if path.suffix == ".regel" else [f"{_FENCE}regel", *example, _FENCE]
    path.write_text(before.rstrip("\n") + "\n\n" + "\n".join(fenced) + "\n", encoding="utf-8", newline="\n")
    after = load_folder(folder, rulebook.name)
    faults = [fault for fault in after.diagnostics() if fault.span.path == path.as_posix()]
    if has_errors(faults):
        path.write_text(before, encoding="utf-8", newline="\n")
        show(faults, after, "tekst", with_summary=False)
        click.echo(f"{path.as_posix()} er ikke endret", err=True)
        return FAULTS
    click.echo(f"{path.as_posix()}: eksempelet {example[0].removeprefix('eksempel ')} er lagt til")
    return FINE


def _chapter(library: Library, rulebook: Rulebook, sought: Sought) -> Path:
    """The file of the year that the example belongs in: the rule's own chapter, as the year has it, or the first."""
    own = Path(sought.definition.place.path)
    files = [Path(document.source.path) for document in library.years[rulebook.name].documents]
    return next((file for file in files if file.name == own.name), files[0])
