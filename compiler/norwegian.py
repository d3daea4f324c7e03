"""Click's own words in Norwegian: help, usage and faults of use."""

import re

import click


class _Words(click.HelpFormatter):
    """Help with Norwegian headings."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or "Bruk: ")

    def write_heading(self, heading: str) -> None:
        words = {"Options": "Valg", "Commands": "Kommandoer", "Arguments": "Argumenter"}
        super().write_heading(words.get(heading, heading))


class Context(click.Context):
    """A context whose help is in Norwegian."""

    formatter_class = _Words


class Command(click.Command):
    """A command whose help is in Norwegian."""

    context_class = Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "Vis denne hjelpen."
        return option

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [_norwegian(piece) for piece in super().collect_usage_pieces(ctx)]


class Group(Command, click.Group):
    """A group of commands whose help is in Norwegian."""

    command_class = Command


def _norwegian(piece: str) -> str:
    return {"[OPTIONS]": "[VALG]", "COMMAND [ARGS]...": "KOMMANDO [ARGUMENTER]…"}.get(piece, piece)


_PHRASES: tuple[tuple[str, str], ...] = (
    (
        r"^No such command '(.+?)'\.(?: Did you mean '(.+?)'\?)?.*",
        r"det er ingen kommando «\1»; «regelverk --hjelp» viser dem som er",
    ),
    (r"^No such option:? '?(--?[^\s'.]+)'?\.?(?: Did you mean '?([^\s'?]+)'?\?)?.*", r"det er ikke noe valg «\1»"),
    (r"^Missing argument '(.+)'\.", r"argumentet \1 mangler"),
    (r"^Missing option '(.+)'\.", r"valget \1 mangler"),
    (r"^Missing command\.", "hvilken kommando? «regelverk --hjelp» viser dem som er"),
    (r"^Option '(.+)' requires an argument\.", r"valget «\1» trenger en verdi"),
    (r"^Got unexpected extra arguments? \((.+)\)", r"dette er for mye: \1"),
    (r"^Invalid value for '(.+?)': '(.+?)' is not one of (.+)\.", r"«\2» kan ikke brukes for \1; velg mellom \3"),
    (
        r"^Invalid value for '(.+?)': (\S+) is not in the range (\S+)<=x<=(\S+?)\.?$",
        r"«\2» kan ikke brukes for \1; det skal være fra \3 til \4",
    ),
    (
        r"^Invalid value for '(.+?)': (\S+) is not in the range x>=(\S+?)\.?$",
        r"«\2» kan ikke brukes for \1; det skal være minst \3",
    ),
    (
        r"^Invalid value for '(.+?)': '(.+?)' is not a valid integer.*",
        r"«\2» kan ikke brukes for \1; ventet et helt tall",
    ),
    (r"^Invalid value for '(.+?)': (.*)", r"verdien for \1 kan ikke brukes: \2"),
)


def norwegian_help(fault: click.ClickException) -> str:
    """A fault of use in Norwegian."""
    text = fault.format_message()
    for pattern, words in _PHRASES:
        if re.search(pattern, text):
            return re.sub(pattern, words, text)
    return text
