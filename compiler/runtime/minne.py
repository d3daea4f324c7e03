"""Svar som er gitt før: poster som reglene ikke kan skille fra hverandre, vurderes én gang.

Et felt som ingen regel leser, og en dato som bare sammenlignes med noen dager, skiller ikke poster. Det gjør heller
ikke en alder som bare holdes mot noen grenser. `Felt.grenser` sier hva reglene skiller mellom.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from .lesing import Felt, Utenfor, Ventet, lest_verdi
from .motor import Regler, raskt_svar, vurder
from .svar import Svar

HUSK = 10_000
"""Så mange ulike poster huskes."""
_PROVE = 4000
"""Hvor ofte det ses etter om det lønner seg å huske."""
_MINST_LIKE = 0.1
"""Så stor del av postene må være lik en før dem for at det lønner seg."""
_MERKER = 100_000
"""Så mange ulike verdier av et felt huskes det hvor ligger."""

_SKILT = frozenset({int, bool, date})
"""Slag der like verdier alltid leses likt."""

Merke = Callable[[Any], Hashable]
"""Det reglene ser av en verdi: to verdier med samme merke gir samme svar."""


class Minne:
    """Svarene på poster etter noen regler, de første ulike husket."""

    def __init__(self, regler: Regler) -> None:
        self.regler = regler
        self.felter = _alle_felt(regler)
        self.merke = _postmerke(self.felter)
        self.husket: dict[Hashable, Svar] = {}
        self.husker = regler.raskt is None
        self.spurt = self.funnet = 0

    def svar(self, data: Mapping[str, object]) -> Svar:
        """Svaret på en post, slik `vurder_data` gir det."""
        if not self.husker:
            return self._vurdert(data)
        merke = self.merke(data)
        svar = self.husket.get(merke)
        self.spurt += 1
        if svar is not None:
            self.funnet += 1
            return svar
        svar = self._vurdert(data)
        if len(self.husket) < HUSK:
            self.husket[merke] = svar
        if self.spurt % _PROVE == 0 and self.funnet < self.spurt * _MINST_LIKE:
            self.husker = False
            self.husket.clear()
        return svar

    def _vurdert(self, data: Mapping[str, object]) -> Svar:
        return raskt_svar(self.regler, data) or vurder(self.regler, data)[0]


def minnet(regler: Regler) -> Minne:
    """Minnet til noen regler, det samme hver gang."""
    if not regler.husket:
        regler.husket.append(Minne(regler))
    minne: Minne = regler.husket[0]
    return minne


# ---- hva reglene ser av en post


def _alle_felt(regler: Regler) -> tuple[Felt, ...]:
    """Feltene som reglene leser, også reglene i regelverket som brukes.

    Brukes det et annet, skiller alle verdier: det ene regelverket vet ikke hva det andre gjør med et felt.
    """
    if regler.bruker is None:
        return regler.felter
    return tuple(map(_uten_grenser, (*regler.felter, *_alle_felt(regler.bruker()))))


def _uten_grenser(felt: Felt) -> Felt:
    return replace(felt, grenser=None, av=tuple(map(_uten_grenser, felt.av)))


def _postmerke(felter: Sequence[Felt]) -> Callable[[Mapping[str, Any]], Hashable]:
    """Det reglene ser av en post."""
    deler = [(felt.id, felt.navn if felt.navn != felt.id else None, _merke(felt)) for felt in felter]

    def merke(data: Mapping[str, Any]) -> Hashable:
        sett: list[Hashable] = []
        for id_, navn, av_verdien in deler:
            raa = data.get(id_)
            if raa is None and navn is not None:
                raa = data.get(navn)
            sett.append(None if raa is None else av_verdien(raa))
        return tuple(sett)

    return merke


def _merke(felt: Felt) -> Merke:
    if felt.slag == "liste":
        return _listemerke(_postmerke(felt.av))
    return _egen if felt.grenser is None else _grensemerke(felt, felt.grenser)


def _egen(raa: Any) -> Hashable:
    """En verdi som skiller seg fra alle andre, også fra dem av et annet slag: 1 er ikke True, og 1,5 ikke 1,50."""
    slag = type(raa)
    if slag is str:
        return raa  # type: ignore[no-any-return]
    if slag in _SKILT:
        return slag, raa
    return (list, *map(_egen, raa)) if isinstance(raa, list | tuple) else (slag, repr(raa))


def _listemerke(postmerke: Callable[[Mapping[str, Any]], Hashable]) -> Merke:
    """Det reglene ser av en liste av linjer."""

    def merke(raa: Any) -> Hashable:
        if not isinstance(raa, list | tuple):
            return _egen(raa)
        return tuple([postmerke(en) if isinstance(en, Mapping) else _egen(en) for en in raa])

    return merke


def _grensemerke(felt: Felt, grenser: tuple[Any, ...]) -> Merke:
    """Hvor en verdi ligger mellom grensene; en som ikke kan leses, skiller seg fra alle andre."""
    kjent: dict[Hashable, Hashable] = {}

    def merke(raa: Any) -> Hashable:
        noekkel = _egen(raa)
        funnet = kjent.get(noekkel)
        if funnet is None:
            funnet = sted(raa)
            if len(kjent) < _MERKER:
                kjent[noekkel] = funnet
        return funnet

    def sted(raa: Any) -> Hashable:
        try:
            verdi = lest_verdi(felt, raa)
        except Ventet:
            return _egen(raa)
        if verdi is None or isinstance(verdi, Utenfor):
            return _egen(raa)
        return bisect_left(grenser, verdi) + bisect_right(grenser, verdi) if grenser else 0

    return merke
