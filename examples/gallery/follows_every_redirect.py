"""A caller whose library follows redirects, also those of a write."""

import httpx

from examples.gallery.sound import Caller


class FollowsEveryRedirect(Caller):
    def __init__(self, endpoint):
        super().__init__(endpoint)
        self.client = httpx.AsyncClient(
            base_url=endpoint.base_url, timeout=self.timeout, follow_redirects=True
        )

    async def write(self, ticket, key, attempts=None):
        headers = {"Idempotency-Key": key}
        opened = await self.ask("POST", "/tickets", attempts=attempts, json=ticket, headers=headers)
        return {"id": None, **opened}
