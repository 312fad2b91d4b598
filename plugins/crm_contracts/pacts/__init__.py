"""Pact files: read from any Pact library, held against the contract, recorded from a run, verified against a provider.

Reading and comparing need nothing of Pact; recording and verifying are done with pact-python, of the extra `pact`.
"""

from typing import TYPE_CHECKING

from crm_contracts.lazily import by_room

if TYPE_CHECKING:
    from crm_contracts.pacts.comparison import Comparison, Mismatch
    from crm_contracts.pacts.extra import ExtraMissing
    from crm_contracts.pacts.pact import Interaction, Pact, State
    from crm_contracts.pacts.reading import read_pact

__all__ = ["Comparison", "ExtraMissing", "Interaction", "Mismatch", "Pact", "State", "read_pact"]

__getattr__ = by_room(
    __name__,
    {
        "Comparison": "comparison",
        "ExtraMissing": "extra",
        "Interaction": "pact",
        "Mismatch": "comparison",
        "Pact": "pact",
        "State": "pact",
        "read_pact": "reading",
    },
)
