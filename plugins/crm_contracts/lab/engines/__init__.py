"""The engine that breaks TCP between callers and the gateway: a real Toxiproxy, or our own code that does the same."""

from crm_contracts.lab.engines.address import Address
from crm_contracts.lab.engines.choose import start_engine
from crm_contracts.lab.engines.engine import Engine, EngineError, EngineGoneError, EngineTimeoutError
from crm_contracts.lab.engines.toxic import Proxy, ToxicSpec
from crm_contracts.lab.engines.validation import InvalidToxicError, validate

__all__ = [
    "Address",
    "Engine",
    "EngineError",
    "EngineGoneError",
    "EngineTimeoutError",
    "InvalidToxicError",
    "Proxy",
    "ToxicSpec",
    "start_engine",
    "validate",
]
