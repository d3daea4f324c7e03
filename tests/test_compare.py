"""What a directorate reads when one rule year follows another."""

import json
from html.parser import HTMLParser

import markdown  # type: ignore[import-untyped]
import pytest

from compiler.compare import Comparison, FigureChange, compare
from compiler.compare_text import as_json, as_markdown, as_text, escape_markdown
from compiler.model import Rulebook
from compiler.resolve import resolve
from dsl.diagnostics import has_errors
from dsl.parser import parse
from dsl.source import Source
from tests.library import LIBRARY, MADE_UP

HEAD = """\
regelverk ISF {0} «Regelverket for {0}»
    {1}
    gjelder fra {0}-01-01
    status endelig
"""

FIRST = (
    HEAD.format(2020, "publisert 2019-12-17")
    + """
kilde grunnlag «Grunnlagsdokumentet»

opplysninger Kontakt
    alder       heltall år kan mangle
    prosedyrer  koder fra NCMP kan mangle hver en prosedyre

gruppering drg for hver Kontakt

tabell grupper av gruppe
    vekt  desimaltall poeng årlig

gruppe DRG 1 «Barn»
    når alder er under 18 år
    vekt 1,500
    kilde grunnlag
gruppe DRG 2 «Eldre»
    når alder er over 67 år
    vekt 2,000
    kilde grunnlag

årlig sats enhetspris «Enhetsprisen i somatikk» = 45 808 kr per poeng
    kilde grunnlag
årlig sats andel «Andelen» = 50 %
    kilde grunnlag
årlig sats snitt «Gjennomsnittsvekten» = 0,420 poeng
    kilde grunnlag
sats frist «Fristen» = 7 dager
    kilde grunnlag

kodesett møter «Møter»
    WPBA10 «Møte uten pasient»
    WPBA15 «Møte med pasient»

begrep er_møte «Kontakten er et møte»
    minst én av prosedyrer er i møter

krav voksen «Pasienten er voksen»
    når er_møte
    krever at alder er minst 18 år
    ellers inngår ikke «pasienten er under 18 år»
    kilde grunnlag

beregning refusjon «Refusjonen»
    = vekt av drg × enhetspris × andel
"""
)

SECOND = (
    HEAD.format(2021, "bygger på ISF 2020")
    + """
kilde prisbrev «Prisbrevet for 2021»

årlig sats enhetspris = 46 719 kr per poeng
    fordi «lønns- og prisvekst»
    kilde prisbrev
årlig sats andel = 40 %
    kilde prisbrev

endrer gruppe DRG 1
    vekt fra 1,500 til 1,470
    fordi «nye kostnadsdata»
opphever gruppe DRG 2
    fordi «gruppen er delt»
gruppe DRG 3 «Over 80 år»
    når alder er over 80 år
    vekt 2,250
    kilde prisbrev

endrer kodesett møter
    legger til WPBA20
    fjerner WPBA15
    fordi «video er likestilt»
"""
)


def year(text: str, base: Rulebook | None = None, path: str = "01-regler.regel") -> Rulebook:
    """The rule year that a text says."""
    document, faults = parse(Source.from_text(path, text))
    rulebook, more = resolve([document], base)
    assert rulebook is not None
    assert not has_errors([*faults, *more]), [*faults, *more]
    return rulebook


@pytest.fixture(scope="module")
def first() -> Rulebook:
    return year(FIRST)


@pytest.fixture(scope="module")
def second(first: Rulebook) -> Rulebook:
    return year(SECOND, first)


@pytest.fixture(scope="module")
def both(first: Rulebook, second: Rulebook) -> Comparison:
    return compare(first, second)


def plain(text: str) -> str:
    """The text with plain spaces."""
    return text.replace("\u00a0", " ")


def test_says_what_a_price_was_and_is(both: Comparison) -> None:
    text = plain(as_text(both))
    sentence = "Enhetsprisen i somatikk er endret fra 45 808 kr per poeng til 46 719 kr per poeng (+2,0 %)."
    assert f"  {sentence}\n    Begrunnelse: lønns- og prisvekst\n" in text


def test_a_share_changes_by_percentage_points(both: Comparison) -> None:
    assert "Andelen er endret fra 50 % til 40 % (−10 prosentpoeng)." in plain(as_text(both))


def test_a_figure_that_a_year_does_not_state_is_a_change_and_no_nought(both: Comparison) -> None:
    (change,) = next(item for item in both.items if item.id == "snitt").details
    assert isinstance(change, FigureChange)
    assert change.new is not None
    assert change.new.value is None
    assert change.percent is None
    assert "Gjennomsnittsvekten er ikke oppgitt for 2021 (2020: 0,420 poeng)." in plain(as_text(both))


def test_weights_stand_in_a_table(both: Comparison) -> None:
    page = plain(as_markdown(both))
    assert (
        "### Vekt\n\n"
        "| Gruppe | 2020 | 2021 | Endring | Merknad |\n"
        "| --- | ---: | ---: | ---: | --- |\n"
        "| DRG 1 «Barn» | 1,500 poeng | 1,470 poeng | −2,0 % | Begrunnelse: nye kostnadsdata |\n"
        "| DRG 3 «Over 80 år» | – | 2,250 poeng | ny |  |\n"
        "| DRG 2 «Eldre» | 2,000 poeng | – | utgått | Begrunnelse: gruppen er delt |\n"
    ) in page
    assert "- Ny gruppe: DRG 3 «Over 80 år»\n    - Gruppert når: alder er over 80 år\n" in page


def test_codes_in_and_out_have_their_texts(both: Comparison) -> None:
    assert (
        "Kodesett\n"
        "  Møter er endret.\n"
        "    Koder tatt ut: WPBA15 «Møte med pasient»\n"
        "    Koder lagt til: WPBA20\n"
        "    Begrunnelse: video er likestilt\n"
    ) in as_text(both)


def test_what_is_inherited_is_no_change(both: Comparison) -> None:
    assert {item.id for item in both.items} == {
        *("enhetspris", "andel", "snitt"),
        *("DRG 1", "DRG 2", "DRG 3"),
        *("møter", "prisbrev"),
    }


def test_kinds_come_in_a_fixed_order_and_then_as_the_rulebook_has_them(both: Comparison) -> None:
    assert [item.id for item in both.items][:6] == ["enhetspris", "andel", "snitt", "DRG 1", "DRG 3", "DRG 2"]


def test_a_condition_is_shown_before_and_after(first: Rulebook) -> None:
    stricter = FIRST.replace(
        "krever at alder er minst 18 år",
        "krever at alle disse er oppfylt\n        - alder er minst 20 år\n        - prosedyrer finnes",
    )
    assert as_text(compare(first, year(stricter.replace("2020", "2022")))).endswith(
        "Krav\n"
        "  Pasienten er voksen er endret.\n"
        "    Krever\n"
        "      2020: alder er minst 18 år\n"
        "      2022: alle disse er oppfylt\n"
        "        alder er minst 20 år\n"
        "        prosedyrer finnes\n"
    )


def test_a_condition_that_comes_or_goes_is_named(first: Rulebook) -> None:
    always = year(FIRST.replace("    når er_møte\n", ""))
    assert "    Tatt ut: når: er møte\n" in as_text(compare(first, always))
    assert "    Lagt til: når: er møte\n" in as_text(compare(always, first))


def test_a_calculation_is_shown_before_and_after(first: Rulebook) -> None:
    rounded = year(FIRST.replace("× andel\n", "× andel\n    avrundet til hele kroner\n").replace("2020", "2021"))
    assert (
        "  Refusjonen er endret.\n"
        "    Regnes ut slik\n"
        "      2020: vekt av drg × enhetspris × andel\n"
        "      2021\n"
        "        vekt av drg × enhetspris × andel\n"
        "        avrundet til hele kroner\n"
    ) in as_text(compare(first, rounded))


def test_another_field_is_told(first: Rulebook) -> None:
    more = FIRST.replace(
        "    prosedyrer  koder", "    sektor  valg somatikk, psykisk  «tjenesteområdet»\n    prosedyrer  koder"
    )
    assert "    Lagt til: felt sektor: valg somatikk, psykisk; tjenesteområdet\n" in as_text(compare(first, year(more)))


def test_moving_and_reprinting_is_no_change(first: Rulebook) -> None:
    head, *blocks = FIRST.split("\n\n")
    moved = "\n\n".join([head, *reversed(blocks)]).replace("1,500", "1,50").replace("over 67 år", "over 804 måneder")
    (chapter,) = compare(first, year(moved, path="07-regler.regel")).items
    assert (chapter.kind, chapter.id) == ("kapittel", "regler")


def test_groups_tried_in_another_order_is_a_change(first: Rulebook) -> None:
    before, rest = FIRST.split("gruppe DRG 1")
    one, rest = rest.split("gruppe DRG 2")
    two, rest = rest.split("\n\n", 1)
    swapped = year(f"{before}gruppe DRG 2{two}\ngruppe DRG 1{one}\n\n{rest}".replace("2020", "2021"))
    (item,) = compare(first, swapped).items
    assert item.id in ("DRG 1", "DRG 2")
    assert (
        "  DRG 1 «Barn» er endret.\n"
        "    Plass i rekkefølgen\n"
        "      2020: først, før DRG 2\n"
        "      2021: sist, etter DRG 2\n"
    ) in as_text(compare(first, swapped))


def test_years_that_are_not_neighbours_gather_the_reasons_between(first: Rulebook, second: Rulebook) -> None:
    third = year(HEAD.format(2022, "bygger på ISF 2021") + "\nårlig sats enhetspris = 47 742 kr per poeng\n", second)
    text = plain(as_text(compare(first, third)))
    assert "fra 45 808 kr per poeng til 47 742 kr per poeng (+4,2 %).\n    Begrunnelse: lønns- og prisvekst\n" in text
    assert "DRG 1 «Barn»: vekt er ikke oppgitt for 2022 (2020: 1,500 poeng)." in text


def test_the_later_year_can_come_first(first: Rulebook, second: Rulebook) -> None:
    text = plain(as_text(compare(second, first)))
    assert text.startswith("Endringer fra ISF 2021 til ISF 2020\n")
    assert "Gjennomsnittsvekten er 0,420 poeng (ikke oppgitt for 2021)." in text
    assert "Utgått gruppe: DRG 3" in text
    assert "Begrunnelse" not in text


def test_a_preliminary_and_a_final_year_are_told_apart(first: Rulebook) -> None:
    preliminary = year(FIRST.replace("status endelig", "status foreløpig").replace("45 808", "45 800"))
    page = plain(as_markdown(compare(preliminary, first)))
    assert page.startswith("# Endringer fra ISF 2020 foreløpig til ISF 2020 endelig\n")
    assert "| Sats | 2020 foreløpig | 2020 endelig | Endring |" in page
    assert "| 45 800 kr per poeng | 45 808 kr per poeng | \\+0,02 % |" in page


def test_the_same_rulebook_has_no_changes(first: Rulebook) -> None:
    assert compare(first, first).items == ()
    assert as_text(compare(first, first)).endswith("Ingen endringer.\n")


def test_a_figure_in_another_unit_but_the_same_is_no_change(first: Rulebook) -> None:
    assert compare(first, year(FIRST.replace("= 7 dager", "= 7 døgn"))).items == ()


def test_tariffs_have_a_table_for_each_column() -> None:
    tariffs = """\
regelverk FASTLEGE {0} «Fastlegetariffen»
    gjelder fra {0}-07-01 til og med {1}-06-30
    status endelig
kilde tariff «Tariffen»
tabell takster av takst
    takst        kode
    honorar      desimaltall kr årlig
    egenandel    desimaltall kr årlig
    ugyldig_med  koder
takst 2ad «Konsultasjon»
    honorar {2} kr
    egenandel {3} kr
    ugyldig_med 1ad, {4}
    kilde tariff
"""
    found = compare(
        year(tariffs.format(2020, 2021, 160, 155, "11–14")), year(tariffs.format(2021, 2022, 168, 155, "2fk"))
    )
    page = plain(as_markdown(found))
    assert page.startswith("# Endringer fra FASTLEGE 2020/21 til FASTLEGE 2021/22\n")
    assert "### Honorar\n\n| Takst | 2020/21 | 2021/22 | Endring |\n" in page
    assert "| 2ad «Konsultasjon» | 160 kr | 168 kr | \\+5,0 % |" in page
    assert "Egenandel" not in page
    assert "    - Ugyldig med lagt til: 2fk\n" in page


def test_json_keeps_exact_figures_and_reads_back(both: Comparison) -> None:
    text = as_json(both)
    price = next(item for item in json.loads(text)["items"] if item["id"] == "enhetspris")
    assert price["because"] == ["lønns- og prisvekst"]
    assert price["details"][0]["old"]["value"] == "45808"
    assert price["details"][0]["percent"] == "2.0"
    assert Comparison.model_validate_json(text) == both


class _Shown(HTMLParser):
    """Gathers the text and the tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.tags = "", list[str]()
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)


EXTENSIONS = ["tables", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "pymdownx.details"]
EXTENSIONS += ["pymdownx.tilde", "pymdownx.caret", "pymdownx.mark", "pymdownx.emoji", "pymdownx.superfences"]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[lenke](javascript:alert) ![bilde](x) <https://x.no> &lt;b&gt;",
        "*fet* __fet__ `kode` ~~borte~~ ^^opp^^ ==merket== :smile: {.klasse} | celle |",
        "1. liste",
        "2) liste",
        "- liste",
        "+ liste",
        "# overskrift",
        '!!! note "merk"',
        '??? note "merk"',
        ": definisjon",
        "    kode",
        "linje\n\n# ny",
        "bakstrek \\ og \\* til slutt \\",
        "DRG 998O > 17 år & «mer», 46 716–46 721",
    ],
)
def test_text_from_a_rulebook_is_shown_as_it_is(text: str) -> None:
    page = _Shown(markdown.markdown(f"- {escape_markdown(text)}", extensions=EXTENSIONS))
    assert page.text.strip() == " ".join(text.split())
    assert set(page.tags) <= {"ul", "li"}


def test_the_page_escapes_with_what_it_is_given(both: Comparison) -> None:
    page = as_markdown(both, escape=lambda text: text.upper())
    assert "| ENHETSPRISEN I SOMATIKK |" in page
    assert "- MØTER ER ENDRET." in page


@pytest.fixture(scope="module")
def made_up() -> dict[int, Rulebook]:
    """Two years of the made-up scheme that uses every construct."""
    return {rulebook.year: rulebook for rulebook in MADE_UP.scheme("oppdiktet")}


@pytest.fixture(scope="module")
def every(made_up: dict[int, Rulebook]) -> str:
    return plain(as_text(compare(made_up[2020], made_up[2021])))


def test_a_rate_that_changed_within_the_old_year_is_known_by_its_last_value(every: str) -> None:
    assert (
        "  Enhetsprisen er endret fra 1 100 kr per poeng til 1 200 kr per poeng (+9,1 %).\n"
        "    Tallet for 2020 gjelder fra og med 1. juli 2020, før det 1 000 kr per poeng\n"
    ) in every


def test_a_rate_that_changes_within_the_new_year_has_a_line_of_its_own(made_up: dict[int, Rulebook]) -> None:
    comparison = compare(made_up[2021].model_copy(update={"year": 2019, "rates": ()}), made_up[2020])
    assert "    Verdi: 1 000 kr per poeng\n    Fra og med 1. juli 2020: 1 100 kr" in plain(as_text(comparison))
    (rate, *others) = made_up[2020].rates
    before = made_up[2020].model_copy(
        update={"year": 2019, "rates": (rate.model_copy(update={"periods": ()}), *others)}
    )
    comparison = compare(before, made_up[2020])
    sentence = "Enhetsprisen er 1 100 kr per poeng fra og med 1. juli 2020 (før det 1 000 kr per poeng, +10,0 %)."
    assert sentence in plain(as_text(comparison))
    assert "### Fra og med 1. juli 2020\n\n| Sats | Før | Etter | Endring |" in plain(as_markdown(comparison))


def test_rows_are_known_by_their_keys(every: str) -> None:
    assert "  Vareliste: vare A1, debitor 40: stykkpris er endret fra 9 kr til 9,50 kr (+5,6 %).\n" in every
    assert "  Ny rad: Vareliste: vare D1, debitor 1\n    Stykkpris: 100 kr\n" in every
    assert "  Utgått rad: Pris per døgn: år 2019\n    Døgnpris: 900 kr per døgn\n    Begrunnelse: ny pris\n" in every


def test_the_rows_of_a_new_table_are_counted(made_up: dict[int, Rulebook]) -> None:
    without = made_up[2020].model_copy(update={"tables": tuple(t for t in made_up[2020].tables if t.id != "priser")})
    text = as_text(compare(without, made_up[2020]))
    assert "Rader i tabeller" not in text
    assert "  Ny tabell: Pris per døgn\n" in text
    assert "    2 rader\n" in text


def test_a_moved_group_has_its_place_before_and_after(every: str, made_up: dict[int, Rulebook]) -> None:
    assert "    Plass i rekkefølgen\n      2020: sist, etter DRG 2\n      2021: først, før DRG 1\n" in every
    page = as_markdown(compare(made_up[2020], made_up[2021]))
    assert "        - 2021&#58; først, før DRG 1\n" in page or "        - 2021: først, før DRG 1\n" in page
    assert "    - Begrunnelse: vinteren går foran" in page
    assert "| Begrunnelse: vekten er kommet |" in page


def test_exceptions_and_their_reasons(every: str) -> None:
    assert (
        "  Barn betaler ikke (unntak fra beløp) er endret.\n"
        "    Når\n      2020: alder er under 16 år\n      2021: alder er under 18 år\n"
        "    Begrunnelse: hevet aldersgrense\n"
    ) in every
    assert "  Utgått unntak: Lange opphold (unntak fra beløp)\n    Når: liggetid er over 100 døgn\n" in every


def test_a_rule_that_ends_within_the_year_says_when(every: str, made_up: dict[int, Rulebook]) -> None:
    assert "    Gjelder\n      2020: fra og med 1. juli 2020\n      2021: til 1. mai 2021\n" in every
    assert "Når: dato" not in every


def test_what_counts_as_no_is_told(every: str) -> None:
    assert "    Tatt ut: det som ikke er oppgitt: teller som nei (liggetid)\n" in every


def test_clarifications_and_code_systems(made_up: dict[int, Rulebook]) -> None:
    new = made_up[2020]
    system = new.code_systems[0]
    fewer = {code: text for code, text in system.codes.items() if code != "BLÅ1"} | {"GUL1": "gult", "RØD1": "rosa"}
    systems = (system.model_copy(update={"codes": fewer}), *new.code_systems[1:])
    old = new.model_copy(update={"clarifications": (), "code_systems": systems})
    text = plain(as_text(compare(old, new)))
    assert "  Ny presisering: 14. mars 2020 om DRG 1 «Kort opphold med lite inngrep»\n" in text
    assert "    Tekst: Ferie teller som liggetid\n" in text
    assert "    Koder tatt ut: GUL1 «gult»\n    Koder lagt til: BLÅ1 «blått»\n    Teksten til RØD1\n" in text


def test_isf_2021_against_2020() -> None:
    isf = {rulebook.year: rulebook for rulebook in LIBRARY.scheme("isf")}
    text = plain(as_text(compare(isf[2020], isf[2021])))
    assert "fra 45 808 kr per poeng til 46 719 kr per poeng (+2,0 %).\n    Tallet for 2021 er utledet: ett av" in text
    assert "Nytt krav: Kommunalt utførte spesialisthelsetjenester krever avtale\n    Når: utført av kommune\n" in text
    assert "En regel som ikke er med i et utdrag, kan likevel gjelde." in text


def test_rows_of_rule_tables_are_told_group_by_group() -> None:
    old, new = MADE_UP.scheme("rader")
    text = as_text(compare(old, new))
    assert (
        "Rader i regeltabeller\n"
        "  DRG 1 «Store inngrep i luftveiene»\n"
        "    rad 100B: slag S01 eller S03 → S01; returkode 0 → 3\n"
        "    Begrunnelse: flere inngrep gjøres uten innleggelse\n"
        "  DRG 2 «Andre inngrep»\n"
        "    rad 090A: gruppe DRG 1 → DRG 2\n"
    ) in text
    assert "    ny rad 400B: kategori K12M eller K12K; operasjon liten\n" in text
    assert (
        "  DRG 3 «Etter kjønnet»\n"
        "    utgått rad 300A: kategori K12M eller K12K; kjennetegn ikke X09\n"
        "    Begrunnelse: flere inngrep gjøres uten innleggelse\n"
    ) in text
    assert "- DRG 470 «Feil i registreringen»\n    - rad 000A: returkode 1 → 9\n" in as_markdown(compare(old, new))


RULES = (
    HEAD.format(2020, "publisert 2019-12-17")
    + """
opplysninger Kontakt
    alder  heltall år
    kjønn  valg mann, kvinne kan mangle

gruppering drg for hver Kontakt
    gir regel
    kolonne alder = alder
    kolonne kjønn = kjønn
    ellers DRG 2

gruppe DRG 1 «Barn»
gruppe DRG 2 «Voksne»

regeltabell blandet
    | regel | gruppe | alder              | kjønn |
    | a     | DRG 1  | under 18           |       |
    | b     | DRG 2  | 18–40              | mann  |
    | c     | DRG 2  | over 1 000 eller 7 |       |
    | d     | DRG 2  |                    | mann  |
"""
)


def rows_told(old: str, new: str) -> list[str]:
    """What is told of the rows of the rule tables, and of the grouping, when a text is put in place of another."""
    changed = RULES.replace(old, new).replace("2020", "2021")
    assert changed != RULES.replace("2020", "2021")
    return [line.strip() for line in as_text(compare(year(RULES), year(changed))).split("\n")[2:-1]]


def test_a_cell_that_says_the_same_is_no_change() -> None:
    assert rows_told("over 1 000 eller 7", "7 eller over 1000") == []


def test_rows_that_change_places_are_told_where_the_order_is_that_of_the_text() -> None:
    row = "    | c     | DRG 2  | over 1 000 eller 7 |       |\n"
    moved = RULES.replace(row, "").replace("    | a     |", f"{row}    | a     |")
    assert rows_told(RULES, moved) == [
        "Rader i regeltabeller",
        "DRG 2 «Voksne»",
        "rad c: plass i rekkefølgen etter b, før d → først, før a",
    ]
    ordered = "    gir regel\n    ordnet etter regel\n"
    assert "plass" not in str(compare(year(RULES.replace("    gir regel\n", ordered)), year(moved)))


def test_a_row_with_another_id_is_the_same_row() -> None:
    assert rows_told("    | b     |", "    | bb    |") == [
        *("Rader i regeltabeller", "DRG 2 «Voksne»", "rad b heter nå bb"),
    ]


def test_a_grouping_that_changes_is_told() -> None:
    assert rows_told("    ellers DRG 2\n", "") == ["Grupperinger", "Drg er endret.", "Tatt ut: ellers: DRG 2"]
    assert rows_told("    kolonne kjønn = kjønn\n", "    kolonne kjønn = kjønn\n    kolonne år = alder\n") == [
        *("Grupperinger", "Drg er endret.", "Lagt til: kolonne år: alder"),
    ]
    gone = rows_told("    gir regel\n", "    gir regel\n    ordnet etter regel\n")
    assert gone == ["Grupperinger", "Drg er endret.", "Lagt til: ordnet etter: regel"]


def test_a_new_rule_table_is_counted_and_its_rows_are_told() -> None:
    more = "\nregeltabell flere «Flere rader»\n    | regel | gruppe | alder |\n    | e     | DRG 1  | 3     |\n"
    assert rows_told("    | d     | DRG 2  |                    | mann  |\n", more) == [
        *("Rader i regeltabeller", "DRG 1 «Barn»", "ny rad e: alder 3"),
        *("DRG 2 «Voksne»", "utgått rad d: kjønn mann", ""),
        *("Regeltabeller", "Ny regeltabell: Flere rader", "1 rad"),
    ]


def test_many_rows_of_a_table_are_counted_and_told_together() -> None:
    text = HEAD.format(2020, "publisert 2019-12-17") + "\ntabell koder_her av kode\n    kode kode\n    slag koder\n"
    text += "    hdg kode kan mangle\n    | kode | slag | hdg |\n"
    old = text + "".join(f"    | A{n} | S1 | 05 |\n" for n in range(30))
    new = text + "".join(f"    | A{n} | S2 S3 | {'05' if n > 1 else ''} |\n" for n in range(28))
    new = new.replace("2020", "2021") + "    | B1 | S4 | |\n"
    assert (
        "Rader i tabeller\n"
        "  Koder her: 28 rader er endret, 1 er ny, 2 er utgåtte\n"
        "    A0, A1: slag + S2, S3 − S1; hdg 05 → tom\n"
        f"    {', '.join(f'A{n}' for n in range(2, 28))}: slag + S2, S3 − S1\n"
        "    ny B1: slag S4\n"
        "    utgåtte A28, A29\n"
    ) in as_text(compare(year(old), year(new)))
