"""A caller that takes whatever comes with a 200 for JSON."""

from examples.gallery.sound import Caller


class BelievesEvery200(Caller):
    def understood(self, answer):
        return answer.json() if answer.status_code < 300 else super().understood(answer)
