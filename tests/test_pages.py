"""The pages of a rule year: what is on them, that addresses hold, and that no text of an author becomes markup."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from compiler import model
from compiler.compare import compare
from compiler.examples import answers
from compiler.pages import front, pages
from compiler.pages.site import SiteYear, write_site
from compiler.pipeline import load
from compiler.runtime.svar import Grunn, Svar
from tests.test_markdown_safety import NASTY, ROOT, Page, rendered

RULEBOOKS = {rulebook.name: rulebook for rulebook in load(ROOT / "rulebooks", ROOT).rulebooks()}


def written(name: str, changes: str = "") -> dict[str, str]:
    return pages(RULEBOOKS[name], answers(RULEBOOKS[name]), changes)


def text(markdown: str) -> str:
    return " ".join(rendered(markdown).text.split())


# ---- what is on the pages


def test_front_lists_every_year_with_status_and_link() -> None:
    page = front(list(RULEBOOKS.values()))["index.md"]
    assert "[2020](isf/2020/)" in page
    assert "[2020/21](fastlege/2020/)" in page
    assert "endelig" in page


def test_index_has_banner_chapters_and_key_figures() -> None:
    page = written("isf-2020")["index.md"]
    assert "Gjelder fra 1. januar 2020 til og med 31. desember 2020." in text(page)
    assert "Utdrag: bare reglene som er gjengitt" in text(page)
    assert "[Avregning](06-avregning.md)" in page
    assert "45 808 kr per poeng" in text(page)


def test_pages_without_content_are_left_out() -> None:
    assert "grupper.md" not in written("fastlege-2020")
    assert "takster.md" not in written("isf-2020")
    assert "endringer.md" not in written("isf-2020")
    assert "endringer.md" in written("isf-2021", "Noe er endret.\n")


def test_prose_shows_the_value_of_a_rate() -> None:
    assert "Enhetsprisen i somatikk er 45 808 kr per poeng, og andelen er 50 %." in text(
        written("isf-2020")["05-refusjon.md"]
    )


def test_a_group_says_its_weight_or_that_the_year_lacks_it() -> None:
    assert "Vekt: 5,719 poeng" in text(written("isf-2020")["03-grupper.md"])
    assert "ikke oppgitt for 2021" in text(written("isf-2021")["grupper.md"])


def test_a_requirement_is_shown_in_words() -> None:
    page = text(written("isf-2020")["04-hva-som-teller.md"])
    assert "kreves det at alle disse er oppfylt: henvist av lege" in page
    assert "Ellers inngår den ikke: «kravene til grupperettet pasientopplæring er ikke oppfylt»" in page


def test_inherited_rules_follow_the_years_own_text() -> None:
    page = text(written("isf-2021")["04-hva-som-teller.md"])
    own, inherited = page.split("Videreført fra 2020")
    assert "Kommunalt utførte spesialisthelsetjenester krever avtale" in own
    assert "sist endret 2020" in inherited


def test_an_inherited_rule_says_when_its_sources_last_confirmed_it() -> None:
    rulebook = RULEBOOKS["isf-2021"]
    old = tuple(source.model_copy(update={"year": 2019}) for source in rulebook.sources)
    page = pages(rulebook.model_copy(update={"sources": old}), {}, "")["03-grupper.md"]
    assert "sist bekreftet 2019" in text(page)
    assert "sist bekreftet" not in text(written("isf-2020")["03-grupper.md"])


def test_derived_and_unknown_figures_are_marked() -> None:
    assert "Utledet, ikke lest direkte i kilden: «ett av 46 716–46 721»" in text(written("isf-2021")["05-refusjon.md"])
    assert "ukjent" in text(written("isf-2020")["satser.md"])


def test_an_example_shows_given_expected_and_computed() -> None:
    page = text(written("isf-2020")["05-refusjon.md"])
    assert "ISF-refusjon 130 988 kr 130 988 kr" in page
    lines = text(written("fastlege-2020")["03-regningen.md"])
    assert "1ak nei nei taksten kan ikke brukes sammen med en takst som alt står på regningen" in lines


def test_pages_are_the_same_each_time() -> None:
    assert written("isf-2021", "x") == written("isf-2021", "x")


# ---- addresses


@pytest.mark.parametrize("name", RULEBOOKS)
def test_every_link_leads_somewhere(name: str) -> None:
    found = {path: rendered(page) for path, page in written(name).items()}
    anchors = {path: {value for key, value in page.attributes if key == "id"} for path, page in found.items()}
    for path, page in found.items():
        for key, value in page.attributes:
            if key == "href" and value and not value.startswith(("http", "../")):
                file, _, anchor = value.partition("#")
                assert file in anchors, (path, value)
                assert not anchor or anchor in anchors[file], (path, value)


@pytest.mark.parametrize("name", RULEBOOKS)
def test_no_page_has_an_address_twice(name: str) -> None:
    for path, page in written(name).items():
        ids = [value for key, value in rendered(page).attributes if key == "id"]
        assert len(ids) == len(set(ids)), path


def test_fixed_addresses_stand_on_the_list_pages() -> None:
    assert '<a id="drg-442"></a>' in written("isf-2020")["grupper.md"]
    assert '<a id="enhetspris-somatikk"></a>' in written("isf-2021")["satser.md"]
    assert 'id="gruppe-drg-442"' in written("isf-2020")["03-grupper.md"]


def test_names_that_fold_alike_get_addresses_of_their_own() -> None:
    rulebook = RULEBOOKS["isf-2020"]
    rate = rulebook.rates[0]
    like = rate.model_copy(update={"id": "MINSTE-undervisning"})
    page = pages(rulebook.model_copy(update={"rates": (*rulebook.rates, like)}), {}, "")["satser.md"]
    ids = re.findall(r'<a id="(minste-undervisning[^"]*)"', page)
    assert len(ids) == 2
    assert len(set(ids)) == 2


def test_a_chapter_cannot_take_the_name_of_a_list_page() -> None:
    rulebook = RULEBOOKS["isf-2020"]
    chapter = rulebook.chapters[0].model_copy(update={"id": "satser"})
    found = pages(rulebook.model_copy(update={"chapters": (chapter, *rulebook.chapters[1:])}), {}, "")
    assert {"satser.md", "kapittel-satser.md"} <= set(found)


# ---- no text becomes markup

_TEXTS = {"title", "derived", "because", "place", "text", "reason", "shown", "value", "extract", "scheme_title"}


def poisoned(node: Any, texts: Iterator[str]) -> Any:
    """The node with every text in it replaced; ids, kinds and prose stay, so that the rulebook holds together."""
    if isinstance(node, model.Prose | model.Place | model.Unit):
        return node
    if isinstance(node, BaseModel):
        return node.model_copy(
            update={name: changed(name, getattr(node, name), node, texts) for name in type(node).model_fields}
        )
    if isinstance(node, tuple):
        return tuple(poisoned(part, texts) for part in node)
    return node


def changed(name: str, value: Any, node: BaseModel, texts: Iterator[str]) -> Any:
    """One field of a poisoned node."""
    if isinstance(node, model.NamedSet) and name == "texts":
        return {key: next(texts) for key in value}
    if isinstance(node, model.Example) and name == "given":
        return {key: next(texts) if isinstance(one, str) else one for key, one in value.items()}
    if isinstance(value, str) and name in _TEXTS and not (isinstance(node, model.StringValue) and name == "value"):
        return next(texts)
    return poisoned(value, texts)


def poisoned_answers(rulebook: model.Rulebook, texts: Iterator[str]) -> dict[str, Svar]:
    """The answers with every text in them replaced."""
    return {
        id_: replace(
            answer,
            grunner=tuple(Grunn(one.id, next(texts)) for one in answer.grunner),
            varsler=(Grunn("ingen", next(texts)),),
        )
        for id_, answer in answers(rulebook).items()
    }


@pytest.mark.parametrize("name", RULEBOOKS)
def test_nasty_texts_give_the_same_markup_as_plain_ones(name: str) -> None:
    rulebook = RULEBOOKS[name]
    tame, wild = cycle(["tekst"]), cycle(NASTY)
    plain_pages = pages(poisoned(rulebook, tame), poisoned_answers(rulebook, tame), "")
    nasty_pages = pages(poisoned(rulebook, wild), poisoned_answers(rulebook, wild), "")
    assert plain_pages.keys() == nasty_pages.keys()
    for path, page in plain_pages.items():
        ours, theirs = rendered(page), rendered(nasty_pages[path])
        assert ours.tags == theirs.tags, path
        assert [key for key, _ in ours.attributes] == [key for key, _ in theirs.attributes], path
        assert theirs.other == [], path


def test_an_authors_prose_is_no_template() -> None:
    prose = model.Prose(text="# Tittel\n\n{{ 7*7 }} {% for x in y %} {# z #} <b>", path="a.md", line=1)
    chapter = model.Chapter(id="a", title="{{ 7*7 }}", since=2020, parts=(prose,))
    page = pages(RULEBOOKS["isf-2020"].model_copy(update={"chapters": (chapter,)}), {}, "")["a.md"]
    assert text(page) == "{{ 7*7 }} {{ 7*7 }} {% for x in y %} {# z #} <b>"


# ---- the whole site


def site(folder: Path, *rulebooks: model.Rulebook) -> list[str]:
    by_year = {(rulebook.scheme, rulebook.year): rulebook for rulebook in rulebooks}
    years = []
    for rulebook in rulebooks:
        before = by_year.get((rulebook.scheme, rulebook.base or 0))
        years.append(SiteYear(rulebook, answers(rulebook), compare(before, rulebook) if before else None))
    return write_site(years, folder)


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_site_builds_without_warnings_and_to_the_same_bytes(tmp_path: Path) -> None:
    for name in ("en", "to"):
        assert site(tmp_path / name, *RULEBOOKS.values()) == []
    first, second = files(tmp_path / "en" / "site"), files(tmp_path / "to" / "site")
    assert first == second
    assert "isf/2020/03-grupper/index.html" in first


def test_the_site_asks_no_other_host(tmp_path: Path) -> None:
    assert site(tmp_path, RULEBOOKS["isf-2020"]) == []
    for path, content in files(tmp_path / "site").items():
        if path.endswith(".html"):
            assert not re.search(rb'(src|<link [^>]*href)="https?:', content), path


def test_a_link_that_leads_nowhere_is_a_warning_and_keeps_the_old_site(tmp_path: Path) -> None:
    rulebook = RULEBOOKS["isf-2020"]
    assert site(tmp_path, rulebook) == []
    prose = model.Prose(text="# A\n\n[b](../1999/)", path="a.md", line=1)
    chapter = model.Chapter(id="a", title="A", since=2020, parts=(prose,))
    warnings = site(tmp_path, rulebook.model_copy(update={"chapters": (*rulebook.chapters, chapter)}))
    assert warnings == ["isf/2020/a/index.html: lenken «../../1999/» fører ingen steder"]
    assert (tmp_path / "site" / "isf" / "2020" / "index.html").is_file()


def test_nasty_titles_stay_text_in_the_whole_page(tmp_path: Path) -> None:
    nasty = '</title><script>alert(1)</script><img src=x onerror=alert(1)> "x" {{ 7*7 }}'
    rulebook = RULEBOOKS["isf-2020"]
    chapters = tuple(one.model_copy(update={"title": nasty}) for one in rulebook.chapters)
    groups = tuple(one.model_copy(update={"title": nasty}) for one in rulebook.groups)
    update = {"title": nasty, "chapters": chapters, "groups": groups, "extract": nasty}
    assert site(tmp_path, rulebook.model_copy(update=update)) == []
    for path, content in files(tmp_path / "site").items():
        if path.endswith(".html"):
            page = Page(content.decode())
            assert "img" not in page.tags, path
            assert not [key for key, _ in page.attributes if key.startswith("on")], path
            assert b"<script>alert" not in content, path
