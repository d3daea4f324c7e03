"""The contacts behind the cells, with both explanations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

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
    """A contact: what it is called, what the data has, and both explanations."""

    name: str
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


class Texts(Protocol):
    """Explains contacts by both rulebooks."""

    def texts(self, contact: Contact) -> tuple[str, str]:
        """Both explanations of a contact."""


class RecordTexts:
    """Explains records; `recoding` is not the one that counts what is mapped."""

    def __init__(self, judges: tuple[Judge, Judge], recoding: Recoding) -> None:
        self.judges = judges
        self.recoding = recoding

    def texts(self, contact: Contact) -> tuple[str, str]:
        recoded = self.recoding.row(dict(contact.data))
        return self._text(self.judges[0], contact.data), self._text(self.judges[1], recoded)

    def _text(self, judge: Judge, row: Mapping[str, Any]) -> str:
        fault = row.get("_feil")
        if fault:
            return f"Status: feil i data\nFordi: {fault}\n"
        text: str = judge.modules[0].forklar(dict(row), judge.record)
        return text


def behind(found: Findings, texts: Texts, cells: int, contacts: int) -> list[Behind]:
    """The largest cells of contacts that moved, and then those with the largest change, with their contacts."""
    moved = found.moved()[:cells]
    changed = {one.before.place: None for one in found.contacts() if one.before.place == one.after.place}
    still = [((place, place), found.tally.cells[place, place]) for place in changed][: max(0, cells - len(moved))]
    return [
        Behind(
            shown(before),
            shown(after),
            cell.count,
            tuple(_explained(found, texts, c) for c in cell.contacts[:contacts]),
        )
        for (before, after), cell in (*moved, *still)
    ]


def _explained(found: Findings, texts: Texts, contact: Contact) -> Explained:
    data = {name: value for name, value in contact.data.items() if value not in (None, "")}
    given = tuple((name, cell(value, ";")) for name, value in data.items() if not name.startswith("_"))
    before, after = texts.texts(contact)
    name = f"{found.label_name.capitalize()} {found.label(contact)}"
    return Explained(name, given, _lines(before, after), _lines(after, before))


def _lines(text: str, other: str) -> tuple[Line, ...]:
    """The lines of an explanation, those marked that the other lacks; where a rule stands makes no difference."""
    known = {line.strip() for line in other.splitlines()}
    head, *rest = text.rstrip().splitlines()
    return Line(head, False), *(Line(line, _differs(line.strip(), known)) for line in rest)


def _differs(line: str, known: set[str]) -> bool:
    return line not in known and not line.startswith("står i ")
