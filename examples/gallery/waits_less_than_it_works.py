"""A caller whose users wait for half a second, around attempts that may take more than one."""

import asyncio

from examples.gallery.sound import Caller, CrmUnavailable


class WaitsLessThanItWorks(Caller):
    patience = 0.5

    async def ask(self, method, path, attempts=None, **request):
        asking = asyncio.ensure_future(super().ask(method, path, attempts, **request))
        asking.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            return await asyncio.wait_for(asyncio.shield(asking), self.patience)
        except TimeoutError:
            raise CrmUnavailable("this takes too long") from None
