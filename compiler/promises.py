"""What a rulebook promises of itself: the order of its groups, and code sets with no code in common."""

from collections.abc import Iterator

from compiler import model
from compiler.names import normal_code
from compiler.state import GROUP_KEY, State
from dsl import tree
from dsl.diagnostics import nearest

_MOST_HINTED = 8
_NUMBERS = ("heltall", "desimaltall")


# ---- the order of groups


def promised_orders(state: State, block: tree.GroupingDecl) -> None:
    """Resolve the orders that the groups and rules of a grouping should stand in."""
    grouping = state.groupings.get(block.name)
    if grouping is None or not block.orders or state.places.get(("gruppering", block.name)) != block.span:
        return
    if grouping.alone or grouping.chooses == "alle":
        message = f"«rekkefølge» i en gruppering som velger {'eneste' if grouping.alone else 'alle'}"
        hint = "ta bort linjen: rekkefølgen avgjør bare når den første gruppen velges"
        state.fault("R205", message, block.orders[0].column.span, hint)
        return
    orders = tuple(found for one in block.orders if (found := _order(state, grouping, one)) is not None)
    state.groupings[grouping.id] = state.groupings[grouping.id].model_copy(update={"orders": orders})


def _order(state: State, grouping: model.Grouping, written: tree.PromisedOrder) -> model.PromisedOrder | None:
    """One order; None, with a fault, where it cannot be held against the groups."""
    are_columns = [_is_column(state, grouping, name) for name in (written.column, written.within) if name is not None]
    if not all(are_columns):
        return None
    table = state.keyed_table(GROUP_KEY)
    field = table.field(written.column.name) if table is not None else None
    within = written.within.name if written.within is not None else None
    if written.first is not None:
        if field is None or field.kind not in _NUMBERS:
            hint = f"skriv «rekkefølge etter {written.column.name} … før …»"
            state.fault("R302", f"«{written.column.name}» er ikke et tall", written.column.span, hint)
            return None
        return model.PromisedOrder(column=field.name, first=written.first, within=within)
    if field is not None and field.kind in (*_NUMBERS, "koder", "dato", "tidspunkt"):
        hint = f"skriv «rekkefølge høyeste {field.name} først»" if field.kind in _NUMBERS else "velg en annen kolonne"
        message = f"«{field.name}» har ikke én verdi som kan stå før en annen"
        state.fault("R302", message, written.column.span, hint)
        return None
    kinds = tuple(tuple(_value(field, value.name) for value in values) for values in written.kinds)
    if not _are_values(state, grouping, field, written):
        return None
    return model.PromisedOrder(column=written.column.name, kinds=kinds, within=within)


def _is_column(state: State, grouping: model.Grouping, name: tree.Name) -> bool:
    """Whether a name is something that each group or rule has a value of; a fault where it is not."""
    table = state.keyed_table(GROUP_KEY)
    columns = [field.name for field in table.fields if field.name != GROUP_KEY] if table is not None else []
    known = [*columns, *grouping.results, *state.rule_columns(grouping)]
    if name.name in known:
        if name.name in columns and table is not None:
            state.mention(name.span, "kolonne", f"{table.id}.{name.name}")
        return True
    hint = nearest(name.name, known) or (f"kolonnene er {', '.join(known)}" if known else None)
    message = f"«{name.name}» er ikke en kolonne som gruppene har en verdi i"
    state.fault("R205", message, name.span, hint or "skriv den i «tabell … av gruppe»")
    return False


def _value(field: model.RecordField | None, value: str) -> str:
    return normal_code(value) if field is not None and field.kind == "kode" else value


def _values(state: State, grouping: model.Grouping, field: model.RecordField | None, name: str) -> set[str]:
    """What a column can hold, or what the groups or rows have in it; nothing where that is not known."""
    if field is not None and field.kind in ("ja/nei", "valg"):
        return {"ja", "nei"} if field.kind == "ja/nei" else {*field.choices}
    if field is not None:
        table = state.keyed_table(GROUP_KEY)
        cells = [row.values.get(name) for row in table.rows] if table is not None else []
        return {cell for cell in cells if isinstance(cell, str)}
    if name in grouping.results[:1]:
        return set(state.rule_rows)
    return {cell for rule in state.rule_rows.values() if (cell := rule.results.get(name) or rule.cells.get(name))}


def _are_values(
    state: State, grouping: model.Grouping, field: model.RecordField | None, written: tree.PromisedOrder
) -> bool:
    """Whether each value is one that something has, and stands once; a fault where it is not so."""
    seen: dict[str, tree.Name] = {}
    choices = sorted(_values(state, grouping, field, written.column.name))
    for value in (value for values in written.kinds for value in values):
        if choices and _value(field, value.name) not in choices:
            hint = nearest(value.name, choices) or f"velg mellom {', '.join(choices[:_MOST_HINTED])}"
            state.fault("R203", f"«{value.name}» er ikke blant valgene her", value.span, hint)
            return False
        other = seen.setdefault(_value(field, value.name), value)
        if other is not value:
            message = f"«{value.name}» står to ganger i rekkefølgen"
            state.fault("R202", message, value.span, "ta bort det ene", other.span)
            return False
    return True


# ---- sets with no code in common


def disjoint_from(state: State, id_: str, written: tree.Disjoint) -> Iterator[str]:
    """The sets that a set should have no code in common with."""
    for name in written.sets:
        if name.name == id_:
            message = f"«{id_}» har alltid koder felles med seg selv"
            state.fault("R205", message, name.span, "skriv navnet på et annet kodesett")
        elif name.name not in state.sets:
            hint = nearest(name.name, state.sets) or "skriv navnet på et kodesett"
            state.fault("R201", f"ukjent kodesett «{name.name}»", name.span, hint)
        else:
            state.mention(name.span, "kodesett", name.name)
            yield name.name


def changed_disjoint(
    state: State, id_: str, before: tuple[str, ...], change: tree.Added | tree.Removed, written: tree.Disjoint
) -> tuple[str, ...]:
    """What a set should have no code in common with, after «legger til» or «fjerner»."""
    named = tuple(dict.fromkeys(disjoint_from(state, id_, written)))
    is_added = isinstance(change, tree.Added)
    for name in written.sets:
        if name.name in named and (name.name in before) == is_added:
            code, said = ("R403", "alt") if is_added else ("R402", "ikke")
            message = f"«ingen felles med {name.name}» står {said} i «{id_}»"
            state.fault(code, message, name.span, "ta linjen bort fra endringen")
    if is_added:
        return tuple(dict.fromkeys((*before, *named)))
    return tuple(name for name in before if name not in named)


def without(named: model.NamedSet, id_: str) -> model.NamedSet:
    """A set that promises nothing of another, which is ended."""
    if id_ not in named.disjoint:
        return named
    return named.model_copy(update={"disjoint": tuple(name for name in named.disjoint if name != id_)})
