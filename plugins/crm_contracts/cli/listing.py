"""`crm-contracts list WHAT`: each thing with its sentence."""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from crm_contracts.model.language import _

if TYPE_CHECKING:
    from crm_contracts.model.consumer import CallSpec, Consumer
    from crm_contracts.model.problem import Problem
    from crm_contracts.project import Project

KINDS = ("faults", "checks", "mutations", "scenarios", "consumers", "calls")

Pairs = Iterable[tuple[str, str]]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be asked."""
    parser.add_argument("what", metavar="WHAT", help=" | ".join(KINDS))


def run(options: argparse.Namespace) -> int:
    """Print them; exit 0, 1 where a file of the project cannot be read, 4 for a word that means nothing, 5 for none."""
    from crm_contracts.cli.refusal import unknown
    from crm_contracts.cli.rows import rows, terminal

    if options.what not in _LISTS:
        sentence = _("There is nothing to list under {name!r}.").format(name=options.what)
        raise unknown(sentence, options.what, KINDS)
    pairs, problems = _LISTS[options.what]()
    for line in rows(pairs, columns=terminal()):
        print(line)
    for problem in problems:
        print(f"\n{problem}", file=sys.stderr)
    if not pairs and not problems:
        print(_nothing(options.what), file=sys.stderr)
        return 5
    return 1 if problems else 0


Listed = tuple[list[tuple[str, str]], "tuple[Problem, ...]"]


def _faults() -> Listed:
    from crm_contracts.catalogue import fault_entries

    return [(entry.name, entry.sentence) for entry in fault_entries()], ()


def _checks() -> Listed:
    from crm_contracts.catalogue import check_entries

    return [(entry.name, entry.sentence) for entry in check_entries()], ()


def _mutations() -> Listed:
    from crm_contracts.catalogue import mutation_entries

    return [(entry.name, entry.sentence) for entry in mutation_entries()], ()


def _scenarios() -> Listed:
    from crm_contracts.cli.shelf import Shelf

    shelf = Shelf.of(_project())
    return [(name, scenario.title) for name, scenario in shelf.scenarios.items()], shelf.problems


def _consumers() -> Listed:
    project = _project()
    return [(name, _who(consumer)) for name, consumer in project.consumers.items()], _unreadable(project)


def _calls() -> Listed:
    project = _project()
    calls = [
        (f"{name}.{call.name}", _what(call))
        for name, consumer in project.consumers.items()
        for call in consumer.calls.values()
    ]
    return calls, _unreadable(project)


_LISTS: Mapping[str, Callable[[], Listed]] = {
    "faults": _faults,
    "checks": _checks,
    "mutations": _mutations,
    "scenarios": _scenarios,
    "consumers": _consumers,
    "calls": _calls,
}


def _project() -> "Project":
    from crm_contracts.project import Project
    from crm_contracts.project.layout import layout_here

    return Project(layout=layout_here(Path.cwd()))


def _who(consumer: "Consumer") -> str:
    sentence = _("calls {contract}: {calls}")
    told = sentence.format(contract=consumer.contract.name, calls=", ".join(consumer.calls))
    return f"{told} ({consumer.contact})" if consumer.contact else told


def _what(call: "CallSpec") -> str:
    args = f" ({', '.join(call.args)})" if call.args else ""
    does = ", ".join(call.does)
    told = {"read": _("reads: {does}"), "write": _("writes: {does}")}[call.effect.value]
    return told.format(does=does) + args


def _unreadable(project: "Project") -> "tuple[Problem, ...]":
    from crm_contracts.project import discovery

    files = (*project.contracts, *discovery.consumer_files(project.layout))
    return tuple(dict.fromkeys(_problems(project, files)))


def _problems(project: "Project", files: Iterable[Path]) -> "Iterator[Problem]":
    for path in files:
        yield from project.problems_of(path)


def _nothing(what: str) -> str:
    from crm_contracts.cli import program

    if what in {"consumers", "calls"}:
        sentence = _("No consumer is here yet. Write one: {command}")
        return sentence.format(command=program("new", "consumer", "NAME"))
    return _("Nothing is here.")
