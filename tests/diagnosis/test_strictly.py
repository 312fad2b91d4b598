"""A request that is not sound is told with its byte, its side and its remedy; a sound one is not accused."""

from pathlib import Path

import pytest

from crm_contracts.contracts import load_contract
from crm_contracts.diagnosis import findings, given, read, subject_of
from crm_contracts.diagnosis.secrecy import hide
from crm_contracts.lab.secrets import Secrets
from crm_contracts.model.verdict import Finding, Layer, Side

CONTRACTS = Path(__file__).parents[2] / "contracts"
LEGACY, ACME = load_contract(CONTRACTS / "legacy-crm"), load_contract(CONTRACTS / "acme-crm")
TOKEN = "s3cr3t-Token-of-production"


def request(
    body: bytes, *lines: str, path: str = "/crm-api/crmTicket/add", length: int | None = None
) -> bytes:
    head = [
        f"POST {path} HTTP/1.1",
        "Host: crm",
        "Content-Type: application/json",
        *(lines or (f"X-Crm-Token: {TOKEN}",)),
        f"Content-Length: {len(body) if length is None else length}",
    ]
    return "\r\n".join((*head, "", "")).encode() + body


def found(data: bytes) -> tuple[Finding, ...]:
    reading, secrets = read(given(data)), Secrets()
    hide(secrets, reading, "X-Crm-Token")
    return findings(subject_of(reading, [ACME, LEGACY]), secrets)


def test_incident_b():
    """N4, N20: the comma after the last field is the caller's, at its byte, with what mends it."""
    (wrong,) = found(request(b'{"subject": "printer on fire", "priority": 1, }'))
    assert "json.trailing_comma" in wrong.reason
    assert (wrong.layer, wrong.side) == (Layer.REQUEST, Side.CALLER)
    line, caret = wrong.evidence.splitlines()
    assert line[caret.index("^")] == ","
    assert "byte 44 of the body" in caret
    assert "JSON library" in wrong.remedy


@pytest.mark.parametrize(
    "data",
    [
        request('{"subject": "打印机着火了", "priority": 1}'.encode()),
        request(b'{"subject": "x"}\n'),
        request(b'{"subject": "x"}') + b"\r\n",
        request(b'{"subject": "x"}', "X-Crm-Token: " + TOKEN, "X-Mine: 1"),
        b"curl -X POST http://crm/crm-api/crmTicket/add -H 'X-Crm-Token: abcdefgh' --json '{\"subject\": \"x\"}'",
        (
            b"POST http://crm/crm-api/crmTicket/add\nContent-Type: application/json\nX-Crm-Token: abcdefgh\n\n"
            b'{"subject": "x"}\n'
        ),
    ],
)
def test_a_sound_request_is_not_accused(data: bytes):
    """In whatever form it is at hand; what the contract leaves open is no fault."""
    assert found(data) == ()


@pytest.mark.parametrize(
    "data, rule",
    [
        (request('{"subject": "打印机"}'.encode(), length=len('{"subject": "打印机"}')), "framing.long_body"),
        (request(b'{"subject": "x"}', length=99), "framing.short_body"),
        (request(b'{"subject": "x"}').replace(b"Host:", b"Host :"), "framing.space_before_colon"),
        (request('{"subject": "打印机着火了"}'.encode("gbk")), "json.utf8"),
        (request(b"\xef\xbb\xbf" + b'{"subject": "x"}'), "json.bom"),
        (request(b'{"priority": 1}'), "schema.required"),
        (request(b'{"subject": "x", "priority": 9}'), "schema.enum"),
        (request(b'{"subject": "x"}', "X-Other: 1"), "auth.missing"),
        (
            request(b'{"subject": "x"}', "Authorization: Token abcdefgh", path="/crm/2026-03/tickets"),
            "auth.scheme",
        ),
    ],
)
def test_each_layer_has_its_finding(data: bytes, rule: str):
    """Framing, encoding, JSON, schema, credential: the first finding is the outermost."""
    assert f"({rule})" in found(data)[0].reason


def test_a_length_in_characters_is_seen_through():
    """Content-Length counts bytes; the commonest mistake with other letters than ASCII is told as such."""
    text = '{"subject": "打印机"}'
    (wrong, *_others) = found(request(text.encode(), length=len(text)))
    assert "That is the number of its characters" in wrong.reason
    assert wrong.layer is Layer.HTTP


def test_the_encoding_that_was_meant_is_told():
    """GBK reads as words, so it is named."""
    (wrong,) = found(request('{"subject": "打印机着火了"}'.encode("gbk")))
    assert "read well as GBK" in wrong.reason


def test_a_missing_credential_points_to_the_credentials():
    """The one finding about who the caller is, not what it wrote."""
    (wrong,) = found(request(b'{"subject": "x"}', "X-Other: 1"))
    assert (wrong.layer, wrong.side) == (Layer.AUTH, Side.CREDENTIALS)


def test_an_unknown_address_has_the_nearest():
    """N17: a version or a path that moved."""
    data = request(b'{"subject": "x"}', path="/crm-api/crmTickets/add")
    reading = read(given(data))
    (wrong,) = findings(subject_of(reading, [LEGACY]), Secrets())
    assert "Nearest: /crm-api/crmTicket/add" in wrong.reason


def test_without_a_contract_http_and_json_are_read():
    """A trailing comma is wrong for everybody."""
    reading = read(given(request(b'{"a": 1,}', path="/elsewhere")))
    (wrong,) = findings(subject_of(reading, []), Secrets())
    assert "json.trailing_comma" in wrong.reason


def test_a_body_alone_is_read():
    """With the operation that it is meant for, its schema is, too."""
    reading = read(given(b'{"subject": "x", "priority": 9}\n'))
    subject = subject_of(reading, [LEGACY], LEGACY.operations["createTicket"])
    assert ["(schema.enum)" in one.reason for one in findings(subject, Secrets())] == [True]
    assert findings(subject_of(reading, [LEGACY, ACME]), Secrets()) == ()


def test_no_secret_is_shown():
    """Neither a header's nor one in broken JSON, at the same place: the caret stays where it was."""
    body = b'{"password": "hunter2-hunter2", "subject": "x", }'
    (wrong, *_others) = found(request(body))
    shown = "".join(one.evidence + one.reason for one in found(request(body)))
    assert "hunter2" not in shown
    assert TOKEN not in shown
    line, caret = wrong.evidence.splitlines()
    assert line[caret.index("^")] == ","
