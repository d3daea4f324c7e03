"""Whether two rulebooks fit the same data, and what both work out of it that can be summed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from compiler import model
from compiler.bulk.columns import field_names
from compiler.fields import fields_of
from compiler.names import identifier
from compiler.runtime.forklaring import tall, vist
from compiler.runtime.lesing import Felt
from compiler.runtime.verdier import lest
from dsl.diagnostics import nearest

_SUMMED = ("kr", "poeng")
"""The units whose numbers are summed when nobody says which."""
_NUMBERS = ("heltall", "desimaltall")


class DoNotFit(Exception):
    """The two rulebooks cannot be held against each other on this data; the text says why."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A calculation that both rulebooks make, summed over the contacts."""

    id: str
    column: str
    unit: str

    @property
    def name(self) -> str:
        """What it is called where it is read."""
        return lest(self.id)

    def shown(self, value: Decimal) -> str:
        """A number of it: «45 808 kr»."""
        return vist(value, self.unit)

    def change(self, value: Decimal) -> str:
        """A change of it, with its sign: «+1 200 kr»."""
        sign = "+" if value > 0 else ""
        return f"{sign}{tall(value)} {self.unit}".rstrip()


def require_fit(before: model.Rulebook, after: model.Rulebook, kind: str, columns: Sequence[str]) -> None:
    """Refuse rulebooks that do not read the same kind of record from the same columns."""
    if not columns:
        raise DoNotFit("dataene har ingen kolonner som kan leses")
    tops = [record.id for record in after.top_records()]
    if kind not in tops:
        known = ", ".join(tops)
        message = f"{before.name} leser opplysningene {kind}, og det gjør ikke {after.name}: der er det {known}"
        raise DoNotFit(f"{message}. Velg andre med --opplysninger")
    for rulebook in (before, after):
        if not columns_read(rulebook, kind, columns):
            known = ", ".join(felt.navn for felt in fields_of(rulebook, rulebook.record(kind))[:8])
            raise DoNotFit(f"ingen av kolonnene i dataene er opplysninger som {rulebook.name} leser ({known} …)")


def require_same_keys(before: model.Rulebook, after: model.Rulebook, collection: str) -> None:
    """Refuse collections that only one of the two has, or that are not gathered by the same from the same records."""
    first, second = (_gathered_by(rulebook, collection) for rulebook in (before, after))
    if second is None:
        known = ", ".join(one.id for one in after.records if one.gathering is not None) or "ingen"
        raise DoNotFit(f"{after.name} har ikke samlingen {collection}; samlingene der er {known}")
    if first != second:
        raise DoNotFit(
            f"{collection} er {first} i {before.name} og {second} i {after.name}, så samlingene kan ikke sammenlignes "
            "en for en"
        )


def _gathered_by(rulebook: model.Rulebook, collection: str) -> str | None:
    """What a collection is of, and what its records have in common."""
    for record in rulebook.records:
        if record.id == collection and record.gathering is not None:
            keys = " og ".join(key.name for key in record.gathering.keys)
            return f"{record.gathering.of} per {keys}" if keys else f"alle av {record.gathering.of}"
    return None


def common_collections(before: model.Rulebook, after: model.Rulebook, kind: str) -> list[str]:
    """The collections of a kind of record that both rulebooks have."""
    others = {record.id for record in after.collections_of(kind)}
    return [record.id for record in before.collections_of(kind) if record.id in others]


def fields_read(rulebook: model.Rulebook, kind: str) -> tuple[Felt, ...]:
    """The fields that a rulebook reads of a record, those of the rulebook it uses among them."""
    own = fields_of(rulebook, rulebook.record(kind))
    used = rulebook.used
    return own if used is None else (*own, *fields_read(used, used.top_records()[0].id))


def columns_read(rulebook: model.Rulebook, kind: str, columns: Sequence[str]) -> list[str]:
    """The columns of the data that a rulebook reads."""
    names = {name for felt in fields_read(rulebook, kind) for name in (felt.id, felt.navn)}
    return [column for column in columns if column in names]


def notes_on_columns(before: model.Rulebook, after: model.Rulebook, kind: str, columns: Sequence[str]) -> list[str]:
    """What is worth knowing of columns that only one of the two reads."""
    first, second = columns_read(before, kind, columns), columns_read(after, kind, columns)
    only = ((before, [one for one in first if one not in second]), (after, [one for one in second if one not in first]))
    return [f"{_quoted(found)} leses bare av {rulebook.name}." for rulebook, found in only if found]


def misspelt_columns(before: model.Rulebook, after: model.Rulebook, kind: str, columns: Sequence[str]) -> Iterator[str]:
    """The columns that neither reads, and that are nearly called what a field without a column is."""
    fields = [name for rulebook in (before, after) for name in field_names(rulebook, rulebook.record(kind))]
    lacking = [field for field in dict.fromkeys(fields) if not {field, identifier(field)} & set(columns)]
    for column in columns:
        hint = nearest(column, lacking) if column not in fields and not column.startswith("_") else None
        if hint is not None:
            yield f"Kolonnen «{column}» er ikke lest: {hint}"


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"«{name}»" for name in names)


# ---- what is summed


def measures(before: model.Rulebook, after: model.Rulebook, kind: str, asked: Sequence[str]) -> list[Measure]:
    """What is summed: what is asked for, or else all kroner and then all points that both work out."""
    first, second = _numbers(before, kind), _numbers(after, kind)
    both = [one for id_, one in first.items() if second.get(id_) == one]
    if asked:
        return [_asked(name, both, before, after) for name in dict.fromkeys(asked)]
    return [one for unit in _SUMMED for one in both if one.unit == unit]


def notes_on_measures(before: model.Rulebook, after: model.Rulebook, kind: str) -> list[str]:
    """The kroner and points that only one of the two works out, and that are therefore not summed."""
    first, second = _numbers(before, kind), _numbers(after, kind)
    found = []
    for rulebook, own, other in ((before, first, second), (after, second, first)):
        alone = [one.name for id_, one in own.items() if one.unit in _SUMMED and other.get(id_) != one]
        if alone:
            found.append(f"{_quoted(alone)} regnes bare ut av {rulebook.name}, og er ikke med.")
    return found


def _numbers(rulebook: model.Rulebook, kind: str) -> dict[str, Measure]:
    """The calculations of a record that are numbers, by id; with those of the rulebook it uses."""
    used = rulebook.used if rulebook.record(kind).gathering is None else None
    found = {} if used is None else _numbers(used, used.top_records()[0].id)
    for term in rulebook.terms:
        if term.in_result and term.record == kind and term.kind in _NUMBERS:
            found[term.id] = Measure(term.id, term.identifier, term.unit.shown if term.unit else "")
    return found


def _asked(name: str, both: Sequence[Measure], before: model.Rulebook, after: model.Rulebook) -> Measure:
    """The measure with a name."""
    for one in both:
        if identifier(name.replace(" ", "_")) == one.column:
            return one
    known = [one.id for one in both]
    hint = nearest(name, known) or (f"velg mellom {', '.join(known)}" if known else "de har ingen felles")
    raise DoNotFit(f"«{name}» er ikke et tall som både {before.name} og {after.name} regner ut: {hint}")
