"""A caller that shows whatever comes, without a look at whether it is what was asked for."""

from examples.gallery.sound import Caller


class ReadsWhateverItGets(Caller):
    async def get_order(self, order_id):
        order = await self.ask("GET", f"/orders/{order_id}")
        return {"order": order.get("id"), "status": order.get("status")}

    async def list_orders(self):
        page = await self.ask("GET", "/orders")
        return {"orders": [order.get("id") for order in page.get("results", [])]}
