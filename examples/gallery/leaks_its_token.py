"""A caller whose error message shows the request, with its token, to whoever sees the message."""

from examples.gallery.sound import Caller, CrmUnavailable


class LeaksItsToken(Caller):
    async def ask(self, method, path, attempts=None, **request):
        try:
            return await super().ask(method, path, attempts=attempts, **request)
        except CrmUnavailable as error:
            raise CrmUnavailable(f"{error}: {method} {path} with token {self.token}") from error
