"""Generated Python as JavaScript: the few constructs that generated rules and explanations are made of."""

import ast
import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from compiler.runtime import forklaring, lesing, motor, regelrader

_RESERVED = {
    *("arguments", "await", "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete"),
    *("do", "else", "enum", "eval", "export", "extends", "false", "finally", "for", "function", "if", "implements"),
    *("import", "in", "instanceof", "interface", "let", "new", "null", "package", "private", "protected", "public"),
    *("return", "static", "super", "switch", "this", "throw", "true", "try", "typeof", "undefined", "var", "void"),
    *("while", "with", "yield"),
}
"""What JavaScript does not take as a name."""

_RECORDS: Mapping[str, tuple[str, ...]] = {
    **{
        made.__name__: tuple(one.name for one in dataclasses.fields(made) if one.init)
        for made in (lesing.Felt, motor.Beregning, motor.Gruppe, motor.Krav, motor.Liste, motor.Regler)
    },
    **{
        made.__name__: tuple(one.name for one in dataclasses.fields(made))
        for made in (forklaring.Ledd, forklaring.Vist, regelrader.Kolonne)
    },
    "Kodesett": ("koder", "intervaller", "begynnelser", "sett", "unntatt", "alt"),
}
"""What is made from named parts, and the parts in order."""

_MISSING = ("Tom", "GjelderIkke", "Uavklart", "Ukjent", "Uoppgitt")
_ONLY_FAST = {"grenser", "indeks", "kjerne", "raskt", "resultater"}
"""Parts that only make Python faster, or belong to files and columns."""

_OPERATORS: Mapping[type[ast.AST], str] = {
    ast.Add: "pluss",
    ast.Sub: "minus",
    ast.Mult: "gange",
    ast.Eq: "lik",
    ast.NotEq: "ulik",
    ast.Lt: "under",
    ast.LtE: "hoyst",
    ast.Gt: "over",
    ast.GtE: "minstLik",
}
"""The functions of the runtime that stand for operators; they are reached with a «$» before, which no rule has."""
_CALLS = {"Decimal": "tall", "date": "dato", "datetime": "tidspunkt", "frozenset": "mengde"}


class NotTranslated(Exception):
    """The generated Python has something that is not translated."""


@dataclass(frozen=True, slots=True)
class Translator:
    """Translates one module; `own` are the names defined in it, which have `prefix` before them in JavaScript."""

    own: frozenset[str]
    prefix: str = ""
    reached: frozenset[str] = frozenset()
    """The names that are reached through «regler» in Python, and so must not be hidden by a variable."""
    local: frozenset[str] = frozenset()
    """The parameters and variables of the function that is translated."""
    taken: set[str] = field(default_factory=set)
    """What has been used of the runtime; what generated code gives a name of its own has «$» before it."""

    # ---- statements

    def function(self, made: ast.FunctionDef) -> str:
        """A function, with its value kept where it is kept in Python."""
        decorators = [name for one in made.decorator_list if (name := ast.unparse(one)).partition("(")[0] != "ved_kode"]
        name, parameters = self._name(made.name), self._parameters(made.args)
        body = "".join(f"  {line}\n" for line in self._body(made))
        match decorators:
            case []:
                return f"function {name}({parameters}) {{\n{body}}}"
            case ["husket"]:
                kept = f"{self._of_runtime('husket')}({_text(made.name)}"
                return f"const {name} = {kept}, function ({parameters}) {{\n{body}}});"
            case ["cache"]:
                return f"const {name} = {self._of_runtime('$husketEn')}(function ({parameters}) {{\n{body}}});"
            case _:
                raise NotTranslated(f"@{', @'.join(decorators)}")

    def constant(self, name: str, value: ast.expr) -> str:
        """A constant of the module."""
        return f"const {self._name(name)} = {self.expression(value)};"

    def _inside(self, arguments: ast.arguments, assigned: Iterable[str] = ()) -> "Translator":
        """The translator of what has parameters and variables of its own."""
        return replace(self, local=self.local | {one.arg for one in arguments.args} | set(assigned))

    def _body(self, made: ast.FunctionDef) -> Iterator[str]:
        assigned = {target.id for node in ast.walk(made) if isinstance(node, ast.Assign) for target in _names(node)}
        if assigned:
            yield f"let {', '.join(map(self._variable, sorted(assigned)))};"
        inside = self._inside(made.args, assigned)
        for statement in made.body:
            yield from inside._statement(statement)

    def _statement(self, statement: ast.stmt) -> Iterator[str]:
        match statement:
            case ast.Expr(value=ast.Constant(value=str())):
                return
            case ast.Return(value=ast.expr() as value):
                yield f"return {self.expression(value)};"
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield f"{self._variable(name)} = {self.expression(value)};"
            case ast.If(test=test, body=body, orelse=[]):
                yield f"if ({self.expression(test)}) {{"
                for inner in body:
                    yield from (f"  {line}" for line in self._statement(inner))
                yield "}"
            case _:
                raise NotTranslated(ast.unparse(statement))

    # ---- expressions

    def expression(self, node: ast.expr) -> str:
        """An expression; what it is part of needs no parentheses around it."""
        match node:
            case ast.Constant(value=value):
                return _constant(value)
            case ast.Name(id=name):
                return self._name(name)
            case ast.Attribute(value=ast.Name(id="regler"), attr=name):
                return _allowed(name)
            case ast.Attribute(value=value, attr=name):
                return f"{self.expression(value)}.{name}"
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return f"[{self._parts(parts)}]"
            case ast.Starred(value=value):
                return f"...{self.expression(value)}"
            case ast.Lambda(args=arguments, body=body):
                return f"({self._parameters(arguments)}) => {self._inside(arguments).expression(body)}"
            case ast.Dict(keys=keys, values=values):
                pairs = (f"[{self._parts(pair)}]" for pair in zip([k for k in keys if k], values, strict=True))
                return f"{self._of_runtime('$oppslag')}([{', '.join(pairs)}])"
            case ast.Compare(left=left, ops=[ast.Is() | ast.IsNot() as operator], comparators=[right]):
                same = "===" if isinstance(operator, ast.Is) else "!=="
                return f"{self.expression(left)} {same} {self.expression(right)}"
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                return self._operator(operator, left, right)
            case ast.BinOp(left=left, op=operator, right=right):
                return self._operator(operator, left, right)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return f"!({self.expression(operand)})"
            case ast.IfExp(test=test, body=body, orelse=otherwise):
                return f"({self.expression(test)} ? {self.expression(body)} : {self.expression(otherwise)})"
            case ast.JoinedStr(values=values):
                return f"({' + '.join(map(self._text_part, values))})"
            case ast.Call():
                return self._call(node)
            case _:
                raise NotTranslated(ast.unparse(node))

    def _text_part(self, part: ast.expr) -> str:
        return self.expression(part.value if isinstance(part, ast.FormattedValue) else part)

    def _operator(self, operator: ast.AST, left: ast.expr, right: ast.expr) -> str:
        if type(operator) not in _OPERATORS:
            raise NotTranslated(ast.unparse(ast.Expression(left)) + f" {type(operator).__name__}")
        name = self._of_runtime(f"${_OPERATORS[type(operator)]}")
        return f"{name}({self.expression(left)}, {self.expression(right)})"

    def _call(self, call: ast.Call) -> str:
        match call.func, call.args, call.keywords:
            case ast.Name(id=name), _, _ if name in self.own or name in self.local:
                pass
            case ast.Name(id="isinstance"), [value, ast.Name(id=kind)], []:
                return f"{self.expression(value)} instanceof {self._of_runtime(kind)}"
            case ast.Name(id="Decimal"), [ast.Constant(value=value)], []:
                return f"{self._of_runtime('$tall')}({_text(str(value))})"
            case ast.Name(id=name), args, [] if name in _CALLS:
                return f"{self._of_runtime(f'${_CALLS[name]}')}({self._parts(args)})"
            case ast.Name(id=name), args, [] if name in _MISSING:
                return f"new {self._of_runtime(name)}({self._parts(args)})"
            case ast.Name(id=name), args, keywords if name in _RECORDS:
                return f"new {self._of_runtime(name)}({{{self._named(_RECORDS[name], args, keywords)}}})"
        if call.keywords:
            raise NotTranslated(ast.unparse(call))
        return f"{self.expression(call.func)}({self._parts(call.args)})"

    def _named(self, names: tuple[str, ...], args: list[ast.expr], keywords: list[ast.keyword]) -> str:
        """The parts of what is made, by name, without those that are empty or not used here."""
        given = [*zip(names, args, strict=False), *((one.arg or "", one.value) for one in keywords)]
        return ", ".join(
            f"{name}: {self.expression(value)}" for name, value in given if name not in _ONLY_FAST and not _empty(value)
        )

    def _parts(self, parts: Iterable[ast.expr]) -> str:
        return ", ".join(map(self.expression, parts))

    def _name(self, name: str) -> str:
        """A variable, what the module defines, or else what it uses of the runtime."""
        if name in self.local:
            return self._variable(name)
        return _allowed(self.prefix + name) if name in self.own else self._of_runtime(name)

    def _variable(self, name: str) -> str:
        return f"{name}$1" if name in self.reached else _allowed(name)

    def _parameters(self, arguments: ast.arguments) -> str:
        return ", ".join(self._variable(one.arg) for one in arguments.args)

    def _of_runtime(self, name: str) -> str:
        self.taken.add(name)
        return name


def referred(node: ast.AST) -> Iterator[str]:
    """The names of rules that a part of a module refers to, also where it reaches them through «regler»."""
    match node:
        case ast.keyword(arg=str() as name) if name in _ONLY_FAST:
            return
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="regler"), attr=name):
            yield name
    for part in ast.iter_child_nodes(node):
        yield from referred(part)


def _names(node: ast.Assign) -> Iterator[ast.Name]:
    yield from (target for target in node.targets if isinstance(target, ast.Name))


def _empty(value: ast.expr) -> bool:
    match value:
        case ast.Tuple(elts=[]) | ast.Constant(value=None):
            return True
        case _:
            return False


def _allowed(name: str) -> str:
    """A name that JavaScript takes."""
    return f"{name}$" if name in _RESERVED else name


def _constant(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case int():
            return str(value)
        case _:
            raise NotTranslated(repr(value))


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
