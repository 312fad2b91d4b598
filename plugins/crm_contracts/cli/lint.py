"""`crm-contracts lint`: every problem of a project at once, each at its place."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from crm_contracts.model.language import _
from crm_contracts.model.problem import Problem

NOTHING, PROBLEMS = 5, 2


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be asked."""
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help=_("files or folders (default: the project)")
    )


def run(options: argparse.Namespace) -> int:
    """Print the problems; exit 0 without any, 2 with some, 4 for a path that does not exist, 5 where there is no file of ours."""
    from crm_contracts.project import Project
    from crm_contracts.project.layout import layout_here

    project = Project(layout=layout_here(Path.cwd()))
    if missing := [path for path in options.paths if not path.exists()]:
        print(_("There is no {path}.").format(path=missing[0]), file=sys.stderr)
        return 4
    files = list(_files(project.files, options.paths))
    found = [problem for path in files for problem in _problems(project, path)]
    problems = list(dict.fromkeys(found))
    for problem in problems:
        print(f"{problem}\n")
    shipped = sum(project.layout.shown(path).startswith("builtin/") for path in files)
    print(_told(len(files) - shipped, shipped, len(problems)))
    if not files:
        return NOTHING
    return PROBLEMS if problems else 0


def _files(files: tuple[Path, ...], wanted: list[Path]) -> Iterator[Path]:
    asked = [path.resolve() for path in wanted]
    ours = {path.resolve(): path for path in files}
    if not asked:
        yield from files
        return
    yield from (path for place, path in ours.items() if any(place.is_relative_to(one) for one in asked))
    # A file that somebody names is looked at wherever it lies.
    yield from (one for one in asked if one.is_file() and one not in ours)


def _problems(project: "object", path: Path) -> Iterator[Problem]:
    from crm_contracts.contracts import lint_contract
    from crm_contracts.project import Project
    from crm_contracts.project.discovery import Kind

    assert isinstance(project, Project)
    problems = project.problems_of(path)
    yield from problems
    if not problems and project.kind(path) is Kind.CONTRACT:
        yield from lint_contract(path.parent)


def _told(files: int, shipped: int, problems: int) -> str:
    if not files and not shipped:
        return _("There is nothing to look at: no contracts, consumers or scenarios are here.")
    if shipped:
        sentence = _("Files: {files}, and {shipped} that are shipped. Problems: {problems}.")
        return sentence.format(files=files, shipped=shipped, problems=problems)
    return _("Files: {files}. Problems: {problems}.").format(files=files, problems=problems)
