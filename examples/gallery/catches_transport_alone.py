"""A caller that tries again where the connection failed, and knows no other error of its library."""

import httpx

from examples.gallery.sound import Caller


class CatchesTransportAlone(Caller):
    async def send(self, method, path, token, headers=None, **request):
        try:
            return await super().send(method, path, token, headers, **request)
        except httpx.DecodingError as error:
            raise RuntimeError("this cannot be") from error
