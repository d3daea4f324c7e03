"""Changes to the rules, one at a time: each kind is made, and what no example notices is told with what would."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from compiler.mutation.answers import answered
from compiler.mutation.apart import Untouched
from compiler.mutation.beyond import is_beyond
from compiler.mutation.changes import MEANINGS
from compiler.mutation.found import Finder
from compiler.mutation.judge import Judged, judged
from compiler.mutation.mutants import mutants
from compiler.mutation.report import Figures, examined
from compiler.pipeline import Library, load
from tests.conftest import Golden
from tests.gulltilfeller import golden_cases
from tests.library import LIBRARY, MADE_UP
from tests.test_cli import Run, run
from tests.test_docs import PAGES, rules

__all__ = ["run"]

PAGE = PAGES / "veiledning" / "eksempler.md"
SHOWN = re.compile(r"(<!-- styrkeproeve -->\n\n```text\n)(.*?)(```\n)", re.S)
EXAMPLE = re.compile(r"^    eksempel .*\n(?:^     .*\n)+", re.M)
HELD = dict.fromkeys(sorted({one.scheme for one in LIBRARY.rulebooks()}), 0.95) | {"FASTLEGE": 0.91}
"""How much of the changes to each scheme is noticed; over all of them it is more than 95 %.

Of the tariffs that cannot stand together, most changes that are left are said from the other side too.
"""
RULES = """\
regelverk OPPHOLD 2020 «Opphold»
    gjelder fra 2020-01-01 til og med 2020-12-31

kilde rundskriv «Et oppdiktet rundskriv»

opplysninger Opphold «Et opphold»
    alder     heltall år kan mangle
    liggetid  heltall døgn
    diagnose  kode fra ICD-10
    henvist   ja/nei

kodesett brudd «Brudd»
    S52, S62, S72
    kilde rundskriv

krav henvisning «Henvisning»
    krever at henvist og liggetid er minst 1 døgn
    ellers inngår ikke «pasienten er ikke henvist»
    kilde rundskriv

gruppering drg for hvert Opphold

gruppe DRG 1 «Brudd»
    når diagnose er i brudd
    kilde rundskriv

gruppe DRG 2 «Lange opphold»
    når liggetid er over 30 døgn
    kilde rundskriv

gruppe DRG 3 «Resten»
    når liggetid er høyst 30 døgn
    kilde rundskriv

beregning betaling «Betaling»
    = 500 kr når alder er under 18 år
    ellers 1 000 kr
    kilde rundskriv

unntak fra betaling «Brudd hos barn er gratis»
    når diagnose er i brudd og alder er under 16 år
    = 0 kr
    kilde rundskriv

eksempel «En voksen»
    gitt
        alder = 40 år
        liggetid = 2 døgn
        diagnose = S52
        henvist = ja
    så
        gruppe = DRG 1
        betaling = 1 000 kr
"""


def library(folder: Path, text: str, year: int = 2020) -> Library:
    """A folder with one more year."""
    path = folder / "opphold" / str(year) / "regler.regel"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    found = load(folder, folder)
    assert found.diagnostics() == []
    return found


def changes(found: Library) -> list[Judged]:
    """Every change to what is in a folder, judged by the examples."""
    return list(judged(found.rulebooks()))


def lines(found: Library, ones: Sequence[Judged]) -> set[tuple[int, str, str]]:
    """The line, and what it was and became, of each change that is told."""
    told = [finding for _, _, finding in examined(ones, found.sources) if finding is not None]
    return {(one.line, one.before, one.after) for one in told}


def test_every_kind_of_change_is_made() -> None:
    made = [(rulebook, mutant) for rulebook in MADE_UP.rulebooks() for mutant in mutants(rulebook).values()]
    assert {mutant.kind for _, mutant in made} == MEANINGS.keys()
    for rulebook, mutant in made[:: len(made) // 100]:
        assert mutant.make() != rulebook, mutant


def test_what_no_example_notices_is_told_with_the_authors_line(tmp_path: Path) -> None:
    found = library(tmp_path, RULES)
    told = lines(found, changes(found))
    assert {
        (on("    S52, S62, S72"), "S62", "tatt ut"),
        (on(f"    {_REQUIRED}"), _REQUIRED, "krever at henvist og liggetid er over 1 døgn"),
        (on(f"    {_REQUIRED}"), _REQUIRED, "krever at liggetid er minst 1 døgn"),
        (on("krav henvisning «Henvisning»"), "krav henvisning", "tatt bort"),
        (on("    når liggetid er over 30 døgn"), "når liggetid er over 30 døgn", "når liggetid er over 31 døgn"),
        (on(f"    {_PAID}"), _PAID, "= 501 kr når alder er under 18 år"),
        (on(f"    {_FREE}"), _FREE, "når diagnose er i brudd og alder er høyst 16 år"),
    } <= told
    noticed = {(on("    S52, S62, S72"), "S52", "tatt ut"), (on("gruppe DRG 1 «Brudd»"), "gruppe DRG 1", _NOT_TAKEN)}
    assert not noticed & told


def on(line: str) -> int:
    """The number of a line of the rules."""
    return RULES.split("\n").index(line) + 1


_REQUIRED = "krever at henvist og liggetid er minst 1 døgn"
_PAID = "= 500 kr når alder er under 18 år"
_FREE = "når diagnose er i brudd og alder er under 16 år"
_NOT_TAKEN = "tas ikke av noe vilkår"


def test_the_examples_that_are_shown_notice_it(tmp_path: Path, run: Run) -> None:
    library(tmp_path, RULES)
    before = run("styrkeproeve", "opphold-2020", "--mappe", tmp_path)
    assert (before.code, before.err) == (0, "")
    shown = EXAMPLE.findall(before.out)
    # The change to the order of groups and rows may be shown by an example that another change has too.
    titled = [text.replace("Skiller", f"{number}: skiller", 1) for number, text in enumerate(shown)]
    library(tmp_path, "\n".join([RULES, *(re.sub("^    ", "", text, flags=re.M) for text in titled)]))
    after = run("styrkeproeve", "opphold", "--mappe", tmp_path, "--minst", "90")
    assert after.code == 0, after.out
    assert before.out.count("dette eksempelet ville merket det") == len(shown) > 10
    assert "dette eksempelet ville merket det" not in after.out


def test_a_change_that_no_answer_shows_is_proved_to_be_without_effect(tmp_path: Path) -> None:
    found = library(
        tmp_path, RULES.replace("liggetid er minst 1 døgn", "liggetid er minst 1 døgn og liggetid er minst 0 døgn")
    )
    rulebook = found.rulebooks()[0]
    finder = Finder(rulebook)
    dropped = [one for one in mutants(rulebook).values() if one.definition.id == "henvisning" and one.kind == "vilkår"]
    assert Counter(isinstance(one, Untouched) for one in map(finder.telling, dropped)) == {True: 1, False: 2}


def test_what_is_inherited_is_changed_where_it_is_written(tmp_path: Path) -> None:
    library(tmp_path, RULES)
    later = """regelverk OPPHOLD 2021 «Opphold»
    bygger på OPPHOLD 2020
    gjelder fra 2021-01-01 til og med 2021-12-31

eksempel «Et barn»
    gitt
        alder = 17 år
        liggetid = 2 døgn
        diagnose = A01
        henvist = ja
    så
        betaling = 500 kr
"""
    ones = changes(library(tmp_path, later, 2021))
    assert {one.year.rulebook.name for one in ones} == {"opphold-2020"}
    noticed = [one.example for one in ones if one.example is not None and "2021" in one.example]
    assert noticed
    assert set(noticed) == {"eksempelet «Et barn» i opphold-2021"}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["opphold-2021"], 2, "ukjent regelverk «opphold-2021»: mente du «opphold-2020»?"),
        (["opphold", "--regel", "henvisnig"], 2, "ingen regel heter «henvisnig»; mente du «henvisning»?"),
        (["opphold", "--minst", "99"], 1, ""),
        (["opphold", "--minst", "101"], 2, "--minst"),
    ],
)
def test_what_cannot_be_done_is_told(run: Run, tmp_path: Path, arguments: list[str], code: int, said: str) -> None:
    library(tmp_path, RULES)
    ran = run("styrkeproeve", *arguments, "--mappe", tmp_path)
    assert ran.code == code
    assert said in ran.err


def test_one_rule_for_programs(run: Run, tmp_path: Path) -> None:
    library(tmp_path, RULES)
    told = json.loads(run("styrkeproeve", "opphold", "--regel", "brudd", "--mappe", tmp_path, "--format", "json").out)
    assert told["regelverk"] == {
        "opphold-2020": {
            "endringer": 3,
            "merket_av_eksempler": 1,
            "ikke_merket": 2,
            "uten_virkning": 0,
            "stanset": 0,
        }
    }
    assert [(one["slag"], one["linje"], one["før"], one["etter"]) for one in told["ikke_merket"]] == [
        ("kode", 13, "S62", "tatt ut"),
        ("kode", 13, "S72", "tatt ut"),
    ]


def test_the_guide_shows_what_comes(run: Run, tmp_path: Path, golden: Golden) -> None:
    text = PAGE.read_text(encoding="utf-8")
    shown = SHOWN.search(text)
    assert shown is not None
    rules(PAGE, tmp_path, shown.start())
    ran = run("styrkeproeve", "opphold-2020", "--mappe", tmp_path)
    out = ran.out.replace(f"{tmp_path.as_posix()}/", "")
    golden(SHOWN.sub(lambda match: f"{match[1]}{out}{match[3]}", text), PAGE)


@pytest.mark.langt
@pytest.mark.parametrize(("scheme", "aim"), HELD.items())
def test_our_own_rules_are_held_by_examples_and_golden_cases(scheme: str, aim: float) -> None:
    figures = Figures()
    years = LIBRARY.scheme(scheme)
    assert years
    finders: dict[str, Finder] = {}
    for one in judged(years, others=golden_cases):
        rulebook = one.year.rulebook
        finder = finders.setdefault(rulebook.name, Finder(rulebook))
        figures.add(one, finder.telling(one.mutant) if one.survives else None)
    assert figures.share >= aim, f"{figures.share:.1%}"


def test_a_code_that_no_line_can_have_is_without_effect() -> None:
    """Of tariffs that cannot stand together, those that are not in the tables: no bill of two lines tells of it."""
    rulebook = next(one for one in LIBRARY.scheme("fastlege") if one.name == "fastlege-2020")
    tariffs = sorted({key for table in ("takster", "utgåtte_takster") for key in rulebook.table(table).by_key})
    codes = [mutant for mutant in mutants(rulebook).values() if mutant.column == "ugyldig_med"]
    beyond = [mutant for mutant in codes if is_beyond(rulebook, mutant.make(), mutant)]
    assert 0 < len(beyond) < len(codes)
    for mutant in beyond[::12]:
        changed, one = mutant.make(), mutant.definition.id
        for other in tariffs:
            for lines in ((one, other), (other, one)):
                bill = {"dato": "2020-10-01", "linjer": [{"takst": line} for line in lines]}
                assert answered(changed, "Regning", bill) == answered(rulebook, "Regning", bill), (mutant.said, lines)
