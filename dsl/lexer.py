"""From text to tokens: Lark's basic lexer, with one search through a block and not one call for each token."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from lark import Token
from lark.lexer import BasicLexer, LexerState


class BlockLexer(BasicLexer):
    """The tokens of a block; where the text cannot be read, Lark's own lexer says what was expected."""

    __future_interface__ = 2

    @cached_property
    def _any_token(self) -> re.Pattern[str]:
        """Any terminal; the first that fits is the one, as Lark has ordered them."""
        return re.compile("|".join(f"(?P<{t.name}>{t.pattern.to_regexp()})" for t in self.terminals))

    def lex(self, state: LexerState, parser_state: Any) -> Iterator[Token]:
        text = state.text.text
        at = line_start = 0
        line = 1
        for found in self._any_token.finditer(text):
            start, end = found.span()
            if start != at:
                break
            at = end
            kind = str(found.lastgroup)
            if kind in self.ignore_types:
                continue
            value = found[0]
            token = Token(kind, value, start, line, start - line_start + 1)
            if kind in self.newline_types and "\n" in value:
                line += value.count("\n")
                line_start = start + value.rindex("\n") + 1
            token.end_line, token.end_column, token.end_pos = line, end - line_start + 1, end
            yield token
        if at < len(text):
            counter = state.line_ctr
            counter.char_pos, counter.line, counter.line_start_pos = at, line, line_start
            counter.column = at - line_start + 1
            self.next_token(state, parser_state)
