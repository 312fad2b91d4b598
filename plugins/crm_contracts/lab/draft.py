"""An exchange while it is being written down: compact and mutable; the finished value is made when it is asked for."""

import hashlib

from crm_contracts.model.exchange import (
    HEAD,
    WHOLE,
    Credential,
    Ended,
    Exchange,
    Payload,
    Violation,
)

_EMPTY = Payload()

Bytes = bytes | Payload
"""A body as it is kept: the bytes themselves, or a payload where it was too large to keep whole."""


def kept(body: bytes) -> Bytes:
    """Return what is kept of a body whose secrets are hidden: all of it up to 16 kB, else hash, length and first 4 kB.

    >>> kept(b"{}")
    b'{}'
    """
    if len(body) <= WHOLE:
        return body
    return Payload(kept=body[:HEAD], length=len(body), sha256=hashlib.sha256(body).hexdigest())


class Draft:
    """What is known of one exchange so far; nothing in it is a secret any more.

    100,000 of them must fit into 300 MB together with the bytes of the wire, hence the slots and flat tuples.
    """

    __slots__ = (
        "answer",
        "answer_head",
        "answered",
        "body",
        "complete",
        "connection",
        "credential",
        "cursor",
        "ended",
        "ended_by",
        "faults",
        "grant",
        "head",
        "id",
        "idempotency_key",
        "markers",
        "method",
        "operation",
        "path_params",
        "position",
        "processed",
        "purpose",
        "readable",
        "spare",
        "started",
        "status",
        "target",
        "traceparent",
        "violations",
    )

    def __init__(self, number: int, connection: int, position: int, started: float) -> None:
        self.id = number
        self.connection = connection
        self.position = position
        self.started = started
        self.ended: float | None = None
        self.ended_by: Ended = "open"
        self.method = ""
        self.target = ""
        self.operation: str | None = None
        self.path_params: tuple[str, ...] = ()
        self.head = b""
        self.body: Bytes = b""
        self.complete = False
        self.readable = True
        self.purpose = "operation"
        self.credential: Credential | None = None
        self.idempotency_key: str | None = None
        self.traceparent: str | None = None
        self.markers: tuple[str, ...] = ()
        self.cursor: str | None = None
        self.violations: tuple[Violation, ...] = ()
        self.status: int | None = None
        self.answer_head = b""
        self.answer: Bytes = b""
        self.answered = False
        self.processed = False
        self.faults: tuple[str, ...] = ()
        self.grant: int | None = None
        self.spare = False

    def end(self, stamp: float, by: Ended, *, answered: bool = False) -> None:
        """Write down how the exchange ended; only the first end counts."""
        if self.ended is None:
            self.ended, self.ended_by, self.answered = stamp, by, answered

    def value(self) -> Exchange:
        """Return the exchange as it stands."""
        params = self.path_params
        return Exchange(
            id=self.id,
            connection=self.connection,
            position=self.position,
            started=self.started,
            ended=self.ended,
            ended_by=self.ended_by,
            method=self.method,
            target=self.target,
            operation=self.operation,
            path_params=dict(zip(params[::2], params[1::2], strict=True)),
            head=self.head,
            body=_payload(self.body),
            complete=self.complete,
            readable=self.readable,
            purpose=self.purpose,  # type: ignore[arg-type]  # a plain str keeps the draft small to write
            credential=self.credential,
            idempotency_key=self.idempotency_key,
            traceparent=self.traceparent,
            markers=self.markers,
            cursor=self.cursor,
            violations=self.violations,
            status=self.status,
            answer_head=self.answer_head,
            answer=_payload(self.answer),
            answered=self.answered,
            processed=self.processed,
            faults=self.faults,
            spare=self.spare,
        )


def _payload(body: Bytes) -> Payload:
    if type(body) is bytes:
        return Payload(kept=body, length=len(body)) if body else _EMPTY
    assert isinstance(body, Payload)
    return body
