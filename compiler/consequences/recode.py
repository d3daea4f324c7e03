"""Codes in the data that have ended: a declared table of what each became, and what was mapped.

The table is CSV or Excel with the columns `fra` and `til`, and `felt` where a row is about one field only. A value is
mapped once: what a code became is not looked up again.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from compiler.bulk.sources import Row
from compiler.lists import UnreadableList, listing, width_fault
from compiler.runtime.lesing import Felt, kode_av

_TOKEN = re.compile(r"[^\s,]+")
_CODES = ("kode", "koder", "gruppe")
MOST_CODES = 100_000
"""So many different codes are looked at in a field."""


class Mapped(NamedTuple):
    """A row of the table."""

    line: int
    before: str
    after: str
    field: str | None


def read_table(name: str, data: bytes) -> list[Mapped]:
    """The rows of a table; `UnreadableList` says what is wrong with it."""
    head, rows = listing(name, data)
    columns = [column.lower() for column in head]
    strange = [column for column in columns if column not in ("fra", "til", "felt")]
    if strange or not {"fra", "til"} <= set(columns) or len(set(columns)) < len(columns):
        raise UnreadableList(f"«{name}» skal ha kolonnene fra og til, og kanskje felt; den har {', '.join(head)}")
    found: list[Mapped] = []
    for line, cells in rows:
        fault = width_fault(cells, head)
        row = dict(zip(columns, cells, strict=False))
        if fault is None:
            fault = _row_fault(row, found)
        if fault is not None:
            raise UnreadableList(f"«{name}», linje {line}: {fault}")
        found.append(Mapped(line, row["fra"], row["til"], row.get("felt") or None))
    return found


def _row_fault(row: Mapping[str, str], before: Iterable[Mapped]) -> str | None:
    """What is wrong with a row of the table."""
    if not row["fra"] or not row["til"]:
        return "både fra og til skal være oppgitt"
    if row["fra"] == row["til"]:
        return f"«{row['fra']}» blir til seg selv"
    same = [one for one in before if one.before == row["fra"] and one.field == (row.get("felt") or None)]
    return f"«{row['fra']}» står også i linje {same[0].line}" if same else None


def code_fields(felter: Iterable[Felt]) -> list[Felt]:
    """The fields that have codes or groups in them, also the lists of records that do."""
    return [felt for felt in felter if felt.slag in _CODES or (felt.slag == "liste" and code_fields(felt.av))]


def _with_inner(felter: Iterable[Felt]) -> Iterator[Felt]:
    """Some fields, each with those of the records it lists."""
    for felt in felter:
        yield felt
        yield from _with_inner(felt.av)


def unknown_field(table: Iterable[Mapped], felter: Iterable[Felt]) -> Mapped | None:
    """The first row of a table that is about a field that has no codes."""
    names = {name for felt in _with_inner(felter) for name in (felt.id, felt.navn)}
    return next((row for row in table if row.field is not None and row.field not in names), None)


@dataclass
class Recoding:
    """Maps the codes of rows, and counts."""

    table: Sequence[Mapped]
    fields: Sequence[Felt]
    """The fields of codes, as the rulebook that gets the mapped data reads them."""
    used: Counter[Mapped] = field(default_factory=Counter)
    """How many values each row of the table has mapped."""
    seen: dict[str, set[str]] = field(default_factory=dict)
    """The different codes in the data before they are mapped, by field."""

    def __post_init__(self) -> None:
        """Look the rows up by the code, as it is compared."""
        self.by_felt = {id(felt): self._lookup(felt) for felt in _with_inner(self.fields)}
        self.known: dict[int, dict[str, Mapped | None]] = {id_: {} for id_ in self.by_felt}

    def _lookup(self, felt: Felt) -> dict[str, Mapped]:
        """The rows of the table that are about a field."""
        about = [row for row in self.table if row.field is None or row.field in (felt.id, felt.navn)]
        ordered = sorted(about, key=lambda row: row.field is not None)
        return {compared(felt, row.before): row for row in ordered}

    # ---- one row

    def row(self, row: Row) -> Row:
        """A row with its codes mapped."""
        changed = dict(row)
        for felt in self.fields:
            for name in {felt.id, felt.navn}:
                if row.get(name) is not None:
                    changed[name] = self.value(felt, row[name])
        return changed

    def value(self, felt: Felt, value: Any, times: int = 1) -> Any:
        """What a field holds in so many rows, mapped."""
        if isinstance(value, str):
            return self._text(felt, value, times)
        if isinstance(value, list | tuple):
            return [self._part(felt, one, times) for one in value]
        return self.code(felt, str(value), times) if isinstance(value, int) and not isinstance(value, bool) else value

    def _text(self, felt: Felt, text: str, times: int) -> str:
        """A cell: one code, codes with space between, or JSON."""
        if felt.slag in ("kode", "gruppe"):
            return self.code(felt, text, times) if text.strip() else text
        if text.lstrip().startswith("["):
            try:
                found = json.loads(text, parse_float=Decimal)
            except ValueError:
                return text
            return json.dumps(self.value(felt, found, times), ensure_ascii=False, default=str)
        return _TOKEN.sub(lambda token: self.code(felt, token[0], times), text)

    def _part(self, felt: Felt, part: Any, times: int) -> Any:
        """One of the elements of a list."""
        if isinstance(part, Mapping):
            changed = dict(part)
            for inner in code_fields(felt.av):
                for name in {inner.id, inner.navn}:
                    if part.get(name) is not None:
                        changed[name] = self.value(inner, part[name], times)
            return changed
        return self.code(felt, part, times) if isinstance(part, str) else part

    # ---- one code

    def code(self, felt: Felt, text: str, times: int) -> str:
        """A code mapped, or codes with plus between, and counted."""
        if felt.slag != "liste":
            return self._one(felt, felt, text, times)
        return "+".join(self._one(felt, inner, one, times) for inner, one in _short(felt, text))

    def _one(self, outer: Felt, felt: Felt, text: str, times: int) -> str:
        known = self.known[id(felt)]
        if text in known:
            row = known[text]
        else:
            row = self._found(outer, felt, text)
            if len(known) < MOST_CODES:
                known[text] = row
        if row is None:
            return text
        self.used[row] += times
        return row.after

    def _found(self, outer: Felt, felt: Felt, text: str) -> Mapped | None:
        """The row of the table for a code that is met for the first time."""
        code = compared(felt, text)
        seen = self.seen.setdefault(outer.navn, set())
        if len(seen) < MOST_CODES:
            seen.add(code)
        return self.by_felt[id(felt)].get(code) or self.by_felt[id(outer)].get(code)

    def unused(self) -> list[Mapped]:
        """The rows of the table that nothing in the data was mapped by."""
        return [row for row in self.table if not self.used[row]]


def _short(felt: Felt, text: str) -> Iterable[tuple[Felt, str]]:
    """The codes of an element that is written short, each with the field that it is."""
    codes = text.split("+")
    inner = code_fields(felt.av)
    return [(inner[min(at, len(inner) - 1)], code) for at, code in enumerate(codes)]


def compared(felt: Felt, text: str) -> str:
    """A code in the form that it is compared in: as the field reads it, and a group without its spaces."""
    if felt.slag == "gruppe":
        return text.replace(" ", "").upper()
    return kode_av(_any_code(felt), text) or text.strip()


@lru_cache(maxsize=256)
def _any_code(felt: Felt) -> Felt:
    """The field as one that takes codes that the rulebook does not have."""
    return replace(felt, kjente=None)
