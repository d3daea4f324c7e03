"""What a rule year changes and ends of what it inherited."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from compiler import model
from compiler.declarations import fields, rate_value
from compiler.names import normal_code
from compiler.promises import changed_disjoint, without
from compiler.replacements import as_written, end_within_year, nearest_written
from compiler.rows import Cell, cell
from compiler.state import GROUP_KEY, TARIFF_KEY, State
from compiler.walk import nodes, references
from compiler.words import number
from compiler.written import written
from dsl import tree
from dsl.diagnostics import Correction, Span, nearest

_ARTICLES = {
    "krav": "et krav",
    "begrep": "et begrep",
    "beregning": "en beregning",
    "unntak": "et unntak",
    "samling": "en samling",
}
_NEW = "er det nytt i år, skriv det uten «endrer»"
_REFERENCE_TYPES = {
    "kodesett": "kodesett",
    "sats": "sats",
    "begrep": "begrep",
    "beregning": "begrep",
    "gruppe": "gruppe",
    "gruppering": "gruppering",
    "samling": "samling",
}


def amend(state: State, block: tree.AmendDecl) -> None:
    """Take in an amendment."""
    match block.kind:
        case "gruppe" | "takst":
            _amend_row(state, block)
        case "kodesett":
            _amend_set(state, block)
        case "sats":
            _amend_rate(state, block)
        case "krav" | "begrep" | "beregning" | "unntak" | "samling":
            hint = f"skriv «erstatter {block.kind} {block.ref}» og hele den nye regelen"
            state.fault("R216", f"{_ARTICLES[block.kind]} kan ikke endres med «endrer»", block.span, hint)


def amend_record(state: State, block: tree.AmendRecordsDecl) -> None:
    """Take in new fields of a record."""
    record = state.records.get(block.record)
    if record is None:
        hint = nearest(block.record, state.records) or _NEW
        state.fault("R206", f"«opplysninger {block.record}» finnes ikke i året før", block.span, hint)
        return
    for field in block.fields:
        if record.field(field.name) is not None:
            message = f"feltet «{field.name}» finnes fra før i «{record.id}»"
            state.fault("R202", message, field.span, "ta det bort, eller gi det et annet navn")
    new = tuple(f for f in fields(state, record.id, block.fields) if record.field(f.name) is None)
    change = model.Change(year=state.year, kind="endret", because=block.tail.because)
    update = {"fields": (*record.fields, *new), "changes": (*record.changes, change)}
    state.records[record.id] = record.model_copy(update=update)


def _unknown(state: State, block: tree.AmendDecl | tree.RepealDecl, known: Iterable[str]) -> None:
    """R206: what is amended or ended was not there the year before."""
    verb = "endres" if isinstance(block, tree.AmendDecl) else "oppheves"
    hint = nearest_written(block.kind, str(block.ref), known)
    shown = as_written(block.kind, str(block.ref))
    if state.base is None:
        message = f"«{shown}» kan ikke {verb}, for regelverket bygger ikke på noe år"
        state.fault("R206", message, block.span, f"skriv «bygger på {state.header.scheme} …» i «regelverk»")
        return
    if (block.kind, str(block.ref)) in state.places:
        hint = "den er ny i år: rett den der den står"
    elif hint is None and verb == "endres":
        hint = _NEW
    message = f"«{shown}» finnes ikke som {block.kind} i {state.base.year} og kan ikke {verb}"
    state.fault("R206", message, block.span, hint)


def _change(state: State, block: tree.AmendDecl) -> model.Change:
    return model.Change(year=state.year, kind="endret", because=block.tail.because)


# ---- rows


def _amend_row(state: State, block: tree.AmendDecl) -> None:
    """Change columns of a group or a tariff."""
    key = GROUP_KEY if block.kind == "gruppe" else TARIFF_KEY
    id_ = str(block.ref) if block.kind == "gruppe" else normal_code(block.ref.id)
    table = state.keyed_table(key)
    row = table.row(id_) if table else None
    before = _base_row(state, table.id, id_) if table else None
    if table is None or row is None or before is None:
        return _unknown(state, block, [r.key for r in table.rows] if table else ())
    values = dict(row.values)
    for change in block.changes:
        field = _column(state, table, block, change)
        if field is None or not isinstance(change, tree.Changed):
            continue
        old, new = cell(state, field, change.old), cell(state, field, change.new)
        _check_old(state, before.values.get(field.name), old, new, change, field.unit, field.yearly)
        if new is not None:
            values[field.name] = new
        elif isinstance(change.new.values[0], tree.Unknown):
            values.pop(field.name, None)
    update = {
        "values": values,
        "changes": (*row.changes, _change(state, block)),
        "citations": state.citations(block.tail) or row.citations,
        "derived": block.tail.derived,
    }
    rows = tuple(r.model_copy(update=update) if r.key == id_ else r for r in table.rows)
    state.tables[table.id] = table.model_copy(update={"rows": rows})
    if block.kind == "gruppe" and id_ in state.groups:
        group = state.groups[id_]
        state.groups[id_] = group.model_copy(update={"changes": (*group.changes, _change(state, block))})
    return None


def _column(
    state: State, table: model.Table, block: tree.AmendDecl, change: tree.Changed | tree.Added | tree.Removed
) -> model.RecordField | None:
    """The column that a line of an amendment changes, or a fault."""
    columns = [f.name for f in table.fields if f.name != table.key]
    first = columns[0] if columns else "kolonne"
    if not isinstance(change, tree.Changed):
        message = "«legger til» og «fjerner» gjelder bare kodesett og opplysninger"
        state.fault("R216", message, change.span, f"skriv «{first} fra … til …»")
        return None
    if change.column is None:
        state.fault("R216", "linjen sier ikke hva som endres", change.span, f"skriv «{first} fra … til …»")
        return None
    field = table.field(change.column)
    if field is None or field.name == table.key:
        span = change.span._replace(end_line=change.span.line, end_column=change.span.column + len(change.column))
        hint = nearest(change.column, columns) or f"kolonnene er {', '.join(columns)}"
        state.fault("R205", f"«{change.column}» er ikke en kolonne i {block.kind}", span, hint)
        return None
    return field


def _base_row(state: State, table: str, key: str) -> model.Row | None:
    """The row as it was the year before, yearly values and all."""
    if state.base is None:
        return None
    found = next((t for t in state.base.tables if t.id == table), None)
    return found.row(key) if found else None


def _check_old(
    state: State,
    was: object,
    old: Cell | None,
    new: Cell | None,
    change: tree.Changed,
    unit: model.Unit | None,
    yearly: bool,
) -> None:
    """Report an amendment made on the wrong base, and one that changes nothing; what is yearly may be said anew."""
    said_unknown = isinstance(change.old.values[0], tree.Unknown)
    if old is None and not said_unknown:
        return
    if old != was:
        bare = all(isinstance(v, tree.Quantity) and v.unit is None for v in change.old.values)
        shown = _shown(was, unit, bare)
        column = f"{change.column} " if change.column else ""
        message = f"den gamle verdien er {shown}, ikke {written(change.old)}"
        hint = Correction(f"skriv «{column}fra {shown} til {written(change.new)}»", written(change.old), shown)
        state.fault("R402", message, change.old.span, hint)
    elif old == new and not yearly and (new is not None or isinstance(change.new.values[0], tree.Unknown)):
        state.fault("R403", "endringen endrer ingenting", change.span, "ta den bort, eller rett den nye verdien")


def _shown(value: object, unit: model.Unit | None, bare: bool) -> str:
    """A value as an author writes it, without its unit where the author left it out."""
    if isinstance(value, Decimal):
        return number(value, unit.model_copy(update={"shown": ""}) if unit and bare else unit)
    if isinstance(value, bool):
        return "ja" if value else "nei"
    if isinstance(value, model.CodeSet):
        return ", ".join(_parts(value)) or "ingen"
    return "ukjent" if value is None else str(value)


# ---- code sets


def _parts(codes: model.CodeSet) -> Iterator[str]:
    """What a set consists of, as written."""
    yield from ("alle",) if codes.everything else ()
    yield from codes.sets
    yield from codes.codes
    yield from (f"{low}–{high}" for low, high in codes.intervals)
    yield from (f"{prefix}*" for prefix in codes.prefixes)


def _amend_set(state: State, block: tree.AmendDecl) -> None:
    """Add codes to a set and take codes out of it."""
    found = state.sets.get(str(block.ref))
    if found is None or found.since == state.year:
        return _unknown(state, block, state.sets)
    codes = found.codes
    texts = dict(found.texts)
    disjoint = found.disjoint
    members: dict[str, list[Any]] = {
        "codes": list(codes.codes),
        "intervals": list(codes.intervals),
        "prefixes": list(codes.prefixes),
        "sets": list(codes.sets),
    }
    for change in block.changes:
        if isinstance(change, tree.Changed):
            hint = f"skriv «fjerner {written(change.old)}» og «legger til {written(change.new)}» på hver sin linje"
            state.fault("R216", "et kodesett endres med «legger til» og «fjerner»", change.span, hint)
            continue
        if change.disjoint is not None:
            disjoint = changed_disjoint(state, found.id, disjoint, change, change.disjoint)
            continue
        made = state.calls.code_set(change.items.values)
        for kind, parts in members.items():
            for part in getattr(made, kind):
                _change_set(state, found.id, parts, part, change)
        if isinstance(change, tree.Added):
            texts |= {normal_code(text.code): text.text for text in change.texts}
        else:
            texts = {code: text for code, text in texts.items() if code not in made.codes}
    changed = codes.model_copy(update={kind: tuple(parts) for kind, parts in members.items()})
    update = {"codes": changed, "texts": texts, "changes": (*found.changes, _change(state, block)), "expected": None}
    state.sets[found.id] = found.model_copy(update={**update, "disjoint": disjoint})
    return None


def _change_set(state: State, id_: str, parts: list[Any], part: Any, change: tree.Added | tree.Removed) -> None:
    """Add one part to a set, or take it out."""
    shown = "–".join(part) if isinstance(part, tuple) else part
    if isinstance(change, tree.Added):
        if part in parts:
            state.fault("R403", f"«{shown}» står allerede i «{id_}»", change.span, "ta koden bort fra endringen")
        else:
            parts.append(part)
    elif part in parts:
        parts.remove(part)
    else:
        known = [p for p in parts if isinstance(p, str)]
        hint = nearest(shown, known) or "ta koden bort fra endringen"
        state.fault("R402", f"«{shown}» står ikke i «{id_}»", change.span, hint)


# ---- rates


def _amend_rate(state: State, block: tree.AmendDecl) -> None:
    """Change the value of a rate."""
    name = str(block.ref)
    before = next((r for r in state.base.rates if r.id == name), None) if state.base else None
    if before is None or name not in state.rates:
        return _unknown(state, block, state.rates)
    for change in block.changes:
        if not isinstance(change, tree.Changed) or len(change.old.values) != 1 or len(change.new.values) != 1:
            shown = number(before.value, before.unit) if before.value is not None else "ukjent"
            state.fault("R216", "en sats endres med «fra … til …»", change.span, f"skriv «fra {shown} til …»")
            continue
        if change.column is not None:
            span = change.span._replace(end_line=change.span.line, end_column=change.span.column + len(change.column))
            state.fault("R205", f"en sats har ingen «{change.column}»", span, "skriv bare «fra … til …»")
            continue
        old = rate_value(state, name, change.old.values[0], before)
        new = rate_value(state, name, change.new.values[0], before)
        _check_old(state, before.value, _decimal(old), _decimal(new), change, before.unit, before.yearly)
        update = new | {
            "changes": (*state.rates[name].changes, _change(state, block)),
            "citations": state.citations(block.tail) or state.rates[name].citations,
            "derived": block.tail.derived,
            "fetched": None,
        }
        state.rates[name] = state.rates[name].model_copy(update=update)
    return None


def _decimal(value: dict[str, Any]) -> Decimal | None:
    """The number of a rate, if it has one."""
    found = value["value"]
    return found if isinstance(found, Decimal) else None


# ---- what is ended


def repeal(state: State, block: tree.RepealDecl) -> None:
    """End a definition, from the year's first day or from a day within it."""
    name = str(block.ref)
    if end_within_year(state, block):
        return None
    title: str | None
    if block.kind == "takst":
        name = normal_code(block.ref.id)
        table = state.keyed_table(TARIFF_KEY)
        row = table.row(name) if table else None
        if row is None:
            return _unknown(state, block, [r.key for r in table.rows] if table else ())
        title = row.title
        _without_row(state, TARIFF_KEY, name)
    else:
        store, known = state.rules()[block.kind], state.known(block.kind)
        if name not in known:
            return _unknown(state, block, known)
        title = store.pop(name).title
        if block.kind == "gruppe":
            _without_row(state, GROUP_KEY, name)
        if block.kind == "kodesett":
            state.sets = {id_: without(named, name) for id_, named in state.sets.items()}
    _without_clarifications(state, block.kind, name)
    state.repealed.append(model.Repealed(type=block.kind, id=name, title=title, because=block.tail.because))
    state.places[("opphever", f"{block.kind} {name}")] = block.span
    return None


def _without_clarifications(state: State, kind: str, name: str) -> None:
    """Take out what is said about a rule that is ended."""
    kept = {id_: said for id_, said in state.clarifications.items() if (said.about_type, said.about) != (kind, name)}
    state.clarifications = kept


def _without_row(state: State, key: str, name: str) -> None:
    """Take a row out of the tables with a key."""
    for table in list(state.tables.values()):
        if table.key == key:
            rows = tuple(row for row in table.rows if row.key != name)
            state.tables[table.id] = table.model_copy(update={"rows": rows})


def repealed_but_used(state: State) -> None:
    """R404: what is ended and still used, with the list of uses."""
    ended_now = [ended for ended in state.repealed if ended.type in _REFERENCE_TYPES]
    if not ended_now:
        return
    definitions: list[model.Definition] = [
        *state.terms.values(),
        *state.requirements.values(),
        *state.exceptions.values(),
        *state.groups.values(),
        *state.sets.values(),
        *state.groupings.values(),
        *state.rule_rows.values(),
        *state.records.values(),
    ]
    if any(ended.type == "kodesett" for ended in ended_now):  # All that a row refers to.
        definitions += [row for table in state.tables.values() for row in table.rows]
    used = [(definition, {*references(definition), *_belongs_to(definition)}) for definition in definitions]
    for ended in ended_now:
        wanted = (_REFERENCE_TYPES[ended.type], ended.id)
        users = [definition for definition, found in used if wanted in found]
        if users:
            span: Span = state.places[("opphever", f"{ended.type} {ended.id}")]
            state.fault("R404", f"«{ended.id}» er fortsatt i bruk: {_listed(users)}", span, _instead(users))


def _belongs_to(definition: model.Definition) -> Iterator[tuple[str, str]]:
    """The collection or grouping that a definition is about."""
    match definition:
        case model.Term(record=id_) | model.Requirement(record=id_) | model.Grouping(record=id_):
            yield "samling", id_
        case model.TermException(record=id_):
            yield "samling", id_
        case model.Group(grouping=str(id_)):
            yield "gruppering", id_
        case _:
            pass


def _listed(users: list[model.Definition]) -> str:
    """Some definitions with their places."""
    more = f" og {len(users) - 5} til" if len(users) > 5 else ""
    return ", ".join(f"{d.id} ({d.place})" for d in users[:5]) + more


def replaced_but_used(state: State) -> None:
    """R404: what a replaced collection or grouping no longer has, and that inherited rules still ask for."""
    found = (*state.terms.values(), *state.requirements.values(), *state.exceptions.values(), *state.groups.values())
    inherited = [rule for rule in found if rule.last_changed < state.year]
    for (kind, id_), (old, span) in state.replaced.items():
        new = state.rules()[kind].get(id_)
        if isinstance(old, model.Record) and new is not None:
            gone = [field.name for field in old.fields if _holds(new.field(field.name)) != _holds(field)]
            for name in gone:
                users = [rule for rule in inherited if _asks_for(rule, old.variable, name)]
                _still_used(state, f"«{name}» er ikke som før i «{id_}»", span, users)
        elif isinstance(old, model.Grouping) and new is not None and _gives(old) != _gives(new):
            users = [rule for rule in inherited if ("gruppering", id_) in references(rule)]
            _still_used(state, f"«{id_}» gir ikke det samme som før", span, users)


def _gives(grouping: model.Grouping) -> tuple[str, str]:
    """What a rule can ask for of a grouping: one group or several, of one kind of record."""
    return grouping.record, grouping.chooses


def _still_used(state: State, message: str, span: Span, users: list[model.Definition]) -> None:
    """R404, where there are rules that use what is gone."""
    if users:
        hint = "erstatt også det som bruker det, eller behold det som det var"
        state.fault("R404", f"{message}, og er fortsatt i bruk: {_listed(users)}", span, hint)


def _holds(field: model.RecordField | None) -> tuple[object, ...]:
    """What decides whether a rule can ask for a field."""
    return () if field is None else (field.kind, field.of, field.unit)


def _asks_for(rule: model.Definition, variable: str, name: str) -> bool:
    """Whether a rule asks for a field of a record."""
    asked = (node for node in nodes(rule) if isinstance(node, model.Get | model.Elements))
    return any(node.variable == variable and node.field == name for node in asked)


def _instead(users: list[model.Definition]) -> str:
    """What to do with what uses something that is ended."""
    if any(isinstance(user, model.Rule) for user in users):
        return "ta ut eller endre radene med «endrer gruppering», eller behold den"
    if any(isinstance(user, model.Grouping) and user.columns for user in users):
        return "en gruppering kan ikke endres: behold den, eller skriv «erstatter» og en ny"
    return "opphev også det som bruker den, eller behold den"
