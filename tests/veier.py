"""The ways to an answer, and that they agree: the reference, the package's thorough and fast way, and the kernel."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from types import ModuleType
from typing import Any

import pyarrow as pa

from compiler import model
from compiler.evaluate import evaluate
from compiler.names import identifier
from compiler.runtime.svar import Svar

Case = Mapping[str, Any]


def thorough(module: ModuleType, contact: object) -> Svar:
    """The answer of the thorough way."""
    svar: Svar = module._vurder(module.REGLER["Opphold"], contact)[0]
    return svar


def fast(module: ModuleType, contact: object) -> Svar | None:
    """The answer of the fast way; None where the contact must go the thorough one."""
    svar: Svar | None = module.raskt_svar(module.REGLER["Opphold"], contact)
    return svar


def of_class(module: ModuleType, contact: Case) -> Svar:
    """The answer for a contact of the generated class."""
    svar: Svar = module.grupper(module.Opphold(**{identifier(name): value for name, value in contact.items()}))
    return svar


def by_kernel(module: ModuleType, batch: pa.RecordBatch) -> list[Svar | None]:
    """The answers of the kernel; None where a contact must be taken by itself."""
    numbers, answers = module.REGLER["Opphold"].kjerne()(batch)
    return [answers[number] if number >= 0 else None for number in numbers.tolist()]


def parts(value: Any) -> Any:
    """All that is in an answer, as plain values: packages have classes of their own."""
    if is_dataclass(value):
        return {field.name: parts(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {name: parts(part) for name, part in value.items()}
    return [parts(part) for part in value] if isinstance(value, tuple) else value


def assert_all_agree(
    rulebook: model.Rulebook, module: ModuleType, contacts: Sequence[Case], batch: pa.RecordBatch
) -> Counter[str]:
    """Check that every way gives the same whole answer; how often each rule gave it."""
    rules: Counter[str] = Counter()
    for contact, kernel in zip(contacts, by_kernel(module, batch), strict=True):
        expected = parts(evaluate(rulebook, contact))
        found = {
            "vurder": thorough(module, contact),
            "grupper_data": module.grupper_data(contact),
            "grupper": of_class(module, contact),
            "kjerne": kernel,
        }
        differs = {way for way, svar in found.items() if svar is not None and parts(svar) != expected}
        assert not differs, (contact, differs)
        assert (fast(module, contact) is None) is (kernel is None), contact
        rules[expected["verdier"].get("regel")] += 1
    return rules
