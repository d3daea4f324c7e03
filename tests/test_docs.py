"""The pages about the language say what is so: every rule is compiled, and every message is the real one."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import get_args

import pytest

from compiler.examples import failing_examples
from compiler.packages import write
from compiler.pipeline import Library, load
from compiler.python import generate
from dsl import tree
from dsl.codes import CODES
from dsl.diagnostics import render
from dsl.keywords import ANYWHERE, BLOCK_WORDS, LINE_WORDS, TOGETHER, UNITS, reserved_words, terminals
from tests.conftest import CASES, ROOT, Golden

PAGES = ROOT / "site" / "pages"
LANGUAGE = sorted((PAGES / "spraaket").glob("*.md"))
GUIDE = sorted((PAGES / "veiledning").glob("*.md"))
FENCE = re.compile(
    r"(?:^<!-- (?P<note>[^\n]*) -->\n\n)?^(?P<mark>`{3,})(?P<kind>\w+)\n(?P<body>.*?)^(?P=mark)$", re.M | re.S
)
HEADER = re.compile(r"^regelverk (\w+) (\d+)", re.M)
MESSAGE = re.compile(r"(?:feil|advarsel)\[(R\d{3})\]: ")
EXPLAINED = re.compile(r"^### (R\d{3}) [^\n]*\n\n(?:```text\n.*?\n```\n\n)?", re.M | re.S)
FAULTY = re.compile(r"(<!-- feil -->\n\n```regel\n)(.*?)(```\n\n```text\n)(.*?)(```\n)", re.S)


@dataclass
class Rules:
    """The rules of a page as files in a folder; a fence with a `regelverk` begins a new rule year."""

    folder: Path
    year: Path | None = None
    count: int = 0

    def add(self, fence: re.Match[str]) -> None:
        """Write what a fence holds where the page says that it belongs."""
        kind, body, note = fence["kind"], fence["body"], fence["note"] or ""
        header = HEADER.search(body)
        if header is not None:
            self.year = self.folder / header[1].lower() / header[2]
            self.year.mkdir(parents=True)
        if self.year is None or note == "feil":
            return
        self.count += 1
        if kind == "regel":
            (self.year / f"{self.count:02}.regel").write_text(body, encoding="utf-8")
        elif kind == "markdown":
            (self.year / f"{self.count:02}.md").write_text(body, encoding="utf-8")
        elif note.startswith("fil "):
            (self.year / note.removeprefix("fil ")).write_text(body, encoding="utf-8")


def rules(page: Path, folder: Path, until: int | None = None) -> Rules:
    """The rules of a page, or of the part of it before a place."""
    written = Rules(folder)
    for fence in FENCE.finditer(page.read_text(encoding="utf-8")):
        if until is None or fence.start() < until:
            written.add(fence)
    return written


def reported(library: Library) -> str:
    """Every message about some rulebooks and their examples, as on the terminal."""
    failing = [fault for rulebook in library.rulebooks() for fault in failing_examples(rulebook)]
    found = [*library.diagnostics(), *failing]
    return "\n".join(render(fault, library.sources) for fault in found)


@pytest.mark.parametrize("page", [*LANGUAGE, *GUIDE], ids=lambda page: f"{page.parent.stem}/{page.stem}")
def test_every_rule_on_a_page_is_right(page: Path, tmp_path: Path) -> None:
    written = rules(page, tmp_path)
    if written.year is not None:
        assert reported(load(tmp_path, tmp_path)) == ""


@pytest.mark.parametrize("page", [*LANGUAGE, *GUIDE], ids=lambda page: f"{page.parent.stem}/{page.stem}")
def test_messages_on_a_page_are_those_that_come(page: Path, tmp_path: Path, golden: Golden) -> None:
    text = page.read_text(encoding="utf-8")

    def with_message(match: re.Match[str]) -> str:
        before, faulty, between, _, after = match.groups()
        folder = tmp_path / str(match.start())
        year = rules(page, folder, match.start()).year
        assert year is not None
        (year / "eksempel.regel").write_text(faulty, encoding="utf-8")
        message = reported(load(folder, year))
        assert MESSAGE.match(message), "eksempelet er merket «feil», men er riktig"
        return f"{before}{faulty}{between}{message}{after}"

    golden(FAULTY.sub(with_message, text), page)


# ---- what systems are told


def test_the_examples_of_collections_for_systems_are_what_comes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line with a comment, or with one on the line after it, gives what the comment says."""
    rules(PAGES / "spraaket" / "samlinger.md", tmp_path / "regler")
    write(generate(load(tmp_path / "regler").scheme("TJENESTER")), tmp_path / "python")
    monkeypatch.syspath_prepend(tmp_path / "python")
    text = (PAGES / "systemer.md").read_text(encoding="utf-8").split("<!-- samlinger -->", 1)[1].split("\n## ", 1)[0]
    code = "\n".join(fence["body"] for fence in FENCE.finditer(text)).replace("\n# ", "  # ")
    known: dict[str, object] = {}
    told = 0
    for statement in ast.parse(code).body:
        line = code.split("\n")[statement.end_lineno - 1 if statement.end_lineno else 0]
        if isinstance(statement, ast.Expr):
            value = eval(compile(ast.Expression(statement.value), "systemer.md", "eval"), known)
            assert repr(value) == line.rsplit("  # ", 1)[1], line
            told += 1
        else:
            exec(compile(ast.Module([statement], []), "systemer.md", "exec"), known)
    assert told > 10


# ---- the whole language is on the pages


def compiled(tmp_path: Path) -> list[tree.Block]:
    """Every block of every page."""
    found: list[tree.Block] = []
    for page in LANGUAGE:
        rules(page, tmp_path / page.stem)
        library = load(tmp_path / page.stem)
        found += [b for year in library.years.values() for d in year.documents for b in d.blocks]
    return found


def classes(node: object) -> Iterator[type]:
    """The class of every node under a node."""
    if isinstance(node, tuple):
        for part in node:
            yield from classes(part)
    elif is_dataclass(node):
        yield type(node)
        for field in fields(node):
            yield from classes(getattr(node, field.name))


def test_every_construct_has_an_example(tmp_path: Path) -> None:
    seen = {kind for block in compiled(tmp_path) for kind in classes(block)}
    wanted = {*get_args(tree.Block), *get_args(tree.Expr), *get_args(tree.Expectation)}
    assert wanted - seen == set()


def test_every_word_has_an_example() -> None:
    shown = " ".join(fence["body"] for page in LANGUAGE for fence in FENCE.finditer(page.read_text("utf-8")))
    words = set(re.findall(r"\w+", re.sub("«[^»]*»|#.*", "", shown)))
    assert reserved_words() - words == set()


def test_every_block_is_in_the_overview() -> None:
    overview = (PAGES / "spraaket" / "index.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \|", overview, re.M)
    assert sorted(listed) == sorted(BLOCK_WORDS.keys() - {"årlig"})


def test_the_list_of_words_is_whole(golden: Golden) -> None:
    page = PAGES / "spraaket" / "ord.md"
    text = page.read_text(encoding="utf-8")
    for name, part in word_lists().items():
        text = re.sub(rf"(<!-- {name} -->\n\n).*?(?=\n(?:\n#|\n<!--|\Z))", rf"\g<1>{part}", text, flags=re.S)
    golden(text, page)


def word_lists() -> dict[str, str]:
    """What the page of words lists, from the tables that the parser reads."""
    blocks = sorted(BLOCK_WORDS.keys() - {"årlig"})
    lines = [f"| `{block}` | {_listed(LINE_WORDS[block])} |" for block in blocks if LINE_WORDS.get(block)]
    bases = sorted({base for base, _, _ in UNITS.values() if base})
    units = [f"| {_listed(w for w, unit in UNITS.items() if unit[0] == base)} |" for base in [*bases, ""]]
    constructs = len(get_args(tree.Block)), len(get_args(tree.Expr))
    return {
        "antall": (
            f"Språket har {len(reserved_words())} reserverte ord, og {len(UNITS)} ord for enheter. "
            f"{len(blocks)} av ordene begynner en blokk. "
            f"Det er {constructs[0]} slags blokker og {constructs[1]} slags uttrykk."
        ),
        "blokkord": _listed(blocks),
        "linjeord": "\n".join(["| I blokken | Ord først på linjen |", "|---|---|", *lines]),
        "overalt": _listed(ANYWHERE),
        "sammen": ", ".join(
            f"{_listed(words)} etter `{_WORDS_OF[opener]}`" for opener, words in sorted(TOGETHER.items())
        ),
        "enheter": "\n".join(["| Ord for det samme |", "|---|", *units]),
    }


_WORDS_OF = {terminal: min(words) for terminal, words in terminals().items()}


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in sorted(words))


# ---- the page of messages


def test_every_code_is_explained() -> None:
    text = (PAGES / "feil" / "index.md").read_text(encoding="utf-8")
    found = re.findall(r'^<a id="(r\d{3})"></a>\n\n### (R\d{3}) ', text, re.M)
    assert found == [(code.lower(), code) for code in sorted(CODES)], "skriv om koden på siden «Meldinger»"
    for part in re.split(r"^### ", text, flags=re.M)[1:]:
        assert "\n**Gjør slik:** " in part, part.split("\n")[0]


def test_messages_are_those_of_the_cases(golden: Golden) -> None:
    page = PAGES / "feil" / "index.md"
    shown = example_messages()

    def with_example(match: re.Match[str]) -> str:
        code = match[1]
        fence = f"```text\n{shown[code]}\n```\n\n" if code in shown else ""
        return f"### {code} {CODES.get(code, '')}\n\n{fence}"

    golden(EXPLAINED.sub(with_example, page.read_text(encoding="utf-8")), page)


def example_messages() -> dict[str, str]:
    """For each code a message from the cases: from the case with the fewest messages."""
    found: dict[str, tuple[int, str, str]] = {}
    for path in sorted([*(CASES / "feil").glob("*.txt"), *(CASES / "logikk").glob("*.txt")]):
        messages = [m for m in path.read_text(encoding="utf-8").strip().split("\n\n") if MESSAGE.match(m)]
        for message in messages:
            code = message[message.index("[") + 1 : message.index("]")]
            found[code] = min(found.get(code, (99, "", "")), (len(messages), path.stem, message))
    return {code: message for code, (_, _, message) in found.items()}
