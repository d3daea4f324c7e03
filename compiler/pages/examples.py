"""An example as a page shows it: what is given, what is expected, and what the reference answer is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from compiler import model
from compiler.examples import Answers
from compiler.names import identifier
from compiler.pages.addresses import ExampleTable
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

    facts: tuple[tuple[str, Md], ...]
    lists: tuple[Listed, ...]
    results: tuple[tuple[str, Md, Md], ...]
    """Name, expected and computed."""
    reasons: tuple[Md, ...] = ()
    notices: tuple[Md, ...] = ()
    collections: tuple[Listed, ...] = ()
    """The collections that came of what was given, each kind with what was expected and computed."""


def outcome(view: View, example: model.Example, answer: Svar | None) -> Outcome:
    """An example beside its answer; without an answer the computed column says so."""
    facts = tuple(_facts(view, example, example.given))
    lists = tuple(_listed(view, example, name, rows, answer) for name, rows in _lists(example))
    results = tuple(_results(view, example, answer))
    if answer is None:
        return Outcome(facts, lists, results)
    reasons = tuple(reason_shown(view, reason) for reason in _once(answer.grunner))
    return Outcome(
        facts, lists, results, reasons, tuple(reason_shown(view, notice) for notice in _once(answer.varsler))
    )


@dataclass(frozen=True, slots=True)
class Tabulated:
    """A table of examples: what all rows have in common, and each row with its answer."""

    facts: tuple[tuple[str, Md], ...]
    lists: tuple[Listed, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[Md, ...], ...]
    """What is given, what was expected and what was computed; the first cell has the address of the row."""


def tabulated(view: View, table: ExampleTable, answers: Answers) -> Tabulated:
    """The rows of a table of examples beside their answers."""
    names = dict.fromkeys(name for row in table.rows for name in row.given)
    first = table.rows[0].given
    same = {name for name in names if all(row.given.get(name) == first.get(name) for row in table.rows)}
    same = same if len(table.rows) > 1 else set()
    given = [name for name in names if name not in same and not any(_is_list(row, name) for row in table.rows)]
    common = [(name, first[name]) for name in names if name in same]
    facts = tuple(_facts(view, table.rows[0], dict(common)))
    lists = tuple(_listed(view, table.rows[0], name, rows, None) for name, rows in common if not isinstance(rows, str))
    rows = []
    for number, row in enumerate(table.rows, 1):
        found = answers.get(row.id)
        answer = found if isinstance(found, Svar) else None
        facts_of_row = dict(_facts(view, row, row.given))
        cells = [facts_of_row.get(spoken(name), Md("–")) for name in given]
        address = Md(f'<a id="{view.addresses.anchors["eksempel", row.id]}"></a>') + escape(number)
        rows.append((address, *cells, in_lines(_expected(view, row)), in_lines(_computed(view, row, answer))))
    return Tabulated(facts, lists, ("Rad", *(capital(spoken(name)) for name in given)), tuple(rows))


def _facts(
    view: View, example: model.Example, given: Mapping[str, str | tuple[dict[str, str], ...]]
) -> Iterator[tuple[str, Md]]:
    """The single values that are given, by what they are called."""
    for name, value in given.items():
        if isinstance(value, str):
            yield spoken(name), view.given(example.record, name, value)


def _is_list(example: model.Example, name: str) -> bool:
    return not isinstance(example.given.get(name, ""), str)


def in_lines(parts: Iterator[tuple[str, Md]]) -> Md:
    """Results under each other in a cell; a status needs no name before it."""
    shown = (value if name == "Status" else escape(f"{name}: ") + value for name, value in parts)
    return joined(shown, "<br>") or Md("–")


def _expected(view: View, example: model.Example) -> Iterator[tuple[str, Md]]:
    """What a row expects."""
    if example.status:
        yield "Status", escape(example.status)
    if example.reason_id:
        kind = view.kind_of(example.reason_id)
        yield "grunn", view.link(kind, example.reason_id) if kind else escape(example.reason_id)
    for one in example.expected:
        wanted = _wanted(one)
        yield _result_name(view, one.name), group_shown(view, wanted) if one.name == "gruppe" else escape(wanted)


def _computed(view: View, example: model.Example, answer: Svar | None) -> Iterator[tuple[str, Md]]:
    """What the reference answer says of what a row, or its table, expects."""
    if answer is None:
        yield "Status", Md(NOT_COMPUTED)
        return
    yield "Status", escape(answer.status)
    for reason in _once(answer.grunner):
        yield "grunn", reason_shown(view, reason)
    if answer.gruppe is not None:
        yield "gruppe", _computed_group(view, answer)
    for one in example.expected:
        if one.name in answer.verdier:
            yield _result_name(view, one.name), value_shown(view, one.name, answer.verdier[one.name])


def _result_name(view: View, name: str) -> str:
    """What a result is called in a cell."""
    return "gruppe" if name == "gruppe" else view.name("begrep", name)


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
    users = _users(view, example, name, len(rows), answer)
    heads = (*map(spoken, given), *(("ventet inngår",) if expected else ()))
    if lines:
        heads = (*heads, "inngår", "grunn", *map(spoken, values))
    heads = (*heads, *(["brukes av"] if users else []))
    shown = []
    for number, row in enumerate(rows):
        cells = [escape(row.get(key, "")) for key in given]
        if expected:
            cells.append(escape(_at(expected, number).get("inngår", "")))
        if lines:
            cells += _line(view, lines[number] if number < len(lines) else None, values)
        if users:
            cells.append(users[number])
        shown.append(tuple(cells))
    return Listed(capital(spoken(name)), tuple(map(capital, heads)), tuple(shown))


def _users(view: View, example: model.Example, name: str, count: int, answer: Svar | None) -> list[Md]:
    """The groups that use each record of a collection; nothing where no group uses any."""
    gathering = view.rulebook.record(example.record).gathering
    if answer is None or gathering is None or gathering.elements != name or not answer.valgte:
        return []
    using = ([one.gruppe for one in answer.valgte if place in one.brukt] for place in range(count))
    return [joined(group_shown(view, group) for group in groups) or Md("–") for groups in using]


def _at(rows: tuple[dict[str, str], ...], number: int) -> dict[str, str]:
    return rows[number] if number < len(rows) else {}


def _line(view: View, line: Linjesvar | None, values: tuple[str, ...]) -> list[Md]:
    """What was computed of one element."""
    if line is None:
        return [Md("") for _ in range(len(values) + 2)]
    reasons = joined((reason_shown(view, reason) for reason in _once((*line.grunner, *line.varsler))), "; ")
    computed = [value_shown(view, name, line.verdier[name]) if name in line.verdier else Md("–") for name in values]
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
    chosen = _chosen_by(view, example)
    if chosen is not None and (chosen in expected or (answer and answer.valgte)):
        name = "gruppe" if "gruppe" in expected else chosen
        wanted = joined(group_shown(view, one) for one in _wanted(expected.pop(name, None)).split(", "))
        yield capital(spoken(chosen)), wanted, _all_groups(view, answer)
    elif "gruppe" in expected or (answer and answer.gruppe):
        yield "Gruppe", group_shown(view, _wanted(expected.get("gruppe"))), _computed_group(view, answer)
    names = [name for name in expected if name != "gruppe"]
    names += [name for name in (answer.verdier if answer else ()) if name not in expected]
    for name in names:
        computed = value_shown(view, name, answer.verdier[name]) if answer and name in answer.verdier else Md("–")
        yield view.name("begrep", name), escape(_wanted(expected.get(name))), computed
    if answer and answer.mulige:
        yield "Mulige grupper", Md("–"), joined(group_shown(view, group) for group in answer.mulige)


def _chosen_by(view: View, example: model.Example) -> str | None:
    """The grouping of the collection that an example gives; None where it gives something else, or there is none."""
    grouping = view.rulebook.grouping_of(example.record)
    return grouping.id if grouping is not None and view.rulebook.record(example.record).gathering else None


def _all_groups(view: View, answer: Svar | None) -> Md:
    """All groups that a collection was given."""
    if answer is None:
        return Md(NOT_COMPUTED)
    return joined(group_shown(view, one.gruppe) for one in answer.valgte) or Md("–")


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
    return group_shown(view, answer.gruppe or "–") + given


def group_shown(view: View, id_: str) -> Md:
    """A group as a link."""
    return view.link("gruppe", id_, spoken(id_))


def value_shown(view: View, name: str, value: Verdi) -> Md:
    """A computed value, with the unit of the calculation that gave it."""
    term = next((term for term in view.rulebook.terms if name in (term.id, term.identifier)), None)
    return view.result(term, value)


def reason_shown(view: View, reason: Grunn) -> Md:
    """A reason, with a link to the rule that gives it."""
    kind = view.kind_of(reason.id)
    return view.link(kind, reason.id, reason.tekst) if kind else escape(reason.tekst)


def _once(reasons: Sequence[Grunn]) -> Iterator[Grunn]:
    """The reasons, each text once: several calculations may lack the same."""
    told: set[str] = set()
    for reason in reasons:
        if reason.tekst not in told:
            told.add(reason.tekst)
            yield reason


def capital(text: str) -> str:
    """The text with its first letter large."""
    return text[:1].upper() + text[1:]
