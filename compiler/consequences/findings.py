"""What was found by a comparison: the rulebooks, the counts and sums, groups put together, and all of it in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from compiler.bulk.writers import cell as shown_cell
from compiler.consequences.fit import Measure
from compiler.consequences.mentioned import Strange
from compiler.consequences.recode import Mapped
from compiler.consequences.tally import Amounts, Cell, Contact, Place, Tally, Total, minus
from compiler.runtime.forklaring import tall

ABSENT = "ingen samling"
"""The status of a collection that only the other rulebook makes."""
STATUSES = ("gruppert", "kan ikke beregnes", "inngår ikke", "uavklart", "ikke i utdraget", "feil i data", ABSENT)
"""The statuses, in the order they are shown."""


class Nouns(NamedTuple):
    """What is compared, as it is named."""

    one: str
    many: str
    them: str


CONTACTS = Nouns("kontakt", "kontakter", "kontaktene")
RECORDS = Nouns("post", "poster", "postene")
COLLECTIONS = Nouns("samling", "samlinger", "samlingene")


class Side(NamedTuple):
    """One of the two rulebooks: its name, also on the command line where the two have the same, and its groups."""

    name: str
    title: str
    status: str
    content: str
    groups: Mapping[str, str]
    """What each group is called."""


class Codes(NamedTuple):
    """What became of the codes in the data."""

    table: str | None
    """The name of the table that codes were mapped by."""
    used: tuple[tuple[Mapped, int], ...]
    """Each row of it that was used, with how many values it mapped."""
    unused: tuple[Mapped, ...]
    strange: tuple[Strange, ...]

    def mapped(self) -> int:
        """How many values were mapped."""
        return sum(times for _, times in self.used)


@dataclass(frozen=True, slots=True)
class Findings:
    """A comparison: the two rulebooks, the data, what is summed, and all that was counted."""

    before: Side
    after: Side
    data: str
    nouns: Nouns
    grouped: bool
    """Whether the records get groups, as contacts do and claims do not."""
    unit: str | None
    name_column: str | None
    """The first column of the data, which names its rows."""
    keys: tuple[str, ...]
    """What the records of a collection have in common, which names it."""
    measures: tuple[Measure, ...]
    tally: Tally
    codes: Codes
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    """What a reader must know before all else."""

    @property
    def label_name(self) -> str:
        """What a label is: «rad» of a row."""
        return self.nouns.one if self.nouns == COLLECTIONS else "rad"

    def label(self, contact: Contact) -> str:
        """What tells a contact from the others: its row, or what the records of a collection have in common."""
        keys = " ".join(shown_cell(contact.data[key], ";") for key in self.keys)
        return keys or str(contact.row + 1)

    @property
    def places(self) -> str:
        """What they are summed by."""
        return "gruppe" if self.grouped else "status"

    @property
    def place(self) -> str:
        """What those that did not move have in common."""
        return "status og gruppe" if self.grouped else "status"

    def cells(self) -> list[tuple[tuple[Place, Place], Cell]]:
        """The cells of the matrix, those that moved first and most, then the others by their places."""
        return sorted(self.tally.cells.items(), key=lambda found: self._order(*found))

    def _order(self, places: tuple[Place, Place], cell: Cell) -> tuple[object, ...]:
        before, after = places
        return before == after, -cell.count, by_place(before), by_place(after)

    def moved(self) -> list[tuple[tuple[Place, Place], Cell]]:
        """The cells of contacts that moved."""
        return [(places, cell) for places, cell in self.cells() if places[0] != places[1]]

    def total(self) -> Total:
        """All contacts."""
        total = Total(len(self.measures))
        for cell in self.tally.cells.values():
            total.merge(cell)
        return total

    def stayed(self) -> Total:
        """The contacts that did not move."""
        total = Total(len(self.measures))
        for (before, after), cell in self.tally.cells.items():
            if before == after:
                total.merge(cell)
        return total

    def contacts(self) -> list[Contact]:
        """The contacts that are kept: those that changed most first."""
        found = [contact for cell in self.tally.cells.values() for contact in cell.contacts]
        known = [one for one in found if one.change(0)] if self.measures else []
        return sorted(known, key=lambda one: (-abs(one.change(0) or Decimal(0)), one.row))

    def name_of(self, group: str) -> str:
        """What a group is called, in the later of the two that has it."""
        return self.after.groups.get(group) or self.before.groups.get(group) or ""


def by_place(place: Place) -> tuple[int, str]:
    """The order of places: by status, and then by group."""
    return STATUSES.index(place.status), place.group or ""


def shown(place: Place) -> str:
    """A place as it is named: the group, with the status where that is another than «gruppert»."""
    if place.group is None:
        return place.status
    return place.group if place.status == "gruppert" else f"{place.group} ({place.status})"


def number(value: int) -> str:
    """A count as it is read."""
    return tall(Decimal(value))


# ---- groups


class GroupTotal(NamedTuple):
    """The contacts of a group by each rulebook, whatever their status, and the measures of them."""

    group: Place
    """With a group no status, since it may have several."""
    count_before: int
    count_after: int
    before: tuple[Amounts, ...]
    """The measures of those that have the group by the first rulebook: their sums before."""
    after: tuple[Amounts, ...]
    lacking: tuple[int, ...]
    """How many contacts lack an amount of each measure where they have the group."""

    def change(self, measure: int) -> Decimal | None:
        """How much the sum of a group changed; None where nobody that is there has an amount."""
        first, second = self.before[measure], self.after[measure]
        no_amounts = (self.count_before, first.lack_before), (self.count_after, second.lack_after)
        return (
            None
            if any(count and count == lacking for count, lacking in no_amounts)
            else minus(second.after, first.before)
        )


def by_group(found: Findings) -> list[GroupTotal]:
    """The contacts of each group, and of each status without one, in order."""
    measures = len(found.measures)
    left: dict[Place, Total] = {}
    came: dict[Place, Total] = {}
    stayed: dict[Place, Total] = {}
    for (before, after), cell in found.tally.cells.items():
        first, second = _group(before), _group(after)
        left.setdefault(first, Total(measures)).merge(cell)
        came.setdefault(second, Total(measures)).merge(cell)
        if first == second:
            stayed.setdefault(first, Total(measures)).merge(cell)
    none = Total(measures)
    made = []
    for group in sorted({*left, *came}, key=by_place):
        total, other, same = left.get(group, none), came.get(group, none), stayed.get(group, none)
        lacking = tuple(
            one.lack_before + two.lack_after - (both.lack_before + both.lack_after - both.lack_either)
            for one, two, both in zip(total.amounts, other.amounts, same.amounts, strict=True)
        )
        amounts = tuple(total.amounts), tuple(other.amounts)
        made.append(GroupTotal(group, total.count, other.count, *amounts, lacking))
    return made


def _group(place: Place) -> Place:
    """The group of a place; the place itself where it has none."""
    return place if place.group is None else Place("gruppert", place.group)


def known_change(amounts: Amounts, count: int) -> Decimal | None:
    """The change for those that have both amounts; None where nobody has."""
    return None if amounts.lack_either == count else amounts.change


# ---- in words


def told(found: Findings) -> list[str]:
    """What the comparison came to, in sentences."""
    total = found.total()
    lines = [
        f"{number(total.count)} {found.nouns.many}. {number(total.count - total.moved)} har samme {found.place}, og "
        f"{number(total.moved)} flyttet{_share_told(total)}."
    ]
    if total.moved:
        changed = sum(cell.count for (before, after), cell in found.moved() if before.status != after.status)
        parts = {"en annen status": changed, "en annen gruppe med samme status": total.moved - changed}
        told_of = [f"{number(count)} {what}" for what, count in parts.items() if count]
        lines.append(f"Av dem som flyttet, fikk {' og '.join(told_of)}.")
    for measure, amounts, stayed in zip(found.measures, total.amounts, found.stayed().amounts, strict=True):
        lines.append(_measure_told(found, measure, amounts, total.count))
        lines += _stayed_told(measure, stayed) if total.moved else []
    if not found.measures:
        lines.append("De to regelverkene har ingen felles beregning i kroner eller poeng, så det er bare talt.")
    return [*found.warnings, *lines, *found.notes]


def _share_told(total: Total) -> str:
    """The share that moved, to the nearest tenth of a percent."""
    if not total.moved:
        return ""
    tenths = (total.moved * 2000 + total.count) // (2 * total.count)
    return f" ({tall(Decimal(tenths) / 10)} %)" if tenths else " (under 0,1 %)"


def _measure_told(found: Findings, measure: Measure, amounts: Amounts, count: int) -> str:
    """What a measure came to, with the contacts that have no such amount."""
    first = _side_told(measure, found.before, amounts.before, amounts.lack_before, count)
    second = _side_told(measure, found.after, amounts.after, amounts.lack_after, count)
    text = f"{measure.name.capitalize()}: {first}, og {second}."
    change = known_change(amounts, count)
    if change is None:
        return f"{text} Ingen har beløp etter begge, så endringen er ukjent."
    some = f" for de {number(count - amounts.lack_either)} som har beløp etter begge" if amounts.lack_either else ""
    return f"{text} Endring {measure.change(change)}{some}."


def _stayed_told(measure: Measure, stayed: Amounts) -> list[str]:
    """How much of the change is of the contacts that did not move."""
    return [f"Av endringen er {measure.change(stayed.change)} hos dem som ikke flyttet."] if stayed.change else []


def _side_told(measure: Measure, side: Side, value: Decimal, lacking: int, count: int) -> str:
    """The sum by one rulebook."""
    if lacking == count:
        return f"ingen beløp etter {side.name}"
    without = f" ({number(lacking)} uten beløp)" if lacking else ""
    return f"{measure.shown(value)} etter {side.name}{without}"
