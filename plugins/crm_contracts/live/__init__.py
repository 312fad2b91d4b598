"""A real CRM that is asked: reading only, whether it still is as its contract says (`probed`); and where it was named for that,
with sound and broken requests, whether it refuses what it cannot read (`trial`).
"""

from crm_contracts.live.credentials import Held, Refusal, obtain
from crm_contracts.live.drift import Probed, probed
from crm_contracts.live.server import Server, Unreachable

__all__ = ["Held", "Probed", "Refusal", "Server", "Unreachable", "obtain", "probed"]
