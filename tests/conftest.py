"""What all tests share: golden files beside the cases, and the cases themselves."""

import difflib
import json
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from compiler import cli_library, pipeline
from compiler.build import schemes
from compiler.packages import imported
from dsl.diagnostics import Diagnostic
from tests.library import LIBRARY, MADE_UP, Packages
from tests.nettleser import served, started
from tests.nettsted import some_schemes
from tests.norddrg_aar import REAL_2015, REAL_2016, Imported, real_year

ROOT = Path(__file__).parent.parent
CASES = Path(__file__).parent / "cases"
GOLDEN = Path(__file__).parent / "golden"
NORDDRG = ROOT.parent / "shared" / "norddrg"
FROZEN = GOLDEN / "frosne.json"
"""The frozen rule years, each with the reasons for which its golden files have been written anew."""

Golden = Callable[[str, Path], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest --update` writes the expected files anew."""
    parser.addoption("--update", action="store_true", help="skriv de ventede filene på nytt")
    parser.addoption("--nye-adresser", action="store_true", help="legg nye adresser til i tests/adresser.txt")
    parser.addoption("--aar", help="et frosset regelår som skal rettes, for eksempel isf-2020")
    parser.addoption("--rettelse", help="hvorfor det frosne regelåret rettes")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to write expected files where nobody reads the difference."""
    if config.getoption("--update") and os.environ.get("CI"):
        raise pytest.UsageError("--update kan ikke brukes når CI er satt")
    if bool(config.getoption("--aar")) != bool(config.getoption("--rettelse")):
        raise pytest.UsageError("--aar og --rettelse hører sammen: si hvilket år som rettes, og hvorfor")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Send the tests of a group to one worker, which has the site that they look at.

    xdist 3.8 writes the group in the id of a test, and pytest 9.2 makes the id anew without it.
    """
    if config.getoption("loadgroup", False):
        for item in items:
            group = item.get_closest_marker("xdist_group")
            if group is not None and "@" not in item.nodeid:
                item._id = type(item.id).parse(f"{item.nodeid}@{group.args[0]}")


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


@pytest.fixture
def frozen_golden(request: pytest.FixtureRequest, golden: Golden) -> Golden:
    """As `golden`, but a frozen rule year is written anew only when it is named with a reason, which is kept."""
    update = bool(request.config.getoption("--update"))
    year, reason = request.config.getoption("--aar"), request.config.getoption("--rettelse")

    def compare(text: str, path: Path) -> None:
        name = path.relative_to(GOLDEN).parts[0]
        frozen: dict[str, list[str]] = json.loads(FROZEN.read_text(encoding="utf-8"))
        same = path.exists() and path.read_text(encoding="utf-8") == text
        if update and not same and name in frozen:
            if name != year:
                hint = f"pytest --update --aar {name} --rettelse «hvorfor»"
                pytest.fail(f"{name} er frosset; skal det rettes, skriv {hint}", pytrace=False)
            if reason not in frozen[name]:
                frozen[name].append(reason)
                FROZEN.write_text(json.dumps(frozen, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        path.parent.mkdir(parents=True, exist_ok=True)
        golden(text, path)

    return compare


def _difference(expected: str, text: str) -> Iterator[str]:
    """The lines that differ, with those around them."""
    old, new = expected.splitlines(keepends=True), text.splitlines(keepends=True)
    return difflib.unified_diff(old, new, "ventet", "fikk")


@pytest.fixture(scope="session", autouse=True)
def read_once() -> Iterator[None]:
    """Commands in this process read and check the real rulebooks once for each set of schemes: they do not change."""
    check = cli_library.checked
    real = (ROOT / "rulebooks").resolve()
    read_before: dict[tuple[Path, frozenset[str]], pipeline.Library] = {}
    checked_before: dict[int, list[Diagnostic]] = {}

    def load(folder: Path, schemes: Collection[str] = ()) -> pipeline.Library:
        if folder.resolve() != real:
            return pipeline.load(folder, schemes=schemes)
        asked = folder, frozenset(schemes)
        if asked not in read_before:
            read_before[asked] = pipeline.load(folder, schemes=schemes)
        return read_before[asked]

    def checked(library: pipeline.Library) -> list[Diagnostic]:
        if not any(library is one for one in read_before.values()):
            return check(library)
        if id(library) not in checked_before:
            checked_before[id(library)] = check(library)
        return checked_before[id(library)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli_library, "load", load)
        patch.setattr(cli_library, "checked", checked)
        yield


@pytest.fixture(scope="session")
def norddrg() -> Path:
    """The folder with the definition tables of NordDRG, which come under an agreement and are not in the repository."""
    if not NORDDRG.is_dir():
        pytest.skip(f"definisjonstabellene til NordDRG er ikke i {NORDDRG}: de brukes etter avtale")
    return NORDDRG


@pytest.fixture(scope="session")
def drg_2015(norddrg: Path, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    """A real year."""
    return real_year(tmp_path_factory.mktemp("ekte"), norddrg / REAL_2015, 2015)


@pytest.fixture(scope="session")
def drg_2016(norddrg: Path, drg_2015: Imported) -> Imported:
    """The next real year, as amendments."""
    return real_year(drg_2015.folder, norddrg / REAL_2016, 2016, drg_2015.rulebook)


@pytest.fixture(scope="session")
def packages() -> Iterator[Packages]:
    """Every rule year with its generated module."""
    found: Packages = {}
    with ExitStack() as stack:
        for years in (*schemes(LIBRARY), *schemes(MADE_UP)):
            package = stack.enter_context(imported(years))
            found |= {rulebook.name: (rulebook, package.aar(rulebook.year), package) for rulebook in years}
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all the tests of the site, which are in the group «nettleser»."""
    with started() as browser:
        yield browser


@pytest.fixture(scope="session")
def shown_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site with some schemes, which the browser looks at."""
    return some_schemes(tmp_path_factory.mktemp("nettsted"))


@pytest.fixture(scope="session")
def address(shown_site: Path) -> Iterator[str]:
    """The address of that site, served."""
    with served(shown_site) as found:
        yield found
