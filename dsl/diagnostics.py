"""A fault in a rulebook as data, and the one place that draws it."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from dsl.source import Source


_LIKENESS = 0.7
"""How like a known word must be before it is suggested: `undr` is like «under», `alder` is not like «kilde»."""
_FOLDED = str.maketrans("æøå", "eoa")


class Span(NamedTuple):
    """Where something stands: path, and 1-based line and column; the end column is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


class Severity(StrEnum):
    """How bad a diagnostic is; the values are what the author reads."""

    ERROR = "feil"
    WARNING = "advarsel"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault: a stable code, one lower-case clause, the place, and what to do next."""

    code: str
    severity: Severity
    message: str
    span: Span
    hint: str | None = None
    other: Span | None = None
    """The other place, when two places are at odds."""


def error(code: str, message: str, span: Span, hint: str | None = None, other: Span | None = None) -> Diagnostic:
    """A diagnostic that stops the build."""
    return Diagnostic(code, Severity.ERROR, message, span, hint, other)


def warning(code: str, message: str, span: Span, hint: str | None = None) -> Diagnostic:
    """A diagnostic that does not stop the build."""
    return Diagnostic(code, Severity.WARNING, message, span, hint)


def nearest(word: str, known: Iterable[str], prefix: str = "mente du «", suffix: str = "»?") -> str | None:
    """A hint with the known word most like this one, or None; case and æ, ø, å count little."""
    near = alike(word, known)
    return f"{prefix}{near[0]}{suffix}" if near else None


def alike(word: str, known: Iterable[str], number: int = 1) -> list[str]:
    """The known words most like this one, the likest first."""
    folded: dict[str, list[str]] = {}
    for other in known:
        folded.setdefault(_folded(other), []).append(other)
    near = get_close_matches(_folded(word), folded, n=number, cutoff=_LIKENESS)
    return [other for key in near for other in folded[key]][:number]


def _folded(word: str) -> str:
    """The word as it may be misspelt."""
    return word.lower().translate(_FOLDED)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of the diagnostics stops the build."""
    return any(d.severity is Severity.ERROR for d in diagnostics)


def render(diagnostic: Diagnostic, source: "Source | None") -> str:
    """Show a diagnostic with the line it is about, ready for a terminal."""
    span = diagnostic.span
    head = f"{diagnostic.severity}[{diagnostic.code}]: {diagnostic.message}"
    line = source.line(span.line) if source is not None else ""
    margin = " " * len(str(span.line))
    lines = [head, f"{margin}--> {span.path}:{span.line}:{span.column}"]
    if line.strip():
        first, last = _marked(span, line)
        lines += [f"{margin} |", f"{span.line} | {line}", f"{margin} | {' ' * (first - 1)}{'^' * max(1, last - first)}"]
    if diagnostic.other is not None:
        other = diagnostic.other
        lines.append(f"{margin} = se også: {other.path}:{other.line}:{other.column}")
    if diagnostic.hint:
        lines.append(f"{margin} = tips: {diagnostic.hint}")
    return "\n".join(lines) + "\n"


def _marked(span: Span, line: str) -> tuple[int, int]:
    """The columns to mark: those of the span, or all that is written where only the line is known."""
    if span.column == 1 and span.end_column <= 2 and span.end_line == span.line:
        return len(line) - len(line.lstrip()) + 1, len(line.rstrip()) + 1
    return span.column, span.end_column if span.end_line == span.line else len(line) + 1
