"""A Python package from the rule years of a scheme: code that a person reads, and the runtime it needs."""

import ast
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version
from importlib.resources import files

from compiler import model
from compiler.export import content_hash
from compiler.fields import fields_of
from compiler.names import identifier
from compiler.python_expressions import WIDTH, Explanations, PythonExpressions, Symbols, decimal, laid_out, tidy
from compiler.runtime.lesing import Felt
from compiler.words import Words, spoken

RUNTIME = ("svar", "verdier", "lesing", "forklaring", "motor")
_VERDIER = (
    "Kodesett, Tom, Uavklart, Ukjent, Verdi, Vilkaar, alle, alle_av, antall, avrundet, de_som, delt, er_i, for_hver, "
    "hoyeste, hoyst_av, ikke, ingen_av, ja, laveste, mangler, mellom, minst, minst_av, noyaktig_av, som_verdi, sum_av, svar"
).split(", ")
_MOTOR = ["Beregning", "Gruppe", "Krav", "Liste", "Regler", "gruppen", "slaa_opp", "vurder"]
_FORKLARING = (
    "Ledd, Vist, alle_ledd, elementledd, grupperingsledd, ikke_ledd, kravledd, minst_ledd, regelledd, taus, til_og_med_treff, "
    "verdiledd"
).split(", ")


def package_name(scheme: str) -> str:
    """The import name of a scheme's package."""
    return f"regelverk_{identifier(scheme).lower()}"


def generate(rulebooks: Sequence[model.Rulebook]) -> dict[str, str]:
    """The files of the package for the rule years of one scheme, oldest first: path -> text."""
    name = package_name(rulebooks[0].scheme)
    made = {f"{name}/__init__.py": _init(rulebooks), f"{name}/py.typed": ""}
    for rulebook in rulebooks:
        writer = _Module(rulebook)
        made[f"{name}/{_module(rulebook)}.py"] = writer.rules()
        made[f"{name}/{_module(rulebook)}_forklaring.py"] = writer.explanations()
    for part in ("__init__", *RUNTIME):
        made[f"{name}/_runtime/{part}.py"] = (
            files("compiler.runtime").joinpath(f"{part}.py").read_text(encoding="utf-8")
        )
    return made


def _module(rulebook: model.Rulebook) -> str:
    return f"{identifier(rulebook.scheme).lower()}_{rulebook.year}"


def _init(rulebooks: Sequence[model.Rulebook]) -> str:
    """The package's own module: the rule years, by year and by date."""
    scheme, name = rulebooks[0].scheme, package_name(rulebooks[0].scheme)
    years = ", ".join(f"{r.year}: {_module(r)!r}" for r in rulebooks)
    valid = "\n".join(f"    ({r.valid_from!r}, {r.valid_to!r}, {r.year}),".replace("datetime.", "") for r in rulebooks)
    last = rulebooks[-1]
    return f'''"""{_plain(scheme)}: reglene for {_years_text(rulebooks)}, laget av regelverk {version("regelverk")}. Ikke rediger.

    import {name}
    regler = {name}.aar({last.year})
    svar = regler.grupper(regler.{identifier(last.top_records()[0].id)}(...))

Hvert regelår er en egen modul; `aar` og `for_dato` finner den.
"""

from datetime import date
from importlib import import_module
from types import ModuleType

_AAR = {{{years}}}
_GJELDER: tuple[tuple[date, date | None, int], ...] = (
{valid}
)

AARENE = tuple(_AAR)
"""Regelårene i pakken, eldste først."""


def aar(aaret: int) -> ModuleType:
    """Reglene for et regelår. ValueError når pakken ikke har året."""
    if aaret not in _AAR:
        raise ValueError(f"pakken har ikke regelåret {{aaret}}; den har {{', '.join(map(str, AARENE))}}")
    return import_module(f".{{_AAR[aaret]}}", __name__)


def for_dato(dato: date) -> ModuleType:
    """Reglene som gjelder på en dato. ValueError når ingen gjør det."""
    for fra, til, aaret in reversed(_GJELDER):
        if fra <= dato and (til is None or dato <= til):
            return aar(aaret)
    raise ValueError(f"ingen regler i pakken gjelder {{dato.isoformat()}}")
'''


def _years_text(rulebooks: Sequence[model.Rulebook]) -> str:
    years = [str(r.year) for r in rulebooks]
    return years[0] if len(years) == 1 else f"{', '.join(years[:-1])} og {years[-1]}"


def _plain(text: str) -> str:
    """A text that can stand in a docstring: it cannot end it, and holds no escapes."""
    return text.replace("\\", "\\\\").replace('"', "”")


class _Module:
    """The two modules of one rule year: the rules, and their explanations."""

    def __init__(self, rulebook: model.Rulebook) -> None:
        self.rulebook = rulebook
        self.words = Words(rulebook)
        self.symbols = _symbols(rulebook)

    # ---- the rules

    def rules(self) -> str:
        """The module of rules."""
        body = "\n\n\n".join([*self._constants(), *self._records(), *self._functions(), *self._api()])
        head = self._head(f"{self.rulebook.title} ({self.rulebook.scheme} {self.rulebook.year})")
        lines = [
            head,
            *_import("collections.abc", ["Callable", "Mapping", "Sequence"], body),
            *_import("dataclasses", ["dataclass"], body),
            *_import("datetime", ["date"], body),
            *_import("decimal", ["Decimal"], body),
            *_import("typing", ["Any", "Literal", "overload"], body),
            "",
            *_import("._runtime.forklaring", ["Ledd"], body),
            *_import("._runtime.lesing", ["Felt", "Post"], body),
            *_import("._runtime.motor", ["forklar as _forklar", "hvorfor_ikke as _hvorfor_ikke", *_MOTOR], body),
            *_import("._runtime.svar", ["Kvittering", "Linjesvar", "Svar"], body),
            *_import("._runtime.verdier", _VERDIER, body),
        ]
        return "\n".join(lines) + "\n\n" + body + "\n"

    def _head(self, what: str) -> str:
        rulebook = self.rulebook
        extract = f"\n\nRegelverket er et utdrag: {_plain(rulebook.extract)}." if rulebook.extract else ""
        return (
            f'"""{_plain(what)}.\n\nLaget av regelverk {version("regelverk")}. Ikke rediger: endre regelverket og bygg på nytt.'
            f'{extract}\n"""\n'
        )

    def _constants(self) -> Iterator[str]:
        rulebook = self.rulebook
        kvittering = (
            f"KVITTERING = Kvittering(\n    regelverk={rulebook.scheme!r},\n    aar={rulebook.year},\n"
            f"    status={rulebook.status!r},\n    utdrag={rulebook.extract!r},\n"
            f"    gjelder_fra={_date(rulebook.valid_from)},\n    gjelder_til={_date(rulebook.valid_to)},\n"
            f"    innhold={content_hash(rulebook)!r},\n    kompilator={version('regelverk')!r},\n)\n"
            '"""Hva svarene bygger på."""'
        )
        yield kvittering
        rates = [self._rate(rate) for rate in rulebook.rates]
        if rates:
            yield (
                "# ---- satser, i grunnenhet (kroner, poeng, dager, minutter, måneder; prosent som brøk)\n\n"
                + "\n".join(rates)
            )
        expressions = PythonExpressions(rulebook, self.symbols)
        sets = [
            f"{self.symbols.sets[s.id]} = {tidy(expressions.code_set(s.codes))}\n{self._doc(s, 'kodesett')}"
            for s in rulebook.sets
        ]
        if sets:
            yield "# ---- kodesett\n\n" + "\n\n".join(sets)
        for table in rulebook.tables:
            yield self._table(table)

    def _rate(self, rate: model.Rate) -> str:
        name = self.symbols.rates[rate.id]
        value = f"Ukjent({rate.reason!r})" if rate.value is None else decimal(rate.value)
        return f"{name}: Verdi = {value}\n{self._doc(rate, 'sats', rate.shown)}"

    def _table(self, table: model.Table) -> str:
        """A table as a dictionary of rows, and its columns as functions of the key."""
        name = self._table_name(table)
        expressions = PythonExpressions(self.rulebook, self.symbols)
        rows = []
        for row in table.rows:
            cells = []
            for column, value in row.values.items():
                code = (
                    expressions.code_set(value)
                    if isinstance(value, model.CodeSet)
                    else decimal(value)
                    if not isinstance(value, str | bool)
                    else repr(value)
                )
                cells.append(f"{column!r}: {tidy(code)}")
            text = f"    {row.key!r}: {{{', '.join(cells)}}},"
            if len(text) > WIDTH:
                text = f"    {row.key!r}: {{\n" + "".join(f"        {cell},\n" for cell in cells) + "    },"
            rows.append(f"    # {_plain(row.title or row.key)} · {row.place}\n{text}")
        text = (
            f"{name}: Mapping[str, Mapping[str, Any]] = {{\n" + "\n".join(rows) + "\n}\n" + self._doc(table, "tabell")
        )
        functions = [self._column(table, field) for field in table.fields if field.name != table.key]
        return "\n\n\n".join([f"# ---- tabell {table.id}\n\n{text}", *functions])

    def _column(self, table: model.Table, field: model.RecordField) -> str:
        name = self.symbols.columns[table.id, field.name]
        key = identifier(table.key)
        if field.kind == "koder":
            otherwise = "lambda _noekkel: Kodesett()"
        elif field.yearly:
            reason = f"{spoken(field.name)} for {{noekkel}} er ikke oppgitt for {self.rulebook.year}"
            otherwise = f"lambda noekkel: Ukjent(f{reason!r})"
        else:
            otherwise = f"lambda _noekkel: Tom({field.name!r})"
        unit = f", i {field.unit.shown}" if field.unit else ""
        doc = _plain(f"{(field.text or spoken(field.name)).capitalize()}{unit}.")
        return (
            f'def {name}({key}: Verdi) -> Verdi:\n    """{doc}"""\n'
            f"    {_laid_out('return ', f'slaa_opp({self._table_name(table)}, {key}, {field.name!r}, {otherwise})')}"
        )

    @staticmethod
    def _table_name(table: model.Table) -> str:
        return f"TABELL_{identifier(table.id).upper()}"

    # ---- records

    def _records(self) -> Iterator[str]:
        yield "# ---- opplysningene som kommer inn"
        inner_first = sorted(self.rulebook.records, key=lambda record: record.outer is None)
        for record in inner_first:
            yield self._record(record)
        for record in self.rulebook.top_records():
            fields = "\n".join(f"    {_laid_out('', _felt(felt))}," for felt in fields_of(self.rulebook, record))
            yield f"{self._fields_name(record)} = (\n{fields}\n)"

    def _record(self, record: model.Record) -> str:
        lines = []
        for felt, doc in self._typed(record):
            lines.append(f'    {felt.id}: {self._annotation(felt)} = None\n    """{_plain(doc)}"""')
        title = _plain(record.title or record.id)
        return (
            f"@dataclass(frozen=True, slots=True, kw_only=True)\nclass {self._class(record)}:\n"
            f'    """{title}. Det som ikke er oppgitt, er None."""\n\n' + "\n".join(lines)
        )

    def _typed(self, record: model.Record) -> Iterator[tuple[Felt, str]]:
        """The fields of a record with what they are."""
        for felt in fields_of(self.rulebook, record):
            field = record.field(felt.navn)
            text = field.text if field is not None and field.text else spoken(felt.navn)
            if field is None:
                text = "gruppen posten alt har, når den er oppgitt"
            unit = f", i {felt.enhet}" if felt.enhet else ""
            yield felt, f"{text[:1].upper()}{text[1:]}{unit}." + (" Kan mangle." if felt.kan_mangle else "")

    def _annotation(self, felt: Felt) -> str:
        match felt.slag:
            case "ja/nei":
                return "bool | None"
            case "heltall":
                return "int | Decimal | None"
            case "desimaltall":
                return "Decimal | int | str | None"
            case "dato":
                return "date | str | None"
            case "koder":
                return "Sequence[str] | None"
            case "valg":
                return f"Literal[{', '.join(map(repr, felt.valg))}] | None"
            case "liste":
                inner = next(f.of for r in self.rulebook.records for f in r.fields if f.name == felt.navn and f.of)
                return f"Sequence[{self._class(self.rulebook.record(inner))}] | None"
            case _:
                return "str | None"

    @staticmethod
    def _class(record: model.Record) -> str:
        name = identifier(record.id)
        return f"{name}_" if name in _TAKEN_CLASSES else name

    @staticmethod
    def _fields_name(record: model.Record) -> str:
        return f"FELT_{identifier(record.id).upper()}"

    # ---- rules as functions

    def _functions(self) -> Iterator[str]:
        rulebook = self.rulebook
        if rulebook.terms:
            yield "# ---- begreper og beregninger"
        for term in rulebook.terms:
            yield self._term(term)
        if rulebook.requirements:
            yield "# ---- krav"
        for requirement in rulebook.requirements:
            yield from self._requirement(requirement)
        if any(group.when is not None for group in rulebook.groups):
            yield "# ---- grupper"
        for group in rulebook.groups:
            if group.when is not None:
                yield self._group(group)
        for grouping in rulebook.groupings:
            record = rulebook.record(grouping.record)
            yield (
                f"def {self.symbols.groupings[grouping.id]}({identifier(record.variable)}: Post) -> Verdi:\n"
                f"{self._doc(grouping, 'gruppering', indent='    ')}\n"
                f"    return gruppen({self._rules_name(record)}, {identifier(record.variable)})"
            )

    def _expressions(self, record_id: str) -> tuple[PythonExpressions, str]:
        record = self.rulebook.record(record_id)
        return PythonExpressions.for_record(self.rulebook, self.symbols, record), identifier(record.variable)

    def _term(self, term: model.Term) -> str:
        expressions, parameter = self._expressions(term.record)
        name = self.symbols.terms[term.id]
        kind = "beregning" if term.in_result else "begrep"
        unit = f"i {term.unit.shown}" if term.unit else None
        doc = self._doc(term, kind, unit, indent="    ")
        if term.condition is not None:
            code = _return(expressions.truth(term.condition))
            return f"def {name}({parameter}: Post) -> Vilkaar:\n{doc}\n{code}"
        lines = [f"def {name}({parameter}: Post) -> Verdi:", doc]
        certain = False
        for line in term.lines:
            indent = "    "
            if line.when is not None:
                lines.append(f"    {_laid_out('vilkaar = ', expressions.truth(line.when))}")
                lines.append(f"    if vilkaar is None:\n        return Uavklart({term.id!r})")
                lines.append("    if vilkaar:")
                indent = "        "
            value = expressions.value(line.value)
            rounded = tidy(expressions.rounded("verdi", term.rounding))
            if isinstance(line.value, model.NumberValue | model.UnknownValue | model.StringValue | model.BoolValue):
                code = expressions.rounded(value, term.rounding)
                lines.append(f"{indent}{_laid_out('return ', code, len(indent))}")
                certain = line.when is None
            else:
                lines += [
                    f"{indent}{_laid_out('verdi = ', value, len(indent))}",
                    f"{indent}if not isinstance(verdi, Tom):",
                    f"{indent}    return {rounded}",
                ]
            if certain:
                break
        if not certain:
            lines.append(f"    return Tom({term.id!r})")
        return "\n".join(lines)

    def _requirement(self, requirement: model.Requirement) -> Iterator[str]:
        expressions, parameter = self._expressions(requirement.record)
        name = identifier(requirement.id)
        if requirement.when is not None:
            doc = _plain(f"Når kravet «{requirement.title or requirement.id}» gjelder.")
            yield f'def krav_{name}_naar({parameter}: Post) -> Vilkaar:\n    """{doc}"""\n{_return(expressions.truth(requirement.when))}'
        doc = self._doc(requirement, "krav", indent="    ")
        yield f"def krav_{name}({parameter}: Post) -> Vilkaar:\n{doc}\n{_return(expressions.truth(requirement.requires))}"

    def _group(self, group: model.Group) -> str:
        grouping = self.rulebook.groupings[0]
        expressions, parameter = self._expressions(grouping.record)
        assert group.when is not None
        doc = self._doc(group, "gruppe", indent="    ")
        return f"def gruppe_{identifier(group.id)}({parameter}: Post) -> Vilkaar:\n{doc}\n{_return(expressions.truth(group.when))}"

    def _doc(self, definition: model.Definition, kind: str, extra: str | None = None, indent: str = "") -> str:
        """The docstring of a rule: what it is, its sources, and where it stands."""
        title = definition.title or spoken(definition.id)
        parts = [f"{title[:1].upper()}{title[1:]}" + (f" ({extra})" if extra else "") + "."]
        if definition.derived:
            parts.append(f"Utledet: {definition.derived}.")
        if definition.citations:
            parts.append("Kilde: " + "; ".join(self._cited(c) for c in definition.citations) + ".")
        parts.append(f"Id: {kind} {definition.id}. Står i {definition.place}.")
        lines = [line for part in parts for line in textwrap.wrap(_plain(part), WIDTH - 4, subsequent_indent="    ")]
        return f'{indent}"""{lines[0]}\n\n' + "\n".join(f"{indent}{line}" for line in lines[1:]) + f'\n{indent}"""'

    def _cited(self, citation: model.Citation) -> str:
        source = next((s for s in self.rulebook.sources if s.id == citation.source), None)
        title = source.title if source else citation.source
        return f"{title}, {citation.place}" if citation.place else title

    # ---- the package's use

    def _rules_name(self, record: model.Record) -> str:
        return f"REGLER_{identifier(record.id).upper()}"

    def _api(self) -> Iterator[str]:
        yield "# ---- reglene samlet, og det andre systemer kaller"
        yield (
            "def _forklaringer() -> Mapping[str, Callable[[Any], Ledd]]:\n"
            '    """Forklaringene; de leses inn først når noen spør."""\n'
            f"    from .{_module(self.rulebook)}_forklaring import FORKLARINGER\n\n    return FORKLARINGER"
        )
        tops = self.rulebook.top_records()
        for record in tops:
            yield self._rules(record)
        for record in tops:
            yield from self._answer_classes(record)
        yield from self._calls(tops)

    def _rules(self, record: model.Record) -> str:
        rulebook = self.rulebook
        grouping = rulebook.grouping_of(record.id)
        lines = [
            f"{self._rules_name(record)} = Regler(",
            f"    {record.id!r},",
            f"    {self._fields_name(record)},",
            f"    krav={self._requirements_of(record)},",
        ]
        lists = []
        for field in record.fields:
            if field.kind == "liste":
                inner = rulebook.record(field.of or "")
                lists.append(
                    f"        Liste({field.identifier!r}, {self._requirements_of(inner)}, {self._calculations_of(inner)}),"
                )
        if lists:
            lines.append("    lister=(\n" + "\n".join(lists) + "\n    ),")
        if grouping is not None:
            lines.append(f"    gruppering={grouping.identifier!r},")
            groups = []
            for group in rulebook.groups:
                when = f", gruppe_{identifier(group.id)}" if group.when is not None else ""
                groups.append(f"        Gruppe({group.id!r}{when}),")
            lines.append("    grupper=(\n" + "\n".join(groups) + "\n    )," if groups else "    grupper=(),")
        lines.append(f"    beregninger={self._calculations_of(record)},")
        lines.append(f"    utdrag={rulebook.extract is not None!r},")
        lines.append("    forklaringer=_forklaringer,\n)")
        return "\n".join(lines)

    def _requirements_of(self, record: model.Record) -> str:
        found = []
        for r in self.rulebook.requirements:
            if r.record == record.id:
                name = f"krav_{identifier(r.id)}"
                when = f"{name}_naar" if r.when is not None else "None"
                notice = ", bare_varsel=True" if r.outcome == "varsel" else ""
                found.append(f"Krav({r.id!r}, {r.text!r}, {when}, {name}{notice})")
        return _tuple_of(found)

    def _calculations_of(self, record: model.Record) -> str:
        found = []
        for term in self.rulebook.terms:
            if term.in_result and term.record == record.id:
                unit = term.unit or model.Unit(shown="")
                factor = "" if unit.numerator == unit.denominator else f", {unit.numerator}, {unit.denominator}"
                found.append(f"Beregning({term.id!r}, {self.symbols.terms[term.id]}{factor})")
        return _tuple_of(found)

    def _answer_classes(self, record: model.Record) -> Iterator[str]:
        """The typed answer for a kind of record, and for the elements of its lists."""
        lists = [(field, self.rulebook.record(field.of or "")) for field in record.fields if field.kind == "liste"]
        for _, inner in lists:
            properties = [
                self._property(term) for term in self.rulebook.terms if term.in_result and term.record == inner.id
            ]
            body = "\n\n".join(properties)
            yield (
                f'class {self._class(inner)}Svar(Linjesvar):\n    """Svaret for én {spoken(inner.variable)}."""\n\n    __slots__ = ()'
                + (f"\n\n{body}" if body else "")
            )
        properties = [
            self._property(term) for term in self.rulebook.terms if term.in_result and term.record == record.id
        ]
        grouping = self.rulebook.grouping_of(record.id)
        if grouping is not None:
            name = grouping.identifier
            properties.insert(
                0,
                f'    @property\n    def {name}(self) -> str | None:\n        """Gruppen."""\n        return self.gruppe',
            )
        for field, inner in lists:
            line = f"{self._class(inner)}Svar"
            properties.append(
                f'    @property\n    def {field.identifier}(self) -> tuple["{line}", ...]:\n'
                f'        """Svaret for hver {spoken(inner.variable)}, i samme rekkefølge som inn."""\n'
                f"        return tuple(\n            {line}(s.inngaar, s.grunner, s.varsler, s.verdier)\n"
                f"            for s in self.lister.get({field.identifier!r}, ())\n        )"
            )
        properties.append(
            '    @property\n    def kvittering(self) -> Kvittering:\n        """Hva svaret bygger på."""\n        return KVITTERING'
        )
        body = "\n\n".join(properties)
        yield f'class {self._class(record)}Svar(Svar):\n    """Svaret for én {spoken(record.variable)}."""\n\n    __slots__ = ()\n\n{body}'

    def _property(self, term: model.Term) -> str:
        kinds = {"ja/nei": "bool", "desimaltall": "Decimal", "dato": "date"}
        kind = kinds.get(term.kind, "str")
        unit = f", i {term.unit.shown}" if term.unit else ""
        doc = _plain(f"{term.title or spoken(term.id)}{unit}; None når den ikke er beregnet.")
        return (
            f'    @property\n    def {term.identifier}(self) -> {kind} | None:\n        """{doc[:1].upper()}{doc[1:]}"""\n'
            f"        verdi = self.verdier.get({term.id!r})\n        return verdi if isinstance(verdi, {kind}) else None"
        )

    def _calls(self, tops: tuple[model.Record, ...]) -> Iterator[str]:
        names = [self._class(record) for record in tops]
        union = " | ".join(names)
        if len(tops) > 1:
            overloads = [f"@overload\ndef grupper(post: {name}) -> {name}Svar: ..." for name in names]
            yield "\n\n\n".join(overloads)
        answers = " | ".join(f"{name}Svar" for name in names)
        choices = "\n".join(
            f"    if isinstance(post, {name}):\n        return {name}Svar(*_deler(vurder({self._rules_name(record)}, post)[0]))"
            for name, record in zip(names[:-1], tops[:-1], strict=True)
        )
        last = f"    return {names[-1]}Svar(*_deler(vurder({self._rules_name(tops[-1])}, post)[0]))"
        yield (
            f'def grupper(post: {union}) -> {answers}:\n    """Svaret på en post: status, gruppe, beløp, grunner og kvittering."""\n'
            + (f"{choices}\n" if choices else "")
            + last
        )
        entries = ", ".join(f"{record.id!r}: {self._rules_name(record)}" for record in tops)
        yield f'REGLER: Mapping[str, Regler] = {{{entries}}}\n"""Reglene for hver slags opplysninger."""'
        yield (
            f"def grupper_data(data: Mapping[str, object], opplysninger: str = {tops[0].id!r}) -> Svar:\n"
            '    """Svaret på en post slik den kommer fra CSV eller JSON: felt ved navn."""\n'
            "    return vurder(REGLER[opplysninger], data)[0]"
        )
        title = f"{self.rulebook.title} ({self.rulebook.scheme} {self.rulebook.year}, {self.rulebook.status})"
        yield (
            f"def forklar(post: {union} | Mapping[str, object], opplysninger: str | None = None) -> str:\n"
            '    """Svaret på en post forklart: hva som ble prøvd, hva som holdt, og hva som ikke gjorde det."""\n'
            f"    slag = opplysninger or ({_record_choice(tops, names)})\n"
            f"    return _forklar(REGLER[slag], post, {title!r})"
        )
        if self.rulebook.groupings:
            yield (
                f"def hvorfor_ikke(post: {union} | Mapping[str, object], gruppe: str, opplysninger: str | None = None) -> str:\n"
                '    """Hvorfor en post ikke får en gruppe: vilkåret for gruppen, med verdiene."""\n'
                f"    slag = opplysninger or ({_record_choice(tops, names)})\n"
                f"    return _hvorfor_ikke(REGLER[slag], post, gruppe, {title!r})"
            )
        yield (
            "def _deler(svar: Svar) -> tuple[Any, ...]:\n"
            '    """Delene av et svar, til en klasse med navn på beregningene."""\n'
            "    return (\n        svar.status,\n        svar.gruppe,\n        svar.gruppe_oppgitt,\n        svar.grunner,\n"
            "        svar.varsler,\n        svar.mulige,\n        svar.verdier,\n        svar.lister,\n    )"
        )

    # ---- the explanations

    def explanations(self) -> str:
        """The module of explanations."""
        rulebook = self.rulebook
        local = self.symbols
        remote = _prefixed(self.symbols)
        parts: list[str] = []
        entries: list[str] = []
        for term in rulebook.terms:
            parts.append(self._explained_term(term, local, remote))
            if term.in_result:
                entries.append(f"    {term.id!r}: {local.terms[term.id]},")
        for requirement in rulebook.requirements:
            parts.append(self._explained_requirement(requirement, local, remote))
            entries.append(f"    {requirement.id!r}: krav_{identifier(requirement.id)},")
        for group in rulebook.groups:
            if group.when is not None:
                record = rulebook.groupings[0].record
                title = f"gruppe {group.id}" + (f" «{group.title}»" if group.title else "")
                name = f"gruppe_{identifier(group.id)}"
                parts.append(self._explained_group(name, group, record, title, local, remote))
                entries.append(f"    {group.id!r}: {name},")
        for grouping in rulebook.groupings:
            parts.append(self._explained_grouping(grouping, local, remote))
        table = "FORKLARINGER: Mapping[str, Callable[[Any], Ledd]] = {\n" + "\n".join(entries) + "\n}\n"
        table += '"""Forklaringen av hvert krav, hver gruppe og hver beregning, ved id."""'
        body = "\n\n\n".join([*parts, table])
        lines = [
            self._head(f"Forklaringene til {rulebook.title} ({rulebook.scheme} {rulebook.year})"),
            *_import("collections.abc", ["Callable", "Mapping"], body),
            *_import("datetime", ["date"], body),
            *_import("decimal", ["Decimal"], body),
            *_import("typing", ["Any"], body),
            "",
            f"from . import {_module(rulebook)} as regler",
            *_import("._runtime.forklaring", _FORKLARING, body),
            "from ._runtime.lesing import Post",
            *_import("._runtime.verdier", _VERDIER, body),
        ]
        return "\n".join(lines) + "\n\n\n" + body + "\n"

    def _explainer(self, record_id: str, local: Symbols, remote: Symbols) -> tuple[Explanations, str]:
        record = self.rulebook.record(record_id)
        python = PythonExpressions.for_record(self.rulebook, remote, record)
        return Explanations(python, self.words, local), identifier(record.variable)

    def _explained_group(
        self, name: str, group: model.Group, record: str, title: str, local: Symbols, remote: Symbols
    ) -> str:
        explainer, parameter = self._explainer(record, local, remote)
        assert group.when is not None
        condition = explainer.truth(group.when)
        code = f"regelledd({title!r}, {condition}, {str(group.place)!r}, {self._sources(group)!r})"
        return f"def {name}({parameter}: Post) -> Ledd:\n    {_laid_out('return ', code)}"

    def _explained_requirement(self, requirement: model.Requirement, local: Symbols, remote: Symbols) -> str:
        explainer, parameter = self._explainer(requirement.record, local, remote)
        title = f"krav {requirement.id}" + (f" «{requirement.title}»" if requirement.title else "")
        when = explainer.truth(requirement.when) if requirement.when is not None else "None"
        requires = explainer.truth(requirement.requires)
        code = f"kravledd({title!r}, {when}, {requires}, {str(requirement.place)!r}, {self._sources(requirement)!r})"
        return f"def krav_{identifier(requirement.id)}({parameter}: Post) -> Ledd:\n    {_laid_out('return ', code)}"

    def _explained_term(self, term: model.Term, local: Symbols, remote: Symbols) -> str:
        explainer, parameter = self._explainer(term.record, local, remote)
        name = local.terms[term.id]
        text = spoken(term.id)
        if term.condition is not None:
            code = f"alle_ledd({text!r}, {explainer.truth(term.condition)})"
            return f"def {name}({parameter}: Post) -> Ledd:\n    {_laid_out('return ', code)}"
        lines = []
        for line in term.lines:
            when = "None" if line.when is None else f"lambda: {explainer.truth(line.when)}"
            lines.append(f"({when}, lambda: {explainer.value(line.value)})")
        unit = term.unit or model.Unit(shown="")
        value = f"{remote.terms[term.id]}({parameter})"
        code = (
            f"verdiledd({text!r}, {value}, {unit.shown!r}, {unit.numerator}, {unit.denominator}, "
            f"*til_og_med_treff({', '.join(lines)}))"
        )
        return f"def {name}({parameter}: Post) -> Ledd:\n    {_laid_out('return ', code)}"

    def _explained_grouping(self, grouping: model.Grouping, local: Symbols, remote: Symbols) -> str:
        parameter = identifier(self.rulebook.record(grouping.record).variable)
        groups = [f"lambda: gruppe_{identifier(g.id)}({parameter})" for g in self.rulebook.groups if g.when is not None]
        call = f"{remote.groupings[grouping.id]}({parameter})"
        code = f"grupperingsledd({', '.join([repr(spoken(grouping.id)), call, f'{parameter}.oppgitt_', *groups])})"
        return f"def {local.groupings[grouping.id]}({parameter}: Post) -> Ledd:\n    {_laid_out('return ', code)}"

    def _sources(self, definition: model.Definition) -> tuple[str, ...]:
        return tuple(self._cited(citation) for citation in definition.citations)


_TAKEN_CLASSES = {"Any", "Callable", "Decimal", "Felt", "Grunn", "Gruppe", "Krav", "Kvittering", "Ledd", "Linjesvar"}
_TAKEN_CLASSES |= {"Liste", "Literal", "Mapping", "Post", "Regler", "Sequence", "Svar", "Beregning", "date", "None"}


def _record_choice(tops: Sequence[model.Record], names: Sequence[str]) -> str:
    """The id of the record that a post is, as Python."""
    code = repr(tops[0].id)
    for record, name in zip(tops[1:], names[1:], strict=True):
        code = f"{record.id!r} if isinstance(post, {name}) else {code}"
    return code


def _symbols(rulebook: model.Rulebook) -> Symbols:
    """Names for all definitions, each used once."""
    taken = {
        *_VERDIER,
        *_MOTOR,
        *_TAKEN_CLASSES,
        "grupper",
        "grupper_data",
        "forklar",
        "overload",
        "dataclass",
        "KVITTERING",
    }
    taken |= {"REGLER", "FORKLARINGER", "regler", *_FORKLARING}

    def fresh(name: str) -> str:
        while name in taken:
            name += "_"
        taken.add(name)
        return name

    return Symbols(
        rates={rate.id: fresh(identifier(rate.id).upper()) for rate in rulebook.rates},
        sets={named.id: fresh(identifier(named.id).upper()) for named in rulebook.sets},
        terms={term.id: fresh(identifier(term.id)) for term in rulebook.terms},
        groupings={grouping.id: fresh(grouping.identifier) for grouping in rulebook.groupings},
        columns={
            (table.id, field.name): fresh(identifier(field.name))
            for table in rulebook.tables
            for field in table.fields
            if field.name != table.key
        },
    )


def _prefixed(symbols: Symbols) -> Symbols:
    """The same names, reached through the module of rules."""
    return replace(
        symbols,
        rates={k: f"regler.{v}" for k, v in symbols.rates.items()},
        sets={k: f"regler.{v}" for k, v in symbols.sets.items()},
        terms={k: f"regler.{v}" for k, v in symbols.terms.items()},
        groupings={k: f"regler.{v}" for k, v in symbols.groupings.items()},
        columns={k: f"regler.{v}" for k, v in symbols.columns.items()},
    )


def _felt(felt: Felt) -> str:
    """A field as Python."""
    parts = [repr(felt.navn), repr(felt.id), repr(felt.slag)]
    if felt.enhet:
        parts.append(repr(felt.enhet))
        if (felt.teller, felt.nevner) != (1, 1):
            parts += [str(felt.teller), str(felt.nevner)]
    parts += [f"valg={felt.valg!r}"] if felt.valg else []
    parts += (
        [f"kjente=frozenset({sorted(felt.kjente)!r})" if felt.slag == "kode" else f"kjente={tuple(felt.kjente)!r}"]
        if felt.kjente is not None
        else []
    )
    parts += [f"av=({', '.join(map(_felt, felt.av))},)"] if felt.av else []
    parts += ["kan_mangle=True"] if felt.kan_mangle else []
    parts += ["ikke_negativ=True"] if felt.ikke_negativ else []
    parts += ["store_bokstaver=True"] if felt.store_bokstaver else []
    return f"Felt({', '.join(parts)})"


def _date(day: object) -> str:
    return repr(day).replace("datetime.", "")


def _return(code: str) -> str:
    """A return statement."""
    return f"    {_laid_out('return ', code)}"


def _laid_out(start: str, code: str, indent: int = 4) -> str:
    """A statement that ends in an expression, over several lines where it is long."""
    return start + laid_out(ast.parse(code, mode="eval").body, indent, len(start))


def _tuple_of(parts: list[str]) -> str:
    """A tuple over several lines."""
    return "(" + "".join(f"\n        {_laid_out('', part, 8)}," for part in parts) + "\n    )" if parts else "()"


def _import(module: str, names: Iterable[str], body: str) -> list[str]:
    """The import of those names that a body uses, wrapped."""
    used = [name for name in names if re.search(rf"(?<![\w.]){re.escape(name.split(' ')[-1])}\b", body)]
    if not used:
        return []
    lines = [f"from {module} import {', '.join(sorted(used))}"]
    if len(lines[0]) > WIDTH:
        lines = [f"from {module} import (", *(f"    {name}," for name in sorted(used)), ")"]
    return lines
