"""The ledger: what was written, recognisable whatever differs at each attempt."""

import pytest

from crm_contracts.lab.ledger import Ledger, digest_of, markers_of
from crm_contracts.model.contract import Effect, Operation
from crm_contracts.model.exchange import LedgerEntry, Request
from crm_contracts.model.json import JSON

CREATE = Operation(id="createOrder", method="POST", path="/orders", effect=Effect.WRITE)
MARKER = "crmu-0123456789ab"


def test_entries_stand_in_order_and_can_be_forgotten() -> None:
    """Accepted writes are kept in order until a new run begins."""
    ledger = Ledger()
    entries = [
        LedgerEntry(at=n, exchange=n, operation="o", record=None, idempotency_key=None, markers=(), digest="")
        for n in (1, 2)
    ]
    for entry in entries:
        ledger.accept(entry)
    assert ledger.entries == tuple(entries)
    ledger.clear()
    assert ledger.entries == ()


def test_markers_are_found_in_target_headers_and_body() -> None:
    """A marker counts wherever the caller put it, each once."""
    request = Request(
        method="POST",
        target=f"/orders?ref={MARKER}",
        path="/orders",
        query=(),
        headers=(("x-ref", "crmu-aaaaaaaaaaaa"),),
        body=f'{{"a": "{MARKER}", "b": "crmu-bbbbbbbbbbbb", "c": "crmu-short"}}'.encode(),
    )
    assert markers_of(request) == (MARKER, "crmu-aaaaaaaaaaaa", "crmu-bbbbbbbbbbbb")


@pytest.mark.parametrize(
    "name",
    [
        "requestId",
        "request_id",
        "correlationId",
        "timestamp",
        "sentAt",
        "created_at",
        "nonce",
        "idempotencyKey",
    ],
)
def test_the_digest_leaves_out_what_differs_at_each_attempt(name: str) -> None:
    """A repeat with another request id or timestamp has the same content."""
    first = digest_of(CREATE, {}, {"total": 5, name: "1"})
    assert first == digest_of(CREATE, {}, {name: "2", "total": 5})
    assert first != digest_of(CREATE, {}, {"total": 6, name: "1"})


def test_the_digest_tells_records_and_operations_apart() -> None:
    """The same body for another record, or at another operation, is another write."""
    other = Operation(id="replaceOrder", method="PUT", path="/orders", effect=Effect.WRITE)
    digests = {
        digest_of(CREATE, {}, {}),
        digest_of(CREATE, {"id": "1"}, {}),
        digest_of(other, {}, {}),
        digest_of(CREATE, {}, b"x"),
    }
    assert len(digests) == 4


def test_nested_volatile_fields_are_left_out_too() -> None:
    """The digest looks into lists and objects."""
    one: JSON = {"items": [{"sku": "A", "updatedAt": "2026-01-01"}]}
    two: JSON = {"items": [{"sku": "A", "updatedAt": "2026-01-02"}]}
    assert digest_of(CREATE, {}, one) == digest_of(CREATE, {}, two)
