"""The files that decide what a check comes to, followed while their author writes."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Event

import click

from compiler.pipeline import SUFFIXES

INSTALL = 'installer det med «pip install "regelverk[editor]"»'
_FOLLOWED = (*SUFFIXES, ".csv")
_PAUSE = 200
"""How long, in milliseconds, a round of waiting for changes is."""


def changes(folder: Path, asked_by: str, stop: Event | None = None) -> Iterator[list[str]]:
    """The names of the files that are saved, each time some are; first none, when the watch is set.

    It ends when it is told to stop. `asked_by` is what cannot be done without a library for it.
    """
    try:
        from watchfiles import Change, watch
    except ImportError:
        raise click.UsageError(f"{asked_by} krever watchfiles; {INSTALL}") from None

    def counts(change: Change, path: str) -> bool:
        """Whether a change is of what is followed; files may come with a new folder, before it is watched."""
        return path.endswith(_FOLLOWED) or (change is Change.added and Path(path).is_dir())

    rounds = watch(
        folder,
        watch_filter=counts,
        rust_timeout=_PAUSE,
        yield_on_timeout=True,  # The first round comes when the watch is set, so that nothing is missed.
        stop_event=stop,
    )
    is_first = True
    for found in rounds:
        if found or is_first:
            yield sorted({Path(path).name for _, path in found})
        is_first = False


def named(names: Iterable[str]) -> str:
    """The names of some files, as many as fit on a line."""
    some = list(names)
    return ", ".join(some[:3]) + (f" og {len(some) - 3} til" if len(some) > 3 else "")
