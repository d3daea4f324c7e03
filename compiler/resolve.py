"""From syntax trees to one complete rule year: names, inheritance from the year before, and amendments."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from types import UnionType
from typing import Any

from compiler import model
from compiler.amendments import amend, amend_record, repeal, repealed_but_used, replaced_but_used
from compiler.chapters import chapters
from compiler.composition import borrow_fields, borrow_groups
from compiler.declarations import (
    code_set,
    collection,
    declare_code_set,
    gathered,
    grouping,
    link_records,
    rate,
    record,
    ringed_sets,
    settle_around,
    source,
    table,
)
from compiler.export import content_hash
from compiler.fetched import rests_on
from compiler.given import example, examples
from compiler.names import identifier, slug
from compiler.promises import promised_orders
from compiler.replacements import clarification, in_old_order, move, settle_replaced, undated_rates, unwrapped
from compiler.rows import group_condition, group_stub, incomplete_rows, row
from compiler.rule_tables import amend_grouping, columns, rule_table, settle_rules
from compiler.state import State, term_kind
from compiler.table_rows import amend_table, code_system
from compiler.terms import declare_term, exception, requirement, resolve_term, terms_in_order
from dsl import tree
from dsl.diagnostics import Diagnostic, Span, error, has_errors, nearest

_OF_LINES = frozenset({"inngaar", "krav", "grunn", "grunner", "varsel", "varsler"})
"""What the answer for a line has beside its calculations."""
STATUSES = ("utkast", "foreløpig", "endelig")

_STAGES: tuple[tuple[type | UnionType, Callable[[State, Any], None]], ...] = (
    (tree.SourceDecl, source),
    (tree.CodeSystemDecl, code_system),
    (tree.RecordDecl, record),
    (tree.AmendRecordsDecl, amend_record),
    (tree.CollectionDecl, collection),
    (tree.TableDecl, table),
    (tree.GroupingDecl, grouping),
    (tree.RepealDecl, repeal),
    (tree.CodeSetDecl, declare_code_set),
    (tree.CodeSetDecl, code_set),
    (tree.RateDecl, rate),
    (tree.GroupDecl, group_stub),
    (tree.TermDecl, declare_term),
    (tree.GroupDecl | tree.TariffDecl, row),
    (tree.AmendDecl, amend),
    (tree.AmendTableDecl, amend_table),
    (tree.MoveDecl, move),
    (tree.RuleTableDecl, rule_table),
    (tree.AmendGroupingDecl, amend_grouping),
)
"""What is done with the blocks, kind by kind, before terms are resolved."""


def resolve(
    documents: Sequence[tree.Document],
    base: model.Rulebook | None,
    unreadable: Iterable[str] = (),
    files: Mapping[str, str] | None = None,
    used: model.Rulebook | None = None,
    taken: Iterable[model.Rulebook] = (),
    mentions: dict[Span, tuple[str, str]] | None = None,
) -> tuple[model.Rulebook | None, list[Diagnostic]]:
    """The complete rule year that documents and the year before make, and what is wrong with them.

    There is no rulebook where the header is missing; with other faults the rulebook is what could be made of it.
    `unreadable` are names that the year before would have had, were it without faults; `files` is the text of each
    CSV file that a block reads from, by the path as written. `taken` are the rule years that rates are taken from.
    In `mentions` is put what the names in expressions mean, for an editor: type and id, by where they stand.
    """
    header, faults = header_of(documents)
    if header is None:
        return None, faults
    names = {name for document in documents for name in document.unreadable} | set(unreadable)
    state = State(header, base, names, files or {}, used, taken)
    rulebook = _resolved(state, documents)
    if mentions is not None:
        mentions |= state.mentions
    return rulebook, [*faults, *state.own_faults()]


def header_of(documents: Sequence[tree.Document]) -> tuple[tree.RulebookHeader | None, list[Diagnostic]]:
    """The one header of a rule year; a header that could not be read has its fault already."""
    headers = [block for block in tree.blocks_of(documents) if isinstance(block, tree.RulebookHeader)]
    if not headers:
        if not documents or any("regelverk" in document.unreadable for document in documents):
            return None, []
        place = Span(documents[0].source.path, 1, 1, 1, 2)
        hint = "begynn en av filene med «regelverk NAVN ÅR «tittel»»"
        return None, [error("R210", "mappen har ikke noe «regelverk»", place, hint)]
    hint = "en mappe er ett regelverk: behold det ene"
    faults = [error("R202", "«regelverk» står to ganger", extra.span, hint, headers[0].span) for extra in headers[1:]]
    return headers[0], faults


def _resolved(state: State, documents: Sequence[tree.Document]) -> model.Rulebook:
    """The complete year, with the faults left in the state."""
    _check_header(state)
    blocks = unwrapped(state, tree.blocks_of(documents))
    for kind, handle in _STAGES:
        for block in blocks:
            if isinstance(block, kind):
                handle(state, block)
        if kind is tree.AmendRecordsDecl:
            link_records(state)
            borrow_fields(state)
        if handle is repeal:
            settle_around(state)
        if handle is group_stub:
            in_old_order(state)
            borrow_groups(state)
    ringed_sets(state)
    state.resolve_term = partial(resolve_term, state)
    for block in terms_in_order(state.pending):
        if block.name in state.pending:
            resolve_term(state, block)
    for block in blocks:
        if isinstance(block, tree.CollectionDecl):
            gathered(state, block)
        if isinstance(block, tree.GroupingDecl):
            columns(state, block)
            promised_orders(state, block)
    settle_rules(state)
    for block in blocks:
        if isinstance(block, tree.GroupDecl) and (block.when is not None or block.uses is not None):
            group_condition(state, block)
        if isinstance(block, tree.RequirementDecl):
            requirement(state, block)
        if isinstance(block, tree.ExceptionDecl):
            exception(state, block)
    settle_replaced(state)
    undated_rates(state)
    for block in blocks:
        if isinstance(block, tree.ClarificationDecl):
            clarification(state, block)
        if isinstance(block, tree.ExampleDecl):
            example(state, block)
        if isinstance(block, tree.ExamplesDecl):
            examples(state, block)
    incomplete_rows(state)
    repealed_but_used(state)
    replaced_but_used(state)
    _colliding_names(state)
    return _rulebook(state, documents)


def _rulebook(state: State, documents: Sequence[tree.Document]) -> model.Rulebook:
    """The year as a model, with its chapters."""
    header = state.header
    taken = rests_on(state)
    rulebook = model.Rulebook(
        scheme=header.scheme,
        year=header.year,
        title=header.title or f"{header.scheme} {header.year}",
        base=header.base[1] if header.base else None,
        valid_from=header.valid_from or date(header.year, 1, 1),
        valid_to=header.valid_to,
        published=header.published,
        corrected=tuple(model.Correction(date=c.date, text=c.text) for c in header.corrected),
        status=header.status or "utkast",
        extract=header.extract,
        sources=tuple(state.sources.values()),
        records=tuple(state.records.values()),
        tables=tuple(state.tables.values()),
        sets=tuple(state.sets.values()),
        rates=tuple(state.rates.values()),
        terms=tuple(state.terms.values()),
        requirements=tuple(state.requirements.values()),
        exceptions=tuple(state.exceptions.values()),
        clarifications=tuple(state.clarifications.values()),
        code_systems=tuple(state.code_systems.values()),
        groupings=tuple(state.groupings.values()),
        groups=tuple(state.groups.values()),
        rule_tables=tuple(state.rule_tables.values()),
        rules=tuple(state.rule_rows.values()),
        examples=tuple(state.examples.values()),
        repealed=tuple(state.repealed),
        uses=_uses(state.used) if state.used is not None else None,
        used=state.used,
        takes=tuple(_uses(one) for one in taken),
        taken=taken,
    )
    found, faults = chapters(documents, rulebook, state.base, state.amended_rules)
    state.faults += faults
    return rulebook.model_copy(update={"chapters": found})


def _uses(used: model.Rulebook) -> model.Uses:
    """Which rulebook is rested on, and its content."""
    return model.Uses(scheme=used.scheme, year=used.year, content=content_hash(used))


def _check_header(state: State) -> None:
    """Report a header without dates, or with a status or a name that cannot be."""
    header = state.header
    words = [word for word, _ in header.lines]
    for word in sorted({word for word in words if word != "rettet" and words.count(word) > 1}):
        state.fault("R202", f"«{word}» står to ganger i «regelverk»", header.place(word), "ta bort den ene linjen")
    if header.valid_from is None:
        hint = f"skriv «gjelder fra {header.year}-01-01 til og med {header.year}-12-31»"
        state.fault("R211", "regelverket sier ikke når det gjelder", header.span, hint)
    elif header.valid_to is not None and header.valid_to < header.valid_from:
        message = "regelverket slutter å gjelde før det begynner"
        state.fault("R211", message, header.place("gjelder"), "den første datoen skal være den tidligste")
    if header.status is not None and header.status not in STATUSES:
        hint = nearest(header.status, STATUSES) or "velg mellom " + ", ".join(STATUSES)
        state.fault("R212", f"ukjent status «{header.status}»", header.place("status"), hint)
    if identifier(header.scheme).lower() != header.scheme.lower():
        message = f"«{header.scheme}» kan ikke være navnet på et regelverk"
        state.fault("R213", message, header.span, "bruk bare bokstavene a–z")


def _colliding_names(state: State) -> None:
    """R217: names that become the same in Python, in files or in addresses."""
    for owner in state.records.values():
        names = {g.id for g in state.groupings.values() if g.record == owner.id}
        names |= {t.id for t in state.terms.values() if t.record == owner.id and t.in_result}
        fields = [(f.name, state.places.get(("felt", f"{owner.id}.{f.name}"))) for f in owner.fields]
        rest = [(name, _place_of(state, name)) for name in sorted(names - {f.name for f in owner.fields})]
        _collisions(state, [*fields, *rest], identifier, "i Python og i filer")
    for term in state.terms.values():
        owner_of = state.records.get(term.record)
        if term.in_result and owner_of is not None and owner_of.outer and identifier(term.id) in _OF_LINES:
            at = _place_of(state, term.id) or state.header.span
            state.fault("R217", f"«{term.id}» er navnet på noe i svaret på hver linje", at, "gi det et annet navn")
    stores: dict[str, Iterable[str]] = {
        "kodesett": state.sets,
        "sats": state.rates,
        "begrep": state.terms,
        "krav": state.requirements,
        "gruppe": state.groups,
    }
    for kind, store in stores.items():
        _collisions(state, [(id_, state.places.get((kind, id_))) for id_ in store], slug, "i adresser")


def _place_of(state: State, name: str) -> Span | None:
    """Where a term or a grouping of this year is declared."""
    return state.places.get(("begrep", name)) or state.places.get(("gruppering", name))


def _collisions(state: State, names: Iterable[tuple[str, Span | None]], made: Callable[[str], str], where: str) -> None:
    """Report each name that becomes the same as one before it."""
    seen: dict[str, tuple[str, Span | None]] = {}
    for name, span in names:
        other, other_span = seen.setdefault(made(name), (name, span))
        if other != name:
            message = f"«{other}» og «{name}» blir begge «{made(name)}» {where}"
            at = span or other_span or state.header.span
            state.fault("R217", message, at, "gi det ene et annet navn", other_span if at is not other_span else None)


__all__ = ["has_errors", "header_of", "resolve", "term_kind"]
