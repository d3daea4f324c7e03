"""Every definition of a rule year, with what is said of it, as a comparison of years sees it."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache

from compiler import model
from compiler.compare_facts import (
    DURING,
    GROUP,
    ORDER,
    ROWS,
    TITLE,
    Entry,
    Fact,
    Figure,
    Kind,
    Line,
    Said,
    Step,
    plain,
    titled,
)
from compiler.words import Words, day_shown, holds, lenient_fields, not_stated, number, order_words, spoken, year_shown

_OF_GROUPS: dict[tuple[str, ...], Kind] = {("gruppe",): "gruppe", ("takst",): "takst"}
"""The tables, by their keys, whose rows are told with the groups or tariffs that they are of."""


class Entries:
    """Collects what one rulebook says.

    `moved` has the place of each group or row that is tried earlier or later than in the other year, and `skipped` the
    rows of tables, by table and key, that need not be compared. Of a rate that changes within the year, the year that
    comes first is known by the last value (`ending`), the other by the first.
    """

    def __init__(
        self,
        rulebook: model.Rulebook,
        label: str,
        moved: Mapping[str, str],
        ending: bool | None,
        skipped: Collection[tuple[str, str]],
    ) -> None:
        self.rulebook = rulebook
        self.label = label
        self.moved = moved
        self.ending = ending
        self.skipped = skipped
        self.words = Words(rulebook)
        self.found: dict[tuple[Kind, str], Entry] = {}

    def all(self) -> dict[tuple[Kind, str], Entry]:
        """Every definition by kind and id."""
        rulebook = self.rulebook
        for rate in rulebook.rates:
            self._add("sats", rate, self._rate(rate))
        for group in rulebook.groups:
            self._add("gruppe", group, self._group(group), _group_name(group))
        self._rules()
        for table in rulebook.tables:
            self._rows(table)
        for named in rulebook.sets:
            facts: dict[str, Fact] = {"koder": _pieces(named.codes, named.texts)}
            if named.disjoint:
                facts["ingen felles med"] = plain(", ".join(map(spoken, sorted(named.disjoint))))
            self._add("kodesett", named, facts)
        for requirement in rulebook.requirements:
            self._add("krav", requirement, self._requirement(requirement))
        for term in rulebook.terms:
            self._add("beregning" if term.in_result else "begrep", term, self._term(term))
        for exception in rulebook.exceptions:
            name = f"{exception.title or exception.id} (unntak fra {self._named(exception.target)})"
            self._add("unntak", exception, self._exception(exception), name)
        for clarification in rulebook.clarifications:
            self._clarification(clarification)
        for system in rulebook.code_systems:
            self._add("kodeverk", system, {"koder": dict(system.codes)})
        for grouping in rulebook.groupings:
            self._add("gruppering", grouping, self._grouping(grouping))
        groups = {group.id for group in rulebook.groups}
        for rules in rulebook.rule_tables:
            if rules.id not in groups:
                self._add("regeltabell", rules, {ROWS: _counted(rulebook.rules_of(rules.id))})
        for record in rulebook.records:
            if record.gathering is None:
                self._add("opplysninger", record, _field_facts("felt", record.fields))
            else:
                self._add("samling", record, self._collection(record, record.gathering))
        for table in rulebook.tables:
            rows: dict[str, Fact] = {ROWS: _counted(table.rows)} if table.keys not in _OF_GROUPS and table.rows else {}
            self._add("tabell", table, _field_facts("kolonne", table.fields) | rows)
        self._sources_and_chapters()
        return self.found

    def _add(
        self,
        kind: Kind,
        definition: model.Definition,
        facts: dict[str, Fact],
        name: str | None = None,
        id_: str = "",
        row: tuple[str | None, str | None] = (None, None),
    ) -> None:
        """Take in a definition, or more facts about one; `row` is what a row belongs to and is called there."""
        key = (kind, id_ or definition.id)
        if key not in self.found:
            shown = definition.title or spoken(definition.id)
            title: dict[str, Fact] = {TITLE: plain(definition.title)} if definition.title else {}
            name = name or shown[:1].upper() + shown[1:]
            self.found[key] = Entry(kind, key[1], name, self.label, title, of=row[0], row=row[1])
        entry = self.found[key]
        entry.facts.update(facts)
        entry.changes.extend(change for change in definition.changes if change not in entry.changes)
        if isinstance(definition, model.Row):
            entry.row_changes.extend(definition.changes)

    def _rate(self, rate: model.Rate) -> dict[str, Fact]:
        """A rate's value, and what it becomes within the year."""
        plainly = not_stated(rate.title or rate.id, year_shown(self.rulebook))
        missing = rate.reason if rate.reason != plainly else None
        figures = [self._figure(rate.value, rate.unit, rate.derived, missing)]
        figures += [self._figure(period.value, rate.unit, period.derived, period.reason) for period in rate.periods]
        if rate.fetched is not None:
            taken = f"hentet fra {rate.fetched.rulebook}"
            figures = [one.model_copy(update={"note": ", ".join(filter(None, [one.note, taken]))}) for one in figures]
        if self.ending and rate.periods:
            note = f"gjelder fra og med {day_shown(rate.periods[-1].start)}, før det {figures[-2].shown}"
            joined_note = ". ".join(filter(None, [figures[-1].note, note]))
            return {"verdi": figures[-1].model_copy(update={"note": joined_note})}
        facts: dict[str, Fact] = {"verdi": figures[0]}
        for place, period in enumerate(rate.periods):
            step = Step(figures[place], figures[place + 1])
            facts[f"fra og med {day_shown(period.start)}"] = step if self.ending is not None else step.after
        return facts

    def _group(self, group: model.Group) -> dict[str, Fact]:
        facts = self._within_year("gruppert når", group.when) | self._lenient(group.when)
        if group.uses is not None:
            facts["bruker"] = Said(tuple(self._used(group.uses)), _meaning(group.uses))
        grouping = self.rulebook.grouping_with(group)
        if grouping is not None and self._is_collection(grouping.record):
            facts["gruppering"] = plain(spoken(grouping.id))
        return facts | ({ORDER: plain(self.moved[group.id])} if group.id in self.moved else {})

    def _is_collection(self, record: str) -> bool:
        return self.rulebook.record(record).gathering is not None

    def _used(self, uses: model.ListExpr) -> Iterator[Line]:
        """What a group of a collection takes, in words."""
        if not isinstance(uses, model.Where):
            yield Line(depth=0, text=self.words.items(uses))
            return
        head, *rest = self.words.lines(uses.condition)
        yield Line(depth=0, text=f"{self.words.items(uses.items)} der {head[1]}")
        yield from (Line(depth=depth, text=text) for depth, text in rest)

    def _exception(self, exception: model.TermException) -> dict[str, Fact]:
        value = Said((Line(depth=0, text=self.words.inline(exception.value)),), _meaning(exception.value))
        return {
            **self._within_year("når", exception.when),
            "verdi ved unntaket": value,
            **self._lenient((exception.when, exception.value)),
        }

    def _clarification(self, clarification: model.Clarification) -> None:
        """A dated interpretation, which is known by its day and its rule and not by its words."""
        name = f"{day_shown(clarification.day)} om {self._named(clarification.about)}"
        entry = Entry("presisering", clarification.id, name, self.label, {"tekst": plain(clarification.text)})
        self.found["presisering", clarification.id] = entry

    def _named(self, id_: str) -> str:
        """What a rule is called in a sentence."""
        rulebook = self.rulebook
        rules = (*rulebook.terms, *rulebook.requirements, *rulebook.groups, *rulebook.rates, *rulebook.sets)
        title = next((rule.title for rule in rules if rule.id == id_), None)
        shown = spoken(id_)
        return f"{shown} «{title}»" if title and title.lower() != shown.lower() else shown

    def _figure(
        self, value: Decimal | None, unit: model.Unit | None, derived: str | None = None, missing: str | None = None
    ) -> Figure:
        if value is None:
            return Figure(value=None, unit=unit, shown=f"ikke oppgitt for {self.label}", note=missing)
        note = f"utledet: {derived}" if derived else None
        return Figure(value=value, unit=unit, shown=_shown(value, unit), note=note)

    def _rows(self, table: model.Table) -> None:
        """The rows of a table: what a group or a tariff is worth, or rows on their own."""
        kind = _OF_GROUPS.get(table.keys)
        for row in table.rows:
            if kind is None and (table.id, row.key) in self.skipped:
                continue
            facts: dict[str, Fact] = {}
            for column in table.fields:
                fact = self._cell(column, row)
                if fact is not None and column.name not in table.keys:
                    facts[column.name] = fact
            if kind is not None:
                self._add(kind, row, facts, titled(row.shown, row.title), row.key)
                continue
            title = table.title or spoken(table.id)
            of = title[:1].upper() + title[1:]
            self._add("rad", row, facts, f"{of}: {_row_name(table, row)}", f"{table.id} {row.key}", (of, row.shown))

    def _rules(self) -> None:
        """The rows of the rule tables, group by group."""
        of_group: dict[str, list[model.Rule]] = {group.id: [] for group in self.rulebook.groups}
        for rule in self.rulebook.rules:
            of_group[rule.group].append(rule)
        for group in self.rulebook.groups:
            name = _group_name(group)
            for rule in of_group[group.id]:
                facts: dict[str, Fact] = {GROUP: plain(spoken(group.id))}
                facts |= {column: _said_in_cell(text) for column, text in rule.cells.items()}
                facts |= {column: plain(text) for column, text in rule.results.items()}
                facts |= {ORDER: plain(self.moved[rule.id])} if rule.id in self.moved else {}
                self._add("regel", rule, facts, f"{name}: rad {rule.id}", row=(name, rule.id))

    def _grouping(self, grouping: model.Grouping) -> dict[str, Fact]:
        """How groups are found."""
        facts: dict[str, Fact] = {"gjelder for": plain(grouping.record)}
        if self._is_collection(grouping.record):
            facts["velger"] = plain(grouping.chooses)
        if grouping.alone:
            facts["velger"] = plain("eneste")
        if grouping.element is not None:
            facts["hver av gruppene"] = plain(spoken(grouping.element))
        if grouping.order_by is not None:
            facts["ordnet etter"] = plain(spoken(grouping.order_by))
        if grouping.orders:
            facts["lovet rekkefølge"] = plain("; ".join(map(order_words, grouping.orders)))
        if grouping.results:
            facts["gir"] = plain(", ".join(map(spoken, grouping.results)))
        for column in grouping.columns:
            said = (Line(depth=0, text=self.words.inline(column.subject)),)
            facts[f"kolonne {spoken(column.name)}"] = Said(said, _meaning(column.subject))
        if grouping.otherwise is not None:
            facts["ellers"] = plain(spoken(grouping.otherwise))
        return facts | self._lenient(tuple(column.subject for column in grouping.columns))

    def _collection(self, record: model.Record, gathering: model.Gathering) -> dict[str, Fact]:
        """How a collection is made."""
        listed = spoken(gathering.elements)
        keys = self.words.gather_keys(gathering) if gathering.keys else "alle under ett"
        facts: dict[str, Fact] = _field_facts("liste", (f for f in record.fields if f.name == gathering.elements))
        facts |= {f"{listed} samles per": Said((Line(depth=0, text=keys),), _meaning(gathering.keys))}
        facts |= self._condition(f"{listed} tas med når", gathering.where)
        if gathering.rest is not None:
            facts["resten"] = plain(gathering.rest)
        if gathering.gap is not None:
            said = (Line(depth=0, text=self.words.gap(gathering.gap)),)
            facts["i samme samling"] = Said(said, _meaning(gathering.gap))
        return facts

    def _cell(self, column: model.RecordField, row: model.Row) -> Fact | None:
        """What a row says in a column; nothing where it is empty and need not be stated each year."""
        value = row.values.get(column.name)
        match value:
            case None:
                numeric = column.kind in ("heltall", "desimaltall")
                return self._figure(None, column.unit) if column.yearly and numeric else None
            case Decimal():
                return self._figure(value, column.unit, row.derived)
            case model.CodeSet():
                return _pieces(value, {})
            case bool():
                return plain("ja" if value else "nei")
            case _:
                return plain(value)

    def _within_year(self, aspect: str, condition: model.Expr | None) -> dict[str, Fact]:
        """A condition in words, and the part of the year that it names."""
        found = holds(self.rulebook, condition)
        during: dict[str, Fact] = {DURING: plain(found.shown)} if found.shown else {}
        return during | self._condition(aspect, found.rest)

    def _lenient(self, node: object) -> dict[str, Fact]:
        """That fields which are not given count as «nei»."""
        names = lenient_fields(node)
        return {"det som ikke er oppgitt": plain(f"teller som nei ({', '.join(names)})")} if names else {}

    def _condition(self, aspect: str, condition: model.Expr | None) -> dict[str, Fact]:
        """A condition in words; nothing where there is none."""
        if condition is None:
            return {}
        lines = tuple(Line(depth=depth, text=text) for depth, text in self.words.lines(condition))
        return {aspect: Said(lines, _meaning(condition))}

    def _requirement(self, requirement: model.Requirement) -> dict[str, Fact]:
        return {
            "gjelder for": plain(f"hver rad i {requirement.table}" if requirement.table else requirement.record),
            **self._within_year("når", requirement.when),
            **self._condition("krever", requirement.requires),
            "ellers": plain(f"{requirement.outcome} «{self.words.filled(requirement)}»"),
            **self._lenient((requirement.when, requirement.requires)),
        }

    def _term(self, term: model.Term) -> dict[str, Fact]:
        """A term: its condition, or how it is computed."""
        about = f"{term.record}, hver {spoken(term.parameter)}" if term.parameter else term.record
        facts: dict[str, Fact] = {"gjelder for": plain(about), **self._condition("vilkår", term.condition)}
        facts |= {"hvert element": plain(spoken(term.element))} if term.element else {}
        if term.lines:
            facts["regnes ut slik"] = Said(tuple(self._value_lines(term)), _meaning((term.lines, term.rounding)))
        return facts | self._lenient((term.condition, term.lines))

    def _value_lines(self, term: model.Term) -> Iterator[Line]:
        """How a term is computed, a line for each way."""
        for place, line in enumerate(term.lines):
            value = f"{'ellers ' if place else ''}{self.words.inline(line.value)}"
            head, *rest = self.words.lines(line.when) if line.when is not None else [(0, "")]
            yield Line(depth=0, text=f"{value} når {head[1]}" if line.when is not None else value)
            yield from (Line(depth=depth, text=text) for depth, text in rest)
        if term.rounding is not None:
            yield Line(depth=0, text=self.words.rounding(term.rounding))

    def _sources_and_chapters(self) -> None:
        for source in self.rulebook.sources:
            facts: dict[str, Fact] = {TITLE: plain(source.title)}
            facts |= {"adresse": plain(source.address)} if source.address else {}
            self.found["kilde", source.id] = Entry("kilde", source.id, source.title, self.label, facts)
        for chapter in self.rulebook.chapters:
            numbered = re.match(r"([\d.]*)-?(.*)", chapter.id)
            assert numbered is not None
            title = Said((Line(depth=0, text=chapter.title),), chapter.title.replace(str(chapter.since), ""))
            facts = {TITLE: title, "nummer": plain(numbered[1])} if numbered[1] else {TITLE: title}
            self.found["kapittel", numbered[2]] = Entry("kapittel", numbered[2], chapter.title, self.label, facts)


def _group_name(group: model.Group) -> str:
    """A group by its code and title; one without a scheme has no code."""
    return group.title if group.scheme is None and group.title else titled(spoken(group.shown), group.title)


def _row_name(table: model.Table, row: model.Row) -> str:
    """A row by what it is looked up by: «år 2021»."""
    return ", ".join(f"{spoken(name)} {_key(row.values[name])}" for name in table.keys if name in row.values)


def _counted(rows: Sequence[object]) -> Said:
    """«20 000 rader»."""
    return plain(f"{number(Decimal(len(rows)), None)} {'rad' if len(rows) == 1 else 'rader'}")


@cache
def _said_in_cell(text: str) -> Said:
    """A cell of a rule table, which means the same however its numbers are spaced and its parts are ordered."""
    joined_by = " eller " if " eller " in text else " og "
    parts = re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "", text).split(joined_by)
    return Said((Line(depth=0, text=text),), joined_by.join(sorted(parts)))


def _key(value: model.Cell) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else spoken(str(value))


def _shown(value: Decimal, unit: model.Unit | None) -> str:
    """A figure with the decimals it was stated with, where it is stated in base units."""
    stated = -int(value.as_tuple().exponent)
    in_base = unit is None or unit.numerator == unit.denominator
    return number(value, unit, stated if in_base and stated >= 0 else None)


def _pieces(codes: model.CodeSet, texts: dict[str, str]) -> dict[str, str]:
    """The parts of a code set as they are written, with what they mean; exceptions are marked."""
    written = ["alle"] if codes.everything else []
    written += [spoken(id_) for id_ in codes.sets]
    written += codes.codes
    written += [f"{low}–{high}" for low, high in codes.intervals]
    written += [f"{prefix}*" for prefix in codes.prefixes]
    found = {piece: texts.get(piece, "") for piece in written}
    without = _pieces(codes.without, texts) if codes.without else {}
    return found | {f"unntatt {piece}": text for piece, text in without.items()}


def _field_facts(word: str, fields: Iterable[model.RecordField]) -> dict[str, Fact]:
    """Each field in words."""
    return {f"{word} {spoken(found.name)}": plain(_field_words(found)) for found in fields}


def _field_words(found: model.RecordField) -> str:
    """What a field holds: «valg helseforetak, kommune; kan mangle; hvem som utfører tjenesten»."""
    what = f"{found.kind} {found.unit.shown}" if found.unit else found.kind
    what += f" {', '.join(found.choices)}" if found.choices else ""
    what += f" fra {', '.join(found.origins)}" if found.origins else ""
    what += f" av {found.of}" if found.of else ""
    what += f" ordnet etter {spoken(found.ordered_by)}" if found.ordered_by else ""
    parts = [what, "kan mangle" if found.may_lack else "", "årlig" if found.yearly else "", found.text or ""]
    return "; ".join(filter(None, parts))


_SILENT = ("shown", "lenient", "required")
"""What does not change what a condition asks: its writing, and what is told on its own."""


def _meaning(node: object) -> str:
    """A text that is the same for what means the same, however it is written and in whatever order."""
    match node:
        case Decimal():
            return str(Fraction(node))
        case model.CodeSet() | model.All() | model.Any():
            parts = [sorted(map(_meaning, v)) if isinstance(v, tuple) else [_meaning(v)] for _, v in node]
            return f"{node.kind}{parts}"
        case model.Node():
            return f"({' '.join(_meaning(value) for name, value in node if name not in _SILENT)})"
        case tuple():
            return f"[{' '.join(map(_meaning, node))}]"
        case _:
            return repr(node)
