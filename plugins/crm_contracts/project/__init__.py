"""A project as users lay it out: its contracts, consumers, scenarios and known issues, found and read on demand.

Its names are imported on first use.
"""

from typing import TYPE_CHECKING

from crm_contracts.lazily import by_room

if TYPE_CHECKING:
    from crm_contracts.project.ahead import Ahead
    from crm_contracts.project.conductor import Conductor, Judged
    from crm_contracts.project.expectation import Expected
    from crm_contracts.project.lab_keeper import LabKeeper
    from crm_contracts.project.layout import Layout, ScenarioSource
    from crm_contracts.project.plan import Planned, Unfit
    from crm_contracts.project.project import Project

__all__ = [
    "Ahead",
    "Conductor",
    "Expected",
    "Judged",
    "LabKeeper",
    "Layout",
    "Planned",
    "Project",
    "ScenarioSource",
    "Unfit",
]

__getattr__ = by_room(
    __name__,
    {
        "Ahead": "ahead",
        "Conductor": "conductor",
        "Expected": "expectation",
        "Judged": "conductor",
        "LabKeeper": "lab_keeper",
        "Layout": "layout",
        "Planned": "plan",
        "Project": "project",
        "ScenarioSource": "layout",
        "Unfit": "plan",
    },
)
