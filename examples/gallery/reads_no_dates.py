"""A caller that knows Retry-After in seconds, and takes a date for no answer to its question."""

from examples.gallery.sound import Caller, Passing


class ReadsNoDates(Caller):
    def understood(self, answer):
        told = answer.headers.get("Retry-After", "")
        if answer.status_code in (429, 503) and not told.isdigit():
            raise Passing(f"the CRM answered {answer.status_code}")
        return super().understood(answer)
