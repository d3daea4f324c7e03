"""What the reader of data must know of a record's fields and a table's columns, from the model."""

from compiler import model
from compiler.runtime.lesing import Felt

_NEVER_NEGATIVE = ("dag", "døgn", "uke", "minutt", "time", "måned", "tertial", "år", "%", "prosent")


def fields_of(rulebook: model.Rulebook, record: model.Record) -> tuple[Felt, ...]:
    """The fields of a record as the reader of data sees them; the grouping's answer is one, that may be given."""
    of, found = rulebook.read_as.get(record.id, (None, ()))
    if of is not record:
        found = _fields(rulebook, record)
        rulebook.read_as[record.id] = record, found
    return found


def _fields(rulebook: model.Rulebook, record: model.Record) -> tuple[Felt, ...]:
    found = [_field(rulebook, field) for field in record.fields]
    grouping = rulebook.grouping_of(record.id)
    if grouping is not None and record.gathering is None and record.field(grouping.id) is None:
        groups = tuple(group.id for group in rulebook.groups_of(grouping))
        found.append(Felt(grouping.id, grouping.identifier, "gruppe", kjente=groups, kan_mangle=True))
    return tuple(found)


def _order_of(rulebook: model.Rulebook, field: model.RecordField) -> str:
    """The identifier of the field that a list is put in order by; nothing for a list that stands as given."""
    by = rulebook.record(field.of).field(field.ordered_by) if field.of and field.ordered_by else None
    return by.identifier if by is not None else ""


def _field(rulebook: model.Rulebook, field: model.RecordField) -> Felt:
    unit = field.unit or model.Unit(shown="")
    known: tuple[str, ...] | None = None
    if field.kind == "gruppe":
        known = tuple(group.id for group in rulebook.groups)
    tables = [table for table in rulebook.tables if table.id in field.origins]
    if tables:
        known = tuple(dict.fromkeys(row.key for table in tables for row in table.rows))
    return Felt(
        field.name,
        field.identifier,
        field.kind,
        unit.shown,
        unit.numerator,
        unit.denominator,
        valg=field.choices,
        kjente=known,
        av=fields_of(rulebook, rulebook.record(field.of)) if field.of else (),
        ordnet_etter=_order_of(rulebook, field),
        kan_mangle=field.may_lack,
        ikke_negativ=unit.shown.startswith(_NEVER_NEGATIVE) and " per " not in unit.shown,
        store_bokstaver="ICD-10" in field.origins,
    )


def felt(column: model.RecordField) -> Felt:
    """A column of a table as the reader of data sees it; any cell may be empty."""
    unit = column.unit or model.Unit(shown="")
    return Felt(
        column.name,
        column.identifier,
        "tekst" if column.kind in ("gruppe", "liste") else column.kind,
        unit.shown,
        unit.numerator,
        unit.denominator,
        valg=column.choices,
        kan_mangle=True,
    )
