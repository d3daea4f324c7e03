"""An author's text never becomes markup: what is not prose keeps every letter, prose keeps a few marks."""

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import markdown  # type: ignore[import-untyped]
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from compiler.pages.text import Md, Prose, code, escape, external, joined, link, plain, safe_address

ROOT = Path(__file__).parent.parent

NASTY = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "__class__ og *stjerne* og **to** og _en_",
    "{{ 7*7 }} {% raw %} {navn} {: .klasse onclick=alert(1) }",
    '"); import os',
    "[x](javascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "![x](http://evil/x.png)",
    "![x][y] [x][y] [y]: http://evil",
    "| rør | og | flere |",
    "`kode` og ``mer``",
    "# overskrift #",
    "- punkt",
    "1. punkt",
    "+ punkt",
    "> sitat",
    "!!! note",
    "=== fane",
    "--- strek",
    "~~~ gjerde",
    ": definisjon",
    "*[abbr]: forkortelse",
    "[^1]: fotnote",
    "<http://evil.example>",
    "<!-- kommentar -->",
    "<?php echo 1 ?>",
    "&lt;script&gt; &#60; &amp;amp;",
    "\\* \\_ \\` \\\\",
    "</section></details></td></table><h1>x</h1>",
    "\x02wzxhzdk:0\x03 klzzwxh:0000",
    "--8<-- 'hemmelig.txt'",
    ":material-skull: :smile:",
)


class Page(HTMLParser):
    """The tags, the attributes and the text of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.other: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    def handle_pi(self, data: str) -> None:
        self.other.append(data)

    def handle_decl(self, decl: str) -> None:
        self.other.append(decl)


def rendered(text: str) -> Page:
    """The page that the site makes of some Markdown."""
    return Page(html(text))


def html(text: str) -> str:
    """Some Markdown as the site makes it: the extensions are those of mkdocs.yml, and MkDocs' own three."""
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    names, options = ["tables", "fenced_code"], {}
    for one in settings["markdown_extensions"]:
        name, given_options = next(iter(one.items())) if isinstance(one, dict) else (one, {})
        names.append(name)
        options[name] = {**given_options, "permalink": False} if name == "toc" else given_options
    return str(markdown.markdown(text, extensions=names, extension_configs=options))


def seen(text: str) -> str:
    """The text as it is to be read: white space joined, characters that nobody sees left out."""
    kept = "".join(c for c in text if c in "\t\n\r\f\v\x85\u2028\u2029" or (c >= " " and c != "\x7f"))
    for hidden in "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
        kept = kept.replace(hidden, "")
    return " ".join(part for part in kept.replace("\x85", " ").replace("\u2028", " ").replace("\u2029", " ").split())


PLACES: dict[str, tuple[Callable[[Md], Md], list[str]]] = {
    "paragraph": (lambda text: text, ["p"]),
    "item": (lambda text: Md("- ") + text, ["ul", "li"]),
    "strong": (lambda text: Md("x **") + text + Md("** y"), ["p", "strong"]),
    "heading": (lambda text: Md("## ") + text, ["h2"]),
    "cell": (
        lambda text: Md("| a |\n|---|\n| ") + text + Md(" |"),
        ["table", "thead", "tr", "th", "tbody", "tr", "td"],
    ),
    "section": (
        lambda text: Md('<section class="a" markdown="1">\n<h3 id="b">') + text + Md("</h3>\n\nc\n</section>"),
        ["section", "h3", "p"],
    ),
    "code": (lambda text: Md("x ") + code(text), ["p", "code"]),
    "link": (lambda text: link(text, "a.md#b"), ["p", "a"]),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", NASTY)
def test_escaped_text_is_only_letters(place: str, text: str) -> None:
    write, tags = PLACES[place]
    page = rendered(write(escape(text)))
    assert page.tags == tags
    assert page.other == []
    assert seen(text) in " ".join(page.text.split())


@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("<>&*_`[](){}|#!\\\"'~^-+=:.1a \n\x02\x03"), st.characters()), max_size=60
    )
)
def test_any_text_is_only_letters(text: str) -> None:
    page = rendered(Md("x ") + escape(text) + Md(" y"))
    assert page.tags == ["p"]
    assert " ".join(page.text.split()) == f"x {seen(text)} y".replace("  ", " ")


def test_joining_escapes_what_is_not_markdown() -> None:
    assert Md("**a** ") + "<b>" == "**a** &lt;b&gt;"
    assert joined(["*", Md("*b*")]) == "&#42;, *b*"
    assert escape(escape("<")) == "&lt;"


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JAVASCRIPT:alert(1)", " https://a", "data:text/html,x", "//evil", "http://", "ftp://a"],
)
def test_only_http_addresses_become_links(address: str) -> None:
    assert safe_address(address) is None
    assert external("x", address) == "x"


def test_an_address_cannot_leave_its_link() -> None:
    page = rendered(external("x", 'https://a/b)"><script>alert(1)</script>[y](javascript:z)'))
    assert page.tags == ["p", "a"]
    assert [name for name, _ in page.attributes] == ["href"]


@pytest.mark.parametrize("text", NASTY)
def test_titles_for_menus_hold_no_tags_even_unescaped_once(text: str) -> None:
    assert not set(plain(text)) & set('<>"')


# ---- prose

PROSE = Prose(
    target=lambda target: target if target.endswith(".md") else None,
    name=lambda name, linked: Md("**45**") if name == "pris" else None,
)
_ALLOWED = {
    *("p", "strong", "em", "code", "a", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"),
    *("h2", "h3", "h4", "h5", "h6", "blockquote", "pre"),
}


@pytest.mark.parametrize("before", ["", "Noe tekst\n", "- punkt\n", "| a |\n|---|\n", "> sitat\n"])
@pytest.mark.parametrize("text", NASTY)
def test_prose_has_only_the_allowed_marks(before: str, text: str) -> None:
    page = rendered(PROSE.blocks(f"{before}{text}\n\netter"))
    assert set(page.tags) <= _ALLOWED
    assert {name for name, _ in page.attributes} <= {"href", "id", "tabindex"}
    assert not any("javascript" in (value or "") for _, value in page.attributes)
    assert page.other == []


@given(st.text(alphabet=st.sampled_from("<>&*_`[](){}|#!\\\"'~-+=:./1ahtps \n\t\x02"), max_size=80))
def test_any_prose_has_only_the_allowed_marks(text: str) -> None:
    page = rendered(PROSE.blocks(text))
    assert set(page.tags) <= _ALLOWED
    assert {name for name, _ in page.attributes} <= {"href", "id", "tabindex"}


def test_prose_keeps_what_authors_may_use() -> None:
    marks = "En **fet** og *skrå* [lenke\nover to](04-x.md), <https://a.no/b> og `kode`."
    page = rendered(PROSE.blocks(f"# Ta\n\n{marks}\n\n- a\n    - b\n- c\n\n1. d\n\n> e"))
    inline = ["strong", "em", "a", "a", "code"]
    assert page.tags == ["h2", "p", *inline, "ul", "li", "ul", "li", "li", "ol", "li", "blockquote", "p"]
    assert ("href", "04-x.md") in page.attributes
    assert ("href", "https://a.no/b") in page.attributes


def test_prose_tables_and_fences() -> None:
    page = rendered(PROSE.blocks("| a | b |\n|---|---|\n| **1** | <b> |\n\n```js\n<script>\n\n*x*\n```"))
    assert page.tags == ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "strong", "td", "pre", "code"]
    assert "<script>\n\n*x*" in page.text


def test_names_in_prose_are_replaced_and_other_braces_stay() -> None:
    page = rendered(PROSE.blocks("Prisen er {pris}, {{pris}} og {{ 7*7 }}, {ukjent}."))
    assert page.text == "Prisen er 45, {{pris}} og {{ 7*7 }}, {ukjent}."
    assert page.tags == ["p", "strong"]


@pytest.mark.parametrize(
    "text", ["<b>a</b>", "![a](https://b/c.png)", "[a](javascript:b)", "a {: .b }", "[a]: https://b", "[a][b]"]
)
def test_what_prose_may_not_use_comes_out_as_text(text: str) -> None:
    page = rendered(PROSE.blocks(text))
    assert page.tags == ["p"]
    assert page.text == text
