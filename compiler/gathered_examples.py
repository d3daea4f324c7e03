"""What an example of many records gathered came out as, held against what it expects."""

from collections.abc import Iterator, Mapping, Sequence

from compiler import model
from compiler.runtime.samlet import Samlet, Samling, Spor
from compiler.term_values import read_value, shown_value

Difference = tuple[int | None, str, str]


def differences(rulebook: model.Rulebook, example: model.Example, found: Samlet) -> Iterator[Difference]:
    """Line, what was expected and what came out, for each thing that differs."""
    for expected in example.expected:
        if expected.name in found.samlinger:
            actual = [cells_of(rulebook, one) for one in found.samlinger[expected.name]]
            collection: str | None = expected.name
        else:
            (given,) = example.given.values()
            assert not isinstance(given, str)
            actual = [{**row, **fate_of(rulebook, found.spor, number)} for number, row in enumerate(given)]
            collection = None
        differ = _rows_differ(rulebook, collection, expected.rows, actual)
        if differ is not None:
            yield expected.line, *differ


def _rows_differ(
    rulebook: model.Rulebook,
    collection: str | None,
    expected: Sequence[Mapping[str, str]],
    actual: Sequence[Mapping[str, str]],
) -> tuple[str, str] | None:
    """The first row that did not come out as expected."""
    for number, (row, cells) in enumerate(zip(expected, actual, strict=False), 1):
        for column, wanted in row.items():
            found = cells.get(column, "")
            if not _same(rulebook, collection, column, wanted, found):
                return f"{_quoted(wanted)} i rad {number}, {column}", _quoted(found)
    if len(expected) != len(actual):
        return _rows(len(expected)), _rows(len(actual))
    return None


def _quoted(text: str) -> str:
    return f"«{text}»" if text else "ingenting"


def _rows(number: int) -> str:
    return f"{number} {'rad' if number == 1 else 'rader'}"


def _same(rulebook: model.Rulebook, collection: str | None, column: str, wanted: str, found: str) -> bool:
    if wanted == found:
        return True
    term = next((t for t in rulebook.terms if t.id == column and t.record == collection), None)
    return term is not None and wanted != "" and read_value(term, wanted) == read_value(term, found)


def cells_of(rulebook: model.Rulebook, samling: Samling) -> dict[str, str]:
    """What came out of a collection, by the columns of examples and of tables on pages."""
    svar = samling.svar
    grouping = rulebook.grouping_of(samling.navn)
    groups = ", ".join(valgt.gruppe for valgt in svar.valgte)
    values = {
        term.id: shown_value(term, svar.verdier.get(term.id))
        for term in rulebook.terms
        if term.in_result and term.record == samling.navn and (svar.verdier or svar.status == "kan ikke beregnes")
    }
    return {
        **{name: str(value) for name, value in samling.noekler.items()},
        "antall": str(len(samling.plasser)),
        "status": svar.status,
        "gruppe": svar.gruppe or "",
        "grupper": groups,
        "grunn": " ".join(grunn.id for grunn in svar.grunner),
        **({grouping.id: groups} if grouping is not None else {}),
        **values,
    }


def fate_of(rulebook: model.Rulebook, spor: Mapping[str, Sequence[Spor]], number: int) -> dict[str, str]:
    """Where one record went, by the columns of examples."""
    found: dict[str, str] = {}
    reasons: list[str] = []
    for name, of_each in spor.items():
        one = of_each[number]
        grouping = rulebook.grouping_of(name)
        found[name] = "" if one.samling is None else str(one.samling + 1)
        if grouping is not None:
            found[grouping.id] = ", ".join(one.grupper)
        reasons += [grunn.id for grunn in one.grunner]
    return {**found, "grunn": " ".join(dict.fromkeys(reasons))}
