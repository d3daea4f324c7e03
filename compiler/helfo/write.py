"""Tariffs as rules: blocks of new tariffs, and amendments of those from the year before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from compiler import model
from compiler.helfo.cells import Values
from compiler.imported import cited
from compiler.lists import UnreadableList
from compiler.rule_blocks import in_block
from compiler.rule_text import code_terms, joined, number, quoted
from dsl.formatter import formatted
from dsl.parser import parse
from dsl.source import Source

_INDENT = "    "
_WIDE = 110
"""Lists of codes longer than this are written on several lines."""
_ON_A_LINE = 10
"""Codes on a line of a code set."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the rules of a year whose tariffs are rows of a table, each citing a source."""

    rulebook: model.Rulebook
    table: model.Table
    source: str | None

    def new(self, code: str, title: str, values: Values) -> Iterator[str]:
        """The block of a tariff, after those of code sets it needs; a column that must have a value may be unknown."""
        lines = [f"takst {code}{f' {quoted(title)}' if title else ''}"]
        for column in self.table.fields:
            value = values.get(column.name)
            if value is not None or (column.name != self.table.key and is_needed(column)):
                lines.append(f"{_INDENT}{column.name} {self._cell(code, column, value)}")
                yield from self._code_set(code, column, value)
        yield self._block(lines)

    def amended(self, code: str, old: Mapping[str, model.Cell], new: Values) -> Iterator[str]:
        """The block that amends a tariff, by the columns that `new` has."""
        lines = [f"endrer takst {code}"]
        for column in self.table.fields:
            if column.name in new:
                was = self._cell(code, column, old.get(column.name))
                now = self._cell(code, column, new[column.name])
                if was != now or column.yearly:
                    lines.append(f"{_INDENT}{column.name} fra {was} til {now}")
                yield from self._code_set(code, column, new[column.name])
        if len(lines) > 1:
            yield self._block(lines)

    def repealed(self, code: str, because: str) -> str:
        """The block that ends a tariff."""
        return self._block([f"opphever takst {code}", f"{_INDENT}fordi {quoted(because)}"])

    def _block(self, lines: list[str]) -> str:
        return "\n".join([*map(_wrapped, lines), *cited(self.source)])

    # ---- cells

    def _cell(self, code: str, column: model.RecordField, value: model.Cell | None) -> str:
        """A value as it stands in a block."""
        match value:
            case None:
                return "ukjent"
            case Decimal():
                return _quantity(value, column.unit)
            case model.CodeSet(without=without) if without is not None and not _fits(without):
                return f"alle unntatt {_name(code, column)}"
            case _:
                return in_block(column, value)

    def _code_set(self, code: str, column: model.RecordField, value: model.Cell | None) -> Iterator[str]:
        """The block of the codes after «alle unntatt», where they are too many to stand there."""
        without = value.without if isinstance(value, model.CodeSet) else None
        if without is None or _fits(without):
            return
        name = _name(code, column)
        there = next((named for named in self.rulebook.sets if named.id == name), None)
        if there is None:
            title = f"Koder som er unntatt i {column.name} for takst {code}"
            yield "\n".join([f"kodesett {name} {quoted(title)}", *_listed(without), *cited(self.source)])
        elif spelled_out(there.codes, self.rulebook) != spelled_out(without, self.rulebook):
            if there.last_changed == self.rulebook.year or there.codes.sets or there.codes.without:
                raise UnreadableList(f"kodesettet «{name}» står alt i regelverket, med andre koder ({there.place})")
            yield "\n".join([f"endrer kodesett {name}", *_difference(there.codes, without), *cited(self.source)])


def is_needed(column: model.RecordField) -> bool:
    """Whether a rulebook is at fault where a new tariff says nothing in a column."""
    return not (column.may_lack or column.yearly or column.kind == "koder")


def spelled_out(codes: model.CodeSet, rulebook: model.Rulebook) -> model.CodeSet:
    """A set in order, with the codes of named sets in place of their names: sets that say the same are equal."""
    named = [spelled_out(found.codes, rulebook) for found in rulebook.sets if found.id in codes.sets]
    if any(found.everything or found.without for found in named):
        return codes
    parts = [codes, *named]
    return model.CodeSet(
        codes=tuple(sorted({code for part in parts for code in part.codes})),
        intervals=tuple(sorted({pair for part in parts for pair in part.intervals})),
        prefixes=tuple(sorted({prefix for part in parts for prefix in part.prefixes})),
        without=spelled_out(codes.without, rulebook) if codes.without is not None else None,
        everything=codes.everything,
    )


def settled(blocks: Sequence[str]) -> str:
    """The text of some blocks as `regelverk format` has it; each must be read as one block."""
    if not blocks:
        return ""
    text, faults = formatted("takster.regel", "\n\n".join(blocks) + "\n")
    document, _ = parse(Source.from_text("takster.regel", text))
    if faults or len(document.blocks) != len(blocks):
        raise AssertionError(f"{len(blocks)} blocks are read as {len(document.blocks)}: {faults}")
    return text


def _quantity(value: Decimal, unit: model.Unit | None) -> str:
    """A number in the unit of its column, with no more decimals than it needs; øre have two."""
    whole, _, decimals = number(value, unit).partition(",")
    decimals = decimals.rstrip("0")
    if decimals and unit is not None and unit.shown == "kr":
        decimals = decimals.ljust(2, "0")
    return f"{whole}{f',{decimals}' if decimals else ''}{f' {unit.shown}' if unit else ''}"


def _wrapped(line: str) -> str:
    """A long list of codes on several lines; what stands after «unntatt» is one word and must not be divided."""
    if len(line) <= _WIDE or "«" in line or " unntatt " in line:
        return line
    rows = [""]
    for part in line.split(", "):
        joined = f"{rows[-1]}, {part}" if rows[-1] else part
        if len(joined) > _WIDE:
            rows.append(f"{2 * _INDENT}{part}")
        else:
            rows[-1] = joined
    return ",\n".join(rows)


# ---- code sets


def _name(code: str, column: model.RecordField) -> str:
    """What the set of codes after «alle unntatt» is called."""
    return f"{column.name}_unntatt_{code}"


def _fits(codes: model.CodeSet) -> bool:
    """Whether codes can stand after «alle unntatt», where they are read as one word."""
    terms = code_terms(codes)
    return len(terms) <= _ON_A_LINE and len(joined(terms)) == 1


def _listed(codes: model.CodeSet) -> Iterator[str]:
    """The codes of a set, some on each line."""
    terms = code_terms(codes)
    for i in range(0, len(terms), _ON_A_LINE):
        more = "," if i + _ON_A_LINE < len(terms) else ""
        yield f"{_INDENT}{', '.join(terms[i : i + _ON_A_LINE])}{more}"


def _difference(old: model.CodeSet, new: model.CodeSet) -> Iterator[str]:
    """The lines that make one set of codes another."""
    for words, one, other in (("legger til", new, old), ("fjerner", old, new)):
        only = model.CodeSet(
            codes=tuple(code for code in one.codes if code not in other.codes),
            intervals=tuple(pair for pair in one.intervals if pair not in other.intervals),
            prefixes=tuple(prefix for prefix in one.prefixes if prefix not in other.prefixes),
        )
        if terms := code_terms(only):
            yield f"{_INDENT}{words} {', '.join(terms)}"
