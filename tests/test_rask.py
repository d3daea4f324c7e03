"""The fast way and the kernel on a rulebook of another shape than NordDRG: the ways agree there too."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa

from compiler import model
from compiler.pipeline import load
from tests.conftest import CASES
from tests.norddrg_aar import package_of
from tests.veier import assert_all_agree, fast

_REPLACED = {
    "01-trinn.md": [
        ("ventet      desimaltall", "ventet      heltall"),
        ("minst én av prosedyrer er i slag S02", "«S02» er i slagene"),
        ("første_prosedyre er i slag S01", "«S01» er i slag av første_prosedyre"),
        (" der kode av bidiagnose ikke er i utelukket_av av C01", ""),
        ("beregning komplikasjonene\n    = komplikasjoner\n\n", ""),
    ],
    "02-grupper.md": [("høyst 1,5", "høyst 1"), ("ikke mann", "kvinne eller finnes")],
}
"""What the fast way cannot have, and what is there in its place; and a cell that only a test would have."""
_NEVER = {"090A", "200D"}
"""The rules that no contact can get: no procedure has S03, and another rule takes those without a length of stay."""
_COLUMNS = pa.schema(
    {
        "kjønn": pa.string(),
        "alder": pa.int64(),
        "liggetid": pa.int64(),
        "ventet": pa.int64(),
        "planlagt": pa.bool_(),
        "diagnoser": pa.list_(pa.string()),
        "prosedyrer": pa.list_(pa.string()),
    }
)


def test_the_ways_agree_on_a_rulebook_of_another_shape(tmp_path: Path) -> None:
    folder = tmp_path / "rader/2020"
    shutil.copytree(CASES / "ok/alt/rader/2020", folder)
    for name, replacements in _REPLACED.items():
        text = (folder / name).read_text(encoding="utf-8").partition("\neksempel ")[0]
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        (folder / name).write_text(text.rstrip().removesuffix("```") + "\n```\n", encoding="utf-8")
    library = load(tmp_path)
    assert library.diagnostics() == []
    [rulebook] = library.scheme("rader")
    contacts = list(_drawn(rulebook, 1500))
    with package_of([rulebook]) as [module]:
        batch = pa.RecordBatch.from_pylist(contacts, _COLUMNS)
        rules = assert_all_agree(rulebook, module, contacts, batch)
        assert all(fast(module, contact) is not None for contact in contacts if contact["prosedyrer"])
    assert {rule.id for rule in rulebook.rules} - rules.keys() == _NEVER


def _drawn(rulebook: model.Rulebook, number: int) -> Iterator[dict[str, Any]]:
    random = Random(1)
    codes = [*(row.key for row in rulebook.table("diagnosekoder").rows), "Z99"]
    pairs = [row.key.replace("|", "+") for row in rulebook.table("par").rows]
    procedures = [*(row.key for row in rulebook.table("prosedyrekoder").rows), "XX1"]
    for _ in range(number):
        any_pair = f"{random.choice(codes)}+{random.choice(codes)}"
        yield {
            "kjønn": random.choice(["mann", "kvinne", None]),
            "alder": random.choice([0, 1, 365, 366, 14_600, 45_655]),
            "liggetid": random.choice([None, 0, 1, 2, 3]),
            "ventet": random.choice([0, 1, 2]),
            "planlagt": random.choice([True, False, None]),
            "diagnoser": random.choices([*codes, *pairs, any_pair], k=random.randint(0, 4)),
            "prosedyrer": random.choices(procedures, k=random.randint(0, 4)),
        }
