"""Pacts as other libraries write them, made by hand for tests."""

import json
from pathlib import Path
from typing import Any

from crm_contracts.contracts import load_contract
from crm_contracts.pacts import Comparison, read_pact

ACME = Path(__file__).parents[2] / "contracts" / "acme-crm"
BROKEN = Path(__file__).parent / "broken.json"
BEARER = {"Authorization": "Bearer pJx82hQmZrT5wK1c"}


def a_pact(folder: Path, *interactions: dict[str, Any], version: str = "2.0.0") -> Path:
    """A pact file with these interactions."""
    file = folder / "pact.json"
    value = {
        "consumer": {"name": "order-sync"},
        "provider": {"name": "acme-crm"},
        "interactions": list(interactions),
        "metadata": {"pactSpecification": {"version": version}},
    }
    file.write_text(json.dumps(value), encoding="utf-8")
    return file


def an_order(response: dict[str, Any] | None = None, **request: Any) -> dict[str, Any]:
    """An interaction that asks for an order."""
    asked = {"method": "GET", "path": "/crm/2026-03/orders/O-1001", "headers": BEARER, **request}
    return {"description": "an order", "request": asked, "response": response or {"status": 200}}


def rules(file: Path) -> list[list[str]]:
    """The rules that each interaction of a file breaks, held against the Acme CRM."""
    pact, comparison = read_pact(file), Comparison(load_contract(ACME))
    found = [comparison.mismatches(one, pact.document) for one in pact.interactions]
    return [[one.rule for one in mismatches] for mismatches in found]
