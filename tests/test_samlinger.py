"""Collections: the reference, the package and the columns say the same of any histories, however they are ordered."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from decimal import ROUND_HALF_UP, Decimal
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
FEW, MANY = 150, 4000


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

    @settings(QUICK, max_examples=FEW)
    @given(histories(rulebook, kind))
    def agrees(rows: list[dict[str, Any]]) -> None:
        assert said(module.samle(rows, kind)) == said(gather(rulebook, rows, kind))

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


def told(module: Any, kind: str, found: Samlet) -> dict[str, list[Any]]:
    """What was found, as the tables tell it."""
    tables: dict[str, list[Any]] = {}
    fates: list[dict[str, Any]] = [{} for _ in next(iter(found.spor.values()))]
    for rules in module.SAMLINGER[kind]:
        tables[rules.navn] = [_row(rules, number, one) for number, one in enumerate(found.samlinger[rules.navn], 1)]
        for row, one in zip(fates, found.spor[rules.navn], strict=True):
            row[rules.kolonne] = None if one.samling is None else one.samling + 1
            if rules.regler.gruppering is not None:
                row[f"{rules.kolonne}_grupper"] = "; ".join(one.grupper)
            row[f"{rules.kolonne}_grunn"] = "; ".join(dict.fromkeys(reason.tekst for reason in one.grunner))
    return tables | {kind: fates}


def _row(rules: Any, number: int, one: Any) -> dict[str, Any]:
    """A collection as a row, but for the columns of the answer, which other tests are about."""
    keys = {key.felt: one.noekler[key.navn] for key in rules.noekler}
    row = {"nummer": number, **keys, "antall": len(one.plasser), "status": one.svar.status}
    row["grunn"] = "; ".join(dict.fromkeys(reason.tekst for reason in one.svar.grunner))
    row["varsel"] = "; ".join(dict.fromkeys(notice.tekst for notice in one.svar.varsler))
    row |= {b.kolonne: _rounded(one.svar.verdier.get(b.id)) for b in rules.regler.beregninger}
    if rules.regler.velger:
        row["grupper"] = "; ".join(chosen.gruppe for chosen in one.svar.valgte)
    return row


def _rounded(value: Any) -> Any:
    """A number as the column has it."""
    return value.quantize(Decimal(1).scaleb(-15), ROUND_HALF_UP, REGNING) if isinstance(value, Decimal) else value


def in_columns(module: Any, kind: str, rows: pa.Table) -> dict[str, list[Any]]:
    """What the columns say, without what is told elsewhere."""
    left_out = ("gruppe", "gruppe_oppgitt")
    return {
        name: [{key: value for key, value in row.items() if key not in left_out} for row in batch.to_pylist()]
        for name, batch in module.samle_parti(rows, kind).items()
    }


@pytest.mark.parametrize(("name", "kind"), GATHERED)
def test_the_columns_say_what_the_package_says_of_each(packages: Packages, name: str, kind: str) -> None:
    rulebook, module, _ = packages[name]

    @settings(QUICK, max_examples=FEW)
    @given(histories(rulebook, kind))
    def agrees(rows: list[dict[str, Any]]) -> None:
        columns = table(rows)
        assert in_columns(module, kind, columns) == told(module, kind, module.samle(columns.to_pylist(), kind))

    agrees()
