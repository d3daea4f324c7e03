"""Weights from a list: what becomes rules, and what is said of each row that does not. The groups are made up."""

import io
from pathlib import Path

import pytest
from openpyxl import Workbook

from compiler.import_weights import imported, read
from compiler.imported import Imported
from compiler.lists import UnreadableList
from compiler.model import Rulebook
from compiler.pipeline import load
from dsl.diagnostics import has_errors
from tests.test_cli import Run, run

__all__ = ["run"]

FIRST = """\
regelverk PRØVE 2020 «Oppdiktet ordning 2020»
    gjelder fra 2020-01-01 til og med 2020-12-31

kilde liste «En oppdiktet liste»

opplysninger Kontakt
    alder  heltall år

gruppering drg for hver Kontakt

tabell grupper av gruppe
    vekt  desimaltall poeng årlig

gruppe OPP X1 «Oppdiktet gruppe 1»
    vekt 1,233
    kilde liste

gruppe OPP X2 «Oppdiktet gruppe 2»
    kilde liste

gruppe OPP X3 «Oppdiktet gruppe 3»
    vekt 0,5
    kilde liste
""".replace("PRØVE", "PROVE")
SECOND = """\
regelverk PROVE 2021 «Oppdiktet ordning 2021»
    bygger på PROVE 2020
    gjelder fra 2021-01-01 til og med 2021-12-31

gruppe OPP X9 «Oppdiktet gruppe 9»
    vekt 9
    kilde liste
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a year that weights are read into."""
    for year, text in ((2020, FIRST), (2021, SECOND)):
        (tmp_path / f"regler/prove/{year}").mkdir(parents=True)
        (tmp_path / f"regler/prove/{year}/regler.regel").write_text(text, encoding="utf-8")
    return tmp_path / "regler/prove/2021"


def years(folder: Path) -> tuple[Rulebook, Rulebook]:
    """The year of a folder and the one before."""
    before, rulebook = load(folder.parent.parent).scheme("prove")
    return rulebook, before


def made(folder: Path, text: str, source: str | None = None) -> Imported:
    """What the rows of a CSV file become."""
    lines, _ = read("liste.csv", f"gruppe;vekt;navn\n{text}".encode())
    return imported(lines, *years(folder), source)


def reasons(found: Imported) -> list[str]:
    """Why rows were left out."""
    return [why for _, why in found.left_out]


# ---- what becomes rules


def test_a_new_group_and_amendments_of_those_from_the_year_before(folder: Path) -> None:
    found = made(
        folder, "OPP X5;0,75;Oppdiktet gruppe 5\nOPP X1;1.3;Oppdiktet gruppe 1\nOPP X2;2;Oppdiktet gruppe 2\n", "liste"
    )
    assert found.text == (
        "gruppe OPP X5 «Oppdiktet gruppe 5»\n    vekt 0,75\n    kilde liste\n\n"
        "endrer gruppe OPP X1\n    vekt fra 1,233 til 1,3\n    kilde liste\n\n"
        "endrer gruppe OPP X2\n    vekt fra ukjent til 2\n    kilde liste\n"
    )
    assert (found.new, found.changed, found.left_out) == (1, 2, [])
    assert found.notes == ["uten vekt i listen: OPP X3"]


def test_the_rules_are_sound_and_give_the_weights(run: Run, folder: Path) -> None:
    listed = folder.parent / "liste.csv"
    listed.write_text("Navn,VEKT,Gruppe\nOppdiktet gruppe 5,0.75,OPP X5\nOppdiktet gruppe 1,1.3,OPP X1\n")
    ran = run("importer", "vekter", listed, "--til", folder, "--kilde", "liste")
    assert ran.code == 0
    assert ran.out == f"{(folder / 'vekter.regel').as_posix()}: 1 nye grupper, 1 med ny vekt\n"
    library = load(folder.parent.parent)
    assert not has_errors(library.diagnostics())
    rulebook, _ = years(folder)
    rows = {row.key: str(row.values.get("vekt")) for row in rulebook.table("grupper").rows}
    assert rows == {"OPP X1": "1.3", "OPP X2": "None", "OPP X3": "None", "OPP X5": "0.75", "OPP X9": "9"}


def test_a_bare_code_is_of_the_one_scheme(folder: Path) -> None:
    lines, _ = read("liste.csv", b"gruppe;vekt;navn\n7;1;\n")
    assert imported(lines, *years(folder), None).text == "gruppe OPP 7\n    vekt 1\n"


def test_quotes_in_a_name_can_be_written(folder: Path) -> None:
    assert 'gruppe OPP X5 «Oppdiktet "gruppe" 5»' in made(folder, "OPP X5;1;Oppdiktet «gruppe» 5\n").text


def test_excel_reads_as_csv(folder: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Gruppe", "Vekt", "Navn", "Merknad"],
        ["OPP X5", 0.75, "Oppdiktet gruppe 5", "x"],
        [],
        ["OPP X6", None, "Tom"],
    ):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    lines, unused = read("liste.xlsx", stream.getvalue())
    found = imported(lines, *years(folder), None)
    assert found.text == "gruppe OPP X5 «Oppdiktet gruppe 5»\n    vekt 0,75\n"
    assert unused == ["Merknad"]
    assert reasons(found) == ["rad 4: OPP X6 har ingen vekt"]


# ---- what does not


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("OPP X5;;Tom", "rad 2: OPP X5 har ingen vekt"),
        ("OPP X5;mye;", "rad 2: vekten «mye» til OPP X5 er ikke et tall"),
        ("OPP X5;1.234,5;", "rad 2: vekten «1.234,5» til OPP X5 er ikke et tall"),
        ("OPP X5;-1;", "rad 2: vekten «-1» til OPP X5 er negativ"),
        (";1;Uten gruppe", "rad 2: gruppen mangler"),
        ("en rar gruppe;1;", "rad 2: «en rar gruppe» kan ikke være en gruppe: skriv den som «DRG 442»"),
        ("OPP X5;1", "rad 2: raden har 2 celler, overskriften har 3"),
    ],
)
def test_a_row_that_cannot_be_read_is_reported(folder: Path, row: str, why: str) -> None:
    found = made(folder, f"{row}\n")
    assert (found.text, reasons(found)) == ("", [why])


def test_a_group_that_stands_twice_alike_is_taken_once(folder: Path) -> None:
    found = made(folder, "OPP X5;1;\nOPP X5;1,0;\n")
    assert found.text == "gruppe OPP X5\n    vekt 1\n"
    assert reasons(found) == ["rad 3: OPP X5 står også i rad 2, med samme vekt"]


def test_a_group_with_two_weights_is_left_out_altogether(folder: Path) -> None:
    found = made(folder, "OPP X5;1;\nOPP X5;2;\n")
    assert found.text == ""
    assert reasons(found) == ["rad 2: OPP X5 har ulike vekter i rad 2, 3", "rad 3: OPP X5 har ulike vekter i rad 2, 3"]


def test_a_group_that_the_year_has_stated_is_not_stated_again(folder: Path) -> None:
    (why,) = reasons(made(folder, "OPP X9;8;\n"))
    assert why.startswith("rad 2: OPP X9 står alt i regelverket (")


def of_years_alike(folder: Path, more: str = "") -> tuple[Rulebook, Rulebook]:
    """The years where weights hold on until they are changed, with something more in the second."""
    first = FIRST.replace(" årlig", "").replace("gruppe 2»\n", "gruppe 2»\n    vekt 2\n")
    (folder.parent / "2020/regler.regel").write_text(first, encoding="utf-8")
    (folder / "regler.regel").write_text(SECOND + more, encoding="utf-8")
    return years(folder)


def test_a_weight_that_is_the_same_is_not_written(run: Run, folder: Path) -> None:
    of_years_alike(folder)
    listed = folder.parent / "liste.csv"
    listed.write_text("gruppe;vekt\nOPP X1;1,233\nOPP X2;2,6\nOPP X3;0.50\nOPP X9;9\n")
    ran = run("importer", "vekter", listed, "--til", folder, "--kilde", "liste")
    assert (ran.code, ran.out) == (0, f"{(folder / 'vekter.regel').as_posix()}: 0 nye grupper, 1 med ny vekt\n")
    assert ran.err == "4 rader lest, 3 uendret, 0 ikke tatt med\n"
    text = (folder / "vekter.regel").read_text(encoding="utf-8")
    assert text == "endrer gruppe OPP X2\n    vekt fra 2 til 2,6\n    kilde liste\n"
    assert not has_errors(load(folder.parent.parent).diagnostics())


def test_a_group_that_is_amended_by_hand_is_told_of_and_the_others_taken(folder: Path) -> None:
    both = of_years_alike(folder, "\nendrer gruppe OPP X1\n    vekt fra 1,233 til 1,5\n    kilde liste\n")
    lines, _ = read("liste.csv", b"gruppe;vekt\nOPP X1;1,4\nOPP X3;0,6\n")
    found = imported(lines, *both, None)
    assert found.text == "endrer gruppe OPP X3\n    vekt fra 0,5 til 0,6\n"
    tip = "skriv «vekt fra 1,233 til 1,4» i «endrer gruppe OPP X1»"
    assert reasons(found) == [f"rad 2: OPP X1 er alt endret i 2021; {tip}"]


def test_another_name_is_noted(folder: Path) -> None:
    found = made(folder, "OPP X1;2;Et annet navn\n")
    assert "rad 2: OPP X1 heter «Oppdiktet gruppe 1» i regelverket, «Et annet navn» i listen" in found.notes


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.csv", b"gruppe;vekter;navn\n", "«a.csv» har ingen kolonne «vekt»: mente du «vekter»?"),
        ("a.csv", b"gruppe;vekt;navn;Vekt\n", "kolonnen «Vekt» står to ganger i «a.csv»"),
        ("a.csv", b"\n", "«a.csv» er tom"),
        ("a.csv", b"\xff", "«a.csv» er ikke UTF-8; lagre filen med den tegnkodingen"),
        ("a.xlsx", b"ikke excel", "«a.xlsx» kan ikke leses som Excel"),
        ("a.pdf", b"", "«a.pdf» er verken CSV eller Excel: filnavnet må slutte på .csv eller .xlsx"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(name: str, data: bytes, why: str) -> None:
    with pytest.raises(UnreadableList) as told:
        read(name, data)
    assert str(told.value) == why


def test_rows_left_out_are_told_and_give_exit_code_1(run: Run, folder: Path) -> None:
    listed = folder.parent / "liste.csv"
    listed.write_text("gruppe;vekt;navn;ekstra\nOPP X5;1;;\nOPP X6;;;\n")
    ran = run("importer", "vekter", listed, "--til", folder)
    assert ran.code == 1
    assert "kolonnen «ekstra» er ikke brukt\nrad 3: OPP X6 har ingen vekt\n" in ran.err
    assert ran.err.endswith("2 rader lest, 0 uendret, 1 ikke tatt med\n")


def test_wrong_use(run: Run, folder: Path) -> None:
    listed = folder.parent / "liste.csv"
    listed.write_text("gruppe;vekt;navn\nOPP X5;1;\n")
    ran = run("importer", "vekter", listed, "--til", folder, "--kilde", "lista")
    assert (ran.code, ran.err) == (2, "feil: prove-2021 har ingen kilde «lista»: mente du «liste»?\n")
    assert run("importer", "vekter", listed, "--til", folder.parent / "2030").code == 2
    assert run("importer", "vekter", folder / "mangler.csv", "--til", folder).code == 1
    assert run("importer", "vekter", listed, "--til", folder).code == 0
    assert run("importer", "vekter", listed, "--til", folder).code == 1
