"""The index of a grouping: what a record must have for each group to be able to hold.

In a condition that is a list of parts, «alle disse», each part must hold; the one that is looked up is that a value
is in a set of codes. Of «minst én av disse» a part of one of the branches must. `compiler.runtime.indeks` says why a
group can be passed over when what must hold does not, also where values are missing.
"""

import textwrap
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from compiler import model
from compiler.names import identifier
from compiler.python.expressions import PythonExpressions, merged
from compiler.python.layout import filled, tidy
from compiler.python.symbols import Symbols, index_name
from compiler.runtime.indeks import oppslagsord
from compiler.runtime.verdier import Kodesett

FEWEST = 8
"""With fewer groups than this to look up, all groups are tried."""
LAYERS = 2
"""How many parts of a condition are looked up: the second where a value of the first is missing."""
WIDEST = 0.1
"""A second part that more of the records than this may have, is not worth looking up."""

_INDEX = '''
    $name = Indeks(
    $layers
    )
    """Det en post må ha for å kunne få en gruppe; grupper som ikke står i et lag, tas alltid med i det."""
'''
_LAYER = """
    (
    $hooks
    ),
"""
_HOOK = """
    Hekte(
        lambda $parameter: $value,
        {
    $sets
        },
    ),
"""
_VALUES = model.Get | model.TermRef | model.ColumnRef | model.Element
"""Values that are codes, looked up in the record."""


@dataclass(frozen=True, slots=True)
class Hook:
    """That a value, written in Python, is in a set of codes; of a list, that one element is."""

    value: str
    codes: model.CodeSet


@dataclass(frozen=True, slots=True)
class Either:
    """That at least one of the parts holds."""

    parts: "tuple[Need, ...]"


@dataclass(frozen=True, slots=True)
class Every:
    """That each of the parts holds, so that any of them can be the one to look for."""

    parts: "tuple[Need, ...]"


Need = Hook | Either | Every
"""What must hold for a condition to."""

Hooks = Mapping[str, model.CodeSet]
"""A set of codes for each value: one of the values must be in its set."""


def index(rulebook: model.Rulebook, symbols: Symbols, record: model.Record) -> Iterator[str]:
    """The index of the groups of a record, where enough of them hang on something."""
    if rulebook.grouping_of(record.id) is None or record.gathering is not None:
        return
    hooked = hooks(rulebook, symbols, record)
    if len(hooked) < FEWEST:
        return
    python = PythonExpressions.for_record(rulebook, symbols, record)
    layers = [_layer(python, identifier(record.variable), hooked, number) for number in range(LAYERS)]
    yield filled(_INDEX, name=index_name(record), layers="\n".join(layer for layer in layers if layer))


def _layer(python: PythonExpressions, parameter: str, hooked: Mapping[str, Sequence[Hooks]], number: int) -> str:
    """A layer of the index: the values that groups hang on."""
    by_value: dict[str, dict[str, model.CodeSet]] = defaultdict(dict)
    for id_, layers in hooked.items():
        for value, codes in layers[number].items() if number < len(layers) else ():
            by_value[value][id_] = codes
    written = [_hook(python, parameter, value, sets) for value, sets in by_value.items()]
    return _indented(filled(_LAYER, hooks="\n".join(written))) if written else ""


def _hook(python: PythonExpressions, parameter: str, value: str, sets: Mapping[str, model.CodeSet]) -> str:
    """A value with the groups that hang on it, a line to a group."""
    lines = "\n".join(f"        {id_!r}: {tidy(_codes(python, codes))}," for id_, codes in sets.items())
    return _indented(filled(_HOOK, parameter=parameter, value=tidy(value), sets=lines))


def _indented(text: str) -> str:
    return textwrap.indent(text, "    ")


def _codes(python: PythonExpressions, codes: model.CodeSet) -> str:
    """A set of codes; by its name where it is no more than a named set."""
    named = codes == model.CodeSet(sets=codes.sets) and len(codes.sets) == 1
    return python.symbols.sets[codes.sets[0]] if named else python.code_set(codes)


# ---- what each group hangs on


def hooks(rulebook: model.Rulebook, symbols: Symbols, record: model.Record) -> dict[str, list[Hooks]]:
    """What each group hangs on, in each layer: of all its condition needs, what the fewest records may have."""
    reader = _Reader(rulebook, PythonExpressions.for_record(rulebook, symbols, record), record)
    needs = {
        group.id: reader.need(group.when)
        for _, group in rulebook.in_order
        if isinstance(group, model.Group) and group.when is not None
    }
    found = {id_: need for id_, need in needs.items() if need is not None}
    share = _shares(rulebook, [hook for need in found.values() for hook in _hooks_in(need)])
    return {id_: _layers(_ranked(need, share)) for id_, need in found.items()}


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads what conditions about a record need; inside a list, `listed` is how a value of each element is written."""

    rulebook: model.Rulebook
    python: PythonExpressions
    record: model.Record
    listed: Callable[[model.Expr], str] | None = None

    def need(self, expr: model.Expr) -> Need | None:
        """What must hold for a condition to, or None where nothing can be looked up."""
        match expr:
            case model.All(parts=parts):
                needs = tuple(need for part in parts if (need := self.need(part)) is not None)
                return Every(needs) if needs else None
            case model.Any(parts=parts):
                needs = tuple(need for part in parts if (need := self.need(part)) is not None)
                return Either(needs) if len(needs) == len(parts) else None
            case model.TermRef(id=id_) if self.listed is None and self.python.is_condition(id_):
                return self._term(id_)
            case model.Compare(operator="==", left=item, right=model.StringValue(value=code)):
                return self._hook(item, model.CodeSet(codes=(code,)))
            case model.InSet(item=item, codes=model.SetRef(id=id_)):
                return self._hook(item, model.CodeSet(sets=(id_,)))
            case model.InSet(item=item, codes=model.CodeSet() as codes):
                return self._hook(item, codes)
            case model.Quantified(quantifier="minst" | "nøyaktig", number=number) if number > 0:
                return self._quantified(expr)
            case _:
                return None

    def _term(self, id_: str) -> Need | None:
        """What a term about the same record needs."""
        term = next(term for term in self.rulebook.terms if term.id == id_)
        return self.need(term.condition) if term.condition is not None and term.record == self.record.id else None

    def _quantified(self, expr: model.Quantified) -> Need | None:
        """What one element of a list needs."""
        items, condition = merged(expr)
        if condition is None or self.listed is not None or not isinstance(items, model.Elements):
            return None
        listed, inside = self.python.items(items), self.python.inside(expr.variable)

        def of_each(item: model.Expr) -> str:
            if item == model.Element(variable=expr.variable):
                return listed
            return f"for_hver({listed}, lambda {identifier(expr.variable)}: {inside.value(item)})"

        return replace(self, listed=of_each).need(condition)

    def _hook(self, item: model.Expr, codes: model.CodeSet) -> Hook | None:
        """That an item is in a set, unless it is no value of the record or the set has no end."""
        if not isinstance(item, _VALUES) or "" in oppslagsord(_code_set(self.rulebook, codes))[1]:
            return None
        return Hook(self.python.value(item) if self.listed is None else self.listed(item), codes)


def _code_set(rulebook: model.Rulebook, codes: model.CodeSet) -> Kodesett:
    """A set as generated code has it, with all it may hold: what is left out is not."""
    named = [_code_set(rulebook, found.codes) for found in rulebook.sets if found.id in codes.sets]
    return Kodesett(codes.codes, codes.intervals, codes.prefixes, named, alt=codes.everything)


def _hooks_in(need: Need) -> Iterator[Hook]:
    """All that a need can be looked up by."""
    if isinstance(need, Hook):
        yield need
    else:
        for part in need.parts:
            yield from _hooks_in(part)


# ---- which of them is best


def _shares(rulebook: model.Rulebook, found: Iterable[Hook]) -> Mapping[Hook, float]:
    """How much each hook takes of all the codes that groups ask for in the same value, counting one that none does."""
    words = {hook: oppslagsord(_code_set(rulebook, hook.codes)) for hook in found}
    asked: dict[str, set[str]] = defaultdict(set)
    for hook, (codes, beginnings) in words.items():
        asked[hook.value] |= codes | beginnings
    in_order = {value: sorted(of_value) for value, of_value in asked.items()}
    return {
        hook: (len(codes) + sum(_number_under(in_order[hook.value], beginning) for beginning in beginnings))
        / (len(in_order[hook.value]) + 1)
        for hook, (codes, beginnings) in words.items()
    }


def _number_under(words: list[str], beginning: str) -> int:
    """How many of some words, in order, begin alike."""
    return bisect_left(words, f"{beginning}{chr(0x10FFFF)}") - bisect_left(words, beginning)


def _ranked(need: Need, share: Mapping[Hook, float]) -> list[tuple[float, Hooks]]:
    """What can be looked for, each with the share of records that may have it, the smallest first."""
    match need:
        case Hook(value=value, codes=codes):
            return [(share[need], {value: codes})]
        case Every(parts=parts):
            return sorted((one for part in parts for one in _ranked(part, share)), key=_cost)
        case Either(parts=parts):
            best = [_ranked(part, share)[0] for part in parts]
            joined: dict[str, model.CodeSet] = {}
            for _, found in best:
                for value, codes in found.items():
                    joined[value] = _joined(joined[value], codes) if value in joined else codes
            return [(sum(map(_cost, best)), joined)]


def _cost(ranked: tuple[float, Hooks]) -> float:
    return ranked[0]


def _layers(ranked: Sequence[tuple[float, Hooks]]) -> list[Hooks]:
    """The best to look for, and the next ones that rest on other values."""
    layers = [ranked[0][1]]
    for cost, found in ranked[1:]:
        used = {value for layer in layers for value in layer}
        if len(layers) < LAYERS and cost <= WIDEST and used.isdisjoint(found):
            layers.append(found)
    return layers


def _joined(one: model.CodeSet, other: model.CodeSet) -> model.CodeSet:
    """The codes of both sets; what either leaves out is in, which only means that more groups are tried."""
    return model.CodeSet(
        codes=(*one.codes, *other.codes),
        intervals=(*one.intervals, *other.intervals),
        prefixes=(*one.prefixes, *other.prefixes),
        sets=tuple(dict.fromkeys((*one.sets, *other.sets))),
    )
