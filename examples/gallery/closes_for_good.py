"""A caller that closes its HTTP client when the connection fails, and never opens another."""

import httpx

from examples.gallery.sound import Caller, CrmUnavailable


class ClosesForGood(Caller):
    async def send(self, method, path, token, headers=None, **request):
        if self.client.is_closed:
            raise CrmUnavailable("no connection to the CRM")
        try:
            return await super().send(method, path, token, headers, **request)
        except httpx.ConnectError:
            await self.client.aclose()
            raise
