"""Comparisons of two rulebooks on the same contacts: the sums are those of the reference, and nothing is left out."""

import csv
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from compiler import model
from compiler.bulk import batches
from compiler.bulk.parquet import ParquetSource
from compiler.bulk.sources import JsonSource, Row
from compiler.consequences import beside, columns, pairs, tally
from compiler.consequences.comparison import Asked, Comparison, prepared
from compiler.consequences.explained import behind
from compiler.consequences.html import as_html
from compiler.consequences.tally import Amounts, Place, Tally
from compiler.evaluate import evaluate
from compiler.pipeline import load
from compiler.runtime.svar import Svar
from tests.cases_drawn import cases
from tests.konsekvens_laget import ROWS, write_years
from tests.norddrg_aar import made_up_year
from tests.norddrg_koder import Codes
from tests.norddrg_poster import Drawn
from tests.test_cli import Run, run

__all__ = ["run"]

NAMES = "fra", "til"
NASTY = '<script>alert("x")</script>|`*_[a](b)\\'


class Rows(JsonSource):
    """Rows in memory, read as those of a file of JSON."""

    def __init__(self, rows: Sequence[Row], columns: Sequence[str]) -> None:
        self.given = rows
        self.columns = list(columns)

    def rows(self) -> Iterator[Row]:
        yield from self.given


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two made-up years."""
    return write_years(tmp_path_factory.mktemp("regler"))


@pytest.fixture(scope="module")
def years(folder: Path) -> tuple[model.Rulebook, model.Rulebook]:
    library = load(folder)
    assert library.diagnostics() == []
    first, second = library.scheme("liten")
    return first, second


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "kontakter.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


@pytest.fixture
def compare(run: Run, folder: Path, data: Path) -> Run:
    """The command on the made-up years and contacts."""

    def ran(*args: str | Path) -> Any:
        return run("konsekvens", "liten-2021", "liten-2022", data, "--mappe", folder, *args)

    return ran


# ---- the sums are those of the reference


class Expected:
    """What grouping each contact by the reference gives, added up in the most obvious way."""

    def __init__(self, comparison: Comparison, rows: Sequence[Row]) -> None:
        self.ids = [measure.id for measure in comparison.measures]
        kind, unit = comparison.asked.kind, comparison.asked.unit
        self.cells: dict[Any, list[tuple[Svar, Svar]]] = {}
        self.units: dict[str, list[tuple[Svar, Svar]]] = {}
        for row in rows:
            both = evaluate(comparison.before, row, kind), evaluate(comparison.after, row, kind)
            places = tuple(Place(one.status, one.gruppe) for one in both)
            self.cells.setdefault(places, []).append(both)
            if unit is not None:
                self.units.setdefault(str(row.get(unit) or "ikke oppgitt"), []).append(both)

    def agrees(self, found: Tally) -> None:
        """Hold what was found against it."""
        assert {places: cell.count for places, cell in found.cells.items()} == {
            places: len(both) for places, both in self.cells.items()
        }
        for places, both in self.cells.items():
            self._amounts(found.cells[places].amounts, both)
        assert {unit: total.count for unit, total in found.units.items()} == {
            unit: len(both) for unit, both in self.units.items()
        }
        for unit, both in self.units.items():
            self._amounts(found.units[unit].amounts, both)

    def _amounts(self, found: Sequence[Amounts], both: Sequence[tuple[Svar, Svar]]) -> None:
        for id_, amounts in zip(self.ids, found, strict=True):
            pair: list[tuple[Any, Any]] = [(one.verdier.get(id_), two.verdier.get(id_)) for one, two in both]
            known = [(one, two) for one, two in pair if one is not None and two is not None]
            assert amounts.before == sum(one for one, _ in pair if one is not None)
            assert amounts.after == sum(two for _, two in pair if two is not None)
            assert amounts.change == sum(two - one for one, two in known)
            assert amounts.lack_before == sum(one is None for one, _ in pair)
            assert amounts.lack_after == sum(two is None for _, two in pair)
            assert amounts.lack_either == len(pair) - len(known)


def counted(comparison: Comparison, rows: Sequence[Row]) -> Tally:
    found = comparison.tally()
    for part, _ in comparison.parts(Rows(rows, comparison.columns)):
        found.add(part)
    return found


@contextmanager
def batches_of(size: int) -> Iterator[None]:
    """Read so many rows at a time."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pairs, "BATCH", size)
        patched.setattr(batches, "TEXT_BATCH", size)
        patched.setattr(columns, "BATCH", size)
        yield


@pytest.fixture(scope="module")
def comparison(years: tuple[model.Rulebook, model.Rulebook]) -> Iterator[Comparison]:
    known = ["id", "sykehus", "alder", "hovedtilstand", "prosedyrer", "døgn", "drg"]
    with prepared(*years, known, Asked("Kontakt", unit="sykehus", kept=2), NAMES) as made:
        yield made


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_the_sums_are_those_of_the_reference_in_any_order_and_any_batches(
    comparison: Comparison, data: st.DataObject
) -> None:
    case = cases(comparison.before, comparison.before.record("Kontakt"))
    unit = st.sampled_from(["Nord", "Sør", None, NASTY])
    rows = data.draw(st.lists(st.tuples(case, unit).map(lambda both: both[0] | {"sykehus": both[1]}), max_size=25))
    expected = Expected(comparison, rows)
    with batches_of(data.draw(st.integers(1, 30))):
        found = counted(comparison, rows)
        expected.agrees(found)
        again = counted(comparison, data.draw(st.permutations(rows)))
    assert {places: (cell.count, cell.moved, cell.amounts) for places, cell in again.cells.items()} == {
        places: (cell.count, cell.moved, cell.amounts) for places, cell in found.cells.items()
    }
    assert found.rows == len(rows)
    told = comparison.findings(found, NASTY)
    cells = behind(told, comparison.texts(), 50, 2)
    assert sum(len(cell.contacts) for cell in cells) >= sum(min(2, cell.count) for _, cell in told.moved())
    assert as_html(told, cells, 50).count("<details>") == len(cells)


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_the_kept_contacts_are_those_that_changed_most_whatever_the_batches(
    comparison: Comparison, data: st.DataObject
) -> None:
    row = st.builds(
        lambda alder, tilstand, days: {"alder": alder, "hovedtilstand": tilstand, "prosedyrer": [], "døgn": days},
        st.sampled_from([40, 10, None]),
        st.sampled_from(["S720", "S721", "S722"]),
        st.integers(0, 3),
    )
    rows = data.draw(st.lists(row, max_size=30))
    with batches_of(data.draw(st.integers(1, 30))):
        found = counted(comparison, rows)
    for cell in found.cells.values():
        for contact in cell.contacts:
            assert contact.data == rows[contact.row]
    with batches_of(1000):
        whole = counted(comparison, rows)
    assert {places: cell.contacts for places, cell in whole.cells.items()} == {
        places: cell.contacts for places, cell in found.cells.items()
    }
    for cell in found.cells.values():
        changes = [abs(change) for contact in cell.contacts if (change := contact.change(0)) is not None]
        assert changes == sorted(changes, reverse=True)
        assert len(cell.contacts) == min(cell.count, 2)


def test_sums_are_exact_however_far_apart_the_numbers_are() -> None:
    sums = Amounts()
    for _ in range(3):
        sums.add(Decimal("1e40"), Decimal("1e-40"), 7)
    sums.add(Decimal("-1e40"), Decimal("2e-40"), 21)
    assert (sums.before, sums.after) == (Decimal(0), Decimal("63e-40"))
    assert sums.change == Decimal("63e-40")


@pytest.mark.parametrize(("size", "worth"), [(7, 10_000), (40, 0)])
def test_columns_with_a_kernel_give_what_the_reference_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, worth: int
) -> None:
    monkeypatch.setattr(beside, "WORTH", worth)  # From no rows on, a process more is begun.
    first = made_up_year(tmp_path / "regler", 2030).rulebook
    second = made_up_year(tmp_path / "regler", 2031, first).rulebook
    contacts = list(Drawn(Codes(first), seed=3).contacts(150))
    rows = [contact | {"sykehus": f"S{number % 3}"} for number, contact in enumerate(contacts)]
    path = tmp_path / "kontakter.parquet"
    parquet.write_table(pa.Table.from_pylist(rows), path, row_group_size=40)
    with batches_of(size), prepared(first, second, list(rows[0]), Asked("Opphold", unit="sykehus"), NAMES) as made:
        found = made.tally()
        for part, read in made.parts(ParquetSource(path)):
            found.add(part)
            assert len(list(read.texts())) == len(part.numbers_before)
        Expected(made, rows).agrees(found)
        assert any(places[0] != places[1] for places in found.cells)
        for cell in found.cells.values():
            for contact in cell.contacts:
                assert contact.data == rows[contact.row]


def test_a_file_gives_the_same_report_in_every_form_and_any_batches(
    compare: Run, data: Path, run: Run, folder: Path, tmp_path: Path
) -> None:
    wanted = compare("--enhet", "sykehus", "--kontakter", "1")
    rows = list(csv.DictReader(ROWS.splitlines(), delimiter=";"))
    (tmp_path / "kontakter.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "kontakter.parquet", row_group_size=3)
    for name in ("kontakter.csv", "kontakter.jsonl", "kontakter.parquet"):
        for size in (3, 100):
            with batches_of(size):
                ran = run("konsekvens", "liten-2021", "liten-2022", tmp_path / name, "--mappe", folder,
                          "--enhet", "sykehus", "--kontakter", "1")  # fmt: skip
            assert ran.out.replace(name, "kontakter.csv") == wanted.out
            assert ran.code == wanted.code == 1  # One of the contacts has a fault.


def test_the_command_tells_who_moved_and_what_it_comes_to(compare: Run) -> None:
    ran = compare("--enhet", "sykehus")
    assert "8 kontakter. 5 har samme status og gruppe, og 3 flyttet (37,5 %)." in ran.out
    assert "Av dem som flyttet, fikk 2 en annen status og 1 en annen gruppe med samme status." in ran.out
    assert (
        "Refusjon: 9 000 kr etter liten-2021 (5 uten beløp), og 8 250 kr etter liten-2022 (5 uten beløp). "
        "Endring −500 kr for de 2 som har beløp etter begge.\nAv endringen er +750 kr hos dem som ikke flyttet.\n"
    ) in ran.out
    assert re.search(r"DRG 1 +DRG 2 +1 +−1 250 +−1,5 +2\n", ran.out)
    assert re.search(r"Sør +3 +1 +3 000 \(uten 2\) +– \(uten 3\) +–\n", ran.out)
    assert re.search(r"ikke oppgitt +1 +1 +– \(uten 1\) +2 750 +–\n", ran.out)
    assert re.search(r"hovedtilstand +1 +S721 +0 +–\n", ran.out)


def test_a_contact_that_lacks_both_amounts_of_a_group_is_told_of_once(compare: Run, data: Path) -> None:
    data.write_text(f"{ROWS}i;Nord;40;S72.0;;\n", encoding="utf-8")
    out = compare("--beregning", "refusjon").out
    assert re.search(r"DRG 1 +4 +3 +9 000 \(uten 1\) +5 500 \(uten 1\) +−3 500 \(uten 1\)\n", out)


def test_other_calculations_can_be_summed(compare: Run) -> None:
    ran = compare("--beregning", "poeng")
    assert "Poeng: 9 poeng" in ran.out
    assert "Refusjon" not in ran.out
    ran = compare("--beregning", "poenng")
    assert (ran.code, ran.out) == (2, "")
    assert "«poenng» er ikke et tall som både liten-2021 og liten-2022 regner ut: mente du «poeng»?" in ran.err


def test_a_draft_in_another_folder_is_held_against_the_year_as_it_is(run: Run, folder: Path, data: Path) -> None:
    draft = write_years(data.parent / "utkast", weight="3")
    year, folders = "liten-2021", ("--mappe", folder, "--mot-mappe", draft)
    ran = run("konsekvens", year, year, data, *folders, "--kontakter", "1")
    assert "fra liten-2021 til liten-2021 ny" in ran.out
    assert "0 flyttet" in ran.out
    assert "Endring +4 500 kr for de 3 som har beløp etter begge." in ran.out
    assert "    står i " in ran.out
    assert not re.search("› +står i", ran.out)  # Where a rule stands makes no difference.
    same = run("konsekvens", "liten-2021", "liten-2021", data, "--mappe", folder, "--mot-mappe", folder)
    assert "De to regelverkene sier det samme: de har samme fingeravtrykk." in same.out


def test_a_column_that_is_nearly_a_field_is_told_of_first(compare: Run, data: Path) -> None:
    data.write_text(ROWS.replace("alder", "Alder", 1), encoding="utf-8")
    first, second, told, *_ = compare("--enhet", "sykehus").out.splitlines()
    assert (first[:12], second[:5]) == ("Konsekvenser", "Data:")
    assert told == "Kolonnen «Alder» er ikke lest: mente du «alder»?"
    data.write_text(ROWS, encoding="utf-8")
    assert "er ikke lest" not in compare("--enhet", "sykehus").out


def test_an_empty_file_is_no_fault(run: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "tom.csv").write_text(ROWS.splitlines()[0] + "\n", encoding="utf-8")
    ran = run("konsekvens", "liten-2021", "liten-2022", tmp_path / "tom.csv", "--mappe", folder)
    assert ran.code == 0
    assert "0 kontakter. 0 har samme status og gruppe, og 0 flyttet." in ran.out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["liten-2021", "liten-2021", "{data}"], 2, "er det samme regelverket; velg et annet år"),
        (["liten-2021", "liten-2032", "{data}"], 2, "ukjent regelverk «liten-2032»: mente du «liten-2022»?"),
        (["liten-2021", "liten-2022", "{data}", "--enhet", "sykehs"], 2, "ingen kolonne «sykehs»: mente du «sykehus»?"),
        (["liten-2021", "liten-2022", "{data}", "-o", "ut.docx"], 2, "må slutte på .html, .md eller .txt"),
        (["liten-2021", "liten-2022", "{data}", "-o", "{mappe}/borte/ut.md"], 1, "kan ikke skrives"),
        (["liten-2021", "liten-2022", "{data}", "--csv", "{data}"], 2, "--csv skal være en mappe"),
        (["liten-2021", "liten-2022", "{data}", "--csv", "{data}/her"], 1, "kan ikke lages"),
        (["liten-2021", "liten-2022", "{data}", "--kontakter", "21"], 2, "«21» kan ikke brukes for --kontakter"),
        (["liten-2021", "liten-2022", "{data}", "--rader", "0"], 2, "det skal være minst 1"),
        (["liten-2021", "liten-2022", "{data}", "--rader", "x"], 2, "«x» kan ikke brukes for --rader; ventet et helt"),
        (["liten-2021", "liten-2022", "{mappe}/borte.csv"], 1, "finnes ikke"),
        (["liten-2021", "liten-2022", "{data}", "--omkoding", "{mappe}/borte.csv"], 1, "finnes ikke"),
        (["liten-2021", "liten-2022", "{data}", "--mot-mappe", "{mappe}/borte"], 2, "finnes ikke"),
        (["liten-2021", "liten-2022", "{data}", "--omkoding", "{data}"], 1, "skal ha kolonnene fra og til"),
    ],
)
def test_wrong_use_is_told(run: Run, folder: Path, data: Path, arguments: list[str], code: int, message: str) -> None:
    given = [one.format(data=data, mappe=data.parent) for one in arguments]
    ran = run("konsekvens", *given, "--mappe", folder)
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err


def test_rulebooks_that_do_not_fit_the_same_data_are_refused(run: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "annet.csv"
    path.write_text("navn;by\na;b\n", encoding="utf-8")
    ran = run("konsekvens", "liten-2021", "liten-2022", path, "--mappe", folder)
    assert (ran.code, ran.out) == (2, "")
    assert "ingen av kolonnene i dataene er opplysninger som liten-2021 leser (alder, hovedtilstand" in ran.err
    path.write_text("drg\nDRG 442\n", encoding="utf-8")
    ran = run("konsekvens", "isf-2020", "fastlege-2021", path)
    assert (ran.code, ran.out) == (2, "")
    assert "isf-2020 leser opplysningene Kontakt, og det gjør ikke fastlege-2021: der er det Regning" in ran.err


def test_too_many_units_are_refused(compare: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "MOST_UNITS", 3)
    ran = compare("--enhet", "id")
    assert (ran.code, ran.out) == (2, "")
    assert "--enhet er for sykehus og slikt" in ran.err
