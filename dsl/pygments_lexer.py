"""Rules in colour wherever Pygments is: on pages, in documents and in the terminal."""

import re
from typing import Any, ClassVar

from pygments.lexer import RegexLexer, bygroups
from pygments.token import Comment, Keyword, Literal, Name, Number, Operator, Punctuation, String, Whitespace

from dsl.highlight import CODE, DATE, HEAD, LINE_START, NAME, NUMBER, OPERATORS, PLAIN_NAME, TEXT, UNIT, WORD


class RegelLexer(RegexLexer):
    """The rulebook language."""

    name = "Regelspråk"
    aliases: ClassVar[list[str]] = ["regel"]
    filenames: ClassVar[list[str]] = ["*.regel"]
    mimetypes: ClassVar[list[str]] = []
    url = ""
    flags = re.MULTILINE
    tokens: ClassVar[dict[str, list[Any]]] = {
        "root": [
            (rf"({HEAD})( +)({NAME})?", bygroups(Keyword.Declaration, Whitespace, Name.Function)),  # type: ignore[no-untyped-call]
            (rf"({HEAD})$", Keyword.Declaration),
            (rf"(^ +)({LINE_START})", bygroups(Whitespace, Keyword.Reserved)),  # type: ignore[no-untyped-call]
            (r"#.*$", Comment.Single),
            (TEXT, String),
            (r"<https?:[^<>\s]+>", String.Other),
            (r"\|", Punctuation),
            (DATE, Literal.Date),
            (CODE, Name.Constant),
            (rf"({NUMBER})( +)({UNIT})", bygroups(Number, Whitespace, Keyword.Type)),  # type: ignore[no-untyped-call]
            (NUMBER, Number),
            (WORD, Keyword),
            (PLAIN_NAME, Name),
            (OPERATORS, Operator),
            (r"[(),{}]", Punctuation),
            (r"\n|[^\S\n]+", Whitespace),
            (r".", Punctuation),
        ]
    }
