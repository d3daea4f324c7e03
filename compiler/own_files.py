"""Where the files are that belong to regelverk and are not Python: those that the site is made from."""

from pathlib import Path

_BESIDE = Path(__file__).parent.parent
_INSTALLED = Path(__file__).parent / "filer"

ROOT = _BESIDE if (_BESIDE / "mkdocs.yml").is_file() else _INSTALLED
"""Where `mkdocs.yml` and the folder `site` are: beside the packages in the source, and in them when installed."""
