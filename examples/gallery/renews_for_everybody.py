"""A caller that gets a token of its own for each call that was refused."""

from examples.gallery.sound import Caller


class RenewsForEverybody(Caller):
    async def renewed(self, old):
        await self.new_token()
        return self.token
