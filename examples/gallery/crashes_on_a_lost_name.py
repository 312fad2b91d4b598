"""A caller that knows the errors of its HTTP library, and not those of the look-up that it makes by itself."""

import asyncio
import socket
from urllib.parse import urlsplit

from examples.gallery.sound import Caller


class CrashesOnALostName(Caller):
    def __init__(self, endpoint):
        super().__init__(endpoint)
        self.host = urlsplit(endpoint.base_url).hostname

    async def send(self, method, path, token, headers=None, **request):
        # To spread the load over all addresses of the CRM, some day.
        await asyncio.to_thread(socket.getaddrinfo, self.host, None)
        return await super().send(method, path, token, headers, **request)
