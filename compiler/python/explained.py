"""The functions of the module of explanations: one for each rule, which gives its Ledd."""

from collections.abc import Iterator
from dataclasses import dataclass

from compiler import model
from compiler.names import identifier
from compiler.python.explanations import Explanations
from compiler.python.expressions import PythonExpressions
from compiler.python.layout import filled, returned, sources
from compiler.python.symbols import Symbols, group_name, requirement_name, rules_name, taken_name, used_name
from compiler.words import Words, spoken

_FUNCTION = """
    def $name($parameters) -> Ledd:
    $body
"""
_ALL = '''
    FORKLARINGER: Mapping[str, Callable[[Any], Ledd]] = {
    $entries
    }
    """Forklaringen av hvert krav, hver gruppe og hver beregning, ved id."""
'''


def explained(rulebook: model.Rulebook, symbols: Symbols) -> Iterator[str]:
    """A function for each rule, and the table of those that are asked for by id."""
    write = _Explained(rulebook, Words(rulebook), symbols, symbols.within("regler"))
    yield from map(write.term, rulebook.terms)
    yield from map(write.requirement, rulebook.tried_requirements)
    for group in rulebook.groups:
        if group.when is not None:
            yield from write.group(group, group.when)
    yield from (write.taken(record) for record in _that_choose(rulebook))
    yield from map(write.grouping, rulebook.groupings)
    yield filled(_ALL, entries="\n".join(f"    {id_!r}: {name}," for id_, name in _by_id(rulebook, symbols)))


def _by_id(rulebook: model.Rulebook, symbols: Symbols) -> Iterator[tuple[str, str]]:
    """What is asked for by id, and the function that explains it."""
    columns = {c.subject.id for g in rulebook.groupings for c in g.columns if isinstance(c.subject, model.TermRef)}
    yield from ((term.id, symbols.terms[term.id]) for term in rulebook.terms if term.in_result or term.id in columns)
    yield from ((requirement.id, requirement_name(requirement)) for requirement in rulebook.tried_requirements)
    yield from ((group.id, group_name(group)) for group in rulebook.groups if group.when is not None)
    used = [group for group in rulebook.groups if group.when is not None and group.uses is not None]
    yield from ((f"bruker {group.id}", used_name(group)) for group in used)
    yield from ((f"samling {record.id}", taken_name(record)) for record in _that_choose(rulebook))


def _that_choose(rulebook: model.Rulebook) -> list[model.Record]:
    """The collections that do not take all records."""
    return [r for r in rulebook.records if r.gathering is not None and r.gathering.where is not None]


@dataclass(frozen=True, slots=True)
class _Explained:
    """Writes the explanations of one rule year."""

    rulebook: model.Rulebook
    words: Words
    local: Symbols
    """What the explanations are called."""
    remote: Symbols
    """What the rules are called, seen from here."""

    def term(self, term: model.Term) -> str:
        """A condition, or the lines that were tried up to the one that gave the value."""
        explanations, parameter = self._about(term.record)
        call = f"{self.remote.terms[term.id]}({parameter})"
        signature = f"{parameter}: Post"
        if term.parameter is not None:
            explanations = explanations.inside(term.parameter)
            code_name = identifier(term.parameter)
            call, signature = f"{call[:-1]}, {code_name})", f"{parameter}: Post, {code_name}: str"
        text = spoken(term.id)
        if term.condition is not None:
            code = f"alle_ledd({text!r}, {explanations.truth(term.condition)})"
        else:
            unit = term.unit or model.Unit(shown="")
            lines = ", ".join(_value_line(explanations, line) for line in term.lines)
            parts = f"til_og_med_treff({lines})"
            exceptions = self.rulebook.exceptions_from(term.id)
            if exceptions:
                listed = "".join(f"{_exception(explanations, exception)}, " for exception in exceptions)
                parts = f"unntaksledd(({listed}), lambda: {parts})"
            code = f"verdiledd({text!r}, {call}, {unit.shown!r}, {unit.numerator}, {unit.denominator}, *{parts})"
        return filled(_FUNCTION, name=self.local.terms[term.id], parameters=signature, body=returned(code))

    def requirement(self, requirement: model.Requirement) -> str:
        """When a requirement applies, and what it requires."""
        explanations, parameter = self._about(requirement.record)
        title = _titled(f"krav {requirement.id}", requirement.title)
        when = explanations.truth(requirement.when) if requirement.when is not None else "None"
        requires = explanations.truth(requirement.requires)
        code = f"kravledd({title!r}, {when}, {requires}, {self._grounds(requirement)})"
        return _function(requirement_name(requirement), parameter, code)

    def group(self, group: model.Group, when: model.Expr) -> Iterator[str]:
        """What a group of a collection uses, and the condition for a group."""
        grouping = self.rulebook.grouping_with(group)
        assert grouping is not None
        explanations, parameter = self._about(grouping.record)
        if group.uses is not None:
            text = f"bruker {self.words.items(group.uses)}"
            parts = "".join(f", {part}" for part in explanations.item_parts(group.uses))
            code = f"bruktledd({text!r}, {explanations.python.items(group.uses)}{parts})"
            yield _function(used_name(group), parameter, code)
        title = _titled(f"gruppe {group.id}", group.title)
        code = f"regelledd({title!r}, {explanations.truth(when)}, {self._grounds(group)})"
        yield _function(group_name(group), parameter, code)

    def taken(self, collection: model.Record) -> str:
        """Which records a collection takes."""
        assert collection.gathering is not None
        assert collection.gathering.where is not None
        explanations, parameter = self._about(collection.gathering.of)
        title = _titled(f"samling {collection.id}", collection.title)
        code = f"regelledd({title!r}, {explanations.truth(collection.gathering.where)}, {self._grounds(collection)})"
        return _function(taken_name(collection), parameter, code)

    def grouping(self, grouping: model.Grouping) -> str:
        """The groups that were tried."""
        parameter = identifier(self.rulebook.record(grouping.record).variable)
        call = f"{self.remote.groupings[grouping.id]}({parameter})"
        tried = f"lambda: gruppeledd(regler.{rules_name(self.rulebook.record(grouping.record))}, {parameter})"
        arguments = [repr(spoken(grouping.id)), call, f"{parameter}.oppgitt_", f"{parameter}.brukt_", tried]
        code = f"grupperingsledd({', '.join(arguments)})"
        return _function(self.local.groupings[grouping.id], parameter, code)

    def _about(self, record: str) -> tuple[Explanations, str]:
        """How rules about a record are explained, and the name of the parameter."""
        found = self.rulebook.record(record)
        python = PythonExpressions.for_record(self.rulebook, self.remote, found)
        return Explanations(python, self.words, self.local), identifier(found.variable)

    def _grounds(self, definition: model.Definition) -> str:
        """Where a definition stands and its sources, as arguments."""
        return f"{str(definition.place)!r}, {sources(self.rulebook, definition)!r}"


def _value_line(explanations: Explanations, line: model.ValueLine) -> str:
    """A value line: its condition and its value, each explained when it is needed."""
    when = "None" if line.when is None else f"lambda: {explanations.truth(line.when)}"
    return f"({when}, lambda: {explanations.value(line.value)})"


def _exception(explanations: Explanations, exception: model.TermException) -> str:
    """An exception: its title, its condition and its value, the value explained when it is needed."""
    title = f"unntak «{exception.title or exception.id}»"
    return f"({title!r}, {explanations.truth(exception.when)}, lambda: {explanations.value(exception.value)})"


def _titled(text: str, title: str | None) -> str:
    return f"{text} «{title}»" if title else text


def _function(name: str, parameter: str, code: str) -> str:
    return filled(_FUNCTION, name=name, parameters=f"{parameter}: Post", body=returned(code))
