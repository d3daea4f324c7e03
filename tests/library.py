"""The real rulebooks, loaded once, and what their packages are called in tests."""

import shutil
from pathlib import Path
from types import ModuleType

import pytest

from compiler.model import Rulebook
from compiler.pipeline import Library, load

ROOT = Path(__file__).parent.parent
LIBRARY = load(ROOT / "rulebooks", ROOT)
MADE_UP = load(ROOT / "tests/cases/ok/alt", ROOT)
"""A made-up scheme that uses every construct of the language."""


def read_case(path: Path, folder: Path) -> Library:
    """The library of a case: of its folder, or of its one file, put in a folder of its own."""
    if path.is_file():
        shutil.copy(path, folder)
        path = folder
    return load(path, path)


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
