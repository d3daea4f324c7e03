"""Generated packages put to use: imported from memory for the command line, and packed as wheels."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module, invalidate_caches
from pathlib import Path
from types import ModuleType

from compiler.model import Rulebook
from compiler.python import generate, package_name


def write(files: dict[str, str], folder: Path) -> None:
    """The files, in a folder."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def imported(rulebooks: Sequence[Rulebook], named: str | None = None) -> Iterator[ModuleType]:
    """The package of a scheme, generated and imported; gone when the block ends, and one of that name back in place.

    Under a name of its own (`named`), it can be in use beside another package of the same scheme.
    """
    own = package_name(rulebooks[0].scheme)
    name = named or own
    with tempfile.TemporaryDirectory(prefix="regelverk-") as folder:
        files = generate(rulebooks)
        write({f"{name}{path.removeprefix(own)}": text for path, text in files.items()}, Path(folder))
        sys.path.insert(0, folder)
        before = _forgotten(name)
        invalidate_caches()
        try:
            yield import_module(name)
        finally:
            sys.path.remove(folder)
            _forgotten(name)
            sys.modules.update(before)


def _forgotten(name: str) -> dict[str, ModuleType]:
    """The modules of a package, which are imported no longer."""
    found = [module for module in sys.modules if module == name or module.startswith(f"{name}.")]
    return {module: sys.modules.pop(module) for module in found}


def wheel(rulebooks: Sequence[Rulebook], files: dict[str, str], target: Path) -> Path:
    """The wheel of a package, made by hatchling; the version is the last rule year."""
    name = package_name(rulebooks[0].scheme)
    with tempfile.TemporaryDirectory(prefix="regelverk-") as temporary:
        folder = Path(temporary)
        write(files, folder)
        write({"pyproject.toml": _project(rulebooks, name)}, folder)
        target.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target.resolve())]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"hatchling kunne ikke lage hjulet for {name}:\n{done.stderr}")
    return target / f"{name}-{rulebooks[-1].year}.0-py3-none-any.whl"


def _project(rulebooks: Sequence[Rulebook], name: str) -> str:
    scheme = rulebooks[0].scheme
    years = ", ".join(str(rulebook.year) for rulebook in rulebooks)
    return f"""[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{name.replace("_", "-")}"
version = "{rulebooks[-1].year}.0"
description = "Reglene i {scheme} for {years}"
requires-python = ">=3.11"

[project.optional-dependencies]
masse = ["numpy>=2.3", "pyarrow>=22"]

[tool.hatch.build.targets.wheel]
packages = ["{name}"]
"""
