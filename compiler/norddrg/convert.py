"""Definition tables to the content of a rulebook: codes with their features, rules in the order they are tried."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from compiler.norddrg.cells import of_rule, values
from compiler.norddrg.content import TABLES, Cells, Content, Group, Rule, group_of, listed
from compiler.norddrg.names import Names
from compiler.norddrg.report import Report, numbers_shown
from compiler.norddrg.tables import Definitions, Exclusion, Feature, Logic

_BY_SEX = "98"
_MALE, _FEMALE = "12", "13"
_OPERATIONS = {"1": "stor", "2": "liten"}
_LEVELS = {"C": "1", "I": "1", "G": "2", "J": "2"}
_INACTIVE = ("I", "J")
_PAIRED = {"DGCAT": "par_dgkat", "PDGPRO": "par_pdgprop", "DGPROP": "par_dgprop", "COMPL": "par_kompl"}
_SINGLE = {
    "DGCAT": "dgkat",
    "PDGPRO": "pdgprop",
    "DGPROP": "dgprop",
    "PROCPR": "procprop",
    "OR": "diagnoseoperasjon",
    "COMPL": "kompl",
}
_OF_PROCEDURE = {"PROCPR": "pros_procprop", "DGPROP": "pros_dgprop", "OR": "pros_operasjon", "CC": "pros_nivå"}
_ONE = {"DGCAT": "diagnosekategori", "CC": "komplikasjonsnivå"}
"""What a code has one of."""


def of_tables(given: Definitions, names: Names, report: Report) -> Content:
    """What definition tables say; Damaged where they do not fit together."""
    tables = {
        **_diagnoses(given, report),
        "prosedyrekoder": _rows("prosedyrekoder", _procedures(given, report)),
        "kategorier": _rows("kategorier", _categories(given, names)),
        "egenskaper_og_kjønn": _rows("egenskaper_og_kjønn", _properties(given, names)),
        "komplikasjonskategorier": _rows("komplikasjonskategorier", _complications(given, names, report)),
    }
    groups = {group_of(row.drg): Group(names.of("drg", row.drg) or group_of(row.drg), row.mdc) for row in given.drgs}
    rules = {row.ord: Rule(group_of(row.drg), row.rtc, of_rule(row, report)) for row in given.rules}
    found = Content(tables, rules, groups)
    _check_groups(given.rules, found, report)
    report.stop_at_faults()
    _check_order(given.rules, found, report)
    report.stop_at_faults()
    _warn_of_values(found, report)
    return found


def _rows(table: str, rows: Iterable[Cells]) -> dict[str, Cells]:
    """Rows by key, in order, without empty cells."""
    found = {TABLES[table].key(row): {column: cell for column, cell in row.items() if cell} for row in rows}
    return dict(sorted(found.items()))


def _diagnoses(given: Definitions, report: Report) -> dict[str, dict[str, Cells]]:
    """The tables of diagnoses and of pairs."""
    features: dict[tuple[str, str], dict[str, list[Feature]]] = defaultdict(lambda: defaultdict(list))
    for feature in given.diagnoses:
        features[feature.d_code, feature.code][feature.kind].append(feature)
    single, paired = [], []
    for (d_code, code), by_kind in features.items():
        _leave_out_mdc(by_kind, report)
        if d_code:
            _check_paired(by_kind, report)
            paired.append({"kode": d_code, "tilleggskode": code, **_features("dg", by_kind, _PAIRED, report)})
        else:
            single.append({"kode": code, **_features("dg", by_kind, _SINGLE, report)})
    return {"diagnosekoder": _rows("diagnosekoder", single), "diagnosepar": _rows("diagnosepar", paired)}


def _leave_out_mdc(by_kind: Mapping[str, list[Feature]], report: Report) -> None:
    """Note the MDC of a code, which its category says; each that is another is named."""
    category = next((feature.value for feature in by_kind.get("DGCAT", ())), "")
    for feature in by_kind.get("MDC", ()):
        if feature.value == category[:2]:
            report.leave_out("dg", "vartype MDC, som de to første tegnene i DGCAT sier")
        else:
            said = f"DGCAT {category}" if category else "ingen DGCAT"
            report.leave_out("dg", "vartype MDC, som DGCAT ikke sier det samme som", f"{feature}: {said}")


def _check_paired(by_kind: Mapping[str, list[Feature]], report: Report) -> None:
    """Report what a pair cannot have in the rulebook."""
    for kind in by_kind.keys() - _PAIRED.keys() - {"MDC"}:
        for feature in by_kind[kind]:
            report.fault("dg", feature.number, f"{kind} på et par av koder kan ikke skrives i regelverket")


def _features(table: str, by_kind: Mapping[str, list[Feature]], columns: Mapping[str, str], report: Report) -> Cells:
    """The features of a code by column."""
    cells = {}
    for kind, column in columns.items():
        found = by_kind.get(kind, [])
        if kind in _ONE:
            for other in found[1:]:
                report.fault(table, other.number, f"{other.code} har mer enn én {_ONE[kind]}: også {found[0]}")
        values_of = [_OPERATIONS[f.value] if kind == "OR" else f.value for f in found]
        cells[column] = listed(values_of)
    return cells


def _procedures(given: Definitions, report: Report) -> Iterator[Cells]:
    """The table of procedures."""
    features: dict[str, dict[str, list[Feature]]] = defaultdict(lambda: defaultdict(list))
    for feature in given.procedures:
        features[feature.code][feature.kind].append(feature)
    for code, by_kind in features.items():
        yield {"prosedyrekode": code, **_features("proc", by_kind, _OF_PROCEDURE, report)}


def _categories(given: Definitions, names: Names) -> Iterator[Cells]:
    """The table of diagnosis categories, those that 98 becomes too."""
    for value, male, female in _by_sex(f.value for f in given.diagnoses if f.kind == "DGCAT"):
        yield {
            "kategorikode": value,
            "hdg_til_kategori": value[:2],
            "kategori_for_mann": male,
            "kategori_for_kvinne": female,
            "kategorinavn": names.of("dgcat", value),
        }


def _properties(given: Definitions, names: Names) -> Iterator[Cells]:
    """The table of diagnosis properties, those that 98 becomes too."""
    features = (*given.diagnoses, *given.procedures)
    for value, male, female in _by_sex(f.value for f in features if f.kind == "DGPROP"):
        yield {
            "egenskapskode": value,
            "egenskap_for_mann": male,
            "egenskap_for_kvinne": female,
            "egenskapsnavn": names.of("dgprop", value),
        }


def _by_sex(found: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Each value with what it becomes for men and for women, and those values too."""
    for value in set(found):
        if value.startswith(_BY_SEX):
            male, female = (sex + value.removeprefix(_BY_SEX) for sex in (_MALE, _FEMALE))
            yield from ((value, male, female), (male, "", ""), (female, "", ""))
        else:
            yield value, "", ""


def _complications(given: Definitions, names: Names, report: Report) -> Iterator[Cells]:
    """The table of complication categories."""
    inclusions: dict[str, list[str]] = defaultdict(list)
    for category in given.categories:
        inclusions[category.compl] += [category.inclprop] if category.inclprop else []
    excluded = _excluded(given.exclusions, inclusions.keys(), report)
    for feature in given.diagnoses:
        if feature.kind == "COMPL" and feature.value not in inclusions:
            report.fault("dg", feature.number, f"{feature.code} har COMPL {feature.value}, som ikke står i complcat")
    for compl, required in inclusions.items():
        letter = compl[2]
        if letter not in _LEVELS:
            report.note("komplikasjonskategorier der det tredje tegnet ikke er C, G, I eller J, har nivå 0", compl)
        if letter in _INACTIVE and not required:
            report.note("komplikasjonskategorier som aldri teller, for de mangler inklusjonsegenskapen", compl)
        yield {
            "komplikasjonskode": compl,
            "nivå": _LEVELS.get(letter, "0"),
            "familie": compl[:2] + compl[3:],
            "krever_inklusjon": "ja" if letter in _INACTIVE else "nei",
            "inklusjon": listed(required),
            "utelukket_av": listed(excluded[compl]),
            "komplikasjonsnavn": names.of("compl", compl),
        }


def _excluded(exclusions: list[Exclusion], known: Iterable[str], report: Report) -> dict[str, list[str]]:
    """The principal diagnoses that each category cannot complicate; the rows that are left out are noted."""
    found: dict[str, list[str]] = defaultdict(list)
    without_category: dict[str, list[int]] = defaultdict(list)
    for number, compl, code, d_code in exclusions:
        if compl not in known:
            without_category[compl].append(number)
        elif d_code:
            reason = "utelukkelser for par av koder slår aldri til i praksis"
            report.leave_out("complexcl", reason, f"rad {number} ({compl} ved {d_code}+{code})")
        else:
            found[compl].append(code)
    for compl, numbers in without_category.items():
        shown = f"{compl} (rad {numbers_shown(numbers)})"
        report.leave_out("complexcl", "kategorien står ikke i complcat", shown, len(numbers))
    return found


# ---- checks of the rules


def _check_groups(rules: list[Logic], found: Content, report: Report) -> None:
    """Report rules that give a DRG that is not known."""
    for rule in rules:
        if group_of(rule.drg) not in found.groups:
            report.fault("drglogic", rule.number, f"DRG {rule.drg} står ikke i drgnames")


def _check_order(rules: list[Logic], found: Content, report: Report) -> None:
    """Report rules after one that requires nothing, which are never tried."""
    catch_all = next((i for i, rule in enumerate(rules) if not found.rules[rule.ord].cells), len(rules))
    for rule in rules[catch_all + 1 :]:
        before = f"regelen {rules[catch_all].ord} i rad {rules[catch_all].number} stiller ingen krav"
        report.fault("drglogic", rule.number, f"regelen {rule.ord} blir aldri prøvd: {before}")


def _warn_of_values(found: Content, report: Report) -> None:
    """Warn of rules, and inclusions, that ask for a value that no code has."""
    known = _known(found.tables)
    for id_, rule in found.rules.items():
        for column, cell in rule.cells.items():
            unknown = [one for one in values(cell) if one[1] not in known[column]] if column in known else []
            for is_wanted, code in unknown:
                follows = "regelen kan aldri slå til" if is_wanted else "det kravet er alltid oppfylt"
                report.warnings.append(f"regel {id_} ({rule.group}): ingen kode gir {column} {code}, så {follows}")
    for compl, row in found.tables["komplikasjonskategorier"].items():
        for code in row.get("inklusjon", "").split():
            if code not in known["dgprop"]:
                said = f"{compl} venter på dgprop {code}, som ingen kode gir"
                report.warnings.append(f"komplikasjonskategorien {said}")


def _known(tables: Mapping[str, Mapping[str, Cells]]) -> dict[str, set[str]]:
    """The values that some code can give, by column of rule tables."""
    diagnoses, pairs = tables["diagnosekoder"].values(), tables["diagnosepar"].values()
    procedures, categories = tables["prosedyrekoder"].values(), tables["kategorier"].values()
    return {
        "hdg": {row["hdg_til_kategori"] for row in categories},
        "kategori": {row["kategorikode"] for row in categories},
        "dgprop": {row["egenskapskode"] for row in tables["egenskaper_og_kjønn"].values()},
        "pdgprop": _codes(diagnoses, "pdgprop") | _codes(pairs, "par_pdgprop"),
        "procprop": _codes(procedures, "pros_procprop") | _codes(diagnoses, "procprop"),
    }


def _codes(rows: Iterable[Cells], column: str) -> set[str]:
    """All the codes in a column of lists."""
    return {code for row in rows for code in row.get(column, "").split()}
