"""Tariffs to the rules of a year: new ones, and amendments of those from the year that it builds on.

No row is lost silently: each is among the rules, or in a line that says why it is not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from compiler import model
from compiler.helfo.cells import Source, natural, sources
from compiler.helfo.read import TariffList
from compiler.helfo.rows import AREA, CODE_KEYS, FROM, TITLE_KEYS, UNTIL, Choice, Chosen, Tariff, chosen, rows_shown
from compiler.helfo.write import Writer, is_needed, settled, spelled_out
from compiler.imported import Imported, quotable, some
from compiler.lists import UnreadableList


@dataclass
class ImportedTariffs(Imported):
    """What an import of tariffs made, of how many rows, and why some were passed over."""

    read: int = 0
    repealed: int = 0
    not_meant: tuple[str, ...] = ()


def imported(
    listed: TariffList, rulebook: model.Rulebook, before: model.Rulebook | None, choice: Choice, source: str | None
) -> ImportedTariffs:
    """The rules for the tariffs of a list, in a year that may build on another; DamagedList where it cannot be read."""
    table = _table(rulebook)
    filled = sources(listed, table)
    found = chosen(listed, filled, choice, rulebook.valid_to)
    made = _Conversion(rulebook, before, table, Writer(rulebook, table, source)).of(found, listed.file, choice)
    made.notes = [*listed.notes, *_without_column(listed, table, filled, found), *found.notes, *made.notes]
    made.read = len(listed.rows)
    made.not_meant = tuple(_not_meant(found, choice))
    return made


def _table(rulebook: model.Rulebook) -> model.Table:
    """The table of tariffs."""
    for table in rulebook.tables:
        if table.keys == ("takst",):
            return table
    raise UnreadableList(f"{rulebook.name} har ingen tabell av takst; skriv «tabell takster av takst» med kolonnene")


@dataclass(frozen=True, slots=True)
class _Conversion:
    """What tariffs are held against: the rulebook they go into, and the year it builds on."""

    rulebook: model.Rulebook
    before: model.Rulebook | None
    table: model.Table
    writer: Writer

    def of(self, found: Chosen, file: str, choice: Choice) -> ImportedTariffs:
        """The rules of the tariffs, by code."""
        made = ImportedTariffs()
        blocks = {one.code: list(self._blocks(one, made)) for one in found.tariffs}
        missing = self._missing(found)
        for code in missing:
            last = found.ended(code)
            because = f"gjelder til og med {last}" if last else f"står ikke i {quotable(file)} per {choice.day}"
            blocks[code] = [self.writer.repealed(code, because)]
        if missing:
            made.notes.append(f"oppheves, for de gjelder ikke {choice.day} etter listen: {some(missing)}")
        made.repealed = len(missing)
        made.left_out.sort()
        made.notes += self._unknown(found)
        made.text = settled([block for code in sorted(blocks, key=natural) for block in blocks[code]])
        return made

    def _blocks(self, one: Tariff, made: ImportedTariffs) -> Iterator[str]:
        """The blocks of one tariff."""
        match self._standing(one.code):
            case "ny":
                made.new += 1
                yield from self.writer.new(one.code, one.title, one.values)
            case "opphevet":
                made.leave_out(one.row.number, f"takst {one.code} er opphevet i regelverket")
            case model.Row() as row:
                self._compare(row, one, made)
            case row, was:
                made.note_title(one.row.number, f"takst {one.code}", row.title, one.title)
                changes = {name: value for name, value in one.values.items() if self._changes(was, name, value)}
                made.changed += bool(changes)
                made.unchanged += not changes
                yield from self.writer.amended(one.code, was.values, changes)

    def _compare(self, row: model.Row, one: Tariff, made: ImportedTariffs) -> None:
        """Hold a tariff against one that the year has stated itself."""
        unlike = [name for name, value in one.values.items() if not self._is_same(row.values.get(name), value)]
        if unlike:
            listed = f"med en annen verdi for {', '.join(unlike)}"
            made.leave_out(one.row.number, f"takst {one.code} står alt i regelverket ({row.place}), {listed}")
        else:
            made.unchanged += 1

    # ---- tariffs before

    def _standing(self, code: str) -> Literal["ny", "opphevet"] | model.Row | tuple[model.Row, model.Row]:
        """How a tariff stands: new, ended by the year, stated by the year, or inherited: as it is and as it was."""
        row = self.table.row(code)
        tables = self.before.tables if self.before is not None else ()
        was = next((found for table in tables if table.id == self.table.id and (found := table.row(code))), None)
        if row is None:
            return "ny" if was is None else "opphevet"
        return row if was is None or row.last_changed == self.rulebook.year else (row, was)

    def _missing(self, found: Chosen) -> list[str]:
        """The tariffs that are inherited, and not among those found."""
        codes = {one.code for one in found.tariffs}
        return [
            row.key for row in self.table.rows if row.key not in codes and isinstance(self._standing(row.key), tuple)
        ]

    # ---- values

    def _is_same(self, old: model.Cell | None, new: model.Cell | None) -> bool:
        """Whether two values say the same."""
        if isinstance(old, model.CodeSet) and isinstance(new, model.CodeSet):
            return spelled_out(old, self.rulebook) == spelled_out(new, self.rulebook)
        return old == new

    def _changes(self, was: model.Row, name: str, value: model.Cell | None) -> bool:
        """Whether an amendment must say a value: what is yearly is stated anew, also when it is the same."""
        column = self.table.field(name)
        if column is not None and column.yearly:
            return value is not None
        return not self._is_same(was.values.get(name), value)

    def _unknown(self, found: Chosen) -> Iterator[str]:
        """Notes on columns that need a value, and have none in the list."""
        for column in self.table.fields:
            if column.name != self.table.key and (column.yearly or is_needed(column)):
                lacking = [one.code for one in found.tariffs if self._lacks(one, column)]
                if lacking:
                    yield f"{column.name} står ikke i listen og er ukjent for {some(lacking)}"

    def _lacks(self, one: Tariff, column: model.RecordField) -> bool:
        """Whether what is written of a tariff leaves a column unknown."""
        if one.values.get(column.name) is not None:
            return False
        standing = self._standing(one.code)
        return standing == "ny" or (isinstance(standing, tuple) and (column.yearly or column.name in one.values))


# ---- what is said of the rest


def _without_column(listed: TariffList, table: model.Table, filled: Sequence[Source], found: Chosen) -> Iterator[str]:
    """The note on fields that are not used, with how many of the tariffs say something in each."""
    used = {*CODE_KEYS, *TITLE_KEYS, AREA, FROM, UNTIL, *(source.key for source in filled)}
    counts = {
        name: sum(bool(one.row.text(key)) for one in found.tariffs)
        for key, name in listed.names.items()
        if key not in used
    }
    unused = [f"{name} ({rows_shown(count)})" for name, count in counts.items() if count]
    if unused:
        yield f"ikke tatt med, for tabellen «{table.id}» har ingen kolonne for det: {', '.join(unused)}"


def _not_meant(found: Chosen, choice: Choice) -> Iterator[str]:
    """Why rows were passed over."""
    if found.not_valid:
        yield f"{len(found.not_valid)} gjelder ikke {choice.day}"
    if found.other_area:
        yield f"{found.other_area} har et annet fagområde"
