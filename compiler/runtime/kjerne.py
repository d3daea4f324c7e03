"""Kjernen for mange poster om gangen: bitene kolonne for kolonne, og radene på alle postene som kan ha dem.

Den leser de samme minnene som den raske veien for én post (`rask`), så svarene er de samme. Poster som ikke er rett
fram, får nummer −1, og går den grundige veien.
"""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .lesing import Felt, enkel_verdi
from .rask import Langsom, Listeplan, Opphold, Raskt, Vei
from .svar import Svar

_ORD = 64
_ALLE_I_ORDET = (1 << _ORD) - 1
_Tall = np.ndarray[Any, Any]
_Rad = tuple[int, list[tuple[int, Any, Any]]]
"""En rad ord for ord: nummeret, og for hvert ord bitene som må være der, og dem som i alt er nevnt."""
_PROSENT_LIKE = 0.5
"""Over denne andelen ulike signaturer i en bunke lønner det seg ikke å lete etter like."""


class Bittabell:
    """Bitene til ting med fortløpende numre: en rad av 64-bits ord for hver."""

    def __init__(self, ord_: int) -> None:
        self.ord = ord_
        self.raa: list[bytes] = []
        self._tabell: _Tall = np.zeros((ord_, 0), np.uint64)

    def legg_til(self, biter: int) -> int:
        """Legg til én; nummeret den får."""
        self.raa.append(biter.to_bytes(self.ord * 8, "little"))
        return len(self.raa) - 1

    @property
    def tabell(self) -> _Tall:
        """Ordene, ett om gangen: tabell[ord][nummer]."""
        if self._tabell.shape[1] < len(self.raa):
            self._tabell = np.frombuffer(b"".join(self.raa), np.uint64).reshape(-1, self.ord).T.copy()
        return self._tabell


class _Nummer:
    """Fortløpende numre for verdier, og bitene til dem; en verdi som ikke er rett fram, får −1."""

    def __init__(self, ord_: int, biter: Callable[[Any], int]) -> None:
        self.tabell = Bittabell(ord_)
        self.biter = biter
        self.ved_verdi: dict[Any, int] = {}

    def av(self, verdier: Iterable[Any]) -> _Tall:
        """Numrene til noen verdier."""
        return np.fromiter((self._nummer(verdi) for verdi in verdier), np.int64)

    def _nummer(self, verdi: Any) -> int:
        nummer = self.ved_verdi.get(verdi)
        if nummer is None:
            try:
                nummer = self.tabell.legg_til(self.biter(verdi))
            except (Langsom, KeyError, TypeError):
                nummer = -1
            self.ved_verdi[verdi] = nummer
        return nummer


class _Listekolonne:
    """Elementene i en liste i en bunke: numrene på verdiene, hvor hver post begynner, og hvor mange den har."""

    def __init__(self, kolonne: pa.Array, koder: dict[str, int]) -> None:
        self.mangler: _Tall = pc.is_null(kolonne).to_numpy(zero_copy_only=False)
        self.antall: _Tall = pc.fill_null(pc.list_value_length(kolonne), 0).to_numpy(zero_copy_only=False)
        self.start: _Tall = np.concatenate(([0], np.cumsum(self.antall)[:-1])) if len(self.antall) else np.zeros(0, int)
        navn, indekser = _delt(kolonne.flatten())
        numre = np.fromiter((koder.setdefault(en, len(koder)) for en in navn), np.int64, len(navn))
        self.elementer: _Tall = np.where(indekser < 0, -1, numre[indekser]) if len(navn) else indekser


class Kjerne:
    """Bitene og radene til bunker av poster."""

    def __init__(self, raskt: Raskt, gruppering: tuple[str, ...]) -> None:
        self.raskt = raskt
        self.gruppering = gruppering
        """Navnene som en kolonne med gruppen kan ha."""
        self.plan = raskt.bitplan
        self.ord = -(-self.plan.antall_biter // _ORD)
        self.sammenhenger = len(self.plan.sammenhenger)
        self.felt = {navn: _Nummer(self.ord, minne.__getitem__) for navn, minne in self.plan.felt.items()}
        self.koder: dict[str, dict[str, int]] = {liste.felt.id: {} for liste in self.plan.plan.lister}
        self.forste = {liste.felt.id: _Nummer(self.ord, self._forste(liste)) for liste in self.plan.plan.lister}
        self.tomme = {liste.felt.id: _Nummer(self.ord, self._tom(liste)) for liste in self.plan.plan.lister}
        self.resten = {liste.felt.id: _Nummer(self.ord, self._resten(liste)) for liste in self.plan.plan.lister}
        self.svar_ved: dict[tuple[int, tuple[Any, ...]], int] = {}
        self.svarene: list[Svar] = []
        self.noekler: dict[tuple[Any, ...], int] = {}
        self.noekkel_av: dict[str, dict[int, int]] = {liste.felt.id: {} for liste in self.plan.plan.lister}
        self.noekkel_av_tom: dict[str, dict[int, int]] = {liste.felt.id: {} for liste in self.plan.plan.lister}
        self.veier: dict[int, tuple[dict[str, int], list[str], dict[int, _Tall], dict[int, int]]] = {}
        self.kjente: dict[bytes, int] = {}
        """Raden som tar hver signatur."""

    # ---- det ett element bidrar med

    def _raa(self, liste: str, nummer: int) -> str:
        """Elementet slik det er skrevet."""
        return self._navn[liste][nummer]

    def _forste(self, liste: Listeplan) -> Callable[[int], int]:
        def biter(par: int) -> int:
            element, sammenheng = divmod(par, self.sammenhenger)
            egne, svar = self.plan.forste[liste.felt.id][sammenheng][self._raa(liste.felt.id, element)]
            self.noekkel_av[liste.felt.id][par] = self.noekler.setdefault(svar, len(self.noekler))
            return int(egne)

        return biter

    def _tom(self, liste: Listeplan) -> Callable[[int], int]:
        def biter(sammenheng: int) -> int:
            egne, svar = self.plan.tomme[liste.felt.id][sammenheng]
            self.noekkel_av_tom[liste.felt.id][sammenheng] = self.noekler.setdefault(svar, len(self.noekler))
            return int(egne)

        return biter

    def _resten(self, liste: Listeplan) -> Callable[[int], int]:
        def biter(par: int) -> int:
            element, sammenheng = divmod(par, self.sammenhenger)
            return int(self.plan.resten[liste.felt.id][sammenheng][self._raa(liste.felt.id, element)])

        return biter

    # ---- en bunke

    def __call__(self, parti: pa.RecordBatch) -> tuple[_Tall, list[Svar]]:
        """Nummeret på svaret til hver post i bunken (−1 for den grundige veien), og svarene."""
        antall = parti.num_rows
        fram = _uten_verdi(parti, self.gruppering)
        ord_: _Tall = np.zeros((self.ord, antall), np.uint64)
        try:
            verdier = {felt.id: _enkel_kolonne(parti, felt) for felt in self._feltene()}
            lister = {
                plan.felt.id: _liste(parti, plan.felt, self.koder[plan.felt.id]) for plan in self.plan.plan.lister
            }
        except Langsom:
            return np.full(antall, -1, np.int32), self.svarene
        for navn, nummer in self.felt.items():
            self._legg_felt(ord_, nummer, verdier[navn], fram)
        sammenheng = self._sammenheng(verdier, antall, fram)
        self._navn = {navn: list(koder) for navn, koder in self.koder.items()}
        noekler = []
        for navn, liste in lister.items():
            fram &= ~(liste.mangler | _har_ukjent(liste))
            noekler.append(self._legg_liste(ord_, navn, liste, sammenheng, fram))
        self._rest(ord_, lister, sammenheng, verdier, fram)
        self._avledet(ord_)
        rader = self._rader(ord_, fram)
        return self._svar(rader, noekler, fram), self.svarene

    def _feltene(self) -> list[Felt]:
        """Feltene som ikke er lister."""
        lister = {liste.felt.id for liste in self.plan.plan.lister}
        return [felt for felt in self.raskt.felter if felt.id not in lister]

    def _legg_felt(self, ord_: _Tall, nummer: _Nummer, kolonne: tuple[list[Any], _Tall], fram: _Tall) -> None:
        """Legg til bitene til et felt."""
        verdier, indekser = kolonne
        numre = nummer.av(verdier)[indekser]
        fram &= numre >= 0
        _legg_til(ord_, slice(None), nummer.tabell.tabell, np.where(numre < 0, 0, numre))

    def _sammenheng(self, verdier: dict[str, Any], antall: int, fram: _Tall) -> _Tall:
        """Nummeret på sammenhengen hver post står i."""
        samlet: _Tall = np.zeros(antall, np.int64)
        for felt, mulige in self.plan.plan.sammenheng:
            funnet, indekser = verdier[felt]
            plass = {verdi: n for n, verdi in enumerate(mulige)}
            numre = np.fromiter((plass.get(verdi, -1) for verdi in funnet), np.int64)[indekser]
            fram &= numre >= 0
            samlet = samlet * len(mulige) + np.where(numre < 0, 0, numre)
        return samlet

    # ---- lister

    def _legg_liste(self, ord_: _Tall, navn: str, liste: _Listekolonne, sammenheng: _Tall, fram: _Tall) -> _Tall:
        """Legg til bitene til elementene i en liste; nummeret på verdiene av beregningene som det første avgjør."""
        forste, resten = self.forste[navn], self.resten[navn]
        har = np.flatnonzero(liste.antall > 0)
        uten = np.flatnonzero(liste.antall == 0)
        noekkel: _Tall = np.zeros(len(liste.antall), np.int64)
        if len(uten):
            numre = self.tomme[navn].av(range(self.sammenhenger))[sammenheng[uten]]
            fram[uten] &= numre >= 0
            _legg_til(ord_, uten, self.tomme[navn].tabell.tabell, np.where(numre < 0, 0, numre))
            noekkel[uten] = _slaatt_opp(self.noekkel_av_tom[navn], sammenheng[uten])
        if len(har):
            par_forste = liste.elementer[liste.start[har]] * self.sammenhenger + sammenheng[har]
            numre = _ved_par(forste, np.where(par_forste < 0, 0, par_forste))
            fram[har] &= numre >= 0
            _legg_til(ord_, har, forste.tabell.tabell, np.where(numre < 0, 0, numre))
            noekkel[har] = _slaatt_opp(self.noekkel_av[navn], par_forste)
        flere = np.flatnonzero(liste.antall > 1)
        if len(flere):
            plasser, eiere, starter = _resten_av(liste, flere)
            par_resten = liste.elementer[plasser] * self.sammenhenger + sammenheng[eiere]
            numre = _ved_par(resten, np.where(par_resten < 0, 0, par_resten))
            if (numre < 0).any():
                fram[eiere[numre < 0]] = False
                numre = np.where(numre < 0, 0, numre)
            tabell = resten.tabell.tabell
            for nummer in range(self.ord):
                if tabell[nummer].any():
                    ord_[nummer][flere] |= np.bitwise_or.reduceat(tabell[nummer][numre], starter)
        return noekkel

    # ---- det som hører til hele posten

    def _rest(
        self, ord_: _Tall, lister: dict[str, _Listekolonne], sammenheng: _Tall, verdier: dict[str, Any], fram: _Tall
    ) -> None:
        """Legg til bitene til vilkår som må regnes ut for hele posten."""
        for nummer, (rest, (vakt, bit, vilkaar)) in enumerate(zip(self.plan.plan.rest, self.plan.rest, strict=True)):
            prov = fram & ~_har_bit(ord_, bit)
            if vakt:
                prov &= _har_bit(ord_, vakt)
            aktuelle = np.flatnonzero(prov)
            if vilkaar is None:
                _sett_bit(ord_, aktuelle, bit)
                continue
            if rest.vei is not None and len(aktuelle):
                i = sammenheng if rest.vei.i_sammenheng else np.zeros_like(sammenheng)
                sikre, aktuelle = self._vei(nummer, rest.vei, lister[rest.vei.liste], i, aktuelle)
                _sett_bit(ord_, sikre, bit)
            holder = [rad for rad in aktuelle.tolist() if vilkaar(self._post(rad, lister, verdier))]
            _sett_bit(ord_, np.array(holder, np.int64), bit)

    def _vei(
        self, nummer: int, vei: Vei, liste: _Listekolonne, sammenheng: _Tall, aktuelle: _Tall
    ) -> tuple[_Tall, _Tall]:
        """Postene som sikkert oppfyller et vilkår kode for kode, og dem det må regnes ut for."""
        koder, navn, av_element, svar = self.veier.setdefault(nummer, ({}, [], {}, {}))
        plasser, eiere, _ = _resten_av(liste, aktuelle)
        elementer = liste.elementer[plasser] * self.sammenhenger + sammenheng[eiere]
        unike, tilbake = np.unique(elementer, return_inverse=True)
        lister = [self._koder(vei, int(en), koder, navn, av_element) for en in unike]
        lengder = np.fromiter(map(len, lister), np.int64, len(lister))
        alle = np.concatenate(lister) if lister else np.zeros(0, np.int64)
        begynner = np.concatenate(([0], np.cumsum(lengder)[:-1]))
        antall = lengder[tilbake]
        rad = np.repeat(eiere, antall)
        innenfor = np.arange(len(rad)) - np.repeat(np.cumsum(antall) - antall, antall)
        kode = alle[np.repeat(begynner[tilbake], antall) + innenfor]
        forste = liste.elementer[liste.start[rad]] * self.sammenhenger + sammenheng[rad]
        par = forste * 2**20 + kode
        return self._sikre(vei, rad, par, navn, svar)

    def _sikre(self, vei: Vei, rad: _Tall, par: _Tall, navn: list[str], svar: dict[int, int]) -> tuple[_Tall, _Tall]:
        """Postene som har en kode som sikkert oppfyller vilkåret, og dem det må regnes ut for.

        Én kode er nok: derfor prøves bare én ny kode for hver post om gangen, og bare for poster som ikke er avgjort.
        """
        unike, tilbake = np.unique(par, return_inverse=True)
        kjent = np.fromiter((svar.get(en, -1) for en in unike.tolist()), np.int8, len(unike))
        while True:
            av_par = kjent[tilbake]
            sikre = np.unique(rad[av_par == 1])
            uvisse = np.flatnonzero((av_par == -1) & ~np.isin(rad, sikre, assume_unique=False))
            if not len(uvisse):
                break
            _, forste = np.unique(rad[uvisse], return_index=True)
            nye = np.unique(tilbake[uvisse[forste]])
            self._svar_paa(vei, unike[nye].tolist(), navn, svar)
            kjent[nye] = np.fromiter((svar[en] for en in unike[nye].tolist()), np.int8, len(nye))
        return sikre, np.setdiff1d(np.unique(rad[av_par == 2]), sikre, assume_unique=True)

    def _koder(self, vei: Vei, par: int, koder: dict[str, int], navn: list[str], av_element: dict[int, _Tall]) -> _Tall:
        """Numrene på kodene som et element bidrar med."""
        if par not in av_element:
            element, sammenheng = divmod(par, self.sammenhenger)
            lest = self.plan.elementer[vei.liste][self._raa(vei.liste, element)]
            numre = []
            for kode in vei.koder(self._opphold(vei, sammenheng, (None, lest)), lest):
                if kode not in koder:
                    koder[kode] = len(navn)
                    navn.append(kode)
                numre.append(koder[kode])
            av_element[par] = np.array(sorted(numre), np.int64)
        return av_element[par]

    def _svar_paa(self, vei: Vei, nye: list[int], navn: list[str], svar: dict[int, int]) -> None:
        """Om koder oppfyller vilkåret sammen med det første elementet: 0 nei, 1 ja, 2 når det trengs mer."""
        forrige, post = -1, None
        for par in nye:
            forste, kode = divmod(par, 2**20)
            if forste != forrige or post is None:
                element, sammenheng = divmod(forste, self.sammenhenger)
                lest = self.plan.elementer[vei.liste][self._raa(vei.liste, element)]
                forrige, post = forste, self._opphold(vei, sammenheng, (lest,))
            svar[par] = int(vei.vilkaar(post, navn[kode]))
            if not vei.mer.isdisjoint(post.husket_):
                svar[par] = 2
                for begrep in vei.mer & post.husket_.keys():
                    del post.husket_[begrep]

    def _opphold(self, vei: Vei, sammenheng: int, elementer: tuple[Any, ...]) -> Opphold:
        """En post med bare noen elementer i listen et vilkår gjelder."""
        return self.plan.opphold(self.plan.sammenhengene[sammenheng], vei.liste, elementer)

    def _post(self, rad: int, lister: dict[str, _Listekolonne], verdier: dict[str, Any]) -> Opphold:
        """Hele posten på en rad i bunken."""
        felt = {navn: funnet[indekser[rad]] for navn, (funnet, indekser) in verdier.items()}
        for navn, liste in lister.items():
            start, antall = liste.start[rad], liste.antall[rad]
            raa = [self._raa(navn, int(en)) for en in liste.elementer[start : start + antall]]
            felt[navn] = [self.plan.elementer[navn][en] for en in raa]
        return Opphold(**felt)

    def _avledet(self, ord_: _Tall) -> None:
        """Legg til bitene som følger av andre biter."""
        for linjer in self.plan.avledet:
            igjen = np.ones(ord_.shape[1], bool)
            for bit, verdi in linjer:
                treff = igjen & _har_bit(ord_, bit) if bit else igjen
                _sett_bit(ord_, np.flatnonzero(treff), verdi)
                igjen = igjen & ~treff
        for en_av, bit in self.plan.eller:
            _sett_bit(ord_, np.flatnonzero(_har_bit(ord_, sum(en_av))), bit)

    # ---- rader og svar

    def _rader(self, ord_: _Tall, fram: _Tall) -> _Tall:
        """Nummeret på raden som tar hver post; like poster prøves én gang når det lønner seg."""
        faktor = np.random.default_rng(20150101).integers(1, 2**63, self.ord, dtype=np.uint64) | np.uint64(1)
        blanding: _Tall = np.zeros(ord_.shape[1], np.uint64)
        for nummer in range(self.ord):
            blanding = (blanding ^ ord_[nummer]) * faktor[nummer]
            blanding ^= blanding >> np.uint64(29)
        _, plass, tilbake = np.unique(blanding, return_index=True, return_inverse=True)
        if len(plass) > _PROSENT_LIKE * ord_.shape[1]:
            return self._prov(ord_)
        like = np.ones(ord_.shape[1], bool)
        for nummer in range(self.ord):
            like &= ord_[nummer] == ord_[nummer][plass][tilbake]
        fram &= like  # To ulike signaturer med samme blanding går den grundige veien.
        return self._kjente_rader(ord_[:, plass])[tilbake]

    def _kjente_rader(self, ord_: _Tall) -> _Tall:
        """Raden til hver signatur; dem som er sett før, er husket."""
        noekler = [en.tobytes() for en in np.ascontiguousarray(ord_.T)]
        nye = [n for n, en in enumerate(noekler) if en not in self.kjente]
        if nye:
            funnet = self._prov(ord_[:, nye])
            if len(self.kjente) > 500_000:
                self.kjente.clear()
                nye, funnet = list(range(len(noekler))), self._prov(ord_)
            for n, rad in zip(nye, funnet.tolist(), strict=True):
                self.kjente[noekler[n]] = rad
        return np.fromiter((self.kjente[en] for en in noekler), np.int64, len(noekler))

    def _prov(self, ord_: _Tall) -> _Tall:
        """Den første raden som holder for hver signatur, prøvd på alle som har biten raden henger på."""
        ord_ = np.ascontiguousarray(ord_)
        ingen = len(self.plan.som_biter)
        best: _Tall = np.full(ord_.shape[1], ingen, np.int64)
        ved_ord, alltid = self.radplan
        for n, ved_bit in ved_ord:
            plasser = np.flatnonzero(ord_[n] & np.uint64(sum(bit for bit, _, _ in ved_bit)))
            ordene = ord_[n][plasser]
            for bit, brukte, rader in ved_bit:
                kandidater = plasser[(ordene & np.uint64(bit)) != 0]
                if len(kandidater):
                    _prov_rader(ord_, brukte, rader, kandidater, best)
        _prov_rader(ord_, *alltid, np.arange(ord_.shape[1]), best)
        return np.where(best == ingen, -1, best)

    @cached_property
    def radplan(self) -> tuple[list[tuple[int, list[tuple[int, list[int], list[_Rad]]]]], tuple[list[int], list[_Rad]]]:
        """Radene på hver bit de henger på, ord for ord, og radene som ikke henger på noen: med ordene de bruker."""
        _, ved_bit, alltid = self.plan.indeks
        ved_ord: dict[int, list[tuple[int, list[int], list[_Rad]]]] = {}
        for bit, rader in ved_bit.items():
            (n,) = _ordene(bit)
            ved_ord.setdefault(n, []).append((_ordet(bit, n), *_som_ord(rader)))
        return sorted(ved_ord.items()), _som_ord(alltid)

    def _svar(self, rader: _Tall, noekler: list[_Tall], fram: _Tall) -> _Tall:
        """Nummeret på svaret til hver post."""
        lister = list(self.noekler)
        samlet = rader + 1
        for noekkel in noekler:
            samlet = samlet * len(lister) + noekkel
        _, plass, tilbake = np.unique(samlet, return_index=True, return_inverse=True)
        numre = []
        for n in plass.tolist():
            svar = tuple(verdi for noekkel in noekler for verdi in lister[noekkel[n]])
            numre.append(self._nummer_paa_svar(int(rader[n]), svar))
        funnet = np.array(numre, np.int32)[tilbake]
        return np.where(fram, funnet, np.int32(-1)).astype(np.int32)

    def _nummer_paa_svar(self, rad: int, svar: tuple[Any, ...]) -> int:
        if (rad, svar) not in self.svar_ved:
            try:
                funnet = self.raskt.svarene[rad, svar]
            except Langsom:
                self.svar_ved[rad, svar] = -1
            else:
                self.svarene.append(funnet)
                self.svar_ved[rad, svar] = len(self.svarene) - 1
        return self.svar_ved[rad, svar]


# ---- rader i ord


def _som_ord(rader: list[tuple[int, int, int]]) -> tuple[list[int], list[_Rad]]:
    """Rader ord for ord: ordene de bruker, og for hver rad nummeret, og hva som kreves av bitene i hvert ord."""
    som_ord = [
        (nummer, [(n, np.uint64(_ordet(maa, n)), np.uint64(_ordet(maa | ikke, n))) for n in _ordene(maa | ikke)])
        for nummer, maa, ikke in rader
    ]
    return sorted({n for _, krav in som_ord for n, _, _ in krav}), som_ord


def _prov_rader(ord_: _Tall, brukte: list[int], rader: list[_Rad], kandidater: _Tall, best: _Tall) -> None:
    """Prøv rader i rekkefølge på noen signaturer."""
    utsnitt = {n: ord_[n][kandidater] for n in brukte}
    for nummer, krav in rader:
        holder: Any = best[kandidater] > nummer
        for n, krevd, begge in krav:
            holder &= (utsnitt[n] & begge) == krevd
        treff = np.flatnonzero(holder)
        if len(treff):
            best[kandidater[treff]] = nummer
            igjen = np.flatnonzero(~holder)
            kandidater = kandidater[igjen]
            utsnitt = {n: en[igjen] for n, en in utsnitt.items()}
            if not len(kandidater):
                return


# ---- biter i ord


def _ordene(biter: int) -> list[int]:
    """Numrene på ordene som har noen av bitene."""
    return [n for n in range(-(-biter.bit_length() // _ORD)) if _ordet(biter, n)]


def _ordet(biter: int, nummer: int) -> int:
    return (biter >> (_ORD * nummer)) & _ALLE_I_ORDET


def _har_bit(ord_: _Tall, biter: int) -> Any:
    """Hvilke poster som har minst én av noen biter."""
    har: Any = np.zeros(ord_.shape[1], bool)
    for n in _ordene(biter):
        har |= (ord_[n] & np.uint64(_ordet(biter, n))) != 0
    return har


def _sett_bit(ord_: _Tall, hvor: _Tall, biter: int) -> None:
    for n in _ordene(biter):
        ord_[n][hvor] |= np.uint64(_ordet(biter, n))


def _legg_til(ord_: _Tall, hvor: Any, tabell: _Tall, numre: _Tall) -> None:
    """Legg bitene til hver post til ordene, bare i ordene som brukes."""
    for n in range(len(tabell)):
        if tabell[n].any():
            ord_[n][hvor] |= tabell[n][numre]


def _ved_par(nummer: _Nummer, par: _Tall) -> _Tall:
    """Numrene til par av element og sammenheng, hvert par slått opp én gang."""
    sett = np.zeros(int(par.max()) + 1, bool)
    sett[par] = True
    unike = np.flatnonzero(sett)
    plass: _Tall = np.zeros(len(sett), np.int64)
    plass[unike] = nummer.av(unike.tolist())
    return plass[par]


def _slaatt_opp(verdier: dict[int, int], numre: _Tall) -> _Tall:
    """Verdien ved hvert nummer; 0 der det ikke er noen."""
    unike, tilbake = np.unique(numre, return_inverse=True)
    funnet: _Tall = np.fromiter((verdier.get(int(en), 0) for en in unike), np.int64, len(unike))
    return funnet[tilbake]


def _resten_av(liste: _Listekolonne, poster: _Tall) -> tuple[_Tall, _Tall, _Tall]:
    """Plassene til elementene etter det første i noen poster, posten hvert tilhører, og hvor hver post begynner."""
    antall = liste.antall[poster] - 1
    slutt = np.cumsum(antall)
    starter = slutt - antall
    eiere = np.repeat(poster, antall)
    plasser = np.repeat(liste.start[poster] + 1, antall) + np.arange(len(eiere)) - np.repeat(starter, antall)
    return plasser, eiere, starter


def _har_ukjent(liste: _Listekolonne) -> _Tall:
    """Poster med et element som mangler."""
    funnet: _Tall = np.zeros(len(liste.antall), bool)
    if len(liste.elementer) and (liste.elementer < 0).any():
        eiere = np.repeat(np.arange(len(liste.antall)), liste.antall)
        funnet[eiere[liste.elementer < 0]] = True
    return funnet


# ---- fra kolonner til verdier og numre


def _uten_verdi(parti: pa.RecordBatch, navnene: Iterable[str]) -> _Tall:
    """Hvilke poster som ikke har noe i noen av kolonnene med et av navnene."""
    uten: _Tall = np.ones(parti.num_rows, bool)
    for navn in navnene:
        for plass in parti.schema.get_all_field_indices(navn):
            kolonne = parti.column(plass)
            tom = pc.is_null(kolonne)
            if pa.types.is_string(kolonne.type):
                tom = pc.or_(tom, pc.fill_null(pc.equal(pc.utf8_trim_whitespace(kolonne), ""), True))
            uten &= tom.to_numpy(zero_copy_only=False)
    return uten


def _kolonne(parti: pa.RecordBatch, felt: Felt) -> pa.Array | None:
    """Kolonnen til et felt, om den er der; `Langsom` når det er mer enn én."""
    navnene = dict.fromkeys((felt.id, felt.navn))
    plasser = [plass for navn in navnene for plass in parti.schema.get_all_field_indices(navn)]
    if len(plasser) > 1:
        raise Langsom
    return parti.column(plasser[0]) if plasser else None


def _enkel_kolonne(parti: pa.RecordBatch, felt: Felt) -> tuple[list[Any], _Tall]:
    """Verdiene av et felt, hver én gang, og hvilken av dem hver post har."""
    kolonne = _kolonne(parti, felt)
    if kolonne is None:
        kolonne = pa.nulls(parti.num_rows, pa.string())
    if pa.types.is_nested(kolonne.type):
        raise Langsom
    if pa.types.is_string_view(kolonne.type):
        kolonne = kolonne.cast(pa.string())
    verdier, indekser = _delt(kolonne)
    return [*(_verdi(felt, verdi) for verdi in verdier), None], np.where(indekser < 0, len(verdier), indekser)


def _delt(kolonne: pa.Array) -> tuple[list[Any], _Tall]:
    """De ulike verdiene i en kolonne, og nummeret på verdien på hver plass; −1 der det ikke er noen."""
    ordbok = kolonne if isinstance(kolonne, pa.DictionaryArray) else pc.dictionary_encode(kolonne)
    indekser = pc.fill_null(ordbok.indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
    return ordbok.dictionary.to_pylist(), indekser


_ULESELIG = object()
"""En verdi som ikke er noe felt kan ha."""


def _verdi(felt: Felt, verdi: Any) -> Any:
    """En verdi slik den raske veien har den."""
    try:
        return enkel_verdi(felt, verdi)
    except ValueError:
        return _ULESELIG


def _liste(parti: pa.RecordBatch, felt: Felt, koder: dict[str, int]) -> _Listekolonne:
    """Elementene i en liste av tekster, eller i en tekst med mellomrom mellom; `Langsom` når det ikke er noe slikt."""
    kolonne = _kolonne(parti, felt)
    if kolonne is None:
        raise Langsom
    if pa.types.is_dictionary(kolonne.type):
        kolonne = kolonne.dictionary_decode()
    if pa.types.is_string_view(kolonne.type):
        kolonne = kolonne.cast(pa.string())
    if pa.types.is_string(kolonne.type) or pa.types.is_large_string(kolonne.type):
        trimmet = pc.utf8_trim_whitespace(kolonne)
        delt = pc.split_pattern_regex(trimmet, r"[\s,]+")
        kolonne = pc.if_else(pc.equal(trimmet, ""), pa.scalar([], delt.type), delt)
    if not (pa.types.is_list(kolonne.type) or pa.types.is_large_list(kolonne.type)):
        raise Langsom
    inni = kolonne.type.value_type
    if pa.types.is_string_view(inni):
        kolonne, inni = kolonne.cast(pa.list_(pa.string())), pa.string()
    if pa.types.is_dictionary(inni):
        inni = inni.value_type
    if not (pa.types.is_string(inni) or pa.types.is_large_string(inni)):
        raise Langsom
    return _Listekolonne(kolonne, koder)
