"""The contacts behind the cells, with both explanations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from compiler.bulk.judge import Judge
from compiler.bulk.writers import cell
from compiler.consequences.findings import Findings, shown
from compiler.consequences.recode import Recoding
from compiler.consequences.tally import Contact


class Line(NamedTuple):
    """A line of an explanation, and whether the other explanation lacks it."""

    text: str
    differs: bool


class Explained(NamedTuple):
    """A contact: its row, what the data has, and both explanations."""

    row: int
    given: tuple[tuple[str, str], ...]
    before: tuple[Line, ...]
    after: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Behind:
    """A cell with some of its contacts."""

    before: str
    after: str
    count: int
    contacts: tuple[Explained, ...]


class Explainer:
    """Explains contacts by both rulebooks; `recoding` is not the one that counts what is mapped."""

    def __init__(self, judges: tuple[Judge, Judge], recoding: Recoding) -> None:
        self.judges = judges
        self.recoding = recoding

    def behind(self, found: Findings, cells: int, contacts: int) -> list[Behind]:
        """The largest cells of contacts that moved, and then those with the largest change, with their contacts."""
        moved = found.moved()[:cells]
        changed = {one.before.place: None for one in found.contacts() if one.before.place == one.after.place}
        still = [((place, place), found.tally.cells[place, place]) for place in changed][: max(0, cells - len(moved))]
        return [
            Behind(shown(before), shown(after), cell.count, self._contacts(cell.contacts[:contacts]))
            for (before, after), cell in (*moved, *still)
        ]

    def _contacts(self, contacts: Sequence[Contact]) -> tuple[Explained, ...]:
        return tuple(map(self._explained, contacts))

    def _explained(self, contact: Contact) -> Explained:
        data = {name: value for name, value in contact.data.items() if value not in (None, "")}
        given = tuple((name, cell(value, ";")) for name, value in data.items() if not name.startswith("_"))
        before = self._text(self.judges[0], contact.data)
        after = self._text(self.judges[1], self.recoding.row(dict(contact.data)))
        return Explained(contact.row + 1, given, _lines(before, after), _lines(after, before))

    def _text(self, judge: Judge, row: Mapping[str, Any]) -> str:
        fault = row.get("_feil")
        if fault:
            return f"Status: feil i data\nFordi: {fault}\n"
        text: str = judge.modules[0].forklar(dict(row), judge.record)
        return text


def _lines(text: str, other: str) -> tuple[Line, ...]:
    """The lines of an explanation, those marked that the other lacks; where a rule stands makes no difference."""
    known = {line.strip() for line in other.splitlines()}
    head, *rest = text.rstrip().splitlines()
    return Line(head, False), *(Line(line, _differs(line.strip(), known)) for line in rest)


def _differs(line: str, known: set[str]) -> bool:
    return line not in known and not line.startswith("står i ")
