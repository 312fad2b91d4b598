"""Changes of a contract: what breaks, whom it hits, and the notice to send."""

from crm_contracts.changes.change import Change, Direction
from crm_contracts.changes.differ import changes
from crm_contracts.changes.hits import Hit, hits
from crm_contracts.changes.notice import notice
from crm_contracts.changes.revision import Nowhere, revision
from crm_contracts.changes.told import Told, told
from crm_contracts.changes.usage import Use, uses_of

__all__ = [
    "Change",
    "Direction",
    "Hit",
    "Nowhere",
    "Told",
    "Use",
    "changes",
    "hits",
    "notice",
    "revision",
    "told",
    "uses_of",
]
