"""The columns of files: those that a rulebook knows, and those of the answers."""

from collections.abc import Iterable, Sequence

from compiler import model
from compiler.names import identifier
from compiler.runtime.svar import Svar, Verdi, flatt
from dsl.diagnostics import nearest

RESULT = ("status", "gruppe", "gruppe_oppgitt", "grunn", "varsel")


def record_for(rulebook: model.Rulebook, columns: Iterable[str]) -> model.Record:
    """The kind of record that the columns of a file fit best; the first declared where they fit alike."""
    names = {identifier(column) for column in columns}

    def fit(record: model.Record) -> int:
        grouping = rulebook.grouping_of(record.id)
        return len(names & ({f.identifier for f in record.fields} | ({grouping.identifier} if grouping else set())))

    return max(rulebook.top_records(), key=fit)


def field_names(rulebook: model.Rulebook, record: model.Record) -> list[str]:
    """The names that a column of data may have."""
    grouping = rulebook.grouping_of(record.id)
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
        grouping = rulebook.grouping_of(record)
        if grouping is None:
            names.pop("gruppe", None)
            names.pop("gruppe_oppgitt", None)
        elif rulebook.rules:
            names |= dict.fromkeys(map(identifier, grouping.results))
        names |= dict.fromkeys(t.identifier for t in rulebook.terms if t.in_result and t.record == record)
    return [*names, *RESULT[3:], "regelverk"]


def flat(svar: Svar, name: str) -> dict[str, Verdi]:
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
