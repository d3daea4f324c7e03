"""What changed places, when one rule year follows another."""

from collections.abc import Collection, Mapping, Sequence

_NONE = (0, -1)


def moved(
    before: Sequence[str], after: Sequence[str], untouched: Collection[str]
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The places, in each year, of what changed places among what both years try: the first that holds is given.

    As few as can be are said to have moved; where that leaves a choice, not those that the new year left untouched.
    """
    shared = set(before) & set(after)
    both = [id_ for id_ in after if id_ in shared]
    place = {id_: at for at, id_ in enumerate(id_ for id_ in before if id_ in shared)}
    kept = _longest_rising([place[id_] for id_ in both], [id_ in untouched for id_ in both])
    ids = [id_ for at, id_ in enumerate(both) if at not in kept]
    return {id_: _place(id_, before) for id_ in ids}, {id_: _place(id_, after) for id_ in ids}


def _longest_rising(places: Sequence[int], preferred: Sequence[bool]) -> set[int]:
    """The positions of the most that already stand in order."""
    start = next((at for at, place in enumerate(places) if at != place), len(places))
    end = next((at for at in range(len(places), start, -1) if places[at - 1] != at - 1), start)
    best = _BestBefore(len(places))
    weights: dict[int, int] = {}
    previous: dict[int, int] = {}
    for at in range(start, end):
        most, previous[at] = best.of(places[at])
        weights[at] = most + 2 * (end - start) + preferred[at]
        best.add(places[at], (weights[at], at))
    kept = {*range(start), *range(end, len(places))}
    at = max(range(start, end), key=weights.__getitem__, default=-1)
    while at >= 0:
        kept.add(at)
        at = previous[at]
    return kept


class _BestBefore:
    """The heaviest row that ends before a place, in a tree of sums: each node has the best of the places under it."""

    def __init__(self, size: int) -> None:
        self.found = [_NONE] * (size + 1)

    def of(self, place: int) -> tuple[int, int]:
        """The weight of the heaviest row that ends before a place, and the position of its last."""
        best = _NONE
        while place > 0:
            best = max(best, self.found[place])
            place -= place & -place
        return best

    def add(self, place: int, row: tuple[int, int]) -> None:
        """Take in a row that ends at a place."""
        place += 1
        while place < len(self.found):
            self.found[place] = max(self.found[place], row)
            place += place & -place


def _place(id_: str, order: Sequence[str]) -> str:
    """Where something is tried: «etter DRG 1, før DRG 3»."""
    at = order.index(id_)
    before = f"etter {order[at - 1]}" if at else "først"
    return f"{before}, før {order[at + 1]}" if at + 1 < len(order) else f"sist, {before}"
