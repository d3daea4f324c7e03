"""A rulebook as JSON: it reads back the same, fits its schema, and is known by what it says."""

import json
from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator, ValidationError

from compiler.export import SCHEMA_ID, as_json, content_hash, from_json, schema
from compiler.model import CodeSet, Rulebook
from compiler.resolve import resolve
from dsl.diagnostics import has_errors
from dsl.parser import parse
from dsl.source import Source
from tests.library import LIBRARY, MADE_UP

TEXT = """\
regelverk FASTLEGE 2020 «Tariffen for 2020/21»
    gjelder fra 2020-07-01 til og med 2021-06-30
    publisert 2020-06-30
    status endelig

kilde tariff «Tariffen» <https://eksempel.no/tariff>

opplysninger Regning
    dato   dato
    alder  heltall år kan mangle
    takst  kode fra takster

tabell takster av takst
    takst        kode
    nummer       kode
    honorar      desimaltall kr årlig
    ganger       desimaltall kan mangle
    dagtid       ja/nei
    ugyldig_med  koder

takst 2ad «Konsultasjon»
    nummer 010
    honorar 160,50 kr
    dagtid ja
    ugyldig_med 1ad, 11–14, alle unntatt 2fk
    kilde tariff «kap. 1»

sats grense = 0,00000001
    kilde tariff

krav i_året «Regningen er fra tariffåret»
    krever at dato er minst 2020-07-01
    ellers inngår ikke «regningen er eldre enn tariffen»
    kilde tariff

begrep barn
    alder er under 16 år
"""


def year(*texts: str) -> Rulebook:
    """The rule year that some files say."""
    parsed = [parse(Source.from_text(f"fastlege/{place:02}-kapittel.md", text)) for place, text in enumerate(texts, 1)]
    rulebook, faults = resolve([document for document, _ in parsed], None)
    assert rulebook is not None
    assert not has_errors([*faults, *(fault for _, found in parsed for fault in found)])
    return rulebook


def fenced(text: str) -> str:
    """Rules as they stand in a chapter."""
    return f"# Kapittel\n\n```regel\n{text}\n```\n"


@pytest.fixture(scope="module")
def tariff() -> Rulebook:
    return year(fenced(TEXT))


@pytest.fixture(scope="module")
def rulebooks() -> list[Rulebook]:
    return LIBRARY.rulebooks()


def test_reads_back_as_the_same_rulebook(tariff: Rulebook, rulebooks: list[Rulebook]) -> None:
    for rulebook in [tariff, *rulebooks]:
        examples = tuple(one.model_copy(update={"status_line": None}) for one in rulebook.examples)
        on_its_own = rulebook.model_copy(update={"taken": (), "examples": examples})
        assert from_json(as_json(rulebook)) == on_its_own
        assert as_json(from_json(as_json(rulebook))) == as_json(rulebook)


def test_a_code_of_digits_stays_a_code_and_a_figure_stays_exact(tariff: Rulebook) -> None:
    values = from_json(as_json(tariff)).tables[0].rows[0].values
    assert values["nummer"] == "010"
    assert isinstance(values["honorar"], Decimal)
    assert str(values["honorar"]) == "160.50"
    assert values["dagtid"] is True
    assert isinstance(values["ugyldig_med"], CodeSet)


def test_figures_are_written_as_text_without_exponent(tariff: Rulebook) -> None:
    data = json.loads(as_json(tariff))
    assert data["tables"][0]["rows"][0]["values"]["honorar"] == {"kind": "number", "value": "160.50"}
    assert data["rates"][0]["value"] == "0.00000001"
    assert data["valid_from"] == "2020-07-01"


BOOKS = {rulebook.name: rulebook for rulebook in (*LIBRARY.rulebooks(), *MADE_UP.rulebooks())}
EACH_BOOK = [
    pytest.param(name, marks=() if name in ("isf-2024", "oppdiktet-2021") else pytest.mark.langt) for name in BOOKS
]
"""In the quick tests a large rulebook, and one that uses every construct."""


@pytest.mark.parametrize("name", EACH_BOOK)
def test_json_fits_its_schema(name: str) -> None:
    Draft202012Validator(json.loads(schema())).validate(json.loads(as_json(BOOKS[name])))


def test_the_json_of_a_tariff_fits_the_schema(tariff: Rulebook) -> None:
    Draft202012Validator(json.loads(schema())).validate(json.loads(as_json(tariff)))


@pytest.mark.parametrize("wrong", [{"rates": None}, {"valid_from": 2020}, {"ukjent": 1}])
def test_the_schema_refuses_what_is_no_rulebook(tariff: Rulebook, wrong: dict[str, object]) -> None:
    data = json.loads(as_json(tariff)) | wrong
    with pytest.raises(ValidationError):
        Draft202012Validator(json.loads(schema())).validate(data)


def test_the_schema_requires_every_key_that_is_written(tariff: Rulebook) -> None:
    data = json.loads(as_json(tariff))
    del data["requirements"][0]["requires"]["kind"]
    with pytest.raises(ValidationError):
        Draft202012Validator(json.loads(schema())).validate(data)


def test_the_schema_says_what_it_is() -> None:
    found = json.loads(schema())
    Draft202012Validator.check_schema(found)
    assert found["$id"] == SCHEMA_ID
    assert found["title"] == "Regelverk: ett regelår"


def test_json_is_readable_text_that_ends_a_line(tariff: Rulebook) -> None:
    assert as_json(tariff).endswith("}\n")
    assert "Regningen er fra tariffåret" in as_json(tariff)


def test_another_version_of_the_model_is_refused(tariff: Rulebook) -> None:
    with pytest.raises(ValueError, match="modellversjon 99, ventet 4"):
        from_json(as_json(tariff).replace('"model_version": 4', '"model_version": 99'))


def test_the_fingerprint_stays_when_rules_move(tariff: Rulebook) -> None:
    head, source, *rest = TEXT.split("\n\n")
    moved = "\n\n\n".join([head, source, *rest[3:], *rest[:3]])
    assert content_hash(year(fenced(moved))) == content_hash(tariff)


def test_the_fingerprint_stays_when_rules_move_to_another_file_and_prose_changes(tariff: Rulebook) -> None:
    rest, term = TEXT.split("begrep barn")
    elsewhere = year("# Ny tittel\n\nNy forklaring.\n" + fenced(rest), fenced(f"begrep barn{term}"))
    assert content_hash(elsewhere) == content_hash(tariff)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("160,50", "160,60"),
        ("010", "10"),
        ("kap. 1", "kap. 2"),
        ("minst 2020-07-01", "over 2020-07-01"),
        ("eldre enn tariffen", "for gammel"),
        ("status endelig", "status utkast"),
    ],
)
def test_the_fingerprint_changes_with_what_rules_mean_say_or_cite(tariff: Rulebook, old: str, new: str) -> None:
    assert content_hash(year(fenced(TEXT.replace(old, new)))) != content_hash(tariff)


def test_the_fingerprint_changes_with_the_order_that_groups_are_tried_in() -> None:
    head = "regelverk ISF 2020 «ISF»\n    gjelder fra 2020-01-01\n    status endelig\n"
    head += "opplysninger Kontakt\n    alder heltall år\ngruppering drg for hver Kontakt\n"
    groups = [f"gruppe DRG {age}\n    når alder er under {age} år\n" for age in (18, 67)]
    ordered, swapped = (year(fenced(head + "".join(order))) for order in (groups, groups[::-1]))
    assert content_hash(ordered) != content_hash(swapped)


RULES = """\
regelverk DRG 2020 «DRG»
    gjelder fra 2020-01-01
    status endelig

opplysninger Opphold
    alder heltall år

gruppering drg for hver Opphold
    gir regel
    kolonne alder = alder

gruppe DRG 1
gruppe DRG 2

regeltabell DRG 1
    | regel | alder    |
    | b     | under 18 |

regeltabell DRG 2
    | regel | alder   |
    | a     | over 10 |
"""


def test_the_fingerprint_changes_with_the_order_of_rules_only_where_it_is_that_of_the_text() -> None:
    first, second = RULES.index("regeltabell DRG 1"), RULES.index("regeltabell DRG 2")
    swapped = f"{RULES[:first]}{RULES[second:]}\n{RULES[first:second]}"
    assert content_hash(year(fenced(swapped))) != content_hash(year(fenced(RULES)))
    by_id = [text.replace("gir regel", "gir regel\n    ordnet etter regel") for text in (RULES, swapped)]
    assert len({content_hash(year(fenced(text))) for text in by_id}) == 1


@pytest.mark.parametrize(("old", "new"), [("under 18", "under 17"), ("| b ", "| c "), ("gir regel", "gir regel, b")])
def test_the_fingerprint_changes_with_a_rule(old: str, new: str) -> None:
    assert content_hash(year(fenced(RULES.replace(old, new)))) != content_hash(year(fenced(RULES)))
