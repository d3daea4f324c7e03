"""Text to syntax tree, block by block, so that one fault does not hide the next."""

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files

from lark import Lark, Token, UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.indenter import DedentError

from dsl import tree
from dsl.builder import Builder
from dsl.diagnostics import Diagnostic, Span, error, nearest
from dsl.keywords import BLOCK_WORDS, LINE_WORDS, reserved_words, terminals
from dsl.layout import Layout
from dsl.source import Source

_FIRST_WORD = re.compile(r"[^\W\d]\w*")
_SHOWN = {
    "_STREK": "kuletegn (-)",
    "NAVN": "et navn",
    "HELTALL": "et tall",
    "DESIMALTALL": "et tall",
    "KODE": "en kode",
    "TEKST": "«tekst»",
    "DATO": "en dato",
    "RAD": "en tabellrad",
    "ENHET": "en enhet",
    "_INDENT": "innrykk",
    "_NL": "linjeslutt",
    "EQUAL": "=",
    "_KOMMA": "komma",
}
_INVISIBLE = {"_INDENT": "innrykk", "_DEDENT": "slutt på innrykket", "_NL": "linjeslutt", "$END": "slutt"}
_WORDS_OF = terminals()


@cache
def _grammar() -> tuple[Lark, Layout]:
    """The parser and its layout, made once."""
    layout = Layout()
    words = sorted(_WORDS_OF.keys() - {"ENHET"})
    text = files("dsl").joinpath("grammar.lark").read_text(encoding="utf-8") + f"%declare {' '.join(words)}\n"
    return Lark(text, parser="lalr", lexer="basic", postlex=layout, propagate_positions=True), layout


@contextmanager
def _no_collector() -> Iterator[None]:
    """The cyclic collector off: trees have no cycles, and walking them again and again is what it would do."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def parse(source: Source) -> tuple[tree.Document, list[Diagnostic]]:
    """The blocks of a source, and the first fault of each block that has one."""
    blocks: list[tree.Block] = []
    faults: list[Diagnostic] = []
    with _no_collector():
        for segment in source.rule_segments():
            for line, text in _block_texts(source.text(segment).split("\n"), segment.start):
                block, fault = _parse_block(source, line, text)
                if block is not None:
                    blocks.append(block)
                if fault is not None:
                    faults.append(fault)
    return tree.Document(source, tuple(blocks)), _without_echoes(faults)


def _block_texts(lines: list[str], first: int) -> Iterator[tuple[int, str]]:
    """Line number and text of each block: from a line in column 0 to the next."""
    starts = [i for i, line in enumerate(lines) if line[:1].strip() and not line.startswith("#")]
    stray = [i for i, line in enumerate(lines[: starts[0] if starts else len(lines)]) if line.strip() and line.strip()[0] != "#"]
    if stray:
        yield first + stray[0], "\n".join(lines[stray[0] : starts[0] if starts else len(lines)]).rstrip() + "\n"
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield first + start, "\n".join(lines[start:end]).rstrip() + "\n"


def _without_echoes(faults: list[Diagnostic]) -> list[Diagnostic]:
    """Faults without those that only follow from a line that lost its indentation just below."""
    cut = {fault.span.line for fault in faults if fault.code == "R105" and fault.span.column == 1}
    return [f for f in faults if not (f.code in ("R102", "R105") and f.span.column != 1 and f.span.end_line + 1 in cut)]


def _parse_block(source: Source, line: int, text: str) -> tuple[tree.Block | None, Diagnostic | None]:
    """The block at a line, or what is wrong with it."""
    fault = _block_word_fault(source, line, text)
    if fault is not None:
        return None, fault
    lark, layout = _grammar()
    builder = Builder(source.path, line - 1)
    try:
        block = builder.transform(lark.parse(text))
    except UnexpectedToken as found:
        return None, _token_fault(source, line, text, found)
    except DedentError:
        at = layout.last_newline
        number = line + (at.end_line or 1) - 1 if at is not None else line
        hint = "rykk inn fire mellomrom for hvert nivå"
        message = "linjen står verken under linjen over eller på linje med den"
        return None, error("R105", message, _whole_line(source, number), hint)
    except UnexpectedCharacters as found:
        return None, _character_fault(source, line, text, found)
    except UnexpectedInput as found:  # pragma: no cover - Lark has no other kinds
        return None, error("R102", "teksten kan ikke leses", _whole_line(source, line + max(found.line, 1) - 1))
    if builder.fault is not None:
        return None, builder.fault
    return block, None


def _block_word_fault(source: Source, line: int, text: str) -> Diagnostic | None:
    """What is wrong with the first word of a block."""
    word = _FIRST_WORD.match(text.lstrip())
    column = len(text) - len(text.lstrip()) + 1
    found = word[0] if word else text.strip()[0]
    span = Span(source.path, line, column, line, column + len(found))
    if column > 1:
        return error("R105", "linjen er rykket inn, men hører ikke til noen blokk", span, "begynn blokken helt til venstre")
    if word and found in BLOCK_WORDS:
        return None
    line_words = {w for words in LINE_WORDS.values() for w in words} | {"minst", "ingen", "alle", "hver"}
    if found in line_words or found in ("-", "−", "=", "|"):
        return error(
            "R105", f"linjen «{_short(text)}» hører til blokken over", span, "rykk den inn fire mellomrom"
        )
    hint = nearest(found, BLOCK_WORDS) or "en blokk begynner med " + ", ".join(sorted(BLOCK_WORDS)[:6]) + " eller et annet blokkord"
    return error("R101", f"ukjent ord først i blokken: «{found}»", span, hint)


def _token_fault(source: Source, line: int, text: str, found: UnexpectedToken) -> Diagnostic:
    """The diagnostic for a token that cannot stand where it does."""
    token: Token = found.token
    expected = set(found.accepts or found.expected)
    number = line + max(found.line, 1) - 1
    word = str(token)
    if token.type in _INVISIBLE:
        return _layout_fault(source, line, text, token, expected)
    span = Span(source.path, number, found.column, number, found.column + len(word))
    if word in ("og", "eller") and expected & {"_OG", "_ELLER", "_NL"} and "NAVN" not in expected:
        hint = "skriv en liste under «alle disse er oppfylt» eller «minst én av disse er oppfylt»"
        return error("R104", "«og» og «eller» kan ikke blandes på én linje", span, hint)
    if word in ("og", "eller") and "NAVN" in expected:
        return error("R102", f"«{word}» står to ganger, eller det mangler et vilkår foran", span)
    if word == "til" and "_TIL" not in expected and text.startswith("endrer"):
        hint = "skriv «fra gammel verdi til ny verdi»"
        return error("R106", "den gamle verdien mangler i endringen", span, hint)
    if token.type == "KODE" and "_NL" in expected and "NAVN" not in expected:
        return error("R110", f"uventet kode «{word}»", span, "mangler det et komma foran koden?")
    if token.type in ("_STREK", "NAVN") and "_STREK" in expected and token.type != "_STREK":
        return error("R102", f"uventet «{word}»", span, "hvert vilkår i en liste begynner med kuletegn (-)")
    if word in reserved_words() and "NAVN" in expected:
        hint = "velg et annet ord, for eksempel med et ledd til: «" + word + "_i_alt»"
        return error("R111", f"«{word}» er et ord i språket og kan ikke være et navn her", span, hint)
    return error("R102", f"uventet «{word}»", span, _expectation(word, expected))


def _layout_fault(source: Source, line: int, text: str, token: Token, expected: set[str]) -> Diagnostic:
    """The diagnostic for a line end or an indentation that comes where it cannot."""
    lines = text.rstrip("\n").split("\n")
    if token.type == "_INDENT":
        number = min((token.end_line or token.line or 1), len(lines))
        place = _whole_line(source, line + number - 1)
        return error("R105", "linjen er rykket lenger inn enn linjen over tillater", place, _expectation("", expected))
    number = min(token.line or len(lines), len(lines))
    if token.type in ("_DEDENT", "$END"):
        number = max((i for i, row in enumerate(lines[:number], 1) if row.strip()), default=number)
    width = len(lines[number - 1].rstrip())
    span = Span(source.path, line + number - 1, width + 1, line + number - 1, width + 2)
    if "_INDENT" in expected and token.type != "_NL":
        return error("R105", "her mangler det linjer som er rykket inn", span, "rykk inn fire mellomrom under denne linjen")
    return error("R102", "linjen slutter for tidlig", span, _expectation("", expected))


def _character_fault(source: Source, line: int, text: str, found: UnexpectedCharacters) -> Diagnostic:
    """The diagnostic for a character that begins no word."""
    number = line + found.line - 1
    rest = text.split("\n")[found.line - 1][found.column - 1 :]
    span = Span(source.path, number, found.column, number, found.column + 1)
    if re.match(r"[.]\d", rest):
        row = text.split("\n")[found.line - 1]
        start = len(row[: found.column - 1].rstrip("0123456789")) + 1
        length = len(re.match(r"[\d.]*", row[start - 1 :])[0])  # type: ignore[index]
        shown = row[start - 1 : start - 1 + length]
        place = Span(source.path, number, start, number, start + length)
        hint = f"skriv «{shown.replace('.', ',')}», eller «{shown.replace('.', ' ')}» hvis punktumet skiller tusener"
        return error("R107", f"desimaler skrives med komma, ikke punktum: «{shown}»", place, hint)
    if rest[:1] in "«»\"“”":
        end = Span(source.path, number, found.column, number, found.column + len(rest.rstrip()))
        return error("R103", "anførselstegnet er ikke lukket", end, "en tekst begynner med « og slutter med » på samme linje")
    return error("R102", f"tegnet «{rest[:1]}» kan ikke brukes her", span)


def _expectation(word: str, expected: set[str]) -> str | None:
    """A hint: the word that was meant, or what can stand here."""
    words = sorted({w for terminal in expected for w in _WORDS_OF.get(terminal, set())})
    near = nearest(word, words) if word else None
    if near is None and word:
        near = nearest(word, reserved_words()) if len(word) > 3 else None
    if near:
        return near
    shown = sorted({_SHOWN[terminal] for terminal in expected if terminal in _SHOWN})
    listed = [f"«{w}»" for w in words] + shown
    return "her kan det stå " + ", ".join(listed[:8]) if listed else None


def _short(text: str) -> str:
    """The first line of a text, cut to something that fits in a message."""
    row = text.strip().split("\n")[0]
    return row if len(row) <= 40 else row[:39] + "…"


def _whole_line(source: Source, number: int) -> Span:
    """The span of what is written on a line."""
    row = source.line(number)
    start = len(row) - len(row.lstrip()) + 1
    return Span(source.path, number, start, number, max(len(row.rstrip()), start) + 1)
