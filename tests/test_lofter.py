"""What a rulebook promises of itself: the order of its groups, and code sets with no code in common."""

import json

import pytest
from jsonschema import Draft202012Validator

from compiler.consolidate import as_text, says_the_same
from compiler.editor.completion import offered
from compiler.editor.names import Symbol, occurrences
from compiler.export import as_json, from_json, schema
from dsl.formatter import formatted
from dsl.source import Source
from tests.library import MADE_UP

FIRST, SECOND = (MADE_UP.years[name] for name in ("rekke-2020", "rekke-2021"))


def test_promises_are_inherited_amended_and_written_whole() -> None:
    assert FIRST.rulebook is not None
    assert SECOND.rulebook is not None
    assert SECOND.rulebook.groupings[0].orders == FIRST.rulebook.groupings[0].orders != ()
    apart = {one.id: one.disjoint for one in SECOND.rulebook.sets}
    assert apart["farlige_koder"] == ("sjeldne_koder",)
    text = as_text(SECOND.rulebook)
    assert "    rekkefølge etter rad l1, l2 før b1 før b2 innen slag\n" in text
    assert says_the_same(SECOND.rulebook, text, "k.regel")


def test_promises_are_in_the_json_only_where_they_are_made() -> None:
    assert FIRST.rulebook is not None
    text = as_json(FIRST.rulebook)
    Draft202012Validator(json.loads(schema())).validate(json.loads(text))
    assert from_json(text).groupings == FIRST.rulebook.groupings
    assert '"disjoint"' in text
    silent = next(one for one in MADE_UP.rulebooks() if one.name == "rader-2020")
    assert '"orders"' not in as_json(silent)


def test_the_layout_of_promises_is_settled() -> None:
    written = (
        "kodesett a\n    F1\n    ingen  felles med b ,c\n\n"
        'gruppering g for hver Besøk\n    rekkefølge  etter slag A,B før "C"  innen x\n'
    )
    assert formatted("a.regel", written)[0] == (
        "kodesett a\n    F1\n    ingen felles med b, c\n\n"
        "gruppering g for hver Besøk\n    rekkefølge etter slag A, B før «C» innen x\n"
    )


@pytest.mark.parametrize(
    ("before", "wanted", "unwanted"),
    [
        ("kodesett k\n    A1\n    ", {"ingen", "ventet"}, {"felles"}),
        ("kodesett k\n    A1\n    ingen ", {"felles"}, {"ventet"}),
        ("kodesett k\n    A1\n    ingen felles med ", {"farlige_koder"}, {"trinn"}),
        ("gruppering g for hver Besøk\n    ", {"rekkefølge", "velger"}, {"innen"}),
        ("gruppering g for hver Besøk\n    rekkefølge ", {"høyeste", "etter"}, {"først"}),
        ("gruppering g for hver Besøk\n    rekkefølge høyeste ", {"trinn", "slag", "rad"}, {"farlige_koder"}),
        ("gruppering g for hver Besøk\n    rekkefølge høyeste trinn ", {"først"}, {"innen"}),
        ("gruppering g for hver Besøk\n    rekkefølge høyeste trinn først ", {"innen"}, {"først"}),
        ("gruppering g for hver Besøk\n    rekkefølge etter slag ", {"akutt", "planlagt"}, {"før"}),
    ],
)
def test_what_may_stand_in_a_promise_is_offered(before: str, wanted: set[str], unwanted: set[str]) -> None:
    lines = before.split("\n")
    source = Source.from_text("a.regel", before)
    found = {item.label for item in offered(FIRST.rulebook, (), source, len(lines), len(lines[-1]) + 1).items}
    assert wanted <= found
    assert not unwanted & found


def test_names_in_promises_are_found_where_they_are_used() -> None:
    source = FIRST.documents[0].source
    used = [
        (source.line(one.span.line).strip(), one.symbol)
        for one in occurrences(FIRST)
        if source.line(one.span.line).lstrip().startswith(("rekkefølge", "ingen felles"))
    ]
    assert used == [
        ("ingen felles med vanlige_koder", Symbol("kodesett", "vanlige_koder")),
        ("rekkefølge høyeste trinn først", Symbol("kolonne", "om_gruppene.trinn")),
        ("rekkefølge etter slag akutt før planlagt", Symbol("kolonne", "om_gruppene.slag")),
        ("rekkefølge etter rad l1, l2 før b1 før b2 innen slag", Symbol("kolonne", "om_gruppene.slag")),
    ]
