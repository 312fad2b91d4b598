"""`crm-contracts new scenario NAME`: a commented start that runs as it stands."""

import argparse
import os
import sys
from pathlib import Path

from crm_contracts.model.language import _


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be asked."""
    parser.add_argument("what", choices=("scenario",), help=_("what to write"))
    parser.add_argument("name", metavar="NAME", help=_("its name; `auth/my-name` puts it into a folder"))


def run(options: argparse.Namespace) -> int:
    """Write the file and say how it is run; exit 4 for a name that cannot be one or a file that is there already."""
    from crm_contracts.cli import USAGE, program
    from crm_contracts.project.layout import layout_here
    from crm_contracts.reports.replay import Replay, pytest_program
    from crm_contracts.scenarios import new_scenario

    here = Path.cwd()
    home = _home(layout_here(here).root)
    path = home / f"{options.name}.yaml"
    schema = Path(os.path.relpath(home / "scenario.schema.json", path.parent)).as_posix()
    try:
        text = new_scenario(path.stem, schema=schema)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        print(_("{path} is there already.").format(path=_seen(path, here)), file=sys.stderr)
        return USAGE
    except ValueError as wrong:
        print(wrong, file=sys.stderr)
        return USAGE
    replay = Replay(root=here, here=here, program=pytest_program(here))
    print(_("{path} is written. Run it:").format(path=_seen(path, here)))
    print(f"  {replay.command(_seen(path, here))}")
    print(_("Look for mistakes:"))
    print(f"  {program('lint', _seen(path, here))}")
    return 0


def _home(root: Path) -> Path:
    return root / "scenarios"


def _seen(path: Path, here: Path) -> str:
    return Path(os.path.relpath(path, here)).as_posix()
