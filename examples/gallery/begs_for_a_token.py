"""A caller that asks for a token again and again, until it is given one."""

import asyncio

from examples.gallery.sound import Caller, CrmRefused


class BegsForAToken(Caller):
    async def within_time(self, method, path, **request):
        return await self.authorized(method, path, **request)

    async def new_token(self):
        while True:
            try:
                return await super().new_token()
            except CrmRefused:
                await asyncio.sleep(0.01)
