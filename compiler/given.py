"""Examples: what is given and what is expected, with the names checked."""

from collections.abc import Collection, Mapping
from typing import Literal, get_args

from compiler import model
from compiler.gathered_given import gathered_example, gathers
from compiler.given_rows import rows_of
from compiler.kinds import Kind, field_kind
from compiler.names import slug
from compiler.runtime.svar import Status
from compiler.state import State
from compiler.table_rows import cells_match
from compiler.written import written
from dsl import tree
from dsl.diagnostics import Span, nearest

_OF_A_LINE = ("inngår", "teller", "grunn")
"""Columns that the answer has for each element of a list, beside its own fields."""


def example(state: State, block: tree.ExampleDecl) -> None:
    """Take in an example."""
    id_ = slug(block.title)
    if not state.declare("eksempel", id_, block.span, state.examples, block.title):
        return
    if gathers(state, block):
        gathered_example(state, block, id_)
        return
    record = _record(state, block)
    if record is None:
        return
    given: dict[str, str | tuple[dict[str, str], ...]] = {}
    for fact in block.given:
        if fact.name in given:
            state.fault("R202", f"«{fact.name}» står to ganger i eksempelet", fact.span, "ta bort den ene")
        given[fact.name] = _given(state, record, fact)
    status, reason, status_line = None, None, None
    expected: list[model.Expected] = []
    for line in block.expected:
        if isinstance(line, tree.ExpectStatus):
            status, reason, status_line = line.status, line.text, line.span.line
        else:
            expected.append(_expected(state, record, line))
    common = state.common(id_, block.title, block.span)
    state.examples[id_] = model.Example(
        **common,
        record=record.id,
        given=given,
        status=status,
        reason=reason,
        status_line=status_line,
        expected=tuple(expected),
        shows=tuple(model.Shows(list=one.list, by=tuple(n.name for n in one.by)) for one in block.shows),
    )
    for shown in block.shows:
        _check_shown(state, record, given, shown)


def _check_shown(state: State, record: model.Record, given: Mapping[str, object], shown: tree.Shows) -> None:
    """Report a list that is not given, and one shared out by what is no choice of its elements."""
    lists = [field.name for field in record.fields if field.kind == "liste" and field.name in given]
    field = record.field(shown.list)
    if field is None or shown.list not in lists:
        hint = nearest(shown.list, lists) or "vis en liste som er gitt i eksempelet"
        state.fault("R201", f"«{shown.list}» er ikke en liste i eksempelet", shown.span, hint)
        return
    inner = state.records.get(field.of or "")
    choices = [one.name for one in inner.fields if one.kind == "valg"] if inner else []
    for name in shown.by:
        if name.name not in choices:
            hint = nearest(name.name, choices) or f"feltene med valg er {', '.join(choices) or 'ingen'}"
            state.fault("R201", f"«{name.name}» er ikke et felt med valg i «{shown.list}»", name.span, hint)


def examples(state: State, block: tree.ExamplesDecl) -> None:
    """Take in a table of examples: one example a row."""
    head, *rest = block.rows
    expected = [name.name for name in block.expected]
    for name in block.expected:
        if name.name not in head.cells:
            hint = nearest(name.name, head.cells) or "skriv kolonnen i tabellen, eller ta bort navnet"
            state.fault("R205", f"kolonnen «{name.name}» mangler i tabellen", name.span, hint)
            return
    if not rest:
        state.fault("R218", "tabellen har bare overskriften", head.span, "skriv én rad for hvert eksempel")
    columns = [(name, name in expected) for name in head.cells]
    record = _record_with(state, {*(f.name for f in block.given), *(n for n, wanted in columns if not wanted)})
    if record is None:
        return
    common_facts = {fact.name: _given(state, record, fact) for fact in block.given}
    known, results = _known(state, record), [*_results(state, record), "status", "grunn"]
    before = len(state.faults)
    for at, (column, is_answer) in enumerate(columns):
        if column in head.cells[:at]:
            state.fault("R202", f"kolonnen «{column}» står to ganger", head.places[at], "ta bort den ene")
        elif column not in (results if is_answer else known):
            what = "i svaret" if is_answer else f"i {record.id}"
            near = nearest(column, results if is_answer else known)
            if near is None and column in results:
                near = f"skriv «{column}» etter «så» når den er en del av svaret"
            state.fault("R201", f"ukjent navn «{column}» {what}", head.places[at], near)
    if len(state.faults) > before:
        return
    for number, row in enumerate(rest, 1):
        if not cells_match(state, row, head):
            continue
        cells = dict(zip(head.cells, row.cells, strict=True))
        _check_answer(state, cells, dict(zip(head.cells, row.places, strict=True)), expected)
        _example_row(state, block, record, number, row, common_facts, cells, expected)


def _check_answer(
    state: State, cells: Mapping[str, str], places: Mapping[str, Span], expected: Collection[str]
) -> None:
    """Report a status that is none, and a reason that is neither a requirement nor a calculation."""
    status, reason = cells.get("status", ""), cells.get("grunn", "")
    if "status" in expected and status not in ("", *get_args(Status)):
        hint = nearest(status, get_args(Status)) or "statusene er " + ", ".join(get_args(Status))
        state.fault("R203", f"«{status}» er ikke en status", places["status"], hint)
    known = [*state.requirements, *(term.id for term in state.terms.values() if term.in_result)]
    if "grunn" in expected and reason and reason not in known:
        hint = nearest(reason, known) or "grunnen er navnet på et krav eller en beregning"
        state.fault("R201", f"ukjent grunn «{reason}»", places["grunn"], hint)


def _example_row(
    state: State,
    block: tree.ExamplesDecl,
    record: model.Record,
    number: int,
    row: tree.Row,
    common_facts: Mapping[str, str | tuple[dict[str, str], ...]],
    cells: Mapping[str, str],
    expected: Collection[str],
) -> None:
    """One row of a table of examples as an example."""
    title = f"{block.title}, rad {number}"
    id_ = slug(title)
    if not state.declare("eksempel", id_, row.span, state.examples, title):
        return
    given = {name: cell for name, cell in cells.items() if name not in expected and cell}
    wanted = []
    for name in expected:
        if name in ("status", "grunn") or not cells[name]:
            continue
        nothing: Literal["kan ikke beregnes"] | None = (
            "kan ikke beregnes" if cells[name] == "kan ikke beregnes" else None
        )
        value = None if nothing else cells[name]
        wanted.append(model.Expected(name=name, line=row.span.line, value=value, nothing=nothing))
    state.examples[id_] = model.Example(
        **state.common(id_, title, row.span),
        record=record.id,
        given={**common_facts, **given},
        status=cells.get("status") if "status" in expected else None,
        reason_id=cells.get("grunn") if "grunn" in expected else None,
        expected=tuple(wanted),
        table=slug(block.title),
    )


def _record(state: State, block: tree.ExampleDecl) -> model.Record | None:
    """The record that has the most of the names given."""
    wanted = {line.name for line in block.expected if not isinstance(line, tree.ExpectStatus)}
    return _record_with(state, {fact.name for fact in block.given}, block.span, wanted)


def _record_with(
    state: State, names: set[str], span: Span | None = None, wanted: Collection[str] = ()
) -> model.Record | None:
    """The record that has the most of some names; of those, the one with the most of what is wanted in the answer."""
    tops = [record for record in state.records.values() if record.outer is None]
    if not tops:
        if span is not None:
            state.record_for(None, span)
        return None
    return max(tops, key=lambda r: (len(names & set(_known(state, r))), len({*wanted} & {*_results(state, r)})))


def _known(state: State, record: model.Record) -> list[str]:
    """The names that may be given of a record."""
    groupings = [g.id for g in state.groupings.values() if g.record == record.id and record.gathering is None]
    return [*(f.name for f in record.fields), *groupings]


def _given(state: State, record: model.Record, fact: tree.Fact) -> str | tuple[dict[str, str], ...]:
    """What one fact gives, with its name and its values checked."""
    known = _known(state, record)
    field = record.field(fact.name)
    if fact.name not in known:
        hint = nearest(fact.name, known)
        state.fault("R201", f"ukjent felt «{fact.name}» i {record.id}", fact.span, hint)
    elif field is not None and (field.kind == "liste") != bool(fact.rows):
        _wrong_form(state, fact)
    elif field is None or field.kind in ("valg", "gruppe"):
        _check_values(state, fact, field_kind(field) if field is not None else Kind("gruppe"))
    if not fact.rows:
        return written(fact.items)
    inner = state.records.get(field.of or "") if field is not None else None
    return rows_of(state, fact, [f.name for f in inner.fields] if inner else None)


def _wrong_form(state: State, fact: tree.Fact) -> None:
    """Report a list written as a value, and a value written as a list."""
    if fact.rows:
        state.fault("R305", f"«{fact.name}» er ikke en liste", fact.span, f"skriv «{fact.name} = …»")
    else:
        hint = f"skriv «{fact.name}» alene, og en tabell med | under"
        state.fault("R305", f"«{fact.name}» er en liste og trenger en tabell", fact.span, hint)


def _check_values(state: State, fact: tree.Fact, kind: Kind) -> None:
    """Report a choice or a group that is not there."""
    for value in fact.items.values if fact.items else ():
        if kind.name == "valg" or isinstance(value, tree.Name | tree.Member):
            state.calls.value(value, kind)


def _expected(state: State, record: model.Record, line: tree.Fact | tree.ExpectNothing) -> model.Expected:
    """What one line expects of the answer, with its name checked."""
    groupings = [g.id for g in state.groupings.values() if g.record == record.id]
    results = _results(state, record)
    if line.name not in results:
        hint = nearest(line.name, results) or f"svaret har {', '.join(results)}"
        state.fault("R201", f"ukjent navn «{line.name}» i svaret", line.span, hint)
    if isinstance(line, tree.ExpectNothing):
        return model.Expected(name=line.name, line=line.span.line, nothing=line.how)
    if line.rows:
        field = record.field(line.name)
        inner = state.records.get(field.of or "") if field is not None else None
        rows = rows_of(state, line, _columns(state, inner) if inner else None)
        return model.Expected(name=line.name, line=line.span.line, rows=rows)
    if line.name in ("gruppe", *groupings):
        _check_values(state, line, Kind("gruppe"))
    return model.Expected(name=line.name, line=line.span.line, value=written(line.items))


def _results(state: State, record: model.Record) -> list[str]:
    """The names that the answer for a record has."""
    groupings = [g for g in state.groupings.values() if g.record == record.id]
    of_rules = [name for grouping in groupings for name in grouping.results]
    terms = [t.id for t in state.terms.values() if t.in_result and t.record == record.id]
    lists = [f.name for f in record.fields if f.kind == "liste"]
    return ["gruppe", *terms, *lists, *(grouping.id for grouping in groupings), *of_rules]


def _columns(state: State, record: model.Record) -> list[str]:
    """The columns that the answer may have for the elements of a list."""
    terms = [t.id for t in state.terms.values() if t.in_result and t.record == record.id]
    return [*(f.name for f in record.fields), *terms, *_OF_A_LINE]
