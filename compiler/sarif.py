"""Diagnostics as SARIF 2.1.0, which code hosts and editors read.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0.
"""

import json
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from compiler import message_pages
from compiler.report import Sources
from dsl.codes import CODES
from dsl.diagnostics import Diagnostic, Edit, Severity, Span, edit

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning"}

Part = dict[str, Any]


def as_sarif(found: Sequence[Diagnostic], sources: Sources) -> str:
    """Diagnostics as one SARIF log with one run; columns count code points, from 1."""
    rules = sorted({diagnostic.code for diagnostic in found})
    driver = {
        "name": "regelverk",
        "semanticVersion": version("regelverk"),
        "language": "nb",
        "rules": [_rule(code) for code in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, rules, sources) for diagnostic in found],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _rule(code: str) -> Part:
    """What a code means, with its page: who reads the log may not have the site."""
    help_ = {"text": message_pages.as_text(code), "markdown": message_pages.as_markdown(code)}
    return {"id": code, "shortDescription": {"text": CODES[code]}, "help": help_}


def _result(diagnostic: Diagnostic, rules: list[str], sources: Sources) -> Part:
    """One result: where it is, the other place, and the fix where the hint can be followed."""
    text = diagnostic.message + (f". Tips: {diagnostic.hint}" if diagnostic.hint else "")
    result: Part = {
        "ruleId": diagnostic.code,
        "ruleIndex": rules.index(diagnostic.code),
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": text},
        "locations": [_location(diagnostic.span)],
    }
    if diagnostic.other is not None:
        result["relatedLocations"] = [_location(diagnostic.other) | {"message": {"text": "se også"}}]
    change = edit(diagnostic, sources.get(diagnostic.span.path))
    if change is not None:
        result["fixes"] = [{"description": {"text": str(diagnostic.hint)}, "artifactChanges": [*_changes(change)]}]
    return result


def _changes(change: Edit) -> Iterator[Part]:
    """The change of the one file that an edit is in."""
    replacement = {"deletedRegion": _region(change.span), "insertedContent": {"text": change.text}}
    yield {"artifactLocation": _artifact(change.span.path), "replacements": [replacement]}


def _location(span: Span) -> Part:
    return {"physicalLocation": {"artifactLocation": _artifact(span.path), "region": _region(span)}}


def _artifact(path: str) -> Part:
    """A file by its address relative to where the command was run."""
    return {"uri": quote(path.replace("\\", "/"))}


def _region(span: Span) -> Part:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
