"""A caller with a timeout for each read and none in all: an answer that drips never runs into it."""

from examples.gallery.sound import Caller


class TimeoutPerRead(Caller):
    async def within_time(self, method, path, **request):
        return await self.authorized(method, path, **request)
