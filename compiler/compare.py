"""What differs between two rule years, found in the two complete rulebooks and never in the amendments' text."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from compiler import model
from compiler.compare_facts import (
    ALL_YEAR,
    DURING,
    ORDER,
    TITLE,
    Entries,
    Entry,
    Fact,
    Figure,
    Kind,
    Line,
    Said,
    Step,
    plain,
    titled,
)
from compiler.kinds import field_dimension
from compiler.words import number, spoken, year_shown

_KINDS: dict[Kind, tuple[str, str, str, str]] = {
    "sats": ("Satser", "Sats", "Ny", "Utgått"),
    "gruppe": ("Grupper", "Gruppe", "Ny", "Utgått"),
    "takst": ("Takster", "Takst", "Ny", "Utgått"),
    "rad": ("Rader i tabeller", "Rad", "Ny", "Utgått"),
    "kodesett": ("Kodesett", "Kodesett", "Nytt", "Utgått"),
    "krav": ("Krav", "Krav", "Nytt", "Utgått"),
    "begrep": ("Begreper", "Begrep", "Nytt", "Utgått"),
    "beregning": ("Beregninger", "Beregning", "Ny", "Utgått"),
    "unntak": ("Unntak", "Unntak", "Nytt", "Utgått"),
    "presisering": ("Presiseringer", "Presisering", "Ny", "Utgått"),
    "kodeverk": ("Kodeverk", "Kodeverk", "Nytt", "Utgått"),
    "gruppering": ("Grupperinger", "Gruppering", "Ny", "Utgått"),
    "opplysninger": ("Opplysninger", "Opplysninger", "Nye", "Utgåtte"),
    "tabell": ("Tabeller", "Tabell", "Ny", "Utgått"),
    "kilde": ("Kilder", "Kilde", "Ny", "Utgått"),
    "kapittel": ("Kapitler", "Kapittel", "Nytt", "Utgått"),
}
"""Each kind in its order on the page: heading, one of them, and the words for a new and an ended one."""

_ONLY_CHANGED = (TITLE, "gjelder for", ORDER, "adresse", "nummer")
"""What is told of a definition that changed, and is plain from its name when it is new or ended."""


# ---- the comparison


class FigureChange(model.Node):
    """A figure that differs; a side is None where the year does not have the definition."""

    what: Literal["tall"] = "tall"
    aspect: str
    old: Figure | None
    new: Figure | None
    percent: model.Number | None = None
    """The change in percent of the old figure, rounded as it is shown."""


class WordsChange(model.Node):
    """Words that differ; a side is empty where the year does not say it."""

    what: Literal["ord"] = "ord"
    aspect: str
    old: tuple[Line, ...]
    new: tuple[Line, ...]


class Code(model.Node):
    """A code, interval, prefix or named set, with what it means."""

    code: str
    text: str | None = None


class CodesChange(model.Node):
    """Codes that only one of the years has."""

    what: Literal["koder"] = "koder"
    aspect: str
    removed: tuple[Code, ...]
    added: tuple[Code, ...]


Detail = Annotated[FigureChange | WordsChange | CodesChange, Field(discriminator="what")]


class Item(model.Node):
    """A definition that differs, what differs about it, and the reasons that the new year gives."""

    kind: Kind
    id: str
    name: str
    change: Literal["ny", "endret", "utgått"]
    details: tuple[Detail, ...]
    because: tuple[str, ...] = ()
    because_figures: tuple[str, ...] = ()
    """Those of the reasons that were given for its row in a table."""


class Side(model.Node):
    """One of the rule years compared."""

    name: str
    scheme: str
    year: int
    label: str
    """The year as a heading shows it: «2020», or «2020/21» where a rule year is not a calendar year."""
    title: str
    status: str
    extract: str | None


class Comparison(model.Node):
    """All that differs between two rule years, by kind and then in the order of the new rulebook."""

    old: Side
    new: Side
    items: tuple[Item, ...]

    def of_kind(self, kind: Kind) -> tuple[Item, ...]:
        """The differences of one kind."""
        return tuple(item for item in self.items if item.kind == kind)

    def told_of_kind(self, kind: Kind) -> tuple[Item, ...]:
        """The differences of one kind that are told one by one: not the rows of a table that is new or ended itself."""
        return tuple(item for item in self.of_kind(kind) if kind != "rad" or not self._in_whole_table(item))

    def rows_of(self, table: Item) -> int:
        """How many rows came or went with a table."""
        return sum(self._in_whole_table(item, (table,)) for item in self.of_kind("rad"))

    def _in_whole_table(self, row: Item, tables: Sequence[Item] | None = None) -> bool:
        """Whether a row came or went with its table."""
        whole = self.of_kind("tabell") if tables is None else tables
        return any(row.change == one.change != "endret" and row.id.startswith(f"{one.id} ") for one in whole)


def compare(old: model.Rulebook, new: model.Rulebook) -> Comparison:
    """What differs between two complete rule years, whichever is the later."""
    sides = _sides(old, new)
    moved = _moved(old, new)
    ending = (True, False) if old.year < new.year else (False, True) if old.year > new.year else (None, None)
    before = Entries(old, sides[0].label, moved[0], ending[0]).all()
    after = Entries(new, sides[1].label, moved[1], ending[1]).all()
    keys = sorted(dict.fromkeys([*after, *before]), key=lambda key: list(_KINDS).index(key[0]))
    found = (_item(before.get(key), after.get(key), old, new) for key in keys)
    return Comparison(old=sides[0], new=sides[1], items=tuple(item for item in found if item is not None))


# ---- what differs


def _moved(old: model.Rulebook, new: model.Rulebook) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The places of the groups that changed places among those that both years try: the first that holds is given.

    As few as can be are said to have moved; where that leaves a choice, those that the new year says something of.
    """
    tried = [[group for group in rulebook.groups if group.when is not None] for rulebook in (old, new)]
    ids = [[group.id for group in groups] for groups in tried]
    shared = set(ids[0]) & set(ids[1])
    after = [group for group in tried[1] if group.id in shared]
    place = {id_: at for at, id_ in enumerate(one for one in ids[0] if one in shared)}
    kept = _longest_rising([place[group.id] for group in after], [group.last_changed < new.year for group in after])
    moved = [group.id for at, group in enumerate(after) if at not in kept]
    first, second = ({id_: _place(id_, order) for id_ in moved} for order in ids)
    return first, second


def _longest_rising(places: Sequence[int], preferred: Sequence[bool]) -> set[int]:
    """The positions of the most that already stand in order."""
    start = next((at for at, place in enumerate(places) if at != place), len(places))
    end = next((at for at in range(len(places), start, -1) if places[at - 1] != at - 1), start)
    best: list[tuple[int, int]] = []
    for at in range(start, end):
        weight = 2 * (end - start) + preferred[at]
        before = [(best[one - start][0], one) for one in range(start, at) if places[one] < places[at]]
        most, previous = max(before, default=(0, -1))
        best.append((most + weight, previous))
    kept = {*range(start), *range(end, len(places))}
    at = max(range(start, end), key=lambda one: best[one - start][0], default=-1)
    while at >= 0:
        kept.add(at)
        at = best[at - start][1]
    return kept


def _place(id_: str, order: Sequence[str]) -> str:
    """Where a group is tried: «etter DRG 1, før DRG 3»."""
    at = order.index(id_)
    before = f"etter {order[at - 1]}" if at else "først"
    return f"{before}, før {order[at + 1]}" if at + 1 < len(order) else f"sist, {before}"


def _item(before: Entry | None, after: Entry | None, old: model.Rulebook, new: model.Rulebook) -> Item | None:
    """What differs about a definition; None where nothing does."""
    entry = after or before
    assert entry is not None
    details = tuple(_details(before, after))
    if before and after and not details:
        return None
    change: Literal["ny", "endret", "utgått"] = "endret" if before and after else "ny" if after else "utgått"
    because = tuple(dict.fromkeys(_reasons(entry, after is None, old, new)))
    of_rows = {one.because for one in entry.row_changes}
    return Item(
        kind=entry.kind,
        id=entry.id,
        name=entry.name,
        change=change,
        details=details,
        because=because,
        because_figures=tuple(reason for reason in because if reason in of_rows),
    )


def _reasons(entry: Entry, ended: bool, old: model.Rulebook, new: model.Rulebook) -> Iterator[str]:
    """The reasons given after the old year, up to the new one."""
    if new.year <= old.year:
        return
    if ended:
        terms = ("begrep", "beregning")
        if entry.kind == "rad":
            yield from _reasons_of_table(entry, old, new)
        for gone in new.repealed:
            same = gone.type == entry.kind or (gone.type in terms and entry.kind in terms)
            if same and gone.id == entry.id and gone.because:
                yield gone.because
        return
    yield from (change.because for change in entry.changes if change.because and old.year < change.year <= new.year)


def _reasons_of_table(entry: Entry, old: model.Rulebook, new: model.Rulebook) -> Iterator[str]:
    """The reasons given for the table that a row was taken out of."""
    for table in new.tables:
        if entry.id.startswith(f"{table.id} "):
            for change in table.changes:
                if change.because and old.year < change.year <= new.year:
                    yield change.because


def _details(before: Entry | None, after: Entry | None) -> Iterator[Detail]:
    """Each thing that differs, in the order of the new year."""
    facts = ({} if before is None else before.facts, {} if after is None else after.facts)
    for aspect in dict.fromkeys([*facts[1], *facts[0]]):
        if (before is None or after is None) and aspect in _ONLY_CHANGED:
            continue
        one, other = facts[0].get(aspect), facts[1].get(aspect)
        if aspect == DURING and before and after:
            one, other = one or plain(ALL_YEAR), other or plain(ALL_YEAR)
        step = one if isinstance(one, Step) else other
        if isinstance(step, Step):
            yield from _figure_change(aspect, step.before, step.after)
        elif isinstance(one, Figure) or isinstance(other, Figure):
            yield from _figure_change(aspect, _side(one, before), _side(other, after))
        elif isinstance(one, Said) or isinstance(other, Said):
            yield from _words_change(aspect, one, other)
        else:
            yield from _codes_change(aspect, one or {}, other or {})


def _side(fact: Fact | None, entry: Entry | None) -> Figure | None:
    """The figure of a year: not stated where the year has the definition without it, None where it lacks both."""
    if isinstance(fact, Figure) or entry is None:
        return fact if isinstance(fact, Figure) else None
    return Figure(value=None, unit=None, shown=f"ikke oppgitt for {entry.label}")


def _figure_change(aspect: str, old: Figure | None, new: Figure | None) -> Iterator[FigureChange]:
    if old is None or new is None:
        yield FigureChange(aspect=aspect, old=old, new=new)
        return
    same_unit = field_dimension(old.unit) == field_dimension(new.unit)
    if old.value == new.value and (same_unit or old.value is None):
        return
    percent = None
    if same_unit and old.value and new.value is not None:
        percent = _rounded((Fraction(new.value) - Fraction(old.value)) / abs(Fraction(old.value)) * 100)
    yield FigureChange(aspect=aspect, old=old, new=new, percent=percent)


def _rounded(percent: Fraction) -> Decimal:
    """A change in percent with one decimal, or as many as it takes to be more than nothing."""
    places = next((places for places in range(1, 9) if abs(percent) * 10**places >= Fraction(1, 2)), 8)
    whole = int(abs(percent) * 10**places + Fraction(1, 2))
    return Decimal(whole if percent > 0 else -whole).scaleb(-places)


def _words_change(aspect: str, old: Fact | None, new: Fact | None) -> Iterator[WordsChange]:
    one, other = (fact if isinstance(fact, Said) else Said((), "") for fact in (old, new))
    if one.meaning != other.meaning:
        yield WordsChange(aspect=aspect, old=one.lines, new=other.lines)


def _codes_change(aspect: str, old: Fact, new: Fact) -> Iterator[CodesChange | WordsChange]:
    assert isinstance(old, dict)
    assert isinstance(new, dict)
    removed = tuple(Code(code=code, text=text or None) for code, text in old.items() if code not in new)
    added = tuple(Code(code=code, text=text or None) for code, text in new.items() if code not in old)
    if removed or added:
        yield CodesChange(aspect=aspect, removed=removed, added=added)
    for code, text in new.items():
        if old.get(code, text) != text:
            yield from _words_change(
                f"teksten til {code}", *(plain(*filter(None, [said])) for said in (old[code], text))
            )


def _sides(old: model.Rulebook, new: model.Rulebook) -> tuple[Side, Side]:
    """The two years, with labels that tell them apart."""
    labels = [year_shown(old), year_shown(new)]
    if labels[0] == labels[1]:
        marks = (old.status, new.status) if old.status != new.status else ("før", "etter")
        labels = [f"{label} {mark}" for label, mark in zip(labels, marks, strict=True)]
    one, other = (
        Side(
            name=rulebook.name,
            scheme=rulebook.scheme,
            year=rulebook.year,
            label=label,
            title=rulebook.title,
            status=rulebook.status,
            extract=rulebook.extract,
        )
        for rulebook, label in zip((old, new), labels, strict=True)
    )
    return one, other


# ---- the words of a change


def _head(item: Item) -> str:
    """The line above what is told of an item."""
    _, one, new, ended = _KINDS[item.kind]
    if item.change == "endret":
        return f"{item.name} er endret."
    return f"{new if item.change == 'ny' else ended} {one.lower()}: {item.name}"


def _figure_sentence(comparison: Comparison, item: Item, change: FigureChange) -> str:
    """«Enhetspris somatikk er endret fra 45 808 kr per poeng til 46 719 kr per poeng (+2,0 %).»"""
    name = item.name if item.kind == "sats" else f"{item.name}: {spoken(change.aspect)}"
    old, new = change.old, change.new
    assert old is not None
    assert new is not None
    if is_step(change):
        head = f"{name} er {new.shown} {change.aspect}"
        return _parenthesised(head, f"før det {old.shown}" + (f", {growth(change)}" if growth(change) else "")) + "."
    if new.value is None:
        return f"{name} er {new.shown} ({comparison.old.label}: {old.shown})."
    if old.value is None:
        return f"{name} er {new.shown} ({old.shown})."
    return _parenthesised(f"{name} er endret fra {old.shown} til {new.shown}", growth(change)) + "."


def growth(change: FigureChange) -> str:
    """How much a figure has changed: in percent, a share in percentage points; empty where that has no meaning."""
    old, new = change.old, change.new
    if old is None or new is None or old.value is None or new.value is None or change.percent is None:
        return ""
    if old.unit and new.unit and old.unit.shown == new.unit.shown == "%":
        return _signed((new.value - old.value) * 100) + "\u00a0prosentpoeng"
    return _signed(change.percent, -int(change.percent.as_tuple().exponent)) + "\u00a0%"


def is_step(change: FigureChange) -> bool:
    """Whether a figure changes within the new year, and not from the old year to the new."""
    return change.aspect.startswith("fra og med ")


def _parenthesised(text: str, note: str | None) -> str:
    return f"{text} ({note})" if note else text


def _signed(value: Decimal, places: int | None = None) -> str:
    return ("+" if value > 0 else "") + number(value, None, places)


def _lines(comparison: Comparison, item: Item, figures: bool) -> Iterator[Line]:
    """An item in lines; without figures where a table has them."""
    changed = [detail for detail in item.details if isinstance(detail, FigureChange)]
    others = [detail for detail in item.details if not isinstance(detail, FigureChange)]
    if not figures and changed and not others:
        return
    if item.change == "endret" and figures:
        for detail in changed:
            yield Line(depth=0, text=_figure_sentence(comparison, item, detail))
            yield from _notes(comparison, detail)
    if item.change != "endret" or others:
        yield Line(depth=0, text=_head(item))
    if item.change != "endret" and figures:
        yield from (Line(depth=1, text=_only_figure(detail)) for detail in changed)
    for other in others:
        lines = _words_lines(comparison, item, other) if isinstance(other, WordsChange) else _codes_lines(item, other)
        yield from (Line(depth=line.depth + 1, text=line.text) for line in lines)
    if item.kind == "tabell" and (rows := comparison.rows_of(item)):
        yield Line(depth=1, text=f"{rows} rad{'er' if rows > 1 else ''}")
    told = () if figures or not changed else _reasons_in_table(item)
    yield from (Line(depth=1, text=f"Begrunnelse: {reason}") for reason in item.because if reason not in told)


def _only_figure(change: FigureChange) -> str:
    """The figure of a definition that only one year has."""
    figure = change.new or change.old
    assert figure is not None
    return _parenthesised(f"{_capital(change.aspect)}: {figure.shown}", figure.note)


def _notes(comparison: Comparison, change: FigureChange) -> Iterator[Line]:
    """What must be known about the figures of the two years."""
    both = ((comparison.old, change.old), (comparison.new, change.new))
    for side, figure in both[1:] if is_step(change) else both:
        if figure is None or not figure.note:
            continue
        if figure.value is None:
            yield Line(depth=1, text=f"Ikke oppgitt for {side.label}: {figure.note}")
        else:
            verb = "" if figure.note.startswith("gjelder ") else " er"
            yield Line(depth=1, text=f"Tallet for {side.label}{verb} {figure.note}")


def _words_lines(comparison: Comparison, item: Item, change: WordsChange) -> Iterator[Line]:
    """Words before and after; or, where only one year has them, those."""
    aspect = _capital(change.aspect)
    if item.change != "endret":
        yield from _under(aspect, change.new or change.old)
    elif not change.old or not change.new:
        word = "Lagt til" if change.new else "Tatt ut"
        yield from _under(f"{word}: {spoken(change.aspect)}", change.new or change.old)
    elif change.old == change.new:
        yield Line(depth=0, text=f"{aspect}: ordene er de samme, men viser til noe annet enn før")
    else:
        yield Line(depth=0, text=aspect)
        for side, lines in ((comparison.old, change.old), (comparison.new, change.new)):
            yield from (Line(depth=line.depth + 1, text=line.text) for line in _under(side.label, lines))


def _under(head: str, lines: Sequence[Line]) -> Iterator[Line]:
    """Lines under a head, the one that the others stand under on the same line as the head."""
    tops = [line for line in lines if line.depth == 0]
    if len(tops) == 1:
        yield Line(depth=0, text=f"{head}: {tops[0].text}")
        yield from lines[1:]
        return
    yield Line(depth=0, text=head)
    yield from (Line(depth=line.depth + 1, text=line.text) for line in lines)


def _codes_lines(item: Item, change: CodesChange) -> Iterator[Line]:
    """Codes in and out; on one line where none has a text."""
    aspect = spoken(change.aspect)
    for word, codes in (("tatt ut", change.removed), ("lagt til", change.added)):
        head = _capital(aspect) if item.change != "endret" else f"{_capital(aspect)} {word}"
        if any(code.text for code in codes):
            yield from _under(head, [Line(depth=0, text=titled(code.code, code.text)) for code in codes])
        elif codes:
            yield Line(depth=0, text=f"{head}: {', '.join(code.code for code in codes)}")


def _capital(text: str) -> str:
    text = spoken(text)
    return text[:1].upper() + text[1:]


def _title(comparison: Comparison) -> str:
    old, new = comparison.old, comparison.new
    return f"Endringer fra {old.scheme} {old.label} til {new.scheme} {new.label}"


def _cautions(comparison: Comparison) -> Iterator[str]:
    """What a reader must know of the two rulebooks before the list."""
    sides = (comparison.old, comparison.new)
    for side in sides:
        if side.status != "endelig":
            yield f"{side.scheme} {side.label} har status {side.status}."
        if side.extract:
            yield f"{side.scheme} {side.label} er et utdrag: {side.extract}."
    if any(side.extract for side in sides):
        yield "En regel som ikke er med i et utdrag, kan likevel gjelde."
    if not comparison.items:
        yield "Ingen endringer."


# ---- as text, Markdown and JSON


def as_text(comparison: Comparison) -> str:
    """The comparison for a terminal."""
    parts = ["\n".join([_title(comparison), *(f"  {caution}" for caution in _cautions(comparison))])]
    for kind, (heading, *_) in _KINDS.items():
        lines = [line for item in comparison.told_of_kind(kind) for line in _lines(comparison, item, figures=True)]
        if lines:
            parts.append("\n".join([heading, *(f"{'  ' * (line.depth + 1)}{line.text}" for line in lines)]))
    return "\n\n".join(parts) + "\n"


def as_json(comparison: Comparison) -> str:
    """The comparison as JSON.

    `old` and `new` say which years; `items` has one object for each definition that differs: `kind`, `id`, `name`,
    `change` («ny», «endret», «utgått»), `because` and `details`. A detail's `what` is «tall» (`old` and `new` figures
    with `value` in base units, null where it is not stated, and `percent`), «ord» (`old` and `new` lines with `depth`
    and `text`) or «koder» (`removed` and `added`); `aspect` says what it is about.
    """
    return comparison.model_dump_json(indent=1) + "\n"


def escape_markdown(text: str) -> str:
    """Text that Markdown and HTML show as it is, on one line, wherever on a line it stands."""
    text = re.sub(r"[\x00- \x7f-\x9f\u2028\u2029]+", " ", text).strip(" ")
    text = re.sub(r"([\\`*_{}\[\]#!+])", r"\\\1", text)
    text = re.sub(r"[&<>\"|~^=$@]|:(?=\S)|^[-:?/.%;,'(]", lambda m: f"&#{ord(m[0])};", text)
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", text)


def as_markdown(comparison: Comparison, escape: Callable[[str], str] = escape_markdown) -> str:
    """The comparison as a page; `escape` makes text from the rulebooks safe in Markdown."""
    parts = [f"# {escape(_title(comparison))}", *(escape(caution) for caution in _cautions(comparison))]
    for kind, (heading, *_) in _KINDS.items():
        items = comparison.told_of_kind(kind)
        if items:
            parts += [f"## {heading}", *_tables(comparison, items, escape)]
            lines = [line for item in items for line in _lines(comparison, item, figures=False)]
            parts += ["\n".join(f"{'    ' * line.depth}- {escape(line.text)}" for line in lines)] if lines else []
    return "\n\n".join(parts) + "\n"


def _tables(comparison: Comparison, items: Sequence[Item], escape: Callable[[str], str]) -> Iterator[str]:
    """A table of figures for each column that differs."""
    figures = [(item, detail) for item in items for detail in item.details if isinstance(detail, FigureChange)]
    for aspect in dict.fromkeys(detail.aspect for _, detail in figures):
        step = is_step(next(detail for _, detail in figures if detail.aspect == aspect))
        if items[0].kind != "sats" or step:
            yield f"### {escape(_capital(aspect))}"
        rows = [_row(comparison, item, detail) for item, detail in figures if detail.aspect == aspect]
        sides = ["Før", "Etter"] if step else [comparison.old.label, comparison.new.label]
        head = [_KINDS[items[0].kind][1], *sides, "Endring", "Merknad"]
        wide = 5 if any(row[4] for row in rows) else 4
        rule = ["---", "---:", "---:", "---:", "---"]
        table = [head, rule, *([escape(cell) for cell in row] for row in rows)]
        yield "\n".join(f"| {' | '.join(row[:wide])} |" for row in table)


def _reasons_in_table(item: Item) -> tuple[str, ...]:
    """The reasons that stand beside the figures; those for what else is changed stand with that."""
    only_figures = all(isinstance(detail, FigureChange) for detail in item.details)
    return item.because if only_figures or item.change != "endret" else item.because_figures


def _row(comparison: Comparison, item: Item, change: FigureChange) -> list[str]:
    """The cells of a figure: name, both years, the change, and what must be known about it."""
    old, new = (figure.shown if figure else "–" for figure in (change.old, change.new))
    grown = growth(change) if item.change == "endret" else item.change
    notes = [line.text for line in _notes(comparison, change)]
    notes += [f"Begrunnelse: {reason}" for reason in _reasons_in_table(item)]
    return [item.name, old, new, grown or "–", ". ".join(notes)]
