"""A successful answer that cannot be read."""

from dataclasses import dataclass, replace
from random import Random
from typing import Annotated, Literal

from pydantic import Field

from crm_contracts.faults.base import ReplyFault, Timed
from crm_contracts.faults.wire import bodiless, complete
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _

Variant = Literal["trailing_comma", "truncated", "html", "empty"]
_PAGE = b"""<!DOCTYPE html>
<html><head><title>Sign in</title></head>
<body><h1>Sign in</h1><form method="post" action="/login"><input name="user"></form></body></html>
"""
_NOTHING_TO_SPOIL = b"{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MalformedBody(ReplyFault):
    """The CRM did the work and answers with success, but the body is not what its head says.

    `trailing_comma` puts a comma after the last entry, `truncated` leaves out the second half (with a Content-Length that
    fits, so that only a parser can tell), `html` is a log-in page, `empty` has no byte.

    Example: `{fault: malformed_body, variant: truncated}`.
    Source: N4, N19; RFC 8259.
    """

    fault: Literal["malformed_body"] = "malformed_body"
    variant: Annotated[Variant, Field(description="How the body is malformed.")]
    processed: Annotated[
        Literal["before", "after"],
        Field(description="`after` (the CRM never sees the request) only for html and empty."),
    ] = "before"

    def __post_init__(self) -> None:
        Timed.__post_init__(self)
        if self.processed == "after" and self.variant in {"trailing_comma", "truncated"}:
            sentence = _("`{variant}` spoils the CRM's own answer, so it needs `processed: before`")
            raise ValueError(sentence.format(variant=self.variant))

    def traits(self) -> frozenset[Trait]:
        """A successful answer is malformed."""
        return frozenset({Trait.MALFORMED}) | self._ambiguous()

    def sentence(self) -> str:
        """How it is malformed, and which exchanges."""
        how = {
            "trailing_comma": _("with a comma after the last entry"),
            "truncated": _("of which the second half is missing"),
            "html": _("that is an HTML page"),
            "empty": _("without a byte"),
        }[self.variant]
        return _("the CRM answers with a body {how}{which}").format(how=how, which=self._aside())

    def deliver(self, request: Request, answer: Answer | None, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - no choice
        """The CRM's own answer with the body spoilt, and framed anew."""
        own = answer or Answer(status=200, body=_NOTHING_TO_SPOIL)
        if bodiless(own.status):
            own = replace(own, status=200, reason="", body=_NOTHING_TO_SPOIL)
        return complete(request, self._spoilt(own), now=now)

    def _spoilt(self, answer: Answer) -> Answer:
        if self.variant == "html":
            kept = tuple(pair for pair in answer.headers if pair[0].lower() not in {"content-type", "etag"})
            return replace(answer, headers=(*kept, ("content-type", "text/html; charset=utf-8")), body=_PAGE)
        if self.variant == "empty":
            return replace(answer, body=b"")
        spoil = comma_after_last if self.variant == "trailing_comma" else first_half
        return replace(answer, body=spoil(answer.body or _NOTHING_TO_SPOIL))


def comma_after_last(body: bytes) -> bytes:
    """Put a comma after the last entry of a JSON text.

    >>> comma_after_last(b'{"a": [1]}')
    b'{"a": [1],}'
    """
    text = body.rstrip()
    return text[:-1] + b"," + text[-1:] if text.endswith((b"}", b"]")) else text + b","


def first_half(body: bytes) -> bytes:
    """Leave out the second half of a JSON text, so that it cannot be JSON any more, but is still UTF-8.

    >>> first_half(b'{"id": "1"}')
    b'{"id"'
    """
    if not body.lstrip().startswith((b"{", b"[")):
        return b'{"'
    half = body[: max(1, len(body) // 2)]
    return half.decode("utf-8", "ignore").encode() or b"{"
