"""How long it takes to read, resolve and check a rulebook of 2 MB."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import laget
import maaling

from compiler.pipeline import load, read_documents, rule_files

_TOKEN = re.compile(r"\w+|[^\w\s]|\n *")
_GROUPS, _CODES = 1380, 120


def main() -> None:
    made = laget.rulebook(_GROUPS, _CODES)
    text = made.text
    size = len(text.encode()) / 1e6
    with TemporaryDirectory() as name:
        folder = Path(name)
        made.write(folder)
        paths = list(rule_files(folder))
        faults = load(folder, folder).diagnostics()
        assert not faults, faults[0]
        took = maaling.medians(
            {
                "floor": lambda: _TOKEN.findall(text),
                "parse": lambda: read_documents(paths, folder),
                "check": lambda: load(folder, folder),
            }
        )
    floor, parse, check = took["floor"], took["parse"], took["check"]
    title = f"Lesing av {size:.1f} MB: {_GROUPS} grupper, {len(text.splitlines())} linjer"
    maaling.heading(title, f"re.findall over den samme teksten, {floor * 1000:.0f} ms")
    maaling.report("lese", f"{parse:.2f} s", parse / floor, "mål 0,8 s", parse < 0.8)
    maaling.report("lese, løse navn og sjekke", f"{check:.2f} s", check / floor, "mål 1,5 s", check < 1.5)


if __name__ == "__main__":
    main()
