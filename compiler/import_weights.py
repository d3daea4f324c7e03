"""Weights from CSV or Excel to rules: new groups, and amendments of those from the year before.

No row is lost silently: each is among the rules, or in a line that says why it is not.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from compiler import model
from compiler.imported import Imported, cited, quotable, some
from compiler.lists import UnreadableList, listing, width_fault
from compiler.rule_text import number
from dsl.diagnostics import nearest

COLUMNS = ("gruppe", "vekt", "navn")
_NEEDED = ("gruppe", "vekt")
_REF = re.compile(r"[^\W\d]\w*(?: (?:[A-ZÆØÅ]{1,5}\d|\d)[\wÆØÅæøå]*)?")
_BARE = re.compile(r"\d[\wÆØÅæøå]*")
_NUMBER = re.compile(r"-?(?:\d{1,3}(?: \d{3})+|\d+)(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the list: its number in the file and its cells by column."""

    number: int
    cells: dict[str, str]
    fault: str | None = None
    """Why the row cannot be read, if it cannot."""


@dataclass(frozen=True, slots=True)
class Weight:
    """A group with its weight, as read."""

    number: int
    group: str
    value: Decimal
    name: str


# ---- reading


def read(name: str, data: bytes) -> tuple[list[Line], list[str]]:
    """The rows of a list, and the names of the columns that are not used."""
    head, rows = listing(name, data)
    columns = _columns(name, head)
    lines = [_line(number, cells, columns, head) for number, cells in rows]
    return lines, [cell for i, cell in enumerate(head) if cell and i not in columns.values()]


def _line(number: int, cells: list[str], columns: dict[str, int], head: list[str]) -> Line:
    """One row by column."""
    fault = width_fault(cells, head)
    return Line(number, {} if fault else {column: cells[i] for column, i in columns.items()}, fault)


def _columns(name: str, head: Sequence[str]) -> dict[str, int]:
    """Where each column stands; its name may be written with capitals."""
    found: dict[str, int] = {}
    for i, cell in enumerate(head):
        column = cell.casefold()
        if column in found:
            raise UnreadableList(f"kolonnen «{cell}» står to ganger i «{name}»")
        if column in COLUMNS:
            found[column] = i
    for column in _NEEDED:
        if column not in found:
            columns = "kolonnene skal være gruppe og vekt, og navn om du vil"
            hint = nearest(column, [cell for cell in head if cell]) or columns
            raise UnreadableList(f"«{name}» har ingen kolonne «{column}»: {hint}")
    return found


# ---- rules


def imported(
    lines: Iterable[Line], rulebook: model.Rulebook, before: model.Rulebook | None, source: str | None
) -> Imported:
    """The rules for the weights of a list, in a year that builds on another."""
    made = Imported()
    table = _table(rulebook)
    yearly = any(field.yearly for field in table.fields if field.name == "vekt")
    weights = list(_consistent(_weights(lines, rulebook, made), made))
    inherited = {group.id: group for group in before.groups} if before else {}
    own = {group.id: group for group in rulebook.groups if group.last_changed == rulebook.year}
    blocks = []
    for weight in weights:
        if weight.group in own:
            if _weight(rulebook, table, weight.group) == weight.value:
                made.unchanged += 1
            else:
                was = _stated(before, table, weight.group) if weight.group in inherited else None
                made.leave_out(weight.number, _written_by_hand(weight, own[weight.group], rulebook.year, was))
        elif weight.group in inherited:
            made.note_title(weight.number, weight.group, inherited[weight.group].title, weight.name)
            if not yearly and _weight(before, table, weight.group) == weight.value:
                made.unchanged += 1
            else:
                blocks.append(_amended(weight, _stated(before, table, weight.group), source))
                made.changed += 1
        else:
            blocks.append(_new(weight, source))
            made.new += 1
    _note_missing(weights, inherited, own, made)
    made.left_out.sort()
    made.text = "\n\n".join(blocks) + "\n" if blocks else ""
    return made


def _written_by_hand(weight: Weight, group: model.Group, year: int, was: str | None) -> str:
    """What is said of a group that the author has written or amended this year, with another weight than the list."""
    value = number(weight.value, None)
    if was is None or group.since == year:
        return f"{group.id} står alt i regelverket ({group.place}); skriv vekten {value} der"
    return f"{group.id} er alt endret i {year}; skriv «vekt fra {was} til {value}» i «endrer gruppe {group.id}»"


def _weight(rulebook: model.Rulebook | None, table: model.Table, group: str) -> Decimal | None:
    """The weight of a group in a year, if it has one."""
    tables = rulebook.tables if rulebook is not None else ()
    row = next((row for known in tables if known.id == table.id for row in known.rows if row.key == group), None)
    value = row.values.get("vekt") if row else None
    return value if isinstance(value, Decimal) else None


def _stated(before: model.Rulebook | None, table: model.Table, group: str) -> str:
    """The weight of a group in the year before, as it is written."""
    value, field = _weight(before, table, group), table.field("vekt")
    return "ukjent" if value is None else number(value, field.unit if field else None)


def _table(rulebook: model.Rulebook) -> model.Table:
    """The table of groups, which must have weights."""
    for table in rulebook.tables:
        if table.key == "gruppe" and table.field("vekt") is not None:
            return table
    raise UnreadableList(f"{rulebook.name} har ingen tabell av gruppe med kolonnen «vekt»")


def _weights(lines: Iterable[Line], rulebook: model.Rulebook, made: Imported) -> Iterator[Weight]:
    """The rows that can be read; what is wrong with the others is noted."""
    for line in lines:
        group = _group(line.cells.get("gruppe", ""), rulebook)
        value = _number(line.cells.get("vekt", ""))
        fault = line.fault or _fault(line, group, value)
        if fault is None and value is not None:
            yield Weight(line.number, group, value, line.cells.get("navn", ""))
        else:
            made.leave_out(line.number, fault or "raden kan ikke leses")


def _fault(line: Line, group: str, value: Decimal | None) -> str | None:
    """What is wrong with a row."""
    written, weight = line.cells["gruppe"], line.cells["vekt"]
    if not written:
        return "gruppen mangler"
    if not _REF.fullmatch(group):
        return f"«{written}» kan ikke være en gruppe: skriv den som «DRG 442»"
    if not weight:
        return f"{group} har ingen vekt"
    if value is None:
        return f"vekten «{weight}» til {group} er ikke et tall"
    return f"vekten «{weight}» til {group} er negativ" if value < 0 else None


def _group(written: str, rulebook: model.Rulebook) -> str:
    """The group as the rulebook names it: a bare code is of the one scheme that has it, or of the only scheme."""
    if not _BARE.fullmatch(written):
        return written
    known = [group.id for group in rulebook.groups if group.scheme and group.id == f"{group.scheme} {written}"]
    schemes = {group.scheme for group in rulebook.groups if group.scheme}
    if len(known) == 1:
        return known[0]
    return f"{schemes.pop()} {written}" if len(schemes) == 1 else written


def _number(written: str) -> Decimal | None:
    """A number with decimal comma or point."""
    return Decimal(written.replace(" ", "").replace(",", ".")) if _NUMBER.fullmatch(written) else None


def _consistent(weights: Iterable[Weight], made: Imported) -> Iterator[Weight]:
    """Each group once; one that stands twice with different weights is left out altogether."""
    by_group: dict[str, list[Weight]] = {}
    for weight in weights:
        by_group.setdefault(weight.group, []).append(weight)
    for group, found in by_group.items():
        first, *rest = found
        rows = ", ".join(str(weight.number) for weight in found)
        if all(weight.value == first.value for weight in rest):
            yield first
            why, left = f"{group} står også i rad {first.number}, med samme vekt", rest
        else:
            why, left = f"{group} har ulike vekter i rad {rows}", found
        for weight in left:
            made.leave_out(weight.number, why)


def _new(weight: Weight, source: str | None) -> str:
    """The block of a group that is new."""
    title = f" «{quotable(weight.name)}»" if weight.name else ""
    return "\n".join([f"gruppe {weight.group}{title}", f"    vekt {number(weight.value, None)}", *cited(source)])


def _amended(weight: Weight, was: str, source: str | None) -> str:
    """The block that amends a group from the year before."""
    line = f"    vekt fra {was} til {number(weight.value, None)}"
    return "\n".join([f"endrer gruppe {weight.group}", line, *cited(source)])


# ---- notes


def _note_missing(
    weights: Sequence[Weight], inherited: dict[str, model.Group], own: dict[str, model.Group], made: Imported
) -> None:
    """Note the groups from the year before that the list says nothing about."""
    missing = [id_ for id_ in inherited if id_ not in {weight.group for weight in weights} and id_ not in own]
    if missing:
        made.notes.append(f"uten vekt i listen: {some(missing)}")
