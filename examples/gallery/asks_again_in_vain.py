"""A caller that tries again whatever the CRM answered, also what it will always answer."""

from examples.gallery.sound import Caller, CrmRefused, Passing


class AsksAgainInVain(Caller):
    def understood(self, answer):
        try:
            return super().understood(answer)
        except CrmRefused as error:
            raise Passing(str(error)) from error
