"""Collections: the reference, the package and the columns say the same of any histories, however they are ordered."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from decimal import ROUND_HALF_UP, Decimal
from importlib import import_module
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler import model
from compiler.gather import gather
from compiler.runtime.samlet import Samlet
from compiler.runtime.verdier import REGNING
from tests.cases_drawn import cases, drawn_field, mentioned_codes
from tests.library import Packages
from tests.test_generated import QUICK, RULEBOOKS

GATHERED = [
    (rulebook.name, kind)
    for rulebook in RULEBOOKS
    for kind in dict.fromkeys(r.gathering.of for r in rulebook.records if r.gathering is not None)
]
FEW = {"perioder-2023": 60}
"""Histories in each quick test: most where every construct is."""
FEWEST = 8
MANY = 400


def some(name: str) -> settings:
    """How many histories of a rulebook the quick tests draw."""
    return settings(QUICK, max_examples=FEW.get(name, FEWEST))


def histories(rulebook: model.Rulebook, kind: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Records of a few patients in a few months, most of them whole; in every eighth, values that may be wrong."""
    record = rulebook.record(kind)
    whole = st.fixed_dictionaries({field.name: _likely(rulebook, record, field) for field in record.fields})
    one = st.integers(0, 7).flatmap(
        lambda number: whole if number else st.builds(_over, whole, cases(rulebook, record))
    )
    return st.lists(one, max_size=14)


def _over(row: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """A row with some of its values from another."""
    return {**row, **dict(list(other.items())[:2])}


def _likely(rulebook: model.Rulebook, record: model.Record, field: model.RecordField) -> st.SearchStrategy[Any]:
    """Values that rules tell apart and that many records share; seldom none."""
    match field.kind:
        case "tekst":
            return st.sampled_from(["p1", "p1", "p1", "p2"])
        case "dato":
            return st.sampled_from([f"2023-{month:02}-{day:02}" for month in (1, 1, 2) for day in (1, 2, 3, 4, 28)])
        case "koder":
            codes = [code for code in mentioned_codes(rulebook) if code != "XX99"]
            return st.lists(st.sampled_from(codes), max_size=2, unique=True)
        case "kode":
            return st.sampled_from(["1", "1", "2"])
        case "ja/nei":
            return st.sampled_from([True, True, True, False, None])
        case "desimaltall" | "heltall":
            return st.sampled_from([0, 1, 2, 4, None])
        case "valg":
            return st.sampled_from([*field.choices, *field.choices, *field.choices, None])
        case _:
            return drawn_field(rulebook, field)


def said(found: Samlet) -> dict[str, Any]:
    """What was found, as plain values: the classes of a package are its own."""
    made = {name: [astuple(one) for one in of_kind] for name, of_kind in found.samlinger.items()}
    return made | {f"spor {name}": [astuple(one) for one in of_kind] for name, of_kind in found.spor.items()}


@pytest.mark.parametrize(("name", "kind"), GATHERED)
def test_the_package_gathers_as_the_reference_does(packages: Packages, name: str, kind: str) -> None:
    rulebook, module, _ = packages[name]

    @some(name)
    @given(histories(rulebook, kind))
    def agrees(rows: list[dict[str, Any]]) -> None:
        assert said(module.samle(rows, kind)) == said(gather(rulebook, rows, kind))

    agrees()


@pytest.mark.langt
@pytest.mark.parametrize(("name", "kind"), GATHERED)
def test_reference_package_and_columns_agree_on_many_histories(packages: Packages, name: str, kind: str) -> None:
    rulebook, module, package = packages[name]

    @settings(QUICK, max_examples=MANY)
    @given(histories(rulebook, kind))
    def agrees(rows: list[dict[str, Any]]) -> None:
        assert said(module.samle(rows, kind)) == said(gather(rulebook, rows, kind))
        columns = table(rows)
        assert in_columns(module, kind, columns) == told(module, package, kind, columns.to_pylist())

    agrees()


# ---- in columns


def table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """The rows as columns of text; a list of codes is a text with spaces."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: pa.array([_text(row.get(name)) for row in rows], pa.string()) for name in names}
    return pa.table(columns or {"annet": pa.nulls(len(rows), pa.string())})


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "ja" if value else "nei"
    return " ".join(value) if isinstance(value, list) else str(value)


def told(module: Any, package: Any, kind: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """What the package says of the rows, each number as a column has it."""
    as_rows = import_module("._runtime.samling", package.__name__).som_rader
    tables = as_rows(module.SAMLINGER[kind], module.samle(rows, kind))
    return {
        name: [{key: _rounded(value) for key, value in row.items()} for row in table] for name, table in tables.items()
    }


def _rounded(value: Any) -> Any:
    return value.quantize(Decimal(1).scaleb(-15), ROUND_HALF_UP, REGNING) if isinstance(value, Decimal) else value


def in_columns(module: Any, kind: str, rows: pa.Table) -> dict[str, list[Any]]:
    """What the columns say of the rows."""
    return {name: batch.to_pylist() for name, batch in module.samle_parti(rows, kind).items()}


@pytest.mark.parametrize(("name", "kind"), GATHERED)
def test_the_columns_say_what_the_package_says_of_each(packages: Packages, name: str, kind: str) -> None:
    rulebook, module, package = packages[name]

    @some(name)
    @given(histories(rulebook, kind))
    def agrees(rows: list[dict[str, Any]]) -> None:
        columns = table(rows)
        assert in_columns(module, kind, columns) == told(module, package, kind, columns.to_pylist())

    agrees()


# ---- what must not matter


@pytest.mark.parametrize(("name", "kind"), GATHERED)
def test_the_order_of_the_rows_changes_no_answer(packages: Packages, name: str, kind: str) -> None:
    rulebook, module, _ = packages[name]

    @some(name)
    @given(histories(rulebook, kind), st.randoms(use_true_random=False))
    def agrees(rows: list[dict[str, Any]], shuffled: Any) -> None:
        order = list(range(len(rows)))
        shuffled.shuffle(order)
        first, second = table(rows), table([rows[place] for place in order])
        one, other = in_columns(module, kind, first), in_columns(module, kind, second)
        ended = [_ended(rows, one.pop(kind)), _ended([rows[place] for place in order], other.pop(kind))]
        assert ended[0] == ended[1]
        assert one == other

    agrees()


def _ended(rows: Sequence[Mapping[str, Any]], fates: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each row with what became of it; of two that are the same, either can be either."""
    return sorted(f"{row!r} {fate!r}" for row, fate in zip(rows, fates, strict=True))


@pytest.mark.parametrize(("name", "kind"), GATHERED)
def test_patients_in_batches_of_their_own_get_the_same(packages: Packages, name: str, kind: str) -> None:
    rulebook, module, _ = packages[name]
    by_patient = [r.navn for r in module.SAMLINGER[kind] if any(key.felt == "pasient" for key in r.noekler)]
    if not by_patient:
        pytest.skip("ingen av samlingene er per pasient")

    @some(name)
    @given(histories(rulebook, kind))
    def agrees(rows: list[dict[str, Any]]) -> None:
        patients = list(dict.fromkeys(row.get("pasient") for row in rows))
        together = in_columns(module, kind, table(rows))
        apart = [in_columns(module, kind, table([r for r in rows if r.get("pasient") == one])) for one in patients]
        for name in by_patient:
            found = [_unnumbered(row) for batch in apart for row in batch[name]]
            assert sorted(found, key=repr) == sorted(map(_unnumbered, together[name]), key=repr)

    agrees()


def _unnumbered(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "nummer"}


def test_the_draws_reach_every_group_and_status(packages: Packages) -> None:
    """A differential test that never meets a group proves nothing about it."""
    rulebook, module, _ = packages["perioder-2023"]
    seen: set[str] = set()

    @settings(QUICK, max_examples=600, database=None)
    @given(histories(rulebook, "Kontakt"))
    def drawn(rows: list[dict[str, Any]]) -> None:
        for of_kind in module.samle(rows).samlinger.values():
            seen.update(one.svar.status for one in of_kind)
            seen.update(chosen.gruppe for one in of_kind for chosen in one.svar.valgte)

    drawn()
    groups = {group.id for group in rulebook.groups if group.id.startswith("STG")}
    assert seen >= {*groups, "gruppert", "inngår ikke", "uavklart", "kan ikke beregnes", "ikke i utdraget"}
