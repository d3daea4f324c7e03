"""Stegene for en post: lesing, krav, gruppering og beregninger, i den rekkefølgen."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from types import MappingProxyType
from typing import Any, Literal

from .forklaring import Ledd, Vist, forklaringstekst, leddlinjer, samlede_grunner, uavklart_tekst, uavklarte, utfylt
from .indeks import Indeks
from .lesing import Felt, Post, Slag, Utenfor, feltnavn, les, oppgitt, som_oppslag
from .regelrader import Prove, Rad, Regelrader
from .svar import Grunn, Linjesvar, Status, Svar, Valgt, Verdi
from .verdier import REGNING, GjelderIkke, Mangler, Tom, Uavklart, Ukjent, Uoppgitt, Vilkaar, lest


@dataclass(frozen=True, slots=True)
class Krav:
    """Et krav: når det gjelder, hva det krever, og hva som følger når det ikke er oppfylt."""

    id: str
    tekst: str
    naar: Callable[[Any], Vilkaar] | None
    krever: Callable[[Any], Vilkaar]
    utfall: Literal["inngår ikke", "varsel", "uavklart"] = "inngår ikke"
    verdier: Callable[[Any], tuple[Vist, ...]] | None = None
    """Verdiene i teksten, når den har noen."""

    def grunn(self, post: Post) -> Grunn:
        """Grunnen når kravet ikke er oppfylt, med verdiene i teksten."""
        return Grunn(self.id, self.tekst if self.verdier is None else utfylt(self.tekst, *self.verdier(post)))

    def oppfylt(self, post: Post) -> Vilkaar:
        """Om kravet er oppfylt, eller ikke gjelder."""
        if self.naar is None:
            return self.krever(post)
        gjelder = self.naar(post)
        if gjelder is False:
            return True
        oppfylt = self.krever(post)
        return oppfylt if gjelder else True if oppfylt else None


@dataclass(frozen=True, slots=True)
class Gruppe:
    """En gruppe; uten vilkår kan den bare være oppgitt i data."""

    id: str
    naar: Callable[[Any], Vilkaar] | None = None
    bruker: Callable[[Any], Any] | None = None
    """Postene i en samling som gruppen bruker når den blir gitt."""


@dataclass(frozen=True, slots=True)
class Beregning:
    """En beregning, enheten den vises i, og kolonnen den får i filer og partier."""

    id: str
    verdi: Callable[[Any], Any]
    teller: int = 1
    nevner: int = 1
    slag: Slag = "desimaltall"
    navn: str = ""
    """Navnet i Python og filer, der det er et annet enn id-en."""

    @property
    def kolonne(self) -> str:
        """Navnet på kolonnen."""
        return self.navn or self.id


@dataclass(frozen=True, slots=True)
class Liste:
    """Reglene for linjene i en liste."""

    felt: str
    krav: tuple[Krav, ...] = ()
    beregninger: tuple[Beregning, ...] = ()
    navn: str = ""
    """Navnet i regelverket, der det er et annet enn i Python og filer."""

    @property
    def vist(self) -> str:
        """Listen slik den heter i meldinger."""
        return lest(self.navn or self.felt)


Kjerne = Callable[[Any], tuple[Any, Sequence[Svar]]]
"""Grupperer et parti (Arrow RecordBatch) kolonne for kolonne, og gir `(numre, svarene)`.

`numre` har ett tall (numpy, int32) for hver rad: plassen i `svarene`, eller −1 når raden må vurderes for seg.
"""


@dataclass(frozen=True, slots=True)
class Regler:
    """Alt som gjelder for én slags post."""

    navn: str
    felter: tuple[Felt, ...]
    krav: tuple[Krav, ...] = ()
    lister: tuple[Liste, ...] = ()
    gruppering: str | None = None
    grupper: tuple[Gruppe, ...] = ()
    indeks: Indeks | None = None
    beregninger: tuple[Beregning, ...] = ()
    rader: Callable[[], Regelrader] | None = None
    """Regelradene, som prøves etter gruppene."""
    resultater: Mapping[str, str] = field(default_factory=dict)
    """Resultatfeltene til en regelrad, og kolonnen hvert av dem får i filer og partier."""
    ellers: str | None = None
    """Gruppen til en post som ingen gruppe eller rad tar."""
    raskt: Callable[[], Any] | None = None
    """Den raske veien for poster der alt er oppgitt rett fram, når regelverket har en."""
    utdrag: bool = False
    forklaringer: Callable[[], Mapping[str, Callable[[Any], Ledd]]] = field(default=dict)
    """Forklaringen av hvert krav, hver gruppe og hver beregning, ved id."""
    bruker: "Callable[[], Regler] | None" = None
    """Reglene i et annet regelverk, som finner gruppen når ingen gruppe her gjør det."""
    bruker_navn: str = ""
    """Navnet på det regelverket."""
    bekreftet: Mapping[str, int] = field(default_factory=dict)
    """Arvede regler som kildene bare bekrefter for et tidligere år: id og år."""
    kjerne: Callable[[], Kjerne] | None = None
    """Kjernen som grupperer mange rader om gangen; den samme hver gang den hentes."""
    velger: Literal["", "første", "alle"] = ""
    """Hvordan en samling får grupper: den første som holder, eller alle; tomt for en post som ikke er en samling."""
    liste: str = ""
    """Listen med postene i en samling."""
    rundt: "Callable[[], Regler] | None" = None
    """Reglene for samlingen av alt, når reglene her kan nevne den."""
    husket: list[Any] = field(init=False, default_factory=list, repr=False, compare=False)
    """Minnet til reglene (`minne`), når noen har bedt om det."""


def vurder(regler: Regler, data: object, rundt: Post | None = None) -> tuple[Svar, Post]:
    """Svaret på en post, og posten slik den ble lest; `rundt` er samlingen av alt, når posten er en del av den."""
    with localcontext(REGNING):
        post, feil, utenfor = les(regler.felter, data)
        post.data_ = data
        if regler.rundt is not None:
            post.ytre = les(regler.rundt().felter, {})[0] if rundt is None else rundt
        if feil:
            return Svar("feil i data", grunner=tuple(feil)), post
        if utenfor:
            return _utenfor(regler, post, utenfor), post
        return _med_bekreftelse(regler, _vurder(regler, post)), post


def vurder_post(regler: Regler, post: Post) -> Svar:
    """Svaret på en post som alt er lest."""
    with localcontext(REGNING):
        return _med_bekreftelse(regler, _vurder(regler, post))


def raskt_svar(regler: Regler, data: object) -> Svar | None:
    """Svaret på en post som er rett fram; None når den må gå den grundige veien, eller regelverket ikke har en rask."""
    if regler.raskt is None or not isinstance(data, Mapping):
        return None
    verdier = {felt.id: oppgitt(felt, data) for felt in regler.felter}
    if verdier.pop(regler.gruppering or "", None) is not None:
        return None
    svar: Svar | None = regler.raskt().svar(*verdier.values())
    return svar


def _med_bekreftelse(regler: Regler, svar: Svar) -> Svar:
    """Svaret med reglene bak det som kildene bare bekrefter for et tidligere år."""
    if not regler.bekreftet:
        return svar
    bak = svar.regler_bak()
    return replace(svar, sist_bekreftet={id_: aar for id_, aar in regler.bekreftet.items() if id_ in bak})


def _vurder(regler: Regler, post: Post) -> Svar:
    if regler.liste:
        _ta_vare_paa_data(regler, post)
    uavklart: list[Grunn] = []
    faller: list[Grunn] = []
    varsler: list[Grunn] = []
    lister = {liste.felt: _linjer(regler, post, liste, uavklart) for liste in regler.lister}
    for liste in regler.lister:
        if liste.krav and lister[liste.felt] and all(linje.inngaar is False for linje in lister[liste.felt]):
            faller.append(Grunn(liste.felt, f"ingen av linjene i {liste.vist} inngår"))
    for krav in regler.krav:
        _prov(regler, post, krav, faller, uavklart, varsler)
    if faller:
        return Svar("inngår ikke", grunner=tuple(faller), varsler=tuple(varsler), lister=_ferdige(lister))
    if uavklart:
        mulige = tuple(_mulige(regler, post)) if regler.gruppering else ()
        return Svar("uavklart", grunner=tuple(uavklart), varsler=tuple(varsler), mulige=mulige, lister=_ferdige(lister))
    gruppe: str | None = None
    if regler.gruppering is not None:
        funnet = gruppen(regler, post)
        if isinstance(funnet, Mangler):
            uten = _uten_gruppe(regler, post, funnet, varsler)
            uten = replace(uten, forbigaatt=tuple(post.forbigaatt_)) if post.forbigaatt_ else uten
            return replace(uten, lister=_ferdige(lister)) if lister else uten
        gruppe = funnet[0] if isinstance(funnet, tuple) else funnet
        varsler += _mot_vilkaaret(regler, post, gruppe) if post.brukt_ is None else post.brukt_.varsler
    grunner: list[Grunn] = []
    verdier: dict[str, Verdi] = _resultater(regler, post)
    verdier |= {b.id: _beregn(regler, b, post, grunner) for b in regler.beregninger}
    for liste in regler.lister:
        _beregn_linjer(regler, liste, lister[liste.felt], grunner)
    return Svar(
        "kan ikke beregnes" if grunner else "gruppert",
        gruppe=gruppe,
        gruppe_oppgitt=post.oppgitt_ is not None or (post.brukt_ is not None and post.brukt_.gruppe_oppgitt),
        grunner=tuple(grunner),
        varsler=tuple(varsler),
        verdier=verdier,
        lister=_ferdige(lister),
        brukt=post.brukt_,
        valgte=tuple(post.valgte_),
        forbigaatt=tuple(post.forbigaatt_),
    )


def _ta_vare_paa_data(regler: Regler, post: Post) -> None:
    """La hver post i en samling ta vare på det den ble lest av, for et annet regelverk kan spørre etter det."""
    if post.data_ is None:
        return
    poster = getattr(post, regler.liste)
    gitt = (som_oppslag(post.data_) or {}).get(regler.liste)
    if not isinstance(poster, Mangler) and isinstance(gitt, list | tuple):
        for en in poster:
            en.data_ = gitt[en.plass_]


# ---- krav


def _prov(
    regler: Regler, post: Post, krav: Krav, faller: list[Grunn], uavklart: list[Grunn], varsler: list[Grunn]
) -> None:
    """Prøv ett krav, og legg grunnen dit den hører."""
    oppfylt = krav.oppfylt(post)
    if oppfylt:
        return
    if krav.utfall == "varsel":
        if oppfylt is False:
            varsler.append(krav.grunn(post))
    elif oppfylt is False and krav.utfall == "uavklart":
        uavklart.append(krav.grunn(post))
    elif oppfylt is False:
        faller.append(krav.grunn(post))
    else:
        uavklart.append(_uavklart(regler, krav.id, post))


def _uavklart(regler: Regler, id_: str, post: Post) -> Grunn:
    """Hvorfor noe er uavklart: feltene som avgjør, i den rekkefølgen de er skrevet, og verdiene som er ukjent."""
    return _grunn(regler, id_, regler.forklaringer()[id_](post))


def uavklart_grunn(regler: Regler, id_: str, forklaring: str, post: Post, felter: Sequence[Felt]) -> Grunn:
    """Hvorfor noe ved en post er uavklart, med feltene i den rekkefølgen de er skrevet."""
    return _grunn_av(felter, id_, regler.forklaringer()[forklaring](post))


def _grunn(regler: Regler, id_: str, ledd: Ledd) -> Grunn:
    """Grunnen til at noe er uavklart, fra leddet som forklarer det."""
    felter = regler.felter
    if regler.liste:  # Det en post mangler, sies likt i alle samlinger av den.
        felter = tuple(sorted(felter, key=lambda felt: felt.slag != "liste"))
    return _grunn_av(felter, id_, ledd)


def _grunn_av(felter: Sequence[Felt], id_: str, ledd: Ledd) -> Grunn:
    felt, ukjent = uavklarte(ledd)
    i_orden = [navn for navn in dict.fromkeys(feltnavn(felter)) if navn in felt]
    return Grunn(id_, uavklart_tekst(i_orden, sorted(ukjent)), tuple(i_orden))


# ---- lister


@dataclass(slots=True)
class _Linje:
    """En linje mens den vurderes."""

    post: Post
    inngaar: Vilkaar = True
    grunner: tuple[Grunn, ...] = ()
    varsler: tuple[Grunn, ...] = ()
    verdier: dict[str, Verdi] = field(default_factory=dict)


def _linjer(regler: Regler, post: Post, liste: Liste, uavklart: list[Grunn]) -> list[_Linje]:
    """Linjene vurdert i rekkefølge; det gjentas på dem som er igjen, til ingen faller."""
    poster = getattr(post, liste.felt)
    if isinstance(poster, Mangler):
        return []
    linjer = [_Linje(linje) for linje in poster]
    igjen = linjer
    while True:
        staar: list[_Linje] = []
        foran: list[Post] = []
        alle = [linje.post for linje in igjen]
        for nummer, linje in enumerate(igjen):
            linje.post.staar_ = foran, len(foran), alle, nummer + 1
            post.husket_.clear()
            _prov_linje(regler, liste, linje)
            if linje.inngaar is not False:
                staar.append(linje)
                foran.append(linje.post)
        if len(staar) == len(igjen):
            break
        igjen = staar
    linjer = sorted(linjer, key=lambda linje: linje.post.plass_)
    post.alle_[liste.felt] = tuple(linje.post for linje in linjer)
    setattr(post, liste.felt, tuple(linje.post for linje in igjen))
    post.husket_.clear()
    uavklart += [grunn for linje in igjen if linje.inngaar is None for grunn in linje.grunner]
    return linjer


def _prov_linje(regler: Regler, liste: Liste, linje: _Linje) -> None:
    if linje.post.provd_ is not None:
        linje.inngaar, linje.grunner, linje.varsler = linje.post.provd_
        return
    faller: list[Grunn] = []
    uavklart: list[Grunn] = []
    varsler: list[Grunn] = []
    for krav in liste.krav:
        _prov(regler, linje.post, krav, faller, uavklart, varsler)
    linje.inngaar = False if faller else None if uavklart else True
    linje.grunner = tuple(faller or uavklart)
    linje.varsler = tuple(varsler)


def proevd(regler: Regler, post: Post) -> Linjesvar:
    """Om en post oppfyller kravene til postene i en samling, som aldri ser de andre postene."""
    linje = _Linje(post)
    for liste in regler.lister:
        _prov_linje(regler, liste, linje)
    return Linjesvar(linje.inngaar, linje.grunner, linje.varsler)


def _beregn_linjer(regler: Regler, liste: Liste, linjer: list[_Linje], grunner: list[Grunn]) -> None:
    for linje in linjer:
        if linje.inngaar:
            linje.verdier = {b.id: _beregn(regler, b, linje.post, grunner) for b in liste.beregninger}


def _ferdige(lister: dict[str, list[_Linje]]) -> dict[str, tuple[Linjesvar, ...]]:
    return {
        felt: tuple(Linjesvar(linje.inngaar, linje.grunner, linje.varsler, linje.verdier) for linje in linjer)
        for felt, linjer in lister.items()
    }


# ---- gruppering


def gruppen(regler: Regler, post: Post) -> Any:
    """Gruppen som er oppgitt, ellers den første som passer.

    `Tom` når ingen gjør det, `Uavklart` når det ikke kan avgjøres.
    """
    if post.gruppe_ is None and regler.velger:
        post.gruppe_ = _valgte(regler, post)
    if post.gruppe_ is None:
        assert regler.gruppering is not None
        oppgitt = getattr(post, regler.gruppering)
        if isinstance(oppgitt, str):
            post.gruppe_, post.oppgitt_ = oppgitt, oppgitt
        else:
            post.gruppe_ = _forste(regler, post)
            if isinstance(post.gruppe_, Tom) and regler.bruker is not None:
                post.gruppe_ = _brukt_gruppe(regler, regler.bruker(), post)
    return post.gruppe_


def _valgte(regler: Regler, post: Post) -> Any:
    """Gruppene som en samling får: den første som holder, eller alle, der en som blir gitt, tar det den bruker."""
    navn = regler.gruppering or ""
    alle = getattr(post, regler.liste)
    if isinstance(alle, Mangler):
        post.uavklart_ = Ledd(navn, None, av=(alle,))
        return Uavklart(navn) if any(g.naar is not None for g in regler.grupper) else Tom(navn)
    igjen: tuple[Post, ...] = tuple(alle)
    for gruppe in regler.grupper:
        if gruppe.naar is None:
            continue
        brukt, passer = _paa_det_den_bruker(regler, post, gruppe, gruppe.naar, igjen)
        _sett_liste(regler, post, alle)
        if passer is None:
            return Uavklart(navn)
        plasser = Valgt(gruppe.id, tuple(en.plass_ for en in brukt))
        (post.valgte_ if passer else post.forbigaatt_).append(plasser)
        if passer and regler.velger == "første":
            return gruppe.id
        if passer and gruppe.bruker is not None:
            tatt = set(map(id, brukt))
            igjen = tuple(en for en in igjen if id(en) not in tatt)
    return tuple(valgt.gruppe for valgt in post.valgte_) or Tom(navn)


def _paa_det_den_bruker(
    regler: Regler, post: Post, gruppe: Gruppe, naar: Callable[[Any], Vilkaar], igjen: tuple[Post, ...]
) -> tuple[tuple[Post, ...], Vilkaar]:
    """Det en gruppe bruker av det som er igjen, og om vilkåret holder for det alene."""
    _sett_liste(regler, post, igjen)
    brukt = igjen if gruppe.bruker is None else gruppe.bruker(post)
    if isinstance(brukt, Mangler):
        post.uavklart_ = replace(regler.forklaringer()[f"bruker {gruppe.id}"](post), svar=None)
        post.uavklart_id_ = gruppe.id
        return (), None
    _sett_liste(regler, post, brukt)
    passer = naar(post)
    if passer is None:
        post.uavklart_, post.uavklart_id_ = regler.forklaringer()[gruppe.id](post), gruppe.id
    return brukt, passer


def _sett_liste(regler: Regler, post: Post, poster: tuple[Post, ...]) -> None:
    """La samlingen ha bare noen av postene; det som er regnet ut av dem, regnes ut på nytt."""
    setattr(post, regler.liste, poster)
    post.husket_.clear()


def _brukt_gruppe(regler: Regler, bruker: Regler, post: Post) -> Any:
    """Gruppen som regelverket som brukes, gir posten; svaret derfra tas vare på."""
    svar = post.brukt_ = _brukt_svar(bruker, post)
    if svar.gruppe is not None:
        return svar.gruppe
    return Uavklart(regler.gruppering or "") if svar.status == "uavklart" else Tom(regler.gruppering or "")


def _brukt_svar(bruker: Regler, post: Post) -> Svar:
    """Svaret fra regelverket som brukes."""
    return raskt_svar(bruker, som_oppslag(post.data_)) or vurder(bruker, post.data_)[0]


def _kandidater(regler: Regler, post: Post) -> Sequence[Gruppe]:
    """Gruppene som kan passe, i rekkefølge."""
    return regler.grupper if regler.indeks is None else regler.indeks.kandidater(regler.grupper, post)


def _forste(regler: Regler, post: Post) -> Any:
    assert regler.gruppering is not None
    for gruppe, rad, passer in _provd(regler, post):
        if passer:
            post.rad_ = rad
            return gruppe
        if passer is None:
            return Uavklart(regler.gruppering)
    return regler.ellers or Tom(regler.gruppering)


def _provd(regler: Regler, post: Post) -> Iterator[tuple[str, Rad | None, Vilkaar]]:
    """Gruppene med vilkår og så regelradene, med svaret på dem, i den rekkefølgen de prøves."""
    for gruppe in _kandidater(regler, post):
        if gruppe.naar is not None:
            yield gruppe.id, None, gruppe.naar(post)
    if regler.rader is not None:
        for rad, svar in regler.rader().provd(post):
            yield rad.gruppe, rad, svar


def _resultater(regler: Regler, post: Post) -> dict[str, Verdi]:
    """Resultatfeltene til raden som ga gruppen; None når ingen rad gjorde det."""
    if regler.rader is None:
        return {}
    felt = regler.rader().resultatfelt
    verdier = post.rad_.resultater if post.rad_ is not None else (None,) * len(felt)
    return dict(zip(felt, verdier, strict=True))


def _mulige(regler: Regler, post: Post) -> list[str]:
    """Gruppene som fortsatt er mulige: alle som ikke er utelukket, til og med den første sikre."""
    if regler.velger:
        forbi = {valgt.gruppe for valgt in post.forbigaatt_}
        return [g.id for g in regler.grupper if g.naar is not None and g.id not in forbi]
    oppgitt = getattr(post, regler.gruppering or "")
    if isinstance(oppgitt, str):
        return [oppgitt]
    mulige: dict[str, None] = {}
    for gruppe, _, passer in _provd(regler, post):
        if passer is not False:
            mulige[gruppe] = None
        if passer:
            return list(mulige)
    if regler.ellers is not None:
        mulige[regler.ellers] = None
    if regler.bruker is not None:
        brukt = _brukt_svar(regler.bruker(), post)
        mulige |= dict.fromkeys(brukt.mulige if brukt.gruppe is None else (brukt.gruppe,))
    return list(mulige)


def _uten_gruppe(regler: Regler, post: Post, funnet: Mangler, varsler: list[Grunn]) -> Svar:
    """Svaret når ingen gruppe er funnet."""
    navn = regler.gruppering or ""
    if post.brukt_ is not None:
        brukt: Svar = post.brukt_
        alle_varsler = (*varsler, *brukt.varsler)
        return Svar(brukt.status, grunner=brukt.grunner, varsler=alle_varsler, mulige=brukt.mulige, brukt=brukt)
    if isinstance(funnet, Uavklart):
        mulige = _mulige(regler, post)
        grunn = _hvorfor_uavklart(regler, mulige, post)
        valg = f"; mulige grupper: {', '.join(mulige)}" if len(mulige) <= 5 else f"; {len(mulige)} grupper er mulige"
        grunner = (Grunn(grunn.id, grunn.tekst + valg, grunn.felt),)
        return Svar("uavklart", grunner=grunner, varsler=tuple(varsler), mulige=tuple(mulige))
    if regler.utdrag:
        grunn = Grunn(navn, "ingen gruppe i utdraget tar denne posten")
        return Svar("ikke i utdraget", grunner=(grunn,), varsler=tuple(varsler))
    return Svar("inngår ikke", grunner=(Grunn(navn, "ingen gruppe tar denne posten"),), varsler=tuple(varsler))


def _hvorfor_uavklart(regler: Regler, mulige: Sequence[str], post: Post) -> Grunn:
    """Hvorfor det ikke kan avgjøres hvilken gruppe en post får."""
    if post.uavklart_ is not None:
        return _grunn(regler, post.uavklart_id_ or mulige[0], post.uavklart_)
    rad = next(rad for _, rad, svar in _provd(regler, post) if svar is None)
    return _uavklart_gruppe(regler, mulige[0], rad, post)


def _uavklart_gruppe(regler: Regler, gruppe: str, rad: Rad | None, post: Post) -> Grunn:
    """Hvorfor den første gruppen eller raden som er uavklart, er det."""
    if rad is None:
        return _uavklart(regler, gruppe, post)
    return _grunn(regler, rad.id, radledd(regler, rad, post))


def _utenfor(regler: Regler, post: Post, utenfor: list[Grunn]) -> Svar:
    """Svaret når en kode eller en gruppe ikke finnes i regelverket."""
    status = "ikke i utdraget" if regler.utdrag else "feil i data"
    lister = {}
    for liste in regler.lister:
        poster = getattr(post, liste.felt)
        gitt = () if isinstance(poster, Mangler) else sorted(poster, key=lambda linje: linje.plass_)
        lister[liste.felt] = tuple(Linjesvar(None, _egne(linje)) for linje in gitt)
    return Svar(status, grunner=tuple(utenfor), lister=lister)  # type: ignore[arg-type]


def _egne(linje: Post) -> tuple[Grunn, ...]:
    """Det ved en linje som ikke er i regelverket."""
    utenfor = [(navn, v) for navn, v in vars(linje).items() if isinstance(v, Utenfor)]
    return tuple(Grunn(navn, f"{navn} {verdi} er ikke i regelverket", (navn,)) for navn, verdi in utenfor)


def _mot_vilkaaret(regler: Regler, post: Post, gruppe: str) -> list[Grunn]:
    """Et varsel når gruppen er oppgitt i data, og vilkåret for den ikke er oppfylt."""
    if post.oppgitt_ is None:
        return []
    svarene = [g.naar(post) for g in regler.grupper if g.id == gruppe and g.naar is not None]
    if regler.rader is not None:
        svarene += [svar for rad, svar in regler.rader().provd(post) if rad.gruppe == gruppe]
    if not svarene or any(svar is not False for svar in svarene):
        return []
    return [Grunn(gruppe, f"{gruppe} er oppgitt i data, men vilkåret for gruppen er ikke oppfylt")]


def fast_svar(regler: Regler, rad: Rad | None, verdier: Mapping[str, Verdi]) -> Svar:
    """Svaret på alle poster som en rad tar, eller ingen, med beregningene som ikke følger av gruppen alene."""
    post = Post()
    post.rad_, post.gruppe_ = rad, regler.ellers if rad is None else rad.gruppe
    if post.gruppe_ is None:
        return _med_bekreftelse(regler, _uten_gruppe(regler, post, Tom(regler.gruppering or ""), []))
    grunner: list[Grunn] = []
    with localcontext(REGNING):
        alle_verdier: dict[str, Verdi] = _resultater(regler, post)
        for beregning in regler.beregninger:
            kjent = beregning.id in verdier
            alle_verdier[beregning.id] = verdier[beregning.id] if kjent else _beregn(regler, beregning, post, grunner)
    status: Status = "kan ikke beregnes" if grunner else "gruppert"
    svar = Svar(status, gruppe=post.gruppe_, grunner=tuple(grunner), verdier=MappingProxyType(alle_verdier))
    return _med_bekreftelse(regler, svar)


# ---- beregninger


def _beregn(regler: Regler, beregning: Beregning, post: Post, grunner: list[Grunn]) -> Verdi:
    """Verdien i vist enhet; None, med grunnen, når den ikke kan beregnes."""
    verdi = beregning.verdi(post)
    if isinstance(verdi, GjelderIkke) and verdi.navn == beregning.id:
        return None
    if isinstance(verdi, Uavklart):
        grunner.append(_uavklart(regler, beregning.id, post))
        return None
    if isinstance(verdi, Mangler):
        felt = (verdi.navn,) if isinstance(verdi, Uoppgitt) else ()
        grunn = verdi.grunn if isinstance(verdi, Uoppgitt | Ukjent | Tom) else ""
        grunner.append(Grunn(beregning.id, grunn, felt))
        return None
    if isinstance(verdi, Decimal) and (beregning.teller, beregning.nevner) != (1, 1):
        return REGNING.divide(verdi * beregning.nevner, Decimal(beregning.teller))
    return verdi  # type: ignore[no-any-return]


# ---- oppslag


def slaa_opp(tabell: Mapping[str, Mapping[str, Any]], noekkel: Any, kolonne: str, ellers: Callable[[str], Any]) -> Any:
    """Verdien i en tabell; `ellers` gir verdien når raden er der, men mangler kolonnen."""
    if isinstance(noekkel, Mangler):
        return noekkel
    rad = tabell.get(noekkel)
    if rad is None:
        return Tom(kolonne)
    verdi = rad.get(kolonne)
    return ellers(noekkel) if verdi is None else verdi


# ---- forklaring


def radledd(regler: Regler, rad: Rad, post: Post) -> Ledd:
    """Leddet for en regelrad: hver celle, med verdien i kolonnen."""
    assert regler.rader is not None
    rader = regler.rader()
    prove = Prove(rader, post)
    deler = tuple(_celleledd(regler, rader, nummer, prove, post) for nummer in rad.celler)
    return Ledd(f"rad {rad.id} gir {rad.gruppe}", prove.rad(rad), deler, sted=rad.sted)


def _celleledd(regler: Regler, rader: Regelrader, nummer: int, prove: Prove, post: Post) -> Ledd:
    """Leddet for en celle; begrepet i kolonnen er forklart under når cellen er uavklart."""
    celle = rader.celler[nummer]
    kolonne = rader.kolonner[celle.kolonne]
    verdi, svar = prove.verdi(celle.kolonne), prove.celle(nummer)
    vist_verdi = Vist(lest(kolonne.navn), verdi, kolonne.enhet, kolonne.teller, kolonne.nevner)
    under: tuple[Ledd, ...] = ()
    if svar is None and kolonne.forklaring is not None:
        under = (regler.forklaringer()[kolonne.forklaring](post),)
    return Ledd(f"{lest(kolonne.navn)} {celle.tekst}", svar, under, (vist_verdi,), av=(verdi,))


def gruppeledd(regler: Regler, post: Post) -> Iterator[Ledd]:
    """Leddene for gruppene som kan passe, og regelradene som er uavklart, i den rekkefølgen de prøves."""
    if regler.velger:
        yield from (() if post.uavklart_ is None else (post.uavklart_,))
        return
    forklaringer = regler.forklaringer()
    yield from (forklaringer[gruppe.id](post) for gruppe in _kandidater(regler, post) if gruppe.naar is not None)
    if regler.rader is not None:
        yield from (radledd(regler, rad, post) for rad, svar in regler.rader().provd(post) if svar is None)


def _forklart_linje(
    liste: Liste,
    nummer: int,
    linje: Post,
    svar: Linjesvar,
    forklaringer: Mapping[str, Callable[[Any], Ledd]],
) -> Ledd:
    """Leddet for én linje: om den inngår, kravene som ble prøvd, og beregningene."""
    navn, verdi = next(((n, v) for n, v in vars(linje).items() if isinstance(v, str)), ("", ""))
    ord_ = {True: "inngår", False: "inngår ikke", None: "uavklart"}[svar.inngaar]
    grunner = "; ".join(grunn.tekst for grunn in svar.grunner)
    tekst = f"{liste.vist} {nummer}" + (f" ({lest(navn)} {verdi})" if navn else "") + f": {ord_}"
    deler = [forklaringer[krav.id](linje) for krav in liste.krav]
    deler += [forklaringer[beregning.id](linje) for beregning in liste.beregninger if svar.verdier]
    deler += [Ledd(f"varsel: {varsel.tekst}", None) for varsel in svar.varsler]
    return Ledd(f"{tekst}: {grunner}" if grunner else tekst, svar.inngaar, tuple(deler))


def forklar(regler: Regler, data: object, hode: str) -> str:
    """Svaret på en post forklart: hva som ble prøvd, hva som holdt, og hva som ikke gjorde det, med verdiene."""
    svar, post = vurder(regler, data)
    with localcontext(REGNING):
        forklaringer = regler.forklaringer()
        deler: list[Ledd] = []
        if svar.status not in ("feil i data",) and not (svar.status == "ikke i utdraget" and svar.lister):
            deler = _forklarte(regler, post, svar, forklaringer)
        return forklaringstekst(hode, svar, deler)


def _forklarte(regler: Regler, post: Post, svar: Svar, forklaringer: Mapping[str, Callable[[Any], Ledd]]) -> list[Ledd]:
    """Leddene i forklaringen, i den rekkefølgen de ble prøvd."""
    deler = [
        _forklart_linje(liste, nummer, linje, linjesvar, forklaringer)
        for liste in regler.lister
        for nummer, (linje, linjesvar) in enumerate(_med_svar(liste, post, svar), 1)
    ]
    deler += [forklaringer[krav.id](post) for krav in regler.krav]
    if regler.velger and svar.status != "inngår ikke":
        deler += _forklarte_valg(regler, post, svar, forklaringer)
    elif regler.gruppering is not None and svar.status not in ("inngår ikke",):
        for gruppe in regler.grupper:
            if gruppe.naar is not None and (post.oppgitt_ is None or gruppe.id == post.oppgitt_):
                ledd = forklaringer[gruppe.id](post)
                deler.append(ledd)
                if ledd.svar is not False:
                    break
        if regler.rader is not None and post.oppgitt_ is None:
            deler += _forklart_rad(regler, post, svar)
    if post.brukt_ is not None and regler.bruker is not None:
        bruker = regler.bruker()
        brukt, brukt_post = vurder(bruker, post.data_)
        under = tuple(_forklarte(bruker, brukt_post, brukt, bruker.forklaringer()))
        deler.append(Ledd(f"gruppen er spurt etter i {regler.bruker_navn}", brukt.gruppe is not None, under))
    if svar.gruppe is not None or not regler.gruppering:
        deler += [forklaringer[b.id](post) for b in regler.beregninger if svar.verdier]
    return deler


def _forklarte_valg(
    regler: Regler, post: Post, svar: Svar, forklaringer: Mapping[str, Callable[[Any], Ledd]]
) -> Iterator[Ledd]:
    """Leddene for gruppene i en samling: hva hver av dem bruker, og om vilkåret holder for det."""
    alle = getattr(post, regler.liste)
    ved_plass = {} if isinstance(alle, Mangler) else {en.plass_: en for en in alle}
    brukt_av = {valgt.gruppe: valgt.brukt for valgt in (*svar.valgte, *svar.forbigaatt)}
    for gruppe in regler.grupper:
        if gruppe.naar is None or gruppe.id not in brukt_av:
            continue
        brukt = brukt_av[gruppe.id]
        _sett_liste(regler, post, tuple(ved_plass[plass] for plass in brukt))
        ledd = forklaringer[gruppe.id](post)
        _sett_liste(regler, post, alle)
        nummer = ", ".join(str(plass + 1) for plass in brukt)
        hvilke = f"{lest(regler.liste)} nummer {nummer}" if brukt else f"ingen av {lest(regler.liste)}"
        yield replace(ledd, deler=(Ledd(f"bruker {hvilke}", True), *ledd.deler))
    if post.uavklart_ is not None:
        yield post.uavklart_


def _forklart_rad(regler: Regler, post: Post, svar: Svar) -> list[Ledd]:
    """Leddet for raden som ga gruppen, eller for den første som ikke kan avgjøres."""
    if post.rad_ is not None:
        return [radledd(regler, post.rad_, post)]
    if svar.status != "uavklart" or svar.gruppe is not None:
        return []
    uavklart = next((rad for _, rad, holder in _provd(regler, post) if holder is None and rad is not None), None)
    return [] if uavklart is None else [radledd(regler, uavklart, post)]


def _med_svar(liste: Liste, post: Post, svar: Svar) -> Iterator[tuple[Post, Linjesvar]]:
    """Linjene i en liste, hver med svaret sitt."""
    return zip(post.alle_.get(liste.felt, ()), svar.lister[liste.felt], strict=True)


def hvorfor_ikke(regler: Regler, data: object, gruppe: str, hode: str) -> str:
    """Hvorfor en post ikke får en gruppe: vilkåret for gruppen, med verdiene, og hva posten fikk i stedet."""
    svar, post = vurder(regler, data)
    with localcontext(REGNING):
        linjer = [hode, "", f"Status: {svar.status}"]
        if regler.velger:
            return "\n".join([*linjer, *_hvorfor_ikke_valgt(regler, post, svar, gruppe)]) + "\n"
        if svar.gruppe == gruppe:
            linjer.append(f"Posten får {gruppe}.")
        elif svar.gruppe is not None:
            oppgitt = " fordi den er oppgitt i data" if svar.gruppe_oppgitt else ""
            linjer.append(f"Posten får {svar.gruppe}{oppgitt}, ikke {gruppe}.")
        linjer += [f"Fordi: {grunn}" for grunn in samlede_grunner(svar)]
        if not svar.gruppe_oppgitt and post.rad_ is None and post.brukt_ is None and svar.gruppe is not None:
            rekkefolge = [g.id for g in regler.grupper]
            if rekkefolge.index(svar.gruppe) < rekkefolge.index(gruppe):
                linjer.append(f"{svar.gruppe} prøves før {gruppe}.")
        if svar.status != "feil i data":
            linjer += _vilkaar_for(regler, post, gruppe)
        return "\n".join(linjer) + "\n"


def _hvorfor_ikke_valgt(regler: Regler, post: Post, svar: Svar, gruppe: str) -> Iterator[str]:
    """Linjene om hvorfor en samling ikke får en gruppe."""
    valgte = [valgt.gruppe for valgt in svar.valgte]
    yield f"Samlingen får {', '.join(valgte)}." if valgte else "Samlingen får ingen gruppe."
    yield from (f"Fordi: {grunn}" for grunn in samlede_grunner(svar))
    provd = {valgt.gruppe for valgt in (*svar.valgte, *svar.forbigaatt)}
    rekkefolge = [en.id for en in regler.grupper if en.naar is not None]
    if gruppe not in rekkefolge:
        yield f"{gruppe} har ingen vilkår i regelverket, og gis ikke til denne samlingen."
    elif gruppe not in provd and valgte and regler.velger == "første":
        yield f"{valgte[0]} prøves før {gruppe}."
    for ledd in _forklarte_valg(regler, post, svar, regler.forklaringer()):
        if ledd.tekst.startswith(f"gruppe {gruppe} ") or ledd.tekst == f"gruppe {gruppe}" or ledd is post.uavklart_:
            yield from ("", *leddlinjer(ledd))


def _vilkaar_for(regler: Regler, post: Post, gruppe: str) -> list[str]:
    """Linjene om det en gruppe krever, her eller i regelverket som brukes."""
    har_vilkaar = any(g.naar is not None for g in regler.grupper if g.id == gruppe)
    rader = [] if regler.rader is None else [rad for rad in regler.rader().rader if rad.gruppe == gruppe]
    if har_vilkaar or rader:
        vilkaar = ["", *leddlinjer(regler.forklaringer()[gruppe](post))] if har_vilkaar else []
        return [*vilkaar, *_nermeste_rader(regler, rader, post)]
    if regler.bruker is not None and any(g.id == gruppe for g in regler.bruker().grupper):
        brukt_post = vurder(regler.bruker(), post.data_)[1]
        return [f"{gruppe} er en gruppe i {regler.bruker_navn}.", *_vilkaar_for(regler.bruker(), brukt_post, gruppe)]
    return [f"{gruppe} har ingen vilkår i regelverket; en post kan bare ha den oppgitt i data."]


_RADER_VIST = 3
"""Så mange av radene til en gruppe vises når en post ikke får den."""


def _nermeste_rader(regler: Regler, rader: list[Rad], post: Post) -> list[str]:
    """Radene til en gruppe som det er minst som mangler på, med det som ikke holder."""
    if not rader or regler.rader is None:
        return []
    prove = Prove(regler.rader(), post)
    mangler = {rad.id: sum(prove.celle(nummer) is not True for nummer in rad.celler) for rad in rader}
    nermest = sorted(rader, key=lambda rad: mangler[rad.id])
    linjer = []
    if not mangler[nermest[0].id] and post.rad_ is not None and post.rad_.gruppe != nermest[0].gruppe:
        linjer.append(f"Raden {nermest[0].id} holder også, men raden {post.rad_.id} prøves før den.")
    for rad in nermest[:_RADER_VIST]:
        linjer += ["", *leddlinjer(radledd(regler, rad, post))]
    if len(rader) > _RADER_VIST:
        linjer += [
            "",
            f"{rader[0].gruppe} har {len(rader)} rader; her er de {_RADER_VIST} der det er minst som ikke holder.",
        ]
    return linjer
