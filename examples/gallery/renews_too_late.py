"""A caller that promises to renew its token ten minutes ahead, and waits for the refusal instead."""

from examples.gallery.sound import Caller


class RenewsTooLate(Caller):
    async def new_token(self):
        await super().new_token()
        self.renew_at = float("inf")
        return self.token
