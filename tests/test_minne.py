"""Answers given before: what the memory takes for the same has the same answer."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings

from compiler.model import Rulebook
from compiler.packages import imported
from compiler.pipeline import load
from compiler.python.distinctions import Distinctions
from tests.cases_drawn import cases
from tests.library import LIBRARY, MADE_UP, Packages
from tests.test_cli import Run, run

__all__ = ["run"]

_SCHEMES = ("FASTLEGE", "REGNINGER", "ISF", "TIDER")
RULEBOOKS = [r for r in (*LIBRARY.rulebooks(), *MADE_UP.rulebooks()) if r.scheme in _SCHEMES]
KINDS = [(r.name, record.id) for r in RULEBOOKS for record in r.top_records()]
HEAD = "regelverk {} 2022 «Prøve»\n    gjelder fra 2022-01-01 til og med 2022-12-31\n{}\nkilde k «Kilde»\n\n"


def memory(module: ModuleType, record: str | None = None) -> Callable[[dict[str, Any]], Any]:
    """A new memory of the answers of a rule year."""
    rules = module.REGLER[record or next(iter(module.REGLER))]
    kept: Any = import_module(f"{module.__package__}._runtime.minne").Minne(rules)
    return kept.svar  # type: ignore[no-any-return]


def written(folder: Path, **texts: str) -> list[Rulebook]:
    """Rulebooks of the year 2022, by their schemes."""
    for scheme, text in texts.items():
        path = folder / scheme / "2022"
        path.mkdir(parents=True)
        (path / "regler.regel").write_text(text, encoding="utf-8")
    library = load(folder, folder)
    assert library.diagnostics() == []
    return library.rulebooks()


@pytest.mark.parametrize("number", [20, pytest.param(400, marks=pytest.mark.langt)])
@pytest.mark.parametrize(("name", "record"), KINDS)
def test_the_memory_answers_as_the_package_does(packages: Packages, name: str, record: str, number: int) -> None:
    rulebook, module, _ = packages[name]
    remembered = memory(module, record)

    @settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(cases(rulebook, rulebook.record(record)))
    def agrees(case: dict[str, Any]) -> None:
        assert remembered(case) == module.grupper_data(case, record)
        assert remembered(case) == module.grupper_data(case, record)

    agrees()


def test_a_field_that_only_the_used_rulebook_reads_tells_posts_apart(tmp_path: Path) -> None:
    grouped = (
        HEAD.format("G", "")
        + """opplysninger Kontakt
    diagnoser liste av Diagnose hver en diagnose

opplysninger Diagnose
    sider heltall

gruppering drg for hver Kontakt

gruppe DRG 1
    når minst én av diagnoser der sider er over 5
    kilde k

gruppe DRG 2
    når minst én av diagnoser der sider er over 1
    kilde k
"""
    )
    priced = (
        HEAD.format("O", "    bruker G 2022\n")
        + """opplysninger Kontakt
    dag dato kan mangle

gruppering drg for hver Kontakt
"""
    )
    found = written(tmp_path, g=grouped, o=priced)
    with imported([rulebook for rulebook in found if rulebook.scheme == "O"]) as package:
        remembered = memory(package.aar(2022))
        groups = [remembered({"diagnoser": [{"sider": number}]}).gruppe for number in (9, 3, 0)]
    assert groups == ["DRG 1", "DRG 2", None]


def test_values_that_are_equal_and_read_otherwise_are_told_apart(packages: Packages) -> None:
    remembered = memory(packages["regninger-2022"][1], "Uttrekk")
    texts = []
    for amount in (Decimal("-1.5"), Decimal("-1.50"), -1, True, 1.0, "1"):
        case = {"betalinger": [{"dag": "2022-01-02", "beløp": amount}]}
        texts.append(
            [reason.tekst for line in remembered(case).lister.get("betalinger", ()) for reason in line.varsler]
        )
        assert remembered(case) == packages["regninger-2022"][1].vurder_data(case, "Uttrekk")
    assert texts[2] == ["betalingen 2022-01-02 er på −1 kr"]
    night = datetime(2022, 6, 30, 22, 30, tzinfo=UTC)
    days = [
        remembered({"betalinger": [{"dag": day, "beløp": -1}]})
        for day in (night, night.astimezone(ZoneInfo("Europe/Oslo")))
    ]
    assert [svar.lister["betalinger"][0].varsler[0].tekst for svar in days] == [
        "betalingen 2022-06-30 er på −1 kr",
        "betalingen 2022-07-01 er på −1 kr",
    ]


def test_what_cannot_be_read_is_told_and_breaks_nothing(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "inn.jsonl"
    path.write_text('{"dato": [], "linjer": [{"takst": "2ad", "ganger": {}}]}\n{"dato": {}}\n', encoding="utf-8")
    ran = run("vurder", "fastlege-2021", path)
    assert (ran.code, ran.out.count('"status": "feil i data"')) == (1, 2)


def test_fields_of_one_name_and_two_kinds_tell_all_apart(tmp_path: Path) -> None:
    text = (
        HEAD.format("A", "")
        + """opplysninger Ene
    start  dato
    andre_ liste av Andre

opplysninger Andre
    start  heltall

krav senere for hver Ene
    krever at start er minst 2022-02-01
    ellers inngår ikke «for tidlig»
    kilde k

krav nok for hver Andre
    krever at start er over 5
    ellers inngår ikke «for lite»
    kilde k
"""
    )
    (rulebook,) = written(tmp_path, a=text)
    assert Distinctions(rulebook).of("start") is None
    with imported([rulebook]) as package:
        assert package.aar(2022).vurder_data({"start": "2022-03-01", "andre_": [{"start": 6}]}).status == "gruppert"
