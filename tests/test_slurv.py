"""Mistakes that authors make, one in each: it is told once, where it is, and following the hint mends it."""

import csv
from pathlib import Path
from typing import NamedTuple

import pytest

from compiler.examples import failing_examples
from compiler.pipeline import load
from dsl.diagnostics import Diagnostic, edit, render
from dsl.source import Source
from tests.conftest import CASES, Golden

FOLDER = CASES / "slurv"
SOUND = (FOLDER / "grunnlag.regel").read_text(encoding="utf-8")
FILE = "slurv.regel"


class Mistake(NamedTuple):
    """A line of the sound rulebook, and what an author may have written in its stead."""

    name: str
    right: str
    written: str

    @property
    def line(self) -> int:
        """The line that the mistake is on."""
        (at,) = [number for number, line in enumerate(SOUND.split("\n"), 1) if line == self.right]
        return at

    @property
    def text(self) -> str:
        """The rulebook with the mistake."""
        lines = SOUND.split("\n")
        lines[self.line - 1] = self.written
        return "\n".join(lines)


with (FOLDER / "feil.csv").open(encoding="utf-8", newline="") as _file:
    MISTAKES = [Mistake(*row) for row in list(csv.reader(_file, delimiter=";"))[1:]]
WITHOUT_EDIT = {"galt svar i eksempel", "eller mer"}
"""Those whose hint says what to do, or what came out, but that only the author can choose for."""


def faults(text: str, folder: Path) -> list[Diagnostic]:
    """All that is wrong with a rulebook of one file, the examples last."""
    (folder / FILE).write_text(text, encoding="utf-8")
    library = load(folder, folder)
    return library.diagnostics() or [fault for one in library.rulebooks() for fault in failing_examples(one)]


def test_there_are_many_mistakes_in_a_rulebook_that_is_sound(tmp_path: Path) -> None:
    assert faults(SOUND, tmp_path) == []
    assert len(MISTAKES) >= 60
    assert len({mistake.text for mistake in MISTAKES}) == len(MISTAKES)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_one_fault_on_its_line_and_the_hint_mends_it(mistake: Mistake, tmp_path: Path) -> None:
    (fault,) = faults(mistake.text, tmp_path)
    assert (fault.span.path, fault.span.line) == (FILE, mistake.line)
    change = edit(fault, Source.from_text(FILE, mistake.text))
    assert (change is None) == (mistake.name in WITHOUT_EDIT)
    if change is not None:
        lines = mistake.text.split("\n")
        lines[change.span.line - 1] = change.of(lines[change.span.line - 1])
        assert faults("\n".join(lines), tmp_path) == []


def test_what_is_said_of_each_mistake(golden: Golden, tmp_path: Path) -> None:
    shown = []
    for mistake in MISTAKES:
        source = Source.from_text(FILE, mistake.text)
        shown += [render(fault, {FILE: source}) for fault in faults(mistake.text, tmp_path)]
    golden("\n".join(shown), FOLDER / "meldinger.txt")
