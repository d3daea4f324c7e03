"""Collections of one kind, gathered from the same records by both rulebooks, and held together by their keys."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import import_module
from typing import Any, NamedTuple

from compiler.bulk.gathering import as_gathered, needed
from compiler.bulk.judge import Judge
from compiler.bulk.sources import Row
from compiler.bulk.writers import cell
from compiler.consequences.findings import ABSENT
from compiler.consequences.fit import Measure
from compiler.consequences.pairs import Read, amounts_of, unit_shown
from compiler.consequences.recode import Recoding
from compiler.consequences.tally import Answer, Contact, Part, Place
from compiler.runtime.forklaring import forklaringstekst, tall
from compiler.runtime.samlet import Samlet, Samling, Spor

_SEVERAL = "flere"
_REASONS = 3
"""So many reasons why records are in no collection are told."""
_ROWS = 12
"""So many of the rows of a collection are shown."""


class Pair(NamedTuple):
    """A collection by the one rulebook and the same by the other; None where only one of them makes it."""

    before: Samling | None
    after: Samling | None

    @property
    def either(self) -> Samling:
        """The collection, by the first that makes it."""
        found = self.before or self.after
        assert found is not None
        return found


def paired(before: Iterable[Samling], after: Iterable[Samling]) -> list[Pair]:
    """The collections of both, those with the same keys together; of several with the same, those of the same records.

    Where one is left on each side, its records have changed, and it is still the same.
    """
    together: dict[tuple[Any, ...], tuple[list[Samling], list[Samling]]] = {}
    for side, collections in enumerate((before, after)):
        for one in collections:
            together.setdefault(tuple(one.noekler.items()), ([], []))[side].append(one)
    return [pair for first, second in together.values() for pair in _with_same_keys(first, second)]


def _with_same_keys(before: Sequence[Samling], after: Sequence[Samling]) -> Iterator[Pair]:
    by_records = {frozenset(one.plasser): one for one in after}
    same = [(one, by_records.pop(frozenset(one.plasser), None)) for one in before]
    left = list(by_records.values())
    alone = sum(other is None for _, other in same) == len(left) == 1
    for one, other in same:
        yield Pair(one, left[0] if alone and other is None else other)
    if not alone:
        yield from (Pair(None, one) for one in left)


@dataclass
class Collections:
    """The collections of one kind by both rulebooks, when the records have been read."""

    name: str
    judges: tuple[Judge, Judge]
    sides: tuple[str, str]
    """What the two rulebooks are called."""
    records: list[Row] = field(default_factory=list)
    recoded: list[Row] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    fates: tuple[Sequence[Spor], Sequence[Spor]] = ((), ())

    def parts(
        self, rows: Iterator[Row], measures: Sequence[Measure], recoding: Recoding, unit: str | None
    ) -> Iterator[tuple[Part, Read]]:
        """The collections with both answers."""
        self.records = list(rows)
        self.recoded = [recoding.row(row) for row in self.records]
        first, second = self._gathered(self.judges[0], self.records), self._gathered(self.judges[1], self.recoded)
        self.pairs = paired(first.samlinger[self.name], second.samlinger[self.name])
        self.fates = first.spor[self.name], second.spor[self.name]
        units = None if unit is None else [self._unit(pair, unit) for pair in self.pairs]
        answers = [[_answer(one, measures) for one in side] for side in zip(*self.pairs, strict=True)] or [[], []]
        numbers = range(len(self.pairs))
        yield Part(answers[0], answers[1], numbers, numbers, units, self._data), CollectionsRead(self.pairs)

    def _gathered(self, judge: Judge, rows: Sequence[Row]) -> Samlet:
        """The collections that a rulebook makes of the records."""
        rules = needed(judge.modules[0].SAMLINGER[judge.record], [self.name])
        runtime = import_module("._runtime.samling", judge.package.__name__)
        found: Samlet = runtime.samle(rules, [as_gathered(row) for row in rows])
        return found

    def _unit(self, pair: Pair, unit: str) -> str:
        """The unit of the records of a collection, where they have the same."""
        places = {place for one in pair if one is not None for place in one.plasser}
        units = {unit_shown(self.records[place].get(unit)) for place in places}
        return _SEVERAL if len(units) > 1 else next(iter(units))

    def _data(self, number: int) -> Mapping[str, Any]:
        """What is shown of a collection: its keys, and the rows that it has."""
        pair = self.pairs[number]
        keys = dict(pair.either.noekler)
        if pair.before is None or pair.after is None or {*pair.before.plasser} == {*pair.after.plasser}:
            return {**keys, "rader": _rows(pair.either)}
        rows = {f"rader i {side}": _rows(one) for side, one in zip(self.sides, pair, strict=True) if one is not None}
        return {**keys, **rows}

    # ---- in words

    def texts(self, contact: Contact) -> tuple[str, str]:
        """Both explanations of a collection."""
        before, after = self.pairs[contact.row]
        return self._text(self.judges[0], before, self.records), self._text(self.judges[1], after, self.recoded)

    def _text(self, judge: Judge, one: Samling | None, rows: Sequence[Row]) -> str:
        if one is None:
            return f"Status: {ABSENT}\nFordi: ingen rader er samlet under denne nøkkelen\n"
        module = judge.modules[0]
        (rules,) = (rules for rules in module.SAMLINGER[judge.record] if rules.navn == self.name)
        data = {**one.noekler, rules.liste: [as_gathered(rows[place]) for place in one.plasser]}
        # What is around a collection, or only perhaps in it, is not seen from the records that it has.
        if rules.regler.rundt is None and {*module.grupper_data(data, self.name).grunner} == {*one.svar.grunner}:
            text: str = module.forklar(data, self.name)
            return text
        return forklaringstekst(self.name, one.svar, [])

    def notes(self) -> Iterator[str]:
        """How many collections only one of them makes, and how many records are in none, with why."""
        out, come = sum(one.after is None for one in self.pairs), sum(one.before is None for one in self.pairs)
        if out or come:
            found = f"{_count(out)} {'samling' if out == 1 else 'samlinger'} finnes bare etter {self.sides[0]}"
            yield f"{found}, og {_count(come)} bare etter {self.sides[1]}."
        for side, fates in zip(self.sides, self.fates, strict=True):
            reasons = Counter("; ".join(reason.tekst for reason in one.grunner) for one in fates if one.samling is None)
            if reasons:
                left_out = f"{_count(sum(reasons.values()))} av {_count(len(fates))} rader er ikke i noen samling"
                yield f"{left_out} etter {side}: {', '.join(_told(reasons))}."


class CollectionsRead:
    """Collections as CSV has them: the keys, and how many records each has by the one and by the other."""

    def __init__(self, pairs: Sequence[Pair]) -> None:
        self.pairs = pairs

    def texts(self) -> Iterator[Sequence[str | None]]:
        for pair in self.pairs:
            counts = ("" if one is None else str(len(one.plasser)) for one in pair)
            yield [*(cell(value, ";") for value in pair.either.noekler.values()), *counts]


def _answer(one: Samling | None, measures: Sequence[Measure]) -> Answer:
    """What came of a collection; its groups are all that it gets."""
    if one is None:
        return Answer(Place(ABSENT, None), (None,) * len(measures))
    groups = "; ".join(chosen.gruppe for chosen in one.svar.valgte) or one.svar.gruppe
    return Answer(Place(one.svar.status, groups), amounts_of(one.svar, [measure.id for measure in measures]))


def _rows(one: Samling) -> str:
    """The rows of a collection, the first of them where there are many."""
    rows = sorted(place + 1 for place in one.plasser)
    return " ".join(map(str, rows[:_ROWS])) + (f" … ({_count(len(rows))} i alt)" if len(rows) > _ROWS else "")


def _told(reasons: Counter[str]) -> Iterator[str]:
    """The commonest reasons, with how many they are of, and how many have others."""
    ordered = sorted(reasons.items(), key=lambda one: (-one[1], one[0]))
    yield from (f"{reason} ({_count(count)})" for reason, count in ordered[:_REASONS])
    others = sum(count for _, count in ordered[_REASONS:])
    if others:
        yield f"annet ({_count(others)})"


def _count(number: int) -> str:
    return tall(Decimal(number))
