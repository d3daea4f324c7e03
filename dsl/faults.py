"""What is wrong with a block that cannot be read, said so that its author sees what to write."""

import re
from collections.abc import Iterator
from typing import cast

from lark import Token, UnexpectedCharacters, UnexpectedToken

from dsl.amendment_faults import amendment_fault
from dsl.character_faults import character_fault
from dsl.diagnostics import Correction, Diagnostic, Span, alike, error, nearest
from dsl.keywords import ANYWHERE, BLOCK_WORDS, LINE_WORDS, UNITS, reserved_words, terminals
from dsl.places import Place, printable, short, whole_line
from dsl.point_faults import beside_those_above
from dsl.source import Source

_WORD = re.compile(r"[^\W\d]\w*")
_QUOTED = re.compile(r"«[^»\n]*»?|\"[^\"\n]*\"?|“[^”\n]*”?|#.*|<[^>\n]*>")
_INVISIBLE = frozenset({"_INDENT", "_DEDENT", "_NL", "$END"})
_ENDINGS = frozenset({"_DEDENT", "$END"})
_WORDS_OF = terminals()
_SHOWN = {
    "NAVN": "et navn",
    "HELTALL": "et tall",
    "DESIMALTALL": "et tall",
    "KODE": "en kode",
    "TEKST": "en tekst i «…»",
    "DATO": "en dato",
    "TIDSPUNKT": "et tidspunkt",
    "RAD": "en tabellrad",
    "ENHET": "en enhet",
    "EQUAL": "«=»",
    "_KOMMA": "komma",
}
_LINES = {"mangler": "mangler teller som nei", "fra": "fra og med"}
"""Line words that say little on their own."""
_LISTED = 6
"""How many words a hint may list before it says nothing."""
_SAID_OTHERWISE: dict[str, tuple[str, ...]] = {
    "er lik": ("er",),
    "mindre enn": ("under",),
    "lavere enn": ("under",),
    "yngre enn": ("under",),
    "større enn": ("over",),
    "mer enn": ("over",),
    "høyere enn": ("over",),
    "eldre enn": ("over",),
    "hvis": ("når", ""),
    "dersom": ("når", ""),
    "samt": ("og",),
    "og/eller": ("eller",),
    "var": ("er",),
    "en av": ("minst én av",),
    "én av": ("minst én av",),
    "to": ("2",),
    "tre": ("3",),
    "fire": ("4",),
    "fem": ("5",),
    "x": ("×",),
    "begge er oppfylt": ("alle disse er oppfylt",),
    "begge": ("alle",),
}
"""What authors write, and what the language has instead."""
_UNPADDED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\b")
_HYPHENED = re.compile(r"[^\W\d]\w*(?:-\w+)+")
_PHRASE = re.compile(r"\b(" + "|".join(_SAID_OTHERWISE) + r")\b ?", re.IGNORECASE)
_LOOSE = "hører til blokken over, men er ikke rykket inn"
_LACKS_BODY = "her mangler det linjer som er rykket inn"


# ---- lines that are not where they should be


def block_word_fault(source: Source, line: int, text: str) -> Diagnostic | None:
    """What is wrong with the first word of a block."""
    word = _WORD.match(text.lstrip())
    column = len(text) - len(text.lstrip()) + 1
    found = word[0] if word else text.strip()[0]
    span = Span(source.path, line, column, line, column + len(found))
    if column > 1:
        message = "linjen er rykket inn, men hører ikke til noen blokk"
        return error("R105", message, span, "begynn blokken helt til venstre")
    if found in BLOCK_WORDS:
        return None
    line_words = {word for words in LINE_WORDS.values() for word in words}
    if found in line_words | {"minst", "ingen", "alle", "hver", "-", "−", "=", "|"}:
        return loose_line(source, line)
    hint = "en blokk begynner med et ord som «krav», «begrep» eller «sats»; prosa skal stå utenfor gjerdet"
    return error("R101", f"ukjent ord først i blokken: «{printable(found)}»", span, nearest(found, BLOCK_WORDS) or hint)


def loose_line(source: Source, number: int) -> Diagnostic:
    """The diagnostic for a line that belongs to the block above, but is not indented."""
    message = f"linjen «{short(source.line(number))}» {_LOOSE}"
    alone = Correction("rykk den inn fire mellomrom", "", " " * 4), whole_line(source, number)
    hint, span = beside_those_above(source, number) or alone
    return error("R105", message, span, hint)


def is_loose_line(fault: Diagnostic | None) -> bool:
    """Whether a fault is about a line that is not indented."""
    return fault is not None and fault.code == "R105" and fault.message.endswith(_LOOSE)


def lacks_body(fault: Diagnostic) -> bool:
    """Whether a fault is about a block without lines."""
    return fault.code == "R105" and fault.message == _LACKS_BODY


def uneven(source: Source, number: int) -> Diagnostic:
    """The diagnostic for a line that stands between two levels."""
    message = "innrykket passer ikke med noen av linjene over"
    alone = "rykk inn fire mellomrom for hvert nivå", whole_line(source, number)
    hint, span = beside_those_above(source, number) or alone
    return error("R105", message, span, hint)


def too_deep(source: Source, line: int) -> Diagnostic:
    """The diagnostic for an expression with too many levels."""
    hint = "del det opp i flere begreper"
    return error("R117", "blokken har for mange ledd i hverandre", whole_line(source, line), hint)


# ---- what the parser stopped at


def line_of(place: Place, stopped: UnexpectedToken | UnexpectedCharacters) -> int:
    """The line of the block, counted from one, that the parser stopped at."""
    rows = place.rows
    token = getattr(stopped, "token", None)
    if isinstance(token, Token) and token.type in _INVISIBLE:
        if token.type == "_INDENT":
            return min(token.end_line or token.line or 1, len(rows))
        number = min(token.line or len(rows), len(rows))
        return _last_written(rows, number) if token.type in _ENDINGS else number
    return min(max(stopped.line, 1), len(rows))


def _last_written(rows: list[str], number: int) -> int:
    """The last line with text, up to a line."""
    return max((i for i, row in enumerate(rows[:number], 1) if row.strip()), default=number)


def syntax_fault(place: Place, stopped: UnexpectedToken | UnexpectedCharacters) -> Diagnostic:
    """The diagnostic for what the parser stopped at."""
    if isinstance(stopped, UnexpectedCharacters):
        return character_fault(place, line_of(place, stopped), stopped.column)
    token = cast(Token, stopped.token)
    expected = set(stopped.accepts or stopped.expected)
    if token.type in _INVISIBLE:
        return _layout_fault(place, stopped, token, expected)
    return _token_fault(place, line_of(place, stopped), stopped.column, token, expected)


def _layout_fault(place: Place, stopped: UnexpectedToken, token: Token, expected: set[str]) -> Diagnostic:
    """The diagnostic for a line end or an indentation that comes where it cannot."""
    number = line_of(place, stopped)
    if token.type == "_INDENT":
        line = place.line + number - 1
        alone = "rykk den ut på linje med linjen over", whole_line(place.source, line)
        hint, span = beside_those_above(place.source, line) or alone
        return error("R105", "linjen er rykket lenger inn enn linjen over tillater", span, hint)
    row = place.rows[number - 1].rstrip()
    span = place.span(number, len(row) + 1)
    if "_INDENT" in expected and token.type != "_NL":
        return error("R105", _LACKS_BODY, span, "rykk inn fire mellomrom under denne linjen")
    if token.type in _ENDINGS and (missing := _missing_line(place, expected)):
        hint = f"skriv en linje med {missing}"
        return error("R102", f"blokken mangler {missing}", whole_line(place.source, place.line), hint)
    return error("R102", "linjen slutter for tidlig", span, _expectation(expected))


def _missing_line(place: Place, expected: set[str]) -> str | None:
    """The line that a block cannot do without, where it ended before it came."""
    legal = LINE_WORDS.get(place.word, {})
    words = [f"«{word}»" for word, terminal in legal.items() if terminal in expected]
    return " eller ".join(words) if 0 < len(words) <= 2 else None


def _token_fault(place: Place, number: int, column: int, token: Token, expected: set[str]) -> Diagnostic:
    """The diagnostic for a word that cannot stand where it does."""
    word = str(token)
    row = place.rows[number - 1]
    span = place.span(number, column, len(word.split("\n")[0]))
    before = row[: column - 1].split()
    is_first = not before
    for special in (
        _date,
        _doubled,
        _joined,
        _amendment,
        _without_old,
        _other_verb,
        _lenient,
        _column,
        _order,
        _file,
        _code,
        _indentation,
        _bullet,
        _late,
        _taken,
        _after_list,
        _choice,
        _hyphen,
        _value,
    ):
        found = special(place, span, token, expected, before)
        if found is not None:
            return found
    hint = _expectation(expected)
    if is_first and (near := nearest(word, LINE_WORDS.get(place.word, {}))):
        hint = near
    return error("R102", f"uventet «{printable(short(word)).strip('«»')}»", span, hint)


def _date(place: Place, span: Span, token: Token, expected: set[str], before: list[str]) -> Diagnostic | None:
    """Something else where only a date can stand."""
    if "DATO" not in expected or expected - {"DATO", "_OG"}:
        return None
    row = place.rows[span.line - place.line]
    if found := _UNPADDED.match(row, span.column - 1):
        day = f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
        whole = span._replace(end_column=span.column + len(found[0]))
        hint = Correction(f"skriv «{day}»", found[0], day)
        return error("R112", f"datoen «{found[0]}» mangler nuller", whole, hint)
    word = short(str(token)).strip("«»")
    return error("R112", f"her skal det stå en dato, ikke «{word}»", span, "skriv 2020-12-31 eller 31.12.2020")


def _doubled(place: Place, span: Span, token: Token, expected: set[str], before: list[str]) -> Diagnostic | None:
    """A word of the language written twice."""
    word = str(token)
    if before[-1:] != [word] or word not in reserved_words():
        return None
    return error("R102", f"«{word}» står to ganger", span, Correction("ta bort det ene", word, ""))


def _choice(place: Place, span: Span, token: Token, expected: set[str], before: list[str]) -> Diagnostic | None:
    """Something else than «ja/nei» as a type."""
    row = place.rows[span.line - place.line][span.column - 1 :]
    found = re.match(r"\w+/\w+", row)
    if found is None or place.word not in ("opplysninger", "tabell") or not nearest(found[0], ["ja/nei"]):
        return None
    whole = span._replace(end_column=span.column + len(found[0]))
    return error("R205", f"ukjent type «{found[0]}»", whole, Correction("skriv «ja/nei»", found[0], "ja/nei"))


def _hyphen(place: Place, span: Span, token: Token, expected: set[str], before: list[str]) -> Diagnostic | None:
    """A name with a hyphen where it is declared."""
    row = place.rows[span.line - place.line]
    found = next((one for one in _HYPHENED.finditer(row) if one.start() < span.column <= one.end()), None)
    if str(token) != "-" or found is None or (span.line > place.line and row[: found.start()].strip()):
        return None
    name = found[0].replace("-", "_")
    whole = span._replace(column=found.start() + 1, end_column=found.end() + 1)
    return error("R102", "et navn kan ikke ha bindestrek", whole, Correction(f"skriv «{name}»", found[0], name))


def _joined(place: Place, span: Span, token: Token, expected: set[str], before: list[str]) -> Diagnostic | None:
    """«og» and «eller» mixed, doubled, or without a condition in front."""
    word = str(token)
    if word not in ("og", "eller"):
        return None
    if {"og": "_ELLER", "eller": "_OG"}[word] in expected:
        hint = "skriv en liste under «alle disse er oppfylt» eller «minst én av disse er oppfylt»"
        return error("R104", "«og» og «eller» kan ikke blandes på én linje", span, hint)
    if before and before[-1] in ("og", "eller"):
        hint = Correction("ta bort det ene", word, "")
        return error("R102", f"«{word}» står rett etter «{before[-1]}»", span, hint)
    if "NAVN" in expected:
        return error("R102", f"det mangler et vilkår foran «{word}»", span)
    return None


def _without_old(place: Place, span: Span, token: Token, expected: set[str], before: list[str]) -> Diagnostic | None:
    """«til …» in an amendment, without «fra …» in front."""
    if str(token) != "til" or "_TIL" in expected or place.word != "endrer" or "fra" in before:
        return None
    column = f"{before[0]} " if before else ""
    new = place.rows[span.line - place.line][span.end_column - 1 :].strip()
    return error(
        "R106", "den gamle verdien mangler i endringen", span, f"skriv «{column}fra gammel verdi til {short(new)}»"
    )


def _other_verb(place: Place, span: Span, token: Token, expected: set[str], before: list[str]) -> Diagnostic | None:
    """An amendment of something that is amended with another word."""
    word = str(token)
    if span.line != place.line or len(before) != 1 or word not in BLOCK_WORDS:
        return None
    if place.word == "erstatter" and BLOCK_WORDS[word] not in ("_KILDE", "_REGELVERK"):
        hint = f"skriv «endrer {word} …»: bare krav, begrep, beregning, unntak og gruppe kan erstattes"
        return error("R102", f"uventet «{word}»", span, hint)
    if place.word == "endrer" and word == "unntak":
        return error("R102", "uventet «unntak»", span, "skriv «erstatter unntak fra …» og hele det nye unntaket")
    return None


def _amendment(place: Place, span: Span, token: Token, expected: set[str], before: list[str]) -> Diagnostic | None:
    """An amendment that is not written as one."""
    if place.word != "endrer":
        return None
    return amendment_fault(place.rows[0], place.rows[span.line - place.line], span)


def _lenient(place: Place, span: Span, token: Token, expected: set[str], before: list[str]) -> Diagnostic | None:
    """Something else than «mangler teller som nei»."""
    line = place.rows[span.line - place.line].strip()
    if before[:1] != ["mangler"] or not re.match(r"mangler\s+(teller|regnes|er|som)\b", line):
        return None
    hint = "skriv «mangler teller som nei»; det som mangler, kan ikke telle som noe annet"
    return error("R102", f"ukjent linje «{printable(short(line))}»", whole_line(place.source, span.line), hint)


def _column(place: Place, span: Span, token: Token, expected: set[str], before: list[str]) -> Diagnostic | None:
    """More than a name after «kolonne X =»."""
    if place.word != "gruppering" or before[:1] != ["kolonne"] or "=" not in before:
        return None
    hint = "skriv det som et begrep, og navnet på begrepet her"
    return error("R307", "en kolonne er navnet på et begrep eller et felt", span, hint)


def _order(place: Place, span: Span, token: Token, expected: set[str], before: list[str]) -> Diagnostic | None:
    """«rekkefølge» with something else than how the groups are put in order."""
    if place.word != "gruppering" or before != ["rekkefølge"] or token.type == "_NL":
        return None
    name = str(token) if token.type == "NAVN" else "vekt"
    hint = f"skriv «rekkefølge høyeste {name} først», eller «rekkefølge etter {name} … før …»"
    return error("R102", f"uventet «{printable(short(str(token)))}»", span, hint)


def _file(place: Place, span: Span, token: Token, expected: set[str], before: list[str]) -> Diagnostic | None:
    """«fra «file»» in a block that reads no files, or in another place than on its first line."""
    row = place.rows[span.line - place.line]
    found = re.search(r"\bfra\s+([«\"“])([^»\"”]+)[»\"”]", row)
    if found is None or place.word not in ("tabell", "kodesett", "opplysninger"):
        return None
    if place.word == "tabell" and span.line == place.line:
        late = token.type == "TEKST" and span.column > found.end()
        return error("R102", "tittelen står etter filen", span, "skriv tittelen foran «fra»") if late else None
    name = found[2].strip()
    where = span._replace(column=found.start(1) + 1, end_column=found.end() + 1)
    parts = re.split(r"[/\\]", name)
    if ".." in parts or parts[0] in ("", "~") or parts[0].endswith(":"):
        message = f"filen «{printable(short(name))}» ligger utenfor mappen til regelverket og kan ikke leses"
        return error("R115", message, where, "et regelverk leser bare filer i sin egen mappe")
    message = f"filen «{printable(short(name))}» kan ikke leses inn her"
    hint = "bare tabeller og kodeverk leses fra en fil: skriv dette i regelverket"
    if place.word == "tabell":
        hint = f"skriv filen på den første linjen: «{short(place.rows[0].strip())} fra «{printable(short(name))}»»"
    return error("R115", message, where, hint)


def _code(place: Place, span: Span, token: Token, expected: set[str], before: list[str]) -> Diagnostic | None:
    """A code without a comma in front, or several codes where one must stand."""
    word = str(token)
    heads = ("gruppe", "takst", "endrer", "opphever")
    if token.type == "_KOMMA" and span.line == place.line and place.word in heads:
        return error("R113", "her skal det stå én kode", span, "skriv én blokk for hver kode")
    if token.type in ("KODE", "HELTALL") and "_KOMMA" in expected and "NAVN" not in expected and before:
        return error("R110", f"uventet kode «{short(word)}»", span, "mangler det et komma foran koden?")
    return None


def _indentation(place: Place, span: Span, token: Token, expected: set[str], before: list[str]) -> Diagnostic | None:
    """A line on a level with the header that it belongs under."""
    if before or "_INDENT" not in expected:
        return None
    line = whole_line(place.source, span.line)
    return error(
        "R105",
        "linjen skal stå lenger inn enn linjen over",
        line,
        Correction("rykk den inn fire mellomrom til", "", " " * 4),
    )


def _bullet(place: Place, span: Span, token: Token, expected: set[str], before: list[str]) -> Diagnostic | None:
    """A condition in a list, without a bullet; or one with a bullet outside its list."""
    if not before and token.type == "_STREK" and (beside := beside_those_above(place.source, span.line)):
        return error("R102", "punktet står ikke på linje med punktet over", beside[1], beside[0])
    if before or "_STREK" not in expected or expected - {"_STREK", "_DEDENT"}:
        return None
    message = f"det mangler et kuletegn foran «{short(str(token))}»"
    return error("R102", message, span, "hvert vilkår i en liste begynner med kuletegn (-)")


def _late(place: Place, span: Span, token: Token, expected: set[str], before: list[str]) -> Diagnostic | None:
    """A line that is legal in the block, but not here."""
    legal = LINE_WORDS.get(place.word, {})
    word = str(token)
    if not before and place.word == "unntak" and token.type == "EQUAL" and "_NAAR" in expected:
        return error("R102", "det mangler «når» foran verdien", span, "skriv en linje med «når …»")
    if not before and place.word == "eksempler" and token.type == "RAD" and "_SAA" in expected:
        hint = "skriv en linje med «så …»: navnene på kolonnene som er svaret"
        return error("R102", "det mangler «så» foran tabellen", span, hint)
    if before or word not in legal:
        return None
    for needed in ("krever", "gitt", "så"):
        if legal.get(needed) in expected and not any(row.split()[:1] == [needed] for row in place.rows):
            return error("R102", f"det mangler «{needed}» foran «{word}»", span, f"skriv en linje med «{needed} …»")
    same = [row for row in place.rows[1 : span.line - place.line] if row.split()[:1] == [word]]
    if same:
        return error("R102", f"«{word}» står to ganger i blokken", span, "ta bort den ene linjen, eller slå dem sammen")
    order = ", ".join(_LINES.get(word, word) for word in legal)
    return error("R102", f"«{word}» står på feil sted i blokken", span, f"linjene står i denne rekkefølgen: {order}")


def _taken(place: Place, span: Span, token: Token, expected: set[str], before: list[str]) -> Diagnostic | None:
    """A word of the language in the place of a name."""
    word = str(token)
    declares = span.line == place.line or before == ["kolonne"]
    if word not in reserved_words() or "NAVN" not in expected or not declares:
        return None
    return reserved(word, span)


def reserved(word: str, span: Span) -> Diagnostic:
    """The diagnostic for a word of the language used as a name."""
    hint = f"velg et annet ord, eller legg til et ledd: «{word}_…»"
    return error("R111", f"«{word}» er et ord i språket og kan ikke være et navn", span, hint)


def _after_list(place: Place, span: Span, token: Token, expected: set[str], before: list[str]) -> Diagnostic | None:
    """«der» after a list that nothing is said of."""
    if str(token) != "der" or not before:
        return None
    name = before[-1]
    if "hver" in before:
        return error("R307", "«der» kan ikke stå her", span, "sett parenteser rundt «sum av … for hver … der …»")
    hint = f"skriv «minst én av {name} der …», «ingen av {name} der …» eller «sum av … for hver … der …»"
    return error("R307", "«der» kan ikke stå her", span, hint)


def _value(place: Place, span: Span, token: Token, expected: set[str], before: list[str]) -> Diagnostic | None:
    """«=», «er» or a comma where the language has the other, and a line that lacks its line break."""
    if token.type == "EQUAL" and "_ER" in expected:
        sign = "==" if place.rows[span.line - place.line].startswith("==", span.column - 1) else "="
        whole = span._replace(end_column=span.column + len(sign))
        return error("R102", f"uventet «{sign}»", whole, Correction("skriv «er»", sign, "er"))
    if token.type == "EQUAL":
        return error("R102", "uventet «=»", span, Correction("skriv verdien uten likhetstegn", "=", ""))
    if str(token) == "er" and "EQUAL" in expected:
        return error("R102", "uventet «er»", span, Correction("skriv «=»", "er", "="))
    if before and str(token) in ("kilde", "fordi", "utledet", "krever", "ellers") and "_NL" in expected:
        return error("R102", f"uventet «{token}»", span, f"skriv «{token} …» på en ny linje")
    if token.type == "_KOMMA" and place.word in ("kodesett", "endrer") and before and before[-1].endswith("»"):
        return error("R102", "uventet «,»", span, "skriv hver kode med tekst på sin egen linje")
    if token.type == "_KOMMA" and "_ELLER" in expected:
        hint = "skriv «eller» mellom verdiene, eller «er i …, …»"
        return error("R102", "uventet «,»", span, hint)
    return None


# ---- hints


def likely_words(place: Place, number: int) -> Iterator[tuple[str, Span, str]]:
    """The words on a line that look like words of the language: the word, its place, and what it may be."""
    row = place.rows[number - 1]
    bare = _QUOTED.sub(lambda found: " " * len(found[0]), row)
    for phrase in _PHRASE.finditer(bare):
        said = phrase[1]
        for meant in _SAID_OTHERWISE[said.lower()]:
            length = len(said) if meant else len(phrase[0])
            yield said, place.span(number, phrase.start() + 1, length), meant
    known = ANYWHERE.keys() | UNITS.keys() | LINE_WORDS.get(place.word, {}).keys()
    known |= BLOCK_WORDS.keys() if number == 1 else set()
    for found in list(_WORD.finditer(bare))[:20]:
        word = found[0]
        if word not in known and len(word) > 1:
            span = place.span(number, found.start() + 1, len(word))
            yield from ((word, span, meant) for meant in alike(word, sorted(known), 2))


def _expectation(expected: set[str]) -> str | None:
    """A hint: what can stand here, where that is little enough to say."""
    if {"NAVN", "HELTALL", "TEKST"} <= expected:
        return "her ventes en verdi: et navn, et tall, en kode eller en tekst i «…»"
    words = sorted({word for terminal in expected for word in _WORDS_OF.get(terminal, set())})
    shown = sorted({_SHOWN[terminal] for terminal in expected if terminal in _SHOWN})
    listed = [f"«{word}»" for word in words] + shown
    if not listed or len(listed) > _LISTED:
        return None
    return "her kan det stå " + (" eller ".join([", ".join(listed[:-1]), listed[-1]]) if listed[1:] else listed[0])
