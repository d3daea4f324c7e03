"""A new rule year from the last, and the weights that are read into it."""

import shutil
from pathlib import Path

import pytest

from compiler.new_year import header, new_year
from compiler.pipeline import load
from dsl.diagnostics import has_errors
from dsl.formatter import formatted
from tests.library import LIBRARY, ROOT
from tests.test_cli import Run, run

__all__ = ["run"]

ISF = LIBRARY.scheme("isf")[-1]
FASTLEGE = LIBRARY.scheme("fastlege")[-1]


def test_the_header_moves_a_year_on() -> None:
    year = ISF.year + 1
    assert header(ISF, year)[:4] == [
        f"regelverk ISF {year} «Innsatsstyrt finansiering {year}»",
        f"    bygger på ISF {ISF.year}",
        f"    gjelder fra {year}-01-01 til og med {year}-12-31",
        "    status utkast",
    ]


def test_a_year_that_runs_into_the_next_keeps_doing_so() -> None:
    year = FASTLEGE.year + 1
    lines = header(FASTLEGE, year)
    assert lines[0] == f"regelverk FASTLEGE {year} «Fastlegetariffen {year}/{year % 100 + 1}»"
    assert lines[2] == f"    gjelder fra {year}-07-01 til og med {year + 1}-06-30"


def test_the_last_of_february_follows_the_leap_years() -> None:
    start, end = ISF.valid_from.replace(2023, 3, 1), ISF.valid_from.replace(2024, 2, 29)
    last = ISF.model_copy(update={"year": 2023, "valid_from": start, "valid_to": end})
    assert header(last, 2024)[2] == "    gjelder fra 2024-03-01 til og med 2025-02-28"


def test_every_chapter_has_a_file_and_every_yearly_rate_a_line() -> None:
    files = new_year(ISF, ISF.year + 1)
    assert files.keys() >= {"01-om-regelverket.md", "05-refusjon.md"}
    assert files["05-refusjon.md"].startswith("# Priser og refusjon\n\nHer skrives det som er nytt")
    text = "".join(files.values())
    for rate in ISF.rates:
        assert text.count(f"årlig sats {rate.id} = ukjent\n") == rate.yearly


def test_the_files_are_settled() -> None:
    for name, text in new_year(ISF, ISF.year + 1).items():
        assert formatted(name, text) == (text, [])


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The rulebooks, to add to."""
    shutil.copytree(ROOT / "rulebooks", tmp_path / "regler")
    return tmp_path / "regler"


def test_the_new_year_passes(run: Run, rules: Path) -> None:
    year = ISF.year + 1
    ran = run("ny", "isf", str(year), "--mappe", rules)
    assert (ran.code, ran.err) == (0, "")
    assert f"{(rules / 'isf' / str(year) / '01-om-regelverket.md').as_posix()} er laget\n" in ran.out
    library = load(rules)
    assert not has_errors(library.diagnostics())
    assert library.years[f"isf-{year}"].rulebook is not None
    assert run("sjekk", "--uten-logikk", "--mappe", rules).code == 0


def test_a_year_that_exists_is_not_written_over(run: Run, rules: Path) -> None:
    ran = run("ny", "isf", str(ISF.year), "--mappe", rules)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.endswith("finnes fra før\n")


def test_a_year_before_the_last_and_an_unknown_scheme_are_wrong_use(run: Run, rules: Path) -> None:
    assert run("ny", "isf", "2001", "--mappe", rules).code == 2
    ran = run("ny", "isff", "2030", "--mappe", rules)
    assert (ran.code, ran.err) == (2, "feil: ukjent ordning «isff»: mente du «isf»?\n")
