"""The report as one HTML file with all it needs in it: no scripts, and nothing from other hosts."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from compiler.consequences.explained import Behind
from compiler.consequences.findings import Findings, number, told
from compiler.consequences.report import tables
from compiler.consequences.text import title
from compiler.templates import environment

_TEMPLATES = Path(__file__).parent / "templates"
_WHOLE = re.compile(
    r"(\d+(?: \d{3})*(?:,\d+)? (?:kr|%)|\d+(?: \d{3})+(?:,\d+)?|\w{1,20}(?:-\w{1,20})+|--\w{1,20}(?:-\w{1,20})*)"
)
"""Numbers with spaces in them, and names with hyphens, unless they are long."""


def as_html(found: Findings, behind: Sequence[Behind], most: int) -> str:
    """The report."""
    total = found.total()
    text = (
        _environment()
        .get_template("konsekvens.html")
        .render(
            title=title(found),
            found=found,
            told=told(found),
            tables=list(tables(found, most)),
            behind=behind,
            total=total,
            moved_per_mille=total.moved * 1000 // total.count if total.count else 0,
        )
    )
    return f"{text}\n"


@cache
def _environment() -> Environment:
    """The templates; everything that is put into one is escaped."""
    templates = environment(_TEMPLATES)
    templates.filters |= {"antall": number, "hele": whole}
    return templates


def whole(text: str) -> Markup:
    """A text where names and numbers are not broken at the end of a line, and can be copied as they are."""
    parts = _WHOLE.split(text)
    return Markup("").join(
        Markup('<span class="hel">{}</span>').format(part) if at % 2 else part for at, part in enumerate(parts)
    )
