"""What a definition says, as the Markdown that an editor shows beside it."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from compiler import model
from compiler.editor.names import Symbol
from compiler.evaluate import evaluate
from compiler.names import normal_code
from compiler.walk import nodes
from compiler.words import Words, day_shown, number, order_words, spoken

_SHOWN = 12
"""How many codes of a set are listed."""
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&!])")


def plain(text: object) -> str:
    """An author's text, so that Markdown reads it as letters."""
    return _MARKDOWN.sub(r"\\\1", " ".join(str(text).split()))


def described(rulebook: model.Rulebook, symbol: Symbol) -> str | None:
    """What is known of a definition; None where the rulebook does not have it."""
    lines = list(_Describer(rulebook).lines(symbol))
    return "\n\n".join(lines) or None


class _Describer:
    """Writes about the definitions of one rulebook."""

    def __init__(self, rulebook: model.Rulebook) -> None:
        self.rulebook = rulebook
        self.words = Words(rulebook)

    def lines(self, symbol: Symbol) -> Iterator[str]:
        """A heading and paragraphs about what a name means."""
        if symbol.kind in ("felt", "kolonne"):
            yield from self._field(symbol)
        elif symbol.kind == "kilde":
            for source in self.rulebook.sources:
                if source.id == symbol.id:
                    yield f"**kilde** {plain(source.title)}"
                    yield from [f"<{source.address}>"] if source.address else []
        elif symbol.kind == "kodeverk":
            for system in self.rulebook.code_systems:
                if system.id == symbol.id:
                    yield f"**kodeverk {plain(system.id)}**: {number(Decimal(len(system.codes)))} koder"
        else:
            found = next((o for kind, o in self.rulebook.definitions() if self._is(kind, o, symbol)), None)
            if found is not None:
                yield from self._definition(symbol.kind, found)

    def _is(self, kind: str, one: model.Definition, symbol: Symbol) -> bool:
        return one.id == symbol.id and ("opplysninger" if kind == "samling" else kind) == symbol.kind

    def _definition(self, kind: str, found: model.Definition) -> Iterator[str]:
        """What all definitions have, and what this type has."""
        word = "beregning" if isinstance(found, model.Term) and found.in_result else kind
        title = f" {plain(found.title)}" if found.title else ""
        yield f"**{word} {plain(found.id)}**{title}"
        match found:
            case model.Rate():
                yield from self._rate(found)
            case model.NamedSet():
                yield from self._set(found)
            case model.Group():
                yield from self._group(found)
            case model.Term():
                yield from self._term(found)
            case model.Grouping() if found.orders:
                yield "\n".join(f"- rekkefølge: {plain(order_words(order))}" for order in found.orders)
            case model.Requirement():
                yield from self._condition("når ", found.when)
                yield from self._condition("krever at ", found.requires)
                yield f"ellers {found.outcome}: {plain(found.text)}"
            case model.Record() | model.Table():
                yield ", ".join(f"`{field.name}`" for field in found.fields)
            case model.Row():
                yield from self._row(found)
            case _:
                pass
        yield from self._sources(found)

    def _rate(self, rate: model.Rate) -> Iterator[str]:
        """What a rate is, from day to day."""
        yield self._amount(rate.value, rate.unit, rate.reason)
        for period in rate.periods:
            yield f"fra {day_shown(period.start)}: {self._amount(period.value, rate.unit, period.reason)}"
        if rate.yearly:
            yield "Satsen skrives på nytt hvert år."

    def _amount(self, value: Decimal | None, unit: model.Unit | None, reason: str | None) -> str:
        return f"ukjent: {plain(reason or 'verdien er ukjent')}" if value is None else f"**{number(value, unit)}**"

    def _set(self, found: model.NamedSet) -> Iterator[str]:
        """The codes of a set, with what they mean."""
        texts = self.texts()
        listed = [f"- `{code}` {plain(found.texts.get(code) or texts.get(code, ''))}" for code in found.codes.codes]
        listed += [f"- `{low}–{high}`" for low, high in found.codes.intervals]
        listed += [f"- `{prefix}*`" for prefix in found.codes.prefixes]
        listed += [f"- kodesettet `{name}`" for name in found.codes.sets]
        listed += ["- alle koder"] if found.codes.everything else []
        listed += [f"- unntatt {plain(self.words.inline(found.codes.without))}"] if found.codes.without else []
        listed += [f"- ingen felles med `{name}`" for name in found.disjoint]
        more = len(listed) - _SHOWN
        yield "\n".join([*(line.rstrip() for line in listed[:_SHOWN]), *([f"- og {more} til"] if more > 0 else [])])

    def texts(self) -> dict[str, str]:
        """What codes mean, from the code systems and the sets that say so."""
        found: dict[str, str] = {}
        for named in self.rulebook.sets:
            found |= {normal_code(code): text for code, text in named.texts.items()}
        for system in self.rulebook.code_systems:
            found |= {code: text for code, text in system.codes.items() if text}
        return found

    def _group(self, group: model.Group) -> Iterator[str]:
        """A group's columns, what it is worth, and when it is the one."""
        for table in self.rulebook.tables:
            row = table.row(group.id) if table.key == "gruppe" else None
            if row is not None:
                yield from self._cells(table, row)
        worth = list(self._worth(group))
        if worth:
            yield "\n".join(f"- {line}" for line in worth)
        yield from self._condition("når ", group.when)
        if group.origin:
            yield f"Gruppen er fra {group.origin}."

    def _worth(self, group: model.Group) -> Iterator[str]:
        """The kroner of a record of which only the group is given, or the group and one choice."""
        grouping = self.rulebook.grouping_with(group) or self.rulebook.record_grouping
        if grouping is None:
            return
        record = self.rulebook.record(grouping.record)
        if record.gathering is not None:
            return
        alone = self._kroner(record, {grouping.id: group.id})
        if alone:
            yield from (f"{line}, når bare gruppen er oppgitt" for line in alone)
            return
        for field in record.fields:
            if field.kind == "valg":
                by_choice = [(c, self._kroner(record, {grouping.id: group.id, field.name: c})) for c in field.choices]
                if any(found for _, found in by_choice):
                    for choice, found in by_choice:
                        yield from (f"{line}, når {spoken(field.name)} er {spoken(choice)}" for line in found)
                    return

    def _kroner(self, record: model.Record, given: Mapping[str, str]) -> list[str]:
        """The amounts in an answer."""
        answer = evaluate(self.rulebook, given, record.id)
        amounts = [(term, answer.verdier.get(term.id)) for term in self.rulebook.terms if term.record == record.id]
        return [
            f"{plain(spoken(term.id))} **{number(value, model.Unit(shown=term.unit.shown))}**"
            for term, value in amounts
            if term.unit is not None and term.unit.shown in ("kr", "DKK") and isinstance(value, Decimal)
        ]

    def _row(self, row: model.Row) -> Iterator[str]:
        """The columns of a tariff."""
        for table in self.rulebook.tables:
            if table.key == "takst" and table.row(row.key) is row:
                yield from self._cells(table, row)

    def _cells(self, table: model.Table, row: model.Row) -> Iterator[str]:
        """What the columns say of a row."""
        shown = [
            f"{plain(spoken(field.name))} **{self._cell(row.values[field.name], field)}**"
            for field in table.fields
            if field.name in row.values and field.name not in table.keys
        ]
        if shown:
            yield ", ".join(shown)

    def _cell(self, value: model.Cell, field: model.RecordField) -> str:
        match value:
            case Decimal():
                return number(value, field.unit)
            case bool():
                return "ja" if value else "nei"
            case model.CodeSet():
                return plain(self.words.inline(value))
            case _:
                return plain(spoken(str(value)))

    def _term(self, term: model.Term) -> Iterator[str]:
        """A term as its condition or its lines."""
        yield from self._condition("", term.condition)
        for at, line in enumerate(term.lines):
            value = self.words.inline(line.value)
            yield from (
                self._condition(f"{'ellers ' if at else '= '}{plain(value)}, når ", line.when)
                if line.when
                else [f"{'ellers ' if at else '= '}{plain(value)}"]
            )
        if term.rounding is not None:
            yield plain(self.words.rounding(term.rounding))

    def _condition(self, before: str, condition: model.Expr | None) -> Iterator[str]:
        """A condition as a list."""
        if condition is None:
            return
        rows = list(self.words.lines(condition))
        yield "\n".join(
            f"{'  ' * depth}- {before if at == 0 else ''}{plain(row)}" for at, (depth, row) in enumerate(rows)
        )

    def _field(self, symbol: Symbol) -> Iterator[str]:
        """What a field or a column holds."""
        owner, _, name = symbol.id.partition(".")
        owners = self.rulebook.records if symbol.kind == "felt" else self.rulebook.tables
        for one in owners:
            field = one.field(name) if one.id == owner else None
            if field is not None:
                where = f"i {plain(one.id)}" if symbol.kind == "felt" else f"i tabellen {plain(one.id)}"
                yield f"**{symbol.kind} {plain(name)}** {where}"
                yield from [plain(field.text)] if field.text else []
                yield self._type(field)

    def _type(self, field: model.RecordField) -> str:
        """The type of a field, as an author writes it."""
        words: list[str] = [field.kind]
        words += [f"({field.unit.shown})"] if field.unit is not None and field.unit.shown else []
        words += [", ".join(field.choices)] if field.choices else []
        words += [f"fra {', '.join(field.origins)}"] if field.origins else []
        words += [f"av {field.of}"] if field.of else []
        words += ["kan mangle"] if field.may_lack else []
        return plain(" ".join(words))

    def _sources(self, found: model.Definition) -> Iterator[str]:
        """Where it is taken from, and when it was last changed."""
        titles = {source.id: source.title for source in self.rulebook.sources}
        cited = [
            f"- kilde: {plain(titles.get(one.source, one.source))}{f', {plain(one.place)}' if one.place else ''}"
            for one in found.citations
        ]
        cited += [f"- utledet: {plain(found.derived)}"] if found.derived else []
        cited += [f"- sist endret i {found.last_changed}"] if found.last_changed < self.rulebook.year else []
        if cited:
            yield "\n".join(cited)


def sets_with(rulebook: model.Rulebook, code: str) -> list[str]:
    """The sets that name a code just as it is."""
    return [
        named.id
        for named in rulebook.sets
        if any(code in part.codes for part in nodes(named.codes) if isinstance(part, model.CodeSet))
    ]


def code_texts(rulebook: model.Rulebook) -> dict[str, str]:
    """What the codes of a rulebook mean."""
    return _Describer(rulebook).texts()
