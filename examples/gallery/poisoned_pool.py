"""A caller that keeps a connection for ever, also one that was reset."""

import asyncio
import http.client
import json
from urllib.parse import urlsplit

from examples.gallery.sound import Caller, Passing


class Answer:
    def __init__(self, status_code, text, headers):
        self.status_code, self.text, self.headers = status_code, text, headers

    def json(self):
        return json.loads(self.text)


class PoisonedPool(Caller):
    def __init__(self, endpoint):
        super().__init__(endpoint)
        base = urlsplit(endpoint.base_url)
        self.path = base.path
        self.connection = http.client.HTTPConnection(base.hostname, base.port, timeout=self.timeout)
        self.connection.connect()
        self.connection.auto_open = False
        self.turn = asyncio.Lock()

    async def send(self, method, path, token, headers=None, json=None, **_):
        async with self.turn:
            sent = {**(headers or {}), "Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            return await asyncio.to_thread(self.on_connection, method, self.path + path, json, sent)

    def on_connection(self, method, path, value, headers):
        try:
            self.connection.request(method, path, value and json.dumps(value), headers)
            answer = self.connection.getresponse()
            return Answer(answer.status, answer.read(), answer.headers)
        except (OSError, http.client.HTTPException) as error:
            raise Passing(f"the connection failed ({type(error).__name__})") from error
