"""The rules about one kind of record, asked about together; those of a large table first where a case is soon found."""

from collections.abc import Sequence

from compiler import model
from compiler.logic.posts import Scope
from compiler.logic.search import Search
from compiler.logic.sought import Claim, Data, Sought

_MANY = 100
"""How many rules there must be before it is worth while to look among simple cases first."""
_SIMPLE = (Scope(slots=3, plain=True, most=300), Scope(slots=3, plain=True))
"""The cases that are looked at first: without what is reckoned out of very many values, and then with it."""


def searched(
    rulebook: model.Rulebook,
    record: model.Record,
    sought: Sequence[Sought],
    claims: Sequence[Claim] = (),
    wanted: Sequence[Sought] | None = None,
) -> Search:
    """What is asked about a kind of record, with cases found for most of the rules that are wanted; else for all."""
    grouping = rulebook.grouping_of(record.id)
    first = grouping is not None and grouping.chooses == "første" and record.gathering is None
    ids = {one.id for one in (sought if wanted is None else wanted) if one.kind != "krav"}
    if not first or len(sought) < _MANY:
        return Search(rulebook, record, sought, claims)
    cases: dict[str, Data] = {}
    for scope in _SIMPLE:
        cases |= Search(rulebook, record, sought, scope=scope).found_in_order(ids - cases.keys())
    search = Search(rulebook, record, sought, claims)
    search.cases = cases
    return search
