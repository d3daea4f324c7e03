"""What a year has ended: it keeps its address on the pages of that year, with the word «opphevet»."""

from collections.abc import Iterator
from dataclasses import dataclass

from compiler import model
from compiler.names import slug
from compiler.pages.addresses import LISTS, canonical
from compiler.pages.text import Md, escape
from compiler.pages.view import View


@dataclass(frozen=True, slots=True)
class Ended:
    """A definition that the year before had and this year does not."""

    anchor: Md
    type_name: str
    name: str
    because: tuple[str, ...]


def ended(view: View, page: str) -> tuple[Ended, ...]:
    """What the year has ended of what a list page lists, in the order of the comparison."""
    return tuple(_ended(view, page))


def _ended(view: View, page: str) -> Iterator[Ended]:
    used = {anchor for (kind, _), anchor in view.addresses.rows.items() if kind in LISTS[page]}
    for item in view.comparison.items if view.comparison is not None else ():
        kind, id_ = canonical((item.kind, item.id))
        if item.change == "utgått" and kind in LISTS[page] and slug(id_) not in used:
            used.add(slug(id_))
            yield Ended(Md(f'<a id="{slug(id_)}"></a>'), view.type_name(item.kind), item.name, item.because)


def ended_anchor(view: View, amendment: model.AmendmentAt) -> Md:
    """The address, on a chapter's page, of what an amendment ends; nothing where the year still has it."""
    kind, id_ = canonical((amendment.type, amendment.id))
    anchor = f"{kind}-{slug(id_)}"
    free = (kind, id_) not in view.addresses.definitions and anchor not in view.addresses.anchors.values()
    return Md(f' id="{escape(anchor)}"') if amendment.verb == "opphever" and free else Md("")
