"""The page of each message, for those who are not on the site: the terminal, and readers of SARIF."""

import re
import textwrap
from collections.abc import Iterator
from functools import cache

from compiler.own_files import ROOT

_PAGES = ROOT / "site" / "pages" / "feil"
_FENCE = re.compile(r"^(`{3,})\w*\n.*?^\1\n", re.M | re.S)
_COMMENT = re.compile(r"^<!--.*?-->\n\n", re.M)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"^#+ |\*\*|`", re.M)


@cache
def as_markdown(code: str) -> str:
    """The page of a message, without links: they lead nowhere outside the site."""
    text = (_PAGES / f"{code.lower()}.md").read_text(encoding="utf-8")
    return "".join(part if is_fence else _COMMENT.sub("", _LINK.sub(r"\1", part)) for part, is_fence in _parts(text))


def as_text(code: str, width: int = 100) -> str:
    """The page of a message for a terminal: prose within a width, and what stands in fences as it is, moved in."""
    return "\n\n".join(_shown(as_markdown(code), width)) + "\n"


def _shown(text: str, width: int) -> Iterator[str]:
    """The paragraphs and the fences of a page."""
    for part, is_fence in _parts(text):
        if is_fence:
            yield textwrap.indent("\n".join(part.rstrip("\n").split("\n")[1:-1]), "    ")
            continue
        for paragraph in filter(None, part.strip().split("\n\n")):
            lines = paragraph.split("\n") if paragraph.startswith("- ") else [" ".join(paragraph.split())]
            yield "\n".join(textwrap.fill(_MARKS.sub("", line), width, break_on_hyphens=False) for line in lines)


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text in order, each part with whether it is a fence."""
    end = 0
    for fence in _FENCE.finditer(text):
        yield text[end : fence.start()], False
        yield fence[0], True
        end = fence.end()
    yield text[end:], False
