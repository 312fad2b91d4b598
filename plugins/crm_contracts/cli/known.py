"""`crm-contracts known list|add`: the failures that are known, so that only new ones count."""

import argparse
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crm_contracts.model.language import _

if TYPE_CHECKING:
    from crm_contracts.project import Project

ACTIONS = ("list", "add")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be asked."""
    parser.add_argument("action", metavar="list|add", help=_("what to do"))
    parser.add_argument("--all-failing", action="store_true", help=_("add: every run that fails now"))
    parser.add_argument(
        "--until", metavar="DATE", help=_("add: the last day on which they are expected: 2026-12-31")
    )
    parser.add_argument("--owner", metavar="WHO", help=_("add: who mends them"))
    parser.add_argument(
        "--from",
        dest="report",
        type=Path,
        metavar="FILE",
        help=_("add: take what failed from a verdicts.json (default: run everything now)"),
    )
    parser.add_argument(
        "--engine", choices=("toxiproxy", "embedded"), help=_("default: toxiproxy where it is installed")
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help=_("decides every random choice (default: 0)")
    )


def run(options: argparse.Namespace) -> int:
    """List or add; exit 0, 1 where something new is left, 4 for words that mean nothing, 5 where nothing is known."""
    from crm_contracts.cli.refusal import unknown
    from crm_contracts.project import Project
    from crm_contracts.project.layout import layout_here

    if options.action not in ACTIONS:
        raise unknown(_("Unknown action {name!r}.").format(name=options.action), options.action, ACTIONS)
    project = Project(layout=layout_here(Path.cwd()), seed=options.seed)
    return _list(project) if options.action == "list" else _add(project, options)


def _list(project: "Project") -> int:
    from crm_contracts.cli.rows import rows, terminal
    from crm_contracts.scenarios import load_known_issues

    path = project.layout.known_issues
    issues = load_known_issues(path, shown=project.layout.shown(path)) if path.exists() else ()
    today = _today()
    pairs = []
    for one in issues:
        over = _(" (ran out)") if one.expired(today) else ""
        owner = _(", owner {owner}").format(owner=one.owner) if one.owner else ""
        told = _("{checks} until {day}{over}{owner}: {symptom}")
        text = told.format(
            checks=", ".join(one.checks),
            day=one.until.isoformat(),
            over=over,
            owner=owner,
            symptom=one.symptom,
        )
        pairs.append((f"{one.scenario}::{one.consumer}", text))
    for line in rows(pairs, columns=terminal()):
        print(line)
    over_count = sum(one.expired(today) for one in issues)
    print(_("{count} known, {over} ran out").format(count=len(issues), over=over_count))
    return 0 if issues else 5


def _add(project: "Project", options: argparse.Namespace) -> int:
    from crm_contracts.cli.adoption import Adoption, read_runs, run_all
    from crm_contracts.cli.refusal import Refused

    if not options.all_failing or not options.until or not options.owner:
        raise Refused(_("Say it in full: {example}").format(example=_example()))
    adoption = Adoption(project=project, until=_day(options.until), owner=options.owner, today=_today())
    if options.report is not None:
        return adoption.adopt(lambda _project, _items: read_runs(options.report))
    return adoption.adopt(lambda fresh, items: run_all(fresh, items, options))


def _day(text: str) -> date:
    from crm_contracts.cli.refusal import Refused

    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(_("{value!r} is no day; write it as 2026-12-31").format(value=text)) from None
    if day < _today():
        raise Refused(_("{day} is over: the failures would count at once.").format(day=day.isoformat()))
    return day


def _today() -> date:
    return datetime.now(tz=UTC).astimezone().date()


def _example() -> str:
    from crm_contracts.cli import program

    year = _today().year
    return program(
        "known", "add", "--all-failing", "--until", f"{year}-12-31", "--owner", "my-team@example.com"
    )
