"""`crm-contracts`: one command a file. A command's module is imported when it is called, so that help is quick."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import NoReturn

from crm_contracts.cli import usage
from crm_contracts.model.language import _, asked_for, choose_language

COMMANDS = (
    "lint",
    "drill",
    "try",
    "serve",
    "fault",
    "list",
    "describe",
    "new",
    "known",
    "pin",
    "pact",
    "diagnose",
    "diff",
    "impact",
    "probe",
    "schema",
    "doctor",
)
INTERRUPTED, OURS, USAGE = 2, 3, 4
"""Exit codes beside 0, 1 and 5; they are pytest's."""

# Words that Python keeps for itself.
_MODULES = {"try": "trying", "list": "listing"}


class Parser(argparse.ArgumentParser):
    """A parser whose usage errors exit as pytest's do."""

    def error(self, message: str) -> NoReturn:
        """Print one line and exit 4."""
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 as expected, 1 not, 2 interrupted, 3 our own bug, 4 usage, 5 nothing to run."""
    words = list(sys.argv[1:] if argv is None else argv)
    # Before anything is parsed: help is for people, too.
    choose_language(asked_for(words))
    usage.translate()
    usage.bear_every_letter(sys.stdout, sys.stderr)
    parser = _parser(words)
    options, others = parser.parse_known_args(words)
    options.others = others
    command = _module(options.command)
    if others and not getattr(command, "TAKES_OTHERS", False):
        # The settings of a fault are words that only the fault knows; nobody else takes what was not declared.
        parser.error(_("unrecognized arguments: {words}").format(words=" ".join(others)))
    try:
        return int(command.run(options))
    except KeyboardInterrupt:
        print(_("Interrupted."), file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        sys.stderr.close()
        return 0
    except Exception as error:  # noqa: BLE001 - the last one to tell it
        from crm_contracts.cli.refusal import told

        return told(error)


def _parser(words: Sequence[str]) -> Parser:
    from crm_contracts import __version__

    parser = Parser(
        prog="crm-contracts", description=_("When the CRM misbehaves, does our caller do the right thing?")
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"crm-contracts {__version__}",
        help=_("show program's version number and exit"),
    )
    parser.add_argument(
        "--crm-lang", metavar="LANG", help=_("the language of sentences: en or zh_CN (default: LANG)")
    )
    commands = parser.add_subparsers(dest="command", metavar=_("COMMAND"), required=True, parser_class=Parser)
    called = next((word for word in words if word in COMMANDS), None)
    for name in COMMANDS:
        command = commands.add_parser(
            name, help=_sentence(name), description=_sentence(name), allow_abbrev=False
        )
        if name == called:
            _module(name).arguments(command)
    return parser


def _module(command: str) -> ModuleType:
    return import_module(f"crm_contracts.cli.{_MODULES.get(command, command)}")


def _sentence(name: str) -> str:
    return {
        "lint": _("tell every problem of contracts, consumers, scenarios and known issues"),
        "drill": _("replay the scenarios tagged `drill` against every consumer and report"),
        "try": _("make one call of a caller, with a fault if you like, and show what happened"),
        "serve": _("start the lab, so that any program or curl can be pointed at it"),
        "fault": _("switch faults of a served lab on and off, from a second terminal"),
        "list": _("list faults, checks, mutations, scenarios, consumers or calls, each with its sentence"),
        "describe": _(
            "explain a fault, a check, a mutation or a scenario: meaning, settings, example, remedy"
        ),
        "new": _("write a commented start of a contract, a consumer or a scenario"),
        "known": _("list known issues, or add all that fails now, so that only new failures count"),
        "diagnose": _(
            "tell what is wrong with a request at hand, byte by byte, and how it differs from a good one"
        ),
        "diff": _("compare two versions of a contract: what breaks whom, and whom to tell"),
        "impact": _("tell which consumers use an operation or a field"),
        "probe": _("ask a real CRM, reading only, whether it still is as the contract says"),
        "pact": _("compare pact files with the contract, record them from a consumer, verify a provider"),
        "pin": _("write an answer that a caller did not bear down as a scenario"),
        "schema": _("write the JSON Schema of scenarios for editors"),
        "doctor": _(
            "tell what is installed, which engine is used and why, and what to do about what is missing"
        ),
    }[name]


def program(*words: str) -> str:
    """One of our commands as it can be pasted into this shell: by name where it is on PATH, else by its way from here."""
    import shlex
    import shutil
    from pathlib import Path

    own = Path(sys.executable).parent / "crm-contracts"
    found = shutil.which("crm-contracts")
    if found and Path(found).parent == own.parent:
        return shlex.join(("crm-contracts", *words))
    here = Path.cwd()
    return shlex.join(((own.relative_to(here) if own.is_relative_to(here) else own).as_posix(), *words))
