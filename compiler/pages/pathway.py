"""Lists that an example asks to have shown («viser»): in tables that are set beside each other, and as figures."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial
from itertools import product

from compiler import model
from compiler.examples import Answers
from compiler.names import identifier
from compiler.pages.examples import outcome
from compiler.pages.figure import LOOKS, Box, Look, figure
from compiler.pages.text import Md, escape
from compiler.pages.values import text_shown
from compiler.pages.view import View
from compiler.runtime.svar import Linjesvar, Svar, Verdi
from compiler.words import number, spoken

_KRONER = "kr"
_COUNTS = {False: "inngår ikke", None: "uavklart"}
_UNKNOWN = "kan ikke beregnes"


@dataclass(frozen=True, slots=True)
class Panel:
    """The elements that have the same value in the fields that a list is set apart by."""

    name: str
    heads: tuple[tuple[Md, bool], ...]
    """What stands above each column, and whether it holds numbers."""
    rows: tuple[tuple[Md, ...], ...]
    total: tuple[Md, ...]
    unpaid: Md
    figure: Md


@dataclass(frozen=True, slots=True)
class Shown:
    """A list with its panels; one with a figure has a panel under the other, one without has them side by side."""

    name: str
    panels: tuple[Panel, ...]
    legend: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pathway:
    """An example with the lists that it asks to have shown, and the rest of its answer."""

    example: model.Example
    lists: tuple[Shown, ...]
    results: tuple[tuple[str, Md], ...]


def pathways(view: View, answers: Answers) -> list[Pathway]:
    """The examples that ask for it, in the order of the text."""
    found = []
    for example in view.rulebook.examples:
        answer = answers.get(example.id)
        if not example.shows or not isinstance(answer, Svar):
            continue
        lists = tuple(_Elements(view, example, wanted, answer).shown() for wanted in example.shows)
        empty = ("–", _UNKNOWN) if answer.status == "gruppert" else ("–",)
        results = outcome(view, example, answer).results
        found.append(
            Pathway(
                example,
                lists,
                tuple((name, value) for name, _, value in results if name != "Status" and value not in empty),
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class _Element:
    """One element as given, and what was computed of it."""

    given: Mapping[str, str]
    line: Linjesvar

    def has(self, names: Sequence[str], values: Sequence[str]) -> bool:
        """Whether the element has some values in some fields."""
        return all(self.given.get(name, "") == value for name, value in zip(names, values, strict=True))

    def day(self, field: model.RecordField | None) -> date | None:
        """The date of the element, where it has one."""
        with suppress(ValueError):
            return date.fromisoformat(self.given.get(field.name, "")) if field is not None else None
        return None


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the tables; `amounts` has what is summed, where it is kroner."""

    name: str
    is_number: bool
    cell: Callable[[_Element], Md]
    amounts: Callable[[Sequence[_Element]], Iterator[Decimal | None]] | None


class _Elements:
    """The elements of one list of an example."""

    def __init__(self, view: View, example: model.Example, wanted: model.Shows, answer: Svar) -> None:
        self.view = view
        self.answer = answer
        self.wanted = wanted
        self.id = f"{example.id}-{wanted.list}"
        self.title = example.title or example.id
        rulebook = view.rulebook
        field = rulebook.record(example.record).field(wanted.list)
        assert field is not None
        assert field.of is not None
        self.record = rulebook.record(field.of)
        rows = example.given[wanted.list]
        lines = answer.lister.get(identifier(wanted.list), ())
        self.all = [] if isinstance(rows, str) else [_Element(*pair) for pair in zip(rows, lines, strict=False)]
        self.terms = [term for term in rulebook.terms if term.in_result and term.record == self.record.id]
        self.terms = [term for term in self.terms if any(self._says(one, term) for one in self.all)]
        self.amount = next((term for term in self.terms if _in_kroner(term.unit)), None)
        self.date = self.record.date
        self.has_figure = self.amount is not None and any(one.day(self.date) for one in self.all)
        self.looks: set[Look] = set()

    def shown(self) -> Shown:
        """The list, a panel for each value that sets it apart."""
        apart, lane = self.wanted.by[:-1], self.wanted.by[-1]
        keys = [key for key in product(*map(self._choices, apart)) if any(one.has(apart, key) for one in self.all)]
        panels = []
        for number_, key in enumerate(keys):
            own = [one for one in self.all if one.has(apart, key)]
            if self.has_figure:
                own.sort(key=lambda one: one.day(self.date) or date.max)
            name = ", ".join(map(_said, key))
            panels.append(self._panel(f"{self.id}-{number_}", _capital(name), own, lane))
        legend = tuple(LOOKS[look] for look in LOOKS if look in self.looks)
        name = spoken(self.wanted.list)
        return Shown(_capital(name), tuple(panels), legend)

    def _choices(self, name: str) -> tuple[str, ...]:
        """What a field can be; last that it is not given."""
        field = self.record.field(name)
        return (*(field.choices if field is not None else ()), "")

    def _panel(self, id_: str, name: str, own: Sequence[_Element], lane: str) -> Panel:
        columns = list(self._columns())
        total = [escape(_sum(found.amounts(own))) if found.amounts is not None else Md("") for found in columns]
        is_summed = any(total) and len(own) > 1
        return Panel(
            name=name,
            heads=tuple((_head(found.name), found.is_number) for found in columns),
            rows=tuple(tuple(found.cell(one) for found in columns) for one in own),
            total=(escape("Sum"), *total[1:]) if is_summed else (),
            unpaid=self._unpaid(own),
            figure=self._figure(id_, name, own, lane) if self.has_figure else Md(""),
        )

    def _columns(self) -> Iterator[_Column]:
        """What is given, what was computed, and whether an element counts where one does not."""
        for field in self.record.fields:
            if field.name not in self.wanted.by[:-1] and any(one.given.get(field.name) for one in self.all):
                yield _Column(field.name, _in_kroner(field.unit), partial(_given, field), _amounts_given(field))
        for term in self.terms:
            amounts = partial(self._values, term) if _in_kroner(term.unit) else None
            name = term.title or term.id
            yield _Column(name, term.kind == "desimaltall", partial(self._computed, term), amounts)
        if any(one.line.inngaar is not True for one in self.all):
            yield _Column("inngår", False, lambda one: escape(_COUNTS.get(one.line.inngaar, "ja")), None)

    # ---- values

    def _says(self, one: _Element, term: model.Term) -> bool:
        """Whether an answer says something of a calculation: a value, or that it cannot be had."""
        return self._value(one, term) is not None or self._is_unknown(one, term)

    def _value(self, one: _Element, term: model.Term) -> Verdi:
        verdier = one.line.verdier
        return verdier.get(term.id, verdier.get(term.identifier))

    def _is_unknown(self, one: _Element, term: model.Term) -> bool:
        reasons = {reason.id for reason in (*one.line.grunner, *self.answer.grunner)}
        return self._value(one, term) is None and bool({term.id, term.identifier} & reasons)

    def _computed(self, term: model.Term, one: _Element) -> Md:
        """A computed cell; an amount of nothing is marked."""
        value = self._value(one, term)
        if value is None:
            return escape(_UNKNOWN if self._is_unknown(one, term) else "–")
        shown = self.view.result(term, value)
        if self.has_figure and term is self.amount and value == 0:
            return shown + Md(' <strong class="merke">ikke betalt</strong>')
        return shown

    def _values(self, term: model.Term, own: Sequence[_Element]) -> Iterator[Decimal | None]:
        """The numbers of a column, of the elements that count; None is one that cannot be had."""
        for one in own:
            value = self._value(one, term)
            if isinstance(value, Decimal):
                yield value
            elif self._is_unknown(one, term) or one.line.inngaar is None:
                yield None

    def _unpaid(self, own: Sequence[_Element]) -> Md:
        """How many elements give nothing."""
        if not self.has_figure:
            return Md("")
        count = sum(self._look(one) == "ubetalt" for one in own)
        return escape(f"{count} av {len(own)} hendelser blir ikke betalt av noen ordning.")

    # ---- the figure

    def _look(self, one: _Element) -> Look:
        assert self.amount is not None
        value = self._value(one, self.amount)
        if one.line.inngaar is False:
            return "utenfor"
        return "ukjent" if value is None else "ubetalt" if value == 0 else "betalt"

    def _figure(self, id_: str, name: str, own: Sequence[_Element], lane: str) -> Md:
        assert self.amount is not None
        lanes = []
        for choice in self._choices(lane):
            if any(one.has((lane,), (choice,)) for one in self.all):
                of_lane = [one for one in own if one.has((lane,), (choice,))]
                total = _sum(self._values(self.amount, of_lane))
                lanes.append((_capital(_said(choice)), total))
        boxes = [self._box(one, lane, day) for one in own if (day := one.day(self.date)) is not None]
        self.looks |= {box.look for box in boxes}
        return figure(identifier(id_), f"{self.title}: {name.lower()}" if name else self.title, lanes, boxes)

    def _box(self, one: _Element, lane: str, day: date) -> Box:
        """The box of an element: the first choice that is no lane says what it is, the first text who pays."""
        assert self.amount is not None
        label = next(
            (one.given[f.name] for f in self.record.fields if self._is_label(f) and one.given.get(f.name)),
            self.record.id,
        )
        texts = (self._value(one, term) for term in self.terms if term.kind == "tekst")
        note = next((text for text in texts if isinstance(text, str)), "")
        look = self._look(one)
        value = self._value(one, self.amount)
        amount = number(value, model.Unit(shown=_KRONER)) if isinstance(value, Decimal) else "ukjent beløp"
        if look == "ubetalt":
            note = "ikke betalt"
        elif look == "utenfor":
            amount, note = "–", "inngår ikke"
        return Box(_capital(_said(one.given.get(lane, ""))), day, spoken(label), amount, note, look)

    def _is_label(self, field: model.RecordField) -> bool:
        return field.kind in ("valg", "tekst", "kode", "gruppe") and field.name not in self.wanted.by


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _said(choice: str) -> str:
    """A choice as it is read."""
    return spoken(choice) or "ikke oppgitt"


def _head(name: str) -> Md:
    """What stands above a column."""
    return escape(_capital(spoken(name)))


def _in_kroner(unit: model.Unit | None) -> bool:
    return unit is not None and unit.shown == _KRONER


def _number(text: str) -> Decimal | None:
    """A number as an author writes it; nothing where there is none."""
    with suppress(InvalidOperation):
        return Decimal(
            text.replace(" ", "").replace("\u00a0", "").replace(",", ".").replace("−", "-").removesuffix("kr")
        )
    return None


def _amounts_given(field: model.RecordField) -> Callable[[Sequence[_Element]], Iterator[Decimal | None]] | None:
    """The amounts that are given in a field, where it is in kroner."""
    if not _in_kroner(field.unit):
        return None
    return lambda own: (_number(one.given.get(field.name, "")) for one in own)


def _given(field: model.RecordField, one: _Element) -> Md:
    """A given cell, a number with its unit."""
    text = one.given.get(field.name, "")
    value = _number(text) if field.kind in ("heltall", "desimaltall") else None
    if value is None:
        return text_shown(field, text) if text else Md("–")
    return escape(number(value, model.Unit(shown=field.unit.shown if field.unit else "")))


def _sum(values: Iterator[Decimal | None]) -> str:
    """The sum of some amounts; one that cannot be had makes the sum so."""
    found = list(values)
    if None in found:
        return _UNKNOWN
    return number(sum((value for value in found if value is not None), Decimal(0)), model.Unit(shown=_KRONER))
