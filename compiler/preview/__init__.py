"""The pages of rulebooks while they are written: each made when it is asked for, with what is wrong above it."""

from compiler.preview.desk import Preview
from compiler.preview.server import serving

__all__ = ["Preview", "serving"]
