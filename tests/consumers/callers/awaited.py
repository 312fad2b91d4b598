"""A caller with asynchronous methods; its object needs the loop on which it was made."""

import asyncio


class Awaited:
    def __init__(self, endpoint):
        self.loop = asyncio.get_running_loop()
        self.gate = asyncio.Lock()
        self.together, self.all_here = 0, asyncio.Event()

    async def find(self, order_id):
        return {"id": order_id, "same loop": asyncio.get_running_loop() is self.loop}

    async def nap(self, seconds):
        await asyncio.sleep(seconds)

    async def meet(self, others):
        """Returns once so many calls are here at once."""
        self.together += 1
        if self.together == others:
            self.all_here.set()
        await asyncio.wait_for(self.all_here.wait(), 15)
        return self.together

    async def pages(self):
        yield 1
        yield 2

    async def hang(self):
        await self.deeper()

    async def deeper(self):
        await asyncio.Event().wait()

    async def refuse(self):
        raise TimeoutError("too late")

    def plain(self):
        return "plain"

    async def aclose(self):
        print("closed for good")


async def create(endpoint):
    return Awaited(endpoint)


def create_in_loop(endpoint):
    return Awaited(endpoint)


class Disguised:
    """Its methods do not look asynchronous, as behind some decorators."""

    def find(self, order_id):
        return self._find(order_id)

    async def _find(self, order_id):
        await asyncio.sleep(0)
        return order_id
