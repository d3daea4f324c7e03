"""Definitions of the model as the blocks an author would write: one function for each kind."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

from compiler import model, rule_rows
from compiler.rule_text import Writer, code_or_text, code_terms, number, quoted, rounded
from compiler.words import lenient_fields, not_before
from dsl.keywords import reserved_words

Lines = Iterator[str]

_STEADY = frozenset({"ja/nei", "heltall", "desimaltall", "valg", "gruppe"})
"""Kinds of field whose values in a row can stand as facts in common."""


def block(rulebook: model.Rulebook, definition: model.Definition) -> list[str]:
    """The lines of the block that a definition is written as; none where it has no block of its own."""
    writer = _BLOCKS.get(type(definition))
    return list(writer(rulebook, definition)) if writer is not None else []


def header(rulebook: model.Rulebook) -> Lines:
    """The block `regelverk` for a year that stands alone."""
    yield f"regelverk {rulebook.scheme} {rulebook.year} {quoted(rulebook.title)}"
    if rulebook.uses is not None:
        yield f"    bruker {rulebook.uses.scheme} {rulebook.uses.year}"
    until = f" til og med {rulebook.valid_to.isoformat()}" if rulebook.valid_to else ""
    yield f"    gjelder fra {rulebook.valid_from.isoformat()}{until}"
    if rulebook.published:
        yield f"    publisert {rulebook.published.isoformat()}"
    yield from (f"    rettet {c.date.isoformat()} {quoted(c.text)}" for c in rulebook.corrected)
    yield f"    status {rulebook.status}"
    if rulebook.extract:
        yield f"    utdrag {quoted(rulebook.extract)}"


def source(found: model.Source) -> Lines:
    """The block `kilde`."""
    yield f"kilde {found.id} {quoted(found.title)}{f' <{found.address}>' if found.address else ''}"


# ---- what comes in


def _record(rulebook: model.Rulebook, found: model.Record) -> Lines:
    if found.gathering is not None:
        yield from _collection(rulebook, found, found.gathering)
        return
    yield f"opplysninger {found.id}{_title(found.title)}"
    yield from map(_field, found.fields)


def _collection(rulebook: model.Rulebook, found: model.Record, gathering: model.Gathering) -> Lines:
    writer = Writer(rulebook).about(gathering.of)
    yield f"samling {found.id}{_title(found.title)}"
    yield from (_field(field) for field in found.fields if field.name == gathering.elements)
    if gathering.keys:
        yield f"    per {' og '.join(_gather_key(writer, key) for key in gathering.keys)}"
    if gathering.where is not None:
        yield from _indented(writer.condition("der ", gathering.where))
    if gathering.gap is not None:
        gap = gathering.gap
        yield f"    avbrudd under {gap.shown} fra {writer.inline(gap.end)} til neste {writer.inline(gap.start)}"
    if gathering.rest is not None:
        yield f"    resten {gathering.rest}"
    yield from _tail(found.citations, found.derived)


def _gather_key(writer: Writer, key: model.GatherKey) -> str:
    return writer.inline(key.value) if key.period is None else f"{key.period} av {writer.inline(key.value)}"


def _field(field: model.RecordField) -> str:
    """A field or a column."""
    marks = [
        *(["kan mangle"] if field.may_lack else []),
        *(["årlig"] if field.yearly else []),
        *([f"hver en {field.element}"] if field.element else []),
        *([f"ordnet etter {field.ordered_by}"] if field.ordered_by else []),
    ]
    return f"    {' '.join([field.name, _type(field), *marks])}{_title(field.text)}"


def _type(field: model.RecordField) -> str:
    """The type of a field, with its unit, its choices or where its values are from."""
    detail = {
        "valg": ", ".join(field.choices),
        "liste": f"av {field.of}",
        "heltall": field.unit.shown if field.unit else "",
        "desimaltall": field.unit.shown if field.unit else "",
    }.get(field.kind, f"fra {', '.join(field.origins)}" if field.origins else "")
    return f"{field.kind} {detail}".strip()


def _table(rulebook: model.Rulebook, found: model.Table) -> Lines:
    yield f"tabell {found.id} av {', '.join(found.keys)}{_title(found.title)}"
    yield from map(_field, found.fields)
    if found.key in ("gruppe", "takst"):
        yield from _tail(found.citations, found.derived)
        return
    if found.rows:
        yield from _rows([field.name for field in found.fields], [table_cells(found, row) for row in found.rows])
    yield from _tail(_united(found.citations, *(row.citations for row in found.rows)), found.derived)


def table_cells(table: model.Table, row: model.Row) -> dict[str, str]:
    """The cells of a row, each in the unit of its column."""
    return {field.name: _cell(field, row.values.get(field.name)) for field in table.fields}


def _cell(field: model.RecordField, value: object) -> str:
    """A value as it stands in a row of a table."""
    match value:
        case bool():
            return "ja" if value else "nei"
        case Decimal():
            return number(value, field.unit)
        case model.CodeSet(codes=codes):
            return " ".join(codes)
        case None:
            return ""
        case _:
            return str(value)


def _rows(columns: Sequence[str], rows: Iterable[dict[str, str]], indent: str = "    ") -> Lines:
    """A table with the names of its columns first."""
    for cells in chain([{name: name for name in columns}], rows):
        yield f"{indent}| {' | '.join(cells.get(name, '') or ' ' for name in columns)} |"


def _code_set(rulebook: model.Rulebook, found: model.NamedSet) -> Lines:
    yield f"kodesett {found.id}{_title(found.title)}"
    plain: list[str] = []
    for term in code_terms(found.codes, runs=not found.texts):
        text = found.texts.get(term)
        if text is None:
            plain.append(term)
            continue
        yield from _plain_codes(plain)
        plain = []
        yield f"    {term} {quoted(text)}"
    yield from _plain_codes(plain)
    if found.expected is not None:
        yield f"    ventet antall {found.expected}"
    if found.disjoint:
        yield f"    ingen felles med {', '.join(found.disjoint)}"
    yield from _tail(found.citations, found.derived)


def _plain_codes(terms: Sequence[str]) -> Lines:
    """Codes without texts, ten on a line."""
    lines = [", ".join(terms[i : i + 10]) for i in range(0, len(terms), 10)]
    yield from (f"    {line}{',' if line is not lines[-1] else ''}" for line in lines)


def _rate(rulebook: model.Rulebook, found: model.Rate) -> Lines:
    head = f"{'årlig ' if found.yearly else ''}sats {found.id}"
    if found.fetched is not None:
        yield f"{head}{_title(found.title)}{taken_from(found, found.fetched)}"
        return
    first = found.value is not None or not found.periods or found.reason != not_before(found.id, found.periods[0].start)
    if first:
        shown = found.shown if found.value is not None else f"ukjent{_title(found.reason)}"
        yield f"{head}{_title(found.title)} = {shown}"
        yield from _tail(found.citations, found.derived)
    for i, period in enumerate(found.periods):
        title = "" if first or i else _title(found.title)
        yield f"{head}{title} = {period.shown if period.value is not None else f'ukjent{_title(period.reason)}'}"
        yield f"    fra og med {period.start.isoformat()}"
        yield from _tail(period.citations, period.derived)


def taken_from(rate: model.Rate, place: model.Fetched) -> str:
    """Where a rate is taken from, after its name: « fra ISF 2021», « = vekt av DRG 442 fra ISF 2021»."""
    what = f"{place.column} av {place.key}" if place.rate is None else place.rate
    return f"{'' if what == rate.id else f' = {what}'} fra {place.rulebook}"


# ---- what is computed


def _term(rulebook: model.Rulebook, found: model.Term) -> Lines:
    element = f" hver en {found.element}" if found.element else ""
    word = "beregning" if found.in_result else "begrep"
    about = f" for hver {found.parameter}" if found.parameter else _for_each(rulebook, found.record)
    yield f"{word} {found.id}{about}{element}{_title(found.title)}"
    writer = Writer(rulebook).about(found.record, found.parameter)
    if found.condition is not None:
        yield from _indented(writer.condition("", found.condition))
    for i, line in enumerate(found.lines):
        yield from _value_line(writer, line, "ellers" if i else "=")
    if found.rounding is not None:
        yield f"    {rounded(found.rounding)}"
    yield from _lenient(found)
    yield from _tail(found.citations, found.derived)


def _value_line(writer: Writer, line: model.ValueLine, word: str) -> Lines:
    """A value, and when it is the one."""
    value = f"{word} {writer.value(line.value)}"
    yield from _indented([value] if line.when is None else writer.condition(f"{value} når ", line.when))


def _exception(rulebook: model.Rulebook, found: model.TermException) -> Lines:
    writer = Writer(rulebook).about(found.record)
    yield f"unntak fra {found.target}{_title(found.title)}"
    yield from _indented(writer.condition("når ", found.when))
    yield f"    = {writer.value(found.value)}"
    yield from _lenient(found)
    yield from _tail(found.citations, found.derived)


def _requirement(rulebook: model.Rulebook, found: model.Requirement) -> Lines:
    writer = Writer(rulebook).of_rows(found.table) if found.table else Writer(rulebook).about(found.record)
    day, when = _begins(rulebook, found.when)
    about = f" for hver {rulebook.table(found.table).key}" if found.table else _for_each(rulebook, found.record)
    yield f"krav {found.id}{about}{_title(found.title)}"
    if when is not None:
        yield from _indented(writer.condition("når ", when))
    yield from _indented(writer.condition("krever at ", found.requires))
    if found.outcome != "feil":
        yield f"    ellers {found.outcome} {quoted(found.text)}"
    yield from _lenient(found)
    yield from _tail(found.citations, found.derived, day)


def _clarification(rulebook: model.Rulebook, found: model.Clarification) -> Lines:
    about = f"gjelder {found.about_type} {found.about}"
    yield f"presisering {found.day.isoformat()} {quoted(found.text)} {about}"
    yield from _tail(found.citations, found.derived)


# ---- groups and tariffs


def _grouping(rulebook: model.Rulebook, found: model.Grouping) -> Lines:
    element = f" hver en {found.element}" if found.element else ""
    yield f"gruppering {found.id} for hver {found.record}{element}{_title(found.title)}"
    yield f"    velger {'eneste' if found.alone else found.chooses}"
    if found.order_by is not None:
        yield f"    ordnet etter {found.order_by}"
    yield from map(_order, found.orders)
    if found.results:
        yield f"    gir {', '.join(found.results)}"
    writer = Writer(rulebook).about(found.record)
    yield from (f"    kolonne {column.name} = {writer.inline(column.subject)}" for column in found.columns)
    if found.otherwise is not None:
        yield f"    ellers {found.otherwise}"
    yield from _lenient(*(column.subject for column in found.columns))
    yield from _tail(found.citations, found.derived)


def _order(order: model.PromisedOrder) -> str:
    """An order that groups should stand in; a value that is not a name or a code is in quotes."""
    said = f"{order.first} {order.column} først"
    if order.first is None:
        kinds = (", ".join(map(_kind, values)) for values in order.kinds)
        said = f"etter {order.column} {' før '.join(kinds)}"
    return f"    rekkefølge {said}{f' innen {order.within}' if order.within is not None else ''}"


def _kind(value: str) -> str:
    is_name = value.isidentifier() and (value in ("ja", "nei") or value not in reserved_words())
    return value if is_name else code_or_text(value)


def _rule_table(rulebook: model.Rulebook, found: model.RuleTable) -> Lines:
    yield f"regeltabell {found.id}{_title(found.title)}"
    rules = rulebook.rules_of(found.id)
    cells = [rule_rows.named_cells(rulebook, rule) for rule in rules]
    yield from _rows(rule_rows.columns(rulebook, found.id, rules), cells)
    yield from _tail(_united(found.citations, *(rule.citations for rule in rules)), found.derived)


def _group(rulebook: model.Rulebook, found: model.Group) -> Lines:
    table = next((table for table in rulebook.tables if table.key == "gruppe"), None)
    row = table.row(found.id) if table else None
    grouping = rulebook.grouping_with(found)
    record = grouping.record if grouping is not None else ""
    day, when = _begins(rulebook, found.when)
    yield f"gruppe {found.id}{_title(found.title)}"
    yield from _columns(table, row)
    if found.uses is not None:
        yield from _indented(_used(Writer(rulebook).about(record), found.uses))
    if when is not None:
        yield from _indented(Writer(rulebook).about(record).condition("når ", when))
    yield from _lenient(found)
    cited = _united(found.citations, row.citations if row else ())
    yield from _tail(cited, row.derived if row else found.derived, day)


def _used(writer: Writer, uses: model.ListExpr) -> Lines:
    """What a group of a collection takes."""
    if isinstance(uses, model.Where):
        yield from writer.inside(uses.items).condition(f"bruker {writer.items(uses.items)} der ", uses.condition)
    else:
        yield f"bruker {writer.items(uses)}"


def _tariff(rulebook: model.Rulebook, found: model.Row) -> Lines:
    table = next(table for table in rulebook.tables if table.key == "takst")
    yield f"takst {found.key}{_title(found.title)}"
    yield from _columns(table, found)
    yield from _tail(found.citations, found.derived)


def _columns(table: model.Table | None, row: model.Row | None) -> Lines:
    """The columns of a group or a tariff that have a value."""
    for field in table.fields if table and row else ():
        value = row.values.get(field.name) if row else None
        if value is not None:
            yield f"    {field.name} {in_block(field, value)}"


def in_block(field: model.RecordField, value: object) -> str:
    """A value as it stands in a block."""
    match value:
        case Decimal():
            return f"{number(value, field.unit)} {field.unit.shown}" if field.unit else number(value, None)
        case model.CodeSet():
            return ", ".join(code_terms(value))
        case str() if field.kind == "tekst":
            return quoted(value)
        case str() if field.kind == "kode":
            return code_or_text(value)
        case _:
            return _cell(field, value)


# ---- examples


def _example(rulebook: model.Rulebook, found: model.Example) -> Lines:
    yield f"eksempel {quoted(found.title or found.id)}"
    record = rulebook.record(found.record)
    yield from (f"    viser {shown.list} etter {', '.join(shown.by)}" for shown in found.shows)
    yield "    gitt"
    for name, value in found.given.items():
        yield from _fact(name, value, _is_text(record.field(name)))
    yield "    så"
    if found.status is not None:
        yield f"        {found.status}{_title(found.reason)}"
    texts = {term.id for term in rulebook.terms if term.kind == "tekst"}
    for expected in found.expected:
        if expected.nothing is not None:
            yield f"        {expected.name} {expected.nothing}"
        else:
            yield from _fact(expected.name, expected.rows or expected.value or "", expected.name in texts)


def _is_text(field: model.RecordField | None) -> bool:
    return field is not None and field.kind == "tekst"


def _fact(name: str, value: str | tuple[dict[str, str], ...], is_text: bool) -> Lines:
    """What is given or expected of one name."""
    if isinstance(value, str):
        yield f"        {name} = {quoted(value) if is_text else value}"
        return
    yield f"        {name}"
    yield from _rows(list(dict.fromkeys(key for row in value for key in row)), value, " " * 12)


def examples(rulebook: model.Rulebook, rows: Sequence[model.Example]) -> Lines:
    """A table of examples, one a row."""
    common = _in_common(rulebook, rows)
    names = [name for name in dict.fromkeys(n for row in rows for n in row.given) if name not in common]
    wanted = [name for name in ("status", "grunn") if any(_wanted(row, name) is not None for row in rows)]
    wanted += dict.fromkeys(expected.name for row in rows for expected in row.expected)
    yield f"eksempler {quoted((rows[0].title or '').rsplit(', rad ', 1)[0])}"
    if common:
        yield "    gitt"
        for name in common:
            yield from _fact(name, rows[0].given[name], _is_text(rulebook.record(rows[0].record).field(name)))
    yield f"    så {', '.join(wanted)}"
    yield from _rows([*names, *wanted], [{**_texts(row), **{n: _wanted(row, n) or "" for n in wanted}} for row in rows])


def _in_common(rulebook: model.Rulebook, rows: Sequence[model.Example]) -> list[str]:
    """The names that are given alike in every row, and whose values read the same as facts."""
    record = rulebook.record(rows[0].record)
    alike = [name for name, value in rows[0].given.items() if all(row.given.get(name) == value for row in rows)]
    kinds = {name: field.kind if (field := record.field(name)) else "gruppe" for name in alike}
    return [n for n in alike if kinds[n] in _STEADY or not isinstance(rows[0].given[n], str)]


def _texts(row: model.Example) -> dict[str, str]:
    """What a row gives, as cells."""
    return {name: value for name, value in row.given.items() if isinstance(value, str)}


def _wanted(row: model.Example, name: str) -> str | None:
    """What a row of examples expects of one name."""
    if name in ("status", "grunn"):
        return row.status if name == "status" else row.reason_id
    found = next((expected for expected in row.expected if expected.name == name), None)
    return (found.nothing or found.value) if found else None


# ---- the lines that blocks share


def _title(text: str | None) -> str:
    """A title after a name."""
    return f" {quoted(text)}" if text else ""


def _indented(lines: Iterable[str]) -> Lines:
    """The lines one level further in."""
    yield from (f"    {line}" for line in lines)


def _tail(citations: Iterable[model.Citation], derived: str | None, day: date | None = None) -> Lines:
    """The lines at the end of a block."""
    if day is not None:
        yield f"    fra og med {day.isoformat()}"
    if derived:
        yield f"    utledet {quoted(derived)}"
    yield from (f"    kilde {cited.source}{_title(cited.place)}" for cited in citations)


def _united(*cited: tuple[model.Citation, ...]) -> list[model.Citation]:
    """The sources of a block and of what is written in it, each once."""
    return list(dict.fromkeys(chain(*cited)))


def _lenient(*read: model.Node) -> Lines:
    """«mangler teller som nei», where the conditions were read so."""
    if any(lenient_fields(node) for node in read):
        yield "    mangler teller som nei"


def _for_each(rulebook: model.Rulebook, record_id: str) -> str:
    """«for hver linje», where a rule is about other records than the first that comes in."""
    record = rulebook.record(record_id)
    first = next((top for top in rulebook.top_records()), None)
    return "" if record == first else f" for hver {record.variable if record.outer else record.id}"


def _begins(rulebook: model.Rulebook, when: model.Expr | None) -> tuple[date | None, model.Expr | None]:
    """The day within the year from which a rule holds, and the rest of its condition."""
    rest: model.Expr | None = None
    first = when
    if isinstance(when, model.All) and len(when.parts) == 2:
        first, rest = when.parts
    match first:
        case model.Compare(operator=">=", left=model.Get(required=True), right=model.DateConstant(value=day)):
            if rulebook.valid_from < day and (rulebook.valid_to is None or day <= rulebook.valid_to):
                return day, rest
        case _:
            pass
    return None, when


_BLOCKS: dict[type[model.Definition], Callable[[model.Rulebook, Any], Lines]] = {
    model.Record: _record,
    model.Table: _table,
    model.NamedSet: _code_set,
    model.Rate: _rate,
    model.Term: _term,
    model.TermException: _exception,
    model.Requirement: _requirement,
    model.Clarification: _clarification,
    model.Grouping: _grouping,
    model.RuleTable: _rule_table,
    model.Group: _group,
    model.Row: _tariff,
    model.Example: _example,
}
