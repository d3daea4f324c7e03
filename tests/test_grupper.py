"""Files through the command: CSV, JSONL and Parquet in and out, one row out per row in, in bounded memory."""

import csv
import json
import sys
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from compiler import cli_group
from compiler.bulk import batches, sources
from compiler.bulk import parquet as bulk_parquet
from compiler.packages import imported
from compiler.runtime.svar import Grunn, Svar
from tests.library import ROOT, Packages
from tests.test_cli import Run, run

__all__ = ["run"]

CONTACTS = ROOT / "rulebooks/isf/2020/eksempler/kontakter.csv"
BILLS = ROOT / "rulebooks/fastlege/2020/eksempler/regninger.jsonl"
TINY = """
regelverk Liten 2021 «Et lite regelverk»
    gjelder fra 2021-01-01 til og med 2021-12-31
    status utkast

kilde liten «Oppdiktet»

opplysninger Kontakt «En kontakt»
    alder heltall år

krav voksen «Den som er voksen, er med»
    krever at alder er minst 18 år
    kilde liten
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A folder with a rulebook that is quick to read and quick to answer."""
    folder = tmp_path / "regler/liten/2021"
    folder.mkdir(parents=True)
    (folder / "liten.regel").write_text(TINY, encoding="utf-8")
    return tmp_path / "regler"


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read and written a few rows at a time."""
    monkeypatch.setattr(batches, "TEXT_BATCH", 3)
    monkeypatch.setattr(bulk_parquet, "BATCH", 3)
    monkeypatch.setattr(bulk_parquet, "_ROW_GROUP", 4)


def contacts() -> list[dict[str, str]]:
    with CONTACTS.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter=";"))


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a Parquet file."""
    found: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    return found


def as_csv(value: object) -> str:
    """A value of a Parquet file as CSV has it."""
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nei"
        case Decimal():
            return f"{value.normalize():f}"
        case _:
            return str(value)


def same(row: dict[str, Any], line: dict[str, str]) -> bool:
    """Whether a row of Parquet and a line of CSV say the same; numbers may have zeros at their end."""

    def cell(name: str) -> str:
        number = isinstance(row[name], Decimal) and line[name]
        return as_csv(Decimal(line[name].replace(",", "."))) if number else line[name]

    return list(row) == list(line) and all(as_csv(value) == cell(name) for name, value in row.items())


# ---- from one kind of file to another


@pytest.mark.usefixtures("small_batches")
def test_every_way_of_columns_gives_what_csv_gives(run: Run, tmp_path: Path) -> None:
    inn = tmp_path / "inn.parquet"
    parquet.write_table(pa.Table.from_pylist(contacts()), inn, row_group_size=5)
    wanted = run("grupper", "isf-2020", CONTACTS)
    lines = list(csv.DictReader(wanted.out.splitlines(), delimiter=";"))
    assert len(lines) == 8
    assert run("grupper", "isf-2020", inn) == wanted
    for source in (CONTACTS, inn):
        ran = run("grupper", "isf-2020", source, "-o", tmp_path / "ut.parquet")
        assert (ran.code, ran.err) == (0, wanted.err)
        assert all(map(same, rows_of(tmp_path / "ut.parquet"), lines))
    assert run("grupper", "isf-2020", tmp_path / "ut.parquet", "-o", tmp_path / "ut.csv").code == 0
    assert (tmp_path / "ut.csv").read_text(encoding="utf-8").count("\n") == 9


def test_the_columns_of_parquet_keep_their_types(run: Run, tmp_path: Path) -> None:
    codes = pa.list_(pa.dictionary(pa.int32(), pa.string()))
    table = pa.table(
        {
            "id": pa.array([7, 8, 9], pa.int16()),
            "sektor": pa.array(["somatikk", "somatikk", None]).dictionary_encode(),
            "drg": ["DRG 442", None, "DRG 1"],
            "prosedyrer": pa.array([[], ["A0099"], None], codes),
            "poeng": pa.array([1.5, None, 2.5]),
        }
    )
    parquet.write_table(table, tmp_path / "inn.parquet", row_group_size=1)
    ran = run("grupper", "isf-2020", tmp_path / "inn.parquet", "-o", tmp_path / "ut.parquet")
    assert ran.code == 0
    out = parquet.read_table(tmp_path / "ut.parquet")
    assert out.select(range(5)).rename_columns(table.column_names).equals(table)
    assert out.column_names[:7] == ["id", "sektor", "drg", "prosedyrer", "inn_poeng", "status", "gruppe"]
    assert out["status"].to_pylist() == ["gruppert", "uavklart", "ikke i utdraget"]
    assert out["regelverk"].to_pylist() == ["isf-2020"] * 3


@pytest.mark.usefixtures("small_batches")
def test_bills_from_jsonl_to_parquet_and_back(run: Run, tmp_path: Path) -> None:
    faulty = tmp_path / "inn.jsonl"
    faulty.write_text(BILLS.read_text(encoding="utf-8") + '{"regning": \n', encoding="utf-8")
    ran = run("grupper", "fastlege-2020", faulty, "-o", tmp_path / "ut.parquet")
    assert ran.code == 1
    rows = rows_of(tmp_path / "ut.parquet")
    assert [row["status"] for row in rows] == [*["gruppert"] * 3, "inngår ikke", "ikke i utdraget", "feil i data"]
    assert rows[0]["linjer"] == '[{"takst": "1ad"}]'
    assert rows[1]["honorar_paa_regningen"] == 73
    ran = run("grupper", "fastlege-2020", tmp_path / "ut.parquet", "-o", tmp_path / "ut.jsonl")
    again = [json.loads(line) for line in (tmp_path / "ut.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["status"] for row in again[:5]] == [row["status"] for row in rows[:5]]
    assert again[0]["inn_honorar_paa_regningen"] == again[0]["honorar_paa_regningen"] == 73


def test_lists_in_csv_are_read_again_as_they_were(run: Run, tmp_path: Path) -> None:
    bills = tmp_path / "regninger.csv"
    assert run("grupper", "fastlege-2020", BILLS, "-o", bills).code == 0
    with bills.open(encoding="utf-8") as file:
        before = [row["status"] for row in csv.DictReader(file, delimiter=";")]
    again = list(csv.DictReader(run("grupper", "fastlege-2020", bills).out.splitlines(), delimiter=";"))
    assert [row["status"] for row in again] == [row["inn_status"] for row in again] == before


@pytest.mark.usefixtures("small_batches")
def test_faulty_rows_are_answered_in_columns_too(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "inn.csv"
    path.write_text("sektor,drg\nsomatikk,442\nsomatikk\nsomatikk,442,7\n\nx,442\nsomatikk,442\n", encoding="utf-8")
    lines = list(csv.DictReader(run("grupper", "isf-2020", path).out.splitlines()))
    ran = run("grupper", "isf-2020", path, "-o", tmp_path / "ut.parquet")
    assert ran.code == 1
    rows = rows_of(tmp_path / "ut.parquet")
    assert [row["status"] for row in rows] == ["gruppert", *["feil i data"] * 3, "gruppert"]
    assert [row["grunn"] for row in rows] == [line["grunn"] for line in lines]


def test_rows_that_no_column_is_known_of(run: Run, tmp_path: Path) -> None:
    (tmp_path / "inn.jsonl").write_text("[1]\n{\n", encoding="utf-8")
    assert run("grupper", "isf-2020", tmp_path / "inn.jsonl", "-o", tmp_path / "ut.parquet").code == 1
    assert [row["status"] for row in rows_of(tmp_path / "ut.parquet")] == ["feil i data"] * 2
    (tmp_path / "inn.csv").write_text("\nsomatikk\n", encoding="utf-8")
    ran = run("grupper", "isf-2020", tmp_path / "inn.csv")
    assert (ran.code, "den første linjen er tom" in ran.err) == (1, True)


@pytest.mark.parametrize("out", ["ut.csv", "ut.parquet"])
def test_a_file_without_rows(run: Run, tmp_path: Path, out: str) -> None:
    (tmp_path / "inn.csv").write_text("sektor,drg\n", encoding="utf-8")
    ran = run("grupper", "isf-2020", tmp_path / "inn.csv", "-o", tmp_path / out)
    assert (ran.code, ran.err) == (0, "0 rader: \n")
    assert run("grupper", "isf-2020", tmp_path / out, "-o", tmp_path / "igjen.parquet").code == 0
    assert parquet.read_table(tmp_path / "igjen.parquet").num_rows == 0


def test_columns_of_answers_can_come_in_many_times(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "0.csv"
    path.write_text("sektor;drg\nsomatikk;442\n", encoding="utf-8")
    for number in range(1, 4):
        assert run("grupper", "isf-2020", tmp_path / f"{number - 1}.csv", "-o", tmp_path / f"{number}.csv").code == 0
    heading = (tmp_path / "3.csv").read_text(encoding="utf-8").splitlines()[0].split(";")
    assert len(heading) == len(set(heading))
    assert {"status", "inn_status", "inn_inn_status"} <= set(heading)


# ---- the year by the date of each row


@pytest.mark.parametrize(
    "dates",
    [
        pa.array([date(2020, 12, 31), date(2021, 1, 1), date(1999, 1, 1), None] * 2),
        pa.array(["2020-12-31", "2021-01-01", "1999-01-01", None] * 2).dictionary_encode(),
        pa.array(["2020-12-31", "2021-01-01", "1999-01-01", None] * 2, pa.string_view()),
        pa.array([date(2020, 12, 31), date(2021, 1, 1), date(1999, 1, 1), None] * 2).cast(pa.timestamp("ns")),
    ],
)
@pytest.mark.usefixtures("small_batches")
def test_the_year_is_chosen_by_date_in_parquet(run: Run, tmp_path: Path, dates: pa.Array) -> None:
    codes = pa.array([["JAB00"], []] * 4, pa.list_(pa.string_view()))
    table = pa.table({"dato": dates, "sektor": ["somatikk"] * 8, "drg": ["442"] * 8, "prosedyrer": codes})
    parquet.write_table(table, tmp_path / "inn.parquet")
    ran = run("grupper", "isf", tmp_path / "inn.parquet", "-o", tmp_path / "ut.parquet")
    assert ran.code == 1
    assert "4 feil i data" in ran.err
    rows = rows_of(tmp_path / "ut.parquet")
    assert [(row["regelverk"], row["status"]) for row in rows] == [
        ("isf-2020", "gruppert"),
        ("isf-2021", "kan ikke beregnes"),
        ("", "feil i data"),
        ("", "feil i data"),
    ] * 2
    assert "ventet en dato som et regelår gjelder for" in rows[2]["grunn"]
    assert rows[0]["poeng"] == Decimal("5.719")


def test_without_a_date_column_no_row_has_a_year(run: Run, tmp_path: Path) -> None:
    parquet.write_table(pa.table({"sektor": ["somatikk"], "drg": ["442"]}), tmp_path / "inn.parquet")
    ran = run("grupper", "isf", tmp_path / "inn.parquet", "-o", tmp_path / "ut.parquet")
    assert (ran.code, rows_of(tmp_path / "ut.parquet")[0]["status"]) == (1, "feil i data")


# ---- the kernel


def test_a_kernel_answers_csv_in_columns(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packages: Packages
) -> None:
    seen: list[list[str]] = []
    answer = Svar("inngår ikke", grunner=(Grunn("x", "kjernen sier nei"),))

    def kernel(batch: pa.RecordBatch) -> tuple[Any, Sequence[Svar]]:
        seen.append(batch.column("nr").to_pylist())
        return np.array([0 if nr == "3" else -1 for nr in seen[-1]], np.int32), [answer]

    @contextmanager
    def with_kernel(years: Any) -> Iterator[ModuleType]:
        with imported(years) as package:
            rules = package.aar(2020).REGLER
            rules["Kontakt"] = replace(rules["Kontakt"], kjerne=lambda: kernel)
            yield package

    without = run("grupper", "isf-2020", CONTACTS).out.splitlines()
    monkeypatch.setattr(cli_group, "imported", with_kernel)
    monkeypatch.setattr(batches, "TEXT_BATCH", 5)
    found = run("grupper", "isf-2020", CONTACTS).out.splitlines()
    assert seen == [["1", "2", "3", "4", "5"], ["6", "7", "8"]]
    assert [n for n, (a, b) in enumerate(zip(without, found, strict=True)) if a != b] == [3]
    assert found[3].endswith(";inngår ikke;;;;;;kjernen sier nei;;isf-2020")


# ---- files that are not written, and files that cannot be read


@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl"])
def test_a_run_that_breaks_leaves_no_file(run: Run, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "inn.csv"
    path.write_bytes(b"sektor,drg\n" + b"somatikk,442\n" * 5000 + b"somatikk,\xff\n")
    ran = run("grupper", "isf-2020", path, "-o", tmp_path / f"ut.{suffix}")
    assert (ran.code, "er ikke UTF-8" in ran.err) == (1, True)
    assert [file.name for file in tmp_path.iterdir()] == ["inn.csv"]


def test_a_run_that_breaks_leaves_the_file_that_was_there(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "inn.csv"
    path.write_text("sektor,drg\nsomatikk,442\n", encoding="utf-8")
    assert run("grupper", "isf-2020", path, "-o", path).code == 0
    before = path.read_text(encoding="utf-8")
    assert before.startswith("sektor,drg,status,")
    path.write_text(before + '"' + "x" * 200_000, encoding="utf-8")
    ran = run("grupper", "isf-2020", path, "-o", path)
    assert (ran.code, "linje 3 kan ikke leses som CSV" in ran.err) == (1, True)
    assert path.stat().st_size > 200_000


@pytest.mark.parametrize(
    ("args", "code", "text"),
    [
        (["borte.parquet"], 1, "filen «borte.parquet» finnes ikke"),
        (["pyproject.toml"], 1, "er verken CSV, JSONL eller Parquet"),
        ([CONTACTS, "-o", "ut.pdf"], 2, "må slutte på .csv, .jsonl eller .parquet"),
        ([CONTACTS, "-o", "ut.parquet", "--vis"], 2, "ta det bort når svarene skrives til Parquet"),
        ([CONTACTS, "-o", "borte/ut.parquet"], 1, "«borte/ut.parquet» kan ikke skrives"),
    ],
)
def test_files_that_cannot_be_used(run: Run, args: list[str], code: int, text: str) -> None:
    ran = run("grupper", "isf-2020", *args)
    assert ran.code == code
    assert text in ran.err


def test_a_file_that_only_has_the_name_of_parquet(run: Run, tmp_path: Path) -> None:
    (tmp_path / "inn.parquet").write_bytes(CONTACTS.read_bytes())
    ran = run("grupper", "isf-2020", tmp_path / "inn.parquet")
    assert (ran.code, ran.err) == (1, "feil: «inn.parquet» er ikke en Parquet-fil\n")


@pytest.mark.parametrize("args", [["inn.parquet"], [CONTACTS, "-o", "ut.parquet"]])
def test_without_pyarrow_the_way_to_get_it_is_told(run: Run, monkeypatch: pytest.MonkeyPatch, args: list[str]) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    ran = run("grupper", "isf-2020", *args)
    assert (ran.code, 'pip install "regelverk[masse]"' in ran.err) == (2, True)
    assert run("grupper", "isf-2020", CONTACTS).code == 0


# ---- large files


TEXT = 500
"""How long the text of a row is."""
Make = Callable[[Path, int], None]


def _write_csv(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("alder,fritekst\n")
        file.writelines(f"{17 + row % 2},{row:0{TEXT}}\n" for row in range(rows))


def _write_jsonl(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f'{{"alder": {17 + row % 2}, "fritekst": "{row:0{TEXT}}"}}\n' for row in range(rows))


def _write_parquet(path: Path, rows: int) -> None:
    ages = pa.array(np.arange(rows) % 2 + 17)
    texts = pa.array([f"{row:0{TEXT}}" for row in range(rows)])
    parquet.write_table(pa.table({"alder": ages, "fritekst": texts}), path, row_group_size=1000)


@pytest.mark.parametrize(
    ("make", "inn", "out"),
    [
        (_write_csv, "inn.csv", "ut.csv"),
        pytest.param(_write_jsonl, "inn.jsonl", "ut.csv", marks=pytest.mark.langt),
        pytest.param(_write_csv, "inn.csv", "ut.parquet", marks=pytest.mark.langt),
        (_write_parquet, "inn.parquet", "ut.parquet"),
        pytest.param(_write_parquet, "inn.parquet", "ut.csv", marks=pytest.mark.langt),
    ],
)
def test_memory_does_not_grow_with_the_file(
    run: Run, tmp_path: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch, make: Make, inn: str, out: str
) -> None:
    """Ten times as many rows need hardly more memory, in Python and in Arrow."""
    monkeypatch.setattr(batches, "TEXT_BATCH", 1000)
    monkeypatch.setattr(bulk_parquet, "_ROW_GROUP", 1000)

    def peak(rows: int) -> int:
        make(tmp_path / inn, rows)
        pool = pa.proxy_memory_pool(usual)
        pa.set_memory_pool(pool)
        tracemalloc.start()
        try:
            ran = run("grupper", "liten-2021", tmp_path / inn, "-o", tmp_path / out, "--mappe", tiny)
            assert ran.err.endswith(f"{rows} rader: {rows // 2} gruppert, {rows // 2} inngår ikke\n")
            return tracemalloc.get_traced_memory()[1] + int(pool.max_memory())
        finally:
            tracemalloc.stop()
            pa.set_memory_pool(usual)

    usual = pa.default_memory_pool()
    more = peak(30_000) - peak(3000)
    assert more < 27_000 * TEXT / 5


def test_a_large_file_is_followed_on_the_terminal(
    run: Run, tmp_path: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = iter(range(1_000_000))
    monkeypatch.setattr(sources, "LARGE", 0)
    monkeypatch.setattr(bulk_parquet, "LARGE", 0)
    monkeypatch.setattr(cli_group, "monotonic", lambda: next(ticks))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    for make, name in ((_write_csv, "inn.csv"), (_write_jsonl, "inn.jsonl"), (_write_parquet, "inn.parquet")):
        make(tmp_path / name, 40)
        ran = run("grupper", "liten-2021", tmp_path / name, "--mappe", tiny)
        assert ran.code == 0
        assert "100%" in ran.err
        assert "%" not in ran.out
