"""What a page tells of a rule beside the rule: kroner, order, examples, history, who refers to it, and its own text."""

import re
from decimal import Decimal
from itertools import count, cycle

import pytest

from compiler import model
from compiler.amounts import amounts
from compiler.examples import answers
from compiler.pages import pages
from compiler.pages.chart import chart
from compiler.pages.history import Point, Series
from compiler.pages.near import examples_of_rules
from compiler.pages.referrers import referrers
from compiler.pages.values import result
from compiler.runtime.svar import Grunn, Svar
from tests.test_compare import FIRST, HEAD, SECOND, year
from tests.test_markdown_safety import NASTY, rendered
from tests.test_pages import RULEBOOKS, poisoned, poisoned_answers, rule, text

EXAMPLES = """
eksempel «Et barn på tre år»
    gitt
        alder = 3
    så
        gruppe = DRG 1

eksempel «En voksen på 40 med møte»
    gitt
        alder = 40
        prosedyrer = WPBA10
    så
        ikke i utdraget

eksempel «Et barn med møte»
    gitt
        alder = 10
        prosedyrer = WPBA10
    så
        inngår ikke «pasienten er under 18 år»
"""
BOOK = year(FIRST.replace("publisert 2019-12-17", "publisert 2019-12-17\n    utdrag «bare litt»") + EXAMPLES)
LATER = year(SECOND, BOOK, "02-nytt.regel")
THIRD = year(
    HEAD.format(2023, "bygger på ISF 2021") + "\nårlig sats enhetspris = 48 000 kr per poeng\n    kilde grunnlag\n",
    LATER,
    "03-nytt.regel",
)


def page_of(rulebook: model.Rulebook, *earlier: model.Rulebook) -> str:
    """The pages of a year as one."""
    return "\n".join(
        made for path, made in pages(rulebook, answers(rulebook), None, earlier).items() if path.startswith("0")
    )


# ---- kroner


def test_a_group_says_what_it_comes_to_in_kroner() -> None:
    assert "Refusjonen i 2020: 34 356 kr" in rule(page_of(BOOK), "gruppe-drg-1")


def test_a_group_without_a_weight_says_why_it_comes_to_nothing() -> None:
    told = rule(page_of(THIRD), "gruppe-drg-1")
    assert "Refusjonen i 2023: kan ikke beregnes, fordi vekt for DRG 1 er ikke oppgitt for 2023" in told


def test_an_amount_is_the_rulebooks_own_for_each_choice_it_depends_on() -> None:
    found = amounts(RULEBOOKS["isf-2020"])["DRG 442"]
    assert found[0][1:] == (("somatikk",), Decimal(130988), "")
    assert found[1].value is None
    assert found[1].because == "andelen i psykisk helsevern og rus er ikke oppgitt for 2020"


# ---- order


def test_a_group_says_its_place_in_the_order() -> None:
    made = page_of(LATER)
    assert "Prøves som nummer 1 av 2, før DRG 3." in rule(made, "gruppe-drg-1")
    assert "Prøves som nummer 2 av 2, etter DRG 1." in rule(made, "gruppe-drg-3")


def test_the_order_is_a_figure_with_the_list_beside_it() -> None:
    figure = page_of(BOOK).split('<svg class="rekkefolge"')[1].split("</details>")[0]
    assert "1. [DRG 1 Barn](01-regler.md#gruppe-drg-1)\n1. [DRG 2 Eldre]" in figure
    drawn = rendered(f"<svg {figure.split('</svg>')[0]}</svg>")
    assert "Rekkefølgen som gruppene prøves i: 2 grupper" in drawn.text
    assert drawn.text.index("1. DRG 1 Barn") < drawn.text.index("2. DRG 2 Eldre") < drawn.text.index("ellers ingen")
    assert not [name for name, _ in drawn.attributes if name == "style"]


# ---- examples


def test_examples_hit_or_nearly_hit_a_rule() -> None:
    found = examples_of_rules(BOOK, answers(BOOK))
    voksen = found["krav", "voksen"]
    assert [one.id for one in voksen.hits] == ["et-barn-med-mote"]
    assert [(one.example.id, one.missing is None) for one in voksen.near] == [
        ("en-voksen-paa-40-med-mote", True),
        ("et-barn-paa-tre-aar", False),
    ]
    group = found["gruppe", "DRG 1"]
    assert [one.id for one in group.hits] == ["et-barn-paa-tre-aar"]
    assert [(one.example.id, one.missing) for one in group.near] == [("et-barn-med-mote", None)]


def test_a_rule_links_to_its_examples_with_their_answers() -> None:
    shown = rule(page_of(BOOK), "krav-voksen")
    assert "Eksempler: 1 treffer, 2 treffer nesten" in shown
    assert "Et barn med møte: inngår ikke" in shown
    assert "Et barn på tre år: gruppert, DRG 1; det som ikke var oppfylt: er møte" in shown
    assert "En voksen på 40 med møte: ikke i utdraget; kravet er oppfylt" in shown
    group = rule(page_of(BOOK), "gruppe-drg-1")
    assert "Eksempler: 1 treffer, 1 treffer nesten" in group
    assert "0 treffer" not in page_of(BOOK)
    assert "Et barn med møte: inngår ikke; vilkårene er oppfylt, men gruppen ble ikke gitt" in group


# ---- history


def test_a_rate_has_its_history_up_to_its_own_year_and_no_further() -> None:
    shown = rule(page_of(LATER, BOOK, THIRD), "sats-enhetspris")
    assert "Historikk 2020–2021: verdi, kr per poeng" in shown
    assert "2020 45 808 2021 46 719" in shown
    assert "2023" not in shown


def test_a_history_has_a_gap_where_nothing_is_stated() -> None:
    shown = rule(page_of(THIRD, BOOK, LATER), "sats-enhetspris")
    assert "2021 46 719 2022 ikke med i regelverket 2023 48 000" in shown
    weight = rule(page_of(THIRD, BOOK, LATER), "gruppe-drg-1")
    assert "2021 1,470 2022 ikke med i regelverket 2023 ikke oppgitt" in weight


def test_a_figure_that_never_changed_is_said_to_be_the_same() -> None:
    shown = rule(page_of(LATER, BOOK), "sats-frist")
    assert "Verdi, dager: uendret siden 2020." in shown
    assert "Historikk" not in shown


def test_a_bar_is_as_long_as_what_it_shows() -> None:
    points = tuple(Point(str(n), Decimal(n), str(n), own=n == 4) for n in (2, 4, -2))
    widths = [int(found) for found in re.findall(r'width="(\d+)"', chart("a", "t", Series("", "", points)))]
    assert widths[1] == pytest.approx(2 * widths[0], abs=1)
    assert widths[2] == pytest.approx(widths[0], abs=1)


def test_a_rate_that_changes_within_the_year_has_a_bar_for_each_part() -> None:
    first, second = RULEBOOKS["oppdiktet-2020"], RULEBOOKS["oppdiktet-2021"]
    shown = rule(pages(second, {}, None, [first])["regler.md"], "sats-enhetspris")
    assert "2020 1 000 fra 1. juli 2020 1 100 2021" in shown


# ---- who refers to it, and its own text


def test_a_definition_says_who_refers_to_it() -> None:
    assert referrers(BOOK)["begrep", "er_møte"] == [("krav", "voksen")]
    assert "Brukes av beregning Refusjonen" in rule(page_of(BOOK), "sats-enhetspris")
    assert "Brukes av krav Pasienten er voksen" in rule(page_of(BOOK), "begrep-er-mote")


def test_a_rule_has_its_own_text_complete() -> None:
    made = page_of(LATER)
    shown = made.split('id="gruppe-drg-1"')[1].split("</section>")[0].split("Regelens egen tekst")[1]
    assert "gruppe DRG 1 «Barn»\n    vekt 1,470" in shown
    assert "når alder er under 18 år" in shown


def test_own_text_is_only_letters() -> None:
    for nasty in NASTY:
        groups = tuple(one.model_copy(update={"title": nasty}) for one in BOOK.groups)
        made = page_of(BOOK.model_copy(update={"groups": groups}))
        code = made.split("Regelens egen tekst</summary>")[1].split("</details>")[0]
        assert rendered(code).tags == ["pre", "code"], nasty


@pytest.mark.parametrize("name", ["oppdiktet-2021", pytest.param("isf-2021", marks=pytest.mark.langt)])
def test_nasty_texts_of_earlier_years_give_the_same_markup_as_plain_ones(name: str) -> None:
    rulebook = RULEBOOKS[name]
    earlier = [one for one in RULEBOOKS.values() if one.scheme == rulebook.scheme and one.year < rulebook.year][-2:]
    tame = (f"tekst {number}" for number in count())
    wild = (f"{nasty} {number}" for number, nasty in enumerate(cycle(NASTY)))
    ours, theirs = (
        pages(
            poisoned(rulebook, texts),
            poisoned_answers(rulebook, texts),
            None,
            [poisoned(one, texts) for one in earlier],
        )
        for texts in (tame, wild)
    )
    assert any(path.startswith("endringer-fra-") for path in ours)
    for path, page in ours.items():
        assert rendered(page).tags == rendered(theirs[path]).tags, path
        assert rendered(theirs[path]).other == [], path


def test_pages_with_history_are_the_same_each_time() -> None:
    assert pages(THIRD, answers(THIRD), None, [LATER, BOOK]) == pages(THIRD, answers(THIRD), None, [BOOK, LATER])


# ---- values


def test_kroner_have_two_decimals_where_there_are_oere() -> None:
    term = next(one for one in BOOK.terms if one.id == "refusjon")
    assert text(result(term, Decimal("519.5"))) == "519,50 kr"
    assert text(result(term, Decimal("519"))) == "519 kr"
    assert text(result(term, Decimal("1.125"))) == "1,125 kr"


def test_a_reason_is_told_once() -> None:
    example = BOOK.examples[0]
    answer = Svar("kan ikke beregnes", grunner=(Grunn("a", "pris er ikke oppgitt"), Grunn("b", "pris er ikke oppgitt")))
    made = pages(BOOK, {example.id: answer})["01-regler.md"]
    assert rule(made, "eksempel-et-barn-paa-tre-aar").count("pris er ikke oppgitt") == 1
