"""A made-up scheme of two years for comparisons: a group moves, a weight and a price change, and a code has ended."""

from pathlib import Path

_FIRST = """
regelverk Liten 2021 «Et lite regelverk»
    gjelder fra 2021-01-01 til og med 2021-12-31
    status endelig

kilde liten «Oppdiktet»

opplysninger Kontakt «En kontakt»
    alder          heltall år
    hovedtilstand  kode
    prosedyrer     koder hver en prosedyre
    døgn           desimaltall

gruppering drg for hver Kontakt
    velger første

tabell grupper av gruppe
    vekt  desimaltall poeng

kodesett brudd
    S720, S721
    kilde liten

krav voksen «Den som er voksen, er med»
    krever at alder er minst 18 år
    kilde liten

gruppe DRG 1 «Brudd»
    når hovedtilstand er i brudd
    vekt {vekt}
    kilde liten

gruppe DRG 2 «Operasjon»
    når minst én av prosedyrer er i NFB10, NFB20
    vekt 1,25
    kilde liten

gruppe DRG 3 «Resten»
    når alder er minst 18 år
    vekt ukjent «ingen har talt»
    kilde liten

årlig sats pris = {pris} kr per poeng
    kilde liten

beregning poeng «Poeng»
    = vekt av drg × døgn

beregning refusjon «Refusjon»
    = poeng × pris
    avrundet til hele kroner
    kilde liten
"""
_SECOND = """
regelverk Liten 2022 «Et lite regelverk»
    bygger på Liten 2021
    gjelder fra 2022-01-01 til og med 2022-12-31
    status utkast

endrer kodesett brudd
    legger til S722
    fjerner S721

endrer gruppe DRG 1
    vekt fra {vekt} til 2,5
    kilde liten

årlig sats pris = 1 100 kr per poeng
    kilde liten
"""
ROWS = """id;sykehus;alder;hovedtilstand;prosedyrer;døgn
a;Nord;40;S72.0;;1
b;Nord;40;S721;NFB10;2
c;Sør;40;S721;;1,5
d;Sør;12;S720;;1
e;Sør;40;;NFB20 NFB10;0,333
f;;40;S722;;1
g;Nord;førti;S720;;1
h;Nord;;S720;;1
"""
"""One of each: the same group, another, out of a group and into one, left out, an amount that is not known, a fault."""


def write_years(folder: Path, weight: str = "2", price: str = "1 000") -> Path:
    """The two years, in a folder of rulebooks."""
    for year, text in ((2021, _FIRST.format(vekt=weight, pris=price)), (2022, _SECOND.format(vekt=weight))):
        path = folder / f"liten/{year}/liten.regel"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    return folder
