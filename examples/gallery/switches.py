"""What `sound` is, and a spare address that it uses while the first one fails: the callers with a defect there differ from it."""

import time

import httpx

from examples.gallery.sound import Caller


class Switches(Caller):
    keeps_to_it = 0.5

    def __init__(self, endpoint):
        super().__init__(endpoint)
        self.spare = httpx.AsyncClient(base_url=endpoint.spare_url, timeout=self.timeout)
        self.spare_until = 0.0

    async def within_time(self, method, path, **request):
        by_spare = self.switched
        try:
            answer = await super().within_time(method, path, **request)
        except (httpx.RequestError, TimeoutError):
            if by_spare:
                raise
            answer = None
        if not by_spare and (answer is None or answer.status_code >= 500):
            # With the same idempotency key: whatever the first address did, it is the same CRM behind both.
            self.spare_until = time.monotonic() + self.keeps_to_it
            answer = await super().within_time(method, path, **request)
        return answer

    @property
    def switched(self):
        return time.monotonic() < self.spare_until

    async def send(self, method, path, token, headers=None, **request):
        sent = {**(headers or {}), "Authorization": f"Bearer {token}"}
        client = self.spare if self.switched else self.client
        return await client.request(method, path, headers=sent, **request)

    async def aclose(self):
        await super().aclose()
        await self.spare.aclose()
