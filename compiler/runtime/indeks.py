"""Gruppene en post kan få, slått opp etter det posten har, i stedet for prøvd én for én.

En gruppe kan henge på en verdi: vilkåret for gruppen kan bare holde når verdien er i en mengde av koder. Gruppene som
ikke henger på noe, prøves alltid. Svaret er det samme som når alle gruppene prøves i rekkefølge:

- Verdien er der: da er leddet «verdien er i mengden» avgjort. For en gruppe som ikke slås opp, er leddet usant. Da er
  vilkåret usant, uansett hva som er uavklart i resten: `alle` er usann når én del er det, og `minst` når alle er det.
- Verdien er `Tom`: leddet er usant, og gruppen ville ikke passet.
- Verdien kan ikke avgjøres (`Uoppgitt`, `Ukjent`, `Uavklart`): leddet er uavklart, og alle gruppene som henger på
  verdien, prøves.
- Verdien er en liste: leddet er at minst ett element er i mengden, og hvert element slås opp. Er ingen i mengden, er
  `minst_av` usann; kan listen eller et element ikke avgjøres, prøves alle gruppene som henger på den.
- Verdien er en av flere, der minst ett ledd må holde: gruppen henger på alle, og slås opp når én av dem treffer.

Et oppslag kan gi for mange grupper, aldri for få: gruppene det gir, prøves med hele vilkåret, i rekkefølge.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from .verdier import Kodesett, Tom, Verdi, Vilkaar

_MANGE = 16
"""Gir et lag flere grupper enn dette, brukes også det neste."""
_VIDEST = 64
"""Et intervall over flere tegn enn dette slås opp etter det kodene har felles."""


class _MedVilkaar(Protocol):
    """En gruppe, slik oppslaget ser den."""

    @property
    def id(self) -> str: ...
    @property
    def naar(self) -> Callable[[Any], Vilkaar] | None: ...


_Gruppe = TypeVar("_Gruppe", bound=_MedVilkaar)


@dataclass(frozen=True, slots=True)
class Hekte:
    """En verdi som grupper henger på, og mengden den må være i for hver av dem."""

    verdi: Callable[[Any], Verdi]
    mengder: Mapping[str, Kodesett]


class Indeks:
    """Oppslaget, i ett lag eller flere; det lages første gang det brukes.

    Det første laget har det som skiller gruppene best. Gir det mange grupper, oftest fordi en verdi er uavklart, tas de
    bort som neste lag utelukker: hvert lag er et ledd for seg, og en gruppe som ett lag utelukker, passer ikke.
    """

    def __init__(self, *lag: tuple[Hekte, ...]) -> None:
        self.lag = lag
        self._laget: list[_Lag] = []

    def kandidater(self, grupper: Sequence[_Gruppe], post: Any) -> list[_Gruppe]:
        """Gruppene som kan passe, i rekkefølge; vilkåret for alle de andre er usant."""
        if not self._laget:
            numre = {gruppe.id: nummer for nummer, gruppe in enumerate(grupper) if gruppe.naar is not None}
            self._laget = [_Lag(hekter, numre) for hekter in self.lag]
        forste, *resten = self._laget
        treff = forste.treff(post)
        for lag in resten:
            if len(treff) > _MANGE:
                treff &= lag.treff(post)
        return [grupper[nummer] for nummer in sorted(treff)]


class _Lag:
    """Ett lag: numrene til gruppene som ikke henger på noe, og oppslagene av de andre."""

    def __init__(self, hekter: tuple[Hekte, ...], numre: Mapping[str, int]) -> None:
        hengende = {id_ for hekte in hekter for id_ in hekte.mengder}
        self.alltid = [nummer for id_, nummer in numre.items() if id_ not in hengende]
        self.oppslag = [_Oppslag(hekte, numre) for hekte in hekter]

    def treff(self, post: Any) -> set[int]:
        """Numrene til gruppene som kan passe."""
        numre = set(self.alltid)
        for oppslag in self.oppslag:
            oppslag.legg_til(numre, post)
        return numre


class _Oppslag:
    """Numrene til gruppene som henger på én verdi, etter kode og etter begynnelsen av koden."""

    def __init__(self, hekte: Hekte, numre: Mapping[str, int]) -> None:
        self.verdi = hekte.verdi
        self.alle = [numre[id_] for id_ in hekte.mengder]
        self.koder: dict[str, list[int]] = {}
        self.begynnelser: dict[str, list[int]] = {}
        for id_, mengde in hekte.mengder.items():
            koder, begynnelser = oppslagsord(mengde)
            for kode in koder:
                self.koder.setdefault(kode, []).append(numre[id_])
            for begynnelse in begynnelser:
                self.begynnelser.setdefault(begynnelse, []).append(numre[id_])
        self.lengder = sorted(set(map(len, self.begynnelser)))

    def legg_til(self, numre: set[int], post: Any) -> None:
        """Legg til numrene til gruppene som kan passe."""
        verdi = self.verdi(post)
        for en in verdi if isinstance(verdi, tuple | list) else (verdi,):
            if isinstance(en, str):
                numre.update(self.koder.get(en, ()))
                for lengde in self.lengder:
                    numre.update(self.begynnelser.get(en[:lengde], ()))
            elif not isinstance(en, Tom):
                numre.update(self.alle)


def oppslagsord(mengde: Kodesett) -> tuple[set[str], set[str]]:
    """Kodene i en mengde, og begynnelser som resten av mengden har; det som er unntatt, kan være med."""
    koder = set(mengde.koder)
    begynnelser = {*mengde.begynnelser, *_begynnelser_av(mengde.intervaller)}
    for del_ in mengde.sett:
        flere_koder, flere_begynnelser = oppslagsord(del_)
        koder |= flere_koder
        begynnelser |= flere_begynnelser
    return koder, {""} if mengde.alt else begynnelser


def _begynnelser_av(intervaller: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Begynnelsene til kodene i intervaller: det endene har felles, og det neste tegnet.

    Kodene i et intervall står mellom endene også når alle kuttes like langt: i M60–M79 begynner de med M6 eller M7.
    """
    for lav, hoy in intervaller:
        felles = next((n for n, (a, b) in enumerate(zip(lav, hoy, strict=False)) if a != b), None)
        if felles is None or ord(hoy[felles]) - ord(lav[felles]) > _VIDEST:
            yield lav[: min(len(lav), len(hoy)) if felles is None else felles]
        else:
            yield from (lav[:felles] + chr(tegn) for tegn in range(ord(lav[felles]), ord(hoy[felles]) + 1))
