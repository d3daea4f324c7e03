"""The templates of pages, reports and rule texts, read alike: a name that is not given is a fault."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def environment(folder: Path, *, autoescape: bool = True, **more: Any) -> Environment:
    """The templates of a folder; without `autoescape`, what is put into one is written as it is."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        **more,
    )
