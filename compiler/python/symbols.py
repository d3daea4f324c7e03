"""What definitions are called in generated Python, and the names of the runtime that they must not take."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from compiler import model
from compiler.names import identifier

VERDIER = (
    *("GjelderIkke", "Kodesett", "Tom", "Uavklart", "Ukjent", "Verdi", "Vilkaar"),
    *("alle", "alle_av", "antall", "avrundet", "de_som", "delt", "er_i", "for_hver", "hoyeste", "hoyst_av", "ikke"),
    *("ingen_av", "ja", "laveste", "mangler", "mellom", "minst", "minst_av", "noyaktig_av", "som_verdi", "sum_av"),
    *("svar", "aar_av", "ellers_nei", "maa_oppgis", "maaned_av", "noekkel", "sats_paa", "tertial_av"),
    *("trinnsum", "ukedag_av", "unntak_fra", "forste", "etter_forste", "elementer", "felt_av", "begrep_av", "samlet"),
    *("gruppekode", "familie_av", "husket", "som_dato", "som_tidspunkt", "ved_kode", "valgte"),
    *("dager_mellom", "dato_av", "gjennomsnitt", "minutter_mellom", "standardavvik"),
)
"""What rules use of the runtime's `verdier`."""

RASK = (
    *("Avledet", "Bitplan", "Krevd", "Langsom", "Listeplan", "Opphold", "Plan", "Raskt", "Rest", "Utbytte", "Vei"),
    *("begrep_av", "felt_av", "forste", "hoyeste", "hoyst", "koder_av", "kolonne", "laveste", "lik", "mellom"),
    *("minst", "over", "svar_av", "ulik", "under"),
)
"""What the fast way uses of the runtime's `rask`."""

REGELRADER = ("Kolonne", "Regelrader", "les_rader")
"""What rules use of the runtime's `regelrader`."""

MOTOR = ("Beregning", "Gruppe", "Krav", "Liste", "Regler", "gruppeledd", "gruppen", "raskt_svar", "slaa_opp")
"""What rules use of the runtime's `motor`."""

SAMLING = ("Avbrudd", "Noekkel", "Samlingsregler", "samle as _samle")
"""What rules use of the runtime's `samling`."""

INDEKS = ("Hekte", "Indeks")
"""What rules use of the runtime's `indeks`."""

FORKLARING = (
    *("Ledd", "Vist", "alle_ledd", "avgjort", "elementledd", "grupperingsledd", "ikke_ledd", "kravledd", "minst_ledd"),
    *("bruktledd", "regelledd", "taus", "til_og_med_treff", "unntaksledd", "verdiledd", "ledd_av"),
)
"""What explanations use of the runtime's `forklaring`."""

_TAKEN_CLASSES = {
    *("Avbrudd", "Noekkel", "Samlet", "Samlingsregler", "Iterable"),
    *("Any", "Callable", "Decimal", "Felt", "Grunn", "Gruppe", "Krav", "Kvittering", "Ledd", "Linjesvar", "Liste"),
    *("Vist", "Literal", "Mapping", "Post", "Regler", "Sequence", "Svar", "Beregning", "date", "datetime", "None"),
}
_TAKEN = {
    *(f"{verb}{kind}" for verb in ("grupper", "vurder") for kind in ("", "_data", "_parti")),
    *("forklar", "hvorfor_ikke", "regler", "overload", "dataclass", "pa", "samle", "samle_parti"),
    *("KVITTERING", "REGLER", "SAMLINGER", "FORKLARINGER", "TYPE_CHECKING"),
    *(*VERDIER, *MOTOR, *FORKLARING, *REGELRADER, *INDEKS, *_TAKEN_CLASSES, "DATA", "cache", "Path"),
}

_Id = TypeVar("_Id")


@dataclass(frozen=True, slots=True)
class Symbols:
    """What the definitions of a rulebook are called in its module."""

    rates: dict[str, str]
    sets: dict[str, str]
    terms: dict[str, str]
    groupings: dict[str, str]
    tables: dict[str, str]
    columns: dict[tuple[str, str], str]

    def within(self, module: str) -> "Symbols":
        """The same names, reached through the module that has them."""
        return Symbols(
            rates=_within(module, self.rates),
            sets=_within(module, self.sets),
            terms=_within(module, self.terms),
            groupings=_within(module, self.groupings),
            tables=_within(module, self.tables),
            columns=_within(module, self.columns),
        )


def _within(module: str, names: Mapping[_Id, str]) -> dict[_Id, str]:
    return {id_: f"{module}.{name}" for id_, name in names.items()}


def symbols(rulebook: model.Rulebook) -> Symbols:
    """Names for all definitions, each used once."""
    taken = set(_TAKEN)

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
        tables={table.id: table_name(table) for table in rulebook.tables},
        columns={
            (table.id, field.name): fresh(identifier(field.name))
            for table in rulebook.tables
            for field in table.fields
            if field.name not in table.keys
        },
    )


# ---- names with a prefix, which nothing else can have


def package_name(scheme: str) -> str:
    """The import name of a scheme's package."""
    return f"regelverk_{identifier(scheme).lower()}"


def module_name(rulebook: model.Rulebook) -> str:
    """The module of a rule year."""
    return f"{identifier(rulebook.scheme).lower()}_{rulebook.year}"


def class_name(record: model.Record) -> str:
    """The class of a record."""
    name = identifier(record.id)
    return f"{name}_" if name in _TAKEN_CLASSES else name


def answer_name(record: model.Record) -> str:
    """The class of the answer about a record."""
    return f"{class_name(record)}Svar"


def fields_name(record: model.Record) -> str:
    """The tuple of a record's fields."""
    return f"FELT_{identifier(record.id).upper()}"


def rules_name(record: model.Record) -> str:
    """The object with the rules about a record."""
    return f"REGLER_{identifier(record.id).upper()}"


def index_name(record: model.Record) -> str:
    """The index of the groups of a record."""
    return f"INDEKS_{identifier(record.id).upper()}"


def table_name(table: model.Table) -> str:
    """The dictionary of a table's rows."""
    return f"TABELL_{identifier(table.id).upper()}"


def requirement_name(requirement: model.Requirement) -> str:
    """The function of what a requirement requires, and of its explanation."""
    return f"krav_{identifier(requirement.id)}"


def when_name(requirement: model.Requirement) -> str:
    """The function of when a requirement applies."""
    return f"{requirement_name(requirement)}_naar"


def verb_of(rulebook: model.Rulebook) -> str:
    """What a package does with a record: one with groups groups it, one without judges it."""
    return "grupper" if rulebook.groupings else "vurder"


def values_name(requirement: model.Requirement) -> str:
    """The function of the values in the text of a requirement."""
    return f"{requirement_name(requirement)}_verdier"


def used_name(group: model.Group) -> str:
    """The function of what a group of a collection uses, and of its explanation."""
    return f"{group_name(group)}_bruker"


def taken_name(collection: model.Record) -> str:
    """The function of which records a collection takes, and of its explanation."""
    return f"samling_{identifier(collection.id)}"


def group_name(group: model.Group) -> str:
    """The function of a group's condition, and of its explanation."""
    return f"gruppe_{identifier(group.id)}"
