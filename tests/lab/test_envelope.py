"""Errors in the contract's own words and shape."""

import json
from uuid import UUID

from crm_contracts.lab.envelope import Envelope
from crm_contracts.model.contract import Refusal


def body_of(template, refusal: Refusal, **more):
    return json.loads(Envelope(template, seed=1).answer(refusal, **more).body)


def test_the_default_envelope_has_typed_values() -> None:
    """A value that is one placeholder takes its type, and every answer has a correlation id."""
    body = body_of(None, Refusal(status=404, category="NOT_FOUND", message="No."), errors=[{"field": "/a"}])
    assert UUID(body.pop("correlationId")).version == 4
    assert body == {"status": 404, "category": "NOT_FOUND", "message": "No.", "errors": [{"field": "/a"}]}


def test_envelopes_may_be_lists_or_in_band_codes() -> None:
    """Salesforce answers a list, WuKong a code in the body."""
    refusal = Refusal(status=401, category="INVALID_SESSION_ID", message="Session expired", code=302)
    assert body_of([{"errorCode": "{category}"}], refusal) == [{"errorCode": "INVALID_SESSION_ID"}]
    assert body_of({"code": "{code}", "msg": "{message}"}, refusal) == {"code": 302, "msg": "Session expired"}
    assert body_of({"code": "{code}"}, Refusal(status=400)) == {"code": 400}


def test_a_body_of_its_own_replaces_the_envelope() -> None:
    """A refusal's own body is used, with its status, headers and words."""
    refusal = Refusal(status=200, body={"code": 302, "msg": "{why}"}, headers={"X-Why": "{why}"})
    answer = Envelope({"never": "seen"}, seed=1).answer(refusal, words={"why": "请先登录！"})
    assert answer.status == 200
    assert json.loads(answer.body) == {"code": 302, "msg": "请先登录！"}
    assert answer.header("x-why") == "请先登录！"


def test_a_text_body_is_sent_as_it_is() -> None:
    """HTML stays HTML, with the content type that the contract gives."""
    refusal = Refusal(status=500, body="<h1>500</h1>", headers={"Content-Type": "text/html"})
    answer = Envelope(seed=1).answer(refusal)
    assert answer.body == b"<h1>500</h1>"
    assert [value for name, value in answer.headers if name.lower() == "content-type"] == ["text/html"]


def test_the_header_and_the_body_have_one_correlation_id() -> None:
    """Whoever looks an answer up by one finds the other; a contract that names the header has its own way."""
    answer = Envelope(seed=1).answer(Refusal(status=404))
    assert answer.header("x-correlation-id") == json.loads(answer.body)["correlationId"]
    own = Refusal(status=404, headers={"X-Correlation-Id": "c-{status}"})
    assert Envelope(seed=1).answer(own).header("x-correlation-id") == "c-404"


def test_two_that_write_with_one_seed_have_ids_of_their_own() -> None:
    """The simulator, the credentials and the gateway of one run, and the same place of two runs."""
    places = ("simulator/a", "credentials/a", "gateway/a", "gateway/b")
    answers = [Envelope(seed=1, place=place).answer(Refusal(status=404)) for place in places]
    assert len({answer.body for answer in answers}) == len(places)


def test_correlation_ids_follow_from_the_seed() -> None:
    """The same seed gives the same ids in the same order, each answer its own."""
    refusal = Refusal(status=404)
    one, two = Envelope(seed=5), Envelope(seed=5)
    ids = [json.loads(one.answer(refusal).body)["correlationId"] for _ in range(3)]
    assert ids == [json.loads(two.answer(refusal).body)["correlationId"] for _ in range(3)]
    assert len(set(ids)) == 3
