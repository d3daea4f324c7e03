"""What can be seen of an answer, as JSON: two answers are the same when all of it is."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from compiler import model
from compiler.evaluate import evaluate
from compiler.gather import gather
from compiler.runtime.samlet import Samlet
from compiler.runtime.svar import Grunn, Linjesvar, Svar

Data = dict[str, Any] | list[dict[str, Any]]
"""A record; or many, which are gathered."""


def answered(rulebook: model.Rulebook, record: str, data: Data) -> dict[str, Any]:
    """What can be seen of what a rulebook answers."""
    if isinstance(data, list):
        return of_gathered(gather(rulebook, data, record))
    return of_answer(evaluate(rulebook, data, record))


def of_answer(svar: Svar) -> dict[str, Any]:
    """What can be seen of the answer for one record."""
    return _filled(
        {
            "status": svar.status,
            "gruppe": svar.gruppe,
            "grunner": _reasons(svar.grunner),
            "varsler": _reasons(svar.varsler),
            "mulige": list(svar.mulige),
            "verdier": _values(svar.verdier),
            "lister": {name: [_line(line) for line in lines] for name, lines in svar.lister.items()},
            "valgte": [{"gruppe": one.gruppe, "brukt": list(one.brukt)} for one in svar.valgte],
        }
    )


def of_gathered(found: Samlet) -> dict[str, Any]:
    """What can be seen of the collections, and of where the records went."""
    kinds = {
        name: [
            {
                "nøkler": {key: _value(value) for key, value in one.noekler.items()},
                "plasser": list(one.plasser),
                "svar": of_answer(one.svar),
            }
            for one in of_kind
        ]
        for name, of_kind in found.samlinger.items()
    }
    traces = {
        name: [
            _filled({"samling": one.samling, "grupper": list(one.grupper), "grunner": _reasons(one.grunner)})
            for one in of_kind
        ]
        for name, of_kind in found.spor.items()
    }
    return {"samlinger": kinds, "spor": traces}


def _line(line: Linjesvar) -> dict[str, Any]:
    return {
        "inngår": line.inngaar,
        **_filled(
            {
                "grunner": _reasons(line.grunner),
                "varsler": _reasons(line.varsler),
                "verdier": _values(line.verdier),
            }
        ),
    }


def _filled(found: dict[str, Any]) -> dict[str, Any]:
    """What says something."""
    return {name: value for name, value in found.items() if value not in (None, [], {})}


def _reasons(reasons: tuple[Grunn, ...]) -> list[str]:
    return [f"{reason.id}: {reason.tekst}" for reason in reasons]


def _values(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in values.items()}


def _value(value: Any) -> Any:
    """A value as JSON has it; equal numbers are written alike."""
    match value:
        case None | bool() | str():
            return value
        case Decimal():
            text = f"{value:f}"
            return text.rstrip("0").rstrip(".") if "." in text else text
        case frozenset() | set():
            return sorted(map(str, value))
        case tuple() | list():
            return [_value(one) for one in value]
        case _:
            return str(value)
