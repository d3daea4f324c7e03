"""Verdier som mangler, trevalent logikk og regning som tåler begge deler.

Et vilkår er True, False eller None (uavklart). En verdi som ikke er der, er ett av tre:

- `Uoppgitt`: et felt som skulle vært oppgitt. Sammenligninger blir uavklart.
- `Tom`: et felt som kan mangle, eller en rad som ikke finnes. Sammenligninger blir nei.
- `Ukjent`: en sats eller verdi regelverket ikke kjenner, med grunnen. Sammenligninger blir uavklart.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Any

Vilkaar = bool | None
Verdi = Any
"""Et tall i grunnenhet, en kode, en dato, et tidspunkt, ja/nei, en mengde, eller en verdi som mangler."""

REGNING = Context(prec=60)
"""Så nøyaktig regnes det; mer enn nok til at alle produkter av satser og data blir eksakte."""


class Mangler:
    """En verdi som ikke er der. Regning med den gir den selv."""

    __slots__ = ("navn",)

    def __init__(self, navn: str) -> None:
        self.navn = navn

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.navn!r})"

    def _selv(self, _annen: object) -> "Mangler":
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _selv

    def __neg__(self) -> "Mangler":
        return self

    __hash__ = object.__hash__


class _Uavgjort(Mangler):
    """Felles for det som gjør en sammenligning uavklart."""

    __slots__ = ()

    def _uavklart(self, annen: object) -> Vilkaar:
        return False if isinstance(annen, Tom) else None

    def __eq__(self, annen: object) -> Vilkaar:  # type: ignore[override]
        return self._uavklart(annen)

    def __ne__(self, annen: object) -> Vilkaar:  # type: ignore[override]
        return True if isinstance(annen, Tom) else None

    __lt__ = __le__ = __gt__ = __ge__ = _uavklart
    __hash__ = object.__hash__


class Uoppgitt(_Uavgjort):
    """Feltet `navn` skulle vært oppgitt."""

    __slots__ = ()

    @property
    def grunn(self) -> str:
        """Grunnen i ord."""
        return f"{lest(self.navn)} er ikke oppgitt"


class Ukjent(_Uavgjort):
    """Verdien er ukjent; `navn` er grunnen."""

    __slots__ = ()

    @property
    def grunn(self) -> str:
        """Grunnen i ord."""
        return self.navn


class Uavklart(_Uavgjort):
    """Verdien av begrepet, beregningen eller grupperingen `navn` kan ikke avgjøres."""

    __slots__ = ()

    @property
    def grunn(self) -> str:
        """Grunnen i ord."""
        return f"{lest(self.navn)} kan ikke avgjøres"


class Tom(Mangler):
    """Verdien finnes ikke, og skulle ikke nødvendigvis finnes."""

    __slots__ = ()

    @property
    def grunn(self) -> str:
        """Grunnen i ord."""
        return f"{lest(self.navn)} mangler"

    def __eq__(self, annen: object) -> bool:
        return False

    def __ne__(self, annen: object) -> bool:
        return True

    def _nei(self, _annen: object) -> bool:
        return False

    __lt__ = __le__ = __gt__ = __ge__ = _nei
    __hash__ = object.__hash__


class GjelderIkke(Tom):
    """Beregningen `navn` har ingen linje for denne posten."""

    __slots__ = ()


def lest(navn: str) -> str:
    """Et navn slik det leses: mellomrom for understrek."""
    return navn.replace("_", " ")


# ---- vilkår


def svar(verdi: Verdi) -> Vilkaar:
    """Svaret på en sammenligning."""
    return verdi if verdi is None else bool(verdi)


def ja(verdi: Verdi) -> Vilkaar:
    """Et ja/nei-felt som vilkår."""
    if isinstance(verdi, Mangler):
        return False if isinstance(verdi, Tom) else None
    return bool(verdi)


def som_verdi(vilkaar: Vilkaar, navn: str) -> Verdi:
    """Et vilkår brukt som verdi: ja, nei eller uavklart."""
    return Uavklart(navn) if vilkaar is None else vilkaar


def alle(*deler: Vilkaar) -> Vilkaar:
    """Alle delene er oppfylt."""
    if False in deler:
        return False
    return None if None in deler else True


def minst(antall: int, *deler: Vilkaar) -> Vilkaar:
    """Minst så mange av delene er oppfylt."""
    sikre = deler.count(True)
    if sikre >= antall:
        return True
    return False if sikre + deler.count(None) < antall else None


def ikke(del_: Vilkaar) -> Vilkaar:
    """Delen er ikke oppfylt."""
    return None if del_ is None else not del_


def mangler(verdi: Verdi) -> bool:
    """Verdien er ikke oppgitt eller finnes ikke."""
    return isinstance(verdi, Uoppgitt | Tom)


def er_i(verdi: Verdi, mengde: Verdi) -> Vilkaar:
    """Koden er i mengden."""
    if isinstance(verdi, Mangler) or isinstance(mengde, Mangler):
        return False if isinstance(verdi, Tom) or isinstance(mengde, Tom) else None
    return verdi in mengde


def mellom(verdi: Verdi, lav: Decimal, hoy: Decimal) -> Vilkaar:
    """Tallet ligger mellom to andre, begge medregnet."""
    return alle(svar(verdi >= lav), svar(verdi <= hoy))


# ---- lister


def _teller(liste: Verdi, vilkaar: Callable[[Any], Vilkaar] | None) -> tuple[int, int] | None:
    """Hvor mange som sikkert og som kanskje oppfyller vilkåret; None når listen er uavklart."""
    if isinstance(liste, Mangler):
        return (0, 0) if isinstance(liste, Tom) else None
    if vilkaar is None:
        return len(liste), len(liste)
    svarene = [vilkaar(element) for element in liste]
    sikre = svarene.count(True)
    return sikre, sikre + svarene.count(None)


def minst_av(antall: int, liste: Verdi, vilkaar: Callable[[Any], Vilkaar] | None = None) -> Vilkaar:
    """Minst så mange av elementene oppfyller vilkåret."""
    talt = _teller(liste, vilkaar)
    if talt is None:
        return None
    return True if talt[0] >= antall else False if talt[1] < antall else None


def hoyst_av(antall: int, liste: Verdi, vilkaar: Callable[[Any], Vilkaar] | None = None) -> Vilkaar:
    """Høyst så mange av elementene oppfyller vilkåret."""
    talt = _teller(liste, vilkaar)
    if talt is None:
        return None
    return True if talt[1] <= antall else False if talt[0] > antall else None


def noyaktig_av(antall: int, liste: Verdi, vilkaar: Callable[[Any], Vilkaar] | None = None) -> Vilkaar:
    """Nøyaktig så mange av elementene oppfyller vilkåret."""
    return alle(minst_av(antall, liste, vilkaar), hoyst_av(antall, liste, vilkaar))


def ingen_av(liste: Verdi, vilkaar: Callable[[Any], Vilkaar] | None = None) -> Vilkaar:
    """Ingen av elementene oppfyller vilkåret."""
    return hoyst_av(0, liste, vilkaar)


def alle_av(liste: Verdi, vilkaar: Callable[[Any], Vilkaar]) -> Vilkaar:
    """Alle elementene oppfyller vilkåret."""
    if isinstance(liste, Mangler):
        return True if isinstance(liste, Tom) else None
    return alle(*map(vilkaar, liste))


def de_som(liste: Verdi, vilkaar: Callable[[Any], Vilkaar], navn: str) -> Verdi:
    """Elementene som oppfyller vilkåret; uavklart når det er uavklart for ett av dem."""
    if isinstance(liste, Mangler):
        return () if isinstance(liste, Tom) else liste
    svarene = [(element, vilkaar(element)) for element in liste]
    if any(holder is None for _, holder in svarene):
        return Uavklart(navn)
    return tuple(element for element, holder in svarene if holder)


def valgte(grupper: Verdi) -> Verdi:
    """Gruppene som en samling har fått, som en liste."""
    return () if isinstance(grupper, Tom) else grupper


def antall(liste: Verdi) -> Verdi:
    """Hvor mange elementer listen har."""
    if isinstance(liste, Mangler):
        return Decimal(0) if isinstance(liste, Tom) else liste
    return Decimal(len(liste))


def forste(liste: Verdi) -> Verdi:
    """Det første elementet i en liste."""
    if isinstance(liste, Mangler):
        return Tom("første") if isinstance(liste, Tom) else liste
    return liste[0] if liste else Tom("første")


def etter_forste(liste: Verdi) -> Verdi:
    """Elementene etter det første."""
    return liste if isinstance(liste, Mangler) else tuple(liste[1:])


def elementer(verdi: Verdi) -> Verdi:
    """Elementene i en liste eller en mengde av koder, de siste i fast rekkefølge."""
    return verdi if isinstance(verdi, Mangler | tuple) else tuple(sorted(verdi))


def felt_av(post: Verdi, navn: str, felt: str) -> Verdi:
    """Et felt av en post som selv er en verdi."""
    if isinstance(post, Mangler):
        return Tom(navn) if isinstance(post, Tom) else post
    return getattr(post, felt)


def begrep_av(verdi: Verdi, navn: str, begrep: Callable[[Any], Verdi]) -> Verdi:
    """Et begrep om en kode eller en post som selv er en verdi."""
    if isinstance(verdi, Mangler):
        return Tom(navn) if isinstance(verdi, Tom) else verdi
    return begrep(verdi)


def samlet(*verdier: Verdi) -> Verdi:
    """Koder og mengder av koder som én mengde; det som ikke finnes, gir ingenting."""
    koder: set[str] = set()
    for verdi in verdier:
        if isinstance(verdi, Tom):
            continue
        if isinstance(verdi, Mangler):
            return verdi
        if isinstance(verdi, str):
            koder.add(verdi)
        elif isinstance(verdi, Kodesett):
            if verdi.kodene is None:
                return Ukjent("mengden kan ikke telles opp")
            koder |= verdi.kodene
        else:
            koder.update(verdi)
    return frozenset(koder)


def gruppekode(gruppe: Verdi) -> Verdi:
    """Koden til en gruppe, uten ordningen foran: «290» av DRG 290."""
    if isinstance(gruppe, Mangler):
        return Tom("gruppekode") if isinstance(gruppe, Tom) else gruppe
    return gruppe.rsplit(" ", 1)[-1]


def familie_av(tabell: Mapping[str, Mapping[str, Any]], kolonne: str, verdi: str) -> frozenset[str]:
    """Nøklene til radene som har en verdi i en kolonne."""
    return frozenset(noekkel for noekkel, rad in tabell.items() if _har(rad.get(kolonne), verdi))


def _har(celle: Verdi, verdi: str) -> bool:
    return celle == verdi or (not isinstance(celle, str) and celle is not None and verdi in celle)


def husket(begrep: Callable[[Any], Verdi]) -> Callable[[Any], Verdi]:
    """Begrepet, regnet ut én gang for hver post."""
    navn = begrep.__name__

    def huske(post: Any) -> Verdi:
        if navn not in post.husket_:
            post.husket_[navn] = begrep(post)
        return post.husket_[navn]

    huske.__name__, huske.__doc__ = navn, begrep.__doc__
    return huske


def ved_kode(felt: str) -> Callable[[Callable[[Any], Vilkaar]], Callable[[Any], Vilkaar]]:
    """Et vilkår som bare avhenger av en kode, regnet ut én gang for hver av de kjente kodene."""

    def pynt(vilkaar: Callable[[Any], Vilkaar]) -> Callable[[Any], Vilkaar]:
        kjent: dict[str, Vilkaar] = {}

        def av_koden(post: Any) -> Vilkaar:
            kode = getattr(post, felt)
            if type(kode) is not str:
                return vilkaar(post)
            if kode not in kjent:
                kjent[kode] = vilkaar(post)
            return kjent[kode]

        av_koden.__name__, av_koden.__doc__ = vilkaar.__name__, vilkaar.__doc__
        return av_koden

    return pynt


# ---- tall


def sum_av(liste: Verdi, verdi: Callable[[Any], Verdi]) -> Verdi:
    """Summen over elementene; 0 når det ikke er noen."""
    if isinstance(liste, Mangler):
        return Decimal(0) if isinstance(liste, Tom) else liste
    total: Verdi = Decimal(0)
    for element in liste:
        total = total + verdi(element)
    return total


def hoyeste(verdier: Iterable[Verdi]) -> Verdi:
    """Den høyeste av verdiene som finnes."""
    return _ytterst(verdier, lambda ny, til_naa: ny > til_naa)


def laveste(verdier: Iterable[Verdi]) -> Verdi:
    """Den laveste av verdiene som finnes."""
    return _ytterst(verdier, lambda ny, til_naa: ny < til_naa)


def _ytterst(verdier: Iterable[Verdi], bedre: Callable[[Any, Any], bool]) -> Verdi:
    beste: Verdi = Tom("verdien")
    for verdi in verdier:
        if isinstance(verdi, Tom):
            continue
        if isinstance(verdi, Mangler):
            return verdi
        if isinstance(beste, Tom) or bedre(verdi, beste):
            beste = verdi
    return beste


def gjennomsnitt(verdier: Iterable[Verdi]) -> Verdi:
    """Gjennomsnittet av verdiene; av ingen er det ingen verdi."""
    tall = list(verdier)
    mangler_ = _som_mangler(*tall)
    if mangler_ is not None:
        return mangler_
    return REGNING.divide(sum(tall, Decimal(0)), Decimal(len(tall))) if tall else Tom("verdien")


def standardavvik(verdier: Iterable[Verdi]) -> Verdi:
    """Standardavviket til verdiene som et utvalg (n − 1); av færre enn to er det ingen verdi."""
    tall = list(verdier)
    mangler_ = _som_mangler(*tall)
    if mangler_ is not None:
        return mangler_
    if len(tall) < 2:
        return Tom("verdien")
    eksakte = list(map(Fraction, tall))
    snitt = sum(eksakte, Fraction(0)) / len(tall)
    varians = sum(((en - snitt) * (en - snitt) for en in eksakte), Fraction(0)) / (len(tall) - 1)
    return REGNING.sqrt(REGNING.divide(Decimal(varians.numerator), Decimal(varians.denominator)))


def for_hver(liste: Verdi, verdi: Callable[[Any], Verdi]) -> list[Verdi]:
    """Verdien for hvert element; en uavklart liste gir seg selv."""
    if isinstance(liste, Mangler):
        return [] if isinstance(liste, Tom) else [liste]
    return [verdi(element) for element in liste]


def delt(teller: Verdi, nevner: Verdi) -> Verdi:
    """Kvotienten."""
    if isinstance(teller, Mangler):
        return teller
    if isinstance(nevner, Mangler):
        return nevner
    return Ukjent("det er delt på null") if nevner == 0 else REGNING.divide(teller, nevner)


_RETNING = {None: ROUND_HALF_UP, "opp": ROUND_CEILING, "ned": ROUND_FLOOR}


def avrundet(verdi: Verdi, trinn: Decimal, retning: str | None = None) -> Verdi:
    """Verdien avrundet til et helt antall trinn: halve bort fra null, eller opp eller ned."""
    if isinstance(verdi, Mangler):
        return verdi
    return REGNING.divide(verdi, trinn).quantize(Decimal(1), rounding=_RETNING[retning], context=REGNING) * trinn


# ---- oppslag, unntak og datoer


def noekkel(*deler: Verdi) -> Verdi:
    """Nøkkelen en rad slås opp med; en del som mangler, gir seg selv."""
    mangler_ = _som_mangler(*deler)
    return mangler_ if mangler_ is not None else "|".join(map(_noekkeldel, deler))


def _noekkeldel(del_: Verdi) -> str:
    if isinstance(del_, bool):
        return "ja" if del_ else "nei"
    if isinstance(del_, Decimal):
        return f"{del_.normalize():f}"
    return tidspunkt_tekst(del_) if isinstance(del_, datetime) else str(del_)


def ett_unntak(verdier: Collection[tuple[str, Verdi]]) -> Verdi:
    """Verdien av unntaket som gjelder, eller None; gjelder flere med ulik verdi, er verdien ukjent."""
    funnet = list(verdier)
    if not funnet:
        return None
    forste = funnet[0][1]
    if all(verdi is forste or (not isinstance(verdi, Mangler) and verdi == forste) for _, verdi in funnet):
        return forste
    return Ukjent("flere unntak gir ulikt svar: " + " og ".join(f"«{navn}»" for navn, _ in funnet))


def unntak_fra(navn: str, *unntak: tuple[str, Vilkaar, Callable[[], Verdi]]) -> Verdi:
    """Verdien av unntaket som gjelder, eller None; uavklart når det ikke kan avgjøres om et av dem gjelder."""
    if any(gjelder is None for _, gjelder, _ in unntak):
        return Uavklart(navn)
    return ett_unntak([(tittel, verdi()) for tittel, gjelder, verdi in unntak if gjelder])


def ellers_nei(verdi: Verdi) -> Verdi:
    """Verdien, der et felt som ikke er oppgitt, teller som nei."""
    return Tom(verdi.navn) if isinstance(verdi, Uoppgitt) else verdi


def maa_oppgis(verdi: Verdi) -> Verdi:
    """Verdien, der et felt som mangler, er et felt som skulle vært oppgitt."""
    return Uoppgitt(verdi.navn) if isinstance(verdi, Tom) else verdi


def sats_paa(dag: Verdi, verdi: Verdi, perioder: Collection[tuple[date, Verdi]]) -> Verdi:
    """Verdien av en sats som skifter innen året, på en dag."""
    if isinstance(dag, Mangler):
        return maa_oppgis(dag)
    for start, senere in perioder:
        if start <= dag:
            verdi = senere
    return verdi


def trinnsum(antall: Verdi, tabell: Iterable[str], verdi: Callable[[Any], Verdi]) -> Verdi:
    """Antallet fordelt på trinnene i en tabell, hver del ganget med det `verdi` gir for trinnet.

    Nøkkelen i tabellen er det siste tallet i trinnet. Over det siste trinnet er det ingen verdi.
    """
    if isinstance(antall, Mangler):
        return antall
    total: Verdi = Decimal(0)
    naadd = Decimal(0)
    for til_og_med in sorted(map(Decimal, tabell)):
        if antall > naadd:
            total = total + (min(antall, til_og_med) - naadd) * verdi(til_og_med)
        naadd = til_og_med
    return Tom("trinnsum") if antall > naadd else total


def som_dato(verdi: Verdi) -> Verdi:
    """Datoen som en celle i en tabell har."""
    return verdi if isinstance(verdi, Mangler) else date.fromisoformat(verdi)


def som_tidspunkt(verdi: Verdi) -> Verdi:
    """Tidspunktet som en celle i en tabell har."""
    return verdi if isinstance(verdi, Mangler) else datetime.fromisoformat(verdi)


def tidspunkt_tekst(tidspunkt: datetime) -> str:
    """Et tidspunkt slik det skrives: «2020-12-31 14:30», med sekunder når det har noen."""
    return tidspunkt.isoformat(" ", "seconds" if tidspunkt.second else "minutes")


def dager_mellom(sent: Verdi, tidlig: Verdi) -> Verdi:
    """Dagene fra en dato til en annen."""
    mangler_ = _som_mangler(sent, tidlig)
    return Decimal((sent - tidlig).days) if mangler_ is None else mangler_


def minutter_mellom(sent: Verdi, tidlig: Verdi) -> Verdi:
    """Minuttene fra et tidspunkt til et annet."""
    mangler_ = _som_mangler(sent, tidlig)
    if mangler_ is not None:
        return mangler_
    return REGNING.divide(Decimal((sent - tidlig) // timedelta(seconds=1)), Decimal(60))


def _som_mangler(*verdier: Verdi) -> Mangler | None:
    """Den første av verdiene som mangler."""
    return next((verdi for verdi in verdier if isinstance(verdi, Mangler)), None)


def dato_av(tidspunkt: Verdi) -> Verdi:
    """Datoen til et tidspunkt."""
    return tidspunkt if isinstance(tidspunkt, Mangler) else tidspunkt.date()


def aar_av(dag: Verdi) -> Verdi:
    """Året til en dato."""
    return dag if isinstance(dag, Mangler) else Decimal(dag.year)


def maaned_av(dag: Verdi) -> Verdi:
    """Måneden til en dato."""
    return dag if isinstance(dag, Mangler) else Decimal(dag.month)


def tertial_av(dag: Verdi) -> Verdi:
    """Tertialet til en dato: januar–april er 1."""
    return dag if isinstance(dag, Mangler) else Decimal((dag.month + 3) // 4)


def ukedag_av(dag: Verdi) -> Verdi:
    """Ukedagen til en dato: mandag er 1 og søndag 7."""
    return dag if isinstance(dag, Mangler) else Decimal(dag.isoweekday())


# ---- mengder


class Kodesett:
    """En mengde av koder: enkeltkoder, intervaller, koder med samme begynnelse, eller alle; noen kan være unntatt."""

    __slots__ = ("alt", "begynnelser", "intervaller", "koder", "sett", "unntatt")

    def __init__(
        self,
        koder: Collection[str] = (),
        intervaller: Collection[tuple[str, str]] = (),
        begynnelser: Collection[str] = (),
        sett: Collection["Kodesett"] = (),
        unntatt: "Kodesett | None" = None,
        alt: bool = False,
    ) -> None:
        self.koder = frozenset(koder)
        self.intervaller = tuple(intervaller)
        self.begynnelser = tuple(begynnelser)
        self.sett = tuple(sett)
        self.unntatt = unntatt
        self.alt = alt

    @property
    def kodene(self) -> frozenset[str] | None:
        """Alle kodene i mengden; None når den har intervaller, begynnelser eller alt."""
        if self.alt or self.intervaller or self.begynnelser:
            return None
        if not (self.sett or self.unntatt):
            return self.koder
        koder = set(self.koder)
        for sett in self.sett:
            if sett.kodene is None:
                return None
            koder |= sett.kodene
        return frozenset(kode for kode in koder if self.unntatt is None or kode not in self.unntatt)

    def __contains__(self, kode: str) -> bool:
        inne = (
            kode in self.koder
            or self.alt
            or (bool(self.begynnelser) and kode.startswith(self.begynnelser))
            or (bool(self.intervaller) and self._i_et_intervall(kode))
            or (bool(self.sett) and any(kode in sett for sett in self.sett))
        )
        return inne and not (self.unntatt is not None and kode in self.unntatt)

    def _i_et_intervall(self, kode: str) -> bool:
        return any(lav <= kode and kode[: len(hoy)] <= hoy for lav, hoy in self.intervaller)
