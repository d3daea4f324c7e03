"""What the editor knows of every name in whole rulebooks: what stands there is offered there, explained and found."""

import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from compiler.editor import completion, hover, rename
from compiler.editor.desk import Bench, Desk
from compiler.editor.navigation import Names
from compiler.editor.outline import outline
from compiler.examples import failing_examples
from compiler.pipeline import Library, Year, load
from dsl.diagnostics import Span
from dsl.source import Source
from tests.conftest import CASES, ROOT

WORD = re.compile(r"[^\W\d]\w*")
OUTSIDE = re.compile(r"«[^»]*»|\"[^\"]*\"|#.*|<[^>]*>|\|.*")
FOLDERS = [
    pytest.param(CASES / "ok/alt", id="oppdiktet"),
    pytest.param(ROOT / "rulebooks", id="ekte", marks=pytest.mark.langt),
]


def bench_of(folder: Path) -> tuple[Desk, Bench]:
    """A folder of rulebooks, checked."""
    desk = Desk(folder)
    bench = desk.bench(folder)
    desk.check(bench)
    return desk, bench


def words(year: Year) -> Iterator[tuple[Source, int, re.Match[str]]]:
    """Every word of the rules of a year that is neither in a text, a comment nor a table."""
    for document in year.documents:
        for segment in document.source.rule_segments():
            for number in range(segment.start, segment.end):
                line = OUTSIDE.sub(lambda match: " " * len(match[0]), document.source.line(number))
                yield from ((document.source, number, word) for word in WORD.finditer(line))


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_stands_somewhere_is_among_what_is_offered_there(folder: Path) -> None:
    """But for what the author makes: the names that are declared, and choices and titles."""
    _, bench = bench_of(folder)
    years = [f"{y.header.scheme} {y.header.year}" for y in bench.library.years.values() if y.header is not None]
    names = Names(bench.library)
    asked = missing = 0
    for year in bench.library.years.values():
        for at, (source, line, word) in enumerate(words(year)):
            found = names.at(Path(source.path), line, word.start() + 1)
            if at % 9 or (found is not None and found.occurrence.declares):
                continue
            offer = completion.offered(year.rulebook, years, source, line, word.start() + 2)
            labels = {part for item in offer.items for part in (item.label, *item.label.split())}
            if offer.items:
                asked += 1
                missing += word[0] not in labels
    assert asked > 140
    assert missing / asked < 0.1


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_name_has_a_meaning_and_a_place(folder: Path) -> None:
    _, bench = bench_of(folder)
    names = Names(bench.library)
    known = unknown = 0
    for year in bench.library.years.values():
        for document in year.documents:
            outline(document)
        for source, line, word in words(year):
            found = names.at(Path(source.path), line, word.start() + 1)
            shown = hover.shown(found, names, year.rulebook, source, (line, word.start() + 1), None)
            if found is not None and found.occurrence.span.column <= word.start() + 1:
                known += 1
                unknown += not (shown and names.definitions(found))
    assert known > 300
    assert unknown / known < 0.01


def test_a_new_name_is_written_where_only_the_place_tells_what_is_meant() -> None:
    """In headings of tables, keys, «tidligere …», reasons and exceptions; what it comes to is read again."""
    desk, bench = bench_of(CASES / "ok/alt")
    names = Names(bench.library)
    for book, written, places in (
        ("oppdiktet-2020", "døgnpris  desimaltall", 4),
        ("oppdiktet-2020", "linjer        liste", 2),
        ("oppdiktet-2020", "beløp\n", 8),
        ("oppdiktet-2020", "år        heltall", 3),
        ("oppdiktet-2020", "henvisning «", 3),
        ("perioder-2023", "samarbeid_er_hovedformål «", 3),
        ("regninger-2022", "maks_ganger", 2),
    ):
        year = bench.library.years[book]
        (source,) = (d.source for d in year.documents if written in "\n".join(d.source.lines))
        before = "\n".join(source.lines).split(written)[0]
        path, line = Path(source.path), before.count("\n") + 1
        found = names.at(path, line, len(before.rsplit("\n", 1)[-1]) + 1)
        changed = rename.renamed(desk, found, "et_nytt_navn", bench.library)
        assert sum(map(len, changed.values())) >= places, written
        assert faults_after(bench.library, changed) == []


def test_a_name_from_another_rulebook_leads_there() -> None:
    """The group that a used rulebook gives, a rate and a column that are fetched."""
    _, bench = bench_of(CASES / "ok/alt")
    names = Names(bench.library)
    for book, written, into, where in (
        ("sykehus-2020", "når drg er DRG 71", 13, "logikk/2020/regler.regel"),
        ("sykehus-2020", "bruker LOGIKK 2020", 8, "logikk/2020/regler.regel"),
        ("hentet-2020", "= tak fra OPPDIKTET 2020", 3, "oppdiktet/2020/regler.md"),
        ("hentet-2020", "= døgnpris av 2020", 3, "oppdiktet/2020/regler.md"),
        ("hentet-2020", "fra OPPDIKTET 2020\nsats grense", 6, "oppdiktet/2020/regler.md"),
    ):
        text = "\n".join(bench.library.years[book].documents[0].source.lines)
        before = text.split(written)[0] + written[:into]
        path = Path(bench.library.years[book].documents[0].source.path)
        found = names.at(path, before.count("\n") + 1, len(before.rsplit("\n", 1)[-1]) + 1)
        assert found is not None, written
        (span,) = names.definitions(found)
        assert span.path.endswith(where), written
        assert found.occurrence.span in names.references(found)


@pytest.mark.parametrize(
    ("schemes", "changes"),
    [(("oppdiktet", "hentet"), 15), pytest.param(("rader", "oppdiktet", "hentet"), 250, marks=pytest.mark.langt)],
)
def test_what_is_kept_from_before_never_shows(schemes: tuple[str, ...], changes: int, tmp_path: Path) -> None:
    """After each of many random changes, all is as if it were read for the first time."""
    for scheme in ("regninger", *schemes):
        shutil.copytree(CASES / "ok/alt" / scheme, tmp_path / scheme)
    desk, bench = bench_of(tmp_path)
    files = sorted(path for path in tmp_path.rglob("*") if path.suffix in (".md", ".csv"))
    drawn = random.Random(8)
    sound = {path: path.read_text(encoding="utf-8") for path in files}
    faults = 0
    for _ in range(changes):
        path = drawn.choice(files)
        lines = (desk.texts.open.get(path) or sound[path]).split("\n")
        at = drawn.randrange(len(lines))
        how = drawn.choice(("out", "twice", "word", "back"))
        lines[at : at + 1] = {"out": [], "twice": [lines[at]] * 2, "word": [lines[at].replace("e", "i", 1)]}.get(
            how, [""]
        )
        desk.open(path, sound[path] if how == "back" else "\n".join(lines))
        desk.check(bench)
        fresh = Desk(tmp_path)
        fresh.texts.open = dict(desk.texts.open)
        anew = load(tmp_path, reader=fresh.texts)
        assert bench.library.diagnostics() == anew.diagnostics()
        assert {n: y.rulebook for n, y in bench.library.years.items()} == {n: y.rulebook for n, y in anew.years.items()}
        assert {n: y.mentions for n, y in bench.library.years.items()} == {n: y.mentions for n, y in anew.years.items()}
        faults += bool(anew.diagnostics())
    assert 0 < faults < changes


def faults_after(library: Library, changed: dict[str, list[Span]]) -> list[str]:
    """What is wrong when the places are written anew, the examples of the years that they are in included."""
    desk = Desk(library.root)
    for path, spans in changed.items():
        text = rename.replaced(library.sources[path].lines, spans, "et_nytt_navn")
        desk.texts.open[Path(path)] = text
    after = load(library.root, reader=desk.texts)
    years = {Path(path).parent for path in changed}
    touched = [year.rulebook for year in after.years.values() if year.folder in years and year.rulebook is not None]
    failing = [fault for rulebook in touched for fault in failing_examples(rulebook)]
    return [fault.message for fault in (*after.diagnostics(), *failing)]


@pytest.mark.langt
def test_every_name_in_the_real_rulebooks_can_have_another_or_is_refused() -> None:
    desk, bench = bench_of(ROOT / "rulebooks")
    names = Names(bench.library)
    done = refused = 0
    for name in ("isf-2020", "fastlege-2021", "rbf-2022"):
        seen = set()
        for one in names.of_year(bench.library.years[name]):
            if (
                one.declares
                and one.symbol not in seen
                and one.symbol.kind in ("sats", "begrep", "krav", "kodesett", "felt")
            ):
                seen.add(one.symbol)
                found = names.at(Path(one.span.path), one.span.line, one.span.column)
                try:
                    rename.renamed(desk, found, "et_nytt_navn", bench.library)
                    done += 1
                except rename.RefusedError:
                    refused += 1
    assert done > 100
    assert refused / done < 0.05


def test_the_names_are_known_as_soon_as_a_file_is_open() -> None:
    path = CASES / "ok/alt/perioder/2023/01-perioder.md"
    desk = Desk(path.parents[1])
    desk.open(path, path.read_text(encoding="utf-8"))
    rulebook = desk.rulebook(path)
    assert rulebook is not None
    assert rulebook.name == "perioder-2023"
