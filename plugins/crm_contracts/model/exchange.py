"""What the CRM saw: connections and exchanges, recorded by the gateway before anything is parsed.

All times are seconds of the system's monotonic clock, one clock for every process of a run.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from crm_contracts.model.json import JSON

WHOLE = 16 * 1024
"""Bodies up to this size (bytes) are kept whole."""
HEAD = 4 * 1024
"""Of a larger body this many bytes are kept, beside its hash and length."""

ClosedBy = Literal["caller", "gateway"]
Ended = Literal["answer", "caller", "fault", "open"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """The bytes of a body as they crossed the wire, secrets redacted to names of the same length.

    `kept` is the whole body up to 16 kB, else its first 4 kB; `sha256` is set only when it is not whole.
    """

    kept: bytes = b""
    length: int = 0
    sha256: str | None = None

    @property
    def whole(self) -> bool:
        """Whether every byte was kept."""
        return self.sha256 is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One way in which a request breaks the contract, as the strict reader sees it.

    `rule` is a dotted word (`json.trailing_comma`, `schema.required`, `framing.content_length`); `offset` counts bytes
    from the start of `part`; `pointer` is a JSON pointer where the body could be parsed.
    """

    rule: str
    message: str
    part: Literal["head", "query", "path", "body"] = "body"
    offset: int | None = None
    pointer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """How TLS began on a connection, as the CRM's side saw it.

    `certificate` is what was wrong with the one that was shown (empty: nothing), `done` the moment from which the caller
    took it for good (None: it never did), `alert` its word against it (RFC 8446 6.2), where it sent one.
    """

    certificate: str = ""
    done: float | None = None
    alert: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One TCP connection that reached the gateway; `first_byte` is None when the caller never sent one.

    `handshake` is None where the lab speaks plain HTTP. `spare` tells that it came by the spare address.
    """

    id: int
    accepted: float
    first_byte: float | None = None
    closed: float | None = None
    closed_by: ClosedBy | None = None
    received: int = 0
    sent: int = 0
    exchanges: int = 0
    handshake: Handshake | None = None
    spare: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What a request used to prove who it is; `name` is the run-keyed name of the secret (`token#3`).

    `state` is what the CRM thinks of it: `valid`, `expired`, `revoked`, `unknown`, or `stray` (another run's). `tenant` is
    whose token it is, where the CRM knows.
    """

    name: str
    state: Literal["valid", "expired", "revoked", "unknown", "stray"]
    issued: float | None = None
    tenant: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and its answer, as the CRM saw them.

    It starts when its first byte is read and ends at the earlier of "the last byte is about to be written" and "the
    caller closed". `operation` is None where no operation of the contract matches or the request cannot be parsed.
    `processed` tells whether the CRM did the work. `faults` names the faults that touched it, `spare` tells that it came by
    the spare address.
    """

    id: int
    connection: int
    position: int
    started: float
    ended: float | None
    ended_by: Ended
    method: str
    target: str
    operation: str | None
    path_params: Mapping[str, str] = field(default_factory=dict)
    head: bytes
    body: Payload
    complete: bool
    readable: bool = True
    purpose: Literal["operation", "token", "alert", "other"] = "operation"
    credential: Credential | None = None
    idempotency_key: str | None = None
    traceparent: str | None = None
    markers: tuple[str, ...] = ()
    cursor: str | None = None
    violations: tuple[Violation, ...] = ()
    status: int | None = None
    answer_head: bytes = b""
    answer: Payload = field(default_factory=Payload)
    answered: bool = False
    processed: bool = False
    faults: tuple[str, ...] = ()
    spare: bool = False

    @property
    def stray(self) -> bool:
        """Whether it carries another run's credential, so that nobody is judged by it."""
        return self.credential is not None and self.credential.state == "stray"

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The request's headers by lower-case name; of repeated ones the last."""
        return dict(_headers(self.head))

    @cached_property
    def answer_headers(self) -> Mapping[str, str]:
        """The answer's headers by lower-case name; of repeated ones the last."""
        return dict(_headers(self.answer_head))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One answer of the token endpoint.

    `token` and `refresh` are run-keyed names; `says` is `expires_in` as told (whole seconds), `refused_from` the moment
    from which the CRM takes the token no more (None: not in this run); `delivered` is None when the answer never left.
    """

    token: str | None
    grant_type: str
    requested: float
    delivered: float | None
    succeeded: bool
    status: int
    says: int | None = None
    refused_from: float | None = None
    refresh: str | None = None
    used_refresh: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One write that the CRM really accepted; `digest` is the hash of its content without volatile fields."""

    at: float
    exchange: int
    operation: str
    record: str | None
    idempotency_key: str | None
    markers: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A parsed request as replies, token rules, conformance and the simulator see it; header names are lower case."""

    method: str
    target: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    body: bytes
    operation: str | None = None
    path_params: Mapping[str, str] = field(default_factory=dict)
    at: float = 0.0

    def header(self, name: str) -> str | None:
        """The last value of a header, or None."""
        found = [value for key, value in self.headers if key == name.lower()]
        return found[-1] if found else None

    def parameter(self, name: str) -> str | None:
        """The last value of a query parameter, or None."""
        found = [value for key, value in self.query if key == name]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer before it is put on the wire."""

    status: int
    headers: tuple[tuple[str, str], ...] = (("content-type", "application/json"),)
    body: bytes = b""
    reason: str = ""

    def header(self, name: str) -> str | None:
        """The last value of a header, or None."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The simulator's record of one answer, for comparing with what the caller showed its user."""

    operation: str
    path_params: Mapping[str, str]
    value: JSON


def _headers(head: bytes) -> Iterator[tuple[str, str]]:
    for line in head.split(b"\r\n")[1:]:
        name, colon, value = line.partition(b":")
        if colon:
            yield name.decode("latin-1").strip().lower(), value.decode("latin-1").strip()
