"""One rule year while it is put together: what is known by name, and what is wrong so far."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from compiler import model
from compiler.expressions import Expressions, Frame
from compiler.kinds import UNKNOWN, Kind, field_dimension
from compiler.words import not_stated, year_from
from dsl import tree
from dsl.diagnostics import Diagnostic, Span, error, nearest
from dsl.faults import reserved
from dsl.keywords import is_reserved_name

D = TypeVar("D", bound=model.Definition)

GROUP_KEY = "gruppe"
TARIFF_KEY = "takst"
_ABOUT_NAMES = frozenset({"R201", "R204", "R206", "R209", "R223"})
_UNKNOWN_COLUMN = re.compile("^ukjent linje|er ikke en kolonne|^regelverket har ingen «tabell»")
_MOST_RESOLVING = 50
"""Terms are put in order before they are resolved, so that only a ring waits for so many others."""
_IN_EXPRESSIONS = frozenset({"begrep", "sats", "kodesett", "gruppering", "gruppe"})
_FIRST_NAME = re.compile(r"«([^»]*)»")


class State:
    """The definitions of a rule year, those inherited first; it knows all names and hence serves Expressions."""

    def __init__(
        self,
        header: tree.RulebookHeader,
        base: model.Rulebook | None,
        unreadable: Iterable[str],
        files: Mapping[str, str],
        used: model.Rulebook | None = None,
        taken: Iterable[model.Rulebook] = (),
    ) -> None:
        self.header = header
        self.year = header.year
        self.label = year_from(header.year, header.valid_from or date(header.year, 1, 1))
        """The rule year as it is read: «2021/22»."""
        self.base = base
        self.unreadable = set(unreadable)
        self.used = used
        self.taken = {(one.scheme.lower(), one.year): one for one in (*(base.taken if base else ()), *taken)}
        """The rule years that rates are taken from."""
        self.files = files
        """The text of each CSV file that a block reads from, by the path as written."""
        self.faults: list[Diagnostic] = []
        self.sources = {s.id: s for s in base.sources} if base else {}
        self.records = by_id(base.records) if base else {}
        self.tables = {t.id: _without_yearly(t) for t in base.tables} if base else {}
        self.sets = by_id(base.sets) if base else {}
        self.rates = {r.id: _inherited_rate(r, self.label) for r in base.rates} if base else {}
        self.terms = by_id(base.terms) if base else {}
        self.requirements = by_id(_inherited(r) for r in base.requirements if r.ends is None) if base else {}
        self.exceptions = by_id(base.exceptions) if base else {}
        self.clarifications = by_id(base.clarifications) if base else {}
        self.code_systems = by_id(base.code_systems) if base else {}
        self.groupings = by_id(base.groupings) if base else {}
        self.groups = by_id(_inherited(g) for g in base.groups if g.ends is None and g.origin is None) if base else {}
        self.rule_tables = by_id(base.rule_tables) if base else {}
        self.rule_rows = by_id(base.rules) if base else {}
        self.ended_rules: dict[str, str | None] = {}
        """Rows that this year took out of the rule tables, and why."""
        self.amended_rules: dict[Span, tuple[str, ...]] = {}
        """The rows that each amendment of the rule tables takes out or puts in."""
        self.code_names: dict[str, str] = dict(own.names) if base and (own := base.record_grouping) else {}
        """What the cells of rule tables call codes, for the reader."""
        self.cell_places: dict[tuple[str, str], Span] = {}
        """Where a cell of a rule table first stands, by its column and text."""
        self.column_names: dict[str, tuple[str, ...]] = {}
        """The columns of the rule tables of this year's groupings."""
        self.replaced: dict[tuple[str, str], tuple[Any, Span]] = {}
        """What this year replaces: the old definition, and where the new one stands."""
        self.examples: dict[str, model.Example] = {}
        self.mentions: dict[Span, tuple[str, str]] = {}
        """What the names in this year's expressions mean: type and id, by where they stand."""
        self.repealed: list[model.Repealed] = []
        self.places: dict[tuple[str, str], Span] = {}
        self.pending: dict[str, tree.TermDecl] = {}
        self.resolving: list[str] = []
        self.without_value: set[tuple[str, str]] = set()
        """Row and column of cells that are unknown or at fault."""
        self.rings: list[set[str]] = []
        self.unclear: set[str] = set()
        """Terms whose kind cannot be told, because they have faults or are unknown."""
        self.resolve_term: Callable[[tree.TermDecl], None] = lambda block: None
        self.calls = Expressions(self, self.faults.append)

    def rules(self) -> dict[str, dict[str, Any]]:
        """The definitions that a later block can name, by the keyword of their type and by id."""
        return {
            "gruppe": self.groups,
            "kodesett": self.sets,
            "sats": self.rates,
            "krav": self.requirements,
            "begrep": self.terms,
            "beregning": self.terms,
            "unntak": self.exceptions,
            "gruppering": self.groupings,
            "samling": self.records,
        }

    def known(self, kind: str) -> dict[str, Any]:
        """The definitions of a type, by id: of the records, only those that are collections."""
        found = self.rules()[kind]
        return {id_: one for id_, one in found.items() if one.gathering is not None} if kind == "samling" else found

    def record_grouping(self) -> model.Grouping | None:
        """The grouping of a record that comes in; the others are of collections."""
        for grouping in self.groupings.values():
            owner = self.records.get(grouping.record)
            if owner is None or owner.gathering is None:
                return grouping
        return None

    def rule_columns(self, grouping: model.Grouping) -> tuple[str, ...]:
        """The names of the columns of a grouping's rule tables."""
        return self.column_names.get(grouping.id) or tuple(column.name for column in grouping.columns)

    # ---- what Expressions asks

    def term_kind(self, id_: str) -> Kind | None:
        """The kind of a term, resolved now if it must be; None where there is no such term."""
        if id_ in self.pending:
            if id_ in self.resolving or len(self.resolving) > _MOST_RESOLVING:
                self._ring(id_)
                return UNKNOWN
            self.resolve_term(self.pending[id_])
        if id_ in self.unclear:
            return UNKNOWN
        term = self.terms.get(id_)
        return None if term is None else term_kind(term)

    def term_record(self, id_: str) -> str:
        """The record that a term is about."""
        if id_ in self.pending:
            return self.about(self.pending[id_])[0].id
        return self.terms[id_].record if id_ in self.terms else ""

    def term_parameter(self, id_: str) -> str | None:
        """What the code that a term is about is called in it, when it is about a code."""
        if id_ in self.pending:
            return self.about(self.pending[id_])[1]
        return self.terms[id_].parameter if id_ in self.terms else None

    def term_element(self, id_: str) -> str | None:
        """What an element of a term is called, when its value is a list or a set that says so."""
        found = self.pending.get(id_) or self.terms.get(id_)
        return found.element if found is not None else None

    def terms_with_element(self, element: str) -> list[str]:
        """The terms whose elements are called that."""
        pending = [id_ for id_, block in self.pending.items() if block.element == element]
        return pending + [id_ for id_, term in self.terms.items() if term.element == element]

    def about(self, block: tree.TermDecl) -> tuple[model.Record, str | None]:
        """The record that a term is about, and what its code is called when it is about a code: «for hver egenskap»."""
        name = block.record
        if name is not None and self._record_named(name.name) is None:
            owner = self._owner(name.name, frozenset({block.name}))
            if owner is not None:
                return owner, name.name
        return self.record_for(name, block.span), None

    def _owner(self, element: str, seen: frozenset[str]) -> model.Record | None:
        """The record that the codes called something belong to: as a field, or as a term about it."""
        for record in self.records.values():
            if any(field.element == element and field.kind == "koder" for field in record.fields):
                return record
        for id_ in self.terms_with_element(element):
            if id_ in self.terms:
                return self.records.get(self.terms[id_].record)
            if id_ not in seen:
                name = self.pending[id_].record
                if name is None or self._record_named(name.name) is not None:
                    return self.record_for(name, self.pending[id_].span)
                return self._owner(name.name, seen | {id_})
        return None

    def _record_named(self, name: str) -> model.Record | None:
        """The record that «for hver X» names, if it names one."""
        return next((r for r in self.records.values() if name in (r.id, r.variable, r.id.lower())), None)

    def all_names(self) -> Iterable[str]:
        """Every name that an expression may use, for suggestions."""
        fields = [field.name for record in self.records.values() for field in record.fields]
        return [*fields, *self.rates, *self.terms, *self.pending, *self.sets, *self.groupings, *self.groups]

    def mention(self, span: Span, kind: str, id_: str) -> None:
        """Take note of what a name in the text means."""
        self.mentions[span] = (kind, id_)

    # ---- faults

    def fault(self, code: str, message: str, span: Span, hint: str | None = None, other: Span | None = None) -> None:
        """Take note of a fault."""
        self.faults.append(error(code, message, span, hint, other))

    def own_faults(self) -> list[Diagnostic]:
        """The faults, without those about names that stand in a block that could not be read."""
        return [fault for fault in self.faults if not self._is_echo(fault)]

    def _is_echo(self, fault: Diagnostic) -> bool:
        """Whether a fault is about a name that could not be read where it is declared."""
        found = _FIRST_NAME.search(fault.message)
        about_name = fault.code in _ABOUT_NAMES or (fault.code == "R205" and _UNKNOWN_COLUMN.search(fault.message))
        return bool(about_name) and found is not None and found[1] in self.unreadable

    def _ring(self, id_: str) -> None:
        """Report terms that need each other, once."""
        ring = self.resolving[self.resolving.index(id_) :] if id_ in self.resolving else self.resolving
        if not any(set(ring) <= known for known in self.rings):
            message = "begrepene viser til hverandre i ring: " + " → ".join([*ring[:10], id_])
            if len(ring) == 1:
                message = f"«{id_}» viser til seg selv"
            hint = "si ett av dem uten å bruke de andre" if len(ring) > 1 else "si det uten å bruke navnet selv"
            self.fault("R207", message, self.pending[ring[0]].span, hint)
            self.rings.append(set(ring))

    # ---- names

    def declare(self, kind: str, name: str, span: Span, known: dict[str, Any], shown: str | None = None) -> bool:
        """Take note of a new definition; a second one of the same name is a fault."""
        key = (kind, name)
        shown = shown or name
        if key in self.places:
            hint = "behold den ene, eller gi den et annet navn"
            self.fault("R202", f"«{shown}» er skrevet to ganger", span, hint, self.places[key])
            return False
        self.places[key] = span
        if kind in _IN_EXPRESSIONS and is_reserved_name(name):
            self.faults.append(reserved(name, span))
        if name in known:
            year = known[name].since
            hint = f"den er arvet fra {year}: skriv «endrer {kind} {shown}» for å endre den"
            if kind in ("regeltabell", "regel"):
                hint = f"den er arvet fra {year}: skriv radene med «ut» og «inn» under «endrer gruppering»"
            elif kind == "gruppe":
                new = f"«endrer gruppe {shown}» for en ny verdi, «erstatter gruppe {shown} …» for et nytt vilkår"
                hint = f"den er arvet fra {year}: skriv {new}"
            elif kind not in ("takst", "kodesett", "sats", "opplysninger"):
                hint = f"den er arvet fra {year}: skriv «erstatter» foran for å sette en ny i stedet"
            self.fault("R202", f"«{shown}» finnes fra før", span, hint, _start(known[name]))
            return False
        return True

    def table_by_key(self, name: tree.Name | None, mentioned: set[str]) -> model.Table | None:
        """The table that «for hver X» names by its key, where X is no record; of several, the one most spoken of."""
        if name is None or self._record_named(name.name) is not None:
            return None
        keyed = [table for table in self.tables.values() if table.key == name.name]
        return max(keyed, key=lambda table: len({field.name for field in table.fields} & mentioned), default=None)

    def keyed_table(self, key: str) -> model.Table | None:
        """The table whose key is «gruppe» or «takst»."""
        return next((table for table in self.tables.values() if table.key == key), None)

    def record_for(self, name: tree.Name | None, span: Span) -> model.Record:
        """The record that «for hver X» names; without it, the first that comes in."""
        if name is None:
            for record in self.records.values():
                if record.outer is None:
                    return record
        found = self._record_named(name.name) if name is not None else None
        if found is not None:
            return found
        self._no_record(name, name.span if name else span)
        place = model.Place(path=span.path, line=span.line, chapter=chapter_of(span.path))
        return model.Record(id="", place=place, since=self.year, fields=(), variable="")

    def _no_record(self, name: tree.Name | None, span: Span) -> None:
        """Report a record that is not there, once."""
        if name is not None:
            known = [n for record in self.records.values() for n in (record.id, record.variable)]
            found = error("R201", f"ukjente opplysninger «{name.name}»", span, nearest(name.name, known))
        else:
            hint = "skriv en blokk «opplysninger»"
            found = error("R201", "regelverket har ingen «opplysninger»", span, hint)
        alike = [f for f in self.faults if f.message == found.message and (name is None or f.span == span)]
        if not alike:
            self.faults.append(found)

    def scope(self, record: model.Record, lenient: bool = False, code: str | None = None) -> Expressions:
        """Expressions with a record, the one whose list it stands in, and the code that a term is about, in scope."""
        if not record.id:
            return Expressions(self, _quiet)
        frames = [Frame(record.variable, record)]
        while (outer := model.reached_from(record)) is not None:
            record = self.records[outer]
            frames.insert(0, Frame(record.variable, record))
        if code is not None:
            frames.append(Frame(code, None, codes=Kind("kode")))
        return Expressions(self, self.faults.append, frames, lenient)

    # ---- what definitions have in common

    def common(self, id_: str, title: str | None, span: Span, tail: tree.Tail | None = None) -> dict[str, Any]:
        """What all definitions have."""
        tail = tail or tree.Tail()
        return {
            "id": id_,
            "title": title,
            "place": model.Place(path=span.path, line=span.line, chapter=chapter_of(span.path)),
            "citations": self.citations(tail),
            "derived": tail.derived,
            "since": self.year,
            "changes": (model.Change(year=self.year, kind="ny", because=tail.because),),
        }

    def citations(self, tail: tree.Tail) -> tuple[model.Citation, ...]:
        """The sources that a block cites."""
        for cite in tail.cites:
            if cite.source not in self.sources:
                hint = nearest(cite.source, self.sources) or f"skriv «kilde {cite.source} «tittel»» først i regelverket"
                self.fault("R201", f"ukjent kilde «{cite.source}»", cite.span, hint)
        return tuple(model.Citation(source=cite.source, place=cite.place) for cite in tail.cites)


def _quiet(_: Diagnostic) -> None:
    """Report nothing: the block is about something unknown, and that has been told."""


def by_id(definitions: Iterable[D]) -> dict[str, D]:
    """Definitions by id."""
    return {definition.id: definition for definition in definitions}


@lru_cache(maxsize=1000)
def chapter_of(path: str) -> str:
    """The id of the chapter that a file is."""
    return re.sub(r"\.\w+$", "", path.rsplit("/", 1)[-1])


def term_kind(term: model.Term) -> Kind:
    """The kind of a term's value."""
    if term.kind == "desimaltall":
        return Kind("tall", field_dimension(term.unit), shown=term.unit)
    name = {"ja/nei": "ja/nei", "koder": "mengde"}.get(term.kind, term.kind)
    return Kind(name, record=term.of, choices=term.choices)  # type: ignore[arg-type]


def _start(definition: Any) -> Span | None:
    """Where an inherited definition stands, as far as is known."""
    place = getattr(definition, "place", None)
    return place.span if isinstance(place, model.Place) else None


R = TypeVar("R", model.Requirement, model.Group)


def _inherited(rule: R) -> R:
    """A rule as the next year inherits it: one that began within the year holds from the first day of the next."""
    update: dict[str, Any] = {"derived": None} if isinstance(rule, model.Group) else {}
    if rule.starts is not None:
        rest = rule.when.parts[1:] if isinstance(rule.when, model.All) else ()
        when = rest[0] if len(rest) == 1 else model.All(parts=rest) if rest else None
        update |= {"starts": None, "when": when}
    return rule.model_copy(update=update) if update else rule


def _without_yearly(table: model.Table) -> model.Table:
    """The table as the next year inherits it: without what is stated anew each year."""
    yearly = {field.name for field in table.fields if field.yearly}
    if not yearly:
        return table
    rows = tuple(
        row.model_copy(update={"values": {k: v for k, v in row.values.items() if k not in yearly}, "derived": None})
        for row in table.rows
    )
    return table.model_copy(update={"rows": rows})


def _inherited_rate(rate: model.Rate, year: str) -> model.Rate:
    """The rate as the next year inherits it: a yearly one is unknown until it is stated."""
    if not rate.yearly:
        last = rate.periods[-1] if rate.periods else rate
        return rate.model_copy(update={"value": last.value, "shown": last.shown, "reason": last.reason, "periods": ()})
    reason = not_stated(rate.title or rate.id, year)
    update = {"value": None, "shown": "ukjent", "reason": reason, "derived": None, "citations": (), "periods": ()}
    update["fetched"] = None
    return rate.model_copy(update=update)
