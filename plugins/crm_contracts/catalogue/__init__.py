"""What faults, checks, mutations and scenarios say of themselves: read from the code's own docstrings, for people who look something up."""

from crm_contracts.catalogue.checks import check_entries
from crm_contracts.catalogue.entry import Entry, Setting
from crm_contracts.catalogue.faults import fault_entries
from crm_contracts.catalogue.markdown import page
from crm_contracts.catalogue.mutations import mutation_entries
from crm_contracts.catalogue.scenarios import scenario_entry

__all__ = ["Entry", "Setting", "check_entries", "fault_entries", "mutation_entries", "page", "scenario_entry"]
