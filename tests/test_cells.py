"""The cells of rule tables: what they say, and the names in them that are only for the reader."""

import pytest

from dsl import tree
from dsl.cells import UnreadableCell, names, normal, read, with_names
from dsl.diagnostics import Span

PLACE = Span("a.regel", 1, 1, 1, 2)


@pytest.mark.parametrize(
    ("written", "said", "named"),
    [
        ("05X05 «Klaffefeil»", "05X05", {"05X05": "Klaffefeil"}),
        ("A1«Klaffefeil»  og   ikke B1 « Feil »", "A1 og ikke B1", {"A1": "Klaffefeil", "B1": "Feil"}),
        ("«stor» eller «liten»", "«stor» eller «liten»", {}),
        ("ikke «to ord» «forklart»", "ikke «to ord»", {}),
        ("over 6 574", "over 6 574", {}),
        ("«stor", "«stor", {}),
        ("stor»", "stor»", {}),
        ("A1 «»", "A1", {}),
        ("", "", {}),
    ],
)
def test_names_after_codes_are_for_the_reader(written: str, said: str, named: dict[str, str]) -> None:
    assert normal(written) == said
    assert normal(said) == said
    assert names(written) == named
    assert normal(with_names(said, named)) == said
    assert names(with_names(said, named)) == named


def test_names_stand_after_the_codes_they_are_of() -> None:
    assert with_names("A1 og ikke B2 eller «A1»", {"A1": "en", "B2": "to"}) == "A1 «en» og ikke B2 «to» eller «A1»"


@pytest.mark.parametrize(
    ("text", "predicates", "joined_by"),
    [
        ("A1", ["er"], "og"),
        ("ikke A1 og B1 og ikke C1", ["er ikke", "er", "er ikke"], "og"),
        ("stor eller liten", ["er", "er"], "eller"),
        ("minst 1", ["minst"], "og"),
        ("0–28 eller over 365", ["i", "over"], "eller"),
        ("ikke 0-28", ["ikke i"], "og"),
        ("mangler", ["mangler"], "og"),
        ("ikke mangler og over 3", ["finnes", "over"], "og"),
        ("ikke finnes", ["mangler"], "og"),
    ],
)
def test_a_cell_says_one_thing_or_several(text: str, predicates: list[str], joined_by: str) -> None:
    cell = read(text, PLACE)
    assert [said.predicate for said in cell.said] == predicates
    assert cell.joined_by == joined_by


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("05X05", tree.Codes),
        ("ABC", tree.Codes),
        ("stor", tree.Name),
        ("«stor»", tree.Text),
        ("1", tree.Quantity),
        ("6 574,5", tree.Quantity),
        ("0–28", tree.Interval),
        ("DRG 290", tree.Member),
        ("ja", tree.YesNo),
    ],
)
def test_what_a_cell_names(text: str, value: type) -> None:
    (said,) = read(text, PLACE).said
    assert isinstance(said.value, value)


@pytest.mark.parametrize(
    "text", ["ikke", "A og B eller C", "ikke A eller B", "ikke over 3", "A, B", "> 3", "«a", "og", ""]
)
def test_what_cannot_be_read(text: str) -> None:
    with pytest.raises(UnreadableCell):
        read(text, PLACE)
