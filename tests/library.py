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


def _quick() -> set[str]:
    """The newest year of each scheme, and all that is made up."""
    newest = {rulebook.scheme: rulebook.name for rulebook in LIBRARY.rulebooks()}
    return {*newest.values(), *(rulebook.name for rulebook in MADE_UP.rulebooks())}


EACH_YEAR = [
    pytest.param(rulebook.name, marks=() if rulebook.name in _quick() else pytest.mark.langt)
    for rulebook in (*LIBRARY.rulebooks(), *MADE_UP.rulebooks())
]
"""The name of each rule year as a parameter; in the quick tests the newest of each scheme and the made-up ones."""
