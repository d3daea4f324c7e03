"""Mange poster samlet i kolonner: sortert, skåret der nøklene skifter, og hver ulik samling vurdert én gang.

To samlinger der reglene ser det samme, får det samme svaret. Reglene ser bare noen felt i hver post, og ofte bare hvor
mange poster som svarer likt på noen spørsmål: da er det antallet av hvert slag som skiller samlingene.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .lesing import Felt, Post, Utenfor, Ventet, i_liste, les, lest_verdi
from .motor import proevd, vurder_post
from .parti import Svarkolonner, kolonnenavn, svarskjema
from .samlet import Skjebne, med_ordnede_grunner, spor_i
from .samling import (
    Noekkel,
    Samlingsregler,
    hvorfor_usikkert,
    i_enhet,
    ikke_oppgitt,
    kolonner,
    samlet_tekst,
    sporkolonner,
    usikker,
    utelatt,
)
from .svar import Grunn, Linjesvar, Svar, flatt
from .verdier import REGNING, Mangler, Uoppgitt

Tall = npt.NDArray[np.int64]
Hvilke = npt.NDArray[np.bool_]

_UVISSE = frozenset({"NoneType", "Uoppgitt", "Ukjent", "Uavklart"})
"""Slag svar som gjør noe uavklart eller ubekjent."""
_SKIVE = 4096
"""Så mange rader gjøres om gangen til Python-verdier."""
_LANG = 200
"""Samlinger med flere ulike poster enn dette er hver for seg ulik alle andre."""
_MINUTT = 60_000_000
"""Mikrosekunder i ett minutt."""


def samle_parti(samlinger: Sequence[Samlingsregler], parti: pa.RecordBatch | pa.Table) -> dict[str, pa.RecordBatch]:
    """En tabell med samlingene av hvert slag, ved navnet, og en med hvor hver post ble av, ved navnet på postene."""
    with localcontext(REGNING):
        poster = _Poster(samlinger[0].postfelter, parti)
        tabeller: dict[str, pa.RecordBatch] = {}
        spor: dict[str, pa.Array] = {}
        rundt: Post | None = None
        for regler in samlinger:
            samler = _Samler(regler, poster, rundt)
            tabeller[regler.navn] = samler.tabell()
            spor |= samler.spor()
            if not regler.noekler and samler.antall:
                rundt = samler.som_post(0)
        tabeller[samlinger[0].post] = pa.RecordBatch.from_pydict(spor)
        return tabeller


# ---- postene


class _Poster:
    """Postene i kolonner: hver ulik verdi lest én gang, og nummeret på verdien i hver rad."""

    def __init__(self, felter: Sequence[Felt], parti: pa.RecordBatch | pa.Table) -> None:
        self.felter = felter
        self.raa = {felt.id: _kolonne(parti, felt) for felt in felter}
        self.antall: int = parti.num_rows
        self.kolonner = {felt.id: _Kolonne(felt, self.raa[felt.id], self.antall) for felt in felter}
        self.rene: Hvilke = np.ones(self.antall, bool)
        for kolonne in self.kolonner.values():
            if kolonne.uleselige:
                self.rene &= ~np.isin(kolonne.numre, kolonne.uleselige)
        self.feil = {rad: self._feil(rad) for rad in np.flatnonzero(~self.rene).tolist()}
        self._rang: Tall | None = None
        self._krav: tuple[Tall, list[Linjesvar]] | None = None

    def krav(self, regler: Samlingsregler) -> tuple[Tall, list[Linjesvar]]:
        """Svarene på kravene til hver post, og nummeret på svaret i hver rad: de samme for alle samlingene."""
        if self._krav is None:
            profil = self.profil(regler.leser_i_krav, np.flatnonzero(self.rene))
            ulike: dict[Any, int] = {}
            svarene: list[Linjesvar] = []
            numre = []
            for post in self.poster(profil):
                svar = proevd(regler.regler, post)
                numre.append(ulike.setdefault((svar.inngaar, svar.grunner, svar.varsler), len(ulike)))
                svarene += [svar] if len(ulike) > len(svarene) else []
            hver = np.zeros(self.antall, np.int64)
            hver[self.rene] = np.array(numre, np.int64)[profil]
            self._krav = hver, svarene
        return self._krav

    def profil(self, leser: Iterable[str], rader: Tall) -> Tall:
        """Et nummer for hver rad: to rader med det samme er like for regler som bare leser noen felt."""
        profil: Tall = np.zeros(len(rader), np.int64)
        leste = set(leser)
        for id_, kolonne in self.kolonner.items():
            if id_ in leste and len(kolonne.verdier) > 1:
                merker = _tettet(kolonne.merker())
                profil = _tettet(profil * (int(merker.max()) + 1) + merker[kolonne.numre[rader]])
        return profil

    def poster(self, profil: Tall, rader: Tall | None = None) -> Iterator[Post]:
        """En post med hver profil, lest."""
        plasser = np.unique(profil, return_index=True)[1]
        rader = np.flatnonzero(self.rene) if rader is None else rader
        for start in range(0, len(plasser), _SKIVE):
            for data in self.data(rader[plasser[start : start + _SKIVE]].tolist()):
                post, _, _ = les(self.felter, data)
                post.data_ = data
                yield post

    def data(self, rader: Sequence[int]) -> list[dict[str, Any]]:
        """Noen rader slik de kom."""
        plasser = pa.array(rader, pa.int64())
        kolonner = [
            (id_, kolonne.take(plasser).to_pylist()) for id_, kolonne in self.raa.items() if kolonne is not None
        ]
        return [{id_: verdier[n] for id_, verdier in kolonner} for n in range(len(rader))]

    def _feil(self, rad: int) -> tuple[Grunn, ...]:
        _, feil, utenfor = les(self.felter, self.data([rad])[0])
        return tuple(feil or utenfor)

    @property
    def rang(self) -> Tall:
        """Plassen til hver rad når de ordnes etter innholdet; like rader har den samme."""
        if self._rang is None:
            rang: Tall = np.zeros(self.antall, np.int64)
            for kolonne in self.kolonner.values():
                if len(kolonne.verdier) > 1:
                    rang = _tettet(rang * (int(kolonne.rang.max()) + 1) + kolonne.rang[kolonne.numre])
            self._rang = rang
        return self._rang


class _Kolonne:
    """Et felt: de ulike verdiene, lest, og nummeret på verdien i hver rad."""

    def __init__(self, felt: Felt, raa: pa.Array | None, antall: int) -> None:
        self.felt = felt
        gitte, numre = ([], np.full(antall, -1, np.int64)) if raa is None else _delt(raa)
        self.numre: Tall = np.where(numre < 0, len(gitte), numre)
        self.uleselige: list[int] = []
        self.verdier = [self._lest(nummer, verdi) for nummer, verdi in enumerate(gitte)]
        self.verdier.append(felt.ikke_oppgitt)
        """Den siste er at ingenting er oppgitt."""

    def _lest(self, nummer: int, raa: Any) -> Any:
        """En verdi, lest; nummeret på den tas vare på når den ikke kan leses, eller ikke er i regelverket."""
        felt = self.felt
        if felt.slag in ("koder", "liste"):
            post, feil, utenfor = les((felt,), {felt.id: raa})
            verdi, lesbar = getattr(post, felt.id), not (feil or utenfor)
        else:
            try:
                verdi = lest_verdi(felt, raa)
            except Ventet:
                verdi = Uoppgitt(felt.navn)
                self.uleselige.append(nummer)
                return verdi
            lesbar = not isinstance(verdi, Utenfor)
            verdi = felt.ikke_oppgitt if verdi is None else verdi
        if not lesbar:
            self.uleselige.append(nummer)
        return verdi

    @property
    def rang(self) -> Tall:
        """Plassen til hver av verdiene når de ordnes; de som ikke er der, kommer først."""
        sagt = [() if isinstance(verdi, Mangler) else _ordnes(self.felt, verdi) for verdi in self.verdier]
        bare_lesbare = {
            en: n for n, en in enumerate(sorted({s for n, s in enumerate(sagt) if n not in self.uleselige}))
        }
        return np.array([bare_lesbare.get(en, 0) for en in sagt], np.int64)

    def merker(self) -> Tall:
        """Det reglene ser av hver av verdiene: der de bare holdes mot grenser, hvor de ligger mellom dem."""
        grenser = self.felt.grenser
        if grenser is None:
            return np.arange(len(self.verdier))
        lesbare = [None if n in self.uleselige or isinstance(v, Mangler) else v for n, v in enumerate(self.verdier)]
        return np.array(
            [-n - 1 if v is None else bisect_left(grenser, v) + bisect_right(grenser, v) for n, v in enumerate(lesbare)]
        )


def _ordnes(felt: Felt, verdi: Any) -> tuple[Any, ...]:
    """En verdi slik den ordnes etter."""
    if not isinstance(verdi, tuple):
        return (verdi,)
    return tuple(
        tuple(_ordnes(del_, v) if not isinstance(v := getattr(en, del_.id), Mangler) else () for del_ in felt.av)
        if isinstance(en, Post)
        else (en,)
        for en in verdi
    )


def _kolonne(parti: pa.RecordBatch | pa.Table, felt: Felt) -> pa.Array | None:
    """Kolonnen til et felt, med det ene eller det andre navnet."""
    navnene = [navn for navn in dict.fromkeys((felt.id, felt.navn)) if navn in parti.schema.names]
    if len(navnene) > 1 or parti.schema.names.count(felt.id) > 1:
        raise ValueError(f"kolonnen «{felt.navn}» står to ganger")
    if not navnene:
        return None
    kolonne = parti.column(navnene[0])
    return kolonne.combine_chunks() if isinstance(kolonne, pa.ChunkedArray) else kolonne


def _delt(kolonne: pa.Array) -> tuple[list[Any], Tall]:
    """De ulike verdiene i en kolonne, og nummeret på verdien i hver rad; −1 der det ikke er noen."""
    if isinstance(kolonne, pa.ChunkedArray):
        kolonne = pa.chunked_array(kolonne.chunks).combine_chunks()
    if pa.types.is_list(kolonne.type) and pa.types.is_string(kolonne.type.value_type):
        kolonne = pc.binary_join(kolonne, " ")
    if pa.types.is_nested(kolonne.type):
        return _delt_liste(kolonne.to_pylist())
    ordbok = kolonne if isinstance(kolonne, pa.DictionaryArray) else pc.dictionary_encode(kolonne)
    numre = pc.fill_null(ordbok.indices.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
    return ordbok.dictionary.to_pylist(), numre


def _delt_liste(verdier: Sequence[Any]) -> tuple[list[Any], Tall]:
    """Det samme av verdier som ikke kan deles i kolonner."""
    numre: dict[str, int] = {}
    ulike: list[Any] = []
    funnet = np.full(len(verdier), -1, np.int64)
    for rad, verdi in enumerate(verdier):
        if verdi is not None:
            nummer = numre.setdefault(repr(verdi), len(ulike))
            if nummer == len(ulike):
                ulike.append(verdi)
            funnet[rad] = nummer
    return ulike, funnet


# ---- samlingene


@dataclass(frozen=True, slots=True)
class _Slag:
    """Poster som reglene ikke kan skille: om samlingen tar dem, og hva de svarer på det reglene spør om."""

    med: bool | None
    usikkert: Grunn | None
    merke: tuple[Any, ...]


class _Samler:
    """Samlingene av ett slag."""

    def __init__(self, regler: Samlingsregler, poster: _Poster, rundt: Post | None) -> None:
        self.regler, self.poster, self.rundt = regler, poster, rundt
        self.skjebne: Tall = np.full(poster.antall, -1, np.int64)
        """Nummeret på hvorfor en rad ikke er i noen samling; −1 for dem som er i en."""
        self.skjebner: list[tuple[Grunn, ...]] = []
        self.noekler = [_Noekkelkolonne(regler, noekkel, poster.kolonner[noekkel.av]) for noekkel in regler.noekler]
        self.rader: Tall = self._rader()
        self.profil = self._profil(self.rader)
        self.profiler = list(poster.poster(self.profil, self.rader))
        """En post med hver profil, lest, med svaret på kravene."""
        self.slag, self.slag_av_rad = self._slag()
        self._utelat()
        self.samling: Tall = self._skaaret()
        """Nummeret på samlingen til hver av radene."""
        self.antall = int(self.samling.max()) + 1 if len(self.samling) else 0
        self.innhold = np.argsort(self.samling, kind="stable")
        self.starter = np.searchsorted(self.samling[self.innhold], np.arange(self.antall + 1))
        self.ulik, self.forst = self._ulike()
        self.svarene = [self._svar(int(samling)) for samling in self.forst]

    # -- hvilke rader som plasseres

    def _ut(self, hvilke: Tall, grunner: tuple[Grunn, ...]) -> None:
        """Noen rader er ikke i noen samling."""
        self.skjebne[hvilke] = len(self.skjebner)
        self.skjebner.append(grunner)

    def _rader(self) -> Tall:
        """Radene som har alle nøklene, og avbruddet når det er et."""
        for rad, feil in self.poster.feil.items():
            self._ut(np.array([rad]), feil)
        rader = np.flatnonzero(self.poster.rene)
        return self._med_verdier(rader, [(noekkel.kolonne, noekkel.av) for noekkel in self.noekler])

    def _med_verdier(self, rader: Tall, kolonner: Sequence[tuple[_Kolonne, Tall]]) -> Tall:
        """Radene som har noe i hver av kolonnene; de andre kan ikke plasseres."""
        mangler = np.zeros((len(rader), len(kolonner)), bool)
        for n, (kolonne, koder) in enumerate(kolonner):
            mangler[:, n] = koder[kolonne.numre[rader]] < 0
        uten = np.flatnonzero(mangler.any(axis=1))
        for moenster in np.unique(mangler[uten], axis=0):
            hvilke = uten[(mangler[uten] == moenster).all(axis=1)]
            verdier = [kolonner[n][0].verdier[-1] for n in np.flatnonzero(moenster).tolist()]
            self._ut(rader[hvilke], (ikke_oppgitt(self.regler, verdier),))
        return rader[~mangler.any(axis=1)]

    def _profil(self, rader: Tall) -> Tall:
        """Et nummer for hver rad: to rader med det samme er like for reglene, og for kravene."""
        leser = set(self.regler.leser)
        if self.regler.spoer is None:
            leser |= {felt.ordnet_etter for felt in self.regler.regler.felter if felt.ordnet_etter}
        profil = self.poster.profil(leser, rader)
        numre, svarene = self.poster.krav(self.regler)
        like: dict[Any, int] = {}
        merker = [like.setdefault(_sett_av_krav(svar), len(like)) for svar in svarene]
        return _tettet(profil * (len(like) + 1) + np.array(merker, np.int64)[numre[rader]]) if merker else profil

    def _slag(self) -> tuple[list[_Slag], Tall]:
        """De ulike slagene av poster, og slaget til hver rad."""
        kjente: dict[_Slag, int] = {}
        numre, svarene = self.poster.krav(self.regler)
        forste = self.rader[np.unique(self.profil, return_index=True)[1]]
        for post, rad in zip(self.profiler, forste.tolist(), strict=True):
            svar = svarene[numre[rad]]
            post.provd_ = svar.inngaar, svar.grunner, svar.varsler
        slag = [kjente.setdefault(self._slag_av(n, post), len(kjente)) for n, post in enumerate(self.profiler)]
        return list(kjente), np.array(slag, np.int64)[self.profil]

    def _slag_av(self, profil: int, post: Post) -> _Slag:
        """Slaget til en profil: det reglene får vite om posten. En som ikke oppfyller kravene, ser de ikke."""
        med = True if self.regler.der is None else self.regler.der(post)
        if med is False and not self.regler.hver_for_seg:
            return _Slag(False, None, ())
        usikkert = hvorfor_usikkert(self.regler, post) if med is None else None
        inngaar, grunner, _ = post.provd_
        if inngaar is False:
            return _Slag(med, usikkert, (None,))
        if self.regler.spoer is None:
            return _Slag(med, usikkert, (profil,))
        svarene = [(type(svar).__name__, repr(svar)) for svar in (en(post) for en in self.regler.spoer)]
        uvisst = any(slag in _UVISSE for slag, _ in svarene)
        return _Slag(med, usikkert, (*svarene, inngaar, grunner, profil if uvisst else -1))

    def _utelat(self) -> None:
        """Ta bort radene som samlingen ikke tar."""
        if self.regler.hver_for_seg or self.regler.der is None:
            return
        ute = np.array([slag.med is False for slag in self.slag], bool)[self.slag_av_rad]
        if ute.any():
            self._ut(self.rader[ute], (utelatt(self.regler.navn),))
        self._behold(~ute)

    def _behold(self, hvilke: Hvilke) -> None:
        """Behold bare noen av radene."""
        self.rader, self.profil, self.slag_av_rad = self.rader[hvilke], self.profil[hvilke], self.slag_av_rad[hvilke]

    # -- hvilke som hører sammen

    def _skaaret(self) -> Tall:
        """Nummeret på samlingen til hver rad: nøklene i rekkefølge, så innholdet."""
        avbrudd = self.regler.avbrudd
        alene = np.array([slag.med is False for slag in self.slag], bool)[self.slag_av_rad]
        if avbrudd is not None:
            inn, ut = self.poster.kolonner[avbrudd.inn], self.poster.kolonner[avbrudd.ut]
            sammen = self.rader[~alene]
            med_tid = self._med_verdier(sammen, [(inn, _tid(inn)), (ut, _tid(ut))])
            beholdt = alene | np.isin(self.rader, med_tid)
            alene = alene[beholdt]
            self._behold(beholdt)
        noekkel: Tall = np.zeros(len(self.rader), np.int64)
        for en in self.noekler:
            noekkel = _tettet(noekkel * (en.storst + 1) + en.av[en.kolonne.numre[self.rader]])
        if avbrudd is None and not alene.any():
            return noekkel
        rang = self.poster.rang[self.rader]
        gruppe = noekkel if avbrudd is None else self._ved_avbrudd(noekkel, rang, alene)
        gruppe = np.where(alene, int(gruppe.max(initial=0)) + 1 + np.arange(len(gruppe)), gruppe)
        return _ordnet(_tettet(gruppe), noekkel, rang)

    def _ved_avbrudd(self, noekkel: Tall, rang: Tall, alene: Hvilke) -> Tall:
        """Nøklene skilt der det går for lenge fra det siste ut til neste inn."""
        avbrudd = self.regler.avbrudd
        assert avbrudd is not None
        inn, ut = (self.poster.kolonner[id_] for id_ in (avbrudd.inn, avbrudd.ut))
        sammen = np.flatnonzero(~alene)
        start, slutt = _tid(inn)[inn.numre[self.rader[sammen]]], _tid(ut)[ut.numre[self.rader[sammen]]]
        orden = np.lexsort((rang[sammen], start, noekkel[sammen]))
        start, slutt, ved = start[orden], slutt[orden], noekkel[sammen][orden]
        ny = np.ones(len(orden), bool)
        ny[1:] = ved[1:] != ved[:-1]
        spenn = int(slutt.max(initial=0)) - int(slutt.min(initial=0)) + 1
        lopende = np.cumsum(ny) - 1
        siste = np.maximum.accumulate(slutt - int(slutt.min(initial=0)) + lopende * spenn) - lopende * spenn
        siste = siste + int(slutt.min(initial=0))
        grense = _grense(avbrudd.grense, inn.felt)
        ny[1:] |= start[1:] - siste[:-1] >= grense
        gruppe: Tall = np.zeros(len(self.rader), np.int64)
        gruppe[sammen[orden]] = np.cumsum(ny) - 1
        return gruppe

    # -- hvilke samlinger reglene ikke kan skille

    def _ulike(self) -> tuple[Tall, Tall]:
        """Nummeret på det reglene ser av hver samling, og den første samlingen med hvert nummer."""
        koder, lengder, starter = self._rekker()
        ulik = _tettet(lengder * (self.antall + 1) + np.where(lengder > _LANG, np.arange(self.antall) + 1, 0))
        for noekkel in self.noekler:
            if noekkel.noekkel.felt in self.regler.leser_noekler:
                verdi = noekkel.av[noekkel.kolonne.numre[self.rader[self.innhold[self.starter[:-1]]]]]
                ulik = _tettet(ulik * (noekkel.storst + 1) + verdi)
        storst = int(koder.max(initial=0)) + 1
        for plass in range(min(int(lengder.max(initial=0)), _LANG)):
            hvem = np.flatnonzero((lengder > plass) & (lengder <= _LANG))
            ledd = np.full(self.antall, storst, np.int64)
            ledd[hvem] = koder[starter[hvem] + plass]
            ulik = _tettet(ulik * (storst + 1) + ledd)
        _, forst = np.unique(ulik, return_index=True)
        return ulik, forst

    def _rekker(self) -> tuple[Tall, Tall, Tall]:
        """Det reglene ser av hver samling som en rekke tall: tallene, hvor mange hver har, og hvor de begynner."""
        if self.regler.spoer is None:
            orden = np.lexsort((self.poster.rang[self.rader], self._orden(), self.samling))
            ledd = _tettet(self.slag_av_rad)[orden]
            return ledd, np.diff(self.starter), self.starter[:-1]
        orden = np.lexsort((self.slag_av_rad, self.samling))
        samling, slag = self.samling[orden], self.slag_av_rad[orden]
        ny = np.ones(len(orden), bool)
        ny[1:] = (samling[1:] != samling[:-1]) | (slag[1:] != slag[:-1])
        plasser = np.flatnonzero(ny)
        antall = np.diff(np.append(plasser, len(orden)))
        if self.regler.flest is not None:
            antall = np.minimum(antall, self.regler.flest)
        koder = _tettet(slag[plasser] * (int(antall.max(initial=0)) + 1) + antall)
        starter = np.searchsorted(samling[plasser], np.arange(self.antall + 1))
        return koder, np.diff(starter), starter[:-1]

    def _orden(self) -> Tall:
        """Plassen til hver rad etter det feltet listen ordnes etter."""
        etter = next((felt.ordnet_etter for felt in self.regler.regler.felter if felt.ordnet_etter), "")
        if not etter:
            return np.zeros(len(self.rader), np.int64)
        kolonne = self.poster.kolonner[etter]
        return kolonne.rang[kolonne.numre[self.rader]]

    # -- svarene

    def medlemmer(self, samling: int) -> list[int]:
        """Plassene til radene i en samling, ordnet etter innholdet når det betyr noe."""
        plasser = self.innhold[self.starter[samling] : self.starter[samling + 1]]
        if self.regler.spoer is None:
            plasser = plasser[np.argsort(self.poster.rang[self.rader[plasser]], kind="stable")]
        funnet: list[int] = plasser.tolist()
        return funnet

    def som_post(self, samling: int) -> Post:
        """En samling som en post, med kopier av postene i den."""
        plasser = self.medlemmer(samling)
        rad = int(self.rader[plasser[0]])
        noekler = {noekkel.noekkel.navn: noekkel.verdi(rad) for noekkel in self.noekler}
        uten_liste = tuple(felt for felt in self.regler.regler.felter if felt.id != self.regler.liste)
        post, _, _ = les(uten_liste, noekler)
        listen = i_liste((self.profiler[profil] for profil in self.profil[plasser].tolist()), post)
        etter = next((felt.ordnet_etter for felt in self.regler.regler.felter if felt.ordnet_etter), "")
        setattr(post, self.regler.liste, tuple(sorted(listen, key=lambda en: getattr(en, etter))) if etter else listen)
        if self.rundt is not None:
            post.ytre = self.rundt
        return post

    def _svar(self, samling: int) -> tuple[Svar, list[Skjebne]]:
        """Svaret på en samling, og hva som ble av hver av postene i den."""
        plasser = self.medlemmer(samling)
        usikkert = [grunn for plass in plasser if (grunn := self.slag[self.slag_av_rad[plass]].usikkert) is not None]
        if usikkert:
            svar = usikker(usikkert)
        else:
            svar = med_ordnede_grunner(vurder_post(self.regler.regler, self.som_post(samling)))
        return svar, list(spor_i(svar, len(plasser), self.regler.liste, self.regler.regler.gruppering))

    # -- tabellene

    def tabell(self) -> pa.RecordBatch:
        """Én rad for hver samling: nummeret, nøklene, hvor mange poster den har, og svaret."""
        regler = self.regler.regler
        navnene = kolonner(self.regler)
        skjema = pa.schema([felt for felt in svarskjema(regler) if felt.name in navnene])
        ut = Svarkolonner(skjema)
        navn = kolonnenavn(regler)
        rader = [ut.rad(flatt(svar, navn.__getitem__)) for svar, _ in self.svarene]
        grupper = pa.array([samlet_tekst(svar) for svar, _ in self.svarene], pa.string())
        plasser = pa.array(self.ulik, pa.int64())
        forste = self.rader[self.innhold[self.starter[:-1]]] if self.antall else np.zeros(0, np.int64)
        alle = {"nummer": pa.array(np.arange(1, self.antall + 1), pa.int64())}
        alle |= {noekkel.noekkel.felt: noekkel.verdiene(forste) for noekkel in self.noekler}
        alle |= {"antall": pa.array(np.diff(self.starter), pa.int64())}
        alle |= dict(zip(skjema.names, ut.kolonner(rader, self.ulik.astype(np.int32)), strict=True))
        alle["grupper"] = grupper.take(plasser)
        return pa.RecordBatch.from_pydict({navn: alle[navn] for navn in navnene})

    def spor(self) -> dict[str, pa.Array]:
        """For hver rad: nummeret på samlingen, gruppene som bruker den, og ellers hvorfor ingen gjør det."""
        nummer = np.full(self.poster.antall, -1, np.int64)
        nummer[self.rader] = self.samling
        skjebner: dict[tuple[str, str], int] = {}
        hvilken = np.full(self.poster.antall, 0, np.int64)
        ute = [skjebner.setdefault(("", _tekst(grunner)), len(skjebner)) for grunner in self.skjebner]
        hvor = self.skjebne >= 0
        hvilken[hvor] = np.array(ute, np.int64)[self.skjebne[hvor]] if ute else 0
        hvilken[self.rader] = self._ved_slag(skjebner)
        self._falt(skjebner, hvilken)
        listet = list(skjebner)
        plasser = pa.array(hvilken)
        tomt = pa.array(nummer < 0)
        grupper = pa.array([grupper for grupper, _ in listet], pa.string()).take(plasser)
        grunner = pa.array([grunn for _, grunn in listet], pa.string()).take(plasser)
        celler = [pc.if_else(tomt, None, pa.array(nummer + 1)), grupper, grunner]
        if self.regler.regler.gruppering is None:
            del celler[1]
        return dict(zip(sporkolonner(self.regler), celler, strict=True))

    def _falt(self, skjebner: dict[tuple[str, str], int], hvilken: Tall) -> None:
        """Poster som ikke oppfyller kravene, med kravet som grunn; ikke der det er usikkert hva samlingen har."""
        numre, svarene = self.poster.krav(self.regler)
        falt = np.array([svar.inngaar is False for svar in svarene], bool)
        sikker = np.array([bool(svar.lister) for svar, _ in self.svarene], bool)
        if not falt.any() or not len(self.rader):
            return
        hvem = self.rader[falt[numre[self.rader]] & sikker[self.ulik[self.samling]]]
        grunner = [skjebner.setdefault(("", _tekst(svar.grunner)), len(skjebner)) for svar in svarene]
        hvilken[hvem] = np.array(grunner, np.int64)[numre[hvem]]

    def _ved_slag(self, skjebner: dict[tuple[str, str], int]) -> Tall:
        """Nummeret på skjebnen til hver av radene: den følger av samlingen og slaget, eller av plassen i den."""
        plass = self._plass_i_samlingen()
        noekkel = self.ulik[self.samling] * (int(plass.max(initial=0)) + 1) + plass
        ulike, forst, tilbake = np.unique(noekkel, return_index=True, return_inverse=True)
        numre = np.zeros(len(ulike), np.int64)
        steder: dict[int, Mapping[int, int]] = {}
        for n, rad in enumerate(forst.tolist()):
            ulik = int(self.ulik[self.samling[rad]])
            if ulik not in steder:
                medlemmer = self.medlemmer(int(self.forst[ulik]))
                steder[ulik] = {int(plass[m]): i for i, m in reversed(list(enumerate(medlemmer)))}
            grupper, grunner = self.svarene[ulik][1][steder[ulik][int(plass[rad])]]
            numre[n] = skjebner.setdefault(("; ".join(grupper), _tekst(grunner)), len(skjebner))
        return numre[tilbake]

    def _plass_i_samlingen(self) -> Tall:
        """Det som skiller radene i en samling: slaget, eller plassen når rekkefølgen betyr noe."""
        if self.regler.spoer is not None:
            return self.slag_av_rad
        orden = np.lexsort((self.poster.rang[self.rader], self.samling))
        plass: Tall = np.zeros(len(self.rader), np.int64)
        plass[orden] = np.arange(len(orden)) - self.starter[:-1][self.samling[orden]]
        return plass


def _sett_av_krav(svar: Linjesvar) -> Any:
    """Det reglene for en samling ser av svaret på kravene til en post."""
    return svar.inngaar if svar.inngaar is not None else (None, svar.grunner)


def _tekst(grunner: Iterable[Grunn]) -> str:
    return "; ".join(dict.fromkeys(grunn.tekst for grunn in grunner))


class _Noekkelkolonne:
    """En nøkkel: nummeret på den ved hver verdi av feltet, i rekkefølge; −1 når den mangler."""

    def __init__(self, regler: Samlingsregler, noekkel: Noekkel, kolonne: _Kolonne) -> None:
        self.regler, self.noekkel, self.kolonne = regler, noekkel, kolonne
        self.verdier = [None if n in kolonne.uleselige else noekkel.verdi(v) for n, v in enumerate(kolonne.verdier)]
        der = sorted({v for v in self.verdier if v is not None and not isinstance(v, Mangler)})
        plass = {verdi: n for n, verdi in enumerate(der)}
        self.av: Tall = np.array(
            [-1 if v is None or isinstance(v, Mangler) else plass[v] for v in self.verdier], np.int64
        )
        self.storst = len(der)
        self.i_orden = [i_enhet(regler, noekkel, verdi) for verdi in der]

    def verdi(self, rad: int) -> Any:
        """Nøkkelen til en rad."""
        return self.i_orden[self.av[self.kolonne.numre[rad]]]

    def verdiene(self, rader: Tall) -> pa.Array:
        """Nøklene til noen rader."""
        return pa.array(self.i_orden).take(pa.array(self.av[self.kolonne.numre[rader]]))


def _tid(kolonne: _Kolonne) -> Tall:
    """Verdiene som tall: mikrosekunder av tidspunkt, døgn av datoer; −1 for dem som ikke er der."""
    return np.array(
        [
            -1 if isinstance(v, Mangler) or n in kolonne.uleselige else _som_tall(v)
            for n, v in enumerate(kolonne.verdier)
        ],
        np.int64,
    )


def _som_tall(dag: date) -> int:
    if isinstance(dag, datetime):
        fra = dag - datetime(1, 1, 1)
        return (fra.days * 86_400 + fra.seconds) * 1_000_000 + fra.microseconds
    return dag.toordinal()


def _grense(grense: Decimal, felt: Felt) -> int:
    """Grensen i samme mål som tidene, rundet opp: et mellomrom som er minst så langt, skiller."""
    return -int(-(grense * _MINUTT) // 1) if felt.slag == "tidspunkt" else -int(-grense // 1)


def _tettet(tall: Tall) -> Tall:
    """Tallene erstattet av plassen sin blant de ulike."""
    return np.unique(tall, return_inverse=True)[1].astype(np.int64)


def _ordnet(gruppe: Tall, noekkel: Tall, rang: Tall) -> Tall:
    """Gruppene nummerert etter nøkkelen, og så det minste innholdet."""
    antall = int(gruppe.max(initial=-1)) + 1
    minst = np.full(antall, np.iinfo(np.int64).max)
    np.minimum.at(minst, gruppe, rang)
    ved: Tall = np.zeros(antall, np.int64)
    ved[gruppe] = noekkel
    plass: Tall = np.zeros(antall, np.int64)
    plass[np.lexsort((minst, ved))] = np.arange(antall)
    return plass[gruppe]
