"""How many changes to our own rulebooks the examples and the golden cases notice, and which they do not.

`--fasthold` writes, for each change that nothing notices, a case that does to `tests/golden/<year>/fastholdt.jsonl`,
where there is one. What such a case comes out as is not from a source: it is what the rulebook answers today.
"""

import argparse

from compiler.model import Rulebook
from compiler.mutation.answers import answered
from compiler.mutation.apart import Untouched
from compiler.mutation.changes import MEANINGS
from compiler.mutation.found import Finder, Telling
from compiler.mutation.judge import Case, Judged, judged
from compiler.mutation.report import Figures, Finding, as_text, finding_of
from tests import gulltilfeller
from tests.gulltilfeller import Written
from tests.library import LIBRARY


class Kept:
    """The cases of all years, and those that are kept from now on."""

    def __init__(self) -> None:
        self.cases: dict[str, list[Case]] = {}
        self.finders: dict[str, Finder] = {}

    def of(self, rulebook: Rulebook) -> list[Case]:
        """The golden cases of a year, with those that come."""
        return self.cases.setdefault(rulebook.name, gulltilfeller.golden_cases(rulebook))

    def finder(self, rulebook: Rulebook) -> Finder:
        """What looks for cases of a year, beside its examples and its golden cases."""
        if rulebook.name not in self.finders:
            record, data = gulltilfeller.record_of, gulltilfeller.data_of
            self.finders = {rulebook.name: Finder(rulebook, [(record(rulebook, c), data(c)) for c in _given(rulebook)])}
        return self.finders[rulebook.name]

    def keep(self, rulebook: Rulebook, found: Telling) -> None:
        """Keep a case as it comes out."""
        given = "samle" if isinstance(found.data, list) else "gitt"
        case = {"opplysninger": found.record, given: found.data}
        case["ventet"] = answered(rulebook, found.record, found.data)
        path = gulltilfeller.GOLDEN / rulebook.name / gulltilfeller.KEPT
        with path.open("a", encoding="utf-8") as file:
            file.write(gulltilfeller.kept([case], lambda one: one["ventet"]))
        self.cases[rulebook.name].append(gulltilfeller.kept_case(rulebook, case))


def _told(one: Judged, figures: dict[str, Figures], kept: Kept, fasthold: bool) -> Finding | None:
    """Count one change; what is told of it where nothing notices it, also after a case is kept for it."""
    rulebook = one.year.rulebook
    of_year = figures.setdefault(rulebook.name, Figures())
    found = kept.finder(rulebook).telling(one.mutant) if one.survives else None
    if fasthold and isinstance(found, Telling):
        kept.keep(rulebook, found)
        one = Judged(one.year, one.mutant, other="gulltilfelle")
    of_year.add(one, found)
    return None if not one.survives or isinstance(found, Untouched) else finding_of(one, found, LIBRARY.sources)


def _given(rulebook: Rulebook) -> list[Written]:
    files = (gulltilfeller.FROM_SOURCES, gulltilfeller.KEPT)
    return [case for file in files for case in gulltilfeller.cases_of(rulebook.name, file)]


def main() -> None:
    """Measure the schemes that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ordninger", nargs="*", help="ordningene som måles; ellers alle")
    parser.add_argument("--fasthold", action="store_true", help="skriv et tilfelle for hver endring som ikke merkes")
    args = parser.parse_args()
    kept = Kept()
    figures: dict[str, Figures] = {}
    findings: list[Finding] = []
    meant = [r for r in LIBRARY.rulebooks() if not args.ordninger or r.scheme.lower() in args.ordninger]
    for one in judged(meant, others=kept.of):
        told = _told(one, figures, kept, args.fasthold)
        findings += [told] if told is not None else []
    for line in as_text(figures, findings):
        print(line)
    _by_kind(sum(figures.values(), Figures()))


def _by_kind(whole: Figures) -> None:
    """The figures of each kind of change, as a table."""
    print("\n| endring | i alt | eksempler | gulltilfeller | ikke merket | uten virkning | stanset |")
    print("|---|---|---|---|---|---|---|")
    for kind, meaning in MEANINGS.items():
        counts = [c[kind] for c in (whole.noticed, whole.elsewhere, whole.survived, whole.untouched, whole.stopped)]
        print(f"| {meaning} | {' | '.join(map(str, (sum(counts), *counts)))} |")


if __name__ == "__main__":
    main()
