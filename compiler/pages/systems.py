"""The page «For systemer» of a rule year: the package on one of its own examples, commands, and files to download."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pprint import pformat

from compiler import export, model
from compiler.examples import Answers, gathered_rows
from compiler.names import identifier
from compiler.pages.downloads import SCHEMA, VERSION, Download
from compiler.pages.render import write_page
from compiler.pages.text import fenced
from compiler.python.symbols import package_name, verb_of
from compiler.runtime.samlet import Samlet
from compiler.runtime.svar import Svar

SYSTEMS = "systemer.md"
_WIDTH = 88
_FIELDS = 12
"""An example with more values than this is chosen only where there is no shorter one."""


@dataclass(frozen=True, slots=True)
class _File:
    """A file as the list shows it."""

    name: str
    what: str
    rows: int | None
    size: str


def for_systems(rulebook: model.Rulebook, answers: Answers, files: Sequence[Download]) -> str:
    """The page, in Markdown."""
    package = package_name(rulebook.scheme)
    first = rulebook.top_records()[:1]
    given = {
        "r": rulebook,
        "code": fenced(code_example(rulebook, answers)),
        "package": package,
        "project": package.replace("_", "-"),
        "verb": verb_of(rulebook),
        "gathers": any(record.gathering is not None for record in rulebook.records),
        "record": first[0].id if first else "",
        "hash": export.content_hash(rulebook),
        "files": [_File(one.name, one.what, one.rows, _size(one.text)) for one in files if one.name != VERSION],
        "schema": SCHEMA,
        "versions": VERSION,
        "block": lambda text: fenced(str(text).split("\n")),
    }
    return write_page("systemer", given)


def _size(text: str) -> str:
    """How large a file is: «12 kB», «3,4 MB»."""
    size = len(text.encode())
    return f"{size / 1e6:.1f} MB".replace(".", ",") if size >= 1_000_000 else f"{max(round(size / 1e3), 1)} kB"


# ---- the example in Python


def code_example(rulebook: model.Rulebook, answers: Answers) -> list[str]:
    """Lines of Python that ask the package about an example, with what the reference answers as comments."""
    package, name = package_name(rulebook.scheme), identifier(rulebook.scheme).lower()
    lines = [f"import {package}", "", f"{name} = {package}.aar({rulebook.year})"]
    example = _chosen(rulebook, answers)
    if example is None:
        return lines
    answer = answers[example.id]
    more_records = len(rulebook.top_records()) > 1
    if isinstance(answer, Samlet):
        given = _written("poster", gathered_rows(example))
        call = f"samlet = {name}.samle(poster, {example.record!r})"
        return [*lines, *given, call, *_comments(_gathered(answer))]
    given = _written("post", example.given)
    of = f", {example.record!r}" if more_records else ""
    call = f"svar = {name}.{verb_of(rulebook)}_data(post{of})"
    return [*lines, *given, call, *_comments(_answered(answer))]


def _chosen(rulebook: model.Rulebook, answers: Answers) -> model.Example | None:
    """The example to show: one with a complete answer and few values, or else the first."""
    found = [example for example in rulebook.examples if example.id in answers]

    def rank(example: model.Example) -> tuple[bool, int, bool, int]:
        answer = answers[example.id]
        values = answer.verdier.values() if isinstance(answer, Svar) and answer.status == "gruppert" else ()
        unknown = sum(value is None for value in values)
        return not values, unknown, len(example.given) > _FIELDS, found.index(example)

    return min(found, key=rank, default=None)


def _written(name: str, value: object) -> list[str]:
    """A name that is given a value."""
    plain = [dict(one) for one in value] if isinstance(value, list | tuple) else _plain(value)
    return f"{name} = {pformat(plain, width=_WIDTH - len(name) - 3, sort_dicts=False)}".split("\n")


def _plain(value: object) -> object:
    """What an example gives, with lists for the rows of a list."""
    if isinstance(value, Mapping):
        return {name: one if isinstance(one, str) else [dict(row) for row in one] for name, one in value.items()}
    return value


def _comments(lines: Iterator[tuple[str, object]]) -> list[str]:
    """Expressions with what they come to."""
    return [f"{expression}  # {value!r}" for expression, value in lines]


def _answered(answer: Svar) -> Iterator[tuple[str, object]]:
    """What an answer says, asked for part by part."""
    yield "svar.status", answer.status
    if answer.gruppe is not None:
        yield "svar.gruppe", answer.gruppe
    for name, value in answer.verdier.items():
        yield f"svar.verdier[{name!r}]", value
    for place, reason in enumerate(answer.grunner):
        yield f"svar.grunner[{place}].tekst", reason.tekst
    for name, lines in answer.lister.items():
        yield f"[linje.inngaar for linje in svar.lister[{name!r}]]", [line.inngaar for line in lines]


def _gathered(answer: Samlet) -> Iterator[tuple[str, object]]:
    """How many collections of each kind came of the records, and the group of each."""
    for name, made in answer.samlinger.items():
        yield f"len(samlet.samlinger[{name!r}])", len(made)
        if any(one.svar.gruppe for one in made):
            yield f"[en.svar.gruppe for en in samlet.samlinger[{name!r}]]", [one.svar.gruppe for one in made]
