"""Mange poster på én gang, i kolonner: et parti (Arrow RecordBatch) inn, og et parti med svarene ut.

Modulen leses inn først når noen grupperer et parti, for bare den trenger numpy og pyarrow.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .lesing import Slag
from .motor import Regler, vurder
from .svar import Svar, Verdi, flatt
from .verdier import REGNING, lest

Numre = npt.NDArray[np.int32]
Rad = tuple[Verdi, ...]

DESIMALER = 15
_TALL = pa.decimal128(38, DESIMALER)
_TRINN = Decimal(1).scaleb(-DESIMALER)
_FOR_STORT = Decimal(1).scaleb(38 - DESIMALER)
_TYPER: Mapping[Slag, pa.DataType] = {
    "ja/nei": pa.bool_(),
    "heltall": _TALL,
    "desimaltall": _TALL,
    "dato": pa.date32(),
}

_SKIVE = 8192
"""Så mange rader gjøres om gangen til Python-verdier."""
_HUSK = 50_000
"""Så mange ulike rader huskes."""
_PROVE = 4000
"""Hvor ofte det ses etter om det lønner seg å huske."""
_MINST_LIKE = 0.1
"""Så stor del av radene må være lik en før dem for at det lønner seg."""


def grupper_parti(regler: Regler, parti: pa.RecordBatch) -> pa.RecordBatch:
    """Svarene på radene i et parti: én rad ut for hver rad inn, i samme rekkefølge.

    En kolonne som mangler, og en celle som er null, er ikke oppgitt. Kolonner som reglene ikke har, blir ikke lest.
    """
    ut = Svarkolonner(svarskjema(regler))
    kolonnen_til = {**regler.resultater, **{beregning.id: beregning.kolonne for beregning in regler.beregninger}}
    rader: dict[Rad, int] = {}

    def nummer(svar: Svar) -> int:
        return rader.setdefault(ut.rad(flatt(svar, kolonnen_til.__getitem__)), len(rader))

    numre = fordelt(regler, parti, nummer)
    return pa.RecordBatch.from_arrays(ut.kolonner(list(rader), numre), schema=ut.skjema)


# ---- svarene som kolonner


def svarskjema(regler: Regler) -> pa.Schema:
    """Kolonnene i svaret."""
    typer = {"status": pa.string()}
    if regler.gruppering is not None:
        typer |= {"gruppe": pa.string(), "gruppe_oppgitt": pa.bool_()}
    typer |= dict.fromkeys(regler.resultater.values(), pa.string())
    typer |= {b.kolonne: _TYPER.get(b.slag, pa.string()) for b in regler.beregninger}
    return pa.schema([*typer.items(), ("grunn", pa.string()), ("varsel", pa.string())])


class Svarkolonner:
    """Kolonnene i et skjema, laget av svar som hver for seg er én rad."""

    def __init__(self, skjema: pa.Schema) -> None:
        self.skjema = skjema
        self.former = {felt.name: _form(felt.type) for felt in skjema}

    def rad(self, celler: Mapping[str, Verdi]) -> Rad:
        """Cellene slik kolonnene kan ha dem. Et tall som er for stort, blir tomt, og et varsel sier det."""
        verdier: dict[str, Verdi] = {}
        store = []
        for navn, form in self.former.items():
            verdi = celler.get(navn)
            verdier[navn] = None if verdi is None else form(verdi)
            if verdi is not None and verdier[navn] is None:
                store.append(f"{lest(navn)} er for stort for kolonnen")
        if store:
            verdier["varsel"] = "; ".join(filter(None, [str(verdier["varsel"]), *store]))
        return tuple(verdier.values())

    def kolonner(self, rader: Sequence[Rad], numre: Numre) -> list[pa.Array]:
        """Kolonnene, der hver rad er den av `rader` som nummeret sier."""
        plasser = pa.array(numre)
        return [pa.array([rad[i] for rad in rader], felt.type).take(plasser) for i, felt in enumerate(self.skjema)]


def _form(type_: pa.DataType) -> Callable[[Any], Verdi]:
    """Det som gjør en verdi slik en kolonne kan ha den."""
    if pa.types.is_decimal(type_):
        return _rundet
    return _tekst if pa.types.is_string(type_) else lambda verdi: verdi


def _rundet(tall: Decimal) -> Decimal | None:
    """Tallet med så mange desimaler som kolonnen har, halve bort fra null; None når det er for stort."""
    if tall.copy_abs() >= _FOR_STORT:
        return None
    rundet = tall.quantize(_TRINN, ROUND_HALF_UP, REGNING)
    return rundet if rundet.copy_abs() < _FOR_STORT else None


def _tekst(verdi: Any) -> str:
    """Verdien som tekst; koder er skilt med mellomrom."""
    return " ".join(map(str, verdi)) if isinstance(verdi, tuple) else str(verdi)


# ---- radene gruppert


def fordelt(regler: Regler, parti: pa.RecordBatch, nummer: Callable[[Svar], int]) -> Numre:
    """Nummeret som `nummer` gir svaret på hver rad. Den spørres én gang for hvert av svarene fra kjernen."""
    numre = _fra_kjernen(regler, parti, nummer)
    igjen = np.flatnonzero(numre < 0)
    if igjen.size:
        felles = _kjente_kolonner(regler, parti)
        if igjen.size < parti.num_rows:
            felles = {navn: kolonne.take(pa.array(igjen)) for navn, kolonne in felles.items()}
        numre[igjen] = np.fromiter(_enkeltvis(regler, felles, igjen.size, nummer), np.int32, igjen.size)
    return numre


def _fra_kjernen(regler: Regler, parti: pa.RecordBatch, nummer: Callable[[Svar], int]) -> Numre:
    """Nummeret på svaret på hver rad som kjernen tar, og −1 for de andre."""
    if regler.kjerne is None or not parti.num_rows:
        return np.full(parti.num_rows, -1, np.int32)
    plasser, svarene = regler.kjerne()(parti)
    brukte = np.flatnonzero(np.bincount(plasser[plasser >= 0], minlength=len(svarene)))
    numre: Numre = np.full(len(svarene) + 1, -1, np.int32)
    numre[brukte] = [nummer(svarene[plass]) for plass in brukte.tolist()]
    return numre[plasser]


def _enkeltvis(
    regler: Regler, felles: Mapping[str, pa.Array], antall: int, nummer: Callable[[Svar], int]
) -> Iterator[int]:
    """Nummeret på svaret på hver rad, der hver vurderes for seg."""
    navn = tuple(felles)

    def nummer_paa(celler: tuple[Any, ...]) -> int:
        return nummer(vurder(regler, dict(zip(navn, celler, strict=True)))[0])

    minne = _Minne(nummer_paa, sammensatt=any(pa.types.is_nested(kolonne.type) for kolonne in felles.values()))
    for start in range(0, antall, _SKIVE):
        verdier = [som_liste(kolonne.slice(start, _SKIVE)) for kolonne in felles.values()]
        rader = zip(*verdier, strict=True) if verdier else repeat((), min(_SKIVE, antall - start))
        yield from map(minne, rader)


class _Minne:
    """Nummeret på svaret på en rad; like rader vurderes én gang, så lenge mange nok er like."""

    def __init__(self, nummer_paa: Callable[[tuple[Any, ...]], int], sammensatt: bool) -> None:
        self.nummer_paa = nummer_paa
        self.sammensatt = sammensatt
        self.husket: dict[tuple[Any, ...], int] = {}
        self.husker = True
        self.spurt = self.funnet = 0

    def __call__(self, celler: tuple[Any, ...]) -> int:
        if not self.husker:
            return self.nummer_paa(celler)
        noekkel = _uforanderlig(celler) if self.sammensatt else celler
        nummer = self.husket.get(noekkel)
        self.spurt += 1
        if nummer is not None:
            self.funnet += 1
            return nummer
        nummer = self.nummer_paa(celler)
        if len(self.husket) < _HUSK:
            self.husket[noekkel] = nummer
        if self.spurt % _PROVE == 0 and self.funnet < self.spurt * _MINST_LIKE:
            self.husker = False
            self.husket.clear()
        return nummer


def _uforanderlig(verdi: Any) -> Any:
    """Verdien slik den kan være en nøkkel."""
    if isinstance(verdi, list | tuple):
        return tuple(map(_uforanderlig, verdi))
    return tuple(map(_uforanderlig, verdi.items())) if isinstance(verdi, dict) else verdi


# ---- kolonnene inn


def _kjente_kolonner(regler: Regler, parti: pa.RecordBatch) -> dict[str, pa.Array]:
    """Kolonnene som reglene leser, med navn."""
    felter = _navn_paa_felt(regler)
    kjente = [navn for navn in parti.schema.names if navn in felter]
    doble = [navn for navn in kjente if kjente.count(navn) > 1]
    if doble:
        raise ValueError(f"kolonnen «{doble[0]}» står to ganger")
    return {navn: enkel(parti.column(navn)) for navn in kjente}


def _navn_paa_felt(regler: Regler) -> set[str]:
    """Navnene som en kolonne kan ha, også for feltene i regelverket som brukes."""
    egne = {navn for felt in regler.felter for navn in (felt.id, felt.navn)}
    return egne | _navn_paa_felt(regler.bruker()) if regler.bruker is not None else egne


def enkel(kolonne: pa.Array) -> pa.Array:
    """Kolonnen med en type som Arrow kan plukke rader av; det kan den ikke av `string_view`."""
    type_ = enkel_type(kolonne.type)
    return kolonne if type_ == kolonne.type else kolonne.cast(type_)


def enkel_type(type_: pa.DataType) -> pa.DataType:
    """Typen en slik kolonne får."""
    if pa.types.is_list(type_) and pa.types.is_string_view(type_.value_type):
        return pa.list_(pa.string())
    return pa.string() if pa.types.is_string_view(type_) else type_


def som_liste(kolonne: pa.Array) -> list[Any]:
    """Verdiene i en kolonne som Python-verdier."""
    slag = kolonne.type
    if pa.types.is_dictionary(slag):
        return som_liste(kolonne.dictionary_decode())
    if pa.types.is_binary(slag) or pa.types.is_large_binary(slag):
        kolonne = kolonne.cast(pa.string())
    elif pa.types.is_timestamp(slag) and slag.unit == "ns":
        kolonne = kolonne.cast(pa.timestamp("us", slag.tz), safe=False)
    return kolonne.to_pylist()  # type: ignore[no-any-return]
