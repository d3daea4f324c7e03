"""A Python package from the rule years of a scheme: code that a person reads, and the runtime it needs."""

from compiler.python.package import generate
from compiler.python.symbols import package_name

__all__ = ["generate", "package_name"]
