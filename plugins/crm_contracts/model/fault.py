"""What a fault is: a named way in which the CRM, the network or the credentials misbehave.

Faults act at four places. A toxic acts on TCP (the engine), a reply on HTTP (the gateway), a token rule on credentials
(the simulator's token endpoint and the gateway's credential check), an endpoint fault on names and certificates.
"""

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import ClassVar, Literal, Protocol, runtime_checkable

from crm_contracts.model.contract import AuthPolicy, Effect, Refusal
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.promises import Promises
from crm_contracts.model.span import Span
from crm_contracts.model.toxic import ToxicSpec


class Place(StrEnum):
    """Where a fault acts."""

    TOXIC = "toxic"
    REPLY = "reply"
    TOKEN = "token rule"
    ENDPOINT = "endpoint fault"


class Trait(StrEnum):
    """What a fault does to a caller: each check tells from these whether it applies."""

    CONNECTION = "connections break"
    UNREACHABLE = "no connection is accepted"
    SILENCE = "no answer comes"
    SLOW = "answers are late"
    ERROR_STATUS = "an error status is answered"
    PERMANENT = "repeating the same request cannot help"
    LIMITED = "the CRM says when to come back"
    MALFORMED = "a successful answer is malformed"
    AMBIGUOUS = "the caller cannot know whether its write was accepted"
    CREDENTIALS = "a credential is refused"
    TOKEN_ENDPOINT = "no new credential can be had"
    UNRESOLVED = "the CRM's name is not found"
    HANDSHAKE = "no TLS handshake comes to its end"
    UNTRUSTED = "the CRM does not prove who it is"


@runtime_checkable
class Fault(Protocol):
    """A named misbehaviour with its settings, as it stands in a scenario.

    `at`, `for_` and `repeat` place it in `during`; without them it is on for the whole phase.
    """

    place: ClassVar[Place]

    @property
    def fault(self) -> str:
        """Its name in YAML."""

    @property
    def at(self) -> Span | None: ...

    @property
    def for_(self) -> Span | None: ...

    @property
    def repeat(self) -> Span | None: ...

    def traits(self) -> frozenset[Trait]:
        """What it does to a caller, from its settings alone."""

    def sentence(self) -> str:
        """What it does in a few words, with its settings, for reports."""


@runtime_checkable
class Toxic(Fault, Protocol):
    """A fault of TCP. `toxics` is empty for `down`, which switches the whole proxy off."""

    @property
    def pool(self) -> str:
        """`fresh` (idle connections are closed first) or `kept` (their reuse is what is tested)."""

    def toxics(self) -> tuple[ToxicSpec, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """Which exchanges a reply or token rule touches; every condition must hold.

    `operations` are operationIds or `METHOD /path` with `*`; `first` counts selected exchanges from when the fault came
    on; `every_nth` takes the nth, 2nth...; `probability` is drawn from the run's seed.
    """

    operations: tuple[str, ...] = ()
    effect: Effect | None = None
    first: int | None = None
    every_nth: int | None = None
    probability: float | None = None


@runtime_checkable
class Reply(Fault, Protocol):
    """A fault of HTTP: it decides what goes onto the wire.

    `processed` is `before` where the CRM does the work before the fault strikes (the caller cannot know that), `after`
    where the fault strikes first and the CRM never sees the request.
    """

    @property
    def processed(self) -> str: ...

    def selector(self) -> Selector: ...

    def refusal(self) -> Refusal | None:
        """An error that the gateway is to write in the contract's own envelope and hand to `deliver` as the answer."""

    def deliver(self, request: Request, answer: Answer | None, dice: Random, now: float) -> Delivery:
        """Return what goes onto the wire; `answer` is the CRM's own where it did the work, `now` is wall-clock time."""


Told = Literal["whole", "text", "fraction", "missing", "zero", "negative", "null"]
"""How `expires_in` is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenTerms:
    """What the CRM says of tokens and what it does, while a token rule is on. Seconds, `says` always whole.

    `says` is `expires_in`; a token is refused `refused_after` seconds after issue (None: never in this run). Tokens that
    are older than the rule are refused `held_for` seconds after it came on (None: untouched, 0: at once).
    `real` and `compressed` are told in reports: 1 h, compressed to 3 s. `answer` is the contract's answer that refuses:
    `missing_scope` touches no token, it refuses what is asked while the rule is on. `grants` is what the token endpoint
    does meanwhile, `pause` how long each of its answers takes, `told` how `expires_in` is written.
    """

    says: int
    refused_after: float | None = None
    held_for: float | None = None
    real: float | None = None
    trial: str = "refused_early"
    answer: Literal["expired", "invalid", "missing_scope"] = "expired"
    grants: Literal["given", "refused", "unavailable", "error", "login_page"] = "given"
    pause: float = 0.0
    told: Told = "whole"


@runtime_checkable
class TokenRule(Fault, Protocol):
    """A fault of credentials."""

    def selector(self) -> Selector: ...

    def terms(self, policy: AuthPolicy, promises: Promises) -> TokenTerms: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Alterations:
    """What becomes of the endpoint while a fault is on: of its name, or of the TLS behind it.

    `certificate` is what is wrong with the one that new connections are shown (empty: nothing). With `hangs` their
    handshake is never answered, with `nameless` the caller's resolver does not find the CRM.
    """

    certificate: Literal["", "expired", "not_yet_valid", "wrong_host", "unknown_issuer"] = ""
    hangs: bool = False
    nameless: bool = False

    @property
    def tls(self) -> bool:
        """Whether it can strike over HTTPS alone."""
        return self.hangs or bool(self.certificate)


@runtime_checkable
class Altering(Fault, Protocol):
    """A fault of the endpoint."""

    def alters(self) -> Alterations: ...
