"""`crm-contracts fault on|off|list`: the faults of a lab that is served in another terminal."""

import argparse
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from crm_contracts.model.language import _

if TYPE_CHECKING:
    from crm_contracts.model.json import JSON
    from crm_contracts.serving import Order

TAKES_OTHERS = True
ACTIONS = ("on", "off", "list")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be asked."""
    parser.add_argument("action", metavar="on|off|list", help=_("what to do"))
    parser.add_argument("name", nargs="?", metavar="FAULT", help=_("`crm-contracts list faults` shows them"))
    parser.add_argument("--serve", metavar="NAME", help=_("which lab, where several are served"))
    parser.add_argument(
        "--consumers", metavar="A,B", default="", help=_("only for these (default: all that are served)")
    )
    parser.epilog = _(
        "Settings of the fault follow as --key value: fault on status --code 503 --for 30s. `fault off` without a name "
        "switches all off."
    )


def run(options: argparse.Namespace) -> int:
    """Send the order; exit 0 where it was carried out, 1 where not, 4 for words that mean nothing."""
    from crm_contracts.cli.refusal import Refused, unknown
    from crm_contracts.serving import NameTaken, NoLabServed, ask

    if options.action not in ACTIONS:
        raise unknown(_("Unknown action {name!r}.").format(name=options.action), options.action, ACTIONS)
    try:
        answer = ask(_lab(options.serve), _order(options))
    except (NoLabServed, NameTaken) as nobody:
        raise Refused(str(nobody)) from None
    print("\n".join(answer.lines))
    return 0 if answer.done else 1


def _order(options: argparse.Namespace) -> "Order":
    from crm_contracts.cli.refusal import Refused
    from crm_contracts.serving import Order

    name, words = _named(options.name, options.others)
    consumers = tuple(one.strip() for one in options.consumers.split(",") if one.strip())
    if options.action == "on":
        if name is None:
            raise Refused(_("Which fault? {command} shows them.").format(command=_list_faults()))
        return Order(do="on", fault=_settings(name, words), consumers=consumers)
    if words:
        raise Refused(_("unrecognized arguments: {words}").format(words=" ".join(words)))
    fault: dict[str, JSON] = {} if name is None else {"fault": name}
    return Order(do=options.action, fault=fault, consumers=consumers)


def _settings(name: str, words: Sequence[str]) -> "dict[str, JSON]":
    """The settings, checked here: what is wrong in them is shown in the line that was typed."""
    from crm_contracts.cli.fault_words import fault_of, settings_of

    fault_of(name, words)
    return {**settings_of(name, words), "": shlex.join((name, *words))}


def _named(name: str | None, words: Sequence[str]) -> tuple[str | None, Sequence[str]]:
    """The fault's name, also where options stand before it."""
    if name is None and words and not words[0].startswith("-"):
        return words[0], words[1:]
    return name, words


def _lab(name: str | None) -> str:
    """The lab that is meant: the one of a name, or the only one."""
    from crm_contracts.cli import program
    from crm_contracts.cli.refusal import Refused, unknown
    from crm_contracts.serving import NameTaken, running

    try:
        names = running()
    except NameTaken as wrong:
        raise Refused(str(wrong)) from None
    if not names:
        raise Refused(
            _("No lab is served. Start one in another terminal: {command}").format(command=program("serve"))
        )
    if name is None and len(names) > 1:
        raise Refused(_("Which lab? There are {names}: --serve NAME").format(names=", ".join(names)))
    if name is not None and name not in names:
        raise unknown(_("No lab is served under the name {name!r}.").format(name=name), name, names)
    return name or names[0]


def _list_faults() -> str:
    from crm_contracts.cli import program

    return program("list", "faults")
