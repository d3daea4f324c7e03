"""What became of the changes to a rulebook: in figures, and each that nothing noticed with where it is."""

import difflib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from compiler.logic.messages import shown
from compiler.model import Rulebook, Term
from compiler.mutation.answers import answered
from compiler.mutation.apart import Untouched
from compiler.mutation.changes import MEANINGS, Kind
from compiler.mutation.example import example_of
from compiler.mutation.found import Finder, Telling, smallest
from compiler.mutation.judge import Judged
from compiler.mutation.mutants import Mutant
from compiler.rule_blocks import block
from dsl.source import Source


@dataclass(frozen=True, slots=True)
class Finding:
    """A change that nothing noticed: where, what was there and what came instead, and what would notice it."""

    kind: Kind
    rulebook: str
    rule: str
    path: str
    line: int
    before: str
    after: str
    example: tuple[str, ...] = ()
    """An example that would notice it."""
    case: str | None = None
    """A case that would, where no example can say what differs."""


@dataclass(slots=True)
class Figures:
    """What became of the changes, of each kind."""

    noticed: Counter[Kind] = field(default_factory=Counter)
    """By an example."""
    elsewhere: Counter[Kind] = field(default_factory=Counter)
    """By a case that is kept elsewhere."""
    stopped: Counter[Kind] = field(default_factory=Counter)
    """By the rulebook itself: with the change it has a fault."""
    untouched: Counter[Kind] = field(default_factory=Counter)
    """No answer can be another: it is proved."""
    survived: Counter[Kind] = field(default_factory=Counter)

    @property
    def asked(self) -> int:
        """The changes that a case should notice."""
        return self.noticed.total() + self.elsewhere.total() + self.survived.total()

    @property
    def tried(self) -> int:
        """All of them."""
        return self.asked + self.stopped.total() + self.untouched.total()

    @property
    def share(self) -> float:
        """How many of them were noticed."""
        return 1 - self.survived.total() / self.asked if self.asked else 1.0

    @property
    def share_of_examples(self) -> float:
        """How many of them an example noticed."""
        return self.noticed.total() / self.asked if self.asked else 1.0

    def add(self, one: Judged, found: Telling | Untouched | None) -> None:
        """Count one change; `found` is what is known of one that nothing noticed."""
        ways = ((one.example, self.noticed), (one.other, self.elsewhere), (one.stopped, self.stopped))
        left = self.untouched if isinstance(found, Untouched) else self.survived
        next((count for by, count in ways if by), left)[one.mutant.kind] += 1

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.noticed + other.noticed,
            self.elsewhere + other.elsewhere,
            self.stopped + other.stopped,
            self.untouched + other.untouched,
            self.survived + other.survived,
        )


def examined(
    changes: Iterable[Judged], sources: Mapping[str, Source]
) -> Iterator[tuple[Judged, Figures, Finding | None]]:
    """Each change as it is counted, and what is told of it where nothing noticed it."""
    finder: Finder | None = None
    for one in changes:
        if finder is None or finder.rulebook is not one.year.rulebook:
            finder = Finder(one.year.rulebook)
        found = finder.telling(one.mutant) if one.survives else None
        figures = Figures()
        figures.add(one, found)
        told = one.survives and not isinstance(found, Untouched)
        yield one, figures, finding_of(one, found, sources) if told else None


def finding_of(one: Judged, found: Telling | Untouched | None, sources: Mapping[str, Source]) -> Finding:
    """What is told of a change that nothing noticed."""
    rulebook, mutant = one.year.rulebook, one.mutant
    before, after = _lines(rulebook, mutant)
    place = mutant.definition.place
    finding = Finding(
        mutant.kind,
        rulebook.name,
        f"{_called(mutant)} {mutant.definition.id}",
        place.path,
        _line(sources.get(place.path), place.line, before, mutant),
        before,
        after,
    )
    if not isinstance(found, Telling):
        return finding
    example = example_of(rulebook, mutant, found)
    if example is not None:
        least = smallest(found, lambda tried: example_of(rulebook, mutant, tried) is not None)
        return replace(finding, example=tuple(example_of(rulebook, mutant, least) or example))
    changed = mutant.make()
    least = smallest(found, lambda tried: _answered(rulebook, tried) != _answered(changed, tried))
    case = least.data if isinstance(least.data, dict) else {"poster": least.data}
    return replace(finding, case=shown(case))


def _called(mutant: Mutant) -> str:
    """What the author calls what is changed."""
    one = mutant.definition
    return "beregning" if isinstance(one, Term) and one.in_result else mutant.type


def _answered(rulebook: Rulebook, tried: Telling) -> object:
    return answered(rulebook, tried.record, tried.data)


def _lines(rulebook: Rulebook, mutant: Mutant) -> tuple[str, str]:
    """The author's line before the change and after, or what is said of it."""
    if mutant.said is not None or mutant.after is None:
        return mutant.said or (mutant.definition.id, "")
    old, new = block(rulebook, mutant.definition), block(rulebook, mutant.after)
    differ = [line for line in difflib.ndiff(old, new) if line[:2] in ("- ", "+ ")]
    gone = " / ".join(line[2:].strip().removeprefix("- ") for line in differ if line[0] == "-")
    come = " / ".join(line[2:].strip().removeprefix("- ") for line in differ if line[0] == "+")
    return gone or mutant.definition.id, come or "tatt bort"


def _line(source: Source | None, first: int, before: str, mutant: Mutant) -> int:
    """The line that what is changed stands on: in the block that begins on the first."""
    if source is None:
        return first
    wanted = [_plain(part) for part in before.split(" / ")]
    if mutant.type == "kodesett":
        wanted = [before.split("–")[0]]
    for number in range(first, len(source.lines) + 1):
        text = source.line(number)
        if number > first and text.strip() and not text[0].isspace():
            break
        if any(part and re.search(rf"(?<!\w){re.escape(part)}(?!\w)", _plain(text)) for part in wanted):
            return number
    return first


def _plain(text: str) -> str:
    return " ".join(text.split())


# ---- as text and as JSON


def as_text(figures: Mapping[str, Figures], findings: Sequence[Finding]) -> Iterator[str]:
    """What nothing noticed, with what would; and the figures, of each rulebook and of all."""
    for finding in findings:
        yield f"{finding.path}:{finding.line}: {finding.rule} i {finding.rulebook}: {MEANINGS[finding.kind]}"
        yield f"    − {finding.before}"
        yield f"    + {finding.after}"
        if finding.example:
            yield "  dette eksempelet ville merket det:"
            yield from (f"    {line}" for line in finding.example)
        elif finding.case is not None:
            yield f"  svaret blir et annet for {finding.case}"
        else:
            yield "  det er ikke funnet noe tilfelle der svaret blir et annet, og det er ikke bevist at det ikke finnes"
        yield ""
    for name, of_year in figures.items():
        yield f"{name}: {summary(of_year)}"
    if len(figures) > 1:
        yield f"i alt: {summary(sum(figures.values(), Figures()))}"


def summary(figures: Figures) -> str:
    """The figures of one rulebook on a line."""
    if not figures.asked:
        return "ingenting å endre på, eller ingen endring som kan merkes"
    share = _percent(figures.share_of_examples)
    parts = [f"{figures.noticed.total()} av {figures.asked} endringer merkes av eksemplene ({share})"]
    if figures.elsewhere:
        parts.append(f"med andre tilfeller {figures.asked - figures.survived.total()} ({_percent(figures.share)})")
    if figures.untouched:
        parts.append(f"{figures.untouched.total()} er uten virkning")
    if figures.stopped:
        parts.append(f"{figures.stopped.total()} stanses av regelverket selv")
    return ", ".join(parts)


def _percent(share: float) -> str:
    """A share in per cent, never rounded up to all."""
    return f"{int(share * 1000) / 10:.1f} %".replace(".", ",").replace(",0 %", " %")


def as_json(figures: Mapping[str, Figures], findings: Sequence[Finding]) -> str:
    """The same for programs."""
    counted = {
        name: {
            "endringer": one.asked,
            "merket_av_eksempler": one.noticed.total(),
            "ikke_merket": one.survived.total(),
            "uten_virkning": one.untouched.total(),
            "stanset": one.stopped.total(),
        }
        for name, one in figures.items()
    }
    listed = [
        {
            "slag": one.kind,
            "regelverk": one.rulebook,
            "regel": one.rule,
            "fil": one.path,
            "linje": one.line,
            "før": one.before,
            "etter": one.after,
            "eksempel": list(one.example),
            "tilfelle": one.case,
        }
        for one in findings
    ]
    return json.dumps({"regelverk": counted, "ikke_merket": listed}, ensure_ascii=False, indent=2)
