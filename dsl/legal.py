"""What may follow the beginning of a block, asked of the grammar itself."""

from collections.abc import Iterator
from copy import copy
from typing import NamedTuple

from lark import Token, UnexpectedCharacters, UnexpectedToken
from lark.indenter import DedentError
from lark.lexer import LexerState
from lark.utils import TextSlice

from dsl.keywords import BLOCK_WORDS, UNITS, reserved_words
from dsl.parser import block_grammar

_CURSOR = "markøren"
"""Stands where the cursor is: a name that is no word of the language."""


class Legal(NamedTuple):
    """What may stand somewhere: the words of the language, and the terminals of the grammar."""

    words: tuple[str, ...]
    terminals: frozenset[str]
    tokens: tuple[Token, ...]
    """What stands before it in the block."""


def legal_after(before: str) -> Legal | None:
    """What may follow the beginning of a block; None where the beginning cannot be read."""
    if not before.strip():
        return Legal(tuple(BLOCK_WORDS), frozenset(BLOCK_WORDS.values()), ())
    grammar, _, _ = block_grammar()
    parser = grammar.parse_interactive()
    parser.parser_state.parse_conf = copy(parser.parser_state.parse_conf)
    parser.parser_state.parse_conf.callbacks = {}
    tokens: list[Token] = []
    try:
        for token in _tokens(before):
            parser.feed_token(token)
            tokens.append(token)
    except (UnexpectedToken, UnexpectedCharacters, DedentError):
        return None
    terminals: frozenset[str] = frozenset(parser.accepts())  # type: ignore[no-untyped-call]
    first, *rest = before.split("\n")
    here = f"{first}\n{rest[-1]}" if rest else first
    words = (word for word in sorted(reserved_words() | UNITS.keys()) if _kind(here, word) in terminals - {"NAVN"})
    return Legal(tuple(words), terminals, tuple(tokens))


def _tokens(before: str) -> Iterator[Token]:
    """The tokens of the beginning of a block, up to the cursor."""
    for token in _lexed(before + _CURSOR):
        if token.type == "NAVN" and token.start_pos == len(before):
            return
        yield token


def _kind(before: str, word: str) -> str | None:
    """The terminal that a word would be at the end of a text."""
    try:
        return next((token.type for token in _lexed(before + word) if token.start_pos == len(before)), None)
    except (UnexpectedCharacters, DedentError):
        return None


def _lexed(text: str) -> Iterator[Token]:
    """The tokens of a text, words told apart by place."""
    grammar, _, _ = block_grammar()
    found: Iterator[Token] = grammar.parser.lexer.lex(LexerState(TextSlice.cast_from(f"{text}\n")), None)
    return found
