"""A rate taken from another rule year: all of it comes along, and nothing is copied."""

from decimal import Decimal
from pathlib import Path

import pytest

from compiler import model
from compiler.consolidate import as_text, says_the_same
from compiler.export import as_json, content_hash, from_json
from compiler.new_year import new_year
from compiler.pages import pages
from compiler.pipeline import Library, load
from dsl.formatter import formatted
from tests.library import LIBRARY, MADE_UP, Packages

BOOKS = {rulebook.name: rulebook for rulebook in (*LIBRARY.rulebooks(), *MADE_UP.rulebooks())}
PRICES = """regelverk PRIS 2020 «Priser»
    gjelder fra 2020-01-01 til og med 2020-12-31

kilde avtalen «En avtale»

opplysninger Besøk
    dato  dato

årlig sats enhetspris «Enhetsprisen» = {} kr per poeng
    utledet «lest i et bilde»
    kilde avtalen «side 3»

sats tak = ukjent «taket er ikke avtalt»
    kilde avtalen
"""
USE = """regelverk BRUK 2020 «Bruk av prisene»
    gjelder fra 2020-01-01 til og med 2020-12-31

opplysninger Forløp
    dato  dato

sats enhetspris fra PRIS 2020
sats grense «Grensen» = tak fra PRIS 2020

beregning pris
    = 2 poeng × enhetspris

beregning mer
    = grense + 1 kr
"""


def rates(rulebook: model.Rulebook) -> dict[str, model.Rate]:
    return {rate.id: rate for rate in rulebook.rates}


def read(folder: Path, price: str = "100") -> Library:
    """The prices, and the rulebook that takes from them."""
    for name, text in (("pris", PRICES.format(price)), ("bruk", USE), ("annet", USE.replace("BRUK", "ANNET"))):
        path = folder / name / "2020" / "regler.regel"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return load(folder, folder)


def test_value_unit_sources_and_what_it_was_derived_from_come_along(tmp_path: Path) -> None:
    [rulebook] = read(tmp_path).scheme("bruk")
    price, limit = rates(rulebook).values()
    assert (price.value, price.unit and price.unit.shown, price.yearly) == (Decimal(100), "kr per poeng", True)
    assert (price.title, price.derived) == ("Enhetsprisen", "lest i et bilde")
    assert price.citations == (model.Citation(source="avtalen", place="side 3"),)
    assert [source.title for source in rulebook.sources] == ["En avtale"]
    assert price.fetched == model.Fetched(scheme="PRIS", year=2020, rate="enhetspris")
    assert (limit.title, limit.value, limit.reason) == ("Grensen", None, "taket er ikke avtalt")


def test_a_change_there_changes_the_content_here(tmp_path: Path) -> None:
    before, after = (read(tmp_path / price, price).scheme("bruk")[0] for price in ("100", "101"))
    assert before.takes[0].content != after.takes[0].content
    assert content_hash(before) != content_hash(after)
    assert content_hash(before) == content_hash(read(tmp_path / "igjen", "100").scheme("bruk")[0])


def test_a_command_about_one_scheme_reads_those_it_takes_from(tmp_path: Path) -> None:
    read(tmp_path)
    library = load(tmp_path, tmp_path, schemes=["bruk"])
    assert [rulebook.name for rulebook in library.rulebooks()] == ["bruk-2020", "pris-2020"]
    assert [d for d in library.diagnostics() if d.code == "R223"] == []


def test_a_rate_that_could_not_be_read_there_is_told_of_once(tmp_path: Path) -> None:
    found = read(tmp_path, "1.000,0").diagnostics()
    assert [(fault.code, fault.span.path) for fault in found if fault.severity == "feil"] == [
        ("R107", "pris/2020/regler.regel")
    ]


def test_a_weight_and_a_fee_are_columns_of_a_row() -> None:
    found = rates(BOOKS["hentet-2020"])
    assert found["vekt_møte"].fetched == model.Fetched(
        scheme="OPPDIKTET", year=2020, table="grupper", column="vekt", key="DRG 1"
    )
    assert (found["vekt_møte"].value, found["døgnpris"].shown) == (Decimal("0.5"), "1 000,5 kr per døgn")
    assert found["ukjent_takst"].reason == "honorar for T4 er ikke oppgitt for 2022"
    assert found["enhetspris"].periods == rates(BOOKS["oppdiktet-2020"])["enhetspris"].periods


def test_sources_with_the_same_name_are_told_apart() -> None:
    found = {source.id: source.address for source in BOOKS["hentet-2020"].sources}
    assert found == {"avtalen": None, "oppdiktet": "https://eksempel.invalid/", "regninger_oppdiktet": None}
    assert rates(BOOKS["hentet-2020"])["takst_samtale"].citations[0].source == "regninger_oppdiktet"


def test_the_next_year_says_anew_what_is_yearly() -> None:
    found = rates(BOOKS["hentet-2021"])
    values = [found[name].value for name in ("enhetspris", "tak", "grense")]
    assert values == [Decimal(1200), Decimal(5000), Decimal(6000)]
    assert found["tak"].fetched is not None
    assert found["grense"].fetched is None
    assert (found["vekt_møte"].value, found["vekt_møte"].fetched) == (None, None)
    assert [f"{one.scheme} {one.year}" for one in BOOKS["hentet-2021"].takes] == ["OPPDIKTET 2020", "OPPDIKTET 2021"]


@pytest.mark.parametrize("name", ["hentet-2020", "hentet-2021", "forlop-2021"])
def test_the_whole_text_takes_the_same(name: str) -> None:
    rulebook = BOOKS[name]
    assert says_the_same(rulebook, as_text(rulebook), "k.regel")
    assert "fra OPPDIKTET 2020" in as_text(rulebook) or "fra ISF 2021" in as_text(rulebook)


def test_json_has_where_it_was_taken_from_and_only_then() -> None:
    assert '"fetched"' not in as_json(BOOKS["oppdiktet-2020"])
    again = from_json(as_json(BOOKS["forlop-2021"]))
    assert rates(again)["vekt_kols"].fetched == rates(BOOKS["forlop-2021"])["vekt_kols"].fetched
    assert [f"{one.scheme} {one.year}" for one in again.takes] == ["FASTLEGE 2021", "ISF 2021"]


def test_the_page_says_where_it_is_taken_from() -> None:
    made = pages(BOOKS["forlop-2021"], {})
    assert "Hentet fra [ISF 2021](../../../isf/2021/satser/#enhetspris-somatikk)." in made["02-hendelser.md"]
    assert "hentet fra [ISF 2021](../../../isf/2021/grupper/#ambulant-kols)" in made["satser.md"]
    assert "hentet fra [FASTLEGE 2021](../../../fastlege/2021/takster/#1f)" in made["satser.md"]


def test_a_package_names_what_it_takes_from(packages: Packages) -> None:
    rulebook, module, _ = packages["forlop-2021"]
    assert module.KVITTERING.henter == tuple(f"{o.scheme} {o.year} {o.content}" for o in rulebook.takes)


def test_a_new_year_says_what_was_taken() -> None:
    text = "\n".join(new_year(BOOKS["forlop-2021"], 2022).values())
    assert "årlig sats enhetspris_somatikk = ukjent  # var fra ISF 2021" in text
    assert "årlig sats vekt_kols = ukjent  # var = vekt av ambulant_kols fra ISF 2021" in text


def test_the_layout_of_a_fetched_rate_is_settled() -> None:
    written = "sats  x «X»   =  vekt  av DRG  442   fra ISF 2021\n"
    assert formatted("x.regel", written)[0] == "sats x «X» = vekt av DRG 442 fra ISF 2021\n"
    assert formatted("x.regel", "årlig sats  y fra   ISF 2021\n")[0] == "årlig sats y fra ISF 2021\n"
