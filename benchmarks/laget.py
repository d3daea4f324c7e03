"""A generated rulebook, the same text each time: code sets, groups with conditions, requirements, rates and a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

SEED = 2021
_CHAPTER = 100
"""How many groups there are in a file."""
_HEADER = """# Et laget regelverk

```regel
regelverk Laget 2021 «Laget regelverk»
    gjelder fra 2021-01-01 til og med 2021-12-31
    status utkast

kilde laget_2021 «Laget av benchmarks/laget.py»

opplysninger Kontakt «En kontakt»
    sektor         valg somatikk, phv, tsb
    hovedtilstand  kode fra ICD-10
    andre_tilstander koder fra ICD-10 kan mangle hver en tilstand
    prosedyrer     koder fra NCSP kan mangle hver en prosedyre
    alder          heltall år
    liggetid       heltall døgn kan mangle
    dagkirurgi     ja/nei kan mangle

gruppering drg for hver Kontakt «Gruppe»
    velger første

tabell grupper av gruppe «Hva en gruppe er verdt i året»
    vekt  desimaltall poeng årlig  «kostnadsvekten»

årlig sats enhetspris «Enhetsprisen» = 47 742 kr per poeng
    kilde laget_2021

beregning refusjon «Refusjonen»
    = vekt av drg × enhetspris
    avrundet til hele kroner
```
"""


@dataclass(frozen=True)
class Made:
    """A generated rulebook: its files by name, and the codes that its groups ask for."""

    files: dict[str, str]
    diagnoses: tuple[str, ...]
    procedures: tuple[str, ...]

    @property
    def text(self) -> str:
        """All files as one text."""
        return "".join(self.files.values())

    def write(self, folder: Path) -> Path:
        """The folder of the rule year, with the files in it."""
        year = folder / "laget" / "2021"
        year.mkdir(parents=True)
        for name, text in self.files.items():
            (year / name).write_text(text, encoding="utf-8")
        return year

    def contacts(self, number: int) -> list[dict[str, Any]]:
        """Contacts with codes that the rulebook mentions, and some fields left out."""
        random = Random(SEED)
        return [self._contact(random) for _ in range(number)]

    def _contact(self, random: Random) -> dict[str, Any]:
        contact = {
            "sektor": random.choice(["somatikk", "somatikk", "somatikk", "phv"]),
            "hovedtilstand": random.choice(self.diagnoses),
            "andre_tilstander": random.sample(self.diagnoses, random.randint(0, 4)),
            "prosedyrer": random.sample(self.procedures, random.randint(0, 4)),
            "alder": random.randint(0, 95),
            "liggetid": random.randint(0, 20),
            "dagkirurgi": random.random() < 0.2,
        }
        return {name: value for name, value in contact.items() if name in _ALWAYS or random.random() < 0.9}


_ALWAYS = ("sektor", "hovedtilstand", "alder")


def rulebook(groups: int, codes: int) -> Made:
    """A rulebook with so many groups, each with a set of diagnoses and one of so many procedures."""
    random = Random(SEED)
    diagnoses = [f"{letter}{number:03}" for letter in "ABCDEFGHIJKLMNOPQRST" for number in range(1000)]
    procedures = [
        f"{a}{b}{c}{number:02}" for a in "JKLMN" for b in "ABCDEF" for c in "ABCDEFGH" for number in range(60)
    ]
    random.shuffle(diagnoses)
    used: dict[str, set[str]] = {"diagnoses": set(), "procedures": set()}
    files = {"00-om.md": _HEADER}
    for first in range(0, groups, _CHAPTER):
        blocks: list[str] = []
        for number in range(first, min(first + _CHAPTER, groups)):
            # A stretch of diagnoses that overlaps with its neighbours, so that several groups compete for a contact.
            start = number * 7 % (len(diagnoses) - 20)
            asked = (diagnoses[start : start + 10], sorted(random.sample(procedures, codes)))
            used["diagnoses"].update(asked[0])
            used["procedures"].update(asked[1])
            blocks += _blocks(number, *asked, random)
        text = "\n\n".join(blocks)
        title = f"# Kapittel {first // _CHAPTER + 1}\n\nGruppene {first} til {first + _CHAPTER - 1}.\n\n"
        files[f"{first // _CHAPTER + 1:02}-grupper.md"] = f"{title}```regel\n{text}\n```\n"
    return Made(files, tuple(sorted(used["diagnoses"])), tuple(sorted(used["procedures"])))


def _blocks(number: int, diagnoses: list[str], procedures: list[str], random: Random) -> Iterator[str]:
    """The blocks of one group: its sets, the group, and for some groups a rate and a requirement."""
    yield f"kodesett tilstander_{number} «Tilstander i gruppe {number}»\n{_lines(diagnoses)}"
    procedure_set = f"kodesett inngrep_{number} «Inngrep i gruppe {number}»\n{_lines(procedures)}"
    yield f"{procedure_set}\n    ventet antall {len(procedures)}"
    cited = f"    kilde laget_2021 «s. {number}»"
    if number % 5 == 0:
        yield f"sats minste_alder_{number} «Yngste i gruppe {number}» = {random.randint(1, 30)} år\n{cited}"
    age = f"minste_alder_{number // 5 * 5}"
    condition = [
        "når alle disse er oppfylt",
        "    - sektor er somatikk",
        f"    - hovedtilstand er i tilstander_{number} eller minst én av andre_tilstander er i tilstander_{number}",
        f"    - minst én av prosedyrer er i inngrep_{number}",
        f"    - alder er minst {age}",
    ]
    if number % 3 == 0:
        condition.append("    - liggetid er minst 2 døgn eller dagkirurgi")
    lines = "\n    ".join(condition)
    weight = f"{random.randint(0, 9)},{random.randint(0, 999):03}"
    yield f"gruppe DRG {number + 1} «Gruppe nummer {number + 1}»\n    vekt {weight}\n    {lines}\n{cited}"
    if number % 20 == 0:
        yield (
            f"krav ikke_for_lenge_{number} «Ikke for lenge {number}»\n"
            f"    når hovedtilstand er i tilstander_{number} og alder er over 90 år\n"
            f"    krever at liggetid er høyst {random.randint(15, 19)} døgn\n"
            f"    ellers inngår ikke «oppholdet er for langt»\n    kilde laget_2021"
        )


def _lines(codes: list[str]) -> str:
    """Codes over several lines, fifteen to a line, as they stand in a rulebook."""
    rows = [codes[i : i + 15] for i in range(0, len(codes), 15)]
    return ",\n".join(f"    {', '.join(row)}" for row in rows)
