"""What an editor shows about the word under the cursor: a name, a code, or a word of the language."""

import re
from typing import NamedTuple

from compiler.editor.describe import code_texts, described, plain, sets_with
from compiler.editor.navigation import Found, Names
from compiler.editor.word_meanings import Meaning, meaning_of
from compiler.model import Rulebook
from compiler.names import normal_code
from compiler.pipeline import Year
from dsl.diagnostics import Span
from dsl.source import Source

_WORD = re.compile(r"%|\w[\w.]*(?:[-–]\w[\w.]*)?")
_QUOTED = re.compile(r'«[^»]*»|"[^"]*"|#.*')
_CODE = re.compile(r"(?:[A-ZÆØÅ]{1,5}\d|\d)[\w.]*")


class Shown(NamedTuple):
    """Markdown, and the word that it is about."""

    text: str
    span: Span


def shown(
    found: Found | None,
    names: Names,
    rulebook: Rulebook | None,
    source: Source,
    place: tuple[int, int],
    site: str | None,
) -> Shown | None:
    """What there is to say of the word at a place, if anything; `site` is the address of the site."""
    if found is not None:
        book = names.library.years.get(found.occurrence.book or "", found.year)
        text = _name(found, book)
        if text is not None:
            return Shown(text, found.occurrence.span)
    line, column = place
    in_rules = any(segment.start <= line < segment.end for segment in source.rule_segments())
    word = _word_at(source.line(line), column) if in_rules else None
    if word is None:
        return None
    span = Span(source.path, line, word.start() + 1, line, word.end() + 1)
    code = _code(rulebook, word[0]) if rulebook is not None and _CODE.fullmatch(word[0]) else None
    meaning = meaning_of(word[0])
    text = code or (_word(word[0], meaning, site) if meaning is not None else None)
    return Shown(text, span) if text else None


def _name(found: Found, book: Year) -> str | None:
    """What a name means."""
    rulebook = book.rulebook
    if rulebook is None:
        return None
    if found.symbol.kind == "regelverk":
        return f"**{plain(rulebook.title)}**\n\n{rulebook.status}"
    return described(rulebook, found.symbol)


def _word_at(line: str, column: int) -> re.Match[str] | None:
    """The word at a column; nothing inside a text in quotes or a comment."""
    if any(quoted.start() < column - 1 < quoted.end() for quoted in _QUOTED.finditer(line)):
        return None
    return next((word for word in _WORD.finditer(line) if word.start() <= column - 1 <= word.end()), None)


def _code(rulebook: Rulebook, written: str) -> str | None:
    """What a code means, and the sets that name it."""
    code = normal_code(written)
    text = code_texts(rulebook).get(code)
    sets = sets_with(rulebook, code)
    if text is None and not sets:
        return None
    lines = [f"**{plain(code)}** {plain(text or '')}".rstrip()]
    lines += [f"i kodesett {', '.join(f'`{name}`' for name in sets)}"] if sets else []
    return "\n\n".join(lines)


def _word(word: str, meaning: Meaning, site: str | None) -> str:
    """What a word of the language means, with the page about it."""
    page = f"Språket, {meaning.title}"
    folder = "" if meaning.page == "index" else f"{meaning.page}/"
    link = f"[{page}]({site.rstrip('/')}/spraaket/{folder})" if site else f"Les mer: {page}"
    return f"**{plain(word)}** {plain(meaning.text)}\n\n{link}"
