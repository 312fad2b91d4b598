"""How our commands speak: argparse's own sentences in the user's language, on a terminal that may lack its letters."""

import argparse
from io import TextIOWrapper
from typing import TextIO

from crm_contracts.model.language import _


def translate() -> None:
    """Have argparse speak the language that was chosen; in English nothing changes.

    It looks its sentences up by these two names of its module, and in no catalogue of its own.
    """
    argparse._ = _  # type: ignore[attr-defined]
    argparse.ngettext = _one_of  # type: ignore[attr-defined]


def bear_every_letter(*streams: TextIO) -> None:
    """Have these streams show a letter that they cannot encode by its number, as pytest does, instead of ending us."""
    for stream in streams:
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _one_of(one: str, many: str, count: int) -> str:
    return _(one if count == 1 else many)


def sentences() -> tuple[str, ...]:
    """What argparse can say of our commands: a sentence that a later Python words anew stays English."""
    return (
        _("usage: "),
        _("options"),
        _("positional arguments"),
        _("show this help message and exit"),
        _("show program's version number and exit"),
        _("argument %(argument_name)s: %(message)s"),
        _("the following arguments are required: %s"),
        _("one of the arguments %s is required"),
        _("unrecognized arguments: %s"),
        _("invalid choice: %(value)r (choose from %(choices)s)"),
        _("invalid %(type)s value: %(value)r"),
        _("ambiguous option: %(option)s could match %(matches)s"),
        _("ignored explicit argument %r"),
        _("not allowed with argument %s"),
        _("expected one argument"),
        _("expected at most one argument"),
        _("expected at least one argument"),
        _("expected %s argument"),
        _("expected %s arguments"),
    )
