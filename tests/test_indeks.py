"""Groups that are looked up: the same answers as when they are all tried, also where values are missing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, replace
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import laget
from compiler.evaluate import evaluate
from compiler.model import Rulebook
from compiler.packages import imported
from compiler.pipeline import load
from compiler.runtime.indeks import Hekte, Indeks, oppslagsord
from compiler.runtime.verdier import Kodesett, Tom, Ukjent, Uoppgitt
from tests.cases_drawn import Case, cases
from tests.test_generated import QUICK

_HEADER = """
regelverk MANGE 2021 «Mange grupper»
    gjelder fra 2021-01-01 til og med 2021-12-31
    status utkast

kilde oppdiktet «En oppdiktet kilde»

opplysninger Kontakt
    sektor         valg somatikk, rus, psyk
    hovedtilstand  kode
    bitilstand     kode kan mangle
    prosedyrer     koder hver en prosedyre
    tiltak         koder kan mangle hver et tiltak
    alder          heltall år
    linjer         liste av Linje hver en linje

opplysninger Linje
    vare  kode
    brukt ja/nei kan mangle

gruppering drg for hver Kontakt
    velger første

tabell tilstander av tilstand
    tilstand kode
    kategori kode kan mangle
    klasse   kode årlig
    | tilstand | kategori | klasse |
    | A10      | K1       | L1     |
    | A11      | K2       |        |
    | B10      | K1       | L2     |
    kilde oppdiktet

kodesett noen
    A10–A19, B*
kodesett flere
    noen, C10 unntatt A12
kodesett nesten_alle
    alle unntatt C10

sats grense = ukjent «grensen er ikke kjent»
    kilde oppdiktet

begrep voksen
    alder er over 17 år
begrep noe_hos_voksne
    hovedtilstand er i noen og voksen
begrep slag
    = «stor» når minst én av prosedyrer er A10
    ellers «liten» når alder er under 50 år
begrep kategorien
    = kategori av hovedtilstand når alder er over 5 år
    ellers kategori av bitilstand

krav linjene for hver linje
    krever at vare er ikke XX99
    ellers inngår ikke «varen finnes ikke»
    kilde oppdiktet
krav unge
    når drg er DRG 1 eller drg er DRG 2
    krever at alder er under 30 år
    ellers inngår ikke «bare unge»
    kilde oppdiktet
"""
_PARTS = """
sektor er somatikk
sektor er ikke rus
hovedtilstand er A10
hovedtilstand er A11 eller B10
hovedtilstand er i flere
bitilstand er i noen
bitilstand er i A1*, C10
hovedtilstand er i nesten_alle
minst én av prosedyrer er A10
minst 2 av prosedyrer er i noen
ingen av prosedyrer er A10
voksen
nøyaktig én av tiltak er i A11–B10
minst én av tiltak er A10 eller A11
alder er over grense
minst én av linjer der (vare er A10 og brukt)
minst én av linjer der (minst én av prosedyrer er A11)
minst én av (prosedyrer der voksen) er i noen
minst én av (prosedyrer der kategori av prosedyre er K1) er i flere
alle tiltak er i noen
bitilstand finnes
slag er «stor»
slag er «stor» eller slag er «liten»
kategorien er K1
klasse av hovedtilstand er L1
kategori av bitilstand er K2
noe_hos_voksne
hovedtilstand er bitilstand
alder er 18 år
hovedtilstand er B10 eller minst én av prosedyrer er B10
høyst 1 av prosedyrer er i noen
""".strip().splitlines()
_FORMS = [f"{how} disse er oppfylt" for how in ("alle", "alle", "minst én av", "minst 2 av")]


def _group(number: int, random: Random) -> str:
    """A group with a condition of some parts, or with none."""
    head = f"gruppe DRG {number}\n    kilde oppdiktet\n"
    if number % 12 == 0:
        return head
    parts = random.sample(_PARTS, random.randint(2, 4))
    if random.random() < 0.3:
        inner = "".join(f"\n            - {part}" for part in random.sample(_PARTS, 2))
        parts[0] = f"{random.choice(_FORMS)}{inner}"
    lenient = "    mangler teller som nei\n" if random.random() < 0.2 else ""
    return f"{head}    når {random.choice(_FORMS)}\n" + "".join(f"        - {part}\n" for part in parts) + lenient


def _made_up(folder: Path, seed: int) -> Rulebook:
    """A rulebook where groups ask for things in every way there is."""
    random = Random(seed)
    year = folder / "mange" / "2021"
    year.mkdir(parents=True)
    groups = "\n".join(_group(number, random) for number in range(1, 40))
    (year / "regler.regel").write_text(_HEADER + groups, encoding="utf-8")
    return _loaded(folder)


def _of_the_benchmarks(folder: Path) -> Rulebook:
    """A rulebook as the benchmarks have, smaller."""
    laget.rulebook(60, 5).write(folder)
    return _loaded(folder)


def _loaded(folder: Path) -> Rulebook:
    library = load(folder, folder)
    assert library.diagnostics() == []
    (rulebook,) = library.rulebooks()
    return rulebook


Both = tuple[Rulebook, ModuleType]


@pytest.fixture(scope="module", params=["laget", 1, *(pytest.param(seed, marks=pytest.mark.langt) for seed in (2, 3))])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """A rulebook of many groups, and its module, with two layers in the index also where the second says little."""
    folder = tmp_path_factory.mktemp("mange")
    rulebook = _of_the_benchmarks(folder) if request.param == "laget" else _made_up(folder, request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("compiler.python.index.WIDEST", 1)
        with imported([rulebook]) as package:
            assert len(package.aar(2021).INDEKS_KONTAKT.lag) == 2
            yield rulebook, package.aar(2021)


def _drawn(rulebook: Rulebook, test: Callable[[Case], None], number: int) -> None:
    """Run a test on cases drawn for a rulebook."""
    strategy = cases(rulebook, rulebook.top_records()[0])
    settings(QUICK, max_examples=number)(given(strategy)(test))()


# ---- the answers


def test_generated_code_agrees_with_the_reference(both: Both) -> None:
    rulebook, module = both

    def agrees(case: Case) -> None:
        assert astuple(module.grupper_data(case)) == astuple(evaluate(rulebook, case))

    _drawn(rulebook, agrees, 400)


@pytest.mark.parametrize("number", [300, pytest.param(2000, marks=pytest.mark.langt)])
def test_looking_up_makes_no_difference(both: Both, number: int) -> None:
    rulebook, module = both
    rules = module.REGLER["Kontakt"]
    assert rules.indeks is not None
    without = replace(rules, indeks=None)

    def same(case: Case) -> None:
        assert module._vurder(rules, case)[0] == module._vurder(without, case)[0]

    _drawn(rulebook, same, number)


@pytest.mark.parametrize("number", [600, pytest.param(2000, marks=pytest.mark.langt)])
def test_the_condition_of_a_group_that_is_passed_over_does_not_hold(both: Both, number: int) -> None:
    rulebook, module = both
    rules = module.REGLER["Kontakt"]
    passed_over: set[str] = set()

    def ruled_out(case: Case) -> None:
        answer, post = module._vurder(rules, case)
        if answer.status == "feil i data":
            return
        tried = {group.id for group in rules.indeks.kandidater(rules.grupper, post)}
        others = [group for group in rules.grupper if group.id not in tried and group.naar is not None]
        passed_over.update(group.id for group in others)
        assert {group.naar(post) for group in others} <= {False}

    _drawn(rulebook, ruled_out, number)
    hooked = {id_ for layer in rules.indeks.lag for hook in layer for id_ in hook.mengder}
    assert passed_over == hooked, "each group that hangs on something is passed over by someone"


def test_every_case_can_be_explained(both: Both) -> None:
    rulebook, module = both

    def explained(case: Case) -> None:
        answer = module.grupper_data(case)
        assert f"Status: {answer.status}" in module.forklar(case)
        group = rulebook.groups[len(case) % len(rulebook.groups)].id
        assert f"Status: {answer.status}" in module.hvorfor_ikke(case, group)

    _drawn(rulebook, explained, 100)


def test_a_contact_meets_few_groups(tmp_path: Path) -> None:
    rulebook = _of_the_benchmarks(tmp_path)
    with imported([rulebook]) as package:
        rules = package.aar(2021).REGLER["Kontakt"]
        met = []
        for contact in laget.rulebook(60, 5).contacts(100):
            for data in (contact, {**contact, "hovedtilstand": None}, {**contact, "prosedyrer": None}):
                post = package.aar(2021)._vurder(rules, data)[1]
                met.append(len(rules.indeks.kandidater(rules.grupper, post)))
    assert max(met) <= 20
    assert sum(met) / len(met) < 8


def test_few_groups_are_just_tried(packages: Any) -> None:
    for name in ("isf-2020", "oppdiktet-2020"):
        _, module, _ = packages[name]
        assert "Indeks" not in vars(module)


# ---- the index


_CODES = st.text("AB1å", min_size=1, max_size=4)
_INTERVALS = st.tuples(_CODES, _CODES)


def _sets(parts: st.SearchStrategy[Kodesett]) -> st.SearchStrategy[Kodesett]:
    lists = {"koder": _CODES, "intervaller": _INTERVALS, "begynnelser": _CODES, "sett": parts}
    return st.builds(
        Kodesett,
        **{name: st.lists(one, max_size=3).map(tuple) for name, one in lists.items()},
        unntatt=st.none() | parts,
        alt=st.integers(0, 9).map(lambda n: n == 0),
    )


@settings(QUICK, max_examples=500)
@given(st.recursive(st.builds(Kodesett, st.lists(_CODES)), _sets, max_leaves=4), _CODES)
def test_a_code_in_a_set_is_found_by_its_words(codes: Kodesett, code: str) -> None:
    whole, beginnings = oppslagsord(codes)
    assert code not in codes or code in whole or code.startswith(tuple(beginnings))


def test_an_interval_is_found_by_what_its_codes_begin_with() -> None:
    intervals = (("M60", "M79"), ("S06", "S06"), ("JAB00", "JAB2"), ("A", "A9"), ("B9", "B0"), ("a", "\U0001f600"))
    words = [oppslagsord(Kodesett(intervaller=(interval,))) for interval in intervals]
    beginnings = [{"M6", "M7"}, {"S06"}, {"JAB0", "JAB1", "JAB2"}, {"A"}, set[str](), {""}]
    assert words == [(set[str](), found) for found in beginnings]


class _Group:
    def __init__(self, number: int, never: bool = False) -> None:
        self.id = f"G{number}"
        self.naar = None if never else lambda _post: True


_GROUPS = [_Group(1), _Group(2), _Group(3, never=True), *(_Group(number) for number in range(4, 41))]
_HUNG = {"G2": Kodesett(["A2"], begynnelser=["B"]), **{f"G{n}": Kodesett([f"A{n}"]) for n in range(4, 41)}}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("A2", ["G1", "G2"]),
        ("BX", ["G1", "G2"]),
        ("B", ["G1", "G2"]),
        ("A99", ["G1"]),
        (Tom("felt"), ["G1"]),
        ((), ["G1"]),
        (("A40", "A4", "B", "A4"), ["G1", "G2", "G4", "G40"]),
        (Uoppgitt("felt"), ["G1", *_HUNG]),
        ([Tom("felt"), Ukjent("grunnen")], ["G1", *_HUNG]),
    ],
)
def test_what_a_value_finds(value: object, found: Sequence[str]) -> None:
    index = Indeks((Hekte(lambda _post: value, _HUNG),))
    for _ in range(2):
        assert [group.id for group in index.kandidater(_GROUPS, None)] == found


def test_a_second_layer_takes_away_what_it_rules_out() -> None:
    index = Indeks((Hekte(lambda _post: Uoppgitt("felt"), _HUNG),), (Hekte(lambda post: post, _HUNG),))
    assert [group.id for group in index.kandidater(_GROUPS, "A7")] == ["G1", "G7"]
    assert [group.id for group in index.kandidater(_GROUPS, Ukjent("grunnen"))] == ["G1", *_HUNG]
