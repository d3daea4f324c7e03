"""Values as an author wrote them, for messages and for the facts of examples."""

from compiler.runtime.verdier import tidspunkt_tekst
from dsl import tree


def written(items: tree.Items | None) -> str:
    """A list of values as it can be read back."""
    return ", ".join(_one(value) for value in items.values) if items else ""


def _one(value: tree.Expr) -> str:
    match value:
        case tree.Quantity(text=text, unit=unit):
            return f"{text} {unit.word}{f' per {unit.per}' if unit.per else ''}" if unit else text
        case tree.Codes(text=text) | tree.Text(value=text):
            return text
        case tree.DateValue(value=day):
            return day.isoformat()
        case tree.MomentValue(value=moment):
            return tidspunkt_tekst(moment)
        case tree.YesNo(value=yes):
            return "ja" if yes else "nei"
        case tree.Name(name=name):
            return name
        case tree.Member(scheme=scheme, id=id_):
            return f"{scheme} {id_}"
        case tree.AllItems():
            return "alle"
        case tree.Unknown():
            return "ukjent"
        case _:
            return "…"
