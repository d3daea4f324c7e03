"""The cells of rule tables: each is the rest of the sentence that its column begins."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from dsl import tree
from dsl.builder import number
from dsl.diagnostics import Span

_PART = re.compile(
    r"""
    (?:(?P<not>ikke)\s+)?
    (?:
        (?P<bare>mangler|finnes)
      | (?:(?P<than>minst|høyst|over|under)\s+)?
        (?:
            (?P<low>\d{1,3}(?:\ \d{3})+|\d+)\s*[–-]\s*(?P<high>\d{1,3}(?:\ \d{3})+|\d+)
          | (?P<number>(?:\d{1,3}(?:\ \d{3})+|\d+)(?:,\d+)?)
          | (?P<member>[A-ZÆØÅ]+\ \w+)
          | (?P<word>\w[\w.+-]*)
          | «(?P<text>[^«»]*)»
        )
        (?:\s*«(?P<named>[^«»]*)»)?
    )
    """,
    re.VERBOSE,
)
_JOINED = re.compile(r"\s+(og|eller)\s+")
_WORDS = re.compile(r"«[^«»]*»|«?[^\s«]+|«")
_LEADING = frozenset({"ikke", "og", "eller", "minst", "høyst", "over", "under"})
"""The words after which a text is what the cell says, and not the name of the code before it."""
_MOST_KEPT = 50_000
"""How many cells that are read are kept: the same stand in many rows, and an editor reads them again and again."""
_PREDICATES: dict[str, tree.Predicate] = {"minst": "minst", "høyst": "høyst", "over": "over", "under": "under"}


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a cell says: a predicate and its value."""

    predicate: tree.Predicate
    value: tree.Expr | None


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says; several things are joined by one word."""

    said: tuple[Said, ...]
    joined_by: Literal["og", "eller"]


class UnreadableCell(Exception):
    """The cell cannot be read: why, and what to do."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@lru_cache(maxsize=_MOST_KEPT)
def normal(text: str) -> str:
    """The cell without the names after its codes, which are there for the reader, and with single spaces."""
    return " ".join(" ".join(word for word, _ in _with_names(text)).split())


def names(text: str) -> dict[str, str]:
    """What a cell says that its codes are called."""
    return {word: name for word, name in _with_names(text) if name}


def with_names(text: str, known: Mapping[str, str]) -> str:
    """A cell in normal form with the names of its codes after them."""
    return " ".join(f"{word} «{known[word]}»" if word in known else word for word in _WORDS.findall(text))


@lru_cache(maxsize=_MOST_KEPT)
def _with_names(text: str) -> tuple[tuple[str, str], ...]:
    """The words of a cell, each with the name written after it."""
    return tuple(_words_with_names(text))


def _words_with_names(text: str) -> Iterator[tuple[str, str]]:
    words = _WORDS.findall(text) if "«" in text else text.split()
    kept = ""
    for word, after in zip(words, [*words[1:], ""], strict=False):
        is_name = word.startswith("«") and word.endswith("»") and kept and kept not in _LEADING
        if not is_name:
            kept = word
            named = after.startswith("«") and after.endswith("»") and word not in _LEADING
            yield word, after[1:-1].strip() if named and not word.startswith("«") else ""


def read(text: str, span: Span) -> Cell:
    """What a cell in normal form says."""
    words = set(_JOINED.findall(text))
    if len(words) > 1:
        raise UnreadableCell("«og» og «eller» kan ikke blandes", "del raden i to rader")
    parts = _JOINED.split(text)[::2]
    said = tuple(_said(part, span, "dette" if part == text else f"«{part}»") for part in parts)
    if "eller" in words and any(one.predicate in ("er ikke", "ikke i") for one in said):
        raise UnreadableCell("«ikke … eller …» kan leses på to måter", "skriv «ikke A og ikke B», eller to rader")
    return Cell(said, "eller" if "eller" in words else "og")


def _said(part: str, span: Span, named: str) -> Said:
    """One part of a cell."""
    found = _PART.fullmatch(part)
    if found is None or (found["not"] and found["than"]) or found["word"] in _LEADING:
        raise UnreadableCell(f"{named} kan ikke leses")
    if found["bare"]:
        lacks = (found["bare"] == "mangler") != bool(found["not"])
        return Said("mangler" if lacks else "finnes", None)
    value = _value(found, span)
    if found["than"]:
        return Said(_PREDICATES[found["than"]], value)
    if isinstance(value, tree.Interval):
        return Said("ikke i" if found["not"] else "i", value)
    return Said("er ikke" if found["not"] else "er", value)


def _value(found: re.Match[str], span: Span) -> tree.Expr:
    if found["low"]:
        low, high = found["low"], found["high"]
        return tree.Interval(number(low), number(high), None, f"{low}–{high}", span)
    if found["number"]:
        return tree.Quantity(number(found["number"]), None, found["number"], span)
    if found["member"]:
        scheme, id_ = found["member"].split(" ")
        return tree.Member(scheme, id_, span)
    if found["text"] is not None:
        return tree.Text(found["text"], span)
    word = found["word"]
    if word in ("ja", "nei"):
        return tree.YesNo(word == "ja", span)
    return tree.Codes(word, span) if word.isupper() or re.search(r"\d", word) else tree.Name(word, span)
