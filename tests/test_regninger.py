"""Claims: the order of the lines matters only where a rule says so, and the package answers as the reference does."""

from collections.abc import Iterator
from dataclasses import astuple
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from compiler import model
from compiler.evaluate import evaluate
from compiler.pipeline import load
from compiler.walk import nodes
from tests.cases_drawn import cases
from tests.library import LIBRARY, MADE_UP, Packages
from tests.test_cli import Run, run

__all__ = ["run"]

BOOKS = {r.name: r for r in (*LIBRARY.rulebooks(), *MADE_UP.rulebooks()) if r.scheme != "ISF"}
KINDS = [
    (name, record.id)
    for name, rulebook in BOOKS.items()
    for record in rulebook.top_records()
    if rulebook.judged_lists(record) and not rulebook.groupings
]
CLAIMS = 100_000
"""Claims in the long test, over all rule years and kinds of claim."""
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def related(rulebook: model.Rulebook, rule: object, seen: frozenset[str] = frozenset()) -> Iterator[model.Related]:
    """Where a rule, or a term that it uses, speaks of the lines before one."""
    for node in nodes(rule):
        match node:
            case model.Related(which="tidligere"):
                yield node
            case model.TermRef(id=id_) | model.TermElements(id=id_) if id_ not in seen:
                term = rulebook.term(id_)
                exceptions = rulebook.exceptions_from(id_)
                yield from related(rulebook, (term.condition, term.lines, exceptions), seen | {id_})
            case _:
                pass


def without_order(rulebook: model.Rulebook) -> model.Rulebook:
    """The rulebook without the rules that speak of the lines before one."""
    kept = [rule for rule in rulebook.requirements if not any(related(rulebook, (rule.when, rule.requires)))]
    terms = [
        term.model_copy(update={"in_result": term.in_result and not any(_of_term(rulebook, term))})
        for term in rulebook.terms
    ]
    return rulebook.model_copy(update={"requirements": tuple(kept), "terms": tuple(terms)})


def _of_term(rulebook: model.Rulebook, term: model.Term) -> Iterator[model.Related]:
    return related(rulebook, (term.condition, term.lines, rulebook.exceptions_from(term.id)))


@pytest.mark.parametrize(("name", "record"), KINDS)
def test_the_order_of_lines_matters_only_where_a_rule_says_so(name: str, record: str) -> None:
    """Without the rules that say «tidligere», lines in another order get the same answers."""
    rulebook = without_order(BOOKS[name])
    found = rulebook.record(record)
    (listed, *_) = rulebook.judged_lists(found) or (None,)
    if listed is None:
        return

    @QUICK
    @given(cases(rulebook, found), st.randoms(use_true_random=False))
    def alike(case: dict[str, Any], order: Any) -> None:
        lines = case.get(listed.name)
        if not isinstance(lines, list):
            return
        places = list(range(len(lines)))
        order.shuffle(places)
        first = evaluate(rulebook, case, record)
        other = evaluate(rulebook, case | {listed.name: [lines[place] for place in places]}, record)
        assert first.status == other.status
        assert first.verdier == other.verdier
        if first.status == "feil i data" or listed.identifier not in first.lister:
            return
        told, moved = first.lister[listed.identifier], other.lister[listed.identifier]
        assert [astuple(told[place]) for place in places] == [astuple(line) for line in moved]

    alike()


def test_the_order_of_lines_matters_where_a_rule_says_so() -> None:
    """Of two tariffs that cannot be used together, the last falls."""
    rulebook = BOOKS["fastlege-2021"]
    for first, second in (("2ad", "2ak"), ("2ak", "2ad")):
        claim = {"dato": "2021-10-01", "linjer": [{"takst": first}, {"takst": second}]}
        told = evaluate(rulebook, claim).lister["linjer"]
        assert [line.inngaar for line in told] == [True, False]
        assert [reason.id for reason in told[1].grunner] == ["kombinasjon"]


@pytest.mark.langt
@pytest.mark.parametrize(("name", "record"), KINDS)
def test_the_package_agrees_on_many_claims(packages: Packages, name: str, record: str) -> None:
    rulebook, module, _ = packages[name]

    @settings(QUICK, max_examples=CLAIMS // len(KINDS) + 1)
    @given(cases(rulebook, rulebook.record(record)))
    def agrees(case: dict[str, object]) -> None:
        assert astuple(module.vurder_data(case, record)) == astuple(evaluate(rulebook, case, record))

    agrees()


def test_a_package_without_groups_judges(packages: Packages) -> None:
    module = packages["fastlege-2021"][1]
    claim = module.Regning(linjer=[module.Linje(takst="2ad"), module.Linje(takst="2ak")])
    answer = module.vurder(claim)
    assert [line.inngaar for line in answer.linjer] == [True, False]
    assert answer.linjer[1].grunner[0].tekst == "2ak kan ikke brukes sammen med en takst som alt står på regningen"
    assert answer.honorar_paa_regningen == 175
    assert (module.grupper, module.grupper_data, module.grupper_parti) == (
        *(module.vurder, module.vurder_data, module.vurder_parti),
    )
    assert not hasattr(packages["isf-2020"][1], "vurder")


def test_the_year_of_a_claim_is_chosen_by_its_date(run: Run, tmp_path: Any) -> None:
    """1be is valid on 30 June 2022, and gone the day after."""
    path = tmp_path / "inn.jsonl"
    lines = [f'{{"dato": "{day}", "linjer": [{{"takst": "1be"}}]}}\n' for day in ("2022-06-30", "2022-07-01")]
    path.write_text("".join(lines), encoding="utf-8")
    ran = run("vurder", "fastlege", path)
    assert '"inngår": true' in ran.out.splitlines()[0]
    assert "1be er gått ut; bruk 1bd" in ran.out.splitlines()[1]
    assert [line.split('"regelverk": "')[1][:13] for line in ran.out.splitlines()] == ["fastlege-2021", "fastlege-2022"]


def test_a_claim_alone_or_claims_in_a_list(run: Run, tmp_path: Any) -> None:
    """A file of JSON is one object to a line, one object alone, or a list."""
    path = tmp_path / "inn.json"
    path.write_text('{\n  "linjer": [\n    {"takst": "2ad"}\n  ]\n}\n', encoding="utf-8")
    assert run("vurder", "fastlege-2021", path).out.count('"honorar_paa_regningen": 175') == 1
    path.write_text('[{"linjer": [{"takst": "2ad"}]},\n {"linjer": [{"takst": "2ak"}]},\n 3]', encoding="utf-8")
    ran = run("vurder", "fastlege-2021", path)
    assert ['"honorar_paa_regningen": 175' in ran.out, '"honorar_paa_regningen": 328' in ran.out] == [True, True]
    assert "listen skal ha JSON-objekter" in ran.out
    path.write_text('{\n  "linjer": [\n', encoding="utf-8")
    ran = run("vurder", "fastlege-2021", path)
    assert (ran.code, ran.out.count("linjen er ikke JSON")) == (1, 4)


def test_lines_of_many_years_are_records_in_parquet(run: Run, tmp_path: Any) -> None:
    """The years calculate different things for a line; the column has them all."""
    inn, out = tmp_path / "inn.jsonl", tmp_path / "ut.parquet"
    days = ("2020-10-01", "2021-10-01", "2023-10-01")
    inn.write_text("".join(f'{{"dato": "{day}", "linjer": [{{"takst": "1ad"}}]}}\n' for day in days), encoding="utf-8")
    assert run("vurder", "fastlege", inn, "-o", out).code == 0
    lines = parquet.read_table(out).column("linjer_svar").to_pylist()
    assert [line["inngaar"] for (line,) in lines] == [True, True, True]
    assert [line["linjehonorar"] for (line,) in lines] == [73, None, 80]
    assert {"antall_tidstrinn", "linjeegenandel"} <= set(lines[0][0])


def test_a_command_about_a_scheme_reads_what_stands_beside_it(tmp_path: Path) -> None:
    """A header behind a byte order mark is one, and a year whose header is at fault is told of."""
    head = "regelverk {} {} «Prøve»\n    gjelder fra {}-01-01 til og med {}-12-31\n"
    for folder, text in (
        ("x/2022", "\ufeff" + head.format("X", 2022, 2022, 2022)),
        ("x/2023", head.format("X", 2023, 2023, 2023).replace("\n", "\n    bygger på X 2022\n", 1)),
        ("x/2024", "regelverk X «Prøve» 2024\n"),
        ("y/2022", head.format("Y", 2022, 2022, 2022)),
    ):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "r.regel").write_text(text, encoding="utf-8")
    library = load(tmp_path, schemes=["x"])
    assert [rulebook.name for rulebook in library.rulebooks()] == ["x-2022", "x-2023"]
    assert [fault.code for fault in library.diagnostics()] == ["R102"]
    assert len(load(tmp_path, schemes=["z"]).rulebooks()) == 3


REPEATS = [
    # What the tariff writes, maks_ganger, gjentak_andel, times on the claim, the fee; None where the line is refused.
    *(("0", 1, None, 1, "152"), ("0", 1, None, 2, None)),
    *(("3", 4, "1", 4, "608"), ("3", 4, "1", 5, None)),
    *(("rep", None, "1", 1, "152"), ("rep", None, "1", 3, "456")),
    *(("50 %", 2, "0.5", 2, "228"), ("50 %", 2, "0.5", 3, None)),
    *(("rep 50 %", None, "0.5", 2, "228"), ("rep 50 %", None, "0.5", 3, "304")),
]


@pytest.mark.parametrize("apart", [False, True], ids=["one line", "lines of one"])
@pytest.mark.parametrize(("written", "most", "share", "times", "fee"), REPEATS)
def test_the_five_ways_to_repeat_a_tariff(
    written: str, most: int | None, share: str | None, times: int, fee: str | None, apart: bool
) -> None:
    """The rules of the real tariff, with the repetition of H1 (152 kr) written as each of the five codes."""
    rulebook = BOOKS["fastlege-2021"]
    table = rulebook.table("takster")
    values = {"maks_ganger": most, "gjentak_andel": share}
    cells = {name: Decimal(value) for name, value in values.items() if value is not None}
    kept = {name: value for name, value in table.by_key["H1"].values.items() if name not in values}
    changed = table.by_key["H1"].model_copy(update={"values": kept | cells})
    rows = tuple(changed if row.key == "H1" else row for row in table.rows)
    tables = tuple(one.model_copy(update={"rows": rows}) if one.id == "takster" else one for one in rulebook.tables)
    changed_book = rulebook.model_copy(update={"tables": tables})
    lines = [{"takst": "H1"}] * times if apart else [{"takst": "H1", "ganger": times}]
    told = evaluate(changed_book, {"linjer": lines}).lister["linjer"]
    assert all(line.inngaar for line in told[:-1])
    assert told[-1].inngaar is (fee is not None)
    if fee is None:
        assert [reason.id for reason in told[-1].grunner] == ["gjentak"]
    else:
        assert sum(Decimal(str(line.verdier["linjehonorar"])) for line in told) == Decimal(fee)
