"""A project as users lay it out: its contracts, consumers, scenarios and known issues, found and read on demand.

Its names are imported on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm_contracts.project.conductor import Conductor, Judged
    from crm_contracts.project.expectation import Expected
    from crm_contracts.project.lab_keeper import LabKeeper
    from crm_contracts.project.layout import Layout, ScenarioSource
    from crm_contracts.project.plan import Planned, Unfit
    from crm_contracts.project.project import Project

__all__ = [
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

_ROOMS = {
    "Conductor": "conductor",
    "Expected": "expectation",
    "Judged": "conductor",
    "LabKeeper": "lab_keeper",
    "Layout": "layout",
    "Planned": "plan",
    "Project": "project",
    "ScenarioSource": "layout",
    "Unfit": "plan",
}


def __getattr__(name: str) -> object:
    if name not in _ROOMS:
        raise AttributeError(name)
    return getattr(import_module(f"crm_contracts.project.{_ROOMS[name]}"), name)
