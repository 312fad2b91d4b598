"""An answer that somebody wrote down: byte for byte, so that what went wrong once goes wrong again."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, JsonValue

from crm_contracts.contracts import StrictJsonError, strict_json
from crm_contracts.faults.base import PERMANENT, ReplyFault, Timed
from crm_contracts.faults.status import sound_headers
from crm_contracts.faults.wire import bodiless, complete
from crm_contracts.model.delivery import Delivery, End, Piece
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _

_JSON_BODY = "application/json"
_WAYS = ("body", "body_base64", "json", "wire_base64")


def _base64(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise ValueError(_("no base64: {why}").format(why=wrong)) from None
    return text


_Base64 = Annotated[str, AfterValidator(_base64)]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer(ReplyFault):
    """The CRM answers just this: `status` (default 200), `headers`, and a body.

    The body is text as it stands (`body`), bytes (`body_base64`) or a value that is sent as JSON (`json`); at most one of
    them. `wire_base64` is the whole answer as it goes onto the wire, head and all, for answers with broken framing; `end`
    says what becomes of the connection afterwards. `malformed` tells that such an answer is no sound success (default:
    whether a success is no strict JSON).

    Example: `{fault: answer, operations: [getOrder], body: "[]"}`.
    Source: N19; what `crm-contracts pin` writes.
    """

    fault: Literal["answer"] = "answer"
    status: Annotated[int, Field(ge=200, le=599, description="The HTTP status.")] = 200
    headers: Annotated[
        Mapping[str, str | int],
        AfterValidator(sound_headers),
        Field(description="Headers of the answer; an empty text leaves one out."),
    ] = field(default_factory=dict)
    body: Annotated[str | None, Field(description="The body as text.")] = None
    body_base64: Annotated[_Base64 | None, Field(description="The body as bytes, in base64.")] = None
    json: Annotated[JsonValue, Field(description="The body as a value, sent as JSON.")] = None
    wire_base64: Annotated[
        _Base64 | None, Field(description="The whole answer as bytes on the wire, in base64.")
    ] = None
    end: Annotated[
        Literal["keep", "close", "reset", "hang"],
        Field(description="What becomes of the connection afterwards."),
    ] = "keep"
    malformed: Annotated[
        bool | None, Field(description="Whether it is no sound success; default: no strict JSON.")
    ] = None

    def __post_init__(self) -> None:
        Timed.__post_init__(self)
        given = [name for name in _WAYS if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(_("only one of {names}").format(names=", ".join(given)))
        if self.wire_base64 is not None and (self.headers or self.status != 200):
            raise ValueError(_("`wire_base64` holds status and headers already"))
        if bodiless(self.status) and given:
            raise ValueError(_("an answer {code} has no body").format(code=self.status))

    def traits(self) -> frozenset[Trait]:
        """An error status, a malformed success, or nothing wrong at all."""
        found = set()
        if self.status >= 300:
            found.add(Trait.ERROR_STATUS)
        if self.status in PERMANENT:
            found.add(Trait.PERMANENT)
        if self.status == 429:
            found.add(Trait.LIMITED)
        if self._is_malformed():
            found.add(Trait.MALFORMED)
        return frozenset(found) | self._ambiguous()

    def sentence(self) -> str:
        """What is answered, and which exchanges."""
        if self.wire_base64 is not None:
            size = len(base64.b64decode(self.wire_base64))
            return _("the CRM answers {size} bytes that are written down{which}").format(
                size=size, which=self._aside()
            )
        sentence = _("the CRM answers {code} with a body of {size} bytes that is written down{which}")
        return sentence.format(code=self.status, size=len(self._body()), which=self._aside())

    def deliver(self, request: Request, answer: Answer | None, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - it is given
        """Just these bytes."""
        if self.wire_base64 is not None:
            pieces = (Piece(data=base64.b64decode(self.wire_base64)),)
            return Delivery(pieces=pieces, end=End(self.end), status=self.status)
        headers = {name.lower(): str(value) for name, value in self.headers.items()}
        if not bodiless(self.status):
            headers.setdefault("content-type", _JSON_BODY)
        sent = tuple((name, value) for name, value in headers.items() if value)
        made = Answer(status=self.status, headers=sent, body=self._body())
        delivery = complete(request, made, now=now)
        return (
            delivery
            if self.end == "keep"
            else Delivery(pieces=delivery.pieces, end=End(self.end), status=self.status)
        )

    def _body(self) -> bytes:
        if self.body is not None:
            return self.body.encode()
        if self.body_base64 is not None:
            return base64.b64decode(self.body_base64)
        return b"" if self.json is None else json.dumps(self.json, ensure_ascii=False).encode()

    def _is_malformed(self) -> bool:
        if self.malformed is not None:
            return self.malformed
        if self.status >= 300 or bodiless(self.status):
            return False
        return self.wire_base64 is not None or not _is_json(self._body())


def _is_json(body: bytes) -> bool:
    try:
        strict_json(body)
    except StrictJsonError:
        return False
    return True
