"""A project as users lay it out: its contracts, consumers, scenarios and known issues, found and read on demand."""

from crm_contracts.project.conductor import Conductor, Judged
from crm_contracts.project.expectation import Expected, expectation
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
    "expectation",
]
