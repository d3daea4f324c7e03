"""The grammar that editors colour rules by, made from the same patterns as the Pygments lexer."""

import json
from typing import Any

from dsl.highlight import CODE, DATE, HEAD, LINE_START, NAME, NUMBER, OPERATORS, TEXT, UNIT, WORD

_FENCE = r"(^|\G)(\s*)(`{3,}|~{3,})\s*(?i:(regel))\s*$"


def rules() -> str:
    """The grammar of `.regel`."""
    return _json(
        {
            "name": "Regelspråk",
            "scopeName": "source.regel",
            "fileTypes": ["regel"],
            "patterns": [
                _captured(
                    rf"({HEAD})(?: +({NAME}))?", {"1": "keyword.declaration.regel", "2": "entity.name.function.regel"}
                ),
                _captured(rf"^ +({LINE_START})", {"1": "keyword.control.regel"}),
                {"match": "#.*$", "name": "comment.line.number-sign.regel"},
                {"match": TEXT, "name": "string.quoted.other.regel"},
                {"match": r"<https?:[^<>\s]+>", "name": "markup.underline.link.regel"},
                {"match": r"\|", "name": "punctuation.separator.table.regel"},
                {"match": DATE, "name": "constant.other.date.regel"},
                {"match": CODE, "name": "constant.other.code.regel"},
                _captured(rf"({NUMBER}) +({UNIT})", {"1": "constant.numeric.regel", "2": "keyword.other.unit.regel"}),
                {"match": NUMBER, "name": "constant.numeric.regel"},
                {"match": WORD, "name": "keyword.other.regel"},
                {"match": OPERATORS, "name": "keyword.operator.regel"},
            ],
        }
    )


def fences() -> str:
    """The grammar of the fences with rules in a Markdown file."""
    return _json(
        {
            "scopeName": "markdown.regel.codeblock",
            "injectionSelector": "L:text.html.markdown",
            "patterns": [
                {
                    "begin": _FENCE,
                    "end": r"(^|\G)(\2|\s{0,3})(\3)\s*$",
                    "beginCaptures": {
                        "3": {"name": "punctuation.definition.markdown"},
                        "4": {"name": "fenced_code.block.language"},
                    },
                    "endCaptures": {"3": {"name": "punctuation.definition.markdown"}},
                    "name": "markup.fenced_code.block.markdown",
                    "contentName": "meta.embedded.block.regel",
                    "patterns": [{"include": "source.regel"}],
                }
            ],
        }
    )


def _captured(match: str, names: dict[str, str]) -> dict[str, Any]:
    return {"match": match, "captures": {at: {"name": name} for at, name in names.items()}}


def _json(grammar: dict[str, Any]) -> str:
    note = {
        "information_for_contributors": ["Laget av compiler/editor/textmate.py: skriv den på nytt med pytest --update."]
    }
    return json.dumps(note | grammar, ensure_ascii=False, indent=2) + "\n"
