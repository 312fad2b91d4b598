"""Waiting for the first of several things, but not for ever."""

import asyncio
from typing import Any


async def first_of(*awaited: "asyncio.Future[Any]", within: float | None = None) -> None:
    """Return when one of them is done, or after `within` seconds; nothing is cancelled and nothing raised."""
    await asyncio.wait(awaited, timeout=within, return_when=asyncio.FIRST_COMPLETED)
