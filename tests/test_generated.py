"""The generated packages give the same answers as the reference, on every input that can be drawn."""

from dataclasses import astuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.evaluate import evaluate
from tests.cases_drawn import cases
from tests.library import EACH_KIND, LIBRARY, MADE_UP, Packages

RULEBOOKS = [*LIBRARY.rulebooks(), *MADE_UP.rulebooks()]
KINDS = [(r.name, record.id) for r in RULEBOOKS for record in r.top_records()]
MANY = 100_000
"""Cases in the long test, over all rule years and kinds of record."""
FEW = max(20, 4_000 // len(KINDS))
"""Cases of each in the quick test."""
QUICK = settings(max_examples=FEW, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@pytest.mark.parametrize(("name", "record"), EACH_KIND)
def test_generated_code_agrees_with_the_reference(packages: Packages, name: str, record: str) -> None:
    rulebook, module, _ = packages[name]

    @QUICK
    @given(cases(rulebook, rulebook.record(record)))
    def agrees(case: dict[str, object]) -> None:
        assert astuple(module.grupper_data(case, record)) == astuple(evaluate(rulebook, case, record))

    agrees()


@pytest.mark.langt
@pytest.mark.parametrize(("name", "record"), KINDS)
def test_generated_code_agrees_on_many_cases(packages: Packages, name: str, record: str) -> None:
    rulebook, module, _ = packages[name]

    @settings(QUICK, max_examples=MANY // len(KINDS) + 1)
    @given(cases(rulebook, rulebook.record(record)))
    def agrees(case: dict[str, object]) -> None:
        assert astuple(module.grupper_data(case, record)) == astuple(evaluate(rulebook, case, record))

    agrees()


@pytest.mark.parametrize(("name", "record"), EACH_KIND)
def test_every_case_can_be_explained(packages: Packages, name: str, record: str) -> None:
    rulebook, module, _ = packages[name]

    @settings(QUICK, max_examples=20)
    @given(cases(rulebook, rulebook.record(record)))
    def explained(case: dict[str, object]) -> None:
        svar = module.grupper_data(case, record)
        assert f"Status: {svar.status}" in module.forklar(case, record)

    explained()


def test_draws_reach_every_status(packages: Packages) -> None:
    """A differential test that never meets a status proves nothing about it."""
    seen: set[str] = set()

    @settings(QUICK, max_examples=200, database=None)
    @given(st.data())
    def drawn(data: st.DataObject) -> None:
        name, record = data.draw(st.sampled_from(KINDS))
        rulebook, module, _ = packages[name]
        seen.add(module.grupper_data(data.draw(cases(rulebook, rulebook.record(record))), record).status)

    drawn()
    wanted = {"gruppert", "inngår ikke", "uavklart", "kan ikke beregnes", "ikke i utdraget", "feil i data"}
    assert seen == wanted
