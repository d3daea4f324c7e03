"""The reference meaning of a rulebook: slow and obvious. Generated code must agree with it on every input."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

from compiler import model
from compiler.fields import fields_of
from compiler.runtime.forklaring import Vist, uavklart_tekst, utfylt
from compiler.runtime.lesing import Post, Utenfor, feltnavn, les, som_oppslag
from compiler.runtime.svar import Grunn, Linjesvar, Svar, Valgt, Verdi
from compiler.runtime.verdier import REGNING, GjelderIkke, Mangler, Tom, Uavklart, Ukjent, Uoppgitt, ett_unntak, noekkel
from compiler.words import not_stated, spoken, year_shown

Truth = bool | None
NO_DATE = "regelverket skifter innen året, men opplysningene har ingen dato"
_PARTS: dict[str, Callable[[Any], Any]] = {
    "år": lambda day: Decimal(day.year),
    "måned": lambda day: Decimal(day.month),
    "tertial": lambda day: Decimal((day.month + 3) // 4),
    "ukedag": lambda day: Decimal(day.isoweekday()),
    "dato": lambda moment: moment.date(),
}
_UNITS = {"dag": timedelta(days=1), "minutt": timedelta(minutes=1)}
_STORED_AS_TEXT: dict[str, Callable[[str], Any]] = {"dato": date.fromisoformat, "tidspunkt": datetime.fromisoformat}
"""The kinds of value that a row of a table keeps as text, and how each is read."""
_ROUNDING = {None: ROUND_HALF_UP, "opp": ROUND_CEILING, "ned": ROUND_FLOOR}


def evaluate(
    rulebook: model.Rulebook, data: object, record: str | None = None, around: Mapping[str, Post] | None = None
) -> Svar:
    """The answer for one record of data; without `record`, the first kind of record that comes in.

    `around` has the records outside it that its rules can name, each by its variable.
    """
    kind = rulebook.record(record) if record else rulebook.top_records()[0]
    with localcontext(REGNING):
        svar = Case(rulebook, kind, around).answer(data)
    behind = svar.regler_bak() if svar.status != "feil i data" else set()
    confirmed = {id_: year for id_, year in rulebook.last_confirmed.items() if id_ in behind}
    return replace(svar, sist_bekreftet=confirmed)


def calculated(rulebook: model.Rulebook, data: object, record: str) -> tuple[dict[str, Verdi], tuple[Grunn, ...]]:
    """What is calculated of a record that may count or not, and for each value that is lacking, why it is."""
    with localcontext(REGNING):
        return Case(rulebook, rulebook.record(record)).calculated(data)


def row_faults(rulebook: model.Rulebook, requirement: model.Requirement) -> Iterator[tuple[model.Row, str]]:
    """The rows of the table that a requirement is about which break it, with what it says of each."""
    table = rulebook.table(requirement.table or "")
    nobody = model.Record(id="", place=requirement.place, since=rulebook.year, fields=(), variable="")
    case = Case(rulebook, nobody)
    with localcontext(REGNING):
        for row in table.rows:
            written = row.key.split("|") if len(table.keys) > 1 else [row.key]
            if len(written) != len(table.keys):
                continue
            keys = zip(table.keys, written, strict=True)
            fault = case.row_fault(requirement, {name: _key(table.field(name), text) for name, text in keys})
            if fault is not None:
                yield row, fault


def _key(field: model.RecordField | None, text: str) -> Any:
    """A key of a row as the value that it is."""
    if field is not None and field.kind in ("heltall", "desimaltall"):
        return Decimal(text)
    if field is not None and field.kind in _STORED_AS_TEXT:
        return _STORED_AS_TEXT[field.kind](text)
    return text == "ja" if field is not None and field.kind == "ja/nei" else text


def _whole(requirement: model.Requirement) -> model.Expr:
    """What must hold always: that the requirement does not apply, or what it requires."""
    if requirement.when is None:
        return requirement.requires
    return model.Any(parts=(model.Not(operand=requirement.when), requirement.requires))


@dataclass
class _Line:
    """An element of a list while it is judged."""

    post: Post
    counts: Truth = True
    reasons: list[Grunn] = field(default_factory=list)
    notices: list[Grunn] = field(default_factory=list)


Env = Mapping[str, Any]


def _nothing_around(rulebook: model.Rulebook, record: model.Record) -> dict[str, Post]:
    """The collection of everything around a collection that is judged on its own: nothing is known of it."""
    around = record.gathering.around if record.gathering is not None else None
    if around is None:
        return {}
    outer = rulebook.record(around)
    return {outer.variable: les(fields_of(rulebook, outer), {})[0]}


class _Cells(dict[tuple[str, str], Truth]):
    """What is known of the cells of rule tables, by column and text; each is tried the first time it is asked for."""

    def __init__(self, case: "Case") -> None:
        super().__init__()
        self.case = case

    def __missing__(self, cell: tuple[str, str]) -> Truth:
        condition = self.case.rulebook.rule_grouping.condition[cell]
        self[cell] = holds = self.case.truth(condition, self.case.env)
        return holds


class Case:
    """One record under evaluation."""

    def __init__(
        self, rulebook: model.Rulebook, record: model.Record, around: Mapping[str, Post] | None = None
    ) -> None:
        self.rulebook = rulebook
        self.record = record
        self.around = _nothing_around(rulebook, record) if around is None else around
        self.lists: dict[str, list[_Line]] = {}
        self.group: Any = None
        self.rule: model.Rule | None = None
        """The rule that gave the group, where one did."""
        self.cells = _Cells(self)
        self.known: dict[str, Any] | None = None
        """The terms about the record that are worked out; None while the lists are judged, since they change then."""
        self.data: object = None
        self.used_answer: Svar | None = None
        """The answer of the rulebook that this one uses, where it was asked."""
        self.chosen: list[Valgt] = []
        """The groups that a collection is given, with what each uses."""
        self.passed: list[Valgt] = []
        """The groups that a collection is not given, with what each would have used."""
        self.unsure: tuple[model.Group, list[Mangler]] | None = None
        """The group of a collection that cannot be decided, and what would decide it."""

    # ---- the stages

    def answer(self, data: object) -> Svar:
        """All stages, in order."""
        self.data = data
        post, faults, outside = les(fields_of(self.rulebook, self.record), data)
        if faults:
            return Svar("feil i data", grunner=tuple(faults))
        if outside:
            return self._outside(post, outside)
        self.env = {**self.around, self.record.variable: post}
        self._keep_data(post, data)
        undecided: list[Grunn] = []
        for listed in self.rulebook.judged_lists(self.record):
            self._judge_list(listed, post, undecided)
        self.known = {}
        failing: list[Grunn] = list(self._empty_lists())
        notices: list[Grunn] = []
        for requirement in self.rulebook.requirements:
            if requirement.record == self.record.id:
                self._try(requirement, self.env, failing, undecided, notices)
        grouping = self.rulebook.grouping_of(self.record.id)
        if failing:
            return Svar("inngår ikke", grunner=tuple(failing), varsler=tuple(notices), lister=self._lists())
        if undecided:
            possible = tuple(self._possible()) if grouping else ()
            return Svar(
                "uavklart", grunner=tuple(undecided), varsler=tuple(notices), mulige=possible, lister=self._lists()
            )
        group: str | None = None
        used: Svar | None = None
        if grouping is not None:
            found = self._group()
            if isinstance(found, Mangler):
                without = self._without_group(grouping, found, notices)
                return replace(without, lister=self._lists(), forbigaatt=tuple(self.passed))
            group, used = (found[0] if isinstance(found, tuple) else found), self.used_answer
            notices += self._against_condition(group, grouping) if used is None else used.varsler
        reasons: list[Grunn] = []
        values = self._results(grouping)
        values |= {term.id: self._calculate(term, self.env, reasons) for term in self._calculations(self.record.id)}
        lists = self._lists(reasons)
        given = grouping is not None and self._given(grouping) is not None
        return Svar(
            "kan ikke beregnes" if reasons else "gruppert",
            gruppe=group,
            gruppe_oppgitt=given or (used is not None and used.gruppe_oppgitt),
            grunner=tuple(reasons),
            varsler=tuple(notices),
            verdier=values,
            lister=lists,
            brukt=used,
            valgte=tuple(self.chosen),
            forbigaatt=tuple(self.passed),
        )

    def calculated(self, data: object) -> tuple[dict[str, Verdi], tuple[Grunn, ...]]:
        """The calculations alone: no requirement is tried, and the group is as it is given."""
        post, faults, outside = les(fields_of(self.rulebook, self.record), data)
        if faults or outside:
            return {}, tuple(faults or outside)
        self.env, self.known, self.data = {**self.around, self.record.variable: post}, {}, data
        reasons: list[Grunn] = []
        values = {term.id: self._calculate(term, self.env, reasons) for term in self._calculations(self.record.id)}
        return values, tuple(reasons)

    def _keep_data(self, post: Post, data: object) -> None:
        """Let each record of a collection keep what it was read from, which another rulebook may ask for."""
        if self.record.gathering is None:
            return
        field = self.record.field(self.record.gathering.elements)
        elements = getattr(post, field.identifier) if field is not None else ()
        given = (som_oppslag(data) or {}).get(self.record.gathering.elements)
        if not isinstance(elements, Mangler) and isinstance(given, list | tuple):
            for element in elements:
                element.data_ = given[element.plass_]

    def _outside(self, post: Post, outside: list[Grunn]) -> Svar:
        """The answer when a code or group is not in the rulebook."""
        lists = {}
        for listed in self.rulebook.judged_lists(self.record):
            elements = getattr(post, listed.identifier)
            lines = [] if isinstance(elements, Mangler) else sorted(elements, key=lambda line: line.plass_)
            lists[listed.identifier] = tuple(
                Linjesvar(
                    None,
                    tuple(
                        Grunn(name, f"{name} {value} er ikke i regelverket", (name,))
                        for name, value in vars(line).items()
                        if isinstance(value, Utenfor)
                    ),
                )
                for line in lines
            )
        status = "ikke i utdraget" if self.rulebook.extract else "feil i data"
        return Svar(status, grunner=tuple(outside), lister=lists)  # type: ignore[arg-type]

    # ---- requirements

    def _try(
        self,
        requirement: model.Requirement,
        env: Env,
        failing: list[Grunn],
        undecided: list[Grunn],
        notices: list[Grunn],
    ) -> None:
        """Try one requirement, and put the reason where it belongs."""
        whole = _whole(requirement)
        holds = self.truth(whole, env)
        if holds:
            return
        if requirement.outcome == "varsel":
            if holds is False:
                notices.append(self._reason(requirement, env))
        elif holds is False and requirement.outcome == "uavklart":
            undecided.append(self._reason(requirement, env))
        elif holds is False:
            failing.append(self._reason(requirement, env))
        else:
            undecided.append(self._why(requirement.id, whole, env))

    def _reason(self, requirement: model.Requirement, env: Env) -> Grunn:
        """The reason that a requirement gives, with the values in its text."""
        return Grunn(requirement.id, utfylt(requirement.text, *(self._shown(one, env) for one in requirement.values)))

    def _shown(self, value: model.TextValue, env: Env) -> Vist:
        """A value in a text."""
        found = self.value(value.value, env)
        unit = value.unit or model.Unit(shown="")
        codes = self._gathered([found]) if isinstance(found, model.CodeSet) else found
        return Vist("", codes, unit.shown, unit.numerator, unit.denominator)

    def row_fault(self, requirement: model.Requirement, key: Mapping[str, Any]) -> str | None:
        """What a row of a table, whose keys are given, breaks of a requirement; None where it does not surely."""
        whole = _whole(requirement)
        return None if self.truth(whole, key) is not False else self._reason(requirement, key).tekst

    def _why(self, id_: str, condition: model.Expr, env: Env) -> Grunn:
        """Why a condition is undecided: the fields that would decide it, and the unknown values."""
        return self.because(id_, list(self.undecided(condition, env)))

    def _why_no_group(self) -> Grunn:
        """Why the first group or rule that is undecided is so."""
        if self.unsure is not None:
            group, missing = self.unsure
            return self.because(group.id, missing)
        return self._why(*self._first_undecided(), self.env)

    def because(self, id_: str, missing: list[Mangler]) -> Grunn:
        """The reason that missing values make."""
        names = {value.navn for value in missing if isinstance(value, Uoppgitt)}
        reasons = sorted({value.grunn for value in missing if isinstance(value, Ukjent)})
        known = fields_of(self.rulebook, self.record)
        if self.record.gathering is not None:  # What a record lacks is told alike in all collections of it.
            known = tuple(sorted(known, key=lambda field: field.slag != "liste"))
        fields = [name for name in dict.fromkeys(feltnavn(known)) if name in names]
        return Grunn(id_, uavklart_tekst(fields, reasons), tuple(fields))

    # ---- lists

    def _judge_list(self, listed: model.RecordField, post: Post, undecided: list[Grunn]) -> None:
        """Judge the elements in order, again and again until none falls."""
        elements = getattr(post, listed.identifier)
        if isinstance(elements, Mangler):
            self.lists[listed.identifier] = []
            return
        record = self.rulebook.record(listed.of or "")
        lines = [_Line(element) for element in elements]
        left = lines
        while True:
            standing: list[_Line] = []
            before: list[Post] = []
            everyone = [line.post for line in left]
            for number, line in enumerate(left):
                line.post.staar_ = before, len(before), everyone, number + 1
                self._judge(line, record)
                if line.counts is not False:
                    standing.append(line)
                    before.append(line.post)
            if len(standing) == len(left):
                break
            left = standing
        setattr(post, listed.identifier, tuple(line.post for line in left))
        self.lists[listed.identifier] = sorted(lines, key=lambda line: line.post.plass_)
        undecided += [reason for line in left if line.counts is None for reason in line.reasons]

    def _empty_lists(self) -> Iterator[Grunn]:
        """The reason that nothing is left of a list, when no line of it counts."""
        for listed in self.rulebook.judged_lists(self.record):
            judged = any(requirement.record == listed.of for requirement in self.rulebook.requirements)
            lines = self.lists.get(listed.identifier, [])
            if judged and lines and all(line.counts is False for line in lines):
                text = f"ingen av linjene i {spoken(listed.name)} inngår"
                yield Grunn(listed.identifier, text)

    def _judge(self, line: _Line, record: model.Record) -> None:
        failing: list[Grunn] = []
        undecided: list[Grunn] = []
        line.notices = []
        env = {**self.env, record.variable: line.post}
        for requirement in self.rulebook.requirements:
            if requirement.record == record.id:
                self._try(requirement, env, failing, undecided, line.notices)
        line.counts = False if failing else None if undecided else True
        line.reasons = failing or undecided

    def _lists(self, reasons: list[Grunn] | None = None) -> dict[str, tuple[Linjesvar, ...]]:
        """The answers for the lines, with their calculations when `reasons` is there to take what cannot be had."""
        answers = {}
        for listed in self.rulebook.judged_lists(self.record):
            record = self.rulebook.record(listed.of or "")
            made = []
            for line in self.lists[listed.identifier]:
                values: dict[str, Verdi] = {}
                if reasons is not None and line.counts and self.record.gathering is None:
                    env = {**self.env, record.variable: line.post}
                    values = {term.id: self._calculate(term, env, reasons) for term in self._calculations(record.id)}
                made.append(Linjesvar(line.counts, tuple(line.reasons), tuple(line.notices), values))
            answers[listed.identifier] = tuple(made)
        return answers

    # ---- grouping

    def _given(self, grouping: model.Grouping) -> str | None:
        if self.record.gathering is not None:
            return None
        given = getattr(self.env[self.record.variable], grouping.identifier)
        return given if isinstance(given, str) else None

    def _group(self) -> Any:
        """The group: given, or the first whose condition holds."""
        if self.group is None:
            grouping = self.rulebook.grouping_of(self.record.id)
            assert grouping is not None
            if self.record.gathering is not None:
                self.group = self._choose(grouping, self.record.gathering)
                return self.group
            self.group = self._given(grouping) or self._first(grouping)
            if isinstance(self.group, Tom) and self.rulebook.used is not None:
                self.used_answer = evaluate(self.rulebook.used, self.data)
                undecided = self.used_answer.status == "uavklart"
                missing = Uavklart(grouping.id) if undecided else self.group
                self.group = missing if self.used_answer.gruppe is None else self.used_answer.gruppe
        return self.group

    def _first(self, grouping: model.Grouping) -> Any:
        for group, found in self.rulebook.in_order:
            holds = self._holds(found)
            if holds:
                self.rule = found if isinstance(found, model.Rule) else None
                return group
            if holds is None:
                return Uavklart(grouping.id)
        return grouping.otherwise or Tom(grouping.id)

    def _group_of(self, id_: str, post: Post) -> Any:
        """The group that a grouping gives a record: this one, or one of those it is made of."""
        grouping = next(grouping for grouping in self.rulebook.groupings if grouping.id == id_)
        if grouping.record == self.record.id:
            return self._group()
        if post.gruppe_ is None:
            post.gruppe_ = self._inner(grouping, post)._group()
        return post.gruppe_

    def _inner(self, grouping: model.Grouping, post: Post) -> "Case":
        """A record that a collection is made of, as it is judged on its own."""
        inner = Case(self.rulebook, self.rulebook.record(grouping.record))
        inner.env, inner.known, inner.data = {inner.record.variable: post}, {}, post.data_
        return inner

    def _undecided_group(self, id_: str, post: Post) -> Iterator[Mangler]:
        """The missing values that leave it undecided which group a record has."""
        grouping = next(grouping for grouping in self.rulebook.groupings if grouping.id == id_)
        case = self if grouping.record == self.record.id else self._inner(grouping, post)
        case._group()
        if case.used_answer is not None:
            yield from (Uoppgitt(name) for reason in case.used_answer.grunner for name in reason.felt)
        elif case.unsure is not None:
            yield from case.unsure[1]
        else:
            yield from case.undecided(case._first_undecided()[1], case.env)

    def _choose(self, grouping: model.Grouping, gathering: model.Gathering) -> Any:
        """The groups of a collection: the first that holds, or all, where one that is given takes what it uses."""
        field = self.record.field(gathering.elements)
        assert field is not None
        post = self.env[self.record.variable]
        everything = getattr(post, field.identifier)
        groups = [group for group in self.rulebook.groups_of(grouping) if group.when is not None]
        if isinstance(everything, Mangler):
            self.unsure = (groups[0], [everything]) if groups else None
            return Uavklart(grouping.id) if groups else Tom(grouping.id)
        left = tuple(everything)
        for group in groups:
            assert group.when is not None
            used, holds = self._on_what_it_uses(group, group.when, post, field.identifier, left)
            setattr(post, field.identifier, everything)
            self.known = {}
            if holds is None:
                return Uavklart(grouping.id)
            places = Valgt(group.id, tuple(element.plass_ for element in used))
            (self.chosen if holds else self.passed).append(places)
            if holds and grouping.chooses == "første":
                return group.id
            if holds and group.uses is not None:
                left = tuple(element for element in left if not any(element is one for one in used))
        return tuple(one.gruppe for one in self.chosen) or Tom(grouping.id)

    def _on_what_it_uses(
        self, group: model.Group, when: model.Expr, post: Post, listed: str, left: tuple[Post, ...]
    ) -> tuple[tuple[Post, ...], Truth]:
        """What a group uses of what is left, and whether its condition holds of that alone."""
        setattr(post, listed, left)
        self.known = {}
        used: Any = left if group.uses is None else self._elements(group.uses, self.env)
        if isinstance(used, Mangler):
            assert group.uses is not None
            self.unsure = group, list(self._undecided_items(group.uses, self.env))
            return (), None
        setattr(post, listed, tuple(used))
        self.known = {}
        holds = self.truth(when, self.env)
        if holds is None:
            self.unsure = group, list(self.undecided(when, self.env))
        return tuple(used), holds

    def _holds(self, found: model.Group | model.Rule) -> Truth:
        """Whether the condition of a group holds, or all that the cells of a rule say."""
        if isinstance(found, model.Group):
            return self.truth(found.when, self.env) if found.when is not None else False
        whole: Truth = True
        for cell in found.cells.items():
            holds = self.cells[cell]
            if holds is False:
                return False
            if holds is None:
                whole = None
        return whole

    def _results(self, grouping: model.Grouping | None) -> dict[str, Verdi]:
        """The result fields of the rule that gave the group; None where no rule did."""
        names = grouping.results if grouping is not None else ()
        rule = self.rule
        return {name: None if rule is None else {names[0]: rule.id, **rule.results}.get(name) for name in names}

    def _possible(self) -> Iterator[str]:
        """The groups that are not ruled out, up to the first sure one."""
        grouping = self.rulebook.grouping_of(self.record.id)
        assert grouping is not None
        if self.record.gathering is not None:
            yield from self._possible_of_collection(grouping)
            return
        given = self._given(grouping)
        if given is not None:
            yield given
            return
        seen: set[str] = set()
        for group, found in self.rulebook.in_order:
            holds = self._holds(found)
            if holds is not False and group not in seen:
                seen.add(group)
                yield group
            if holds:
                return
        if grouping.otherwise is not None and grouping.otherwise not in seen:
            yield grouping.otherwise
        if self.rulebook.used is not None:
            used = evaluate(self.rulebook.used, self.data)
            yield from (id_ for id_ in (used.mulige if used.gruppe is None else (used.gruppe,)) if id_ not in seen)

    def _possible_of_collection(self, grouping: model.Grouping) -> Iterator[str]:
        """The groups that a collection may still be given: those it has, and those from the undecided one on."""
        groups = [group.id for group in self.rulebook.groups_of(grouping) if group.when is not None]
        passed = {one.gruppe for one in self.passed}
        yield from (id_ for id_ in groups if id_ not in passed)

    def _without_group(self, grouping: model.Grouping, found: Mangler, notices: list[Grunn]) -> Svar:
        used = self.used_answer
        if used is not None:
            all_notices = (*notices, *used.varsler)
            return Svar(used.status, grunner=used.grunner, varsler=all_notices, mulige=used.mulige, brukt=used)
        if isinstance(found, Uavklart):
            possible = tuple(self._possible())
            why = self._why_no_group()
            listed = (
                f"mulige grupper: {', '.join(possible)}" if len(possible) <= 5 else f"{len(possible)} grupper er mulige"
            )
            reason = Grunn(why.id, f"{why.tekst}; {listed}", why.felt)
            return Svar("uavklart", grunner=(reason,), varsler=tuple(notices), mulige=possible)
        if self.rulebook.extract:
            reason = Grunn(grouping.id, "ingen gruppe i utdraget tar denne posten")
            return Svar("ikke i utdraget", grunner=(reason,), varsler=tuple(notices))
        reason = Grunn(grouping.id, "ingen gruppe tar denne posten")
        return Svar("inngår ikke", grunner=(reason,), varsler=tuple(notices))

    def _first_undecided(self) -> tuple[str, model.Expr]:
        """The first group or rule that cannot be decided, and its condition."""
        found = next(found for _, found in self.rulebook.in_order if self._holds(found) is None)
        return found.id, self.rulebook.condition_of(found)

    def _against_condition(self, group_id: str, grouping: model.Grouping) -> list[Grunn]:
        """A notice when the group was given and its own condition does not hold."""
        if self._given(grouping) is None:
            return []
        ways = [found for group, found in self.rulebook.in_order if group == group_id]
        if not ways or any(self._holds(found) is not False for found in ways):
            return []
        return [Grunn(group_id, f"{group_id} er oppgitt i data, men vilkåret for gruppen er ikke oppfylt")]

    # ---- calculations

    def _calculations(self, record: str) -> list[model.Term]:
        return [term for term in self.rulebook.terms if term.in_result and term.record == record]

    def _calculate(self, term: model.Term, env: Env, reasons: list[Grunn]) -> Verdi:
        """The value in shown units, or None with the reason."""
        value = self._term(term, env)
        if isinstance(value, GjelderIkke) and value.navn == term.id:
            return None
        if isinstance(value, Uavklart):
            reasons.append(self._why_value(term, env))
            return None
        if isinstance(value, Mangler):
            fields = (value.navn,) if isinstance(value, Uoppgitt) else ()
            reasons.append(Grunn(term.id, value.grunn, fields))  # type: ignore[attr-defined]
            return None
        if isinstance(value, Decimal) and term.unit is not None:
            return value * term.unit.denominator / term.unit.numerator
        return value  # type: ignore[no-any-return]

    def _why_value(self, term: model.Term, env: Env) -> Grunn:
        """Why a value is undecided."""
        variable = self.rulebook.record(term.record).variable
        value = model.Compare(
            operator="==", left=model.TermRef(id=term.id, variable=variable), right=model.BoolValue(value=True)
        )
        return self._why(term.id, value, env)

    def _term(self, term: model.Term, env: Env) -> Any:
        if term.condition is not None:
            return self.truth(term.condition, env)
        excepted = self._excepted(term, env)
        if excepted is not None:
            return self._rounded(excepted, term.rounding) if term.rounding else excepted
        applied = False
        for line in term.lines:
            holds = True if line.when is None else self.truth(line.when, env)
            if holds is None:
                return Uavklart(term.id)
            applied = applied or holds
            if holds:
                value = self.value(line.value, env)
                if not isinstance(value, Tom):
                    return self._rounded(value, term.rounding) if term.rounding else value
        return Tom(term.id) if applied else GjelderIkke(term.id)

    def _excepted(self, term: model.Term, env: Env) -> Any:
        """The value of the exception that holds, or None; two that hold with different values cannot both be right."""
        exceptions = self.rulebook.exceptions_from(term.id)
        held = [(exception, self.truth(exception.when, env)) for exception in exceptions]
        if any(holds is None for _, holds in held):
            return Uavklart(term.id)
        values = [
            (exception.title or exception.id, self.value(exception.value, env)) for exception, holds in held if holds
        ]
        return ett_unntak(values)

    def _rounded(self, value: Any, rounding: model.Rounding) -> Any:
        if isinstance(value, Mangler):
            return value
        steps = (value / rounding.step).quantize(Decimal(1), rounding=_ROUNDING[rounding.direction])
        return steps * rounding.step

    # ---- conditions

    def truth(self, expr: model.Expr, env: Env) -> Truth:
        """Whether a condition holds, or None where it cannot be decided."""
        match expr:
            case model.InSet(item=item, codes=codes):
                code, members = self.value(item, env), self.value(codes, env)
                if isinstance(code, Tom) or isinstance(members, Tom):
                    return False
                if isinstance(code, Mangler) or isinstance(members, Mangler):
                    return None
                return self._contains(members, code)
            case model.All(parts=parts):
                found = [self.truth(part, env) for part in parts]
                return False if False in found else None if None in found else True
            case model.Any(parts=parts, number=number):
                found = [self.truth(part, env) for part in parts]
                return self._at_least(number, found)
            case model.Not(operand=operand):
                inner = self.truth(operand, env)
                return None if inner is None else not inner
            case model.Compare(operator=operator, left=left, right=right):
                return self._compare(operator, self.value(left, env), self.value(right, env))
            case model.InInterval(item=item, low=low, high=high):
                value = self.value(item, env)
                if isinstance(value, Mangler):
                    return False if isinstance(value, Tom) else None
                return bool(low.value <= value <= high.value)
            case model.Lacks(item=item):
                return isinstance(self.value(item, env), Uoppgitt | Tom)
            case model.Quantified():
                return self._quantified(expr, env)
            case _:
                value = self.value(expr, env)
                if isinstance(value, Mangler):
                    return False if isinstance(value, Tom) else None
                return None if value is None else bool(value)

    @staticmethod
    def _at_least(number: int, found: list[Truth]) -> Truth:
        sure = found.count(True)
        if sure >= number:
            return True
        return False if sure + found.count(None) < number else None

    @staticmethod
    def _compare(operator: str, left: Any, right: Any) -> Truth:
        if isinstance(left, Tom) or isinstance(right, Tom):
            return operator == "!="
        if isinstance(left, Mangler) or isinstance(right, Mangler):
            return None
        match operator:
            case "==":
                return bool(left == right)
            case "!=":
                return bool(left != right)
            case "<":
                return bool(left < right)
            case "<=":
                return bool(left <= right)
            case ">":
                return bool(left > right)
            case _:
                return bool(left >= right)

    def _contains(self, codes: Any, code: str) -> bool:
        return codes.has(code, self._set) if isinstance(codes, model.CodeSet) else code in codes

    def _set(self, id_: str) -> model.CodeSet:
        return next(found.codes for found in self.rulebook.sets if found.id == id_)

    def _quantified(self, expr: model.Quantified, env: Env) -> Truth:
        items, condition = expr.items, expr.condition
        while isinstance(items, model.Where):
            if expr.quantifier == "alle":
                condition = model.Any(
                    parts=(model.Not(operand=items.condition), condition or model.BoolValue(value=True))
                )
            else:
                condition = items.condition if condition is None else model.All(parts=(items.condition, condition))
            items = items.items
        elements = self._elements(items, env)
        if isinstance(elements, Mangler):
            if not isinstance(elements, Tom):
                return None
            elements = []
        found = [
            True if condition is None else self.truth(condition, e) for e in self._each(expr.variable, elements, env)
        ]
        sure, maybe = found.count(True), found.count(True) + found.count(None)
        match expr.quantifier:
            case "minst":
                return self._at_least(expr.number, found)
            case "høyst" | "ingen":
                return True if maybe <= expr.number else False if sure > expr.number else None
            case "nøyaktig":
                return False if sure > expr.number or maybe < expr.number else True if sure == maybe else None
            case "alle":
                return False if False in found else None if None in found else True

    # ---- lists

    def _elements(self, items: model.ListExpr, env: Env) -> Any:
        """The elements of a list: codes, posts or lines; or a missing value."""
        match items:
            case model.Elements(variable=variable, field=name, lenient=lenient):
                return self._field(env[variable], variable, name, lenient)
            case model.Related(variable=variable, which=which):
                return env[variable].foran_ if which == "tidligere" else env[variable].andre_
            case model.TermElements(id=id_, variable=variable):
                found = self.value(model.TermRef(id=id_, variable=variable), env)
                return found if isinstance(found, Mangler | tuple) else sorted(found)
            case model.SetElements(value=value):
                codes = self._gathered([self.value(value, env)])
                return codes if isinstance(codes, Mangler) else tuple(sorted(codes))
            case model.Chosen(grouping=id_, variable=variable):
                groups = self._group_of(id_, env[variable])
                return () if isinstance(groups, Tom) else groups
            case model.Rest(items=inner):
                found = self._elements(inner, env)
                return found if isinstance(found, Mangler) else tuple(found[1:])
            case model.Where(items=inner, variable=variable, condition=condition):
                elements = self._elements(inner, env)
                if isinstance(elements, Mangler):
                    return [] if isinstance(elements, Tom) else elements
                kept = []
                for element, scope in zip(elements, self._each(variable, elements, env), strict=True):
                    holds = self.truth(condition, scope)
                    if holds is None:
                        return Uavklart("utvalget")
                    if holds:
                        kept.append(element)
                return kept

    @staticmethod
    def _each(variable: str, elements: Any, env: Env) -> Iterator[Env]:
        """The scope for each element."""
        for element in elements:
            yield {**env, variable: element}

    # ---- values

    def value(self, expr: model.Expr, env: Env) -> Any:
        """The value of an expression, or the missing value that it comes to."""
        match expr:
            case model.StringValue(value=text):
                return text
            case model.TermRef():
                return self._term_ref(expr, env)
            case model.Element(variable=variable):
                return env[variable]
            case model.ColumnRef():
                return self._column(expr, env)
            case model.NumberValue(value=number):
                return number
            case model.BoolValue(value=yes):
                return yes
            case model.DateConstant(value=day) | model.MomentConstant(value=day):
                return day
            case model.Get(variable=variable, field=name, lenient=lenient, required=required):
                value = self._field(env[variable], variable, name, lenient)
                return Uoppgitt(name) if required and isinstance(value, Tom) else value
            case model.FieldOf(record=of, field=name, lenient=lenient):
                post = self.value(of, env)
                return self._of_missing(post, name) or self._field(post, "", name, lenient)
            case model.First(items=items):
                elements = self._elements(items, env)
                return self._of_missing(elements, "første") or (elements[0] if elements else Tom("første"))
            case model.ListValue(items=items):
                return self._elements(items, env)
            case model.RateRef(id=id_, variable=variable):
                return self._rate(next(rate for rate in self.rulebook.rates if rate.id == id_), variable, env)
            case model.GroupRef(grouping=id_, variable=variable):
                return self._group_of(id_, env[variable])
            case model.GroupCode(value=of):
                group = self.value(of, env)
                return self._of_missing(group, "gruppekode") or group.rsplit(" ", 1)[-1]
            case model.Family(table=table, column=column, value=wanted):
                rows = self.rulebook.table(table).rows
                return frozenset(row.key for row in rows if self._has(row.values.get(column), wanted))
            case model.Union(values=values):
                return self._gathered([self.value(value, env) for value in values])
            case model.StepSum():
                return self._step_sum(expr, env)
            case model.DatePart(part=part, value=value):
                day = self.value(value, env)
                return day if isinstance(day, Mangler) else _PARTS[part](day)
            case model.SetRef(id=id_):
                return self._set(id_)
            case model.CodeSet():
                return expr
            case model.Aggregate():
                return self._aggregate(expr, env)
            case model.CountOf(items=items):
                elements = self._elements(items, env)
                if isinstance(elements, Mangler):
                    return Decimal(0) if isinstance(elements, Tom) else elements
                return Decimal(len(elements))
            case model.Arithmetic(operator=operator, left=left, right=right):
                return self._arithmetic(operator, self.value(left, env), self.value(right, env))
            case model.TimeBetween(unit=unit, left=left, right=right):
                return self._between(unit, self.value(left, env), self.value(right, env))
            case model.OfMany(function=function, values=values):
                return self._of_numbers(function, [self.value(value, env) for value in values])
            case model.Round(value=value, rounding=rounding):
                return self._rounded(self.value(value, env), rounding)
            case model.UnknownValue(reason=reason):
                return Ukjent(reason)
            case _:
                return self._of_truth(self.truth(expr, env), "vilkåret")

    @staticmethod
    def _of_truth(value: Any, id_: str) -> Any:
        return Uavklart(id_) if value is None else value

    def _rescope(self, expr: model.TermRef, term: model.Term, env: Env) -> Env:
        """The scope of a term: its record is the one that the reference names."""
        own = self.rulebook.record(term.record).variable
        return env if own == expr.variable else {**env, own: env[expr.variable]}

    def _term_ref(self, expr: model.TermRef, env: Env) -> Any:
        """The value of a term, of the record or the code that the reference says."""
        term = self.rulebook.term(expr.id)
        if expr.argument is not None:
            argument = self.value(expr.argument, env)
            missing = self._of_missing(argument, term.id)
            if missing is not None:
                return missing
            name = term.parameter or self.rulebook.record(term.record).variable
            return self._of_truth(self._term(term, {**env, name: argument}), term.id)
        about_record = self.known is not None and term.record == self.record.id and term.parameter is None
        if not about_record or self.known is None:
            return self._of_truth(self._term(term, self._rescope(expr, term, env)), term.id)
        if term.id not in self.known:
            self.known[term.id] = self._of_truth(self._term(term, self.env), term.id)
        return self.known[term.id]

    @staticmethod
    def _of_missing(value: Any, name: str) -> Mangler | None:
        """What is worked out from a value that is missing; None where it is there."""
        if isinstance(value, Tom):
            return Tom(name)
        return value if isinstance(value, Mangler) else None

    def _gathered(self, found: list[Any]) -> Any:
        """Codes and sets of codes as one set; what does not exist adds nothing."""
        there = [value for value in found if not isinstance(value, Tom)]
        missing = next((value for value in there if isinstance(value, Mangler)), None)
        if missing is not None:
            return missing
        codes: set[str] = set()
        for value in there:
            if isinstance(value, str):
                codes.add(value)
            elif not isinstance(value, model.CodeSet):
                codes.update(value)
            else:
                listed = self._listed(value)
                if listed is None:
                    return Ukjent("mengden kan ikke telles opp")
                codes |= listed
        return frozenset(codes)

    def _listed(self, codes: model.CodeSet) -> set[str] | None:
        """All the codes of a set; None of one with intervals, beginnings or everything."""
        if codes.everything or codes.intervals or codes.prefixes:
            return None
        found = set(codes.codes)
        for id_ in codes.sets:
            inner = self._listed(self._set(id_))
            if inner is None:
                return None
            found |= inner
        return {code for code in found if codes.without is None or not self._contains(codes.without, code)}

    @staticmethod
    def _has(cell: Any, wanted: str) -> bool:
        """Whether a cell is a value, or a set that has it."""
        return wanted in cell.codes if isinstance(cell, model.CodeSet) else cell == wanted

    def _field(self, post: Any, variable: str, name: str, lenient: bool = False) -> Any:
        for record in self.rulebook.records:
            found = record.field(name)
            if found is not None and hasattr(post, found.identifier):
                value = getattr(post, found.identifier)
                return Tom(name) if lenient and isinstance(value, Uoppgitt) else value
        raise AssertionError(f"{variable} has no field {name}")

    def _rate(self, rate: model.Rate, variable: str | None, env: Env) -> Any:
        """The value of a rate: that of the last period that has begun on the record's date, where it changes."""
        shown: model.Rate | model.RatePeriod = rate
        if rate.periods:
            field = self.rulebook.date_of(variable)
            day = Ukjent(NO_DATE) if field is None else getattr(env[variable or ""], field.identifier)
            if isinstance(day, Mangler):
                return Uoppgitt(day.navn) if isinstance(day, Tom) else day
            for period in rate.periods:
                if period.start <= day:
                    shown = period
        return shown.value if shown.value is not None else Ukjent(shown.reason or "")

    def _column(self, expr: model.ColumnRef, env: Env) -> Any:
        keys = [self.value(key, env) for key in expr.keys]
        missing = next((key for key in keys if isinstance(key, Mangler)), None)
        if missing is not None:
            return missing
        table = self.rulebook.table(expr.table)
        key = noekkel(*keys)
        row = table.row(key)
        return Tom(expr.column) if row is None else self._row_value(table, expr.column, row)

    def _row_value(self, table: model.Table, name: str, row: model.Row) -> Any:
        """What a row of a table has in a column."""
        column = table.field(name)
        assert column is not None
        if name in row.values:
            value = row.values[name]
            read = _STORED_AS_TEXT.get(column.kind)
            return read(value) if read is not None and isinstance(value, str) else value
        if column.kind == "koder" and not column.may_lack:
            return model.CodeSet()
        if column.yearly:
            return Ukjent(not_stated(name, year_shown(self.rulebook), row.key))
        return Tom(name)

    def _step_sum(self, expr: model.StepSum, env: Env) -> Any:
        """A number shared out on the steps of a table; no value above the last step."""
        amount = self.value(expr.amount, env)
        if isinstance(amount, Mangler):
            return amount
        table = self.rulebook.table(expr.table)
        total: Any = Decimal(0)
        reached = Decimal(0)
        for last, row in sorted((Decimal(row.key), row) for row in table.rows):
            if amount > reached:
                worth = self._row_value(table, expr.column, row)
                total = self._arithmetic("+", total, self._arithmetic("×", min(amount, last) - reached, worth))
            reached = last
        return Tom("trinnsum") if amount > reached else total

    def _arithmetic(self, operator: str, left: Any, right: Any) -> Any:
        if isinstance(left, Mangler):
            return left
        if isinstance(right, Mangler):
            return right
        match operator:
            case "+":
                return left + right
            case "−":
                return left - right
            case "×":
                return left * right
            case _:
                return Ukjent("det er delt på null") if right == 0 else left / right

    @staticmethod
    def _between(unit: str, left: Any, right: Any) -> Any:
        """The time between two dates or points in time."""
        if isinstance(left, Mangler):
            return left
        if isinstance(right, Mangler):
            return right
        seconds, each = ((time // timedelta(seconds=1)) for time in (left - right, _UNITS[unit]))
        return Decimal(seconds) / each

    def _aggregate(self, expr: model.Aggregate, env: Env) -> Any:
        elements = self._elements(expr.items, env)
        if isinstance(elements, Tom):
            elements = []
        if isinstance(elements, Mangler):
            return elements
        found = [self.value(expr.value, scope) for scope in self._each(expr.variable, elements, env)]
        return self._gathered(found) if expr.function == "samlet" else self._of_numbers(expr.function, found)

    def _of_numbers(self, function: model.Function, found: list[Any]) -> Any:
        """What several numbers come to; only the highest and the lowest pass over those that do not exist."""
        if function in ("høyeste", "laveste"):
            return self._extreme(function, found)
        missing = next((value for value in found if isinstance(value, Mangler)), None)
        if missing is not None:
            return missing
        if function == "sum":
            return sum(found, Decimal(0))
        if len(found) < (1 if function == "gjennomsnitt" else 2):
            return Tom("verdien")
        return sum(found, Decimal(0)) / len(found) if function == "gjennomsnitt" else self._deviation(found)

    @staticmethod
    def _deviation(found: list[Decimal]) -> Decimal:
        """The standard deviation of a sample; the variance is exact until it is a decimal."""
        exact, count = [Fraction(value) for value in found], len(found)
        total, squares = sum(exact, Fraction(0)), sum((value * value for value in exact), Fraction(0))
        variance = (count * squares - total * total) / (count * (count - 1))
        return (Decimal(variance.numerator) / variance.denominator).sqrt()

    @staticmethod
    def _extreme(function: str, found: list[Any]) -> Any:
        there = [value for value in found if not isinstance(value, Tom)]
        missing = next((value for value in there if isinstance(value, Mangler)), None)
        if missing is not None:
            return missing
        return (max if function == "høyeste" else min)(there, default=Tom("verdien"))

    # ---- what would decide

    def undecided(self, expr: model.Expr, env: Env) -> Iterator[Mangler]:
        """The missing values in the undecided parts of an undecided condition."""
        if self.truth(expr, env) is not None:
            return
        match expr:
            case model.All(parts=parts) | model.Any(parts=parts):
                for part in parts:
                    yield from self.undecided(part, env)
            case model.Not(operand=operand):
                yield from self.undecided(operand, env)
            case model.Quantified():
                yield from self._undecided_list(expr, env)
            case model.Compare(left=left, right=right):
                yield from self._missing(left, env)
                yield from self._missing(right, env)
            case model.InSet(item=item, codes=codes):
                yield from self._missing(item, env)
                yield from self._missing(codes, env)
            case model.InInterval(item=item):
                yield from self._missing(item, env)
            case _:
                yield from self._missing(expr, env)

    def _undecided_list(self, expr: model.Quantified, env: Env) -> Iterator[Mangler]:
        items, conditions = expr.items, [expr.condition] if expr.condition is not None else []
        while isinstance(items, model.Where):
            conditions.insert(0, items.condition)
            items = items.items
        elements = self._elements(items, env)
        if isinstance(elements, Mangler):
            if isinstance(elements, Uavklart):
                yield from self._undecided_items(items, env)
            else:
                yield elements
            return
        for scope in self._each(expr.variable, elements, env):
            for condition in conditions:
                yield from self.undecided(condition, scope)

    def _missing(self, expr: model.Expr, env: Env) -> Iterator[Mangler]:
        """The missing values that make a value missing."""
        value = self.value(expr, env)
        if isinstance(value, Uoppgitt | Ukjent):
            yield value
        if not isinstance(value, Uavklart):
            return
        match expr:
            case model.TermRef(argument=argument) if argument is not None and isinstance(
                self.value(argument, env), Mangler
            ):
                yield from self._missing(argument, env)
            case model.TermRef(id=id_):
                term = self.rulebook.term(id_)
                yield from self._undecided_term(term, self._rescope(expr, term, env))
            case model.GroupCode(value=inner) | model.FieldOf(record=inner):
                yield from self._missing(inner, env)
            case model.Union(values=values):
                for part in values:
                    yield from self._missing(part, env)
            case model.First(items=items) | model.ListValue(items=items):
                yield from self._undecided_items(items, env)
            case model.GroupRef(grouping=id_, variable=variable):
                yield from self._undecided_group(id_, env[variable])
            case model.ColumnRef(keys=keys):
                for key in keys:
                    yield from self._missing(key, env)
            case model.DatePart(value=inner) | model.StepSum(amount=inner):
                yield from self._missing(inner, env)
            case model.Arithmetic(left=left, right=right) | model.TimeBetween(left=left, right=right):
                yield from self._missing(left, env)
                yield from self._missing(right, env)
            case model.Round(value=inner):
                yield from self._missing(inner, env)
            case model.OfMany(values=values):
                for part in values:
                    yield from self._missing(part, env)
            case model.Aggregate(items=items, variable=variable, value=inner):
                yield from self._undecided_items(items, env)
                elements = self._elements(items, env)
                if not isinstance(elements, Mangler):
                    for scope in self._each(variable, elements, env):
                        yield from self._missing(inner, scope)
            case model.CountOf(items=items):
                yield from self._undecided_items(items, env)
            case _:
                yield from self.undecided(expr, env)

    def _undecided_items(self, items: model.ListExpr, env: Env) -> Iterator[Mangler]:
        """The missing values that leave it undecided which elements a list has."""
        if isinstance(items, model.TermElements):
            yield from self._missing(model.TermRef(id=items.id, variable=items.variable), env)
        if isinstance(items, model.SetElements):
            yield from self._missing(items.value, env)
        if isinstance(items, model.Rest):
            yield from self._undecided_items(items.items, env)
        if isinstance(items, model.Chosen):
            yield from self._undecided_group(items.grouping, env[items.variable])
        if isinstance(items, model.Elements):
            missing = self._elements(items, env)
            if isinstance(missing, Uoppgitt | Ukjent):
                yield missing
        if isinstance(items, model.Where):
            yield from self._undecided_items(items.items, env)
            elements = self._elements(items.items, env)
            if not isinstance(elements, Mangler):
                for scope in self._each(items.variable, elements, env):
                    yield from self.undecided(items.condition, scope)

    def _undecided_term(self, term: model.Term, env: Env) -> Iterator[Mangler]:
        """The missing values that leave a term undecided: those of the first line that cannot be decided or is used."""
        if term.condition is not None:
            yield from self.undecided(term.condition, env)
        excepted = [e.when for e in self.rulebook.exceptions_from(term.id) if self.truth(e.when, env) is None]
        for when in excepted:
            yield from self.undecided(when, env)
        if excepted:
            return
        for line in term.lines:
            holds = True if line.when is None else self.truth(line.when, env)
            if holds is None and line.when is not None:
                yield from self.undecided(line.when, env)
                return
            if holds:
                yield from self._missing(line.value, env)
                if not isinstance(self.value(line.value, env), Tom):
                    return
