"""The pages about the language say what is so: every rule is compiled, and every message is the real one."""

import ast
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner

from compiler.cli import cli
from compiler.examples import failing_examples
from compiler.logic.check import checked_logic
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
MESSAGES = PAGES / "feil"
FENCE = re.compile(
    r"(?:^<!-- (?P<note>[^\n]*) -->\n\n)?^(?P<mark>`{3,})(?P<kind>\w+)\n(?P<body>.*?)^(?P=mark)$", re.M | re.S
)
HEADER = re.compile(r"^regelverk (\w+) (\d+)", re.M)
MESSAGE = re.compile(r"(?:feil|advarsel)\[(R\d{3})\]: ")
SHOWN = re.compile(r"^```text\n(.*?)^```\n", re.M | re.S)
FAULTY = re.compile(r"(<!-- feil(?:, med logikken)? -->\n\n```regel\n)(.*?)(```\n\n```text\n)(.*?)(```\n)", re.S)


@dataclass
class Rules:
    """The rules of a page as files in a folder; a fence with a `regelverk` begins a rule year, also one anew."""

    folder: Path
    year: Path | None = None
    count: int = 0

    def add(self, fence: re.Match[str]) -> None:
        """Write what a fence holds where the page says that it belongs."""
        kind, body, note = fence["kind"], fence["body"], fence["note"] or ""
        header = HEADER.search(body)
        if header is not None:
            self.year = self.folder / header[1].lower() / header[2]
            shutil.rmtree(self.year, ignore_errors=True)
            self.year.mkdir(parents=True)
        if self.year is None or note.startswith("feil"):
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


def proved(library: Library) -> str:
    """Every message about the logic of some rulebooks."""
    return "\n".join(render(fault, library.sources) for fault in checked_logic(library).findings)


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
        library = load(folder, year)
        message = proved(library) if "med logikken" in before else reported(library)
        assert MESSAGE.match(message), "eksempelet er merket «feil», men er riktig"
        return f"{before}{faulty}{between}{message}{after}"

    golden(FAULTY.sub(with_message, text), page)


def test_the_guide_ends_with_the_whole_file_of_its_first_rulebook() -> None:
    """All that the page has told to write stands in the file in the same order, and in one fence."""
    fences = list(FENCE.finditer((PAGES / "veiledning" / "index.md").read_text(encoding="utf-8")))
    first, whole = [fence["body"] for fence in fences if fence["kind"] == "markdown"]
    parts = [fence["body"] for fence in fences if fence["kind"] == "regel" and fence["note"] != "feil"]
    (written,) = [fence["body"] for fence in FENCE.finditer(whole)]
    (begun,) = [fence["body"] for fence in FENCE.finditer(first)]
    assert written == "\n".join([begun, *parts])


def test_the_guide_shows_the_file_of_a_new_year(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Golden
) -> None:
    """What `regelverk ny` writes for the year that the page goes out from."""
    page = PAGES / "veiledning" / "nytt-aar.md"
    text = page.read_text(encoding="utf-8")
    first, file = re.search(r"`(rulebooks/sykehus/)2020/([\w-]+\.md)`", text).groups()  # type: ignore[union-attr]
    year = tmp_path / first / "2020"
    year.mkdir(parents=True)
    (year / file).write_text(next(FENCE.finditer(text))["body"], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (asked,) = re.findall(r"^regelverk (ny .*)$", text, re.M)
    told = CliRunner().invoke(cli, asked.split()).output
    assert told == f"{first}2021/{file} er laget\n"
    made = (tmp_path / first / "2021" / file).read_text(encoding="utf-8")
    assert "R419" in CliRunner().invoke(cli, ["sjekk", "--uten-logikk"]).output
    fence = re.compile(r"(<!-- ny -->\n\n````markdown\n).*?(?=^````$)", re.M | re.S)
    assert f"`{first}2021/{file}`" in text
    golden(fence.sub(lambda match: f"{match[1]}{made}", text), page)


def test_the_guide_shows_what_an_import_of_weights_does(tmp_path: Path) -> None:
    """The list of the page read into its year: what is the same is not written, and the rules are right."""
    page = PAGES / "veiledning" / "nytt-aar.md"
    text = page.read_text(encoding="utf-8")
    rules(page, tmp_path / "rulebooks")
    (listed,) = [fence["body"] for fence in FENCE.finditer(text) if fence["body"].startswith("gruppe;")]
    (tmp_path / "liste.csv").write_text(listed, encoding="utf-8")
    (asked,) = re.findall(r"^regelverk (importer vekter .*)$", text, re.M)
    words = asked.replace("liste.csv", str(tmp_path / "liste.csv"))
    ran = CliRunner().invoke(cli, words.replace("rulebooks", str(tmp_path / "rulebooks")).split())
    assert (ran.exit_code, "2 rader lest, 1 uendret, 0 ikke tatt med" in ran.output) == (0, True)
    written = (tmp_path / "rulebooks/sykehus/2021/vekter.regel").read_text(encoding="utf-8")
    assert written == "endrer gruppe DRG 3\n    vekt fra 1,8 til 1,9\n    kilde rundskriv_2021\n"
    assert reported(load(tmp_path / "rulebooks")) == ""


def test_the_guide_shows_what_a_new_year_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Golden) -> None:
    """The made-up contacts of the guide, and what they come to in the two years of its page."""
    page = PAGES / "veiledning" / "nytt-aar.md"
    text = page.read_text(encoding="utf-8")
    rules(page, tmp_path / "rulebooks")
    monkeypatch.chdir(tmp_path)
    (program,) = [fence["body"] for fence in FENCE.finditer(text) if fence["kind"] == "python"]
    exec(compile(program, "lag_kontakter.py", "exec"), {})
    (asked,) = re.findall(r"^regelverk (konsekvens .*)$", text, re.M)
    told = CliRunner().invoke(cli, asked.split()).output
    shown = "\n".join(line.rstrip() for line in told.split("\nStørst utslag")[0].splitlines())
    fence = re.compile(r"(<!-- konsekvens -->\n\n```text\n).*?(?=^```$)", re.M | re.S)
    golden(fence.sub(lambda match: f"{match[1]}{shown.rstrip()}\n", text), page)


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


# ---- the pages of messages

LOGIC = {f"R{number}" for number in range(408, 418)}
"""Codes of what only the checks of the logic find."""
WITHOUT_TEXT = {"R108", "R114", "R117", "R210"}
"""Codes that no text on a page can show: about folders and bytes, or too long. Their messages are those of a case."""


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    pages = {path.stem.upper() for path in MESSAGES.glob("r*.md")}
    assert pages == CODES.keys(), (
        "skriv en side i site/pages/feil for hver kode, og ta bort sider om koder som er borte"
    )


def test_the_list_of_messages_is_whole(golden: Golden) -> None:
    """Every code in the order of the codes, with the anchor that it had when all were on one page."""
    page = MESSAGES / "index.md"
    text = page.read_text(encoding="utf-8")
    listed = re.compile(r"^- <a id=\"r(\d{3})\"></a>.*$", re.M)
    found = [f"R{number}" for number in listed.findall(text)]
    assert found == sorted(CODES), "skriv koden i listen på siden «Meldinger»"

    def line(match: re.Match[str]) -> str:
        name, code = f"r{match[1]}", f"R{match[1]}"
        return f'- <a id="{name}"></a>[{code}]({name}.md) {CODES[code]}'

    golden(listed.sub(line, text), page)


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_page_of_a_message_shows_the_fault_and_what_is_right(code: str, tmp_path: Path, golden: Golden) -> None:
    page = MESSAGES / f"{code.lower()}.md"
    _, rest = page.read_text(encoding="utf-8").split("\n\n", 1)
    told, wrong = rest.split("## Galt\n\n")
    assert "**Gjør slik:** " in told
    wrong, *right = wrong.split("## Riktig\n\n")
    message = example_messages()[code] if code in WITHOUT_TEXT else messages(code, wrong, tmp_path / "galt")
    assert MESSAGE.findall(message) == [code]
    if right:
        assert messages(code, right[0], tmp_path / "riktig") == ""
    shown = SHOWN.sub(lambda _: f"```text\n{message.rstrip()}\n```\n", rest)
    golden(f"# {code} {CODES[code]}\n\n{shown}", page)


def messages(code: str, text: str, folder: Path) -> str:
    """What is told of the examples in a part of a page, each put into the rulebook of the examples."""
    base = next(FENCE.finditer((MESSAGES / "index.md").read_text(encoding="utf-8")))["body"]
    for name, body, header in [("01-grunnlag.regel", base, base), *((*file, text) for file in named(text))]:
        found = HEADER.search(header)
        scheme, year = found.groups() if found is not None else ("OPPHOLD", "2020")
        path = folder / scheme.lower() / year / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")
    library = load(folder, folder)
    return reported(library) + (proved(library) if code in LOGIC else "")


def named(text: str) -> Iterator[tuple[str, str]]:
    """The files that the fences of a text are."""
    for fence in FENCE.finditer(text):
        note = fence["note"] or ""
        if note.startswith("fil "):
            yield note.removeprefix("fil "), fence["body"]
        elif fence["kind"] != "text":
            yield "02-eksempel.md" if fence["kind"] == "markdown" else "02-eksempel.regel", fence["body"]


@cache
def example_messages() -> dict[str, str]:
    """For each code a message from the cases: from the case with the fewest messages."""
    found: dict[str, tuple[int, str, str]] = {}
    for path in sorted([*(CASES / "feil").glob("*.txt"), *(CASES / "logikk").glob("*.txt")]):
        messages = [m for m in path.read_text(encoding="utf-8").strip().split("\n\n") if MESSAGE.match(m)]
        for message in messages:
            code = message[message.index("[") + 1 : message.index("]")]
            found[code] = min(found.get(code, (99, "", "")), (len(messages), path.stem, message))
    return {code: message for code, (_, _, message) in found.items()}
