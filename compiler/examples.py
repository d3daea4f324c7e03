"""The examples of a rulebook, computed and held against what they expect."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from compiler import model
from compiler.evaluate import evaluate
from compiler.runtime.forklaring import samlede_grunner, vist
from compiler.runtime.lesing import Felt, les
from compiler.runtime.svar import Linjesvar, Svar, Verdi
from compiler.runtime.verdier import Mangler, lest
from dsl.diagnostics import Diagnostic, Span, error

Answer = Callable[[model.Example], Svar]


def answers(rulebook: model.Rulebook) -> dict[str, Svar]:
    """The computed answer of each example, by id."""
    return {example.id: evaluate(rulebook, example.given, example.record) for example in rulebook.examples}


def failing_examples(rulebook: model.Rulebook, computed: dict[str, Svar] | None = None) -> Iterator[Diagnostic]:
    """R406: an example that does not come out as it says."""
    found = computed if computed is not None else answers(rulebook)
    for example in rulebook.examples:
        svar = found[example.id]
        for line, expected, actual in _differences(rulebook, example, svar):
            place = example.place
            span = Span(place.path, line or place.line, 1, line or place.line, 2)
            because = "; ".join(samlede_grunner(svar))
            hint = f"svaret er «{svar.status}»: {because}" if because else None
            message = f"eksempelet «{example.title}» gir {actual}, ventet {expected}"
            yield error("R406", message, span, hint)


def _differences(rulebook: model.Rulebook, example: model.Example, svar: Svar) -> Iterator[tuple[int | None, str, str]]:
    """Line, what was expected and what came out, for each thing that differs."""
    if example.status is not None and example.status != svar.status:
        yield None, example.status, svar.status
    elif example.reason is not None and example.reason not in [grunn.tekst for grunn in svar.grunner]:
        texts = "; ".join(grunn.tekst for grunn in svar.grunner)
        yield None, f"«{example.reason}»", f"«{texts}»"
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
    shown = f"{lest(name)} {_shown(term, value)}"
    if expected.nothing is not None:
        return None if value is None else (f"at {lest(name)} {expected.nothing}", shown)
    same = value is not None and value == _read(term, expected.value or "")
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
    return given.get(column, "") if term is None else _shown(term, line.verdier.get(column))


def _same_cell(rulebook: model.Rulebook, record: model.Record, column: str, wanted: str, found: str) -> bool:
    if wanted == found:
        return True
    term = next((t for t in rulebook.terms if t.id == column and t.record == record.id), None)
    if term is None:
        return False
    return found == "kan ikke beregnes" if wanted == "" else _read(term, wanted) == _read(term, found)


def _felt(term: model.Term) -> Felt:
    unit = term.unit or model.Unit(shown="")
    as_text = term.kind in ("gruppe", "kode", "koder", "liste", "post")
    kind: model.FieldKind = "tekst" if as_text else term.kind  # type: ignore[assignment]
    return Felt(term.id, term.identifier, kind, unit.shown, unit.numerator, unit.denominator)


def _read(term: model.Term, text: str) -> Verdi:
    """An expected value, in shown units."""
    post, _, _ = les((_felt(term),), {term.id: text})
    value = getattr(post, term.identifier)
    if isinstance(value, Mangler):
        return None
    if isinstance(value, Decimal) and term.unit is not None:
        return value * term.unit.denominator / term.unit.numerator
    return value  # type: ignore[no-any-return]


def _shown(term: model.Term, value: Verdi) -> str:
    """A computed value as it is read."""
    return "kan ikke beregnes" if value is None else vist(value, term.unit.shown if term.unit else "")
