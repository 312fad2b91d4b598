"""A caller that answers with defaults where the CRM does not answer, and does not say so."""

from examples.gallery.sound import Caller, CrmUnavailable


class InventsAnswers(Caller):
    async def get_order(self, order_id):
        try:
            return await super().get_order(order_id)
        except CrmUnavailable:
            return {"order": order_id, "status": "placed"}

    async def list_orders(self):
        try:
            return await super().list_orders()
        except CrmUnavailable:
            return {"orders": []}
