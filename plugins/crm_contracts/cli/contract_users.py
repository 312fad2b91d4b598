"""The consumers of a contract, also those that a new version of it would leave without an operation."""

import sys
from dataclasses import replace
from pathlib import Path

from crm_contracts.consumers import load_consumer
from crm_contracts.model.consumer import Consumer
from crm_contracts.model.contract import Contract
from crm_contracts.model.language import _
from crm_contracts.model.problem import Problems
from crm_contracts.project import Layout, discovery
from crm_contracts.project.contracts import Contracts


def users_of(layout: Layout, contract: Contract, *, names: frozenset[str]) -> tuple[Consumer, ...]:
    """Return the consumers of every contract of these names, bound to this one.

    A file that cannot be read even so is told on stderr: whom it concerns cannot be known.
    """
    known = Contracts(root=layout.root, files=tuple(discovery.contract_files(layout)))
    found = []
    for path in discovery.consumer_files(layout):
        asked = _Asked(known, contract, names)
        try:
            consumer = load_consumer(path, asked)
        except Problems as problems:
            if asked.ours is not False:
                print(problems.problems[0], file=sys.stderr)
                sentence = _("{file} cannot be read, so it is not known whether it is concerned.")
                print(sentence.format(file=layout.shown(path)), file=sys.stderr)
            continue
        if asked.ours:
            found.append(consumer)
    return tuple(found)


class _Asked:
    """Finds the contract that a consumer's file means, and puts the given one in the place of its namesakes."""

    def __init__(self, known: Contracts, contract: Contract, names: frozenset[str]) -> None:
        self._known, self._contract, self._names = known, contract, names
        self.ours: bool | None = None

    def __call__(self, said: Path | str, folder: Path) -> Contract:
        if Path(str(said)).name in self._names:
            self.ours = True
        found = self._meant(said, folder)
        self.ours = self.ours or found.name in self._names
        if not self.ours:
            return found
        # The records of the simulator are the project's own; an older or bare document has none.
        return replace(self._contract, records=self._contract.records or found.records)

    def _meant(self, said: Path | str, folder: Path) -> Contract:
        """What the project has; where that cannot be read or is not there, the contract that is asked about."""
        try:
            return self._known.meant(said, folder)
        except (Problems, LookupError):
            if not self.ours:
                raise
            return self._contract
