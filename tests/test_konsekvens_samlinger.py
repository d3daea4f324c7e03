"""Collections compared: those with the same keys are held together, and the sums are those of the reference."""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from compiler import model
from compiler.bulk.sources import Row
from compiler.consequences.collections import paired
from compiler.consequences.comparison import Asked, Comparison, prepared
from compiler.consequences.explained import behind
from compiler.consequences.html import as_html
from compiler.consequences.tally import Place
from compiler.gather import gather
from compiler.pipeline import load
from compiler.runtime.samlet import Samling
from compiler.runtime.svar import Svar
from tests.library import ROOT
from tests.test_cli import Run, run
from tests.test_konsekvens import NAMES, counted
from tests.test_samlinger import histories

__all__ = ["run"]

AS_IS = ROOT / "tests/cases/ok/alt"
CHANGES = {
    "vekt 0,040": "vekt 0,050",
    "beløp 4 875 kr": "beløp 5 000 kr",
    "avbrudd under 2 døgn": "avbrudd under 4 døgn",
    "der utført_av ikke er lege": "der utført_av ikke er sykepleier",
    "der sektor er phv\n    resten": "der sektor er somatikk\n    resten",
}
COLLECTIONS = [
    *("Pasientmåned", "Opphold", "Sektor"),
    *(pytest.param(name, marks=pytest.mark.langt) for name in ("Dag", "Pasienttertial", "Materiale")),
]
CONTACTS = """\
pasient;sykehus;dato;prosedyrer;sektor;hovedformål
p1;1;2023-03-02;WPBA10;somatikk;ja
p1;2;2023-03-09;WPBA15 B0044;somatikk;ja
p1;2;2023-05-09;IEAD10;phv;
p2;1;2023-03-09;WPBA10;somatikk;ja
p2;1;xx;WPBA10;somatikk;ja
;1;2023-03-09;WPBA10;somatikk;ja
"""


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The year with other weights, and collections that are gathered in other ways."""
    text = (AS_IS / "perioder/2023/01-perioder.md").read_text(encoding="utf-8")
    for old, new in CHANGES.items():
        assert old in text
        text = text.replace(old, new)
    folder = tmp_path_factory.mktemp("utkast")
    (folder / "perioder/2023").mkdir(parents=True)
    (folder / "perioder/2023/01-perioder.md").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def years(draft: Path) -> tuple[model.Rulebook, model.Rulebook]:
    return load(AS_IS).scheme("perioder")[0], load(draft).scheme("perioder")[0]


@pytest.fixture
def compare(run: Run, draft: Path, tmp_path: Path) -> Run:
    """The command on the year as it is and the draft."""
    (tmp_path / "kontakter.csv").write_text(CONTACTS, encoding="utf-8")

    def ran(*args: str | Path) -> Any:
        year = "perioder-2023"
        return run("konsekvens", year, year, tmp_path / "kontakter.csv", "--mappe", AS_IS, "--mot-mappe", draft, *args)

    return ran


# ---- which go together


def collection(*places: int, **keys: str) -> Samling:
    return Samling("Opphold", keys, places, Svar("gruppert"))


def test_collections_go_together_by_their_keys_and_then_by_their_records() -> None:
    same, split, alone = collection(0, pasient="p1"), collection(1, 2, pasient="p1"), collection(3, pasient="p2")
    first, second = collection(1, pasient="p1"), collection(2, pasient="p1")
    assert paired([same, split, alone], [first, second, same]) == [
        (same, same),
        (split, None),
        (None, first),
        (None, second),
        (alone, None),
    ]


def test_of_two_with_the_same_keys_the_records_may_have_changed() -> None:
    before, after = collection(0, 1, pasient="p1"), collection(0, pasient="p1")
    other = collection(5, pasient="p1")
    assert paired([before, other], [other, after]) == [(before, after), (other, other)]
    assert paired([], [after]) == [(None, after)]


# ---- the sums are those of the reference


@pytest.fixture(scope="module", params=COLLECTIONS)
def comparison(years: tuple[model.Rulebook, model.Rulebook], request: pytest.FixtureRequest) -> Iterator[Comparison]:
    columns = [field.name for field in years[0].record("Kontakt").fields]
    with prepared(*years, columns, Asked("Kontakt", request.param, unit="sykehus"), NAMES) as made:
        yield made


def test_the_sums_are_those_of_the_reference(comparison: Comparison) -> None:
    """Each side alone, whatever goes together: its places, and its sums."""

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(histories(comparison.before, "Kontakt"))
    def drawn(rows: list[Row]) -> None:
        found = counted(comparison, rows)
        for side, rulebook in enumerate((comparison.before, comparison.after)):
            wanted = gather(rulebook, rows, "Kontakt").samlinger[comparison.judged]
            of_side: dict[Place, int] = {}
            for places, cell in found.cells.items():
                of_side[places[side]] = of_side.get(places[side], 0) + cell.count
            of_side.pop(Place("ingen samling", None), None)
            assert of_side == _counted(wanted)
            for at, measure in enumerate(comparison.measures):
                values: list[Any] = [one.svar.verdier.get(measure.id) for one in wanted]
                sums = [cell.amounts[at] for cell in found.cells.values()]
                assert sum((one.before, one.after)[side] for one in sums) == sum(v for v in values if v is not None)
        assert sum(total.count for total in found.units.values()) == sum(cell.count for cell in found.cells.values())
        told = comparison.findings(found, "trukket")
        assert as_html(told, behind(told, comparison.texts(), 50, 2), 50).count("<h3>Samling") >= len(told.moved())

    drawn()


def _counted(collections: Sequence[Samling]) -> dict[Place, int]:
    """How many collections are in each place."""
    found: dict[Place, int] = {}
    for one in collections:
        place = Place(one.svar.status, "; ".join(chosen.gruppe for chosen in one.svar.valgte) or one.svar.gruppe)
        found[place] = found.get(place, 0) + 1
    return found


# ---- the command


def test_the_command_compares_collections(compare: Run, tmp_path: Path) -> None:
    ran = compare("--samling", "pasientmåned", "--enhet", "sykehus", "--kontakter", "1", "--csv", tmp_path / "ut")
    assert ran.code == 0, ran.err
    assert "3 samlinger. 3 har samme status og gruppe, og 0 flyttet." in ran.out
    assert "3 738 kr etter perioder-2023 (1 uten beløp), og 4 672 kr etter perioder-2023 ny (1 uten beløp)" in ran.out
    assert "Endring +934 kr for de 2 som har beløp etter begge." in ran.out
    assert "2 av 6 rader er ikke i noen samling etter perioder-2023: " in ran.out
    assert "dato er «xx»; ventet en dato, som 2020-12-31 (1)" in ran.out
    assert "pasient er ikke oppgitt (1)" in ran.out
    assert "Samling p1 2023-03: pasient = p1, måned = 2023-03, rader = 1 2\n" in ran.out
    assert "  › = refusjon = 2 336 kr\n" in ran.out
    assert re.search(r"flere +1 +0 +1 869 +2 336 +\+467\n", ran.out)
    with (tmp_path / "ut/samlinger.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    assert [(row["nummer"], row["pasient"], row["fra_antall"], row["endring_refusjon"]) for row in rows] == [
        ("1", "p1", "2", "467"),
        ("2", "p1", "1", ""),
        ("3", "p2", "1", "467"),
    ]


def test_collections_that_only_one_of_them_makes_are_counted_in_and_out(compare: Run) -> None:
    ran = compare("--samling", "Pasienttertial", "--kontakter", "2")
    assert "1 samling finnes bare etter perioder-2023, og 2 bare etter perioder-2023 ny." in ran.out
    assert "ingen rader er samlet under denne nøkkelen" in ran.out


def test_who_compares_contacts_is_told_of_the_collections(compare: Run) -> None:
    ran = compare()
    assert "Hver kontakt står for seg her; samlinger (Materiale, Sektor, Dag, Opphold, Pasientmåned" in ran.out
    assert "sammenlignes med --samling." in ran.out


@pytest.mark.parametrize(
    ("years", "collection", "message"),
    [
        (("isf-2022", "isf-2023"), "Pasientmaaned", "mente du «Pasientmåned»?"),
        (("isf-2023", "isf-2022"), "Pasientår", "isf-2022 har ikke samlingen Pasientår; samlingene der er Dag"),
        (("isf-2020", "isf-2021"), "Dagen", "isf-2020 har ingen samling «Dagen»"),
    ],
)
def test_a_collection_that_cannot_be_compared_is_told(
    run: Run, years: tuple[str, str], collection: str, message: str
) -> None:
    data = ROOT / "rulebooks/isf/2023/eksempler/kontakter.csv"
    ran = run("konsekvens", *years, data, "--mappe", ROOT / "rulebooks", "--samling", collection)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
