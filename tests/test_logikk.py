"""What is proved of the rules: which can be reached and by what case, and what is at odds."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from compiler import consolidate, model
from compiler.evaluate import evaluate
from compiler.examples import failing_examples
from compiler.logic import sieve
from compiler.logic.analysis import Analysis, analysed
from compiler.logic.check import checked_logic
from compiler.logic.example import Unwritable, example_lines
from compiler.logic.search import Contradiction, Open, Taken, Witness
from compiler.logic.sought import Sought, answer, reaches, smallest, sought_in
from compiler.pipeline import Library, load
from dsl.diagnostics import render
from tests.cases_drawn import cases as drawn
from tests.conftest import Golden, cases
from tests.library import LIBRARY, MADE_UP, read_case
from tests.norddrg_aar import Imported, made_up_year, package_of
from tests.norddrg_koder import Codes
from tests.norddrg_poster import Drawn

CASE = Path(__file__).parent / "cases" / "logikk"


def messages(path: Path, folder: Path) -> str:
    """What is told of the logic of a case, as on the terminal."""
    library = read_case(path, folder)
    assert library.diagnostics() == []
    found = checked_logic(library).findings
    return "\n".join(render(fault, library.sources) for fault in found)


@pytest.mark.parametrize("path", cases("logikk"), ids=lambda path: path.stem)
def test_reports_what_is_wrong_with_the_logic(path: Path, tmp_path: Path, golden: Golden) -> None:
    golden(messages(path, tmp_path), path.with_suffix(".txt"))


def test_a_group_that_an_inherited_one_takes_all_of_is_moved_by_the_line_of_the_hint(tmp_path: Path) -> None:
    shutil.copytree(CASE / "naas_aldri_i_nytt_aar", tmp_path / "opphold")
    (line,) = re.findall("«(flytter [^»]*)»", messages(tmp_path / "opphold", tmp_path))
    year = tmp_path / "opphold" / "2021" / "regler.regel"
    year.write_text(f"{year.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    assert messages(tmp_path / "opphold", tmp_path) == ""


def test_the_only_one_is_written_and_compared_as_it_stands(tmp_path: Path) -> None:
    shutil.copy(CASE / "velger_eneste.regel", tmp_path)
    rulebook = load(tmp_path, tmp_path).rulebooks()[0]
    text = consolidate.as_text(rulebook)
    assert "    velger eneste\n" in text
    assert consolidate.says_the_same(rulebook, text, "k.regel")
    found = evaluate(rulebook, {"liggetid": 1, "alder": 17})
    assert (found.status, found.gruppe) == ("gruppert", "DRG 1")


# ---- found where it is, and not where it is not

HEAD = """regelverk OPPHOLD 2020 «Opphold»
    gjelder fra 2020-01-01 til og med 2020-12-31
    status utkast
    utdrag «bare det som prøves»

kilde rundskriv «Et oppdiktet rundskriv»

opplysninger Opphold
    liggetid    heltall døgn
    alder       heltall år
    poeng       desimaltall kan mangle
    kjønn       valg mann, kvinne
    henvist     ja/nei
    dato        dato kan mangle
    hoveddiagnose  kode kan mangle
    prosedyrer  koder
    linjer      liste av Linje hver en linje

opplysninger Linje
    vare    kode fra varer
    ganger  heltall

tabell varer av vare «Varer»
    pris  desimaltall kr
    slag  valg liten, stor
    | vare | pris | slag  |
    | A1   | 10   | liten |
    | B1   | 20   | stor  |
    kilde rundskriv

begrep ganger_i_alt
    = sum av ganger for hver linje

begrep pris_i_alt
    = sum av pris av vare for hver linje

gruppering drg for hvert Opphold
"""
GROUP = """
gruppe DRG {number} «Gruppe {number}»
    når {when}
    kilde rundskriv
"""


def written(folder: Path, *conditions: str) -> Analysis:
    """What is found of groups with some conditions, in order."""
    return of_text(folder, "".join(GROUP.format(number=n, when=when) for n, when in enumerate(conditions, 1)))


def of_text(folder: Path, text: str) -> Analysis:
    """What is found of some rules."""
    (folder / "regler.regel").write_text(HEAD + text, encoding="utf-8")
    library = load(folder, folder)
    assert [fault.message for fault in library.diagnostics()] == []
    return analysed(library.rulebooks()[0])


ONE_AFTER_ANOTHER = [
    # What is before, what comes after, and whether the second can be reached; None where that is not decided.
    ("liggetid er under 5 døgn", "liggetid er under 2 døgn", False),
    ("liggetid er under 5 døgn", "liggetid er under 6 døgn", True),
    ("kjønn er mann", "kjønn er ikke kvinne", False),
    ("kjønn er mann", "kjønn er ikke kvinne eller henvist", True),
    ("minst én av prosedyrer er i NFB20–NFB29", "minst én av prosedyrer er NFB25", False),
    ("minst én av prosedyrer er i NFB20–NFB29", "minst én av prosedyrer er NFB30", True),
    ("minst én av prosedyrer", "minst 2 av prosedyrer er NFB30", False),
    ("minst 2 av prosedyrer", "minst én av prosedyrer er NFB30", True),
    ("minst 3 av prosedyrer", "nøyaktig 2 av prosedyrer er NFB30", True),
    ("alder er minst 18 år", "alder er i 20–30 år", False),
    ("alder er minst 18 år", "alder er i 17–30 år", True),
    ("hoveddiagnose finnes", "hoveddiagnose er M16.0", False),
    ("hoveddiagnose er i M10–M19", "hoveddiagnose er M160", False),
    ("hoveddiagnose er i M10–M19 unntatt M16.0", "hoveddiagnose er M160", True),
    ("minst én av linjer der vare er A1", "minst én av linjer der pris av vare er under 15 kr", None),
    ("minst én av linjer der vare er A1", "minst én av linjer der slag av vare er stor", True),
    ("ganger_i_alt er minst 10", "minst én av linjer der ganger er minst 20", True),
    ("alder + 5 år er minst 20 år", "alder er minst 15 år", False),
    ("dato er minst 2020-03-01", "måned av dato er 4 og år av dato er 2020", False),
    ("dato er minst 2020-03-01", "måned av dato er 2 og år av dato er 2020", True),
    ("ukedag av dato er høyst 7", "dato finnes", False),
    ("poeng mangler", "poeng er minst 0", True),
]


@pytest.mark.parametrize(("before", "after", "reached"), ONE_AFTER_ANOTHER)
def test_a_group_that_is_never_reached_is_found_and_no_other(
    before: str, after: str, reached: bool | None, tmp_path: Path
) -> None:
    found = {sought.id: verdict for sought, verdict in written(tmp_path, before, after).verdicts}
    assert isinstance(found["DRG 1"], Witness)
    if reached is False:
        assert found["DRG 2"] == Taken(("DRG 1",))
    else:
        assert isinstance(found["DRG 2"], Witness if reached else Open)


IMPOSSIBLE = [
    ("liggetid er under 2 døgn og liggetid er over 5 døgn", True),
    ("liggetid er under 5 døgn og liggetid er over 2 døgn", False),
    ("kjønn er mann og kjønn er kvinne", True),
    ("ingen av prosedyrer er i NFB20–NFB29 og minst én av prosedyrer er NFB25", True),
    ("minst én av prosedyrer er ikke i NFB20–NFB29 og minst én av prosedyrer er NFB25", False),
    ("ingen av linjer og minst én av linjer der ganger er over 2", True),
    ("liggetid er under 0 døgn", True),
    ("hoveddiagnose er M160 og hoveddiagnose mangler", True),
    ("alder er i 10–20 år og alder × 2 er over 60 år", True),
    ("minst 5 av linjer der vare er A1", None),
]


@pytest.mark.parametrize(("when", "impossible"), IMPOSSIBLE)
def test_a_condition_that_never_holds_is_found_and_no_other(when: str, impossible: bool | None, tmp_path: Path) -> None:
    """Of a list that must be longer than what is looked at, nothing is claimed."""
    ((_, verdict),) = written(tmp_path, when).verdicts
    assert isinstance(verdict, Open if impossible is None else Contradiction if impossible else Witness)


OF_LINES = """
begrep antall_linjer
    = antall linjer

krav alene for hver linje
    når {when}
    krever at ganger er minst 1
    ellers inngår ikke «ingen ganger»
    kilde rundskriv
"""


@pytest.mark.parametrize(
    ("when", "possible"),
    [
        ("antall_linjer er 1", True),
        ("antall_linjer er 2", True),
        ("antall_linjer er 0", False),
        ("ingen av tidligere linjer", True),
        ("minst 4 av tidligere linjer", True),
        ("vare er A1 og minst én av tidligere linjer der vare er A1", True),
        ("vare er A1 og pris av vare er over 15 kr", False),
    ],
)
def test_a_condition_on_a_line_is_tried_wherever_the_line_may_stand(when: str, possible: bool, tmp_path: Path) -> None:
    found = of_text(tmp_path, OF_LINES.format(when=when))
    assert [one.claim.owner.id for one in found.impossible] == ([] if possible else ["alene"])
    verdict = {sought.id: verdict for sought, verdict in found.verdicts}["alene"]
    assert isinstance(verdict, Witness | Open) if possible else isinstance(verdict, Contradiction)


def test_several_rules_take_all_together(tmp_path: Path) -> None:
    found = written(tmp_path, "liggetid er under 5 døgn", "henvist", "liggetid er minst 5 døgn", "alder er 3 år")
    assert found.verdicts[3][1] == Taken(("DRG 1", "DRG 3"))


def test_a_requirement_may_refuse_all_that_a_group_would_take(tmp_path: Path) -> None:
    refuse = "\nkrav voksen\n    krever at alder er minst 18 år\n    ellers inngår ikke «barn»\n    kilde rundskriv\n"
    found = of_text(tmp_path, GROUP.format(number=1, when="alder er under 10 år") + refuse)
    assert found.verdicts[0][1] == Taken((), ("voksen",))
    assert isinstance(found.verdicts[1][1], Witness)


@pytest.mark.parametrize(
    ("whole", "rest", "gap"),
    [(True, "", True), (True, "henvist eller ikke henvist", False), (False, "", False)],
)
def test_a_gap_is_told_of_a_whole_rulebook(whole: bool, rest: str, gap: bool, tmp_path: Path) -> None:
    text = (CASE / "ingen_gruppe.regel").read_text(encoding="utf-8").replace("    liggetid  heltall døgn", FIELDS)
    text += GROUP.format(number=3, when=rest) if rest else ""
    text = text if whole else text.replace("    status utkast", "    status utkast\n    utdrag «noe»")
    (tmp_path / "regler.regel").write_text(text, encoding="utf-8")
    found = analysed(load(tmp_path, tmp_path).rulebooks()[0])
    assert [one.case["liggetid"] for one in found.gaps] == (["2"] if gap else [])


FIELDS = "    liggetid  heltall døgn\n    henvist   ja/nei"


ORDERED = """
tabell vekter av gruppe
    vekt desimaltall poeng
"""
PLACED = """
gruppe DRG {number} «Gruppe {number}»
    vekt {weight}
    når {when}
    kilde rundskriv
"""
ONE_BEFORE_ANOTHER = [
    # What DRG 1 asks, what DRG 2 asks, which is heavier, and whether 1 takes a case from 2; None: it is not decided.
    ("liggetid er under 2 døgn", "alder er under 18 år", True),
    ("liggetid er under 2 døgn", "liggetid er minst 2 døgn", False),
    ("liggetid er under 2 døgn og alder er minst 18 år", "alder er under 18 år", False),
    ("hoveddiagnose er i M10–M19", "hoveddiagnose er M160", True),
    ("minst én av linjer der pris av vare er under 15 kr", "henvist", True),
    ("minst 5 av linjer der vare er A1", "henvist", None),
]


@pytest.mark.parametrize(("first", "second", "taken"), ONE_BEFORE_ANOTHER)
def test_an_order_is_broken_only_where_a_case_tells(
    first: str, second: str, taken: bool | None, tmp_path: Path
) -> None:
    """The case gets another group when the two change places; and none is told where a heavier one takes it first."""
    head = f"    rekkefølge høyeste vekt først\n{ORDERED}"
    lighter, heavier, heaviest = (
        PLACED.format(number=number, weight=weight, when=when)
        for number, weight, when in ((1, "0,5", first), (2, "1", second), (3, "2", f"{first} og {second}"))
    )
    wrong, right = of_text(tmp_path, head + lighter + heavier), of_text(tmp_path, head + heavier + lighter)
    assert right.misplaced == ()
    assert [(one.late.id, one.early.id, one.case is not None) for one in wrong.misplaced] == (
        [] if taken is False else [("DRG 2", "DRG 1", taken is True)]
    )
    for one in wrong.misplaced if taken else ():
        assert one.case is not None
        assert [evaluate(found.rulebook, one.case).gruppe for found in (wrong, right)] == ["DRG 1", "DRG 2"]
    before = of_text(tmp_path, head + heaviest + lighter + heavier).misplaced
    assert [one.case for one in before if one.case is not None] == []


# ---- claims and cases are true


def all_analysed(library: Library) -> Iterator[Analysis]:
    """What is found of every rulebook of a library."""
    yield from map(analysed, library.rulebooks())


MADE = list(all_analysed(MADE_UP))


@pytest.mark.parametrize("found", MADE, ids=lambda found: found.rulebook.name)
def test_every_witness_reaches_its_rule(found: Analysis) -> None:
    assert_witnesses(found)


def assert_witnesses(found: Analysis) -> None:
    """Check that the reference says of each case that it reaches the rule, also when it is made smaller."""
    for sought, verdict in found.verdicts:
        if isinstance(verdict, Witness):
            for case in (verdict.case, smallest(found.rulebook, sought, verdict.case)):
                assert reaches(found.rulebook, sought, answer(found.rulebook, sought, case)), (sought.id, case)


def never(found: Analysis) -> list[Sought]:
    """The rules that are claimed to be out of reach."""
    return [sought for sought, verdict in found.verdicts if isinstance(verdict, Taken | Contradiction)]


@pytest.mark.parametrize("found", [one for one in MADE if never(one)], ids=lambda found: found.rulebook.name)
def test_no_case_reaches_what_is_never_reached(found: Analysis) -> None:
    assert_never(found, 60)


def assert_never(found: Analysis, number: int) -> None:
    """Check that random cases do not reach what is claimed to be out of reach."""
    rulebook = found.rulebook
    for record in {sought.record.id: sought.record for sought in never(found)}.values():

        @seed(1)
        @settings(max_examples=number, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(st.just(record), st.data())
        def tried(record: model.Record, data: st.DataObject) -> None:
            case = data.draw(drawn(rulebook, record))
            svar = evaluate(rulebook, case, record.id)
            for sought in never(found):
                if sought.record.id == record.id:
                    assert not reaches(rulebook, sought, svar), (sought.id, case)

        tried()


ATOMS = [
    *("liggetid er under 2 døgn", "liggetid er minst 2 døgn", "liggetid er i 1–3 døgn", "alder er over 17 år"),
    *("kjønn er mann", "kjønn er ikke mann", "henvist", "ikke henvist", "poeng mangler", "poeng er minst 1"),
    *("poeng × 2 er under 1", "hoveddiagnose finnes", "hoveddiagnose er i M10–M19", "hoveddiagnose er M160"),
    *("hoveddiagnose er ikke i M10–M19 unntatt M16.0", "minst én av prosedyrer er NFB20", "minst én av prosedyrer"),
    *("ingen av prosedyrer er i NFB20–NFB29", "minst 2 av prosedyrer er i NFB20, NFC10", "alle prosedyrer er NFB20"),
    *("minst én av linjer der vare er A1", "ingen av linjer der ganger er over 1", "ganger_i_alt er minst 2"),
    *("minst én av linjer der slag av vare er stor", "minst 2 av linjer", "dato er minst 2020-03-01", "dato mangler"),
    *("år av dato er 2020", "måned av dato er høyst 2", "ukedag av dato er minst 6", "pris_i_alt er over 20 kr"),
]


def any_condition(random: Random) -> str:
    """A condition of one, two or three random parts."""
    parts = random.sample(ATOMS, random.choice([1, 2, 2, 3]))
    if len(parts) == 1:
        return parts[0]
    head = random.choice(["alle disse er oppfylt", "minst én av disse er oppfylt", "ingen av disse er oppfylt"])
    return "\n".join([head, *(f"        - {part}" for part in parts)])


def assert_random_rules(numbers: range, cases_each: int, folder: Path) -> Counter[str]:
    """Check the claims about random rules on random cases; how many there were of each."""
    found: Counter[str] = Counter()
    for number in numbers:
        random = Random(number)
        one = written(folder, *(any_condition(random) for _ in range(5)))
        assert_witnesses(one)
        assert_never(one, cases_each)
        found.update(type(verdict).__name__ for _, verdict in one.verdicts)
    return found


def test_what_is_claimed_of_random_rules_is_true(tmp_path: Path) -> None:
    found = assert_random_rules(range(8), 15, tmp_path)
    assert found["Witness"] > 15
    assert found["Taken"] + found["Contradiction"] >= 3


NEVER: tuple[set[str], ...] = (set(), {"115D010000"})
"""The rules of each made-up year of NordDRG that no contact can get, as `test_norddrg` also finds."""


def test_every_rule_of_made_up_norddrg_is_decided(tmp_path: Path) -> None:
    first = made_up_year(tmp_path, 2030).rulebook
    second = made_up_year(tmp_path, 2031, first).rulebook
    for rulebook, out_of_reach in zip((first, second), NEVER, strict=True):
        found = analysed(rulebook)
        assert not [sought.id for sought, verdict in found.verdicts if isinstance(verdict, Open)]
        assert {sought.id for sought in never(found)} == out_of_reach
        assert_witnesses(found)


def test_simple_cases_first_is_only_faster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rulebook = made_up_year(tmp_path, 2031, made_up_year(tmp_path, 2030).rulebook).rulebook
    kinds = [type(verdict) for _, verdict in analysed(rulebook).verdicts]
    monkeypatch.setattr(sieve, "_MANY", 1)
    every = list(sought_in(rulebook))
    assert len(sieve.searched(rulebook, every[0].record, every).cases) > len(every) // 2
    found = analysed(rulebook)
    assert [type(verdict) for _, verdict in found.verdicts] == kinds
    assert {sought.id for sought in never(found)} == NEVER[1]
    assert_witnesses(found)


def test_the_same_rulebook_gives_the_same_answers() -> None:
    rulebook = next(one for one in LIBRARY.rulebooks() if one.name == "isf-2020")
    assert analysed(rulebook).verdicts == analysed(rulebook).verdicts


# ---- examples


def test_examples_of_witnesses_come_out_as_they_say(tmp_path: Path) -> None:
    assert_examples(("isf-2022", "lab-2023"), tmp_path)


def assert_examples(names: tuple[str, ...], folder: Path) -> None:
    """Check that the examples of all rules of some years can be read, and are right."""
    shutil.copytree(LIBRARY.root, folder, dirs_exist_ok=True)
    for rulebook in LIBRARY.rulebooks():
        if not rulebook.name.startswith(names):
            continue
        texts = list(written_examples(analysed(rulebook)))
        place = folder / LIBRARY.years[rulebook.name].folder.relative_to(LIBRARY.root)
        (place / "zz-vitner.regel").write_text("\n\n".join(texts) + "\n", encoding="utf-8")
    library = load(folder, folder, {name.partition("-")[0] for name in names})
    mine = [fault for fault in library.diagnostics() if fault.span.path.endswith("zz-vitner.regel")]
    chosen = [rulebook for rulebook in library.rulebooks() if rulebook.name.startswith(names)]
    failing = [fault for rulebook in chosen for fault in failing_examples(rulebook)]
    assert [render(fault, library.sources) for fault in (*mine, *failing)] == []
    assert any("Minste" in (one.title or "") for rulebook in chosen for one in rulebook.examples)


def written_examples(found: Analysis) -> Iterator[str]:
    """The examples of the rules that are reached, where they can be written."""
    for sought, verdict in found.verdicts:
        if isinstance(verdict, Witness):
            try:
                yield "\n".join(example_lines(found.rulebook, sought, verdict.case))
            except Unwritable:
                continue


# ---- all of it


@pytest.mark.langt
def test_the_real_rulebooks_are_without_remark() -> None:
    found = checked_logic(LIBRARY)
    assert [one.message for one in found.findings] == []
    assert found.never == 0
    assert found.reached > 440


@pytest.mark.langt
def test_every_witness_and_example_of_the_real_rulebooks(tmp_path: Path) -> None:
    for found in all_analysed(LIBRARY):
        assert_witnesses(found)
    assert_examples(tuple({rulebook.scheme.lower() for rulebook in LIBRARY.rulebooks()}), tmp_path)


@pytest.mark.langt
def test_what_is_claimed_of_many_random_rules_is_true(tmp_path: Path) -> None:
    found = assert_random_rules(range(100, 400), 200, tmp_path)
    assert found["Open"] < found.total() // 10


@pytest.mark.langt
def test_many_cases_do_not_reach_what_is_never_reached() -> None:
    for found in MADE:
        assert_never(found, 5_000)


@pytest.mark.langt
def test_rules_of_real_norddrg_are_decided(drg_2015: Imported) -> None:
    """All are decided: a case, of which every eighth is tried, or a proof that no drawn contact contradicts."""
    rulebook = drg_2015.rulebook
    found = analysed(rulebook)
    assert not [sought.id for sought, verdict in found.verdicts if isinstance(verdict, Open)]
    assert len(never(found)) == 17
    assert_witnesses(replace(found, verdicts=found.verdicts[::8]))
    ids = {sought.id for sought in never(found)}
    with package_of([rulebook]) as [module]:
        for contact in Drawn(Codes(rulebook), seed=3).contacts(20_000):
            assert module.grupper_data(contact, "Opphold").verdier["regel"] not in ids
