"""The settled layout: what it settles, what it leaves alone, and that no rule changes meaning."""

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dsl.formatter import formatted, meaning
from dsl.parser import parse
from dsl.source import Source
from tests.library import NEWEST, ROOT
from tests.test_cli import Run, run

__all__ = ["run"]

RULES = sorted(
    path
    for folder in (ROOT / "rulebooks", ROOT / "tests/cases/ok")
    for path in folder.rglob("*")
    if path.suffix in (".md", ".regel") and path.stem.upper() != "README"
)


def _file(path: Path) -> object:
    """A parameter of a file, which the quick tests have of the newest year of each scheme and of the cases."""
    shown = path.relative_to(ROOT)
    is_quick = shown.parts[0] == "tests" or f"{shown.parts[1]}-{shown.parts[2]}" in NEWEST
    return pytest.param(path, id=str(shown), marks=() if is_quick else pytest.mark.langt)


EACH_FILE = [_file(path) for path in RULES]


def settled(text: str, path: str = "prøve.regel") -> str:
    """The settled text of rules without faults."""
    found, faults = formatted(path, text)
    assert faults == []
    return found


def condition(text: str) -> str:
    """A condition on one line, settled."""
    return settled(f"begrep x\n    {text}\n").split("\n")[1].strip()


def requirement(text: str) -> str:
    """What a requirement requires, settled."""
    return settled(f"krav x\n    krever at {text}\n").split("\n")[1].removeprefix("    krever at ")


def value(text: str) -> str:
    """A value, settled."""
    return settled(f"beregning x\n    = {text}\n").split("\n")[1].removeprefix("    = ")


# ---- what is settled


def test_indentation_is_by_four() -> None:
    text = "krav   x\n  når a\n  krever at alle disse er oppfylt\n     - b\n     -   c\n"
    assert settled(text) == "krav x\n    når a\n    krever at alle disse er oppfylt\n        - b\n        - c\n"


def test_fields_stand_in_columns() -> None:
    text = "opplysninger Kontakt\n    a ja/nei «en»\n    lengre   heltall døgn   kan mangle «to»\n    b tekst\n"
    assert settled(text) == (
        "opplysninger Kontakt\n"
        "    a       ja/nei                   «en»\n"
        "    lengre  heltall døgn kan mangle  «to»\n"
        "    b       tekst\n"
    )


def test_codes_and_their_texts_stand_in_columns() -> None:
    text = "kodesett x\n    B0044 «a»\n    IEAD00    «b»\n"
    assert settled(text) == "kodesett x\n    B0044  «a»\n    IEAD00 «b»\n"


def test_rows_of_tables_stand_in_columns() -> None:
    text = "eksempel «x»\n    gitt\n        a\n            |en|to|\n            | 1 |  |\n    så\n        uavklart\n"
    assert "            | en | to |\n            | 1  |    |\n" in settled(text)


def test_rules_stand_in_columns() -> None:
    text = (
        "gruppering  drg for hver K\n  gir  regel,b\n  kolonne hdg = hdg\n  kolonne alder=a av b\n  ellers DRG 470\n\n"
        "regeltabell DRG 1 «x»\n  | regel|hdg | b|\n  |1A | ikke  05 «lunge» |  |\n  kilde c\n"
    )
    assert settled(text) == (
        "gruppering drg for hver K\n"
        "    gir regel, b\n"
        "    kolonne hdg   = hdg\n"
        "    kolonne alder = a av b\n"
        "    ellers DRG 470\n\n"
        "regeltabell DRG 1 «x»\n"
        "    | regel | hdg              | b |\n"
        "    | 1A    | ikke  05 «lunge» |   |\n"
        "    kilde c\n"
    )


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("a*b", "a × b"),
        ("a / b", "a ÷ b"),
        ("a - b", "a − b"),
        ("-3 kr", "−3 kr"),
        ("( a+b )*c", "(a + b) × c"),
        ("45808 kr per poeng", "45 808 kr per poeng"),
        ("1000000,50", "1 000 000,50"),
        ("a × 12345", "a × 12 345"),
        ("2020", "2020"),
    ],
)
def test_calculations(written: str, wanted: str) -> None:
    assert value(written) == wanted


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("liggetid under 1 døgn", "liggetid er under 1 døgn"),
        ("minst en av prosedyrer i X", "minst én av prosedyrer er i X"),
        ("a ikke i X", "a er ikke i X"),
        ("a ikke er B1", "a er ikke B1"),
        ("a er B1 og minst 2 av liste der b er ikke C1 og d ikke er E1", None),
        ("liggetid er i 1-3 døgn", "liggetid er i 1–3 døgn"),
        ("a er i A1,B2,C01-C09", "a er i A1, B2, C01–C09"),
        ("a er i A1,  B2", "a er i A1, B2"),
        ('a er "tekst"', "a er «tekst»"),
        ("a er minst 31.1.2021", "a er minst 2021-01-31"),
        ("antall (bidiagnoser i X) er minst 2", "antall (bidiagnoser i X) er minst 2"),
    ],
)
def test_conditions(written: str, wanted: str | None) -> None:
    assert condition(written) == (wanted or "a er B1 og minst 2 av liste der b ikke er C1 og d er ikke E1")


def test_not_stands_first_after_at() -> None:
    assert requirement("a er ikke B1") == "a ikke er B1"
    assert requirement("(a er ikke B1 eller c ikke i D1) og e") == "(a ikke er B1 eller c ikke er i D1) og e"


def test_the_article_is_no_number() -> None:
    assert "hver en kode" in settled("opplysninger K\n    koder_her koder hver én kode\n")


def test_codes_are_left_as_they_are_written() -> None:
    text = "takst 1ad\n    ugyldig_med 12345, 010, S06.01\n"
    assert settled(text) == text


# ---- what is left alone


def test_comments_stay_where_they_stand() -> None:
    text = "# først\nsats a = 1 kr   # på linjen\n  # under\n    kilde b\n\n\n# mellom\nsats c = 2 kr\n"
    wanted = "# først\nsats a = 1 kr  # på linjen\n    # under\n    kilde b\n\n# mellom\nsats c = 2 kr\n"
    assert settled(text) == wanted


def test_comments_stay_in_continued_lines() -> None:
    text = "takst 1ad\n    ugyldig_med 1ak,   # kveld\n  2\n"
    assert settled(text) == "takst 1ad\n    ugyldig_med 1ak,  # kveld\n        2\n"


def test_prose_is_kept_byte_for_byte() -> None:
    prose = '# Tittel  \r\n\r\nTekst\xa0med \t«rare»  "tegn" e\u0301 -  *  \r\n\r\n\r\n'
    text = f"{prose}```regel\r\nsats   a=1 kr\r\n```\r\n{prose}```python\r\nx =  1\r\n```"
    assert settled(text, "01.md") == text.replace("sats   a=1 kr", "sats a = 1 kr")


def test_a_text_with_faults_is_left_and_reported() -> None:
    text = "sats   a = 1 kr\n\nkrav   b\n    krevr at c\n"
    found, faults = formatted("x.regel", text)
    assert found == text
    assert [fault.code for fault in faults] == ["R102"]


def test_a_text_in_other_quotes_with_quotes_in_it_is_kept() -> None:
    text = 'kilde a "Om «b»"\n'
    assert settled(text) == text


# ---- on all rules


@pytest.mark.parametrize("path", EACH_FILE)
def test_settling_changes_no_rule_and_is_stable(path: Path) -> None:
    text = path.read_bytes().decode()
    found, faults = formatted(path.name, text)
    if faults:
        pytest.skip("filen har feil")
    assert _meaning(path.name, found) == _meaning(path.name, text)
    assert settled(found, path.name) == found


@pytest.mark.parametrize("seed", [pytest.param(seed, marks=() if seed < 1 else pytest.mark.langt) for seed in range(8)])
@pytest.mark.parametrize("path", EACH_FILE)
def test_every_layout_settles_to_the_same(path: Path, seed: int) -> None:
    text = path.read_bytes().decode()
    found, faults = formatted(path.name, text)
    if faults:
        pytest.skip("filen har feil")
    other = _otherwise(path.name, found, random.Random(seed))
    assert settled(other, path.name) == found


def _meaning(path: str, text: str) -> list[object]:
    document, faults = parse(Source.from_text(path, text))
    assert faults == []
    return [meaning(block) for block in document.blocks]


def _otherwise(path: str, text: str, chance: random.Random) -> str:
    """The same rules as another author might have typed them."""
    source = Source.from_text(path, text)
    rows = text.split("\n")
    for segment in source.rule_segments():
        width = chance.choice([2, 3, 4, 8])
        for number in range(segment.start - 1, segment.end - 1):
            rows[number] = _retyped(rows[number], width, chance)
    return "\n".join(rows)


_RETYPED: list[tuple[str, Callable[[re.Match[str]], str]]] = [
    (r" × ", lambda _: " * "),
    (r" ÷ ", lambda _: " / "),
    (r"−", lambda _: "-"),
    (r"(?<=\d)–(?=\d)", lambda _: "-"),
    (r" er (minst|høyst|over|under|i) ", lambda found: f" {found[1]} "),
    (r" (er ikke|ikke er) ", lambda _: " ikke er "),
    (r"minst én av", lambda _: "minst  en av"),
    (r"(?<=[^\s\d,]) (?=[^\W\d])", lambda _: "   "),
    (r"(\d{1,3}(?: \d{3})+) kr", lambda found: f"{found[1].replace(' ', '')} kr"),
    (r"(\d{4})-(\d\d)-(\d\d)", lambda found: f"{found[3]}.{found[2]}.{found[1]}"),
]


def _retyped(row: str, width: int, chance: random.Random) -> str:
    """One line with other signs, spaces and quotes, all of them or some."""
    body = row.lstrip(" ")
    indent = " " * ((len(row) - len(body)) // 4 * width)
    if body.startswith("|"):
        cells = body.strip("|").split("|")
        return indent + "|" + "|".join(f" {cell.strip()}  " for cell in cells) + "|"
    if body.startswith("#"):
        return indent + body
    parts = re.split(r"(«[^»]*»|<[^>]*>)", body)
    for i, part in enumerate(parts):
        if part.startswith("«") and '"' not in part and chance.random() < 0.5:
            parts[i] = f'"{part[1:-1]}"'
        elif not part.startswith(("«", "<")):
            for pattern, other in _RETYPED:
                if chance.random() < 0.6:
                    part = re.sub(pattern, other, part)
            parts[i] = part
    return indent + "".join(parts) + " " * chance.choice([0, 0, 3])


# ---- the command


def test_the_command_settles_the_files_it_is_given(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "regler.regel"
    path.write_text("sats   a = 1 kr\n", encoding="utf-8")
    checked = run("format", path, "--sjekk")
    assert (checked.code, checked.out) == (1, f"{path.as_posix()} ville blitt endret\n")
    assert path.read_text(encoding="utf-8") == "sats   a = 1 kr\n"
    assert run("format", tmp_path).out == f"{path.as_posix()} er endret\n"
    assert path.read_text(encoding="utf-8") == "sats a = 1 kr\n"
    assert (run("format", path, "--sjekk").code, run("format", path).code) == (0, 0)


def test_the_command_leaves_files_with_faults(run: Run, tmp_path: Path) -> None:
    for name, data in (("feil.regel", b"sats   a 1 kr\n"), ("tegn.regel", b"# \xff\n")):
        (tmp_path / name).write_bytes(data)
        ran = run("format", tmp_path / name)
        assert ran.code == 1
        assert "feil[R1" in ran.err
        assert (tmp_path / name).read_bytes() == data
    assert run("format", tmp_path / "borte.regel").code == 2
