"""The answer for a row: by the one rule year, or by the year that the row's date says."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from types import ModuleType

from compiler.bulk.sources import Row
from compiler.model import Rulebook
from compiler.runtime.motor import Regler
from compiler.runtime.svar import Grunn, Svar


class Judge:
    """The answers by some rule years, for one kind of record."""

    def __init__(self, years: Sequence[Rulebook], package: ModuleType, record: str, date_column: str) -> None:
        self.years = years
        self.package = package
        self.modules = [package.aar(year.year) for year in years]
        self.record = record
        self.date_column = date_column
        remembered = import_module("._runtime.minne", package.__name__).minnet
        self.memories = [remembered(rules) for rules in self.rules()]

    def rules(self) -> list[Regler]:
        """The rules of each year."""
        return [module.REGLER[self.record] for module in self.modules]

    def place(self, given: object) -> int | None:
        """Which of the years a row is judged by, from what its date column has."""
        if len(self.years) == 1:
            return 0
        try:
            day = date.fromisoformat(str(given)[:10])
        except ValueError:
            return None
        valid = [place for place, year in enumerate(self.years) if _applies(year, day)]
        return valid[-1] if valid else None

    def no_year(self, given: object) -> str:
        """What is wrong with a date that no year applies on."""
        return f"{self.date_column} er «{given or ''}»; ventet en dato som et regelår gjelder for, som 2020-12-31"

    def __call__(self, row: Row) -> tuple[Svar, str]:
        """The answer for a row, and the name of the rulebook that gave it."""
        given = row.get(self.date_column)
        place = self.place(given)
        fault = row.get("_feil") or (self.no_year(given) if place is None else None)
        name = "" if place is None else self.years[place].name
        if place is None or fault:
            return unreadable(str(fault)), name
        svar: Svar = self.memories[place].svar(row)
        return svar, name


def _applies(year: Rulebook, day: date) -> bool:
    """Whether a rule year applies on a day."""
    return year.valid_from <= day and (year.valid_to is None or day <= year.valid_to)


def unreadable(fault: str) -> Svar:
    """The answer for a row that could not be read."""
    return Svar("feil i data", grunner=(Grunn("data", fault),))


@dataclass
class Tally:
    """How many rows got each status."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, status: str, rows: int = 1) -> None:
        """Count some rows."""
        self.counts[status] = self.counts.get(status, 0) + rows

    def rows(self) -> int:
        """How many rows there were."""
        return sum(self.counts.values())

    def text(self) -> str:
        """«3 rader: 2 gruppert, 1 uavklart»."""
        by_size = sorted(self.counts.items(), key=lambda c: (-c[1], c[0]))
        return f"{self.rows()} rader: {', '.join(f'{count} {status}' for status, count in by_size)}"
