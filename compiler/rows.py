"""Groups and tariffs: rows of tables, and the conditions of groups."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from compiler import model
from compiler.expressions import Expressions
from compiler.kinds import field_kind, in_base
from compiler.names import normal_code
from compiler.replacements import dated, joined, within_year
from compiler.state import GROUP_KEY, TARIFF_KEY, State, chapter_of
from compiler.walk import references
from dsl import tree
from dsl.diagnostics import Correction, nearest
from dsl.keywords import LINE_WORDS

Cell = Decimal | str | bool | model.CodeSet


def group_stub(state: State, block: tree.GroupDecl) -> None:
    """Take in a group, as yet without its condition."""
    id_ = str(block.ref)
    if state.declare("gruppe", id_, block.span, state.groups):
        common = state.common(id_, block.title, block.span, block.tail)
        grouping = _grouping_above(state, block)
        replaced = state.replaced.get(("gruppe", id_))
        if replaced is not None and (grouping is None or grouping.since < state.year):
            grouping = state.groupings.get(replaced[0].grouping or "", grouping)
        owner = grouping.id if grouping is not None else None
        state.groups[id_] = model.Group(**common, scheme=block.ref.scheme, shown=id_, grouping=owner)


def _grouping_above(state: State, block: tree.GroupDecl) -> model.Grouping | None:
    """The nearest grouping above a group in its chapter; else the rulebook's own of a record that comes in."""
    chapter, line = chapter_of(block.span.path), block.span.line
    here = [g for g in state.groupings.values() if g.place.chapter == chapter]
    above = [g for g in here if g.since < state.year or g.place.line < line]
    nearest_above = max(above, key=lambda g: (g.since == state.year, g.place.line), default=None)
    if nearest_above is not None:
        return nearest_above
    return state.record_grouping() or next(iter(state.groupings.values()), None)


def row(state: State, block: tree.GroupDecl | tree.TariffDecl) -> None:
    """Take in the row of a table that a group or a tariff is."""
    if isinstance(block, tree.TariffDecl):
        table = state.keyed_table(TARIFF_KEY)
        rows = {row.key: row for row in table.rows} if table else {}
        if state.declare("takst", normal_code(block.code), block.span, rows):
            _row(state, block, table, TARIFF_KEY, normal_code(block.code))
    elif (
        state.places.get(("gruppe", str(block.ref))) == block.span and state.groups[str(block.ref)].since == state.year
    ):
        _row(state, block, state.keyed_table(GROUP_KEY), GROUP_KEY, str(block.ref))


def _row(state: State, block: tree.GroupDecl | tree.TariffDecl, table: model.Table | None, key: str, id_: str) -> None:
    """Add the row to its table."""
    if table is None:
        if block.columns and "tabell" not in state.unreadable:
            hint = f"skriv «tabell NAVN av {key}» med kolonnene"
            state.fault("R205", f"regelverket har ingen «tabell» av {key}", block.columns[0].span, hint)
        return
    values: dict[str, Cell] = {}
    for column in block.columns:
        field = table.field(column.name)
        if field is None or column.name == key:
            words = [f.name for f in table.fields] + sorted(LINE_WORDS[key])
            known = ", ".join(f.name for f in table.fields if f.name != key)
            hint = nearest(column.name, words) or (f"kolonnene er {known}" if known else "tabellen har ingen kolonner")
            state.fault("R205", f"ukjent linje «{column.name}» i {key} {id_}", column.span, hint)
            if isinstance(hint, Correction):
                state.without_value.add((id_, hint.right))
        elif column.name in values:
            state.fault("R202", f"«{column.name}» står to ganger i {key} {id_}", column.span, "ta bort den ene")
        else:
            value = cell(state, field, column.items)
            if value is None:
                state.without_value.add((id_, column.name))
            else:
                values[column.name] = value
    common = state.common(id_, block.title, block.span, block.tail)
    made = model.Row(**common, key=id_, values=values, shown=id_)
    state.tables[table.id] = table.model_copy(update={"rows": (*table.rows, made)})


# ---- cells


def cell(state: State, field: model.RecordField, items: tree.Items) -> Cell | None:
    """The value of a column, as written in a row; None where it is unknown or at fault."""
    kind = field_kind(field)
    if field.kind == "koder" and not _is_unknown(items):
        return state.calls.code_set(items.values)
    if len(items.values) != 1:
        _too_many(state, field, items)
        return None
    written = items.values[0]
    if isinstance(written, tree.Unknown):
        return None
    value, found = state.calls.value(written, kind)
    if found.name == "ukjent":
        return None
    if found.name != kind.name and not (kind.name == "kode" and found.name == "tekst"):
        state.fault("R302", f"«{field.name}» skal være {kind.words}, ikke {found.words}", written.span)
        return None
    match value:
        case model.NumberValue(value=number):
            return _number(state, field, written, number, found.dimension == kind.dimension)
        case model.StringValue(value=text):
            return text
        case model.BoolValue(value=yes):
            return yes
        case _:
            state.fault("R302", f"«{field.name}» skal være en verdi, ikke noe som regnes ut", written.span)
            return None


def _is_unknown(items: tree.Items) -> bool:
    """Whether a list is just «ukjent»."""
    return len(items.values) == 1 and isinstance(items.values[0], tree.Unknown)


def _too_many(state: State, field: model.RecordField, items: tree.Items) -> None:
    """Report several values where one must stand."""
    parts = [value for value in items.values if isinstance(value, tree.Quantity)]
    hint = None
    if field_kind(field).name == "tall" and len(parts) == len(items.values) == 2:
        hint = f"skriv «{parts[0].text},{parts[1].text}», uten mellomrom etter kommaet"
    state.fault("R305", f"«{field.name}» skal ha én verdi, ikke {len(items.values)}", items.span, hint)


def _number(
    state: State, field: model.RecordField, written: tree.Expr, value: Decimal, same_dimension: bool
) -> Decimal:
    """A number in base units; one without a unit has the unit of its column."""
    bare = isinstance(written, tree.Quantity) and written.unit is None
    if bare and field.unit is not None:
        return in_base(value, Fraction(field.unit.numerator, field.unit.denominator))
    if not same_dimension:
        unit = f"i {field.unit.shown}" if field.unit else "et tall uten enhet"
        state.fault("R301", f"enhetene passer ikke: «{field.name}» er {unit}", written.span, "rett enheten")
    return value


def incomplete_rows(state: State) -> None:
    """R214: a column without value that is neither yearly, nor a set, nor may be missing."""
    written = {kind for kind, _ in state.places}
    for table in (table for table in state.tables.values() if table.key in written):
        optional = {f.name for f in table.fields if f.yearly or f.may_lack or f.kind == "koder"} | {table.key}
        needed = [f.name for f in table.fields if f.name not in optional]
        for line in table.rows:
            span = state.places.get((table.key, line.key))
            for name in needed if span is not None else ():
                if span is not None and name not in line.values and (line.key, name) not in state.without_value:
                    hint = f"skriv «{name} …» i blokken, eller «kan mangle» ved kolonnen"
                    state.fault("R214", f"{table.key} {line.shown} mangler «{name}»", span, hint)


# ---- conditions of groups


def group_condition(state: State, block: tree.GroupDecl) -> None:
    """Resolve what must hold for a group."""
    group = state.groups.get(str(block.ref))
    if group is None or group.since != state.year or state.places.get(("gruppe", group.id)) != block.span:
        return
    grouping = state.groupings.get(group.grouping or "")
    if grouping is None:
        if "gruppering" not in state.unreadable:
            gathered = [r.id for r in state.records.values() if r.gathering is not None]
            owner = next(iter(gathered if block.uses is not None else state.records), "Kontakt")
            hint = f"skriv for eksempel «gruppering drg for hver {owner}»"
            state.fault("R215", "en gruppe med «når» trenger en «gruppering»", block.span, hint)
        return
    owner_record = state.records.get(grouping.record)
    if owner_record is None:
        return
    scope = state.scope(owner_record, block.tail.lenient)
    if block.uses is not None:
        group = group.model_copy(update={"uses": _uses(scope, owner_record, block.uses)})
    condition = scope.condition(block.when) if block.when is not None else None
    if condition is None:
        message = f"gruppe {group.id} har «bruker» uten «når»"
        state.fault("R205", message, block.span, "skriv for eksempel «når minst én av kontakter»")
        return
    if block.tail.from_day is not None and within_year(state, block.tail.from_day):
        condition = joined(dated(state, owner_record, block.tail.from_day, ends=False), condition) or condition
        group = group.model_copy(update={"starts": block.tail.from_day.day})
    way = _way_to_grouping(state, condition, grouping.id)
    if way is not None:
        through = f", gjennom {' og '.join(f'«{name}»' for name in way)}" if way else ""
        hint = "vilkåret må bygge på opplysninger som er kjent før gruppen er det"
        span = block.when.span if block.when is not None else block.span
        state.fault("R207", f"vilkåret i gruppe {group.id} spør etter gruppen selv{through}", span, hint)
        return
    state.groups[group.id] = group.model_copy(update={"when": condition})


def _uses(scope: Expressions, record: model.Record, written: tree.Expr) -> model.ListExpr | None:
    """The elements of a collection's list that a group takes."""
    inner = written.items if isinstance(written, tree.Filtered) else written
    listed = record.gathering.elements if record.gathering is not None else None
    if listed is None or not isinstance(inner, tree.Name) or inner.name != listed:
        hint = f"skriv «bruker {listed} der …»" if listed else "bare grupper av en «samling» bruker noe"
        scope.fault("R205", "«bruker» sier ikke hva i samlingen gruppen tar", inner.span, hint)
        return None
    return scope.items(written)[0]


def _way_to_grouping(state: State, condition: model.Expr, grouping: str) -> list[str] | None:
    """The terms by which a condition asks for the group; None where it does not."""
    seen: set[str] = set()
    waiting: list[tuple[object, list[str]]] = [(condition, [])]
    while waiting:
        node, way = waiting.pop()
        for kind, id_ in _sorted(references(node)):
            if kind == "gruppering" and id_ == grouping:
                return way
            if kind == "begrep" and id_ in state.terms and id_ not in seen:
                seen.add(id_)
                waiting.append((state.terms[id_], [*way, id_]))
    return None


def _sorted(found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(set(found))
