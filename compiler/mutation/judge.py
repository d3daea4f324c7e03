"""Which cases notice a change: the examples of the years that have what is changed, and others where there are any."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from compiler import model
from compiler.examples import answer, differences
from compiler.mutation.mutants import Key, Mutant, mutants, stopped


@dataclass(frozen=True, slots=True)
class Case:
    """Something that is expected of a rulebook: an example, or a case that is kept elsewhere."""

    name: str
    about: frozenset[str]
    """The rules that its answer names: the changes that it most likely notices."""
    notices: Callable[[model.Rulebook], bool]
    """Whether a rulebook answers otherwise than expected."""


@dataclass(frozen=True, slots=True)
class YearCases:
    """A rule year, every change to it, and what is expected of it."""

    rulebook: model.Rulebook
    mutants: Mapping[Key, Mutant]
    examples: Sequence[Case]
    others: Sequence[Case] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A change, and what noticed it: an example, another case, or the rulebook itself; or nothing."""

    year: YearCases
    mutant: Mutant
    example: str | None = None
    other: str | None = None
    stopped: bool = False

    @property
    def survives(self) -> bool:
        """Whether nothing noticed it."""
        return self.example is None and self.other is None and not self.stopped


def example_cases(rulebook: model.Rulebook) -> list[Case]:
    """The examples of a rulebook."""
    return [_example_case(rulebook, example) for example in rulebook.examples]


def _example_case(rulebook: model.Rulebook, example: model.Example) -> Case:
    def notices(changed: model.Rulebook) -> bool:
        return next(iter(differences(changed, example, answer(changed, example))), None) is not None

    found = answer(rulebook, example)
    svarene = [found] if not example.gathers else [one.svar for of in found.samlinger.values() for one in of]  # type: ignore[union-attr]
    about = frozenset[str]().union(*(svar.regler_bak() for svar in svarene))  # type: ignore[union-attr]
    return Case(f"eksempelet «{example.title}»", about, notices)


Others = Callable[[model.Rulebook], Sequence[Case]]


def judged(
    rulebooks: Iterable[model.Rulebook],
    meant: Callable[[model.Rulebook], bool] = lambda _: True,
    others: Others = lambda _: (),
    wanted: Callable[[Mutant], bool] = lambda _: True,
) -> Iterator[Judged]:
    """Each change to what the years that are meant state, with what noticed it; the years are by scheme and year.

    What a year inherits is changed in the year that states it, and the years that build on it inherit the change: an
    example there may notice it too.
    """
    for _, of_scheme in groupby(rulebooks, key=lambda rulebook: rulebook.scheme):
        years = [YearCases(r, mutants(r), example_cases(r), others(r)) for r in of_scheme]
        for at, year in enumerate(years):
            if meant(year.rulebook):
                base = next((one for one in years if one.rulebook.year == year.rulebook.base), None)
                for key, mutant in year.mutants.items():
                    if (base is None or key not in base.mutants) and wanted(mutant):
                        yield judgement(year, mutant, list(_heirs(year, key, years[at + 1 :])))


def _heirs(year: YearCases, key: Key, later: Sequence[YearCases]) -> Iterator[tuple[YearCases, Mutant]]:
    """The years that inherit what is changed, each with the change to it."""
    having = {year.rulebook.year}
    for one in later:
        if one.rulebook.base in having and key in one.mutants:
            having.add(one.rulebook.year)
            yield one, one.mutants[key]


def judgement(year: YearCases, mutant: Mutant, heirs: Sequence[tuple[YearCases, Mutant]]) -> Judged:
    """What notices a change: an example first, then another case, and last the rulebook itself."""
    having = [(year, mutant), *heirs]
    made: dict[int, model.Rulebook] = {}

    def first(of: Callable[[YearCases], Sequence[Case]]) -> str | None:
        for one, change in having:
            for case in sorted(of(one), key=lambda case: mutant.definition.id not in case.about):
                if one.rulebook.year not in made:
                    made[one.rulebook.year] = change.make()
                if case.notices(made[one.rulebook.year]):
                    return f"{case.name} i {one.rulebook.name}"
        return None

    example = first(lambda one: one.examples)
    other = first(lambda one: one.others) if example is None else None
    refused = example is None and other is None and stopped(year.rulebook, mutant)
    return Judged(year, mutant, example, other, refused)
