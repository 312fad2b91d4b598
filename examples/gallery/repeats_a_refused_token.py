"""A caller that sends a refused token three times before it asks for another."""

import asyncio

from examples.gallery.sound import Caller


class RepeatsARefusedToken(Caller):
    timeout = 0.6

    async def authorized(self, method, path, **request):
        for wait in (0.1, 0.2, 0):
            answer = await self.send(method, path, await self.current_token(), **request)
            if answer.status_code != 401:
                return answer
            await asyncio.sleep(wait)
        return await self.send(method, path, await self.new_token(), **request)
