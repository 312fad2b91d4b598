"""Which files of a project are what, by their place and name alone: nothing is read here."""

import os
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from crm_contracts.project.layout import Layout, ScenarioSource

YAML = frozenset({".yaml", ".yml"})
CONSUMERS = "consumers"
PACTS = "pacts"
_OVERLAY = "contract.yaml"
_SKIPPED = frozenset({"__pycache__", "node_modules", "variants", "pacts"})
_OURS = frozenset({"known_issues.yaml"})


class Kind(StrEnum):
    """What a file of a project is."""

    CONTRACT = "contract"
    CONSUMER = "consumer"
    SCENARIO = "scenario"
    KNOWN_ISSUES = "known issues"
    PACT = "pact"


def contract_file(folder: Path) -> Path | None:
    """The file that stands for the contract in a folder: its contract.yaml, else its OpenAPI document; None: no contract.

    >>> contract_file(Path("/nowhere")) is None
    True
    """
    if (folder / _OVERLAY).is_file():
        return folder / _OVERLAY
    documents = (path for path in _listed(folder) if path.name.startswith("openapi"))
    return next((path for path in documents if path.suffix in {*YAML, ".json"}), None)


def kind_of(path: Path, layout: Layout) -> Kind | None:
    """What a file is; None where it is nothing of ours."""
    if path == layout.known_issues:
        return Kind.KNOWN_ISSUES
    in_paths = any(path.is_relative_to(place) for place in layout.paths)
    if in_paths and contract_file(path.parent) == path:
        return Kind.CONTRACT
    if (
        in_paths
        and path.suffix == ".json"
        and path.parent.name == PACTS
        and contract_file(path.parent.parent)
    ):
        return Kind.PACT
    if path.suffix not in YAML or path.name in _OURS:
        return None
    if in_paths and path.parent.name == CONSUMERS:
        return Kind.CONSUMER
    return Kind.SCENARIO if layout.source_of(path) else None


def contract_files(layout: Layout) -> Iterator[Path]:
    """Every contract's own file."""
    return _of_kind(layout, Kind.CONTRACT)


def consumer_files(layout: Layout) -> Iterator[Path]:
    """Every consumer's file: YAML in folders named `consumers`."""
    return _of_kind(layout, Kind.CONSUMER)


def pact_files(layout: Layout) -> Iterator[Path]:
    """Every pact: JSON in a contract's folder `pacts`."""
    for file in contract_files(layout):
        yield from (path for path in _listed(file.parent / PACTS) if kind_of(path, layout) is Kind.PACT)


def scenario_files(layout: Layout) -> Iterator[Path]:
    """Every scenario's file, own ones and shipped ones, each once."""
    seen: set[Path] = set()
    for source in layout.sources:
        for path in _files_of(source):
            if path not in seen and kind_of(path, layout) is Kind.SCENARIO:
                seen.add(path)
                yield path


def _files_of(source: ScenarioSource) -> Iterator[Path]:
    return iter((source.folder,)) if source.folder.is_file() else _walk(source.folder)


def _of_kind(layout: Layout, kind: Kind) -> Iterator[Path]:
    seen: set[Path] = set()
    for place in layout.paths:
        for path in _walk(place):
            if path not in seen and kind_of(path, layout) is kind:
                seen.add(path)
                yield path


def _walk(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        yield from (Path(here) / name for name in sorted(files))


def _listed(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
