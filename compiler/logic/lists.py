"""Lists that are not known: what is said of their elements, how many they are, and what they come to."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import z3

from compiler import model
from compiler.logic import arithmetic
from compiler.logic.domains import Bag, Finite, Members, Probe, shared_out
from compiler.logic.formula import (
    Formula,
    Truth,
    as_bool,
    at_least,
    both,
    either,
    every,
    implied,
    negated,
    number,
    opposite,
    real_number,
    total,
    variable,
    whole_number,
)
from compiler.logic.posts import Post
from compiler.logic.values import (
    CHOICES,
    Beyond,
    Content,
    Flag,
    Known,
    Listing,
    Narrowed,
    Number,
    Slots,
    Value,
    behind,
    constant,
    members_of,
    number_term,
)

if TYPE_CHECKING:
    from compiler.logic.encoder import Encoder, Env

_MOST_VALUES = 60
"""How many values the highest of many codes' numbers may have."""
_EMPTY = Slots((), False)
Look = Callable[[Value], Any]


class Seen(NamedTuple):
    """What was found out of one element, or of all codes of a class: when it is there, and how many there are."""

    guard: Formula
    result: Any
    many: Callable[[], z3.ArithRef] | None = None


class Found(NamedTuple):
    """What was found out of all elements, and whether there may be more."""

    seen: list[Seen]
    more: Formula


# ---- which list


def listing(encoder: "Encoder", items: model.ListExpr, env: "Env") -> tuple[Listing, Value]:
    """A list, and a value that is there when the list is."""
    match items:
        case model.Elements(variable=name, field=field, lenient=lenient):
            return _as_listing(encoder, encoder.field(env[name], field, lenient))
        case model.TermElements(id=id_, variable=name):
            return _as_listing(encoder, encoder.value(model.TermRef(id=id_, variable=name), env))
        case model.SetElements(value=value):
            return _as_listing(encoder, encoder.value(value, env))
        case model.Rest(items=inner):
            found, state = listing(encoder, inner, env)
            if not isinstance(found, Slots):
                return _unknown(encoder)
            return Slots(found.items[1:], found.more), state
        case model.Related(variable=name, which=which):
            return _related(encoder, env[name], which)
        case model.Where(items=inner, variable=name, condition=condition):
            found, state = listing(encoder, inner, env)
            return Narrowed(found, lambda element: encoder.truth(condition, {**env, name: element})), state
        case model.Chosen():
            return _unknown(encoder)


def _as_listing(encoder: "Encoder", value: Value) -> tuple[Listing, Value]:
    content = value.content
    if isinstance(content, Slots | Bag | Members | Narrowed):
        return content, value
    if isinstance(content, Flag) and value.there is False:
        return _EMPTY, value
    members = members_of(value)
    return (members, value) if members is not None else _unknown(encoder)


def _unknown(encoder: "Encoder") -> tuple[Listing, Value]:
    """A list that can have anything: none is seen, and there may be more."""
    there = encoder.anything("en liste som ikke er gitt")
    more = variable("listen er lengre")
    encoder.world.longer.append(more)
    return Slots((), more), there


def _related(encoder: "Encoder", element: Value, which: str) -> tuple[Listing, Value]:
    """The elements before one, or the others; whether each of them counts is left open."""
    post = element.content
    if not isinstance(post, Post) or post.place is None:
        return _unknown(encoder)
    slots, own = post.place
    others = [one for at, one in enumerate(slots.items) if at < own or (which == "andre" and at != own)]
    open_ = tuple((both((guard, counts(encoder, one))), one) for guard, one in others)
    last = own == len(slots.items) - 1  # The last that is seen stands for all that come later, too.
    return Slots(open_, slots.more if which == "andre" or last else False), constant(True)


def counts(encoder: "Encoder", element: Value) -> Formula:
    """Whether an element counts, seen from another: it is left open, the same each time it is asked."""
    assert isinstance(element.content, Post)
    post = element.content
    if "teller" not in post.notes:
        post.notes["teller"] = variable("teller")
        encoder.world.counted.append(post.notes["teller"])
    return post.notes["teller"]


# ---- each element


def each(listed: Listing, look: Look) -> Found:
    """What is found out of each element."""
    match listed:
        case Slots(items=items, more=more):
            return Found([Seen(guard, look(element)) for guard, element in items], more)
        case Members():
            looked = [(code, look(constant(code))) for code in sorted(listed.candidates() or ())]
            return Found(
                [Seen(listed.has(code), result) for code, result in looked if not _says_nothing(result)], False
            )
        case Bag():
            return Found(list(_each_class(listed, look)), False)
        case Narrowed(items=inner, test=test):
            found = each(inner, lambda element: (test(element), look(element)))
            kept = [_passing(seen, *seen.result) for seen in found.seen]
            return Found(kept, found.more)


def _passing(seen: Seen, passes: Truth, result: Any) -> Seen:
    """An element of a narrowed list: it is there when it passes."""
    if passes.yes is True or seen.many is None:
        return Seen(both((seen.guard, passes.yes)), result, seen.many)
    many = seen.many
    return Seen(both((seen.guard, passes.yes)), result, lambda: z3.If(as_bool(passes.yes), many(), 0))


def _each_class(bag: Bag, look: Look) -> Iterator[Seen]:
    """What is found out of each class of codes that it asks about; those that are not tell nothing apart."""
    probe = Probe("probe", bag.universe)
    look(Value(probe))
    for one in shared_out(bag.universe, list(probe.asked)):
        result = look(constant(one.first))
        if not _says_nothing(result):
            codes = one.codes()
            yield Seen(bag.meets(codes), result, lambda codes=codes: bag.count(codes))  # type: ignore[misc]


def _says_nothing(result: Any) -> bool:
    """Whether an element makes no difference to what is asked of the whole list: it surely does not count."""
    if isinstance(result, Truth):
        return result.yes is False and result.no is True
    return result is False or (isinstance(result, list) and all(part is False for part in result))


def samples(listed: Listing) -> list[Value]:
    """Elements that between them can be all that the elements of a list can be."""
    match listed:
        case Slots(items=items):
            return [element for _, element in items]
        case Members():
            return [constant(code) for code in sorted(listed.candidates() or ())]
        case Bag():
            return [Value(Probe("probe", listed.universe))]
        case Narrowed(items=inner):
            return samples(inner)


# ---- how many


def quantified(encoder: "Encoder", expr: model.Quantified, env: "Env") -> Truth:
    """How many elements satisfy a condition."""
    items, conditions = expr.items, [(expr.variable, expr.condition)] if expr.condition is not None else []
    narrowing = []
    while isinstance(items, model.Where):
        narrowing.append((items.variable, items.condition))
        items = items.items
    listed, state = listing(encoder, items, env)

    def truth(element: Value) -> Truth:
        """What counts of an element: that it is meant and satisfies; of «alle», that it is meant and does not."""
        meant = [encoder.truth(c, {**env, v: element, expr.variable: element}) for v, c in narrowing]
        own = [encoder.truth(c, {**env, v: element}) for v, c in conditions]
        return every([*meant, *(map(opposite, own) if expr.quantifier == "alle" else own)])

    found = each(listed, truth)
    match expr.quantifier:
        case "minst":
            holds = _so_many(encoder, expr.number, found)
        case "høyst" | "ingen":
            holds = opposite(_so_many(encoder, expr.number + 1, found))
        case "nøyaktig":
            holds = every([_so_many(encoder, expr.number, found), opposite(_so_many(encoder, expr.number + 1, found))])
        case "alle":
            holds = opposite(_so_many(encoder, 1, found))
    nothing = _none_there(expr)
    return Truth(
        either((both((state.there, holds.yes)), both((state.empty, nothing)))),
        either((both((state.there, holds.no)), both((state.empty, not nothing)))),
    )


def _none_there(expr: model.Quantified) -> bool:
    """What is said of an empty list."""
    if expr.quantifier == "alle" or expr.quantifier in ("høyst", "ingen"):
        return True
    return expr.number == 0


def _so_many(encoder: "Encoder", wanted: int, found: Found) -> Truth:
    """At least so many of what was seen hold."""
    extra = encoder.world.extra(found.more, "flere elementer")
    if wanted > 1 and any(seen.many is not None for seen in found.seen):
        surely_ = _how_many([(both((seen.guard, seen.result.yes)), seen.many) for seen in found.seen])
        maybe = _how_many([(both((seen.guard, negated(seen.result.no))), seen.many) for seen in found.seen])
        holds = Truth(surely_ >= wanted, maybe < wanted)
    else:
        holds = at_least(wanted, [_guarded(seen.guard, seen.result) for seen in found.seen])
    return Truth(either((holds.yes, extra)), both((holds.no, negated(extra))))


def _guarded(guard: Formula, truth: Truth) -> Truth:
    return Truth(both((guard, truth.yes)), either((negated(guard), truth.no)))


def _how_many(parts: list[tuple[Formula, Callable[[], z3.ArithRef] | None]]) -> z3.ArithRef:
    """How many elements there are, each class as many times as it stands."""
    return total(
        z3.If(as_bool(when), many() if many is not None else number(1), number(0))
        for when, many in parts
        if when is not False
    )


# ---- what they come to


def value(encoder: "Encoder", expr: model.Expr, env: "Env") -> Value:
    """A value that is made of a list or of several values."""
    match expr:
        case model.First(items=items):
            return _first(encoder, *listing(encoder, items, env))
        case model.ListValue(items=items):
            listed, state = listing(encoder, items, env)
            return state._replace(content=listed)
        case model.CountOf(items=items):
            listed, state = listing(encoder, items, env)
            found = each(listed, lambda _: None)
            many = _how_many([(seen.guard, seen.many) for seen in found.seen]) + _more_than_seen(encoder, found.more)
            return Value(Number(z3.If(as_bool(state.empty), 0, many)), either((state.there, state.empty)))
        case model.Aggregate(function="samlet"):
            return _gathered(encoder, expr, env)
        case model.Aggregate(function="høyeste" | "laveste"):
            return _highest(encoder, expr, env)
        case model.Aggregate(function="sum"):
            return _sum(encoder, expr, env)
        case model.OfMany(function="høyeste" | "laveste" as function, values=values):
            return _highest_of(encoder, function, [encoder.value(one, env) for one in values])
        case model.OfMany(function="sum", values=values):
            summed = constant(Decimal(0))
            for one in values:
                summed = arithmetic.joined(encoder, "+", summed, encoder.value(one, env))
            return summed
        case _:
            return encoder.anything("gjennomsnitt eller standardavvik")


def _more_than_seen(encoder: "Encoder", more: Formula) -> z3.ArithRef | int:
    if more is False:
        return 0
    extra = whole_number("flere")
    encoder.world.facts += [extra >= 0, implied(negated(more), extra == 0)]
    return extra


def _first(encoder: "Encoder", listed: Listing, state: Value) -> Value:
    if isinstance(listed, Narrowed) or not isinstance(listed, Slots):
        return encoder.anything("den første i et utvalg")
    if not listed.items:
        return encoder.anything("den første i en liste som ikke er gitt")
    guard, element = listed.items[0]
    return behind(state, Value(element.content, guard, negated(guard)))


def _gathered(encoder: "Encoder", expr: model.Aggregate, env: "Env") -> Value:
    """All codes of the elements as one set."""
    listed, state = listing(encoder, expr.items, env)

    def of(element: Value) -> Value:
        return encoder.value(expr.value, {**env, expr.variable: element})

    inner = _innermost(listed)
    if isinstance(inner, Slots) and not inner.items and inner.more is not False:
        return encoder.anything("en liste som ikke er gitt")
    found = [members_of(of(element)) for element in samples(listed)]
    if any(members is None or members.candidates() is None for members in found):
        return encoder.anything("en mengde som ikke kan telles opp")
    candidates = frozenset[str]().union(*(members.candidates() or () for members in found if members is not None))
    if isinstance(listed, Bag):
        by_code = _of_classes(listed, of, candidates)
        return Value(
            Members(candidates, lambda code: both((state.there, by_code(code)))), either((state.there, state.empty))
        )

    def has(code: str) -> Formula:
        def of_element(element: Value) -> Formula:
            members = members_of(of(element))
            return members is not None and members.has(code)

        seen = each(listed, of_element)
        extra = encoder.world.extra(seen.more, code)
        return both((state.there, either((extra, *(both((one.guard, one.result)) for one in seen.seen)))))

    return Value(Members(candidates, has), either((state.there, state.empty)))


def _of_classes(bag: Bag, of: Look, candidates: frozenset[str]) -> Callable[[str], Formula]:
    """When a bag has a code that brings each of some: found out of all at once."""
    probe = Probe("probe", bag.universe)
    sampled = members_of(of(Value(probe)))
    for code in sorted(candidates):
        assert sampled is not None
        sampled.has(code)
    surely_: dict[str, list[Callable[[], frozenset[str]]]] = {}
    perhaps: dict[str, list[tuple[Callable[[], frozenset[str]], Formula]]] = {}
    for one in shared_out(bag.universe, list(probe.asked)):
        members = members_of(of(constant(one.first)))
        for code in sorted(members.candidates() or ()) if members is not None else ():
            formula = members.has(code) if members is not None else False
            if formula is True:
                surely_.setdefault(code, []).append(one.codes)
            elif formula is not False:
                perhaps.setdefault(code, []).append((one.codes, formula))

    def brought(code: str) -> Formula:
        sure = frozenset[str]().union(*(codes() for codes in surely_.get(code, ())))
        return either((bag.meets(sure), *(both((bag.meets(codes()), when)) for codes, when in perhaps.get(code, ()))))

    return brought


def joined(cases: list[tuple[Formula, Value]]) -> Value:
    """Codes and sets of codes as one set; what does not exist adds nothing."""
    found = [(when, members_of(value)) for when, value in cases]
    there = both(either((negated(when), value.there, value.empty)) for when, value in cases)
    if any(members is None or members.candidates() is None for _, members in found):
        return Value(Beyond("mengder slått sammen"), there)
    candidates = frozenset[str]().union(*(m.candidates() or () for _, m in found if m is not None))
    return Value(
        Members(candidates, lambda code: either(both((when, m.has(code))) for when, m in found if m is not None)), there
    )


def _highest(encoder: "Encoder", expr: model.Aggregate, env: "Env") -> Value:
    """The highest or lowest number of the elements."""
    listed, state = listing(encoder, expr.items, env)
    inner = _innermost(listed)
    if isinstance(inner, Members) and len(inner.candidates() or ()) > encoder.world.scope.most:
        return encoder.anything("det høyeste eller laveste av svært mange")

    def of(element: Value) -> Value:
        return encoder.value(expr.value, {**env, expr.variable: element})

    sampled = [of(element) for element in samples(listed)]
    values = _all_values([one.content for one in sampled])
    if values is None:
        if not isinstance(inner, Slots):
            return encoder.anything("det høyeste eller laveste av mange")
        found = each(listed, of)
        some = [(seen.guard, seen.result) for seen in found.seen]
        content, there = arithmetic.extreme(encoder, expr.function, some, found.more)
        return Value(content, both((state.there, there)), either((state.empty, both((state.there, negated(there))))))

    def each_value(element: Value) -> list[Formula]:
        found = of(element)
        return [both((found.there, found.content.among((one,)))) for one in values]  # type: ignore[union-attr]

    seen = each(listed, each_value)
    reached = [
        either(
            (
                encoder.world.extra(seen.more, "flere"),
                *(both((one.guard, one.result[at])) for one in seen.seen),
            )
        )
        for at in range(len(values))
    ]
    content, there = _best(expr.function, values, reached)
    return Value(content, both((state.there, there)), either((state.empty, both((state.there, negated(there))))))


def _innermost(listed: Listing) -> Listing:
    return _innermost(listed.items) if isinstance(listed, Narrowed) else listed


def _all_values(contents: "list[Content | Post]") -> list[Decimal] | None:
    """All numbers that some choices can be; None where they are too many, or not choices."""
    if not all(isinstance(content, CHOICES) for content in contents):
        return None
    values = {value for content in contents if isinstance(content, CHOICES) for value in content.possible()}
    numbers = sorted(value for value in values if isinstance(value, Decimal))
    return numbers if len(numbers) == len(values) and len(numbers) <= _MOST_VALUES else None


def _best(function: str, values: list[Decimal], reached: list[Formula]) -> tuple[Finite, Formula]:
    """The highest or lowest of the values that are reached, and when one is."""
    in_order = list(zip(values, reached, strict=True))
    in_order = list(reversed(in_order)) if function == "høyeste" else in_order
    cases: dict[object, Formula] = {}
    better: list[Formula] = []
    for value_, formula in in_order:
        cases[value_] = both((formula, negated(either(better))))
        better.append(formula)
    return Finite(cases), either(reached)


def _highest_of(encoder: "Encoder", function: str, values: list[Value]) -> Value:
    """The highest or lowest of some values; those that do not exist are passed over."""
    decided = both(either((one.there, one.empty)) for one in values)
    numbers = _all_values([one.content for one in values])
    if numbers is not None:
        reached = [either(both((one.there, one.content.among((figure,)))) for one in values) for figure in numbers]  # type: ignore[union-attr]
        content, there = _best(function, numbers, reached)
        return Value(content, both((decided, there)), both((decided, negated(there))))
    found, there = arithmetic.extreme(encoder, function, [(True, one) for one in values], False)
    return Value(found, both((decided, there)), both((decided, negated(there))))


def _sum(encoder: "Encoder", expr: model.Aggregate, env: "Env") -> Value:
    """The sum of the numbers of the elements."""
    listed, state = listing(encoder, expr.items, env)
    if not isinstance(_innermost(listed), Slots):
        return encoder.anything("en sum over mange koder")
    found = each(listed, lambda element: encoder.value(expr.value, {**env, expr.variable: element}))
    terms = [number_term(seen.result.content) for seen in found.seen]
    if any(term is None for term in terms):
        return encoder.anything("en sum av verdier som ikke er tall her")
    summed = total(z3.If(as_bool(seen.guard), term, 0) for seen, term in zip(found.seen, terms, strict=True))
    there = both(either((negated(seen.guard), seen.result.there)) for seen in found.seen)
    if found.more is not False:
        extra = real_number("resten av summen")
        encoder.world.facts.append(implied(negated(found.more), extra == 0))
        summed = summed + extra
    content = Number(z3.If(as_bool(state.empty), number(0), summed))
    empty_elements = either(both((seen.guard, seen.result.empty)) for seen in found.seen)
    return Value(content, both((either((state.there, state.empty)), there)), both((state.there, empty_elements)))


def one_of(encoder: "Encoder", cases: "list[tuple[Formula, Content | Post]]") -> "Content | Post":
    """The content whose formula holds."""
    if len(cases) == 1:
        return cases[0][1]
    if cases and all(isinstance(content, Members | Bag | Known) for _, content in cases):
        return joined([(when, Value(content)) for when, content in cases]).content
    return arithmetic.one_of(encoder, cases)
