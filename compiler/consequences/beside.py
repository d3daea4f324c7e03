"""One of two judges in a process of its own, so that two cores can be used. Needs numpy and pyarrow."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

from compiler.bulk.batches import Chunk, ChunkJudge
from compiler.consequences.fit import Measure
from compiler.consequences.pairs import Answers
from compiler.consequences.tally import Answer

WORTH = 200_000
"""From so many rows on, a process more is worth its while."""

Numbered = tuple[Any, list[Answer]]
"""The number of the answer for each row, and the answers."""
Judged = Callable[[], Numbered]

_judging: Callable[[Chunk], Numbered] | None = None
"""What the process judges by; it is as it was here when the process began."""


def numbered(judge: ChunkJudge, measures: Sequence[Measure], chunk: Chunk) -> Numbered:
    """The answers for the rows of a chunk."""
    answers = Answers(measures)
    numbers = judge.numbers(chunk, answers.number)
    return numbers, answers.made()


@contextmanager
def begun(judge: ChunkJudge, measures: Sequence[Measure], rows: int) -> Iterator[Callable[[Chunk], Judged]]:
    """What begins to judge a chunk: beside this process where that is worth it, else when the answers are asked for.

    The process has to begin before anything is read, while there are no threads here that it would lack.
    """
    if rows < WORTH or (os.cpu_count() or 1) < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield lambda chunk: lambda: numbered(judge, measures, chunk)
        return
    global _judging
    _judging = partial(numbered, judge, measures)
    try:
        with ProcessPoolExecutor(1, multiprocessing.get_context("fork"), _ignore_interrupts) as pool:
            pool.submit(os.getpid).result()
            yield lambda chunk: pool.submit(_judge, chunk).result
    finally:
        _judging = None


def _judge(chunk: Chunk) -> Numbered:
    assert _judging is not None
    return _judging(chunk)


def _ignore_interrupts() -> None:
    """Leave it to the process that began this one to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
