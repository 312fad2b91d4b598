"""What a consumer says it keeps. Each promise has a documented default, and a default is reported as assumed.

All times are seconds.
"""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """The waits between attempts: a list (`waits`), or `first` x `factor`^(i-1), at most `longest`.

    `jitter` is the share of a wait that is random: 0 none, 0.5 equal, 1 full. `first_immediate` allows the first retry
    at once (urllib3 sleeps 0, 2, 4, 8).

    >>> [Backoff(first=1.0).wait(i) for i in (1, 2, 3)]
    [1.0, 2.0, 4.0]
    """

    waits: tuple[float, ...] = ()
    first: float = 1.0
    factor: float = 2.0
    longest: float = 30.0
    jitter: float = 0.0
    first_immediate: bool = False

    def wait(self, gap: int) -> float:
        """The promised wait b_i of the gap i = 1, 2, ... (JUDGING: b_i = min(max, first x factor^(i-1)), or the list)."""
        if self.waits:
            return self.waits[min(gap, len(self.waits)) - 1]
        if self.first_immediate:
            gap -= 1
        return 0.0 if gap == 0 else float(min(self.longest, self.first * self.factor ** (gap - 1)))

    def shortest(self, gap: int) -> float:
        """The least that gap i may be: full jitter has no bound, equal jitter half, a fraction j leaves 1 - j."""
        return self.wait(gap) * (1 - self.jitter)

    def total(self, attempts: int) -> float:
        """All waits of one call with that many attempts."""
        return sum(self.wait(gap) for gap in range(1, attempts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """When calls stop reaching the CRM: after so many failed calls or attempts, or a failure rate of the last calls."""

    opens_after: int = 5
    counts: Literal["calls", "attempts"] = "calls"
    rate: float | None = None
    half_open_after: float = 30.0
    probes: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresh:
    """When a token is refreshed before it expires: so many seconds `ahead`, or `at` a share of its life."""

    ahead: float | None = None
    at: float | None = None
    jitter: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerts:
    """After how many consecutive failures an alert is sent, within how long, and where it is seen."""

    after: int = 3
    within: float = 30.0
    seen_in: Literal["webhook", "log", "metric"] = "webhook"
    pattern: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """All promises of one consumer; None switches that promise's checks off.

    `written` names those that the consumer's file states; all others are assumed.
    """

    deadline: float | None = 10.0
    attempts: int | None = 5
    backoff: Backoff | None = None
    breaker: Breaker | None = None
    refresh: Refresh | None = None
    fallback_max_age: float | None = None
    recovers_within: float | None = 10.0
    delivers_within: float | None = 30.0
    failover_within: float | None = None
    max_amplification: float | None = 5.0
    alerts: Alerts | None = None
    written: frozenset[str] = field(default_factory=frozenset)

    @property
    def longest_backoff(self) -> float:
        """The longest wait between two attempts of one call, 0 where no backoff is promised."""
        if self.backoff is None or not self.attempts:
            return 0.0
        return max((self.backoff.wait(gap) for gap in range(1, self.attempts)), default=0.0)

    def spans(self) -> dict[str, float]:
        """The promises that a scenario's durations may name; one that is switched off counts with its default."""
        return {
            "deadline": self.deadline or 10.0,
            "recovers_within": self.recovers_within or 10.0,
            "delivers_within": self.delivers_within or 30.0,
            "failover_within": self.failover_within or 5.0,
            "fallback_max_age": self.fallback_max_age or 3600.0,
            "half_open_after": self.breaker.half_open_after if self.breaker else 0.0,
        }
