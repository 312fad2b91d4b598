"""A caller that does as Retry-After says, however long its user has to wait."""

import asyncio
import time
from email.utils import parsedate_to_datetime

from examples.gallery.sound import Caller


class WaitsTheWholeHour(Caller):
    async def within_time(self, method, path, **request):
        answer = await super().within_time(method, path, **request)
        if answer.status_code == 429:
            await asyncio.sleep(
                parsedate_to_datetime(answer.headers["Retry-After"]).timestamp() - time.time()
            )
            answer = await super().within_time(method, path, **request)
        return answer
