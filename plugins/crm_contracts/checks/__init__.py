"""Checks: one question about a run each, one file each, pure over the journal.

To add one: write `checks/NAME.py` with a frozen dataclass that has `check: Literal["NAME"]`, `applies` and `judge`, and add it
to `CHECKS`. It is then in the scenario schema, in `crm-contracts list checks` and in every run.
"""

from crm_contracts.checks.alerts import AlertsCheck
from crm_contracts.checks.attempts import Attempts
from crm_contracts.checks.backlog_after_heal import BacklogAfterHeal
from crm_contracts.checks.backoff import BackoffCheck
from crm_contracts.checks.breaker import BreakerCheck
from crm_contracts.checks.certificate_checked import CertificateChecked
from crm_contracts.checks.deadline import Deadline
from crm_contracts.checks.deadline_budget import DeadlineBudget
from crm_contracts.checks.duplicate_writes import DuplicateWrites
from crm_contracts.checks.error_classification import ErrorClassification
from crm_contracts.checks.failover import Failover
from crm_contracts.checks.fallback_age import FallbackAge
from crm_contracts.checks.fallback_shape import FallbackShape
from crm_contracts.checks.honours_retry_after import HonoursRetryAfter
from crm_contracts.checks.jitter import JitterCheck
from crm_contracts.checks.lost_writes import LostWrites
from crm_contracts.checks.no_retry_on import NoRetryOn
from crm_contracts.checks.no_secret_leak import NoSecretLeak
from crm_contracts.checks.outcomes import Outcomes
from crm_contracts.checks.pool_recovery import PoolRecovery
from crm_contracts.checks.recovery import Recovery
from crm_contracts.checks.refresh_stampede import RefreshStampede
from crm_contracts.checks.requests_conform import RequestsConform
from crm_contracts.checks.retry_amplification import RetryAmplification
from crm_contracts.checks.safe_retries import SafeRetries
from crm_contracts.checks.tenant_isolation import TenantIsolation
from crm_contracts.checks.token_refresh import TokenRefresh
from crm_contracts.checks.truthful import Truthful
from crm_contracts.model.check import Check

CHECKS = (
    RequestsConform,
    TokenRefresh,
    RefreshStampede,
    CertificateChecked,
    NoSecretLeak,
    SafeRetries,
    DuplicateWrites,
    LostWrites,
    NoRetryOn,
    HonoursRetryAfter,
    BreakerCheck,
    DeadlineBudget,
    PoolRecovery,
    Attempts,
    BackoffCheck,
    JitterCheck,
    RetryAmplification,
    BacklogAfterHeal,
    Failover,
    Deadline,
    Truthful,
    TenantIsolation,
    FallbackShape,
    FallbackAge,
    ErrorClassification,
    Outcomes,
    Recovery,
    AlertsCheck,
)
"""Every check, in the order in which findings are told: causes first, then what users felt of them."""

DEFAULTS: tuple[Check, ...] = tuple(check() for check in CHECKS)
"""Every check with its default settings: each run is judged by all that apply."""

__all__ = ["CHECKS", "DEFAULTS"]
