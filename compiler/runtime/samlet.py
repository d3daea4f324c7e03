"""Det som kommer ut når mange poster samles: samlingene, og hvor hver post ble av."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .svar import Grunn, Svar, Verdi

Noekler = Mapping[str, Verdi]
"""Det postene i en samling har felles, ved navn: pasienten, måneden."""


@dataclass(frozen=True, slots=True)
class Samling:
    """En samling: nøklene, plassene til postene i det som kom inn, og svaret."""

    navn: str
    noekler: Noekler
    plasser: tuple[int, ...]
    svar: Svar

    def poster_i(self, gruppe: str) -> tuple[int, ...]:
        """Plassene, i det som kom inn, til postene som en gruppe bruker."""
        brukt = [plass for valgt in self.svar.valgte if valgt.gruppe == gruppe for plass in valgt.brukt]
        return tuple(self.plasser[plass] for plass in brukt)


@dataclass(frozen=True, slots=True)
class Spor:
    """Hvor en post ble av i én slags samling: hvilken, gruppene som bruker den, og ellers hvorfor ingen gjør det."""

    samling: int | None
    """Nummeret på samlingen, fra 0; None når posten ikke er i noen."""
    grupper: tuple[str, ...] = ()
    grunner: tuple[Grunn, ...] = ()


@dataclass(frozen=True, slots=True)
class Samlet:
    """Samlingene av hvert slag, og for hver post inn hvor den ble av i hvert av dem."""

    samlinger: Mapping[str, tuple[Samling, ...]]
    spor: Mapping[str, tuple[Spor, ...]] = field(default_factory=dict)


def med_ordnede_grunner(svar: Svar) -> Svar:
    """Svaret, uavklart med grunnene i en rekkefølge som ikke følger postene."""
    if svar.status != "uavklart":
        return svar
    return replace(svar, grunner=tuple(sorted(svar.grunner, key=lambda grunn: (grunn.tekst, grunn.id))))


Skjebne = tuple[tuple[str, ...], tuple[Grunn, ...]]
"""Gruppene som bruker en post, og ellers hvorfor ingen gjør det."""


def spor_i(svar: Svar, antall: int, liste: str, gruppering: str | None) -> Iterator[Skjebne]:
    """For hver post i en samling: gruppene som bruker den, og når ingen gjør det, hvorfor."""
    linjer: Sequence[Any] = svar.lister.get(liste, ())
    for plass in range(antall):
        linje = linjer[plass] if plass < len(linjer) else None
        if linje is not None and linje.inngaar is False:
            yield (), linje.grunner
            continue
        grupper = tuple(valgt.gruppe for valgt in svar.valgte if plass in valgt.brukt)
        if grupper or gruppering is None:
            yield grupper, ()
        elif svar.status in ("uavklart", "inngår ikke", "ikke i utdraget") and not svar.forbigaatt:
            yield (), svar.grunner
        else:
            yield (), _forbi(svar, plass, gruppering)


def _forbi(svar: Svar, plass: int, gruppering: str) -> tuple[Grunn, ...]:
    """Hvorfor ingen gruppe bruker en post: gruppene som ville brukt den, og ikke ble gitt."""
    forbi = [valgt.gruppe for valgt in svar.forbigaatt if plass in valgt.brukt]
    grunner = tuple(Grunn(gruppe, f"vilkåret for {gruppe} er ikke oppfylt") for gruppe in forbi)
    if svar.status == "uavklart":
        return (*grunner, *svar.grunner)
    return grunner or (Grunn(gruppering, "ingen gruppe bruker posten"),)
