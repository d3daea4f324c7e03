"""Amounts that sources state, from number of stays to kroner: the program must find them, not the other way round.

The figures are those of the settlement committee's report of 2021 (on ISF 2020), and of the pathway that InnoMed showed
in 2022.
"""

from decimal import Decimal
from types import ModuleType

import pytest

from tests.library import Packages


@pytest.fixture
def isf_2020(packages: Packages) -> ModuleType:
    return packages["isf-2020"][1]


@pytest.fixture
def isf_2021(packages: Packages) -> ModuleType:
    return packages["isf-2021"][1]


# Row, stays in DRG 27, of which to DRG 31, 32 and 33, points before and after, and kroner (chapter 6.4, case 20/3956).
DRG_27 = [
    ("Helse Vest", 155, (71, 54, 30), "191.115", "78.394", "-2581761.78"),
    ("Helse Midt-Norge", 37, (13, 24, 0), "45.621", "19.250", "-604001.38"),
    ("Helse Nord", 24, (10, 11, 3), "29.592", "12.254", "-397109.55"),
    ("Helse Sør-Øst", 102, (30, 63, 9), "125.766", "51.432", "-1702545.94"),
    ("Totalt", 318, (124, 152, 42), "392.094", "161.330", "-5285418.66"),
    ("Helse Fonna", 30, (12, 15, 3), "36.990", "15.366", "-495276.10"),
    ("Helse Bergen", 115, (59, 33, 23), "141.795", "58.634", "-1904719.54"),
    ("Helse Førde", 13, (2, 7, 4), "16.029", "6.039", "-228810.96"),
    ("St. Olavs hospital", 12, (3, 9, 0), "14.796", "6.135", "-198371.54"),
    ("Helse Nord-Trøndelag", 8, (3, 5, 0), "9.864", "4.179", "-130209.24"),
    ("Helse Møre og Romsdal", 15, (6, 9, 0), "18.495", "7.869", "-243377.90"),
    ("Finnmarkssykehuset", 1, (1, 0, 0), "1.233", "0.578", "-15002.12"),
]


@pytest.mark.parametrize(("row", "stays", "moved", "before", "after", "kroner"), DRG_27, ids=[r[0] for r in DRG_27])
def test_drg_27_moved_to_31_32_and_33(
    isf_2020: ModuleType, row: str, stays: int, moved: tuple[int, int, int], before: str, after: str, kroner: str
) -> None:
    assert sum(moved) == stays
    lines = [
        isf_2020.Flytting(fra_gruppe="DRG 27", til_gruppe=group, antall_opphold=count)
        for group, count in zip(("DRG 31", "DRG 32", "DRG 33"), moved, strict=True)
    ]
    svar = isf_2020.grupper(isf_2020.Avregning(flyttinger=lines))
    assert svar.poengdifferanse == Decimal(after) - Decimal(before)
    assert svar.avregning == Decimal(kroner)


# Points by length of stay 1, 2 and 3 days, before and after, and the sum (chapter 6.9, case 17/28390).
PERMISSIONS = [
    ("Vest", "521.761 93.803 60.389", "253.766 67.725 50.712", "-303.750", "-6957090.00"),
    ("Midt", "126.223 27.351 14.545", "53.106 15.738 10.588", "-88.687", "-2031287.05"),
    ("Nord", "490.053 113.441 134.946", "206.404 69.015 92.924", "-370.097", "-8476701.69"),
    ("Sør-Øst", "1251.306 330.161 191.526", "559.160 196.983 153.392", "-863.458", "-19776642.03"),
    ("Totalt", "2389.343 564.756 401.406", "1072.436 349.461 307.616", "-1625.992", "-37241720.77"),
]


@pytest.mark.parametrize(
    ("row", "before", "after", "difference", "kroner"), PERMISSIONS, ids=[r[0] for r in PERMISSIONS]
)
def test_permissions(isf_2020: ModuleType, row: str, before: str, after: str, difference: str, kroner: str) -> None:
    points = [sum(map(Decimal, text.split()), Decimal(0)) for text in (before, after)]
    svar = isf_2020.grupper(isf_2020.Avregning(poeng_for=points[0], poeng_etter=points[1]))
    assert svar.poengdifferanse == Decimal(difference)
    assert svar.avregning == Decimal(kroner)


# Difference in points and kroner: cases 20/3958 (DRG 442) and 13/4904 (same day), the latter by provider and by
# residence.
DIFFERENCES = [
    ("442", "-155.11", "-3552639.44"),
    ("OUS", "-74.43", "-1704744.72"),
    ("Medi3 Ålesund", "-13.388", "-306638.75"),
    ("sum", "-87.818", "-2011383.47"),
    ("bosted Sør-Øst", "-66.122", "-1514458.29"),
    ("bosted Vest", "-3.566", "-81675.66"),
    ("bosted Midt", "-16.109", "-368960.54"),
    ("bosted Nord", "-2.021", "-46288.98"),
]


@pytest.mark.parametrize(("row", "points", "kroner"), DIFFERENCES, ids=[r[0] for r in DIFFERENCES])
def test_stated_differences(isf_2020: ModuleType, row: str, points: str, kroner: str) -> None:
    svar = isf_2020.grupper(isf_2020.Avregning(poeng_for=0, poeng_etter=Decimal(points)))
    assert svar.avregning == Decimal(kroner)


def test_drg_442_from_stays_to_points(isf_2020: ModuleType) -> None:
    weight = isf_2020.grupper(isf_2020.Kontakt(drg="DRG 442", sektor="somatikk")).poeng
    assert 51 * weight == Decimal("291.669")
    assert 8 * weight == Decimal("45.752")
    svar = isf_2020.grupper(isf_2020.Avregning(poeng_for=51 * weight, poeng_etter=Decimal("136.559")))
    assert svar.avregning == Decimal("-3552639.44")


# Case 17/11400: the report used another year's price for these ten rows.
DRG_462A = [
    ("17.74", "396080.98"),
    ("5.6", "125031.20"),
    ("21.16", "472439.32"),
    ("9.9", "221037.30"),
    ("25.43", "567775.61"),
    ("30.47", "680303.69"),
    ("4.69", "104713.63"),
    ("12.04", "268817.08"),
    ("2.3", "51352.10"),
    ("8.3", "185314.10"),
]


@pytest.mark.parametrize(("points", "kroner"), DRG_462A)
def test_the_462a_case_does_not_come_out_with_the_price_of_2020(isf_2020: ModuleType, points: str, kroner: str) -> None:
    svar = isf_2020.grupper(isf_2020.Avregning(poeng_for=Decimal(points), poeng_etter=0))
    assert svar.avregning is not None
    assert svar.avregning != -Decimal(kroner)
    assert (Decimal(kroner) / Decimal(points)).quantize(Decimal("0.01")) == 22327, "the source's price is 44 654 × 50 %"


PATHWAY = {
    "tverrfaglig_møte": 2336,
    "samarbeidsmøte_med_pasient": 934,
    "ambulant_kols": 3037,
    "ambulant_diabetes": 2289,
    "ambulant_hjertesvikt": 2429,
    "fjernmonitorering": 701,
}


@pytest.mark.parametrize(("group", "kroner"), PATHWAY.items())
def test_the_six_amounts_of_the_pathway(isf_2021: ModuleType, group: str, kroner: int) -> None:
    svar = isf_2021.grupper(isf_2021.Kontakt(drg=group, sektor="somatikk"))
    assert (svar.status, svar.refusjon) == ("gruppert", kroner)


def test_1867_is_not_among_the_amounts(isf_2021: ModuleType) -> None:
    one = isf_2021.grupper(isf_2021.Kontakt(drg="samarbeidsmøte_med_pasient", sektor="somatikk"))
    exact = one.poeng * Decimal(46719) * Decimal("0.5")
    assert 2 * one.refusjon == 1868
    assert (2 * exact).quantize(Decimal(1)) == 1869


def test_what_depends_on_an_unstated_weight_cannot_be_computed(isf_2021: ModuleType) -> None:
    svar = isf_2021.grupper(isf_2021.Kontakt(drg="DRG 442", sektor="somatikk"))
    assert (svar.status, svar.gruppe, svar.refusjon) == ("kan ikke beregnes", "DRG 442", None)
    assert svar.grunner[0].tekst == "vekt for DRG 442 er ikke oppgitt for 2021"


# Tariff, honorar, refusjon and egenandel of 2020/21.
TARIFFS = [("1ad", 73, 15, 58), ("1ak", 91, 34, 57), ("1bd", 64, 64, 0)]


@pytest.mark.parametrize(("code", "honorar", "refusjon", "egenandel"), TARIFFS)
def test_tariffs_of_2020(packages: Packages, code: str, honorar: int, refusjon: int, egenandel: int) -> None:
    module = packages["fastlege-2020"][1]
    svar = module.grupper(module.Regning(linjer=[module.Linje(takst=code)]))
    found = (svar.honorar_paa_regningen, svar.refusjon_paa_regningen, svar.egenandel_paa_regningen)
    assert found == (honorar, refusjon, egenandel)
    assert honorar == refusjon + egenandel


@pytest.mark.parametrize(
    ("first", "second"), [("1ad", "1ak"), ("1ak", "1ad"), ("1bd", "1ad"), ("1ad", "1bd"), ("1bd", "1ak")]
)
def test_tariffs_that_exclude_each_other(packages: Packages, first: str, second: str) -> None:
    module = packages["fastlege-2020"][1]
    svar = module.grupper(module.Regning(linjer=[module.Linje(takst=first), module.Linje(takst=second)]))
    assert [line.inngaar for line in svar.linjer] == [True, False]
    assert [reason.id for reason in svar.linjer[1].grunner] == ["kombinasjon"]


def test_an_unstated_rate_is_named_by_its_title(isf_2021: ModuleType) -> None:
    reason = "enhetsprisen i psykisk helsevern og rus er ikke oppgitt for 2021"
    assert isf_2021.ENHETSPRIS_PHV_TSB.grunn == reason
