"""A caller that tells its user that a write failed, and goes on trying behind their back."""

import asyncio

from examples.gallery.sound import Caller, CrmUnavailable


class GoesOnHammering(Caller):
    def later(self, ticket, key):
        self.stubborn = asyncio.create_task(self.go_on(ticket, key))
        raise CrmUnavailable("the ticket could not be opened")

    async def go_on(self, ticket, key):
        while True:
            await asyncio.sleep(0.2)
            try:
                return await self.write(ticket, key, attempts=1)
            except CrmUnavailable:
                continue
