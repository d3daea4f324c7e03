"""Rows as the pages show them: of rule tables, and of tables that are too long to be shown in full."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from compiler import model, rule_rows
from compiler.csv_text import csv_text
from compiler.pages import shown
from compiler.pages.addresses import Addresses
from compiler.pages.text import Md, escape, link
from compiler.rule_blocks import table_cells
from compiler.words import number, spoken

_WORD = re.compile(r"(\w[\w.]*)")


@dataclass(frozen=True, slots=True)
class RuleRows:
    """The rows of a rule table: what stands above each column, the cells, and what the codes in them mean."""

    heads: tuple[Md, ...]
    rows: tuple[tuple[Md, ...], ...]
    codes: tuple[tuple[str, str], ...]
    count: int


class Rows:
    """The rows of one rule year as the templates see them."""

    def __init__(self, rulebook: model.Rulebook, addresses: Addresses) -> None:
        self.rulebook = rulebook
        self.addresses = addresses

    # ---- rule tables

    def of_rules(self, table: model.RuleTable) -> RuleRows:
        """The rows of a rule table, as many as are shown."""
        every = self.rulebook.rules_of(table.id)
        rules = shown.shown(every)
        columns = rule_rows.columns(self.rulebook, table.id, every)
        units = {column.name: column.unit.shown for column in self.rulebook.rule_grouping.columns if column.unit}
        heads = (f"{spoken(name)}{f' ({units[name]})' if units.get(name) else ''}" for name in columns)
        return RuleRows(
            heads=tuple(escape(f"{head[:1].upper()}{head[1:]}") for head in heads),
            rows=tuple(tuple(self._cell(rule, name) for name in columns) for rule in rules),
            codes=tuple(self._codes_in(rules)),
            count=len(every),
        )

    def _cell(self, rule: model.Rule, column: str) -> Md:
        """What a row of a rule table says in a column; the first cell has the address of the row."""
        if column == self.rulebook.rule_grouping.results[0]:
            return Md(f'<a id="{self.addresses.anchors["regel", rule.id]}"></a>') + escape(rule.id)
        if column == rule_rows.GROUP:
            return link(spoken(rule.group), self.addresses.home(("gruppe", rule.group)) or "")
        return self._coded(rule.cells[column]) if column in rule.cells else escape(rule.results.get(column, ""))

    def _coded(self, text: str) -> Md:
        """A cell of a rule table, with the name of each code that has one a pointer away."""
        names = self._code_names
        parts = (_abbreviation(part, names[part]) if part in names else escape(part) for part in _WORD.split(text))
        return Md().join(parts)

    def _codes_in(self, rules: Iterable[model.Rule]) -> Iterator[tuple[str, str]]:
        """The codes that some rows mention and that have names, each once and in order."""
        found = {word for rule in rules for text in rule.cells.values() for word in _WORD.findall(text)}
        yield from ((word, self._code_names[word]) for word in sorted(found) if word in self._code_names)

    @cached_property
    def _code_names(self) -> dict[str, str]:
        """What codes are called in the cells, or else beside them in a table that is looked up by them."""
        found = {code: name for grouping in self.rulebook.groupings for code, name in grouping.names.items()}
        for table in self.rulebook.tables:
            texts = [field.name for field in table.fields if field.kind == "tekst" and field.name not in table.keys]
            if len(table.keys) == len(texts) == 1:
                for row in table.rows:
                    name = row.values.get(texts[0])
                    if isinstance(name, str) and name:
                        found.setdefault(row.key, name)
        return found

    @cached_property
    def _giving(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for rule in self.rulebook.rules:
            tables = found.setdefault(rule.group, {})
            tables[rule.table] = tables.get(rule.table, 0) + 1
        return found

    def giving(self, group: str) -> dict[str, int]:
        """How many rows of each rule table give a group."""
        return self._giving.get(group, {})

    def count_of(self, table: model.RuleTable) -> int:
        """How many rows a rule table has."""
        return len(self.rulebook.rules_of(table.id))

    # ---- long tables

    def of(self, table: model.Table) -> Sequence[model.Row]:
        """The rows of a table, as many as are shown."""
        return shown.shown(table.rows)

    def file(self, kind: str, id_: str) -> Md:
        """The file with all rows of a table that is too long to be shown."""
        return Md(f"{self.addresses.anchors[kind, id_]}.csv")

    def files(self) -> Iterator[tuple[str, str]]:
        """The files that stand beside the pages, with what is in them: as the language reads them."""
        for table in self.rulebook.tables:
            if table.keys not in (("gruppe",), ("takst",)) and len(table.rows) > shown.IN_FULL:
                cells = (table_cells(table, row) for row in table.rows)
                yield str(self.file("tabell", table.id)), csv_text([field.name for field in table.fields], cells)
        for of_rules in self.rulebook.rule_tables:
            rules = self.rulebook.rules_of(of_rules.id)
            if len(rules) > shown.IN_FULL:
                cells = (rule_rows.cells(self.rulebook, rule) for rule in rules)
                columns = rule_rows.columns(self.rulebook, of_rules.id, rules)
                yield str(self.file("regeltabell", of_rules.id)), csv_text(columns, cells)

    def counted(self, count: int) -> str:
        """«1 rad», «20 000 rader»."""
        return f"{number(Decimal(count))} {'rad' if count == 1 else 'rader'}"


def _abbreviation(code: str, name: str) -> Md:
    return Md(f'<abbr title="{escape(name)}">{escape(code)}</abbr>')
