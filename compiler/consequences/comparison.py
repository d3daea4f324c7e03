"""A comparison made ready: both packages, what fits in the data, and what is found when all rows are counted."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from compiler.bulk.judge import Judge
from compiler.bulk.sources import CsvSource, JsonSource, Source
from compiler.consequences import fit, pairs
from compiler.consequences.explained import Explainer
from compiler.consequences.findings import Codes, Findings, Side
from compiler.consequences.fit import DoNotFit, Measure
from compiler.consequences.mentioned import Mentioned, strange_codes
from compiler.consequences.recode import Mapped, Recoding, code_fields, compared, unknown_field
from compiler.consequences.tally import Tally
from compiler.model import Rulebook
from compiler.packages import imported
from compiler.python import package_name

Follow = Callable[[Iterator[Any]], Iterator[Any]]
"""Hands on what is read, and shows how far it has come."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: the kind of record, the column of units, what is summed, and a table that maps codes."""

    kind: str
    unit: str | None = None
    measures: Sequence[str] = ()
    mapped: Sequence[Mapped] = ()
    table: str | None = None
    """The name of that table."""
    kept: int = 3
    """So many contacts are kept of each cell."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two rulebooks ready to judge the rows of a file with some columns."""

    before: Rulebook
    after: Rulebook
    judges: tuple[Judge, Judge]
    columns: Sequence[str]
    asked: Asked
    measures: tuple[Measure, ...]
    recoding: Recoding

    def tally(self) -> Tally:
        """What to count the rows in."""
        return Tally(len(self.measures), self.asked.kept)

    def parts(self, source: Source, followed: Follow = iter) -> pairs.Parts:
        """The rows of a file with both answers: in columns where that can be done and pays, else one by one."""
        if not self._in_columns(source):
            rows = followed(source.rows())
            return pairs.parts(rows, self.columns, self.judges, self.measures, self.recoding, self.asked.unit)
        from compiler.bulk.batches import chunks
        from compiler.consequences import columns

        read = followed(chunks(source, columns.BATCH))  # type: ignore[arg-type]
        known = 0 if isinstance(source, CsvSource) else source.file.metadata.num_rows  # type: ignore[attr-defined]
        return columns.parts(read, self.judges, self.measures, self.recoding, self.asked.unit, known)

    def _in_columns(self, source: Source) -> bool:
        if isinstance(source, JsonSource):
            return False
        has_kernel = any(rules.kjerne is not None for judge in self.judges for rules in judge.rules())
        return not isinstance(source, CsvSource) or (has_kernel and has_arrow())

    def findings(self, tally: Tally, data: str, names: tuple[str, str]) -> Findings:
        """What came of it; the names are what the two rulebooks are called."""
        return Findings(
            before=_side(names[0], self.before, self.judges[0]),
            after=_side(names[1], self.after, self.judges[1]),
            data=data,
            grouped=any(r.grouping_of(self.asked.kind) is not None for r in (self.before, self.after)),
            unit=self.asked.unit,
            name_column=self._name_column(),
            measures=self.measures,
            tally=tally,
            codes=self._codes(),
            notes=tuple(self._notes()),
        )

    def explainer(self) -> Explainer:
        """What explains contacts."""
        return Explainer(self.judges, replace(self.recoding))

    def _name_column(self) -> str | None:
        """The first column, where no rulebook reads it: it names the rows."""
        read = [fit.columns_read(rulebook, self.asked.kind, self.columns) for rulebook in (self.before, self.after)]
        first = next(iter(self.columns), None)
        return None if first in (*read[0], *read[1], self.asked.unit) else first

    def _notes(self) -> Iterator[str]:
        """What a reader of the report must know."""
        first, second = (judge.modules[0].KVITTERING.innhold for judge in self.judges)
        if first == second:
            yield "De to regelverkene sier det samme: de har samme fingeravtrykk."
        yield from fit.notes_on_columns(self.before, self.after, self.asked.kind, self.columns)
        yield from fit.notes_on_measures(self.before, self.after, self.asked.kind)

    def _codes(self) -> Codes:
        """What became of the codes in the data."""
        recoding = self.recoding
        done = {compared(felt, row.before) for row in recoding.used for felt in recoding.fields}
        mentioned = (Mentioned(rulebook, self.asked.kind) for rulebook in (self.before, self.after))
        return Codes(
            table=self.asked.table,
            used=tuple((row, recoding.used[row]) for row in recoding.table if recoding.used[row]),
            unused=tuple(recoding.unused()),
            strange=tuple(strange_codes(recoding.seen, done, *mentioned)),
        )


def has_arrow() -> bool:
    """Whether rows can be judged in columns."""
    try:
        import numpy  # noqa: F401
        import pyarrow  # noqa: F401
    except ImportError:
        return False
    return True


@contextmanager
def prepared(before: Rulebook, after: Rulebook, columns: Sequence[str], asked: Asked) -> Iterator[Comparison]:
    """The comparison of two rulebooks on data with some columns; `DoNotFit` says why it cannot be made."""
    fit.require_fit(before, after, asked.kind, columns)
    recoding = Recoding(asked.mapped, code_fields(fit.fields_read(after, asked.kind)))
    strange = unknown_field(asked.mapped, recoding.fields)
    if strange is not None:
        raise DoNotFit(f"«{asked.table}», linje {strange.line}: {after.name} har ikke koder i feltet «{strange.field}»")
    measures = tuple(fit.measures(before, after, asked.kind, asked.measures))
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(imported([rulebook], f"{package_name(rulebook.scheme)}_{side}"))
            for rulebook, side in ((before, "fra"), (after, "til"))
        )
        judges = Judge([before], first, asked.kind, ""), Judge([after], second, asked.kind, "")
        yield Comparison(before, after, judges, columns, asked, measures, recoding)


def _side(name: str, rulebook: Rulebook, judge: Judge) -> Side:
    """A rulebook as the report names it."""
    groups = {group.id: group.title or "" for group in rulebook.groups}
    return Side(name, rulebook.title, rulebook.status, judge.modules[0].KVITTERING.innhold, groups)
