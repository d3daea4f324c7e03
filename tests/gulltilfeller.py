"""The golden cases: those written from sources, those that are kept as they came out, and how each is held."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from compiler.evaluate import evaluate
from compiler.gather import gather
from compiler.model import Rulebook
from compiler.mutation.answers import Data, answered
from compiler.mutation.judge import Case
from compiler.runtime.samlet import Samlet
from compiler.runtime.svar import Svar

GOLDEN = Path(__file__).parent / "golden"
FROM_SOURCES, KEPT = "tilfeller.jsonl", "fastholdt.jsonl"
Written = dict[str, Any]


def cases_of(name: str, file: str) -> list[Written]:
    """The cases of a rule year in one of its files."""
    path = GOLDEN / name / file
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines if line.strip()]


def kept(cases: list[Written], answer: Callable[[Written], dict[str, Any]]) -> str:
    """The text of a file of cases that are kept as they come out."""
    lines = (json.dumps({**case, "ventet": answer(case)}, ensure_ascii=False) for case in cases)
    return "".join(f"{line}\n" for line in lines)


def data_of(case: Written) -> Data:
    """What a case gives: one record, or many that are gathered."""
    found: Data = case["samle"] if "samle" in case else case["gitt"]
    return found


def record_of(rulebook: Rulebook, case: Written) -> str:
    """The kind of record that a case gives."""
    usual = "Kontakt" if "samle" in case else rulebook.top_records()[0].id
    return str(case.get("opplysninger", usual))


def golden_cases(rulebook: Rulebook) -> list[Case]:
    """All golden cases of a rule year, each as something that may notice a change."""
    of_year = [(case, _comes_out_otherwise) for case in cases_of(rulebook.name, FROM_SOURCES)]
    of_year += [(case, _is_answered_otherwise) for case in cases_of(rulebook.name, KEPT)]
    return [_case(rulebook, case, otherwise) for case, otherwise in of_year]


Otherwise = Callable[[Rulebook, Written], bool]


def kept_case(rulebook: Rulebook, case: Written) -> Case:
    """A case that is kept, as something that may notice a change."""
    return _case(rulebook, case, _is_answered_otherwise)


def _case(rulebook: Rulebook, case: Written, otherwise: Otherwise) -> Case:
    def notices(changed: Rulebook) -> bool:
        return otherwise(changed, case)

    return Case("gulltilfelle", frozenset(_rules_behind(rulebook, case)), notices)


def _rules_behind(rulebook: Rulebook, case: Written) -> Iterator[str]:
    """The rules that the answer names."""
    data, record = data_of(case), record_of(rulebook, case)
    if isinstance(data, dict):
        yield from evaluate(rulebook, data, record).regler_bak()
        return
    for of_kind in gather(rulebook, data, record).samlinger.values():
        for one in of_kind:
            yield from one.svar.regler_bak()


def _is_answered_otherwise(changed: Rulebook, case: Written) -> bool:
    return bool(answered(changed, record_of(changed, case), data_of(case)) != case["ventet"])


def _comes_out_otherwise(changed: Rulebook, case: Written) -> bool:
    data, record = data_of(case), record_of(changed, case)
    try:
        if isinstance(data, list):
            expect_gathered(gather(changed, data, record), case["ventet"])
        else:
            expect_answer(evaluate(changed, data, record), case["ventet"])
    except (AssertionError, IndexError, KeyError):
        return True
    return False


# ---- what a case written from a source expects


def expect_answer(svar: Svar, expected: Written) -> None:
    """Hold the answer for one record against what a case expects."""
    for key, wanted in expected.items():
        if key in ("status", "gruppe"):
            assert getattr(svar, key) == wanted
        elif key in svar.lister:
            assert len(svar.lister[key]) == len(wanted)
            for line, of_line in zip(svar.lister[key], wanted, strict=True):
                for name, value in of_line.items():
                    expect(line, name, value)
        else:
            expect(svar, key, wanted)


def expect_gathered(found: Samlet, wanted: dict[str, list[Written]]) -> None:
    """Hold the collections that a case expects, and the places of their records, against what was found."""
    for kind, expected in wanted.items():
        collections = found.samlinger[kind]
        assert len(collections) == len(expected), kind
        for one, of_one in zip(collections, expected, strict=True):
            for name, value in of_one.items():
                match name:
                    case "plasser":
                        assert sorted(one.plasser) == value
                    case "status":
                        assert one.svar.status == value
                    case "gruppe":
                        assert [chosen.gruppe for chosen in one.svar.valgte] == [value]
                    case "brukt":
                        assert sorted(one.poster_i(of_one["gruppe"])) == value
                    case _ if name in one.noekler:
                        assert str(one.noekler[name]) == value
                    case _:
                        expect(one.svar, name, value)


def expect(svar: Any, name: str, wanted: Any) -> None:
    """Hold one thing that a case expects against the answer, or against that for a line."""
    if name == "grunn":
        assert wanted in [reason.id for reason in svar.grunner]
    elif name == "inngår":
        assert svar.inngaar == wanted
    else:
        found = svar.verdier.get(name)
        assert found == (Decimal(wanted) if isinstance(found, Decimal) else wanted), name
