"""An interaction of a pact, held against the contract: may it be asked so, and may the answer be counted on?"""

import json
from dataclasses import dataclass

from crm_contracts.documents import Document, Place
from crm_contracts.model.contract import Contract, Operation
from crm_contracts.model.language import _
from crm_contracts.model.problem import Position
from crm_contracts.model.verdict import Layer
from crm_contracts.pacts.asking import Asking
from crm_contracts.pacts.contract_place import position_of
from crm_contracts.pacts.expecting import Expecting
from crm_contracts.pacts.pact import Interaction
from crm_contracts.pacts.secrecy import hidden
from crm_contracts.pacts.wrong import Wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One thing that a pact and a contract see differently, with both sides.

    `where` names the place in people's words; `pact` and `contract` are what the two sides say there, and where they do.
    """

    layer: Layer
    rule: str
    where: str
    message: str
    pact: str
    contract: str
    position: Position
    contract_position: Position | None = None


class Comparison:
    """Holds the interactions of pacts against one contract."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._asking = Asking(contract)
        self._expecting = Expecting(contract, self._asking.conformance.schemas)

    def operation(self, interaction: Interaction) -> Operation | None:
        """The operation that an interaction is about; None: the contract has none, or it is a message."""
        return self._asking.meant(interaction.request)[0] if interaction.request else None

    def mismatches(self, interaction: Interaction, document: Document) -> tuple[Mismatch, ...]:
        """Return everything in which an interaction of a document is not as the contract; nothing for a message."""
        if interaction.request is None or interaction.answer is None:
            return ()
        operation, request = self._asking.meant(interaction.request)
        status = interaction.answer.status
        if operation is None:
            found = [*self._asking.unknown(interaction, status)]
        else:
            found = [*self._asking.wrong(operation, interaction, request, status, document)]
            found += self._expecting.wrong(operation, interaction, document)
        if not found:
            return ()
        place = position_of(self.contract, operation) if operation else None
        secret = self.contract.auth.name
        return tuple(_told(wrong, place, document, secret) for wrong in dict.fromkeys(found))


def _told(wrong: Wrong, place: Position | None, document: Document, secret: str) -> Mismatch:
    return Mismatch(
        layer=wrong.layer,
        rule=wrong.rule,
        where=wrong.where,
        message=wrong.message,
        pact=_shown(document, wrong.place, secret),
        contract=wrong.contract,
        position=document.position(wrong.place, key=wrong.rule.endswith("_properties")),
        contract_position=place,
    )


def _shown(document: Document, place: Place, secret: str) -> str:
    """What stands at a place of the pact; no secret is shown."""
    around = document.get(place[:-1])
    missing = isinstance(around, dict) and place[-1] not in around
    if missing:
        return _("(not there)")
    return json.dumps(hidden(document.get(place), str(place[-1]), secret), ensure_ascii=False)
