"""From syntax trees to one complete rule year: names, inheritance from the year before, and amendments."""

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from compiler import model
from compiler.chapters import chapters
from compiler.expressions import Expressions, Frame
from compiler.kinds import UNKNOWN, Kind, field_dimension, field_kind, in_base, shown_unit, unit_of
from compiler.names import identifier, normal_code, slug
from compiler.walk import references
from dsl import tree
from dsl.diagnostics import Diagnostic, Span, error, has_errors, nearest
from dsl.keywords import LINE_WORDS

D = TypeVar("D", bound=model.Definition)

STATUSES = ("utkast", "foreløpig", "endelig")
GROUP_KEY = "gruppe"
TARIFF_KEY = "takst"


def resolve(
    documents: Sequence[tree.Document], base: model.Rulebook | None
) -> tuple[model.Rulebook | None, list[Diagnostic]]:
    """The complete rule year that documents and the year before make, and what is wrong with them.

    There is no rulebook where the header is missing; with other faults the rulebook is what could be made of it.
    """
    header, faults = header_of(documents)
    if header is None:
        return None, faults
    year = _Year(header, base)
    year.faults += faults
    return year.resolve(documents), year.faults


def header_of(documents: Sequence[tree.Document]) -> tuple[tree.RulebookHeader | None, list[Diagnostic]]:
    """The one header of a rule year."""
    headers = [block for document in documents for block in document.blocks if isinstance(block, tree.RulebookHeader)]
    if not headers:
        path = documents[0].source.path if documents else "."
        place = Span(path, 1, 1, 1, 2)
        hint = "begynn en av filene med «regelverk NAVN ÅR «tittel»»"
        return None, [error("R210", "mappen har ikke noe «regelverk»", place, hint)] if documents else []
    faults = [
        error("R202", "«regelverk» står to ganger", extra.span, "en mappe er ett regelverk", headers[0].span)
        for extra in headers[1:]
    ]
    return headers[0], faults


def _by_id(definitions: Iterable[D]) -> dict[str, D]:
    return {definition.id: definition for definition in definitions}


class _Year:
    """One rule year while it is put together; it knows all names and hence serves Expressions."""

    def __init__(self, header: tree.RulebookHeader, base: model.Rulebook | None) -> None:
        self.header = header
        self.year = header.year
        self.base = base
        self.faults: list[Diagnostic] = []
        self.sources = {s.id: s for s in base.sources} if base else {}
        self.records = _by_id(base.records) if base else {}
        self.tables = {t.id: _without_yearly(t) for t in base.tables} if base else {}
        self.sets = _by_id(base.sets) if base else {}
        self.rates = {r.id: _inherited_rate(r, self.year) for r in base.rates} if base else {}
        self.terms = _by_id(base.terms) if base else {}
        self.requirements = _by_id(base.requirements) if base else {}
        self.groupings = _by_id(base.groupings) if base else {}
        self.groups = _by_id(base.groups) if base else {}
        self.examples: dict[str, model.Example] = {}
        self.repealed: list[model.Repealed] = []
        self.places: dict[tuple[str, str], Span] = {}
        self.pending: dict[str, tree.TermDecl] = {}
        self.resolving: list[str] = []
        self.calls = Expressions(self, self.faults.append)

    # ---- what Expressions asks

    def term_kind(self, id_: str) -> Kind | None:
        """The kind of a term, resolved now if it must be; None where there is no such term."""
        if id_ in self.pending:
            if id_ in self.resolving:
                self._cycle(id_)
                return UNKNOWN
            self._term(self.pending[id_])
        term = self.terms.get(id_)
        return None if term is None else term_kind(term)

    def term_record(self, id_: str) -> str:
        """The record that a term is about."""
        if id_ in self.pending:
            return self._record_for(self.pending[id_].record, self.pending[id_].span).id
        return self.terms[id_].record if id_ in self.terms else ""

    def all_names(self) -> Iterable[str]:
        """Every name that an expression may use, for suggestions."""
        fields = [field.name for record in self.records.values() for field in record.fields]
        return [*fields, *self.rates, *self.terms, *self.pending, *self.sets, *self.groupings, *self.groups]

    # ---- the whole

    def resolve(self, documents: Sequence[tree.Document]) -> model.Rulebook:
        """The complete year."""
        blocks = [block for document in documents for block in document.blocks]
        self._check_header()
        for block in blocks:
            if isinstance(block, tree.SourceDecl):
                self._source(block)
        for block in blocks:
            if isinstance(block, tree.RecordDecl):
                self._record(block)
        for block in blocks:
            if isinstance(block, tree.AmendRecordsDecl):
                self._amend_record(block)
        self._link_records()
        ordered: list[tuple[type, Callable[[Any], None]]] = [
            (tree.TableDecl, self._table),
            (tree.GroupingDecl, self._grouping),
            (tree.RepealDecl, self._repeal),
            (tree.CodeSetDecl, self._code_set),
            (tree.RateDecl, self._rate),
        ]
        for kind, handle in ordered:
            for block in blocks:
                if isinstance(block, kind):
                    handle(block)
        for block in blocks:
            if isinstance(block, tree.GroupDecl) and self._declare("gruppe", str(block.ref), block.span, self.groups):
                self.groups[str(block.ref)] = self._group_stub(block)
            if isinstance(block, tree.TermDecl) and self._declare("begrep", block.name, block.span, self.terms):
                self.pending[block.name] = block
        for block in blocks:
            if isinstance(block, tree.GroupDecl | tree.TariffDecl):
                self._row(block)
        for block in blocks:
            if isinstance(block, tree.AmendDecl):
                self._amend(block)
        for name in list(self.pending):
            if name in self.pending:
                self._term(self.pending[name])
        for block in blocks:
            if isinstance(block, tree.GroupDecl) and block.when is not None:
                self._group_condition(block)
            if isinstance(block, tree.RequirementDecl):
                self._requirement(block)
        for block in blocks:
            if isinstance(block, tree.ExampleDecl):
                self._example(block)
        self._check_rows()
        self._check_repealed_uses()
        self._check_identifiers()
        return self._rulebook(documents)

    def _rulebook(self, documents: Sequence[tree.Document]) -> model.Rulebook:
        header = self.header
        assert header.valid_from is not None or self.faults
        rulebook = model.Rulebook(
            scheme=header.scheme,
            year=header.year,
            title=header.title or f"{header.scheme} {header.year}",
            base=header.base[1] if header.base else None,
            valid_from=header.valid_from or __import__("datetime").date(header.year, 1, 1),
            valid_to=header.valid_to,
            published=header.published,
            corrected=tuple(model.Correction(date=c.date, text=c.text) for c in header.corrected),
            status=header.status or "utkast",
            extract=header.extract,
            sources=tuple(self.sources.values()),
            records=tuple(self.records.values()),
            tables=tuple(self.tables.values()),
            sets=tuple(self.sets.values()),
            rates=tuple(self.rates.values()),
            terms=tuple(self.terms.values()),
            requirements=tuple(self.requirements.values()),
            groupings=tuple(self.groupings.values()),
            groups=tuple(self.groups.values()),
            examples=tuple(self.examples.values()),
            repealed=tuple(self.repealed),
        )
        found, faults = chapters(documents, rulebook, self.base)
        self.faults += faults
        return rulebook.model_copy(update={"chapters": found})

    def _check_header(self) -> None:
        header = self.header
        if header.valid_from is None:
            self._fault("R211", "regelverket sier ikke når det gjelder", header.span, "skriv «gjelder fra ÅÅÅÅ-MM-DD»")
        elif header.valid_to is not None and header.valid_to < header.valid_from:
            self._fault("R211", "regelverket slutter å gjelde før det begynner", header.span)
        if header.status is not None and header.status not in STATUSES:
            hint = nearest(header.status, STATUSES) or "velg mellom " + ", ".join(STATUSES)
            self._fault("R212", f"ukjent status «{header.status}»", header.span, hint)
        if identifier(header.scheme).lower() != header.scheme.lower():
            message = f"«{header.scheme}» kan ikke være navnet på et regelverk"
            self._fault("R213", message, header.span, "bruk bokstavene a–z")

    # ---- declarations

    def _fault(self, code: str, message: str, span: Span, hint: str | None = None, other: Span | None = None) -> None:
        self.faults.append(error(code, message, span, hint, other))

    def _declare(self, kind: str, name: str, span: Span, known: dict[str, Any]) -> bool:
        """Take note of a new definition; a second one of the same name is a fault."""
        key = (kind, name)
        if key in self.places:
            self._fault("R202", f"«{name}» er skrevet to ganger", span, "behold den ene, eller gi den et annet navn", self.places[key])
            return False
        self.places[key] = span
        if name in known:
            year = known[name].since
            hint = f"den er arvet fra {year}: skriv «endrer {kind} {name}» for å endre den"
            self._fault("R202", f"«{name}» finnes fra før", span, hint)
            return False
        return True

    def _common(self, id_: str, title: str | None, span: Span, tail: tree.Tail | None = None) -> dict[str, Any]:
        """What all definitions have."""
        tail = tail or tree.Tail()
        return {
            "id": id_,
            "title": title,
            "place": model.Place(path=span.path, line=span.line, chapter=_chapter(span.path)),
            "citations": self._citations(tail),
            "derived": tail.derived,
            "since": self.year,
            "changes": (model.Change(year=self.year, kind="ny", because=tail.because),),
        }

    def _citations(self, tail: tree.Tail) -> tuple[model.Citation, ...]:
        for cite in tail.cites:
            if cite.source not in self.sources:
                hint = nearest(cite.source, self.sources) or f"skriv «kilde {cite.source} «tittel»» først i regelverket"
                self._fault("R201", f"ukjent kilde «{cite.source}»", cite.span, hint)
        return tuple(model.Citation(source=cite.source, place=cite.place) for cite in tail.cites)

    def _source(self, block: tree.SourceDecl) -> None:
        if self._declare("kilde", block.id, block.span, self.sources):
            found = re.search(r"(19|20)\d\d$", block.id)
            self.sources[block.id] = model.Source(
                id=block.id,
                title=block.title,
                address=block.address,
                year=int(found[0]) if found else None,
                since=self.year,
            )

    def _record(self, block: tree.RecordDecl) -> None:
        if self._declare("opplysninger", block.name, block.span, self.records):
            common = self._common(block.name, block.title, block.span)
            fields = self._fields(block.fields)
            self.records[block.name] = model.Record(**common, fields=fields, variable=block.name.lower())

    def _amend_record(self, block: tree.AmendRecordsDecl) -> None:
        record = self.records.get(block.record)
        if record is None:
            hint = nearest(block.record, self.records)
            return self._fault("R206", f"«opplysninger {block.record}» finnes ikke i året før", block.span, hint)
        for field in block.fields:
            if record.field(field.name) is not None:
                self._fault("R202", f"feltet «{field.name}» finnes fra før i «{record.id}»", field.span)
        new = tuple(f for f in self._fields(block.fields) if record.field(f.name) is None)
        change = model.Change(year=self.year, kind="endret", because=block.tail.because)
        update = {"fields": (*record.fields, *new), "changes": (*record.changes, change)}
        self.records[record.id] = record.model_copy(update=update)
        return None

    def _fields(self, fields: Iterable[tree.Field], key: str | None = None) -> tuple[model.RecordField, ...]:
        found: dict[str, model.RecordField] = {}
        for field in fields:
            made = self._field(field)
            if made is None:
                continue
            if field.name in found:
                self._fault("R202", f"feltet «{field.name}» står to ganger", field.span)
            found[field.name] = made
        if key is not None and key not in found and key != GROUP_KEY:
            found = {key: model.RecordField(name=key, identifier=identifier(key), kind="kode", since=self.year), **found}
        return tuple(found.values())

    def _field(self, field: tree.Field) -> model.RecordField | None:
        written = field.type
        kinds: dict[str, model.FieldKind] = {
            kind: kind  # type: ignore[misc]
            for kind in ("heltall", "desimaltall", "dato", "tekst", "kode", "koder", "valg", "gruppe", "liste")
        } | {"ja": "ja/nei", "ja/nei": "ja/nei"}
        kind = kinds.get(written.name)
        if kind is None:
            self._fault("R205", f"ukjent type «{written.name}»", written.span, nearest(written.name, kinds))
            return None
        if kind == "valg" and not written.values:
            self._fault("R205", f"feltet «{field.name}» har ingen valg", field.span, "skriv «valg a, b, c»")
        if written.unit is not None and kind not in ("heltall", "desimaltall"):
            self._fault("R301", f"{kind} har ingen enhet", written.span)
        return model.RecordField(
            name=field.name,
            identifier=identifier(field.name),
            kind=kind,
            unit=unit_of(written.unit)[2],
            choices=written.values,
            origins=written.origins,
            of=written.of,
            may_lack=field.may_lack,
            yearly=field.yearly,
            element=field.element,
            text=field.text,
            since=self.year,
        )

    def _link_records(self) -> None:
        """Tell each record whose list it stands in, and what its elements are called."""
        for record in list(self.records.values()):
            for field in record.fields:
                if field.kind != "liste":
                    continue
                inner = self.records.get(field.of or "")
                if inner is None:
                    place = self.places.get(("opplysninger", record.id))
                    span = place or Span(record.place.path, record.place.line, 1, record.place.line, 2)
                    self._fault("R201", f"ukjente opplysninger «{field.of}»", span, nearest(field.of or "", self.records))
                    continue
                update = {"outer": record.id, "variable": field.element or inner.variable}
                self.records[inner.id] = inner.model_copy(update=update)

    def _table(self, block: tree.TableDecl) -> None:
        if self._declare("tabell", block.name, block.span, self.tables):
            common = self._common(block.name, block.title, block.span, block.tail)
            self.tables[block.name] = model.Table(**common, key=block.key, fields=self._fields(block.fields, block.key))

    def _grouping(self, block: tree.GroupingDecl) -> None:
        if not self._declare("gruppering", block.name, block.span, self.groupings):
            return
        if block.chooses not in (None, "første"):
            self._fault("R205", f"«velger {block.chooses}» er ikke en måte å velge på", block.span, "skriv «velger første»")
        record = self._record_for(block.record, block.span)
        common = self._common(block.name, block.title, block.span, block.tail)
        made = model.Grouping(**common, identifier=identifier(block.name), record=record.id)
        self.groupings[block.name] = made

    def _record_for(self, name: str | None, span: Span) -> model.Record:
        """The record that «for hver X» names; without it, the first that comes in."""
        if name is None:
            for record in self.records.values():
                if record.outer is None:
                    return record
        for record in self.records.values():
            if name in (record.id, record.variable, record.id.lower()):
                return record
        known = [n for record in self.records.values() for n in (record.id, record.variable)]
        message = f"ukjente opplysninger «{name}»" if name else "regelverket har ingen opplysninger"
        if not any(f.span == span and f.message == message for f in self.faults):
            self._fault("R201", message, span, nearest(name, known) if name else "skriv en blokk «opplysninger»")
        place = model.Place(path=span.path, line=span.line, chapter=_chapter(span.path))
        return model.Record(id="", place=place, since=self.year, fields=(), variable="")

    def _scope(self, record: model.Record) -> Expressions:
        """Expressions with a record, and the one whose list it stands in, in scope."""
        frames = [Frame(record.variable, record)]
        while record.outer is not None:
            record = self.records[record.outer]
            frames.insert(0, Frame(record.variable, record))
        return Expressions(self, self.faults.append, frames)

    def _code_set(self, block: tree.CodeSetDecl) -> None:
        if not self._declare("kodesett", block.name, block.span, self.sets):
            return
        values: list[tree.Expr] = []
        texts: dict[str, str] = {}
        for line in block.lines:
            if isinstance(line, tree.CodeText):
                values.append(tree.Codes(line.code, line.span))
                texts[normal_code(line.code)] = line.text
            else:
                values += line.values
        codes = self.calls.code_set(values)
        doubled = sorted({code for code in codes.codes if codes.codes.count(code) > 1})
        if doubled:
            self._fault("R202", f"koden «{doubled[0]}» står to ganger i «{block.name}»", block.span)
        count = len(codes.codes) + len(codes.intervals) + len(codes.prefixes) + len(codes.sets)
        if block.expected is not None and block.expected != count:
            message = f"«{block.name}» har {count} koder, ventet {block.expected}"
            self._fault("R502", message, block.span, "rett listen, eller «ventet antall»")
        common = self._common(block.name, block.title, block.span, block.tail)
        self.sets[block.name] = model.NamedSet(**common, codes=codes, texts=texts, expected=block.expected)

    def _rate(self, block: tree.RateDecl) -> None:
        inherited = self.rates.get(block.name)
        key = ("sats", block.name)
        if inherited is not None and inherited.since != self.year and inherited.yearly and block.yearly and key not in self.places:
            self.places[key] = block.span
        elif not self._declare("sats", block.name, block.span, self.rates):
            return
        if isinstance(block.value, tree.Unknown):
            unit = inherited.unit if inherited else None
            value, shown, reason = None, "ukjent", block.value.reason or f"{block.name} er ikke oppgitt for {self.year}"
        else:
            found, kind = self.calls.value(block.value)
            if not isinstance(found, model.NumberValue):
                if kind is not UNKNOWN:
                    self._fault("R302", "en sats er et tall med enhet", block.value.span)
                return
            value, shown, reason, unit = found.value, found.shown, None, kind.shown
            if inherited is not None and inherited.value is None and inherited.unit is None:
                pass
            elif inherited is not None and field_dimension(inherited.unit) != kind.dimension:
                self._fault("R301", f"«{block.name}» hadde en annen enhet i {self.base.year if self.base else ''}", block.value.span)
        common = self._common(block.name, block.title or (inherited.title if inherited else None), block.span, block.tail)
        if inherited is not None:
            common["since"] = inherited.since
            change = model.Change(year=self.year, kind="endret", because=block.tail.because)
            common["changes"] = (*inherited.changes, change)
        self.rates[block.name] = model.Rate(**common, value=value, unit=unit, yearly=block.yearly, shown=shown, reason=reason)

    # ---- groups and tariffs: rows of tables

    def _group_stub(self, block: tree.GroupDecl) -> model.Group:
        common = self._common(str(block.ref), block.title, block.span, block.tail)
        return model.Group(**common, scheme=block.ref.scheme, shown=str(block.ref))

    def _keyed_table(self, key: str) -> model.Table | None:
        return next((table for table in self.tables.values() if table.key == key), None)

    def _row(self, block: tree.GroupDecl | tree.TariffDecl) -> None:
        """The row of a table that a group or a tariff is."""
        key = GROUP_KEY if isinstance(block, tree.GroupDecl) else TARIFF_KEY
        table = self._keyed_table(key)
        id_ = str(block.ref) if isinstance(block, tree.GroupDecl) else normal_code(block.code)
        word = "gruppe" if isinstance(block, tree.GroupDecl) else "takst"
        if isinstance(block, tree.TariffDecl):
            rows = {row.key: row for row in table.rows} if table else {}
            if not self._declare("takst", id_, block.span, rows):
                return
        elif self.places.get(("gruppe", id_)) != block.span:
            return
        if table is None:
            if block.columns or isinstance(block, tree.TariffDecl):
                hint = f"skriv «tabell NAVN av {key}» med kolonnene"
                self._fault("R205", f"det er ingen tabell for {word}", block.span, hint)
            return
        values: dict[str, Any] = {}
        for column in block.columns:
            field = table.field(column.name)
            if field is None or column.name == key:
                words = [f.name for f in table.fields] + sorted(LINE_WORDS[word])
                known = ", ".join(f.name for f in table.fields if f.name != key)
                hint = nearest(column.name, words) or f"kolonnene er {known}"
                self._fault("R205", f"ukjent linje «{column.name}» i {word} {id_}", column.span, hint)
            elif column.name in values:
                self._fault("R202", f"«{column.name}» står to ganger i {word} {id_}", column.span)
            else:
                value = self._cell(field, column.items)
                if value is not None:
                    values[column.name] = value
        common = self._common(id_, block.title, block.span, block.tail)
        row = model.Row(**common, key=id_, values=values, shown=id_)
        self.tables[table.id] = table.model_copy(update={"rows": (*table.rows, row)})

    def _cell(self, field: model.RecordField, items: tree.Items) -> Decimal | str | bool | model.CodeSet | None:
        """The value of a column, as written in a row."""
        kind = field_kind(field)
        if field.kind == "koder":
            return self.calls.code_set(items.values)
        if len(items.values) != 1:
            hint = "desimaler skrives med komma uten mellomrom" if kind.name == "tall" else None
            self._fault("R302", f"«{field.name}» skal ha én verdi", items.span, hint)
            return None
        written = items.values[0]
        if isinstance(written, tree.Unknown):
            return None
        value, found = self.calls.value(written, kind)
        if found.name == "ukjent":
            return None
        if found.name != kind.name and not (kind.name == "kode" and found.name == "tekst"):
            self._fault("R302", f"«{field.name}» skal være {kind.words}, ikke {found.words}", written.span)
            return None
        if isinstance(value, model.NumberValue):
            bare = isinstance(written, tree.Quantity) and written.unit is None
            if bare and field.unit is not None:
                return in_base(value.value, _factor(field.unit))
            if found.dimension != kind.dimension:
                message = f"enhetene passer ikke: «{field.name}» er i {field.unit.shown if field.unit else 'tall uten enhet'}"
                self._fault("R301", message, written.span)
            return value.value
        if isinstance(value, model.StringValue | model.BoolValue):
            return value.value
        self._fault("R302", f"«{field.name}» skal være en verdi som er kjent i teksten", written.span)
        return None

    def _check_rows(self) -> None:
        """Report a column without value that is neither yearly, nor a set, nor may be missing."""
        for table in self.tables.values():
            for row in table.rows:
                if row.last_changed != self.year:
                    continue
                for field in table.fields:
                    needed = field.name != table.key and not (field.yearly or field.may_lack or field.kind == "koder")
                    if needed and field.name not in row.values:
                        span = Span(row.place.path, row.place.line, 1, row.place.line, 2)
                        hint = "skriv verdien, eller «kan mangle» ved kolonnen"
                        self._fault("R214", f"«{row.shown}» mangler «{field.name}»", span, hint)

    def _group_condition(self, block: tree.GroupDecl) -> None:
        group = self.groups.get(str(block.ref))
        if group is None or group.since != self.year or self.places.get(("gruppe", group.id)) != block.span:
            return
        grouping = next(iter(self.groupings.values()), None)
        if grouping is None:
            return self._fault("R215", "en gruppe med «når» trenger en «gruppering»", block.span, "skriv «gruppering drg for hver Kontakt»")
        assert block.when is not None
        condition = self._scope(self.records[grouping.record]).condition(block.when)
        if any(kind == "gruppering" for kind, _ in references(condition)):
            self._fault("R207", f"vilkåret i gruppe {group.id} spør etter gruppen selv", block.span)
            return None
        self.groups[group.id] = group.model_copy(update={"when": condition})
        return None

    # ---- terms and requirements

    def _term(self, block: tree.TermDecl) -> None:
        """Resolve a term, and those it needs first."""
        self.resolving.append(block.name)
        record = self._record_for(block.record, block.span)
        scope = self._scope(record) if record.id else self.calls
        common = self._common(block.name, block.title, block.span, block.tail)
        common |= {"identifier": identifier(block.name), "record": record.id, "element": block.element}
        if block.condition is not None:
            term = model.Term(**common, condition=scope.condition(block.condition), in_result=False, kind="ja/nei")
        else:
            lines, kinds = [], []
            for line in block.lines:
                value, kind = scope.value(line.value)
                when = scope.condition(line.condition) if line.condition is not None else None
                lines.append(model.ValueLine(value=value, when=when))
                if kind.name != "ukjent":
                    kinds.append((kind, line))
            kind = kinds[0][0] if kinds else UNKNOWN
            for other, line in kinds[1:]:
                if (other.name, other.dimension) != (kind.name, kind.dimension):
                    message = f"linjene i «{block.name}» gir ulike slag: {kind.words} og {other.words}"
                    self._fault("R301", message, line.value.span)
            for line in block.lines[:-1]:
                if line.condition is None and not _may_be_nothing(line.value):
                    hint = "skriv «når …» på linjen, eller ta bort linjene under"
                    self._fault("R401", "linjene under denne kan aldri bli brukt", line.span, hint)
                    break
            rounding = scope.rounding(block.tail.rounding, kind) if block.tail.rounding else None
            unit = kind.shown or shown_unit(kind.dimension) if kind.name == "tall" else None
            term = model.Term(
                **common, lines=tuple(lines), rounding=rounding, in_result=block.in_result, kind=_field_kind(kind), unit=unit
            )
        self.resolving.pop()
        if self.pending.pop(block.name, None) is not None:
            self.terms[block.name] = term

    def _cycle(self, id_: str) -> None:
        """Report terms that need each other, once."""
        ring = self.resolving[self.resolving.index(id_) :]
        message = "begrepene viser til hverandre i ring: " + " → ".join([*ring, id_])
        if not any(f.code == "R207" and set(ring) <= set(re.findall(r"\w+", f.message)) for f in self.faults):
            self._fault("R207", message, self.pending[id_].span, "ett av dem må sies uten de andre")

    def _requirement(self, block: tree.RequirementDecl) -> None:
        if not self._declare("krav", block.name, block.span, self.requirements):
            return
        record = self._record_for(block.record, block.span)
        scope = self._scope(record) if record.id else self.calls
        when = scope.condition(block.when) if block.when is not None else None
        common = self._common(block.name, block.title, block.span, block.tail)
        text = block.text or block.title or f"kravet «{block.name}» er ikke oppfylt"
        requires = scope.condition(block.requires)
        self.requirements[block.name] = model.Requirement(
            **common, record=record.id, when=when, requires=requires, outcome=block.outcome, text=text
        )

    # ---- amendments

    def _amend(self, block: tree.AmendDecl) -> None:
        if block.kind in ("gruppe", "takst"):
            return self._amend_row(block)
        if block.kind == "kodesett":
            return self._amend_set(block)
        if block.kind == "sats":
            return self._amend_rate(block)
        message = f"«endrer {block.kind}» kan ikke skrives slik"
        hint = f"skriv «opphever {block.kind} {block.ref}» og den nye under et nytt navn"
        return self._fault("R216", message, block.span, hint)

    def _unknown(self, block: tree.AmendDecl | tree.RepealDecl, known: Iterable[str]) -> None:
        year = self.base.year if self.base else "året før"
        message = f"«{block.kind} {block.ref}» finnes ikke i {year} og kan ikke endres"
        self._fault("R206", message, block.span, nearest(str(block.ref), known))

    def _change(self, block: tree.AmendDecl | tree.RepealDecl) -> model.Change:
        return model.Change(year=self.year, kind="endret", because=block.tail.because)

    def _amend_row(self, block: tree.AmendDecl) -> None:
        key = GROUP_KEY if block.kind == "gruppe" else TARIFF_KEY
        id_ = str(block.ref) if block.kind == "gruppe" else normal_code(block.ref.id)
        table = self._keyed_table(key)
        row = table.row(id_) if table else None
        before = self._base_row(table.id, id_) if table else None
        if table is None or row is None or before is None:
            return self._unknown(block, [r.key for r in table.rows] if table else ())
        values = dict(row.values)
        for change in block.changes:
            if not isinstance(change, tree.Changed):
                self._amend_codes_of_row(table, values, change)
                continue
            field = table.field(change.column or "")
            if field is None:
                columns = [f.name for f in table.fields if f.name != table.key]
                message = f"«{change.column or ''}» er ikke en kolonne i {block.kind}"
                self._fault("R205", message, change.span, nearest(change.column or "", columns))
                continue
            old, new = self._cell(field, change.old), self._cell(field, change.new)
            self._check_old(before.values.get(field.name), old, new, change, field)
            if new is not None:
                values[field.name] = new
        changed = row.model_copy(
            update={
                "values": values,
                "changes": (*row.changes, self._change(block)),
                "citations": self._citations(block.tail) or row.citations,
                "derived": block.tail.derived,
            }
        )
        rows = tuple(changed if r.key == id_ else r for r in table.rows)
        self.tables[table.id] = table.model_copy(update={"rows": rows})
        if block.kind == "gruppe" and id_ in self.groups:
            group = self.groups[id_]
            update = {"changes": (*group.changes, self._change(block))}
            self.groups[id_] = group.model_copy(update=update)
        return None

    def _base_row(self, table: str, key: str) -> model.Row | None:
        """The row as it was the year before, yearly values and all."""
        if self.base is None:
            return None
        found = next((t for t in self.base.tables if t.id == table), None)
        return found.row(key) if found else None

    def _amend_codes_of_row(self, table: model.Table, values: dict[str, Any], change: tree.Added | tree.Removed) -> None:
        hint = "skriv kolonnen: «ugyldig_med fra … til …»"
        self._fault("R216", "«legger til» og «fjerner» gjelder kodesett", change.span, hint)

    def _check_old(self, was: object, old: object, new: object, change: tree.Changed, field: model.RecordField) -> None:
        """Report an amendment made on the wrong base, and one that changes nothing."""
        if old is not None and old != was:
            shown = _shown_value(was, field.unit)
            message = f"den gamle verdien er {shown}, ikke {_written(change.old)}"
            self._fault("R402", message, change.old.span, f"skriv «fra {shown} til {_written(change.new)}»")
        elif old is not None and old == new:
            self._fault("R403", "endringen endrer ingenting", change.span, "ta den bort, eller rett den nye verdien")

    def _amend_set(self, block: tree.AmendDecl) -> None:
        found = self.sets.get(str(block.ref))
        if found is None or found.since == self.year:
            return self._unknown(block, self.sets)
        codes = found.codes
        members = {"codes": list(codes.codes), "intervals": list(codes.intervals), "prefixes": list(codes.prefixes), "sets": list(codes.sets)}
        for change in block.changes:
            if isinstance(change, tree.Changed):
                self._fault("R216", "et kodesett endres med «legger til» og «fjerner»", change.span)
                continue
            for kind, parts in members.items():
                for part in getattr(self.calls.code_set(change.items.values), kind):
                    there = part in parts
                    shown = "–".join(part) if isinstance(part, tuple) else part
                    if isinstance(change, tree.Added):
                        if there:
                            self._fault("R403", f"«{shown}» står alt i «{found.id}»", change.span)
                        else:
                            parts.append(part)
                    elif there:
                        parts.remove(part)
                    else:
                        self._fault("R402", f"«{shown}» står ikke i «{found.id}»", change.span)
        changed = codes.model_copy(update={kind: tuple(parts) for kind, parts in members.items()})
        update = {"codes": changed, "changes": (*found.changes, self._change(block)), "expected": None}
        self.sets[found.id] = found.model_copy(update=update)
        return None

    def _amend_rate(self, block: tree.AmendDecl) -> None:
        name = str(block.ref)
        before = next((r for r in self.base.rates if r.id == name), None) if self.base else None
        if before is None:
            return self._unknown(block, self.rates)
        rate = self.rates[name]
        for change in block.changes:
            if not isinstance(change, tree.Changed) or len(change.old.values) != 1 or len(change.new.values) != 1:
                self._fault("R216", "en sats endres med «fra … til …»", change.span)
                continue
            old, _ = self.calls.value(change.old.values[0])
            new, kind = self.calls.value(change.new.values[0])
            if not isinstance(new, model.NumberValue) or not isinstance(old, model.NumberValue):
                continue
            field = model.RecordField(name=name, identifier=name, kind="desimaltall", unit=before.unit, since=before.since)
            self._check_old(before.value, old.value, new.value, change, field)
            update = {
                "value": new.value,
                "shown": new.shown,
                "unit": kind.shown,
                "reason": None,
                "changes": (*rate.changes, self._change(block)),
                "citations": self._citations(block.tail) or rate.citations,
                "derived": block.tail.derived,
            }
            rate = rate.model_copy(update=update)
        self.rates[name] = rate
        return None

    def _repeal(self, block: tree.RepealDecl) -> None:
        name = str(block.ref)
        stores: dict[str, dict[str, Any]] = {
            "gruppe": self.groups,
            "kodesett": self.sets,
            "sats": self.rates,
            "krav": self.requirements,
            "begrep": self.terms,
            "beregning": self.terms,
        }
        title: str | None
        if block.kind == "takst":
            table = self._keyed_table(TARIFF_KEY)
            row = table.row(normal_code(block.ref.id)) if table else None
            if table is None or row is None:
                return self._unknown(block, [r.key for r in table.rows] if table else ())
            title = row.title
            rows = tuple(r for r in table.rows if r is not row)
            self.tables[table.id] = table.model_copy(update={"rows": rows})
        else:
            store = stores[block.kind]
            if name not in store:
                return self._unknown(block, store)
            title = store.pop(name).title
            if block.kind == "gruppe":
                for table in list(self.tables.values()):
                    rows = tuple(r for r in table.rows if not (table.key == GROUP_KEY and r.key == name))
                    self.tables[table.id] = table.model_copy(update={"rows": rows})
        self.repealed.append(model.Repealed(type=block.kind, id=name, title=title, because=block.tail.because))
        self.places[("opphever", f"{block.kind} {name}")] = block.span
        return None

    def _check_repealed_uses(self) -> None:
        """Report what is ended and still used, with the list of uses."""
        types = {"kodesett": "kodesett", "sats": "sats", "begrep": "begrep", "beregning": "begrep", "gruppe": "gruppe"}
        definitions: list[model.Definition] = [
            *self.terms.values(),
            *self.requirements.values(),
            *self.groups.values(),
            *self.sets.values(),
        ]
        for ended in self.repealed:
            wanted = (types.get(ended.type, ""), ended.id)
            users = [d for d in definitions if wanted in set(references(d))]
            if users:
                listed = ", ".join(f"{d.id} ({d.place})" for d in users[:5])
                span = self.places[("opphever", f"{ended.type} {ended.id}")]
                hint = "opphev eller endre det som bruker den, i samme år"
                self._fault("R404", f"«{ended.id}» er fortsatt i bruk: {listed}", span, hint)

    def _check_identifiers(self) -> None:
        """Report names that become the same in Python and in file names."""
        for record in self.records.values():
            names = {g.id for g in self.groupings.values() if g.record == record.id}
            names |= {t.id for t in self.terms.values() if t.record == record.id and t.in_result}
            seen: dict[str, str] = {}
            for name in [*(f.name for f in record.fields), *sorted(names)]:
                other = seen.setdefault(identifier(name), name)
                if other != name:
                    span = self.places.get(("opplysninger", record.id)) or self.header.span
                    message = f"«{name}» og «{other}» blir begge «{identifier(name)}» i Python og i filer"
                    self._fault("R217", message, span, "gi det ene et annet navn")

    # ---- examples

    def _example(self, block: tree.ExampleDecl) -> None:
        id_ = slug(block.title)
        if not self._declare("eksempel", id_, block.span, self.examples):
            return
        record = self._example_record(block)
        known = [*(f.name for f in record.fields), *(g.id for g in self.groupings.values() if g.record == record.id)]
        given: dict[str, Any] = {}
        for fact in block.given:
            if fact.name not in known:
                hint = nearest(fact.name, known)
                self._fault("R201", f"«{record.id}» har ikke noe felt «{fact.name}»", fact.span, hint)
            given[fact.name] = self._rows(fact) if fact.rows else _written(fact.items)
        status, reason = None, None
        expected: list[model.Expected] = []
        terms = [t.id for t in self.terms.values() if t.in_result and t.record == record.id]
        lists = [f.name for f in record.fields if f.kind == "liste"]
        results = ["gruppe", *terms, *lists, *(g.id for g in self.groupings.values() if g.record == record.id)]
        for line in block.expected:
            if isinstance(line, tree.ExpectStatus):
                status, reason = line.status, line.text
                continue
            if line.name not in results:
                hint = nearest(line.name, results) or "svaret har " + ", ".join(results)
                self._fault("R201", f"svaret har ikke noe som heter «{line.name}»", line.span, hint)
            if isinstance(line, tree.ExpectNothing):
                expected.append(model.Expected(name=line.name, nothing=line.how))
            elif line.rows:
                expected.append(model.Expected(name=line.name, rows=self._rows(line)))
            else:
                expected.append(model.Expected(name=line.name, value=_written(line.items)))
        common = self._common(id_, block.title, block.span)
        self.examples[id_] = model.Example(
            **common, record=record.id, given=given, status=status, reason=reason, expected=tuple(expected)
        )

    def _example_record(self, block: tree.ExampleDecl) -> model.Record:
        """The record that has the most of the names given."""
        tops = [record for record in self.records.values() if record.outer is None]
        if not tops:
            return self._record_for(None, block.span)
        names = {fact.name for fact in block.given}

        def score(record: model.Record) -> int:
            own = {f.name for f in record.fields} | {g.id for g in self.groupings.values() if g.record == record.id}
            return len(names & own)

        return max(tops, key=score)

    def _rows(self, fact: tree.Fact) -> tuple[dict[str, str], ...]:
        head, *rest = fact.rows
        for row in rest:
            if len(row.cells) != len(head.cells):
                message = f"raden har {len(row.cells)} celler, overskriften har {len(head.cells)}"
                self._fault("R218", message, row.span)
        return tuple(dict(zip(head.cells, row.cells, strict=False)) for row in rest)


def _without_yearly(table: model.Table) -> model.Table:
    """The table as the next year inherits it: without what is stated anew each year."""
    yearly = {field.name for field in table.fields if field.yearly}
    if not yearly:
        return table
    rows = tuple(
        row.model_copy(update={"values": {k: v for k, v in row.values.items() if k not in yearly}, "derived": None})
        for row in table.rows
    )
    return table.model_copy(update={"rows": rows})


def _inherited_rate(rate: model.Rate, year: int) -> model.Rate:
    """The rate as the next year inherits it: a yearly one is unknown until it is stated."""
    if not rate.yearly:
        return rate
    reason = f"{rate.id} er ikke oppgitt for {year}"
    update = {"value": None, "shown": "ukjent", "reason": reason, "derived": None, "citations": ()}
    return rate.model_copy(update=update)


def _chapter(path: str) -> str:
    """The id of the chapter that a file is."""
    return re.sub(r"\.\w+$", "", path.rsplit("/", 1)[-1])


def _factor(unit: model.Unit) -> Fraction:
    return Fraction(unit.numerator, unit.denominator)


def term_kind(term: model.Term) -> Kind:
    """The kind of a term's value."""
    if term.kind == "desimaltall":
        return Kind("tall", field_dimension(term.unit), shown=term.unit)
    return Kind({"ja/nei": "ja/nei", "koder": "mengde"}.get(term.kind, term.kind))  # type: ignore[arg-type]


def _field_kind(kind: Kind) -> model.FieldKind:
    """The kind of field that holds a value of a kind."""
    found: dict[str, model.FieldKind] = {
        "ja/nei": "ja/nei",
        "dato": "dato",
        "tekst": "tekst",
        "kode": "kode",
        "valg": "tekst",
        "gruppe": "gruppe",
        "mengde": "koder",
    }
    return found.get(kind.name, "desimaltall")


def _may_be_nothing(value: tree.Expr) -> bool:
    """Whether a value line without condition can lack a value, so that the next line is used."""
    return isinstance(value, tree.Call | tree.Aggregate | tree.Name | tree.OfMany)


def _shown_value(value: object, unit: model.Unit | None) -> str:
    """A value as an author writes it."""
    if isinstance(value, Decimal):
        from compiler.words import number

        return number(value, unit)
    return "ikke oppgitt" if value is None else str(value)


def _written(items: tree.Items | None) -> str:
    """A list of values as it can be read back."""
    return ", ".join(_one_written(value) for value in items.values) if items else ""


def _one_written(value: tree.Expr) -> str:
    match value:
        case tree.Quantity(text=text, unit=unit):
            return f"{text} {unit.word}{f' per {unit.per}' if unit.per else ''}" if unit else text
        case tree.Codes(text=text):
            return text
        case tree.Text(value=text):
            return text
        case tree.DateValue(value=day):
            return day.isoformat()
        case tree.YesNo(value=yes):
            return "ja" if yes else "nei"
        case tree.Name(name=name):
            return name
        case tree.Member(scheme=scheme, id=id_):
            return f"{scheme} {id_}"
        case tree.AllItems():
            return "alle"
        case _:
            return "…"


__all__ = ["has_errors", "header_of", "resolve", "term_kind"]
