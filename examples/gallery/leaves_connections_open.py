"""A caller that closes its connections when all goes well, and forgets them when it gives up."""

import asyncio
import http.client
import json
from urllib.parse import urlsplit

from examples.gallery.poisoned_pool import Answer
from examples.gallery.sound import Caller, Passing


class LeavesConnectionsOpen(Caller):
    def __init__(self, endpoint):
        super().__init__(endpoint)
        self.base = urlsplit(endpoint.base_url)
        self.connections = []

    async def send(self, method, path, token, headers=None, json=None, **_):
        sent = {**(headers or {}), "Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return await asyncio.to_thread(self.on_a_connection, method, self.base.path + path, json, sent)

    def on_a_connection(self, method, path, value, headers):
        connection = http.client.HTTPConnection(self.base.hostname, self.base.port, timeout=self.timeout)
        self.connections.append(connection)
        try:
            connection.request(method, path, value and json.dumps(value), headers)
            answer = connection.getresponse()
            found = Answer(answer.status, answer.read(), answer.headers)
        except (OSError, http.client.HTTPException) as error:
            raise Passing(f"the connection failed ({type(error).__name__})") from error
        connection.close()
        self.connections.remove(connection)
        return found
