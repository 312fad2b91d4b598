"""Contracts: OpenAPI documents, contract.yaml and data.yaml of one folder, and whether an exchange keeps them.

>>> strict_json(b'{"id": 7}')
{'id': 7}
"""

from crm_contracts.contracts.conformance import Conformance
from crm_contracts.contracts.examples import example_for, example_of
from crm_contracts.contracts.lint import advise_contract, lint_contract
from crm_contracts.contracts.loader import apply_variant, load_contract
from crm_contracts.contracts.router import Match, Router
from crm_contracts.contracts.schemas import Schemas
from crm_contracts.contracts.strict_json import StrictJsonError, strict_json

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
