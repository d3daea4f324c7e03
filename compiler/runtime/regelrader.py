"""Regelradene i en gruppering: kolonnene, det hver celle krever, og radene i den rekkefølgen de prøves."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from .verdier import Vilkaar, alle, er_i, ikke, mangler, mellom, minst, svar

Slag = Literal["er", "har", "minst", "høyst", "over", "under", "mellom", "mangler"]


@dataclass(frozen=True, slots=True)
class Krevd:
    """Det en del av en celle krever av verdien i kolonnen; `ikke` når det motsatte kreves."""

    slag: Slag
    verdi: Any = None
    til: Any = None
    """Den øvre grensen i et intervall."""
    ikke: bool = False

    def holder(self, verdi: Any) -> Vilkaar:
        """Om verdien er slik delen krever."""
        funnet = self._uten_ikke(verdi)
        return ikke(funnet) if self.ikke else funnet

    def _uten_ikke(self, verdi: Any) -> Vilkaar:
        """Om verdien er slik delen krever, eller nettopp ikke skal være."""
        match self.slag:
            case "er":
                return svar(verdi == self.verdi)
            case "har":
                return er_i(self.verdi, verdi)
            case "mangler":
                return mangler(verdi)
            case "mellom":
                return mellom(verdi, self.verdi, self.til)
            case "minst":
                return svar(verdi >= self.verdi)
            case "høyst":
                return svar(verdi <= self.verdi)
            case "over":
                return svar(verdi > self.verdi)
            case "under":
                return svar(verdi < self.verdi)


@dataclass(frozen=True, slots=True)
class Celle:
    """En celle: kolonnen, teksten slik den er skrevet, og delene, der alle (eller én av dem) må holde."""

    kolonne: int
    tekst: str
    deler: tuple[Krevd, ...]
    en_av: bool = False

    def holder(self, verdi: Any) -> Vilkaar:
        """Om verdien i kolonnen er slik cellen krever."""
        svarene = [del_.holder(verdi) for del_ in self.deler]
        return minst(1, *svarene) if self.en_av else alle(*svarene)


@dataclass(frozen=True, slots=True)
class Rad:
    """En rad: id-en, gruppen den gir, resultatfeltene, og numrene på cellene."""

    id: str
    gruppe: str
    resultater: tuple[str | None, ...]
    """Verdien av hvert resultatfelt; det første er id-en."""
    celler: tuple[int, ...]
    sted: str
    """Hvor raden står i regelverket."""


@dataclass(frozen=True)
class Kolonne:
    """En kolonne: navnet, verdien den sier noe om, og enheten den vises i."""

    navn: str
    verdi: Callable[[Any], Any]
    forklaring: str | None = None
    """Id-en til begrepet som er verdien, når det er et begrep."""
    enhet: str = ""
    teller: int = 1
    nevner: int = 1


@dataclass(frozen=True)
class Regelrader:
    """Alle regelradene i en gruppering, i den rekkefølgen de prøves."""

    kolonner: tuple[Kolonne, ...]
    resultatfelt: tuple[str, ...]
    celler: tuple[Celle, ...] = ()
    rader: tuple[Rad, ...] = ()

    def provd(self, post: Any) -> Iterator[tuple[Rad, Vilkaar]]:
        """Radene med svaret på dem, i rekkefølge; hver verdi og hver celle regnes ut høyst én gang."""
        prove = Prove(self, post)
        for rad in self.rader:
            yield rad, prove.rad(rad)


class Prove:
    """En post mens radene prøves på den."""

    def __init__(self, rader: Regelrader, post: Any) -> None:
        self.rader = rader
        self.post = post
        self._verdier: list[Any] = [None] * len(rader.kolonner)
        self._svar: dict[int, Vilkaar] = {}

    def verdi(self, kolonne: int) -> Any:
        """Verdien i en kolonne."""
        funnet = self._verdier[kolonne]
        if funnet is None:
            funnet = self._verdier[kolonne] = self.rader.kolonner[kolonne].verdi(self.post)
        return funnet

    def celle(self, nummer: int) -> Vilkaar:
        """Svaret på en celle."""
        if nummer not in self._svar:
            celle = self.rader.celler[nummer]
            self._svar[nummer] = celle.holder(self.verdi(celle.kolonne))
        return self._svar[nummer]

    def rad(self, rad: Rad) -> Vilkaar:
        """Svaret på en rad: ja når alle cellene holder."""
        helhet: Vilkaar = True
        for nummer in rad.celler:
            holder = self.celle(nummer)
            if holder is False:
                return False
            if holder is None:
                helhet = None
        return helhet


def les_rader(innhold: dict[str, Any], kolonner: tuple[Kolonne, ...], resultatfelt: tuple[str, ...]) -> Regelrader:
    """Regelradene slik de står i datafilen."""
    celler = tuple(
        Celle(kolonne, tekst, tuple(_krevd(del_) for del_ in deler), en_av)
        for kolonne, tekst, deler, en_av in innhold["celler"]
    )
    fil = innhold["filer"]
    rader = tuple(
        Rad(id_, gruppe, (id_, *resultater), tuple(celler_), f"{fil[sted[0]]}:{sted[1]}")
        for id_, gruppe, resultater, celler_, sted in innhold["rader"]
    )
    return Regelrader(kolonner, resultatfelt, celler, rader)


def _krevd(raa: list[Any]) -> Krevd:
    """En del av en celle slik den står i datafilen: slag, verdi, øvre grense, ikke; tall er merket."""
    slag, verdi, til, er_ikke = raa
    return Krevd(slag, _tall(verdi), _tall(til), er_ikke)


def _tall(verdi: Any) -> Any:
    return Decimal(verdi["tall"]) if isinstance(verdi, dict) else verdi
