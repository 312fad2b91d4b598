"""`crm-contracts drill`: the scenarios tagged `drill`, against every consumer, with a report."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crm_contracts.model.language import _

if TYPE_CHECKING:
    from crm_contracts.project import Planned, Project

LANES = 4
NOTHING = 5


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be asked."""
    parser.add_argument("--tag", default="drill", help=_("which scenarios (default: drill)"))
    parser.add_argument("-k", dest="words", metavar="WORD", help=_("only runs whose id has this word"))
    parser.add_argument(
        "--engine", choices=("toxiproxy", "embedded"), help=_("default: toxiproxy where it is installed")
    )
    parser.add_argument("--toxiproxy", metavar="URL", help=_("attach to a Toxiproxy that runs"))
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help=_("decides every random choice (default: 0)")
    )
    parser.add_argument(
        "--lanes",
        type=_lanes,
        default=LANES,
        metavar="N",
        help=_("runs at once (default: {count})").format(count=LANES),
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("reports"),
        metavar="DIR",
        help=_("where reports lie; each drill makes a folder there (default: reports)"),
    )


def run(options: argparse.Namespace) -> int:
    """Do the drill; exit 0 all as expected, 1 not, 2 interrupted, 4 usage, 5 nothing to run."""
    from crm_contracts.cli.rehearsal import Rehearsal
    from crm_contracts.project import Project
    from crm_contracts.project.layout import layout_here

    project = Project(layout=layout_here(Path.cwd()), seed=options.seed)
    unreadable = _unreadable(project)
    planned = _planned(project, options)
    if not planned:
        print(
            _("There is nothing to drill: no scenario with the tag {tag} fits a consumer.").format(
                tag=options.tag
            )
        )
        return 1 if unreadable else NOTHING
    rehearsal = Rehearsal(project=project, planned=planned, options=options, folder=_folder(options.out))
    if (wrong := rehearsal.refused()) is not None:
        print(wrong, file=sys.stderr)
        return 4
    code = rehearsal.perform()
    return max(code, 1) if unreadable and code != 2 else code


def _planned(project: "Project", options: argparse.Namespace) -> "list[Planned]":
    scenarios = [s for s in project.scenarios if options.tag in s.tags and s.skip is None]
    runs = [run for scenario in scenarios for run in project.runs(scenario)]
    wanted = [run for run in runs if not options.words or options.words in run.item]
    baselines = {run.baseline.item: run.baseline for run in wanted if run.baseline is not None}
    return [*baselines.values(), *wanted]


def _unreadable(project: "Project") -> bool:
    problems = [problem for path in project.files for problem in project.problems_of(path)]
    for problem in problems:
        print(f"{problem}\n", file=sys.stderr)
    return bool(problems)


def _folder(out: Path) -> Path:
    """A folder of its own: the day, and the time where the day has one already."""
    moment = datetime.now(tz=UTC).astimezone()
    day = out / moment.strftime("%Y-%m-%d")
    return out / moment.strftime("%Y-%m-%d-%H%M%S") if day.exists() else day


def _lanes(text: str) -> int:
    count = int(text)
    if not 1 <= count <= 64:
        raise ValueError(text)
    return count
