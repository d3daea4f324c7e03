"""Mange poster samles: etter nøkler som pasient og måned, der lange nok avbrudd skiller, og hver samling vurderes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, localcontext
from typing import Any, Literal

from .lesing import Felt, Post, les
from .motor import Regler, uavklart_grunn, vurder
from .samlet import Samlet, Samling, Spor, med_ordnede_grunner, spor_i
from .svar import Grunn, Svar, flatt
from .verdier import REGNING, Mangler, Vilkaar

Periode = Literal["", "år", "tertial", "måned"]
_MINUTTER = Decimal(1440)
_SEKUNDER = Decimal(60)


@dataclass(frozen=True, slots=True)
class Noekkel:
    """Noe postene i en samling har felles: en verdi, eller perioden en dato er i."""

    navn: str
    felt: str
    """Feltet i samlingen, med navnet det har i Python og filer."""
    av: str
    """Feltet i hver post."""
    periode: Periode = ""

    def verdi(self, verdi: Any) -> Any:
        """Nøkkelen til en post med en verdi i feltet."""
        return periode_av(self.periode, verdi) if self.periode and not isinstance(verdi, Mangler) else verdi


@dataclass(frozen=True, slots=True)
class Avbrudd:
    """Hvor kort det må være fra slutten på en post til neste begynner, for at de skal være i samme samling."""

    ut: str
    inn: str
    grense: Decimal


@dataclass(frozen=True, slots=True)
class Samlingsregler:
    """Hvordan én slags samling blir til, og reglene for den."""

    navn: str
    post: str
    """Opplysningene den er av."""
    regler: Regler
    kolonne: str
    """Navnet i filer."""
    noekler: tuple[Noekkel, ...] = ()
    der: Callable[[Any], Vilkaar] | None = None
    hver_for_seg: bool = False
    """Postene som ikke er med, er en samling hver; ellers er de utelatt."""
    avbrudd: Avbrudd | None = None
    postfelter: tuple[Felt, ...] = ()
    """Feltene i hver post."""
    leser: tuple[str, ...] = ()
    """Feltene i postene som reglene leser, nøkler og avbrudd unntatt."""
    leser_i_krav: tuple[str, ...] = ()
    """Feltene som kravene til hver post leser."""
    leser_noekler: tuple[str, ...] = ()
    """Nøklene som reglene leser."""
    spoer: tuple[Callable[[Any], Any], ...] | None = None
    """Alt reglene spør hver post om, når de bare ser hvor mange poster som svarer det samme; ellers None."""
    flest: int | None = None
    """Så mange like poster skiller reglene mellom; None når hver av dem kan bety noe."""

    @property
    def liste(self) -> str:
        """Listen med postene."""
        return self.regler.liste


@dataclass(slots=True)
class _Samling:
    """En samling mens den blir til."""

    noekler: dict[str, Any]
    poster: list[int] = field(default_factory=list)
    usikkert: list[Grunn] = field(default_factory=list)
    """Hvorfor det ikke er avgjort hvilke poster den har."""


@dataclass(frozen=True, slots=True)
class _Lest:
    """En post slik den ble lest."""

    data: object
    post: Post
    feil: tuple[Grunn, ...]
    innhold: tuple[Any, ...]


def samle(samlinger: Sequence[Samlingsregler], poster: Iterable[object]) -> Samlet:
    """Samlingene av hvert slag, og hvor hver post ble av. Rekkefølgen på postene har ingenting å si for svarene."""
    with localcontext(REGNING):
        leste = [_lest(samlinger[0].postfelter, data) for data in poster]
        funnet: dict[str, tuple[Samling, ...]] = {}
        spor: dict[str, tuple[Spor, ...]] = {}
        rundt: Post | None = None
        for regler in samlinger:
            fordelt, skjebner = _fordelt(regler, leste)
            laget = [_vurdert(regler, leste, en, rundt) for en in fordelt]
            if not regler.noekler and fordelt:
                rundt = les(regler.regler.felter, _som_data(regler, leste, fordelt[0]))[0]
            funnet[regler.navn] = tuple(laget)
            spor[regler.navn] = tuple(_spor(regler, laget, skjebner, len(leste)))
    return Samlet(funnet, spor)


def _lest(felter: Sequence[Felt], data: object) -> _Lest:
    post, feil, utenfor = les(felter, data)
    post.data_ = data
    return _Lest(data, post, tuple(feil or utenfor), innhold(felter, post))


def innhold(felter: Sequence[Felt], post: Post) -> tuple[Any, ...]:
    """Det en post sier, slik at poster kan ordnes uten at rekkefølgen de kom i, betyr noe."""
    return tuple(_sagt(felt, getattr(post, felt.id, None)) for felt in felter)


def _sagt(felt: Felt, verdi: Any) -> tuple[Any, ...]:
    if verdi is None or isinstance(verdi, Mangler):
        return ()
    if isinstance(verdi, tuple):
        return tuple(innhold(felt.av, en) if isinstance(en, Post) else (en,) for en in verdi)
    return (verdi,)


# ---- hvilke poster som hører sammen


def _fordelt(regler: Samlingsregler, leste: Sequence[_Lest]) -> tuple[list[_Samling], dict[int, tuple[Grunn, ...]]]:
    """Samlingene, i rekkefølge etter nøklene, og hvorfor poster som ikke er i noen, ikke er det."""
    skjebner: dict[int, tuple[Grunn, ...]] = {}
    sammen: dict[tuple[Any, ...], _Samling] = {}
    alene: list[_Samling] = []
    for nummer, en in enumerate(leste):
        if en.feil:
            skjebner[nummer] = en.feil
            continue
        verdier = {noekkel.navn: noekkel.verdi(getattr(en.post, noekkel.av)) for noekkel in regler.noekler}
        mangler = [verdi for verdi in verdier.values() if isinstance(verdi, Mangler)]
        if mangler:
            skjebner[nummer] = (ikke_oppgitt(regler, mangler),)
            continue
        med = True if regler.der is None else regler.der(en.post)
        if med is False and not regler.hver_for_seg:
            skjebner[nummer] = (utelatt(regler.navn),)
        elif med is False:
            alene.append(_Samling(verdier, [nummer]))
        else:
            samling = sammen.setdefault(tuple(verdier.values()), _Samling(verdier))
            samling.poster.append(nummer)
            samling.usikkert += [] if med else [hvorfor_usikkert(regler, en.post)]
    funnet = [*_skilt(regler, leste, list(sammen.values()), skjebner), *alene]
    for samling in funnet:
        samling.poster.sort(key=lambda nummer: leste[nummer].innhold)
    funnet.sort(key=lambda samling: (tuple(samling.noekler.values()), [leste[n].innhold for n in samling.poster]))
    return funnet, skjebner


def utelatt(navn: str) -> Grunn:
    """Hvorfor en post som samlingen ikke tar, ikke er med."""
    return Grunn(navn, "posten er utelatt fra samlingen")


def hvorfor_usikkert(regler: Samlingsregler, post: Post) -> Grunn:
    """Hvorfor det ikke er avgjort om en post er med."""
    return uavklart_grunn(regler.regler, regler.navn, f"samling {regler.navn}", post, regler.postfelter)


def periode_av(periode: Periode, dag: date) -> str:
    """Perioden en dato er i: «2023», «2023-T1», «2023-03»."""
    if periode == "år":
        return f"{dag.year:04}"
    return f"{dag.year:04}-T{(dag.month + 3) // 4}" if periode == "tertial" else f"{dag.year:04}-{dag.month:02}"


def ikke_oppgitt(regler: Samlingsregler, mangler: Sequence[Mangler]) -> Grunn:
    """Hvorfor en post ikke kan plasseres."""
    navn = tuple(dict.fromkeys(str(getattr(verdi, "navn", "")) for verdi in mangler))
    return Grunn(regler.navn, f"{' og '.join(navn)} er ikke oppgitt", navn)


def _skilt(
    regler: Samlingsregler, leste: Sequence[_Lest], funnet: list[_Samling], skjebner: dict[int, tuple[Grunn, ...]]
) -> Iterator[_Samling]:
    """Samlingene, skilt der det går for lenge fra en post til neste."""
    avbrudd = regler.avbrudd
    if avbrudd is None:
        yield from funnet
        return
    for samling in funnet:
        opphold = []
        for nummer in samling.poster:
            post = leste[nummer].post
            inn, ut = getattr(post, avbrudd.inn), getattr(post, avbrudd.ut)
            mangler = [verdi for verdi in (inn, ut) if isinstance(verdi, Mangler)]
            if mangler:
                skjebner[nummer] = (ikke_oppgitt(regler, mangler),)
            else:
                opphold.append((inn, leste[nummer].innhold, ut, nummer))
        deler: list[_Samling] = []
        sist: Any = None
        for inn, _, ut, nummer in sorted(opphold, key=lambda en: en[:2]):
            if sist is None or _mellom(sist, inn) >= avbrudd.grense:
                deler.append(_Samling(samling.noekler, usikkert=samling.usikkert))
            deler[-1].poster.append(nummer)
            sist = ut if sist is None else max(sist, ut)
        yield from deler


def _mellom(ut: date, inn: date) -> Decimal:
    """Tiden fra en slutt til en begynnelse: minutter mellom tidspunkter, døgn mellom datoer."""
    tid = inn - ut
    if isinstance(ut, datetime):
        return tid.days * _MINUTTER + tid.seconds / _SEKUNDER
    return Decimal(tid.days)


# ---- svaret for hver


def i_enhet(regler: Samlingsregler, noekkel: Noekkel, verdi: Any) -> Any:
    """En nøkkel i den enheten den oppgis i."""
    felt = next(felt for felt in regler.regler.felter if felt.id == noekkel.felt)
    if not isinstance(verdi, Decimal):
        return verdi
    return REGNING.divide(verdi * felt.nevner, Decimal(felt.teller))


def _noekler(regler: Samlingsregler, samling: _Samling) -> dict[str, Any]:
    return {noekkel.navn: i_enhet(regler, noekkel, samling.noekler[noekkel.navn]) for noekkel in regler.noekler}


def _som_data(regler: Samlingsregler, leste: Sequence[_Lest], samling: _Samling) -> dict[str, Any]:
    """Samlingen som data: nøklene, og postene."""
    return {**_noekler(regler, samling), regler.liste: [leste[nummer].data for nummer in samling.poster]}


def _vurdert(regler: Samlingsregler, leste: Sequence[_Lest], samling: _Samling, rundt: Post | None) -> Samling:
    """En samling med svaret."""
    if samling.usikkert:
        svar = usikker(samling.usikkert)
    else:
        svar = med_ordnede_grunner(vurder(regler.regler, _som_data(regler, leste, samling), rundt)[0])
    return Samling(regler.navn, _noekler(regler, samling), tuple(samling.poster), svar)


def usikker(grunner: Iterable[Grunn]) -> Svar:
    """Svaret på en samling der det ikke er avgjort hvilke poster den har."""
    return Svar("uavklart", grunner=tuple(sorted(set(grunner), key=lambda grunn: grunn.tekst)))


def _spor(
    regler: Samlingsregler, laget: Sequence[Samling], skjebner: Mapping[int, tuple[Grunn, ...]], antall: int
) -> Iterator[Spor]:
    """Hvor hver post ble av."""
    plassert: dict[int, Spor] = {}
    for nummer, samling in enumerate(laget):
        funnet = spor_i(samling.svar, len(samling.plasser), regler.liste, regler.regler.gruppering)
        for post, (grupper, grunner) in zip(samling.plasser, funnet, strict=True):
            plassert[post] = Spor(nummer, grupper, grunner)
    yield from (plassert.get(nummer) or Spor(None, (), skjebner[nummer]) for nummer in range(antall))


# ---- som rader


def som_rader(samlinger: Sequence[Samlingsregler], samlet: Samlet) -> dict[str, list[dict[str, Any]]]:
    """Rader ved navnet: samlingene av hvert slag, og for postene hvor hver av dem ble av."""
    tabeller: dict[str, list[dict[str, Any]]] = {}
    antall = len(next(iter(samlet.spor.values()), ()))
    spor: list[dict[str, Any]] = [{} for _ in range(antall)]
    for regler in samlinger:
        funnet = samlet.samlinger[regler.navn]
        tabeller[regler.navn] = [_rad(regler, nummer, samling) for nummer, samling in enumerate(funnet, 1)]
        for rad, ett in zip(spor, samlet.spor[regler.navn], strict=True):
            rad |= _sporrad(regler, ett)
    return tabeller | {samlinger[0].post: spor}


def kolonner(regler: Samlingsregler) -> list[str]:
    """Kolonnene til samlingene av ett slag."""
    gruppert = ["gruppe"] if regler.regler.gruppering is not None else []
    beregnet = [beregning.kolonne for beregning in regler.regler.beregninger]
    sist = ["grupper"] if regler.regler.velger else []
    noekler = [noekkel.felt for noekkel in regler.noekler]
    return ["nummer", *noekler, "antall", "status", *gruppert, *beregnet, "grunn", "varsel", *sist]


def sporkolonner(regler: Samlingsregler) -> list[str]:
    """Kolonnene som sier hvor en post ble av."""
    grupper = [f"{regler.kolonne}_grupper"] if regler.regler.gruppering is not None else []
    return [regler.kolonne, *grupper, f"{regler.kolonne}_grunn"]


def _rad(regler: Samlingsregler, nummer: int, samling: Samling) -> dict[str, Any]:
    navn = {beregning.id: beregning.kolonne for beregning in regler.regler.beregninger}
    celler = flatt(samling.svar, navn.__getitem__)
    celler |= {"nummer": nummer, "antall": len(samling.plasser), "grupper": samlet_tekst(samling.svar)}
    celler |= {noekkel.felt: samling.noekler[noekkel.navn] for noekkel in regler.noekler}
    return {navn: celler.get(navn) for navn in kolonner(regler)}


def samlet_tekst(svar: Svar) -> str:
    """Gruppene som en samling får, i én tekst."""
    return "; ".join(valgt.gruppe for valgt in svar.valgte)


def _sporrad(regler: Samlingsregler, spor: Spor) -> dict[str, Any]:
    nummer = None if spor.samling is None else spor.samling + 1
    grunn = "; ".join(dict.fromkeys(grunn.tekst for grunn in spor.grunner))
    celler = (nummer, "; ".join(spor.grupper), grunn) if regler.regler.gruppering is not None else (nummer, grunn)
    return dict(zip(sporkolonner(regler), celler, strict=True))
