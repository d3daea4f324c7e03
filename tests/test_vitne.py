"""The commands that tell what is proved of the rules."""

from pathlib import Path

import pytest

from tests.conftest import CASES
from tests.test_cli import Run, run

__all__ = ["run"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A rulebook with a group that is never reached."""
    path = tmp_path / "opphold/2020/regler.regel"
    path.parent.mkdir(parents=True)
    path.write_text((CASES / "logikk/naas_aldri.regel").read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def test_sjekk_tells_of_the_logic_and_it_stops_nothing(run: Run, folder: Path) -> None:
    ran = run("sjekk", "--mappe", folder)
    assert ran.code == 0
    assert "advarsel[R408]: gruppen «DRG 2» kan aldri nås: «DRG 1» tar alle tilfellene før" in ran.err
    assert ran.err.endswith(
        "2 advarsler i 1 regelverk\nlogikken: 2 av 3 regler er nådd av et tilfelle, 1 kan aldri nås\n"
        "les mer: regelverk melding R408\n"
    )
    assert run("sjekk", "--mappe", folder, "--uten-logikk") == (0, "", "1 regelverk uten feil\n")
    assert '"kode": "R408"' in run("sjekk", "--mappe", folder, "--format", "json").out


def test_a_large_rulebook_is_analysed_when_it_is_asked_for(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("compiler.logic.check.MOST_RULES", 2)
    unasked = run("sjekk", "--mappe", folder).err
    assert "logikken i opphold-2020 er ikke sjekket" in unasked
    assert "R408" not in unasked
    assert "R408" in run("sjekk", "--mappe", folder, "--logikk").err


def test_a_witness_is_an_example(run: Run, folder: Path) -> None:
    ran = run("vitne", "opphold-2020", "DRG 3", "--mappe", folder)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.split("\n") == [
        "eksempel «Minste tilfelle i DRG 3»",
        "    gitt",
        "        liggetid = 101 døgn",
        "    så",
        "        gruppe = DRG 3",
        "",
        "",
    ]


def test_why_there_is_no_witness(run: Run, folder: Path) -> None:
    ran = run("vitne", "opphold-2020", "DRG 2", "--mappe", folder)
    assert ran == (1, "# gruppe DRG 2: gruppen «DRG 2» kan aldri nås: «DRG 1» tar alle tilfellene før\n\n", "")
    every = run("vitne", "opphold-2020", "--mappe", folder)
    assert every.code == 0
    assert every.out.count("eksempel «") == 2


def test_a_witness_is_added_to_the_chapter(run: Run, folder: Path) -> None:
    path = folder / "opphold/2020/regler.regel"
    ran = run("vitne", "opphold-2020", "DRG 3", "--skriv", "--mappe", folder)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("regler.regel: eksempelet «Minste tilfelle i DRG 3» er lagt til\n")
    assert path.read_text(encoding="utf-8").endswith("så\n        gruppe = DRG 3\n")
    assert run("test", "--mappe", folder).out == "opphold-2020: 1 av 1 eksempler stemmer\n"
    again = run("vitne", "opphold-2020", "DRG 3", "--skriv", "--mappe", folder)
    assert again.code == 1
    assert "er ikke endret" in again.err
    assert run("sjekk", "--mappe", folder, "--uten-logikk").code == 0


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["opphold-2020", "DRG 4"], "opphold-2020 har ingen gruppe, rad eller krav «DRG 4»: mente du «DRG"),
        (["opphold-2020", "--skriv"], "si hvilken regel eksempelet er for"),
        (["opphold-2021"], "ukjent regelverk «opphold-2021»"),
    ],
)
def test_what_is_asked_wrong_is_told(run: Run, folder: Path, args: list[str], told: str) -> None:
    ran = run("vitne", *args, "--mappe", folder)
    assert ran.code == 2
    assert told in ran.err


def test_nothing_is_written_of_what_is_never_reached(run: Run, folder: Path) -> None:
    ran = run("vitne", "opphold-2020", "DRG 2", "--skriv", "--mappe", folder)
    assert ran.code == 1
    assert "det er ikke noe eksempel å skrive" in ran.err
