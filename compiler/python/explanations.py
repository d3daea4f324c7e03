"""Expressions of the model as Python that explains them: each with its words, values and parts."""

from collections.abc import Iterator
from dataclasses import dataclass

from compiler import model
from compiler.names import identifier
from compiler.python.expressions import PythonExpressions, merged
from compiler.python.symbols import Symbols
from compiler.words import Words, spoken


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
            case model.TermRef(id=id_, variable=variable, argument=None) if self.python.is_condition(id_):
                return f"{self.local.terms[id_]}({self.python.variables[variable]})"
            case model.TermRef(id=id_, variable=variable, argument=model.Element() as element) if (
                self.python.is_condition(id_)
            ):
                return f"{self.local.terms[id_]}({self.python.variables[variable]}, {self.python.value(element)})"
            case _:
                return self._leaf(expr)

    def value(self, expr: model.Expr) -> str:
        """The value as a Ledd, for a value line."""
        code = self.python.value(expr)
        shown = ", ".join(self._shown(expr))
        text = self.words.inline(expr)
        parts = self._tuple(self._parts(expr))
        av = ", ".join([code, *self._operand_values(expr)])
        return f"Ledd({text!r}, avgjort({code}), {parts}, ({shown}{',' if shown else ''}), av=({av},), er_verdi=True)"

    def _operand_values(self, expr: model.Expr) -> Iterator[str]:
        """The values that a calculation is made of, but for terms, which have explanations of their own."""
        match expr:
            case model.Arithmetic(left=left, right=right) | model.TimeBetween(left=left, right=right):
                operands: tuple[model.Expr, ...] = (left, right)
            case model.OfMany(values=values):
                operands = values
            case model.Round(value=value) | model.StepSum(amount=value):
                operands = (value,)
            case _:
                return
        for operand in operands:
            inner = list(self._operand_values(operand))
            if isinstance(operand, model.Get | model.RateRef | model.ColumnRef | model.FieldOf | model.UnknownValue):
                yield self.python.value(operand)
            yield from inner

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
        made = "".join(f"{part}, " for part in self.item_parts(items))
        parts = f"({made}*{parts},)" if made else parts
        return f"Ledd({text!r}, {held}, {parts}, {shown}, av=({listed},))"

    def _holds_codes(self, items: model.ListExpr) -> bool:
        """Whether a list is of codes."""
        if isinstance(items, model.SetElements | model.Chosen):
            return True
        if isinstance(items, model.TermElements):
            return self.words.rulebook.term(items.id).kind == "koder"
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
                term = self.words.rulebook.term(id_)
                if term.kind not in ("liste", "post"):
                    yield self._vist(self.words.inline(expr), self.python.value(expr), term.unit)
            case model.FieldOf():
                yield self._vist(self.words.inline(expr), self.python.value(expr), None)
            case model.GroupCode(value=value):
                yield from self._shown(value)
            case model.Union(values=values):
                for value in values:
                    yield from self._shown(value)
            case model.GroupRef(grouping=id_):
                yield self._vist(spoken(id_), self.python.value(expr), None)
            case model.ColumnRef(table=table, column=column, keys=keys):
                for key in keys:
                    yield from self._shown(key)
                found = self.words.rulebook.table(table).field(column)
                if found is not None and found.kind != "koder":
                    yield self._vist(self.words.inline(expr), self.python.value(expr), found.unit)
            case model.Arithmetic(left=left, right=right) | model.TimeBetween(left=left, right=right):
                yield from self._shown(left)
                yield from self._shown(right)
            case model.Round(value=value) | model.DatePart(value=value) | model.StepSum(amount=value):
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
            case model.TermRef(id=id_, variable=variable, argument=argument) if argument is not None:
                yield from self._parts(argument)
                about = self.words.rulebook.term(id_).parameter
                arguments = "verdi" if about is None else f"{self.python.variables[variable]}, verdi"
                yield f"*ledd_av({self.python.value(argument)}, lambda verdi: {self.local.terms[id_]}({arguments}))"
            case model.FieldOf(record=value) | model.GroupCode(value=value):
                yield from self._parts(value)
            case model.Union(values=values):
                for value in values:
                    yield from self._parts(value)
            case model.First(items=items) | model.ListValue(items=items):
                yield from self.item_parts(items)
            case model.TermRef(id=id_, variable=variable):
                call = f"{self.local.terms[id_]}({self.python.variables[variable]})"
                shown_anyway = next(t for t in self.words.rulebook.terms if t.id == id_).in_result
                yield f"taus({call})" if shown_anyway else call
            case model.GroupRef(grouping=id_, variable=variable):
                yield f"{self.local.groupings[id_]}({self.python.variables[variable]})"
            case model.ColumnRef(keys=keys):
                for key in keys:
                    yield from self._parts(key)
            case model.DatePart(value=value) | model.StepSum(amount=value):
                yield from self._parts(value)
            case model.Arithmetic(left=left, right=right) | model.TimeBetween(left=left, right=right):
                yield from self._parts(left)
                yield from self._parts(right)
            case model.Round(value=value):
                yield from self._parts(value)
            case model.OfMany(values=values):
                for value in values:
                    yield from self._parts(value)
            case model.Aggregate(items=items, variable=variable, value=value):
                yield from self.item_parts(items)
                inner = self.inside(variable)
                code = inner.value(value)
                yield f"*elementledd(None, {self.python.items(items)}, lambda {identifier(variable)}: {code})"
            case model.CountOf(items=items):
                yield from self.item_parts(items)
            case model.All() | model.Any() | model.Not() | model.Quantified() | model.Compare() | model.InSet():
                yield self.truth(expr)
            case _:
                return

    def item_parts(self, items: model.ListExpr) -> Iterator[str]:
        """The explanations of what narrows a list, or makes it."""
        if isinstance(items, model.SetElements):
            yield from self._parts(items.value)
        if isinstance(items, model.Rest):
            yield from self.item_parts(items.items)
        if isinstance(items, model.Chosen):
            yield f"{self.local.groupings[items.grouping]}({self.python.variables[items.variable]})"
        if isinstance(items, model.TermElements):
            yield f"{self.local.terms[items.id]}({self.python.variables[items.variable]})"
        if isinstance(items, model.Where):
            yield from self.item_parts(items.items)
            listed = self.python.items(items.items)
            inner = self.inside(items.variable).truth(items.condition)
            yield f"*elementledd(None, {listed}, lambda {identifier(items.variable)}: {inner})"

    @staticmethod
    def _tuple(parts: Iterator[str] | list[str]) -> str:
        found = list(parts)
        return f"({', '.join(found)}{',' if found else ''})"
