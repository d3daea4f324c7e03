"""What was found out of the logic, as the author reads it."""

from collections.abc import Iterator

from compiler import model
from compiler.logic.analysis import Analysis, Gap, Impossible
from compiler.logic.clashes import Clash, Overlap
from compiler.logic.order import Misplaced
from compiler.logic.search import Contradiction, Open, Taken
from compiler.logic.sought import Data, Sought, parts_of
from compiler.words import Words, order_words
from dsl.diagnostics import Diagnostic, warning

_MOST_NAMED = 3
_CALLED = {"gruppe": "gruppen", "regel": "regelen", "krav": "kravet"}


def logic_findings(found: Analysis) -> Iterator[Diagnostic]:
    """R408–R411, R415 and R416: all that was proved or shown of one rulebook."""
    rulebook = found.rulebook
    for sought, verdict in found.verdicts:
        if isinstance(verdict, Taken):
            yield _taken(rulebook, sought, verdict)
        elif isinstance(verdict, Contradiction):
            yield _contradiction(rulebook, sought, verdict)
    told = {sought.id for sought, verdict in found.verdicts if isinstance(verdict, Contradiction)}
    for impossible in found.impossible:
        if impossible.claim.owner.id not in told:
            yield _impossible(rulebook, impossible)
    for clash in found.clashes:
        yield _clash(clash)
    for overlap in found.overlaps:
        yield _overlap(overlap)
    never = {sought.id for sought, verdict in found.verdicts if isinstance(verdict, Taken)}
    yield from (_misplaced(one) for one in found.misplaced if one.late.id not in never)
    for gap in found.gaps:
        yield _gap(gap)


def why_none(rulebook: model.Rulebook, sought: Sought, verdict: Taken | Contradiction | Open) -> str:
    """Why there is no case that reaches a rule, or none that was found."""
    match verdict:
        case Open(why=why):
            return f"kan ikke avgjøres: {why}"
        case Taken():
            return _taken(rulebook, sought, verdict).message
        case Contradiction():
            return _contradiction(rulebook, sought, verdict).message


def _taken(rulebook: model.Rulebook, sought: Sought, verdict: Taken) -> Diagnostic:
    """R408: a rule that no case reaches, since those before it take all."""
    known = {one.id: one for _, one in rulebook.definitions() if isinstance(one, model.Group | model.Rule)}
    requirements = {one.id: one for one in rulebook.requirements}
    takers = [known[id_] for id_ in verdict.by] + [requirements[id_] for id_ in verdict.refused]
    own = f"{_CALLED[sought.kind]} «{sought.id}»"
    if verdict.by:
        through = f" som kommer gjennom {_listed(verdict.refused)}" if verdict.refused else ""
        message = f"{own} kan aldri nås: {_listed(verdict.by)} tar alle tilfellene{through} før"
        hint = f"{_moved_before(rulebook, sought, takers[0])}, snevr inn vilkåret der, eller ta den bort"
    else:
        message = (
            f"{own} kan aldri nås: ingen tilfeller som oppfyller vilkåret, kommer gjennom {_listed(verdict.refused)}"
        )
        hint = "rett vilkåret eller kravet"
    return _warning("R408", message, sought.definition, hint, takers[0])


def _moved_before(rulebook: model.Rulebook, sought: Sought, taker: model.Definition) -> str:
    """How a rule is put before another: what is inherited stands in another file, and is moved by a line of its own."""
    inherited = min(sought.definition.since, taker.since) < rulebook.year
    if inherited and sought.kind == "gruppe" and isinstance(taker, model.Group):
        return f"skriv «flytter gruppe {sought.id} før gruppe {taker.id}»"
    return f"flytt den foran «{taker.id}»"


def _contradiction(rulebook: model.Rulebook, sought: Sought, verdict: Contradiction) -> Diagnostic:
    """R409: a rule whose condition cannot hold; or a requirement that cannot be broken."""
    definition = sought.definition
    if isinstance(definition, model.Requirement):
        message = f"kravet «{sought.id}» kan aldri brytes"
        hint = "rett det som kreves, eller når det kreves; ellers sier kravet ingenting"
        return _warning("R409", message, definition, hint)
    words = Words(rulebook)
    if isinstance(definition, model.Rule):
        parts = [f"{column} {text}" for column, text in definition.cells.items()]
    else:
        assert definition.when is not None
        parts = [_plain(words.inline(part)) for part in parts_of(definition.when)]
    return _never(definition, f"{_CALLED[sought.kind]} «{sought.id}»", [parts[at_] for at_ in verdict.parts])


def _impossible(rulebook: model.Rulebook, found: Impossible) -> Diagnostic:
    """R408 and R409: a condition elsewhere that cannot hold, or a line that those before it leave nothing to."""
    owner = found.claim.owner
    words = Words(rulebook)
    kind = next(kind for kind, one in rulebook.definitions() if one is owner)
    called = {"krav": "kravet", "unntak": "unntaket"}.get(kind)
    if called is None:
        assert isinstance(owner, model.Term)
        called = "beregningen" if owner.in_result else "begrepet"
    parts = [_plain(words.inline(part)) for part in found.claim.parts]
    if found.taken:
        message = f"en linje i {called} «{owner.id}» blir aldri brukt: linjene før tar alt der {_joined(parts)}"
        return _warning("R408", message, owner, "flytt linjen lenger opp, eller ta den bort")
    return _never(owner, f"{called} «{owner.id}»", [parts[at_] for at_ in found.parts])


def _never(owner: model.Definition, called: str, parts: list[str]) -> Diagnostic:
    """R409: a condition that never holds, with the parts that are at odds."""
    if len(parts) == 1:
        message = f"vilkåret i {called} kan aldri være oppfylt: «{parts[0]}» holder aldri"
        return _warning("R409", message, owner, "rett verdien den er holdt opp mot, eller ta vilkåret bort")
    message = f"vilkåret i {called} kan aldri være oppfylt: {_joined(parts)} kan ikke holde samtidig"
    return _warning("R409", message, owner, "skriv «minst én av disse er oppfylt» hvis én er nok; ellers rett den ene")


def _clash(clash: Clash) -> Diagnostic:
    """R410: two exceptions that can hold at once."""
    names = f"«{clash.one.title or clash.one.id}» og «{clash.other.title or clash.other.id}»"
    if clash.case is None:
        message = f"det kan ikke avgjøres om unntakene {names} kan gjelde samtidig og gi ulikt svar"
        hint = "skriv i det ene at vilkåret i det andre ikke gjelder, så er det sikkert at de ikke gjør det"
    else:
        message = f"unntakene {names} kan gjelde samtidig og gi ulikt svar, og da kan ikke svaret beregnes"
        hint = f"skriv i det ene at det andre ikke gjelder; begge gjelder for {shown(clash.case)}"
    return _warning("R410", message, clash.other, hint, clash.one)


def _overlap(overlap: Overlap) -> Diagnostic:
    """R415: two groups that can take the same case, where no two should."""
    names = f"«{overlap.one.id}» og «{overlap.other.id}»"
    if overlap.case is None:
        message = f"det kan ikke avgjøres om {names} kan ta det samme tilfellet, og grupperingen velger den eneste"
        hint = "skriv i den ene at vilkåret i den andre ikke gjelder, så er det sikkert at de ikke gjør det"
    else:
        message = f"{names} tar det samme tilfellet, og grupperingen velger den eneste"
        hint = f"snevr inn den ene, eller skriv «velger første»; begge tar {shown(overlap.case)}"
    return _warning("R415", message, overlap.other, hint, overlap.one)


def _misplaced(found: Misplaced) -> Diagnostic:
    """R416: two groups or rules that do not stand in the order that the grouping says."""
    late, early = f"«{found.late.id}»", f"«{found.early.id}»"
    said = f"{late} ({found.said[0]}) skulle stått før {early} ({found.said[1]})"
    order = f"rekkefølgen er {order_words(found.order)}"
    if found.case is None:
        message = _plain(f"det kan ikke avgjøres om {said}: {order}")
        hint = "skriv i den ene at vilkåret i den andre ikke gjelder, så har rekkefølgen ingenting å si"
    else:
        message = _plain(f"{said}: {order}")
        hint = f"flytt den, eller snevr inn {early}, som nå tar {shown(found.case)} fra den"
    return _warning("R416", message, found.late, hint, found.early)


def _gap(gap: Gap) -> Diagnostic:
    """R411: a case that no group takes."""
    message = f"det er tilfeller som ingen gruppe i «{gap.grouping.id}» tar"
    hint = f"skriv «ellers GRUPPE» i grupperingen, eller en gruppe som tar {shown(gap.case)}"
    return _warning("R411", message, gap.grouping, hint)


def shown(case: Data) -> str:
    """A case on one line."""
    parts = []
    for name, value in case.items():
        match value:
            case []:
                parts.append(f"{name} tom")
            case [dict(), *_]:
                parts.append(f"{name} ({'; '.join(shown(line) for line in value)})")
            case list():
                parts.append(f"{name} {' '.join(value)}")
            case _:
                parts.append(f"{name} {value}")
    return ", ".join(parts) if parts else "et tilfelle der ingenting er oppgitt"


def _plain(text: str) -> str:
    """Words as a terminal shows them."""
    return text.replace("\u00a0", " ")


def _joined(parts: list[str]) -> str:
    quoted = [f"«{part}»" for part in parts]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} og {quoted[-1]}"


def _listed(ids: list[str] | tuple[str, ...]) -> str:
    """Some names, the first of them where there are many."""
    if len(ids) > _MOST_NAMED:
        return f"{', '.join(f'«{id_}»' for id_ in ids[:_MOST_NAMED])} og {len(ids) - _MOST_NAMED} til"
    return _joined(list(ids))


def _warning(
    code: str, message: str, about: model.Definition, hint: str, other: model.Definition | None = None
) -> Diagnostic:
    return warning(code, message, about.place.span, hint, other.place.span if other is not None else None)
