"""The values of terms and calculations as examples write them and as they are shown."""

from decimal import Decimal

from compiler import model
from compiler.runtime.forklaring import vist
from compiler.runtime.lesing import Felt, les
from compiler.runtime.svar import Verdi
from compiler.runtime.verdier import Mangler


def _felt(term: model.Term) -> Felt:
    unit = term.unit or model.Unit(shown="")
    as_text = term.kind in ("gruppe", "kode", "koder", "liste", "post")
    kind: model.FieldKind = "tekst" if as_text else term.kind  # type: ignore[assignment]
    return Felt(term.id, term.identifier, kind, unit.shown, unit.numerator, unit.denominator)


def read_value(term: model.Term, text: str) -> Verdi:
    """An expected value, in shown units."""
    post, _, _ = les((_felt(term),), {term.id: text})
    value = getattr(post, term.identifier)
    if isinstance(value, Mangler):
        return None
    if isinstance(value, Decimal) and term.unit is not None:
        return value * term.unit.denominator / term.unit.numerator
    return value  # type: ignore[no-any-return]


def shown_value(term: model.Term, value: Verdi) -> str:
    """A computed value as it is read."""
    return "kan ikke beregnes" if value is None else vist(value, term.unit.shown if term.unit else "")
