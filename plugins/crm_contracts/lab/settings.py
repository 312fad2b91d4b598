"""How a lab is set up."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class LabSettings:
    """Which engine stands in the path, and what lies behind the gateway.

    `engine` None takes Toxiproxy where it is installed. `toxiproxy_url` attaches to a running server, `forward` is a
    real CRM behind the gateway, `spill` the folder for journals that outgrow memory (default: the system's).
    """

    engine: Literal["toxiproxy", "embedded"] | None = None
    toxiproxy_url: str | None = None
    toxiproxy_binary: Path | None = None
    seed: int = 0
    forward: str | None = None
    spill: Path | None = None


class LabError(Exception):
    """What the lab could not do, in a sentence for users."""
