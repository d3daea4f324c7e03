"""A rulebook as JSON: the file, its JSON Schema, its fingerprint, and the way back."""

import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from itertools import chain
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from compiler import model

SCHEMA_ID = f"urn:regelverk:regelaar:{model.MODEL_VERSION}"

_DESCRIPTION = (
    "Ett fullstendig regelår av én ordning, slik regelverk skriver det. Alle tall er eksakte og står som tekst i "
    "grunnenheter: kroner, poeng, dager, minutter og måneder; en prosent er sin brøk (50 % er «0.5»). "
    "Et tall som er null, er ikke oppgitt."
)
_UNIONS: dict[str, Any] = {"Expr": model.Expr, "ListExpr": model.ListExpr, "ChapterPart": model.ChapterPart}
_IN_ORDER = ("records", "groupings", "rules")
_BY_ID = (
    *("tables", "sets", "rates", "terms", "requirements", "exceptions", "clarifications"),
    *("code_systems", "groups", "rule_tables", "examples"),
)


class _AllRequired(GenerateJsonSchema):
    """Requires every key, since every key is written, but for those that are left out where they say nothing."""

    def field_is_required(self, field: Any, total: bool) -> bool:
        """Whether a key must be there."""
        return "serialization_exclude_if" not in field


def as_json(rulebook: model.Rulebook) -> str:
    """The rulebook as JSON: every key, in the order of the schema, one a line."""
    return rulebook.model_dump_json(indent=1) + "\n"


def from_json(text: str) -> model.Rulebook:
    """The rulebook that JSON was written from."""
    data = json.loads(text)
    version = data.get("model_version") if isinstance(data, dict) else None
    if version != model.MODEL_VERSION:
        raise ValueError(f"filen har modellversjon {version}, ventet {model.MODEL_VERSION}")
    return model.Rulebook.model_validate_json(text)


def content_hash(rulebook: model.Rulebook) -> str:
    """The SHA-256 of what the rules mean, say and cite, wherever in the text they stand."""
    text = json.dumps(_content(rulebook), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def schema() -> str:
    """The JSON Schema of a rulebook's JSON."""
    found = model.Rulebook.model_json_schema(schema_generator=_AllRequired, mode="serialization")
    unions = {
        name: TypeAdapter(union).json_schema(schema_generator=_AllRequired, mode="serialization")
        for name, union in _UNIONS.items()
    }
    for union in unions.values():
        union.pop("$defs")
    named = {name: _tidy(union, {}) for name, union in unions.items()}
    definitions = _tidy(found.pop("$defs"), named) | named
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Regelverk: ett regelår",
        "description": _DESCRIPTION,
    }
    body = {key: value for key, value in _tidy(found, named).items() if key not in head}
    ordered = {name: definitions[name] for name in sorted(definitions)}
    return json.dumps(head | body | {"$defs": ordered}, ensure_ascii=False, indent=1) + "\n"


def _content(rulebook: model.Rulebook) -> dict[str, Any]:
    """The rulebook without prose and places, with order only where order decides something."""
    data = rulebook.model_dump(mode="json", exclude={"chapters": True, "tables": {"__all__": {"rows"}}})
    for definition in chain.from_iterable(data[name] for name in (*_IN_ORDER, *_BY_ID)):
        del definition["place"]
    for example in data["examples"]:
        for expected in example["expected"]:
            del expected["line"]
    for table, dumped in zip(rulebook.tables, data["tables"], strict=True):
        dumped["rows"] = _rows(table)
    data["tried"] = rulebook.tried
    for name in (*_BY_ID, "sources", "repealed"):
        data[name] = _sorted(data[name])
    return data


def _rows(table: model.Table) -> list[list[Any]]:
    """The rows of a table by their keys: what they say, and what is said of them, which many rows have in common."""
    said: dict[tuple[Any, ...], Any] = {}

    def about(row: model.Row) -> Any:
        shared = (id(row.citations), id(row.changes), row.title, row.derived, row.since, row.ends, row.starts)
        if shared not in said:
            said[shared] = row.model_dump(mode="json", exclude={"id", "place", "key", "values", "shown"})
        return said[shared]

    rows = sorted(table.rows, key=lambda row: row.key)
    return [[row.key, about(row), {name: _cell(value) for name, value in row.values.items()}] for row in rows]


def _cell(value: model.Cell) -> Any:
    """A cell as JSON has it; a set of single codes is a list."""
    match value:
        case model.CodeSet():
            return list(value.codes) if value.is_listed else value.model_dump(mode="json")
        case Decimal():
            return {"number": f"{value:f}"}
        case _:
            return value


def _sorted(definitions: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(definitions, key=lambda definition: (definition["id"], definition.get("type", "")))


def _tidy(part: Any, named: dict[str, Any]) -> Any:
    """A part of the schema without made-up titles and defaults, and with a reference for each union that has a name."""
    if isinstance(part, list):
        return [_tidy(item, named) for item in part]
    if not isinstance(part, dict):
        return part
    noise = {"default", "title"} if isinstance(part.get("title", ""), str) else {"default"}
    made = {key: _tidy(value, named) for key, value in part.items() if key not in noise}
    inner = {key: value for key, value in made.items() if key in ("oneOf", "discriminator")}
    name = next((name for name, union in named.items() if inner == union), None)
    return {"$ref": f"#/$defs/{name}"} if name else made
