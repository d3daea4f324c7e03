"""The two modules of a rule year, put together: a docstring, the imports that are used, and the code."""

from importlib.metadata import version

from compiler import model
from compiler.python.api import api
from compiler.python.constants import constants
from compiler.python.explained import explained
from compiler.python.layout import filled, imports, plain
from compiler.python.records import records
from compiler.python.rules import rules
from compiler.python.symbols import FORKLARING, INDEKS, MOTOR, REGELRADER, SAMLING, VERDIER, module_name, symbols

_HEAD = '''
    """$what.

    Laget av regelverk $version. Ikke rediger: endre regelverket og bygg på nytt.$extract
    """
'''
_CALLED_FROM_OUTSIDE = ("forklar as _forklar", "hvorfor_ikke as _hvorfor_ikke", "vurder as _vurder")
"""What the module has functions of the same name for."""
_ARROW = "if TYPE_CHECKING:\n    import pyarrow as pa"


def rules_module(rulebook: model.Rulebook, fast: bool) -> str:
    """The module of rules; `fast` when the rulebook has a module of the fast way beside it."""
    names = symbols(rulebook)
    parts = [*constants(rulebook, names), *records(rulebook), *rules(rulebook, names), *api(rulebook, names, fast)]
    body = "\n\n\n".join(parts)
    lines = [
        _head(rulebook, f"{rulebook.title} ({rulebook.scheme} {rulebook.year})"),
        *imports("collections.abc", ["Callable", "Collection", "Iterable", "Mapping", "Sequence"], body),
        *imports("dataclasses", ["dataclass"], body),
        *imports("datetime", ["date", "datetime"], body),
        *imports("decimal", ["Decimal"], body),
        *imports("functools", ["cache"], body),
        *imports("pathlib", ["Path"], body),
        *imports("typing", ["TYPE_CHECKING", "Any", "Literal", "overload"], body + _ARROW),
        "",
        *imports("._runtime.data", ["Datafil"], body),
        *imports("._runtime.forklaring", ["Ledd", "Vist"], body),
        *imports("._runtime.indeks", INDEKS, body),
        *imports("._runtime.lesing", ["Felt", "Post"], body),
        *imports(
            "._runtime.motor",
            ["forklar as _forklar", "hvorfor_ikke as _hvorfor_ikke", "vurder as _vurder", *MOTOR],
            body,
        ),
        *imports("._runtime.regelrader", REGELRADER, body),
        *imports("._runtime.samlet", ["Samlet"], body),
        *imports("._runtime.samling", SAMLING, body),
        *imports("._runtime.svar", ["Kvittering", "Linjesvar", "Svar"], body),
        *imports("._runtime.verdier", VERDIER, body),
    ]
    return "\n".join(lines) + f"\n\n{_ARROW}\n\n\n{body}\n"


def explanations_module(rulebook: model.Rulebook) -> str:
    """The module of explanations."""
    body = "\n\n\n".join(explained(rulebook, symbols(rulebook)))
    lines = [
        _head(rulebook, f"Forklaringene til {rulebook.title} ({rulebook.scheme} {rulebook.year})"),
        *imports("collections.abc", ["Callable", "Mapping"], body),
        *imports("datetime", ["date", "datetime"], body),
        *imports("decimal", ["Decimal"], body),
        *imports("typing", ["Any"], body),
        "",
        f"from . import {module_name(rulebook)} as regler",
        *imports("._runtime.forklaring", FORKLARING, body),
        "from ._runtime.lesing import Post",
        *imports("._runtime.motor", ["gruppeledd"], body),
        *imports("._runtime.verdier", VERDIER, body),
    ]
    return "\n".join(lines) + f"\n\n\n{body}\n"


def _head(rulebook: model.Rulebook, what: str) -> str:
    """The docstring of a module, and an empty line."""
    extract = f"\n\nRegelverket er et utdrag: {plain(rulebook.extract)}." if rulebook.extract else ""
    return filled(_HEAD, what=plain(what), version=version("regelverk"), extract=extract) + "\n"
