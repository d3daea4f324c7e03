"""Any text at all ends in diagnostics or in a rulebook: never in a traceback, never in a hang."""

import random
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest

from compiler.checks import check
from compiler.examples import failing_examples
from compiler.model import Rulebook
from compiler.resolve import header_of, resolve
from dsl import tree
from dsl.diagnostics import has_errors, render
from dsl.parser import parse
from dsl.source import Source, clean
from tests.conftest import CASES, ROOT

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
    *("erstatter ", "flytter ", " før ", "unntak fra ", "tabell ", "fra og med 2020-07-01", "| inn |", "mangler "),
    *(" fra «x.csv»", "kodeverk ", "presisering ", "så status, ", "eksempler ", "bruker ", "år av ", "tertial av "),
    *("regeltabell DRG 1\n", "endrer gruppering ", "    kolonne a = ", "    gir ", "    ordnet etter ", " hver en "),
    *("samling M\n    kontakter liste av Kontakt\n", "    per ", "    resten utelates\n", "    resten hver for seg\n"),
    *("    avbrudd under 8 timer fra ut til neste inn\n", "    velger alle\n", "erstatter samling ", "samling "),
    *("samlet av ", "samlet av (", "første av ", "etter_første av ", "gruppekode av ", " | ikke A1 og B1 | "),
]


@cache
def texts() -> dict[str, str]:
    """The text of each file that rulebooks are read from: those of the project, and one with every construct."""
    roots = (ROOT / "rulebooks", CASES / "ok" / "alt")
    paths = [path for root in roots for path in sorted(root.rglob("*")) if path.suffix in (".md", ".csv")]
    read = [path for path in paths if path.stem != "README" and path.parent.name != "eksempler"]
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in read}


@cache
def folders() -> list[str]:
    """The folder of each rule year, the years of a scheme in order."""
    return sorted({str(Path(name).parent) for name in texts() if name.endswith(".md")})


@cache
def years() -> dict[tuple[str, int], str]:
    """The folder of each rule year, by its scheme and year."""
    headers = [(header_of(list(documents_of(folder)))[0], folder) for folder in folders()]
    return {(header.scheme, header.year): folder for header, folder in headers if header is not None}


@cache
def read(name: str) -> tuple[Source, tree.Document]:
    """A file as it is."""
    source = Source.from_text(name, texts()[name])
    return source, parse(source)[0]


@cache
def documents_of(folder: str) -> tuple[tree.Document, ...]:
    """The documents of a rule year as it is."""
    return tuple(read(name)[1] for name in texts() if name.endswith(".md") and str(Path(name).parent) == folder)


@cache
def files_of(folder: str) -> dict[str, str]:
    """The CSV files of a rule year, by the path that its rules know them by."""
    return {name.removeprefix(f"{folder}/"): text for name, text in texts().items() if name.startswith(f"{folder}/")}


@cache
def sound(folder: str) -> Rulebook | None:
    """A rule year as it is."""
    documents = documents_of(folder)
    return resolve(documents, other_year(documents, "base"), (), files_of(folder), other_year(documents, "uses"))[0]


def other_year(documents: Sequence[tree.Document], which: str) -> Rulebook | None:
    """The year that a header builds on or uses, as it is."""
    header, _ = header_of(documents)
    named = getattr(header, which) if header is not None else None
    return sound(years()[named]) if named in years() else None


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
    """Mutate one file of one rulebook, and see that its year and those after it still come to an end."""
    chance = random.Random(seed)
    path = chance.choice(sorted(texts()))
    text = mutated(texts()[path], chance)
    first = max((folder for folder in folders() if path.startswith(f"{folder}/")), key=len)
    later = [folder for folder in folders() if Path(folder).parent == Path(first).parent and folder >= first]
    source = Source.from_text(path, text)
    document, faults = parse(source) if path.endswith(".md") else (None, [])
    changed: Rulebook | None = None
    for folder in later:
        documents = [d for d in documents_of(folder) if d.source.path != path]
        files = dict(files_of(folder))
        base = other_year(documents_of(folder), "base")
        if folder != first:
            base = changed if base is not None else None
        elif document is not None:
            documents.append(document)
            base = other_year(documents, "base")
        else:
            files[path.removeprefix(f"{folder}/")] = clean(text)
        changed, found = resolve(documents, base, (), files, other_year(documents, "uses"))
        faults += found
        if changed is not None and not has_errors(faults):
            faults += [*check(changed, documents), *failing_examples(changed)]
    for fault in faults:
        other = fault.span.path
        sources = {path: source} | ({other: read(other)[0]} if other != path and other in texts() else {})
        assert render(fault, sources).isprintable() or "\n" in render(fault, sources)
        assert fault.span.line >= 1
        assert fault.span.column >= 1


@pytest.mark.parametrize("start", range(0, 75, 25))
def test_mutated_rulebooks_end_in_diagnostics(start: int) -> None:
    for seed in range(start, start + 25):
        check_mutation(seed)


@pytest.mark.langt
@pytest.mark.parametrize("start", range(75, 10_075, 500))
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
        "".join(f"begrep b{n} for hver e{(n + 1) % 500} hver en e{n}\n    = samlet av (b, c)\n\n" for n in range(500)),
        "begrep x" + "\n " * 20_000,
        "«" * 20_000,
        "\x00" * 1000,
        "gruppe __class__ «__import__('os').system('ls')»\n\nbegrep import\n    a\n\nbegrep eval\n    exec\n",
    ],
    ids=range(16),
)
def test_hostile_text_ends_in_diagnostics(text: str) -> None:
    document, faults = parse(Source.from_text("prøve.regel", HEADER + text))
    rulebook, more = resolve([document], None)
    assert rulebook is not None
    assert len(faults) + len(more) < 3100
