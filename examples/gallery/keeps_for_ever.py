"""A caller that shows what it read last, however long ago that was."""

from examples.gallery.sound import Caller, CrmUnavailable


class KeepsForEver(Caller):
    def __init__(self, endpoint):
        super().__init__(endpoint)
        self.kept = {}

    async def get_order(self, order_id):
        try:
            self.kept[order_id] = await super().get_order(order_id)
        except CrmUnavailable:
            if order_id not in self.kept:
                raise
            return {**self.kept[order_id], "notice": "limited"}
        return self.kept[order_id]
