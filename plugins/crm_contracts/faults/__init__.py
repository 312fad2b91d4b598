"""Faults: one a file. A new one is listed in the union below, and nowhere else."""

from typing import Annotated, TypeAlias, get_args

from pydantic import Field

from crm_contracts.faults.bandwidth import Bandwidth
from crm_contracts.faults.down import Down
from crm_contracts.faults.latency import Latency
from crm_contracts.faults.limit_data import LimitData
from crm_contracts.faults.malformed_body import MalformedBody
from crm_contracts.faults.premature_close import PrematureClose
from crm_contracts.faults.reset_peer import ResetPeer
from crm_contracts.faults.slicer import Slicer
from crm_contracts.faults.slow_close import SlowClose
from crm_contracts.faults.status import Status
from crm_contracts.faults.timeout import Timeout
from crm_contracts.faults.token_expired import TokenExpired
from crm_contracts.faults.token_lifetime import TokenLifetime

AnyFault: TypeAlias = (
    Latency
    | Bandwidth
    | SlowClose
    | Timeout
    | ResetPeer
    | Slicer
    | LimitData
    | Down
    | Status
    | MalformedBody
    | PrematureClose
    | TokenExpired
    | TokenLifetime
)

FAULTS: tuple[type[AnyFault], ...] = get_args(AnyFault)
"""Every fault that a scenario may name."""

Fault: TypeAlias = Annotated[AnyFault, Field(discriminator="fault")]
"""The union as files choose from it, by `fault`."""

__all__ = ["FAULTS", "AnyFault", "Fault"]
