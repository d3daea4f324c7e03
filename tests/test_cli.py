"""The command as an author and a system use it: what it prints, what it writes, and its exit codes."""

import csv
import json
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from compiler.cli import main
from tests.library import LIBRARY, ROOT


class Ran(NamedTuple):
    """What a run of the command gave."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Run:
    """Run the command from the project's root, with what checks come to kept elsewhere."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("compiler.kept.PLACE", tmp_path_factory.mktemp("bygg") / ".sjekk")

    def ran(*args: str | Path) -> Ran:
        monkeypatch.setattr(sys, "argv", ["regelverk", *map(str, args)])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return Ran(int(ended.value.code or 0), captured.out, captured.err)

    return ran


@pytest.mark.parametrize("logic", ["--uten-logikk", pytest.param("--logikk", marks=pytest.mark.langt)])
def test_sound_rulebooks_pass(run: Run, logic: str) -> None:
    ran = run("sjekk", logic)
    assert ran.code == 0
    assert "feil[" not in ran.err
    told = "logikken: " if logic == "--logikk" else "les mer: "
    assert f"2 advarsler i {len(LIBRARY.rulebooks())} regelverk\n{told}" in ran.err
    assert ran.err.endswith("les mer: regelverk melding R407\n")
    assert ran.err.count("viser til takster som er gått ut") == 2


@pytest.mark.parametrize("scheme", ["fysioterapi", pytest.param("isf", marks=pytest.mark.langt)])
def test_examples_are_run_twice(run: Run, scheme: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rulebooks" / scheme, tmp_path / scheme)
    ran = run("test", "--mappe", tmp_path)
    assert ran.code == 0
    told = re.findall(rf"^{scheme}-\d+: (\d+) av (\d+) eksempler stemmer$", ran.out, re.M)
    assert len(told) == len(list((tmp_path / scheme).glob("2*")))
    assert all(right == all_ != "0" for right, all_ in told)


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """The rulebooks of ISF with a wrong amount in an example of 2020."""
    shutil.copytree(ROOT / "rulebooks/isf", tmp_path / "regler/isf")
    path = tmp_path / "regler/isf/2020/05-refusjon.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("refusjon = 130 988 kr", "refusjon = 130 987 kr"), encoding="utf-8"
    )
    return tmp_path / "regler"


def _line(folder: Path) -> int:
    """Where the wrong amount stands."""
    lines = (folder / "isf/2020/05-refusjon.md").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if "130 987" in line)


def test_a_failing_example_is_a_fault_with_expected_and_actual(run: Run, faulty: Path) -> None:
    ran = run("sjekk", "--uten-logikk", "--mappe", faulty)
    assert ran.code == 1
    assert "gir refusjon 130 988 kr, ventet refusjon 130 987 kr" in ran.err
    assert f"05-refusjon.md:{_line(faulty)}" in ran.err
    assert run("bygg", "--mappe", faulty, "--til", faulty / "ut").code == 1
    assert not (faulty / "ut").exists()


def test_one_year_is_checked_with_the_years_it_builds_on(run: Run, faulty: Path) -> None:
    fine = "1 regelverk uten feil\n"
    assert run("sjekk", "--uten-logikk", "rulebooks/isf/2021") == (0, "", fine)
    reached = "logikken: 22 av 22 regler er nådd av et tilfelle\n"
    assert run("sjekk", ROOT / "rulebooks/isf/2021") == (0, "", f"{fine}{reached}")
    with (faulty / "isf/2020/05-refusjon.md").open("a", encoding="utf-8") as file:
        file.write("\n```regel\nkrav ferdig\n    krevr at alder er 1 år\n```\n")
    ran = run("sjekk", "--uten-logikk", "--mappe", faulty, faulty / "isf/2021")
    assert ran == (1, "", "isf-2021 bygger på isf-2020, som har feil\n")
    assert "1 feil i 1 regelverk" in run("sjekk", "--uten-logikk", "--mappe", faulty, faulty / "isf/2020").err


def test_faults_as_json_and_as_annotations(run: Run, faulty: Path) -> None:
    found = json.loads(run("sjekk", "--uten-logikk", "--mappe", faulty, "--format", "json").out)
    assert [(d["kode"], d["linje"]) for d in found if d["kode"] != "R407"] == [("R406", _line(faulty))]
    ran = run("sjekk", "--uten-logikk", "--mappe", faulty, "--format", "github")
    assert "::error file=" in ran.out
    assert f"line={_line(faulty)}" in ran.out


def test_contacts_from_csv_one_row_out_per_row_in(run: Run, tmp_path: Path) -> None:
    inn = ROOT / "rulebooks/isf/2020/eksempler/kontakter.csv"
    out = tmp_path / "svar.csv"
    ran = run("grupper", "isf-2020", inn, "-o", out)
    assert (ran.code, ran.out) == (0, "")
    rows = list(csv.DictReader(out.open(encoding="utf-8"), delimiter=";"))
    given = list(csv.DictReader(inn.open(encoding="utf-8"), delimiter=";"))
    assert [row["nr"] for row in rows] == [row["nr"] for row in given]
    assert [row["status"] for row in rows] == [
        "gruppert",
        "gruppert",
        "gruppert",
        "kan ikke beregnes",
        "kan ikke beregnes",
        "inngår ikke",
        "uavklart",
        "ikke i utdraget",
    ]
    assert rows[0]["refusjon"] == "130988"
    assert rows[0]["poeng"] == "5,719"
    assert rows[0]["gruppe_oppgitt"] == "ja"
    assert rows[4]["gruppe_oppgitt"] == "nei"


def test_columns_that_the_rulebook_lacks_are_carried_and_named_once(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "inn.csv"
    path.write_text("id,sektor,drg,ligetid\n1,somatikk,442,3\n2,somatikk,442,4\n", encoding="utf-8")
    ran = run("grupper", "isf-2020", path)
    assert ran.err.splitlines()[0] == (
        "kolonnene «id», «ligetid» (mente du «liggetid»?) er ikke i regelverket og er tatt med uendret"
    )
    assert ran.out.splitlines()[1].startswith("1,somatikk,442,3,gruppert,DRG 442,ja,5.719,130988,")


def test_claims_from_jsonl_carry_an_answer_on_each_line(run: Run) -> None:
    ran = run("grupper", "fastlege-2020", "rulebooks/fastlege/2020/eksempler/regninger.jsonl")
    rows = [json.loads(line) for line in ran.out.splitlines()]
    assert [row["status"] for row in rows] == ["gruppert", "gruppert", "gruppert", "inngår ikke", "ikke i utdraget"]
    assert [line["inngår"] for line in rows[1]["linjer"]] == [True, False]
    assert rows[1]["linjer"][1]["grunner"][0]["id"] == "kombinasjon"
    assert rows[0]["honorar_paa_regningen"] == 73
    assert {row["regelverk"] for row in rows} == {"fastlege-2020"}


def test_rows_that_cannot_be_read_are_answered_too(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "inn.jsonl"
    path.write_text('{"sektor": "somatikk", "drg": "442"}\n{"sektor": \n[1]\n{"sektor": "x"}\n', encoding="utf-8")
    ran = run("grupper", "isf-2020", path)
    assert ran.code == 1
    assert [json.loads(line)["status"] for line in ran.out.splitlines()] == ["gruppert", *["feil i data"] * 3]
    table = tmp_path / "inn.csv"
    table.write_text("sektor,drg\nsomatikk,442\nsomatikk\nsomatikk,442,7\n", encoding="utf-8")
    statuses = [row.split(",")[2] for row in run("grupper", "isf-2020", table).out.splitlines()[1:]]
    assert statuses == ["gruppert", "feil i data", "feil i data"]


def test_the_year_is_chosen_by_the_date_of_each_contact(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "inn.csv"
    path.write_text(
        "dato,sektor,drg\n2020-12-31,somatikk,442\n2021-01-01,somatikk,442\n1999-01-01,somatikk,442\n", encoding="utf-8"
    )
    rows = list(csv.DictReader(run("grupper", "isf", path).out.splitlines()))
    assert [(row["regelverk"], row["status"]) for row in rows] == [
        ("isf-2020", "gruppert"),
        ("isf-2021", "kan ikke beregnes"),
        ("", "feil i data"),
    ]


def test_explanations_for_one_that_counts_one_that_does_not_and_one_undecided(run: Run, tmp_path: Path) -> None:
    def explained(data: Mapping[str, object]) -> str:
        path = tmp_path / "kontakt.json"
        path.write_text(json.dumps(data), encoding="utf-8")
        return run("forklar", "isf-2021", path).out

    contact = {"sektor": "somatikk", "drg": "samarbeidsmøte_med_pasient", "utførende": "kommune"}
    agreement = dict.fromkeys(["avtale_mellom_nivåene", "i_samarbeidsavtalene", "avtalen_sikrer_rapportering"], True)
    counts = explained({**contact, **agreement, "øvrige_avtalekrav_oppfylt": True})
    assert "Status: gruppert" in counts
    assert "refusjon = 934 kr" in counts
    refused = explained({**contact, **agreement, "avtalen_sikrer_rapportering": False})
    assert "Status: inngår ikke" in refused
    assert "✗ avtalen sikrer rapportering   [avtalen sikrer rapportering = nei]" in refused
    assert "rulebooks/isf/2021/04-hva-som-teller.md" in refused
    undecided = explained(contact)
    assert "Status: uavklart" in undecided
    assert "? avtale mellom nivåene   [avtale mellom nivåene = ikke oppgitt]" in undecided


def test_why_not_a_group(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "kontakt.json"
    path.write_text('{"sektor": "somatikk", "prosedyrer": ["WPBA10"]}', encoding="utf-8")
    ran = run("forklar", "isf-2021", path, "--hvorfor-ikke", "DRG 998O")
    assert "✗ minst én av prosedyrer er A0099   [prosedyrer = WPBA10]" in ran.out
    assert run("forklar", "isf-2021", path, "--hvorfor-ikke", "DRG 998").code == 2


@pytest.mark.parametrize(
    ("args", "code", "text"),
    [
        (["sjek"], 2, "det er ingen kommando «sjek»"),
        (["grupper", "isf-202", "x.csv"], 2, "ukjent regelverk «isf-202»: mente du «isf-20"),
        (["grupper", "isf-2020", "finnes-ikke.csv"], 1, "filen «finnes-ikke.csv» finnes ikke"),
        (["grupper", "isf-2020"], 2, "argumentet INN mangler"),
        (["grupper", "isf-2020", "pyproject.toml"], 1, "er verken CSV, JSONL eller Parquet"),
        (["sjekk", "--mappe", "borte"], 2, "mappen «borte» finnes ikke"),
        (["sjekk", "borte.md"], 2, "«borte.md» finnes ikke"),
        (["sjekk", "tests/cases/ok"], 2, "«tests/cases/ok» ligger utenfor «rulebooks»"),
        (["sjekk", "rulebooks/isf/README.md"], 2, "har ingen regler"),
        (["endringer", "isf-2020", "isf-2021", "--format", "pdf"], 2, "«pdf» kan ikke brukes"),
        (["sjekk", "--fomat", "json"], 2, "det er ikke noe valg «--fomat»"),
    ],
)
def test_wrong_use_is_told_in_norwegian(run: Run, args: list[str], code: int, text: str) -> None:
    ran = run(*args)
    assert ran.code == code
    assert text in ran.err


def test_help_is_in_norwegian(run: Run) -> None:
    for command in ("", "sjekk", "bygg", "test", "grupper", "forklar", "endringer"):
        ran = run(*([command] if command else []), "--hjelp")
        assert ran.code == 0
        assert "Bruk: " in ran.out
        assert not [word for word in ("Usage", "Options", "Commands", "Show this", "[default") if word in ran.out]
