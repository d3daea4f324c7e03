"""The files of a package: a module of rules and one of explanations for each rule year, and the runtime."""

from collections.abc import Sequence
from importlib.metadata import version
from importlib.resources import files

from compiler import model
from compiler.names import identifier
from compiler.python.data import data_file
from compiler.python.fast import fast_module
from compiler.python.layout import filled, plain, python_time
from compiler.python.modules import explanations_module, rules_module
from compiler.python.symbols import module_name, package_name, verb_of

RUNTIME = (
    *("svar", "verdier", "lesing", "forklaring", "regelrader", "data"),
    *("indeks", "rask", "begrunnelse", "motor", "minne", "kjerne", "parti"),
    *("samlet", "samling", "samling_parti"),
)

_INIT = '''
    """$scheme: reglene for $years, laget av regelverk $version. Ikke rediger.

        import $name
        regler = $name.aar($last)
        svar = regler.$verb(regler.$record(...))

    Hvert regelår er en egen modul; `aar` og `for_dato` finner den.
    """

    from datetime import date
    from importlib import import_module
    from types import ModuleType

    _AAR = {$modules}
    _GJELDER: tuple[tuple[date, date | None, int], ...] = (
    $valid
    )

    AARENE = tuple(_AAR)
    """Regelårene i pakken, eldste først."""


    def aar(aaret: int) -> ModuleType:
        """Reglene for et regelår. ValueError når pakken ikke har året."""
        if aaret not in _AAR:
            raise ValueError(f"pakken har ikke regelåret {aaret}; den har {', '.join(map(str, AARENE))}")
        return import_module(f".{_AAR[aaret]}", __name__)


    def for_dato(dato: date) -> ModuleType:
        """Reglene som gjelder på en dato. ValueError når ingen gjør det."""
        for fra, til, aaret in reversed(_GJELDER):
            if fra <= dato and (til is None or dato <= til):
                return aar(aaret)
        raise ValueError(f"ingen regler i pakken gjelder {dato.isoformat()}")
'''


def generate(rulebooks: Sequence[model.Rulebook]) -> dict[str, str]:
    """The files of the package for the rule years of one scheme, oldest first: path -> text."""
    name = package_name(rulebooks[0].scheme)
    made = {f"{name}/__init__.py": _init(rulebooks), f"{name}/py.typed": ""}
    used = {rulebook.used.name: rulebook.used for rulebook in rulebooks if rulebook.used is not None}
    for rulebook in (*rulebooks, *used.values()):
        fast = fast_module(rulebook)
        made[f"{name}/{module_name(rulebook)}.py"] = rules_module(rulebook, fast is not None)
        made[f"{name}/{module_name(rulebook)}_forklaring.py"] = explanations_module(rulebook)
        if fast is not None:
            made[f"{name}/{module_name(rulebook)}_rask.py"] = fast
        data = data_file(rulebook)
        if data is not None:
            made[f"{name}/{module_name(rulebook)}.json"] = data
    for part in ("__init__", *RUNTIME):
        made[f"{name}/_runtime/{part}.py"] = _runtime(part)
    return made


def _runtime(part: str) -> str:
    """A module of the runtime, which is copied as it is."""
    return files("compiler.runtime").joinpath(f"{part}.py").read_text(encoding="utf-8")


def _init(rulebooks: Sequence[model.Rulebook]) -> str:
    """The package's own module: the rule years, by year and by date."""
    scheme, last = rulebooks[0].scheme, rulebooks[-1]
    text = filled(
        _INIT,
        scheme=plain(scheme),
        years=_in_words([str(r.year) for r in rulebooks]),
        version=version("regelverk"),
        name=package_name(scheme),
        last=str(last.year),
        record=identifier(last.top_records()[0].id),
        verb=verb_of(last),
        modules=", ".join(f"{r.year}: {module_name(r)!r}" for r in rulebooks),
        valid="\n".join(f"    {_validity(r)}," for r in rulebooks),
    )
    return f"{text}\n"


def _validity(rulebook: model.Rulebook) -> str:
    """When a rule year applies, as a tuple."""
    return f"({python_time(rulebook.valid_from)}, {python_time(rulebook.valid_to)}, {rulebook.year})"


def _in_words(years: Sequence[str]) -> str:
    """The years as they are listed: «2019, 2020 og 2021»."""
    return years[0] if len(years) == 1 else f"{', '.join(years[:-1])} og {years[-1]}"
