"""Batches get the answers that their rows get one by one, in the same order and however the columns are typed."""

import csv
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.packages import write
from compiler.python import generate
from compiler.runtime.lesing import Felt
from compiler.runtime.motor import Beregning, Gruppe, Krav, Liste, Regler
from compiler.runtime.parti import grupper_parti
from compiler.runtime.svar import Grunn, Linjesvar, Svar
from tests.cases_drawn import cases
from tests.library import LIBRARY, MADE_UP, ROOT, Packages

Rows = list[dict[str, Any]]
KINDS = [
    (rulebook.name, record.id)
    for rulebook in (*LIBRARY.rulebooks(), *MADE_UP.rulebooks())
    for record in rulebook.top_records()
]
QUICK = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def one_by_one(module: ModuleType, rows: Rows, record: str | None = None) -> Rows:
    """What a batch of rows should become: the answer of each, in columns."""
    kind = record or next(iter(module.REGLER))
    return [_answer(module.REGLER[kind], module.grupper_data(row, kind)) for row in rows]


def _answer(rules: Regler, svar: Svar) -> dict[str, Any]:
    group = {"gruppe": svar.gruppe, "gruppe_oppgitt": svar.gruppe_oppgitt if svar.gruppe else None}
    return {
        "status": svar.status,
        **(group if rules.gruppering else {}),
        **{column: svar.verdier.get(name) for name, column in rules.resultater.items()},
        **{b.kolonne: _rounded(svar.verdier.get(b.id)) for b in rules.beregninger},
        **{f"{each.felt}_svar": _lines(each, svar) for each in rules.lister},
        "grunn": "; ".join(dict.fromkeys(grunn.tekst for grunn in svar.grunner)),
        "varsel": "; ".join(dict.fromkeys(varsel.tekst for varsel in svar.varsler)),
    }


def _lines(each: Liste, svar: Svar) -> Rows | None:
    """What the answers for the lines of a list are in columns."""
    return [_line(each, line) for line in svar.lister[each.felt]] if each.felt in svar.lister else None


def _line(each: Liste, line: Linjesvar) -> dict[str, Any]:
    """What the answer for a line is in columns."""
    return {
        "inngaar": line.inngaar,
        "krav": " ".join(dict.fromkeys(grunn.id for grunn in line.grunner)),
        "grunn": "; ".join(dict.fromkeys(grunn.tekst for grunn in line.grunner)),
        "varsel": "; ".join(dict.fromkeys(varsel.tekst for varsel in line.varsler)),
        **{b.kolonne: _rounded(line.verdier.get(b.id)) for b in each.beregninger},
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, frozenset):
        return " ".join(sorted(value))
    if not isinstance(value, Decimal):
        return value
    return value.quantize(Decimal("1e-15"), rounding=ROUND_HALF_UP, context=Context(prec=60))


def as_text(value: Any) -> str | None:
    """A value as CSV has it."""
    match value:
        case None:
            return None
        case bool():
            return "ja" if value else "nei"
        case list() if any(isinstance(part, dict) for part in value):
            return json.dumps(value, default=str)
        case list():
            return " ".join(map(str, value))
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)


def batch_of(rows: Sequence[dict[str, Any]]) -> pa.RecordBatch:
    """Rows in columns, each of the type that its values have; of text where they have several."""
    names = list(dict.fromkeys(name for row in rows for name in row)) or ["_"]
    return pa.RecordBatch.from_arrays([_column([row.get(name) for row in rows]) for name in names], names=names)


def _column(values: list[Any]) -> pa.Array:
    try:
        return pa.array(values)
    except (pa.ArrowException, TypeError):
        return pa.array([as_text(value) for value in values], pa.string())


def encoded(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with its text dictionary-encoded, in lists too."""
    columns = []
    for column in batch.columns:
        if pa.types.is_string(column.type):
            column = column.dictionary_encode()
        elif pa.types.is_list(column.type) and pa.types.is_string(column.type.value_type):
            column = pa.array(column.to_pylist(), pa.list_(pa.dictionary(pa.int32(), pa.string())))
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


@pytest.fixture
def isf(packages: Packages) -> ModuleType:
    return packages["isf-2020"][1]


@pytest.fixture
def contacts() -> Rows:
    """The example contacts, as CSV has them."""
    with (ROOT / "rulebooks/isf/2020/eksempler/kontakter.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter=";"))


# ---- the same answers as one by one


def test_contacts_as_text(isf: ModuleType, contacts: Rows) -> None:
    batch = batch_of(contacts)
    assert isf.grupper_parti(batch).to_pylist() == one_by_one(isf, contacts)
    assert isf.grupper_parti(encoded(batch)).to_pylist() == one_by_one(isf, contacts)


def test_bills_with_lines(packages: Packages) -> None:
    module = packages["fastlege-2020"][1]
    lines = (ROOT / "rulebooks/fastlege/2020/eksempler/regninger.jsonl").read_text(encoding="utf-8").splitlines()
    bills = [json.loads(line, parse_float=Decimal) for line in lines]
    batch = batch_of(bills)
    assert pa.types.is_struct(batch.schema.field("linjer").type.value_type)
    assert module.grupper_parti(batch).to_pylist() == one_by_one(module, bills)
    texts = [{name: as_text(value) for name, value in bill.items()} for bill in bills]
    assert module.grupper_parti(batch_of(texts)).to_pylist() == one_by_one(module, bills)


@pytest.mark.parametrize(("name", "record"), KINDS)
def test_cases_that_are_drawn(packages: Packages, name: str, record: str) -> None:
    rulebook, module, _ = packages[name]
    drawn = cases(rulebook, rulebook.record(record))

    @QUICK
    @given(st.lists(drawn, max_size=12))
    def agrees(rows: Rows) -> None:
        typed = batch_of(rows)
        answers = one_by_one(module, typed.to_pylist(), record)
        assert module.grupper_parti(typed, opplysninger=record).to_pylist() == answers
        assert module.grupper_parti(encoded(typed), opplysninger=record).to_pylist() == answers
        texts = [{name: as_text(value) for name, value in row.items()} for row in rows]
        assert module.grupper_parti(batch_of(texts), record).to_pylist() == one_by_one(module, texts, record)

    agrees()


# ---- columns in


@pytest.mark.parametrize(
    ("name", "column"),
    [
        *(("sektor", pa.array(["somatikk"], type_)) for type_ in (pa.large_string(), pa.string_view())),
        ("sektor", pa.array([b"somatikk"], pa.binary())),
        ("sektor", pa.array(["somatikk"], pa.dictionary(pa.int8(), pa.string()))),
        *(("alder", pa.array([54], type_)) for type_ in (pa.int8(), pa.uint64(), pa.float64())),
        *(("alder", pa.array([Decimal(54)], type_)) for type_ in (pa.decimal128(38, 18), pa.decimal256(50, 20))),
        ("prosedyrer", pa.array([["A0099", "WPBA10"]], pa.large_list(pa.large_string()))),
        ("prosedyrer", pa.array([["A0099", "WPBA10"]], pa.list_(pa.dictionary(pa.int32(), pa.string())))),
        ("prosedyrer", pa.array(["A0099, WPBA10"])),
        ("dagkirurgi", pa.array([1], pa.int8())),
    ],
)
def test_the_same_value_in_a_column_of_another_type(packages: Packages, name: str, column: pa.Array) -> None:
    module = packages["isf-2024"][1]
    row: dict[str, Any] = {"sektor": "somatikk", "alder": 54, "prosedyrer": ["A0099", "WPBA10"], "dagkirurgi": True}
    columns = {**{field: pa.array([value]) for field, value in row.items()}, name: column}
    assert module.grupper_parti(pa.RecordBatch.from_pydict(columns)).to_pylist() == one_by_one(module, [row])


def _dated() -> Regler:
    field = Felt("født_dag", "fodt_dag", "dato")
    return Regler("prøve", (field,), beregninger=(Beregning("dag", lambda post: post.fodt_dag, slag="dato"),))


@pytest.mark.parametrize(
    "column",
    [
        pa.array([date(2020, 5, 17)]),
        pa.array([datetime(2020, 5, 17, 23, 59)], pa.timestamp("us")),
        pa.array([1_589_759_999_123_456_789], pa.timestamp("ns")),
        pa.array([datetime(2020, 5, 16, 22, 30)], pa.timestamp("s", "Europe/Oslo")),
        pa.array(["2020-05-17"]),
        pa.array(["17.05.2020"]),
    ],
)
def test_dates_and_times(column: pa.Array) -> None:
    for name in ("født_dag", "fodt_dag"):
        out = grupper_parti(_dated(), pa.RecordBatch.from_arrays([column], names=[name]))
        assert out.schema.field("dag").type == pa.date32()
        assert out.column("dag").to_pylist() == [date(2020, 5, 17)]


def test_absent_columns_and_null_are_not_given(isf: ModuleType, contacts: Rows) -> None:
    nothing = one_by_one(isf, [{}])
    assert isf.grupper_parti(pa.RecordBatch.from_pydict({"nr": [1, 2]})).to_pylist() == nothing * 2
    names = list(contacts[0])
    for type_ in (pa.null(), pa.string(), pa.int64(), pa.list_(pa.string())):
        batch = pa.RecordBatch.from_arrays([pa.nulls(2, type_)] * len(names), names=names)
        assert isf.grupper_parti(batch).to_pylist() == nothing * 2


def test_unknown_columns_are_not_read(isf: ModuleType, contacts: Rows) -> None:
    batch = batch_of(contacts)
    strange = pa.array([1] * len(contacts), pa.duration("ns"))
    more = pa.RecordBatch.from_arrays([*batch.columns, strange, strange], names=[*batch.schema.names, "x", "x"])
    assert isf.grupper_parti(more).equals(isf.grupper_parti(batch))


def test_a_known_column_may_not_stand_twice(isf: ModuleType) -> None:
    batch = pa.RecordBatch.from_arrays([pa.array(["somatikk"])] * 2, names=["sektor", "sektor"])
    with pytest.raises(ValueError, match="kolonnen «sektor» står to ganger"):
        isf.grupper_parti(batch)


def test_an_empty_batch_has_the_columns_of_the_answer(isf: ModuleType, contacts: Rows) -> None:
    batch = batch_of(contacts)
    for empty in (batch.slice(0, 0), pa.RecordBatch.from_pydict({})):
        out = isf.grupper_parti(empty)
        assert (out.num_rows, out.schema) == (0, isf.grupper_parti(batch).schema)


def test_a_part_of_a_batch(isf: ModuleType, contacts: Rows) -> None:
    part = encoded(batch_of(contacts)).slice(3, 4)
    assert isf.grupper_parti(part).to_pylist() == one_by_one(isf, contacts[3:7])


# ---- columns out


def test_the_types_of_the_answer(isf: ModuleType, contacts: Rows) -> None:
    number = pa.decimal128(38, 15)
    assert isf.grupper_parti(batch_of(contacts)).schema == pa.schema(
        [
            ("status", pa.string()),
            ("gruppe", pa.string()),
            ("gruppe_oppgitt", pa.bool_()),
            ("poeng", number),
            ("refusjon", number),
            ("poeng_etter_avregning", number),
            ("grunn", pa.string()),
            ("varsel", pa.string()),
        ]
    )


@pytest.mark.parametrize(
    ("value", "shown", "notice"),
    [
        (Decimal(2) / 3, Decimal("0.666666666666667"), ""),
        (Decimal("-1.0000000000000005"), Decimal("-1.000000000000001"), ""),
        (Decimal("1.0000000000000004999"), Decimal(1), ""),
        (Decimal("99999999999999999999999.5"), Decimal("99999999999999999999999.5"), ""),
        (Decimal(10) ** 23, None, "et tall er for stort for kolonnen"),
        (Decimal("99999999999999999999999.9999999999999995"), None, "et tall er for stort for kolonnen"),
    ],
)
def test_a_number_is_rounded_to_fit_and_one_too_large_is_told(value: Decimal, shown: object, notice: str) -> None:
    rules = Regler("prøve", (), beregninger=(Beregning("et_tall", lambda _: value),))
    out = grupper_parti(rules, pa.RecordBatch.from_pydict({"x": [1]})).to_pylist()
    assert out == [{"status": "gruppert", "et_tall": shown, "grunn": "", "varsel": notice}]


def test_calculations_of_every_kind() -> None:
    made = (
        Beregning("alltid", lambda _: True, slag="ja/nei"),
        Beregning("på_dag", lambda _: date(2020, 1, 2), slag="dato", navn="paa_dag"),
        Beregning("koden", lambda _: "A00", slag="kode"),
        Beregning("kodene", lambda _: ("A00", "B00"), slag="koder"),
        Beregning("andel", lambda _: Decimal("0.25"), 1, 100),
    )
    (row,) = grupper_parti(Regler("prøve", (), beregninger=made), pa.RecordBatch.from_pydict({"x": [1]})).to_pylist()
    assert row == {
        "status": "gruppert",
        "alltid": True,
        "paa_dag": date(2020, 1, 2),
        "koden": "A00",
        "kodene": "A00 B00",
        "andel": Decimal(25),
        "grunn": "",
        "varsel": "",
    }


# ---- equal rows, and the kernel


def _counted(rules: Regler, calls: list[object]) -> Regler:
    """The rules with a requirement that takes note of each row that is judged."""

    def noted(post: object) -> bool:
        calls.append(post)
        return True

    return replace(rules, krav=(*rules.krav, Krav("telles", "", None, noted)))


def test_equal_rows_are_judged_once() -> None:
    calls: list[object] = []
    rules = _counted(_dated(), calls)
    days = [f"2020-01-{day:02}" for day in range(1, 29)]
    batch = pa.RecordBatch.from_pydict({"fodt_dag": days * 1000, "nr": list(range(28_000))})
    assert grupper_parti(rules, batch).column("dag").to_pylist() == [date(2020, 1, day) for day in range(1, 29)] * 1000
    assert len(calls) == 28


def test_rows_that_the_rules_cannot_tell_apart_are_judged_once() -> None:
    calls: list[object] = []
    days = Felt("dag", "dag", "dato", grenser=(date(2020, 7, 1),))
    rules = replace(_dated(), felter=(Felt("nr", "nr", "heltall", grenser=()), days), beregninger=())
    rules = _counted(rules, calls)
    given = ["2020-06-30", "2020-07-01", "2020-07-02", "2020-01-01", "31.12.2020", "i går", None, ""]
    batch = pa.RecordBatch.from_pydict({"dag": given * 2, "nr": list(range(16))})
    statuses = grupper_parti(rules, batch).column("status").to_pylist()
    assert statuses == (["gruppert"] * 5 + ["feil i data"] + ["gruppert"] * 2) * 2
    assert len(calls) == 5, "before, on and after the border, nothing, and an empty text"


def test_rows_that_are_never_equal_are_judged_all() -> None:
    calls: list[object] = []
    rules = replace(_dated(), felter=(Felt("nr", "nr", "heltall"), Felt("koder", "koder", "koder")))
    rules = replace(_counted(rules, calls), beregninger=(Beregning("nr", lambda post: post.nr),))
    batch = pa.RecordBatch.from_pydict({"nr": list(range(20_000)), "koder": [["A00"]] * 20_000})
    assert grupper_parti(rules, batch).column("nr").to_pylist() == list(range(20_000))
    assert len(calls) == 20_000


def test_the_fields_of_the_rulebook_that_is_used_are_read_too() -> None:
    group = Felt("drg", "drg", "gruppe", kjente=("DRG 1",), kan_mangle=True)
    by_code = Gruppe("DRG 1", lambda post: post.kode == "A00")
    used = Regler("brukt", (Felt("kode", "kode", "tekst"), group), gruppering="drg", grupper=(by_code,))
    rules = Regler("bruker", (group,), gruppering="drg", grupper=(Gruppe("DRG 1"),), bruker=lambda: used)
    out = grupper_parti(rules, pa.RecordBatch.from_pydict({"kode": ["A00", "B00", "A00"]}))
    assert out.column("gruppe").to_pylist() == ["DRG 1", None, "DRG 1"]


def test_the_kernel_answers_what_it_can(isf: ModuleType, contacts: Rows) -> None:
    """Every second row is answered by a kernel, with one of two answers; the others as before."""
    seen: list[int] = []
    batch = pa.RecordBatch.from_pylist(contacts * 3)
    from_kernel = [Svar("inngår ikke", grunner=(Grunn("x", "brukes ikke"),))] + [
        Svar("gruppert", gruppe="DRG 1", verdier={"poeng": Decimal(number)}) for number in (1, 2)
    ]

    def kernel(part: pa.RecordBatch) -> tuple[Any, Sequence[Svar]]:
        seen.append(part.num_rows)
        rows = np.arange(part.num_rows, dtype=np.int32)
        return np.where(rows % 2 == 0, 1 + rows // 2 % 2, -1).astype(np.int32), from_kernel

    rules = replace(isf.REGLER["Kontakt"], kjerne=lambda: kernel)
    group = import_module(f"{isf.__package__}._runtime.parti").grupper_parti
    out = group(rules, batch)
    assert seen == [24]
    expected = one_by_one(isf, contacts * 3)
    for row in range(0, 24, 2):
        expected[row] = _answer(rules, from_kernel[1 + row // 2 % 2])
    assert out.to_pylist() == expected
    assert group(rules, batch.slice(0, 0)).num_rows == 0


def test_a_package_needs_the_standard_library_only_until_a_batch_is_grouped(tmp_path: Path) -> None:
    write(generate(LIBRARY.scheme("isf")), tmp_path)
    code = """
import sys
import regelverk_isf
isf = regelverk_isf.aar(2020)
isf.grupper_data({"sektor": "somatikk", "drg": "442"})
assert not {"numpy", "pyarrow"} & set(sys.modules)
import pyarrow as pa
parti = pa.RecordBatch.from_pydict({"sektor": ["somatikk"], "drg": ["442"]})
print(isf.grupper_parti(parti).column("gruppe").to_pylist())
"""
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout == "['DRG 442']\n"
