"""What stands above a page in the preview: every fault, with the author's line, the hint and the other place."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment

from compiler.pages.render import TEMPLATES
from compiler.report import summary
from compiler.templates import environment
from dsl.diagnostics import Diagnostic, Span, excerpt, has_errors
from dsl.source import Source

Sources = Mapping[str, Source]


class Panel(NamedTuple):
    """The panel of a page: what is said at once, and the faults as HTML; both empty where nothing is wrong."""

    said: str
    faults: str


class _Place(NamedTuple):
    """A place in a file, and the line there with a mark under what it is about."""

    name: str
    lines: str


class _Fault(NamedTuple):
    """A fault as it is shown."""

    severity: str
    code: str
    address: str
    message: str
    hint: str | None
    place: _Place
    other: _Place | None


def panel(found: Sequence[Diagnostic], sources: Sources, years: int, said: Iterable[str], pages: Path) -> Panel:
    """The panel for faults in the order that they are shown; `said` is what else there is to say of the page.

    `pages` is the folder of the pages written by hand, where those about the messages are.
    """
    if not found:
        return Panel(" ".join(said), "")
    heading = f"{summary(found, years)}."
    given = {
        "open": has_errors(found),
        "heading": "Feilene" if has_errors(found) else "Advarslene",
        "faults": [_fault(one, sources, pages) for one in found],
    }
    return Panel(" ".join([*said, heading]), _environment().get_template("vis.html.jinja").render(given))


def message_address(code: str, pages: Path) -> str:
    """Where the site tells of a message: its own page, or its place on the page of all messages."""
    name = code.lower()
    return f"/feil/{name}/" if (pages / "feil" / f"{name}.md").is_file() else f"/feil/#{name}"


def _fault(one: Diagnostic, sources: Sources, pages: Path) -> _Fault:
    other = _place(one.other, sources, "-") if one.other is not None else None
    address = message_address(one.code, pages)
    return _Fault(one.severity, one.code, address, one.message, one.hint, _place(one.span, sources, "^"), other)


def _place(span: Span, sources: Sources, mark: str) -> _Place:
    margin = " " * len(str(span.line))
    return _Place(f"{span.path}:{span.line}:{span.column}", "\n".join(excerpt(span, sources, margin, mark)))


@cache
def _environment() -> Environment:
    """The template: every text in it is text."""
    return environment(TEMPLATES)
