"""The tables that all forms of a report are made of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from compiler.consequences.findings import STATUSES, Codes, Findings, by_group, by_place, known_change, number, shown
from compiler.consequences.fit import Measure
from compiler.consequences.tally import Amounts, Place, Total
from compiler.runtime.forklaring import tall

_UNCHANGED, _OTHERS = "uendret", "andre"


# ---- tables


class Column(NamedTuple):
    """A column of a table."""

    name: str
    kind: Literal["tekst", "tall"] = "tall"
    only_wide: bool = False
    """Left out where there is little room."""


class Row(NamedTuple):
    """A row of a table, with what draws it: a bar from −100 to 100, or a shade from 0 to 100 for each cell."""

    cells: tuple[str, ...]
    bar: int | None = None
    shades: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table, with what it shows in words, and what is left out of it."""

    title: str
    about: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    more: str = ""
    is_matrix: bool = False

    @property
    def has_bars(self) -> bool:
        """Whether a bar is drawn in any row."""
        return any(row.bar for row in self.rows)


def tables(found: Findings, most: int) -> Iterator[Table]:
    """The tables of a report, each with so many rows at most."""
    yield status_matrix(found)
    if found.moved():
        if found.grouped:
            yield group_matrix(found, min(most, 12))
        yield _moves(found, most)
    for at in range(len(found.measures)):
        yield _by_group(found, at, most)
    if found.unit is not None:
        for number in range(len(found.measures)):
            yield _by_unit(found, number, most)
        if not found.measures:
            yield _by_unit(found, None, most)
    if found.contacts():
        yield _largest(found, most)
    yield from _of_codes(found.codes, found.before.name, found.after.name, most)


def _cut(title: str, about: str, columns: Sequence[Column], rows: Sequence[Row], most: int, what: str) -> Table:
    """A table of the first rows, that says how many more there are."""
    left = len(rows) - most
    more = f"… og {tall(Decimal(left))} {what} til; med --csv kommer alle med" if left > 0 else ""
    return Table(title, about, tuple(columns), tuple(rows[:most]), more)


# ---- matrices


def status_matrix(found: Findings) -> Table:
    """How many contacts have each status by the one rulebook and by the other."""
    counts: dict[tuple[str, str], int] = {}
    for (before, after), cell in found.tally.cells.items():
        pair = before.status, after.status
        counts[pair] = counts.get(pair, 0) + cell.count
    present = [status for status in STATUSES if any(status in pair for pair in counts)]
    columns = [Column(f"{found.before.name} ↓ · {found.after.name} →", "tekst"), *map(Column, present), Column("i alt")]
    rows = [_counted(status, [counts.get((status, other), 0) for other in present]) for status in present]
    below = _counted("i alt", [sum(counts.get((status, other), 0) for status in present) for other in present])
    about = f"Hver rad er statusen etter {found.before.name}, hver kolonne statusen etter {found.after.name}."
    return Table("Status", about, tuple(columns), _shaded([*rows, below]), is_matrix=True)


def group_matrix(found: Findings, most: int) -> Table:
    """The contacts that moved, from the places that most left to those that most came to."""
    moved = {places: cell.count for places, cell in found.moved()}
    left, came = _margin(moved, 0), _margin(moved, 1)
    rows_of, columns_of = _largest_places(left, most), _largest_places(came, most)
    stayed = {before: cell.count for (before, after), cell in found.tally.cells.items() if before == after}

    def row(name: str, here: Sequence[Place]) -> Row:
        by_column = [sum(moved.get((place, other), 0) for place in here) for other in columns_of]
        others = [sum(left[place] for place in here) - sum(by_column)] if len(came) > len(columns_of) else []
        made = _counted(name, [*by_column, *others])
        return Row((*made.cells, number(sum(stayed.get(place, 0) for place in here))))

    rest = [place for place in left if place not in rows_of]
    rows = [row(shown(place), [place]) for place in rows_of]
    rows += [row(_OTHERS, rest)] if rest else []
    below = row("flyttet inn", list(left))
    below = Row((*below.cells[:-1], number(sum(stayed.values()))))
    heads = [*map(shown, columns_of), *([_OTHERS] if len(came) > len(columns_of) else []), "flyttet ut", _UNCHANGED]
    corner = Column(f"{found.before.name} ↓ · {found.after.name} →", "tekst")
    about = f"{found.nouns.them.capitalize()} som flyttet: raden er hvor de var etter {found.before.name}, kolonnen "
    about += f"hvor de er etter {found.after.name}. «{_UNCHANGED.capitalize()}» er de som ble der de var."
    drawn = _shaded([*rows, below], margins=2)
    return Table("Hvem som flyttet", about, (corner, *map(Column, heads)), drawn, is_matrix=True)


def _margin(moved: Mapping[tuple[Place, Place], int], side: int) -> dict[Place, int]:
    """How many contacts left each place, or came to it."""
    found: dict[Place, int] = {}
    for places, count in moved.items():
        found[places[side]] = found.get(places[side], 0) + count
    return found


def _largest_places(counts: Mapping[Place, int], most: int) -> list[Place]:
    """The places with most contacts, in the order of places."""
    largest = sorted(counts, key=lambda place: (-counts[place], by_place(place)))[:most]
    return sorted(largest, key=by_place)


def _counted(name: str, counts: Sequence[int]) -> Row:
    """A row of counts, and their sum."""
    return Row((name, *(number(count) if count else "–" for count in counts), number(sum(counts))))


def _shaded(rows: Sequence[Row], margins: int = 1) -> tuple[Row, ...]:
    """Rows of counts with shades for all but the last row and the columns in the right margin."""
    inside = [[_count(cell) for cell in row.cells[1:-margins]] for row in rows[:-1]]
    highest = max((count for row in inside for count in row), default=0)
    made = []
    for row, counts in zip(rows[:-1], inside, strict=True):
        shades = [_share(count, highest) for count in counts]
        made.append(row._replace(shades=(0, *shades, *[0] * margins)))
    return (*made, rows[-1])


def _count(cell: str) -> int:
    return 0 if cell == "–" else int(cell.replace(" ", ""))


def _share(count: int, of: int) -> int:
    """A count as part of another, of 100; what is something is never nothing."""
    return max(1, count * 100 // of) if of and count else 0


# ---- amounts


def _sum(measure: Measure, value: Decimal, lacking: int, of: int) -> str:
    """A sum, and how many contacts it lacks an amount for."""
    shown = "–" if lacking == of else tall(value)
    return f"{shown} (uten {number(lacking)})" if lacking else shown


def _changed(value: Decimal | None, lacking: int = 0) -> str:
    """A change, with its sign, and how many contacts it says nothing of; nothing where it is not known."""
    if value is None:
        return "–"
    sign = "+" if value > 0 else ""
    return f"{sign}{tall(value)}" + (f" (uten {number(lacking)})" if lacking else "")


def _bars(values: Sequence[Decimal]) -> list[int]:
    """Numbers as bars from −100 to 100."""
    highest = max(map(abs, values), default=Decimal(0))
    return [int(value * 100 / highest) if highest else 0 for value in values]


def _by_group(found: Findings, at: int, most: int) -> Table:
    """A measure of each group: those whose sum changed most first."""
    measure = found.measures[at]
    totals = sorted(by_group(found), key=lambda one: (-abs(one.change(at) or Decimal(0)), by_place(one.group)))
    bars = _bars([one.change(at) or Decimal(0) for one in totals])
    rows = []
    for one, bar in zip(totals, bars, strict=True):
        first, second = one.before[at], one.after[at]
        cells = (
            *(shown(one.group), found.name_of(one.group.group or "")),
            *(number(one.count_before), number(one.count_after)),
            _sum(measure, first.before, first.lack_before, one.count_before),
            _sum(measure, second.after, second.lack_after, one.count_after),
            _changed(one.change(at), one.lacking[at]),
        )
        rows.append(Row(cells, bar))
    columns = [Column(found.places, "tekst"), Column("navn", "tekst", only_wide=True), *_amount_columns(found)]
    about = (
        f"Summen av {measure.name} for {found.nouns.them} i {found.places} etter hvert regelverk{_in_unit(measure)}. "
    )
    about += "«Uten» er hvor mange som ikke har noe slikt beløp, og som summen derfor ikke har med."
    return _cut(f"{measure.name.capitalize()} etter {found.places}", about, columns, rows, most, "grupper")


def _amount_columns(found: Findings) -> list[Column]:
    first, second = found.before.name, found.after.name
    return [
        Column(f"{found.nouns.many} {first}"),
        Column(f"{found.nouns.many} {second}"),
        Column(first),
        Column(second),
        Column("endring"),
    ]


def _in_unit(measure: Measure) -> str:
    return f", i {measure.unit}" if measure.unit and measure.unit != measure.name else ""


def _by_unit(found: Findings, at: int | None, most: int) -> Table:
    """A measure of each unit: those whose sum changed most first; only how many moved, where there is no measure."""
    units = sorted(found.tally.units.items(), key=lambda one: (-abs(_unit_change(one[1], at)), one[0]))
    bars = _bars([_unit_change(total, at) for _, total in units])
    rows = [
        Row((unit, number(total.count), number(total.moved), *_unit_amounts(found, total, at)), bar)
        for (unit, total), bar in zip(units, bars, strict=True)
    ]
    columns = [Column(found.unit or "", "tekst"), Column(found.nouns.many), Column("flyttet")]
    if at is None:
        return _cut(f"Etter {found.unit}", "Hvor mange som flyttet.", columns, rows, most, "enheter")
    measure = found.measures[at]
    columns += [Column(found.before.name), Column(found.after.name), Column("endring")]
    about = f"Summen av {measure.name} etter hvert regelverk{_in_unit(measure)}. Endringen er for dem som har beløp "
    about += "etter begge; «uten» er hvor mange som ikke har det."
    return _cut(f"{measure.name.capitalize()} etter {found.unit}", about, columns, rows, most, "enheter")


def _unit_change(total: Total, at: int | None) -> Decimal:
    return Decimal(total.moved) if at is None else total.amounts[at].change


def _unit_amounts(found: Findings, total: Total, at: int | None) -> tuple[str, ...]:
    return () if at is None else amounts_shown(found.measures[at], total, total.amounts[at])


def amounts_shown(measure: Measure, total: Total, amounts: Amounts) -> tuple[str, str, str]:
    """The sum by each rulebook, and the change."""
    return (
        _sum(measure, amounts.before, amounts.lack_before, total.count),
        _sum(measure, amounts.after, amounts.lack_after, total.count),
        _changed(known_change(amounts, total.count), amounts.lack_either),
    )


# ---- moves and contacts


def _moves(found: Findings, most: int) -> Table:
    """The cells of contacts that moved."""
    rows = []
    for (before, after), cell in found.moved():
        changes = [_changed(known_change(one, cell.count), one.lack_either) for one in cell.amounts]
        where = ", ".join(map(found.label, cell.contacts))
        rows.append(Row((shown(before), shown(after), number(cell.count), *changes, where)))
    columns = [Column("fra", "tekst"), Column("til", "tekst"), Column(found.nouns.many)]
    columns += [Column(_in_column(measure, "endring i ")) for measure in found.measures]
    columns.append(Column(f"for eksempel {found.label_name}", "tekst"))
    return _cut("Flyttene", "De største flyttene først.", columns, rows, most, "flytt")


def _in_column(measure: Measure, before: str = "") -> str:
    unit = f" ({measure.unit})" if measure.unit and measure.unit != measure.name else ""
    return f"{before}{measure.name}{unit}"


def _largest(found: Findings, most: int) -> Table:
    """The contacts whose first amount changed most."""
    measure = found.measures[0]
    rows = []
    for one in found.contacts()[:most]:
        first, second = one.before.amounts[0], one.after.amounts[0]
        assert first is not None
        assert second is not None
        name = () if found.name_column is None else (str(one.data.get(found.name_column) or ""),)
        places = shown(one.before.place), shown(one.after.place)
        amounts = tall(first), tall(second), _changed(one.change(0))
        rows.append(Row((found.label(one), *name, *places, *amounts)))
    columns = [Column(found.label_name, "tekst" if found.keys else "tall")]
    columns += [] if found.name_column is None else [Column(found.name_column, "tekst", only_wide=True)]
    columns += [Column("fra", "tekst"), Column("til", "tekst")]
    columns += [Column(found.before.name), Column(found.after.name), Column("endring")]
    about = f"{found.nouns.them.capitalize()} der {measure.name} er mest endret{_in_unit(measure)}: høyst "
    about += f"{found.tally.kept} fra hver celle i matrisen, så ett flytt ikke fyller listen."
    return Table("Størst utslag", about, tuple(columns), tuple(rows))


def _of_codes(codes: Codes, before: str, after: str, most: int) -> Iterator[Table]:
    """What became of codes."""
    if codes.table is not None:
        rows = [Row((one.field or "alle", one.before, one.after, number(times))) for one, times in codes.used]
        rows += [Row((one.field or "alle", one.before, one.after, "–")) for one in codes.unused]
        columns = [Column("felt", "tekst"), Column("fra", "tekst"), Column("til", "tekst"), Column("verdier")]
        about = f"{number(codes.mapped())} verdier i dataene ble omkodet etter «{codes.table}»."
        yield _cut("Omkodet", about, columns, rows, most, "rader")
    if codes.strange:
        rows = [Row((one.field, *_listed(one.ended), *_listed(one.neither))) for one in codes.strange]
        columns = [Column("felt", "tekst"), Column(f"bare i {before}"), Column("koder", "tekst")]
        columns += [Column("i ingen av dem"), Column("koder", "tekst")]
        about = f"Ulike koder i dataene som {after} ikke nevner, og som ikke er omkodet. En kode er nevnt når den står "
        about += "i et kodeverk, et kodesett, et vilkår eller som nøkkel i en tabell."
        yield _cut("Koder som ikke finnes", about, columns, rows, most, "felt")


def _listed(codes: Sequence[str]) -> tuple[str, str]:
    """How many codes, and the first of them."""
    return number(len(codes)), " ".join(codes[:12]) + (" …" if len(codes) > 12 else "") if codes else "–"
