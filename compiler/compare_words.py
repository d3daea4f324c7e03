"""What differs between two rule years, in words."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from compiler.compare import CodesChange, Comparison, Detail, FigureChange, Item, WordsChange
from compiler.compare_facts import KINDS, ROWS, Kind, Line, titled
from compiler.words import number, spoken

_MANY = 20
"""How many rows of a table may differ before they are told together, each on part of a line."""


def told_one_by_one(comparison: Comparison, kind: Kind) -> list[Item]:
    """The differences of one kind that have lines of their own."""
    together = {id(item) for _, items in told_together(comparison, kind) for item in items}
    return [item for item in comparison.of_kind(kind) if id(item) not in together]


def told_together(comparison: Comparison, kind: Kind) -> Iterator[tuple[str, list[Item]]]:
    """The rows of each group or table that are told together, after what the group or table is called."""
    rows: dict[str, list[Item]] = {}
    for item in comparison.of_kind(kind):
        if item.of is not None:
            rows.setdefault(item.of, []).append(item)
    yield from ((name, items) for name, items in rows.items() if kind == "regel" or len(items) > _MANY)


# ---- one definition


def _head(item: Item) -> str:
    """The line above what is told of an item."""
    _, one, new, ended = KINDS[item.kind]
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


def item_lines(comparison: Comparison, item: Item, figures: bool) -> Iterator[Line]:
    """An item in lines; without figures where a table has them."""
    changed = [detail for detail in item.details if isinstance(detail, FigureChange)]
    others = [detail for detail in item.details if not isinstance(detail, FigureChange)]
    if not figures and changed and not others:
        return
    if item.change == "endret" and figures:
        for detail in changed:
            yield Line(depth=0, text=_figure_sentence(comparison, item, detail))
            yield from notes(comparison, detail)
    if item.change != "endret" or others:
        yield Line(depth=0, text=_head(item))
    if item.change != "endret" and figures:
        yield from (Line(depth=1, text=_only_figure(detail)) for detail in changed)
    for other in others:
        lines = _words_lines(comparison, item, other) if isinstance(other, WordsChange) else _codes_lines(item, other)
        yield from (Line(depth=line.depth + 1, text=line.text) for line in lines)
    told = () if figures or not changed else reasons_in_table(item)
    yield from (Line(depth=1, text=f"Begrunnelse: {reason}") for reason in item.because if reason not in told)


def _only_figure(change: FigureChange) -> str:
    """The figure of a definition that only one year has."""
    figure = change.new or change.old
    assert figure is not None
    return _parenthesised(f"{capital(change.aspect)}: {figure.shown}", figure.note)


def notes(comparison: Comparison, change: FigureChange) -> Iterator[Line]:
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
    aspect = capital(change.aspect)
    if change.aspect == ROWS:
        yield from change.new or change.old
    elif item.change != "endret":
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
        head = capital(aspect) if item.change != "endret" else f"{capital(aspect)} {word}"
        if any(code.text for code in codes):
            yield from _under(head, [Line(depth=0, text=titled(code.code, code.text)) for code in codes])
        elif codes:
            yield Line(depth=0, text=f"{head}: {', '.join(code.code for code in codes)}")


def capital(text: str) -> str:
    text = spoken(text)
    return text[:1].upper() + text[1:]


def reasons_in_table(item: Item) -> tuple[str, ...]:
    """The reasons that stand beside the figures; those for what else is changed stand with that."""
    only_figures = all(isinstance(detail, FigureChange) for detail in item.details)
    return item.because if only_figures or item.change != "endret" else item.because_figures


# ---- many rows

_ROWS = {"endret": ("", ""), "ny": ("ny ", "nye "), "utgått": ("utgått ", "utgåtte ")}
"""What stands before one row, and before several, by what became of them."""


def figures_by_aspect(items: Sequence[Item]) -> dict[str, list[tuple[Item, FigureChange]]]:
    """The figures that differ, by what they are about: a table for each."""
    found: dict[str, list[tuple[Item, FigureChange]]] = {}
    for item in items:
        for detail in item.details:
            if isinstance(detail, FigureChange):
                found.setdefault(detail.aspect, []).append((item, detail))
    return found


def figure_cells(item: Item, change: FigureChange) -> tuple[str, str, str, str]:
    """A figure in a table: name, both years, and the change."""
    old, new = (figure.shown if figure else "–" for figure in (change.old, change.new))
    return item.name, old, new, (growth(change) if item.change == "endret" else item.change) or "–"


def remark(comparison: Comparison, item: Item, change: FigureChange) -> str:
    """What must be known about a figure in a table."""
    known = [line.text for line in notes(comparison, change)]
    return ". ".join([*known, *(f"Begrunnelse: {reason}" for reason in reasons_in_table(item))])


def rows_lines(name: str, items: Sequence[Item]) -> Iterator[Line]:
    """The rows of a group or a table that differ: those of a table that differ in the same way on one line."""
    if items[0].kind == "regel":
        yield Line(depth=0, text=name)
        yield from (Line(depth=1, text=text) for text in _rules(items))
    else:
        yield Line(depth=0, text=f"{name}: {_counted(items)}")
        yield from (Line(depth=1, text=text) for text in _alike(items))


def reasons_lines(items: Sequence[Item]) -> Iterator[Line]:
    """The reasons given for some rows, each once."""
    reasons = dict.fromkeys(reason for item in items for reason in item.because)
    yield from (Line(depth=1, text=f"Begrunnelse: {reason}") for reason in reasons)


def _counted(items: Sequence[Item]) -> str:
    """«1 204 rader er endret, 12 er nye, 1 er utgått»."""
    words = {"endret": ("endret", "endret"), "ny": ("ny", "nye"), "utgått": ("utgått", "utgåtte")}
    counts = [(sum(item.change == change for item in items), both) for change, both in words.items()]
    said = [f"{number(Decimal(n), None)} {{}}er {many if n > 1 else one}" for n, (one, many) in counts if n]
    first = "rader " if len(items) > 1 else "rad "
    return ", ".join(text.format("" if place else first) for place, text in enumerate(said))


def _alike(items: Sequence[Item]) -> Iterator[str]:
    """«I500, I501: dgprop + 05X05 − 05X06»; of rows that are gone, only what they are called."""
    for change in _ROWS:
        alike: dict[str, list[str]] = {}
        for item in items:
            if item.change == change:
                alike.setdefault("" if change == "utgått" else _said(item), []).append(item.row or item.name)
        for said, rows in alike.items():
            word = _ROWS[change][len(rows) > 1]
            yield f"{word}{', '.join(rows)}{f': {said}' if said else ''}"


def _rules(items: Sequence[Item]) -> Iterator[str]:
    """The rows of a group; one that is as before but for its id on one line."""
    ended = {_said(item): item for item in items if item.change == "utgått"}
    renamed = {item.id: ended.pop(_said(item)) for item in items if item.change == "ny" and _said(item) in ended}
    gone = {item.id for item in renamed.values()}
    for item in items:
        if item.id in renamed:
            yield f"rad {renamed[item.id].row} heter nå {item.row}"
        elif item.id not in gone:
            yield _rule(item)


def _rule(item: Item) -> str:
    """«rad 410D20: procprop 10S06 → 10S07»."""
    word = {"endret": "rad", "ny": "ny rad", "utgått": "utgått rad"}[item.change]
    return f"{word} {item.row}: {_said(item)}" if item.details else f"{word} {item.row}"


def _said(item: Item) -> str:
    """All that differs about a row, on one line."""
    return "; ".join(f"{spoken(detail.aspect)} {_in_short(item, detail)}" for detail in item.details)


def _in_short(item: Item, detail: Detail) -> str:
    """What differs, in as few words as can be: «10S06 → 10S07», «+ 05X05 − 05X06»."""
    match detail:
        case CodesChange(removed=removed, added=added):
            signs = (("+", added), ("−", removed))
            parts = [(sign, ", ".join(code.code for code in codes)) for sign, codes in signs if codes]
            return " ".join(f"{sign} {text}" if item.change == "endret" else text for sign, text in parts)
        case FigureChange(old=one, new=other):
            shown = [figure.shown if figure else "" for figure in (one, other)]
            grown = growth(detail) if item.change == "endret" else ""
        case WordsChange(old=before, new=after):
            shown = [", ".join(line.text for line in lines) for lines in (before, after)]
            grown = ""
    if item.change != "endret":
        return shown[0] or shown[1]
    empty = "uten krav" if item.kind == "regel" else "tom"
    return _parenthesised(" → ".join(text or empty for text in shown), grown)
