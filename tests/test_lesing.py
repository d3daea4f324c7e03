"""From data to a record: what is read the short way comes out as what is read the long way."""

from collections import ChainMap
from dataclasses import astuple, dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.runtime.lesing import Felt, Utenfor, les
from compiler.runtime.verdier import Tom, Uoppgitt
from tests.test_generated import QUICK

_LINE = (Felt("vare", "vare", "kode"), Felt("antall", "antall", "heltall", kan_mangle=True))
_FIELDS = (
    Felt("alder", "alder", "heltall", "år", 12, 1, ikke_negativ=True),
    Felt("oppmøte", "oppmote", "desimaltall", "%", 1, 100, kan_mangle=True),
    Felt("slag", "slag", "valg", valg=("Stor", "liten", "stor")),
    Felt("drg", "drg", "gruppe", kjente=("DRG 27", "DRG 442", "X 27", "drg 27A"), kan_mangle=True),
    Felt("linjer", "linjer", "liste", av=_LINE, kan_mangle=True),
)


def _read(data: object) -> tuple[dict[str, Any], list[Any]]:
    """The fields of a record as shown, and what is wrong with them."""
    post, faults, _ = les(_FIELDS, data)
    return {felt.id: repr(getattr(post, felt.id)) for felt in _FIELDS}, [astuple(fault) for fault in faults]


@QUICK
@given(st.sampled_from(["alder", "oppmøte"]), st.integers() | st.sampled_from([10**18 - 1, 10**18, -(10**18), 0, -1]))
def test_a_number_is_read_as_its_digits_are(name: str, number: int) -> None:
    assert _read({name: number}) == _read({name: str(number)})


def test_numbers_are_in_base_units() -> None:
    post, faults, _ = les(_FIELDS, {"alder": 3, "oppmøte": 80})
    assert (post.alder, post.oppmote, faults) == (Decimal(36), Decimal("0.8"), [])


@pytest.mark.parametrize(
    ("written", "group"),
    [("442", "DRG 442"), ("x27", "X 27"), ("X  27", "X 27"), ("DRG 27a", "drg 27A"), ("27A", "drg 27A")],
)
def test_a_group_is_known_by_how_only_it_is_written(written: str, group: str) -> None:
    assert les(_FIELDS, {"drg": written})[0].drg == group


@pytest.mark.parametrize("written", ["27", "DRG 999", "442 DRG"])
def test_a_group_that_can_be_two_or_none_is_outside(written: str) -> None:
    post, _, outside = les(_FIELDS, {"drg": written})
    assert isinstance(post.drg, Utenfor)
    assert [reason.id for reason in outside] == ["drg"]


def test_the_first_of_choices_that_differ_in_case_is_taken() -> None:
    assert les(_FIELDS, {"slag": "stor"})[0].slag == "Stor"


@dataclass
class _Part:
    alder: int | None = None
    oppmote: object = None
    annet: str = "ikke et felt"


def test_data_may_be_a_data_class_or_any_mapping() -> None:
    expected = _read({"alder": 7, "oppmote": "50 %"})
    assert _read(_Part(7, "50 %")) == expected
    assert _read(ChainMap[str, object]({"alder": 7}, {"oppmøte": "50 %"})) == expected
    assert _read(_Part()) == _read({})
    assert [fault[0] for fault in _read(_Part)[1]] == ["data"]


def test_a_missing_value_is_the_same_for_all_records_but_not_for_two_lines_of_a_list() -> None:
    one, other = (les(_FIELDS, data)[0] for data in ({}, {"alder": 1, "linjer": [{}, {}]}))
    assert one.drg is other.drg
    assert isinstance(one.drg, Tom)
    assert isinstance(one.alder, Uoppgitt)
    first, second = other.linjer
    assert first.vare is not second.vare
    assert first.antall is not second.antall
