"""From syntax trees to a complete rule year: names, units and inheritance."""

from decimal import Decimal
from pathlib import Path

import pytest

from compiler import model
from compiler.pipeline import Library, load
from tests.library import LIBRARY, ROOT

HEADER = "regelverk ISF 2020 «Prøve»\n    gjelder fra 2020-01-01\n    status utkast\n\nkilde k «Kilden»\n"
LATER = "regelverk ISF 2021 «Prøve»\n    bygger på ISF 2020\n    gjelder fra 2021-01-01\n    status utkast\n\n"
BASE = (
    HEADER
    + """
opplysninger Kontakt
    sektor      valg somatikk, 40, tsb
    alder       heltall år kan mangle
    inn         dato kan mangle
    prosedyrer  koder fra NCSP kan mangle hver en prosedyre
    linjer      liste av Linje kan mangle hver en linje

opplysninger Linje
    takst  kode
    beløp  desimaltall kr

gruppering drg for hver Kontakt

tabell grupper av gruppe
    vekt  desimaltall poeng årlig
    navn  tekst kan mangle

gruppe DRG 442 «Operasjoner»
    vekt 5,719
    navn «op»
    kilde k

kodesett dagkirurgi
    JAB10, JAH01, E00–E07, E10*
    kilde k

sats timer = 7 timer
    kilde k
årlig sats pris = 45 808 kr per poeng
    kilde k

begrep ung
    alder er under 18 år

beregning poeng
    = vekt av drg

eksempel «Ett opphold»
    gitt
        drg = DRG 442
        sektor = somatikk
    så
        poeng = 5,719 poeng
"""
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def years(folder: Path, base: str, later: str | None = None) -> Library:
    """One rule year, and perhaps one that builds on it."""
    for year, text in ((2020, base), (2021, LATER + later if later is not None else None)):
        if text is not None:
            (folder / str(year)).mkdir()
            (folder / str(year) / "01-regler.regel").write_text(text, encoding="utf-8")
    return load(folder, folder)


def year(folder: Path, extra: str) -> model.Rulebook:
    """The first year, with some more rules."""
    library = years(folder, BASE + extra)
    assert [fault.message for fault in library.diagnostics() if fault.severity == "feil"] == []
    (rulebook,) = library.rulebooks()
    return rulebook


def next_year(folder: Path, text: str) -> model.Rulebook:
    """The second year."""
    library = years(folder, BASE, text)
    assert [fault.message for fault in library.diagnostics() if fault.severity == "feil"] == []
    return library.rulebooks()[1]


def faults(folder: Path, extra: str, later: str | None = None) -> list[tuple[str, str]]:
    """Code and message of each error."""
    found = years(folder, BASE + ("" if later is not None else extra), later).diagnostics()
    return [(fault.code, fault.message) for fault in found if fault.severity == "feil"]


def rate(rulebook: model.Rulebook, id_: str) -> model.Rate:
    return next(rate for rate in rulebook.rates if rate.id == id_)


# ---- expressions


def test_a_chain_of_eller_repeats_subject_and_predicate(folder: Path) -> None:
    rulebook = year(folder, "\nbegrep x\n    sektor er somatikk eller 40 eller tsb\n")
    condition = next(term for term in rulebook.terms if term.id == "x").condition
    assert isinstance(condition, model.Any)
    assert [part.right.value for part in condition.parts] == ["somatikk", "40", "tsb"]  # type: ignore[union-attr]


def test_a_number_is_a_choice_where_a_choice_is_wanted(folder: Path) -> None:
    rulebook = year(folder, "\nbegrep x\n    sektor er 40\n")
    condition = next(term for term in rulebook.terms if term.id == "x").condition
    assert isinstance(condition, model.Compare)
    assert isinstance(condition.right, model.StringValue)


def test_a_name_is_of_the_innermost_record_and_av_reaches_the_others(folder: Path) -> None:
    text = """
krav ulike for hver linje
    krever at ingen av tidligere linjer der takst av tidligere linje er takst av linje
    kilde k
"""
    (requirement,) = year(folder, text).requirements
    assert isinstance(requirement.requires, model.Quantified)
    assert requirement.requires.condition == model.Compare(
        operator="==",
        left=model.Get(variable="tidligere_linje", field="takst"),
        right=model.Get(variable="linje", field="takst"),
    )


def test_numbers_are_in_base_units(folder: Path) -> None:
    rulebook = year(folder, "\nsats andel = 50 %\n    kilde k\nsats øre = 150 øre\n    kilde k\n")
    assert rate(rulebook, "timer").value == Decimal(420)
    assert rate(rulebook, "andel").value == Decimal("0.5")
    assert rate(rulebook, "øre").value == Decimal("1.5")


def test_a_cell_without_unit_has_the_unit_of_its_column(folder: Path) -> None:
    row = year(folder, "").table("grupper").row("DRG 442")
    assert row is not None
    assert row.values == {"vekt": Decimal("5.719"), "navn": "op"}


def test_definitions_stand_in_any_order(folder: Path) -> None:
    terms = "\nbegrep b\n    c og ung\n\nbegrep c\n    ikke ung\n"
    sets = "\nkodesett d\n    e, JAB99\n    kilde k\n\nkodesett e\n    A01\n    kilde k\n"
    rulebook = year(folder, terms + sets)
    assert {"b", "c"} <= {term.id for term in rulebook.terms}


def test_codes_are_compared_without_their_point(folder: Path) -> None:
    rulebook = year(folder, "\nkodesett hjerne\n    S06.0, S06.01\n    kilde k\n")
    named = next(named for named in rulebook.sets if named.id == "hjerne")
    assert named.codes.codes == ("S060", "S0601")


def test_numbered_codes_keep_their_zeros(folder: Path) -> None:
    rulebook = year(folder, "\nkodesett takster\n    008–011, 21\n    kilde k\n")
    named = next(named for named in rulebook.sets if named.id == "takster")
    assert named.codes.codes == ("008", "009", "010", "011", "21")


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ("\nbegrep x\n    alder er under 18\n", "R301"),
        ("\nbegrep x\n    alder er minst 3 døgn\n", "R301"),
        ("\nbegrep x\n    inn er over 3 døgn\n", "R302"),
        ("\nberegning x\n    = vekt av drg + pris\n", "R301"),
        ("\nberegning x\n    = vekt av drg × pris\n    avrundet til hele poeng\n", "R301"),
        ("\nberegning x\n    = 3 ÷ sektor\n", "R302"),
        ("\nbegrep x\n    prosedyrer er JAB10\n", "R305"),
        ("\nbegrep x\n    minst én av linjer er 2ad\n", "R305"),
    ],
)
def test_units_and_kinds_must_fit(folder: Path, extra: str, code: str) -> None:
    assert [found for found, _ in faults(folder, extra)] == [code]


def test_what_is_unknown_fits_everywhere(folder: Path) -> None:
    lines = "    = poeng × andel når ung\n    ellers 3 kr\n    avrundet til hele kroner\n"
    text = f"\nsats andel = ukjent\n    kilde k\n\nberegning a\n{lines}"
    assert year(folder, text).terms


# ---- names that collide


@pytest.mark.parametrize(
    "extra",
    [
        "\nopplysninger Annet\n    møte  ja/nei\n    mote  ja/nei\n",
        "\nbegrep møte\n    ung\n\nbegrep mote\n    ung\n",
        "\nberegning søk\n    = 1 kr\n\nberegning sok\n    = 2 kr\n",
    ],
)
def test_names_that_become_the_same_are_reported(folder: Path, extra: str) -> None:
    assert "R217" in [code for code, _ in faults(folder, extra)]


def test_names_of_python_get_an_underscore(folder: Path) -> None:
    rulebook = year(
        folder, "\nopplysninger Annet\n    import  ja/nei\n    class   ja/nei\n\ngruppe __class__\n    kilde k\n"
    )
    assert [field.identifier for field in rulebook.record("Annet").fields] == ["import_", "class_"]


# ---- inheritance


def test_yearly_rates_are_unknown_until_stated(folder: Path) -> None:
    rulebook = next_year(folder, "")
    assert rate(rulebook, "timer").value == Decimal(420)
    assert rate(rulebook, "pris").value is None
    assert rate(rulebook, "pris").reason == "pris er ikke oppgitt for 2021"
    assert rate(rulebook, "pris").unit is not None


def test_a_yearly_rate_is_stated_anew_without_endrer(folder: Path) -> None:
    found = rate(next_year(folder, "årlig sats pris = 46 719 kr per poeng\n    kilde k\n"), "pris")
    assert (found.value, found.since, found.last_changed) == (Decimal(46719), 2020, 2021)


def test_yearly_columns_are_not_inherited(folder: Path) -> None:
    row = next_year(folder, "").table("grupper").row("DRG 442")
    assert row is not None
    assert row.values == {"navn": "op"}


def test_examples_are_not_inherited(folder: Path) -> None:
    assert next_year(folder, "").examples == ()


def test_an_amendment_is_held_against_the_year_before(folder: Path) -> None:
    row = (
        next_year(folder, "endrer gruppe DRG 442\n    vekt fra 5,719 til 5,621\n    kilde k\n").table("grupper").rows[0]
    )
    assert row.values["vekt"] == Decimal("5.621")
    assert [change.year for change in row.changes] == [2020, 2021]


def test_a_wrong_old_value_is_reported_with_the_right_one(folder: Path) -> None:
    found = faults(folder, "", "endrer gruppe DRG 442\n    vekt fra 5,179 til 5,621\n    kilde k\n")
    assert found == [("R402", "den gamle verdien er 5,719, ikke 5,179")]


def test_a_set_in_a_row_is_amended_from_and_to_ukjent(folder: Path) -> None:
    tariffs = (
        "\ntabell takster av takst\n    passer_med  koder\n    utelukker   koder\n\n"
        "takst 1ad «Enkel»\n    utelukker 2ad, 11–13\n    kilde k\n"
    )
    amended = (
        "endrer takst 1ad\n    passer_med fra ukjent til 2ad\n    utelukker fra 2ad, 11–13 til ukjent\n    kilde k\n"
    )
    library = years(folder, BASE + tariffs, amended)
    assert [fault.code for fault in library.diagnostics()] == ["R419"]
    (row,) = library.rulebooks()[1].table("takster").rows
    assert row.values == {"passer_med": model.CodeSet(codes=("2ad",))}


def test_an_unknown_rate_is_amended_from_ukjent(folder: Path) -> None:
    base = BASE + "\nsats andel = ukjent\n    kilde k\n"
    library = years(folder, base, "endrer sats andel\n    fra ukjent til 50 %\n    kilde k\n")
    assert rate(library.rulebooks()[1], "andel").value == Decimal("0.5")


def test_code_sets_are_added_to_and_taken_from(folder: Path) -> None:
    text = "endrer kodesett dagkirurgi\n    fjerner JAB10, E10*\n    legger til JBC20\n    fordi «ny kode»\n"
    (named,) = next_year(folder, text).sets
    assert named.codes.codes == ("JAH01", "JBC20")
    assert named.codes.prefixes == ()
    assert named.changes[-1].because == "ny kode"


def test_chapters_carry_the_rules_that_the_year_does_not_place(folder: Path) -> None:
    rulebook = next_year(folder, "begrep gammel\n    alder er minst 67 år\n")
    (chapter,) = rulebook.chapters
    placed = [part.id for part in chapter.parts if isinstance(part, model.RuleAt)]
    carried = [part.id for part in chapter.carried if isinstance(part, model.RuleAt)]
    assert placed == ["gammel"]
    assert {"ung", "poeng", "dagkirurgi", "DRG 442"} <= set(carried)
    assert "ett-opphold" not in carried


def test_what_is_ended_is_gone(folder: Path) -> None:
    rulebook = next_year(folder, "opphever begrep ung\n    fordi «ikke lenger i bruk»\n")
    assert "ung" not in {term.id for term in rulebook.terms}
    assert [(ended.type, ended.id) for ended in rulebook.repealed] == [("begrep", "ung")]


def test_what_is_said_about_an_ended_rule_ends_with_it(folder: Path) -> None:
    said = "presisering 2020-03-01 «Alderen er den ved innleggelsen.» gjelder begrep ung\n    kilde k\n"
    first, second = years(folder, f"{BASE}\n{said}", "opphever begrep ung\n    fordi «ikke i bruk»\n").rulebooks()
    assert [one.about for one in first.clarifications] == ["ung"]
    assert second.clarifications == ()


def test_fields_are_added_to_records(folder: Path) -> None:
    record = next_year(
        folder, "endrer opplysninger Kontakt\n    legger til\n        kjønn  valg kvinne, mann\n"
    ).record("Kontakt")
    assert record.fields[-1].name == "kjønn"
    assert record.fields[-1].since == 2021


def test_a_year_is_not_resolved_on_a_base_that_is_missing(folder: Path) -> None:
    (folder / "2021").mkdir()
    (folder / "2021" / "01.regel").write_text(LATER + "begrep x\n    alder er under 18 år\n", encoding="utf-8")
    assert [fault.code for fault in load(folder, folder).diagnostics()] == ["R208"]


def test_loading_twice_gives_the_same_bytes() -> None:
    again = load(ROOT / "rulebooks", ROOT)
    assert [r.model_dump_json() for r in again.rulebooks()] == [r.model_dump_json() for r in LIBRARY.rulebooks()]
