"""Forklaringen av et svar: hvert vilkår med svaret sitt, verdiene det bygger på, og hvor det står."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from .svar import Svar
from .verdier import (
    REGNING,
    Kodesett,
    Mangler,
    Tom,
    Uavklart,
    Ukjent,
    Uoppgitt,
    Vilkaar,
    alle,
    ikke,
    lest,
    minst,
    samlet,
    tidspunkt_tekst,
)


@dataclass(frozen=True, slots=True)
class Vist:
    """En verdi i en forklaring: navnet, verdien i grunnenhet og enheten den vises i."""

    navn: str
    verdi: Any
    enhet: str = ""
    teller: int = 1
    nevner: int = 1

    @property
    def tekst(self) -> str:
        """«liggetid = 2 døgn»."""
        return f"{self.navn} = {vist(self.verdi, self.enhet, self.teller, self.nevner)}"


@dataclass(frozen=True, slots=True)
class Ledd:
    """Et ledd i en forklaring. `sted` er hvor regelen står i regelverket."""

    tekst: str
    svar: Vilkaar
    deler: "tuple[Ledd, ...]" = ()
    verdier: tuple[Vist, ...] = ()
    av: tuple[Any, ...] = ()
    """Verdiene som avgjør leddet; de som mangler, er grunnen til at det er uavklart."""
    sted: str = ""
    kilder: tuple[str, ...] = ()
    resultat: Vist | None = None
    """Verdien, når leddet er en beregning."""
    taust: bool = False
    """Vises ikke når det er avgjort: det er forklart et annet sted, eller sier seg selv."""
    gjelder: bool = True
    """Usann for et krav som ikke gjelder posten; slike nevnes samlet."""
    er_verdi: bool = False
    """Leddet er en verdi, og den er den første i `av`; de andre er det den er regnet ut av."""


def vist(verdi: Any, enhet: str = "", teller: int = 1, nevner: int = 1) -> str:
    """En verdi slik den leses: «45 808 kr», «ja», «ikke oppgitt»."""
    if isinstance(verdi, Uoppgitt):
        return "ikke oppgitt"
    if isinstance(verdi, Tom):
        return "mangler"
    if isinstance(verdi, Ukjent):
        return f"ukjent ({verdi.navn})"
    if isinstance(verdi, Mangler):
        return "uavklart"
    if isinstance(verdi, bool):
        return "ja" if verdi else "nei"
    if isinstance(verdi, datetime):
        return tidspunkt_tekst(verdi)
    if isinstance(verdi, date):
        return verdi.isoformat()
    if isinstance(verdi, Decimal):
        return f"{tall(REGNING.divide(verdi * nevner, Decimal(teller)))} {enhet}".rstrip()
    if isinstance(verdi, Kodesett):
        return vist(samlet(verdi))
    if isinstance(verdi, frozenset):
        return ", ".join(sorted(verdi)) or "ingen"
    if isinstance(verdi, tuple | list):
        if all(isinstance(del_, str) or _koder(del_) is not None for del_ in verdi):
            return ", ".join(map(vist, verdi[:12])) or "ingen"
        return f"{len(verdi)} {'linje' if len(verdi) == 1 else 'linjer'}"
    koder = _koder(verdi)
    if koder is not None:
        return "+".join(koder) or "ingen"
    return ", ".join(_kjennetegn(verdi)) or "en linje" if hasattr(verdi, "husket_") else str(verdi)


TEXT_VALUE = re.compile(r"\{[^{}]*\}")
"""Plassen til en verdi i en tekst."""


def utfylt(tekst: str, *verdier: Vist) -> str:
    """Teksten med verdiene på plassene sine, i rekkefølge."""
    neste = iter(verdier)

    def verdi(_: re.Match[str]) -> str:
        en = next(neste)
        return vist(en.verdi, en.enhet, en.teller, en.nevner)

    return TEXT_VALUE.sub(verdi, tekst, count=len(verdier)) if verdier else tekst


def _koder(verdi: Any) -> list[str] | None:
    """Kodene i en post som bare er koder, som en diagnose; None for alt annet."""
    if not hasattr(verdi, "husket_"):
        return None
    felt = [felt for navn, felt in vars(verdi).items() if not navn.endswith("_") and navn != "ytre"]
    felt = [del_ for del_ in felt if not isinstance(del_, tuple | Mangler)]
    return felt if all(isinstance(del_, str) for del_ in felt) else None


def _kjennetegn(post: Any) -> Iterator[str]:
    """Tekstene, datoene og tidspunktene i en post, som sier hvilken det er."""
    for navn, felt in vars(post).items():
        if not navn.endswith("_") and isinstance(felt, str | date):
            yield vist(felt)


def tall(verdi: Decimal) -> str:
    """Et tall med desimalkomma og mellomrom mellom tusenene."""
    tekst = f"{abs(verdi):,f}"
    if "." in tekst:
        tekst = tekst.rstrip("0").rstrip(".")
    tekst = tekst.replace(",", " ").replace(".", ",")
    return f"−{tekst}" if verdi < 0 else tekst


def alle_ledd(tekst: str, *deler: Ledd) -> Ledd:
    """Et ledd som holder når alle delene gjør det."""
    return Ledd(tekst, alle(*(del_.svar for del_ in deler)), deler)


def minst_ledd(antall: int, tekst: str, *deler: Ledd) -> Ledd:
    """Et ledd som holder når minst så mange av delene gjør det."""
    return Ledd(tekst, minst(antall, *(del_.svar for del_ in deler)), deler)


def ikke_ledd(tekst: str, *deler: Ledd) -> Ledd:
    """Et ledd som holder når ingen av delene gjør det."""
    return Ledd(tekst, ikke(minst(1, *(del_.svar for del_ in deler))), deler)


def elementledd(svar: Vilkaar, liste: Any, ledd: Callable[[Any], Ledd], vis: bool = True) -> tuple[Ledd, ...]:
    """Leddene for elementene i en liste; av koder bare når svaret er uavklart."""
    return () if isinstance(liste, Mangler) or not (vis or svar is None) else tuple(map(ledd, liste))


def ledd_av(verdi: Any, ledd: Callable[[Any], Ledd]) -> tuple[Ledd, ...]:
    """Leddet for et begrep om en verdi, der verdien finnes."""
    return () if isinstance(verdi, Mangler) else (ledd(verdi),)


def taus(ledd: Ledd) -> Ledd:
    """Leddet, vist bare når det er uavklart."""
    return replace(ledd, taust=True)


def regelledd(tekst: str, vilkaar: Ledd, sted: str, kilder: tuple[str, ...]) -> Ledd:
    """Leddet for en regel som er ett vilkår."""
    return Ledd(tekst, vilkaar.svar, (vilkaar,), sted=sted, kilder=kilder)


def bruktledd(tekst: str, brukt: Any, *deler: Ledd) -> Ledd:
    """Leddet for det en gruppe i en samling bruker; uavklart når det ikke kan avgjøres hva det er."""
    return Ledd(tekst, None if isinstance(brukt, Mangler) else True, deler)


def leddsetning(setning: str) -> str:
    """Setningen slik den lyder etter «når», «at» og «der»: «ikke er» for «er ikke»."""
    return setning.replace(" er ikke ", " ikke er ", 1)


def kravledd(tekst: str, naar: Ledd | None, krever: Ledd, sted: str, kilder: tuple[str, ...]) -> Ledd:
    """Leddet for et krav: oppfylt når det ikke gjelder, eller det det krever holder."""
    krever = replace(krever, tekst=f"krever at {leddsetning(krever.tekst)}")
    if naar is None:
        return Ledd(tekst, krever.svar, (krever,), sted=sted, kilder=kilder)
    naar = replace(naar, tekst=f"når {leddsetning(naar.tekst)}")
    if naar.svar is False:
        return Ledd(tekst, True, (naar,), sted=sted, kilder=kilder, gjelder=False)
    svar = minst(1, ikke(naar.svar), krever.svar)
    return Ledd(tekst, svar, (naar, krever), sted=sted, kilder=kilder)


def verdiledd(tekst: str, verdi: Any, enhet: str, teller: int, nevner: int, *linjer: Ledd) -> Ledd:
    """Leddet for et begrep eller en beregning: verdien, og linjene som ble prøvd."""
    return Ledd(
        tekst, avgjort(verdi), linjer, av=(verdi,), resultat=Vist(tekst, verdi, enhet, teller, nevner), er_verdi=True
    )


def avgjort(verdi: Any) -> Vilkaar:
    """Om en verdi er avgjort; None når den ikke er oppgitt, ukjent eller uavklart."""
    return None if isinstance(verdi, Uoppgitt | Ukjent | Uavklart) else True


def til_og_med_treff(*linjer: tuple[Callable[[], Ledd] | None, Callable[[], Ledd]]) -> tuple[Ledd, ...]:
    """Leddene for verdilinjene, til og med den som ble brukt eller ikke kunne avgjøres."""
    deler = []
    for naar, verdi in linjer:
        vilkaar = naar() if naar is not None else None
        if vilkaar is not None:
            deler.append(vilkaar)
        if vilkaar is not None and vilkaar.svar is None:
            break
        if vilkaar is None or vilkaar.svar:
            brukt = verdi()
            deler.append(brukt)
            if not isinstance(brukt.av[0], Tom):
                break
    return tuple(deler)


def unntaksledd(
    unntak: Collection[tuple[str, Ledd, Callable[[], Ledd]]], ellers: Callable[[], tuple[Ledd, ...]]
) -> tuple[Ledd, ...]:
    """Leddene for unntakene fra en verdi; når ingen av dem gjelder, også linjene som da ble prøvd."""
    prov = tuple(Ledd(tittel, naar.svar, (naar,)) for tittel, naar, _ in unntak)
    if any(ledd.svar is None for ledd in prov):
        return prov
    gjelder = tuple(verdi() for _, naar, verdi in unntak if naar.svar)
    return prov + gjelder if gjelder else prov + ellers()


def grupperingsledd(
    navn: str,
    funnet: Any,
    oppgitt: str | None,
    brukt: Svar | None,
    grupper: Callable[[], Iterable[Ledd]],
) -> Ledd:
    """Leddet for en gruppering: gruppen som er oppgitt eller funnet, eller den første som er uavklart."""
    if oppgitt is not None:
        return Ledd(f"{navn} er oppgitt i data", True, verdier=(Vist(navn, funnet),), taust=True)
    if isinstance(funnet, Uavklart) and brukt is not None:
        felt = [navn for grunn in brukt.grunner for navn in grunn.felt]
        return Ledd(f"{navn} kan ikke avgjøres i regelverket som brukes", None, av=tuple(map(Uoppgitt, felt)))
    if isinstance(funnet, Uavklart):
        uavklart = next((ledd for ledd in grupper() if ledd.svar is None), None)
        return Ledd(f"{navn} kan ikke avgjøres", None, (uavklart,) if uavklart else ())
    return Ledd(f"{navn} er funnet", True, verdier=(Vist(navn, funnet),), taust=True)


def uavklarte(ledd: Ledd) -> tuple[set[str], set[str]]:
    """Feltene som må oppgis for å avgjøre et uavklart ledd, og grunnene til at verdier er ukjent."""
    mangler = list(_mangler_under(ledd))
    felt = {verdi.navn for verdi in mangler if isinstance(verdi, Uoppgitt)}
    return felt, {verdi.grunn for verdi in mangler if isinstance(verdi, Ukjent)}


def _mangler_under(ledd: Ledd) -> Iterator[Mangler]:
    """Verdiene som mangler i de uavklarte delene av et ledd."""
    if ledd.svar is None and ledd.er_verdi and isinstance(ledd.av[0], Uoppgitt | Ukjent):
        yield ledd.av[0]
    elif ledd.svar is None:
        yield from (verdi for verdi in ledd.av if isinstance(verdi, Uoppgitt | Ukjent))
        for del_ in ledd.deler:
            yield from _mangler_under(del_)


def uavklart_tekst(felt: list[str], grunner: list[str]) -> str:
    """Hvorfor noe er uavklart, i ord."""
    navn = [lest(ett) for ett in felt]
    ord_ = navn[0] if len(navn) == 1 else f"{', '.join(navn[:-1])} og {navn[-1]}" if navn else ""
    deler = ([f"{ord_} er ikke oppgitt"] if ord_ else []) + grunner
    return "; ".join(deler) or "kan ikke avgjøres"


def forklaringstekst(hode: str, svar: Svar, deler: list[Ledd]) -> str:
    """Forklaringen som tekst."""
    linjer = [hode, "", f"Status: {svar.status}"]
    if len(svar.valgte) > 1:
        linjer.append(f"Grupper: {', '.join(valgt.gruppe for valgt in svar.valgte)}")
    elif svar.gruppe is not None:
        linjer.append(f"Gruppe: {svar.gruppe}" + (" (gruppe oppgitt i data)" if svar.gruppe_oppgitt else ""))
    linjer += [f"Fordi: {grunn}" for grunn in samlede_grunner(svar)]
    linjer += [f"Varsel: {varsel.tekst}" for varsel in svar.varsler]
    linjer += [f"Sist bekreftet {aar}: {lest(id_)}" for id_, aar in svar.sist_bekreftet.items()]
    forklart: set[str] = set()
    for ledd in deler:
        if ledd.gjelder:
            linjer.append("")
            linjer += leddlinjer(ledd, 0, forklart)
    utenfor = [ledd for ledd in deler if not ledd.gjelder]
    if utenfor:
        linjer += ["", "Krav som ikke gjelder her, fordi vilkåret etter «når» ikke holder:"]
        linjer += [f"  {ledd.tekst}   [{_hvorfor(ledd)}]" for ledd in utenfor]
    return "\n".join(linjer) + "\n"


def _hvorfor(ledd: Ledd) -> str:
    """Verdiene som gjør at et krav ikke gjelder."""
    verdier = [verdi.tekst for verdi in ledd.verdier]
    return "; ".join(dict.fromkeys([*verdier, *(tekst for del_ in ledd.deler if (tekst := _hvorfor(del_)))]))


def samlede_grunner(svar: Svar) -> list[str]:
    """Grunnene som tekst; den samme grunnen til flere beregninger står én gang, med navnene på dem."""
    ved_tekst: dict[str, list[str]] = {}
    for grunn in svar.grunner:
        ved_tekst.setdefault(grunn.tekst, []).append(lest(grunn.id))
    beregnes = svar.status == "kan ikke beregnes"
    return [f"{tekst} ({', '.join(navn)})" if beregnes else tekst for tekst, navn in ved_tekst.items()]


_MERKE = {True: "✓", False: "✗", None: "?"}


def leddlinjer(ledd: Ledd, nivaa: int = 0, forklart: set[str] | None = None) -> Iterator[str]:
    """Linjene for et ledd og leddene under det; et begrep som er forklart før, forklares ikke igjen."""
    forklart = set() if forklart is None else forklart
    if ledd.taust and ledd.svar is not None:
        return
    innrykk = "  " * nivaa
    if not ledd.gjelder:
        yield f"{innrykk}– {ledd.tekst}: gjelder ikke her   [{_hvorfor(ledd)}]"
        return
    verdier = f"   [{'; '.join(verdi.tekst for verdi in ledd.verdier)}]" if ledd.verdier else ""
    if ledd.resultat is not None:
        yield f"{innrykk}= {ledd.resultat.tekst}{verdier}"
        if ledd.resultat.tekst in forklart:
            return
        forklart.add(ledd.resultat.tekst)
    else:
        yield f"{innrykk}{_MERKE[ledd.svar]} {ledd.tekst}{verdier}"
    for del_ in ledd.deler:
        yield from leddlinjer(del_, nivaa + 1, forklart)
    if ledd.sted:
        kilder = f" · {'; '.join(ledd.kilder)}" if ledd.kilder else ""
        yield f"{innrykk}  står i {ledd.sted}{kilder}"
