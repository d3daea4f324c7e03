"""Rule years as files: many made-up groups, each with a condition and a set of codes, and new weights each year."""

from collections.abc import Iterator
from pathlib import Path

_CHAPTERS = 25
_CODES = 10
"""How many codes each set has."""
_FIRST = 2019


def write(folder: Path, years: int, groups: int) -> None:
    """The years of a scheme MANGE in a folder of rulebooks."""
    for year in range(_FIRST, _FIRST + years):
        place = folder / "mange" / str(year)
        place.mkdir(parents=True)
        for name, text in _files(year, groups):
            (place / name).write_text(text, encoding="utf-8")


def _files(year: int, groups: int) -> Iterator[tuple[str, str]]:
    yield "00-om.md", _about(year)
    size = -(-groups // _CHAPTERS)
    for start in range(0, groups, size):
        number = start // size + 1
        rules = "\n".join(_group(one, year) for one in range(start, min(start + size, groups)))
        text = f"# Kapittel {number}\n\nGruppene i kapittel {number} er oppdiktet.\n\n```regel\n{rules}```\n"
        yield f"{number:02}-kapittel.md", text


def _about(year: int) -> str:
    head = (
        f"# Om regelverket\n\n```regel\nregelverk MANGE {year} «Oppdiktede grupper {year}»\n"
        f"{f'    bygger på MANGE {year - 1}' + chr(10) if year > _FIRST else ''}"
        f"    gjelder fra {year}-01-01 til og med {year}-12-31\n    utdrag «alt er oppdiktet»\n"
    )
    if year > _FIRST:
        return f"{head}```\n"
    return (
        f"{head}\nkilde oppdiktet «Oppdiktet for måling»\n\n"
        "opplysninger Opphold «Et opphold»\n"
        "    hovedtilstand  kode kan mangle\n    alder          heltall år kan mangle\n\n"
        "gruppering drg for hver Opphold «Gruppen»\n    velger første\n\n"
        "tabell grupper av gruppe «Hva en gruppe er verdt»\n    vekt  desimaltall poeng årlig\n\n"
        "sats enhetspris = 50 000 kr per poeng\n    kilde oppdiktet\n\n"
        "beregning refusjon «Refusjon»\n"
        "    = vekt av drg × enhetspris avrundet til hele kroner\n    kilde oppdiktet\n```\n"
    )


def _group(number: int, year: int) -> str:
    weight = _weight(number, year)
    if year > _FIRST:
        before = _weight(number, year - 1)
        return f"endrer gruppe DRG {number + 1}\n    vekt fra {before} til {weight}\n    kilde oppdiktet\n"
    letter, hundred = chr(ord("A") + number % 26), number // 26
    codes = ", ".join(f"{letter}{hundred:02}.{digit}" for digit in range(_CODES))
    return (
        f"kodesett koder_{number + 1} «Koder for gruppe {number + 1}»\n    {codes}\n    kilde oppdiktet\n\n"
        f"gruppe DRG {number + 1} «Oppdiktet gruppe nummer {number + 1}»\n    vekt {weight}\n"
        f"    når hovedtilstand er i koder_{number + 1} og alder er minst {number % 80} år\n    kilde oppdiktet\n"
    )


def _weight(number: int, year: int) -> str:
    return f"{1 + number % 7},{(number * 37 + year * 13) % 1000:03}"
