"""Items of a pact: each interaction, held against the contract in whose folder the pact lies."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from crm_contracts.contracts import load_contract
from crm_contracts.model.language import _
from crm_contracts.pacts import Comparison, Interaction, Pact
from crm_contracts.pytest_items.findings import CheckFailed
from crm_contracts.pytest_items.items import CrmItem, body_of, mark
from crm_contracts.pytest_items.session import CrmSession
from crm_contracts.reports.pact_finding import incompatible


class PactItem(CrmItem):
    """One interaction of a pact."""


class Held:
    """A pact beside its contract; both are read when the first interaction is looked at."""

    def __init__(self, pact: Pact, folder: Path) -> None:
        self.pact, self.folder = pact, folder
        self._comparison: Comparison | None = None

    def perform(self, interaction: Interaction, title: str, replay: str) -> None:
        """Hold an interaction against the contract; raises what does not go together."""
        if interaction.request is None:
            pytest.skip(_("a message: the contract describes requests"))
        self._comparison = comparison = self._comparison or Comparison(load_contract(self.folder))
        if found := comparison.mismatches(interaction, self.pact.document):
            operation = comparison.operation(interaction)
            name = str(operation) if operation else ""
            raise CheckFailed(incompatible(title, comparison.contract.name, name, found, replay=replay))


def pact_items(parent: pytest.Collector, path: Path, crm: CrmSession) -> Iterator[CrmItem]:
    """One item an interaction; where the contract cannot be read, its own item tells why."""
    pact, folder = crm.project.pact(path), path.parent.parent
    held = Held(pact, folder)
    for interaction, title in zip(pact.interactions, pact.titles(), strict=True):
        # `::` ends a name in pytest's ids.
        name = " ".join(title.replace("::", ":").split())
        replay = crm.replay.command(f"{crm.project.layout.shown(path)}::{name}")
        perform = partial(held.perform, interaction, title, replay)
        item: PactItem = PactItem.from_parent(parent, name=name, callobj=body_of(perform))
        item.place = (path, pact.document.position(interaction.place).line - 1)
        item.extra_keyword_matches |= {pact.consumer, pact.provider, folder.name}
        for marker in ("crm", "crm_pact"):
            mark(item, marker, crm)
        if interaction.pending:
            item.add_marker(pytest.mark.xfail(raises=CheckFailed, reason=_("pending in its pact")))
        yield item
