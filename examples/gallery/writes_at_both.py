"""A caller with an idempotency key for each address, so that a write whose answer was lost is made at both."""

import uuid

from examples.gallery.switches import Switches


class WritesAtBoth(Switches):
    async def send(self, method, path, token, headers=None, **request):
        if headers and self.switched:
            headers = {"Idempotency-Key": str(uuid.uuid4())}
        return await super().send(method, path, token, headers, **request)
