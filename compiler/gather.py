"""The reference meaning of collections: which records go together, and where each of them went."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, localcontext
from typing import Any

from compiler import model
from compiler.evaluate import Case, evaluate
from compiler.fields import fields_of
from compiler.runtime.lesing import Felt, Post, les
from compiler.runtime.samlet import Samlet, Samling, Spor, med_ordnede_grunner, spor_i
from compiler.runtime.svar import Grunn, Svar
from compiler.runtime.verdier import REGNING, Mangler

_MINUTE = Decimal(60)


@dataclass(slots=True)
class _Gathered:
    """The records of one collection while they are gathered."""

    keys: dict[str, Any]
    members: list[int] = field(default_factory=list)
    unsure: list[Grunn] = field(default_factory=list)
    """Why it is not decided which records it has."""


def gather(rulebook: model.Rulebook, data: Sequence[object], record: str | None = None) -> Samlet:
    """The collections of some records, and where each record went; without `record`, of the first kind that has any."""
    with localcontext(REGNING):
        return _Material(rulebook, rulebook.record(record or gathered_kinds(rulebook)[0]), data).answer()


def gathered_kinds(rulebook: model.Rulebook) -> list[str]:
    """The kinds of record that collections are made of."""
    return list(dict.fromkeys(r.gathering.of for r in rulebook.records if r.gathering is not None))


class _Material:
    """The records that come in, read once."""

    def __init__(self, rulebook: model.Rulebook, record: model.Record, data: Sequence[object]) -> None:
        self.rulebook, self.record, self.data = rulebook, record, data
        self.fields = fields_of(rulebook, record)
        self.posts: list[Post] = []
        self.faults: list[tuple[Grunn, ...]] = []
        for raw in data:
            post, faults, outside = les(self.fields, raw)
            self.posts.append(post)
            self.faults.append(tuple(faults or outside))
        self.content = [content(self.fields, post) for post in self.posts]

    def answer(self) -> Samlet:
        """All collections, those of everything first."""
        collections: dict[str, tuple[Samling, ...]] = {}
        spor: dict[str, tuple[Spor, ...]] = {}
        around: dict[str, Post] = {}
        for collection in self.rulebook.collections_of(self.record.id):
            assert collection.gathering is not None
            gathered, fates = self._gathered(collection, collection.gathering)
            made = [self._judged(collection, collection.gathering, one, around) for one in gathered]
            if gathered and not collection.gathering.keys:
                around[collection.variable] = self._read(collection, gathered[0])
            collections[collection.id] = tuple(made)
            spor[collection.id] = tuple(self._fates(collection, collection.gathering, made, fates))
        return Samlet(collections, spor)

    # ---- which records go together

    def _gathered(
        self, collection: model.Record, gathering: model.Gathering
    ) -> tuple[list[_Gathered], dict[int, tuple[Grunn, ...]]]:
        """The collections of one kind in order of their keys, and why the records in none are not."""
        fates: dict[int, tuple[Grunn, ...]] = {}
        together: dict[tuple[Any, ...], _Gathered] = {}
        alone: list[_Gathered] = []
        for number, post in enumerate(self.posts):
            if self.faults[number]:
                fates[number] = self.faults[number]
                continue
            keys = self._keys(gathering, post)
            missing = [value for value in keys.values() if isinstance(value, Mangler)]
            if missing:
                fates[number] = (_not_stated(collection, missing),)
                continue
            taken, why = self._taken(collection, gathering, post)
            if taken is False and gathering.rest == "utelates":
                fates[number] = (Grunn(collection.id, "posten er utelatt fra samlingen"),)
            elif taken is False:
                alone.append(_Gathered(keys, [number]))
            else:
                one = together.setdefault(tuple(keys.values()), _Gathered(keys))
                one.members.append(number)
                one.unsure += why
        found = [*self._cut(collection, gathering, list(together.values()), fates), *alone]
        for one in found:
            one.members.sort(key=lambda number: self.content[number])
        found.sort(key=lambda one: (tuple(one.keys.values()), [self.content[n] for n in one.members]))
        return found, fates

    def _keys(self, gathering: model.Gathering, post: Post) -> dict[str, Any]:
        """What a record has of each key."""
        case = Case(self.rulebook, self.record)
        found: dict[str, Any] = {}
        for key in gathering.keys:
            value = case.value(key.value, {self.record.variable: post})
            found[key.name] = value if isinstance(value, Mangler) or key.period is None else period(key.period, value)
        return found

    def _taken(
        self, collection: model.Record, gathering: model.Gathering, post: Post
    ) -> tuple[bool | None, list[Grunn]]:
        """Whether a collection takes a record, and why that is not decided."""
        if gathering.where is None:
            return True, []
        case = Case(self.rulebook, self.record)
        env = {self.record.variable: post}
        taken = case.truth(gathering.where, env)
        return taken, [] if taken is not None else [
            case.because(collection.id, list(case.undecided(gathering.where, env)))
        ]

    def _cut(
        self,
        collection: model.Record,
        gathering: model.Gathering,
        found: list[_Gathered],
        fates: dict[int, tuple[Grunn, ...]],
    ) -> Iterator[_Gathered]:
        """The collections cut where too long passes from one record to the next."""
        gap = gathering.gap
        if gap is None:
            yield from found
            return
        case = Case(self.rulebook, self.record)
        for one in found:
            stays = []
            for number in one.members:
                env = {self.record.variable: self.posts[number]}
                start, end = case.value(gap.start, env), case.value(gap.end, env)
                missing = [value for value in (start, end) if isinstance(value, Mangler)]
                if missing:
                    fates[number] = (_not_stated(collection, missing),)
                else:
                    stays.append((start, end, number))
            parts: list[_Gathered] = []
            last: Any = None
            for start, end, number in sorted(stays, key=lambda stay: (stay[0], self.content[stay[2]])):
                if last is None or distance(last, start) >= gap.limit:
                    parts.append(_Gathered(one.keys, unsure=one.unsure))
                parts[-1].members.append(number)
                last = end if last is None else max(last, end)
            yield from parts

    # ---- the answer for each

    def _read(self, collection: model.Record, one: _Gathered) -> Post:
        return les(fields_of(self.rulebook, collection), self._as_data(collection, one))[0]

    def _as_data(self, collection: model.Record, one: _Gathered) -> dict[str, Any]:
        """A collection as data: its keys in the units they are given in, and the records it is made of."""
        assert collection.gathering is not None
        keys = {name: _in_unit(collection.field(name), value) for name, value in one.keys.items()}
        return {**keys, collection.gathering.elements: [self.data[number] for number in one.members]}

    def _judged(
        self, collection: model.Record, gathering: model.Gathering, one: _Gathered, around: Mapping[str, Post]
    ) -> Samling:
        """The answer for one collection."""
        if one.unsure:
            svar = Svar("uavklart", grunner=tuple(sorted(set(one.unsure), key=lambda reason: reason.tekst)))
        else:
            near = {variable: post for variable, post in around.items() if gathering.around is not None}
            data = self._as_data(collection, one)
            svar = med_ordnede_grunner(evaluate(self.rulebook, data, collection.id, near or None))
        keys = {name: _in_unit(collection.field(name), value) for name, value in one.keys.items()}
        return Samling(collection.id, keys, tuple(one.members), svar)

    def _fates(
        self,
        collection: model.Record,
        gathering: model.Gathering,
        made: Sequence[Samling],
        fates: Mapping[int, tuple[Grunn, ...]],
    ) -> Iterator[Spor]:
        """Where each record went."""
        grouping = self.rulebook.grouping_of(collection.id)
        listed = collection.field(gathering.elements)
        assert listed is not None
        placed: dict[int, Spor] = {}
        for number, samling in enumerate(made):
            name = grouping.id if grouping else None
            found = spor_i(samling.svar, len(samling.plasser), listed.identifier, name)
            for member, (groups, reasons) in zip(samling.plasser, found, strict=True):
                placed[member] = Spor(number, groups, reasons)
        for number in range(len(self.posts)):
            yield placed.get(number) or Spor(None, (), fates[number])


def _not_stated(collection: model.Record, missing: Sequence[Mangler]) -> Grunn:
    """Why a record cannot be placed."""
    names = tuple(dict.fromkeys(value.navn for value in missing))
    return Grunn(collection.id, f"{' og '.join(names)} er ikke oppgitt", names)


def _in_unit(field: model.RecordField | None, value: Any) -> Any:
    """A key in the unit that it is given in."""
    if field is None or field.unit is None or not isinstance(value, Decimal):
        return value
    return value * field.unit.denominator / field.unit.numerator


def period(name: str, day: date) -> str:
    """The period that a date is in: «2023», «2023-T1», «2023-03»."""
    if name == "år":
        return f"{day.year:04}"
    return f"{day.year:04}-T{(day.month + 3) // 4}" if name == "tertial" else f"{day.year:04}-{day.month:02}"


def distance(end: date, start: date) -> Decimal:
    """How long passes from an end to a start: minutes between points in time, days between dates."""
    passed = start - end
    if isinstance(end, datetime):
        return Decimal(passed.days * 1440) + Decimal(passed.seconds) / _MINUTE
    return Decimal(passed.days)


def content(fields: Sequence[Felt], post: Post) -> tuple[Any, ...]:
    """What a record says, so that records are put in an order that no row has a part in."""
    return tuple(_said(felt, getattr(post, felt.id, None)) for felt in fields)


def _said(felt: Felt, value: Any) -> tuple[Any, ...]:
    if isinstance(value, Mangler) or value is None:
        return ()
    if isinstance(value, tuple):
        return tuple(content(felt.av, one) if isinstance(one, Post) else (one,) for one in value)
    return (value,)
