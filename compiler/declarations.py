"""The blocks that declare: sources, records, tables, groupings, code sets and rates."""

import re
from collections.abc import Iterable
from typing import Any, Literal

from compiler import model
from compiler.expressions import Expressions
from compiler.fetched import fetched
from compiler.kinds import UNKNOWN, field_dimension, field_kind, unit_of
from compiler.names import identifier, normal_code
from compiler.promises import disjoint_from
from compiler.replacements import after_year, within_year
from compiler.state import GROUP_KEY, State
from compiler.table_rows import add_rows, table_of_file, written_rows
from compiler.walk import references
from compiler.words import not_before, not_stated
from dsl import tree
from dsl.diagnostics import Span, nearest
from dsl.faults import reserved
from dsl.keywords import is_reserved_name

_FIELD_KINDS: dict[str, model.FieldKind] = {
    "ja": "ja/nei",
    "ja/nei": "ja/nei",
    "heltall": "heltall",
    "desimaltall": "desimaltall",
    "dato": "dato",
    "tidspunkt": "tidspunkt",
    "tekst": "tekst",
    "kode": "kode",
    "koder": "koder",
    "valg": "valg",
    "gruppe": "gruppe",
    "liste": "liste",
}
_PERIODS: dict[str, Literal["år", "tertial", "måned"]] = {"år": "år", "tertial": "tertial", "måned": "måned"}
_WITH_PERIOD = ("dato", "tidspunkt")
_WITH_ORIGINS = ("kode", "koder", "gruppe")
_WITH_ORDER = ("heltall", "desimaltall", "dato", "tidspunkt", "tekst", "kode")
"""The kinds of field that a list can be put in order by."""


def source(state: State, block: tree.SourceDecl) -> None:
    """Take in a source."""
    if state.declare("kilde", block.id, block.span, state.sources):
        found = re.search(r"(19|20)\d\d$", block.id)
        state.sources[block.id] = model.Source(
            id=block.id,
            title=block.title,
            address=block.address,
            year=int(found[0]) if found else None,
            since=state.year,
        )


# ---- records and their fields


def record(state: State, block: tree.RecordDecl) -> None:
    """Take in a record."""
    if state.declare("opplysninger", block.name, block.span, state.records):
        common = state.common(block.name, block.title, block.span)
        found = fields(state, block.name, block.fields)
        state.records[block.name] = model.Record(**common, fields=found, variable=block.name.lower())


def collection(state: State, block: tree.CollectionDecl) -> None:
    """Take in a collection: a record with its keys and the list of what it is made of."""
    other = state.places.get(("opplysninger", block.name))
    if other is not None:
        hint = "gi samlingen et annet navn"
        state.fault("R202", f"«{block.name}» er navnet på opplysninger", block.span, hint, other)
        return
    if not state.declare("samling", block.name, block.span, state.records):
        return
    of = state.records.get(block.field.type.of or "")
    place = block.field.type.span
    if block.field.type.name != "liste" or block.field.type.of is None:
        hint = "skriv for eksempel «kontakter liste av Kontakt»"
        state.fault("R205", "en samling begynner med en liste", block.field.span, hint)
        return
    if of is None or of.gathering is not None or of.outer is not None:
        known = [r.id for r in state.records.values() if r.gathering is None and r.outer is None]
        hint = nearest(block.field.type.of, known) or "en samling er av opplysninger som kommer inn for seg"
        if of is not None and of.gathering is not None:
            hint = f"en samling er ikke av samlinger: skriv «{block.field.name} liste av {of.gathering.of}»"
        state.fault("R201", f"«{block.field.type.of}» kan ikke samles", place, hint)
        return
    if block.field.element not in (None, of.variable):
        message = f"«{of.id}» heter «{of.variable}» i reglene"
        state.fault("R202", message, block.field.span, f"skriv «hver en {of.variable}»")
    keys = [key for key in (_key(state, of, key) for key in block.keys) if key is not None]
    _check_collection(state, block, keys)
    listed = fields(state, block.name, (block.field,))
    for field in listed:
        if field.ordered_by is not None:
            _check_order(state, field, of, block.field.span)
    if {field.name for _, field in keys} & {field.name for field in listed}:
        state.fault("R202", f"«{block.name}» har to felt med samme navn", block.span, "gi listen et annet navn")
    gathering = model.Gathering(
        elements=block.field.name,
        of=of.id,
        keys=tuple(key for key, _ in keys),
        rest=None if block.rest is None else "hver for seg" if block.rest.apart else "utelates",
    )
    common = state.common(block.name, block.title, block.span, block.tail)
    found = (*(field for _, field in keys), *listed)
    state.records[block.name] = model.Record(**common, fields=found, variable=block.name.lower(), gathering=gathering)


def settle_around(state: State) -> None:
    """Tell each collection with keys of the one of everything, whose terms can be named in rules about it."""
    for made in list(state.records.values()):
        if made.gathering is not None and made.gathering.keys:
            gathering = made.gathering.model_copy(update={"around": _around(state, made.gathering.of)})
            state.records[made.id] = made.model_copy(update={"gathering": gathering})


def _around(state: State, of: str) -> str | None:
    """The collection of everything of a kind, which has no keys."""
    made = (r for r in state.records.values() if r.gathering is not None and r.gathering.of == of)
    return next((r.id for r in made if r.gathering is not None and not r.gathering.keys), None)


def _key(state: State, of: model.Record, key: tree.GatherKey) -> tuple[model.GatherKey, model.RecordField] | None:
    """A key of a collection, and the field that holds it."""
    field = of.field(key.name)
    if field is None or field.kind in ("liste", "koder"):
        fields_of = [one.name for one in of.fields if one.kind not in ("liste", "koder")]
        hint = nearest(key.name, fields_of) or f"feltene i {of.id} er {', '.join(fields_of)}"
        state.fault("R201", f"«{key.name}» er ikke et felt i {of.id} som det kan samles per", key.span, hint)
        return None
    value = model.Get(variable=of.variable, field=field.name)
    if key.part is None:
        return model.GatherKey(name=field.name, value=value), field.model_copy(
            update={"may_lack": False, "since": state.year}
        )
    if key.part not in _PERIODS:
        hint = nearest(key.part, _PERIODS) or "periodene er år, tertial og måned"
        state.fault("R201", f"ukjent periode «{key.part}»", key.span, hint)
        return None
    if field.kind not in _WITH_PERIOD:
        dates = [one.name for one in of.fields if one.kind in _WITH_PERIOD]
        hint = f"skriv for eksempel «{key.part} av {dates[0]}»" if dates else f"skriv en dato i «opplysninger {of.id}»"
        state.fault("R302", f"«{field.name}» er {field_kind(field).words}, ikke en dato", key.span, hint)
        return None
    made = model.RecordField(name=key.part, identifier=identifier(key.part), kind="tekst", since=state.year)
    return model.GatherKey(name=key.part, value=value, period=_PERIODS[key.part]), made


def _check_collection(
    state: State, block: tree.CollectionDecl, keys: list[tuple[model.GatherKey, model.RecordField]]
) -> None:
    """Report what a collection says of the rest without leaving anything out, and what it says without keys."""
    names = [key.name for key, _ in keys]
    doubled = next((name for at, name in enumerate(names) if name in names[:at]), None)
    if doubled is not None:
        state.fault("R202", f"«{doubled}» står to ganger", block.span, "ta bort den ene")
    if (block.where is None) != (block.rest is None):
        if block.rest is not None:
            state.fault("R205", "«resten» uten «der»", block.rest.span, "ta bort linjen, eller skriv hva som tas med")
        elif block.where is not None:
            hint = "skriv «resten utelates» eller «resten hver for seg» på en egen linje"
            state.fault("R205", "«der» uten «resten»", block.where.span, hint)
    if block.gap is not None and not keys:
        state.fault("R205", "«avbrudd» uten «per»", block.gap.span, "skriv for eksempel «per pasient»")


def gathered(state: State, block: tree.CollectionDecl) -> None:
    """Resolve which records a collection takes, and how near they must follow each other."""
    made = state.records.get(block.name)
    if made is None or made.gathering is None or state.places.get(("samling", block.name)) != block.span:
        return
    scope = state.scope(state.records[made.gathering.of])
    update: dict[str, Any] = {}
    if block.where is not None:
        update["where"] = scope.condition(block.where)
    if block.gap is not None:
        update["gap"] = _gap(scope, block.gap)
    gathering = made.gathering.model_copy(update=update)
    state.records[block.name] = made.model_copy(update={"gathering": gathering})


def _gap(scope: Expressions, written: tree.Gap) -> model.Gap | None:
    """«avbrudd under 8 timer fra ut til neste inn»."""
    end, end_kind = scope.value(written.end)
    start, start_kind = scope.value(written.start)
    limit, kind = scope.value(written.limit)
    for found, name in ((end_kind, written.end), (start_kind, written.start)):
        if found.name not in ("tidspunkt", "dato", "ukjent"):
            scope.fault("R302", f"«{name.name}» er {found.words}", name.span, "skriv et felt med tidspunkt")
            return None
    if not isinstance(end, model.Get) or not isinstance(start, model.Get):
        return None
    if end_kind.name != start_kind.name:
        message = f"{end_kind.words} kan ikke sammenlignes med {start_kind.words}"
        scope.fault("R302", message, written.span, "skriv to tidspunkt, eller to datoer")
        return None
    wanted = "dag" if end_kind.name == "dato" else "minutt"
    if kind.dimension != ((wanted, 1),) or not isinstance(limit, model.NumberValue):
        hint = "skriv avbruddet i timer eller minutter" if wanted == "minutt" else "skriv avbruddet i døgn"
        scope.fault("R301", "avbruddet har feil enhet", written.limit.span, hint)
        return None
    return model.Gap(end=end, start=start, limit=limit.value, shown=limit.shown)


def fields(state: State, owner: str, written: Iterable[tree.Field]) -> tuple[model.RecordField, ...]:
    """The fields of a record or the columns of a table."""
    found: dict[str, model.RecordField] = {}
    for field in written:
        place = ("felt", f"{owner}.{field.name}")
        if field.name in found or place in state.places:
            message = f"feltet «{field.name}» står to ganger"
            state.fault("R202", message, field.span, "ta bort det ene", state.places.get(place))
            continue
        state.places[place] = field.span
        made = _field(state, field)
        if made is None:
            state.unreadable.add(field.name)
        else:
            found[field.name] = made
    return tuple(found.values())


def _field(state: State, field: tree.Field) -> model.RecordField | None:
    """One field, or None where its type is unknown."""
    written = field.type
    kind = _FIELD_KINDS.get(written.name)
    if is_reserved_name(field.name):
        state.faults.append(reserved(field.name, field.span))
    if kind is None:
        known = [name for name in _FIELD_KINDS if name != "ja"]
        hint = nearest(written.name, known) or "typene er " + ", ".join(known)
        state.fault("R205", f"ukjent type «{written.name}»", written.span, hint)
        return None
    if not _fits(state, field, kind):
        return None
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
        ordered_by=field.ordered_by,
        text=field.text,
        since=state.year,
    )


def _fits(state: State, field: tree.Field, kind: model.FieldKind) -> bool:
    """Whether what stands after a type goes with it; a fault where it does not."""
    written = field.type
    before = len(state.faults)
    if kind == "valg" and not written.values:
        state.fault("R205", f"feltet «{field.name}» har ingen valg", field.span, "skriv «valg a, b, c»")
    elif kind == "valg" and (doubled := _doubled(written.values)):
        state.fault("R202", f"valget «{doubled}» står to ganger", written.span, "ta bort det ene")
    elif kind != "valg" and written.values:
        hint = "bare heltall og desimaltall har enhet, og bare valg har verdier"
        state.fault("R205", f"«{written.values[0]}» kan ikke stå etter «{kind}»", written.span, hint)
    if written.unit is not None and kind not in ("heltall", "desimaltall"):
        state.fault("R301", f"«{kind}» har ingen enhet", written.span, "bare heltall og desimaltall har enhet")
    if kind == "liste" and written.of is None:
        state.fault("R205", f"listen «{field.name}» sier ikke hva den er av", field.span, "skriv «liste av Linje»")
    elif kind != "liste" and written.of is not None:
        state.fault("R205", f"«av {written.of}» kan ikke stå etter «{kind}»", written.span, "skriv «liste av …»")
    if kind not in _WITH_ORIGINS and written.origins:
        hint = "bare kode, koder og gruppe kan være fra noe"
        state.fault("R205", f"«fra {written.origins[0]}» kan ikke stå etter «{kind}»", written.span, hint)
    if kind != "liste" and field.ordered_by is not None:
        hint = "bare lister av opplysninger har en rekkefølge"
        state.fault("R205", f"«ordnet etter» kan ikke stå etter «{kind}»", written.span, hint)
    return len(state.faults) == before


def _doubled(words: Iterable[str]) -> str | None:
    """The first word that stands twice."""
    seen: set[str] = set()
    return next((word for word in words if word in seen or seen.add(word)), None)  # type: ignore[func-returns-value]


def link_records(state: State) -> None:
    """Tell each record whose list it stands in, and what its elements are called."""
    for owner in list(state.records.values()):
        for field in owner.fields if owner.gathering is None else ():
            if field.kind == "liste" and field.of:
                _link(state, owner, field)


def _link(state: State, owner: model.Record, field: model.RecordField) -> None:
    """Link the elements of one list to the record that has it."""
    span = state.places.get(("felt", f"{owner.id}.{field.name}"))
    at = span or owner.place.span
    inner = state.records.get(field.of or "")
    if inner is None:
        hint = nearest(field.of or "", state.records) or f"skriv «opplysninger {field.of}» med feltene i listen"
        state.fault("R201", f"ukjente opplysninger «{field.of}»", at, hint)
        return
    if inner.id in _outer_records(state, owner.id):
        message = f"«{inner.id}» kan ikke være en liste i seg selv"
        state.fault("R207", message, at, "la listen være av andre opplysninger")
        return
    if inner.outer not in (None, owner.id) or (inner.outer and field.element not in (None, inner.variable)):
        message = f"«{inner.id}» står i to lister"
        state.fault("R202", message, at, "skriv egne «opplysninger» for hver liste")
        return
    if field.ordered_by is not None:
        _check_order(state, field, inner, at)
    update = {"outer": owner.id, "variable": field.element or inner.variable}
    state.records[inner.id] = inner.model_copy(update=update)


def _check_order(state: State, field: model.RecordField, inner: model.Record, at: Span) -> None:
    """Report a list put in order by what is no field of its elements, or by one that has no order."""
    by = inner.field(field.ordered_by or "")
    ordered = [one.name for one in inner.fields if one.kind in _WITH_ORDER]
    if by is None or by.kind not in _WITH_ORDER:
        message = f"«{field.name}» kan ikke ordnes etter «{field.ordered_by}»"
        listed = f"feltene med en rekkefølge er {', '.join(ordered)}" if ordered else f"skriv et felt i «{inner.id}»"
        state.fault("R205", message, at, nearest(field.ordered_by or "", ordered) or listed)


def _outer_records(state: State, id_: str) -> list[str]:
    """A record, and those whose lists it stands in."""
    found: list[str] = []
    while id_ and id_ not in found:
        found.append(id_)
        id_ = state.records[id_].outer or ""
    return found


# ---- tables, groupings, code sets, rates


def table(state: State, block: tree.TableDecl) -> None:
    """Take in a table."""
    if not state.declare("tabell", block.name, block.span, state.tables):
        return
    same = state.keyed_table(block.key)
    if same is not None and block.key in ("gruppe", "takst"):
        hint = f"skriv kolonnene i «tabell {same.id}»"
        state.fault("R202", f"det finnes allerede en tabell av {block.key}", block.span, hint)
    common = state.common(block.name, block.title, block.span, block.tail)
    found = {field.name: field for field in fields(state, block.name, block.fields)}
    for name in reversed((block.key, *block.more_keys)):
        if name not in found and name != GROUP_KEY:
            key = model.RecordField(name=name, identifier=identifier(name), kind="kode", since=state.year)
            found = {name: key, **found}
    made = model.Table(**common, key=block.key, more_keys=block.more_keys, fields=tuple(found.values()))
    columns = list(found)
    if block.file is not None and block.rows:
        state.fault(
            "R205", f"«{block.name}» har rader både i filen og i teksten", block.file.span, "velg ett av stedene"
        )
    if block.file is not None:
        state.tables[block.name] = table_of_file(state, made, block.file, block.tail)
        return
    state.tables[block.name] = add_rows(state, made, written_rows(state, block.rows, columns), block.tail)


def grouping(state: State, block: tree.GroupingDecl) -> None:
    """Take in a grouping."""
    if not state.declare("gruppering", block.name, block.span, state.groupings):
        return
    owner = state.record_for(block.record, block.span)
    chooses = block.chooses.name if block.chooses is not None else "første"
    if chooses not in ("første", "eneste", "alle") or (chooses == "alle" and owner.gathering is None):
        assert block.chooses is not None
        message = f"«velger {chooses}» er ikke en måte å velge på"
        if chooses == "alle":
            message = f"«velger alle» er for samlinger, og «{owner.id}» er ikke en samling"
        hint = "skriv «velger første»" if owner.gathering is None else "skriv «velger første» eller «velger alle»"
        state.fault("R205", message, block.chooses.span, hint)
    _check_grouping(state, block, owner)
    common = state.common(block.name, block.title, block.span, block.tail)
    order = block.ordered_by.name if block.ordered_by is not None else None
    results = tuple(name.name for name in block.gives)
    state.column_names[block.name] = tuple(column.name for column in block.columns)
    state.groupings[block.name] = model.Grouping(
        **common,
        identifier=identifier(block.name),
        record=owner.id,
        chooses="alle" if chooses == "alle" else "første",
        alone=chooses == "eneste",
        element=block.element,
        order_by=order,
        results=results,
    )


def _check_grouping(state: State, block: tree.GroupingDecl, owner: model.Record) -> None:
    """Report a second grouping of the same records, and what a grouping of a collection cannot have."""
    if not owner.id:
        return
    other = next((g for g in state.groupings.values() if g.record == owner.id and g.id != block.name), None)
    if other is None and owner.gathering is None:
        other = state.record_grouping()
    if other is not None:
        what = f"«{owner.id}» har alt" if other.record == owner.id else "regelverket har alt"
        hint = f"skriv gruppene under «gruppering {other.id}», eller gruppér en «samling»"
        state.fault("R202", f"{what} grupperingen «{other.id}»", block.span, hint)
    if owner.gathering is not None and (block.columns or block.gives or block.otherwise or block.ordered_by):
        hint = "skriv gruppene som «gruppe … når …»"
        state.fault("R205", f"en gruppering av «{owner.id}» har ikke regeltabell eller «ellers»", block.span, hint)
    if block.element is not None and (block.chooses is None or block.chooses.name != "alle"):
        state.fault("R205", f"«hver en {block.element}» uten «velger alle»", block.span, "skriv «velger alle»")


def declare_code_set(state: State, block: tree.CodeSetDecl) -> None:
    """Take in the name of a code set, so that sets may use each other in any order."""
    if state.declare("kodesett", block.name, block.span, state.sets):
        common = state.common(block.name, block.title, block.span, block.tail)
        state.sets[block.name] = model.NamedSet(**common, codes=model.CodeSet(), expected=block.expected)


def code_set(state: State, block: tree.CodeSetDecl) -> None:
    """Take in the codes of a set."""
    if state.places.get(("kodesett", block.name)) != block.span or state.sets[block.name].since != state.year:
        return
    values: list[tree.Expr] = []
    texts: dict[str, str] = {}
    for line in block.lines:
        if isinstance(line, tree.CodeText):
            values.append(tree.Codes(line.code, line.span))
            texts[normal_code(line.code)] = line.text
        else:
            values += line.values
    before = len(state.faults)
    codes = state.calls.code_set(values)
    _doubled_codes(state, block, values)
    count = len(codes.codes) + len(codes.intervals) + len(codes.prefixes) + len(codes.sets)
    if not (count or codes.everything or state.faults[before:]):
        state.fault("R502", f"«{block.name}» har ingen koder", block.span, "skriv kodene, med komma mellom")
    elif block.expected is not None and block.expected != count and len(state.faults) == before:
        message = f"«{block.name}» har {count} {'kode' if count == 1 else 'koder'}, ventet {block.expected}"
        state.fault("R502", message, block.span, "rett listen, eller tallet etter «ventet antall»")
    disjoint = tuple(name for one in block.disjoint for name in disjoint_from(state, block.name, one))
    update = {"codes": codes, "texts": texts, "disjoint": tuple(dict.fromkeys(disjoint))}
    state.sets[block.name] = state.sets[block.name].model_copy(update=update)


def ringed_sets(state: State) -> None:
    """R207: code sets that are parts of each other."""
    inner = {id_: [name for kind, name in references(named) if kind == "kodesett"] for id_, named in state.sets.items()}
    settled: set[str] = set()
    for id_, named in state.sets.items():
        reached, waiting = set[str](), list(inner[id_])
        while waiting:
            name = waiting.pop()
            if name not in reached and name not in settled:
                reached.add(name)
                waiting += inner.get(name, [])
        if id_ in reached:
            span = state.places.get(("kodesett", id_)) or named.place.span
            state.fault("R207", f"kodesettet «{id_}» er en del av seg selv", span, "ta navnet bort fra den ene listen")
            settled |= reached
        settled.add(id_)


def _doubled_codes(state: State, block: tree.CodeSetDecl, values: Iterable[tree.Expr]) -> None:
    """R202: a code that stands twice in a set."""
    seen: dict[str, Span] = {}
    for value in values:
        if not isinstance(value, tree.Codes):
            continue
        parts = value.parts
        for part in parts:
            other = seen.setdefault(normal_code(part), value.span)
            if other is not value.span or parts.count(part) > 1:
                message = f"koden «{part}» står to ganger i «{block.name}»"
                state.fault("R202", message, value.span, "ta bort den ene", other if other != value.span else None)
                return


def rate(state: State, block: tree.RateDecl) -> None:
    """Take in a rate; a yearly one may be stated anew each year."""
    inherited = state.rates.get(block.name)
    key = ("sats", block.name)
    if isinstance(block.value, tree.Fetched):
        _fetched_rate(state, block, block.value, inherited)
        return
    if block.tail.from_day is not None and after_year(state, block.tail.from_day):
        return
    later = within_year(state, block.tail.from_day)
    if later and block.tail.from_day is not None:
        state.places.setdefault(("periode", block.name), block.tail.from_day.span)
    if later and key in state.places and inherited is not None:
        _period(state, block, inherited)
        return
    if not _may_stand(state, block, inherited, block.yearly):
        return
    common = _common_rate(state, block, inherited)
    value = rate_value(state, block.name, block.value, inherited, common["title"])
    if later and block.tail.from_day is not None:
        day = block.tail.from_day.day
        period = _from_day(state, block, value)
        reason = not_before(block.name, day)
        value |= {"value": None, "shown": "ukjent", "reason": reason, "periods": (period,)}
    state.rates[block.name] = model.Rate(**common, **value)


def _may_stand(state: State, block: tree.RateDecl, inherited: model.Rate | None, yearly: bool) -> bool:
    """Whether a rate is new, or a yearly one that is stated anew; a fault where it is neither."""
    key = ("sats", block.name)
    again = inherited is not None and inherited.since != state.year and inherited.yearly and yearly
    if again and key not in state.places:
        state.places[key] = block.span
        return True
    return state.declare("sats", block.name, block.span, state.rates)


def _common_rate(state: State, block: tree.RateDecl, inherited: model.Rate | None) -> dict[str, Any]:
    """What a rate has beside its value; a title that is not written is that of the year before."""
    title = block.title or (inherited.title if inherited else None)
    common = state.common(block.name, title, block.span, block.tail) | {"yearly": block.yearly}
    if inherited is None:
        return common
    change = model.Change(year=state.year, kind="endret", because=block.tail.because)
    return common | {"since": inherited.since, "changes": (*inherited.changes, change)}


def _fetched_rate(state: State, block: tree.RateDecl, wanted: tree.Fetched, inherited: model.Rate | None) -> None:
    """Take in a rate that is taken from another rule year; it is yearly where it is so there."""
    taken = fetched(state, block, wanted)
    yearly = block.yearly or taken["yearly"]
    if not _may_stand(state, block, inherited, yearly):
        return
    common = _common_rate(state, block, inherited)
    unit = taken["unit"]
    if unit and inherited and inherited.unit and field_dimension(inherited.unit) != field_dimension(unit):
        message = f"«{block.name}» var i {inherited.unit.shown} i året før"
        state.fault("R301", message, wanted.span, "hent en sats med samme enhet")
    title = common["title"] or taken.get("title")
    state.rates[block.name] = model.Rate(**{**common, **taken, "title": title, "yearly": yearly})


def _from_day(state: State, block: tree.RateDecl, value: dict[str, Any]) -> model.RatePeriod:
    """What a rate is from the day that its block says."""
    assert block.tail.from_day is not None
    return model.RatePeriod(
        start=block.tail.from_day.day,
        value=value["value"],
        shown=value["shown"],
        reason=value["reason"],
        citations=state.citations(block.tail),
        derived=block.tail.derived,
    )


def _period(state: State, block: tree.RateDecl, rate: model.Rate) -> None:
    """Take in what a rate is from a later day in the year."""
    assert block.tail.from_day is not None
    assert not isinstance(block.value, tree.Fetched)
    day = block.tail.from_day.day
    if rate.fetched is not None:
        message = f"satsen «{block.name}» er hentet fra {rate.fetched.rulebook} og skifter bare når den skifter der"
        state.fault("R205", message, block.tail.from_day.span, "ta bort den ene satsen")
        return
    if rate.periods and day <= rate.periods[-1].start:
        message = f"satsen «{block.name}» er alt oppgitt fra {rate.periods[-1].start.isoformat()}"
        state.fault("R202", message, block.tail.from_day.span, "skriv periodene i rekkefølge, hver dato én gang")
        return
    value = rate_value(state, block.name, block.value, rate, rate.title, "før i året")
    period = _from_day(state, block, value)
    update = {"periods": (*rate.periods, period), "unit": rate.unit or value["unit"]}
    state.rates[block.name] = rate.model_copy(update=update)


def rate_value(
    state: State,
    name: str,
    written: tree.Expr,
    before: model.Rate | None,
    title: str | None = None,
    when: str = "i året før",
) -> dict[str, Any]:
    """The value of a rate, its unit, and how it is shown; its title is that of the year before unless it is given."""
    unknown: dict[str, Any] = {"value": None, "unit": before.unit if before else None, "shown": "ukjent"}
    if isinstance(written, tree.Unknown):
        known_as = title or (before.title if before else None) or name
        return unknown | {"reason": written.reason or not_stated(known_as, state.label)}
    found, kind = state.calls.value(written)
    if not isinstance(found, model.NumberValue):
        if kind is not UNKNOWN:
            state.fault("R302", "en sats er et tall med enhet", written.span, "skriv for eksempel «7 timer»")
        return unknown | {"reason": f"{name} kan ikke leses"}
    if before is not None and before.unit is not None and field_dimension(before.unit) != kind.dimension:
        message = f"«{name}» var i {before.unit.shown} {when}"
        state.fault("R301", message, written.span, "skriv verdien med samme enhet")
    return {"value": found.value, "unit": kind.shown, "shown": found.shown, "reason": None}
