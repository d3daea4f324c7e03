"""The pages of a rule year: what is on them, that addresses hold, and that no text of an author becomes markup."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count, cycle
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from compiler import model
from compiler.compare import Comparison, Item, compare
from compiler.examples import Answers, answers
from compiler.pages import front, pages
from compiler.pages.text import Prose, code, escape
from compiler.runtime.samlet import Samlet
from compiler.runtime.svar import Grunn, Svar
from tests.library import EACH_YEAR, LIBRARY, MADE_UP
from tests.nettsted import site
from tests.test_compare import FIRST, HEAD, RULES, SECOND, year
from tests.test_markdown_safety import NASTY, Page, rendered

RULEBOOKS = {rulebook.name: rulebook for rulebook in (*LIBRARY.rulebooks(), *MADE_UP.rulebooks())}
"""The real rulebooks, for what must hold whatever they say, and the made-up ones, which use every construct."""

HEADED = FIRST.replace("publisert 2019-12-17", "publisert 2019-12-02\n    utdrag «bare litt»")
CHAPTER = f"""\
# Satser

Prisen er {{enhetspris}}, og en pasient er {{voksen}}. Les om [neste](02-mer.md).

```regel
{HEADED}
```
"""
FIRST_YEAR = year(FIRST)
SECOND_YEAR = year(SECOND, FIRST_YEAR, "02-nytt.regel")
WITH_PROSE = year(CHAPTER, path="01-satser.md")


def base_of(rulebook: model.Rulebook) -> Comparison | None:
    """The comparison with the year that a rulebook builds on."""
    base = RULEBOOKS.get(f"{rulebook.scheme.lower()}-{rulebook.base}")
    return compare(base, rulebook) if base is not None else None


def written(name: str) -> dict[str, str]:
    rulebook = RULEBOOKS[name]
    return pages(rulebook, answers(rulebook), base_of(rulebook))


def text(markdown: str) -> str:
    return " ".join(rendered(markdown).text.split())


def rule(page: str, anchor: str) -> str:
    """What a page says of one rule."""
    return text(page.split(f'id="{anchor}"', 1)[1].split(">", 1)[1].split("</section>", 1)[0])


# ---- what is on the pages


def test_a_grouping_without_rows_yet_does_not_speak_of_them() -> None:
    made = pages(
        year(FIRST.replace("gruppering drg for hver Kontakt", "gruppering drg for hver Kontakt\n    gir regel")), {}
    )
    assert "grupper.md" in made
    assert not [name for name, page in made.items() if "regeltabeller.md" in page]


def test_front_lists_every_year_with_status_and_link() -> None:
    page = front([FIRST_YEAR, SECOND_YEAR])["index.md"]
    assert "[2020](isf/2020/)" in page
    assert "[2021](isf/2021/)" in page
    assert "endelig" in page


@pytest.mark.parametrize(
    ("scheme", "title", "heading"),
    [
        ("ISF", "Innsatsstyrt finansiering 2024", "Innsatsstyrt finansiering (ISF)"),
        ("FASTLEGE", "Fastlegetariffen 2020/21", "Fastlegetariffen"),
        ("ISF", "Regelverket for 2020", "Regelverket (ISF)"),
        ("ISF", "2020", "ISF"),
    ],
)
def test_front_calls_a_scheme_by_its_title(scheme: str, title: str, heading: str) -> None:
    page = front([FIRST_YEAR.model_copy(update={"scheme": scheme, "title": title})])["index.md"]
    assert f"### [{heading}](" in page


def test_front_tells_how_much_is_new_in_the_newest_year() -> None:
    changes = {"isf-2021": compare(FIRST_YEAR, SECOND_YEAR)}
    page = front([FIRST_YEAR, SECOND_YEAR], changes)["index.md"]
    assert "- [Regelverket (ISF) 2021](isf/2021/endringer/): 3 nye, 5 endrede og 1 utgått\n" in page
    same = {"isf-2021": compare(FIRST_YEAR, FIRST_YEAR)}
    assert "endringer/): ingen endringer\n" in front([FIRST_YEAR, SECOND_YEAR], same)["index.md"]


def test_the_page_of_a_scheme_tells_what_each_year_is() -> None:
    page = front([FIRST_YEAR, SECOND_YEAR], {"isf-2021": compare(FIRST_YEAR, SECOND_YEAR)})["isf/index.md"]
    assert "Det nyeste regelåret er 2021 (endelig)." in text(page)
    row = page.split("| [2020](../isf/2020/) |")[1].split("\n")[0]
    assert "endelig | 1&#46;" in row
    assert "2 grupper, 1 krav, 4 satser" in row
    assert page.count("[fra året før](2021/endringer/)") == 1


def test_index_has_banner_chapters_and_key_figures() -> None:
    page = pages(WITH_PROSE, {})["index.md"]
    assert "Status: endelig. Gjelder fra 1. januar 2020." in text(page)
    assert "Publisert 2. desember 2019." in text(page)
    assert "Utdrag: bare litt." in text(page)
    assert "[Satser](01-satser.md)" in page
    assert "45 808 kr per poeng" in text(page)


def test_index_says_when_the_year_was_mended() -> None:
    assert "Rettet 10. januar 2020: skrivefeil" in text(written("oppdiktet-2020")["index.md"])


def test_pages_without_content_are_left_out() -> None:
    found = pages(FIRST_YEAR, {})
    assert "grupper.md" in found
    assert not {"takster.md", "unntak.md", "presiseringer.md", "kodeverk.md", "endringer.md"} & set(found)
    assert "endringer.md" in pages(SECOND_YEAR, {}, compare(FIRST_YEAR, SECOND_YEAR))


def test_prose_shows_the_value_of_a_rate() -> None:
    assert "Prisen er 45 808 kr per poeng, og en pasient er voksen." in text(pages(WITH_PROSE, {})["01-satser.md"])


def test_a_group_says_its_weight_or_that_the_year_lacks_it() -> None:
    assert "Vekt: 1,500 poeng" in text(pages(FIRST_YEAR, {})["01-regler.md"])
    assert "ikke oppgitt for 2020" in text(written("oppdiktet-2020")["grupper.md"])


def test_inherited_rules_follow_the_years_own_text() -> None:
    own, inherited = text(written("oppdiktet-2021")["regler.md"]).split("Videreført fra 2020")
    assert "Endret i 2021, fordi «50 er ute»" in own
    assert "sist endret 2020" in inherited


def test_an_inherited_rule_says_when_its_sources_last_confirmed_it() -> None:
    sources = tuple(source.model_copy(update={"year": 2019}) for source in SECOND_YEAR.sources)
    page = pages(SECOND_YEAR.model_copy(update={"sources": sources}), {})["01-regler.md"]
    assert "sist endret 2020 · sist bekreftet 2019" in rule(page, "krav-voksen")
    assert "sist bekreftet" not in text(pages(FIRST_YEAR, {})["01-regler.md"])


def test_derived_and_unknown_figures_are_marked() -> None:
    derived = SECOND.replace("    fordi «lønns- og prisvekst»", "    utledet «av prisveksten»")
    page = pages(year(derived, FIRST_YEAR), {})
    assert "Utledet, ikke lest direkte i kilden: «av prisveksten»" in text(page["01-regler.md"])
    assert "ukjent" in rule(page["01-regler.md"], "sats-snitt")


def test_pages_are_the_same_each_time() -> None:
    assert written("oppdiktet-2021") == written("oppdiktet-2021")


# ---- each kind of rule


def test_a_requirement_is_shown_in_words() -> None:
    page = pages(FIRST_YEAR, {})["01-regler.md"]
    assert "Når er møte kreves det at alder er minst 18 år" in rule(page, "krav-voksen")
    assert "Ellers inngår den ikke: «pasienten er under 18 år»" in rule(page, "krav-voksen")
    made_up = written("oppdiktet-2020")["regler.md"]
    assert "kreves det at debitor er 1, 40 eller 50 Ellers er svaret uavklart: «ikke sett" in rule(
        made_up, "krav-debitor-kjent"
    )
    assert "Ellers gis et varsel: «yrket er ikke i listen»" in rule(made_up, "krav-yrke")


def test_an_exception_stands_under_its_term_and_links_both_ways() -> None:
    page = written("oppdiktet-2020")["regler.md"]
    assert "Unntak Barn betaler ikke: 0 kr når alder er under 16 år Lange opphold: 9 999 kr når" in rule(
        page, "begrep-belop"
    )
    assert "[Barn betaler ikke](regler.md#unntak-belop-barn-betaler-ikke): 0" in page
    assert "Unntak fra [Beløp](regler.md#begrep-belop)" in page
    assert "Unntak fra Beløp. Når alder er under 16 år er verdien 0 kr" in rule(page, "unntak-belop-barn-betaler-ikke")
    assert "unntak.md#belop-barn-betaler-ikke" in page


def test_a_clarification_stands_on_its_rule_and_where_it_is_written() -> None:
    page = written("oppdiktet-2020")["regler.md"]
    assert "Presisering 14. mars 2020: Ferie teller som liggetid" in rule(page, "gruppe-drg-1")
    assert "Om gruppe DRG 1 Kort opphold med lite inngrep: Ferie teller som liggetid" in rule(
        page, "presisering-2020-03-14-gruppe-drg-1"
    )


def test_a_table_has_its_keys_first_and_units_in_the_headings() -> None:
    page = written("oppdiktet-2020")["regler.md"]
    assert "| Vare | Debitor | Stykkpris (kr) | Hører til |\n|---|---|---:|---|\n| A1 | 1 | 10,50 | B1, B2 |" in page
    assert "| År | Døgnpris (kr per døgn) | Merknad |\n|---|---:|---|\n| 2019 | 900,00 | – |" in page
    assert '<div class="tabell nokler-2" markdown="1">' in page


def test_a_long_table_scrolls_inside() -> None:
    rulebook = RULEBOOKS["oppdiktet-2020"]
    table = rulebook.table("priser")
    rows = tuple(table.rows[0].model_copy(update={"id": str(n), "key": str(n)}) for n in range(60))
    tables = tuple(table.model_copy(update={"rows": rows}) if one.id == "priser" else one for one in rulebook.tables)
    page = pages(rulebook.model_copy(update={"tables": tables}), {})["regler.md"]
    assert '60 rader.\n\n<div class="tabell nokler-1 lang" markdown="1">' in page


def test_a_rule_table_has_addresses_for_its_rows_and_says_what_codes_are_called() -> None:
    page = written("rader-2020")["02-grupper.md"]
    cells = '<abbr title="Luftvei">K04</abbr> | stor | <abbr title="Stort">S01</abbr> og S02 | minst 1 | over 365 | 0 |'
    assert f'| <a id="regel-100a"></a>100A | {cells}' in page
    assert "| Regel | Kategori | Operasjon | Slag | Komplikasjon | Alder (dager) | Returkode |" in page
    assert "Hva kodene betyr Kode Betydning K04 Luftvei S01 Stort" in rule(page, "regeltabell-drg-1")
    assert '| <a id="regel-000a"></a>000A | [DRG 470](02-grupper.md#gruppe-drg-470) | nei |' in page


def test_a_code_without_a_name_in_the_cells_is_called_what_a_table_calls_it() -> None:
    rulebook = RULEBOOKS["rader-2020"]
    groupings = (rulebook.groupings[0].model_copy(update={"names": {}}),)
    page = pages(rulebook.model_copy(update={"groupings": groupings}), {})["02-grupper.md"]
    assert '<abbr title="Luftveier">K04</abbr> | stor | S01 og S02 |' in page


def test_a_group_says_which_rows_give_it() -> None:
    found = written("rader-2021")
    page = found["02-grupper.md"]
    assert "- Gis av [2 rader](02-grupper.md#regeltabell-drg-4)\n" in page
    assert "- Gis av [3 rader](02-grupper.md#regeltabell-feilregler) i Det som er registrert feil\n" in page
    assert "Gis når ingen annen gruppe eller rad passer" in rule(page, "gruppe-drg-999")
    assert "bare ha den oppgitt i data" not in text(page)
    assert "| [2 rader](02-grupper.md#regeltabell-drg-4) |" in found["grupper.md"]
    assert '<a id="drg-4"></a>[Rader for DRG 4](02-grupper.md#regeltabell-drg-4) (2 rader)' in found["regeltabeller.md"]


def test_a_grouping_says_what_the_columns_of_the_rows_are_about() -> None:
    page = written("rader-2020")["01-trinn.md"]
    shown = rule(page, "gruppering-drg")
    assert "radene i regeltabellene, ordnet etter regel." in shown
    assert "Svaret får også regel og returkode fra raden." in shown
    assert "| Komplikasjon | [komplikasjonsnivå](01-trinn.md#begrep-komplikasjonsnivaa) |  |" in page
    assert "| Alder | alder | dager |" in page
    assert "Ellers er svaret [DRG 999 Alt annet](02-grupper.md#gruppe-drg-999)." in page
    without = written("rekke-2020")["regler.md"]
    assert "i den rekkefølgen de står" in rule(without, "gruppering-type")
    shown = rule(without, "gruppering-type")
    assert "høyeste trinn først etter slag, akutt før planlagt etter rad, l1 eller l2 før b1 før b2" in shown
    assert "Skal ikke ha noen kode felles med [Vanlige koder]" in without
    lenient = "Mangler teller som nei: et vilkår om verdien av alder, poeng eller koder her"
    assert lenient in rule(without, "gruppering-type")


def test_an_amendment_of_rule_tables_shows_its_own_rows() -> None:
    _, first, second, third, *_ = written("rader-2021")["02-grupper.md"].split('<p class="regel-type">Endres')
    assert "- DRG 2 «Andre inngrep»\n    - rad 090A: gruppe DRG 1 → DRG 2\n" in first
    assert "200C" not in first
    assert "- DRG 2 «Andre inngrep»\n    - utgått rad 200C: operasjon liten;" in second
    assert "ny rad 000D" in third


def test_a_rule_table_that_comes_of_rows_put_in_stands_last_in_the_chapter() -> None:
    base = year(RULES)
    new = HEAD.format(2021, "bygger på ISF 2020") + "\ngruppe DRG 3\n\nendrer gruppering drg\n"
    new += "    | endring | regel | gruppe | alder |\n    | inn     | e     | DRG 3  | 3     |\n"
    page = pages(year(new, base, "02-nytt.regel"), {})["02-nytt.md"]
    assert '<a id="regel-e"></a>e | 3 |' in page.split('id="regeltabell-drg-3"')[1]


def test_a_very_long_table_is_shown_in_part_with_a_file_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compiler.pages.shown.IN_FULL", 2)
    monkeypatch.setattr("compiler.pages.shown._FIRST", 1)
    found = written("rader-2020")
    page = found["02-grupper.md"]
    assert "3 rader. Her er de første 1, og [alle radene som CSV](regeltabell-drg-1.csv)." in page
    assert "regel-100a" not in page
    assert found["regeltabell-drg-1.csv"].startswith(
        "regel;kategori;operasjon;slag;komplikasjon;alder;returkode\n090A;ikke K04;ikke stor;"
    )
    assert found["tabell-diagnosekoder.csv"].split("\n")[:2] == [
        "kode;kategorikode;kjennetegn;kompl",
        "J18;K04;X01 X02;C01",
    ]
    for path, markdown in found.items():
        for key, value in rendered(markdown).attributes if path.endswith(".md") else ():
            if key == "href" and value and not value.startswith(("http", "../")):
                file, _, anchor = value.partition("#")
                assert file in found, (path, value)
                assert not anchor or f'id="{anchor}"' in found[file], (path, value)


def test_codes_have_their_texts_also_from_a_code_system() -> None:
    rulebook = RULEBOOKS["oppdiktet-2020"]
    assert "1 lege 2 sykepleier" in rule(written("oppdiktet-2020")["regler.md"], "kodesett-yrker")
    named = rulebook.sets[0].model_copy(update={"codes": model.CodeSet(codes=("RØD2", "X1"))})
    page = pages(rulebook.model_copy(update={"sets": (named, *rulebook.sets[1:])}), {})["regler.md"]
    assert "| <code>RØD2</code> | mørkerødt |" in page
    assert "FARGER 3 koder." in text(written("oppdiktet-2020")["kodeverk.md"])
    assert "kode fra [FARGER](kodeverk.md#farger)" in written("oppdiktet-2020")["regler.md"]


def test_a_rate_that_changes_within_the_year_has_a_value_for_each_period() -> None:
    found = written("oppdiktet-2020")
    shown = rule(found["regler.md"], "sats-enhetspris")
    assert "Til og med 30. juni 2020 1 000 kr per poeng En oppdiktet kilde" in shown
    assert "Fra og med 1. juli 2020 1 100 kr per poeng En oppdiktet kilde" in shown
    assert found["regler.md"].count('id="sats-enhetspris"') == 1
    assert "1 000 kr per poeng (1 100 kr per poeng fra og med 1. juli 2020)" in text(found["satser.md"])


def test_a_rule_says_which_part_of_the_year_it_holds() -> None:
    before, after = (written(f"oppdiktet-{number}")["regler.md"] for number in (2020, 2021))
    assert "Gjelder bare en del av året: fra og med 1. juli 2020." in rule(before, "krav-henvisning")
    assert "Gjelder bare en del av året: til 1. mai 2021." in rule(after, "krav-henvisning")
    assert "Det kreves at henvist" in rule(after, "krav-henvisning")
    assert "Oppheves fra og med 1. mai 2021 Krav: Henvisning kreves fra 1. juli, fordi «kravet faller" in text(after)


def test_what_is_missing_and_counts_as_no_is_said() -> None:
    page = written("oppdiktet-2020")["regler.md"]
    assert "Mangler teller som nei: et vilkår om verdien av liggetid er ikke oppfylt" in rule(page, "begrep-kort")
    assert "Mangler teller som nei" not in rule(page, "krav-yrke")


def test_an_example_shows_given_expected_and_computed() -> None:
    shown = rule(written("oppdiktet-2020")["regler.md"], "eksempel-en-henvist-kontakt-om-vinteren")
    assert "dato 1. februar 2020 liggetid 1 døgn" in shown
    assert "Beløp 500 kr 500 kr" in shown


def test_examples_of_one_table_are_one_table() -> None:
    page = written("oppdiktet-2020")["regler.md"]
    shown = rule(page, "eksempler-skiftet-1-juli")
    assert "Gitt i alle radene Felt Verdi liggetid 1 døgn prosedyrer JAB01 Rad Dato Henvist Alder Ventet" in shown
    assert "1 30. juni 2020 ja 40 gruppertBeløp: 500 kr gruppertgruppe: DRG 1Beløp: 500 kr" in shown
    assert '<a id="eksempel-skiftet-1-juli-rad-3"></a>3' in page
    assert "regler.md#eksempel-skiftet-1-juli-rad-3" in written("oppdiktet-2020")["eksempler.md"]


# ---- what an amendment changed


def test_an_amendment_has_the_reason_and_both_years() -> None:
    shown = text(written("oppdiktet-2021")["regler.md"])
    assert "Gruppe: DRG 1 Kort opphold med lite inngrep, fordi «nye kostnader» Hva 2020 2021 Endring Vekt 0,5" in shown
    assert "Kodesett: Yrker, fordi «listen er ny» Koder ut: 2 «sykepleier» Koder inn: 3 «vernepleier», 4" in shown
    assert "År 2021: døgnpris – 1 100 kr per døgn ny År 2019: døgnpris 900 kr per døgn – utgått" in shown


def test_a_moved_group_says_from_where_to_where() -> None:
    shown = text(written("oppdiktet-2021")["regler.md"])
    assert (
        "Flyttes fra 2021 Gruppe: DRG 3 Resten av vinteren, fordi «vinteren går foran» Hva 2020 2021 "
        "Plass i rekkefølgen sist, etter DRG 2 først, før DRG 1"
    ) in shown


def test_a_replaced_rule_shows_what_it_was() -> None:
    page = written("oppdiktet-2021")["regler.md"]
    assert "Endret fra 2020 Hva 2020 2021 Krever debitor er 1, 40 eller 50 debitor er 1 eller 40" in rule(
        page, "krav-debitor-kjent"
    )
    assert "Når alder er under 16 år alder er under 18 år" in rule(page, "unntak-belop-barn-betaler-ikke")
    assert "Verdi 1 100 kr per poeng 1 200 kr per poeng +9,1 %" in rule(page, "sats-enhetspris")


def test_an_ended_rule_is_named_and_says_what_held() -> None:
    shown = text(written("oppdiktet-2021")["regler.md"])
    assert "Oppheves fra 2021 Unntak: Lange opphold, fordi «ikke i bruk» Hva 2020 2021 Når liggetid er" in shown


# ---- addresses


@pytest.mark.parametrize("name", EACH_YEAR)
def test_every_link_leads_somewhere_and_no_address_is_twice(name: str) -> None:
    found = {path: rendered(page) for path, page in written(name).items()}
    ids = {path: [value for key, value in page.attributes if key == "id"] for path, page in found.items()}
    anchors = {path: set(some) for path, some in ids.items()}
    assert [path for path, some in ids.items() if len(some) > len(anchors[path])] == []
    for path, page in found.items():
        for key, value in page.attributes:
            if key == "href" and value and not value.startswith(("http", "../")):
                file, _, anchor = value.partition("#")
                assert file in anchors, (path, value)
                assert not anchor or anchor in anchors[file], (path, value)


def test_fixed_addresses_stand_on_the_list_pages() -> None:
    found = written("oppdiktet-2021")
    assert '<a id="drg-1"></a>' in found["grupper.md"]
    assert '<a id="enhetspris"></a>' in found["satser.md"]
    assert '<a id="2020-03-14-gruppe-drg-1"></a>' in found["presiseringer.md"]
    assert 'id="gruppe-drg-1"' in found["regler.md"]


def test_names_that_fold_alike_get_addresses_of_their_own() -> None:
    like = FIRST_YEAR.rates[0].model_copy(update={"id": "ENHETS-pris"})
    other = like.model_copy(update={"id": "ENHETS_pris"})
    page = pages(FIRST_YEAR.model_copy(update={"rates": (*FIRST_YEAR.rates, like, other)}), {})["satser.md"]
    ids = re.findall(r'<a id="(enhets-pris[^"]*)"', page)
    assert len(ids) == 2
    assert len(set(ids)) == 2


def test_a_chapter_cannot_take_the_name_of_a_list_page() -> None:
    chapter = FIRST_YEAR.chapters[0].model_copy(update={"id": "satser"})
    found = pages(FIRST_YEAR.model_copy(update={"chapters": (chapter,)}), {})
    assert {"satser.md", "kapittel-satser.md"} <= set(found)


# ---- no text becomes markup

_TEXTS = {"title", "derived", "because", "place", "text", "reason", "shown", "value", "extract", "name", "note"}
_NAMES = (model.RecordField, model.GatherKey, model.Expected)
"""Nodes whose name is what they are known by."""


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
    if isinstance(node, model.CodeSystem) and name == "codes":
        return {key: next(texts) for key in value}
    if isinstance(node, _NAMES) and name == "name":
        return value
    if isinstance(node, Item) and name in ("of", "row"):
        return next(texts) if isinstance(value, str) else value
    if isinstance(node, model.Requirement) and name == "text" and node.values:
        return value
    if isinstance(node, model.Rule) and name in ("cells", "results"):
        return {key: next(texts) for key in value}
    if isinstance(node, model.Row) and name == "values":
        return {key: next(texts) if isinstance(one, str) and one != node.key else one for key, one in value.items()}
    if isinstance(node, model.Example) and name == "given":
        return {key: next(texts) if isinstance(one, str) else one for key, one in value.items()}
    if isinstance(value, str) and name in _TEXTS and not (isinstance(node, model.StringValue) and name == "value"):
        return next(texts)
    return poisoned(value, texts)


def poisoned_answers(rulebook: model.Rulebook, texts: Iterator[str]) -> Answers:
    """The answers with every text in them replaced."""
    return {id_: poisoned_answer(answer, texts) for id_, answer in answers(rulebook).items()}


def poisoned_answer(answer: Svar | Samlet, texts: Iterator[str]) -> Svar | Samlet:
    """An answer, or those of the collections, with every text replaced."""
    if isinstance(answer, Svar):
        notices = (Grunn("ingen", next(texts)),)
        return replace(answer, grunner=poisoned_reasons(answer.grunner, texts), varsler=notices)
    collections = {
        name: tuple(
            replace(one, svar=replace(one.svar, grunner=poisoned_reasons(one.svar.grunner, texts))) for one in made
        )
        for name, made in answer.samlinger.items()
    }
    traces = {
        name: tuple(replace(one, grunner=poisoned_reasons(one.grunner, texts)) for one in of_each)
        for name, of_each in answer.spor.items()
    }
    return Samlet(collections, traces)


def poisoned_reasons(reasons: Iterable[Grunn], texts: Iterator[str]) -> tuple[Grunn, ...]:
    return tuple(Grunn(one.id, next(texts)) for one in reasons)


@pytest.mark.parametrize("name", EACH_YEAR)
def test_nasty_texts_give_the_same_markup_as_plain_ones(name: str) -> None:
    rulebook = RULEBOOKS[name]
    comparison = base_of(rulebook)
    tame = (f"tekst {number}" for number in count())
    wild = (f"{nasty} {number}" for number, nasty in enumerate(cycle(NASTY)))
    plain_pages, nasty_pages = (
        pages(poisoned(rulebook, texts), poisoned_answers(rulebook, texts), poisoned(comparison, texts))
        for texts in (tame, wild)
    )
    assert plain_pages.keys() == nasty_pages.keys()
    for path, page in plain_pages.items():
        ours, theirs = rendered(page), rendered(nasty_pages[path])
        assert ours.tags == theirs.tags, path
        assert [key for key, _ in ours.attributes] == [key for key, _ in theirs.attributes], path
        assert theirs.other == [], path


def test_a_date_at_the_start_of_a_line_is_no_list() -> None:
    prose = Prose(lambda _: None, lambda _name, _linked: None)
    assert prose.blocks("1. juli gikk de ut.\n\n1. en\n2. to") == "1&#46; juli gikk de ut.\n\n1. en\n1. to"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Prisen er 5 400 kr.", "Prisen er 5\xa0400 kr."),
        ("1 234 567,50 kr og 12 000", "1\xa0234\xa0567,50 kr og 12\xa0000"),
        ("kodene 100 200 300 400 500", "kodene 100 200 300 400 500"),
        ("i 2020 100 rader, 3 rader, kode A1 200", "i 2020 100 rader, 3 rader, kode A1 200"),
    ],
)
def test_a_number_does_not_break_over_a_line(written: str, shown: str) -> None:
    prose = Prose(lambda _: None, lambda _name, _linked: None)
    assert prose.blocks(written) == shown
    assert escape(written) == shown
    assert code("5 400") == "<code>5 400</code>"


def test_an_authors_prose_is_no_template() -> None:
    prose = model.Prose(text="# Tittel\n\n{{ 7*7 }} {% for x in y %} {# z #} <b>", path="a.md", line=1)
    chapter = model.Chapter(id="a", title="{{ 7*7 }}", since=2020, parts=(prose,))
    page = pages(FIRST_YEAR.model_copy(update={"chapters": (chapter,)}), {})["a.md"]
    assert text(page) == "{{ 7*7 }} {{ 7*7 }} {% for x in y %} {# z #} <b>"


# ---- the whole site


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def builds(folder: Path, names: Iterable[str]) -> None:
    """Build the site of some rule years, and find a front page for each."""
    chosen = sorted(names)
    assert site(folder, *(RULEBOOKS[name] for name in chosen)) == []
    assert {f"{name.replace('-', '/')}/index.html" for name in chosen} <= set(files(folder / "site"))


@pytest.mark.langt
def test_the_site_of_all_years_builds_without_warnings(tmp_path: Path) -> None:
    builds(tmp_path, RULEBOOKS)


def test_the_site_builds_to_the_same_bytes(tmp_path: Path) -> None:
    some = [rulebook for rulebook in RULEBOOKS.values() if rulebook.scheme == "REGNINGER"]
    for name in ("en", "to"):
        assert site(tmp_path / name, *some, kept=None) == []
    assert files(tmp_path / "en" / "site") == files(tmp_path / "to" / "site") != {}


def test_the_keys_of_a_table_are_headers_of_its_rows(tmp_path: Path) -> None:
    assert site(tmp_path, RULEBOOKS["oppdiktet-2020"]) == []
    page = (tmp_path / "site/oppdiktet/2020/regler/index.html").read_text(encoding="utf-8")
    assert re.search(r'<th scope="row">A1</th>\s*<th scope="row">40</th>\s*<td class="hoyre">9,00</td>', page)


def test_the_site_asks_no_other_host(tmp_path: Path) -> None:
    assert site(tmp_path, FIRST_YEAR) == []
    for path, content in files(tmp_path / "site").items():
        if path.endswith(".html"):
            assert not re.search(rb'(src|<link [^>]*href)="https?:', content), path


def test_a_link_that_leads_nowhere_is_a_warning_and_keeps_the_old_site(tmp_path: Path) -> None:
    assert site(tmp_path, FIRST_YEAR) == []
    prose = model.Prose(text="# A\n\n[b](../1999/)", path="a.md", line=1)
    chapter = model.Chapter(id="a", title="A", since=2020, parts=(prose,))
    warnings = site(tmp_path, FIRST_YEAR.model_copy(update={"chapters": (*FIRST_YEAR.chapters, chapter)}))
    assert warnings == ["isf/2020/a/index.html: lenken «../../1999/» fører ingen steder"]
    assert (tmp_path / "site" / "isf" / "2020" / "index.html").is_file()


def test_nasty_titles_stay_text_in_the_whole_page(tmp_path: Path) -> None:
    nasty = '</title><script>alert(1)</script><img src=x onerror=alert(1)> "x" {{ 7*7 }}'
    rulebook = FIRST_YEAR
    chapters = tuple(one.model_copy(update={"title": nasty}) for one in rulebook.chapters)
    groups = tuple(one.model_copy(update={"title": nasty}) for one in rulebook.groups)
    update = {"title": nasty, "chapters": chapters, "groups": groups, "extract": nasty}
    assert site(tmp_path, rulebook.model_copy(update=update)) == []
    for path, content in files(tmp_path / "site").items():
        if path.startswith(("isf/", "index")) and path.endswith(".html"):
            page = Page(content.decode())
            assert "img" not in page.tags, path
            assert not [key for key, _ in page.attributes if key.startswith("on")], path
            assert b"<script>alert" not in content, path
