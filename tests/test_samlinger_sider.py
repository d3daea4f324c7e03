"""Collections as a reader sees them: what is gathered in words, the groups over time, and where each record went."""

import re

import pytest

from compiler.examples import answers
from compiler.pages import pages
from tests.library import MADE_UP
from tests.test_pages import rule, text

PERIODS = next(rulebook for rulebook in MADE_UP.rulebooks() if rulebook.name == "perioder-2023")


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return pages(PERIODS, answers(PERIODS))


@pytest.fixture(scope="module")
def chapter(written: dict[str, str]) -> str:
    return written["01-perioder.md"]


def test_a_collection_is_said_in_words(chapter: str) -> None:
    stay = rule(chapter, "samling-opphold")
    for words in (
        "Kontakter samles per pasient og sykehus.",
        "Kontakter med under 2 døgn fra ut til neste dato er i samme samling.",
        "Hver slik samling heter Opphold i reglene.",
        "Kontakter tas med når ut finnes Resten utelates.",
        "liste av En kontakt, ordnet etter dato",
        "Begreper: Første kontakt",
        "Beregninger: Første dag",
        "Krav til samlingen: Oppholdet har en kontakt i somatikk",
        "Krav til hver Kontakt i den: Samarbeid er hovedformålet, Lange kontakter",
    ):
        assert words in stay
    assert "Resten blir hver sin samling." in rule(chapter, "samling-dag")
    assert "måned av dato, som 2023-03" in rule(chapter, "samling-pasientmaaned")


def test_a_collection_of_everything_says_who_can_name_its_terms(chapter: str) -> None:
    everything = rule(chapter, "samling-materiale")
    assert "Alle kontakter er én samling. Samlingen heter Materiale i reglene." in everything
    assert "Det som er sagt om Alle kontakter, kan også brukes i reglene om Kontaktene i en sektor" in everything


def test_a_grouping_says_how_it_chooses_and_a_group_what_it_uses(chapter: str) -> None:
    assert "Velger alle: hver gruppe som passer, blir gitt." in rule(chapter, "gruppering-saertjenester")
    assert "heter særtjeneste i reglene. STG S1 Samarbeid" in rule(chapter, "gruppering-saertjenester")
    assert "Velger første: den første gruppen som passer" in rule(chapter, "gruppering-tertialgruppe")
    group = rule(chapter, "gruppe-stg-s2")
    assert "Gruppe i særtjenester, for hver Pasientmåned." in group
    assert group.index("Bruker kontakter der alle disse er oppfylt") < group.index("Gis når minst to av kontakter")
    assert "ser alle kontakter som er igjen, og tar ingen av dem" in rule(chapter, "gruppe-stg-s3")
    assert "Bruker alle kontakter som er igjen." in rule(chapter, "gruppe-stg-s4")
    assert "Gruppe i" not in rule(chapter, "gruppe-drg-1")


def test_rules_about_a_collection_say_so_with_a_link(chapter: str) -> None:
    assert "For hver [Opphold](01-perioder.md#samling-opphold)." in chapter


def test_an_example_says_where_each_record_went(chapter: str) -> None:
    said = rule(chapter.replace("<br>", " "), "eksempel-samarbeid-en-gang-i-maaneden-og-hvor-kontaktene-ble-av")
    assert "Pasientmåned: 1 særtjenester: STG S1" in said
    assert "særtjenester: ingen grunn: samarbeid er ikke hovedformålet med kontakten" in said
    assert "vilkåret for STG S2 er ikke oppfylt" in said
    assert "Refusjon: 1 869 kr gruppert" in said.replace("\u00a0", " ")
    straight = rule(chapter, "eksempel-en-maaned-gitt-rett-fram")
    assert "Særtjenester STG S3 STG S3" in straight
    assert "Brukes av" in straight


def test_without_answers_the_example_says_so() -> None:
    chapter = pages(PERIODS, {})["01-perioder.md"]
    assert "ikke beregnet" in rule(chapter, "eksempel-under-to-dogn-imellom-er-ett-opphold")


def test_list_pages_have_collections_and_groups_by_grouping(written: dict[str, str]) -> None:
    assert re.findall(r'<h2 id="([\w-]+)"', written["samlinger.md"]) == [
        *("materiale", "sektor", "dag", "opphold", "pasientmaaned", "pasienttertial", "pasientaar", "sykehusmaaned"),
    ]
    groups = text(written["grupper.md"])
    assert groups.index("STG S4") < groups.index("Tertialgruppe gjelder hver Pasienttertial") < groups.index("STG T1")
    assert "Opphold" not in text(written["opplysninger.md"])
    assert "Pasientmåned: 3" in text(written["eksempler.md"])
