"""Danish kroner are money of their own: shown as such, read as such, and never mixed with kroner."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest

from compiler.examples import answers, failing_examples
from compiler.kinds import Dimension, exchange_hint
from compiler.model import Rulebook
from compiler.packages import imported
from compiler.pages import pages
from compiler.pipeline import load
from tests.test_pages import text as read_text

VIDEO = """regelverk VIDEO 2022 «Videokonsultasjon 2022»
    gjelder fra 2022-01-01 til og med 2022-12-31
    status endelig

kilde k «Kilde»

opplysninger Kontakt
    honorar  desimaltall DKK
    besøk  heltall

årlig sats tillegg «Tillegg» = 1 578 DKK
    kilde k

sats kurs «Kurs» = 1,40 kr per DKK
    kilde k

sats andel = 33,3 %
    kilde k

beregning i_alt «I alt»
    = besøk × honorar + tillegg

beregning andelen «Avrundet»
    = honorar × andel
    avrundet til hele DKK

beregning i_kroner «I norske kroner»
    = (honorar + tillegg) × kurs
    avrundet til hele kroner

eksempel «Ett besøk»
    gitt
        honorar = 153,61 DKK
        besøk = 1
    så
        i_alt = 1 731,61 DKK
        andelen = 51 DKK
        i_kroner = 2 424 kr
"""


@pytest.fixture(scope="module")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    folder = tmp_path_factory.mktemp("valuta")
    (folder / "video/2022").mkdir(parents=True)
    (folder / "video/2022/regler.regel").write_text(VIDEO, encoding="utf-8")
    library = load(folder, folder)
    assert library.diagnostics() == []
    return library.rulebooks()[0]


@pytest.fixture(scope="module")
def module(rulebook: Rulebook) -> Iterator[ModuleType]:
    with imported([rulebook]) as package:
        yield package.aar(2022)


def test_an_example_adds_and_rounds_danish_kroner(rulebook: Rulebook) -> None:
    assert list(failing_examples(rulebook)) == []


def test_a_rate_makes_danish_kroner_into_kroner(module: ModuleType) -> None:
    svar = module.grupper(module.Kontakt(honorar=Decimal("153.61"), besok=1))
    assert (svar.i_alt, svar.andelen, svar.i_kroner) == (Decimal("1731.61"), Decimal(51), Decimal(2424))


@pytest.mark.parametrize("written", ["1 578 DKK", "1578 dkk", "1578", 1578, "1 578,00 DKK"])
def test_danish_kroner_are_read_with_or_without_the_unit(module: ModuleType, written: object) -> None:
    assert module.grupper_data({"honorar": written, "besøk": 1}).verdier["i_alt"] == 3156


def test_an_amount_in_kroner_is_not_read_as_danish(module: ModuleType) -> None:
    svar = module.grupper_data({"honorar": "1 578 kr", "besøk": 1})
    assert svar.status == "feil i data"
    assert "et tall i DKK" in svar.grunner[0].tekst


def test_explanations_and_docstrings_name_the_currency(module: ModuleType) -> None:
    contact = module.Kontakt(honorar=Decimal("153.61"), besok=1)
    explained = str(module.forklar(contact)).replace("\u00a0", " ")
    assert "i alt = 1 731,61 DKK" in explained
    assert "i kroner = 2 424 kr" in explained
    code = Path(str(module.__file__)).read_text(encoding="utf-8").replace("\u00a0", " ")
    for docstring in ('"""Honorar, i DKK."""', '"""Tillegg (1 578 DKK).', '"""I alt (i DKK).'):
        assert docstring in code


def test_pages_show_the_currency(rulebook: Rulebook) -> None:
    shown = " ".join(read_text(page) for page in pages(rulebook, answers(rulebook)).values())
    for words in ("1 578 DKK", "1,40 kr per DKK", "1 731,61 DKK", "avrundet til hele DKK"):
        assert words in shown


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        ((("DKK", 1),), (("kr", 1),), True),
        ((("DKK", 1), ("minutt", -1)), (("kr", 1), ("minutt", -1)), True),
        ((("DKK", 1), ("minutt", -1)), (("kr", 1),), False),
        ((("DKK", 1),), (("poeng", 1),), False),
        ((("DKK", 1),), (("DKK", 1), ("minutt", -1)), False),
        ((("DKK", 1), ("kr", -1)), (("kr", 1),), False),
    ],
)
def test_the_hint_of_a_rate_is_for_two_currencies(left: Dimension, right: Dimension, said: bool) -> None:
    assert (exchange_hint(left, right) is not None) == said
