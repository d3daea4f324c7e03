"""Fra data slik de kommer (CSV, JSON, Python) til en post som reglene kan lese.

Feil meldes med felt, verdi og hva som var ventet.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from .svar import Grunn
from .verdier import REGNING, Tom, Uoppgitt

Slag = Literal["ja/nei", "heltall", "desimaltall", "dato", "tekst", "kode", "koder", "valg", "gruppe", "liste"]

_TALL = re.compile(r"[-−+]?(\d{1,18}|\d{1,3}(?: \d{3}){1,5})(?:[.,]\d{1,12})?")
_JA_NEI = {"ja": True, "nei": False, "j": True, "n": False, "true": True, "false": False, "1": True, "0": False}
_ROM = str.maketrans("\u00a0\u202f\u2009", "   ")


@dataclass(frozen=True, slots=True)
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
    kan_mangle: bool = False
    ikke_negativ: bool = False
    store_bokstaver: bool = False


class Post:
    """En lest post. Et felt som ikke er oppgitt, er `Uoppgitt` eller `Tom`."""

    foran: "tuple[Post, ...]" = ()
    """Linjene foran denne som inngår."""
    andre: "tuple[Post, ...]" = ()
    """De andre linjene som inngår."""
    ytre: "Post"
    """Posten som listen står i."""
    gruppe_: Any
    """Gruppen, når den er funnet."""
    oppgitt_: str | None
    """Gruppen som var oppgitt i data."""
    data_: Any
    """Posten slik den kom."""
    brukt_: Any
    """Svaret og posten fra regelverket som brukes."""
    alle_: "dict[str, tuple[Post, ...]]"
    """Alle linjene i hver liste, også dem som ikke inngår."""
    rad_: Any
    """Regelraden som ga gruppen, når en rad gjorde det."""
    husket_: dict[str, Any]
    """Begreper som er regnet ut."""

    def __init__(self) -> None:
        self.gruppe_ = None
        self.oppgitt_ = None
        self.data_ = None
        self.brukt_ = None
        self.alle_ = {}
        self.rad_ = None
        self.husket_ = {}

    def __getattr__(self, navn: str) -> Any:
        raise AttributeError(navn)


def feltnavn(felter: Sequence[Felt]) -> list[str]:
    """Navnene på feltene, og på feltene i listene deres, i den rekkefølgen de er skrevet."""
    return [navn for felt in felter for navn in (felt.navn, *feltnavn(felt.av))]


class Utenfor(str):
    """En kode eller gruppe som ikke finnes i regelverket."""

    __slots__ = ()


def les(felter: Sequence[Felt], data: object, sti: str = "") -> tuple[Post, list[Grunn], list[Grunn]]:
    """Posten, feilene i data, og kodene som ikke er i regelverket."""
    verdier = _som_oppslag(data)
    post = Post()
    feil: list[Grunn] = []
    utenfor: list[Grunn] = []
    if verdier is None:
        feil.append(Grunn("data", f"{sti or 'posten'} er {_vist(data)}; ventet et sett av felt", (sti,) if sti else ()))
        verdier = {}
    for felt in felter:
        raa = verdier.get(felt.id)
        if raa is None and felt.navn != felt.id:
            raa = verdier.get(felt.navn)
        if raa is None:
            setattr(post, felt.id, _ikke_oppgitt(felt))
            continue
        navn = f"{sti}{felt.navn}"
        try:
            verdi = _les(felt, raa, navn, feil, utenfor)
        except _Ventet as ventet:
            feil.append(Grunn(felt.navn, f"{navn} er {_vist(raa)}; ventet {ventet}", (navn,)))
            verdi = Uoppgitt(felt.navn)
        if felt.slag == "liste" and isinstance(verdi, tuple):
            for element in verdi:
                element.ytre = post
        if isinstance(verdi, Utenfor):
            utenfor.append(Grunn(felt.navn, f"{felt.navn} {verdi} er ikke i regelverket", (navn,)))
        setattr(post, felt.id, verdi)
    return post, feil, utenfor


class _Ventet(Exception):
    """Verdien kan ikke leses; teksten sier hva som var ventet."""


def _som_oppslag(data: object) -> Mapping[str, object] | None:
    if isinstance(data, Mapping):
        return data
    if is_dataclass(data) and not isinstance(data, type):
        return {felt.name: getattr(data, felt.name) for felt in fields(data)}
    return None


def _les(felt: Felt, raa: object, navn: str, feil: list[Grunn], utenfor: list[Grunn]) -> Any:
    """Verdien av et felt."""
    if isinstance(raa, str) and not raa.strip() and felt.slag not in ("koder", "liste"):
        return _ikke_oppgitt(felt)
    match felt.slag:
        case "ja/nei":
            return _ja_nei(raa)
        case "heltall" | "desimaltall":
            return _tall(felt, raa)
        case "dato":
            return _dato(raa)
        case "tekst":
            return str(raa)
        case "kode":
            return _kode(felt, raa)
        case "koder":
            return tuple(_kode(felt, kode) for kode in _delt_liste(raa))
        case "valg":
            return _valg(felt, raa)
        case "gruppe":
            return _gruppe(felt, raa)
        case "liste":
            return _liste(felt, raa, navn, feil, utenfor)


def _ikke_oppgitt(felt: Felt) -> Tom | Uoppgitt:
    """Verdien av et felt som ikke er oppgitt."""
    return Tom(felt.navn) if felt.kan_mangle else Uoppgitt(felt.navn)


def _ja_nei(raa: object) -> bool:
    if isinstance(raa, bool):
        return raa
    funnet = _JA_NEI.get(str(raa).strip().lower())
    if funnet is None:
        raise _Ventet("ja eller nei")
    return funnet


def _tall(felt: Felt, raa: object) -> Decimal:
    """Tallet i grunnenhet."""
    ventet = f"et {'helt tall' if felt.slag == 'heltall' else 'tall'}{f' i {felt.enhet}' if felt.enhet else ''}"
    if isinstance(raa, bool):
        raise _Ventet(ventet)
    tekst = str(raa).translate(_ROM).strip()
    for enhet in (felt.enhet, felt.enhet.split(" per ")[0]):
        if enhet and tekst.lower().endswith(enhet):
            tekst = tekst[: -len(enhet)].rstrip()
            break
    if isinstance(raa, Decimal | float) and Decimal(tekst).is_finite():
        tekst = f"{Decimal(tekst).normalize(REGNING):f}"
    if not _TALL.fullmatch(tekst):
        raise _Ventet(ventet)
    tall = Decimal(tekst.replace(" ", "").replace(",", ".").replace("−", "-"))
    if felt.slag == "heltall" and tall != tall.to_integral_value():
        raise _Ventet(ventet)
    if felt.ikke_negativ and tall < 0:
        raise _Ventet(f"{ventet} som ikke er under 0")
    return REGNING.divide(tall * felt.teller, Decimal(felt.nevner)) if felt.nevner != 1 else tall * felt.teller


def _dato(raa: object) -> date:
    if isinstance(raa, datetime):
        return raa.date()
    if isinstance(raa, date):
        return raa
    tekst = str(raa).strip()[:10]
    deler = tekst.split(".")[::-1] if "." in tekst else tekst.split("-")
    try:
        aar, maaned, dag = map(int, deler)
        return date(aar, maaned, dag)
    except ValueError:
        raise _Ventet("en dato, som 2020-12-31") from None


def _kode(felt: Felt, raa: object) -> str:
    if isinstance(raa, bool | float) or not isinstance(raa, str | int):
        raise _Ventet("en kode")
    kode = re.sub(r"^([A-Za-z]\d\d)\.(\w+)$", r"\1\2", str(raa).strip())
    if felt.store_bokstaver:
        kode = kode.upper()
    if not re.fullmatch(r"\w{1,20}", kode):
        raise _Ventet("en kode")
    return Utenfor(kode) if felt.kjente is not None and kode not in felt.kjente else kode


def kode_av(felt: Felt, tekst: str) -> str | None:
    """En kode slik den skal stå, når den kan leses og er i regelverket; None ellers."""
    try:
        kode = _kode(felt, tekst)
    except _Ventet:
        return None
    return None if isinstance(kode, Utenfor) else kode


def _delt_liste(raa: object) -> Iterable[object]:
    """Elementene i en liste av koder; i en tekst er de skilt av mellomrom eller komma."""
    if isinstance(raa, str):
        tekst = raa.strip()
        if tekst.startswith("["):
            return _delt_liste(_json(tekst))
        return re.split(r"[\s,]+", tekst) if tekst else ()
    if isinstance(raa, list | tuple | set | frozenset):
        return sorted(raa) if isinstance(raa, set | frozenset) else raa
    raise _Ventet("en liste av koder, skilt med mellomrom")


def _valg(felt: Felt, raa: object) -> str:
    tekst = str(raa).strip()
    for valg in felt.valg:
        if tekst == valg or tekst.lower() == valg.lower():
            return valg
    raise _Ventet(", ".join(felt.valg[:-1]) + " eller " + felt.valg[-1] if len(felt.valg) > 1 else felt.valg[0])


def _gruppe(felt: Felt, raa: object) -> str:
    """Gruppen slik regelverket skriver den; «442» og «DRG442» godtas for «DRG 442»."""
    if not isinstance(raa, str | int) or isinstance(raa, bool):
        raise _Ventet("en gruppe, som DRG 442")
    tekst = " ".join(str(raa).split())
    kjente = felt.kjente or ()
    if tekst in kjente:
        return tekst
    tett = tekst.replace(" ", "").upper()
    treff = [g for g in kjente if g.replace(" ", "").upper() == tett or g.split(" ")[-1].upper() == tett]
    return treff[0] if len(treff) == 1 else Utenfor(tekst)


def _liste(felt: Felt, raa: object, navn: str, feil: list[Grunn], utenfor: list[Grunn]) -> tuple[Post, ...]:
    av_koder = all(del_.slag == "kode" for del_ in felt.av)
    if isinstance(raa, str):
        tekst = raa.strip()
        raa = _delt_liste(tekst) if av_koder and not tekst.startswith("[") else _json(tekst) if tekst else []
    if not isinstance(raa, list | tuple):
        raise _Ventet("en liste av linjer (i JSON)")
    poster = []
    for nummer, element in enumerate(raa, 1):
        if av_koder and isinstance(element, str):
            element = _delt_element(felt, element)
        post, nye_feil, nye_utenfor = les(felt.av, element, f"{navn} {nummer}: ")
        poster.append(post)
        feil += nye_feil
        utenfor += nye_utenfor
    for nummer, post in enumerate(poster):
        post.foran = tuple(poster[:nummer])
        post.andre = tuple(poster[:nummer] + poster[nummer + 1 :])
    return tuple(poster)


def _delt_element(felt: Felt, tekst: str) -> dict[str, str]:
    """Et element som bare er koder, skrevet kort: kodene med pluss mellom, i den rekkefølgen feltene er skrevet."""
    koder = tekst.split("+")
    if len(koder) > len(felt.av):
        raise _Ventet("en kode" if len(felt.av) == 1 else f"høyst {len(felt.av)} koder med pluss mellom, som E105+I792")
    return dict(zip((del_.id for del_ in felt.av), koder, strict=False))


def _json(tekst: str) -> object:
    try:
        return json.loads(tekst, parse_float=Decimal)
    except ValueError:
        raise _Ventet("en liste i JSON") from None


def _vist(raa: object) -> str:
    """Verdien slik den vises i en melding."""
    if raa is None:
        return "ikke oppgitt"
    tekst = str(raa)
    return f"«{tekst if len(tekst) <= 60 else tekst[:59] + '…'}»"
