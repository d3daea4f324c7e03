"""Whether a case reaches a rule: a case that does, a proof that none can, or that it cannot be decided."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import z3

from compiler import model
from compiler.evaluate import evaluate
from compiler.logic import lists
from compiler.logic.clashes import pairs
from compiler.logic.domains import Bag, CodeVariable
from compiler.logic.encoder import Encoder
from compiler.logic.formula import Formula, Truth, as_bool, both, either, implied, negated, restart, variable
from compiler.logic.posts import Post, Read, Scope, World, slots_of
from compiler.logic.sought import Claim, Data, Sought, answer, least, reaches, taken_by
from compiler.logic.values import Slots, Value

WHOLE = Scope(slots=3)
"""All cases, with lists of up to so many records; of what longer ones may have more, anything can be."""
_ONLY_LONGER = f"bare lister med flere enn {WHOLE.slots} linjer kan nå den, og så lange er ikke prøvd"
_TRIES = 60
"""How many cases are tried for one rule."""
_MISSES = 6
"""How many of them may be taken by something else than the solver says."""
_WORK = 20_000_000
"""How much the solver works on one question: a measure of its own, the same on every machine."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A case that reaches the rule; the reference says so."""

    case: Data


@dataclass(frozen=True, slots=True)
class Contradiction:
    """No case satisfies the rule: these parts of its condition cannot hold together."""

    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """No case reaches the rule: these rules before it take all that satisfy it, where these requirements let them."""

    by: tuple[str, ...]
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Open:
    """It cannot be decided here, and why."""

    why: str


Verdict = Witness | Contradiction | Taken | Open


@dataclass(frozen=True, slots=True)
class _Asked:
    """A rule as the solver has it: each part of its condition, when it is met, and when it is surely not."""

    parts: tuple[Formula, ...]
    fails: Formula
    beyond: tuple[str, ...]


class Search:
    """The rules about one kind of record, asked about together."""

    def __init__(
        self,
        rulebook: model.Rulebook,
        record: model.Record,
        sought: Sequence[Sought],
        claims: Sequence[Claim] = (),
        scope: Scope = WHOLE,
    ) -> None:
        self.solver = restart()
        self.rulebook = rulebook
        self.sought = sought
        self.record = record
        self.world = World(rulebook, scope)
        self.encoder = self._encoder(self.rulebook)
        self.post = Post(self.world, self.record, "")
        self.env = {self.record.variable: Value(self.post), **_around(self.world, self.record)}
        self.asked: dict[tuple[str, str], _Asked] = {}
        self.cases: dict[str, Data] = {}
        """Cases that were found to reach other rules than the one that was asked about."""
        self.proxies: dict[int, tuple[Formula, z3.BoolRef]] = {}
        self.alone: dict[str, Formula] = {}
        """That only one record breaks a requirement."""
        self.cells: dict[tuple[str, str], tuple[Truth, list[str]]] = {}
        """What each cell of a rule table asks for, and what of it is not reckoned with."""
        self.cells_apart: dict[tuple[str, str, str], bool] = {}
        """Whether two cells of a column are proved to have no case in common."""
        self.context = dict(self._context())
        for one in sought:
            before = len(self.encoder.beyond)
            parts = self._parts(one)
            fails = either(part.no for part in parts)
            beyond = tuple(dict.fromkeys(self.encoder.beyond[before:]))
            self.asked[one.kind, one.id] = _Asked(tuple(part.yes for part in parts), fails, beyond)
        self.solver.set("rlimit", _WORK)
        self.solver.set("random_seed", 1)
        self.solver.set("model.compact", False)
        self.solver.set("smt.relevancy", 0)  # Twice as fast where nearly all is said of sets of codes.
        self.pairs = {(one.id, other.id): self._pair(one, other) for one, other in pairs(rulebook, record)}
        self.claimed = [self._claimed(claim) for claim in claims]
        self._tell()

    def _encoder(self, rulebook: model.Rulebook) -> Encoder:
        """What rules say of the records."""
        return Encoder(self.world, rulebook)

    def _tell(self) -> None:
        """Tell the solver all that is known, now that all has been asked."""
        for one in self.asked.values():
            for part in (*one.parts, one.fails):
                self._proxy(part)
        for formula in (*self.context.values(), *(part for one in self.claimed for parts in one for part in parts)):
            self._proxy(formula)
        for pair in self.pairs.values():
            self._proxy(pair if pair is not None else False)
        for domain in self.world.domains:
            for fact in domain.definitions(self.world.scope.plain):
                self.solver.add(as_bool(fact))
        for fact in self.world.facts:
            self.solver.add(as_bool(fact))

    # ---- what is asked

    def _context(self) -> Iterable[tuple[str, Formula]]:
        """What must hold of a record that is grouped at all: the requirements about it, and about its elements."""
        for requirement in self.rulebook.tried_requirements:
            if requirement.outcome == "varsel":
                continue
            if requirement.record == self.record.id:
                yield requirement.id, self._whole(requirement, self.env).yes
        for listed in self.rulebook.judged_lists(self.record):
            about = self.rulebook.record(listed.of or "")
            own = [r for r in self.rulebook.tried_requirements if r.record == about.id and r.outcome != "varsel"]
            for number, (guard, scope) in enumerate(self._scopes(about) if own else ()):
                for requirement in own:
                    yield f"{requirement.id} {number}", implied(guard, self._whole(requirement, scope).yes)

    def _whole(self, requirement: model.Requirement, env: Mapping[str, Value]) -> Truth:
        """What must hold always: that the requirement does not apply, or what it requires."""
        required = self.encoder.truth(requirement.requires, env)
        if requirement.when is None:
            return required
        when = self.encoder.truth(requirement.when, env)
        return Truth(either((when.no, required.yes)), both((when.yes, required.no)))

    def _scopes(self, about: model.Record) -> Iterable[tuple[Formula, Mapping[str, Value]]]:
        """The records of a kind, each with when it is there and the scope of rules about it."""
        if about.id == self.record.id:
            yield True, self.env
            return
        for field in self.record.fields:
            listed = self.post.field(field.name) if field.of == about.id and field.kind == "liste" else None
            if listed is not None and isinstance(listed.content, Slots):
                for guard, post in slots_of(listed):
                    yield guard, {**self.env, about.variable: Value(post)}

    def _parts(self, sought: Sought) -> list[Truth]:
        """The parts of a rule's condition, all of which must be met."""
        match sought.definition:
            case model.Rule(cells=cells):
                return [self._cell(cell) for cell in cells.items()]
            case model.Group(when=when, uses=uses):
                env = self._on_what_it_uses(self._on_what_is_left(), uses)
                parts = when.parts if isinstance(when, model.All) else (when,)
                return [self.encoder.truth(part, env) for part in parts if part is not None]
            case model.Requirement() as requirement:
                broken = [
                    Truth(both((guard, whole.no)), either((negated(guard), whole.yes)))
                    for guard, scope in self._scopes(sought.about)
                    for whole in [self._whole(requirement, scope)]
                ]
                if not broken:
                    open_ = self.encoder.unknown("krav til linjer i en liste i en liste")
                    return [Truth(open_, negated(open_))]
                self.alone[requirement.id] = either(
                    both((part.yes, *(other.no for other in broken if other is not part))) for part in broken
                )
                return [Truth(either(part.yes for part in broken), both(part.no for part in broken))]

    def _claimed(self, claim: Claim) -> list[list[Formula]]:
        """The parts of what is claimed to be possible, of each record that they may be about."""
        found = []
        for guard, scope in self._scopes(claim.about):
            env = dict(scope)
            if claim.parameter is not None:
                env[claim.parameter] = Value(self.world.code(claim.parameter, self.world.codes.codes))
            passed = both((guard, *(self.encoder.truth(when, env).no for when in claim.after)))
            found.append([*(self.encoder.truth(part, env).yes for part in claim.parts), passed])
        return found

    def impossible(self, at: int) -> tuple[int, ...] | None:
        """The parts of a claim that cannot hold together, if it is proved; the last stands for what comes before it."""
        needed: set[int] = set()
        for parts in self.claimed[at]:
            assumed = {f"del {number}": part for number, part in enumerate(parts)}
            if self._check(assumed, ()) != z3.unsat:
                return None
            needed |= {int(name.removeprefix("del ")) for name in self._needed(assumed)}
        return tuple(sorted(needed)) or None

    def both_hold(self, one: model.TermException, other: model.TermException) -> tuple[list[Data], bool]:
        """Some cases in which two exceptions hold at once and differ, and whether it is decided that there is none."""
        asked = self.pairs[one.id, other.id]
        return ([], False) if asked is None else self._some_cases({"begge": asked})

    def both_reach(self, one: Sought, other: Sought) -> tuple[list[Data], bool]:
        """Some cases that satisfy two rules at once, and whether it is decided that there is none."""
        parts = [*self.asked[one.kind, one.id].parts, *self.asked[other.kind, other.id].parts]
        assumed = {f"krav {id_}": formula for id_, formula in self.context.items()}
        cases, decided = self._some_cases(assumed | {f"del {at}": part for at, part in enumerate(parts)})
        grouping = self.rulebook.grouping_of(self.record.id)
        assert grouping is not None
        return [{name: value for name, value in case.items() if name != grouping.id} for case in cases], decided

    def _some_cases(self, assumed: Mapping[str, Formula]) -> tuple[list[Data], bool]:
        """Some cases where all that is assumed holds, and whether it is decided that there is none."""
        found: list[Data] = []
        refused: list[Formula] = []
        for wishes in (self._plain(), self._plain()[:1]):
            while len(refused) < _MISSES and self._check(assumed, [*wishes, *refused]) == z3.sat:
                chosen = self.solver.model()
                found.append(self.post.case(Read(chosen)))
                refused.append(self._another(chosen))
        return found, not found and self._check(assumed, ()) == z3.unsat

    def _pair(self, one: model.TermException, other: model.TermException) -> Formula | None:
        """That two exceptions hold of the same record and have different values."""
        scopes = list(self._scopes(self.rulebook.record(one.record)))
        return None if not scopes else either(self._differ(guard, env, one, other) for guard, env in scopes)

    def _differ(
        self, guard: Formula, env: Mapping[str, Value], one: model.TermException, other: model.TermException
    ) -> Formula:
        """That both hold, and their values are there and differ."""
        unlike = model.Compare(operator="!=", left=one.value, right=other.value)
        values = [self.encoder.value(exception.value, env).there for exception in (one, other)]
        holds = [self.encoder.truth(when, env).yes for when in (one.when, other.when, unlike)]
        return both((guard, *holds, *values))

    def gap(self, grouping: model.Grouping) -> Data | None:
        """A case that no group and no rule of a grouping takes; None where none is found."""
        assumed = {f"krav {id_}": formula for id_, formula in self.context.items()}
        assumed |= {f"før {one.id}": self.asked[one.kind, one.id].fails for one in self.sought if one.kind != "krav"}
        if self._check(assumed, self._plain()) != z3.sat:
            return None
        case = self.post.case(Read(self.solver.model()))
        case.pop(grouping.id, None)

        def left_over(tried: Data) -> bool:
            svar = evaluate(self.rulebook, tried, self.record.id)
            return svar.status == "inngår ikke" and [one.id for one in svar.grunner] == [grouping.id]

        return least(case, left_over) if left_over(case) else None

    def _plain(self) -> list[Formula]:
        """That lists are short, and that what should be given is."""
        return [both(negated(name) for name in self.world.longer), both(self.world.given)]

    def _cell(self, cell: tuple[str, str]) -> Truth:
        if cell not in self.cells:
            before = len(self.encoder.beyond)
            truth = self.encoder.truth(self.rulebook.rule_grouping.condition[cell], self.env)
            self.cells[cell] = truth, self.encoder.beyond[before:]
        truth, beyond = self.cells[cell]
        self.encoder.beyond += beyond
        return truth

    def _on_what_is_left(self) -> Mapping[str, Value]:
        """The scope of a group where groups before it may have used some of the records: any may be gone."""
        grouping, gathering = self.rulebook.grouping_of(self.record.id), self.record.gathering
        if grouping is None or gathering is None or grouping.chooses == "første":
            return self.env
        listed = self.post.field(gathering.elements)
        assert isinstance(listed.content, Slots)
        left = tuple((both((guard, variable("igjen"))), element) for guard, element in listed.content.items)
        slots = listed._replace(content=Slots(left, listed.content.more))
        return {**self.env, self.record.variable: Value(self.post.instead(gathering.elements, slots))}

    def _on_what_it_uses(self, env: Mapping[str, Value], uses: model.ListExpr | None) -> Mapping[str, Value]:
        """The scope of a group that is judged on only some of the records."""
        gathering = self.record.gathering
        if uses is None or gathering is None:
            return env
        listed, state = lists.listing(self.encoder, uses, env)
        seen = lists.each(listed, lambda element: element)
        slots = Slots(tuple((one.guard, one.result) for one in seen.seen), seen.more)
        return {
            **self.env,
            self.record.variable: Value(self.post.instead(gathering.elements, Value(slots, state.there))),
        }

    # ---- asking

    def _proxy(self, formula: Formula) -> z3.BoolRef:
        """A name that holds only when a formula does: what the solver may be asked to assume."""
        if isinstance(formula, bool):
            return as_bool(formula)
        if formula.get_id() not in self.proxies:
            name = variable("antatt")
            self.proxies[formula.get_id()] = (formula, name)
            self.solver.add(implied(name, formula))
        return self.proxies[formula.get_id()][1]

    def verdict(self, sought: Sought) -> Verdict:
        """What is known of whether a case reaches a rule."""
        if sought.id in self.cases and sought.kind != "krav":
            return Witness(self.cases[sought.id])
        asked = self.asked[sought.kind, sought.id]
        assumed = {f"del {at}": part for at, part in enumerate(asked.parts)}
        if sought.kind != "krav":
            assumed |= {f"krav {id_}": formula for id_, formula in self.context.items()}
        found = self._case_of(sought, assumed, self._wishes(sought), lambda case: True)
        return self._none(assumed) if found is None else found

    def taken_from(self, later: Sought, earlier: Sought, both: Callable[[Data], bool]) -> Witness | Open | None:
        """A case that an earlier rule takes from a later one; None where it is proved that there is none."""
        if self._apart(later.definition, earlier.definition):
            return None
        parts = [*self.asked[earlier.kind, earlier.id].parts, *self.asked[later.kind, later.id].parts]
        assumed = {f"krav {id_}": formula for id_, formula in self.context.items()}
        assumed |= {f"del {at}": part for at, part in enumerate(parts)}
        found = self._case_of(earlier, assumed, [self._plain(), self._plain()[:1]], both)
        if found is None and self._check(assumed, ()) != z3.unsat:
            return Open(_ONLY_LONGER)
        return found

    def _apart(self, one: model.Definition, other: model.Definition) -> bool:
        """Whether it is proved that no case fits the cells that two rows have in some column."""
        if not isinstance(one, model.Rule) or not isinstance(other, model.Rule):
            return False
        for column, text in one.cells.items():
            low, high = sorted((text, other.cells.get(column, text)))
            if (column, low, high) not in self.cells_apart:
                assumed = {text: self._cell((column, text)).yes for text in (low, high)}
                self.cells_apart[column, low, high] = low != high and self._check(assumed, ()) == z3.unsat
            if self.cells_apart[column, low, high]:
                return True
        return False

    def _case_of(
        self,
        sought: Sought,
        assumed: dict[str, Formula],
        wishes: list[list[Formula]],
        accepted: Callable[[Data], bool],
    ) -> Witness | Open | None:
        """A case that reaches a rule, where all that is assumed holds, and that is accepted; None where there is none.

        What is found to take the cases before the rule is assumed not to hold.
        """
        asked = self.asked[sought.kind, sought.id]
        refused: list[Formula] = []
        for _ in range(_TRIES):
            found = self._check(assumed, [*wishes[0], *refused])
            if found == z3.unknown:
                return Open("det tar for lang tid")
            if (found == z3.unsat or len(refused) > _MISSES) and len(wishes) > 1:
                wishes, refused = wishes[1:], []
                continue
            if found == z3.unsat and not refused:
                return None
            if found == z3.unsat or len(refused) > _MISSES:
                break
            chosen = self.solver.model()
            case = self._case(sought, chosen)
            svar = answer(self.rulebook, sought, case)
            if reaches(self.rulebook, sought, svar) and accepted(case):
                return Witness(case)
            taker = taken_by(self.rulebook, svar)
            if svar.status != "uavklart" and taker is not None and not svar.gruppe_oppgitt:
                self.cases.setdefault(taker, case)
            earlier = self._earlier(sought, taker)
            if earlier is not None and f"før {taker}" not in assumed:
                assumed[f"før {taker}"] = earlier
            else:
                refused.append(self._another(chosen))
        why = f"; her regnes det ikke på {' og '.join(asked.beyond)}" if asked.beyond else ""
        return Open(f"ingen av tilfellene som er prøvd, når den{why}")

    def found_in_order(self, wanted: Collection[str]) -> dict[str, Data]:
        """Cases that reach the groups and rules that are wanted, by id, where the first that is tried does.

        The solver is told for good of each rule that it does not hold, as is true of all cases that reach a later one:
        nothing else can be asked of it afterwards.
        """
        found: dict[str, Data] = {}
        for formula in (*self.context.values(), *self._plain()):
            self.solver.add(as_bool(formula))
        for one in self.sought:
            asked = self.asked[one.kind, one.id]
            if one.kind == "krav":
                continue
            if one.id in wanted and not asked.beyond:
                parts = {f"del {at}": part for at, part in enumerate(asked.parts)}
                if self._check(parts, self.world.filled) == z3.sat:
                    case = self._case(one, self.solver.model())
                    if reaches(self.rulebook, one, answer(self.rulebook, one, case)):
                        found[one.id] = case
            self.solver.add(as_bool(asked.fails))
        return found

    def _wishes(self, sought: Sought) -> list[list[Formula]]:
        """What a case should be like, if there is one: first all that makes it plain, at last only what can be seen."""
        short, given = self._plain()
        wishes = [[short, given, *self.world.filled], [short, given], [short]]
        if sought.kind != "krav":
            return wishes
        alone = [formula for id_, formula in self.context.items() if id_.split(" ")[0] != sought.id]
        return [[*wishes[0], *alone, self.alone.get(sought.id, True), *self.world.counted], *wishes]

    def _check(self, assumed: Mapping[str, Formula], more: Iterable[Formula]) -> z3.CheckSatResult:
        return self.solver.check(*map(self._proxy, (*assumed.values(), *more)))

    def _earlier(self, sought: Sought, taker: str | None) -> Formula | None:
        """That a group or rule before what is sought does not hold, where the first that holds is the only one."""
        grouping = self.rulebook.grouping_of(self.record.id)
        if grouping is not None and grouping.chooses == "alle":
            return None
        for one in self.sought:
            if one is sought:
                return None
            if one.id == taker and one.kind != "krav":
                return self.asked[one.kind, one.id].fails
        return None

    def _none(self, assumed: Mapping[str, Formula]) -> Verdict:
        """Why no case that can be seen reaches a rule: a proof where lists that are longer make no difference."""
        if self._check(assumed, ()) != z3.unsat:
            return Open(_ONLY_LONGER)
        needed = self._needed(assumed)
        if not any(name.startswith("del ") for name in needed):
            needed = list(assumed)
        others = [name for name in needed if not name.startswith("del ")]
        if not others:
            return Contradiction(tuple(int(name.removeprefix("del ")) for name in needed))
        return Taken(
            tuple(one.id for one in self.sought if f"før {one.id}" in others),
            tuple(dict.fromkeys(name.split(" ")[1] for name in others if name.startswith("krav "))),
        )

    def _needed(self, assumed: Mapping[str, Formula]) -> list[str]:
        """Some of what is assumed that cannot hold together: without any one of it, it could."""
        core = {name.get_id() for name in self.solver.unsat_core()}
        needed = [
            name for name, formula in assumed.items() if self._proxy(formula).get_id() in core or formula is False
        ]
        for name in list(needed):
            fewer = [other for other in needed if other != name]
            if self._check({other: assumed[other] for other in fewer}, ()) == z3.unsat:
                needed = fewer
        return needed

    def _case(self, sought: Sought, chosen: z3.ModelRef) -> Data:
        """The case that the solver chose; a record that is to be grouped comes without its group."""
        case = self.post.case(Read(chosen))
        grouping = self.rulebook.grouping_of(self.record.id)
        if grouping is not None and sought.kind != "krav":
            case.pop(grouping.id, None)
        return case

    def _another(self, chosen: z3.ModelRef) -> Formula:
        """That something else is chosen."""
        read = Read(chosen)
        held = [name for domain in self.world.domains for name in _held(domain, read)]
        return negated(both(held))


def _held(domain: CodeVariable | Bag, read: Read) -> Iterable[z3.BoolRef]:
    """The classes of codes that were chosen."""
    blocks = [block for block in domain.blocks if read.holds(block.some)]
    return [name for block in blocks for _, name in block.classes if read.holds(name)]


def _around(world: World, record: model.Record) -> dict[str, Value]:
    """The collection of everything around a collection: it is not looked at, and can be anything."""
    around = record.gathering.around if record.gathering is not None else None
    if around is None:
        return {}
    outer = world.rulebook.record(around)
    return {outer.variable: Value(Post(world, outer, "", nothing=True))}
