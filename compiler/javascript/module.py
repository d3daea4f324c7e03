"""The JavaScript module of a rule year: what the rules need, in the order of the Python, in one function."""

import ast
import json
from collections.abc import Iterator, Mapping
from importlib.metadata import version

from compiler import model
from compiler.javascript.translate import Translator, referred
from compiler.python.data import data_file
from compiler.python.modules import explanations_module, rules_module
from compiler.python.symbols import module_name

_EXPLAINS = "om$"
"""What stands before the name of an explanation, which in Python is in a module of its own."""
_Definition = ast.FunctionDef | ast.expr
"""A function, or the value of a constant."""


def javascript(rulebook: model.Rulebook) -> str:
    """The module: a function that is given the runtime, and returns the rules about each kind of record.

    A rulebook that this one uses stands in the same module, and so do the tables that Python keeps in a data file.
    """
    parts = [f"// Laget av regelverk {version('regelverk')}. Ikke rediger: endre regelverket og bygg på nytt."]
    if rulebook.used is not None:
        parts.append(_function(rulebook.used, f"function {module_name(rulebook.used)}(kjoring)"))
    parts.append(_function(rulebook, "export default function regelverk(kjoring)"))
    return "\n\n".join(parts) + "\n"


def _function(rulebook: model.Rulebook, head: str) -> str:
    """All of a rulebook as one function."""
    taken: set[str] = set()
    body = "\n".join(_definitions(rulebook, taken))
    names = [f"{name[1:]}: {name}" if name.startswith("$") else name for name in sorted(taken)]
    return f"{head} {{\nconst {{ {', '.join(names)} }} = kjoring;\n{body}\nreturn {{ REGLER }};\n}}"


def _definitions(rulebook: model.Rulebook, taken: set[str]) -> Iterator[str]:
    """What the rules of the records need, in the order of the Python; `taken` gets what is used of the runtime."""
    rules, explanations = _module(rules_module(rulebook, fast=False)), _module(explanations_module(rulebook))
    special = dict(_special(rulebook, taken))
    yield from special.values()
    needed = _needed({**rules, **{f"{_EXPLAINS}{name}": made for name, made in explanations.items()}})
    plain = Translator(frozenset({*rules, *special}), taken=taken)
    yield from (_translated(plain, name, made) for name, made in rules.items() if name in needed - special.keys())
    explaining = Translator(frozenset(explanations), _EXPLAINS, frozenset(rules), taken=taken)
    yield from (_translated(explaining, name, made) for name, made in explanations.items())


def _special(rulebook: model.Rulebook, taken: set[str]) -> Iterator[tuple[str, str]]:
    """What Python imports or reads from a file, by name."""
    yield "_forklaringer", f"const _forklaringer = () => {_EXPLAINS}FORKLARINGER;"
    if rulebook.used is not None:
        first = json.dumps(rulebook.used.top_records()[0].id, ensure_ascii=False)
        used = f"const $brukt = {module_name(rulebook.used)}(kjoring);\n"
        yield "_bruker", f"{used}const _bruker = () => $brukt.REGLER.get({first});"
    data = data_file(rulebook)
    if data is not None:
        taken.add("Datafil")
        yield "DATA", f"const DATA = new Datafil({data.strip()});"


def _module(text: str) -> dict[str, _Definition]:
    """The functions and constants of a generated module, in order."""
    found: dict[str, _Definition] = {}
    for statement in ast.parse(text).body:
        match statement:
            case ast.FunctionDef(name=name):
                found[name] = statement
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                found[name] = value
            case _:
                pass
    return found


def _needed(found: Mapping[str, _Definition]) -> set[str]:
    """The definitions that the rules and the explanations lead to."""
    needed: set[str] = set()
    waiting = ["REGLER", *(name for name in found if name.startswith(_EXPLAINS))]
    while waiting:
        name = waiting.pop()
        if name in found and name not in needed:
            needed.add(name)
            waiting += referred(found[name])
    return needed


def _translated(translator: Translator, name: str, made: _Definition) -> str:
    return translator.function(made) if isinstance(made, ast.FunctionDef) else translator.constant(name, made)
