"""The pages of what is new: between any two years, words side by side, figures with kroner."""

import pytest

from compiler import model
from compiler.compare import compare
from compiler.pages import pages
from tests.test_compare import SECOND, year
from tests.test_markdown_safety import rendered
from tests.test_pages import text
from tests.test_sider_regel import BOOK, LATER, THIRD

NEW_WORDS = """
erstatter krav voksen «Pasienten er voksen»
    når er_møte
    krever at alder er minst 20 år
    ellers inngår ikke «pasienten er under 18 år»
    fordi «ny grense»
"""


def changes(rulebook: model.Rulebook, *earlier: model.Rulebook) -> dict[str, str]:
    """The pages of changes; the first of the earlier years is the one that the year builds on."""
    made = pages(rulebook, {}, compare(earlier[0], rulebook), earlier)
    return {path: page for path, page in made.items() if path.startswith("endringer")}


def test_a_year_can_be_compared_with_each_year_before_it() -> None:
    found = changes(THIRD, LATER, BOOK)
    assert list(found) == ["endringer.md", "endringer-fra-2020.md"]
    assert found["endringer.md"].startswith("# Endringer fra ISF 2021 til ISF 2023\n")
    assert found["endringer-fra-2020.md"].startswith("# Endringer fra ISF 2020 til ISF 2023\n")


def test_comparisons_link_to_each_other_and_stand_on_the_front_of_the_year() -> None:
    found = changes(THIRD, LATER, BOOK)
    assert "Sammenlikn 2023 med **2021** · [2020](endringer-fra-2020.md)" in found["endringer.md"]
    assert "Sammenlikn 2023 med [2021](endringer.md) · **2020**" in found["endringer-fra-2020.md"]
    index = pages(THIRD, {}, compare(LATER, THIRD), [BOOK, LATER])["index.md"]
    assert "- [Endringer fra i fjor](endringer.md)\n- [Endringer fra 2020](endringer-fra-2020.md)\n" in index


def test_later_years_are_never_compared_with() -> None:
    assert list(changes(LATER, BOOK, THIRD)) == ["endringer.md"]


def test_a_year_that_builds_on_nothing_is_compared_too() -> None:
    made = pages(LATER, {}, None, [BOOK])
    assert "endringer-fra-2020.md" in made
    assert "endringer.md" not in made


def test_figures_have_both_years_the_change_and_kroner() -> None:
    shown = text(changes(LATER, BOOK)["endringer.md"])
    assert "Enhetsprisen i somatikk 45 808 kr per poeng 46 719 kr per poeng +2,0 % +911 kr per poeng" in shown
    assert "DRG 1 «Barn» 1,500 poeng 1,470 poeng −2,0 % 34 356 kr 27 470,772 kr −6 885,228 kr" in shown


def test_a_group_that_is_new_or_ended_has_kroner_on_one_side() -> None:
    shown = text(changes(LATER, BOOK)["endringer.md"])
    assert "DRG 2 «Eldre» 2,000 poeng – utgått 45 808 kr – –" in shown
    assert "DRG 3 «Over 80 år» – 2,250 poeng ny – 42 047,10 kr –" in shown


def test_kroner_that_cannot_be_known_are_said_to_be_so() -> None:
    shown = text(changes(THIRD, LATER, BOOK)["endringer.md"])
    assert "DRG 1 «Barn» 1,470 poeng ikke oppgitt for 2023 – 27 470,772 kr kan ikke beregnes kan ikke beregnes" in shown


def test_words_stand_side_by_side_with_their_reason_and_a_link() -> None:
    page = changes(year(SECOND + NEW_WORDS, BOOK, "02-nytt.regel"), BOOK)["endringer.md"]
    assert "**[Pasienten er voksen](01-regler.md#krav-voksen)**" in page
    assert "| Hva | 2020 | 2021 |\n|---|---|---|\n| Krever | alder er minst 18 år | alder er minst 20 år |" in (
        page.replace("\u00a0", " ")
    )
    assert "Begrunnelse: ny grense" in page


def test_a_long_table_of_figures_is_cut_with_all_rows_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compiler.pages.shown.IN_FULL", 2)
    monkeypatch.setattr("compiler.pages.shown._FIRST", 1)
    found = changes(LATER, BOOK)
    assert "3 rader. Her er de første 1, og [alle radene som CSV](endringer-gruppe-1.csv)." in found["endringer.md"]
    head, *rows = found["endringer-gruppe-1.csv"].splitlines()
    assert head.startswith("Gruppe;2020;2021;Endring;Kroner 2020;Kroner 2021;Endring i kroner")
    assert len(rows) == 3
    assert "DRG 3" not in found["endringer.md"].split("### Vekt")[1].split("</div>")[0]


def test_a_long_section_is_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compiler.pages.changes._MANY", 1)
    page = rendered(changes(LATER, BOOK)["endringer.md"])
    assert "details" in page.tags
    assert "Kodesett: alle endringene" in page.text
    monkeypatch.setattr("compiler.pages.changes._MANY", 100)
    assert "details" not in rendered(changes(LATER, BOOK)["endringer.md"]).tags
