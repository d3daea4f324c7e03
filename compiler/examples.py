"""The examples of a rulebook, computed and held against what they expect."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from compiler import model
from compiler.evaluate import evaluate
from compiler.gather import gather
from compiler.gathered_examples import Difference
from compiler.gathered_examples import differences as gathered_differences
from compiler.runtime.forklaring import samlede_grunner
from compiler.runtime.samlet import Samlet
from compiler.runtime.svar import Linjesvar, Svar
from compiler.runtime.verdier import lest
from compiler.term_values import read_value, shown_value
from dsl.diagnostics import Correction, Diagnostic, Span, error, nearest
from dsl.keywords import UNITS

_AMOUNT = re.compile(r"(?P<before>[^\W\d]+ )?(?P<number>\d[\d ]*(?:,\d+)?)(?P<after> ?[^\W\d]+)?")
"""An amount with the word of its unit before or after it."""
Answers = Mapping[str, Svar | Samlet]
"""The answer of each example, by its id."""


def answers(rulebook: model.Rulebook) -> Answers:
    """The computed answer of each example."""
    return {example.id: answer(rulebook, example) for example in rulebook.examples}


def answer(rulebook: model.Rulebook, example: model.Example) -> Svar | Samlet:
    """The computed answer of an example."""
    if example.gathers:
        return gather(rulebook, gathered_rows(example), example.record)
    return evaluate(rulebook, example.given, example.record)


def gathered_rows(example: model.Example) -> list[dict[str, str]]:
    """The records that an example gives to be gathered."""
    (given,) = example.given.values()
    assert not isinstance(given, str)
    return list(given)


def failing_examples(rulebook: model.Rulebook, computed: Answers | None = None) -> Iterator[Diagnostic]:
    """R406: an example that does not come out as it says."""
    found = computed if computed is not None else answers(rulebook)
    for example in rulebook.examples:
        svar: Any = found[example.id]
        because = "" if example.gathers else "; ".join(samlede_grunner(svar))
        for line, expected, actual in differences(rulebook, example, svar):
            place = example.place
            span = Span(place.path, line or place.line, 1, line or place.line, 2)
            hint = f"svaret er «{svar.status}»: {because}" if because else None
            if line is not None and line == example.status_line and example.status == svar.status:
                hint = nearest(example.reason or "", [grunn.tekst for grunn in svar.grunner]) or hint
            if line is not None:
                hint = _another_form(rulebook, example, line, expected) or hint
            message = f"eksempelet «{example.title}» gir {actual}, ventet {expected}"
            yield error("R406", message, span, hint)


def _another_form(rulebook: model.Rulebook, example: model.Example, line: int, shown: str) -> Correction | None:
    """A hint where an expected amount has its unit in another place or form than values are written in."""
    terms = {term.id: term for term in rulebook.terms}
    for one in example.expected:
        term, text = terms.get(one.name), one.value or ""
        if one.line != line or shown != f"{lest(one.name)} {text}" or term is None or term.unit is None:
            continue
        amount = _AMOUNT.fullmatch(text)
        if amount is None or read_value(term, text) is not None:
            return None
        unit = (amount["before"] or amount["after"] or "").strip()
        if unit not in UNITS or UNITS[unit] != UNITS.get(term.unit.shown):
            return None
        right = shown_value(term, read_value(term, f"{amount['number'].strip()} {term.unit.shown}"))
        return Correction(f"skriv {right}", text, right)
    return None


def differences(rulebook: model.Rulebook, example: model.Example, found: Any) -> Iterator[Difference]:
    """Line, what an example expects and what came out, for each thing that differs."""
    differ = gathered_differences if example.gathers else _differences
    return differ(rulebook, example, found)


def _differences(rulebook: model.Rulebook, example: model.Example, svar: Svar) -> Iterator[Difference]:
    """Line, what was expected and what came out, for each thing that differs."""
    if example.status is not None and example.status != svar.status:
        yield example.status_line, example.status, svar.status
    elif example.reason is not None and example.reason not in [grunn.tekst for grunn in svar.grunner]:
        texts = "; ".join(grunn.tekst for grunn in svar.grunner)
        yield example.status_line, f"«{example.reason}»", f"«{texts}»"
    if example.reason_id and example.reason_id not in [grunn.id for grunn in svar.grunner]:
        yield None, f"grunnen {example.reason_id}", f"grunnen {', '.join(g.id for g in svar.grunner) or 'ingen'}"
    for expected in example.expected:
        found = _actual(rulebook, example, svar, expected)
        if found is not None:
            yield expected.line, *found


def _actual(
    rulebook: model.Rulebook, example: model.Example, svar: Svar, expected: model.Expected
) -> tuple[str, str] | None:
    """What was expected of one name and what came out, where they differ."""
    name = expected.name
    grouping = rulebook.grouping_of(example.record)
    if expected.rows:
        return _rows_differ(rulebook, example, svar, expected)
    if name == "gruppe" or (grouping is not None and name == grouping.id):
        if expected.nothing is not None:
            return None if svar.gruppe is None else (f"at {name} {expected.nothing}", f"{name} {svar.gruppe}")
        wanted = expected.value
        return (
            None if svar.gruppe == wanted else (f"{name} {wanted}", f"{name} {svar.gruppe or 'ingen'} ({svar.status})")
        )
    if grouping is not None and name in grouping.results:
        text = svar.verdier.get(name)
        differ = f"{name} {expected.value or 'mangler'}", f"{name} {text or 'mangler'}"
        return None if text == expected.value else differ
    term = next((t for t in rulebook.terms if t.id == name), None)
    if term is None:
        return f"{lest(name)} {expected.value}", "ikke noe slikt"
    value = svar.verdier.get(name)
    shown = f"{lest(name)} {shown_value(term, value)}"
    if expected.nothing is not None:
        return None if value is None else (f"at {lest(name)} {expected.nothing}", shown)
    same = value is not None and value == read_value(term, expected.value or "")
    return None if same else (f"{lest(name)} {expected.value}", shown)


def _rows_differ(
    rulebook: model.Rulebook, example: model.Example, svar: Svar, expected: model.Expected
) -> tuple[str, str] | None:
    """The first row that did not come out as expected."""
    field = rulebook.record(example.record).field(expected.name)
    record = rulebook.record(field.of) if field is not None and field.of else None
    lines = svar.lister.get(field.identifier, ()) if field is not None else ()
    given = example.given.get(expected.name, ())
    if record is None or len(lines) != len(expected.rows):
        return f"{len(expected.rows)} linjer", f"{len(lines)} linjer ({svar.status})"
    for number, (row, line) in enumerate(zip(expected.rows, lines, strict=True), 1):
        inn = given[number - 1] if not isinstance(given, str) and number <= len(given) else {}
        for column, wanted in row.items():
            found = _cell(rulebook, record, line, inn, column)
            if not _same_cell(rulebook, record, column, wanted, found):
                return f"linje {number} {column} «{wanted}»", f"«{found}»"
    return None


def _cell(rulebook: model.Rulebook, record: model.Record, line: Linjesvar, given: dict[str, str], column: str) -> str:
    """What a column of an expected row came out as."""
    if column in ("inngår", "teller"):
        return {True: "ja", False: "nei", None: "uavklart"}[line.inngaar]
    if column == "grunn":
        return " ".join(grunn.id for grunn in line.grunner)
    term = next((t for t in rulebook.terms if t.id == column and t.record == record.id), None)
    return given.get(column, "") if term is None else shown_value(term, line.verdier.get(column))


def _same_cell(rulebook: model.Rulebook, record: model.Record, column: str, wanted: str, found: str) -> bool:
    if wanted == found:
        return True
    term = next((t for t in rulebook.terms if t.id == column and t.record == record.id), None)
    if term is None:
        return False
    return found == "kan ikke beregnes" if wanted == "" else read_value(term, wanted) == read_value(term, found)
