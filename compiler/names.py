"""Names as Python, JSON, CSV and addresses write them."""

import keyword
import re
import unicodedata
from functools import lru_cache

_FOLDED = str.maketrans({"æ": "ae", "ø": "o", "å": "aa", "Æ": "Ae", "Ø": "O", "Å": "Aa", "−": "-", "–": "-"})


def fold(text: str) -> str:
    """The text with æ, ø, å and accents written in ASCII."""
    text = unicodedata.normalize("NFKD", text.translate(_FOLDED))
    return text.encode("ascii", "ignore").decode()


@lru_cache(maxsize=100_000)
def identifier(name: str) -> str:
    """The Python identifier for a name: ASCII, never a keyword, never private."""
    found = re.sub(r"\W", "_", fold(name)).strip("_") or "navn"
    if found[0].isdigit():
        found = f"n{found}"
    return f"{found}_" if keyword.iskeyword(found) or keyword.issoftkeyword(found) else found


def slug(text: str) -> str:
    """The part of an address for a text: lower case, words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text).lower()).strip("-") or "uten-navn"


def normal_code(code: str) -> str:
    """A code in the form that codes are compared in: an ICD code without its point."""
    code = code.strip()
    return re.sub(r"^([A-Za-z]\d\d)\.(\w+)", lambda m: f"{m[1].upper()}{m[2].upper()}", code) if "." in code else code
