"""Mange poster på én gang, i kolonner: et parti (Arrow RecordBatch) inn, og et parti med svarene ut.

Modulen leses inn først når noen grupperer et parti, for bare den trenger numpy og pyarrow.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .lesing import Slag
from .minne import minnet
from .motor import Beregning, Liste, Regler
from .svar import Svar, Verdi, flatt, linjekolonne
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
    "tidspunkt": pa.timestamp("us"),
}

_SKIVE = 8192
"""Så mange rader gjøres om gangen til Python-verdier."""


def grupper_parti(regler: Regler, parti: pa.RecordBatch) -> pa.RecordBatch:
    """Svarene på radene i et parti: én rad ut for hver rad inn, i samme rekkefølge.

    En kolonne som mangler, og en celle som er null, er ikke oppgitt. Kolonner som reglene ikke har, blir ikke lest.
    """
    ut = Svarkolonner(svarskjema(regler))
    kolonnen_til = kolonnenavn(regler)
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
    typer |= _verdityper(regler)
    typer |= {linjekolonne(liste.felt): _linjetype(liste) for liste in regler.lister}
    typer |= _brukte_typer(regler, {*typer, *_navn_paa_felt(regler)})
    return pa.schema([*typer.items(), ("grunn", pa.string()), ("varsel", pa.string())])


def kolonnenavn(regler: Regler) -> dict[str, str]:
    """Kolonnen til hvert resultatfelt og hver beregning, også dem fra regelverket som brukes."""
    beregninger = [*regler.beregninger, *(b for liste in regler.lister for b in liste.beregninger)]
    egne = {**regler.resultater, **{beregning.id: beregning.kolonne for beregning in beregninger}}
    return egne if regler.bruker is None else kolonnenavn(regler.bruker()) | egne


def _verdityper(regler: Regler) -> dict[str, pa.DataType]:
    """Kolonnene til resultatfelt og beregninger."""
    return dict.fromkeys(regler.resultater.values(), pa.string()) | _beregningstyper(regler.beregninger)


def _linjetype(liste: Liste) -> pa.DataType:
    """Svarene på linjene i en liste: én post for hver linje, i samme rekkefølge som inn."""
    felt = {"inngaar": pa.bool_(), **dict.fromkeys(("krav", "grunn", "varsel"), pa.string())}
    return pa.list_(pa.struct([*(felt | _beregningstyper(liste.beregninger)).items()]))


def _beregningstyper(beregninger: Iterable[Beregning]) -> dict[str, pa.DataType]:
    """Kolonnene til noen beregninger."""
    return {b.kolonne: _TYPER.get(b.slag, pa.string()) for b in beregninger}


def _brukte_typer(regler: Regler, tatt: set[str]) -> dict[str, pa.DataType]:
    """Kolonnene fra regelverket som brukes, med navn som ikke er tatt."""
    if regler.bruker is None:
        return {}
    return {navn: type_ for navn, type_ in _verdityper(regler.bruker()).items() if navn not in tatt}


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
            store += [f"{lest(stort)} er for stort for kolonnen" for stort in _for_store(navn, verdi, verdier[navn])]
        if store:
            verdier["varsel"] = "; ".join(filter(None, [str(verdier["varsel"]), *store]))
        return tuple(verdier.values())

    def kolonner(self, rader: Sequence[Rad], numre: Numre) -> list[pa.Array]:
        """Kolonnene, der hver rad er den av `rader` som nummeret sier."""
        plasser = pa.array(numre)
        return [
            pa.array([_celle(rad[i]) for rad in rader], felt.type).take(plasser) for i, felt in enumerate(self.skjema)
        ]


def _for_store(navn: str, verdi: Any, formet: Any) -> Iterator[str]:
    """Navnene på tallene som var for store: kolonnen selv, eller beregninger i svarene på linjene."""
    if verdi is not None and formet is None:
        yield navn
    elif isinstance(verdi, tuple) and isinstance(formet, tuple):
        for linje, celler in zip(verdi, formet, strict=True):
            yield from (felt for felt, celle in celler if celle is None and linje.get(felt) is not None)


def _celle(verdi: Any) -> Any:
    """Cellen slik Arrow vil ha den: svarene på linjene i en liste er poster."""
    return list(map(dict, verdi)) if isinstance(verdi, tuple) else verdi


def _form(type_: pa.DataType) -> Callable[[Any], Any]:
    """Det som gjør en verdi slik en kolonne kan ha den."""
    if pa.types.is_decimal(type_):
        return _rundet
    if pa.types.is_list(type_):
        former = {felt.name: _form(felt.type) for felt in type_.value_type}
        return lambda linjer: tuple(_linjeceller(former, linje) for linje in linjer)
    return _tekst if pa.types.is_string(type_) else lambda verdi: verdi


def _linjeceller(former: Mapping[str, Callable[[Any], Any]], linje: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Feltene i svaret på en linje, slik kolonnen kan ha dem."""
    return tuple((navn, None if linje.get(navn) is None else form(linje[navn])) for navn, form in former.items())


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
    """Nummeret på svaret på hver rad, der hver vurderes for seg; det samme svaret spørres det om én gang."""
    minne = minnet(regler)
    navn = tuple(felles)
    numre: dict[int, tuple[Svar, int]] = {}

    def nummer_paa(celler: tuple[Any, ...]) -> int:
        svar = minne.svar(dict(zip(navn, celler, strict=True)))
        if not minne.husker:
            return nummer(svar)
        kjent = numre.get(id(svar))
        if kjent is None:
            kjent = numre[id(svar)] = svar, nummer(svar)
        return kjent[1]

    for start in range(0, antall, _SKIVE):
        verdier = [som_liste(kolonne.slice(start, _SKIVE)) for kolonne in felles.values()]
        rader = zip(*verdier, strict=True) if verdier else repeat((), min(_SKIVE, antall - start))
        yield from map(nummer_paa, rader)


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
    elif (grovere := _uten_nanosekunder(slag)) != slag:
        kolonne = kolonne.cast(grovere, safe=False)
    return kolonne.to_pylist()  # type: ignore[no-any-return]


def _uten_nanosekunder(slag: pa.DataType) -> pa.DataType:
    """Typen med tidspunkter som Python kan ha, også i poster og lister."""
    if pa.types.is_timestamp(slag) and slag.unit == "ns":
        return pa.timestamp("us", slag.tz)
    if pa.types.is_list(slag):
        return pa.list_(slag.value_field.with_type(_uten_nanosekunder(slag.value_type)))
    if pa.types.is_struct(slag):
        return pa.struct([felt.with_type(_uten_nanosekunder(felt.type)) for felt in slag])
    return slag
