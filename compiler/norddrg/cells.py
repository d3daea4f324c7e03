"""The conditions of a rule as the cells of a rule table."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from compiler.norddrg.report import Report
from compiler.norddrg.tables import Logic
from compiler.rule_text import number

LACKING = "mangler"
_PASSED_OVER = (
    "«-» alene i secproc1 er gått forbi: det brukes ikke i praksis, enda det skal bety «ingen annen stor operasjon»"
)
_JOINED = " og "
_SIGNED = re.compile(r"([+-]?) ?(\w+)")
_NUMBER = re.compile(r"([<>+-]?) ?(\d+)")
_OPERATION = {"S": "stor", "P": "stor eller liten", "N": "ikke stor", "Z": "ingen"}
_SEX = {"M": "mann", "F": "kvinne"}
_DISCHARGE = {"N": "ikke død", "E": "død", "R": "overført"}
_VALID = {"+": "ja", "-": "nei"}
_LEVEL = {"": "minst ", "+": "minst ", ">": "over ", "<": "under ", "-": "ikke "}


class _Unreadable(Exception):
    """The cell cannot be read; the text says why."""


def of_rule(rule: Logic, report: Report) -> dict[str, str]:
    """The cells that say something, in the order of the columns; a fault for each that cannot be read."""
    written: dict[str, str] = {}
    for column, (sources, read) in _READERS.items():
        values = {source: rule.cells[source] for source in sources if rule.cells[source]}
        if values.get("secproc1") == "-":
            report.note(_PASSED_OVER, rule.ord)
            del values["secproc1"]
        cells = [cell for source, value in values.items() if (cell := _cell(rule, source, value, read, report))]
        if cells:
            written[column] = _together(rule, column, cells, report)
    return _with_valid_diagnosis(rule, written, report)


def values(cell: str) -> Iterator[tuple[bool, str]]:
    """The codes that a cell names, each with whether it must be there."""
    for part in cell.split(_JOINED):
        code = part.removeprefix("ikke ")
        if code != LACKING:
            yield code == part, code


def named(cell: str, name: Callable[[str], str]) -> str:
    """The cell with the name of each code after it, where it has one."""
    parts = [(part, name(part.removeprefix("ikke "))) for part in cell.split(_JOINED)]
    return _JOINED.join(f"{part} «{said}»" if said else part for part, said in parts)


def _cell(rule: Logic, source: str, value: str, read: Callable[[str], str], report: Report) -> str:
    """What one cell of the definition tables says; nothing where it requires nothing."""
    try:
        cell = read(value)
    except _Unreadable as fault:
        report.fault("drglogic", rule.number, f"{source} er «{value}»: {fault}")
        return ""
    if not cell:
        report.note(f"«0» i {source} krever ingenting", rule.ord)
    return cell


def _together(rule: Logic, column: str, cells: list[str], report: Report) -> str:
    """Several cells as one, with what stands twice once."""
    different = list(dict.fromkeys(cells))
    if LACKING in different and len(different) > 1:
        report.fault("drglogic", rule.number, f"«-» alene kan ikke stå sammen med andre verdier for {column}")
    return _JOINED.join(different)


def _with_valid_diagnosis(rule: Logic, written: dict[str, str], report: Report) -> dict[str, str]:
    """The cells, where a valid principal diagnosis is asked for once: a positive MDC or category implies it."""
    negative = written.get("kategori", "").startswith("ikke ")
    if negative and written.get("gyldig") == "nei":
        report.fault("drglogic", rule.number, "dgcat1 krever en hoveddiagnose som icd sier ikke skal være der")
    if negative:
        written = {"gyldig": "ja", **written}
    if written.get("gyldig") == "ja" and any(_is_positive(written.get(column, "")) for column in ("hdg", "kategori")):
        report.note("«gyldig ja» er ikke skrevet der HDG eller kategori krever det samme")
        return {column: cell for column, cell in written.items() if column != "gyldig"}
    return written


def _is_positive(cell: str) -> bool:
    """Whether a cell requires a value."""
    return bool(cell) and cell != LACKING and not cell.startswith("ikke ")


# ---- one cell


def _of(words: dict[str, str]) -> Callable[[str], str]:
    """Reads a cell that is one of some letters."""

    def read(value: str) -> str:
        if value in words:
            return words[value]
        raise _Unreadable(f"ventet {', '.join(words)}")

    return read


def _sex(value: str) -> str:
    if value == "-":
        return LACKING
    found = _SIGNED.fullmatch(value)
    if found is None or found[2] not in _SEX:
        raise _Unreadable("ventet M, F eller «-»")
    return ("ikke " if found[1] == "-" else "") + _SEX[found[2]]


def _code(value: str) -> str:
    if value == "-":
        return LACKING
    found = _SIGNED.fullmatch(value)
    if found is None:
        raise _Unreadable("ventet en verdi, med «+» eller «-» foran eller uten")
    return ("ikke " if found[1] == "-" else "") + found[2]


def _days(value: str) -> str:
    found = _NUMBER.fullmatch(value)
    if found is None or found[1] not in ("<", ">"):
        raise _Unreadable("ventet «<» eller «>» og et antall dager")
    return f"{'over' if found[1] == '>' else 'under'} {number(Decimal(found[2]), None)}"


def _level(value: str) -> str:
    """A complication level; none at all where every level will do."""
    found = _NUMBER.fullmatch(value)
    if found is None:
        raise _Unreadable("ventet et nivå, med «+», «-», «<» eller «>» foran eller uten")
    sign, level = found[1], int(found[2])
    return "" if level == 0 and sign in ("", "+") else f"{_LEVEL[sign]}{level}"


_READERS: dict[str, tuple[tuple[str, ...], Callable[[str], str]]] = {
    "gyldig": (("icd",), _of(_VALID)),
    "hdg": (("mdc",), _code),
    "kategori": (("dgcat1",), _code),
    "pdgprop": (("pdgprop",), _code),
    "operasjon": (("or",), _of(_OPERATION)),
    "procprop": (("procpro1", "secproc1"), _code),
    "dgprop": (("dgprop1", "dgprop2", "dgprop3", "dgprop4"), _code),
    "komplikasjon": (("compl",), _level),
    "alder": (("agelim",), _days),
    "kjønn": (("sex",), _sex),
    "utskrivning": (("disch",), _of(_DISCHARGE)),
    "liggetid": (("dur",), _days),
}
"""By column of rule tables: the columns it is read from, and how."""
RULE_COLUMNS = tuple(_READERS)
"""The columns of rule tables that say what a rule requires, in the order they are written."""
