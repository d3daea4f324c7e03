"""Diagnostics for programs: JSON, SARIF, annotations, and the edits that follow the hints."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from pydantic import BaseModel
from sarif_pydantic import Sarif

from compiler.cli_message import melding
from compiler.report import as_github, as_json, schema
from compiler.sarif import as_sarif
from dsl.codes import CODES
from dsl.diagnostics import Correction, Diagnostic, Span, edit, error, nearest, render
from dsl.source import Source
from tests.conftest import cases
from tests.library import read_case

FAULTY = cases("feil")


def located(text: str, part: str, path: str = "a.regel") -> Span:
    start = text.index(part)
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    return Span(path, line, column, line, column + len(part))


def applied(text: str, diagnostic: Diagnostic) -> str | None:
    """The text after the edit of a diagnostic."""
    found = edit(diagnostic, Source.from_text("a.regel", text))
    if found is None:
        return None
    lines = text.split("\n")
    lines[found.span.line - 1] = found.of(lines[found.span.line - 1])
    return "\n".join(lines)


# ---- edits


def test_a_likely_word_can_be_written_for_the_author() -> None:
    text = "krav a\n    når aldr er under 18\n"
    fault = error("R201", "ukjent navn «aldr»", located(text, "aldr"), nearest("aldr", ["alder"]))
    assert fault.hint == "mente du «alder»?"
    assert applied(text, fault) == "krav a\n    når alder er under 18\n"


def test_the_word_is_found_in_a_place_that_holds_more() -> None:
    text = "når sum av aldr under 18\n"
    fault = error("R201", "ukjent", located(text, "sum av aldr"), nearest("aldr", ["alder"]))
    assert applied(text, fault) == "når sum av alder under 18\n"


def test_a_word_taken_away_takes_its_space_with_it() -> None:
    text = "når a og og b\n"
    fault = error("R102", "to ganger", Span("a.regel", 1, 10, 1, 12), Correction("ta bort det ene", "og", ""))
    assert applied(text, fault) == "når a og b\n"


@pytest.mark.parametrize(
    "hint",
    [
        "skriv noe annet",
        Correction("mente du «b»?", "ikke der", "b"),
        Correction("mente du «b»?", "ald", "alder"),
        Correction("mente du «b»?", "a", "b"),
    ],
)
def test_nothing_is_written_where_the_word_is_not_there_just_once(hint: str) -> None:
    text = "aldr a a\n"
    assert applied(text, error("R201", "ukjent", located(text, "aldr a a"), hint)) is None


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_an_edit_replaces_what_the_hint_is_about(path: Path, tmp_path: Path) -> None:
    found = read_case(path, tmp_path)
    for fault in found.diagnostics():
        source = found.sources.get(fault.span.path)
        change = edit(fault, source)
        if change is not None:
            assert isinstance(fault.hint, Correction)
            assert source is not None
            replaced = source.line(change.span.line)[change.span.column - 1 : change.span.end_column - 1]
            assert replaced.strip() == fault.hint.wrong
            assert (change.span.line, change.text) == (fault.span.line, fault.hint.right)


def test_many_hints_can_be_followed(tmp_path: Path) -> None:
    """A hint that names the word to write has an edit, in the cases that authors are likely to meet."""
    meant = [
        (fault, edit(fault, found.sources.get(fault.span.path)))
        for number, path in enumerate(FAULTY)
        for found in [read_case(path, _folder(tmp_path / str(number)))]
        for fault in found.diagnostics()
        if (fault.hint or "").startswith("mente du «")
    ]
    without = [f"{fault.span.path}: {fault.message}" for fault, change in meant if change is None]
    assert len(meant) > 20
    assert len(without) <= len(meant) // 5, without


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


# ---- the terminal


def test_the_other_place_is_shown_where_it_is_in_another_file() -> None:
    sources = {
        name: Source.from_text(name, text) for name, text in {"a.regel": "sats a = 1", "b.regel": "sats a = 2"}.items()
    }
    fault = error("R202", "to ganger", Span("b.regel", 1, 6, 1, 7), None, Span("a.regel", 1, 6, 1, 7))
    assert render(fault, sources).splitlines()[5:] == [
        "  = se også: a.regel:1:6",
        "  |",
        "1 | sats a = 1",
        "  |      -",
    ]


@pytest.mark.parametrize("asked", ["R310", "r310", "310", "[R310]"])
def test_a_message_is_explained_without_the_site(asked: str) -> None:
    told = CliRunner().invoke(melding, [asked]).output
    assert told.startswith(f"R310 {CODES['R310']}\n\nKoden finnes ikke i kodeverket")
    assert "    feil[R310]: koden «JAB11» finnes ikke i NCSP\n" in told
    assert not re.search(r"\]\(|<!--|\*\*|^#", told, re.M)
    assert all(len(line) <= 100 or line.startswith("    ") for line in told.splitlines())


def test_the_codes_are_listed_and_an_unknown_one_is_refused() -> None:
    assert CliRunner().invoke(melding).output.splitlines() == [f"{code}  {told}" for code, told in CODES.items()]
    refused = CliRunner().invoke(melding, ["R2011"])
    assert (refused.exit_code, "ukjent kode «R2011»: mente du «R" in refused.output) == (2, True)


# ---- for programs


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_json_and_sarif_fit_their_schemas(path: Path, tmp_path: Path) -> None:
    found = read_case(path, tmp_path)
    faults = found.diagnostics()
    listed = json.loads(as_json(faults, found.sources))
    Draft202012Validator(json.loads(schema())).validate(listed)
    assert [one["kode"] for one in listed] == [fault.code for fault in faults]
    log = json.loads(as_sarif(faults, found.sources))
    assert_known(Sarif.model_validate(log))
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({fault.code for fault in faults})
    assert all(rule["help"]["text"].startswith(f"{rule['id']} {CODES[rule['id']]}\n") for rule in rules)
    for fault, result in zip(faults, run["results"], strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == fault.code
        region = result["locations"][0]["physicalLocation"]["region"]
        assert (region["startLine"], region["startColumn"]) == (fault.span.line, fault.span.column)
        assert ("relatedLocations" in result) == (fault.other is not None)
        assert ("fixes" in result) == (edit(fault, found.sources.get(fault.span.path)) is not None)


def assert_known(part: Any) -> None:
    """Every key of a SARIF log is one that the standard has."""
    if isinstance(part, list):
        for one in part:
            assert_known(one)
    if isinstance(part, BaseModel):
        assert not (set(part.model_extra or ()) - {"$schema", "columnKind"})  # The models lack one key of the standard.
        for name in type(part).model_fields:
            assert_known(getattr(part, name))


def test_sarif_names_files_as_addresses() -> None:
    fault = error("R202", "to ganger", Span("rulebooks/æ b/2020/a.regel", 1, 6, 1, 7))
    (result,) = json.loads(as_sarif([fault], {}))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "rulebooks/%C3%A6%20b/2020/a.regel"
    assert set(CODES) >= {fault.code}


ANNOTATION = re.compile(r"::(error|warning) ((?:[a-zA-Z]+=[^,:\r\n]*)(?:,[a-zA-Z]+=[^,:\r\n]*)*)::([^\r\n]*)")


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_an_annotation_is_one_line_that_can_be_read(path: Path, tmp_path: Path) -> None:
    for fault in read_case(path, tmp_path).diagnostics():
        found = ANNOTATION.fullmatch(as_github(fault))
        assert found, as_github(fault)
        assert f"line={fault.span.line}," in found[2]


def test_an_annotation_escapes_what_would_end_it() -> None:
    fault = error("R201", "50 % av\n«a»", Span("a,b:c.regel", 1, 1, 1, 2), "se «c»", Span("d.regel", 3, 1, 3, 2))
    assert as_github(fault) == (
        "::error file=a%2Cb%3Ac.regel,line=1,col=1,title=R201,endColumn=2::"
        "50 %25 av%0A«a». Tips: se «c». Se også d.regel:3"
    )
