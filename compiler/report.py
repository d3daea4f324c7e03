"""Diagnostics as the command line shows them: text, JSON and annotations."""

import json
import os
import sys
from collections.abc import Sequence

import click

from dsl.diagnostics import Diagnostic, Severity, render
from dsl.source import Source


def in_colour() -> bool:
    """Whether colour is wanted."""
    return not os.environ.get("NO_COLOR") and sys.stderr.isatty()


def as_text(diagnostic: Diagnostic, source: Source | None) -> str:
    """A diagnostic for a terminal, with its head in colour where colour is wanted."""
    text = render(diagnostic, source)
    if not in_colour():
        return text
    head, rest = text.split("\n", 1)
    colour = "red" if diagnostic.severity is Severity.ERROR else "yellow"
    return click.style(head, fg=colour, bold=True) + "\n" + rest


def as_json(found: Sequence[Diagnostic]) -> str:
    """Diagnostics as a JSON list."""
    return json.dumps(
        [
            {
                "kode": d.code,
                "alvor": d.severity.value,
                "melding": d.message,
                "tips": d.hint,
                "fil": d.span.path,
                "linje": d.span.line,
                "kolonne": d.span.column,
                "sluttlinje": d.span.end_line,
                "sluttkolonne": d.span.end_column,
            }
            for d in found
        ],
        ensure_ascii=False,
        indent=2,
    )


def as_github(diagnostic: Diagnostic) -> str:
    """A diagnostic as an annotation of a build."""
    kind = "error" if diagnostic.severity is Severity.ERROR else "warning"
    text = diagnostic.message + (f". Tips: {diagnostic.hint}" if diagnostic.hint else "")
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    span = diagnostic.span
    return f"::{kind} file={span.path},line={span.line},col={span.column},title={diagnostic.code}::{escaped}"


def summary(found: Sequence[Diagnostic], years: int) -> str:
    """One line that says how it went."""
    errors = sum(d.severity is Severity.ERROR for d in found)
    warnings = len(found) - errors
    if not found:
        return f"{years} regelverk uten feil"
    words = [f"{errors} feil"] if errors else []
    words += [f"{warnings} {'advarsel' if warnings == 1 else 'advarsler'}"] if warnings else []
    return f"{' og '.join(words)} i {years} regelverk"
