"""The columns of files: those that a rulebook knows, and those of the answers."""

from collections.abc import Iterable, Sequence
from typing import Any

from compiler import model
from compiler.names import identifier
from compiler.runtime.svar import Svar, flatt, linjekolonne
from dsl.diagnostics import nearest

RESULT = ("status", "gruppe", "gruppe_oppgitt", "grunn", "varsel")


def record_for(rulebook: model.Rulebook, columns: Iterable[str]) -> model.Record:
    """The kind of record that the columns of a file fit best; the first declared where they fit alike.

    A collection is one only where the file has the list that it is made of.
    """
    names = {identifier(column) for column in columns}
    fitting = [r for r in rulebook.top_records() if r.gathering is None or identifier(r.gathering.elements) in names]
    return max(fitting, key=lambda record: len(names & {identifier(name) for name in field_names(rulebook, record)}))


def field_names(rulebook: model.Rulebook, record: model.Record) -> list[str]:
    """The names that a column of data may have."""
    grouping = rulebook.grouping_of(record.id) if record.gathering is None else None
    return [
        *(f.name for f in record.fields),
        *(f.identifier for f in record.fields),
        *([grouping.id] if grouping else []),
    ]


def unknown_columns(rulebook: model.Rulebook, record: model.Record, columns: Iterable[str]) -> str | None:
    """A note on the columns that the rulebook does not have, with the nearest field where one looks misspelt."""
    known = field_names(rulebook, record)
    strange = [column for column in columns if column not in known and not column.startswith("_")]
    if not strange:
        return None
    notes = []
    for column in strange:
        near = nearest(column, known)
        notes.append(f"«{column}» ({near})" if near else f"«{column}»")
    several = "kolonnene" if len(strange) > 1 else "kolonnen"
    return f"{several} {', '.join(notes)} er ikke i regelverket og er tatt med uendret"


def result_columns(rulebooks: Sequence[model.Rulebook], record: str) -> list[str]:
    """The columns of the answer, over the rule years that a file may need."""
    names: dict[str, None] = dict.fromkeys(RESULT[:3])
    for rulebook in rulebooks:
        if rulebook.grouping_of(record) is None:
            names.pop("gruppe", None)
            names.pop("gruppe_oppgitt", None)
        names |= dict.fromkeys(_value_columns(rulebook, record))
        names |= dict.fromkeys(_line_columns(rulebook, record))
        names |= dict.fromkeys(_used_columns(rulebook, record))
    return [*names, *RESULT[3:], "regelverk"]


def _value_columns(rulebook: model.Rulebook, record: str) -> list[str]:
    """The columns of the result fields of rules, and of calculations."""
    grouping = rulebook.grouping_of(record)
    results = grouping.results if grouping is not None and rulebook.rules else ()
    calculations = [term.identifier for term in rulebook.terms if term.in_result and term.record == record]
    return [*map(identifier, results), *calculations]


def _line_columns(rulebook: model.Rulebook, record: str) -> list[str]:
    """The columns with the answers for the elements of lists."""
    return [linjekolonne(field.identifier) for field in rulebook.judged_lists(rulebook.record(record))]


def _used_columns(rulebook: model.Rulebook, record: str) -> list[str]:
    """The same of the rulebook that finds the group, where another does; a name that is taken here is left out."""
    if rulebook.used is None or rulebook.grouping_of(record) is None:
        return []
    taken = set(field_names(rulebook, rulebook.record(record)))
    found = _value_columns(rulebook.used, rulebook.used.top_records()[0].id)
    return [column for column in found if column not in taken]


def flat(svar: Svar, name: str) -> dict[str, Any]:
    """An answer as columns."""
    return flatt(svar, identifier) | {"regelverk": name}


def renamed(columns: Sequence[str], results: Sequence[str]) -> list[str]:
    """The columns of the rows, each with a name of its own beside the columns of the answers."""
    taken = {*columns, *results}

    def fresh(column: str) -> str:
        name = column
        while name in taken:
            name = f"inn_{name}"
        return name

    return [fresh(column) if column in results else column for column in columns]
