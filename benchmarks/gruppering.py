"""How many contacts a generated package takes in a second, against the reference answer on the same contacts."""

import importlib
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import laget
import maaling
import pakker
from hypothesis import HealthCheck, Phase, given, seed, settings

from compiler.evaluate import evaluate
from compiler.model import Rulebook
from compiler.names import identifier
from tests.cases_drawn import cases

_ROOT = Path(__file__).parents[1]
_GROUPS, _CODES = 1000, 40
_FAST, _SLOW = 1000, 25
"""How many contacts the package gets, and how many of them the reference; the large rulebook gets fewer."""
_TIMES = 20


def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        sys.path.insert(0, name)
        isf = pakker.scheme(_ROOT / "rulebooks", "isf")
        package = importlib.import_module(pakker.write_package(isf, folder))
        for rulebook in isf:
            if rulebook.year in (2020, 2021):
                drawn = _drawn(rulebook, _FAST)
                _compare(f"ISF {rulebook.year}", rulebook, package.aar(rulebook.year), drawn, _FAST)
        made = laget.rulebook(_GROUPS, _CODES)
        made.write(folder / "regler")
        large = pakker.scheme(folder / "regler", "laget")
        package = importlib.import_module(pakker.write_package(large, folder))
        contacts = made.contacts(_FAST)
        _compare(f"{_GROUPS} grupper med vilkår", large[0], package.aar(2021), contacts, _SLOW)
        unknown = [{**contact, "hovedtilstand": None} for contact in contacts]
        title = f"{_GROUPS} grupper med vilkår, hovedtilstand ikke oppgitt"
        _compare(title, large[0], package.aar(2021), unknown, _SLOW)


def _drawn(rulebook: Rulebook, number: int) -> list[dict[str, Any]]:
    """Contacts as the tests draw them, the same each time."""
    found: list[dict[str, Any]] = []

    @seed(laget.SEED)
    @settings(max_examples=number, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(cases(rulebook, rulebook.top_records()[0]))
    def draw(case: dict[str, Any]) -> None:
        found.append(case)

    draw()
    return found


def _compare(title: str, rulebook: Rulebook, module: ModuleType, contacts: list[dict[str, Any]], slow: int) -> None:
    """Measure the package and the reference on the same contacts, and show how they compare."""
    record = rulebook.top_records()[0]
    make = getattr(module, identifier(record.id))
    posts = [make(**{identifier(field): value for field, value in contact.items()}) for contact in contacts]
    for contact in contacts[:slow]:
        expected, answer = evaluate(rulebook, contact), module.grupper_data(contact)
        assert (answer.status, answer.gruppe) == (expected.status, expected.gruppe), contact
    took = maaling.medians(
        {
            "evaluate": lambda: [evaluate(rulebook, contact) for contact in contacts[:slow]],
            "grupper_data": lambda: [module.grupper_data(contact) for contact in contacts],
            "grupper": lambda: [module.grupper(post) for post in posts],
        },
        runs=5,
    )
    reference = min(slow, len(contacts)) / took["evaluate"]
    maaling.heading(title, f"evaluate, {reference:.0f} kontakter i sekundet")
    for name in ("grupper_data", "grupper"):
        rate = len(contacts) / took[name]
        ratio = rate / reference
        maaling.report(name, f"{rate:.0f} kontakter/s", ratio, f"mål {_TIMES} ×", ratio >= _TIMES)


if __name__ == "__main__":
    main()
