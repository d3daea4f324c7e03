"""What differs between two rule years, found in the two complete rulebooks and never in the amendments' text."""

from collections.abc import Collection, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from compiler import model
from compiler.compare_entries import Entries
from compiler.compare_facts import (
    ALL_YEAR,
    DURING,
    GROUP,
    KINDS,
    ORDER,
    ROWS,
    TITLE,
    Entry,
    Fact,
    Figure,
    Kind,
    Line,
    Said,
    Step,
    plain,
)
from compiler.compare_order import moved
from compiler.kinds import field_dimension
from compiler.words import year_shown

_ONLY_CHANGED = (TITLE, "gjelder for", "gruppering", ORDER, GROUP, "adresse", "nummer")
"""What is told of a definition that changed, and is plain from its name when it is new or ended."""


# ---- the comparison


class FigureChange(model.Node):
    """A figure that differs; a side is None where the year does not have the definition."""

    what: Literal["tall"] = "tall"
    aspect: str
    old: Figure | None
    new: Figure | None
    percent: model.Number | None = None
    """The change in percent of the old figure, rounded as it is shown."""


class WordsChange(model.Node):
    """Words that differ; a side is empty where the year does not say it."""

    what: Literal["ord"] = "ord"
    aspect: str
    old: tuple[Line, ...]
    new: tuple[Line, ...]


class Code(model.Node):
    """A code, interval, prefix or named set, with what it means."""

    code: str
    text: str | None = None


class CodesChange(model.Node):
    """Codes that only one of the years has."""

    what: Literal["koder"] = "koder"
    aspect: str
    removed: tuple[Code, ...]
    added: tuple[Code, ...]


Detail = Annotated[FigureChange | WordsChange | CodesChange, Field(discriminator="what")]


class Item(model.Node):
    """A definition that differs, what differs about it, and the reasons that the new year gives."""

    kind: Kind
    id: str
    name: str
    change: Literal["ny", "endret", "utgått"]
    details: tuple[Detail, ...]
    because: tuple[str, ...] = ()
    because_figures: tuple[str, ...] = ()
    """Those of the reasons that were given for its row in a table."""
    of: str | None = None
    """What the table, or the group, that a row belongs to is called."""
    row: str | None = None
    """What a row is called among the others."""


class Side(model.Node):
    """One of the rule years compared."""

    name: str
    scheme: str
    year: int
    label: str
    """The year as a heading shows it: «2020», or «2020/21» where a rule year is not a calendar year."""
    title: str
    status: str
    extract: str | None


class Comparison(model.Node):
    """All that differs between two rule years, by kind and then in the order of the new rulebook."""

    old: Side
    new: Side
    items: tuple[Item, ...]

    @cached_property
    def _by_kind(self) -> dict[Kind, tuple[Item, ...]]:
        return {kind: tuple(item for item in self.items if item.kind == kind) for kind in KINDS}

    @cached_property
    def _by_id(self) -> dict[tuple[str, str], Item]:
        return {(item.kind, item.id): item for item in self.items}

    def about(self, kinds: Collection[str], id_: str) -> list[Item]:
        """The differences of one definition, which may be of one of several kinds."""
        return [self._by_id[kind, id_] for kind in kinds if (kind, id_) in self._by_id]

    def of_kind(self, kind: Kind) -> tuple[Item, ...]:
        """The differences of one kind."""
        return self._by_kind[kind]


def compare(old: model.Rulebook, new: model.Rulebook) -> Comparison:
    """What differs between two complete rule years, whichever is the later."""
    old_side, new_side = sides(old, new)
    order = _moved(old, new)
    skipped = set(_rows_alike(old, new))
    ending = (True, False) if old.year < new.year else (False, True) if old.year > new.year else (None, None)
    before = Entries(old, old_side.label, order[0], ending[0], skipped).all()
    after = Entries(new, new_side.label, order[1], ending[1], skipped).all()
    keys = sorted(dict.fromkeys([*after, *before]), key=lambda key: list(KINDS).index(key[0]))
    found = (_item(before.get(key), after.get(key), old, new) for key in keys)
    return Comparison(old=old_side, new=new_side, items=tuple(item for item in found if item is not None))


def _moved(old: model.Rulebook, new: model.Rulebook) -> tuple[dict[str, str], dict[str, str]]:
    """The places of the groups that changed places, and of the rows where they are tried as they stand."""
    untouched = {one.id for one in (*new.groups, *new.rules) if one.last_changed < new.year}
    orders = [(_groups_in_order(old, one.id), _groups_in_order(new, one.id)) for one in new.groupings]
    orders.append((_rules_in_order(old), _rules_in_order(new)))
    found = [moved(before, after, untouched) for before, after in orders]
    old_places, new_places = ({id_: at for pair in found for id_, at in pair[side].items()} for side in (0, 1))
    return old_places, new_places


def _groups_in_order(rulebook: model.Rulebook, grouping: str) -> list[str]:
    """The groups of a grouping with a condition, in the order they are tried."""
    return [group.id for group in rulebook.groups if group.grouping == grouping and group.when is not None]


def _rules_in_order(rulebook: model.Rulebook) -> list[str]:
    """The rows of the rule tables, where their order is that of the text."""
    ordered = any(grouping.order_by is not None for grouping in rulebook.groupings)
    return [] if ordered else [rule.id for rule in rulebook.rules]


def _rows_alike(old: model.Rulebook, new: model.Rulebook) -> Iterator[tuple[str, str]]:
    """Table and key of each row on its own that both years have alike, and of all that came or went with its table."""
    tables = {table.id: table for table in old.tables}
    for table in new.tables:
        other = tables.pop(table.id, None)
        if other is None:
            yield from ((table.id, row.key) for row in table.rows)
        elif _columns(table) == _columns(other):
            rows = other.by_key
            yield from ((table.id, r.key) for r in table.rows if r.key in rows and rows[r.key].values == r.values)
    for gone in tables.values():
        yield from ((gone.id, row.key) for row in gone.rows)


def _columns(table: model.Table) -> list[tuple[str, str, model.Unit | None, bool]]:
    """What decides how the values of a table are read."""
    return [(field.name, field.kind, field.unit, field.yearly) for field in table.fields]


# ---- what differs


def _item(before: Entry | None, after: Entry | None, old: model.Rulebook, new: model.Rulebook) -> Item | None:
    """What differs about a definition; None where nothing does."""
    entry = after or before
    assert entry is not None
    details = tuple(_details(before, after))
    if before and after and not details:
        return None
    change: Literal["ny", "endret", "utgått"] = "endret" if before and after else "ny" if after else "utgått"
    because = tuple(dict.fromkeys(_reasons(entry, after is None, old, new)))
    of_rows = {one.because for one in entry.row_changes}
    return Item(
        kind=entry.kind,
        id=entry.id,
        name=entry.name,
        change=change,
        details=details,
        because=because,
        because_figures=tuple(reason for reason in because if reason in of_rows),
        of=entry.of,
        row=entry.row,
    )


def _reasons(entry: Entry, ended: bool, old: model.Rulebook, new: model.Rulebook) -> Iterator[str]:
    """The reasons given after the old year, up to the new one."""
    if new.year <= old.year:
        return
    if ended:
        terms = ("begrep", "beregning")
        if entry.kind == "rad":
            yield from _reasons_of_table(entry, old, new)
        for gone in new.repealed:
            same = gone.type == entry.kind or (gone.type in terms and entry.kind in terms)
            if same and gone.id == entry.id and gone.because:
                yield gone.because
        return
    yield from (change.because for change in entry.changes if change.because and old.year < change.year <= new.year)


def _reasons_of_table(entry: Entry, old: model.Rulebook, new: model.Rulebook) -> Iterator[str]:
    """The reasons given for the table that a row was taken out of."""
    for table in new.tables:
        if entry.id.startswith(f"{table.id} "):
            for change in table.changes:
                if change.because and old.year < change.year <= new.year:
                    yield change.because


def _details(before: Entry | None, after: Entry | None) -> Iterator[Detail]:
    """Each thing that differs, in the order of the new year."""
    facts = ({} if before is None else before.facts, {} if after is None else after.facts)
    for aspect in dict.fromkeys([*facts[1], *facts[0]]):
        if aspect in ((ROWS,) if before and after else _ONLY_CHANGED):
            continue
        one, other = facts[0].get(aspect), facts[1].get(aspect)
        if aspect == DURING and before and after:
            one, other = one or plain(ALL_YEAR), other or plain(ALL_YEAR)
        step = one if isinstance(one, Step) else other
        if isinstance(step, Step):
            yield from _figure_change(aspect, step.before, step.after)
        elif isinstance(one, Figure) or isinstance(other, Figure):
            yield from _figure_change(aspect, _side(one, before), _side(other, after))
        elif isinstance(one, Said) or isinstance(other, Said):
            yield from _words_change(aspect, one, other)
        else:
            yield from _codes_change(aspect, one or {}, other or {})


def _side(fact: Fact | None, entry: Entry | None) -> Figure | None:
    """The figure of a year: not stated where the year has the definition without it, None where it lacks both."""
    if isinstance(fact, Figure) or entry is None:
        return fact if isinstance(fact, Figure) else None
    return Figure(value=None, unit=None, shown=f"ikke oppgitt for {entry.label}")


def _figure_change(aspect: str, old: Figure | None, new: Figure | None) -> Iterator[FigureChange]:
    if old is None or new is None:
        yield FigureChange(aspect=aspect, old=old, new=new)
        return
    same_unit = field_dimension(old.unit) == field_dimension(new.unit)
    if old.value == new.value and (same_unit or old.value is None):
        return
    percent = None
    if same_unit and old.value and new.value is not None:
        percent = _rounded((Fraction(new.value) - Fraction(old.value)) / abs(Fraction(old.value)) * 100)
    yield FigureChange(aspect=aspect, old=old, new=new, percent=percent)


def _rounded(percent: Fraction) -> Decimal:
    """A change in percent with one decimal, or as many as it takes to be more than nothing."""
    places = next((places for places in range(1, 9) if abs(percent) * 10**places >= Fraction(1, 2)), 8)
    whole = int(abs(percent) * 10**places + Fraction(1, 2))
    return Decimal(whole if percent > 0 else -whole).scaleb(-places)


def _words_change(aspect: str, old: Fact | None, new: Fact | None) -> Iterator[WordsChange]:
    one, other = (fact if isinstance(fact, Said) else Said((), "") for fact in (old, new))
    if one.meaning != other.meaning:
        yield WordsChange(aspect=aspect, old=one.lines, new=other.lines)


def _codes_change(aspect: str, old: Fact, new: Fact) -> Iterator[CodesChange | WordsChange]:
    assert isinstance(old, dict)
    assert isinstance(new, dict)
    removed = tuple(Code(code=code, text=text or None) for code, text in old.items() if code not in new)
    added = tuple(Code(code=code, text=text or None) for code, text in new.items() if code not in old)
    if removed or added:
        yield CodesChange(aspect=aspect, removed=removed, added=added)
    for code, text in new.items():
        if old.get(code, text) != text:
            yield from _words_change(
                f"teksten til {code}", *(plain(*filter(None, [said])) for said in (old[code], text))
            )


def sides(old: model.Rulebook, new: model.Rulebook) -> tuple[Side, Side]:
    """The two years, with labels that tell them apart."""
    labels = [year_shown(old), year_shown(new)]
    if labels[0] == labels[1]:
        marks = (old.status, new.status) if old.status != new.status else ("før", "etter")
        labels = [f"{label} {mark}" for label, mark in zip(labels, marks, strict=True)]
    one, other = (
        Side(
            name=rulebook.name,
            scheme=rulebook.scheme,
            year=rulebook.year,
            label=label,
            title=rulebook.title,
            status=rulebook.status,
            extract=rulebook.extract,
        )
        for rulebook, label in zip((old, new), labels, strict=True)
    )
    return one, other
