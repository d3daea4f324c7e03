"""Expressions of the model as Python: conditions, values, lists and code sets."""

from dataclasses import dataclass, field

from compiler import model
from compiler.names import identifier
from compiler.python.layout import decimal, python_time
from compiler.python.symbols import Symbols

_OPERATORS = {"+": "+", "−": "-", "×": "*"}
_BETWEEN = {"dag": "dager_mellom", "minutt": "minutter_mellom"}
_QUANTIFIERS = {
    "minst": "minst_av",
    "høyst": "hoyst_av",
    "nøyaktig": "noyaktig_av",
    "ingen": "ingen_av",
    "alle": "alle_av",
}


_CONDITIONS = (
    *(model.All, model.Any, model.Not, model.Compare, model.InSet, model.InInterval, model.Lacks),
    *(model.Quantified, model.BoolValue),
)


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
        while (outer := model.reached_from(record)) is not None:
            record = rulebook.record(outer)
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
            case model.TermRef(argument=argument) if self.is_condition(expr.id) and (
                argument is None or isinstance(argument, model.Element)
            ):
                return self._term_call(expr)
            case _:
                return f"ja({self.value(expr)})"

    def is_condition(self, term: str) -> bool:
        """Whether a term is a condition, and not value lines."""
        return self.rulebook.term(term).condition is not None

    def _quantified(self, expr: model.Quantified) -> str:
        items, condition = merged(expr)
        name = _QUANTIFIERS[expr.quantifier]
        count = [] if expr.quantifier in ("ingen", "alle") else [str(expr.number)]
        test = [] if condition is None else [self.function(expr.variable, condition)]
        return f"{name}({', '.join([*count, self.items(items), *test])})"

    def function(self, variable: str, condition: model.Expr) -> str:
        """A condition on an element, as a function of it."""
        return f"lambda {identifier(variable)}: {self.inside(variable).truth(condition)}"

    def asked(self, variable: str, expr: model.Expr) -> str:
        """A condition or a value of an element, as a function of it."""
        inside = self.inside(variable)
        held = isinstance(expr, _CONDITIONS)
        return f"lambda {identifier(variable)}: {inside.truth(expr) if held else inside.value(expr)}"

    # ---- lists

    def items(self, items: model.ListExpr) -> str:
        """The list."""
        match items:
            case model.Elements(variable=variable, field=name, lenient=lenient):
                return self._field(variable, name, lenient)
            case model.Related(variable=variable, which=which):
                return f"{self.variables[variable]}.{'foran_' if which == 'tidligere' else 'andre_'}"
            case model.TermElements(id=id_, variable=variable):
                return f"elementer({self.symbols.terms[id_]}({self.variables[variable]}))"
            case model.SetElements(value=value):
                return f"elementer(samlet({self.value(value)}))"
            case model.Chosen(grouping=id_, variable=variable):
                return f"valgte({self.symbols.groupings[id_]}({self.variables[variable]}))"
            case model.Rest(items=inner):
                return f"etter_forste({self.items(inner)})"
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
                return python_time(day)
            case model.MomentConstant(value=moment):
                return python_time(moment)
            case model.Get(variable=variable, field=name, lenient=lenient, required=required):
                code = self._field(variable, name, lenient)
                return f"maa_oppgis({code})" if required else code
            case model.Element(variable=variable):
                return self.variables[variable]
            case model.FieldOf(record=of, field=name, lenient=lenient):
                code = f"felt_av({self.value(of)}, {name!r}, {identifier(name)!r})"
                return f"ellers_nei({code})" if lenient else code
            case model.First(items=items):
                return f"forste({self.items(items)})"
            case model.ListValue(items=items):
                return self.items(items)
            case model.RateRef(id=id_, variable=variable):
                return self._rate(id_, variable)
            case model.TermRef(id=id_):
                call = self._term_call(expr)
                decided = expr.argument is None or isinstance(expr.argument, model.Element)
                return f"som_verdi({call}, {id_!r})" if self.is_condition(id_) and decided else call
            case model.GroupRef(grouping=id_, variable=variable):
                return f"{self.symbols.groupings[id_]}({self.variables[variable]})"
            case model.GroupCode(value=value):
                return f"gruppekode({self.value(value)})"
            case model.Family(table=table, column=column, value=wanted):
                return f"familie_av({self.symbols.tables[table]}, {column!r}, {wanted!r})"
            case model.Union(values=values):
                return f"samlet({', '.join(map(self.value, values))})"
            case model.ColumnRef(table=table, column=column, keys=keys):
                return f"{self.symbols.columns[table, column]}({', '.join(map(self.value, keys))})"
            case model.StepSum(table=table, column=column, amount=amount):
                of_step = self.symbols.columns[table, column]
                return f"trinnsum({self.value(amount)}, {self.symbols.tables[table]}, {of_step})"
            case model.DatePart(part=part, value=value):
                return f"{identifier(part)}_av({self.value(value)})"
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
            case model.TimeBetween(unit=unit, left=left, right=right):
                return f"{_BETWEEN[unit]}({self.value(left)}, {self.value(right)})"
            case model.OfMany(function=function, values=values):
                return self._of_many(function, f"({', '.join(map(self.value, values))},)")
            case model.Round(value=value, rounding=rounding):
                return self.rounded(self.value(value), rounding)
            case model.UnknownValue(reason=reason):
                return f"Ukjent({reason!r})"
            case _:
                return f"som_verdi({self.truth(expr)}, 'vilkåret')"

    def _term_call(self, expr: model.TermRef) -> str:
        """A term, of the record or the code that the reference says."""
        name, term = self.symbols.terms[expr.id], self.rulebook.term(expr.id)
        if expr.argument is None:
            return f"{name}({self.variables[expr.variable]})"
        argument = self.value(expr.argument)
        if isinstance(expr.argument, model.Element):
            return f"{name}({self.variables[expr.variable]}, {argument})"
        if term.parameter is None:
            return f"begrep_av({argument}, {expr.id!r}, {name})"
        call = f"{name}({self.variables[expr.variable]}, kode)"
        call = f"som_verdi({call}, {expr.id!r})" if term.condition is not None else call
        return f"begrep_av({argument}, {expr.id!r}, lambda kode: {call})"

    def _field(self, variable: str, name: str, lenient: bool) -> str:
        code = f"{self.variables[variable]}.{identifier(name)}"
        return f"ellers_nei({code})" if lenient else code

    def _rate(self, id_: str, variable: str | None) -> str:
        """A rate: a constant, or where it changes within the year what it is on the record's date."""
        name = self.symbols.rates[id_]
        rate = next(rate for rate in self.rulebook.rates if rate.id == id_)
        field = self.rulebook.date_of(variable)
        if not rate.periods or variable is None or field is None:
            return name
        return f"sats_paa({self.variables[variable]}.{field.identifier}, {name}, {name}_PERIODER)"

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
        if expr.function == "samlet":
            return f"samlet(*for_hver({self.items(expr.items)}, {value}))"
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
