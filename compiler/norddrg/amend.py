"""A year as amendments of another: the rows, rules and groups that differ, and nothing else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from compiler import model
from compiler.csv_text import csv_text
from compiler.lists import UnreadableList
from compiler.norddrg.content import TABLES, Cells, Content, Rule, of_rulebook
from compiler.norddrg.names import Names
from compiler.norddrg.report import Report
from compiler.norddrg.write import (
    Edition,
    count,
    fenced,
    group_block,
    mdc_shown,
    rendered,
    rule_lines,
    rule_row,
)

_V = TypeVar("_V")
OUT, IN = "ut", "inn"
_ELSEWHERE = ""
"""In place of an MDC, where it is not known."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two years: rows and rules out and in, and groups that are gone, new or renamed."""

    tables: dict[str, list[tuple[str, Cells]]]
    """By table, those that differ."""
    rules: list[tuple[str, str, Rule]]
    repealed: list[str]
    new: list[str]
    renamed: list[str]


def amendments(base: model.Rulebook, new: Content, names: Names, edition: Edition, report: Report) -> dict[str, str]:
    """The text of each file by name, for a year that builds on another."""
    old = of_rulebook(base)
    for id_ in TABLES:
        if id_ not in old.tables:
            raise UnreadableList(f"{base.name} har ingen tabell «{id_}» og kan ikke være grunnlaget")
    sources = {source.id for source in base.sources}
    found = changes(old, new, with_titles=names.source is not None and names.source not in sources)
    _note_moved(old, new, base, report)
    files = {"endringer.md": _chapter(found, old, new, base, names, edition)}
    for id_, rows in found.tables.items():
        table = TABLES[id_]
        written = ({"endring": verb, **row} for verb, row in rows)
        files[f"tabeller/endring-{table.file}.csv"] = csv_text(("endring", *table.columns), written)
    files["README.md"] = rendered("readme.md", edition=edition, report=report, base=base.name, made=_made(found))
    return files


def changes(old: Content, new: Content, with_titles: bool) -> Changes:
    """What is new since another year; the titles of groups too where they are from another source."""
    tables = {id_: [(verb, row) for verb, _, row in _differing(old.tables[id_], new.tables[id_])] for id_ in TABLES}
    both = old.groups.keys() & new.groups.keys() if with_titles else ()
    return Changes(
        tables={id_: rows for id_, rows in tables.items() if rows},
        rules=list(_differing(old.rules, new.rules)),
        repealed=sorted(old.groups.keys() - new.groups.keys()),
        new=sorted(new.groups.keys() - old.groups.keys()),
        renamed=sorted(id_ for id_ in both if old.groups[id_].title != new.groups[id_].title),
    )


def _differing(old: Mapping[str, _V], new: Mapping[str, _V]) -> Iterator[tuple[str, str, _V]]:
    """What goes out and what comes in, by key; what is the same is passed over."""
    for key in sorted({*old, *new}):
        was, is_ = old.get(key), new.get(key)
        if was == is_:
            continue
        if was is not None:
            yield OUT, key, was
        if is_ is not None:
            yield IN, key, is_


def _note_moved(old: Content, new: Content, base: model.Rulebook, report: Report) -> None:
    """Note the groups that definition tables have under another MDC: they stay in the chapter where they are."""
    for id_, group in new.groups.items():
        was = old.groups[id_].mdc if id_ in old.groups else None
        if was is not None and was != group.mdc:
            what = f"DRG-er som står i en annen HDG enn i {base.name}, og blir stående i kapitlet der"
            report.note(what, f"{id_} (fra {was} til {group.mdc})")


def _made(found: Changes) -> str:
    """How much is new, in words."""
    rules = [verb for verb, *_ in found.rules]
    made = [f"{count(rules.count(verb))} regler {verb}" for verb in (OUT, IN)]
    made += [f"{count(len(found.new))} nye grupper", f"{count(len(found.repealed))} opphevede grupper"]
    made += [f"{count(len(found.renamed))} grupper med nytt navn"] if found.renamed else []
    made += [f"{count(len(rows))} rader i endring-{TABLES[id_].file}.csv" for id_, rows in found.tables.items()]
    return ", ".join(made)


# ---- the chapter


def _chapter(found: Changes, old: Content, new: Content, base: model.Rulebook, names: Names, edition: Edition) -> str:
    """The chapter with all amendments: the tables first, then a section for each MDC."""
    parts = [
        f"# Endringer fra {base.year} til {edition.year}",
        f"Det som ikke er nevnt her, gjelder videre fra {base.year}.\n"
        "En rad med «ut» står slik den var, en rad med «inn» slik den er nå.",
        fenced(_header(base, names, edition)),
    ]
    if found.tables:
        amended = "\n\n".join(
            f"endrer tabell {id_} fra «tabeller/endring-{TABLES[id_].file}.csv»" for id_ in found.tables
        )
        parts += ["## Tabellene", fenced([amended])]
    for mdc, blocks in _sections(found, old, new, names, edition):
        heading = mdc_shown(mdc, names) if mdc != _ELSEWHERE else "Andre grupper"
        parts += [f"## {heading}", fenced(["\n\n".join(blocks)])]
    return "\n\n".join(parts) + "\n"


def _header(base: model.Rulebook, names: Names, edition: Edition) -> Iterator[str]:
    """The block `regelverk`, and the sources that are new."""
    yield f"regelverk {edition.scheme} {edition.year} «{edition.title}»"
    yield f"    bygger på {base.scheme} {base.year}"
    yield f"    gjelder fra {edition.year}-01-01 til og med {edition.year}-12-31"
    yield "    status endelig"
    yield ""
    yield f"kilde {edition.source} «{edition.file}»"
    if names.source is not None and names.source not in {source.id for source in base.sources}:
        yield f"kilde {names.source} «{edition.names_title}»"


def _sections(
    found: Changes, old: Content, new: Content, names: Names, edition: Edition
) -> Iterator[tuple[str, list[str]]]:
    """The blocks of each MDC in which something is new."""
    groups = {**old.groups, **new.groups}
    mdcs = {id_: group.mdc or _ELSEWHERE for id_, group in groups.items()}
    for mdc in sorted(set(mdcs.values())):
        blocks = [f"opphever gruppe {id_}" for id_ in found.repealed if mdcs[id_] == mdc]
        for verb, ids in (("erstatter ", found.renamed), ("", found.new)):
            for id_ in ids:
                if mdcs[id_] == mdc:
                    blocks.append(verb + "\n".join(group_block(id_, groups[id_].title, edition)))
        rules = [change for change in found.rules if mdcs[_rule(change[1], old, new).group] == mdc]
        if rules:
            blocks.append("\n".join(_amended_rules(rules, names, edition)))
        if blocks:
            yield mdc, blocks


def _rule(id_: str, old: Content, new: Content) -> Rule:
    """The rule as it is, or else as it was: a rule that moves is written out and in at the same place."""
    return new.rules.get(id_) or old.rules[id_]


def _amended_rules(rules: list[tuple[str, str, Rule]], names: Names, edition: Edition) -> list[str]:
    """The block that takes rules out and in."""
    rows = [{"endring": verb, "gruppe": rule.group, **rule_row(id_, rule, names)} for verb, id_, rule in rules]
    lines = rule_lines(rows, ("endring", "regel", "gruppe"))
    return ["endrer gruppering drg_gruppe", *lines, f"    kilde {edition.source}"]
