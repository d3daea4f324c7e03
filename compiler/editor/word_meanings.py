"""What each word of the language means, in one clause, and the page about it."""

from typing import NamedTuple

from dsl.keywords import UNITS

_BASES = {
    "kr": "et beløp i norske kroner",
    "DKK": "et beløp i danske kroner",
    "poeng": "poeng, som DRG-poeng",
    "dag": "en tid i døgn",
    "minutt": "en tid i minutter",
    "måned": "en tid i kalendermåneder",
    "": "en andel",
}


class Meaning(NamedTuple):
    """What a word does, and the page that shows it: its file in `spraaket`, and its title."""

    text: str
    page: str

    @property
    def title(self) -> str:
        """The title of the page."""
        return PAGES[self.page]


PAGES = {
    "index": "Språket",
    "opplysninger": "Opplysninger og tall",
    "vilkaar": "Vilkår",
    "verdier": "Verdier",
    "krav-og-grupper": "Krav og grupper",
    "regeltabeller": "Regeltabeller",
    "regninger": "Takster og regninger",
    "samlinger": "Samlinger og perioder",
    "mangler": "Det som mangler",
    "aar": "Regelår",
    "eksempler": "Eksempler",
    "ord": "Ordene",
}
"""The pages about the language."""

_TEXTS: dict[str, dict[str, str]] = {
    "aar": {
        "regelverk": "sier hva regelverket heter, og når det gjelder",
        "bygger": "«bygger på ISF 2020»: dette året er endringer i et tidligere år",
        "på": "«bygger på ISF 2020»",
        "publisert": "dagen regelverket ble publisert",
        "rettet": "«rettet DATO «…»»: regelverket ble publisert på nytt",
        "status": "«utkast», «foreløpig» eller «endelig»",
        "utdrag": "sier at regelverket ikke er fullstendig, og hva som er med",
        "gjelder": "«gjelder fra DATO til og med DATO»: når regelverket gjelder; i en presisering hva den er om",
        "endrer": "en verdi som er ny fra i fjor; den gamle verdien skrives også",
        "erstatter": "en hel regel som er ny fra i fjor",
        "flytter": "en gruppe som skal prøves før eller etter en annen",
        "opphever": "noe som ikke gjelder lenger",
        "presisering": "en datert tolkning av en regel",
        "legger": "«legger til»: det nye i et kodesett eller i opplysninger",
        "fjerner": "koder som går ut av et kodesett",
        "fordi": "hvorfor det er endret",
        "fra": "«vekt fra 5,719 til 5,621», «fra og med DATO», eller stedet noe er hentet fra",
        "til": "den nye verdien, den siste dagen, eller det som blir avrundet til",
        "før": "«flytter gruppe A før gruppe B», «rekkefølge etter type kirurgisk før medisinsk»",
        "etter": "«ordnet etter FELT», «rekkefølge etter KOLONNE», «flytter gruppe A etter gruppe B»",
    },
    "opplysninger": {
        "kilde": "navngir en kilde, eller viser til en: «kilde NAVN «kap. 6.1»»",
        "opplysninger": "sier hva en kontakt eller en regning inneholder",
        "tabell": "verdier som slås opp med en nøkkel",
        "kodesett": "en liste med koder, med navn",
        "kodeverk": "kodene som finnes, fra en fil",
        "sats": "et tall med navn: en pris, en andel, en grense",
        "årlig": "må skrives på nytt hvert år; ellers er det ukjent",
        "ventet": "«ventet antall 21»: så mange koder skal kodesettet ha",
        "felles": "«ingen felles med SETT»: ingen kode skal stå i begge kodesettene",
        "utledet": "sier hvordan et tall er regnet ut eller lest",
        "hver": "«hver en linje»: hva ett element i listen heter; «for hver linje»: en regel om hvert element",
        "hvert": "det samme som «hver»: «for hvert tiltak»",
        "unntatt": "koder som ikke er med: «E10–E14 unntatt E12»",
        "ukjent": "verdien er ikke oppgitt i noen kilde: «ukjent «hvorfor»»",
        "kan": "«kan mangle», «kan ikke beregnes»",
        "mangle": "«kan mangle»: feltet trenger ikke å være oppgitt",
        "per": "enheten for en pris, «kr per poeng»; i en samling det som er felles",
    },
    "samlinger": {
        "samling": "mange kontakter som hører sammen: per pasient og måned, eller som ett opphold",
        "avbrudd": "«avbrudd under 8 timer fra ut til neste inn»: hvor tett det må følge på",
        "resten": "hva som skjer med det som ikke er med: «resten utelates», «resten hver for seg»",
    },
    "vilkaar": {
        "begrep": "et vilkår eller en verdi med navn, til bruk i andre regler",
        "når": "når regelen eller verdien gjelder",
        "og": "begge må være oppfylt; «fra og med», «til og med»",
        "eller": "minst én av dem må være oppfylt",
        "ikke": "det motsatte",
        "er": "er lik, eller «er i», «er minst», «er under»",
        "i": "«er i»: er blant kodene i et kodesett, en liste eller et intervall",
        "av": "«vekt av drg»: hva det gjelder; «minst én av LISTE»",
        "der": "«minst én av linjer der …»: bare elementene som oppfyller det",
        "minst": "så mye eller mer: «er minst 18 år», «minst 2 av …»",
        "høyst": "så mye eller mindre",
        "nøyaktig": "akkurat så mange: «nøyaktig 2 av …»",
        "ingen": "ikke en eneste: «ingen av …»",
        "alle": "hvert element, eller hele listen under: «alle disse er oppfylt»",
        "disse": "«alle disse er oppfylt»: vilkårene i listen under",
        "oppfylt": "«alle disse er oppfylt»: vilkårene i listen under",
        "over": "mer enn",
        "under": "mindre enn",
        "ja": "det stemmer",
        "nei": "det stemmer ikke",
        "andre": "«andre linjer»: de andre elementene i listen",
        "én": "tallet én: «minst én av …»",
        "en": "«hver en linje», «minst én av …»",
        "ett": "tallet ett: «minst ett av …»",
        "et": "«hver et tiltak», «minst ett av …»",
        "for": "«for hver linje»: en regel eller en sum om hvert element",
        "med": "«fra og med», «til og med»: dagen selv er medregnet",
    },
    "verdier": {
        "beregning": "et tall som kommer med i svaret",
        "unntak": "en annen verdi i særlige tilfeller",
        "ellers": "hva som gjelder når linjene over ikke gjør det",
        "avrundet": "«avrundet til hele kroner»: halve rundes bort fra null",
        "opp": "«avrundet opp til …»",
        "ned": "«avrundet ned til …»",
        "hele": "«til hele kroner»: uten desimaler",
        "antall": "hvor mange elementer en liste har",
        "sum": "«sum av BELØP for hver linje»",
        "høyeste": "det største av tallene",
        "laveste": "det minste av tallene",
        "gjennomsnitt": "gjennomsnittet av tallene",
        "samlet": "«samlet av …»: alle kodene som én mengde",
        "standardavvik": "standardavviket av tallene, som et utvalg (n − 1)",
    },
    "krav-og-grupper": {
        "annet": "«annet tiltak»: et av de andre elementene i listen",
        "krav": "hva som må være oppfylt for å telle",
        "krever": "«krever at …»: det som må være oppfylt",
        "at": "«krever at …»",
        "inngår": "«ellers inngår ikke «…»»: hva som følger når kravet ikke er oppfylt",
        "varsel": "«ellers varsel «…»»: kontakten teller, med et varsel",
        "gruppering": "at kontakter skal plasseres i grupper",
        "gruppe": "en gruppe, og hva som skal til for å havne i den",
        "rekkefølge": "«rekkefølge høyeste vekt først»: hvordan gruppene skal stå; det blir sjekket",
        "først": "«rekkefølge høyeste vekt først»",
        "innen": "«innen hdg»: bare mellom grupper som har det samme der",
        "velger": "«velger første»: den første gruppen som holder; i en samling kan det være alle",
        "bruker": "i en gruppe: postene den tar; i «regelverk»: et annet regelverk som finner gruppen",
        "takst": "en takst med honorar og vilkår",
    },
    "regeltabeller": {
        "ordnet": "«ordnet etter FELT»: rekkefølgen i en liste, eller i radene i en regeltabell",
        "regeltabell": "vilkår for grupper som rader i en tabell",
        "kolonne": "«kolonne alder = alder»: begynnelsen på setningen som cellene avslutter",
        "gir": "feltene i svaret fra en rad; det første er radens id",
    },
    "regninger": {
        "tidligere": "«tidligere linjer»: elementene før dette i listen",
        "annen": "«annen linje»: et av de andre elementene i listen",
    },
    "mangler": {
        "mangler": "er ikke oppgitt; «mangler teller som nei»: da er vilkåret ikke oppfylt",
        "finnes": "er oppgitt",
        "uavklart": "opplysningene rekker ikke til å avgjøre",
        "beregnes": "«kan ikke beregnes»: beløpet er ukjent",
    },
    "eksempler": {
        "eksempel": "ett tilfelle med svaret, som blir prøvd",
        "eksempler": "en tabell med tilfeller, ett på hver rad",
        "gitt": "det som er oppgitt i eksempelet",
        "så": "det som skal komme ut",
        "viser": "«viser LISTE etter FELT»: sidene viser listen som figur og tabell",
    },
}

MEANINGS: dict[str, Meaning] = {
    word: Meaning(text, page) for page, texts in _TEXTS.items() for word, text in texts.items()
}
"""Every reserved word."""


NAMES: dict[str, Meaning] = {
    word: Meaning(text, page)
    for page, texts in {
        "opplysninger": {
            "heltall": "et tall uten desimaler",
            "desimaltall": "et tall, gjerne med desimaler",
            "dato": "en dato; av et tidspunkt: datoen det er på",
            "tidspunkt": "en dato og et klokkeslett",
            "tekst": "en tekst",
            "kode": "en kode fra et kodeverk eller en tabell",
            "koder": "en liste med koder",
            "valg": "ett av valgene som står etter",
            "liste": "en liste av andre opplysninger: «liste av Linje»",
        },
        "verdier": {
            "første": "det første elementet i en liste",
        },
        "regeltabeller": {
            "gruppekode": "koden til en gruppe, uten ordningen foran",
            "etter_første": "elementene etter det første i en liste",
        },
        "regninger": {
            "trinnsum": "et tall fordelt på trinnene i en tabell, hvert ganget med det trinnet er verdt",
        },
        "vilkaar": {"ukedag": "dagen i uken som et tall: mandag er 1"},
    }.items()
    for word, text in texts.items()
}
"""The types of fields, and the functions: names, and no reserved words."""


def meaning_of(word: str) -> Meaning | None:
    """What a word of the language, a unit, a type or a function means."""
    if word in MEANINGS:
        return MEANINGS[word]
    if word in NAMES:
        return NAMES[word]
    if word not in UNITS:
        return None
    base, numerator, denominator = UNITS[word]
    return Meaning(_BASES[base] + _factor(base, numerator, denominator, word), "ord")


def _factor(base: str, numerator: int, denominator: int, word: str) -> str:
    """How a unit stands to the one that it is counted in."""
    if denominator > 1:
        return f": 1/{denominator} {base}".rstrip()
    names = {"dag": "døgn", "minutt": "minutter", "måned": "måneder"}
    return f": {numerator} {names.get(base, base)}" if numerator > 1 and word != base else ""
