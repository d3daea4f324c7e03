"""What an import of a list comes to, and how the texts of a list are written in rules."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

_LISTED = 5


@dataclass
class Imported:
    """What an import made: the rules, what was left out, and what an author should know."""

    text: str = ""
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    """How many rows say what the rulebook says, so that there is nothing to write."""
    left_out: list[tuple[int, str]] = field(default_factory=list)
    """Each row that is not among the rules: its number, and a line that says why."""
    notes: list[str] = field(default_factory=list)

    def leave_out(self, number: int, why: str) -> None:
        """Note a row that does not become a rule."""
        self.left_out.append((number, f"rad {number}: {why}"))

    def note_title(self, number: int, id_: str, title: str | None, listed: str) -> None:
        """Note a name that is another than the rulebook's: an amendment does not change it."""
        if listed and title and quotable(listed) != title:
            self.notes.append(f"rad {number}: {id_} heter «{title}» i regelverket, «{listed}» i listen")


def quotable(text: str) -> str:
    """A text that can stand in quotes on one line: no guillemets, and no characters that cannot be seen."""
    letters = (" " if letter.isspace() else letter for letter in unicodedata.normalize("NFC", text))
    seen = "".join(letter for letter in letters if not unicodedata.category(letter).startswith("C"))
    return " ".join(seen.split()).replace("«", '"').replace("»", '"')


def cited(source: str | None) -> list[str]:
    """The line of a block that cites a source."""
    return [f"    kilde {source}"] if source else []


def some(names: Sequence[str]) -> str:
    """The first of many names, and how many more there are."""
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" og {more} til" if more > 0 else "")
