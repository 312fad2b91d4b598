"""A caller that knows one of the two forms of Retry-After, and crashes on the other."""

from examples.gallery.sound import Caller, CrmUnavailable


class TakesRetryAfterForANumber(Caller):
    def understood(self, answer):
        if answer.status_code == 429:
            seconds = int(answer.headers.get("Retry-After", "1"))
            raise CrmUnavailable(f"the CRM asks to come back in {seconds} s")
        return super().understood(answer)
