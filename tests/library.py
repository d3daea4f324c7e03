"""The real rulebooks, loaded once, and what their packages are called in tests."""

from pathlib import Path
from types import ModuleType

import pytest

from compiler.model import Rulebook
from compiler.pipeline import load

ROOT = Path(__file__).parent.parent
LIBRARY = load(ROOT / "rulebooks", ROOT)
MADE_UP = load(ROOT / "tests/cases/ok/alt", ROOT)
"""A made-up scheme that uses every construct of the language."""

Packages = dict[str, tuple[Rulebook, ModuleType, ModuleType]]
"""By name of rule year: the rulebook, its generated module, and the package that the module is in."""


_RULEBOOKS = (*LIBRARY.rulebooks(), *MADE_UP.rulebooks())
NEWEST = {*{one.scheme: one.name for one in LIBRARY.rulebooks()}.values(), *(one.name for one in MADE_UP.rulebooks())}
"""The newest year of each scheme, and all that is made up."""


def of_year(name: str, *more: str) -> object:
    """A parameter of a rule year, which the quick tests have of the newest of each scheme and of the made-up ones."""
    return pytest.param(name, *more, marks=() if name in NEWEST else pytest.mark.langt)


EACH_YEAR = [of_year(rulebook.name) for rulebook in _RULEBOOKS]
"""Each rule year."""
EACH_KIND = [of_year(rulebook.name, record.id) for rulebook in _RULEBOOKS for record in rulebook.top_records()]
"""Each kind of record that each rule year judges."""
