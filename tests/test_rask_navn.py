"""The fast way: nothing that a rulebook calls something is taken for something else."""

import re
from itertools import product
from pathlib import Path

from compiler.evaluate import evaluate
from compiler.packages import imported
from compiler.pipeline import load

NAMES = """\
regelverk NAVN 2020 «Navn som den raske veien også bruker»
    gjelder fra 2020-01-01 til og med 2020-12-31
    status utkast

kilde laget «Laget for prøven»

opplysninger Minne
    element  kode
    verdi    kode kan mangle

opplysninger Opphold
    rest      valg vakt, bit kan mangle
    biter     heltall
    lister    liste av Minne
    felt      koder hver en kolonne

tabell plan av element_kode
    element_kode kode
    husket       koder
    nummer       heltall kan mangle
    | element_kode | husket | nummer |
    | A1           | B1 B2  | 1      |
    | A2           | B2     |        |
    | A3           |        | 2      |

begrep forste
    = første av lister

begrep lik hver en ulik
    = samlet av (samlet av husket av element for hver minne, samlet av husket av kolonne for hver kolonne)

begrep koder_av for hver ulik
    = ulik

begrep mellom
    = samlet av koder_av for hver ulik

begrep hoyeste
    = høyeste av nummer av kolonne for hver kolonne

begrep begrep_av
    = element av forste

gruppering regler for hvert Opphold
    gir rad
    kolonne biter  = biter
    kolonne rest   = rest
    kolonne mellom = mellom
    kolonne begrep = begrep_av
    kolonne tall   = hoyeste
    ellers NAVN 9

gruppe NAVN 1 «En»
    kilde laget

gruppe NAVN 2 «To»
    kilde laget

gruppe NAVN 9 «Resten»
    kilde laget

regeltabell rader
    | rad | gruppe | biter  | rest | mellom        | begrep   | tall    |
    | r1  | NAVN 1 | over 3 | vakt | B1            |          |         |
    | r2  | NAVN 2 |        |      | B2 og ikke B1 | A2       |         |
    | r3  | NAVN 1 |        | bit  |               | ikke A1  | minst 2 |
    | r4  | NAVN 2 | 0–1    |      |               | mangler  |         |
"""


def test_no_name_is_taken_for_another(tmp_path: Path) -> None:
    folder = tmp_path / "navn" / "2020"
    folder.mkdir(parents=True)
    (folder / "regler.regel").write_text(NAMES, encoding="utf-8")
    library = load(tmp_path)
    assert [str(fault) for fault in library.diagnostics()] == []
    (rulebook,) = library.rulebooks()
    with imported([rulebook]) as package:
        module = package.aar(2020)
        assert module.REGLER["Opphold"].raskt is not None
        codes = [[], ["A1"], ["A2"], ["A1", "A2"], ["A3", "A2"]]
        found = set()
        for rest, bits, listed, field in product([None, "vakt", "bit"], [0, 4], codes, codes):
            case = {"rest": rest, "biter": bits, "lister": listed, "felt": field}
            expected = evaluate(rulebook, case)
            answer = module.grupper_data(case)
            wanted = (expected.status, expected.gruppe, expected.verdier)
            assert (answer.status, answer.gruppe, dict(answer.verdier)) == wanted, case
            contact = module.Opphold(**case)
            assert module.grupper(contact).verdier == expected.verdier
            row = expected.verdier.get("rad")
            assert re.findall(r"rad (\S+) er den første", module.begrunn(contact)) == ([row] if row else []), case
            found.add(row)
        assert found == {"r1", "r2", "r3", "r4", None}
