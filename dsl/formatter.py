"""The settled layout of a rulebook file: the rules as they are best read, and every other byte as it was.

It works on tokens, not on the tree: tokens keep comments and the author's order of lines, and a new construct is spaced
like any other once the lexer knows its words. That nothing changes meaning is checked each time: every block is read
again, and one that would have become another tree stays as its author wrote it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from itertools import groupby, pairwise
from typing import Any

from lark import Lark, Token

from dsl import tree
from dsl.diagnostics import Diagnostic, Span, has_errors
from dsl.layout import keywords
from dsl.parser import grammar_text, parse
from dsl.source import Segment, Source

_LINE_END = re.compile(r"\r\n|\r|\n")
_STEP = " " * 4
_WIDE = 24
"""A type longer than this does not decide where the texts of the other fields stand."""
_GROUPED_FROM = 5
"""Digits of a number without unit from which it is written with spaces: shorter ones may be years."""

_NUMBERS = frozenset({"HELTALL", "DESIMALTALL"})
_ENDS_VALUE = _NUMBERS | {"NAVN", "KODE", "TEKST", "ENHET", "DATO", "TIDSPUNKT", "JA", "NEI", "RPAR"}
_PREDICATES = frozenset({"_I", "_MINST", "_HOYST", "_OVER", "_UNDER"})
_COUNTED = frozenset({"_MINST", "_HOYST", "_NOYAKTIG"})
_OPERATORS = frozenset({"PLUS", "_STREK", "_GANGE", "_DELE"})
_SIZES = _OPERATORS | {"_MINST", "_HOYST", "_OVER", "_UNDER"}
_NO_SPACE_BEFORE = frozenset({"_KOMMA", "RPAR", "_SPENN"})
_NO_SPACE_AFTER = frozenset({"LPAR", "_SPENN"})
_SIGNS = {"_GANGE": "×", "_DELE": "÷", "_SPENN": "–"}
_COUNT = {"en": "én", "et": "ett"}
_ARTICLE = {"én": "en", "ett": "et"}


def formatted(path: str, text: str) -> tuple[str, list[Diagnostic]]:
    """The text with its rules settled; where it has faults of writing, the text as it is and the faults."""
    source = Source.from_text(path, text)
    document, faults = parse(source)
    if has_errors(faults):
        return text, faults
    lines, ends = _LINE_END.split(text), [*_LINE_END.findall(text), ""]
    blocks = iter(document.blocks)
    made: list[str] = []
    done = 0
    for segment in source.rule_segments():
        first, last = segment.start - 1, segment.end - 1
        made += [line + end for line, end in zip(lines[done:first], ends[done:first], strict=True)]
        made += [line + (ends[0] or "\n") for line in _segment(source, segment, blocks)]
        done = last
    return "".join([*made, *(line + end for line, end in zip(lines[done:], ends[done:], strict=True))]), []


# ---- blocks


def _segment(source: Source, segment: Segment, blocks: Iterator[tree.Block]) -> list[str]:
    """The settled lines of one run of rules, with one blank line where there were several."""
    rows = source.text(segment).split("\n")
    starts = [i for i, row in enumerate(rows) if row[:1].strip() and not row.startswith("#")]
    made = [row.strip() for row in rows[: starts[0] if starts else len(rows)]]
    for start, end in pairwise([*starts, len(rows)]):
        made += _block("\n".join(rows[start:end]), next(blocks)).split("\n")
    kept = [row for row, before in zip(made, ["", *made], strict=False) if row or before]
    return kept[:-1] if kept and not kept[-1] else kept


def _block(text: str, block: tree.Block) -> str:
    """The settled text of a block; the text itself where it would have become another tree."""
    settled = _settled(text)
    document, faults = parse(Source.from_text("blokk.regel", settled))
    same = not faults and [meaning(found) for found in document.blocks] == [meaning(block)]
    return settled if same else "\n".join(row.rstrip() for row in text.split("\n"))


def meaning(node: object) -> object:
    """A part of the tree without places, and with one way of writing numbers and lists of codes."""
    match node:
        case Span():
            return None
        case tree.Quantity() | tree.Interval():
            return _parts(replace(node, text=node.text.replace(" ", "")))
        case tree.Codes(parts=parts):
            return ("Codes", *parts)
        case tree.Members(values=values) if all(isinstance(value, tree.Codes) for value in values):
            return ("Codes", *(part for _, part in _flat(values)))
        case tree.Items(values=values):
            return ("Items", *_flat(values))
        case tuple():
            return tuple(map(meaning, node))
        case _ if is_dataclass(node):
            return _parts(node)
        case _:
            return node


def _parts(node: object) -> object:
    """The type of a node and the meaning of its fields."""
    return (type(node).__name__, *(meaning(getattr(node, field.name)) for field in fields(node)))  # type: ignore[arg-type]


def _flat(values: Sequence[tree.Expr]) -> Iterator[Any]:
    """The values of a list, each code on its own: how codes are spaced decides whether they are one token."""
    for value in values:
        if isinstance(value, tree.Codes):
            yield from (("Codes", part) for part in value.parts)
        else:
            yield meaning(value)


# ---- lines


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a block, with the comment at its end and the comments and blank lines under it."""

    depth: int
    tokens: tuple[Token, ...]
    comment: str
    under: tuple[str, ...]


@cache
def _lexer() -> Lark:
    """The lexer of the language, made once."""
    return Lark(grammar_text(), parser=None, lexer="basic")


def _settled(text: str) -> str:
    """The settled text of a block."""
    lines = list(_lines(keywords(_lexer().lex(f"{text}\n"))))
    made: list[str] = []
    depths = [*(line.depth for line in lines[1:]), lines[-1].depth]
    for line, body, following in zip(lines, _bodies(lines), depths, strict=True):
        made.append(_indented(line, body) + (f"  {line.comment}" if line.comment else ""))
        made += [_STEP * following * row.startswith(" ") + row.strip() for row in line.under]
    return "\n".join(row.rstrip() for row in made)


def _lines(tokens: Iterator[Token]) -> Iterator[_Line]:
    """The lines of a block, each with its level."""
    columns, column = [0], 0
    on_line: list[Token] = []
    for token in tokens:
        if token.type != "_NL":
            on_line.append(token)
            continue
        comment, *under, indent = token.split("\n")
        while column < columns[-1]:
            columns.pop()
        columns += [column] if column > columns[-1] else []
        yield _Line(len(columns) - 1, tuple(on_line), comment.strip(), tuple(under))
        column, on_line = len(indent), []


def _indented(line: _Line, body: str) -> str:
    """The text of a line at its level; what continues it one level further in, but a bare list straight down."""
    bare = line.tokens[0].type in ("KODE", "HELTALL") or (len(line.tokens) > 1 and line.tokens[1].type == "_KOMMA")
    first, further = _STEP * line.depth, _STEP * (line.depth if bare else line.depth + 1)
    return first + body.replace("\n", f"\n{further}")


# ---- columns


def _bodies(lines: Sequence[_Line]) -> Iterator[str]:
    """The text of each line, with fields, codes and tables in columns."""
    level = _level_of_fields(lines[0])
    for (kind, _), run in groupby(lines, lambda line: (_kind(line, level), line.depth)):
        yield from _ALIGNED[kind](list(run))


def _level_of_fields(head: _Line) -> int | None:
    """The level at which a block has its fields, if it has any."""
    types = [token.type for token in head.tokens[:2]]
    if types[0] in ("_OPPLYSNINGER", "_TABELL"):
        return 1
    return 2 if types == ["_ENDRER", "_OPPLYSNINGER"] else None


def _kind(line: _Line, level_of_fields: int | None) -> str:
    """What columns a line has."""
    types = [token.type for token in line.tokens]
    if types[0] == "RAD":
        return "tabell"
    if any("\n" in token for token in line.tokens):
        return ""
    if line.depth == level_of_fields and types[0] == "NAVN":
        return "felt"
    if types[0] == "_KOLONNE":
        return "kolonne"
    return "kode" if types in (["KODE", "TEKST"], ["HELTALL", "TEKST"]) else ""


def _plain(lines: Sequence[_Line]) -> list[str]:
    """Lines without columns."""
    return [_spaced(line.tokens) for line in lines]


def _fields(lines: Sequence[_Line]) -> list[str]:
    """Fields: names, types and texts in columns."""
    rows = [(_spaced(line.tokens[:1]), *_type_and_text(line.tokens[1:])) for line in lines]
    name_width = max(len(name) for name, _, _ in rows)
    type_width = max((len(kind) for _, kind, text in rows if text and len(kind) <= _WIDE), default=0)
    return [f"{name:<{name_width}}  {f'{kind:<{type_width}}  {text}' if text else kind}" for name, kind, text in rows]


def _type_and_text(tokens: Sequence[Token]) -> tuple[str, str]:
    """What stands after a field's name: its type with marks, and its text."""
    if tokens[-1].type != "TEKST":
        return _spaced(tokens), ""
    return _spaced(tokens[:-1]), _spaced(tokens[-1:])


def _columns(lines: Sequence[_Line]) -> list[str]:
    """The columns of rule tables, with what they are about in a column."""
    rows = [(_spaced(line.tokens[:2]), _spaced(line.tokens[2:])) for line in lines]
    width = max(len(name) for name, _ in rows)
    return [f"{name:<{width}} {subject}" for name, subject in rows]


def _codes(lines: Sequence[_Line]) -> list[str]:
    """Codes with their texts in a column."""
    rows = [(_spaced(line.tokens[:1]), _spaced(line.tokens[1:])) for line in lines]
    width = max(len(code) for code, _ in rows)
    return [f"{code:<{width}} {text}" for code, text in rows]


def _table(lines: Sequence[_Line]) -> list[str]:
    """The rows of a table, with their cells in columns."""
    rows = [[cell.strip() for cell in line.tokens[0].strip().strip("|").split("|")] for line in lines]
    widths = [max(len(row[i]) for row in rows if i < len(row)) for i in range(max(map(len, rows)))]
    padded = [[f"{cell:<{max(width, 1)}}" for cell, width in zip(row, widths, strict=False)] for row in rows]
    return [f"| {' | '.join(row)} |" for row in padded]


_ALIGNED: dict[str, Callable[[Sequence[_Line]], list[str]]] = {
    "": _plain,
    "felt": _fields,
    "kolonne": _columns,
    "kode": _codes,
    "tabell": _table,
}


# ---- words


def _spaced(tokens: Sequence[Token]) -> str:
    """The tokens of a line, each as it is written, with the spaces between them."""
    words = list(_sentence(tokens))
    return "".join(" " * _is_apart(words, i) + _spelling(words, i) for i in range(len(words)))


def _is_apart(words: Sequence[Token], i: int) -> bool:
    """Whether there is a space before a word."""
    if i == 0 or words[i].type in _NO_SPACE_BEFORE or words[i - 1].type in _NO_SPACE_AFTER:
        return False
    return "\n" not in words[i - 1] and not _is_negative(words, i - 1)


def _is_negative(words: Sequence[Token], i: int) -> bool:
    """Whether a word is the sign of a number: neither a bullet nor between two values."""
    return i > 0 and words[i].type == "_STREK" and words[i - 1].type not in _ENDS_VALUE


def _spelling(words: Sequence[Token], i: int) -> str:
    """How a word is written where it stands."""
    word, before = words[i], words[i - 1].type if i else ""
    match word.type:
        case "_GANGE" | "_DELE" | "_SPENN":
            return _SIGNS[word.type]
        case "_STREK":
            return "−" if i else "-"
        case "_KOMMA":
            return _comma(word)
        case "TEKST":
            return _quoted(word)
        case "DATO":
            return _date(word)
        case "TIDSPUNKT":
            return _moment(word)
        case "KODE":
            return ", ".join(part.strip() for part in word.replace("-", "–").split(","))
        case "EN":
            return _COUNT.get(word, word) if before in _COUNTED else _ARTICLE.get(word, word)
        case "HELTALL" | "DESIMALTALL":
            return _number(words, i)
        case _:
            return str(word)


def _comma(word: Token) -> str:
    """A comma, with the line end and the comment that follow it."""
    if "\n" not in word:
        return ","
    comment = word[1:].split("\n")[0].strip()
    return f",  {comment}\n" if comment else ",\n"


def _quoted(word: Token) -> str:
    """A text in «…», unless it has such quotes in it."""
    inner = word[1:-1].strip()
    return str(word) if {"«", "»"} & set(inner) else f"«{inner}»"


def _moment(word: str) -> str:
    """A point in time as a date and the clock."""
    day, clock = re.split("T| +", word)
    return f"{_date(day)} {clock.zfill(5) if clock.count(':') == 1 else clock.zfill(8)}"


def _date(word: str) -> str:
    """A date as year, month and day."""
    parts = word.split(".")[::-1] if "." in word else word.split("-")
    return "-".join(part.zfill(2) for part in parts)


def _number(words: Sequence[Token], i: int) -> str:
    """A number with spaces between thousands where it is a size; a bare number may be a code or a year."""
    whole, comma, rest = words[i].replace(" ", "").partition(",")
    is_size = comma or _has_unit(words, i) or (_is_size(words, i) and len(whole) >= _GROUPED_FROM)
    if whole.startswith("0") or not is_size:
        return str(words[i])
    return f"{int(whole):,}".replace(",", " ") + comma + rest


def _has_unit(words: Sequence[Token], i: int) -> bool:
    """Whether a unit follows a number, or the interval it begins."""
    following = [word.type for word in words[i + 1 : i + 4]]
    return following[:1] == ["ENHET"] or (following[:1] == ["_SPENN"] and following[2:] == ["ENHET"])


def _is_size(words: Sequence[Token], i: int) -> bool:
    """Whether a number stands where only a size can: in a calculation, or after «er minst» and the like."""
    before = words[i - 1].type if i else ""
    return before in _SIZES or (i + 1 < len(words) and words[i + 1].type in _OPERATORS)


# ---- sentences


@dataclass(slots=True)
class _Clause:
    """What kind of clause the words are in: «når», «at» and «der» make one where «ikke» stands before «er»."""

    subordinate: bool = False
    """After «når» or «at», to the end of the line."""
    narrowed: bool = False
    """After «der», to the next «og» or «eller»."""
    is_noun: bool = False
    """In a list in parentheses, which is named and not asserted: «antall (bidiagnoser i X)»."""


def _sentence(tokens: Sequence[Token]) -> Iterator[Token]:
    """The words with «er» in every condition, and with «ikke» where the clause has it."""
    clauses = [_Clause()]
    before, skipped = "", False
    for token, after in zip(tokens, [*(t.type for t in tokens[1:]), ""], strict=True):
        if skipped:
            before, skipped = token.type, False
            continue
        _enter(clauses, token.type, before)
        says = before in _ENDS_VALUE
        if {token.type, after} == {"_ER", "_IKKE"}:
            yield from _not(clauses[-1], token)
            skipped = True
        elif says and token.type == "_IKKE" and after == "_I" and not clauses[-1].is_noun:
            yield from _not(clauses[-1], token)
        elif says and token.type in _PREDICATES and not clauses[-1].is_noun:
            yield _word("_ER", "er", token)
            yield token
        else:
            yield token
        before = token.type


def _enter(clauses: list[_Clause], kind: str, before: str) -> None:
    """Take note of a word that begins or ends a clause."""
    current = clauses[-1]
    if kind in ("_NAAR", "_AT"):
        current.subordinate = True
    elif kind == "_DER":
        current.narrowed, current.is_noun = True, False
    elif kind in ("_OG", "_ELLER"):
        current.narrowed = False
    elif kind == "LPAR":
        clauses.append(_Clause(current.subordinate or current.narrowed, is_noun=before in ("_AV", "_ANTALL")))
    elif kind == "RPAR" and len(clauses) > 1:
        clauses.pop()


def _not(clause: _Clause, at: Token) -> Iterator[Token]:
    """«er ikke», or «ikke er» in a subordinate clause."""
    words = [_word("_ER", "er", at), _word("_IKKE", "ikke", at)]
    yield from reversed(words) if clause.subordinate or clause.narrowed else words


def _word(kind: str, text: str, at: Token) -> Token:
    """A word of the language at the place of another."""
    return Token.new_borrow_pos(kind, text, at)
