"""What a check of the rulebooks came to, kept so that it is told again at once while nothing has changed."""

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from compiler.pipeline import rule_files

PLACE = Path("build") / ".sjekk"
_MOST = 20
"""How many checks are kept: of other folders, or shown in another way."""
_SOURCES = (Path(__file__).parent, Path(__file__).parent.parent / "dsl")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check wrote, each text with whether it is for standard error, and how the command ended."""

    texts: tuple[tuple[str, bool], ...]
    code: int


class Kept:
    """The outcome of a check of a folder, asked for in one way; `asked` is all that decides how it is told."""

    def __init__(self, folder: Path, asked: Sequence[object]) -> None:
        self.folder = folder
        name = json.dumps([os.getcwd(), str(folder), sys.version, *asked])
        self.path = PLACE / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json"

    def recalled(self) -> Outcome | None:
        """What the last check came to; None where it is not kept, or any file or the compiler is another than then."""
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            same = kept["compiler"] == fingerprint() and kept["rules"] == self._rules()
            if same and kept["files"] == _hashes(kept["files"]):
                return Outcome(tuple((text, err) for text, err in kept["outcome"]["texts"]), kept["outcome"]["code"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return None

    def keep(self, outcome: Outcome, files: Iterable[str]) -> None:
        """Keep what a check came to, with the files that it read; nothing is kept where it cannot be written."""
        with suppress(OSError):
            kept = {
                "compiler": fingerprint(),
                "rules": self._rules(),
                "files": _hashes(files),
                "outcome": asdict(outcome),
            }
            PLACE.mkdir(parents=True, exist_ok=True)
            new = self.path.with_suffix(f".{os.getpid()}")
            new.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
            new.replace(self.path)
            for old in sorted(PLACE.glob("*.json"), key=lambda path: path.stat().st_mtime)[:-_MOST]:
                old.unlink(missing_ok=True)

    def _rules(self) -> list[str]:
        """The rule files in the folder: a new one is also a change."""
        return [path.as_posix() for path in rule_files(self.folder)]


def _hashes(files: Iterable[str]) -> dict[str, str]:
    """The fingerprint of each file."""
    return {file: hashlib.sha256(Path(file).read_bytes()).hexdigest() for file in files}


def fingerprint() -> str:
    """The fingerprint of the compiler itself."""
    found = hashlib.sha256()
    for path in sorted(path for source in _SOURCES for path in source.rglob("*") if path.suffix in (".py", ".lark")):
        found.update(path.as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()
