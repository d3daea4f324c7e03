"""Generated packages for the other benchmarks: written to a folder, and the rulebooks they come from."""

from pathlib import Path

from compiler.model import Rulebook
from compiler.pipeline import load
from compiler.python import generate


def write_package(rulebooks: list[Rulebook], folder: Path) -> str:
    """The name of the package of a scheme, written to a folder."""
    files = generate(rulebooks)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content, encoding="utf-8")
    return next(iter(files)).split("/")[0]


def scheme(root: Path, name: str) -> list[Rulebook]:
    """The years of a scheme in a folder, all without faults."""
    found = load(root, root).scheme(name)
    assert found, f"{root} has no sound rulebook {name}"
    return found
