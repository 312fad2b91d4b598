"""The part `promises:` of a consumer's file. What is not written keeps its documented default and counts as assumed."""

import re
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    TypeAdapter,
    WithJsonSchema,
    model_validator,
)

from crm_contracts.consumers.scalars import Jitter, Seconds, Share, Short, Switch, count, share
from crm_contracts.model.language import _
from crm_contracts.model.promises import Alerts, Backoff, Breaker, Promises, Refresh

_DEFAULT = Promises()
_DURATION = TypeAdapter(Seconds).json_schema()


class Part(BaseModel):
    """A mapping of a consumer's file: keys that it does not know are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


def _waits(value: Any) -> Any:
    return {"waits": tuple(value)} if isinstance(value, list) else value


_LIST = Short(_waits, lambda schema: {"anyOf": [schema, {"type": "array", "items": _DURATION}]})


class BackoffPart(Part):
    """The waits between attempts: a list of them, or how they grow."""

    waits: tuple[Seconds, ...] = ()
    """The waits one by one; the last one repeats."""
    first: Seconds = 1.0
    """The first wait."""
    factor: float = Field(default=2.0, ge=1, allow_inf_nan=False)
    """Each wait is so many times the one before."""
    max: Seconds = 30.0
    """The longest wait."""
    jitter: Jitter = 0.0
    """How much of a wait is random: none, full, equal (half of it), or a share as 20%."""
    first_immediate: bool = False
    """Whether the first retry follows at once (urllib3 does so)."""

    @model_validator(mode="after")
    def _wide_enough(self) -> "BackoffPart":
        # JUDGING: a narrower spread cannot be told from the noise of a machine.
        if 0 < self.jitter * (self.waits[0] if self.waits else self.first) < 0.05:
            raise ValueError(_("a jitter narrower than 50 ms cannot be measured"))
        return self

    def value(self) -> Backoff:
        """The promise."""
        return Backoff(
            waits=self.waits,
            first=self.first,
            factor=self.factor,
            longest=self.max,
            jitter=self.jitter,
            first_immediate=self.first_immediate,
        )


Opening = tuple[int, Literal["calls", "attempts"], float | None]


def _opens_after(value: object) -> Opening:
    if isinstance(value, dict) and value.keys() == {"rate", "of"}:
        return (*count(value["of"]), share(value["rate"]))
    try:
        return (*count(value), None)
    except ValueError:
        raise ValueError(
            _(
                "{value!r} does not say when it opens; write 5 calls, 5 attempts or {{rate: 50%, of: 10 calls}}"
            ).format(value=value)
        ) from None


_OPENING = {"type": "string", "pattern": r"^\d+ (calls?|attempts?)$", "examples": ["5 calls", "5 attempts"]}
_RATE = {
    "type": "object",
    "properties": {"rate": {"type": "string", "examples": ["50%"]}, "of": _OPENING},
    "required": ["rate", "of"],
    "additionalProperties": False,
}


class BreakerPart(Part):
    """When calls stop reaching the CRM, and how it is tried again."""

    opens_after: Annotated[
        Opening, PlainValidator(_opens_after), WithJsonSchema({"anyOf": [_OPENING, _RATE]})
    ] = (5, "calls", None)
    """So many failures in a row (5 calls, 5 attempts), or a rate of the last calls."""
    half_open_after: Seconds = 30.0
    """How long it stays open before it lets a probe through."""
    probes: int = Field(default=1, ge=1)
    """How many attempts may probe."""

    def value(self) -> Breaker:
        """The promise."""
        number, counts, rate = self.opens_after
        return Breaker(
            opens_after=number,
            counts=counts,
            rate=rate,
            half_open_after=self.half_open_after,
            probes=self.probes,
        )


class RefreshPart(Part):
    """When a token is refreshed before it expires, in the caller's own form."""

    ahead: Seconds | None = None
    """So long before it expires."""
    at: Share | None = None
    """At this share of its life."""
    jitter: Seconds = 0.0
    """How far the moment may vary."""

    @model_validator(mode="after")
    def _one_form(self) -> "RefreshPart":
        if (self.ahead is None) == (self.at is None):
            raise ValueError(_("write either ahead (10m) or at (66%)"))
        return self

    def value(self) -> Refresh:
        """The promise."""
        return Refresh(ahead=self.ahead, at=self.at, jitter=self.jitter)


class AlertsPart(Part):
    """When somebody is told of failures, and where that is seen."""

    after: int = Field(default=3, ge=1)
    """After so many failures in a row."""
    within: Seconds = 30.0
    """So long after the last of them at most."""
    seen_in: Literal["webhook"] | None = None
    """The endpoint's `alert_url`."""
    log: str | None = None
    """A regular expression that the caller's output matches then."""
    metric: str | None = None
    """The URL of a number that grows with each alert, or its path at a service; `#name` is a sample in Prometheus' format."""

    @model_validator(mode="after")
    def _one_place(self) -> "AlertsPart":
        if sum(place is not None for place in (self.seen_in, self.log, self.metric)) > 1:
            raise ValueError(_("an alert is seen in one place: seen_in, log or metric"))
        try:
            re.compile(self.log or "")
        except re.error as error:
            raise ValueError(_("log is no regular expression: {error}").format(error=error)) from None
        return self

    def value(self) -> Alerts:
        """The promise."""
        place: Literal["webhook", "log", "metric"] = (
            "log" if self.log else "metric" if self.metric else "webhook"
        )
        pattern = self.log or self.metric or ""
        return Alerts(after=self.after, within=self.within, seen_in=place, pattern=pattern)


Time = Annotated[Seconds | None, Switch]


class PromisesPart(Part):
    """What a consumer says it keeps, pinned by a person. `none` switches a promise's checks off."""

    deadline: Time = _DEFAULT.deadline
    """How long a call takes at most; longer than attempts and backoff together."""
    attempts: Annotated[Annotated[int, Field(ge=1)] | None, Switch] = _DEFAULT.attempts
    """How often a call tries at most, the first attempt included."""
    backoff: Annotated[Annotated[BackoffPart, _LIST] | None, Switch] = None
    """The waits between attempts."""
    breaker: Annotated[BreakerPart | None, Switch] = None
    """When calls stop reaching the CRM."""
    refresh: Annotated[RefreshPart | None, Switch] = None
    """When a token is refreshed ahead of its end."""
    fallback_max_age: Time = _DEFAULT.fallback_max_age
    """How old cached data may be that is shown instead."""
    recovers_within: Time = _DEFAULT.recovers_within
    """How soon calls are ok again after the CRM is."""
    delivers_within: Time = _DEFAULT.delivers_within
    """How soon queued writes arrive after the CRM is back."""
    failover_within: Time = _DEFAULT.failover_within
    """How soon the spare endpoint is used."""
    max_amplification: Annotated[Annotated[float, Field(ge=1, allow_inf_nan=False)] | None, Switch] = (
        _DEFAULT.max_amplification
    )
    """How many times more requests than calls the CRM may see."""
    alerts: Annotated[AlertsPart | None, Switch] = None
    """When somebody is told of failures."""

    def value(self) -> Promises:
        """The promises, with the names of those that are written."""
        return Promises(
            deadline=self.deadline,
            attempts=self.attempts,
            backoff=self.backoff.value() if self.backoff else None,
            breaker=self.breaker.value() if self.breaker else None,
            refresh=self.refresh.value() if self.refresh else None,
            fallback_max_age=self.fallback_max_age,
            recovers_within=self.recovers_within,
            delivers_within=self.delivers_within,
            failover_within=self.failover_within,
            max_amplification=self.max_amplification,
            alerts=self.alerts.value() if self.alerts else None,
            written=frozenset(self.model_fields_set),
        )
