"""Den raske veien til svaret på en post der alt er oppgitt rett fram: hvert vilkår en rad kan stille, er én bit.

Hver kode gir bitene sine, regnet ut én gang og husket; en rad er bitene som må være der, og dem som ikke kan være der.
Radene henger på den sjeldneste biten de krever, så en post prøver bare radene til bitene den har. En post som ikke er
rett fram (noe mangler, er skrevet på en annen måte eller er feil), går den grundige veien.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any

from .data import Datatabell
from .lesing import Felt, kode_av
from .regelrader import Celle, Krevd, Rad, Regelrader
from .svar import Svar
from .verdier import Kodesett

MEST_HUSKET = 200_000
"""Så mange verdier huskes høyst i hvert minne."""
_FOR_STORT = 10**18

Element = Any
"""Et element slik den raske veien har det: en kode, eller et tuppel av kodene."""


class Langsom(Exception):
    """Posten må gå den grundige veien."""


class Minne(dict[Hashable, Any]):
    """Verdier som regnes ut første gang noen spør, og så huskes."""

    def __init__(self, regn_ut: Callable[[Any], Any]) -> None:
        super().__init__()
        self.regn_ut = regn_ut

    def __missing__(self, noekkel: Any) -> Any:
        verdi = self.regn_ut(noekkel)
        if len(self) < MEST_HUSKET:
            self[noekkel] = verdi
        return verdi


# ---- det begrepene trenger


def begrep_av(begrep: Callable[[Any, Any], Any], opphold: Any, verdi: Any, ellers: Any) -> Any:
    """Et begrep om en verdi som kanskje ikke finnes."""
    return ellers if verdi is None else begrep(opphold, verdi)


def felt_av(post: Any, nummer: int) -> Any:
    """Et felt av en post som kanskje ikke finnes."""
    return None if post is None else post[nummer]


def forste(liste: Sequence[Any]) -> Any:
    """Det første elementet, når det er noen."""
    return liste[0] if liste else None


def svar_av(verdi: Any, gjelder: bool) -> Any:
    """Verdien av en beregning; None når den ikke gjelder. Gjelder den uten å finnes, går posten den grundige veien."""
    if verdi is None and gjelder:
        raise Langsom
    return verdi


def koder_av(verdier: Iterable[str | None]) -> frozenset[str]:
    """Kodene som finnes, som en mengde."""
    return frozenset(verdi for verdi in verdier if verdi is not None)


def hoyeste(verdier: Iterable[Any]) -> Any:
    """Den høyeste av verdiene som finnes."""
    return max((verdi for verdi in verdier if verdi is not None), default=None)


def laveste(verdier: Iterable[Any]) -> Any:
    """Den laveste av verdiene som finnes."""
    return min((verdi for verdi in verdier if verdi is not None), default=None)


def lik(en: Any, annen: Any) -> bool:
    """Om to verdier finnes og er like."""
    return en is not None and annen is not None and bool(en == annen)


def ulik(en: Any, annen: Any) -> bool:
    """Om to verdier ikke er like."""
    return not lik(en, annen)


def minst(en: Any, annen: Any) -> bool:
    """Om en verdi er minst en annen."""
    return en is not None and annen is not None and bool(en >= annen)


def hoyst(en: Any, annen: Any) -> bool:
    """Om en verdi er høyst en annen."""
    return en is not None and annen is not None and bool(en <= annen)


def over(en: Any, annen: Any) -> bool:
    """Om en verdi er over en annen."""
    return en is not None and annen is not None and bool(en > annen)


def under(en: Any, annen: Any) -> bool:
    """Om en verdi er under en annen."""
    return en is not None and annen is not None and bool(en < annen)


def mellom(verdi: Any, lav: Any, hoy: Any) -> bool:
    """Om en verdi ligger mellom to andre, begge medregnet."""
    return verdi is not None and bool(lav <= verdi <= hoy)


def kolonne(tabell: Mapping[str, Mapping[str, Any]], navn: str, nokler: int = 1) -> dict[Any, Any]:
    """En kolonne ved nøkkel; med flere nøkler er nøkkelen et tuppel."""
    if isinstance(tabell, Datatabell):
        verdier = tabell.kolonne(navn)
    else:
        verdier = {noekkel: _enkel(rad[navn]) for noekkel, rad in tabell.items() if navn in rad}
    return verdier if nokler == 1 else {tuple(noekkel.split("|")): verdi for noekkel, verdi in verdier.items()}


def _enkel(verdi: Any) -> Any:
    return tuple(sorted(verdi.koder)) if isinstance(verdi, Kodesett) else verdi


class Opphold:
    """En post slik begrepene på den raske veien leser den: feltene, og begrepene som er regnet ut."""

    def __init__(self, **felt: Any) -> None:
        self.__dict__.update(felt)
        self.husket_: dict[str, Any] = {}

    def __getattr__(self, navn: str) -> Any:
        raise AttributeError(navn)


# ---- planen, som den laget koden gir


@dataclass(frozen=True, slots=True)
class Utbytte:
    """Noe et element bidrar med: bitkolonnen, og om det er én verdi, en mengde av koder eller et vilkår."""

    kolonne: int
    slag: str


@dataclass(frozen=True)
class Listeplan:
    """Det elementene i en liste bidrar med: det første, alle, og alle unntatt det første."""

    felt: Felt
    forste: tuple[tuple[Utbytte, ...], Callable[[Any], Sequence[Any]]] | None
    hver: tuple[tuple[Utbytte, ...], Callable[[Any, Any], Sequence[Any]]] | None
    resten: tuple[tuple[Utbytte, ...], Callable[[Any, Any], Sequence[Any]]] | None
    svar: Callable[[Any], tuple[Any, ...]] | None
    """Verdiene av beregningene som det første elementet avgjør."""


@dataclass(frozen=True)
class Vei:
    """Et vilkår om minst én av kodene i en mengde: kodene hvert element etter det første bidrar med, og vilkåret."""

    liste: str
    koder: Callable[[Any, Any], Iterable[str]]
    vilkaar: Callable[[Any, str], bool]
    mer: frozenset[str]
    """Begrepene som hører til hele posten; uten dem følger svaret av det første elementet og koden."""
    i_sammenheng: bool
    """Om feltene i sammenhengen har noe å si."""


@dataclass(frozen=True)
class Rest:
    """Et vilkår som må regnes ut for hele posten: kolonnen og kravet, hva som gjør det verdt å prøve, og vilkåret."""

    kolonne: int
    krevd: Krevd
    vakt: int | None
    vilkaar: Callable[[Any], bool] | None
    """None når vakten er nok."""
    vei: Vei | None = None
    """Det samme vilkåret kode for kode, når det kan prøves slik."""


@dataclass(frozen=True)
class Avledet:
    """En kolonne hvis verdi følger av hvilke koder som er i en mengde: kolonnen, koden og verdien, linje for linje."""

    kolonne: int
    linjer: tuple[tuple[int, str | None, Any], ...]


@dataclass(frozen=True)
class Plan:
    """Hvordan bitene til en post finnes; laget av kompilatoren."""

    kolonner: int
    """Så mange bitkolonner det er: først regelradenes, så de som bare brukes på veien."""
    sammenheng: tuple[tuple[str, tuple[Any, ...]], ...]
    """Feltene som avgjør hva en kode bidrar med, og verdiene de kan ha."""
    felt: tuple[tuple[str, int, tuple[Any, ...] | Felt], ...]
    """Feltene som ikke er lister: feltet, kolonnen, og verdiene det kan ha; for tall og koder feltet selv."""
    lister: tuple[Listeplan, ...]
    rest: tuple[Rest, ...] = ()
    avledet: tuple[Avledet, ...] = ()
    grenser: frozenset[int] = frozenset()
    """Kolonnene som er tall som alltid finnes, der det bare er bitene for «minst» og «over» som settes."""


# ---- bitene


@dataclass
class Bitkolonne:
    """Det radene krever av verdien i én kolonne, og biten til hvert krav."""

    ved_verdi: dict[Any, int] = field(default_factory=dict)
    """Bitene for krav om at verdien er noe, eller at en kode er i mengden."""
    andre: list[tuple[Callable[[Any], bool], int]] = field(default_factory=list)

    def av_verdi(self, verdi: Any) -> int:
        """Bitene til én verdi."""
        biter = self.ved_verdi.get(verdi, 0) if verdi is not None else 0
        for holder, bit in self.andre:
            if holder(verdi):
                biter |= bit
        return biter

    def av_mengde(self, koder: Iterable[str]) -> int:
        """Bitene til en mengde av koder."""
        biter = 0
        for kode in koder:
            biter |= self.ved_verdi.get(kode, 0)
        return biter


def _holder(krevd: Krevd) -> Callable[[Any], bool]:
    """Et krav som ikke bare er likhet, prøvd på en verdi som kanskje ikke finnes."""
    verdi, til = krevd.verdi, krevd.til
    match krevd.slag:
        case "minst":
            return lambda x: minst(x, verdi)
        case "høyst":
            return lambda x: hoyst(x, verdi)
        case "over":
            return lambda x: over(x, verdi)
        case "under":
            return lambda x: under(x, verdi)
        case "mellom":
            return lambda x: mellom(x, verdi, til)
        case "mangler":
            return lambda x: x is None
        case _:
            return lambda x: lik(x, verdi)


def _med_grenser(krevd: Krevd) -> Iterator[Krevd]:
    """Et krav til et tall som alltid finnes, sagt bare med «minst» og «over»."""
    match krevd.slag:
        case "under":
            yield Krevd("minst", krevd.verdi, ikke=True)
        case "høyst":
            yield Krevd("over", krevd.verdi, ikke=True)
        case "er" | "mellom":
            yield Krevd("minst", krevd.verdi)
            yield Krevd("over", krevd.verdi if krevd.til is None else krevd.til, ikke=True)
        case _:
            yield krevd


class Bitplan:
    """Bitene til hvert krav, radene som biter, og minnene for det hver kode bidrar med."""

    def __init__(self, plan: Plan, rader: Regelrader) -> None:
        self.plan = plan
        self.rader = rader
        self.kolonner = [Bitkolonne() for _ in range(plan.kolonner)]
        self.vilkaarsbit: dict[int, int] = {}
        """Bitene til kolonner som er ett vilkår."""
        self.eller: list[tuple[tuple[int, ...], int]] = []
        """Celler der én av flere koder er nok: bitene, og biten til cellen."""
        self.antall_biter = 0
        self.mengder = {u.kolonne for liste in plan.lister for u in _utbytter(liste) if u.slag == "mengde"}
        self._krav: dict[tuple[int, str, Any, Any], int] = {}
        self.som_biter = [self._rad(rad) for rad in rader.rader]
        for avledet in plan.avledet:
            for kolonne, kode, _ in avledet.linjer:
                if kode is not None:
                    self.bit(kolonne, Krevd("har", kode))
        self.rest = [
            (self.vilkaar(rest.vakt) if rest.vakt is not None else 0, self.bit(rest.kolonne, rest.krevd), rest.vilkaar)
            for rest in plan.rest
        ]
        self.avledet = [self._avledet(avledet) for avledet in plan.avledet]
        navn = [felt for felt, _ in plan.sammenheng]
        noekler = list(product(*(verdier for _, verdier in plan.sammenheng)))
        self.sammenhenger = {noekkel: nummer for nummer, noekkel in enumerate(noekler)}
        self.sammenhengene = [dict(zip(navn, noekkel, strict=True)) for noekkel in noekler]
        """Feltene i hver sammenheng."""
        self.felt = {navn: Minne(self._feltbiter(nummer, valg)) for navn, nummer, valg in plan.felt}
        self.elementer = {liste.felt.id: Minne(_leser(liste.felt)) for liste in plan.lister}
        self.forste = {liste.felt.id: self._minner(liste, self._forste) for liste in plan.lister}
        self.resten = {liste.felt.id: self._minner(liste, self._etter_forste) for liste in plan.lister}
        self.tomme = {liste.felt.id: self._tomme(liste) for liste in plan.lister}

    # ---- krav som biter

    def _ny_bit(self) -> int:
        self.antall_biter += 1
        return 1 << (self.antall_biter - 1)

    def vilkaar(self, kolonne: int) -> int:
        """Biten til en kolonne som er ett vilkår."""
        if kolonne not in self.vilkaarsbit:
            self.vilkaarsbit[kolonne] = self._ny_bit()
        return self.vilkaarsbit[kolonne]

    def bit(self, kolonne: int, krevd: Krevd) -> int:
        """Biten til et krav, sett bort fra «ikke»."""
        navn = (kolonne, krevd.slag, krevd.verdi, krevd.til)
        if navn not in self._krav:
            bit = self._krav[navn] = self._ny_bit()
            if krevd.slag in ("er", "har"):
                self.kolonner[kolonne].ved_verdi[krevd.verdi] = bit
            else:
                self.kolonner[kolonne].andre.append((_holder(krevd), bit))
        return self._krav[navn]

    def _rad(self, rad: Rad) -> tuple[int, int]:
        """Bitene en rad krever, og dem som ikke kan være der."""
        maa = kan_ikke = 0
        for nummer in rad.celler:
            celle = self.rader.celler[nummer]
            if celle.en_av and len(celle.deler) > 1:
                maa |= self._eller(nummer, celle)
                continue
            for krevd in self.deler(celle):
                bit = self.bit(celle.kolonne, krevd)
                if krevd.ikke:
                    kan_ikke |= bit
                else:
                    maa |= bit
        return maa, kan_ikke

    def deler(self, celle: Celle) -> tuple[Krevd, ...]:
        """Delene av en celle der alle må holde, slik bitene har dem."""
        if celle.kolonne not in self.plan.grenser:
            return celle.deler
        return tuple(krevd for del_ in celle.deler for krevd in _med_grenser(del_))

    def _eller(self, nummer: int, celle: Celle) -> int:
        """Biten til en celle der én av flere deler er nok."""
        navn = (celle.kolonne, "eller", nummer, None)
        if navn not in self._krav:
            bit = self._krav[navn] = self._ny_bit()
            if celle.kolonne in self.mengder:
                self.eller.append((tuple(self.bit(celle.kolonne, krevd) for krevd in celle.deler), bit))
            else:
                prover = [(_holder(krevd), krevd.ikke) for krevd in celle.deler]
                self.kolonner[celle.kolonne].andre.append((lambda x: any(p(x) is not ikke for p, ikke in prover), bit))
        return self._krav[navn]

    def _avledet(self, avledet: Avledet) -> list[tuple[int, int]]:
        """For hver linje: biten som må være der (0 når linjen alltid gjelder), og bitene til verdien."""
        kolonne = self.kolonner[avledet.kolonne]
        return [
            (0 if kode is None else self.bit(fra, Krevd("har", kode)), kolonne.av_verdi(verdi))
            for fra, kode, verdi in avledet.linjer
        ]

    # ---- det felt og koder bidrar med

    def _feltbiter(self, nummer: int, valg: tuple[Any, ...] | Felt) -> Callable[[Any], int]:
        kolonne = self.kolonner[nummer]

        def biter(verdi: Any) -> int:
            if not _rett_fram(valg, verdi):
                raise Langsom
            return kolonne.av_verdi(verdi)

        return biter

    def _minner(self, liste: Listeplan, regn_ut: Callable[..., Any]) -> list[Minne]:
        """Et minne for hver sammenheng."""
        elementer = self.elementer[liste.felt.id]

        def minne(felt: dict[str, Any]) -> Minne:
            return Minne(lambda raa: regn_ut(liste, felt, elementer[raa]))

        return [minne(felt) for felt in self.sammenhengene]

    def opphold(self, felt: dict[str, Any], liste: str, elementer: tuple[Element, ...]) -> Opphold:
        """En post i en sammenheng, med bare noen elementer i én liste."""
        tomme: dict[str, Any] = {annen.felt.id: () for annen in self.plan.lister}
        return Opphold(**(tomme | felt | {liste: elementer}))

    def _forste(self, liste: Listeplan, felt: dict[str, Any], element: Element) -> tuple[int, tuple[Any, ...]]:
        """Bitene fra det første elementet, og verdiene av beregningene det avgjør."""
        opphold = self.opphold(felt, liste.felt.id, (element,))
        biter = 0
        if liste.forste is not None:
            biter |= self._biter(liste.forste[0], liste.forste[1](opphold))
        if liste.hver is not None:
            biter |= self._biter(liste.hver[0], liste.hver[1](opphold, element))
        return biter, liste.svar(opphold) if liste.svar is not None else ()

    def _etter_forste(self, liste: Listeplan, felt: dict[str, Any], element: Element) -> int:
        """Bitene fra et element som ikke er det første."""
        opphold = self.opphold(felt, liste.felt.id, (None, element))
        biter = 0
        for del_ in (liste.hver, liste.resten):
            if del_ is not None:
                biter |= self._biter(del_[0], del_[1](opphold, element))
        return biter

    def _tomme(self, liste: Listeplan) -> Minne:
        """Det en tom liste bidrar med i hver sammenheng."""
        return Minne(lambda nummer: self._tom(liste, self.sammenhengene[nummer]))

    def _tom(self, liste: Listeplan, felt: dict[str, Any]) -> tuple[int, tuple[Any, ...]]:
        """Det samme når listen er tom."""
        opphold = self.opphold(felt, liste.felt.id, ())
        biter = self._biter(liste.forste[0], liste.forste[1](opphold)) if liste.forste is not None else 0
        return biter, liste.svar(opphold) if liste.svar is not None else ()

    def _biter(self, utbytter: tuple[Utbytte, ...], verdier: Sequence[Any]) -> int:
        biter = 0
        for utbytte, verdi in zip(utbytter, verdier, strict=True):
            if utbytte.slag == "vilkår":
                biter |= self.vilkaar(utbytte.kolonne) if verdi else 0
            elif utbytte.slag == "mengde":
                biter |= self.kolonner[utbytte.kolonne].av_mengde(verdi)
            else:
                biter |= self.kolonner[utbytte.kolonne].av_verdi(verdi)
        return biter

    # ---- rader

    @cached_property
    def indeks(self) -> tuple[int, dict[int, list[tuple[int, int, int]]], list[tuple[int, int, int]]]:
        """Bitene radene henger på, radene på hver bit, og radene som ikke henger på noen."""
        brukt: Counter[int] = Counter()
        for maa, _ in self.som_biter:
            brukt.update(_biter_i(maa))
        tette = self._tette
        ved_bit: dict[int, list[tuple[int, int, int]]] = {}
        alltid: list[tuple[int, int, int]] = []
        for nummer, (maa, kan_ikke) in enumerate(self.som_biter):
            if maa & kan_ikke:
                continue  # Raden krever det samme både til stede og borte, og holder aldri.
            mulige = [bit for bit in _biter_i(maa) if not bit & tette]
            plass = ved_bit.setdefault(min(mulige, key=brukt.__getitem__), []) if mulige else alltid
            plass.append((nummer, maa, kan_ikke))
        return sum(ved_bit), ved_bit, alltid

    @cached_property
    def _tette(self) -> int:
        """Biter som mange poster har, og som en rad derfor ikke skal henge på: felt, og det som følger av andre."""
        kolonner = {nummer for _, nummer, _ in self.plan.felt} | {a.kolonne for a in self.plan.avledet}
        kolonner |= {rest.kolonne for rest in self.plan.rest}
        biter = sum(bit for navn, bit in self._krav.items() if navn[0] in kolonner or navn[1] not in ("er", "har"))
        ja_nei = sum(bit for navn, bit in self._krav.items() if isinstance(navn[2], bool) and navn[0] not in kolonner)
        return biter | ja_nei

    def rad(self, biter: int) -> int:
        """Nummeret på den første raden som holder; −1 når ingen gjør det."""
        utlosere, ved_bit, alltid = self.indeks
        best = len(self.som_biter)
        igjen = biter & utlosere
        while igjen:
            bit = igjen & -igjen
            igjen ^= bit
            for nummer, maa, kan_ikke in ved_bit[bit]:
                if nummer >= best:
                    break
                if biter & maa == maa and not biter & kan_ikke:
                    best = nummer
                    break
        for nummer, maa, kan_ikke in alltid:
            if nummer >= best:
                break
            if biter & maa == maa and not biter & kan_ikke:
                return nummer
        return best if best < len(self.som_biter) else -1


def _utbytter(liste: Listeplan) -> Iterator[Utbytte]:
    for del_ in (liste.forste, liste.hver, liste.resten):
        if del_ is not None:
            yield from del_[0]


def _biter_i(tall: int) -> Iterator[int]:
    """Bitene i et tall, hver for seg."""
    while tall:
        bit = tall & -tall
        yield bit
        tall ^= bit


def _leser(felt: Felt) -> Callable[[Any], Element]:
    """Leser et element slik det er skrevet: en kode, eller kodene med pluss mellom."""

    def les(raa: Any) -> Element:
        if not isinstance(raa, str):
            raise Langsom
        if felt.slag == "koder":
            return kode_av(felt, raa) or _langsom()
        koder = raa.split("+")
        if len(koder) > len(felt.av):
            raise Langsom
        lest = [kode_av(del_, kode) or _langsom() for del_, kode in zip(felt.av, koder, strict=False)]
        if not all(del_.kan_mangle for del_ in felt.av[len(lest) :]):
            raise Langsom
        return (*lest, *[None] * (len(felt.av) - len(lest)))

    return les


def _langsom() -> Any:
    raise Langsom


def _rett_fram(valg: tuple[Any, ...] | Felt, verdi: Any) -> bool:
    """Om verdien av et felt er oppgitt slik den skal stå, eller mangler der den kan det."""
    if isinstance(valg, tuple):
        return type(verdi) in (str, bool, type(None)) and verdi in valg
    if verdi is None:
        return valg.kan_mangle
    if valg.slag == "heltall":
        return type(verdi) is int and 0 <= verdi < _FOR_STORT
    return type(verdi) is str and kode_av(valg, verdi) == verdi


# ---- svaret


class Raskt:
    """Svarene på poster som er rett fram; None for dem som må gå den grundige veien."""

    def __init__(
        self,
        bitplan: Bitplan,
        lag_finner: Callable[[Bitplan], Callable[..., tuple[int, tuple[Any, ...]]]],
        lag_svar: Callable[[Rad | None, tuple[Any, ...]], Svar],
        som_klasse: Callable[[Svar], Svar],
        felter: Sequence[Felt],
    ) -> None:
        self.bitplan = bitplan
        self.felter = felter
        self.finn = lag_finner(bitplan)
        self.rader = Minne(bitplan.rad)
        rader = bitplan.rader.rader
        self.svarene = Minne(lambda en: lag_svar(rader[en[0]] if en[0] >= 0 else None, en[1]))
        self.av_klassen = Minne(lambda en: som_klasse(self.svarene[en]))

    def svar(self, *felt: Any) -> Svar | None:
        """Svaret på en post, gitt feltene i rekkefølge."""
        try:
            biter, noekkel = self.finn(*felt)
            return self.svarene[self.rader[biter], noekkel]  # type: ignore[no-any-return]
        except (Langsom, TypeError, KeyError):
            return None

    def av_klasse(self, *felt: Any) -> Any:
        """Det samme svaret, med navn på feltene i det."""
        try:
            biter, noekkel = self.finn(*felt)
            return self.av_klassen[self.rader[biter], noekkel]
        except (Langsom, TypeError, KeyError):
            return None
