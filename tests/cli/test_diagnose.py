"""`crm-contracts diagnose`: incident B in one command."""

import io
from pathlib import Path

import pytest

from crm_contracts.diagnosis.given import MOST
from tests.cli.conftest import Command

LEGACY = str(Path(__file__).parents[2] / "contracts" / "legacy-crm")
BAD = b"""POST /crm-api/crmTicket/add HTTP/1.1\r
Host: crm.example\r
Content-Type: application/json\r
X-Crm-Token: the-token-of-production\r
Content-Length: 46\r
\r
{"subject": "printer on fire", "priority": 1,}"""
GOOD = """curl http://crm.example/crm-api/crmTicket/add -H 'Content-Type: application/json' \\
  -H 'X-Crm-Token: the-token-of-production' -d '{"subject": "printer on fire", "priority": 1}'
"""


@pytest.fixture
def files(shop: Path) -> Path:
    (shop / "vac.http").write_bytes(BAD)
    (shop / "by-hand.txt").write_text(GOOD)
    return shop


def test_incident_b_in_one_command(files: Path, call: Command):
    """N4, N20: what is wrong, at which byte, whose side, what mends it, and what the request by hand has otherwise."""
    result = call("diagnose", "vac.http", "--contract", LEGACY, "--against", "by-hand.txt")
    assert (result.returncode, result.stderr) == (1, "")
    lines = result.stdout.splitlines()
    assert lines[:2] == ["vac.http: POST /crm-api/crmTicket/add", "  createTicket of the contract legacy-crm"]
    assert "1. A comma stands before the end. (json.trailing_comma)" in lines
    assert "   look here first: the caller; layer: request (what the caller sent)" in lines
    assert "                                    ^ byte 44 of the body" in result.stdout
    assert "the first other byte is 44" in result.stdout
    assert max(map(len, lines)) <= 80
    assert "the-token" not in result.stdout


def test_a_sound_request(files: Path, call: Command):
    """Exit 0, and where to look next."""
    result = call("diagnose", "by-hand.txt", "--contract", LEGACY)
    assert result.returncode == 0
    assert "Nothing is wrong with this request: it is strictly valid and matches" in result.stdout


def test_the_standard_input(shop: Path, call: Command, monkeypatch: pytest.MonkeyPatch):
    """As a browser's `copy as curl` is pasted."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(GOOD.replace("1}'", "1,}'").encode())))
    result = call("diagnose", "-", "--contract", LEGACY, "--operation", "POST /crmTicket/add")
    assert result.returncode == 1
    assert "json.trailing_comma" in result.stdout


def test_the_contract_that_knows_the_request(shop: Path, call: Command):
    """Among several nobody must be named; without one that knows it, HTTP and JSON are still read."""
    (shop / "a.http").write_text("GET http://crm/orders/O-1\n")
    assert "getOrder of the contract tiny-crm" in call("diagnose", "a.http").stdout
    (shop / "pytest.ini").unlink()
    (shop / "contracts" / "tiny-crm" / "contract.yaml").unlink()
    unknown = call("diagnose", "a.http")
    assert unknown.returncode == 0
    assert "no contract here knows it" in unknown.stdout


@pytest.mark.parametrize(
    "name, content, told",
    [
        ("nowhere.http", None, "nowhere.http cannot be read: No such file or directory."),
        ("contracts", None, "contracts cannot be read: Is a directory."),
        ("empty.http", b"", "empty.http: It is empty."),
        ("letter.txt", b"Dear colleagues\n", "letter.txt: It is neither HTTP"),
        ("answer.http", b"HTTP/1.1 200 OK\r\n\r\n", "answer.http: It is an answer"),
        ("huge.http", b"POST /a HTTP/1.1\r\n" + b"x" * (MOST + 1), "at most 64 MB are read."),
    ],
)
def test_what_cannot_be_read(shop: Path, call: Command, name: str, content: bytes | None, told: str):
    """Exit 4 and one sentence; no traceback."""
    if content is not None:
        (shop / name).write_bytes(content)
    result = call("diagnose", name)
    assert (result.returncode, result.stdout) == (4, "")
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        bytes(range(256)),
        b"POST /a HTTP/1.1\r\nHost: \x1b[31mred\r\n\r\n",
        b"POST /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /orders HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n"
        + b"[" * 200,
    ],
)
def test_hostile_bytes_are_findings(shop: Path, call: Command, data: bytes):
    """Whatever the bytes are, they end as findings, and none of them reaches the terminal as a code."""
    (shop / "a.http").write_bytes(data)
    result = call("diagnose", "a.http")
    assert (result.returncode, result.stderr) == (1, "")
    assert "\x1b" not in result.stdout


def test_an_operation_that_is_not_there(files: Path, call: Command):
    """The nearest is told."""
    result = call("diagnose", "vac.http", "--contract", LEGACY, "--operation", "createTickt")
    assert result.returncode == 4
    assert "Did you mean 'createTicket'?" in result.stderr
