"""What all tests share: golden files beside the cases, and the cases themselves."""

import difflib
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from compiler.build import schemes
from compiler.packages import imported
from tests.library import LIBRARY, MADE_UP, Packages

ROOT = Path(__file__).parent.parent
CASES = Path(__file__).parent / "cases"

Golden = Callable[[str, Path], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --update` writes the expected files anew."""
    parser.addoption("--update", action="store_true", help="skriv de ventede filene på nytt")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to write expected files where nobody reads the difference."""
    if config.getoption("--update") and os.environ.get("CI"):
        raise pytest.UsageError("--update kan ikke brukes når CI er satt")


def cases(name: str) -> list[Path]:
    """The cases of a kind: each file or folder in tests/cases/<name> that is not an expected file."""
    return sorted(path for path in (CASES / name).iterdir() if path.suffix != ".txt")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Holds a text against the file that says what it should be."""
    update = bool(request.config.getoption("--update"))

    def compare(text: str, path: Path) -> None:
        if update:
            path.write_text(text, encoding="utf-8", newline="\n")
            return
        shown = path.relative_to(ROOT)
        if not path.exists():
            pytest.fail(f"{shown} finnes ikke: kjør «pytest --update» og les filen", pytrace=False)
        expected = path.read_text(encoding="utf-8")
        if text != expected:
            difference = "".join(_difference(expected, text))
            pytest.fail(f"{shown} er ikke som ventet:\n{difference}", pytrace=False)

    return compare


def _difference(expected: str, text: str) -> Iterator[str]:
    """The lines that differ, with those around them."""
    old, new = expected.splitlines(keepends=True), text.splitlines(keepends=True)
    return difflib.unified_diff(old, new, "ventet", "fikk")


@pytest.fixture(scope="session")
def packages() -> Iterator[Packages]:
    """Every rule year with its generated module."""
    found: Packages = {}
    with ExitStack() as stack:
        for years in (*schemes(LIBRARY), *schemes(MADE_UP)):
            package = stack.enter_context(imported(years))
            found |= {rulebook.name: (rulebook, package.aar(rulebook.year), package) for rulebook in years}
        yield found
