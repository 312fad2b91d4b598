"""A caller that looks into every error for the CRM's own category, also into a proxy's HTML page."""

from examples.gallery.sound import Caller, CrmUnavailable


class BelievesEveryError(Caller):
    def understood(self, answer):
        if answer.status_code >= 500 and answer.json()["category"] == "INTERNAL":
            raise CrmUnavailable("the CRM has an internal error")
        return super().understood(answer)
