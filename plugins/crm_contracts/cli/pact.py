"""`crm-contracts pact`: pact files compared with the contract, recorded from a consumer, verified against a provider."""

import argparse
from importlib import import_module
from types import ModuleType

from crm_contracts.model.language import _


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be asked."""
    from crm_contracts.cli import Parser

    ways = parser.add_subparsers(dest="way", metavar=_("WAY"), required=True, parser_class=Parser)
    for name, sentence in _sentences().items():
        one = ways.add_parser(name, help=sentence, description=sentence, allow_abbrev=False)
        _way(name).arguments(one)


def run(options: argparse.Namespace) -> int:
    """Go one of the ways; each says how it ends."""
    from crm_contracts.cli.refusal import Refused
    from crm_contracts.pacts import ExtraMissing

    try:
        return int(_way(options.way).run(options))
    except ExtraMissing as missing:
        raise Refused(str(missing)) from None


def _way(name: str) -> ModuleType:
    return import_module(f"crm_contracts.cli.pact_{name}")


def _sentences() -> dict[str, str]:
    return {
        "compare": _("hold each interaction of pact files against the contract"),
        "record": _("write what a consumer asks, and what it was answered, as a pact"),
        "verify": _("ask a provider what pact files expect of it"),
    }
