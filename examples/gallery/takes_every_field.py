"""A caller whose record of an order has exactly the fields of yesterday."""

from dataclasses import dataclass

from examples.gallery.sound import Caller


@dataclass
class Order:
    id: str
    contactId: str
    status: str
    currency: str
    total: float
    items: list
    deliverOn: str
    placedAt: str
    updatedAt: str


class TakesEveryField(Caller):
    async def get_order(self, order_id):
        order = Order(**await self.ask("GET", f"/orders/{order_id}"))
        return {"order": order.id, "status": order.status}
