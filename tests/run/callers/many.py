"""Callers for many users at once: blocking, on an event loop, and as a service."""

import asyncio
import json
import os
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

TOGETHER = 200


class Blocking:
    """One thread a user; all of them are in the call before any of them asks the CRM."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.token = self.granted()
        self.together = threading.Barrier(TOGETHER)

    def granted(self):
        form = {
            "grant_type": "client_credentials",
            "client_id": self.endpoint.client_id,
            "client_secret": self.endpoint.client_secret,
        }
        data = urllib.parse.urlencode(form).encode()
        with urllib.request.urlopen(self.endpoint.token_url, data=data, timeout=20) as answer:
            return json.load(answer)["access_token"]

    def get_order(self, order_id):
        self.together.wait(20)
        url = f"{self.endpoint.base_url}/orders/{order_id}"
        asked = urllib.request.Request(url, headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return {"order": json.load(answer)["id"]}


class OnALoop(Blocking):
    """All users on one event loop."""

    def __init__(self, endpoint):
        super().__init__(endpoint)
        self.waiting, self.all_here = 0, asyncio.Event()

    async def get_order(self, order_id):
        self.waiting += 1
        if self.waiting == TOGETHER:
            self.all_here.set()
        await asyncio.wait_for(self.all_here.wait(), 20)
        address = urllib.parse.urlsplit(f"{self.endpoint.base_url}/orders/{order_id}")
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        head = f"GET {address.path} HTTP/1.1\r\nHost: crm\r\nConnection: close\r\nAuthorization: Bearer {self.token}\r\n\r\n"
        writer.write(head.encode())
        found, _blank, body = (await asyncio.wait_for(reader.read(), 20)).partition(b"\r\n\r\n")
        writer.close()
        if b" 200 " not in found.splitlines()[0]:
            raise RuntimeError(found)
        return {"order": json.loads(body)["id"]}


class AtOnce:
    """A caller that knows the answer already."""

    def __init__(self, endpoint):
        pass

    async def get_order(self, order_id):
        return {"order": order_id}


def serve(port):
    """The blocking caller behind HTTP."""
    names = ("base_url", "token_url", "client_id", "client_secret")
    caller = Blocking(SimpleNamespace(**{name: os.environ[f"CRM_{name.upper()}"] for name in names}))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            healthy = self.path == "/healthz"
            value = {} if healthy else caller.get_order(self.path.rpartition("/")[2])
            body = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said):
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = TOGETHER

    Server(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
