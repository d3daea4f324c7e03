"""An expression with one thing changed: a condition dropped, a border moved, a code taken out, a figure another."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from compiler import model
from compiler.rule_text import number
from dsl.keywords import UNITS

Kind = Literal["vilkår", "grense", "kode", "beløp", "linje", "krav", "unntak", "regel", "rekkefølge", "rad"]
"""What is changed; what each means is in `MEANINGS`."""
MEANINGS: dict[Kind, str] = {
    "vilkår": "et vilkår er tatt bort eller snudd",
    "grense": "en grense er flyttet",
    "kode": "en kode er tatt ut",
    "beløp": "en vekt, en sats eller et beløp er et annet",
    "linje": "en linje i en beregning er tatt bort",
    "krav": "et krav er tatt bort",
    "unntak": "et unntak er tatt bort",
    "regel": "en gruppe eller en regel er tatt bort",
    "rekkefølge": "to naboer har byttet plass",
    "rad": "en rad i en tabell er tatt bort",
}
_STRICT: dict[str, Literal["<", "<=", ">", ">="]] = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_TURNED: dict[str, Literal["==", "!="]] = {"==": "!=", "!=": "=="}
_FIGURE = re.compile(r"^([−-]?)(\d(?:[\d\s]*\d)?(?:,\d+)?)")


class Change(NamedTuple):
    """One thing changed in an expression: what it was, what it became, and the expression after."""

    kind: Kind
    before: str
    after: str
    whole: model.Node


def variants(node: model.Node) -> Iterator[Change]:
    """An expression with one thing changed, each way there is."""
    for kind, before, after in _here(node):
        yield Change(kind, _told(before), _told(after), after)
    for name in type(node).model_fields:
        value = getattr(node, name)
        if isinstance(value, model.Node) and not _is_border(node, value):
            for change in variants(value):
                yield change._replace(whole=node.model_copy(update={name: change.whole}))
        elif isinstance(value, tuple):
            for at, part in enumerate(value):
                for change in variants(part) if isinstance(part, model.Node) else ():
                    parts = (*value[:at], change.whole, *value[at + 1 :])
                    yield change._replace(whole=node.model_copy(update={name: parts}))


def _told(node: model.Node) -> str:
    return node.model_dump_json()


def _is_border(node: model.Node, value: model.Node) -> bool:
    """Whether a value is what another is held against; it is moved both ways, where the two are compared."""
    return isinstance(node, model.Compare | model.InInterval) and bool(list(_moved(value)))


def _here(node: model.Node) -> Iterator[tuple[Kind, model.Node, model.Node]]:
    """What can be changed in a node itself, with the part before and after."""
    match node:
        case model.All(parts=parts) | model.Any(parts=parts):
            for at in range(len(parts)):
                fewer = (*parts[:at], *parts[at + 1 :])
                if isinstance(node, model.Any) and len(fewer) < node.number:
                    continue
                yield "vilkår", node, fewer[0] if len(fewer) == 1 else node.model_copy(update={"parts": fewer})
            if isinstance(node, model.Any) and node.number > 1:
                yield "grense", node, node.model_copy(update={"number": node.number - 1})
        case model.Not(operand=operand):
            yield "vilkår", node, operand
        case model.Where(items=items):
            yield "vilkår", node, items
        case model.Quantified(number=count, condition=condition, quantifier=quantifier):
            if condition is not None and quantifier != "alle":
                yield "vilkår", node, node.model_copy(update={"condition": None})
            if quantifier in ("minst", "høyst", "nøyaktig"):
                for other in (count - 1, count + 1):
                    if other >= (1 if quantifier == "minst" else 0):
                        yield "grense", node, node.model_copy(update={"number": other})
        case model.Compare(operator=operator, left=left, right=right):
            if operator in _STRICT:
                yield "grense", node, node.model_copy(update={"operator": _STRICT[operator]})
            elif operator in _TURNED:
                yield "vilkår", node, node.model_copy(update={"operator": _TURNED[operator]})
            for side, value in (("left", left), ("right", right)):
                for moved in _moved(value):
                    yield "grense", node, node.model_copy(update={side: moved})
        case model.InInterval(low=low, high=high):
            for side, value in (("low", low), ("high", high)):
                for moved in _moved(value):
                    yield "grense", node, node.model_copy(update={side: moved})
        case model.CodeSet():
            yield from (("kode", node, fewer) for fewer in without_one(node))
        case model.Union(values=values):
            for at in range(len(values)):
                yield "kode", node, node.model_copy(update={"values": (*values[:at], *values[at + 1 :])})
        case model.NumberValue():
            yield "beløp", node, stepped(node, 1)
        case _:
            return


def without_one(codes: model.CodeSet) -> Iterator[model.CodeSet]:
    """A set without one of the codes, intervals, beginnings or sets that are written in it, or its exception."""
    for name in ("codes", "intervals", "prefixes", "sets"):
        written = getattr(codes, name)
        for at in range(len(written)):
            yield codes.model_copy(update={name: (*written[:at], *written[at + 1 :])})
    if codes.without is not None:
        yield codes.model_copy(update={"without": None})


def _moved(value: model.Node) -> Iterator[model.Node]:
    """A border one unit lower and one higher; none for what is no constant."""
    match value:
        case model.NumberValue():
            for up in (-1, 1):
                moved = stepped(value, up)
                if moved.value >= 0 or value.value < 0:
                    yield moved
        case model.DateConstant(value=day):
            yield from (value.model_copy(update={"value": day + timedelta(days=up)}) for up in (-1, 1))
        case model.MomentConstant(value=moment):
            yield from (value.model_copy(update={"value": moment + timedelta(minutes=up)}) for up in (-1, 1))
        case _:
            return


def stepped(value: model.NumberValue, up: int) -> model.NumberValue:
    """A number as many steps up: a step is one in the last digit that the author wrote."""
    found = _FIGURE.match(value.shown)
    digits = re.sub(r"\s", "", found[2]).replace(",", ".") if found is not None else f"{value.value:f}"
    written = -Decimal(digits) if found is not None and found[1] else Decimal(digits)
    rest = value.shown[found.end() :] if found is not None else ""
    changed = written + up * step_of(written)
    base = Fraction(changed) * _factor(rest)
    exact = Decimal(base.numerator) / Decimal(base.denominator)
    return value.model_copy(update={"value": exact, "shown": f"{number(changed, None)}{rest}"})


def step_of(written: Decimal) -> Decimal:
    """One in the last digit of a number."""
    exponent = written.as_tuple().exponent
    return Decimal(1).scaleb(min(exponent, 0)) if isinstance(exponent, int) else Decimal(1)


def _factor(rest: str) -> Fraction:
    """How many base units there are in one of the unit that is written after a number."""
    words = rest.split()
    _, over, under = UNITS.get(words[0], ("", 1, 1)) if words else ("", 1, 1)
    return Fraction(over, under)
