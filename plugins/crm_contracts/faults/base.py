"""What faults have in common: when they are on, which exchanges they touch, how a toxic reaches the engine.

A new fault is one file: a dataclass over `ToxicFault`, `ReplyFault` or `TokenFault` with `fault`, its settings, `traits`
and `sentence`, and what it does. One line in `faults/union.py` lists it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from crm_contracts.faults.flap import Flap
from crm_contracts.model.consumer import Consumer, HttpDriver
from crm_contracts.model.contract import AuthPolicy, Contract, Effect, Refusal
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Alterations, Place, Selector, TokenTerms, Trait
from crm_contracts.model.language import _
from crm_contracts.model.promises import Promises
from crm_contracts.model.span import Span, human
from crm_contracts.model.toxic import Stream, ToxicSpec

DAY = 24 * 60 * 60
"""Seconds; no setting of a toxic is longer, because Toxiproxy's own arithmetic ends there."""
PERMANENT = frozenset({400, 403, 404, 405, 406, 409, 410, 411, 412, 413, 414, 415, 422, 501})
"""Statuses after which the same request cannot succeed (RFC 9110 15.5)."""


def _bounded(span: Span) -> Span:
    if span.promise is None and span.plus > DAY:
        raise ValueError(_("{value} is too long; the most is {most}").format(value=span, most=human(DAY)))
    return span


def _positive(span: Span) -> Span:
    if span.promise is None and span.plus <= 0:
        raise ValueError(_("{value} is too short; it must be more than nothing").format(value=span))
    return span


Bounded = Annotated[Span, AfterValidator(_bounded)]
"""A duration of at most a day."""
Lasting = Annotated[Span, AfterValidator(_positive)]
"""A duration of more than nothing, however long."""
Positive = Annotated[Span, AfterValidator(_bounded), AfterValidator(_positive)]
"""A duration of more than nothing and at most a day."""


NOTHING = Span()
"""A duration of nothing."""


def milliseconds(span: Span) -> int:
    """A resolved duration as the engine takes it."""
    return round(span.seconds * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A fault that is on for the whole of `during`, or from `at` on, for the time `for`, again every `repeat`.

    `flap` is a shorter way to say `for` and `repeat`: on for the first part of every period.
    """

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - pydantic reads it from the class
    place: ClassVar[Place]

    at: Annotated[Bounded | None, Field(description="How long after the start of `during` it comes on.")] = (
        None
    )
    for_: Annotated[
        Positive | None,
        Field(alias="for", description="How long it stays on; default: to the end of `during`."),
    ] = None
    repeat: Annotated[
        Positive | None, Field(description="It comes on again every so often; needs a shorter `for`.")
    ] = None

    flap: Annotated[
        Flap | None, Field(description="On for the first part of every period: `{period: 1s, duty: 50%}`.")
    ] = None

    def __post_init__(self) -> None:
        if self.flap is not None:
            self._flap(self.flap)
        if self.repeat is None:
            return
        if self.for_ is None:
            raise ValueError(_("`repeat` needs `for`: how long it stays on each time"))
        if self.repeat.promise is None and self.for_.promise is None and self.for_.plus >= self.repeat.plus:
            raise ValueError(_("`for` must be shorter than `repeat`"))

    def _flap(self, flap: Flap) -> None:
        # A copy of a flapping fault brings along what was set here before.
        if self.for_ not in {None, flap.on} or self.repeat not in {None, flap.period}:
            raise ValueError(_("either `flap`, or `for` and `repeat`: they say the same"))
        object.__setattr__(self, "for_", flap.on)
        object.__setattr__(self, "repeat", flap.period)

    def fits(self, consumer: Consumer, contract: Contract) -> str | None:  # noqa: ARG002 - others look
        """None, or the reason why this fault cannot strike this consumer."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selective(Timed):
    """A fault that touches some exchanges: every condition that is written must hold; default: all of them."""

    operations: Annotated[
        tuple[str, ...], Field(description="operationIds or `METHOD /path`, with `*`; default: all.")
    ] = ()
    effect: Annotated[Effect | None, Field(description="Only reads, or only writes.")] = None
    first: Annotated[int | None, Field(ge=1, description="Only so many exchanges, then it is spent.")] = None
    every_nth: Annotated[int | None, Field(ge=1, description="Only each nth exchange.")] = None
    probability: Annotated[
        float | None, Field(gt=0, le=1, description="The share of exchanges, drawn from the run's seed.")
    ] = None

    def selector(self) -> Selector:
        """Which exchanges it touches."""
        return Selector(
            operations=self.operations,
            effect=self.effect,
            first=self.first,
            every_nth=self.every_nth,
            probability=self.probability,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ToxicFault(Timed):
    """A fault of TCP, done by the engine.

    `stream` is `upstream` (caller to CRM) or `downstream` (CRM to caller). `toxicity` is the share of connections that
    meet it. `pool` is `fresh` (idle connections are closed first, so that it strikes new ones) or `kept`.
    """

    place: ClassVar[Place] = Place.TOXIC

    stream: Annotated[
        Stream, Field(description="`upstream`: from caller to CRM; `downstream`: from CRM to caller.")
    ] = "downstream"
    toxicity: Annotated[float, Field(gt=0, le=1, description="The share of connections that meet it.")] = 1.0
    pool: Annotated[
        Literal["fresh", "kept"],
        Field(
            description="`fresh`: idle connections are closed first; `kept`: their reuse is what is tested."
        ),
    ] = "fresh"

    @property
    def _type(self) -> str:
        return str(getattr(self, "fault"))  # noqa: B009 - each toxic names itself

    def attributes(self) -> Mapping[str, int]:
        """Its settings in Toxiproxy's words: milliseconds, bytes, kB/s."""
        raise NotImplementedError

    def toxics(self) -> tuple[ToxicSpec, ...]:
        """What the engine is asked for; the lab makes the name unique."""
        toxic = ToxicSpec(
            name=f"{self._type}_{self.stream}",
            type=self._type,
            stream=self.stream,
            toxicity=self.toxicity,
            attributes=self.attributes(),
        )
        return (toxic,)

    def _ambiguous(self) -> frozenset[Trait]:
        """Downstream the CRM has done the work by the time that the answer is lost."""
        return frozenset({Trait.AMBIGUOUS}) if self.stream == "downstream" else frozenset()

    def _aside(self) -> str:
        """Where and how often, for sentences."""
        where = _("to the caller") if self.stream == "downstream" else _("to the CRM")
        share = "" if self.toxicity == 1 else _(", {share:.0%} of connections").format(share=self.toxicity)
        return f"{where}{share}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyFault(Selective):
    """A fault of HTTP, done by the gateway.

    `processed` is `before` where the CRM does the work before the fault strikes, and `after` where the fault strikes
    first and the CRM never sees the request.
    """

    place: ClassVar[Place] = Place.REPLY

    processed: Annotated[
        Literal["before", "after"],
        Field(description="Whether the CRM does the work before the fault strikes, or after it: never."),
    ] = "after"

    def refusal(self) -> Refusal | None:
        """An error that the gateway is to write in the contract's own envelope and hand to `deliver` as the answer."""
        return None

    def deliver(self, request: Request, answer: Answer | None, dice: Random, now: float) -> Delivery:
        """What goes onto the wire."""
        raise NotImplementedError

    def _ambiguous(self) -> frozenset[Trait]:
        return frozenset({Trait.AMBIGUOUS}) if self.processed == "before" else frozenset()

    def _aside(self) -> str:
        """Which exchanges, for sentences; empty where it is all of them."""
        parts = [*self.operations, *self._choice()]
        return f" ({', '.join(parts)})" if parts else ""

    def _choice(self) -> list[str]:
        parts = [_("reads"), _("writes")][self.effect is Effect.WRITE :][:1] if self.effect else []
        if self.first is not None:
            parts.append(_("the first {count}").format(count=self.first))
        if self.every_nth is not None:
            parts.append(_("one of {count}").format(count=self.every_nth))
        if self.probability is not None:
            parts.append(f"{self.probability:.0%}")
        if self.processed == "before":
            parts.append(_("after the CRM did the work"))
        return parts


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFault(Selective):
    """A fault of credentials, done by the token endpoint and the credential check of the simulator."""

    place: ClassVar[Place] = Place.TOKEN

    def terms(self, policy: AuthPolicy, promises: Promises) -> TokenTerms:
        """What the CRM says of tokens and what it does while the rule is on."""
        raise NotImplementedError

    def traits(self) -> frozenset[Trait]:
        """A credential is refused."""
        return frozenset({Trait.CREDENTIALS})

    def fits(self, consumer: Consumer, contract: Contract) -> str | None:  # noqa: ARG002 - others look
        """It needs a contract with credentials."""
        return _("this contract asks for no credential") if contract.auth.kind == "none" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointFault(Timed):
    """A fault of the name that the caller is given, or of the TLS behind it."""

    place: ClassVar[Place] = Place.ENDPOINT

    def alters(self) -> Alterations:
        """What becomes of the endpoint while the fault is on."""
        raise NotImplementedError

    def fits(self, consumer: Consumer, contract: Contract) -> str | None:  # noqa: ARG002 - others look
        """A program that runs already was given its address before: it must be the one that is altered."""
        attached = isinstance(consumer.driver, HttpDriver) and consumer.driver.attach is not None
        if attached and not self.alters().tls:
            return _("it runs already, so its resolver cannot be reached")
        if "tls" in consumer.cannot and self.alters().tls:
            return _("it cannot be given the lab's certificate authority")
        return _("it runs already, and without `https: true`") if attached and not consumer.https else None


def whole(seconds: float) -> int:
    """Seconds as `expires_in` and `Retry-After` are told: always whole, never less.

    >>> whole(2.1)
    3
    """
    return math.ceil(seconds)
