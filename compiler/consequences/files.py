"""Everything that a comparison found, as CSV."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import StringIO
from typing import Any, TextIO

from compiler.bulk.columns import renamed
from compiler.bulk.writers import cell
from compiler.consequences.findings import COLLECTIONS, Findings, Nouns, by_group
from compiler.consequences.fit import Measure
from compiler.consequences.pairs import Read
from compiler.consequences.tally import Answer, Part, Total, difference

Cells = Sequence[object]
_BEGINNINGS = frozenset("=+-@\t\r")
"""How a text begins that a spreadsheet would work out."""
_NUMBER = re.compile(r"[+-][\d,]+")


class ContactsWriter:
    """Writes the contacts as they come, each with both answers after its own columns."""

    def __init__(self, stream: TextIO, nouns: Nouns, columns: Sequence[str], measures: Sequence[Measure]) -> None:
        self.measures = len(measures)
        self.csv = _csv(stream)
        results = [_number(nouns), "flyttet"]
        for side in ("fra", "til"):
            results += [f"{side}_status", f"{side}_gruppe", *(f"{side}_{one.column}" for one in measures)]
        results += [f"endring_{one.column}" for one in measures]
        self.csv.writerow([results[0], *map(_plain, renamed(columns, results)), *results[1:]])
        self.rows = 0

    def write(self, part: Part, read: Read) -> None:
        """The rows of a part."""
        pairs = list(zip(part.numbers_before, part.numbers_after, strict=True))
        told = {pair: self._cells(part.before[pair[0]], part.after[pair[1]]) for pair in set(pairs)}
        for number, (own, pair) in enumerate(zip(read.texts(), pairs, strict=True), self.rows + 1):
            self.csv.writerow([number, *(one and _plain(one) for one in own), *told[pair]])
        self.rows += len(pairs)

    def _cells(self, before: Answer, after: Answer) -> list[str]:
        """The answers of a contact."""
        changes = [difference(before, after, at) for at in range(self.measures)]
        values = [before.place != after.place, *before.place, *before.amounts, *after.place, *after.amounts, *changes]
        return [_cell(value) for value in values]


def counted(nouns: Nouns) -> str:
    """What the columns with counts are called, and the file with all that is counted."""
    return "samlinger" if nouns == COLLECTIONS else "kontakter"


def _number(nouns: Nouns) -> str:
    """What the column with the number of each is called."""
    return "nummer" if nouns == COLLECTIONS else "rad"


def tables(found: Findings) -> Iterator[tuple[str, str]]:
    """The name and the text of each file, but for the contacts."""
    yield "celler.csv", _text(_cells_rows(found))
    yield "grupper.csv", _text(_group_rows(found))
    if found.unit is not None:
        yield "enheter.csv", _text(_unit_rows(found))
    yield "koder.csv", _text(_code_rows(found))


def _text(rows: Iterable[Cells]) -> str:
    out = StringIO()
    _csv(out).writerows(map(_cell, row) for row in rows)
    return out.getvalue()


def _csv(stream: TextIO) -> Any:
    return csv.writer(stream, delimiter=";", lineterminator="\n")


def _cell(value: object) -> str:
    return _plain(cell(value, ";"))


def _plain(text: str) -> str:
    """A text that a spreadsheet reads as a text, and never as a formula."""
    return f"'{text}" if text[:1] in _BEGINNINGS and not _NUMBER.fullmatch(text) else text


def _amount_heads(measures: Iterable[Measure]) -> list[str]:
    names = ("fra_{}", "fra_uten_{}", "til_{}", "til_uten_{}", "endring_{}", "endring_uten_{}")
    return [name.format(one.column) for one in measures for name in names]


def _amounts(total: Total) -> Iterator[Decimal | int | None]:
    """The sums of some contacts, each with how many it lacks."""
    for one in total.amounts:
        yield from _sum(one.before, one.lack_before, total.count)
        yield from _sum(one.after, one.lack_after, total.count)
        yield from _sum(one.change, one.lack_either, total.count)


def _sum(value: Decimal, lacking: int, count: int) -> tuple[Decimal | None, int]:
    """A sum and how many it lacks; nothing for one that lacks them all."""
    return None if count and lacking == count else value, lacking


def _cells_rows(found: Findings) -> Iterator[Cells]:
    """The cells of the matrix."""
    heads = ["fra_status", "fra_gruppe", "til_status", "til_gruppe", counted(found.nouns)]
    yield [*heads, *_amount_heads(found.measures), "numre" if found.nouns == COLLECTIONS else "rader"]
    for (before, after), one in found.cells():
        rows = [str(contact.row + 1) for contact in one.contacts]
        yield [*before, *after, one.count, *_amounts(one), " ".join(rows)]


def _group_rows(found: Findings) -> Iterator[Cells]:
    """The places; the change is of the sums."""
    names = ("fra_{}", "fra_uten_{}", "til_{}", "til_uten_{}", "endring_{}")
    heads = [name.format(one.column) for one in found.measures for name in names]
    yield ["status", "gruppe", "navn", f"fra_{counted(found.nouns)}", f"til_{counted(found.nouns)}", *heads]
    for one in by_group(found):
        amounts: list[object] = []
        for at, (first, second) in enumerate(zip(one.before, one.after, strict=True)):
            amounts += [*_sum(first.before, first.lack_before, one.count_before)]
            amounts += [*_sum(second.after, second.lack_after, one.count_after), one.change(at)]
        name = found.name_of(one.group.group or "")
        yield [*one.group, name, one.count_before, one.count_after, *amounts]


def _unit_rows(found: Findings) -> Iterator[Cells]:
    """The units."""
    yield [found.unit, counted(found.nouns), "flyttet", *_amount_heads(found.measures)]
    for unit, total in sorted(found.tally.units.items()):
        yield [unit, total.count, total.moved, *_amounts(total)]


def _code_rows(found: Findings) -> Iterator[Cells]:
    """The codes that were mapped, that could have been, and that a rulebook does not mention."""
    yield ["hva", "felt", "kode", "til", "verdier"]
    for one, times in found.codes.used:
        yield ["omkodet", one.field, one.before, one.after, times]
    for one in found.codes.unused:
        yield ["ikke brukt", one.field, one.before, one.after, 0]
    for field, ended, neither in found.codes.strange:
        yield from (["bare i det første", field, code, None, None] for code in ended)
        yield from (["i ingen av dem", field, code, None, None] for code in neither)
