"""A case that would have noticed a change, as an example in the language."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from compiler import model
from compiler.evaluate import evaluate
from compiler.examples import differences
from compiler.logic.example import read_as, written
from compiler.mutation.found import Telling
from compiler.mutation.mutants import Mutant
from compiler.names import slug
from compiler.rule_blocks import block
from compiler.runtime.svar import Svar
from compiler.term_values import shown_value

_COUNTS = {True: "ja", False: "nei", None: "uavklart"}


def example_of(rulebook: model.Rulebook, mutant: Mutant, found: Telling) -> list[str] | None:
    """The case as an example that the changed rulebook fails; None where no example can say what differs."""
    if not isinstance(found.data, dict) or not found.data:
        return None
    record, changed = rulebook.record(found.record), mutant.make()
    right, wrong = evaluate(rulebook, found.data, record.id), evaluate(changed, found.data, record.id)
    title = f"Skiller endringen i {mutant.definition.id}"
    example = model.Example(
        id=slug(title),
        title=title,
        place=mutant.definition.place,
        since=rulebook.year,
        record=record.id,
        given={name: _given(rulebook, record, name, value) for name, value in found.data.items()},
        status=right.status if right.status == "inngår ikke" != wrong.status else None,
        expected=tuple(_expected(rulebook, record, right, wrong)),
    )
    said = example.status is not None or example.expected
    if not said or record.gathering is not None or read_as(rulebook, set(found.data)) != record.id:
        return None
    fits = not list(differences(rulebook, example, right)) and list(differences(changed, example, wrong))
    return block(rulebook, example) if fits else None


def _given(rulebook: model.Rulebook, record: model.Record, name: str, value: Any) -> Any:
    """A value of the case as an example gives it; what an example gave stands as it did."""
    field = record.field(name)
    if field is None:
        return str(value)
    if isinstance(value, str) and not _is_number(value):
        return value
    return written(rulebook, field, value)


def _is_number(text: str) -> bool:
    try:
        Decimal(text)
    except InvalidOperation:
        return False
    return True


def _expected(rulebook: model.Rulebook, record: model.Record, right: Svar, wrong: Svar) -> Iterator[model.Expected]:
    """What the rulebook answers, where the changed one answers otherwise."""
    if right.gruppe != wrong.gruppe and right.gruppe is not None:
        yield model.Expected(name="gruppe", value=right.gruppe)
    for term in rulebook.terms:
        if term.record == record.id and right.verdier.get(term.id) != wrong.verdier.get(term.id):
            value = right.verdier.get(term.id)
            if value is not None:
                yield model.Expected(name=term.id, value=shown_value(term, value))
            elif right.status == "kan ikke beregnes":
                yield model.Expected(name=term.id, nothing="kan ikke beregnes")
    for field in record.fields:
        lines, others = right.lister.get(field.identifier, ()), wrong.lister.get(field.identifier, ())
        if lines != others and len(lines) == len(others):
            inner = [term for term in rulebook.terms if term.in_result and term.record == field.of]
            columns = [
                t
                for t in inner
                if any(a.verdier.get(t.id) != b.verdier.get(t.id) for a, b in zip(lines, others, strict=True))
            ]
            rows = tuple(
                {
                    "inngår": _COUNTS[line.inngaar],
                    "grunn": " ".join(reason.id for reason in line.grunner),
                    **{term.id: shown_value(term, line.verdier.get(term.id)) for term in columns},
                }
                for line in lines
            )
            yield model.Expected(name=field.name, rows=rows)
