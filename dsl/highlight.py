"""What is coloured where rules are shown, as patterns made from the one table of words.

They are written so that Python and the editors read them alike: «\\b» is not used, for editors do not count æ, ø and å
among the letters of a word.
"""

import re
from collections.abc import Iterable

from dsl.keywords import ANYWHERE, BLOCK_WORDS, LINE_WORDS, TOGETHER, UNITS

LETTER = "[0-9A-Za-zÆØÅæøåÉéÄäÖöÜü_]"
OPENERS = ("årlig", "endrer", "erstatter", "flytter", "opphever")


def _any(words: Iterable[str]) -> str:
    """Any of some words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def whole(words: Iterable[str]) -> str:
    """Any of some words, where it is not a part of a longer one."""
    return rf"(?<!{LETTER})(?:{_any(words)})(?!{LETTER})"


BLOCK = rf"(?:{_any(BLOCK_WORDS)})(?!{LETTER})"
HEAD = rf"^(?:(?:{_any(OPENERS)}) +)*{BLOCK}"
"""The words that begin a block."""
LINE_START = rf"(?:{_any({word for words in LINE_WORDS.values() for word in words})})(?!{LETTER})"
"""A word that begins a line, after the indentation."""
WORD = whole({*ANYWHERE, *(word for words in TOGETHER.values() for word in words)})
UNIT = rf"(?:{_any(UNITS)})(?!{LETTER})"
"""A unit, after a number."""
NAME = rf"(?:[A-ZÆØÅ]+ +)?{LETTER}+"
"""What a block is about."""
PLAIN_NAME = rf"{LETTER}+"
TEXT = r"«[^«»\n]*»|\"[^\"\n]*\"|“[^”\n]*”"
DATE = r"\d{4}-\d\d-\d\d(?:[T ]+\d\d?:\d\d)?|\d\d?\.\d\d?\.\d{4}"
CODE = rf"(?<!{LETTER})(?:[A-ZÆØÅ]{{1,5}}\d|\d+[A-Za-zÆØÅæøå]){LETTER}*(?:\.{LETTER}+)?\*?"
NUMBER = rf"(?<!{LETTER})\d{{1,3}}(?: \d{{3}})+(?:,\d+)?(?!\d)|(?<!{LETTER})\d+(?:,\d+)?"
OPERATORS = r"[=+×÷*/–−-]"
