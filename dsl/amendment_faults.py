"""What is wrong with an amendment that cannot be read: often it says the new alone, or is a rule written anew."""

import re

from dsl.diagnostics import Correction, Diagnostic, Span, error, nearest
from dsl.keywords import LINE_WORDS
from dsl.places import printable, short

_HEAD = re.compile(r"endrer\s+(?P<kind>\w+)\s+(?P<name>[^«=\n]*[^«=\s])")
_ROWS = ("sats", "gruppe", "takst", "kodesett")
_KINDS = {"krav": "et krav", "begrep": "et begrep", "beregning": "en beregning"}
_CONDITION = re.compile(r"når|alle disse|minst|ingen|ikke")
_VALUE = re.compile(r"(?P<column>(?!til\b)[^\W\d]\w*\s+)?=?\s*(?P<value>\d.*)")
_SWAP = re.compile(r"([^\W\d]\w*\s+)?\d.*\btil\b.*")
_CODES = re.compile(r"[A-ZÆØÅ]*\d[\w.,–*+ ]*")


def amendment_fault(head: str, row: str, span: Span) -> Diagnostic | None:
    """The fault of a line under «endrer», or of the head itself; None where there is nothing better to say."""
    found = _HEAD.match(head)
    line = row.strip()
    if found is None or not line or re.search(r"\bfra\b", line):
        return None
    kind, name = found["kind"], found["name"].strip()
    if kind not in _KINDS and kind not in _ROWS:
        return None
    first = line.split()[0]
    if line == head.strip():
        line = line[found.end() :].strip()
    elif first not in LINE_WORDS["endrer"] and (near := nearest(first, LINE_WORDS["endrer"])):
        return error("R102", f"ukjent ord «{printable(short(first))}»", _part(span, row, first), near)
    if kind in _KINDS:
        message = f"{_KINDS[kind]} kan ikke endres med «endrer»"
        return error("R216", message, _part(span, row, line), _anew(kind, name))
    if kind == "gruppe" and _CONDITION.match(line):
        message = "vilkåret i en gruppe kan ikke endres med «endrer»"
        return error("R216", message, _part(span, row, line), _anew(kind, name))
    return _new_alone(kind, line, row, span)


def _part(span: Span, row: str, part: str) -> Span:
    """The place of a part of the row that a span is on."""
    column = row.index(part) + 1
    return span._replace(column=column, end_column=column + len(part))


def _anew(kind: str, name: str) -> str:
    return f"skriv «erstatter {kind} {short(name)}» og hele den nye regelen"


def _new_alone(kind: str, line: str, row: str, span: Span) -> Diagnostic | None:
    """A line that has the new value or the code, and not what happens with it."""
    if kind == "kodesett" and _CODES.fullmatch(line):
        hint = f"skriv «legger til {short(line)}» eller «fjerner {short(line)}»"
        return error("R102", "linjen sier ikke om kodene skal inn eller ut", span, hint)
    if _SWAP.fullmatch(line):
        wrong = row[span.column - 1 : span.end_column - 1]
        hint = Correction(f"skriv «fra {wrong} til …»", wrong, f"fra {wrong}")
        return error("R102", "det mangler «fra» foran den gamle verdien", span, hint)
    value = _VALUE.fullmatch(line)
    if value is None or kind == "kodesett":
        return None
    hint = f"skriv «{value['column'] or ''}fra gammel verdi til {short(value['value'])}»"
    return error("R106", "den gamle verdien mangler i endringen", span, hint)
