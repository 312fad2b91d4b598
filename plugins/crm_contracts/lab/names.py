"""The caller's resolver, as far as the lab can reach it."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Resolver(Protocol):
    """Whoever answers when a caller looks up the name that it was given."""

    @property
    def lookups(self) -> tuple[float, ...] | None:
        """When the name was looked up in vain; None where that cannot be seen."""

    def cannot_resolve(self) -> str | None:
        """None, or why the caller's resolver is out of reach, with the next step."""

    async def resolve(self, *, known: bool) -> bool:
        """Let the name be found, or not; tells whether a look-up of our own, or the caller's side, confirms it."""
