"""The page «Prøv»: what the form and the answers need to know of a rule year, and the rules as JavaScript.

All of it is data beside the page. The browser shows texts from it as text, never as markup.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from compiler import model
from compiler.fields import fields_of
from compiler.javascript import javascript
from compiler.pages.render import year_folder
from compiler.pages.view import View
from compiler.runtime.lesing import Felt
from compiler.words import spoken

FORM, RULES = "prov-skjema.json", "prov-regler.js"
_NAMED = ("krav", "begrep", "unntak", "gruppering", "gruppe", "samling")
"""What an answer can give as a reason, and what has a place that an explanation tells of."""
_MOST_CODES = 20_000
"""More codes than this of one kind are not suggested while they are typed: the list would outweigh the rules."""

_ALL_SHOWN, _SHOWN_AT_ONCE = 14, 10
"""A form with more fields than the first shows as many as the last, and has the others folded away."""

Json = dict[str, Any]


def files(rulebook: model.Rulebook) -> dict[str, str]:
    """The files beside the page, which the browser asks for when it is opened."""
    form = json.dumps(_form(rulebook), ensure_ascii=False, separators=(",", ":"))
    return {FORM: f"{form}\n", RULES: javascript(rulebook)}


def _form(rulebook: model.Rulebook) -> Json:
    """The form, and the names and addresses of what answers name."""
    codes: dict[str, list[tuple[str, str]]] = {}
    views = [(View(rulebook), "../")]
    if rulebook.used is not None:
        views.insert(0, (View(rulebook.used), f"../../../{year_folder(rulebook.used)}/"))
    return {
        "slag": [_kind(rulebook, record, codes) for record in rulebook.top_records()],
        "koder": codes,
        "navn": {id_: named for view, way in views for id_, named in _names(view, way)},
        "steder": {place: address for view, way in views for place, address in _places(view, way)},
        "eksempler": [_example(one) for one in rulebook.examples if not one.gathers],
    }


# ---- the form


def _kind(rulebook: model.Rulebook, record: model.Record, codes: dict[str, list[tuple[str, str]]]) -> Json:
    """A kind of record that can be filled in."""
    common = _common(rulebook, record)
    return {
        "id": record.id,
        "navn": record.title or spoken(record.id),
        "samling": record.gathering is not None,
        "felter": [
            _field(rulebook, record, felt, codes) | ({} if felt.id in common else {"sjelden": True})
            for felt in fields_of(rulebook, record)
        ],
    }


def _common(rulebook: model.Rulebook, record: model.Record) -> set[str]:
    """The fields that are shown at once: those that the year's examples give most often, or else the first."""
    fields = fields_of(rulebook, record)
    if len(fields) <= _ALL_SHOWN:
        return {felt.id for felt in fields}
    given = Counter(name for one in rulebook.examples if one.record == record.id for name in one.given)
    by_use = sorted(fields, key=lambda felt: -given[felt.navn])
    return {felt.id for felt in by_use[:_SHOWN_AT_ONCE]}


def _field(rulebook: model.Rulebook, record: model.Record, felt: Felt, codes: dict[str, list[tuple[str, str]]]) -> Json:
    """A field of the form, without what is empty; the codes that it completes to are put in `codes`."""
    field = record.field(felt.navn)
    found: Json = {
        "id": felt.id,
        "navn": felt.navn,
        "slag": felt.slag,
        "etikett": spoken(felt.navn) if field is not None else f"gruppe ({spoken(felt.navn)})",
        "tekst": field.text if field is not None else "gruppen som alt er funnet, når den er det",
        "enhet": felt.enhet,
        "valg": felt.valg,
        "kan_mangle": felt.kan_mangle,
        "element": spoken(field.element) if field is not None and field.element else "",
    }
    if felt.slag in ("kode", "koder", "gruppe"):
        found["koder"] = _suggested(rulebook, field, felt, codes)
    if field is not None and field.of is not None:
        inner = rulebook.record(field.of)
        found["av"] = [_field(rulebook, inner, one, codes) for one in felt.av]
    return {name: value for name, value in found.items() if value}


def _suggested(
    rulebook: model.Rulebook, field: model.RecordField | None, felt: Felt, codes: dict[str, list[tuple[str, str]]]
) -> str:
    """What the codes of a field are kept under; nothing where there are none, or too many."""
    key = "gruppe" if felt.slag == "gruppe" else " ".join(field.origins if field is not None else ()) or "alle"
    if key not in codes:
        found = _groups(rulebook) if felt.slag == "gruppe" else _codes(rulebook, field)
        codes[key] = sorted(found.items()) if len(found) <= _MOST_CODES else []
    return key if codes[key] else ""


def _groups(rulebook: model.Rulebook) -> dict[str, str]:
    """The groups with their titles."""
    return {group.id: group.title or "" for group in rulebook.groups}


def _codes(rulebook: model.Rulebook, field: model.RecordField | None) -> dict[str, str]:
    """The codes that a field can have with their names: of its tables and systems, or else of all sets."""
    found: dict[str, str] = {}
    origins = field.origins if field is not None else ()
    for table in rulebook.tables:
        if table.id in origins:
            found |= {row.key: row.title or _text_of(table, row) for row in table.rows}
    for system in rulebook.code_systems:
        if system.id in origins:
            found |= system.codes
    if not found:
        for named in rulebook.sets:
            found |= dict.fromkeys(named.codes.codes, "") | named.texts
        for system in rulebook.code_systems:
            found |= {code: text for code, text in system.codes.items() if code in found}
    return found


def _text_of(table: model.Table, row: model.Row) -> str:
    """What a row's key means, where a column of the table says so in words."""
    texts = (row.values.get(field.name) for field in table.fields if field.kind == "tekst")
    return next((text for text in texts if isinstance(text, str) and text != row.key), "")


def _example(example: model.Example) -> Json:
    """What an example gives."""
    return {"navn": example.title or spoken(example.id), "slag": example.record, "gitt": _given(example.given)}


def _given(given: Mapping[str, str | tuple[dict[str, str], ...]]) -> Json:
    return {name: value if isinstance(value, str) else list(value) for name, value in given.items()}


# ---- what an answer names


def _names(view: View, way: str) -> Iterator[tuple[str, Json]]:
    """What each rule is called, where it stands, and the unit of what it comes to."""
    for kind, id_ in view.addresses.definitions:
        if kind in _NAMED and view.kind_of(id_) == kind:
            term = view.rulebook.term(id_) if kind == "begrep" else None
            named = {
                "navn": view.name(kind, id_),
                "adresse": _address(view, kind, id_, way),
                "enhet": term.unit.shown if term is not None and term.unit is not None else "",
            }
            yield id_, {name: value for name, value in named.items() if value}


def _places(view: View, way: str) -> Iterator[tuple[str, str]]:
    """The address of the rule that stands at each place of the rulebook's text."""
    for (kind, id_), definition in view.addresses.definitions.items():
        if kind in _NAMED and isinstance(definition, model.Definition):
            yield str(definition.place), _address(view, kind, id_, way)


def _address(view: View, kind: str, id_: str, way: str) -> str:
    """Where a rule stands, as the built page reaches it."""
    page, _, anchor = (view.addresses.home((kind, id_)) or "").partition("#")
    return f"{way}{page.removesuffix('.md')}/#{anchor}"
