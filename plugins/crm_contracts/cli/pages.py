"""The reference pages of the docs: faults.md, checks.md, mutations.md and scenarios.md, made from what the code says of itself."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from crm_contracts.model.language import _, choose_language


def pages() -> Mapping[str, str]:
    """The pages by file name. They are English wherever they are made, so that one file is current for everybody."""
    from crm_contracts.catalogue import check_entries, fault_entries, mutation_entries, page, scenario_entry
    from crm_contracts.cli.shelf import Shelf
    from crm_contracts.project import Layout, Project

    spoken = choose_language("en")
    shelf = Shelf.of(Project(layout=Layout.of(_NOWHERE, scenarios=["builtin"])))
    try:
        return {
            "faults.md": page("Faults", _FAULTS, fault_entries()),
            "checks.md": page("Checks", _CHECKS, check_entries()),
            "mutations.md": page("Mutations", _MUTATIONS, mutation_entries()),
            "scenarios.md": page("Scenarios", _SCENARIOS, map(scenario_entry, shelf.scenarios.values())),
        }
    finally:
        choose_language(spoken)


def write(folder: Path) -> int:
    """Write the pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")
        print(_("{path} is written.").format(path=os.path.relpath(folder / name)))
    return 0


def check(folder: Path) -> int:
    """Tell which pages are not current; exit 1 where one is not."""
    from crm_contracts.cli import program

    stale = [folder / name for name, text in pages().items() if not _is(folder / name, text)]
    command = program("describe", "--all", "--markdown")
    for path in stale:
        sentence = _("{path} is not current; write it anew: {command}")
        print(sentence.format(path=os.path.relpath(path), command=command), file=sys.stderr)
    return 1 if stale else 0


def _is(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


_NOWHERE = Path(os.devnull)
_MADE = "This page is made by `make docs` from what the code says of itself; change it there."
_FAULTS = f"""{_MADE}

A fault is what goes wrong in a scenario: `faults: [{{fault: latency, latency: 2 * deadline}}]`. On the command line its keys
are options: `crm-contracts try order-sync.find_order --fault status --code 503`, `crm-contracts fault on status --code 503`."""
_CHECKS = f"""{_MADE}

A check asks one question about a run. Each run is judged by every check that applies; a scenario's `expect` changes the
settings of one: `expect: [{{check: outcomes, during: [ok, degraded]}}]`."""
_MUTATIONS = f"""{_MADE}

A mutation is a named way to break a payload that was valid. Hypothesis draws the payload and the place; what was found can
stand in a scenario: `faults: [{{fault: malformed_body, variant: trailing_comma, position: 3}}]`. What must be refused and what a
caller may accept is said of each."""
_SCENARIOS = f"""{_MADE}

These scenarios are shipped. `crm-contracts new scenario NAME --from one-of-these` copies one into your project; `crm_scenarios`
in pytest's ini file says which are run: `builtin:ci scenarios`."""
