"""The toxics of the embedded engine, one a file. A new one is a file and a name in this table."""

from crm_contracts.lab.engines.embedded.toxic import Toxic
from crm_contracts.lab.engines.embedded.toxics.bandwidth import Bandwidth
from crm_contracts.lab.engines.embedded.toxics.latency import Latency
from crm_contracts.lab.engines.embedded.toxics.limit_data import LimitData
from crm_contracts.lab.engines.embedded.toxics.noop import Noop
from crm_contracts.lab.engines.embedded.toxics.reset_peer import ResetPeer
from crm_contracts.lab.engines.embedded.toxics.slicer import Slicer
from crm_contracts.lab.engines.embedded.toxics.slow_close import SlowClose
from crm_contracts.lab.engines.embedded.toxics.timeout import Timeout

__all__ = ["TOXICS", "Toxic"]

_ALL: tuple[type[Toxic], ...] = (Bandwidth, Latency, LimitData, Noop, ResetPeer, Slicer, SlowClose, Timeout)

TOXICS: dict[str, type[Toxic]] = {toxic.type: toxic for toxic in _ALL}
