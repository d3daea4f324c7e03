"""Terms, calculations and requirements."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace

from compiler import model
from compiler.expressions import Expressions, Frame
from compiler.kinds import UNKNOWN, Kind, field_kind, shown_unit
from compiler.names import identifier
from compiler.replacements import dated, exception_id, joined, within_year
from compiler.runtime.forklaring import TEXT_VALUE
from compiler.state import State, term_kind
from dsl import tree
from dsl.diagnostics import Diagnostic, Span, nearest
from dsl.parser import read_expression


def declare_term(state: State, block: tree.TermDecl) -> None:
    """Take note of a term; it is resolved when all names are known."""
    kind = "beregning" if block.in_result else "begrep"
    if state.declare("begrep", block.name, block.span, state.terms):
        state.pending[block.name] = block
    elif block.name in state.terms:
        state.places.setdefault((kind, block.name), block.span)


def terms_in_order(pending: dict[str, tree.TermDecl]) -> list[tree.TermDecl]:
    """The terms, those that others need first; a ring is left for whoever resolves it."""
    needs = {name: [n for n in names_in(block) if n in pending] for name, block in pending.items()}
    found: dict[str, tree.TermDecl] = {}
    begun: set[str] = set()
    for name in pending:
        waiting = [name]
        while waiting:
            last = waiting[-1]
            begun.add(last)
            following = next((n for n in needs[last] if n not in begun), None)
            if following is None:
                found.setdefault(waiting.pop(), pending[last])
            else:
                waiting.append(following)
    return list(found.values())


def names_in(node: object) -> Iterator[str]:
    """Every name that a node of the syntax tree mentions."""
    if isinstance(node, tree.Name):
        yield node.name
    elif isinstance(node, tree.Call):
        yield node.function
        yield from names_in(node.argument)
    elif isinstance(node, tuple) and not isinstance(node, Span):
        for part in node:
            yield from names_in(part)
    elif is_dataclass(node):
        for field in fields(node):
            yield from names_in(getattr(node, field.name))


def resolve_term(state: State, block: tree.TermDecl) -> None:
    """Resolve a term, and those it needs first."""
    state.resolving.append(block.name)
    record, code = state.about(block)
    common = state.common(block.name, block.title, block.span, block.tail)
    common |= {"identifier": identifier(block.name), "record": record.id, "element": block.element, "parameter": code}
    if block.tail.from_day is not None:
        kind_of = "en beregning" if block.in_result else "et begrep"
        hint = "skriv «når dato er minst …» på en linje, eller sett datoen på satsen, kravet eller gruppen"
        state.fault("R216", f"{kind_of} kan ikke skifte innen året", block.tail.from_day.span, hint)
    scope = state.scope(record, block.tail.lenient, code)
    if block.condition is not None:
        term = model.Term(**common, condition=scope.condition(block.condition), in_result=False, kind="ja/nei")
    else:
        lines, kind = _lines(state, scope, block)
        if kind is UNKNOWN:
            state.unclear.add(block.name)
        unit = kind.shown or shown_unit(kind.dimension) if kind.name == "tall" else None
        rounding = scope.rounding(block.tail.rounding, kind) if block.tail.rounding else None
        common |= {"in_result": block.in_result, "kind": _field_kind(kind), "unit": unit, "of": kind.record}
        common |= {"choices": _texts(lines) if kind.name == "tekst" else ()}
        term = model.Term(**common, lines=lines, rounding=rounding)
    state.resolving.pop()
    if state.pending.pop(block.name, None) is not None:
        state.terms[block.name] = term


def _lines(state: State, scope: Expressions, block: tree.TermDecl) -> tuple[tuple[model.ValueLine, ...], Kind]:
    """The value lines of a term, and the kind that they all have."""
    lines: list[model.ValueLine] = []
    found: Kind = UNKNOWN
    for line in block.lines:
        value, kind = scope.value(line.value)
        when = scope.condition(line.condition) if line.condition is not None else None
        lines.append(model.ValueLine(value=value, when=when))
        if kind.name == "ukjent":
            continue
        if kind.name in ("liste", "post") and (block.in_result or isinstance(line.value, tree.Name)):
            hint = "skriv «antall …» eller «sum av … for hver …»"
            state.fault("R305", f"verdien kan ikke være {kind.words}", line.value.span, hint)
        elif found is UNKNOWN:
            found = kind
        elif (kind.name, kind.dimension) != (found.name, found.dimension):
            message = f"linjene i «{block.name}» gir ulike slag: {found.words} og {kind.words}"
            code = "R301" if kind.name == found.name == "tall" else "R302"
            state.fault(code, message, line.value.span, "alle linjene skal gi samme slag verdi")
    _unused_lines(state, block)
    return tuple(lines), found


def _unused_lines(state: State, block: tree.TermDecl) -> None:
    """R401: a line that always gives the value, with lines under it."""
    for line, after in zip(block.lines, block.lines[1:], strict=False):
        if line.condition is None and not _may_be_nothing(line.value):
            hint = "skriv «når …» på linjen over, eller ta bort denne"
            state.fault("R401", "linjen blir aldri brukt, for linjen over gjelder alltid", after.span, hint)
            return


def _may_be_nothing(value: tree.Expr) -> bool:
    """Whether a value line without condition can lack a value, so that the next line is used."""
    match value:
        case tree.Arithmetic(left=left, right=right):
            return _may_be_nothing(left) or _may_be_nothing(right)
        case tree.Rounded(value=inner):
            return _may_be_nothing(inner)
        case _:
            return isinstance(value, tree.Call | tree.Aggregate | tree.Name | tree.OfMany)


def _texts(lines: tuple[model.ValueLine, ...]) -> tuple[str, ...]:
    """The texts that a term can be, where all its lines are written texts."""
    texts = [line.value.value for line in lines if isinstance(line.value, model.StringValue)]
    return tuple(dict.fromkeys(texts)) if len(texts) == len(lines) else ()


def _field_kind(kind: Kind) -> model.TermKind:
    """The kind of field that holds a value of a kind."""
    found: dict[str, model.TermKind] = {
        "ja/nei": "ja/nei",
        "dato": "dato",
        "tidspunkt": "tidspunkt",
        "tekst": "tekst",
        "kode": "kode",
        "valg": "tekst",
        "gruppe": "gruppe",
        "mengde": "koder",
        "liste": "liste",
        "post": "post",
    }
    return found.get(kind.name, "desimaltall")


def exception(state: State, block: tree.ExceptionDecl) -> None:
    """Take in an exception from a calculation or a term with value lines."""
    id_ = exception_id(block)
    if not state.declare("unntak", id_, block.span, state.exceptions, block.title):
        return
    target = state.terms.get(block.target)
    if target is None:
        hint = nearest(block.target, state.terms)
        if block.target in state.rates:
            hint = f"«{block.target}» er en sats, og bare begreper og beregninger har unntak"
        state.fault("R201", f"ukjent begrep eller beregning «{block.target}»", block.span, hint)
        return
    if target.condition is not None:
        hint = "skriv unntaket som et vilkår i begrepet"
        state.fault("R216", f"«{block.target}» er et vilkår og kan ikke ha unntak", block.span, hint)
        return
    record = state.records.get(target.record)
    if record is None:
        return
    scope = state.scope(record, block.tail.lenient)
    value, kind = scope.value(block.value)
    of_target = term_kind(target)
    if "ukjent" not in (kind.name, of_target.name) and (kind.name, kind.dimension) != (
        of_target.name,
        of_target.dimension,
    ):
        message = f"unntaket gir {kind.words}, men «{block.target}» er {of_target.words}"
        state.fault("R301", message, block.value.span, "gi verdien i samme enhet")
    common = state.common(id_, block.title, block.span, block.tail)
    when = scope.condition(block.when)
    made = model.TermException(**common, target=block.target, record=record.id, when=when, value=value)
    state.exceptions[id_] = made


def requirement(state: State, block: tree.RequirementDecl) -> None:
    """Take in a requirement."""
    if not state.declare("krav", block.name, block.span, state.requirements):
        return
    table = state.table_by_key(block.record, set(names_in(block)))
    if table is not None:
        _row_requirement(state, block, table)
        return
    record = state.record_for(block.record, block.span)
    scope = state.scope(record, block.tail.lenient)
    common = state.common(block.name, block.title, block.span, block.tail)
    when = scope.condition(block.when) if block.when is not None else None
    if block.tail.from_day is not None and within_year(state, block.tail.from_day):
        when = joined(dated(state, record, block.tail.from_day, ends=False), when)
        common |= {"starts": block.tail.from_day.day}
    text = block.text or block.title or f"kravet «{block.name}» er ikke oppfylt"
    requires = scope.condition(block.requires)
    values = _text_values(scope, text, block.span)
    state.requirements[block.name] = model.Requirement(
        **common, record=record.id, when=when, requires=requires, outcome=block.outcome, text=text, values=values
    )


def _row_requirement(state: State, block: tree.RequirementDecl, table: model.Table) -> None:
    """Take in a requirement about the rows of a table."""
    if block.text is not None and block.outcome != "varsel":
        hint = "skriv «ellers varsel «…»», eller ta bort linjen: da er en rad som bryter kravet en feil"
        message = f"«ellers {block.outcome}» gjelder ikke radene i en tabell"
        state.fault("R216", message, block.span, hint)
        return
    if block.tail.from_day is not None:
        message = "et krav til radene i en tabell kan ikke skifte innen året"
        state.fault("R216", message, block.tail.from_day.span, "ta bort «fra og med …»")
        return
    keys = [(name, table.field(name)) for name in table.keys]
    frames = [
        Frame(name, None, codes=Kind("gruppe") if field is None else replace(field_kind(field), shown=None))
        for name, field in keys
    ]
    scope = Expressions(state, state.faults.append, frames, block.tail.lenient)
    text = block.text or block.title or f"kravet «{block.name}» er ikke oppfylt"
    state.requirements[block.name] = model.Requirement(
        **state.common(block.name, block.title, block.span, block.tail),
        record="",
        table=table.id,
        when=scope.condition(block.when) if block.when is not None else None,
        requires=scope.condition(block.requires),
        outcome="feil" if block.text is None else "varsel",
        text=text,
        values=_text_values(scope, text, block.span),
    )


def _text_values(scope: Expressions, text: str, span: Span) -> tuple[model.TextValue, ...]:
    """The values in a text, each written «{…}»."""
    found = []
    for place in TEXT_VALUE.findall(text):
        written = read_expression(place[1:-1], span)
        if written is None:
            hint = "skriv et navn eller «kolonne av …» mellom { og }"
            scope.fault("R102", f"«{place}» i teksten kan ikke leses", span, hint)
            continue
        faults: list[Diagnostic] = []
        value, kind = replace(scope, report=faults.append).value(written)
        for fault in faults:
            scope.report(replace(fault, message=f"«{place}» i teksten: {fault.message}", span=span))
        if kind.name in ("liste", "post"):
            scope.fault("R305", f"«{place}» i teksten er {kind.words}", span, "skriv én verdi")
        unit = kind.shown or shown_unit(kind.dimension) if kind.name == "tall" else None
        found.append(model.TextValue(value=value, unit=unit))
    return tuple(found)
