"""A version that will end."""

from dataclasses import dataclass, replace
from random import Random
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.base import Lasting
from crm_contracts.faults.own_answer import OwnAnswerFault
from crm_contracts.faults.wire import complete, http_date
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _
from crm_contracts.model.span import Span

DEPRECATED = Span(30 * 86400.0)
ENDS = Span(90 * 86400.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeprecatedVersion(OwnAnswerFault):
    """Answers are as ever, and say that this version of the API is deprecated and will end.

    `Deprecation` lies `since` back (default 30 days), `Sunset` is `ends_in` ahead (default 90 days), and `Warning: 299` says
    it in words. Nothing else changes; after the end see `retired_version`.

    Example: `{fault: deprecated_version, ends_in: 14d}`.
    Source: N17; RFC 9745, RFC 8594; FIELD (Salesforce).
    """

    fault: Literal["deprecated_version"] = "deprecated_version"
    since: Annotated[Lasting, Field(description="How long ago it was deprecated.")] = DEPRECATED
    ends_in: Annotated[Lasting, Field(description="When it will end.")] = ENDS

    def traits(self) -> frozenset[Trait]:
        """None: everything works."""
        return frozenset()

    def sentence(self) -> str:
        """When it ends, and which exchanges."""
        sentence = _("answers say that this version ends in {span}{which}")
        return sentence.format(span=self.ends_in, which=self._aside())

    def spoil(self, request: Request, own: Answer, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - no choice
        """The same answer with the headers."""
        told = (
            ("deprecation", f"@{int(now - self.since.seconds)}"),
            ("sunset", http_date(int(now + self.ends_in.seconds))),
            ("warning", '299 - "This version of the API is deprecated."'),
        )
        return complete(request, replace(own, headers=(*own.headers, *told)), now=now)
