"""Rule tables: the columns of a grouping, the rows that give a group, and the amendments of them."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from compiler import model
from compiler.expressions import Expressions
from compiler.kinds import UNKNOWN
from compiler.rule_cells import conditions
from compiler.rule_rows import GROUP
from compiler.state import State
from compiler.table_rows import Line, file_rows, written_rows
from dsl import cells, tree
from dsl.diagnostics import Span, nearest

_CHANGE = "endring"
_IN, _OUT = "inn", "ut"
_HINTED = 50
"""How many faults there may be before no more hints are looked for."""


# ---- the columns of a grouping


def columns(state: State, block: tree.GroupingDecl) -> None:
    """Resolve what the columns of a grouping's rule tables say something of, and its group for the rest."""
    grouping = state.groupings.get(block.name)
    if grouping is None or state.places.get(("gruppering", block.name)) != block.span:
        return
    owner = state.records.get(grouping.record)
    if owner is not None and owner.gathering is not None:
        return
    _check_results(state, block)
    scope = state.scope(state.records[grouping.record], block.tail.lenient) if grouping.record else None
    made: dict[str, model.RuleColumn] = {}
    taken = {_CHANGE, GROUP, *grouping.results}
    for column in block.columns if scope is not None else ():
        if column.name in made or column.name in taken:
            message = f"kolonnen «{column.name}» finnes fra før i radene"
            state.fault("R202", message, column.span, "gi den et annet navn")
            continue
        assert scope is not None
        found = _column(state, scope, column)
        if found is not None:
            made[column.name] = found
    otherwise = str(block.otherwise) if block.otherwise is not None else None
    if block.otherwise is not None and otherwise not in state.groups:
        hint = nearest(otherwise or "", state.groups) or "skriv en blokk «gruppe» for den"
        state.fault("R201", f"ukjent gruppe «{otherwise}»", block.otherwise.span, hint)
        otherwise = None
    if block.ordered_by is not None and block.ordered_by.name not in grouping.results:
        hint = nearest(block.ordered_by.name, grouping.results) or f"feltene er {', '.join(grouping.results)}"
        state.fault("R205", f"«{block.ordered_by.name}» er ikke et felt i radene", block.ordered_by.span, hint)
    update = {"columns": tuple(made.values()), "otherwise": otherwise}
    state.groupings[grouping.id] = grouping.model_copy(update=update)


def _column(state: State, scope: Expressions, column: tree.RuleColumn) -> model.RuleColumn | None:
    """One column; None where its cells can say nothing of what it is about."""
    subject, kind = scope.value(column.subject)
    if kind is UNKNOWN:
        return None
    if not isinstance(subject, model.TermRef | model.Get | model.GroupRef):
        hint = "skriv det som et begrep, og navnet på begrepet her"
        state.fault("R307", "en kolonne er navnet på et begrep eller et felt", column.subject.span, hint)
        return None
    if kind.name in ("liste", "post", "dato", "tidspunkt"):
        hint = "skriv et begrep som er et tall, en kode, ja eller nei"
        state.fault("R302", f"en kolonne kan ikke være {kind.words}", column.subject.span, hint)
        return None
    return model.RuleColumn(name=column.name, subject=subject, unit=kind.shown if kind.name == "tall" else None)


def _check_results(state: State, block: tree.GroupingDecl) -> None:
    """R202: a result field that stands twice, or is called what another part of the answer is called."""
    record = state.records.get(state.groupings[block.name].record)
    answers = {term.id for term in state.terms.values() if term.in_result} | state.groupings.keys() | {GROUP}
    seen: set[str] = set()
    for name in block.gives:
        if name.name in seen:
            state.fault("R202", f"«{name.name}» står to ganger i «gir»", name.span, "ta bort det ene")
        elif name.name in answers or (record is not None and record.field(name.name) is not None):
            message = f"«{name.name}» finnes fra før i svaret eller i opplysningene"
            state.fault("R202", message, name.span, "gi feltet i radene et annet navn")
        seen.add(name.name)


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
    if block.file is not None and block.file.path not in state.files:
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
    grouping = state.record_grouping()
    if grouping is not None and grouping.results:
        return grouping
    if "gruppering" not in state.unreadable and not any(fault.code == "R215" for fault in state.faults):
        block = f"gruppering {grouping.id}" if grouping is not None else "gruppering … for hver …"
        hint = f"skriv «{block}» med linjen «gir regel», der regel er id-en til en rad"
        state.fault("R215", "en regeltabell trenger en «gruppering» som sier hva radene gir", span, hint)
    return None


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
        hint = _near(state, given, state.groups) or "skriv gruppen som «DRG 290»"
        state.fault("R201" if given else "R214", shown, line.at(GROUP), hint)
        return None
    results = {name: line.cells.get(name, "") for name in grouping.results[1:]}
    written = {name: text for name in state.rule_columns(grouping) if (text := line.cells.get(name, ""))}
    said = {name: cells.normal(text) for name, text in written.items()}
    for text in written.values():
        state.code_names |= {code: name for code, name in cells.names(text).items() if code not in state.code_names}
    for name, text in said.items():
        state.cell_places.setdefault((name, text), line.at(name))
    return model.Rule(
        **state.common(id_, None, line.span, tail),
        group=given,
        results={name: text for name, text in results.items() if text},
        cells=said,
        table=table,
    )


def _near(state: State, word: str, known: Iterable[str]) -> str | None:
    """A hint with the known word most like one, as long as few rows are at fault: to look for it takes long."""
    return nearest(word, known) if len(state.faults) < _HINTED else None


def amend_grouping(state: State, block: tree.AmendGroupingDecl) -> None:
    """Take rows out of the inherited rule tables and put rows into them."""
    grouping = state.groupings.get(block.name)
    if grouping is None or grouping.since == state.year or not grouping.results:
        year = state.base.year if state.base else "året før"
        known = [found.id for found in state.groupings.values() if found.results and found.since < state.year]
        hint = nearest(block.name, known) or (f"skriv «endrer gruppering {known[0]}»" if known else None)
        message = f"«{block.name}» finnes ikke som gruppering med rader i {year} og kan ikke endres"
        state.fault("R206", message, block.span, hint)
        return
    if block.file is not None and block.file.path not in state.files:
        return
    before = len(state.faults)
    lines = list(_lines(state, grouping, block, [_CHANGE, GROUP]))
    if not lines and len(state.faults) == before:
        state.fault("R403", "endringen endrer ingenting", block.span, "skriv rader med «inn» eller «ut»")
    ids = dict.fromkeys(line.cells[grouping.results[0]] for line in lines)
    state.amended_rules[block.span] = tuple(ids)
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
        hint = _near(state, rule.id, state.rule_rows) or "ta bort raden, eller rett id-en"
        state.fault("R402", message, line.span, hint)
        return
    taken[rule.id] = state.rule_rows.pop(rule.id)
    was = {GROUP: found.group, **found.results, **found.cells}
    said = {GROUP: rule.group, **rule.results, **rule.cells}
    for name in sorted(was.keys() | said.keys()):
        if was.get(name) != said.get(name):
            old = f"«{was[name]}»" if name in was else "tom"
            message = f"«{name}» er {old} i raden {rule.id} i året før"
            state.fault("R402", message, line.at(name), "skriv raden slik den var")
            return


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


# ---- the rows together


def settle_rules(state: State) -> None:
    """Put the rows in the order they are tried, and resolve what their cells say."""
    grouping = state.record_grouping()
    if grouping is None or grouping.record not in state.records:
        return
    rules = _in_order(state, grouping)
    state.rule_rows = {rule.id: rule for rule in rules}
    tables = {rule.table for rule in rules}
    state.rule_tables = {id_: table for id_, table in state.rule_tables.items() if id_ in tables}
    state.repealed += _ended(state)
    _after_catch_all(state, grouping, rules)
    cells_said = tuple(conditions(state, grouping))
    words = {word for found in cells_said for word in found.text.split()}
    names = {code: name for code, name in sorted(state.code_names.items()) if code in words and "|" not in name}
    state.groupings[grouping.id] = grouping.model_copy(update={"cells": cells_said, "names": names})


def _ended(state: State) -> Iterator[model.Repealed]:
    """The rows of the year before that this year no longer has."""
    for rule in state.base.rules if state.base is not None else ():
        if rule.id not in state.rule_rows:
            yield model.Repealed(type="regel", id=rule.id, title=None, because=state.ended_rules.get(rule.id))


def _in_order(state: State, grouping: model.Grouping) -> list[model.Rule]:
    """The rows as they are tried: by a field, or else table by table, with what is new last in its table."""
    rules = list(state.rule_rows.values())
    if grouping.order_by is not None:
        return sorted(rules, key=lambda rule: (_result(grouping, rule, grouping.order_by or ""), rule.id))
    tables = {id_: at for at, id_ in enumerate(state.rule_tables)}
    before = {rule.id: (rule.table, at) for at, rule in enumerate(state.base.rules if state.base else ())}

    def place(rule: model.Rule) -> tuple[int, int]:
        table, at = before.get(rule.id, ("", 0))
        return tables[rule.table], at if table == rule.table else len(before)

    return sorted(rules, key=place)


def _result(grouping: model.Grouping, rule: model.Rule, name: str) -> str:
    """What a row has in a result field; the first of them is its id."""
    return rule.id if name == grouping.results[0] else rule.results.get(name, "")


def _after_catch_all(state: State, grouping: model.Grouping, rules: list[model.Rule]) -> None:
    """R401: rows after one that asks for nothing are never tried."""
    for rule, after in pairwise(rules):
        if not rule.cells:
            line = after.place.line
            place = state.places.get(("regel", after.id)) or Span(after.place.path, line, 1, line, 2)
            last = f"gi den en «{grouping.order_by}» som kommer sist" if grouping.order_by else "flytt den sist"
            message = f"raden {after.id} blir aldri prøvd, for raden {rule.id} stiller ingen krav"
            state.fault("R401", message, place, f"gi raden {rule.id} et vilkår, eller {last}")
            return
