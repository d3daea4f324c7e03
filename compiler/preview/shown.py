"""The parts of the site while rules are written: the rule years and the front, a page or a file at a time."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import yaml

from compiler import export, model
from compiler.compare import Comparison
from compiler.examples import Answers, answer, failing_examples
from compiler.pages import try_it
from compiler.pages.addresses import TRY_IT
from compiler.pages.compared import Compared, compared
from compiler.pages.downloads import SCHEMA, VERSION, Download, about, downloads
from compiler.pages.front import front, front_menu
from compiler.pages.render import YearPages, year_folder
from compiler.pages.site import year_settings
from compiler.pages.systems import SYSTEMS, for_systems
from compiler.preview.theme import Part, Theme
from compiler.runtime.samlet import Samlet
from compiler.runtime.svar import Svar
from dsl.diagnostics import Diagnostic


class ShownYear:
    """A rule year as it was last good; what it is made of never changes."""

    def __init__(self, theme: Theme, rulebook: model.Rulebook, earlier: tuple[model.Rulebook, ...]) -> None:
        self.rulebook = rulebook
        self.earlier = earlier
        self._theme = theme
        self._answers: dict[str, Svar | Samlet] = {}
        base = next((one for one in earlier if one.year == rulebook.base), None)
        self.compared: Compared | None = compared(base, rulebook) if base is not None else None
        self._pages = YearPages(rulebook, self.answers, self.compared, earlier)

    def is_of(self, rulebook: model.Rulebook, earlier: Sequence[model.Rulebook]) -> bool:
        """Whether these are the very rulebooks that it is made of."""
        same = len(earlier) == len(self.earlier) and all(a is b for a, b in zip(earlier, self.earlier, strict=True))
        return same and rulebook is self.rulebook

    def has(self, page: str) -> bool:
        """Whether the year has a page: «05-refusjon», and nothing for the first."""
        file = f"{page or 'index'}.md"
        return file == SYSTEMS or self._pages.has(file)

    @cached_property
    def part(self) -> Part:
        """Its pages."""
        names = [*self._pages.files(), SYSTEMS]
        return Part(self._theme, year_folder(self.rulebook), year_settings(self.rulebook, names), names, self._text)

    def file(self, name: str) -> str | None:
        """A file beside the pages; None where there is none with that name."""
        if name in (try_it.FORM, try_it.RULES):
            return self._form.get(name)
        if name in self._tables:
            return self._tables[name]
        found = next((one.text for one in self._downloads if one.name == name), None)
        return found if found is not None else self._of_changes.get(name)

    def about(self) -> dict[str, Any]:
        """What the year is, as other systems ask for it."""
        return about(self.rulebook, [one.name for one in self._downloads if one.name != VERSION])

    def _text(self, name: str) -> str:
        """The Markdown of a page."""
        if name == SYSTEMS:
            return for_systems(self.rulebook, self.answers(), self._downloads)
        return self._pages.text(name)

    @cached_property
    def _downloads(self) -> tuple[Download, ...]:
        changes = self.compared.comparison if self.compared is not None else None
        return downloads(self.rulebook, changes, self._pages.view.addresses)

    @cached_property
    def _form(self) -> dict[str, str]:
        return try_it.files(self.rulebook) if self._pages.has(TRY_IT) else {}

    @cached_property
    def _tables(self) -> dict[str, str]:
        return self._pages.tables()

    @cached_property
    def _of_changes(self) -> dict[str, str]:
        return dict(file for one in self._pages.changes for file in one.files())

    # ---- examples

    def try_one(self) -> bool:
        """Answer one more example; whether there was one left."""
        left = len(self._answers)
        if left == len(self.rulebook.examples):
            return False
        example = self.rulebook.examples[left]
        self._answers[example.id] = answer(self.rulebook, example)
        return True

    @property
    def is_tried(self) -> bool:
        """Whether all examples are answered."""
        return len(self._answers) == len(self.rulebook.examples)

    def answers(self) -> Answers:
        """The answers of all examples."""
        while self.try_one():
            pass
        return self._answers

    @cached_property
    def failing(self) -> tuple[Diagnostic, ...]:
        """The examples that do not come out as they say."""
        return tuple(failing_examples(self.rulebook, self.answers()))


class _Newest(Mapping[str, Comparison]):
    """What is new in the rule years that build on another, made for those that are asked about."""

    def __init__(self, found: Mapping[str, Compared]) -> None:
        self._found = found

    def __getitem__(self, name: str) -> Comparison:
        return self._found[name].comparison

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


class Front:
    """The pages before the rule years, and those written by hand."""

    def __init__(self, theme: Theme, years: Mapping[str, ShownYear]) -> None:
        self._theme = theme
        self._rulebooks = [year.rulebook for year in years.values()]
        self._found = {name: one for name, year in years.items() if (one := year.compared) is not None}
        self._by_hand = theme.root / "site" / "pages"

    @cached_property
    def part(self) -> Part:
        """Its pages."""
        by_hand = [path.relative_to(self._by_hand).as_posix() for path in self._by_hand.rglob("*.md")]
        written = yaml.safe_load((self._theme.root / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
        said = {"nav": front_menu(self._rulebooks, written)}
        return Part(self._theme, "", said, sorted({*self._written, *by_hand}), self._text)

    def file(self, name: str) -> str | None:
        """A file beside the pages."""
        return export.schema() if name == SCHEMA else None

    def _text(self, name: str) -> str:
        return self._written.get(name) or (self._by_hand / name).read_text(encoding="utf-8")

    @cached_property
    def _written(self) -> dict[str, str]:
        return front(self._rulebooks, _Newest(self._found))
