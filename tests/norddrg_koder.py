"""What each code of a rulebook that is imported from definition tables brings, and which codes bring each thing."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from compiler import model
from compiler.norddrg import cells as written
from compiler.norddrg.content import Cells, of_rulebook

SEXES = ("mann", "kvinne", None)
_RANK = {"ingen": 0, "liten": 1, "stor": 2}
_PROPERTIES = ("pdgprop", "dgprop", "procprop")
_NUMBER = re.compile(r"(over|under|minst|høyst|ikke) ([\d ]+)")


class Source(NamedTuple):
    """Where something can be had from: a diagnosis (one code, or a pair written with plus) or a procedure."""

    code: str
    is_diagnosis: bool


@dataclass(frozen=True, slots=True)
class Brings:
    """What a diagnosis or a procedure brings to a contact."""

    category: str | None = None
    pdgprop: frozenset[str] = frozenset()
    dgprop: frozenset[str] = frozenset()
    procprop: frozenset[str] = frozenset()
    operation: int = 0
    compl: frozenset[str] = frozenset()
    level: int = 0


class Codes:
    """The codes of a rulebook."""

    def __init__(self, rulebook: model.Rulebook) -> None:
        content = of_rulebook(rulebook)
        self.tables = content.tables
        self.rules = list(content.rules.items())
        self.pairs = [key.replace(" ", "+") for key in self.tables["diagnosepar"]]
        self.diagnoses = [*self.tables["diagnosekoder"], *self.pairs]
        self.procedures = list(self.tables["prosedyrekoder"])
        self.complications = self.tables["komplikasjonskategorier"]
        self.sources = [*(Source(code, True) for code in self.diagnoses), *(Source(c, False) for c in self.procedures)]
        self._categories = self._following("kategorier", "kategori")
        self._properties = self._following("egenskaper_og_kjønn", "egenskap")
        self._brought: dict[Source, Brings] = {}

    def _following(self, table: str, column: str) -> dict[str | None, dict[str, str]]:
        """By sex: what each value that follows the sex becomes."""
        rows = self.tables[table].items()
        return {sex: {key: row[name] for key, row in rows if (name := f"{column}_for_{sex}") in row} for sex in SEXES}

    # ---- what a code brings

    def brings(self, source: Source) -> Brings:
        """What a diagnosis or a procedure brings."""
        if source not in self._brought:
            self._brought[source] = (self._diagnosis if source.is_diagnosis else self._procedure)(source.code)
        return self._brought[source]

    def _diagnosis(self, code: str) -> Brings:
        first, _, second = code.partition("+")
        known = self.tables["diagnosekoder"]
        rows = [known.get(first, {}), known.get(second, {})]
        pair = self.tables["diagnosepar"].get(f"{first} {second}", {})
        categories = (pair.get("par_dgkat"), rows[1].get("dgkat"), rows[0].get("dgkat"))

        def all_of(column: str) -> frozenset[str]:
            return frozenset(code for row in rows for code in _listed(row, column)) | _listed(pair, f"par_{column}")

        return Brings(
            category=next((category for category in categories if category), None),
            pdgprop=all_of("pdgprop"),
            dgprop=all_of("dgprop"),
            procprop=all_of("procprop"),
            operation=_largest(all_of("diagnoseoperasjon")),
            compl=all_of("kompl"),
        )

    def _procedure(self, code: str) -> Brings:
        row = self.tables["prosedyrekoder"].get(code, {})
        return Brings(
            dgprop=_listed(row, "pros_dgprop"),
            procprop=_listed(row, "pros_procprop"),
            operation=_largest(_listed(row, "pros_operasjon")),
            level=int(row.get("pros_nivå", 0)),
        )

    def category(self, code: str, sex: str | None) -> str | None:
        """The category of a principal diagnosis."""
        found = self.brings(Source(code, True)).category
        return self._categories[sex].get(found, found) if found else None

    def dgprop(self, source: Source, sex: str | None) -> set[str]:
        """The properties of diagnoses that a code brings."""
        following = self._properties[sex]
        return {following.get(one, one) for one in self.brings(source).dgprop}

    def level_of(self, complication: str) -> int:
        """The level of a complication category."""
        return int(self.complications[complication]["nivå"])

    # ---- which codes bring something

    @cached_property
    def by_category(self) -> dict[tuple[str | None, str | None], list[str]]:
        """The diagnoses by sex and category, and by sex and MDC."""
        found = defaultdict(list)
        for sex in SEXES:
            for code in self.diagnoses:
                category = self.category(code, sex)
                found[sex, category].append(code)
                if category:
                    found[sex, category[:2]].append(code)
        return found

    @cached_property
    def by_value(self) -> dict[tuple[str, Any], list[Source]]:
        """The sources of each value, by kind and value; one that follows the sex is there as all that it can be."""
        found: dict[tuple[str, Any], list[Source]] = defaultdict(list)
        for source in self.sources:
            brought = self.brings(source)
            properties = {value for sex in SEXES for value in self.dgprop(source, sex)}
            several = {"dgprop": properties, "pdgprop": brought.pdgprop, "procprop": brought.procprop}
            for kind, codes in (*several.items(), ("compl", brought.compl)):
                for value in sorted(codes):
                    found[kind, value].append(source)
            found["operation", brought.operation].append(source)
            found["level", brought.level].append(source)
        return found

    def bringing(self, kind: str, value: object) -> list[Source]:
        """The sources of a value."""
        return self.by_value.get((kind, value), [])

    @cached_property
    def asked(self) -> list[tuple[str, str]]:
        """The properties that rules ask for and some code brings, by kind and value."""
        found = {(kind, v) for _, rule in self.rules for kind in _PROPERTIES for _, v in asked(rule.cells, kind)}
        return sorted(one for one in found if one in self.by_value)

    def borders(self, column: str) -> list[int]:
        """The numbers that the cells of a column name, and those just beside them."""
        named = {number for _, rule in self.rules for _, number in _numbers(rule.cells.get(column, ""))}
        return sorted({0, 1} | {near for number in named for near in (number - 1, number, number + 1) if near >= 0})

    def fits_principal(self, cells: Cells, code: str, sex: str | None) -> bool:
        """Whether a diagnosis is as a rule asks the principal diagnosis to be."""
        category = self.category(code, sex)
        valid = "nei" if category is None else "ja"
        if cells.get("gyldig", valid) != valid:
            return False
        has: dict[str, Collection[str | None]] = {
            "kategori": {category},
            "hdg": {(category or "")[:2]},
            "pdgprop": self.brings(Source(code, True)).pdgprop,
        }
        return all((value in there) is must for column, there in has.items() for must, value in asked(cells, column))


def _listed(row: Mapping[str, str], column: str) -> frozenset[str]:
    """The codes in a cell of a table."""
    return frozenset(row.get(column, "").split())


def _largest(operations: frozenset[str]) -> int:
    return max((_RANK[kind] for kind in operations), default=0)


# ---- the cells of rules


def asked(cells: Cells, column: str) -> list[tuple[bool, str]]:
    """The codes that a cell names, each with whether it must be there."""
    return list(written.values(cells[column])) if column in cells else []


def _numbers(cell: str) -> list[tuple[str, int]]:
    """The numbers of a cell, with the word before each."""
    return [(word, int(digits.replace(" ", ""))) for word, digits in _NUMBER.findall(cell)]


def fits(cell: str, number: int) -> bool:
    """Whether a number is as a cell says."""
    holds: dict[str, Callable[[int], bool]] = {
        "over": number.__gt__,
        "under": number.__lt__,
        "minst": number.__ge__,
        "høyst": number.__le__,
        "ikke": number.__ne__,
    }
    return all(holds[word](border) for word, border in _numbers(cell))
