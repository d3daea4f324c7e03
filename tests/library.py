"""The real rulebooks, loaded once, and what their packages are called in tests."""

from pathlib import Path
from types import ModuleType

from compiler.model import Rulebook
from compiler.pipeline import load

ROOT = Path(__file__).parent.parent
LIBRARY = load(ROOT / "rulebooks", ROOT)
MADE_UP = load(ROOT / "tests/cases/ok/alt", ROOT)
"""A made-up scheme that uses every construct of the language."""

Packages = dict[str, tuple[Rulebook, ModuleType, ModuleType]]
"""By name of rule year: the rulebook, its generated module, and the package that the module is in."""
