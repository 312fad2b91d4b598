"""A caller with a timeout for reading, and none for the handshake that comes before."""

import httpx

from examples.gallery.sound import Caller


class HangsInTheHandshake(Caller):
    def __init__(self, endpoint):
        super().__init__(endpoint)
        timeout = httpx.Timeout(None, read=self.timeout)
        self.client = httpx.AsyncClient(base_url=endpoint.base_url, timeout=timeout)

    async def within_time(self, method, path, **request):
        return await self.authorized(method, path, **request)
