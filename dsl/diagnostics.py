"""A fault in a rulebook as data, and the one place that draws it."""

import re
from collections.abc import Iterable, Iterator, Mapping
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


class Correction(str):
    """A hint that can be followed by a machine: the text of it, and the word to replace in the place it is about."""

    wrong: str
    right: str

    def __new__(cls, text: str, wrong: str, right: str) -> "Correction":
        """A hint that says to write `right` for `wrong`.

        An empty `right` says to take `wrong` away, and an empty `wrong` to begin with `right`.
        """
        made = super().__new__(cls, text)
        made.wrong, made.right = wrong, right
        return made


class Edit(NamedTuple):
    """A change of a line: what stands in the place is replaced."""

    span: Span
    text: str

    def of(self, line: str) -> str:
        """The line after the change."""
        return line[: self.span.column - 1] + self.text + line[self.span.end_column - 1 :]


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


def warning(code: str, message: str, span: Span, hint: str | None = None, other: Span | None = None) -> Diagnostic:
    """A diagnostic that does not stop the build."""
    return Diagnostic(code, Severity.WARNING, message, span, hint, other)


def nearest(word: str, known: Iterable[str], prefix: str = "mente du «", suffix: str = "»?") -> str | None:
    """A hint with the known word most like this one, or None; case and æ, ø, å count little."""
    near = alike(word, known)
    return Correction(f"{prefix}{near[0]}{suffix}", word, near[0]) if near else None


def edit(diagnostic: Diagnostic, source: "Source | None") -> Edit | None:
    """The change that follows the hint, where it can be followed without more being said.

    It can where the hint is a correction and the word to replace stands just once in the place of the fault,
    or the correction is to begin with something.
    """
    hint, span = diagnostic.hint, diagnostic.span
    if not isinstance(hint, Correction) or source is None or span.line != span.end_line:
        return None
    if not hint.wrong:
        return Edit(span._replace(end_column=span.column), hint.right)
    line = source.line(span.line)
    first, last = _marked(span, line)
    at = [match.start() for match in _whole(hint.wrong).finditer(line, first - 1, last - 1)]
    if len(at) != 1:
        return None
    start, end = at[0], at[0] + len(hint.wrong)
    if not hint.right and line[start - 1 : start] == " " and line[end : end + 1] in {"", " "}:
        start -= 1
    return Edit(Span(span.path, span.line, start + 1, span.line, end + 1), hint.right)


def _whole(word: str) -> re.Pattern[str]:
    """The word where it is not a part of a longer one."""
    before = r"(?<!\w)" if word[:1].isalnum() else ""
    after = r"(?!\w)" if word[-1:].isalnum() else ""
    return re.compile(before + re.escape(word) + after)


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


def in_order(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Diagnostics by place."""
    return sorted(found, key=lambda d: (d.span.path, d.span.line, d.span.column, d.code))


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of the diagnostics stops the build."""
    return any(d.severity is Severity.ERROR for d in diagnostics)


def render(diagnostic: Diagnostic, sources: "Mapping[str, Source]") -> str:
    """Show a diagnostic with the lines it is about, ready for a terminal."""
    span, other = diagnostic.span, diagnostic.other
    margin = " " * max(len(str(place.line)) for place in (span, other) if place is not None)
    lines = [f"{diagnostic.severity}[{diagnostic.code}]: {diagnostic.message}"]
    lines += [f"{margin}--> {_place(span)}", *excerpt(span, sources, margin, "^")]
    if other is not None:
        lines += [f"{margin} = se også: {_place(other)}", *excerpt(other, sources, margin, "-")]
    if diagnostic.hint:
        lines.append(f"{margin} = tips: {diagnostic.hint}")
    return "\n".join(lines) + "\n"


def _place(span: Span) -> str:
    return f"{span.path}:{span.line}:{span.column}"


def excerpt(span: Span, sources: "Mapping[str, Source]", margin: str, mark: str) -> Iterator[str]:
    """The line of a place with a mark under what it is about; nothing where there is no such line."""
    source = sources.get(span.path)
    line = source.line(span.line) if source is not None else ""
    if line.strip():
        first, last = _marked(span, line)
        yield f"{margin} |"
        yield f"{span.line:{len(margin)}} | {line}"
        yield f"{margin} | {' ' * (first - 1)}{mark * max(1, last - first)}"


def _marked(span: Span, line: str) -> tuple[int, int]:
    """The columns to mark: those of the span, or all that is written where only the line is known."""
    if span.column == 1 and span.end_column <= 2 and span.end_line == span.line:
        return len(line) - len(line.lstrip()) + 1, len(line.rstrip()) + 1
    return span.column, span.end_column if span.end_line == span.line else len(line) + 1
