"""Any text at all ends in diagnostics or in a rulebook: never in a traceback, never in a hang."""

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from compiler.resolve import resolve
from dsl.diagnostics import Diagnostic, render
from dsl.parser import parse
from dsl.source import Source
from tests.conftest import ROOT

Change = Callable[[str, random.Random], str]

PIECES = [
    *"«»\"'()[]{}<>|#-–−×*÷/+=,.;:!%&\t\u00a0\u200b\x00\r²٣",
    *(
        " og ",
        " eller ",
        " ikke ",
        " av ",
        " er ",
        " der ",
        " for hver ",
        "\n",
        "\n\n",
        "\n    ",
        "\n```\n",
        "```regel\n",
    ),
    *("når ", "krever at ", "minst én av ", "alle ", "sum av ", "linje", "drg", "DRG 442", "9" * 30, "1–9", "E00–E07"),
    *("opphever ", "endrer ", "kodesett x\n", "begrep x\n    x\n", "liste av Linje", "ukjent", "0001-01-01"),
]


@cache
def texts() -> dict[str, str]:
    """The text of each rule file of the project."""
    paths = [path for path in sorted((ROOT / "rulebooks").rglob("*.md")) if path.stem != "README"]
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in paths}


def mutated(text: str, chance: random.Random) -> str:
    """The text with a few pieces taken out, put in, doubled or swapped."""
    for _ in range(chance.randint(1, 6)):
        change: Change = chance.choice([_characters, _lines, _words])
        text = change(text, chance)
    return text


def _characters(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    length = chance.choice([0, 1, 1, 2, 10, 100])
    piece: str = chance.choice([*PIECES, "", text[at : at + length] * 2])
    return text[:at] + piece + text[at + length :]


def _lines(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(5):
        case 0:
            del lines[at]
        case 1:
            lines.insert(other, lines[at])
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            lines[at] = lines[at].lstrip() if chance.random() < 0.5 else f"  {lines[at]}"
        case _:
            lines[at:at] = lines[other : other + chance.randrange(30)]
    return "\n".join(lines)


def _words(text: str, chance: random.Random) -> str:
    words = text.split(" ")
    at, other = chance.randrange(len(words)), chance.randrange(len(words))
    words[at] = chance.choice([words[other], "", words[at] * 2, chance.choice(PIECES)])
    return " ".join(words)


def check_mutation(seed: int) -> None:
    """Mutate one file of one rulebook, and see that all its years still come to an end."""
    chance = random.Random(seed)
    path = chance.choice(sorted(texts()))
    sources = {name: mutated(text, chance) if name == path else text for name, text in texts().items()}
    base = None
    found: list[tuple[Source, Diagnostic]] = []
    for folder in sorted({str(Path(name).parent) for name in sources}):
        read = [Source.from_text(name, text) for name, text in sources.items() if str(Path(name).parent) == folder]
        parsed = [parse(source) for source in read]
        by_path = {source.path: source for source in read}
        rulebook, faults = resolve([document for document, _ in parsed], base if "2021" in folder else None)
        base = rulebook
        for fault in [*faults, *(fault for _, syntax in parsed for fault in syntax)]:
            found.append((by_path.get(fault.span.path, read[0]), fault))
    for source, fault in found:
        assert render(fault, source).isprintable() or "\n" in render(fault, source)
        assert fault.span.line >= 1
        assert fault.span.column >= 1


@pytest.mark.parametrize("start", range(0, 300, 50))
def test_mutated_rulebooks_end_in_diagnostics(start: int) -> None:
    for seed in range(start, start + 50):
        check_mutation(seed)


@pytest.mark.langt
@pytest.mark.parametrize("start", range(300, 10_300, 500))
def test_many_mutated_rulebooks_end_in_diagnostics(start: int) -> None:
    for seed in range(start, start + 500):
        check_mutation(seed)


HEADER = """regelverk PROVE 2020 «Prøve»
    gjelder fra 2020-01-01
    status utkast

opplysninger Kontakt
    a ja/nei

"""


@pytest.mark.parametrize(
    "text",
    [
        "begrep x\n    " + "(" * 3000 + "a" + ")" * 3000 + "\n",
        "begrep x\n    " + "ikke " * 3000 + "a\n",
        "beregning x\n    = " + " + ".join(["1"] * 3000) + "\n",
        "begrep x\n" + "".join("    " * n + "- alle disse er oppfylt\n" for n in range(1, 400)),
        "beregning x\n    = " + "a av " * 3000 + "a\n",
        "sats x = " + "9" * 6000 + "\n",
        "kodesett x\n    1–" + "9" * 40 + "\n",
        "kodesett x\n    " + "A1" * 50_000 + "\n",
        "begrep x\n    minst " + "9" * 5000 + " av a\n",
        "".join(f"begrep b{n}\n    b{n + 1}\n\n" for n in range(3000)),
        "".join(f"begrep b{n}\n    b{(n + 1) % 3000}\n\n" for n in range(3000)),
        "begrep x" + "\n " * 20_000,
        "«" * 20_000,
        "\x00" * 1000,
        "gruppe __class__ «__import__('os').system('ls')»\n\nbegrep import\n    a\n\nbegrep eval\n    exec\n",
    ],
    ids=range(15),
)
def test_hostile_text_ends_in_diagnostics(text: str) -> None:
    document, faults = parse(Source.from_text("prøve.regel", HEADER + text))
    rulebook, more = resolve([document], None)
    assert rulebook is not None
    assert len(faults) + len(more) < 3100
