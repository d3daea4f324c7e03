"""Golden files per rule year: cases from the sources, the resolved model, what changed, and for some all that is made.

`pytest --update` writes them anew, except the cases in `tilfeller.jsonl`, which are written by hand from the sources.
Those in `fastholdt.jsonl` say what the rulebook answers, and were found by `benchmarks/mutasjon.py`: each notices a
change to the rules that no other case did. A frozen year is left alone unless `--aar isf-2020 --rettelse «hvorfor»`
names it; the reason is kept in tests/golden/frosne.json.
"""

from pathlib import Path
from typing import Any

import pytest

from compiler import compare, compare_text, export
from compiler.examples import answers
from compiler.model import Rulebook
from compiler.mutation.answers import of_answer, of_gathered
from compiler.pages import pages
from compiler.python import generate
from tests.conftest import Golden
from tests.gulltilfeller import FROM_SOURCES, GOLDEN, KEPT, cases_of, expect_answer, expect_gathered, kept, record_of
from tests.library import LIBRARY, MADE_UP, Packages

YEARS = {rulebook.name: rulebook for rulebook in LIBRARY.rulebooks()}
CASES = [
    pytest.param(path.parent.name, case, id=f"{path.parent.name}-{number}")
    for path in sorted(GOLDEN.glob(f"*/{FROM_SOURCES}"))
    for number, case in enumerate(cases_of(path.parent.name, FROM_SOURCES), 1)
]
WHOLE = {"isf-2020": YEARS["isf-2020"], **{r.name: r for r in MADE_UP.rulebooks() if r.scheme == "OPPDIKTET"}}


def _before(rulebook: Rulebook, library: Any) -> Rulebook | None:
    return next((r for r in library.scheme(rulebook.scheme) if r.year == rulebook.base), None)


@pytest.mark.parametrize(("name", "case"), CASES)
def test_a_case_comes_out_as_its_source_says(packages: Packages, name: str, case: dict[str, Any]) -> None:
    assert case["kilde"], "a case names the source of what it expects"
    _, module, _ = packages[name]
    if "samle" in case:
        expect_gathered(module.samle(case["samle"], case.get("opplysninger", "Kontakt")), case["ventet"])
        return
    kind = case.get("opplysninger", next(iter(module.REGLER)))
    expect_answer(module.grupper_data(case["gitt"], kind), case["ventet"])


@pytest.mark.parametrize("name", sorted(path.parent.name for path in GOLDEN.glob(f"*/{KEPT}")))
def test_the_cases_that_are_kept_come_out_as_they_did(packages: Packages, frozen_golden: Golden, name: str) -> None:
    rulebook, module, _ = packages[name]

    def answer(case: dict[str, Any]) -> dict[str, Any]:
        record = record_of(rulebook, case)
        if "samle" in case:
            return of_gathered(module.samle(case["samle"], record))
        return of_answer(module.grupper_data(case["gitt"], record))

    frozen_golden(kept(cases_of(name, KEPT), answer), GOLDEN / name / KEPT)


def test_each_isf_year_has_cases() -> None:
    with_cases = {path.parent.name for path in GOLDEN.glob(f"isf-*/{FROM_SOURCES}")}
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
