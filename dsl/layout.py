"""Between lexer and parser: indentation becomes tokens, and words become keywords where they stand as such."""

from collections.abc import Iterator

from lark import Token
from lark.indenter import Indenter

from dsl.keywords import ANYWHERE, BLOCK_WORDS, LINE_WORDS, OPENERS, REOPENERS, TOGETHER, UNITS

_NUMBERS = frozenset({"HELTALL", "DESIMALTALL"})
_NUMBER_TYPES = frozenset({"heltall", "desimaltall"})
_CONDITION_BLOCKS = frozenset({"begrep", "beregning", "krav"})
"""Blocks whose lines can begin with a condition, and never with a name that the line declares."""


class Layout(Indenter):
    """Indentation by four, and the words of the language told apart by place."""

    NL_type = "_NL"
    OPEN_PAREN_types: list[str] = []  # noqa: RUF012 (Lark reads the class attribute)
    CLOSE_PAREN_types: list[str] = []  # noqa: RUF012
    INDENT_type = "_INDENT"
    DEDENT_type = "_DEDENT"
    tab_len = 4

    def __init__(self) -> None:
        super().__init__()
        self.last_newline: Token | None = None

    def handle_NL(self, token: Token) -> Iterator[Token]:
        self.last_newline = token
        return super().handle_NL(token)

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        found: Iterator[Token] = super().process(keywords(stream))  # type: ignore[no-untyped-call]
        return found


def keywords(stream: Iterator[Token]) -> Iterator[Token]:
    """The tokens of one block, each word given the type it has in its place."""
    block = ""
    line_words: dict[str, str] = {}
    first_line = True
    opener = ""
    before = Token("_NL", "")
    for token in stream:
        kind = token.type
        if kind == "NAVN":
            word = token.value
            at_start = before.type == "_NL"
            found: str | None
            if first_line and (at_start or before.type in OPENERS):
                found = BLOCK_WORDS.get(word)
                if found and (not block or before.type in REOPENERS):
                    block = word
                    line_words = LINE_WORDS.get(word, {})
            elif at_start:
                found = line_words.get(word)
                opener = found or ""
                if found is None and (block in _CONDITION_BLOCKS or word in ("minst", "ingen", "alle")):
                    found = ANYWHERE.get(word)
            elif word in UNITS and _unit_stands_after(before):
                found = "ENHET"
            elif before.type == "_STREK" or word not in UNITS:
                together = {**TOGETHER.get(opener, {}), **TOGETHER.get(before.type, {})}
                found = together.get(word) or ANYWHERE.get(word)
            else:
                found = None
            if found:
                token.type = found
        if kind == "_NL":
            first_line = False
        before = token
        yield token


def _unit_stands_after(before: Token) -> bool:
    """A unit word is a unit after a number, «per», «hele», «til» and a number type; elsewhere it is a name."""
    kind = before.type
    return kind in _NUMBERS or kind in ("_PER", "HELE", "_TIL") or (kind == "NAVN" and before.value in _NUMBER_TYPES)
