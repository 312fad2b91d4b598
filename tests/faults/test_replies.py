"""What reply faults put on the wire, read back by an HTTP client over a real socket."""

import json
import socket
from collections.abc import Callable
from http.client import HTTPResponse, IncompleteRead, RemoteDisconnected
from random import Random
from typing import Any

import pytest

from crm_contracts.faults.malformed_body import MalformedBody, comma_after_last, first_half
from crm_contracts.faults.premature_close import PrematureClose
from crm_contracts.faults.status import Status
from crm_contracts.model.delivery import Delivery, End
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.span import Span

NOW = 1_700_000_000.25
OWN = Answer(
    status=201,
    headers=(("content-type", "application/json"), ("etag", '"7"')),
    body='{"id": "订单"}'.encode(),
)


def request(method: str = "POST") -> Request:
    return Request(method=method, target="/contacts", path="/contacts", query=(), headers=(), body=b"{}")


def read(delivery: Delivery, method: str = "POST") -> tuple[HTTPResponse, bytes]:
    """Send a delivery through a socket and read it as a caller would."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for piece in delivery.pieces:
            ours.sendall(piece.data)
        ours.close()
        response = HTTPResponse(theirs, method=method)
        response.begin()
        return response, response.read()


def delivered(fault: Any, answer: Answer | None = None, method: str = "POST") -> Delivery:
    delivery = fault.deliver(request(method), answer, Random(0), NOW)
    assert isinstance(delivery, Delivery)
    return delivery


def test_a_status_without_a_body_is_written_in_the_contracts_envelope() -> None:
    """The gateway is asked for the envelope and hands it back as the answer."""
    fault = Status(code=503, retry_after=Span(2.5))
    refusal = fault.refusal()
    assert refusal is not None
    assert (refusal.status, refusal.category) == (503, "SERVICE_UNAVAILABLE")

    envelope = Answer(status=503, body=b'{"msg": "busy"}')
    response, body = read(delivered(fault, envelope))

    assert (response.status, response.reason, body) == (503, "Service Unavailable", b'{"msg": "busy"}')
    assert response.headers["Retry-After"] == "3"
    assert response.headers["Date"] == "Tue, 14 Nov 2023 22:13:20 GMT"


def test_a_status_alone_is_still_json() -> None:
    """Where nobody writes an envelope, and where the CRM did the work and answered with success."""
    for answer in (None, OWN):
        response, body = read(delivered(Status(code=500, processed="before"), answer))

        assert response.status == 500
        assert json.loads(body)["message"] == "Internal Server Error"


def test_retry_after_can_be_a_date() -> None:
    """Never earlier than meant: rounded up to the next second."""
    response, _ = read(delivered(Status(code=429, retry_after=Span(3.0), retry_after_form="date")))

    assert response.headers["Retry-After"] == "Tue, 14 Nov 2023 22:13:24 GMT"


def test_retry_after_can_be_huge() -> None:
    """A year, as sick servers say."""
    response, _ = read(delivered(Status(code=503, retry_after=Span.parse("365d"))))

    assert response.headers["Retry-After"] == "31536000"


@pytest.mark.parametrize(
    "body, media, sent",
    [
        ("<html>sign in</html>", "text/html; charset=utf-8", b"<html>sign in</html>"),
        ("busy", "text/plain; charset=utf-8", b"busy"),
        (
            {"code": 302, "msg": "请先登录！"},
            "application/json",
            '{"code": 302, "msg": "请先登录！"}'.encode(),
        ),
        ([], "application/json", b"[]"),
    ],
)
def test_a_body_is_sent_as_it_is_written(body: Any, media: str, sent: bytes) -> None:
    """Text as it stands, anything else as JSON; headers of the scenario win."""
    response, got = read(delivered(Status(code=200, body=body, headers={"X-Left": 0})))

    assert (response.headers["Content-Type"], got) == (media, sent)
    assert response.headers["X-Left"] == "0"


def test_head_and_204_have_no_body() -> None:
    """Framing stays sound where only the status is meant to be wrong."""
    assert read(delivered(Status(code=503, body="x"), method="HEAD"), "HEAD")[1] == b""
    assert delivered(Status(code=204)).pieces[0].data.endswith(b"\r\n\r\n")


def test_traits_follow_from_the_code() -> None:
    """A check asks for traits, never for codes."""
    assert Status(code=404).traits() == {Trait.ERROR_STATUS, Trait.PERMANENT}
    assert Status(code=429).traits() == {Trait.ERROR_STATUS, Trait.LIMITED}
    assert Status(code=200, body={"code": 302}).traits() == {Trait.MALFORMED}
    assert Status(code=500, processed="before").traits() == {Trait.ERROR_STATUS, Trait.AMBIGUOUS}


@pytest.mark.parametrize("variant", ["trailing_comma", "truncated", "html", "empty"])
@pytest.mark.parametrize("answer", [OWN, Answer(status=204, headers=()), Answer(status=200, body=b"12345")])
def test_a_malformed_body_is_framed_well_and_no_json(variant: Any, answer: Answer) -> None:
    """Only a parser can tell: status, Content-Length and connection are those of success."""
    delivery = delivered(MalformedBody(variant=variant), answer)
    response, body = read(delivery)

    assert delivery.whole
    assert delivery.end is End.KEEP
    assert 200 <= response.status < 300
    assert int(response.headers["Content-Length"]) == len(body)
    body.decode()
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)


@pytest.mark.parametrize("spoil", [comma_after_last, first_half])
@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b'{"a": [1, {"b": "}"}]} \n', b"true", b"12", '["限"]'.encode(), b"[1]"]
)
def test_spoiling_always_spoils(spoil: Callable[[bytes], bytes], body: bytes) -> None:
    """There is no JSON text that stays JSON."""
    with pytest.raises(json.JSONDecodeError):
        json.loads(spoil(body))


def test_a_log_in_page_says_that_it_is_one() -> None:
    """Its content type is true; only the status is a lie."""
    response, _ = read(delivered(MalformedBody(variant="html", processed="after"), None))

    assert response.headers["Content-Type"] == "text/html; charset=utf-8"


def test_the_connection_closes_before_any_answer() -> None:
    """As incident B's parser did."""
    delivery = delivered(PrematureClose(), None)

    assert (delivery.pieces, delivery.end, delivery.status, delivery.whole) == ((), End.CLOSE, None, False)
    with pytest.raises(RemoteDisconnected):
        read(delivery)


def test_the_connection_closes_in_the_middle_of_an_answer() -> None:
    """The head promised more than came."""
    delivery = delivered(PrematureClose(after=10_000, processed="before"), OWN)

    assert (delivery.end, delivery.status, delivery.whole) == (End.CLOSE, 201, False)
    with pytest.raises(IncompleteRead):
        read(delivery)


def test_a_status_that_was_not_sent_is_not_claimed() -> None:
    """Three bytes are no status line."""
    delivery = delivered(PrematureClose(after=3, processed="before"), OWN)

    assert (delivery.pieces[0].data, delivery.status) == (b"HTT", None)


def test_a_proxy_in_front_answers_with_its_own_page() -> None:
    """The caller sees 502 and HTML, and the CRM's log shows nothing."""
    fault = PrematureClose(proxy="page")
    response, body = read(delivered(fault, None))

    assert (response.status, response.headers["Content-Type"]) == (502, "text/html")
    assert b"502 Bad Gateway" in body
    assert fault.traits() == {Trait.ERROR_STATUS}
    assert PrematureClose(proxy="page", processed="before").traits() == {Trait.ERROR_STATUS, Trait.AMBIGUOUS}
