"""Tariffs from Helfo's open data: what becomes rules, and what is said of the rest. All tariffs are made up."""

import io
import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from compiler.evaluate import evaluate
from compiler.examples import failing_examples
from compiler.helfo import Choice, DamagedList, tariffs_of
from compiler.helfo.cells import FIELDS
from compiler.lists import UnreadableList
from compiler.model import Rulebook
from compiler.pipeline import load
from compiler.resolve import resolve
from dsl import tree
from dsl.formatter import formatted
from dsl.parser import parse
from dsl.source import Source
from tests.library import ROOT
from tests.test_cli import Ran, Run, run

__all__ = ["run"]

FIRST = """\
regelverk PROVE 2020 «Oppdiktet tariff 2020»
    gjelder fra 2020-07-01 til og med 2021-06-30

kilde liste «En oppdiktet liste»

opplysninger Regning «En regning»
    linjer  liste av Linje hver en linje

opplysninger Linje
    takst  kode fra takster

tabell takster av takst
    honorar        desimaltall kr årlig
    refusjon       desimaltall kr kan mangle
    ugyldig_med    koder
    krever_takst   koder
    spesialist     ja/nei kan mangle
    maks_ganger    heltall kan mangle
    gjentak_andel  desimaltall % kan mangle
    maks_per_år    heltall kan mangle
    minste_tid     heltall minutter kan mangle
    tid_per_gang   heltall minutter kan mangle

krav kombinasjon for hver linje «Takster som ikke kan brukes sammen»
    krever at ingen av tidligere linjer der takst av linje er i ugyldig_med av takst av tidligere linje
    ellers inngår ikke «taksten kan ikke brukes sammen med en som alt står på regningen»
    kilde liste

beregning i_alt
    = sum av honorar av takst for hver linje
"""
TARIFFS = """
takst X1a «Enkel»
    honorar 73 kr
    refusjon 15,50 kr
    ugyldig_med X1b, 11–13
    spesialist nei
    kilde liste

takst X1b «Brev»
    honorar 64 kr
    ugyldig_med alle
    kilde liste

takst X2 «Utgår»
    honorar 10 kr
    kilde liste
"""
SECOND = """\
regelverk PROVE 2021 «Oppdiktet tariff 2021»
    bygger på PROVE 2020
    gjelder fra 2021-07-01 til og med 2022-06-30

kilde liste_2021 «En oppdiktet liste for 2021»
"""
Rows = list[dict[str, object]]
Import = Callable[..., Ran]


def write(folder: Path, year: int, text: str) -> Path:
    """The folder of a rule year with a text."""
    (folder / f"regler/prove/{year}").mkdir(parents=True)
    (folder / f"regler/prove/{year}/regler.regel").write_text(text, encoding="utf-8")
    return folder / f"regler/prove/{year}"


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """The folder of a year without tariffs."""
    return write(tmp_path, 2020, FIRST)


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """The folder of a year that builds on one with tariffs."""
    write(tmp_path, 2020, FIRST + TARIFFS)
    return write(tmp_path, 2021, SECOND)


@pytest.fixture
def take_in(run: Run) -> Import:
    """Import rows as JSON, or a file by its name and bytes."""

    def imported(folder: Path, content: Rows | bytes, *options: str, name: str = "liste.json") -> Ran:
        file = folder.parent / name
        file.write_bytes(content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode())
        return run("importer", "takster", file, "--til", folder, *options)

    return imported


def text(folder: Path) -> str:
    """The rules that were written."""
    return (folder / "takster.regel").read_text(encoding="utf-8")


def year(folder: Path) -> Rulebook:
    """The rule year in a folder, which must be sound and settled in its layout."""
    library = load(folder.parent.parent)
    assert [fault for fault in library.diagnostics() if fault.severity == "feil"] == []
    assert formatted("takster.regel", text(folder)) == (text(folder), [])
    return next(rulebook for rulebook in library.rulebooks() if str(rulebook.year) == folder.name)


def values(folder: Path, code: str) -> dict[str, str]:
    """What a tariff says, as text."""
    row = year(folder).table("takster").row(code)
    assert row is not None
    return {name: str(value) for name, value in row.values.items() if not hasattr(value, "codes")}


def row(code: str, **fields: object) -> dict[str, object]:
    """A row of Helfo's, valid all the time."""
    return {"takstkode": code, "fagomraade": "LE", "fradato": "2020-07-01", "tildato": None, **fields}


# ---- new tariffs


def test_json_becomes_tariffs_in_the_order_of_their_codes(first: Path, take_in: Import) -> None:
    rows = [
        row(
            "11ad",
            takst_id=17,
            beskrivelse="Oppdiktet takst",
            honorar=100.50,
            refusjon="60,00",
            egenandel=40.5,
            maks_repetisjoner=2,
            repetisjonsprosent=50,
            spesialisttakst=True,
            ugyldig_kombinasjon=["X1a", "2cd", "12", "11", "13"],
            krever_takst="2ad,2cd",
            maks_antall_per_aar=None,
            maks_antall_per_kalender_aar=500,
            minimum_tidsbruk="20",
            tidsbruk_per_rep=15,
        ),
        row(
            "2ad", honorar="1 160", ugyldig_kombinasjon="Alle unntatt 3ad, 3b", spesialisttakst="N", maks_repetisjoner=0
        ),
        row("X1a", honorar=0, ugyldig_kombinasjon="Alle", krever_takst=[]),
    ]
    ran = take_in(first, rows, "--kilde", "liste")
    assert text(first) == (
        "takst 2ad\n    honorar 1 160 kr\n    ugyldig_med alle unntatt 3ad, 3b\n    spesialist nei\n    maks_ganger 1\n"
        "    kilde liste\n\n"
        "takst 11ad «Oppdiktet takst»\n    honorar 100,50 kr\n    refusjon 60 kr\n    ugyldig_med 2cd, 11–13, X1a\n"
        "    krever_takst 2ad, 2cd\n    spesialist ja\n    maks_ganger 3\n    gjentak_andel 50 %\n    maks_per_år 500\n"
        "    minste_tid 20 minutter\n    tid_per_gang 15 minutter\n    kilde liste\n\n"
        "takst X1a\n    honorar 0 kr\n    ugyldig_med alle\n    kilde liste\n"
    )
    assert ran.code == 0
    assert ran.out == f"{(first / 'takster.regel').as_posix()}: 3 nye takster, 0 endret, 0 opphevet\n"
    assert ran.err == (
        "ikke tatt med, for tabellen «takster» har ingen kolonne for det: takst_id (1 rad), egenandel (1 rad)\n"
        "maks_ganger er maks_repetisjoner + 1: repetisjonene er lest som gangene etter den første\n"
        "3 rader lest, 0 uendret, 0 ikke tatt med\n"
    )
    assert values(first, "11ad")["gjentak_andel"] == "0.5"


def test_the_rulebook_that_comes_out_prices_a_claim(first: Path, take_in: Import) -> None:
    take_in(
        first,
        [row("X1a", honorar=73, ugyldig_kombinasjon="X1b"), row("X1b", honorar=64), row("X2", honorar=10)],
        "--kilde",
        "liste",
    )
    example = (
        "\neksempel «En regning»\n    gitt\n        linjer\n            | takst |\n            | X1a   |\n"
        "            | X1b   |\n            | X2    |\n    så\n        i_alt = 83 kr\n        linjer\n"
        "            | takst | inngår |\n            | X1a   | ja     |\n            | X1b   | nei    |\n"
        "            | X2    | ja     |\n"
    )
    with (first / "regler.regel").open("a", encoding="utf-8") as rules:
        rules.write(example)
    assert list(failing_examples(year(first))) == []
    answer = evaluate(year(first), {"linjer": [{"takst": "X2"}, {"takst": "X2"}]})
    assert str(answer.verdier["i_alt"]) == "20"


def test_json_may_be_an_object_with_the_list_in_it(first: Path, take_in: Import) -> None:
    wrapped = json.dumps({"antall": 1, "svar": {"takster": [row("X1a", honorar="73.0")]}, "tom": []}).encode()
    assert take_in(first, wrapped).code == 0
    assert text(first) == "takst X1a\n    honorar 73 kr\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_csv_in_any_encoding_with_names_from_either_side(first: Path, take_in: Import, encoding: str) -> None:
    listed = (
        "Takst;Navn;Honorar;Ugyldig med;Maks ganger;Gjentak andel;Maks antall per år;spesialist\r\n"
        "X1a;Blåbærsyltetøy;73,50 kr;X1b 12;3;50 %;2;j\r\n"
        "X1b;;64;;;;;\r\n"
    )
    ran = take_in(first, listed.encode(encoding), name="liste.csv")
    assert text(first) == (
        "takst X1a «Blåbærsyltetøy»\n    honorar 73,50 kr\n    ugyldig_med 12, X1b\n    spesialist ja\n"
        "    maks_ganger 3\n    gjentak_andel 50 %\n    maks_per_år 2\n\ntakst X1b\n    honorar 64 kr\n"
    )
    assert ("«liste.csv» er lest som Windows-1252\n" in ran.err) == (encoding == "cp1252")


def test_excel_reads_as_csv(first: Path, take_in: Import) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["takstkode", "fradato", "honorar", "spesialisttakst", "maks_repetisjoner", None])
    sheet.append(["X1a", "01.07.2020", 73.5, True, 2.0])
    sheet.append([])
    sheet.append([14, None, 64, None, None])
    stream = io.BytesIO()
    book.save(stream)
    assert take_in(first, stream.getvalue(), name="Liste.XLSX").code == 0
    assert text(first) == (
        "takst 14\n    honorar 64 kr\n\ntakst X1a\n    honorar 73,50 kr\n    spesialist ja\n    maks_ganger 3\n"
    )


def test_many_codes_after_unntatt_stand_in_a_code_set(first: Path, take_in: Import) -> None:
    take_in(first, [row("1ad2", ugyldig_kombinasjon="Alle unntatt: 701a;701b,702 703, 712")], "--kilde", "liste")
    assert text(first) == (
        "kodesett ugyldig_med_unntatt_1ad2 «Koder som er unntatt i ugyldig_med for takst 1ad2»\n"
        "    701a, 701b, 702, 703, 712\n    kilde liste\n\n"
        "takst 1ad2\n    ugyldig_med alle unntatt ugyldig_med_unntatt_1ad2\n    kilde liste\n"
    )
    year(first)


def test_a_long_list_of_codes_is_written_on_several_lines(first: Path, take_in: Import) -> None:
    codes = [f"{number}ad" for number in range(1, 60)]
    take_in(first, [row("X1a", ugyldig_kombinasjon=codes)])
    assert max(map(len, text(first).splitlines())) <= 120
    found = year(first).table("takster").row("X1a")
    assert found is not None
    assert getattr(found.values["ugyldig_med"], "codes", None) == tuple(codes)


def test_a_number_that_must_be_there_is_written_as_unknown(tmp_path: Path, take_in: Import) -> None:
    folder = write(tmp_path, 2020, FIRST.replace("kr kan mangle", "kr"))
    ran = take_in(folder, [row("X1a", honorar=None, refusjon=None)])
    assert text(folder) == "takst X1a\n    refusjon ukjent\n"
    assert (
        "honorar står ikke i listen og er ukjent for X1a\nrefusjon står ikke i listen og er ukjent for X1a\n" in ran.err
    )
    year(folder)


def test_no_limit_at_zero(first: Path, take_in: Import) -> None:
    ran = take_in(first, [row("X1a", honorar=1, maks_antall_per_aar=0, minimum_tidsbruk="0", repetisjonsprosent=0)])
    assert text(first) == "takst X1a\n    honorar 1 kr\n    gjentak_andel 0 %\n"
    assert "maks_antall_per_aar er 0 i 1 rad og er lest som ingen grense\n" in ran.err


def test_the_page_has_every_field_with_its_column() -> None:
    page = (ROOT / "site/pages/spraaket/regninger.md").read_text(encoding="utf-8")
    cells = [line.split("|")[1:3] for line in page.splitlines() if line.startswith("| `")]
    said = {
        name: re.findall(r"`(\w+)`", column) or [name] for one, column in cells for name in re.findall(r"`(\w+)`", one)
    }
    assert said == {field.name: [field.column] for field in FIELDS}


# ---- which rows


def test_only_rows_of_the_day_and_the_area_are_read(first: Path, take_in: Import) -> None:
    rows = [
        row("X1a", honorar=1, fradato="2010-01-01T00:00:00", tildato="2020-06-30"),
        row("X1a", honorar=2, tildato="2020-12-31"),
        row("X1a", honorar=3, fradato="2021-01-01"),
        row("X1a", honorar="uleselig", fagomraade="FY"),
    ]
    ran = take_in(first, rows, "--fagomraade", "le")
    assert text(first) == "takst X1a\n    honorar 2 kr\n"
    assert "begynner senere i regelåret og er ikke med: X1a (2021-01-01)\n" in ran.err
    assert "slutter før regelåret er over: X1a (2020-12-31)\n" in ran.err
    assert ran.err.endswith(
        "4 rader lest, 0 uendret, 2 gjelder ikke 2020-07-01, 1 har et annet fagområde, 0 ikke tatt med\n"
    )
    (first / "takster.regel").unlink()
    assert take_in(first, rows, "--fagomraade", "LE", "--dato", "2021-01-01").code == 0
    assert text(first) == "takst X1a\n    honorar 3 kr\n"


def test_the_year_may_be_given_beside_the_folder_of_the_scheme(second: Path, run: Run) -> None:
    listed = second.parent / "liste.json"
    listed.write_text(json.dumps([row("X9", honorar=1)]), encoding="utf-8")
    assert run("importer", "takster", listed, "--til", second.parent, "--aar", "2021").code == 0
    assert "takst X9" in text(second)


# ---- amendments


def test_a_year_that_builds_on_another_gets_what_is_new(second: Path, take_in: Import) -> None:
    rows = [
        row("X3", honorar=5, beskrivelse="Ny"),
        row("X1b", honorar=64, ugyldig_kombinasjon=["Alle"], beskrivelse="Brev"),
        row(
            "X1a",
            honorar=80,
            refusjon=None,
            ugyldig_kombinasjon="X1b, 11, 12, 13, 14",
            krever_takst="X3",
            spesialisttakst=1,
        ),
        row("X2", honorar=11, tildato="2021-06-30"),
    ]
    ran = take_in(second, rows, "--kilde", "liste_2021")
    assert text(second) == (
        "endrer takst X1a\n    honorar fra 73 kr til 80 kr\n    refusjon fra 15,50 kr til ukjent\n"
        "    ugyldig_med fra X1b, 11–13 til 11–14, X1b\n    krever_takst fra ukjent til X3\n"
        "    spesialist fra nei til ja\n    kilde liste_2021\n\n"
        "endrer takst X1b\n    honorar fra 64 kr til 64 kr\n    kilde liste_2021\n\n"
        "opphever takst X2\n    fordi «gjelder til og med 2021-06-30»\n    kilde liste_2021\n\n"
        "takst X3 «Ny»\n    honorar 5 kr\n    kilde liste_2021\n"
    )
    assert ran.out.endswith("1 ny takst, 2 endret, 1 opphevet\n")
    assert values(second, "X1a") == {"honorar": "80", "spesialist": "True"}
    assert year(second).table("takster").row("X2") is None


def test_a_tariff_that_is_as_before_is_not_amended(tmp_path: Path, take_in: Import) -> None:
    write(tmp_path, 2020, FIRST.replace("kr årlig", "kr") + TARIFFS)
    folder = write(tmp_path, 2021, SECOND)
    rows = [
        row("X1a", honorar="73,00", refusjon=15.5, ugyldig_kombinasjon="13 12 11 X1b", spesialisttakst="nei"),
        row("X1b", honorar=64, ugyldig_kombinasjon="alle", beskrivelse="Et annet navn"),
        row("X2", honorar=10),
    ]
    ran = take_in(folder, rows)
    assert not (folder / "takster.regel").exists()
    assert (ran.code, ran.out) == (0, "")
    assert "rad 2: takst X1b heter «Brev» i regelverket, «Et annet navn» i listen\n" in ran.err
    assert ran.err.endswith("ingen fil er skrevet\n3 rader lest, 3 uendret, 0 ikke tatt med\n")


def test_a_tariff_that_is_not_in_the_list_is_ended(second: Path, take_in: Import) -> None:
    ran = take_in(second, [row("X1a", honorar=73), row("X1b", honorar=64)], name="a«b».json")
    assert "oppheves, for de gjelder ikke 2021-07-01 etter listen: X2\n" in ran.err
    assert 'opphever takst X2\n    fordi «står ikke i a"b".json per 2021-07-01»\n' in text(second)
    year(second)


def test_what_the_year_has_stated_itself_is_not_stated_again(tmp_path: Path, take_in: Import) -> None:
    write(tmp_path, 2020, FIRST + TARIFFS)
    stated = "\nendrer takst X1a\n    honorar fra 73 kr til 81 kr\n    kilde liste\n"
    stated += "\ntakst X7\n    honorar 7 kr\n    kilde liste\n\nopphever takst X2\n    fordi «utgår»\n"
    folder = write(tmp_path, 2021, SECOND + stated)
    rows = [row("X1a", honorar=80), row("X7", honorar=7), row("X2", honorar=3), row("X1b", honorar=64)]
    ran = take_in(folder, rows)
    assert ran.code == 1
    assert text(folder) == "endrer takst X1b\n    honorar fra 64 kr til 64 kr\n"
    assert "rad 1: takst X1a står alt i regelverket (" in ran.err
    assert "), med en annen verdi for honorar\n" in ran.err
    assert "rad 3: takst X2 er opphevet i regelverket\n" in ran.err
    assert ran.err.endswith("4 rader lest, 1 uendret, 2 ikke tatt med\n")


def test_the_codes_after_unntatt_are_amended_in_their_set(first: Path, take_in: Import) -> None:
    assert take_in(first, [row("X1a", honorar=1, ugyldig_kombinasjon="Alle unntatt 12, 14, 2b, 3*")]).code == 0
    same = write(first.parent.parent.parent, 2021, SECOND)
    assert take_in(same, [row("X1a", honorar=1, ugyldig_kombinasjon="Alle unntatt 3* 2b 14 12")]).code == 0
    assert text(same) == "endrer takst X1a\n    honorar fra 1 kr til 1 kr\n"
    (same / "takster.regel").unlink()
    assert take_in(same, [row("X1a", honorar=1, ugyldig_kombinasjon="Alle unntatt 12, 15, 16, 3*")]).code == 0
    assert text(same) == (
        "endrer kodesett ugyldig_med_unntatt_X1a\n    legger til 15, 16\n    fjerner 2b, 14\n\n"
        "endrer takst X1a\n    honorar fra 1 kr til 1 kr\n"
    )
    year(same)


# ---- what cannot be read


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"honorar": "mye"}, "honorar er «mye», men skal være et tall i kr"),
        (
            {"honorar": "1.234"},
            "honorar er «1.234», men skal være et tall med høyst to desimaler, uten punktum mellom tusener",
        ),
        ({"honorar": -1}, "honorar er «-1», men skal være et tall i kr som ikke er under 0"),
        ({"honorar": True}, "honorar er «ja», men skal være et tall i kr"),
        ({"honorar": [1]}, "honorar er «1», men skal være én verdi"),
        ({"honorar": {"kr": 1}}, "honorar er «et objekt», men skal være én verdi"),
        ({"honorar": float("nan")}, "honorar er «NaN», men skal være et tall i kr"),
        ({"maks_repetisjoner": "2,5"}, "maks_repetisjoner er «2,5», men skal være et helt tall"),
        ({"repetisjonsprosent": "0,5"}, "repetisjonsprosent er «0,5», men skal være et tall i prosent, som 50"),
        ({"spesialisttakst": "kanskje"}, "spesialisttakst er «kanskje», men skal være ja eller nei"),
        (
            {"krever_takst": "2ad eller 2ak"},
            "krever_takst er «2ad eller 2ak», men skal være koder, «alle» eller «alle unntatt …» («eller» er ikke en",
        ),
        ({"krever_takst": [{"a": 1}]}, "krever_takst er «en liste av objekter», men skal være koder, «alle» eller"),
        ({"ugyldig_kombinasjon": "Alle unntatt"}, "men skal være koder, også etter «alle unntatt»"),
        ({"ugyldig_kombinasjon": "1-999999999"}, "(«1-999999999» er ikke en kode)"),
        (
            {"maks_antall_per_aar": 2, "maks_antall_per_kalender_aar": 3},
            "maks_antall_per_aar og maks_antall_per_kalender_aar er ulike, men kolonnen «maks_per_år» kan bare ha den",
        ),
        ({"honorar": "x" * 500}, f"honorar er «{'x' * 59}…», men"),
        ({"honorar": "a\x1b[31m\n»b"}, 'honorar er «a[31m "b», men'),
    ],
)
def test_a_value_that_cannot_be_read_stops_the_import(
    first: Path, take_in: Import, fields: dict[str, object], fault: str
) -> None:
    ran = take_in(first, [row("X1a", honorar=1), row("X1b", **{"honorar": 1, **fields})])
    assert ran.code == 1
    assert "feil: rad 2 (takst X1b): " in ran.err
    assert fault in ran.err
    assert ran.err.endswith(f"ingenting er skrevet: listen i «{first.parent / 'liste.json'}» har feil\n")
    assert not (first / "takster.regel").exists()


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"takstkode": ""}, "rad 1: takstkode mangler"),
        ({"takstkode": None}, "rad 1: takstkode mangler"),
        ({"takstkode": "X 1"}, "rad 1: takstkode er «X 1», men skal være en takstkode, som 2ad"),
        ({"takstkode": "X1\n    når ja"}, "rad 1: takstkode er «X1 når ja», men skal være en takstkode, som 2ad"),
        ({"takstkode": "1" * 21}, "men skal være en takstkode, som 2ad"),
        ({"fradato": "i fjor"}, "rad 1: fradato er «i fjor», men skal være en dato, som 2020-12-31"),
        ({"tildato": "2019-01-01"}, "rad 1 (takst X1a): tildato er 2019-01-01, før fradato, som er 2020-07-01"),
    ],
)
def test_a_row_that_cannot_be_placed_stops_the_import(
    first: Path, take_in: Import, fields: dict[str, object], fault: str
) -> None:
    ran = take_in(first, [row("X1a") | fields])
    assert (ran.code, fault in ran.err) == (1, True)
    assert not (first / "takster.regel").exists()


def test_every_fault_is_told(first: Path, take_in: Import) -> None:
    ran = take_in(first, [row(f"X{number}", honorar="?", refusjon="!") for number in range(20)])
    assert ran.err.count("feil: ") == 30
    assert "… og 10 feil til\n" in ran.err


def test_a_tariff_that_is_valid_twice_is_a_fault_that_names_both(first: Path, take_in: Import) -> None:
    ran = take_in(first, [row("X1a", honorar=1), row("X2"), row("X1a", honorar=1, fagomraade="LE")])
    assert "feil: takst X1a gjelder to ganger 2020-07-01: rad 1 og rad 3\n" in ran.err
    ran = take_in(first, [row("X1a"), row("X1a", fagomraade="FY")])
    assert ran.code == 1
    assert "rad 1 og rad 2; de har hvert sitt fagområde: velg ett med --fagomraade\n" in ran.err


def test_a_row_of_csv_with_too_few_cells_stops_the_import(first: Path, take_in: Import) -> None:
    ran = take_in(first, b"takstkode;honorar\nX1a;1\nX1b\n", name="a.csv")
    assert (ran.code, "feil: rad 3: raden har 1 celler, overskriften har 2\n" in ran.err) == (1, True)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.json", b"[", "«a.json» er ikke JSON: linje 1 kan ikke leses"),
        ("a.json", b"\xff", "«a.json» er ikke UTF-8"),
        ("a.json", b"[" * 100_000, "«a.json» er ikke en liste av takster"),
        (
            "a.json",
            b"1",
            "«a.json» har ingen liste av takster: filen skal være én liste av objekter, eller et objekt med én i",
        ),
        ("a.json", b'{"a": [{"b": 1}], "c": [{"d": 1}]}', "«a.json» har 2 lister: "),
        ("a.json", b"[]", "«a.json» er tom"),
        ("a.json", b'[{"takstkode": "X1"}, 1]', "«a.json», rad 2: dette er ikke et objekt med felt"),
        ("a.json", b'[{"honorar": 1, "Honorar": 2}]', "kolonnen «Honorar» står to ganger i «a.json»"),
        ("a.json", b'[{"kode": "X1"}]', "«a.json» har ikke feltet «takstkode»: det har kode"),
        ("a.json", b'[{"takstkode": "X1", "tildato": "2019-01-01"}]', "ingen takst i «a.json» gjelder 2020-07-01"),
        (
            "a.json",
            b'[{"takstkode": "X1", "maks_repetisjoner": 1, "maks_ganger": 2}]',
            "«a.json» har både «maks_repetisjoner» og «maks_ganger»; ta bort den ene",
        ),
        ("a.csv", b'takstkode\n"' + b"1" * 200_000, "«a.csv», linje 2: dette kan ikke leses som CSV"),
        ("a.csv", b"takstkode\n\x81\n", "«a.csv» er verken UTF-8 eller Windows-1252"),
        ("a.csv", b"takstkode;takstkode\n1;1\n", "kolonnen «takstkode» står to ganger i «a.csv»"),
        ("a.xlsx", b"ikke excel", "«a.xlsx» kan ikke leses som Excel"),
        ("a.pdf", b"", "«a.pdf» er verken JSON, CSV eller Excel: filnavnet må slutte på .json, .csv eller .xlsx"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(
    first: Path, take_in: Import, name: str, content: bytes, why: str
) -> None:
    ran = take_in(first, content, name=name)
    assert (ran.code, ran.out) == (1, "")
    assert why in ran.err


def test_an_area_that_no_row_has(first: Path, take_in: Import) -> None:
    assert (
        "ingen rad i «liste.json» har fagområdet «FY»: listen har LE"
        in take_in(first, [row("X1")], "--fagomraade", "FY").err
    )


def test_rulebooks_that_cannot_take_tariffs(tmp_path: Path, take_in: Import) -> None:
    without = write(
        tmp_path / "a",
        2020,
        FIRST.replace("av takst\n", "av kode\n").replace("    honorar ", "    kode kode\n    honorar "),
    )
    assert "har ingen tabell av takst; skriv «tabell takster av takst»" in take_in(without, [row("X1")]).err
    in_hours = write(tmp_path / "b", 2020, FIRST.replace("minste_tid     heltall minutter", "minste_tid heltall timer"))
    ran = take_in(in_hours, [row("X1", minimum_tidsbruk=20)])
    assert "kolonnen «minste_tid» er i timer, men «minimum_tidsbruk» er i minutter" in ran.err


def test_wrong_use(first: Path, take_in: Import) -> None:
    rows = [row("X1a", honorar=1)]
    ran = take_in(first, rows, "--kilde", "lista")
    assert (ran.code, ran.err) == (2, "feil: prove-2020 har ingen kilde «lista»: mente du «liste»?\n")
    assert (
        take_in(first, rows, "--dato", "1.7.2020").err == "feil: «1.7.2020» er ikke en dato; skriv den som 2020-07-01\n"
    )
    ran = take_in(first, rows, "--dato", "2021-07-01")
    assert ran.err == "feil: prove-2020 gjelder fra 2020-07-01 til og med 2021-06-30, ikke 2021-07-01\n"
    assert take_in(first, rows, "--aar", "2030").code == 2
    assert take_in(first, rows).code == 0
    assert take_in(first, rows).code == 1


# ---- hostile texts


@pytest.mark.parametrize(
    "text_in",
    [
        "slutt»\n\ntakst X9 «ny",
        '"»\n    honorar 1 kr\n# «',
        "```\n\n```regel\nsats x = 1",
        "| a | b | {navn} <script> \x00\x1b[31m\u202e\u2028\ufeff",
        "«»««»»",
        "\x00",
        "å" * 10_000,
        "a " * 10_000,
    ],
)
def test_a_text_never_becomes_rules(first: Path, take_in: Import, text_in: str) -> None:
    ran = take_in(first, [row("X1a", honorar=1, beskrivelse=text_in)], "--kilde", "liste")
    assert ran.code == 0
    assert [len(text(first).splitlines()), text(first).count("«")] <= [3, 1]
    rulebook = year(first)
    (found,) = rulebook.table("takster").rows
    assert found.values.keys() == {"honorar"}
    assert found.title is None or (found.title.isprintable() and len(found.title) <= 200)


def test_a_long_name_is_cut_and_that_is_told(first: Path, take_in: Import) -> None:
    ran = take_in(first, [row("X1a", honorar=1, beskrivelse="ord " * 100)])
    assert "navnet er kortet til 200 tegn: X1a\n" in ran.err
    found = year(first).table("takster").row("X1a")
    assert found is not None
    assert found.title is not None
    assert found.title.endswith("…")


def test_names_of_fields_cannot_disturb_the_report(first: Path, take_in: Import) -> None:
    ran = take_in(first, [row("X1a", honorar=1, **{"a\n\x1b[31m»b" + "c" * 100: 1})])
    assert 'har ingen kolonne for det: a [31m"b' in ran.err
    assert "\x1b" not in ran.err


JSON = st.recursive(
    st.sampled_from(["Alle unntatt 1ad", "12–14", "50 %"])
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(), parts, max_size=2),
    max_leaves=4,
)
KEYS = st.just("beskrivelse") | st.sampled_from([*(field.name for field in FIELDS), "fradato", "tildato"]) | st.text()
"""Fields and names that are none, the one that becomes text in the rules most often."""


@given(rows=st.lists(st.dictionaries(KEYS, JSON, max_size=6), min_size=1, max_size=4), day=st.dates())
def test_whatever_a_list_has_in_it_the_rules_can_be_read(rows: Rows, day: date) -> None:
    listed = [{"takstkode": f"X{number}", **fields} for number, fields in enumerate(rows)]
    rulebook, _ = resolve([parse(Source.from_text("regler.regel", FIRST))[0]], None)
    assert rulebook is not None
    with suppress(UnreadableList, DamagedList):
        made = tariffs_of("a.json", json.dumps(listed).encode(), rulebook, None, Choice(day), "liste")
        document, faults = parse(Source.from_text("takster.regel", made.text))
        assert faults == []
        assert sum(isinstance(block, tree.TariffDecl) for block in document.blocks) == made.new <= len(rows)
