"""One rulebook finds the group, another the kroner: both in one answer, in every way there is."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from compiler import model
from compiler.evaluate import evaluate
from compiler.packages import imported
from compiler.pipeline import load
from tests.norddrg_aar import made_up_year
from tests.norddrg_koder import Codes
from tests.norddrg_poster import Contact, Drawn, in_columns
from tests.test_cli import Run, run
from tests.test_norddrg import STAY
from tests.veier import of_class, parts

__all__ = ["run"]

RULES = """# Finansiering

```regel
regelverk PRIS 2030 «Oppdiktet finansiering 2030»
    gjelder fra 2030-01-01 til og med 2030-12-31
    bruker DRG 2030
    status endelig

kilde oppdiktet «En oppdiktet kilde»

opplysninger Opphold «Et opphold»
    henvist  ja/nei kan mangle

gruppering drg for hvert Opphold «Gruppen som betales»

tabell grupper av gruppe
    vekt desimaltall poeng årlig

gruppe DRG 502 «Oppdiktet sykdom»
    vekt 1,5
    kilde oppdiktet

gruppe DRG 470 «Kan ikke grupperes»
    vekt 0
    kilde oppdiktet

gruppe DRG 599 «Finnes bare her»
    vekt 0,5
    når henvist og minst én av prosedyrer er i PAA60
    kilde oppdiktet

krav høyst_en_uke
    når liggetid er over 7 dager
    krever at henvist
    ellers varsel «lange opphold skal være henvist»
    kilde oppdiktet

årlig sats enhetspris = 40 000 kr per poeng
    kilde oppdiktet

beregning poeng
    = vekt av drg
    kilde oppdiktet

beregning refusjon
    = poeng × enhetspris
    avrundet til hele kroner
    kilde oppdiktet
```
"""
SICK = STAY | {"diagnoser": ["Q003"], "prosedyrer": []}
"""A contact of the one DRG that is paid for."""


@dataclass(frozen=True, slots=True)
class Composed:
    """The rulebook that uses another, its module, and the folder that both are in."""

    rulebook: model.Rulebook
    module: ModuleType
    folder: Path


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    folder = tmp_path_factory.mktemp("sammensatt")
    made_up_year(folder, 2030)
    (folder / "pris/2030").mkdir(parents=True)
    (folder / "pris/2030/regler.md").write_text(RULES, encoding="utf-8")
    library = load(folder)
    assert library.diagnostics() == []
    [rulebook] = library.scheme("pris")
    with imported([rulebook]) as package:
        yield Composed(rulebook, package.aar(2030), folder)


def test_group_and_kroner_are_in_one_answer(composed: Composed) -> None:
    svar: Any = of_class(composed.module, SICK)
    assert (svar.status, svar.drg, svar.poeng, svar.refusjon) == ("gruppert", "DRG 502", Decimal("1.5"), 60_000)
    assert svar.brukt.verdier == {"regel": "405D020000", "returkode": "0", "drg": "502", "mdc": "05"}
    assert svar.kvittering.regelverk == "PRIS"
    assert svar.kvittering.bruker == f"DRG 2030 {composed.rulebook.uses.content}"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("changed", "status", "group", "kroner", "rule"),
    [
        ({}, "gruppert", "DRG 502", 60_000, "405D020000"),
        ({"kjønn": None}, "gruppert", "DRG 502", 60_000, "405D020000"),
        ({"prosedyrer": ["PAA60"], "henvist": True}, "gruppert", "DRG 599", 20_000, None),
        ({"prosedyrer": ["PAA60"]}, "kan ikke beregnes", "DRG 504", None, "405D040010"),
        ({"diagnoser": []}, "gruppert", "DRG 470", 0, "000D000010"),
        ({"diagnoser": ["Q010"], "kjønn": None}, "gruppert", "DRG 470", 0, "000D000020"),
        ({"alder": None}, "uavklart", None, None, None),
        ({"alder": -1}, "feil i data", None, None, None),
        ({"drg": "502", "diagnoser": []}, "gruppert", "DRG 502", 60_000, None),
        ({"drg": "DRG 599"}, "gruppert", "DRG 599", 20_000, None),
        ({"drg": "DRG 777"}, "feil i data", None, None, None),
    ],
)
def test_what_the_used_rulebook_says_is_passed_on(
    composed: Composed, changed: Contact, status: str, group: str | None, kroner: int | None, rule: str | None
) -> None:
    svar = composed.module.grupper_data(SICK | changed)
    assert (svar.status, svar.gruppe, svar.verdier.get("refusjon")) == (status, group, kroner)
    assert (svar.brukt.verdier.get("regel") if svar.brukt else None) == rule


def test_why_the_group_cannot_be_settled_is_passed_on(composed: Composed) -> None:
    svar = composed.module.grupper_data(SICK | {"alder": None})
    assert [grunn.id for grunn in svar.grunner] == ["oppholdet_er_beskrevet"]
    assert svar.mulige == ("DRG 470", "DRG 502")


def test_what_is_undecided_here_leaves_the_groups_of_the_other_open(composed: Composed) -> None:
    svar = composed.module.grupper_data(SICK | {"prosedyrer": None, "henvist": True})
    assert svar.status == "uavklart"
    assert svar.mulige[0] == "DRG 599"
    assert svar.mulige[1:] == composed.module.grupper_data(SICK | {"prosedyrer": None}).mulige
    assert len(svar.mulige) > 2


def test_notices_of_both_are_given(composed: Composed) -> None:
    svar = composed.module.grupper_data(SICK | {"liggetid": 8, "drg_gruppe": "DRG 501A"})
    assert [varsel.tekst for varsel in svar.varsler] == [
        "lange opphold skal være henvist",
        "DRG 501A er oppgitt i data, men vilkåret for gruppen er ikke oppfylt",
    ]
    assert (svar.gruppe, svar.gruppe_oppgitt) == ("DRG 501A", True)


def test_every_way_agrees(composed: Composed) -> None:
    assert composed.rulebook.used is not None
    contacts = _drawn(composed, 600)
    batch = in_columns(contacts).append_column("henvist", [contact["henvist"] for contact in contacts])
    rows = composed.module.grupper_parti(batch).to_pylist()
    for contact, row in zip(contacts, rows, strict=True):
        svar = composed.module.grupper_data(contact)
        expected = parts(evaluate(composed.rulebook, contact))
        assert parts(svar) == expected, contact
        assert parts(of_class(composed.module, contact)) == expected, contact
        found = svar.verdier | (svar.brukt.verdier if svar.brukt else {})
        shown = ("poeng", "refusjon", "regel", "returkode", "mdc")
        assert [row["gruppe"], *(row[name] for name in shown)] == [svar.gruppe, *(found.get(name) for name in shown)]


def _drawn(composed: Composed, number: int) -> list[Contact]:
    """Contacts, some of them referred."""
    assert composed.rulebook.used is not None
    drawn = Drawn(Codes(composed.rulebook.used), seed=9).contacts(number)
    return [contact | {"henvist": (None, True, False)[place % 3]} for place, contact in enumerate(drawn)]


def test_the_used_rulebook_is_asked_by_its_fast_way(composed: Composed, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    motor: Any = composed.module._vurder.__globals__

    def vurder(rules: Any, data: object) -> Any:
        asked.append(rules)
        return composed.module._vurder(rules, data)

    monkeypatch.setitem(motor, "vurder", vurder)
    assert composed.module.grupper_data(SICK).gruppe == "DRG 502"
    assert of_class(composed.module, SICK).gruppe == "DRG 502"
    assert asked == []
    assert composed.module.grupper_data(SICK | {"alder": "20 000"}).gruppe == "DRG 502"
    assert len(asked) == 1


def test_an_explanation_goes_through_both(composed: Composed) -> None:
    text = composed.module.forklar(SICK)
    assert "✓ gruppen er spurt etter i DRG 2030\n" in text
    assert "  ✓ rad 405D020000 gir DRG 502\n" in text
    assert "= refusjon = 60 000 kr\n" in text


def test_why_not_a_group_of_the_other(composed: Composed) -> None:
    text = composed.module.hvorfor_ikke(SICK, "DRG 501A")
    assert "Posten får DRG 502, ikke DRG 501A.\nDRG 501A er en gruppe i DRG 2030.\n\n✗ rad 405D010000 gir" in text
    assert "✗ gruppe DRG 599 «Finnes bare her»" in composed.module.hvorfor_ikke(SICK, "DRG 599")


# ---- the command


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_files_have_the_columns_of_both(run: Run, composed: Composed, tmp_path: Path, suffix: str) -> None:
    inn, out = tmp_path / "inn.csv", tmp_path / f"ut{suffix}"
    inn.write_text(
        "henvist;kjønn;alder;utskrivning;liggetid;diagnoser;prosedyrer\n"
        "nei;kvinne;20000;levende;3;Q003;\nja;mann;20000;levende;3;Q003;PAA60\n;mann;;levende;3;Q003;\n",
        encoding="utf-8",
    )
    ran = run("grupper", "pris-2030", inn, "-o", out, "--mappe", composed.folder)
    assert (ran.code, ran.err) == (0, "3 rader: 2 gruppert, 1 uavklart\n")
    text = out.read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()] if suffix == ".jsonl" else _rows(text)
    shown = ("gruppe", "refusjon", "regel", "returkode", "mdc", "regelverk")
    assert [[str(row[name] or "") for name in shown] for row in rows] == [
        ["DRG 502", "60000", "405D020000", "0", "05", "pris-2030"],
        ["DRG 599", "20000", "", "", "", "pris-2030"],
        ["", "", "", "", "", "pris-2030"],
    ]


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines(), delimiter=";"))


def test_the_command_explains(run: Run, composed: Composed, tmp_path: Path) -> None:
    (tmp_path / "k.json").write_text(json.dumps(SICK), encoding="utf-8")
    ran = run("forklar", "pris-2030", tmp_path / "k.json", "--mappe", composed.folder)
    assert ran.code == 0
    assert "Gruppe: DRG 502\n" in ran.out
    assert run("test", "--mappe", composed.folder).code == 0
