"""How generated Python is laid out: expressions over several lines, docstrings, imports and templates."""

import ast
import re
import textwrap
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from string import Template

from compiler import model
from compiler.words import spoken

WIDTH = 120


def filled(template: str, **values: str) -> str:
    """A template without its own indentation, with each $name replaced by its value as it is."""
    return Template(textwrap.dedent(template).strip("\n")).substitute(values)


# ---- expressions


def tidy(code: str) -> str:
    """An expression with its syntax proved and needless parentheses gone."""
    return ast.unparse(ast.parse(code, mode="eval"))


def laid_out(start: str, code: str, indent: int = 4) -> str:
    """A statement that ends in an expression, over several lines where it is long; its first line is not indented."""
    return start + _expression(ast.parse(code, mode="eval").body, indent, len(start))


def returned(code: str, indent: int = 4) -> str:
    """A return statement."""
    return " " * indent + laid_out("return ", code, indent)


def _expression(node: ast.expr, indent: int, taken: int = 0) -> str:
    """An expression over several lines where it is too long for one: one argument of a call to a line."""
    text = ast.unparse(node)
    if indent + taken + len(text) <= WIDTH:
        return text
    inner = indent + 4
    match node:
        case ast.Call(func=function, args=arguments, keywords=keywords) if arguments or keywords:
            parts = [_expression(argument, inner) for argument in arguments]
            parts += [f"{k.arg}={_expression(k.value, inner, len(k.arg or '') + 1)}" for k in keywords]
            opening, closing = f"{ast.unparse(function)}(", ")"
        case ast.Starred(value=value):
            return "*" + _expression(value, indent, 1)
        case ast.Tuple(elts=elements) if elements:
            parts, opening, closing = [_expression(element, inner) for element in elements], "(", ")"
        case ast.Lambda(args=parameters, body=body):
            head = f"lambda {ast.unparse(parameters)}: " if parameters.args else "lambda: "
            return head + _expression(body, indent, len(head))
        case _:
            return text
    lines = "".join(f"{' ' * inner}{part},\n" for part in parts)
    return f"{opening}\n{lines}{' ' * indent}{closing}"


def tuple_of(parts: Sequence[str]) -> str:
    """A tuple as an argument, one element to a line."""
    return "(" + "".join(f"\n        {laid_out('', part, 8)}," for part in parts) + "\n    )" if parts else "()"


def decimal(value: Decimal) -> str:
    """A number as Python."""
    return f"Decimal({int(value)})" if value == value.to_integral_value() else f"Decimal({str(value)!r})"


def python_time(day: date | datetime | None) -> str:
    """A date, a point in time, or None, as Python."""
    return repr(day).replace("datetime.", "")


# ---- docstrings


def plain(text: str) -> str:
    """A text that can stand in a docstring: it cannot end it, and holds no escapes."""
    return text.replace("\\", "\\\\").replace('"', "”")


def capital(text: str) -> str:
    """The text with its first letter large and the others as they are."""
    return text[:1].upper() + text[1:]


def docstring(
    rulebook: model.Rulebook, definition: model.Definition, kind: str, extra: str | None = None, indent: str = ""
) -> str:
    """The docstring of a rule: what it is, its sources, and where it stands."""
    parts = [capital(definition.title or spoken(definition.id)) + (f" ({extra})" if extra else "") + "."]
    if definition.derived:
        parts.append(f"Utledet: {definition.derived}.")
    if definition.citations:
        parts.append(f"Kilde: {'; '.join(sources(rulebook, definition))}.")
    parts.append(f"Id: {kind} {definition.id}. Står i {definition.place}.")
    first, *rest = [line for part in parts for line in _wrapped(part)]
    lines = [f'"""{first}\n', *rest, '"""']
    return "\n".join(f"{indent}{line}" for line in lines)


def _wrapped(part: str) -> list[str]:
    """A part of a docstring in lines."""
    return textwrap.wrap(plain(part), WIDTH - 4, subsequent_indent="    ")


def sources(rulebook: model.Rulebook, definition: model.Definition) -> tuple[str, ...]:
    """What a definition rests on, each source with the place in it."""
    titles = {source.id: source.title for source in rulebook.sources}
    cited = [(titles.get(c.source, c.source), c.place) for c in definition.citations]
    return tuple(f"{title}, {place}" if place else title for title, place in cited)


# ---- imports


def imports(module: str, names: Iterable[str], body: str) -> list[str]:
    """The import of those names that a body uses, wrapped."""
    used = sorted(name for name in names if name.split(" ")[-1] in _words(body))
    if not used:
        return []
    line = f"from {module} import {', '.join(used)}"
    if len(line) <= WIDTH:
        return [line]
    return [f"from {module} import (", *(f"    {name}," for name in used), ")"]


@lru_cache(maxsize=4)
def _words(body: str) -> frozenset[str]:
    """The words of a body that are not attributes of something, found once for all that it may import."""
    return frozenset(re.findall(r"(?<![\w.])\w+", body))
