"""Svaret på en kontakt eller en regning."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

Status = Literal["gruppert", "inngår ikke", "uavklart", "kan ikke beregnes", "ikke i utdraget", "feil i data"]
"""De seks statusene er en offentlig kontrakt:

- `gruppert`: svaret er fullstendig. En post uten gruppe, som en regning eller en avregning, er da ferdig vurdert.
- `inngår ikke`: et krav er ikke oppfylt; `grunner` sier hvilket.
- `uavklart`: opplysningene rekker ikke til å avgjøre; `grunner` sier hvilke felt som mangler.
- `kan ikke beregnes`: gruppen er funnet, men et beløp er ukjent; `grunner` sier hvorfor.
- `ikke i utdraget`: ingen regel tok posten, i et regelverk som bare er et utdrag.
- `feil i data`: en verdi kan ikke leses; `grunner` sier felt, verdi og hva som var ventet.
"""

Verdi = Decimal | str | bool | date | datetime | None
"""En beregnet verdi i vist enhet (kroner, poeng, prosent); None når den ikke kan beregnes."""


@dataclass(frozen=True, slots=True)
class Grunn:
    """Hvorfor: id-en til kravet eller beregningen, og teksten. `felt` er feltene det skyldes."""

    id: str
    tekst: str
    felt: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Linjesvar:
    """Svaret for én linje. `inngaar` er None når det er uavklart."""

    inngaar: bool | None
    grunner: tuple[Grunn, ...] = ()
    varsler: tuple[Grunn, ...] = ()
    verdier: Mapping[str, Verdi] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kvittering:
    """Hva svaret bygger på."""

    regelverk: str
    aar: int
    status: str
    utdrag: str | None
    gjelder_fra: date
    gjelder_til: date | None
    innhold: str
    """Fingeravtrykk (SHA-256) av regelverket slik det var da pakken ble laget."""
    kompilator: str
    bruker: str | None = None
    """Regelverket som finner gruppen, når det er et annet, med fingeravtrykket."""
    henter: tuple[str, ...] = ()
    """Regelårene det er hentet satser fra, med fingeravtrykk."""


@dataclass(frozen=True, slots=True)
class Valgt:
    """En gruppe i en samling, og plassene i listen til postene den bruker."""

    gruppe: str
    brukt: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Svar:
    """Svaret på en post. Lister har ett linjesvar per linje inn, i samme rekkefølge."""

    status: Status
    gruppe: str | None = None
    gruppe_oppgitt: bool = False
    """Gruppen var oppgitt i data, og er ikke funnet av reglene."""
    grunner: tuple[Grunn, ...] = ()
    varsler: tuple[Grunn, ...] = ()
    mulige: tuple[str, ...] = ()
    """Gruppene som fortsatt er mulige, når statusen er `uavklart`."""
    verdier: Mapping[str, Verdi] = field(default_factory=dict)
    lister: Mapping[str, tuple[Linjesvar, ...]] = field(default_factory=dict)
    sist_bekreftet: Mapping[str, int] = field(default_factory=dict)
    """Regler bak svaret som er arvet, og som kildene bare bekrefter for et tidligere år: id og år."""
    brukt: "Svar | None" = None
    """Svaret fra regelverket som brukes, når det er spurt etter gruppen."""
    valgte: tuple[Valgt, ...] = ()
    """Gruppene som en samling får, i den rekkefølgen de er prøvd; `gruppe` er den første."""
    forbigaatt: tuple[Valgt, ...] = ()
    """Gruppene som en samling ikke får, med postene de ville brukt."""

    def regler_bak(self) -> set[str]:
        """Id-ene til gruppen, kravene og beregningene som svaret nevner."""
        linjer = [linje for linjer in self.lister.values() for linje in linjer]
        svarene: list[Svar | Linjesvar] = [self, *linjer]
        nevnt = {grunn.id for svar in svarene for grunn in (*svar.grunner, *svar.varsler)}
        beregnet = {id_ for svar in svarene for id_ in svar.verdier}
        valgte = {valgt.gruppe for valgt in self.valgte}
        return nevnt | beregnet | valgte | ({self.gruppe} if self.gruppe else set())


def flatt(svar: Svar, kolonne: Callable[[str], str]) -> dict[str, Any]:
    """Svaret som én rad, med verdiene fra regelverket som brukes; `kolonne` gir navnet på kolonnen til en verdi."""
    celler: dict[str, Verdi] = {
        "status": svar.status,
        "gruppe": svar.gruppe,
        "gruppe_oppgitt": svar.gruppe_oppgitt if svar.gruppe else None,
        "grunn": _samlet(svar.grunner),
        "varsel": _samlet(svar.varsler),
    }
    verdier = svar.verdier if svar.brukt is None else {**svar.brukt.verdier, **svar.verdier}
    celler |= {kolonne(id_): _i_rekkefolge(verdi) for id_, verdi in verdier.items()}
    return celler | {linjekolonne(felt): _linjene(linjer, kolonne) for felt, linjer in svar.lister.items()}


def linjekolonne(liste: str) -> str:
    """Kolonnen med svarene på linjene i en liste."""
    return f"{liste}_svar"


def _linjene(linjer: Iterable[Linjesvar], kolonne: Callable[[str], str]) -> tuple[dict[str, Any], ...]:
    """Svarene på linjene, felt for felt."""
    return tuple(
        {
            "inngaar": svar.inngaar,
            "krav": " ".join(dict.fromkeys(grunn.id for grunn in svar.grunner)),
            "grunn": _samlet(svar.grunner),
            "varsel": _samlet(svar.varsler),
            **{kolonne(id_): _i_rekkefolge(verdi) for id_, verdi in svar.verdier.items()},
        }
        for svar in linjer
    )


def _i_rekkefolge(verdi: Verdi) -> Any:
    """Verdien, der en mengde av koder er kodene i rekkefølge."""
    return tuple(sorted(verdi)) if isinstance(verdi, frozenset) else verdi


def _samlet(grunner: Iterable[Grunn]) -> str:
    """Tekstene, hver av dem én gang."""
    return "; ".join(dict.fromkeys(grunn.tekst for grunn in grunner))
