"""A case that reaches a rule, as an example in the language."""

from decimal import Decimal
from typing import Any

from compiler import model
from compiler.logic.sought import Data, Sought, answer, reaches, smallest
from compiler.logic.universe import Universe, by_length
from compiler.names import slug
from compiler.rule_blocks import block
from compiler.rule_text import code_or_text
from compiler.runtime.svar import Svar

STATUSES = ("inngår ikke", "uavklart", "ikke i utdraget")
"""The statuses that a line of an example can be."""
_TITLES = {
    "gruppe": "Minste tilfelle i {}",
    "regel": "Minste tilfelle som tas av {}",
    "krav": "Minste tilfelle som ikke oppfyller {}",
}


class Unwritable(Exception):
    """A case that cannot be written as an example; the text says why."""


def example_lines(rulebook: model.Rulebook, sought: Sought, case: Data) -> list[str]:
    """The smallest such case as an example, ready to paste; it says what the reference answers."""
    if sought.record.gathering is not None:
        raise Unwritable("et tilfelle i en samling skrives som eksempel ved det den samler")
    least = smallest(rulebook, sought, _without_empty_lists(rulebook, sought, case))
    least = _without_empty_lists(rulebook, sought, least)
    least = _told_apart(rulebook, sought, least, case)
    if not least or any({} in value for value in least.values() if isinstance(value, list)):
        raise Unwritable("tilfellet er et der ingenting er oppgitt, og det kan ikke skrives i et eksempel")
    svar = answer(rulebook, sought, least)
    title = _TITLES[sought.kind].format(sought.id)
    written = model.Example(
        id=slug(title),
        title=title,
        place=sought.definition.place,
        since=rulebook.year,
        record=sought.record.id,
        given=_given(rulebook, sought.record, least),
        status=svar.status if svar.status in STATUSES else None,
        reason=_reason(svar),
        expected=tuple(_expected(rulebook, sought, svar)),
    )
    lines = block(rulebook, written)
    said = written.status is not None or written.expected
    return lines if said else _as_table(lines, svar.status)


def _as_table(lines: list[str], status: str) -> list[str]:
    """The example as a table of one row, which can have any status."""
    width = max(len("status"), len(status))
    head = [lines[0].replace("eksempel", "eksempler", 1), *lines[1:-1], "    så status"]
    return [*head, f"    | {'status'.ljust(width)} |", f"    | {status.ljust(width)} |"]


def _given(rulebook: model.Rulebook, record: model.Record, case: Data) -> dict[str, Any]:
    """What is given, in the order of the fields; last a group that is given."""
    fields = {field.name: field for field in record.fields if field.name in case}
    given = {name: written(rulebook, field, case[name]) for name, field in fields.items()}
    return given | {name: value for name, value in case.items() if name not in fields}


def _reason(svar: Svar) -> str | None:
    """Why the case is not counted, where one reason says it."""
    return svar.grunner[0].tekst if svar.status == "inngår ikke" and len(svar.grunner) == 1 else None


def _expected(rulebook: model.Rulebook, sought: Sought, svar: Svar) -> list[model.Expected]:
    """What the reference answers of the rule that is sought."""
    if sought.kind != "krav":
        return [
            model.Expected(name="gruppe", value=svar.gruppe),
            *(model.Expected(name=name, value=sought.id) for name in rulebook.rule_grouping.results[:1]),
        ][: 2 if sought.kind == "regel" else 1]
    if sought.about.id == sought.record.id:
        return []
    listed = next(field for field in sought.record.fields if field.of == sought.about.id and field.kind == "liste")
    words = {True: "ja", False: "nei", None: "uavklart"}
    rows = tuple(
        {"inngår": words[line.inngaar], "grunn": " ".join(reason.id for reason in line.grunner)}
        for line in svar.lister.get(listed.identifier, ())
    )
    return [model.Expected(name=listed.name, rows=rows)] if rows else []


def _without_empty_lists(rulebook: model.Rulebook, sought: Sought, case: Data) -> Data:
    """The case with a code that no rule asks about in each list that is given and empty, which cannot be written."""
    found = dict(case)
    for name, value in case.items():
        field = sought.record.field(name)
        if value != [] or field is None:
            continue
        if field.kind != "koder":
            raise Unwritable(f"tilfellet trenger at {name} er oppgitt og tom, og det kan ikke skrives i et eksempel")
        found[name] = [_plain_code(rulebook, field)]
        if not reaches(rulebook, sought, answer(rulebook, sought, found)):
            raise Unwritable(f"tilfellet trenger at {name} er oppgitt og tom, og det kan ikke skrives i et eksempel")
    return found


def _told_apart(rulebook: model.Rulebook, sought: Sought, least: Data, whole: Data) -> Data:
    """The case with so much of what was found that an example of it is read as the record that it is."""
    found = dict(least)
    for name, value in whole.items():
        if read_as(rulebook, set(found)) == sought.record.id:
            return found
        if name not in found and reaches(rulebook, sought, answer(rulebook, sought, {**found, name: value})):
            found[name] = value
    if read_as(rulebook, set(found)) != sought.record.id:
        raise Unwritable(f"et eksempel på det leses ikke som {sought.record.id}")
    return found


def read_as(rulebook: model.Rulebook, names: set[str]) -> str:
    """The record that an example which gives some names is read as: the first that has the most of them."""
    tops = [record for record in rulebook.records if record.outer is None]

    def known(record: model.Record) -> int:
        groupings = {g.id for g in rulebook.groupings if g.record == record.id and record.gathering is None}
        return len(names & {*(field.name for field in record.fields), *groupings})

    return max(tops, key=known).id


def _plain_code(rulebook: model.Rulebook, field: model.RecordField) -> str:
    """A code that no rule asks about, or one of those there are."""
    universe = Universe(rulebook)
    known = universe.of(field)
    return "X0" if "X0" in known else min(known, key=by_length)


def written(rulebook: model.Rulebook, field: model.RecordField, value: Any) -> Any:
    """A value of a field as an example has it."""
    if field.kind == "liste":
        record = rulebook.record(field.of or "")
        fields = {inner.name: inner for inner in record.fields}
        return tuple({name: _cell(fields.get(name), one) for name, one in line.items()} for line in value)
    if isinstance(value, list):
        return ", ".join(map(code_or_text, value))
    return _cell(field, value) if field.kind != "kode" else code_or_text(str(value))


def _cell(field: model.RecordField | None, value: Any) -> str:
    """A value as it stands in a cell: a number with a comma and its unit."""
    if isinstance(value, list):
        return " ".join(value)
    if field is None or field.kind not in ("heltall", "desimaltall"):
        return str(value)
    shown = f"{Decimal(value):f}".replace(".", ",").replace("-", "−")
    return f"{shown} {field.unit.shown}" if field.unit is not None and field.unit.shown else shown
