"""The words of the language, in one table.

A word is reserved only where it can mean something: a block word at the start of a block (and after the words of
amendment), a line word at the start of a line in the blocks that have such a line, and the rest everywhere.
"""

BLOCK_WORDS: dict[str, str] = {
    "regelverk": "_REGELVERK",
    "kilde": "_KILDE",
    "opplysninger": "_OPPLYSNINGER",
    "samling": "_SAMLING",
    "tabell": "_TABELL",
    "kodesett": "_KODESETT",
    "årlig": "AARLIG",
    "sats": "_SATS",
    "begrep": "_BEGREP",
    "beregning": "_BEREGNING",
    "krav": "_KRAV",
    "gruppering": "_GRUPPERING",
    "regeltabell": "_REGELTABELL",
    "gruppe": "_GRUPPE",
    "takst": "_TAKST",
    "endrer": "_ENDRER",
    "erstatter": "_ERSTATTER",
    "flytter": "_FLYTTER",
    "opphever": "_OPPHEVER",
    "unntak": "_UNNTAK",
    "presisering": "_PRESISERING",
    "kodeverk": "_KODEVERK",
    "eksempel": "_EKSEMPEL",
    "eksempler": "_EKSEMPLER",
}
"""First in a block, or after one of OPENERS on the block's first line."""

OPENERS = frozenset({"AARLIG", "_ENDRER", "_ERSTATTER", "_FLYTTER", "_OPPHEVER", "_GJELDER", "FOER", "ETTER"})
REOPENERS = frozenset({"AARLIG", "_ERSTATTER"})
"""Openers after which the block is of the kind that the next word says."""

_TAIL = {"kilde": "_KILDE", "fordi": "_FORDI", "utledet": "_UTLEDET"}
_DATED = {"fra": "_FRA", **_TAIL}
_LENIENT = {"mangler": "MANGLER", **_TAIL}
_VALUES = {"ellers": "_ELLERS", "avrundet": "_AVRUNDET", "når": "_NAAR"}

LINE_WORDS: dict[str, dict[str, str]] = {
    "regelverk": {
        "bygger": "_BYGGER",
        "bruker": "_BRUKER",
        "gjelder": "_GJELDER",
        "publisert": "_PUBLISERT",
        "rettet": "_RETTET",
        "status": "_STATUS",
        "utdrag": "_UTDRAG",
    },
    "kilde": {},
    "opplysninger": {},
    "samling": {"per": "_PER", "der": "_DER", "avbrudd": "_AVBRUDD", "resten": "_RESTEN", **_TAIL},
    "tabell": dict(_TAIL),
    "kodesett": {"ventet": "_VENTET", **_TAIL},
    "sats": dict(_DATED),
    "begrep": {**_VALUES, **_LENIENT},
    "beregning": {**_VALUES, **_TAIL},
    "krav": {"når": "_NAAR", "krever": "_KREVER", "ellers": "_ELLERS", **_LENIENT, **_DATED},
    "unntak": {"når": "_NAAR", **_LENIENT},
    "gruppering": {
        "velger": "_VELGER",
        "ordnet": "_ORDNET",
        "rekkefølge": "_REKKEFOLGE",
        "gir": "_GIR",
        "kolonne": "_KOLONNE",
        "ellers": "_ELLERS",
        **_LENIENT,
    },
    "regeltabell": dict(_TAIL),
    "gruppe": {"når": "_NAAR", "bruker": "_BRUKER", **_LENIENT, **_DATED},
    "takst": dict(_TAIL),
    "endrer": {"legger": "_LEGGER", "fjerner": "_FJERNER", "fra": "_FRA", "til": "_TIL", **_TAIL},
    "opphever": dict(_TAIL),
    "erstatter": {},
    "flytter": dict(_TAIL),
    "presisering": dict(_TAIL),
    "kodeverk": dict(_TAIL),
    "eksempler": {"gitt": "_GITT", "så": "_SAA"},
    "eksempel": {
        "viser": "_VISER",
        "gitt": "_GITT",
        "så": "_SAA",
        "inngår": "_INNGAAR",
        "uavklart": "UAVKLART",
        "ikke": "_IKKE",
    },
}
"""First on an indented line, by the block it stands in."""

ANYWHERE: dict[str, str] = {
    "på": "_PAA",
    "fra": "_FRA",
    "til": "_TIL",
    "og": "_OG",
    "med": "_MED",
    "eller": "_ELLER",
    "ikke": "_IKKE",
    "er": "_ER",
    "i": "_I",
    "av": "_AV",
    "for": "_FOR",
    "hver": "_HVER",
    "hvert": "_HVER",
    "per": "_PER",
    "der": "_DER",
    "når": "_NAAR",
    "at": "_AT",
    "minst": "_MINST",
    "høyst": "_HOYST",
    "nøyaktig": "_NOYAKTIG",
    "ingen": "_INGEN",
    "alle": "ALLE",
    "disse": "_DISSE",
    "oppfylt": "_OPPFYLT",
    "én": "EN",
    "en": "EN",
    "ett": "EN",
    "et": "EN",
    "over": "_OVER",
    "under": "_UNDER",
    "mangler": "MANGLER",
    "finnes": "_FINNES",
    "ja": "JA",
    "nei": "NEI",
    "antall": "_ANTALL",
    "sum": "AGG",
    "høyeste": "AGG",
    "laveste": "AGG",
    "gjennomsnitt": "AGG",
    "standardavvik": "AGG",
    "samlet": "AGG",
    "tidligere": "RELATIV",
    "annen": "RELATIV",
    "annet": "RELATIV",
    "andre": "RELATIV",
    "unntatt": "_UNNTATT",
    "kan": "_KAN",
    "mangle": "_MANGLE",
    "ukjent": "_UKJENT",
    "inngår": "_INNGAAR",
    "varsel": "_VARSEL",
    "uavklart": "UAVKLART",
    "før": "FOER",
    "etter": "ETTER",
    "gjelder": "_GJELDER",
    "beregnes": "_BEREGNES",
    "avrundet": "_AVRUNDET",
    "ordnet": "_ORDNET",
    "opp": "OPP",
    "ned": "NED",
    "hele": "HELE",
    "årlig": "AARLIG",
}
"""Reserved wherever they stand inside a block."""

TOGETHER: dict[str, dict[str, str]] = {
    "_INGEN": {"felles": "_FELLES"},
    "_REKKEFOLGE": {"først": "_FOERST", "innen": "_INNEN"},
}
"""Reserved only right after another word, or on a line whose first word it is."""

UNITS: dict[str, tuple[str, int, int]] = {
    "kr": ("kr", 1, 1),
    "krone": ("kr", 1, 1),
    "kroner": ("kr", 1, 1),
    "øre": ("kr", 1, 100),
    "DKK": ("DKK", 1, 1),
    "%": ("", 1, 100),
    "prosent": ("", 1, 100),
    "tusendel": ("", 1, 1000),
    "tusendeler": ("", 1, 1000),
    "poeng": ("poeng", 1, 1),
    "dag": ("dag", 1, 1),
    "dager": ("dag", 1, 1),
    "døgn": ("dag", 1, 1),
    "uke": ("dag", 7, 1),
    "uker": ("dag", 7, 1),
    "minutt": ("minutt", 1, 1),
    "minutter": ("minutt", 1, 1),
    "time": ("minutt", 60, 1),
    "timer": ("minutt", 60, 1),
    "måned": ("måned", 1, 1),
    "måneder": ("måned", 1, 1),
    "tertial": ("måned", 4, 1),
    "tertialer": ("måned", 4, 1),
    "år": ("måned", 12, 1),
}
"""Unit words: base unit, and the factor to it as a fraction. Days and calendar never convert into each other,
nor do the currencies."""

CURRENCIES = {"kr": "norske kroner", "DKK": "danske kroner"}
"""The base units that are money, and what they are called."""


def terminals() -> dict[str, set[str]]:
    """Terminal name -> the words it stands for, for messages."""
    words: dict[str, set[str]] = {}
    tables = [BLOCK_WORDS, ANYWHERE, *LINE_WORDS.values(), *TOGETHER.values()]
    for table in tables:
        for word, terminal in table.items():
            words.setdefault(terminal, set()).add(word)
    return words


def reserved_words() -> set[str]:
    """Every word that is reserved somewhere, units apart."""
    return {word for words in terminals().values() for word in words}


def is_reserved_name(word: str) -> bool:
    """Whether a name would be read as a word of the language where it is used."""
    return word in ANYWHERE or any(word in LINE_WORDS[block] for block in ("begrep", "krav", "gruppe", "eksempel"))
