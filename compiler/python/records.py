"""The records that come in: a dataclass for each, and the fields that data is read by."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from compiler import model
from compiler.fields import fields_of
from compiler.python.distinctions import Distinctions
from compiler.python.layout import capital, decimal, filled, laid_out, plain, python_time
from compiler.python.symbols import class_name, fields_name
from compiler.runtime.lesing import Felt
from compiler.words import spoken

_TYPES = {
    "ja/nei": "bool",
    "heltall": "int | Decimal",
    "desimaltall": "Decimal | int | str",
    "dato": "date | str",
    "tidspunkt": "datetime | str",
    "koder": "Sequence[str]",
}
_WITH_BORDERS = ("heltall", "desimaltall", "dato", "tidspunkt")
"""The kinds of field that rules can hold against borders."""
_RECORD = '''
    @dataclass(frozen=True, slots=True, kw_only=True)
    class $name:
        """$title. Det som ikke er oppgitt, er None."""

    $fields
'''
_FIELD = '''
    $name: $type | None = None
    """$doc"""
'''


def records(rulebook: model.Rulebook) -> Iterator[str]:
    """The dataclasses, those of list elements first, and the fields of what comes in."""
    yield "# ---- opplysningene som kommer inn"
    for record in sorted(rulebook.records, key=lambda record: -_depth(rulebook, record)):
        yield _record(rulebook, record)
    distinctions = Distinctions(rulebook)
    for record in rulebook.top_records():
        if record.gathering is not None:
            yield _collection_fields(rulebook, record)
            continue
        found = [_with_borders(felt, distinctions) for felt in fields_of(rulebook, record)]
        fields = "\n".join(f"    {laid_out('', _felt(felt))}," for felt in found)
        yield f"{fields_name(record)} = (\n{fields}\n)"


def _collection_fields(rulebook: model.Rulebook, record: model.Record) -> str:
    """The fields of a collection: its keys, and the list, whose elements have the fields of what it is made of."""
    assert record.gathering is not None
    inner = fields_name(rulebook.record(record.gathering.of))
    found = [replace(felt, av=()) for felt in fields_of(rulebook, record)]
    written = [f"{_felt(felt)[:-1]}, av={inner})" if felt.slag == "liste" else _felt(felt) for felt in found]
    fields = "\n".join(f"    {laid_out('', one)}," for one in written)
    return f"{fields_name(record)} = (\n{fields}\n)"


def _depth(rulebook: model.Rulebook, record: model.Record) -> int:
    """How many records a record stands in."""
    return 0 if record.outer is None else 1 + _depth(rulebook, rulebook.record(record.outer))


def _with_borders(felt: Felt, distinctions: Distinctions) -> Felt:
    """A field with what the rules tell apart in it, and in the elements of its list."""
    if felt.slag == "liste":
        return replace(felt, av=tuple(_with_borders(one, distinctions) for one in felt.av))
    return replace(felt, grenser=distinctions.of(felt.navn)) if felt.slag in _WITH_BORDERS else felt


def _record(rulebook: model.Rulebook, record: model.Record) -> str:
    fields = "\n".join(_field(rulebook, record, felt) for felt in fields_of(rulebook, record))
    return filled(_RECORD, name=class_name(record), title=plain(record.title or record.id), fields=fields)


def _field(rulebook: model.Rulebook, record: model.Record, felt: Felt) -> str:
    """A field of a dataclass."""
    text = filled(_FIELD, name=felt.id, type=_type(rulebook, felt), doc=plain(_meaning(record, felt)))
    return "\n".join(f"    {line}" for line in text.split("\n"))


def _meaning(record: model.Record, felt: Felt) -> str:
    """What a field is."""
    field = record.field(felt.navn)
    text = "gruppen posten alt har, når den er oppgitt" if field is None else field.text or spoken(felt.navn)
    unit = f", i {felt.enhet}" if felt.enhet else ""
    return f"{capital(text)}{unit}." + (" Kan mangle." if felt.kan_mangle else "")


def _type(rulebook: model.Rulebook, felt: Felt) -> str:
    """The type of a field that is stated."""
    if felt.slag == "valg":
        return f"Literal[{', '.join(map(repr, felt.valg))}]"
    if felt.slag == "liste":
        inner = next(f.of for r in rulebook.records for f in r.fields if f.name == felt.navn and f.of)
        return f"Sequence[{class_name(rulebook.record(inner))}]"
    return _TYPES.get(felt.slag, "str")


def _felt(felt: Felt) -> str:
    """A field as Python."""
    return f"Felt({', '.join(_felt_arguments(felt))})"


def _felt_arguments(felt: Felt) -> Iterator[str]:
    """What a field is made from, without what is so anyway."""
    yield from map(repr, (felt.navn, felt.id, felt.slag))
    if felt.enhet:
        yield repr(felt.enhet)
        if (felt.teller, felt.nevner) != (1, 1):
            yield from (str(felt.teller), str(felt.nevner))
    if felt.valg:
        yield f"valg={felt.valg!r}"
    if felt.kjente is not None:
        known = f"frozenset({sorted(felt.kjente)!r})" if felt.slag == "kode" else repr(tuple(felt.kjente))
        yield f"kjente={known}"
    if felt.av:
        yield f"av=({', '.join(map(_felt, felt.av))},)"
    if felt.grenser is not None:
        borders = (python_time(one) if isinstance(one, date) else decimal(one) for one in felt.grenser)
        yield f"grenser=({''.join(f'{border}, ' for border in borders)})"
    if felt.ordnet_etter:
        yield f"ordnet_etter={felt.ordnet_etter!r}"
    yield from (f"{name}=True" for name in ("kan_mangle", "ikke_negativ", "store_bokstaver") if getattr(felt, name))
