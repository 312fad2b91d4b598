"""A caller that keeps an answer before it looks whether it is one, and shows it when the CRM is away."""

from examples.gallery.sound import Caller, CrmUnavailable


class KeepsUnchecked(Caller):
    def __init__(self, endpoint):
        super().__init__(endpoint)
        self.kept = {}

    async def get_order(self, order_id):
        try:
            order = await self.ask("GET", f"/orders/{order_id}")
            self.kept[order_id] = {"order": order.get("id"), "status": order.get("status")}
            if order.get("id") != order_id or not isinstance(order.get("status"), str):
                raise CrmUnavailable("the CRM's order has another form than expected")
        except CrmUnavailable:
            if order_id not in self.kept:
                raise
            return {**self.kept[order_id], "notice": "limited"}
        return self.kept[order_id]
