"""A caller that takes an answer for a replayed one where its date is not its own."""

import time
from email.utils import parsedate_to_datetime

from examples.gallery.sound import Caller, CrmRefused


class BelievesOneClock(Caller):
    def understood(self, answer):
        if abs(parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()) > 300:
            raise CrmRefused("the answer is of another time")
        return super().understood(answer)
