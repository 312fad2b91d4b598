"""What somebody has of a request becomes the bytes that would cross the wire."""

import json
import shlex
import socket
import subprocess
import threading
from pathlib import Path

import pytest

from crm_contracts.diagnosis import Unreadable, given, read

CAPTURED = b"POST /a HTTP/1.1\r\nHost: crm\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


def test_captured_bytes_stay_as_they_are():
    """Nothing is supposed where a file has the bytes as they were sent."""
    found = given(CAPTURED)
    assert (found.kind, found.raw, found.notes) == ("captured", CAPTURED, ())


def test_what_an_editor_wrote_becomes_what_a_client_sends():
    """Lines, Host, version and length are supplied, and each is told; the newline at the file's end is the editor's."""
    found = given(
        b'# my request\n\nPOST https://crm.example/a?b=1\nContent-Type: application/json\n\n{"a": 1}\n'
    )
    assert found.kind == "written"
    assert found.raw == (
        b"POST /a?b=1 HTTP/1.1\r\nHost: crm.example\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n"
        b'{"a": 1}'
    )
    assert len(found.notes) == 3


def test_of_several_written_requests_the_first_is_read():
    """As editors separate them."""
    found = given(b"GET http://crm/a\n\n###\nGET http://crm/b\n")
    assert found.raw.startswith(b"GET /a HTTP/1.1\r\n")
    assert any("several" in note for note in found.notes)


def test_a_har_entry_is_chosen():
    """The first one unless another is asked for; HTTP/2's own headers are left out."""
    entries = [_entry("http://crm/one"), _entry("http://crm/two")]
    har = json.dumps({"log": {"entries": entries}}).encode()
    assert given(har).raw.startswith(b"POST /one ")
    second = given(har, entry=2).raw
    assert second.startswith(b"POST /two HTTP/1.1\r\n")
    assert b":method" not in second
    assert second.endswith('{"a": "打印"}'.encode())
    with pytest.raises(Unreadable, match="no entry 3"):
        given(har, entry=3)


def _entry(url: str) -> dict:
    headers = [{"name": ":method", "value": "POST"}, {"name": "Content-Type", "value": "application/json"}]
    return {
        "request": {"method": "POST", "url": url, "headers": headers, "postData": {"text": '{"a": "打印"}'}}
    }


@pytest.mark.parametrize(
    "data, why",
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b"HTTP/1.1 200 OK\r\n\r\n", "an answer"),
        (b"Dear colleagues,\nit does not work.\n", "neither HTTP"),
        (b"curl -H 'X: 1", "No closing quotation"),
        (b"curl -s -v", "no URL"),
        (b"curl http://crm/a -F file=@x", "--form cannot be foretold"),
        (b"curl http://crm/a -d @/nowhere/body.json", "/nowhere/body.json"),
        (b'{"log": {"entries": []}}', "no entries"),
    ],
)
def test_what_is_no_request_is_told(data: bytes, why: str):
    """With what it is instead."""
    with pytest.raises(Unreadable, match=why):
        given(data)


@pytest.mark.parametrize(
    "data", [b"\x16\x03\x01\x02\x00\x01\x00", b"\0\1\2\3", b"\x80\x2e\x01", b"PRI * HTTP/2.0\r\n\r\n"]
)
def test_binary_bytes_are_read_as_http_and_refused_there(data: bytes):
    """TLS on a plain port is a finding, not a file that nobody understands."""
    assert read(given(data)).violations


CURLS = [
    "curl URL/a",
    "curl -X PUT URL/a -H 'X-One: 1' --data '{\"a\": 1,}' -H 'Content-Type: application/json'",
    "curl URL/a -d a=1 -d b=2",
    "curl -G URL/a -d a=1 --data-urlencode 'b=x y'",
    'curl --json \'{"a": "打印"}\' URL/a',
    "curl -sS -u me:secret -XDELETE URL/a?x=1",
    "curl URL/a -H 'Accept:' -A mine -b 'sid=1' -e http://ref/",
    "curl URL/a --data-raw $'{\"a\":\\'b\\'}' --compressed -o /dev/null",
    "curl -d @body.json -H 'Content-Type: application/json' URL/a",
    "curl --data-binary @body.json URL/a",
    "curl -I URL/a",
]


@pytest.mark.parametrize("command", CURLS)
def test_a_curl_command_is_what_curl_sends(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Byte for byte, but for curl's own name and what --compressed accepts; held against the real curl."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "body.json").write_bytes(b'{"a": 1,\r\n"b": 2}\n')
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        sent: list[bytes] = []
        thread = threading.Thread(target=_take, args=(server, sent))
        thread.start()
        words = f"{command.replace('URL', url)} -s --max-time 5 --noproxy '*'"
        subprocess.run(["bash", "-c", words], check=False, capture_output=True)
        thread.join(10)
    ours = given(command.replace("URL", url).encode()).raw
    assert _comparable(ours) == _comparable(sent[0]), shlex.split(command)


def _take(server: socket.socket, sent: list[bytes]) -> None:
    connection, _address = server.accept()
    with connection:
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(65536)
        head, _blank, body = data.partition(b"\r\n\r\n")
        length = next((int(one[15:]) for one in head.split(b"\r\n") if one.startswith(b"Content-Length:")), 0)
        while len(body) < length:
            body += connection.recv(65536)
        sent.append(head + b"\r\n\r\n" + body)
        connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")


def _comparable(raw: bytes) -> tuple[bytes, frozenset[bytes], bytes]:
    head, _blank, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    kept = (line for line in lines if not line.startswith((b"User-Agent: curl", b"Accept-Encoding:")))
    return first, frozenset(kept), body
