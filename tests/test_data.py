"""Faulty data get an answer that names the field, the value and what was expected; none is lost."""

from datetime import date
from decimal import Decimal, localcontext

import pytest

from compiler.runtime.verdier import avrundet
from tests.library import Packages

FAULTY = [
    ({"sektor": "somatik"}, "sektor er «somatik»; ventet somatikk, phv_voksne, phv_barn eller tsb"),
    ({"sektor": "somatikk", "alder": "femti"}, "alder er «femti»; ventet et helt tall i år"),
    ({"sektor": "somatikk", "alder": "12,5"}, "alder er «12,5»; ventet et helt tall i år"),
    ({"sektor": "somatikk", "alder": -1}, "alder er «-1»; ventet et helt tall i år som ikke er under 0"),
    ({"sektor": "somatikk", "liggetid": "NaN"}, "liggetid er «NaN»; ventet et helt tall i døgn"),
    ({"sektor": "somatikk", "liggetid": "1e400"}, "liggetid er «1e400»; ventet et helt tall i døgn"),
    ({"sektor": "somatikk", "liggetid": True}, "liggetid er «True»; ventet et helt tall i døgn"),
    ({"sektor": "somatikk", "dagkirurgi": "kanskje"}, "dagkirurgi er «kanskje»; ventet ja eller nei"),
    ({"sektor": "somatikk", "hovedtilstand": "S06.01 eller S06.0"}, "ventet en kode"),
    ({"sektor": "somatikk", "prosedyrer": 17}, "ventet en liste av koder"),
    ({"sektor": "somatikk", "prosedyrer": "A0099 «"}, "ventet en kode"),
]


@pytest.mark.parametrize(("data", "text"), FAULTY)
def test_a_faulty_contact_says_field_value_and_what_was_expected(
    packages: Packages, data: dict[str, object], text: str
) -> None:
    svar = packages["isf-2020"][1].grupper_data(data)
    assert svar.status == "feil i data"
    assert text in svar.grunner[0].tekst


def test_all_faults_of_a_contact_are_told(packages: Packages) -> None:
    svar = packages["isf-2020"][1].grupper_data({"sektor": "x", "alder": "y", "oppmøte": "z"})
    assert [reason.id for reason in svar.grunner] == ["sektor", "alder", "oppmøte"]


def test_a_faulty_line_is_told_by_its_number(packages: Packages) -> None:
    svar = packages["fastlege-2020"][1].grupper_data({"linjer": [{"takst": "1ad"}, {"takst": "1 a d"}, 7]})
    assert svar.status == "feil i data"
    assert svar.grunner[0].tekst == "linjer 2: takst er «1 a d»; ventet en kode"
    assert "linjer 3" in svar.grunner[1].tekst


@pytest.mark.parametrize("written", ["DRG 442", "DRG442", "442", "drg 442", 442, " DRG  442 "])
def test_a_group_is_known_however_it_is_written(packages: Packages, written: object) -> None:
    svar = packages["isf-2020"][1].grupper_data({"sektor": "somatikk", "drg": written})
    assert (svar.gruppe, svar.gruppe_oppgitt, svar.verdier["refusjon"]) == ("DRG 442", True, 130988)


@pytest.mark.parametrize("written", ["80", "80 %", 80, 80.0, Decimal(80), "80,0"])
def test_a_share_is_known_however_it_is_written(packages: Packages, written: object) -> None:
    data = {"sektor": "somatikk", "prosedyrer": "A0099", "undervist": "7 timer", "oppmøte": written}
    svar = packages["isf-2020"][1].grupper_data(data)
    assert svar.status == "uavklart"
    assert "oppmøte" not in svar.grunner[0].felt


def test_a_group_outside_the_extract_is_never_refused(packages: Packages) -> None:
    svar = packages["isf-2020"][1].grupper_data({"sektor": "somatikk", "drg": "DRG 1"})
    assert svar.status == "ikke i utdraget"


def test_a_tariff_outside_the_extract_is_never_refused(packages: Packages) -> None:
    svar = packages["fastlege-2020"][1].grupper_data({"linjer": [{"takst": "2ad"}]})
    assert (svar.status, svar.lister["linjer"][0].inngaar) == ("ikke i utdraget", None)


def test_an_empty_list_is_empty_and_an_absent_one_is_missing(packages: Packages) -> None:
    module = packages["fastlege-2020"][1]
    assert module.grupper_data({"linjer": []}).verdier["honorar_på_regningen"] == 0
    assert module.grupper_data({}).status == "kan ikke beregnes"


def test_amounts_do_not_depend_on_the_callers_precision(packages: Packages) -> None:
    module = packages["isf-2020"][1]
    with localcontext() as context:
        context.prec = 3
        svar = module.grupper_data({"sektor": "somatikk", "drg": "442"})
    assert svar.verdier["refusjon"] == 130988


@pytest.mark.parametrize(
    ("value", "direction", "rounded"),
    [
        ("0.005", None, "0.01"),
        ("-0.005", None, "-0.01"),
        ("0.0049", None, "0"),
        ("0.001", "opp", "0.01"),
        ("0.009", "ned", "0"),
    ],
)
def test_halves_are_rounded_away_from_zero(value: str, direction: str | None, rounded: str) -> None:
    assert avrundet(Decimal(value), Decimal("0.01"), direction) == Decimal(rounded)


def test_a_date_picks_the_rule_year(packages: Packages) -> None:
    package = packages["isf-2020"][2]
    assert package.for_dato(date(2020, 12, 31)).KVITTERING.aar == 2020
    assert package.for_dato(date(2021, 1, 1)).KVITTERING.aar == 2021
    with pytest.raises(ValueError, match="ingen regler i pakken gjelder 2010-01-01"):
        package.for_dato(date(2010, 1, 1))
    with pytest.raises(ValueError, match="pakken har ikke regelåret 1999"):
        package.aar(1999)
