"""The rules gathered for each kind of record, and the functions that other systems call."""

from collections.abc import Iterator, Sequence

from compiler import model
from compiler.names import identifier
from compiler.python.answers import answers, lists_of
from compiler.python.countable import Seen, seen
from compiler.python.expressions import PythonExpressions
from compiler.python.index import index
from compiler.python.layout import decimal, filled, laid_out, tuple_of
from compiler.python.symbols import (
    Symbols,
    answer_name,
    class_name,
    fields_name,
    group_name,
    index_name,
    module_name,
    requirement_name,
    rules_name,
    taken_name,
    used_name,
    values_name,
    verb_of,
    when_name,
)

_EXPLANATIONS = '''
    def _forklaringer() -> Mapping[str, Callable[[Any], Ledd]]:
        """Forklaringene; de leses inn først når noen spør."""
        from .${module}_forklaring import FORKLARINGER

        return FORKLARINGER
'''
_OVERLOAD = """
    @overload
    def $verb(post: $name) -> $answer: ...
"""
_GROUPED = '''
    def $verb(post: $posts) -> $answers:
        """Svaret på en post: status, gruppe, beløp, grunner og kvittering."""
    $body
'''
_ALL_RULES = '''
    REGLER: Mapping[str, Regler] = {$entries}
    """Reglene for hver slags opplysninger."""
'''
_GROUPED_DATA = '''
    def ${verb}_data(data: Mapping[str, object], opplysninger: str = $first) -> Svar:
        """Svaret på en post slik den kommer fra CSV eller JSON: felt ved navn."""
        regler = REGLER[opplysninger]
        return raskt_svar(regler, data) or _vurder(regler, data)[0]
'''
_GROUPED_BATCH = '''
    def ${verb}_parti(parti: "pa.RecordBatch", opplysninger: str = $first) -> "pa.RecordBatch":
        """Svarene på mange poster i kolonner: én rad ut for hver rad inn, i samme rekkefølge. Krever numpy og pyarrow.

        Kolonnene inn har navnene på feltene; andre kolonner blir ikke lest. Ut kommer bare svaret: status, gruppe,
        beregningene, grunn og varsel. Et tall ut har 15 desimaler, rundet av der det trengs flere, halve bort fra null.
        """
        from ._runtime.parti import grupper_parti as _grupper_parti

        return _grupper_parti(REGLER[opplysninger], parti)
'''
_EXPLAIN = '''
    def forklar(post: $posts | Mapping[str, object], opplysninger: str | None = None) -> str:
        """Svaret på en post forklart: hva som ble prøvd, hva som holdt, og hva som ikke gjorde det."""
        slag = opplysninger or ($choice)
        return _forklar(REGLER[slag], post, $title)
'''
_WHY_NOT = '''
    def hvorfor_ikke(post: $posts | Mapping[str, object], gruppe: str, opplysninger: str | None = None) -> str:
        """Hvorfor en post ikke får en gruppe: vilkåret for gruppen, med verdiene."""
        slag = opplysninger or ($choice)
        return _hvorfor_ikke(REGLER[slag], post, gruppe, $title)
'''
_ALIASES = '''
    grupper, grupper_data, grupper_parti = vurder, vurder_data, vurder_parti
    """De samme funksjonene under navnet de har i pakker med grupper, for den som bruker alle pakkene likt."""
'''
_PARTS = '''
    def _deler(svar: Svar) -> tuple[Any, ...]:
        """Delene av et svar, til en klasse med navn på beregningene."""
        return (
            svar.status,
            svar.gruppe,
            svar.gruppe_oppgitt,
            svar.grunner,
            svar.varsler,
            svar.mulige,
            svar.verdier,
            svar.lister,
            svar.sist_bekreftet,
            svar.brukt,
            svar.valgte,
            svar.forbigaatt,
        )
'''


_ROWS = '''
    @cache
    def _rader() -> Regelrader:
        """Radene i regeltabellene; de leses inn første gang noen spør."""
        kolonner = (
    $columns
        )
        return les_rader(DATA.innhold, kolonner, $results)
'''
_FAST = '''
    @cache
    def _raskt() -> Any:
        """Den raske veien; den leses inn første gang noen spør."""
        from .${module}_rask import RASKT

        return RASKT


    @cache
    def _kjerne() -> Any:
        """Kjernen for mange poster om gangen; den leses inn første gang noen spør."""
        from ._runtime.kjerne import Kjerne

        return Kjerne(_raskt(), $given)


    @cache
    def _begrunner() -> Any:
        """Det som begrunner svarene kort; det leses inn første gang noen spør."""
        from ._runtime.begrunnelse import Begrunner

        return Begrunner(_raskt(), $title)


    def begrunn(post: $posts) -> str:
        """Kort begrunnelse for svaret på en post: raden, hver celle i den, og koden eller verdien den bygger på."""
        kort: str | None = _begrunner()($fields) if post.$given_field is None else None
        return kort or forklar(post)
'''
_GROUPED_FAST = '''
    def $verb(post: $posts) -> $answers:
        """Svaret på en post: status, gruppe, beløp, grunner og kvittering."""
        if post.$given is None:
            svar: $answers | None = _raskt().av_klasse($fields)
            if svar is not None:
                return svar
    $body
'''
_USED = '''
    def _bruker() -> Regler:
        """Reglene i $scheme $year, som finner gruppen."""
        from .$module import $rules

        return $rules
'''


_COLLECTIONS = '''
    SAMLINGER: Mapping[str, tuple[Samlingsregler, ...]] = {
    $entries
    }
    """Samlingene av hver slags opplysninger, den av alt først."""
'''
_GATHER = '''
    def samle(poster: Iterable[$posts | Mapping[str, object]], opplysninger: str = $first) -> Samlet:
        """Samlingene av mange poster, og hvor hver post ble av. Rekkefølgen de kommer i, endrer ingen svar."""
        return _samle(SAMLINGER[opplysninger], poster)


    def samle_parti(parti: "pa.RecordBatch | pa.Table", opplysninger: str = $first) -> "dict[str, pa.RecordBatch]":
        """Samlingene av poster i kolonner: for hvert slag én rad for hver samling, og for postene hvor hver ble av.

        Partiet må ha alle postene til hver som samles; svarene er de samme som `samle` gir. Krever numpy og pyarrow.
        """
        from ._runtime.samling_parti import samle_parti as _samle_parti

        return _samle_parti(SAMLINGER[opplysninger], parti)
'''


def api(rulebook: model.Rulebook, symbols: Symbols, fast: bool) -> Iterator[str]:
    """The last part of a module of rules: what is called from outside, and what that needs; `fast` with a fast way."""
    tops = rulebook.top_records()
    yield "# ---- reglene samlet, og det andre systemer kaller"
    yield filled(_EXPLANATIONS, module=module_name(rulebook))
    if rulebook.used is not None:
        used = rulebook.used
        rules = rules_name(used.top_records()[0])
        yield filled(_USED, scheme=used.scheme, year=str(used.year), module=module_name(used), rules=rules)
    if rulebook.rules:
        yield _rule_rows(rulebook, symbols)
    if fast:
        yield _fast(rulebook, tops[0])
    for record in tops:
        indexed = list(index(rulebook, symbols, record))
        yield from indexed
        yield _rules(rulebook, symbols, record, bool(indexed), fast)
    for record in tops:
        yield from answers(rulebook, record)
    yield from _collections(rulebook, symbols)
    yield from _calls(rulebook, tops, fast)


# ---- the rules about a record


def _rules(rulebook: model.Rulebook, symbols: Symbols, record: model.Record, indexed: bool, fast: bool) -> str:
    """The rules about a record as one object."""
    arguments = [
        repr(record.id),
        fields_name(record),
        f"krav={_requirements(rulebook, record)}",
        *_lists(rulebook, symbols, record),
        *_groups(rulebook, record, fast),
        *_gathered(rulebook, record),
        *([f"indeks={index_name(record)}"] if indexed else []),
        f"beregninger={_calculations(rulebook, symbols, record)}",
        f"utdrag={rulebook.extract is not None!r}",
        "forklaringer=_forklaringer",
        *([f"bekreftet={confirmed!r}"] if (confirmed := rulebook.last_confirmed) else []),
        *_used(rulebook, record),
    ]
    lines = "".join(f"    {argument},\n" for argument in arguments)
    return f"{rules_name(record)} = Regler(\n{lines})"


def _used(rulebook: model.Rulebook, record: model.Record) -> Iterator[str]:
    """The rulebook that finds the group, where another does."""
    if rulebook.used is not None and rulebook.grouping_of(record.id) is not None:
        yield "bruker=_bruker"
        yield f"bruker_navn={f'{rulebook.used.scheme} {rulebook.used.year}'!r}"


def _fast(rulebook: model.Rulebook, record: model.Record) -> str:
    """The functions that read the fast way, the kernel and the short reasons."""
    grouping = rulebook.rule_grouping
    return filled(
        _FAST,
        module=module_name(rulebook),
        given=repr(tuple(dict.fromkeys((grouping.identifier, grouping.id)))),
        given_field=grouping.identifier,
        title=repr(_title(rulebook)),
        posts=class_name(record),
        fields=", ".join(f"post.{field.identifier}" for field in record.fields),
    )


def _title(rulebook: model.Rulebook) -> str:
    """What an explanation begins with."""
    return f"{rulebook.title} ({rulebook.scheme} {rulebook.year}, {rulebook.status})"


def _rule_rows(rulebook: model.Rulebook, symbols: Symbols) -> str:
    """The function that reads the rows of the rule tables, with what their columns say something of."""
    grouping = rulebook.rule_grouping
    record = rulebook.record(grouping.record)
    expressions = PythonExpressions.for_record(rulebook, symbols, record)
    parameter = identifier(record.variable)
    columns = "".join(f"        {laid_out('', _column(expressions, parameter, c), 8)},\n" for c in grouping.columns)
    return filled(_ROWS, columns=columns.rstrip("\n"), results=repr(grouping.results))


def _column(expressions: PythonExpressions, parameter: str, column: model.RuleColumn) -> str:
    term = column.subject.id if isinstance(column.subject, model.TermRef) else None
    unit = column.unit or model.Unit(shown="")
    extra = f", {term!r}, {unit.shown!r}, {unit.numerator}, {unit.denominator}" if column.unit else f", {term!r}"
    extra = "" if term is None and column.unit is None else extra
    return f"Kolonne({column.name!r}, lambda {parameter}: {expressions.value(column.subject)}{extra})"


def _requirements(rulebook: model.Rulebook, record: model.Record) -> str:
    """The requirements of a record, as a tuple."""
    return tuple_of([_requirement(one) for one in rulebook.requirements if one.record == record.id])


def _requirement(requirement: model.Requirement) -> str:
    when = when_name(requirement) if requirement.when is not None else "None"
    notice = f", utfall={requirement.outcome!r}" if requirement.outcome != "inngår ikke" else ""
    values = f", verdier={values_name(requirement)}" if requirement.values else ""
    return f"Krav({requirement.id!r}, {requirement.text!r}, {when}, {requirement_name(requirement)}{notice}{values})"


def _calculations(rulebook: model.Rulebook, symbols: Symbols, record: model.Record) -> str:
    """The calculations about a record, as a tuple."""
    return tuple_of(
        [_calculation(symbols, term) for term in rulebook.terms if term.in_result and term.record == record.id]
    )


def _calculation(symbols: Symbols, term: model.Term) -> str:
    unit = term.unit or model.Unit(shown="")
    factor = "" if unit.numerator == unit.denominator else f", {unit.numerator}, {unit.denominator}"
    kind = "" if term.kind == "desimaltall" else f", slag={term.kind!r}"
    name = "" if term.identifier == term.id else f", navn={term.identifier!r}"
    return f"Beregning({term.id!r}, {symbols.terms[term.id]}{factor}{kind}{name})"


def _of_lines(rulebook: model.Rulebook, symbols: Symbols, record: model.Record, inner: model.Record) -> str:
    """The calculations about the elements of a list; those of what a collection is made of are its own affair."""
    return "()" if record.gathering is not None else _calculations(rulebook, symbols, inner)


def _lists(rulebook: model.Rulebook, symbols: Symbols, record: model.Record) -> Iterator[str]:
    """The lists of a record with the rules about their elements, where it has any."""
    lists = [
        f"Liste({field.identifier!r}, {_requirements(rulebook, inner)}, {_of_lines(rulebook, symbols, record, inner)}"
        + (")" if field.identifier == field.name else f", navn={field.name!r})")
        for field, inner in lists_of(rulebook, record)
    ]
    if lists:
        yield f"lister={_each_on_a_line(lists)}"


def _groups(rulebook: model.Rulebook, record: model.Record, fast: bool) -> Iterator[str]:
    """The grouping of a record and its groups, where it has one."""
    grouping = rulebook.grouping_of(record.id)
    if grouping is not None and record.gathering is not None:
        yield f"gruppering={grouping.id!r}"
        yield f"velger={grouping.chooses!r}"
        yield f"grupper={_each_on_a_line([_group(group) for group in rulebook.groups_of(grouping)])}"
    elif grouping is not None:
        yield f"gruppering={grouping.identifier!r}"
        if rulebook.rules:
            yield "rader=_rader"
            results = {name: identifier(name) for name in grouping.results}
            yield f"resultater={results!r}"
        if fast:
            yield "raskt=_raskt"
            yield "kjerne=_kjerne"
        if grouping.otherwise is not None:
            yield f"ellers={grouping.otherwise!r}"
        yield f"grupper={_each_on_a_line([_group(group) for group in rulebook.groups_of(grouping)])}"


def _group(group: model.Group) -> str:
    if group.when is None:
        return f"Gruppe({group.id!r})"
    used = f", {used_name(group)}" if group.uses is not None else ""
    return f"Gruppe({group.id!r}, {group_name(group)}{used})"


# ---- collections


def _gathered(rulebook: model.Rulebook, record: model.Record) -> Iterator[str]:
    """What the rules of a collection know of how it is made."""
    gathering = record.gathering
    if gathering is not None:
        yield f"liste={identifier(gathering.elements)!r}"
        if gathering.around is not None and seen(rulebook, record).around:
            yield f"rundt=lambda: {rules_name(rulebook.record(gathering.around))}"


def _collections(rulebook: model.Rulebook, symbols: Symbols) -> Iterator[str]:
    """The collections of each kind of record, and the function that gathers."""
    made = [record for record in rulebook.records if record.gathering is not None]
    kinds = list(dict.fromkeys(record.gathering.of for record in made if record.gathering is not None))
    if not kinds:
        return
    entries = []
    for kind in kinds:
        own = [_collection(rulebook, symbols, record) for record in rulebook.collections_of(kind)]
        entries.append(f"    {kind!r}: (\n{''.join(f'        {one},{chr(10)}' for one in own)}    ),\n")
    yield filled(_COLLECTIONS, entries="".join(entries).rstrip("\n"))
    posts = " | ".join(class_name(rulebook.record(kind)) for kind in kinds)
    yield filled(_GATHER, posts=posts, first=repr(kinds[0]))


def _field_id(expr: model.Expr) -> str:
    """The field that a key or the end of a stay is."""
    assert isinstance(expr, model.Get)
    return identifier(expr.field)


def _what_is_seen(found: Seen, python: PythonExpressions) -> Iterator[str]:
    """What the rules of a collection see of its records."""
    yield f"leser={tuple(sorted(map(identifier, found.fields)))!r}"
    yield f"leser_i_krav={tuple(sorted(map(identifier, found.required)))!r}"
    if found.keys:
        yield f"leser_noekler={tuple(sorted(map(identifier, found.keys)))!r}"
    if found.countable:
        asked = dict.fromkeys(python.asked(variable, expr) for variable, expr in found.atoms)
        yield f"spoer={tuple_of(list(asked))}"
        if found.most is not None:
            yield f"flest={found.most}"


def _collection(rulebook: model.Rulebook, symbols: Symbols, record: model.Record) -> str:
    """How one kind of collection is made, as Python."""
    gathering = record.gathering
    assert gathering is not None
    of = rulebook.record(gathering.of)
    python = PythonExpressions.for_record(rulebook, symbols, of)
    keys = [
        f"Noekkel({key.name!r}, {identifier(key.name)!r}, {_field_id(key.value)!r}"
        + (f", {key.period!r})" if key.period else ")")
        for key in gathering.keys
    ]
    name = identifier(record.id).lower()
    arguments = [repr(record.id), repr(of.id), rules_name(record), repr(name), f"noekler={tuple_of(keys)}"]
    if gathering.where is not None:
        arguments.append(f"der={taken_name(record)}")
    if gathering.rest == "hver for seg":
        arguments.append("hver_for_seg=True")
    if gathering.gap is not None:
        end, start = _field_id(gathering.gap.end), _field_id(gathering.gap.start)
        arguments.append(f"avbrudd=Avbrudd({end!r}, {start!r}, {decimal(gathering.gap.limit)})")
    arguments.append(f"postfelter={fields_name(of)}")
    arguments += _what_is_seen(seen(rulebook, record), python)
    return laid_out("", f"Samlingsregler({', '.join(arguments)})", 8)


def _each_on_a_line(parts: Sequence[str]) -> str:
    """A tuple with each element on a line however long it is."""
    return "(\n" + "".join(f"        {part},\n" for part in parts) + "    )" if parts else "()"


# ---- what is called


def _calls(rulebook: model.Rulebook, tops: Sequence[model.Record], fast: bool) -> Iterator[str]:
    """The functions that other systems call."""
    posts = " | ".join(map(class_name, tops))
    title = repr(_title(rulebook))
    choice = _record_choice(tops)
    verb = verb_of(rulebook)
    if len(tops) > 1:
        yield from (filled(_OVERLOAD, verb=verb, name=class_name(one), answer=answer_name(one)) for one in tops)
    yield _grouped(rulebook, verb, posts, tops, fast)
    yield filled(_ALL_RULES, entries=", ".join(f"{record.id!r}: {rules_name(record)}" for record in tops))
    yield filled(_GROUPED_DATA, verb=verb, first=repr(tops[0].id))
    yield filled(_GROUPED_BATCH, verb=verb, first=repr(tops[0].id))
    if not rulebook.groupings:
        yield filled(_ALIASES)
    yield filled(_EXPLAIN, posts=posts, choice=choice, title=title)
    if rulebook.groupings:
        yield filled(_WHY_NOT, posts=posts, choice=choice, title=title)
    yield filled(_PARTS)


def _grouped(rulebook: model.Rulebook, verb: str, posts: str, tops: Sequence[model.Record], fast: bool) -> str:
    """The function `grupper`, which gives each kind of record its own kind of answer."""
    *others, last = tops
    lines = [
        f"    if isinstance(post, {class_name(record)}):\n        return {_answer(record)}" for record in others
    ] + [f"    return {_answer(last)}"]
    names = " | ".join(map(answer_name, tops))
    if len(tops) == 1 and fast:
        fields = ", ".join(f"post.{field.identifier}" for field in last.fields)
        given = rulebook.rule_grouping.identifier
        return filled(
            _GROUPED_FAST,
            verb=verb,
            posts=posts,
            answers=names,
            given=given,
            fields=fields,
            body="\n".join(lines),
        )
    return filled(_GROUPED, verb=verb, posts=posts, answers=names, body="\n".join(lines))


def _answer(record: model.Record) -> str:
    return f"{answer_name(record)}(*_deler(_vurder({rules_name(record)}, post)[0]))"


def _record_choice(tops: Sequence[model.Record]) -> str:
    """The id of the record that a post is, as Python."""
    code = repr(tops[0].id)
    for record in tops[1:]:
        code = f"{record.id!r} if isinstance(post, {class_name(record)}) else {code}"
    return code
