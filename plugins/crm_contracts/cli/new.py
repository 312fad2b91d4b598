"""`crm-contracts new contract|consumer|scenario NAME`: commented files that run as they stand."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from crm_contracts.model.language import _

if TYPE_CHECKING:
    from collections.abc import Iterable

WHATS = ("contract", "consumer", "scenario")
DRIVERS = ("python", "http", "command")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be asked."""
    parser.add_argument("what", metavar="WHAT", help=" | ".join(WHATS))
    parser.add_argument(
        "name", metavar="NAME", help=_("its name; `auth/my-name` puts a scenario into a folder")
    )
    parser.add_argument(
        "--from",
        dest="origin",
        metavar="FILE|NAME",
        help=_(
            "contract: an OpenAPI document, taken as it is, or a shipped contract (acme-crm), to be copied; scenario: one that "
            "is shipped, to be copied"
        ),
    )
    parser.add_argument(
        "--contract",
        metavar="NAME",
        help=_("consumer: the contract that it calls (default: the only one here)"),
    )
    parser.add_argument(
        "--driver",
        choices=DRIVERS,
        default="python",
        help=_(
            "consumer: how your program is called: a Python object, a service, a command (default: python)"
        ),
    )


def run(options: argparse.Namespace) -> int:
    """Write the files and say what comes next; nothing that is there already is changed (exit 4)."""
    from crm_contracts.cli.refusal import Refused, unknown
    from crm_contracts.cli.start import consumer, contract, scenario
    from crm_contracts.project.layout import layout_here

    starts = {"contract": contract, "consumer": consumer, "scenario": scenario}
    if options.what not in starts:
        raise unknown(_("{name!r} cannot be made.").format(name=options.what), options.what, WHATS)
    try:
        made = starts[options.what](layout_here(Path.cwd()), options)
    except ValueError as wrong:
        raise Refused(str(wrong)) from None
    write(made.files.items())
    for path in made.files:
        print(_("{path} is written.").format(path=shown(path)))
    print("\n".join(made.notes))
    return 0


def write(files: "Iterable[tuple[Path, str | bytes]]") -> None:
    """Write all of them or none; raises Refused where one is there already."""
    from crm_contracts.cli.refusal import Refused

    files = list(files)
    for path, _content in files:
        if path.exists():
            raise Refused(_("{path} is there already; nothing was written.").format(path=shown(path)))
    for path, content in files:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content.encode() if isinstance(content, str) else content)


def shown(path: Path) -> str:
    """A file as it is seen from here."""
    import os

    return Path(os.path.relpath(path)).as_posix()
