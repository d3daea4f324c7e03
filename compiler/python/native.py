"""Expressions as plain two-valued Python, for contacts of which all is given: codes, numbers, tuples and sets.

A value that does not exist is None, a condition on it does not hold, and a record is the tuple of its fields. What
cannot be written so (a rate that is unknown, an amount, a date) is `NotNative`: then there is no fast way.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from compiler import model
from compiler.names import identifier

CONTACT = "opphold"
"""What the contact is called in the generated functions."""


_COMPARISONS = {"==": "lik", "!=": "ulik", ">=": "minst", "<=": "hoyst", ">": "over", "<": "under"}
_EXTREMES = {"høyeste": "hoyeste", "laveste": "laveste"}


class NotNative(Exception):
    """The expression cannot be written as plain Python."""


@dataclass
class Native:
    """Writes expressions, and keeps account of the terms, columns and constants that they need."""

    rulebook: model.Rulebook
    record: model.Record
    """The record that comes in."""
    terms: dict[str, str] = field(default_factory=dict)
    """The functions written so far, by the term's id."""
    columns: dict[tuple[str, str], str] = field(default_factory=dict)
    """The names of the columns that are looked up, by table and column."""
    sets: dict[model.CodeSet, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    """How each variable is reached: a record's is the name of a tuple, or the contact's own name."""
    records: dict[str, model.Record] = field(default_factory=dict)
    """The record that each variable holds; a variable that is not there holds a code."""

    def __post_init__(self) -> None:
        """The contact is always in scope."""
        self.variables = {self.record.variable: CONTACT, **self.variables}
        self.records = {self.record.variable: self.record, **self.records}

    def inside(self, variable: str, record: model.Record | None) -> "Native":
        """The same with one more variable, which holds a record or a code."""
        variables = {**self.variables, variable: f"{identifier(variable)}_"}
        records = {name: one for name, one in self.records.items() if name != variable}
        if record is not None:
            records[variable] = record
        shared = (self.rulebook, self.record, self.terms, self.columns, self.sets)
        return Native(*shared, variables, records)

    # ---- terms

    def term(self, id_: str) -> str:
        """The name of the function of a term; it is written the first time."""
        term = self.rulebook.term(id_)
        name = term_name(id_)
        if id_ not in self.terms:
            if term.rounding is not None or self.rulebook.exceptions_from(id_):
                raise NotNative
            self.terms[id_] = ""
            self.terms[id_] = self._function(term, name)
        return name

    def _function(self, term: model.Term, name: str) -> str:
        record = self.rulebook.record(term.record)
        scope, parameters = self, [CONTACT]
        if record.id != self.record.id:
            scope = self.inside(record.variable, record)
            parameters.append(scope.variables[record.variable])
        if term.parameter is not None:
            scope = scope.inside(term.parameter, None)
            parameters.append(scope.variables[term.parameter])
        body = list(scope._body(term))
        head = f"def {name}({', '.join(parameters)}):"
        if len(parameters) > 1 or term.condition is not None:
            return "\n".join([head, *(f"    {line}" for line in body)])
        inner = "\n".join([f"def _{name}({CONTACT}):", *(f"    {line}" for line in body)])
        kept = f"    if {name!r} not in {CONTACT}.husket_:\n        {CONTACT}.husket_[{name!r}] = _{name}({CONTACT})\n"
        return f"{inner}\n\n\n{head}\n{kept}    return {CONTACT}.husket_[{name!r}]"

    def _body(self, term: model.Term) -> Iterator[str]:
        if term.condition is not None:
            yield f"return {self.truth(term.condition)}"
            return
        for line in term.lines:
            indent = ""
            if line.when is None and len(term.lines) == 1:
                yield f"return {self.value(line.value)}"
                return
            if line.when is not None:
                yield f"if {self.truth(line.when)}:"
                indent = "    "
            yield f"{indent}verdi = {self.value(line.value)}"
            yield f"{indent}if verdi is not None:"
            yield f"{indent}    return verdi"
        yield "return ()" if term.kind == "koder" else "return None"

    def call(self, expr: model.TermRef) -> str:
        """A term, of the record or the code that the reference says."""
        term = self.rulebook.term(expr.id)
        name = self.term(expr.id)
        if expr.argument is None:
            reach = self.variables[expr.variable]
            return f"{name}({CONTACT})" if reach == CONTACT else f"{name}({CONTACT}, {reach})"
        argument = self.value(expr.argument)
        if isinstance(expr.argument, model.Element):
            return f"{name}({CONTACT}, {argument})"
        nothing = "False" if term.condition is not None else "()" if term.kind == "koder" else "None"
        return f"begrep_av({name}, {CONTACT}, {argument}, {nothing})"

    # ---- conditions

    def truth(self, expr: model.Expr) -> str:
        """The condition as a Python condition."""
        match expr:
            case model.All(parts=parts):
                return f"({' and '.join(map(self.truth, parts))})" if parts else "True"
            case model.Any(parts=parts, number=1):
                return f"({' or '.join(map(self.truth, parts))})" if parts else "False"
            case model.Any(parts=parts, number=number):
                return f"(sum(({', '.join(f'bool({self.truth(part)})' for part in parts)},)) >= {number})"
            case model.Not(operand=operand):
                return f"(not {self.truth(operand)})"
            case model.Compare():
                return self._compare(expr)
            case model.InSet(item=item, codes=codes):
                return f"({self.value(item)} in {self.value(codes)})"
            case model.InInterval(item=item, low=low, high=high):
                return f"mellom({self.value(item)}, {self.value(low)}, {self.value(high)})"
            case model.Lacks(item=model.Get() as item) if not self._field(item).may_lack:
                return "False"
            case model.Lacks(item=item):
                return f"({self.value(item)} is None)"
            case model.Quantified():
                return self._quantified(expr)
            case model.TermRef() if self.rulebook.term(expr.id).condition is not None:
                return self.call(expr)
            case _:
                return f"bool({self.value(expr)})"

    def _compare(self, expr: model.Compare) -> str:
        left, right = self.value(expr.left), self.value(expr.right)
        constant = model.StringValue | model.NumberValue | model.BoolValue
        if expr.operator in ("==", "!=") and isinstance(expr.right, constant):
            return f"({left} {expr.operator} {right})"
        return f"{_COMPARISONS[expr.operator]}({left}, {right})"

    def _quantified(self, expr: model.Quantified) -> str:
        inner, loop = self.loop(expr.items, expr.variable)
        condition = "True" if expr.condition is None else inner.truth(expr.condition)
        match expr.quantifier:
            case "minst" if expr.number == 1:
                return f"any({condition} {loop})"
            case "ingen":
                return f"(not any({condition} {loop}))"
            case "alle":
                return f"all({condition} {loop})"
            case _:
                operator = {"minst": ">=", "høyst": "<=", "nøyaktig": "=="}[expr.quantifier]
                return f"(sum(1 {loop} if {condition}) {operator} {expr.number})"

    # ---- lists

    def loop(self, items: model.ListExpr, variable: str) -> tuple["Native", str]:
        """The scope of an element, and «for element in list if …»."""
        if isinstance(items, model.Where):
            inner, loop = self.loop(items.items, variable)
            renamed = inner.inside(items.variable, inner.records.get(variable))
            renamed.variables[items.variable] = inner.variables[variable]
            return inner, f"{loop} if {renamed.truth(items.condition)}"
        inner = self.inside(variable, self.record_of(items))
        return inner, f"for {inner.variables[variable]} in {self.items(items)}"

    def items(self, items: model.ListExpr) -> str:
        """The list."""
        match items:
            case model.Elements(variable=variable, field=name):
                if self.variables[variable] != CONTACT:
                    raise NotNative
                return f"{CONTACT}.{identifier(name)}"
            case model.Rest(items=inner):
                return f"{self.items(inner)}[1:]"
            case model.TermElements(id=id_, variable=variable):
                return self.call(model.TermRef(id=id_, variable=variable))
            case _:
                raise NotNative

    def record_of(self, items: model.ListExpr) -> model.Record | None:
        """The record that the elements of a list are; None where they are codes."""
        match items:
            case model.Elements(variable=variable, field=name):
                field = self.records[variable].field(name)
                return self.rulebook.record(field.of) if field is not None and field.of else None
            case model.Rest(items=inner) | model.Where(items=inner):
                return self.record_of(inner)
            case model.TermElements(id=id_):
                of = self.rulebook.term(id_).of
                return self.rulebook.record(of) if of else None
            case _:
                raise NotNative

    # ---- values

    def value(self, expr: model.Expr) -> str:
        """The value; None, or for a set the empty one, where there is none."""
        match expr:
            case model.NumberValue(value=amount):
                return _number(amount)
            case model.BoolValue(value=value) | model.StringValue(value=value):
                return repr(value)
            case model.Get(variable=variable, field=name, required=False):
                record = self.records[variable]
                if record.id == self.record.id:
                    return f"{CONTACT}.{self._field(expr).identifier}"
                number = [f.name for f in record.fields].index(name)
                return f"{self.variables[variable]}[{number}]"
            case model.Element(variable=variable):
                return self.variables[variable]
            case model.FieldOf(record=record, field=name):
                return f"felt_av({self.value(record)}, {self._place(record, name)})"
            case model.First(items=items):
                return f"forste({self.items(items)})"
            case model.ListValue(items=items):
                return self.items(items)
            case model.TermRef():
                return self.call(expr)
            case model.ColumnRef():
                return self._column(expr)
            case model.SetRef(id=id_):
                named = next(one for one in self.rulebook.sets if one.id == id_)
                return self._set(named.codes)
            case model.CodeSet():
                return self._set(expr)
            case model.Union(values=values):
                return f"frozenset(({', '.join(map(self._spread, values))},))"
            case model.Aggregate():
                return self._aggregate(expr)
            case model.OfMany(function="høyeste" | "laveste" as function, values=values):
                return f"{_EXTREMES[function]}(({', '.join(map(self.value, values))},))"
            case model.CountOf(items=items) if isinstance(items, model.Elements | model.Rest | model.TermElements):
                return f"len({self.items(items)})"
            case _:
                raise NotNative

    def _field(self, expr: model.Get) -> model.RecordField:
        field = self.records[expr.variable].field(expr.field)
        if field is None or field.kind not in ("valg", "heltall", "kode", "koder", "liste", "ja/nei"):
            raise NotNative
        return field

    def _place(self, record: model.Expr, name: str) -> int:
        """The number of a field in the record that an expression comes to."""
        of = self.rulebook.term(record.id).of if isinstance(record, model.TermRef) else None
        if of is None:
            raise NotNative
        return [field.name for field in self.rulebook.record(of).fields].index(name)

    def _column(self, expr: model.ColumnRef) -> str:
        table = self.rulebook.table(expr.table)
        column = table.field(expr.column)
        if column is None or column.yearly:
            raise NotNative
        name = self.columns.setdefault((expr.table, expr.column), f"{identifier(expr.column)}_i_tabellen")
        keys = [self.value(key) for key in expr.keys]
        key = keys[0] if len(keys) == 1 else f"({', '.join(keys)})"
        return f"{name}.get({key}, ())" if column.kind == "koder" else f"{name}.get({key})"

    def _set(self, codes: model.CodeSet) -> str:
        if not codes.is_listed:
            raise NotNative
        return self.sets.setdefault(codes, f"KODER_{len(self.sets) + 1}")

    def _aggregate(self, expr: model.Aggregate) -> str:
        inner, loop = self.loop(expr.items, expr.variable)
        values = inner.value(expr.value)
        match expr.function:
            case "samlet" if inner.is_set(expr.value):
                return f"frozenset(kode {loop} for kode in {values})"
            case "samlet":
                return f"koder_av({values} {loop})"
            case "høyeste" | "laveste" as function:
                return f"{_EXTREMES[function]}({values} {loop})"
            case _:
                raise NotNative

    def _spread(self, expr: model.Expr) -> str:
        """A value as elements of a set that is written out."""
        return f"*{self.value(expr)}" if self.is_set(expr) else f"*koder_av(({self.value(expr)},))"

    def is_set(self, expr: model.Expr) -> bool:
        """Whether a value is a set, or a list of codes."""
        match expr:
            case model.Union() | model.CodeSet() | model.SetRef() | model.Aggregate(function="samlet"):
                return True
            case model.TermRef(id=id_):
                return self.rulebook.term(id_).kind == "koder"
            case model.ColumnRef(table=table, column=column):
                field = self.rulebook.table(table).field(column)
                return field is not None and field.kind == "koder"
            case model.Get():
                return self._field(expr).kind == "koder"
            case _:
                return False


def term_name(id_: str) -> str:
    """The function of a term, which nothing else is called."""
    return f"begrep_{identifier(id_)}"


def _number(value: Decimal) -> str:
    if value != value.to_integral_value():
        raise NotNative
    return str(int(value))
