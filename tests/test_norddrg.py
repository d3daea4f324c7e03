"""NordDRG grouped in every way there is, on the published cases and on contacts that are drawn; the ways agree.

The ways are the reference (`evaluate`), the thorough and the fast way of the generated package, and the kernel that
takes many contacts in columns.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest

from compiler import model
from compiler.evaluate import evaluate
from compiler.names import identifier
from compiler.norddrg.content import group_of, of_rulebook
from compiler.runtime.svar import Svar
from tests.norddrg_aar import (
    REAL_2016,
    Imported,
    Published,
    made_up_year,
    package_of,
    published_cases,
    real_year,
    year_in,
)
from tests.norddrg_koder import Codes
from tests.norddrg_poster import Contact, Drawn, in_columns
from tests.veier import assert_all_agree, by_kernel, fast, of_class, parts, thorough

FEW, MANY = 2_000, 100_000
PARTS = 20
"""How many tests the many contacts are shared between, so that they can run side by side."""


@dataclass(frozen=True, slots=True)
class Year:
    """A rule year, its generated module, and what its codes bring."""

    rulebook: model.Rulebook
    module: ModuleType
    codes: Codes


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Year]]:
    """The made-up years: the first, and the second as amendments."""
    folder = tmp_path_factory.mktemp("laget")
    first = made_up_year(folder, 2030).rulebook
    second = made_up_year(folder, 2031, first).rulebook
    with package_of([first, second]) as modules:
        yield [Year(first, modules[0], Codes(first)), Year(second, modules[1], Codes(second))]


@pytest.fixture(scope="module")
def first(made_up: list[Year]) -> Year:
    """The first made-up year."""
    return made_up[0]


@pytest.fixture(scope="module")
def real(drg_2015: Imported) -> Iterator[Year]:
    """A real year."""
    with package_of([drg_2015.rulebook]) as [module]:
        yield Year(drg_2015.rulebook, module, Codes(drg_2015.rulebook))


def assert_agree(year: Year, contacts: Sequence[Contact]) -> Counter[str]:
    """Check that every way gives the same whole answer; how often each rule gave it."""
    return assert_all_agree(year.rulebook, year.module, contacts, in_columns(contacts))


# ---- made-up tables


NEVER: tuple[set[str], ...] = (set(), {"115D010000"})
"""The rules of each year that no contact can get: in the second, every diagnosis of the MDC has the property."""


@pytest.mark.parametrize("number", [0, 1])
def test_the_ways_agree_and_reach_every_rule(made_up: list[Year], number: int) -> None:
    year = made_up[number]
    rules = assert_agree(year, list(Drawn(year.codes, seed=number).contacts(FEW)))
    assert {rule.id for rule in year.rulebook.rules} - rules.keys() == NEVER[number]


@pytest.mark.parametrize("cell", ["over 0", "høyst 1", "under 2", "1", "0–1"])
def test_the_ways_agree_however_a_level_is_asked_for(tmp_path: Path, cell: str) -> None:
    files = dict(made_up_year(tmp_path, 2030).files)
    files["hdg-05.md"] = files["hdg-05.md"].replace("minst 2", cell).replace("minst 1", f"over 1 og {cell}")
    rulebook = year_in(tmp_path, files, 2030)
    with package_of([rulebook]) as [module]:
        codes = Codes(rulebook)
        assert_agree(Year(rulebook, module, codes), list(Drawn(codes, seed=3).contacts(FEW // 8)))


WEIGHTS = """
tabell vekter av gruppe «Vekter»
    vekt  desimaltall poeng årlig
    kilde lesemåte

beregning poeng «Poeng i året»
    = vekt av drg_gruppe
    kilde lesemåte

beregning kategori_av_koden «Kategorien til hovedkoden alene»
    = dgkat av kode av hoveddiagnose når hoveddiagnose finnes
    kilde lesemåte
```
"""


@pytest.mark.parametrize("the_rest", ["a rule", "a group", "nothing"])
def test_the_ways_agree_on_what_follows_from_the_group(tmp_path: Path, the_rest: str) -> None:
    files = dict(made_up_year(tmp_path, 2030).files)
    steps = files["01-trinn.md"].rstrip().removesuffix("```") + WEIGHTS
    if the_rest == "a group":
        steps = steps.replace("  = liggetid\n", "  = liggetid\n    ellers DRG 9A\n")
    files["01-trinn.md"] = steps
    for name, text in files.items():
        files[name] = re.sub(r"(gruppe DRG 50\w+ .*\n)", r"\1    vekt 1,5\n", text)
    if the_rest != "a rule":
        files["hdg-99.md"] = re.sub(r".*999D002.*\n", "", files["hdg-99.md"])
    rulebook = year_in(tmp_path, files, 2030)
    with package_of([rulebook]) as [module]:
        codes = Codes(rulebook)
        contacts = list(Drawn(codes, seed=8).contacts(FEW // 4))
        assert_agree(Year(rulebook, module, codes), contacts)
        statuses = {module.grupper_data(contact).status for contact in contacts}
        assert statuses == {"gruppert", "kan ikke beregnes", *(["inngår ikke"] if the_rest == "nothing" else [])}
        assert {svar.status for contact in contacts if (svar := fast(module, contact))} == statuses


def test_an_amended_year_groups_as_its_own_tables(made_up: list[Year], tmp_path: Path) -> None:
    amended = made_up[1]
    own = made_up_year(tmp_path, 2031).rulebook
    with package_of([own]) as [module]:
        assert_same_answers(amended.module, module, list(Drawn(amended.codes, seed=4).contacts(FEW)))


def assert_same_answers(one: ModuleType, other: ModuleType, contacts: Sequence[Contact]) -> None:
    """Check that two years group alike."""
    differs = [c for c in contacts if answer_row(one.grupper_data(c)) != answer_row(other.grupper_data(c))]
    assert not differs, differs[0]


def test_the_same_seed_draws_the_same_contacts(first: Year) -> None:
    assert list(Drawn(first.codes, 5).contacts(200)) == list(Drawn(Codes(first.rulebook), 5).contacts(200))


def test_contacts_have_all_that_makes_a_difference(first: Year) -> None:
    drawn = list(Drawn(first.codes, 0).contacts(FEW))
    for name in ("kjønn", "utskrivning"):
        assert len({contact[name] for contact in drawn}) == 3
    assert {6573, 6574, 0, 1} <= {contact["alder"] for contact in drawn}
    assert {0, 1, 2} <= {contact["liggetid"] for contact in drawn}
    for name, many in (("diagnoser", 25), ("prosedyrer", 16)):
        lengths = {len(contact[name]) for contact in drawn}
        assert {0, 1, 2} <= lengths
        assert max(lengths) >= many
    pairs = {code for contact in drawn for code in contact["diagnoser"] if "+" in code}
    assert pairs > set(first.codes.pairs)
    assert any(len(set(contact["diagnoser"])) < len(contact["diagnoser"]) for contact in drawn)


# ---- contacts as they are handed over

STAY: Contact = {
    "kjønn": "kvinne",
    "alder": 20_000,
    "utskrivning": "levende",
    "liggetid": 3,
    "diagnoser": ["Q001", "Q002+Q020"],
    "prosedyrer": ["PAA10"],
}

ODD: dict[str, list[Any]] = {
    "kjønn": [None, "", " ", "Kvinne", " mann ", "M", 1, True, ["mann"]],
    "alder": [
        *(0, -1, 10**15, 10**18, 45.0, 45.5, Decimal(45), True, None, [45], {"dager": 45}),
        *("", "45", " 45 ", "20 000", "45 dager", "-1", "gammel", "10" * 30, "٤٥", "4_5", "+45", "1e3"),
    ],
    "liggetid": [None, 0, -3, "3", "tre", 3.0, False, "3,5"],
    "utskrivning": [None, "", "Levende", " død", "OVERFØRT", "hjem", 1, ("død",)],
    "diagnoser": [
        *(None, 7, [], (), "", " ", "Q001", "Q001 Q002+Q020", "Q001,Q002", "[]", "["),
        *(["Q00.1"], ["q001"], [" Q001 "], ["Q00.1+Q02.0"], ["Q001+"], ["+Q001"], ["Q001 +Q020"], [""]),
        *(["Q001+Q020+Q003"], ["Q0-1"], ["A" * 21], [7], [7.5], [True], [None], [["Q001"]], [("Q001",)]),
        [{"kode": "Q001"}, {"kode": "Q002", "tilleggskode": "Q020"}],
        ({"kode": "Q001", "tilleggskode": None},),
        [{"kode": None, "tilleggskode": "Q020"}],
        [{"tilleggskode": "Q020"}, "Q001"],
        ["Q001", {"kode": "Q002"}, "Q003"],
        [{}],
        '[{"kode": "Q001", "tilleggskode": "Q020"}]',
        {"kode": "Q001"},
        {"Q001", "Q002"},
    ],
    "prosedyrer": [
        *(None, 1, [], ("PAA10",), {"PAA10"}, "", "PAA10 PAA20", "PAA10,PAA20", "[1]"),
        *(["paa10"], [" PAA10 "], ["PAA10+PAA20"], [""], [None], [1], ["PAA 10"], [True], [["PAA10"]]),
    ],
    "drg_gruppe": ["DRG 502", "502", "drg502", "DRG 999", "", " ", None, 502, True, ["DRG 502"]],
}
HANDED_OVER: list[Contact] = [
    *({name: value} for name, values in ODD.items() for value in values),
    {"drg_gruppe": "DRG 502", "diagnoser": None},
    {"noe annet": 1},
    {"kjonn": "mann"},
    {"kjonn": None, "diagnoser": ["Q010"]},
    {"kjønn": None, "kjonn": "mann"},
]


@pytest.mark.parametrize("changed", HANDED_OVER, ids=map(str, range(len(HANDED_OVER))))
def test_the_ways_agree_however_a_contact_is_handed_over(first: Year, changed: Contact) -> None:
    contact = STAY | changed
    expected = parts(evaluate(first.rulebook, contact))
    assert parts(thorough(first.module, contact)) == expected
    assert parts(first.module.grupper_data(contact)) == expected
    assert [parts(svar) for svar in [fast(first.module, contact)] if svar is not None] in ([], [expected])
    if "noe annet" not in changed and "kjonn" not in changed:
        assert parts(of_class(first.module, contact)) == expected


@pytest.mark.parametrize("missing", STAY)
def test_the_ways_agree_on_a_contact_that_lacks_a_field(first: Year, missing: str) -> None:
    contact = {name: value for name, value in STAY.items() if name != missing}
    svar = first.module.grupper_data(contact)
    assert parts(svar) == parts(evaluate(first.rulebook, contact)) == parts(of_class(first.module, contact))
    assert svar.status == ("gruppert" if missing == "kjønn" else "uavklart")


@pytest.mark.parametrize("data", [{}, [], None, "Q001", 7])
def test_the_ways_agree_on_what_is_no_contact(first: Year, data: object) -> None:
    assert parts(first.module.grupper_data(data)) == parts(evaluate(first.rulebook, data))


def test_what_is_straightforward_goes_the_fast_way(first: Year) -> None:
    straightforward: list[Contact] = [
        {},
        {"kjønn": None},
        {"diagnoser": ("Q00.1",)},
        {"diagnoser": ["Q001 "]},
        {"prosedyrer": []},
    ]
    for changed in straightforward:
        assert fast(first.module, STAY | changed) is not None


FIELDS = """
    sykehus      kode kan mangle
    henvist      ja/nei kan mangle
    ankomst      valg legevakt, ambulanse
    vekt         heltall kan mangle
"""
EXTRA: dict[str, list[Any]] = {
    "sykehus": [None, "A1", " A1", "A 1", 7, True],
    "henvist": [None, True, "ja", "kanskje", 1, 1.0, 0],
    "ankomst": [None, "Ambulanse", "helikopter"],
    "vekt": [None, 7, "7", -7, 7.5],
}


def test_fields_that_no_rule_asks_for_are_read_too(tmp_path: Path) -> None:
    files = dict(made_up_year(tmp_path, 2030).files)
    files["01-trinn.md"] = files["01-trinn.md"].replace("\n    kjønn        valg", f"{FIELDS}    kjønn        valg")
    rulebook = year_in(tmp_path, files, 2030)
    with package_of([rulebook]) as [module]:
        for contact in ({"ankomst": "legevakt", name: value} for name, values in EXTRA.items() for value in values):
            given = STAY | contact
            expected = parts(evaluate(rulebook, given))
            assert parts(module.grupper_data(given)) == parts(of_class(module, given)) == expected, contact
            batch = in_columns([STAY])
            for name, value in contact.items():
                batch = batch.append_column(name, pa.array([value]))
            [row] = module.grupper_parti(batch).to_pylist()
            assert (row["status"], row["gruppe"]) == (expected["status"], expected["gruppe"]), contact


# ---- contacts in columns


def _as_text(contact: Contact) -> dict[str, str | None]:
    return {
        name: " ".join(value) if isinstance(value, list) else None if value is None else str(value)
        for name, value in contact.items()
    }


def _retyped(**types: pa.DataType) -> Callable[[list[Contact]], pa.RecordBatch]:
    """Contacts in columns, some of them of another type."""

    def batch(contacts: list[Contact]) -> pa.RecordBatch:
        plain = in_columns(contacts)
        for place, name in enumerate(plain.schema.names):
            if identifier(name) in types:
                values = pa.array(plain.column(place).to_pylist(), types[identifier(name)])
                plain = plain.set_column(place, name, values)
        return plain

    return batch


_WORDS, _CATEGORIES = pa.dictionary(pa.int32(), pa.string()), pa.dictionary(pa.uint8(), pa.large_string())
COLUMNS: dict[str, Callable[[list[Contact]], pa.RecordBatch]] = {
    "plain": in_columns,
    "text": lambda contacts: pa.RecordBatch.from_pylist([_as_text(contact) for contact in contacts]),
    "identifiers": lambda contacts: in_columns(contacts).rename_columns([identifier(name) for name in STAY]),
    "another order": lambda contacts: in_columns(contacts).select(list(reversed(STAY))),
    "a slice": lambda contacts: in_columns([STAY, *contacts, STAY]).slice(1, len(contacts)),
    "words once": _retyped(kjonn=_WORDS, utskrivning=_CATEGORIES),
    "codes once": _retyped(diagnoser=pa.list_(_WORDS), prosedyrer=pa.list_(_CATEGORIES)),
    "large": _retyped(kjonn=pa.large_string(), diagnoser=pa.large_list(pa.large_string())),
    "small": _retyped(alder=pa.uint16(), liggetid=pa.int16()),
    "floats": _retyped(alder=pa.float64(), liggetid=pa.decimal128(9, 0)),
    "views": _retyped(kjonn=pa.string_view(), diagnoser=pa.list_(pa.string_view())),
    "both names": lambda contacts: in_columns(contacts).append_column("kjonn", pa.nulls(len(contacts), pa.string())),
}


@pytest.mark.parametrize("form", COLUMNS)
def test_columns_of_any_type_give_the_same_answers(first: Year, form: str) -> None:
    contacts = list(Drawn(first.codes, seed=6).contacts(300))
    batch = COLUMNS[form](contacts)
    expected = [first.module.grupper_data(contact) for contact in contacts]
    for contact, svar, kernel in zip(contacts, expected, by_kernel(first.module, batch), strict=True):
        assert kernel is None or parts(kernel) == parts(svar), contact
    rows = first.module.grupper_parti(batch).to_pylist()
    assert [shown(row) for row in rows] == [shown(answer_row(svar)) for svar in expected]


def answer_row(svar: Svar) -> dict[str, Any]:
    """An answer as a row."""
    return {"status": svar.status, "gruppe": svar.gruppe, **svar.verdier}


def shown(row: Mapping[str, Any]) -> list[Any]:
    """The cells of a row that say how it was grouped."""
    return [row.get(name) for name in ("status", "gruppe", "regel", "returkode", "drg", "mdc")]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("alder", [45.0, 45.5, -1.0, float("nan"), None, 1e18]),
        ("alder", [45, -1, 10**18 - 1, 10**18, None]),
        ("alder", ["45", " 45", "45 dager", "45,5", "4_5", "", None]),
        ("alder", [True, False, None]),
        ("alder", [[45], None]),
        ("kjønn", ["Kvinne", " mann ", "M", "", None]),
        ("utskrivning", ["DØD", "hjem", "", None]),
        ("diagnoser", ["Q001", "Q001,Q002+Q020", '["Q001"]', "[", " ", "Q0-1", None]),
        ("diagnoser", [[None], [], None, ["Q001", None]]),
        ("diagnoser", [[{"kode": "Q001", "tilleggskode": "Q020"}], [], None]),
        ("prosedyrer", [["PAA10", ""], ["paa10"], [" PAA10"], None]),
        ("drg_gruppe", ["DRG 502", "502", None, "", "DRG 999"]),
        ("drg_gruppe", [502, None]),
    ],
)
def test_a_column_of_odd_values_gives_the_same_answers(first: Year, name: str, values: list[Any]) -> None:
    plain = in_columns([STAY] * len(values))
    others = plain.drop_columns([name]) if name in STAY else plain
    rows = first.module.grupper_parti(others.append_column(name, pa.array(values))).to_pylist()
    expected = [first.module.grupper_data(STAY | {name: value}) for value in values]
    assert [shown(row) for row in rows] == [shown(answer_row(svar)) for svar in expected]


def test_a_column_that_stands_twice_is_refused(first: Year) -> None:
    batch = in_columns([STAY])
    with pytest.raises(ValueError, match="kolonnen «kjønn» står to ganger"):
        first.module.grupper_parti(batch.append_column("kjønn", batch.column("kjønn")))


def test_a_column_that_is_missing_is_not_given(first: Year) -> None:
    for missing in STAY:
        rows = first.module.grupper_parti(in_columns([STAY]).drop_columns([missing])).to_pylist()
        contact = {name: value for name, value in STAY.items() if name != missing}
        assert rows[0]["status"] == first.module.grupper_data(contact).status


# ---- the real tables


@pytest.fixture(scope="module")
def published(norddrg: Path) -> list[Published]:
    """The published cases."""
    return published_cases(norddrg)


@pytest.mark.langt
def test_the_published_cases_get_what_they_should(published: list[Published], real: Year) -> None:
    assert len(published) == 716
    assert_agree(real, [case.contact for case in published])
    answers = [real.module.grupper_data(case.contact) for case in published]
    assert [(c.number, svar.gruppe) for c, svar in zip(published, answers, strict=True)] == [
        (case.number, group_of(case.drg)) for case in published
    ]
    others = [
        case.number
        for case, svar in zip(published, answers, strict=True)
        if (svar.verdier["regel"], svar.verdier["returkode"]) != (case.rule, case.return_code)
    ]
    assert len(others) <= 4


@pytest.mark.langt
@pytest.mark.parametrize("part", range(PARTS))
def test_the_ways_agree_on_many_contacts(real: Year, part: int) -> None:
    assert_agree(real, list(Drawn(real.codes, seed=part).contacts(MANY // PARTS)))


@pytest.mark.langt
def test_almost_every_rule_is_reached(real: Year) -> None:
    contacts = Drawn(real.codes, seed=0).contacts(MANY)
    reached = {real.module.grupper_data(contact).verdier["regel"] for contact in contacts}
    assert len(reached) > 0.98 * len(real.rulebook.rules)


@pytest.mark.langt
def test_a_real_year_as_amendments_is_the_year_of_its_own_tables(
    norddrg: Path, drg_2016: Imported, tmp_path: Path
) -> None:
    own, amended = real_year(tmp_path, norddrg / REAL_2016, 2016).rulebook, drg_2016.rulebook
    assert of_rulebook(own).tables == of_rulebook(amended).tables
    assert of_rulebook(own).rules == of_rulebook(amended).rules
    assert [rule.id for rule in own.rules] == [rule.id for rule in amended.rules]
    with package_of([own]) as [one], package_of([amended]) as [other]:
        assert_same_answers(one, other, list(Drawn(Codes(own), seed=0).contacts(MANY)))
