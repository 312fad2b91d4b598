"""The simulator: a CRM made from its contract."""

from crm_contracts.lab.simulator.simulator import Simulator

__all__ = ["Simulator"]
