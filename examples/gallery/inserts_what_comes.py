"""A caller that puts every record of a list into a table, where each may stand once."""

import sqlite3

from examples.gallery.sound import Caller


class InsertsWhatComes(Caller):
    async def list_orders(self):
        page = await self.ask("GET", "/orders")
        with sqlite3.connect(":memory:") as table:
            table.execute("CREATE TABLE orders (id TEXT PRIMARY KEY)")
            table.executemany(
                "INSERT INTO orders VALUES (?)", [(order.get("id"),) for order in page.get("results", [])]
            )
            return {"orders": [row[0] for row in table.execute("SELECT id FROM orders")]}
