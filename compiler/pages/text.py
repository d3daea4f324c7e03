"""Author's text as safe Markdown: what is not prose comes out letter by letter, prose keeps a few marks.

Everything here ends in `Md`: text that may stand in a page as it is. Whatever is not `Md` is escaped when it is joined
with `Md` or written by a template, so that forgetting is safe.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote

from markupsafe import Markup

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile("[ \t\r\n\f\v\x85\u2028\u2029]+")
_SPECIAL = re.compile(r"""[&<>"\\`*_{}\[\]|#~^]""")
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_AT_START = re.compile(r"^(\s*)([-+=:!])")
_GROUPED = re.compile(r"(?<![\w.,])(?<!\d )\d{1,3}(?: \d{3}){1,3}(?![\w]| \d)")
"""A number with spaces between its digits, which must not break over a line; a long row of codes is none."""
_NUMBERED = re.compile(r"^(\s*\d+)\.(?=\s|$)")


class Md(Markup):
    """Markdown that is safe to show: text joined to it is escaped for Markdown."""

    @classmethod
    def escape(cls, s: object, /) -> Self:
        """The value as it is when it is `Md`, else escaped."""
        return cls(s) if isinstance(s, Markup) else cls(_unbroken(_escaped(str(s))))


def escape(text: object) -> Md:
    """The text on one line, with nothing that Markdown or HTML would read as more than letters."""
    return Md.escape(text)


def _unbroken(text: str) -> str:
    """The text with its numbers in one piece: «5 400»."""
    return _GROUPED.sub(lambda number: number[0].replace(" ", "\u00a0"), text)


def _escaped(text: str) -> str:
    text = _SPACE.sub(" ", _CONTROL.sub("", text))
    text = _SPECIAL.sub(lambda m: _entity(m[0]), text)
    text = _AT_START.sub(lambda m: m[1] + _entity(m[2]), text)
    return _NUMBERED.sub(r"\1&#46;", text)


def _entity(character: str) -> str:
    return _NAMED.get(character) or f"&#{ord(character)};"


def plain(text: str) -> str:
    """Text for page titles and menus, which the theme writes as HTML and unescapes on the way."""
    text = _SPACE.sub(" ", _CONTROL.sub("", text)).replace("<", "‹").replace(">", "›").replace('"', "”")
    return text.replace("&", "&amp;")


def code(text: object) -> Md:
    """The text in code letters."""
    return Md(f"<code>{text if isinstance(text, Markup) else _escaped(str(text))}</code>")


def link(text: object, target: str) -> Md:
    """A link to a page that the generator made the address of."""
    return Md(f"[{escape(text)}]({target})")


def external(text: object, address: str) -> Md:
    """A link to an address from an author, where it is http or https; else the text alone."""
    target = safe_address(address)
    return link(text, target) if target else escape(text)


def safe_address(address: str) -> str | None:
    """The address with everything but plain letters percent-encoded; None unless it is http or https."""
    if not re.match(r"https?://[^\s/?#]", address):
        return None
    return quote(_CONTROL.sub("", address), safe=":/?#@!$&+,;=%~.-")


def joined(parts: Iterable[object], separator: str = ", ") -> Md:
    """The parts on one line."""
    return Md(separator).join(escape(part) for part in parts)


# ---- prose

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_MONTHS = "januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember"
_ITEM = re.compile(rf"^(\s*)([-*+]|\d{{1,4}}[.)](?!\s+(?:{_MONTHS})\b))\s+(.*)$")
"""An item of a list; «1. juli» at the beginning of a line is a date."""
_ROW = re.compile(r"^\s*\|.*\|\s*$")
_RULER = re.compile(r"^\s*\|(\s*:?-+:?\s*\|)+\s*$")
_QUOTE = re.compile(r"^\s{0,3}>\s?(.*)$")

_INLINE = re.compile(
    r"""\\(?P<escaped>[\\`*_{}\[\]()\#+\-.!|<>~])
    | (?P<tick>`+)(?P<code>(?!`).+?(?<!`))(?P=tick)(?!`)
    | (?P<image>!\[[^\[\]]*\]\([^()]*\))
    | \[(?P<text>[^\[\]]+)\]\(\s*(?P<target>[^\s()<>"]+)\s*\)
    | <(?P<auto>https?://[^\s<>]+)>
    | \*\*(?P<strong>(?=\S).+?(?<=\S))\*\*
    | (?<![\w*])\*(?P<em>(?=[^\s*])[^*]+?(?<=\S))\*(?![\w*])
    | (?P<name>(?<!\{)\{[^\W\d]\w*\}(?!\}))""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Prose:
    """Writes an author's Markdown with the marks that are allowed; everything else becomes text.

    `target` gives the address for a relative link, or None to show it as text; `name` gives what {navn} is replaced by,
    as a link where `linked` is true.
    """

    target: Callable[[str], str | None]
    name: Callable[[str, bool], Md | None]

    def blocks(self, text: str) -> Md:
        """The prose as Markdown."""
        lines = text.replace("\r\n", "\n").split("\n")
        return Md("\n\n").join(Md("\n").join(block) for block in self._blocks(lines))

    def inline(self, text: str, linked: bool = True) -> Md:
        """A stretch of prose without blocks."""
        found, at = Md(), 0
        for match in _INLINE.finditer(text):
            found += _plain_lines(text[at : match.start()]) + self._mark(match, linked)
            at = match.end()
        return found + _plain_lines(text[at:])

    def _mark(self, match: re.Match[str], linked: bool) -> Md:
        """One mark of the prose."""
        part = match.groupdict()
        if part["escaped"]:
            return Md(_entity(part["escaped"]))
        if part["code"]:
            return code(part["code"].strip())
        if part["text"]:
            return self._link(match[0], part["text"], part["target"], linked)
        if part["auto"]:
            return external(part["auto"], part["auto"]) if linked else escape(part["auto"])
        if part["strong"]:
            return Md(f"**{self.inline(part['strong'], linked)}**")
        if part["em"]:
            return Md(f"*{self.inline(part['em'], linked)}*")
        if part["name"]:
            return self.name(part["name"][1:-1], linked) or escape(match[0])
        return escape(match[0])

    def _link(self, whole: str, text: str, target: str, linked: bool) -> Md:
        address = safe_address(target) or self.target(target)
        if address is None or not linked:
            return _plain_lines(whole) if address is None else self.inline(text, False)
        return Md(f"[{self.inline(text, False)}]({address})")

    def _blocks(self, lines: list[str]) -> Iterator[list[Md]]:
        """Each block as its lines."""
        at = 0
        while at < len(lines):
            line = lines[at]
            if not line.strip():
                at += 1
            elif fence := _FENCE.match(line):
                end = _end_of_fence(lines, at + 1, fence[1])
                yield [fenced(lines[at + 1 : end])]
                at = end + 1
            elif heading := _HEADING.match(line):
                yield [Md(f"{heading[1] if len(heading[1]) > 1 else '##'} {self.inline(heading[2], False)}")]
                at += 1
            elif _ROW.match(line) and at + 1 < len(lines) and _RULER.match(lines[at + 1]):
                end = _while(lines, at, _ROW)
                yield self._table(lines[at:end])
                at = end
            elif _QUOTE.match(line):
                end = _while(lines, at, _QUOTE)
                quoted = "\n".join(_QUOTE.sub(r"\1", one).strip() for one in lines[at:end])
                yield [Md(f"> {one}") for one in self.inline(quoted).split("\n")]
                at = end
            elif _ITEM.match(line):
                end = _end_of_list(lines, at)
                yield self._list(lines[at:end])
                at = end
            else:
                end = _end_of_paragraph(lines, at)
                yield [_start_safe(self.inline("\n".join(one.strip() for one in lines[at:end])))]
                at = end

    def _table(self, lines: list[str]) -> list[Md]:
        head, _, *rows = ([cell.strip() for cell in line.strip()[1:-1].split("|")] for line in lines)
        ruler = Md("|") + Md("---|") * len(head)
        return [self._row(head), ruler, *(self._row(row) for row in rows)]

    def _row(self, cells: list[str]) -> Md:
        return Md("| ") + Md(" | ").join(self.inline(cell) for cell in cells) + Md(" |")

    def _list(self, lines: list[str]) -> list[Md]:
        """List items, nested by how far in they stand; a line that is no item continues the one before."""
        items: list[tuple[int, str, str]] = []
        indents: list[int] = []
        for line in lines:
            item = _ITEM.match(line)
            if item is None:
                depth, mark, text = items[-1]
                items[-1] = depth, mark, f"{text} {line.strip()}"
                continue
            indent = len(item[1].expandtabs(4))
            indents = [*(one for one in indents if one < indent), indent]
            items.append((len(indents) - 1, "1." if item[2][0].isdigit() else "-", item[3]))
        return [Md(f"{'    ' * depth}{mark} {_start_safe(self.inline(text))}") for depth, mark, text in items]


def _plain_lines(text: str) -> Md:
    """Text over several lines, each escaped."""
    return Md("\n").join(escape(line) for line in text.split("\n"))


def fenced(lines: Iterable[str]) -> Md:
    """Text shown as written."""
    shown = "\n".join(_SPECIAL.sub(lambda m: _entity(m[0]), _CONTROL.sub("", line)) for line in lines)
    return Md(f'<pre tabindex="0"><code>{shown}</code></pre>')


def _start_safe(text: Md) -> Md:
    """The text with no number and point that would start a list."""
    return Md(_NUMBERED.sub(r"\1&#46;", text))


def _end_of_fence(lines: list[str], at: int, fence: str) -> int:
    return next((i for i in range(at, len(lines)) if lines[i].strip().startswith(fence)), len(lines))


def _while(lines: list[str], at: int, pattern: re.Pattern[str]) -> int:
    return next((i for i in range(at, len(lines)) if not pattern.match(lines[i])), len(lines))


def _end_of_list(lines: list[str], at: int) -> int:
    return next((i for i in range(at, len(lines)) if not lines[i].strip() or _HEADING.match(lines[i])), len(lines))


def _end_of_paragraph(lines: list[str], at: int) -> int:
    for i in range(at + 1, len(lines)):
        line = lines[i]
        if not line.strip() or _FENCE.match(line) or _HEADING.match(line) or _ITEM.match(line):
            return i
    return len(lines)
