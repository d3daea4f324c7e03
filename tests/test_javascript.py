"""The JavaScript of the site gives the same answers, with the same explanations, as the generated Python."""

import ast
import json
import random
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from compiler import model
from compiler.javascript import javascript
from compiler.javascript.translate import NotTranslated, Translator
from compiler.packages import imported
from compiler.runtime.verdier import REGNING
from tests.cases_drawn import cases
from tests.library import LIBRARY, MADE_UP, NEWEST, ROOT, Packages
from tests.nettleser import program
from tests.norddrg_aar import Imported, published_cases
from tests.test_markdown_safety import NASTY
from tests.test_pages import poisoned

GOLDEN = ROOT / "tests" / "golden"
RUNTIME = ROOT / "site" / "assets" / "prov"
RULEBOOKS = {rulebook.name: rulebook for rulebook in (*LIBRARY.rulebooks(), *MADE_UP.rulebooks())}
KINDS = [(name, record.id) for name, rulebook in RULEBOOKS.items() for record in rulebook.top_records()]
pytestmark = pytest.mark.xdist_group("javascript")
FEW, MANY = 6, 120
"""Drawn cases of each kind of record in the quick test, of the newest year of each scheme, and in the long."""
READ: tuple[Any, ...] = (
    *("", " ", "ja", "NEI", "1", "0", "-1", "−3", "1 000", "1\u00a0234,5", "1 00", "12 år", "12 ÅR", "3,5 kr", "1e3"),
    *("1.", ".5", "٣", "1_000", "0,1234567890123", "123456789012345678", "1234567890123456789", "2020-12-31"),
    *("31.12.2020", "2020-02-30", "2020-1-2", "٢٠٢٠-٠١-٠٢", "2020-12-31 14:30", "2020-12-31T14:30:15", "0001-01-01"),
    *(
        "2020-12-31 14:30Z",
        "31.12.2020 7:05",
        "2020-12-31 24:00",
        "E10.5",
        "e105",
        "ß",
        "ÆØÅ",
        "a" * 21,
        "kode med rom",
    ),
    *(
        "WPBA10 IEAD10",
        "A,B",
        '["A", "B"]',
        "[1,",
        "E105+I792",
        "A+B+C",
        "𝒜",
        "x" * 70,
        "DRG 1",
        "drg1",
        "1",
        "<b>«»</b>",
    ),
    *(True, False, None, 0, 3, -4, [], [None], ["A", 3], {}, {"a": 1}, [{"takst": "2ad"}], [["x"]]),
)
"""Values that a field may be given: good ones in all ways of writing, and bad ones."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is given, as JSON has it, which rules answer, and whether the explanation is compared too."""

    name: str
    record: str
    given: Any
    explained: bool = True


def node(script: str, lines: Sequence[Any]) -> list[str]:
    """What a script writes for some lines."""
    command = [program("node", "nodejs"), str(ROOT / "tests" / "node" / script), str(RUNTIME)]
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.removesuffix("\n").split("\n")


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The module of each rule year, made when it is asked for."""
    folder = tmp_path_factory.mktemp("javascript")

    class Made(dict[str, Path]):
        def __missing__(self, name: str) -> Path:
            self[name] = folder / f"{name}.mjs"
            self[name].write_text(javascript(RULEBOOKS[name]), encoding="utf-8")
            return self[name]

    return Made()


def agree(packages: Packages, modules: dict[str, Path], wanted: Sequence[Case]) -> None:
    """Node and Python say the same of each case."""
    told = [
        {
            "modul": str(modules[case.name]),
            "opplysninger": case.record,
            "gitt": case.given,
            "forklares": case.explained,
            "hode": _head(packages[case.name][0]),
        }
        for case in wanted
    ]
    found = [json.loads(line) for line in node("svar.mjs", told)]
    for case, answer in zip(wanted, found, strict=True):
        module = packages[case.name][1]
        assert answer["svar"] == as_json(module.grupper_data(case.given, case.record)), case
        if case.explained:
            assert answer["forklaring"] == module.forklar(case.given, case.record), case


def _head(rulebook: model.Rulebook) -> str:
    return f"{rulebook.title} ({rulebook.scheme} {rulebook.year}, {rulebook.status})"


def as_json(value: Any) -> Any:
    """An answer as the script writes it."""
    match value:
        case bool() | str() | int() | None:
            return value
        case Decimal():
            return {"tall": f"{value.normalize(REGNING):f}" if value else "0"}
        case datetime():
            return {"tidspunkt": value.isoformat(" ", "seconds" if value.second else "minutes")}
        case date():
            return {"dato": value.isoformat()}
        case frozenset():
            return {"mengde": sorted(value)}
        case Mapping():
            return [[key, as_json(one)] for key, one in value.items()]
        case tuple() | list():
            return [as_json(one) for one in value]
        case _:
            assert is_dataclass(value)
            return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}


def golden_cases(explained: int) -> Iterator[Case]:
    """The cases from the sources; one in so many is explained."""
    for path in sorted(GOLDEN.glob("*/tilfeller.jsonl")):
        name = path.parent.name
        first = RULEBOOKS[name].top_records()[0].id
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            case = json.loads(line) if line.strip() else {}
            if "gitt" in case:
                yield Case(name, case.get("opplysninger", first), case["gitt"], number % explained == 0)


def drawn_cases(name: str, record: str, count: int, explained: int) -> list[Case]:
    """Drawn cases as JSON has them, since a form has nothing else; one in so many is explained."""
    found: list[Case] = []

    @settings(
        max_examples=count, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
    )
    @given(cases(RULEBOOKS[name], RULEBOOKS[name].record(record)))
    def draw(case: dict[str, object]) -> None:
        data = json.loads(json.dumps(case, default=str))
        found.append(Case(name, record, data, len(found) % explained == 0))

    draw()
    return found


def test_golden_cases(packages: Packages, modules: dict[str, Path]) -> None:
    agree(packages, modules, [case for case in golden_cases(explained=12) if case.name in NEWEST])


def test_drawn_cases(packages: Packages, modules: dict[str, Path]) -> None:
    agree(
        packages,
        modules,
        [case for kind in KINDS if kind[0] in NEWEST for case in drawn_cases(*kind, FEW, explained=3)],
    )


@pytest.mark.langt
def test_golden_cases_with_explanations(packages: Packages, modules: dict[str, Path]) -> None:
    agree(packages, modules, list(golden_cases(explained=1)))


@pytest.mark.langt
@pytest.mark.parametrize(("name", "record"), KINDS)
def test_many_drawn_cases(packages: Packages, modules: dict[str, Path], name: str, record: str) -> None:
    agree(packages, modules, drawn_cases(name, record, MANY, explained=4))


@pytest.mark.langt
def test_published_cases_of_norddrg(norddrg: Path, drg_2015: Imported, tmp_path: Path) -> None:
    """A year of two thousand rules and a hundred thousand rows, in the browser's JavaScript."""
    rulebook, path = drg_2015.rulebook, tmp_path / "drg.mjs"
    path.write_text(javascript(rulebook), encoding="utf-8")
    wanted = [Case("drg", "Opphold", one.contact, n % 5 == 0) for n, one in enumerate(published_cases(norddrg))]
    with imported([rulebook]) as package:
        agree({"drg": (rulebook, package.aar(2015), package)}, {"drg": path}, wanted)


@pytest.mark.parametrize(
    ("name", "record"), [("tider-2023", "Pasient"), ("rader-2020", "Opphold"), ("fastlege-2021", "Regning")]
)
def test_what_is_given_is_read_alike(packages: Packages, modules: dict[str, Path], name: str, record: str) -> None:
    """Each way of writing a value, in each kind of field, is read alike or refused with the same words."""
    given: list[Any] = [None, [], "tekst", {}]
    for field in RULEBOOKS[name].record(record).fields:
        given += [{field.name: raw} for raw in READ]
        if field.of is not None:
            inner = RULEBOOKS[name].record(field.of).fields
            given += [{field.name: [{}, {one.name: raw}]} for one in inner for raw in READ]
    agree(packages, modules, [Case(name, record, one, explained=False) for one in given])


def test_texts_of_a_rulebook_stay_text(tmp_path: Path) -> None:
    """Texts that look like code are told as they are written, and change no answer."""
    texts = (f"{nasty} ' \\ ${{1}} \u2028 {number}" for number, nasty in enumerate(cycle(NASTY)))
    rulebook: model.Rulebook = poisoned(RULEBOOKS["oppdiktet-2021"], texts)
    path = tmp_path / "stygt.mjs"
    path.write_text(javascript(rulebook), encoding="utf-8")
    wanted = [replace(one, name="stygt") for one in drawn_cases("oppdiktet-2021", "Kontakt", 40, explained=1)]
    with imported([rulebook]) as package:
        agree({"stygt": (rulebook, package.aar(2021), package)}, {"stygt": path}, wanted)


def test_an_explanation_calls_a_record_by_what_is_in_it(packages: Packages) -> None:
    payment = {"dato": "2023-02-01", "slag": "annen_egenandel", "egenandel": "3500"}
    told = packages["egenandel-2023"][1].forklar({"betalinger": [payment]}, "Egenandelsår")
    assert "= 2023-02-01, annen_egenandel" in told
    assert "object at" not in told


def test_numbers_are_worked_out_alike() -> None:
    """Sums, products, quotients, roots and roundings have the same sixty digits."""
    draw = random.Random(7)
    sums: list[tuple[str, str, str]] = []
    for _ in range(3000):
        a, b = (_number(draw) for _ in range(2))
        kind = draw.choice(("pluss", "minus", "gange", "delt", "mot", "rot", "halv", "opp", "ned"))
        if kind == "rot":
            a = a.copy_abs()
        if kind in ("delt", "halv", "opp", "ned"):
            b = b.copy_abs() or Decimal(3)
        sums.append((kind, f"{a:f}", f"{b:f}"))
    found = node("tall.mjs", sums)
    for asked, answer in zip(sums, found, strict=True):
        kind, left, right = asked
        assert answer == _worked_out(kind, Decimal(left), Decimal(right)), asked


def _number(draw: random.Random) -> Decimal:
    digits = draw.randint(0, 10 ** draw.randint(0, 34))
    return Decimal(digits * draw.choice((1, -1))).scaleb(-draw.randint(0, 12), REGNING)


def _worked_out(kind: str, a: Decimal, b: Decimal) -> str:
    """The same as the packages work it out."""
    match kind:
        case "pluss" | "minus":
            value = (REGNING.add if kind == "pluss" else REGNING.subtract)(a, b)
        case "gange":
            value = REGNING.multiply(a, b)
        case "delt":
            value = REGNING.divide(a, b)
        case "mot":
            return str((a > b) - (a < b))
        case "rot":
            value = REGNING.sqrt(a)
        case _:
            direction = {"halv": ROUND_HALF_UP, "opp": ROUND_CEILING, "ned": ROUND_FLOOR}[kind]
            whole = REGNING.divide(a, b).to_integral_value(direction, REGNING)
            value = REGNING.multiply(whole, b)
    return f"{value.normalize(REGNING):f}" if value else "0"


def test_what_has_no_translation_is_an_error() -> None:
    for code in ("x ** 2", "{*x}", "f(a=1)", "x < y < z"):
        with pytest.raises(NotTranslated):
            Translator(frozenset()).expression(ast.parse(code, mode="eval").body)
    with pytest.raises(NotTranslated):
        Translator(frozenset()).function(ast.parse("def f(x):\n    while x:\n        pass").body[0])  # type: ignore[arg-type]


def test_names_that_javascript_has_taken() -> None:
    """A rule, a variable and an explanation may be called what is a word of JavaScript, or hide each other."""
    code = ast.parse("def var(case):\n    new = over(case)\n    return new < Decimal(2)").body[0]
    assert isinstance(code, ast.FunctionDef)
    rules = Translator(frozenset({"var", "over"}))
    assert rules.function(code) == (
        'function var$(case$) {\n  let new$;\n  new$ = over(case$);\n  return $under(new$, $tall("2"));\n}'
    )
    explained = Translator(frozenset({"over"}), "om$", frozenset({"over", "kontakt"}))
    hidden = ast.parse("lambda kontakt: over(regler.kontakt(kontakt))", mode="eval").body
    assert explained.expression(hidden) == "(kontakt$1) => om$over(kontakt(kontakt$1))"


def test_modules_are_the_same_each_time() -> None:
    assert javascript(RULEBOOKS["oppdiktet-2021"]) == javascript(RULEBOOKS["oppdiktet-2021"].model_copy())
