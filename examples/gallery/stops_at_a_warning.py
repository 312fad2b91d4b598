"""A caller that takes the announcement that a version will end for its end."""

from examples.gallery.sound import Caller, CrmRefused


class StopsAtAWarning(Caller):
    def understood(self, answer):
        if "Deprecation" in answer.headers:
            raise CrmRefused("this version of the CRM is deprecated")
        return super().understood(answer)
