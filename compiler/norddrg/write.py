"""The text of a whole year: the steps, a chapter for each MDC, and the tables as CSV."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import groupby
from pathlib import Path

from jinja2 import Environment

from compiler.csv_text import csv_text
from compiler.norddrg.cells import RULE_COLUMNS, named
from compiler.norddrg.content import CHAPTER, TABLES, Cells, Content, Rule
from compiler.norddrg.names import Names
from compiler.norddrg.report import Report
from compiler.rule_text import number
from compiler.templates import environment

_TEMPLATES = Path(__file__).parent / "templates"
_KINDS = {"kategori": "dgcat", "pdgprop": "pdgprop", "procprop": "procprop", "dgprop": "dgprop"}
"""Columns of rule tables whose codes have names, and what kind of names."""
_INDENT = "    "
_ORDER = """\
Reglene i alle kapitlene prøves samlet, ordnet etter `regel`, og den første som holder, gir DRG-en. En tom celle krever
ingenting."""


@dataclass(frozen=True, slots=True)
class Edition:
    """The rulebook that is written, and the files that it is from."""

    scheme: str
    year: int
    file: str
    names: str | None = None
    """The folder with names."""

    @property
    def title(self) -> str:
        return f"Norsk DRG-logikk {self.year}"

    @property
    def source(self) -> str:
        """The id of the source that the rules cite."""
        return f"definisjonsdata_{self.year}"

    @property
    def names_title(self) -> str:
        return f"Navn på DRG-er, kategorier og egenskaper, fra {self.names}"


def whole_year(content: Content, names: Names, edition: Edition, report: Report) -> dict[str, str]:
    """The text of each file by name."""
    files = {"01-trinn.md": rendered("trinn.md", edition=edition, names=names)}
    files |= {f"{CHAPTER}{mdc}.md": text for mdc, text in _chapters(content, names, edition)}
    for id_, table in TABLES.items():
        files[f"tabeller/{table.file}.csv"] = csv_text(table.columns, content.tables[id_].values())
    made = [f"{count(len(content.rules))} regler", f"{count(len(content.groups))} grupper"]
    made += [f"{count(len(content.tables[id_]))} rader i {table.file}.csv" for id_, table in TABLES.items()]
    files["README.md"] = rendered("readme.md", edition=edition, report=report, base=None, made=", ".join(made))
    return files


# ---- chapters


def _chapters(content: Content, names: Names, edition: Edition) -> Iterator[tuple[str, str]]:
    """The chapter of each MDC: a section for each of its groups, by their first rule, those without rules last."""
    of_group: dict[str, list[tuple[str, Rule]]] = {group: [] for group in content.groups}
    for id_, rule in content.rules.items():
        of_group[rule.group].append((id_, rule))
    firsts = {id_: min((rule_id for rule_id, _ in rules), default="") for id_, rules in of_group.items()}
    mdcs = {id_: group.mdc or "" for id_, group in content.groups.items()}
    in_order = sorted(mdcs, key=lambda id_: (mdcs[id_], not of_group[id_], firsts[id_], id_))
    for mdc, groups in groupby(in_order, mdcs.__getitem__):
        sections = [_section(id_, of_group[id_], content, names, edition) for id_ in groups]
        yield mdc, "\n\n".join([f"# {mdc_shown(mdc, names)}", _ORDER, *sections]) + "\n"


def _section(id_: str, rules: Sequence[tuple[str, Rule]], content: Content, names: Names, edition: Edition) -> str:
    """The section of one group: its block, and its rules."""
    title = content.groups[id_].title
    lines = group_block(id_, title, edition)
    if rules:
        lines += ["", f"regeltabell {id_}", *rule_lines([rule_row(rule_id, rule, names) for rule_id, rule in rules])]
    heading = id_ if title == id_ else f"{id_} {title}"
    return f"## {heading}\n\n{fenced(lines)}"


def mdc_shown(mdc: str, names: Names) -> str:
    """An MDC with its name."""
    return f"HDG {mdc} {names.of('mdc', mdc)}".rstrip()


def group_block(id_: str, title: str, edition: Edition) -> list[str]:
    """The block of a group."""
    return [f"gruppe {id_} «{title}»", f"{_INDENT}kilde {edition.source}"]


def rule_row(id_: str, rule: Rule, names: Names) -> Cells:
    """A rule as a row of a rule table, with the names of its codes."""
    cells = {column: _with_names(column, cell, names) for column, cell in rule.cells.items()}
    return {"regel": id_, **cells, "returkode": rule.rtc}


def _with_names(column: str, cell: str, names: Names) -> str:
    return named(cell, lambda code: names.of(_KINDS[column], code)) if column in _KINDS else cell


def rule_lines(rows: Sequence[Cells], first: Sequence[str] = ("regel",)) -> list[str]:
    """The lines of a table of rules, with the columns that some row uses."""
    used = [column for column in RULE_COLUMNS if any(column in row for row in rows)]
    columns = [*first, *used, "returkode"]
    table = [columns, *([row.get(column, "") for column in columns] for row in rows)]
    widths = [max(map(len, cells)) for cells in zip(*table, strict=True)]
    return [f"{_INDENT}| {' | '.join(map(str.ljust, cells, widths))} |" for cells in table]


def fenced(lines: Iterable[str]) -> str:
    """Lines of rules in Markdown."""
    return "\n".join(["```regel", *lines, "```"])


# ---- templates


def rendered(template: str, **given: object) -> str:
    """The text of a template."""
    return _environment().get_template(f"{template}.jinja").render(given)


@cache
def _environment() -> Environment:
    templates = environment(_TEMPLATES, autoescape=False, keep_trailing_newline=True)
    templates.filters["count"] = count
    return templates


def count(what: int) -> str:
    """A number with its thousands apart."""
    return number(Decimal(what), None)
