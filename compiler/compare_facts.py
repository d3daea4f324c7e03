"""What can be said of a definition of a rule year, as a comparison of years sees it."""

from dataclasses import dataclass, field
from typing import Literal

from compiler import model

Kind = Literal[
    "sats",
    "gruppe",
    "regel",
    "takst",
    "rad",
    "kodesett",
    "krav",
    "begrep",
    "beregning",
    "unntak",
    "presisering",
    "kodeverk",
    "gruppering",
    "regeltabell",
    "opplysninger",
    "samling",
    "tabell",
    "kilde",
    "kapittel",
]

KINDS: dict[Kind, tuple[str, str, str, str]] = {
    "sats": ("Satser", "Sats", "Ny", "Utgått"),
    "gruppe": ("Grupper", "Gruppe", "Ny", "Utgått"),
    "regel": ("Rader i regeltabeller", "Rad", "Ny", "Utgått"),
    "takst": ("Takster", "Takst", "Ny", "Utgått"),
    "rad": ("Rader i tabeller", "Rad", "Ny", "Utgått"),
    "kodesett": ("Kodesett", "Kodesett", "Nytt", "Utgått"),
    "krav": ("Krav", "Krav", "Nytt", "Utgått"),
    "begrep": ("Begreper", "Begrep", "Nytt", "Utgått"),
    "beregning": ("Beregninger", "Beregning", "Ny", "Utgått"),
    "unntak": ("Unntak", "Unntak", "Nytt", "Utgått"),
    "presisering": ("Presiseringer", "Presisering", "Ny", "Utgått"),
    "kodeverk": ("Kodeverk", "Kodeverk", "Nytt", "Utgått"),
    "gruppering": ("Grupperinger", "Gruppering", "Ny", "Utgått"),
    "regeltabell": ("Regeltabeller", "Regeltabell", "Ny", "Utgått"),
    "opplysninger": ("Opplysninger", "Opplysninger", "Nye", "Utgåtte"),
    "samling": ("Samlinger", "Samling", "Ny", "Utgått"),
    "tabell": ("Tabeller", "Tabell", "Ny", "Utgått"),
    "kilde": ("Kilder", "Kilde", "Ny", "Utgått"),
    "kapittel": ("Kapitler", "Kapittel", "Nytt", "Utgått"),
}
"""Each kind in its order on the page: heading, one of them, and the words for a new and an ended one."""

TITLE = "omtalt som"
"""What the title of a definition is called, in words that no column can have."""

ORDER = "plass i rekkefølgen"
"""What is said of a group that is tried earlier or later than before."""

GROUP = "gruppe"
"""What is said of a row of a rule table that gives another group than before."""

ROWS = "antall rader"
"""How many rows a table that is new or ended has."""

DURING = "gjelder"
"""What is said of a rule that holds part of the year."""

ALL_YEAR = "hele året"


class Line(model.Node):
    """A line of words, with its depth under the lines above it."""

    depth: int
    text: str


class Figure(model.Node):
    """A figure of one year; without a value it is not stated that year."""

    value: model.Number | None
    unit: model.Unit | None
    shown: str
    note: str | None = None
    """How the figure was derived, or why it is not known."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words, and a text that is the same where they mean the same."""

    lines: tuple[Line, ...]
    meaning: str


@dataclass(frozen=True, slots=True)
class Step:
    """A figure that changes within the year: what it was and what it becomes."""

    before: Figure
    after: Figure


Fact = Figure | Said | Step | dict[str, str]
"""A figure, words, a figure that changes within the year, or codes with their meanings."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A definition as a comparison sees it: its name and what is said of it."""

    kind: Kind
    id: str
    name: str
    label: str
    facts: dict[str, Fact]
    changes: list[model.Change] = field(default_factory=list)
    row_changes: list[model.Change] = field(default_factory=list)
    """Those of the changes that are of its row in a table."""
    of: str | None = None
    """What the table, or the group, that a row belongs to is called."""
    row: str | None = None
    """What a row is called among the others."""


def plain(*lines: str) -> Said:
    """Plain lines, which mean what they say."""
    return Said(tuple(Line(depth=0, text=line) for line in lines), "\n".join(lines))


def titled(shown: str, title: str | None) -> str:
    return f"{shown} «{title}»" if title else shown
