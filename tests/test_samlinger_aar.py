"""A rule year that builds on one with collections: what it replaces and ends, and what a comparison says of it."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from compiler.bulk.columns import record_for
from compiler.compare import compare
from compiler.compare_text import as_text
from compiler.consolidate import as_markdown, says_the_same
from compiler.examples import answers, failing_examples
from compiler.gather import gather
from compiler.model import Rulebook
from compiler.packages import write
from compiler.pages import pages
from compiler.pipeline import Library, load
from compiler.python import generate
from tests.test_samlinger import said

HEAD = """\
regelverk STG {0} «Samlinger»
    {1}gjelder fra {0}-01-01 til og med {0}-12-31
    status utkast

"""
FIRST = (
    HEAD.format(2023, "")
    + """
kilde k «Kilden»

opplysninger Kontakt
    pasient  tekst
    dato     dato
    sektor   valg somatikk, phv
    timer    desimaltall timer kan mangle

kodesett brukt
    A1, A2
    kilde k

tabell grupper av gruppe
    vekt  desimaltall poeng

samling Pasientmåned «Kontaktene til én pasient i én måned»
    kontakter liste av Kontakt hver en kontakt
    per pasient og måned av dato
    der sektor er somatikk
    resten utelates
    kilde k

samling Pasientår
    kontakter liste av Kontakt
    per pasient og år av dato

beregning i_året for hvert Pasientår
    = antall kontakter
    kilde k

gruppering særtjenester for hver Pasientmåned hver en særtjeneste
    velger alle

gruppe STG S1 «Mange»
    vekt 0,1
    bruker kontakter der timer finnes
    når minst 2 av kontakter
    kilde k

gruppe STG S2 «Én»
    vekt 0,2
    når minst én av kontakter
    kilde k

beregning poeng for hver Pasientmåned
    = sum av vekt av særtjeneste for hver særtjeneste
    kilde k

krav noen for hver Pasientmåned
    når måned er «2023-01»
    krever at minst én av kontakter
    ellers inngår ikke «ingen kontakter»
    kilde k
"""
)

Years = Callable[[str], Library]


@pytest.fixture
def years(tmp_path: Path) -> Years:
    """The first year, and one that builds on it and says what it is given."""

    def made(second: str) -> Library:
        for year, text in ((2023, FIRST), (2024, HEAD.format(2024, "bygger på STG 2023\n    ") + second)):
            folder = tmp_path / "stg" / str(year)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "01-samlinger.regel").write_text(text, encoding="utf-8")
        return load(tmp_path, tmp_path)

    return made


def both(library: Library) -> tuple[Rulebook, Rulebook]:
    """The two years, which have no faults."""
    assert [fault.message for fault in library.diagnostics()] == []
    first, second = library.rulebooks()
    assert [fault.message for rulebook in (first, second) for fault in failing_examples(rulebook)] == []
    return first, second


def faults(library: Library) -> list[tuple[str, str]]:
    return [(fault.code, fault.message) for fault in library.diagnostics()]


def told(library: Library) -> str:
    return as_text(compare(*both(library))).replace("\u00a0", " ")


REPLACED = """
erstatter samling Pasientmåned «Kontaktene til én pasient i én måned»
    kontakter liste av Kontakt hver en kontakt
    per pasient og måned av dato
    resten hver for seg
    der timer er minst 1 time
    fordi «også psykisk helsevern»
    kilde k
"""


def test_what_is_inherited_gathers_as_before(years: Years) -> None:
    first, second = both(years(""))
    rows = [
        {"pasient": "p1", "dato": f"2024-02-0{n}", "sektor": "somatikk", "timer": hours}
        for n, hours in enumerate([1, 2, None], 1)
    ]
    found = gather(second, rows)
    (month,) = found.samlinger["Pasientmåned"]
    assert [(chosen.gruppe, chosen.brukt) for chosen in month.svar.valgte] == [("STG S1", (0, 1)), ("STG S2", (2,))]
    assert second.record("Kontakt").outer is None
    assert as_text(compare(first, second)).endswith("Ingen endringer.\n")


def test_a_collection_is_replaced(years: Years) -> None:
    library = years(REPLACED)
    _, second = both(library)
    record = second.record("Pasientmåned")
    assert record.gathering is not None
    assert record.gathering.rest == "hver for seg"
    assert [r.id for r in second.records] == ["Kontakt", "Pasientmåned", "Pasientår"]
    assert (record.since, {field.since for field in record.fields}) == (2023, {2023})
    text = told(library)
    assert "Samlinger\n  Kontaktene til én pasient i én måned er endret." in text
    for words in (
        "Kontakter tas med når\n      2023: sektor er somatikk\n      2024: timer er minst 1 time",
        "Resten\n      2023: utelates\n      2024: hver for seg",
        "Begrunnelse: også psykisk helsevern",
    ):
        assert words in text


def test_a_replacement_must_change_something(years: Years) -> None:
    same = FIRST.split("samling Pasientmåned", 1)[1].split("\n\n", 1)[0]
    assert faults(years(f"erstatter samling Pasientmåned{same}\n")) == [
        ("R403", "«erstatter samling Pasientmåned» endrer ingenting")
    ]


def test_a_field_that_rules_ask_for_must_stay(years: Years) -> None:
    ((code, message),) = faults(years(REPLACED.replace("måned av dato", "år av dato")))
    assert (code, message.split(":")[0]) == ("R404", "«måned» er ikke som før i «Pasientmåned», og er fortsatt i bruk")
    assert "noen" in message


def test_a_collection_in_use_cannot_be_ended(years: Years) -> None:
    ((code, message),) = faults(years("opphever samling Pasientmåned\n"))
    assert code == "R404"
    for name in ("poeng", "noen", "særtjenester"):
        assert f"{name} (" in message
    ((code, message),) = faults(years("opphever gruppering særtjenester\n"))
    assert code == "R404"
    for name in ("poeng", "STG S1", "STG S2"):
        assert f"{name} (" in message


def test_what_is_not_a_collection_cannot_be_ended_as_one(years: Years) -> None:
    (unknown,) = faults(years("opphever samling Kontakt\n"))
    assert unknown == ("R206", "«Kontakt» finnes ikke som samling i 2023 og kan ikke oppheves")
    (unknown,) = faults(years("erstatter samling Kontakt\n    kontakter liste av Kontakt\n"))
    assert unknown == ("R206", "«Kontakt» finnes ikke som samling i 2023 og kan ikke erstattes")
    (amended,) = faults(years("endrer samling Pasientår\n    fordi «annet»\n"))
    assert amended == ("R216", "en samling kan ikke endres med «endrer»")


def test_a_collection_is_ended_with_all_that_is_about_it(years: Years) -> None:
    ended = "opphever beregning i_året\nopphever samling Pasientår\n    fordi «måneden holder»\n"
    library = years(ended)
    _, second = both(library)
    assert [r.id for r in second.records] == ["Kontakt", "Pasientmåned"]
    assert "Utgått samling: Pasientår" in told(library)
    assert "måneden holder" in told(library)
    page = pages(second, answers(second), compare(*both(library)))["01-samlinger.md"]
    assert "Samling: Pasientår, fordi «måneden holder»" in page


def test_a_grouping_is_replaced_and_its_groups_stay(years: Years) -> None:
    first_of = "erstatter gruppering særtjenester for hver Pasientmåned\n    velger første\n"
    ((code, message),) = faults(years(first_of))
    assert (code, message.split(":")[0]) == (
        "R404",
        "«særtjenester» gir ikke det samme som før, og er fortsatt i bruk",
    )
    weight = "erstatter beregning poeng for hver Pasientmåned\n    = vekt av særtjenester\n    kilde k\n"
    library = years(first_of + weight)
    _, second = both(library)
    (grouping,) = second.groupings
    assert [group.id for group in second.groups_of(grouping)] == ["STG S1", "STG S2"]
    assert "Særtjenester er endret.\n    Velger\n      2023: alle\n      2024: første" in told(library)
    assert "Tatt ut: hver av gruppene: særtjeneste" in told(library)


def test_what_a_group_uses_is_compared(years: Years) -> None:
    library = years(
        """
erstatter gruppe STG S1 «Mange»
    vekt 0,1
    bruker kontakter der timer er minst 1 time og sektor er somatikk
    når minst 2 av kontakter
    kilde k
"""
    )
    _, second = both(library)
    assert [group.id for group in second.groups] == ["STG S1", "STG S2"]
    text = told(library)
    assert "Bruker\n      2023: kontakter der timer finnes\n      2024" in text
    assert "sektor er somatikk" in text


TWO_GROUPINGS = """
gruppering årsgruppe for hvert Pasientår
    velger første

gruppe STG Å1 «Et år»
    vekt 1
    når minst én av kontakter
    kilde k

gruppe STG S0 «Først»
    vekt 2
    når minst 5 av kontakter
    kilde k

flytter gruppe STG S0 før gruppe STG S1
"""


def test_a_new_group_joins_the_grouping_that_it_is_moved_into(years: Years) -> None:
    library = years(TWO_GROUPINGS)
    _, second = both(library)
    of = {grouping.id: [group.id for group in second.groups_of(grouping)] for grouping in second.groupings}
    assert of == {"særtjenester": ["STG S0", "STG S1", "STG S2"], "årsgruppe": ["STG Å1"]}
    text = as_markdown(second)
    assert says_the_same(second, text)


def test_a_group_does_not_leave_its_grouping(years: Years) -> None:
    moved = TWO_GROUPINGS + "\nflytter gruppe STG S2 etter gruppe STG Å1\n"
    assert faults(years(moved)) == [("R216", "«STG S2» og «STG Å1» er ikke i samme gruppering")]


def test_the_consolidated_text_says_the_same(years: Years) -> None:
    for second in ("", REPLACED, "opphever beregning i_året\nopphever samling Pasientår\n"):
        for rulebook in both(years(second)):
            assert says_the_same(rulebook, as_markdown(rulebook))


# ---- other places that choose among records


def test_a_file_of_contacts_is_never_read_as_collections(years: Years) -> None:
    first, _ = both(years(""))
    for columns, record in (
        (("pasient", "maaned"), "Kontakt"),
        (("pasient", "aar", "dato"), "Kontakt"),
        (("pasient", "særtjenester", "måned"), "Kontakt"),
        (("pasient", "måned", "kontakter"), "Pasientmåned"),
    ):
        assert record_for(first, columns).id == record


def test_an_example_may_expect_only_where_the_contacts_went(years: Years) -> None:
    example = """
eksempel «Hvor de ble av»
    gitt
        kontakter
            | pasient | dato       | sektor   | timer |
            | p1      | 2024-01-02 | somatikk | 1     |
            | p1      | 2024-01-03 | phv      |       |
    så
        kontakter
            | dato       | Pasientmåned | særtjenester |
            | 2024-01-02 | 1            | STG S2       |
            | 2024-01-03 |              |              |
"""
    _, second = both(years(example))
    page = pages(second, answers(second))["01-samlinger.md"]
    assert "| Hvor den ble av |" in page
    assert "Pasientmåned: ingen" in page.replace("&#58;", ":")


def test_a_code_of_a_collection_must_be_in_the_code_system(tmp_path: Path) -> None:
    text = FIRST.replace("    sektor   valg", "    art      kode fra arter\n    sektor   valg", 1)
    text = text.replace("der sektor er somatikk", "der art er A9")
    text = text.replace("kilde k «Kilden»", "kilde k «Kilden»\n\nkodeverk arter fra «arter.csv»")
    (tmp_path / "2023").mkdir()
    (tmp_path / "2023" / "01-samlinger.regel").write_text(text, encoding="utf-8")
    (tmp_path / "2023" / "arter.csv").write_text("kode;tekst\nA1;En\n", encoding="utf-8")
    found = [(fault.code, fault.message) for fault in load(tmp_path, tmp_path).diagnostics()]
    assert found == [("R310", "koden «A9» finnes ikke i arter")]


def test_the_package_of_a_later_year_gathers_as_the_reference(
    years: Years, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = both(years(REPLACED))
    write(generate([first, second]), tmp_path / "python")
    monkeypatch.syspath_prepend(tmp_path / "python")
    module = import_module("regelverk_stg").aar(2024)
    rows = [{"pasient": "p1", "dato": "2024-02-01", "sektor": "phv", "timer": hours} for hours in (1, 2, 0, None)]
    assert said(module.samle(rows)) == said(gather(second, rows))


def test_a_collection_and_a_grouping_can_be_clarified(years: Years) -> None:
    clarified = """
presisering 2024-03-01 «Måneden er den kontakten begynner i» gjelder samling Pasientmåned
presisering 2024-03-02 «Alle teller» gjelder gruppering særtjenester
"""
    _, second = both(years(clarified))
    assert says_the_same(second, as_markdown(second))
    page = pages(second, answers(second))["01-samlinger.md"]
    assert page.count("Måneden er den kontakten begynner i") == 2
    assert "Om samling [Kontaktene til én pasient i én måned]" in page
    (wrong,) = faults(years("presisering 2024-03-01 «Nei» gjelder samling Kontakt\n"))
    assert wrong == ("R201", "ukjent samling «Kontakt»")


def test_groups_of_what_comes_in_are_as_before_when_collections_come(years: Years) -> None:
    before, month = FIRST.split("samling Pasientmåned", 1)
    drg = "gruppering drg for hver Kontakt\n\ngruppe DRG 1\n    vekt 1\n    når sektor er phv\n    kilde k\n"
    collection = "samling Pasientmåned" + month.split("samling Pasientår", 1)[0]
    library = years(f"{collection}gruppering tjenester for hver Pasientmåned\n    velger første\n")
    (library.root / "stg" / "2023" / "01-samlinger.regel").write_text(before + drg, encoding="utf-8")
    text = told(load(library.root, library.root))
    assert "Ny samling: Kontaktene til én pasient i én måned" in text
    assert "DRG 1" not in text
