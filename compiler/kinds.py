"""Kinds of value and dimensions of numbers: what the checker knows of an expression."""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from compiler.model import FieldKind, Rate, RecordField, Unit
from dsl import tree
from dsl.keywords import CURRENCIES, UNITS

Dimension = tuple[tuple[str, int], ...]
"""Base unit and exponent, sorted: kroner per poeng is (("kr", 1), ("poeng", −1))."""

_SHOWN_BASE = {"kr": "kr", "poeng": "poeng", "dag": "dager", "minutt": "minutter", "måned": "måneder"}

_WORDS = {
    "ja/nei": "ja eller nei",
    "dato": "en dato",
    "tidspunkt": "et tidspunkt",
    "tekst": "en tekst",
    "kode": "en kode",
    "valg": "et valg",
    "gruppe": "en gruppe",
    "mengde": "en liste med koder",
    "liste": "en liste",
    "post": "et sett opplysninger",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What an expression's value is."""

    name: Literal[
        "ja/nei",
        "tall",
        "dato",
        "tidspunkt",
        "tekst",
        "kode",
        "valg",
        "gruppe",
        "mengde",
        "liste",
        "post",
        "ukjent",
    ]
    dimension: Dimension = ()
    choices: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    record: str | None = None
    shown: Unit | None = None
    """How a number of this kind is written, where it comes from a field or a rate."""

    @property
    def words(self) -> str:
        """The kind as a message names it."""
        if self.name != "tall":
            return _WORDS.get(self.name, self.name)
        if not self.dimension:
            return "et tall uten enhet"
        return f"et tall i {self.shown.shown if self.shown else dimension_text(self.dimension)}"


BOOL = Kind("ja/nei")
UNKNOWN = Kind("ukjent")
"""The kind of what could not be resolved: it fits everywhere, so that one fault gives one message."""


def dimension_text(dimension: Dimension) -> str:
    """A dimension in words: «kr per poeng»; «tall» for none."""
    over = [_SHOWN_BASE.get(base, base) for base, power in dimension for _ in range(max(power, 0))]
    under = [_SHOWN_BASE.get(base, base) for base, power in dimension for _ in range(max(-power, 0))]
    text = " × ".join(over) or "1"
    return f"{text} per {' per '.join(under)}" if under else text if over else "tall"


def exchange_hint(left: Dimension, right: Dimension) -> str | None:
    """What to do where two amounts differ only in the currency; None where that is not what is wrong."""
    one, other = ([base for base, _ in dimension if base in CURRENCIES] for dimension in (left, right))
    if len(one) != 1 or len(other) != 1 or times(left, ((other[0], 1),)) != times(right, ((one[0], 1),)):
        return None
    if one == other:
        return None
    money = f"{one[0]} er {CURRENCIES[one[0]]}, og {other[0]} er {CURRENCIES[other[0]]}"
    return f"{money}; gang det ene med en sats i {one[0]} per {other[0]} eller {other[0]} per {one[0]}"


def times(left: Dimension, right: Dimension, sign: int = 1) -> Dimension:
    """The dimension of a product, or with sign −1 of a quotient."""
    powers = dict(left)
    for base, power in right:
        powers[base] = powers.get(base, 0) + sign * power
    return tuple(sorted((base, power) for base, power in powers.items() if power))


def unit_of(unit: tree.Unit | None) -> tuple[Dimension, Fraction, Unit | None]:
    """The dimension of a written unit, the factor to base units, and how it is shown."""
    if unit is None:
        return (), Fraction(1), None
    dimension, factor = _word(unit.word)
    shown = unit.word
    if unit.per is not None:
        under, under_factor = _word(unit.per)
        dimension, factor = times(dimension, under, -1), factor / under_factor
        shown = f"{unit.word} per {unit.per}"
    return dimension, factor, Unit(shown=shown, numerator=factor.numerator, denominator=factor.denominator)


def _word(word: str) -> tuple[Dimension, Fraction]:
    """The dimension and factor of one unit word; a word that is no unit counts things of its name."""
    base, numerator, denominator = UNITS.get(word, (word, 1, 1))
    return ((base, 1),) if base else (), Fraction(numerator, denominator)


def in_base(value: Decimal, factor: Fraction) -> Decimal:
    """A written number in base units."""
    return value * factor.numerator / factor.denominator


def shown_unit(dimension: Dimension) -> Unit | None:
    """How a computed number of a dimension is shown."""
    return Unit(shown=dimension_text(dimension)) if dimension else None


def field_kind(field: RecordField) -> Kind:
    """The kind of a field's value."""
    names: dict[FieldKind, Kind] = {
        "ja/nei": BOOL,
        "dato": Kind("dato"),
        "tidspunkt": Kind("tidspunkt"),
        "tekst": Kind("tekst"),
        "kode": Kind("kode", origins=field.origins),
        "koder": Kind("mengde", origins=field.origins),
        "valg": Kind("valg", choices=field.choices),
        "gruppe": Kind("gruppe", origins=field.origins),
        "liste": Kind("liste", record=field.of),
    }
    if field.kind in names:
        return names[field.kind]
    return Kind("tall", dimension=field_dimension(field.unit), shown=field.unit)


def field_dimension(unit: Unit | None) -> Dimension:
    """The dimension of a shown unit."""
    if unit is None:
        return ()
    word, _, per = unit.shown.partition(" per ")
    dimension, _ = _word(word)
    return times(dimension, _word(per)[0], -1) if per else dimension


def without_shown(kind: Kind) -> Kind:
    """The kind of a computed number, which is shown in base units unless something says otherwise."""
    return replace(kind, shown=None) if kind.name == "tall" else kind


def rate_kind(rate: Rate) -> Kind:
    """The kind of a rate's value."""
    if rate.value is None and rate.unit is None:
        return UNKNOWN
    return Kind("tall", field_dimension(rate.unit), shown=rate.unit)
