"""An example as a page shows it: what is given, what is expected, and what the reference answer is."""

from collections.abc import Iterator
from dataclasses import dataclass

from compiler import model
from compiler.names import identifier
from compiler.pages.text import Md, escape, joined
from compiler.pages.view import View
from compiler.runtime.svar import Grunn, Linjesvar, Svar, Verdi
from compiler.words import spoken

_COUNTS = {True: "ja", False: "nei", None: "uavklart"}
NOT_COMPUTED = "ikke beregnet"


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of an example: a row for each element, with what became of it."""

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Md, ...], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that is shown of an example."""

    facts: tuple[tuple[str, str], ...]
    lists: tuple[Listed, ...]
    results: tuple[tuple[str, Md, Md], ...]
    """Name, expected and computed."""
    reasons: tuple[Md, ...] = ()
    notices: tuple[Md, ...] = ()


def outcome(view: View, example: model.Example, answer: Svar | None) -> Outcome:
    """An example beside its answer; without an answer the computed column says so."""
    facts = tuple((spoken(name), value) for name, value in example.given.items() if isinstance(value, str))
    lists = tuple(_listed(view, example, name, rows, answer) for name, rows in _lists(example))
    results = tuple(_results(view, example, answer))
    if answer is None:
        return Outcome(facts, lists, results)
    reasons = tuple(_reason(view, reason) for reason in answer.grunner)
    return Outcome(facts, lists, results, reasons, tuple(_reason(view, notice) for notice in answer.varsler))


def _lists(example: model.Example) -> Iterator[tuple[str, tuple[dict[str, str], ...]]]:
    """The lists that are given."""
    for name, value in example.given.items():
        if not isinstance(value, str):
            yield name, value


def _listed(
    view: View, example: model.Example, name: str, rows: tuple[dict[str, str], ...], answer: Svar | None
) -> Listed:
    """A list with its elements as given, and what was expected and computed of each."""
    given = tuple(dict.fromkeys(key for row in rows for key in row))
    lines = answer.lister.get(identifier(name), ()) if answer else ()
    expected = next((one.rows for one in example.expected if one.name == name), ())
    values = tuple(dict.fromkeys(key for line in lines for key in line.verdier))
    heads = (*map(spoken, given), *(("ventet inngår",) if expected else ()))
    if lines:
        heads = (*heads, "inngår", "grunn", *map(spoken, values))
    shown = []
    for number, row in enumerate(rows):
        cells = [escape(row.get(key, "")) for key in given]
        if expected:
            cells.append(escape(_at(expected, number).get("inngår", "")))
        if lines:
            cells += _line(view, lines[number] if number < len(lines) else None, values)
        shown.append(tuple(cells))
    return Listed(_capital(spoken(name)), tuple(map(_capital, heads)), tuple(shown))


def _at(rows: tuple[dict[str, str], ...], number: int) -> dict[str, str]:
    return rows[number] if number < len(rows) else {}


def _line(view: View, line: Linjesvar | None, values: tuple[str, ...]) -> list[Md]:
    """What was computed of one element."""
    if line is None:
        return [Md("") for _ in range(len(values) + 2)]
    reasons = joined((_reason(view, reason) for reason in (*line.grunner, *line.varsler)), "; ")
    computed = [_value(view, name, line.verdier[name]) if name in line.verdier else Md("–") for name in values]
    return [Md(_COUNTS[line.inngaar]), reasons, *computed]


def _results(view: View, example: model.Example, answer: Svar | None) -> Iterator[tuple[str, Md, Md]]:
    """Each result: its name, what was expected and what was computed."""
    expected = {one.name: one for one in example.expected if not one.rows}
    status = example.status or next(
        (one.nothing for one in expected.values() if one.nothing == "kan ikke beregnes"), ""
    )
    yield "Status", escape(status or "–"), escape(answer.status if answer else NOT_COMPUTED)
    if example.reason:
        yield "Grunn", escape(example.reason), _first_reason(answer)
    if "gruppe" in expected or (answer and answer.gruppe):
        yield "Gruppe", _group(view, _wanted(expected.get("gruppe"))), _computed_group(view, answer)
    names = [name for name in expected if name != "gruppe"]
    names += [name for name in (answer.verdier if answer else ()) if name not in expected]
    for name in names:
        computed = _value(view, name, answer.verdier[name]) if answer and name in answer.verdier else Md("–")
        yield view.name("begrep", name), escape(_wanted(expected.get(name))), computed
    if answer and answer.mulige:
        yield "Mulige grupper", Md("–"), joined(_group(view, group) for group in answer.mulige)


def _wanted(expected: model.Expected | None) -> str:
    """What an example expects of a name."""
    return "–" if expected is None else expected.value or expected.nothing or "–"


def _first_reason(answer: Svar | None) -> Md:
    if answer is None:
        return Md(NOT_COMPUTED)
    return escape(answer.grunner[0].tekst) if answer.grunner else Md("–")


def _computed_group(view: View, answer: Svar | None) -> Md:
    if answer is None:
        return Md(NOT_COMPUTED)
    given = Md(" (oppgitt i data)") if answer.gruppe_oppgitt else Md("")
    return _group(view, answer.gruppe or "–") + given


def _group(view: View, id_: str) -> Md:
    """A group as a link."""
    return view.link("gruppe", id_, spoken(id_))


def _value(view: View, name: str, value: Verdi) -> Md:
    """A computed value, with the unit of the calculation that gave it."""
    term = next((term for term in view.rulebook.terms if name in (term.id, term.identifier)), None)
    return view.result(term, value)


def _reason(view: View, reason: Grunn) -> Md:
    """A reason, with a link to the rule that gives it."""
    kind = view.kind_of(reason.id)
    return view.link(kind, reason.id, reason.tekst) if kind else escape(reason.tekst)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
