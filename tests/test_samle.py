"""The command `regelverk samle`: files in and out, and what is told of them."""

import csv
import json
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner, Result
from pyarrow import parquet

from compiler.cli import cli
from tests.library import ROOT

FOLDER = str(ROOT / "tests/cases/ok/alt")
CONTACTS = """\
pasient;sykehus;dato;prosedyrer;sektor;hovedformål
p1;1;2023-03-02;WPBA10;somatikk;ja
p1;1;2023-03-09;WPBA15 B0044;somatikk;ja
p2;1;2023-03-09;B0044;somatikk;
p1;1;xx;WPBA10;somatikk;ja
"""


def run(*arguments: object) -> Result:
    """What the command does with some arguments."""
    return CliRunner().invoke(
        cli, ["samle", "perioder-2023", *map(str, arguments), "--mappe", FOLDER], standalone_mode=False
    )


@pytest.fixture
def contacts(tmp_path: Path) -> Path:
    path = tmp_path / "kontakter.csv"
    path.write_text(CONTACTS, encoding="utf-8")
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def test_a_file_for_each_collection_and_one_for_the_contacts(contacts: Path, tmp_path: Path) -> None:
    found = run(contacts, "-o", tmp_path / "ut")
    assert found.return_value == 0, found.output
    months = read(tmp_path / "ut/pasientmaaned.csv")
    assert [(m["pasient"], m["maaned"], m["antall"], m["grupper"], m["refusjon"]) for m in months] == [
        ("p1", "2023-03", "2", "STG S1", "1869"),
        ("p2", "2023-03", "1", "", ""),
    ]
    went = read(tmp_path / "ut/kontakt.csv")
    assert [(c["pasientmaaned"], c["pasientmaaned_grupper"]) for c in went] == [
        ("1", "STG S1"),
        ("1", "STG S1"),
        ("2", ""),
        ("", ""),
    ]
    assert "vilkåret for STG S2 er ikke oppfylt" in went[2]["pasientmaaned_grunn"]
    assert went[3]["pasientmaaned_grunn"] == "dato er «xx»; ventet en dato, som 2020-12-31"
    assert [c["inn_sektor"] for c in went] == ["somatikk"] * 4, "a collection has the name of the column"


def test_all_forms_of_file_say_the_same(contacts: Path, tmp_path: Path) -> None:
    for form in ("csv", "jsonl", "parquet"):
        assert run(contacts, "-o", tmp_path / form, "--form", form).return_value == 0
    as_json = [json.loads(line) for line in (tmp_path / "jsonl/pasientmaaned.jsonl").read_text("utf-8").splitlines()]
    as_columns = parquet.read_table(tmp_path / "parquet/pasientmaaned.parquet").to_pylist()
    for name in ("nummer", "pasient", "maaned", "antall", "status", "refusjon", "grunn", "grupper"):
        assert [row[name] for row in as_json] == [row[name] for row in as_columns], name
        as_text = ["" if row[name] is None else str(row[name]) for row in as_json]
        assert [row[name] for row in read(tmp_path / "csv/pasientmaaned.csv")] == as_text
    parquet.write_table(pa.Table.from_pylist(read(contacts)), tmp_path / "inn.parquet")
    assert run(tmp_path / "inn.parquet", "-o", tmp_path / "igjen").return_value == 0
    assert parquet.read_table(tmp_path / "igjen/pasientmaaned.parquet").to_pylist() == as_columns


def test_rows_that_cannot_be_columns_are_gathered_one_by_one(contacts: Path, tmp_path: Path) -> None:
    rows = [
        {"pasient": "p1", "dato": "2023-03-02", "sykehus": "1", "sektor": "somatikk", "timer": value}
        for value in ("1", 2)
    ]
    odd = tmp_path / "kontakter.jsonl"
    odd.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert run(odd, "-o", tmp_path / "ut").return_value == 0
    assert json.loads((tmp_path / "ut/pasientaar.jsonl").read_text("utf-8"))["antall"] == 2


def test_the_screen_tells_where_each_contact_went(contacts: Path) -> None:
    found = run(contacts, "--samling", "pasientmåned")
    assert "Pasientmåned 1: STG S1" in found.output
    assert "1. p1 · 1 · 2023-03-02 · WPBA10" in found.output
    assert "Pasientår" not in found.output
    assert "Pasientmåned: 2 (1 gruppert, 1 ikke i utdraget)" in found.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--samling", "Pasientmånd"], "mente du «Pasientmåned»"),
        (["--opplysninger", "Opphold"], "«Opphold» samles ikke: velg mellom Kontakt"),
    ],
)
def test_what_is_not_there_is_named(contacts: Path, arguments: list[str], message: str) -> None:
    found = run(contacts, *arguments)
    assert message in str(found.exception)


def test_a_line_that_cannot_be_read_has_no_columns(tmp_path: Path) -> None:
    path = tmp_path / "kontakter.jsonl"
    path.write_text('{"pasient": "p1", "dato": "2023-03-02"}\n{"pasient": \n', encoding="utf-8")
    found = run(path, "-o", tmp_path / "ut")
    assert found.return_value == 0, found.output
    assert "er ikke i regelverket" not in found.stderr
