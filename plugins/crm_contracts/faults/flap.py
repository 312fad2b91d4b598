"""Faults that come and go."""

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from crm_contracts.model.language import _
from crm_contracts.model.span import Span

_SHARE = re.compile(r"^(\d+(?:\.\d+)?)\s*%$")


def share(text: object) -> float:
    """Read a percentage as a share of 1; raises ValueError naming the value and what is allowed.

    >>> share("25%")
    0.25
    """
    if isinstance(text, str) and (found := _SHARE.match(text.strip())) and 0 < float(found[1]) < 100:
        return float(found[1]) / 100
    raise ValueError(_("{value!r} is no duty; write a share between 0% and 100%, as 50%").format(value=text))


def _plain(text: object) -> Span:
    span = Span.parse(text)
    if span.promise is not None or span.plus <= 0:
        raise ValueError(_("{value} is no period; write a duration of more than nothing").format(value=span))
    return span


@dataclass(frozen=True, slots=True, kw_only=True)
class Flap:
    """On for the first `duty` (default 50%) of every `period`, off for the rest.

    >>> Flap(period=Span(2.0), duty=0.25).on
    Span(plus=0.5, factor=0.0, promise=None)
    """

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - pydantic reads it from the class

    period: Annotated[Span, BeforeValidator(_plain), Field(description="From one coming to the next.")]
    duty: Annotated[
        float,
        BeforeValidator(share),
        WithJsonSchema({"type": "string", "pattern": _SHARE.pattern, "examples": ["50%"]}),
        Field(description="The share of the period in which it is on."),
    ] = 0.5

    @property
    def on(self) -> Span:
        """How long it is on each time."""
        return Span(self.period.plus * self.duty)
