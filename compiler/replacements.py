"""What a rule year puts in place of what it inherited, moves, ends within the year, and clarifies."""

from collections.abc import Iterable
from typing import Any

from compiler import model
from compiler.state import GROUP_KEY, State
from compiler.walk import nodes
from dsl import tree
from dsl.diagnostics import Span, nearest

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
    if (kind, id_) in state.replaced:
        other = state.replaced[(kind, id_)][1]
        state.fault("R202", f"«{as_written(kind, id_)}» er erstattet to ganger", block.span, "behold den ene", other)
        return False
    if id_ not in state.known(kind):
        year = state.base.year if state.base else "året før"
        message = f"«{as_written(kind, id_)}» finnes ikke som {kind} i {year} og kan ikke erstattes"
        hint = nearest_written(kind, id_, store) or "skriv den uten «erstatter» når den er ny"
        if state.base is None:
            hint = f"skriv «bygger på {state.header.scheme} …» i «regelverk»"
        state.fault("R206", message, block.span, hint)
        return False
    old = store[id_]
    if isinstance(old, model.Grouping) and (old.columns or old.results):
        hint = f"skriv «endrer gruppering {id_}» og radene som går ut og inn"
        state.fault("R216", "en gruppering med regeltabeller kan ikke erstattes", block.span, hint)
        return False
    if isinstance(old, model.Term) and old.in_result != (kind == "beregning"):
        was = "en beregning" if old.in_result else "et begrep"
        hint = f"skriv «erstatter {'beregning' if old.in_result else 'begrep'} {id_}»"
        state.fault("R206", f"«{id_}» er {was} i {old.last_changed} og kan ikke erstattes slik", block.span, hint)
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
        case tree.GroupingDecl(name=name):
            return "gruppering", name, state.groupings
        case tree.CollectionDecl(name=name):
            return "samling", name, state.records
        case _:
            raise AssertionError(f"«erstatter» cannot stand before {block}")


def exception_id(block: tree.ExceptionDecl) -> str:
    """The id of an exception: what it is from, and its title."""
    return f"{block.target}: {block.title}"


def as_written(kind: str, id_: str) -> str:
    """What a definition is called where it is amended: an exception by what it is from and its title."""
    target, _, title = id_.partition(": ")
    return f"{target} «{title}»" if kind == "unntak" else id_


def nearest_written(kind: str, id_: str, known: Iterable[str]) -> str | None:
    """A hint with the known definition that is most like this one."""
    return nearest(as_written(kind, id_), [as_written(kind, other) for other in known])


def settle_replaced(state: State) -> None:
    """Give each replacement the history of what it replaced, and report one that changes nothing."""
    rules = state.rules()
    for (kind, id_), (old, span) in state.replaced.items():
        new = rules[kind].get(id_)
        if new is None:
            continue
        if isinstance(new, model.Record):
            new = new.model_copy(update={"fields": tuple(_as_before(old, field) for field in new.fields)})
        same_row = kind != "gruppe" or _row_values(state.base, id_) == _row_values(state, id_)
        if _meaning(old) == _meaning(new) and old.title == new.title and same_row:
            written = f"erstatter {kind} {'fra ' if kind == 'unntak' else ''}{as_written(kind, id_)}"
            state.fault("R403", f"«{written}» endrer ingenting", span, "ta den bort, eller rett det nye")
        because = new.changes[-1].because if new.changes else None
        change = model.Change(year=state.year, kind="endret", because=because)
        rules[kind][id_] = new.model_copy(update={"since": old.since, "changes": (*old.changes, change)})


def _as_before(old: model.Record, field: model.RecordField) -> model.RecordField:
    """A field with the year that it is from, where the old one had it alike."""
    before = old.field(field.name)
    same = before is not None and before == field.model_copy(update={"since": before.since})
    return before if before is not None and same else field


def in_old_order(state: State) -> None:
    """Put the collections, groupings and groups that are replaced where the old ones stood."""
    base = state.base
    for kind, before in (
        (("samling", base.records), ("gruppering", base.groupings), ("gruppe", base.groups)) if base else ()
    ):
        store = state.rules()[kind]
        if any(of == kind for of, _ in state.replaced):
            order = [one.id for one in before if one.id in store]
            settled = {id_: store.pop(id_) for id_ in [*order, *(id_ for id_ in store if id_ not in order)]}
            store.update(settled)


def _row_values(rulebook: State | model.Rulebook | None, group: str) -> dict[str, Any]:
    """What the tables of groups say of a group."""
    tables: Any = () if rulebook is None else rulebook.tables
    rows = [table.row(group) for table in (tables.values() if isinstance(tables, dict) else tables)]
    return {name: value for row in rows if row is not None for name, value in row.values.items()}


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
    group, beside = state.groups[id_], state.groups[other]
    joins = group.grouping != beside.grouping
    if joins and group.since < state.year:
        message = f"«{id_}» og «{other}» er ikke i samme gruppering"
        state.fault("R216", message, block.span, "en gruppe flyttes bare i sin egen gruppering")
        return
    before = list(state.groups)
    order = [name for name in before if name != id_]
    at = order.index(other) + (0 if block.before else 1) if other != id_ else before.index(id_)
    order.insert(at, id_)
    if order == before and not joins:
        state.fault("R403", "flyttingen endrer ingenting", block.span, "gruppen står der alt")
        return
    change = model.Change(year=state.year, kind="endret", because=block.tail.because)
    update = {"changes": (*group.changes, change), "grouping": beside.grouping}
    state.groups[id_] = group.model_copy(update=update)
    state.groups = {name: state.groups[name] for name in order}


def clarification(state: State, block: tree.ClarificationDecl) -> None:
    """Take in a dated interpretation of a rule."""
    about = str(block.ref)
    known = state.known(block.kind) if block.kind in state.rules() else None
    if known is not None and about not in known:
        hint = nearest_written(block.kind, about, known)
        state.fault("R201", f"ukjent {block.kind} «{as_written(block.kind, about)}»", block.ref.span, hint)
        return
    id_ = f"{block.day.isoformat()} {block.kind} {about}"
    other = state.places.get(("presisering", id_))
    if other is not None or id_ in state.clarifications:
        message = f"{block.kind} «{as_written(block.kind, about)}» har to presiseringer fra {block.day.isoformat()}"
        state.fault("R202", message, block.span, "skriv dem som én", other)
    elif state.declare("presisering", id_, block.span, state.clarifications):
        common = state.common(id_, block.text, block.span, block.tail)
        made = model.Clarification(**common, day=block.day, text=block.text, about_type=block.kind, about=about)
        state.clarifications[id_] = made


def dated(state: State, record: model.Record, day: tree.FromDay, ends: bool) -> model.Expr | None:
    """The condition that a rule holds from a day, or until it; None, with a fault, where nothing says the date."""
    while record.id:
        if record.date is not None:
            date_of = model.Get(variable=record.variable, field=record.date.name, required=True)
            return model.Compare(operator="<" if ends else ">=", left=date_of, right=model.DateConstant(value=day.day))
        if record.outer is None:
            break
        record = state.records[record.outer]
    _undated(state, record, day.span)
    return None


def _undated(state: State, record: model.Record, span: Span) -> None:
    """R219: something changes within the year, and nothing says when a record is from."""
    if record.id:
        message = f"regelen skifter innen året, men «{record.id}» har ingen dato"
        hint = f"skriv et felt av typen dato i «opplysninger {record.id}»"
        if record.gathering is not None:
            hint = f"en samling per dato har en; ellers settes dagen på regler om {record.gathering.of}"
        state.fault("R219", message, span, hint)


def undated_rates(state: State) -> None:
    """Report rates that change within the year and that are used of records without a date."""
    changing = {rate.id for rate in state.rates.values() if rate.periods}
    used: list[tuple[str, model.Definition]] = [(term.record, term) for term in state.terms.values()]
    used += [(rule.record, rule) for rule in state.requirements.values()]
    used += [(rule.record, rule) for rule in state.exceptions.values()]
    owners = {id_: grouping.record for id_, grouping in state.groupings.items()}
    used += [(owners[group.grouping], group) for group in state.groups.values() if group.grouping in owners]
    for owner, rule in used if changing else ():
        rates = [node for node in nodes(rule) if isinstance(node, model.RateRef) and node.id in changing]
        named = {rate.id for rate in rates if rate.variable is None}
        for name in sorted(named):
            span = state.places.get(("periode", name))
            if span is not None and owner in state.records:
                _undated(state, state.records[owner], span)
            elif span is not None and isinstance(rule, model.Requirement):
                message = f"satsen skifter innen året, men radene som kravet «{rule.id}» gjelder, har ingen dato"
                state.fault("R219", message, span, "skriv tallet i kravet, eller en kolonne i tabellen")
        changing -= named


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
    stores: dict[str, dict[str, Any]] = {
        "krav": state.requirements,
        "gruppe": state.groups,
        "begrep": state.terms,
        "beregning": state.terms,
        "unntak": state.exceptions,
    }
    if block.kind in stores and name not in stores[block.kind]:
        return False
    if block.kind == "krav":
        rule: Any = state.requirements[name]
        owner, store = rule.record, state.requirements
        if rule.table is not None:
            message = "et krav til radene i en tabell kan ikke oppheves midt i året"
            state.fault("R216", message, block.span, "ta bort «fra og med …»")
            return True
    elif block.kind == "gruppe" and state.groups[name].when is not None and state.groupings:
        rule, store = state.groups[name], state.groups  # type: ignore[assignment]
        owner = state.groupings[state.groups[name].grouping or ""].record
    else:
        hint = "bare krav, og grupper med «når», kan oppheves innen året: ta bort «fra og med …»"
        message = f"{block.kind} «{as_written(block.kind, name)}» kan ikke oppheves midt i året"
        state.fault("R216", message, block.span, hint)
        return True
    if owner not in state.records:
        return True
    condition = dated(state, state.records[owner], day, ends=True)
    change = model.Change(year=state.year, kind="endret", because=block.tail.because)
    update = {"when": joined(condition, rule.when), "ends": day.day, "changes": (*rule.changes, change)}
    store[name] = rule.model_copy(update=update)
    return True


def within_year(state: State, day: tree.FromDay | None) -> bool:
    """Whether a day is within the year and after its first; a fault where it is after its last."""
    start = state.header.valid_from
    if day is None or (start is not None and day.day <= start):
        return False
    return not after_year(state, day)


def after_year(state: State, day: tree.FromDay) -> bool:
    """R220: a day is after the last that the rulebook holds."""
    end = state.header.valid_to
    if end is None or day.day <= end:
        return False
    hint = f"regelverket gjelder til og med {end.isoformat()}"
    state.fault("R220", f"{day.day.isoformat()} er etter at regelverket slutter å gjelde", day.span, hint)
    return True
