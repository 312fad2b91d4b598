"""An answer that says that something is wrong."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, JsonValue

from crm_contracts.faults.base import PERMANENT, Lasting, ReplyFault, Timed, whole
from crm_contracts.faults.wire import complete, http_date
from crm_contracts.model.contract import Refusal
from crm_contracts.model.delivery import Delivery
from crm_contracts.model.exchange import Answer, Request
from crm_contracts.model.fault import Trait
from crm_contracts.model.language import _

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\x20-\x7e\xa0-\xff]*")
_OURS = frozenset({"content-length", "transfer-encoding", "connection", "date"})
_LIMITED = frozenset({429})


def sound_headers(headers: Mapping[str, str | int]) -> Mapping[str, str | int]:
    """These headers; raises ValueError for one that HTTP cannot carry or that the gateway writes by itself."""
    for name, value in headers.items():
        if name.lower() in _OURS:
            raise ValueError(_("the header {name} is written by the gateway itself").format(name=name))
        if not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(str(value)):
            raise ValueError(_("{name!r} is no header that HTTP can carry").format(name=f"{name}: {value}"))
    return headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Status(ReplyFault):
    """The CRM answers with the status `code`.

    Without a `body` the error is in the contract's own envelope; a body that is text is sent as it stands, any other as
    JSON. `retry_after` is told in seconds (rounded up) or as an HTTP date, `retry_after_form`; it may be huge (`365d`).

    Example: `{fault: status, code: 503, retry_after: 3s, retry_after_form: date}`.
    Source: N15, N16, N17; RFC 9110 10.2.3, 15.
    """

    fault: Literal["status"] = "status"
    code: Annotated[int, Field(ge=200, le=599, description="The HTTP status.")]
    body: Annotated[
        JsonValue, Field(description="Text as it stands, or JSON; default: the error envelope.")
    ] = None
    headers: Annotated[
        Mapping[str, str | int],
        AfterValidator(sound_headers),
        Field(description="Further headers of the answer."),
    ] = field(default_factory=dict)
    retry_after: Annotated[Lasting | None, Field(description="When the CRM says to come back.")] = None
    retry_after_form: Annotated[
        Literal["seconds", "date"], Field(description="Retry-After as seconds or as an HTTP date.")
    ] = "seconds"

    def __post_init__(self) -> None:
        Timed.__post_init__(self)
        if self.code in {204, 304} and self.body is not None:
            raise ValueError(_("an answer {code} has no body").format(code=self.code))

    def traits(self) -> frozenset[Trait]:
        """An error status; permanent or limited by its code."""
        found = {Trait.ERROR_STATUS} if self.code >= 300 else {Trait.MALFORMED}
        if self.code in PERMANENT:
            found.add(Trait.PERMANENT)
        if self.code in _LIMITED or self.retry_after is not None:
            found.add(Trait.LIMITED)
        return frozenset(found) | self._ambiguous()

    def sentence(self) -> str:
        """The code, and which exchanges."""
        when = ""
        if self.retry_after is not None:
            form = _("as a date") if self.retry_after_form == "date" else _("in seconds")
            when = _(", Retry-After {span} {form}").format(span=self.retry_after, form=form)
        return _("the CRM answers {code}{when}{which}").format(code=self.code, when=when, which=self._aside())

    def refusal(self) -> Refusal | None:
        """The error in the contract's envelope, unless a body is given."""
        if self.body is not None or self.code < 300:
            return None
        return Refusal(status=self.code, category=_category(self.code), message=_phrase(self.code))

    def deliver(self, request: Request, answer: Answer | None, dice: Random, now: float) -> Delivery:  # noqa: ARG002 - no choice
        """The whole answer, on a connection that is kept."""
        headers = {"content-type": "application/json"}
        if self.body is None and answer is not None and answer.status == self.code:
            headers, body = dict(answer.headers), answer.body
        else:
            body = self._body(headers)
        headers |= {name.lower(): str(value) for name, value in self.headers.items()} | self._retry_after(now)
        made = Answer(status=self.code, headers=tuple(headers.items()), body=body)
        return complete(request, made, now=now)

    def _body(self, headers: dict[str, str]) -> bytes:
        if isinstance(self.body, str):
            page = self.body.lstrip().startswith("<")
            headers["content-type"] = "text/html; charset=utf-8" if page else "text/plain; charset=utf-8"
            return self.body.encode()
        if self.code in {204, 304}:
            del headers["content-type"]
            return b""
        default = {"status": self.code, "category": _category(self.code), "message": _phrase(self.code)}
        return json.dumps(default if self.body is None else self.body, ensure_ascii=False).encode()

    def _retry_after(self, now: float) -> dict[str, str]:
        if self.retry_after is None:
            return {}
        seconds = self.retry_after.seconds
        told = str(whole(seconds)) if self.retry_after_form == "seconds" else http_date(whole(now + seconds))
        return {"retry-after": told}


def _phrase(code: int) -> str:
    return HTTPStatus(code).phrase if code in {known.value for known in HTTPStatus} else f"Status {code}"


def _category(code: int) -> str:
    return _phrase(code).upper().replace(" ", "_").replace("-", "_")
