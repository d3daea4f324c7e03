"""What the rules say of records that are not known, for the solver: the same meaning as `compiler.evaluate` has.

What is not reckoned with can be anything. So a claim that no case does something is always true, while a case that is
found must be tried.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import z3

from compiler import model
from compiler.logic import arithmetic, lists, lookups
from compiler.logic.domains import Looked, One
from compiler.logic.formula import (
    Formula,
    Truth,
    at_least,
    both,
    either,
    every,
    negated,
    number,
    opposite,
    surely,
    variable,
)
from compiler.logic.posts import Post, World
from compiler.logic.values import (
    CHOICES,
    Beyond,
    Flag,
    Known,
    Number,
    Value,
    behind,
    constant,
    flag_of,
    members_of,
    missing,
)

Env = Mapping[str, Value]
_MOST_CODES = 600
"""How many codes a code is held against one by one."""


class Encoder:
    """The rules of one rulebook, for the records of one question."""

    def __init__(self, world: World, rulebook: model.Rulebook | None = None) -> None:
        self.world = world
        self.rulebook = rulebook or world.rulebook
        """The rules: those of the world, or others about the same records."""
        self.beyond: list[str] = []
        """What was met that is not reckoned with."""
        self._terms: dict[tuple[Any, ...], tuple[Env, Value]] = {}
        self._extensions: dict[tuple[int, int], Any] = {}
        self._columns: dict[tuple[str, str], lookups.Column] = {}
        self._rates = {rate.id: rate for rate in self.rulebook.rates}

    # ---- conditions

    def truth(self, expr: model.Expr, env: Env) -> Truth:
        """When a condition holds."""
        match expr:
            case model.InSet(item=item, codes=codes):
                return self._in(self.value(item, env), self.value(codes, env))
            case model.All(parts=parts):
                return every([self.truth(part, env) for part in parts])
            case model.Any(parts=parts, number=number):
                return at_least(number, [self.truth(part, env) for part in parts])
            case model.Not(operand=operand):
                return opposite(self.truth(operand, env))
            case model.Compare(operator=operator, left=left, right=right):
                return self._compare(operator, self.value(left, env), self.value(right, env))
            case model.InInterval(item=item, low=low, high=high):
                value = self.value(item, env)
                return every(
                    [
                        self._compare(">=", value, constant(low.value)),
                        self._compare("<=", value, constant(high.value)),
                    ]
                )
            case model.Lacks(item=item):
                return surely(missing(self.value(item, env)))
            case model.Quantified():
                return lists.quantified(self, expr, env)
            case _:
                return self._as_truth(self.value(expr, env))

    def _as_truth(self, value: Value) -> Truth:
        holds = flag_of(value.content)
        if holds is None:
            return self.open(value, self.unknown("en verdi brukt som vilkår"))
        return Truth(both((value.there, holds)), either((both((value.there, negated(holds))), value.empty)))

    def open(self, value: Value, holds: Formula) -> Truth:
        """A condition on a value: not when it does not exist, undecided when it cannot be had."""
        return Truth(both((value.there, holds)), either((both((value.there, negated(holds))), value.empty)))

    def unknown(self, reason: str) -> z3.BoolRef:
        """Something that may hold or not, since it is not reckoned with."""
        self.beyond.append(reason)
        return variable("åpent")

    def _in(self, item: Value, codes: Value) -> Truth:
        there = both((item.there, codes.there))
        empty = either((item.empty, codes.empty))
        holds = self._member(item, codes)
        return Truth(both((there, holds)), either((both((there, negated(holds))), empty)))

    def _member(self, item: Value, codes: Value) -> Formula:
        choice = item.content
        if not isinstance(choice, CHOICES):
            return self.unknown("en verdi i en mengde")
        if isinstance(codes.content, Known):
            return choice.among([one for one in choice.possible() if codes.content.contains(str(one))])
        found = members_of(codes)
        if found is None:
            return self.unknown("en mengde som ikke kan telles opp")
        if isinstance(choice, One):
            return found.has(str(choice.value))
        possible = choice.possible()
        shared = [one for one in sorted(found.candidates() or ()) if one in possible]
        has = {one: found.has(one) for one in shared}
        surely_in = [one for one, formula in has.items() if formula is True]
        perhaps = {one: formula for one, formula in has.items() if not isinstance(formula, bool)}
        if len(perhaps) > _MOST_CODES:
            return self.unknown("en kode i en mengde som begge kan være mye")
        return either(
            (choice.among(surely_in), *(both((choice.among((one,)), formula)) for one, formula in perhaps.items()))
        )

    def _compare(self, operator: str, left: Value, right: Value) -> Truth:
        there = both((left.there, right.there))
        empty = either((left.empty, right.empty))
        holds = arithmetic.compared(self, operator, left.content, right.content)
        yes, no = both((there, holds)), both((there, negated(holds)))
        return Truth(either((yes, empty)), no) if operator == "!=" else Truth(yes, either((no, empty)))

    # ---- values

    def value(self, expr: model.Expr, env: Env) -> Value:
        """What an expression comes to."""
        match expr:
            case model.StringValue(value=text) | model.BoolValue(value=text) | model.NumberValue(value=text):
                return constant(text)
            case model.DateConstant(value=day) | model.MomentConstant(value=day):
                return Value(Number(number(on_line(day))))
            case model.TermRef():
                return self._term_ref(expr, env)
            case model.Element(variable=name):
                return env[name]
            case model.ColumnRef():
                return lookups.column(self, expr, env)
            case model.Get(variable=name, field=field, lenient=lenient, required=required):
                found = self.field(env[name], field, lenient)
                return found._replace(empty=False, unstated=missing(found)) if required else found
            case model.FieldOf(record=of, field=field, lenient=lenient):
                record = self.value(of, env)
                return behind(record, self.field(record, field, lenient))
            case model.First() | model.ListValue() | model.CountOf() | model.Aggregate() | model.OfMany():
                return lists.value(self, expr, env)
            case model.RateRef(id=id_, variable=name):
                return self.rate(self._rates[id_], name, env)
            case model.GroupRef(grouping=id_, variable=name):
                return self._group(id_, env[name])
            case model.GroupCode(value=of):
                group = self.value(of, env)
                if not isinstance(group.content, CHOICES):
                    return self.anything("gruppekoden til noe annet enn en gruppe")
                codes = {id_: str(id_).rsplit(" ", 1)[-1] for id_ in group.content.possible()}
                return group._replace(content=Looked(group.content, codes))
            case model.Family():
                return lookups.family(self, expr)
            case model.Union(values=values):
                return lists.joined([(True, self.value(value, env)) for value in values])
            case model.DatePart(part=part, value=value):
                return arithmetic.date_part(self, part, self.value(value, env))
            case model.SetRef(id=id_):
                return self._known(next(found.codes for found in self.rulebook.sets if found.id == id_))
            case model.CodeSet():
                return self._known(expr)
            case model.Arithmetic(operator=operator, left=left, right=right):
                return arithmetic.joined(self, operator, self.value(left, env), self.value(right, env))
            case model.TimeBetween(unit=unit, left=left, right=right):
                return arithmetic.between(self, unit, self.value(left, env), self.value(right, env))
            case model.Round(value=value, rounding=rounding):
                return arithmetic.rounded(self, self.value(value, env), rounding)
            case model.StepSum(amount=amount):
                return behind(self.value(amount, env), self.anything("en trinnsum"))
            case model.UnknownValue():
                return Value(Flag(False), False)
            case _:
                truth = self.truth(expr, env)
                return Value(Flag(truth.yes), truth.decided)

    def anything(self, reason: str) -> Value:
        """A value that can be anything, and be missing."""
        self.beyond.append(reason)
        there, empty = variable("der"), variable("tom")
        self.world.facts.append(negated(both((there, empty))))
        return Value(Beyond(reason), there, empty)

    def field(self, record: Value, name: str, lenient: bool = False) -> Value:
        """A field of a record."""
        if not isinstance(record.content, Post):
            return self.anything("et felt i en post som er en av flere")
        found = record.content.field(name)
        return found._replace(empty=missing(found), unstated=False) if lenient else found

    def column(self, table: str, name: str) -> lookups.Column:
        """A column of a table, put in order once."""
        if (table, name) not in self._columns:
            found = self.rulebook.table(table)
            field = found.field(name)
            assert field is not None
            self._columns[table, name] = lookups.Column(self, found, field)
        return self._columns[table, name]

    def _known(self, codes: model.CodeSet) -> Value:
        key = (id(codes), 0)
        if key not in self._extensions:
            contained: dict[str, bool] = {}

            def contains(code: str) -> bool:
                if code not in contained:
                    contained[code] = self.world.codes.contains(codes, code)
                return contained[code]

            self._extensions[key] = Value(Known(contains, self.world.codes.listed(codes)))
        return self._extensions[key]  # type: ignore[no-any-return]

    def rate(self, rate: model.Rate, name: str | None, env: Env) -> Value:
        """A rate: known, unknown, or by the date."""
        if not rate.periods:
            if rate.value is None:
                return self.anything(f"satsen {rate.id}, som er ukjent")
            return constant(rate.value)
        field = self.rulebook.date_of(name)
        day = self.field(env[name or ""], field.name) if field is not None else None
        if day is None or not isinstance(day.content, Number):
            return Value(Flag(False), False)
        starts = [number(on_line(period.start)) for period in rate.periods]
        begun = [day.content.term >= start for start in starts]
        whens = [
            negated(begun[0]),
            *(both((now, negated(then))) for now, then in zip(begun, [*begun[1:], False], strict=True)),
        ]
        cases = [
            (when, constant(value))
            for when, value in zip(whens, [rate.value, *(p.value for p in rate.periods)], strict=True)
            if value is not None
        ]
        return self.chosen([(both((day.there, when)), value) for when, value in cases], False)

    # ---- groups

    def _group(self, id_: str, record: Value) -> Value:
        grouping = next(grouping for grouping in self.rulebook.groupings if grouping.id == id_)
        post = record.content
        if not isinstance(post, Post) or post.nothing or post.record.id != grouping.record:
            return self.anything("gruppen til en post som ikke er gitt")
        return post.group(grouping)

    # ---- terms

    def _term_ref(self, expr: model.TermRef, env: Env) -> Value:
        term = self.rulebook.term(expr.id)
        own = self.rulebook.record(term.record).variable
        if expr.argument is not None:
            argument = self.value(expr.argument, env)
            return behind(argument, self.term(term, {**env, term.parameter or own: argument}))
        return self.term(term, env if own == expr.variable else {**env, own: env[expr.variable]})

    def term(self, term: model.Term, env: Env) -> Value:
        """The value of a term in a scope; what is asked twice is worked out once."""
        env = {name: env[name] for name in self._names(term) if name in env}
        key = (term.id, *((name, _identity(value)) for name, value in env.items()))
        if key not in self._terms:
            self._terms[key] = (env, self._term(term, env))  # With the scope, so that no other gets the same identity.
        return self._terms[key][1]

    def _names(self, term: model.Term) -> tuple[str, ...]:
        """What a term can name: what it is about, its record, and those around that."""
        names = [] if term.parameter is None else [term.parameter]
        record: str | None = term.record
        while record is not None:
            found = self.rulebook.record(record)
            names.append(found.variable)
            record = model.reached_from(found)
        return tuple(names)

    def _term(self, term: model.Term, env: Env) -> Value:
        if term.condition is not None:
            truth = self.truth(term.condition, env)
            return Value(Flag(truth.yes), truth.decided)
        cases, left = [], []
        running: Formula = True
        for exception in self.rulebook.exceptions_from(term.id):
            when = self.truth(exception.when, env)
            cases.append((both((running, when.yes)), self.value(exception.value, env)))
            left.append(when.no)
        running = both(left)
        for line in term.lines:
            when = surely(True) if line.when is None else self.truth(line.when, env)
            value = self.value(line.value, env)
            cases.append((both((running, when.yes, negated(value.empty))), value))
            running = both((running, either((when.no, both((when.yes, value.empty))))))
        found = self.chosen(cases, running)
        return arithmetic.rounded(self, found, term.rounding) if term.rounding is not None else found

    def chosen(self, cases: list[tuple[Formula, Value]], empty: Formula) -> Value:
        """The value whose formula holds."""
        cases = [(when, value) for when, value in cases if when is not False and value.there is not False]
        there = either(both((when, value.there)) for when, value in cases)
        unstated = either(both((when, value.unstated)) for when, value in cases)
        none = either((empty, *(both((when, value.empty)) for when, value in cases)))
        return Value(lists.one_of(self, [(when, value.content) for when, value in cases]), there, none, unstated)


def on_line(day: date | datetime) -> Decimal:
    """A date as its number, or a point in time as its second."""
    if isinstance(day, datetime):
        return Decimal(day.toordinal() * 86_400 + day.hour * 3600 + day.minute * 60 + day.second)
    return Decimal(day.toordinal())


def _identity(value: Value) -> tuple[str, object]:
    """What tells values in a scope apart."""
    content = value.content
    return ("verdi", str(content.value)) if isinstance(content, One) else ("navn", id(content))
