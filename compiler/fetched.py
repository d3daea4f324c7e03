"""Rates taken from another rule year: the value comes with its unit, its sources and what it was derived from."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from compiler import model
from compiler.names import normal_code
from compiler.state import State
from compiler.words import not_stated, number, year_shown
from dsl import tree
from dsl.diagnostics import nearest

NUMBERS = ("heltall", "desimaltall")


def fetched(state: State, block: tree.RateDecl, wanted: tree.Fetched) -> dict[str, Any]:
    """What a rate has when it is taken from another rule year; an unknown value where there is nothing to take."""
    if block.tail.cites or block.tail.derived or block.tail.from_day:
        message = f"«{block.name}» er hentet fra {wanted.scheme} {wanted.year} og har kilder og datoer derfra"
        state.fault("R205", message, block.span, "ta bort linjene om kilde, utledet og dato under satsen")
    other = state.taken.get((wanted.scheme.lower(), wanted.year))
    if other is None:
        return _nothing(block)
    found = _rate(state, other, wanted) if wanted.key is None else _cell(state, other, wanted, wanted.key)
    if found is None:
        return _nothing(block)
    return _with_sources(state, other, found)


def _nothing(block: tree.RateDecl) -> dict[str, Any]:
    return {"value": None, "unit": None, "shown": "ukjent", "reason": f"{block.name} kan ikke hentes", "yearly": False}


def _rate(state: State, other: model.Rulebook, wanted: tree.Fetched) -> dict[str, Any] | None:
    """A rate of the other year; it may change within the year there."""
    rate = next((one for one in other.rates if one.id == wanted.name), None)
    if rate is None:
        known = [one.id for one in other.rates]
        hint = nearest(wanted.name, known) or _listed("satsene der er", known) or "der er det ingen satser"
        state.fault("R223", f"satsen «{wanted.name}» finnes ikke i {_name(other)}", wanted.span, hint)
        return None
    taken = ("title", "citations", "derived", "value", "unit", "shown", "reason", "periods", "yearly")
    place = model.Fetched(scheme=other.scheme, year=other.year, rate=rate.id)
    return {name: getattr(rate, name) for name in taken} | {"fetched": place}


def _cell(state: State, other: model.Rulebook, wanted: tree.Fetched, key: tree.Ref) -> dict[str, Any] | None:
    """A number in a row of a table of the other year: the weight of a group, the fee of a tariff."""
    tables = [table for table in other.tables if len(table.keys) == 1 and wanted.name not in table.keys]
    columns = {table.id: field for table in tables if (field := table.field(wanted.name)) and field.kind in NUMBERS}
    if not columns:
        known = sorted({field.name for table in tables for field in table.fields if field.kind in NUMBERS})
        hint = nearest(wanted.name, known) or _listed("kolonnene med tall der er", known)
        state.fault("R223", f"ingen tabell i {_name(other)} har tall i «{wanted.name}»", wanted.span, hint)
        return None
    rows = {table.id: row for table in tables if table.id in columns and (row := _row(table, key)) is not None}
    if len(rows) != 1:
        known = [row.key for table in tables if table.id in columns for row in table.rows]
        why = "står i flere tabeller" if rows else "finnes ikke"
        hint = nearest(str(key), known) or _listed("radene der er", known)
        hint = f"skriv tallet som en sats i {_name(other)}, og hent satsen" if rows else hint
        state.fault("R223", f"«{key}» {why} i {_name(other)}", wanted.span, hint)
        return None
    [(table_id, row)] = rows.items()
    field = columns[table_id]
    value = row.values.get(field.name)
    place = model.Fetched(scheme=other.scheme, year=other.year, table=table_id, column=field.name, key=row.key)
    common = {
        "title": None,
        "citations": row.citations,
        "unit": field.unit,
        "yearly": field.yearly,
        "fetched": place,
    }
    if not isinstance(value, Decimal):
        reason = not_stated(field.name, year_shown(other), row.key)
        return common | {"value": None, "shown": "ukjent", "reason": reason}
    return common | {"value": value, "derived": row.derived, "shown": _shown(value, field), "reason": None}


def _shown(value: Decimal, field: model.RecordField) -> str:
    """A number as an author writes it, with the spaces of the keyboard."""
    return number(value, field.unit).replace("\u00a0", " ")


def _row(table: model.Table, key: tree.Ref) -> model.Row | None:
    """The row of a group, a tariff or another key."""
    return table.row(str(key)) or table.row(normal_code(key.id) if key.scheme is None else str(key))


def _with_sources(state: State, other: model.Rulebook, found: dict[str, Any]) -> dict[str, Any]:
    """What was taken, citing its sources by the names that they get here."""
    periods: tuple[model.RatePeriod, ...] = found.get("periods", ())
    moved = [one.model_copy(update={"citations": _cited(state, other, one.citations)}) for one in periods]
    return found | {"citations": _cited(state, other, found["citations"]), "periods": tuple(moved)}


def _cited(state: State, other: model.Rulebook, citations: Iterable[model.Citation]) -> tuple[model.Citation, ...]:
    """Citations of the other year, with their sources made known here."""
    sources = {source.id: source for source in other.sources}
    return tuple(
        cite.model_copy(update={"source": _brought(state, other, sources[cite.source])})
        for cite in citations
        if cite.source in sources
    )


def _brought(state: State, other: model.Rulebook, source: model.Source) -> str:
    """The name that a source has here: its own, or with the scheme before it where that is another source."""
    scheme = other.scheme.lower()
    names = (source.id, f"{scheme}_{source.id}", f"{scheme}_{other.year}_{source.id}")
    same = (source.title, source.address)
    free = [name for name in names if (own := state.sources.get(name)) is None or (own.title, own.address) == same]
    name = free[0] if free else names[-1]
    state.sources.setdefault(name, source.model_copy(update={"id": name, "since": state.year}))
    return name


def _listed(words: str, names: Iterable[str]) -> str | None:
    """Some names after the words for them; nothing where there are none, or so many that they do not help."""
    shown = sorted(names)
    return f"{words} {', '.join(shown)}" if 0 < len(shown) <= 12 else None


def _name(other: model.Rulebook) -> str:
    return f"{other.scheme} {other.year}"


def rests_on(state: State) -> tuple[model.Rulebook, ...]:
    """The rule years that the rates of the finished year were taken from, in order."""
    named = {(rate.fetched.scheme.lower(), rate.fetched.year) for rate in state.rates.values() if rate.fetched}
    return tuple(state.taken[key] for key in sorted(named) if key in state.taken)
