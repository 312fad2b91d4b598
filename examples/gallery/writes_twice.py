"""A caller with a fresh idempotency key for each attempt, so that the CRM cannot tell that they are one."""

import uuid

from examples.gallery.sound import Caller


class WritesTwice(Caller):
    async def send(self, method, path, token, headers=None, **request):
        if headers:
            headers = {"Idempotency-Key": str(uuid.uuid4())}
        return await super().send(method, path, token, headers, **request)
