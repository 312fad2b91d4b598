"""A successful answer that cannot be read, or not as it was meant."""

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
from crm_contracts.payloads.mutations import MUTATIONS, mutation_named

Variant = Literal[
    "trailing_comma",
    "truncated",
    "html",
    "empty",
    "missing_comma",
    "mismatched_bracket",
    "single_quotes",
    "unquoted_name",
    "unescaped_quote",
    "comment",
    "nan",
    "infinity",
    "odd_number",
    "huge_number",
    "foreign_literal",
    "duplicate_key",
    "control_character",
    "bad_escape",
    "odd_space",
    "lone_surrogate",
    "invalid_utf8",
    "byte_order_mark",
    "utf16",
    "deep_nesting",
    "double_encoded",
    "json_lines",
    "stray_text",
    "length_too_long",
    "length_too_short",
    "length_twice",
    "length_no_number",
    "last_chunk_missing",
    "chunk_size_wrong",
    "two_framings",
    "cut",
    "cut_by_reset",
    "head_cut",
    "header_line",
    "wrong_content_type",
    "unknown_charset",
    "wrong_charset",
    "gzip_damaged",
    "gzip_truncated",
    "gzip_untrue",
    "gzip_untold",
    "missing_field",
    "wrong_type",
    "null_value",
    "unknown_enum_value",
    "wrong_format",
    "out_of_range",
    "extra_field",
    "empty_object",
    "null_body",
    "wrong_id",
    "stale",
    "cursor_loop",
]
_NOTHING_TO_SPOIL = b"{}"
_STAND_IN = (
    b'{"id": "O-1", "name": "Zo\xc3\xab", "total": 99.5, "open": true, "status": "OPEN", "at": "2026-01-31", '
    b'"lines": [{"count": 2, "note": null}], "nextCursor": null}'
)
"""What is spoilt where a mutation does not fit the CRM's own answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MalformedBody(ReplyFault):
    """The CRM did the work and answers with success, but the body is not what its head says.

    `variant` is the name of a mutation (`crm-contracts list mutations`): `trailing_comma` puts a comma after the last
    entry, `truncated` leaves out the second half (with a Content-Length that fits, so that only a parser can tell), `html`
    is a log-in page, `empty` has no byte. `position` says at which of its places in the body the mutation is applied, counted
    from 0; without it these four do as said, and others take the place in the middle.

    Example: `{fault: malformed_body, variant: truncated}`.
    Source: N4, N19; RFC 8259.
    """

    fault: Literal["malformed_body"] = "malformed_body"
    variant: Annotated[Variant, Field(description="How the body is malformed: the name of a mutation.")]
    position: Annotated[
        int | None,
        Field(ge=0, description="At which of its places, from 0; too large a number: at the last."),
    ] = None
    processed: Annotated[
        Literal["before", "after"],
        Field(description="`after` (the CRM never sees the request) only for html and empty."),
    ] = "before"

    def __post_init__(self) -> None:
        Timed.__post_init__(self)
        if self.processed == "after" and self.variant not in {"html", "empty"}:
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
        }
        default = mutation_named(self.variant).sentence()
        told = how.get(self.variant, default) if self.position is None else default
        return _("the CRM answers with a body {how}{which}").format(how=told, which=self._aside())

    def deliver(self, request: Request, answer: Answer | None, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - no choice
        """The CRM's own answer with the body spoilt, and framed anew."""
        own = answer or Answer(status=200, body=_NOTHING_TO_SPOIL)
        if bodiless(own.status):
            own = replace(own, status=200, reason="", body=_NOTHING_TO_SPOIL)
        if self.position is None and self.variant in {"trailing_comma", "truncated"}:
            spoil = comma_after_last if self.variant == "trailing_comma" else first_half
            return complete(request, replace(own, body=spoil(own.body or _NOTHING_TO_SPOIL)), now=now)
        return self._mutated(request, own, now)

    def _mutated(self, request: Request, own: Answer, now: float) -> Delivery:
        mutation = mutation_named(self.variant)
        sound = own if mutation.places(own.body) else replace(own, body=_STAND_IN)
        places = mutation.places(sound.body)
        served = mutation.apply(sound, self._place(places))
        if isinstance(served, Delivery) and request.method != "HEAD":
            return served
        return complete(request, served if isinstance(served, Answer) else own, now=now)

    def _place(self, places: int) -> int:
        if self.position is not None:
            return min(self.position, places - 1)
        return 0 if self.variant in {"html", "empty"} else places // 2


VARIANTS = tuple(mutation.name for mutation in MUTATIONS)
"""Every variant; `Variant` writes them out for type checkers and the schema of scenarios."""


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
