"""What becomes of each grammar rule while Lark parses: the builder's node at once, with no parse tree between.

A parse tree with positions takes longer to make and to walk than all the rest of the parsing.
"""

from collections.abc import Callable
from functools import cached_property
from itertools import chain
from typing import Any, cast

from lark import Lark, Token, UnexpectedCharacters
from lark.grammar import Rule
from lark.lexer import LexerState
from lark.parsers.lalr_analysis import Shift
from lark.utils import TextSlice


class Meta:
    """What a rule became, and where it stands: a node, or several values where the rule only groups («_tail»)."""

    __slots__ = ("column", "end_column", "end_line", "levels", "line", "values")

    def __init__(self, first: "Meta | Token", last: "Meta | Token", values: list[Any], levels: int) -> None:
        self.line: int | None = first.line
        self.column: int | None = first.column
        self.end_line: int | None = last.end_line
        self.end_column: int | None = last.end_column
        self.values = values
        self.levels = levels
        """How many nodes there are inside each other, at most."""


Part = Meta | Token
Reduction = Callable[[list[Part]], Part]
Step = int | tuple[Reduction, int, str]


class Grammar(Lark):
    """A grammar whose parser gives the `Meta` of the start rule; `builder` has a method for each rule."""

    def __init__(self, grammar: str, builder: object, **options: Any) -> None:
        self.builder = builder
        super().__init__(grammar, parser="lalr", **options)

    def _prepare_callbacks(self) -> None:
        self._callbacks = {rule: reduction(rule, self.builder) for rule in self.rules}

    def read(self, text: str) -> Meta:
        """What `parse` gives, from the same table; at a fault `parse` reads the text again, and tells."""
        table, first, last = self._table
        states: list[Any] = [first]
        parts: list[Part] = []
        lexer = self.parser.lexer.lex(LexerState(TextSlice.cast_from(text)), None)
        try:
            for token in chain(lexer, [Token("$END", "")]):
                kind = token.type
                step = table[states[-1]][kind]
                while not isinstance(step, int):
                    reduce, size, name = step
                    del states[-size:]
                    states.append(table[states[-1]][name])
                    parts[-size:] = [reduce(parts[-size:])]
                    if states[-1] == last and kind == "$END":
                        return cast(Meta, parts[0])
                    step = table[states[-1]][kind]
                states.append(step)
                parts.append(token)
        except (KeyError, UnexpectedCharacters):
            pass
        return cast(Meta, self.parse(text))

    @cached_property
    def _table(self) -> tuple[list[dict[str, Step]], int, int]:
        """Lark's table, what to do in each state at each token and after each rule; the first state and the last."""
        found = self.parser.parser._parse_table
        states = [
            {str(name): self._step(*step) for name, step in found.states[n].items()} for n in range(len(found.states))
        ]
        return states, found.start_states["start"], found.end_states["start"]

    def _step(self, action: object, to: Any) -> Step:
        """One entry of the table: the state to go to, or the rule that is complete."""
        return to if action is Shift else (self._callbacks[to], len(to.expansion), str(to.origin.name))


def reduction(rule: Rule, builder: object) -> Reduction:
    """What is done with the parts of a rule, as Lark's own tree builder does it, but for the tree."""
    kept = _kept(rule)
    only_groups = rule.alias is None and rule.origin.name.startswith("_")
    may_pass = rule.alias is None and rule.options.expand1
    if len(rule.expansion) == len(kept) == 1 and (only_groups or may_pass):
        return lambda parts: parts[0]

    def group(parts: list[Part]) -> Meta:
        values: list[Any] = []
        levels = 0
        for index in kept:
            if index is None:
                values.append(None)
                continue
            part = parts[index]
            if type(part) is not Meta:
                values.append(part)
                continue
            if values:
                values += part.values
            else:  # Taken over, so that a list that grows line by line is not copied for each line.
                values = part.values
            levels = max(levels, part.levels)
        return Meta(parts[0], parts[-1], values, levels)

    def node(parts: list[Part]) -> Meta:
        made = group(parts)
        if not (may_pass and len(made.values) == 1):
            made.values = [method(made, *made.values)]
            made.levels += 1
        return made

    if only_groups:
        return group
    method: Callable[..., Any] = getattr(builder, rule.alias or rule.origin.name)
    return node


def _kept(rule: Rule) -> list[int | None]:
    """The places of the parts that count; None for «[…]» left out, which the builder's method gets as None."""
    left_out = rule.options.empty_indices or (False,) * len(rule.expansion)
    places = iter(range(len(rule.expansion)))
    found = [None if is_left_out else next(places) for is_left_out in left_out]
    return [n for n in found if n is None or not getattr(rule.expansion[n], "filter_out", False)]
