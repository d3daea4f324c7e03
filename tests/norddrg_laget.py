"""Made-up definition tables of the shape that NordDRG has: every code, DRG and name is invented.

They are small, and have one of each thing that real tables have: pairs of codes, values that follow the sex, errors,
day care, age borders, both complication levels, exclusions, inclusions, and a second year in which something is new.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

Rows = list[dict[str, str]]
Tables = dict[str, Rows]

RULE_COLUMNS = (
    *("ord", "drg", "rtc", "icd", "mdc", "pdgprop", "or", "procpro1", "dgcat1", "agelim", "compl", "sex"),
    *("dgprop1", "dgprop2", "dgprop3", "dgprop4", "secproc1", "disch", "dur"),
)
UNUSED_COLUMN = "loc_drg\n(link to ndms)"

_RULES = """
000D000010 470  1 icd=- disch=N
000D000020 470  2 icd=+ mdc=98 sex=-
000D000030 470  6 icd=+ agelim=>45654
105D010000 501O 0 icd=+ mdc=05 or=S procpro1=05S01 secproc1=- disch=N dur=<2
105D020000 905O 0 icd=+ mdc=05 or=Z disch=N dur=<1
115D010000 950O 0 icd=+ mdc=15 pdgprop=-15P01 disch=N dur=<2
405D010000 501A 0 icd=+ mdc=05 or=S procpro1=05S01 compl=2
405D010010 501B 0 icd=+ mdc=05 or=S procpro1=05S01 compl=+1
405D010020 501C 0 icd=+ mdc=05 or=S procpro1=05S01 compl=0
405D015000 505  0 icd=+ mdc=05 or=P procpro1=05S02 secproc1=05S02 dur=>0
405D020000 502  0 icd=+ dgcat1=05M01 or=N dgprop1=05X01 dgprop2=-05X02 dgprop3=05X01 dgprop4=90X01
405D020010 502  0 icd=+ dgcat1=05M09 pdgprop=05P09
405D030000 503  0 icd=+ mdc=05 disch=E
405D030010 503  0 icd=+ mdc=05 disch=R
405D040000 504  0 icd=+ mdc=05 dgcat1=-05M01 agelim=<6574 compl=<1
405D040010 504  0 icd=+ mdc=05
412D010000 512  0 icd=+ mdc=12 sex=M dgprop1=12X01
413D010000 513  0 icd=+ mdc=13 sex=F dgprop1=13X01
415D010000 550A 0 icd=+ mdc=15 agelim=<29 pdgprop=15P01
415D010010 550B 0 icd=+ mdc=15 agelim=>28
415D020000 550C 0 dgcat1=-05M01 pdgprop=15P01
499D010000 477  7 icd=+ or=S procpro1=-05S01
999D002    470  9
"""
_SECOND_RULES = """
405D010010 501B 0 icd=+ mdc=05 or=S procpro1=05S01 compl=1 dur=>1
405D012000 501D 0 icd=+ mdc=05 or=S procpro1=05S03
405D020010 504  0 icd=+ dgcat1=05M09 pdgprop=05P09
415D010010 550B 4 icd=+ mdc=15 agelim=>28
415D020000 504  0 dgcat1=-05M01 pdgprop=15P01
"""
_REMOVED_RULES = ("405D015000",)

_DIAGNOSES = """
Q001      DGCAT=05M01 PDGPRO=05P01 DGPROP=05X01 COMPL=05C01
Q002      DGCAT=05M02 DGPROP=05X01 COMPL=05G01
Q003      DGCAT=05M01 DGPROP=05X01 DGPROP=90X01 COMPL=05I01
Q004      DGCAT=05M03 DGPROP=05X02
Q005      DGCAT=05M02 COMPL=05J02
Q006      DGCAT=05M02 COMPL=01C01
Q010      DGCAT=98M01 DGPROP=98X01
Q020      DGCAT=01M01 COMPL=01C01
Q001+Q020 DGCAT=05M09 PDGPRO=05P09 DGPROP=05X03 COMPL=05C09
Q002+Q020 DGPROP=05X02
Q030      DGPROP=90X01
Q040      DGCAT=15M01 PDGPRO=15P01
Q041      DGCAT=15M01
Q050      DGCAT=05M03 PROCPR=05S02 OR=2
Q060      DGCAT=12M02
Q060a     DGCAT=13M02
"""
_SECOND_DIAGNOSES = """
Q002      DGCAT=05M02 DGPROP=05X01 COMPL=05C02
Q007      DGCAT=05M04 DGPROP=05X04
"""
_REMOVED_DIAGNOSES = ("Q041",)

_PROCEDURES = """
PAA10  PROCPR=05S01 OR=1
PAA20  PROCPR=05S02 PROCPR=05S04 OR=2
PAA30  CC=2
PAA40  DGPROP=05X02
PAA50  DGPROP=98X01
PAA60  PROCPR=99S01 OR=1
"""
_SECOND_PROCEDURES = """
PAA30  CC=1
PAA70  PROCPR=05S03 OR=1
"""

_CATEGORIES = ("01C01", "05C01", "05G01", "05I01 05X02", "05J02 05X02", "05J02 05X03", "05C09", "05Z03")
_EXCLUSIONS = ("05C01 Q004", "05C01 Q050", "05G01 Q050", "05G01 Q020 Q001", "05G99 Q001", "05G99 Q004")
_DRGS = {
    "501O": "05",
    "905O": "05",
    "950O": "15",
    "501A": "05",
    "501B": "05",
    "501C": "05",
    "505": "05",
    "502": "05",
    "503": "05",
    "504": "05",
    "512": "12",
    "513": "13",
    "550A": "15",
    "550B": "15",
    "550C": "15",
    "477": "99",
    "470": "99",
    "  9A": "99",
}
_NAMES = {
    "drg": {
        "501O": "Oppdiktet dagkirurgi",
        "501A": "Oppdiktet operasjon | med «store» komplikasjoner",
        "502": "Oppdiktet sykdom i {oppdiktet} organ",
        "470": "Kan ikke grupperes",
    },
    "mdc": {"05": "Oppdiktede organer", "98": "Oppdiktede kjønnsorganer", "99": "Alt annet"},
    "dgcat": {"05M01": "Oppdiktet sykdom, vanlig og lett", "98M01": "Oppdiktet kjønnssykdom"},
    "pdgprop": {"05P09": "Oppdiktet par"},
    "dgprop": {"05X01": "Oppdiktet funn", "05X02": "Oppdiktet «særlig» funn", "98X01": "Oppdiktet kjønnsfunn"},
    "procprop": {"05S01": "Oppdiktet inngrep"},
    "compl": {"05C01": "Oppdiktet komplikasjon"},
    "rtc": {"0": "Gikk bra", "9": "Gikk ikke bra"},
}


def first_year() -> Tables:
    """The tables of the first year."""
    diagnoses = _features(_DIAGNOSES)
    return {
        "drglogic": [_rule(line) for line in _lines(_RULES)],
        "dg": list(_dg(diagnoses)),
        "proc": list(_proc(_features(_PROCEDURES))),
        "complcat": [_category(line) for line in _CATEGORIES],
        "complexcl": [_exclusion(line) for line in _EXCLUSIONS],
        "drgnames": [{"drg": drg, "mdc": mdc, UNUSED_COLUMN: f"0{drg.strip()}"} for drg, mdc in _DRGS.items()],
    }


def second_year() -> Tables:
    """The tables of the next year: something new, changed and removed in each, and a title among the DRGs."""
    rules = {row["ord"]: row for row in first_year()["drglogic"] if row["ord"] not in _REMOVED_RULES}
    rules |= {row["ord"]: row for row in map(_rule, _lines(_SECOND_RULES))}
    diagnoses = {c: v for c, v in _features(_DIAGNOSES).items() if c not in _REMOVED_DIAGNOSES}
    drgs = {drg: mdc for drg, mdc in _DRGS.items() if drg != "505"} | {"501D": "05"}
    return {
        "drglogic": [rules[id_] for id_ in sorted(rules)],
        "dg": list(_dg(diagnoses | _features(_SECOND_DIAGNOSES))),
        "proc": list(_proc(_features(_PROCEDURES) | _features(_SECOND_PROCEDURES))),
        "complcat": [_category(line) for line in (*_CATEGORIES, "05C02")],
        "complexcl": [_exclusion(line) for line in (*_EXCLUSIONS, "05C02 Q007")],
        "drgnames": [
            {"drg": "#####", "mdc": "", UNUSED_COLUMN: ""},
            *({"drg": drg, "mdc": mdc, UNUSED_COLUMN: ""} for drg, mdc in drgs.items()),
        ],
    }


def name_files() -> dict[str, bytes]:
    """The files with names, each under a title row."""
    return {f"{kind}.csv": _name_file(kind, names) for kind, names in _NAMES.items()}


# ---- as they are published


def as_json(tables: Tables) -> bytes:
    """JSON with a byte-order mark, trailing commas and raw control characters, as the tables come."""
    parts = []
    for name, rows in tables.items():
        objects = [json.dumps(row, ensure_ascii=False, indent="\t").replace("\\n", "\n") for row in rows]
        parts.append(f'"{name}": [\n' + ",\n".join(one.replace("\n}", ",\n}") for one in objects) + ",\n]")
    return ("{\n" + ",\n".join(parts) + ",\n}\n").encode("utf-8-sig")


def as_zip(tables: Tables) -> bytes:
    """The JSON in a zip."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("DefinitionData_LAGET.json", as_json(tables))
    return out.getvalue()


def as_xlsx(tables: Tables) -> bytes:
    """A sheet for each table, with a number where a cell is one."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        sheet.append(list(rows[0]))
        for row in rows:
            sheet.append([_as_number(cell) for cell in row.values()])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _as_number(cell: str) -> str | int | None:
    """A cell as Excel would have it."""
    return int(cell) if cell.isdigit() and not (len(cell) > 1 and cell.startswith("0")) else cell or None


# ---- rows


def _lines(text: str) -> list[str]:
    return text.strip().splitlines()


def _rule(line: str) -> dict[str, str]:
    ord_, drg, rtc, *conditions = line.split()
    row = dict.fromkeys(RULE_COLUMNS, "") | {"ord": ord_, "drg": f"{drg:>4}", "rtc": rtc}
    return row | dict(condition.split("=", 1) for condition in conditions) | {UNUSED_COLUMN: ""}


def _features(text: str) -> dict[str, list[tuple[str, str]]]:
    """The features of each code or pair."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in _lines(text):
        code, *features = line.split()
        found[code] = [(kind, value) for kind, _, value in (feature.partition("=") for feature in features)]
    return found


def _dg(features: dict[str, list[tuple[str, str]]]) -> Iterator[dict[str, str]]:
    """The table of diagnoses; a category stands with its MDC."""
    for codes, found in sorted(features.items()):
        d_code, _, code = codes.rpartition("+")
        for kind, value in found:
            yield {"code": code, "d_code": d_code, "vartype": kind, "varval": value}
            if kind == "DGCAT":
                yield {"code": code, "d_code": d_code, "vartype": "MDC", "varval": value[:2]}


def _proc(features: dict[str, list[tuple[str, str]]]) -> Iterator[dict[str, str]]:
    for code, found in sorted(features.items()):
        yield from ({"code": code, "vartype": kind, "varval": value} for kind, value in found)


def _category(line: str) -> dict[str, str]:
    compl, inclprop = _padded(line.split(), 2)
    return {"compl": compl, "inclprop": inclprop}


def _exclusion(line: str) -> dict[str, str]:
    compl, code, d_code = _padded(line.split(), 3)
    return {"compl": compl, "code": code, "d_code": d_code}


def _padded(cells: list[str], width: int) -> Iterable[str]:
    return [*cells, *[""] * (width - len(cells))]


def _name_file(kind: str, names: dict[str, str]) -> bytes:
    """One file with names; the file of DRGs has the MDC too."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("drg", "mdc", "navn") if kind == "drg" else (kind, "tekst"))
    if kind != "drg":
        writer.writerow(("#####", "Oppdiktede navn"))
    writer.writerows((code, "05", name) if kind == "drg" else (code, name) for code, name in names.items())
    return out.getvalue().encode("utf-8")
