"""The complete text of a year: read as a rulebook of its own, it says the same."""

from pathlib import Path

import pytest

from compiler.consolidate import as_markdown, as_text, essence, says_the_same
from compiler.model import CodeSet, Rulebook
from compiler.pipeline import Library, load
from compiler.rule_text import code_terms
from dsl.diagnostics import has_errors
from tests.library import EACH_YEAR, LIBRARY, ROOT
from tests.test_cli import Run, run

__all__ = ["run"]

BOTH = {library.root: library for library in (LIBRARY, load(ROOT / "tests/cases/ok/alt", ROOT))}
SOUND = [rulebook for library in BOTH.values() for rulebook in library.rulebooks()]
ENDED_WITHIN = {"oppdiktet-2021", "fysioterapi-2017"}
"""Years with rules that end within them: the language says that only of what is inherited."""


def rulebook(name: str) -> Rulebook:
    """A rule year by its name."""
    return next(found for found in SOUND if found.name == name)


@pytest.mark.parametrize("name", EACH_YEAR)
def test_the_text_says_the_same_on_its_own(name: str) -> None:
    found = rulebook(name)
    assert says_the_same(found, as_markdown(found), "k.md") is (found.name not in ENDED_WITHIN)
    assert says_the_same(found, as_text(found), "k.regel") is (found.name not in ENDED_WITHIN)


def test_the_text_is_sound_in_a_folder_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "isf/2021"
    folder.mkdir(parents=True)
    (folder / "01-hele.md").write_text(as_markdown(rulebook("isf-2021")), encoding="utf-8")
    library: Library = load(tmp_path)
    assert not has_errors(library.diagnostics())
    (again,) = library.rulebooks()
    assert again.base is None
    assert essence(again) == essence(rulebook("isf-2021"))
    assert as_markdown(again).count("```regel") > 5


def test_no_amendment_is_left() -> None:
    lines = as_text(rulebook("isf-2021")).split("\n")
    assert not [line for line in lines if line.startswith(("endrer", "opphever", "erstatter", "flytter"))]
    assert "    bygger på ISF 2020" not in lines


def test_what_is_amended_is_written_whole_where_it_stands() -> None:
    text = as_markdown(rulebook("isf-2021"))
    assert text.count("\nopplysninger Kontakt") == 1
    fields = text[text.index("\nopplysninger Kontakt") :].split("\n\n")[0]
    assert "    henvist_av_lege  " in fields
    assert "    avtale_mellom_nivåene  " in fields


def test_what_is_yearly_and_not_stated_is_unknown() -> None:
    text = as_text(rulebook("isf-2021"))
    assert "sats enhetspris_phv_tsb" in text
    assert "= ukjent «" in text


def test_prose_stands_as_comments_with_figures_in_it() -> None:
    text = as_text(rulebook("isf-2021"))
    assert "# Enhetsprisen i somatikk er 46 719 kr per poeng." in text


def test_a_change_of_meaning_is_seen() -> None:
    text = as_markdown(rulebook("isf-2020"))
    changed = text.replace("minste_undervisning «Minste antall undervisningstimer» = 7 timer", "x = 8 timer")
    assert changed != text
    assert not says_the_same(rulebook("isf-2020"), changed)


def test_the_command_prints_the_text(run: Run) -> None:
    ran = run("konsolider", "isf-2021", "--format", "markdown")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == as_markdown(rulebook("isf-2021"))
    assert run("konsolider", "isf-2021").out == as_text(rulebook("isf-2021"))
    assert run("konsolider", "isf-1999").code == 2


def test_numbers_after_unntatt_are_not_read_together_with_the_codes_beside_them() -> None:
    left_out = CodeSet(codes=("11", "12", "13", "2cd", "3ad"))
    assert code_terms(CodeSet(codes=("1ad", "14"), without=left_out)) == ["1ad unntatt 11–13", "14 unntatt 2cd, 3ad"]
