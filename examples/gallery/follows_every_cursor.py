"""A caller that reads on as long as there is a next page, whichever it is."""

import asyncio

from examples.gallery.sound import Caller


class FollowsEveryCursor(Caller):
    async def list_orders(self):
        orders, cursor = [], None
        while True:
            page = await self.ask(
                "GET", "/orders", params={"limit": 2, **({"after": cursor} if cursor else {})}
            )
            orders += [order.get("id") for order in page.get("results", [])]
            cursor = page.get("nextCursor")
            if not cursor:
                return {"orders": orders}
            await asyncio.sleep(0.05)
