"""What the rules of a collection see of the records it is made of: fields, keys, and conditions that are counted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from compiler import model
from compiler.walk import nodes

_COUNTED = frozenset({"høyeste", "laveste", "samlet"})
"""What is the same however many times a record is there."""


@dataclass(slots=True)
class Seen:
    """What the rules of a collection see of its records, and of its keys."""

    fields: set[str] = field(default_factory=set)
    """The fields of the records that are read, also to tell which of them are taken."""
    required: set[str] = field(default_factory=set)
    """The fields that the requirements to each record read."""
    keys: set[str] = field(default_factory=set)
    """The keys that are read."""
    atoms: list[tuple[str, model.Expr]] = field(default_factory=list)
    """All that is asked of each record, with the variable that holds it."""
    most: int | None = 1
    """The highest number of like records that rules tell from one more; None where each may matter."""
    countable: bool = True
    """Whether the rules see only how many records answer each of the atoms in each way."""
    around: bool = False
    """Whether the rules name anything of the collection of everything."""


def seen(rulebook: model.Rulebook, collection: model.Record) -> Seen:
    """What the rules of a collection see."""
    return _Reader(rulebook, collection).read()


class _Reader:
    """Goes through the rules of one collection."""

    def __init__(self, rulebook: model.Rulebook, collection: model.Record) -> None:
        assert collection.gathering is not None
        self.rulebook, self.collection, self.gathering = rulebook, collection, collection.gathering
        self.of = rulebook.record(self.gathering.of)
        self.found = Seen()
        self.terms: set[str] = set()

    def read(self) -> Seen:
        """Go through all rules, and then all they lead to."""
        for expr in self._rules():
            self._expr(expr)
        taken = [self.gathering.where] if self.gathering.where is not None else []
        self.found.fields = self._fields([*(expr for _, expr in self.found.atoms), *taken])
        self.found.required = self._fields([r for r in self.rulebook.tried_requirements if r.record == self.of.id])
        return self.found

    def _rules(self) -> Iterator[model.Expr]:
        """The expressions of the rules of the collection itself."""
        for requirement in self.rulebook.tried_requirements:
            if requirement.record == self.collection.id:
                yield from (one for one in (requirement.when, requirement.requires) if one is not None)
                yield from (value.value for value in requirement.values)
        grouping = self.rulebook.grouping_of(self.collection.id)
        for group in self.rulebook.groups_of(grouping) if grouping is not None else ():
            if group.when is not None:
                yield group.when
            if isinstance(group.uses, model.Where):
                self._atom(group.uses.variable, group.uses.condition)
        for term in self.rulebook.terms:
            named = term.in_result or not self.gathering.keys  # Other collections can name the terms of everything.
            if named and term.record == self.collection.id:
                yield from self._of_term(term.id)

    def _of_term(self, id_: str) -> Iterator[model.Expr]:
        """The expressions of a term, the first time it is met."""
        if id_ in self.terms:
            return
        self.terms.add(id_)
        term = self.rulebook.term(id_)
        yield from (one for one in [term.condition] if one is not None)
        for line in term.lines:
            yield from (one for one in (line.value, line.when) if one is not None)
        for exception in self.rulebook.exceptions_from(id_):
            yield from (exception.when, exception.value)

    def _expr(self, expr: model.Expr) -> None:
        """What an expression of the collection's rules sees."""
        self.found.around = self.found.around or self._is_around(expr)
        match expr:
            case model.Quantified(items=items, variable=variable, condition=condition) if self._is_own(items):
                self._narrowed(items)
                if condition is not None:
                    self._atom(variable, condition)
                self._count(None if expr.quantifier == "alle" else expr.number)
            case model.CountOf(items=items) if self._is_own(items):
                self._narrowed(items)
                self.found.most = None
            case model.Aggregate(items=items, variable=variable, value=value) if self._is_own(items):
                self._narrowed(items)
                self._atom(variable, value)
                if expr.function not in _COUNTED:
                    self.found.most = None
            case model.TermRef(id=id_, argument=None) if self.rulebook.term(id_).record == self.collection.id:
                for inner in self._of_term(id_):
                    self._expr(inner)
            case model.Get(variable=variable, field=name) if variable == self.collection.variable:
                self.found.keys.add(name)
            case model.Elements() | model.First() | model.Rest() | model.TermElements() | model.ListValue():
                self._uncountable(expr)
            case _:
                for name in type(expr).model_fields:
                    self._parts(getattr(expr, name))

    def _parts(self, part: object) -> None:
        if isinstance(part, tuple):
            for one in part:
                self._parts(one)
        elif isinstance(part, model.Node):
            self._expr(part)  # type: ignore[arg-type]

    def _is_own(self, items: model.ListExpr) -> bool:
        """Whether a list is that of the collection, narrowed or not."""
        while isinstance(items, model.Where):
            items = items.items
        return isinstance(items, model.Elements) and items.field == self.gathering.elements

    def _narrowed(self, items: model.ListExpr) -> None:
        while isinstance(items, model.Where):
            self._atom(items.variable, items.condition)
            items = items.items

    def _atom(self, variable: str, expr: model.Expr) -> None:
        """Something asked of each record; it must not rest on the collection for it to be counted."""
        self.found.atoms.append((variable, expr))
        for node in nodes(expr):
            of_all = self._is_around(node)
            self.found.around = self.found.around or of_all
            if of_all or getattr(node, "variable", None) == self.collection.variable:
                self.found.countable = False
                if isinstance(node, model.TermRef):
                    for inner in self._of_term(node.id):
                        self._expr(inner)
                elif isinstance(node, model.Get):
                    self.found.keys.add(node.field)

    def _is_around(self, node: model.Node) -> bool:
        """Whether a node is about the collection of everything."""
        around = self.gathering.around
        return around is not None and getattr(node, "variable", None) == self.rulebook.record(around).variable

    def _count(self, number: int | None) -> None:
        if self.found.most is not None and number is not None:
            self.found.most = max(self.found.most, number + 1)

    def _uncountable(self, expr: model.Expr | model.ListExpr) -> None:
        """A list or a record of it is a value: which ones, and in what order, may matter."""
        if isinstance(expr, model.Elements) and expr.variable != self.collection.variable:
            return
        chosen = any(isinstance(node, model.Chosen) for node in nodes(expr))
        if chosen:
            return
        self.found.countable = False
        for node in nodes(expr):
            if isinstance(node, model.TermElements):
                for inner in self._of_term(node.id):
                    self._expr(inner)
            if isinstance(node, model.Where):
                self._atom(node.variable, node.condition)

    def _fields(self, rules: Sequence[model.Node]) -> set[str]:
        """The fields of the records that some rules read, and the terms and groups that they lead to."""
        waiting: list[object] = list(rules)
        terms: set[str] = set()
        groupings: set[str] = set()
        read: set[str] = set()
        while waiting:
            for node in nodes(waiting.pop()):
                match node:
                    case model.Get(field=name) | model.FieldOf(field=name) | model.Elements(field=name):
                        read.add(name)
                    case model.TermRef(id=id_) | model.TermElements(id=id_) if id_ not in terms:
                        terms.add(id_)
                        waiting += [self.rulebook.term(id_), *self.rulebook.exceptions_from(id_)]
                    case model.GroupRef(grouping=id_) if id_ not in groupings:
                        groupings.add(id_)
                        read |= {id_, *self._any_field()}
                        grouping = next(grouping for grouping in self.rulebook.groupings if grouping.id == id_)
                        waiting += [grouping, *self.rulebook.groups_of(grouping)]
                    case model.RateRef(variable=variable) if (day := self.rulebook.date_of(variable)) is not None:
                        read.add(day.name)
                    case _:
                        pass
        return read

    def _any_field(self) -> set[str]:
        """All fields, where another rulebook finds the group of a record and may ask for any."""
        return {one.name for one in self.of.fields} if self.rulebook.used is not None else set()
