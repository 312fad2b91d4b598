"""Consumers, the callers under test: their files, the drivers that make them call, and what their results mean."""

from pathlib import Path
from typing import TYPE_CHECKING

from crm_contracts.consumers.driver import ConsumerFailed, Driver
from crm_contracts.consumers.environment import handed_over
from crm_contracts.consumers.fill import fill
from crm_contracts.consumers.opening import open_driver
from crm_contracts.consumers.outcomes import classify
from crm_contracts.consumers.pool import DriverPool

if TYPE_CHECKING:
    from crm_contracts.consumers.binding import ContractOf
    from crm_contracts.model.consumer import Consumer

__all__ = [
    "ConsumerFailed",
    "Driver",
    "DriverPool",
    "classify",
    "consumer_schema",
    "fill",
    "handed_over",
    "load_consumer",
    "open_driver",
]


def load_consumer(path: Path, contract_of: "ContractOf") -> "Consumer":
    """Read a consumer's file and bind it to its contract; raises Problems with all that is wrong.

    `contract_of` finds a contract from what the file says (a name or folder; the file's own folder where it says
    nothing) and the folder of the file.
    """
    # Drivers need no pydantic, so the lab's process does not pay for it.
    from crm_contracts.consumers.binding import load_consumer as load

    return load(path, contract_of)


def consumer_schema() -> dict[str, object]:
    """The JSON Schema of a consumer's file, for editors."""
    from crm_contracts.consumers.document import consumer_schema as schema

    return schema()
