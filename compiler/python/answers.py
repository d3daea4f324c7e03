"""The classes of the answers, where each calculation has a name and a type."""

import textwrap
from collections.abc import Iterator, Sequence

from compiler import model
from compiler.names import identifier
from compiler.python.layout import capital, filled, plain
from compiler.python.symbols import answer_name
from compiler.words import spoken

_CLASS = '''
    class $name($base):
        """Svaret for én $what."""

        __slots__ = ()
'''
_CALCULATION = '''
    @property
    def $name(self) -> $type | None:
        """$doc"""
        verdi = self.verdier.get($id)
        return verdi if isinstance(verdi, $type) else None
'''
_GROUP = '''
    @property
    def $name(self) -> str | None:
        """Gruppen."""
        return self.gruppe
'''
_GROUPS = '''
    @property
    def $name(self) -> tuple[str, ...]:
        """Gruppene."""
        return tuple(valgt.gruppe for valgt in self.valgte)
'''
_RESULT = '''
    @property
    def $name(self) -> str | None:
        """$doc"""
        verdi = self.verdier.get($id)
        return verdi if isinstance(verdi, str) else None
'''
_LIST = '''
    @property
    def $name(self) -> tuple["$element", ...]:
        """Svaret for hver $what, i samme rekkefølge som inn."""
        return tuple(
            $element(s.inngaar, s.grunner, s.varsler, s.verdier)
            for s in self.lister.get($id, ())
        )
'''
_RECEIPT = '''
    @property
    def kvittering(self) -> Kvittering:
        """Hva svaret bygger på."""
        return KVITTERING
'''
_TYPES = {"ja/nei": "bool", "desimaltall": "Decimal", "dato": "date", "tidspunkt": "datetime"}


def answers(rulebook: model.Rulebook, record: model.Record) -> Iterator[str]:
    """The typed answer for a kind of record, after those for the elements of its lists."""
    for _, inner in lists_of(rulebook, record) if record.gathering is None else ():
        yield _class(inner, "Linjesvar", _calculations(rulebook, inner))
    yield _class(record, "Svar", list(_properties(rulebook, record)))


def lists_of(rulebook: model.Rulebook, record: model.Record) -> list[tuple[model.RecordField, model.Record]]:
    """The lists of a record with the records they hold."""
    return [(field, rulebook.record(field.of or "")) for field in rulebook.judged_lists(record)]


def _class(record: model.Record, base: str, properties: Sequence[str]) -> str:
    head = filled(_CLASS, name=answer_name(record), base=base, what=spoken(record.variable))
    return "\n\n".join([head, *(textwrap.indent(one, "    ") for one in properties)])


def _properties(rulebook: model.Rulebook, record: model.Record) -> Iterator[str]:
    """The group, the calculations, the lists and the receipt of an answer."""
    grouping = rulebook.grouping_of(record.id)
    if grouping is not None and grouping.chooses == "alle":
        yield filled(_GROUPS, name=grouping.identifier)
    elif grouping is not None:
        yield filled(_GROUP, name=grouping.identifier)
        for result in grouping.results:
            yield filled(_RESULT, name=identifier(result), id=repr(result), doc=capital(plain(f"{spoken(result)}.")))
    yield from _calculations(rulebook, record)
    for field, inner in lists_of(rulebook, record) if record.gathering is None else ():
        name, element, what = field.identifier, answer_name(inner), spoken(inner.variable)
        yield filled(_LIST, name=name, element=element, what=what, id=repr(name))
    yield filled(_RECEIPT)


def _calculations(rulebook: model.Rulebook, record: model.Record) -> list[str]:
    """The calculations about a record, as properties."""
    return [_calculation(term) for term in rulebook.terms if term.in_result and term.record == record.id]


def _calculation(term: model.Term) -> str:
    unit = f", i {term.unit.shown}" if term.unit else ""
    doc = plain(f"{term.title or spoken(term.id)}{unit}; None når den ikke er beregnet.")
    type_ = _TYPES.get(term.kind, "str")
    return filled(_CALCULATION, name=term.identifier, type=type_, doc=capital(doc), id=repr(term.id))
