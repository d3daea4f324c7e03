"""The pages: the Markdown of a rule year and of the front, and the site that they become (`site`)."""

from compiler.pages.front import front
from compiler.pages.render import navigation, pages, year_folder

__all__ = ["front", "navigation", "pages", "year_folder"]
