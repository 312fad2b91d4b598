"""Contracts: OpenAPI documents, contract.yaml and data.yaml of one folder, and whether an exchange keeps them.

Its names are imported on first use: whoever wants one room of it does not pay for the others.

>>> from crm_contracts.contracts import strict_json
>>> strict_json(b'{"id": 7}')
{'id': 7}
"""

from typing import TYPE_CHECKING

# At once: its room has the same name, and would stand in its place.
from crm_contracts.contracts.strict_json import StrictJsonError, strict_json
from crm_contracts.lazily import by_room

if TYPE_CHECKING:
    from crm_contracts.contracts.conformance import Conformance
    from crm_contracts.contracts.examples import example_for, example_of
    from crm_contracts.contracts.lint import advise_contract, lint_contract
    from crm_contracts.contracts.loader import apply_variant, load_contract
    from crm_contracts.contracts.router import Match, Router
    from crm_contracts.contracts.schemas import Schemas

__all__ = [
    "Conformance",
    "Match",
    "Router",
    "Schemas",
    "StrictJsonError",
    "advise_contract",
    "apply_variant",
    "example_for",
    "example_of",
    "lint_contract",
    "load_contract",
    "strict_json",
]

__getattr__ = by_room(
    __name__,
    {
        "Conformance": "conformance",
        "Match": "router",
        "Router": "router",
        "Schemas": "schemas",
        "advise_contract": "lint",
        "apply_variant": "loader",
        "example_for": "examples",
        "example_of": "examples",
        "lint_contract": "lint",
        "load_contract": "loader",
    },
)
