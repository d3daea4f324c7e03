"""What a page tells of a rule beside the rule itself: kroner, place in the order, examples, history, uses and text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from compiler import amounts, model
from compiler.examples import Answers
from compiler.pages import order
from compiler.pages.addresses import Key, canonical
from compiler.pages.chart import chart
from compiler.pages.examples import value_shown
from compiler.pages.gathered import answered
from compiler.pages.history import History, Series
from compiler.pages.near import Found, examples_of_rules
from compiler.pages.referrers import referrers
from compiler.pages.text import Md, escape, fenced, joined
from compiler.pages.values import result
from compiler.pages.view import Rule, View
from compiler.rule_blocks import block
from compiler.runtime.svar import Svar
from compiler.words import spoken

_MOST = 4
"""How many examples of each kind are linked to from a rule."""

_FEW = 5
"""As many links as this stand open; more are folded away."""

_LONGEST = 3000
"""A rule with more letters than this has its text in the rulebook only: what is long in it is a list of codes."""

_WITHOUT_TEXT = ("tabell", "regeltabell", "opplysninger", "eksempel", "eksempler", "presisering")
"""Types whose page says all that their text does."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Some examples as links with their results, and how many more there are."""

    lines: tuple[Md, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Examples:
    """The examples that a rule took effect in, and those that it nearly did."""

    hits: Shown
    near: Shown

    @property
    def count(self) -> tuple[int, int]:
        """How many there are of each."""
        return len(self.hits.lines) + self.hits.more, len(self.near.lines) + self.near.more


@dataclass(frozen=True, slots=True)
class Told:
    """The history of a figure: its chart, or the first of the years that it has been the same in."""

    name: str
    years: str
    chart: Md
    steady_since: str
    rows: tuple[tuple[str, str], ...]


class About:
    """What there is to tell of the rules of one year, from it and the years before it."""

    def __init__(self, view: View, answers: Answers, earlier: Sequence[model.Rulebook] = ()) -> None:
        self.view = view
        self.rulebook = view.rulebook
        self.answers = answers
        self._history = History(view.rulebook, earlier)
        self._orders: dict[str, tuple[list[str], dict[str, int]]] = {}

    # ---- kroner and order

    def amounts(self, group: model.Group) -> Iterator[Md]:
        """What a group comes to, a line for each outcome; «kan ikke beregnes» with the reason."""
        for amount in amounts.amounts(self.rulebook).get(group.id, ()):
            head = self.view.link("begrep", amount.term) + Md(f" i {self.view.year}")
            if amount.choices:
                head += Md(" for ") + escape(_listed(amount.choices))
            if amount.value is None:
                yield head + Md(": **kan ikke beregnes**") + escape(f", fordi {amount.because}")
            else:
                yield head + Md(": **") + result(self.rulebook.term(amount.term), amount.value) + Md("**")

    def place(self, group: model.Group) -> Md | None:
        """Where a group stands in the order: «Prøves som nummer 2 av 5, etter DRG 1 og før DRG 3.»"""
        grouping = self.rulebook.grouping_with(group)
        groups, places = self._order(grouping) if grouping is not None else ([], {})
        if group.id not in places or len(groups) < 2:
            return None
        at, count = places[group.id], len(groups)
        before, after = groups[at - 1] if at else None, groups[at + 1] if at + 1 < count else None
        links = [(word, self._group(id_)) for word, id_ in (("etter", before), ("før", after)) if id_ is not None]
        words = Md(" og ").join(Md(f"{word} ") + name for word, name in links)
        return Md(f"Prøves som nummer {at + 1} av {count}, ") + words + Md(".")

    def _order(self, grouping: model.Grouping) -> tuple[list[str], dict[str, int]]:
        """The groups of a grouping in the order they are tried, and the place of each."""
        if grouping.id not in self._orders:
            groups = order.tried(self.rulebook, grouping)
            self._orders[grouping.id] = groups, {id_: at for at, id_ in enumerate(groups)}
        return self._orders[grouping.id]

    def _group(self, id_: str) -> Md:
        return self.view.link("gruppe", id_, spoken(id_))

    def order_figure(self, grouping: model.Grouping) -> Md | None:
        """The order of a grouping as a figure; nothing where there is no order to show, or too much of it."""
        groups, _ = self._order(grouping)
        if not 2 <= len(groups) <= order.MOST:
            return None
        after = ["radene i regeltabellene"] if grouping.results else []
        after += [f"ellers {self.view.name('gruppe', grouping.otherwise)}"] if grouping.otherwise else []
        title = f"Rekkefølgen som gruppene prøves i: {len(groups)} grupper, ovenfra og ned"
        names = [self.view.name("gruppe", id_) for id_ in groups]
        id_ = f"rekke-{self.view.addresses.anchors['gruppering', grouping.id]}"
        return order.figure(id_, title, names, after or ["ellers ingen gruppe"], grouping.chooses == "alle")

    def in_order(self, grouping: model.Grouping) -> list[Md]:
        """The order as links, which says what the figure shows."""
        return [self.view.link("gruppe", id_) for id_ in self._order(grouping)[0]]

    # ---- examples

    @cached_property
    def _examples(self) -> dict[Key, Found]:
        return dict(examples_of_rules(self.rulebook, self.answers))

    def examples(self, kind: str, id_: str) -> Examples | None:
        """The examples of a rule; nothing where there are none."""
        found = self._examples.get(canonical((kind, id_)))
        if found is None:
            return None
        hits = [self._example(one) + Md(": ") + self._result(kind, id_, one) for one in found.hits[:_MOST]]
        near = [
            self._example(one.example) + Md(": ") + self._answered(one.example) + self._missing(kind, one.missing)
            for one in found.near[:_MOST]
        ]
        return Examples(
            Shown(tuple(hits), len(found.hits) - len(hits)), Shown(tuple(near), len(found.near) - len(near))
        )

    def _example(self, example: model.Example) -> Md:
        return self.view.link("eksempel", example.id)

    def _result(self, kind: str, id_: str, example: model.Example) -> Md:
        """What a calculation came to, or else the answer of the example."""
        answer = self.answers[example.id]
        if kind == "begrep" and isinstance(answer, Svar) and id_ in answer.verdier:
            return value_shown(self.view, id_, answer.verdier[id_])
        return self._answered(example)

    def _answered(self, example: model.Example) -> Md:
        return answered(self.view, example, self.answers.get(example.id))

    def _missing(self, kind: str, condition: model.Expr | None) -> Md:
        """What did not hold; or, where all did, what came of it."""
        if condition is None:
            return Md("; kravet er oppfylt" if kind == "krav" else "; vilkårene er oppfylt, men gruppen ble ikke gitt")
        return Md("; det som ikke var oppfylt: ") + self.view.inline(condition)

    # ---- history

    def history(self, rule: Rule) -> list[Told]:
        """The history of each figure of a rule."""
        series = self._history.of(rule.type, rule.definition.id)
        return [self._told(f"{rule.anchor}-h{number}", rule, one) for number, one in enumerate(series)]

    def _told(self, id_: str, rule: Rule, series: Series) -> Told:
        years = f"{series.points[0].label}–{self.view.year}"
        unit = f", {series.unit}" if series.unit else ""
        name = f"{series.name[:1].upper()}{series.name[1:]}" if series.name else "Verdi"
        title = f"{rule.name}: {name.lower()} {years}{unit}"
        steady = series.steady_since
        made = Md("") if steady else chart(id_, title, series)
        rows = tuple((point.label, point.shown) for point in series.points)
        return Told(f"{name}{unit}", years, made, steady, rows)

    # ---- uses and text

    @cached_property
    def _referrers(self) -> dict[Key, list[Key]]:
        return dict(referrers(self.rulebook))

    def referrers(self, kind: str, id_: str) -> list[tuple[str, Md]]:
        """What refers to a definition, a type at a time."""
        found: dict[str, list[Md]] = {}
        for by in self._referrers.get(canonical((kind, id_)), ()):
            found.setdefault(self.view.rule(*by, 3).type_name, []).append(self.view.link(*by))
        return [(name, joined(links)) for name, links in found.items()]

    def is_much_used(self, kind: str, id_: str) -> bool:
        """Whether the references are so many that they are folded away."""
        return len(self._referrers.get(canonical((kind, id_)), ())) > _FEW

    def text(self, rule: Rule) -> Md | None:
        """The rule in the language of rulebooks, complete; nothing where it has no text of its own, or a long one."""
        lines = block(self.rulebook, rule.definition) if rule.type not in _WITHOUT_TEXT else []
        return fenced(lines) if lines and sum(map(len, lines)) <= _LONGEST else None


def _listed(words: Sequence[str]) -> str:
    """«somatikk, phv voksne og tsb»."""
    *first, last = words
    return f"{', '.join(first)} og {last}" if first else last
