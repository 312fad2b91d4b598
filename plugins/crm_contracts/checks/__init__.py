"""Checks: one question about a run each, one file each, pure over the journal.

To add one: write `checks/NAME.py` with a frozen dataclass that has `check: Literal["NAME"]`, `applies` and `judge`, and add it
to `CHECKS`. It is then in the scenario schema, in `crm-contracts list checks` and in every run.
"""

from crm_contracts.checks.attempts import Attempts
from crm_contracts.checks.backoff import BackoffCheck
from crm_contracts.checks.deadline import Deadline
from crm_contracts.checks.duplicate_writes import DuplicateWrites
from crm_contracts.checks.lost_writes import LostWrites
from crm_contracts.checks.no_secret_leak import NoSecretLeak
from crm_contracts.checks.outcomes import Outcomes
from crm_contracts.checks.recovery import Recovery
from crm_contracts.checks.requests_conform import RequestsConform
from crm_contracts.checks.safe_retries import SafeRetries
from crm_contracts.checks.token_refresh import TokenRefresh
from crm_contracts.model.check import Check

CHECKS = (
    RequestsConform,
    TokenRefresh,
    NoSecretLeak,
    SafeRetries,
    DuplicateWrites,
    LostWrites,
    Attempts,
    BackoffCheck,
    Deadline,
    Outcomes,
    Recovery,
)
"""Every check, in the order in which findings are told: causes first, then what users felt of them."""

DEFAULTS: tuple[Check, ...] = tuple(check() for check in CHECKS)
"""Every check with its default settings: each run is judged by all that apply."""

__all__ = ["CHECKS", "DEFAULTS"]
