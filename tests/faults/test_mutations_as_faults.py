"""Every mutation can be named in a scenario, so that what went wrong once goes wrong again."""

import socket
from http.client import HTTPException, HTTPResponse
from random import Random
from typing import Any, get_args

import pytest

from crm_contracts.contracts import StrictJsonError, strict_json
from crm_contracts.documents import parse, validate
from crm_contracts.faults import Fault
from crm_contracts.faults.malformed_body import MalformedBody, Variant
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.payloads.mutations import MUTATIONS

ORDER = Answer(status=200, body='{"id": "O-1001", "total": 99.5, "tags": [], "name": "订单"}'.encode())
NAMES = tuple(mutation.name for mutation in MUTATIONS)


def delivered(fault: Any, answer: Answer | None, method: str = "GET") -> Delivery:
    request = Request(method=method, target="/orders", path="/orders", query=(), headers=(), body=b"")
    delivery = fault.deliver(request, answer, Random(0), 1_700_000_000.0)
    assert isinstance(delivery, Delivery)
    return delivery


def read(delivery: Delivery) -> bytes:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for piece in delivery.pieces:
            ours.sendall(piece.data)
        ours.close()
        response = HTTPResponse(theirs, method="GET")
        response.begin()
        return response.read()


def test_the_fault_knows_every_mutation():
    """The names stand once more where type checkers and editors read them."""
    assert set(get_args(Variant)) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_may_name_any_mutation(name: str):
    """With and without a place; its sentence tells which it is."""
    text = f"{{fault: malformed_body, variant: {name}, position: 2}}"
    fault: Any = validate(parse(text.encode(), file="x.yaml"), Fault)  # type: ignore[arg-type]

    assert fault.variant == name
    assert fault.sentence().startswith("the CRM answers with a body ")
    assert delivered(fault, ORDER).pieces
    assert delivered(MalformedBody(variant=name), Answer(status=204, headers=())).pieces  # type: ignore[arg-type]


def test_the_place_decides_where():
    """Places count from the beginning of the body; beyond the last one it is the last one."""
    bodies = [read(delivered(MalformedBody(variant="nan", position=at), ORDER)) for at in (0, 99)]

    assert bodies == ['{"id": "O-1001", "total": NaN, "tags": [], "name": "订单"}'.encode()] * 2
    cut = read(delivered(MalformedBody(variant="truncated", position=0), ORDER))
    assert cut == b"{"


def test_what_does_not_fit_the_answer_is_done_to_another_one():
    """An answer without numbers cannot have NaN; one that is malformed in just this way comes instead."""
    body = read(delivered(MalformedBody(variant="nan"), Answer(status=200, body=b"{}")))

    with pytest.raises(StrictJsonError, match=r"json\.nan"):
        strict_json(body)


def test_broken_framing_reaches_the_caller_as_it_is():
    """A body that is shorter than its length is no answer for an HTTP client."""
    delivery = delivered(MalformedBody(variant="length_too_long"), ORDER)

    assert not delivery.whole
    with pytest.raises(HTTPException):
        read(delivery)


def test_an_answer_to_head_has_no_body_to_break():
    """Its framing stays sound, so that the connection does, too."""
    delivery = delivered(MalformedBody(variant="cut"), ORDER, method="HEAD")

    assert delivery.whole
    assert delivery.pieces[0].data.endswith(b"\r\n\r\n")
