"""Timing: medians of several runs, taken in turn so that a noisy machine disturbs all of them alike."""

import gc
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from time import perf_counter

_ROOT = Path(__file__).parent.parent
Timed = Mapping[str, Callable[[], object]]


def medians(timed: Timed, runs: int = 7) -> dict[str, float]:
    """The median seconds of each function; the first round only warms up."""
    seconds: dict[str, list[float]] = {name: [] for name in timed}
    for number in range(runs + 1):
        for name, function in timed.items():
            gc.collect()
            start = perf_counter()
            function()
            if number:
                seconds[name].append(perf_counter() - start)
    return {name: median(found) for name, found in seconds.items()}


def report(name: str, figure: str, ratio: float, aim: str = "", reached: bool = True) -> None:
    """One line: what was measured, the figure, the ratio to the baseline, and the aim."""
    mark = f"{aim}: {'nådd' if reached else 'IKKE NÅDD'}" if aim else ""
    print(f"  {name:<46} {figure:>18} {ratio:>9.1f} ×   {mark}".rstrip())


def heading(title: str, baseline: str) -> None:
    """The heading of a list of lines, with what their ratios are to."""
    print(f"\n{title}\n  (forholdstallet er til: {baseline})")


def of_process(code: str, *arguments: str) -> tuple[float, int]:
    """The seconds and the memory, in kB, that some code prints last of itself, run in a process of its own."""
    command = [sys.executable, "-c", code, *arguments]
    out = subprocess.run(command, check=True, capture_output=True, text=True, cwd=_ROOT).stdout
    seconds, memory = out.split()[-2:]
    return float(seconds), int(memory)
