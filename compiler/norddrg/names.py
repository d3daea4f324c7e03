"""What DRGs, categories and properties are called: definition tables have codes only, and names stand in CSV files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from compiler.lists import UnreadableList, csv_rows

KINDS = ("drg", "mdc", "dgcat", "pdgprop", "dgprop", "procprop", "compl", "rtc")
"""What has names; a file is called the same, and its first column too."""
_TEXT_COLUMNS = ("navn", "tekst")
_CODE = re.compile(r"\w+")
_UNWRITTEN = str.maketrans({"«": None, "»": None, "|": "/", "{": "(", "}": ")"})
"""Characters that mean something in rules and prose."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names by kind and code, and the source that they are from."""

    source: str | None = None
    by_kind: dict[str, dict[str, str]] = field(default_factory=dict)

    def of(self, kind: str, code: str) -> str:
        """The name of a code; empty where it is not known."""
        return self.by_kind.get(kind, {}).get(code, "")

    def or_else(self, others: "Names") -> "Names":
        """These names, and those of others for what has none here."""
        kinds = {*self.by_kind, *others.by_kind}
        return Names(self.source, {k: {**others.by_kind.get(k, {}), **self.by_kind.get(k, {})} for k in kinds})


def read(folder: str, files: Mapping[str, bytes]) -> Names:
    """The names in the files of a folder: `drg.csv`, `dgcat.csv` and so on, each where it is there."""
    found = {kind: _names(f"{kind}.csv", files[f"{kind}.csv"]) for kind in KINDS if f"{kind}.csv" in files}
    if not found:
        raise UnreadableList(
            f"«{folder}» har ingen navn: filene skal hete {', '.join(f'{kind}.csv' for kind in KINDS)}"
        )
    year = re.search(r"(?:19|20)\d\d$", folder)
    return Names(f"navn_{year[0]}" if year else "navn", found)


def _names(name: str, data: bytes) -> dict[str, str]:
    """The names in one file: the first column has the code."""
    (_, head), *rows = list(csv_rows(name, data)) or [(1, [""])]
    at = next((i for i, cell in enumerate(head) if cell.casefold() in _TEXT_COLUMNS), None)
    if at is None:
        raise UnreadableList(f"«{name}» har ingen kolonne «navn» eller «tekst»")
    return {cells[0]: writable(cells[at]) for _, cells in rows if len(cells) > at and _CODE.fullmatch(cells[0])}


def writable(text: str) -> str:
    """A text that can stand in quotes and cells."""
    return text.translate(_UNWRITTEN)
