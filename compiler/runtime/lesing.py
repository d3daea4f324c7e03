"""Fra data slik de kommer (CSV, JSON, Python) til en post som reglene kan lese.

Feil meldes med felt, verdi og hva som var ventet.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, Literal

from .svar import Grunn
from .verdier import REGNING, Mangler, Tom, Uoppgitt

Slag = Literal[
    "ja/nei",
    "heltall",
    "desimaltall",
    "dato",
    "tidspunkt",
    "tekst",
    "kode",
    "koder",
    "valg",
    "gruppe",
    "liste",
]

_TALL = re.compile(r"[-−+]?(\d{1,18}|\d{1,3}(?: \d{3}){1,5})(?:[.,]\d{1,12})?")
_LENGST = 10**18
"""Det minste hele tallet med for mange sifre."""
_KODE = re.compile(r"\w{1,20}")
_MED_PUNKTUM = re.compile(r"^([A-Za-z]\d\d)\.(\w+)$")
_TIDSPUNKT = re.compile(
    r"(\d{4}-\d\d?-\d\d?|\d\d?\.\d\d?\.\d{4})(?:T| +)(\d\d?:\d\d(?::\d\d)?)(?:[.,]\d{1,9})?(Z|[-+]\d\d(?::?\d\d)?)?"
)
"""Datoen, klokkeslettet og tidssonen i et tidspunkt; deler av et sekund blir ikke med."""
_JA_NEI = {"ja": True, "nei": False, "j": True, "n": False, "true": True, "false": False, "1": True, "0": False}
_LOKAL_TID = "et tidspunkt i lokal tid, uten tidssone, som 2023-03-02 14:30"
_ROM = str.maketrans("\u00a0\u202f\u2009", "   ")


@dataclass(frozen=True)
class Felt:
    """Et felt: navnet i regelverket, navnet i Python og filer, hva det er, og enheten det oppgis i."""

    navn: str
    id: str
    slag: Slag
    enhet: str = ""
    teller: int = 1
    nevner: int = 1
    valg: tuple[str, ...] = ()
    kjente: Collection[str] | None = None
    """Kodene eller gruppene som finnes i regelverket; None når alle godtas."""
    av: "tuple[Felt, ...]" = ()
    grenser: tuple[Any, ...] | None = None
    """Verdiene, i grunnenhet, som reglene skiller mellom; None når de skiller mellom alle."""
    ordnet_etter: str = ""
    """Feltet i linjene som listen ordnes etter; tomt når de står som de er gitt."""
    kan_mangle: bool = False
    ikke_negativ: bool = False
    store_bokstaver: bool = False

    ikke_oppgitt: Tom | Uoppgitt = field(init=False, repr=False, compare=False)
    """Verdien når feltet ikke er oppgitt, den samme for alle poster."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "ikke_oppgitt", _ikke_oppgitt(self))

    @cached_property
    def grupper(self) -> Mapping[str, list[str]]:
        """Gruppene etter hver måte å skrive dem på: «DRG 442», «DRG442» og «442»."""
        maater: dict[str, list[str]] = {}
        for gruppe in self.kjente or ():
            for maate in {gruppe.replace(" ", "").upper(), gruppe.split(" ")[-1].upper()}:
                maater.setdefault(maate, []).append(gruppe)
        return maater


class Post:
    """En lest post. Et felt som ikke er oppgitt, er `Uoppgitt` eller `Tom`."""

    i_liste_: "tuple[Post, ...]" = ()
    """Listen posten står i, slik den ble lest."""
    nummer_: int = 0
    """Plassen i den."""
    staar_: "tuple[list[Post], int, list[Post], int] | None" = None
    """Linjene foran, og hvor mange av dem; linjene etter, og hvor de begynner: når noen av dem er falt."""
    ytre: "Post"
    """Posten som listen står i."""
    gruppe_: Any = None
    """Gruppen, når den er funnet."""
    oppgitt_: str | None = None
    """Gruppen som var oppgitt i data."""
    data_: Any = None
    """Posten slik den kom."""
    brukt_: Any = None
    """Svaret fra regelverket som brukes, når det er spurt."""
    alle_: "dict[str, tuple[Post, ...]]"
    """Alle linjene i hver liste, også dem som ikke inngår."""
    rad_: Any = None
    """Regelraden som ga gruppen, når en rad gjorde det."""
    husket_: dict[str, Any]
    """Begreper som er regnet ut."""
    valgte_: list[Any]
    """Gruppene som en samling får."""
    forbigaatt_: list[Any]
    """Gruppene som en samling ikke får."""
    uavklart_: Any = None
    """Leddet som er uavklart, når det ikke kan avgjøres hvilke grupper en samling får."""
    uavklart_id_: str = ""
    """Gruppen det er leddet til."""
    provd_: Any = None
    """Svaret på kravene til linjen, når de er prøvd."""
    plass_: int = 0
    """Plassen i listen slik den var gitt."""

    def __init__(self) -> None:
        self.alle_ = {}
        self.husket_ = {}
        self.valgte_ = []
        self.forbigaatt_ = []

    def __getattr__(self, navn: str) -> Any:
        raise AttributeError(navn)

    @property
    def foran_(self) -> "tuple[Post, ...]":
        """Linjene foran denne som inngår."""
        if self.staar_ is None:
            return self.i_liste_[: self.nummer_]
        foran, antall, _, _ = self.staar_
        return tuple(foran[:antall])

    @property
    def andre_(self) -> "tuple[Post, ...]":
        """De andre linjene som inngår."""
        if self.staar_ is None:
            return self.i_liste_[: self.nummer_] + self.i_liste_[self.nummer_ + 1 :]
        _, _, etter, fra = self.staar_
        return self.foran_ + tuple(etter[fra:])


def i_liste(poster: Iterable[Post], ytre: Post) -> tuple[Post, ...]:
    """Kopier av leste poster, som linjene i en liste."""
    listen = tuple(map(_kopi, poster))
    for nummer, post in enumerate(listen):
        post.i_liste_, post.nummer_, post.plass_, post.ytre = listen, nummer, nummer, ytre
    return listen


def _kopi(post: Post) -> Post:
    """En post med de samme verdiene, der ingenting er regnet ut."""
    ny = Post()
    egne = vars(ny)
    egne |= {navn: verdi for navn, verdi in vars(post).items() if navn not in egne}
    return ny


def feltnavn(felter: Sequence[Felt]) -> list[str]:
    """Navnene på feltene, og på feltene i listene deres, i den rekkefølgen de er skrevet."""
    return [navn for felt in felter for navn in (felt.navn, *(feltnavn(felt.av) if felt.av else ()))]


class Utenfor(str):
    """En kode eller gruppe som ikke finnes i regelverket."""

    __slots__ = ()


def oppgitt(felt: Felt, verdier: Mapping[str, object]) -> object:
    """Det som er oppgitt for et felt, med det ene eller det andre navnet; None når ingenting er det."""
    raa = verdier.get(felt.id)
    return verdier.get(felt.navn) if raa is None and felt.navn != felt.id else raa


def les(felter: Sequence[Felt], data: object, sti: str = "") -> tuple[Post, list[Grunn], list[Grunn]]:
    """Posten, feilene i data, og kodene som ikke er i regelverket."""
    verdier = som_oppslag(data)
    post = Post()
    feil: list[Grunn] = []
    utenfor: list[Grunn] = []
    if verdier is None:
        feil.append(Grunn("data", f"{sti or 'posten'} er {_vist(data)}; ventet et sett av felt", (sti,) if sti else ()))
        verdier = {}
    lest = vars(post)
    for felt in felter:
        raa = oppgitt(felt, verdier)
        if raa is None:
            # To linjer i en liste deler ikke verdien: `ett_unntak` spør om to verdier er den samme.
            lest[felt.id] = _ikke_oppgitt(felt) if sti else felt.ikke_oppgitt
            continue
        try:
            verdi = _les(felt, raa, sti, feil, utenfor)
        except Ventet as ventet:
            navn = f"{sti}{felt.navn}"
            feil.append(Grunn(felt.navn, f"{navn} er {_vist(raa)}; ventet {ventet}", (navn,)))
            verdi = Uoppgitt(felt.navn)
        if isinstance(verdi, Utenfor):
            utenfor.append(Grunn(felt.navn, f"{felt.navn} {verdi} er ikke i regelverket", (f"{sti}{felt.navn}",)))
        elif felt.slag == "liste" and isinstance(verdi, tuple):
            for element in verdi:
                element.ytre = post
        lest[felt.id] = verdi
    return post, feil, utenfor


class Ventet(Exception):
    """Verdien kan ikke leses; teksten sier hva som var ventet."""


def som_oppslag(data: object) -> Mapping[str, object] | None:
    """Data som felt ved navn; None når det ikke er noe slikt."""
    if isinstance(data, Mapping):
        return data
    if is_dataclass(data) and not isinstance(data, type):
        return {navn: getattr(data, navn) for navn in _navnene(type(data))}
    return None


@lru_cache
def _navnene(klasse: Any) -> tuple[str, ...]:
    """Navnene på feltene i en dataklasse."""
    return tuple(felt.name for felt in fields(klasse))


def _les(felt: Felt, raa: object, sti: str, feil: list[Grunn], utenfor: list[Grunn]) -> Any:
    """Verdien av et felt."""
    if felt.slag == "koder":
        return tuple([_kode(felt, kode) for kode in _delt_liste(raa)])
    if felt.slag == "liste":
        return _liste(felt, raa, f"{sti}{felt.navn}", feil, utenfor)
    if isinstance(raa, str) and not raa.strip():
        return _ikke_oppgitt(felt)
    return _LESERE[felt.slag](felt, raa)


def _ikke_oppgitt(felt: Felt) -> Tom | Uoppgitt:
    """Verdien av et felt som ikke er oppgitt."""
    return Tom(felt.navn) if felt.kan_mangle else Uoppgitt(felt.navn)


def _ja_nei(_felt: Felt, raa: object) -> bool:
    if isinstance(raa, bool):
        return raa
    funnet = _JA_NEI.get(str(raa).strip().lower())
    if funnet is None:
        raise Ventet("ja eller nei")
    return funnet


def _tekst(_felt: Felt, raa: object) -> str:
    return str(raa)


def _tall(felt: Felt, raa: object) -> Decimal:
    """Tallet i grunnenhet."""
    tall = Decimal(raa) if type(raa) is int and 0 <= raa < _LENGST else _skrevet_tall(felt, raa)
    return REGNING.divide(tall * felt.teller, Decimal(felt.nevner)) if felt.nevner != 1 else tall * felt.teller


def _skrevet_tall(felt: Felt, raa: object) -> Decimal:
    """Tallet slik det er oppgitt, med eller uten enhet."""
    ventet = f"et {'helt tall' if felt.slag == 'heltall' else 'tall'}{f' i {felt.enhet}' if felt.enhet else ''}"
    if isinstance(raa, bool):
        raise Ventet(ventet)
    tekst = str(raa).translate(_ROM).strip()
    for enhet in (felt.enhet, felt.enhet.split(" per ")[0]):
        if enhet and tekst.lower().endswith(enhet.lower()):
            tekst = tekst[: -len(enhet)].rstrip()
            break
    if isinstance(raa, Decimal | float) and Decimal(tekst).is_finite():
        tekst = f"{Decimal(tekst).normalize(REGNING):f}"
    if not _TALL.fullmatch(tekst):
        raise Ventet(ventet)
    tall = Decimal(tekst.replace(" ", "").replace(",", ".").replace("−", "-"))
    if felt.slag == "heltall" and tall != tall.to_integral_value():
        raise Ventet(ventet)
    if felt.ikke_negativ and tall < 0:
        raise Ventet(f"{ventet} som ikke er under 0")
    return tall


def _dato(_felt: Felt, raa: object) -> date:
    if isinstance(raa, datetime):
        return raa.date()
    if isinstance(raa, date):
        return raa
    try:
        return _skrevet_dato(str(raa).strip()[:10])
    except ValueError:
        raise Ventet("en dato, som 2020-12-31") from None


def _skrevet_dato(tekst: str) -> date:
    """Datoen i en tekst; ValueError når den ikke er der."""
    aar, maaned, dag = map(int, tekst.split(".")[::-1] if "." in tekst else tekst.split("-"))
    return date(aar, maaned, dag)


def _tidspunkt(_felt: Felt, raa: object) -> datetime:
    """Tidspunktet, til sekundet, i lokal tid."""
    if isinstance(raa, datetime):
        if raa.tzinfo is not None:
            raise Ventet(_LOKAL_TID)
        return datetime(raa.year, raa.month, raa.day, raa.hour, raa.minute, raa.second)
    delt = _TIDSPUNKT.fullmatch(str(raa).translate(_ROM).strip())
    if delt is None:
        raise Ventet("et tidspunkt, som 2023-03-02 14:30")
    dag, klokken, sone = delt.groups()
    if sone is not None:
        raise Ventet(_LOKAL_TID)
    try:
        timer, minutter, sekunder = (*map(int, klokken.split(":")), 0)[:3]
        return datetime.combine(_skrevet_dato(dag), time(timer, minutter, sekunder))
    except ValueError:
        raise Ventet("et tidspunkt, som 2023-03-02 14:30") from None


def _kode(felt: Felt, raa: object) -> str:
    if not isinstance(raa, str) and (not isinstance(raa, int) or isinstance(raa, bool)):
        raise Ventet("en kode")
    kode = str(raa).strip()
    if "." in kode:
        kode = _MED_PUNKTUM.sub(r"\1\2", kode)
    if felt.store_bokstaver:
        kode = kode.upper()
    if not _KODE.fullmatch(kode):
        raise Ventet("en kode")
    return Utenfor(kode) if felt.kjente is not None and kode not in felt.kjente else kode


def kode_av(felt: Felt, tekst: str) -> str | None:
    """En kode slik den skal stå, når den kan leses og er i regelverket; None ellers."""
    try:
        kode = _kode(felt, tekst)
    except Ventet:
        return None
    return None if isinstance(kode, Utenfor) else kode


def lest_verdi(felt: Felt, raa: object) -> Any:
    """Verdien av et felt som ikke er en liste; None når den mangler. `Ventet` når den ikke kan leses."""
    if raa is None or (isinstance(raa, str) and not raa.strip()):
        return None
    return _LESERE[felt.slag](felt, raa)


def enkel_verdi(felt: Felt, raa: object) -> Any:
    """Verdien av et felt som ikke er en liste, med hele tall som int; None når den mangler.

    ValueError når den ikke kan leses, eller ikke er i regelverket.
    """
    try:
        verdi = lest_verdi(felt, raa)
    except Ventet as ventet:
        raise ValueError(str(ventet)) from None
    if isinstance(verdi, Utenfor):
        raise ValueError(verdi)
    return int(verdi) if felt.slag == "heltall" and verdi is not None else verdi


def _delt_liste(raa: object) -> Iterable[object]:
    """Elementene i en liste av koder; i en tekst er de skilt av mellomrom eller komma."""
    if isinstance(raa, str):
        tekst = raa.strip()
        if tekst.startswith("["):
            return _delt_liste(_json(tekst))
        return re.split(r"[\s,]+", tekst) if tekst else ()
    if isinstance(raa, list | tuple | set | frozenset):
        return sorted(raa) if isinstance(raa, set | frozenset) else raa
    raise Ventet("en liste av koder, skilt med mellomrom")


def _valg(felt: Felt, raa: object) -> str:
    tekst = str(raa).strip()
    for valg in felt.valg:
        if tekst == valg or tekst.lower() == valg.lower():
            return valg
    raise Ventet(", ".join(felt.valg[:-1]) + " eller " + felt.valg[-1] if len(felt.valg) > 1 else felt.valg[0])


def _gruppe(felt: Felt, raa: object) -> str:
    """Gruppen slik regelverket skriver den; «442» og «DRG442» godtas for «DRG 442»."""
    if not isinstance(raa, str | int) or isinstance(raa, bool):
        raise Ventet("en gruppe, som DRG 442")
    tekst = " ".join(str(raa).split())
    treff = felt.grupper.get(tekst.replace(" ", "").upper(), [])
    return tekst if tekst in treff else treff[0] if len(treff) == 1 else Utenfor(tekst)


_LESERE: Mapping[Slag, Callable[[Felt, object], Any]] = {
    "ja/nei": _ja_nei,
    "heltall": _tall,
    "desimaltall": _tall,
    "dato": _dato,
    "tidspunkt": _tidspunkt,
    "tekst": _tekst,
    "kode": _kode,
    "valg": _valg,
    "gruppe": _gruppe,
}
"""Hvordan en verdi leses, etter hva feltet er."""


def _liste(felt: Felt, raa: object, navn: str, feil: list[Grunn], utenfor: list[Grunn]) -> tuple[Post, ...]:
    av_koder = all(del_.slag == "kode" for del_ in felt.av)
    if isinstance(raa, str):
        tekst = raa.strip()
        raa = _delt_liste(tekst) if av_koder and not tekst.startswith("[") else _json(tekst) if tekst else []
    if not isinstance(raa, list | tuple):
        raise Ventet("en liste av linjer (i JSON)")
    poster = []
    for nummer, element in enumerate(raa, 1):
        if av_koder and isinstance(element, str):
            element = _delt_element(felt, element)
        post, nye_feil, nye_utenfor = les(felt.av, element, f"{navn} {nummer}: ")
        post.plass_ = nummer - 1
        poster.append(post)
        feil += nye_feil
        utenfor += nye_utenfor
    if felt.ordnet_etter:
        feil += [mangel for mangel in _ordne(felt, poster, navn) if mangel.felt not in {en.felt for en in feil}]
    listen = tuple(poster)
    for nummer, post in enumerate(listen):
        post.i_liste_, post.nummer_ = listen, nummer
    return listen


def _ordne(felt: Felt, poster: list[Post], navn: str) -> list[Grunn]:
    """Ordne linjene etter feltet de skal ordnes etter; like blir stående som de var. Feil når noen mangler det."""
    etter = next(del_ for del_ in felt.av if del_.id == felt.ordnet_etter)
    uten = [plass for plass, post in enumerate(poster, 1) if isinstance(getattr(post, etter.id), Mangler)]
    if uten:
        ventet = f"{etter.navn} er ikke oppgitt; ventet {etter.navn}, for linjene ordnes etter den"
        return [Grunn(etter.navn, f"{navn} {plass}: {ventet}", (f"{navn} {plass}: {etter.navn}",)) for plass in uten]
    poster.sort(key=lambda post: getattr(post, etter.id))
    return []


def _delt_element(felt: Felt, tekst: str) -> dict[str, str]:
    """Et element som bare er koder, skrevet kort: kodene med pluss mellom, i den rekkefølgen feltene er skrevet."""
    koder = tekst.split("+")
    if len(koder) > len(felt.av):
        raise Ventet("en kode" if len(felt.av) == 1 else f"høyst {len(felt.av)} koder med pluss mellom, som E105+I792")
    return dict(zip((del_.id for del_ in felt.av), koder, strict=False))


def _json(tekst: str) -> object:
    try:
        return json.loads(tekst, parse_float=Decimal)
    except ValueError:
        raise Ventet("en liste i JSON") from None


def _vist(raa: object) -> str:
    """Verdien slik den vises i en melding."""
    if raa is None:
        return "ikke oppgitt"
    tekst = str(raa)
    return f"«{tekst if len(tekst) <= 60 else tekst[:59] + '…'}»"
