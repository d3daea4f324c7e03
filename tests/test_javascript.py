"""The JavaScript of the site gives the same answers, with the same explanations, as the generated Python."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from compiler import model
from compiler.javascript import javascript
from compiler.runtime.forklaring import forklaringstekst
from tests.cases_drawn import cases
from tests.library import LIBRARY, MADE_UP, Packages
from tests.nettleser import program

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden"
RULEBOOKS = {rulebook.name: rulebook for rulebook in (*LIBRARY.rulebooks(), *MADE_UP.rulebooks())}
KINDS = [(name, record.id) for name, rulebook in RULEBOOKS.items() for record in rulebook.top_records()]
FEW = 12
"""Drawn cases of each kind in the quick test."""
MANY = 700


@dataclass(frozen=True, slots=True)
class Case:
    """What is given, as it is in JSON, and which rules answer."""

    name: str
    record: str
    given: Any
    explained: bool = True


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The module of each rule year."""
    folder = tmp_path_factory.mktemp("javascript")
    found = {}
    for name, rulebook in RULEBOOKS.items():
        found[name] = folder / f"{name}.mjs"
        found[name].write_text(javascript(rulebook), encoding="utf-8")
    return found


def _hash_free(text: str) -> str:
    return text


def agrees(packages: Packages, modules: dict[str, Path], wanted: Sequence[Case]) -> None:
    """Node and Python say the same of each case."""
    told = [
        {"modul": str(modules[c.name]), "opplysninger": c.record, "gitt": c.given, "forklares": c.explained,
         "hode": _head(RULEBOOKS[c.name])}
        for c in wanted
    ]
    node = program("node", "nodejs")
    command = [node, str(ROOT / "tests/javascript/svar.mjs"), str(ROOT / "site/assets/prov")]
    text = "".join(f"{json.dumps(one)}\n" for one in told)
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(wanted)
    bad = 0
    import collections
    byn = collections.Counter()
    for case, answer in zip(wanted, found, strict=True):
        _, module, _ = packages[case.name]
        svar = module.grupper_data(case.given, case.record)
        a = _json(svar)
        forklaring = module.forklar(case.given, case.record) if case.explained else None
        if answer["svar"] != a or answer["forklaring"] != forklaring:
            bad += 1
            byn[case.name, case.record] += 1
            if byn[case.name, case.record] > 1 or len(byn)>9: continue
            print(case)
            if isinstance(answer["svar"], str): print(answer["svar"][:1500]); continue
            for k in a:
                if a[k] != answer["svar"].get(k): print(k, "\n  PY", a[k], "\n  JS", answer["svar"].get(k))
            if forklaring != answer["forklaring"]:
                for x,y in zip((forklaring or '').splitlines(), (answer["forklaring"] or '').splitlines()):
                    if x!=y: print("PY",x,"\nJS",y); break
    print(byn)
    assert not bad, f"{bad} of {len(wanted)}"


def _head(rulebook: model.Rulebook) -> str:
    return f"{rulebook.title} ({rulebook.scheme} {rulebook.year}, {rulebook.status})"


def _json(value: Any) -> Any:
    """An answer as the driver writes it."""
    match value:
        case bool() | str() | int() | None:
            return value
        case Decimal():
            return {"tall": f"{value.normalize():f}" if value else "0"}
        case datetime():
            return {"tidspunkt": value.isoformat(" ", "seconds" if value.second else "minutes")}
        case date():
            return {"dato": value.isoformat()}
        case frozenset():
            return {"mengde": sorted(value)}
        case dict():
            return [[key, _json(one)] for key, one in value.items()]
        case tuple() | list():
            return [_json(one) for one in value]
        case _ if is_dataclass(value):
            return {field.name: _json(getattr(value, field.name)) for field in fields(value)}
    raise AssertionError(value)


def _golden() -> Iterator[Case]:
    for path in sorted(GOLDEN.glob("*/tilfeller.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line) if line.strip() else {}
            if "gitt" in case:
                name = path.parent.name
                record = case.get("opplysninger", RULEBOOKS[name].top_records()[0].id)
                yield Case(name, record, case["gitt"])


def _drawn(name: str, record: str, count: int) -> list[Case]:
    """Drawn cases as JSON has them, since a form has nothing else."""
    found: list[Case] = []

    @settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    @given(cases(RULEBOOKS[name], RULEBOOKS[name].record(record)))
    def draw(case: dict[str, object]) -> None:
        found.append(Case(name, record, json.loads(json.dumps(case, default=str))))

    draw()
    return found


def test_golden_cases(packages: Packages, modules: dict[str, Path]) -> None:
    agrees(packages, modules, list(_golden()))


def test_drawn_cases(packages: Packages, modules: dict[str, Path]) -> None:
    agrees(packages, modules, [case for name, record in KINDS for case in _drawn(name, record, FEW)])
