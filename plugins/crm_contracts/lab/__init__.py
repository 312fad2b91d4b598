"""The lab: everything of the CRM's side that has sockets, from the engine to the simulator.

Its names are imported on first use: whoever wants one room of it does not pay for the others.
"""

from typing import TYPE_CHECKING

from crm_contracts.lazily import by_room

if TYPE_CHECKING:
    from crm_contracts.lab.active import Active
    from crm_contracts.lab.lab import Lab
    from crm_contracts.lab.labrun import LabRun
    from crm_contracts.lab.recorder import Mark, News, Observed
    from crm_contracts.lab.settings import LabError, LabSettings

__all__ = ["Active", "Lab", "LabError", "LabRun", "LabSettings", "Mark", "News", "Observed"]

__getattr__ = by_room(
    __name__,
    {
        "Active": "active",
        "Lab": "lab",
        "LabError": "settings",
        "LabRun": "labrun",
        "LabSettings": "settings",
        "Mark": "recorder",
        "News": "recorder",
        "Observed": "recorder",
    },
)
