"""A scenario as people write it: the YAML model, from which the loader and the JSON Schema are made."""

import re
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from crm_contracts.checks import CHECKS
from crm_contracts.faults import Fault
from crm_contracts.faults.base import Lasting
from crm_contracts.model.contract import Strictness
from crm_contracts.model.language import _
from crm_contracts.model.scenario import Until

GROUPS = ("each", "reads", "writes")
"""Words that stand for calls of every consumer: all of them, or those of one effect."""
NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
"""How scenarios and tags may be called: they become files, item ids and markers."""

_UNTIL = re.compile(r"(\d+) (token request|exchange|call)s?")
_CONFIG = {"extra": "forbid", "use_attribute_docstrings": True}


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        sentence = _("{text!r} is no name; write small letters and digits with - or _ between them")
        raise ValueError(sentence.format(text=text))
    return text


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError(_("this text is empty"))
    return text


def _until(text: object) -> Until:
    found = _UNTIL.fullmatch(text) if isinstance(text, str) else None
    if not found or int(found[1]) == 0:
        sentence = _(
            "{text!r} is no condition; write a number of calls, exchanges or token requests: 2 token requests"
        )
        raise ValueError(sentence.format(text=text))
    return Until(count=int(found[1]), what=f"{found[2]}s")


Name = Annotated[str, AfterValidator(_name), Field(json_schema_extra={"pattern": f"^{NAME.pattern}$"})]
Text = Annotated[str, AfterValidator(_filled), Field(json_schema_extra={"minLength": 1})]
Condition = Annotated[
    Until,
    PlainValidator(_until),
    WithJsonSchema({"type": "string", "pattern": f"^{_UNTIL.pattern}$", "examples": ["2 token requests"]}),
]

if TYPE_CHECKING:
    Check: TypeAlias = Any
else:
    Check = Annotated[reduce(or_, CHECKS), Field(discriminator="check")]


@dataclass(frozen=True, kw_only=True)
class StepForm:
    """One entry of a phase: a call, a wait (`{wait: 2s}`), or a move of the clocks (`{advance: 61m}`)."""

    __pydantic_config__ = _CONFIG

    call: Text | None = None
    """A call's name, or `each`, `reads`, `writes` for all calls of that kind."""
    wait: Lasting | None = None
    """Let time pass, for a caller that works by itself."""
    advance: Lasting | None = None
    """Move the lab's clock and the caller's, without waiting."""
    times: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """How often; default: once, or as often as fits where `for` or `until` is written."""
    every: Lasting | None = None
    """From the start of one round to the start of the next."""
    concurrency: Annotated[int, Field(ge=1, le=200)] | None = None
    """So many callers at once."""
    rate: Annotated[float, Field(gt=0, le=10_000)] | None = None
    """So many rounds a second, whether earlier ones are done or not."""
    for_: Annotated[Lasting | None, Field(alias="for")] = None
    """How long it goes on."""
    until: Condition | None = None
    """End early when so many `calls`, `exchanges` or `token requests` were seen; needs `for` as its limit."""

    def __post_init__(self) -> None:
        kinds = [kind for kind in ("call", "wait", "advance") if getattr(self, kind) is not None]
        if len(kinds) != 1:
            raise ValueError(_("a step is exactly one of call, wait and advance"))
        if self.call is None:
            self._alone(kinds[0])
        if self.until is not None and self.for_ is None:
            raise ValueError(_("`until` needs `for`: the longest that it may take"))
        repeats = self.times is not None or self.for_ is not None
        if self.every is not None and (not repeats or self.rate is not None):
            raise ValueError(_("`every` needs `times` or `for`, and excludes `rate`"))
        if self.rate is not None and (not repeats or self.concurrency is not None):
            raise ValueError(_("`rate` needs `times` or `for`, and excludes `concurrency`"))

    def _alone(self, kind: str) -> None:
        shape = ("times", "every", "concurrency", "rate", "for_", "until")
        if any(getattr(self, name) is not None for name in shape):
            raise ValueError(_("`{kind}` stands alone: nothing shapes it").format(kind=kind))


@dataclass(frozen=True, kw_only=True)
class SimulatorForm:
    """How the simulator differs from the contract's own settings."""

    __pydantic_config__ = _CONFIG

    strictness: Strictness | None = None
    """How it takes a request that breaks the contract: `strict-crash` is incident B's old parser."""
    variant: Text | None = None
    """An overlay of the contract, such as `expired-as-403`."""


Promise = Literal[
    "deadline",
    "attempts",
    "backoff",
    "breaker",
    "refresh",
    "fallback_max_age",
    "recovers_within",
    "delivers_within",
    "failover_within",
    "max_amplification",
    "alerts",
]


@dataclass(frozen=True, kw_only=True)
class ScenarioForm:
    """What goes wrong with a CRM, which calls are made before, during and after, and what is expected of a caller.

    The shortest form is `scenario`, `title`, `during` and `faults`.
    """

    __pydantic_config__ = _CONFIG

    scenario: Name
    """Its name: that of the file, without the suffix."""
    title: Text
    """One sentence that says what goes wrong."""
    why: str = ""
    """Why it is worth asking: what happened once."""
    source: str = ""
    """A need, a ticket or a paper."""
    tags: tuple[Name, ...] = ()
    """Words to choose by; each is also a pytest marker: `auth` is `-m crm_auth`."""
    consumers: tuple[Text, ...] = ()
    """Only these callers; default: every one that has the calls."""
    attempts: Annotated[int, Field(ge=2)] | None = None
    """Only callers that promise at least so many attempts, in their own file: it can be kept only by trying again."""
    promises: tuple[Promise, ...] = ()
    """Only callers that promise these, in their own file: for the others it asks nothing."""
    starts: Literal["before", "during"] = "before"
    """When the caller starts: before anything goes wrong, or with the faults on already (`during`)."""
    simulator: SimulatorForm | None = None
    """How the simulator differs from the contract's own settings."""
    before: tuple[StepForm, ...] | None = None
    """While all is well; default: the calls of `during`, once each."""
    during: Annotated[tuple[StepForm, ...], Field(min_length=1)]
    """While the faults are on."""
    after: tuple[StepForm, ...] | None = None
    """Once the faults are gone; default: the calls of `during`, once each."""
    faults: tuple[Fault, ...]
    """What goes wrong, all at once unless they say `at`, `for` or `repeat`."""
    expect: tuple[Check, ...] = ()
    """What is particular; every promise that the faults can touch is judged anyway."""
    skip: Text | None = None
    """Do not run it, for this reason."""
    xfail: Text | None = None
    """It is expected to fail, for this reason."""

    def __post_init__(self) -> None:
        if self.starts == "during" and self.before is not None:
            raise ValueError(_("a caller that starts in `during` makes no call in `before`"))
