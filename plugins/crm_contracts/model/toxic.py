"""A toxic as the engine takes it: what happens to TCP bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Stream = Literal["upstream", "downstream"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToxicSpec:
    """One toxic of a proxy, in Toxiproxy's own words: times in ms, sizes in bytes, rates in kB/s.

    `stream` is upstream (caller to CRM) or downstream (CRM to caller); `toxicity` is the share of connections, 0 to 1.

    >>> ToxicSpec(name="slow", type="latency", attributes={"latency": 200}).toxicity
    1.0
    """

    name: str
    type: str
    stream: Stream = "downstream"
    toxicity: float = 1.0
    attributes: Mapping[str, int] = field(default_factory=dict)
