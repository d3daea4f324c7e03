"""The columns that a list of tariffs fills in a rulebook, and how each of its cells is read.

The names of Helfo's fields are documented, but not what their values mean. They are read so:

- Amounts are kroner, and `repetisjonsprosent` is a percentage: 50, not 0,5.
- `maks_repetisjoner` counts the times after the first, and a tariff may be used `maks_repetisjoner` + 1 times. So are
  repetitions counted in Helfo's claims, where `antall` is 3 for a tariff that is used once and repeated twice.
- Time is minutes. Of times a year and of time used, 0 would be no limit at all, and is read as none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from compiler import model
from compiler.fields import felt
from compiler.helfo.read import Cell, Nested, TariffList, key_of, shown
from compiler.imported import quotable
from compiler.lists import UnreadableList
from compiler.names import normal_code
from compiler.runtime.lesing import Felt, enkel_verdi
from dsl.keywords import UNITS


class Field(NamedTuple):
    """A field of Helfo's, the column that it becomes, and the unit of its numbers."""

    name: str
    column: str
    unit: str | None = None
    added: int = 0
    """What is added to the number."""
    none_at_zero: bool = False
    """The number 0 is no limit."""


FIELDS = (
    Field("honorar", "honorar", "kr"),
    Field("refusjon", "refusjon", "kr"),
    Field("egenandel", "egenandel", "kr"),
    Field("ugyldig_kombinasjon", "ugyldig_med"),
    Field("krever_takst", "krever_takst"),
    Field("krever_prosedyre", "krever_prosedyre"),
    Field("krever_diagnose", "krever_diagnose"),
    Field("spesialisttakst", "spesialist"),
    Field("maks_repetisjoner", "maks_ganger", added=1),
    Field("repetisjonsprosent", "gjentak_andel", "%"),
    Field("maks_antall_per_aar", "maks_per_år", none_at_zero=True),
    Field("maks_antall_per_kalender_aar", "maks_per_år", none_at_zero=True),
    Field("minimum_tidsbruk", "minste_tid", "minutter", none_at_zero=True),
    Field("tidsbruk_per_rep", "tid_per_gang", "minutter", none_at_zero=True),
)
"""What becomes of Helfo's fields; a column may also be called in the list what it is called in the rulebook."""

_DAY = Felt("dato", "dato", "dato")
_KINDS = frozenset({"heltall", "desimaltall", "koder", "kode", "ja/nei", "tekst", "valg"})
"""Kinds of column that a block of a tariff can have."""
_MANY_DECIMALS = re.compile(r"[.,]\d{3}")
_LEAST_PERCENT = Decimal("0.01")
_LETTERS = r"(?:[A-ZÆØÅ]{1,5}[0-9]|[0-9]+[A-Za-zÆØÅæøå])[0-9A-Za-zÆØÅæøå]*"
_TARIFF = re.compile(rf"{_LETTERS}|[0-9]+")
_CODE = re.compile(rf"{_LETTERS}(?:\.[0-9A-Za-z]+)?|[0-9]+")
_NUMBERS = re.compile("([0-9]+)[-–]([0-9]+)")
_INTERVAL = re.compile(rf"({_LETTERS})[-–]({_LETTERS})")
_PREFIX = re.compile(rf"(?:{_LETTERS}|[0-9]+|[A-ZÆØÅ]{{1,5}})\*")
_EXCEPT = re.compile(r"alle unntatt\b:?(.*)", re.IGNORECASE)
_MOST_CODES = 1000
"""How many codes an interval of numbers may have."""
_LONGEST = 20
"""How many characters a code may have."""


Values = dict[str, model.Cell | None]
"""What is said of a tariff by column, numbers in base units; None where nothing is said."""


class Unread(Exception):
    """A cell cannot be read; the text says what it should have been."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where in a list the values of a column stand: the key of the field, and its name there."""

    key: str
    name: str
    column: model.RecordField
    field: Field | None
    """Helfo's field; None where the list calls it what the rulebook does."""

    def value(self, cell: Cell) -> model.Cell | None:
        """What a cell says in the terms of the column, numbers in base units; None where it says nothing."""
        if cell in ("", ()):
            return None
        if self.column.kind == "koder":
            return code_set(cell)
        if not isinstance(cell, str):
            raise Unread("én verdi")
        if self.column.kind == "tekst":
            return quotable(cell) or None
        try:
            value = enkel_verdi(self._felt(), cell)
        except ValueError as expected:
            raise Unread(str(expected)) from None
        return value if isinstance(value, str | bool) else self._number(Decimal(value), cell)

    def _felt(self) -> Felt:
        """What the reader of data must know; a number is in the unit of Helfo's field where that has one."""
        of_column = felt(self.column)
        unit = self.field.unit if self.field else None
        if unit is None or self.column.kind not in ("heltall", "desimaltall"):
            return replace(of_column, ikke_negativ=True)
        _, numerator, denominator = UNITS[unit]
        return replace(of_column, enhet=unit, teller=numerator, nevner=denominator, ikke_negativ=True)

    def _number(self, value: Decimal, cell: str) -> Decimal | None:
        """A number, unless it could be one with another meaning."""
        if self.field is None:
            return value
        if _MANY_DECIMALS.search(cell):
            raise Unread("et tall med høyst to desimaler, uten punktum mellom tusener")
        if self.field.unit == "%" and 0 < value < _LEAST_PERCENT:
            raise Unread("et tall i prosent, som 50")
        if self.field.none_at_zero and value == 0:
            return None
        return value + self.field.added


def sources(listed: TariffList, table: model.Table) -> list[Source]:
    """What a list says of the columns of a table, in the order of the columns."""
    return [source for column in table.fields for source in _of_column(listed, table, column)]


def _of_column(listed: TariffList, table: model.Table, column: model.RecordField) -> Iterator[Source]:
    """The fields of a list that fill a column: one, or several of Helfo's."""
    if column.kind not in _KINDS or column.name == table.key:
        return
    own, fields = key_of(column.name), [field for field in FIELDS if field.column == column.name]
    found = {field.name: field for field in fields if field.name in listed.names}
    if own in listed.names and own not in found:
        if found:
            names = f"«{listed.names[next(iter(found))]}» og «{listed.names[own]}»"
            raise UnreadableList(f"«{listed.file}» har både {names}; ta bort den ene")
        yield Source(own, listed.names[own], column, None)
    for field in found.values():
        _check_unit(column, field)
        yield Source(field.name, listed.names[field.name], column, field)


def _check_unit(column: model.RecordField, field: Field) -> None:
    """Refuse a column in another unit than the field that fills it."""
    unit = column.unit.shown if column.unit else None
    if unit is not None and field.unit is not None and UNITS.get(unit) != UNITS[field.unit]:
        raise UnreadableList(f"kolonnen «{column.name}» er i {unit}, men «{field.name}» er i {field.unit}")


def day_of(cell: Cell) -> date | None:
    """A date, or none."""
    if cell == "":
        return None
    try:
        return date.fromisoformat(str(enkel_verdi(_DAY, shown(cell))))
    except ValueError:
        raise Unread("en dato, som 2020-12-31") from None


# ---- codes


def tariff_code(cell: Cell) -> str:
    """The code of a tariff."""
    if isinstance(cell, str) and len(cell) <= _LONGEST and _TARIFF.fullmatch(cell):
        return cell
    raise Unread("en takstkode, som 2ad")


def code_set(cell: Cell) -> model.CodeSet:
    """Codes in a list or in one text, in order; also «alle» and «alle unntatt 3ad, 3b»."""
    if isinstance(cell, Nested):
        raise Unread("koder, «alle» eller «alle unntatt …»")
    text = cell if isinstance(cell, str) else ", ".join(cell)
    if text.casefold() == "alle":
        return model.CodeSet(everything=True)
    narrowed = _EXCEPT.fullmatch(text)
    if narrowed is None:
        return _codes(text)
    return model.CodeSet(everything=True, without=_codes(narrowed[1]))


def _codes(text: str) -> model.CodeSet:
    """Codes, intervals and prefixes with comma, semicolon or space between."""
    codes: set[str] = set()
    intervals: set[tuple[str, str]] = set()
    prefixes: set[str] = set()
    for term in filter(None, re.split(r"[\s,;]+", text)):
        short = len(term) <= 2 * _LONGEST
        numbers, interval = _NUMBERS.fullmatch(term), _INTERVAL.fullmatch(term)
        if short and _CODE.fullmatch(term):
            codes.add(normal_code(term))
        elif short and _PREFIX.fullmatch(term):
            prefixes.add(normal_code(term[:-1]))
        elif short and numbers and 0 <= int(numbers[2]) - int(numbers[1]) < _MOST_CODES:
            codes |= _numbered(numbers[1], numbers[2])
        elif short and interval and interval[1] <= interval[2]:
            intervals.add((interval[1], interval[2]))
        else:
            raise Unread(f"koder, «alle» eller «alle unntatt …» («{quotable(term)[:_LONGEST]}» er ikke en kode)")
    if not codes | intervals | prefixes:
        raise Unread("koder, også etter «alle unntatt»")
    in_order = tuple(sorted(codes, key=natural))
    return model.CodeSet(codes=in_order, intervals=tuple(sorted(intervals)), prefixes=tuple(sorted(prefixes)))


def _numbered(low: str, high: str) -> set[str]:
    """The codes of an interval of whole numbers, as long as the first is written: «001–010»."""
    width = len(low) if low.startswith("0") else 0
    return {str(number).zfill(width) for number in range(int(low), int(high) + 1)}


def natural(code: str) -> tuple[tuple[int, int, str], ...]:
    """What codes are ordered by: numbers in them by size, so that 2ad stands before 11ad."""
    parts = re.findall(r"[0-9]+|[^0-9]+", code)
    return tuple((0, int(part), part) if part.isdigit() else (1, 0, part) for part in parts)
