"""Tabeller og regelrader som ligger i en datafil ved siden av koden; de leses inn først når noen spør."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

_FAA = 5
"""Så få koder er like fort funnet i et tuppel som i en mengde."""


class Datafil:
    """Datafilen til et regelår."""

    def __init__(self, sti: Path) -> None:
        self.sti = sti

    @cached_property
    def innhold(self) -> dict[str, Any]:
        """Alt i filen, slik det ble skrevet."""
        lest: dict[str, Any] = json.loads(self.sti.read_text(encoding="utf-8"))
        return lest

    def tabell(self, navn: str) -> "Datatabell":
        """En tabell i filen."""
        return Datatabell(self, navn)


class Datatabell(Mapping[str, Mapping[str, Any]]):
    """En tabell som slås opp rad for rad: nøkkel -> verdiene ved kolonne."""

    def __init__(self, fil: Datafil, navn: str) -> None:
        self._fil = fil
        self._navn = navn
        self._lest: dict[str, Mapping[str, Any]] = {}

    @cached_property
    def _rader(self) -> dict[str, list[Any]]:
        rader: dict[str, list[Any]] = self._fil.innhold["tabeller"][self._navn]["rader"]
        return rader

    @cached_property
    def _kolonner(self) -> dict[str, str]:
        """Slaget verdier i hver kolonne, i rekkefølge."""
        kolonner: dict[str, str] = self._fil.innhold["tabeller"][self._navn]["kolonner"]
        return kolonner

    def __getitem__(self, noekkel: str) -> Mapping[str, Any]:
        funnet = self._lest.get(noekkel)
        if funnet is None:
            celler = zip(self._kolonner.items(), self._rader[noekkel], strict=True)
            funnet = {navn: _verdi(slag, raa) for (navn, slag), raa in celler if raa is not None}
            self._lest[noekkel] = funnet
        return funnet

    def __iter__(self) -> Iterator[str]:
        return iter(self._rader)

    def __len__(self) -> int:
        return len(self._rader)

    def kolonne(self, navn: str) -> dict[str, Any]:
        """Verdiene i en kolonne ved nøkkel: koder som tuppel eller mengde, hele tall som int."""
        nummer = list(self._kolonner).index(navn)
        slag = self._kolonner[navn]
        return {
            noekkel: _enkel(slag, rad[nummer]) for noekkel, rad in self._rader.items() if rad[nummer] not in (None, "")
        }


def _verdi(slag: str, raa: Any) -> Any:
    """Verdien av en celle."""
    match slag:
        case "koder":
            return frozenset(raa.split())
        case "tall":
            return Decimal(raa)
        case _:
            return raa


def _enkel(slag: str, raa: Any) -> Any:
    """Verdien av en celle slik den raske veien har den."""
    match slag:
        case "koder":
            koder = raa.split()
            return tuple(koder) if len(koder) < _FAA else frozenset(koder)
        case "tall":
            tall = Decimal(raa)
            return int(tall) if tall == tall.to_integral_value() else tall
        case _:
            return raa
