"""What an author reads: one faulty rulebook a case, with the messages beside it."""

import re
from pathlib import Path

import pytest

from compiler.examples import failing_examples
from compiler.pipeline import load
from dsl.codes import CODES
from dsl.diagnostics import Diagnostic, Severity, Span, error, nearest, render
from dsl.keywords import UNITS
from dsl.source import Source
from tests.conftest import CASES, ROOT, Golden, cases
from tests.library import read_case

RAISED = re.compile(r"\"(R\d{3})\"")
SHOWN = sorted([*(CASES / "feil").glob("*.txt"), *(CASES / "logikk").glob("*.txt")])
REPORTED = re.compile(r"^(?:feil|advarsel)\[(R\d{3})\]: (.*)$", re.MULTILINE)


def messages(path: Path, folder: Path) -> str:
    """What is written about a case, as on the terminal."""
    library = read_case(path, folder)
    failing = [fault for rulebook in library.rulebooks() for fault in failing_examples(rulebook)]
    found = [*library.diagnostics(), *failing]
    return "\n".join(render(fault, library.sources) for fault in found)


@pytest.mark.parametrize("path", cases("feil"), ids=lambda path: path.stem)
def test_reports_errors(path: Path, tmp_path: Path, golden: Golden) -> None:
    golden(messages(path, tmp_path), path.with_suffix(".txt"))


def test_every_code_is_listed_and_has_a_case() -> None:
    found = {*(ROOT / "dsl").rglob("*.py"), *(ROOT / "compiler").rglob("*.py")}
    files = sorted(found - {ROOT / "dsl" / "codes.py"})
    raised = {code for path in files for code in RAISED.findall(path.read_text("utf-8"))}
    shown = {code for path in SHOWN for code, _ in REPORTED.findall(path.read_text("utf-8"))}
    assert raised == CODES.keys()
    assert shown == CODES.keys()


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.stem)
def test_messages_are_one_clause(path: Path) -> None:
    text = path.read_text("utf-8")
    found = REPORTED.findall(text)
    assert found, "et tilfelle uten meldinger viser ingenting"
    for _, message in found:
        assert not message.endswith("."), message
        assert message[0].islower() or message[0] in "«0123456789" or message.split()[0] in UNITS, message
        assert message.count("«") == message.count("»"), message
    places = re.findall(r"--> (.*)", text)
    assert len(places) == len(set(places)), "to meldinger om samme sted"


def test_one_mistake_gives_one_message(tmp_path: Path) -> None:
    """Nothing follows from a block that could not be read: not where it is used, and not the year after."""
    assert len(REPORTED.findall(messages(CASES / "feil" / "en_feil_gir_en_melding.md", tmp_path))) == 2
    later = messages(CASES / "feil" / "feil_i_aaret_foer", tmp_path)
    assert "2021" not in later


def test_render_shows_line_and_both_places() -> None:
    source = Source.from_text("a.regel", "sats a = 1\nsats a = 2\n")
    fault = error(
        "R202", "«a» er skrevet to ganger", Span("a.regel", 2, 6, 2, 7), "behold den ene", Span("a.regel", 1, 6, 1, 7)
    )
    assert render(fault, {source.path: source}).splitlines() == [
        "feil[R202]: «a» er skrevet to ganger",
        " --> a.regel:2:6",
        "  |",
        "2 | sats a = 2",
        "  |      ^",
        "  = se også: a.regel:1:6",
        "  |",
        "1 | sats a = 1",
        "  |      -",
        "  = tips: behold den ene",
    ]


def test_render_without_source_has_the_place_alone() -> None:
    fault = Diagnostic("R114", Severity.ERROR, "mappen har ingen regelverk", Span("isf", 1, 1, 1, 2))
    assert render(fault, {}) == "feil[R114]: mappen har ingen regelverk\n --> isf:1:1\n"


@pytest.mark.parametrize(
    ("word", "meant"),
    [("nar", "når"), ("Krav", "krav"), ("krevr", "krever"), ("aldr", "alder"), ("hoyst", "høyst")],
)
def test_nearest_finds_what_was_meant(word: str, meant: str) -> None:
    assert nearest(word, ["når", "krav", "krever", "alder", "høyst"]) == f"mente du «{meant}»?"


def test_nearest_does_not_guess_wildly() -> None:
    assert nearest("alder", ["kilde", "vekt"]) is None


def test_empty_and_missing_folders_are_reported(tmp_path: Path) -> None:
    (tmp_path / "isf").mkdir()
    assert [fault.message for fault in load(tmp_path / "isf").diagnostics()] == ["mappen har ingen regelverk"]
    assert [fault.message for fault in load(tmp_path / "tariff").diagnostics()] == ["mappen finnes ikke"]
