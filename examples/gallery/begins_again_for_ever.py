"""A caller that begins a list anew whenever its cursor has expired, however often."""

import asyncio

from examples.gallery.sound import Caller, CrmRefused


class BeginsAgainForEver(Caller):
    async def list_orders(self):
        while True:
            try:
                return {"orders": await self.all_orders()}
            except CrmRefused:
                await asyncio.sleep(0.05)

    async def all_orders(self):
        orders, cursor, seen = [], None, set()
        while cursor not in seen:
            seen.add(cursor)
            page = await self.ask(
                "GET", "/orders", params={"limit": 2, **({"after": cursor} if cursor else {})}
            )
            orders += [order.get("id") for order in page.get("results", [])]
            cursor = page.get("nextCursor")
        return orders
