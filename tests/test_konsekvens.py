"""Comparisons of two rulebooks on the same contacts: the sums are those of the reference, and nothing is left out."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
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
from compiler.consequences.html import as_html, whole
from compiler.consequences.tally import Amounts, Place, Tally
from compiler.evaluate import evaluate
from compiler.pipeline import load
from compiler.runtime.svar import Svar
from tests.cases_drawn import cases
from tests.konsekvens_laget import ROWS, write_years
from tests.library import ROOT
from tests.nettleser import started
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
        "Endring −500 kr for de 2 som har beløp etter begge."
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
    ran = run("konsekvens", "liten-2021", "liten-2021", data, "--mappe", folder, "--mot-mappe", draft)
    assert "fra liten-2021 til liten-2021 ny" in ran.out
    assert "0 flyttet" in ran.out
    assert "Endring +4 500 kr for de 3 som har beløp etter begge." in ran.out
    same = run("konsekvens", "liten-2021", "liten-2021", data, "--mappe", folder, "--mot-mappe", folder)
    assert "De to regelverkene sier det samme: de har samme fingeravtrykk." in same.out


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


# ---- what is written


class Seen(HTMLParser):
    """The elements and the addresses of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [f"{name}={value}" for name, value in attrs if name in ("src", "href") or name[:2] == "on"]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def nasty_rows() -> str:
    """The contacts with markup in a value, in a unit and in the name of a column."""
    head, first, *rest = ROWS.splitlines()
    cell = '"{}"'.format(NASTY.replace('"', '""'))
    return "\n".join([f"{head};{cell}", f"{first.replace('Nord', cell)};{cell}", *(f"{row};" for row in rest)]) + "\n"


def test_nothing_from_the_data_is_read_as_markup(compare: Run, data: Path, tmp_path: Path) -> None:
    data.write_text(nasty_rows(), encoding="utf-8")
    assert compare("--enhet", "sykehus", "-o", tmp_path / "ut.html").code == 1
    page = (tmp_path / "ut.html").read_text(encoding="utf-8")
    seen = Seen()
    seen.feed(page)
    assert seen.tags <= {
        *(
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "main",
            "h1",
            "h2",
            "h3",
            "h4",
            "p",
            "dl",
            "dt",
            "dd",
            "div",
        ),
        *(
            "br",
            "span",
            "code",
            "ul",
            "li",
            "figure",
            "svg",
            "rect",
            "figcaption",
            "section",
            "table",
            "thead",
            "tbody",
        ),
        *("tr", "th", "td", "details", "summary", "article", "pre", "mark"),
    }
    assert seen.addresses == []
    assert "".join(seen.text).count(NASTY) >= 3
    assert compare("--enhet", "sykehus", "-o", tmp_path / "ut.md").code == 1
    markdown = (tmp_path / "ut.md").read_text(encoding="utf-8")
    outside = re.sub(r"^(`{3,})text\n.*?^\1$", "", markdown, flags=re.M | re.S)
    assert "<" not in outside
    assert "script" in outside


def test_the_page_says_in_words_what_it_draws(compare: Run, tmp_path: Path) -> None:
    compare("--enhet", "sykehus", "-o", tmp_path / "ut.html")
    page = (tmp_path / "ut.html").read_text(encoding="utf-8")
    assert '<html lang="nb">' in page
    assert "3 av 8 kontakter flyttet.</title>" in page
    assert page.count('role="img"') == page.count("<title id=")
    assert len(re.findall(r'<td class="utslag" aria-hidden="true">', page)) == len(
        re.findall(r'class="(?:ned|opp)"', page)
    )
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'aria-labelledby="([^"]+)"', page)) <= set(ids)
    assert page.count("<mark>") > 2
    assert "Status: kan ikke beregnes" in page


def test_names_and_numbers_on_the_page_are_whole_and_can_be_copied() -> None:
    text = whole("6 234 <b> i isf-2020, 37,7 % med --mot-mappe")
    assert text == (
        '<span class="hel">6 234</span> &lt;b&gt; i <span class="hel">isf-2020</span>, <span class="hel">37,7 %</span> '
        'med <span class="hel">--mot-mappe</span>'
    )


def test_the_files_have_every_contact_and_the_same_sums(compare: Run, tmp_path: Path) -> None:
    folder = tmp_path / "alt"
    compare("--enhet", "sykehus", "--csv", folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "celler.csv",
        "enheter.csv",
        "grupper.csv",
        "koder.csv",
        "kontakter.csv",
    ]
    contacts, cells = read(folder / "kontakter.csv"), read(folder / "celler.csv")
    assert [row["id"] for row in contacts] == list("abcdefgh")
    assert contacts[1] == {
        "rad": "2",
        "id": "b",
        "sykehus": "Nord",
        "alder": "40",
        "hovedtilstand": "S721",
        "prosedyrer": "NFB10",
        "døgn": "2",
        "flyttet": "ja",
        "fra_status": "gruppert",
        "fra_gruppe": "DRG 1",
        "fra_refusjon": "4000",
        "fra_poeng": "4",
        "til_status": "gruppert",
        "til_gruppe": "DRG 2",
        "til_refusjon": "2750",
        "til_poeng": "2,50",
        "endring_refusjon": "-1250",
        "endring_poeng": "-1,50",
    }
    for name in ("fra_refusjon", "til_poeng", "endring_refusjon"):
        assert total(contacts, name) == total(cells, name) == total(read(folder / "enheter.csv"), name)
    assert sum(int(row["kontakter"]) for row in cells) == 8
    assert [row["kode"] for row in read(folder / "koder.csv")] == ["S721"]


def test_a_spreadsheet_reads_no_formula_in_the_files(compare: Run, data: Path, tmp_path: Path) -> None:
    data.write_text(ROWS.replace("Nord", "=1+1").replace(";id", ";@id").replace("b;", "-2+3;"), encoding="utf-8")
    compare("--enhet", "sykehus", "--csv", tmp_path / "alt")
    contacts, units = read(tmp_path / "alt/kontakter.csv"), read(tmp_path / "alt/enheter.csv")
    assert [row["sykehus"] for row in contacts[:3]] == ["'=1+1", "'=1+1", "Sør"]
    assert (contacts[1]["id"], contacts[1]["endring_refusjon"]) == ("'-2+3", "-1250")
    assert {row["sykehus"] for row in units} == {"'=1+1", "Sør", "ikke oppgitt"}


def test_a_sum_that_nobody_has_an_amount_for_is_not_nothing(compare: Run, tmp_path: Path) -> None:
    compare("--enhet", "sykehus", "--csv", tmp_path / "alt")
    south = next(row for row in read(tmp_path / "alt/enheter.csv") if row["sykehus"] == "Sør")
    assert (south["fra_refusjon"], south["fra_uten_refusjon"]) == ("3000", "2")
    assert (south["til_refusjon"], south["til_uten_refusjon"], south["endring_refusjon"]) == ("", "3", "")


def read(path: Path) -> list[Mapping[str, str]]:
    with path.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def total(rows: Sequence[Mapping[str, str]], name: str) -> Decimal:
    return sum((Decimal(row[name].replace(",", ".")) for row in rows if row[name]), Decimal(0))


def test_explanations_follow_each_cell(compare: Run) -> None:
    out = compare("--kontakter", "1").out
    assert "DRG 1 → DRG 2: 1 kontakt" in out
    part = out[out.index("DRG 1 → DRG 2: 1 kontakt") :]
    assert "Rad 2: id = b, sykehus = Nord, alder = 40" in part
    assert part.index("Etter liten-2021:") < part.index("Gruppe: DRG 1") < part.index("Etter liten-2022:")
    assert "› Gruppe: DRG 2" in part


def test_the_page_has_every_choice_that_the_command_has(run: Run) -> None:
    page = (ROOT / "site/pages/konsekvens.md").read_text(encoding="utf-8")
    choices = set(re.findall(r"--[a-z][a-z-]+", run("konsekvens", "--hjelp").out)) - {"--hjelp", "--help", "--ut"}
    assert choices == set(re.findall(r"--[a-z][a-z-]+", page))


@pytest.mark.langt
def test_the_page_is_accessible_and_no_wider_than_the_screen(compare: Run, data: Path, tmp_path: Path) -> None:
    data.write_text(nasty_rows(), encoding="utf-8")
    compare("--enhet", "sykehus", "-o", tmp_path / "ut.html")
    with started() as browser:
        for width, colours in product((1400, 390), ("light", "dark")):
            size: Any = {"width": width, "height": 900}
            page = browser.new_context(viewport=size, color_scheme=colours, bypass_csp=True).new_page()  # type: ignore[arg-type]
            page.goto((tmp_path / "ut.html").as_uri())
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            assert Axe().run(page).response["violations"] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page = browser.new_context(viewport={"width": 718, "height": 1000}, color_scheme="dark").new_page()  # A4
        page.emulate_media(media="print")
        page.goto((tmp_path / "ut.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 718
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
