"""The rules as functions of a record: terms, requirements, groups and groupings."""

from collections.abc import Iterator

from compiler import model
from compiler.names import identifier
from compiler.python.expressions import PythonExpressions
from compiler.python.layout import docstring, filled, laid_out, plain, returned, tidy
from compiler.python.symbols import (
    Symbols,
    group_name,
    requirement_name,
    rules_name,
    taken_name,
    used_name,
    values_name,
    when_name,
)
from compiler.walk import nodes

_CERTAIN = model.NumberValue | model.UnknownValue | model.StringValue | model.BoolValue
"""Values that are never missing."""

_FUNCTION = """
    def $name($parameter: Post) -> $type:
    $doc
    $body
"""


_KEPT = "\n    @husket" + _FUNCTION
"""A function whose value is worked out once for each record."""
_OF_CODE = _FUNCTION.replace("$parameter: Post", "$parameter: Post, $code: str")


def _is_kept(rulebook: model.Rulebook, term: model.Term) -> bool:
    """Whether a term costs enough to be worked out once: one about a whole record that goes through its lists."""
    about_top = term.parameter is None and rulebook.record(term.record).outer is None
    listed = model.Aggregate | model.Quantified | model.Union | model.First | model.Rest | model.TermElements
    return about_top and term.condition is None and any(isinstance(node, listed) for node in nodes(term.lines))


def rules(rulebook: model.Rulebook, symbols: Symbols) -> Iterator[str]:
    """A function for each rule, with headings."""
    if rulebook.terms:
        yield "# ---- begreper og beregninger"
        yield from (_term(rulebook, symbols, term) for term in rulebook.terms)
    if rulebook.tried_requirements:
        yield "# ---- krav"
        for requirement in rulebook.tried_requirements:
            yield from _requirement(rulebook, symbols, requirement)
    groups = [(group, group.when) for group in rulebook.groups if group.when is not None]
    if groups:
        yield "# ---- grupper"
        for group, when in groups:
            yield from _group(rulebook, symbols, group, when)
    yield from (_grouping(rulebook, symbols, grouping) for grouping in rulebook.groupings)
    yield from _collections(rulebook, symbols)


def _expressions(rulebook: model.Rulebook, symbols: Symbols, record: str) -> tuple[PythonExpressions, str]:
    """How expressions of rules about a record are written, and the name of the parameter."""
    found = rulebook.record(record)
    return PythonExpressions.for_record(rulebook, symbols, found), identifier(found.variable)


def _term(rulebook: model.Rulebook, symbols: Symbols, term: model.Term) -> str:
    """A term: a condition, or value lines that are tried in turn."""
    expressions, parameter = _expressions(rulebook, symbols, term.record)
    if term.parameter is not None:
        expressions = expressions.inside(term.parameter)
    kind = "beregning" if term.in_result else "begrep"
    unit = f"i {term.unit.shown}" if term.unit else None
    condition = term.condition
    return filled(
        _KEPT if _is_kept(rulebook, term) else _FUNCTION if term.parameter is None else _OF_CODE,
        name=symbols.terms[term.id],
        parameter=parameter,
        code=identifier(term.parameter or ""),
        type="Verdi" if condition is None else "Vilkaar",
        doc=docstring(rulebook, term, kind, unit, indent="    "),
        body=_exceptions(expressions, term) + _value_lines(expressions, term)
        if condition is None
        else returned(expressions.truth(condition)),
    )


def _exceptions(expressions: PythonExpressions, term: model.Term) -> str:
    """The exceptions from a term, which are tried before its lines."""
    exceptions = expressions.rulebook.exceptions_from(term.id)
    if not exceptions:
        return ""
    parts = ", ".join(
        f"({(e.title or e.id)!r}, {expressions.truth(e.when)}, lambda: {expressions.value(e.value)})"
        for e in exceptions
    )
    call = laid_out("unntak = ", f"unntak_fra({term.id!r}, {parts})")
    found = tidy(expressions.rounded("unntak", term.rounding))
    return f"    {call}\n    if unntak is not None:\n        return {found}\n"


def _value_lines(expressions: PythonExpressions, term: model.Term) -> str:
    """The lines of a term, up to the first that always gives a value."""
    conditional = all(line.when is not None for line in term.lines)
    unsure = conditional and any(not isinstance(line.value, _CERTAIN) for line in term.lines)
    lines: list[str] = ["    brukt = False"] if unsure else []
    for line in term.lines:
        lines += _value_line(expressions, term, line, unsure)
        if line.when is None and isinstance(line.value, _CERTAIN):
            break
    else:
        nothing = f"GjelderIkke({term.id!r})" if conditional else f"Tom({term.id!r})"
        lines.append(f"    return Tom({term.id!r}) if brukt else {nothing}" if unsure else f"    return {nothing}")
    return "\n".join(lines)


def _value_line(expressions: PythonExpressions, term: model.Term, line: model.ValueLine, unsure: bool) -> Iterator[str]:
    """One value, returned where its condition holds and it is not missing."""
    indent = 4
    if line.when is not None:
        yield f"    {laid_out('vilkaar = ', expressions.truth(line.when))}"
        yield "    if vilkaar is None:"
        yield f"        return Uavklart({term.id!r})"
        yield "    if vilkaar:"
        indent = 8
    value = expressions.value(line.value)
    if isinstance(line.value, _CERTAIN):
        yield returned(expressions.rounded(value, term.rounding), indent)
        return
    margin = " " * indent
    if unsure:
        yield f"{margin}brukt = True"
    yield f"{margin}{laid_out('verdi = ', value, indent)}"
    yield f"{margin}if not isinstance(verdi, Tom):"
    yield f"{margin}    return {tidy(expressions.rounded('verdi', term.rounding))}"


def _requirement(rulebook: model.Rulebook, symbols: Symbols, requirement: model.Requirement) -> Iterator[str]:
    """When a requirement applies, where it does not always, and what it requires."""
    expressions, parameter = _expressions(rulebook, symbols, requirement.record)
    if requirement.when is not None:
        doc = plain(f"Når kravet «{requirement.title or requirement.id}» gjelder.")
        when = returned(expressions.truth(requirement.when))
        code = _only_code(rulebook, requirement.record, requirement.when)
        decorated = f"@ved_kode({code!r})\n" if code is not None else ""
        yield decorated + _condition(when_name(requirement), parameter, f'    """{doc}"""', when)
    doc = docstring(rulebook, requirement, "krav", indent="    ")
    yield _condition(requirement_name(requirement), parameter, doc, returned(expressions.truth(requirement.requires)))
    if requirement.values:
        values = ", ".join(_shown(expressions, value) for value in requirement.values)
        doc = plain(f"Verdiene i teksten til kravet «{requirement.title or requirement.id}».")
        name, type_ = values_name(requirement), "tuple[Vist, ...]"
        body = returned(f"({values},)")
        yield filled(_FUNCTION, name=name, parameter=parameter, type=type_, doc=f'    """{doc}"""', body=body)


def _only_code(rulebook: model.Rulebook, record: str, condition: model.Expr) -> str | None:
    """The field of codes from a table that a condition about a record rests on alone, if it does."""
    found = rulebook.record(record)
    read: set[str] = set()
    for node in nodes(condition):
        match node:
            case model.Get(variable=variable, field=name) if variable == found.variable:
                read.add(name)
            case model.All() | model.Any() | model.Not() | model.Compare() | model.InSet() | model.Lacks():
                pass
            case model.ColumnRef() | model.CodeSet() | model.SetRef() | model.StringValue() | model.NumberValue():
                pass
            case model.InInterval() | model.BoolValue():
                pass
            case _:
                return None
    field = found.field(read.pop()) if len(read) == 1 else None
    tables = {table.id for table in rulebook.tables}
    if field is None or field.kind != "kode" or not field.origins or not tables.issuperset(field.origins):
        return None
    return field.identifier


def _shown(expressions: PythonExpressions, value: model.TextValue) -> str:
    """A value in a text, as code of Vist."""
    unit = value.unit or model.Unit(shown="")
    factor = f", {unit.numerator}, {unit.denominator}" if (unit.numerator, unit.denominator) != (1, 1) else ""
    shown = f", {unit.shown!r}{factor}" if unit.shown else ""
    return f"Vist('', {expressions.value(value.value)}{shown})"


def _group(rulebook: model.Rulebook, symbols: Symbols, group: model.Group, when: model.Expr) -> Iterator[str]:
    """What a group of a collection uses, and the condition of the group."""
    grouping = rulebook.grouping_with(group)
    assert grouping is not None
    expressions, parameter = _expressions(rulebook, symbols, grouping.record)
    if group.uses is not None:
        doc = plain(f"Det {group.title or group.id} bruker når den blir gitt.")
        body = returned(expressions.items(group.uses))
        yield filled(
            _FUNCTION, name=used_name(group), parameter=parameter, type="Verdi", doc=f'    """{doc}"""', body=body
        )
    doc = docstring(rulebook, group, "gruppe", indent="    ")
    yield _condition(group_name(group), parameter, doc, returned(expressions.truth(when)))


def _collections(rulebook: model.Rulebook, symbols: Symbols) -> Iterator[str]:
    """Which records each collection takes, where it does not take all."""
    for record in rulebook.records:
        gathering = record.gathering
        if gathering is not None and gathering.where is not None:
            expressions, parameter = _expressions(rulebook, symbols, gathering.of)
            doc = docstring(rulebook, record, "samling", indent="    ")
            yield _condition(taken_name(record), parameter, doc, returned(expressions.truth(gathering.where)))


def _condition(name: str, parameter: str, doc: str, body: str) -> str:
    """A function that says whether a condition holds."""
    return filled(_FUNCTION, name=name, parameter=parameter, type="Vilkaar", doc=doc, body=body)


def _grouping(rulebook: model.Rulebook, symbols: Symbols, grouping: model.Grouping) -> str:
    record = rulebook.record(grouping.record)
    parameter = identifier(record.variable)
    return filled(
        _FUNCTION,
        name=symbols.groupings[grouping.id],
        parameter=parameter,
        type="Verdi",
        doc=docstring(rulebook, grouping, "gruppering", indent="    "),
        body=f"    return gruppen({rules_name(record)}, {parameter})",
    )
