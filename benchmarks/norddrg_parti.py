"""Many contacts in a Parquet file, drawn from the codes of a rulebook: as they usually come, or as badly as can be."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from tests.norddrg_koder import Codes

Numbers = npt.NDArray[np.int64]
Draw = Callable[[Codes, int, np.random.Generator], pa.RecordBatch]
SEED = 2015
_PART = 100_000
_TYPICAL_DIAGNOSES, _TYPICAL_PROCEDURES = 25, 12
"""How many secondary diagnoses and procedures usually go with a principal diagnosis."""


def write(path: Path, draw: Draw, codes: Codes, number: int) -> None:
    """So many contacts, written part by part; the same for the same number."""
    random = np.random.default_rng(SEED)
    writer = None
    for start in range(0, number, _PART):
        part = draw(codes, min(_PART, number - start), random)
        writer = writer or pq.ParquetWriter(path, part.schema)
        writer.write_batch(part)
    assert writer is not None
    writer.close()


def typical(codes: Codes, number: int, random: np.random.Generator) -> pa.RecordBatch:
    """Contacts where few codes are most of them, and other codes go with the principal diagnosis as they usually do."""
    order = np.random.default_rng(SEED)
    diagnoses, procedures = order.permutation(codes.diagnoses), order.permutation(codes.procedures)
    usual = _usual(order, len(diagnoses), len(diagnoses), _TYPICAL_DIAGNOSES)
    done = _usual(order, len(diagnoses), len(procedures), _TYPICAL_PROCEDURES)
    principal = _zipf(random, len(diagnoses), number)
    more, with_principal = _lengths(random, number, 0.45)
    second = usual[principal[with_principal], _zipf(random, _TYPICAL_DIAGNOSES, len(with_principal))]
    inside = _after_first(principal, more, second)
    lengths, with_procedure = _lengths(random, number, 0.5)
    performed = done[principal[with_procedure], _zipf(random, _TYPICAL_PROCEDURES, len(with_procedure))]
    return _batch(random, number, (diagnoses, inside, more + 1), (procedures, performed, lengths))


def independent(codes: Codes, number: int, random: np.random.Generator) -> pa.RecordBatch:
    """Contacts where every code is as likely as every other, and none has to do with another: hardly any are alike."""
    diagnoses, procedures = np.array(codes.diagnoses), np.array(codes.procedures)
    principal = random.integers(0, len(diagnoses), number)
    more, with_principal = _lengths(random, number, 0.45)
    inside = _after_first(principal, more, random.integers(0, len(diagnoses), len(with_principal)))
    lengths, with_procedure = _lengths(random, number, 0.5)
    performed = random.integers(0, len(procedures), len(with_procedure))
    return _batch(random, number, (diagnoses, inside, more + 1), (procedures, performed, lengths))


def described(file: pq.ParquetFile) -> str:
    """How much the first contacts of a file have, and how many of them are alike."""
    batch = next(file.iter_batches(_PART))
    lengths = [len(batch.column(name).flatten()) / batch.num_rows for name in ("diagnoser", "prosedyrer")]
    rows = zip(*(batch.column(name).to_pylist() for name in ("diagnoser", "prosedyrer")), strict=True)
    different = len({(*diagnoses, None, *procedures) for diagnoses, procedures in rows}) / batch.num_rows
    means = f"{lengths[0]:.1f} diagnoser og {lengths[1]:.1f} prosedyrer i snitt".replace(".", ",")
    return f"{means}; de første {batch.num_rows} har {different:.0%} så mange ulike sett av koder som kontakter"


# ---- draws


def _zipf(random: np.random.Generator, size: int, number: int) -> Numbers:
    """Ranks, where the probability falls with the rank."""
    weights = np.cumsum(1 / np.arange(1, size + 1))
    found: Numbers = np.searchsorted(weights, random.random(number) * weights[-1]).astype(np.int64)
    return found


def _usual(random: np.random.Generator, rows: int, size: int, number: int) -> Numbers:
    """For each principal diagnosis: the codes that usually go with it."""
    return _zipf(random, size, rows * number).reshape(rows, number)


def _lengths(random: np.random.Generator, number: int, stops: float) -> tuple[Numbers, Numbers]:
    """How many more codes each contact has, at most 20, and the contact that each of them belongs to."""
    lengths = np.minimum(random.geometric(stops, number) - 1, 20).astype(np.int64)
    return lengths, np.repeat(np.arange(number), lengths)


def _after_first(first: Numbers, more: Numbers, second: Numbers) -> Numbers:
    """The codes of all contacts in one row: the first of each, and then its others."""
    found = np.empty(len(first) + len(second), np.int64)
    places = np.cumsum(more + 1) - (more + 1)
    is_first = np.zeros(len(found), bool)
    is_first[places] = True
    found[is_first], found[~is_first] = first, second
    return found


def _batch(
    random: np.random.Generator,
    number: int,
    diagnoses: tuple[Any, Numbers, Numbers],
    procedures: tuple[Any, Numbers, Numbers],
) -> pa.RecordBatch:
    """The columns."""
    days = np.where(random.random(number) < 0.6, 0, random.geometric(0.25, number))
    return pa.RecordBatch.from_pydict(
        {
            "kjønn": _words(["mann", "kvinne"], random.integers(0, 2, number)),
            "alder": pa.array((random.beta(2, 1.5, number) * 36_500).astype(np.int64)),
            "utskrivning": _words(["levende", "død", "overført"], random.choice(3, number, p=[0.95, 0.01, 0.04])),
            "liggetid": pa.array(days.astype(np.int64)),
            "diagnoser": _lists(*diagnoses),
            "prosedyrer": _lists(*procedures),
        }
    )


def _words(words: list[str], which: Numbers) -> pa.Array:
    return pa.array(words).take(pa.array(which))


def _lists(words: Any, which: Numbers, lengths: Numbers) -> pa.Array:
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(words.tolist()).take(pa.array(which)))
