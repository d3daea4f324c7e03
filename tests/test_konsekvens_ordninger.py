"""The last two years of every scheme, compared on drawn records of each kind: the sums are those of the reference."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler import model
from compiler.consequences.comparison import Asked, Comparison, prepared
from compiler.consequences.explained import behind
from compiler.consequences.html import as_html
from tests.cases_drawn import Case, cases
from tests.library import LIBRARY, MADE_UP
from tests.test_konsekvens import NAMES, Expected, counted

Years = tuple[model.Rulebook, model.Rulebook]


def _last_two() -> dict[str, Years]:
    """By scheme: the last two years, or the only one twice."""
    schemes: dict[str, list[model.Rulebook]] = {}
    for rulebook in (*MADE_UP.rulebooks(), *LIBRARY.rulebooks()):
        schemes.setdefault(rulebook.scheme, []).append(rulebook)
    return {scheme: (found[-2:][0], found[-1]) for scheme, found in schemes.items()}


LAST_TWO = _last_two()


@pytest.mark.langt
@pytest.mark.parametrize("scheme", LAST_TWO)
def test_the_sums_are_those_of_the_reference_in_every_scheme(scheme: str) -> None:
    before, after = LAST_TWO[scheme]
    kinds = {record.id for record in after.top_records()}
    records = [one for one in before.top_records() if one.gathering is None and one.id in kinds]
    assert records
    for record in records:
        columns = [field.name for field in record.fields]
        with prepared(before, after, columns, Asked(record.id), NAMES) as comparison:
            _agrees(comparison, cases(before, record))


def _agrees(comparison: Comparison, case: st.SearchStrategy[Case]) -> None:
    """Hold drawn records against the reference, and write the report of them."""

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(case, max_size=20))
    def drawn(rows: list[Case]) -> None:
        found = counted(comparison, rows)
        Expected(comparison, rows).agrees(found)
        told = comparison.findings(found, "trukket")
        cells = behind(told, comparison.texts(), 50, 1)
        assert as_html(told, cells, 50).count("<article>") == sum(len(cell.contacts) for cell in cells)

    drawn()
