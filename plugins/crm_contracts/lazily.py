"""Names of a package that are imported on first use: whoever wants one room of it does not pay for the others."""

from collections.abc import Callable, Mapping
from importlib import import_module


def by_room(package: str, rooms: Mapping[str, str]) -> Callable[[str], object]:
    """The `__getattr__` of a package; `rooms` says in which of its modules each name stands.

    >>> by_room("crm_contracts.model", {"Problem": "problem"})("Problem").__name__
    'Problem'
    """

    def found(name: str) -> object:
        if name not in rooms:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{rooms[name]}"), name)

    return found
