"""What pytest sees of us with `--crm-contracts`: files, items, a header and a summary."""

from crm_contracts.pytest_items.edge import activate

__all__ = ["activate"]
