"""Faults: one a file. A new one is listed in `union.py`, and nowhere else.

Its names are imported on first use: whoever meets one fault, as the lab does, does not pay for all of them.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm_contracts.faults.union import FAULTS, AnyFault, Fault

__all__ = ["FAULTS", "AnyFault", "Fault"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(name)
    from crm_contracts.faults import union

    return getattr(union, name)
