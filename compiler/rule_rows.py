"""The rows of rule tables as they are written: which columns a table has, and what stands in each."""

from collections.abc import Sequence

from compiler import model
from dsl.cells import with_names

GROUP = "gruppe"
"""The column that names the group, in a rule table that is not of one group."""


def columns(rulebook: model.Rulebook, table: str, rules: Sequence[model.Rule]) -> list[str]:
    """The columns of a rule table: the id, the group where the rows have several, and those that a row uses."""
    grouping = rulebook.rule_grouping
    first, *results = grouping.results
    group = [] if any(group.id == table for group in rulebook.groups) else [GROUP]
    used = {name for rule in rules for name in (*rule.cells, *rule.results)}
    named = [column.name for column in grouping.columns]
    return [first, *group, *(name for name in (*named, *results) if name in used)]


def cells(rulebook: model.Rulebook, rule: model.Rule) -> dict[str, str]:
    """All that a row says, by column."""
    return {rulebook.rule_grouping.results[0]: rule.id, GROUP: rule.group, **rule.cells, **rule.results}


def named_cells(rulebook: model.Rulebook, rule: model.Rule) -> dict[str, str]:
    """All that a row says, by column, with what the codes are called."""
    names = rulebook.rule_grouping.names
    return cells(rulebook, rule) | {name: with_names(text, names) for name, text in rule.cells.items()}
