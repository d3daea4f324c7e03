"""What the cells of rule tables say of their columns, as conditions."""

from collections.abc import Iterator
from dataclasses import replace

from compiler import model
from compiler.expressions import Expressions
from compiler.kinds import UNKNOWN, Kind, field_kind
from compiler.state import State
from dsl import cells, tree
from dsl.diagnostics import Diagnostic, Span, nearest

_HINTS = {
    "tall": "«18», «over 18», «høyst 18» eller «18–66»",
    "mengde": "skriv koden som skal være i mengden, som «A1», «ikke A1» eller «A1 og ikke B1»",
    "kode": "skriv koden, som «A1», «ikke A1» eller «A1 eller B1»",
    "ja/nei": "skriv «ja» eller «nei»",
    "gruppe": "skriv gruppen, som «DRG 1»",
}
_OWN_HINT = ("R118", "R203", "R309")
"""The faults whose hint, where there is one, is about what was written and not about another kind of sentence."""


def conditions(state: State, grouping: model.Grouping) -> Iterator[model.CellCondition]:
    """Each different cell of a grouping's rules, as a condition."""
    used = dict.fromkeys(item for rule in state.rule_rows.values() for item in rule.cells.items())
    columns = {column.name: (column, _kind(state, column)) for column in grouping.columns}
    scope = state.scope(state.records[grouping.record])
    for name, text in used:
        column, kind = columns.get(name, (None, UNKNOWN))
        if column is None or kind is UNKNOWN:
            continue
        faults: list[Diagnostic] = []
        place = state.cell_places.get((name, text)) or _row_place(state, name, text)
        condition = _condition(replace(scope, report=faults.append), column, kind, text, place)
        if condition is not None and not faults:
            yield model.CellCondition(column=name, text=text, condition=condition)
        for fault in faults[:1]:
            message = f"cellen «{text}» i kolonnen «{name}»: {fault.message}"
            own = fault.hint if fault.code in _OWN_HINT else None
            state.faults.append(replace(fault, message=message, hint=own or _hint(kind)))


def _kind(state: State, column: model.RuleColumn) -> Kind:
    """The kind of what a column says something of."""
    match column.subject:
        case model.TermRef(id=id_):
            return state.term_kind(id_) or UNKNOWN
        case model.Get(variable=variable, field=name):
            owner = next((record for record in state.records.values() if record.variable == variable), None)
            field = owner.field(name) if owner is not None else None
            return field_kind(field) if field is not None else UNKNOWN
        case _:
            return Kind("gruppe")


def _row_place(state: State, name: str, text: str) -> Span:
    """Where the first row with a cell stands."""
    rule = next(r for r in state.rule_rows.values() if r.cells.get(name) == text)
    return rule.place.span


def _hint(kind: Kind) -> str:
    """What can be written in a column of a kind."""
    if kind.choices:
        return "verdiene er " + ", ".join(kind.choices)
    if kind.name == "tall":
        return f"skriv bare tallet{f', i {kind.shown.shown}' if kind.shown is not None else ''}: {_HINTS['tall']}"
    return _HINTS.get(kind.name, "skriv teksten, som «stor» eller «ikke stor»")


def _condition(scope: Expressions, column: model.RuleColumn, kind: Kind, text: str, place: Span) -> model.Expr | None:
    """What a cell says, as a condition; None where it cannot be read."""
    try:
        cell = cells.read(text, place)
    except cells.UnreadableCell as fault:
        scope.fault("R118", fault.message, place, fault.hint)
        return None
    parts = tuple(_said(scope, column, kind, said, place) for said in cell.said)
    if len(parts) == 1:
        return parts[0]
    return model.Any(parts=parts) if cell.joined_by == "eller" else model.All(parts=parts)


def _said(scope: Expressions, column: model.RuleColumn, kind: Kind, said: cells.Said, place: Span) -> model.Expr:
    """One thing that a cell says of its subject."""
    value = said.value
    if kind.name == "mengde":
        return _of_set(scope, column, said, place)
    if kind.name == "tekst" and value is not None and said.predicate in ("er", "er ikke"):
        value = _text(scope, kind, value)
    if isinstance(value, tree.Quantity | tree.Interval) and kind.name == "tall" and kind.shown is not None:
        value = _with_unit(value, kind.shown)
    comparison = tree.Comparison(tree.Name(column.name, place), said.predicate, value, place)
    return scope.predicate(column.subject, kind, comparison)


def _text(scope: Expressions, kind: Kind, value: tree.Expr) -> tree.Expr:
    """A word of a cell as the text that it is, where texts are what the column has."""
    match value:
        case tree.Name(name=text) | tree.Codes(text=text) | tree.Quantity(text=text) | tree.Text(value=text):
            if kind.choices and text not in kind.choices:
                hint = nearest(text, kind.choices) or _hint(kind)
                scope.fault("R203", f"«{text}» er ikke blant verdiene", value.span, hint)
            return tree.Text(text, value.span)
        case _:
            return value


def _of_set(scope: Expressions, column: model.RuleColumn, said: cells.Said, place: Span) -> model.Expr:
    """What a cell says of a set: that a code is in it, or is not."""
    if said.predicate not in ("er", "er ikke") or said.value is None:
        return scope.fault("R302", "kolonnen er en mengde av koder", place)[0]
    item, kind = scope.value(said.value, Kind("kode"))
    if kind.name not in ("kode", "tekst", "ukjent"):
        return scope.fault("R302", f"en mengde av koder kan ikke ha {kind.words} i seg", place)[0]
    found = model.InSet(item=item, codes=column.subject)
    return model.Not(operand=found) if said.predicate == "er ikke" else found


def _with_unit(value: tree.Quantity | tree.Interval, unit: model.Unit) -> tree.Quantity | tree.Interval:
    """A number of a cell in the unit of its column."""
    word, _, per = unit.shown.partition(" per ")
    return replace(value, unit=tree.Unit(word, per or None, value.span))
