"""The definition tables of NordDRG to a rulebook: made-up tables, and in the last tests the real ones."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from compiler import model
from compiler.evaluate import evaluate
from compiler.lists import UnreadableList
from compiler.norddrg import files_of
from compiler.norddrg.amend import changes
from compiler.norddrg.cells import of_rule
from compiler.norddrg.content import TABLES, Content, Group, Rule, names_in, of_rulebook
from compiler.norddrg.convert import of_tables
from compiler.norddrg.names import Names
from compiler.norddrg.names import read as read_names
from compiler.norddrg.read import read
from compiler.norddrg.report import Damaged, Report, numbers_shown
from compiler.norddrg.tables import CONDITIONS, Logic, definitions
from compiler.norddrg.write import Edition
from tests import norddrg_laget as laget
from tests.norddrg_aar import NAMES, REAL_2015, REAL_2016, Imported, real_names, year_in
from tests.test_cli import Run, run

__all__ = ["run"]

FIRST = Edition("DRG", 2030, "tabeller_2030.json", "navn_2030")
SECOND = Edition("DRG", 2031, "tabeller_2031.json", "navn_2030")
Change = Callable[[laget.Tables], object]


def content_of(tables: laget.Tables, names: Names = NAMES, report: Report | None = None) -> Content:
    """What some tables say."""
    found = report or Report()
    return of_tables(definitions(read("tabeller.json", laget.as_json(tables)), found), names, found)


def files(tables: laget.Tables, names: Names | None = NAMES) -> dict[str, str]:
    """The files that are written for the first year."""
    return files_of("tabeller.json", laget.as_json(tables), names, None, FIRST, Report())


def rows(text: str) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def row(text: str, key: str) -> dict[str, str]:
    """The row of a CSV file whose first cell is the key."""
    return next(found for found in rows(text) if next(iter(found.values())) == key)


@pytest.fixture(scope="module")
def first() -> dict[str, str]:
    """The files of the first year."""
    return files(laget.first_year())


@pytest.fixture(scope="module")
def rulebook(first: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> model.Rulebook:
    """The rulebook of the first year."""
    return year_in(tmp_path_factory.mktemp("norddrg"), first, 2030)


# ---- reading


@pytest.mark.parametrize(("name", "write"), [("t.zip", laget.as_zip), ("T.XLSX", laget.as_xlsx)])
def test_zip_and_excel_read_as_json(name: str, write: Callable[[laget.Tables], bytes]) -> None:
    tables = laget.first_year()
    plain, other = read("t.json", laget.as_json(tables)), read(name, write(tables))
    assert {table: [one.cells for one in found] for table, found in other.items()} == {
        table: [one.cells for one in found] for table, found in plain.items()
    }


def test_a_trailing_comma_inside_a_text_is_part_of_it() -> None:
    assert read("t.json", b'{"dg": [{"code": "a,]\\",}", "n": 1.50, "x": null,},],}')["dg"][0].cells == {
        "code": 'a,]",}',
        "n": "1.50",
        "x": "",
    }


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("t.csv", b"", "filnavnet må slutte på .json, .zip eller .xlsx"),
        ("t.zip", b"PK", "«t.zip» kan ikke pakkes ut"),
        ("t.xlsx", b"PK", "«t.xlsx» kan ikke leses som Excel"),
        ("t.json", b'{"dg": [\n}', "«t.json» er ikke JSON: linje 2"),
        ("t.json", b"\xff", "«t.json» er ikke UTF-8"),
        ("t.json", b"[]", "er ikke et sett av tabeller"),
        ("t.json", b"[" * 100_000, "er ikke et sett av tabeller"),
        ("t.json", b'{"dg": 1}', "«dg» er ikke en liste av rader"),
        ("t.json", b'{"dg": [{"a": ""}, 1]}', "dg, rad 2: dette er ikke en rad med kolonner"),
        ("t.json", b'{"dg": [{"a": "", "A ": ""}]}', "dg, rad 1: en kolonne står to ganger"),
        ("t.json", b'{"dg": [{"a": [1]}]}', "dg, rad 1: «a» er verken tekst eller tall"),
        ("t.json", b'{"dg": [], "DG": []}', "tabellen «dg» står to ganger i «t.json»"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(name: str, data: bytes, message: str) -> None:
    with pytest.raises(UnreadableList) as found:
        read(name, data)
    assert message in str(found.value)


def test_a_sheet_with_a_cell_outside_its_columns_is_a_fault() -> None:
    tables = laget.first_year()
    tables["complcat"][1][""] = "noe"
    tables["complcat"][0][""] = ""
    with pytest.raises(UnreadableList, match="complcat, rad 3: en celle står i en kolonne uten navn"):
        read("t.xlsx", laget.as_xlsx(tables))


# ---- rules


def test_a_chapter_has_a_section_for_each_group_by_its_first_rule(first: dict[str, str]) -> None:
    chapter = first["hdg-05.md"]
    assert chapter.startswith(
        """\
# HDG 05 Oppdiktede organer

Reglene i alle kapitlene prøves samlet, ordnet etter `regel`, og den første som holder, gir DRG-en. En tom celle krever
ingenting.

## DRG 501O Oppdiktet dagkirurgi

```regel
gruppe DRG 501O «Oppdiktet dagkirurgi»
    kilde definisjonsdata_2030

regeltabell DRG 501O
    | regel      | hdg | operasjon | procprop                  | utskrivning | liggetid | returkode |
    | 105D010000 | 05  | stor      | 05S01 «Oppdiktet inngrep» | ikke død    | under 2  | 0         |
```

## DRG 905O

"""
    )
    headings = [line for line in chapter.splitlines() if line.startswith("## ")]
    groups = ["501O", "905O", "501A", "501B", "501C", "505", "502", "503", "504"]
    assert [heading.split()[2] for heading in headings] == groups
    assert sorted(name for name in first if name.startswith("hdg-")) == [
        f"hdg-{mdc}.md" for mdc in ("05", "12", "13", "15", "99")
    ]


def test_several_properties_are_one_cell_with_names(first: dict[str, str]) -> None:
    cell = "| 05X01 «Oppdiktet funn» og ikke 05X02 «Oppdiktet særlig funn» og 90X01 |"
    assert cell in first["hdg-05.md"]


def test_a_group_without_rules_or_name_stands_last_on_its_own(first: dict[str, str]) -> None:
    assert first["hdg-99.md"].endswith(
        "\n## DRG 9A\n\n```regel\ngruppe DRG 9A «DRG 9A»\n    kilde definisjonsdata_2030\n```\n"
    )


def test_the_catch_all_has_an_id_and_a_return_code(first: dict[str, str]) -> None:
    assert "| 999D002    |        |     |             |         |             | 9         |" in first["hdg-99.md"]


def test_without_names_there_are_codes_only() -> None:
    written = files(laget.first_year(), None)
    assert written["hdg-05.md"].startswith("# HDG 05\n\nReglene")
    assert "\n## DRG 501O\n\n```regel\ngruppe DRG 501O «DRG 501O»\n" in written["hdg-05.md"]
    assert "kilde navn" not in written["01-trinn.md"]
    assert "kilde navn_2030 «" in files(laget.first_year())["01-trinn.md"]


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ({"icd": "-"}, {"gyldig": "nei"}),
        ({"icd": "+"}, {"gyldig": "ja"}),
        ({"icd": "+", "mdc": "05"}, {"hdg": "05"}),
        ({"icd": "+", "mdc": "+05"}, {"hdg": "05"}),
        ({"icd": "+", "mdc": "-05"}, {"gyldig": "ja", "hdg": "ikke 05"}),
        ({"mdc": "-"}, {"hdg": "mangler"}),
        ({"icd": "+", "dgcat1": "05M01"}, {"kategori": "05M01"}),
        ({"dgcat1": "-05M01"}, {"gyldig": "ja", "kategori": "ikke 05M01"}),
        ({"mdc": "05", "dgcat1": "-05M01"}, {"hdg": "05", "kategori": "ikke 05M01"}),
        ({"pdgprop": "-05P01"}, {"pdgprop": "ikke 05P01"}),
        ({"or": "S"}, {"operasjon": "stor"}),
        ({"or": "P"}, {"operasjon": "stor eller liten"}),
        ({"or": "N"}, {"operasjon": "ikke stor"}),
        ({"or": "Z"}, {"operasjon": "ingen"}),
        ({"procpro1": "05S01", "secproc1": "-05S02"}, {"procprop": "05S01 og ikke 05S02"}),
        ({"procpro1": "05S01", "secproc1": "+05S01"}, {"procprop": "05S01"}),
        ({"procpro1": "05S01", "secproc1": "-"}, {"procprop": "05S01"}),
        ({"dgprop1": "05X01", "dgprop3": "-05X02", "dgprop4": "05X01"}, {"dgprop": "05X01 og ikke 05X02"}),
        ({"agelim": ">6574"}, {"alder": "over 6 574"}),
        ({"agelim": "<29"}, {"alder": "under 29"}),
        ({"dur": "> 0"}, {"liggetid": "over 0"}),
        ({"compl": "1"}, {"komplikasjon": "minst 1"}),
        ({"compl": "+2"}, {"komplikasjon": "minst 2"}),
        ({"compl": ">0"}, {"komplikasjon": "over 0"}),
        ({"compl": "<2"}, {"komplikasjon": "under 2"}),
        ({"compl": "-0"}, {"komplikasjon": "ikke 0"}),
        ({"compl": "0"}, {}),
        ({"sex": "M"}, {"kjønn": "mann"}),
        ({"sex": "-F"}, {"kjønn": "ikke kvinne"}),
        ({"sex": "-"}, {"kjønn": "mangler"}),
        ({"disch": "N"}, {"utskrivning": "ikke død"}),
        ({"disch": "E"}, {"utskrivning": "død"}),
        ({"disch": "R"}, {"utskrivning": "overført"}),
    ],
)
def test_what_each_condition_becomes(given: dict[str, str], written: dict[str, str]) -> None:
    report = Report()
    rule = Logic(1, "405D01", "501A", "0", dict.fromkeys(CONDITIONS, "") | given)
    assert of_rule(rule, report) == written
    assert report.faults == []


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"icd": "*"}, "icd er «*»: ventet +, -"),
        ({"mdc": "=05"}, "mdc er «=05»: ventet en verdi"),
        ({"or": "X"}, "or er «X»: ventet S, P, N, Z"),
        ({"agelim": "29"}, "agelim er «29»: ventet «<» eller «>» og et antall dager"),
        ({"dur": ">to"}, "dur er «>to»"),
        ({"compl": "="}, "compl er «=»: ventet et nivå"),
        ({"sex": "X"}, "sex er «X»: ventet M, F eller «-»"),
        ({"disch": "H"}, "disch er «H»: ventet N, E, R"),
        ({"dgprop1": "-", "dgprop2": "05X01"}, "«-» alene kan ikke stå sammen med andre verdier for dgprop"),
        ({"icd": "-", "dgcat1": "-05M01"}, "dgcat1 krever en hoveddiagnose som icd sier ikke skal være der"),
    ],
)
def test_a_condition_that_cannot_be_read_is_a_fault(given: dict[str, str], fault: str) -> None:
    report = Report()
    of_rule(Logic(7, "405D01", "501A", "0", dict.fromkeys(CONDITIONS, "") | given), report)
    assert len(report.faults) == 1
    assert report.faults[0].startswith(f"drglogic, rad 7: {fault}")


# ---- tables


def test_diagnoses_and_pairs(first: dict[str, str]) -> None:
    diagnoses = first["tabeller/diagnoser.csv"]
    assert diagnoses.startswith("kode;dgkat;pdgprop;dgprop;procprop;diagnoseoperasjon;kompl\n")
    assert "\nQ003;05M01;;05X01 90X01;;;05I01\n" in diagnoses
    assert "\nQ030;;;90X01;;;\n" in diagnoses
    assert "\nQ050;05M03;;;05S02;liten;\n" in diagnoses
    assert {"Q060", "Q060a"} <= {found["kode"] for found in rows(diagnoses)}
    assert first["tabeller/diagnosepar.csv"] == (
        "kode;tilleggskode;par_dgkat;par_pdgprop;par_dgprop;par_kompl\n"
        "Q001;Q020;05M09;05P09;05X03;05C09\nQ002;Q020;;;05X02;\n"
    )


def test_procedures(first: dict[str, str]) -> None:
    procedures = first["tabeller/prosedyrer.csv"]
    assert procedures.startswith("prosedyrekode;pros_procprop;pros_dgprop;pros_operasjon;pros_nivå\n")
    assert "\nPAA10;05S01;;stor;\nPAA20;05S02 05S04;;liten;\nPAA30;;;;2\nPAA40;;05X02;;\n" in procedures


def test_values_on_98_become_others_by_sex(first: dict[str, str]) -> None:
    categories, properties = first["tabeller/kategorier.csv"], first["tabeller/egenskaper.csv"]
    assert "\n98M01;98;12M01;13M01;Oppdiktet kjønnssykdom\n" in categories
    assert row(categories, "12M01")["hdg_til_kategori"] == "12"
    assert row(categories, "13M01")["kategori_for_kvinne"] == ""
    assert "\n98X01;12X01;13X01;Oppdiktet kjønnsfunn\n" in properties
    assert {"12X01", "13X01"} <= {found["egenskapskode"] for found in rows(properties)}


def test_complication_categories(first: dict[str, str]) -> None:
    head, *_ = first["tabeller/komplikasjoner.csv"].splitlines()
    assert head == "komplikasjonskode;nivå;familie;krever_inklusjon;inklusjon;utelukket_av;komplikasjonsnavn"
    assert [";".join(found.values()) for found in rows(first["tabeller/komplikasjoner.csv"])] == [
        "01C01;1;0101;nei;;;",
        "05C01;1;0501;nei;;Q004 Q050;Oppdiktet komplikasjon",
        "05C09;1;0509;nei;;;",
        "05G01;2;0501;nei;;Q050;",
        "05I01;1;0501;ja;05X02;;",
        "05J02;2;0502;ja;05X02 05X03;;",
        "05Z03;0;0503;nei;;;",
    ]


def test_the_same_tables_in_another_order_give_the_same_files(first: dict[str, str]) -> None:
    tables = laget.first_year()
    for found in tables.values():
        Random(1).shuffle(found)
    shuffled = files(tables)
    assert {name: text for name, text in shuffled.items() if name != "README.md"} == {
        name: text for name, text in first.items() if name != "README.md"
    }


# ---- the report


def test_the_report_accounts_for_every_row(first: dict[str, str]) -> None:
    report = first["README.md"]
    assert "fra «tabeller_2030.json» med navn fra «navn_2030»." in report
    assert "| dg | 49 | 35 | 14 |\n" in report
    assert "| complexcl | 6 | 3 | 3 |\n" in report
    assert "### dg: vartype MDC, som de to første tegnene i DGCAT sier (14)\n" in report
    assert "slår aldri til i praksis (1)\n\nrad 4 (05G01 ved Q001+Q020)\n" in report
    assert "### complexcl: kategorien står ikke i complcat (2)\n\n05G99 (rad 5–6)\n" in report
    assert "ikke er C, G, I eller J, har nivå 0 (1)\n\n05Z03\n" in report
    assert "ingen annen stor operasjon» (1)\n\n105D010000\n" in report
    assert "### «0» i compl krever ingenting (1)\n\n405D010020\n" in report
    assert "### «gyldig ja» er ikke skrevet der HDG eller kategori krever det samme (18)\n" in report
    assert "drglogic: loc_drg (link to ndms), drgnames: loc_drg (link to ndms)" in report


@pytest.mark.parametrize(
    ("change", "table", "reason", "shown"),
    [
        (
            lambda t: t["dg"].append(dict(t["dg"][0])),
            "dg",
            "raden står fra før",
            "rad 50 (Q001 DGCAT 05M01, som rad 1)",
        ),
        (
            lambda t: t["drgnames"].append(dict(t["drgnames"][0])),
            "drgnames",
            "raden står fra før",
            "rad 19 (DRG 501O)",
        ),
        (lambda t: t["drgnames"].append({"drg": "#####", "mdc": ""}), "drgnames", "ikke en DRG", "rad 19 («#####»)"),
        (
            lambda t: t["complcat"].append({"compl": "- stor", "inclprop": ""}),
            "complcat",
            "ikke en kategori",
            "rad 9 («- stor»)",
        ),
        (
            lambda t: t["complexcl"].append(dict.fromkeys(("compl", "code", "d_code"), "")),
            "complexcl",
            "raden er tom",
            "rad 7",
        ),
        (
            lambda t: t["dg"][1].update(varval="01"),
            "dg",
            "vartype MDC, som DGCAT ikke sier det samme som",
            "rad 2 (Q001 MDC 01): DGCAT 05M01",
        ),
    ],
)
def test_rows_that_are_left_out_are_named(change: Change, table: str, reason: str, shown: str) -> None:
    tables, report = laget.first_year(), Report()
    change(tables)
    content_of(tables, report=report)
    assert report.left_out[table, reason].shown == [shown]


def test_rules_that_ask_for_what_no_code_gives_are_warned_of() -> None:
    tables, report = laget.first_year(), Report()
    tables["drglogic"][3].update(procpro1="04S99", dgprop1="-04X99", mdc="77")
    tables["complcat"][3]["inclprop"] = "04X98"
    content_of(tables, report=report)
    assert report.warnings == [
        "regel 105D010000 (DRG 501O): ingen kode gir hdg 77, så regelen kan aldri slå til",
        "regel 105D010000 (DRG 501O): ingen kode gir procprop 04S99, så regelen kan aldri slå til",
        "regel 105D010000 (DRG 501O): ingen kode gir dgprop 04X99, så det kravet er alltid oppfylt",
        "komplikasjonskategorien 05I01 venter på dgprop 04X98, som ingen kode gir",
    ]


def test_row_numbers_that_follow_each_other_are_an_interval() -> None:
    assert numbers_shown([9, 3, 4, 5]) == "3–5, 9"


# ---- damaged tables


def _without(table: str, column: str) -> Change:
    """Takes a column away."""
    return lambda tables: [found.pop(column) for found in tables[table]]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda t: t.pop("complcat"), "tabellen «complcat» finnes ikke"),
        (lambda t: t["proc"].clear(), "tabellen «proc» er tom"),
        (_without("drglogic", "disch"), "tabellen «drglogic» har ingen kolonne «disch»"),
        (lambda t: t["dg"][4].pop("varval"), "dg, rad 5: kolonnen «varval» mangler i denne raden og 0 til"),
        (lambda t: t["dg"][4].update(vartype="DGCAD"), "dg, rad 5: ukjent vartype «DGCAD»; de kjente er DGCAT, MDC"),
        (lambda t: t["dg"][4].update(code=""), "dg, rad 5: code mangler"),
        (lambda t: t["dg"][4].update(code="Q0 01"), "dg, rad 5: code er «Q0 01», som ikke kan leses"),
        (lambda t: t["proc"][1].update(varval="3"), "proc, rad 2: varval er «3», som ikke kan leses"),
        (
            lambda t: t["dg"].append({"code": "Q001", "d_code": "", "vartype": "DGCAT", "varval": "05M03"}),
            "dg, rad 50: Q001 har mer enn én diagnosekategori: også rad 1 (Q001 DGCAT 05M01)",
        ),
        (
            lambda t: t["dg"].append({"code": "Q020", "d_code": "Q001", "vartype": "OR", "varval": "1"}),
            "dg, rad 50: OR på et par av koder kan ikke skrives i regelverket",
        ),
        (
            lambda t: t["dg"].append({"code": "Q001", "d_code": "", "vartype": "COMPL", "varval": "09C09"}),
            "dg, rad 50: Q001 har COMPL 09C09, som ikke står i complcat",
        ),
        (lambda t: t["drgnames"][0].update(mdc="5"), "drgnames, rad 1: mdc er «5», som ikke kan leses"),
        (
            lambda t: t["drgnames"].append({"drg": "501O", "mdc": "06"}),
            "drgnames, rad 19: DRG 501O er i HDG 06, men i HDG 05 i rad 1",
        ),
        (lambda t: t["drglogic"][3].update(drg="999"), "drglogic, rad 4: DRG 999 står ikke i drgnames"),
        (lambda t: t["drglogic"][3].update(ord="000D000030"), "drglogic, rad 4: regelen 000D000030 står også i rad 3"),
        (lambda t: t["drglogic"][3].update({"or": "X"}), "drglogic, rad 4: or er «X»: ventet S, P, N, Z"),
        (
            lambda t: t["drglogic"][22].update(ord="499D"),
            "drglogic, rad 22: regelen 499D010000 blir aldri prøvd: regelen 499D i rad 23 stiller ingen krav",
        ),
    ],
)
def test_damaged_tables_stop_the_import(change: Change, fault: str) -> None:
    tables, report = laget.first_year(), Report()
    change(tables)
    with pytest.raises(Damaged):
        content_of(tables, report=report)
    assert len(report.faults) == 1
    assert report.faults[0].startswith(fault)


# ---- names


def test_names_that_cannot_be_read_say_why() -> None:
    with pytest.raises(UnreadableList, match=r"«tom» har ingen navn: filene skal hete drg\.csv, mdc\.csv"):
        read_names("tom", {"les-meg.csv": b""})
    with pytest.raises(UnreadableList, match=r"«drg\.csv» har ingen kolonne «navn» eller «tekst»"):
        read_names("navn", {"drg.csv": b"drg;mdc\n1A;01\n"})


def test_the_source_of_names_has_the_year_that_the_folder_has() -> None:
    assert NAMES.source == "navn_2030"
    assert read_names("annet", laget.name_files()).source == "navn"


# ---- the rulebook


def test_the_rulebook_says_what_the_tables_say(rulebook: model.Rulebook) -> None:
    assert of_rulebook(rulebook) == content_of(laget.first_year())


def test_the_names_of_a_rulebook_can_be_used_for_the_next(rulebook: model.Rulebook) -> None:
    names = names_in(rulebook)
    assert names.of("dgcat", "05M01") == "Oppdiktet sykdom, vanlig og lett"
    assert names.of("drg", "501O") == "Oppdiktet dagkirurgi"
    assert names.of("drg", "905O") == ""
    assert names.of("mdc", "05") == "Oppdiktede organer"


@pytest.mark.parametrize(
    ("case", "drg", "rule"),
    [
        ("Q030", "470", "000D000010"),
        ("Q010", "470", "000D000020"),
        ("Q001 alder=45655", "470", "000D000030"),
        ("Q001 PAA10 liggetid=1", "501O", "105D010000"),
        ("Q001 liggetid=0", "905O", "105D020000"),
        ("Q001 Q002 PAA10", "501C", "405D010020"),
        ("Q004 Q002 PAA10", "501A", "405D010000"),
        ("Q050 Q002 PAA10", "501C", "405D010020"),
        ("Q004 Q001 PAA10", "501C", "405D010020"),
        ("Q002 Q006 PAA10", "501B", "405D010010"),
        ("Q006 Q003 PAA10", "501C", "405D010020"),
        ("Q006 Q003 PAA10 PAA40", "501B", "405D010010"),
        ("Q006 Q005 Q004 PAA10", "501A", "405D010000"),
        ("Q006 PAA10 PAA30", "501A", "405D010000"),
        ("Q004 PAA20", "505", "405D015000"),
        ("Q050", "505", "405D015000"),
        ("Q003", "502", "405D020000"),
        ("Q003 Q004 alder=100", "504", "405D040010"),
        ("Q001+Q020", "502", "405D020010"),
        ("Q004 utskrivning=død", "503", "405D030000"),
        ("Q004 utskrivning=overført", "503", "405D030010"),
        ("Q004 alder=6573", "504", "405D040000"),
        ("Q004 alder=6574", "504", "405D040010"),
        ("Q010 kjønn=mann", "512", "412D010000"),
        ("Q010 kjønn=kvinne", "513", "413D010000"),
        ("Q060a PAA50 kjønn=kvinne", "513", "413D010000"),
        ("Q060 PAA50 kjønn=kvinne", "470", "999D002"),
        ("Q041 alder=28 liggetid=1", "950O", "115D010000"),
        ("Q040 alder=28", "550A", "415D010000"),
        ("Q040 alder=29", "550B", "415D010010"),
        ("Q020 PAA60", "477", "499D010000"),
    ],
)
def test_made_up_stays_are_grouped_as_the_tables_say(rulebook: model.Rulebook, case: str, drg: str, rule: str) -> None:
    svar = evaluate(rulebook, stay(case))
    assert (svar.gruppe, svar.verdier["drg"], svar.verdier["regel"]) == (f"DRG {drg}", drg, rule)


def stay(case: str) -> dict[str, object]:
    """A stay from words: diagnoses, procedures, and what is not as it is by default."""
    given: dict[str, object] = {"alder": 20000, "utskrivning": "levende", "liggetid": 3}
    diagnoses, procedures = [], []
    for word in case.split():
        name, _, value = word.partition("=")
        if value:
            given[name] = int(value) if value.isdigit() else value
        elif word.startswith("P"):
            procedures.append(word)
        else:
            code, _, second = word.partition("+")
            diagnoses.append({"kode": code} | ({"tilleggskode": second} if second else {}))
    return given | {"diagnoser": diagnoses, "prosedyrer": procedures}


# ---- amendments


RULE = Rule("DRG 1", "0", {"hdg": "05", "alder": "over 28"})
OLD = Content(
    {**{id_: {} for id_ in TABLES}, "kategorier": {"05M01": {"kategorikode": "05M01"}}},
    {"A1": RULE, "A2": RULE},
    {"DRG 1": Group("Ett", "05"), "DRG 2": Group("To", "06")},
)


def test_what_is_the_same_is_no_change() -> None:
    found = changes(OLD, replace(OLD, rules=dict(reversed(OLD.rules.items()))), with_titles=True)
    assert (found.tables, found.rules, found.repealed, found.new, found.renamed) == ({}, [], [], [], [])


def test_a_changed_row_and_a_changed_rule_go_out_and_in() -> None:
    named = {"kategorikode": "05M01", "kategorinavn": "Noe"}
    moved = replace(RULE, group="DRG 2")
    new = replace(OLD, tables={**OLD.tables, "kategorier": {"05M01": named}}, rules={"A1": moved, "A3": RULE})
    found = changes(OLD, new, with_titles=False)
    assert found.tables == {"kategorier": [("ut", {"kategorikode": "05M01"}), ("inn", named)]}
    assert found.rules == [("ut", "A1", RULE), ("inn", "A1", moved), ("ut", "A2", RULE), ("inn", "A3", RULE)]


def test_groups_that_are_gone_new_and_renamed() -> None:
    new = replace(OLD, groups={"DRG 1": Group("Én", "05"), "DRG 3": Group("Tre", "06")})
    found = changes(OLD, new, with_titles=True)
    assert (found.repealed, found.new, found.renamed) == (["DRG 2"], ["DRG 3"], ["DRG 1"])
    assert changes(OLD, new, with_titles=False).renamed == []


def test_a_year_as_amendments_of_another(rulebook: model.Rulebook) -> None:
    found = files_of("t.json", laget.as_json(laget.second_year()), NAMES, rulebook, SECOND, Report())
    assert sorted(found) == [
        "README.md",
        "endringer.md",
        *(
            f"tabeller/endring-{name}.csv"
            for name in ("diagnoser", "egenskaper", "kategorier", "komplikasjoner", "prosedyrer")
        ),
    ]
    assert found["tabeller/endring-diagnoser.csv"] == (
        "endring;kode;dgkat;pdgprop;dgprop;procprop;diagnoseoperasjon;kompl\n"
        "ut;Q002;05M02;;05X01;;;05G01\ninn;Q002;05M02;;05X01;;;05C02\n"
        "inn;Q007;05M04;;05X04;;;\nut;Q041;15M01;;;;;\n"
    )
    assert found["endringer.md"].startswith(
        """\
# Endringer fra 2030 til 2031

Det som ikke er nevnt her, gjelder videre fra 2030.
En rad med «ut» står slik den var, en rad med «inn» slik den er nå.

```regel
regelverk DRG 2031 «Norsk DRG-logikk 2031»
    bygger på DRG 2030
    gjelder fra 2031-01-01 til og med 2031-12-31
    status endelig

kilde definisjonsdata_2031 «tabeller_2031.json»
```
"""
    )
    assert found["endringer.md"].endswith(
        """\
## HDG 15

```regel
endrer gruppering drg_gruppe
    | endring | regel      | gruppe   | hdg | alder   | returkode |
    | ut      | 415D010010 | DRG 550B | 15  | over 28 | 0         |
    | inn     | 415D010010 | DRG 550B | 15  | over 28 | 4         |
    kilde definisjonsdata_2031
```
"""
    )
    assert (
        "opphever gruppe DRG 505\n\ngruppe DRG 501D «DRG 501D»\n    kilde definisjonsdata_2031\n"
        in found["endringer.md"]
    )


def test_names_from_another_source_rename_groups(rulebook: model.Rulebook) -> None:
    names = replace(NAMES, source="navn_2031", by_kind={**NAMES.by_kind, "drg": {"502": "Nytt navn"}})
    edition = replace(SECOND, names="navn_2031")
    text = files_of("t.json", laget.as_json(laget.second_year()), names, rulebook, edition, Report())["endringer.md"]
    assert "erstatter gruppe DRG 502 «Nytt navn»\n    kilde definisjonsdata_2031\n" in text
    assert "DRG 501O" not in text, "det som ikke har navn i den nye kilden, beholder det gamle"
    assert "kilde navn_2031 «Navn på DRG-er, kategorier og egenskaper, fra navn_2031»\n" in text


def test_without_names_the_names_of_the_year_before_hold(rulebook: model.Rulebook) -> None:
    data = laget.as_json(laget.second_year())
    found = files_of("t.json", data, None, rulebook, replace(SECOND, names=None), Report())
    assert "endring-kategorier.csv" in " ".join(found)
    assert found["tabeller/endring-kategorier.csv"].count("\n") == 2
    assert "erstatter" not in found["endringer.md"]


def test_the_amended_year_says_what_its_tables_say(rulebook: model.Rulebook, tmp_path: Path) -> None:
    year_in(tmp_path, files(laget.first_year()), 2030)
    written = files_of("t.json", laget.as_json(laget.second_year()), NAMES, rulebook, SECOND, Report())
    found, expected = of_rulebook(year_in(tmp_path, written, 2031)), content_of(laget.second_year())
    assert (found.tables, found.rules) == (expected.tables, expected.rules)
    assert found.groups.keys() == expected.groups.keys()


def test_a_rulebook_without_the_tables_cannot_be_the_base(rulebook: model.Rulebook) -> None:
    base = rulebook.model_copy(update={"tables": rulebook.tables[1:]})
    with pytest.raises(UnreadableList, match="drg-2030 har ingen tabell «diagnosekoder»"):
        files_of("t.json", laget.as_json(laget.second_year()), NAMES, base, SECOND, Report())


# ---- the command


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A folder with made-up tables as they are published."""
    (tmp_path / "tabeller_2030.zip").write_bytes(laget.as_zip(laget.first_year()))
    (tmp_path / "tabeller_2031.json").write_bytes(laget.as_json(laget.second_year()))
    (tmp_path / "navn_2030").mkdir()
    for name, data in laget.name_files().items():
        (tmp_path / "navn_2030" / name).write_bytes(data)
    return tmp_path


def test_a_year_and_the_next_are_written(run: Run, published: Path) -> None:
    target = published / "regler/drg/2030"
    options = ("--navn", published / "navn_2030", "--ordning", "DRG")
    ran = run("importer", "norddrg", published / "tabeller_2030.zip", *options, "--til", target, "--aar", "2030")
    assert (ran.code, ran.err) == (0, "114 rader lest, 17 ikke tatt med\n")
    assert ran.out == f"{target.as_posix()}: 13 filer er skrevet; README.md sier hva som er med\n"
    assert run("sjekk", "--uten-logikk", "--mappe", published / "regler").code == 0
    target = published / "regler/drg/2031"
    ran = run(
        *("importer", "norddrg", published / "tabeller_2031.json", *options, "--til", target),
        *("--aar", "2031", "--bygger-paa", "DRG-2030"),
    )
    assert ran.code == 0
    assert (target / "endringer.md").is_file()


def test_damaged_tables_are_reported_and_nothing_is_written(run: Run, published: Path) -> None:
    tables = laget.first_year()
    for found in tables["dg"]:
        found["vartype"] = "?"
    (published / "skadd.json").write_bytes(laget.as_json(tables))
    ran = run("importer", "norddrg", published / "skadd.json", "--til", published / "ut", "--aar", "2030")
    assert ran.code == 1
    assert ran.err.startswith("feil: dg, rad 1: ukjent vartype «?»; de kjente er DGCAT")
    assert "… og 19 feil til\ningenting er skrevet: tabellene i «" in ran.err
    assert not (published / "ut").exists()


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("ingen.zip",), 1, "ingen.zip» finnes ikke"),
        (("tabeller_2030.zip", "--navn", "ingen"), 2, "ingen» finnes ikke"),
        (("tabeller_2030.zip", "--ordning", "Norsk DRG"), 2, "«Norsk DRG» kan ikke være navnet på en ordning"),
        (("tabeller_2030.zip", "--til", "."), 1, "finnes fra før; velg en ny mappe, eller ta den bort"),
        (("tabeller_2030.zip", "--bygger-paa", "drg-2029", "--mappe", "regler"), 2, "ukjent regelverk «drg-2029»: "),
        (("tabeller_2030.zip", "--bygger-paa", "drg-2030", "--mappe", "regler"), 2, "2030 kan ikke bygge på drg-2030"),
    ],
)
def test_a_wrong_use_says_what_is_wrong(
    run: Run, published: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], code: int, message: str
) -> None:
    year_in(published / "regler", files(laget.first_year()), 2030)
    monkeypatch.chdir(published)
    ran = run("importer", "norddrg", "--til", "ut", "--aar", "2030", *options)
    assert (ran.code, message in ran.err) == (code, True)
    assert not (published / "ut").exists()


# ---- the real tables


def real_content(path: Path) -> Content:
    """What real tables say."""
    return of_tables(definitions(read(path.name, path.read_bytes()), Report()), real_names(path.parent), Report())


@pytest.mark.langt
def test_a_real_year_is_a_rulebook_that_says_the_same(norddrg: Path, drg_2015: Imported) -> None:
    rulebook, report = drg_2015.rulebook, drg_2015.report
    assert of_rulebook(rulebook) == real_content(norddrg / REAL_2015)
    assert (len(rulebook.rules), len(rulebook.groups)) == (2203, 860)
    assert {table: report.read[table] - report.left(table) for table in report.read} == {
        "drglogic": 2203,
        "dg": 61824,
        "proc": 41177,
        "complcat": 566,
        "complexcl": 21262,
        "drgnames": 860,
    }
    assert report.warnings == []


@pytest.mark.langt
def test_the_next_real_year_as_amendments_says_what_its_tables_say(norddrg: Path, drg_2016: Imported) -> None:
    assert "189 regler ut, 181 regler inn, 6 nye grupper, 1 opphevede grupper" in drg_2016.files["README.md"]
    assert ["så regelen kan aldri slå til" in warning for warning in drg_2016.report.warnings] == [True]
    found, expected = of_rulebook(drg_2016.rulebook), real_content(norddrg / REAL_2016)
    assert (found.tables, found.rules) == (expected.tables, expected.rules)
    assert found.groups.keys() == expected.groups.keys()
