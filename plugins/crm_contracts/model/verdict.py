"""Verdicts: three values, never two. A doubt that remains is `unknown`, never `passed`."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Failed beats unknown beats passed."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Layer(StrEnum):
    """Which layer failed: the first question in both incidents."""

    DNS = "dns"
    TCP = "tcp"
    TLS = "tls"
    HTTP = "http"
    AUTH = "auth"
    REQUEST = "request"
    RESPONSE = "response"
    DATA = "data"
    TIMING = "timing"


class Side(StrEnum):
    """Which side to look at first."""

    CALLER = "caller"
    NETWORK = "network"
    CRM = "crm"
    CREDENTIALS = "credentials"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found: the verdict, and for a failure the layer, the side, the smallest evidence and what mends it.

    `calls` and `exchanges` are the ids that the evidence is about.
    """

    check: str
    verdict: Verdict
    reason: str = ""
    layer: Layer | None = None
    side: Side | None = None
    evidence: str = ""
    remedy: str = ""
    calls: tuple[int, ...] = ()
    exchanges: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRun:
    """A check that cannot apply to this consumer and scenario, with the reason; it is no verdict."""

    check: str
    reason: str


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Failed beats unknown beats passed; nothing at all is unknown.

    >>> worst([Verdict.PASSED, Verdict.UNKNOWN]).value
    'unknown'
    """
    seen = set(verdicts)
    for verdict in (Verdict.FAILED, Verdict.UNKNOWN, Verdict.PASSED):
        if verdict in seen:
            return verdict
    return Verdict.UNKNOWN
