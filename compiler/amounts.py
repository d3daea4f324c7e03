"""What a group comes to in kroner: the rulebook's own calculations, done on a record that is given the group."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from compiler import model
from compiler.evaluate import calculated
from compiler.runtime.svar import Verdi
from compiler.walk import references
from compiler.words import day_shown, spoken

KRONER = "kr"

_MOST = 8
"""An amount that depends on more choices than this is only said to depend on them."""


class Amount(NamedTuple):
    """What a calculation comes to, for the choices it depends on; or why it comes to nothing that can be known."""

    term: str
    choices: tuple[str, ...]
    """The choices of a field that it is the same for; none where it is the same for all."""
    value: Decimal | None
    because: str


class _Tried(NamedTuple):
    """The calculations of a record with a choice made in each of some fields."""

    choices: tuple[str, ...]
    values: Mapping[str, Verdi]
    because: Mapping[str, str]


def amounts(rulebook: model.Rulebook) -> Mapping[str, tuple[Amount, ...]]:
    """What each group comes to, by its id; nothing for a group where no calculation gives kroner."""
    if not rulebook.worth:
        rulebook.worth.update((group.id, ()) for group in rulebook.groups)
        for grouping in rulebook.groupings:
            if rulebook.record(grouping.record).gathering is None:
                rulebook.worth.update(_of_grouping(rulebook, grouping))
    return rulebook.worth


def _of_grouping(rulebook: model.Rulebook, grouping: model.Grouping) -> Iterator[tuple[str, tuple[Amount, ...]]]:
    """The groups that a record can be given in a grouping, each with what it comes to."""
    terms = _kroner_terms(rulebook, grouping)
    record = rulebook.record(grouping.record)
    for group in rulebook.groups if terms else ():
        if (rulebook.grouping_with(group) or rulebook.record_grouping) is grouping:
            tried = _tried(rulebook, record, {grouping.id: group.id}, (), terms)
            yield group.id, tuple(amount for term in terms for amount in _alike(term, tried))


def _alike(term: str, tried: Sequence[_Tried]) -> Iterator[Amount]:
    """What a calculation came to, each outcome once with the choices that it came of."""
    same: dict[tuple[Decimal | None, str], list[_Tried]] = {}
    for one in tried:
        value = one.values.get(term)
        number = value if isinstance(value, Decimal) else None
        if number is not None or term in one.because:
            same.setdefault((number, one.because.get(term, "")), []).append(one)
    for (number, because), ones in same.items():
        choices = () if len(ones) == len(tried) else tuple(" ".join(one.choices) for one in ones)
        yield Amount(term, choices, number, because)


def _kroner_terms(rulebook: model.Rulebook, grouping: model.Grouping) -> list[str]:
    """The calculations that give kroner and depend on the group."""
    of_group = {("gruppering", grouping.id)}
    of_group |= {("tabell", table.id) for table in rulebook.tables if table.keys == ("gruppe",)}
    refers = {term.id: set(references(term)) for term in rulebook.terms}
    while more := {("begrep", id_) for id_, found in refers.items() if found & of_group} - of_group:
        of_group |= more
    found = (term for term in rulebook.terms if term.in_result and term.record == grouping.record)
    shown = [term.id for term in found if term.unit is not None and term.unit.shown == KRONER]
    return [id_ for id_ in shown if ("begrep", id_) in of_group]


def _tried(
    rulebook: model.Rulebook, record: model.Record, data: dict[str, str], made: tuple[str, ...], terms: Sequence[str]
) -> list[_Tried]:
    """The calculations with what is given, or with each choice of a field that they lack."""
    values, reasons = calculated(rulebook, data, record.id)
    lacking = dict.fromkeys(name for reason in reasons if reason.id in terms for name in reason.felt)
    fields = (field for name in lacking if name not in data and (field := record.field(name)) is not None)
    name, choices = next(((field.name, found) for field in fields if (found := _choices(rulebook, field))), ("", {}))
    if len(made) > 1 or not 0 < len(choices) <= _MOST:
        return [_Tried(made, values, {reason.id: reason.tekst for reason in reasons})]
    tried = []
    for choice, said in choices.items():
        tried += _tried(rulebook, record, {**data, name: choice}, (*made, said), terms)
    return tried


def _choices(rulebook: model.Rulebook, field: model.RecordField) -> dict[str, str]:
    """What a field can be, as far as amounts are concerned, with the words for it: of a date, the days rates change."""
    if field.kind == "dato":
        later = {period.start for rate in rulebook.rates for period in rate.periods}
        return {day.isoformat(): f"fra {day_shown(day)}" for day in sorted({rulebook.valid_from, *later})}
    return {choice: spoken(choice) for choice in field.choices} if field.kind == "valg" else {}
