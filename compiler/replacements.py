"""What a rule year puts in place of what it inherited, moves, ends within the year, and clarifies."""

from typing import Any

from compiler import model
from compiler.state import GROUP_KEY, State
from dsl import tree
from dsl.diagnostics import nearest

_IGNORED = {"place", "changes", "since", "citations", "title"}


def unwrapped(state: State, blocks: list[tree.Block]) -> list[tree.Block]:
    """The blocks with those after «erstatter» in place of it, what they replace taken out of what was inherited."""
    found: list[tree.Block] = []
    for block in blocks:
        if not isinstance(block, tree.ReplaceDecl):
            found.append(block)
        elif _take_away(state, block):
            found.append(block.block)
    return found


def _take_away(state: State, block: tree.ReplaceDecl) -> bool:
    """Take what is replaced out of what was inherited; False where it is not there."""
    kind, id_, store = _store(state, block.block)
    if id_ not in store:
        year = state.base.year if state.base else "året før"
        message = f"«{id_}» finnes ikke som {kind} i {year} og kan ikke erstattes"
        state.fault("R206", message, block.span, nearest(id_, store) or "skriv den uten «erstatter» når den er ny")
        return False
    state.replaced[(kind, id_)] = (store.pop(id_), block.span)
    if kind == "gruppe":
        for table in list(state.tables.values()):
            if table.key == GROUP_KEY:
                rows = tuple(row for row in table.rows if row.key != id_)
                state.tables[table.id] = table.model_copy(update={"rows": rows})
    return True


def _store(state: State, block: tree.Block) -> tuple[str, str, dict[str, Any]]:
    """The kind and id of a block, and what of that kind is known."""
    match block:
        case tree.TermDecl(name=name, in_result=in_result):
            return "beregning" if in_result else "begrep", name, state.terms
        case tree.RequirementDecl(name=name):
            return "krav", name, state.requirements
        case tree.ExceptionDecl():
            return "unntak", exception_id(block), state.exceptions
        case tree.GroupDecl(ref=ref):
            return "gruppe", str(ref), state.groups
        case _:
            raise AssertionError(f"«erstatter» cannot stand before {block}")


def exception_id(block: tree.ExceptionDecl) -> str:
    """The id of an exception: what it is from, and its title."""
    return f"{block.target}: {block.title}"


def settle_replaced(state: State) -> None:
    """Give each replacement the history of what it replaced, and report one that changes nothing."""
    stores: dict[str, dict[str, Any]] = {
        "begrep": state.terms,
        "beregning": state.terms,
        "krav": state.requirements,
        "unntak": state.exceptions,
        "gruppe": state.groups,
    }
    for (kind, id_), (old, span) in state.replaced.items():
        new = stores[kind].get(id_)
        if new is None:
            continue
        if _meaning(old) == _meaning(new) and old.title == new.title:
            state.fault("R403", f"«erstatter {kind} {id_}» endrer ingenting", span, "ta den bort, eller rett det nye")
        because = new.changes[-1].because if new.changes else None
        change = model.Change(year=state.year, kind="endret", because=because)
        stores[kind][id_] = new.model_copy(update={"since": old.since, "changes": (*old.changes, change)})


def _meaning(definition: model.Definition) -> dict[str, Any]:
    return definition.model_dump(exclude=_IGNORED)


def move(state: State, block: tree.MoveDecl) -> None:
    """Move a group before or after another."""
    id_, other = str(block.ref), str(block.other)
    if block.kind != "gruppe":
        state.fault(
            "R216", f"«flytter {block.kind}» kan ikke skrives", block.span, "bare rekkefølgen av grupper betyr noe"
        )
        return
    for name, ref in ((id_, block.ref), (other, block.other)):
        if name not in state.groups:
            message = f"«{name}» finnes ikke som gruppe og kan ikke flyttes"
            state.fault("R206", message, ref.span, nearest(name, state.groups))
            return
    before = list(state.groups)
    order = [name for name in before if name != id_]
    at = order.index(other) + (0 if block.before else 1) if other != id_ else before.index(id_)
    order.insert(at, id_)
    if order == before:
        state.fault("R403", "flyttingen endrer ingenting", block.span, "gruppen står der alt")
        return
    change = model.Change(year=state.year, kind="endret", because=block.tail.because)
    group = state.groups[id_]
    state.groups[id_] = group.model_copy(update={"changes": (*group.changes, change)})
    state.groups = {name: state.groups[name] for name in order}


def clarification(state: State, block: tree.ClarificationDecl) -> None:
    """Take in a dated interpretation of a rule."""
    stores: dict[str, dict[str, Any]] = {
        "gruppe": state.groups,
        "kodesett": state.sets,
        "sats": state.rates,
        "krav": state.requirements,
        "begrep": state.terms,
        "beregning": state.terms,
        "unntak": state.exceptions,
    }
    about = str(block.ref)
    known = stores.get(block.kind)
    if known is not None and about not in known:
        state.fault("R201", f"ukjent {block.kind} «{about}»", block.ref.span, nearest(about, known))
        return
    id_ = f"{block.day.isoformat()} {block.kind} {about}"
    if state.declare("presisering", id_, block.span, state.clarifications):
        common = state.common(id_, block.text, block.span, block.tail)
        made = model.Clarification(**common, day=block.day, text=block.text, about_type=block.kind, about=about)
        state.clarifications[id_] = made


def dated(state: State, record: model.Record, day: tree.FromDay, ends: bool) -> model.Expr | None:
    """The condition that a rule holds from a day, or that it still holds before it; None, with a fault, without a date."""
    while record.id:
        field = next((field for field in record.fields if field.kind == "dato"), None)
        if field is not None:
            date_of = model.Get(variable=record.variable, field=field.name, required=True)
            return model.Compare(operator="<" if ends else ">=", left=date_of, right=model.DateConstant(value=day.day))
        if record.outer is None:
            break
        record = state.records[record.outer]
    hint = "skriv et felt av typen dato i opplysningene, for eksempel «dato dato»"
    state.fault("R219", "regelen skifter innen året, men opplysningene har ingen dato", day.span, hint)
    return None


def joined(*conditions: model.Expr | None) -> model.Expr | None:
    """The conditions as one."""
    found = tuple(condition for condition in conditions if condition is not None)
    return found[0] if len(found) == 1 else model.All(parts=found) if found else None


def end_within_year(state: State, block: tree.RepealDecl) -> bool:
    """End a requirement or a group from a day within the year; False where the day is its first."""
    day = block.from_day
    if day is None or not within_year(state, day):
        return False
    name = str(block.ref)
    if block.kind == "krav" and name in state.requirements:
        rule: Any = state.requirements[name]
        owner, store = rule.record, state.requirements
    elif block.kind == "gruppe" and name in state.groups and state.groups[name].when is not None:
        rule, store = state.groups[name], state.groups  # type: ignore[assignment]
        owner = next(iter(state.groupings.values())).record
    else:
        hint = "opphev den fra årets begynnelse, eller erstatt den"
        state.fault("R216", f"{block.kind} «{name}» kan ikke oppheves midt i året", block.span, hint)
        return True
    condition = dated(state, state.records[owner], day, ends=True)
    change = model.Change(year=state.year, kind="endret", because=block.tail.because)
    update = {"when": joined(condition, rule.when), "ends": day.day, "changes": (*rule.changes, change)}
    store[name] = rule.model_copy(update=update)
    return True


def within_year(state: State, day: tree.FromDay | None) -> bool:
    """Whether a day is within the year and after its first; a fault where it is after its last."""
    start, end = state.header.valid_from, state.header.valid_to
    if day is None or (start is not None and day.day <= start):
        return False
    if end is not None and day.day > end:
        state.fault("R220", f"{day.day.isoformat()} er etter at regelverket slutter å gjelde", day.span)
        return False
    return True
