"""The fault `answer`: byte for byte what its file says."""

import base64
from random import Random

import pytest

from crm_contracts.faults.answer import GivenAnswer
from crm_contracts.model.delivery import Delivery, End
from crm_contracts.model.exchange import Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.problem import Problems
from tests.faults.test_faults import fault

ASKED = Request(method="GET", target="/orders/1", path="/orders/1", query=(), headers=(), body=b"")


def delivered(one: GivenAnswer) -> Delivery:
    return one.deliver(ASKED, None, Random(0), 0.0)


def wire(one: GivenAnswer) -> bytes:
    return b"".join(piece.data for piece in delivered(one).pieces)


@pytest.mark.parametrize(
    "text, body",
    [
        ("body: '{\"a\": 1,}'", b'{"a": 1,}'),
        ("json: {a: null}", b'{"a": null}'),
        ("json: []", b"[]"),
        ("body_base64: /3s=", b"\xff{"),
        ("status: 204", b""),
    ],
)
def test_the_body_is_what_was_written(text: str, body: bytes) -> None:
    """Text, a value, bytes, or none."""
    assert wire(fault(f"{{fault: answer, {text}}}")).partition(b"\r\n\r\n")[2] == body


def test_json_is_its_content_type_unless_another_or_none_is_given() -> None:
    """An empty text leaves a header out."""
    assert b"content-type: application/json\r\n" in wire(GivenAnswer(body="{}"))
    assert b"content-type: text/html\r\n" in wire(
        GivenAnswer(body="{}", headers={"Content-Type": "text/html"})
    )
    assert b"content-type" not in wire(GivenAnswer(body="{}", headers={"content-type": ""}))


def test_a_whole_answer_goes_onto_the_wire_as_it_is() -> None:
    """Broken framing included, and the connection ends as it ended."""
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"
    one = GivenAnswer(wire_base64=base64.b64encode(raw).decode(), end="close")
    assert wire(one) == raw
    assert delivered(one).end is End.CLOSE


@pytest.mark.parametrize(
    "text, traits",
    [
        ("json: {}", set()),
        ("body: '{'", {Trait.MALFORMED}),
        ("json: {}, malformed: true", {Trait.MALFORMED}),
        ("body: '{', malformed: false", set()),
        ("status: 404, body: gone", {Trait.ERROR_STATUS, Trait.PERMANENT}),
        ("status: 429", {Trait.ERROR_STATUS, Trait.LIMITED}),
    ],
)
def test_its_traits_follow_from_what_is_written(text: str, traits: set[Trait]) -> None:
    """A success that is no strict JSON is malformed, unless the file knows better."""
    assert fault(f"{{fault: answer, {text}}}").traits() == traits


@pytest.mark.parametrize(
    "text, said",
    [
        ("body: a, json: {}", "Only one of body, json"),
        ("body_base64: '?'", "No base64"),
        ("status: 204, body: a", "An answer 204 has no body"),
        ("wire_base64: YQ==, status: 500", "`wire_base64` holds status and headers already"),
        ("headers: {Content-Length: 3}", "written by the gateway itself"),
    ],
)
def test_what_contradicts_itself_is_told(text: str, said: str) -> None:
    """With its place in the file."""
    with pytest.raises(Problems) as told:
        fault(f"{{fault: answer, {text}}}")
    assert said in str(told.value)
