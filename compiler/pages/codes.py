"""The codes of one rule year, and where each is used: in sets, conditions, rule tables, tables, groups and tariffs."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from compiler import model
from compiler.names import fold
from compiler.pages.addresses import Addresses, Key, canonical, name_of
from compiler.pages.render import year_folder
from compiler.walk import nodes, references
from compiler.words import spoken, year_shown

MANY_USERS = 40
"""More users of one thing than this are not listed; its own page has them."""

_SIGNS = str.maketrans("", "", ".-–_")
_CODE_KINDS = ("kode", "koder", "gruppe")
_THROUGH = ("begrep", "kodesett")
"""What a rule can reach a code through."""

TYPES = {
    "kodeverk": "Kodeverk",
    "kodesett": "Kodesett",
    "gruppe": "Gruppe",
    "takst": "Takst",
    "regeltabell": "Regeltabell",
    "tabell": "Tabell",
    "begrep": "Begrep",
    "krav": "Krav",
    "unntak": "Unntak",
    "gruppering": "Gruppering",
    "samling": "Samling",
    "sats": "Sats",
}
"""What a place is called, in the order that places are listed in."""


class Place(NamedTuple):
    """A definition on the site, and those that use it: straight, and through a term or a set."""

    type: str
    name: str
    address: str
    """Below the folder of the rule year."""
    users: tuple["Place", ...] = ()
    through: tuple["Place", ...] = ()


class Code(NamedTuple):
    """A code as it is shown, what it means, and the places that mention it."""

    shown: str
    text: str
    places: tuple[Place, ...]


class Stretch(NamedTuple):
    """The codes from one to another, or those that begin alike (`high` is empty), less some; and who mentions them."""

    low: str
    high: str
    without: tuple[tuple[str, str], ...]
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class YearCodes:
    """What can be looked up in one rule year."""

    scheme: str
    year: int
    shown: str
    folder: str
    codes: Mapping[str, Sequence[Code]]
    """By key; a group without the name of its scheme is also there."""
    stretches: Sequence[Stretch]


def key_of(code: str) -> str:
    """The form that codes are looked up in: upper-case, without space, point or hyphen."""
    return "".join(code.split()).translate(_SIGNS).upper()


def year_codes(rulebook: model.Rulebook) -> YearCodes:
    """Every code of a rule year with what uses it."""
    found = _Collected(rulebook)
    return YearCodes(
        scheme=rulebook.scheme,
        year=rulebook.year,
        shown=year_shown(rulebook),
        folder=f"{year_folder(rulebook)}/",
        codes=found.codes(),
        stretches=tuple(found.stretches()),
    )


class _Collected:
    """Mentions of codes in one rule year."""

    def __init__(self, rulebook: model.Rulebook) -> None:
        self.rulebook = rulebook
        self.addresses = Addresses(rulebook)
        self._groups = {group.id: group.shown for group in rulebook.groups if group.scheme is not None}
        self._mentions: dict[str, dict[Key, str]] = {}
        """The places of each code, and what they say that it means."""
        self._sets: list[tuple[Key, model.CodeSet]] = []
        self._users = self._used_by()
        self._shown: dict[Key, Place] = {}
        self._several: dict[tuple[Key, ...], tuple[Place, ...]] = {}
        self._own: dict[str, Key] = {}
        """The group or tariff that a code is the number of."""
        self._in_sets_and_groups()
        self._named = frozenset(self._mentions)
        for table in rulebook.tables:
            self._in_table(table)
        self._in_conditions()
        self._in_rules()

    def codes(self) -> dict[str, tuple[Code, ...]]:
        """The codes by key, as they are shown; one that means several things stands once for each."""
        found: dict[str, list[Code]] = {}
        titled = {group.shown: group.scheme for group in self.rulebook.groups if group.scheme is not None}
        for shown, places in sorted(self._mentions.items()):
            keys = [key_of(shown)]
            if scheme := titled.get(shown):
                keys.append(key_of(shown.removeprefix(scheme)))
            codes = [Code(shown, text, self._places(some, shown)) for text, some in _by_meaning(places).items()]
            for key in dict.fromkeys(keys):
                found.setdefault(key, []).extend(codes)
        return {key: tuple(codes) for key, codes in found.items() if key}

    def stretches(self) -> Iterator[Stretch]:
        """The intervals and beginnings of sets, each with where it stands."""
        found: dict[tuple[str, str, tuple[tuple[str, str], ...]], dict[Key, None]] = {}
        for place, codes in self._sets:
            without = tuple(sorted(self._flat(codes.without))) if codes.without is not None else ()
            for low, high in (*codes.intervals, *((prefix, "") for prefix in codes.prefixes)):
                found.setdefault((key_of(low), key_of(high), without), {})[place] = None
        for (low, high, without), places in sorted(found.items()):
            yield Stretch(low, high, without, self._places(places))

    # ---- mentions

    def _in_sets_and_groups(self) -> None:
        """Codes of groups, sets and code systems."""
        book = self.rulebook
        for group in book.groups:
            if group.scheme is not None:
                self._own[group.shown] = ("gruppe", group.id)
                self._mention(group.shown, ("gruppe", group.id), group.title)
        for named in book.sets:
            self._set(("kodesett", named.id), named.codes, named.texts)
        for system in book.code_systems:
            for code, text in system.codes.items():
                self._mention(code, ("kodeverk", system.id), text)

    def _in_table(self, table: model.Table) -> None:
        """The codes that the rows of a table are looked up by, and those that stand in them."""
        coded = [field for field in table.fields if field.kind in _CODE_KINDS]
        texts = [field.name for field in table.fields if field.kind == "tekst" and field.name not in table.keys]
        for row in table.rows:
            place = ("takst", row.id) if table.key == "takst" else ("tabell", table.id)
            if table.key == "takst":
                self._own[row.shown] = place
                self._mention(row.shown, place, row.title)
            for field in coded:
                value = row.values.get(field.name)
                if isinstance(value, model.CodeSet):
                    self._set(place, value, {})
                elif isinstance(value, str):
                    title = row.values.get(texts[0]) if (field.name,) == table.keys and len(texts) == 1 else None
                    self._mention(self._groups.get(value, value), place, title if isinstance(title, str) else None)

    def _in_conditions(self) -> None:
        """Codes written in terms, requirements, exceptions, groups, groupings and collections."""
        book = self.rulebook
        rules = (*book.terms, *book.requirements, *book.exceptions, *book.groups, *book.records)
        kinds = {id(one): kind for kind, one in book.definitions()}
        for rule in rules:
            place = canonical((kinds[id(rule)], rule.id))
            for node in nodes(rule):
                match node:
                    case model.StringValue(value=value):
                        self._written(value, place)
                    case model.CodeSet():
                        self._set(place, node, {}, written=True)
                    case _:
                        pass

    def _in_rules(self) -> None:
        """Codes in the cells of rule tables: the table, and the groups that its rows give."""
        written: dict[tuple[str, str], list[str]] = {}
        for grouping in self.rulebook.groupings:
            for cell in grouping.cells:
                written[cell.column, cell.text] = list(_codes_in(cell.condition))
        for rule in self.rulebook.rules:
            for cell_key in rule.cells.items():
                for code in written.get(cell_key, ()):
                    self._written(code, ("regeltabell", rule.table))
                    if rule.group in self._groups:
                        self._written(code, ("gruppe", rule.group))

    def _set(self, place: Key, codes: model.CodeSet, texts: Mapping[str, str], written: bool = False) -> None:
        """The single codes of a set, and the set itself where it has more than those."""
        without = set(self._flat(codes.without)) if codes.without is not None else set()
        for code in codes.codes:
            if (key_of(code), key_of(code)) in without:
                continue
            if written:
                self._written(code, place)
            else:
                self._mention(self._groups.get(code, code), place, texts.get(code))
        if codes.intervals or codes.prefixes:
            self._sets.append((place, codes))

    def _written(self, value: str, place: Key) -> None:
        """A text in a condition, where it is a code: one of a set or a group, or one with a digit and no space."""
        shown = self._groups.get(value, value)
        if shown in self._named or re.fullmatch(r"(?=.*\d)[^\s]{2,12}", value):
            self._mention(shown, place, None)

    def _mention(self, shown: str, place: Key, text: str | None) -> None:
        places = self._mentions.setdefault(shown, {})
        places[place] = text or places.get(place, "")

    def _flat(self, codes: model.CodeSet) -> Iterator[tuple[str, str]]:
        """The codes of a set as stretches, with those of the sets in it."""
        yield from ((key_of(code), key_of(code)) for code in codes.codes)
        yield from ((key_of(low), key_of(high)) for low, high in codes.intervals)
        yield from ((key_of(prefix), "") for prefix in codes.prefixes)
        by_id = {named.id: named.codes for named in self.rulebook.sets}
        for name in codes.sets:
            if name in by_id:
                yield from self._flat(by_id[name])

    # ---- places

    def _used_by(self) -> dict[Key, list[Key]]:
        """The definitions that refer to each term and set."""
        found: dict[Key, dict[Key, None]] = {}
        for kind, definition in self.rulebook.definitions():
            if kind in ("eksempel", "presisering", "regel", "takst", "tabell"):
                continue
            user = canonical((kind, definition.id))
            for key in references(definition):
                used = canonical(key)
                if used[0] in _THROUGH and used != user:
                    found.setdefault(used, {})[user] = None
        return {used: list(users) for used, users in found.items()}

    def _places(self, keys: Iterable[Key], shown: str = "") -> tuple[Place, ...]:
        """The places in order, each with its users; the group or tariff that a code is the number of comes first."""
        own = self._own.get(shown)
        first = tuple(key for key in keys if key == own)
        rest = tuple(key for key in keys if key != own)
        if rest not in self._several:
            self._several[rest] = tuple(sorted(map(self._place, rest), key=_in_order))
        return (*map(self._place, first), *self._several[rest])

    def _place(self, key: Key) -> Place:
        """A definition with those that use it."""
        if key not in self._shown:
            direct = self._users.get(key, [])
            through = self._reached(direct, {key, *direct}) if direct else []
            users, further = (tuple(sorted(map(self._plain, ones), key=_in_order)) for ones in (direct, through))
            self._shown[key] = self._plain(key)._replace(users=users[:MANY_USERS], through=further[:MANY_USERS])
        return self._shown[key]

    def _reached(self, start: Iterable[Key], seen: set[Key]) -> list[Key]:
        """The rules that use a code through terms and sets, beyond those that name it."""
        found: list[Key] = []
        waiting = list(start)
        while waiting:
            for user in self._users.get(waiting.pop(), ()):
                if user not in seen:
                    seen.add(user)
                    waiting.append(user)
                    if user[0] not in _THROUGH:
                        found.append(user)
        return found

    def _plain(self, key: Key) -> Place:
        definition = self.addresses.definitions.get(key)
        name = name_of(key[0], definition) if definition is not None else spoken(key[1])
        home = self.addresses.home(key) or ""
        page, _, anchor = home.partition("#")
        page = page.removesuffix(".md")
        return Place(key[0], name, f"{page}/{'#' if anchor else ''}{anchor}" if page else "")


def _in_order(place: Place) -> tuple[int, str, str]:
    kinds = list(TYPES)
    return (kinds.index(place.type) if place.type in kinds else len(kinds), fold(place.name).lower(), place.address)


def _by_meaning(places: Mapping[Key, str]) -> dict[str, list[Key]]:
    """The places by what they say that a code means; those that do not say go with the rest where all agree."""
    told = {text for text in places.values() if text}
    only = next(iter(told)) if len(told) == 1 else ""
    found: dict[str, list[Key]] = {}
    for place, text in places.items():
        found.setdefault(text or only, []).append(place)
    return found


def _codes_in(condition: model.Expr) -> Iterator[str]:
    """The texts that a cell's condition holds its subject against."""
    for node in nodes(condition):
        match node:
            case model.StringValue(value=value) | model.Family(value=value):
                yield value
            case model.CodeSet(codes=codes):
                yield from codes
            case _:
                pass
