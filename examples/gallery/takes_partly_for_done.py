"""A caller for which a write is done when the status begins with 2."""

from examples.gallery.sound import Caller


class TakesPartlyForDone(Caller):
    async def write(self, ticket, key, attempts=None):
        headers = {"Idempotency-Key": key}
        opened = await self.ask("POST", "/tickets", attempts=attempts, json=ticket, headers=headers)
        return {"id": None, **opened}
