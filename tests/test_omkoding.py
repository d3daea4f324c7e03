"""Codes in the data that have ended, mapped by a table for a comparison, and codes that no rulebook mentions."""

import json
import re
from pathlib import Path

import pyarrow as pa
import pytest

from compiler.bulk.sources import Row
from compiler.consequences.columns import recoded
from compiler.consequences.fit import fields_read
from compiler.consequences.mentioned import Codes
from compiler.consequences.recode import Mapped, Recoding, code_fields, read_table
from compiler.lists import UnreadableList
from tests.library import LIBRARY
from tests.norddrg_aar import made_up_year
from tests.test_cli import Run, run
from tests.test_konsekvens import compare, data, folder

__all__ = ["compare", "data", "folder", "run"]


def table(text: str) -> list[Mapped]:
    return read_table("koder.csv", text.encode())


def test_ended_codes_are_mapped_by_a_table_and_counted(compare: Run, tmp_path: Path) -> None:
    (tmp_path / "koder.csv").write_text("fra;til\nS72.1;S72.2\nNFB20;NFB99\nX99;X98\n", encoding="utf-8")
    ran = compare("--omkoding", tmp_path / "koder.csv")
    assert re.search(r"alle +S72\.1 +S72\.2 +2\n", ran.out)
    assert re.search(r"alle +NFB20 +NFB99 +1\n", ran.out)
    assert re.search(r"alle +X99 +X98 +–\n", ran.out)
    assert "Koder som ikke finnes" not in ran.out
    assert "7 har samme status og gruppe, og 1 flyttet" in ran.out


def test_a_code_is_mentioned_alone_in_an_interval_or_by_its_beginning() -> None:
    codes = Codes(frozenset({"S720"}), (("A00", "B99"),), ("Z5",))
    assert all(code in codes for code in ("S720", "A00", "A001", "B999", "Z51"))
    assert not any(code in codes for code in ("S72", "S721", "C00", "Z6", ""))


@pytest.mark.parametrize("as_columns", [False, True])
def test_codes_are_mapped_in_every_way_that_they_are_written(tmp_path: Path, as_columns: bool) -> None:
    first = made_up_year(tmp_path / "regler", 2030).rulebook
    felter = code_fields(fields_read(first, "Opphold"))
    recoding = Recoding(
        table("fra;til;felt\nQ001;Q002;\nQ020;Q030;\nPAA10;PAA20;prosedyrer\nPAA20;PAA30;diagnoser\n"), felter
    )
    rows: list[Row] = [
        {"diagnoser": ["Q001+Q020", "Q003", "Q0.01"], "prosedyrer": "PAA10 PAA20, PAA10"},
        {"diagnoser": [], "prosedyrer": ""},
        {"diagnoser": None, "prosedyrer": None},
    ]
    if as_columns:
        schema = pa.schema({"diagnoser": pa.list_(pa.string()), "prosedyrer": pa.string()})
        mapped = recoded(recoding, pa.RecordBatch.from_pylist(rows, schema)).to_pylist()
    else:
        mapped = [recoding.row(row) for row in rows]
    assert mapped[0] == {"diagnoser": ["Q002+Q030", "Q003", "Q0.01"], "prosedyrer": "PAA20 PAA20, PAA20"}
    assert mapped[1:] == rows[1:]
    assert sum(recoding.used.values()) == 4
    assert [row.before for row in recoding.unused()] == ["PAA20"]
    assert recoding.seen == {"diagnoser": {"Q001", "Q020", "Q003", "Q0.01"}, "prosedyrer": {"PAA10", "PAA20"}}


def test_the_tariffs_on_the_lines_of_a_claim_are_mapped() -> None:
    fastlege = LIBRARY.scheme("fastlege")[-1]
    recoding = Recoding(table("fra;til\n2ad;2ak"), code_fields(fields_read(fastlege, "Regning")))
    lines = [{"takst": "2ad", "ganger": 2}, {"takst": "2cd", "ganger": 1}]
    mapped = [{"takst": "2ak", "ganger": 2}, lines[1]]
    assert recoding.row({"linjer": lines, "dato": "2021-10-01"}) == {"linjer": mapped, "dato": "2021-10-01"}
    assert json.loads(recoding.row({"linjer": json.dumps(lines)})["linjer"]) == mapped
    batch = pa.RecordBatch.from_pylist([{"linjer": lines}, {"linjer": None}])
    assert recoded(recoding, batch).to_pylist() == [{"linjer": mapped}, {"linjer": None}]
    assert sum(recoding.used.values()) == 3
    assert recoding.row({"linjer": "[ikke json"}) == {"linjer": "[ikke json"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fra;hit\nA;B\n", "skal ha kolonnene fra og til"),
        ("fra;til\nA;\n", "linje 2: både fra og til skal være oppgitt"),
        ("fra;til\nA;A\n", "linje 2: «A» blir til seg selv"),
        ("fra;til\nA;B\nA;C\n", "linje 3: «A» står også i linje 2"),
        ("fra;til\nA;B;C\n", "linje 2: raden har 3 celler"),
        ("", "er tom"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(text: str, message: str) -> None:
    with pytest.raises(UnreadableList, match=re.escape(message)):
        table(text)


def test_a_table_about_a_field_without_codes_is_refused(compare: Run, tmp_path: Path) -> None:
    (tmp_path / "koder.csv").write_text("fra;til;felt\nA;B;alder\n", encoding="utf-8")
    ran = compare("--omkoding", tmp_path / "koder.csv")
    assert (ran.code, ran.out) == (2, "")
    assert "linje 2: liten-2022 har ikke koder i feltet «alder»" in ran.err
