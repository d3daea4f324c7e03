"""From text to syntax tree: what is forgiven, and where things stand."""

import pytest
from lark import Lark

from dsl import tree
from dsl.layout import Layout
from dsl.parser import grammar_text, parse
from dsl.source import Source


def blocks(text: str, path: str = "prøve.regel") -> tuple[tree.Block, ...]:
    """The blocks of a text without faults."""
    document, faults = parse(Source.from_text(path, text))
    assert faults == []
    return document.blocks


def term(text: str) -> tree.TermDecl:
    """The one term of a text."""
    (block,) = blocks(text)
    assert isinstance(block, tree.TermDecl)
    return block


def condition(text: str) -> tree.Expr:
    """A condition written on one line."""
    found = term(f"begrep x\n    {text}\n").condition
    assert found is not None
    return found


def value(text: str) -> tree.Expr:
    """A value written on one line."""
    return term(f"beregning x\n    = {text}\n").lines[0].value


# ---- where things stand


def test_positions_point_into_the_markdown_file() -> None:
    rates = "\n```regel\nsats timer = 7 timer\n```\n\nMer.\n\n```regel\nsats andel = 50 %\n```\n"
    text = f"# Om satser\n\nTimene er {{timer}}.\n{rates}"
    first, second = blocks(text, "01.md")
    assert first.span == ("01.md", 6, 6, 6, 11)
    assert second.span == ("01.md", 12, 6, 12, 11)


def test_prose_is_never_read_as_rules() -> None:
    assert blocks("# Krav\n\nkrav er noe annet her\n\n    sats = 3\n", "01.md") == ()


@pytest.mark.parametrize("fence", ["```regel", "``` regel ", "  ```regel", "~~~regel", "````regel", "```Regel"])
def test_fences_are_forgiven(fence: str) -> None:
    mark = fence.strip().lower().replace("regel", "").strip()
    (rate,) = blocks(f"{fence}\nsats timer = 7 timer\n{mark}\n", "01.md")
    assert rate.span.line == 2


def test_other_fences_hold_no_rules() -> None:
    assert blocks("```python\nsats = 3\n```\n\n```\nsats timer\n```\n", "01.md") == ()


def test_open_fence_is_reported_where_it_opens() -> None:
    _, faults = parse(Source.from_text("01.md", "Tekst.\n\n```regel\nsats timer = 7 timer\n\nMer tekst her.\n"))
    assert [(fault.code, fault.span.line) for fault in faults] == [("R109", 3)]


@pytest.mark.parametrize(
    "text",
    [
        "begrep ung\r\n    alder er under 18 år\r\n",
        "begrep ung\n\talder er under 18 år\n",
        "begrep ung\n    alder\u00a0er\u00a0under 18\u202får\n",
        "\ufeffbegrep ung\n    alder er under 18 a\u030ar\n",
        "begrep ung   # de unge\n\n    alder er under 18 år   # i dag\n\n\n",
    ],
    ids=["CRLF", "tab", "harde mellomrom", "BOM og sammensatt å", "kommentarer"],
)
def test_ways_of_saving_a_file_make_no_difference(text: str) -> None:
    plain = term("begrep ung\n    alder er under 18 år\n")
    assert isinstance(plain.condition, tree.Comparison)
    found = term(text).condition
    assert isinstance(found, tree.Comparison)
    assert (found.predicate, found.value.unit.word) == ("under", "år")  # type: ignore[union-attr]


# ---- what the keyboard lacks


@pytest.mark.parametrize(
    ("written", "operator"),
    [("a * b", "×"), ("a × b", "×"), ("a / b", "÷"), ("a - b", "−"), ("a − b", "−"), ("a + b", "+")],
)
def test_operators_have_two_writings(written: str, operator: str) -> None:
    found = value(written)
    assert isinstance(found, tree.Arithmetic)
    assert found.operator == operator


@pytest.mark.parametrize("title", ["«Under 18»", '"Under 18"', "“Under 18”"])
def test_quotes_have_three_writings(title: str) -> None:
    assert term(f"begrep ung {title}\n    alder er under 18 år\n").title == "Under 18"


@pytest.mark.parametrize("day", ["2020-12-31", "31.12.2020"])
def test_dates_have_two_writings(day: str) -> None:
    found = condition(f"inn er {day}")
    assert isinstance(found, tree.Comparison)
    assert isinstance(found.value, tree.DateValue)
    assert found.value.value.isoformat() == "2020-12-31"


@pytest.mark.parametrize("one", ["én", "en", "ett", "1"])
def test_one_has_many_writings(one: str) -> None:
    found = condition(f"minst {one} av prosedyrer er A0099")
    assert isinstance(found, tree.Quantified)
    assert found.quantifier.number == 1


@pytest.mark.parametrize(
    ("written", "number"),
    [("45 808,50", "45808.50"), ("0,420", "0.420"), ("45\u00a0808", "45808"), ("−3", "-3"), ("-3", "-3")],
)
def test_numbers_are_norwegian_and_exact(written: str, number: str) -> None:
    found = value(written)
    assert isinstance(found, tree.Quantity)
    assert str(found.value) == number


@pytest.mark.parametrize("dash", ["-", "–"])
def test_intervals_have_two_dashes(dash: str) -> None:
    found = condition(f"liggetid er i 1{dash}3 døgn")
    assert isinstance(found, tree.Comparison)
    assert isinstance(found.value, tree.Interval)
    assert found.value.text == "1–3"


def test_codes_keep_their_text() -> None:
    (block,) = blocks("kodesett x\n    1XC03, E00-E07, S06.0, E10*\n")
    assert isinstance(block, tree.CodeSetDecl)
    (line,) = block.lines
    assert isinstance(line, tree.Items)
    assert isinstance(line.values[0], tree.Codes)
    assert line.values[0].parts == ("1XC03", "E00–E07", "S06.0", "E10*")


def test_comma_at_the_end_continues_the_line() -> None:
    (block,) = blocks("kodesett x\n    JAB10,   # den første\n    JAH01\n")
    assert isinstance(block, tree.CodeSetDecl)
    assert len(block.lines) == 1


def test_a_line_may_begin_with_any_word_of_a_condition() -> None:
    for text in (
        "ikke lang",
        "antall prosedyrer er minst 2",
        "høyst 2 av prosedyrer er i x",
        "tidligere linje mangler",
    ):
        assert condition(text) is not None


def test_unit_words_are_names_where_no_number_stands_before() -> None:
    found = value("poeng × 2 poeng")
    assert isinstance(found, tree.Arithmetic)
    assert isinstance(found.left, tree.Name)


def test_each_block_with_a_fault_is_reported_and_the_rest_are_read() -> None:
    text = "sats a = 1.5\n\nbegrep b\n    x er er 2\n\nsats c = 3 kr\n"
    document, faults = parse(Source.from_text("prøve.regel", text))
    assert [fault.span.line for fault in faults] == [1, 4]
    assert [block.span.line for block in document.blocks] == [6]
    assert {"a", "b"} <= document.unreadable


def test_grammar_has_no_conflict() -> None:
    pytest.importorskip("interegular")
    Lark(grammar_text(), parser="lalr", lexer="basic", postlex=Layout(), strict=True)
