"""NordDRG's definition tables to a rulebook: the text of a whole year, or what is new since another."""

from compiler import model
from compiler.norddrg.amend import amendments
from compiler.norddrg.content import names_in
from compiler.norddrg.convert import of_tables
from compiler.norddrg.names import Names
from compiler.norddrg.read import read
from compiler.norddrg.report import Report
from compiler.norddrg.tables import definitions
from compiler.norddrg.write import Edition, whole_year


def files_of(
    name: str, data: bytes, names: Names | None, base: model.Rulebook | None, edition: Edition, report: Report
) -> dict[str, str]:
    """The text of each file of a rule year, from a file of definition tables; Damaged where they have faults."""
    given = names or Names()
    known = given.or_else(names_in(base)) if base is not None else given
    content = of_tables(definitions(read(name, data), report), known, report)
    if base is None:
        return whole_year(content, known, edition, report)
    return amendments(base, content, known, edition, report)
