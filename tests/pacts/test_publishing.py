"""A recorded pact and Pact's own program for brokers: what it takes of our file, as far as a broker of the test's own tells."""

import base64
import contextlib
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.pacts.story import ACME

PACT = ACME / "pacts" / "order-sync-resilient-acme-crm.json"


@contextlib.contextmanager
def a_broker(published: list[dict]) -> Iterator[str]:
    """The two addresses of a Pact Broker that publishing needs (docs.pact.io/pact_broker)."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            links = {"pb:publish-contracts": {"href": f"{origin}/contracts/publish"}}
            self.tell({"_links": {"self": {"href": origin}, **links}})

        def do_POST(self) -> None:
            published.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.tell({"notices": [{"type": "success", "text": "kept"}], "_links": {}, "_embedded": {}})

        def tell(self, value: object) -> None:
            body = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/hal+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield origin
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_recorded_pact_is_published():
    """The program takes our file as it is: both names, and every interaction."""
    program = shutil.which("pact", path=str(Path(sys.executable).parent)) or shutil.which("pact")
    if program is None:
        pytest.skip("pact-python-cli is not installed")
    published: list[dict] = []
    with a_broker(published) as origin:
        words = [program, "broker", "publish", str(PACT), "--consumer-app-version", "1", "--branch", "main"]
        done = subprocess.run(
            [*words, "--broker-base-url", origin], capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == 0, done.stdout + done.stderr
    (sent,) = published
    assert (sent["pacticipantName"], sent["branch"]) == ("order-sync-resilient", "main")
    (contract,) = sent["contracts"]
    assert contract["providerName"] == "acme-crm"
    content = json.loads(base64.b64decode(contract["content"]))
    assert content["interactions"] == json.loads(PACT.read_text(encoding="utf-8"))["interactions"]
