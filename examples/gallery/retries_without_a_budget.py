"""A caller whose budget of retries is a new one for every call."""

import asyncio

import httpx

from examples.gallery.sound import Caller, CrmUnavailable, Passing


class Budget:
    """A few retries to begin with, and one more for every tenth request."""

    def __init__(self):
        self.left = 5.0

    def requested(self):
        self.left = min(self.left + 0.1, 10.0)

    def allows_another(self):
        self.left -= 1
        return self.left >= 0


class RetriesWithoutABudget(Caller):
    timeout = 2.0

    async def ask(self, method, path, attempts=None, **request):
        budget = Budget()
        budget.requested()
        for attempt in range(attempts or self.attempts):
            if attempt:
                if not budget.allows_another():
                    break
                await asyncio.sleep(self.waits[attempt - 1])
            try:
                return self.understood(await self.within_time(method, path, **request))
            except (Passing, httpx.RequestError, TimeoutError) as error:
                reason = error
        raise CrmUnavailable(f"the CRM cannot be asked at the moment ({type(reason).__name__})") from reason
