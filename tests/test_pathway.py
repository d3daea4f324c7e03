"""Lists that an example asks to have shown: the tables, and the figure with a lane for each actor."""

import re
from functools import cache
from xml.etree import ElementTree

from compiler.evaluate import evaluate
from compiler.examples import answers
from compiler.pages import pages
from compiler.pages.pathway import pathways
from compiler.pages.view import View
from compiler.runtime.svar import Svar
from tests.library import LIBRARY, MADE_UP
from tests.test_markdown_safety import NASTY

FORLOP = next(rulebook for rulebook in LIBRARY.rulebooks() if rulebook.scheme == "FORLOP")
HENTET = next(rulebook for rulebook in MADE_UP.rulebooks() if rulebook.name == "hentet-2020")


@cache
def shown() -> dict[str, str]:
    """The pages of FORLOP."""
    return pages(FORLOP, answers(FORLOP))


def figures(page: str) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(found) for found in re.findall(r"<svg.*?</svg>", page)]


def looks(figure: ElementTree.Element) -> list[str]:
    """How each box looks, in order."""
    shown = [one.get("class", "") for one in figure.iter("{http://www.w3.org/2000/svg}rect")]
    return [one.removeprefix("forlop-boks forlop-") for one in shown if one.startswith("forlop-boks")]


def words(figure: ElementTree.Element) -> str:
    return " | ".join(one.text or "" for one in figure.iter("{http://www.w3.org/2000/svg}text"))


def test_a_page_has_a_figure_for_each_model_and_says_what_is_not_paid() -> None:
    page = shown()["forlop.md"]
    today, new, *_ = figures(page)
    assert looks(today).count("ubetalt") == 3
    assert (len(looks(new)), looks(new).count("ubetalt")) == (15, 6)
    heads = words(new).replace("\u00a0", " ")
    assert heads.startswith("Sykehus | 8 876 kr | Fastlege | 1 071 kr | Kommune | 0 kr")
    assert "6 av 15 hendelser blir ikke betalt av noen ordning." in page
    assert page.count('<strong class="merke">ikke betalt</strong>') == 3 + 6 + 3 + 8


def test_a_figure_has_a_text_in_its_place() -> None:
    figure = figures(shown()["forlop.md"])[1]
    told = {one.get("id"): one.text or "" for one in figure.iter() if one.get("id")}
    title, text = told[figure.get("aria-labelledby")], told[figure.get("aria-describedby")]
    assert figure.get("role") == "img"
    assert title == "Kols, i dag og med digital hjemmeoppfølging: ny"
    assert "15 hendelser: 9 blir betalt, 6 ikke betalt" in text


def test_the_sums_of_the_page_are_those_of_the_rules() -> None:
    answer = answers(FORLOP)
    for pathway in pathways(View(FORLOP), answer):
        of_example = answer[pathway.example.id]
        assert isinstance(of_example, Svar)
        of_record = of_example.verdier
        for shown in pathway.lists:
            for panel in shown.panels:
                heads = [str(head) for head, _ in panel.heads]
                if "Netto" in heads and "ny" in panel.name.lower():
                    total = str(panel.total[heads.index("Netto")])
                    number = total.replace("\u00a0", "").replace("−", "-").removesuffix("kr")
                    assert int(number) == of_record["netto_ny"]


def test_what_is_unknown_or_does_not_count_has_its_own_look() -> None:
    pathway = next(one for one in pathways(View(HENTET), answers(HENTET)) if "ukjent" in one.example.id)
    [panel] = pathway.lists[0].panels
    [figure] = figures(str(panel.figure))
    assert looks(figure) == ["ukjent", "utenfor"]
    assert "kan ikke beregnes" in str(panel.rows[0])
    assert "inngår ikke" in str(panel.rows[1])
    assert "kan ikke beregnes" in str(panel.total)
    assert len(pathway.lists[0].legend) == 2


def test_no_text_of_an_author_becomes_markup_in_a_figure() -> None:
    [example, *_] = [one for one in HENTET.examples if one.shows]
    for nasty in NASTY:
        changed = example.model_copy(update={"title": nasty})
        rulebook = HENTET.model_copy(update={"examples": (changed,)})
        answer = evaluate(rulebook, example.given, example.record)
        page = pages(rulebook, {changed.id: answer})["forlop.md"]
        assert all(not list(figure.iter("script")) for figure in figures(page))
        assert len(figures(page)) == 2


def test_a_year_that_asks_for_nothing_has_no_such_page() -> None:
    other = next(rulebook for rulebook in LIBRARY.rulebooks() if rulebook.name == "isf-2021")
    assert "forlop.md" not in pages(other, answers(other))
