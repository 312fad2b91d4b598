"""A caller that takes for a text what says that it is no JSON, and for an order all the same."""

from examples.gallery.sound import Caller


class TrustsTheContentType(Caller):
    def understood(self, answer):
        if answer.status_code < 300 and "json" not in answer.headers.get("Content-Type", ""):
            return answer.text
        return super().understood(answer)
