"""The chapters of a rule year: prose and rules in the order of the text, inherited where the year says nothing."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from compiler import model
from compiler.names import normal_code, slug
from compiler.replacements import exception_id
from dsl import tree
from dsl.diagnostics import Diagnostic, Span, error, nearest

NAME_IN_PROSE = re.compile(r"\{([^\W\d]\w*)\}")
_HEADING = re.compile(r"^#\s+(.*?)\s*#*\s*$")


def chapters(
    documents: Sequence[tree.Document],
    rulebook: model.Rulebook,
    base: model.Rulebook | None,
    amended: Mapping[Span, tuple[str, ...]],
) -> tuple[tuple[model.Chapter, ...], list[Diagnostic]]:
    """The chapters of a year, and the faults in their prose.

    `amended` has the rows of rule tables that each amendment of them takes out and puts in.
    """
    known = {(kind, definition.id) for kind, definition in rulebook.definitions()}
    own = {}
    faults: list[Diagnostic] = []
    for document in documents:
        faults += _unknown_names(document, rulebook)
        made = _with_new_tables(_chapter(document, rulebook, amended), rulebook)
        own[made.id] = made
    before = {chapter.id: chapter for chapter in base.chapters} if base else {}
    found: dict[str, model.Chapter] = {}
    for id_ in sorted(own.keys() | before.keys()):
        if id_ not in own:
            parts = tuple(_kept(before[id_].parts, known)) + tuple(_kept(before[id_].carried, known))
            if any(isinstance(part, model.RuleAt) for part in parts):
                found[id_] = before[id_].model_copy(update={"parts": parts, "carried": ()})
            continue
        chapter = own[id_]
        if id_ in before:
            placed = {(part.type, part.id) for part in chapter.parts if isinstance(part, model.RuleAt)}
            rest = [*before[id_].parts, *before[id_].carried]
            carried = [p for p in _kept(rest, known) if isinstance(p, model.RuleAt) and (p.type, p.id) not in placed]
            chapter = chapter.model_copy(update={"carried": tuple(carried)})
        found[id_] = chapter
    return tuple(found.values()), faults


def _kept(parts: Sequence[model.ChapterPart], known: set[tuple[str, str]]) -> Iterator[model.ChapterPart]:
    """What a later year shows of a chapter: prose, and the rules that still hold. Examples are not inherited."""
    for part in parts:
        rule_kept = isinstance(part, model.RuleAt) and part.type != "eksempel" and (part.type, part.id) in known
        if isinstance(part, model.Prose) or rule_kept:
            yield part


def _chapter(
    document: tree.Document, rulebook: model.Rulebook, amended: Mapping[Span, tuple[str, ...]]
) -> model.Chapter:
    """One file as a chapter."""
    source = document.source
    id_ = re.sub(r"\.\w+$", "", source.path.rsplit("/", 1)[-1])
    title = next((m[1] for line in source.lines if (m := _HEADING.match(line))), id_)
    parts: list[model.ChapterPart] = []
    lines = [block.span.line for block in document.blocks]
    for segment in source.segments:
        if not segment.is_rules:
            text = source.text(segment).strip("\n")
            if text.strip():
                parts.append(model.Prose(text=text, path=source.path, line=segment.start))
            continue
        for block in document.blocks[bisect_left(lines, segment.start) : bisect_left(lines, segment.end)]:
            part = _part(block)
            if isinstance(part, model.AmendmentAt) and block.span in amended:
                part = part.model_copy(update={"changes": amended[block.span]})
            if part is not None:
                parts.append(part)
    return model.Chapter(id=id_, title=title, since=rulebook.year, parts=tuple(parts))


def _with_new_tables(chapter: model.Chapter, rulebook: model.Rulebook) -> model.Chapter:
    """A chapter with the rule tables that come of rows put in, for groups that had none, after its other parts."""
    placed = {part.id for part in chapter.parts if isinstance(part, model.RuleAt) and part.type == "regeltabell"}
    new = (t for t in rulebook.rule_tables if t.since == rulebook.year and t.place.chapter == chapter.id)
    more = tuple(model.RuleAt(type="regeltabell", id=table.id) for table in new if table.id not in placed)
    return chapter.model_copy(update={"parts": (*chapter.parts, *more)}) if more else chapter


def _part(block: tree.Block) -> model.ChapterPart | None:
    """The place in a chapter that a block is shown at."""
    match block:
        case tree.RulebookHeader() | tree.CodeSystemDecl():
            return None
        case tree.ReplaceDecl(block=inner):
            return _part(inner)
        case tree.ExceptionDecl():
            return model.RuleAt(type="unntak", id=exception_id(block))
        case tree.ClarificationDecl(day=day, kind=kind, ref=ref):
            return model.RuleAt(type="presisering", id=f"{day.isoformat()} {kind} {ref}")
        case tree.ExamplesDecl(title=title):
            return model.RuleAt(type="eksempler", id=slug(title))
        case tree.AmendTableDecl(name=id_, tail=tail):
            return model.AmendmentAt(type="tabell", id=id_, verb="endrer", because=tail.because)
        case tree.AmendGroupingDecl(name=id_, tail=tail):
            return model.AmendmentAt(type="gruppering", id=id_, verb="endrer", because=tail.because)
        case tree.MoveDecl(kind=kind, ref=ref, tail=tail):
            return model.AmendmentAt(type=kind, id=str(ref), verb="flytter", because=tail.because)
        case tree.SourceDecl(id=id_):
            return model.RuleAt(type="kilde", id=id_)
        case tree.RecordDecl(name=id_):
            return model.RuleAt(type="opplysninger", id=id_)
        case tree.CollectionDecl(name=id_):
            return model.RuleAt(type="samling", id=id_)
        case tree.TableDecl(name=id_):
            return model.RuleAt(type="tabell", id=id_)
        case tree.CodeSetDecl(name=id_):
            return model.RuleAt(type="kodesett", id=id_)
        case tree.RateDecl(name=id_):
            return model.RuleAt(type="sats", id=id_)
        case tree.TermDecl(name=id_):
            return model.RuleAt(type="begrep", id=id_)
        case tree.RequirementDecl(name=id_):
            return model.RuleAt(type="krav", id=id_)
        case tree.GroupingDecl(name=id_):
            return model.RuleAt(type="gruppering", id=id_)
        case tree.RuleTableDecl(ref=ref):
            return model.RuleAt(type="regeltabell", id=str(ref))
        case tree.GroupDecl(ref=ref):
            return model.RuleAt(type="gruppe", id=str(ref))
        case tree.TariffDecl(code=code):
            return model.RuleAt(type="takst", id=normal_code(code))
        case tree.ExampleDecl(title=title):
            return model.RuleAt(type="eksempel", id=slug(title))
        case tree.AmendDecl(kind=kind, ref=ref, tail=tail):
            return model.AmendmentAt(type=kind, id=str(ref), verb="endrer", because=tail.because)
        case tree.AmendRecordsDecl(record=record, fields=fields, tail=tail):
            names = tuple(field.name for field in fields)
            return model.AmendmentAt(type="opplysninger", id=record, verb="endrer", changes=names, because=tail.because)
        case tree.RepealDecl(kind=kind, ref=ref, tail=tail):
            return model.AmendmentAt(type=kind, id=str(ref), verb="opphever", because=tail.because)


def names_for_prose(rulebook: model.Rulebook) -> dict[str, tuple[str, model.Definition]]:
    """What a name in prose can show: its type and definition."""
    found: dict[str, tuple[str, model.Definition]] = {}
    for kind, definitions in (
        ("kodesett", rulebook.sets),
        ("begrep", rulebook.terms),
        ("krav", rulebook.requirements),
        ("gruppering", rulebook.groupings),
        ("sats", rulebook.rates),
    ):
        found |= {definition.id: (kind, definition) for definition in definitions}
    return found


def _unknown_names(document: tree.Document, rulebook: model.Rulebook) -> Iterator[Diagnostic]:
    """R209: prose names something that the rulebook does not have."""
    known = names_for_prose(rulebook)
    source = document.source
    for segment in source.segments:
        if segment.is_rules:
            continue
        for number in range(segment.start, segment.end):
            line = source.line(number)
            for found in NAME_IN_PROSE.finditer(line):
                if found[1] not in known and not _is_escaped(line, found):
                    span = Span(source.path, number, found.start() + 1, number, found.end() + 1)
                    yield error("R209", f"ukjent navn «{found[1]}» i teksten", span, nearest(found[1], known))


def _is_escaped(line: str, found: re.Match[str]) -> bool:
    """A name inside doubled braces is text."""
    return line[: found.start()].endswith("{") or line[found.end() :].startswith("}")
