"""The complete text of a rule year in the rulebook language: what it inherited written out, chapter by chapter."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import groupby
from typing import Any

from compiler import model
from compiler.chapters import NAME_IN_PROSE, names_for_prose
from compiler.names import slug
from compiler.resolve import resolve
from compiler.rule_blocks import block, examples, header, source
from compiler.walk import references
from compiler.words import spoken
from dsl.diagnostics import has_errors
from dsl.formatter import formatted
from dsl.parser import parse
from dsl.source import Source

Key = tuple[str, str]
Part = tuple[str, str]
"""«prosa» or «regel», and the text."""

_LEFT = "Øvrige regler"
_HISTORY = frozenset({"place", "since", "changes", "ends", "line"})
_UNORDERED = (
    "sources",
    "tables",
    "sets",
    "rates",
    "terms",
    "requirements",
    "exceptions",
    "clarifications",
    "groups",
    "rule_tables",
)
_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")


def as_markdown(rulebook: model.Rulebook) -> str:
    """The complete text as one Markdown file: prose, with the rules in fences."""
    made = [text if kind == "prosa" else f"```regel\n{text}\n```" for kind, text in _document(rulebook)]
    return formatted("konsolidert.md", "\n\n".join(made) + "\n")[0]


def as_text(rulebook: model.Rulebook) -> str:
    """The complete text as one file of rules: the prose stands as comments, with figures for the names in it."""
    shown = _shown_names(rulebook)
    made = [_comments(text, shown) if kind == "prosa" else text for kind, text in _document(rulebook)]
    return formatted("konsolidert.regel", "\n\n".join(made) + "\n")[0]


def _comments(text: str, shown: dict[str, str]) -> str:
    """Prose as comments."""
    filled = NAME_IN_PROSE.sub(lambda name: shown.get(name[1], name[0]), text)
    return "\n".join(line if line.startswith("#") else f"# {line}".rstrip() for line in filled.split("\n"))


def _shown_names(rulebook: model.Rulebook) -> dict[str, str]:
    """What each name is in running text: a rate its figure, anything else its name."""
    rates = {rate.id: rate.shown for rate in rulebook.rates}
    return {name: rates.get(name, spoken(name)) for name in names_for_prose(rulebook)}


# ---- chapters


def _document(rulebook: model.Rulebook) -> list[Part]:
    """The parts of the whole text: each chapter's, and last the rules that no chapter has."""
    blocks = _blocks(rulebook)
    order = _in_order(rulebook, [key for chapter in rulebook.chapters for key in _keys(chapter) if key in blocks])
    written: set[Key] = set()
    parts: list[Part] = []
    head = "\n".join([*header(rulebook), "", *(line for found in rulebook.sources for line in source(found))])
    for chapter in rulebook.chapters:
        own = list(_chapter(rulebook, chapter, blocks, order, written))
        at = next((i + 1 for i, (kind, _) in enumerate(own) if kind == "prosa"), 0)
        parts += own if not head else [*own[:at], ("regel", head), *own[at:]]
        head = ""
    left = [text for key, text in blocks.items() if key not in written]
    first = [("regel", head)] if head else []
    return _together(
        [*first, *parts, *([("prosa", f"# {_LEFT}")] if left else []), *(("regel", text) for text in left)]
    )


def _chapter(
    rulebook: model.Rulebook, chapter: model.Chapter, blocks: dict[Key, str], order: dict[Key, Key], written: set[Key]
) -> Iterator[Part]:
    """The parts of a chapter: its own, with what it amends written whole, and then what it carries on."""
    for part in chapter.parts:
        if isinstance(part, model.Prose):
            yield "prosa", _without_unknown(part.text, rulebook)
        else:
            yield from _rule(_key(part), blocks, order, written)
    carried = [part for key in map(_key, chapter.carried) for part in _rule(key, blocks, order, written)]
    if carried:
        yield "prosa", f"## Gjelder videre fra {rulebook.base}"
        yield from carried


def _rule(key: Key, blocks: dict[Key, str], order: dict[Key, Key], written: set[Key]) -> Iterator[Part]:
    """The block that stands at a place, once."""
    key = order.get(key, key)
    if key in blocks and key not in written:
        written.add(key)
        yield "regel", blocks[key]


def _keys(chapter: model.Chapter) -> Iterator[Key]:
    """What a chapter shows, in its order."""
    yield from (_key(part) for part in (*chapter.parts, *chapter.carried) if not isinstance(part, model.Prose))


def _key(part: model.ChapterPart) -> Key:
    """Type and id of what a part of a chapter shows; a calculation goes by the type of terms."""
    if isinstance(part, model.Prose):
        return "prosa", ""
    return ("begrep" if part.type == "beregning" else part.type), part.id


def _in_order(rulebook: model.Rulebook, placed: Sequence[Key]) -> dict[Key, Key]:
    """What to write at the place of each definition whose order means something, so that the order is the year's."""
    unordered = any(grouping.order_by is not None for grouping in rulebook.groupings)
    records = [("opplysninger", record.id) for record in rulebook.records if record.gathering is None]
    collections = [("samling", record.id) for record in rulebook.records if record.gathering is not None]
    tables = [] if unordered else [("regeltabell", table.id) for table in rulebook.rule_tables]
    found: dict[Key, Key] = {}
    for keys in (records, collections, *_groups_in_order(rulebook), tables):
        places = list(dict.fromkeys(key for key in placed if key in keys))
        there = [key for key in keys if key in places]
        found |= dict(zip(places, there, strict=True))
    return found


def _groups_in_order(rulebook: model.Rulebook) -> list[list[Key]]:
    """Groupings and groups in their order; of several groupings, each with its groups under it, which makes them so."""
    groupings = [("gruppering", grouping.id) for grouping in rulebook.groupings]
    if len(groupings) < 2:
        return [groupings, [("gruppe", group.id) for group in rulebook.groups if group.when is not None]]
    keys: list[Key] = []
    for grouping in rulebook.groupings:
        keys += [("gruppering", grouping.id), *(("gruppe", group.id) for group in rulebook.groups_of(grouping))]
    return [keys]


def _together(parts: Iterable[Part]) -> list[Part]:
    """The parts with rules that follow each other as one."""
    return [(kind, "\n\n".join(text for _, text in run)) for kind, run in groupby(parts, lambda part: part[0])]


def _without_unknown(text: str, rulebook: model.Rulebook) -> str:
    """The prose with plain words for names that the year no longer has."""
    known = names_for_prose(rulebook)
    return NAME_IN_PROSE.sub(lambda name: name[0] if name[1] in known else spoken(name[1]), text)


def _blocks(rulebook: model.Rulebook) -> dict[Key, str]:
    """The text of each block, by type and id, in an order that reads well."""
    found = {(kind, one.id): "\n".join(block(rulebook, one)) for kind, one in rulebook.definitions() if _is_block(one)}
    tables = dict.fromkeys(example.table for example in rulebook.examples if example.table is not None)
    for id_ in tables:
        rows = [example for example in rulebook.examples if example.table == id_]
        found["eksempler", slug(id_)] = "\n".join(examples(rulebook, rows))
    return found


def _is_block(definition: model.Definition) -> bool:
    """Whether a definition has a block of its own, and is not written by a table or by another rulebook."""
    match definition:
        case model.Group(origin=origin):
            return origin is None
        case model.Example(table=table):
            return table is None
        case model.Rule():
            return False
        case _:
            return True


# ---- whether it says the same


def says_the_same(rulebook: model.Rulebook, text: str, path: str = "konsolidert.md") -> bool:
    """Whether a text, read as a rulebook of its own, has the rules of a year."""
    document, faults = parse(Source.from_text(path, text))
    again, more = resolve([document], None, used=rulebook.used, taken=rulebook.taken)
    return again is not None and not has_errors([*faults, *more]) and essence(again) == essence(rulebook)


def essence(rulebook: model.Rulebook) -> str:
    """What a rulebook says, apart from where it stands, what it was made from and how numbers are spaced.

    What the language does not write apart is as one: the sources of a group or a table and those of its rows. An
    unknown rate is written without its unit, and a code system is a file of its own.
    """
    data = rulebook.model_dump(mode="json", exclude={"chapters", "base", "repealed", "code_systems"})
    data["records"].sort(key=lambda record: record["gathering"] is not None)
    _undate(data, {rate.id for rate in rulebook.rates if not rate.periods})
    unitless = _unitless(rulebook)
    rows = {row["id"]: row for table in data["tables"] if table["key"] == "gruppe" for row in table["rows"]}
    for group in data["groups"]:
        row = rows.get(group["id"])
        group["derived"] = row["derived"] if row else group["derived"]
        _unite(group, [row] if row else [])
    rules: dict[str, list[dict[str, Any]]] = {}
    for rule in data["rules"]:
        rules.setdefault(rule["table"], []).append(rule)
    for table in data["rule_tables"]:
        _unite(table, rules[table["id"]])
    for table in data["tables"]:
        _unite(table, table["rows"] if table["key"] not in ("gruppe", "takst") else [])
        table["rows"] = _by_id(table["rows"])
    for rate in data["rates"]:
        rate["unit"] = None if rate["id"] in unitless else rate["unit"]
    for term in data["terms"]:
        term["unit"] = None if term["id"] in unitless else term["unit"]
    data["tried"] = rulebook.tried
    data |= {name: _by_id(data[name]) for name in _UNORDERED}
    return json.dumps(_plain(data), ensure_ascii=False, sort_keys=True)


def _undate(data: Any, steady: Set[str]) -> None:
    """Leave out whose date a rate follows, where the rate is the same all year."""
    if isinstance(data, dict):
        if data.get("kind") == "rate" and data["id"] in steady:
            data["variable"] = None
        data = list(data.values())
    if isinstance(data, list):
        for value in data:
            _undate(value, steady)


def _unitless(rulebook: model.Rulebook) -> set[str]:
    """The rates that are unknown, and the terms whose unit depends on one."""
    found = {rate.id for rate in rulebook.rates if rate.value is None and not rate.periods}
    needs = {term.id: {id_ for _, id_ in references(term)} for term in rulebook.terms}
    while more := {id_ for id_, needed in needs.items() if needed & found} - found:
        found |= more
    return found


def _by_id(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(found, key=lambda one: str(one["id"]))


def _unite(definition: dict[str, Any], rows: Iterable[dict[str, Any]]) -> None:
    """Give a definition the sources of the rows that are written with it."""
    for row in rows:
        definition["citations"] += row["citations"]
        row |= {"citations": [], "derived": None}
    unique = {json.dumps(cited, sort_keys=True): cited for cited in definition["citations"]}
    definition["citations"] = [unique[key] for key in sorted(unique)]


def _plain(data: Any) -> Any:
    """The data without history and places, and with numbers written in one way."""
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items() if key not in _HISTORY}
    if isinstance(data, list):
        return [_plain(value) for value in data]
    return _THOUSANDS.sub("", data) if isinstance(data, str) else data
