"""Rule tables: the columns of a grouping, the rows that give a group, and the amendments of them."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from compiler import model
from compiler.expressions import Expressions
from compiler.kinds import UNKNOWN, Kind, field_kind
from compiler.state import State, term_kind
from compiler.table_rows import Line, file_rows, written_rows
from dsl import cells, tree
from dsl.diagnostics import Span, nearest

GROUP = "gruppe"
_CHANGE = "endring"
_IN, _OUT = "inn", "ut"


# ---- the columns of a grouping


def columns(state: State, block: tree.GroupingDecl) -> None:
    """Resolve what the columns of a grouping's rule tables say something of, and its group for the rest."""
    grouping = state.groupings.get(block.name)
    if grouping is None or state.places.get(("gruppering", block.name)) != block.span:
        return
    scope = state.scope(state.records[grouping.record], block.tail.lenient) if grouping.record else None
    made: dict[str, model.RuleColumn] = {}
    taken = {_CHANGE, GROUP, *grouping.results}
    for column in block.columns if scope is not None else ():
        if column.name in made or column.name in taken:
            state.fault("R202", f"kolonnen «{column.name}» står to ganger", column.span, "gi den et annet navn")
            continue
        assert scope is not None
        subject, kind = scope.value(column.subject)
        if not isinstance(subject, model.TermRef | model.Get | model.GroupRef) and kind is not UNKNOWN:
            hint = "skriv det som et begrep, og navnet på begrepet her"
            state.fault("R307", "en kolonne er navnet på et begrep eller et felt", column.subject.span, hint)
            continue
        unit = kind.shown if kind.name == "tall" else None
        made[column.name] = model.RuleColumn(name=column.name, subject=subject, unit=unit)
    otherwise = str(block.otherwise) if block.otherwise is not None else None
    if block.otherwise is not None and otherwise not in state.groups:
        hint = nearest(otherwise or "", state.groups) or "skriv en blokk «gruppe» for den"
        state.fault("R201", f"ukjent gruppe «{otherwise}»", block.otherwise.span, hint)
        otherwise = None
    if block.ordered_by is not None and block.ordered_by.name not in grouping.results:
        hint = "ordnet etter ett av feltene på linjen «gir …»"
        state.fault("R205", f"«{block.ordered_by.name}» er ikke et felt i radene", block.ordered_by.span, hint)
    update = {"columns": tuple(made.values()), "otherwise": otherwise}
    state.groupings[grouping.id] = grouping.model_copy(update=update)


# ---- rows


def rule_table(state: State, block: tree.RuleTableDecl) -> None:
    """Take in the rows of a rule table."""
    id_ = str(block.ref)
    grouping = _grouping(state, block.span)
    if grouping is None or not state.declare("regeltabell", id_, block.span, state.rule_tables):
        return
    group = id_ if id_ in state.groups else None
    if block.ref.scheme is not None and group is None:
        hint = nearest(id_, state.groups) or f"skriv «gruppe {id_} «navn»» foran tabellen"
        state.fault("R201", f"ukjent gruppe «{id_}»", block.span, hint)
        return
    common = state.common(id_, block.title, block.span, block.tail)
    state.rule_tables[id_] = model.RuleTable(**common)
    before = len(state.faults)
    count = 0
    for line in _lines(state, grouping, block, [] if group else [GROUP]):
        count += 1
        rule = _rule(state, grouping, line, group, id_, block.tail)
        if rule is not None and state.declare("regel", rule.id, line.span, state.rule_rows):
            state.rule_rows[rule.id] = rule
    if not count and len(state.faults) == before:
        state.fault("R218", f"regeltabellen «{id_}» har ingen rader", block.span, "skriv radene under, med | mellom")


def _grouping(state: State, span: Span) -> model.Grouping | None:
    """The grouping that rule tables belong to; a fault where there is none, or its rows have no id."""
    grouping = next(iter(state.groupings.values()), None)
    if grouping is None or not grouping.results:
        if "gruppering" not in state.unreadable:
            hint = "skriv «gruppering … for hver …» med linjen «gir regel», der regel er id-en til raden"
            state.fault("R215", "en regeltabell trenger en «gruppering» som sier hva radene gir", span, hint)
        return None
    return grouping


def _lines(
    state: State,
    grouping: model.Grouping,
    block: tree.RuleTableDecl | tree.AmendGroupingDecl,
    first: list[str],
) -> Iterator[Line]:
    """The rows as written, in the text or in a file."""
    known = [*first, *grouping.results, *state.rule_columns(grouping)]
    needed = [*first, grouping.results[0]]
    if block.file is not None and block.rows:
        message = "radene står både i filen og i teksten"
        state.fault("R205", message, block.file.span, "velg ett av stedene")
    return (
        file_rows(state, block.file, known, needed)
        if block.file is not None
        else written_rows(state, block.rows, known, needed)
    )


def _rule(
    state: State, grouping: model.Grouping, line: Line, group: str | None, table: str, tail: tree.Tail
) -> model.Rule | None:
    """One row, with its cells as written; None where it has no id or its group is not there."""
    given = group if group is not None else line.cells.get(GROUP, "")
    id_ = line.cells[grouping.results[0]]
    if not id_:
        state.fault("R214", f"raden mangler «{grouping.results[0]}»", line.span, "hver rad skal ha sin egen id")
        return None
    if not _can_give(state, given, line):
        shown = f"ukjent gruppe «{given}»" if given else "raden mangler «gruppe»"
        hint = nearest(given, state.groups) or "skriv gruppen som «DRG 290»"
        state.fault("R201" if given else "R214", shown, line.at(GROUP), hint)
        return None
    results = {name: line.cells.get(name, "") for name in grouping.results[1:]}
    said = {name: cells.normal(line.cells.get(name, "")) for name in state.rule_columns(grouping)}
    for name, text in said.items():
        if text:
            state.cell_places.setdefault((name, text), line.at(name))
    return model.Rule(
        **state.common(id_, None, line.span, tail),
        group=given,
        results={name: text for name, text in results.items() if text},
        cells={name: text for name, text in said.items() if text},
        table=table,
    )


def amend_grouping(state: State, block: tree.AmendGroupingDecl) -> None:
    """Take rows out of the inherited rule tables and put rows into them."""
    grouping = state.groupings.get(block.name)
    if grouping is None or grouping.since == state.year or not grouping.results:
        year = state.base.year if state.base else "året før"
        message = f"«{block.name}» finnes ikke som gruppering med rader i {year} og kan ikke endres"
        state.fault("R206", message, block.span, nearest(block.name, state.groupings))
        return
    before = len(state.faults)
    lines = list(_lines(state, grouping, block, [_CHANGE, GROUP]))
    if not lines and len(state.faults) == before:
        state.fault("R403", "endringen endrer ingenting", block.span, "skriv rader med «inn» eller «ut»")
    taken: dict[str, model.Rule] = {}
    for line in lines:
        verb = line.cells[_CHANGE].lower()
        rule = _rule(state, grouping, line, None, "", block.tail)
        if rule is None:
            continue
        if verb == _OUT:
            _take_out(state, rule, line, taken)
        elif verb == _IN:
            _put_in(state, rule, line, taken, block.tail)
        else:
            message = f"ukjent endring «{verb}»" if verb else "raden sier ikke om den går inn eller ut"
            state.fault("R205", message, line.at(_CHANGE), "skriv «inn» eller «ut»")
    for id_ in taken.keys() - state.rule_rows.keys():
        state.ended_rules[id_] = block.tail.because


def _can_give(state: State, group: str, line: Line) -> bool:
    """Whether a row can give a group: one that has ended only where the row is taken out."""
    ended = state.base.groups if state.base is not None and line.cells.get(_CHANGE, "").lower() == _OUT else ()
    return group in state.groups or any(was.id == group for was in ended)


def _take_out(state: State, rule: model.Rule, line: Line, taken: dict[str, model.Rule]) -> None:
    """Take one row out; it must be there just as it is written."""
    found = state.rule_rows.get(rule.id)
    if found is None:
        message = f"raden {rule.id} er alt tatt ut" if rule.id in taken else f"raden {rule.id} finnes ikke i året før"
        state.fault("R402", message, line.span, "ta bort raden, eller rett id-en")
        return
    was = {GROUP: found.group, **found.results, **found.cells}
    said = {GROUP: rule.group, **rule.results, **rule.cells}
    for name in sorted(was.keys() | said.keys()):
        if was.get(name) != said.get(name):
            message = f"«{name}» er {was.get(name) or 'tom'} i raden {rule.id} i året før"
            state.fault("R402", message, line.at(name), "skriv raden slik den var")
            return
    taken[rule.id] = state.rule_rows.pop(rule.id)


def _put_in(state: State, rule: model.Rule, line: Line, taken: dict[str, model.Rule], tail: tree.Tail) -> None:
    """Put one row in; one of the same id must have been taken out first."""
    if rule.id in state.rule_rows:
        hint = "skriv også raden slik den var, med «ut», foran"
        state.fault("R202", f"raden {rule.id} finnes fra før", line.span, hint)
        return
    old = taken.get(rule.id)
    if old is None:
        table = rule.group
        update: dict[str, Any] = {"table": table}
    else:
        if (old.group, old.results, old.cells) == (rule.group, rule.results, rule.cells):
            state.fault("R403", f"raden {rule.id} er den samme ut som inn", line.span, "ta begge radene bort")
        table = old.table if old.group == rule.group else rule.group
        change = model.Change(year=state.year, kind="endret", because=tail.because)
        update = {"table": table, "since": old.since, "changes": (*old.changes, change)}
    if table not in state.rule_tables:
        state.rule_tables[table] = model.RuleTable(**state.common(table, None, line.home, tail))
    state.rule_rows[rule.id] = rule.model_copy(update=update)


# ---- what the cells say


def settle_rules(state: State) -> None:
    """Put the rows in order, and resolve what their cells say."""
    grouping = next(iter(state.groupings.values()), None)
    if grouping is None or not state.rule_rows:
        return
    if grouping.order_by is not None:
        by, first = grouping.order_by, grouping.results[0]
        ordered = sorted(state.rule_rows.values(), key=lambda r: (r.id if by == first else r.results.get(by, ""), r.id))
        state.rule_rows = {rule.id: rule for rule in ordered}
    _after_catch_all(state)
    for rule in state.rule_rows.values():
        if rule.group not in state.groups:
            place = Span(rule.place.path, rule.place.line, 1, rule.place.line, 2)
            hint = "endre eller ta ut raden, eller behold gruppen"
            state.fault("R404", f"«{rule.group}» er opphevet, men raden {rule.id} gir den fortsatt", place, hint)
    used = dict.fromkeys(item for rule in state.rule_rows.values() for item in rule.cells.items())
    by_name = {column.name: column for column in grouping.columns}
    scope = state.scope(state.records[grouping.record])
    made = []
    for name, text in used:
        column = by_name.get(name)
        if column is None:
            continue
        kind = _kind(state, column)
        place = state.cell_places.get((name, text)) or _row_place(state, name, text)
        condition = _condition(state, scope, column, kind, text, place)
        if condition is not None:
            made.append(model.CellCondition(column=name, text=text, condition=condition))
    state.groupings[grouping.id] = grouping.model_copy(update={"cells": tuple(made)})
    tables = {rule.table for rule in state.rule_rows.values()}
    state.rule_tables = {id_: table for id_, table in state.rule_tables.items() if id_ in tables}


def _after_catch_all(state: State) -> None:
    """R401: rows after one that asks for nothing are never tried."""
    rules = list(state.rule_rows.values())
    for rule, after in pairwise(rules):
        if not rule.cells:
            place = Span(after.place.path, after.place.line, 1, after.place.line, 2)
            hint = f"gi raden {rule.id} et vilkår, eller flytt den sist"
            state.fault("R401", f"raden {after.id} blir aldri prøvd, for raden {rule.id} tar alt", place, hint)
            return


def _row_place(state: State, name: str, text: str) -> Span:
    """Where the first row with a cell stands."""
    rule = next(r for r in state.rule_rows.values() if r.cells.get(name) == text)
    return Span(rule.place.path, rule.place.line, 1, rule.place.line, 2)


def _kind(state: State, column: model.RuleColumn) -> Kind:
    """The kind of what a column says something of."""
    match column.subject:
        case model.TermRef(id=id_) if id_ in state.terms:
            return term_kind(state.terms[id_])
        case model.Get(field=name):
            fields = [f for record in state.records.values() if (f := record.field(name)) is not None]
            return field_kind(fields[0]) if fields else UNKNOWN
        case model.GroupRef():
            return Kind("gruppe")
        case _:
            return UNKNOWN


def _condition(
    state: State, scope: Expressions, column: model.RuleColumn, kind: Kind, text: str, place: Span
) -> model.Expr | None:
    """What a cell says, as a condition; None where it cannot be read."""
    try:
        cell = cells.read(text, place)
    except cells.UnreadableCell as fault:
        hint = "skriv for eksempel «05X05», «ikke 05X05», «A og B», «A eller B», «over 10», «minst 1» eller «ja»"
        state.fault("R118", f"cellen «{text}» i kolonnen «{column.name}»: {fault}", place, hint)
        return None
    parts = tuple(_said(scope, column, kind, said, place) for said in cell.said)
    if len(parts) == 1:
        return parts[0]
    return model.Any(parts=parts) if cell.joined_by == "eller" else model.All(parts=parts)


def _said(scope: Expressions, column: model.RuleColumn, kind: Kind, said: cells.Said, place: Span) -> model.Expr:
    """One thing that a cell says of its subject."""
    subject, value = column.subject, said.value
    if kind.name == "mengde":
        return _of_set(scope, column, said, place)
    if kind.name == "tekst" and isinstance(value, tree.Name):
        if kind.choices and value.name not in kind.choices:
            hint = nearest(value.name, kind.choices) or "velg mellom " + ", ".join(kind.choices)
            scope.fault("R203", f"«{value.name}» er ikke blant verdiene av «{column.name}»", place, hint)
        value = tree.Text(value.name, place)
    if isinstance(value, tree.Quantity | tree.Interval) and kind.name == "tall" and kind.shown is not None:
        value = _with_unit(value, kind.shown)
    comparison = tree.Comparison(tree.Name(column.name, place), said.predicate, value, place)
    return scope.predicate(subject, kind, comparison)


def _of_set(scope: Expressions, column: model.RuleColumn, said: cells.Said, place: Span) -> model.Expr:
    """What a cell says of a set: that a code is in it, or is not."""
    if said.predicate not in ("er", "er ikke") or said.value is None:
        hint = "skriv koden som skal være i mengden, eller «ikke» og koden"
        return scope.fault("R302", f"«{column.name}» er en mengde av koder", place, hint)[0]
    item, _ = scope.value(said.value, Kind("kode"))
    found = model.InSet(item=item, codes=column.subject)
    return model.Not(operand=found) if said.predicate == "er ikke" else found


def _with_unit(value: tree.Quantity | tree.Interval, unit: model.Unit) -> tree.Quantity | tree.Interval:
    """A number of a cell in the unit of its column."""
    word, _, per = unit.shown.partition(" per ")
    written = tree.Unit(word, per or None, value.span)
    if isinstance(value, tree.Quantity):
        return tree.Quantity(value.value, written, value.text, value.span)
    return tree.Interval(value.low, value.high, written, value.text, value.span)
