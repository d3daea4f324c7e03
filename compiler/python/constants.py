"""What a module of rules begins with: what the answers rest on, rates, code sets and tables."""

from collections.abc import Iterator
from importlib.metadata import version

from compiler import model
from compiler.export import content_hash
from compiler.names import identifier
from compiler.python.data import is_data
from compiler.python.expressions import PythonExpressions
from compiler.python.layout import WIDTH, decimal, docstring, filled, plain, python_time, returned, tidy
from compiler.python.symbols import Symbols, table_name
from compiler.words import not_stated, spoken, year_shown

_RECEIPT = '''
    KVITTERING = Kvittering(
        regelverk=$scheme,
        aar=$year,
        status=$status,
        utdrag=$extract,
        gjelder_fra=$valid_from,
        gjelder_til=$valid_to,
        innhold=$content,
        kompilator=$compiler,$uses
    )
    """Hva svarene bygger på."""
'''
_READ = {"dato": "som_dato", "tidspunkt": "som_tidspunkt"}
"""The kinds of cell that a row keeps as text, and what reads each."""
_RATES = "# ---- satser, i grunnenhet (kroner, poeng, dager, minutter, måneder; prosent som brøk)"
_TABLE = """
    # ---- tabell $id

    $name: Mapping[str, Mapping[str, Any]] = {
    $rows
    }
    $doc
"""
_DATA_TABLE = """
    # ---- tabell $id

    $name: Mapping[str, Mapping[str, Any]] = DATA.tabell($table)
    $doc
"""
_DATA = '''
    DATA = Datafil(Path(__file__).with_suffix(".json"))
    """Store tabeller og regelrader, som leses inn når de trengs."""
'''
_COLUMN = '''
    def $name($parameters) -> Verdi:
        """$doc"""
    $body
'''


def constants(rulebook: model.Rulebook, symbols: Symbols) -> Iterator[str]:
    """The receipt, the rates, the code sets and the tables."""
    expressions = PythonExpressions(rulebook, symbols)
    yield _receipt(rulebook)
    if rulebook.rules or any(map(is_data, rulebook.tables)):
        yield filled(_DATA)
    if rulebook.rates:
        yield f"{_RATES}\n\n" + "\n".join(_rate(rulebook, symbols, rate) for rate in rulebook.rates)
    if rulebook.sets:
        yield "# ---- kodesett\n\n" + "\n\n".join(_code_set(expressions, named) for named in rulebook.sets)
    for table in rulebook.tables:
        yield _table(expressions, table)
        yield from (_column(expressions, table, field) for field in table.fields if field.name not in table.keys)


def _receipt(rulebook: model.Rulebook) -> str:
    return filled(
        _RECEIPT,
        scheme=repr(rulebook.scheme),
        year=str(rulebook.year),
        status=repr(rulebook.status),
        extract=repr(rulebook.extract),
        valid_from=python_time(rulebook.valid_from),
        valid_to=python_time(rulebook.valid_to),
        content=repr(content_hash(rulebook)),
        compiler=repr(version("regelverk")),
        uses="".join(_rests_on(rulebook)),
    )


def _rests_on(rulebook: model.Rulebook) -> Iterator[str]:
    """The other rulebooks in the receipt: the one that finds the group, and those that rates are taken from."""
    if rulebook.uses is not None:
        yield f"\n    bruker={_used(rulebook.uses)!r},"
    if rulebook.takes:
        yield f"\n    henter={tuple(map(_used, rulebook.takes))!r},"


def _used(uses: model.Uses) -> str:
    return f"{uses.scheme} {uses.year} {uses.content}"


def _rate(rulebook: model.Rulebook, symbols: Symbols, rate: model.Rate) -> str:
    value = f"Ukjent({rate.reason!r})" if rate.value is None else decimal(rate.value)
    name = symbols.rates[rate.id]
    shown = f"{rate.shown}, hentet fra {rate.fetched.rulebook}" if rate.fetched is not None else rate.shown
    text = f"{name}: Verdi = {value}\n{docstring(rulebook, rate, 'sats', shown)}"
    if not rate.periods:
        return text
    periods = "".join(f"    ({python_time(p.start)}, {_period_value(p)}),  # {p.shown}\n" for p in rate.periods)
    declared = f"{name}_PERIODER: Collection[tuple[date, Verdi]] = (\n{periods})"
    return f'{text}\n{declared}\n"""Satsen fra senere dager i året."""'


def _period_value(period: model.RatePeriod) -> str:
    return f"Ukjent({period.reason!r})" if period.value is None else decimal(period.value)


def _code_set(expressions: PythonExpressions, named: model.NamedSet) -> str:
    name = expressions.symbols.sets[named.id]
    code = tidy(expressions.code_set(named.codes))
    return f"{name} = {code}\n{docstring(expressions.rulebook, named, 'kodesett')}"


# ---- tables


def _table(expressions: PythonExpressions, table: model.Table) -> str:
    """A table as a dictionary of rows, or the name of one in the data file."""
    if is_data(table):
        return filled(
            _DATA_TABLE,
            id=table.id,
            name=table_name(table),
            table=repr(table.id),
            doc=docstring(expressions.rulebook, table, "tabell", f"{len(table.rows)} rader i datafilen"),
        )
    return filled(
        _TABLE,
        id=table.id,
        name=table_name(table),
        rows="\n".join(_row(expressions, row) for row in table.rows),
        doc=docstring(expressions.rulebook, table, "tabell"),
    )


def _row(expressions: PythonExpressions, row: model.Row) -> str:
    """A row of a table, with what it is and where it stands above it."""
    cells = [f"{column!r}: {_cell(expressions, value)}" for column, value in row.values.items()]
    text = f"    {row.key!r}: {{{', '.join(cells)}}},"
    if len(text) > WIDTH:
        text = f"    {row.key!r}: {{\n" + "".join(f"        {cell},\n" for cell in cells) + "    },"
    return f"    # {plain(row.title or row.key)} · {row.place}\n{text}"


def _cell(expressions: PythonExpressions, value: model.Cell) -> str:
    match value:
        case model.CodeSet():
            return tidy(expressions.code_set(value))
        case str() | bool():
            return tidy(repr(value))
        case _:
            return tidy(decimal(value))


def _column(expressions: PythonExpressions, table: model.Table, field: model.RecordField) -> str:
    """A column as a function of the table's keys."""
    names = [identifier(name) for name in table.keys]
    kinds = [found.kind for name in table.keys if (found := table.field(name)) is not None]
    plain_key = len(names) == 1 and not set(kinds) - {"kode", "gruppe", "tekst", "valg"}
    key = names[0] if plain_key else f"noekkel({', '.join(names)})"
    unit = f", i {field.unit.shown}" if field.unit else ""
    otherwise = _without_row(field, year_shown(expressions.rulebook))
    cell = f"slaa_opp({table_name(table)}, {key}, {field.name!r}, {otherwise})"
    return filled(
        _COLUMN,
        name=expressions.symbols.columns[table.id, field.name],
        parameters=", ".join(f"{name}: Verdi" for name in names),
        doc=plain(f"{(field.text or spoken(field.name)).capitalize()}{unit}."),
        body=returned(f"{_READ[field.kind]}({cell})" if field.kind in _READ else cell),
    )


def _without_row(field: model.RecordField, year: str) -> str:
    """What a column is for a key that the table does not have, as a function of the key."""
    if field.kind == "koder" and not field.may_lack:
        return "lambda _noekkel: Kodesett()"
    if field.yearly:
        return f"lambda noekkel: Ukjent(f{not_stated(field.name, year, '{noekkel}')!r})"
    return f"lambda _noekkel: Tom({field.name!r})"
