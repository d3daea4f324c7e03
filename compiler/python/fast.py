"""The module of the fast way: what each code of a contact contributes, as plain Python, from the same model.

A set that is gathered over lists is taken apart into what each element adds to it, so that each code is worked out once
and remembered. What is known of the first element, of a field, or of which codes a set has, likewise. A condition that
hangs together with the whole contact is worked out for it, when something it needs is there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeGuard

from compiler import model
from compiler.names import identifier
from compiler.python.layout import filled, imports, plain
from compiler.python.native import CONTACT, Native, NotNative, term_name
from compiler.python.symbols import RASK, answer_name, module_name, rules_name, table_name
from compiler.walk import nodes

Part = Literal["forste", "hver", "resten"]
"""Which elements of a list contribute: the first, each, or each after the first."""

_ELEMENT = "element_"
_MOST_CONTEXTS = 16


@dataclass(frozen=True, slots=True)
class _Added:
    """What the elements of a list add to a set: the list, which elements, and the codes of one as Python."""

    listed: str
    part: Part
    code: str


@dataclass
class _Fast:
    """The plan of one rulebook while it is made."""

    rulebook: model.Rulebook
    record: model.Record
    native: Native
    columns: list[str]
    """The names of the bit columns: first the grouping's own."""
    outputs: dict[tuple[str, Part], list[tuple[int, str, str]]] = field(default_factory=dict)
    """By list and part: bit column, kind and code of each thing that an element contributes."""
    rest: list[str] = field(default_factory=list)
    rest_functions: list[str] = field(default_factory=list)
    derived: list[str] = field(default_factory=list)
    bordered: list[int] = field(default_factory=list)
    fields: list[tuple[str, int]] = field(default_factory=list)
    context: dict[str, None] = field(default_factory=dict)
    hidden: dict[str, int] = field(default_factory=dict)

    # ---- what an expression depends on

    def needs(self, expr: object, seen: frozenset[str] = frozenset()) -> set[tuple[str, str]]:
        """The fields and lists of the contact that an expression needs: («felt» or which part of a list, name)."""
        match expr:
            case model.First(items=model.Elements(variable=variable, field=name)) if self._is_contact(variable):
                return {("forste", name)}
            case model.Rest(items=model.Elements(variable=variable, field=name)) if self._is_contact(variable):
                return {("resten", name)}
            case model.Elements(variable=variable, field=name) if self._is_contact(variable):
                return {("hver", name)}
            case model.Get(variable=variable, field=name) if self._is_contact(variable):
                found = self.record.field(name)
                listed = found is not None and found.kind in ("liste", "koder")
                return {("hver" if listed else "felt", name)}
            case model.TermRef(id=id_) | model.TermElements(id=id_) if id_ not in seen:
                term = self.rulebook.term(id_)
                parts: list[object] = [term.condition, *term.lines, getattr(expr, "argument", None)]
                return set().union(*(self.needs(part, seen | {id_}) for part in parts))
            case model.Node():
                return set().union(*(self.needs(getattr(expr, name), seen) for name in type(expr).model_fields))
            case tuple():
                return set().union(*(self.needs(part, seen) for part in expr if not isinstance(part, str)))
            case _:
                return set()

    def _is_contact(self, variable: str) -> bool:
        return variable == self.record.variable

    def in_context(self, needed: set[tuple[str, str]]) -> bool:
        """Whether only fields with a few values are needed; they then decide what a code contributes."""
        names = [name for part, name in needed if part == "felt"]
        if len(names) < len(needed) or not all(self._few(name) for name in names):
            return False
        self.context |= dict.fromkeys(sorted(names))
        return True

    def _few(self, name: str) -> bool:
        found = self.record.field(name)
        return found is not None and found.kind in ("valg", "ja/nei")

    # ---- columns

    def column(self, number: int, column: model.RuleColumn) -> None:
        """Plan how the bits of a column of the rule tables are found."""
        match column.subject:
            case model.Get(field=name) if (found := self.record.field(name)) and found.kind in (
                *("valg", "heltall", "ja/nei", "kode"),
            ):
                self.fields.append((name, number))
            case model.TermRef(id=id_, argument=None):
                self._term_column(number, column, self.rulebook.term(id_))
            case _:
                raise NotNative

    def _term_column(self, number: int, column: model.RuleColumn, term: model.Term) -> None:
        if term.kind == "koder":
            for added in self.added(column.subject):
                self._output(added, number, "mengde")
            return
        listed = self.first_only(column.subject)
        if listed is not None:
            code = self.native.value(column.subject)
            code = f"bool({code})" if term.condition is not None else code
            self._output(_Added(listed, "forste", code), number, "verdi")
            return
        if not self._derived(number, term) and not self._borders(number, column):
            raise NotNative

    def _output(self, added: _Added, number: int, kind: str) -> None:
        """Note that elements of a list contribute something to a bit column."""
        self.outputs.setdefault((added.listed, added.part), []).append((number, kind, added.code))

    def first_only(self, expr: model.Expr) -> str | None:
        """The list whose first element, with the context, decides a value; None where more is needed."""
        needed = self.needs(expr)
        lists = {name for part, name in needed if part == "forste"}
        rest = {(part, name) for part, name in needed if part != "forste"}
        return next(iter(lists)) if len(lists) == 1 and self.in_context(rest) else None

    # ---- sets, taken apart

    def added(self, expr: model.Expr) -> list[_Added]:
        """What each element adds to a set."""
        match expr:
            case model.Union(values=values):
                return [one for value in values for one in self.added(value)]
            case model.Aggregate(function="samlet", items=items, variable=variable, value=value):
                return self._over(items, variable, value)
            case model.TermRef(id=id_, argument=None):
                lines = self.rulebook.term(id_).lines
                if len(lines) == 1 and lines[0].when is None and self.first_only(expr) is None:
                    return self.added(lines[0].value)
        listed = self.first_only(expr)
        if listed is None or not self.native.is_set(expr):
            raise NotNative
        return [_Added(listed, "forste", self.native.value(expr))]

    def _over(self, items: model.ListExpr, variable: str, value: model.Expr) -> list[_Added]:
        """What is added by each element of a list, or by each code of a set that is itself taken apart."""
        if not self.in_context(self.needs(value)):
            raise NotNative
        base = self._base(items)
        if base is not None:
            listed, part = base
            scope = self.native.inside(variable, self.native.record_of(items))
            scope.variables[variable] = _ELEMENT
            code = scope.value(value)
            return [_Added(listed, part, code if scope.is_set(value) else f"koder_av(({code},))")]
        if not isinstance(items, model.TermElements):
            raise NotNative
        made = []
        scope = self.native.inside(variable, None)
        name = scope.variables[variable]
        for one in self.added(model.TermRef(id=items.id, variable=items.variable)):
            code = f"koder_av({scope.value(value)} for {name} in {one.code})"
            if scope.is_set(value):
                code = f"frozenset(kode for {name} in {one.code} for kode in {scope.value(value)})"
            made.append(_Added(one.listed, one.part, code))
        return made

    def _base(self, items: model.ListExpr) -> tuple[str, Part] | None:
        """The list of the contact that some elements are from, and which of them they are."""
        match items:
            case model.Elements(variable=variable, field=name) if self._is_contact(variable):
                return name, "hver"
            case model.Rest(items=model.Elements(variable=variable, field=name)) if self._is_contact(variable):
                return name, "resten"
            case model.TermElements(id=id_):
                lines = self.rulebook.term(id_).lines
                if len(lines) == 1 and lines[0].when is None and isinstance(lines[0].value, model.ListValue):
                    return self._base(lines[0].value.items)
        return None

    # ---- values that follow from which codes a set has

    def _derived(self, number: int, term: model.Term) -> bool:
        """Plan a term whose lines are texts for which codes a set has; whether it is one."""
        lines = []
        for line in term.lines:
            match line:
                case model.ValueLine(value=model.StringValue(value=value), when=None):
                    lines.append(f"(0, None, {value!r})")
                case model.ValueLine(
                    value=model.StringValue(value=value),
                    when=model.InSet(item=model.StringValue(value=code), codes=model.TermRef() as codes),
                ):
                    lines.append(f"({self._hidden_set(codes)}, {code!r}, {value!r})")
                case _:
                    return False
        if not lines:
            return False
        self.derived.append(f"Avledet({number}, ({', '.join(lines)},))")
        return True

    def _hidden_set(self, codes: model.TermRef) -> int:
        """The bit column of a set that is no column of the rule tables."""
        if codes.id not in self.hidden:
            number = self.hidden[codes.id] = self.new_column(codes.id)
            for added in self.added(codes):
                self._output(added, number, "mengde")
        return self.hidden[codes.id]

    def new_column(self, name: str) -> int:
        self.columns.append(name)
        return len(self.columns) - 1

    # ---- numbers that must be at least something

    def _borders(self, number: int, column: model.RuleColumn) -> bool:
        """Plan a number of which the cells only ask how it lies to some borders; whether that is so."""
        conditions = [cell.condition for cell in self.rulebook.rule_grouping.cells if cell.column == column.name]
        if not all(_asks_borders(condition) for condition in conditions):
            return False
        found = [part for condition in conditions for part in _parts(condition)]
        only_least = all(isinstance(part, model.Compare) and part.operator in (">=", ">") for part in found)
        if not only_least and not self._always_there(column.subject):
            return False
        needed = dict.fromkeys(border for part in found for border in _needed_borders(part))
        for operator, right in needed:
            border = model.Compare(operator=operator, left=column.subject, right=right)
            assert isinstance(border.right, model.NumberValue)
            kind = "minst" if border.operator == ">=" else "over"
            required = f"Krevd({kind!r}, Decimal('{border.right.value:f}'))"
            for way in self._ways(border):
                self._way(number, required, way)
        self.bordered.append(number)
        return True

    def _always_there(self, expr: model.Expr) -> bool:
        """Whether a number always has a value."""
        match expr:
            case model.NumberValue():
                return True
            case model.TermRef(id=id_, argument=None):
                return any(
                    line.when is None and self._always_there(line.value) for line in self.rulebook.term(id_).lines
                )
            case model.OfMany(function="høyeste", values=values):
                return any(map(self._always_there, values))
            case _:
                return False

    def _ways(self, part: model.Compare) -> Iterator[model.Expr]:
        """The ways in which a number can be at least something: one of several numbers, or an element's."""
        match part.left:
            case model.NumberValue(value=value):
                assert isinstance(part.right, model.NumberValue)
                if value > part.right.value or (part.operator == ">=" and value == part.right.value):
                    yield model.BoolValue(value=True)
            case model.TermRef(id=id_, argument=None):
                lines = self.rulebook.term(id_).lines
                if len(lines) != 1 or lines[0].when is not None:
                    raise NotNative
                yield from self._ways(part.model_copy(update={"left": lines[0].value}))
            case model.OfMany(function="høyeste", values=values):
                for value_of in values:
                    yield from self._ways(part.model_copy(update={"left": value_of}))
            case model.Aggregate(function="høyeste", items=items, variable=variable, value=of_element):
                condition: model.Expr = part.model_copy(update={"left": of_element})
                yield model.Quantified(
                    quantifier="minst", number=1, items=items, variable=variable, condition=condition
                )
            case _:
                raise NotNative

    def _way(self, number: int, required: str, way: model.Expr) -> None:
        """Plan one way: with each element by itself where that is enough, else with the whole contact."""
        hidden, guard = self.new_column("vei"), "None"
        function = f"vei_{len(self.rest) + 1}"
        if isinstance(way, model.Quantified) and way.condition is not None:
            items: model.ListExpr = way.items
            base = self._base(items)
            if base is not None and self.in_context(self.needs(way.condition)):
                listed, part = base
                scope = self.native.inside(way.variable, self.native.record_of(items))
                scope.variables[way.variable] = _ELEMENT
                self._output(_Added(listed, part, scope.truth(way.condition)), hidden, "vilkår")
                self.rest.append(f"Rest({number}, {required}, {hidden}, None)")
                return
            while isinstance(items, model.Where):
                items = items.items
            if isinstance(items, model.TermElements):
                guard = str(hidden)
                for added in self.added(model.TermRef(id=items.id, variable=items.variable)):
                    self._output(added, hidden, "vilkår")
        body = f"    return bool({self.native.truth(way)})"
        self.rest_functions.append(f"def {function}({CONTACT}):\n{body}")
        by_code = self._by_code(function, way)
        self.rest.append(f"Rest({number}, {required}, {guard}, {function}{by_code})")

    def _by_code(self, function: str, way: model.Expr) -> str:
        """The same way code by code, where the codes come from the elements after the first of one list."""
        if not isinstance(way, model.Quantified) or way.condition is None:
            return ""
        items: model.ListExpr = way.items
        condition = way.condition
        while isinstance(items, model.Where):
            condition = model.All(parts=(items.condition, condition))
            items = items.items
        added = self.added(model.TermRef(id=items.id, variable=items.variable)) if _is_term(items) else []
        if len(added) != 1 or added[0].part != "resten":
            return ""
        more = self._of_all(condition)
        if more is None:
            return ""
        scope = self.native.inside(way.variable, None)
        name = scope.variables[way.variable]
        codes = f"def {function}_koder({CONTACT}, {_ELEMENT}):\n    return {added[0].code}"
        one = f"def {function}_for({CONTACT}, {name}):\n    return bool({scope.truth(condition)})"
        self.rest_functions += [codes, one]
        listed = identifier(added[0].listed)
        in_context = any(part == "felt" for part, _ in self.needs(way))
        return f", Vei({listed!r}, {function}_koder, {function}_for, frozenset({sorted(more)!r}), {in_context})"

    def _of_all(self, condition: model.Expr) -> set[str] | None:
        """The terms in a condition that need more than the first element; None where it needs more by itself."""
        found: set[str] = set()
        waiting: list[object] = [condition]
        seen: set[str] = set()
        while waiting:
            for node in nodes(waiting.pop()):
                match node:
                    case model.TermRef(id=id_) | model.TermElements(id=id_) if id_ not in seen:
                        seen.add(id_)
                        term = self.rulebook.term(id_)
                        about_contact = term.record == self.record.id and term.parameter is None
                        if about_contact and any(part in ("hver", "resten") for part, _ in self.needs(node)):
                            found.add(term_name(id_))
                        elif not about_contact:
                            waiting += [term.condition, *term.lines]
                    case model.Elements(variable=variable) if self._is_contact(variable):
                        return None
        return found


def _is_term(items: model.ListExpr) -> TypeGuard[model.TermElements]:
    return isinstance(items, model.TermElements)


_BORDERS: dict[str, tuple[Literal[">=", ">"], ...]] = {
    ">=": (">=",),
    "<": (">=",),
    ">": (">",),
    "<=": (">",),
    "==": (">=", ">"),
}
"""By how a cell compares a number: what must be known of it to say so."""


def _asks_borders(condition: model.Expr) -> bool:
    """Whether a cell says no more than how a number lies to some borders, all of them at once."""
    if isinstance(condition, model.Any):
        return False
    return all(
        part.operator in _BORDERS if isinstance(part, model.Compare) else isinstance(part, model.InInterval)
        for part in _parts(condition)
    )


def _needed_borders(part: model.Expr) -> Iterator[tuple[Literal[">=", ">"], model.Expr]]:
    """What must be known of a number to say what a part of a cell says."""
    match part:
        case model.Compare(operator=compared, right=right):
            yield from ((operator, right) for operator in _BORDERS[compared])
        case model.InInterval(low=low, high=high):
            yield from ((">=", low), (">", high))


def _parts(condition: model.Expr) -> tuple[model.Expr, ...]:
    return condition.parts if isinstance(condition, model.All | model.Any) else (condition,)


# ---- the module

_IMPORTS = "# hva som brukes"
"""Stands in the module until it is known what it uses."""

_MODULE = '''
    """Den raske veien gjennom $title.

    Laget av regelverk. Ikke rediger: endre regelverket og bygg på nytt. Reglene står i $module; her står det samme for
    poster der alt er oppgitt rett fram, skrevet slik at hver kode bare regnes ut én gang.
    """

    # mypy: ignore-errors

    from decimal import Decimal

    from . import $module as regler
    from ._runtime.motor import fast_svar
    $imports

    $columns

    $terms

    $functions

    PLAN = Plan(
        kolonner=$count,
        sammenheng=$context,
        felt=($fields),
        lister=($lists),
        rest=($rest),
        avledet=($derived),
        grenser=frozenset($bordered),
    )
    """Hvordan bitene til en post finnes."""


    def lag_finner(bitplan):
        """Funksjonen som finner bitene til en post, og verdiene av beregningene som ikke følger av raden."""
    $setup

        def finn($arguments):
    $body
            return biter, ($answers)

        return finn


    RASKT = Raskt(
        Bitplan(PLAN, regler.REGLER[$record].rader()),
        lag_finner,
        lambda rad, verdier: fast_svar(regler.REGLER[$record], rad, dict(zip($calculated, verdier))),
        lambda svar: regler.$answer(*regler._deler(svar)),
        regler.REGLER[$record].felter[:$fields_in],
    )
    """Svarene på poster som er rett fram."""
'''


def fast_module(rulebook: model.Rulebook) -> str | None:
    """The module of the fast way; None where a rulebook has no rule tables, or something that it cannot have."""
    gathers = any(record.gathering is not None for record in rulebook.records)
    has_groups = any(group.when is not None for group in rulebook.groups)
    if not rulebook.rules or rulebook.used is not None or has_groups or gathers:
        return None
    try:
        return _module(rulebook)
    except NotNative:
        return None


def _module(rulebook: model.Rulebook) -> str:
    grouping = rulebook.rule_grouping
    record = rulebook.record(grouping.record)
    native = Native(rulebook, record)
    plan = _Fast(rulebook, record, native, [column.name for column in grouping.columns])
    if rulebook.judged_lists(record) or grouping.results == () or not all(map(_is_plain, record.fields)):
        raise NotNative
    for number, column in enumerate(grouping.columns):
        plan.column(number, column)
    for name in (one.name for one in record.fields if one.kind not in ("liste", "koder")):
        if name not in dict(plan.fields):
            plan.fields.append((name, plan.new_column(name)))
    for requirement in rulebook.tried_requirements:
        if requirement.when is not None or not _always(plan, requirement.requires):
            raise NotNative
    answers = {term.id: _answer_list(plan, term) for term in rulebook.terms if term.in_result}
    key = [id_ for id_, listed in answers.items() if listed is not None]
    lists = sorted({listed for listed, _ in plan.outputs} | {listed for listed in answers.values() if listed})
    lists += [f.name for f in record.fields if f.kind in ("liste", "koder") and f.name not in lists]
    listed_fields = [_list_plan(plan, record, name, [id_ for id_ in key if answers[id_] == name]) for name in lists]
    contexts = [(name, _values(record, name)) for name in plan.context]
    count = 1
    for _, values in contexts:
        count *= len(values)
    if count > _MOST_CONTEXTS:
        raise NotNative
    setup, body = _finder(plan, record, lists)
    text = (
        filled(
            _MODULE,
            imports=_IMPORTS,
            title=plain(rulebook.title),
            module=module_name(rulebook),
            columns="\n".join(_lookups(plan)),
            terms="\n\n\n".join(native.terms.values()),
            functions="\n\n\n".join([*(text for text, _ in listed_fields), *plan.rest_functions]),
            count=str(len(plan.columns)),
            context=repr(tuple((identifier(name), values) for name, values in contexts)),
            fields="".join(f"({identifier(name)!r}, {n}, {_values_of(record, name)}), " for name, n in plan.fields),
            lists="".join(f"{text}, " for _, text in listed_fields),
            rest="".join(f"{one}, " for one in plan.rest),
            derived="".join(f"{one}, " for one in plan.derived),
            bordered=repr(plan.bordered),
            setup=setup,
            arguments=", ".join(f"{field.identifier}_" for field in record.fields),
            body=body,
            answers="".join(f"*svar_{identifier(name)}, " for name in lists),
            record=repr(record.id),
            answer=answer_name(record),
            fields_in=str(len(record.fields)),
            calculated=repr(tuple(id_ for name in lists for id_ in key if answers[id_] == name)),
        )
        + "\n"
    )
    return text.replace(_IMPORTS, "\n".join(imports("._runtime.rask", RASK, text)))


def _is_plain(field: model.RecordField) -> bool:
    unit = field.unit
    whole = unit is None or (unit.numerator, unit.denominator) == (1, 1)
    return field.kind in ("valg", "ja/nei", "kode", "koder", "liste", "heltall") and whole


def _values(record: model.Record, name: str) -> tuple[object, ...]:
    """The values that a field with few can have."""
    field = record.field(name)
    assert field is not None
    values: tuple[object, ...] = (True, False) if field.kind == "ja/nei" else field.choices
    return (None, *values) if field.may_lack else values


def _values_of(record: model.Record, name: str) -> str:
    """What a field can be, as Python: one of some values, or a number or a code as the field itself says."""
    number = [field.name for field in record.fields].index(name)
    if record.fields[number].kind in ("heltall", "kode"):
        return f"regler.{rules_name(record)}.felter[{number}]"
    return repr(_values(record, name))


def _always(plan: _Fast, condition: model.Expr) -> bool:
    """Whether a requirement holds whenever all fields that cannot be missing are given."""
    match condition:
        case model.All(parts=parts):
            return all(_always(plan, part) for part in parts)
        case model.Not(operand=model.Lacks(item=model.Get(field=name))):
            field = plan.record.field(name)
            return field is not None and not field.may_lack
        case _:
            return False


def _answer_list(plan: _Fast, term: model.Term) -> str | None:
    """The list whose first element decides a calculation; None where the group alone does."""
    expr = model.TermRef(id=term.id, variable=plan.record.variable)
    if not plan.needs(expr):
        return None
    listed = plan.first_only(expr)
    if listed is None or term.unit is not None or term.kind not in ("kode", "tekst", "ja/nei"):
        raise NotNative
    plan.native.term(term.id)
    return listed


def _answer(plan: _Fast, term: model.Term) -> str:
    """The value of a calculation, told apart from a calculation that does not apply."""
    value = f"{term_name(term.id)}({CONTACT})"
    if term.condition is not None:
        return value
    applies = [plan.native.truth(line.when) if line.when is not None else "True" for line in term.lines]
    return f"svar_av({value}, {' or '.join(applies)})"


def _lookups(plan: _Fast) -> Iterator[str]:
    for (table_id, column), name in plan.native.columns.items():
        table = plan.rulebook.table(table_id)
        keys = f", {len(table.keys)}" if len(table.keys) > 1 else ""
        yield f"{name} = kolonne(regler.{table_name(table)}, {column!r}{keys})"
    for codes, name in plan.native.sets.items():
        yield f"{name} = frozenset({sorted(codes.codes)!r})"


def _list_plan(plan: _Fast, record: model.Record, name: str, answers: list[str]) -> tuple[str, str]:
    """The functions of what the elements of a list contribute, and the list in the plan."""
    functions, parts = [], {}
    for part in ("forste", "hver", "resten"):
        outputs = plan.outputs.get((name, part), [])
        if not outputs:
            parts[part] = "None"
            continue
        function = f"{part}_{identifier(name)}"
        parameters = CONTACT if part == "forste" else f"{CONTACT}, {_ELEMENT}"
        lines = "".join(f"        {code},\n" for _, _, code in outputs)
        functions.append(f"def {function}({parameters}):\n    return (\n{lines}    )")
        kinds = ", ".join(f"Utbytte({number}, {kind!r})" for number, kind, _ in outputs)
        parts[part] = f"(({kinds},), {function})"
    answer = "None"
    if answers:
        calls = "".join(f"{_answer(plan, plan.rulebook.term(id_))}, " for id_ in answers)
        functions.append(f"def svar_av_{identifier(name)}({CONTACT}):\n    return ({calls})")
        answer = f"svar_av_{identifier(name)}"
    number = [field.name for field in record.fields].index(name)
    where = f"regler.{rules_name(record)}.felter[{number}]"
    text = f"Listeplan({where}, {parts['forste']}, {parts['hver']}, {parts['resten']}, {answer})"
    return "\n\n\n".join(functions), text


def _finder(plan: _Fast, record: model.Record, lists: list[str]) -> tuple[str, str]:
    """The lines that fetch what the finder needs, and those that find the bits of a contact."""
    setup, body = [], []
    for one in record.fields:
        name = one.identifier
        if one.kind in ("heltall", "ja/nei"):
            lacks = f" and {name}_ is not None" if one.may_lack else ""
            kind = "int" if one.kind == "heltall" else "bool"
            body.append(f"if type({name}_) is not {kind}{lacks}:\n    raise Langsom")
        elif one.kind in ("liste", "koder"):
            body.append(f"if type({name}_) is not list and type({name}_) is not tuple:\n    raise Langsom")
    body.append("biter = 0")
    for field_name, _ in plan.fields:
        name = identifier(field_name)
        setup.append(f"felt_{name} = bitplan.felt[{name!r}]")
        body.append(f"biter |= felt_{name}[{name}_]")
    context = [f"{identifier(name)}_" for name in plan.context]
    setup.append("sammenhenger = bitplan.sammenhenger")
    body.append(f"nummer = sammenhenger[({''.join(f'{name}, ' for name in context)})]")
    for listed in lists:
        name = identifier(listed)
        setup += [f"{part}_{name} = bitplan.{part}[{name!r}]" for part in ("forste", "resten", "tomme")]
        body += [
            f"if {name}_:",
            f"    egne, svar_{name} = forste_{name}[nummer][{name}_[0]]",
            "    biter |= egne",
            f"    if len({name}_) > 1:",
            f"        minne = resten_{name}[nummer]",
            f"        for element in {name}_[1:]:",
            "            biter |= minne[element]",
            "else:",
            f"    egne, svar_{name} = tomme_{name}[nummer]",
            "    biter |= egne",
        ]
    setup.append("eller, rest, avledet = bitplan.eller, bitplan.rest, bitplan.avledet")
    fields = ", ".join(f"{one.identifier}={_as_element(one)}" for one in record.fields)
    setup += [f"element_{identifier(name)} = bitplan.elementer[{identifier(name)!r}]" for name in lists]
    body += [
        "post = None",
        "for vakt, bit, vilkaar in rest:",
        "    if not biter & bit and (not vakt or biter & vakt):",
        "        if vilkaar is not None and post is None:",
        f"            post = Opphold({fields})",
        "        if vilkaar is None or vilkaar(post):",
        "            biter |= bit",
        "for linjer in avledet:",
        "    for bit, verdi in linjer:",
        "        if not bit or biter & bit:",
        "            biter |= verdi",
        "            break",
        "for en_av, bit in eller:",
        "    for en in en_av:",
        "        if biter & en:",
        "            biter |= bit",
        "            break",
    ]
    text = "\n".join(f"    {line}" for line in setup)
    lines = "\n".join(body).split("\n")
    return text, "\n".join(f"        {line}" for line in lines)


def _as_element(field: model.RecordField) -> str:
    name = field.identifier
    return f"[element_{name}[en] for en in {name}_]" if field.kind in ("liste", "koder") else f"{name}_"
