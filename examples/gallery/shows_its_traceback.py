"""A caller whose messages to its users are tracebacks."""

import traceback

from examples.gallery.sound import Caller, CrmUnavailable


class ShowsItsTraceback(Caller):
    async def ask(self, method, path, **request):
        try:
            return await super().ask(method, path, **request)
        except CrmUnavailable:
            raise CrmUnavailable(traceback.format_exc()) from None
