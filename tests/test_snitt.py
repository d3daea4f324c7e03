"""The mean and the sample standard deviation of a list."""

import statistics
from collections.abc import Iterator
from decimal import Decimal, localcontext
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler import consolidate
from compiler.evaluate import evaluate
from compiler.model import Rulebook, Unit
from compiler.packages import imported
from compiler.pages import pages
from compiler.pipeline import load
from compiler.runtime.verdier import REGNING, Mangler, Tom, Uoppgitt, gjennomsnitt, standardavvik
from dsl.formatter import formatted
from tests.test_generated import QUICK
from tests.test_rask_navn import NAMES

RULES = """\
regelverk SNITT 2023 «Snitt»
    gjelder fra 2023-01-01 til og med 2023-12-31
    status utkast

kilde k «Kilde»

opplysninger Sak
    linjer  liste av Linje kan mangle hver en linje

opplysninger Linje
    beløp   desimaltall kr kan mangle
    krevd   desimaltall
    tid     heltall timer kan mangle

beregning snitt
    = gjennomsnitt av beløp for hver linje

beregning sprik
    = standardavvik av beløp for hver linje

beregning snitt_av_krevde
    = gjennomsnitt av krevd for hver linje der krevd er over 0

beregning sprik_eller_null
    = standardavvik av tid for hver linje der tid finnes
    ellers 0 timer

beregning snitt_av_to
    = gjennomsnitt av (1 kr, 2 kr)

begrep høyeste_vanlige for hver linje
    = (gjennomsnitt av beløp for hver tidligere linje) + 2 × (standardavvik av beløp for hver tidligere linje)

krav ikke_langt_unna for hver linje
    krever at beløp er høyst høyeste_vanlige
    ellers varsel «langt unna {gjennomsnitt av (beløp, beløp)}»
    mangler teller som nei
    kilde k
"""


def year(folder: Path, text: str) -> Rulebook:
    """The year that a text is."""
    folder = folder / "snitt" / "2023"
    folder.mkdir(parents=True)
    (folder / "regler.regel").write_text(text, encoding="utf-8")
    library = load(folder.parent.parent)
    assert [str(fault) for fault in library.diagnostics()] == []
    return library.rulebooks()[0]


@pytest.fixture(scope="module")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """A year with the mean and the deviation of many things."""
    return year(tmp_path_factory.mktemp("snitt"), RULES)


@pytest.fixture(scope="module")
def module(rulebook: Rulebook) -> Iterator[ModuleType]:
    """Its package."""
    with imported([rulebook]) as package:
        yield package.aar(2023)


def numbers(*values: str | int) -> list[Decimal]:
    """Some numbers."""
    return list(map(Decimal, values))


# ---- the two by themselves


@pytest.mark.parametrize(
    ("values", "mean", "deviation"),
    [
        (numbers(5), "5", None),
        (numbers(5, 5, 5), "5", "0"),
        (numbers(1, 2), "1.5", REGNING.sqrt(Decimal("0.5"))),
        (numbers(2, 4, 4, 4, 5, 5, 7, 9), "5", REGNING.sqrt(REGNING.divide(Decimal(32), Decimal(7)))),
        (numbers(-3, 3), "0", REGNING.sqrt(Decimal(18))),
        (numbers("0.1", "0.3", "0.5"), "0.3", "0.2"),
        (numbers(0, 0, 0, 10), "2.5", "5"),
    ],
)
def test_of_numbers(values: list[Decimal], mean: str, deviation: str | None) -> None:
    assert gjennomsnitt(values) == Decimal(mean)
    found = standardavvik(values)
    assert isinstance(found, Tom) if deviation is None else found == Decimal(deviation)


def test_of_nothing_there_is_no_value() -> None:
    assert isinstance(gjennomsnitt([]), Tom)
    assert isinstance(standardavvik([]), Tom)


@pytest.mark.parametrize("function", [gjennomsnitt, standardavvik])
@pytest.mark.parametrize("missing", [Tom("beløp"), Uoppgitt("beløp")])
def test_what_is_missing_makes_it_missing(function: Any, missing: Mangler) -> None:
    for values in ([missing], [Decimal(1), missing], [missing, Decimal(1), Uoppgitt("annet")]):
        assert function(values) is missing


def test_equal_numbers_do_not_deviate_however_long_they_are() -> None:
    third = REGNING.divide(Decimal(1), Decimal(3))
    for count in (2, 3, 7, 11):
        assert standardavvik([third] * count) == 0


@QUICK
@given(st.lists(st.decimals(-(10**9), 10**9, places=6), min_size=2, max_size=20))
def test_it_is_the_deviation_of_a_sample(values: list[Decimal]) -> None:
    with localcontext(REGNING):
        expected = statistics.stdev(values)
    assert abs(standardavvik(values) - expected) <= expected * Decimal("1e-58")


# ---- in a rulebook


_AMOUNTS = st.none() | st.sampled_from(numbers(0, 1, 2, "2.5", 100)) | st.decimals(-999, 9999, places=2)
_LINES = st.lists(
    st.fixed_dictionaries({"beløp": _AMOUNTS, "krevd": _AMOUNTS, "tid": st.none() | st.integers(0, 30)}), max_size=6
)


@QUICK
@given(lines=st.none() | _LINES)
def test_the_package_answers_as_the_reference(
    rulebook: Rulebook, module: ModuleType, lines: list[dict[str, Any]] | None
) -> None:
    case = {"linjer": lines}
    expected, found = evaluate(rulebook, case), module.vurder_data(case)
    assert (found.status, found.verdier, repr(found.lister), repr(found.grunner)) == (
        expected.status,
        expected.verdier,
        repr(expected.lister),
        repr(expected.grunner),
    )
    assert f"Status: {found.status}" in module.forklar(case)


def of_amounts(rulebook: Rulebook, *amounts: str | None) -> dict[str, Any]:
    """The values for some amounts."""
    lines = [{"beløp": amount, "krevd": "1", "tid": amount and int(Decimal(amount))} for amount in amounts]
    return dict(evaluate(rulebook, {"linjer": lines}).verdier)


def test_the_values_and_their_units(rulebook: Rulebook) -> None:
    values = of_amounts(rulebook, "1", "2", "3")
    assert (values["snitt"], values["sprik"], values["snitt_av_to"]) == (Decimal(2), Decimal(1), Decimal("1.5"))
    assert values["sprik_eller_null"] == Decimal(60)
    assert rulebook.term("snitt").unit == Unit(shown="kr")
    assert rulebook.term("sprik_eller_null").unit == Unit(shown="minutter")
    assert rulebook.term("snitt_av_krevde").unit is None


@pytest.mark.parametrize(("amounts", "ratio"), [(("1", "1"), "0.333"), (("2", "3"), "0.833"), (("1", "2"), "0.500")])
def test_a_ratio_has_three_decimals(tmp_path: Path, amounts: tuple[str, ...], ratio: str) -> None:
    lines = "    = (gjennomsnitt av beløp for hver linje) ÷ 3 kr\n    avrundet til tusendeler\n"
    rulebook = year(tmp_path, f"{RULES}\nberegning forhold\n{lines}")
    assert of_amounts(rulebook, *amounts)["forhold"] == Decimal(ratio)
    assert rulebook.term("forhold").unit is None


def test_one_line_and_none(rulebook: Rulebook) -> None:
    one, none = of_amounts(rulebook, "4"), of_amounts(rulebook)
    assert (one["snitt"], one["sprik"], one["sprik_eller_null"]) == (Decimal(4), None, Decimal(0))
    assert (none["snitt"], none["sprik"], none["sprik_eller_null"]) == (None, None, Decimal(0))


def test_a_line_without_the_value(rulebook: Rulebook) -> None:
    values = of_amounts(rulebook, "4", None, "6")
    assert (values["snitt"], values["sprik"], values["sprik_eller_null"]) == (None, None, REGNING.sqrt(Decimal(7200)))
    svar = evaluate(rulebook, {"linjer": [{"beløp": 1, "krevd": None}]})
    assert [grunn.felt for grunn in svar.grunner if grunn.id == "snitt_av_krevde"] == [("krevd",)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("gjennomsnitt av beløp for hver linje er over 2", "«2» mangler enhet"),
        ("standardavvik av beløp for hver linje er over 2 timer", "kr kan ikke sammenlignes med timer"),
    ],
)
def test_the_unit_is_that_of_the_elements(tmp_path: Path, line: str, message: str) -> None:
    value, _, rest = line.partition(" er ")
    folder = tmp_path / "snitt" / "2023"
    folder.mkdir(parents=True)
    text = f"{RULES}\nbegrep prøvd\n    ({value}) er {rest}\n"
    (folder / "regler.regel").write_text(text, encoding="utf-8")
    assert [fault.message for fault in load(tmp_path).diagnostics()] == [message]


def test_only_numbers_have_a_mean(tmp_path: Path) -> None:
    folder = tmp_path / "snitt" / "2023"
    folder.mkdir(parents=True)
    text = RULES.replace("tid     heltall timer", "tid     dato         ")
    (folder / "regler.regel").write_text(text, encoding="utf-8")
    messages = [fault.message for fault in load(tmp_path).diagnostics()]
    assert messages == ["«standardavvik av» gjelder tall, ikke en dato"]


def test_the_words(rulebook: Rulebook) -> None:
    shown = "\n".join(pages(rulebook, {}, None).values()).replace("\u00a0", " ")
    assert "standardavvik av tid for hver i linjer der tid finnes" in shown
    text = consolidate.as_text(rulebook)
    assert "    = gjennomsnitt av krevd for hver linje der krevd er over 0\n" in text
    assert consolidate.says_the_same(rulebook, text, "k.regel")
    assert formatted("k.regel", "beregning a\n    =   gjennomsnitt  av b   for hver c\n")[0] == (
        "beregning a\n    = gjennomsnitt av b for hver c\n"
    )


@pytest.mark.parametrize("function", ["gjennomsnitt", "standardavvik"])
def test_rule_tables_with_it_are_answered_the_thorough_way(tmp_path: Path, function: str) -> None:
    text = NAMES.replace("høyeste av nummer", f"{function} av nummer")
    made = year(tmp_path, text)
    with imported([made]) as package:
        module = package.aar(2020)
        assert module.REGLER["Opphold"].raskt is None
        for field in ([], ["A1"], ["A1", "A3"], ["A3", "A3", "A1"]):
            case = {"rest": "bit", "biter": 1, "lister": ["A2"], "felt": field}
            assert module.grupper_data(case).verdier == evaluate(made, case).verdier
