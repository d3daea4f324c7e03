"""A check that is told again: only while no file and nothing of the compiler has changed, and never at any cost."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from compiler import cli, kept
from compiler.cli_library import load_folder
from tests.library import ROOT
from tests.test_cli import Run, run

__all__ = ["run"]

FINE = (0, "", "2 regelverk uten feil\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two small rule years that read files."""
    shutil.copytree(ROOT / "tests/cases/ok/alt/rader", tmp_path / "regler/rader")
    return tmp_path / "regler"


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that have been read in full."""
    found: list[Path] = []
    load = load_folder

    def noted(folder: Path) -> Any:
        found.append(folder)
        return load(folder)

    monkeypatch.setattr(cli, "load_folder", noted)
    return found


def test_a_check_of_what_has_not_changed_is_told_again(run: Run, folder: Path, loads: list[Path]) -> None:
    assert run("sjekk", "--uten-logikk", "--mappe", folder) == run("sjekk", "--uten-logikk", "--mappe", folder) == FINE
    assert len(loads) == 1
    assert run("sjekk", "--uten-logikk", "--mappe", folder, "--paa-nytt") == FINE
    assert len(loads) == 2


def test_faults_are_told_again_as_they_were(run: Run, folder: Path, loads: list[Path]) -> None:
    path = folder / "rader/2020/02-grupper.md"
    path.write_text(path.read_text(encoding="utf-8").replace("| over 365 |", "| over år  |"), encoding="utf-8")
    first, second = run("sjekk", "--uten-logikk", "--mappe", folder), run("sjekk", "--uten-logikk", "--mappe", folder)
    assert first == second
    assert first.code == 1
    assert "cellen «over år» i kolonnen «alder»" in first.err
    assert len(loads) == 1


def test_how_it_is_asked_for_decides_what_is_told(run: Run, folder: Path, loads: list[Path]) -> None:
    assert run("sjekk", "--uten-logikk", "--mappe", folder) == FINE
    assert run("sjekk", "--uten-logikk", "--mappe", folder, "--format", "json").out == "[]\n"
    assert run("sjekk", "--uten-logikk", "--mappe", folder, folder / "rader/2020").err == "1 regelverk uten feil\n"
    assert len(loads) == 3


@pytest.mark.parametrize("name", ["rader/2021/02-grupper.md", "rader/2020/tabeller/par.csv"])
def test_a_changed_file_is_read(run: Run, folder: Path, loads: list[Path], name: str) -> None:
    assert run("sjekk", "--uten-logikk", "--mappe", folder) == FINE
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert run("sjekk", "--uten-logikk", "--mappe", folder) == FINE
    assert len(loads) == 2


def test_a_file_that_comes_or_goes_is_a_change(run: Run, folder: Path, loads: list[Path]) -> None:
    assert run("sjekk", "--uten-logikk", "--mappe", folder) == FINE
    (folder / "rader/2021/03-mer.md").write_text("# Mer\n", encoding="utf-8")
    assert run("sjekk", "--uten-logikk", "--mappe", folder) == FINE
    (folder / "rader/2020/tabeller/par.csv").unlink()
    gone = run("sjekk", "--uten-logikk", "--mappe", folder)
    assert "R115" in gone.err
    assert run("sjekk", "--uten-logikk", "--mappe", folder) == gone
    assert len(loads) == 4, "a file that is not there may come without any other change"


def test_another_compiler_checks_anew(
    run: Run, folder: Path, loads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("sjekk", "--uten-logikk", "--mappe", folder) == FINE
    monkeypatch.setattr(kept, "fingerprint", lambda: "en annen")
    assert run("sjekk", "--uten-logikk", "--mappe", folder) == FINE
    assert len(loads) == 2


@pytest.mark.parametrize("text", ["", "{", "[]", '{"compiler": 1}'])
def test_what_cannot_be_read_is_not_used(run: Run, folder: Path, loads: list[Path], text: str) -> None:
    assert run("sjekk", "--uten-logikk", "--mappe", folder) == FINE
    for path in kept.PLACE.glob("*.json"):
        path.write_text(text, encoding="utf-8")
    assert run("sjekk", "--uten-logikk", "--mappe", folder) == FINE
    assert len(loads) == 2


def test_nothing_is_kept_where_it_cannot_be_written(
    run: Run, folder: Path, loads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "fil").write_text("", encoding="utf-8")
    monkeypatch.setattr(kept, "PLACE", folder / "fil" / ".sjekk")
    assert run("sjekk", "--uten-logikk", "--mappe", folder) == run("sjekk", "--uten-logikk", "--mappe", folder) == FINE
    assert len(loads) == 2


def test_only_the_last_checks_are_kept(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_MOST", 2)
    for form in ("tekst", "json", "github"):
        run("sjekk", "--uten-logikk", "--mappe", folder, "--format", form)
    assert len(list(kept.PLACE.iterdir())) == 2
