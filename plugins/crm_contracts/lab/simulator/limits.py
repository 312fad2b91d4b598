"""The CRM's rate limit and its quota of a day, counted for the one client that a run has."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from email.utils import formatdate

from crm_contracts.lab.envelope import Envelope, fill
from crm_contracts.model.contract import Limits, Refusal
from crm_contracts.model.exchange import Answer
from crm_contracts.model.json import JSON

Headers = tuple[tuple[str, str], ...]

_DAY = 86400.0


class Limiter:
    """Counts requests in windows that begin with a request, and in days (UTC); clocks in seconds are handed in."""

    def __init__(
        self, limits: Limits, envelope: Envelope, *, wall: Callable[[], float], monotonic: Callable[[], float]
    ) -> None:
        self._limits = limits
        self._envelope = envelope
        self._wall = wall
        self._monotonic = monotonic
        self._headers = tuple((name, _writer(text)) for name, text in limits.headers.items())
        self._begun = -math.inf
        self._used = 0
        self._day = -1.0
        self._today = 0

    @property
    def counts(self) -> bool:
        """Whether there is anything to count."""
        return self._limits.requests is not None or self._limits.daily is not None

    def count(self) -> Answer | None:
        """Count one request, and return the refusal where it is one too many; refused ones do not count."""
        if not self.counts:
            return None
        self._turn()
        limits = self._limits
        if limits.daily is not None and self._today >= limits.daily:
            daily = Refusal(
                status=limits.status, category=limits.daily_category, message=limits.daily_message
            )
            return self._refused(daily, limits.daily_retry_after, self._day + _DAY - self._wall())
        if limits.requests is not None and self._used >= limits.requests:
            busy = Refusal(status=limits.status, category=limits.category, message=limits.message)
            return self._refused(busy, limits.retry_after, self._left())
        self._used += 1
        self._today += 1
        return None

    def headers(self) -> Headers:
        """Return the headers that are on every answer, as the counts stand now."""
        if not self._headers:
            return ()
        words = self._words()
        return tuple([(name, write(words)) for name, write in self._headers])

    def reset(self) -> None:
        """Begin to count anew."""
        self._begun, self._used, self._day, self._today = -math.inf, 0, -1.0, 0

    def _refused(self, refusal: Refusal, form: str, wait: float) -> Answer:
        seconds = max(1, math.ceil(wait))
        # A date has no fractions: it is rounded up, so that whoever comes then does not come too early.
        told = {"seconds": str(seconds), "date": formatdate(math.ceil(self._wall() + wait), usegmt=True)}
        headers = {"Retry-After": told[form]} if form in told else {}
        answer = self._envelope.answer(refusal, headers=headers)
        return replace(answer, headers=(*answer.headers, *self.headers()))

    def _turn(self) -> None:
        now, day = self._monotonic(), self._wall() // _DAY * _DAY
        if now - self._begun >= self._limits.window:
            self._begun, self._used = now, 0
        if day != self._day:
            self._day, self._today = day, 0

    def _left(self) -> float:
        return max(0.0, self._begun + self._limits.window - self._monotonic())

    def _words(self) -> dict[str, JSON]:
        limits = self._limits
        return {
            "limit": limits.requests,
            "remaining": max(0, (limits.requests or 0) - self._used),
            "reset": math.ceil(self._left()),
            "daily_limit": limits.daily,
            "daily_remaining": max(0, (limits.daily or 0) - self._today),
        }


def _writer(text: str) -> Callable[[Mapping[str, JSON]], str]:
    # These headers are on every answer of the hot path, and nearly always they are one word alone.
    word = text[1:-1]
    if text == f"{{{word}}}" and word.isidentifier():
        return lambda words: str(words[word]) if word in words else text
    return lambda words: str(fill(text, words))
