"""Points in time: how they are read, what is between two of them, and how they come in and go out of files."""

import csv
import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from compiler import consolidate, export
from compiler.evaluate import evaluate
from compiler.pages import pages
from compiler.python import generate
from compiler.runtime.forklaring import vist
from compiler.runtime.lesing import Felt, les
from compiler.runtime.minne import Minne
from compiler.runtime.motor import Beregning, Regler
from compiler.runtime.parti import grupper_parti
from compiler.runtime.verdier import REGNING, Tom, Uoppgitt, dager_mellom, dato_av, minutter_mellom
from compiler.words import moment_shown
from tests.library import MADE_UP, ROOT, Packages
from tests.test_cli import Run, run
from tests.test_generated import QUICK

__all__ = ["run"]

FELT = Felt("inn", "inn", "tidspunkt")
TIDER = next(found for found in MADE_UP.rulebooks() if found.name == "tider-2023")
EXPECTED = "ventet et tidspunkt, som 2023-03-02 14:30"
LOCAL = "ventet et tidspunkt i lokal tid, uten tidssone, som 2023-03-02 14:30"


# ---- read


@pytest.mark.parametrize(
    "written",
    [
        "2023-03-02 14:30",
        "2023-03-02T14:30",
        "2023-03-02 14:30:00",
        "2023-03-02T14:30:00.000",
        " 2023-03-02  14:30 ",
        "02.03.2023 14:30",
        "2.3.2023 14:30:00",
        datetime(2023, 3, 2, 14, 30),
        datetime(2023, 3, 2, 14, 30, 0, 999_999),
    ],
)
def test_ways_to_write_one_point_in_time(written: object) -> None:
    post, faults, _ = les((FELT,), {"inn": written})
    assert (post.inn, type(post.inn), faults) == (datetime(2023, 3, 2, 14, 30), datetime, [])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2023-03-02", EXPECTED),
        (date(2023, 3, 2), EXPECTED),
        ("2023-02-30 14:30", EXPECTED),
        ("2023-03-02 24:00", EXPECTED),
        ("2023-03-02 14:60", EXPECTED),
        ("2023-03-02 14", EXPECTED),
        ("2023-03-02 1430", EXPECTED),
        ("14:30", EXPECTED),
        ("i går", EXPECTED),
        (202_303_021_430, EXPECTED),
        (True, EXPECTED),
        ("2023-03-02T14:30Z", LOCAL),
        ("2023-03-02 14:30:00+01:00", LOCAL),
        ("2023-03-02T14:30-05", LOCAL),
        (datetime(2023, 3, 2, 14, 30, tzinfo=UTC), LOCAL),
    ],
)
def test_what_is_no_point_in_local_time(written: object, expected: str) -> None:
    _, (fault,), _ = les((FELT,), {"inn": written})
    assert fault.tekst == f"inn er «{written}»; {expected}"


def test_a_point_in_time_that_is_not_given() -> None:
    may_lack = Felt("inn", "inn", "tidspunkt", kan_mangle=True)
    assert isinstance(les((FELT,), {})[0].inn, Uoppgitt)
    assert isinstance(les((may_lack,), {"inn": " "})[0].inn, Tom)


@given(st.datetimes(datetime(1000, 1, 1)).map(lambda moment: moment.replace(microsecond=0)))
def test_what_is_shown_is_read_again(moment: datetime) -> None:
    for written in (vist(moment), moment.isoformat(), str(moment), moment):
        assert les((FELT,), {"inn": written})[0].inn == moment


def test_how_it_is_shown() -> None:
    assert vist(datetime(2023, 3, 2, 14, 30)) == "2023-03-02 14:30"
    assert vist(datetime(2023, 3, 2, 14, 30, 5)) == "2023-03-02 14:30:05"
    assert moment_shown(datetime(2023, 3, 2, 4, 5)) == "2.\u00a0mars 2023 kl.\u00a004.05"
    assert moment_shown(datetime(2023, 3, 2, 4, 5, 6)) == "2.\u00a0mars 2023 kl.\u00a004.05.06"


# ---- the time between


def test_the_time_between() -> None:
    before, after = datetime(2023, 2, 28, 23, 50), datetime(2023, 3, 1, 0, 10)
    assert minutter_mellom(after, before) == Decimal(20)
    assert minutter_mellom(before, after) == Decimal(-20)
    assert minutter_mellom(after.replace(second=30), before) == Decimal("20.5")
    assert minutter_mellom(before, before.replace(second=1)) == REGNING.divide(Decimal(-1), Decimal(60))
    assert dager_mellom(date(2024, 3, 1), date(2024, 2, 28)) == Decimal(2)
    assert dager_mellom(date(2024, 2, 28), date(2024, 3, 1)) == Decimal(-2)


def test_what_is_missing_stays_missing() -> None:
    gone, moment = Tom("ut"), datetime(2023, 3, 2, 14, 30)
    not_given = Uoppgitt("inn")
    assert minutter_mellom(gone, moment) is gone
    assert minutter_mellom(moment, not_given) is not_given
    assert minutter_mellom(gone, not_given) is gone
    assert dager_mellom(moment.date(), gone) is gone
    assert dato_av(gone) is gone


def visits(*visits: tuple[str, str | None]) -> dict[str, Any]:
    """A patient with visits."""
    return {
        "født": "2023-01-02",
        "slutt": "2023-12-31",
        "besøk": [dict(zip(("inn", "ut"), one, strict=True)) for one in visits],
    }


@pytest.mark.parametrize(
    ("begins", "counts"),
    [
        ("2023-03-02 22:59", False),
        ("2023-03-02 22:59:59", False),
        ("2023-03-02 23:00", True),
        ("2023-03-03 14:29", True),
    ],
)
def test_a_border_in_hours(packages: Packages, begins: str, counts: bool) -> None:
    module = packages["tider-2023"][1]
    case = visits(("2023-03-02 14:00", "2023-03-02 15:00"), (begins, None))
    for svar in (module.vurder_data(case), evaluate(TIDER, case)):
        assert [line.inngaar for line in svar.lister["besok"]] == [True, counts]


def test_what_the_package_gives(packages: Packages) -> None:
    module = packages["tider-2023"][1]
    patient = module.Pasient(
        fodt=date(2023, 1, 2), besok=[module.Besok(inn=datetime(2023, 3, 2, 14, 30), ut="2023-03-02T15:00")]
    )
    (line,) = module.vurder(patient).besok
    assert (line.ferdig, line.dagen, line.dager_fodt) == (
        datetime(2023, 3, 2, 15, 0),
        date(2023, 3, 2),
        Decimal(59),
    )
    assert "inn = 2023-03-02 14:30" in module.forklar(patient)


def test_the_reason_shows_when(packages: Packages) -> None:
    case = visits(("2023-03-01 07:59", None))
    case["besøk"][0]["sted"] = "S1"
    for svar in (packages["tider-2023"][1].vurder_data(case), evaluate(TIDER, case)):
        assert [reason.tekst for reason in svar.lister["besok"][0].grunner] == ["stedet åpnet 2023-03-01 08:00"]


# ---- in columns and files


@pytest.mark.parametrize(
    "column",
    [
        pa.array([datetime(2023, 3, 2, 14, 30)], pa.timestamp("s")),
        pa.array([datetime(2023, 3, 2, 14, 30)], pa.timestamp("ms")),
        pa.array([datetime(2023, 3, 2, 14, 30, 0, 5)], pa.timestamp("us")),
        pa.array([datetime(2023, 3, 2, 14, 30)], pa.timestamp("us")).cast(pa.timestamp("ns")),
        pa.array([1_677_767_400_123_456_789], pa.timestamp("ns")),
        pa.array([datetime(2023, 3, 2, 14, 30)]).dictionary_encode(),
        pa.array(["2023-03-02 14:30"]),
        pa.array(["02.03.2023 14:30"]).dictionary_encode(),
    ],
)
def test_columns_of_times(column: pa.Array) -> None:
    rules = Regler(
        "prøve", (FELT,), beregninger=(Beregning("når", lambda post: post.inn, slag="tidspunkt", navn="naar"),)
    )
    out = grupper_parti(rules, pa.RecordBatch.from_arrays([column], names=["inn"]))
    assert out.schema.field("naar").type == pa.timestamp("us")
    assert out.column("naar").to_pylist() == [datetime(2023, 3, 2, 14, 30)]


@pytest.mark.parametrize("type_", [pa.timestamp("us", "Europe/Oslo"), pa.timestamp("ns", "UTC"), pa.date32()])
def test_columns_with_a_zone_or_without_a_clock_are_faults(type_: pa.DataType) -> None:
    rules = Regler("prøve", (FELT,))
    column = pa.array([date(2023, 3, 2)]).cast(type_) if type_ == pa.date32() else pa.array([0], type_)
    out = grupper_parti(rules, pa.RecordBatch.from_arrays([column], names=["inn"])).to_pylist()
    assert [row["status"] for row in out] == ["feil i data"]


def test_lines_with_nanoseconds_in_columns(packages: Packages) -> None:
    module = packages["tider-2023"][1]
    line = pa.struct([("inn", pa.timestamp("ns")), ("ut", pa.timestamp("ns")), ("sted", pa.string())])
    rows = [[{"inn": 1_677_767_400_123_456_789, "ut": None, "sted": "S1"}]]
    batch = pa.RecordBatch.from_arrays(
        [pa.array([date(2023, 1, 2)]), pa.array(rows, pa.list_(line))], names=["født", "besøk"]
    )
    (row,) = module.vurder_parti(batch).to_pylist()
    assert row["besok_svar"][0]["ferdig"] == datetime(2023, 3, 2, 14, 30)


FILES = [
    {"født": "2023-01-02", "besøk": [{"inn": "2023-03-02 14:30", "ut": "2023-03-02 15:10:30"}]},
    {"født": "2023-01-02", "besøk": [{"inn": "2023-03-02T14:30:00+01:00"}]},
]


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_files(run: Run, tmp_path: Path, ending: str) -> None:
    inn, ut = tmp_path / "inn.jsonl", tmp_path / f"ut.{ending}"
    inn.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in FILES), encoding="utf-8")
    ran = run("vurder", "tider-2023", inn, "-o", ut, "--mappe", ROOT / "tests/cases/ok/alt")
    assert ran.code == 1
    match ending:
        case "jsonl":
            rows = [json.loads(line) for line in ut.read_text(encoding="utf-8").splitlines()]
            assert rows[0]["besøk"][0]["ferdig"] == "2023-03-02 15:10:30"
            assert rows[0]["besøk"][0]["dagen"] == "2023-03-02"
        case "csv":
            with ut.open(encoding="utf-8", newline="") as stream:
                rows = list(csv.DictReader(stream, delimiter=";"))
            assert json.loads(rows[0]["besok_svar"])[0]["ferdig"] == "2023-03-02 15:10:30"
        case _:
            rows = parquet.read_table(ut).to_pylist()
            assert rows[0]["besok_svar"][0]["ferdig"] == datetime(2023, 3, 2, 15, 10, 30)
    assert [row["status"] for row in rows] == ["kan ikke beregnes", "feil i data"]


# ---- what is remembered, and what is written


@QUICK
@given(
    st.datetimes(datetime(2023, 6, 30), datetime(2023, 7, 2)), st.datetimes(datetime(2023, 6, 30), datetime(2023, 7, 2))
)
def test_only_the_borders_tell_times_apart(one: datetime, other: datetime) -> None:
    border = datetime(2023, 7, 1, 8)
    felt = Felt("inn", "inn", "tidspunkt", grenser=(border,))
    mark = Minne(Regler("prøve", (felt,))).merke
    one, other = one.replace(microsecond=0), other.replace(microsecond=0)
    sides = [(moment > border) - (moment < border) for moment in (one, other)]
    assert (mark({"inn": one}) == mark({"inn": str(other)})) is (sides[0] == sides[1])
    assert mark({"inn": border}) not in (mark({"inn": "2023-07-01 07:59:59"}), mark({"inn": "2023-07-01 08:00:01"}))


def test_the_code_and_the_text_and_the_pages() -> None:
    code = next(text for path, text in generate([TIDER]).items() if path.endswith("tider_2023.py"))
    assert "from datetime import date, datetime\n" in str(code)
    assert "inn: datetime | str | None = None" in str(code)
    text = consolidate.as_text(TIDER)
    assert re.search(r"^    inn +tidspunkt$", text, re.M)
    assert "inn er minst 2023-01-01 06:00" in text
    shown = "\n".join(pages(TIDER, {}, None).values()).replace("\u00a0", " ")
    assert "inn er fra og med 1. januar 2023 kl. 06.00" in shown
    assert " mars 2023 kl. 08.00" in shown
    assert export.from_json(export.as_json(TIDER)) == TIDER
