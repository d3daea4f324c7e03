"""What is wrong with a character that begins no word: what the language writes in its stead."""

import re

from dsl.diagnostics import Correction, Diagnostic, error
from dsl.places import Place, printable, short

_NUMBER = re.compile(r"\d[\d.]*(?:,\d+)?")
_SHORT_DATE = re.compile(r"(\d{1,2}\.\d{1,2})\.(\d{2})")
_INSTEAD = {
    ">=": Correction("skriv «er minst»", ">=", "er minst"),
    "<=": Correction("skriv «er høyst»", "<=", "er høyst"),
    "!=": Correction("skriv «er ikke»", "!=", "er ikke"),
    "<>": Correction("skriv «er ikke»", "<>", "er ikke"),
    "&&": Correction("skriv «og»", "&&", "og"),
    "||": Correction("skriv «eller»", "||", "eller"),
    "<": Correction("skriv «er under»", "<", "er under"),
    ">": Correction("skriv «er over»", ">", "er over"),
    "≤": Correction("skriv «er høyst»", "≤", "er høyst"),
    "≥": Correction("skriv «er minst»", "≥", "er minst"),
    "≠": Correction("skriv «er ikke»", "≠", "er ikke"),
    "&": Correction("skriv «og»", "&", "og"),
    ";": Correction("skriv komma", ";", ","),
    ":": Correction("ta bort kolonet", ":", ""),
    ".": Correction("ta bort punktumet", ".", ""),
    "'": "en tekst står i «…»",
    "’": "en tekst står i «…»",
    "{": "navn i krøllparenteser hører til i prosaen",
    "[": "bruk vanlige parenteser, eller en liste med kuletegn",
    "•": Correction("et kuletegn skrives -", "•", "-"),
    "—": Correction("et kuletegn skrives -", "—", "-"),
}


def character_fault(place: Place, number: int, column: int) -> Diagnostic:
    """The diagnostic for a character that begins no word."""
    row = place.rows[number - 1]
    rest = row[column - 1 :]
    if re.match(r"[.]\d", rest) and row[: column - 1][-1:].isdigit():
        return _point_fault(place, number, column)
    if rest[:1] in '«»"“”' and rest:
        span = place.span(number, column, len(rest.rstrip()))
        return error("R103", "anførselstegnet er ikke lukket", span, _closed(rest.rstrip()))
    character = rest[:2] if rest[:2] in _INSTEAD else rest[:1]
    message = f"tegnet «{printable(character)}» kan ikke brukes her"
    return error("R102", message, place.span(number, column, len(character)), _INSTEAD.get(character))


def _closed(rest: str) -> str:
    """A hint for a text that has one of its two marks."""
    hint = "en tekst begynner med « og slutter med » på samme linje"
    inside = rest[1:].strip()
    alone = rest[0] in '«"“' and inside and not set(inside) & set('«»"“”')
    return Correction(hint, rest, f"«{inside}»") if alone else hint


def _point_fault(place: Place, number: int, column: int) -> Diagnostic:
    """The diagnostic for a number written with points."""
    hint: str
    row = place.rows[number - 1]
    start = len(row[: column - 1].rstrip("0123456789.")) + 1
    found = _NUMBER.match(row, start - 1)
    shown = (found[0] if found else row[start - 1 : column]).rstrip(".")
    if day := _SHORT_DATE.fullmatch(shown):
        hint = Correction(f"skriv året med fire sifre: «{day[1]}.20{day[2]}»", shown, f"{day[1]}.20{day[2]}")
        return error("R112", f"datoen «{shown}» mangler hundreåret", place.span(number, start, len(shown)), hint)
    first, *rest = shown.split(",")[0].split(".")
    thousands = 0 < len(first) <= 3 and all(len(part) == 3 for part in rest)
    spaced, decimal = shown.replace(".", " "), shown.replace(".", ",")
    only_one = len(rest) == 1 and "," not in shown
    if thousands and only_one:
        hint = f"skriv «{decimal}» hvis det er desimaler, «{spaced}» hvis det er tusener"
    elif thousands:
        hint = Correction(f"skriv «{spaced}»", shown, spaced)
    elif only_one:
        hint = Correction(f"skriv «{decimal}»", shown, decimal)
    else:
        hint = "skriv tallet med komma foran desimalene og mellomrom mellom tusener"
    return error("R107", f"tall skrives uten punktum: «{short(shown)}»", place.span(number, start, len(shown)), hint)
