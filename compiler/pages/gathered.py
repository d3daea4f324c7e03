"""An example of many records gathered, as a page shows it: where each went, and what each collection came to."""

from collections.abc import Iterator, Mapping

from compiler import model
from compiler.gathered_examples import cells_of, fate_of
from compiler.pages import values
from compiler.pages.examples import (
    NOT_COMPUTED,
    Listed,
    Outcome,
    capital,
    group_shown,
    in_lines,
    reason_shown,
    value_shown,
)
from compiler.pages.text import Md, escape, joined
from compiler.pages.view import View
from compiler.runtime.samlet import Samlet, Samling
from compiler.runtime.svar import Svar
from compiler.words import spoken


def gathered(view: View, example: model.Example, found: Samlet | None) -> Outcome:
    """What was given with what became of each record, and a table for each kind of collection that is expected."""
    expected = [one for one in example.expected if one.name not in example.given]
    return Outcome(
        facts=(),
        lists=(_given(view, example, found),),
        results=(),
        collections=tuple(_collections(view, one, found) for one in expected),
    )


def summary(view: View, example: model.Example, found: Samlet) -> Md:
    """How many collections of each expected kind there are: «Pasientmåned: 3»."""
    names = [one.name for one in example.expected if one.name in found.samlinger]
    return joined((view.record(name, spoken(name)) + escape(f": {len(found.samlinger[name])}") for name in names), ", ")


def answered(view: View, example: model.Example, answer: Svar | Samlet | None) -> Md:
    """The answer of an example in a few words, whether it gathers or not."""
    match answer:
        case None:
            return Md(NOT_COMPUTED)
        case Samlet():
            return summary(view, example, answer)
        case Svar():
            groups = [one.gruppe for one in answer.valgte] or ([answer.gruppe] if answer.gruppe else [])
            return joined([answer.status, *(group_shown(view, group) for group in groups)])


# ---- the records given


def _given(view: View, example: model.Example, found: Samlet | None) -> Listed:
    """The records as they were given, with the collection, the groups and the reasons of each."""
    ((name, rows),) = example.given.items()
    assert not isinstance(rows, str)
    fields = tuple(dict.fromkeys(key for row in rows for key in row))
    wanted = next((one.rows for one in example.expected if one.name == name), ())
    shown = _shown_kinds(view, example)
    cells = []
    for number, row in enumerate(rows):
        given = [view.given(example.record, key, row.get(key, "")) for key in fields]
        expected = wanted[number] if number < len(wanted) else {}
        fate = in_lines(_fate(view, found, shown, number, expected)) if found is not None else Md(NOT_COMPUTED)
        cells.append((*given, fate))
    heads = (*(capital(spoken(field)) for field in fields), "Hvor den ble av")
    return Listed(capital(spoken(name)), heads, tuple(cells))


def _shown_kinds(view: View, example: model.Example) -> list[tuple[str, str | None]]:
    """The collections that an example speaks of, each with its grouping."""
    columns = {key for one in example.expected for row in one.rows for key in row}
    named = {one.name for one in example.expected} | columns
    collections = [record.id for record in view.rulebook.collections_of(example.record)]
    groupings = {grouping.record: grouping.id for grouping in view.rulebook.groupings}
    return [(id_, groupings.get(id_)) for id_ in collections if id_ in named or groupings.get(id_) in named]


def _fate(
    view: View, found: Samlet, shown: list[tuple[str, str | None]], number: int, expected: Mapping[str, str]
) -> Iterator[tuple[str, Md]]:
    """Where one record went: for each collection its number and the groups, and then why not."""
    actual = fate_of(view.rulebook, found.spor, number)
    reasons: dict[str, Md] = {}
    for collection, grouping in shown:
        one = found.spor[collection][number]
        yield spoken(collection), _beside(escape(actual[collection] or "ingen"), expected, collection, actual)
        if grouping is not None:
            groups = joined(group_shown(view, group) for group in one.grupper) or Md("ingen")
            yield spoken(grouping), _beside(groups, expected, grouping, actual)
        reasons |= {reason.id: reason_shown(view, reason) for reason in one.grunner}
    if reasons:
        yield "grunn", joined(reasons.values(), "; ")


def _beside(computed: Md, expected: Mapping[str, str], name: str, actual: Mapping[str, str]) -> Md:
    """What was computed, with what was expected where that is something else."""
    wanted = expected.get(name, actual[name])
    return computed if wanted == actual[name] else computed + escape(f" (ventet {wanted or 'ingen'})")


# ---- the collections


def _collections(view: View, expected: model.Expected, found: Samlet | None) -> Listed:
    """The collections of one kind: number, what they have in common, and what was expected and computed of each."""
    record = view.rulebook.record(expected.name)
    assert record.gathering is not None
    keys = [key.name for key in record.gathering.keys]
    made = found.samlinger[expected.name] if found is not None else ()
    rows = []
    for number in range(max(len(made), len(expected.rows))):
        wanted = expected.rows[number] if number < len(expected.rows) else None
        one = made[number] if number < len(made) else None
        cells = [_key(record, name, wanted, one) for name in keys]
        said = in_lines(_wanted(view, wanted, keys)) if wanted is not None else Md("–")
        rows.append((escape(number + 1), *cells, said, _computed(view, expected, one, keys, found)))
    heads = ("Nr.", *(capital(spoken(name)) for name in keys), "Ventet", "Beregnet")
    return Listed(view.record(expected.name, spoken(expected.name)), heads, tuple(rows))


def _key(record: model.Record, name: str, wanted: Mapping[str, str] | None, one: Samling | None) -> Md:
    """What the records of a collection have in common."""
    value = str(one.noekler[name]) if one is not None else (wanted or {}).get(name, "–")
    return values.text_shown(record.field(name), value)


def _wanted(view: View, row: Mapping[str, str], keys: list[str]) -> Iterator[tuple[str, Md]]:
    """What is expected of a collection."""
    yield from ((_called(view, name), _cell(view, name, text)) for name, text in row.items() if name not in keys)


def _called(view: View, name: str) -> str:
    """What a column is called in a cell."""
    if name == "status":
        return "Status"
    return view.name("begrep", name) if _has(view, "begrep", name) else capital(spoken(name))


def _has(view: View, kind: str, id_: str) -> bool:
    return (kind, id_) in view.addresses.definitions


def _cell(view: View, name: str, text: str) -> Md:
    """What a cell expects: groups and reasons as links."""
    if name in ("gruppe", "grupper") or _has(view, "gruppering", name):
        return joined(group_shown(view, one) for one in text.split(", ")) if text else Md("ingen")
    if name == "grunn":
        kinds = {one: view.kind_of(one) for one in text.split()}
        return joined(view.link(kind, one) if kind else escape(one) for one, kind in kinds.items()) or Md("ingen")
    is_day = any(term.kind == "dato" for term in view.rulebook.terms if term.id == name)
    return values.day_or_text(text or "–") if is_day else escape(text or "–")


def _computed(view: View, expected: model.Expected, one: Samling | None, keys: list[str], found: Samlet | None) -> Md:
    """What was computed of a collection: of what its table expects, and why."""
    if one is None:
        return Md(NOT_COMPUTED) if found is None else Md("–")
    cells = cells_of(view.rulebook, one)
    parts: list[tuple[str, Md]] = []
    for name in dict.fromkeys(column for row in expected.rows for column in row):
        if name in keys or name == "grunn":
            continue
        computed = name in one.svar.verdier
        shown = value_shown(view, name, one.svar.verdier[name]) if computed else _cell(view, name, cells.get(name, ""))
        parts.append((_called(view, name), shown))
    parts += [("Grunn", reason_shown(view, reason)) for reason in one.svar.grunner]
    parts += [("Varsel", reason_shown(view, notice)) for notice in one.svar.varsler]
    return in_lines(iter(parts))
