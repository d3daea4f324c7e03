"""Codes that the rulebook's own code systems do not have."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import fields, is_dataclass
from functools import partial

from compiler import model
from compiler.names import normal_code
from compiler.walk import nodes
from dsl import tree
from dsl.diagnostics import Diagnostic, Span, alike, error

Pattern = Callable[[Collection[str]], bool]
"""Whether any of the valid codes fits."""


def unknown_codes(rulebook: model.Rulebook, documents: Iterable[tree.Document]) -> Iterator[Diagnostic]:
    """R310: a code of a field whose code system is known, and does not have it."""
    systems = {system.id: system for system in rulebook.code_systems if system.codes}
    told: set[tuple[str, str, str]] = set()
    known: dict[tuple[str, ...], dict[str, str]] = {}
    for definition, field, codes in _uses(rulebook) if systems else ():
        found = [systems[origin] for origin in field.origins if origin in systems]
        if not found or len(found) < len(field.origins):
            continue
        if field.origins not in known:
            known[field.origins] = {code: text for system in found for code, text in system.codes.items()}
        valid = known[field.origins]
        for owner, shown, fits in _patterns(rulebook, definition, codes):
            key = (type(owner).__name__, owner.id, shown)
            newest = max(each.last_changed for each in (definition, owner, *found))
            if newest < rulebook.year or key in told or fits(valid):
                continue
            told.add(key)
            name = " eller ".join(system.id for system in found)
            says = f"koden «{shown}» finnes ikke" if shown.isalnum() else f"«{shown}» treffer ingen koder"
            span = place_of(owner, shown, documents)
            if span is not None:
                yield error("R310", f"{says} i {name}", span, _hint(shown, valid))
                continue
            place = owner.place.span
            if isinstance(owner, model.Rule) and owner.last_changed == rulebook.year:  # It stands in a file.
                yield error("R310", f"{says} i {name}", place, _hint(shown, valid))
            else:
                yield error("R310", f"{says} i {name} i {rulebook.year}", place, _of_inherited(owner, shown))


def _of_inherited(owner: model.Definition, shown: str) -> str:
    """What to do with a code that an inherited definition has."""
    match owner:
        case model.NamedSet(id=id_):
            return f"skriv «endrer kodesett {id_}» og «fjerner {shown}»"
        case model.Rule(id=id_):
            return f"endre raden {id_} med «endrer gruppering»"
        case _:
            return "erstatt eller endre den arvede regelen"


def _hint(shown: str, valid: Iterable[str]) -> str:
    """What to do with a code that the code system does not have."""
    near = alike(shown, valid) if shown.isalnum() else []
    return f"mente du «{near[0]}»?" if near else "rett koden, eller ta den inn i kodeverket"


def _uses(rulebook: model.Rulebook) -> Iterator[tuple[model.Definition, model.RecordField, model.CodeSet]]:
    """Each set of codes that is held against a field of codes: the definition it stands in, the field and the codes."""
    records = {record.variable: record for record in rulebook.records}
    elements = {f.element or f"{f.name}_element": f for r in rulebook.records for f in r.fields if f.kind == "koder"}
    columns = {(table.id, field.name): field for table in rulebook.tables for field in table.fields}
    rules = (*rulebook.terms, *rulebook.requirements, *rulebook.exceptions, *rulebook.groups)
    conditions = (*rules, *(record for record in rulebook.records if record.gathering is not None))

    def field_of(item: model.Expr) -> model.RecordField | None:
        match item:
            case model.Get(variable=variable, field=name):
                record = records.get(variable.removeprefix("tidligere_").removeprefix("andre_"))
                return record.field(name) if record is not None else None
            case model.Element(variable=variable):
                return elements.get(variable)
            case model.ColumnRef(table=table, column=name):
                return columns.get((table, name))
            case model.FieldOf(record=model.TermRef(id=id_), field=name):
                return rulebook.record(rulebook.term(id_).of or "").field(name)
            case _:
                return None

    cells = [(rule, rulebook.condition_of(rule)) for rule in rulebook.rules]
    for definition, condition in (*((one, one) for one in conditions), *cells):
        for node in nodes(condition):
            match node:
                case model.Compare(left=left, right=model.StringValue(value=code)) if field := field_of(left):
                    yield definition, field, model.CodeSet(codes=(code,))
                case model.InSet(item=model.StringValue(value=code), codes=codes) if field := field_of(codes):
                    yield definition, field, model.CodeSet(codes=(code,))
                case model.InSet(item=item, codes=model.CodeSet() as codes) if field := field_of(item):
                    yield definition, field, codes
                case model.InSet(item=item, codes=model.SetRef(id=id_)) if field := field_of(item):
                    yield definition, field, model.CodeSet(sets=(id_,))
                case _:
                    pass
    for table in rulebook.tables:
        for field in table.fields:
            for row in table.rows if field.origins else ():
                value = row.values.get(field.name)
                if isinstance(value, model.CodeSet):
                    yield row, field, value
                elif isinstance(value, str):
                    yield row, field, model.CodeSet(codes=(value,))


def _patterns(
    rulebook: model.Rulebook, owner: model.Definition, codes: model.CodeSet, seen: frozenset[str] = frozenset()
) -> Iterator[tuple[model.Definition, str, Pattern]]:
    """The definition that each code, interval and prefix of a set stands in, how it is shown, and what it fits."""
    for code in codes.codes:
        yield owner, code, partial(_has, code)
    for low, high in codes.intervals:
        yield owner, f"{low}–{high}", _between(low, high)
    for prefix in codes.prefixes:
        yield owner, f"{prefix}*", _begins(prefix)
    if codes.without is not None:
        yield from _patterns(rulebook, owner, codes.without, seen)
    for named in rulebook.sets:
        if named.id in codes.sets and named.id not in seen:
            yield from _patterns(rulebook, named, named.codes, seen | {named.id})


def _has(code: str, valid: Collection[str]) -> bool:
    return code in valid


def _between(low: str, high: str) -> Pattern:
    return lambda valid: any(low <= code and code[: len(high)] <= high for code in valid)


def _begins(prefix: str) -> Pattern:
    return lambda valid: any(code.startswith(prefix) for code in valid)


# ---- where a code stands


def place_of(owner: model.Definition, shown: str, documents: Iterable[tree.Document]) -> Span | None:
    """Where the code is written in the year's own text; None where it is inherited."""
    place = owner.place
    if isinstance(owner, model.Rule):
        return _in_row(owner, shown, documents)
    for document in documents:
        for block in document.blocks:
            inner = block.block if isinstance(block, tree.ReplaceDecl) else block
            own = (block.span.path, block.span.line) == (place.path, place.line)
            if own or (isinstance(inner, tree.AmendDecl) and str(inner.ref) == owner.id):
                for span in _written(inner, shown):
                    return span
            if own:
                return block.span
    return None


def _in_row(owner: model.Rule, shown: str, documents: Iterable[tree.Document]) -> Span | None:
    """The cell of a rule table that a code is written in."""
    for document in documents:
        for block in document.blocks:
            for row in block.rows if isinstance(block, tree.RuleTableDecl | tree.AmendGroupingDecl) else ():
                if (row.span.path, row.span.line) == (owner.place.path, owner.place.line):
                    return next((at for cell, at in zip(row.cells, row.places, strict=True) if shown in cell), row.span)
    return None


def _written(node: object, shown: str) -> Iterator[Span]:
    """Where a part of the tree has a code."""
    match node:
        case tree.Codes(text=text, parts=parts, span=span):
            for part in parts:
                if normal_code(part) == shown or _normal(part) == shown:
                    start = span.column + text.index(part)
                    yield span._replace(column=start, end_column=start + len(part))
        case tree.CodeText(code=code, span=span) if normal_code(code) == shown:
            yield span
        case tree.Quantity(text=text, unit=None, span=span) if text == shown:
            yield span
        case Span():
            pass
        case tuple():
            for part in node:
                yield from _written(part, shown)
        case _ if is_dataclass(node):
            for field in fields(node):
                yield from _written(getattr(node, field.name), shown)


def _normal(part: str) -> str:
    """An interval or a prefix as the model has it."""
    low, _, high = part.partition("–")
    return f"{normal_code(low)}–{normal_code(high)}" if high else f"{normal_code(part.rstrip('*'))}*"
