"""Golden files per rule year: cases from the sources, the resolved model, what changed, and for some all that is made.

`pytest --update` writes them anew, except the cases, which are written by hand from the sources. A frozen year is left
alone unless `--aar isf-2020 --rettelse «hvorfor»` names it; the reason is kept in tests/golden/frosne.json.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from compiler import compare, compare_text, export
from compiler.examples import answers
from compiler.model import Rulebook
from compiler.pages import pages
from compiler.python import generate
from compiler.runtime.samlet import Samlet
from tests.conftest import Golden
from tests.library import LIBRARY, MADE_UP, Packages

GOLDEN = Path(__file__).parent / "golden"
YEARS = {rulebook.name: rulebook for rulebook in LIBRARY.rulebooks()}
CASES = [
    pytest.param(path.parent.name, json.loads(line), id=f"{path.parent.name}-{number}")
    for path in sorted(GOLDEN.glob("*/tilfeller.jsonl"))
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    if line.strip()
]
WHOLE = {"isf-2020": YEARS["isf-2020"], **{r.name: r for r in MADE_UP.rulebooks() if r.scheme == "OPPDIKTET"}}


def _before(rulebook: Rulebook, library: Any) -> Rulebook | None:
    return next((r for r in library.scheme(rulebook.scheme) if r.year == rulebook.base), None)


@pytest.mark.parametrize(("name", "case"), CASES)
def test_a_case_comes_out_as_its_source_says(packages: Packages, name: str, case: dict[str, Any]) -> None:
    assert case["kilde"], "a case names the source of what it expects"
    _, module, _ = packages[name]
    if "samle" in case:
        _expect_gathered(module.samle(case["samle"], case.get("opplysninger", "Kontakt")), case["ventet"])
        return
    svar = module.grupper_data(case["gitt"], case.get("opplysninger", next(iter(module.REGLER))))
    for key, wanted in case["ventet"].items():
        if key in ("status", "gruppe"):
            assert getattr(svar, key) == wanted
        elif key in svar.lister:
            assert len(svar.lister[key]) == len(wanted)
            for line, of_line in zip(svar.lister[key], wanted, strict=True):
                for name, value in of_line.items():
                    _expect(line, name, value)
        else:
            _expect(svar, key, wanted)


def _expect_gathered(found: Samlet, wanted: dict[str, list[dict[str, Any]]]) -> None:
    """Hold the collections that a case expects, and the places of their records, against what was found."""
    for kind, expected in wanted.items():
        collections = found.samlinger[kind]
        assert len(collections) == len(expected), kind
        for one, of_one in zip(collections, expected, strict=True):
            for name, value in of_one.items():
                match name:
                    case "plasser":
                        assert sorted(one.plasser) == value
                    case "status":
                        assert one.svar.status == value
                    case "gruppe":
                        assert [chosen.gruppe for chosen in one.svar.valgte] == [value]
                    case "brukt":
                        assert sorted(one.poster_i(of_one["gruppe"])) == value
                    case _ if name in one.noekler:
                        assert str(one.noekler[name]) == value
                    case _:
                        _expect(one.svar, name, value)


def _expect(svar: Any, name: str, wanted: Any) -> None:
    """Hold one thing that a case expects against the answer, or against that for a line."""
    if name == "grunn":
        assert wanted in [reason.id for reason in svar.grunner]
    elif name == "inngår":
        assert svar.inngaar == wanted
    else:
        found = svar.verdier.get(name)
        assert found == (Decimal(wanted) if isinstance(found, Decimal) else wanted), name


def test_each_isf_year_has_cases() -> None:
    with_cases = {path.parent.name for path in GOLDEN.glob("isf-*/tilfeller.jsonl")}
    assert with_cases == {name for name in YEARS if name.startswith("isf-")}


@pytest.mark.parametrize("name", sorted(YEARS))
def test_the_resolved_model_is_as_it_was(frozen_golden: Golden, name: str) -> None:
    frozen_golden(export.as_json(YEARS[name]), GOLDEN / name / "modell.json")


@pytest.mark.parametrize("name", sorted(name for name, r in YEARS.items() if r.base is not None))
def test_the_changes_from_the_year_before_are_as_they_were(frozen_golden: Golden, name: str) -> None:
    before = _before(YEARS[name], LIBRARY)
    assert before is not None
    frozen_golden(compare_text.as_text(compare.compare(before, YEARS[name])), GOLDEN / name / "endringer.txt")


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_generated_python_is_as_it_was(frozen_golden: Golden, name: str) -> None:
    for path, text in generate([WHOLE[name]]).items():
        if "_runtime" not in path:
            frozen_golden(text, GOLDEN / name / "python" / f"{Path(path).name}.txt")


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_pages_are_as_they_were(frozen_golden: Golden, name: str) -> None:
    rulebook = WHOLE[name]
    before = _before(rulebook, LIBRARY if name in YEARS else MADE_UP)
    changes = compare.compare(before, rulebook) if before is not None else None
    made = pages(rulebook, answers(rulebook), changes)
    for path, text in made.items():
        frozen_golden(text, GOLDEN / name / "sider" / path)
    written = {p.relative_to(GOLDEN / name / "sider").as_posix() for p in (GOLDEN / name / "sider").rglob("*.md")}
    assert written == set(made), "a page is gone: delete its golden file"
