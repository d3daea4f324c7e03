"""Expressions of the model as Python: the condition or value itself, and the same with its explanation."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from compiler import model
from compiler.names import identifier
from compiler.words import Words, spoken

WIDTH = 120
_OPERATORS = {"+": "+", "−": "-", "×": "*"}
_QUANTIFIERS = {
    "minst": "minst_av",
    "høyst": "hoyst_av",
    "nøyaktig": "noyaktig_av",
    "ingen": "ingen_av",
    "alle": "alle_av",
}


def tidy(code: str) -> str:
    """An expression with its syntax proved and needless parentheses gone."""
    return ast.unparse(ast.parse(code, mode="eval"))


def laid_out(node: ast.expr, indent: int, taken: int = 0) -> str:
    """An expression over several lines where it is too long for one: one argument of a call to a line."""
    text = ast.unparse(node)
    if indent + taken + len(text) <= WIDTH:
        return text
    inner = indent + 4
    match node:
        case ast.Call(func=function, args=arguments, keywords=keywords) if arguments or keywords:
            parts = [laid_out(argument, inner) for argument in arguments]
            parts += [f"{k.arg}={laid_out(k.value, inner, len(k.arg or '') + 1)}" for k in keywords]
            opening, closing = f"{ast.unparse(function)}(", ")"
        case ast.Starred(value=value):
            return "*" + laid_out(value, indent, 1)
        case ast.Tuple(elts=elements) if elements:
            parts, opening, closing = [laid_out(element, inner) for element in elements], "(", ")"
        case ast.Lambda(args=parameters, body=body):
            head = f"lambda {ast.unparse(parameters)}: " if parameters.args else "lambda: "
            return head + laid_out(body, indent, len(head))
        case _:
            return text
    lines = "".join(f"{' ' * inner}{part},\n" for part in parts)
    return f"{opening}\n{lines}{' ' * indent}{closing}"


def decimal(value: Decimal) -> str:
    """A number as Python."""
    return f"Decimal({int(value)})" if value == value.to_integral_value() else f"Decimal({str(value)!r})"


@dataclass(frozen=True, slots=True)
class Symbols:
    """What the definitions of a rulebook are called in its module."""

    rates: dict[str, str]
    sets: dict[str, str]
    terms: dict[str, str]
    groupings: dict[str, str]
    columns: dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class PythonExpressions:
    """Writes the expressions of a rule about one record; `variables` is how each variable is reached."""

    rulebook: model.Rulebook
    symbols: Symbols
    variables: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def for_record(rulebook: model.Rulebook, symbols: Symbols, record: model.Record) -> "PythonExpressions":
        """The expressions of rules about a record: it is the parameter, and outer records are reached from it."""
        reach = identifier(record.variable)
        variables = {record.variable: reach}
        while record.outer is not None:
            record = rulebook.record(record.outer)
            reach = f"{reach}.ytre"
            variables[record.variable] = reach
        return PythonExpressions(rulebook, symbols, variables)

    def inside(self, variable: str) -> "PythonExpressions":
        """The same with one more variable, as a lambda's parameter."""
        return PythonExpressions(self.rulebook, self.symbols, {**self.variables, variable: identifier(variable)})

    # ---- conditions

    def truth(self, expr: model.Expr) -> str:
        """The condition as an expression of type Vilkaar."""
        match expr:
            case model.All(parts=parts):
                return f"alle({', '.join(map(self.truth, parts))})"
            case model.Any(parts=parts, number=count):
                return f"minst({count}, {', '.join(map(self.truth, parts))})"
            case model.Not(operand=operand):
                return f"ikke({self.truth(operand)})"
            case model.Compare(operator=operator, left=left, right=right):
                return f"svar({self.value(left)} {operator} {self.value(right)})"
            case model.InInterval(item=item, low=low, high=high):
                return f"mellom({self.value(item)}, {decimal(low.value)}, {decimal(high.value)})"
            case model.InSet(item=item, codes=codes):
                return f"er_i({self.value(item)}, {self.value(codes)})"
            case model.Lacks(item=item):
                return f"mangler({self.value(item)})"
            case model.Quantified():
                return self._quantified(expr)
            case model.TermRef(id=id_, variable=variable) if self.is_condition(id_):
                return f"{self.symbols.terms[id_]}({self.variables[variable]})"
            case _:
                return f"ja({self.value(expr)})"

    def is_condition(self, term: str) -> bool:
        """Whether a term is a condition, and not value lines."""
        return next(t for t in self.rulebook.terms if t.id == term).condition is not None

    def _quantified(self, expr: model.Quantified) -> str:
        items, condition = merged(expr)
        name = _QUANTIFIERS[expr.quantifier]
        count = [] if expr.quantifier in ("ingen", "alle") else [str(expr.number)]
        test = [] if condition is None else [self.function(expr.variable, condition)]
        return f"{name}({', '.join([*count, self.items(items), *test])})"

    def function(self, variable: str, condition: model.Expr) -> str:
        """A condition on an element, as a function of it."""
        return f"lambda {identifier(variable)}: {self.inside(variable).truth(condition)}"

    # ---- lists

    def items(self, items: model.ListExpr) -> str:
        """The list."""
        match items:
            case model.Elements(variable=variable, field=name):
                return f"{self.variables[variable]}.{identifier(name)}"
            case model.Related(variable=variable, which=which):
                return f"{self.variables[variable]}.{'foran' if which == 'tidligere' else 'andre'}"
            case model.Where(items=inner, variable=variable, condition=condition):
                return f"de_som({self.items(inner)}, {self.function(variable, condition)}, 'utvalget')"

    # ---- values

    def value(self, expr: model.Expr) -> str:
        """The value, or the missing value that it comes to."""
        match expr:
            case model.NumberValue(value=number):
                return decimal(number)
            case model.BoolValue(value=yes):
                return repr(yes)
            case model.StringValue(value=text):
                return repr(text)
            case model.DateConstant(value=day):
                return f"date({day.year}, {day.month}, {day.day})"
            case model.Get(variable=variable, field=name):
                return f"{self.variables[variable]}.{identifier(name)}"
            case model.Element(variable=variable):
                return self.variables[variable]
            case model.RateRef(id=id_):
                return self.symbols.rates[id_]
            case model.TermRef(id=id_, variable=variable):
                call = f"{self.symbols.terms[id_]}({self.variables[variable]})"
                return f"som_verdi({call}, {id_!r})" if self.is_condition(id_) else call
            case model.GroupRef(grouping=id_, variable=variable):
                return f"{self.symbols.groupings[id_]}({self.variables[variable]})"
            case model.ColumnRef(table=table, column=column, key=key):
                return f"{self.symbols.columns[table, column]}({self.value(key)})"
            case model.SetRef(id=id_):
                return self.symbols.sets[id_]
            case model.CodeSet():
                return self.code_set(expr)
            case model.Aggregate():
                return self._aggregate(expr)
            case model.CountOf(items=items):
                return f"antall({self.items(items)})"
            case model.Arithmetic(operator="÷", left=left, right=right):
                return f"delt({self.value(left)}, {self.value(right)})"
            case model.Arithmetic(operator=operator, left=left, right=right):
                return f"({self.value(left)} {_OPERATORS[operator]} {self.value(right)})"
            case model.OfMany(function=function, values=values):
                return self._of_many(function, f"({', '.join(map(self.value, values))},)")
            case model.Round(value=value, rounding=rounding):
                return self.rounded(self.value(value), rounding)
            case model.UnknownValue(reason=reason):
                return f"Ukjent({reason!r})"
            case _:
                return f"som_verdi({self.truth(expr)}, 'vilkåret')"

    def rounded(self, code: str, rounding: model.Rounding | None) -> str:
        """The code of a value, rounded."""
        if rounding is None:
            return code
        direction = f", {rounding.direction!r}" if rounding.direction else ""
        return f"avrundet({code}, {decimal(rounding.step)}{direction})"

    def code_set(self, codes: model.CodeSet) -> str:
        """A set of codes."""
        parts = [f"{sorted(set(codes.codes))!r}"] if codes.codes else []
        if codes.intervals:
            parts.append(f"intervaller={list(codes.intervals)!r}")
        if codes.prefixes:
            parts.append(f"begynnelser={codes.prefixes!r}")
        if codes.sets:
            parts.append(f"sett=[{', '.join(self.symbols.sets[id_] for id_ in codes.sets)}]")
        if codes.without is not None:
            parts.append(f"unntatt={self.code_set(codes.without)}")
        if codes.everything:
            parts.append("alt=True")
        return f"Kodesett({', '.join(parts)})"

    def _aggregate(self, expr: model.Aggregate) -> str:
        value = f"lambda {identifier(expr.variable)}: {self.inside(expr.variable).value(expr.value)}"
        if expr.function == "sum":
            return f"sum_av({self.items(expr.items)}, {value})"
        return self._of_many(expr.function, f"for_hver({self.items(expr.items)}, {value})")

    @staticmethod
    def _of_many(function: str, values: str) -> str:
        if function == "sum":
            return f"sum_av({values}, lambda verdi: verdi)"
        return f"{identifier(function)}({values})"


def merged(expr: model.Quantified) -> tuple[model.ListExpr, model.Expr | None]:
    """The list without its narrowing, and the condition that says the same of the whole list."""
    items, condition = expr.items, expr.condition
    while isinstance(items, model.Where):
        if expr.quantifier == "alle":
            otherwise = model.Not(operand=items.condition)
            condition = model.Any(parts=(otherwise, condition)) if condition is not None else otherwise
        else:
            condition = items.condition if condition is None else model.All(parts=(items.condition, condition))
        items = items.items
    return items, condition


@dataclass(frozen=True, slots=True)
class Explanations:
    """Writes the same conditions and values with their words, values and parts: what `forklar` shows."""

    python: PythonExpressions
    words: Words
    local: Symbols
    """What the explanations of terms and groupings are called."""

    def inside(self, variable: str) -> "Explanations":
        """The same with one more variable."""
        return Explanations(self.python.inside(variable), self.words, self.local)

    def truth(self, expr: model.Expr) -> str:
        """The condition as a Ledd."""
        match expr:
            case model.All(parts=parts) if len(parts) > 1:
                return f"alle_ledd({self._header(expr)!r}, {', '.join(map(self.truth, parts))})"
            case model.Any(parts=parts, number=count) if len(parts) > 1:
                return f"minst_ledd({count}, {self._header(expr)!r}, {', '.join(map(self.truth, parts))})"
            case model.All(parts=(part,)) | model.Any(parts=(part,), number=1):
                return self.truth(part)
            case model.Not(operand=model.Any(parts=parts, number=1)) if len(parts) > 1:
                return f"ikke_ledd('ingen av disse er oppfylt', {', '.join(map(self.truth, parts))})"
            case model.Not(operand=model.All() | model.Any() | model.Not() | model.Quantified() as operand):
                return f"ikke_ledd({self.words.inline(expr)!r}, {self.truth(operand)})"
            case model.Quantified():
                return self._quantified(expr)
            case model.TermRef(id=id_, variable=variable) if self.python.is_condition(id_):
                return f"{self.local.terms[id_]}({self.python.variables[variable]})"
            case _:
                return self._leaf(expr)

    def value(self, expr: model.Expr) -> str:
        """The value as a Ledd, for a value line."""
        code = self.python.value(expr)
        shown = ", ".join(self._shown(expr))
        text = self.words.inline(expr)
        parts = self._tuple(self._parts(expr))
        decided = f"None if isinstance({code}, Uavklart) else True"
        return f"Ledd({text!r}, {decided}, {parts}, ({shown}{',' if shown else ''}), av=({code},))"

    def _header(self, expr: model.All | model.Any) -> str:
        if isinstance(expr, model.All):
            return "alle disse er oppfylt"
        count = "én" if expr.number == 1 else str(expr.number)
        return f"minst {count} av disse er oppfylt"

    def _leaf(self, expr: model.Expr) -> str:
        """A condition that has no conditions under it."""
        inner = expr.operand if isinstance(expr, model.Not) else expr
        operands = self._operands(inner)
        decide = [self.python.value(operand) for operand in operands]
        shown = [text for operand in operands for text in self._shown(operand)]
        parts = [part for operand in operands for part in self._parts(operand)]
        values = f"({', '.join(shown)}{',' if shown else ''})"
        av = f"({', '.join(decide)}{',' if decide else ''})"
        return f"Ledd({self.words.inline(expr)!r}, {self.python.truth(expr)}, {self._tuple(parts)}, {values}, av={av})"

    @staticmethod
    def _operands(expr: model.Expr) -> tuple[model.Expr, ...]:
        match expr:
            case model.Compare(left=left, right=right):
                return left, right
            case model.InSet(item=item, codes=codes):
                return item, codes
            case model.InInterval(item=item) | model.Lacks(item=item):
                return (item,)
            case _:
                return (expr,)

    def _quantified(self, expr: model.Quantified) -> str:
        items, condition = merged(expr)
        listed = self.python.items(items)
        held = self.python.truth(expr)
        shown = f"(Vist({self.words.items(items)!r}, {listed}),)" if isinstance(items, model.Elements) else "()"
        parts = "()"
        if condition is not None:
            inner = self.inside(expr.variable).truth(condition)
            of_codes = self._holds_codes(items)
            parts = f"elementledd({held}, {listed}, lambda {identifier(expr.variable)}: {inner}, {not of_codes})"
        text = self.words.inline(expr)
        return f"Ledd({text!r}, {held}, {parts}, {shown}, av=({listed},))"

    def _holds_codes(self, items: model.ListExpr) -> bool:
        """Whether a list is of codes."""
        if not isinstance(items, model.Elements):
            return False
        fields = [f for record in self.words.rulebook.records for f in record.fields if f.name == items.field]
        return any(f.kind == "koder" for f in fields)

    # ---- what a value rests on

    def _shown(self, expr: model.Expr) -> Iterator[str]:
        """The values that an expression rests on, as code of Vist."""
        match expr:
            case model.Get(variable=variable, field=name):
                yield self._vist(self.words.inline(expr), self.python.value(expr), self._field_unit(variable, name))
            case model.RateRef(id=id_):
                rate = next(r for r in self.words.rulebook.rates if r.id == id_)
                yield self._vist(spoken(id_), self.python.value(expr), rate.unit)
            case model.TermRef(id=id_) if not self.python.is_condition(id_):
                term = next(t for t in self.words.rulebook.terms if t.id == id_)
                yield self._vist(spoken(id_), self.python.value(expr), term.unit)
            case model.GroupRef(grouping=id_):
                yield self._vist(spoken(id_), self.python.value(expr), None)
            case model.ColumnRef(table=table, column=column, key=key):
                yield from self._shown(key)
                found = self.words.rulebook.table(table).field(column)
                if found is not None and found.kind != "koder":
                    yield self._vist(self.words.inline(expr), self.python.value(expr), found.unit)
            case model.Arithmetic(left=left, right=right):
                yield from self._shown(left)
                yield from self._shown(right)
            case model.Round(value=value):
                yield from self._shown(value)
            case model.OfMany(values=values):
                for value in values:
                    yield from self._shown(value)
            case model.Element(variable=variable):
                yield self._vist(spoken(variable), self.python.value(expr), None)
            case _:
                return

    def _field_unit(self, variable: str, name: str) -> model.Unit | None:
        own = variable.removeprefix("tidligere_").removeprefix("andre_")
        found = [
            f for r in self.words.rulebook.records if r.variable in (variable, own) for f in r.fields if f.name == name
        ]
        return found[0].unit if found else None

    @staticmethod
    def _vist(name: str, code: str, unit: model.Unit | None) -> str:
        extra = f", {unit.shown!r}" if unit is not None else ""
        if unit is not None and (unit.numerator, unit.denominator) != (1, 1):
            extra += f", {unit.numerator}, {unit.denominator}"
        return f"Vist({name!r}, {code}{extra})"

    def _parts(self, expr: model.Expr) -> Iterator[str]:
        """The explanations of the terms and groupings that an expression refers to."""
        match expr:
            case model.TermRef(id=id_, variable=variable):
                call = f"{self.local.terms[id_]}({self.python.variables[variable]})"
                shown_anyway = next(t for t in self.words.rulebook.terms if t.id == id_).in_result
                yield f"taus({call})" if shown_anyway else call
            case model.GroupRef(grouping=id_, variable=variable):
                yield f"{self.local.groupings[id_]}({self.python.variables[variable]})"
            case model.ColumnRef(key=key):
                yield from self._parts(key)
            case model.Arithmetic(left=left, right=right):
                yield from self._parts(left)
                yield from self._parts(right)
            case model.Round(value=value):
                yield from self._parts(value)
            case model.OfMany(values=values):
                for value in values:
                    yield from self._parts(value)
            case model.Aggregate(items=items, variable=variable, value=value):
                yield from self._item_parts(items)
                inner = self.inside(variable)
                code = inner.value(value)
                yield f"*elementledd(None, {self.python.items(items)}, lambda {identifier(variable)}: {code})"
            case model.CountOf(items=items):
                yield from self._item_parts(items)
            case model.All() | model.Any() | model.Not() | model.Quantified() | model.Compare() | model.InSet():
                yield self.truth(expr)
            case _:
                return

    def _item_parts(self, items: model.ListExpr) -> Iterator[str]:
        """The explanations of what narrows a list."""
        if isinstance(items, model.Where):
            yield from self._item_parts(items.items)
            listed = self.python.items(items.items)
            inner = self.inside(items.variable).truth(items.condition)
            yield f"*elementledd(None, {listed}, lambda {identifier(items.variable)}: {inner})"

    @staticmethod
    def _tuple(parts: Iterator[str] | list[str]) -> str:
        found = list(parts)
        return f"({', '.join(found)}{',' if found else ''})"
