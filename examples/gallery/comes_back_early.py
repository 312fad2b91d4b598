"""A caller that keeps its own waits, whatever the CRM says about when to come back."""

from examples.gallery.sound import Caller, Passing


class ComesBackEarly(Caller):
    def understood(self, answer):
        if answer.status_code in (429, 503):
            raise Passing(f"the CRM answered {answer.status_code}")
        return super().understood(answer)
