"""The rows of a list that are meant, as tariffs; and what is wrong with those that cannot be read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from compiler.helfo.cells import Source, Unread, Values, day_of, tariff_code
from compiler.helfo.read import Cell, Row, TariffList, shown
from compiler.imported import quotable, some
from compiler.lists import UnreadableList
from dsl.diagnostics import nearest

CODE_KEYS = ("takstkode", "takst")
TITLE_KEYS = ("beskrivelse", "navn")
AREA, FROM, UNTIL = "fagomraade", "fradato", "tildato"
_LONGEST_TITLE = 200
_LONGEST_SHOWN = 60


class DamagedList(Exception):
    """A list cannot be read; the faults say which rows and why."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(*faults)
        self.faults = faults


class Choice(NamedTuple):
    """Which rows are meant: those that are valid on a day, and where an area is given («LE»), those of that area."""

    day: date
    area: str | None = None


class Tariff(NamedTuple):
    """A tariff: its row, and what that says by column, None where it says nothing."""

    row: Row
    code: str
    title: str
    values: Values
    is_cut: bool = False
    """The title is longer in the list."""


class Valid(NamedTuple):
    """The row of a tariff, and the first and last day it is valid, where it says so."""

    row: Row
    code: str
    first: date | None
    last: date | None

    def on(self, day: date) -> bool:
        """Whether the tariff is valid on a day."""
        return (self.first or day) <= day <= (self.last or day)


@dataclass
class Chosen:
    """The tariffs that are meant, in the order of the list, and what became of the other rows."""

    tariffs: list[Tariff] = field(default_factory=list)
    other_area: int = 0
    not_valid: list[Valid] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def ended(self, code: str) -> date | None:
        """The last day of a tariff that is no longer valid, where the list says it."""
        return max((one.last for one in self.not_valid if one.code == code and one.last), default=None)


def chosen(listed: TariffList, sources: Sequence[Source], choice: Choice, last_day: date | None) -> Chosen:
    """The tariffs that are meant; DamagedList where a row cannot be read. `last_day` is that of the rule year.

    Of a row that is not meant, only what says so is read.
    """
    found, faults = Chosen(), list(listed.faults)
    valid: dict[str, Valid] = {}
    for one in _dated(_of_area(listed, choice, found), _code_key(listed), faults):
        if not one.on(choice.day):
            found.not_valid.append(one)
        elif one.code in valid:
            faults.append(_doubled(valid[one.code], one, choice))
        else:
            valid[one.code] = one
    found.tariffs = [_tariff(one, listed, sources, faults) for one in valid.values()]
    if faults:
        raise DamagedList(faults)
    if not valid:
        raise UnreadableList(f"ingen takst i «{listed.file}» gjelder {choice.day}")
    found.notes += [*_changes_within(found.not_valid, valid.values(), choice.day, last_day), *_readings(found, sources)]
    return found


# ---- which rows


def _code_key(listed: TariffList) -> str:
    """The key of the field with the code of the tariff."""
    for key in CODE_KEYS:
        if key in listed.names:
            return key
    names = list(listed.names.values())
    raise UnreadableList(
        f"«{listed.file}» har ikke feltet «{CODE_KEYS[0]}»: {nearest(CODE_KEYS[0], names) or f'det har {some(names)}'}"
    )


def _of_area(listed: TariffList, choice: Choice, found: Chosen) -> Iterator[Row]:
    """The rows of the area that is meant."""
    areas = sorted({quotable(row.text(AREA)) for row in listed.rows} - {""})
    if choice.area is None:
        if len(areas) > 1:
            found.notes.append(f"listen har takster for flere fagområder: {some(areas)}")
        yield from listed.rows
        return
    wanted = choice.area.casefold()
    if wanted not in map(str.casefold, areas):
        hint = f"listen har {some(areas)}" if areas else f"listen har ikke feltet «{AREA}»"
        raise UnreadableList(f"ingen rad i «{listed.file}» har fagområdet «{choice.area}»: {hint}")
    for row in listed.rows:
        if quotable(row.text(AREA)).casefold() == wanted:
            yield row
        else:
            found.other_area += 1


def _dated(rows: Iterable[Row], code_key: str, faults: list[str]) -> Iterator[Valid]:
    """The rows whose code and dates can be read."""
    for row in rows:
        key, cell = code_key, row.cells.get(code_key, "")
        try:
            code = tariff_code(cell)
            key, cell = FROM, row.cells.get(FROM, "")
            first = day_of(cell)
            key, cell = UNTIL, row.cells.get(UNTIL, "")
            last = day_of(cell)
        except Unread as expected:
            faults.append(_unread(f"rad {row.number}", key, cell, expected))
            continue
        if first and last and last < first:
            faults.append(f"rad {row.number} (takst {code}): {UNTIL} er {last}, før {FROM}, som er {first}")
        else:
            yield Valid(row, code, first, last)


def _doubled(one: Valid, other: Valid, choice: Choice) -> str:
    """The fault of a tariff that is valid twice on a day."""
    apart = one.row.text(AREA) != other.row.text(AREA)
    hint = "; de har hvert sitt fagområde: velg ett med --fagomraade" if apart else ""
    rows = f"rad {one.row.number} og rad {other.row.number}"
    return f"takst {one.code} gjelder to ganger {choice.day}: {rows}{hint}"


# ---- what they say


def _tariff(one: Valid, listed: TariffList, sources: Sequence[Source], faults: list[str]) -> Tariff:
    """A tariff with what its row says; what cannot be read is a fault."""
    values: Values = {}
    said: dict[str, str] = {}
    where = f"rad {one.row.number} (takst {one.code})"
    for source in sources:
        column, cell = source.column.name, one.row.cells.get(source.key, "")
        try:
            value = source.value(cell)
        except Unread as expected:
            faults.append(_unread(where, source.name, cell, expected))
            continue
        if value is not None and values.get(column, value) not in (None, value):
            names = f"{said[column]} og {source.name}"
            faults.append(f"{where}: {names} er ulike, men kolonnen «{column}» kan bare ha den ene")
        if value is not None or column not in values:
            values[column], said[column] = value, source.name
    title = next((quotable(one.row.text(key)) for key in TITLE_KEYS if key in listed.names), "")
    return Tariff(one.row, one.code, _cut(title, _LONGEST_TITLE), values, len(title) > _LONGEST_TITLE)


def _unread(where: str, name: str, cell: Cell, expected: Unread) -> str:
    """The fault of a cell that cannot be read."""
    text = _cut(quotable(shown(cell)), _LONGEST_SHOWN)
    return f"{where}: {name} er «{text}», men skal være {expected}" if text else f"{where}: {name} mangler"


def _cut(text: str, longest: int) -> str:
    """A text, with a sign where its end is cut off."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


# ---- notes


def _changes_within(
    not_valid: Iterable[Valid], valid: Iterable[Valid], day: date, last_day: date | None
) -> Iterator[str]:
    """Notes on tariffs that begin or end within the rule year, which a row of a table cannot say."""
    later = [one for one in not_valid if one.first and day < one.first <= (last_day or one.first)]
    if later:
        yield f"begynner senere i regelåret og er ikke med: {some([f'{one.code} ({one.first})' for one in later])}"
    ending = [one for one in valid if one.last and last_day and one.last < last_day]
    if ending:
        yield f"slutter før regelåret er over: {some([f'{one.code} ({one.last})' for one in ending])}"


def _readings(found: Chosen, sources: Sequence[Source]) -> Iterator[str]:
    """Notes on how fields are read whose meaning is not documented, and on titles that are cut."""
    for source in sources:
        if source.field is None:
            continue
        said = [one for one in found.tariffs if one.row.text(source.key)]
        if source.field.added and said:
            said_of = "repetisjonene er lest som gangene etter den første"
            yield f"{source.column.name} er {source.name} + {source.field.added}: {said_of}"
        zeros = [one for one in said if one.values[source.column.name] is None]
        if zeros:
            yield f"{source.name} er 0 i {rows_shown(len(zeros))} og er lest som ingen grense"
    cut = [one.code for one in found.tariffs if one.is_cut]
    if cut:
        yield f"navnet er kortet til {_LONGEST_TITLE} tegn: {some(cut)}"


def rows_shown(count: int) -> str:
    """A number of rows."""
    return f"{count} {'rad' if count == 1 else 'rader'}"
