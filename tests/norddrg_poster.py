"""Contacts drawn from a rulebook that is imported from definition tables, the same each time for the same seed.

Half of them are aimed at a rule: for each of its cells, a code is picked that has what the cell asks for and nothing
that the cells forbid. A quarter are the contact before with one thing changed. The others are drawn freely, with codes
that matter to some rule more often than others, and now and then a complication category with what excludes it,
includes it or switches it off.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import pyarrow as pa

from compiler.norddrg.content import Cells, Rule
from tests.norddrg_koder import SEXES, Codes, Source, asked, fits

Contact = dict[str, Any]
MOST_DIAGNOSES, MOST_PROCEDURES = 30, 20
_DISCHARGES = ("levende", "død", "overført")
_OPERATIONS = {"": (0, 2), "stor": (2, 2), "stor eller liten": (1, 2), "ikke stor": (0, 1), "ingen": (0, 0)}
"""By cell: the least and the largest operation."""
_UNKNOWN = ("X99999", "ZZZ99", "Q001X")
_USUAL = {"alder": 16_000, "liggetid": 4}
_OLDEST, _LONGEST = 40_000, 60
_TRIES = 60
"""How many codes are tried before one that the rule allows is given up."""

_COLUMNS = pa.schema(
    {
        "kjønn": pa.string(),
        "alder": pa.int64(),
        "utskrivning": pa.string(),
        "liggetid": pa.int64(),
        "diagnoser": pa.list_(pa.string()),
        "prosedyrer": pa.list_(pa.string()),
    }
)
"""What the fields are in columns."""

Allowed = Callable[[Source], bool]


@dataclass(frozen=True, slots=True)
class _Wants:
    """What the cells of a rule ask of the codes beside the category."""

    dgprop: tuple[str, ...]
    procprop: tuple[str, ...]
    never: frozenset[tuple[str, str]]
    """The properties, by kind, that no code can have."""
    operation: tuple[int, int]
    """The least and the largest operation."""
    level: tuple[int, int]
    """The least and the highest level of complication."""


class Drawn:
    """Draws contacts."""

    def __init__(self, codes: Codes, seed: int) -> None:
        self.codes = codes
        self.random = Random(seed)
        self.borders = {column: codes.borders(column) for column in _USUAL}
        self._fitting: dict[tuple[str, str], list[int]] = {}
        self._wants: dict[str, _Wants] = {}
        self._principals: dict[tuple[str | None, ...], list[str]] = {}

    def contacts(self, number: int) -> Iterator[Contact]:
        """So many contacts; the rules are aimed at in turn, in random order."""
        contact = self.free()
        waiting: list[tuple[str, Rule]] = []
        for n in range(number):
            if not waiting:
                waiting = self.random.sample(self.codes.rules, len(self.codes.rules))
            match n % 4:
                case 0 | 2:
                    contact = self.aimed(*waiting.pop())
                case 1:
                    contact = self.mutated(contact)
                case _:
                    contact = self.free()
            yield contact

    # ---- aimed at a rule

    def aimed(self, id_: str, rule: Rule) -> Contact:
        """A contact that has what the cells of a rule ask for, as far as codes are found that bring it."""
        cells = rule.cells
        wants = self._wants.setdefault(id_, _wants_of(cells))
        sexes = self._sexes(cells.get("kjønn", ""))
        sex = next((one for one in sexes if self._principals_for(cells, one)), sexes[0])

        def allowed(source: Source) -> bool:
            return self._allowed(source, wants, sex)

        principal = self._principal(self._principals_for(cells, sex), wants, sex, allowed)
        found = [Source(principal, True)] if principal else []
        for kind, wanted in (("dgprop", wants.dgprop), ("procprop", wants.procprop)):
            for value in wanted:
                if not any(value in self._has(source, kind, sex) for source in found):
                    found += self._one(self.codes.bringing(kind, value), allowed)
        if wants.operation[0] > max((self.codes.brings(source).operation for source in found), default=0):
            found += self._one(self.codes.bringing("operation", self.random.randint(*wants.operation)), allowed)
        if wants.level[0]:
            found += self._complication(principal, wants, allowed)
        if self.random.random() < 0.2:
            found += self._one(self.codes.sources, allowed)
        first, rest = found[:1] if principal else [], found[1:] if principal else found
        self.random.shuffle(rest)
        return _contact(
            sex,
            self._number("alder", cells),
            self._discharge(cells.get("utskrivning", "")),
            self._number("liggetid", cells),
            [*first, *rest],
        )

    def _sexes(self, cell: str) -> list[str | None]:
        """The sexes that a cell allows, in random order; a missing one seldom comes first."""
        if cell == "mangler":
            return [None]
        known: list[str | None] = [sex for sex in ("mann", "kvinne") if cell in ("", sex) or _is_another(cell, sex)]
        self.random.shuffle(known)
        return [None, *known] if not cell and self.random.random() < 0.03 else known

    def _principals_for(self, cells: Cells, sex: str | None) -> list[str]:
        """The diagnoses that fit what a rule asks of the principal diagnosis."""
        key = (sex, *(cells.get(column) for column in ("gyldig", "hdg", "kategori", "pdgprop")))
        if key not in self._principals:
            self._principals[key] = self._fitting_principals(cells, sex)
        return self._principals[key]

    def _fitting_principals(self, cells: Cells, sex: str | None) -> list[str]:
        codes = self.codes
        categories = [value for column in ("kategori", "hdg") for must, value in asked(cells, column) if must]
        wanted = [source.code for must, v in asked(cells, "pdgprop") if must for source in codes.bringing("pdgprop", v)]
        given = codes.by_category.get((sex, categories[0]), []) if categories else wanted or codes.diagnoses
        found = [code for code in given if codes.fits_principal(cells, code, sex)]
        if not found and wanted:
            # No code has both: one of a pair gives the category, the other the property.
            single = [[code for code in some if "+" not in code][:40] for some in (given, wanted)]
            pairs = [pair for a in single[0] for b in single[1] for pair in (f"{a}+{b}", f"{b}+{a}")]
            found = [pair for pair in pairs if codes.fits_principal(cells, pair, sex)]
        return found

    def _principal(self, fitting: list[str], wants: _Wants, sex: str | None, allowed: Allowed) -> str | None:
        """A principal diagnosis; every other time one that brings as much as possible of what is wanted."""
        some: list[str] = self._some(fitting, _TRIES // 2)
        able = [code for code in some if allowed(Source(code, True))] or some
        if not able or self.random.random() < 0.5:
            return able[0] if able else None
        wanted = {*wants.dgprop, *wants.procprop}

        def brought(code: str) -> int:
            source = Source(code, True)
            return len(wanted & (self.codes.dgprop(source, sex) | self.codes.brings(source).procprop))

        return max(able, key=brought)

    def _has(self, source: Source, kind: str, sex: str | None) -> set[str] | frozenset[str]:
        return self.codes.dgprop(source, sex) if kind == "dgprop" else self.codes.brings(source).procprop

    def _allowed(self, source: Source, wants: _Wants, sex: str | None) -> bool:
        """Whether a code has nothing that the rule says that the contact cannot have."""
        brought = self.codes.brings(source)
        if brought.operation > wants.operation[1] or brought.level > wants.level[1]:
            return False
        if any(self.codes.level_of(complication) > wants.level[1] for complication in brought.compl):
            return False
        return not any(value in self._has(source, kind, sex) for kind, value in wants.never)

    def _complication(self, principal: str | None, wants: _Wants, allowed: Allowed) -> Iterator[Source]:
        """A procedure with a level, or a secondary diagnosis with a category that counts as far as can be seen."""
        levels = range(wants.level[0], wants.level[1] + 1)
        by_procedure = [source for level in levels for source in self.codes.bringing("level", level)]
        if by_procedure and self.random.random() < 0.2:
            yield from self._one(by_procedure, allowed)
            return
        own = self.codes.brings(Source(principal, True)).compl if principal else ()
        families = {self.codes.complications[complication]["familie"] for complication in own}
        parts = set((principal or "").split("+"))
        for complication, row in self._some(list(self.codes.complications.items()), _TRIES):
            excluded = parts & set(row.get("utelukket_av", "").split())
            if int(row["nivå"]) in levels and row["familie"] not in families and not excluded:
                found = list(self._one(self.codes.bringing("compl", complication), allowed))
                included = self._included(complication)
                if found and (included or row["krever_inklusjon"] == "nei"):
                    yield from [*found, *included]
                    return

    def _included(self, complication: str) -> list[Source]:
        """A code with a property that a category waits for."""
        waiting = self.codes.complications[complication].get("inklusjon", "").split()
        return self._some([source for value in waiting for source in self.codes.bringing("dgprop", value)], 1)

    def _one(self, sources: Sequence[Source], allowed: Allowed) -> Iterator[Source]:
        """One of some sources, when one that is allowed is found soon."""
        found = next(filter(allowed, self._some(sources, _TRIES)), None)
        if found is not None:
            yield found

    def _some(self, found: Sequence[Any], number: int) -> list[Any]:
        return self.random.sample(found, min(number, len(found)))

    def _number(self, column: str, cells: Cells) -> int:
        """A number that a cell allows: what is usual, or one at a border."""
        cell, usual = cells.get(column, ""), _USUAL[column]
        if (column, cell) not in self._fitting:
            numbers = [number for number in (usual, *self.borders[column]) if fits(cell, number)]
            self._fitting[column, cell] = numbers or [usual]
        fitting = self._fitting[column, cell]
        return usual if fitting[0] == usual and self.random.random() < 0.7 else self.random.choice(fitting)

    def _discharge(self, cell: str) -> str:
        if cell in _DISCHARGES:
            return cell
        fitting = [one for one in _DISCHARGES if not cell or _is_another(cell, one)]
        return fitting[0] if self.random.random() < 0.8 else self.random.choice(fitting)

    # ---- drawn freely

    def free(self) -> Contact:
        """A contact with codes of all kinds."""
        if self.random.random() < 0.3:
            found = self._scene()
        else:
            found = [Source(self._diagnosis(), True) for _ in range(self._count(MOST_DIAGNOSES))]
            found += [Source(self._procedure(), False) for _ in range(self._count(MOST_PROCEDURES))]
        return _contact(
            self.random.choice([*SEXES, "mann", "kvinne", "mann", "kvinne"]),
            self.random.choice(self.borders["alder"] if self.random.random() < 0.5 else range(_OLDEST)),
            self.random.choice([*_DISCHARGES, "levende", "levende"]),
            self.random.choice(self.borders["liggetid"] if self.random.random() < 0.7 else range(_LONGEST)),
            found,
        )

    def _count(self, most: int) -> int:
        """How many codes of a kind: none, few, and sometimes many."""
        return self.random.choice([0, 1, 1, 2, 2, 3, 4, self.random.randint(5, most)])

    def _scene(self) -> list[Source]:
        """A complication category after a principal diagnosis that excludes it, has its family, or neither."""
        complication, row = self.random.choice(list(self.codes.complications.items()))
        family = [one for one, other in self.codes.complications.items() if other["familie"] == row["familie"]]
        relatives = [source for one in family for source in self.codes.bringing("compl", one) if source.is_diagnosis]
        excluding = row.get("utelukket_av", "").split()
        principal, choice = self._diagnosis(), self.random.random()
        if excluding and choice < 0.4:
            code = self.random.choice(excluding)
            principal = self.random.choice([code, f"{code}+{self._code()}", f"{self._code()}+{code}"])
        elif relatives and choice < 0.7:
            principal = self.random.choice(relatives).code
        found = [Source(principal, True), *self._some(self.codes.bringing("compl", complication), 1)]
        if self.random.random() < 0.7:
            found += self._included(complication)
        if self.random.random() < 0.5:
            found.append(Source(self._procedure(), False))
        return found

    def _diagnosis(self) -> str:
        """A diagnosis: one that matters to rules, any at all, a pair of the tables, a pair of any two, or unknown."""
        choice = self.random.random()
        if choice < 0.5:
            return self._mattering(is_diagnosis=True)
        if choice < 0.75:
            return self._code()
        if choice < 0.85 and self.codes.pairs:
            return self.random.choice(self.codes.pairs)
        return f"{self._code()}+{self._code()}" if choice < 0.95 else self.random.choice(_UNKNOWN)

    def _procedure(self) -> str:
        """A procedure: one that matters to rules, any at all, or unknown."""
        choice = self.random.random()
        if choice < 0.6:
            return self._mattering(is_diagnosis=False)
        return self.random.choice(self.codes.procedures) if choice < 0.95 else self.random.choice(_UNKNOWN)

    def _mattering(self, is_diagnosis: bool) -> str:
        """A code that brings something a rule asks for."""
        for _ in range(5):
            found = self.random.choice(self.codes.by_value[self.random.choice(self.codes.asked)])
            if found.is_diagnosis == is_diagnosis:
                return found.code
        return self._code() if is_diagnosis else self.random.choice(self.codes.procedures)

    def _code(self) -> str:
        """One code of a diagnosis, not a pair."""
        return self.random.choice(self.codes.diagnoses).partition("+")[0]

    # ---- one thing changed

    def mutated(self, contact: Contact) -> Contact:
        """The contact with one thing changed."""
        changed = {**contact, "diagnoser": list(contact["diagnoser"]), "prosedyrer": list(contact["prosedyrer"])}
        self.random.choice(_MUTATIONS)(self, changed)
        return changed

    def _sex_changed(self, contact: Contact) -> None:
        contact["kjønn"] = self.random.choice([sex for sex in SEXES if sex != contact["kjønn"]])

    def _number_changed(self, contact: Contact) -> None:
        column = self.random.choice(list(_USUAL))
        near = [contact[column] + 1, max(0, contact[column] - 1)]
        contact[column] = self.random.choice([*near, self.random.choice(self.borders[column])])

    def _discharge_changed(self, contact: Contact) -> None:
        contact["utskrivning"] = self.random.choice([one for one in _DISCHARGES if one != contact["utskrivning"]])

    def _code_dropped(self, contact: Contact) -> None:
        listed = self._list(contact)
        if listed:
            del listed[self.random.randrange(len(listed))]

    def _code_added(self, contact: Contact) -> None:
        listed = self._list(contact)
        code = self._diagnosis() if listed is contact["diagnoser"] else self._procedure()
        listed.insert(self.random.randint(0, len(listed)), code)

    def _code_repeated(self, contact: Contact) -> None:
        listed = self._list(contact)
        listed += self._some(listed, 1)

    def _order_changed(self, contact: Contact) -> None:
        self.random.shuffle(self._list(contact))

    def _pair_changed(self, contact: Contact) -> None:
        """A pair turned, split or made."""
        diagnoses = contact["diagnoser"]
        if diagnoses:
            place = self.random.randrange(len(diagnoses))
            first, _, second = diagnoses[place].partition("+")
            made = [[f"{first}+{self._code()}"]]
            changed = [[f"{second}+{first}"], [first], [first, second]]
            diagnoses[place : place + 1] = self.random.choice(changed if second else made)

    def _list(self, contact: Contact) -> list[str]:
        found: list[str] = contact[self.random.choice(["diagnoser", "prosedyrer"])]
        return found


_MUTATIONS = (
    Drawn._sex_changed,
    Drawn._number_changed,
    Drawn._discharge_changed,
    Drawn._code_dropped,
    Drawn._code_added,
    Drawn._code_repeated,
    Drawn._order_changed,
    Drawn._pair_changed,
)


def _contact(sex: str | None, age: int, discharge: str, days: int, codes: Sequence[Source]) -> Contact:
    return {
        "kjønn": sex,
        "alder": age,
        "utskrivning": discharge,
        "liggetid": days,
        "diagnoser": [source.code for source in codes if source.is_diagnosis],
        "prosedyrer": [source.code for source in codes if not source.is_diagnosis],
    }


def _is_another(cell: str, value: str) -> bool:
    """Whether a cell only says that the value is not some other one."""
    return cell.startswith("ikke ") and cell != f"ikke {value}"


def _wants_of(cells: Cells) -> _Wants:
    """What the cells of a rule ask of the codes beside the category."""
    codes = {kind: asked(cells, kind) for kind in ("dgprop", "procprop")}
    levels = [level for level in range(3) if fits(cells.get("komplikasjon", ""), level)]
    dgprop, procprop = (tuple(value for must, value in found if must) for found in codes.values())
    return _Wants(
        dgprop,
        procprop,
        frozenset((kind, value) for kind, found in codes.items() for must, value in found if not must),
        _OPERATIONS[cells.get("operasjon", "")],
        (min(levels, default=0), max(levels, default=2)),
    )


def in_columns(contacts: Sequence[Mapping[str, Any]]) -> pa.RecordBatch:
    """Contacts as a batch."""
    return pa.RecordBatch.from_pylist(list(contacts), _COLUMNS)
