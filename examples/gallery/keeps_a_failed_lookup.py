"""A caller that remembers for ever that a name was not found."""

import asyncio
import socket
from urllib.parse import urlsplit

from examples.gallery.sound import Caller, Passing


class KeepsAFailedLookup(Caller):
    def __init__(self, endpoint):
        super().__init__(endpoint)
        self.host = urlsplit(endpoint.base_url).hostname
        self.lost = False

    async def send(self, method, path, token, headers=None, **request):
        if not self.lost:
            self.lost = await asyncio.to_thread(self.is_lost)
        if self.lost:
            raise Passing("the CRM's name is not found")
        return await super().send(method, path, token, headers, **request)

    def is_lost(self):
        try:
            socket.getaddrinfo(self.host, None)
        except socket.gaierror:
            return True
        return False
