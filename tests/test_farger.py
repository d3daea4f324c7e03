"""Rules in colour: the grammar of the extension and the Pygments lexer come from the one table of words."""

import json
import re
import tomllib
from collections.abc import Callable

import pytest
from pygments import lex
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Keyword, Literal, Name, Number, String, _TokenType

from compiler.editor import textmate
from compiler.editor.word_meanings import MEANINGS, NAMES, PAGES, meaning_of
from dsl import highlight
from dsl.keywords import ANYWHERE, BLOCK_WORDS, LINE_WORDS, UNITS, reserved_words
from tests.conftest import ROOT, Golden

SYNTAXES = ROOT / "editor/vscode/syntaxes"


@pytest.mark.parametrize(("name", "made"), [("regel", textmate.rules), ("regel.gjerde", textmate.fences)])
def test_the_grammar_of_the_extension_is_the_one_that_is_made(
    name: str, made: Callable[[], str], golden: Golden
) -> None:
    golden(made(), SYNTAXES / f"{name}.tmLanguage.json")


def test_every_word_is_coloured_where_it_is_a_word() -> None:
    patterns = [one["match"] for one in json.loads(textmate.rules())["patterns"]]
    lines = [f"{word} navn" for word in BLOCK_WORDS]
    lines += [f"    {word} " for words in LINE_WORDS.values() for word in words]
    for line in lines:
        first = next(match for pattern in patterns[:2] if (match := re.match(pattern, line)))
        assert first[1] == line.split()[0]
    for word in ANYWHERE:
        assert re.search(highlight.WORD, f"a {word} b")
        assert not re.search(highlight.WORD, f"å{word}ø {word}_")
    for unit in UNITS:
        assert re.search(f"{highlight.NUMBER} +{highlight.UNIT}", f"5 {unit}")


def tokens(text: str) -> list[tuple[_TokenType, str]]:
    """What is coloured in a text, spaces apart."""
    return [(kind, value) for kind, value in lex(text, get_lexer_by_name("regel")) if value.strip()]


def test_rules_are_coloured_by_pygments() -> None:
    text = """\
årlig sats døgnpris «Prisen» = 1 000 kr per poeng
    kilde rundskriv
endrer gruppe DRG 1
    når alder er under 18 år og kode er M16.0
    fra og med 2020-12-31
"""
    found = tokens(text)
    for kind, value in (
        (Keyword.Declaration, "årlig sats"),
        (Name.Function, "døgnpris"),
        (String, "«Prisen»"),
        (Number, "1 000"),
        (Keyword.Type, "kr"),
        (Keyword.Reserved, "kilde"),
        (Name, "rundskriv"),
        (Keyword.Declaration, "endrer gruppe"),
        (Name.Function, "DRG 1"),
        (Keyword.Reserved, "når"),
        (Keyword, "under"),
        (Name.Constant, "M16.0"),
        (Literal.Date, "2020-12-31"),
    ):
        assert (kind, value) in found
    assert get_lexer_for_filename("regler.regel").name == "Regelspråk"
    assert "".join(value for _, value in lex(text, get_lexer_by_name("regel"))) == text


def test_the_extension_has_the_version_and_the_files_that_it_says() -> None:
    folder = ROOT / "editor/vscode"
    package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert package["version"] == project["version"]
    assert package["contributes"]["languages"][0]["extensions"] == [".regel"]
    for grammar in package["contributes"]["grammars"]:
        made = json.loads((folder / grammar["path"]).read_text(encoding="utf-8"))
        assert made["scopeName"] == grammar["scopeName"]
    configuration = json.loads((folder / "language-configuration.json").read_text(encoding="utf-8"))
    assert configuration["comments"] == {"lineComment": "#"}
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
    assert lock["packages"][""]["devDependencies"] == package["devDependencies"]


def test_every_word_has_a_meaning_and_a_page_that_shows_it() -> None:
    assert MEANINGS.keys() == reserved_words()
    assert all(meaning_of(unit) for unit in UNITS)
    folder = ROOT / "site/pages/spraaket"
    assert {path.stem for path in folder.glob("*.md")} == PAGES.keys()
    for page, title in PAGES.items():
        assert (folder / f"{page}.md").read_text(encoding="utf-8").startswith(f"# {title}\n")
    for word, meaning in {**MEANINGS, **NAMES}.items():
        text = (folder / f"{meaning.page}.md").read_text(encoding="utf-8")
        assert re.search(rf"(?<!\w){word}(?!\w)", text), (word, meaning.page)
