"""From what the parser finds to the nodes of dsl.tree: one method per grammar rule."""

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal, TypeVar

from lark import Token

from dsl import tree
from dsl.diagnostics import Correction, Diagnostic, Span, error
from dsl.reductions import Meta

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Because:
    text: str


@dataclass(frozen=True, slots=True)
class _Derived:
    text: str


@dataclass(frozen=True, slots=True)
class _Header:
    key: str
    value: Any
    span: Span


@dataclass(frozen=True, slots=True)
class _Head:
    name: str
    record: tree.Name | None
    element: str | None
    title: str | None


@dataclass(frozen=True, slots=True)
class _Element:
    name: str


@dataclass(frozen=True, slots=True)
class _ForEach:
    name: tree.Name


@dataclass(frozen=True, slots=True)
class _When:
    condition: tree.Expr


@dataclass(frozen=True, slots=True)
class _Uses:
    items: tree.Expr


@dataclass(frozen=True, slots=True)
class _Requires:
    condition: tree.Expr


@dataclass(frozen=True, slots=True)
class _Outcome:
    kind: Literal["inngår ikke", "varsel", "uavklart"]
    text: str


@dataclass(frozen=True, slots=True)
class _Mark:
    """A bare mark on a field or block: «kan mangle», «årlig»."""

    name: Literal["kan mangle", "årlig", "mangler teller som nei"]


@dataclass(frozen=True, slots=True)
class _Named:
    """A named value inside a block: expected count, way of choosing, code list of a type."""

    key: str
    value: Any


def _text(token: Token) -> str:
    """The text inside quotes."""
    return str(token.value[1:-1]).strip()


def number(text: str) -> Decimal:
    """The number in Norwegian writing: «45 808,50»."""
    return Decimal(text.replace(" ", "").replace(",", "."))


def _one(parts: tuple[Any, ...], kind: type[T]) -> T | None:
    """The first part of a kind."""
    return next((part for part in parts if isinstance(part, kind)), None)


def _all(parts: tuple[Any, ...], kind: type[T]) -> tuple[T, ...]:
    """The parts of a kind."""
    return tuple(part for part in parts if isinstance(part, kind))


def _title(parts: tuple[Any, ...]) -> str | None:
    """The text among the parts, if any."""
    token = next((p for p in parts if isinstance(p, Token) and p.type == "TEKST"), None)
    return _text(token) if token is not None else None


def _kind_and_ref(parts: tuple[Any, ...]) -> tuple[tree.Kind, tree.Ref]:
    """The kind and name of what a block is about; an exception is named by what it is from and its title."""
    if isinstance(parts[0], tree.Ref):
        return "unntak", parts[0]
    return parts[0], parts[1]


def _tail(parts: tuple[Any, ...]) -> tree.Tail:
    """The lines at the end of a block."""
    because, derived = _one(parts, _Because), _one(parts, _Derived)
    return tree.Tail(
        _all(parts, tree.Cites),
        because.text if because else None,
        derived.text if derived else None,
        _one(parts, tree.Rounding),
        any(isinstance(part, _Mark) and part.name == "mangler teller som nei" for part in parts),
        _one(parts, tree.FromDay),
    )


class Builder:
    """One method per grammar rule; each returns the node for that rule. Faults are kept, never raised."""

    def __init__(self) -> None:
        self.begin("", 0)

    def begin(self, path: str, offset: int) -> None:
        """Begin on a block of a file, so many lines down."""
        self.path = path
        self.offset = offset
        self.fault: Diagnostic | None = None

    def _span(self, at: Meta | Token) -> Span:
        line = at.line or 1
        column = at.column or 1
        return Span(
            self.path, self.offset + line, column, self.offset + (at.end_line or line), at.end_column or column + 1
        )

    def _first_line(self, meta: Meta) -> Span:
        """The span of a block's first line: where it is pointed at."""
        span = self._span(meta)
        return span._replace(end_line=span.line, end_column=span.column + 1) if span.end_line != span.line else span

    def _date(self, token: Token) -> date:
        text = token.value
        parts = text.split("-") if "-" in text else text.split(".")[::-1]
        try:
            return date(*map(int, parts))
        except ValueError:
            self._fault("R112", f"datoen «{text}» finnes ikke", token, _last_of_month(text, *map(int, parts)))
            return date(1, 1, 1)

    def _moment(self, token: Token) -> datetime:
        day, clock = re.split("T| +", token.value)
        parts = map(int, day.split("-") if "-" in day else day.split(".")[::-1])
        try:
            hour, minute, second = (*map(int, clock.split(":")), 0)[:3]
            return datetime.combine(date(*parts), time(hour, minute, second))
        except ValueError:
            hint = "skriv år-måned-dag time:minutt: 2020-12-31 14:30"
            self._fault("R112", f"tidspunktet «{token.value}» finnes ikke", token, hint)
            return datetime(1, 1, 1)

    def _year(self, token: Token) -> int:
        text = token.value.replace(" ", "")
        if re.fullmatch(r"(19|20)\d\d", text):
            return int(text)
        self._fault("R112", f"«{token.value}» er ikke et år", token, "skriv året med fire sifre: 2020")
        return 2000

    def _count(self, token: Token) -> int:
        """The number in «én» or «2»."""
        if token.type == "EN":
            return 1
        text = token.value.replace(" ", "")
        if len(text) < 7:
            return int(text)
        self._fault("R107", "antallet er for stort", token, "et antall har høyst seks sifre")
        return 1

    def _one_code(self, token: Token) -> None:
        """Report a run of codes where one code must stand."""
        if re.search(r"[,*–-]", token.value):
            self._fault(
                "R113", f"her skal det stå én kode, ikke «{token.value}»", token, "skriv én blokk for hver kode"
            )

    def _fault(self, code: str, message: str, token: Token, hint: str | None = None) -> None:
        """Keep the first fault."""
        self.fault = self.fault or error(code, message, self._span(token), hint)

    # ---- the rulebook and its sources

    def rulebook(self, meta: Meta, scheme: Token, year: Token, *parts: Any) -> tree.RulebookHeader:
        found: dict[str, Any] = {}
        corrected: list[tree.Correction] = []
        for part in _all(parts, _Header):
            if part.key == "rettet":
                corrected.append(part.value)
            else:
                found[part.key] = part.value
        valid = found.get("gjelder", (None, None))
        return tree.RulebookHeader(
            scheme=scheme.value,
            year=self._year(year),
            title=_title(parts),
            base=found.get("bygger"),
            uses=found.get("bruker"),
            valid_from=valid[0],
            valid_to=valid[1],
            published=found.get("publisert"),
            corrected=tuple(corrected),
            status=found.get("status"),
            extract=found.get("utdrag"),
            span=self._span(scheme),
            lines=tuple((part.key, part.span) for part in _all(parts, _Header)),
        )

    def based_on(self, meta: Meta, scheme: Token, year: Token) -> _Header:
        span = self._span(scheme)._replace(end_column=self._span(year).end_column)
        return _Header("bygger", (scheme.value, self._year(year)), span)

    def valid(self, meta: Meta, start: Token, end: Token | None = None) -> _Header:
        return _Header("gjelder", (self._date(start), self._date(end) if end is not None else None), self._span(start))

    def published(self, meta: Meta, day: Token) -> _Header:
        return _Header("publisert", self._date(day), self._span(day))

    def corrected(self, meta: Meta, day: Token, text: Token) -> _Header:
        return _Header("rettet", tree.Correction(self._date(day), _text(text)), self._span(day))

    def status(self, meta: Meta, word: Token) -> _Header:
        return _Header("status", word.value, self._span(word))

    def extract(self, meta: Meta, text: Token) -> _Header:
        return _Header("utdrag", _text(text), self._span(text))

    def source(self, meta: Meta, name: Token, title: Token, address: Token | None = None) -> tree.SourceDecl:
        where = address.value[1:-1] if address is not None else None
        return tree.SourceDecl(name.value, _text(title), where, self._span(name))

    # ---- what comes in

    def records(self, meta: Meta, name: Token, *parts: Any) -> tree.RecordDecl:
        return tree.RecordDecl(name.value, _title(parts), _all(parts, tree.Field), self._span(name))

    def field(self, meta: Meta, name: Token, kind: tree.TypeRef, *parts: Any) -> tree.Field:
        marks = {mark.name for mark in _all(parts, _Mark)}
        element = _one(parts, _Element)
        return tree.Field(
            name.value,
            kind,
            "kan mangle" in marks,
            "årlig" in marks,
            element.name if element else None,
            _title(parts),
            self._span(name),
            next((part.value for part in _all(parts, _Named) if part.key == "ordnet"), None),
        )

    def type(self, meta: Meta, name: Token, detail: Any = None) -> tree.TypeRef:
        unit = detail if isinstance(detail, tree.Unit) else None
        named = detail if isinstance(detail, _Named) else None
        values: tuple[str, ...] = named.value if named and named.key == "values" else ()
        origins: tuple[str, ...] = named.value if named and named.key == "from" else ()
        if name.value in ("heltall", "desimaltall") and len(values) == 1:
            unit, values = tree.Unit(values[0], None, self._span(meta)), ()
        of = named.value if named and named.key == "of" else None
        return tree.TypeRef(name.value, unit, values, origins, of, self._span(name))

    def type_values(self, meta: Meta, *values: Token) -> _Named:
        return _Named("values", tuple(part.strip() for value in values for part in value.value.split(",")))

    def type_from(self, meta: Meta, *names: Token) -> _Named:
        return _Named("from", tuple(name.value for name in names))

    def type_of(self, meta: Meta, name: Token) -> _Named:
        return _Named("of", name.value)

    def may_lack(self, meta: Meta) -> _Mark:
        return _Mark("kan mangle")

    def yearly(self, meta: Meta, word: Token) -> _Mark:
        return _Mark("årlig")

    def element(self, meta: Meta, article: Token, name: Token) -> _Element:
        return _Element(name.value)

    def in_order(self, meta: Meta, word: Token, name: Token) -> _Named:
        return _Named("ordnet", name.value)

    # ---- collections

    def collection(self, meta: Meta, name: Token, *parts: Any) -> tree.CollectionDecl:
        lines = [part for part in parts if isinstance(part, _Named | tree.Gap | tree.Rest)]
        words = {tree.Gap: "avbrudd", tree.Rest: "resten"}
        kinds = [part.key if isinstance(part, _Named) else words[type(part)] for part in lines]
        again = next((n for n, kind in enumerate(kinds) if kind in kinds[:n]), None)
        if again is not None:
            line = lines[again]
            said = line.value if isinstance(line, _Named) else line
            at = said[0].span if isinstance(said, tuple) else said.span
            hint = "skriv alle nøklene på én linje, med «og» mellom" if kinds[again] == "per" else "ta bort den ene"
            message = f"«{kinds[again]}» står to ganger i samlingen"
            self.fault = self.fault or error("R202", message, at, hint)
        named = {part.key: part.value for part in lines if isinstance(part, _Named)}
        return tree.CollectionDecl(
            name.value,
            _title(parts),
            next(part for part in parts if isinstance(part, tree.Field)),
            named.get("per", ()),
            named.get("der"),
            _one(parts, tree.Gap),
            _one(parts, tree.Rest),
            _tail(parts),
            self._span(name),
        )

    def gathered_by(self, meta: Meta, *keys: tree.GatherKey) -> _Named:
        return _Named("per", keys)

    def gather_key(self, meta: Meta, first: Token, name: Token | None = None) -> tree.GatherKey:
        if name is None:
            return tree.GatherKey(None, first.value, self._span(first))
        return tree.GatherKey(first.value, name.value, self._span(meta))

    def gathered_where(self, meta: Meta, condition: tree.Expr) -> _Named:
        return _Named("der", condition)

    def gap(self, meta: Meta, limit: tree.Quantity, end: Token, word: Token, start: Token) -> tree.Gap:
        if word.value != "neste":
            hint = "skriv «avbrudd under 8 timer fra ut til neste inn»"
            self._fault("R102", f"ukjent ord «{word.value}»", word, hint)
        return tree.Gap(limit, self.name(meta, end), self.name(meta, start), self._span(meta))

    def rest(self, meta: Meta, *words: Token) -> tree.Rest:
        word = words[-1]
        apart = word.value == "seg"
        if word.value not in ("seg", "utelates"):
            hint = "skriv «resten utelates» eller «resten hver for seg»"
            self._fault("R102", f"ukjent ord «{word.value}»", word, hint)
        return tree.Rest(apart, self._span(meta))

    def table(self, meta: Meta, name: Token, key: Token, *parts: Any) -> tree.TableDecl:
        more = tuple(part.value for part in parts if isinstance(part, Token) and part.type == "NAVN")
        return tree.TableDecl(
            name.value,
            key.value,
            _title(parts),
            _all(parts, tree.Field),
            _tail(parts),
            self._span(name),
            more,
            _all(parts, tree.Row),
            _one(parts, tree.FromFile),
        )

    def from_file(self, meta: Meta, path: Token) -> tree.FromFile:
        return tree.FromFile(_text(path), self._span(meta))

    def code_system(self, meta: Meta, name: Token, file: tree.FromFile, *parts: Any) -> tree.CodeSystemDecl:
        return tree.CodeSystemDecl(name.value, file, _tail(parts), self._span(name))

    def uses(self, meta: Meta, scheme: Token, year: Token) -> _Header:
        return _Header("bruker", (scheme.value, self._year(year)), self._span(meta))

    def code_set(self, meta: Meta, name: Token, *parts: Any) -> tree.CodeSetDecl:
        lines = tuple(part for part in parts if isinstance(part, tree.Items | tree.CodeText))
        expected = _one(parts, _Named)
        count = expected.value if expected else None
        return tree.CodeSetDecl(name.value, _title(parts), lines, count, _tail(parts), self._span(name))

    def code_line(self, meta: Meta, items: tree.Items) -> tree.Items:
        return items

    def code_text(self, meta: Meta, code: Token, text: Token) -> tree.CodeText:
        if "," in code.value:
            self._one_code(code)
        return tree.CodeText(code.value, _text(text), self._span(code))

    def expected_count(self, meta: Meta, count: Token) -> _Named:
        return _Named("expected", self._count(count))

    def rate(self, meta: Meta, *parts: Any) -> tree.RateDecl:
        yearly = any(isinstance(part, _Mark) and part.name == "årlig" for part in parts)
        name = next(part for part in parts if isinstance(part, Token) and part.type == "NAVN")
        value = next(part for part in parts if isinstance(part, tree.Expr | tree.Fetched))
        if isinstance(value, tree.Fetched) and not value.name:
            value = replace(value, name=name.value)
        return tree.RateDecl(name.value, _title(parts), yearly, value, _tail(parts), self._span(name))

    def fetched(self, meta: Meta, what: Token | tuple[str, tree.Ref], scheme: Token, year: Token) -> tree.Fetched:
        name, key = what if isinstance(what, tuple) else (what.value, None)
        return tree.Fetched(name, key, scheme.value, self._year(year), self._span(meta))

    def column_of(self, meta: Meta, column: Token, key: tree.Ref) -> tuple[str, tree.Ref]:
        return column.value, key

    def fetched_alike(self, meta: Meta, scheme: Token, year: Token) -> tree.Fetched:
        return tree.Fetched("", None, scheme.value, self._year(year), self._span(meta))

    # ---- what is computed

    def head(self, meta: Meta, name: Token, *parts: Any) -> tuple[Token, _Head]:
        each, element = _one(parts, _ForEach), _one(parts, _Element)
        record = each.name if each else None
        return name, _Head(name.value, record, element.name if element else None, _title(parts))

    def for_each(self, meta: Meta, name: Token) -> _ForEach:
        return _ForEach(self.name(meta, name))

    def term(self, meta: Meta, head: tuple[Token, _Head], *parts: Any) -> tree.TermDecl:
        condition = next((part for part in parts if isinstance(part, tree.Expr)), None)
        return self._term(head, condition, parts, in_result=False)

    def calculation(self, meta: Meta, head: tuple[Token, _Head], *parts: Any) -> tree.TermDecl:
        return self._term(head, None, parts, in_result=True)

    def _term(
        self, head: tuple[Token, _Head], condition: tree.Expr | None, parts: tuple[Any, ...], in_result: bool
    ) -> tree.TermDecl:
        token, words = head
        return tree.TermDecl(
            words.name,
            words.title,
            words.record,
            words.element,
            condition,
            _all(parts, tree.ValueLine),
            in_result,
            _tail(parts),
            self._span(token),
        )

    def value_line(self, meta: Meta, value: tree.Expr, when: _When | None = None) -> tree.ValueLine:
        return tree.ValueLine(value, when.condition if when else None, self._span(meta))

    def when(self, meta: Meta, condition: tree.Expr) -> _When:
        return _When(condition)

    def requirement(self, meta: Meta, name: Token, *parts: Any) -> tree.RequirementDecl:
        each, when, outcome = _one(parts, _ForEach), _one(parts, _When), _one(parts, _Outcome)
        requires = next(part for part in parts if isinstance(part, _Requires))
        return tree.RequirementDecl(
            name.value,
            _title(parts),
            each.name if each else None,
            when.condition if when else None,
            requires.condition,
            outcome.kind if outcome else "inngår ikke",
            outcome.text if outcome else None,
            _tail(parts),
            self._span(name),
        )

    def requires(self, meta: Meta, condition: tree.Expr) -> _Requires:
        return _Requires(condition)

    def does_not_count(self, meta: Meta, text: Token) -> _Outcome:
        return _Outcome("inngår ikke", _text(text))

    def undecided(self, meta: Meta, word: Token, text: Token) -> _Outcome:
        return _Outcome("uavklart", _text(text))

    def notice(self, meta: Meta, text: Token) -> _Outcome:
        return _Outcome("varsel", _text(text))

    # ---- grouping

    def grouping(self, meta: Meta, name: Token, each: _ForEach, *parts: Any) -> tree.GroupingDecl:
        named = _all(parts, _Named)
        lines = {part.key: part.value for part in named}
        doubled = next((key for key in lines if sum(part.key == key for part in named) > 1), None)
        if doubled is not None:
            self._fault("R202", f"«{doubled}» står to ganger i grupperingen", name, "ta bort den ene linjen")
        return tree.GroupingDecl(
            name.value,
            each.name,
            _title(parts),
            lines.get("velger"),
            _tail(parts),
            self._span(name),
            lines.get("ordnet"),
            lines.get("gir", ()),
            _all(parts, tree.RuleColumn),
            lines.get("ellers"),
            element.name if (element := _one(parts, _Element)) else None,
        )

    def chooses(self, meta: Meta, how: Token) -> _Named:
        return _Named("velger", self.name(meta, how))

    def ordered(self, meta: Meta, _word: Token, by: Token) -> _Named:
        return _Named("ordnet", self.name(meta, by))

    def gives(self, meta: Meta, *names: Token) -> _Named:
        return _Named("gir", tuple(tree.Name(name.value, self._span(name)) for name in names))

    def rule_column(self, meta: Meta, name: Token, subject: tree.Expr) -> tree.RuleColumn:
        return tree.RuleColumn(name.value, subject, self._span(name))

    def otherwise_group(self, meta: Meta, ref: tree.Ref) -> _Named:
        return _Named("ellers", ref)

    def rule_table(self, meta: Meta, ref: tree.Ref, *parts: Any) -> tree.RuleTableDecl:
        file, rows = _one(parts, tree.FromFile), _all(parts, tree.Row)
        return tree.RuleTableDecl(ref, _title(parts), file, rows, _tail(parts), ref.span)

    def group(self, meta: Meta, ref: tree.Ref, *parts: Any) -> tree.GroupDecl:
        when = _one(parts, _When)
        condition = when.condition if when else None
        uses = _one(parts, _Uses)
        items = uses.items if uses else None
        return tree.GroupDecl(ref, _title(parts), _all(parts, tree.Column), condition, _tail(parts), ref.span, items)

    def group_uses(self, meta: Meta, items: tree.Expr, condition: tree.Expr | None = None) -> _Uses:
        return _Uses(items if condition is None else tree.Filtered(items, condition, self._first_line(meta)))

    def tariff(self, meta: Meta, code: Token, *parts: Any) -> tree.TariffDecl:
        return tree.TariffDecl(code.value, _title(parts), _all(parts, tree.Column), _tail(parts), self._span(code))

    def code(self, meta: Meta, token: Token) -> Token:
        self._one_code(token)
        return token

    def column(self, meta: Meta, name: Token, items: tree.Items) -> tree.Column:
        return tree.Column(name.value, items, self._span(name))

    # ---- amendments

    def amend(self, meta: Meta, kind: tree.Kind, ref: tree.Ref, *parts: Any) -> tree.AmendDecl:
        changes = tuple(part for part in parts if isinstance(part, tree.Changed | tree.Added | tree.Removed))
        return tree.AmendDecl(kind, ref, changes, _tail(parts), ref.span)

    def changed(self, meta: Meta, *parts: Any) -> tree.Changed:
        column = parts[0].value if isinstance(parts[0], Token) else None
        old, new = _all(parts, tree.Items)
        return tree.Changed(column, old, new, self._span(meta))

    def added(self, meta: Meta, *parts: tree.Items | tree.CodeText) -> tree.Added:
        texts = _all(parts, tree.CodeText)
        written = [value for part in _all(parts, tree.Items) for value in part.values]
        span = parts[0].span if len(parts) == 1 else self._first_line(meta)
        items = tree.Items((*written, *(tree.Codes(text.code, text.span) for text in texts)), span)
        return tree.Added(items, span, texts)

    def removed(self, meta: Meta, items: tree.Items) -> tree.Removed:
        return tree.Removed(items, items.span)

    def amend_records(self, meta: Meta, name: Token, *parts: Any) -> tree.AmendRecordsDecl:
        fields = tuple(field for part in _all(parts, _Named) for field in part.value)
        return tree.AmendRecordsDecl(name.value, fields, _tail(parts), self._span(name))

    def added_fields(self, meta: Meta, *fields: tree.Field) -> _Named:
        return _Named("fields", fields)

    def amend_table(self, meta: Meta, name: Token, *parts: Any) -> tree.AmendTableDecl:
        rows = _all(parts, tree.Row)
        return tree.AmendTableDecl(name.value, _one(parts, tree.FromFile), rows, _tail(parts), self._span(name))

    def amend_grouping(self, meta: Meta, name: Token, *parts: Any) -> tree.AmendGroupingDecl:
        rows = _all(parts, tree.Row)
        return tree.AmendGroupingDecl(name.value, _one(parts, tree.FromFile), rows, _tail(parts), self._span(name))

    def replace(self, meta: Meta, block: Any) -> tree.ReplaceDecl:
        return tree.ReplaceDecl(block, block.span)

    def move(
        self, meta: Meta, kind: tree.Kind, ref: tree.Ref, word: Token, _other: tree.Kind, *parts: Any
    ) -> tree.MoveDecl:
        other = next(part for part in parts if isinstance(part, tree.Ref))
        return tree.MoveDecl(kind, ref, word.type == "FOER", other, _tail(parts), ref.span)

    def clarification(self, meta: Meta, day: Token, text: Token, *parts: Any) -> tree.ClarificationDecl:
        kind, ref = _kind_and_ref(parts)
        return tree.ClarificationDecl(self._date(day), _text(text), kind, ref, _tail(parts), self._span(text))

    def from_day(self, meta: Meta, day: Token) -> tree.FromDay:
        return tree.FromDay(self._date(day), self._span(meta))

    def from_day_line(self, meta: Meta, day: tree.FromDay) -> tree.FromDay:
        return day

    def lenient(self, meta: Meta, lacks: Token, counts: Token, as_: Token, no: Token) -> _Mark:
        words = f"{lacks.value} {counts.value} {as_.value} {no.value}"
        if words != "mangler teller som nei":
            self._fault("R102", f"ukjent linje «{words}»", lacks, "skriv «mangler teller som nei»")
        return _Mark("mangler teller som nei")

    def exception(
        self, meta: Meta, target: Token, title: Token, when: _When, line: tree.ValueLine, *parts: Any
    ) -> tree.ExceptionDecl:
        if line.condition is not None:
            self._fault("R102", "et unntak har «når» bare ett sted", target, "ta bort «når» etter verdien")
        return tree.ExceptionDecl(
            target.value, _text(title), when.condition, line.value, _tail(parts), self._span(target)
        )

    def repeal(self, meta: Meta, *parts: Any) -> tree.RepealDecl:
        kind, ref = _kind_and_ref(parts)
        return tree.RepealDecl(kind, ref, _tail(parts), ref.span, _one(parts, tree.FromDay))

    def exception_ref(self, meta: Meta, target: Token, title: Token) -> tree.Ref:
        return tree.Ref(None, f"{target.value}: {_text(title)}", self._span(meta))

    def kind_group(self, meta: Meta) -> tree.Kind:
        return "gruppe"

    def kind_tariff(self, meta: Meta) -> tree.Kind:
        return "takst"

    def kind_code_set(self, meta: Meta) -> tree.Kind:
        return "kodesett"

    def kind_rate(self, meta: Meta) -> tree.Kind:
        return "sats"

    def kind_requirement(self, meta: Meta) -> tree.Kind:
        return "krav"

    def kind_term(self, meta: Meta) -> tree.Kind:
        return "begrep"

    def kind_calculation(self, meta: Meta) -> tree.Kind:
        return "beregning"

    def kind_collection(self, meta: Meta) -> tree.Kind:
        return "samling"

    def kind_grouping(self, meta: Meta) -> tree.Kind:
        return "gruppering"

    # ---- examples

    def example(self, meta: Meta, title: Token, *parts: Any) -> tree.ExampleDecl:
        *shows, given, expected = parts
        return tree.ExampleDecl(_text(title), given, expected, self._span(title), tuple(shows))

    def shows(self, meta: Meta, name: Token, _after: Token, *by: Token) -> tree.Shows:
        return tree.Shows(name.value, tuple(self.name(meta, one) for one in by), self._span(name))

    def examples(self, meta: Meta, title: Token, *parts: Any) -> tree.ExamplesDecl:
        given = next(
            (part for part in parts if isinstance(part, tuple) and part and isinstance(part[0], tree.Fact)), ()
        )
        columns = next(part for part in parts if isinstance(part, tuple) and part and isinstance(part[0], tree.Name))
        return tree.ExamplesDecl(_text(title), given, columns, _all(parts, tree.Row), self._span(title))

    def columns(self, meta: Meta, *names: Token) -> tuple[tree.Name, ...]:
        return tuple(tree.Name(name.value, self._span(name)) for name in names)

    def given(self, meta: Meta, *facts: tree.Fact) -> tuple[tree.Fact, ...]:
        return facts

    def expected(self, meta: Meta, *lines: tree.Expectation) -> tuple[tree.Expectation, ...]:
        return lines

    def fact(self, meta: Meta, name: Token, *parts: Any) -> tree.Fact:
        items = _one(parts, tree.Items)
        return tree.Fact(name.value, items, _all(parts, tree.Row), self._span(name))

    def row(self, meta: Meta, token: Token) -> tree.Row:
        span = self._span(token)
        cells = token.value.rstrip()[1:].removesuffix("|").split("|")
        places, start = [], span.column + 1
        for cell in cells:
            first = start + len(cell) - len(cell.lstrip()) if cell.strip() else start
            places.append(span._replace(column=first, end_column=first + max(len(cell.strip()), 1)))
            start += len(cell) + 1
        return tree.Row(tuple(cell.strip() for cell in cells), span, tuple(places))

    def expect_not_counted(self, meta: Meta, text: Token | None = None) -> tree.ExpectStatus:
        return tree.ExpectStatus("inngår ikke", _text(text) if text is not None else None, self._span(meta))

    def expect_undecided(self, meta: Meta, word: Token) -> tree.ExpectStatus:
        return tree.ExpectStatus("uavklart", None, self._span(word))

    def expect_outside(self, meta: Meta, word: Token) -> tree.ExpectStatus:
        return tree.ExpectStatus(f"ikke i {word.value}", None, self._span(meta))

    def expect_unknown(self, meta: Meta, name: Token) -> tree.ExpectNothing:
        return tree.ExpectNothing(name.value, "kan ikke beregnes", self._span(name))

    def expect_missing(self, meta: Meta, name: Token, word: Token) -> tree.ExpectNothing:
        return tree.ExpectNothing(name.value, "mangler", self._span(name))

    # ---- the lines at the end of a block

    def cites(self, meta: Meta, name: Token, place: Token | None = None) -> tree.Cites:
        return tree.Cites(name.value, _text(place) if place is not None else None, self._span(name))

    def because(self, meta: Meta, text: Token) -> _Because:
        return _Because(_text(text))

    def derived(self, meta: Meta, text: Token) -> _Derived:
        return _Derived(_text(text))

    def rounding(self, meta: Meta, *parts: Token) -> tree.Rounding:
        return self._rounding(meta, parts)

    def _rounding(self, meta: Meta, parts: tuple[Token, ...]) -> tree.Rounding:
        by_type = {part.type: part for part in parts}
        direction: Literal["opp", "ned"] | None = "opp" if "OPP" in by_type else "ned" if "NED" in by_type else None
        word = by_type.get("ENHET")
        unit = tree.Unit(word.value, None, self._span(word)) if word is not None else None
        return tree.Rounding(direction, unit, self._span(meta))

    def ref(self, meta: Meta, *parts: Token | None) -> tree.Ref:
        tokens = [part for part in parts if part is not None]
        scheme = tokens[0].value if len(tokens) == 2 else None
        last = tokens[-1]
        if last.type == "KODE":
            self._one_code(last)
        return tree.Ref(scheme, last.value.replace(" ", ""), self._span(meta))

    # ---- conditions

    def all_of(self, meta: Meta, word: Token, *parts: tree.Expr) -> tree.AllOf:
        return tree.AllOf(parts, True, self._first_line(meta))

    def at_least_of(self, meta: Meta, count: Token, *parts: tree.Expr) -> tree.AnyOf:
        return tree.AnyOf(parts, self._count(count), True, self._first_line(meta))

    def none_of(self, meta: Meta, *parts: tree.Expr) -> tree.NoneOf:
        return tree.NoneOf(parts, self._first_line(meta))

    def quantified_block(
        self, meta: Meta, quantifier: tree.Quantifier, items: tree.Expr, condition: tree.Expr
    ) -> tree.Quantified:
        span = self._first_line(meta)
        return tree.Quantified(quantifier, tree.Filtered(items, condition, span), span)

    def and_chain(self, meta: Meta, *parts: tree.Expr) -> tree.AllOf:
        return tree.AllOf(parts, False, self._span(meta))

    def or_chain(self, meta: Meta, *parts: tree.Expr) -> tree.AnyOf:
        return tree.AnyOf(parts, 1, False, self._span(meta))

    def negation(self, meta: Meta, operand: tree.Expr) -> tree.Negation:
        return tree.Negation(operand, self._span(meta))

    def comparison(self, meta: Meta, subject: tree.Expr, predicate: _Named) -> tree.Comparison:
        key: tree.Predicate = predicate.key  # type: ignore[assignment]
        return tree.Comparison(subject, key, predicate.value, self._span(meta))

    def quantified(self, meta: Meta, quantifier: tree.Quantifier, body: tree.Expr) -> tree.Quantified:
        return tree.Quantified(quantifier, body, self._span(meta))

    def filtered(self, meta: Meta, items: tree.Expr, condition: tree.Expr) -> tree.Filtered:
        return tree.Filtered(items, condition, self._span(meta))

    def at_least(self, meta: Meta, count: Token) -> tree.Quantifier:
        return tree.Quantifier("minst", self._count(count), self._span(meta))

    def at_most(self, meta: Meta, count: Token) -> tree.Quantifier:
        return tree.Quantifier("høyst", self._count(count), self._span(meta))

    def exactly(self, meta: Meta, count: Token) -> tree.Quantifier:
        return tree.Quantifier("nøyaktig", self._count(count), self._span(meta))

    def none(self, meta: Meta) -> tree.Quantifier:
        return tree.Quantifier("ingen", 0, self._span(meta))

    def every(self, meta: Meta, word: Token) -> tree.Quantifier:
        return tree.Quantifier("alle", 0, self._span(word))

    def is_(self, meta: Meta, value: tree.Expr) -> _Named:
        return _Named("er", value)

    def is_not(self, meta: Meta, value: tree.Expr) -> _Named:
        return _Named("er ikke", value)

    def in_(self, meta: Meta, *values: tree.Expr) -> _Named:
        return _Named("i", self._members(meta, values))

    def not_in(self, meta: Meta, *values: tree.Expr) -> _Named:
        return _Named("ikke i", self._members(meta, values))

    def _members(self, meta: Meta, values: tuple[tree.Expr, ...]) -> tree.Expr:
        return values[0] if len(values) == 1 else tree.Members(values, self._span(meta))

    def no_less(self, meta: Meta, value: tree.Expr) -> _Named:
        return _Named("minst", value)

    def no_more(self, meta: Meta, value: tree.Expr) -> _Named:
        return _Named("høyst", value)

    def more(self, meta: Meta, value: tree.Expr) -> _Named:
        return _Named("over", value)

    def less(self, meta: Meta, value: tree.Expr) -> _Named:
        return _Named("under", value)

    def lacks(self, meta: Meta, word: Token) -> _Named:
        return _Named("mangler", None)

    def exists(self, meta: Meta) -> _Named:
        return _Named("finnes", None)

    # ---- values

    def unknown(self, meta: Meta, reason: Token | None = None) -> tree.Unknown:
        return tree.Unknown(_text(reason) if reason is not None else None, self._span(meta))

    def aggregate(
        self, meta: Meta, kind: Token, value: tree.Expr, each: Token | tree.Relative, condition: tree.Expr | None = None
    ) -> tree.Aggregate:
        element = tree.Name(each.value, self._span(each)) if isinstance(each, Token) else each
        return tree.Aggregate(kind.value, value, element, condition, self._span(meta))

    def rounded(self, meta: Meta, value: tree.Expr, *parts: Token) -> tree.Rounded:
        return tree.Rounded(value, self._rounding(meta, parts), self._span(meta))

    def plus(self, meta: Meta, left: tree.Expr, right: tree.Expr) -> tree.Arithmetic:
        return tree.Arithmetic("+", left, right, self._span(meta))

    def minus(self, meta: Meta, left: tree.Expr, right: tree.Expr) -> tree.Arithmetic:
        return tree.Arithmetic("−", left, right, self._span(meta))

    def times(self, meta: Meta, left: tree.Expr, right: tree.Expr) -> tree.Arithmetic:
        return tree.Arithmetic("×", left, right, self._span(meta))

    def divided(self, meta: Meta, left: tree.Expr, right: tree.Expr) -> tree.Arithmetic:
        return tree.Arithmetic("÷", left, right, self._span(meta))

    def except_(self, meta: Meta, left: tree.Expr, right: tree.Expr) -> tree.Arithmetic:
        return tree.Arithmetic("unntatt", left, right, self._span(meta))

    def quantity(self, meta: Meta, token: Token, unit: tree.Unit | None = None) -> tree.Quantity:
        return tree.Quantity(number(token.value), unit, token.value, self._span(meta))

    def negative(self, meta: Meta, operand: tree.Quantity) -> tree.Quantity:
        return tree.Quantity(-operand.value, operand.unit, "−" + operand.text, self._span(meta))

    def unit(self, meta: Meta, word: Token, per: Token | None = None) -> tree.Unit:
        return tree.Unit(word.value, per.value if per is not None else None, self._span(meta))

    def interval(self, meta: Meta, low: Token, high: Token, unit: tree.Unit | None = None) -> tree.Interval:
        return tree.Interval(number(low.value), number(high.value), unit, f"{low.value}–{high.value}", self._span(meta))

    def codes(self, meta: Meta, token: Token) -> tree.Codes:
        return tree.Codes(re.sub(r"[–-]", "–", token.value), self._span(token))

    def text(self, meta: Meta, token: Token) -> tree.Text:
        return tree.Text(_text(token), self._span(token))

    def date(self, meta: Meta, token: Token) -> tree.DateValue:
        return tree.DateValue(self._date(token), self._span(token))

    def moment(self, meta: Meta, token: Token) -> tree.MomentValue:
        return tree.MomentValue(self._moment(token), self._span(token))

    def yes(self, meta: Meta, token: Token) -> tree.YesNo:
        return tree.YesNo(True, self._span(token))

    def no(self, meta: Meta, token: Token) -> tree.YesNo:
        return tree.YesNo(False, self._span(token))

    def name(self, meta: Meta, token: Token) -> tree.Name:
        return tree.Name(token.value, self._span(token))

    def member(self, meta: Meta, scheme: Token, token: Token) -> tree.Member:
        id_ = _text(token) if token.type == "TEKST" else token.value.replace(" ", "")
        if token.type == "KODE" and "," in id_:
            first = id_.split(",")[0]
            hint = f"skriv «{scheme.value} {first} eller {scheme.value} …»"
            self._fault("R113", f"«{scheme.value}» skal ha én kode etter seg, ikke «{token.value}»", token, hint)
        return tree.Member(scheme.value, id_, self._span(meta))

    def call(self, meta: Meta, function: Token, argument: tree.Expr | tuple[tree.Expr, ...]) -> tree.Call:
        found = tree.Members(argument, self._span(meta)) if isinstance(argument, tuple) else argument
        return tree.Call(function.value, found, self._span(meta))

    def count(self, meta: Meta, items: tree.Expr) -> tree.Count:
        return tree.Count(items, self._span(meta))

    def relative(self, meta: Meta, word: Token, name: Token) -> tree.Relative:
        return tree.Relative(word.value, name.value, self._span(meta))

    def of_many(self, meta: Meta, kind: Token, values: tuple[tree.Expr, ...]) -> tree.OfMany:
        return tree.OfMany(kind.value, values, self._span(meta))

    def many(self, meta: Meta, *values: tree.Expr) -> tuple[tree.Expr, ...]:
        return values

    def items(self, meta: Meta, *values: tree.Expr) -> tree.Items:
        return tree.Items(values, self._span(meta))

    def all_items(self, meta: Meta, word: Token, exceptions: tree.Expr | None = None) -> tree.AllItems:
        return tree.AllItems(exceptions, self._span(meta))


def _last_of_month(text: str, year: int, month: int, day: int) -> str:
    """A hint for a date that is not: the last day of the month, where the day comes after it."""
    if not (1 <= year <= 9999 and 1 <= month <= 12 and day > 28):
        return "skriv år-måned-dag: 2020-12-31"
    last = date(year, month, monthrange(year, month)[1])
    written = last.isoformat() if "-" in text else f"{last:%d.%m.%Y}"
    return Correction(f"den siste dagen i måneden er {written}", text, written)
