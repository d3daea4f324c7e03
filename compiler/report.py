"""Diagnostics as the command line shows them: text, JSON and annotations of a build."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from dsl.diagnostics import Diagnostic, Severity, Span, edit, render
from dsl.source import Source

Sources = Mapping[str, Source]


def in_colour() -> bool:
    """Whether colour is wanted."""
    return not os.environ.get("NO_COLOR") and sys.stderr.isatty()


def as_text(diagnostic: Diagnostic, sources: Sources) -> str:
    """A diagnostic for a terminal, with its head in colour where colour is wanted."""
    text = render(diagnostic, sources)
    if not in_colour():
        return text
    head, rest = text.split("\n", 1)
    colour = "red" if diagnostic.severity is Severity.ERROR else "yellow"
    return click.style(head, fg=colour, bold=True) + "\n" + rest


class Place(BaseModel):
    """Where something stands; lines and columns count from 1, and the end column is not a part of it."""

    model_config = ConfigDict(extra="forbid")

    fil: str
    linje: int = Field(ge=1)
    kolonne: int = Field(ge=1)
    sluttlinje: int = Field(ge=1)
    sluttkolonne: int = Field(ge=1)


class Correction(Place):
    """A change that follows the hint: the text of the place is replaced."""

    tekst: str


class Message(Place):
    """A diagnostic as JSON."""

    kode: str = Field(pattern=r"^R\d{3}$")
    alvor: Severity
    melding: str
    tips: str | None
    se_også: Place | None
    rettelse: Correction | None


_MESSAGES = TypeAdapter(list[Message])


def as_json(found: Sequence[Diagnostic], sources: Sources) -> str:
    """Diagnostics as a JSON list that fits `schema()`."""
    return _MESSAGES.dump_json([_message(one, sources) for one in found], indent=2).decode()


def schema() -> str:
    """The JSON Schema of the list of diagnostics."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Meldinger fra regelverk sjekk"}
    found = dialect | _MESSAGES.json_schema(mode="serialization")
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _message(diagnostic: Diagnostic, sources: Sources) -> Message:
    change = edit(diagnostic, sources.get(diagnostic.span.path))
    return Message(
        kode=diagnostic.code,
        alvor=diagnostic.severity,
        melding=diagnostic.message,
        tips=diagnostic.hint,
        se_også=Place(**_place(diagnostic.other)) if diagnostic.other is not None else None,
        rettelse=Correction(**_place(change.span), tekst=change.text) if change is not None else None,
        **_place(diagnostic.span),
    )


def _place(span: Span) -> dict[str, Any]:
    keys = ("fil", "linje", "kolonne", "sluttlinje", "sluttkolonne")
    return dict(zip(keys, span, strict=True))


def as_github(diagnostic: Diagnostic) -> str:
    """A diagnostic as an annotation of a build."""
    kind = "error" if diagnostic.severity is Severity.ERROR else "warning"
    text = diagnostic.message + (f". Tips: {diagnostic.hint}" if diagnostic.hint else "")
    if diagnostic.other is not None:
        text += f". Se også {diagnostic.other.path}:{diagnostic.other.line}"
    span = diagnostic.span
    places = {"file": span.path, "line": span.line, "col": span.column, "title": diagnostic.code}
    if span.end_line == span.line:
        places["endColumn"] = span.end_column
    listed = ",".join(f"{name}={_escaped_value(str(value))}" for name, value in places.items())
    return f"::{kind} {listed}::{_escaped(text)}"


def _escaped(text: str) -> str:
    """Text as the message of an annotation."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_value(text: str) -> str:
    """Text as a value of an annotation."""
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def summary(found: Sequence[Diagnostic], years: int) -> str:
    """One line that says how it went."""
    errors = sum(d.severity is Severity.ERROR for d in found)
    warnings = len(found) - errors
    if not found:
        return f"{years} regelverk uten feil"
    words = [f"{errors} feil"] if errors else []
    words += [f"{warnings} {'advarsel' if warnings == 1 else 'advarsler'}"] if warnings else []
    return f"{' og '.join(words)} i {years} regelverk"
