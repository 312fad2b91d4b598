"""Toxiproxy's faults in asyncio: the same HTTP API, the same eight faults, one small file a toxic."""

from crm_contracts.lab.engines.embedded.engine import EmbeddedEngine

__all__ = ["EmbeddedEngine"]
