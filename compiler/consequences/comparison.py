"""A comparison made ready: both packages, what fits in the data, and what is found when all rows are counted."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from compiler.bulk.judge import Judge
from compiler.bulk.sources import CsvSource, JsonSource, Source, has_arrow
from compiler.consequences import fit, pairs
from compiler.consequences.collections import Collections
from compiler.consequences.explained import RecordTexts, Texts
from compiler.consequences.findings import COLLECTIONS, CONTACTS, RECORDS, Codes, Findings, Nouns, Side
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
    """What is asked for: what is compared, the column of units, what is summed, and a table that maps codes."""

    kind: str
    """The kind of record that the rows are."""
    collection: str | None = None
    """The collections to gather the records in, and compare."""
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
    names: tuple[str, str]
    """What the two rulebooks are called."""
    judges: tuple[Judge, Judge]
    columns: Sequence[str]
    asked: Asked
    measures: tuple[Measure, ...]
    recoding: Recoding
    collections: Collections | None = None
    """What gathers the records, where collections are compared."""

    @property
    def judged(self) -> str:
        """The kind of record that has answers."""
        return self.asked.collection or self.asked.kind

    @property
    def keys(self) -> tuple[str, ...]:
        """What the records of a collection have in common."""
        gathering = self.before.record(self.judged).gathering if self.collections is not None else None
        return () if gathering is None else tuple(key.name for key in gathering.keys)

    @property
    def told_columns(self) -> Sequence[str]:
        """The columns of each row, or of each collection."""
        return self.columns if self.collections is None else [*self.keys, "fra_antall", "til_antall"]

    @property
    def nouns(self) -> Nouns:
        """What is compared."""
        if self.collections is not None:
            return COLLECTIONS
        return CONTACTS if self._grouped() else RECORDS

    def _grouped(self) -> bool:
        return any(rulebook.grouping_of(self.judged) is not None for rulebook in (self.before, self.after))

    def tally(self) -> Tally:
        """What to count the rows in."""
        return Tally(len(self.measures), self.asked.kept)

    def parts(self, source: Source, followed: Follow = iter) -> pairs.Parts:
        """The rows of a file with both answers: in columns where that can be done and pays, else one by one."""
        if self.collections is not None:
            rows = followed(source.rows())
            return self.collections.parts(rows, self.measures, self.recoding, self.asked.unit)
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

    def findings(self, tally: Tally, data: str) -> Findings:
        """What came of it."""
        return Findings(
            before=_side(self.names[0], self.before, self.judges[0]),
            after=_side(self.names[1], self.after, self.judges[1]),
            data=data,
            nouns=self.nouns,
            grouped=self._grouped(),
            unit=self.asked.unit,
            name_column=self._name_column() if self.collections is None else None,
            keys=self.keys,
            measures=self.measures,
            tally=tally,
            codes=self._codes(),
            notes=tuple(self._notes()),
            warnings=tuple(fit.misspelt_columns(self.before, self.after, self.asked.kind, self._own_columns())),
        )

    def texts(self) -> Texts:
        """What explains contacts."""
        return self.collections or RecordTexts(self.judges, Recoding(self.recoding.table, self.recoding.fields))

    def _own_columns(self) -> list[str]:
        """The columns, without the one that is summed for."""
        return [column for column in self.columns if column != self.asked.unit]

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
        yield from fit.notes_on_measures(self.before, self.after, self.judged)
        if self.collections is not None:
            yield from self.collections.notes()
        elif also := fit.common_collections(self.before, self.after, self.asked.kind):
            known = ", ".join(also)
            yield f"Hver {self.nouns.one} står for seg her; samlinger ({known}) sammenlignes med --samling."

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


@contextmanager
def prepared(
    before: Rulebook, after: Rulebook, columns: Sequence[str], asked: Asked, names: tuple[str, str]
) -> Iterator[Comparison]:
    """The comparison of two rulebooks on data with some columns; `DoNotFit` says why it cannot be made."""
    fit.require_fit(before, after, asked.kind, columns)
    if asked.collection is not None:
        fit.require_same_keys(before, after, asked.collection)
    recoding = Recoding(asked.mapped, code_fields(fit.fields_read(after, asked.kind)))
    strange = unknown_field(asked.mapped, recoding.fields)
    if strange is not None:
        raise DoNotFit(f"«{asked.table}», linje {strange.line}: {after.name} har ikke koder i feltet «{strange.field}»")
    measures = tuple(fit.measures(before, after, asked.collection or asked.kind, asked.measures))
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(imported([rulebook], f"{package_name(rulebook.scheme)}_{side}"))
            for rulebook, side in ((before, "fra"), (after, "til"))
        )
        judges = Judge([before], first, asked.kind, ""), Judge([after], second, asked.kind, "")
        collections = None if asked.collection is None else Collections(asked.collection, judges, names)
        yield Comparison(before, after, names, judges, columns, asked, measures, recoding, collections)


def _side(name: str, rulebook: Rulebook, judge: Judge) -> Side:
    """A rulebook as the report names it."""
    groups = {group.id: group.title or "" for group in rulebook.groups}
    return Side(name, rulebook.title, rulebook.status, judge.modules[0].KVITTERING.innhold, groups)
