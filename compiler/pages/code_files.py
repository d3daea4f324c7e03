"""The code look-up as small JSON files: codes by how they begin, the words of their names, stretches and an index."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from compiler.names import fold
from compiler.pages.codes import TYPES, Place, YearCodes

_MOST_BYTES = 24_000
"""A file of codes that would be larger is split by the next character, as long as that helps."""
_MOST_CODES = 200
"""A word in the names of more codes than this finds nothing alone."""
_WORD = re.compile(r"[^\W\d_]{3,}")

Entry = tuple[int, str, str, tuple[Place, ...]]
"""A code in one rule year: which year, as it is shown, what it means, and where."""


def code_files(years: Sequence[YearCodes], titles: Mapping[str, str]) -> dict[str, str]:
    """JSON by file name. The years stand in the order given; `titles` says what each scheme is called."""
    codes = _by_key(years)
    shards = dict(_shards(codes))
    words = _words(codes)
    index = {
        "ordninger": titles,
        "aar": [{"ordning": one.scheme, "vist": one.shown, "adresse": one.folder} for one in years],
        "typer": TYPES,
        "koder": sorted(shards),
        "navn": sorted(words),
    }
    files = {"indeks.json": as_json(index), "strekk.json": _stretches(years)}
    files |= {f"koder-{_file_name(prefix)}.json": text for prefix, text in shards.items()}
    return files | {f"navn-{prefix}.json": as_json(found) for prefix, found in words.items()}


def folded(word: str) -> str:
    """A word as it is looked up: «saerkode», «særkode» and «Særkode» are one, «måned» and «maaned» too."""
    return fold(word).lower().replace("aa", "a").replace("oe", "o")


def _by_key(years: Sequence[YearCodes]) -> dict[str, list[Entry]]:
    """Every code of every year by its key, the newest year of a scheme first."""
    found: dict[str, list[Entry]] = {}
    for at, year in enumerate(years):
        for key, codes in year.codes.items():
            found.setdefault(key, []).extend((at, code.shown, code.text, code.places) for code in codes)
    return dict(sorted(found.items()))


@dataclass(slots=True)
class _Kept:
    """Texts, places and lists of places of one file, each written once and referred to by number."""

    texts: dict[str, int] = field(default_factory=dict)
    places: dict[Place, int] = field(default_factory=dict)
    lists: dict[tuple[Place, ...], int] = field(default_factory=dict)
    written: list[list[Any]] = field(default_factory=list)

    def text(self, text: str) -> int:
        """The number of a text."""
        return self.texts.setdefault(text, len(self.texts))

    def place(self, place: Place) -> int:
        """The number of a place; those that use it get theirs first."""
        if place not in self.places:
            users, through = ([self.place(one) for one in ones] for ones in (place.users, place.through))
            self.places[place] = len(self.written)
            self.written.append([place.type, place.name, place.address, *([users, through] if users else [])])
        return self.places[place]

    def several(self, places: tuple[Place, ...]) -> int:
        """The number of a list of places."""
        if places not in self.lists:
            for place in places:
                self.place(place)
            self.lists[places] = len(self.lists)
        return self.lists[places]

    def content(self) -> dict[str, Any]:
        """What the numbers stand for."""
        lists = [[self.places[place] for place in places] for places in self.lists]
        return {"tekster": list(self.texts), "steder": self.written, "bruk": lists}


def _shards(codes: Mapping[str, list[Entry]], depth: int = 1) -> Iterator[tuple[str, str]]:
    """The codes that begin alike, as JSON; the prefix of each file is the longest that its codes are looked up by."""
    for prefix, keys in groupby(codes, key=lambda key: key[:depth]):
        some = {key: codes[key] for key in keys}
        text = _shard(some)
        longer = {key: entries for key, entries in some.items() if len(key) > depth}
        if len(text.encode()) <= _MOST_BYTES or len(longer) <= 1:
            yield prefix, text
            continue
        if len(longer) < len(some):
            yield prefix, _shard({prefix: some[prefix]})
        yield from _shards(longer, depth + 1)


def _shard(codes: Mapping[str, list[Entry]]) -> str:
    kept = _Kept()
    written = {key: _entries(kept, entries) for key, entries in codes.items()}
    return as_json({"koder": written, **kept.content()})


def _entries(kept: _Kept, entries: Sequence[Entry]) -> list[list[Any]]:
    """A code as it is shown, with the years that have it: year, text and places by number."""
    shown: dict[str, list[list[int]]] = {}
    for year, code, text, places in entries:
        shown.setdefault(code, []).append([year, kept.text(text), kept.several(places)])
    return [[code, years] for code, years in shown.items()]


def _words(codes: Mapping[str, list[Entry]]) -> dict[str, dict[str, list[str]]]:
    """The codes whose names have a word, by the two first letters of the word and then by the word."""
    found: dict[str, dict[str, None]] = {}
    for key, entries in codes.items():
        if key.isdigit() and any(_has_scheme(shown) for _, shown, _, _ in entries):
            continue
        for text in {text for _, _, text, _ in entries if text}:
            for word in _WORD.findall(text):
                found.setdefault(folded(word), {})[key] = None
    files: dict[str, dict[str, list[str]]] = {}
    for word, keys in sorted(found.items()):
        if len(keys) <= _MOST_CODES and len(word) > 2:
            files.setdefault(word[:2], {})[word] = list(keys)
    return files


def _has_scheme(shown: str) -> bool:
    """The code is a group with the name of its scheme, as «DRG 442», which stands under that name too."""
    return " " in shown


def _stretches(years: Sequence[YearCodes]) -> str:
    """Intervals and beginnings of all years: from, to, less, and the years with the places."""
    kept = _Kept()
    found: dict[tuple[str, str, tuple[tuple[str, str], ...]], list[list[int]]] = {}
    for at, year in enumerate(years):
        for one in year.stretches:
            found.setdefault((one.low, one.high, one.without), []).append([at, kept.several(one.places)])
    rows = [[low, high, without, uses] for (low, high, without), uses in sorted(found.items())]
    return as_json({"strekk": rows, **kept.content()})


def _file_name(prefix: str) -> str:
    """The name of the file of a prefix: letters and digits as they are, all else by its number."""
    return "".join(one.lower() if re.fullmatch("[A-Z0-9]", one) else f"_{ord(one):x}" for one in prefix)


def as_json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
