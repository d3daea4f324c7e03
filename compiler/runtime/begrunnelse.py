"""Kort begrunnelse for svaret på en post: raden som ga gruppen, hver celle, og koden eller verdien den bygger på."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from .rask import Bitplan, Langsom, Minne, Opphold, Raskt
from .regelrader import Rad
from .verdier import lest


class Begrunner:
    """Begrunnelsene for poster som er rett fram, av de samme bitene som svaret."""

    def __init__(self, raskt: Raskt, hode: str) -> None:
        self.raskt = raskt
        self.plan: Bitplan = raskt.bitplan
        self.hode = hode
        self.rader = Minne(self._rad)

    def __call__(self, *felt: Any) -> str | None:
        """Begrunnelsen for en post, gitt feltene i rekkefølge; None når posten må gå den grundige veien."""
        try:
            biter, noekkel = self.raskt.finn(*felt)
            nummer = self.raskt.rader[biter]
            if nummer < 0:  # Ingen rad tar posten: da er det mer å si enn hvilken rad.
                return None
            svar = self.raskt.svarene[nummer, noekkel]
            innledning, celler = self.rader[nummer]
            verdier = dict(zip(self.feltnavn, felt, strict=True))
            koder = self._koder(verdier)
        except (Langsom, TypeError, KeyError):
            return None
        linjer = [innledning]
        for tekst, bit, kolonne in celler:
            linjer.append(tekst + self._grunnlag(bit, kolonne, koder, verdier))
        linjer += [f"  = {navn} = {verdi}" for navn, verdi in svar.verdier.items()]
        return "\n".join(linjer) + "\n"

    @cached_property
    def feltnavn(self) -> list[str]:
        """Feltene i den rekkefølgen de gis."""
        return [felt.id for felt in self.raskt.felter]

    @cached_property
    def _felt_i_kolonne(self) -> dict[int, str]:
        return {kolonne: navn for navn, kolonne, _ in self.plan.plan.felt}

    @cached_property
    def _avledede(self) -> dict[int, tuple[int, ...]]:
        """Bitene som verdien av en avledet kolonne følger av."""
        return {
            avledet.kolonne: tuple(bit for bit, _ in linjer if bit)
            for avledet, linjer in zip(self.plan.plan.avledet, self.plan.avledet, strict=True)
        }

    def _rad(self, nummer: int) -> tuple[str, list[tuple[str, int, int]]]:
        """Innledningen, og for hver celle i en rad: teksten, bitene som bærer den, og kolonnen."""
        rader = self.plan.rader
        rad: Rad = rader.rader[nummer]
        celler = []
        for plass in rad.celler:
            celle = rader.celler[plass]
            bit = 0
            for krevd in self.plan.deler(celle):
                bit |= 0 if krevd.ikke else self.plan.bit(celle.kolonne, krevd)
            celler.append((f"  ✓ {lest(rader.kolonner[celle.kolonne].navn)} {celle.tekst}", bit, celle.kolonne))
        return f"{self.hode}\n{rad.gruppe}: rad {rad.id} er den første som holder (står i {rad.sted})", celler

    def _koder(self, verdier: dict[str, Any]) -> list[tuple[str, int]]:
        """Hver kode i posten med bitene den bidrar med, hoveddiagnosen først."""
        sammenheng = tuple(verdier[felt] for felt, _ in self.plan.plan.sammenheng)
        nummer = self.plan.sammenhenger[sammenheng]
        funnet: list[tuple[str, int]] = []
        for liste in self.plan.plan.lister:
            navn = liste.felt.id
            koder = verdier[navn]
            if koder:
                funnet.append((koder[0], self.plan.forste[navn][nummer][koder[0]][0]))
                resten = self.plan.resten[navn][nummer]
                funnet += [(kode, resten[kode]) for kode in koder[1:]]
        return funnet

    def _grunnlag(self, bit: int, kolonne: int, koder: list[tuple[str, int]], verdier: dict[str, Any]) -> str:
        """Det en celle bygger på: verdien av feltet, eller koden som gir den."""
        felt = self._felt_i_kolonne.get(kolonne)
        if felt is not None:
            verdi = verdier[felt]
            return f"   [{'mangler' if verdi is None else verdi}]"
        for av in (bit, *self._avledede.get(kolonne, ())):
            fra = dict.fromkeys(kode for kode, biter in koder if biter & av)
            if fra:
                return f"   [{', '.join(fra)}]"
        fra = dict.fromkeys(self._oppfyller(bit, koder, verdier))
        return f"   [{', '.join(fra)}]" if fra else ""

    def _oppfyller(self, bit: int, koder: list[tuple[str, int]], verdier: dict[str, Any]) -> Iterator[str]:
        """Kodene som gjør at et vilkår om hele posten holder."""
        for rest, (vakt, gir, vilkaar) in zip(self.plan.plan.rest, self.plan.rest, strict=True):
            if not gir & bit:
                continue
            aktuelle = [kode for kode, biter in koder if biter & vakt]
            if vilkaar is None or rest.vei is None:
                yield from aktuelle
                continue
            lest = {navn: [minne[kode] for kode in verdier[navn]] for navn, minne in self.plan.elementer.items()}
            post = Opphold(**(verdier | lest))
            for kode in aktuelle:
                element = self.plan.elementer[rest.vei.liste][kode]
                if any(rest.vei.vilkaar(post, en) for en in rest.vei.koder(post, element)):
                    yield kode
