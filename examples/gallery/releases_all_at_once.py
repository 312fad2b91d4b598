"""A caller whose queue lets go of everything at once."""

import asyncio

from examples.gallery.sound import Caller, CrmUnavailable


class ReleasesAllAtOnce(Caller):
    attempts = 2

    async def deliver_all(self):
        waiting, self.queue = self.queue, []
        await asyncio.gather(*(self.again(ticket, key) for ticket, key in waiting))

    async def again(self, ticket, key):
        try:
            await self.write(ticket, key, attempts=1)
        except CrmUnavailable:
            self.queue.append((ticket, key))
